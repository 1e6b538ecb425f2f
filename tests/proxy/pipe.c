#include "tests/proxy/pipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Enough for the widest window over the longest line that tests use. */
enum { RING_BYTES = 8 * 1024 * 1024, PACKETS = 16 * 1024 };

bool lt_pipe_init(struct lt_pipe *pipe, struct lt_line *line, int from, int to)
{
    *pipe = (struct lt_pipe){
        .line = line,
        .from = from,
        .to = to,
        .starved = true,
        .bytes = malloc(RING_BYTES),
        .packets = malloc(PACKETS * sizeof(struct lt_packet))};
    return pipe->bytes != NULL && pipe->packets != NULL;
}

void lt_pipe_deinit(struct lt_pipe *pipe)
{
    free(pipe->bytes);
    free(pipe->packets);
    *pipe = (struct lt_pipe){.from = -1, .to = -1};
}

bool lt_pipe_holds(const struct lt_pipe *pipe)
{
    return pipe->len + LT_PACKET_MAX <= RING_BYTES &&
           pipe->packets_n < PACKETS;
}

/* The first bytes of a connection are kept: somebody may say them again. Two
 * that begin at once do not mix: the one that is behind is left out. */
static void keep(struct lt_pipe *pipe, const uint8_t *data, size_t len)
{
    struct lt_line *line = pipe->line;

    if (pipe->taken == 0) {
        line->past_n = 0;
    }
    if (pipe->taken != line->past_n || len > LT_PAST_MAX - pipe->taken) {
        pipe->taken = LT_PAST_MAX + 1;
        return;
    }
    memcpy(line->past + pipe->taken, data, len);
    pipe->taken += len;
    line->past_n = pipe->taken;
}

/* Into the ring, and onto the line. */
static void take(struct lt_pipe *pipe, const uint8_t *data, size_t len,
                 int64_t now_ns)
{
    size_t tail = (pipe->head + pipe->len) % RING_BYTES;
    size_t first = len < RING_BYTES - tail ? len : RING_BYTES - tail;
    struct lt_packet *packet =
        &pipe->packets[(pipe->packets_head + pipe->packets_n++) % PACKETS];

    keep(pipe, data, len);
    memcpy(pipe->bytes + tail, data, first);
    memcpy(pipe->bytes, data + first, len - first);
    pipe->len += len;
    packet->bytes = (uint32_t)len;
    packet->arrives_ns = lt_line_take(pipe->line, len, now_ns);
}

void lt_pipe_fill(struct lt_pipe *pipe, int64_t now_ns)
{
    uint8_t data[LT_PACKET_MAX];

    while (!pipe->ended && !pipe->starved && lt_pipe_holds(pipe)) {
        size_t room = lt_line_room(pipe->line, now_ns);
        ssize_t n;

        if (room == 0) {
            return;
        }
        n = recv(pipe->from, data, room, MSG_DONTWAIT);
        if (n > 0) {
            if (pipe->line->garble > 0) {
                pipe->line->garble--;
                data[(size_t)n / 2] ^= 1;
            }
            take(pipe, data, (size_t)n, now_ns);
        } else if (n == 0) {
            pipe->ended = true;
            pipe->eof_ns = lt_line_take(pipe->line, 0, now_ns);
        } else if (errno == EAGAIN) {
            pipe->starved = true;
        } else if (errno != EINTR) {
            pipe->broken = true;
            return;
        }
    }
}

void lt_pipe_drain(struct lt_pipe *pipe, int64_t now_ns)
{
    if (pipe->line->stalled) {
        return;
    }
    while (!pipe->choked && pipe->packets_n > 0) {
        struct lt_packet *packet = &pipe->packets[pipe->packets_head];
        size_t len = packet->bytes;
        ssize_t n;

        if (packet->arrives_ns > now_ns) {
            return;
        }
        len = len < RING_BYTES - pipe->head ? len : RING_BYTES - pipe->head;
        n = send(pipe->to, pipe->bytes + pipe->head, len,
                 MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            pipe->choked = true;
        } else if (n < 0 && errno != EINTR) {
            pipe->broken = true;
            return;
        } else if (n > 0) {
            pipe->head = (pipe->head + (size_t)n) % RING_BYTES;
            pipe->len -= (size_t)n;
            packet->bytes -= (uint32_t)n;
            if (packet->bytes == 0) {
                pipe->packets_head = (pipe->packets_head + 1) % PACKETS;
                pipe->packets_n--;
            }
        }
    }
    if (pipe->ended && !pipe->shut && pipe->packets_n == 0 &&
        pipe->eof_ns <= now_ns) {
        pipe->shut = true;
        (void)shutdown(pipe->to, SHUT_WR);
    }
}

int64_t lt_pipe_wakes(const struct lt_pipe *pipe, int64_t now_ns)
{
    int64_t at = INT64_MAX;

    if (pipe->line->stalled) {
        at = INT64_MAX; /* until a command ends it */
    } else if (!pipe->choked && pipe->packets_n > 0) {
        at = pipe->packets[pipe->packets_head].arrives_ns;
    } else if (pipe->packets_n == 0 && pipe->ended && !pipe->shut) {
        at = pipe->eof_ns;
    }
    if (!pipe->ended && !pipe->starved && lt_pipe_holds(pipe)) {
        int64_t opens = lt_line_opens(pipe->line, now_ns);

        at = opens < at ? opens : at;
    }
    return at;
}
