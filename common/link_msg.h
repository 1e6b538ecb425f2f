/* What travels on a link: the frames of proto/link.proto as plain structs.
 *
 * A frame is one type byte and one message, at most LT_FRAME_MAX bytes in all.
 * lt_frame_decode turns a frame into a struct lt_frame; the encoders append a
 * whole frame, type byte included, to a buffer.
 *
 * Decoding trusts nothing: the bytes are walked, then unpacked into the
 * caller's capped arena, then every value is checked (lengths, counts, ranges,
 * UTF-8). What a decoded frame points to lies in the arena; nothing points
 * into the frame itself.
 *
 * Encoding: on failure the buffer is as long as before. Errors of every
 * encoder: LT_EINVAL when the frame would break a bound (a count, LT_FRAME_MAX,
 * text that is not UTF-8); LT_ENOMEM.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_LINK_MSG_H
#define LT_COMMON_LINK_MSG_H

#include "common/binding.h"

/* The type byte. The numbers are part of the format. */
enum lt_frame_type {
    LT_FRAME_HELLO = 1,
    LT_FRAME_PROOF = 2,
    LT_FRAME_DIGESTS = 3,
    LT_FRAME_TIPS = 4,
    LT_FRAME_RUN_OPEN = 5,
    LT_FRAME_SEGMENTS = 6,
    LT_FRAME_ACK = 7,
    LT_FRAME_HOLD = 8,
    LT_FRAME_STATEMENT = 9,
    LT_FRAME_BINDINGS = 10,
    LT_FRAME_BYE = 11,
    LT_FRAME_PING = 12,
    LT_FRAME_WANT = 16,
    LT_FRAME_GIVEN = 17,
    LT_FRAME_JOIN_REQUEST = 32,
    LT_FRAME_JOIN_ANSWER = 33,
    LT_FRAME_KEY_QUESTION = 34,
    LT_FRAME_KEY_ANSWER = 35
};

enum {
    LT_WIRE_VERSION = 1, /* the one this version speaks */
    LT_NONCE_LEN = 32,
    LT_DIGEST_LEN = 16,
    LT_DIGESTS_MAX = 800,   /* origins in one frame; always fit LT_LIST_MAX */
    LT_ACK_RUNS_MAX = 1024, /* runs in one ack; always fit */
    LT_SPANS_MAX = 256,     /* bindings or statements in one frame */
    LT_PATH_MAX = 64,       /* earlier points of one stream in Tips */
    LT_FRAME_SEGMENTS_MAX = 400, /* that we put into one frame */
    LT_BYE_TEXT_MAX = 256,
    LT_CSR_MAX = 4096, /* bytes of a certificate or request */
    LT_CHAIN_MAX = 10  /* certificates; superiors */
};

/* What a Hello says that its sender can do. The numbers are part of the
 * format; others are passed over. */
enum lt_feature {
    LT_FEATURE_WANT = 1 /* answers Want */
};

/* Why something is not taken now. The numbers are part of the format. */
enum lt_hold_reason {
    LT_HOLD_PROVEN_WRONG = 1,
    LT_HOLD_TOO_LARGE = 2,
    LT_HOLD_NOT_FOLLOWED = 3,
    LT_HOLD_QUOTA = 4,
    LT_HOLD_NO_PROOF = 5, /* the key's binding has not come */
    LT_HOLD_GAP = 6,      /* what comes before is missing */
    LT_HOLD_DISK = 7,
    LT_HOLD_TIPS = 8 /* more than LT_TIPS_MAX tips */
};

struct lt_hello {
    uint32_t wire_min;
    uint32_t wire_max;
    struct lt_office office;
    uint64_t epoch;
    uint8_t nonce[LT_NONCE_LEN];
    bool has_peer_nonce; /* absent in the child's, first one */
    uint8_t peer_nonce[LT_NONCE_LEN];
    uint8_t key_id[LT_HASH_LEN];
    bool has_signature; /* absent in the child's, first one */
    uint8_t signature[LT_SIG_LEN];
    struct lt_text software;
    size_t features_n;
    uint32_t features[LT_FEATURES_MAX];
    int64_t wall_ms;
    size_t bindings_n; /* encoded Bindings, issuer first */
    const struct lt_span *bindings;
};

