#include "tests/system/hostile/scenarios.h"

#include <stdlib.h>
#include <string.h>

#include "common/sys.h"

enum {
    HANDLE = 1,
    FRAME_FULL = LT_FRAME_MAX,
    ZMQ_FULL = 65536,
    FLOOD_FRAMES = 48,
    FLOOD_SEGMENTS = 3, /* a frame */
    FLOOD_EVENTS = 20,  /* a segment */
    FLOOD_TEXT = 480
};

static const uint8_t SALT[LT_SALT_LEN] = "salt of the test";

static void begin(const struct peer *peer, struct run *run, enum lt_class cls,
                  struct frames *frames)
{
    run_begin(run, HANDLE, &peer->identity.office, cls, peer->epoch,
              peer->identity.node_key);
    frames_run_open(frames, run);
}

/* One segment around one event's bytes, taken over. */
static void one_event(struct run *run, struct lt_buf *event,
                      const struct lt_buf *parts, struct lt_segment *out)
{
    struct lt_buf payload;

    forge_payload(run, event, 1, &payload);
    lt_buf_deinit(event);
    run_seal(run, 1, LT_COMPRESSION_ZSTD, &payload, parts, out);
}

/* A good segment, then the offence, then another good one. */
static void good_first(const struct peer *peer, struct run *run,
                       enum lt_class cls, struct frames *frames)
{
    struct lt_segment good;

    begin(peer, run, cls, frames);
    run_case(run, &good);
    frames_segments(frames, run, &good, 1);
}

/* ---- signatures and order ---- */

static void flip(const uint8_t **bytes, size_t len, size_t at)
{
    uint8_t *copy = malloc(len);

    if (copy == NULL) {
        abort();
    }
    memcpy(copy, *bytes, len);
    copy[at] ^= 1;
    *bytes = copy;
}

static void flipped_bit(const struct peer *peer, struct frames *frames)
{
    struct run run;
    struct lt_segment bad;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    run_case(&run, &bad);
    flip(&bad.payload, bad.payload_len, bad.payload_len - 1);
    frames_segments(frames, &run, &bad, 1);
}

static void bad_middle(const struct peer *peer, struct frames *frames)
{
    struct run run;
    struct lt_segment three[3];

    begin(peer, &run, LT_CLASS_CASE, frames);
    for (size_t i = 0; i < 3; i++) {
        run_case(&run, &three[i]);
    }
    three[1].signature[40] ^= 4;
    frames_segments(frames, &run, three, 3);
}

static void gap(const struct peer *peer, struct frames *frames)
{
    struct run run;
    struct lt_segment missing;
    struct lt_segment third;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    run_case(&run, &missing);
    run_case(&run, &third);
    frames_segments(frames, &run, &third, 1);
}

static void other_content(const struct peer *peer, struct frames *frames)
{
    static const struct words other = {"another number", 14};
    struct run run;
    struct run again;
    struct lt_segment segment;
    struct lt_buf event;

    begin(peer, &run, LT_CLASS_CASE, frames);
    again = run;
    run_case(&run, &segment);
    frames_segments(frames, &run, &segment, 1);
    buf_make(&event);
    forge_case(&event, &other);
    one_event(&again, &event, NULL, &segment);
    frames_segments(frames, &again, &segment, 1);
}

static void foreign_origin(const struct peer *peer, struct frames *frames)
{
    struct run run;
    struct lt_segment segment;

    run_begin(&run, HANDLE, &peer->other, LT_CLASS_CASE, peer->epoch,
              peer->identity.node_key);
    frames_run_open(frames, &run);
    run_case(&run, &segment);
    frames_segments(frames, &run, &segment, 1);
}

static void many_tips(const struct peer *peer, struct frames *frames)
{
    for (uint32_t i = 0; i < LT_TIPS_MAX + 4; i++) {
        struct run run;
        struct lt_segment segment;

        run_begin(&run, i + 1, &peer->identity.office, LT_CLASS_CASE,
                  peer->epoch + i, peer->identity.node_key);
        frames_run_open(frames, &run);
        run_case(&run, &segment);
        frames_segments(frames, &run, &segment, 1);
    }
}

/* ---- sizes ---- */

static void fill(struct lt_buf *out, size_t len)
{
    uint8_t *at = lt_buf_reserve(out, len);

    if (at == NULL) {
        abort();
    }
    lt_sys_real()->random(lt_sys_real()->ctx, at, len);
    out->len += len;
}

