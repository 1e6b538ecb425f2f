/* Pieces of large parts: written with the event that they belong to, last on
 * every link, the same bytes everywhere. */
#include "tests/unit/engine/net.h"

#include <string.h>

enum { PROVINCE, DISTRICT, COMMUNE };
enum { PIECES = 40 };

static struct net net;
static struct lt_event events[PIECES + 1];
static struct lt_write_event writes[PIECES + 1];
static struct lt_part parts[PIECES];
static uint8_t contents[PIECES][LT_PIECE_BYTES];
static struct lt_channel cases;
static struct lt_channel chunks;

static void make_piece(unsigned n)
{
    struct lt_event *event = &events[n + 1];
    struct lt_part *part = &parts[n];
    uint64_t chance = n + 1;

    for (size_t i = 0; i < LT_PIECE_BYTES; i++) {
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
        contents[n][i] = (uint8_t)(chance >> 56);
    }
    *part = (struct lt_part){.content = contents[n], .len = LT_PIECE_BYTES};
    memset(part->salt, (int)n + 1, LT_SALT_LEN);
    *event = (struct lt_event){.type = LT_EV_CHUNK,
                               .recorded_at_ms = net.now.wall_ms,
                               .actor_role = 1,
                               .chunk_offset = (uint64_t)n * LT_PIECE_BYTES,
                               .parts_n = 1};
    event->parts[0] =
        (struct lt_part_ref){.size = LT_PIECE_BYTES, .kind = 6, .retention = 2};
    lt_part_hash(part->salt, part->content, part->len, event->parts[0].hash);
    writes[n + 1] = (struct lt_write_event){.event = event,
                                            .chunk_of = 1,
                                            .channels_n = 1,
                                            .channels = &chunks,
                                            .parts_n = 1,
                                            .parts = part};
}

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 2000);
    cases = net_up(LT_CLASS_CASE);
    chunks = net_up(LT_CLASS_CHUNK);
    events[0] = (struct lt_event){.type = LT_EV_CASE_OPENED,
                                  .recorded_at_ms = net.now.wall_ms,
                                  .actor_role = 1,
                                  .case_type = 1,
                                  .field = 3,
                                  .parts_n = 1};
    events[0].parts[0] = (struct lt_part_ref){.size = PIECES * LT_PIECE_BYTES,
                                              .kind = 6,
                                              .retention = 2,
                                              .large = true};
    writes[0] = (struct lt_write_event){
        .event = &events[0], .channels_n = 1, .channels = &cases};
    for (unsigned n = 0; n < PIECES; n++) {
        make_piece(n);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static uint64_t held(unsigned node, uint8_t cls)
{
    return net_class_events(&net, node, COMMUNE, cls);
}

static void pieces_name_the_event_that_is_written_with_them(void **state)
{
    (void)state;
    assert_int_equal(net_write_events(&net, COMMUNE, writes, PIECES + 1),
                     LT_OK);
    for (unsigned n = 1; n <= PIECES; n++) {
        assert_true(lt_event_id_equal(&events[n].chunk_of, &events[0].id));
        assert_int_equal(events[n].id.count, events[0].id.count + n);
    }
    net_turn(&net, COMMUNE);
    net_run(&net, 5000);
    assert_int_equal(held(PROVINCE, LT_CLASS_CASE), 1);
    assert_int_equal(held(PROVINCE, LT_CLASS_CHUNK), PIECES);
    assert_true(net_same(&net, PROVINCE, COMMUNE, COMMUNE));
}

static void a_piece_of_a_later_event_is_refused(void **state)
{
    (void)state;
    writes[1].chunk_of = 2;
    assert_int_equal(net_write_events(&net, COMMUNE, writes, 3), LT_EINVAL);
    writes[1].chunk_of = 3;
    assert_int_equal(net_write_events(&net, COMMUNE, writes, 3), LT_EINVAL);
    net_turn(&net, COMMUNE);
    assert_int_equal(held(COMMUNE, 0), 0);
}

/* On a thin line: 40 pieces are 600 KB, and the incident passes them. */
static void what_is_urgent_passes_the_pieces(void **state)
{
    uint64_t before;

    (void)state;
    net.bytes_per_s = 64 * 1024;
    assert_int_equal(net_write_events(&net, COMMUNE, writes, PIECES + 1),
                     LT_OK);
    net_turn(&net, COMMUNE);
    net_run(&net, 3000);
    before = held(PROVINCE, LT_CLASS_CHUNK);
    assert_in_range(before, 1, PIECES / 2);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_URGENT), 1),
                     LT_OK);
    for (int i = 0; i < 100 && held(PROVINCE, LT_CLASS_URGENT) == 0; i++) {
        net_run(&net, 50);
    }
    assert_int_equal(held(PROVINCE, LT_CLASS_URGENT), 1);
    assert_in_range(held(PROVINCE, LT_CLASS_CHUNK), before, PIECES - 1);
    net_run(&net, 30000);
    assert_int_equal(held(PROVINCE, LT_CLASS_CHUNK), PIECES);
}

static void what_is_cut_off_goes_on_where_it_was(void **state)
{
    (void)state;
    net.bytes_per_s = 64 * 1024;
    assert_int_equal(net_write_events(&net, COMMUNE, writes, PIECES + 1),
                     LT_OK);
    net_turn(&net, COMMUNE);
    net_run(&net, 3000);
    net_restart(&net, DISTRICT);
    net_run(&net, 3000);
    net_restart(&net, COMMUNE);
    net_run(&net, 60000);
    assert_int_equal(held(PROVINCE, LT_CLASS_CHUNK), PIECES);
    assert_true(net_same(&net, PROVINCE, COMMUNE, COMMUNE));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_name_the_event_that_is_written_with_them),
        TEST(a_piece_of_a_later_event_is_refused),
        TEST(what_is_urgent_passes_the_pieces),
        TEST(what_is_cut_off_goes_on_where_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
