/* Admitting a new office: the parent's side of `join`, without I/O.
 *
 * The caller decodes the question, finds the token's row, and asks for the
 * answer. Whatever the answer is, it is a frame for the child. When
 * lt_enrol_result.admitted is set, the binding and the row must be durable
 * before the answer leaves.
 *
 * Repeating a request (same key) gives the same bytes again: a lost answer
 * harms nobody. Another key with a used token is refused. An office that the
 * tree does not know yet is told to ask again (LT_ENOTYET), its token unused.
 *
 * Threading: everything here is pure. */
#ifndef LT_ENROL_ENROL_H
#define LT_ENROL_ENROL_H

#include "common/cert.h"
#include "common/link_msg.h"
#include "common/tree.h"
#include "daemon/enrol/token_row.h"

enum { LT_ENROL_RETRY_MS = 500 };

/* Who answers. */
struct lt_enrol_self {
    struct lt_office office;
    const struct lt_key *key;           /* identity key */
    const struct lt_cert *cert;         /* of that key */
    const struct lt_cert *const *chain; /* issuers between it and the root */
    size_t chain_n;                     /* at most LT_CHAIN_MAX - 2 */
    const struct lt_cert *root;
    const struct lt_span *bindings;      /* encoded; prove our key, issuer */
    size_t bindings_n;                   /* first */
    const struct lt_span *proofs; /* for who was away: with earlier keys, ours */
    size_t proofs_n;              /* and our superiors', each before those it */
                                  /* proves */
    const struct lt_superior *superiors; /* of the child, nearest (this */
    size_t superiors_n;                  /* office) first */
    uint8_t transport_key[LT_CURVE_LEN];
    const struct lt_tree *tree;
};

struct lt_enrol_result {
    lt_err code;             /* what the child is told; LT_OK admits it */
    bool admitted;           /* store binding and row, then answer */
    struct lt_token_row row; /* with used_at and used_by */
    struct lt_buf binding;   /* encoded */
    struct lt_buf answer;    /* a whole frame */
    int64_t until_ms; /* of the certificate in the answer; 0: none */
    /* The addresses at which the child says it will listen; they point into
     * the arena of the request. */
    size_t link_addresses_n;
    struct lt_text link_addresses[LT_OFFICE_ADDRESSES_MAX];
    size_t enrol_addresses_n;
    struct lt_text enrol_addresses[LT_OFFICE_ADDRESSES_MAX];
};
void lt_enrol_result_init(struct lt_enrol_result *result);
void lt_enrol_result_deinit(struct lt_enrol_result *result);

/* Answer a join request. @frame is decoded as @request; @row is NULL when
 * there is no row of that token.
 *
 * @now_ms  wall clock
 *
 * Errors, result not to be used: LT_ENOMEM, LT_ECRYPTO. What the child did
 * wrong is result->code. */
LT_MUST_CHECK lt_err lt_enrol_answer(const struct lt_enrol_self *self,
                                     const uint8_t *frame, size_t len,
                                     const struct lt_join_request *request,
                                     const struct lt_token_row *row,
                                     int64_t now_ms,
                                     struct lt_enrol_result *result);
/* Is it a renewal: no token, but the office's own present key? */
bool lt_enrol_is_renewal(const struct lt_join_request *request);
/* Answer one. @bound: the present binding of an office below this one, NULL
 * when there is none or its key is revoked; @line: what proves it, issuer
 * first, itself last. The answer has no MAC: binding and chain prove
 * themselves.
 *
 * A question with a later binding admits that (result->admitted). One with the
 * present binding asks for a new certificate alone: nothing is to be stored,
 * whoever signed the binding (this office's present key, an earlier one, or a
 * former parent). Repeating either gives another answer of the same worth.
 * result->row has the office alone. Errors as lt_enrol_answer. */
LT_MUST_CHECK lt_err lt_enrol_renew(const struct lt_enrol_self *self,
                                    const struct lt_join_request *request,
                                    const struct lt_binding *bound,
                                    const struct lt_spans *line,
                                    int64_t now_ms,
                                    struct lt_enrol_result *result);
/* The office that a renewal names; false when it cannot be read. */
bool lt_enrol_renewal_of(const struct lt_join_request *request,
                         struct lt_office *out_office);
/* Refuse without looking further: a frame with @code and nothing else. */
LT_MUST_CHECK lt_err lt_enrol_refuse(lt_err code, struct lt_buf *out_frame);
/* Answer anybody who asks for this office's present transport key. */
LT_MUST_CHECK lt_err lt_enrol_key_answer(const struct lt_enrol_self *self,
                                         const struct lt_key_question *question,
                                         struct lt_buf *out_frame);

/* The superiors of a child of @office, nearest first, for lt_enrol_self:
 * @office itself, then its own superiors. @transport_key tells the transport
 * key of an office; one whose key is unknown is left out. Texts point into
 * @tree. Returns how many were written. */
size_t lt_enrol_superiors(
    const struct lt_tree *tree, const struct lt_office *office,
    bool (*transport_key)(void *ctx, const struct lt_office *office,
                          uint8_t out_key[static LT_CURVE_LEN]),
    void *ctx, struct lt_superior out[static LT_CHAIN_MAX]);

#endif
