/* `backup`: a copy of the log, made in slices beside the work. */
#include <inttypes.h>
#include <string.h>

#include "common/note.h"
#include "daemon/daemon_internal.h"

enum { SLICE_PAGES = 64 }; /* a quarter of a MiB */

static void finish(struct lt_daemon *daemon, lt_err result)
{
    struct lt_job *job = daemon->backup_job;

    daemon->backup_job = NULL;
    daemon->backup = NULL;
    daemon->status_changed = true;
    job->result = result;
    lt_control_done(daemon->control, job);
}

void lt_daemon_backup_start(struct lt_daemon *daemon, struct lt_job *job)
{
    lt_err err = LT_EBUSY;

    if (daemon->backup_job == NULL) {
        err = lt_log_backup_begin(daemon->log, job->path, &daemon->backup,
                                  &job->diag);
    }
    if (err != LT_OK) {
        job->result = err;
        lt_control_done(daemon->control, job);
        return;
    }
    daemon->backup_job = job;
    daemon->backup_since = daemon->now;
    daemon->backup_done = 0;
    daemon->backup_total = 0;
    daemon->status_changed = true;
}

/* The copy is the log as it stood at its last commit. */
static lt_err end(struct lt_daemon *daemon)
{
    struct lt_job *job = daemon->backup_job;
    struct lt_diag note = {.code = LT_NBACKUP};
    struct lt_log_stats stats;
    lt_err err = lt_log_backup_end(daemon->backup, &job->diag);

    lt_log_stats(daemon->log, &stats);
    if (err == LT_OK &&
        !lt_buf_printf(&job->answer,
                       "{\"segments\":%" PRIu64 ",\"events\":%" PRIu64
                       ",\"bytes\":%" PRIu64 ",\"elapsed_ms\":%" PRId64 "}",
                       stats.segments, stats.events, stats.bytes,
                       daemon->now.mono_ms - daemon->backup_since.mono_ms)) {
        err = LT_ENOMEM;
    }
    if (err == LT_OK) {
        lt_diag_arg(&note, "path", "%s", job->path);
        lt_note(&note);
    }
    finish(daemon, err);
    return LT_OK;
}

lt_err lt_daemon_backup_slice(struct lt_daemon *daemon)
{
    bool more = false;
    lt_err err;

    if (daemon->backup_job == NULL) {
        return LT_OK;
    }
    err = lt_log_backup_slice(daemon->backup, SLICE_PAGES,
                              &daemon->backup_done, &daemon->backup_total,
                              &more);
    if (err == LT_EIO) {
        return err; /* the log's own disk */
    }
    if (err != LT_OK) {
        lt_diag_set(&daemon->backup_job->diag, err);
        lt_diag_arg(&daemon->backup_job->diag, "path", "%s",
                    daemon->backup_job->path);
        lt_log_backup_cancel(daemon->backup);
        finish(daemon, err);
        return LT_OK;
    }
    return more ? LT_OK : end(daemon);
}

void lt_daemon_backup_stop(struct lt_daemon *daemon)
{
    lt_log_backup_cancel(daemon->backup);
    daemon->backup = NULL;
}
