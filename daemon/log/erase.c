/* What was ordered to be erased, and what came of it here. */
#include "daemon/log/internal.h"

#include <string.h>

#include "common/failpoint.h"
#include "common/wire.h"

enum { KEY_LEN = LT_OFFICE_LEN + 16, SCRATCH_MAX = 4 * 1024 * 1024 };

static void put_key(const struct lt_event_id *id, uint8_t out[static KEY_LEN])
{
    memcpy(out, id->origin.bytes, LT_OFFICE_LEN);
    (void)lt_put_be64(lt_put_be64(out + LT_OFFICE_LEN, id->epoch), id->count);
}

static uint64_t get_be64(const uint8_t *at)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static bool get_key(sqlite3_stmt *stmt, int column, struct lt_event_id *out)
{
    uint8_t key[KEY_LEN];

    if (!lt_column_bytes(stmt, column, key, sizeof(key))) {
        return false;
    }
    memcpy(out->origin.bytes, key, LT_OFFICE_LEN);
    out->epoch = get_be64(key + LT_OFFICE_LEN);
    out->count = get_be64(key + LT_OFFICE_LEN + 8);
    return true;
}

/* Begin, and hand out the statement ready to bind. */
static sqlite3_stmt *writing(struct lt_log *log, enum lt_log_stmt which,
                             lt_err *out_rc)
{
    *out_rc = lt_log_begin(log);
    return *out_rc == LT_OK ? lt_sql_stmt(log, which, out_rc) : NULL;
}

/* ---- what was said ---- */

lt_err lt_log_put_erasure(struct lt_log *log,
                          const struct lt_log_erasure *erasure)
{
    uint8_t said[KEY_LEN];
    uint8_t target[KEY_LEN];
    uint8_t matter[KEY_LEN];
    lt_err err;
    sqlite3_stmt *stmt = writing(log, LT_STMT_ERASURE_ADD, &err);

    if (stmt == NULL) {
        return err;
    }
    put_key(&erasure->said, said);
    put_key(&erasure->target, target);
    put_key(&erasure->matter, matter);
    lt_bind_blob(stmt, 1, said, sizeof(said));
    lt_bind_blob(stmt, 2, target, sizeof(target));
    lt_bind_blob(stmt, 3, matter, sizeof(matter));
    lt_bind_u64(stmt, 4, erasure->mask);
    lt_bind_u64(stmt, 5, erasure->cls);
    lt_bind_u64(stmt, 6, erasure->confirms);
    lt_bind_u64(stmt, 7, erasure->tree_version);
    return lt_sql_run(log, stmt);
}

lt_err lt_log_set_erasure(struct lt_log *log, const struct lt_event_id *said,
                          enum lt_erasure_state state)
{
    uint8_t key[KEY_LEN];
    lt_err err;
    sqlite3_stmt *stmt = writing(log, LT_STMT_ERASURE_SET, &err);

    if (stmt == NULL) {
        return err;
    }
    put_key(said, key);
    lt_bind_blob(stmt, 1, key, sizeof(key));
    lt_bind_u64(stmt, 2, (uint64_t)state);
    return lt_sql_run(log, stmt);
}

static lt_err read_erasures(struct lt_log *log, sqlite3_stmt *stmt,
                            lt_log_visit_erasure *visit, void *ctx)
{
    lt_err err;

    for (;;) {
        struct lt_log_erasure erasure;
        bool row;

        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        if (!get_key(stmt, 0, &erasure.said) ||
            !get_key(stmt, 1, &erasure.target) ||
            !get_key(stmt, 2, &erasure.matter)) {
            err = LT_ECORRUPT;
            break;
        }
        erasure.mask = (uint8_t)sqlite3_column_int(stmt, 3);
        erasure.cls = (uint8_t)sqlite3_column_int(stmt, 4);
        erasure.confirms = sqlite3_column_int(stmt, 5) != 0;
        erasure.tree_version = lt_column_u64(stmt, 6);
        erasure.state = (enum lt_erasure_state)sqlite3_column_int(stmt, 7);
        if (!visit(ctx, &erasure)) {
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}

lt_err lt_log_each_erasure(struct lt_log *log, lt_log_visit_erasure *visit,
                           void *ctx)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_ERASURE_EACH, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, 0);
    return read_erasures(log, stmt, visit, ctx);
}

