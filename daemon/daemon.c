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
#include "common/link_msg.h"
#include "common/note.h"
#include "daemon/daemon_internal.h"
#include "daemon/link/sdnotify.h"
#include "daemon/trim.h"

enum {
    FRAMES_A_TURN_MAX = 256, /* then a commit, so that acks flow */
    HASTY_MS = 10 * 1000,    /* after something urgent: more may follow */
    PUBLISH_EVERY_MS = 100,
    PUBLISH_IDLE_MS = 2000
};

/* ---- inputs ---- */

static void note_session(struct lt_daemon *daemon,
                         const struct lt_link_event *event)
{
    const char *address = "";
    int64_t at_ms;

    if (event->dialled && !lt_link_next_dial(daemon->link, &event->office,
                                             &at_ms, &address)) {
        address = "";
    }
    lt_history_began(&daemon->history, &event->office, daemon->now.wall_ms,
                     event->session, event->dialled, address);
}

static lt_err take_link_event(struct lt_daemon *daemon,
                              const struct lt_link_event *event)
{
    struct lt_input input = {.session = event->session};
    struct lt_office superior;

    switch (event->kind) {
    case LT_LINK_UP:
        if (event->dialled && lt_daemon_superior(daemon, &superior) &&
            lt_office_equal(&superior, &event->office)) {
            daemon->superior_session = event->session;
        }
        note_session(daemon, event);
        input.kind = LT_IN_SESSION_UP;
        input.role = event->dialled ? LT_ROLE_PARENT : LT_ROLE_CHILD;
        input.office = event->office;
        memcpy(input.transport_key, event->transport_key, LT_CURVE_LEN);
        daemon->sys->random(daemon->sys->ctx, input.nonce, sizeof(input.nonce));
        daemon->status_changed = true;
        return lt_turn_input(daemon->turn, &daemon->now, &input);
    case LT_LINK_DOWN:
        lt_daemon_session_gone(daemon, event->session, LT_TRIED_LOST);
        input.kind = LT_IN_SESSION_DOWN;
        daemon->status_changed = true;
        return lt_turn_input(daemon->turn, &daemon->now, &input);
    case LT_LINK_FRAME:
        (void)LT_FAILPOINT(C1);
        if (event->len > 0 && event->bytes[0] == LT_FRAME_ACK) {
            (void)LT_FAILPOINT(C10);
            daemon->status_changed = true; /* less is waiting */
        }
        if (event->len > 0 && event->bytes[0] == LT_FRAME_STATEMENT) {
            daemon->status_changed = true; /* somebody holds more */
        }
        lt_daemon_count_frame(event->bytes, event->len, false);
        input.kind = LT_IN_FRAME;
        input.bytes = event->bytes;
        input.len = event->len;
        return lt_turn_input(daemon->turn, &daemon->now, &input);
    case LT_LINK_ENROL:
        return lt_daemon_enrol(daemon, event->session, event->bytes,
                               event->len);
    case LT_LINK_TRIED:
        lt_history_tried(&daemon->history, &event->office,
                         daemon->now.wall_ms, LT_TRIED_DIAL, event->tried,
                         event->detail);
        if (event->tried == LT_TRIED_HANDSHAKE_ENDED ||
            event->tried == LT_TRIED_HANDSHAKE_SLOW) {
            lt_daemon_shut_out(daemon, &event->office);
        }
        daemon->status_changed = true;
        return LT_OK;
    case LT_LINK_ALARM: {
        struct lt_diag diag = {.code = event->code};

        lt_diag_arg(&diag, "peer", "%s", event->detail);
        lt_daemon_alarm(daemon, event->code, true, &event->office, &diag);
        return LT_OK;
    }
    }
    return LT_OK;
}

/* What is taken out of the connections at once: urgent events behind entries
 * that may wait come to light. */
