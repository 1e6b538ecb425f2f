#include "daemon/http/door.h"

#include <stdio.h>
#include <string.h>

#include "daemon/http/route.h"

/* The table's roles are those of persons. */
_Static_assert((int)LT_ROUTE_OFFICER == (int)LT_ROLE_OFFICER &&
                   (int)LT_ROUTE_COORDINATOR == (int)LT_ROLE_COORDINATOR &&
                   (int)LT_ROUTE_LEADER == (int)LT_ROLE_LEADER &&
                   (int)LT_ROUTE_INSPECTOR == (int)LT_ROLE_INSPECTOR &&
                   (int)LT_ROUTE_OPERATOR == (int)LT_ROLE_OPERATOR,
               "roles of routes are roles of persons");

struct lt_door {
    struct lt_people *people;
};

lt_err lt_door_new(const char *dir, const struct lt_sys *sys,
                   struct lt_door **out_door, struct lt_diag *diag)
{
    struct lt_door *door = lt_new(lt_alloc_heap(), sizeof(*door));
    lt_err err;

    if (door == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    err = lt_people_open(dir, sys, &door->people, diag);
    if (err != LT_OK) {
        lt_door_free(door);
        return err;
    }
    *out_door = door;
    return LT_OK;
}

void lt_door_free(struct lt_door *door)
{
    if (door != NULL) {
        lt_people_close(door->people);
        lt_free(lt_alloc_heap(), door);
    }
}

struct lt_people *lt_door_people(struct lt_door *door)
{
    return door->people;
}

bool lt_door_token(const struct lt_request *request,
                   char out_token[static LT_SESSION_TOKEN_TEXT])
{
    return lt_request_cookie(request, LT_DOOR_COOKIE, out_token,
                             LT_SESSION_TOKEN_TEXT) &&
           out_token[0] != '\0';
}

static lt_err look(struct lt_door *door, const char *token, bool active,
                   struct lt_people_session *out_session)
{
    lt_err err =
        lt_people_session_look(door->people, token, active, out_session, NULL);

    return err == LT_ESESSION ? LT_EHTTPSIGNIN : err;
}

lt_err lt_door_session(struct lt_door *door, const struct lt_request *request,
                       bool active, struct lt_people_session *out_session)
{
    char token[LT_SESSION_TOKEN_TEXT];

    return lt_door_token(request, token)
               ? look(door, token, active, out_session)
               : LT_EHTTPSIGNIN;
}

static lt_err judge(const struct lt_people_session *session, unsigned roles)
{
    if (session->locked) {
        return LT_EHTTPLOCKED;
    }
    return (session->person.roles & roles) != 0 ? LT_OK : LT_EHTTPROLE;
}

lt_err lt_door_check(struct lt_door *door, const struct lt_request *request,
                     unsigned roles, bool active,
                     struct lt_people_session *out_session)
{
    lt_err err = lt_door_session(door, request, active, out_session);

    return err == LT_OK ? judge(out_session, roles) : err;
}

bool lt_door_may(struct lt_door *door, const char *token, unsigned roles)
{
    struct lt_people_session session;

    return look(door, token, false, &session) == LT_OK &&
           judge(&session, roles) == LT_OK;
}

bool lt_door_is_active(const struct lt_request *request)
{
    const char *own = lt_request_header(request, "X-Lienthong");

    return own != NULL && strcmp(own, "1") == 0;
}

/* Browsers say where a request comes from, and a page of another origin cannot
 * add a header of its own without asking first. */
lt_err lt_door_own_page(const struct lt_request *request)
{
    const char *own = lt_request_header(request, "X-Lienthong");
    const char *site = lt_request_header(request, "Sec-Fetch-Site");
    const char *origin = lt_request_header(request, "Origin");
    const char *host = lt_request_header(request, "Host");
    const char *after;

    if (own == NULL || strcmp(own, "1") != 0 ||
        (site != NULL && strcmp(site, "same-origin") != 0)) {
        return LT_EHTTPFOREIGN;
    }
    if (origin == NULL) {
        return LT_OK;
    }
    after = strstr(origin, "://");
    if (after == NULL || host == NULL || strcmp(after + 3, host) != 0 ||
        (strncmp(origin, "https://", 8) != 0 &&
         strncmp(origin, "http://", 7) != 0)) {
        return LT_EHTTPFOREIGN;
    }
    return LT_OK;
}
