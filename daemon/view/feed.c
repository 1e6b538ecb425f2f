/* The view's thread.
 *
 * What is pushed while a batch is being applied makes the next batch, so that
 * a transaction grows with the load and a single event waits for nobody. Under
 * load the thread rests between batches: twice the events in a batch cost less
 * than twice the pages, and the log's work goes first. A full disk is waited
 * out; any other error ends the thread.
 *
 * While the view is built anew the old one is kept open and answers, and what
 * is pushed, from the first position on, goes into its twin. */
#include "daemon/view/feed_internal.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/failpoint.h"

enum {
    NICE = 5, /* below the loop, not below a busy machine; while somebody
               * follows the view as urgent as the log: then not */
    BATCH_EVENTS_MAX = 8192, /* bounds a transaction and its part of the WAL */
    BUSY_EVENTS = 512,       /* so many in one batch are load */
    REST_MS = 40,            /* under load; the view may be 100 ms behind */
    FLOOD_EVENTS = 2048,     /* so many are a flood: then it may be 200 ms */
    FLOOD_REST_MS = 100,
    RETRY_FULL_MS = 1000,
    WIPE_AGAIN_MS = 50, /* a reader stood in the way */
    RELAX_MS = 3000 /* without work before caches are given back */
};

/* Apply what is at the front of @batch in one transaction. On LT_OK *out_rest
 * is what did not fit; on failure nothing was applied. */
static lt_err apply_batch(struct lt_view *view, const struct lt_view_keys *keys,
                          struct lt_feed_node *batch,
                          struct lt_feed_node **out_rest, size_t *out_events)
{
    size_t events = 0;
    struct lt_feed_node *at = batch;
    lt_err rc = lt_view_begin(view);

    if (rc == LT_OK) {
        rc = lt_view_unconfirmed(view, keys);
    }
    while (rc == LT_OK && at != NULL && events < BATCH_EVENTS_MAX) {
        rc = at->again ? lt_view_fill(view, at->pos, &at->segment)
                       : lt_view_apply(view, at->pos, at->committed_at_ms,
                                       &at->segment);
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
static void put_back(struct lt_feed *feed, struct lt_feed_node *rest)
{
    struct lt_feed_node *end = rest;

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
    while (
        feed->complaints_n < LT_VIEW_COMPLAINTS_MAX &&
        lt_view_complaint(feed->view, &feed->complaints[feed->complaints_n])) {
        feed->complaints_n++;
    }
}

/* Let the next batch grow. Not while the last one did not fit: then there is
 * nothing to gain. Lock held on entry and exit. */
static void rest(struct lt_feed *feed, size_t events)
{
    int64_t until =
        lt_feed_now_ms() + (events >= FLOOD_EVENTS ? FLOOD_REST_MS : REST_MS);

    feed->resting = true;
    while (!feed->stop && !feed->restart && !feed->hurry &&
           feed->queue_bytes < feed->queue_max / 2 &&
           lt_feed_wait_on(feed, &feed->work, until)) {
    }
    feed->resting = false;
}

/* On Linux a thread has a priority of its own. Whoever may not raise one again
 * (RLIMIT_NICE) stays where he is. */
static void set_nice(struct lt_feed *feed, int nice)
{
    if (nice != feed->nice) {
        feed->nice = nice;
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), feed->nice_least + nice);
    }
}

/* Lock held on entry and exit; given up while the view works. */
static void serve_batch(struct lt_feed *feed)
{
    struct lt_feed_node *batch = feed->first;
    struct lt_feed_node *left = NULL;
    uint64_t applied = 0;
    uint8_t hash[LT_HASH_LEN];
    size_t bytes = 0;
    size_t events = 0;
    bool hurry = feed->hurry;
    bool whole;
    lt_err rc;

    feed->first = NULL;
    feed->last = NULL;
    feed->now = feed->keys;
    feed->keys_changed = false;
    (void)pthread_mutex_unlock(&feed->lock);
    set_nice(feed, hurry ? 0 : NICE);
    lt_view_hurry(feed->view, hurry);
    rc = apply_batch(feed->view, &feed->now, batch, &left, &events);
    if (feed->old != NULL && rc == LT_OK && LT_FAILPOINT(view_twin)) {
        rc = LT_EIO;
    }
    if (rc == LT_OK) {
        lt_view_position(feed->view, &applied, hash);
        bytes = lt_feed_free_nodes(batch, left);
    } else {
        left = batch;
    }
    whole = left == NULL;
    (void)pthread_mutex_lock(&feed->lock);
    /* All of this is of another log, or for another view. */
    if (feed->restart || feed->rebuild) {
        feed->queue_bytes -= bytes + lt_feed_free_nodes(left, NULL);
        feed->applied = feed->rebuild && rc == LT_OK ? applied : feed->applied;
        return;
    }
    feed->queue_bytes -= bytes;
    put_back(feed, left);
    feed->keys_changed |= rc != LT_OK;
    if (rc != LT_OK && feed->old != NULL) {
        lt_feed_abandon(feed, rc);
    } else if (rc == LT_OK) {
        gather_complaints(feed);
        *(feed->old != NULL ? &feed->built : &feed->applied) = applied;
        if (!lt_view_erased(feed->view) && feed->old == NULL) {
            feed->wiped = applied;
        }
        (void)pthread_cond_broadcast(&feed->applied_more);
        (void)pthread_mutex_unlock(&feed->lock);
        feed->wake(feed->ctx);
        (void)pthread_mutex_lock(&feed->lock);
        if (feed->old == NULL && whole && events >= BUSY_EVENTS) {
            rest(feed, events);
        }
    } else if (rc == LT_EFULL) {
        int64_t until = lt_feed_now_ms() + RETRY_FULL_MS;

        while (!feed->stop && !feed->restart &&
               lt_feed_wait_on(feed, &feed->work, until)) {
        }
    } else {
        feed->error = rc;
    }
}

