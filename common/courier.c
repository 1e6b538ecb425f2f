/* Layouts, big-endian throughout:
 *
 *   outside   0 magic 8 | 8 version 1 | 9 suite 1 | 10 kind of key 1 | 11 zero
 *             12 length of what is sealed, tag included, be32
 *             16 addressee 16 | 32 mark of the key 8 | 40 enc 32 | 72 sealed
 *   inside    0 typed signature 65 | 65 from 16 | 81 to 16 | 97 typed key id 33
 *             130 epoch be64 | 138 id 16 | 154 index be32 | 158 flags 1
 *             159 when be64 | 167 frames, each be32 length and bytes
 *
 * Bytes 0 to 15 mean the same in every version, so that a reader can pass over
 * what it cannot read. The magic has a byte above 127 and line ends of both
 * kinds: a program that takes the file for text damages it visibly. */
#include "common/courier.h"

#include <string.h>

#include "common/link_msg.h"

enum {
    SUITE = 1,          /* 0x0020, 0x0001, 0x0003 */
    KEY_TRANSPORT = 1,  /* the transport key of the addressee's binding */
    AT_LENGTH = 12,
    AT_TO = 16,
    AT_MARK = 32,
    IN_FROM = 65,
    IN_TO = 81,
    IN_KEY = 97,
    IN_EPOCH = 130,
    IN_ID = 138,
    IN_INDEX = 154,
    IN_FLAGS = 158,
    IN_WHEN = 159,
    FLAG_LAST = 1,
    FLAG_RECEIPT = 2,
    SEALED_MIN = LT_COURIER_INNER_HEAD + LT_HPKE_TAG_LEN
};

static const uint8_t magic[LT_COURIER_MAGIC_LEN] = {0x89, 'L',  'T',  'C',
                                                    '\r', '\n', 0x1a, '\n'};
static const char seal_word[] = "lienthong/courier/1";
static const char mark_word[] = "lienthong/courier-key/1";
static const char sign_word[] = "lienthong/courier-piece/1";

static void put_be(uint8_t *at, uint64_t value, unsigned len)
{
    while (len-- > 0) {
        at[len] = (uint8_t)value;
        value >>= 8;
    }
}

static uint64_t get_be(const uint8_t *at, unsigned len)
{
    uint64_t value = 0;

    while (len-- > 0) {
        value = value << 8 | *at++;
    }
    return value;
}

/* ---- the outside ---- */

size_t lt_courier_find(const uint8_t *bytes, size_t len, size_t at)
{
    while (at < len && len - at >= sizeof(magic)) {
        const uint8_t *hit = memchr(bytes + at, magic[0], len - at);

        if (hit == NULL) {
            return len;
        }
        at = (size_t)(hit - bytes);
        if (len - at >= sizeof(magic) &&
            memcmp(hit, magic, sizeof(magic)) == 0) {
            return at;
        }
        at++;
    }
    return len;
}

lt_err lt_courier_head(const uint8_t *bytes, size_t len,
                       struct lt_courier_head *out)
{
    uint64_t sealed;

    if (len < sizeof(magic) || memcmp(bytes, magic, sizeof(magic)) != 0) {
        return LT_EBUNDLE;
    }
    if (len < LT_COURIER_HEAD_LEN) {
        return LT_EPIECE;
    }
    sealed = get_be(bytes + AT_LENGTH, 4);
    out->version = bytes[8];
    out->len = (size_t)sealed + LT_COURIER_HEAD_LEN + LT_HPKE_ENC_LEN;
    if (out->len > LT_COURIER_PIECE_MAX || out->len > len) {
        return LT_EPIECE;
    }
    if (bytes[8] > LT_COURIER_VERSION || bytes[9] > SUITE ||
        bytes[10] > KEY_TRANSPORT) {
        return LT_EBUNDLENEWER;
    }
    if (bytes[8] != LT_COURIER_VERSION || bytes[9] != SUITE ||
        bytes[10] != KEY_TRANSPORT || bytes[11] != 0 || sealed < SEALED_MIN) {
        return LT_EPIECE;
    }
    memcpy(out->to.bytes, bytes + AT_TO, LT_OFFICE_LEN);
    memcpy(out->mark, bytes + AT_MARK, LT_COURIER_MARK_LEN);
    return LT_OK;
}

void lt_courier_mark(const uint8_t public_key[static LT_CURVE_LEN],
                     uint8_t out_mark[static LT_COURIER_MARK_LEN])
{
    static const uint8_t algorithm = LT_ALG_CURVE25519;
    const struct lt_span spans[] = {{mark_word, sizeof(mark_word)},
                                    {&algorithm, 1},
                                    {public_key, LT_CURVE_LEN}};
    uint8_t hash[LT_HASH_LEN];

    lt_sha256(spans, LT_COUNT_OF(spans), hash);
    memcpy(out_mark, hash, LT_COURIER_MARK_LEN);
}

