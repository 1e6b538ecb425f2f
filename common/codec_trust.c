/* KEY_REVOKED, and KEY_RESTORED, which has the same body without ends: which
 * key, and up to where what it signed counts, stream by stream. */
#include "common/codec_event.h"

#include <string.h>

#include "common/scan.h"
#include "proto/log.pb-c.h"

static bool is_ours(uint32_t type)
{
    return type == LT_EV_KEY_REVOKED || type == LT_EV_KEY_RESTORED;
}

static bool read_end(const Lt__StreamEnd *from, struct lt_stream_end *out)
{
    if (!from->has_channel ||
        !lt_channel_decode(from->channel.data, from->channel.len,
                           &out->channel)) {
        return false;
    }
    out->epoch = from->epoch;
    out->number = from->number;
    return true;
}

lt_err lt_trust_body_read(const struct Lt__Event *message,
                          struct lt_arena *arena, struct lt_event *out,
                          struct lt_diag *diag)
{
    const Lt__KeyRevoked *body = message->key_revoked;
    struct lt_stream_end *ends;

    if (!is_ours(message->type)) {
        return LT_OK;
    }
    if (!body->has_key_id || body->key_id.len != LT_TYPED_HASH_LEN ||
        body->key_id.data[0] != LT_ALG_SHA256) {
        return lt_malformed(diag, "bad key id");
    }
    if (body->n_ends > LT_STREAM_ENDS_MAX) {
        return lt_malformed(diag, "too many streams");
    }
    ends = lt_arena_take(arena, (body->n_ends + 1) * sizeof(*ends));
    if (ends == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < body->n_ends; i++) {
        if (!read_end(body->ends[i], &ends[i])) {
            return lt_malformed(diag, "bad end of a stream");
        }
    }
    memcpy(out->key_id, body->key_id.data + 1, LT_HASH_LEN);
    out->ends_n = body->n_ends;
    out->ends = ends;
    return LT_OK;
}

const char *lt_trust_body_check(const struct lt_event *event)
{
    if (event->has_subject || event->parts_n > 1) {
        return "revocation with a subject or texts";
    }
    if (event->ends_n > LT_STREAM_ENDS_MAX ||
        (event->type == LT_EV_KEY_RESTORED && event->ends_n != 0)) {
        return "too many streams";
    }
    for (size_t i = 0; i < event->ends_n; i++) {
        if (event->ends[i].epoch == 0 || event->ends[i].number == 0) {
            return "bad end of a stream";
        }
    }
    return NULL;
}

lt_err lt_trust_body_pack(struct Lt__Event *message,
                          const struct lt_event *event, struct lt_buf *out)
{
    uint8_t key_id[LT_TYPED_HASH_LEN] = {LT_ALG_SHA256};
    uint8_t channels[LT_STREAM_ENDS_MAX][LT_CHANNEL_BYTES];
    Lt__StreamEnd ends[LT_STREAM_ENDS_MAX];
    Lt__StreamEnd *list[LT_STREAM_ENDS_MAX];
    Lt__KeyRevoked body = LT__KEY_REVOKED__INIT;
    lt_err rc;

    memcpy(key_id + 1, event->key_id, LT_HASH_LEN);
    for (size_t i = 0; i < event->ends_n; i++) {
        const struct lt_stream_end *end = &event->ends[i];

        lt_channel_encode(&end->channel, channels[i]);
        lt__stream_end__init(&ends[i]);
        ends[i].has_channel = 1;
        ends[i].channel = (ProtobufCBinaryData){LT_CHANNEL_BYTES, channels[i]};
        ends[i].has_epoch = 1;
        ends[i].epoch = end->epoch;
        ends[i].has_number = 1;
        ends[i].number = end->number;
        list[i] = &ends[i];
    }
    body.has_key_id = 1;
    body.key_id = (ProtobufCBinaryData){sizeof(key_id), key_id};
    body.n_ends = event->ends_n;
    body.ends = list;
    message->key_revoked = &body;
    rc = lt_pack(message, LT_EVENT_MAX, out);
    message->key_revoked = NULL; /* it ends with this call */
    return rc;
}
