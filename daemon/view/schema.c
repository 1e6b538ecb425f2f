/* The file: tables, whose it is, and whether it may be trusted.
 *
 * Rows of events are appended under a sequence number, which is the order of
 * commit here; `ref` finds them by key, a run of neighbours a row. A matter's events are a list through
 * `prev`, from matter.last back: one row less to touch than an index.
 *
 * Nothing is synced while it runs. `mark.clean` is 1 only between an orderly
 * end and the next start, both written with syncs; when it is 0 the file is
 * trusted if the machine has not been started anew since (a killed process
 * loses nothing that it has written) and passes a quick check when small. */
#include "daemon/view/offices.h"
#include "daemon/view/view_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BOOT_LEN = 36, QUICK_CHECK_MAX = 16 * 1024 * 1024 };

static const char tables[] =
    "CREATE TABLE mark(one INTEGER PRIMARY KEY CHECK(one=1),"
    " office BLOB NOT NULL, fold INTEGER NOT NULL, pos INTEGER NOT NULL,"
    " hash BLOB NOT NULL, tree INTEGER NOT NULL, clean INTEGER NOT NULL,"
    " boot BLOB NOT NULL);"
    "CREATE TABLE life(id INTEGER PRIMARY KEY, origin BLOB NOT NULL,"
    " epoch INTEGER NOT NULL, high INTEGER NOT NULL,"
    " UNIQUE(origin,epoch,high));"
    "CREATE TABLE channel(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL UNIQUE);"
    "CREATE TABLE ref(key INTEGER PRIMARY KEY, n INTEGER NOT NULL,"
    " seq INTEGER NOT NULL);"
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, key INTEGER NOT NULL,"
    " channel INTEGER NOT NULL, number INTEGER NOT NULL,"
    " committed INTEGER NOT NULL, hlc INTEGER NOT NULL,"
    " verdict INTEGER NOT NULL, why INTEGER NOT NULL, matter INTEGER,"
    " prev INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE text(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " content BLOB);"
    "CREATE TABLE piece(event INTEGER NOT NULL, slot INTEGER NOT NULL,"
    " pos INTEGER NOT NULL, item INTEGER NOT NULL, size INTEGER NOT NULL,"
    " hash BLOB NOT NULL, here INTEGER NOT NULL,"
    " PRIMARY KEY(event, slot)) WITHOUT ROWID;"
    "CREATE TABLE matter(key INTEGER PRIMARY KEY, last INTEGER NOT NULL,"
    " fold BLOB NOT NULL, kind INTEGER NOT NULL, opened INTEGER NOT NULL,"
    " open INTEGER NOT NULL, arrived INTEGER NOT NULL, receipt BLOB);"
    "CREATE INDEX matter_all ON matter(kind, opened);"
    "CREATE INDEX matter_open ON matter(kind, opened) WHERE open=1;"
    "CREATE INDEX matter_receipt ON matter(receipt) WHERE receipt IS NOT NULL;"
    "CREATE TABLE miss(cause INTEGER NOT NULL, matter INTEGER NOT NULL,"
    " PRIMARY KEY(cause, matter)) WITHOUT ROWID;"
    "CREATE INDEX miss_matter ON miss(matter);"
    "CREATE TABLE await(matter INTEGER PRIMARY KEY, version INTEGER NOT NULL);"
    "CREATE INDEX await_version ON await(version);"
    "CREATE TABLE erasure(said INTEGER PRIMARY KEY, target INTEGER NOT NULL,"
    " matter INTEGER NOT NULL, mask INTEGER NOT NULL,"
    " confirms INTEGER NOT NULL, version INTEGER NOT NULL,"
    " at INTEGER NOT NULL, weight INTEGER NOT NULL);"
    "CREATE INDEX erasure_target ON erasure(target);"
    "CREATE TABLE erased(target INTEGER PRIMARY KEY, erased INTEGER NOT NULL,"
    " held INTEGER NOT NULL, waits INTEGER NOT NULL);"
    /* receipt: its row in event; 0: the office owes one. */
    "CREATE TABLE answer(said INTEGER NOT NULL, office BLOB NOT NULL,"
    " receipt INTEGER NOT NULL, at INTEGER,"
    " PRIMARY KEY(said, office, receipt)) WITHOUT ROWID;"
    "CREATE TABLE unconfirmed(signer BLOB PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE look(matter INTEGER NOT NULL, office BLOB NOT NULL,"
    " first INTEGER NOT NULL, last INTEGER NOT NULL, days INTEGER NOT NULL,"
    " PRIMARY KEY(matter, office)) WITHOUT ROWID;"
    "CREATE TABLE refolded(id INTEGER PRIMARY KEY, matter INTEGER NOT NULL);"
    "CREATE TABLE flag(said INTEGER PRIMARY KEY, target INTEGER NOT NULL,"
    " matter INTEGER NOT NULL, mask INTEGER NOT NULL, at INTEGER NOT NULL,"
    " day INTEGER NOT NULL, replaces INTEGER NOT NULL);"
    "CREATE INDEX flag_target ON flag(target);"
    "CREATE TABLE turn(seq INTEGER PRIMARY KEY, key INTEGER NOT NULL,"
    " day INTEGER NOT NULL, form INTEGER NOT NULL, people INTEGER NOT NULL,"
    " field INTEGER NOT NULL, outcome INTEGER NOT NULL,"
    " marks INTEGER NOT NULL, other INTEGER, corrects INTEGER,"
    /* entered: for which office; waits: to be judged at that version of the
     * tree. */
    " entered BLOB, waits INTEGER);"
    "CREATE INDEX turn_waits ON turn(waits) WHERE waits IS NOT NULL;"
    "CREATE INDEX turn_day ON turn(day);"
    "CREATE INDEX turn_key ON turn(key);"
    "CREATE INDEX turn_corrects ON turn(corrects) WHERE corrects IS NOT NULL;"
    "CREATE TABLE enclosed(seq INTEGER PRIMARY KEY);"
    "CREATE TABLE office(seq INTEGER PRIMARY KEY, version INTEGER NOT NULL);"
    "CREATE TABLE law(seq INTEGER PRIMARY KEY, version INTEGER NOT NULL,"
    " counts INTEGER NOT NULL);"
    "CREATE TABLE run(life INTEGER NOT NULL, channel INTEGER NOT NULL,"
    " before INTEGER NOT NULL, number INTEGER NOT NULL, signer BLOB NOT NULL,"
    " cut INTEGER NOT NULL, PRIMARY KEY(life, channel)) WITHOUT ROWID;"
    "CREATE TABLE copy(seq INTEGER NOT NULL, channel INTEGER NOT NULL,"
    " number INTEGER NOT NULL, PRIMARY KEY(seq, channel)) WITHOUT ROWID;"
    "CREATE TABLE word(seq INTEGER PRIMARY KEY, version INTEGER NOT NULL);"
    "CREATE TABLE revised(said INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " counts INTEGER NOT NULL, PRIMARY KEY(said, seq)) WITHOUT ROWID;";

