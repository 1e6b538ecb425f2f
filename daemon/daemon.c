/* The loop: one thread that owns the engine, the log and the link.
 *
 * A turn takes all that has arrived, ends with lt_turn_end (one commit), and
 * uses the quiet for background work in small slices: feeding the view from
 * the log, the clerk, checkpoints, verify. */
#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "common/note.h"
#include "daemon/daemon_internal.h"
#include "daemon/link/sdnotify.h"
#include "daemon/trim.h"

enum {
    FRAMES_A_TURN_MAX = 256, /* then a commit, so that acks flow */
    PUBLISH_EVERY_MS = 100,
    PUBLISH_IDLE_MS = 2000,
    FEED_SLICE_BYTES = 256 * 1024,
    ROOM_CHECK_MS = 1000,
    PRUNE_EVERY_MS = 10 * 60 * 1000,
    UPKEEP_QUIET_MS = 200,        /* without input before upkeep of the log */
    WAL_BUSY_BYTES = 16 << 20,    /* a WAL that is copied however busy */
    TRIM_QUIET_MS = 4 * 1000, /* without work before a trim */
    TRIM_EVERY_MS = 60 * 1000,
    REQUESTS_KEPT_DAYS = 30
};

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

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
        if (lt_alarms_raise(&daemon->alarms, code, subject, daemon->now.wall_ms,
                            &note)) {
            lt_note(&note);
        }
    } else if (!lt_alarms_clear(&daemon->alarms, code, subject)) {
        return;
    }
    daemon->status_changed = true;
}

/* ---- hooks of the turn ---- */

static lt_err hook_send(void *ctx, uint64_t session, const uint8_t *bytes,
                        size_t len)
{
    struct lt_daemon *daemon = ctx;

    (void)LT_FAILPOINT(C9);
    return lt_link_send(daemon->link, session, bytes, len);
}

