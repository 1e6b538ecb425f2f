/* Bytes to meaning and back: payloads, events, parts.
 *
 * The only place that sees generated protobuf code. Decoding walks the bytes
 * first (depth, counts, lengths, wire types), then unpacks into the caller's
 * capped arena, then checks every value: UTF-8, no NUL, lengths, ranges.
 * What decoders return points into the arena or the input.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_CODEC_H
#define LT_COMMON_CODEC_H

#include "common/alloc.h"
#include "common/segment.h"

/* Borrowed text, not terminated. */
struct lt_text {
    const char *data;
    size_t len;
};

struct lt_part_ref {
    uint8_t hash[LT_HASH_LEN];
    uint64_t size;
    uint32_t kind;      /* PartKind in log.proto */
    uint32_t retention; /* Retention */
    bool large;
    bool has_sealed_for;
    struct lt_office sealed_for;
};

/* Event types, step kinds and reasons carry the numbers of log.proto. */
enum lt_event_type {
    LT_EV_CASE_OPENED = 20,
    LT_EV_CASE_STEP = 21,
    LT_EV_CASE_CLOSED = 22,
    LT_EV_CUSTODY_OFFERED = 23,
    LT_EV_CUSTODY_ACCEPTED = 24,
    LT_EV_DENUNCIATION_RECEIVED = 25,
    LT_EV_DENUNCIATION_STEP = 26,
    LT_EV_DENUNCIATION_CLOSED = 27,
    LT_EV_CUSTODY_REFUSED = 28,
    LT_EV_CUSTODY_RECALLED = 29,
    LT_EV_INCIDENT_RAISED = 30,
    LT_EV_INCIDENT_UPDATED = 31,
    LT_EV_INCIDENT_TAKEN = 32,
    LT_EV_INCIDENT_CLOSED = 33,
    LT_EV_CUSTODY_ASSIGNED = 34,
    LT_EV_REMARK_ADOPTED = 35,
    LT_EV_DENUNCIATION_OFFERED = 36,
    LT_EV_DENUNCIATION_ACCEPTED = 37,
    LT_EV_DENUNCIATION_REFUSED = 38,
    LT_EV_DENUNCIATION_RECALLED = 39,
    LT_EV_DIRECTIVE_ISSUED = 40,
    LT_EV_DIRECTIVE_STATUS = 41,
    LT_EV_CROWD_FORECAST = 42,
    LT_EV_INCIDENT_JOINED = 43,
    LT_EV_DIRECTIVE_RECALLED = 44,
    LT_EV_HEIGHTENED_PERIOD_SET = 45,
    LT_EV_HEIGHTENED_PERIOD_ENDED = 46,
    LT_EV_DAILY_STATUS = 47,
    LT_EV_ROSTER_SET = 48,
    LT_EV_SHIFT_SWAPPED = 49,
    LT_EV_ENTRY_VOIDED = 50,
    LT_EV_TEXT_ERASED = 51,
    LT_EV_ERASURE_RECEIPT = 52,
    LT_EV_SHIFT_HANDED_OVER = 53,
    LT_EV_COORDINATION_REQUEST = 54,
    LT_EV_COORDINATION_REPLY = 55,
    LT_EV_NOTICE_SENT = 56,
    LT_EV_TASKFORCE_FORMED = 57,
    LT_EV_RECEPTION_TURN = 58,
    LT_EV_TASKFORCE_ENDED = 59,
    LT_EV_OFFICE_PROPOSED = 60,
    LT_EV_OFFICE_OPENED = 61,
    LT_EV_KEY_BOUND = 62,
    LT_EV_OFFICE_CHANGED = 63,
    LT_EV_KEY_REVOKED = 64,
    LT_EV_RETALIATION_REPORTED = 65,
    LT_EV_RETALIATION_CLOSED = 66,
    LT_EV_TEXT_FLAGGED = 67,
    LT_EV_TEXT_REPLACED = 68,
    LT_EV_PERIOD_CLOSED = 69,
    LT_EV_CHUNK = 70,
    LT_EV_DENUNCIATION_ASSIGNED = 71,
    LT_EV_DENUNCIATION_ADOPTED = 72,
    LT_EV_ENCLOSED = 73,
    LT_EV_DOOR_SHUT = 74,
    LT_EV_DOOR_OPENED = 75,
    LT_EV_KEY_RESTORED = 76,
    LT_EV_KEY_CONFIRMED = 77,
    LT_EV_KEY_FORMER = 78,
    LT_EV_DIRECTIVE_CHANGED = 79,
    LT_EV_MATTER_READ = 90,
    LT_EV_REGISTER_SENT = 91,
    LT_EV_REGISTER_TAKEN = 92,
    LT_EV_REGISTER_WANTED = 93,
    LT_EV_READ_GRANTED = 80,
    LT_EV_READ_WITHDRAWN = 81,
    LT_EV_READ_ENDED = 82,
    LT_EV_ROOT_STEPPED_DOWN = 83,
    LT_EV_REGION_ADMITTED = 84,
    LT_EV_OFFICE_RELEASED = 85,
    LT_EV_OFFICE_ADMITTED = 86,
    LT_EV_RELEASE_WITHDRAWN = 87,
    LT_EV_AUDIT_MARKED = 100,
    LT_EV_RULESET_SET = 120,
    LT_EV_CALENDAR_SET = 121
};
/* Does an event of @type end a text: an order or confirmation, or the taker's
 * receipt for a sealed entry of the register? */
