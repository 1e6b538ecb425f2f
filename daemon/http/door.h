/* Who may come in: sessions, roles, and pages that are not ours.
 *
 * Threading: the thread of the port. */
#ifndef LT_HTTP_DOOR_H
#define LT_HTTP_DOOR_H

#include "common/sys.h"
#include "daemon/http/http_port.h"
#include "daemon/people/people.h"

#define LT_DOOR_COOKIE "lt_session"

struct lt_door;

/* Errors: those of lt_people_open. */
LT_MUST_CHECK lt_err lt_door_new(const char *dir, const struct lt_sys *sys,
                                 struct lt_door **out_door,
                                 struct lt_diag *diag);
void lt_door_free(struct lt_door *door);
/* The door's own connection to people.db. */
struct lt_people *lt_door_people(struct lt_door *door);

/* The token that @request brings; false: none. */
bool lt_door_token(const struct lt_request *request,
                   char out_token[static LT_SESSION_TOKEN_TEXT]);
/* Whose session is @request's, locked or not? @active: it is somebody at work,
 * not a page that asks by itself.
 * Errors: LT_EHTTPSIGNIN; those of the file. */
LT_MUST_CHECK lt_err lt_door_session(struct lt_door *door,
                                     const struct lt_request *request,
                                     bool active,
                                     struct lt_people_session *out_session);
/* May who sent @request do what @roles (bits of route.h) may? Errors: as
 * above; LT_EHTTPLOCKED, LT_EHTTPROLE. */
LT_MUST_CHECK lt_err lt_door_check(struct lt_door *door,
                                   const struct lt_request *request,
                                   unsigned roles, bool active,
                                   struct lt_people_session *out_session);
/* The same for a token alone, of somebody who only listens. */
bool lt_door_may(struct lt_door *door, const char *token, unsigned roles);
/* Does a writing request come from a page of ours? Errors: LT_EHTTPFOREIGN. */
LT_MUST_CHECK lt_err lt_door_own_page(const struct lt_request *request);
/* Did a person do this, or a page by itself? A page says so with the header
 * X-Lienthong; what changes something has it always. */
bool lt_door_is_active(const struct lt_request *request);

#endif
