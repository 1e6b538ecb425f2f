/* The side that dialled speaks first. Both hellos carry a fresh nonce; each
 * side signs both nonces and both CURVE keys, so a hello is worth nothing in
 * another connection.
 *
 *     child                                parent
 *     Hello (nonce)          ->
 *                            <-            Hello (nonce, signature)
 *     Proof (signature)      ->            both are up
 *
 * The newest session of an office is served. Each start of an office is an
 * epoch, so an epoch that was superseded and speaks again is a second
 * machine. */
#include "daemon/engine/hello.h"

#include <string.h>

#include "daemon/engine/bypass.h"
#include "daemon/engine/compare.h"
#include "daemon/engine/doors.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/parent.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/session.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/telling.h"
#include "daemon/engine/unconfirmed.h"

static void say_hello(struct lt_engine *engine, struct lt_session *session,
                      const uint8_t signature[LT_SIG_LEN])
{
    struct lt_bound *chain[LT_CHAIN_LEN_MAX];
    struct lt_span spans[LT_CHAIN_LEN_MAX];
    struct lt_hello hello = {
        .wire_min = LT_WIRE_VERSION,
        .wire_max = LT_WIRE_VERSION,
        .office = engine->self->id,
        .epoch = engine->options.epoch,
        .software = {.data = engine->software,
                     .len = strlen(engine->software)},
        .features_n = 1,
        .features = {LT_FEATURE_WANT},
        .wall_ms = engine->now.wall_ms,
        .bindings = spans,
    };
    size_t i;

    memcpy(hello.nonce, session->nonce, LT_NONCE_LEN);
    memcpy(hello.key_id, lt_key_id(engine->options.key), LT_HASH_LEN);
    if (signature != NULL) {
        hello.has_peer_nonce = true;
        memcpy(hello.peer_nonce, session->peer_nonce, LT_NONCE_LEN);
        hello.has_signature = true;
        memcpy(hello.signature, signature, LT_SIG_LEN);
    }
    hello.bindings_n = lt_telling_chain(engine, engine->self, chain);
    for (i = 0; i < hello.bindings_n; i++) {
        spans[i] = (struct lt_span){.data = chain[i]->bytes,
                                    .len = chain[i]->len};
        lt_telling_told(engine, session, chain[i]);
    }
    /* What this office was given it shows, also where its own disk knows too
     * little to judge it: or nobody who forgot it as well would serve it. */
    if (hello.bindings_n < LT_CHAIN_LEN_MAX &&
        !lt_engine_planted(engine, LT_PLANT_HIDE_OWN_KEY) &&
        lt_keys_own_waits(engine, &spans[hello.bindings_n])) {
        hello.bindings_n++;
    }
    lt_fx_send_frame(engine, session, lt_hello_encode(&hello, &engine->frame));
}

static void digest_of(const struct lt_engine *engine,
                      const struct lt_session *session, bool ours,
                      uint8_t out[static LT_HELLO_DIGEST_LEN])
{
    struct lt_hello_digest digest;
    bool child = ours == session->above;

    memset(&digest, 0, sizeof(digest));
    digest.role = child ? LT_ROLE_CHILD : LT_ROLE_PARENT;
    if (ours) {
        digest.signer = engine->self->id;
        digest.peer = session->unit->id;
        memcpy(digest.signer_curve, engine->options.transport_key,
               LT_CURVE_LEN);
        memcpy(digest.peer_curve, session->transport_key, LT_CURVE_LEN);
        memcpy(digest.signer_nonce, session->nonce, LT_NONCE_LEN);
        memcpy(digest.peer_nonce, session->peer_nonce, LT_NONCE_LEN);
        digest.wire_min = LT_WIRE_VERSION;
        digest.wire_max = LT_WIRE_VERSION;
        digest.epoch = engine->options.epoch;
    } else {
        digest.signer = session->unit->id;
        digest.peer = engine->self->id;
        memcpy(digest.signer_curve, session->transport_key, LT_CURVE_LEN);
        memcpy(digest.peer_curve, engine->options.transport_key,
               LT_CURVE_LEN);
        memcpy(digest.signer_nonce, session->peer_nonce, LT_NONCE_LEN);
        memcpy(digest.peer_nonce, session->nonce, LT_NONCE_LEN);
        digest.wire_min = session->peer_wire_min;
        digest.wire_max = session->peer_wire_max;
        digest.epoch = session->peer_epoch;
    }
    lt_hello_digest_bytes(&digest, out);
}

