/* The thread: who is heard when.
 *
 * One poll over the wake (jobs done, the view has moved, stop), the listening
 * socket and at most LT_CONTROL_CLIENTS clients. Each turn every client gets at
 * most one frame taken, so that none waits for the batches of another; and
 * before each, who follows the view is told what has come into it: what is on
 * its way waits for one answer, not for those of a hundred. A batch
 * that has to see own writes first is parked in front of its connection and
 * tried again when the view has moved; one whose jobs the loop has is answered
 * when they are done, or "unknown" when its time is over: then it lives on
 * without a client until the loop gives its jobs back.
 *
 * Two lists cross the threads, under one lock: jobs to the loop, done jobs
 * back. */
#include "daemon/control/control_internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/counters.h"
#include "common/failpoint.h"

enum { FD_WAKE, FD_LISTEN, FD_CLIENTS };

/* ---- batches and the loop ---- */

static void post(struct lt_control *control, struct lt_batch *batch)
{
    struct lt_pending *pending;

    if (batch->left == 0) {
        return;
    }
    pthread_mutex_lock(&control->lock);
    for (pending = batch->pendings; pending != NULL; pending = pending->next) {
        lt_job_append(&control->jobs, &control->jobs_last, &pending->job);
    }
    pthread_mutex_unlock(&control->lock);
    lt_control_ring(control->options.wake_fd);
}

static void orphan(struct lt_control *control, struct lt_batch *batch)
{
    if (batch->left == 0) {
        lt_batch_free(batch);
        return;
    }
    batch->orphan_prev = NULL;
    batch->orphan_next = control->orphans;
    if (control->orphans != NULL) {
        control->orphans->orphan_prev = batch;
    }
    control->orphans = batch;
    batch->next = batch; /* marks it as an orphan */
}

void lt_control_drop_orphan(struct lt_control *control, struct lt_batch *batch)
{
    if (batch->orphan_prev != NULL) {
        batch->orphan_prev->orphan_next = batch->orphan_next;
    } else {
        control->orphans = batch->orphan_next;
    }
    if (batch->orphan_next != NULL) {
        batch->orphan_next->orphan_prev = batch->orphan_prev;
    }
    lt_batch_free(batch);
}

/* Take back what the loop has not seen yet: nothing will come of it. */
static void withdraw(struct lt_control *control, struct lt_batch *batch)
{
    struct lt_job *kept = NULL;
    struct lt_job *kept_last = NULL;
    struct lt_job *taken = NULL;
    struct lt_job *job;
    struct lt_job *next;

    pthread_mutex_lock(&control->lock);
    for (job = control->jobs; job != NULL; job = next) {
        struct lt_pending *pending = (struct lt_pending *)(void *)job;

        next = job->next;
        if (pending->batch == batch) {
            job->next = taken;
            taken = job;
        } else {
            lt_job_append(&kept, &kept_last, job);
        }
    }
    control->jobs = kept;
    control->jobs_last = kept_last;
    pthread_mutex_unlock(&control->lock);
    for (job = taken; job != NULL; job = next) {
        next = job->next;
        job->result = LT_EBUSY;
        (void)lt_batch_job_done(batch, &control->desk,
                                (struct lt_pending *)(void *)job);
    }
}

static void take_done(struct lt_control *control)
{
    struct lt_job *job;
    struct lt_job *next;

    pthread_mutex_lock(&control->lock);
    job = control->done;
    control->done = NULL;
    control->done_last = NULL;
    pthread_mutex_unlock(&control->lock);
    for (; job != NULL; job = next) {
        struct lt_pending *pending = (struct lt_pending *)(void *)job;
        struct lt_batch *batch = pending->batch;

        next = job->next;
        if (batch == control->follow.batch) {
            lt_follow_done(&control->follow, &control->desk, job);
        }
        if (lt_batch_job_done(batch, &control->desk, pending) &&
            batch->next == batch) {
            lt_control_drop_orphan(control, batch);
        }
    }
}

