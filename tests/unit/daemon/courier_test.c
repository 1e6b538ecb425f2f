/* Bundles carried by hand between a province, a district and a commune, with
 * and without a line. */
#include "tests/unit/daemon/house.h"

#include "common/failpoint.h"

enum { PIECES_MAX = 64, MANY = 1200 };

/* A stick: pieces one after another. */
struct stick {
    struct lt_buf bytes;
    size_t at[PIECES_MAX];
    size_t len[PIECES_MAX];
    unsigned n;
    uint64_t segments;
};

/* What an import came to, all pieces together. */
struct sums {
    uint64_t taken;
    uint64_t repeated;
    uint64_t waiting;
    uint32_t reasons;
    unsigned refused; /* pieces */
    lt_err last;      /* why, the last of them */
};

static void fresh(uint8_t *out, size_t len)
{
    static uint8_t counter;

    memset(out, ++counter, len);
    out[0] ^= 0x55;
}

static lt_err export_to(struct office *from, const struct office *to, bool all,
                        bool receipt, struct stick *stick)
{
    struct lt_courier_export export = {
        .to = to->id, .all = all, .receipt = receipt};
    uint8_t seed[LT_HPKE_SEED_LEN];
    lt_err rc = LT_OK;

    fresh(export.id, sizeof(export.id));
    lt_buf_init(&stick->bytes, lt_alloc_heap());
    stick->n = 0;
    stick->segments = 0;
    while (rc == LT_OK && !export.done) {
        char cursor[LT_COURIER_CURSOR_TEXT];
        size_t before = stick->bytes.len;

        fresh(seed, sizeof(seed));
        rc = lt_courier_export_piece(from->turn, &from->house->now, from->key,
                                     seed, &export, &stick->bytes);
        assert_int_equal(office_end(from), LT_OK);
        stick->segments += export.segments;
        if (stick->bytes.len > before) {
            assert_true(stick->n < PIECES_MAX);
            assert_true(stick->bytes.len - before <= LT_COURIER_PIECE_MAX);
            stick->at[stick->n] = before;
            stick->len[stick->n++] = stick->bytes.len - before;
        }
        if (rc == LT_OK && !export.done) { /* as a client carries it */
            lt_courier_cursor_format(&export, cursor);
            assert_true(lt_courier_cursor_parse(cursor, &export));
        }
    }
    return rc;
}

static void burn(struct stick *stick)
{
    lt_buf_deinit(&stick->bytes);
}

static void import_piece(struct office *to, const struct stick *stick,
                         unsigned i, struct sums *sums)
{
    const struct lt_courier_self self = {.office = to->id,
                                         .curve_secret = to->curve_secret,
                                         .curve_public = to->curve};
    struct lt_courier_taken taken;

    assert_int_equal(
        lt_courier_import_piece(to->turn, &to->house->now, &self,
                                stick->bytes.data + stick->at[i],
                                stick->len[i], &taken),
        LT_OK);
    assert_int_equal(office_end(to), LT_OK);
    sums->taken += taken.taken;
    sums->repeated += taken.repeated;
    sums->waiting += taken.waiting;
    sums->reasons |= taken.reasons;
    if (taken.rc != LT_OK) {
        sums->refused++;
        sums->last = taken.rc;
    }
}

static struct sums import(struct office *to, const struct stick *stick)
{
    struct sums sums = {.last = LT_OK};

    for (unsigned i = 0; i < stick->n; i++) {
        import_piece(to, stick, i, &sums);
    }
    return sums;
}

/* One way, whole. */
static struct sums carry(struct office *from, struct office *to)
{
    struct stick stick;
    struct sums sums;

    assert_int_equal(export_to(from, to, false, false, &stick), LT_OK);
    sums = import(to, &stick);
    burn(&stick);
    return sums;
}

static unsigned cases(struct office *office)
{
    return office_count(office, LT_EV_CASE_OPENED);
}

static void write_cases(struct office *office, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        (void)office_wrote_case(office, 100 + i);
    }
}

