/* What a new root office is called, from `init` to the daemon's first start.
 *
 * DIR/identity/office, 0600: three lines, name, kind, code. The root's daemon
 * opens its own office in the tree with it, once; afterwards the tree's word
 * counts and the file is a memo. A child has the file too, for people.
 *
 * Threading: everything here is pure but for the file. */
#ifndef LT_COMMON_ORIGIN_H
#define LT_COMMON_ORIGIN_H

#include "common/base.h"
#include "common/err.h"

enum { LT_ORIGIN_WORD_MAX = 64 };

struct lt_origin {
    char name[LT_NAME_MAX + 1];
    char kind[LT_ORIGIN_WORD_MAX];
    char code[LT_ORIGIN_WORD_MAX]; /* "" when it has none */
};

/* Make the file in @folder. Errors: LT_ECREATE, LT_EFULL, LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_origin_save(const struct lt_origin *origin,
                                    const char *folder, struct lt_diag *diag);
/* Errors: LT_ENOINPUT (with "path"); LT_EMALFORMED; LT_EIO; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_origin_load(const char *folder,
                                    struct lt_origin *out_origin,
                                    struct lt_diag *diag);

#endif
