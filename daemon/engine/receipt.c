/* What statements prove: that the keeper holds what this office wrote, that
 * somebody holds more than arrived here, that this office lost a tail. */
#include "daemon/engine/statement.h"

#include <assert.h>
#include <string.h>

#include "daemon/engine/bypass.h"
#include "daemon/engine/doors.h"
#include "daemon/engine/drain.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/parent.h"
#include "daemon/engine/route.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/unconfirmed.h"

enum { STATE_CURRENT, STATE_BEHIND, STATE_SILENT, STATE_WITHHELD };
enum {
    /* What the parent acknowledged so long ago should be at the keeper when
     * it speaks. */
    SHOWN_MS = 5 * 1000
};

bool lt_receipt_keeper(const struct lt_engine *engine,
                       struct lt_office *out_keeper)
{
    return lt_tree_keeper(engine->tree, &engine->self->id, out_keeper);
}

/* ---- a tail of our own that others have ---- */

static bool held(const struct lt_engine *engine, const struct lt_stream *stream,
                 const struct lt_point *point)
{
    const struct lt_track *track = lt_track_find(engine, stream);
    const struct lt_run *run =
        track == NULL ? NULL : lt_run_find(engine, track, point->epoch);

    return run != NULL && lt_run_live(run) &&
           run->last.number >= point->number;
}

void lt_lost_note(struct lt_engine *engine, const struct lt_track *track,
                  const struct lt_stream *stream, const struct lt_point *point)
{
    size_t i;

    (void)track;
    if (held(engine, stream, point)) {
        return;
    }
    for (i = 0; i < engine->lost_n; i++) {
        if (lt_stream_equal(&engine->lost[i].stream, stream) &&
            engine->lost[i].point.epoch == point->epoch) {
            break;
        }
    }
    if (i == LT_LOST_MAX) {
        return; /* the alarm stands in any case */
    }
    if (i == engine->lost_n) {
        engine->lost[engine->lost_n++] =
            (struct lt_lost){.stream = *stream, .point = *point};
    } else if (engine->lost[i].point.number < point->number) {
        engine->lost[i].point = *point;
    }
    lt_alarm_raise(engine, LT_ALOGTAIL, &engine->self->id, stream, NULL);
}

void lt_lost_review(struct lt_engine *engine)
{
    size_t i = 0;

    while (i < engine->lost_n) {
        if (held(engine, &engine->lost[i].stream, &engine->lost[i].point)) {
            engine->lost[i] = engine->lost[--engine->lost_n];
        } else {
            i++;
        }
    }
    if (engine->lost_n == 0) {
        lt_alarm_clear(engine, LT_ALOGTAIL, &engine->self->id);
    }
}

/* ---- what they hold of ours ---- */

static void look_up(struct lt_engine *engine);

static const struct lt_stream_tips *
find_stream(const struct lt_statement *statement,
            const struct lt_channel *channel)
{
    size_t i;

    for (i = 0; i < statement->yours_n; i++) {
        if (lt_channel_equal(&statement->yours[i].channel, channel)) {
            return &statement->yours[i];
        }
    }
    return NULL;
}

static void read_keeper(struct lt_engine *engine,
                        const struct lt_statement *statement)
{
    const struct lt_track *track;
    struct lt_run *run;
    size_t i;

    for (track = engine->self->tracks; track != NULL; track = track->next) {
        const struct lt_stream_tips *state =
            find_stream(statement, &track->id.channel);

        lt_have_begin(engine);
        for (i = 0; state != NULL && i < state->tips_n; i++) {
            (void)lt_have_add(engine, track, &state->tips[i]);
        }
        for (run = track->runs; run != NULL; run = run->next) {
            run->receipt = lt_have(engine, run);
        }
    }
    engine->receipt_at_ms = statement->at_ms;
}

/* What @partner says that it holds of ours, kept for those who ask why
 * something is not there yet. Of a statement with more points the first. */
