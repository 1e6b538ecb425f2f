/* A history for people: one line for each frame and turn of fate. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/link_msg.h"
#include "tools/sim/sim.h"

void sim_say(const struct sim *sim, const char *format, ...)
{
    va_list args;

    if (!sim->options->trace) {
        return;
    }
    printf("%7" PRId64 " ", sim->now_ms);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

static void say_stream(uint8_t origin, const struct lt_channel *channel)
{
    char text[LT_CHANNEL_TEXT];

    lt_channel_format(channel, text);
    if (channel->audience == LT_AUDIENCE_TO) {
        text[strlen(text) - 2 * LT_OFFICE_LEN + 2] = '\0';
    }
    printf(" %02x:%s", origin, text);
}

static void say_point(const struct lt_point *point)
{
    printf(" %04" PRIx64 "/%" PRIu64, point->epoch & 0xffff, point->number);
}

static void say_tips(const struct lt_tips *tips)
{
    printf(" of %02x lane %d%s%s", tips->origin.bytes[0], (int)tips->lane,
           tips->want_reply ? " reply!" : "", tips->more ? " more" : "");
    for (size_t i = 0; i < tips->streams_n; i++) {
        say_stream(tips->origin.bytes[0], &tips->streams[i].channel);
        for (size_t t = 0; t < tips->streams[i].tips_n; t++) {
            say_point(&tips->streams[i].tips[t]);
        }
    }
}

static void say_segments(const struct lt_segments *segments)
{
    for (size_t i = 0; i < segments->runs_n; i++) {
        const struct lt_run_piece *piece = &segments->runs[i];

        printf(" h%u %" PRIu64 "..%" PRIu64, piece->handle, piece->first,
               lt_segment_last(&piece->segments[piece->segments_n - 1]));
    }
}

static void say_frame(const struct lt_frame *frame)
{
    switch ((int)frame->type) {
    case LT_FRAME_DIGESTS:
        printf(" lane %d", (int)frame->digests.lane);
        for (size_t i = 0; i < frame->digests.origins_n; i++) {
            printf(" %02x:%02x%02x", frame->digests.origins[i].origin.bytes[0],
                   frame->digests.origins[i].digest[0],
                   frame->digests.origins[i].digest[1]);
        }
        break;
    case LT_FRAME_TIPS:
        say_tips(&frame->tips);
        break;
    case LT_FRAME_RUN_OPEN:
        printf(" h%u", frame->run_open.handle);
        say_stream(frame->run_open.stream.origin.bytes[0],
                   &frame->run_open.stream.channel);
        printf(" %04" PRIx64 " from", frame->run_open.epoch & 0xffff);
        say_point(&frame->run_open.prev);
        break;
    case LT_FRAME_SEGMENTS:
        say_segments(&frame->segments);
        break;
    case LT_FRAME_ACK:
        for (size_t i = 0; i < frame->ack.runs_n; i++) {
            printf(" h%u %" PRIu64, frame->ack.runs[i].handle,
                   frame->ack.runs[i].number);
        }
        break;
    case LT_FRAME_HOLD:
        printf(" h%u %s %" PRIu64, frame->hold.handle,
               lt_hold_word(frame->hold.reason), frame->hold.number);
        break;
    default:
        break;
    }
}

void sim_say_frame(const struct sim *sim, const struct sim_frame *frame,
                   const uint8_t *bytes, const char *fate)
{
    struct lt_arena arena;
    struct lt_frame decoded;

    if (!sim->options->trace) {
        return;
    }
    printf("%7" PRId64 " %u>%u #%" PRIu64 " %s %s", sim->now_ms, frame->from,
           frame->to, frame->pair, fate,
           lt_frame_word(lt_frame_type(bytes, frame->len)));
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (lt_frame_decode(bytes, frame->len, &arena, &decoded, NULL) == LT_OK) {
        say_frame(&decoded);
    }
    lt_arena_deinit(&arena);
    putchar('\n');
}
