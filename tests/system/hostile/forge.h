/* Events, segments and frames byte by byte, past every limit if asked.
 *
 * Written against proto/README.md. Running out of memory ends the process.
 *
 * Threading: one thread. */
#ifndef LT_TEST_HOSTILE_FORGE_H
#define LT_TEST_HOSTILE_FORGE_H

#include "common/codec.h"
#include "common/link_msg.h"

/* ---- protobuf ---- */

void put_number(struct lt_buf *out, unsigned field, uint64_t value);
void put_sint(struct lt_buf *out, unsigned field, int64_t value);
void put_fixed64(struct lt_buf *out, unsigned field, uint64_t value);
void put_bytes(struct lt_buf *out, unsigned field, const void *data,
               size_t len);
void put_raw(struct lt_buf *out, const void *data, size_t len);
void buf_make(struct lt_buf *out); /* lt_buf_init on the heap */

/* ---- events ---- */

struct words {
    const void *data;
    size_t len;
};

/* A case opened with @number as its book number; NULL: none. */
void forge_case(struct lt_buf *out, const struct words *number);
/* Add a PartRef that names @text. */
void forge_part_ref(struct lt_buf *event, const uint8_t salt[LT_SALT_LEN],
                    const struct words *text);
/* A denunciation that has a text part. */
void forge_denunciation(struct lt_buf *out, const uint8_t salt[LT_SALT_LEN],
                        const struct words *text);

/* ---- runs and segments ---- */

struct run {
    uint32_t handle;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t next;        /* number of the next event */
    uint64_t count;       /* of the last event of the epoch */
    struct lt_point prev; /* the point it goes on from */
    struct lt_point end;
    const struct lt_key *key;
};
void run_begin(struct run *run, uint32_t handle, const struct lt_office *origin,
               enum lt_class cls, uint64_t epoch, const struct lt_key *key);

/* Payload of one item a buffer, compressed. */
void forge_payload(const struct run *run, const struct lt_buf *events, size_t n,
                   struct lt_buf *out);
void forge_compress(const struct lt_buf *raw, struct lt_buf *out);
/* The bundle of one text of the first event. */
void forge_bundle(const uint8_t salt[LT_SALT_LEN], const struct words *text,
                  struct lt_buf *out);

/* The next segment of @run, signed. It points into the buffers, which live
 * until the process ends. */
void run_seal(struct run *run, uint32_t count, uint8_t compression,
              const struct lt_buf *payload, const struct lt_buf *parts,
              struct lt_segment *out);
/* A whole good segment with one case. */
void run_case(struct run *run, struct lt_segment *out);

/* ---- frames ---- */

struct frames {
    size_t n;
    size_t capacity;
    struct lt_buf *items;
};
struct lt_buf *frames_add(struct frames *frames, unsigned type);
void frames_run_open(struct frames *frames, const struct run *run);
/* Consecutive segments of @run in one frame, whatever their sizes. */
void frames_segments(struct frames *frames, const struct run *run,
                     const struct lt_segment *segments, size_t n);
void frames_ping(struct frames *frames);
void frames_free(struct frames *frames);

#endif