/* Leave nothing of what was erased. Lock held on entry and exit. */
static void wipe(struct lt_feed *feed)
{
    lt_err rc;

    (void)pthread_mutex_unlock(&feed->lock);
    rc = lt_view_wipe(feed->view);
    if (rc == LT_OK) {
        lt_codec_thread_stop();
    }
    (void)pthread_mutex_lock(&feed->lock);
    if (rc == LT_OK) {
        if (feed->old == NULL) {
            feed->wiped = feed->applied;
        }
        feed->wipes++;
        (void)pthread_mutex_unlock(&feed->lock);
        feed->wake(feed->ctx);
        (void)pthread_mutex_lock(&feed->lock);
    } else if (rc != LT_EBUSY && rc != LT_EFULL) {
        feed->error = rc;
    } else if (feed->first == NULL) {
        (void)lt_feed_wait_on(feed, &feed->work,
                              lt_feed_now_ms() + WIPE_AGAIN_MS);
    }
}

/* Lock held on entry and exit. What is queued is of the new log already. */
static void serve_restart(struct lt_feed *feed)
{
    lt_err rc;

    feed->restart = false;
    (void)pthread_mutex_unlock(&feed->lock);
    if (feed->old != NULL) {
        lt_view_discard(feed->view);
        feed->view = feed->old;
        feed->old = NULL;
    }
    rc = lt_view_clear(feed->view);
    (void)pthread_mutex_lock(&feed->lock);
    feed->wiped = 0;
    if (rc != LT_OK) {
        feed->error = rc;
    }
    if (feed->goal != 0) { /* the view is built anew as it is */
        feed->rebuild = false;
        lt_feed_end_rebuild(feed, rc);
    }
}

static void *run(void *arg)
{
    struct lt_feed *feed = arg;
    bool relaxed = false;

    (void)pthread_setname_np(pthread_self(), "view");
    feed->nice_least = getpriority(PRIO_PROCESS, (id_t)gettid());
    set_nice(feed, NICE);
    (void)pthread_mutex_lock(&feed->lock);
    while (!feed->stop && feed->error == LT_OK) {
        if (feed->restart) {
            serve_restart(feed);
        } else if (feed->rebuild) {
            lt_feed_begin_twin(feed);
        } else if (feed->old != NULL && feed->built >= feed->goal) {
            lt_feed_take_place(feed);
        } else if (feed->first != NULL || feed->keys_changed) {
            serve_batch(feed);
            if (feed->error == LT_OK && lt_view_erased(feed->view)) {
                wipe(feed);
            }
        } else if (lt_view_erased(feed->view)) {
            wipe(feed);
        } else if (relaxed) {
            (void)lt_feed_wait_on(feed, &feed->work, -1);
            relaxed = false;
        } else if (!lt_feed_wait_on(feed, &feed->work,
                                    lt_feed_now_ms() + RELAX_MS) &&
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
    feed->self = *lt_view_office(view);
    lt_view_position(view, &feed->applied, hash);
    feed->next = feed->applied + 1;
    feed->wiped = feed->applied;
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
    (void)lt_feed_free_nodes(feed->first, NULL);
    if (feed->old != NULL) {
        lt_view_discard(feed->view);
        feed->view = feed->old;
    }
    lt_view_close(feed->view);
    (void)pthread_mutex_destroy(&feed->lock);
    (void)pthread_cond_destroy(&feed->work);
    (void)pthread_cond_destroy(&feed->applied_more);
    lt_free(lt_alloc_heap(), feed);
}
