/* The hash of a record: SHA-256 over a domain word, the hash before it (zeros
 * for the first), number and time as 64 bits big-endian, and each text with a
 * zero byte behind it. No text holds one. */
#include "daemon/people/audit.h"

#include <stdio.h>
#include <string.h>

#include "common/crypto.h"
#include "daemon/people/internal.h"

static const char DOMAIN[] = "lienthong audit 1";

const char *lt_audit_word(enum lt_audit_what what)
{
    static const char *const words[LT_AUDIT_WHATS] = {
#define X(id, word) [LT_AUDIT_##id] = (word),
#include "daemon/people/audit_table.h"
#undef X
    };

    return words[what];
}

static void put_u64(uint8_t *out, int64_t value)
{
    for (size_t i = 0; i < 8; i++) {
        out[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    }
}

static void hash_record(const uint8_t before[static LT_HASH_LEN],
                        const struct lt_audit_record *record,
                        uint8_t out_hash[static LT_HASH_LEN])
{
    uint8_t numbers[16];
    const struct lt_span spans[] = {{DOMAIN, sizeof(DOMAIN)},
                                    {before, LT_HASH_LEN},
                                    {numbers, sizeof(numbers)},
                                    {record->who, strlen(record->who) + 1},
                                    {record->what, strlen(record->what) + 1},
                                    {record->about, strlen(record->about) + 1}};

    put_u64(numbers, record->number);
    put_u64(numbers + 8, record->at_ms);
    lt_sha256(spans, LT_COUNT_OF(spans), out_hash);
}

/* The record of a row: number, at_ms, who, what, about, hash. */
static bool read_row(const struct lt_query *query,
                     struct lt_audit_record *record)
{
    const void *hash = sqlite3_column_blob(query->stmt, 5);

    memset(record, 0, sizeof(*record));
    record->number = lt_query_get_int(query, 0);
    record->at_ms = lt_query_get_int(query, 1);
    (void)snprintf(record->who, sizeof(record->who), "%s",
                   lt_query_get_text(query, 2));
    (void)snprintf(record->what, sizeof(record->what), "%s",
                   lt_query_get_text(query, 3));
    (void)snprintf(record->about, sizeof(record->about), "%s",
                   lt_query_get_text(query, 4));
    if (hash == NULL || sqlite3_column_bytes(query->stmt, 5) != LT_HASH_LEN) {
        return false;
    }
    memcpy(record->hash, hash, LT_HASH_LEN);
    return true;
}

#define COLUMNS "number,at_ms,who,what,about,hash"

static lt_err last_hash(struct lt_people *people, int64_t *out_number,
                        uint8_t out_hash[static LT_HASH_LEN])
{
    struct lt_query query =
        lt_query_of(people->db, "SELECT " COLUMNS
                                " FROM audit ORDER BY number DESC LIMIT 1");
    struct lt_audit_record record;

    *out_number = 0;
    memset(out_hash, 0, LT_HASH_LEN);
    if (lt_query_row(&query)) {
        (void)read_row(&query, &record);
        *out_number = record.number;
        memcpy(out_hash, record.hash, LT_HASH_LEN);
    }
    return lt_query_end(&query);
}

lt_err lt_audit_put(struct lt_people *people, const char *who,
                    enum lt_audit_what what, const char *about)
{
    struct lt_audit_record record = {.at_ms = lt_people_now(people)};
    uint8_t before[LT_HASH_LEN];
    struct lt_query query;
    lt_err rc = last_hash(people, &record.number, before);

    if (rc != LT_OK) {
        return rc;
    }
    record.number++;
    (void)snprintf(record.who, sizeof(record.who), "%s", who);
    (void)snprintf(record.what, sizeof(record.what), "%s", lt_audit_word(what));
    (void)snprintf(record.about, sizeof(record.about), "%s", about);
    hash_record(before, &record, record.hash);
    query = lt_query_of(people->db,
                        "INSERT INTO audit(" COLUMNS ") VALUES(?,?,?,?,?,?)");
    lt_query_int(&query, record.number);
    lt_query_int(&query, record.at_ms);
    lt_query_text(&query, record.who);
    lt_query_text(&query, record.what);
    lt_query_text(&query, record.about);
    lt_query_blob(&query, record.hash, LT_HASH_LEN);
    return lt_query_run(&query);
}

lt_err lt_audit_write(struct lt_people *people, const char *who,
                      enum lt_audit_what what, const char *about)
{
    lt_err rc = lt_store_begin(people->db);

    return rc == LT_OK ? lt_store_end(people->db,
                                      lt_audit_put(people, who, what, about))
                       : rc;
}

lt_err lt_audit_read(struct lt_people *people, int64_t from,
                     struct lt_audit_record *out, size_t max, size_t *out_n)
{
    struct lt_query query =
        lt_query_of(people->db, "SELECT " COLUMNS " FROM audit WHERE number>=?"
                                " ORDER BY number LIMIT ?");
    size_t n = 0;
    lt_err rc;

    lt_query_int(&query, from);
    lt_query_int(&query, (int64_t)max);
    while (n < max && lt_query_row(&query)) {
        (void)read_row(&query, &out[n++]);
    }
    rc = lt_query_end(&query);
    *out_n = rc == LT_OK ? n : 0;
    return rc;
}

lt_err lt_audit_verify(struct lt_people *people, int64_t *out_bad,
                       int64_t *out_records)
{
    struct lt_query query = lt_query_of(
        people->db, "SELECT " COLUMNS " FROM audit ORDER BY number");
    uint8_t before[LT_HASH_LEN] = {0};
    uint8_t hash[LT_HASH_LEN];
    struct lt_audit_record record;
    int64_t n = 0;

    *out_bad = 0;
    while (*out_bad == 0 && lt_query_row(&query)) {
        bool whole = read_row(&query, &record);

        n++;
        hash_record(before, &record, hash);
        if (!whole || record.number != n ||
            memcmp(hash, record.hash, LT_HASH_LEN) != 0) {
            *out_bad = n;
        }
        memcpy(before, record.hash, LT_HASH_LEN);
    }
    *out_records = n;
    return lt_query_end(&query);
}
