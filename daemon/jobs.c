/* What the control socket asks of the loop: writes, tokens, verify, a new view.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base64.h"
#include "common/failpoint.h"
#include "daemon/answer.h"
#include "daemon/daemon_internal.h"

enum {
    VERIFY_SLICE_SEGMENTS = 64,
    VERIFY_BAD_BYTES_MAX = 256 * 1024,
    PIECE_ARENA_MAX = 1024 * 1024
};

static void finish(struct lt_daemon *daemon, struct lt_job *job, lt_err result)
{
    job->result = result;
    lt_control_done(daemon->control, job);
}

/* ---- writes ---- */

static lt_err start_write(struct lt_daemon *daemon, struct lt_job *job)
{
    lt_err err;

    job->write->token = (uint64_t)(uintptr_t)job;
    job->written = false;
    err = job->revoke != NULL
              ? lt_daemon_revoke(daemon, job)
              : lt_turn_write(daemon->turn, &daemon->now, job->write,
                              &job->answer, &job->repeated, &job->diag);
    if (err == LT_ENOMEM || err == LT_EIO) {
        finish(daemon, job, LT_EUNKNOWN);
        return err;
    }
    if (err != LT_OK) {
        finish(daemon, job, err);
    }
    return LT_OK;
}

/* A token opens its office. */
static bool writes_tree(const struct lt_job *job)
{
    const struct lt_write *write = job->write;

    if (job->kind == LT_JOB_TOKEN) {
        return true;
    }
    for (size_t i = 0; i < write->events_n; i++) {
        for (size_t k = 0; k < write->events[i].channels_n; k++) {
            if (write->events[i].channels[k].cls == LT_CLASS_TREE) {
                return true;
            }
        }
    }
    return false;
}

void lt_daemon_job_written(struct lt_daemon *daemon, uint64_t token,
                           lt_err result, uint64_t pos, int64_t committed_at_ms)
{
    struct lt_job *job = (struct lt_job *)(uintptr_t)token;

    job->pos = pos;
    job->committed_at_ms = committed_at_ms;
    if (result == LT_OK && writes_tree(job) &&
        !LT_PLANTED(answer_before_tree)) {
        /* Answered once the tree that it makes is published: whoever goes on
         * from the answer finds it there. */
        job->result = result;
        job->written = true;
        job->next = daemon->waiting;
        daemon->waiting = job;
        return;
    }
    finish(daemon, job, result);
}

/* ---- verify ---- */

static void note_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, const char *what)
{
    struct lt_daemon *daemon = ctx;
    char origin[LT_OFFICE_TEXT];
    char channel[LT_CHANNEL_TEXT];
    char epoch_text[LT_EPOCH_TEXT];

    if (daemon->verify_bad.len > VERIFY_BAD_BYTES_MAX ||
        strcmp(what, "absent") == 0) {
        return; /* the sum goes on counting */
    }
    lt_office_format(&stream->origin, origin);
    lt_channel_format(&stream->channel, channel);
    lt_epoch_format(epoch, epoch_text);
    if (!lt_buf_printf(&daemon->verify_bad,
                       "%s{\"origin\":\"%s\",\"channel\":\"%s\",\"epoch\":"
                       "\"%s\",\"number\":%" PRIu64 ",\"what\":\"%s\"}",
                       daemon->verify_bad.len == 0 ? "" : ",", origin, channel,
                       epoch_text, number, what)) {
        daemon->verify_sums.bad++; /* shows as bad without its line */
    }
}

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    struct lt_daemon *daemon = ctx;

    return lt_engine_key_of(daemon->engine, origin, key_id);
}

static void start_verify(struct lt_daemon *daemon, struct lt_job *job)
{
    if (daemon->verify != NULL) {
        finish(daemon, job, LT_EBUSY);
        return;
    }
    daemon->verify = job;
    daemon->verify_since = daemon->now;
    daemon->status_changed = true;
    daemon->verify_cursor = 0;
    memset(&daemon->verify_sums, 0, sizeof(daemon->verify_sums));
    lt_buf_reset(&daemon->verify_bad);
}

