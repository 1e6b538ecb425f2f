/* The words are in engine->trust (common/trust.h), by the order of the tree's
 * stream. Beside them stand keys that an earlier life knew to be revoked and
 * whose word is not in the log any more: a restored disk must not open a door
 * until the tree comes again. */
#include "daemon/engine/revoke.h"

#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/session.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/unconfirmed.h"

static bool is_shunned(const struct lt_engine *engine, const uint8_t *key_id)
{
    for (size_t i = 0; i < engine->shunned_n; i++) {
        if (memcmp(engine->shunned[i].bytes, key_id, LT_HASH_LEN) == 0) {
            return !lt_trust_knows(engine->trust, key_id);
        }
    }
    return false;
}

bool lt_revoke_refuses(const struct lt_engine *engine,
                       const uint8_t key_id[static LT_HASH_LEN])
{
    return !lt_engine_planted(engine, LT_PLANT_KEEP_REVOKED) &&
           (lt_trust_revoked(engine->trust, key_id) ||
            is_shunned(engine, key_id));
}

uint64_t lt_revoke_limit(const struct lt_engine *engine,
                         const struct lt_run *run)
{
    const struct lt_stream_end *end;
    uint64_t limit = 0;

    if (!lt_trust_revoked(engine->trust, run->key_id)) {
        return UINT64_MAX;
    }
    for (size_t i = 0;
         (end = lt_trust_end(engine->trust, run->key_id, i)) != NULL; i++) {
        const struct lt_run *at;
        uint64_t number = end->number;

        if (!lt_channel_equal(&end->channel, &run->track->id.channel)) {
            continue;
        }
        for (at = lt_run_find(engine, run->track, end->epoch);
             at != NULL && at != run; at = at->parent) {
            number = at->prev.number;
        }
        if (at == run && number > limit) {
            limit = number;
        }
    }
    return limit;
}

static bool is_closed(const struct lt_engine *engine,
                      const struct lt_unit *unit)
{
    const struct lt_tree_office *office = lt_tree_find(engine->tree, &unit->id);

    return office != NULL && office->closed_version != 0;
}

/* That of an office that is closed has ended; nobody has to do anything. */
static void review_office(struct lt_engine *engine, const struct lt_unit *unit)
{
    if (unit->bound != NULL && !is_closed(engine, unit) &&
        lt_revoke_refuses(engine, unit->bound->binding.key_id)) {
        lt_alarm_raise(engine, LT_AREVOKED, &unit->id, NULL, NULL);
    } else {
        lt_alarm_clear(engine, LT_AREVOKED, &unit->id);
    }
}

/* Who is closed hears that its key has ended before it is cut off: afterwards
 * nobody may tell it any more. Nothing is taken from it meanwhile. */
static void part(struct lt_engine *engine, struct lt_session *session)
{
    if (session->state != LT_SESSION_UP || session->above ||
        !is_closed(engine, session->unit)) {
        lt_session_close(engine, session, LT_AREVOKED);
    } else if (session->leaves_ms == 0) {
        session->leaves_ms = engine->now.mono_ms + LT_LEAVE_MS;
        session->pump_due = true;
        if (session->leaves_ms < engine->scan_ms) {
            engine->scan_ms = session->leaves_ms;
        }
    }
}

void lt_revoke_turn_away(struct lt_engine *engine, struct lt_session *session)
{
    if (is_closed(engine, session->unit)) {
        lt_session_close(engine, session, LT_AREVOKED);
    } else {
        lt_session_refuse(engine, session, LT_AREVOKED);
    }
}

bool lt_engine_leaving(const struct lt_engine *engine,
                       const struct lt_office *office)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);

    return unit != NULL &&
           ((unit->session != NULL && unit->session->leaves_ms != 0) ||
            (unit->bypass != NULL && unit->bypass->leaves_ms != 0));
}

