/* Ids as people copy them: the beginnings of an office and an epoch. */
#include "daemon/view/reader.h"

#include <string.h>

enum { BEGIN_MIN = 8, COUNT_DIGITS_MAX = 18 };

/* What a beginning leaves open is all zeros at one end, all ones at the other.
 */
struct range {
    uint8_t low[LT_OFFICE_LEN];
    uint8_t high[LT_OFFICE_LEN];
};

static bool read_digit(char c, uint8_t *out)
{
    if (c >= '0' && c <= '9') {
        *out = (uint8_t)(c - '0');
    } else if (c >= 'a' && c <= 'f') {
        *out = (uint8_t)(c - 'a' + 10);
    } else {
        return false;
    }
    return true;
}

/* Digits up to a colon; *text is left behind it. */
static bool read_range(const char **text, size_t bytes, struct range *out)
{
    const char *at = *text;
    size_t n = 0;
    uint8_t digit;

    memset(out->low, 0x00, sizeof(out->low));
    memset(out->high, 0xFF, sizeof(out->high));
    for (; read_digit(*at, &digit); at++, n++) {
        unsigned shift = n % 2 == 0 ? 4 : 0;

        if (n == bytes * 2) {
            return false;
        }
        out->low[n / 2] |= (uint8_t)(digit << shift);
        out->high[n / 2] &= (uint8_t) ~((0xFU & ~(unsigned)digit) << shift);
    }
    *text = at + 1;
    return n >= BEGIN_MIN && *at == ':';
}

static bool read_count(const char *text, uint64_t *out_count)
{
    uint64_t count = 0;
    size_t n = 0;

    for (; text[n] >= '0' && text[n] <= '9' && n < COUNT_DIGITS_MAX; n++) {
        count = count * 10 + (uint64_t)(text[n] - '0');
    }
    *out_count = count;
    return n > 0 && text[n] == '\0' && text[0] != '0';
}

static uint64_t read_big(const uint8_t bytes[8])
{
    uint64_t value = 0;

    for (size_t i = 0; i < 8; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static lt_err find(struct lt_view_reader *r, const struct range *office,
                   const struct range *epoch, struct lt_event_id *out_id)
{
    sqlite3_stmt *stmt = r->get_lives;
    bool row;
    lt_err rc;

    sqlite3_bind_blob(stmt, 1, office->low, LT_OFFICE_LEN, SQLITE_STATIC);
    sqlite3_bind_blob(stmt, 2, office->high, LT_OFFICE_LEN, SQLITE_STATIC);
    /* The beginning fixes the sign of the column: the order is one. */
    sqlite3_bind_int64(stmt, 3, (int64_t)read_big(epoch->low));
    sqlite3_bind_int64(stmt, 4, (int64_t)read_big(epoch->high));
    rc = lt_db_step(stmt, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_ENOTFOUND : rc;
    }
    if (sqlite3_column_bytes(stmt, 0) != LT_OFFICE_LEN) {
        lt_db_reset(stmt);
        return LT_EIO;
    }
    memcpy(out_id->origin.bytes, sqlite3_column_blob(stmt, 0), LT_OFFICE_LEN);
    out_id->epoch = (uint64_t)sqlite3_column_int64(stmt, 1);
    rc = lt_db_step(stmt, &row);
    if (rc == LT_OK && row) {
        lt_db_reset(stmt);
        rc = LT_EAMBIGUOUS;
    }
    return rc;
}

lt_err lt_view_find_short(struct lt_view_reader *reader, const char *text,
                          struct lt_event_id *out_id)
{
    struct range office;
    struct range epoch;
    lt_err rc;

    if (!read_range(&text, LT_OFFICE_LEN, &office) ||
        !read_range(&text, sizeof(out_id->epoch), &epoch) ||
        !read_count(text, &out_id->count)) {
        return LT_EINVAL;
    }
    rc = lt_reader_begin(reader);
    if (rc == LT_OK) {
        rc = find(reader, &office, &epoch, out_id);
        lt_reader_end(reader);
    }
    return rc;
}
