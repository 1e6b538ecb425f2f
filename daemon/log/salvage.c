/* One pass in order of commit. A run's state is what was taken of it: where it
 * ends, and with which hash the next one must go on. The rows of runs are read
 * through their second copies where those hold. */
#include "daemon/log/salvage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/codec.h"
#include "daemon/log/internal.h"

enum { COMMIT_EVERY = 256, ARENA_MAX = 4 * 1024 * 1024 };

struct salvaged_run {
    int64_t id;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;
    struct lt_point prev;
    uint8_t key_id[LT_HASH_LEN];
    struct lt_point at; /* the last one taken; number 0: none */
    bool broken;
};

struct lt_salvage {
    sqlite3 *db;
    struct salvaged_run *runs; /* sorted by id */
    size_t runs_n;
    size_t runs_cap;
    size_t sorted_n; /* of them; the rest is still being read */
    struct lt_arena arena;
};

/* A database that answers nothing is damaged, but for want of memory: what
 * could not be looked at for that is not lost. */
static lt_err of_damaged(int rc)
{
    return lt_sqlite_err(rc) == LT_ENOMEM ? LT_ENOMEM : LT_ECORRUPT;
}

/* ---- opening ---- */

lt_err lt_salvage_open(const char *path, struct lt_salvage **out_salvage)
{
    struct lt_salvage *salvage = calloc(1, sizeof(*salvage));
    int64_t tables = 0;
    sqlite3_stmt *stmt = NULL;
    lt_err err;
    int rc;

    if (salvage == NULL) {
        return LT_ENOMEM;
    }
    lt_arena_init(&salvage->arena, lt_alloc_heap(), ARENA_MAX);
    err = access(path, R_OK) == 0 ? lt_sqlite_start() : LT_ENOINPUT;
    if (err != LT_OK) {
        goto fail;
    }
    rc = sqlite3_open_v2(path, &salvage->db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        /* Not a byte of it is changed, the WAL stays a WAL. */
        (void)sqlite3_db_config(salvage->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                                1, NULL);
        (void)sqlite3_db_config(salvage->db, SQLITE_DBCONFIG_DEFENSIVE, 1,
                                NULL);
        (void)sqlite3_db_config(salvage->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
                                NULL);
        (void)sqlite3_limit(salvage->db, SQLITE_LIMIT_LENGTH,
                            LT_LOG_VALUE_MAX);
        rc = sqlite3_prepare_v2(salvage->db,
                                "SELECT count(*) FROM sqlite_schema "
                                "WHERE name IN ('segment', 'run', 'stream')",
                                -1, &stmt, NULL);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
        tables = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    if (tables != 3) {
        err = of_damaged(rc);
        goto fail;
    }
    *out_salvage = salvage;
    return LT_OK;

fail:
    lt_salvage_close(salvage);
    return err;
}

void lt_salvage_close(struct lt_salvage *salvage)
{
    if (salvage == NULL) {
        return;
    }
    (void)sqlite3_close(salvage->db);
    lt_arena_deinit(&salvage->arena);
    free(salvage->runs);
    free(salvage);
}

/* ---- the other tables ---- */

typedef lt_err copy_row(struct lt_log *to, sqlite3_stmt *stmt);

static lt_err copy_binding(struct lt_log *to, sqlite3_stmt *stmt)
{
    struct lt_office office;
    uint8_t key_id[LT_HASH_LEN];
    size_t len;
    const uint8_t *bytes = lt_column_blob(stmt, 2, &len);

    if (!lt_column_bytes(stmt, 0, office.bytes, LT_OFFICE_LEN) ||
        !lt_column_bytes(stmt, 1, key_id, LT_HASH_LEN)) {
        return LT_ECORRUPT;
    }
    return lt_log_put_binding(to, &office, key_id, bytes, len);
}

static lt_err copy_statement(struct lt_log *to, sqlite3_stmt *stmt)
{
    struct lt_office from;
    struct lt_office addressee;
    size_t len;
    const uint8_t *bytes = lt_column_blob(stmt, 3, &len);

    if (!lt_column_bytes(stmt, 0, from.bytes, LT_OFFICE_LEN) ||
        !lt_column_bytes(stmt, 1, addressee.bytes, LT_OFFICE_LEN)) {
        return LT_ECORRUPT;
    }
    return lt_log_put_statement(to, &from, &addressee,
                                (uint32_t)sqlite3_column_int(stmt, 2), bytes,
                                len);
}

static lt_err copy_request(struct lt_log *to, sqlite3_stmt *stmt)
{
    uint8_t id[LT_REQUEST_LEN];
    size_t len;
    const uint8_t *answer = lt_column_blob(stmt, 2, &len);

    return lt_column_bytes(stmt, 0, id, sizeof(id))
               ? lt_log_put_request(to, id, sqlite3_column_int64(stmt, 1),
                                    answer, len)
               : LT_ECORRUPT;
}

static lt_err copy_meta(struct lt_log *to, sqlite3_stmt *stmt)
{
    const char *key = (const char *)sqlite3_column_text(stmt, 0);
    size_t len;
    const uint8_t *value = lt_column_blob(stmt, 1, &len);

    if (key == NULL) {
        return LT_ECORRUPT;
    }
    /* Positions are others in the new log: its scrub begins anew. */
    return strcmp(key, "scrub") == 0
               ? LT_OK
               : lt_log_put_meta(to, key, value == NULL ? (const void *)""
                                                        : value,
                                 len);
}

static bool event_id(sqlite3_stmt *stmt, int at, struct lt_event_id *out)
{
    uint8_t key[32];

    if (!lt_column_bytes(stmt, at, key, sizeof(key))) {
        return false;
    }
    memcpy(out->origin.bytes, key, LT_OFFICE_LEN);
    out->epoch = 0;
    out->count = 0;
    for (size_t i = 0; i < 8; i++) {
        out->epoch = out->epoch << 8 | key[16 + i];
        out->count = out->count << 8 | key[24 + i];
    }
    return true;
}

static lt_err copy_erasure(struct lt_log *to, sqlite3_stmt *stmt)
{
    struct lt_log_erasure erasure = {
        .mask = (uint8_t)sqlite3_column_int(stmt, 3),
        .cls = (uint8_t)sqlite3_column_int(stmt, 4),
        .confirms = sqlite3_column_int(stmt, 5) != 0,
        .tree_version = lt_column_u64(stmt, 6),
    };
    int state = sqlite3_column_int(stmt, 7);
    lt_err err;

    if (!event_id(stmt, 0, &erasure.said) ||
        !event_id(stmt, 1, &erasure.target) ||
        !event_id(stmt, 2, &erasure.matter)) {
        return LT_ECORRUPT;
    }
    err = lt_log_put_erasure(to, &erasure);
    return err == LT_OK && state > LT_ERASURE_OPEN &&
                   state <= LT_ERASURE_ANSWERED
               ? lt_log_set_erasure(to, &erasure.said,
                                    (enum lt_erasure_state)state)
               : err;
}

static lt_err copy_erased(struct lt_log *to, sqlite3_stmt *stmt)
{
    struct lt_event_id id;
    size_t stripped;

    return event_id(stmt, 0, &id)
               ? lt_log_erase(to, &id, (uint8_t)sqlite3_column_int(stmt, 1),
                              &stripped)
               : LT_ECORRUPT;
}

static const struct {
    const char *sql;
    copy_row *copy;
} OTHERS[] = {
    {"SELECT office, key_id, bytes FROM binding ORDER BY id", copy_binding},
    {"SELECT from_office, to_office, page, bytes FROM statement",
     copy_statement},
    {"SELECT uuid, at_ms, answer FROM request ORDER BY id", copy_request},
    {"SELECT key, value FROM meta", copy_meta},
    {"SELECT said, target, matter, mask, cls, confirms, tree_version, state "
     "FROM erasure ORDER BY id",
     copy_erasure},
    {"SELECT target, mask FROM erased", copy_erased},
};

/* What the new log refuses of one row is that row's loss alone. */
static bool fatal(lt_err err)
{
    return err == LT_EIO || err == LT_EFULL || err == LT_ENOMEM;
}

static lt_err copy_table(struct lt_salvage *salvage, struct lt_log *to,
                         size_t which, struct lt_salvage_sums *sums)
{
    sqlite3_stmt *stmt = NULL;
    lt_err err = LT_OK;
    int rc = sqlite3_prepare_v2(salvage->db, OTHERS[which].sql, -1, &stmt,
                                NULL);

    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(stmt);
        if (rc != SQLITE_ROW) {
            break;
        }
        err = OTHERS[which].copy(to, stmt);
        if (fatal(err)) {
            break;
        }
        *(err == LT_OK ? &sums->others : &sums->others_lost) += 1;
        err = LT_OK;
    }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
        sums->others_lost++; /* what lies behind it in the table */
        err = of_damaged(rc) == LT_ENOMEM ? LT_ENOMEM : err;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

lt_err lt_salvage_others(struct lt_salvage *salvage, struct lt_log *to,
                         struct lt_salvage_sums *sums)
{
    lt_err err = LT_OK;

    for (size_t i = 0; err == LT_OK && i < LT_COUNT_OF(OTHERS); i++) {
        err = copy_table(salvage, to, i, sums);
        if (err == LT_OK) {
            err = lt_log_commit(to);
        }
    }
    return err;
}

/* ---- runs ---- */

static bool read_run(sqlite3_stmt *stmt, struct salvaged_run *out)
{
    size_t len;
    const uint8_t *channel = lt_column_blob(stmt, 2, &len);

    memset(out, 0, sizeof(*out));
    out->id = sqlite3_column_int64(stmt, 0);
    out->epoch = lt_column_u64(stmt, 3);
    out->first = lt_column_u64(stmt, 4);
    out->prev.epoch = lt_column_u64(stmt, 5);
    out->prev.number = lt_column_u64(stmt, 6);
    return channel != NULL &&
           lt_channel_decode(channel, len, &out->stream.channel) &&
           lt_column_bytes(stmt, 1, out->stream.origin.bytes, LT_OFFICE_LEN) &&
           lt_column_bytes(stmt, 7, out->prev.hash, LT_HASH_LEN) &&
           lt_column_bytes(stmt, 8, out->key_id, LT_HASH_LEN);
}

static int compare_runs(const void *a, const void *b)
{
    const struct salvaged_run *x = a;
    const struct salvaged_run *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static struct salvaged_run *find_run(struct lt_salvage *salvage, int64_t id)
{
    const struct salvaged_run key = {.id = id};

    return salvage->sorted_n == 0
               ? NULL
               : bsearch(&key, salvage->runs, salvage->sorted_n, sizeof(key),
                         compare_runs);
}

static lt_err load_runs(struct lt_salvage *salvage, const char *sql)
{
    struct salvaged_run run;
    sqlite3_stmt *stmt = NULL;
    lt_err err = LT_OK;
    int rc = sqlite3_prepare_v2(salvage->db, sql, -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }
    for (; rc == SQLITE_ROW; rc = sqlite3_step(stmt)) {
        if (!read_run(stmt, &run) || find_run(salvage, run.id) != NULL) {
            continue;
        }
        if (!lt_grow(lt_alloc_heap(), (void **)&salvage->runs,
                     &salvage->runs_cap, salvage->runs_n, sizeof(run))) {
            err = LT_ENOMEM;
            break;
        }
        salvage->runs[salvage->runs_n++] = run;
    }
    if (of_damaged(rc) == LT_ENOMEM) {
        err = LT_ENOMEM;
    }
    (void)sqlite3_finalize(stmt);
    if (salvage->runs_n > 0) {
        qsort(salvage->runs, salvage->runs_n, sizeof(run), compare_runs);
    }
    salvage->sorted_n = salvage->runs_n;
    return err;
}

/* Is the point that the run goes on from in the new log? */
static bool parent_taken(const struct lt_salvage *salvage,
                         const struct salvaged_run *run)
{
    if (run->prev.number == 0) {
        return true;
    }
    for (size_t i = 0; i < salvage->runs_n; i++) {
        const struct salvaged_run *other = &salvage->runs[i];

        if (other->epoch == run->prev.epoch && other->at.number != 0 &&
            lt_stream_equal(&other->stream, &run->stream)) {
            return other->at.number > run->prev.number ||
                   (other->at.number == run->prev.number &&
                    memcmp(other->at.hash, run->prev.hash, LT_HASH_LEN) == 0);
        }
    }
    return false;
}

/* ---- segments ---- */

struct pass {
    struct lt_salvage *salvage;
    struct lt_log *to;
    const struct lt_key *(*key_of)(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN]);
    lt_log_bad *lost;
    void *ctx;
    struct lt_salvage_sums *sums;
    size_t uncommitted;
};

static void leave(const struct pass *pass, struct salvaged_run *run,
                  uint64_t number, const char *why)
{
    pass->sums->quarantined++;
    if (run != NULL && !run->broken) {
        run->broken = true;
        if (pass->lost != NULL) {
            pass->lost(pass->ctx, &run->stream, run->epoch, number, why);
        }
    }
}

/* The next one of its run, header rebuilt; or why not. */
static const char *judge(const struct pass *pass, struct salvaged_run *run,
                         struct lt_segment *segment)
{
    const struct lt_key *key;

    if (run->broken) {
        return "behind";
    }
    if (run->at.number == 0) {
        if (segment->first != run->first || !parent_taken(pass->salvage, run)) {
            return "behind";
        }
        segment->prev = run->prev;
    } else {
        if (segment->first != run->at.number + 1) {
            return "row";
        }
        segment->prev = run->at;
    }
    segment->stream = run->stream;
    segment->epoch = run->epoch;
    memcpy(segment->key_id, run->key_id, LT_HASH_LEN);
    lt_segment_rebuild(segment);
    key = pass->key_of(pass->ctx, &run->stream.origin, run->key_id);
    if (key == NULL) {
        return "key";
    }
    return lt_segment_proven(segment, key) ? NULL : "signature";
}

static lt_err take(struct pass *pass, struct salvaged_run *run,
                   struct lt_segment *segment, int64_t at_ms)
{
    uint64_t pos;
    lt_err err = LT_OK;

    if (segment->parts_len > 0) {
        lt_arena_reset(&pass->salvage->arena);
        err = lt_bundle_check(segment, &pass->salvage->arena, NULL);
        if (err == LT_ENOMEM) {
            return err;
        }
        if (err != LT_OK) {
            pass->sums->texts_lost++;
            segment->parts = NULL;
            segment->parts_len = 0;
        }
    }
    err = lt_log_put_segment(pass->to, segment, at_ms, &pos);
    if (err == LT_EINVAL || err == LT_ECORRUPT) {
        leave(pass, run, segment->first, "row");
        return LT_OK;
    }
    if (err != LT_OK) {
        return err;
    }
    run->at.epoch = run->epoch;
    run->at.number = lt_segment_last(segment);
    memcpy(run->at.hash, segment->hash, LT_HASH_LEN);
    pass->sums->kept++;
    if (++pass->uncommitted >= COMMIT_EVERY) {
        pass->uncommitted = 0;
        err = lt_log_commit(pass->to);
    }
    return err;
}

static lt_err look_at(struct pass *pass, sqlite3_stmt *stmt)
{
    struct salvaged_run *run =
        find_run(pass->salvage, sqlite3_column_int64(stmt, 0));
    struct lt_segment segment = {
        .first = lt_column_u64(stmt, 1),
        .compression = (uint8_t)sqlite3_column_int(stmt, 4),
    };
    const int64_t count = sqlite3_column_int64(stmt, 2);
    const char *why = "row";

    segment.payload = lt_column_blob(stmt, 6, &segment.payload_len);
    segment.parts = lt_column_blob(stmt, 7, &segment.parts_len);
    segment.parts_len = lt_bundle_len(segment.parts, segment.parts_len);
    if (segment.parts_len == 0 || segment.parts_len > LT_PARTS_MAX) {
        segment.parts = NULL;
        segment.parts_len = 0;
    }
    if (run != NULL && count >= 1 && count <= LT_SEGMENT_EVENTS_MAX &&
        segment.payload != NULL && segment.payload_len <= LT_PAYLOAD_MAX &&
        lt_column_bytes(stmt, 5, segment.signature, LT_SIG_LEN)) {
        segment.count = (uint32_t)count;
        why = judge(pass, run, &segment);
    }
    if (why != NULL) {
        leave(pass, run, segment.first, why);
        return LT_OK;
    }
    return take(pass, run, &segment, sqlite3_column_int64(stmt, 3));
}

/* One row; what cannot be read costs itself alone. */
static lt_err look_one(struct pass *pass, sqlite3_stmt *with_texts,
                       sqlite3_stmt *without, int64_t pos)
{
    sqlite3_stmt *stmt = with_texts;
    lt_err err = LT_OK;
    int rc;

    sqlite3_bind_int64(stmt, 1, pos);
    rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE &&
        of_damaged(rc) != LT_ENOMEM) {
        (void)sqlite3_reset(stmt);
        stmt = without; /* perhaps only its texts cannot be read */
        sqlite3_bind_int64(stmt, 1, pos);
        rc = sqlite3_step(stmt);
        pass->sums->texts_lost += rc == SQLITE_ROW ? 1 : 0;
    }
    if (rc == SQLITE_ROW) {
        err = look_at(pass, stmt);
    } else if (of_damaged(rc) == LT_ENOMEM) {
        err = LT_ENOMEM;
    } else {
        pass->sums->unreadable++;
    }
    (void)sqlite3_reset(stmt);
    return err;
}

