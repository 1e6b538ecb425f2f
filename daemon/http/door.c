#include "daemon/http/door.h"

#include <stdio.h>
#include <string.h>

struct lt_door {
    bool unused;
};

lt_err lt_door_new(struct lt_door **out_door)
{
    *out_door = lt_new(lt_alloc_heap(), sizeof(**out_door));
    return *out_door == NULL ? LT_ENOMEM : LT_OK;
}

void lt_door_free(struct lt_door *door)
{
    lt_free(lt_alloc_heap(), door);
}

lt_err lt_door_check(struct lt_door *door, const struct lt_request *request,
                     unsigned roles, bool active)
{
    const char *from = lt_request_address(request);

    (void)door;
    (void)roles;
    (void)active;
    return strcmp(from, "127.0.0.1") == 0 || strcmp(from, "::1") == 0
               ? LT_OK
               : LT_EPERM;
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