static inline bool lt_event_erases(uint32_t type)
{
    return type == LT_EV_TEXT_ERASED || type == LT_EV_REGISTER_TAKEN;
}
/* CASE_OPENED and so on; NULL for an unknown number. */
const char *lt_event_type_word(uint32_t type);

/* Classes that may be granted for reading: bits 1 << enum lt_class. */
enum {
    LT_READ_CLASSES = 1 << LT_CLASS_INCIDENT | 1 << LT_CLASS_URGENT |
                      1 << LT_CLASS_CASE | 1 << LT_CLASS_DENUNCIATION |
                      1 << LT_CLASS_DIRECTIVE | 1 << LT_CLASS_AUDIT |
                      1 << LT_CLASS_CHUNK
};

enum {
    LT_OFFICE_ADDRESSES_MAX = 8,
    LT_ADDRESS_MAX = 256, /* bytes of one address */
    LT_EVENT_PARTS_MAX = 8,
    LT_BUNDLE_PARTS_MAX = 800, /* small parts of one segment */
    LT_EVENT_MAX = 14 * 1024,  /* bytes of one encoded event */
    LT_BINDING_MAX = 2048,     /* bytes of one encoded Binding */
    LT_ENCLOSED_MAX = 13 * 1024, /* bytes of an event inside another */
    LT_SEALED_REF_MAX = 32,
    LT_PEOPLE_MAX = 100000,
    LT_SET_ROWS_MAX = 64, /* rules of one RULESET_SET, days of a CALENDAR_SET */
    LT_SET_ROW_MAX = 1000,
    LT_STREAM_ENDS_MAX = 256, /* of one KEY_REVOKED */
    LT_PERIOD_DAYS_MAX = 120, /* of a heightened period or task force */
    LT_CADENCE_MAX = 31,      /* days from one report to the next */
    LT_SHIFT_MINUTES_MAX = 48 * 60,
    LT_DAY_MIN = -25567, /* 1900-01-01 */
    LT_DAY_MAX = 2932896 /* 9999-12-31 */
};

/* Of a CALENDAR_SET: a day that is not what its weekday says. */
enum { LT_DAY_OFF = 1, LT_DAY_WORKED = 2 };
struct lt_set_day {
    int32_t day;
    uint32_t kind;
};