static lt_err take_link(struct lt_daemon *daemon, unsigned *out_n,
                        bool *out_urgent)
{
    struct lt_link_event event;
    lt_err err = LT_OK;

    while (err == LT_OK && *out_n < FRAMES_A_TURN_MAX &&
           !lt_inbox_full(&daemon->inbox) &&
           lt_link_next(daemon->link, &event)) {
        enum lt_haste haste = LT_HASTE_NOW;

        (*out_n)++;
        if (event.kind == LT_LINK_FRAME) {
            haste = lt_engine_haste(daemon->engine, event.session, event.bytes,
                                    event.len);
            *out_urgent |= haste == LT_HASTE_NOW && event.len > 0 &&
                           event.bytes[0] == LT_FRAME_SEGMENTS;
        }
        err = haste == LT_HASTE_LATER
                  ? lt_inbox_put(&daemon->inbox, event.session, event.bytes,
                                 event.len)
                  : take_link_event(daemon, &event);
    }
    return err;
}

static lt_err take_inbox(struct lt_daemon *daemon, bool urgent,
                         unsigned *out_n)
{
    struct lt_inbox_turn turn = {
        .urgent = urgent,
        .hasty = daemon->now.mono_ms < daemon->hasty_until_ms,
        .followed = lt_control_followed(daemon->control),
        .rested_ms = daemon->now.mono_ms - daemon->inbox_ms,
    };
    lt_err err = LT_OK;

    if (daemon->inbox_cost_ms < 0 && lt_feed_waiting(daemon->feed) == 0) {
        daemon->inbox_cost_ms = turn.rested_ms;
    }
    turn.cost_ms = daemon->inbox_cost_ms;
    lt_feed_hurry(daemon->feed, turn.followed);
    while (err == LT_OK && lt_inbox_may_give(&turn)) {
        struct lt_inbox_frame *frame = lt_inbox_take(&daemon->inbox);
        struct lt_link_event event = {.kind = LT_LINK_FRAME};

        if (frame == NULL) {
            break;
        }
        event.session = frame->session;
        event.bytes = frame->bytes;
        event.len = frame->len;
        err = take_link_event(daemon, &event);
        daemon->inbox_ms = daemon->now.mono_ms;
        daemon->inbox_cost_ms = -1;
        turn.taken += frame->len;
        lt_inbox_free_frame(frame);
        (*out_n)++;
    }
    return err;
}

/* Everything that is there, up to a bound; *out_busy when there was any. */
static lt_err take_inputs(struct lt_daemon *daemon, bool *out_busy)
{
    unsigned n = 0;
    unsigned jobs = 0;
    bool urgent = false;
    lt_err err = take_link(daemon, &n, &urgent);

    if (err == LT_OK) {
        err = lt_daemon_jobs(daemon, &jobs);
    }
    if (err == LT_OK) {
        if (urgent) {
            daemon->hasty_until_ms = daemon->now.mono_ms + HASTY_MS;
        }
        err = take_inbox(daemon, urgent, &n);
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
            struct lt_diag note = {.code = LT_NSTOPPING};

            daemon->stopping = true;
            lt_diag_arg(&note, "reason", "%s",
                        info.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT");
            lt_note(&note);
        } else if (info.ssi_signo == SIGHUP) {
            lt_daemon_reload(daemon);
        }
    }
}

/* ---- the published state ---- */

