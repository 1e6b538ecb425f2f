/* A closed office hands over, falls silent, and its key is revoked at the end
 * of what it wrote: never before. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/state.h"
#include "tests/unit/engine/later.h"
#include "tests/unit/engine/words.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static struct net net;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    (void)net_join(&net, DISTRICT);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_connect(&net, OTHER, DISTRICT);
    net_run(&net, 5000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

static enum lt_drain_state drain(unsigned office)
{
    return lt_engine_drain(engine_of(PROVINCE), &net.nodes[office].office);
}

static void say(struct lt_event *event)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_write_event one = {
        .event = event, .channels_n = 1, .channels = &channel};

    event->recorded_at_ms = net.now.wall_ms;
    event->actor_role = 6;
    assert_int_equal(net_write_events(&net, PROVINCE, &one, 1), LT_OK);
    net_turn(&net, PROVINCE);
    free(event);
}

static struct lt_event *fresh(uint32_t type)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = type;
    return event;
}

/* The writer's word about the key, with what it holds as the ends. */
static void revoke(unsigned of, bool restores)
{
    struct lt_event *event =
        fresh(restores ? LT_EV_KEY_RESTORED : LT_EV_KEY_REVOKED);
    struct lt_stream_end ends[16];
    struct lt_run_view run;
    size_t cursor = 0;
    size_t n = 0;

    memcpy(event->key_id, lt_key_id(net.nodes[of].key), LT_HASH_LEN);
    while (!restores && n < LT_COUNT_OF(ends) &&
           lt_engine_run_of(engine_of(PROVINCE), &net.nodes[of].office, &cursor,
                            &run)) {
        ends[n++] = (struct lt_stream_end){.channel = run.stream.channel,
                                           .epoch = run.epoch,
                                           .number = run.last};
    }
    event->ends = ends;
    event->ends_n = n;
    say(event);
}

static void cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
}

static void nothing_is_over_while_it_is_open(void **state)
{
    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OPEN);
    assert_false(lt_engine_silent(engine_of(COMMUNE)));
    cases(COMMUNE, 1);
}

static void who_has_handed_over_all_falls_silent(void **state)
{
    (void)state;
    cases(COMMUNE, 3);
    net_run(&net, 3000);
    net_close(&net, COMMUNE, OTHER);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_UNSAID);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    assert_true(lt_engine_silent(engine_of(COMMUNE)));
    assert_false(lt_engine_ended(engine_of(COMMUNE)));
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_ECLOSED);
    /* Also in another life, and in another one of the writer's. */
    net_restart(&net, COMMUNE);
    net_run(&net, 100);
    assert_true(lt_engine_silent(engine_of(COMMUNE)));
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_ECLOSED);
    net_restart(&net, PROVINCE);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
}

/* It was away on the day; what it has goes up first. */
static void nothing_is_over_before_it_comes_back(void **state)
{
    (void)state;
    net.no_bypass = true;
    net_disconnect(&net, COMMUNE, DISTRICT);
    cases(COMMUNE, 4);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, 90 * MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_UNSAID);
    cases(COMMUNE, 1); /* it does not know */
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE),
                     5);
}

/* Nothing of the commune passes from the district to the province. */
static bool keeps_segments(struct net *of, unsigned from, unsigned to,
                           uint8_t *bytes, size_t *len)
{
    (void)of;
    (void)len;
    return from != DISTRICT || to != PROVINCE || bytes[0] != LT_FRAME_SEGMENTS;
}

/* Its neighbour has all of it, and the writer of the tree has not. */
static void what_a_tier_keeps_back_is_missed(void **state)
{
    (void)state;
    net.no_bypass = true;
    net.filter = keeps_segments;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS / 3);
    assert_true(lt_engine_silent(engine_of(COMMUNE)));
    assert_int_equal(drain(COMMUNE), LT_DRAIN_MISSING);
    net.filter = NULL;
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
}

/* The word is on its disk before anybody hears it: of a life that died at once
 * nothing is written after what it said. */
