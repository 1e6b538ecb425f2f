/* The view's thread.
 *
 * What is pushed while a batch is being applied makes the next batch, so that
 * a transaction grows with the load and a single event waits for nobody. Under
 * load the thread rests between batches: twice the events in a batch cost less
 * than twice the pages, and the log's work goes first. A full disk is waited
 * out; any other error ends the thread. */
#include "daemon/view/feed.h"

#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/sys.h"

enum {
    NICE = 5, /* below the log's work, not below a busy machine's */
    BATCH_EVENTS_MAX = 8192, /* bounds a transaction and its part of the WAL */
    BUSY_EVENTS = 512,       /* so many in one batch are load */
    REST_MS = 40,            /* under load; the view may be 100 ms behind */
    RETRY_FULL_MS = 1000,
    RELAX_MS = 3000 /* without work before caches are given back */
};

struct node {
    struct node *next;
    uint64_t pos;
    int64_t committed_at_ms;
    size_t bytes;
    struct lt_segment segment; /* pointers go into data */
    uint8_t data[];
};

struct lt_feed {
    struct lt_view *view; /* the thread's, from start to join */
    void (*wake)(void *ctx);
    void *ctx;
    size_t queue_max;
    pthread_t thread;
    bool quiet; /* the loop's: the thread has ended */
    pthread_mutex_t lock;
    pthread_cond_t work; /* something was pushed, or stop */
    pthread_cond_t applied_more;
    /* under the lock */
    struct node *first;
    struct node *last;
    size_t queue_bytes;
    uint64_t next;
    bool resting; /* pushes need not wake the thread */
    bool stop;
    bool restart;
    uint64_t applied;
    lt_err error;
    size_t complaints_n;
    struct lt_view_complaint complaints[LT_VIEW_COMPLAINTS_MAX];
};

/* Free the nodes before @end; answers how many bytes they held. */
static size_t free_nodes(struct node *node, const struct node *end)
{
    size_t bytes = 0;

    while (node != end) {
        struct node *next = node->next;

        bytes += node->bytes;
        lt_free(lt_alloc_heap(), node);
        node = next;
    }
    return bytes;
}

/* Until something happens, or @timeout_ms (negative: for ever). Lock held. */
static bool wait_for(struct lt_feed *feed, pthread_cond_t *cond,
                     int64_t until_ms)
{
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000L};

    if (until_ms < 0) {
        return pthread_cond_wait(cond, &feed->lock) == 0;
    }
    return pthread_cond_timedwait(cond, &feed->lock, &until) == 0;
}

static int64_t mono_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

/* Apply what is at the front of @batch in one transaction. On LT_OK *out_rest
 * is what did not fit; on failure nothing was applied. */
static lt_err apply_batch(struct lt_view *view, struct node *batch,
                          struct node **out_rest, size_t *out_events)
{
    size_t events = 0;
    struct node *at = batch;
    lt_err rc = lt_view_begin(view);

    while (rc == LT_OK && at != NULL && events < BATCH_EVENTS_MAX) {
        rc = lt_view_apply(view, at->pos, at->committed_at_ms, &at->segment);
        events += at->segment.count;
        at = at->next;
    }
    if (rc == LT_OK) {
        rc = lt_view_end(view);
    }
    if (rc == LT_OK) {
        *out_rest = at;
        *out_events = events;
    }
    return rc;
}

/* What was not applied goes back to the front. Lock held. */
static void put_back(struct lt_feed *feed, struct node *rest)
{
    struct node *end = rest;

    if (rest == NULL) {
        return;
    }
    while (end->next != NULL) {
        end = end->next;
    }
    end->next = feed->first;
    feed->first = rest;
    if (feed->last == NULL) {
        feed->last = end;
    }
}

/* Lock held. What finds no place now comes with the next batch. */
static void gather_complaints(struct lt_feed *feed)
{
    while (feed->complaints_n < LT_VIEW_COMPLAINTS_MAX &&
           lt_view_complaint(feed->view,
                             &feed->complaints[feed->complaints_n])) {
        feed->complaints_n++;
    }
}

/* Let the next batch grow. Not while the last one did not fit: then there is
 * nothing to gain. Lock held on entry and exit. */
static void rest(struct lt_feed *feed)
{
    int64_t until = mono_ms() + REST_MS;

    feed->resting = true;
    while (!feed->stop && !feed->restart &&
           feed->queue_bytes < feed->queue_max / 2 &&
           wait_for(feed, &feed->work, until)) {
    }
    feed->resting = false;
}