static void finish_verify(struct lt_daemon *daemon)
{
    const struct lt_log_verify *sums = &daemon->verify_sums;
    struct lt_job *job = daemon->verify;
    bool ok;

    daemon->verify = NULL;
    ok = lt_buf_printf(
             &job->answer,
             "{\"ok\":%s,\"offices\":%zu,\"streams\":%" PRIu64
             ",\"segments\":%" PRIu64 ",\"events\":%" PRIu64
             ",\"parts\":%" PRIu64 ",\"erased_parts\":%" PRIu64
             ",\"absent_parts\":%" PRIu64 ",\"bad\":[",
             sums->bad == 0 ? "true" : "false",
             lt_tree_count(lt_engine_tree(daemon->engine)), sums->streams,
             sums->segments, sums->events, sums->parts, sums->erased_parts,
             sums->absent_parts) &&
         lt_buf_put(&job->answer, daemon->verify_bad.data,
                    daemon->verify_bad.len) &&
         lt_buf_put(&job->answer, "]}", 2);
    finish(daemon, job, ok ? LT_OK : LT_ENOMEM);
}

lt_err lt_daemon_verify_slice(struct lt_daemon *daemon)
{
    bool more = false;
    lt_err err = lt_log_verify_slice(daemon->log, &daemon->verify_cursor,
                                     VERIFY_SLICE_SEGMENTS, key_of, note_bad,
                                     daemon, &daemon->verify_sums, &more);

    if (err == LT_OK && !more) {
        if (daemon->verify_sums.bad > 0) {
            lt_daemon_alarm(daemon, LT_ECORRUPT, true, NULL, NULL);
        } else {
            lt_daemon_alarm(daemon, LT_ECORRUPT, false, NULL, NULL);
        }
        finish_verify(daemon);
    }
    return err;
}

/* ---- pieces ---- */

struct wanted {
    const struct lt_job *job;
    struct lt_arena arena;
    struct lt_buf *out;
    lt_err err;
};

static lt_err put_piece_json(const struct wanted *wanted,
                             const struct lt_part *part)
{
    char salt[2 * LT_SALT_LEN + 1];
    size_t len = lt_base64_len(part->len);
    char *data;

    lt_hex_format(part->salt, LT_SALT_LEN, salt);
    if (!lt_buf_printf(wanted->out, "\"salt\":\"%s\",\"data\":\"", salt)) {
        return LT_ENOMEM;
    }
    data = (char *)lt_buf_reserve(wanted->out, len);
    if (data == NULL) {
        return LT_ENOMEM;
    }
    lt_base64_write(part->content, part->len, data);
    wanted->out->len += len;
    return lt_buf_put(wanted->out, "\"}", 2) ? LT_OK : LT_ENOMEM;
}

static lt_err put_piece(const struct wanted *wanted, const struct lt_part *part)
{
    if (wanted->job->raw) {
        return lt_buf_put(wanted->out, part->content, part->len) ? LT_OK
                                                                 : LT_ENOMEM;
    }
    return put_piece_json(wanted, part);
}

static bool visit_piece(void *ctx, uint64_t pos, int64_t committed_at_ms,
                        const struct lt_segment *segment)
{
    struct wanted *wanted = ctx;
    struct lt_bundle bundle = {0};
    uint8_t hash[LT_HASH_LEN];

    (void)committed_at_ms;
    if (pos != wanted->job->piece_pos || segment->parts == NULL) {
        return false;
    }
    if (lt_bundle_open(segment->parts, segment->parts_len, &wanted->arena,
                       &bundle, NULL) == LT_ENOMEM) {
        wanted->err = LT_ENOMEM;
        return false;
    }
    for (size_t i = 0; i < bundle.parts_n; i++) {
        const struct lt_part *part = &bundle.parts[i];

        if (part->item == wanted->job->piece_item && part->index == 0) {
            lt_part_hash(part->salt, part->content, part->len, hash);
            if (memcmp(hash, wanted->job->piece_hash, LT_HASH_LEN) == 0) {
                wanted->err = put_piece(wanted, part);
            }
        }
    }
    return false;
}

