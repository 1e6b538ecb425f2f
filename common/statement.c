/* Statements: signed end to end, so the body's bytes are kept for the check
 * and for whoever passes them on. */
#include "common/binding.h"

#include <string.h>

#include "common/field.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/log.pb-c.h"

enum {
    BODY_MAX = LT_LIST_MAX,
    WRAP_MAX = LT_LIST_MAX + 128 /* body, signature and their tags */
};

static const char statement_word[] = "lienthong/statement/1";

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

/* Everything that StreamTips messages point to, in one arena. */
static bool put_stream(struct lt_arena *arena,
                       const struct lt_stream_tips *stream, Lt__StreamTips *out)
{
    uint8_t *channel = lt_arena_take(arena, LT_CHANNEL_BYTES);
    Lt__Tip *tips = lt_arena_take(arena, stream->tips_n * sizeof(*tips) + 1);
    Lt__Tip **list = lt_arena_take(arena, stream->tips_n * sizeof(*list) + 1);

    if (channel == NULL || tips == NULL || list == NULL) {
        return false;
    }
    lt__stream_tips__init(out);
    lt_channel_encode(&stream->channel, channel);
    out->has_channel = 1;
    out->channel = bytes_of(channel, LT_CHANNEL_BYTES);
    out->n_tips = stream->tips_n;
    out->tips = list;
    for (size_t i = 0; i < stream->tips_n; i++) {
        uint8_t *hash = lt_arena_take(arena, LT_TYPED_HASH_LEN);

        if (hash == NULL) {
            return false;
        }
        lt_put_typed(hash, LT_ALG_SHA256, stream->tips[i].hash, LT_HASH_LEN);
        lt__tip__init(&tips[i]);
        tips[i].has_epoch = 1;
        tips[i].epoch = stream->tips[i].epoch;
        tips[i].has_number = 1;
        tips[i].number = stream->tips[i].number;
        tips[i].has_hash = 1;
        tips[i].hash = bytes_of(hash, LT_TYPED_HASH_LEN);
        list[i] = &tips[i];
    }
    return true;
}

static bool put_streams(struct lt_arena *arena, size_t streams_n,
                        const struct lt_stream_tips *streams, size_t *out_n,
                        Lt__StreamTips ***out_list)
{
    Lt__StreamTips *messages =
        lt_arena_take(arena, streams_n * sizeof(*messages) + 1);
    Lt__StreamTips **list = lt_arena_take(arena, streams_n * sizeof(*list) + 1);

    if (messages == NULL || list == NULL) {
        return false;
    }
    for (size_t i = 0; i < streams_n; i++) {
        if (!put_stream(arena, &streams[i], &messages[i])) {
            return false;
        }
        list[i] = &messages[i];
    }
    *out_n = streams_n;
    *out_list = list;
    return true;
}

static lt_err encode_body(const struct lt_statement *statement,
                          struct lt_arena *arena, struct lt_buf *out)
{
    Lt__Statement body = LT__STATEMENT__INIT;
    Lt__HandedOver handed = LT__HANDED_OVER__INIT;
    uint8_t key_id[LT_TYPED_HASH_LEN];
    uint32_t features[LT_FEATURES_MAX];
    char software[LT_SOFTWARE_MAX + 1];

    if (!put_streams(arena, statement->mine_n, statement->mine, &body.n_mine,
                     &body.mine) ||
        !put_streams(arena, statement->yours_n, statement->yours, &body.n_yours,
                     &body.yours)) {
        return LT_ENOMEM;
    }
    body.has_from = 1;
    body.from = bytes_of(statement->from.bytes, LT_OFFICE_LEN);
    body.has_to = 1;
    body.to = bytes_of(statement->to.bytes, LT_OFFICE_LEN);
    body.has_epoch = 1;
    body.epoch = statement->epoch;
    body.has_id = 1;
    body.id = statement->id;
    body.has_at_ms = 1;
    body.at_ms = statement->at_ms;
    lt_put_typed(key_id, LT_ALG_SHA256, statement->key_id, LT_HASH_LEN);
    body.has_key_id = 1;
    body.key_id = bytes_of(key_id, sizeof(key_id));
    body.has_echo_epoch = statement->echo_id != 0;
    body.echo_epoch = statement->echo_epoch;
    body.has_echo_id = statement->echo_id != 0;
    body.echo_id = statement->echo_id;
    if (statement->software.len != 0) {
        memcpy(software, statement->software.data, statement->software.len);
        software[statement->software.len] = '\0';
        body.software = software;
    }
    memcpy(features, statement->features,
           statement->features_n * sizeof(features[0]));
    body.n_features = statement->features_n;
    body.features = features;
    body.has_cut_off = statement->cut_off;
    body.cut_off = statement->cut_off;
    if (statement->handed_version != 0) {
        handed.has_tree_version = 1;
        handed.tree_version = statement->handed_version;
        handed.has_digest = statement->handed_all;
        handed.digest = bytes_of(statement->handed_digest,
                                 sizeof(statement->handed_digest));
        body.handed_over = &handed;
    }
    return lt_pack(&body, BODY_MAX, out);
}

