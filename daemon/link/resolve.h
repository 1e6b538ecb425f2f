/* Looking names up without waiting for it.
 *
 * ZeroMQ would call getaddrinfo in its only I/O thread, and a dead name server
 * would hold up every link for as long as it likes. So names are looked up by
 * the C library's own background threads and ZeroMQ gets addresses only.
 *
 * Threading: all calls from the loop. */
#ifndef LT_LINK_RESOLVE_H
#define LT_LINK_RESOLVE_H

#include "daemon/link/address.h"

enum { LT_RESOLVED_MAX = 4 };

struct lt_resolve;

/* Begin; NULL when there is no memory or no thread for it. */
struct lt_resolve *lt_resolve_begin(const struct lt_address *address);
/* -1 while it lasts, else how many addresses were found (0: none). */
int lt_resolve_poll(struct lt_resolve *resolve,
                    struct lt_address out_found[static LT_RESOLVED_MAX]);
/* Also when unfinished. NULL is fine. */
void lt_resolve_end(struct lt_resolve *resolve);

/* The same, waiting: for the addresses we listen on, at start. */
int lt_resolve_now(const struct lt_address *address,
                   struct lt_address out_found[static LT_RESOLVED_MAX]);

#endif
