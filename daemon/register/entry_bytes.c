/* One entry as bytes, as it goes to another office:
 *
 *   uid 16 || type 1 || erased 1 || entered 8 || erased at 8
 *   || case, author, eraser: length 2 and bytes
 *   || six fields: present 1, length 4 and bytes
 *
 * Numbers are big-endian. */
#include <string.h>

#include "daemon/register/internal.h"

static bool put_number(struct lt_buf *out, uint64_t number, size_t len)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(number >> (8 * (len - 1 - i)));
    }
    return lt_buf_put(out, bytes, len);
}

static bool put_text(struct lt_buf *out, const char *text)
{
    return put_number(out, strlen(text), 2) &&
           lt_buf_put(out, text, strlen(text));
}

bool lt_entry_bytes_put(struct lt_buf *out, const struct lt_query *query,
                        const struct lt_register_entry *entry)
{
    const bool erased = sqlite3_column_type(query->stmt, 6) == SQLITE_NULL;
    bool good = lt_buf_put(out, sqlite3_column_blob(query->stmt, 1),
                           LT_REGISTER_UID_LEN) &&
                put_number(out, (uint64_t)lt_query_get_int(query, 3), 1) &&
                put_number(out, erased, 1) &&
                put_number(out, (uint64_t)lt_query_get_int(query, 4), 8) &&
                put_number(out, (uint64_t)lt_query_get_int(query, 13), 8) &&
                put_text(out, lt_query_get_text(query, 2)) &&
                put_text(out, lt_query_get_text(query, 5)) &&
                put_text(out, lt_query_get_text(query, 14));

    for (size_t i = 0; good && i < LT_REGISTER_FIELDS; i++) {
        const struct lt_text *field = &entry->fields[i];

        good = put_number(out, !erased && field->data != NULL, 1) &&
               put_number(out, erased ? 0 : field->len, 4) &&
               (erased || field->len == 0 ||
                lt_buf_put(out, field->data, field->len));
    }
    return good;
}

struct reader {
    const uint8_t *at;
    size_t left;
    bool bad;
};

static const uint8_t *take(struct reader *reader, size_t len)
{
    const uint8_t *at = reader->at;

    if (len > reader->left) {
        reader->bad = true;
        return NULL;
    }
    reader->at += len;
    reader->left -= len;
    return at;
}

static uint64_t take_number(struct reader *reader, size_t len)
{
    const uint8_t *at = take(reader, len);
    uint64_t number = 0;

    for (size_t i = 0; at != NULL && i < len; i++) {
        number = number << 8 | at[i];
    }
    return number;
}

static void take_text(struct reader *reader,
                      char out[static LT_ENTRY_TEXT_MAX + 1])
{
    size_t len = (size_t)take_number(reader, 2);
    const uint8_t *at = len > LT_ENTRY_TEXT_MAX ? NULL : take(reader, len);

    out[0] = '\0';
    if (at == NULL || memchr(at, '\0', len) != NULL) {
        reader->bad = true;
        return;
    }
    memcpy(out, at, len);
    out[len] = '\0';
}

bool lt_entry_bytes_read(struct lt_span bytes, struct lt_entry_row *out,
                         struct lt_entry_texts *texts)
{
    struct reader reader = {bytes.data, bytes.len, false};
    const uint8_t *uid = take(&reader, LT_REGISTER_UID_LEN);

    *out = (struct lt_entry_row){.case_id = texts->text[0],
                                 .by = texts->text[1],
                                 .erased_by = texts->text[2]};
    if (uid != NULL) {
        memcpy(out->uid, uid, LT_REGISTER_UID_LEN);
    }
    out->case_type = (uint32_t)take_number(&reader, 1);
    out->erased = take_number(&reader, 1) != 0;
    out->entered_ms = (int64_t)take_number(&reader, 8);
    out->erased_ms = (int64_t)take_number(&reader, 8);
    for (size_t i = 0; i < 3; i++) {
        take_text(&reader, texts->text[i]);
    }
    for (size_t i = 0; i < LT_REGISTER_FIELDS; i++) {
        bool present = take_number(&reader, 1) != 0;
        size_t len = (size_t)take_number(&reader, 4);
        const uint8_t *at = take(&reader, len);

        if (present && at != NULL) {
            out->fields[i] = (struct lt_text){(const char *)at, len};
        }
    }
    return !reader.bad && reader.left == 0 &&
           strlen(texts->text[0]) <= LT_REGISTER_CASE_MAX;
}