/* Lock held on entry and exit; given up while the view works. */
static void serve_batch(struct lt_feed *feed)
{
    struct node *batch = feed->first;
    struct node *left = NULL;
    uint64_t applied = 0;
    uint8_t hash[LT_HASH_LEN];
    size_t bytes = 0;
    size_t events = 0;
    bool whole;
    lt_err rc;

    feed->first = NULL;
    feed->last = NULL;
    (void)pthread_mutex_unlock(&feed->lock);
    rc = apply_batch(feed->view, batch, &left, &events);
    if (rc == LT_OK) {
        lt_view_position(feed->view, &applied, hash);
        bytes = free_nodes(batch, left);
    } else {
        left = batch;
    }
    whole = left == NULL;
    (void)pthread_mutex_lock(&feed->lock);
    if (feed->restart) { /* all of this is of another log */
        feed->queue_bytes -= bytes + free_nodes(left, NULL);
        return;
    }
    feed->queue_bytes -= bytes;
    put_back(feed, left);
    if (rc == LT_OK) {
        gather_complaints(feed);
        feed->applied = applied;
        (void)pthread_cond_broadcast(&feed->applied_more);
        (void)pthread_mutex_unlock(&feed->lock);
        feed->wake(feed->ctx);
        (void)pthread_mutex_lock(&feed->lock);
        if (whole && events >= BUSY_EVENTS) {
            rest(feed);
        }
    } else if (rc == LT_EFULL) {
        int64_t until = mono_ms() + RETRY_FULL_MS;

        while (!feed->stop && !feed->restart &&
               wait_for(feed, &feed->work, until)) {
        }
    } else {
        feed->error = rc;
    }
}

/* Lock held on entry and exit. What is queued is of the new log already. */
static void serve_restart(struct lt_feed *feed)
{
    lt_err rc;

    feed->restart = false;
    (void)pthread_mutex_unlock(&feed->lock);
    rc = lt_view_clear(feed->view);
    (void)pthread_mutex_lock(&feed->lock);
    if (rc != LT_OK) {
        feed->error = rc;
    }
}