static void it_says_so_only_when_it_has_kept_it(void **state)
{
    (void)state;
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    net_close(&net, COMMUNE, OTHER);
    for (unsigned i = 0; i < 400 && drain(COMMUNE) != LT_DRAIN_OVER; i++) {
        net_run(&net, 20);
    }
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_restart(&net, COMMUNE);
    net_turn(&net, COMMUNE);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_ECLOSED);
}

static void its_key_ends_and_it_is_the_last_that_hears_so(void **state)
{
    struct lt_stream stream = {.origin = net.nodes[COMMUNE].office,
                               .channel = net_up(LT_CLASS_CASE)};

    (void)state;
    cases(COMMUNE, 3);
    net_run(&net, 3000);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    revoke(COMMUNE, false);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_REVOKED);
    assert_true(lt_engine_ended(engine_of(COMMUNE)));
    assert_int_equal(
        lt_engine_limit(engine_of(PROVINCE), &stream, net.nodes[COMMUNE].epoch),
        3);
    for (unsigned i = PROVINCE; i <= OTHER; i++) {
        assert_false(net_alarm(&net, i, LT_AREVOKED));
    }
    /* It is nobody's business that it speaks to nobody. */
    net_run(&net, 60 * MINUTE_MS);
    assert_false(net_alarm(&net, COMMUNE, LT_ASILENT));
    assert_false(net_alarm(&net, DISTRICT, LT_ASILENT));
    net_restart(&net, COMMUNE);
    net_run(&net, MINUTE_MS);
    assert_true(lt_engine_ended(engine_of(COMMUNE)));
    assert_true(lt_engine_silent(engine_of(COMMUNE))); /* it has its word */
}

/* The root's child, too, whose session the writer ends itself. */
static void a_neighbour_of_the_writer_hears_it_as_well(void **state)
{
    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_disconnect(&net, OTHER, DISTRICT);
    net_close(&net, COMMUNE, PROVINCE);
    net_close(&net, OTHER, PROVINCE);
    net_close(&net, DISTRICT, PROVINCE);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(DISTRICT), LT_DRAIN_OVER);
    revoke(DISTRICT, false);
    net_run(&net, MINUTE_MS);
    assert_true(lt_engine_ended(engine_of(DISTRICT)));
}

/* What it had shut nobody could open any more. */
static void a_door_of_a_closed_office_is_open(void **state)
{
    (void)state;
    net.no_bypass = true;
    words_door(&net, DISTRICT, COMMUNE, true);
    cases(COMMUNE, 2);
    net_run(&net, MINUTE_MS);
    assert_true(net_alarm(&net, DISTRICT, LT_ADOORSHUT));
    assert_int_equal(
        net_class_events(&net, DISTRICT, COMMUNE, LT_CLASS_CASE), 0);
    net_close(&net, COMMUNE, PROVINCE); /* it is not put below another */
    net_close(&net, OTHER, PROVINCE);
    net_close(&net, DISTRICT, PROVINCE);
    net_run(&net, MINUTE_MS);
    assert_false(net_alarm(&net, DISTRICT, LT_ADOORSHUT));
    assert_false(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE), 2);
}

/* It has a few seconds to hear so, and its neighbour knows that it is about to
 * go: that it is away then is no alarm. */
static void who_is_told_that_it_ends_is_leaving(void **state)
{
    const struct lt_office nobody = {{0x77}};

    (void)state;
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    assert_false(
        lt_engine_leaving(engine_of(DISTRICT), &net.nodes[COMMUNE].office));
    revoke(COMMUNE, false);
    net_run(&net, 1000);
    assert_true(
        lt_engine_leaving(engine_of(DISTRICT), &net.nodes[COMMUNE].office));
    assert_false(
        lt_engine_leaving(engine_of(DISTRICT), &net.nodes[OTHER].office));
    assert_false(lt_engine_leaving(engine_of(DISTRICT), &nobody));
    net_run(&net, MINUTE_MS);
    assert_false(
        lt_engine_leaving(engine_of(DISTRICT), &net.nodes[COMMUNE].office));
    assert_false(net_alarm(&net, DISTRICT, LT_ASILENT));
}

