/* A piece, opened, is an entry as bytes (entry_bytes.c). Numbers are big-endian.
 * The last piece: entries 8 || inventory 32. */
#include "daemon/register/parcel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/hpke.h"
#include "daemon/register/internal.h"

static const char MAGIC[9] = "LTREGPC1";
static const char INFO[] = "lienthong register parcel 1";
static const char RECEIPT[] = "lienthong register receipt 1";

enum {
    MAGIC_LEN = 8,
    HEAD = MAGIC_LEN + 2 * LT_OFFICE_LEN + LT_HPKE_ENC_LEN,
    AT_ENC = HEAD - LT_HPKE_ENC_LEN,
    LAST_LEN = 8 + LT_HASH_LEN
};

/* Where parcels that were given are remembered; a register of an earlier
 * version gets it when it first gives one. */
static const char TABLE[] =
    "CREATE TABLE IF NOT EXISTS parcel(receipt BLOB PRIMARY KEY"
    " CHECK(length(receipt)=16), office BLOB NOT NULL, case_id TEXT,"
    " entries INTEGER NOT NULL, inventory BLOB NOT NULL,"
    " last_id INTEGER NOT NULL, given_ms INTEGER NOT NULL,"
    " given_by TEXT NOT NULL, confirmed_ms INTEGER) STRICT";

static lt_err refuse_file(struct lt_diag *diag, lt_err rc, const char *path)
{
    lt_diag_set(diag, rc);
    lt_diag_arg(diag, rc == LT_EINVAL ? "what" : "path", "%s", path);
    if (rc == LT_EINVAL) {
        lt_diag_arg(diag, "reason", "%s", "ui_why_not_this_parcel");
    }
    return rc;
}

/* ---- the inventory ---- */

static void count_in(struct lt_parcel *parcel, const struct lt_buf *piece)
{
    uint8_t hash[LT_HASH_LEN];
    const struct lt_span one = {piece->data, piece->len};
    struct lt_span both[2] = {{parcel->inventory, LT_HASH_LEN},
                              {hash, LT_HASH_LEN}};

    lt_sha256(&one, 1, hash);
    lt_sha256(both, 2, parcel->inventory);
    parcel->entries++;
}

static void put_last(uint8_t out[static LAST_LEN],
                     const struct lt_parcel *parcel)
{
    for (size_t i = 0; i < 8; i++) {
        out[i] = (uint8_t)(parcel->entries >> (56 - 8 * i));
    }
    memcpy(out + 8, parcel->inventory, LT_HASH_LEN);
}

static lt_err make_receipt(const struct lt_hpke *hpke, struct lt_parcel *parcel)
{
    uint8_t context[sizeof(RECEIPT) + LAST_LEN];

    memcpy(context, RECEIPT, sizeof(RECEIPT));
    put_last(context + sizeof(RECEIPT), parcel);
    return lt_hpke_export(hpke, (struct lt_span){context, sizeof(context)},
                          parcel->receipt, LT_PARCEL_RECEIPT_LEN);
}

static struct lt_span make_info(uint8_t out[static sizeof(INFO) + 32],
                                const struct lt_parcel *parcel)
{
    memcpy(out, INFO, sizeof(INFO));
    memcpy(out + sizeof(INFO), parcel->from.bytes, LT_OFFICE_LEN);
    memcpy(out + sizeof(INFO) + LT_OFFICE_LEN, parcel->to.bytes, LT_OFFICE_LEN);
    return (struct lt_span){out, sizeof(INFO) + 2 * LT_OFFICE_LEN};
}

/* ---- giving ---- */

static lt_err give_entries(struct lt_register *reg, const char *case_id,
                           struct lt_hpke *hpke, int fd,
                           struct lt_parcel *parcel, int64_t *out_last)
{
    struct lt_query query = lt_query_of(
        reg->db, "SELECT " LT_ENTRY_COLUMNS LT_ENTRY_ERASED " FROM entry"
                 " WHERE ?1 IS NULL OR case_id=?1 ORDER BY id");
    struct lt_register_entry entry;
    struct lt_arena arena;
    struct lt_buf piece;
    lt_err rc = LT_OK;
    lt_err ended;

