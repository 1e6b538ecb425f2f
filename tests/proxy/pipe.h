/* One direction of one connection: what was read from one socket and is under
 * way to the other.
 *
 * Threading: one thread. Errors: a pipe that fails is `broken`; its owner ends
 * the connection at both sides. */
#ifndef LT_TESTS_PROXY_PIPE_H
#define LT_TESTS_PROXY_PIPE_H

#include "tests/proxy/line.h"

struct lt_packet {
    int64_t arrives_ns;
    uint32_t bytes;
};

struct lt_pipe {
    struct lt_line *line;
    int from;
    int to;
    uint8_t *bytes; /* a ring */
    size_t head;
    size_t len;
    struct lt_packet *packets; /* a ring */
    size_t packets_head;
    size_t packets_n;
    size_t taken;    /* bytes, up to LT_PAST_MAX */
    int64_t eof_ns;  /* when the end of the stream arrives */
    bool ended;      /* no more will be read */
    bool shut;       /* and the other side was told */
    bool choked;     /* the receiver takes no more for now */
    bool starved;    /* nothing to be read for now */
    bool broken;
};

bool lt_pipe_init(struct lt_pipe *pipe, struct lt_line *line, int from, int to);
void lt_pipe_deinit(struct lt_pipe *pipe);
/* Read what the line takes. */
void lt_pipe_fill(struct lt_pipe *pipe, int64_t now_ns);
/* Hand over what has arrived. */
void lt_pipe_drain(struct lt_pipe *pipe, int64_t now_ns);
/* When one of the two has something to do again without a word from poll();
 * INT64_MAX: never. */
int64_t lt_pipe_wakes(const struct lt_pipe *pipe, int64_t now_ns);
/* Room in the pipe itself, whatever the line says. */
bool lt_pipe_holds(const struct lt_pipe *pipe);

#endif