void lt_revoke_review(struct lt_engine *engine)
{
    engine->trust_changed = false;
    engine->trust_revision++;
    for (size_t i = 0; i < engine->units_n; i++) {
        review_office(engine, engine->units[i]);
    }
    lt_unconfirmed_review(engine);
    for (size_t i = 0; i < engine->sessions_n; i++) {
        struct lt_session *session = engine->sessions[i];
        const struct lt_unit *unit = session->unit;

        if (session->state == LT_SESSION_HELLO
                ? unit->bound != NULL &&
                      lt_revoke_refuses(engine, unit->bound->binding.key_id)
                : lt_revoke_refuses(engine, session->peer_key_id)) {
            part(engine, session);
        } else {
            session->leaves_ms = 0;
        }
    }
    engine->keys_changed = true;
}

lt_err lt_engine_shun(struct lt_engine *engine,
                      const uint8_t key_id[static LT_HASH_LEN])
{
    if (engine->shunned_n == LT_SHUNNED_MAX) {
        return LT_OK;
    }
    if (!lt_grow(engine->alloc, (void **)&engine->shunned, &engine->shunned_cap,
                 engine->shunned_n, sizeof(*engine->shunned))) {
        return LT_ENOMEM;
    }
    memcpy(engine->shunned[engine->shunned_n++].bytes, key_id, LT_HASH_LEN);
    return LT_OK;
}

bool lt_engine_refused_key(const struct lt_engine *engine,
                           const uint8_t key_id[static LT_HASH_LEN])
{
    return lt_revoke_refuses(engine, key_id);
}

bool lt_engine_refused_at(const struct lt_engine *engine, size_t index,
                          uint8_t out_key_id[static LT_HASH_LEN])
{
    size_t seen = 0;
    const uint8_t *key_id;

    for (size_t i = 0; (key_id = lt_trust_at(engine->trust, i)) != NULL; i++) {
        if (lt_trust_revoked(engine->trust, key_id) && seen++ == index) {
            memcpy(out_key_id, key_id, LT_HASH_LEN);
            return true;
        }
    }
    for (size_t i = 0; i < engine->shunned_n; i++) {
        if (is_shunned(engine, engine->shunned[i].bytes) && seen++ == index) {
            memcpy(out_key_id, engine->shunned[i].bytes, LT_HASH_LEN);
            return true;
        }
    }
    return false;
}

uint64_t lt_engine_trust_revision(const struct lt_engine *engine)
{
    return engine->trust_revision;
}

uint64_t lt_engine_limit(const struct lt_engine *engine,
                         const struct lt_stream *stream, uint64_t epoch)
{
    const struct lt_track *track = lt_track_find(engine, stream);
    const struct lt_run *run =
        track == NULL ? NULL : lt_run_find(engine, track, epoch);

    return run == NULL ? UINT64_MAX : lt_revoke_limit(engine, run);
}

bool lt_engine_last_word(const struct lt_engine *engine,
                         const uint8_t key_id[static LT_HASH_LEN],
                         struct lt_event_id *out_id)
{
    const struct lt_event_id *id = lt_trust_last(engine->trust, key_id);

    if (id != NULL) {
        *out_id = *id;
    }
    return id != NULL;
}

bool lt_engine_run_of(const struct lt_engine *engine,
                      const struct lt_office *office, size_t *cursor,
                      struct lt_run_view *out)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);
    const struct lt_track *track = unit == NULL ? NULL : unit->tracks;
    size_t at = 0;

    for (; track != NULL; track = track->next) {
        for (const struct lt_run *run = track->runs; run != NULL;
             run = run->next) {
            if (at++ < *cursor || run->durable.number < run->first) {
                continue;
            }
            *cursor = at;
            *out = (struct lt_run_view){.stream = track->id,
                                        .epoch = run->epoch,
                                        .first = run->first,
                                        .last = run->durable.number,
                                        .prev = run->prev};
            memcpy(out->key_id, run->key_id, LT_HASH_LEN);
            return true;
        }
    }
    return false;
}

void lt_revoke_free(struct lt_engine *engine)
{
    lt_trust_free(engine->trust);
    lt_free(engine->alloc, engine->shunned);
}
