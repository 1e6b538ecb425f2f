/* One poll over the ZAP socket, an eventfd for orders from the loop, and one
 * monitor for each watched socket. Orders and notices cross in two queues
 * under mutexes that are never held while anything waits.
 *
 * The ZAP socket is bound in lt_gate_start, by the loop's thread, before any
 * other socket of the context exists, and then handed over: there is no moment
 * at which a listener could be without it. */
#include "daemon/link/gate.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "daemon/link/gate_zap.h"
#include "daemon/link/notices.h"
#include "daemon/link/sdnotify.h"
#include "daemon/link/socket.h"

enum {
    FIXED_ITEMS = 3,
    WATCHES_MAX = 128,
    ORDERS_MAX = 128,
    GUARD_BUDGET = 512,
    GUARD_MS = 40,
    GUARD_BUSY_MS = 3,
    IDLE_MS = 5000,
    TURN_MAX_MS = 10000,
    COMMIT_MAX_MS = 120000,
    TRIM_AFTER_MS = 500,
    STRANGE_MS = 10000,
    EXIT_INTERNAL = 70
};

struct watch {
    void *monitor; /* PAIR */
    uint64_t owner;
    enum lt_conn_source source;
    int fd; /* SUPERIOR: of its connection, or -1 */
};

struct order {
    struct watch watch;
    bool stop_watching;
};

struct lt_gate {
    const struct lt_sys *sys;
    void *context;
    void *zap_socket;
    struct lt_zap zap;
    struct lt_conns conns;
    pthread_t thread;
    bool thread_made;
    int order_fd;
    struct lt_notices notices;
    uint64_t monitors_n; /* names of monitor endpoints */

    pthread_mutex_t lock; /* over orders, stopping */
    struct order orders[ORDERS_MAX];
    size_t orders_n;
    bool stopping;

    atomic_int_fast64_t alive_ms;
    atomic_bool in_commit;

    /* The thread's own. */
    struct watch watches[WATCHES_MAX];
    size_t watches_n;
    zmq_pollitem_t items[FIXED_ITEMS + WATCHES_MAX];
    int64_t watchdog_ms;
    int64_t watchdog_due_ms;
    int64_t strange_ms;
    int64_t trim_due_ms;
    bool busy;
};

#ifdef LT_TEST_HOOKS
enum lt_gate_fault lt_gate_fault = LT_GATE_SOUND;
#endif

static int64_t now_ms(const struct lt_gate *gate)
{
    struct lt_now now;

    gate->sys->now(gate->sys->ctx, &now);
    return now.mono_ms;
}

static void end_process(void *ignored)
{
    static const char note[] =
        "<2>internal the gate has ended; nobody could be refused any more\n";
    ssize_t written = write(STDERR_FILENO, note, sizeof(note) - 1);

    (void)written;
    (void)ignored;
    _exit(EXIT_INTERNAL);
}

static void post_alarm(struct lt_gate *gate, lt_err code, const char *detail)
{
    struct lt_gate_notice notice = {.kind = LT_GATE_ALARM, .code = code};

    (void)snprintf(notice.detail, sizeof(notice.detail), "%.63s", detail);
    lt_notices_post(&gate->notices, &notice);
}

/* --- monitors --------------------------------------------------------- */

static void post_dial(struct lt_gate *gate, const struct watch *watch,
                      enum lt_gate_notice_kind kind, lt_err code)
{
    const struct lt_gate_notice notice = {
        .kind = kind,
        .owner = watch->owner,
        .fd = watch->fd,
        .cookie = lt_socket_cookie(watch->fd),
        .code = code,
    };

    lt_notices_post(&gate->notices, &notice);
}

static void post_closed(struct lt_gate *gate, uint64_t cookie)
{
    const struct lt_gate_notice notice = {.kind = LT_GATE_CLOSED,
                                          .cookie = cookie};

    if (cookie != 0) {
        lt_notices_post(&gate->notices, &notice);
    }
}

/* Monitors are read one after the other: that of the socket which had the
 * descriptor before may not have been yet, and may tell of it when it is
 * another's. Taken for its own, that one would be forgotten with it, and no
 * guard would look at it any more. */
static void open_conn(struct lt_gate *gate, const struct watch *watch,
                      const struct lt_socket_event *event)
{
    if (lt_socket_is_at(event->value, event->where,
                        watch->source == LT_CONN_SUPERIOR)) {
        post_closed(gate, lt_conns_open(&gate->conns, event->value,
                                        watch->source, watch->owner));
    }
}