/* The word and the addressee. */
enum { INFO_LEN = sizeof(seal_word) + LT_OFFICE_LEN };

static void info_of(const struct lt_office *to, uint8_t out[static INFO_LEN])
{
    memcpy(out, seal_word, sizeof(seal_word));
    memcpy(out + sizeof(seal_word), to->bytes, LT_OFFICE_LEN);
}

lt_err lt_courier_seal(const struct lt_office *to,
                       const uint8_t public_key[static LT_CURVE_LEN],
                       const uint8_t seed[static LT_HPKE_SEED_LEN],
                       struct lt_span plain, struct lt_buf *out)
{
    uint8_t head[LT_COURIER_HEAD_LEN] = {0};
    uint8_t info[INFO_LEN];
    size_t before = out->len;
    lt_err rc;

    if (plain.len > LT_COURIER_PLAIN_MAX) {
        return LT_ETOOBIG;
    }
    memcpy(head, magic, sizeof(magic));
    head[8] = LT_COURIER_VERSION;
    head[9] = SUITE;
    head[10] = KEY_TRANSPORT;
    put_be(head + AT_LENGTH, plain.len + LT_HPKE_TAG_LEN, 4);
    memcpy(head + AT_TO, to->bytes, LT_OFFICE_LEN);
    lt_courier_mark(public_key, head + AT_MARK);
    info_of(to, info);
    if (!lt_buf_put(out, head, sizeof(head))) {
        return LT_ENOMEM;
    }
    rc = lt_hpke_seal_to(public_key, seed, (struct lt_span){info, sizeof(info)},
                         (struct lt_span){head, sizeof(head)}, plain, out);
    if (rc != LT_OK) {
        out->len = before;
    }
    return rc;
}

lt_err lt_courier_open(const uint8_t *bytes, size_t len,
                       const struct lt_courier_self *self,
                       struct lt_buf *out_plain)
{
    struct lt_courier_head head;
    uint8_t mark[LT_COURIER_MARK_LEN];
    uint8_t info[INFO_LEN];
    lt_err rc = lt_courier_head(bytes, len, &head);

    if (rc != LT_OK) {
        return rc;
    }
    if (head.len != len) {
        return LT_EPIECE;
    }
    if (!lt_office_equal(&head.to, &self->office)) {
        return LT_EADDRESSEE;
    }
    lt_courier_mark(self->curve_public, mark);
    info_of(&head.to, info);
    /* At once as much as it takes: growing leaves copies behind. */
    if (lt_buf_reserve(out_plain, len) == NULL) {
        return LT_ENOMEM;
    }
    rc = lt_hpke_open_by(
        self->curve_secret, (struct lt_span){info, sizeof(info)},
        (struct lt_span){bytes, LT_COURIER_HEAD_LEN},
        (struct lt_span){bytes + LT_COURIER_HEAD_LEN,
                         len - LT_COURIER_HEAD_LEN},
        out_plain);
    if (rc == LT_EMALFORMED) {
        /* A damaged mark is a damaged piece, but who is to say. */
        rc = memcmp(mark, head.mark, sizeof(mark)) == 0 ? LT_EPIECE
                                                        : LT_ESEALKEY;
    }
    return rc;
}

/* ---- the inside, written ---- */

lt_err lt_courier_begin(struct lt_buf *out)
{
    uint8_t *at = lt_buf_reserve(out, LT_COURIER_PLAIN_MAX);

    if (at == NULL) {
        return LT_ENOMEM;
    }
    memset(at, 0, LT_COURIER_INNER_HEAD);
    out->len += LT_COURIER_INNER_HEAD;
    return LT_OK;
}

lt_err lt_courier_frame_begin(struct lt_buf *out, size_t *out_mark)
{
    static const uint8_t room[4];

    *out_mark = out->len;
    return lt_buf_put(out, room, sizeof(room)) ? LT_OK : LT_ENOMEM;
}

void lt_courier_frame_done(struct lt_buf *out, size_t mark)
{
    if (out->len == mark + 4) {
        out->len = mark; /* nothing came of it */
        return;
    }
    put_be(out->data + mark, out->len - mark - 4, 4);
}

/* The signature covers all behind it. */
static lt_err message_of(const uint8_t *plain, size_t len, struct lt_buf *out)
{
    lt_buf_init(out, lt_alloc_heap());
    if (lt_buf_reserve(out, sizeof(sign_word) + len) == NULL ||
        !lt_buf_put(out, sign_word, sizeof(sign_word)) ||
        !lt_buf_put(out, plain + LT_TYPED_SIG_LEN, len - LT_TYPED_SIG_LEN)) {
        lt_buf_deinit(out);
        return LT_ENOMEM;
    }
    return LT_OK;
}

