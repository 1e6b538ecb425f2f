/* The view built anew: while its twin is fed the old one answers, and the twin
 * takes its place. */
#include "common/failpoint.h"
#include "daemon/view/feed_internal.h"

void lt_feed_end_rebuild(struct lt_feed *feed, lt_err result)
{
    feed->goal = 0;
    feed->rebuilt = true;
    feed->rebuild_result = result;
    (void)pthread_mutex_unlock(&feed->lock);
    feed->wake(feed->ctx);
    (void)pthread_mutex_lock(&feed->lock);
}

void lt_feed_abandon(struct lt_feed *feed, lt_err result)
{
    (void)pthread_mutex_unlock(&feed->lock);
    lt_view_discard(feed->view);
    (void)pthread_mutex_lock(&feed->lock);
    feed->view = feed->old;
    feed->old = NULL;
    lt_feed_drop_queue(feed, feed->applied + 1);
    lt_feed_end_rebuild(feed, result);
}

void lt_feed_begin_twin(struct lt_feed *feed)
{
    struct lt_view *twin = NULL;
    lt_err rc;

    feed->rebuild = false;
    (void)pthread_mutex_unlock(&feed->lock);
    if (LT_PLANTED(empty_first)) {
        (void)!lt_view_clear(feed->view);
    }
    rc = lt_view_twin(feed->view, &twin);
    (void)pthread_mutex_lock(&feed->lock);
    if (rc == LT_OK) {
        feed->old = feed->view;
        feed->view = twin;
    } else {
        lt_feed_drop_queue(feed, feed->applied + 1);
        lt_feed_end_rebuild(feed, rc);
    }
}

void lt_feed_take_place(struct lt_feed *feed)
{
    uint8_t hash[LT_HASH_LEN];
    uint64_t at = 0;
    lt_err rc;

    (void)pthread_mutex_unlock(&feed->lock);
    rc = lt_view_replace(feed->old, feed->view, &feed->view);
    feed->old = NULL;
    if (rc == LT_OK) {
        lt_view_position(feed->view, &at, hash);
    } else {
        feed->view = NULL;
    }
    (void)pthread_mutex_lock(&feed->lock);
    feed->applied = at;
    feed->wiped = at; /* the old one is gone, the new one was copied whole */
    feed->wipes++;
    feed->error = rc;
    if (at != feed->built) {
        lt_feed_drop_queue(feed, at + 1);
        rc = rc == LT_OK ? LT_EIO : rc;
    }
    (void)pthread_cond_broadcast(&feed->applied_more);
    lt_feed_end_rebuild(feed, rc);
}
