/* What comes in a file is taken as from a session that nobody listens to:
 * the same proof, holds, quotas and gaps, and no answer. So it does not matter
 * who brings it, how old it is, or how often it comes.
 *
 * What goes out is what the addressee is not known to hold. It is known from
 * its statements: the one to us says what it holds of ours and has of its own,
 * those to others, which pass through here, what it holds of theirs. Of whom
 * nothing is known it gets everything, but not upward what comes from above.
 *
 *   stages: tree, other urgent, normal, bulk, and then the statements */
#include "daemon/engine/courier.h"

#include <string.h>

#include "common/courier.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/intake.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/telling.h"

/* ---- in ---- */

static bool known_frame(const struct lt_span *frame)
{
    enum lt_frame_type type = lt_frame_type(frame->data, frame->len);

    return type == LT_FRAME_BINDINGS || type == LT_FRAME_RUN_OPEN ||
           type == LT_FRAME_SEGMENTS || type == LT_FRAME_STATEMENT;
}

/* Frames of one type first: bindings prove themselves and everything else. */
static lt_err each_frame(struct lt_engine *engine, struct lt_session *session,
                         struct lt_span rest, bool bindings)
{
    struct lt_span span;

    while (!engine->oom && session->state == LT_SESSION_UP &&
           lt_courier_frame(&rest, &span)) {
        struct lt_frame frame;
        lt_err rc;

        if (!known_frame(&span) ||
            (lt_frame_type(span.data, span.len) == LT_FRAME_BINDINGS) !=
                bindings) {
            continue; /* or a newer exporter's, passed over */
        }
        lt_arena_reset(&engine->scratch);
        rc = lt_frame_decode(span.data, span.len, &engine->scratch, &frame,
                             NULL);
        if (rc == LT_ENOMEM) {
            engine->oom = true;
        }
        if (rc != LT_OK) {
            return rc;
        }
        lt_session_take(engine, session, &frame, span.len);
    }
    return session->state == LT_SESSION_UP ? LT_OK : LT_EMALFORMED;
}

static lt_err take(struct lt_engine *engine, struct lt_session *session,
                   const struct lt_input *input)
{
    struct lt_courier_taken *taken = input->courier;
    const struct lt_key *key;
    lt_err rc = lt_courier_read(input->bytes, input->len, &taken->piece);

    if (rc != LT_OK) {
        return LT_EPIECE;
    }
    if (!lt_office_equal(&taken->piece.to, &engine->self->id)) {
        return LT_EADDRESSEE;
    }
    if (engine->intake_closed) {
        return engine->intake_code;
    }
    rc = each_frame(engine, session, taken->piece.frames, true);
    if (rc != LT_OK) {
        return rc;
    }
    session->unit = lt_unit_find(engine, &taken->piece.from);
    key = lt_keys_find(engine, session->unit, taken->piece.key_id);
    if (key == NULL) {
        return LT_EEXPORTER;
    }
    rc = lt_courier_check(input->bytes, input->len, key);
    engine->oom |= rc == LT_ENOMEM;
    if (rc != LT_OK && !lt_engine_planted(engine, LT_PLANT_TRUST_COURIER)) {
        return LT_EEXPORTER;
    }
    if (lt_revoke_refuses(engine, taken->piece.key_id)) {
        return LT_AREVOKED;
    }
    return each_frame(engine, session, taken->piece.frames, false);
}

void lt_courier_take(struct lt_engine *engine, const struct lt_input *input)
{
    struct lt_courier_taken *taken = input->courier;
    struct lt_session *session = lt_new(engine->alloc, sizeof(*session));

    memset(taken, 0, sizeof(*taken));
    if (session == NULL) {
        engine->oom = true;
        return;
    }
    session->courier = taken;
    session->state = LT_SESSION_UP;
    lt_map_init(&session->pairs, engine->alloc);
    lt_map_init(&session->told, engine->alloc);
    lt_map_init(&session->flows_map, engine->alloc);
    taken->rc = take(engine, session, input);
    taken->waiting = taken->segments - taken->taken - taken->repeated;
    /* Who has forwarded to nobody has nobody to go on with. */
    lt_session_free(engine, session);
}

/* ---- whom something is for ---- */

