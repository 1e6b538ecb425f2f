/* Names of things: offices, streams, segments, events; their text forms.
 *
 * Text forms are those of the outside interface: office ids 32 hex digits,
 * epochs 16, an event id OFFICE:EPOCH:COUNT with a decimal count, all in small
 * letters; a channel CLASS/AUDIENCE, e.g. case/up, tree/all,
 * directive/to/<office>. Parsing accepts exactly what formatting writes.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_ID_H
#define LT_COMMON_ID_H

#include "common/base.h"
#include "common/err.h"

struct lt_office {
    uint8_t bytes[LT_OFFICE_LEN];
};

/* What a channel holds. The numbers are part of the format. */
enum lt_class {
    LT_CLASS_INCIDENT = 1,
    LT_CLASS_URGENT = 2,
    LT_CLASS_TREE = 3,
    LT_CLASS_CASE = 4,
    LT_CLASS_DENUNCIATION = 5,
    LT_CLASS_DIRECTIVE = 6,
    LT_CLASS_AUDIT = 7,
    LT_CLASS_CHUNK = 8
};

/* Who holds it. The numbers are part of the format. */
enum lt_audience {
    LT_AUDIENCE_UP = 1,  /* the origin's superiors */
    LT_AUDIENCE_ALL = 2, /* its superiors and everybody below it */
    LT_AUDIENCE_TO = 3   /* the path to one office, and the superiors */
};

enum lt_lane { LT_LANE_URGENT, LT_LANE_NORMAL, LT_LANE_BULK, LT_LANES };

struct lt_channel {
    uint8_t cls;         /* enum lt_class; unknown ones are relayed */
    uint8_t audience;    /* enum lt_audience */
    struct lt_office to; /* all zero unless audience is TO */
};

struct lt_stream {
    struct lt_office origin;
    struct lt_channel channel;
};

/* What an office says of denunciations to one other office. It may speak of the
 * writer's own people: its heirs and its readers do not hold it. */
static inline bool lt_stream_is_sealed(const struct lt_stream *stream)
{
    return stream->channel.cls == LT_CLASS_DENUNCIATION &&
           stream->channel.audience == LT_AUDIENCE_TO;
}

struct lt_event_id {
    struct lt_office origin;
    uint64_t epoch;
    uint64_t count; /* from 1, within the epoch, over all channels */
};

/* A point of a stream: the segment that ends with event number @number. */
struct lt_point {
    uint64_t epoch;
    uint64_t number;
    uint8_t hash[LT_HASH_LEN]; /* of that segment */
};

enum {
    LT_OFFICE_TEXT = 2 * LT_OFFICE_LEN + 1,
    LT_EPOCH_TEXT = 17,
    LT_EVENT_ID_TEXT = LT_OFFICE_TEXT + LT_EPOCH_TEXT + 21,
    LT_CHANNEL_TEXT = 16 + 4 + LT_OFFICE_TEXT,
    LT_HASH_TEXT = 2 * LT_HASH_LEN + 1,
    LT_UUID_TEXT = 37,
    LT_KEY_SHORT_LEN = 10, /* bytes of a key's id that two people compare */
    LT_KEY_SHORT_TEXT = 2 * LT_KEY_SHORT_LEN + LT_KEY_SHORT_LEN / 2
};

bool lt_office_equal(const struct lt_office *a, const struct lt_office *b);
bool lt_office_is_zero(const struct lt_office *office);
int lt_office_compare(const struct lt_office *a, const struct lt_office *b);
bool lt_channel_equal(const struct lt_channel *a, const struct lt_channel *b);
bool lt_stream_equal(const struct lt_stream *a, const struct lt_stream *b);
int lt_stream_compare(const struct lt_stream *a, const struct lt_stream *b);
bool lt_event_id_equal(const struct lt_event_id *a,
                       const struct lt_event_id *b);
int lt_event_id_compare(const struct lt_event_id *a,
                        const struct lt_event_id *b);

/* The lane a class travels in; an unknown class is normal. */
enum lt_lane lt_class_lane(uint8_t cls);
const char *lt_lane_word(enum lt_lane lane);

/* Formatting writes a terminated string; the buffer sizes are exact. */
void lt_office_format(const struct lt_office *office,
                      char out_text[static LT_OFFICE_TEXT]);
void lt_epoch_format(uint64_t epoch, char out_text[static LT_EPOCH_TEXT]);
void lt_event_id_format(const struct lt_event_id *id,
                        char out_text[static LT_EVENT_ID_TEXT]);
void lt_channel_format(const struct lt_channel *channel,
                       char out_text[static LT_CHANNEL_TEXT]);
void lt_uuid_format(const uint8_t id[static LT_REQUEST_LEN],
                    char out_text[static LT_UUID_TEXT]);
void lt_hex_format(const uint8_t *bytes, size_t len, char *out_text);
/* The beginning of a key's id as people read it to each other:
 * 0a1b-2c3d-4e5f-6071-8293. */
void lt_key_short_format(const uint8_t key_id[static LT_HASH_LEN],
                         char out_text[static LT_KEY_SHORT_TEXT]);

/* Parsing: false, and the output untouched, unless @text is exactly right. */
LT_MUST_CHECK bool lt_office_parse(const char *text, struct lt_office *out);
LT_MUST_CHECK bool lt_event_id_parse(const char *text, struct lt_event_id *out);
LT_MUST_CHECK bool lt_channel_parse(const char *text, struct lt_channel *out);
LT_MUST_CHECK bool lt_uuid_parse(const char *text,
                                 uint8_t out_id[static LT_REQUEST_LEN]);
LT_MUST_CHECK bool lt_hex_parse(const char *text, size_t len, uint8_t *out);
/* A key's id or its beginning, at least as much as two people compare, in
 * groups or without; *out_n bytes of @out are what was given. */
LT_MUST_CHECK bool lt_key_prefix_parse(const char *text, size_t len,
                                       uint8_t out[static LT_HASH_LEN],
                                       size_t *out_n);

#endif