/* Entries of the register that follow their cases; a step of it. */
static void follow_cases(struct lt_control *control, const struct lt_now *now)
{
    struct lt_batch *batch =
        lt_follow_step(&control->follow, &control->desk, now);

    if (batch != NULL) {
        post(control, batch);
        orphan(control, batch);
    }
    pthread_mutex_lock(&control->lock);
    control->followed_so_far = control->follow.made;
    pthread_mutex_unlock(&control->lock);
}

/* ---- a client's batches ---- */

static void push_batch(struct lt_client *client, struct lt_batch *batch)
{
    batch->next = NULL;
    if (client->last == NULL) {
        client->first = batch;
    } else {
        client->last->next = batch;
    }
    client->last = batch;
    client->batches_n++;
    client->commands_n += batch->slots_n;
}

static struct lt_batch *pop_batch(struct lt_client *client)
{
    struct lt_batch *batch = client->first;

    client->first = batch->next;
    if (client->first == NULL) {
        client->last = NULL;
    }
    client->batches_n--;
    client->commands_n -= batch->slots_n;
    batch->next = NULL;
    return batch;
}

void lt_control_drop_client(struct lt_control *control,
                            struct lt_client *client)
{
    while (client->first != NULL) {
        orphan(control, pop_batch(client));
    }
    lt_client_close(client);
}

/* What has no known end yet is not refused. */
static bool refused(const struct lt_slot *slot)
{
    return slot->err != LT_OK ||
           (slot->pending != NULL && slot->pending->done &&
            slot->pending->job.result != LT_OK);
}

static void count(const struct lt_batch *batch)
{
    size_t i;

    lt_counter_add(LT_CNT_COMMANDS, batch->slots_n);
    for (i = 0; i < batch->slots_n; i++) {
        if (refused(&batch->slots[i])) {
            lt_counter_add(LT_CNT_COMMANDS_REFUSED, 1);
        }
    }
}

/* Answer what can be answered, in order. */
static void answer_batches(struct lt_control *control, struct lt_client *client)
{
    while (client->first != NULL && client->first->answerable &&
           !client->streams && !client->dead) {
        struct lt_batch *batch = pop_batch(client);
        size_t mark;

        (void)LT_FAILPOINT(C11);
        count(batch);
        if (batch->streams && batch->slots[0].err == LT_OK) {
            client->streams = true;
            client->follow = batch->follow;
            client->fresh = true;
            memcpy(client->from, batch->from, sizeof(batch->from));
        } else if (!lt_client_begin(client, &mark) ||
                   !lt_client_end(client, mark,
                                  lt_batch_answer(batch, &client->out))) {
            client->dead = true;
        }
        orphan(control, batch);
    }
}

/* Try to prepare the newest batch, when it waits for the view. */
static void try_batch(struct lt_control *control, struct lt_client *client,
                      const struct lt_now *now)
{
    struct lt_batch *batch = client->last;
    lt_err rc;

    if (batch == NULL || batch->prepared) {
        return;
    }
    if (batch->wait_pos != 0 && now->mono_ms < batch->wait_until_ms &&
        lt_feed_applied(control->options.feed) < batch->wait_pos) {
        return;
    }
    rc = lt_batch_prepare(batch, &control->desk, now);
    if (rc == LT_OK) {
        post(control, batch);
    } else if (rc != LT_EBUSY) {
        client->dead = true; /* no memory: nothing of it was handed over */
        batch->left = 0;
    }
}

static void take_frame(struct lt_control *control, struct lt_client *client,
                       const struct lt_now *now)
{
    struct lt_batch *batch;
    const char *json;
    size_t len;

    if (client->streams || client->batches_n >= LT_CLIENT_BATCHES ||
        client->commands_n >= LT_CLIENT_COMMANDS ||
        (client->last != NULL && !client->last->prepared) ||
        client->out.len - client->out_at >= LT_CLIENT_OUT_MAX ||
        !lt_client_frame(client, &json, &len)) {
        return;
    }
    if (len > LT_CLIENT_FRAME_MAX) {
        lt_client_refuse(client, LT_ETOOBIG, "frame");
        client->closing = true;
        client->in_at = client->in.len;
        return;
    }
    (void)LT_FAILPOINT(command);
    batch = lt_batch_read(json, len, now, control->options.sys);
    lt_client_forget(client);
    if (batch == NULL) {
        client->dead = true;
        return;
    }
    push_batch(client, batch);
    try_batch(control, client, now);
}

