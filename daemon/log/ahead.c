/* The file of the database is longer than the database.
 *
 * What is written behind the end of a file changes its length and its blocks:
 * the sync that follows waits for the file system's journal, and with it for
 * what all other files of the disk have in the same transaction (ext4 with
 * data=ordered writes their data first). What is written over what is there
 * waits for its own bytes alone. A checkpoint is such a write, and everybody
 * waits for it. So a thread of its own lengthens the file with zeros, and syncs
 * them, before a checkpoint needs the place.
 *
 * Nothing in the database says so: its header knows how many pages it has, and
 * what lies behind them is read by nobody. SQLite cuts the file to that length
 * after each checkpoint; while this is at work it does not (the log never
 * shrinks). The last checkpoint, at the close, cuts it as ever.
 *
 * Zeros must never meet a page. In WAL mode pages come into the file in
 * checkpoints alone, and a checkpoint first says how far it will write
 * (lt_ahead_begin); the thread writes in small steps, none of them below that.
 *
 * A failed sync tells whoever asks first and then no more, so a failure here is
 * one of the log: it is dead (lt_ahead_failed). */
#include "daemon/log/internal.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

enum {
    LOW_BYTES = 3 << 20,  /* so much ahead, or it is lengthened */
    MORE_BYTES = 4 << 20, /* by so much */
    STEP_BYTES = 16 * 1024,
    DISK_SHARE = 32 /* only where so many times as much is free */
};

/* In the place of the file's own xTruncate. */
static int keep_length(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file;
    (void)size;
    return SQLITE_OK;
}

/* One step of zeros; false at the end of them or after a failure. Lock held on
 * entry and exit; given up while it writes. */
static bool write_step(struct lt_ahead *ahead)
{
    static const uint8_t zeros[STEP_BYTES];
    int64_t at = ahead->at < ahead->floor ? ahead->floor : ahead->at;
    int rc;

    if (ahead->stop || at >= ahead->wanted) {
        return false;
    }
    ahead->at = at;
    ahead->step_end = at + STEP_BYTES;
    (void)pthread_mutex_unlock(&ahead->lock);
    rc = ahead->below->xWrite(ahead->file, zeros, STEP_BYTES, at);
    (void)pthread_mutex_lock(&ahead->lock);
    ahead->step_end = 0;
    (void)pthread_cond_broadcast(&ahead->stepped);
    if (rc != SQLITE_OK) {
        /* No room is no failure: the checkpoint will do without. */
        ahead->failed = (rc & 0xff) != SQLITE_FULL;
        ahead->wanted = at;
        return false;
    }
    ahead->at = at + STEP_BYTES;
    return true;
}

static void *run(void *arg)
{
    struct lt_ahead *ahead = arg;

    (void)pthread_setname_np(pthread_self(), "log ahead");
    (void)pthread_mutex_lock(&ahead->lock);
    while (!ahead->stop && !ahead->failed) {
        if (ahead->at >= ahead->wanted) {
            (void)pthread_cond_wait(&ahead->work, &ahead->lock);
            continue;
        }
        while (write_step(ahead)) {
        }
        if (!ahead->stop && !ahead->failed) {
            int64_t at = ahead->at;
            int rc;

            (void)pthread_mutex_unlock(&ahead->lock);
            rc = ahead->below->xSync(ahead->file, SQLITE_SYNC_NORMAL);
            (void)pthread_mutex_lock(&ahead->lock);
            ahead->failed = rc != SQLITE_OK;
            ahead->had = ahead->failed ? ahead->had : at;
            (void)pthread_cond_broadcast(&ahead->stepped);
        }
    }
    (void)pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

lt_err lt_ahead_open(struct lt_log *log, const char *path)
{
    struct lt_ahead *ahead = &log->ahead;
    sqlite3_file *file = NULL;
    sqlite3_int64 size;

    (void)sqlite3_file_control(log->db, "main", SQLITE_FCNTL_FILE_POINTER,
                               &file);
    assert(file != NULL && file->pMethods != NULL); /* it is open */
    if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
        return LT_EIO;
    }
    ahead->path = strdup(path);
    if (ahead->path == NULL) {
        return LT_ENOMEM;
    }
    ahead->file = file;
    (void)pthread_mutex_init(&ahead->lock, NULL);
    (void)pthread_cond_init(&ahead->work, NULL);
    (void)pthread_cond_init(&ahead->stepped, NULL);
    ahead->at = ahead->had = ahead->floor = ahead->wanted = size;
    ahead->below = ahead->file->pMethods;
    ahead->methods = *ahead->below;
    ahead->methods.xTruncate = keep_length;
    ahead->file->pMethods = &ahead->methods;
    return LT_OK;
}

