/* A connection at rest stands in an epoll set, edge by edge, for reading and
 * for writing. ZeroMQ's thread has often drained a socket before we ask, and
 * epoll is silent about a descriptor that is not readable any more; but one
 * that can be written to is told at every edge, whichever it was. What is told
 * so without new bytes stays at rest. One on which bytes arrive leaves the set
 * until a look finds no more of them. */
#include "daemon/link/conn.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/alloc.h"
#include "daemon/link/socket.h"

enum {
    FDS_MAX = 131072,
    BURST = 512 + 64, /* accepted before one of them is looked at */
    BUSY_BYTES = 256 * 1024,
    WOKEN_MAX = 64,
    WOKEN_ROUNDS = 16, /* more wait for the next look */
    RESTING_LOOKS = 32 /* each time; what no edge told is seen in the end */
};

struct lt_conn {
    uint64_t cookie; /* 0: not in use */
    uint64_t owner;
    atomic_uint_fast64_t delivered; /* messages; written by the loop */
    uint64_t delivered_seen;
    uint64_t received_base; /* bytes, when the last message was seen */
    uint64_t received_seen;
    int position; /* in conns->open */
    enum lt_conn_source source;
};

/* What is left for files, the desk, and those that are about to be cut. */
static size_t margin(size_t n)
{
    size_t burst = n / 2 < BURST ? n / 2 : BURST;

    return n * 15 / 100 > burst ? n * 15 / 100 : burst;
}

lt_err lt_conns_init(struct lt_conns *conns)
{
    struct rlimit limit;
    size_t n = FDS_MAX;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < n) {
        n = (size_t)limit.rlim_cur;
    }
    *conns = (struct lt_conns){.fds_max = (int)n,
                               .open_max = (int)(n - margin(n)),
                               .wake_fd = epoll_create1(EPOLL_CLOEXEC)};
    /* Zeroed pages that nobody touches cost nothing. */
    conns->by_fd = lt_new_array(lt_alloc_heap(), n, sizeof(struct lt_conn));
    conns->open = lt_new_array(lt_alloc_heap(), n, sizeof(int));
    if (conns->by_fd == NULL || conns->open == NULL || conns->wake_fd < 0) {
        lt_conns_deinit(conns);
        return LT_ENOMEM;
    }
    return LT_OK;
}

void lt_conns_deinit(struct lt_conns *conns)
{
    lt_free(lt_alloc_heap(), conns->by_fd);
    lt_free(lt_alloc_heap(), conns->open);
    if (conns->wake_fd >= 0) {
        (void)close(conns->wake_fd);
    }
    *conns = (struct lt_conns){.by_fd = NULL, .wake_fd = -1};
}

static struct lt_conn *find(const struct lt_conns *conns, int fd)
{
    return fd < 0 || fd >= conns->fds_max ? NULL : &conns->by_fd[fd];
}

/* --- hot and at rest --------------------------------------------------- */

static void swap(struct lt_conns *conns, int a, int b)
{
    int fd = conns->open[a];

    conns->open[a] = conns->open[b];
    conns->open[b] = fd;
    conns->by_fd[conns->open[a]].position = a;
    conns->by_fd[conns->open[b]].position = b;
}

static bool is_hot(const struct lt_conns *conns, const struct lt_conn *conn)
{
    return conn->position < conns->hot_n;
}

