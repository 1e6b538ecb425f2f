#include "daemon/answer.h"

#include <string.h>

static void put_be64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        out[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

static uint64_t get_be64(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++) {
        value = (value << 8) | bytes[i];
    }
    return value;
}

bool lt_answer_append(struct lt_buf *buf, const struct lt_answer *answer)
{
    uint8_t entry[LT_ANSWER_ENTRY_LEN];

    memcpy(entry, answer->id.origin.bytes, LT_OFFICE_LEN);
    put_be64(entry + 16, answer->id.epoch);
    put_be64(entry + 24, answer->id.count);
    memcpy(entry + 32, answer->hash, LT_HASH_LEN);
    put_be64(entry + 64, (uint64_t)answer->committed_at_ms);
    return lt_buf_put(buf, entry, sizeof(entry));
}

bool lt_answer_at(const uint8_t *bytes, size_t len, size_t index,
                  struct lt_answer *out)
{
    if (index >= len / LT_ANSWER_ENTRY_LEN) {
        return false;
    }
    bytes += index * LT_ANSWER_ENTRY_LEN;
    memcpy(out->id.origin.bytes, bytes, LT_OFFICE_LEN);
    out->id.epoch = get_be64(bytes + 16);
    out->id.count = get_be64(bytes + 24);
    memcpy(out->hash, bytes + 32, LT_HASH_LEN);
    out->committed_at_ms = (int64_t)get_be64(bytes + 64);
    return true;
}
