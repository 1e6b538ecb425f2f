/* A log with something in every one of its tables, for the log's tests. */
#ifndef LT_TESTS_UNIT_LOG_FULL_H
#define LT_TESTS_UNIT_LOG_FULL_H

#include "tests/unit/log/writer.h"

enum { FULL_SEGMENTS = 9, FULL_EVENTS = 3, FULL_MIDDLE = 4 };

/* Nine segments of office 2, three events and texts each. */
struct full {
    struct writer writer;
    struct lt_segment segments[FULL_SEGMENTS];
    uint8_t bytes[FULL_SEGMENTS][2][1024];
};

extern const uint8_t full_request[LT_REQUEST_LEN]; /* answered "answer" */

void full_init(struct full *full);
void full_deinit(struct full *full);
/* The id of one event. */
struct lt_event_id full_event(const struct full *full, unsigned segment,
                              unsigned event);
/* The segments, evidence, a binding, statements, an answer, a small value
 * "pin", and an erasure that holds for one event; committed. */
LT_MUST_CHECK lt_err full_put(const struct full *full, struct lt_log *log);

#endif
