/* lt-proxy: a line of its own between two programs on one machine.
 *
 *   lt-proxy --to 127.0.0.1:PORT [--listen 127.0.0.1:PORT]
 *            [--rate BITS_PER_S] [--queue BYTES] [--delay MS]
 *
 * Takes TCP connections and carries their bytes to the target and back, each
 * way over one line (line.h). A full queue is not read from, and the kernel is
 * given little room, so that a sender feels the line and not this machine's
 * memory. Says {"listen":"127.0.0.1:PORT"} on stdout, then obeys stdin, one
 * command a line, and answers each with one line of JSON:
 *
 *   rate|queue|delay N [up|down]   for what comes; up: towards the target
 *   stall 0|1 [up|down]            nothing arrives, and nobody is told
 *   garble N [up|down]             a bit flips in each of the next N packets
 *   cut 0|1                        connections end, new ones at once
 *   reset                          connections are broken off
 *   replay                         the target hears the newest beginning again
 *   stats                          bytes carried, most that waited
 *
 * Ends when stdin ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/proxy/pipe.h"

enum {
    CONNS_MAX = 64,
    BACKLOG = 64,
    KERNEL_BYTES = 4096, /* asked of the kernel for each socket and way */
    COMMAND_MAX = 256,
    REPLAYS_MAX = 8, /* connections of our own; the oldest one ends */
    WAYS = 2,
    UP = 0,
    DOWN = 1
};
static const int64_t NS_PER_S = 1000000000;
static const int64_t NS_PER_MS = 1000000;
static const uint64_t VALUE_MAX = 100000000000;

struct conn {
    int near; /* who came */
    int far;  /* the target */
    struct lt_pipe pipes[WAYS];
};

struct proxy {
    int listener;
    struct sockaddr_in target;
    struct lt_line lines[WAYS];
    struct conn *conns[CONNS_MAX];
    size_t conns_n;
    uint64_t conns_ever;
    bool cut;
    int replays[REPLAYS_MAX]; /* -1: none */
    size_t replays_ever;
    uint64_t replayed_bytes;
    char command[COMMAND_MAX];
    size_t command_n;
    bool over;
};

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- sockets ---- */

static bool parse_address(const char *text, struct sockaddr_in *out)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    char *end;
    unsigned long port;

    if (colon == NULL || (size_t)(colon - text) >= sizeof(host)) {
        return false;
    }
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    port = strtoul(colon + 1, &end, 10);
    *out = (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port)};
    return *end == '\0' && end != colon + 1 && port <= UINT16_MAX &&
           inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

/* Loopback has packets of 64 KiB and buffers of megabytes: not here. */
static bool as_a_line(int fd)
{
    int bytes = KERNEL_BYTES;
    int mss = LT_PACKET_MAX;
    int one = 1;

    return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof(mss)) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0;
}

static bool listen_at(struct proxy *proxy, struct sockaddr_in *address)
{
    socklen_t len = sizeof(*address);
    int one = 1;

    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return proxy->listener >= 0 &&
           setsockopt(proxy->listener, SOL_SOCKET, SO_REUSEADDR, &one,
                      sizeof(one)) == 0 &&
           as_a_line(proxy->listener) &&
           bind(proxy->listener, (struct sockaddr *)address, len) == 0 &&
           listen(proxy->listener, BACKLOG) == 0 &&
           getsockname(proxy->listener, (struct sockaddr *)address, &len) == 0;
}

static void conn_free(struct conn *conn)
{
    lt_pipe_deinit(&conn->pipes[UP]);
    lt_pipe_deinit(&conn->pipes[DOWN]);
    if (conn->near >= 0) {
        (void)close(conn->near);
    }
    if (conn->far >= 0) {
        (void)close(conn->far);
    }
    free(conn);
}