/* Everybody has everything, and the lines are down again. */
static void settle_and_cut(struct house *house)
{
    house_link(house);
    house_run(house);
    house_later(house, 2000);
    house_run(house);
    for (unsigned i = 0; i < OFFICES; i++) {
        office_stop(&house->offices[i]);
        office_start(&house->offices[i]);
    }
    house_run(house);
}

/* ---- without any line ---- */

static void an_office_that_never_had_a_line_lives_by_stick(void **state)
{
    struct house *house = *state;
    struct office *province = &house->offices[PROVINCE];
    struct office *district = &house->offices[DISTRICT];
    struct office *commune = &house->offices[COMMUNE];
    struct sums sums;

    /* Before the tree is known a superior is known by its signature. */
    write_cases(commune, 3);
    sums = carry(province, district);
    assert_true(sums.taken > 0);
    assert_int_equal(sums.waiting, 0);
    sums = carry(commune, district);
    assert_int_equal(sums.taken, 3);
    assert_int_equal(sums.refused, 0);
    assert_int_equal(cases(district), 3);
    sums = carry(district, commune);
    assert_int_equal(sums.waiting, 0);
    assert_non_null(
        lt_tree_find(lt_engine_tree(commune->engine), &commune->id));
    sums = carry(district, province);
    assert_int_equal(cases(province), 3);
}

static void a_second_import_has_no_effect(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];
    struct stick stick;
    struct lt_log_stats once;
    struct sums sums;

    settle_and_cut(house);
    write_cases(&house->offices[COMMUNE], 4);
    assert_int_equal(export_to(&house->offices[COMMUNE], district, false,
                               false, &stick),
                     LT_OK);
    sums = import(district, &stick);
    assert_int_equal(sums.taken, 4);
    once = office_stats(district);
    sums = import(district, &stick);
    assert_int_equal(sums.taken, 0);
    assert_int_equal(sums.repeated, 4);
    assert_int_equal(office_stats(district).segments, once.segments);
    assert_int_equal(cases(district), 4);
    burn(&stick);
}

static void only_what_is_not_known_to_be_held_goes_out(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct stick stick;

    settle_and_cut(house);
    write_cases(commune, 2);
    (void)carry(commune, district);
    write_cases(commune, 3);
    /* Nothing came back yet: it gets all five. */
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    assert_int_equal(stick.segments, 5);
    burn(&stick);
    assert_int_equal(export_to(district, commune, false, true, &stick), LT_OK);
    assert_int_equal(import(commune, &stick).refused, 0);
    burn(&stick);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    assert_int_equal(stick.segments, 3);
    burn(&stick);
    assert_int_equal(export_to(commune, district, true, false, &stick), LT_OK);
    assert_true(stick.segments >= 5);
    burn(&stick);
}

/* The keeper's receipt comes back by stick, over the district or past it. */
static void the_keepers_receipt_travels_by_stick(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct office *province = &house->offices[PROVINCE];
    struct lt_receipt_view receipt;
    struct stick stick;

    settle_and_cut(house);
    write_cases(commune, 2);
    lt_engine_receipt(commune->engine, &receipt);
    assert_int_equal(receipt.missing_events, 2);
    (void)carry(commune, district);
    (void)carry(district, province);
    /* The province's word to the commune lies at the district on its way. */
    assert_int_equal(export_to(province, commune, false, true, &stick), LT_OK);
    burn(&stick);
    assert_int_equal(export_to(province, district, false, true, &stick), LT_OK);
    assert_int_equal(import(district, &stick).refused, 0);
    burn(&stick);
    assert_int_equal(export_to(district, commune, false, true, &stick), LT_OK);
    assert_int_equal(import(commune, &stick).refused, 0);
    burn(&stick);
    lt_engine_receipt(commune->engine, &receipt);
    assert_int_equal(receipt.missing_events, 0);
    assert_true(receipt.covers_all);
}

