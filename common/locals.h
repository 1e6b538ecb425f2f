/* What others call this machine: its host name and the addresses of its
 * interfaces, which is what 0.0.0.0 and :: stand for.
 *
 * Threading: any thread. */
#ifndef LT_COMMON_LOCALS_H
#define LT_COMMON_LOCALS_H

#include "common/settings.h"

enum { LT_LOCALS_MAX = 32 };

struct lt_locals {
    size_t n; /* what does not fit is left out */
    char text[LT_LOCALS_MAX][LT_HOST_TEXT];
};

/* The name first, then every address of an interface that is up, loopback
 * included, in the order of the system; of IPv6 none of one link alone, which
 * needs the name of an interface at the other end. What cannot be found out is
 * left out. */
void lt_locals_find(struct lt_locals *out);
/* Does the machine answer at its own @local when it listens at @host, 0.0.0.0
 * or ::, which take one family each? A name may be of either. */
bool lt_locals_fit(const char *local, const char *host);

#endif
