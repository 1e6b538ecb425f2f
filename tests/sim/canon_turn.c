/* The turns of an office of the canonical run, and its links. */
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/link_msg.h"
#include "daemon/eraser.h"
#include "tests/sim/canon.h"

enum { SETTLE_TURNS_MAX = 5000 };

static void session_up(struct canon_office *office,
                       const struct canon_office *peer, enum lt_role role,
                       uint64_t session)
{
    struct lt_input input = {.kind = LT_IN_SESSION_UP,
                             .session = session,
                             .role = role,
                             .office = peer->id};

    memcpy(input.transport_key, peer->curve, LT_CURVE_LEN);
    memset(input.nonce, (int)(session + 16 * office->index),
           sizeof(input.nonce));
    office->canon->acting = office;
    (void)canon_survives(
        office, lt_turn_input(office->turn, &office->canon->now, &input));
}

static void link_up(struct canon *canon)
{
    for (unsigned i = 1; i < CANON_OFFICES; i++) {
        struct canon_office *child = &canon->offices[i];
        struct canon_office *parent = &canon->offices[child->parent];
        const uint64_t session = canon->sessions + 1;

        if (child->session != 0 || child->turn == NULL ||
            parent->turn == NULL) {
            continue;
        }
        canon->sessions = session;
        child->session = session;
        session_up(parent, child, LT_ROLE_CHILD, session);
        if (child->session == session) {
            session_up(child, parent, LT_ROLE_PARENT, session);
        }
    }
}

/* The frames that are there now; each may end the office. */
static void receive(struct canon_office *office)
{
    struct canon *canon = office->canon;

    for (size_t i = 0; i < canon->frames_n && office->turn != NULL;) {
        struct canon_frame frame = canon->frames[i];
        struct lt_input input = {.kind = LT_IN_FRAME,
                                 .session = frame.session,
                                 .bytes = frame.bytes,
                                 .len = frame.len};

        if (frame.to != office->index) {
            i++;
            continue;
        }
        memmove(&canon->frames[i], &canon->frames[i + 1],
                (canon->frames_n - i - 1) * sizeof(frame));
        canon->frames_n--;
        (void)LT_FAILPOINT(C1);
        if (lt_frame_type(frame.bytes, frame.len) == LT_FRAME_ACK) {
            (void)LT_FAILPOINT(C10);
        }
        canon_note_frame(office, frame.session, frame.bytes, frame.len,
                         LT_FRAME_RUN_OPEN);
        (void)canon_survives(office,
                             lt_turn_input(office->turn, &canon->now, &input));
        free(frame.bytes);
    }
}

/* As daemon/room.c: is there room again? */
static lt_err watch_room(struct canon_office *office)
{
    static const uint8_t probe[32 * 1024];
    struct lt_input open = {.kind = LT_IN_INTAKE, .flag = true};
    lt_err err;

    if (!office->full) {
        return LT_OK;
    }
    err = lt_log_put_meta(office->log, "room/probe", probe, sizeof(probe));
    if (err == LT_OK) {
        err = lt_log_put_meta(office->log, "room/probe", NULL, 0);
    }
    if (err == LT_OK) {
        err = lt_log_commit(office->log);
    }
    if (err == LT_EFULL) {
        lt_log_rollback(office->log);
        return LT_OK;
    }
    if (err == LT_OK) {
        office->full = false;
        lt_clerk_room(office->clerk);
        err = lt_turn_input(office->turn, &office->canon->now, &open);
    }
    return err;
}

/* As end_turn in daemon/daemon.c. */
static lt_err end_turn(struct canon_office *office)
{
    struct lt_now *now = &office->canon->now;
    struct lt_input close = {
        .kind = LT_IN_INTAKE, .flag = false, .code = LT_EFULL};
    lt_err err = lt_turn_end(office->turn, now);

    if (err == LT_EFULL) {
        err = LT_OK;
        if (!office->full) {
            office->full = true;
            err = lt_turn_input(office->turn, now, &close);
        }
        if (err == LT_OK) {
            err = lt_turn_end(office->turn, now);
        }
        err = err == LT_EFULL ? LT_OK : err;
    }
    return err;
}

/* As tidy_erasures in daemon/upkeep.c, without a view. */
static lt_err tidy_erasures(struct canon_office *office)
{
    struct lt_eraser *eraser = lt_turn_eraser(office->turn);
    bool more = false;
    lt_err err = LT_OK;

    if (!office->erased_again) {
        err = lt_eraser_again(eraser, &more);
        office->erased_again = !more;
        if (err == LT_OK && lt_log_dirty(office->log)) {
            err = lt_log_commit(office->log);
            lt_eraser_committed(eraser);
        }
    }
    if (err == LT_OK && lt_eraser_wants_wipe(eraser)) {
        err = lt_log_wipe(office->log);
        if (err == LT_OK) {
            lt_eraser_wiped(eraser);
            lt_engine_relax(office->engine);
            lt_codec_thread_stop();
        }
    }
    if (err == LT_OK && lt_eraser_wants_answer(eraser)) {
        err = lt_turn_answer_erasure(office->turn, &office->canon->now,
                                     UINT64_MAX >> 1);
    }
    return err == LT_ENOMEM || err == LT_EIO ? err : LT_OK;
}

/* As lt_daemon_background: nothing came in. */
static lt_err background(struct canon_office *office)
{
    bool more;
    lt_err err = tidy_erasures(office);

    if (err == LT_OK && !lt_turn_pending(office->turn)) {
        err = lt_log_checkpoint(office->log, &more);
    }
    if (err == LT_EFULL) {
        lt_log_rollback(office->log);
        err = LT_OK;
    }
    return err;
}

/* As turn_once in daemon/daemon.c. True: something was done. */
static bool turn_once(struct canon_office *office)
{
    struct canon *canon = office->canon;
    struct lt_input tick = {.kind = LT_IN_TICK};
    bool busy;
    lt_err err = LT_OK;

    if (office->turn == NULL) {
        return false;
    }
    canon->acting = office;
    receive(office);
    if (office->turn == NULL) {
        return true;
    }
    if (office->wake_ms <= canon->now.mono_ms) {
        office->wake_ms = INT64_MAX;
        err = lt_turn_input(office->turn, &canon->now, &tick);
    }
    busy = lt_turn_pending(office->turn) || lt_clerk_wants(office->clerk);
    if (err == LT_OK) {
        err = watch_room(office);
    }
    if (err == LT_OK && lt_clerk_wants(office->clerk)) {
        err = lt_clerk_slice(office->clerk, &canon->now);
    }
    if (err == LT_OK && (busy || lt_turn_pending(office->turn))) {
        err = end_turn(office);
    } else if (err == LT_OK) {
        err = background(office);
        busy = lt_turn_pending(office->turn);
    }
    return !canon_survives(office, err) || busy;
}

static void end_closing(struct canon *canon)
{
    for (unsigned i = 1; i < CANON_OFFICES; i++) {
        if (canon->offices[i].closing) {
            canon_end_session(&canon->offices[i]);
        }
    }
}

void canon_settle(struct canon *canon)
{
    bool any = true;

    link_up(canon);
    for (unsigned turns = 0; any; turns++) {
        if (turns == SETTLE_TURNS_MAX) {
            canon_fail(canon, "it never comes to rest");
            return;
        }
        any = false;
        for (unsigned i = 0; i < CANON_OFFICES; i++) {
            any |= turn_once(&canon->offices[i]);
            end_closing(canon);
        }
    }
}