static void forget(struct lt_buf *message)
{
    lt_wipe(message->data, message->len);
    lt_buf_deinit(message);
}

lt_err lt_courier_end(const struct lt_courier_piece *piece,
                      const struct lt_key *key, struct lt_buf *out)
{
    struct lt_buf message;
    uint8_t *at = out->data;
    lt_err rc;

    if (out->len < LT_COURIER_INNER_HEAD || out->len > LT_COURIER_PLAIN_MAX ||
        piece->index >= LT_COURIER_INDEX_MAX) {
        return LT_EINVAL;
    }
    memcpy(at + IN_FROM, piece->from.bytes, LT_OFFICE_LEN);
    memcpy(at + IN_TO, piece->to.bytes, LT_OFFICE_LEN);
    at[IN_KEY] = LT_ALG_SHA256;
    memcpy(at + IN_KEY + 1, lt_key_id(key), LT_HASH_LEN);
    put_be(at + IN_EPOCH, piece->epoch, 8);
    memcpy(at + IN_ID, piece->id, LT_COURIER_ID_LEN);
    put_be(at + IN_INDEX, piece->index, 4);
    at[IN_FLAGS] = (uint8_t)((piece->last ? FLAG_LAST : 0) |
                             (piece->receipt ? FLAG_RECEIPT : 0));
    put_be(at + IN_WHEN, (uint64_t)piece->at_ms, 8);
    rc = message_of(out->data, out->len, &message);
    if (rc == LT_OK) {
        at[0] = LT_ALG_ED25519;
        rc = lt_key_sign(key, message.data, message.len, at + 1);
        forget(&message);
    }
    return rc;
}

/* ---- the inside, read ---- */

static bool frames_right(struct lt_span rest)
{
    const uint8_t *at = rest.data;
    size_t left = rest.len;

    while (left > 0) {
        uint64_t len;

        if (left < 4) {
            return false;
        }
        len = get_be(at, 4);
        if (len == 0 || len > LT_FRAME_MAX || len > left - 4) {
            return false;
        }
        at += 4 + len;
        left -= 4 + (size_t)len;
    }
    return true;
}

lt_err lt_courier_read(const uint8_t *plain, size_t len,
                       struct lt_courier_piece *out)
{
    struct lt_courier_piece piece;

    if (len < LT_COURIER_INNER_HEAD || len > LT_COURIER_PLAIN_MAX ||
        plain[0] != LT_ALG_ED25519 || plain[IN_KEY] != LT_ALG_SHA256) {
        return LT_EMALFORMED;
    }
    memset(&piece, 0, sizeof(piece));
    memcpy(piece.from.bytes, plain + IN_FROM, LT_OFFICE_LEN);
    memcpy(piece.to.bytes, plain + IN_TO, LT_OFFICE_LEN);
    memcpy(piece.key_id, plain + IN_KEY + 1, LT_HASH_LEN);
    piece.epoch = get_be(plain + IN_EPOCH, 8);
    memcpy(piece.id, plain + IN_ID, LT_COURIER_ID_LEN);
    piece.index = (uint32_t)get_be(plain + IN_INDEX, 4);
    piece.last = (plain[IN_FLAGS] & FLAG_LAST) != 0;
    piece.receipt = (plain[IN_FLAGS] & FLAG_RECEIPT) != 0;
    piece.at_ms = (int64_t)get_be(plain + IN_WHEN, 8);
    piece.frames = (struct lt_span){plain + LT_COURIER_INNER_HEAD,
                                    len - LT_COURIER_INNER_HEAD};
    if (lt_office_is_zero(&piece.from) || lt_office_is_zero(&piece.to) ||
        piece.epoch == 0 || piece.index >= LT_COURIER_INDEX_MAX ||
        !frames_right(piece.frames)) {
        return LT_EMALFORMED;
    }
    *out = piece;
    return LT_OK;
}

lt_err lt_courier_check(const uint8_t *plain, size_t len,
                        const struct lt_key *key)
{
    struct lt_buf message;
    lt_err rc = message_of(plain, len, &message);

    if (rc == LT_OK) {
        rc = lt_key_verify(key, message.data, message.len, plain + 1)
                 ? LT_OK
                 : LT_ECRYPTO;
        forget(&message);
    }
    return rc;
}

bool lt_courier_frame(struct lt_span *rest, struct lt_span *out_frame)
{
    const uint8_t *at = rest->data;
    size_t len;

    if (rest->len == 0) {
        return false;
    }
    len = (size_t)get_be(at, 4);
    *out_frame = (struct lt_span){at + 4, len};
    *rest = (struct lt_span){at + 4 + len, rest->len - 4 - len};
    return true;
}
