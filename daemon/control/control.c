/* The thread's life, and the loop's side of the two queues. */
#include "daemon/control/control_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64 };

void lt_control_ring(int fd)
{
    uint64_t one = 1;

    /* A full counter has been rung already. */
    (void)!write(fd, &one, sizeof(one));
}

void lt_job_append(struct lt_job **first, struct lt_job **last,
                   struct lt_job *job)
{
    job->next = NULL;
    if (*last == NULL) {
        *first = job;
    } else {
        (*last)->next = job;
    }
    *last = job;
}

void lt_snapshot_free(struct lt_snapshot *snapshot)
{
    if (snapshot != NULL) {
        free(snapshot->status_json[0]);
        free(snapshot->status_json[1]);
        free(snapshot->log_json);
        lt_facts_free(snapshot->facts);
        lt_tree_free(snapshot->tree);
        free(snapshot);
    }
}

/* ---- start and stop ---- */

static char *join_path(const char *dir, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static lt_err cannot_listen(struct lt_control *control, struct lt_diag *diag)
{
    lt_diag_set(diag, LT_ECREATE);
    lt_diag_arg(diag, "path", "%s", control->path);
    lt_diag_arg(diag, "reason", "%s", strerror(errno));
    return LT_ECREATE;
}

/* The lock of the directory is held, so a socket that is there is left over. */
static lt_err listen_at(struct lt_control *control, struct lt_diag *diag)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat info;

    if (strlen(control->path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return cannot_listen(control, diag);
    }
    memcpy(address.sun_path, control->path, strlen(control->path));
    control->listen_fd =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (control->listen_fd < 0) {
        return cannot_listen(control, diag);
    }
    (void)unlink(control->path);
    if (bind(control->listen_fd, (const struct sockaddr *)&address,
             sizeof(address)) != 0 ||
        chmod(control->path, 0660) != 0 || stat(control->path, &info) != 0 ||
        listen(control->listen_fd, BACKLOG) != 0) {
        return cannot_listen(control, diag);
    }
    control->group = info.st_gid;
    return LT_OK;
}

static void free_control(struct lt_control *control)
{
    if (control->listen_fd >= 0) {
        (void)close(control->listen_fd);
        (void)unlink(control->path);
    }
    if (control->event_fd >= 0) {
        (void)close(control->event_fd);
    }
    lt_view_reader_close(control->desk.reader);
    lt_free(lt_alloc_heap(), control->desk.burdens.rows);
    lt_shelf_close(&control->desk.shelf);
    lt_touch_free(control->desk.touch);
    /* The thread is gone; the snapshots are ours. */
    lt_snapshot_free((struct lt_snapshot *)(uintptr_t)control->desk.snapshot);
    lt_snapshot_free(control->published);
    pthread_mutex_destroy(&control->lock);
    free(control->path);
    free(control->view_path);
    free(control->dir);
    free(control);
}

lt_err lt_control_start(const struct lt_control_options *options,
                        struct lt_control **out_control, struct lt_diag *diag)
{
    struct lt_control *control = calloc(1, sizeof(*control));
    size_t i;
    lt_err rc;

    if (control == NULL) {
        return LT_ENOMEM;
    }
    control->options = *options;
    control->listen_fd = -1;
    pthread_mutex_init(&control->lock, NULL);
    for (i = 0; i < LT_CONTROL_CLIENTS; i++) {
        control->clients[i].fd = -1;
    }
    control->path = join_path(options->dir, "control.sock");
    control->view_path = strdup(options->view_path);
    control->dir = strdup(options->dir);
    control->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    rc = lt_touch_new(lt_alloc_heap(), &control->desk.touch);
    if (rc != LT_OK || control->path == NULL || control->view_path == NULL ||
        control->dir == NULL ||
        control->event_fd < 0) {
        rc = LT_ENOMEM;
        goto fail;
    }
    lt_touch_begin(control->desk.touch, options->log_pos);
    control->desk.sys = options->sys;
    control->desk.shelf.dir = control->dir;
    control->desk.shelf.sys = options->sys;
    control->desk.office = options->office;
    control->desk.view_path = control->view_path;
    control->desk.policy = options->policy;
    control->desk.feed = options->feed;
    control->desk.climb = options->climb;
    control->desk.climb.self = options->office;
    rc = listen_at(control, diag);
    if (rc != LT_OK) {
        goto fail;
    }
    if (pthread_create(&control->thread, NULL, lt_control_run, control) != 0) {
        rc = LT_ENOMEM;
        goto fail;
    }
    (void)pthread_setname_np(control->thread, "control");
    control->running = true;
    *out_control = control;
    return LT_OK;

fail:
    free_control(control);
    return rc;
}

void lt_control_stop(struct lt_control *control)
{
    size_t i;

    if (control == NULL) {
        return;
    }
    pthread_mutex_lock(&control->lock);
    control->stopping = true;
    pthread_mutex_unlock(&control->lock);
    lt_control_ring(control->event_fd);
    (void)pthread_join(control->thread, NULL);
    for (i = 0; i < LT_CONTROL_CLIENTS; i++) {
        struct lt_client *client = &control->clients[i];
        struct lt_batch *batch;

        for (batch = client->first; batch != NULL; batch = batch->next) {
            batch->left = 0; /* the loop is the caller: it has stopped */
        }
        lt_control_drop_client(control, client);
    }
    while (control->orphans != NULL) {
        lt_control_drop_orphan(control, control->orphans);
    }
    free_control(control);
}

/* ---- for the loop ---- */

void lt_control_publish(struct lt_control *control,
                        const struct lt_snapshot *snapshot)
{
    struct lt_snapshot *copy = malloc(sizeof(*copy));
    struct lt_snapshot *old;

    if (copy == NULL) {
        struct lt_snapshot lost = *snapshot;

        /* The older one stays in force; this one is let go. */
        free(lost.status_json[0]);
        free(lost.status_json[1]);
        free(lost.log_json);
        lt_facts_free(lost.facts);
        lt_tree_free(lost.tree);
        return;
    }
    *copy = *snapshot;
    pthread_mutex_lock(&control->lock);
    old = control->published;
    control->published = copy;
    pthread_mutex_unlock(&control->lock);
    lt_snapshot_free(old);
}

struct lt_job *lt_control_take(struct lt_control *control)
{
    struct lt_job *job;

    pthread_mutex_lock(&control->lock);
    job = control->jobs;
    if (job != NULL) {
        control->jobs = job->next;
        if (control->jobs == NULL) {
            control->jobs_last = NULL;
        }
        job->next = NULL;
    }
    pthread_mutex_unlock(&control->lock);
    return job;
}

void lt_control_follow(struct lt_control *control,
                       struct lt_control_follow *out)
{
    pthread_mutex_lock(&control->lock);
    *out = control->followed_so_far;
    pthread_mutex_unlock(&control->lock);
}

bool lt_control_followed(const struct lt_control *control)
{
    return atomic_load_explicit(&control->followed, memory_order_relaxed);
}

void lt_control_done(struct lt_control *control, struct lt_job *job)
{
    bool first;

    pthread_mutex_lock(&control->lock);
    first = control->done == NULL;
    lt_job_append(&control->done, &control->done_last, job);
    pthread_mutex_unlock(&control->lock);
    if (first) {
        lt_control_ring(control->event_fd);
    }
}

void lt_control_view_moved(struct lt_control *control)
{
    if (control != NULL && !atomic_exchange(&control->view_moved, true)) {
        lt_control_ring(control->event_fd);
    }
}
