/* lienthong verify [--offline] [--file FILE]
 *
 * Online the daemon checks its log in the background. Offline, with the
 * daemon stopped and its lock held here, the log is opened and checked by the
 * same code; keys come from the bindings in the log that the pinned root
 * proves. Offline it also proves the evidence that the log keeps: where an
 * origin signed two contents under one name, both signatures are checked. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/identity.h"
#include "daemon/log/log.h"
#include "tools/log_keys.h"
#include "tools/offline.h"
#include "tools/tool.h"

enum { EXIT_FOUND_SOMETHING = 1, SLICE_SEGMENTS = 1000, BAD_MAX = 1000 };

struct check {
    struct lt_tool *tool;
    struct lt_identity identity;
    struct lt_log_keys keys;
    struct lt_log *log;
    json_t *bad;
    json_t *evidence;
    struct lt_log_verify sums;
};

/* ---- keys ---- */

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    const struct check *check = ctx;

    return lt_log_keys_find(&check->keys, origin, key_id);
}

/* ---- the log ---- */

static void note_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, const char *what)
{
    struct check *check = ctx;
    char origin[LT_OFFICE_TEXT];
    char channel[LT_CHANNEL_TEXT];
    char epoch_text[LT_EPOCH_TEXT];

    if (json_array_size(check->bad) >= BAD_MAX || strcmp(what, "absent") == 0) {
        return; /* the sum goes on counting */
    }
    lt_office_format(&stream->origin, origin);
    lt_channel_format(&stream->channel, channel);
    lt_epoch_format(epoch, epoch_text);
    (void)json_array_append_new(
        check->bad, json_pack("{s:s,s:s,s:s,s:I,s:s}", "origin", origin,
                              "channel", channel, "epoch", epoch_text, "number",
                              (json_int_t)number, "what", what));
}

/* ---- evidence ---- */

struct contradiction {
    const struct check *check;
    const struct lt_segment *kept; /* as evidence */
    bool proven;
    uint8_t held_hash[LT_HASH_LEN]; /* of what stands in the log */
};

/* Does @segment say something else under the same number, and is it signed by
 * the same office? */
static bool contradicts(void *ctx, uint64_t pos, int64_t at_ms,
                        const struct lt_segment *segment)
{
    struct contradiction *found = ctx;
    const struct lt_key *key = lt_log_keys_find(
        &found->check->keys, &segment->stream.origin, segment->key_id);

    (void)pos;
    (void)at_ms;
    memcpy(found->held_hash, segment->hash, LT_HASH_LEN);
    found->proven =
        segment->first <= found->kept->first &&
        found->kept->first <= lt_segment_last(segment) && key != NULL &&
        memcmp(segment->hash, found->kept->hash, LT_HASH_LEN) != 0 &&
        lt_segment_proven(segment, key);
    return false;
}

static bool weigh(void *ctx, int64_t at_ms, const struct lt_segment *segment)
{
    struct check *check = ctx;
    struct contradiction found = {.check = check, .kept = segment};
    struct lt_segment again = *segment;
    const struct lt_key *key = lt_log_keys_find(
        &check->keys, &segment->stream.origin, segment->key_id);
    char origin[LT_OFFICE_TEXT];
    char channel[LT_CHANNEL_TEXT];
    char epoch[LT_EPOCH_TEXT];
    char time[LT_TIME_TEXT];
    char hash[2 * LT_HASH_LEN + 1];
    char held[2 * LT_HASH_LEN + 1];
    bool proven;

    lt_segment_rebuild(&again);
    proven =
        key != NULL && lt_segment_proven(segment, key) &&
        memcmp(again.hash, segment->hash, LT_HASH_LEN) == 0 &&
        lt_log_read_run(check->log, &segment->stream, segment->epoch,
                        segment->first - 1, 1, contradicts, &found) == LT_OK &&
        found.proven;
    lt_office_format(&segment->stream.origin, origin);
    lt_channel_format(&segment->stream.channel, channel);
    lt_epoch_format(segment->epoch, epoch);
    lt_time_format(at_ms, time);
    lt_hex_format(segment->hash, LT_HASH_LEN, hash);
    lt_hex_format(found.held_hash, LT_HASH_LEN, held);
    return json_array_append_new(
               check->evidence,
               json_pack("{s:s,s:s,s:s,s:I,s:s,s:s,s:s,s:b}", "origin", origin,
                         "channel", channel, "epoch", epoch, "number",
                         (json_int_t)segment->first, "at", time, "hash", hash,
                         "held", held, "proven", proven)) == 0;
}

/* Not before a second has passed since the beginning or the last time. */
static void tell_progress(struct check *check, const struct lt_log_stats *stats,
                          int64_t *told_ms)
{
    enum { EVERY_MS = 1000 };
    const struct lt_sys *sys = lt_sys_real();
    struct lt_now now;

    sys->now(sys->ctx, &now);
    if (now.mono_ms - *told_ms >= EVERY_MS) {
        *told_ms = now.mono_ms;
        lt_progress_tell(check->tool, "verify", (int64_t)check->sums.segments,
                         (int64_t)stats->segments);
    }
}