lt_err lt_log_erasures_of(struct lt_log *log, const struct lt_event_id *target,
                          lt_log_visit_erasure *visit, void *ctx)
{
    uint8_t key[KEY_LEN];
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_ERASURE_OF, &err);

    if (stmt == NULL) {
        return err;
    }
    put_key(target, key);
    lt_bind_blob(stmt, 1, key, sizeof(key));
    return read_erasures(log, stmt, visit, ctx);
}

/* ---- what came of it ---- */

lt_err lt_erased_load(struct lt_log *log)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_ERASED_EACH, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_erased_clear(&log->erased);
    for (;;) {
        struct lt_event_id id;
        bool row;

        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        if (!get_key(stmt, 0, &id)) {
            err = LT_ECORRUPT;
            break;
        }
        if (!lt_erased_add(&log->erased, &id,
                           (uint8_t)sqlite3_column_int(stmt, 1))) {
            err = LT_ENOMEM;
            break;
        }
    }
    lt_sql_done(stmt);
    log->erased_stale = err != LT_OK;
    return err;
}

lt_err lt_log_erased(struct lt_log *log, const struct lt_erased **out_erased)
{
    lt_err err = log->erased_stale ? lt_erased_load(log) : LT_OK;

    *out_erased = &log->erased;
    return err;
}

lt_err lt_erased_bundle(struct lt_log *log, const struct lt_segment *segment,
                        struct lt_buf *buf, const uint8_t **out_parts,
                        size_t *out_len)
{
    const struct lt_erased *erased;
    struct lt_arena arena;
    bool changed = false;
    lt_err err = lt_log_erased(log, &erased);

    *out_parts = segment->parts;
    *out_len = segment->parts_len;
    if (err != LT_OK || LT_PLANTED(take_erased)) {
        return err;
    }
    lt_arena_init(&arena, lt_alloc_heap(), SCRATCH_MAX);
    err = lt_erased_strip(erased, segment, &arena, buf, &changed);
    lt_arena_deinit(&arena);
    if (err == LT_EMALFORMED) {
        err = LT_OK; /* nobody can find a text in it either */
    }
    if (err == LT_OK && changed) {
        *out_parts = buf->data;
        *out_len = buf->len;
    }
    return err;
}

/* ---- taking it out ---- */

lt_err lt_log_erase(struct lt_log *log, const struct lt_event_id *target,
                    uint8_t mask, size_t *out_stripped)
{
    const struct lt_erased *erased;
    uint8_t key[KEY_LEN];
    sqlite3_stmt *stmt;
    lt_err err = lt_log_erased(log, &erased);

    *out_stripped = 0;
    if (err != LT_OK) {
        return err;
    }
    if ((lt_erased_mask(erased, target) & mask) != mask) {
        stmt = writing(log, LT_STMT_ERASED_PUT, &err);
        if (stmt == NULL) {
            return err;
        }
        put_key(target, key);
        lt_bind_blob(stmt, 1, key, sizeof(key));
        lt_bind_u64(stmt, 2, mask);
        err = lt_sql_run(log, stmt);
        if (err == LT_OK && !lt_erased_add(&log->erased, target, mask)) {
            err = LT_ENOMEM;
        }
    }
    return err == LT_OK ? lt_strip_event(log, target, mask, out_stripped) : err;
}

/* ---- leaving nothing behind ---- */

lt_err lt_log_wipe(struct lt_log *log)
{
    lt_err err;

    if (log->dead) {
        return LT_EIO;
    }
    if (log->writing) {
        return LT_EBUSY;
    }
    if (LT_PLANTED(skip_wipe)) {
        return LT_OK;
    }
    /* Statements keep what they last read or wrote. */
    lt_sql_finalize(log);
    lt_arena_deinit(&log->arena);
    lt_arena_init(&log->arena, lt_alloc_heap(), LT_LOG_ARENA_MAX);
    lt_arena_deinit(&log->arena_mend);
    lt_arena_init(&log->arena_mend, lt_alloc_heap(), LT_LOG_ARENA_MAX);
    err = lt_log_copy_wal(log, SQLITE_CHECKPOINT_TRUNCATE);
    (void)sqlite3_db_release_memory(log->db);
    return err;
}