static void a_bundle_goes_round_a_dead_parent(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *province = &house->offices[PROVINCE];

    settle_and_cut(house);
    office_stop(&house->offices[DISTRICT]);
    write_cases(commune, 2);
    assert_int_equal(carry(commune, province).taken, 2);
    assert_int_equal(cases(province), 2);
    /* What the parent missed comes back to it by whoever is ahead. */
    office_start(&house->offices[DISTRICT]);
    house_link(house);
    house_run(house);
    assert_int_equal(cases(&house->offices[DISTRICT]), 2);
}

static void a_directive_travels_down(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *province = &house->offices[PROVINCE];
    struct lt_event *event = calloc(1, sizeof(*event));
    const struct lt_channel channel = {.cls = LT_CLASS_DIRECTIVE,
                                       .audience = LT_AUDIENCE_TO,
                                       .to = commune->id};

    assert_non_null(event);
    settle_and_cut(house);
    event->type = LT_EV_DIRECTIVE_ISSUED;
    event->doc_no = (struct lt_text){"12/CĐ", 6};
    event->to_n = 1;
    event->to = &commune->id;
    assert_int_equal(office_write(province, event, &channel, 1, 9), LT_OK);
    assert_int_equal(office_end(province), LT_OK);
    free(event);
    assert_int_equal(carry(province, commune).taken, 1);
    assert_int_equal(office_count(commune, LT_EV_DIRECTIVE_ISSUED), 1);
}

/* ---- broken on the way ---- */

static void a_damaged_piece_costs_itself_alone(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct stick stick;
    struct sums sums;
    struct sums rest = {.last = LT_OK};

    settle_and_cut(house);
    write_cases(commune, MANY);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    assert_true(stick.n >= 3);
    stick.bytes.data[stick.at[1] + 5000] ^= 4;
    sums = import(district, &stick);
    assert_int_equal(sums.refused, 1);
    assert_int_equal(sums.last, LT_EPIECE);
    /* What comes after it waits for what it held. */
    assert_true(sums.taken > 0);
    assert_true(sums.waiting > 0);
    assert_int_equal(sums.reasons, 1U << LT_HOLD_GAP);
    stick.bytes.data[stick.at[1] + 5000] ^= 4;
    for (unsigned i = 1; i < stick.n; i++) {
        import_piece(district, &stick, i, &rest);
    }
    assert_int_equal(rest.refused + rest.waiting, 0);
    assert_int_equal(cases(district), MANY);
    burn(&stick);
}

static void pieces_in_any_order_arrive_in_the_end(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct stick stick;
    struct sums sums;

    settle_and_cut(house);
    write_cases(commune, MANY);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    for (unsigned pass = 0; pass < stick.n; pass++) {
        sums = (struct sums){.last = LT_OK};
        for (unsigned i = stick.n; i-- > 0;) {
            import_piece(district, &stick, i, &sums);
        }
    }
    assert_int_equal(sums.waiting, 0);
    assert_int_equal(cases(district), MANY);
    burn(&stick);
}

static void power_lost_before_the_commit_costs_one_import(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    const struct lt_courier_self self = {
        .office = district->id,
        .curve_secret = district->curve_secret,
        .curve_public = district->curve};
    struct lt_courier_taken taken;
    struct stick stick;

    settle_and_cut(house);
    write_cases(commune, 5);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    assert_int_equal(lt_courier_import_piece(district->turn, &house->now, &self,
                                             stick.bytes.data, stick.len[0],
                                             &taken),
                     LT_OK);
    assert_int_equal(taken.taken, 5);
    office_cut(district);
    office_start(district);
    assert_int_equal(cases(district), 0);
    assert_int_equal(import(district, &stick).taken, 5);
    assert_int_equal(cases(district), 5);
    burn(&stick);
}