static void big_payload(const struct peer *peer, struct frames *frames)
{
    struct run run;
    struct lt_segment segment;
    struct lt_buf payload;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    buf_make(&payload);
    fill(&payload, LT_PAYLOAD_MAX + 1);
    run_seal(&run, 1, LT_COMPRESSION_NONE, &payload, NULL, &segment);
    frames_segments(frames, &run, &segment, 1);
}

static void big_frame_of(const struct peer *peer, struct frames *frames,
                         size_t len)
{
    struct run run;
    struct lt_segment segment;
    struct lt_buf payload;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    buf_make(&payload);
    fill(&payload, len);
    run_seal(&run, 1, LT_COMPRESSION_NONE, &payload, NULL, &segment);
    frames_segments(frames, &run, &segment, 1);
}

static void big_frame(const struct peer *peer, struct frames *frames)
{
    big_frame_of(peer, frames, FRAME_FULL + 1);
}

static void huge_frame(const struct peer *peer, struct frames *frames)
{
    big_frame_of(peer, frames, ZMQ_FULL + 1);
}

/* ---- protobuf bombs ---- */

/* @unit again and again, to @len bytes at most. */
static void repeat(struct lt_buf *out, const char *unit, size_t unit_len,
                   size_t len)
{
    while (out->len + unit_len <= len) {
        put_raw(out, unit, unit_len);
    }
}

static void bomb_empties(const struct peer *peer, struct frames *frames)
{
    (void)peer;
    repeat(frames_add(frames, LT_FRAME_SEGMENTS), "\x0A\x00", 2, FRAME_FULL);
}

static void bomb_nested(const struct peer *peer, struct frames *frames)
{
    struct lt_buf inner;

    (void)peer;
    buf_make(&inner);
    while (inner.len < FRAME_FULL / 2) {
        struct lt_buf outer;

        buf_make(&outer);
        put_bytes(&outer, 1, inner.data, inner.len);
        lt_buf_deinit(&inner);
        inner = outer;
        if (inner.len > 20000) {
            break;
        }
        repeat(&inner, "\x0A\x00", 2, inner.len + 64);
    }
    put_raw(frames_add(frames, LT_FRAME_TIPS), inner.data, inner.len);
    lt_buf_deinit(&inner);
}

static void bomb_groups(const struct peer *peer, struct frames *frames)
{
    (void)peer;
    repeat(frames_add(frames, LT_FRAME_TIPS), "\x7B", 1, FRAME_FULL);
}

static void bomb_unknown(const struct peer *peer, struct frames *frames)
{
    (void)peer;
    repeat(frames_add(frames, LT_FRAME_PING), "\xF8\x01\x01", 3, FRAME_FULL);
}

static void signed_bytes(const struct peer *peer, struct frames *frames,
                         const struct lt_buf *raw)
{
    struct run run;
    struct lt_segment segment;
    struct lt_buf payload;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    forge_compress(raw, &payload);
    run_seal(&run, 1, LT_COMPRESSION_ZSTD, &payload, NULL, &segment);
    frames_segments(frames, &run, &segment, 1);
    run_case(&run, &segment);
    frames_segments(frames, &run, &segment, 1);
}

static void payload_empties(const struct peer *peer, struct frames *frames)
{
    struct lt_buf raw;

    buf_make(&raw);
    put_number(&raw, 1, 2);
    put_fixed64(&raw, 2, UINT64_C(1) << 40);
    repeat(&raw, "\x1A\x00", 2, LT_PAYLOAD_RAW_MAX);
    signed_bytes(peer, frames, &raw);
    lt_buf_deinit(&raw);
}

static void payload_mebibyte(const struct peer *peer, struct frames *frames)
{
    struct lt_buf raw;

    buf_make(&raw);
    repeat(&raw, "\x1A\x00", 2, 1024 * 1024);
    signed_bytes(peer, frames, &raw);
    lt_buf_deinit(&raw);
}

static void payload_nested(const struct peer *peer, struct frames *frames)
{
    struct lt_buf raw;

    buf_make(&raw);
    repeat(&raw, "\x1B", 1, LT_PAYLOAD_RAW_MAX);
    signed_bytes(peer, frames, &raw);
    lt_buf_deinit(&raw);
}

static void payload_unknown(const struct peer *peer, struct frames *frames)
{
    struct lt_buf raw;

    buf_make(&raw);
    repeat(&raw, "\xF8\x01\x01", 3, LT_PAYLOAD_RAW_MAX);
    signed_bytes(peer, frames, &raw);
    lt_buf_deinit(&raw);
}

/* ---- events and texts, properly signed ---- */