/* Superiors are known before the tree is: they signed our own key. */
static bool above_us(const struct lt_engine *engine,
                     const struct lt_office *office)
{
    struct lt_bound *chain[LT_CHAIN_LEN_MAX];
    size_t n;
    size_t i;

    if (lt_tree_find(engine->tree, &engine->self->id) != NULL) {
        return lt_tree_above(engine->tree, office, &engine->self->id);
    }
    n = lt_telling_line(engine, engine->self, chain);
    for (i = 0; i + 1 < n; i++) {
        if (lt_office_equal(&chain[i]->binding.office, office)) {
            return true;
        }
    }
    return false;
}

/* Has the root @from let go of an office for the root @to, or offered it?
 * Beside the way along each tree there is one between the two, as on a line. */
static bool lets_have(const struct lt_engine *engine,
                      const struct lt_office *from, const struct lt_office *to)
{
    const struct lt_tree_release *release;

    for (size_t i = 0; (release = lt_tree_release_at(engine->tree, i)) != NULL;
         i++) {
        if (!release->withdrawn && lt_office_equal(&release->writer, from) &&
            lt_office_equal(&release->to, to)) {
            return true;
        }
    }
    return lt_tree_gave(engine->tree, from, to);
}

static bool in_line(const struct lt_engine *engine, const struct lt_office *to)
{
    return above_us(engine, to) ||
           lt_tree_above(engine->tree, &engine->self->id, to);
}

bool lt_engine_courier_may(const struct lt_engine *engine,
                           const struct lt_office *to)
{
    return in_line(engine, to) || lets_have(engine, &engine->self->id, to) ||
           lets_have(engine, to, &engine->self->id);
}

void lt_engine_courier_keys(
    const struct lt_engine *engine, const struct lt_office *to,
    void (*visit)(void *ctx, const struct lt_office *office), void *ctx)
{
    const struct lt_tree *tree = engine->tree;
    const struct lt_office *self = &engine->self->id;
    bool roots = !lt_tree_together(tree, self, to);

    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *moved = lt_tree_at(tree, i);
        struct lt_office line[LT_TREE_DEPTH_MAX];
        size_t n = 0;

        if (moved->places_n < 2 && !lt_tree_is_guest(tree, &moved->id)) {
            continue;
        }
        if (lt_tree_covers(tree, &moved->id, to) ||
            (roots && lt_tree_above(tree, self, &moved->id))) {
            n = lt_tree_superiors(tree, &moved->id, line);
        }
        for (size_t k = 0; k < n; k++) {
            visit(ctx, &line[k]);
        }
        if (roots && lt_tree_above(tree, to, &moved->id)) {
            visit(ctx, &moved->id);
        }
    }
}

bool lt_engine_binding_of(const struct lt_engine *engine,
                          const struct lt_office *office,
                          struct lt_binding *out)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);

    if (unit == NULL || unit->bound == NULL) {
        return false;
    }
    *out = unit->bound->binding;
    return true;
}

static void state_to(struct lt_engine *engine, const struct lt_office *office)
{
    struct lt_unit *unit = lt_unit_get(engine, office);
    struct lt_partner *partner =
        unit == NULL ? NULL : lt_partner_get(engine, unit);

    if (partner != NULL) {
        lt_statement_say(engine, partner);
    }
}

/* To a superior, and to those above it: theirs travel on from there. */
void lt_courier_state(struct lt_engine *engine, const struct lt_input *input)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n = lt_tree_superiors(engine->tree, &engine->self->id, line);
    size_t i;

    if (!in_line(engine, &input->office)) {
        return; /* roots of two trees say nothing to each other */
    }
    state_to(engine, &input->office);
    for (i = 0; i < n; i++) {
        if (lt_tree_above(engine->tree, &line[i], &input->office) &&
            lt_tree_above(engine->tree, &input->office, &engine->self->id)) {
            state_to(engine, &line[i]);
        }
    }
}

/* ---- out: what it lacks ---- */

enum stage { STAGE_TREE, STAGE_URGENT, STAGE_NORMAL, STAGE_BULK, STAGE_WORDS };

static enum stage stage_of(const struct lt_track *track)
{
    static const enum stage stages[LT_LANES] = {STAGE_URGENT, STAGE_NORMAL,
                                                STAGE_BULK};

