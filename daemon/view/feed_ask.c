/* What others ask of the view's thread: the queue that the loop fills, and how
 * far it is. */
#include "daemon/view/feed_internal.h"

#include <string.h>
#include <time.h>

#include "common/sys.h"

size_t lt_feed_free_nodes(struct lt_feed_node *node,
                          const struct lt_feed_node *end)
{
    size_t bytes = 0;

    while (node != end) {
        struct lt_feed_node *next = node->next;

        bytes += node->bytes;
        lt_free(lt_alloc_heap(), node);
        node = next;
    }
    return bytes;
}

bool lt_feed_wait_on(struct lt_feed *feed, pthread_cond_t *cond,
                     int64_t until_ms)
{
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000L};

    if (until_ms < 0) {
        return pthread_cond_wait(cond, &feed->lock) == 0;
    }
    return pthread_cond_timedwait(cond, &feed->lock, &until) == 0;
}

int64_t lt_feed_now_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

void lt_feed_drop_queue(struct lt_feed *feed, uint64_t next)
{
    feed->queue_bytes -= lt_feed_free_nodes(feed->first, NULL);
    feed->first = NULL;
    feed->last = NULL;
    feed->next = next;
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

uint64_t lt_feed_wiped(const struct lt_feed *feed)
{
    uint64_t wiped;

    (void)pthread_mutex_lock(lock_of(feed));
    wiped = feed->wiped;
    (void)pthread_mutex_unlock(lock_of(feed));
    return wiped;
}

unsigned lt_feed_wipes(const struct lt_feed *feed)
{
    unsigned wipes;

    (void)pthread_mutex_lock(lock_of(feed));
    wipes = feed->wipes;
    (void)pthread_mutex_unlock(lock_of(feed));
    return wipes;
}

void lt_feed_read(const struct lt_feed *feed, uint64_t *out_applied,
                  uint64_t *out_others)
{
    (void)pthread_mutex_lock(lock_of(feed));
    *out_applied = feed->applied;
    *out_others = feed->others;
    (void)pthread_mutex_unlock(lock_of(feed));
}

size_t lt_feed_waiting(const struct lt_feed *feed)
{
    size_t bytes;

    (void)pthread_mutex_lock(lock_of(feed));
    bytes = feed->goal != 0 ? 0 : feed->queue_bytes; /* the twin's */
    (void)pthread_mutex_unlock(lock_of(feed));
    return bytes;
}

void lt_feed_hurry(struct lt_feed *feed, bool hurry)
{
    (void)pthread_mutex_lock(&feed->lock);
    feed->hurry = hurry;
    if (hurry && feed->resting) {
        (void)pthread_cond_signal(&feed->work);
    }
    (void)pthread_mutex_unlock(&feed->lock);
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

static struct lt_feed_node *copy_node(uint64_t pos, int64_t committed_at_ms,
                                      const struct lt_segment *segment)
{
    size_t bytes =
        sizeof(struct lt_feed_node) + segment->payload_len + segment->parts_len;
    const struct lt_alloc *heap = lt_alloc_heap();
    struct lt_feed_node *node = lt_resize(heap, NULL, bytes);

    if (node == NULL) {
        return NULL;
    }
    node->next = NULL;
    node->pos = pos;
    node->committed_at_ms = committed_at_ms;
    node->bytes = bytes;
    node->again = false;
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

/* May it say something about a matter that its desk here has not seen? The
 * tree may: it says who may do what. */
static bool is_of_others(const struct lt_feed *feed,
                         const struct lt_segment *segment)
{
    uint8_t cls = segment->stream.channel.cls;

    return !lt_office_equal(&segment->stream.origin, &feed->self) ||
           (cls != LT_CLASS_CASE && cls != LT_CLASS_DENUNCIATION &&
            cls != LT_CLASS_INCIDENT && cls != LT_CLASS_DIRECTIVE);
}

static void append(struct lt_feed *feed, struct lt_feed_node *node)
{
    if (feed->last == NULL) {
        feed->first = node;
    } else {
        feed->last->next = node;
    }
    feed->last = node;
    feed->queue_bytes += node->bytes;
}

void lt_feed_again(struct lt_feed *feed, uint64_t pos, int64_t committed_at_ms,
                   const struct lt_segment *segment)
{
    struct lt_feed_node *node = NULL;

    (void)pthread_mutex_lock(&feed->lock);
    if (pos < feed->next && feed->error == LT_OK) {
        node = copy_node(pos, committed_at_ms, segment);
    }
    if (node != NULL) {
        node->again = true;
        append(feed, node);
        (void)pthread_cond_signal(&feed->work);
    }
    (void)pthread_mutex_unlock(&feed->lock);
}

void lt_feed_unconfirmed(struct lt_feed *feed, const struct lt_view_keys *keys)
{
    (void)pthread_mutex_lock(&feed->lock);
    if (feed->keys.n != keys->n ||
        memcmp(feed->keys.ids, keys->ids, keys->n * LT_HASH_LEN) != 0) {
        feed->keys = *keys;
        feed->keys_changed = true;
        (void)pthread_cond_signal(&feed->work);
    }
    (void)pthread_mutex_unlock(&feed->lock);
}

bool lt_feed_push(struct lt_feed *feed, uint64_t pos, int64_t committed_at_ms,
                  const struct lt_segment *segment)
{
    struct lt_feed_node *node = NULL;
    size_t bytes =
        sizeof(struct lt_feed_node) + segment->payload_len + segment->parts_len;
    bool taken = false;

    (void)pthread_mutex_lock(&feed->lock);
    /* One segment always fits into an empty queue. */
    if (pos == feed->next && feed->error == LT_OK &&
        (feed->queue_bytes == 0 ||
         feed->queue_bytes + bytes <= feed->queue_max)) {
        node = copy_node(pos, committed_at_ms, segment);
    }
    if (node != NULL) {
        append(feed, node);
        feed->next = pos + 1;
        if (is_of_others(feed, segment) && pos > feed->others) {
            feed->others = pos;
        }
        taken = true;
        if (!feed->resting || feed->queue_bytes >= feed->queue_max / 2) {
            (void)pthread_cond_signal(&feed->work);
        }
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return taken;
}

bool lt_feed_rebuild(struct lt_feed *feed, uint64_t goal)
{
    bool taken;

    (void)pthread_mutex_lock(&feed->lock);
    taken = goal != 0 && feed->goal == 0 && feed->error == LT_OK;
    if (taken) {
        lt_feed_drop_queue(feed, 1);
        feed->rebuild = true;
        feed->rebuilt = false;
        feed->goal = goal;
        feed->built = 0;
        (void)pthread_cond_signal(&feed->work);
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return taken;
}

bool lt_feed_rebuilding(const struct lt_feed *feed, uint64_t *out_done,
                        uint64_t *out_goal)
{
    (void)pthread_mutex_lock(lock_of(feed));
    *out_done = feed->built;
    *out_goal = feed->goal;
    (void)pthread_mutex_unlock(lock_of(feed));
    return *out_goal != 0;
}

bool lt_feed_rebuilt(struct lt_feed *feed, lt_err *out_result)
{
    bool ended;

    (void)pthread_mutex_lock(&feed->lock);
    ended = feed->rebuilt;
    feed->rebuilt = false;
    if (ended) {
        *out_result = feed->rebuild_result;
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return ended;
}

void lt_feed_restart(struct lt_feed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
    lt_feed_drop_queue(feed, 1);
    feed->restart = true;
    feed->applied = 0;
    (void)pthread_cond_signal(&feed->work);
    (void)pthread_mutex_unlock(&feed->lock);
}

bool lt_feed_wait(struct lt_feed *feed, uint64_t pos, int timeout_ms)
{
    int64_t until = lt_feed_now_ms() + (timeout_ms > 0 ? timeout_ms : 0);
    bool there;

    (void)pthread_mutex_lock(&feed->lock);
    while (feed->applied < pos && feed->error == LT_OK && !feed->stop &&
           lt_feed_wait_on(feed, &feed->applied_more, until)) {
    }
    there = feed->applied >= pos;
    (void)pthread_mutex_unlock(&feed->lock);
    return there;
}
