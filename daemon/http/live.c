/* What is sent is gathered for a moment that grows with the number of those
 * who listen (a millisecond for ten), so that a thousand of them cost ten
 * rounds a second at most and one of them waits for nothing. */
#include "daemon/http/live.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys.h"

enum {
    POS_TEXT = 32,
    TICK_MS = 20,      /* while somebody listens */
    LINGER_MS = 60000, /* the daemon is followed on, after the last has left */
    GATHER_MAX_MS = 100,
    STATUS_EVERY_MS = 1000,
    REOPEN_MS = 1000
};

struct event {
    char pos[POS_TEXT];
    struct lt_chunk *line; /* as it is sent */
    size_t len;
};

struct listener {
    struct listener *next;
    struct lt_request *request;
    char token[LT_LIVE_TOKEN];
};

struct lt_live {
    struct lt_port *port;
    struct lt_caller *caller;
    lt_live_may_fn *may;
    void *ctx;
    struct lt_timer *tick; /* NULL while nobody listens */
    struct lt_timer *slow;
    struct lt_tail *tail;
    int64_t alone_ms;  /* monotonic; since when nobody listens */
    int64_t reopen_ms; /* monotonic; when tail is NULL */
    bool catching_up;  /* what the ring has comes again */
    bool filling;      /* an empty ring is given what was before */
    size_t caught;
    struct event ring[LT_LIVE_RING];
    size_t first;
    size_t n;
    uint64_t events;
    struct lt_buf pending; /* to be sent in the next round */
    int64_t sent_ms;
    int64_t heartbeat_ms;
    int64_t status_ms;
    bool asking_status;
    char *status; /* what listeners were told last */
    struct listener *listeners;
    size_t listeners_n;
};

static int64_t mono_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

/* ---- sending ---- */

static void push_to_all(struct lt_live *live, const void *bytes, size_t len)
{
    struct listener **at = &live->listeners;
    struct lt_chunk *chunk;

    if (live->listeners == NULL) {
        return;
    }
    chunk = lt_chunk_new(bytes, len);
    while (chunk != NULL && *at != NULL) {
        struct listener *listener = *at;

        if (lt_request_push(listener->request, chunk)) {
            at = &listener->next;
        } else {
            *at = listener->next;
            lt_request_end(listener->request);
            lt_free(lt_alloc_heap(), listener);
            live->listeners_n--;
        }
    }
    lt_chunk_unref(chunk);
}

static void flush(struct lt_live *live)
{
    if (live->pending.len > 0) {
        push_to_all(live, live->pending.data, live->pending.len);
        lt_buf_reset(&live->pending);
        live->sent_ms = mono_ms();
    }
}

static void flush_when_due(struct lt_live *live)
{
    int64_t gather_ms = (int64_t)live->listeners_n / 10;

    if (gather_ms > GATHER_MAX_MS) {
        gather_ms = GATHER_MAX_MS;
    }
    if (mono_ms() - live->sent_ms >= gather_ms) {
        flush(live);
    }
}

static struct event *ring_at(struct lt_live *live, size_t index)
{
    return &live->ring[(live->first + index) % LT_LIVE_RING];
}

/* Whoever listens loads anew, and goes on from here. */
static bool put_reset(struct lt_live *live, struct lt_buf *out)
{
    return (live->n == 0 ||
            lt_buf_printf(out, "id: %s\n", ring_at(live, live->n - 1)->pos)) &&
           lt_buf_printf(out, "event: reset\ndata: {}\n\n");
}

static void tell_reset(struct lt_live *live)
{
    struct lt_buf out;

    flush(live);
    lt_buf_init(&out, lt_alloc_heap());
    if (put_reset(live, &out)) {
        push_to_all(live, out.data, out.len);
    }
    lt_buf_deinit(&out);
}

/* ---- the ring ---- */

static void ring_clear(struct lt_live *live)
{
    for (size_t i = 0; i < live->n; i++) {
        lt_chunk_unref(ring_at(live, i)->line);
    }
    live->first = 0;
    live->n = 0;
}

/* Where @pos stands in the ring; live->n when it does not. */
static size_t ring_find(struct lt_live *live, const char *pos)
{
    for (size_t i = live->n; i > 0; i--) {
        if (strcmp(ring_at(live, i - 1)->pos, pos) == 0) {
            return i - 1;
        }
    }
    return live->n;
}

