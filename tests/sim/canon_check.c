/* What has to be true in the end, read from the logs and the disks, never from
 * what an engine believes. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/canon.h"

/* An event as some stream of some office holds it. */
struct held {
    struct lt_event_id id;
    struct lt_stream stream;
    uint32_t type;
    uint32_t code;
    struct lt_event_id subject;
    struct lt_event_id erases;
    int request; /* the step that asked for it; -1: nobody did */
};

struct reading {
    struct canon_office *office;
    struct lt_arena arena;
    struct held *events;
    size_t n, capacity;
};

static void keep(struct reading *reading, const struct lt_segment *segment,
                 const struct lt_event *event)
{
    struct held *held;

    reading->events = canon_grown(reading->events, &reading->capacity,
                                  reading->n, sizeof(*reading->events));
    held = &reading->events[reading->n++];
    *held = (struct held){
        .id = event->id,
        .stream = segment->stream,
        .type = event->type,
        .code = event->code,
        .subject = event->subject,
        .erases = event->erases,
        .request = event->has_request_id ? event->request_id[0] - 1 : -1};
}

static bool read_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                         const struct lt_segment *segment)
{
    static struct lt_event event; /* large */
    struct reading *reading = ctx;
    struct lt_payload payload;

    (void)pos;
    (void)committed_at_ms;
    lt_arena_reset(&reading->arena);
    if (lt_payload_open(segment, &reading->arena, &payload, NULL) != LT_OK) {
        canon_fail(reading->office->canon, "office %u holds what is malformed",
                   reading->office->index);
        return false;
    }
    for (size_t i = 0; i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];
        const struct lt_event_id id = {.origin = segment->stream.origin,
                                       .epoch = segment->epoch,
                                       .count = item->count};

        if (lt_event_decode(item->event, item->event_len, &id, item->hlc,
                            &reading->arena, &event, NULL) != LT_OK) {
            canon_fail(reading->office->canon, "office %u holds a bad event",
                       reading->office->index);
            return false;
        }
        keep(reading, segment, &event);
    }
    return true;
}

/* ---- whole ---- */

static void note_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, const char *what)
{
    struct canon_office *office = ctx;

    (void)stream;
    (void)epoch;
    canon_fail(office->canon, "office %u: verify says %s at number %llu",
               office->index, what, (unsigned long long)number);
}

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    struct canon_office *office = ctx;

    return lt_engine_key_of(office->engine, origin, key_id);
}

static void check_whole(struct canon_office *office)
{
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more = true;

    while (more) {
        if (lt_log_verify_slice(office->log, &cursor, 1000, key_of, note_bad,
                                office, &sums, &more) != LT_OK) {
            canon_fail(office->canon, "office %u cannot be verified",
                       office->index);
            return;
        }
    }
}

/* ---- once ---- */

/* Who should hold it: the writer, all above, and the commune what is sent to
 * it. With three offices in a line that is everybody up from the lowest. */
static bool should_hold(const struct canon_step *step, unsigned office)
{
    return strchr("tdpk", step->what) != NULL || office <= step->office;
}

static void check_step(struct canon *canon, size_t number, unsigned office,
                       const struct reading *reading)
{
    const struct canon_step *step = &canon->steps[number];
    size_t found = 0;

    for (size_t i = 0; i < reading->n; i++) {
        const struct held *held = &reading->events[i];

        if (held->request != (int)number) {
            continue;
        }
        found++;
        if (step->told && !lt_event_id_equal(&held->id, &step->event)) {
            canon_fail(canon, "office %u holds another event for step %zu",
                       office, number);
        }
    }
    if (step->told && should_hold(step, office) && found != 1) {
        canon_fail(canon, "office %u holds step %zu (%c) %zu times", office,
                   number, step->what, found);
    }
}

/* Each directive is acknowledged once, each order to erase answered once by
 * each office but its own: by themselves, whatever happened in between. */
static void check_answers(struct canon *canon, const struct reading *reading)
{
    for (size_t s = 0; s < CANON_STEPS; s++) {
        const struct canon_step *step = &canon->steps[s];
        const bool directive = step->told && strchr("dp", step->what) != NULL;
        const bool order =
            step->told && step->what == 'e' && canon->steps[s + 1].told;
        size_t found = 0;

        for (size_t i = 0; i < reading->n; i++) {
            const struct held *held = &reading->events[i];

            found += directive && held->type == LT_EV_DIRECTIVE_STATUS &&
                     held->code == 1 &&
                     lt_event_id_equal(&held->subject, &step->event);
            found += order && held->type == LT_EV_ERASURE_RECEIPT &&
                     lt_event_id_equal(&held->erases, &step->event);
        }
        if (directive && found != 1) {
            canon_fail(canon, "directive %zu was acknowledged %zu times", s,
                       found);
        }
        if (order && found != CANON_OFFICES - 1) {
            canon_fail(canon, "order %zu was answered %zu times", s, found);
        }
    }
}

/* ---- erased ---- */

static bool file_holds(const struct canon_office *office, const char *path)
{
    const uint8_t *bytes = lt_disk_bytes(office->disk, path);

    return bytes != NULL &&
           memmem(bytes, lt_disk_size(office->disk, path), canon_erased_text,
                  strlen(canon_erased_text)) != NULL;
}

bool canon_holds_text(const struct canon_office *office)
{
    return file_holds(office, "log.db") || file_holds(office, "log.db-wal");
}

static void check_erased(struct canon *canon)
{
    for (size_t s = 0; s + 1 < CANON_STEPS; s++) {
        /* Ordered later than written, confirmed: nobody may have it. Where the
         * run ended in between the text is rightly there. */
        if (canon_script[s] == 'c' && canon_script[s + 1] == 'e' &&
            canon->steps[s].asked && !canon->steps[s + 2].told) {
            return;
        }
    }
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        if (canon_holds_text(&canon->offices[i])) {
            canon_fail(canon, "the disk of office %u holds an erased text", i);
        }
    }
}

void canon_check(struct canon *canon)
{
    for (unsigned i = 0; i < CANON_OFFICES && canon->failure[0] == '\0'; i++) {
        struct reading reading = {.office = &canon->offices[i]};

        check_whole(reading.office);
        lt_arena_init(&reading.arena, canon_heap(), SIZE_MAX);
        if (lt_log_read_from(reading.office->log, 1, SIZE_MAX, read_segment,
                             &reading) != LT_OK) {
            canon_fail(canon, "the log of office %u cannot be read", i);
        }
        for (size_t s = 0; s < CANON_STEPS; s++) {
            check_step(canon, s, i, &reading);
        }
        if (i == CANON_PROVINCE) {
            check_answers(canon, &reading);
        }
        lt_arena_deinit(&reading.arena);
        free(reading.events);
    }
    if (canon->failure[0] == '\0') {
        check_erased(canon);
    }
}
