#include "daemon/register/follow.h"

#include <stdio.h>
#include <string.h>

#include "common/failpoint.h"
#include "daemon/register/internal.h"

static const char INFO[] = "lienthong register sent 1";

enum {
    INFO_LEN = sizeof(INFO) + 2 * LT_OFFICE_LEN,
    PAD = 1024,
    LENGTH_LEN = 4,
    TAKEN = 1
};

/* answer: 0 none, 1 taken there, 2 it does not open there, 3 it was taken
 * there, and the case came back. */
#define PAST "(1,3)"

/* A register of an earlier version gets it when something is due first. A row
 * is kept once it was taken: who has an entry forwards it. */
static const char TABLE[] =
    "CREATE TABLE IF NOT EXISTS follow(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " uid BLOB NOT NULL, office BLOB NOT NULL CHECK(length(office)=16),"
    " case_id TEXT NOT NULL, request BLOB NOT NULL CHECK(length(request)=16),"
    " due_ms INTEGER NOT NULL, sealed_to BLOB, sent TEXT, sent_ms INTEGER,"
    " answer INTEGER NOT NULL DEFAULT 0, answered_ms INTEGER,"
    " UNIQUE(uid,office)) STRICT";

static lt_err make_table(struct lt_register *reg)
{
    struct lt_query query = lt_query_of(reg->db, TABLE);

    return lt_query_run(&query);
}

/* Is there one? Then nothing is written for the asking. */
static bool has_table(struct lt_register *reg)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT 1 FROM sqlite_schema WHERE name='follow'");
    bool there = lt_query_row(&query);

    return lt_query_end(&query) == LT_OK && there;
}

static int64_t wall_ms(const struct lt_register *reg)
{
    struct lt_now now;

    reg->sys->now(reg->sys->ctx, &now);
    return now.wall_ms;
}

bool lt_register_is_unlocked(const struct lt_register *reg)
{
    return reg->unlocked;
}

/* ---- what is due ---- */

static lt_err drop(struct lt_register *reg, const char *case_id,
                   const struct lt_office *but)
{
    struct lt_query query = lt_query_of(
        reg->db, "DELETE FROM follow WHERE case_id=?1"
                 " AND (?2 IS NULL OR office<>?2) AND answer NOT IN " PAST);

    lt_query_text(&query, case_id);
    lt_query_blob(&query, but == NULL ? NULL : but->bytes,
                  but == NULL ? 0 : LT_OFFICE_LEN);
    return lt_query_run(&query);
}

static lt_err add(struct lt_register *reg, const char *case_id,
                  const struct lt_office *office)
{
    struct lt_query query = lt_query_of(
        reg->db,
        "INSERT INTO follow(uid,office,case_id,request,due_ms)"
        " SELECT uid,?1,case_id,randomblob(16),?2 FROM entry e"
        " WHERE case_id=?3 AND data_key IS NOT NULL AND NOT EXISTS("
        "SELECT 1 FROM follow f WHERE f.uid=e.uid AND f.answer=1)"
        " ORDER BY id ON CONFLICT(uid,office) DO UPDATE SET"
        " request=excluded.request,due_ms=excluded.due_ms,sealed_to=NULL,"
        "sent=NULL,sent_ms=NULL,answer=0,answered_ms=NULL WHERE answer=3");

    lt_query_blob(&query, office->bytes, LT_OFFICE_LEN);
    lt_query_int(&query, wall_ms(reg));
    lt_query_text(&query, case_id);
    return lt_query_run(&query);
}

/* Nothing of a case without entries is written: most of what changes hands
 * above a desk was never at that desk. */
static lt_err has_entries(struct lt_register *reg, const char *case_id,
                          bool *out_has)
{
    struct lt_query query = lt_query_of(
        reg->db, "SELECT 1 FROM entry WHERE case_id=? AND data_key IS NOT NULL"
                 " LIMIT 1");

    lt_query_text(&query, case_id);
    *out_has = lt_query_row(&query);
    return lt_query_end(&query);
}