static void superior_event(struct lt_gate *gate, struct watch *watch,
                           const struct lt_socket_event *event)
{
    switch (event->kind) {
    case ZMQ_EVENT_CONNECTED:
        watch->fd = event->value;
        open_conn(gate, watch, event);
        post_dial(gate, watch, LT_GATE_DIAL_CONNECTED, LT_OK);
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        post_dial(gate, watch, LT_GATE_DIAL_UP, LT_OK);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        post_dial(gate, watch, LT_GATE_DIAL_DOWN, LT_EPROTO);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        post_dial(gate, watch, LT_GATE_DIAL_DOWN, LT_EUNKNOWNKEY);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        (void)lt_conns_close(&gate->conns, event->value, watch->owner);
        post_dial(gate, watch, LT_GATE_DIAL_DOWN, LT_OK);
        break;
    case ZMQ_EVENT_CLOSED:
    case ZMQ_EVENT_CONNECT_RETRIED:
        post_dial(gate, watch, LT_GATE_DIAL_DOWN, LT_OK);
        break;
    default:
        break;
    }
}

static void listener_event(struct lt_gate *gate, struct watch *watch,
                           const struct lt_socket_event *event)
{
    int64_t now;

    switch (event->kind) {
    case ZMQ_EVENT_ACCEPTED:
        open_conn(gate, watch, event);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        post_closed(gate,
                    lt_conns_close(&gate->conns, event->value, watch->owner));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        now = now_ms(gate);
        if (watch->source == LT_CONN_CHILD && now >= gate->strange_ms) {
            gate->strange_ms = now + STRANGE_MS;
            post_alarm(gate, LT_EPROTO, event->where);
        }
        break;
    default:
        break;
    }
}

/* False when the monitor has come to its end. */
static bool read_monitor(struct lt_gate *gate, struct watch *watch)
{
    struct lt_socket_event event;
    lt_err rc;

    while ((rc = lt_socket_event(watch->monitor, &event)) == LT_OK) {
        if (watch->source == LT_CONN_SUPERIOR) {
            superior_event(gate, watch, &event);
        } else {
            listener_event(gate, watch, &event);
        }
    }
    return rc == LT_EBUSY;
}

/* --- orders ----------------------------------------------------------- */

static void drop_watch(struct lt_gate *gate, size_t at)
{
    (void)zmq_close(gate->watches[at].monitor);
    gate->watches[at] = gate->watches[--gate->watches_n];
}

static void drop_watches(struct lt_gate *gate)
{
    while (gate->watches_n > 0) {
        drop_watch(gate, gate->watches_n - 1);
    }
}

static void carry_out(struct lt_gate *gate, const struct order *order)
{
    if (!order->stop_watching) {
        if (gate->watches_n == WATCHES_MAX) {
            end_process(NULL); /* the link has bounds that forbid it */
        }
        gate->watches[gate->watches_n++] = order->watch;
        return;
    }
    for (size_t i = 0; i < gate->watches_n; i++) {
        if (gate->watches[i].owner == order->watch.owner) {
            (void)read_monitor(gate, &gate->watches[i]);
            drop_watch(gate, i);
            break;
        }
    }
    lt_conns_forget(&gate->conns, order->watch.owner);
}

/* True when the gate should stop. */
static bool take_orders(struct lt_gate *gate)
{
    bool stopping;

    lt_bell_hush(gate->order_fd);
    pthread_mutex_lock(&gate->lock);
    for (size_t i = 0; i < gate->orders_n; i++) {
        struct order order = gate->orders[i];

        /* Carrying out posts notices, which takes the lock. What the loop
         * appends meanwhile is carried out by the same round. */
        pthread_mutex_unlock(&gate->lock);
        carry_out(gate, &order);
        pthread_mutex_lock(&gate->lock);
    }
    gate->orders_n = 0;
    stopping = gate->stopping;
    pthread_mutex_unlock(&gate->lock);
    return stopping;
}

static lt_err give_order(struct lt_gate *gate, const struct order *order)
{
    lt_err rc = LT_ENOMEM;

    pthread_mutex_lock(&gate->lock);
    if (gate->orders_n < ORDERS_MAX) {
        gate->orders[gate->orders_n++] = *order;
        rc = LT_OK;
    }
    pthread_mutex_unlock(&gate->lock);
    lt_bell_ring(gate->order_fd);
    return rc;
}

/* --- the thread ------------------------------------------------------- */

static void feed_watchdog(struct lt_gate *gate, int64_t now)
{
    int64_t most_ms =
        atomic_load(&gate->in_commit) ? COMMIT_MAX_MS : TURN_MAX_MS;

    if (gate->watchdog_ms == 0 || now < gate->watchdog_due_ms) {
        return;
    }
    gate->watchdog_due_ms = now + gate->watchdog_ms / 3;
    if (now - atomic_load(&gate->alive_ms) < most_ms) {
        (void)lt_sdnotify("WATCHDOG=1");
    }
}