static void ring_put(struct lt_live *live, const char *pos,
                     const struct lt_buf *line)
{
    struct event *event;

    if (live->n == LT_LIVE_RING) {
        lt_chunk_unref(ring_at(live, 0)->line);
        live->first = (live->first + 1) % LT_LIVE_RING;
        live->n--;
    }
    event = ring_at(live, live->n);
    event->line = lt_chunk_new(line->data, line->len);
    if (event->line != NULL) {
        event->len = line->len;
        (void)snprintf(event->pos, sizeof(event->pos), "%s", pos);
        live->n++;
    }
}

/* ---- events ---- */

static const char *kind_of(const char *type)
{
    static const struct {
        const char *begins;
        const char *kind;
    } kinds[] = {{"CASE", "case"},
                 {"CUSTODY", "case"},
                 {"DENUNCIATION", "case"},
                 {"REMARK", "case"},
                 {"INCIDENT", "incident"},
                 {"CROWD_FORECAST", "incident"},
                 {"DIRECTIVE", "directive"},
                 {"HEIGHTENED_PERIOD", "period"},
                 {"TASKFORCE", "period"},
                 {"DAILY_STATUS", "period"},
                 {"COORDINATION", "request"},
                 {"NOTICE", "request"},
                 {"RETALIATION", "request"},
                 {"RECEPTION", "reception"},
                 {"ROSTER", "shift"},
                 {"SHIFT", "shift"},
                 {"TEXT_FLAGGED", "flag"},
                 {"TEXT_REPLACED", "flag"}};

    for (size_t i = 0; i < LT_COUNT_OF(kinds); i++) {
        if (strncmp(type, kinds[i].begins, strlen(kinds[i].begins)) == 0) {
            return kinds[i].kind;
        }
    }
    return "other";
}

