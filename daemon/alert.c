#include "daemon/alert.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "daemon/ring.h"
#include "daemon/rung.h"

enum {
    ROUND_MS = 1000,
    EXPIRED_AGAIN_MS = 10 * 1000, /* there was something: is there more? */
    EXPIRED_EVERY_MS = 60 * 1000,
    VAR_LEN = 256
};

struct lt_alert {
    struct lt_alert_options options;
    char *view_path;
    struct lt_ring ring;
    struct lt_rung rung;
    struct lt_view_reader *reader;
    struct lt_tree *tree; /* the thread's */
    struct lt_alert_news seen;
    int64_t expired_at_ms; /* monotonic; when to look for texts */
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    bool view_current;
    struct lt_tree *fresh; /* not yet taken by the thread */
    atomic_bool has_news;
    struct lt_alert_news news;
};

/* ---- what it says to the command ---- */

static void print_vars(const struct lt_alert *alert,
                       const struct lt_view_untaken *item,
                       char vars[static LT_RING_VARS_MAX][VAR_LEN], char **out)
{
    const char *phone =
        item->duty.found ? item->duty.phone
                         : lt_view_phone(&alert->options.climb, &item->asked);
    char id[LT_EVENT_ID_TEXT];
    char origin[LT_OFFICE_TEXT];
    char asked[LT_OFFICE_TEXT];
    char since[LT_TIME_TEXT];
    size_t n = 0;

    lt_event_id_format(&item->id, id);
    lt_office_format(&item->origin, origin);
    lt_office_format(&item->asked, asked);
    lt_time_format(item->since_ms, since);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_INCIDENT=%s", id);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_STEP=%u",
                   (unsigned)item->step);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_ORIGIN=%s", origin);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_ASKED=%s", asked);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_PEOPLE=%u",
                   (unsigned)item->people);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_SINCE=%s", since);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_RING=%s",
                   phone == NULL ? "" : phone);
    (void)snprintf(vars[n++], VAR_LEN, "LIENTHONG_RING_PERSON=%s",
                   item->duty.found ? item->duty.name : "");
    for (size_t i = 0; i < n; i++) {
        out[i] = vars[i];
    }
    out[n] = NULL;
}

static void tell(struct lt_alert *alert, const struct lt_view_untaken *item,
                 const struct lt_now *now)
{
    char vars[LT_RING_VARS_MAX][VAR_LEN];
    char *list[LT_RING_VARS_MAX + 1];
    lt_err err = LT_OK;

    if (!lt_ring_ready(&alert->ring)) {
        return; /* no command, or too many run: in the next round */
    }
    print_vars(alert, item, vars, list);
    err = lt_ring_run(&alert->ring, now->mono_ms, list);
    if (err == LT_OK) {
        alert->seen.rung++;
    } else {
        alert->seen.failed++; /* a broken command is not tried every second */
    }
    /* What cannot be written down is known until the next start. */
    (void)!lt_rung_add(&alert->rung, &item->id, item->step);
}

/* ---- a round ---- */

static bool is_ripe(const struct lt_view_untaken *item,
                    const struct lt_now *now)
{
    bool late = item->arrived_ms - item->since_ms >= item->within_ms;
    int64_t here_ms = now->wall_ms - item->arrived_ms;

    return !late || here_ms < 0 || here_ms >= LT_ALERT_GRACE_MS;
}

/* The office where it happens has raised it itself: it is told of what nobody
 * has taken, not of its own word. */
static bool is_told(const struct lt_alert *alert,
                    const struct lt_view_untaken *item)
{
    return item->step > 0 ||
           !lt_office_equal(&item->origin, &alert->options.climb.self) ||
           lt_office_equal(&item->asked, &alert->options.climb.self);
}

static lt_err look(struct lt_alert *alert, const struct lt_now *now,
                   struct lt_view_untaken *out, size_t *out_n)
{
    lt_err err = LT_OK;