static void *run(void *arg)
{
    struct lt_feed *feed = arg;
    bool relaxed = false;

    (void)pthread_setname_np(pthread_self(), "view");
    /* On Linux a thread has a priority of its own. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    (void)pthread_mutex_lock(&feed->lock);
    while (!feed->stop && feed->error == LT_OK) {
        if (feed->restart) {
            serve_restart(feed);
        } else if (feed->first != NULL) {
            serve_batch(feed);
        } else if (relaxed) {
            (void)wait_for(feed, &feed->work, -1);
            relaxed = false;
        } else if (!wait_for(feed, &feed->work, mono_ms() + RELAX_MS) &&
                   feed->first == NULL) {
            (void)pthread_mutex_unlock(&feed->lock);
            lt_view_relax(feed->view);
            relaxed = true;
            (void)pthread_mutex_lock(&feed->lock);
        }
    }
    (void)pthread_cond_broadcast(&feed->applied_more);
    (void)pthread_mutex_unlock(&feed->lock);
    if (feed->error != LT_OK) {
        feed->wake(feed->ctx);
    }
    lt_codec_thread_stop();
    return NULL;
}

static bool init_sync(struct lt_feed *feed)
{
    pthread_condattr_t attr;
    bool ok = pthread_condattr_init(&attr) == 0;

    ok = ok && pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
         pthread_mutex_init(&feed->lock, NULL) == 0 &&
         pthread_cond_init(&feed->work, &attr) == 0 &&
         pthread_cond_init(&feed->applied_more, &attr) == 0;
    (void)pthread_condattr_destroy(&attr);
    return ok;
}

lt_err lt_feed_start(struct lt_view *view, size_t queue_bytes,
                     void (*wake)(void *ctx), void *ctx,
                     struct lt_feed **out_feed)
{
    struct lt_feed *feed = lt_new(lt_alloc_heap(), sizeof(*feed));
    uint8_t hash[LT_HASH_LEN];

    if (feed == NULL) {
        return LT_ENOMEM;
    }
    feed->view = view;
    feed->wake = wake;
    feed->ctx = ctx;
    feed->queue_max = queue_bytes;
    lt_view_position(view, &feed->applied, hash);
    feed->next = feed->applied + 1;
    if (!init_sync(feed) ||
        pthread_create(&feed->thread, NULL, run, feed) != 0) {
        lt_free(lt_alloc_heap(), feed);
        return LT_ENOMEM;
    }
    *out_feed = feed;
    return LT_OK;
}

void lt_feed_quiet(struct lt_feed *feed)
{
    if (feed == NULL || feed->quiet) {
        return;
    }
    feed->quiet = true;
    (void)pthread_mutex_lock(&feed->lock);
    feed->stop = true;
    (void)pthread_cond_broadcast(&feed->work);
    (void)pthread_cond_broadcast(&feed->applied_more);
    (void)pthread_mutex_unlock(&feed->lock);
    (void)pthread_join(feed->thread, NULL);
}

void lt_feed_stop(struct lt_feed *feed)
{
    if (feed == NULL) {
        return;
    }
    lt_feed_quiet(feed);
    (void)free_nodes(feed->first, NULL);
    lt_view_close(feed->view);
    (void)pthread_mutex_destroy(&feed->lock);
    (void)pthread_cond_destroy(&feed->work);
    (void)pthread_cond_destroy(&feed->applied_more);
    lt_free(lt_alloc_heap(), feed);
}

/* The lock is part of the object's inside, not of its value. */
static pthread_mutex_t *lock_of(const struct lt_feed *feed)
{
    return &((struct lt_feed *)(uintptr_t)feed)->lock;
}

uint64_t lt_feed_next(const struct lt_feed *feed)
{
    uint64_t next;

    (void)pthread_mutex_lock(lock_of(feed));
    next = feed->next;
    (void)pthread_mutex_unlock(lock_of(feed));
    return next;
}

uint64_t lt_feed_applied(const struct lt_feed *feed)
{
    uint64_t applied;

    (void)pthread_mutex_lock(lock_of(feed));
    applied = feed->applied;
    (void)pthread_mutex_unlock(lock_of(feed));
    return applied;
}

bool lt_feed_complaint(struct lt_feed *feed, struct lt_view_complaint *out)
{
    bool there;

    (void)pthread_mutex_lock(&feed->lock);
    there = feed->complaints_n > 0;
    if (there) {
        *out = feed->complaints[--feed->complaints_n];
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return there;
}

lt_err lt_feed_error(const struct lt_feed *feed)
{
    lt_err error;

    (void)pthread_mutex_lock(lock_of(feed));
    error = feed->error;
    (void)pthread_mutex_unlock(lock_of(feed));
    return error;
}

static struct node *copy_node(uint64_t pos, int64_t committed_at_ms,
                              const struct lt_segment *segment)
{
    size_t bytes =
        sizeof(struct node) + segment->payload_len + segment->parts_len;
    const struct lt_alloc *heap = lt_alloc_heap();
    struct node *node = lt_resize(heap, NULL, bytes);

    if (node == NULL) {
        return NULL;
    }
    node->next = NULL;
    node->pos = pos;
    node->committed_at_ms = committed_at_ms;
    node->bytes = bytes;
    node->segment = *segment;
    node->segment.payload = node->data;
    if (segment->payload_len > 0) {
        memcpy(node->data, segment->payload, segment->payload_len);
    }
    if (segment->parts != NULL) {
        node->segment.parts = node->data + segment->payload_len;
        memcpy(node->data + segment->payload_len, segment->parts,
               segment->parts_len);
    }
    return node;
}

bool lt_feed_push(struct lt_feed *feed, uint64_t pos, int64_t committed_at_ms,
                  const struct lt_segment *segment)
{
    struct node *node = NULL;
    size_t bytes =
        sizeof(struct node) + segment->payload_len + segment->parts_len;
    bool taken = false;

    (void)pthread_mutex_lock(&feed->lock);
    /* One segment always fits into an empty queue. */
    if (pos == feed->next && feed->error == LT_OK &&
        (feed->queue_bytes == 0 ||
         feed->queue_bytes + bytes <= feed->queue_max)) {
        node = copy_node(pos, committed_at_ms, segment);
    }
    if (node != NULL) {
        if (feed->last == NULL) {
            feed->first = node;
        } else {
            feed->last->next = node;
        }
        feed->last = node;
        feed->queue_bytes += bytes;
        feed->next = pos + 1;
        taken = true;
        if (!feed->resting || feed->queue_bytes >= feed->queue_max / 2) {
            (void)pthread_cond_signal(&feed->work);
        }
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return taken;
}

void lt_feed_restart(struct lt_feed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
    feed->queue_bytes -= free_nodes(feed->first, NULL);
    feed->first = NULL;
    feed->last = NULL;
    feed->restart = true;
    feed->next = 1;
    feed->applied = 0;
    (void)pthread_cond_signal(&feed->work);
    (void)pthread_mutex_unlock(&feed->lock);
}

bool lt_feed_wait(struct lt_feed *feed, uint64_t pos, int timeout_ms)
{
    int64_t until = mono_ms() + (timeout_ms > 0 ? timeout_ms : 0);
    bool there;

    (void)pthread_mutex_lock(&feed->lock);
    while (feed->applied < pos && feed->error == LT_OK && !feed->stop &&
           wait_for(feed, &feed->applied_more, until)) {
    }
    there = feed->applied >= pos;
    (void)pthread_mutex_unlock(&feed->lock);
    return there;
}