struct lt_proof {
    uint8_t signature[LT_SIG_LEN];
};

struct lt_digest {
    struct lt_office origin;
    uint8_t digest[LT_DIGEST_LEN];
};
struct lt_digests {
    enum lt_lane lane;
    bool last;        /* last page of this lane */
    size_t origins_n; /* at most LT_DIGESTS_MAX */
    const struct lt_digest *origins;
};

struct lt_stream_state {
    struct lt_channel channel;
    size_t tips_n;
    struct lt_point tips[LT_TIPS_MAX];
    size_t path_n;               /* at most LT_PATH_MAX */
    const struct lt_point *path; /* earlier points, newest first */
};
struct lt_tips {
    struct lt_office origin;
    enum lt_lane lane;
    bool want_reply;
    bool more; /* another page of this origin follows */
    size_t streams_n;
    const struct lt_stream_state *streams;
};

struct lt_run_open {
    uint32_t handle; /* the sender's, for this session */
    struct lt_stream stream;
    uint64_t epoch;
    uint8_t key_id[LT_HASH_LEN]; /* what signs the whole run */
    struct lt_point prev;        /* where it goes on from; all zero = none */
};

/* Consecutive segments of one run. In decoded segments first, count,
 * compression, payload, signature and parts are set; stream, epoch, prev and
 * key_id are the run's and are filled in by the receiver, who then calls
 * lt_segment_rebuild. */
struct lt_run_piece {
    uint32_t handle;
    uint64_t first;
    size_t segments_n;
    struct lt_segment *segments;
};
struct lt_segments {
    size_t runs_n;
    struct lt_run_piece *runs;
};

struct lt_ack_run {
    uint32_t handle; /* the other side's, as in its RunOpen */
    uint64_t number; /* durable up to and including */
};
struct lt_ack {
    uint64_t credit_bytes; /* taken in since the session began */
    size_t runs_n;         /* at most LT_ACK_RUNS_MAX */
    const struct lt_ack_run *runs;
};

struct lt_hold {
    bool has_handle; /* absent: the whole origin */
    uint32_t handle;
    bool has_origin;
    struct lt_office origin;
    uint32_t reason; /* enum lt_hold_reason; others may come */
    uint64_t number; /* the first number that was not taken */
    uint32_t retry_ms;
};

/* Encoded SignedStatements, or encoded Bindings (issuer first). */
struct lt_spans {
    size_t items_n; /* at most LT_SPANS_MAX */
    const struct lt_span *items;
};

struct lt_bye {
    uint32_t code; /* an error's number, made positive */
    struct lt_text text;
};

struct lt_ping {
    uint64_t id;
    bool has_echo; /* absent in the question */
    uint64_t echo;
    int64_t wall_ms;
};

/* One segment, asked for once more. */
struct lt_want {
    uint64_t id;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number; /* of its first event */
};
/* In a decoded one segment.key_id, prev, count, compression, payload, signature
 * and parts are set; stream, epoch and first are those that were asked for. */
struct lt_given {
    uint64_t id;
    bool found; /* false: only id */
    struct lt_segment segment;
};

struct lt_join_request {
    uint8_t token_id[16];
    struct lt_span csr;
    uint8_t transport_key[LT_CURVE_LEN];
    struct lt_span binding_body;
    uint8_t proof[LT_SIG_LEN];
    bool has_mac;
    uint8_t mac[LT_HASH_LEN];
    size_t link_addresses_n;
    struct lt_text link_addresses[LT_OFFICE_ADDRESSES_MAX];
    size_t enrol_addresses_n;
    struct lt_text enrol_addresses[LT_OFFICE_ADDRESSES_MAX];
    struct lt_text software;
};

/* A superior, as a child that joins must know it. */
struct lt_superior {
    struct lt_office_info info; /* parent and keeper unused */
    uint8_t transport_key[LT_CURVE_LEN];
};
struct lt_join_answer {
    uint32_t code; /* 0, or an error's number, made positive */
    uint32_t retry_ms;
    struct lt_span certificate; /* absent (len 0) unless code is 0 */
    size_t chain_n;
    struct lt_span chain[LT_CHAIN_MAX];
    size_t bindings_n;
    const struct lt_span *bindings;
    size_t superiors_n;                  /* nearest first */
    const struct lt_superior *superiors; /* at most LT_CHAIN_MAX */
    bool has_mac;
    uint8_t mac[LT_HASH_LEN];
    struct lt_office office;
};

