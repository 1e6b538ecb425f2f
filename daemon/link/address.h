/* Addresses as people write them: "host:port", "192.0.2.7:7441", "[v6]:port".
 *
 * A host is a name of letters, digits, '-', '_' and '.', an IPv4 address, an
 * IPv6 address in brackets (with %interface where it is link-local), or '*'
 * for every IPv4 interface of this machine, where one listens.
 *
 * Threading: everything here is pure. */
#ifndef LT_LINK_ADDRESS_H
#define LT_LINK_ADDRESS_H

#include "common/base.h"
#include "common/err.h"

enum {
    LT_HOST_MAX = 254,     /* with the terminator */
    LT_ENDPOINT_MAX = 280, /* tcp://[host]:port */
    LT_ADDRESS_MAX = 270   /* as people write it */
};

struct lt_address {
    char host[LT_HOST_MAX];
    uint16_t port;
    bool v6;   /* host is an IPv6 address, without brackets */
    bool name; /* host has to be looked up */
};

/* Read @text. Port 0 and '*' are for listening alone. Errors: LT_ECONFIG, with
 * the address in @diag (which may be NULL); *out_address is untouched. */
LT_MUST_CHECK lt_err lt_address_parse(const char *text, bool listening,
                                      struct lt_address *out_address,
                                      struct lt_diag *diag);

/* The same as ZeroMQ writes it; port 0 becomes '*'. */
void lt_address_endpoint(const struct lt_address *address,
                         char out_endpoint[static LT_ENDPOINT_MAX]);

/* "tcp://127.0.0.1:7441" without what is before the host. */
const char *lt_address_of_endpoint(const char *endpoint);

#endif