static void keep_held(struct lt_engine *engine, struct lt_partner *partner,
                      const struct lt_statement *statement)
{
    struct lt_held *held;
    size_t n = 0;
    size_t i;
    size_t k;

    for (i = 0; i < statement->yours_n; i++) {
        n += statement->yours[i].tips_n;
    }
    n = n < LT_HELD_MAX ? n : LT_HELD_MAX;
    held = lt_new_array(engine->alloc, n + 1, sizeof(*held));
    if (held == NULL) {
        engine->oom = true;
        return;
    }
    lt_free(engine->alloc, partner->held);
    partner->held = held;
    partner->held_n = n;
    n = 0;
    for (i = 0; i < statement->yours_n; i++) {
        for (k = 0; k < statement->yours[i].tips_n; k++) {
            const struct lt_point *tip = &statement->yours[i].tips[k];

            if (n == partner->held_n) {
                break;
            }
            held[n++] =
                (struct lt_held){.channel = statement->yours[i].channel,
                                 .epoch = tip->epoch,
                                 .number = tip->number};
        }
    }
    partner->heard_wall_ms = engine->started ? engine->now.wall_ms : 0;
    partner->heard_ms = engine->started ? engine->now.mono_ms : 0;
    partner->cut_off = statement->cut_off && engine->started;
    if (statement->cut_off || !engine->started) {
        partner->open_ms = 0;
    } else if (partner->open_ms == 0) {
        partner->open_ms = engine->now.mono_ms;
    }
    partner->said_wall_ms = statement->at_ms;
    partner->said_id = statement->id;
    partner->echo_id = statement->echo_id;
}

void lt_receipt_restart(struct lt_engine *engine)
{
    const struct lt_track *track;
    struct lt_run *run;

    for (track = engine->self->tracks; track != NULL; track = track->next) {
        for (run = track->runs; run != NULL; run = run->next) {
            if (run->gap != NULL) {
                run->gap->since_ms = engine->now.mono_ms;
                run->gap->shown = false;
            }
        }
    }
}

/* The keeper says that nothing leads from it to the parent. */
static bool parent_cut_off(const struct lt_engine *engine)
{
    struct lt_office keeper;

    /* Superiors are partners from the moment on that they are. */
    return lt_parent_keeper(engine, &keeper) &&
           lt_unit_find(engine, &keeper)->partner->cut_off;
}

/* The keeper has spoken. What the parent acknowledged before and it still
 * lacks, it was not given; but only where its words come through the parent is
 * the way between them known to be open. */
static void show_gaps(struct lt_engine *engine)
{
    const struct lt_track *track;
    struct lt_run *run;

    if (!lt_parent_speaks(engine) || parent_cut_off(engine)) {
        return;
    }
    for (track = engine->self->tracks; track != NULL; track = track->next) {
        for (run = track->runs; run != NULL; run = run->next) {
            if (run->gap != NULL && run->gap->receipt == run->receipt &&
                engine->now.mono_ms - run->gap->since_ms >= SHOWN_MS) {
                run->gap->shown = true;
            }
        }
    }
}

void lt_receipt_read(struct lt_engine *engine,
                     const struct lt_statement *statement, bool again)
{
    struct lt_unit *unit = lt_unit_find(engine, &statement->from);
    struct lt_partner *partner;
    struct lt_office keeper;
    size_t i;
    size_t k;

    assert(unit != NULL); /* a key of it has proven the statement */
    partner = lt_partner_get(engine, unit);
    if (partner != NULL) {
        lt_missing_count(engine, partner, statement);
        keep_held(engine, partner, statement);
    }
    for (i = 0; i < statement->yours_n; i++) {
        struct lt_stream stream = {.origin = engine->self->id,
                                   .channel = statement->yours[i].channel};

        for (k = 0; k < statement->yours[i].tips_n; k++) {
            lt_lost_note(engine, NULL, &stream, &statement->yours[i].tips[k]);
        }
    }
    if (partner != NULL && lt_receipt_keeper(engine, &keeper) &&
        lt_office_equal(&keeper, &statement->from)) {
        read_keeper(engine, statement);
        if (again) {
            lt_receipt_restart(engine);
        }
        if (engine->started) {
            show_gaps(engine);
            look_up(engine);
        }
    }
}

/* The latest word of @from to this office, once more; borrowed until the next
 * frame is read. False: none that says something, or no memory. */
static bool hear_again(struct lt_engine *engine, const struct lt_office *from,
                       struct lt_statement *out)
{
    const struct lt_letter *letter =
        lt_letter_find(engine, from, &engine->self->id);
    struct lt_span body;
    uint8_t signature[LT_SIG_LEN];

    if (letter == NULL) {
        return false;
    }
    lt_arena_reset(&engine->scratch_payload);
    if (lt_statement_decode(letter->bytes, letter->len,
                            &engine->scratch_payload, out, &body, signature,
                            NULL) != LT_OK) {
        engine->oom = true; /* it could be read when it came */
        return false;
    }
    return !lt_statement_doubtful(engine, out);
}

