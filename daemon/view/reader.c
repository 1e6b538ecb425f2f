/* The reading side: opening, single look-ups. */
#include "daemon/view/reader.h"

#include <string.h>
#include <sys/stat.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "daemon/cases/custody.h"
#include "daemon/cases/denounced.h"

/* While a reader stands on an old state the WAL cannot be begun anew: 100 MB in
 * 20,000 commits. So no answer takes longer than this. */
enum { ARENA_MAX = 2 * 1024 * 1024, PATIENCE_MS = 2000, LOOK_EVERY = 4096 };

/* A reception that counts, of somebody, and in whose place no other stands. */
#define TURN_STANDS                                                            \
    "t.people>0 AND EXISTS(SELECT 1 FROM event e WHERE e.seq=t.seq AND"        \
    " e.verdict=0) AND NOT EXISTS(SELECT 1 FROM turn c JOIN event e ON"        \
    " e.seq=c.seq WHERE c.corrects=t.key AND e.verdict=0)"
#define MATTER_COLUMNS "key,last,fold,kind,opened,open,arrived,receipt"
#define EVENT_COLUMNS                                                          \
    "seq,key,channel,number,committed,hlc,verdict,why,body,prev,matter"
#define SEQ_OF_KEY                                                             \
    "SELECT seq+(?1-key) FROM (SELECT key,n,seq FROM ref WHERE key<=?1"        \
    " ORDER BY key DESC LIMIT 1) WHERE ?1-key<n"

