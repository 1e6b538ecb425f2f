#include "tools/load/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tools/tool.h"

enum { POLL_MS = 5, RECEIVE_MS = 100, FRAME_MS = 60000, QUIET_ROUNDS = 3 };

struct line {
    char event[LT_EVENT_ID_TEXT];
    double came_s;
};

struct lt_load_follower {
    struct lt_ask *ask;
    pthread_t thread;
    pthread_mutex_t lock; /* lines, stop, settled */
    struct line *lines;
    size_t lines_n;
    size_t lines_capacity;
    bool stop;
    bool settled; /* what was there before has been read */
};

/* Each line of a frame has one event; note it with the frame's arrival. */
static void take_lines(struct lt_load_follower *follower,
                       const struct lt_buf *frame, double came_s)
{
    static const char key[] = "\"event\":\"";
    const char *at = (const char *)frame->data;

    (void)pthread_mutex_lock(&follower->lock);
    while ((at = strstr(at, key)) != NULL &&
           lt_grow(lt_alloc_heap(), (void **)&follower->lines,
                   &follower->lines_capacity, follower->lines_n,
                   sizeof(*follower->lines))) {
        struct line *line = &follower->lines[follower->lines_n];
        const char *end;

        at += sizeof(key) - 1;
        end = strchr(at, '"');
        if (end == NULL || (size_t)(end - at) >= sizeof(line->event)) {
            break;
        }
        memset(line, 0, sizeof(*line));
        memcpy(line->event, at, (size_t)(end - at));
        line->came_s = came_s;
        follower->lines_n++;
    }
    (void)pthread_mutex_unlock(&follower->lock);
}

static void *follow(void *ctx)
{
    struct lt_load_follower *follower = ctx;
    struct lt_buf frame;
    bool stop = false;
    int quiet = 0;

    lt_buf_init(&frame, lt_alloc_heap());
    while (!stop) {
        /* A frame that has begun is read to its end: what is left of one that
         * was given up would be taken for the next, and all after it lost. */
        lt_err rc = lt_ask_ready(follower->ask, RECEIVE_MS)
                        ? lt_ask_receive(follower->ask, FRAME_MS, &frame)
                        : LT_EBUSY;

        if (rc == LT_OK && lt_buf_put(&frame, "", 1)) {
            take_lines(follower, &frame, lt_load_clock());
            quiet = 0;
        }
        (void)pthread_mutex_lock(&follower->lock);
        quiet += rc != LT_OK;
        follower->settled = follower->settled || quiet >= QUIET_ROUNDS;
        stop = follower->stop;
        (void)pthread_mutex_unlock(&follower->lock);
    }
    lt_buf_deinit(&frame);
    return NULL;
}

lt_err lt_load_follow(const char *dir, struct lt_load_follower **out_follower)
{
    static const char request[] =
        "{\"command\":\"log\",\"options\":{\"events\":true,\"follow\":true}}";
    struct lt_load_follower *follower = calloc(1, sizeof(*follower));
    struct lt_diag diag;
    lt_err rc;

    if (follower == NULL) {
        return LT_ENOMEM;
    }
    rc = lt_ask_open(dir, &follower->ask, &diag);
    if (rc == LT_OK) {
        rc = lt_ask_send(follower->ask, request, sizeof(request) - 1);
    }
    if (rc == LT_OK &&
        (pthread_mutex_init(&follower->lock, NULL) != 0 ||
         pthread_create(&follower->thread, NULL, follow, follower) != 0)) {
        rc = LT_ENOMEM;
    }
    if (rc != LT_OK) {
        lt_ask_close(follower->ask);
        free(follower);
        return rc;
    }
    for (bool settled = false; !settled;) {
        lt_load_sleep_until(lt_load_clock() + POLL_MS / 1e3);
        (void)pthread_mutex_lock(&follower->lock);
        settled = follower->settled;
        (void)pthread_mutex_unlock(&follower->lock);
    }
    *out_follower = follower;
    return LT_OK;
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *one = a;
    const struct line *other = b;

    return strcmp(one->event, other->event);
}

size_t lt_load_follow_end(struct lt_load_follower *follower,
                          const struct lt_load_sent *sent, size_t sent_n,
                          double patience_s, double *out_s)
{
    double end = lt_load_clock() + patience_s;
    size_t missing = sent_n;

    while (missing > 0) {
        size_t found = 0;
        bool over = lt_load_clock() >= end;

        (void)pthread_mutex_lock(&follower->lock);
        qsort(follower->lines, follower->lines_n, sizeof(*follower->lines),
              compare_lines);
        for (size_t i = 0; i < sent_n; i++) {
            struct line key = {.came_s = 0};
            const struct line *line;

            memcpy(key.event, sent[i].event, sizeof(key.event));
            line = bsearch(&key, follower->lines, follower->lines_n,
                           sizeof(*follower->lines), compare_lines);
            out_s[i] = line == NULL ? -1 : line->came_s;
            found += line != NULL;
        }
        (void)pthread_mutex_unlock(&follower->lock);
        missing = sent_n - found;
        if (over) {
            break;
        }
        if (missing > 0) {
            lt_load_sleep_until(lt_load_clock() + RECEIVE_MS / 1e3);
        }
    }
    (void)pthread_mutex_lock(&follower->lock);
    follower->stop = true;
    (void)pthread_mutex_unlock(&follower->lock);
    (void)pthread_join(follower->thread, NULL);
    (void)pthread_mutex_destroy(&follower->lock);
    lt_ask_close(follower->ask);
    free(follower->lines);
    free(follower);
    return missing;
}

static int64_t ask_count(struct lt_ask *ask)
{
    static const char request[] = "{\"command\":\"status\"}";
    struct lt_buf answer;
    int64_t events = -1;

    lt_buf_init(&answer, lt_alloc_heap());
    if (lt_ask_send(ask, request, sizeof(request) - 1) == LT_OK &&
        lt_ask_receive(ask, LT_TOOL_TIMEOUT_MS, &answer) == LT_OK) {
        json_t *status = json_loadb((const char *)answer.data, answer.len, 0,
                                    NULL);
        const json_t *count =
            json_object_get(json_object_get(status, "log"), "events");

        if (json_is_integer(count)) {
            events = json_integer_value(count);
        }
        json_decref(status);
    }
    lt_buf_deinit(&answer);
    return events;
}

int64_t lt_load_count(const char *dir)
{
    struct lt_diag diag;
    struct lt_ask *ask;
    int64_t events;

    if (lt_ask_open(dir, &ask, &diag) != LT_OK) {
        return -1;
    }
    events = ask_count(ask);
    lt_ask_close(ask);
    return events;
}

double lt_load_wait_count(const char *dir, int64_t events, double patience_s)
{
    double end = lt_load_clock() + patience_s;
    struct lt_diag diag;
    struct lt_ask *ask;
    double seen = -1;

    if (lt_ask_open(dir, &ask, &diag) != LT_OK) {
        return -1;
    }
    while (seen < 0 && lt_load_clock() < end) {
        if (ask_count(ask) >= events) {
            seen = lt_load_clock();
        } else {
            lt_load_sleep_until(lt_load_clock() + POLL_MS / 1e3);
        }
    }
    lt_ask_close(ask);
    return seen;
}