void lt_receipt_reread(struct lt_engine *engine)
{
    struct lt_office keeper;
    struct lt_statement statement;

    if (lt_receipt_keeper(engine, &keeper) &&
        hear_again(engine, &keeper, &statement)) {
        read_keeper(engine, &statement);
    }
}

/* Events of ours that the keeper is not known to hold. */
static uint64_t not_receipted(const struct lt_engine *engine)
{
    const struct lt_track *track;
    const struct lt_run *run;
    uint64_t missing = 0;

    for (track = engine->self->tracks; track != NULL; track = track->next) {
        for (run = track->runs; run != NULL; run = run->next) {
            uint64_t from =
                run->receipt >= run->first ? run->receipt : run->first - 1;

            if (run->durable.number > from) {
                missing += run->durable.number - from;
            }
        }
    }
    return missing;
}

void lt_engine_receipt(const struct lt_engine *engine,
                       struct lt_receipt_view *out)
{
    memset(out, 0, sizeof(*out));
    out->has_keeper = lt_receipt_keeper(engine, &out->keeper);
    if (!out->has_keeper) {
        return;
    }
    out->at_ms = engine->receipt_at_ms;
    out->missing_events = not_receipted(engine);
    out->covers_all = out->at_ms != 0 && out->missing_events == 0;
}

/* ---- ages ---- */

static void set_state(struct lt_engine *engine, struct lt_partner *partner,
                      int state)
{
    static const lt_err alarms[] = {LT_OK, LT_ABEHIND, LT_ASILENT,
                                    LT_AWITHHELD};
    const struct lt_office *office = &partner->unit->id;
    int i;

    if (partner->state == state) {
        return;
    }
    partner->state = state;
    partner->state_wall_ms =
        state == STATE_SILENT ? partner->unit->down_wall_ms
                              : engine->now.wall_ms;
    for (i = STATE_BEHIND; i <= STATE_WITHHELD; i++) {
        if (i != state &&
            !(i == STATE_WITHHELD && lt_bypass_blames(engine, office))) {
            lt_alarm_clear(engine, alarms[i], office);
        }
    }
}

/* What is on its way to @keeper, @about's or for it, does not arrive, though
 * the neighbour on the way acknowledges. */
static void say_withheld(struct lt_engine *engine,
                         const struct lt_office *about,
                         const struct lt_session *way,
                         const struct lt_office *keeper)
{
    struct lt_effect *effect =
        lt_alarm_raise(engine, LT_AWITHHELD, about, NULL,
                       way == NULL ? NULL : &way->unit->id);
    char text[LT_OFFICE_TEXT];

    if (effect != NULL) {
        lt_office_format(keeper, text);
        lt_diag_arg(&effect->diag, "keeper", "%s", text);
    }
}

static void say_behind(struct lt_engine *engine,
                       const struct lt_partner *partner)
{
    struct lt_effect *effect =
        lt_alarm_raise(engine, LT_ABEHIND, &partner->unit->id, NULL, NULL);

    if (effect != NULL) {
        lt_diag_arg(&effect->diag, "waiting", "%llu",
                    (unsigned long long)partner->missing);
    }
}

/* Its word may have been overtaken by its segments. */
static void recount(struct lt_engine *engine, struct lt_partner *partner)
{
    struct lt_statement statement;

    if (hear_again(engine, &partner->unit->id, &statement)) {
        lt_missing_count(engine, partner, &statement);
    }
}

