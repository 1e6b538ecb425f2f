/* Where an export stands, as text that means nothing to who carries it. It is
 * checked as anything that a client sends: a wrong one exports something else,
 * to an office that may have it anyway. */
#include <string.h>

#include "daemon/courier.h"

enum {
    VERSION = 1,
    CURSOR_BYTES = (LT_COURIER_CURSOR_TEXT - 1) / 2,
    FLAG_ALL = 1,
    FLAG_RECEIPT = 2,
    FLAG_IN_UNIT = 4
};

static uint8_t *put(uint8_t *at, const void *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

static uint8_t *put_be(uint8_t *at, uint64_t value, unsigned len)
{
    unsigned i;

    for (i = 0; i < len; i++) {
        at[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    }
    return at + len;
}

static uint64_t get_be(const uint8_t **at, unsigned len)
{
    uint64_t value = 0;

    while (len-- > 0) {
        value = value << 8 | *(*at)++;
    }
    return value;
}

void lt_courier_cursor_format(const struct lt_courier_export *export,
                              char out_text[static LT_COURIER_CURSOR_TEXT])
{
    const struct lt_courier_cursor *cursor = &export->at;
    uint8_t bytes[CURSOR_BYTES] = {VERSION};
    uint8_t channel[LT_CHANNEL_BYTES];
    uint8_t *at = bytes + 1;

    *at++ = (uint8_t)((export->all ? FLAG_ALL : 0) |
                      (export->receipt ? FLAG_RECEIPT : 0) |
                      (cursor->in_unit ? FLAG_IN_UNIT : 0));
    lt_channel_encode(&cursor->channel, channel);
    at = put(at, export->to.bytes, LT_OFFICE_LEN);
    at = put(at, export->id, LT_COURIER_ID_LEN);
    at = put_be(at, export->index, 4);
    at = put_be(at, cursor->life, 8);
    at = put_be(at, cursor->stage, 1);
    at = put(at, cursor->origin.bytes, LT_OFFICE_LEN);
    at = put(at, channel, LT_CHANNEL_BYTES);
    at = put_be(at, cursor->epoch, 8);
    at = put_be(at, cursor->after, 8);
    (void)put_be(at, export->word, 8);
    lt_hex_format(bytes, sizeof(bytes), out_text);
}

bool lt_courier_cursor_parse(const char *text, struct lt_courier_export *out)
{
    struct lt_courier_export export = {.done = false};
    uint8_t bytes[CURSOR_BYTES];
    const uint8_t *at = bytes + 2;

    if (strlen(text) != LT_COURIER_CURSOR_TEXT - 1 ||
        !lt_hex_parse(text, sizeof(bytes), bytes) || bytes[0] != VERSION ||
        bytes[1] > (FLAG_ALL | FLAG_RECEIPT | FLAG_IN_UNIT)) {
        return false;
    }
    export.all = (bytes[1] & FLAG_ALL) != 0;
    export.receipt = (bytes[1] & FLAG_RECEIPT) != 0;
    export.at.in_unit = (bytes[1] & FLAG_IN_UNIT) != 0;
    memcpy(export.to.bytes, at, LT_OFFICE_LEN);
    at += LT_OFFICE_LEN;
    memcpy(export.id, at, LT_COURIER_ID_LEN);
    at += LT_COURIER_ID_LEN;
    export.index = (uint32_t)get_be(&at, 4);
    export.at.life = get_be(&at, 8);
    export.at.stage = (uint8_t)get_be(&at, 1);
    memcpy(export.at.origin.bytes, at, LT_OFFICE_LEN);
    at += LT_OFFICE_LEN;
    if (export.at.in_unit &&
        !lt_channel_decode(at, LT_CHANNEL_BYTES, &export.at.channel)) {
        return false;
    }
    at += LT_CHANNEL_BYTES;
    export.at.epoch = get_be(&at, 8);
    export.at.after = get_be(&at, 8);
    export.word = get_be(&at, 8);
    *out = export;
    return true;
}
