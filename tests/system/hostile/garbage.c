/* Garbage handshakes, as many a second as are asked for: a whole CURVE greeting,
 * then a HELLO whose box opens to nobody. One thread, since the attackers have
 * one core: what it can do is bounded by what the office accepts.
 *
 *   lt-garbage PORT A_SECOND SECONDS
 *
 * Says at the end how many were said whole, and how many no connection was
 * got for. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    GREETING = 64,
    HELLO = 202, /* a frame's flags and length, then 200 bytes */
    AT_ONCE = 512,
    PATIENCE_MS = 500
};

struct attempt {
    int fd; /* -1: none */
    bool said;
    int64_t since_ms;
};

static struct attempt attempts[AT_ONCE];
static unsigned long said;
static unsigned long failed;

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void make(uint8_t out[static GREETING + HELLO])
{
    uint8_t *hello = out + GREETING;

    memset(out, 0, GREETING + HELLO);
    out[0] = 0xFF;
    out[9] = 0x7F;
    out[10] = 3;
    memcpy(out + 12, "CURVE", 5);
    hello[0] = 4; /* a command of one frame */
    hello[1] = HELLO - 2;
    memcpy(hello + 2, "\x05HELLO\x01\x00", 8);
    (void)!getrandom(hello + 2 + 80, 32, 0); /* its key, behind 72 zeros */
    (void)!getrandom(hello + 2 + 120, 80, 0);
}

static void end(struct attempt *attempt)
{
    (void)close(attempt->fd);
    attempt->fd = -1;
}

static bool begin(int poll, struct attempt *attempt, uint16_t port)
{
    const struct linger at_once = {.l_onoff = 1};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT,
                                .data = {.ptr = attempt}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return false;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    *attempt = (struct attempt){.fd = fd, .since_ms = now_ms()};
    if ((connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 &&
         errno != EINPROGRESS) ||
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0) {
        end(attempt);
        return false;
    }
    return true;
}

/* Its bytes go in one call: a new socket has room for them. Who heard them hangs
 * up. */
static void go_on(int poll, struct attempt *attempt, uint32_t events)
{
    uint8_t bytes[GREETING + HELLO];
    char answer[512];
    ssize_t got;

    if (!attempt->said && (events & EPOLLOUT) != 0) {
        struct epoll_event event = {.events = EPOLLIN,
                                    .data = {.ptr = attempt}};

        make(bytes);
        if (send(attempt->fd, bytes, sizeof(bytes), MSG_NOSIGNAL) !=
            (ssize_t)sizeof(bytes)) {
            failed++;
            end(attempt);
            return;
        }
        attempt->said = true;
        said++;
        (void)epoll_ctl(poll, EPOLL_CTL_MOD, attempt->fd, &event);
        return;
    }
    got = recv(attempt->fd, answer, sizeof(answer), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        failed += attempt->said ? 0 : 1;
        end(attempt);
    }
}

static void give_up_on_the_slow(void)
{
    int64_t now = now_ms();

    for (size_t i = 0; i < AT_ONCE; i++) {
        if (attempts[i].fd >= 0 && now - attempts[i].since_ms > PATIENCE_MS) {
            failed += attempts[i].said ? 0 : 1;
            end(&attempts[i]);
        }
    }
}

int main(int argc, char **argv)
{
    struct epoll_event events[AT_ONCE];
    unsigned long begun = 0;
    int64_t began = now_ms();
    unsigned long a_second;
    int64_t until;
    uint16_t port;
    int poll = epoll_create1(EPOLL_CLOEXEC);

    if (argc != 4 || poll < 0) {
        (void)fprintf(stderr, "usage: lt-garbage PORT A_SECOND SECONDS\n");
        return 64;
    }
    port = (uint16_t)strtoul(argv[1], NULL, 10);
    a_second = strtoul(argv[2], NULL, 10);
    until = began + strtol(argv[3], NULL, 10) * 1000;
    for (size_t i = 0; i < AT_ONCE; i++) {
        attempts[i].fd = -1;
    }
    while (now_ms() < until) {
        unsigned long due =
            (unsigned long)(now_ms() - began) * a_second / 1000 + 1;
        int n;

        for (size_t i = 0; i < AT_ONCE && begun < due; i++) {
            if (attempts[i].fd < 0) {
                failed += begin(poll, &attempts[i], port) ? 0 : 1;
                begun++;
            }
        }
        n = epoll_wait(poll, events, AT_ONCE, 1);
        for (int i = 0; i < n; i++) {
            go_on(poll, events[i].data.ptr, events[i].events);
        }
        give_up_on_the_slow();
    }
    (void)printf("garbage %lu of %lu, %lu failed\n", said, begun, failed);
    return 0;
}
