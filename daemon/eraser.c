#include "daemon/eraser.h"

#include <string.h>

#include "common/failpoint.h"
#include "daemon/cases/erasure.h"

/* The scratch has room for any segment there can be: what does not fit is for
 * want of memory, and ends the process. */
enum { ERASURES_MAX = 256, AGAIN_SLICE = 8, SCRATCH_MAX = 8 * 1024 * 1024 };

struct lt_eraser {
    const struct lt_alloc *alloc;
    struct lt_engine *engine;
    struct lt_log *log;
    struct lt_office office;
    struct lt_event_id *due; /* targets to look at */
    size_t due_n;
    size_t due_capacity;
    bool due_all;             /* every target with an open order */
    bool erased;              /* in the open transaction */
    bool wipe;                /* durable, and not yet wiped */
    size_t open_n;            /* orders that do not hold here yet */
    size_t done_n;            /* orders to be answered */
    uint64_t tree_revision;   /* that the open ones were looked at with */
    uint64_t trust_revision;  /* likewise */
    bool unheard;             /* the key of one of them does not count */
    struct lt_erased awaited; /* targets not here yet, or in a rotten run */
    size_t again;             /* of the log's erased ones, looked at */
    bool again_done;          /* all of them */
    bool missed;              /* one of them lies in a rotten run */
};

lt_err lt_eraser_new(const struct lt_alloc *alloc, struct lt_engine *engine,
                     struct lt_log *log, struct lt_eraser **out_eraser)
{
    struct lt_eraser *eraser = lt_new(alloc, sizeof(*eraser));

    if (eraser == NULL) {
        return LT_ENOMEM;
    }
    eraser->alloc = alloc;
    eraser->engine = engine;
    eraser->log = log;
    eraser->office = *lt_engine_office(engine);
    lt_erased_init(&eraser->awaited, alloc);
    *out_eraser = eraser;
    return LT_OK;
}

void lt_eraser_free(struct lt_eraser *eraser)
{
    if (eraser == NULL) {
        return;
    }
    lt_erased_deinit(&eraser->awaited);
    lt_free(eraser->alloc, eraser->due);
    lt_free(eraser->alloc, eraser);
}

/* ---- what is open ---- */

static bool count_one(void *ctx, const struct lt_log_erasure *erasure)
{
    struct lt_eraser *eraser = ctx;

    if (!erasure->confirms) {
        eraser->open_n += erasure->state == LT_ERASURE_OPEN ? 1 : 0;
        eraser->done_n += erasure->state == LT_ERASURE_DONE ? 1 : 0;
    }
    return true;
}

static lt_err count(struct lt_eraser *eraser)
{
    eraser->open_n = 0;
    eraser->done_n = 0;
    return lt_log_each_erasure(eraser->log, count_one, eraser);
}

lt_err lt_eraser_load(struct lt_eraser *eraser)
{
    const struct lt_erased *erased;
    lt_err err = lt_log_erased(eraser->log, &erased);

    for (size_t i = 0; err == LT_OK && i < erased->n; i++) {
        err = lt_engine_erased(eraser->engine, &erased->items[i].id,
                               erased->items[i].mask);
    }
    if (err == LT_OK) {
        err = count(eraser);
    }
    eraser->due_all = true;
    eraser->wipe = eraser->done_n > 0;
    return err;
}

static lt_err add_due(struct lt_eraser *eraser, const struct lt_event_id *id)
{
    for (size_t i = 0; i < eraser->due_n; i++) {
        if (lt_event_id_equal(&eraser->due[i], id)) {
            return LT_OK;
        }
    }
    if (!lt_grow(eraser->alloc, (void **)&eraser->due, &eraser->due_capacity,
                 eraser->due_n, sizeof(*eraser->due))) {
        return LT_ENOMEM;
    }
    eraser->due[eraser->due_n++] = *id;
    return LT_OK;
}

/* ---- seeing ---- */

static lt_err note(struct lt_eraser *eraser, const struct lt_event *event,
                   uint8_t cls)
{
    struct lt_erasure said;
    struct lt_log_erasure row;
    lt_err err;

    if (!lt_erasure_from_event(event, cls, &said)) {
        return LT_OK;
    }
    row = (struct lt_log_erasure){.said = said.said,
                                  .target = said.target,
                                  .matter = said.matter,
                                  .mask = said.mask,
                                  .cls = said.cls,
                                  .confirms = said.confirms,
                                  .tree_version = said.tree_version};
    err = lt_log_put_erasure(eraser->log, &row);
    return err == LT_OK ? add_due(eraser, &said.target) : err;
}

