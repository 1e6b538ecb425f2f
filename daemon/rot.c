/* The scrub beside the work: when it may run, what is said of what it finds, and
 * the view's share of what was mended. */
#include "common/note.h"
#include "daemon/daemon_internal.h"

enum {
    QUIET_MS = 200,           /* without input before a slice */
    OVERDUE_MS = 60 * 1000,   /* kept from it for so long it does not wait */
    PAUSE_MS = 20,            /* between two slices: a fifth of one core */
    SLICE_MS = 4,             /* aimed at; a slice is at most 5 */
    SEGMENTS_MAX = 64
};

static void set_place(struct lt_diag *diag,
                      const struct lt_scrub_finding *finding)
{
    char origin[LT_OFFICE_TEXT];
    char channel[LT_CHANNEL_TEXT];

    lt_office_format(&finding->stream.origin, origin);
    lt_channel_format(&finding->stream.channel, channel);
    lt_diag_arg(diag, "origin", "%s", origin);
    lt_diag_arg(diag, "channel", "%s", channel);
    lt_diag_arg(diag, "number", "%llu", (unsigned long long)finding->number);
    lt_diag_arg(diag, "what", "%s", finding->what);
}

/* The alarm stands while something is rotten, and shows one of the places. */
static void set_alarm(struct lt_daemon *daemon)
{
    struct lt_diag diag = {.code = LT_AROT};
    struct lt_scrub_finding finding;
    struct lt_scrub_view view;

    lt_scrub_look(daemon->scrub, &view);
    if (view.rotten_n > 0) {
        for (size_t i = 0; lt_scrub_finding_at(daemon->scrub, i, &finding);
             i++) {
            if (finding.what[0] != 'a') { /* absent is not rotten */
                set_place(&diag, &finding);
                break;
            }
        }
        lt_diag_arg(&diag, "count", "%zu", view.rotten_n);
    }
    lt_daemon_alarm(daemon, LT_AROT, view.rotten_n > 0, NULL, &diag);
}

static void note_ended(struct lt_daemon *daemon)
{
    struct lt_diag note = {.code = LT_NSCRUBBED};
    struct lt_scrub_view view;

    lt_scrub_look(daemon->scrub, &view);
    lt_diag_arg(&note, "total", "%llu", (unsigned long long)view.total);
    lt_diag_arg(&note, "found", "%llu", (unsigned long long)view.found);
    lt_diag_arg(&note, "mended", "%llu", (unsigned long long)view.mended);
    lt_note(&note);
}

static void tell(void *ctx, enum lt_scrub_news news,
                 const struct lt_scrub_finding *finding)
{
    struct lt_daemon *daemon = ctx;
    struct lt_diag note = {.code = LT_NMENDED};

    daemon->status_changed = true;
    switch (news) {
    case LT_SCRUB_FOUND:
        set_alarm(daemon);
        break;
    case LT_SCRUB_MENDED:
        set_place(&note, finding);
        lt_note(&note);
        set_alarm(daemon);
        break;
    case LT_SCRUB_RUNS:
        lt_diag_arg(&note, "what", "%s", "run");
        lt_note(&note);
        break;
    case LT_SCRUB_ENDED:
        note_ended(daemon);
        break;
    }
}

lt_err lt_daemon_scrub_start(struct lt_daemon *daemon)
{
    const struct lt_scrub_options options = {
        .alloc = lt_alloc_heap(),
        .engine = daemon->engine,
        .log = daemon->log,
        .turn = daemon->turn,
        .interval_ms = lt_conf_number(daemon->conf, LT_SET_SCRUB_INTERVAL),
        .ctx = daemon,
        .tell = tell,
    };

    daemon->scrub_segments = 1;
    return lt_scrub_new(&options, &daemon->now, &daemon->scrub);
}

/* Never right after input, unless there is always some. */
static bool may_run(const struct lt_daemon *daemon)
{
    const int64_t now = daemon->now.mono_ms;

    return now >= daemon->scrub_at_ms &&
           (now - daemon->input_ms >= QUIET_MS ||
            now - daemon->scrub_at_ms >= OVERDUE_MS);
}

lt_err lt_daemon_scrub_slice(struct lt_daemon *daemon)
{
    struct lt_now after;
    int64_t took;
    lt_err err;

    if (!may_run(daemon) ||
        lt_scrub_next_ms(daemon->scrub, &daemon->now) > daemon->now.mono_ms) {
        return LT_OK;
    }
    err = lt_scrub_slice(daemon->scrub, &daemon->now, daemon->scrub_segments);
    daemon->sys->now(daemon->sys->ctx, &after);
    took = after.mono_ms - daemon->now.mono_ms;
    if (took > SLICE_MS) {
        daemon->scrub_segments = 1 + daemon->scrub_segments / 2;
    } else if (took <= SLICE_MS / 2 && daemon->scrub_segments < SEGMENTS_MAX) {
        daemon->scrub_segments++;
    }
    daemon->scrub_at_ms = after.mono_ms + PAUSE_MS;
    return err;
}

int64_t lt_daemon_scrub_wake_ms(const struct lt_daemon *daemon)
{
    int64_t next = lt_scrub_next_ms(daemon->scrub, &daemon->now);

    if (next == INT64_MAX) {
        return next;
    }
    next = next > daemon->scrub_at_ms ? next : daemon->scrub_at_ms;
    return next > daemon->input_ms + QUIET_MS ? next
                                              : daemon->input_ms + QUIET_MS;
}

static bool show_again(void *ctx, uint64_t pos, int64_t committed_at_ms,
                       const struct lt_segment *segment)
{
    struct lt_daemon *daemon = ctx;

    lt_feed_again(daemon->feed, pos, committed_at_ms, segment);
    return false;
}

void lt_daemon_mended(struct lt_daemon *daemon, const struct lt_stream *stream,
                      uint64_t epoch, uint64_t number, enum lt_mended how)
{
    if (how != LT_MENDED_NOT) {
        daemon->feed_rotten = false;
        lt_clerk_room(daemon->clerk);
    }
    if (how != LT_MENDED_NOT &&
        lt_log_read_run(daemon->log, stream, epoch, number - 1, 1, show_again,
                        daemon) != LT_OK) {
        daemon->status_changed = true; /* the log's next use says it */
    }
    if (daemon->scrub != NULL) {
        lt_scrub_mended(daemon->scrub, &daemon->now, stream, epoch, number,
                        how);
    }
}
