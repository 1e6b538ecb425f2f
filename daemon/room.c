/* Room: for the log on its disk and under its quota, in the WALs, and for the
 * alarms that have been said.
 *
 * The quota is not used to its end. Nine tenths are for segments; then intake
 * stops, and what ends well what was begun (answers to requests, statements,
 * acks that go down, what is still being sent) has the last tenth. */
#include <stdio.h>
#include <sys/stat.h>

#include "common/note.h"
#include "daemon/daemon_internal.h"

enum {
    ROOM_CHECK_MS = 1000,
    QUOTA_SAID_TENTHS = 8, /* of the quota: the alarm */
    QUOTA_SHUT_TENTHS = 9, /* intake stops */
    PATH_BYTES = 4096
};

/* ---- intake: open while there is room; the engine raises the alarm ---- */

lt_err lt_daemon_close_intake(struct lt_daemon *daemon, lt_err why)
{
    struct lt_input input = {.kind = LT_IN_INTAKE, .flag = false, .code = why};

    daemon->room_check_ms = daemon->now.mono_ms + ROOM_CHECK_MS;
    if (daemon->state == LT_NODE_INTAKE_REFUSED) {
        return LT_OK;
    }
    daemon->state = LT_NODE_INTAKE_REFUSED;
    daemon->state_since_ms = daemon->now.wall_ms;
    daemon->state_reason = why;
    return lt_turn_input(daemon->turn, &daemon->now, &input);
}

static uint64_t tenths_of_quota(const struct lt_daemon *daemon, int tenths)
{
    const int64_t quota = lt_conf_number(daemon->conf, LT_SET_LOG_MAX_BYTES);

    return (uint64_t)(quota / 10 * tenths);
}

static bool under_quota(struct lt_daemon *daemon)
{
    struct lt_log_stats stats;

    lt_log_stats(daemon->log, &stats);
    return stats.bytes < tenths_of_quota(daemon, QUOTA_SHUT_TENTHS);
}

/* A small write that is rolled forward tells whether there is room again. */
static lt_err look_for_room(struct lt_daemon *daemon)
{
    struct lt_input input = {.kind = LT_IN_INTAKE, .flag = true};
    static const uint8_t probe[32 * 1024];
    lt_err err;

    if (!under_quota(daemon) || !lt_log_roomy(daemon->log)) {
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
    lt_clerk_room(daemon->clerk);
    daemon->state = LT_NODE_READY;
    daemon->state_since_ms = daemon->now.wall_ms;
    daemon->state_reason = LT_OK;
    return lt_turn_input(daemon->turn, &daemon->now, &input);
}

/* ---- the quota and the WALs ---- */

static void watch_quota(struct lt_daemon *daemon,
                        const struct lt_log_stats *stats)
{
    struct lt_diag diag = {.code = LT_AQUOTA};
    bool high = stats->bytes >= tenths_of_quota(daemon, QUOTA_SAID_TENTHS);

    lt_diag_arg(&diag, "used", "%llu MB",
                (unsigned long long)(stats->bytes >> 20));
    lt_diag_arg(&diag, "max", "%llu MB",
                (unsigned long long)(tenths_of_quota(daemon, 10) >> 20));
    lt_daemon_alarm(daemon, LT_AQUOTA, high, NULL, &diag);
}

/* Asking for the size opens nothing: a second descriptor of a database's file,
 * once closed, would drop SQLite's locks. */
static uint64_t view_wal_bytes(const struct lt_daemon *daemon)
{
    char path[PATH_BYTES];
    struct stat status;
    int len = snprintf(path, sizeof(path), "%s-wal", daemon->view_path);

    return len > 0 && (size_t)len < sizeof(path) && stat(path, &status) == 0 &&
                   status.st_size > 0
               ? (uint64_t)status.st_size
               : 0;
}

/* A WAL that cannot be copied grows, and one rotten bit in it takes more with
 * it the longer it is. */
static void watch_wals(struct lt_daemon *daemon,
                       const struct lt_log_stats *stats)
{
    const uint64_t max =
        (uint64_t)lt_conf_number(daemon->conf, LT_SET_WAL_MAX_BYTES);
    const uint64_t of_view = view_wal_bytes(daemon);
    const uint64_t most =
        stats->wal_bytes > of_view ? stats->wal_bytes : of_view;
    struct lt_diag diag = {.code = LT_AWAL};

    lt_diag_arg(&diag, "path", "%s",
                most == of_view ? daemon->view_path : daemon->log_path);
    lt_diag_arg(&diag, "used", "%llu MB", (unsigned long long)(most >> 20));
    /* A commit ends before its WAL is looked at: a little above is nothing. */
    lt_daemon_alarm(daemon, LT_AWAL, most > max + max / 4, NULL, &diag);
}

lt_err lt_daemon_watch_room(struct lt_daemon *daemon)
{
    struct lt_log_stats stats;

    if (daemon->now.mono_ms < daemon->room_check_ms) {
        return LT_OK;
    }
    daemon->room_check_ms = daemon->now.mono_ms + ROOM_CHECK_MS;
    lt_note_flush(false); /* how often what repeats was left out */
    if (lt_alarms_expire(&daemon->alarms, &daemon->now)) {
        daemon->status_changed = true;
    }
    if (daemon->state == LT_NODE_INTAKE_REFUSED) {
        return look_for_room(daemon);
    }
    lt_log_stats(daemon->log, &stats);
    watch_quota(daemon, &stats);
    watch_wals(daemon, &stats);
    return stats.bytes >= tenths_of_quota(daemon, QUOTA_SHUT_TENTHS)
               ? lt_daemon_close_intake(daemon, LT_EFULL)
               : LT_OK;
}
