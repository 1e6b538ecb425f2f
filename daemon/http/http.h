/* The HTTP side of the daemon: pages, API, live events.
 *
 * Until somebody comes, and again when nobody has been there for a while, it is
 * a thread that waits on its sockets. Awake it is one thread with a loop of its own. It reaches the rest through
 * DIR/control.sock alone, as any client does, and holds no key but that of its
 * own certificate (identity/pages.key, pages.crt; made at the first start).
 *
 * Nothing here may hold up replication: when the pages cannot be served the
 * daemon goes on without, and says so.
 *
 * Threading: start, reload and stop from one thread (the daemon's loop). */
#ifndef LT_HTTP_HTTP_H
#define LT_HTTP_HTTP_H

#include "common/err.h"
#include "common/settings.h"
#include "common/sys.h"

struct lt_http;

struct lt_http_options {
    const char *dir;
    const struct lt_sys *sys;
    size_t addresses_n;
    const char *const *addresses; /* host:port */
    bool tls;                     /* false only on loopback addresses */
    bool proxy; /* serve DIR/pages.sock too, and believe who it says is there */
    const char *web_root;         /* "" = the pages in the program */
    unsigned connections_max;
    unsigned per_address_max;
    int64_t rest_ms; /* without anybody, before it goes to rest */
};

/* Errors: those of lt_people_open; LT_EPORT, LT_ECERT with a "reason",
 * LT_ECONFIG with "key" (without TLS on an address that others can reach),
 * LT_EIO, LT_ENOMEM, LT_EINTERNAL. */
LT_MUST_CHECK lt_err lt_http_start(const struct lt_http_options *options,
                                   struct lt_http **out_http,
                                   struct lt_diag *diag);
/* Where it listens: the first address, with the port taken. */
const char *lt_http_bound(const struct lt_http *http);
/* Read the certificate again; what fails is noted. NULL is fine. */
void lt_http_reload(struct lt_http *http);
/* Ends all connections. NULL is fine. */
void lt_http_stop(struct lt_http *http);

#endif
