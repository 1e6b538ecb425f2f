#include "daemon/link/session.h"

#include <string.h>

enum { BUCKETS_MIN = 64 };

static uint64_t key_of(const struct lt_session *session,
                       enum lt_session_index by)
{
    switch (by) {
    case LT_BY_NUMBER:
        return session->number;
    case LT_BY_ROUTE:
        return session->route;
    case LT_BY_COOKIE:
        break;
    }
    return session->cookie;
}

/* Superiors have no route and need none. */
static bool is_indexed(const struct lt_session *session,
                       enum lt_session_index by)
{
    return by != LT_BY_ROUTE || session->dial == NULL;
}

static size_t bucket_of(size_t buckets_n, uint64_t key)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) &
           (buckets_n - 1);
}

static void insert(struct lt_session **buckets, size_t buckets_n,
                   struct lt_session *session, enum lt_session_index by)
{
    size_t at = bucket_of(buckets_n, key_of(session, by));

    session->chain[by] = buckets[at];
    buckets[at] = session;
}

static void take_out(struct lt_sessions *sessions, struct lt_session *session,
                     enum lt_session_index by)
{
    struct lt_session **at =
        &sessions
             ->buckets[by][bucket_of(sessions->buckets_n, key_of(session, by))];

    while (*at != NULL && *at != session) {
        at = &(*at)->chain[by];
    }
    if (*at != NULL) {
        *at = session->chain[by];
    }
}

static void insert_all(struct lt_sessions *sessions,
                       struct lt_session **buckets[3], size_t buckets_n)
{
    struct lt_session *session;

    for (unsigned by = 0; by < 3; by++) {
        TAILQ_FOREACH(session, &sessions->live, list)
        {
            if (is_indexed(session, by)) {
                insert(buckets[by], buckets_n, session, by);
            }
        }
        TAILQ_FOREACH(session, &sessions->dead, list)
        {
            if (by != LT_BY_COOKIE && is_indexed(session, by)) {
                insert(buckets[by], buckets_n, session, by);
            }
        }
    }
}

static lt_err resize(struct lt_sessions *sessions, size_t buckets_n)
{
    struct lt_session **buckets[3];

    for (unsigned by = 0; by < 3; by++) {
        buckets[by] = lt_new_array(lt_alloc_heap(), buckets_n,
                                   sizeof(struct lt_session *));
        if (buckets[by] == NULL) {
            while (by-- > 0) {
                lt_free(lt_alloc_heap(), buckets[by]);
            }
            return LT_ENOMEM;
        }
    }
    insert_all(sessions, buckets, buckets_n);
    for (unsigned by = 0; by < 3; by++) {
        lt_free(lt_alloc_heap(), sessions->buckets[by]);
        sessions->buckets[by] = buckets[by];
    }
    sessions->buckets_n = buckets_n;
    return LT_OK;
}

lt_err lt_sessions_init(struct lt_sessions *sessions)
{
    *sessions = (struct lt_sessions){.buckets_n = 0};
    TAILQ_INIT(&sessions->live);
    TAILQ_INIT(&sessions->dead);
    TAILQ_INIT(&sessions->waiting);
    return resize(sessions, BUCKETS_MIN);
}

static void drop_unsent(struct lt_sessions *sessions,
                        struct lt_session *session)
{
    while (!STAILQ_EMPTY(&session->unsent)) {
        lt_session_sent(sessions, session);
    }
}

static void forget(struct lt_sessions *sessions, struct lt_session *session)
{
    TAILQ_REMOVE(&sessions->dead, session, list);
    sessions->dead_n--;
    take_out(sessions, session, LT_BY_NUMBER);
    if (is_indexed(session, LT_BY_ROUTE)) {
        take_out(sessions, session, LT_BY_ROUTE);
    }
    lt_free(lt_alloc_heap(), session);
}