lt_err lt_register_follow_to(struct lt_register *reg, const char *case_id,
                             const struct lt_office *office)
{
    bool has = false;
    lt_err rc = has_entries(reg, case_id, &has);

    if (rc != LT_OK || (!has && !has_table(reg))) {
        return rc;
    }
    rc = lt_store_begin(reg->db);
    if (rc != LT_OK) {
        return rc;
    }
    rc = make_table(reg);
    if (rc == LT_OK) {
        rc = drop(reg, case_id, office);
    }
    if (rc == LT_OK) {
        rc = add(reg, case_id, office);
    }
    return lt_store_end(reg->db, rc);
}

lt_err lt_register_follow_none(struct lt_register *reg, const char *case_id)
{
    struct lt_query query;
    lt_err rc;

    if (!has_table(reg)) {
        return LT_OK;
    }
    rc = lt_store_begin(reg->db);
    if (rc != LT_OK) {
        return rc;
    }
    rc = drop(reg, case_id, NULL);
    if (rc == LT_OK) {
        query = lt_query_of(reg->db, "UPDATE follow SET answer=3"
                                     " WHERE case_id=? AND answer=1");
        lt_query_text(&query, case_id);
        rc = lt_query_run(&query);
    }
    return lt_store_end(reg->db, rc);
}

lt_err lt_register_follow_knows(struct lt_register *reg, const char *case_id,
                                bool *out_knows)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT 1 FROM entry WHERE case_id=? LIMIT 1");

    lt_query_text(&query, case_id);
    *out_knows = lt_query_row(&query);
    return lt_query_end(&query);
}

lt_err lt_register_follow_asked(struct lt_register *reg, const char *case_id,
                                bool *out_asked)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT 1 FROM sqlite_schema WHERE name='asked'");
    lt_err rc;

    *out_asked = lt_query_row(&query);
    rc = lt_query_end(&query);
    if (rc != LT_OK || !*out_asked) {
        return rc;
    }
    query = lt_query_of(reg->db, "SELECT 1 FROM asked WHERE case_id=?");
    lt_query_text(&query, case_id);
    *out_asked = lt_query_row(&query);
    return lt_query_end(&query);
}

lt_err lt_register_follow_ask(struct lt_register *reg, const char *case_id)
{
    struct lt_query query = lt_query_of(
        reg->db, "CREATE TABLE IF NOT EXISTS asked(case_id TEXT PRIMARY KEY)"
                 " STRICT, WITHOUT ROWID");
    lt_err rc = lt_query_run(&query);

    if (rc != LT_OK) {
        return rc;
    }
    query =
        lt_query_of(reg->db, "INSERT OR IGNORE INTO asked(case_id) VALUES(?)");
    lt_query_text(&query, case_id);
    return lt_query_run(&query);
}

static void copy_blob(const struct lt_query *query, int column, uint8_t *out,
                      size_t len)
{
    if ((size_t)sqlite3_column_bytes(query->stmt, column) == len) {
        memcpy(out, sqlite3_column_blob(query->stmt, column), len);
    }
}

static void read_row(const struct lt_query *query, struct lt_follow_row *out)
{
    *out =
        (struct lt_follow_row){.id = lt_query_get_int(query, 0),
                               .entry = lt_query_get_int(query, 1),
                               .due_ms = lt_query_get_int(query, 7),
                               .sent_ms = lt_query_get_int(query, 8),
                               .answer = (unsigned)lt_query_get_int(query, 9)};
    (void)snprintf(out->case_id, sizeof(out->case_id), "%s",
                   lt_query_get_text(query, 2));
    copy_blob(query, 3, out->to.bytes, LT_OFFICE_LEN);
    copy_blob(query, 4, out->request, LT_FOLLOW_REQUEST_LEN);
    copy_blob(query, 5, out->key, LT_CURVE_LEN);
    (void)snprintf(out->sent, sizeof(out->sent), "%s",
                   lt_query_get_text(query, 6));
}

static lt_err drop_erased(struct lt_register *reg)
{
    struct lt_query query = lt_query_of(
        reg->db, "DELETE FROM follow WHERE answer NOT IN " PAST " AND uid IN"
                 " (SELECT uid FROM entry WHERE data_key IS NULL)");

    return lt_query_run(&query);
}

lt_err lt_register_follow_next(struct lt_register *reg, int64_t after,
                               struct lt_follow_row *out)
{
    struct lt_query query;
    bool there;
    lt_err rc;