    if (alert->reader == NULL) {
        err = lt_view_reader_open(alert->view_path, &alert->reader, NULL);
    }
    if (err == LT_OK) {
        alert->options.climb.tree = alert->tree;
        alert->options.climb.now_ms = now->wall_ms;
        lt_view_reader_set_climb(alert->reader, &alert->options.climb);
        err = lt_view_untaken(alert->reader, LT_ALERT_UNTAKEN_MAX, out, out_n);
    }
    if (err == LT_EIO) {
        lt_view_reader_close(alert->reader);
        alert->reader = NULL;
    }
    return err;
}

static void round_once(struct lt_alert *alert, const struct lt_now *now)
{
    struct lt_alert_news *seen = &alert->seen;
    size_t n = 0;
    size_t kept = 0;

    if (look(alert, now, seen->items, &n) != LT_OK) {
        return; /* the view is being built, or busy: what stood stands */
    }
    lt_rung_begin(&alert->rung);
    for (size_t i = 0; i < n; i++) {
        const struct lt_view_untaken *item = &seen->items[i];
        bool told = lt_rung_has(&alert->rung, &item->id, item->step);

        if (!item->concerns || !is_ripe(item, now)) {
            continue;
        }
        if (!told && is_told(alert, item)) {
            tell(alert, item, now);
        }
        seen->items[kept++] = *item;
    }
    lt_rung_end(&alert->rung);
    seen->n = kept;
}

static bool same(const struct lt_view_untaken *a,
                 const struct lt_view_untaken *b)
{
    return lt_event_id_equal(&a->id, &b->id) && a->step == b->step &&
           a->people == b->people && a->overdue == b->overdue &&
           lt_office_equal(&a->asked, &b->asked);
}

/* Rarely: nothing hurries, and all incidents are looked at. */
static void find_expired(struct lt_alert *alert, const struct lt_now *now)
{
    struct lt_alert_news *seen = &alert->seen;

    seen->expired_n = 0;
    if (LT_PLANTED(keep_expired) || alert->reader == NULL ||
        now->mono_ms < alert->expired_at_ms) {
        return;
    }
    if (lt_view_expired(alert->reader, LT_ALERT_EXPIRED_MAX, seen->expired,
                        &seen->expired_n) != LT_OK) {
        seen->expired_n = 0;
    }
    alert->expired_at_ms =
        now->mono_ms +
        (seen->expired_n > 0 ? EXPIRED_AGAIN_MS : EXPIRED_EVERY_MS);
}

/* Lock held. */
static bool hand_over(struct lt_alert *alert)
{
    struct lt_alert_news *news = &alert->news;
    const struct lt_alert_news *seen = &alert->seen;
    bool changed = seen->rung + seen->failed + seen->done > 0 ||
                   seen->expired_n > 0 || news->n != seen->n;

    for (size_t i = 0; !changed && i < seen->n; i++) {
        changed = !same(&news->items[i], &seen->items[i]);
    }
    if (!changed) {
        return false;
    }
    memcpy(news->items, seen->items, seen->n * sizeof(seen->items[0]));
    news->n = seen->n;
    news->rung += seen->rung;
    news->failed += seen->failed;
    news->done += seen->done;
    if (seen->expired_n > 0) {
        memcpy(news->expired, seen->expired, sizeof(seen->expired));
        news->expired_n = seen->expired_n;
    }
    alert->has_news = true;
    return true;
}

/* Lock held on entry and exit. */
static void wait_a_while(struct lt_alert *alert)
{
    struct timespec until;
    struct lt_now now;
    int64_t at_ms;

    alert->options.sys->now(alert->options.sys->ctx, &now);
    at_ms = now.mono_ms + ROUND_MS;
    until.tv_sec = (time_t)(at_ms / 1000);
    until.tv_nsec = (long)(at_ms % 1000) * 1000000L;
    (void)pthread_cond_timedwait(&alert->wake, &alert->lock, &until);
}