static void check_deadlines(struct lt_control *control,
                            struct lt_client *client, const struct lt_now *now)
{
    struct lt_batch *batch;

    for (batch = client->first; batch != NULL; batch = batch->next) {
        if (batch->prepared && !batch->answerable &&
            now->mono_ms >= batch->deadline_ms) {
            withdraw(control, batch);
            batch->answerable = true;
        }
    }
}

/* A whole frame is waiting. */
static bool has_frame(const struct lt_client *client)
{
    size_t left = client->in.len - client->in_at;
    const uint8_t *at;

    if (left < 4) {
        return false; /* nothing may have come yet: no bytes to point to */
    }
    at = client->in.data + client->in_at;
    return left - 4 >= ((size_t)at[0] << 24 | (size_t)at[1] << 16 |
                        (size_t)at[2] << 8 | at[3]);
}

static bool follows(const struct lt_client *client)
{
    return client->fd >= 0 && client->streams && client->follow &&
           !client->dead;
}

/* When the view has moved: those who follow it. */
static void tell_followers(struct lt_control *control)
{
    if (!atomic_exchange(&control->view_moved, false)) {
        return;
    }
    lt_desk_forget_erased(&control->desk);
    for (size_t i = 0; i < LT_CONTROL_CLIENTS; i++) {
        struct lt_client *client = &control->clients[i];

        if (follows(client)) {
            lt_client_stream(client, &control->desk);
        }
    }
}

static void serve(struct lt_control *control, struct lt_client *client,
                  short events, const struct lt_now *now)
{
    if ((events & (POLLERR | POLLNVAL)) != 0) {
        client->dead = true;
    }
    if ((events & (POLLIN | POLLHUP)) != 0 && !client->dead) {
        lt_client_receive(client);
    }
    if (!client->dead) {
        try_batch(control, client, now);
        take_frame(control, client, now);
        check_deadlines(control, client, now);
        answer_batches(control, client);
    }
    if (client->streams && !client->dead &&
        (!client->follow || client->fresh || client->behind ||
         (events & POLLOUT) != 0)) {
        client->fresh = false;
        lt_client_stream(client, &control->desk);
    }
    if (!client->dead && lt_client_has_output(client)) {
        lt_client_send(client);
    }
    if (client->dead || (client->closing && client->first == NULL &&
                         !has_frame(client) && !lt_client_has_output(client))) {
        lt_control_drop_client(control, client);
    }
}

/* ---- the thread ---- */

static void accept_one(struct lt_control *control)
{
    int fd =
        accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct lt_client refused;
    lt_err code = LT_EBUSY;
    size_t i;

    if (fd < 0) {
        return;
    }
    (void)LT_FAILPOINT(accept);
    if (!lt_client_permitted(fd, control->group)) {
        code = LT_EPERM;
    } else {
        for (i = 0; i < LT_CONTROL_CLIENTS; i++) {
            if (control->clients[i].fd < 0) {
                lt_client_open(&control->clients[i], fd);
                return;
            }
        }
    }
    lt_client_open(&refused, fd);
    lt_client_refuse(&refused, code, "control.sock");
    lt_client_send(&refused);
    lt_client_close(&refused);
}

static bool take_news(struct lt_control *control)
{
    struct lt_snapshot *old = NULL;
    uint64_t count;
    bool stopping;

    (void)!read(control->event_fd, &count, sizeof(count));
    pthread_mutex_lock(&control->lock);
    if (control->published != NULL) {
        /* Only this thread writes the desk's pointer. */
        old = (struct lt_snapshot *)(uintptr_t)control->desk.snapshot;
        control->desk.snapshot = control->published;
        control->published = NULL;
    }
    stopping = control->stopping;
    pthread_mutex_unlock(&control->lock);
    lt_snapshot_free(old);
    return !stopping;
}