/* Of a revocation: the last segment of a stream that still counts, by the
 * number of its last event. What its run goes on from counts as well. */
struct lt_stream_end {
    struct lt_channel channel;
    uint64_t epoch;
    uint64_t number;
};

/* An office as the tree's events describe it. */
struct lt_office_info {
    struct lt_office id;
    struct lt_office parent; /* all zero for the root */
    struct lt_text name;
    struct lt_text kind;
    struct lt_text code;
    size_t link_addresses_n;
    struct lt_text link_addresses[LT_OFFICE_ADDRESSES_MAX];
    size_t enrol_addresses_n;
    struct lt_text enrol_addresses[LT_OFFICE_ADDRESSES_MAX];
    bool keeper;
    bool has_from_date; /* takes force on a later day */
    int32_t from_date;
};

/* One event, decoded. Which body fields hold depends on the type; those of
 * other types are zero. Days are civil days since 1970-01-01 (UTC+7). */
struct lt_event {
    struct lt_event_id id; /* from the payload around it */
    uint64_t hlc;
    uint32_t type; /* may be unknown: then no body is read */
    uint64_t needs_feature;
    size_t causes_n;
    struct lt_event_id causes[LT_CAUSES_MAX];
    uint64_t tree_version;
    int64_t recorded_at_ms; /* UTC */
    bool has_legal_date;
    int32_t legal_date;
    uint32_t actor_role;
    bool has_request_id;
    uint8_t request_id[LT_REQUEST_LEN];
    bool has_subject;
    struct lt_event_id subject;
    bool has_entered_for;
    struct lt_office entered_for;
    uint32_t basis;
    bool clock_unsure;
    bool has_corrects;
    struct lt_event_id corrects;
    size_t parts_n;
    struct lt_part_ref parts[LT_EVENT_PARTS_MAX];

    /* bodies */
    uint32_t case_type; /* case opened */
    uint32_t field;     /* case opened, denunciation, incident raised */
    bool has_received_on;
    int32_t received_on;
    struct lt_text number; /* case opened: the book number */
    uint32_t kind;         /* steps: StepKind */
    struct lt_text doc_no; /* steps, closing, directive */
    bool has_doc_date;
    int32_t doc_date;
    uint32_t reason;           /* closings, voids */
    struct lt_text sealed_ref; /* denunciation received */
    uint32_t signer_kind;
    uint32_t accused;
    uint32_t people; /* incidents */
    uint32_t way;    /* incident taken; steps: how the citizen was told */
    uint32_t notice; /* steps: of what */
    size_t to_n;     /* directive issued, deeds; borrowed: 3 KiB else */
    const struct lt_office *to;
    bool has_due;
    int32_t due;
    bool urgent;
    uint32_t code;                /* directive status: 1 to 6, 13, 15, 16 */
    struct lt_office_info office; /* office proposed, opened, changed */
    bool office_closed;           /* office changed */
    bool office_prepared;         /* waits for a second event */
    bool has_puts_in_force;       /* is that second event; prepared as well:
                                     what it names is withdrawn */
    struct lt_event_id puts_in_force;
    bool has_heir;
    struct lt_office heir;
    bool has_proposal;
    struct lt_event_id proposal;
    const uint8_t *binding; /* key bound: an encoded Binding */
    size_t binding_len;
    uint64_t audit_first;        /* audit marked: number of its first record */
    uint8_t audit_hash[LT_HASH_LEN]; /* of the last one */
    const uint8_t *audit_deeds;  /* LT_AUDIT_DEED_LEN bytes each */
    size_t audit_deeds_len;
    struct lt_event_id chunk_of; /* chunk: whose large part parts[0] is of */
    uint32_t chunk_index;        /* of that part within its event */
    uint64_t chunk_offset;       /* a multiple of LT_PIECE_BYTES */
    struct lt_event_id reads;  /* matter read: which */
    struct lt_event_id erases; /* text erased: whose texts; erasure receipt:
                                  the order that it answers */
    bool has_erase_index;      /* of one part alone; else all of them */
    uint32_t erase_index;
    bool confirms; /* the keeper's confirmation of an erasure */
    /* Deeds: kind, to, doc_no, doc_date and due above, and these. */
    bool has_day;
    int32_t day;
    uint32_t minute; /* of that day */
    uint32_t count;
    bool has_other;
    struct lt_event_id other; /* enclosed: whose bytes they are; directive
                                 issued: the plan that it is under */
    struct lt_text name;
    uint32_t outcome; /* reception turn */
    bool leader;      /* the office's head received in person */
    uint64_t enclosed_hlc; /* enclosed: its stamp */
    const uint8_t *enclosed;
    size_t enclosed_len;
    size_t rules_n; /* ruleset set: rows of deadlines.csv */
    const struct lt_text *rules;
    uint32_t calendar_year; /* calendar set */
    size_t calendar_days_n;
    const struct lt_set_day *calendar_days;
    /* Root stepped down, region admitted: office (the other root), its binding
     * above, day and due (from, until; stepped down), other (the stepping down;
     * admitted), and these. Office released, office admitted: the same of one
     * office (`released`; once it is admitted that is `office`, and the other
     * root is who said `other`). Release withdrawn: office and other alone. */
    uint8_t root_key[LT_PUBKEY_LEN];
    uint8_t step_hash[LT_HASH_LEN]; /* of that event; decoded from the stepping
                                       down or release itself: its own */
    uint64_t step_version;
    struct lt_office released; /* zero: none */
    uint8_t key_id[LT_HASH_LEN]; /* key revoked, key restored */
    size_t ends_n;               /* key revoked */
    const struct lt_stream_end *ends;
    bool remote;             /* case opened: in a remote area */
    bool again;              /* case opened: second instance (other: the first);
                                reception turn: of the same people */
    uint32_t extension_days; /* steps that extend: what the document grants */
};

