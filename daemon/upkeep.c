/* What the loop does beside its work: feeding the view, copying the WAL, verifying, giving memory back. In small slices, and
 * only when no input waits. */
#include "common/note.h"
#include "daemon/daemon_internal.h"
#include "daemon/eraser.h"
#include "daemon/trim.h"

enum {
    FEED_SLICE_BYTES = 256 * 1024,
    /* Whoever waits for an answer when the daemon ends repeats the request soon
     * after it is back; a clock that is years ahead by then must not have made it
     * forget. */
    PRUNE_FIRST_MS = 60 * 60 * 1000,
    PRUNE_EVERY_MS = 10 * 60 * 1000,
    UPKEEP_QUIET_MS = 200,     /* without input before upkeep of the log */
    WAL_BUSY_BYTES = 2 << 20, /* a WAL that is copied however busy: in pieces so
                                 * small that nothing urgent waits long */
    TRIM_QUIET_MS = 4 * 1000,  /* without work before a trim */
    TRIM_EVERY_MS = 60 * 1000,
    REQUESTS_KEPT_DAYS = 30
};

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

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
        daemon->alert_from_pos = daemon->last_pos;
    }
    if (daemon->feed_rotten) {
        return LT_OK;
    }
    if (lt_feed_next(daemon->feed) > daemon->last_pos) {
        if (lt_feed_applied(daemon->feed) >= daemon->last_pos) {
            lt_daemon_alarm(daemon, LT_AVIEWREBUILT, false, NULL, NULL);
        }
        return LT_OK;
    }
    err = lt_log_read_from(daemon->log, lt_feed_next(daemon->feed),
                           FEED_SLICE_BYTES, feed_one, &feeding);
    if (err == LT_ECORRUPT) { /* in the log's order: it waits for the scrub */
        daemon->feed_rotten = true;
        lt_scrub_begin(daemon->scrub);
        return LT_OK;
    }
    if (err == LT_OK && !feeding.full) {
        *out_more = true;
    }
    return err;
}

/* What the view found that nobody can read. */
void lt_daemon_take_complaints(struct lt_daemon *daemon)
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
    bool quiet = daemon->now.mono_ms - daemon->input_ms >= UPKEEP_QUIET_MS;
    bool more = false;
    lt_err err = LT_OK;

    lt_log_stats(daemon->log, &stats);
    if (quiet || stats.wal_bytes >= WAL_BUSY_BYTES) {
        err = lt_log_checkpoint(daemon->log, &more);
        *out_more |= more;
    }
    if (daemon->prune_at_ms == 0) {
        daemon->prune_at_ms = daemon->now.mono_ms + PRUNE_FIRST_MS;
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

lt_err lt_daemon_shorten_wal(struct lt_daemon *daemon)
{
    bool more = false;

    if (lt_turn_pending(daemon->turn) || lt_log_wal_bytes(daemon->log) < WAL_BUSY_BYTES) {
        return LT_OK;
    }
    return lt_log_checkpoint(daemon->log, &more);
}

/* After an erasure: nothing of it stays in the WAL and in memory; then those
 * who ordered it are answered. */
static lt_err tidy_erasures(struct lt_daemon *daemon, bool *out_more)
{
    struct lt_eraser *eraser = lt_turn_eraser(daemon->turn);
    bool more = false;
    lt_err err = LT_OK;

    if (lt_eraser_wants_again(eraser)) {
        err = lt_eraser_again(eraser, &more);
        *out_more |= more;
        if (err == LT_OK && lt_log_dirty(daemon->log)) {
            err = lt_log_commit(daemon->log);
            lt_eraser_committed(eraser);
        }
    }
    if (err == LT_OK && lt_eraser_wants_wipe(eraser)) {
        err = lt_log_wipe(daemon->log);
        if (err == LT_OK) {
            lt_eraser_wiped(eraser);
            lt_engine_relax(daemon->engine);
            lt_codec_thread_stop();
            daemon->erased_pos = daemon->last_pos;
        }
    }
    if (err == LT_OK && lt_eraser_wants_answer(eraser) &&
        lt_feed_wiped(daemon->feed) >= daemon->erased_pos) {
        err = lt_turn_answer_erasure(daemon->turn, &daemon->now, LT_TOKEN_OWN);
        *out_more |= err != LT_ECLOSED;
    }
    /* Not now (no room, intake closed): what is due stays due. */
    return err == LT_ENOMEM || err == LT_EIO ? err : LT_OK;
}

/* Once what comes has paused: one note, and one commit. */
static lt_err keep_what_came_back(struct lt_daemon *daemon)
{
    struct lt_diag note = {.code = LT_NCAMEBACK};
    lt_err err = lt_back_save(&daemon->back, daemon->log);

    if (err == LT_OK) {
        err = lt_log_commit(daemon->log);
    }
    lt_diag_arg(&note, "count", "%llu",
                (unsigned long long)daemon->back.entries);
    lt_diag_arg(&note, "matters", "%zu", daemon->back.matters_n);
    lt_note(&note);
    daemon->status_changed = true;
    return err;
}

lt_err lt_daemon_background(struct lt_daemon *daemon, bool *out_more)
{
    lt_err err;

    *out_more = false;
    err = feed_view(daemon, out_more);
    if (err == LT_OK && daemon->verify != NULL) {
        err = lt_daemon_verify_slice(daemon);
        *out_more = true;
    }
    if (err == LT_OK && daemon->backup_job != NULL &&
        !lt_turn_pending(daemon->turn)) {
        err = lt_daemon_backup_slice(daemon);
        *out_more = true;
    }
    if (err == LT_OK) {
        err = tidy_erasures(daemon, out_more);
    }
    if (err == LT_OK && !lt_turn_pending(daemon->turn)) {
        err = keep_up(daemon, out_more);
    }
    if (err == LT_OK && daemon->back.dirty &&
        !lt_turn_pending(daemon->turn) &&
        daemon->now.mono_ms - daemon->input_ms >= UPKEEP_QUIET_MS) {
        err = keep_what_came_back(daemon);
    }
    if (err == LT_OK && !lt_turn_pending(daemon->turn)) {
        err = lt_daemon_scrub_slice(daemon);
        *out_more |= lt_turn_pending(daemon->turn); /* it asks for something */
    }
    if (err == LT_EFULL) {
        lt_log_rollback(daemon->log);
        err = LT_OK;
    }
    return err;
}

/* Once work has stopped for a while, what it needed is given back. */
void lt_daemon_trim_when_quiet(struct lt_daemon *daemon, bool worked)
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
