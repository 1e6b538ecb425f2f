#include "daemon/link/conn.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "common/alloc.h"
#include "daemon/link/socket.h"

enum { FDS_MAX = 131072, BUSY_BYTES = 256 * 1024 };

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

lt_err lt_conns_init(struct lt_conns *conns)
{
    struct rlimit limit;
    size_t n = FDS_MAX;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < n) {
        n = (size_t)limit.rlim_cur;
    }
    *conns = (struct lt_conns){.fds_max = (int)n,
                               .open_max = (int)(n - n * 15 / 100)};
    /* Zeroed pages that nobody touches cost nothing. */
    conns->by_fd = lt_new_array(lt_alloc_heap(), n, sizeof(struct lt_conn));
    conns->open = lt_new_array(lt_alloc_heap(), n, sizeof(int));
    if (conns->by_fd == NULL || conns->open == NULL) {
        lt_conns_deinit(conns);
        return LT_ENOMEM;
    }
    return LT_OK;
}

void lt_conns_deinit(struct lt_conns *conns)
{
    lt_free(lt_alloc_heap(), conns->by_fd);
    lt_free(lt_alloc_heap(), conns->open);
    *conns = (struct lt_conns){.by_fd = NULL};
}

static struct lt_conn *find(const struct lt_conns *conns, int fd)
{
    return fd < 0 || fd >= conns->fds_max ? NULL : &conns->by_fd[fd];
}

void lt_conns_open(struct lt_conns *conns, int fd, enum lt_conn_source source,
                   uint64_t owner)
{
    struct lt_conn *conn = find(conns, fd);
    uint64_t cookie = lt_socket_cookie(fd);

    if (cookie == 0) {
        return; /* gone before we could look */
    }
    if (conn == NULL || conns->open_n >= conns->open_max ||
        (source == LT_CONN_ENROL && conns->enrol_n >= LT_CONN_ENROL_MAX)) {
        lt_socket_cut(fd, cookie);
        return;
    }
    if (conn->cookie != 0) {
        (void)lt_conns_close(conns, fd);
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
}

uint64_t lt_conns_close(struct lt_conns *conns, int fd)
{
    struct lt_conn *conn = find(conns, fd);
    uint64_t cookie;
    int last;

    if (conn == NULL || conn->cookie == 0) {
        return 0;
    }
    cookie = conn->cookie;
    conn->cookie = 0;
    conns->enrol_n -= conn->source == LT_CONN_ENROL;
    last = conns->open[--conns->open_n];
    conns->open[conn->position] = last;
    conns->by_fd[last].position = conn->position;
    return cookie;
}

void lt_conns_forget(struct lt_conns *conns, uint64_t owner)
{
    for (int i = conns->open_n - 1; i >= 0; i--) {
        if (conns->by_fd[conns->open[i]].owner == owner) {
            (void)lt_conns_close(conns, conns->open[i]);
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

static bool over_cap(struct lt_conn *conn, int fd, bool *out_busy)
{
    struct tcp_info info = {.tcpi_state = 0};
    socklen_t len = sizeof(info);
    uint64_t delivered =
        atomic_load_explicit(&conn->delivered, memory_order_relaxed);
    uint64_t cap = conn->source == LT_CONN_ENROL ? LT_CONN_ENROL_CAP_BYTES
                                                 : LT_CONN_CAP_BYTES;
    uint64_t received;

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0) {
        return false; /* not TCP, or gone */
    }
    received = info.tcpi_bytes_received;
    if (delivered != conn->delivered_seen) {
        conn->delivered_seen = delivered;
        conn->received_base = received;
    }
    if (received - conn->received_seen > BUSY_BYTES) {
        *out_busy = true;
    }
    conn->received_seen = received;
    return received - conn->received_base > cap;
}

unsigned lt_conns_guard(struct lt_conns *conns, int budget, bool *out_busy)
{
    unsigned cut = 0;

    *out_busy = false;
    if (budget > conns->open_n) {
        budget = conns->open_n;
    }
    for (; budget > 0; budget--) {
        struct lt_conn *conn;
        int fd;

        conns->guard_at = (conns->guard_at + 1) % conns->open_n;
        fd = conns->open[conns->guard_at];
        conn = &conns->by_fd[fd];
        if (over_cap(conn, fd, out_busy)) {
            lt_socket_cut(fd, conn->cookie);
            conn->received_base = conn->received_seen; /* once is enough */
            cut++;
        }
    }
    return cut;
}