/* Does the client have something to do that no descriptor will tell? */
static bool has_work(const struct lt_client *client)
{
    if (client->streams) {
        return (!client->follow || client->behind) &&
               client->out.len - client->out_at < LT_CLIENT_STREAM_MAX;
    }
    return has_frame(client) && client->batches_n < LT_CLIENT_BATCHES &&
           client->commands_n < LT_CLIENT_COMMANDS &&
           client->out.len - client->out_at < LT_CLIENT_OUT_MAX &&
           (client->last == NULL || client->last->prepared);
}

static int64_t next_deadline(const struct lt_client *client)
{
    const struct lt_batch *batch;
    int64_t at = INT64_MAX;

    for (batch = client->first; batch != NULL; batch = batch->next) {
        int64_t then = !batch->prepared    ? batch->wait_until_ms
                       : batch->answerable ? INT64_MAX
                                           : batch->deadline_ms;

        at = then < at ? then : at;
    }
    return at;
}

static int fill_poll(struct lt_control *control, struct pollfd *fds,
                     const struct lt_now *now)
{
    int64_t at = INT64_MAX;
    bool work = false;
    size_t i;

    fds[FD_WAKE] = (struct pollfd){.fd = control->event_fd, .events = POLLIN};
    fds[FD_LISTEN] =
        (struct pollfd){.fd = control->listen_fd, .events = POLLIN};
    for (i = 0; i < LT_CONTROL_CLIENTS; i++) {
        struct lt_client *client = &control->clients[i];
        struct pollfd *fd = &fds[FD_CLIENTS + i];
        int64_t then;

        *fd = (struct pollfd){.fd = client->fd};
        if (client->fd < 0) {
            continue;
        }
        if (lt_client_wants_input(client)) {
            fd->events |= POLLIN;
        }
        if (lt_client_has_output(client)) {
            fd->events |= POLLOUT;
        }
        if (client->closing && fd->events == 0) {
            fd->fd = -1; /* its other side is gone: a hang-up has no end */
        }
        work = work || has_work(client);
        then = next_deadline(client);
        at = then < at ? then : at;
    }
    if (lt_follow_at(&control->follow) < at) {
        at = lt_follow_at(&control->follow);
    }
    if (work || at <= now->mono_ms) {
        return 0;
    }
    if (at == INT64_MAX && control->desk.shelf.until_ms == 0) {
        return -1;
    }
    return at - now->mono_ms > 60000 ? 60000 : (int)(at - now->mono_ms);
}

void *lt_control_run(void *ctx)
{
    struct lt_control *control = ctx;
    struct pollfd fds[FD_CLIENTS + LT_CONTROL_CLIENTS];
    const struct lt_sys *sys = control->options.sys;
    struct lt_now now;
    size_t i;

    for (;;) {
        bool followed = false;

        sys->now(sys->ctx, &now);
        if (poll(fds, LT_COUNT_OF(fds), fill_poll(control, fds, &now)) < 0 &&
            errno != EINTR) {
            break;
        }
        if (!take_news(control)) {
            break;
        }
        sys->now(sys->ctx, &now);
        take_done(control);
        lt_shelf_rest(&control->desk.shelf, now.mono_ms);
        if (atomic_load_explicit(&control->view_moved, memory_order_relaxed)) {
            lt_follow_stir(&control->follow, &now);
        }
        follow_cases(control, &now);
        for (i = 0; i < LT_CONTROL_CLIENTS; i++) {
            tell_followers(control);
            if (control->clients[i].fd >= 0) {
                serve(control, &control->clients[i],
                      fds[FD_CLIENTS + i].revents, &now);
                followed = followed || follows(&control->clients[i]);
            }
        }
        atomic_store_explicit(&control->followed, followed,
                              memory_order_relaxed);
        if ((fds[FD_LISTEN].revents & POLLIN) != 0) {
            accept_one(control);
        }
    }
    return NULL;
}
