/* An event with a file, and the file's pieces, for the log's tests. */
#ifndef LT_TESTS_UNIT_LOG_FILE_H
#define LT_TESTS_UNIT_LOG_FILE_H

#include "tests/unit/log/writer.h"

enum { FILE_SEGMENTS = 5, FILE_PIECES = 3 };

/* Of office 2: the event, pieces in the same life and in a later one, and last
 * a piece of another event's file. */
struct file {
    struct writer event;
    struct writer pieces;
    struct lt_segment segments[FILE_SEGMENTS];
    uint8_t bytes[FILE_SEGMENTS][2][1024];
    uint64_t
        counts[FILE_SEGMENTS]; /* of the pieces; test_text has their words */
};

void file_init(struct file *file);
void file_deinit(struct file *file);
struct lt_event_id file_event(const struct file *file);
/* All of them, committed. */
LT_MUST_CHECK lt_err file_put(const struct file *file, struct lt_log *log);

#endif
