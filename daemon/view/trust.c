/* Which events count no more because the key that signed them was revoked.
 *
 * `run` has a row for every run (one epoch of one stream): what it goes on
 * from, who signed it, and up to which number it counts. A word about a key
 * computes that anew for the key's runs, as common/trust.h says, and turns the
 * verdicts of the events between the old end and the new one; their matters are
 * folded again. This is the one place where a final verdict changes.
 *
 * An event that was written into several channels counts when one of its copies
 * does; `copy` has those but for the first. `revised` has what each word
 * changed here. */
#include <string.h>

#include "common/failpoint.h"
#include "daemon/cases/erasure.h"
#include "daemon/cases/law.h"
#include "daemon/view/view_internal.h"

enum { COUNT_BITS = 40 };

/* A run of the key at hand, in the array of all of them. */
struct run {
    int64_t life;
    int64_t channel;
    int64_t before; /* life of what it goes on from; 0: nothing */
    int64_t number; /* where it goes on from */
    int64_t cut;
    int64_t cut_now;
};

struct runs {
    struct run *items;
    size_t n;
    size_t cap;
};

/* The life that stands in the keys of this office's events of @epoch. Counts
 * beyond 2^40 would have another one; no office writes that much. */
static lt_err life_of(struct lt_view *view, const struct lt_office *origin,
                      uint64_t epoch, int64_t *out_life)
{
    const struct lt_event_id id = {
        .origin = *origin, .epoch = epoch, .count = 1};
    int64_t key;
    lt_err rc = lt_intern_key(&view->intern, &id, true, &key);

    *out_life = key >> COUNT_BITS;
    return rc;
}

lt_err lt_trust_run(struct lt_view *view, const struct lt_segment *segment,
                    int64_t channel)
{
    sqlite3_stmt *stmt = view->add_run;
    int64_t before = 0;
    int64_t life;
    bool revoked = lt_trust_revoked(view->trust, segment->key_id);
    lt_err rc;

    if (segment->prev.epoch == segment->epoch) {
        return LT_OK;
    }
    rc = life_of(view, &segment->stream.origin, segment->epoch, &life);
    if (rc == LT_OK && segment->prev.epoch != 0) {
        rc = life_of(view, &segment->stream.origin, segment->prev.epoch,
                     &before);
    }
    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(stmt, 1, life);
    sqlite3_bind_int64(stmt, 2, channel);
    sqlite3_bind_int64(stmt, 3, before);
    sqlite3_bind_int64(stmt, 4, (int64_t)segment->prev.number);
    sqlite3_bind_blob(stmt, 5, segment->key_id, LT_HASH_LEN, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 6, revoked ? 0 : INT64_MAX);
    rc = lt_db_run(stmt);
    /* What it goes on from, or itself, may have an end that is known. */
    return rc == LT_OK && revoked ? lt_trust_apply(view, segment->key_id, 0)
                                  : rc;
}

lt_err lt_trust_cut(struct lt_view *view, const struct lt_segment *segment,
                    int64_t channel, uint64_t *out_cut)
{
    int64_t life;
    bool row = false;
    lt_err rc = LT_OK;

    *out_cut = UINT64_MAX;
    if (!lt_trust_revoked(view->trust, segment->key_id) ||
        LT_PLANTED(count_revoked)) {
        return LT_OK;
    }
    rc = life_of(view, &segment->stream.origin, segment->epoch, &life);
    if (rc == LT_OK) {
        sqlite3_bind_int64(view->get_run, 1, life);
        sqlite3_bind_int64(view->get_run, 2, channel);
        rc = lt_db_step(view->get_run, &row);
    }
    if (rc == LT_OK && row) {
        *out_cut = (uint64_t)sqlite3_column_int64(view->get_run, 0);
        lt_db_reset(view->get_run);
    }
    return rc;
}

/* ---- where the runs of a key end ---- */

static lt_err load_runs(struct lt_view *view, const uint8_t *key_id,
                        struct runs *out)
{
    sqlite3_stmt *stmt = view->key_runs;
    bool row = false;
    lt_err rc;

    sqlite3_bind_blob(stmt, 1, key_id, LT_HASH_LEN, SQLITE_STATIC);
    rc = lt_db_step(stmt, &row);
    while (rc == LT_OK && row) {
        if (!lt_grow(lt_alloc_heap(), (void **)&out->items, &out->cap, out->n,
                     sizeof(*out->items))) {
            rc = LT_ENOMEM;
            break;
        }
        out->items[out->n++] =
            (struct run){.life = sqlite3_column_int64(stmt, 0),
                         .channel = sqlite3_column_int64(stmt, 1),
                         .before = sqlite3_column_int64(stmt, 2),
                         .number = sqlite3_column_int64(stmt, 3),
                         .cut = sqlite3_column_int64(stmt, 4)};
        rc = lt_db_step(stmt, &row);
    }
    lt_db_reset(stmt);
    return rc;
}

