/* A token is "lt1_" and the base64url (RFC 4648, no padding) of a Token message
 * and four bytes of its hash: one word without line breaks, that survives mail,
 * paper and a QR code. Reading it is strict: what a person mistyped is seen at
 * once, before anybody is asked. */
#include "common/binding.h"

#include <string.h>

#include "common/base64.h"
#include "common/field.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/link.pb-c.h"

enum {
    PREFIX_LEN = 4,
    CHECK_LEN = 4,
    RAW_MAX = (LT_TOKEN_TEXT_MAX - PREFIX_LEN) / 4 * 3
};

static const char prefix[] = "lt1_";

static void check_of(const uint8_t *raw, size_t len,
                     uint8_t out[static LT_HASH_LEN])
{
    const struct lt_span spans[] = {LT_DOMAIN("lienthong/token/1"), {raw, len}};

    lt_sha256(spans, LT_COUNT_OF(spans), out);
}

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

static lt_err pack_token(const struct lt_token *token, struct lt_buf *out)
{
    Lt__Token message = LT__TOKEN__INIT;
    uint8_t parent_key_id[LT_TYPED_HASH_LEN];
    uint8_t root_hash[LT_TYPED_HASH_LEN];
    char texts[LT_OFFICE_ADDRESSES_MAX][LT_ADDRESS_MAX + 1];
    char *list[LT_OFFICE_ADDRESSES_MAX];

    if (token->enrol_addresses_n > LT_OFFICE_ADDRESSES_MAX) {
        return LT_EINVAL;
    }
    for (size_t i = 0; i < token->enrol_addresses_n; i++) {
        const struct lt_text *text = &token->enrol_addresses[i];

        if (text->len == 0 || text->len > LT_ADDRESS_MAX ||
            !lt_utf8_valid(text->data, text->len)) {
            return LT_EINVAL;
        }
        memcpy(texts[i], text->data, text->len);
        texts[i][text->len] = '\0';
        list[i] = texts[i];
    }
    lt_put_typed(parent_key_id, LT_ALG_SHA256, token->parent_key_id,
                 LT_HASH_LEN);
    lt_put_typed(root_hash, LT_ALG_SHA256, token->root_hash, LT_HASH_LEN);
    message.has_token_id = 1;
    message.token_id = bytes_of(token->id, sizeof(token->id));
    message.has_secret = 1;
    message.secret = bytes_of(token->secret, sizeof(token->secret));
    message.has_office = 1;
    message.office = bytes_of(token->office.bytes, LT_OFFICE_LEN);
    message.has_parent = 1;
    message.parent = bytes_of(token->parent.bytes, LT_OFFICE_LEN);
    message.has_parent_key_id = 1;
    message.parent_key_id = bytes_of(parent_key_id, sizeof(parent_key_id));
    message.has_root_hash = 1;
    message.root_hash = bytes_of(root_hash, sizeof(root_hash));
    message.n_enrol_addresses = token->enrol_addresses_n;
    message.enrol_addresses = list;
    message.has_expires_at_ms = 1;
    message.expires_at_ms = token->expires_at_ms;
    return lt_pack(&message, RAW_MAX - CHECK_LEN, out);
}

lt_err lt_token_format(const struct lt_token *token, struct lt_buf *out_text)
{
    struct lt_buf raw;
    uint8_t *at;
    lt_err rc;

    lt_buf_init(&raw, out_text->alloc);
    /* At once, so that no copy of the secret stays behind. */
    if (lt_buf_reserve(&raw, RAW_MAX) == NULL) {
        return LT_ENOMEM;
    }
    rc = pack_token(token, &raw);
    if (rc == LT_OK) {
        uint8_t hash[LT_HASH_LEN];

        check_of(raw.data, raw.len, hash);
        rc = lt_buf_put(&raw, hash, CHECK_LEN) ? LT_OK : LT_ENOMEM;
    }
    if (rc == LT_OK) {
        size_t len = PREFIX_LEN + lt_base64_len(raw.len);

        at = lt_buf_reserve(out_text, len);
        if (at == NULL) {
            rc = LT_ENOMEM;
        } else {
            memcpy(at, prefix, PREFIX_LEN);
            lt_base64_write(raw.data, raw.len, (char *)at + PREFIX_LEN);
            out_text->len += len;
        }
    }
    if (raw.data != NULL) {
        lt_wipe(raw.data, raw.len); /* the secret is in it */
    }
    lt_buf_deinit(&raw);
    return rc;
}

static bool read_token(const Lt__Token *message, struct lt_token *out)
{
    if (!lt_read_exact(message->has_token_id, message->token_id,
                       sizeof(out->id), out->id) ||
        !lt_read_exact(message->has_secret, message->secret,
                       sizeof(out->secret), out->secret) ||
        !lt_read_exact(message->has_office, message->office, LT_OFFICE_LEN,
                       out->office.bytes) ||
        !lt_read_exact(message->has_parent, message->parent, LT_OFFICE_LEN,
                       out->parent.bytes) ||
        !lt_read_typed(message->has_parent_key_id, message->parent_key_id,
                       LT_HASH_LEN, out->parent_key_id) ||
        !lt_read_typed(message->has_root_hash, message->root_hash, LT_HASH_LEN,
                       out->root_hash) ||
        message->n_enrol_addresses > LT_OFFICE_ADDRESSES_MAX) {
        return false;
    }
    out->enrol_addresses_n = message->n_enrol_addresses;
    for (size_t i = 0; i < message->n_enrol_addresses; i++) {
        const char *text = message->enrol_addresses[i];

        out->enrol_addresses[i] = (struct lt_text){text, strlen(text)};
        if (out->enrol_addresses[i].len == 0 ||
            out->enrol_addresses[i].len > LT_ADDRESS_MAX) {
            return false;
        }
    }
    out->expires_at_ms = message->expires_at_ms;
    return true;
}

lt_err lt_token_parse(const char *text, struct lt_arena *arena,
                      struct lt_token *out, struct lt_diag *diag)
{
    uint8_t raw[RAW_MAX];
    uint8_t hash[LT_HASH_LEN];
    struct lt_token token = {0};
    void *message = NULL;
    size_t text_len = strlen(text);
    size_t raw_len = 0;
    lt_err rc;

    if (text_len <= PREFIX_LEN || text_len > LT_TOKEN_TEXT_MAX ||
        memcmp(text, prefix, PREFIX_LEN) != 0 ||
        !lt_base64_read(text + PREFIX_LEN, text_len - PREFIX_LEN, raw,
                        &raw_len)) {
        return lt_diag_set(diag, LT_ETOKEN);
    }
    raw_len = raw_len < CHECK_LEN ? 0 : raw_len - CHECK_LEN;
    check_of(raw, raw_len, hash);
    rc = raw_len == 0 || memcmp(hash, raw + raw_len, CHECK_LEN) != 0
             ? LT_EMALFORMED
             : lt_unpack(&lt__token__descriptor, raw, raw_len, RAW_MAX, arena,
                         &message, NULL);
    if (rc == LT_OK && !read_token(message, &token)) {
        rc = LT_EMALFORMED;
    }
    if (rc == LT_OK) {
        *out = token;
    }
    lt_wipe(raw, sizeof(raw));
    lt_wipe(&token, sizeof(token));
    return rc == LT_OK || rc == LT_ENOMEM ? rc : lt_diag_set(diag, LT_ETOKEN);
}
