/* The writing side: open, one transaction a batch, close. */
#include "daemon/view/view_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/counters.h"
#include "common/failpoint.h"

enum {
    WAL_PAGES = 4000, /* as lt_db_open_writer sets it */
    WAL_HURRY_PAGES = 400, /* copied in some milliseconds */
    PAYLOAD_ARENA_MAX = 4 * 1024 * 1024,
    EVENT_ARENA_MAX = 2 * 1024 * 1024,
    REFOLD_ARENA_MAX = 32 * 1024 * 1024
};

/* Does the event e, of the life ?1, count: in its own run, in one of its
 * copies', or by the word of who enclosed it? */
#define LT_VIEW_COUNTS                                                         \
    "coalesce(e.number<=(SELECT cut FROM run WHERE life=?1"                    \
    " AND channel=e.channel),1)"                                               \
    " OR EXISTS(SELECT 1 FROM copy c JOIN run x ON x.life=?1"                  \
    " AND x.channel=c.channel WHERE c.seq=e.seq AND c.number<=x.cut)"          \
    " OR EXISTS(SELECT 1 FROM enclosed n WHERE n.seq=e.seq)"

static lt_err prepare(struct lt_view *view)
{
    const struct {
        sqlite3_stmt **stmt;
        const char *sql;
    } list[] = {
        {&view->begin, "BEGIN IMMEDIATE"},
        {&view->commit, "COMMIT"},
        {&view->put_mark, "UPDATE mark SET pos=?1, hash=?2, tree=?3"},
        {&view->put_ref, "INSERT OR REPLACE INTO ref VALUES(?1,?2,?3)"},
        {&view->get_ref, "SELECT key,n,seq FROM ref WHERE key<=?1"
                         " ORDER BY key DESC LIMIT 1"},
        {&view->next_ref,
         "SELECT key FROM ref WHERE key>?1 ORDER BY key LIMIT 1"},
        {&view->add_event,
         "INSERT INTO event(seq,key,channel,number,committed,hlc,verdict,why,"
         "matter,prev,body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"},
        {&view->get_event,
         "SELECT key,channel,hlc,verdict,why,prev,body,committed FROM event"
         " WHERE seq=?1"},
        {&view->get_verdict,
         "SELECT verdict,why,matter,channel FROM event WHERE seq=?1"},
        {&view->set_verdict,
         "UPDATE event SET verdict=?2, why=?3 WHERE seq=?1"},
        {&view->add_text, "INSERT INTO text(id,kind,content) VALUES(?1,?2,?3)"},
        {&view->fill_text, "UPDATE text SET content=?2 WHERE id=?1"},
        {&view->add_piece,
         "INSERT INTO piece(event,slot,pos,item,size,hash,here)"
         " VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT(event,slot) DO UPDATE"
         " SET pos=?3, item=?4, size=?5, hash=?6, here=1"
         " WHERE here=0 AND ?7=1"},
        {&view->get_matter, "SELECT last,fold,kind,opened,open,arrived"
                            " FROM matter WHERE key=?1"},
        {&view->add_matter,
         "INSERT INTO matter(key,last,fold,kind,opened,open,arrived,receipt)"
         " VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"},
        {&view->set_matter, "UPDATE matter SET last=?2, fold=?3 WHERE key=?1"},
        {&view->set_open, "UPDATE matter SET open=?2 WHERE key=?1"},
        {&view->list_matter,
         "UPDATE matter SET kind=?2, opened=?3, open=?4, arrived=?5,"
         " receipt=coalesce(?6,receipt) WHERE key=?1"},
        {&view->add_miss,
         "INSERT OR IGNORE INTO miss(cause,matter) VALUES(?1,?2)"},
        {&view->get_miss, "SELECT 1 FROM miss WHERE cause=?1 LIMIT 1"},
        {&view->add_refolded, "INSERT INTO refolded(matter) VALUES(?1)"},
        {&view->trim_refolded,
         "DELETE FROM refolded WHERE id<=last_insert_rowid()-4096"},
        {&view->drop_misses, "DELETE FROM miss WHERE matter=?1"},
        {&view->set_await,
         "INSERT INTO await(matter,version) VALUES(?1,?2)"
         " ON CONFLICT(matter) DO UPDATE SET version=min(version,?2)"},
        {&view->drop_await, "DELETE FROM await WHERE matter=?1"},
        {&view->next_await, "SELECT matter FROM await WHERE version<=?1"
                            " ORDER BY version, matter LIMIT 1"},
        {&view->add_erasure,
         "INSERT OR IGNORE INTO erasure(said,target,matter,mask,confirms,"
         "version,at,weight) VALUES(?1,?2,?3,?4,?5,?6,?7,0)"},
        {&view->get_erasures, "SELECT said,matter,mask,confirms,version"
                              " FROM erasure WHERE target=?1 ORDER BY said"},
        {&view->set_erasure, "UPDATE erasure SET weight=?2 WHERE said=?1"},
        {&view->put_erased,
         "INSERT OR REPLACE INTO erased(target,erased,held,waits)"
         " VALUES(?1,?2,?3,?4)"},
        {&view->next_erased, "SELECT target FROM erased WHERE waits=1 AND"
                             " target>?1 ORDER BY target LIMIT 1"},
        /* As long as before: it is written over in its place. */
        {&view->blank_text, "UPDATE text SET content=zeroblob(length(content))"
                            " WHERE id=?1 AND length(content)>0"},
        {&view->add_debtor,
         "INSERT OR IGNORE INTO answer(said,office,receipt) VALUES(?1,?2,0)"},
        {&view->put_answer,
         "INSERT OR IGNORE INTO answer(said,office,receipt,at)"
         " VALUES(?1,?2,?3,?4)"},
        {&view->put_look,
         "INSERT INTO look(matter,office,first,last,days) VALUES(?1,?2,?3,?3,1)"
         " ON CONFLICT(matter,office) DO UPDATE SET first=min(first,?3),"
         " last=max(last,?3), days=days+1"},
        {&view->put_moved, "INSERT OR REPLACE INTO moved(matter,former,"
                           "holder) VALUES(?1,?2,?3)"},
        {&view->put_sent, "INSERT OR IGNORE INTO sent(key,seq,pos,item,hash)"
                          " VALUES(?1,?2,?3,?4,?5)"},
        {&view->put_taken, "INSERT OR IGNORE INTO taken(sent,office,kind,seq)"
                           " VALUES(?1,?2,?3,?4)"},
        {&view->put_turn,
         "INSERT OR REPLACE INTO turn(seq,key,day,form,people,field,outcome,"
         "marks,other,corrects,entered,waits)"
         " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)"},
        {&view->set_turn, "UPDATE turn SET waits=?2 WHERE seq=?1"},
        {&view->next_turn, "SELECT seq FROM turn WHERE waits<=?1 LIMIT 1"},
        {&view->add_flag,
         "INSERT OR IGNORE INTO flag(said,target,matter,mask,at,day,replaces)"
         " VALUES(?1,?2,?3,?4,?5,?6,?7)"},
        {&view->put_enclosed, "INSERT INTO enclosed(seq) VALUES(?1)"},
        {&view->get_enclosed, "SELECT 1 FROM enclosed WHERE seq=?1"},
        {&view->drop_enclosed, "DELETE FROM enclosed WHERE seq=?1"},
        {&view->set_original,
         "UPDATE event SET channel=?2, number=?3, committed=?4, hlc=?5, body=?6"
         " WHERE seq=?1"},
        {&view->drop_texts, "DELETE FROM text WHERE id>=?1 AND id<?2"},
        {&view->add_office, "INSERT INTO office(version,seq) VALUES(?1,?2)"},
        {&view->add_run,
         "INSERT OR IGNORE INTO run(life,channel,before,number,signer,cut)"
         " VALUES(?1,?2,?3,?4,?5,?6)"},
        {&view->get_run, "SELECT cut FROM run WHERE life=?1 AND channel=?2"},
        {&view->set_run,
         "UPDATE run SET cut=?3 WHERE life=?1 AND channel=?2"},
        {&view->key_runs, "SELECT life,channel,before,number,cut FROM run"
                          " WHERE signer=?1 ORDER BY life,channel"},
        {&view->find_turned,
         "SELECT e.seq,e.key,e.matter,e.why FROM ref r JOIN event e"
         " ON e.seq>=r.seq AND e.seq<r.seq+r.n"
         " WHERE r.key>=(?1<<40) AND r.key<((?1+1)<<40) AND e.why<>?4"
         " AND (e.matter IS NOT NULL OR e.verdict=0 OR e.why=?2"
         "  OR e.seq IN (SELECT seq FROM law)"
         "  OR e.seq IN (SELECT seq FROM turn WHERE entered IS NOT NULL))"
         " AND e.channel NOT IN"
         "  (SELECT id FROM channel WHERE substr(bytes,1,1)=?3)"
         " AND (e.why=?2)=(" LT_VIEW_COUNTS ") ORDER BY e.seq"},
        {&view->get_counts,
         "SELECT " LT_VIEW_COUNTS " FROM event e WHERE e.seq=?2"},
        {&view->get_unconfirmed,
         "SELECT 1 FROM run WHERE life=?1 AND signer IN"
         " (SELECT signer FROM unconfirmed) LIMIT 1"},
        {&view->doubt_key,
         "INSERT INTO await(matter,version) SELECT DISTINCT e.matter,0"
         " FROM run u JOIN ref r ON r.key>=(u.life<<40) AND"
         " r.key<((u.life+1)<<40) JOIN event e ON e.seq>=r.seq AND"
         " e.seq<r.seq+r.n WHERE u.signer=?1 AND e.matter IS NOT NULL"
         " ON CONFLICT(matter) DO UPDATE SET version=0"},
        /* What the key said of texts counts for nothing, and is looked at; but
         * what is gone stays so. */
        {&view->hush_key, "UPDATE erasure SET weight=0 WHERE (said>>40) IN"
                          " (SELECT life FROM run WHERE signer=?1) AND NOT"
                          " EXISTS(SELECT 1 FROM erased d WHERE d.erased<>0 AND"
                          " d.target=erasure.target)"},
        {&view->doubt_erased,
         "UPDATE erased SET waits=1 WHERE erased=0 AND target IN"
         " (SELECT target FROM erasure WHERE (said>>40) IN"
         " (SELECT life FROM run WHERE signer=?1))"},
        {&view->put_unconfirmed, "INSERT INTO unconfirmed(signer) VALUES(?1)"},
        {&view->drop_unconfirmed, "DELETE FROM unconfirmed"},
        {&view->put_copy, "INSERT OR IGNORE INTO copy(seq,channel,number)"
                          " VALUES(?1,?2,?3)"},
        {&view->put_word, "INSERT INTO word(seq,version) VALUES(?1,?2)"},
        {&view->put_revised,
         "INSERT OR REPLACE INTO revised(said,seq,counts) VALUES(?1,?2,?3)"},
        {&view->drop_erasure, "DELETE FROM erasure WHERE said=?1"},
        {&view->put_law, "INSERT INTO law(seq,version,counts) VALUES(?1,?2,?3)"},
        {&view->drop_law, "DELETE FROM law WHERE seq=?1"},
        {&view->next_law, "SELECT seq FROM law WHERE counts=0 AND version<=?1"
                          " ORDER BY seq LIMIT 1"},
    };

    for (size_t i = 0; i < LT_COUNT_OF(list); i++) {
        lt_err rc = lt_db_prepare(view->db, list[i].sql, list[i].stmt);

        if (rc != LT_OK) {
            return rc;
        }
    }
    return LT_OK;
}

