/* The protocol of sd_notify(3), by hand: one datagram to one address, where a
 * leading '@' stands for the NUL of an abstract socket. */
#include "daemon/link/sdnotify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool lt_sdnotify(const char *state)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    size_t path_len;
    socklen_t to_len;
    ssize_t sent;
    int fd;

    if (path == NULL || (path[0] != '/' && path[0] != '@')) {
        return false;
    }
    path_len = strlen(path);
    if (path_len < 2 || path_len >= sizeof(to.sun_path)) {
        return false;
    }
    memcpy(to.sun_path, path, path_len);
    if (path[0] == '@') {
        to.sun_path[0] = '\0';
    }
    to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_len);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }
    sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                  (const struct sockaddr *)&to, to_len);
    (void)close(fd);
    return sent == (ssize_t)strlen(state);
}

bool lt_sdnotify_reloading(int64_t mono_ms)
{
    char state[64];

    (void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   mono_ms * 1000);
    return lt_sdnotify(state);
}

int64_t lt_sdnotify_watchdog_ms(void)
{
    const char *usec = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    char *end;
    long long value;

    if (usec == NULL || getenv("NOTIFY_SOCKET") == NULL) {
        return 0;
    }
    if (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid()) {
        return 0;
    }
    value = strtoll(usec, &end, 10);
    if (*usec == '\0' || *end != '\0' || value < 1000 ||
        value > INT64_C(86400000000)) {
        return 0;
    }
    return value / 1000;
}