static bool set_edges(struct lt_conns *conns, int fd, uint32_t edges)
{
    struct epoll_event event = {.events = edges | (uint32_t)EPOLLET,
                                .data = {.fd = fd}};

    return epoll_ctl(conns->wake_fd, EPOLL_CTL_MOD, fd, &event) == 0 ||
           (errno == ENOENT &&
            epoll_ctl(conns->wake_fd, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void heat(struct lt_conns *conns, struct lt_conn *conn)
{
    (void)set_edges(conns, conns->open[conn->position], 0);
    swap(conns, conn->position, conns->hot_n++);
}

/* One that the kernel cannot watch for us stays hot. */
static void rest(struct lt_conns *conns, struct lt_conn *conn)
{
    if (set_edges(conns, conns->open[conn->position], EPOLLIN | EPOLLOUT)) {
        swap(conns, conn->position, --conns->hot_n);
    }
}

/* --- coming and going -------------------------------------------------- */

static uint64_t leave(struct lt_conns *conns, struct lt_conn *conn)
{
    uint64_t cookie = conn->cookie;

    if (is_hot(conns, conn)) {
        swap(conns, conn->position, --conns->hot_n);
    }
    swap(conns, conn->position, --conns->open_n);
    conns->enrol_n -= conn->source == LT_CONN_ENROL;
    conn->cookie = 0;
    return cookie;
}

uint64_t lt_conns_open(struct lt_conns *conns, int fd,
                       enum lt_conn_source source, uint64_t owner)
{
    struct lt_conn *conn = find(conns, fd);
    uint64_t cookie = lt_socket_cookie(fd);
    uint64_t before = 0;

    if (cookie == 0) {
        return 0; /* gone before we could look */
    }
    if (conn != NULL && conn->cookie != 0) {
        before = leave(conns, conn);
    }
    if (conn == NULL || conns->open_n >= conns->open_max ||
        (source == LT_CONN_ENROL && conns->enrol_n >= LT_CONN_ENROL_MAX)) {
        lt_socket_cut(fd, cookie);
        return before;
    }
    conn->cookie = cookie;
    conn->owner = owner;
    conn->source = source;
    conn->delivered_seen =
        atomic_load_explicit(&conn->delivered, memory_order_relaxed);
    conn->received_base = 0;
    conn->received_seen = 0;
    conn->position = conns->open_n;
    conns->open[conns->open_n++] = fd;
    conns->enrol_n += source == LT_CONN_ENROL;
    heat(conns, conn); /* until it was looked at */
    return before;
}

uint64_t lt_conns_close(struct lt_conns *conns, int fd, uint64_t owner)
{
    struct lt_conn *conn = find(conns, fd);

    if (conn == NULL || conn->cookie == 0 || conn->owner != owner) {
        return 0;
    }
    return leave(conns, conn);
}

void lt_conns_forget(struct lt_conns *conns, uint64_t owner)
{
    for (int i = conns->open_n - 1; i >= 0; i--) {
        if (conns->by_fd[conns->open[i]].owner == owner) {
            (void)leave(conns, &conns->by_fd[conns->open[i]]);
        }
    }
}

void lt_conns_delivered(struct lt_conns *conns, int fd)
{
    struct lt_conn *conn = find(conns, fd);

    if (conn != NULL) {
        atomic_fetch_add_explicit(&conn->delivered, 1, memory_order_relaxed);
    }
}

struct look {
    uint64_t arrived; /* bytes since the look before */
    bool over_cap;
};

static struct look look_at(struct lt_conn *conn, int fd)
{
    struct look look = {.arrived = 0};
    struct tcp_info info = {.tcpi_state = 0};
    socklen_t len = sizeof(info);
    uint64_t delivered =
        atomic_load_explicit(&conn->delivered, memory_order_relaxed);
    uint64_t cap = conn->source == LT_CONN_ENROL ? LT_CONN_ENROL_CAP_BYTES
                                                 : LT_CONN_CAP_BYTES;
    uint64_t received;

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0) {
        return look; /* not TCP, or gone */
    }
    received = info.tcpi_bytes_received;
    if (delivered != conn->delivered_seen) {
        conn->delivered_seen = delivered;
        conn->received_base = received;
    }
    look.arrived = received - conn->received_seen;
    look.over_cap = received - conn->received_base > cap;
    conn->received_seen = received;
    return look;
}

/* 1 when it was cut. */
static unsigned judge(struct lt_conn *conn, int fd, const struct look *look)
{
    if (!look->over_cap) {
        return 0;
    }
    lt_socket_cut(fd, conn->cookie);
    conn->received_base = conn->received_seen; /* once is enough */
    return 1;
}

static unsigned look_at_resting(struct lt_conns *conns, int fd)
{
    struct lt_conn *conn = find(conns, fd);
    struct look look;

    if (conn == NULL || conn->cookie == 0 || is_hot(conns, conn)) {
        return 0;
    }
    look = look_at(conn, fd);
    if (look.arrived > 0) {
        heat(conns, conn);
    }
    return judge(conn, fd, &look);
}

static unsigned hear(struct lt_conns *conns)
{
    struct epoll_event woken[WOKEN_MAX];
    unsigned cut = 0;
    int n = WOKEN_MAX;

    for (int round = 0; round < WOKEN_ROUNDS && n == WOKEN_MAX; round++) {
        n = epoll_wait(conns->wake_fd, woken, WOKEN_MAX, 0);
        for (int i = 0; i < n; i++) {
            cut += look_at_resting(conns, woken[i].data.fd);
        }
    }
    for (int i = 0; i < RESTING_LOOKS && conns->hot_n < conns->open_n; i++) {
        conns->rest_at = conns->rest_at + 1 < conns->open_n ? conns->rest_at + 1
                                                            : conns->hot_n;
        if (conns->rest_at >= conns->hot_n) {
            cut += look_at_resting(conns, conns->open[conns->rest_at]);
        }
    }
    return cut;
}

unsigned lt_conns_guard(struct lt_conns *conns, int budget, bool *out_busy)
{
    unsigned cut = hear(conns);

    *out_busy = false;
    if (budget > conns->hot_n) {
        budget = conns->hot_n;
    }
    for (; budget > 0; budget--) {
        struct lt_conn *conn;
        struct look look;
        int fd;

        conns->guard_at = (conns->guard_at + 1) % conns->hot_n;
        fd = conns->open[conns->guard_at];
        conn = &conns->by_fd[fd];
        look = look_at(conn, fd);
        cut += judge(conn, fd, &look);
        if (look.arrived > BUSY_BYTES) {
            *out_busy = true;
        }
        if (look.arrived == 0) {
            rest(conns, conn);
        }
    }
    return cut;
}