static lt_err read_erasures(struct lt_eraser *eraser,
                            const struct lt_segment *segment)
{
    struct lt_arena arena;
    struct lt_payload payload;
    struct lt_event *event;
    lt_err err;

    lt_arena_init(&arena, eraser->alloc, SCRATCH_MAX);
    event = lt_arena_take(&arena, sizeof(*event));
    err = event == NULL ? LT_ENOMEM
                        : lt_payload_open(segment, &arena, &payload, NULL);
    if (err == LT_EMALFORMED) {
        payload.items_n = 0;
        err = LT_OK;
    }
    for (size_t i = 0; err == LT_OK && i < payload.items_n; i++) {
        const struct lt_event_id id = {.origin = segment->stream.origin,
                                       .epoch = segment->epoch,
                                       .count = payload.items[i].count};

        err =
            lt_event_decode(payload.items[i].event, payload.items[i].event_len,
                            &id, payload.items[i].hlc, &arena, event, NULL);
        if (err == LT_OK) {
            err = note(eraser, event, segment->stream.channel.cls);
        } else if (err == LT_EMALFORMED) {
            err = LT_OK; /* the fold shows what cannot be read */
        }
    }
    lt_arena_deinit(&arena);
    return err;
}

static bool is_awaited(const struct lt_eraser *eraser,
                       const struct lt_segment *segment)
{
    return eraser->awaited.n > 0 &&
           lt_erased_any(&eraser->awaited, &segment->stream.origin,
                         segment->epoch);
}

void lt_eraser_mended(struct lt_eraser *eraser,
                      const struct lt_segment *segment)
{
    if (is_awaited(eraser, segment)) {
        eraser->due_all = true;
    }
    if (eraser->missed) {
        eraser->missed = false;
        eraser->again = 0;
        eraser->again_done = false;
    }
}

/* What is said beyond where a revoked key counts is noted all the same: the key
 * may be given back, and the segment does not come again. */
lt_err lt_eraser_see(struct lt_eraser *eraser, const struct lt_segment *segment)
{
    if (is_awaited(eraser, segment) ||
        (eraser->unheard &&
         lt_engine_refused_key(eraser->engine, segment->key_id))) {
        eraser->due_all = true;
    }
    return segment->erases ? read_erasures(eraser, segment) : LT_OK;
}

/* Has the tree, or whose word counts, changed since the last look? */
static bool has_moved(const struct lt_eraser *eraser)
{
    return eraser->tree_revision !=
               lt_tree_revision(lt_engine_tree(eraser->engine)) ||
           eraser->trust_revision != lt_engine_trust_revision(eraser->engine);
}

bool lt_eraser_due(const struct lt_eraser *eraser)
{
    return eraser->due_n > 0 || eraser->due_all ||
           (eraser->open_n > 0 && has_moved(eraser));
}

/* ---- judging ---- */

/* All that was said about one target. */
struct file {
    struct lt_erasure *said;
    enum lt_erasure_state *states;
    size_t n;
    size_t max;
    const struct lt_tree *tree;
    bool here; /* the target is; its matter then is known */
    struct lt_event_id matter;
    lt_err err;
};

static bool add_said(void *ctx, const struct lt_log_erasure *row)
{
    struct file *file = ctx;
    bool waits;

    file->said[file->n] =
        (struct lt_erasure){.said = row->said,
                            .target = row->target,
                            .matter = row->matter,
                            .mask = row->mask,
                            .cls = row->cls,
                            .confirms = row->confirms,
                            .tree_version = row->tree_version};
    file->states[file->n] = row->state;
    /* Anybody may write a receipt; one that is not the addressee's takes no
     * place in the list. */
    if (lt_erasure_matters(&file->said[file->n], file->tree, &waits) &&
        (!file->here || !lt_erasure_is_receipt(&file->said[file->n]) ||
         lt_event_id_equal(&row->matter, &file->matter))) {
        file->n++;
    }
    return file->n < file->max;
}

static bool read_matter(void *ctx, uint64_t pos,
                        const struct lt_segment *segment,
                        const struct lt_item *item)
{
    const struct lt_event_id id = {.origin = segment->stream.origin,
                                   .epoch = segment->epoch,
                                   .count = item->count};
    struct file *file = ctx;
    struct lt_arena arena;
    struct lt_event *event;

    (void)pos;
    lt_arena_init(&arena, lt_alloc_heap(), SCRATCH_MAX);
    event = lt_arena_take(&arena, sizeof(*event));
    file->err = event == NULL
                    ? LT_ENOMEM
                    : lt_event_decode(item->event, item->event_len, &id,
                                      item->hlc, &arena, event, NULL);
    if (file->err == LT_OK) {
        file->here = true;
        file->matter = lt_erasure_matter_of(event);
    } else if (file->err == LT_EMALFORMED) {
        file->err = LT_OK;
    }
    lt_arena_deinit(&arena);
    return false;
}

