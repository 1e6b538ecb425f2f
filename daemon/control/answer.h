/* Answers as JSON, written straight into a buffer.
 *
 * All functions answer false when memory has run out; the buffer may then hold
 * half an answer.
 *
 * Threading: everything here is pure. */
#ifndef LT_CONTROL_ANSWER_H
#define LT_CONTROL_ANSWER_H

#include "common/alloc.h"
#include "common/id.h"
#include "common/message.h"

/* A quoted, escaped string; null for NULL. Bytes that are not UTF-8 become
 * U+FFFD. */
LT_MUST_CHECK bool lt_json_string(struct lt_buf *out, const char *text);
LT_MUST_CHECK bool lt_json_quote(struct lt_buf *out, const char *data,
                                size_t len);

/* {"error":{...}}. @request_id may be NULL. */
LT_MUST_CHECK bool lt_answer_error(struct lt_buf *out, enum lt_lang lang,
                                   const struct lt_diag *diag,
                                   const uint8_t *request_id, bool unknown);

/* {"event",...}. @matter is the event's own id when it opens one; a receipt
 * code is added when @with_receipt. */
struct lt_written {
    struct lt_event_id event;
    struct lt_event_id matter;
    const uint8_t *hash;       /* of the event */
    int64_t committed_at_ms;
    const uint8_t *request_id;
    bool repeated;
    bool with_receipt;
};
LT_MUST_CHECK bool lt_answer_written(struct lt_buf *out,
                                     const struct lt_written *written);

#endif
