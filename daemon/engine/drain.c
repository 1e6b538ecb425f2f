#include "daemon/engine/drain.h"

#include <string.h>

#include "daemon/engine/compare.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/route.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

/* ---- of all streams of an office ---- */

/* False: no memory. */
static bool digest_of(struct lt_engine *engine, const struct lt_unit *unit,
                      uint8_t out[static LT_DIGEST_LEN])
{
    struct lt_point points[LT_TIPS_MAX];
    struct lt_stream_tip *tips;
    const struct lt_track *track;
    size_t max = 1;
    size_t n = 0;

    for (track = unit->tracks; track != NULL; track = track->next) {
        max += track->tips_n;
    }
    tips = lt_new_array(engine->alloc, max, sizeof(*tips));
    if (tips == NULL) {
        return false;
    }
    for (track = unit->tracks; track != NULL; track = track->next) {
        size_t points_n = lt_track_tips(track, points);

        for (size_t i = 0; i < points_n; i++) {
            tips[n].channel = track->id.channel;
            tips[n++].tip = points[i];
        }
    }
    lt_origin_digest(tips, n, out);
    lt_free(engine->alloc, tips);
    return true;
}

/* ---- at the closed office ---- */

static uint64_t closed_at(const struct lt_engine *engine,
                          const struct lt_office *office)
{
    const struct lt_tree_office *known = lt_tree_find(engine->tree, office);

    return known == NULL ? 0 : known->closed_version;
}

bool lt_drain_silent(const struct lt_engine *engine)
{
    return engine->silent && closed_at(engine, &engine->self->id) != 0;
}

bool lt_drain_ended(const struct lt_engine *engine)
{
    return closed_at(engine, &engine->self->id) != 0 &&
           lt_revoke_refuses(engine, lt_key_id(engine->options.key));
}

void lt_drain_remember(struct lt_engine *engine,
                       const struct lt_statement *statement)
{
    engine->silent |= statement->handed_version != 0;
}

/* Not what the peer does not follow: it never wants that, and of ourselves it
 * follows all. */
static bool lacks(const struct lt_engine *engine,
                  const struct lt_session *session, const struct lt_flow *flow)
{
    const struct lt_run *run = flow->run;

    return flow->acked < run->last.number &&
           (run->track->unit == engine->self ||
            (flow->held != LT_HOLD_NOT_FOLLOWED &&
             flow->held != LT_HOLD_PROVEN_WRONG &&
             lt_route_sends(engine, session, &run->track->id)));
}

static bool has_all(const struct lt_engine *engine,
                    const struct lt_session *session)
{
    if (session->state != LT_SESSION_UP || !session->above ||
        session->lanes != LT_LANES || lt_compare_waits(session)) {
        return false;
    }
    for (const struct lt_flow *flow = session->flows; flow != NULL;
         flow = flow->all_next) {
        if (lacks(engine, session, flow)) {
            return false;
        }
    }
    return true;
}

/* Nothing is on its way to the disk, and somebody above has all of it. */
static bool is_over(const struct lt_engine *engine)
{
    if (engine->pending != NULL || engine->dirty != NULL ||
        engine->lost_n > 0) {
        return false;
    }
    for (size_t i = 0; i < engine->sessions_n; i++) {
        if (has_all(engine, engine->sessions[i])) {
            return true;
        }
    }
    return false;
}

void lt_drain_tick(struct lt_engine *engine)
{
    bool over = closed_at(engine, &engine->self->id) != 0 && is_over(engine);

    if (over != engine->handed_over) {
        engine->handed_over = over;
        lt_statement_tree(engine); /* the writer is one of those above */
    }
}

bool lt_drain_say(struct lt_engine *engine, const struct lt_unit *to,
                  struct lt_statement *statement)
{
    const struct lt_tree_office *root = lt_tree_root(engine->tree);
    uint64_t version = closed_at(engine, &engine->self->id);
    bool first = !engine->silent;

    if (version == 0 || !lt_office_equal(&root->id, &to->id)) {
        return false;
    }
    statement->handed_all = engine->handed_over && is_over(engine);
    if (statement->handed_all &&
        !digest_of(engine, engine->self, statement->handed_digest)) {
        engine->oom = true;
        statement->handed_all = false;
    }
    engine->silent |= statement->handed_all;
    /* What it has promised stands in each of its words from then on. */
    statement->handed_version = engine->silent ? version : 0;
    return first && engine->silent;
}

/* ---- at the tree's writer ---- */

/* The word that is kept here: is it of the key that counts? */
static bool is_believed(struct lt_engine *engine,
                        const struct lt_letter *letter,
                        const struct lt_unit *unit)
{
    struct lt_statement statement;
    struct lt_span body;
    uint8_t signature[LT_SIG_LEN];
    lt_err rc;

    lt_arena_reset(&engine->scratch_payload);
    rc = lt_statement_decode(letter->bytes, letter->len,
                             &engine->scratch_payload, &statement, &body,
                             signature, NULL);
    return rc == LT_OK && !lt_statement_doubtful(engine, &statement) &&
           memcmp(statement.key_id, unit->bound->binding.key_id,
                  LT_HASH_LEN) == 0;
}

enum lt_drain_state lt_engine_drain(struct lt_engine *engine,
                                    const struct lt_office *office)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);
    uint64_t version = closed_at(engine, office);
    const struct lt_letter *letter;
    uint8_t digest[LT_DIGEST_LEN];

    if (version == 0) {
        return LT_DRAIN_OPEN;
    }
    if (unit == NULL || unit->bound == NULL) {
        return LT_DRAIN_NO_KEY;
    }
    if (lt_revoke_refuses(engine, unit->bound->binding.key_id)) {
        return LT_DRAIN_REVOKED;
    }
    if (lt_trust_knows(engine->trust, unit->bound->binding.key_id)) {
        return LT_DRAIN_RESTORED;
    }
    letter = lt_letter_find(engine, office, &engine->self->id);
    if (letter == NULL || letter->handed_version != version) {
        return LT_DRAIN_UNSAID;
    }
    return digest_of(engine, unit, digest) &&
                   memcmp(digest, letter->handed_digest, LT_DIGEST_LEN) == 0 &&
                   is_believed(engine, letter, unit)
               ? LT_DRAIN_OVER
               : LT_DRAIN_MISSING;
}

bool lt_engine_silent(const struct lt_engine *engine)
{
    return lt_drain_silent(engine);
}

bool lt_engine_ended(const struct lt_engine *engine)
{
    return lt_drain_ended(engine);
}