    return track->id.channel.cls == LT_CLASS_TREE ? STAGE_TREE
                                                  : stages[track->lane];
}

/* What @to says that it holds of @unit's, decoded into scratch. */
struct said {
    const struct lt_unit *unit;
    bool elsewhere; /* nothing is known, and it has a shorter way to it */
    size_t streams_n;
    const struct lt_stream_tips *streams;
};

static void listen(struct lt_engine *engine, const struct lt_unit *unit,
                   const struct lt_office *to, struct said *said)
{
    bool own = lt_office_equal(&unit->id, to);
    const struct lt_letter *letter =
        lt_letter_find(engine, to, own ? &engine->self->id : &unit->id);
    struct lt_statement statement;
    struct lt_span body;
    uint8_t signature[LT_SIG_LEN];

    *said = (struct said){.unit = unit};
    if (letter == NULL) {
        /* What comes from above it, it gets from above; not with every bundle
         * of everybody below, the whole tree for one. */
        said->elsewhere = lt_tree_above(engine->tree, to, &engine->self->id) &&
                          (own || lt_tree_above(engine->tree, &unit->id, to));
        return;
    }
    lt_arena_reset(&engine->scratch_payload);
    if (lt_statement_decode(letter->bytes, letter->len,
                            &engine->scratch_payload, &statement, &body,
                            signature, NULL) != LT_OK) {
        return; /* nothing is known of it: it gets everything */
    }
    said->streams_n = own ? statement.mine_n : statement.yours_n;
    said->streams = own ? statement.mine : statement.yours;
}

static void mark(struct lt_engine *engine, const struct lt_track *track,
                 const struct said *said)
{
    size_t i;
    size_t k;

    lt_have_begin(engine);
    for (i = 0; i < said->streams_n; i++) {
        const struct lt_stream_tips *tips = &said->streams[i];

        for (k = 0; lt_channel_equal(&tips->channel, &track->id.channel) &&
                    k < tips->tips_n;
             k++) {
            (void)lt_have_add(engine, track, &tips->tips[k]);
        }
    }
}