static lt_err prepare(struct lt_view_reader *r)
{
    const struct {
        sqlite3_stmt **stmt;
        const char *sql;
    } list[] = {
        {&r->get_erased, "SELECT erased,held FROM erased WHERE target=?1"},
        {&r->get_erasures, "SELECT said,mask,confirms,weight FROM erasure"
                           " WHERE target=?1 AND weight>0"},
        {&r->any_erased, "SELECT 1 FROM erased UNION ALL"
                         " SELECT 1 FROM flag LIMIT 1"},
        /* Whoever needs nobody's word has confirmed by ordering. */
        {&r->erasure_times,
         "SELECT min(CASE WHEN confirms=0 THEN at END),"
         " min(CASE WHEN confirms=1 OR weight=2 THEN at END)"
         " FROM erasure WHERE target=?1 AND mask&?2 AND weight>0"},
        {&r->list_turns,
         "SELECT t.seq,t.key,t.day,t.form,t.people,t.field,t.outcome,t.marks,"
         "t.other,t.entered FROM turn t WHERE (t.day,t.seq)<(?1,?2) AND t.day>=?3"
         " AND " TURN_STANDS " ORDER BY t.day DESC, t.seq DESC"},
        {&r->get_turn,
         "SELECT t.entered FROM turn t WHERE t.key=?1 AND " TURN_STANDS},
        {&r->sum_turns,
         "SELECT count(*),total(t.people),total(t.marks&1),"
         "total((t.marks>>1)&1) FROM turn t WHERE t.day BETWEEN ?1 AND ?2"
         " AND " TURN_STANDS},
        {&r->looks, "SELECT office,first,last,days FROM look WHERE matter=?1"
                    " ORDER BY first,office LIMIT 200"},
        /* The first receipt that counts: neither revoked nor by a key that
         * waits for the keeper, whose machine nobody vouches for. */
        {&r->erasure_offices,
         "SELECT a.office, min(CASE WHEN v.verdict=0 AND (?3 OR NOT EXISTS("
         "SELECT 1 FROM run u WHERE u.life=(v.key>>40) AND u.signer IN"
         " (SELECT signer FROM unconfirmed))) THEN a.at END)"
         " FROM erasure e JOIN answer a ON a.said=e.said"
         " LEFT JOIN event v ON v.seq=a.receipt"
         " WHERE e.target=?1 AND e.mask&?2 AND e.weight>0 AND e.confirms=0"
         " GROUP BY a.office ORDER BY a.office"},
        {&r->get_flags,
         "SELECT mask FROM flag WHERE target=?1 AND replaces=0"},
        {&r->list_flags, "SELECT said,target,matter,mask,at,day FROM flag"
                         " WHERE replaces=0 AND (at,said)<(?1,?2)"
                         " ORDER BY at DESC, said DESC"},
        {&r->replaced_at, "SELECT min(at) FROM flag WHERE target=?1"
                          " AND replaces=1 AND mask&?2=?2 AND at>=?3"},
        {&r->begin, "BEGIN"},
        {&r->list_all, "SELECT " MATTER_COLUMNS " FROM matter WHERE kind=?1 AND"
                       " (opened,key)<(?2,?3) ORDER BY opened DESC, key DESC"},
        {&r->list_open,
         "SELECT " MATTER_COLUMNS " FROM matter WHERE kind=?1 AND open=1 AND"
         " (opened,key)<(?2,?3) ORDER BY opened DESC, key DESC"},
        {&r->docket_all,
         "SELECT " MATTER_COLUMNS " FROM matter WHERE kind=?1 AND open=1"
         " ORDER BY opened, key"},
        {&r->docket_news,
         "SELECT matter,max(anew) FROM (SELECT matter,0 AS anew FROM event"
         " WHERE seq>?1 AND matter IS NOT NULL UNION ALL"
         " SELECT matter,1 FROM refolded WHERE id>?2) GROUP BY matter"},
        /* The newest event, the newest and the oldest of what was folded anew,
         * and what stands where the newest event stood. */
        {&r->docket_basis,
         "SELECT e.seq,e.key,coalesce((SELECT max(id) FROM refolded),0),"
         "coalesce((SELECT min(id) FROM refolded),0),"
         "coalesce((SELECT key FROM event WHERE seq=?1),0) FROM"
         " (SELECT coalesce(max(seq),0) AS seq,coalesce(key,0) AS key"
         " FROM event) e"},
        {&r->list_hurry,
         "SELECT " MATTER_COLUMNS " FROM matter WHERE kind=?1 AND open=1"
         " ORDER BY opened DESC, key DESC"},
        {&r->list_shifts,
         "SELECT " MATTER_COLUMNS " FROM matter WHERE kind=?1 AND"
         " opened BETWEEN ?2 AND ?3 ORDER BY opened DESC, key DESC"},
        {&r->duty_texts, "SELECT id,kind,content FROM text WHERE id>=?1"
                         " AND id<?2 ORDER BY id"},
        {&r->get_matter, "SELECT " MATTER_COLUMNS " FROM matter WHERE key=?1"},
        {&r->get_matter_of, "SELECT matter FROM event"
                            " WHERE seq=(" SEQ_OF_KEY ")"},
        {&r->get_receipt,
         "SELECT key FROM matter WHERE receipt=?1 ORDER BY key LIMIT 1"},
        {&r->get_lives,
         "SELECT DISTINCT origin,epoch FROM life WHERE origin BETWEEN ?1 AND ?2"
         " AND epoch BETWEEN ?3 AND ?4 LIMIT 2"},
        {&r->get_event, "SELECT " EVENT_COLUMNS " FROM event WHERE seq=?1"},
        {&r->get_seq, SEQ_OF_KEY},
        {&r->events_from, "SELECT " EVENT_COLUMNS " FROM event WHERE seq>=?1"
                          " ORDER BY seq LIMIT ?2"},
        /* When the latest event of each life was committed here. */
        {&r->latest,
         "SELECT l.origin, e.committed FROM life l JOIN ref f ON f.key="
         "(SELECT max(key) FROM ref WHERE key>=(l.id<<40) AND"
         " key<((l.id+1)<<40)) JOIN event e ON e.seq=f.seq+f.n-1"},
        {&r->last_seq, "SELECT max(seq) FROM event"},
        {&r->get_unconfirmed,
         "SELECT 1 FROM run WHERE life=?1 AND signer IN"
         " (SELECT signer FROM unconfirmed) LIMIT 1"},
        {&r->texts, "SELECT id,kind,content FROM text WHERE id>=?1 AND id<?2"
                    " ORDER BY id"},
        {&r->pieces, "SELECT slot,pos,item,size,hash,here FROM piece"
                     " WHERE event=?1 AND slot BETWEEN ?2 AND ?3"
                     " ORDER BY slot"},
    };

    for (size_t i = 0; i < LT_COUNT_OF(list); i++) {
        lt_err rc = lt_db_prepare(r->db, list[i].sql, list[i].stmt);

        if (rc != LT_OK) {
            return rc;
        }
    }
    return lt_intern_init(&r->intern, r->db, false);
}

