/* A whole matter again, from its stored events: when events had not seen each
 * other, when one was voided, when something that was waited for has come.
 *
 * Verdicts that were final stay as they are (each depends on the event's past
 * alone); only those of waiting events are written. */
#include "daemon/view/view_internal.h"

#include <string.h>

struct history {
    size_t n;
    struct lt_act *acts;
    int64_t *keys;
    int64_t *seqs;
    struct lt_judged *before;
    struct lt_judged *after;
    bool *heads;
};

static bool take_arrays(struct lt_arena *arena, size_t max, struct history *h)
{
    h->n = 0;
    h->acts = lt_arena_take(arena, max * sizeof(*h->acts));
    h->keys = lt_arena_take(arena, max * sizeof(*h->keys));
    h->seqs = lt_arena_take(arena, max * sizeof(*h->seqs));
    h->before = lt_arena_take(arena, max * sizeof(*h->before));
    h->after = lt_arena_take(arena, max * sizeof(*h->after));
    h->heads = lt_arena_take(arena, max * sizeof(*h->heads));
    return h->acts != NULL && h->keys != NULL && h->seqs != NULL &&
           h->before != NULL && h->after != NULL && h->heads != NULL;
}

static void *keep(struct lt_arena *arena, const void *data, size_t len)
{
    void *copy = lt_arena_take(arena, len + 1);

    if (copy != NULL && len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

/* The row under the cursor, decoded, added to the history. */
static lt_err take_row(struct lt_view *view, sqlite3_stmt *stmt, int64_t seq,
                       struct lt_stored *stored, struct history *h)
{
    struct lt_act *act = &h->acts[h->n];
    struct lt_channel channel;
    struct lt_event_id id;
    bool counts = true;
    lt_err rc;

    h->seqs[h->n] = seq;
    h->keys[h->n] = sqlite3_column_int64(stmt, 0);
    h->before[h->n] =
        (struct lt_judged){(enum lt_verdict)sqlite3_column_int(stmt, 3),
                           (enum lt_verdict_reason)sqlite3_column_int(stmt, 4)};
    rc = lt_intern_id(&view->intern, h->keys[h->n], &id);
    if (rc == LT_OK) {
        rc = lt_intern_channel_of(&view->intern, sqlite3_column_int64(stmt, 1),
                                  &channel);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_arena_reset(&view->event_arena);
    rc = lt_event_decode(sqlite3_column_blob(stmt, 6),
                         (size_t)sqlite3_column_bytes(stmt, 6), &id,
                         (uint64_t)sqlite3_column_int64(stmt, 2),
                         &view->event_arena, &view->event, NULL);
    if (rc != LT_OK) {
        return rc == LT_ENOMEM ? rc : LT_EIO; /* it was decoded once */
    }
    lt_act_from_event(&view->event, channel.cls, act);
    rc = lt_trust_counts(view, h->keys[h->n], seq, &counts);
    if (rc == LT_OK) {
        rc = lt_unconfirmed_event(view, h->keys[h->n], &act->unconfirmed);
    }
    if (rc != LT_OK) {
        return rc;
    }
    act->revoked = !counts;
    act->causes = keep(&view->refold_arena, act->causes,
                       act->causes_n * sizeof(*act->causes));
    act->to = keep(&view->refold_arena, act->to, act->to_n * sizeof(*act->to));
    if (act->causes == NULL || act->to == NULL) {
        return LT_ENOMEM;
    }
    if (h->keys[h->n] == stored->key) {
        lt_note_opening(stored, &view->event, sqlite3_column_blob(stmt, 6),
                        (size_t)sqlite3_column_bytes(stmt, 6),
                        sqlite3_column_int64(stmt, 7));
    }
    h->n++;
    return LT_OK;
}

static lt_err load_history(struct lt_view *view, struct lt_stored *stored,
                           struct history *h)
{
    int64_t seq = stored->last;

    if (!take_arrays(&view->refold_arena, stored->events_n, h)) {
        return LT_ENOMEM;
    }
    while (seq != 0) {
        sqlite3_stmt *stmt = view->get_event;
        int64_t prev;
        bool row;
        lt_err rc;

        sqlite3_bind_int64(stmt, 1, seq);
        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row || h->n >= stored->events_n) {
            return rc == LT_OK ? LT_EIO : rc;
        }
        prev = sqlite3_column_int64(stmt, 5);
        rc = take_row(view, stmt, seq, stored, h);
        lt_db_reset(stmt);
        if (rc != LT_OK) {
            return rc;
        }
        seq = prev;
    }
    return LT_OK;
}

/* Where newer heads stand first: what does not fit is the oldest. */
static bool is_newer(const struct lt_act *a, const struct lt_act *b)
{
    return a->hlc != b->hlc ? a->hlc > b->hlc
                            : lt_event_id_compare(&a->id, &b->id) > 0;
}

static void set_heads(struct lt_stored *stored, const struct history *h)
{
    size_t chosen[LT_CAUSES_MAX];
    size_t n = 0;

    stored->heads_cut = false;
    for (size_t i = 0; i < h->n; i++) {
        size_t at = n;

        if (!h->heads[i]) {
            continue;
        }
        while (at > 0 && is_newer(&h->acts[i], &h->acts[chosen[at - 1]])) {
            at--;
        }
        if (n == LT_CAUSES_MAX) {
            stored->heads_cut = true;
            if (at == n) {
                continue;
            }
            n--;
        }
        memmove(&chosen[at + 1], &chosen[at], (n - at) * sizeof(*chosen));
        chosen[at] = i;
        n++;
    }
    stored->heads_n = n;
    for (size_t i = 0; i < n; i++) {
        stored->heads[i] = h->keys[chosen[i]];
    }
}

lt_err lt_wait_for_cause(struct lt_view *view, int64_t cause, int64_t matter)
{
    sqlite3_bind_int64(view->add_miss, 1, cause);
    sqlite3_bind_int64(view->add_miss, 2, matter);
    return lt_db_run(view->add_miss);
}

lt_err lt_wait_for_tree(struct lt_view *view, uint64_t version, int64_t matter)
{
    sqlite3_bind_int64(view->set_await, 1, matter);
    /* Beyond what SQLite can count nothing ever comes. */
    sqlite3_bind_int64(view->set_await, 2,
                       version > INT64_MAX ? INT64_MAX : (int64_t)version);
    return lt_db_run(view->set_await);
}

static lt_err wait_if_absent(struct lt_view *view, const struct lt_event_id *id,
                             int64_t matter)
{
    int64_t key;
    int64_t seq;
    lt_err rc = lt_intern_key(&view->intern, id, true, &key);

    if (rc == LT_OK) {
        rc = lt_ref_find(view, key, &seq);
    }
    if (rc != LT_OK || seq != 0) {
        return rc;
    }
    return lt_wait_for_cause(view, key, matter);
}

/* What the events that wait now are waiting for. */
static lt_err note_waits(struct lt_view *view, const struct lt_stored *stored,
                         const struct history *h)
{
    lt_err rc;

    sqlite3_bind_int64(view->drop_misses, 1, stored->key);
    rc = lt_db_run(view->drop_misses);
    if (rc == LT_OK) {
        sqlite3_bind_int64(view->drop_await, 1, stored->key);
        rc = lt_db_run(view->drop_await);
    }
    for (size_t i = 0; rc == LT_OK && i < h->n; i++) {
        const struct lt_act *act = &h->acts[i];

        if (!lt_judged_blocks(h->after[i])) {
            continue;
        }
        if (h->after[i].why == LT_WHY_TREE_MISSING) {
            rc = lt_wait_for_tree(view, act->tree_version, stored->key);
            continue;
        }
        if (act->has_subject) {
            rc = wait_if_absent(view, &act->subject, stored->key);
        }
        for (size_t j = 0; rc == LT_OK && j < act->causes_n; j++) {
            rc = wait_if_absent(view, &act->causes[j], stored->key);
        }
    }
    return rc;
}

static lt_err write_verdicts(struct lt_view *view, struct lt_stored *stored,
                             const struct history *h)
{
    lt_err rc = LT_OK;

    stored->waiting_n = 0;
    for (size_t i = 0; rc == LT_OK && i < h->n; i++) {
        stored->waiting_n += h->after[i].verdict == LT_WAITING ? 1 : 0;
        if (h->before[i].verdict == h->after[i].verdict &&
            h->before[i].why == h->after[i].why) {
            continue;
        }
        sqlite3_bind_int64(view->set_verdict, 1, h->seqs[i]);
        sqlite3_bind_int(view->set_verdict, 2, (int)h->after[i].verdict);
        sqlite3_bind_int(view->set_verdict, 3, (int)h->after[i].why);
        rc = lt_db_run(view->set_verdict);
    }
    return rc;
}

/* Readers keep what they computed of a matter; that it is another now no event
 * of its own need say. The last few thousand are kept. */
static lt_err note_refolded(struct lt_view *view, int64_t matter)
{
    lt_err rc;

    sqlite3_bind_int64(view->add_refolded, 1, matter);
    rc = lt_db_run(view->add_refolded);
    return rc == LT_OK ? lt_db_run(view->trim_refolded) : rc;
}

lt_err lt_refold(struct lt_view *view, struct lt_stored *stored)
{
    bool had_waits = stored->waiting_n > 0;
    struct lt_event_id id = stored->matter.id;
    struct history h;
    lt_err rc;

    if (stored->events_n > LT_FOLD_EVENTS_MAX) {
        /* Set aside: what waits goes on waiting, and is not asked again. */
        stored->matter.read_only = true;
        sqlite3_bind_int64(view->drop_await, 1, stored->key);
        return lt_db_run(view->drop_await);
    }
    rc = load_history(view, stored, &h);
    if (rc == LT_OK) {
        rc = lt_matter_fold(h.acts, h.n, &id, view->tree, lt_alloc_heap(),
                            &stored->matter, h.after, h.heads);
    }
    if (rc == LT_OK) {
        set_heads(stored, &h);
        rc = write_verdicts(view, stored, &h);
    }
    if (rc == LT_OK) {
        rc = note_refolded(view, stored->key);
    }
    if (rc == LT_OK && (had_waits || stored->waiting_n > 0)) {
        rc = note_waits(view, stored, &h);
    }
    lt_arena_deinit(&view->refold_arena);
    return rc;
}

/* The next matter that waited for a version that is here now; 0 when none. */
static lt_err next_awaiting(struct lt_view *view, int64_t *out_matter)
{
    bool row;
    lt_err rc;

    sqlite3_bind_int64(view->next_await, 1,
                       (int64_t)lt_tree_version(view->tree));
    rc = lt_db_step(view->next_await, &row);
    *out_matter = 0;
    if (rc == LT_OK && row) {
        *out_matter = sqlite3_column_int64(view->next_await, 0);
        lt_db_reset(view->next_await);
    }
    return rc;
}

lt_err lt_refold_awaiting(struct lt_view *view)
{
    for (;;) {
        struct lt_event_id id;
        int64_t matter;
        lt_err rc = next_awaiting(view, &matter);

        if (rc != LT_OK || matter == 0) {
            return rc;
        }
        rc = lt_intern_id(&view->intern, matter, &id);
        if (rc == LT_OK) {
            sqlite3_bind_int64(view->drop_await, 1, matter);
            rc = lt_db_run(view->drop_await);
        }
        if (rc == LT_OK) {
            rc = lt_matter_load(view, matter, &id, &view->stored);
        }
        if (rc == LT_OK) {
            rc = lt_refold(view, &view->stored);
        }
        if (rc == LT_OK) {
            rc = lt_matter_store(view, &view->stored);
        }
        if (rc != LT_OK) {
            return rc;
        }
    }
}
