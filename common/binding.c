/* Bindings: written once by a parent, kept and relayed as the same bytes.
 *
 * Both signatures cover the body behind a domain word of their own, so neither
 * can stand for the other: the issuer says "this key is that office's", the
 * key itself says "I am held by whoever wrote this". */
#include "common/binding.h"

#include <assert.h>
#include <string.h>

#include "common/field.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/log.pb-c.h"

enum {
    /* Unpacking a body takes its fields and two copies of the bytes. */
    BODY_ARENA = LT_UNPACK_FACTOR * LT_BINDING_MAX + LT_UNPACK_MIN
};

static const char issuer_word[] = "lienthong/binding/1";
/* The longest of the three. */
static const char previous_word[] = "lienthong/binding-previous/1";
static const char proof_word[] = "lienthong/binding-proof/1";

static bool read_body(const Lt__BindingBody *body, struct lt_binding *out)
{
    if (!lt_read_office(body->has_office, body->office, &out->office) ||
        !lt_read_office(body->has_issuer, body->issuer, &out->issuer) ||
        !lt_read_typed(body->has_key, body->key, LT_PUBKEY_LEN, out->key) ||
        !lt_read_typed(body->has_transport_key, body->transport_key,
                       LT_CURVE_LEN, out->transport_key) ||
        !lt_read_typed(body->has_issuer_key_id, body->issuer_key_id,
                       LT_HASH_LEN, out->issuer_key_id) ||
        !body->has_serial) {
        return false;
    }
    out->serial = body->serial;
    out->issued_at_ms = body->issued_at_ms;
    lt_key_id_of(out->key, out->key_id);
    out->has_previous = body->has_previous_key_id != 0;
    return !out->has_previous ||
           (lt_read_typed(body->has_previous_key_id, body->previous_key_id,
                          LT_HASH_LEN, out->previous_key_id) &&
            lt_read_typed(body->has_previous_signature,
                          body->previous_signature, LT_SIG_LEN,
                          out->previous_signature));
}

/* Where the body lies in the encoded binding, so that it can be borrowed from
 * there. It was unpacked from these bytes: it is there. */
static const uint8_t *find_body(const uint8_t *bytes, size_t len,
                                ProtobufCBinaryData body)
{
    const uint8_t *at = bytes;

    while (memcmp(at, body.data, body.len) != 0) {
        at++;
        assert(at + body.len <= bytes + len);
    }
    (void)len;
    return at;
}

static lt_err decode_in(struct lt_arena *arena, const uint8_t *bytes,
                        size_t len, struct lt_binding *out,
                        struct lt_diag *diag)
{
    struct lt_binding binding = {0};
    const Lt__Binding *message;
    void *unpacked = NULL;
    lt_err rc;