static bool bounds_kept(size_t streams_n, const struct lt_stream_tips *streams)
{
    if (streams_n > LT_STATEMENT_STREAMS_MAX) {
        return false;
    }
    for (size_t i = 0; i < streams_n; i++) {
        if (streams[i].tips_n > LT_TIPS_MAX) {
            return false;
        }
    }
    return true;
}

lt_err lt_statement_seal(const struct lt_statement *statement,
                         const struct lt_key *key, struct lt_buf *out)
{
    Lt__SignedStatement message = LT__SIGNED_STATEMENT__INIT;
    uint8_t raw_signature[LT_SIG_LEN];
    uint8_t signature[LT_TYPED_SIG_LEN];
    struct lt_arena arena;
    struct lt_buf body;
    lt_err rc;

    if (!bounds_kept(statement->mine_n, statement->mine) ||
        !bounds_kept(statement->yours_n, statement->yours) ||
        statement->id == 0 || statement->features_n > LT_FEATURES_MAX ||
        statement->software.len > LT_SOFTWARE_MAX ||
        !lt_utf8_valid(statement->software.data, statement->software.len)) {
        return LT_EINVAL;
    }
    lt_arena_init(&arena, out->alloc, LT_UNPACK_FACTOR * LT_LIST_MAX);
    lt_buf_init(&body, out->alloc);
    /* The word goes first into the same buffer: what is signed lies together.
     */
    rc = lt_buf_put(&body, statement_word, sizeof(statement_word)) ? LT_OK
                                                                   : LT_ENOMEM;
    if (rc == LT_OK) {
        rc = encode_body(statement, &arena, &body);
    }
    if (rc == LT_OK) {
        rc = lt_key_sign(key, body.data, body.len, raw_signature);
    }
    if (rc == LT_OK) {
        lt_put_typed(signature, LT_ALG_ED25519, raw_signature, LT_SIG_LEN);
        message.has_body = 1;
        message.body = bytes_of(body.data + sizeof(statement_word),
                                body.len - sizeof(statement_word));
        message.has_signature = 1;
        message.signature = bytes_of(signature, sizeof(signature));
        rc = lt_pack(&message, WRAP_MAX, out);
    }
    lt_buf_deinit(&body);
    lt_arena_deinit(&arena);
    return rc;
}

static bool read_tip(const Lt__Tip *tip, struct lt_point *out)
{
    if (!tip->has_hash || tip->hash.len != LT_TYPED_HASH_LEN ||
        tip->hash.data[0] != LT_ALG_SHA256 || tip->number == 0) {
        return false;
    }
    out->epoch = tip->epoch;
    out->number = tip->number;
    memcpy(out->hash, tip->hash.data + 1, LT_HASH_LEN);
    return true;
}

static lt_err read_streams(size_t from_n, Lt__StreamTips *const *from,
                           struct lt_arena *arena, size_t *out_n,
                           struct lt_stream_tips **out, struct lt_diag *diag)
{
    struct lt_stream_tips *streams;

    if (from_n > LT_STATEMENT_STREAMS_MAX) {
        return lt_malformed(diag, "too many streams");
    }
    streams = lt_arena_take(arena, from_n * sizeof(*streams) + 1);
    if (streams == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from_n; i++) {
        const Lt__StreamTips *stream = from[i];

        if (!stream->has_channel || stream->n_tips > LT_TIPS_MAX ||
            !lt_channel_decode(stream->channel.data, stream->channel.len,
                               &streams[i].channel)) {
            return lt_malformed(diag, "bad stream");
        }
        streams[i].tips_n = stream->n_tips;
        for (size_t k = 0; k < stream->n_tips; k++) {
            if (!read_tip(stream->tips[k], &streams[i].tips[k])) {
                return lt_malformed(diag, "bad tip");
            }
        }
    }
    *out_n = from_n;
    *out = streams;
    return LT_OK;
}