static struct run *find_run(const struct runs *runs, int64_t life,
                            int64_t channel)
{
    for (size_t i = 0; i < runs->n; i++) {
        if (runs->items[i].life == life && runs->items[i].channel == channel) {
            return &runs->items[i];
        }
    }
    return NULL;
}

/* An end counts, and what it goes on from, back to the beginning. */
static void mark_back(const struct runs *runs, int64_t life, int64_t channel,
                      int64_t number)
{
    struct run *run = find_run(runs, life, channel);

    while (run != NULL && run->cut_now < number) {
        run->cut_now = number;
        number = run->number;
        run = find_run(runs, run->before, channel);
    }
}

static lt_err find_ends(struct lt_view *view, const uint8_t *key_id,
                        const struct runs *runs)
{
    const struct lt_stream_end *end;
    bool revoked =
        lt_trust_revoked(view->trust, key_id) && !LT_PLANTED(count_revoked);
    struct lt_event_id id;
    lt_err rc = LT_OK;

    for (size_t i = 0; i < runs->n; i++) {
        runs->items[i].cut_now = revoked ? 0 : INT64_MAX;
    }
    if (!revoked || runs->n == 0) {
        return LT_OK;
    }
    rc =
        lt_intern_id(&view->intern, runs->items[0].life << COUNT_BITS | 1, &id);
    for (size_t i = 0;
         rc == LT_OK && (end = lt_trust_end(view->trust, key_id, i)) != NULL;
         i++) {
        int64_t channel;
        int64_t life;

        rc = lt_intern_channel(&view->intern, &end->channel, &channel);
        if (rc == LT_OK) {
            rc = life_of(view, &id.origin, end->epoch, &life);
        }
        if (rc == LT_OK && end->number <= INT64_MAX) {
            mark_back(runs, life, channel, (int64_t)end->number);
        }
    }
    return rc;
}

/* ---- events that turn ---- */

/* One whose verdict is not what its runs say. */
struct turned {
    int64_t seq;
    int64_t key;
    int64_t matter; /* 0: none */
    bool counts;    /* from now on */
};

struct turning {
    struct lt_view *view;
    int64_t said; /* the row of the word; 0: a run came later */
    bool laws;
    struct turned *items;
    size_t n;
    size_t cap;
};

static lt_err set_verdict(struct lt_view *view, int64_t seq,
                          struct lt_judged judged)
{
    sqlite3_bind_int64(view->set_verdict, 1, seq);
    sqlite3_bind_int(view->set_verdict, 2, (int)judged.verdict);
    sqlite3_bind_int(view->set_verdict, 3, (int)judged.why);
    return lt_db_run(view->set_verdict);
}

/* What it said about texts of others goes, or comes back, with it. */
static lt_err turn_erasure(struct lt_view *view, int64_t key, bool counts,
                           const struct lt_channel *channel)
{
    struct lt_erasure said;
    int64_t target;
    lt_err rc;

    if (!lt_erasure_from_event(&view->event, channel->cls, &said)) {
        return LT_OK;
    }
    if (counts) {
        return lt_erase_said(view, key, &said, view->event.recorded_at_ms);
    }
    sqlite3_bind_int64(view->drop_erasure, 1, key);
    rc = lt_db_run(view->drop_erasure);
    if (rc == LT_OK) {
        rc = lt_intern_key(&view->intern, &said.target, true, &target);
    }
    return rc == LT_OK ? lt_erase_review(view, target) : rc;
}

/* Events without a matter: laws, receptions, copies for a taker. Of the tree's class none
 * turns: what a lost writer said of offices is corrected by saying otherwise.
 */
static lt_err turn_alone(struct turning *turning, int64_t seq, bool counts,
                         const struct lt_channel *channel)
{
    struct lt_view *view = turning->view;

    if (view->event.type == LT_EV_RULESET_SET ||
        view->event.type == LT_EV_CALENDAR_SET) {
        lt_err rc;

        sqlite3_bind_int64(view->drop_law, 1, seq);
        rc = lt_db_run(view->drop_law);
        if (rc == LT_OK && counts) { /* judged again with those that wait */
            sqlite3_bind_int64(view->put_law, 1, seq);
            sqlite3_bind_int64(view->put_law, 2, 0);
            sqlite3_bind_int(view->put_law, 3, 0);
            rc = lt_db_run(view->put_law);
            turning->laws = true;
        }
        return rc;
    }
    return view->event.type == LT_EV_RECEPTION_TURN
               ? lt_turn_again(view, seq, channel, !counts)
               : LT_OK;
}

