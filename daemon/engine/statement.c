/* Our own statements: what we wrote that the other should hold, what we hold
 * of theirs, and the number of the last one heard from them. One goes out
 * after a change, at most one a second to each, and at every interval; it
 * waits while no session leads there. */
#include "daemon/engine/statement.h"

#include <assert.h>
#include <string.h>

#include "daemon/engine/drain.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/route.h"
#include "daemon/engine/streams.h"

static bool related(const struct lt_engine *engine, const struct lt_unit *unit)
{
    return lt_tree_above(engine->tree, &unit->id, &engine->self->id) ||
           lt_tree_above(engine->tree, &engine->self->id, &unit->id);
}

struct lt_partner *lt_partner_get(struct lt_engine *engine,
                                  struct lt_unit *unit)
{
    struct lt_partner *partner = unit->partner;

    if (partner != NULL || !related(engine, unit)) {
        return partner;
    }
    partner = lt_new(engine->alloc, sizeof(*partner));
    if (partner == NULL) {
        engine->oom = true;
        return NULL;
    }
    partner->unit = unit;
    partner->sent_ms = INT64_MIN / 2;
    partner->state_wall_ms = engine->now.wall_ms;
    partner->way_ms = engine->now.mono_ms;
    partner->next = engine->partners;
    engine->partners = partner;
    unit->partner = partner;
    return partner;
}

void lt_partner_dirty(struct lt_engine *engine, struct lt_partner *partner)
{
    if (partner != NULL && !partner->dirty &&
        !lt_engine_planted(engine, LT_PLANT_MUTE_STATEMENTS)) {
        partner->dirty = true;
        partner->dirty_next = engine->dirty_partners;
        engine->dirty_partners = partner;
    }
}

static void dirty_office(struct lt_engine *engine,
                         const struct lt_office *office)
{
    struct lt_unit *unit = lt_unit_get(engine, office);

    if (unit != NULL) {
        lt_partner_dirty(engine, lt_partner_get(engine, unit));
    }
}

static void dirty_superiors(struct lt_engine *engine)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n = lt_tree_superiors(engine->tree, &engine->self->id, line);
    size_t i;

    for (i = 0; i < n; i++) {
        dirty_office(engine, &line[i]);
    }
}

void lt_statement_grown(struct lt_engine *engine, const struct lt_track *track)
{
    struct lt_unit *unit = track->unit;
    size_t i;

    if (unit != engine->self) {
        lt_partner_dirty(engine, lt_partner_get(engine, unit));
        return;
    }
    dirty_superiors(engine);
    if (track->id.channel.audience == LT_AUDIENCE_TO) {
        dirty_office(engine, &track->id.channel.to);
    } else if (track->id.channel.audience == LT_AUDIENCE_ALL) {
        for (i = 0; i < lt_tree_count(engine->tree); i++) {
            const struct lt_tree_office *office = lt_tree_at(engine->tree, i);

            if (lt_tree_above(engine->tree, &engine->self->id, &office->id)) {
                dirty_office(engine, &office->id);
            }
        }
    }
}

void lt_statement_tree(struct lt_engine *engine)
{
    dirty_superiors(engine);
}

void lt_statement_session(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_partner *partner;

    (void)lt_partner_get(engine, session->unit);
    dirty_superiors(engine);
    for (partner = engine->partners; partner != NULL;
         partner = partner->next) {
        if (lt_route_letter(engine, &partner->unit->id) == session ||
            lt_route_line(engine, &partner->unit->id) == session) {
            lt_partner_dirty(engine, partner);
        }
    }
}

void lt_statement_cut(struct lt_engine *engine,
                      const struct lt_session *session)
{
    struct lt_partner *partner;

    for (partner = engine->partners; !session->above && partner != NULL;
         partner = partner->next) {
        if (lt_route_line(engine, &partner->unit->id) == session) {
            lt_partner_dirty(engine, partner);
        }
    }
}

/* ---- building ---- */

static size_t gather(const struct lt_engine *engine, const struct lt_unit *unit,
                     const struct lt_office *holder,
                     struct lt_stream_tips *out)
{
    const struct lt_track *track;
    bool above = lt_tree_above(engine->tree, holder, &unit->id);
    size_t n = 0;

    for (track = unit->tracks;
         track != NULL && n < LT_STATEMENT_STREAMS_MAX; track = track->next) {
        if (!above && !lt_tree_holds(engine->tree, holder, &track->id)) {
            continue;
        }
        out[n].channel = track->id.channel;
        out[n].tips_n = lt_track_tips(track, out[n].tips);
        if (out[n].tips_n > 0) {
            n++;
        }
    }
    return n;
}

