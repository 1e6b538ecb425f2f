/* One direction of a line: a rate, a queue before it, a way behind it.
 *
 * All connections of a proxy share its two lines, as they share a street's
 * cable. A packet that finds the line free leaves at once; one that does not
 * waits its turn in the queue. It is there when its last bit has left and the
 * delay has passed. All of that is known when a packet is taken, so nothing is
 * late because a process was: a bucket as deep as one packet, exact to the
 * byte over any length of time.
 *
 * Times are monotonic nanoseconds. Threading: one thread. */
#ifndef LT_TESTS_PROXY_LINE_H
#define LT_TESTS_PROXY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LT_PACKET_MAX = 1448,
    LT_QUEUE_LEAST = 2 * LT_PACKET_MAX,
    LT_PAST_MAX = 64 * 1024
};

struct lt_line {
    uint64_t bits_per_s; /* 0: no limit */
    uint64_t queue_bytes; /* at least LT_QUEUE_LEAST */
    int64_t delay_ns;
    int64_t free_ns;     /* when the last bit taken will have left */
    uint64_t rest;       /* of a nanosecond, in 1 / bits_per_s */
    uint64_t bytes;      /* taken in all */
    uint64_t queued_most;
    /* faults */
    bool stalled;        /* nothing arrives: it waits, ends of streams too */
    uint64_t garble;     /* so many packets more have a bit flipped */
    size_t past_n;       /* how the newest connection began */
    uint8_t past[LT_PAST_MAX];
};

void lt_line_rate(struct lt_line *line, uint64_t bits_per_s);
/* Bytes that have been taken and have not left. */
uint64_t lt_line_queued(const struct lt_line *line, int64_t now_ns);
/* How many bytes may be taken now, at most LT_PACKET_MAX. */
size_t lt_line_room(const struct lt_line *line, int64_t now_ns);
/* When a whole packet may be taken; @now_ns when it may now. */
int64_t lt_line_opens(const struct lt_line *line, int64_t now_ns);
/* Take one packet: when it will be at the other end. */
int64_t lt_line_take(struct lt_line *line, size_t bytes, int64_t now_ns);

#endif