static void close_file(struct lt_view_reader *r)
{
    sqlite3_stmt *stmt;

    lt_books_forget(r->books);
    lt_docket_forget(r->docket);
    lt_intern_deinit(&r->intern);
    while (r->db != NULL && (stmt = sqlite3_next_stmt(r->db, NULL)) != NULL) {
        sqlite3_finalize(stmt);
    }
    lt_db_close(r->db);
    r->db = NULL;
}

static int64_t mono_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

bool lt_reader_late(const struct lt_view_reader *r)
{
    return r->until_ms != 0 && mono_ms() >= r->until_ms;
}

/* Ends the statement that runs: SQLITE_INTERRUPT, "busy" to whoever asked. */
static int out_of_patience(void *ctx)
{
    return lt_reader_late(ctx);
}

void lt_view_reader_set_patience(struct lt_view_reader *reader, int64_t ms)
{
    reader->patience_ms = ms;
}

static lt_err open_file(struct lt_view_reader *r)
{
    struct stat st;
    lt_err rc;

    if (stat(r->path, &st) != 0) {
        return LT_EIO;
    }
    rc = lt_db_open_reader(r->path, &r->db);
    if (rc == LT_OK) {
        rc = prepare(r);
    }
    if (rc != LT_OK) {
        close_file(r);
        return rc;
    }
    sqlite3_progress_handler(r->db, LOOK_EVERY, out_of_patience, r);
    r->device = st.st_dev;
    r->inode = st.st_ino;
    return LT_OK;
}

lt_err lt_view_reader_open(const char *path, struct lt_view_reader **out_reader,
                           struct lt_diag *diag)
{
    const struct lt_alloc *heap = lt_alloc_heap();
    struct lt_view_reader *r = lt_new(heap, sizeof(*r));
    lt_err rc = LT_ENOMEM;

    if (r != NULL) {
        r->patience_ms = PATIENCE_MS;
        lt_arena_init(&r->arena, heap, ARENA_MAX);
        r->path = lt_new(heap, strlen(path) + 1);
        r->docket = lt_docket_new();
    }
    if (r != NULL && r->path != NULL && r->docket != NULL) {
        memcpy(r->path, path, strlen(path) + 1);
        rc = open_file(r);
    }
    if (rc != LT_OK) {
        lt_view_reader_close(r);
        lt_diag_set(diag, rc);
        lt_diag_arg(diag, "file", "%s", path);
        return rc;
    }
    *out_reader = r;
    return LT_OK;
}

void lt_view_reader_close(struct lt_view_reader *reader)
{
    const struct lt_alloc *heap = lt_alloc_heap();

    if (reader == NULL) {
        return;
    }
    close_file(reader);
    lt_books_free(reader->books);
    lt_docket_free(reader->docket);
    lt_arena_deinit(&reader->arena);
    lt_free(heap, reader->path);
    lt_free(heap, reader);
}

void lt_view_reader_set_words(struct lt_view_reader *reader,
                              lt_view_word_fn *field_word, const void *ctx)
{
    reader->field_word = field_word;
    reader->words_ctx = ctx;
}

void lt_view_reader_set_ended(struct lt_view_reader *reader,
                              lt_view_ended_fn *ended, const void *ctx)
{
    reader->ended = ended;
    reader->ended_ctx = ctx;
}

lt_err lt_view_reader_set_law(struct lt_view_reader *reader,
                              const struct lt_policy_text *tables,
                              struct lt_diag *diag)
{
    struct lt_books *books = NULL;
    lt_err rc = lt_books_new(tables, &books, diag);

    if (rc == LT_OK) {
        lt_books_free(reader->books);
        reader->books = books;
    }
    return rc;
}