/* So many streams of it may be spoken of. */
static size_t tracks_of(const struct lt_unit *unit)
{
    size_t n = 0;

    for (const struct lt_track *track = unit->tracks;
         track != NULL && n < LT_STATEMENT_STREAMS_MAX; track = track->next) {
        n++;
    }
    return n;
}

/* Does no way lead from here to an office below, along the tree? There is a
 * session with the neighbour on the way, or not; whether the parent of @office
 * has its own is shown by its word. */
static bool is_cut_off(const struct lt_engine *engine,
                       const struct lt_office *office)
{
    const struct lt_unit *parent;

    if (!lt_tree_above(engine->tree, &engine->self->id, office)) {
        return false;
    }
    if (lt_route_line(engine, office) == NULL) {
        return true;
    }
    parent = lt_unit_find(engine, &lt_tree_find(engine->tree, office)->parent);
    if (parent == engine->self || parent == NULL || parent->session != NULL) {
        return false;
    }
    return parent->partner == NULL || parent->partner->heard_ms == 0 ||
           engine->now.mono_ms - parent->partner->heard_ms >
               2 * engine->options.statement_interval_ms + lt_away_ms(engine);
}

static void send_one(struct lt_engine *engine, struct lt_partner *partner)
{
    const struct lt_letter *heard = lt_letter_find(
        engine, &partner->unit->id, &engine->self->id);
    struct lt_statement statement;
    size_t mine_n = tracks_of(engine->self);
    struct lt_stream_tips *tips;
    lt_err rc;

    tips = lt_new_array(engine->alloc, mine_n + tracks_of(partner->unit),
                        sizeof(*tips));
    if (tips == NULL) {
        engine->oom = true;
        return;
    }
    memset(&statement, 0, sizeof(statement));
    statement.from = engine->self->id;
    statement.to = partner->unit->id;
    statement.epoch = engine->options.epoch;
    statement.id = ++engine->statement_id;
    statement.at_ms = engine->now.wall_ms;
    memcpy(statement.key_id, lt_key_id(engine->options.key), LT_HASH_LEN);
    if (heard != NULL) {
        statement.echo_epoch = heard->epoch;
        statement.echo_id = heard->id;
    }
    statement.mine = tips;
    statement.mine_n =
        gather(engine, engine->self, &partner->unit->id, tips);
    statement.yours = tips + mine_n;
    statement.yours_n = gather(engine, partner->unit, &engine->self->id,
                               statement.yours);
    statement.cut_off = is_cut_off(engine, &partner->unit->id);
    engine->word_stays = lt_drain_say(engine, partner->unit, &statement);
    statement.software.data = engine->software;
    statement.software.len = strlen(engine->software);
    lt_buf_reset(&engine->out);
    while ((rc = lt_statement_seal(&statement, engine->options.key,
                                   &engine->out)) == LT_EINVAL) {
        /* Many branches make it too long for one page: then it speaks of
         * fewer streams; of none it is short. */
        assert(statement.mine_n + statement.yours_n > 0);
        statement.mine_n /= 2;
        statement.yours_n /= 2;
    }
    lt_free(engine->alloc, tips);
    partner->sent_ms = engine->now.mono_ms;
    if (rc == LT_OK) {
        lt_letter_take(engine, engine->out.data, engine->out.len, NULL);
    }
    engine->oom |= rc == LT_ENOMEM;
    lt_buf_reset(&engine->out);
    if (engine->word_stays) { /* the next one leaves */
        engine->word_stays = false;
        lt_partner_dirty(engine, partner);
    }
}

void lt_statement_say(struct lt_engine *engine, struct lt_partner *partner)
{
    send_one(engine, partner);
}

void lt_statement_pump(struct lt_engine *engine)
{
    struct lt_partner **link = &engine->dirty_partners;

    while (*link != NULL && !engine->oom) {
        struct lt_partner *partner = *link;

        if (engine->now.mono_ms - partner->sent_ms < LT_STATEMENT_GAP_MS ||
            lt_route_letter(engine, &partner->unit->id) == NULL) {
            link = &partner->dirty_next;
            continue;
        }
        *link = partner->dirty_next;
        partner->dirty = false;
        send_one(engine, partner);
    }
}

int64_t lt_statement_next(const struct lt_engine *engine)
{
    const struct lt_partner *partner;
    int64_t next = INT64_MAX;

    for (partner = engine->dirty_partners; partner != NULL;
         partner = partner->dirty_next) {
        if (partner->sent_ms + LT_STATEMENT_GAP_MS < next &&
            lt_route_letter(engine, &partner->unit->id) != NULL) {
            next = partner->sent_ms + LT_STATEMENT_GAP_MS;
        }
    }
    return next;
}
