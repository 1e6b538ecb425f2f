/* lienthong salvage: a damaged log is read for what can still be proven, into a
 * new one that takes its place. The daemon is stopped; its lock is held here.
 *
 * The damaged file is kept as log.db.damaged-N, unchanged. Killed at any moment,
 * the command can be given again: the new log takes its name only when it is
 * whole and durable, and a WAL that was put aside before goes back first. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log/salvage.h"
#include "tools/log_keys.h"
#include "tools/offline.h"
#include "tools/tool.h"

enum { LOST_MAX = 1000, DAMAGED_MAX = 1000, NAME_MAX_BYTES = PATH_MAX };

struct work {
    struct lt_tool *tool;
    struct lt_identity identity;
    struct lt_log_keys keys;
    struct lt_salvage_sums sums;
    json_t *lost;
    char log[NAME_MAX_BYTES];
    char fresh[NAME_MAX_BYTES];
    char damaged[NAME_MAX_BYTES];
};

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    const struct work *work = ctx;

    return lt_log_keys_find(&work->keys, origin, key_id);
}

static void note_lost(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                      uint64_t number, const char *what)
{
    struct work *work = ctx;
    char origin[LT_OFFICE_TEXT];
    char channel[LT_CHANNEL_TEXT];
    char epoch_text[LT_EPOCH_TEXT];

    if (json_array_size(work->lost) >= LOST_MAX) {
        return; /* the sums go on counting */
    }
    lt_office_format(&stream->origin, origin);
    lt_channel_format(&stream->channel, channel);
    lt_epoch_format(epoch, epoch_text);
    (void)json_array_append_new(
        work->lost, json_pack("{s:s,s:s,s:s,s:I,s:s}", "origin", origin,
                              "channel", channel, "epoch", epoch_text, "number",
                              (json_int_t)number, "what", what));
}

/* ---- files ---- */

static bool beside(char out[static NAME_MAX_BYTES], const char *path,
                   const char *end)
{
    int len = snprintf(out, NAME_MAX_BYTES, "%s%s", path, end);

    return len > 0 && len < NAME_MAX_BYTES;
}

static lt_err refuse(struct lt_diag *diag, lt_err code, const char *path)
{
    const int error = errno;

    lt_diag_set(diag, code);
    lt_diag_arg(diag, "path", "%s", path);
    lt_diag_arg(diag, "reason", "%s", strerror(error));
    return code;
}

static void remove_with_wal(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char name[NAME_MAX_BYTES];

    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        if (beside(name, path, ends[i])) {
            (void)unlink(name);
        }
    }
}

static lt_err sync_folder(const char *dir, struct lt_diag *diag)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? -1 : fsync(fd);
    lt_err err = rc == 0 ? LT_OK : refuse(diag, LT_EIO, dir);

    if (fd >= 0) {
        (void)close(fd);
    }
    return err;
}

/* The first free name; a WAL that lies there already belongs to the log that
 * still has its own name: a run before this one was killed. */
static lt_err choose_names(struct work *work, struct lt_diag *diag)
{
    char end[32];
    char wal[NAME_MAX_BYTES];
    char own[NAME_MAX_BYTES];

    for (unsigned n = 1; n <= DAMAGED_MAX; n++) {
        (void)snprintf(end, sizeof(end), ".damaged-%u", n);
        if (!beside(work->damaged, work->log, end) ||
            !beside(wal, work->damaged, "-wal") ||
            !beside(own, work->log, "-wal")) {
            return lt_diag_set(diag, LT_EINVAL);
        }
        if (access(work->damaged, F_OK) != 0) {
            if (access(wal, F_OK) == 0 && access(own, F_OK) != 0 &&
                rename(wal, own) != 0) {
                return refuse(diag, LT_ECREATE, own);
            }
            return LT_OK;
        }
    }
    errno = EEXIST;
    return refuse(diag, LT_ECREATE, work->damaged);
}

/* The WAL first: a new log must never meet an old WAL. The old log gets its
 * second name before the new one takes the first, in one step. */
static lt_err swap(const struct work *work, struct lt_diag *diag)
{
    char from[NAME_MAX_BYTES];
    char to[NAME_MAX_BYTES];
    lt_err err;

    if (!beside(from, work->log, "-shm")) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    (void)unlink(from);
    if (!beside(from, work->log, "-wal") || !beside(to, work->damaged, "-wal")) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    if (rename(from, to) != 0 && errno != ENOENT) {
        return refuse(diag, LT_ECREATE, to);
    }
    err = sync_folder(work->tool->dir, diag);
    if (err == LT_OK && link(work->log, work->damaged) != 0) {
        err = refuse(diag, LT_ECREATE, work->damaged);
    }
    if (err == LT_OK && rename(work->fresh, work->log) != 0) {
        err = refuse(diag, LT_ECREATE, work->log);
    }
    return err == LT_OK ? sync_folder(work->tool->dir, diag) : err;
}

/* ---- the work ---- */

