/* Who may speak: keys, nonces, versions, lives. */
#include "tests/unit/engine/hand.h"

#include <string.h>

enum { PROVINCE, DISTRICT, COMMUNE, OTHER };

static struct net net;
static struct hand hand;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    (void)net_join(&net, DISTRICT);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    hand_free(&hand);
    net_free(&net);
    return 0;
}

static void right_key_is_served(void **state)
{
    (void)state;
    hand_shake(&hand);
    assert_false(hand.closed);
    assert_int_equal(net_link_view(&net, DISTRICT, COMMUNE).state, 1);
}

static void hello_signed_by_another_key_is_refused(void **state)
{
    (void)state;
    hand_hello(&hand, 1, 1);
    hand.key = net.nodes[OTHER].key;
    hand_proof(&hand);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EHELLO);
    assert_true(net_alarm(&net, DISTRICT, LT_EHELLO));
}

static void key_that_nobody_bound_is_refused(void **state)
{
    struct lt_key *key = NULL;

    (void)state;
    assert_int_equal(lt_key_generate(&key), LT_OK);
    hand.key = key;
    hand_hello(&hand, 1, 1);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EUNKNOWNKEY);
    assert_true(net_alarm(&net, DISTRICT, LT_EUNKNOWNKEY));
    lt_key_free(key);
}

static void office_other_than_the_transport_key_says_is_refused(void **state)
{
    (void)state;
    hand.as = OTHER;
    hand.key = net.nodes[OTHER].key;
    hand_hello(&hand, 1, 1);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EHELLO);
}

static void proof_of_another_session_is_worth_nothing(void **state)
{
    (void)state;
    hand_hello(&hand, 1, 1);
    hand.nonce[0] ^= 1; /* signs over a nonce that was not said */
    hand_proof(&hand);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EHELLO);
}

static void version_that_we_do_not_speak_is_said(void **state)
{
    (void)state;
    hand_hello(&hand, 2, 3);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EPROTO);
    assert_int_equal(hand.count[LT_FRAME_BYE], 1);
}

static void wider_range_of_versions_is_served(void **state)
{
    (void)state;
    hand_hello(&hand, 1, 9);
    assert_false(hand.closed);
    assert_int_equal(hand.count[LT_FRAME_HELLO], 1);
}

static void frames_before_the_hello_end_the_session(void **state)
{
    struct lt_tips tips = {.origin = net.nodes[COMMUNE].office};
    struct lt_buf frame;

    (void)state;
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_tips_encode(&tips, &frame), LT_OK);
    hand_send(&hand, &frame);
    lt_buf_deinit(&frame);
    assert_true(hand.closed);
}

/* A page of one lane, and then the whole of another, of one office. */
static void a_page_that_does_not_go_on_is_forgotten(void **state)
{
    struct lt_tips tips = {.origin = net.nodes[COMMUNE].office, .more = true};
    struct lt_buf frame;

    (void)state;
    hand_shake(&hand);
    for (unsigned i = 0; i < 2; i++) {
        lt_buf_init(&frame, lt_alloc_heap());
        assert_int_equal(lt_tips_encode(&tips, &frame), LT_OK);
        hand_send(&hand, &frame);
        lt_buf_deinit(&frame);
        tips.lane = LT_LANE_NORMAL;
        tips.more = false;
    }
    assert_false(hand.closed);
}

static void silent_newcomer_is_closed(void **state)
{
    (void)state;
    net_run(&net, 14000);
    assert_false(hand.closed);
    net_run(&net, 3000);
    assert_true(hand.closed);
}

static void session_without_a_word_is_closed_after_pings(void **state)
{
    (void)state;
    hand_shake(&hand);
    net_run(&net, 25000);
    assert_false(hand.closed);
    assert_true(hand.count[LT_FRAME_PING] >= 1);
    net_run(&net, 10000);
    assert_true(hand.closed);
}