/* Without its parent: others go around, one whose key has ended does not. */
static void who_has_ended_goes_around_nobody(void **state)
{
    (void)state;
    net_disconnect(&net, OTHER, DISTRICT);
    net_run(&net, 30 * MINUTE_MS);
    assert_int_equal(net.dials, 1); /* control */
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    revoke(COMMUNE, false);
    net_run(&net, MINUTE_MS);
    assert_true(lt_engine_ended(engine_of(COMMUNE)));
    net_run(&net, 60 * MINUTE_MS);
    assert_int_equal(net.dials, 1);
}

/* It hands over around its parent, hears by the same way that it has ended, and
 * hangs up. */
static void who_ends_while_it_goes_around_hangs_up(void **state)
{
    struct lt_bypass_view view;

    (void)state;
    net_stop(&net, DISTRICT);
    cases(COMMUNE, 2);
    net_run(&net, 80 * MINUTE_MS); /* all lanes after an hour */
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    lt_engine_bypass(engine_of(COMMUNE), &view);
    assert_int_equal(view.state, LT_BYPASS_AROUND);
    revoke(COMMUNE, false);
    net_run(&net, MINUTE_MS);
    assert_true(lt_engine_ended(engine_of(COMMUNE)));
    lt_engine_bypass(engine_of(COMMUNE), &view);
    assert_int_equal(view.state, LT_BYPASS_NOT);
}

/* A person has given it back: that stands. */
static void what_was_given_back_is_left_alone(void **state)
{
    (void)state;
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    revoke(COMMUNE, false);
    revoke(COMMUNE, true);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_RESTORED);
}

/* ---- what is not the end of it ---- */

/* Its word is signed by a key that another one has followed since. */
static void a_word_of_an_earlier_key_is_not_the_last(void **state)
{
    struct lt_key *key = later_key(1);
    const struct later later = {.office = COMMUNE,
                                .issuer = DISTRICT,
                                .key = key,
                                .follows = net.nodes[COMMUNE].key,
                                .serial = 2};
    struct lt_buf binding;

    (void)state;
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    lt_buf_init(&binding, lt_alloc_heap());
    later_make(&net, &later, &binding);
    later_give(&net, PROVINCE, &binding);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_MISSING);
    lt_buf_deinit(&binding);
    lt_key_free(key);
}

/* Nor one of a key that nobody has confirmed yet. */
static void a_word_of_an_unconfirmed_key_waits_with_it(void **state)
{
    struct lt_key *key = later_key(2);
    const struct later later = {
        .office = COMMUNE, .issuer = DISTRICT, .key = key, .serial = 2};
    struct lt_buf binding;

    (void)state;
    lt_buf_init(&binding, lt_alloc_heap());
    later_make(&net, &later, &binding);
    for (unsigned i = PROVINCE; i <= COMMUNE; i++) {
        later_give(&net, i, &binding);
    }
    net_stop(&net, COMMUNE);
    lt_key_free(net.nodes[COMMUNE].key);
    net.nodes[COMMUNE].key = key;
    net_start(&net, COMMUNE);
    net_run(&net, MINUTE_MS);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_MISSING);
    later_write(&net, PROVINCE, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    lt_buf_deinit(&binding);
}

/* It has a key, and never a word came from it. */
static void who_never_spoke_has_said_nothing(void **state)
{
    const unsigned fresh = net_join(&net, DISTRICT);
    struct lt_buf binding;

    (void)state;
    net_run(&net, 1000);
    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(&net, DISTRICT, fresh, &binding);
    later_give(&net, PROVINCE, &binding);
    net_close(&net, fresh, OTHER);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(fresh), LT_DRAIN_UNSAID);
    lt_buf_deinit(&binding);
}

