/* What the two halves of the event codec share.
 *
 * For codec_event*.c alone.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_CODEC_EVENT_H
#define LT_COMMON_CODEC_EVENT_H

#include "common/codec.h"

enum {
    LT_KIND_MAX = 64, /* bytes of a kind of office */
    LT_CODE_MAX = 32  /* bytes of an administrative code */
};

/* The body that an event's type has: the type itself, or one of those that many
 * types share. */
enum { LT_BODY_DEED = 1001, LT_BODY_DENUNCIATION_DEED };
uint32_t lt_event_body(uint32_t type);

/* Does @event keep every bound that does not change with versions, and has it
 * what its type cannot do without? The encoder asks before it writes, the
 * decoder after it has read. Errors: LT_EMALFORMED with the reason in @diag. */
LT_MUST_CHECK lt_err lt_event_check(const struct lt_event *event,
                                    struct lt_diag *diag);

/* RULESET_SET and CALENDAR_SET (codec_law.c). */
struct Lt__RulesetSet;
struct Lt__CalendarSet;
struct Lt__Event;
/* LT_EMALFORMED with the reason in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_law_body_read(const struct Lt__Event *message,
                                      struct lt_arena *arena,
                                      struct lt_event *out,
                                      struct lt_diag *diag);
/* NULL, or what is wrong. */
const char *lt_law_body_check(const struct lt_event *event);
/* Set the body of @message and pack it. */
LT_MUST_CHECK lt_err lt_law_body_pack(struct Lt__Event *message,
                                      const struct lt_event *event,
                                      struct lt_buf *out);

/* KEY_REVOKED and KEY_RESTORED (codec_trust.c), in the same way. */
LT_MUST_CHECK lt_err lt_trust_body_read(const struct Lt__Event *message,
                                        struct lt_arena *arena,
                                        struct lt_event *out,
                                        struct lt_diag *diag);
const char *lt_trust_body_check(const struct lt_event *event);
LT_MUST_CHECK lt_err lt_trust_body_pack(struct Lt__Event *message,
                                        const struct lt_event *event,
                                        struct lt_buf *out);

/* Words between two trees (codec_region.c). The other root's
 * office is read and packed as any office. */
struct Lt__Office;
const char *lt_region_body_check(const struct lt_event *event);
LT_MUST_CHECK lt_err lt_region_body_pack(struct Lt__Event *message,
                                         struct Lt__Office *office,
                                         const struct lt_event *event,
                                         struct lt_buf *out);

/* AUDIT_MARKED (codec_audit.c): NULL, or what is wrong. What is read points
 * into the message; @out_hash is lent to the body until it is packed. */
struct Lt__AuditMark;
const char *lt_audit_body_read(const struct Lt__AuditMark *body,
                               struct lt_event *out);
const char *lt_audit_body_check(const struct lt_event *event);
void lt_audit_body_put(const struct lt_event *event,
                       struct Lt__AuditMark *out_body,
                       uint8_t out_hash[static LT_TYPED_HASH_LEN]);

#endif