static bool is_urgent(const char *channel)
{
    return strncmp(channel, "incident/", 9) == 0 ||
           strncmp(channel, "urgent/", 7) == 0;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static bool put_event(struct lt_buf *out, const json_t *line)
{
    const char *type = text_of(line, "type");
    json_t *data = json_pack(
        "{s:O?, s:O?, s:O?, s:O?, s:s, s:O?, s:b}", "pos",
        json_object_get(line, "pos"), "event", json_object_get(line, "event"),
        "type", json_object_get(line, "type"), "matter",
        json_object_get(line, "matter"), "kind", kind_of(type), "origin",
        json_object_get(line, "origin"), "urgent",
        (int)is_urgent(text_of(line, "channel")));
    char *text = data == NULL ? NULL : json_dumps(data, JSON_COMPACT);
    bool fits = text != NULL &&
                lt_buf_printf(out, "id: %s\nevent: change\ndata: %s\n\n",
                              text_of(line, "pos"), text);

    free(text);
    json_decref(data);
    return fits;
}

/* After a stream was begun anew the last events come again: those the ring has
 * are passed over; when none of them is known, something was missed. */
static bool is_known(struct lt_live *live, const char *pos)
{
    if (!live->catching_up) {
        return false;
    }
    if (ring_find(live, pos) < live->n) {
        live->caught++;
        return true;
    }
    live->catching_up = false;
    if (live->caught == 0 && live->n > 0) {
        ring_clear(live);
        tell_reset(live);
    }
    return false;
}

static void take_line(struct lt_live *live, const char *text, size_t len)
{
    json_t *line = json_loadb(text, len, 0, NULL);
    const char *pos = text_of(line, "pos");
    struct lt_buf out;

    lt_buf_init(&out, lt_alloc_heap());
    if (line != NULL && *pos != '\0' && strlen(pos) < POS_TEXT &&
        !is_known(live, pos) && put_event(&out, line)) {
        ring_put(live, pos, &out);
        live->events++;
        if (live->listeners != NULL && !live->filling &&
            !lt_buf_put(&live->pending, out.data, out.len)) {
            tell_reset(live); /* who listens asks anew */
        }
    }
    lt_buf_deinit(&out);
    json_decref(line);
}

static void tail_frame(void *ctx, const char *frame, size_t len)
{
    struct lt_live *live = ctx;
    size_t at = 0;

    if (frame == NULL) {
        lt_tail_close(live->tail);
        live->tail = NULL;
        live->reopen_ms = mono_ms() + REOPEN_MS;
        return;
    }
    while (at < len) {
        const char *end = memchr(frame + at, '\n', len - at);
        size_t line = end == NULL ? len - at : (size_t)(end - frame) - at;

        take_line(live, frame + at, line);
        at += line + 1;
    }
    if (live->filling && live->n > 0) {
        /* What was between a page's loading and now is in there, too. */
        live->filling = false;
        tell_reset(live);
    }
    flush_when_due(live);
}

static void open_tail(struct lt_live *live)
{
    char request[192];
    int len =
        snprintf(request, sizeof(request),
                 "{\"command\":\"log\",\"options\":{\"events\":true,"
                 "\"follow\":true,\"from\":\"-%d\"},\"proto\":1}",
                 live->n == 0 ? (int)LT_LIVE_AT_START : (int)LT_LIVE_RING);

    live->filling = live->n == 0;
    live->catching_up = !live->filling;
    live->caught = 0;
    if (lt_tail_open(live->caller, request, (size_t)len, tail_frame, live,
                     &live->tail) != LT_OK) {
        live->tail = NULL;
        live->reopen_ms = mono_ms() + REOPEN_MS;
    }
}

/* ---- status ---- */

/* What of the status changes what people see: not its clocks and counters. */
static char *gist_of(const char *text, size_t len)
{
    json_t *status = json_loadb(text, len, 0, NULL);
    json_t *links = json_array();
    const json_t *link;
    json_t *gist;
    char *out = NULL;
    size_t i;

    json_array_foreach(json_object_get(status, "links"), i, link)
    {
        json_array_append_new(
            links, json_pack("{s:O?, s:O?, s:O?, s:O?}", "office",
                             json_object_get(link, "office"), "role",
                             json_object_get(link, "role"), "state",
                             json_object_get(link, "state"), "waiting",
                             json_object_get(link, "waiting")));
    }
    gist = json_pack("{s:O?, s:O?, s:O?, s:O?}", "state",
                     json_object_get(status, "state"), "receipt",
                     json_object_get(status, "receipt"), "offices",
                     json_object_get(status, "offices"), "links", links);
    if (gist != NULL) {
        out = json_dumps(gist, JSON_COMPACT);
    }
    json_decref(gist);
    json_decref(links);
    json_decref(status);
    return out;
}

static void take_status(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_live *live = ctx;
    char *gist;

    live->asking_status = false;
    gist = err == LT_OK && strncmp(json, "{\"error\"", 8) != 0
               ? gist_of(json, len)
               : NULL;
    if (gist == NULL) {
        return;
    }
    if (live->status != NULL && strcmp(live->status, gist) != 0 &&
        !lt_buf_printf(&live->pending, "event: status\ndata: %s\n\n", gist)) {
        tell_reset(live);
    }
    free(live->status);
    live->status = gist;
    flush_when_due(live);
}

static void ask_status(struct lt_live *live)
{
    static const char request[] = "{\"command\":\"status\",\"proto\":1}";

    if (!live->asking_status && live->listeners != NULL &&
        lt_caller_ask(live->caller, request, sizeof(request) - 1, take_status,
                      live) == LT_OK) {
        live->asking_status = true;
    }
}

/* ---- listeners ---- */

/* Who signed out, or may no longer look, hears no more. */
static void drop_strangers(struct lt_live *live)
{
    struct listener **at = &live->listeners;

    while (*at != NULL) {
        struct listener *listener = *at;

        if (live->may(live->ctx, listener->token)) {
            at = &listener->next;
        } else {
            *at = listener->next;
            lt_request_end(listener->request);
            lt_free(lt_alloc_heap(), listener);
            live->listeners_n--;
        }
    }
}

static void tick(void *ctx)
{
    struct lt_live *live = ctx;
    int64_t now_ms = mono_ms();

    if (live->listeners == NULL) {
        lt_timer_free(live->tick);
        live->tick = NULL;
        live->alone_ms = now_ms;
        lt_buf_reset(&live->pending);
        return;
    }
    if (live->tail == NULL && now_ms >= live->reopen_ms) {
        open_tail(live);
    }
    if (now_ms - live->status_ms >= STATUS_EVERY_MS) {
        live->status_ms = now_ms;
        ask_status(live);
    }
    flush_when_due(live);
    if (now_ms - live->heartbeat_ms >= LT_LIVE_HEARTBEAT_MS) {
        live->heartbeat_ms = now_ms;
        drop_strangers(live);
        push_to_all(live, ":\n\n", 3);
    }
}

/* Somebody who follows makes the daemon hurry: not for nobody. */
static void slow_tick(void *ctx)
{
    struct lt_live *live = ctx;

    if (live->tail != NULL && live->tick == NULL &&
        mono_ms() - live->alone_ms >= LINGER_MS) {
        lt_tail_close(live->tail);
        live->tail = NULL;
    }
}

lt_err lt_live_new(struct lt_port *port, struct lt_caller *caller,
                   lt_live_may_fn *may, void *ctx, struct lt_live **out_live)
{
    struct lt_live *live = lt_new(lt_alloc_heap(), sizeof(*live));

    if (live == NULL) {
        return LT_ENOMEM;
    }
    live->port = port;
    live->caller = caller;
    live->may = may;
    live->ctx = ctx;
    lt_buf_init(&live->pending, lt_alloc_heap());
    live->heartbeat_ms = mono_ms();
    live->slow = lt_timer_new(port, 1000, slow_tick, live);
    if (live->slow == NULL) {
        lt_live_free(live);
        return LT_ENOMEM;
    }
    *out_live = live;
    return LT_OK;
}

void lt_live_free(struct lt_live *live)
{
    if (live == NULL) {
        return;
    }
    while (live->listeners != NULL) {
        struct listener *listener = live->listeners;

        live->listeners = listener->next;
        lt_request_end(listener->request);
        lt_free(lt_alloc_heap(), listener);
    }
    lt_tail_close(live->tail);
    lt_timer_free(live->tick);
    lt_timer_free(live->slow);
    ring_clear(live);
    lt_buf_deinit(&live->pending);
    free(live->status);
    lt_free(lt_alloc_heap(), live);
}

/* What a listener hears first. */
static bool greet(struct lt_live *live, const char *last_id, struct lt_buf *out)
{
    size_t at = live->n;
    bool fits = lt_buf_printf(out, "retry: 2000\n\n");

    if (last_id != NULL && last_id[0] != '\0') {
        at = ring_find(live, last_id);
        if (at == live->n) {
            fits = fits && put_reset(live, out);
        } else {
            at++;
        }
    }
    if (at == live->n && live->n > 0) {
        /* An id of its own, so that a first gap is known for one. */
        fits = fits &&
               lt_buf_printf(out, "id: %s\n\n", ring_at(live, at - 1)->pos);
    }
    return fits;
}

void lt_live_listen(struct lt_live *live, struct lt_request *request,
                    const char *last_id, const char *token)
{
    struct listener *listener = lt_new(lt_alloc_heap(), sizeof(*listener));
    struct lt_chunk *hello = NULL;
    struct lt_buf out;
    bool stays = false;
    size_t at;

    flush(live); /* what others are still owed is not for this one */
    lt_request_stream(request, "text/event-stream");
    lt_buf_init(&out, lt_alloc_heap());
    if (listener != NULL && greet(live, last_id, &out)) {
        hello = lt_chunk_new(out.data, out.len);
        stays = hello != NULL && lt_request_push(request, hello);
    }
    lt_chunk_unref(hello);
    lt_buf_deinit(&out);
    at = last_id == NULL ? live->n : ring_find(live, last_id);
    for (at++; stays && at < live->n; at++) {
        stays = lt_request_push(request, ring_at(live, at)->line);
    }
    if (!stays) {
        lt_request_end(request);
        lt_free(lt_alloc_heap(), listener);
        return;
    }
    if (live->tick == NULL) {
        live->tick = lt_timer_new(live->port, TICK_MS, tick, live);
        live->heartbeat_ms = mono_ms();
    }
    if (live->tail == NULL) {
        open_tail(live);
    }
    listener->request = request;
    (void)snprintf(listener->token, sizeof(listener->token), "%s", token);
    listener->next = live->listeners;
    live->listeners = listener;
    live->listeners_n++;
}

size_t lt_live_listeners(const struct lt_live *live)
{
    return live->listeners_n;
}

uint64_t lt_live_events(const struct lt_live *live)
{
    return live->events;
}