struct hearing {
    const struct lt_engine *engine;
    bool counts;
};

/* A key that nobody vouches for erases nothing: what is gone stays so, whatever
 * the keeper says of it later. */
static bool waits_for_keeper(const struct lt_engine *engine,
                             const struct lt_segment *segment)
{
    return lt_engine_unconfirmed_key(engine, &segment->stream.origin,
                                     segment->key_id) &&
           !LT_PLANTED(trust_unconfirmed);
}

static bool read_standing(void *ctx, uint64_t pos,
                          const struct lt_segment *segment,
                          const struct lt_item *item)
{
    struct hearing *hearing = ctx;

    (void)pos;
    (void)item;
    hearing->counts =
        !waits_for_keeper(hearing->engine, segment) &&
        (!lt_engine_refused_key(hearing->engine, segment->key_id) ||
         lt_segment_last(segment) <= lt_engine_limit(hearing->engine,
                                                     &segment->stream,
                                                     segment->epoch));
    return false;
}

/* Leave out what was said beyond where a revoked key counts, or by one that
 * waits for the keeper. */
static lt_err leave_out_unheard(struct lt_eraser *eraser, struct file *file)
{
    uint8_t any[LT_HASH_LEN];
    struct lt_binding waiting;
    size_t kept = 0;
    lt_err err = LT_OK;

    if (!lt_engine_refused_at(eraser->engine, 0, any) &&
        !lt_engine_unconfirmed_at(eraser->engine, 0, &waiting)) {
        return LT_OK;
    }
    for (size_t i = 0; err == LT_OK && i < file->n; i++) {
        struct hearing hearing = {.engine = eraser->engine, .counts = true};

        err = lt_log_find_event(eraser->log, &file->said[i].said, read_standing,
                                &hearing);
        if (err == LT_OK && hearing.counts) {
            file->said[kept] = file->said[i];
            file->states[kept++] = file->states[i];
        } else if (err == LT_OK) {
            eraser->unheard = true;
        }
    }
    file->n = kept;
    return err;
}

static lt_err apply(struct lt_eraser *eraser, const struct lt_event_id *target,
                    const struct file *file)
{
    const struct lt_tree *tree = lt_engine_tree(eraser->engine);
    const struct lt_event_id *matter = file->here ? &file->matter : NULL;
    struct lt_erasure_effect effect =
        lt_erasure_effect(file->said, file->n, &eraser->office, matter, tree);
    size_t stripped;
    lt_err err = LT_OK;

    if (effect.erased != 0) {
        err = lt_log_erase(eraser->log, target, effect.erased, &stripped);
        if (err == LT_OK) {
            err = lt_engine_erased(eraser->engine, target, effect.erased);
        }
        eraser->erased = true;
    }
    for (size_t i = 0; err == LT_OK && i < file->n; i++) {
        bool own = lt_office_equal(&file->said[i].said.origin, &eraser->office);

        if (file->states[i] == LT_ERASURE_OPEN &&
            lt_erasure_holds(file->said, file->n, i, &eraser->office, matter,
                             tree)) {
            err = lt_log_set_erasure(
                eraser->log, &file->said[i].said,
                own || lt_erasure_is_receipt(&file->said[i])
                    ? LT_ERASURE_ANSWERED
                    : LT_ERASURE_DONE);
        }
    }
    return err;
}

static lt_err review(struct lt_eraser *eraser, const struct lt_event_id *target)
{
    struct file file = {.max = ERASURES_MAX,
                        .tree = lt_engine_tree(eraser->engine)};
    struct lt_arena arena;
    lt_err err;

    lt_arena_init(&arena, eraser->alloc, SCRATCH_MAX);
    file.said = lt_arena_take(&arena, ERASURES_MAX * sizeof(*file.said));
    file.states = lt_arena_take(&arena, ERASURES_MAX * sizeof(*file.states));
    err = file.said == NULL || file.states == NULL
              ? LT_ENOMEM
              : lt_log_find_event(eraser->log, target, read_matter, &file);
    if (err == LT_OK) {
        err = file.err;
    }
    if (err == LT_OK) {
        err = lt_log_erasures_of(eraser->log, target, add_said, &file);
    }
    if (err == LT_OK) {
        err = leave_out_unheard(eraser, &file);
    }
    if (err == LT_OK && !file.here &&
        !lt_erased_add(&eraser->awaited, target, UINT8_MAX)) {
        err = LT_ENOMEM;
    }
    if (err == LT_OK) {
        err = apply(eraser, target, &file);
    }
    if (err == LT_ECORRUPT) { /* it stays open until its run is mended */
        err = lt_erased_add(&eraser->awaited, target, UINT8_MAX) ? LT_OK
                                                                 : LT_ENOMEM;
    }
    lt_arena_deinit(&arena);
    return err;
}