static void a_full_node_takes_nothing_and_says_so(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct lt_input intake = {.kind = LT_IN_INTAKE, .code = LT_EFULL};
    struct stick stick;
    struct sums sums;

    settle_and_cut(house);
    write_cases(commune, 2);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    assert_int_equal(lt_turn_input(district->turn, &house->now, &intake),
                     LT_OK);
    sums = import(district, &stick);
    assert_int_equal(sums.last, LT_EFULL);
    assert_int_equal(cases(district), 0);
    intake.flag = true;
    assert_int_equal(lt_turn_input(district->turn, &house->now, &intake),
                     LT_OK);
    assert_int_equal(import(district, &stick).taken, 2);
    burn(&stick);
}

/* ---- not for us, not from them ---- */

static void only_the_addressee_opens_it(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct stick stick;

    settle_and_cut(house);
    write_cases(commune, 1);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    assert_int_equal(import(&house->offices[PROVINCE], &stick).last,
                     LT_EADDRESSEE);
    district->curve_secret[3] ^= 1; /* it has another key since */
    district->curve[3] ^= 1;
    assert_int_equal(import(district, &stick).last, LT_ESEALKEY);
    district->curve_secret[3] ^= 1;
    district->curve[3] ^= 1;
    stick.bytes.data[8] = 2;
    assert_int_equal(import(district, &stick).last, LT_EBUNDLENEWER);
    stick.bytes.data[8] = 1;
    stick.bytes.data[0] = 'x';
    assert_int_equal(import(district, &stick).last, LT_EBUNDLE);
    stick.bytes.data[0] = 0x89;
    assert_int_equal(import(district, &stick).taken, 1);
    burn(&stick);
}

static void what_lies_outside_the_line_gets_nothing(void **state)
{
    struct house *house = *state;
    struct office stranger = {.id = {{1, 2, 3}}};
    struct stick stick;

    settle_and_cut(house);
    assert_int_equal(export_to(&house->offices[COMMUNE], &stranger, false,
                               false, &stick),
                     LT_EINVAL);
    assert_int_equal(stick.n, 0);
    burn(&stick);
}

/* Seal the inside of @stick's first piece again, changed by @change. */
static void reseal(struct stick *stick, const struct office *to,
                   void (*change)(struct lt_buf *plain))
{
    const struct lt_courier_self self = {.office = to->id,
                                         .curve_secret = to->curve_secret,
                                         .curve_public = to->curve};
    uint8_t seed[LT_HPKE_SEED_LEN];
    struct lt_buf plain;

    lt_buf_init(&plain, lt_alloc_heap());
    assert_int_equal(lt_courier_open(stick->bytes.data, stick->len[0], &self,
                                     &plain),
                     LT_OK);
    change(&plain);
    fresh(seed, sizeof(seed));
    stick->at[0] = stick->bytes.len;
    assert_int_equal(lt_courier_seal(&to->id, to->curve, seed,
                                     (struct lt_span){plain.data, plain.len},
                                     &stick->bytes),
                     LT_OK);
    stick->len[0] = stick->bytes.len - stick->at[0];
    stick->n = 1;
    lt_buf_deinit(&plain);
}

static void break_signature(struct lt_buf *plain)
{
    plain->data[20] ^= 1;
}

static void rename_exporter(struct lt_buf *plain)
{
    memset(plain->data + 65, 0x33, LT_OFFICE_LEN);
}

static void readdress(struct lt_buf *plain)
{
    memset(plain->data + 81, 0x33, LT_OFFICE_LEN);
}

static void cut_frames(struct lt_buf *plain)
{
    plain->len -= 1;
}

/* Anybody can seal to an office; who it was must be proven. */
static void an_exporter_that_cannot_be_proven_is_refused(void **state)
{
    static void (*const changes[])(struct lt_buf *) = {
        break_signature, rename_exporter, readdress, cut_frames};
    static const lt_err errors[] = {LT_EEXPORTER, LT_EEXPORTER, LT_EADDRESSEE,
                                    LT_EPIECE};
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];

    settle_and_cut(house);
    write_cases(commune, 1);
    for (size_t i = 0; i < LT_COUNT_OF(changes); i++) {
        struct stick stick;

        assert_int_equal(export_to(commune, district, false, false, &stick),
                         LT_OK);
        reseal(&stick, district, changes[i]);
        assert_int_equal(import(district, &stick).last, errors[i]);
        assert_int_equal(cases(district), 0);
        burn(&stick);
    }
    assert_int_equal(carry(commune, district).taken, 1);
}

