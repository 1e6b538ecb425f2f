/* Who may come in: sessions, roles, and pages that are not ours.
 *
 * Threading: the thread of the port. */
#ifndef LT_HTTP_DOOR_H
#define LT_HTTP_DOOR_H

#include "daemon/http/http_port.h"

struct lt_door;

LT_MUST_CHECK lt_err lt_door_new(struct lt_door **out_door);
void lt_door_free(struct lt_door *door);

/* May who sent @request do what @roles (bits of route.h) may? @active: it is
 * somebody at work, not a page that asks by itself.
 * Errors: LT_EPERM. */
LT_MUST_CHECK lt_err lt_door_check(struct lt_door *door,
                                   const struct lt_request *request,
                                   unsigned roles, bool active);
/* Does a writing request come from a page of ours? Errors: LT_EHTTPFOREIGN. */
LT_MUST_CHECK lt_err lt_door_own_page(const struct lt_request *request);

#endif