static lt_err fold_again(struct lt_view *view, int64_t matter)
{
    struct lt_event_id id;
    lt_err rc = lt_intern_id(&view->intern, matter, &id);

    if (rc == LT_OK) {
        rc = lt_matter_load(view, matter, &id, &view->stored);
    }
    if (rc == LT_OK) {
        rc = lt_refold(view, &view->stored);
    }
    return rc == LT_OK ? lt_matter_store(view, &view->stored) : rc;
}

static lt_err turn(struct turning *turning, const struct turned *turned)
{
    static const struct lt_judged revoked = {LT_REJECTED, LT_WHY_REVOKED};
    static const struct lt_judged again = {LT_WAITING, LT_WHY_CAUSE_MISSING};
    static const struct lt_judged stands = {LT_APPLIED, LT_WHY_NONE};
    struct lt_view *view = turning->view;
    struct lt_channel channel;
    lt_err rc = set_verdict(view, turned->seq,
                            !turned->counts       ? revoked
                            : turned->matter != 0 ? again
                                                  : stands);

    if (rc == LT_OK) {
        rc = lt_view_take_event(view, turned->seq, &channel);
    }
    if (rc == LT_OK && turned->matter == 0) {
        rc = turn_alone(turning, turned->seq, turned->counts, &channel);
    } else if (rc == LT_OK) {
        rc = turn_erasure(view, turned->key, turned->counts, &channel);
        if (rc == LT_OK) {
            rc = fold_again(view, turned->matter);
        }
    }
    if (rc == LT_OK && turning->said != 0) {
        sqlite3_bind_int64(view->put_revised, 1, turning->said);
        sqlite3_bind_int64(view->put_revised, 2, turned->seq);
        sqlite3_bind_int(view->put_revised, 3, turned->counts ? 1 : 0);
        rc = lt_db_run(view->put_revised);
    }
    return rc;
}

static lt_err gather(struct turning *turning, int64_t life)
{
    static const uint8_t tree = LT_CLASS_TREE;
    sqlite3_stmt *stmt = turning->view->find_turned;
    bool row = false;
    lt_err rc;

    sqlite3_bind_int64(stmt, 1, life);
    sqlite3_bind_int(stmt, 2, (int)LT_WHY_REVOKED);
    sqlite3_bind_blob(stmt, 3, &tree, 1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 4, (int)LT_WHY_MALFORMED);
    rc = lt_db_step(stmt, &row);
    while (rc == LT_OK && row) {
        if (!lt_grow(lt_alloc_heap(), (void **)&turning->items, &turning->cap,
                     turning->n, sizeof(*turning->items))) {
            rc = LT_ENOMEM;
            break;
        }
        turning->items[turning->n++] = (struct turned){
            .seq = sqlite3_column_int64(stmt, 0),
            .key = sqlite3_column_int64(stmt, 1),
            .matter = sqlite3_column_int64(stmt, 2),
            .counts = sqlite3_column_int(stmt, 3) == (int)LT_WHY_REVOKED};
        rc = lt_db_step(stmt, &row);
    }
    lt_db_reset(stmt);
    return rc;
}

static lt_err write_cuts(struct lt_view *view, const struct runs *runs)
{
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < runs->n; i++) {
        const struct run *run = &runs->items[i];

        if (run->cut != run->cut_now) {
            sqlite3_bind_int64(view->set_run, 1, run->life);
            sqlite3_bind_int64(view->set_run, 2, run->channel);
            sqlite3_bind_int64(view->set_run, 3, run->cut_now);
            rc = lt_db_run(view->set_run);
        }
    }
    return rc;
}

lt_err lt_trust_apply(struct lt_view *view, const uint8_t *key_id, int64_t said)
{
    struct turning turning = {.view = view, .said = said};
    struct runs runs = {.n = 0};
    lt_err rc = lt_ref_flush(view);

    if (rc == LT_OK) {
        rc = load_runs(view, key_id, &runs);
    }
    if (rc == LT_OK) {
        rc = find_ends(view, key_id, &runs);
    }
    if (rc == LT_OK) {
        rc = write_cuts(view, &runs);
    }
    for (size_t i = 0; rc == LT_OK && i < runs.n; i++) {
        bool before = false; /* the same life in another channel */

        for (size_t k = 0; k < i; k++) {
            before |= runs.items[k].life == runs.items[i].life;
        }
        if (!before) {
            rc = gather(&turning, runs.items[i].life);
        }
    }
    for (size_t i = 0; rc == LT_OK && i < turning.n; i++) {
        rc = turn(&turning, &turning.items[i]);
    }
    lt_free(lt_alloc_heap(), runs.items);
    lt_free(lt_alloc_heap(), turning.items);
    if (rc == LT_OK && turning.laws) {
        rc = lt_view_law_awaiting(view);
    }
    return rc;
}

