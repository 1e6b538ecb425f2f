/* One row: sealed and opened. What is bound to a sealed thing: the domain word,
 * the row's random uid, its case, its type, and which thing it is; so neither a
 * field nor a whole row can be moved to another case. */
#include <stdio.h>
#include <string.h>

#include "daemon/register/internal.h"

static const char DOMAIN[] = "lienthong register 1";

enum { AAD_MAX = 192, PART_KEY = 255 };

#define DESTROY                                                                \
    "UPDATE entry SET data_key=NULL,name=NULL,address=NULL,document=NULL,"     \
    "notify=NULL,contact=NULL,account=NULL,erased_ms=?1,erased_by=?2 WHERE "

const char *lt_register_field_word(enum lt_register_field field)
{
    static const char *const words[LT_REGISTER_FIELDS] = {
#define X(id, word, max) [LT_REGISTER_##id] = (word),
        LT_REGISTER_FIELDS_X
#undef X
    };

    return words[field];
}

static struct lt_span make_aad(uint8_t out[static AAD_MAX],
                               const uint8_t uid[static LT_REGISTER_UID_LEN],
                               const char *case_id, uint32_t case_type,
                               unsigned part)
{
    size_t len = sizeof(DOMAIN);
    size_t case_len = strlen(case_id);

    memcpy(out, DOMAIN, len);
    memcpy(out + len, uid, LT_REGISTER_UID_LEN);
    len += LT_REGISTER_UID_LEN;
    out[len++] = (uint8_t)part;
    out[len++] = (uint8_t)case_type;
    /* Bytes with a length, no text.
     * NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
    memcpy(out + len, case_id, case_len);
    return (struct lt_span){out, len + case_len};
}

static lt_err seal_all(struct lt_register *reg,
                       const uint8_t uid[static LT_REGISTER_UID_LEN],
                       const char *case_id, uint32_t case_type,
                       const struct lt_text fields[static LT_REGISTER_FIELDS],
                       struct lt_buf *out,
                       size_t ends[static 1 + LT_REGISTER_FIELDS])
{
    uint8_t key[LT_SEAL_KEY_LEN];
    uint8_t aad[AAD_MAX];
    lt_err rc;

    reg->sys->random(reg->sys->ctx, key, sizeof(key));
    rc = lt_seal(reg->sys, reg->key,
                 make_aad(aad, uid, case_id, case_type, PART_KEY),
                 (struct lt_span){key, sizeof(key)}, out);
    ends[0] = out->len;
    for (unsigned i = 0; rc == LT_OK && i < LT_REGISTER_FIELDS; i++) {
        if (fields[i].data != NULL) {
            rc = lt_seal_text(
                reg->sys, key, make_aad(aad, uid, case_id, case_type, i),
                (struct lt_span){fields[i].data, fields[i].len}, out);
        }
        ends[i + 1] = out->len;
    }
    lt_wipe(key, sizeof(key));
    return rc;
}

static lt_err insert(struct lt_register *reg, const struct lt_entry_row *row)
{
    size_t ends[1 + LT_REGISTER_FIELDS] = {0};
    struct lt_query query;
    struct lt_buf sealed;
    lt_err rc = LT_OK;

    lt_buf_init(&sealed, lt_alloc_heap());
    if (!row->erased) {
        rc = seal_all(reg, row->uid, row->case_id, row->case_type, row->fields,
                      &sealed, ends);
    }
    if (rc == LT_OK) {
        query = lt_query_of(
            reg->db,
            "INSERT INTO entry(uid,case_id,case_type,entered_ms,entered_by,"
            "data_key,name,address,document,notify,contact,account,erased_ms,"
            "erased_by) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
            "iif(?6 IS NULL,?13,NULL),iif(?6 IS NULL,?14,NULL))");
        lt_query_blob(&query, row->uid, LT_REGISTER_UID_LEN);
        lt_query_text(&query, row->case_id);
        lt_query_int(&query, row->case_type);
        lt_query_int(&query, row->entered_ms);
        lt_query_text(&query, row->by);
        lt_query_blob(&query, row->erased ? NULL : sealed.data, ends[0]);
        for (size_t i = 0; i < LT_REGISTER_FIELDS; i++) {
            size_t len = ends[i + 1] - ends[i];

            lt_query_blob(&query, len == 0 ? NULL : sealed.data + ends[i], len);
        }
        lt_query_int(&query, row->erased_ms);
        lt_query_text(&query, row->erased_by);
        rc = lt_query_run(&query);
    }
    lt_buf_deinit(&sealed);
    return rc;
}

lt_err lt_entry_insert(struct lt_register *reg, const char *case_id,
                       uint32_t case_type, const char *by,
                       const struct lt_text fields[static LT_REGISTER_FIELDS],
                       int64_t *out_id)
{
    struct lt_entry_row row = {
        .case_id = case_id, .case_type = case_type, .by = by};
    struct lt_now now;
    lt_err rc;

    reg->sys->random(reg->sys->ctx, row.uid, sizeof(row.uid));
    reg->sys->now(reg->sys->ctx, &now);
    row.entered_ms = now.wall_ms;
    memcpy(row.fields, fields, sizeof(row.fields));
    rc = insert(reg, &row);
    *out_id = sqlite3_last_insert_rowid(reg->db);
    return rc;
}

lt_err lt_entry_refill(struct lt_register *reg, const struct lt_entry_row *row)
{
    size_t ends[1 + LT_REGISTER_FIELDS] = {0};
    struct lt_query query;
    struct lt_buf sealed;
    lt_err rc;

    lt_buf_init(&sealed, lt_alloc_heap());
    rc = seal_all(reg, row->uid, row->case_id, row->case_type, row->fields,
                  &sealed, ends);
    if (rc == LT_OK) {
        query = lt_query_of(
            reg->db,
            "UPDATE entry SET data_key=?1,name=?2,address=?3,document=?4,"
            "notify=?5,contact=?6,account=?7,erased_ms=NULL,erased_by=NULL"
            " WHERE uid=?8 AND case_id=?9 AND case_type=?10"
            " AND data_key IS NULL");
        lt_query_blob(&query, sealed.data, ends[0]);
        for (size_t i = 0; i < LT_REGISTER_FIELDS; i++) {
            size_t len = ends[i + 1] - ends[i];

            lt_query_blob(&query, len == 0 ? NULL : sealed.data + ends[i], len);
        }
        lt_query_blob(&query, row->uid, LT_REGISTER_UID_LEN);
        lt_query_text(&query, row->case_id);
        lt_query_int(&query, row->case_type);
        rc = lt_query_run(&query);
    }
    lt_buf_deinit(&sealed);
    return rc;
}

lt_err lt_entry_take(struct lt_register *reg, const struct lt_entry_row *row,
                     bool *out_taken)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT 1 FROM entry WHERE uid=?");
    bool here;
    lt_err rc;

    lt_query_blob(&query, row->uid, LT_REGISTER_UID_LEN);
    here = lt_query_row(&query);
    rc = lt_query_end(&query);
    *out_taken = rc == LT_OK && !here;
    if (rc != LT_OK || !here) {
        return rc == LT_OK ? insert(reg, row) : rc;
    }
    if (!row->erased) {
        return LT_OK;
    }
    query = lt_query_of(reg->db, DESTROY "uid=?3 AND erased_ms IS NULL");
    lt_query_int(&query, row->erased_ms);
    lt_query_text(&query, row->erased_by);
    lt_query_blob(&query, row->uid, LT_REGISTER_UID_LEN);
    return lt_query_run(&query);
}

static struct lt_span blob(const struct lt_query *query, int column)
{
    const void *data = sqlite3_column_blob(query->stmt, column);

    return (struct lt_span){data,
                            (size_t)sqlite3_column_bytes(query->stmt, column)};
}

lt_err lt_entry_open(struct lt_register *reg, const struct lt_query *query,
                     struct lt_arena *arena, int64_t *out_id,
                     struct lt_register_entry *out_entry)
{
    enum { COLUMN_UID = 1, COLUMN_KEY = 6, COLUMN_FIELDS = 7 };
    struct lt_span uid = blob(query, COLUMN_UID);
    uint32_t type = (uint32_t)lt_query_get_int(query, 3);
    uint8_t key[LT_SEAL_KEY_LEN];
    uint8_t aad[AAD_MAX];
    lt_err rc;

    memset(out_entry, 0, sizeof(*out_entry));
    *out_id = lt_query_get_int(query, 0);
    (void)snprintf(out_entry->case_id, sizeof(out_entry->case_id), "%s",
                   lt_query_get_text(query, 2));
    out_entry->entered_ms = lt_query_get_int(query, 4);
    (void)snprintf(out_entry->by, sizeof(out_entry->by), "%s",
                   lt_query_get_text(query, 5));
    if (blob(query, COLUMN_KEY).data == NULL) {
        return LT_EREGISTERGONE;
    }
    if (uid.len != LT_REGISTER_UID_LEN ||
        blob(query, COLUMN_KEY).len != LT_SEAL_WRAPPED_LEN) {
        return LT_EREGISTERROT;
    }
    rc = lt_unseal(reg->key,
                   make_aad(aad, uid.data, out_entry->case_id, type, PART_KEY),
                   blob(query, COLUMN_KEY), key);
    for (unsigned i = 0; rc == LT_OK && i < LT_REGISTER_FIELDS; i++) {
        struct lt_span sealed = blob(query, COLUMN_FIELDS + (int)i);

        if (sealed.data != NULL) {
            rc = lt_unseal_text(
                key, make_aad(aad, uid.data, out_entry->case_id, type, i),
                sealed, arena, &out_entry->fields[i].data,
                &out_entry->fields[i].len);
        }
    }
    lt_wipe(key, sizeof(key));
    return rc;
}

lt_err lt_entry_destroy(struct lt_register *reg, const char *case_id,
                        const char *by, int64_t at_ms)
{
    struct lt_query query =
        lt_query_of(reg->db, DESTROY "case_id=?3 AND erased_ms IS NULL");

    lt_query_int(&query, at_ms);
    lt_query_text(&query, by);
    lt_query_text(&query, case_id);
    return lt_query_run(&query);
}

lt_err lt_entry_destroy_given(struct lt_register *reg, const char *case_id,
                              int64_t last_id, const char *by, int64_t at_ms)
{
    struct lt_query query =
        lt_query_of(reg->db, DESTROY
                    "(?3='' OR case_id=?3) AND id<=?4 AND erased_ms IS NULL");

    lt_query_int(&query, at_ms);
    lt_query_text(&query, by);
    lt_query_text(&query, case_id);
    lt_query_int(&query, last_id);
    return lt_query_run(&query);
}
