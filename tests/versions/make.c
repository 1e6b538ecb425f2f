/* Run by hand, once with each release:
 *
 *     make_version FOLDER
 *
 * writes log.db, the log of a commune that has worked for a while and was
 * closed cleanly, and session.frames, all that its engine and its parent's
 * said to each other from the first hello on. Three offices with fixed keys
 * (tests/unit/daemon/house.c) live for some simulated minutes.
 *
 * A frame of session.frames: one byte (0: the child's, 1: the parent's), four
 * bytes of length, big-endian, the frame. */
#include "tests/unit/daemon/house.h"

#include <stdio.h>

struct recording {
    struct lt_buf bytes;
    unsigned frames;
};

static void record(void *ctx, const struct office *from,
                   const struct office *to, const uint8_t *bytes, size_t len)
{
    struct recording *recording = ctx;
    uint8_t head[5] = {from->index == COMMUNE ? 0 : 1, (uint8_t)(len >> 24),
                       (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len};

    if (from->index == PROVINCE || to->index == PROVINCE) {
        return;
    }
    assert_true(lt_buf_put(&recording->bytes, head, sizeof(head)));
    assert_true(lt_buf_put(&recording->bytes, bytes, len));
    recording->frames++;
}

static void some_time(struct house *house)
{
    for (unsigned i = 0; i < 4; i++) {
        house_run(house);
        house_later(house, 1500);
    }
    house_run(house);
}

static void step(struct office *office, const struct lt_event_id *matter,
                 uint32_t kind)
{
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = LT_EV_CASE_STEP;
    event->kind = kind;
    event->has_subject = true;
    event->subject = *matter;
    event->causes_n = 1;
    event->causes[0] = *matter;
    event->doc_no = (struct lt_text){"07/TB-UBND", 10};
    assert_int_equal(office_write(office, event, &channel, 1, 1), LT_OK);
    assert_int_equal(office_end(office), LT_OK);
    free(event);
}

/* The opening @id was a mistake. */
static void take_back(struct office *office, const struct lt_event_id *id)
{
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = LT_EV_ENTRY_VOIDED;
    event->reason = 1;
    event->has_subject = true;
    event->subject = *id;
    event->has_corrects = true;
    event->corrects = *id;
    event->causes_n = 1;
    event->causes[0] = *id;
    assert_int_equal(office_write(office, event, &channel, 1, 1), LT_OK);
    assert_int_equal(office_end(office), LT_OK);
    free(event);
}

static void raise_incident(struct office *office, uint32_t people)
{
    const struct lt_channel channel = {.cls = LT_CLASS_INCIDENT,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = LT_EV_INCIDENT_RAISED;
    event->people = people;
    assert_int_equal(office_write(office, event, &channel, 1, 1), LT_OK);
    assert_int_equal(office_end(office), LT_OK);
    free(event);
}

static void direct(struct office *office, const struct lt_office *to)
{
    const struct lt_channel channel = {
        .cls = LT_CLASS_DIRECTIVE, .audience = LT_AUDIENCE_TO, .to = *to};
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = LT_EV_DIRECTIVE_ISSUED;
    event->doc_no = (struct lt_text){"12/CT-UBND", 10};
    event->to_n = 1;
    event->to = to;
    event->urgent = true;
    assert_int_equal(office_write(office, event, &channel, 1, 1), LT_OK);
    assert_int_equal(office_end(office), LT_OK);
    free(event);
}

static void live(struct house *house)
{
    struct office *commune = &house->offices[COMMUNE];
    struct lt_event_id mistake;
    struct lt_buf answer;
    bool repeated;

    /* Some of it before the first link, to be caught up with. */
    (void)office_wrote_case(commune, 1);
    house_later(house, 700);
    (void)office_wrote_case(commune, 2);
    house_link(house);
    some_time(house);
    for (unsigned i = 0; i < 3; i++) {
        struct lt_event_id id = office_wrote_case(commune, 3 + i);

        some_time(house);
        step(commune, &id, 1 + i);
    }
    mistake = office_wrote_case(commune, 9);
    take_back(commune, &mistake);
    raise_incident(commune, 40);
    direct(&house->offices[PROVINCE], &commune->id);
    some_time(house);
    lt_buf_init(&answer, lt_alloc_heap());
    assert_int_equal(office_case(commune, 20, 0x21, 5, &answer, &repeated),
                     LT_OK);
    assert_int_equal(office_end(commune), LT_OK);
    lt_buf_deinit(&answer);
    /* The process ends and begins again: another run of each stream. */
    house_run(house);
    office_stop(commune);
    office_start(commune);
    house_link(house);
    some_time(house);
    (void)office_wrote_case(commune, 30);
    raise_incident(commune, 12);
    some_time(house);
    house_later(house, 61 * 1000);
    some_time(house);
}

static void spill(const char *folder, const char *name, const void *bytes,
                  size_t len)
{
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wx"); /* what is there is never changed */
    if (file == NULL || fwrite(bytes, 1, len, file) != len ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct house *house;
    struct recording recording = {.frames = 0};
    struct office *commune;

    if (argc != 2) {
        fputs("usage: make_version FOLDER\n", stderr);
        return 64;
    }
    house = house_new();
    commune = &house->offices[COMMUNE];
    lt_buf_init(&recording.bytes, lt_alloc_heap());
    house->watch = record;
    house->watch_ctx = &recording;
    live(house);
    printf("%u frames, %u bytes; %llu events in %llu segments\n",
           recording.frames, (unsigned)recording.bytes.len,
           (unsigned long long)office_stats(commune).events,
           (unsigned long long)office_stats(commune).segments);
    office_stop(commune);
    if (lt_disk_size(commune->disk, "log.db-wal") != 0) {
        fputs("the log was not closed cleanly\n", stderr);
        return 70;
    }
    spill(argv[1], "log.db", lt_disk_bytes(commune->disk, "log.db"),
          (size_t)lt_disk_size(commune->disk, "log.db"));
    spill(argv[1], "session.frames", recording.bytes.data, recording.bytes.len);
    lt_buf_deinit(&recording.bytes);
    house_free(house);
    return 0;
}