struct lt_key_question {
    uint8_t nonce[LT_NONCE_LEN];
};
struct lt_key_answer {
    struct lt_office office;
    uint8_t nonce[LT_NONCE_LEN];
    uint8_t transport_key[LT_CURVE_LEN];
    uint8_t key_id[LT_HASH_LEN];
    uint8_t signature[LT_SIG_LEN];
    size_t bindings_n;
    const struct lt_span *bindings;
};

/* Any frame, decoded. Which member holds depends on the type. */
struct lt_frame {
    enum lt_frame_type type;
    union {
        struct lt_hello hello;
        struct lt_proof proof;
        struct lt_digests digests;
        struct lt_tips tips;
        struct lt_run_open run_open;
        struct lt_segments segments;
        struct lt_ack ack;
        struct lt_hold hold;
        struct lt_spans statements;
        struct lt_spans bindings;
        struct lt_bye bye;
        struct lt_ping ping;
        struct lt_want want;
        struct lt_given given;
        struct lt_join_request join_request;
        struct lt_join_answer join_answer;
        struct lt_key_question key_question;
        struct lt_key_answer key_answer;
    };
};

/* The type byte; 0 for an empty frame. The number may be one we do not know:
 * a session passes over such a frame. */
unsigned lt_frame_type(const uint8_t *frame, size_t len);
const char *lt_frame_word(unsigned type);  /* "hello"; "unknown" */
const char *lt_hold_word(uint32_t reason); /* "quota"; "unknown" */

/* Decode a frame of any known type. An arena of LT_FRAME_ARENA bytes is always
 * enough for a legal frame. *out_frame is undefined on failure.
 * Errors: LT_EMALFORMED (an unknown type, too), LT_ENOMEM. */
enum { LT_FRAME_ARENA = 2 * 1024 * 1024 };
LT_MUST_CHECK lt_err lt_frame_decode(const uint8_t *frame, size_t len,
                                     struct lt_arena *arena,
                                     struct lt_frame *out_frame,
                                     struct lt_diag *diag);

LT_MUST_CHECK lt_err lt_hello_encode(const struct lt_hello *hello,
                                     struct lt_buf *out);
LT_MUST_CHECK lt_err lt_proof_encode(const struct lt_proof *proof,
                                     struct lt_buf *out);
LT_MUST_CHECK lt_err lt_digests_encode(const struct lt_digests *digests,
                                       struct lt_buf *out);
LT_MUST_CHECK lt_err lt_tips_encode(const struct lt_tips *tips,
                                    struct lt_buf *out);
/* Bytes that one stream adds to a Tips frame, at most: pages end before
 * LT_LIST_MAX. */
size_t lt_stream_state_cost(const struct lt_stream_state *state);
LT_MUST_CHECK lt_err lt_run_open_encode(const struct lt_run_open *run,
                                        struct lt_buf *out);
LT_MUST_CHECK lt_err lt_ack_encode(const struct lt_ack *ack,
                                   struct lt_buf *out);
LT_MUST_CHECK lt_err lt_hold_encode(const struct lt_hold *hold,
                                    struct lt_buf *out);
LT_MUST_CHECK lt_err lt_statements_encode(const struct lt_spans *statements,
                                          struct lt_buf *out);
LT_MUST_CHECK lt_err lt_bindings_encode(const struct lt_spans *bindings,
                                        struct lt_buf *out);
LT_MUST_CHECK lt_err lt_bye_encode(const struct lt_bye *bye,
                                   struct lt_buf *out);
LT_MUST_CHECK lt_err lt_ping_encode(const struct lt_ping *ping,
                                    struct lt_buf *out);
LT_MUST_CHECK lt_err lt_want_encode(const struct lt_want *want,
                                    struct lt_buf *out);
/* Any storable segment fits. */
LT_MUST_CHECK lt_err lt_given_encode(const struct lt_given *given,
                                     struct lt_buf *out);
LT_MUST_CHECK lt_err lt_join_request_encode(
    const struct lt_join_request *request, struct lt_buf *out);