static lt_err fill(struct work *work, struct lt_salvage *salvage,
                   struct lt_diag *diag)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_log *log = NULL;
    struct lt_now now;
    lt_err err;

    sys->now(sys->ctx, &now);
    err = lt_log_open(&(struct lt_log_options){.path = work->fresh,
                                               .office = work->identity.office,
                                               .wal_max_bytes = 64 << 20,
                                               .now_ms = now.wall_ms},
                      &log, diag);
    if (err == LT_OK) {
        err = lt_salvage_others(salvage, log, &work->sums);
    }
    if (err == LT_OK) {
        err = lt_log_keys_load(&work->keys, &work->identity, log);
    }
    if (err == LT_OK) {
        err = lt_salvage_segments(salvage, log, key_of, note_lost, work,
                                  &work->sums);
    }
    lt_log_close(log); /* copies its WAL and removes it */
    if (err != LT_OK && (diag->code != err || diag->args_n == 0)) {
        lt_diag_set(diag, err);
        lt_diag_arg(diag, "path", "%s", work->fresh);
    }
    return err;
}

static lt_err salvage_log(struct work *work, struct lt_diag *diag)
{
    struct lt_salvage *salvage = NULL;
    lt_err err = choose_names(work, diag);

    if (err != LT_OK) {
        return err;
    }
    remove_with_wal(work->fresh); /* of a run before */
    err = lt_salvage_open(work->log, &salvage);
    if (err != LT_OK) {
        lt_diag_set(diag, err);
        lt_diag_arg(diag, "path", "%s", work->log);
        return err;
    }
    err = fill(work, salvage, diag);
    lt_salvage_close(salvage);
    if (err == LT_OK) {
        err = swap(work, diag);
    }
    if (err != LT_OK) {
        remove_with_wal(work->fresh);
    }
    return err;
}

static lt_err salvage_dir(struct work *work, struct lt_diag *diag)
{
    char identity[NAME_MAX_BYTES];
    int lock_fd = -1;
    lt_err err;

    if (!beside(identity, work->tool->dir, "/identity") ||
        !beside(work->log, work->tool->dir, "/log.db") ||
        !beside(work->fresh, work->log, ".salvaged")) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    err = lt_identity_load(&work->identity, identity, diag);
    if (err == LT_OK) {
        err = lt_offline_lock(work->tool->dir, &lock_fd, diag);
    }
    if (err == LT_OK) {
        err = salvage_log(work, diag);
    }
    if (lock_fd >= 0) {
        (void)close(lock_fd);
    }
    return err;
}

/* ---- printing ---- */

static int print(const struct work *work, json_t *answer)
{
    static const struct lt_tool_column rows[] = {
        {.key = "segments", .title = "ui_segments"},
        {.key = "kept", .title = "ui_salvage_kept"},
        {.key = "quarantined", .title = "ui_salvage_quarantined"},
        {.key = "unreadable", .title = "ui_salvage_unreadable"},
        {.key = "texts_lost", .title = "ui_salvage_texts_lost"},
        {.key = "damaged", .title = "ui_salvage_damaged"},
        {.key = NULL}};
    struct lt_tool *tool = work->tool;
    const json_t *entry;
    char *line;
    size_t i;

    if (tool->json) {
        line = json_dumps(answer, JSON_COMPACT);
        fprintf(tool->out, "%s\n", line == NULL ? "{}" : line);
        free(line);
        return 0;
    }
    lt_print_object(tool, answer, rows);
    json_array_foreach(work->lost, i, entry)
    {
        line = json_dumps(entry, JSON_COMPACT);
        fprintf(tool->out, "%s\n", line == NULL ? "?" : line);
        free(line);
    }
    fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_salvage_next"));
    return 0;
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct work work = {.tool = tool, .lost = json_array()};
    const struct lt_salvage_sums *sums = &work.sums;
    struct lt_diag diag;
    json_t *answer = NULL;
    lt_err err;
    int code;

    (void)command;
    lt_diag_set(&diag, LT_OK);
    lt_identity_init(&work.identity);
    err = work.lost == NULL ? lt_diag_set(&diag, LT_ENOMEM)
                            : salvage_dir(&work, &diag);
    if (err != LT_OK) {
        if (diag.code != err) {
            lt_diag_set(&diag, err);
        }
        code = lt_tool_fail(tool, &diag, false);
    } else {
        answer = json_pack(
            "{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s,s:O}", "segments",
            (json_int_t)sums->segments, "kept", (json_int_t)sums->kept,
            "quarantined", (json_int_t)sums->quarantined, "unreadable",
            (json_int_t)sums->unreadable, "texts_lost",
            (json_int_t)sums->texts_lost, "others", (json_int_t)sums->others,
            "others_lost", (json_int_t)sums->others_lost, "damaged",
            work.damaged, "lost", work.lost);
        code = answer == NULL ? lt_tool_fail_code(tool, LT_ENOMEM, NULL)
                              : print(&work, answer);
    }
    json_decref(answer);
    json_decref(work.lost);
    lt_log_keys_free(&work.keys);
    lt_identity_deinit(&work.identity);
    return code;
}

const struct lt_tool_command lt_cmd_salvage[] = {{.name = "salvage",
                                                  .meta = "",
                                                  .text = "ui_cmd_salvage",
                                                  .example = "",
                                                  .run = run},
                                                 {.name = NULL}};
