/* Which request is which command: one table (route_table.h), and its reading.
 *
 * A route is a method, a pattern of path segments below /api/v1 ("{id}" takes
 * any), the roles that may ask, and a command of the control socket. Options
 * come from the pattern, from the query (by the types of option_table.h) or
 * from the body (as it is: the control socket checks every option).
 *
 * Threading: everything here is pure. */
#ifndef LT_HTTP_ROUTE_H
#define LT_HTTP_ROUTE_H

#include <jansson.h>

#include "common/err.h"
#include "daemon/http/http_port.h"
#include "daemon/http/target.h"

/* Who may ask. Bits; ANYBODY needs no session. */
enum lt_route_roles {
    LT_ROUTE_OFFICER = 1,
    LT_ROUTE_COORDINATOR = 2,
    LT_ROUTE_LEADER = 4,
    LT_ROUTE_INSPECTOR = 8,
    LT_ROUTE_OPERATOR = 16,
    LT_ROUTE_WRITERS =
        LT_ROUTE_OFFICER | LT_ROUTE_COORDINATOR | LT_ROUTE_LEADER,
    LT_ROUTE_READERS = LT_ROUTE_WRITERS | LT_ROUTE_INSPECTOR,
    LT_ROUTE_SIGNED_IN = LT_ROUTE_READERS | LT_ROUTE_OPERATOR,
    LT_ROUTE_ISSUERS = LT_ROUTE_COORDINATOR | LT_ROUTE_LEADER,
    LT_ROUTE_DESK = LT_ROUTE_OFFICER | LT_ROUTE_LEADER,
    LT_ROUTE_CHAIR = LT_ROUTE_LEADER,
    LT_ROUTE_INSPECTORS = LT_ROUTE_LEADER | LT_ROUTE_INSPECTOR,
    LT_ROUTE_KEEPERS = LT_ROUTE_LEADER | LT_ROUTE_OPERATOR,
    LT_ROUTE_ANYBODY = 0
};

enum lt_route_kind {
    LT_ROUTE_READ,   /* a reading command, options from the query */
    LT_ROUTE_CREATE, /* a writing one, options from the body; 201 */
    LT_ROUTE_WRITE,  /* the same; 200 */
    LT_ROUTE_OWN     /* answered here: `command` names the handler */
};

struct lt_route {
    enum lt_http_method method;
    const char *pattern; /* below /api/v1 */
    const char *command;
    unsigned roles;
    enum lt_route_kind kind;
};

const struct lt_route *lt_route_at(size_t index); /* NULL past the end */

/* The route of @method at @target, whose first two segments are api and v1.
 * NULL: there is none; then *out_methods has a bit (1 << method) for each
 * method that this path knows. HEAD is GET. */
const struct lt_route *lt_route_find(enum lt_http_method method,
                                     const struct lt_target *target,
                                     unsigned *out_methods);

/* The options that the pattern and the query give, as JSON; NULL without
 * memory. A query name that no option has, or a value of another type, is
 * LT_EUSAGE or LT_EINVAL in @diag with "what"; "lang" is passed over. */
json_t *lt_route_options(const struct lt_route *route,
                         const struct lt_target *target, struct lt_diag *diag);

#endif
