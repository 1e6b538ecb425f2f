/* What became of a dialled address, as far as it can be told from here.
 *
 * libzmq's monitor says that a connection did not come about, not why. What
 * happened before tells most of it; whether this machine has a way there at
 * all is asked of the kernel with a datagram socket, which sends nothing. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/link/internal.h"

static bool has_route(const struct lt_address *address)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_DGRAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char port[8];
    bool has = true;
    int fd;

    (void)snprintf(port, sizeof(port), "%u", (unsigned)address->port);
    if (getaddrinfo(address->host, port, &hints, &found) != 0) {
        return true; /* not known: say nothing of it */
    }
    fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        has = connect(fd, found->ai_addr, found->ai_addrlen) == 0 ||
              (errno != ENETUNREACH && errno != EHOSTUNREACH &&
               errno != ENETDOWN);
        (void)close(fd);
    }
    freeaddrinfo(found);
    return has;
}

static enum lt_tried_result result_of(const struct lt_link *link,
                                      const struct lt_dial *dial, lt_err code,
                                      bool out_of_time, int64_t now)
{
    if (code == LT_EPROTO) {
        return LT_TRIED_NOT_OURS;
    }
    if (dial->connected_ms == 0) {
        if (out_of_time) {
            return LT_TRIED_TIMED_OUT;
        }
        return has_route(&dial->found[dial->found_at]) ? LT_TRIED_REFUSED
                                                       : LT_TRIED_NO_ROUTE;
    }
    /* A handshake that fails by what was said, not by what became of the
     * connection, comes without a detail. */
    if (code == LT_OK && !out_of_time) {
        return LT_TRIED_NOT_OURS;
    }
    return out_of_time ||
                   now - dial->connected_ms >= link->times.handshake_ms / 2
               ? LT_TRIED_HANDSHAKE_SLOW
               : LT_TRIED_HANDSHAKE_ENDED;
}

void lt_attempt_failed(struct lt_link *link, const struct lt_dial *dial,
                       lt_err code, bool out_of_time, int64_t now)
{
    if (dial->state == LT_DIAL_RESOLVING) {
        lt_link_event_tried(link, LT_TRIED_NAME_UNKNOWN, &dial->office,
                            dial->addresses[dial->at]);
    } else if (dial->state == LT_DIAL_CONNECTING) {
        lt_link_event_tried(link, result_of(link, dial, code, out_of_time, now),
                            &dial->office, dial->addresses[dial->at]);
    }
}

bool lt_link_next_dial(const struct lt_link *link,
                       const struct lt_office *office, int64_t *out_at_ms,
                       const char **out_address)
{
    for (size_t i = 0; i < link->dials_n; i++) {
        const struct lt_dial *dial = link->dials[i];

        if (lt_office_equal(&dial->office, office)) {
            *out_at_ms = dial->state == LT_DIAL_WAITING ? dial->due_ms : 0;
            *out_address = dial->addresses[dial->at];
            return true;
        }
    }
    return false;
}