static void take_conn(struct proxy *proxy)
{
    int fd = accept4(proxy->listener, NULL, NULL,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct conn *conn;

    if (fd < 0) {
        return;
    }
    conn = proxy->conns_n < CONNS_MAX && !proxy->cut ? calloc(1, sizeof(*conn)) : NULL;
    if (conn == NULL) {
        (void)close(fd);
        return;
    }
    conn->near = fd;
    conn->far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (conn->far < 0 || !as_a_line(conn->near) || !as_a_line(conn->far) ||
        connect(conn->far, (struct sockaddr *)&proxy->target,
                sizeof(proxy->target)) != 0 ||
        !lt_pipe_init(&conn->pipes[UP], &proxy->lines[UP], conn->near,
                      conn->far) ||
        !lt_pipe_init(&conn->pipes[DOWN], &proxy->lines[DOWN], conn->far,
                      conn->near)) {
        conn_free(conn);
        return;
    }
    proxy->conns[proxy->conns_n++] = conn;
    proxy->conns_ever++;
}

/* ---- commands ---- */

/* A command with a number: set it for one line. False: out of its range. */
static bool set_rate(struct lt_line *line, uint64_t value)
{
    lt_line_rate(line, value);
    return true;
}

static bool set_queue(struct lt_line *line, uint64_t value)
{
    line->queue_bytes = value;
    return value >= LT_QUEUE_LEAST;
}

static bool set_delay(struct lt_line *line, uint64_t value)
{
    line->delay_ns = (int64_t)value * NS_PER_MS;
    return value <= UINT16_MAX;
}

static bool set_stall(struct lt_line *line, uint64_t value)
{
    line->stalled = value != 0;
    return value <= 1;
}

static bool set_garble(struct lt_line *line, uint64_t value)
{
    line->garble = value;
    return true;
}

static const struct {
    const char *name;
    bool (*set)(struct lt_line *line, uint64_t value);
} SETTERS[] = {
    {"rate", set_rate},
    {"queue", set_queue},
    {"delay", set_delay},
    {"stall", set_stall},
    {"garble", set_garble}};

static bool set(struct proxy *proxy, const char *name, const char *number,
                const char *way)
{
    char *end;
    unsigned long long value;
    bool ok = false;

    errno = 0;
    value = strtoull(number, &end, 10);
    if (errno != 0 || end == number || *end != '\0' || value > VALUE_MAX ||
        (*way != '\0' && strcmp(way, "up") != 0 && strcmp(way, "down") != 0)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(SETTERS) / sizeof(*SETTERS); i++) {
        if (strcmp(name, SETTERS[i].name) == 0) {
            ok = (strcmp(way, "down") == 0 ||
                  SETTERS[i].set(&proxy->lines[UP], value)) &&
                 (strcmp(way, "up") == 0 ||
                  SETTERS[i].set(&proxy->lines[DOWN], value));
        }
    }
    return ok;
}

/* Both ends hear of it at once, and what was under way is gone. */
static void reset(struct proxy *proxy)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    while (proxy->conns_n > 0) {
        struct conn *conn = proxy->conns[--proxy->conns_n];

        (void)setsockopt(conn->near, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        (void)setsockopt(conn->far, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        conn_free(conn);
    }
}

/* Say to the target what somebody else once said to it, if it is there. */
static void replay(struct proxy *proxy)
{
    const struct lt_line *line = &proxy->lines[UP];
    int *slot = &proxy->replays[proxy->replays_ever++ % REPLAYS_MAX];
    ssize_t n;

    if (*slot >= 0) {
        (void)close(*slot);
    }
    *slot = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*slot < 0 || connect(*slot, (struct sockaddr *)&proxy->target,
                             sizeof(proxy->target)) != 0) {
        return;
    }
    n = send(*slot, line->past, line->past_n, MSG_DONTWAIT | MSG_NOSIGNAL);
    proxy->replayed_bytes += n > 0 ? (uint64_t)n : 0;
}

static bool cut(struct proxy *proxy, const char *number)
{
    proxy->cut = strcmp(number, "1") == 0;
    if (proxy->cut) {
        reset(proxy);
    }
    return proxy->cut || strcmp(number, "0") == 0;
}

static void stats(const struct proxy *proxy)
{
    static const char *const names[WAYS] = {"up", "down"};

    printf("{\"ns\":%lld,\"connections\":%zu,\"connections_ever\":%llu,"
           "\"replayed\":%llu",
           (long long)now_ns(), proxy->conns_n,
           (unsigned long long)proxy->conns_ever,
           (unsigned long long)proxy->replayed_bytes);
    for (int way = 0; way < WAYS; way++) {
        const struct lt_line *line = &proxy->lines[way];

        printf(",\"%s\":{\"bytes\":%llu,\"queued\":%llu,\"queued_most\":%llu}",
               names[way], (unsigned long long)line->bytes,
               (unsigned long long)lt_line_queued(line, now_ns()),
               (unsigned long long)line->queued_most);
    }
    printf("}\n");
}

static void obey(struct proxy *proxy, const char *line)
{
    char name[COMMAND_MAX] = "";
    char number[COMMAND_MAX] = "";
    char way[COMMAND_MAX] = "";
    bool ok = true;

    (void)sscanf(line, "%255s %255s %255s", name, number, way);
    if (strcmp(name, "stats") == 0) {
        stats(proxy);
        (void)fflush(stdout);
        return;
    }
    if (strcmp(name, "reset") == 0) {
        reset(proxy);
    } else if (strcmp(name, "replay") == 0) {
        replay(proxy);
    } else if (strcmp(name, "cut") == 0) {
        ok = cut(proxy, number);
    } else {
        ok = set(proxy, name, number, way);
    }
    printf("{\"ok\":%s}\n", ok ? "true" : "false");
    (void)fflush(stdout);
}

static void read_commands(struct proxy *proxy)
{
    ssize_t n = read(STDIN_FILENO, proxy->command + proxy->command_n,
                     sizeof(proxy->command) - 1 - proxy->command_n);
    char *end;

    if (n <= 0) {
        proxy->over = n == 0 || errno != EINTR;
        return;
    }
    proxy->command_n += (size_t)n;
    proxy->command[proxy->command_n] = '\0';
    while ((end = strchr(proxy->command, '\n')) != NULL) {
        *end = '\0';
        obey(proxy, proxy->command);
        proxy->command_n -= (size_t)(end + 1 - proxy->command);
        memmove(proxy->command, end + 1, proxy->command_n + 1);
    }
    if (proxy->command_n == sizeof(proxy->command) - 1) {
        proxy->over = true; /* no command is that long */
    }
}

/* ---- the loop ---- */

/* Both sockets of a connection, for what its pipes wait for. */
static void ask_poll(const struct conn *conn, struct pollfd polls[static 2])
{
    const struct lt_pipe *up = &conn->pipes[UP];
    const struct lt_pipe *down = &conn->pipes[DOWN];

    polls[0] = (struct pollfd){.fd = conn->near};
    polls[1] = (struct pollfd){.fd = conn->far};
    polls[0].events = (short)((up->starved && !up->ended ? POLLIN : 0) |
                              (down->choked ? POLLOUT : 0));
    polls[1].events = (short)((down->starved && !down->ended ? POLLIN : 0) |
                              (up->choked ? POLLOUT : 0));
    for (int side = 0; side < 2; side++) {
        if (polls[side].events == 0) {
            polls[side].fd = -1; /* a hang-up would be told for ever */
        }
    }
}

static void heed_poll(struct conn *conn, const struct pollfd polls[static 2])
{
    struct lt_pipe *up = &conn->pipes[UP];
    struct lt_pipe *down = &conn->pipes[DOWN];
    const short in = POLLIN | POLLERR | POLLHUP;
    const short out = POLLOUT | POLLERR | POLLHUP;

    up->starved = up->starved && (polls[0].revents & in) == 0;
    down->starved = down->starved && (polls[1].revents & in) == 0;
    up->choked = up->choked && (polls[1].revents & out) == 0;
    down->choked = down->choked && (polls[0].revents & out) == 0;
    if ((polls[0].revents & POLLERR) != 0 ||
        (polls[1].revents & POLLERR) != 0) {
        up->broken = true; /* reset: no way on for either side */
    }
}

/* Move what can be moved; the time of the next thing to do. */
static int64_t move(struct proxy *proxy)
{
    int64_t next = INT64_MAX;
    size_t i = 0;

    while (i < proxy->conns_n) {
        struct conn *conn = proxy->conns[i];
        bool over = conn->pipes[UP].shut && conn->pipes[DOWN].shut;

        for (int way = 0; way < WAYS; way++) {
            int64_t now = now_ns();
            int64_t wakes;

            lt_pipe_drain(&conn->pipes[way], now);
            lt_pipe_fill(&conn->pipes[way], now);
            wakes = lt_pipe_wakes(&conn->pipes[way], now);
            next = wakes < next ? wakes : next;
            over = over || conn->pipes[way].broken;
        }
        if (over) {
            conn_free(conn);
            proxy->conns[i] = proxy->conns[--proxy->conns_n];
        } else {
            i++;
        }
    }
    return next;
}

static void turn(struct proxy *proxy)
{
    struct pollfd polls[2 + 2 * CONNS_MAX];
    int64_t next = move(proxy);
    size_t n = proxy->conns_n;
    int64_t wait = next == INT64_MAX ? NS_PER_S : next - now_ns();
    struct timespec until;

    wait = wait < 0 ? 0 : wait > NS_PER_S ? NS_PER_S : wait;
    until = (struct timespec){.tv_sec = wait / NS_PER_S,
                              .tv_nsec = wait % NS_PER_S};
    polls[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    polls[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
    for (size_t i = 0; i < n; i++) {
        ask_poll(proxy->conns[i], &polls[2 + 2 * i]);
    }
    if (ppoll(polls, 2 + 2 * n, &until, NULL) <= 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        heed_poll(proxy->conns[i], &polls[2 + 2 * i]);
    }
    if (polls[1].revents != 0) {
        take_conn(proxy);
    }
    if (polls[0].revents != 0) {
        read_commands(proxy);
    }
}

static int usage(void)
{
    fprintf(stderr, "usage: lt-proxy --to 127.0.0.1:PORT "
                    "[--listen 127.0.0.1:PORT] [--rate BITS_PER_S] "
                    "[--queue BYTES] [--delay MS]\n");
    return 64;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"to", required_argument, NULL, 't'},
        {"listen", required_argument, NULL, 'l'},
        {"rate", required_argument, NULL, 'r'},
        {"queue", required_argument, NULL, 'q'},
        {"delay", required_argument, NULL, 'd'},
        {NULL, 0, NULL, 0}};
    struct proxy *proxy = calloc(1, sizeof(*proxy));
    struct sockaddr_in address;
    bool ok = proxy != NULL && parse_address("127.0.0.1:0", &address);
    bool target = false;
    char text[INET_ADDRSTRLEN];
    int c;

    if (!ok || !set(proxy, "queue", "32768", "")) {
        return 1;
    }
    for (size_t i = 0; i < REPLAYS_MAX; i++) {
        proxy->replays[i] = -1;
    }
    while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 't': ok = target = parse_address(optarg, &proxy->target); break;
        case 'l': ok = parse_address(optarg, &address); break;
        case 'r': ok = set(proxy, "rate", optarg, ""); break;
        case 'q': ok = set(proxy, "queue", optarg, ""); break;
        case 'd': ok = set(proxy, "delay", optarg, ""); break;
        default: ok = false; break;
        }
    }
    if (!ok || !target || optind != argc) {
        free(proxy);
        return usage();
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    if (!listen_at(proxy, &address)) {
        perror("lt-proxy");
        free(proxy);
        return 1;
    }
    (void)inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text));
    printf("{\"listen\":\"%s:%u\"}\n", text, ntohs(address.sin_port));
    (void)fflush(stdout);
    while (!proxy->over) {
        turn(proxy);
    }
    while (proxy->conns_n > 0) {
        conn_free(proxy->conns[--proxy->conns_n]);
    }
    (void)close(proxy->listener);
    free(proxy);
    return 0;
}