    lt_query_text(&query, case_id);
    lt_buf_init(&piece, lt_alloc_heap());
    lt_arena_init(&arena, lt_alloc_heap(), 256 * 1024);
    while (rc == LT_OK && lt_query_row(&query)) {
        rc = lt_entry_open(reg, &query, &arena, out_last, &entry);
        rc = rc == LT_EREGISTERGONE ? LT_OK : rc;
        if (rc == LT_OK && !lt_entry_bytes_put(&piece, &query, &entry)) {
            rc = LT_ENOMEM;
        }
        if (rc == LT_OK) {
            count_in(parcel, &piece);
            rc = lt_piece_put(hpke, fd, false, piece.data, piece.len);
        }
        if (piece.data != NULL) {
            lt_wipe(piece.data, piece.len);
        }
        lt_buf_reset(&piece);
        lt_arena_reset(&arena); /* zeroes */
    }
    ended = lt_query_end(&query);
    lt_arena_deinit(&arena);
    lt_buf_deinit(&piece);
    return rc == LT_OK ? ended : rc;
}

static lt_err write_parcel(struct lt_register *reg,
                           const uint8_t key[static LT_CURVE_LEN],
                           const char *case_id, int fd,
                           struct lt_parcel *parcel, int64_t *out_last)
{
    uint8_t seed[LT_HPKE_SEED_LEN];
    uint8_t info[sizeof(INFO) + 32];
    uint8_t head[HEAD];
    uint8_t last[LAST_LEN];
    struct lt_hpke hpke;
    lt_err rc;

    memset(&hpke, 0, sizeof(hpke));
    memcpy(head, MAGIC, MAGIC_LEN);
    memcpy(head + MAGIC_LEN, parcel->from.bytes, LT_OFFICE_LEN);
    memcpy(head + MAGIC_LEN + LT_OFFICE_LEN, parcel->to.bytes, LT_OFFICE_LEN);
    reg->sys->random(reg->sys->ctx, seed, sizeof(seed));
    rc = lt_hpke_sender(key, seed, make_info(info, parcel), &hpke,
                        head + AT_ENC);
    if (rc == LT_OK && !lt_piece_write(fd, head, sizeof(head))) {
        rc = errno == ENOSPC ? LT_EFULL : LT_EIO;
    }
    if (rc == LT_OK) {
        rc = give_entries(reg, case_id, &hpke, fd, parcel, out_last);
    }
    if (rc == LT_OK && parcel->entries == 0) {
        rc = LT_ENOTFOUND;
    }
    if (rc == LT_OK) {
        put_last(last, parcel);
        rc = lt_piece_put(&hpke, fd, true, last, sizeof(last));
    }
    if (rc == LT_OK) {
        rc = make_receipt(&hpke, parcel);
    }
    if (rc == LT_OK && fsync(fd) != 0) {
        rc = LT_EIO;
    }
    lt_wipe(seed, sizeof(seed));
    lt_hpke_deinit(&hpke);
    return rc;
}

static lt_err remember(struct lt_register *reg, const char *by,
                       const char *case_id, int64_t last_id,
                       const struct lt_parcel *parcel)
{
    struct lt_query query = lt_query_of(reg->db, TABLE);
    struct lt_now now;
    lt_err rc = lt_query_run(&query);

    if (rc != LT_OK) {
        return rc;
    }
    reg->sys->now(reg->sys->ctx, &now);
    query = lt_query_of(reg->db, "INSERT INTO parcel(receipt,office,case_id,"
                                 "entries,inventory,last_id,given_ms,given_by)"
                                 " VALUES(?,?,?,?,?,?,?,?)");
    lt_query_blob(&query, parcel->receipt, sizeof(parcel->receipt));
    lt_query_blob(&query, parcel->to.bytes, LT_OFFICE_LEN);
    lt_query_text(&query, case_id);
    lt_query_int(&query, (int64_t)parcel->entries);
    lt_query_blob(&query, parcel->inventory, LT_HASH_LEN);
    lt_query_int(&query, last_id);
    lt_query_int(&query, now.wall_ms);
    lt_query_text(&query, by);
    return lt_query_run(&query);
}

static lt_err tell(const struct lt_register_person *person,
                   enum lt_audit_what what, const char *case_id,
                   const struct lt_office *other)
{
    char office[LT_OFFICE_TEXT];

    lt_office_format(other, office);
    return lt_audit_write(person->people, person->session->person.name, what,
                          case_id != NULL ? case_id : office);
}

