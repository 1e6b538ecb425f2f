/* Pieces that come in a file, made one by one, so that they can say what no
 * exporter would; and an export that goes on where somebody says it stood. */
#include "tests/unit/engine/hand.h"

#include <stdlib.h>
#include <string.h>

#include "common/courier.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"
#include "tests/unit/engine/short_memory.h"

enum { PROVINCE, DISTRICT, COMMUNE, EPOCH = 99 };

static struct net net;
static struct lt_stream stream;
static struct lt_segment segment;
static uint8_t *memory;
static struct lt_buf plain;

/* The commune's line is cut; it has written one case, in another life. */
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
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 500);
    stream.origin = net.nodes[COMMUNE].office;
    stream.channel = net_up(LT_CLASS_CASE);
    segment = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH, NULL,
                           "12/2026", &memory);
    lt_buf_init(&plain, lt_alloc_heap());
    assert_int_equal(lt_courier_begin(&plain), LT_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lt_buf_deinit(&plain);
    free(memory);
    net_free(&net);
    return 0;
}

static uint64_t at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

/* ---- what stands in a piece ---- */

static void put(lt_err encoded, size_t mark)
{
    assert_int_equal(encoded, LT_OK);
    lt_courier_frame_done(&plain, mark);
}

static void put_run(uint32_t handle)
{
    struct lt_run_open open = {
        .handle = handle, .stream = stream, .epoch = EPOCH};
    size_t mark;

    memcpy(open.key_id, lt_key_id(net.nodes[COMMUNE].key), LT_HASH_LEN);
    assert_int_equal(lt_courier_frame_begin(&plain, &mark), LT_OK);
    put(lt_run_open_encode(&open, &plain), mark);
}

static void put_segment(uint32_t handle)
{
    struct lt_segments_writer writer;
    size_t mark;

    assert_int_equal(lt_courier_frame_begin(&plain, &mark), LT_OK);
    assert_int_equal(lt_segments_begin(&writer, &plain), LT_OK);
    assert_int_equal(lt_segments_add(&writer, handle, &segment), LT_OK);
    lt_segments_end(&writer);
    put(LT_OK, mark);
}

static void put_raw(const void *bytes, size_t len)
{
    size_t mark;

    assert_int_equal(lt_courier_frame_begin(&plain, &mark), LT_OK);
    assert_true(lt_buf_put(&plain, bytes, len));
    put(LT_OK, mark);
}

static struct lt_courier_taken import_as(unsigned from, unsigned to,
                                         const struct lt_key *key)
{
    const struct lt_courier_piece piece = {.from = net.nodes[from].office,
                                           .to = net.nodes[to].office,
                                           .epoch = EPOCH,
                                           .last = true};
    struct lt_courier_taken taken;
    struct lt_input input = {.kind = LT_IN_COURIER, .courier = &taken};

    assert_int_equal(lt_courier_end(&piece, key, &plain), LT_OK);
    input.bytes = plain.data;
    input.len = plain.len;
    net_input(&net, PROVINCE, &input);
    net_turn(&net, PROVINCE);
    return taken;
}

static struct lt_courier_taken import(void)
{
    return import_as(COMMUNE, PROVINCE, net.nodes[COMMUNE].key);
}

/* ---- in ---- */

static void what_a_piece_brings_is_taken_once(void **state)
{
    struct lt_courier_taken taken;

    (void)state;
    put_run(1);
    put_segment(1);
    taken = import();
    assert_int_equal(taken.rc, LT_OK);
    assert_true(taken.segments == 1 && taken.taken == 1);
    assert_int_equal(at(PROVINCE), 1);
    taken = import();
    assert_int_equal(taken.rc, LT_OK);
    assert_true(taken.taken == 0 && taken.repeated == 1);
    assert_int_equal(at(PROVINCE), 1);
}

