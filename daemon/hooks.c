/* What the turn's effects do to the world, and the daemon's own words. */
#include <string.h>

#include "common/counters.h"
#include "common/failpoint.h"
#include "common/link_msg.h"
#include "common/note.h"
#include "daemon/daemon_internal.h"

void lt_daemon_alarm(struct lt_daemon *daemon, lt_err code, bool raise,
                     const struct lt_office *subject,
                     const struct lt_diag *diag)
{
    static const struct lt_office self = {{0}};
    struct lt_diag note = {.code = code};

    if (subject == NULL) {
        subject = &self;
    }
    if (diag != NULL) {
        note = *diag;
        note.code = code;
    }
    if (raise) {
        if (lt_alarms_raise(&daemon->alarms, code, subject, &daemon->now, &note)) {
            lt_note(&note);
        }
    } else if (!lt_alarms_clear(&daemon->alarms, code, subject)) {
        return;
    }
    daemon->status_changed = true;
}

void lt_daemon_count_frame(const uint8_t *bytes, size_t len, bool sent)
{
    bool ack = len > 0 && bytes[0] == LT_FRAME_ACK;

    lt_counter_add(sent ? LT_CNT_FRAMES_SENT : LT_CNT_FRAMES_RECEIVED, 1);
    lt_counter_add(sent ? LT_CNT_BYTES_SENT : LT_CNT_BYTES_RECEIVED, len);
    if (ack) {
        lt_counter_add(sent ? LT_CNT_ACKS_SENT : LT_CNT_ACKS_RECEIVED, 1);
    }
}

void lt_daemon_count_stored(const struct lt_office *self,
                            const struct lt_segment *segment)
{
    if (lt_office_equal(&segment->stream.origin, self)) {
        lt_counter_add(LT_CNT_EVENTS_WRITTEN, segment->count);
    } else {
        lt_counter_add(LT_CNT_EVENTS_TAKEN, segment->count);
        lt_counter_add(LT_CNT_SEGMENTS_TAKEN, 1);
    }
}

/* ---- hooks of the turn ---- */

static lt_err hook_send(void *ctx, uint64_t session, const uint8_t *bytes,
                        size_t len)
{
    struct lt_daemon *daemon = ctx;

    (void)LT_FAILPOINT(C9);
    lt_daemon_count_frame(bytes, len, true);
    return lt_link_send(daemon->link, session, bytes, len);
}

void lt_daemon_session_gone(struct lt_daemon *daemon, uint64_t session,
                            enum lt_tried_result how)
{
    lt_history_ended(&daemon->history, daemon->now.wall_ms, session, how);
    if (session == daemon->superior_session) {
        daemon->superior_session = 0;
        daemon->apart_since_ms = daemon->now.wall_ms;
    }
}

static void hook_close(void *ctx, uint64_t session, lt_err code)
{
    struct lt_daemon *daemon = ctx;

    lt_daemon_session_gone(daemon, session, lt_history_result(code));
    lt_link_close(daemon->link, session);
    daemon->status_changed = true;
}

static void hook_alarm(void *ctx, const struct lt_effect *effect)
{
    lt_daemon_alarm(ctx, effect->code, effect->raise, &effect->office,
                    &effect->diag);
}

static void hook_note(void *ctx, const struct lt_effect *effect)
{
    struct lt_daemon *daemon = ctx;
    struct lt_diag note = effect->diag;

    note.code = effect->code;
    lt_note(&note);
    if (effect->code == LT_NLINKUP) {
        lt_daemon_superior_up(daemon, &effect->office);
        lt_history_tried(&daemon->history, &effect->office,
                         daemon->now.wall_ms, LT_TRIED_SESSION, LT_TRIED_UP,
                         "");
        /* The link raises this one, while it is refused; here is its end. */
        lt_daemon_alarm(daemon, LT_EUNKNOWNKEY, false, &effect->office, NULL);
        if (daemon->scrub != NULL) {
            lt_scrub_retry(daemon->scrub);
        }
    }
    daemon->status_changed = true;
}

static void hook_peers(void *ctx)
{
    struct lt_daemon *daemon = ctx;

    daemon->peers_changed = true;
    daemon->status_changed = true;
}