/* followed.c: cases whose custodian has changed, by their latest change; entries of
 * a register that were sent to this office; what was answered to those that it
 * sent, and by itself. */
static const char tables_followed[] =
    "CREATE TABLE moved(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " matter INTEGER NOT NULL UNIQUE, former BLOB NOT NULL,"
    " holder BLOB NOT NULL);"
    "CREATE TABLE sent(key INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
    " pos INTEGER NOT NULL, item INTEGER NOT NULL, hash BLOB NOT NULL);"
    "CREATE TABLE taken(sent INTEGER NOT NULL, office BLOB NOT NULL,"
    " kind INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " PRIMARY KEY(sent, office, kind)) WITHOUT ROWID;";

static const char *const table_names[] = {"life",  "channel", "ref",
                                          "event", "text",    "piece",
                                          "erasure", "erased", "answer",
                                          "matter", "miss",   "await",
                                          "enclosed", "office", "law",
                                          "look",  "run",     "copy",
                                          "word",  "revised", "flag",
                                          "turn",  "refolded",
                                          "moved", "sent", "taken",
                                          "unconfirmed"};

/* Which start of the machine this is; zeros when the kernel does not say. */
static void read_boot(char out_boot[static BOOT_LEN])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

    memset(out_boot, 0, BOOT_LEN);
    if (fd >= 0) {
        if (read(fd, out_boot, BOOT_LEN) != BOOT_LEN) {
            memset(out_boot, 0, BOOT_LEN);
        }
        (void)close(fd);
    }
}

static lt_err pragma_int(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_db_prepare(db, sql, &stmt);

    if (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
    }
    if (rc == LT_OK) {
        *out = row ? sqlite3_column_int64(stmt, 0) : 0;
    }
    sqlite3_finalize(stmt);
    return rc;
}