struct gathering {
    struct lt_eraser *eraser;
    lt_err err;
};

static bool gather(void *ctx, const struct lt_log_erasure *erasure)
{
    struct gathering *gathering = ctx;

    if (!erasure->confirms && erasure->state == LT_ERASURE_OPEN) {
        gathering->err = add_due(gathering->eraser, &erasure->target);
    }
    return gathering->err == LT_OK;
}

lt_err lt_eraser_settle(struct lt_eraser *eraser)
{
    uint64_t revision = lt_tree_revision(lt_engine_tree(eraser->engine));
    struct gathering gathering = {.eraser = eraser};
    lt_err err = LT_OK;

    if (!lt_eraser_due(eraser)) {
        return LT_OK;
    }
    if (eraser->due_all || has_moved(eraser)) {
        lt_erased_clear(&eraser->awaited);
        eraser->unheard = false;
        err = lt_log_each_erasure(eraser->log, gather, &gathering);
        if (err == LT_OK) {
            err = gathering.err;
        }
    }
    for (size_t i = 0; err == LT_OK && i < eraser->due_n; i++) {
        err = review(eraser, &eraser->due[i]);
    }
    if (err == LT_OK) {
        eraser->due_n = 0;
        eraser->due_all = false;
        eraser->tree_revision = revision;
        eraser->trust_revision = lt_engine_trust_revision(eraser->engine);
        err = count(eraser);
    }
    return err;
}

void lt_eraser_committed(struct lt_eraser *eraser)
{
    eraser->wipe |= eraser->erased;
    eraser->erased = false;
}

void lt_eraser_rolled_back(struct lt_eraser *eraser)
{
    eraser->erased = false;
    eraser->due_n = 0;
    eraser->due_all = true;
}

/* ---- answering ---- */

bool lt_eraser_wants_wipe(const struct lt_eraser *eraser)
{
    return eraser->wipe;
}

void lt_eraser_wiped(struct lt_eraser *eraser)
{
    eraser->wipe = false;
}

bool lt_eraser_wants_answer(const struct lt_eraser *eraser)
{
    return !eraser->wipe && eraser->done_n > 0;
}

struct search {
    struct lt_log_erasure *out;
    bool there;
};

static bool find_done(void *ctx, const struct lt_log_erasure *erasure)
{
    struct search *search = ctx;

    if (!erasure->confirms && erasure->state == LT_ERASURE_DONE) {
        *search->out = *erasure;
        search->there = true;
    }
    return !search->there;
}

lt_err lt_eraser_next(struct lt_eraser *eraser,
                      struct lt_log_erasure *out_order, bool *out_there)
{
    struct search search = {.out = out_order};
    lt_err err = count(eraser);

    if (err == LT_OK && eraser->done_n > 0) {
        err = lt_log_each_erasure(eraser->log, find_done, &search);
    }
    *out_there = search.there;
    return err;
}

void lt_eraser_receipt(const struct lt_eraser *eraser,
                       const struct lt_log_erasure *order,
                       struct lt_event *out_event,
                       struct lt_channel *out_channel)
{
    const struct lt_tree *tree = lt_engine_tree(eraser->engine);
    const struct lt_office *author = &order->said.origin;

    memset(out_event, 0, sizeof(*out_event));
    out_event->type = LT_EV_ERASURE_RECEIPT;
    out_event->erases = order->said;
    out_event->causes_n = 1;
    out_event->causes[0] = order->said;
    *out_channel =
        (struct lt_channel){.cls = order->cls, .audience = LT_AUDIENCE_UP};
    if (!lt_tree_above(tree, author, &eraser->office)) {
        out_channel->audience = LT_AUDIENCE_TO;
        out_channel->to = *author;
    }
}

bool lt_eraser_wants_again(const struct lt_eraser *eraser)
{
    return !eraser->again_done;
}

lt_err lt_eraser_again(struct lt_eraser *eraser, bool *out_more)
{
    const struct lt_erased *erased;
    struct lt_erased_event item;
    size_t stripped;
    lt_err err = lt_log_erased(eraser->log, &erased);

    for (unsigned i = 0;
         err == LT_OK && i < AGAIN_SLICE && eraser->again < erased->n; i++) {
        item = erased->items[eraser->again++];
        err = lt_log_erase(eraser->log, &item.id, item.mask, &stripped);
        eraser->erased |= stripped > 0;
        if (err == LT_ECORRUPT) { /* all again once that run is mended */
            eraser->missed = true;
            err = LT_OK;
        }
    }
    if (err == LT_OK) {
        eraser->again_done = eraser->again >= erased->n;
    }
    *out_more = err == LT_OK && !eraser->again_done;
    return err;
}
