/* A neighbour played by hand: its frames are made one by one, so that it can
 * say what no engine would. */
#ifndef LT_TESTS_ENGINE_HAND_H
#define LT_TESTS_ENGINE_HAND_H

#include "tests/unit/engine/net.h"

struct hand {
    struct net *net;
    unsigned node;     /* whom it talks to */
    unsigned as;       /* whose child session it plays */
    uint64_t session;
    uint8_t nonce[LT_NONCE_LEN];
    uint64_t epoch;
    const struct lt_key *key; /* it signs with this */
    /* The last frames that the node sent in this session, by type. */
    uint8_t *last[64];
    size_t last_len[64];
    unsigned count[64];
    bool closed;
    lt_err close_code;
};

/* Opens the session; nothing is said yet. */
void hand_open(struct hand *hand, struct net *net, unsigned node, unsigned as);
void hand_free(struct hand *hand);
/* Hello and proof as they should be, and empty digests. */
void hand_shake(struct hand *hand);
void hand_hello(struct hand *hand, uint32_t wire_min, uint32_t wire_max);
void hand_proof(struct hand *hand);
void hand_send(struct hand *hand, const struct lt_buf *frame);
/* Opens a run of @stream under @handle, signed by the key of @as. */
void hand_run(struct hand *hand, uint32_t handle,
              const struct lt_stream *stream, uint64_t epoch,
              const struct lt_point *prev);
/* Of the events that hand_segment makes, UTC; a test that changes it sets it
 * back. */
extern int64_t hand_stamp_ms;
/* A sealed segment with one case; free *out_memory. */
struct lt_segment hand_segment(const struct lt_key *key,
                               const struct lt_stream *stream, uint64_t epoch,
                               const struct lt_point *prev,
                               const char *number, uint8_t **out_memory);
void hand_segments(struct hand *hand, uint32_t handle,
                   const struct lt_segment *segments, size_t n);
/* A Segments frame with one segment, bounds not looked at. */
void hand_raw_segment(struct hand *hand, uint32_t handle, uint64_t first,
                      const uint8_t *payload, size_t len,
                      const uint8_t signature[LT_SIG_LEN]);
/* Reason of the last hold; 0: none came. */
uint32_t hand_held(struct hand *hand, uint64_t *out_number);
/* Number acknowledged for the handle; 0: none. */
uint64_t hand_acked(struct hand *hand, uint32_t handle);
struct lt_point hand_end(const struct lt_segment *segment);

#endif