static void look(struct lt_engine *engine, struct lt_partner *partner)
{
    struct lt_unit *unit = partner->unit;
    const struct lt_tree_office *office =
        lt_tree_find(engine->tree, &unit->id);
    const struct lt_office *parent = lt_parent_office(engine);
    const struct lt_session *way = lt_route_toward(engine, &unit->id);
    bool closed = office != NULL && office->closed_version != 0;
    bool neighbour =
        office != NULL && !closed && !lt_drain_ended(engine) &&
        (lt_office_equal(&office->parent, &engine->self->id) ||
         (parent != NULL && lt_office_equal(parent, &office->id)));
    int64_t now = engine->now.mono_ms;

    if (!neighbour) { /* any more */
        lt_alarm_clear(engine, LT_ASILENT, &unit->id);
    }

    if (way != NULL) {
        partner->way_ms = now;
    }
    if (partner->missing > 0) {
        recount(engine, partner);
        lt_missing_pause(engine, partner,
                         now - partner->way_ms >= lt_away_ms(engine)
                             ? LT_LANE_URGENT
                         : way == NULL ? LT_LANES
                                       : way->lanes);
    }
    if (neighbour && unit->session == NULL) {
        set_state(engine, partner, STATE_SILENT);
        if (now - unit->down_ms >= LT_SILENT_MS &&
            !lt_doors_refuse(engine, &unit->id)) {
            lt_alarm_raise(engine, LT_ASILENT, &unit->id, NULL, NULL);
        }
    } else if (closed && way == NULL) {
        set_state(engine, partner, STATE_CURRENT); /* nobody waits for it */
    } else if (way == NULL) {
        /* A state with an age; the alarm is the neighbour's. */
        if (partner->state != STATE_SILENT) {
            set_state(engine, partner, STATE_SILENT);
            partner->state_wall_ms = engine->now.wall_ms;
        }
    } else if (lt_bypass_parent_withholds(engine, unit)) {
        set_state(engine, partner, STATE_WITHHELD);
    } else if (partner->missing == 0) {
        set_state(engine, partner, STATE_CURRENT);
    } else if (!lt_unconfirmed_any(engine, &unit->id) &&
               lt_missing_withheld(engine, partner) != NULL) {
        set_state(engine, partner, STATE_WITHHELD);
        say_withheld(engine, &unit->id, lt_route_line(engine, &unit->id),
                     &engine->self->id);
    } else {
        set_state(engine, partner, STATE_BEHIND);
        if (now - partner->missing_since_ms >= LT_BEHIND_MS) {
            say_behind(engine, partner);
        }
    }
}

/* Since when does the keeper lack what the parent has acknowledged of @run, and
 * gets no more of it? Now, when it does not. */
static int64_t gap_since(struct lt_engine *engine, struct lt_run *run)
{
    uint64_t at_parent;

    if (run->durable.number <= run->receipt ||
        run->durable.number < run->first) {
        lt_free(engine->alloc, run->gap);
        run->gap = NULL;
        return engine->now.mono_ms;
    }
    if (run->gap == NULL) {
        run->gap = lt_new(engine->alloc, sizeof(*run->gap));
        if (run->gap == NULL) {
            engine->oom = true;
            return engine->now.mono_ms;
        }
        run->gap->since_ms = engine->now.mono_ms;
        run->gap->receipt = run->receipt;
    }
    if (!lt_parent_has(engine, run, &at_parent)) {
        if (lt_parent_away(engine)) {
            run->gap->since_ms += engine->elapsed_ms;
        }
    } else if (run->gap->receipt != run->receipt ||
               at_parent <= run->receipt) {
        run->gap->since_ms = engine->now.mono_ms;
        run->gap->receipt = run->receipt;
        run->gap->shown = false;
    }
    return run->gap->since_ms;
}

/* Links acknowledge and the keeper's word does not follow. */
static void look_up(struct lt_engine *engine)
{
    struct lt_office keeper;
    const struct lt_track *track;
    struct lt_run *run;
    bool distant;
    bool shown = false;

    if (!lt_receipt_keeper(engine, &keeper)) {
        return;
    }
    engine->unreceipted = NULL;
    distant = lt_parent_keeper(engine, &keeper);
    for (track = engine->self->tracks; track != NULL; track = track->next) {
        bool urgent = track->lane == LT_LANE_URGENT;
        int64_t limit = urgent ? engine->options.withheld_urgent_ms
                               : engine->options.withheld_ms;

        for (run = track->runs; run != NULL; run = run->next) {
            if (engine->now.mono_ms - gap_since(engine, run) < limit) {
                continue;
            }
            shown |= !distant || run->gap->shown;
            if (engine->unreceipted == NULL || urgent) {
                engine->unreceipted = track;
            }
        }
    }
    if (shown && !parent_cut_off(engine)) {
        say_withheld(engine, &keeper, lt_parent_session(engine), &keeper);
    } else if (lt_route_toward(engine, &keeper) != NULL &&
               !lt_bypass_blames(engine, &keeper)) {
        lt_alarm_clear(engine, LT_AWITHHELD, &keeper);
    }
}

void lt_receipt_tick(struct lt_engine *engine)
{
    struct lt_partner *partner;

    engine->elapsed_ms = engine->looked_ms == 0
                             ? 0
                             : engine->now.mono_ms - engine->looked_ms;
    engine->looked_ms = engine->now.mono_ms;

    for (partner = engine->partners; partner != NULL && !engine->oom;
         partner = partner->next) {
        if (engine->now.mono_ms - partner->sent_ms >=
            engine->options.statement_interval_ms) {
            lt_partner_dirty(engine, partner);
        }
        look(engine, partner);
    }
    look_up(engine);
    engine->elapsed_ms = 0;
}