LT_MUST_CHECK lt_err lt_join_answer_encode(const struct lt_join_answer *answer,
                                           struct lt_buf *out);
LT_MUST_CHECK lt_err lt_key_question_encode(
    const struct lt_key_question *question, struct lt_buf *out);
LT_MUST_CHECK lt_err lt_key_answer_encode(const struct lt_key_answer *answer,
                                          struct lt_buf *out);

/* A Segments frame, made segment by segment into @out:
 *
 *     lt_segments_begin(&writer, &buf);
 *     while (... && lt_segments_fits(&writer, segment)) {
 *         lt_segments_add(&writer, handle, segment);
 *     }
 *     lt_segments_end(&writer);
 *
 * Segments are copied as they are added. A new run piece begins by itself when
 * the handle changes or the segment does not follow the one before. */
struct lt_segments_writer {
    struct lt_buf *out;
    size_t begin;      /* where the frame begins in @out */
    size_t run_at;     /* where the open run piece begins; 0 = none */
    uint32_t handle;   /* of the open run piece */
    uint64_t next;     /* first number that would continue it */
    size_t segments_n; /* in the frame */
};
LT_MUST_CHECK lt_err lt_segments_begin(struct lt_segments_writer *writer,
                                       struct lt_buf *out);
/* Bytes that @segment adds to a frame, at most. */
size_t lt_segment_cost(const struct lt_segment *segment);
/* The frame's bytes so far, type byte included. */
size_t lt_segments_size(const struct lt_segments_writer *writer);
bool lt_segments_fits(const struct lt_segments_writer *writer,
                      const struct lt_segment *segment);
/* Errors: LT_EINVAL when it does not fit, LT_ENOMEM; the frame is as before. */
LT_MUST_CHECK lt_err lt_segments_add(struct lt_segments_writer *writer,
                                     uint32_t handle,
                                     const struct lt_segment *segment);
/* Close the frame. An empty one is taken back: @out is as before begin. */
void lt_segments_end(struct lt_segments_writer *writer);

/* The first handle of a Segments frame, without decoding it. False when the
 * frame is not built as this writer builds them. */
bool lt_segments_peek(const uint8_t *bytes, size_t len, uint32_t *out_handle);

/* What a Hello's or a Proof's signature is over. @role is the signer's:
 * LT_ROLE_CHILD or LT_ROLE_PARENT. Wire versions and epoch are the signer's
 * own, as in its Hello. */
enum lt_role {
    LT_ROLE_CHILD = 1,
    LT_ROLE_PARENT = 2,
    LT_ROLE_BYPASS = 3, /* never in a signature */
    LT_ROLE_READER = 4  /* never in a signature */
};
struct lt_hello_digest {
    enum lt_role role;
    struct lt_office signer;
    struct lt_office peer;
    uint8_t signer_curve[LT_CURVE_LEN];
    uint8_t peer_curve[LT_CURVE_LEN];
    uint8_t signer_nonce[LT_NONCE_LEN];
    uint8_t peer_nonce[LT_NONCE_LEN];
    uint32_t wire_min;
    uint32_t wire_max;
    uint64_t epoch;
};
enum { LT_HELLO_DIGEST_LEN = 18 + 1 + 2 * 16 + 2 * 33 + 2 * 32 + 4 + 4 + 8 };
void lt_hello_digest_bytes(const struct lt_hello_digest *digest,
                           uint8_t out_bytes[static LT_HELLO_DIGEST_LEN]);

/* What a KeyAnswer's signature is over. */
enum { LT_KEY_ANSWER_LEN = 23 + 32 + 16 + 33 };
void lt_key_answer_bytes(const struct lt_key_answer *answer,
                         uint8_t out_bytes[static LT_KEY_ANSWER_LEN]);

/* The MAC of a join request or answer under the token's secret: over a domain
 * word and the frame as it came, less its mac field. The sender encodes the
 * frame without mac, computes this, sets mac and encodes again; the receiver
 * computes it over what it received. Errors: LT_EMALFORMED when @frame is no
 * such frame. */
LT_MUST_CHECK lt_err lt_join_mac(const uint8_t *frame, size_t len,
                                 const uint8_t secret[static 32],
                                 uint8_t out_mac[static LT_HASH_LEN]);

#endif
