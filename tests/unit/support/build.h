/* Offices that write, for tests: events with texts, sealed into segments.
 *
 * Everything follows from the tag that an office is made with: its id, its key
 * and its salts, so that what a test builds is the same bytes in every run.
 * Any failure stops the test program. */
#ifndef LT_TESTS_SUPPORT_BUILD_H
#define LT_TESTS_SUPPORT_BUILD_H

#include "common/codec.h"
#include "common/segment.h"
#include "common/sys.h"

enum { LT_BUILD_TEXTS = 3, LT_BUILD_CHANNELS = 16 };

struct lt_build_office {
    struct lt_office id;
    struct lt_key *key;
    uint64_t epoch;
    uint64_t count;        /* of the last event of this epoch */
    uint64_t tree_version; /* named by its events */
    int64_t now_ms;        /* wall clock of its next event */
    uint64_t hlc;
    size_t channels_n;
    struct {
        struct lt_channel channel;
        struct lt_point tip;
    } channels[LT_BUILD_CHANNELS];
};

/* lt_crypto_start is called on first use. */
void lt_build_office_init(struct lt_build_office *office, uint8_t tag);
void lt_build_office_deinit(struct lt_build_office *office);
/* The daemon starts again: another epoch, counts from 1, chains go on. */
void lt_build_restart(struct lt_build_office *office);

struct lt_build_event {
    struct lt_event event;
    struct {
        uint32_t kind;
        const char *text;
    } texts[LT_BUILD_TEXTS];
    size_t texts_n;
};
/* An event of @type with the next id and stamp; the test fills in the body. */
struct lt_build_event lt_build_event(struct lt_build_office *office,
                                     uint32_t type);
/* The same about a matter: subject, and it as the one cause. */
struct lt_build_event lt_build_about(struct lt_build_office *office,
                                     uint32_t type,
                                     const struct lt_event_id *matter);
void lt_build_text(struct lt_build_event *event, uint32_t kind,
                   const char *text);
void lt_build_cause(struct lt_build_event *event, const struct lt_event_id *id);

/* A segment with memory of its own. */
struct lt_built {
    struct lt_segment segment;
    uint8_t *memory;
};
struct lt_built lt_build_segment(struct lt_build_office *office,
                                 const struct lt_channel *channel,
                                 const struct lt_build_event *events, size_t n);
void lt_built_free(struct lt_built *built);

struct lt_channel lt_build_up(uint8_t cls);
struct lt_channel lt_build_all(uint8_t cls);
struct lt_channel lt_build_to(uint8_t cls, const struct lt_office *to);

#endif