lt_err lt_trust_counts(struct lt_view *view, int64_t key, int64_t seq,
                       bool *out_counts)
{
    sqlite3_stmt *stmt = view->get_counts;
    bool row = false;
    lt_err rc = LT_OK;

    *out_counts = true;
    if (lt_trust_count(view->trust) == 0) {
        return LT_OK;
    }
    sqlite3_bind_int64(stmt, 1, key >> COUNT_BITS);
    sqlite3_bind_int64(stmt, 2, seq);
    rc = lt_db_step(stmt, &row);
    if (rc == LT_OK && row) {
        *out_counts = sqlite3_column_int(stmt, 0) != 0;
        lt_db_reset(stmt);
    }
    return rc;
}

/* An event that is here came once more, by another channel or from who wrote
 * it: does it still stand as its copies say? */
lt_err lt_trust_again(struct lt_view *view, const struct lt_coming *c)
{
    struct turning turning = {.view = view};
    struct turned turned = {.key = c->key};
    bool row = false;
    bool counts = true;
    lt_err rc = lt_ref_find(view, c->key, &turned.seq);

    if (rc != LT_OK || turned.seq == 0) {
        return rc;
    }
    sqlite3_bind_int64(view->get_verdict, 1, turned.seq);
    rc = lt_db_step(view->get_verdict, &row);
    if (rc != LT_OK || !row) {
        return rc;
    }
    turned.matter = sqlite3_column_int64(view->get_verdict, 2);
    turned.counts =
        sqlite3_column_int(view->get_verdict, 1) != (int)LT_WHY_REVOKED;
    row = sqlite3_column_int64(view->get_verdict, 3) != c->channel;
    lt_db_reset(view->get_verdict);
    if (row) {
        sqlite3_bind_int64(view->put_copy, 1, turned.seq);
        sqlite3_bind_int64(view->put_copy, 2, c->channel);
        sqlite3_bind_int64(view->put_copy, 3,
                           (int64_t)(c->segment->first + c->index));
        rc = lt_db_run(view->put_copy);
    }
    if (rc == LT_OK) {
        rc = lt_trust_counts(view, c->key, turned.seq, &counts);
    }
    if (rc != LT_OK || counts == turned.counts ||
        c->segment->stream.channel.cls == LT_CLASS_TREE) {
        return rc;
    }
    turned.counts = counts;
    return turn(&turning, &turned);
}

/* ---- the words ---- */

lt_err lt_trust_word(struct lt_view *view, uint64_t version, int64_t seq)
{
    uint8_t key_id[LT_HASH_LEN];
    lt_err rc = lt_trust_say(view->trust, version, &view->event);

    if (rc != LT_OK) {
        return rc == LT_EINVAL ? LT_OK : rc;
    }
    memcpy(key_id, view->event.key_id, LT_HASH_LEN);
    sqlite3_bind_int64(view->put_word, 1, seq);
    sqlite3_bind_int64(view->put_word, 2, (int64_t)version);
    rc = lt_db_run(view->put_word);
    return rc == LT_OK ? lt_trust_apply(view, key_id, seq) : rc;
}

static lt_err load_word(struct lt_view *view, sqlite3_stmt *stmt,
                        struct lt_trust *trust)
{
    struct lt_event_id id;
    lt_err rc = lt_intern_id(&view->intern, sqlite3_column_int64(stmt, 1), &id);

    if (rc == LT_OK) {
        lt_arena_reset(&view->event_arena);
        rc = lt_event_decode(sqlite3_column_blob(stmt, 3),
                             (size_t)sqlite3_column_bytes(stmt, 3), &id,
                             (uint64_t)sqlite3_column_int64(stmt, 2),
                             &view->event_arena, &view->event, NULL);
    }
    if (rc == LT_OK) {
        rc = lt_trust_say(trust, (uint64_t)sqlite3_column_int64(stmt, 0),
                          &view->event);
    }
    return rc == LT_OK || rc == LT_ENOMEM ? rc : LT_EIO;
}

lt_err lt_trust_load(struct lt_view *view)
{
    struct lt_trust *trust = NULL;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_trust_new(lt_alloc_heap(), &trust);

    if (rc == LT_OK) {
        rc = lt_db_prepare(view->db,
                           "SELECT w.version, e.key, e.hlc, e.body"
                           " FROM word w JOIN event e ON e.seq=w.seq"
                           " ORDER BY w.seq",
                           &stmt);
    }
    if (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
    }
    while (rc == LT_OK && row) {
        rc = load_word(view, stmt, trust);
        if (rc == LT_OK) {
            rc = lt_db_step(stmt, &row);
        }
    }
    sqlite3_finalize(stmt);
    if (rc != LT_OK) {
        lt_trust_free(trust);
        return rc;
    }
    lt_trust_free(view->trust);
    view->trust = trust;
    return LT_OK;
}