/* What comes before it is not here: the file is no peer that could be asked. */
static void a_piece_that_goes_on_from_nothing_waits(void **state)
{
    struct lt_run_open open = {.handle = 1,
                               .stream = stream,
                               .epoch = EPOCH + 1,
                               .prev = hand_end(&segment)};
    struct lt_courier_taken taken;
    uint8_t *bytes;
    size_t mark;

    (void)state;
    memcpy(open.key_id, lt_key_id(net.nodes[COMMUNE].key), LT_HASH_LEN);
    assert_int_equal(lt_courier_frame_begin(&plain, &mark), LT_OK);
    put(lt_run_open_encode(&open, &plain), mark);
    segment = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 1,
                           &open.prev, "13/2026", &bytes);
    put_segment(1);
    taken = import();
    assert_int_equal(taken.rc, LT_OK);
    assert_true(taken.segments == 1 && taken.taken == 0);
    assert_int_equal(taken.waiting, 1);
    assert_int_equal(taken.reasons, 1U << LT_HOLD_GAP);
    assert_int_equal(at(PROVINCE), 0);
    free(bytes);
}

static void what_is_no_piece_is_not_read(void **state)
{
    struct lt_courier_taken taken;
    struct lt_input input = {.kind = LT_IN_COURIER,
                             .courier = &taken,
                             .bytes = (const uint8_t *)"no piece",
                             .len = 8};

    (void)state;
    net_input(&net, PROVINCE, &input);
    assert_int_equal(taken.rc, LT_EPIECE);
    assert_int_equal(taken.segments, 0);
}

static void who_exports_must_be_known_and_meant(void **state)
{
    (void)state;
    put_run(1);
    put_segment(1);
    assert_int_equal(import_as(COMMUNE, DISTRICT, net.nodes[COMMUNE].key).rc,
                     LT_EADDRESSEE);
    assert_int_equal(import_as(COMMUNE, PROVINCE, net.nodes[DISTRICT].key).rc,
                     LT_EEXPORTER);
    assert_int_equal(at(PROVINCE), 0);
    assert_int_equal(import().rc, LT_OK);
    assert_int_equal(at(PROVINCE), 1);
}

/* Whoever carries it changes it: with the right names and the wrong bytes. */
static void a_piece_that_was_changed_is_refused(void **state)
{
    struct lt_courier_taken taken;
    struct lt_input input = {.kind = LT_IN_COURIER, .courier = &taken};

    (void)state;
    put_run(1);
    put_segment(1);
    assert_int_equal(import_as(COMMUNE, DISTRICT, net.nodes[COMMUNE].key).rc,
                     LT_EADDRESSEE);
    memcpy(plain.data + LT_TYPED_SIG_LEN + LT_OFFICE_LEN,
           net.nodes[PROVINCE].office.bytes, LT_OFFICE_LEN);
    input.bytes = plain.data;
    input.len = plain.len;
    net_input(&net, PROVINCE, &input);
    assert_true(lt_office_equal(&taken.piece.to, &net.nodes[PROVINCE].office));
    assert_int_equal(taken.rc, LT_EEXPORTER);
    assert_int_equal(at(PROVINCE), 0);
}

static void frames_of_a_later_version_are_passed_over(void **state)
{
    static const uint8_t later[] = {99, 1, 2, 3};
    static const uint8_t ping[] = {LT_FRAME_PING, 0x08, 1};
    struct lt_courier_taken taken;

    (void)state;
    put_raw(later, sizeof(later));
    put_run(1);
    put_raw(ping, sizeof(ping)); /* of no use in a file */
    put_segment(1);
    put_raw(later, sizeof(later));
    taken = import();
    assert_int_equal(taken.rc, LT_OK);
    assert_int_equal(at(PROVINCE), 1);
}

static void a_damaged_frame_costs_what_comes_after_it(void **state)
{
    static const uint8_t damaged[] = {LT_FRAME_SEGMENTS, 0xff, 0xff};
    struct lt_courier_taken taken;

    (void)state;
    put_run(1);
    put_segment(1);
    put_raw(damaged, sizeof(damaged));
    put_segment(1);
    taken = import();
    assert_int_equal(taken.rc, LT_EMALFORMED);
    assert_true(taken.segments == 1 && taken.taken == 1);
    assert_int_equal(at(PROVINCE), 1);
}

static void damaged_keys_cost_the_piece(void **state)
{
    static const uint8_t damaged[] = {LT_FRAME_BINDINGS, 0xff, 0xff};

    (void)state;
    put_run(1);
    put_segment(1);
    put_raw(damaged, sizeof(damaged));
    assert_int_equal(import().rc, LT_EMALFORMED);
    assert_int_equal(at(PROVINCE), 0);
}