lt_err lt_reader_begin(struct lt_view_reader *r)
{
    struct stat st;
    lt_err rc;

    if (r->db != NULL && stat(r->path, &st) == 0 &&
        (st.st_dev != r->device || st.st_ino != r->inode)) {
        close_file(r); /* the daemon has begun a new view */
    }
    if (r->db == NULL) {
        rc = open_file(r);
        if (rc != LT_OK) {
            return rc;
        }
    }
    /* Numbers of a view that was emptied meanwhile mean other things. */
    lt_intern_forget(&r->intern);
    r->until_ms = mono_ms() + r->patience_ms;
    r->has_law = false;
    r->has_hurry = false;
    rc = lt_db_run(r->begin);
    if (rc == LT_OK) {
        rc = lt_db_step(r->any_erased, &r->has_erased);
        if (rc == LT_OK && r->has_erased) {
            lt_db_reset(r->any_erased);
        }
    }
    return rc;
}

void lt_reader_end(struct lt_view_reader *r)
{
    if (r->db != NULL && sqlite3_get_autocommit(r->db) == 0) {
        (void)sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL);
    }
    r->until_ms = 0;
}

lt_err lt_reader_take_matter(struct lt_view_reader *r, sqlite3_stmt *stmt)
{
    struct lt_stored *s = &r->stored;
    struct lt_event_id id;
    int64_t key = sqlite3_column_int64(stmt, 0);
    lt_err rc = lt_reader_late(r) ? LT_EBUSY
                                  : lt_intern_id(&r->intern, key, &id);

    if (rc != LT_OK) {
        return rc;
    }
    r->has_duties = false;
    lt_stored_init(s, key, &id);
    s->is_new = false;
    s->last = sqlite3_column_int64(stmt, 1);
    s->arrived_ms = sqlite3_column_int64(stmt, 6);
    s->listed_opened = sqlite3_column_int64(stmt, 4);
    if (!lt_stored_unpack(sqlite3_column_blob(stmt, 2),
                          (size_t)sqlite3_column_bytes(stmt, 2), s)) {
        return LT_EIO;
    }
    s->has_receipt = sqlite3_column_bytes(stmt, 7) == sizeof(s->receipt);
    if (s->has_receipt) {
        memcpy(s->receipt, sqlite3_column_blob(stmt, 7), sizeof(s->receipt));
    }
    return LT_OK;
}

bool lt_reader_hides(const struct lt_view_reader *r)
{
    return lt_denounced_is(&r->stored.matter, r->climb.tree, UINT64_MAX,
                           &r->climb.self) &&
           !LT_PLANTED(show_denounced);
}

bool lt_reader_tells_days(const struct lt_view_reader *r)
{
    return lt_days_are_for(&r->stored.matter, r->climb.tree, &r->climb.self);
}

int32_t lt_month_end(int32_t day)
{
    int year;
    int month;
    int of_month;

    lt_day_split(day, &year, &month, &of_month);
    return (month == 12 ? lt_day_from(year + 1, 1, 1)
                        : lt_day_from(year, month + 1, 1)) -
           1;
}

lt_err lt_reader_any_matter(struct lt_view_reader *r, int64_t key)
{
    bool row;
    lt_err rc;

    sqlite3_bind_int64(r->get_matter, 1, key);
    rc = lt_db_step(r->get_matter, &row);
    if (rc != LT_OK) {
        return rc;
    }
    if (!row) {
        return LT_ENOTFOUND;
    }
    rc = lt_reader_take_matter(r, r->get_matter);
    lt_db_reset(r->get_matter);
    return rc;
}

lt_err lt_reader_matter(struct lt_view_reader *r, int64_t key)
{
    lt_err rc = lt_reader_any_matter(r, key);

    if (rc == LT_OK && lt_reader_hides(r)) {
        r->stored.key = INT64_MIN; /* nobody takes it for what was found */
        rc = LT_ENOTFOUND;
    }
    return rc;
}

static lt_err one_int(sqlite3_stmt *stmt, int64_t *out)
{
    bool row;
    lt_err rc = lt_db_step(stmt, &row);

    *out = 0;
    if (rc == LT_OK && row) {
        *out = sqlite3_column_int64(stmt, 0);
        lt_db_reset(stmt);
    }
    return rc;
}

lt_err lt_seq_of(struct lt_view_reader *r, const struct lt_event_id *id,
                 int64_t *out_seq)
{
    int64_t key;
    lt_err rc = lt_intern_key(&r->intern, id, false, &key);

    *out_seq = 0;
    if (rc != LT_OK) {
        return rc == LT_ENOTFOUND ? LT_OK : rc;
    }
    sqlite3_bind_int64(r->get_seq, 1, key);
    return one_int(r->get_seq, out_seq);
}

