/* Believing the answer of an enrolment endpoint: with which transport key, and
 * which identity key, an office speaks by now.
 *
 * Anybody on the way may answer. What counts is that the bindings lead from
 * the pinned root's key to a key of the office, and that this key has signed
 * our nonce. Whether that key is the office's latest, and follows the one that
 * is known, is for the engine to say, which takes the bindings.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_KEY_ANSWER_H
#define LT_COMMON_KEY_ANSWER_H

#include "common/binding.h"
#include "common/link_msg.h"

/* Of how many bindings an answer may consist; more are refused. */
enum { LT_KEY_ANSWER_BINDINGS_MAX = 64 };

/* Is @answer what @office says to @nonce, by one of @roots?
 *
 * Errors: LT_EHELLO with a "reason" in @diag (not this question's, another
 * office's, a binding that does not lead to the root, a wrong signature, a
 * transport key that the binding does not name); LT_ETOOBIG; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_key_answer_check(
    const struct lt_key_answer *answer, const uint8_t nonce[static LT_NONCE_LEN],
    const struct lt_office *office, const struct lt_believed_root *roots,
    size_t roots_n, struct lt_diag *diag);

#endif