/* The other end has seen it twice: both of them say so at home. */
static void who_is_told_that_it_runs_twice_says_so(void **state)
{
    const struct lt_bye bye = {.code = (uint32_t)-LT_ATWOMACHINES,
                               .text = {"twice", 5}};
    const struct lt_bye other = {.code = (uint32_t)-LT_EHELLO,
                                 .text = {"no", 2}};
    struct lt_buf frame;

    (void)state;
    hand_shake(&hand);
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_bye_encode(&other, &frame), LT_OK);
    hand_send(&hand, &frame);
    assert_true(hand.closed);
    assert_false(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    hand_free(&hand);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    hand_shake(&hand);
    lt_buf_reset(&frame);
    assert_int_equal(lt_bye_encode(&bye, &frame), LT_OK);
    hand_send(&hand, &frame);
    assert_true(hand.closed);
    assert_true(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    lt_buf_deinit(&frame);
}

static void newest_session_of_an_office_is_served(void **state)
{
    struct lt_link_view view;

    (void)state;
    hand_shake(&hand);
    net_connect(&net, COMMUNE, DISTRICT);
    net_settle(&net);
    assert_true(hand.closed);
    view = net_link_view(&net, DISTRICT, COMMUNE);
    assert_int_equal(view.state, 1);
    assert_int_not_equal(view.session, hand.session);
}

/* A parent that binds a key of its own to its child pushes nobody out with it:
 * it is served where the office itself is not. */
static void an_unconfirmed_key_takes_no_session_from_the_known_one(void **state)
{
    struct lt_key *known = net.nodes[COMMUNE].key;
    struct lt_input input = {.kind = LT_IN_BINDING};
    struct lt_key *other = NULL;
    struct lt_buf binding;

    (void)state;
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_settle(&net);
    assert_int_equal(lt_key_generate(&other), LT_OK);
    net.nodes[COMMUNE].key = other;
    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(&net, DISTRICT, COMMUNE, &binding);
    net.nodes[COMMUNE].key = known;
    input.bytes = binding.data;
    input.len = binding.len;
    net_input(&net, DISTRICT, &input);
    net_turn(&net, DISTRICT);
    assert_true(net_alarm(&net, DISTRICT, LT_AUNCONFIRMED));
    hand.key = other;
    hand_shake(&hand);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_AUNCONFIRMED);
    assert_int_equal(net_link_view(&net, DISTRICT, COMMUNE).state, 1);
    assert_false(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    /* The known one is away: then it may. And that one takes its place again. */
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_settle(&net);
    hand_free(&hand);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    hand.key = other;
    hand_shake(&hand);
    assert_false(hand.closed);
    net_connect(&net, COMMUNE, DISTRICT);
    net_settle(&net);
    assert_true(hand.closed);
    lt_buf_deinit(&binding);
    lt_key_free(other);
}

static void unknown_frame_of_a_newer_version_is_passed_over(void **state)
{
    static const uint8_t later[] = {29, 1, 2, 3};

    (void)state;
    hand_shake(&hand);
    net_inject(&net, DISTRICT, hand.session, later, sizeof(later));
    assert_false(hand.closed);
}

static void binding_by_someone_who_is_not_the_parent_is_not_used(void **state)
{
    struct lt_buf binding;
    struct lt_input input = {.kind = LT_IN_BINDING};
    struct lt_key *key = net.nodes[COMMUNE].key;
    struct lt_key *forged = NULL;

    (void)state;
    /* The sibling binds a key of its own to the commune. */
    assert_int_equal(lt_key_generate(&forged), LT_OK);
    net.nodes[COMMUNE].key = forged;
    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(&net, OTHER, COMMUNE, &binding);
    net.nodes[COMMUNE].key = key;
    input.bytes = binding.data;
    input.len = binding.len;
    net_input(&net, DISTRICT, &input);
    net_turn(&net, DISTRICT);
    assert_null(lt_engine_key_of(net.nodes[DISTRICT].engine,
                                 &net.nodes[COMMUNE].office,
                                 lt_key_id(forged)));
    assert_true(net_alarm(&net, DISTRICT, LT_EUNKNOWNKEY));
    lt_buf_deinit(&binding);
    lt_key_free(forged);
    hand_shake(&hand); /* the right key is as good as before */
    assert_false(hand.closed);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(right_key_is_served),
        PROMISE(hello_signed_by_another_key_is_refused),
        PROMISE(key_that_nobody_bound_is_refused),
        PROMISE(office_other_than_the_transport_key_says_is_refused),
        PROMISE(proof_of_another_session_is_worth_nothing),
        PROMISE(version_that_we_do_not_speak_is_said),
        PROMISE(wider_range_of_versions_is_served),
        PROMISE(frames_before_the_hello_end_the_session),
        PROMISE(a_page_that_does_not_go_on_is_forgotten),
        PROMISE(silent_newcomer_is_closed),
        PROMISE(session_without_a_word_is_closed_after_pings),
        PROMISE(who_is_told_that_it_runs_twice_says_so),
        PROMISE(newest_session_of_an_office_is_served),
        PROMISE(
            an_unconfirmed_key_takes_no_session_from_the_known_one),
        PROMISE(unknown_frame_of_a_newer_version_is_passed_over),
        PROMISE(binding_by_someone_who_is_not_the_parent_is_not_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