static bool sign(struct lt_engine *engine, struct lt_session *session,
                 uint8_t out[static LT_SIG_LEN])
{
    uint8_t bytes[LT_HELLO_DIGEST_LEN];

    digest_of(engine, session, true, bytes);
    if (lt_key_sign(engine->options.key, bytes, sizeof(bytes), out) !=
        LT_OK) {
        lt_session_close(engine, session, LT_ECRYPTO);
        return false;
    }
    return true;
}

static bool proven(struct lt_engine *engine, struct lt_session *session,
                   const uint8_t signature[static LT_SIG_LEN])
{
    uint8_t bytes[LT_HELLO_DIGEST_LEN];
    const struct lt_key *key =
        lt_keys_find(engine, session->unit, session->peer_key_id);

    if (key == NULL || !lt_keys_speaks(engine, session->unit, session->peer_key_id)) {
        lt_session_refuse(engine, session, LT_EUNKNOWNKEY);
        return false;
    }
    if (lt_revoke_refuses(engine, session->peer_key_id)) {
        lt_revoke_turn_away(engine, session);
        return false;
    }
    digest_of(engine, session, false, bytes);
    if (!lt_key_verify(key, bytes, sizeof(bytes), signature) &&
        !lt_engine_planted(engine, LT_PLANT_TRUST_HELLO)) {
        lt_session_refuse(engine, session, LT_EHELLO);
        return false;
    }
    return true;
}

/* Was this epoch superseded by a later start of the office? Notes the change
 * of epochs. */
static bool epoch_came_back(struct lt_unit *unit, uint64_t epoch)
{
    bool back = false;
    size_t i;

    if (unit->epoch == epoch) {
        return false;
    }
    for (i = 0; i < LT_PAST_EPOCHS; i++) {
        back |= unit->past[i] == epoch;
    }
    if (unit->epoch != 0) {
        memmove(unit->past + 1, unit->past,
                (LT_PAST_EPOCHS - 1) * sizeof(unit->past[0]));
        unit->past[0] = unit->epoch;
    }
    unit->epoch = epoch;
    return back;
}

/* A key that nobody has confirmed takes no session from one that is known. */
static bool gives_way(const struct lt_engine *engine,
                      const struct lt_session *session,
                      const struct lt_session *served)
{
    return served != NULL && engine->unconfirmed_n > 0 &&
           lt_unconfirmed_find(engine, session->unit, session->peer_key_id) !=
               NULL &&
           lt_unconfirmed_find(engine, served->unit, served->peer_key_id) ==
               NULL;
}

static void serve(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_unit *unit = session->unit;
    struct lt_session **place =
        session->role == LT_ROLE_BYPASS ? &unit->bypass : &unit->session;
    bool twice;

    if (gives_way(engine, session, *place)) {
        lt_session_refuse(engine, session, LT_AUNCONFIRMED);
        return;
    }
    twice = epoch_came_back(unit, session->peer_epoch);
    if (twice) {
        lt_alarm_raise(engine, LT_ATWOMACHINES, &unit->id, NULL, NULL);
    }
    if (*place != NULL) {
        lt_session_close(engine, *place, twice ? LT_ATWOMACHINES : LT_OK);
    }
    *place = session;
    session->state = LT_SESSION_UP;
    lt_alarm_clear(engine, LT_EHELLO, &unit->id);
    lt_alarm_clear(engine, LT_EUNKNOWNKEY, &unit->id);
    lt_alarm_clear(engine, LT_ASILENT, &unit->id);
    lt_fx_note(engine, LT_NLINKUP, &unit->id);
    session->progress_ms = engine->now.mono_ms;
    /* The round trip while nothing is in its way: windows begin with it. */
    lt_session_ping(engine, session);
    lt_bypass_session_up(engine, session);
    lt_parent_arrived(engine);
    if (session->role == LT_ROLE_PARENT) {
        lt_doors_told(engine, false);
    }
    lt_telling_moved(engine, session);
    lt_telling_own(engine, session);
    lt_compare_start(engine, session);
    lt_statement_session(engine, session);
    lt_letter_forward(engine, session);
}