static lt_err read_statement(const Lt__Statement *body, struct lt_arena *arena,
                             struct lt_statement *out, struct lt_diag *diag)
{
    lt_err rc;

    if (!lt_read_office(body->has_from, body->from, &out->from) ||
        !lt_read_office(body->has_to, body->to, &out->to) || !body->has_epoch ||
        body->id == 0 || !body->has_key_id ||
        body->key_id.len != LT_TYPED_HASH_LEN ||
        body->key_id.data[0] != LT_ALG_SHA256 ||
        body->n_features > LT_FEATURES_MAX) {
        return lt_malformed(diag, "bad statement");
    }
    memcpy(out->key_id, body->key_id.data + 1, LT_HASH_LEN);
    out->epoch = body->epoch;
    out->id = body->id;
    out->at_ms = body->at_ms;
    out->echo_epoch = body->echo_epoch;
    out->echo_id = body->echo_id;
    out->software.data = body->software;
    out->software.len = body->software == NULL ? 0 : strlen(body->software);
    if (out->software.len > LT_SOFTWARE_MAX) {
        return lt_malformed(diag, "software version too long");
    }
    out->features_n = body->n_features;
    for (size_t i = 0; i < body->n_features; i++) {
        out->features[i] = body->features[i];
    }
    out->cut_off = body->cut_off;
    if (body->handed_over != NULL) {
        if (body->handed_over->tree_version == 0 ||
            (body->handed_over->has_digest &&
             body->handed_over->digest.len != sizeof(out->handed_digest))) {
            return lt_malformed(diag, "bad handing over");
        }
        out->handed_version = body->handed_over->tree_version;
        out->handed_all = body->handed_over->has_digest;
        if (out->handed_all) {
            memcpy(out->handed_digest, body->handed_over->digest.data,
                   sizeof(out->handed_digest));
        }
    }
    rc = read_streams(body->n_mine, body->mine, arena, &out->mine_n, &out->mine,
                      diag);
    if (rc != LT_OK) {
        return rc;
    }
    return read_streams(body->n_yours, body->yours, arena, &out->yours_n,
                        &out->yours, diag);
}

lt_err lt_statement_decode(const uint8_t *bytes, size_t len,
                           struct lt_arena *arena, struct lt_statement *out,
                           struct lt_span *out_body,
                           uint8_t out_sig[static LT_SIG_LEN],
                           struct lt_diag *diag)
{
    struct lt_statement statement = {0};
    const Lt__SignedStatement *message;
    void *unpacked = NULL;
    lt_err rc;

    rc = lt_unpack(&lt__signed_statement__descriptor, bytes, len, WRAP_MAX,
                   arena, &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    message = unpacked;
    if (!message->has_body || !message->has_signature ||
        message->signature.len != LT_TYPED_SIG_LEN ||
        message->signature.data[0] != LT_ALG_ED25519) {
        return lt_malformed(diag, "statement without body or signature");
    }
    rc = lt_unpack(&lt__statement__descriptor, message->body.data,
                   message->body.len, BODY_MAX, arena, &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    rc = read_statement(unpacked, arena, &statement, diag);
    if (rc != LT_OK) {
        return rc;
    }
    *out = statement;
    *out_body = (struct lt_span){message->body.data, message->body.len};
    memcpy(out_sig, message->signature.data + 1, LT_SIG_LEN);
    return LT_OK;
}

lt_err lt_statement_check(struct lt_span body,
                          const uint8_t sig[static LT_SIG_LEN],
                          const struct lt_key *key)
{
    struct lt_buf message;
    lt_err rc = LT_ENOMEM;

    lt_buf_init(&message, lt_alloc_heap());
    if (lt_buf_put(&message, statement_word, sizeof(statement_word)) &&
        lt_buf_put(&message, body.data, body.len)) {
        rc = lt_key_verify(key, message.data, message.len, sig) ? LT_OK
                                                                : LT_ECRYPTO;
    }
    lt_buf_deinit(&message);
    return rc;
}

bool lt_statement_proven(struct lt_span body,
                         const uint8_t sig[static LT_SIG_LEN],
                         const struct lt_key *key)
{
    return lt_statement_check(body, sig, key) == LT_OK;
}