static void hook_close(void *ctx, uint64_t session, lt_err code)
{
    struct lt_daemon *daemon = ctx;

    (void)code; /* the engine has noted why */
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

static void hook_stored(void *ctx, uint64_t pos, int64_t committed_at_ms,
                        const struct lt_segment *segment)
{
    struct lt_daemon *daemon = ctx;

    daemon->last_pos = pos;
    daemon->status_changed = true;
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
    .stored = hook_stored,
    .written = hook_written,
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
    struct lt_write_event written = {
        .event = event, .channels_n = 1, .channels = channel};
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

/* ---- inputs ---- */

static lt_err take_link_event(struct lt_daemon *daemon,
                              const struct lt_link_event *event)
{
    struct lt_input input = {.session = event->session};

    switch (event->kind) {
    case LT_LINK_UP:
        input.kind = LT_IN_SESSION_UP;
        input.role = event->dialled ? LT_ROLE_PARENT : LT_ROLE_CHILD;
        input.office = event->office;
        memcpy(input.transport_key, event->transport_key, LT_CURVE_LEN);
        daemon->sys->random(daemon->sys->ctx, input.nonce, sizeof(input.nonce));
        daemon->status_changed = true;
        return lt_turn_input(daemon->turn, &daemon->now, &input);
    case LT_LINK_DOWN:
        input.kind = LT_IN_SESSION_DOWN;
        daemon->status_changed = true;
        return lt_turn_input(daemon->turn, &daemon->now, &input);
    case LT_LINK_FRAME:
        (void)LT_FAILPOINT(C1);
        if (event->len > 0 && event->bytes[0] == 7) {
            (void)LT_FAILPOINT(C10); /* an Ack */
        }
        input.kind = LT_IN_FRAME;
        input.bytes = event->bytes;
        input.len = event->len;
        return lt_turn_input(daemon->turn, &daemon->now, &input);
    case LT_LINK_ENROL:
        return lt_daemon_enrol(daemon, event->session, event->bytes,
                               event->len);
    case LT_LINK_ALARM: {
        struct lt_diag diag = {.code = event->code};

        lt_diag_arg(&diag, "peer", "%s", event->detail);
        lt_daemon_alarm(daemon, event->code, true, &event->office, &diag);
        return LT_OK;
    }
    }
    return LT_OK;
}

/* Everything that is there, up to a bound; *out_busy when there was any. */
static lt_err take_inputs(struct lt_daemon *daemon, bool *out_busy)
{
    struct lt_link_event event;
    lt_err err = LT_OK;
    unsigned n = 0;
    unsigned jobs = 0;

    while (err == LT_OK && n < FRAMES_A_TURN_MAX &&
           lt_link_next(daemon->link, &event)) {
        err = take_link_event(daemon, &event);
        n++;
    }
    if (err == LT_OK) {
        err = lt_daemon_jobs(daemon, &jobs);
    }
    if (err == LT_OK && daemon->now.mono_ms >= daemon->wake_at_ms) {
        struct lt_input tick = {.kind = LT_IN_TICK};

        daemon->wake_at_ms = INT64_MAX;
        err = lt_turn_input(daemon->turn, &daemon->now, &tick);
    }
    *out_busy = n > 0 || jobs > 0;
    if (*out_busy) {
        daemon->input_ms = daemon->now.mono_ms;
    }
    return err;
}

static void take_signals(struct lt_daemon *daemon)
{
    struct signalfd_siginfo info;

    while (read(daemon->signal_fd, &info, sizeof(info)) ==
           (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) {
            daemon->stopping = true;
        } else if (info.ssi_signo == SIGHUP) {
            lt_daemon_reload(daemon);
        }
    }
}

/* ---- intake: open while there is room; the engine raises the alarm ---- */

static lt_err close_intake(struct lt_daemon *daemon, lt_err why)
{
    struct lt_input input = {.kind = LT_IN_INTAKE, .flag = false, .code = why};

    daemon->room_check_ms = daemon->now.mono_ms + ROOM_CHECK_MS;
    if (daemon->state == LT_NODE_INTAKE_REFUSED) {
        return LT_OK;
    }
    daemon->state = LT_NODE_INTAKE_REFUSED;
    daemon->state_reason = why;
    return lt_turn_input(daemon->turn, &daemon->now, &input);
}

/* A small write that is rolled forward tells whether there is room again. */
static lt_err look_for_room(struct lt_daemon *daemon)
{
    struct lt_input input = {.kind = LT_IN_INTAKE, .flag = true};
    static const uint8_t probe[32 * 1024];
    lt_err err;

    if (daemon->state != LT_NODE_INTAKE_REFUSED ||
        daemon->now.mono_ms < daemon->room_check_ms) {
        return LT_OK;
    }
    daemon->room_check_ms = daemon->now.mono_ms + ROOM_CHECK_MS;
    if (!lt_log_roomy(daemon->log)) {
        return LT_OK;
    }
    err = lt_log_put_meta(daemon->log, "room/probe", probe, sizeof(probe));
    if (err == LT_OK) {
        err = lt_log_commit(daemon->log);
    }
    if (err == LT_OK) {
        err = lt_log_put_meta(daemon->log, "room/probe", NULL, 0);
    }
    if (err == LT_OK) {
        err = lt_log_commit(daemon->log);
    }
    if (err == LT_EFULL) {
        lt_log_rollback(daemon->log);
        return LT_OK;
    }
    if (err != LT_OK) {
        return err;
    }
    daemon->state = LT_NODE_READY;
    daemon->state_reason = LT_OK;
    return lt_turn_input(daemon->turn, &daemon->now, &input);
}

/* ---- background work ---- */

struct feeding {
    struct lt_daemon *daemon;
    bool full;
};

static bool feed_one(void *ctx, uint64_t pos, int64_t committed_at_ms,
                     const struct lt_segment *segment)
{
    struct feeding *feeding = ctx;

    feeding->full =
        !lt_feed_push(feeding->daemon->feed, pos, committed_at_ms, segment);
    return !feeding->full;
}

/* True when there is more to do at once. */
static lt_err feed_view(struct lt_daemon *daemon, bool *out_more)
{
    struct feeding feeding = {.daemon = daemon};
    lt_err err;

    if (lt_feed_error(daemon->feed) != LT_OK) {
        lt_daemon_alarm(daemon, LT_AVIEWREBUILT, true, NULL, NULL);
        lt_feed_restart(daemon->feed);
    }
    if (lt_feed_next(daemon->feed) > daemon->last_pos) {
        return LT_OK;
    }
    err = lt_log_read_from(daemon->log, lt_feed_next(daemon->feed),
                           FEED_SLICE_BYTES, feed_one, &feeding);
    if (err == LT_OK && !feeding.full) {
        *out_more = true;
    }
    return err;
}

/* What the view found that nobody can read. */
static void take_complaints(struct lt_daemon *daemon)
{
    struct lt_view_complaint complaint;

    while (lt_feed_complaint(daemon->feed, &complaint)) {
        struct lt_diag diag = {.code = complaint.code};
        char office[LT_OFFICE_TEXT];
        char channel[LT_CHANNEL_TEXT];

        lt_office_format(&complaint.stream.origin, office);
        lt_channel_format(&complaint.stream.channel, channel);
        lt_diag_arg(&diag, "origin", "%s", office);
        lt_diag_arg(&diag, "channel", "%s", channel);
        lt_daemon_alarm(daemon, complaint.code, true, &complaint.stream.origin,
                        &diag);
    }
}

/* Copying the WAL and pruning make a commit that follows wait: for a pause in
 * the work, unless the WAL has grown too large. */
static lt_err keep_up(struct lt_daemon *daemon, bool *out_more)
{
    struct lt_log_stats stats;
    bool quiet =
        daemon->now.mono_ms - daemon->input_ms >= UPKEEP_QUIET_MS;
    bool more = false;
    lt_err err = LT_OK;

    lt_log_stats(daemon->log, &stats);
    if (quiet || stats.wal_bytes >= WAL_BUSY_BYTES) {
        err = lt_log_checkpoint(daemon->log, &more);
        *out_more |= more;
    }
    if (err == LT_OK && quiet && daemon->now.mono_ms >= daemon->prune_at_ms) {
        more = false;
        err = lt_log_prune_requests(
            daemon->log, daemon->now.wall_ms - REQUESTS_KEPT_DAYS * DAY_MS,
            &more);
        if (err == LT_OK && lt_log_dirty(daemon->log)) {
            err = lt_log_commit(daemon->log);
        }
        if (!more) {
            daemon->prune_at_ms = daemon->now.mono_ms + PRUNE_EVERY_MS;
        }
        *out_more |= more;
    }
    return err;
}

static lt_err background(struct lt_daemon *daemon, bool *out_more)
{
    lt_err err;

    *out_more = false;
    err = feed_view(daemon, out_more);
    if (err == LT_OK && daemon->verify != NULL) {
        err = lt_daemon_verify_slice(daemon);
        *out_more = true;
    }
    if (err == LT_OK) {
        err = keep_up(daemon, out_more);
    }
    if (err == LT_EFULL) {
        lt_log_rollback(daemon->log);
        err = LT_OK;
    }
    return err;
}

/* Once work has stopped for a while, what it needed is given back. */
static void trim_when_quiet(struct lt_daemon *daemon, bool worked)
{
    if (worked) {
        daemon->trim_due = true;
        daemon->trim_at_ms = daemon->now.mono_ms + TRIM_QUIET_MS;
    } else if (daemon->trim_due && daemon->now.mono_ms >= daemon->trim_at_ms &&
               daemon->now.mono_ms - daemon->trimmed_ms >= TRIM_EVERY_MS) {
        lt_trim();
        daemon->trim_due = false;
        daemon->trimmed_ms = daemon->now.mono_ms;
    }
}

/* ---- the published state ---- */

static void publish(struct lt_daemon *daemon)
{
    struct lt_snapshot snapshot = {0};
    struct lt_status status = {
        .office = daemon->identity.office,
        .engine = daemon->engine,
        .log = daemon->log,
        .alarms = &daemon->alarms,
        .state = daemon->stopping ? LT_NODE_STOPPING : daemon->state,
        .state_reason = daemon->state_reason,
        .started_at_ms = daemon->started_at_ms,
        .listen_links = lt_link_bound(daemon->link, 0),
        .listen_enrol = lt_link_enrol_bound(daemon->link, 0),
        .view_applied = lt_feed_applied(daemon->feed),
    };

    if (status.view_applied >= daemon->last_pos) {
        daemon->view_behind_since_ms = 0;
    } else if (daemon->view_behind_since_ms == 0) {
        daemon->view_behind_since_ms = daemon->now.mono_ms;
    }
    status.view_behind_ms =
        daemon->view_behind_since_ms == 0
            ? 0
            : daemon->now.mono_ms - daemon->view_behind_since_ms;
    for (size_t i = 0; i < daemon->alarms.n; i++) {
        status.clock_unsure |= daemon->alarms.items[i].code == LT_ACLOCKBACK;
    }
    snapshot.status_json[LT_LANG_VI] =
        lt_status_json(&status, &daemon->now, LT_LANG_VI);
    snapshot.status_json[LT_LANG_EN] =
        lt_status_json(&status, &daemon->now, LT_LANG_EN);
    snapshot.log_json = lt_status_log_json(daemon->engine, daemon->log);
    if (lt_tree_clone(lt_engine_tree(daemon->engine), &snapshot.tree) !=
        LT_OK) {
        snapshot.tree = NULL;
    }
    snapshot.epoch = lt_engine_epoch(daemon->engine);
    snapshot.intake_open = daemon->state != LT_NODE_INTAKE_REFUSED;
    snapshot.intake_reason = daemon->state_reason;
    lt_control_publish(daemon->control, &snapshot);
    daemon->status_changed = false;
    daemon->publish_at_ms = daemon->now.mono_ms + PUBLISH_EVERY_MS;
}

static void publish_when_due(struct lt_daemon *daemon)
{
    int64_t due = daemon->publish_at_ms;

    if (!daemon->status_changed) {
        due += PUBLISH_IDLE_MS - PUBLISH_EVERY_MS;
    }
    if (daemon->now.mono_ms >= due) {
        publish(daemon);
    }
}

/* ---- the loop ---- */

static int timeout_ms(const struct lt_daemon *daemon, bool more)
{
    int64_t due = daemon->wake_at_ms;
    int64_t publish_at = daemon->publish_at_ms;

    if (more || lt_clerk_wants(daemon->clerk)) {
        return 0;
    }
    if (!daemon->status_changed) {
        publish_at += PUBLISH_IDLE_MS - PUBLISH_EVERY_MS;
    }
    if (publish_at < due) {
        due = publish_at;
    }
    due -= daemon->now.mono_ms;
    if (due < 0) {
        return 0;
    }
    return due > PUBLISH_IDLE_MS ? PUBLISH_IDLE_MS : (int)due;
}

/* The turn's own end: what a failed commit means is decided here, once. */
static lt_err end_turn(struct lt_daemon *daemon)
{
    lt_err err = lt_turn_end(daemon->turn, &daemon->now);

    lt_daemon_jobs_settled(daemon, err);
    if (err == LT_EFULL) {
        err = close_intake(daemon, LT_EFULL);
        if (err == LT_OK) {
            err = lt_turn_end(daemon->turn, &daemon->now);
        }
        if (err == LT_EFULL) {
            err = LT_OK;
        }
    }
    return err;
}

static lt_err turn_once(struct lt_daemon *daemon, bool *out_more)
{
    bool busy = false;
    lt_err err;

    err = take_inputs(daemon, &busy);
    if (err == LT_OK) {
        err = look_for_room(daemon);
    }
    if (err == LT_OK && lt_clerk_wants(daemon->clerk)) {
        err = lt_clerk_slice(daemon->clerk, &daemon->now);
    }
    if (err == LT_OK) {
        err = end_turn(daemon);
    }
    if (err == LT_OK && daemon->peers_changed) {
        daemon->peers_changed = false;
        err = lt_daemon_peers(daemon);
    }
    *out_more = busy;
    if (err == LT_OK && !busy) {
        err = background(daemon, out_more);
    }
    if (err == LT_OK) {
        take_complaints(daemon);
        trim_when_quiet(daemon, *out_more);
        publish_when_due(daemon);
    }
    return err;
}

static lt_err loop(struct lt_daemon *daemon)
{
    const int fds[] = {daemon->wake_fd, daemon->signal_fd};
    bool more = true;
    lt_err err = LT_OK;

    while (err == LT_OK && !daemon->stopping) {
        uint64_t count;

        lt_link_alive(daemon->link, false);
        err = lt_link_wait(daemon->link, fds, LT_COUNT_OF(fds),
                           timeout_ms(daemon, more));
        if (err != LT_OK) {
            break;
        }
        if (read(daemon->wake_fd, &count, sizeof(count)) < 0 &&
            errno != EAGAIN) {
            return LT_EINTERNAL;
        }
        daemon->sys->now(daemon->sys->ctx, &daemon->now);
        take_signals(daemon);
        err = turn_once(daemon, &more);
    }
    return err;
}

lt_err lt_daemon_run(const struct lt_daemon_options *options,
                     struct lt_diag *diag)
{
    struct lt_daemon *daemon = lt_new(lt_alloc_heap(), sizeof(*daemon));
    lt_err err;

    if (daemon == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    daemon->options = options;
    daemon->sys = lt_sys_real();
    daemon->lock_fd = daemon->wake_fd = daemon->signal_fd = -1;
    daemon->wake_at_ms = 0;
    daemon->sys->now(daemon->sys->ctx, &daemon->now);
    daemon->started_at_ms = daemon->now.wall_ms;
    err = lt_daemon_start(daemon, diag);
    if (err == LT_OK) {
        struct lt_diag ready = {.code = LT_NREADY};

        daemon->state = LT_NODE_READY;
        /* The first trim comes soon: the start needs the most. */
        daemon->trim_due = true;
        daemon->trim_at_ms = daemon->now.mono_ms + TRIM_QUIET_MS;
        daemon->trimmed_ms = daemon->now.mono_ms - TRIM_EVERY_MS;
        publish(daemon);
        lt_diag_arg(&ready, "links", "%s",
                    lt_link_bound(daemon->link, 0)
                        ? lt_link_bound(daemon->link, 0)
                        : "-");
        lt_diag_arg(&ready, "enrol", "%s",
                    lt_link_enrol_bound(daemon->link, 0)
                        ? lt_link_enrol_bound(daemon->link, 0)
                        : "-");
        lt_note(&ready);
        lt_sdnotify("READY=1");
        err = loop(daemon);
        if (err != LT_OK) {
            lt_diag_set(diag, err);
            lt_diag_arg(diag, "file", "%s", daemon->log_path);
        }
        lt_sdnotify("STOPPING=1");
    }
    lt_daemon_stop(daemon);
    lt_free(lt_alloc_heap(), daemon);
    return err;
}
