/* A later key of this office, from its making to its place in DIR/identity.
 *
 * Key and question are on disk (DIR/rotating) before anybody is asked to bind
 * them, so that a lost answer loses nothing: the same question is asked again.
 * The daemon is stopped meanwhile.
 *
 * Threading: one thread. */
#ifndef LT_TOOLS_ROTATION_H
#define LT_TOOLS_ROTATION_H

#include "common/identity.h"
#include "tools/tool.h"

enum { LT_ROTATION_PATH = 4096 };

struct lt_rotation {
    struct lt_tool *tool;
    struct lt_diag *diag;
    struct lt_identity old;
    struct lt_identity fresh;
    struct lt_buf body;
    struct lt_buf request;
    struct lt_buf answer;
    struct lt_arena arena;
    char addresses[LT_OFFICE_ADDRESSES_MAX][LT_ADDRESS_MAX + 1];
    const char *list[LT_OFFICE_ADDRESSES_MAX];
    size_t addresses_n;
    bool has_issuer;
    struct lt_identity_issuer issuer; /* the parent, with its present key */
};

void lt_rotation_init(struct lt_rotation *rotation, struct lt_tool *tool,
                      struct lt_diag *diag);
void lt_rotation_deinit(struct lt_rotation *rotation);

/* Set the diagnostic: @code with a "reason". Returns @code. */
lt_err lt_rotation_refuse(struct lt_rotation *rotation, lt_err code,
                          const char *reason);
/* DIR/NAME. Errors: LT_EINVAL, when it is too long. */
LT_MUST_CHECK lt_err lt_rotation_path(struct lt_rotation *rotation,
                                      const char *name,
                                      char out[static LT_ROTATION_PATH]);
bool lt_rotation_is_root(const struct lt_identity *identity);
/* Has an earlier try left a key and a question? */
bool lt_rotation_is_begun(struct lt_rotation *rotation);

/* With rotation->old loaded: take up what an earlier try has made, or make new
 * keys (@transport: the transport key as well) and the body that binds them,
 * and keep both. A body for another issuer than rotation->issuer is made anew
 * for the key that is there. Errors as lt_file_create, LT_ECERT, LT_ECRYPTO,
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_rotation_begin(struct lt_rotation *rotation,
                                       bool transport);
/* Believe the answer (a JoinAnswer frame) for rotation->fresh, or not. Errors:
 * LT_EPROTO, LT_ECERT, what it says. */
LT_MUST_CHECK lt_err lt_rotation_answered(struct lt_rotation *rotation,
                                          const struct lt_buf *answer);
/* rotation->fresh in the place of DIR/identity, in one exchange. */
LT_MUST_CHECK lt_err lt_rotation_place(struct lt_rotation *rotation);
/* Say the new key. */
void lt_rotation_print(const struct lt_rotation *rotation);

#endif