/* What ends a session ends the piece, and the office's own session does not
 * care. */
static void what_breaks_the_protocol_ends_the_piece(void **state)
{
    (void)state;
    put_run(0);
    put_segment(1);
    assert_int_equal(import().rc, LT_EMALFORMED);
    assert_int_equal(at(PROVINCE), 0);
    assert_int_equal(net.nodes[PROVINCE].closes, 0);
    assert_int_equal(lt_engine_sessions(net.nodes[PROVINCE].engine), 1);
}

static void a_revoked_exporter_is_refused(void **state)
{
    struct lt_event event = {.type = LT_EV_KEY_REVOKED,
                             .recorded_at_ms = net.now.wall_ms,
                             .actor_role = 1};
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    struct lt_write_event write = {
        .event = &event, .channels_n = 1, .channels = &all};

    (void)state;
    memcpy(event.key_id, lt_key_id(net.nodes[COMMUNE].key), LT_HASH_LEN);
    assert_int_equal(net_write_events(&net, PROVINCE, &write, 1), LT_OK);
    net_turn(&net, PROVINCE);
    net_run(&net, 1000);
    put_run(1);
    put_segment(1);
    assert_int_equal(import().rc, LT_AREVOKED);
    assert_int_equal(at(PROVINCE), 0);
}

static void a_full_office_says_why_it_takes_nothing(void **state)
{
    struct lt_input intake = {.kind = LT_IN_INTAKE, .code = LT_EFULL};

    (void)state;
    net_input(&net, PROVINCE, &intake);
    put_run(1);
    put_segment(1);
    assert_int_equal(import().rc, LT_EFULL);
    assert_int_equal(at(PROVINCE), 0);
    intake.flag = true;
    net_input(&net, PROVINCE, &intake);
    assert_int_equal(import().rc, LT_OK);
    assert_int_equal(at(PROVINCE), 1);
}

/* ---- whom it may be for ---- */

static void only_the_own_line_gets_a_bundle(void **state)
{
    const struct lt_office nobody = {{0x77}};
    unsigned other = net_join(&net, DISTRICT);
    struct lt_engine *engine = net.nodes[COMMUNE].engine;
    struct lt_binding binding;

    (void)state;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 3000);
    assert_true(lt_engine_courier_may(engine, &net.nodes[PROVINCE].office));
    assert_true(lt_engine_courier_may(net.nodes[PROVINCE].engine,
                                      &net.nodes[COMMUNE].office));
    assert_false(lt_engine_courier_may(engine, &net.nodes[other].office));
    assert_false(lt_engine_courier_may(engine, &nobody));
    assert_true(
        lt_engine_binding_of(engine, &net.nodes[PROVINCE].office, &binding));
    assert_false(lt_engine_binding_of(engine, &nobody, &binding));
}

/* With its disk it has lost the tree; who signed its key it knows. */
static void
an_office_without_a_tree_knows_its_superiors_by_its_key(void **state)
{
    const struct lt_office nobody = {{0x77}};
    struct lt_engine *engine;

    (void)state;
    net_stop(&net, COMMUNE);
    net_truncate(&net, COMMUNE, 0);
    net_start(&net, COMMUNE);
    engine = net.nodes[COMMUNE].engine;
    assert_null(
        lt_tree_find(lt_engine_tree(engine), &net.nodes[COMMUNE].office));
    assert_true(lt_engine_courier_may(engine, &net.nodes[PROVINCE].office));
    assert_true(lt_engine_courier_may(engine, &net.nodes[DISTRICT].office));
    assert_false(lt_engine_courier_may(engine, &nobody));
}

/* ---- out ---- */

/* How many segments' worth of numbers an export from @at on offers. */
static uint64_t offered(struct lt_courier_cursor at, bool all)
{
    struct lt_engine *engine = net.nodes[COMMUNE].engine;
    struct lt_courier_run run;
    uint64_t events = 0;

    while (lt_engine_courier_next(engine, &net.nodes[PROVINCE].office, all, &at,
                                  &run) == LT_COURIER_RUN) {
        assert_true(run.after < run.last);
        if (run.stream.channel.cls == LT_CLASS_CASE &&
            lt_office_equal(&run.stream.origin, &net.nodes[COMMUNE].office)) {
            events += run.last - run.after;
        }
        at.after = run.last;
    }
    return events;
}

