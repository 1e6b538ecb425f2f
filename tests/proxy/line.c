#include "tests/proxy/line.h"

static const uint64_t NS_PER_S = 1000000000;
enum { BITS = 8 };

void lt_line_rate(struct lt_line *line, uint64_t bits_per_s)
{
    line->bits_per_s = bits_per_s;
    line->rest = 0;
}

uint64_t lt_line_queued(const struct lt_line *line, int64_t now_ns)
{
    if (line->bits_per_s == 0 || line->free_ns <= now_ns) {
        return 0;
    }
    return (uint64_t)((double)(line->free_ns - now_ns) *
                      (double)line->bits_per_s / (BITS * (double)NS_PER_S));
}

size_t lt_line_room(const struct lt_line *line, int64_t now_ns)
{
    uint64_t queued = lt_line_queued(line, now_ns);
    uint64_t room = queued < line->queue_bytes ? line->queue_bytes - queued : 0;

    return room < LT_PACKET_MAX ? 0 : LT_PACKET_MAX;
}

int64_t lt_line_opens(const struct lt_line *line, int64_t now_ns)
{
    int64_t at;

    if (lt_line_room(line, now_ns) > 0) {
        return now_ns;
    }
    at = line->free_ns -
         (int64_t)((double)(line->queue_bytes - LT_PACKET_MAX) * BITS *
                   (double)NS_PER_S / (double)line->bits_per_s);
    return at > now_ns ? at : now_ns + 1;
}

int64_t lt_line_take(struct lt_line *line, size_t bytes, int64_t now_ns)
{
    uint64_t queued;

    if (line->free_ns < now_ns) {
        line->free_ns = now_ns;
        line->rest = 0;
    }
    if (line->bits_per_s > 0) {
        /* What rounding leaves is carried on: no packet is a bit too fast. */
        uint64_t work = (uint64_t)bytes * BITS * NS_PER_S + line->rest;

        line->free_ns += (int64_t)(work / line->bits_per_s);
        line->rest = work % line->bits_per_s;
    }
    line->bytes += bytes;
    queued = lt_line_queued(line, now_ns);
    if (queued > line->queued_most) {
        line->queued_most = queued;
    }
    return line->free_ns + line->delay_ns;
}