void lt_hello_on_hello(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_hello *hello)
{
    uint8_t signature[LT_SIG_LEN];
    size_t i;

    if (session->state != LT_SESSION_HELLO) {
        return; /* said twice */
    }
    if (hello->epoch == 0 || session->above != hello->has_signature) {
        lt_session_close(engine, session, LT_EPROTO);
        return;
    }
    if (hello->wire_min > LT_WIRE_VERSION ||
        hello->wire_max < LT_WIRE_VERSION) {
        lt_session_refuse(engine, session, LT_EPROTO);
        return;
    }
    if (!lt_office_equal(&hello->office, &session->unit->id) &&
        !lt_engine_planted(engine, LT_PLANT_TRUST_ROUTE)) {
        lt_session_refuse(engine, session, LT_EHELLO);
        return;
    }
    for (i = 0; i < hello->bindings_n && i < LT_CHAIN_LEN_MAX; i++) {
        if (lt_keys_add(engine, hello->bindings[i].data,
                        hello->bindings[i].len, true) == LT_ENOMEM) {
            return;
        }
    }
    memcpy(session->peer_nonce, hello->nonce, LT_NONCE_LEN);
    memcpy(session->peer_key_id, hello->key_id, LT_HASH_LEN);
    lt_telling_heard(engine, session, hello->bindings, hello->bindings_n);
    session->peer_epoch = hello->epoch;
    session->peer_wire_min = hello->wire_min;
    session->peer_wire_max = hello->wire_max;
    session->skew_ms = hello->wall_ms - engine->now.wall_ms;
    for (i = 0; i < hello->features_n; i++) {
        session->gives |= hello->features[i] == LT_FEATURE_WANT;
    }
    if (!session->above) {
        if (!lt_keys_speaks(engine, session->unit, hello->key_id)) {
            lt_session_refuse(engine, session, LT_EUNKNOWNKEY);
            return;
        }
        if (lt_revoke_refuses(engine, hello->key_id)) {
            lt_revoke_turn_away(engine, session);
            return;
        }
        if (sign(engine, session, signature)) {
            say_hello(engine, session, signature);
            session->state = LT_SESSION_PROOF;
        }
        return;
    }
    if (!hello->has_peer_nonce ||
        memcmp(hello->peer_nonce, session->nonce, LT_NONCE_LEN) != 0) {
        lt_session_refuse(engine, session, LT_EHELLO);
        return;
    }
    if (proven(engine, session, hello->signature) &&
        sign(engine, session, signature)) {
        struct lt_proof proof;

        memcpy(proof.signature, signature, LT_SIG_LEN);
        lt_fx_send_frame(engine, session,
                         lt_proof_encode(&proof, &engine->frame));
        serve(engine, session);
    }
}

void lt_hello_on_proof(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_proof *proof)
{
    if (session->state == LT_SESSION_HELLO || session->above) {
        lt_session_close(engine, session, LT_EPROTO);
    } else if (session->state == LT_SESSION_PROOF &&
               proven(engine, session, proof->signature)) {
        serve(engine, session);
    }
}

void lt_hello_say(struct lt_engine *engine, struct lt_session *session)
{
    say_hello(engine, session, NULL);
}