static bool quick_check_passes(struct lt_view *view)
{
    sqlite3_stmt *stmt = NULL;
    struct stat st;
    bool ok = false;

    if (stat(view->path, &st) != 0 || st.st_size > QUICK_CHECK_MAX) {
        return true; /* too long for a start; what is read is checked */
    }
    if (lt_db_prepare(view->db, "PRAGMA quick_check(1)", &stmt) == LT_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        const unsigned char *word = sqlite3_column_text(stmt, 0);

        ok = word != NULL && strcmp((const char *)word, "ok") == 0;
    }
    sqlite3_finalize(stmt);
    return ok;
}

/* Is it ours, of this version, and in order? Any doubt is a no. */
static bool may_be_trusted(struct lt_view *view, const char *boot)
{
    sqlite3_stmt *stmt = NULL;
    int64_t application;
    int64_t schema;
    bool row = false;
    bool ok = false;
    bool clean = false;

    if (pragma_int(view->db, "PRAGMA application_id", &application) != LT_OK ||
        pragma_int(view->db, "PRAGMA user_version", &schema) != LT_OK ||
        application != LT_VIEW_APPLICATION || schema != LT_VIEW_SCHEMA ||
        lt_db_prepare(view->db,
                      "SELECT office,fold,clean,boot FROM mark WHERE one=1",
                      &stmt) != LT_OK) {
        return false;
    }
    if (lt_db_step(stmt, &row) == LT_OK && row) {
        clean = sqlite3_column_int(stmt, 2) == 1;
        ok = sqlite3_column_bytes(stmt, 0) == LT_OFFICE_LEN &&
             memcmp(sqlite3_column_blob(stmt, 0), view->office.bytes,
                    LT_OFFICE_LEN) == 0 &&
             sqlite3_column_int64(stmt, 1) == LT_FOLD_VERSION &&
             (clean ||
              (sqlite3_column_bytes(stmt, 3) == BOOT_LEN &&
               memcmp(sqlite3_column_blob(stmt, 3), boot, BOOT_LEN) == 0));
    }
    sqlite3_finalize(stmt);
    return ok && (clean || quick_check_passes(view));
}

static lt_err create(struct lt_view *view, const char *boot)
{
    static const uint8_t zero[LT_HASH_LEN];
    sqlite3_stmt *stmt = NULL;
    lt_err rc;

    rc = lt_db_exec(view->db, "BEGIN IMMEDIATE");
    if (rc == LT_OK) {
        rc = lt_db_exec(view->db, tables);
    }
    if (rc == LT_OK) {
        rc = lt_db_exec(view->db, tables_followed);
    }
    if (rc == LT_OK) {
        rc = lt_db_exec(view->db, "PRAGMA application_id=1280595543;"
                                  "PRAGMA user_version=19;");
    }
    if (rc == LT_OK) {
        rc = lt_db_prepare(
            view->db, "INSERT INTO mark VALUES(1,?1,?2,0,?3,0,0,?4)", &stmt);
    }
    if (rc == LT_OK) {
        sqlite3_bind_blob(stmt, 1, view->office.bytes, LT_OFFICE_LEN,
                          SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, LT_FOLD_VERSION);
        sqlite3_bind_blob(stmt, 3, zero, LT_HASH_LEN, SQLITE_STATIC);
        sqlite3_bind_blob(stmt, 4, boot, BOOT_LEN, SQLITE_STATIC);
        rc = lt_db_run(stmt);
    }
    sqlite3_finalize(stmt);
    return rc == LT_OK ? lt_db_exec(view->db, "COMMIT") : rc;
}

/* Write @clean with syncs, so that it is never newer or older on disk than
 * what it speaks of. */