lt_err lt_register_give(struct lt_register *reg,
                        const struct lt_register_person *person,
                        const uint8_t key[static LT_CURVE_LEN],
                        const char *case_id, const char *path,
                        struct lt_parcel *out_parcel, struct lt_diag *diag)
{
    struct lt_parcel parcel = {.from = out_parcel->from, .to = out_parcel->to};
    int64_t last_id = 0;
    int fd;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc == LT_OK && case_id == NULL &&
        (person->session->person.roles & LT_ROLE_LEADER) == 0) {
        rc = lt_register_refuse(diag, LT_EPERM, person->session->person.name,
                                "ui_why_register_leader");
    }
    /* Before anything is opened. */
    if (rc == LT_OK) {
        rc = tell(person, LT_AUDIT_REGISTER_GIVEN, case_id, &parcel.to);
    }
    if (rc != LT_OK) {
        return rc;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0) {
        return refuse_file(diag, LT_ECREATE, path);
    }
    rc = write_parcel(reg, key, case_id, fd, &parcel, &last_id);
    if (close(fd) != 0 && rc == LT_OK) {
        rc = LT_EIO;
    }
    if (rc == LT_OK) {
        rc = remember(reg, person->session->person.name, case_id, last_id,
                      &parcel);
    }
    if (rc != LT_OK) {
        (void)unlink(path);
        return rc == LT_ENOTFOUND || rc == LT_EREGISTERROT
                   ? lt_register_refuse(diag, rc, case_id, NULL)
                   : refuse_file(diag, rc, path);
    }
    *out_parcel = parcel;
    return LT_OK;
}

/* ---- taking over ---- */

static lt_err open_head(int fd, const struct lt_office *office,
                        const uint8_t secret[static LT_CURVE_LEN],
                        struct lt_parcel *parcel, struct lt_hpke *hpke)
{
    uint8_t info[sizeof(INFO) + 32];
    uint8_t head[HEAD];
    size_t n = 0;
    lt_err rc;

    if (!lt_piece_read(fd, head, sizeof(head), &n)) {
        return LT_EIO;
    }
    if (n != sizeof(head) || memcmp(head, MAGIC, MAGIC_LEN) != 0) {
        return LT_EINVAL;
    }
    memcpy(parcel->from.bytes, head + MAGIC_LEN, LT_OFFICE_LEN);
    memcpy(parcel->to.bytes, head + MAGIC_LEN + LT_OFFICE_LEN, LT_OFFICE_LEN);
    if (!lt_office_equal(&parcel->to, office)) {
        return LT_EINVAL;
    }
    rc =
        lt_hpke_recipient(secret, head + AT_ENC, make_info(info, parcel), hpke);
    return rc == LT_EMALFORMED ? LT_EINVAL : rc;
}

static lt_err take_entry(struct lt_register *reg, const struct lt_buf *piece,
                         struct lt_parcel *parcel)
{
    struct lt_entry_texts texts;
    struct lt_entry_row row;
    bool taken = false;
    lt_err rc = LT_EINVAL;

    if (lt_entry_bytes_read((struct lt_span){piece->data, piece->len}, &row,
                            &texts)) {
        rc = row.case_type < 1 || row.case_type > 3
                 ? LT_EDENUNCIATION
                 : lt_entry_take(reg, &row, &taken);
    }
    count_in(parcel, piece);
    parcel->taken += taken;
    return rc;
}

static lt_err take_all(struct lt_register *reg, int fd, struct lt_hpke *hpke,
                       struct lt_parcel *parcel)
{
    uint8_t expected[LAST_LEN];
    struct lt_buf piece;
    uint8_t more;
    bool last = false;
    size_t n = 0;
    lt_err rc = LT_OK;

    lt_buf_init(&piece, lt_alloc_heap());
    while (rc == LT_OK && !last) {
        rc = lt_piece_take(hpke, fd, &piece, &last);
        if (rc == LT_OK && !last) {
            rc = take_entry(reg, &piece, parcel);
        }
        if (rc == LT_OK && last) {
            put_last(expected, parcel);
            rc = piece.len == LAST_LEN &&
                         memcmp(piece.data, expected, LAST_LEN) == 0
                     ? LT_OK
                     : LT_EINVAL;
        }
        if (piece.data != NULL) {
            lt_wipe(piece.data, piece.len);
        }
    }
    lt_buf_deinit(&piece);
    if (rc == LT_OK && (!lt_piece_read(fd, &more, 1, &n) || n != 0)) {
        rc = LT_EINVAL;
    }
    return rc == LT_OK ? make_receipt(hpke, parcel) : rc;
}