    if (!has_table(reg)) {
        return LT_ENOTFOUND;
    }
    query = lt_query_of(
        reg->db,
        "SELECT f.id,e.id,f.case_id,f.office,f.request,f.sealed_to,f.sent,"
        "f.due_ms,f.sent_ms,f.answer,e.data_key IS NULL FROM follow f"
        " JOIN entry e ON e.uid=f.uid WHERE f.id>? AND f.answer NOT IN " PAST
        " ORDER BY f.id LIMIT 1");
    lt_query_int(&query, after);
    there = lt_query_row(&query);
    if (there && lt_query_get_int(&query, 10) != 0) {
        rc = lt_query_end(&query);
        if (rc == LT_OK) {
            rc = drop_erased(reg);
        }
        return rc == LT_OK ? lt_register_follow_next(reg, after, out) : rc;
    }
    if (there) {
        read_row(&query, out);
    }
    rc = lt_query_end(&query);
    return rc == LT_OK && !there ? LT_ENOTFOUND : rc;
}

/* ---- giving ---- */

static struct lt_span make_info(uint8_t out[static INFO_LEN],
                                const struct lt_office *from,
                                const struct lt_office *to)
{
    memcpy(out, INFO, sizeof(INFO));
    memcpy(out + sizeof(INFO), from->bytes, LT_OFFICE_LEN);
    memcpy(out + sizeof(INFO) + LT_OFFICE_LEN, to->bytes, LT_OFFICE_LEN);
    return (struct lt_span){out, INFO_LEN};
}

/* The length stands in front, and zeros behind up to a whole kilobyte. */
static bool frame(const struct lt_buf *bytes, struct lt_buf *out)
{
    size_t len = LENGTH_LEN + bytes->len;
    size_t padded = (len + PAD - 1) / PAD * PAD;
    uint8_t *at = lt_buf_reserve(out, padded);

    if (at == NULL) {
        return false;
    }
    memset(at, 0, padded);
    for (size_t i = 0; i < LENGTH_LEN; i++) {
        at[i] = (uint8_t)(bytes->len >> (8 * (LENGTH_LEN - 1 - i)));
    }
    memcpy(at + LENGTH_LEN, bytes->data, bytes->len);
    out->len += padded;
    return true;
}

static lt_err seal(struct lt_register *reg, const struct lt_buf *bytes,
                   const struct lt_follow_row *row,
                   const struct lt_office *from, const uint8_t *key,
                   struct lt_buf *out)
{
    uint8_t seed[LT_HPKE_SEED_LEN];
    uint8_t info[INFO_LEN];
    struct lt_buf plain;
    lt_err rc = LT_ENOMEM;

    lt_buf_init(&plain, lt_alloc_heap());
    if (frame(bytes, &plain)) {
        reg->sys->random(reg->sys->ctx, seed, sizeof(seed));
        rc = lt_hpke_seal_to(key, seed, make_info(info, from, &row->to),
                             (struct lt_span){NULL, 0},
                             (struct lt_span){plain.data, plain.len}, out);
        lt_wipe(seed, sizeof(seed));
    }
    if (rc == LT_OK && LT_PLANTED(follow_clear)) {
        rc = lt_buf_put(out, bytes->data, bytes->len) ? LT_OK : LT_ENOMEM;
    }
    if (plain.data != NULL) {
        lt_wipe(plain.data, plain.len);
    }
    lt_buf_deinit(&plain);
    return rc;
}

static lt_err read_bytes(struct lt_register *reg, int64_t id,
                         struct lt_buf *out)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT " LT_ENTRY_COLUMNS LT_ENTRY_ERASED
                             " FROM entry WHERE id=?");
    struct lt_register_entry entry;
    struct lt_arena arena;
    int64_t row;
    lt_err rc = LT_EREGISTERGONE;
    lt_err ended;

    lt_arena_init(&arena, lt_alloc_heap(), 256 * 1024);
    lt_query_int(&query, id);
    if (lt_query_row(&query)) {
        rc = lt_entry_open(reg, &query, &arena, &row, &entry);
        if (rc == LT_OK && !lt_entry_bytes_put(out, &query, &entry)) {
            rc = LT_ENOMEM;
        }
    }
    ended = lt_query_end(&query);
    lt_arena_reset(&arena); /* zeroes */
    lt_arena_deinit(&arena);
    return ended == LT_OK ? rc : ended;
}