static lt_err mark_clean(struct lt_view *view, bool clean, const char *boot)
{
    sqlite3_stmt *stmt = NULL;
    lt_err rc = lt_db_exec(view->db, "PRAGMA synchronous=FULL");

    if (rc == LT_OK && clean) {
        rc = lt_db_exec(view->db, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
    if (rc == LT_OK) {
        rc =
            lt_db_prepare(view->db, "UPDATE mark SET clean=?1, boot=?2", &stmt);
    }
    if (rc == LT_OK) {
        sqlite3_bind_int(stmt, 1, clean ? 1 : 0);
        sqlite3_bind_blob(stmt, 2, boot, BOOT_LEN, SQLITE_STATIC);
        rc = lt_db_run(stmt);
    }
    sqlite3_finalize(stmt);
    if (rc == LT_OK) {
        rc = lt_db_exec(view->db, "PRAGMA wal_checkpoint(TRUNCATE);"
                                  "PRAGMA synchronous=OFF");
    }
    return rc;
}

lt_err lt_view_schema_open(struct lt_view *view)
{
    char boot[BOOT_LEN];
    lt_err rc;

    read_boot(boot);
    rc = lt_db_open_writer(view->path, &view->db);
    if (rc == LT_OK && may_be_trusted(view, boot)) {
        return mark_clean(view, false, boot);
    }
    if (rc == LT_EFULL || rc == LT_ENOMEM) {
        return rc;
    }
    lt_db_close(view->db);
    view->db = NULL;
    rc = lt_db_unlink(view->path);
    if (rc == LT_OK) {
        rc = lt_db_open_writer(view->path, &view->db);
    }
    if (rc == LT_OK) {
        rc = create(view, boot);
    }
    return rc == LT_OK ? mark_clean(view, false, boot) : rc;
}

void lt_schema_leave(struct lt_view *view)
{
    char boot[BOOT_LEN];

    read_boot(boot);
    /* A failure leaves "not clean", which is what is then true. */
    (void)mark_clean(view, true, boot);
}

lt_err lt_schema_clear(struct lt_view *view)
{
    char sql[64];
    lt_err rc = lt_db_exec(view->db, "BEGIN IMMEDIATE");

    for (size_t i = 0; rc == LT_OK && i < LT_COUNT_OF(table_names); i++) {
        (void)snprintf(sql, sizeof(sql), "DELETE FROM %s", table_names[i]);
        rc = lt_db_exec(view->db, sql);
    }
    if (rc == LT_OK) {
        rc = lt_db_exec(view->db,
                        "UPDATE mark SET pos=0, hash=zeroblob(32), tree=0");
    }
    if (rc == LT_OK) {
        rc = lt_db_exec(view->db, "COMMIT");
    }
    if (rc != LT_OK && sqlite3_get_autocommit(view->db) == 0) {
        (void)sqlite3_exec(view->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return rc;
}

static lt_err load_mark(struct lt_view *view, uint64_t *out_tree)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_db_prepare(
        view->db, "SELECT pos,hash,tree,(SELECT max(seq) FROM event),"
                  "(SELECT count(*) FROM erasure),(SELECT count(*) FROM enclosed)"
                  " FROM mark",
        &stmt);

    if (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
    }
    if (rc == LT_OK && (!row || sqlite3_column_bytes(stmt, 1) != LT_HASH_LEN)) {
        rc = LT_EIO;
    }
    if (rc == LT_OK) {
        view->pos = (uint64_t)sqlite3_column_int64(stmt, 0);
        memcpy(view->hash, sqlite3_column_blob(stmt, 1), LT_HASH_LEN);
        *out_tree = (uint64_t)sqlite3_column_int64(stmt, 2);
        view->next_seq = sqlite3_column_int64(stmt, 3) + 1;
        view->erasures_n = (uint64_t)sqlite3_column_int64(stmt, 4);
        view->enclosed_n = sqlite3_column_int64(stmt, 5);
    }
    sqlite3_finalize(stmt);
    return rc;
}

static lt_err load_tree(struct lt_view *view, uint64_t version)
{
    struct lt_tree *tree = NULL;
    lt_err rc = lt_offices_load(view->db, &view->intern, &view->event_arena,
                                &view->event, INT32_MAX, NULL, NULL, &tree);

    if (rc != LT_OK) {
        return rc;
    }
    lt_tree_set_self(tree, &view->office);
    lt_tree_advance(tree, version);
    lt_tree_free(view->tree);
    view->tree = tree;
    return LT_OK;
}

lt_err lt_schema_load(struct lt_view *view)
{
    uint64_t version = 0;
    lt_err rc;

    lt_intern_forget(&view->intern);
    lt_ref_forget(view);
    rc = load_mark(view, &version);
    if (rc == LT_OK) {
        rc = load_tree(view, version);
    }
    if (rc == LT_OK) {
        rc = lt_trust_load(view);
    }
    return rc == LT_OK ? lt_unconfirmed_load(view) : rc;
}