static void case_with_number(const struct peer *peer, struct frames *frames,
                             const struct words *number)
{
    struct run run;
    struct lt_segment segment;
    struct lt_buf event;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    buf_make(&event);
    forge_case(&event, number);
    one_event(&run, &event, NULL, &segment);
    frames_segments(frames, &run, &segment, 1);
    run_case(&run, &segment);
    frames_segments(frames, &run, &segment, 1);
}

static void event_not_utf8(const struct peer *peer, struct frames *frames)
{
    static const struct words tcvn3 = {"\xA7\xAC\x6E th\xC6", 7};

    case_with_number(peer, frames, &tcvn3);
}

static void event_nul(const struct peer *peer, struct frames *frames)
{
    static const struct words nul = {"12\0 34", 6};

    case_with_number(peer, frames, &nul);
}

/* @named is what the event's hash is of, @sent what travels. */
static void case_with_text(const struct peer *peer, struct frames *frames,
                           const struct words *named, const struct words *sent)
{
    struct run run;
    struct lt_segment segment;
    struct lt_buf event;
    struct lt_buf parts;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    buf_make(&event);
    forge_case(&event, NULL);
    forge_part_ref(&event, SALT, named);
    forge_bundle(SALT, sent, &parts);
    one_event(&run, &event, &parts, &segment);
    frames_segments(frames, &run, &segment, 1);
    run_case(&run, &segment);
    frames_segments(frames, &run, &segment, 1);
}

static void text_not_utf8(const struct peer *peer, struct frames *frames)
{
    static const struct words tcvn3 = {"\xA7\xAC\x6E khi\xD5u n\xB9i", 13};

    case_with_text(peer, frames, &tcvn3, &tcvn3);
}

static void text_nul(const struct peer *peer, struct frames *frames)
{
    static const struct words nul = {"don\0khieu nai", 13};

    case_with_text(peer, frames, &nul, &nul);
}

static void text_other(const struct peer *peer, struct frames *frames)
{
    static const struct words named = {"what was signed", 15};
    static const struct words sent = {"what was sent!!", 15};

    case_with_text(peer, frames, &named, &sent);
}

static void denunciation_text(const struct peer *peer, struct frames *frames)
{
    static const struct words who = {"the name of a denouncer", 23};
    struct run run;
    struct lt_segment segment;
    struct lt_buf event;
    struct lt_buf parts;

    begin(peer, &run, LT_CLASS_DENUNCIATION, frames);
    buf_make(&event);
    forge_denunciation(&event, SALT, &who);
    forge_bundle(SALT, &who, &parts);
    one_event(&run, &event, &parts, &segment);
    frames_segments(frames, &run, &segment, 1);
}

/* ---- frames ---- */

static void garbage(const struct peer *peer, struct frames *frames)
{
    (void)peer;
    for (unsigned type = 2; type <= 12; type++) {
        fill(frames_add(frames, type), 300);
    }
    fill(frames_add(frames, 35), 300);
}

static void empty_frame(const struct peer *peer, struct frames *frames)
{
    (void)peer;
    lt_buf_reset(frames_add(frames, 0));
}

static void unknown_frame(const struct peer *peer, struct frames *frames)
{
    (void)peer;
    fill(frames_add(frames, 99), 3000);
    frames_ping(frames);
}

static void hello_again(const struct peer *peer, struct frames *frames)
{
    for (unsigned i = 0; i < 50; i++) {
        struct lt_buf *frame = frames_add(frames, 0);

        lt_buf_reset(frame);
        if (!peer_hello(peer, frame)) {
            abort();
        }
    }
}

static void too_early(const struct peer *peer, struct frames *frames)
{
    struct run run;

    good_first(peer, &run, LT_CLASS_CASE, frames);
}

static void flood(const struct peer *peer, struct frames *frames)
{
    struct run run;

    begin(peer, &run, LT_CLASS_CASE, frames);
    for (unsigned i = 0; i < FLOOD_FRAMES; i++) {
        struct lt_segment segments[FLOOD_SEGMENTS];

        for (unsigned k = 0; k < FLOOD_SEGMENTS; k++) {
            struct lt_buf events[FLOOD_EVENTS];
            struct lt_buf payload;

            for (unsigned e = 0; e < FLOOD_EVENTS; e++) {
                uint8_t raw[FLOOD_TEXT / 2];
                char text[FLOOD_TEXT + 1];
                struct words number = {text, FLOOD_TEXT};

                lt_sys_real()->random(lt_sys_real()->ctx, raw, sizeof(raw));
                lt_hex_format(raw, sizeof(raw), text);
                buf_make(&events[e]);
                forge_case(&events[e], &number);
            }
            forge_payload(&run, events, FLOOD_EVENTS, &payload);
            for (unsigned e = 0; e < FLOOD_EVENTS; e++) {
                lt_buf_deinit(&events[e]);
            }
            run_seal(&run, FLOOD_EVENTS, LT_COMPRESSION_ZSTD, &payload, NULL,
                     &segments[k]);
        }
        frames_segments(frames, &run, segments, FLOOD_SEGMENTS);
    }
}