/* Encode the Event message of @event (id and hlc are not part of it; they are
 * needed to write references and recorded_after_ms). Appends to @out.
 * Errors: LT_EINVAL when @event could not be decoded again (a bound is
 * exceeded, text is not UTF-8 or holds NUL); LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_event_encode(const struct lt_event *event,
                                     struct lt_buf *out, struct lt_diag *diag);
/* Decode; @id and @hlc come from the payload. An unknown type, an enumerated
 * number that we do not know or a feature that we lack is not an error (see
 * lt_event_known). *out_event is undefined on failure.
 * Errors: LT_EMALFORMED with a reason in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_event_decode(const uint8_t *bytes, size_t len,
                                     const struct lt_event_id *id, uint64_t hlc,
                                     struct lt_arena *arena,
                                     struct lt_event *out_event,
                                     struct lt_diag *diag);

/* Was it a text that could not be read, of all that can be malformed? */
LT_MUST_CHECK bool lt_diag_is_text(const struct lt_diag *diag);

/* Does this version know all that a fold must understand of @event: the type,
 * the kind, reason, way or code in it, the features it needs? What is not known
 * is kept and relayed, and its subject is read-only here. */
LT_MUST_CHECK bool lt_event_known(const struct lt_event *event);

/* The payload of a segment, opened: one item an event, not decoded further. */
struct lt_item {
    uint64_t count;
    uint64_t hlc;
    const uint8_t *event;
    size_t event_len;
};
struct lt_payload {
    size_t items_n;
    struct lt_item *items;
};
/* Decompress and split. Checks: decompressed size, item count equal to
 * @segment's, counts and stamps rising. Errors: LT_EMALFORMED; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_payload_open(const struct lt_segment *segment,
                                     struct lt_arena *arena,
                                     struct lt_payload *out_payload,
                                     struct lt_diag *diag);

/* Does an event among them speak of erased texts (TEXT_ERASED)? Looks at the
 * types alone. */