lt_err lt_register_take_over(struct lt_register *reg,
                             const struct lt_register_person *person,
                             const struct lt_office *office,
                             const uint8_t secret[static LT_CURVE_LEN],
                             const char *path, struct lt_parcel *out_parcel,
                             struct lt_diag *diag)
{
    struct lt_parcel parcel = {.entries = 0};
    struct lt_hpke hpke;
    int fd = -1;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc != LT_OK) {
        return rc;
    }
    memset(&hpke, 0, sizeof(hpke));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    rc = fd < 0 ? LT_ENOINPUT : open_head(fd, office, secret, &parcel, &hpke);
    if (rc == LT_OK) {
        rc = tell(person, LT_AUDIT_REGISTER_TAKEN, NULL, &parcel.from);
    }
    if (rc == LT_OK) {
        rc = lt_store_begin(reg->db);
    }
    if (rc == LT_OK) {
        rc = lt_store_end(reg->db, take_all(reg, fd, &hpke, &parcel));
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    lt_hpke_deinit(&hpke);
    if (rc != LT_OK) {
        return refuse_file(diag, rc, path);
    }
    *out_parcel = parcel;
    return LT_OK;
}

/* ---- the receipt ---- */

/* The case of the parcel in @out_case, "" for all. */
static lt_err find(struct lt_register *reg, const uint8_t *receipt,
                   char out_case[static LT_REGISTER_CASE_MAX + 1],
                   int64_t *out_last, struct lt_parcel *out)
{
    struct lt_query query = lt_query_of(reg->db, TABLE);
    lt_err rc = lt_query_run(&query);
    lt_err found = LT_ENOTFOUND;

    if (rc != LT_OK) {
        return rc;
    }
    query = lt_query_of(reg->db,
                        "SELECT office,coalesce(case_id,''),entries,inventory,"
                        "last_id FROM parcel WHERE receipt=?");
    lt_query_blob(&query, receipt, LT_PARCEL_RECEIPT_LEN);
    if (lt_query_row(&query) &&
        sqlite3_column_bytes(query.stmt, 0) == LT_OFFICE_LEN &&
        sqlite3_column_bytes(query.stmt, 3) == LT_HASH_LEN) {
        memcpy(out->to.bytes, sqlite3_column_blob(query.stmt, 0),
               LT_OFFICE_LEN);
        memcpy(out->inventory, sqlite3_column_blob(query.stmt, 3), LT_HASH_LEN);
        (void)snprintf(out_case, LT_REGISTER_CASE_MAX + 1, "%s",
                       lt_query_get_text(&query, 1));
        out->entries = (uint64_t)lt_query_get_int(&query, 2);
        *out_last = lt_query_get_int(&query, 4);
        found = LT_OK;
    }
    rc = lt_query_end(&query);
    return rc == LT_OK ? found : rc;
}

static lt_err confirm(struct lt_register *reg, const uint8_t *receipt,
                      const char *by, const char *case_id, int64_t last_id,
                      bool erase)
{
    struct lt_query query =
        lt_query_of(reg->db, "UPDATE parcel SET confirmed_ms="
                             "coalesce(confirmed_ms,?) WHERE receipt=?");
    struct lt_now now;
    lt_err rc;

    reg->sys->now(reg->sys->ctx, &now);
    lt_query_int(&query, now.wall_ms);
    lt_query_blob(&query, receipt, LT_PARCEL_RECEIPT_LEN);
    rc = lt_query_run(&query);
    return rc == LT_OK && erase
               ? lt_entry_destroy_given(reg, case_id, last_id, by, now.wall_ms)
               : rc;
}

lt_err lt_register_confirm(struct lt_register *reg,
                           const struct lt_register_person *person,
                           const uint8_t receipt[static LT_PARCEL_RECEIPT_LEN],
                           bool erase, struct lt_parcel *out_parcel,
                           struct lt_diag *diag)
{
    char case_id[LT_REGISTER_CASE_MAX + 1] = "";
    struct lt_parcel parcel = {.entries = 0};
    int64_t last_id = 0;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc == LT_OK) {
        rc = find(reg, receipt, case_id, &last_id, &parcel);
    }
    if (rc == LT_OK) {
        rc = tell(person, LT_AUDIT_REGISTER_CONFIRMED,
                  case_id[0] != '\0' ? case_id : NULL, &parcel.to);
    }
    if (rc == LT_OK) {
        rc = lt_store_begin(reg->db);
    }
    if (rc == LT_OK) {
        rc = lt_store_end(reg->db,
                          confirm(reg, receipt, person->session->person.name,
                                  case_id, last_id, erase));
    }
    if (rc == LT_ENOTFOUND) {
        return lt_register_refuse(diag, rc, "receipt", NULL);
    }
    if (rc == LT_OK) {
        memcpy(parcel.receipt, receipt, LT_PARCEL_RECEIPT_LEN);
        *out_parcel = parcel;
    }
    return rc;
}