static void finalize_all(struct lt_view *view)
{
    sqlite3_stmt *stmt;

    lt_intern_deinit(&view->intern);
    while (view->db != NULL &&
           (stmt = sqlite3_next_stmt(view->db, NULL)) != NULL) {
        sqlite3_finalize(stmt);
    }
}

static lt_err ready(struct lt_view *view)
{
    lt_err rc = lt_intern_init(&view->intern, view->db, true);

    if (rc == LT_OK) {
        rc = prepare(view);
    }
    return rc == LT_OK ? lt_schema_load(view) : rc;
}

lt_err lt_view_open(const char *path, const struct lt_office *office,
                    struct lt_view **out_view, struct lt_diag *diag)
{
    const struct lt_alloc *heap = lt_alloc_heap();
    struct lt_view *view = lt_new(heap, sizeof(*view));
    lt_err rc;

    if (view == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    lt_arena_init(&view->payload_arena, heap, PAYLOAD_ARENA_MAX);
    lt_arena_init(&view->event_arena, heap, EVENT_ARENA_MAX);
    lt_arena_init(&view->refold_arena, heap, REFOLD_ARENA_MAX);
    view->office = *office;
    view->path = lt_new(heap, strlen(path) + 1);
    if (view->path == NULL) {
        lt_view_close(view);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    memcpy(view->path, path, strlen(path) + 1);
    rc = lt_view_remove_twin(path);
    if (rc == LT_OK) {
        rc = lt_view_schema_open(view);
    }
    if (rc == LT_OK) {
        rc = ready(view);
    }
    if (rc == LT_EIO) {
        /* It opened and then could not be read: begin anew, once. */
        finalize_all(view);
        lt_db_close(view->db);
        view->db = NULL;
        rc = lt_db_unlink(path);
        if (rc == LT_OK) {
            rc = lt_view_schema_open(view);
        }
        if (rc == LT_OK) {
            rc = ready(view);
        }
    }
    if (rc != LT_OK) {
        view->stale = true;
        lt_view_close(view);
        lt_diag_set(diag, rc);
        lt_diag_arg(diag, "file", "%s", path);
        return rc;
    }
    view->wal_pages = WAL_PAGES;
    *out_view = view;
    return LT_OK;
}

static void roll_back(struct lt_view *view)
{
    if (sqlite3_get_autocommit(view->db) == 0) {
        (void)sqlite3_exec(view->db, "ROLLBACK", NULL, NULL, NULL);
    }
    view->in_transaction = false;
    view->stale = true;
}

void lt_view_close(struct lt_view *view)
{
    const struct lt_alloc *heap = lt_alloc_heap();

    if (view == NULL) {
        return;
    }
    if (view->db != NULL && view->in_transaction) {
        roll_back(view);
        view->stale = false;
    }
    finalize_all(view);
    if (view->db != NULL && !view->stale) {
        lt_schema_leave(view);
    }
    lt_db_close(view->db);
    lt_tree_free(view->tree);
    lt_trust_free(view->trust);
    lt_arena_deinit(&view->payload_arena);
    lt_arena_deinit(&view->event_arena);
    lt_arena_deinit(&view->refold_arena);
    lt_free(heap, view->path);
    lt_free(heap, view);
}

lt_err lt_view_clear(struct lt_view *view)
{
    lt_err rc;

    if (view->in_transaction) {
        roll_back(view);
    }
    rc = lt_schema_clear(view);
    if (rc == LT_OK) {
        rc = lt_schema_load(view);
    }
    view->stale = rc != LT_OK;
    return rc;
}

const struct lt_office *lt_view_office(const struct lt_view *view)
{
    return &view->office;
}

void lt_view_position(const struct lt_view *view, uint64_t *out_pos,
                      uint8_t out_hash[static LT_HASH_LEN])
{
    *out_pos = view->pos;
    memcpy(out_hash, view->hash, LT_HASH_LEN);
}

static void set_autocheckpoint(struct lt_view *view)
{
    int pages = view->hurry && view->wal_pages > WAL_HURRY_PAGES
                    ? WAL_HURRY_PAGES
                    : view->wal_pages;

    (void)sqlite3_wal_autocheckpoint(view->db, pages);
}

void lt_view_hurry(struct lt_view *view, bool hurry)
{
    if (hurry != view->hurry) {
        view->hurry = hurry;
        set_autocheckpoint(view);
    }
}

void lt_view_wal_max(struct lt_view *view, int64_t bytes)
{
    char sql[64];

    view->wal_pages = bytes / LT_DB_PAGE < WAL_PAGES
                          ? (int)(bytes / LT_DB_PAGE)
                          : WAL_PAGES;
    (void)snprintf(sql, sizeof(sql), "PRAGMA journal_size_limit=%lld",
                   (long long)view->wal_pages * LT_DB_PAGE);
    (void)!lt_db_exec(view->db, sql);
    set_autocheckpoint(view);
}

lt_err lt_view_begin(struct lt_view *view)
{
    lt_err rc = LT_OK;

    if (view->in_transaction) {
        return LT_EINVAL;
    }
    if (view->stale) {
        rc = lt_schema_load(view);
        view->stale = rc != LT_OK;
    }
    if (rc == LT_OK) {
        rc = lt_db_run(view->begin);
    }
    view->in_transaction = rc == LT_OK;
    view->batch_events = 0;
    (void)LT_FAILPOINT(view_apply);
    return rc;
}

lt_err lt_view_apply(struct lt_view *view, uint64_t pos,
                     int64_t committed_at_ms, const struct lt_segment *segment)
{
    lt_err rc;

    if (!view->in_transaction || pos != view->pos + 1) {
        return LT_EINVAL;
    }
    rc = lt_apply_segment(view, committed_at_ms, segment);
    if (rc != LT_OK) {
        roll_back(view);
        return rc;
    }
    view->pos = pos;
    view->batch_events += segment->count;
    memcpy(view->hash, segment->hash, LT_HASH_LEN);
    return LT_OK;
}

lt_err lt_view_fill(struct lt_view *view, uint64_t pos,
                    const struct lt_segment *segment)
{
    lt_err rc;

    if (!view->in_transaction) {
        return LT_EINVAL;
    }
    rc = lt_fill_segment(view, pos, segment);
    if (rc != LT_OK) {
        roll_back(view);
    }
    return rc;
}

lt_err lt_view_end(struct lt_view *view)
{
    lt_err rc;

    if (!view->in_transaction) {
        return LT_EINVAL;
    }
    sqlite3_bind_int64(view->put_mark, 1, (int64_t)view->pos);
    sqlite3_bind_blob(view->put_mark, 2, view->hash, LT_HASH_LEN,
                      SQLITE_STATIC);
    sqlite3_bind_int64(view->put_mark, 3, (int64_t)lt_tree_version(view->tree));
    rc = lt_db_run(view->put_mark);
    if (rc == LT_OK) {
        rc = lt_ref_flush(view);
    }
    if (rc == LT_OK) {
        rc = lt_db_run(view->commit);
    }
    if (rc != LT_OK) {
        roll_back(view);
        return rc;
    }
    view->in_transaction = false;
    (void)LT_FAILPOINT(view_commit);
    lt_counter_add(LT_CNT_VIEW_EVENTS, view->batch_events);
    return LT_OK;
}

void lt_view_relax(struct lt_view *view)
{
    (void)sqlite3_db_release_memory(view->db);
}

bool lt_view_erased(const struct lt_view *view)
{
    return view->erased;
}

static void renew(struct lt_arena *arena)
{
    size_t cap = arena->cap_bytes;

    lt_arena_deinit(arena);
    lt_arena_init(arena, lt_alloc_heap(), cap);
}

lt_err lt_view_wipe(struct lt_view *view)
{
    lt_err err;
    int rc;

    if (view->in_transaction) {
        return LT_EBUSY;
    }
    rc = sqlite3_wal_checkpoint_v2(view->db, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                   NULL, NULL);
    if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
        return LT_EBUSY;
    }
    if (rc != SQLITE_OK) {
        return lt_db_err(rc);
    }
    /* Statements keep what they last wrote. */
    finalize_all(view);
    renew(&view->payload_arena);
    renew(&view->event_arena);
    renew(&view->refold_arena);
    (void)sqlite3_db_release_memory(view->db);
    err = lt_intern_init(&view->intern, view->db, true);
    if (err == LT_OK) {
        err = prepare(view);
    }
    if (err == LT_OK) {
        view->erased = false;
    }
    return err;
}