void lt_sessions_deinit(struct lt_sessions *sessions)
{
    struct lt_session *session;

    if (sessions->buckets_n == 0) {
        return;
    }
    while ((session = TAILQ_FIRST(&sessions->live)) != NULL) {
        lt_sessions_end(sessions, session, 0);
    }
    while ((session = TAILQ_FIRST(&sessions->dead)) != NULL) {
        forget(sessions, session);
    }
    for (unsigned by = 0; by < 3; by++) {
        lt_free(lt_alloc_heap(), sessions->buckets[by]);
    }
    sessions->buckets_n = 0;
}

struct lt_session *lt_sessions_find(const struct lt_sessions *sessions,
                                    enum lt_session_index by, uint64_t key)
{
    struct lt_session *session =
        sessions->buckets[by][bucket_of(sessions->buckets_n, key)];

    while (session != NULL && key_of(session, by) != key) {
        session = session->chain[by];
    }
    return session;
}

struct lt_session *lt_sessions_begin(struct lt_sessions *sessions,
                                     const struct lt_session *like)
{
    struct lt_session *session;

    if (sessions->live_n + sessions->dead_n >= sessions->buckets_n &&
        resize(sessions, 2 * sessions->buckets_n) != LT_OK) {
        return NULL;
    }
    session = lt_new(lt_alloc_heap(), sizeof(*session));
    if (session == NULL) {
        return NULL;
    }
    session->number = ++sessions->last_number;
    session->route = like->route;
    session->fd = like->fd;
    session->cookie = like->cookie;
    session->peer = like->peer;
    session->dial = like->dial;
    STAILQ_INIT(&session->unsent);
    for (unsigned by = 0; by < 3; by++) {
        if (is_indexed(session, by)) {
            insert(sessions->buckets[by], sessions->buckets_n, session, by);
        }
    }
    TAILQ_INSERT_TAIL(&sessions->live, session, list);
    sessions->live_n++;
    return session;
}

void lt_sessions_end(struct lt_sessions *sessions, struct lt_session *session,
                     int64_t now_ms)
{
    drop_unsent(sessions, session);
    take_out(sessions, session, LT_BY_COOKIE);
    TAILQ_REMOVE(&sessions->live, session, list);
    sessions->live_n--;
    session->dead = true;
    session->dead_ms = now_ms;
    TAILQ_INSERT_TAIL(&sessions->dead, session, list);
    sessions->dead_n++;
}

void lt_sessions_sweep(struct lt_sessions *sessions, int64_t now_ms)
{
    struct lt_session *session;

    while ((session = TAILQ_FIRST(&sessions->dead)) != NULL &&
           (now_ms - session->dead_ms > LT_SESSION_DEAD_MS ||
            sessions->dead_n > LT_SESSION_DEAD_MAX)) {
        forget(sessions, session);
    }
}

lt_err lt_session_wait(struct lt_sessions *sessions, struct lt_session *session,
                       const uint8_t *bytes, size_t len)
{
    struct lt_unsent *unsent;

    if (session->unsent_bytes + len > LT_SESSION_QUEUE_BYTES) {
        return LT_EFULL;
    }
    unsent = lt_new(lt_alloc_heap(), sizeof(*unsent) + len);
    if (unsent == NULL) {
        return LT_ENOMEM;
    }
    unsent->len = len;
    if (len > 0) {
        memcpy(unsent->bytes, bytes, len);
    }
    if (STAILQ_EMPTY(&session->unsent)) {
        TAILQ_INSERT_TAIL(&sessions->waiting, session, waiting);
    }
    STAILQ_INSERT_TAIL(&session->unsent, unsent, next);
    session->unsent_bytes += len;
    return LT_OK;
}

void lt_session_sent(struct lt_sessions *sessions, struct lt_session *session)
{
    struct lt_unsent *unsent = STAILQ_FIRST(&session->unsent);

    STAILQ_REMOVE_HEAD(&session->unsent, next);
    session->unsent_bytes -= unsent->len;
    lt_free(lt_alloc_heap(), unsent);
    if (STAILQ_EMPTY(&session->unsent)) {
        TAILQ_REMOVE(&sessions->waiting, session, waiting);
    }
}