static lt_err verify_log(struct check *check, const char *path,
                         struct lt_diag *diag)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_log_stats stats;
    struct lt_log *log = NULL;
    struct lt_now now;
    int64_t told_ms;
    uint64_t cursor = 0;
    bool more = true;
    lt_err rc;

    sys->now(sys->ctx, &now);
    told_ms = now.mono_ms;
    rc = lt_log_open(&(struct lt_log_options){.path = path,
                                              .office = check->identity.office,
                                              .wal_max_bytes = 64 << 20,
                                              .now_ms = now.wall_ms},
                     &log, diag);
    if (rc == LT_OK) {
        rc = lt_log_keys_load(&check->keys, &check->identity, log);
    }
    if (rc == LT_OK) {
        lt_log_stats(log, &stats);
    }
    while (rc == LT_OK && more) {
        rc = lt_log_verify_slice(log, &cursor, SLICE_SEGMENTS, key_of, note_bad,
                                 check, &check->sums, &more);
        tell_progress(check, &stats, &told_ms);
    }
    lt_progress_end(check->tool);
    if (rc == LT_OK) {
        check->log = log;
        rc = lt_log_each_evidence(log, weigh, check);
    }
    lt_log_close(log);
    return rc;
}

static lt_err verify_dir(struct check *check, struct lt_diag *diag)
{
    char path[4096];
    int lock_fd = -1;
    lt_err rc;

    (void)snprintf(path, sizeof(path), "%s/identity", check->tool->dir);
    rc = lt_identity_load(&check->identity, path, diag);
    /* A copy is looked at while the daemon goes on. */
    if (rc == LT_OK && lt_tool_text(check->tool, "file") == NULL) {
        rc = lt_offline_lock(check->tool->dir, &lock_fd, diag);
    }
    if (lt_tool_text(check->tool, "file") != NULL) {
        (void)snprintf(path, sizeof(path), "%s",
                       lt_tool_text(check->tool, "file"));
    } else {
        (void)snprintf(path, sizeof(path), "%s/log.db", check->tool->dir);
    }
    if (rc == LT_OK && access(path, R_OK) != 0) {
        rc = lt_diag_set(diag, LT_ENOINPUT);
        lt_diag_arg(diag, "path", "%s", path);
    }
    if (rc == LT_OK) {
        rc = verify_log(check, path, diag);
    }
    if (lock_fd >= 0) {
        (void)close(lock_fd);
    }
    return rc;
}

static void free_check(struct check *check)
{
    lt_log_keys_free(&check->keys);
    lt_identity_deinit(&check->identity);
    json_decref(check->bad);
    json_decref(check->evidence);
}

/* ---- printing ---- */

static void print_lines(struct lt_tool *tool, const json_t *list)
{
    const json_t *entry;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)list, i, entry)
    {
        char *line = json_dumps(entry, JSON_COMPACT);

        fprintf(tool->out, "%s\n", line == NULL ? "?" : line);
        free(line);
    }
}

static int print_result(struct lt_tool *tool, const json_t *answer,
                        bool printed)
{
    static const struct lt_tool_column sums[] = {
        {.key = "offices", .title = "ui_office"},
        {.key = "streams", .title = "ui_streams"},
        {.key = "segments", .title = "ui_segments"},
        {.key = "events", .title = "ui_events"},
        {.key = "parts", .title = "ui_parts"},
        {.key = NULL}};
    bool ok = json_is_true(json_object_get(answer, "ok"));
    const json_t *evidence = json_object_get(answer, "evidence");
    char *line;

    if (tool->json) {
        line = printed ? NULL : json_dumps(answer, JSON_COMPACT);
        if (line != NULL) {
            fprintf(tool->out, "%s\n", line);
        }
        free(line);
        return ok ? 0 : EXIT_FOUND_SOMETHING;
    }
    fprintf(tool->out, "%s\n",
            lt_ui(tool->lang, ok ? "ui_verify_ok" : "ui_verify_bad"));
    lt_print_object(tool, answer, sums);
    print_lines(tool, json_object_get(answer, "bad"));
    if (json_array_size(evidence) > 0) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_verify_evidence"));
        print_lines(tool, evidence);
    }
    return ok ? 0 : EXIT_FOUND_SOMETHING;
}

static int run_offline(struct lt_tool *tool)
{
    struct check check = {
        .tool = tool, .bad = json_array(), .evidence = json_array()};
    struct lt_diag diag;
    json_t *answer;
    int code;
    lt_err rc;

    lt_diag_set(&diag, LT_OK);
    lt_identity_init(&check.identity);
    rc = verify_dir(&check, &diag);
    if (rc != LT_OK) {
        if (diag.code != rc) {
            lt_diag_set(&diag, rc);
        }
        code = lt_tool_fail(tool, &diag, false);
        free_check(&check);
        return code;
    }
    answer = json_pack(
        "{s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:O,s:O}", "ok", check.sums.bad == 0,
        "offices", (json_int_t)lt_log_keys_offices(&check.keys), "streams",
        (json_int_t)check.sums.streams, "segments",
        (json_int_t)check.sums.segments, "events",
        (json_int_t)check.sums.events, "parts", (json_int_t)check.sums.parts,
        "erased_parts", (json_int_t)check.sums.erased_parts, "absent_parts",
        (json_int_t)check.sums.absent_parts, "bad", check.bad, "evidence",
        check.evidence);
    code = answer == NULL ? lt_tool_fail_code(tool, LT_ENOMEM, NULL)
                          : print_result(tool, answer, false);
    json_decref(answer);
    free_check(&check);
    return code;
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code;

    if (lt_tool_flag(tool, "offline") || lt_tool_text(tool, "file") != NULL) {
        return run_offline(tool);
    }
    code = lt_tool_ask(tool, command, &answer);
    if (code == 0) {
        code = print_result(tool, answer, true);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_verify[] = {
    {.name = "verify",
     .meta = "",
     .text = "ui_cmd_verify",
     .example = "--offline",
     .lasts = true,
     .options = {{"offline", LT_TOOL_FLAG, "", "ui_opt_offline", true},
                 {"file", LT_TOOL_TEXT, "FILE", "ui_opt_verify_file", true}},
     .run = run},
    {.name = NULL}};