lt_err lt_register_follow_seal(struct lt_register *reg,
                               struct lt_people *people,
                               const struct lt_follow_row *row,
                               const struct lt_office *from,
                               const uint8_t key[static LT_CURVE_LEN],
                               struct lt_buf *out)
{
    struct lt_buf bytes;
    lt_err rc;

    if (!reg->unlocked) {
        return LT_EREGISTERKEY;
    }
    /* Before anything is opened. */
    rc = lt_audit_write(people, LT_BY_DAEMON, LT_AUDIT_REGISTER_GIVEN,
                        row->case_id);
    lt_buf_init(&bytes, lt_alloc_heap());
    if (rc == LT_OK) {
        rc = read_bytes(reg, row->entry, &bytes);
    }
    if (rc == LT_OK) {
        rc = seal(reg, &bytes, row, from, key, out);
    }
    if (bytes.data != NULL) {
        lt_wipe(bytes.data, bytes.len);
    }
    lt_buf_deinit(&bytes);
    return rc;
}

lt_err lt_register_follow_sent(struct lt_register *reg, int64_t row,
                               const char *event,
                               const uint8_t key[static LT_CURVE_LEN])
{
    struct lt_query query = lt_query_of(
        reg->db, "UPDATE follow SET sent=?1,sealed_to=?2,sent_ms=?3,answer=0"
                 " WHERE id=?4 AND sent IS NULL");

    lt_query_text(&query, event);
    lt_query_blob(&query, key, LT_CURVE_LEN);
    lt_query_int(&query, wall_ms(reg));
    lt_query_int(&query, row);
    return lt_query_run(&query);
}

lt_err lt_register_follow_answered(struct lt_register *reg,
                                   struct lt_people *people,
                                   const struct lt_follow_row *row,
                                   unsigned answer)
{
    struct lt_query query = lt_query_of(
        reg->db, "UPDATE follow SET answer=?1,answered_ms=?2 WHERE id=?3");
    lt_err rc;

    lt_query_int(&query, answer);
    lt_query_int(&query, wall_ms(reg));
    lt_query_int(&query, row->id);
    rc = lt_query_run(&query);
    return rc == LT_OK && answer == TAKEN
               ? lt_audit_write(people, LT_BY_DAEMON,
                                LT_AUDIT_REGISTER_CONFIRMED, row->case_id)
               : rc;
}

lt_err lt_register_follow_anew(struct lt_register *reg, int64_t row)
{
    struct lt_query query = lt_query_of(
        reg->db, "UPDATE follow SET sent=NULL,sealed_to=NULL,sent_ms=NULL,"
                 "answer=0,request=randomblob(16) WHERE id=?");

    lt_query_int(&query, row);
    return lt_query_run(&query);
}

/* ---- taking ---- */

struct lt_follow_entry {
    struct lt_buf bytes;
    struct lt_entry_texts texts;
    struct lt_entry_row row;
};

void lt_follow_entry_free(struct lt_follow_entry *entry)
{
    if (entry == NULL) {
        return;
    }
    if (entry->bytes.data != NULL) {
        lt_wipe(entry->bytes.data, entry->bytes.capacity);
    }
    lt_buf_deinit(&entry->bytes);
    lt_wipe(entry, sizeof(*entry));
    lt_free(lt_alloc_heap(), entry);
}

const char *lt_follow_entry_case(const struct lt_follow_entry *entry)
{
    return entry->row.case_id;
}

static bool unframe(struct lt_follow_entry *entry)
{
    const struct lt_buf *bytes = &entry->bytes;
    size_t len = 0;

    if (bytes->len < LENGTH_LEN) {
        return false;
    }
    for (size_t i = 0; i < LENGTH_LEN; i++) {
        len = len << 8 | bytes->data[i];
    }
    return len <= bytes->len - LENGTH_LEN &&
           lt_entry_bytes_read((struct lt_span){bytes->data + LENGTH_LEN, len},
                               &entry->row, &entry->texts);
}

lt_err lt_follow_open(const struct lt_office *from, const struct lt_office *to,
                      const uint8_t secret[static LT_CURVE_LEN],
                      struct lt_span sealed, struct lt_follow_entry **out_entry)
{
    struct lt_follow_entry *entry = lt_new(lt_alloc_heap(), sizeof(*entry));
    uint8_t info[INFO_LEN];
    lt_err rc;