/* ---- beside a line ---- */

static void stick_and_line_together_double_and_lose_nothing(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct stick stick;

    settle_and_cut(house);
    write_cases(commune, 20);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    house_link(house);
    write_cases(commune, 10); /* sessions are being opened meanwhile */
    (void)import(district, &stick);
    house_run(house);
    (void)import(district, &stick);
    write_cases(commune, 10);
    house_run(house);
    assert_int_equal(cases(district), 40);
    assert_int_equal(cases(&house->offices[PROVINCE]), 40);
    burn(&stick);
}

/* ---- a lost stick ---- */

static bool contains(const uint8_t *bytes, size_t len, const void *what,
                     size_t what_len)
{
    return memmem(bytes, len, what, what_len) != NULL;
}

static void a_lost_stick_shows_its_addressee_and_its_size(void **state)
{
    static const char text[] = "Đề nghị xem lại đơn giá";
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    const struct lt_courier_self self = {
        .office = district->id,
        .curve_secret = district->curve_secret,
        .curve_public = district->curve};
    struct stick stick;
    struct lt_buf plain;

    settle_and_cut(house);
    write_cases(commune, 3);
    assert_int_equal(export_to(commune, district, false, false, &stick), LT_OK);
    lt_buf_init(&plain, lt_alloc_heap());
    assert_int_equal(
        lt_courier_open(stick.bytes.data, stick.len[0], &self, &plain), LT_OK);
    /* The control: the same search finds it where it is not sealed. */
    assert_true(contains(plain.data, plain.len, &commune->id, LT_OFFICE_LEN));
    assert_true(contains(plain.data, plain.len, lt_key_public(commune->key),
                         LT_PUBKEY_LEN));
    assert_false(contains(stick.bytes.data, stick.bytes.len, &commune->id,
                          LT_OFFICE_LEN));
    assert_false(contains(stick.bytes.data, stick.bytes.len,
                          &house->offices[PROVINCE].id, LT_OFFICE_LEN));
    assert_false(contains(stick.bytes.data, stick.bytes.len,
                          lt_key_public(commune->key), LT_PUBKEY_LEN));
    assert_false(
        contains(stick.bytes.data, stick.bytes.len, text, sizeof(text) - 1));
    assert_true(contains(stick.bytes.data, stick.bytes.len, &district->id,
                         LT_OFFICE_LEN));
    lt_buf_deinit(&plain);
    burn(&stick);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(an_office_that_never_had_a_line_lives_by_stick),
        HOUSE_TEST(a_second_import_has_no_effect),
        HOUSE_TEST(only_what_is_not_known_to_be_held_goes_out),
        HOUSE_TEST(the_keepers_receipt_travels_by_stick),
        HOUSE_TEST(a_bundle_goes_round_a_dead_parent),
        HOUSE_TEST(a_directive_travels_down),
        HOUSE_TEST(a_damaged_piece_costs_itself_alone),
        HOUSE_TEST(pieces_in_any_order_arrive_in_the_end),
        HOUSE_TEST(power_lost_before_the_commit_costs_one_import),
        HOUSE_TEST(a_full_node_takes_nothing_and_says_so),
        HOUSE_TEST(only_the_addressee_opens_it),
        HOUSE_TEST(what_lies_outside_the_line_gets_nothing),
        HOUSE_TEST(an_exporter_that_cannot_be_proven_is_refused),
        HOUSE_TEST(stick_and_line_together_double_and_lose_nothing),
        HOUSE_TEST(a_lost_stick_shows_its_addressee_and_its_size),
    };

#ifdef LT_TEST_HOOKS
    /* The build runs this program once more with each planted fault. */
    if (getenv("LIENTHONG_PLANT") != NULL &&
        !lt_plant(getenv("LIENTHONG_PLANT"))) {
        return 0;
    }
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