    rc = lt_unpack(&lt__binding__descriptor, bytes, len, LT_BINDING_MAX, arena,
                   &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    message = unpacked;
    if (!message->has_body || message->body.len == 0 ||
        !lt_read_typed(message->has_signature, message->signature, LT_SIG_LEN,
                       binding.signature) ||
        !lt_read_typed(message->has_proof, message->proof, LT_SIG_LEN,
                       binding.proof)) {
        return lt_malformed(diag, "binding without body, signature or proof");
    }
    binding.body_len = message->body.len;
    binding.body = find_body(bytes, len, message->body);
    rc = lt_unpack(&lt__binding_body__descriptor, message->body.data,
                   message->body.len, LT_BINDING_MAX, arena, &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    if (!read_body(unpacked, &binding)) {
        return lt_malformed(diag, "bad binding");
    }
    *out = binding;
    return LT_OK;
}

lt_err lt_binding_decode(const uint8_t *bytes, size_t len,
                         struct lt_binding *out, struct lt_diag *diag)
{
    struct lt_arena arena;
    lt_err rc;

    lt_arena_init(&arena, lt_alloc_heap(), 2 * BODY_ARENA);
    rc = decode_in(&arena, bytes, len, out, diag);
    lt_arena_deinit(&arena);
    return rc;
}

lt_err lt_binding_body_decode(const uint8_t *body, size_t len,
                              struct lt_binding *out, struct lt_diag *diag)
{
    struct lt_binding binding = {.body = body, .body_len = len};
    struct lt_arena arena;
    void *unpacked = NULL;
    lt_err rc;

    lt_arena_init(&arena, lt_alloc_heap(), BODY_ARENA);
    rc = lt_unpack(&lt__binding_body__descriptor, body, len, LT_BINDING_MAX,
                   &arena, &unpacked, diag);
    if (rc == LT_OK) {
        if (read_body(unpacked, &binding)) {
            *out = binding;
        } else {
            rc = lt_malformed(diag, "bad binding");
        }
    }
    lt_arena_deinit(&arena);
    return rc;
}

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    /* The generated type is not const; packing only reads. */
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

/* @whole: with the signature of the key before. */
static lt_err encode_body(const struct lt_binding *binding, bool whole,
                          struct lt_buf *out)
{
    Lt__BindingBody body = LT__BINDING_BODY__INIT;
    uint8_t key[LT_TYPED_KEY_LEN];
    uint8_t transport_key[1 + LT_CURVE_LEN];
    uint8_t issuer_key_id[LT_TYPED_HASH_LEN];
    uint8_t previous_key_id[LT_TYPED_HASH_LEN];
    uint8_t previous_signature[LT_TYPED_SIG_LEN];

    lt_put_typed(key, LT_ALG_ED25519, binding->key, LT_PUBKEY_LEN);
    lt_put_typed(transport_key, LT_ALG_CURVE25519, binding->transport_key,
                 LT_CURVE_LEN);
    lt_put_typed(issuer_key_id, LT_ALG_SHA256, binding->issuer_key_id,
                 LT_HASH_LEN);
    body.has_office = 1;
    body.office = bytes_of(binding->office.bytes, LT_OFFICE_LEN);
    body.has_key = 1;
    body.key = bytes_of(key, sizeof(key));
    body.has_transport_key = 1;
    body.transport_key = bytes_of(transport_key, sizeof(transport_key));
    body.has_issuer = 1;
    body.issuer = bytes_of(binding->issuer.bytes, LT_OFFICE_LEN);
    body.has_issuer_key_id = 1;
    body.issuer_key_id = bytes_of(issuer_key_id, sizeof(issuer_key_id));
    body.has_serial = 1;
    body.serial = binding->serial;
    body.has_issued_at_ms = 1;
    body.issued_at_ms = binding->issued_at_ms;
    if (binding->has_previous) {
        lt_put_typed(previous_key_id, LT_ALG_SHA256, binding->previous_key_id,
                     LT_HASH_LEN);
        body.has_previous_key_id = 1;
        body.previous_key_id =
            bytes_of(previous_key_id, sizeof(previous_key_id));
    }
    if (binding->has_previous && whole) {
        lt_put_typed(previous_signature, LT_ALG_ED25519,
                     binding->previous_signature, LT_SIG_LEN);
        body.has_previous_signature = 1;
        body.previous_signature =
            bytes_of(previous_signature, sizeof(previous_signature));
    }
    return lt_pack(&body, LT_BINDING_MAX, out);
}

lt_err lt_binding_body_encode(const struct lt_binding *binding,
                              struct lt_buf *out)
{
    return encode_body(binding, true, out);
}

lt_err lt_binding_encode(const struct lt_binding *binding, struct lt_buf *out)
{
    Lt__Binding message = LT__BINDING__INIT;
    uint8_t signature[LT_TYPED_SIG_LEN];
    uint8_t proof[LT_TYPED_SIG_LEN];

    if (binding->body_len == 0) {
        return LT_EINVAL;
    }
    lt_put_typed(signature, LT_ALG_ED25519, binding->signature, LT_SIG_LEN);
    lt_put_typed(proof, LT_ALG_ED25519, binding->proof, LT_SIG_LEN);
    message.has_body = 1;
    message.body = bytes_of(binding->body, binding->body_len);
    message.has_signature = 1;
    message.signature = bytes_of(signature, sizeof(signature));
    message.has_proof = 1;
    message.proof = bytes_of(proof, sizeof(proof));
    return lt_pack(&message, LT_BINDING_MAX, out);
}

/* A domain word, closing NUL included, and a body: what is signed. */
struct signed_body {
    uint8_t bytes[sizeof(previous_word) + LT_BINDING_MAX];
    size_t len;
};

static bool signed_body_init(struct signed_body *out, const char *word,
                             size_t word_len, const uint8_t *body,
                             size_t body_len)
{
    if (body_len > LT_BINDING_MAX) {
        return false;
    }
    lt_put_bytes(lt_put_bytes(out->bytes, word, word_len), body, body_len);
    out->len = word_len + body_len;
    return true;
}

static lt_err sign_body(const struct lt_key *key, const char *word,
                        size_t word_len, const uint8_t *body, size_t body_len,
                        uint8_t out_sig[static LT_SIG_LEN])
{
    struct signed_body message;

    if (!signed_body_init(&message, word, word_len, body, body_len)) {
        return LT_EINVAL;
    }
    return lt_key_sign(key, message.bytes, message.len, out_sig);
}

lt_err lt_binding_sign(const struct lt_key *issuer, const uint8_t *body,
                       size_t body_len, uint8_t out_sig[static LT_SIG_LEN])
{
    return sign_body(issuer, issuer_word, sizeof(issuer_word), body, body_len,
                     out_sig);
}

lt_err lt_binding_prove(const struct lt_key *own, const uint8_t *body,
                        size_t body_len, uint8_t out_sig[static LT_SIG_LEN])
{
    return sign_body(own, proof_word, sizeof(proof_word), body, body_len,
                     out_sig);
}

/* By the bound key itself? */
static lt_err check_proof(const struct lt_binding *binding)
{
    struct signed_body message;
    struct lt_key *own = NULL;
    lt_err rc;

    if (!signed_body_init(&message, proof_word, sizeof(proof_word),
                          binding->body, binding->body_len)) {
        return LT_ECRYPTO;
    }
    rc = lt_key_from_public(binding->key, &own);
    if (rc == LT_OK) {
        rc = lt_key_verify(own, message.bytes, message.len, binding->proof)
                 ? LT_OK
                 : LT_ECRYPTO;
        lt_key_free(own);
    }
    return rc;
}

bool lt_binding_proof_right(const struct lt_binding *binding)
{
    return check_proof(binding) == LT_OK;
}

lt_err lt_binding_check(const struct lt_binding *binding,
                        const struct lt_key *issuer_key)
{
    struct signed_body message;

    if (memcmp(binding->issuer_key_id, lt_key_id(issuer_key), LT_HASH_LEN) !=
            0 ||
        !signed_body_init(&message, issuer_word, sizeof(issuer_word),
                          binding->body, binding->body_len) ||
        !lt_key_verify(issuer_key, message.bytes, message.len,
                       binding->signature)) {
        return LT_ECRYPTO;
    }
    return check_proof(binding);
}

bool lt_binding_proven(const struct lt_binding *binding,
                       const struct lt_key *issuer_key)
{
    return lt_binding_check(binding, issuer_key) == LT_OK;
}

/* ---- the key before ---- */

/* previous_signature is the last field of the body as every version writes it:
 * its tag, its length, the typed signature. */
enum { PREVIOUS_TAG = 9 << 3 | 2, PREVIOUS_BYTES = 2 + LT_TYPED_SIG_LEN };

lt_err lt_binding_follow(struct lt_binding *binding,
                         const struct lt_key *previous)
{
    struct lt_buf body;
    lt_err rc;

    binding->has_previous = true;
    memcpy(binding->previous_key_id, lt_key_id(previous), LT_HASH_LEN);
    lt_buf_init(&body, lt_alloc_heap());
    rc = encode_body(binding, false, &body);
    if (rc == LT_OK) {
        rc = sign_body(previous, previous_word, sizeof(previous_word),
                       body.data, body.len, binding->previous_signature);
    }
    lt_buf_deinit(&body);
    return rc;
}

lt_err lt_binding_check_previous(const struct lt_binding *binding,
                                 const struct lt_key *previous)
{
    struct signed_body message;
    const uint8_t *tail;

    if (!binding->has_previous || binding->body_len <= PREVIOUS_BYTES ||
        memcmp(binding->previous_key_id, lt_key_id(previous), LT_HASH_LEN) !=
            0) {
        return LT_ECRYPTO;
    }
    tail = binding->body + binding->body_len - PREVIOUS_BYTES;
    if (tail[0] != PREVIOUS_TAG || tail[1] != LT_TYPED_SIG_LEN ||
        !signed_body_init(&message, previous_word, sizeof(previous_word),
                          binding->body, binding->body_len - PREVIOUS_BYTES) ||
        !lt_key_verify(previous, message.bytes, message.len,
                       binding->previous_signature)) {
        return LT_ECRYPTO;
    }
    return LT_OK;
}
