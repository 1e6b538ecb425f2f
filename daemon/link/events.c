/* What the loop is told, in order, in one ring.
 *
 * An end must never be lost for want of memory, so a place for the
 * LT_LINK_DOWN of each live session is set aside when it begins; alarms have a
 * bound and are dropped first. */
#include <stdio.h>
#include <string.h>

#include "daemon/link/internal.h"

enum { EVENTS_MIN = 16 };

/* Room for @n events in all. */
bool lt_events_reserve(struct lt_link *link, size_t n)
{
    size_t capacity =
        link->events_capacity == 0 ? EVENTS_MIN : link->events_capacity;
    struct lt_link_event *grown;

    if (n <= link->events_capacity) {
        return true;
    }
    while (capacity < n) {
        capacity *= 2;
    }
    grown = lt_new_array(lt_alloc_heap(), capacity, sizeof(*grown));
    if (grown == NULL) {
        return false;
    }
    for (size_t i = 0; i < link->events_n; i++) {
        grown[i] =
            link->events[(link->events_head + i) % link->events_capacity];
    }
    lt_free(lt_alloc_heap(), link->events);
    link->events = grown;
    link->events_capacity = capacity;
    link->events_head = 0;
    return true;
}

static void push(struct lt_link *link, const struct lt_link_event *event)
{
    link->events[(link->events_head + link->events_n) % link->events_capacity] =
        *event;
    link->events_n++;
}

void lt_link_event_session(struct lt_link *link, enum lt_link_event_kind kind,
                           const struct lt_session *session)
{
    struct lt_link_event event = {
        .kind = kind,
        .session = session->number,
        .office = session->peer.office,
        .dialled = session->dial != NULL,
    };

    memcpy(event.transport_key, session->peer.transport_key, LT_CURVE_LEN);
    push(link, &event);
}

/* Alarms and attempts: what may be left out when there is too much. */
static bool is_spare(const struct lt_link_event *event)
{
    return event->kind == LT_LINK_ALARM || event->kind == LT_LINK_TRIED;
}

static void push_spare(struct lt_link *link, struct lt_link_event event,
                       const struct lt_office *office, const char *detail)
{
    /* A place that is set aside for the end of a session is not taken. */
    if (link->alarms_n >= LT_LINK_ALARMS_MAX ||
        !lt_events_reserve(link, link->events_n + link->sessions.live_n + 1)) {
        return;
    }
    if (office != NULL) {
        event.office = *office;
    }
    (void)snprintf(event.detail, sizeof(event.detail), "%.63s", detail);
    push(link, &event);
    link->alarms_n++;
}

void lt_link_event_alarm(struct lt_link *link, lt_err code,
                         const struct lt_office *office, const char *detail)
{
    push_spare(link,
               (struct lt_link_event){.kind = LT_LINK_ALARM, .code = code},
               office, detail);
}

void lt_link_event_tried(struct lt_link *link, enum lt_tried_result tried,
                         const struct lt_office *office, const char *address)
{
    push_spare(link,
               (struct lt_link_event){.kind = LT_LINK_TRIED, .tried = tried},
               office, address);
}

struct lt_session *lt_link_begin(struct lt_link *link,
                                 const struct lt_session *like)
{
    struct lt_session *session;

    /* One place for this UP, one for the DOWN of each live session. */
    if (!lt_events_reserve(link, link->events_n + link->sessions.live_n + 2)) {
        return NULL;
    }
    session = lt_sessions_begin(&link->sessions, like);
    if (session != NULL) {
        lt_link_event_session(link, LT_LINK_UP, session);
    }
    return session;
}

void lt_link_end(struct lt_link *link, struct lt_session *session)
{
    lt_sessions_end(&link->sessions, session, lt_link_now(link));
    if (!session->closed) {
        lt_link_event_session(link, LT_LINK_DOWN, session);
    }
}

/* The next event that still matters: a session that the caller has closed has
 * nothing more to say. */
bool lt_events_pop(struct lt_link *link, struct lt_link_event *out_event)
{
    while (link->events_n > 0) {
        const struct lt_link_event *event = &link->events[link->events_head];
        const struct lt_session *session =
            lt_sessions_find(&link->sessions, LT_BY_NUMBER, event->session);

        link->events_head = (link->events_head + 1) % link->events_capacity;
        link->events_n--;
        link->alarms_n -= is_spare(event);
        if (is_spare(event) || session == NULL ||
            !session->closed) {
            *out_event = *event;
            return true;
        }
    }
    return false;
}