static void hook_wake(void *ctx, int64_t mono_ms)
{
    struct lt_daemon *daemon = ctx;

    if (mono_ms < daemon->wake_at_ms) {
        daemon->wake_at_ms = mono_ms;
    }
}

static void hook_dial(void *ctx, const struct lt_office *office, bool begin)
{
    lt_daemon_dial(ctx, office, begin);
}

static void hook_stored(void *ctx, uint64_t pos, int64_t committed_at_ms,
                        const struct lt_segment *segment)
{
    struct lt_daemon *daemon = ctx;

    daemon->last_pos = pos;
    daemon->status_changed = true;
    if (segment->prev.epoch != segment->epoch &&
        lt_office_equal(&segment->stream.origin, &daemon->identity.office)) {
        (void)LT_FAILPOINT(C17);
    }
    lt_daemon_count_stored(&daemon->identity.office, segment);
    if (segment->epoch != lt_engine_epoch(daemon->engine) &&
        lt_office_equal(&segment->stream.origin, &daemon->identity.office) &&
        lt_back_see(&daemon->back, &daemon->now, segment) != LT_OK) {
        daemon->back.dirty = true; /* without memory: the list is shorter */
    }
    /* When the queue is full the background reads it from the log later. */
    (void)lt_feed_push(daemon->feed, pos, committed_at_ms, segment);
    lt_clerk_see(daemon->clerk, pos, segment);
}

static void hook_written(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                         int64_t committed_at_ms)
{
    struct lt_daemon *daemon = ctx;

    if ((token & LT_TOKEN_CLERK) != 0) {
        lt_clerk_written(daemon->clerk, result);
    } else if ((token & LT_TOKEN_ENROL) != 0) {
        lt_daemon_enrol_written(daemon, token, result);
    } else if ((token & LT_TOKEN_OWN) == 0) {
        lt_daemon_job_written(daemon, token, result, pos, committed_at_ms);
    }
}

static void hook_mended(void *ctx, const struct lt_stream *stream,
                        uint64_t epoch, uint64_t number, enum lt_mended how)
{
    lt_daemon_mended(ctx, stream, epoch, number, how);
}

static void hook_committing(void *ctx, bool begins)
{
    struct lt_daemon *daemon = ctx;

    lt_link_alive(daemon->link, begins);
}

static const struct lt_turn_hooks HOOKS = {
    .send = hook_send,
    .close = hook_close,
    .alarm = hook_alarm,
    .note = hook_note,
    .peers = hook_peers,
    .wake = hook_wake,
    .dial = hook_dial,
    .stored = hook_stored,
    .written = hook_written,
    .mended = hook_mended,
    .committing = hook_committing,
};

lt_err lt_daemon_turn_new(struct lt_daemon *daemon)
{
    struct lt_turn_hooks hooks = HOOKS;

    hooks.ctx = daemon;
    return lt_turn_new(lt_alloc_heap(), daemon->engine, daemon->log, &hooks,
                       &daemon->turn);
}

lt_err lt_daemon_write_own(struct lt_daemon *daemon, struct lt_event *event,
                           const struct lt_channel *channel, uint64_t token)
{
    return lt_daemon_write_own_to(daemon, event, channel, 1, token);
}

lt_err lt_daemon_write_own_to(struct lt_daemon *daemon, struct lt_event *event,
                              const struct lt_channel *channels,
                              size_t channels_n, uint64_t token)
{
    struct lt_write_event written = {.event = event,
                                     .channels_n = channels_n,
                                     .channels = channels};
    struct lt_write write = {.token = token, .events_n = 1, .events = &written};
    struct lt_buf answer;
    bool repeated;
    lt_err err;

    event->actor_role = 6; /* ROLE_SYSTEM */
    event->recorded_at_ms = daemon->now.wall_ms;
    event->has_legal_date = true;
    event->legal_date = lt_civil_day(daemon->now.wall_ms);
    lt_buf_init(&answer, lt_alloc_heap());
    err = lt_turn_write(daemon->turn, &daemon->now, &write, &answer, &repeated,
                        NULL);
    lt_buf_deinit(&answer);
    return err;
}