/* What runs long, and how far it is; it moves, so it is told again soon. */
static void tell_work(struct lt_daemon *daemon, struct lt_status *status)
{
    struct lt_status_work *rebuild = &status->work[LT_WORK_REBUILD];
    struct lt_status_work *verify = &status->work[LT_WORK_VERIFY];
    struct lt_log_stats stats;

    if (lt_feed_rebuilding(daemon->feed, &rebuild->done, &rebuild->total)) {
        rebuild->since_ms = daemon->rebuild_since.wall_ms;
    }
    if (daemon->backup_job != NULL) {
        status->work[LT_WORK_BACKUP] = (struct lt_status_work){
            .done = daemon->backup_done,
            .total = daemon->backup_total,
            .since_ms = daemon->backup_since.wall_ms};
    }
    if (daemon->verify != NULL) {
        lt_log_stats(daemon->log, &stats);
        verify->done = daemon->verify_sums.segments;
        verify->total = stats.segments;
        verify->since_ms = daemon->verify_since.wall_ms;
    }
}

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
        .listen_pages = lt_http_bound(daemon->http),
        .apart_since_ms = daemon->apart_since_ms,
        .scrub = daemon->scrub,
        .back = &daemon->back,
        .couriers = &daemon->couriers,
    };
    uint64_t applied = lt_feed_applied(daemon->feed);

    tell_work(daemon, &status);
    status.has_superior = lt_daemon_superior(daemon, &status.superior);
    lt_daemon_certificate(daemon, &status.certificate);
    status.view_behind_events = lt_log_events_after(daemon->log, applied);
    if (applied >= daemon->last_pos) {
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
    daemon->published_revision = lt_tree_revision(lt_engine_tree(daemon->engine));
    snapshot.facts = lt_daemon_facts(daemon, &status);
    snapshot.epoch = lt_engine_epoch(daemon->engine);
    snapshot.intake_open = daemon->state != LT_NODE_INTAKE_REFUSED;
    snapshot.intake_reason = daemon->state_reason;
    snapshot.unconfirmed = lt_engine_self_unconfirmed(daemon->engine);
    lt_control_publish(daemon->control, &snapshot);
    lt_daemon_alert_publish(daemon);
    daemon->status_changed = status.work[LT_WORK_REBUILD].since_ms != 0 ||
                             status.work[LT_WORK_VERIFY].since_ms != 0 ||
                             status.work[LT_WORK_BACKUP].since_ms != 0;
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
    if (daemon->inbox.first != NULL) {
        int64_t give_at =
            daemon->inbox_ms + (daemon->inbox_cost_ms < 0
                                    ? LT_INBOX_REST_MS
                                    : LT_INBOX_SHARE * daemon->inbox_cost_ms);

        due = give_at < due ? give_at : due;
    }
    if (lt_daemon_scrub_wake_ms(daemon) < due) {
        due = lt_daemon_scrub_wake_ms(daemon);
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

    if (daemon->waiting != NULL && err == LT_OK &&
        lt_tree_revision(lt_engine_tree(daemon->engine)) !=
            daemon->published_revision) {
        publish(daemon);
    }
    lt_daemon_jobs_settled(daemon, err);
    if (err == LT_EFULL) {
        err = lt_daemon_close_intake(daemon, LT_EFULL);
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
        err = lt_daemon_watch_room(daemon);
    }
    if (err == LT_OK) {
        err = lt_daemon_midnight(daemon);
    }
    if (err == LT_OK) {
        err = lt_daemon_drain(daemon);
    }
    if (err == LT_OK) {
        err = lt_daemon_tell_address(daemon);
    }
    if (err == LT_OK) {
        err = lt_daemon_renew(daemon);
    }
    if (err == LT_OK) {
        err = lt_daemon_audit(daemon);
    }
    lt_daemon_register_left(daemon);
    lt_daemon_register_follow(daemon);
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
        err = lt_daemon_background(daemon, out_more);
    } else if (err == LT_OK) {
        err = lt_daemon_shorten_wal(daemon);
    }
    if (err == LT_OK) {
        err = lt_daemon_courier_slice(daemon, busy, out_more);
    }
    if (err == LT_OK) {
        lt_daemon_take_complaints(daemon);
        lt_daemon_take_raised(daemon);
        lt_daemon_take_rebuilt(daemon);
        lt_daemon_pages_renew(daemon);
        lt_daemon_trim_when_quiet(daemon, *out_more);
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
    daemon->apart_since_ms = daemon->now.wall_ms;
    err = lt_daemon_start(daemon, diag);
    if (err == LT_OK) {
        struct lt_diag ready = {.code = LT_NREADY};

        daemon->state = LT_NODE_READY;
        daemon->state_since_ms = daemon->now.wall_ms;
        /* The start needs the most, and work may come at once; what the
         * first links need is given back soon after. */
        lt_trim();
        daemon->trimmed_ms = INT64_MIN / 2;
        lt_daemon_trim_when_quiet(daemon, true);
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
