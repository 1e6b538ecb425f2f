/* Sealing to one office: HPKE (RFC 9180), base mode, one suite.
 *
 * DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, ChaCha20-Poly1305
 * 0x0003. Whoever knows a public key seals to it; only the secret key opens.
 * Nothing here says who sealed: what is inside has to be signed.
 *
 * One message goes through lt_hpke_seal_to and lt_hpke_open_by; several under
 * one key agreement through a context of each side, in the same order.
 *
 * @info binds the use (a domain word, the addressee), @aad what stands in the
 * clear beside the message. Both sides give the same; neither is sent.
 *
 * Threading: everything here is pure. A context belongs to one thread. */
#ifndef LT_COMMON_HPKE_H
#define LT_COMMON_HPKE_H

#include "common/crypto.h"

enum {
    LT_HPKE_SECRET_LEN = 32, /* X25519, as is the public key */
    LT_HPKE_PUBLIC_LEN = 32,
    LT_HPKE_ENC_LEN = 32,    /* the sender's share of the agreement */
    LT_HPKE_SEED_LEN = 32,   /* of a key pair */
    LT_HPKE_TAG_LEN = 16,    /* a sealed message is longer by so much */
    LT_HPKE_NONCE_LEN = 12,
    LT_HPKE_PLAIN_MAX = 32 * 1024 * 1024, /* of one message */
    LT_HPKE_EXPORT_MAX = 255 * LT_HASH_LEN
};

/* Secret. Embedded; lt_hpke_deinit wipes it. */
struct lt_hpke {
    uint8_t key[32];
    uint8_t base_nonce[LT_HPKE_NONCE_LEN];
    uint8_t exporter_secret[LT_HASH_LEN];
    uint64_t sequence; /* of the next message */
};

/* DeriveKeyPair: a key pair from @seed, which must be fresh random bytes that
 * are used for nothing else. The caller wipes seed and secret. Errors:
 * LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_hpke_derive(
    const uint8_t seed[static LT_HPKE_SEED_LEN],
    uint8_t out_secret[static LT_HPKE_SECRET_LEN],
    uint8_t out_public[static LT_HPKE_PUBLIC_LEN]);

/* The sender's context for the holder of @recipient's secret key.
 *
 * @seed     fresh random bytes: the ephemeral key comes from them
 * @out_enc  goes to the recipient in the clear
 *
 * Errors, outputs untouched: LT_EMALFORMED when @recipient is no key that can
 * be agreed with (a point of low order); LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_hpke_sender(
    const uint8_t recipient[static LT_HPKE_PUBLIC_LEN],
    const uint8_t seed[static LT_HPKE_SEED_LEN], struct lt_span info,
    struct lt_hpke *out_hpke, uint8_t out_enc[static LT_HPKE_ENC_LEN]);

/* The recipient's context. Errors, output untouched: LT_EMALFORMED when @enc
 * is no key that can be agreed with; LT_ECRYPTO. That it was meant for this
 * secret key shows when something opens. */
LT_MUST_CHECK lt_err lt_hpke_recipient(
    const uint8_t secret[static LT_HPKE_SECRET_LEN],
    const uint8_t enc[static LT_HPKE_ENC_LEN], struct lt_span info,
    struct lt_hpke *out_hpke);

/* Seal the next message: @plain.len + LT_HPKE_TAG_LEN bytes are appended.
 * Errors, nothing appended: LT_ETOOBIG; LT_EINVAL when the sequence has run
 * out; LT_ENOMEM; LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_hpke_seal(struct lt_hpke *hpke, struct lt_span aad,
                                  struct lt_span plain, struct lt_buf *out);
/* Open the next message. What is appended is secret: the caller wipes it, and
 * reserves room beforehand where growing would leave copies behind.
 *
 * Errors, nothing appended, the sequence as before: LT_EMALFORMED when it does
 * not open (another key, another aad, damaged); LT_ETOOBIG; LT_EINVAL;
 * LT_ENOMEM; LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_hpke_open(struct lt_hpke *hpke, struct lt_span aad,
                                  struct lt_span sealed, struct lt_buf *out);
/* A secret of @len bytes (at most LT_HPKE_EXPORT_MAX) that both sides can
 * compute. Errors: LT_EINVAL. */
LT_MUST_CHECK lt_err lt_hpke_export(const struct lt_hpke *hpke,
                                    struct lt_span context, uint8_t *out,
                                    size_t len);
void lt_hpke_deinit(struct lt_hpke *hpke);

/* One message alone: LT_HPKE_ENC_LEN bytes, then the sealed message. Appends.
 * Errors as of lt_hpke_sender and lt_hpke_seal. */
LT_MUST_CHECK lt_err lt_hpke_seal_to(
    const uint8_t recipient[static LT_HPKE_PUBLIC_LEN],
    const uint8_t seed[static LT_HPKE_SEED_LEN], struct lt_span info,
    struct lt_span aad, struct lt_span plain, struct lt_buf *out);
/* Errors as of lt_hpke_recipient and lt_hpke_open. */
LT_MUST_CHECK lt_err lt_hpke_open_by(
    const uint8_t secret[static LT_HPKE_SECRET_LEN], struct lt_span info,
    struct lt_span aad, struct lt_span sealed, struct lt_buf *out);

#endif
