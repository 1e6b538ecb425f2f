/* Bindings: a key speaks for an office. And statements, and tokens.
 *
 * Signed bytes are kept as they came. See proto/log.proto, proto/link.proto
 * and proto/README.md for what is signed.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_BINDING_H
#define LT_COMMON_BINDING_H

#include "common/codec.h"

struct lt_binding {
    struct lt_office office;
    uint8_t key[LT_PUBKEY_LEN];
    uint8_t key_id[LT_HASH_LEN]; /* derived */
    uint8_t transport_key[LT_CURVE_LEN];
    struct lt_office issuer;
    uint8_t issuer_key_id[LT_HASH_LEN];
    uint64_t serial;
    int64_t issued_at_ms;
    bool has_previous; /* a later key of the office: the one before signs */
    uint8_t previous_key_id[LT_HASH_LEN];
    uint8_t previous_signature[LT_SIG_LEN];
    const uint8_t *body; /* as signed; borrowed */
    size_t body_len;
    uint8_t signature[LT_SIG_LEN];
    uint8_t proof[LT_SIG_LEN];
};

/* Decode an encoded Binding. Errors: LT_EMALFORMED. Signatures unchecked. */
LT_MUST_CHECK lt_err lt_binding_decode(const uint8_t *bytes, size_t len,
                                       struct lt_binding *out,
                                       struct lt_diag *diag);
/* Decode a BindingBody alone, as a child proposes it; signature and proof stay
 * zero. Errors: LT_EMALFORMED. */
LT_MUST_CHECK lt_err lt_binding_body_decode(const uint8_t *body, size_t len,
                                            struct lt_binding *out,
                                            struct lt_diag *diag);
/* Encode the BindingBody (fields office .. issued_at_ms, and those of the key
 * before when it has one). Appends. */
LT_MUST_CHECK lt_err lt_binding_body_encode(const struct lt_binding *binding,
                                            struct lt_buf *out);
/* Encode the whole from body, signature and proof. Appends. */
LT_MUST_CHECK lt_err lt_binding_encode(const struct lt_binding *binding,
                                       struct lt_buf *out);
LT_MUST_CHECK lt_err lt_binding_sign(const struct lt_key *issuer,
                                     const uint8_t *body, size_t body_len,
                                     uint8_t out_sig[static LT_SIG_LEN]);
LT_MUST_CHECK lt_err lt_binding_prove(const struct lt_key *own,
                                      const uint8_t *body, size_t body_len,
                                      uint8_t out_sig[static LT_SIG_LEN]);
/* Set previous_key_id and sign with the key before: the other fields of the
 * body are as they will stay. */
LT_MUST_CHECK lt_err lt_binding_follow(struct lt_binding *binding,
                                       const struct lt_key *previous);
/* Is it signed by the key before, @previous? Errors: LT_ECRYPTO when not,
 * LT_ENOMEM when nobody can say. */
LT_MUST_CHECK lt_err lt_binding_check_previous(const struct lt_binding *binding,
                                               const struct lt_key *previous);
/* Is @binding's proof by the bound key itself? */
LT_MUST_CHECK bool lt_binding_proof_right(const struct lt_binding *binding);
/* Both signatures right, the issuer's by @issuer_key? Errors: LT_ECRYPTO when
 * not, LT_ENOMEM when nobody can say. */
LT_MUST_CHECK lt_err lt_binding_check(const struct lt_binding *binding,
                                      const struct lt_key *issuer_key);
/* The same where running out of memory may count as not proven. */
LT_MUST_CHECK bool lt_binding_proven(const struct lt_binding *binding,
                                     const struct lt_key *issuer_key);

/* A root that is believed: the pinned one, or one that a word between two trees
 * names. */
struct lt_believed_root {
    struct lt_office office; /* whose own bindings the key signs */
    uint8_t key[LT_PUBKEY_LEN];
};

enum {
    LT_STATEMENT_STREAMS_MAX = 256, /* mine, and yours, each */
    LT_FEATURES_MAX = 32,
    LT_SOFTWARE_MAX = 64 /* bytes of a software version */
};

struct lt_stream_tips {
    struct lt_channel channel;
    size_t tips_n;
    struct lt_point tips[LT_TIPS_MAX];
};
struct lt_statement {
    struct lt_office from;
    struct lt_office to;
    uint64_t epoch;
    uint64_t id;
    int64_t at_ms;
    uint8_t key_id[LT_HASH_LEN];
    uint64_t echo_epoch; /* 0 with echo_id 0: none seen yet */
    uint64_t echo_id;
    size_t mine_n;
    struct lt_stream_tips *mine;
    size_t yours_n;
    struct lt_stream_tips *yours;
    struct lt_text software;
    size_t features_n;
    uint32_t features[LT_FEATURES_MAX];
    bool cut_off; /* no way leads from us to them along the tree */
    /* of a closed office: it writes no more */
    uint64_t handed_version; /* of the tree, that closes it; 0: not so */
    bool handed_all;         /* and all is handed over now: */
    uint8_t handed_digest[16]; /* lt_origin_digest of all its streams */
};
/* Encode, sign and wrap as SignedStatement. Appends. Errors: LT_EINVAL when a
 * bound is broken or the body is longer than LT_LIST_MAX; LT_ENOMEM;
 * LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_statement_seal(const struct lt_statement *statement,
                                       const struct lt_key *key,
                                       struct lt_buf *out);
/* Decode an encoded SignedStatement; *out_body and out_sig for the check. */
LT_MUST_CHECK lt_err lt_statement_decode(const uint8_t *bytes, size_t len,
                                         struct lt_arena *arena,
                                         struct lt_statement *out,
                                         struct lt_span *out_body,
                                         uint8_t out_sig[static LT_SIG_LEN],
                                         struct lt_diag *diag);
/* Is @sig over @body by @key? Errors: LT_ECRYPTO when not, LT_ENOMEM when nobody
 * can say. */
LT_MUST_CHECK lt_err lt_statement_check(struct lt_span body,
                                        const uint8_t sig[static LT_SIG_LEN],
                                        const struct lt_key *key);
/* The same where running out of memory may count as not proven. */
LT_MUST_CHECK bool lt_statement_proven(struct lt_span body,
                                       const uint8_t sig[static LT_SIG_LEN],
                                       const struct lt_key *key);

/* A one-time token: the text a person carries to the new office. */
enum { LT_TOKEN_TEXT_MAX = 2048 };
struct lt_token {
    uint8_t id[16];
    uint8_t secret[32];
    struct lt_office office;
    struct lt_office parent;
    uint8_t parent_key_id[LT_HASH_LEN];
    uint8_t root_hash[LT_HASH_LEN];
    size_t enrol_addresses_n;
    struct lt_text enrol_addresses[LT_OFFICE_ADDRESSES_MAX];
    int64_t expires_at_ms;
};
LT_MUST_CHECK lt_err lt_token_format(const struct lt_token *token,
                                     struct lt_buf *out_text);
/* Errors: LT_ETOKEN when the text is not a token. Texts point into @arena. */
LT_MUST_CHECK lt_err lt_token_parse(const char *text, struct lt_arena *arena,
                                    struct lt_token *out, struct lt_diag *diag);

#endif
