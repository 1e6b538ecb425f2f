/* Large parts in any amount: files of noise attached to cases.
 *
 * Threading: one thread. */
#ifndef LT_TOOLS_LOAD_LARGE_H
#define LT_TOOLS_LOAD_LARGE_H

#include "common/err.h"

enum {
    LT_LOAD_LARGE_MB_MAX = 10000,
    LT_LOAD_LARGE_FILE = 4 * 1000 * 1000 /* bytes of one file, at most */
};

struct lt_load_large {
    size_t bytes; /* in: of all files */
    uint64_t seed;
    const char *dir; /* the commune's */
    size_t files;    /* out */
    size_t events;   /* out: those that announce, and the pieces */
    double seconds;  /* out: first call to last answer */
};

/* Errors are told on stderr. */
LT_MUST_CHECK lt_err lt_load_large(struct lt_load_large *large);

#endif