static void work(struct lt_alert *alert, bool believed)
{
    const uint64_t one = 1;
    struct lt_now now;
    bool changed;

    alert->options.sys->now(alert->options.sys->ctx, &now);
    alert->seen.rung = alert->seen.failed = alert->seen.done = 0;
    alert->seen.expired_n = 0;
    lt_ring_watch(&alert->ring, now.mono_ms, &alert->seen.done,
                  &alert->seen.failed);
    if (believed) {
        round_once(alert, &now);
        find_expired(alert, &now);
    }
    pthread_mutex_lock(&alert->lock);
    changed = hand_over(alert);
    pthread_mutex_unlock(&alert->lock);
    if (changed) {
        (void)!write(alert->options.wake_fd, &one, sizeof(one));
    }
}

static void *run(void *ctx)
{
    struct lt_alert *alert = ctx;

    pthread_mutex_lock(&alert->lock);
    while (!alert->stop) {
        bool believed = alert->view_current;

        if (alert->fresh != NULL) {
            lt_tree_free(alert->tree);
            alert->tree = alert->fresh;
            alert->fresh = NULL;
        }
        pthread_mutex_unlock(&alert->lock);
        work(alert, believed);
        pthread_mutex_lock(&alert->lock);
        if (!alert->stop) {
            wait_a_while(alert);
        }
    }
    pthread_mutex_unlock(&alert->lock);
    return NULL;
}

/* ---- life ---- */

static void free_alert(struct lt_alert *alert)
{
    lt_ring_deinit(&alert->ring);
    lt_rung_close(&alert->rung);
    lt_view_reader_close(alert->reader);
    lt_tree_free(alert->tree);
    lt_tree_free(alert->fresh);
    free(alert->view_path);
    lt_free(lt_alloc_heap(), alert);
}

lt_err lt_alert_start(const struct lt_alert_options *options,
                      struct lt_alert **out_alert)
{
    struct lt_alert *alert = lt_new(lt_alloc_heap(), sizeof(*alert));
    pthread_condattr_t monotonic;
    lt_err err;

    if (alert == NULL) {
        return LT_ENOMEM;
    }
    alert->options = *options;
    err = lt_ring_init(&alert->ring, options->command, options->timeout_ms);
    if (err == LT_OK) {
        err = lt_rung_open(&alert->rung, options->dir);
    }
    if (err == LT_OK) {
        alert->view_path = strdup(options->view_path);
        err = alert->view_path == NULL ? LT_ENOMEM : LT_OK;
    }
    if (err != LT_OK) {
        free_alert(alert);
        return err;
    }
    pthread_mutex_init(&alert->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&alert->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&alert->thread, NULL, run, alert) != 0) {
        pthread_cond_destroy(&alert->wake);
        pthread_mutex_destroy(&alert->lock);
        free_alert(alert);
        return LT_ENOMEM;
    }
    (void)pthread_setname_np(alert->thread, "alert");
    *out_alert = alert;
    return LT_OK;
}

void lt_alert_stop(struct lt_alert *alert)
{
    if (alert == NULL) {
        return;
    }
    pthread_mutex_lock(&alert->lock);
    alert->stop = true;
    pthread_cond_signal(&alert->wake);
    pthread_mutex_unlock(&alert->lock);
    (void)pthread_join(alert->thread, NULL);
    pthread_cond_destroy(&alert->wake);
    pthread_mutex_destroy(&alert->lock);
    free_alert(alert);
}

void lt_alert_publish(struct lt_alert *alert, struct lt_tree *tree,
                      bool view_current)
{
    struct lt_tree *old = NULL;

    pthread_mutex_lock(&alert->lock);
    if (tree != NULL) {
        old = alert->fresh;
        alert->fresh = tree;
    }
    alert->view_current = view_current;
    pthread_mutex_unlock(&alert->lock);
    lt_tree_free(old);
}

bool lt_alert_take(struct lt_alert *alert, struct lt_alert_news *out)
{
    bool any;

    pthread_mutex_lock(&alert->lock);
    any = alert->has_news;
    if (any) {
        *out = alert->news;
        alert->news.rung = alert->news.failed = alert->news.done = 0;
        alert->news.expired_n = 0;
        alert->has_news = false;
    }
    pthread_mutex_unlock(&alert->lock);
    return any;
}

bool lt_alert_has_news(const struct lt_alert *alert)
{
    return atomic_load(&alert->has_news);
}
