/* What goes back to those who send: acks of what is durable, holds, and the
 * request to send again. */
#include "daemon/engine/intake.h"

#include <assert.h>

#include "daemon/engine/effects.h"

/* ---- holds ---- */

void lt_inrun_hold(struct lt_engine *engine, struct lt_inrun *inrun,
                   uint32_t reason)
{
    if (inrun->held == LT_HOLD_NO_PROOF) {
        engine->proof_waits--;
    }
    if (reason == LT_HOLD_NO_PROOF) {
        engine->proof_waits++;
    }
    inrun->held = reason;
}

void lt_inrun_say_hold(struct lt_engine *engine, struct lt_session *session,
                       uint32_t handle, uint32_t reason, uint64_t number)
{
    struct lt_hold hold = {.has_handle = true,
                           .handle = handle,
                           .reason = reason,
                           .number = number};

    if (session->courier != NULL) {
        session->courier->reasons |= 1U << reason;
        return;
    }
    lt_fx_send_frame(engine, session, lt_hold_encode(&hold, &engine->frame));
}

/* ---- asking again ---- */

void lt_intake_key_came(struct lt_engine *engine, struct lt_unit *unit)
{
    size_t i;
    size_t k;

    if (engine->proof_waits == 0) {
        return;
    }
    for (i = 0; i < engine->sessions_n; i++) {
        struct lt_session *session = engine->sessions[i];

        for (k = 0; k < session->inruns_n; k++) {
            struct lt_inrun *inrun = &session->inruns[k];

            if (session->state == LT_SESSION_UP &&
                inrun->held == LT_HOLD_NO_PROOF &&
                lt_office_equal(&inrun->stream.origin, &unit->id)) {
                lt_inrun_hold(engine, inrun, 0);
                lt_inrun_say_hold(engine, session, (uint32_t)k + 1, LT_HOLD_GAP,
                         inrun->held_number);
            }
        }
    }
}

void lt_intake_ask_again(struct lt_engine *engine)
{
    size_t i;
    size_t k;

    for (i = 0; i < engine->sessions_n; i++) {
        struct lt_session *session = engine->sessions[i];

        for (k = 0; k < session->inruns_n; k++) {
            struct lt_inrun *inrun = &session->inruns[k];

            if (session->state != LT_SESSION_UP || inrun->run == NULL ||
                inrun->seen <= inrun->run->last.number) {
                continue;
            }
            inrun->seen = inrun->run->last.number;
            lt_inrun_hold(engine, inrun, 0);
            lt_inrun_say_hold(engine, session, (uint32_t)k + 1, LT_HOLD_GAP,
                     inrun->run->last.number + 1);
        }
    }
}

/* ---- acknowledging ---- */

static void ack_session(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_ack_run runs[64];
    struct lt_ack ack = {.credit_bytes = session->consumed, .runs = runs};
    bool early = lt_engine_planted(engine, LT_PLANT_ACK_BEFORE_COMMIT);
    size_t i;

    if (session->acks_n == 0 && session->consumed == session->consumed_stated) {
        return;
    }
    for (i = 0; i < session->acks_n; i++) {
        struct lt_inrun *inrun = &session->inruns[session->acks[i] - 1];
        uint64_t number;

        assert(inrun->run != NULL); /* something of it was here */
        inrun->ack_due = false;
        number = early ? inrun->run->last.number : inrun->run->durable.number;
        if (number < inrun->run->first) {
            continue;
        }
        inrun->stated = number;
        runs[ack.runs_n++] = (struct lt_ack_run){.handle = session->acks[i],
                                                 .number = number};
        if (ack.runs_n == LT_COUNT_OF(runs)) {
            lt_fx_send_frame(engine, session,
                             lt_ack_encode(&ack, &engine->frame));
            ack.runs_n = 0;
        }
    }
    session->acks_n = 0;
    session->consumed_stated = session->consumed;
    lt_fx_send_frame(engine, session, lt_ack_encode(&ack, &engine->frame));
}

void lt_intake_ack(struct lt_engine *engine)
{
    size_t i;

    for (i = 0; i < engine->sessions_n && !engine->oom; i++) {
        if (engine->sessions[i]->state == LT_SESSION_UP) {
            ack_session(engine, engine->sessions[i]);
        }
    }
}
