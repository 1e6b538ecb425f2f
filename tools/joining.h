/* A join under way: DIR/joining holds what was asked, so that the same token
 * can be used again after a crash or a lost answer.
 *
 *   joining/token              id of the token and the office, hex, a line each
 *   joining/node.key           the keys of this office
 *   joining/curve.key .pub
 *   joining/request.pb         the question, byte for byte; written last
 *   joining/identity           the identity while it is being written
 *
 * The identity becomes DIR/identity by one rename: there is all of it or
 * nothing. The parent answers the same question with the same bytes, as often
 * as it is asked.
 *
 * Threading: the tool has one thread. */
#ifndef LT_TOOLS_JOINING_H
#define LT_TOOLS_JOINING_H

#include "common/binding.h"
#include "common/identity.h"

enum lt_joining {
    LT_JOINING_NEW,   /* nobody was asked: begin */
    LT_JOINING_ASKED, /* keys and question are there: ask again */
    LT_JOINING_DONE   /* the identity is in its place: nothing is left to do */
};

/* What is in @dir, for @token. ASKED fills the keys of @identity and
 * @request (which is appended to). What a begun join of this office left
 * behind without a question, or for an older token, is removed. Errors:
 * LT_ECREATE when the folder has something else in it, or the join of another
 * office; those of lt_key_load. */
LT_MUST_CHECK lt_err lt_joining_look(
    const char *dir, const struct lt_token *token, struct lt_identity *identity,
    struct lt_buf *request, enum lt_joining *out_state, struct lt_diag *diag);
/* Make @dir (it may be there, empty) and keep keys and question. Durable when
 * it returns. Errors: as lt_file_create. */
LT_MUST_CHECK lt_err lt_joining_begin(const char *dir,
                                      const struct lt_token *token,
                                      const struct lt_identity *identity,
                                      const struct lt_buf *request,
                                      struct lt_diag *diag);
/* Where the identity is to be written; what an earlier try left is gone. */
LT_MUST_CHECK lt_err lt_joining_place(const char *dir, char *out_path,
                                      size_t size, struct lt_diag *diag);
/* The identity is whole: put it into its place. */
LT_MUST_CHECK lt_err lt_joining_finish(const char *dir, struct lt_diag *diag);
/* The parent said no: as if nobody had asked, @dir included when it is empty
 * then. */
void lt_joining_drop(const char *dir);

#endif