static lt_err find_receipt(struct lt_view_reader *r, const uint8_t *bits,
                           struct lt_event_id *out_id)
{
    int64_t key;
    lt_err rc;

    sqlite3_bind_blob(r->get_receipt, 1, bits, 10, SQLITE_STATIC);
    rc = one_int(r->get_receipt, &key);
    if (rc != LT_OK) {
        return rc;
    }
    return key == 0 ? LT_ENOTFOUND : lt_intern_id(&r->intern, key, out_id);
}

lt_err lt_view_find_receipt(struct lt_view_reader *reader,
                            const uint8_t bits[static 10],
                            struct lt_event_id *out_id)
{
    lt_err rc = lt_reader_begin(reader);

    if (rc == LT_OK) {
        rc = find_receipt(reader, bits, out_id);
        lt_reader_end(reader);
    }
    return rc;
}

/* The matter that an event belongs to; LT_ENOTFOUND when it has none. */
static lt_err matter_of(struct lt_view_reader *r, const struct lt_event_id *id,
                        int64_t *out_key)
{
    int64_t key;
    lt_err rc = lt_intern_key(&r->intern, id, false, &key);

    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(r->get_matter_of, 1, key);
    rc = one_int(r->get_matter_of, out_key);
    return rc == LT_OK && *out_key == 0 ? LT_ENOTFOUND : rc;
}

lt_err lt_reader_heads(struct lt_view_reader *r, const struct lt_event_id *id,
                       const struct lt_office *self, struct lt_view_heads *out)
{
    const struct lt_matter *m = &r->stored.matter;
    int64_t key;
    lt_err rc = matter_of(r, id, &key);

    if (rc == LT_OK) {
        rc = lt_reader_matter(r, key);
    }
    if (rc != LT_OK) {
        return rc;
    }
    *out = (struct lt_view_heads){
        .kind = (int)m->kind,
        .state = m->state,
        .type = m->type,
        .origin = m->origin,
        .custodian = lt_reader_holder(r, &m->custodian),
        .matter = m->id,
        .contested = m->contested,
        .claims = m->contested &&
                  lt_custody_holds(m, r->climb.tree, UINT64_MAX, self),
        .frozen = lt_custody_frozen(m, r->climb.tree, UINT64_MAX, self),
        .entered = lt_matter_is_entered(m),
        .read_only = m->read_only,
        .voided = m->voided,
        .people = m->people,
        .heads_n = r->stored.heads_n};
    for (size_t i = 0; i < m->targets_n; i++) {
        if (lt_stands_for(r->climb.tree, UINT64_MAX, self,
                          &m->targets[i].office)) {
            out->addressed = true;
            out->state = m->targets[i].status;
        }
    }
    for (size_t i = 0; rc == LT_OK && i < r->stored.heads_n; i++) {
        rc = lt_intern_id(&r->intern, r->stored.heads[i], &out->heads[i]);
    }
    return rc;
}

struct lt_office lt_reader_holder(const struct lt_view_reader *reader,
                                  const struct lt_office *office)
{
    return reader->climb.tree == NULL
               ? *office
               : lt_tree_heir(reader->climb.tree, office);
}

lt_err lt_view_heads(struct lt_view_reader *reader,
                     const struct lt_event_id *id, const struct lt_office *self,
                     struct lt_view_heads *out)
{
    lt_err rc = lt_reader_begin(reader);

    if (rc == LT_OK) {
        rc = lt_reader_heads(reader, id, self, out);
        lt_reader_end(reader);
    }
    return rc;
}

lt_err lt_view_matter(struct lt_view_reader *reader,
                      const struct lt_event_id *id, struct lt_matter *out)
{
    int64_t key;
    lt_err rc = lt_reader_begin(reader);

    if (rc != LT_OK) {
        return rc;
    }
    rc = matter_of(reader, id, &key);
    if (rc == LT_OK) {
        rc = lt_reader_matter(reader, key);
    }
    if (rc == LT_OK) {
        *out = reader->stored.matter;
    }
    lt_reader_end(reader);
    return rc;
}
