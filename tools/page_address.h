/* Where the pages of an office are opened, as a person types it.
 *
 * pages_listen says where the daemon listens. An address that stands for all
 * of the machine (0.0.0.0, ::) becomes the machine's name and its addresses,
 * and a port that the system chose (0) is the one that the daemon has told.
 *
 * Threading: everything here is pure. */
#ifndef LT_TOOLS_PAGE_ADDRESS_H
#define LT_TOOLS_PAGE_ADDRESS_H

#include "common/conf.h"
#include "common/locals.h"

enum {
    LT_PAGE_URL = LT_HOST_TEXT + 24,
    LT_PAGE_ADDRESSES_MAX = 48
};

struct lt_page_address {
    char url[LT_PAGE_URL];
    char host[LT_HOST_TEXT]; /* without brackets */
    bool here_only;          /* no other machine comes to it */
    bool is_number;          /* no name that somebody has to look up */
};

/* Those of pages_listen, in its order, each once.
 *
 * @bound     where the daemon listens, of the first of them; as host:port
 * @locals    the machine's name and addresses, what 0.0.0.0 and :: stand for
 * @out       as many as LT_PAGE_ADDRESSES_MAX
 *
 * Returns how many there are. */
size_t lt_page_addresses(const struct lt_conf *conf, const char *bound,
                         const struct lt_locals *locals,
                         struct lt_page_address *out);

#endif