static void stand_guard(struct lt_gate *gate, int64_t now)
{
    if (lt_conns_guard(&gate->conns, GUARD_BUDGET, &gate->busy) > 0) {
        post_alarm(gate, LT_EPROTO, "endless message");
        /* One that goes on and on must not put it off for ever. */
        if (gate->trim_due_ms == 0) {
            gate->trim_due_ms = now + TRIM_AFTER_MS;
        }
    }
    if (gate->trim_due_ms != 0 && now >= gate->trim_due_ms) {
        gate->trim_due_ms = 0;
        (void)malloc_trim(0); /* what the flood took stays in the arenas */
    }
}

static long patience_ms(const struct lt_gate *gate, int64_t now)
{
    int64_t wait = IDLE_MS;

    if (gate->conns.hot_n > 0 || gate->trim_due_ms != 0) {
        wait = gate->busy ? GUARD_BUSY_MS : GUARD_MS;
    }
#ifdef LT_TEST_HOOKS
    if (lt_gate_fault == LT_GATE_RESTLESS) {
        wait = GUARD_MS;
    }
#endif
    if (gate->watchdog_ms != 0 && gate->watchdog_due_ms - now < wait) {
        wait = gate->watchdog_due_ms - now;
    }
    return wait > 0 ? (long)wait : 0;
}

static void await_one(zmq_pollitem_t *item, void *socket, int fd)
{
    *item = (zmq_pollitem_t){socket, fd, ZMQ_POLLIN, 0};
}

static int prepare_items(struct lt_gate *gate)
{
    await_one(&gate->items[0], gate->zap_socket, -1);
    await_one(&gate->items[1], NULL, gate->order_fd);
    await_one(&gate->items[2], NULL, gate->conns.wake_fd);
    for (size_t i = 0; i < gate->watches_n; i++) {
        await_one(&gate->items[i + FIXED_ITEMS], gate->watches[i].monitor, -1);
    }
    return (int)gate->watches_n + FIXED_ITEMS;
}

/* Returns when told to stop (true) or when something is broken (false). */
static bool serve(struct lt_gate *gate)
{
    for (;;) {
        bool broken = false;
        char from[64];
        int64_t now = now_ms(gate);
        int n = prepare_items(gate);

        if (zmq_poll(gate->items, n, patience_ms(gate, now)) < 0 &&
            zmq_errno() != EINTR) {
            return false;
        }
        now = now_ms(gate);
        if ((gate->items[0].revents & ZMQ_POLLIN) != 0 &&
            lt_zap_answer(&gate->zap, gate->zap_socket, now, from, &broken)) {
            post_alarm(gate, LT_AUNKNOWNPEER, from);
        }
        if (broken) {
            return false;
        }
        /* Backwards: dropping one moves the last into its place. */
        for (size_t i = gate->watches_n; i > 0; i--) {
            if ((gate->items[i + FIXED_ITEMS - 1].revents & ZMQ_POLLIN) != 0 &&
                !read_monitor(gate, &gate->watches[i - 1])) {
                drop_watch(gate, i - 1);
            }
        }
        if ((gate->items[1].revents & ZMQ_POLLIN) != 0 && take_orders(gate)) {
            return true;
        }
        stand_guard(gate, now);
        feed_watchdog(gate, now);
#ifdef LT_TEST_HOOKS
        if (lt_gate_fault == LT_GATE_BREAKS) {
            return false;
        }
#endif
    }
}

static void *run(void *ctx)
{
    struct lt_gate *gate = ctx;
    bool orderly;

    pthread_cleanup_push(end_process, NULL); /* cancelled counts as ended */
    orderly = serve(gate);
    pthread_cleanup_pop(!orderly);
    drop_watches(gate);
    return NULL;
}

/* Signals are the loop's business. */
static bool make_thread(struct lt_gate *gate)
{
    sigset_t all;
    sigset_t before;

#ifdef LT_TEST_HOOKS
    if (lt_gate_fault == LT_GATE_ABSENT) {
        return true;
    }
#endif
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
        return false;
    }
    gate->thread_made = pthread_create(&gate->thread, NULL, run, gate) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (gate->thread_made) {
        (void)pthread_setname_np(gate->thread, "gate");
    }
    return gate->thread_made;
}

static bool bind_zap(struct lt_gate *gate)
{
    const int linger = 0;

#ifdef LT_TEST_HOOKS
    if (lt_gate_fault == LT_GATE_ABSENT) {
        return true;
    }
#endif
    gate->zap_socket = zmq_socket(gate->context, ZMQ_REP);
    return gate->zap_socket != NULL &&
           zmq_setsockopt(gate->zap_socket, ZMQ_LINGER, &linger,
                          sizeof(linger)) == 0 &&
           zmq_bind(gate->zap_socket, "inproc://zeromq.zap.01") == 0;
}