static void an_export_goes_on_wherever_it_is_said_to_stand(void **state)
{
    struct lt_courier_cursor at = {.life = net.nodes[COMMUNE].epoch};

    (void)state;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 5), LT_OK);
    net_run(&net, 500);
    assert_int_equal(offered(at, false), 5);
    at = (struct lt_courier_cursor){.life = net.nodes[COMMUNE].epoch,
                                    .stage = 2,
                                    .in_unit = true,
                                    .origin = net.nodes[COMMUNE].office,
                                    .channel = net_up(LT_CLASS_CASE),
                                    .epoch = net.nodes[COMMUNE].epoch,
                                    .after = 3};
    assert_int_equal(offered(at, true), 2);
    /* A stream that is not here, a life that is not: the office from its
     * beginning. */
    at.channel = net_up(LT_CLASS_CHUNK);
    assert_int_equal(offered(at, true), 5);
    at.channel = net_up(LT_CLASS_CASE);
    at.epoch = 1;
    assert_int_equal(offered(at, true), 5);
    /* Another life has its runs in another order. */
    at.life++;
    at.stage = 3;
    assert_int_equal(offered(at, true), 5);
}

static void of_whom_nothing_was_heard_nothing_is_known(void **state)
{
    const struct lt_office nobody = {{0x77}};

    (void)state;
    assert_int_equal(
        lt_engine_courier_heard(net.nodes[PROVINCE].engine, &nobody), 0);
    {
        struct lt_binding binding;

        /* Its stream is named, its key is not. */
        assert_non_null(lt_unit_get(net.nodes[PROVINCE].engine, &nobody));
        assert_false(lt_engine_binding_of(net.nodes[PROVINCE].engine, &nobody,
                                          &binding));
    }
    net_run(&net, 15 * 60 * 1000);
    assert_true(lt_engine_courier_heard(net.nodes[PROVINCE].engine,
                                        &net.nodes[DISTRICT].office) > 0);
}

/* Nobody waits for one answer while tens of thousands of streams are looked at,
 * of which none is of the kind that is exported just now. */
static enum lt_courier_found at_rest(struct lt_engine *engine,
                                     const struct lt_office *to)
{
    struct lt_courier_cursor at = {.life = 0};
    struct lt_courier_run next;

    return lt_engine_courier_next(engine, to, false, &at, &next);
}

static void a_long_search_is_done_in_pieces(void **state)
{
    enum { MANY = 60 * 1000, STAGES_OF_OTHERS = 3 };
    const struct lt_office *to = &net.nodes[DISTRICT].office;
    struct lt_engine_run run = {.stream = {.origin = net.nodes[COMMUNE].office},
                                .epoch = 1000,
                                .first = 1,
                                .last = {.epoch = 1000, .number = 1}};
    struct lt_courier_cursor at = {.life = 0};
    enum lt_courier_found found;
    struct lt_courier_run next;
    struct lt_engine *engine;
    unsigned later = 0;

    (void)state;
    net_stop(&net, COMMUNE);
    net_start(&net, COMMUNE);
    engine = net.nodes[COMMUNE].engine;
    run.stream.channel = net_to(&net, LT_CLASS_DIRECTIVE, DISTRICT);
    for (unsigned i = 0; i < MANY; i++) {
        memcpy(run.stream.channel.to.bytes, &i, sizeof(i));
        assert_int_equal(lt_engine_load_run(engine, &run), LT_OK);
    }
    do {
        found = lt_engine_courier_next(engine, to, true, &at, &next);
        later += found == LT_COURIER_LATER;
        at.after = found == LT_COURIER_RUN ? next.last : at.after;
    } while (found != LT_COURIER_NOTHING);
    assert_int_equal(later, STAGES_OF_OTHERS);
    assert_int_equal(at.stage, 4); /* it came to its end */
}

/* Streams of so many lives, of which nothing is durable yet: it goes on within one
 * of them. */
