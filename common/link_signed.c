/* What is signed or MACed on a link and at enrolment, byte by byte, and the
 * words for people. */
#include "common/link_msg.h"

#include <assert.h>

#include "common/link_wire.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/link.pb-c.h"

static const char hello_word[] = "lienthong/hello/1";
static const char key_answer_word[] = "lienthong/key-answer/1";
static const char join_word[] = "lienthong/join/1";

void lt_hello_digest_bytes(const struct lt_hello_digest *digest,
                           uint8_t out_bytes[static LT_HELLO_DIGEST_LEN])
{
    uint8_t *at = out_bytes;

    at = lt_put_bytes(at, hello_word, sizeof(hello_word));
    *at++ = (uint8_t)digest->role;
    at = lt_put_bytes(at, digest->signer.bytes, LT_OFFICE_LEN);
    at = lt_put_bytes(at, digest->peer.bytes, LT_OFFICE_LEN);
    at =
        lt_put_typed(at, LT_ALG_CURVE25519, digest->signer_curve, LT_CURVE_LEN);
    at = lt_put_typed(at, LT_ALG_CURVE25519, digest->peer_curve, LT_CURVE_LEN);
    at = lt_put_bytes(at, digest->signer_nonce, LT_NONCE_LEN);
    at = lt_put_bytes(at, digest->peer_nonce, LT_NONCE_LEN);
    at = lt_put_be32(at, digest->wire_min);
    at = lt_put_be32(at, digest->wire_max);
    at = lt_put_be64(at, digest->epoch);
    assert(at == out_bytes + LT_HELLO_DIGEST_LEN);
}

void lt_key_answer_bytes(const struct lt_key_answer *answer,
                         uint8_t out_bytes[static LT_KEY_ANSWER_LEN])
{
    uint8_t *at = out_bytes;

    at = lt_put_bytes(at, key_answer_word, sizeof(key_answer_word));
    at = lt_put_bytes(at, answer->nonce, LT_NONCE_LEN);
    at = lt_put_bytes(at, answer->office.bytes, LT_OFFICE_LEN);
    at = lt_put_typed(at, LT_ALG_CURVE25519, answer->transport_key,
                      LT_CURVE_LEN);
    assert(at == out_bytes + LT_KEY_ANSWER_LEN);
}

/* Where the field numbered @id begins and how long it is, tag included; all of
 * them lie in one message that the scan has passed. */
struct field_place {
    size_t at;
    size_t len;
};

static uint64_t read_varint(const uint8_t *bytes, size_t *at)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;

    do {
        byte = bytes[(*at)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while ((byte & 0x80) != 0);
    return value;
}

static bool find_field(const uint8_t *bytes, size_t len, uint32_t id,
                       struct field_place *out)
{
    size_t at = 0;

    while (at < len) {
        size_t begin = at;
        uint64_t tag = read_varint(bytes, &at);

        switch (tag & 7) {
        case 0:
            (void)read_varint(bytes, &at);
            break;
        case 1:
            at += 8;
            break;
        case 5:
            at += 4;
            break;
        default: /* a length: the scan lets nothing else pass */
            at += (size_t)read_varint(bytes, &at);
            break;
        }
        if (tag >> 3 == id) {
            *out = (struct field_place){begin, at - begin};
            return true;
        }
    }
    return false;
}

lt_err lt_join_mac(const uint8_t *frame, size_t len,
                   const uint8_t secret[static 32],
                   uint8_t out_mac[static LT_HASH_LEN])
{
    const ProtobufCMessageDescriptor *type;
    struct field_place mac = {0};
    uint32_t mac_id;
    lt_err rc;

    switch (lt_frame_type(frame, len)) {
    case LT_FRAME_JOIN_REQUEST:
        type = &lt__join_request__descriptor;
        mac_id = 6;
        break;
    case LT_FRAME_JOIN_ANSWER:
        type = &lt__join_answer__descriptor;
        mac_id = 7;
        break;
    default:
        return LT_EMALFORMED;
    }
    rc = lt_scan(type, frame + 1, len - 1, LT_FRAME_MAX - 1, NULL);
    if (rc != LT_OK) {
        return rc;
    }
    if (!find_field(frame + 1, len - 1, mac_id, &mac)) {
        mac.at = len - 1; /* not there: everything counts */
    }
    const struct lt_span spans[] = {
        LT_DOMAIN(join_word),
        {frame, 1 + mac.at},
        {frame + 1 + mac.at + mac.len, len - 1 - mac.at - mac.len}};
    lt_hmac_sha256(secret, 32, spans, LT_COUNT_OF(spans), out_mac);
    return LT_OK;
}

unsigned lt_frame_type(const uint8_t *frame, size_t len)
{
    return len == 0 ? 0 : frame[0];
}

const char *lt_frame_word(unsigned type)
{
    static const char *const link_words[] = {
        "unknown",  "hello",    "proof", "digests", "tips",
        "run_open", "segments", "ack",   "hold",    "statement",
        "bindings", "bye",      "ping",  NULL,      NULL,
        NULL,       "want",     "given"};
    static const char *const enrol_words[] = {"join_request", "join_answer",
                                              "key_question", "key_answer"};

    if (type < LT_COUNT_OF(link_words) && link_words[type] != NULL) {
        return link_words[type];
    }
    if (type >= LT_FRAME_JOIN_REQUEST && type <= LT_FRAME_KEY_ANSWER) {
        return enrol_words[type - LT_FRAME_JOIN_REQUEST];
    }
    return link_words[0];
}

const char *lt_hold_word(uint32_t reason)
{
    static const char *const words[] = {
        "unknown",  "proven_wrong", "too_large", "not_followed", "quota",
        "no_proof", "gap",          "disk",      "tips"};

    return reason < LT_COUNT_OF(words) ? words[reason] : words[0];
}
