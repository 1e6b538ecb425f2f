/* An office's pen for the log's tests: real events, packed, chained, signed. */
#ifndef LT_TESTS_UNIT_LOG_WRITER_H
#define LT_TESTS_UNIT_LOG_WRITER_H

#include "common/codec.h"
#include "daemon/log/log.h"

struct writer {
    struct lt_stream stream;
    uint64_t epoch;
    struct lt_point tip; /* zero before the first segment */
    uint64_t count;      /* of the last event */
    uint64_t hlc;
    struct lt_key *key;
    struct lt_packer *packer;
    struct lt_buf event;
    bool with_texts;
    bool with_files;             /* a large part instead of a text */
    struct lt_event_id piece_of; /* count > 0: pieces of that event's */
    struct lt_segment segment; /* the last one made */
};

/* Office @number writes case/up under @epoch. */
void writer_init(struct writer *writer, unsigned number, uint64_t epoch);
void writer_deinit(struct writer *writer);
/* Make the next segment of @events events. Valid until the next call. */
const struct lt_segment *writer_next(struct writer *writer, unsigned events);
/* The text beside the event with this count, when it has one. */
enum { TEST_TEXT = 80 };
size_t test_text(uint64_t count, char out[static TEST_TEXT]);
/* Go on under a new epoch (a restart). */
void writer_restart(struct writer *writer, uint64_t epoch);

struct lt_office test_office(unsigned number);

/* Options of a log of office 1. */
struct lt_log_options test_options(const char *path, const char *vfs);
/* Open, or fail the test. */
struct lt_log *test_open(const struct lt_log_options *options);
/* Put the writer's next segment and commit, or fail the test. */
uint64_t test_write(struct lt_log *log, struct writer *writer, unsigned events);
/* Segments in the log, counted by reading them. */
uint64_t test_count(struct lt_log *log);
/* verify from the start: what is bad. */
uint64_t test_bad(struct lt_log *log, const struct lt_key *key);

#endif