/* What needs no undoing beyond lt_gate_stop comes after this. */
static lt_err gate_init(struct lt_gate *gate)
{
    gate->order_fd = lt_bell_new();
    if (gate->order_fd < 0) {
        return LT_ENOMEM;
    }
    if (lt_notices_init(&gate->notices) != LT_OK) {
        goto no_notices;
    }
    if (pthread_mutex_init(&gate->lock, NULL) != 0) {
        goto no_lock;
    }
    if (lt_zap_init(&gate->zap) == LT_OK) {
        return LT_OK;
    }
    (void)pthread_mutex_destroy(&gate->lock);
no_lock:
    lt_notices_deinit(&gate->notices);
no_notices:
    (void)close(gate->order_fd);
    return LT_ENOMEM;
}

lt_err lt_gate_start(void *context, const struct lt_sys *sys,
                     struct lt_gate **out_gate)
{
    struct lt_gate *gate = lt_new(lt_alloc_heap(), sizeof(*gate));

    if (gate == NULL) {
        return LT_ENOMEM;
    }
    gate->sys = sys;
    gate->context = context;
    gate->watchdog_ms = lt_sdnotify_watchdog_ms();
    atomic_store(&gate->alive_ms, now_ms(gate));
    if (gate_init(gate) != LT_OK) {
        lt_free(lt_alloc_heap(), gate);
        return LT_ENOMEM;
    }
    if (lt_conns_init(&gate->conns) != LT_OK || !bind_zap(gate) ||
        !make_thread(gate)) {
        lt_gate_stop(gate);
        return LT_ENOMEM;
    }
    *out_gate = gate;
    return LT_OK;
}

void lt_gate_stop(struct lt_gate *gate)
{
    if (gate == NULL) {
        return;
    }
    if (gate->thread_made) {
        pthread_mutex_lock(&gate->lock);
        gate->stopping = true;
        pthread_mutex_unlock(&gate->lock);
        lt_bell_ring(gate->order_fd);
        (void)pthread_join(gate->thread, NULL);
    } else {
        (void)take_orders(gate);
        drop_watches(gate);
    }
    if (gate->zap_socket != NULL) {
        (void)zmq_close(gate->zap_socket);
    }
    lt_conns_deinit(&gate->conns);
    lt_zap_deinit(&gate->zap);
    (void)pthread_mutex_destroy(&gate->lock);
    lt_notices_deinit(&gate->notices);
    (void)close(gate->order_fd);
    lt_free(lt_alloc_heap(), gate);
}

int lt_gate_fd(const struct lt_gate *gate)
{
    return gate->notices.bell;
}

bool lt_gate_next(struct lt_gate *gate, struct lt_gate_notice *out_notice)
{
    return lt_notices_take(&gate->notices, out_notice);
}

/* The monitor is connected here, before the first event: one without a peer
 * would hold up the thread that wants to report. */
lt_err lt_gate_watch(struct lt_gate *gate, void *socket,
                     enum lt_conn_source source, uint64_t owner)
{
    struct order order = {
        .watch = {.owner = owner, .source = source, .fd = -1},
    };
    char endpoint[64];

    (void)snprintf(endpoint, sizeof(endpoint), "inproc://monitor-%llu",
                   (unsigned long long)++gate->monitors_n);
    order.watch.monitor = zmq_socket(gate->context, ZMQ_PAIR);
    if (order.watch.monitor == NULL ||
        zmq_socket_monitor(socket, endpoint, ZMQ_EVENT_ALL) != 0) {
        (void)zmq_close(order.watch.monitor);
        return LT_ENOMEM;
    }
    if (zmq_connect(order.watch.monitor, endpoint) != 0 ||
        give_order(gate, &order) != LT_OK) {
        (void)zmq_socket_monitor(socket, NULL, 0);
        (void)zmq_close(order.watch.monitor);
        return LT_ENOMEM;
    }
    return LT_OK;
}

void lt_gate_unwatch(struct lt_gate *gate, void *socket, uint64_t owner)
{
    const struct order order = {.watch = {.owner = owner},
                                .stop_watching = true};

    (void)zmq_socket_monitor(socket, NULL, 0);
    (void)give_order(gate, &order);
}

lt_err lt_gate_peers(struct lt_gate *gate, const struct lt_link_peer *peers,
                     size_t n)
{
    return lt_zap_peers(&gate->zap, peers, n);
}

void lt_gate_probe(struct lt_gate *gate, const uint8_t key[static LT_CURVE_LEN])
{
    lt_zap_probe(&gate->zap, key);
}

uint64_t lt_gate_refusals(struct lt_gate *gate)
{
    return lt_zap_refusals(&gate->zap);
}

void lt_gate_delivered(struct lt_gate *gate, int fd)
{
    lt_conns_delivered(&gate->conns, fd);
}

void lt_gate_alive(struct lt_gate *gate, bool in_commit)
{
    atomic_store(&gate->alive_ms, now_ms(gate));
    atomic_store(&gate->in_commit, in_commit);
}