static void a_long_search_goes_on_within_a_stream(void **state)
{
    enum { STREAMS = 60, LIVES = 1000 };
    const struct lt_office *to = &net.nodes[DISTRICT].office;
    struct lt_engine_run run = {
        .stream = {.origin = net.nodes[COMMUNE].office,
                   .channel = net_to(&net, LT_CLASS_DIRECTIVE, DISTRICT)}};
    struct lt_courier_cursor at = {.life = 0};
    struct lt_courier_run next;
    struct lt_engine *engine;
    enum lt_courier_found found = LT_COURIER_NOTHING;
    bool within = false;

    (void)state;
    net_stop(&net, COMMUNE);
    net_start(&net, COMMUNE);
    engine = net.nodes[COMMUNE].engine;
    for (unsigned i = 0; i < STREAMS; i++) {
        memcpy(run.stream.channel.to.bytes, &i, sizeof(i));
        run.last = (struct lt_point){.number = 0};
        for (uint64_t life = 1; life <= LIVES; life++) {
            run.epoch = life;
            run.prev = run.last;
            run.first = life;
            run.last = (struct lt_point){.epoch = life, .number = life};
            assert_int_equal(lt_engine_load_run(engine, &run), LT_OK);
        }
        for (struct lt_run *held = lt_track_find(engine, &run.stream)->runs;
             held != NULL; held = held->next) {
            bool last = i + 1 == STREAMS && held->next == NULL;

            held->durable.number = last ? held->durable.number : 0;
        }
    }
    for (unsigned i = 0; i < 100; i++) { /* the last of all is found */
        found = lt_engine_courier_next(engine, to, true, &at, &next);
        within |= found == LT_COURIER_LATER && at.in_unit && at.epoch > 1;
        if (found == LT_COURIER_RUN && next.epoch == LIVES) {
            break;
        }
        assert_int_not_equal(found, LT_COURIER_NOTHING);
        at.after = found == LT_COURIER_RUN ? next.last : at.after;
    }
    assert_int_equal(found, LT_COURIER_RUN);
    assert_true(within);
}

/* Of what an addressee has said nothing can be read without memory: then it gets
 * all that it may already hold. */
static void without_memory_nothing_is_known_of_anybody(void **state)
{
    const struct lt_office *to = &net.nodes[PROVINCE].office;
    struct lt_courier_cursor at = {.life = 0};
    struct lt_courier_run next;
    struct lt_engine *engine;

    (void)state;
    net_stop(&net, DISTRICT);
    net.nodes[DISTRICT].alloc = &short_memory;
    net_start(&net, DISTRICT);
    net_connect(&net, COMMUNE, DISTRICT);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 20 * 60 * 1000); /* the province has said that it holds it */
    engine = net.nodes[DISTRICT].engine;
    assert_int_equal(at_rest(engine, to), LT_COURIER_NOTHING);
    lt_engine_relax(engine);
    short_memory_after(0);
    memset(&next, 0, sizeof(next));
    for (unsigned i = 0; i < 100 && next.stream.channel.cls != LT_CLASS_CASE;
         i++) {
        assert_int_equal(lt_engine_courier_next(engine, to, false, &at, &next),
                         LT_COURIER_RUN);
        at.after = next.last;
    }
    short_memory_enough();
    assert_int_equal(next.stream.channel.cls, LT_CLASS_CASE);
    assert_true(
        lt_office_equal(&next.stream.origin, &net.nodes[COMMUNE].office));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(what_a_piece_brings_is_taken_once),
        TEST(a_piece_that_goes_on_from_nothing_waits),
        TEST(what_is_no_piece_is_not_read),
        TEST(who_exports_must_be_known_and_meant),
        TEST(a_piece_that_was_changed_is_refused),
        TEST(frames_of_a_later_version_are_passed_over),
        TEST(a_damaged_frame_costs_what_comes_after_it),
        TEST(damaged_keys_cost_the_piece),
        TEST(what_breaks_the_protocol_ends_the_piece),
        TEST(a_revoked_exporter_is_refused),
        TEST(a_full_office_says_why_it_takes_nothing),
        TEST(only_the_own_line_gets_a_bundle),
        TEST(an_office_without_a_tree_knows_its_superiors_by_its_key),
        TEST(an_export_goes_on_wherever_it_is_said_to_stand),
        TEST(of_whom_nothing_was_heard_nothing_is_known),
        TEST(a_long_search_is_done_in_pieces),
        TEST(a_long_search_goes_on_within_a_stream),
        TEST(without_memory_nothing_is_known_of_anybody),
#undef TEST
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