/* One row of the log: less work than a frame. */
static lt_err read_piece(struct lt_daemon *daemon, struct lt_job *job)
{
    struct wanted wanted = {
        .job = job, .out = &job->answer, .err = LT_ENOTFOUND};
    lt_err err;

    lt_arena_init(&wanted.arena, lt_alloc_heap(), PIECE_ARENA_MAX);
    err = lt_log_read_from(daemon->log, job->piece_pos, 1, visit_piece,
                           &wanted);
    lt_arena_deinit(&wanted.arena);
    if (err == LT_OK && wanted.err == LT_ENOTFOUND) {
        lt_diag_set(&job->diag, LT_ENOTFOUND);
        lt_diag_arg(&job->diag, "what", "piece");
        lt_diag_arg(&job->diag, "reason", "ui_why_piece_absent");
    }
    finish(daemon, job, err == LT_OK ? wanted.err : err);
    return err == LT_EIO ? err : LT_OK;
}

/* ---- rebuild-view ---- */

static void start_rebuild(struct lt_daemon *daemon, struct lt_job *job)
{
    if (daemon->rebuild != NULL ||
        !lt_feed_rebuild(daemon->feed, daemon->last_pos)) {
        finish(daemon, job, LT_EBUSY);
        return;
    }
    daemon->rebuild = job;
    daemon->rebuild_since = daemon->now;
    daemon->status_changed = true;
}

void lt_daemon_take_rebuilt(struct lt_daemon *daemon)
{
    struct lt_job *job = daemon->rebuild;
    struct lt_log_stats stats;
    lt_err result;

    if (!lt_feed_rebuilt(daemon->feed, &result) || job == NULL) {
        return;
    }
    daemon->rebuild = NULL;
    daemon->status_changed = true;
    lt_log_stats(daemon->log, &stats);
    if (result == LT_OK &&
        !lt_buf_printf(&job->answer,
                       "{\"rebuilt\":true,\"segments\":%" PRIu64
                       ",\"events\":%" PRIu64 ",\"elapsed_ms\":%" PRId64 "}",
                       stats.segments, stats.events,
                       daemon->now.mono_ms - daemon->rebuild_since.mono_ms)) {
        result = LT_ENOMEM;
    }
    finish(daemon, job, result);
}

/* ---- all ---- */

void lt_daemon_jobs_settled(struct lt_daemon *daemon, lt_err result)
{
    while (daemon->waiting != NULL) {
        struct lt_job *job = daemon->waiting;

        daemon->waiting = job->next;
        job->next = NULL;
        finish(daemon, job, job->written ? job->result : result);
    }
}

lt_err lt_daemon_jobs(struct lt_daemon *daemon, unsigned *out_jobs)
{
    struct lt_job *job;
    struct lt_job *early = daemon->early;
    lt_err err = LT_OK;

    daemon->early = NULL;
    while (early != NULL) {
        job = early;
        early = job->next;
        job->next = NULL;
        if (err == LT_OK) {
            err = lt_daemon_token(daemon, job);
        }
    }
    while (err == LT_OK && (job = lt_control_take(daemon->control)) != NULL) {
        (*out_jobs)++;
        switch (job->kind) {
        case LT_JOB_WRITE:
            err = start_write(daemon, job);
            break;
        case LT_JOB_TOKEN:
            err = lt_daemon_token(daemon, job);
            break;
        case LT_JOB_VERIFY:
            start_verify(daemon, job);
            break;
        case LT_JOB_PIECE:
            err = read_piece(daemon, job);
            break;
        case LT_JOB_BACKUP:
            lt_daemon_backup_start(daemon, job);
            break;
        case LT_JOB_REBUILD:
            start_rebuild(daemon, job);
            break;
        case LT_JOB_EXPORT:
        case LT_JOB_KEY:
        case LT_JOB_IMPORT:
            err = lt_daemon_courier(daemon, job);
            break;
        }
    }
    return err;
}
