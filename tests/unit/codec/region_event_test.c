/* ROOT_STEPPED_DOWN and REGION_ADMITTED: two words that name each other, and
 * what each cannot be without. */
#include "tests/unit/codec/fixture.h"

static const uint8_t BINDING[] = "binding";

/* The other root, by its binding and its key; the rest differs by type. */
static struct lt_event word(uint32_t type)
{
    const bool admits = type == LT_EV_REGION_ADMITTED;
    struct lt_event event = {.id = id_n(9),
                             .hlc = SAMPLE_HLC,
                             .type = type,
                             .recorded_at_ms = SAMPLE_MS,
                             .binding = BINDING,
                             .binding_len = sizeof(BINDING) - 1,
                             .has_day = !admits,
                             .has_due = !admits,
                             .has_other = admits,
                             .step_version = admits ? 12 : 0};

    event.office.id = office_n(5);
    event.office.name = TEXT("Tỉnh");
    event.office.kind = TEXT("province");
    if (admits) {
        event.other = (struct lt_event_id){office_n(5), 7, 3};
        memset(event.step_hash, 0x51, LT_HASH_LEN);
    } else {
        event.day = 20777;
        event.due = 20807;
    }
    memset(event.root_key, 0x52, LT_PUBKEY_LEN);
    return event;
}

static void add_text(struct lt_event *event)
{
    event->parts_n = 1;
    event->parts[0] =
        (struct lt_part_ref){.size = 4, .kind = 1, .retention = 2};
}

static lt_err write_it(const struct lt_event *event)
{
    struct lt_buf buf;
    lt_err rc;

    lt_buf_init(&buf, lt_alloc_heap());
    rc = lt_event_encode(event, &buf, NULL);
    lt_buf_deinit(&buf);
    return rc;
}

#define REFUSED(type, change)                                                  \
    do {                                                                       \
        struct lt_event event = word(type);                                    \
                                                                               \
        assert_int_equal(write_it(&event), LT_OK);                             \
        change;                                                                \
        assert_int_equal(write_it(&event), LT_EINVAL);                         \
    } while (0)

static void each_names_another_root_and_its_key(void **state)
{
    static const uint32_t types[] = {LT_EV_ROOT_STEPPED_DOWN,
                                     LT_EV_REGION_ADMITTED};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(types); i++) {
        REFUSED(types[i], event.office.id = event.id.origin);
        REFUSED(types[i], event.binding_len = 0);
        REFUSED(types[i], event.binding_len = LT_BINDING_MAX + 1);
        REFUSED(types[i], event.office.name.len = 0);
        REFUSED(types[i], event.has_subject = true; event.subject = id_n(1));
        REFUSED(types[i], add_text(&event));
    }
}

static void who_admits_names_the_word_that_steps_down(void **state)
{
    const uint32_t type = LT_EV_REGION_ADMITTED;

    (void)state;
    REFUSED(type, event.has_other = false);
    REFUSED(type, event.other.count = 0);
    REFUSED(type, event.step_version = 0);
    REFUSED(type, event.has_day = true; event.day = 20777);
    REFUSED(type, event.has_due = true; event.due = 20777);
    REFUSED(type, event.released = office_n(3));
}

/* Who takes a word back names it, and says nothing else. */
static void who_takes_back_names_its_own_word_alone(void **state)
{
    static const char *const broken[] = {
        "other", "number 0", "of another", "version", "day", "due", "released"};

    (void)state;
    for (size_t i = 0; i <= LT_COUNT_OF(broken); i++) {
        struct lt_event event = {.id = id_n(9),
                                 .hlc = SAMPLE_HLC,
                                 .type = LT_EV_RELEASE_WITHDRAWN,
                                 .recorded_at_ms = SAMPLE_MS,
                                 .day = 20777,
                                 .due = 20777};

        event.office.id = office_n(5);
        event.has_other = i != 0;
        event.other = (struct lt_event_id){event.id.origin, 7, i == 1 ? 0 : 3};
        event.other.origin = i == 2 ? office_n(6) : event.id.origin;
        event.step_version = i == 3 ? 1 : 0;
        event.has_day = i == 4;
        event.has_due = i == 5;
        event.released = i == 6 ? office_n(3) : (struct lt_office){{0}};
        if (write_it(&event) != (i < LT_COUNT_OF(broken) ? LT_EINVAL : LT_OK)) {
            fail_msg("%s", i < LT_COUNT_OF(broken) ? broken[i] : "nothing");
        }
    }
}

static void who_steps_down_says_from_when_and_until_when(void **state)
{
    const uint32_t type = LT_EV_ROOT_STEPPED_DOWN;

    (void)state;
    REFUSED(type, event.has_day = false);
    REFUSED(type, event.has_due = false);
    REFUSED(type, event.due = event.day - 1);
    REFUSED(type, event.step_version = 1);
    REFUSED(type, event.has_other = true; event.other = id_n(2));
}

/* What the successor has to name is the hash of the very bytes. */
static void who_steps_down_is_named_by_the_hash_of_its_bytes(void **state)
{
    const struct lt_event event = word(LT_EV_ROOT_STEPPED_DOWN);
    struct lt_event back;
    struct lt_arena arena;
    struct lt_buf buf;
    uint8_t hash[LT_HASH_LEN];

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_event_encode(&event, &buf, NULL), LT_OK);
    assert_int_equal(lt_event_decode(buf.data, buf.len, &event.id, event.hlc,
                                     &arena, &back, NULL),
                     LT_OK);
    lt_sha256(&(struct lt_span){buf.data, buf.len}, 1, hash);
    assert_memory_equal(back.step_hash, hash, LT_HASH_LEN);
    assert_int_equal(back.due, event.due);
    lt_buf_deinit(&buf);
    lt_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_names_another_root_and_its_key),
        cmocka_unit_test(who_admits_names_the_word_that_steps_down),
        cmocka_unit_test(who_takes_back_names_its_own_word_alone),
        cmocka_unit_test(who_steps_down_says_from_when_and_until_when),
        cmocka_unit_test(who_steps_down_is_named_by_the_hash_of_its_bytes),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
