#include "tests/unit/log/full.h"

#include <string.h>

const uint8_t full_request[LT_REQUEST_LEN] = {1, 2, 3};

void full_init(struct full *full)
{
    writer_init(&full->writer, 2, 0x4711);
    full->writer.with_texts = true;
    for (unsigned i = 0; i < FULL_SEGMENTS; i++) {
        struct lt_segment *segment = &full->segments[i];

        *segment = *writer_next(&full->writer, FULL_EVENTS);
        memcpy(full->bytes[i][0], segment->payload, segment->payload_len);
        memcpy(full->bytes[i][1], segment->parts, segment->parts_len);
        segment->payload = full->bytes[i][0];
        segment->parts = full->bytes[i][1];
    }
}

void full_deinit(struct full *full)
{
    writer_deinit(&full->writer);
}

struct lt_event_id full_event(const struct full *full, unsigned segment,
                              unsigned event)
{
    return (struct lt_event_id){full->writer.stream.origin, full->writer.epoch,
                                (uint64_t)segment * FULL_EVENTS + event + 1};
}

static lt_err put_others(const struct full *full, struct lt_log *log)
{
    const struct lt_office *origin = &full->writer.stream.origin;
    const struct lt_office to = test_office(1);
    lt_err err = lt_log_put_binding(log, origin, lt_key_id(full->writer.key),
                                    (const uint8_t *)"binding", 7);

    for (uint32_t page = 0; err == LT_OK && page < 3; page++) {
        err = lt_log_put_statement(log, origin, &to, page % 2,
                                   (const uint8_t *)"statement", 9);
    }
    if (err == LT_OK) {
        err = lt_log_put_request(log, full_request, 1,
                                 (const uint8_t *)"answer", 6);
    }
    return err == LT_OK ? lt_log_put_meta(log, "pin", "x", 1) : err;
}

lt_err full_put(const struct full *full, struct lt_log *log)
{
    const struct lt_log_erasure erasure = {.said = full_event(full, 1, 0),
                                           .target = full_event(full, 1, 1),
                                           .matter = full_event(full, 1, 2),
                                           .mask = 1,
                                           .cls = LT_CLASS_CASE};
    size_t stripped;
    uint64_t pos;
    lt_err err = LT_OK;

    for (unsigned i = 0; err == LT_OK && i < FULL_SEGMENTS; i++) {
        err = lt_log_put_segment(log, &full->segments[i], 1795000000000, &pos);
    }
    if (err == LT_OK) {
        err = lt_log_put_evidence(log, &full->segments[FULL_MIDDLE], 1);
    }
    if (err == LT_OK) {
        err = put_others(full, log);
    }
    if (err == LT_OK) {
        err = lt_log_put_erasure(log, &erasure);
    }
    if (err == LT_OK) {
        err = lt_log_set_erasure(log, &erasure.said, LT_ERASURE_DONE);
    }
    if (err == LT_OK) {
        err = lt_log_erase(log, &erasure.target, erasure.mask, &stripped);
    }
    return err == LT_OK ? lt_log_commit(log) : err;
}