static size_t unit_from(const struct lt_engine *engine,
                        const struct lt_office *origin)
{
    size_t low = 0;
    size_t high = engine->units_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(&engine->units[middle]->id, origin, sizeof(*origin)) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct search {
    struct lt_engine *engine;
    const struct lt_office *to;
    bool to_above;
    bool all;
    struct lt_courier_cursor *at;
    struct lt_courier_run *out;
    struct said said;
    size_t visits; /* that are left */
};

enum { VISITS_MAX = 50000 };

/* The search goes on here: at a run, or at the first one of the track. */
static void stand(struct search *search, const struct lt_track *track,
                  const struct lt_run *run, uint64_t after)
{
    struct lt_courier_cursor *at = search->at;

    at->origin = track->unit->id;
    at->in_unit = true;
    at->channel = track->id.channel;
    at->epoch = run == NULL ? 0 : run->epoch;
    at->after = after;
}

static bool offer(struct search *search, const struct lt_run *run,
                  uint64_t after)
{
    uint64_t have =
        search->all ? run->first - 1 : lt_have(search->engine, run);

    have = have > after ? have : after;
    if (!lt_run_lasting(run) || have >= run->durable.number) {
        return false;
    }
    stand(search, run->track, run, have);
    *search->out = (struct lt_courier_run){.stream = run->track->id,
                                           .epoch = run->epoch,
                                           .prev = run->prev,
                                           .after = have,
                                           .last = run->durable.number};
    memcpy(search->out->key_id, run->key_id, LT_HASH_LEN);
    return true;
}

/* Runs of a track in the order in which they came: each after the one that it
 * goes on from. @from NULL: from the first. */
static enum lt_courier_found search_track(struct search *search,
                                          const struct lt_track *track,
                                          const struct lt_run *from)
{
    const struct lt_run *run = from == NULL ? track->runs : from;
    uint64_t after = from == NULL ? 0 : search->at->after;

    if (!lt_route_shared_with(search->engine, search->to, search->to_above,
                              &track->id)) {
        return LT_COURIER_NOTHING;
    }
    if (!search->all) {
        if (search->said.unit != track->unit) {
            listen(search->engine, track->unit, search->to, &search->said);
        }
        if (search->said.elsewhere) {
            return LT_COURIER_NOTHING;
        }
        mark(search->engine, track, &search->said);
    }
    for (; run != NULL; run = run->next) {
        if (search->visits == 0) {
            stand(search, track, run, after);
            return LT_COURIER_LATER;
        }
        search->visits--;
        if (offer(search, run, after)) {
            return LT_COURIER_RUN;
        }
        after = 0;
    }
    return LT_COURIER_NOTHING;
}

/* Tracks of a unit, from the cursor's place on when it lies in this one. */
static enum lt_courier_found search_unit(struct search *search,
                                         const struct lt_unit *unit)
{
    const struct lt_courier_cursor *at = search->at;
    const struct lt_track *track = unit->tracks;
    const struct lt_run *run = NULL;

    if (at->in_unit && lt_office_equal(&at->origin, &unit->id)) {
        const struct lt_stream stream = {unit->id, at->channel};
        const struct lt_track *there = lt_track_find(search->engine, &stream);

        track = there == NULL ? track : there;
        run = there == NULL || at->epoch == 0
                  ? NULL
                  : lt_run_find(search->engine, there, at->epoch);
    }
    for (; track != NULL; track = track->next) {
        enum lt_courier_found found = LT_COURIER_NOTHING;

        if (search->visits == 0) {
            stand(search, track, NULL, 0);
            return LT_COURIER_LATER;
        }
        search->visits--;
        if (stage_of(track) == (enum stage)at->stage) {
            found = search_track(search, track, run);
        }
        if (found != LT_COURIER_NOTHING) {
            return found;
        }
        run = NULL;
    }
    return LT_COURIER_NOTHING;
}

enum lt_courier_found lt_engine_courier_next(struct lt_engine *engine,
                                             const struct lt_office *to,
                                             bool all,
                                             struct lt_courier_cursor *at,
                                             struct lt_courier_run *out)
{
    struct search search = {.engine = engine,
                            .to = to,
                            .to_above =
                                above_us(engine, to) ||
                                lets_have(engine, &engine->self->id, to),
                            .all = all,
                            .at = at,
                            .out = out,
                            .visits = VISITS_MAX};
    size_t i;

    if (at->life != engine->options.epoch) {
        /* Another life has its runs in another order. */
        *at = (struct lt_courier_cursor){.life = engine->options.epoch};
    }
    for (; at->stage < STAGE_WORDS; at->stage++) {
        for (i = unit_from(engine, &at->origin); i < engine->units_n; i++) {
            enum lt_courier_found found =
                search_unit(&search, engine->units[i]);

            if (found != LT_COURIER_NOTHING) {
                return found;
            }
        }
        memset(&at->origin, 0, sizeof(at->origin));
        at->in_unit = false;
    }
    return LT_COURIER_NOTHING;
}

/* ---- out: what offices said ---- */

/* Does a statement from @from to @goal pass @way, or end there? */
static bool leads_over(const struct lt_engine *engine,
                       const struct lt_office *from,
                       const struct lt_office *goal,
                       const struct lt_office *way)
{
    const struct lt_tree *tree = engine->tree;

    return lt_office_equal(goal, way) ||
           (lt_tree_above(tree, goal, way) && lt_tree_above(tree, way, from)) ||
           (lt_tree_above(tree, from, way) && lt_tree_above(tree, way, goal));
}

bool lt_engine_courier_word(const struct lt_engine *engine,
                            const struct lt_office *to, size_t *index,
                            struct lt_courier_word *out)
{
    while (*index < engine->letters_n) {
        const struct lt_letter *letter = engine->letters[(*index)++];

        if (!lt_office_equal(&letter->from, to) &&
            !lt_office_equal(&letter->to, &engine->self->id) &&
            leads_over(engine, &letter->from, &letter->to, to)) {
            *out = (struct lt_courier_word){.from = letter->from,
                                            .bytes = letter->bytes,
                                            .len = letter->len};
            return true;
        }
    }
    return false;
}

int64_t lt_engine_courier_heard(const struct lt_engine *engine,
                                const struct lt_office *office)
{
    const struct lt_letter *letter =
        lt_letter_find(engine, office, &engine->self->id);

    return letter == NULL ? 0 : letter->at_ms;
}