static lt_err last_pos(struct lt_salvage *salvage, int64_t *out_pos)
{
    static const char *const ways[] = {
        "SELECT pos FROM segment ORDER BY pos DESC LIMIT 1",
        "SELECT max(pos) FROM segment INDEXED BY segment_run WHERE run > 0"};
    lt_err err = LT_OK;

    *out_pos = 0;
    for (size_t i = 0; i < LT_COUNT_OF(ways); i++) {
        sqlite3_stmt *stmt = NULL;
        int64_t pos = 0;
        int rc = sqlite3_prepare_v2(salvage->db, ways[i], -1, &stmt, NULL);

        if (rc == SQLITE_OK) {
            rc = sqlite3_step(stmt);
            pos = sqlite3_column_int64(stmt, 0);
        }
        if (pos > *out_pos) {
            *out_pos = pos;
        }
        if (of_damaged(rc) == LT_ENOMEM) {
            err = LT_ENOMEM;
        }
        (void)sqlite3_finalize(stmt);
    }
    return err;
}

lt_err lt_salvage_segments(
    struct lt_salvage *salvage, struct lt_log *to,
    const struct lt_key *(*key_of)(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN]),
    lt_log_bad *lost, void *ctx, struct lt_salvage_sums *sums)
{
    struct pass pass = {salvage, to, key_of, lost, ctx, sums, 0};
    int64_t last;
    sqlite3_stmt *with_texts = NULL;
    sqlite3_stmt *without = NULL;
    lt_err err = last_pos(salvage, &last);
    int rc = SQLITE_OK;

    if (err == LT_OK &&
        sqlite3_create_function_v2(salvage->db, "lt_spare_holds", LT_SPARE_ARGS,
                                   SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL,
                                   lt_spare_holds, NULL, NULL,
                                   NULL) == SQLITE_OK) {
        err = load_runs(salvage,
                        "SELECT run, origin, channel, epoch, first, "
                        "prev_epoch, prev_number, prev_hash, key_id FROM spare "
                        "WHERE lt_spare_holds(run, origin, channel, stream, "
                        "epoch, first, prev_epoch, prev_number, prev_hash, "
                        "key_id, digest)");
    }
    if (err == LT_OK) {
        err = load_runs(salvage,
                        "SELECT r.id, t.origin, t.channel, r.epoch, r.first, "
                        "r.prev_epoch, r.prev_number, r.prev_hash, r.key_id "
                        "FROM run r JOIN stream t ON t.id = r.stream");
    }
    if (err == LT_OK) {
        rc = sqlite3_prepare_v2(
            salvage->db,
            "SELECT s.run, s.first, s.count, s.committed_at_ms, "
            "s.compression, s.signature, s.payload, p.bundle FROM segment s "
            "LEFT JOIN part p ON p.pos = s.pos WHERE s.pos = ?1",
            -1, &with_texts, NULL);
    }
    if (err == LT_OK && rc == SQLITE_OK) {
        rc = sqlite3_prepare_v2(salvage->db,
                                "SELECT run, first, count, committed_at_ms, "
                                "compression, signature, payload, NULL "
                                "FROM segment WHERE pos = ?1",
                                -1, &without, NULL);
    }
    if (rc != SQLITE_OK) {
        err = of_damaged(rc);
    }
    sums->segments = (uint64_t)last;
    for (int64_t pos = 1; err == LT_OK && pos <= last; pos++) {
        err = look_one(&pass, with_texts, without, pos);
    }
    (void)sqlite3_finalize(with_texts);
    (void)sqlite3_finalize(without);
    return err == LT_OK ? lt_log_commit(to) : err;
}