    if (entry == NULL) {
        return LT_ENOMEM;
    }
    if (LT_PLANTED(follow_clear) && sealed.len > LT_HPKE_ENC_LEN) {
        sealed.len -= (sealed.len - LT_HPKE_ENC_LEN - LT_HPKE_TAG_LEN) % PAD;
    }
    lt_buf_init(&entry->bytes, lt_alloc_heap());
    /* In one place: growing would leave copies behind. */
    rc =
        lt_buf_reserve(&entry->bytes, sealed.len + 1) == NULL
            ? LT_ENOMEM
            : lt_hpke_open_by(secret, make_info(info, from, to),
                              (struct lt_span){NULL, 0}, sealed, &entry->bytes);
    if (rc == LT_EMALFORMED || rc == LT_ETOOBIG) {
        rc = LT_EINVAL;
    }
    if (rc == LT_OK && (!unframe(entry) || entry->row.erased)) {
        rc = LT_EINVAL;
    }
    if (rc == LT_OK && (entry->row.case_type < 1 || entry->row.case_type > 3)) {
        rc = LT_EDENUNCIATION;
    }
    if (rc != LT_OK) {
        lt_follow_entry_free(entry);
        return rc;
    }
    *out_entry = entry;
    return LT_OK;
}

/* Is the entry here, of this very case; erased; and, if so, after another
 * office had taken it? */
struct here {
    bool is;
    bool same;
    bool erased;
    bool gave;
};

static lt_err look(struct lt_register *reg, const struct lt_entry_row *row,
                   struct here *out)
{
    struct lt_query query = lt_query_of(
        reg->db,
        "SELECT case_id=?2 AND case_type=?3,data_key IS NULL,EXISTS("
        "SELECT 1 FROM follow f WHERE f.uid=?1 AND f.answer IN " PAST ")"
        " FROM entry WHERE uid=?1");

    lt_query_blob(&query, row->uid, LT_REGISTER_UID_LEN);
    lt_query_text(&query, row->case_id);
    lt_query_int(&query, row->case_type);
    out->is = lt_query_row(&query);
    if (out->is) {
        out->same = lt_query_get_int(&query, 0) != 0;
        out->erased = lt_query_get_int(&query, 1) != 0;
        out->gave = lt_query_get_int(&query, 2) != 0;
    }
    return lt_query_end(&query);
}

static lt_err put(struct lt_register *reg, const struct lt_entry_row *row)
{
    struct here here = {.is = false};
    struct lt_query query;
    bool taken;
    lt_err rc = make_table(reg);

    if (rc == LT_OK) {
        rc = look(reg, row, &here);
    }
    if (rc == LT_OK && here.is && !here.same) {
        return LT_EINVAL;
    }
    if (rc == LT_OK && !here.is) {
        rc = lt_entry_take(reg, row, &taken);
    } else if (rc == LT_OK && here.erased && here.gave) {
        rc = lt_entry_refill(reg, row);
    }
    if (rc != LT_OK) {
        return rc;
    }
    /* From here on this office forwards it. */
    query = lt_query_of(reg->db, "DELETE FROM follow WHERE uid=?");
    lt_query_blob(&query, row->uid, LT_REGISTER_UID_LEN);
    return lt_query_run(&query);
}

lt_err lt_follow_take(struct lt_register *reg, struct lt_people *people,
                      const struct lt_office *from,
                      const struct lt_follow_entry *entry)
{
    char office[LT_OFFICE_TEXT];
    lt_err rc;

    if (!reg->unlocked) {
        return LT_EREGISTERKEY;
    }
    lt_office_format(from, office);
    rc = lt_audit_write(people, LT_BY_DAEMON, LT_AUDIT_REGISTER_TAKEN, office);
    if (rc == LT_OK) {
        rc = lt_store_begin(reg->db);
    }
    if (rc == LT_OK) {
        rc = lt_store_end(reg->db, put(reg, &entry->row));
    }
    /* The index is built anew when somebody searches. */
    if (rc == LT_OK && reg->search != NULL) {
        lt_search_free(reg->search);
        reg->search = NULL;
    }
    return rc;
}