/* No segment comes up. */
static bool nothing_up(struct net *of, unsigned from, unsigned to,
                       uint8_t *bytes, size_t *len)
{
    (void)of;
    (void)len;
    return from < to || bytes[0] != LT_FRAME_SEGMENTS;
}

/* What is on its way to the disk goes up as well. */
static void what_is_written_while_it_hands_over_goes_up_first(void **state)
{
    (void)state;
    net.filter = nothing_up;
    cases(COMMUNE, 1);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, 3000);
    assert_false(lt_engine_silent(engine_of(COMMUNE)));
    net.nodes[COMMUNE].commit_held = true;
    cases(COMMUNE, 1); /* the disk hangs over this one */
    assert_true(net.nodes[COMMUNE].in_commit);
    cases(COMMUNE, 1); /* and this one waits for its turn */
    assert_non_null(net.nodes[COMMUNE].engine->pending);
    net_release_commit(&net, COMMUNE);
    assert_false(lt_engine_silent(engine_of(COMMUNE)));
    net.filter = NULL;
    net_run(&net, 3 * MINUTE_MS);
    assert_true(lt_engine_silent(engine_of(COMMUNE)));
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE),
                     3);
}

/* What others wrote, and nobody above wants of it, keeps it from nothing. */
static void what_is_not_wanted_above_is_no_part_of_it(void **state)
{
    static const uint32_t reasons[] = {LT_HOLD_NOT_FOLLOWED,
                                       LT_HOLD_PROVEN_WRONG};

    (void)state;
    for (unsigned i = 0; i < LT_COUNT_OF(reasons); i++) {
        struct lt_engine *engine;
        bool any = false;

        if (i > 0) {
            (void)teardown(NULL);
            (void)setup(NULL);
        }
        engine = engine_of(DISTRICT);
        net.filter = keeps_segments;
        cases(COMMUNE, 1);
        net_run(&net, 2000);
        net_disconnect(&net, COMMUNE, DISTRICT);
        net_disconnect(&net, OTHER, DISTRICT);
        net_close(&net, COMMUNE, PROVINCE); /* first those below it */
        net_close(&net, OTHER, PROVINCE);
        net_close(&net, DISTRICT, PROVINCE);
        net_run(&net, 1000);
        assert_false(lt_engine_silent(engine));
        for (size_t k = 0; k < engine->sessions_n; k++) {
            struct lt_flow *flow = engine->sessions[k]->flows;

            for (; flow != NULL; flow = flow->all_next) {
                if (flow->run->track->unit != engine->self &&
                    flow->acked < flow->run->last.number) {
                    flow->held = reasons[i];
                    flow->held_until_ms = INT64_MAX;
                    any = true;
                }
            }
        }
        assert_true(any);
        assert_false(engine->handed_over);
        net_turn(&net, DISTRICT);
        assert_true(engine->handed_over);
        assert_true(lt_engine_silent(engine));
    }
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        PROMISE(nothing_is_over_while_it_is_open),
        PROMISE(who_has_handed_over_all_falls_silent),
        PROMISE(nothing_is_over_before_it_comes_back),
        PROMISE(what_a_tier_keeps_back_is_missed),
        PROMISE(it_says_so_only_when_it_has_kept_it),
        PROMISE(its_key_ends_and_it_is_the_last_that_hears_so),
        PROMISE(a_neighbour_of_the_writer_hears_it_as_well),
        PROMISE(a_door_of_a_closed_office_is_open),
        PROMISE(who_is_told_that_it_ends_is_leaving),
        PROMISE(who_has_ended_goes_around_nobody),
        PROMISE(who_ends_while_it_goes_around_hangs_up),
        PROMISE(what_was_given_back_is_left_alone),
        PROMISE(a_word_of_an_earlier_key_is_not_the_last),
        PROMISE(a_word_of_an_unconfirmed_key_waits_with_it),
        PROMISE(who_never_spoke_has_said_nothing),
        PROMISE(what_is_written_while_it_hands_over_goes_up_first),
        PROMISE(what_is_not_wanted_above_is_no_part_of_it),
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