LT_MUST_CHECK bool lt_payload_erases(const struct lt_payload *payload);

struct lt_part {
    uint32_t item;
    uint32_t index;
    uint8_t salt[LT_SALT_LEN];
    const uint8_t *content;
    size_t len;
};
struct lt_bundle {
    size_t parts_n;
    struct lt_part *parts;
};
/* Open a bundle of small parts. Errors: LT_EMALFORMED; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_bundle_open(const uint8_t *bytes, size_t len,
                                    struct lt_arena *arena,
                                    struct lt_bundle *out_bundle,
                                    struct lt_diag *diag);
/* Encode and compress at zstd's @level (LT_BUNDLE_LEVEL to try whether it
 * fits). Appends to @out. */
enum { LT_BUNDLE_LEVEL = 3 };
LT_MUST_CHECK lt_err lt_bundle_pack(const struct lt_part *parts, size_t parts_n,
                                    int level, struct lt_buf *out);
/* How many bytes of @bytes are a bundle, where what was erased has left zeros
 * behind what is left; 0 when nothing is. */
size_t lt_bundle_len(const uint8_t *bytes, size_t len);
/* Does every part in the bundle match a PartRef of the payload (hash, size)?
 * Absent parts are fine. Errors: LT_EPART on a mismatch or a part that no
 * event names; LT_EMALFORMED. */
LT_MUST_CHECK lt_err lt_bundle_check(const struct lt_segment *segment,
                                     struct lt_arena *arena,
                                     struct lt_diag *diag);
/* The same, with @segment's payload as lt_payload_open gave it. */
LT_MUST_CHECK lt_err lt_bundle_check_opened(const struct lt_segment *segment,
                                            const struct lt_payload *payload,
                                            struct lt_arena *arena,
                                            struct lt_diag *diag);

/* Builds the payload and bundle of one segment, event by event. */
struct lt_packer;
LT_MUST_CHECK lt_err lt_packer_new(const struct lt_alloc *alloc, int level,
                                   struct lt_packer **out_packer);
void lt_packer_free(struct lt_packer *packer);
/* Between two segments: give back its buffers and what they held. */
void lt_packer_relax(struct lt_packer *packer);
/* Compress at another level from the next take on. */
void lt_packer_level(struct lt_packer *packer, int level);
/* Would this event still fit (count, payload, parts, by the raw sizes and the
 * measured ratio)? The first event always fits. */
bool lt_packer_fits(const struct lt_packer *packer, size_t event_len,
                    size_t parts_len);
/* Copies everything; @parts' item is ignored. Counts and stamps must rise.
 * Errors, packer unchanged: LT_EINVAL when it cannot fit or a bound is broken
 * (ask lt_packer_fits first); LT_ETOOBIG when its parts would not fit even
 * alone; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_packer_add(struct lt_packer *packer, uint64_t count,
                                   uint64_t hlc, const uint8_t *event,
                                   size_t event_len,
                                   const struct lt_part *parts, size_t parts_n);
size_t lt_packer_count(const struct lt_packer *packer);
/* Compress and hand out; borrowed until the next call. When the result
 * exceeds LT_PAYLOAD_MAX or LT_PARTS_MAX, *out_taken says how many of the
 * events from the front are in it; the rest stays for the next call. Sets
 * compression, payload, payload_len, parts, parts_len, count of @segment. */
LT_MUST_CHECK lt_err lt_packer_take(struct lt_packer *packer,
                                    struct lt_segment *segment,
                                    size_t *out_taken);

/* Fit for the log: UTF-8 in NFC is not demanded here, NUL and bad UTF-8 are
 * refused. */
LT_MUST_CHECK bool lt_utf8_valid(const void *data, size_t len);

/* Release the compression contexts that the calling thread has kept. */
void lt_codec_thread_stop(void);

#endif