static void honest(const struct peer *peer, struct frames *frames)
{
    struct run run;

    good_first(peer, &run, LT_CLASS_CASE, frames);
    frames_ping(frames);
}

static const struct scenario SCENARIOS[] = {
    {"honest", "nothing is wrong: the peer itself works", 0, false, honest},
    {"hello_other_key", "the proof is by another key", LIE_SIGNER, false, NULL},
    {"hello_unbound_key", "the hello names a key that nobody has bound",
     LIE_KEY_ID, false, NULL},
    {"hello_other_office", "the hello names another office", LIE_OFFICE, false,
     NULL},
    {"unknown_peer", "a transport key that nobody knows", LIE_CURVE, false,
     NULL},
    {"wire_too_old", "only versions before the first", LIE_WIRE_OLD, false,
     NULL},
    {"wire_too_new", "only versions that are not there yet", LIE_WIRE_NEW,
     false, NULL},
    {"too_early", "segments before the handshake", LIE_NO_HELLO, false,
     too_early},
    {"hello_again", "hello after hello, no proof", LIE_HELLO_AGAIN, true,
     hello_again},
    {"flipped_bit", "a payload with one bit changed", 0, false, flipped_bit},
    {"bad_middle", "good, badly signed, good", 0, false, bad_middle},
    {"gap", "a number is missing", 0, false, gap},
    {"other_content", "one name, two contents, both signed", 0, false,
     other_content},
    {"foreign_origin", "a segment of somebody else's, signed by us", 0, false,
     foreign_origin},
    {"many_tips", "more tips than a stream may have", 0, false, many_tips},
    {"big_payload", "a payload of one byte too many", 0, false, big_payload},
    {"big_frame", "a frame over 48 KiB", 0, false, big_frame},
    {"huge_frame", "a frame over 64 KiB", 0, false, huge_frame},
    {"bomb_empties", "24,000 empty messages in a frame", 0, false,
     bomb_empties},
    {"bomb_nested", "messages in messages in messages", 0, false, bomb_nested},
    {"bomb_groups", "groups in groups in groups", 0, false, bomb_groups},
    {"bomb_unknown", "16,000 unknown fields in a frame", 0, false,
     bomb_unknown},
    {"payload_empties", "32,000 empty events, signed", 0, false,
     payload_empties},
    {"payload_mebibyte", "a payload that unpacks to 1 MiB, signed", 0, false,
     payload_mebibyte},
    {"payload_nested", "groups in groups, signed", 0, false, payload_nested},
    {"payload_unknown", "unknown fields alone, signed", 0, false,
     payload_unknown},
    {"event_not_utf8", "a string of an event in TCVN3, signed", 0, false,
     event_not_utf8},
    {"event_nul", "a string of an event with a NUL, signed", 0, false,
     event_nul},
    {"text_not_utf8", "a text in TCVN3, hash and signature right", 0, false,
     text_not_utf8},
    {"text_nul", "a text with a NUL, hash and signature right", 0, false,
     text_nul},
    {"text_other", "a text that is not the one whose hash was signed", 0, false,
     text_other},
    {"denunciation_text", "a denunciation with a text, signed", 0, false,
     denunciation_text},
    {"garbage", "random bytes behind known types", 0, false, garbage},
    {"empty_frame", "a frame without a byte", 0, false, empty_frame},
    {"unknown_frame", "a frame of a type that is not there yet, then a ping", 0,
     false, unknown_frame},
    {"flood", "good segments without pause, past the window", 0, true, flood},
    {"endless", "a message of frames without end", LIE_ENDLESS, true, NULL},
};

const struct scenario *scenario_at(size_t index)
{
    return index < LT_COUNT_OF(SCENARIOS) ? &SCENARIOS[index] : NULL;
}

const struct scenario *scenario_find(const char *name)
{
    for (size_t i = 0; i < LT_COUNT_OF(SCENARIOS); i++) {
        if (strcmp(SCENARIOS[i].name, name) == 0) {
            return &SCENARIOS[i];
        }
    }
    return NULL;
}