void lt_ahead_close(struct lt_log *log)
{
    struct lt_ahead *ahead = &log->ahead;

    if (ahead->file != NULL) {
        (void)pthread_mutex_lock(&ahead->lock);
        ahead->stop = true;
        (void)pthread_cond_signal(&ahead->work);
        (void)pthread_mutex_unlock(&ahead->lock);
        if (ahead->started) {
            (void)pthread_join(ahead->thread, NULL);
        }
        ahead->file->pMethods = ahead->below;
        ahead->file = NULL;
        (void)pthread_cond_destroy(&ahead->stepped);
        (void)pthread_cond_destroy(&ahead->work);
        (void)pthread_mutex_destroy(&ahead->lock);
    }
    free(ahead->path);
    ahead->path = NULL;
}

void lt_ahead_begin(struct lt_log *log, int64_t bytes)
{
    struct lt_ahead *ahead = &log->ahead;

    assert(ahead->file != NULL);
    (void)pthread_mutex_lock(&ahead->lock);
    if (bytes > ahead->floor) {
        ahead->floor = bytes;
    }
    /* A step that was on its way when the database caught up with it. */
    while (ahead->step_end != 0 && ahead->at < ahead->floor) {
        (void)pthread_cond_wait(&ahead->stepped, &ahead->lock);
    }
    (void)pthread_mutex_unlock(&ahead->lock);
}

static bool much_is_free(const struct lt_ahead *ahead)
{
    struct statvfs disk;

    return statvfs(ahead->path, &disk) == 0 &&
           disk.f_bavail * disk.f_frsize >=
               (uint64_t)DISK_SHARE * MORE_BYTES;
}

void lt_ahead_end(struct lt_log *log, int64_t bytes)
{
    struct lt_ahead *ahead = &log->ahead;
    bool low;

    if (ahead->file == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&ahead->lock);
    low = !ahead->failed && ahead->at >= ahead->wanted &&
          ahead->at < bytes + LOW_BYTES;
    (void)pthread_mutex_unlock(&ahead->lock);
    if (!low || !much_is_free(ahead)) {
        return;
    }
    if (!ahead->started) {
        ahead->started =
            pthread_create(&ahead->thread, NULL, run, ahead) == 0;
    }
    (void)pthread_mutex_lock(&ahead->lock);
    ahead->wanted = bytes + LOW_BYTES + MORE_BYTES;
    (void)pthread_cond_signal(&ahead->work);
    (void)pthread_mutex_unlock(&ahead->lock);
}

bool lt_ahead_failed(struct lt_log *log)
{
    struct lt_ahead *ahead = &log->ahead;
    bool failed;

    if (ahead->file == NULL) {
        return false;
    }
    (void)pthread_mutex_lock(&ahead->lock);
    failed = ahead->failed;
    (void)pthread_mutex_unlock(&ahead->lock);
    return failed;
}

int64_t lt_ahead_settled(struct lt_log *log)
{
    struct lt_ahead *ahead = &log->ahead;
    int64_t had;

    (void)pthread_mutex_lock(&ahead->lock);
    while (!ahead->failed && ahead->started && ahead->had < ahead->wanted) {
        (void)pthread_cond_wait(&ahead->stepped, &ahead->lock);
    }
    had = ahead->had;
    (void)pthread_mutex_unlock(&ahead->lock);
    return had;
}
