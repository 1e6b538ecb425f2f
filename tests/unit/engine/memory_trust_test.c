/* Stories of an office that hears of keys, and of what does not arrive. */
#include "tests/unit/engine/hand.h"
#include "tests/unit/engine/story.h"
#include "tests/unit/engine/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    PROVINCE = STORY_PROVINCE,
    DISTRICT = STORY_DISTRICT,
    COMMUNE = STORY_COMMUNE
};

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static uint64_t cases_at(const struct net *net, unsigned node)
{
    return net_class_events(net, node, COMMUNE, LT_CLASS_CASE);
}

static void write_cases(struct net *net)
{
    net_run(net, 2000);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 2);
    net_run(net, 2000);
}

/* ---- a key that waits, and the keeper's word ---- */

static struct lt_key *new_key;
static struct lt_buf binding;

/* In the memory of the story, as all that it has. */
static void bind_commune(struct net *net)
{
    write_cases(net);
    lt_buf_init(&binding, lt_alloc_heap());
    words_bind(net, COMMUNE, DISTRICT, new_key, 2, false, &binding);
}

static bool is_bound(const struct net *net, unsigned node)
{
    const uint8_t *bytes;
    size_t len;

    return lt_engine_key_at(net->nodes[node].engine,
                            &net->nodes[COMMUNE].office, 0, &bytes, &len) &&
           len == binding.len && memcmp(bytes, binding.data, len) == 0;
}

static void wait_and_confirm(struct net *net)
{
    words_of_binding(net, PROVINCE, LT_EV_KEY_BOUND, &binding);
    net_run(net, 2000);
    words_of_binding(net, PROVINCE, LT_EV_KEY_CONFIRMED, &binding);
    net_run(net, 2000);
    if (net->failed) {
        lt_buf_deinit(&binding);
    }
}

static bool is_confirmed(struct net *net)
{
    const bool is = is_bound(net, DISTRICT) &&
                    !net_alarm(net, DISTRICT, LT_AUNCONFIRMED);

    lt_buf_deinit(&binding);
    return is;
}

/* It waits when the disk is read as well. */
static void wait_and_stop(struct net *net)
{
    bind_commune(net);
    words_of_binding(net, PROVINCE, LT_EV_KEY_BOUND, &binding);
    net_run(net, 2000);
    lt_buf_deinit(&binding);
}

static void start_waiting(struct net *net)
{
    net_stop(net, DISTRICT);
    net_start(net, DISTRICT);
    net_run(net, 3000);
}

static bool still_waits(struct net *net)
{
    struct lt_binding waits;

    return lt_engine_unconfirmed_at(net->nodes[DISTRICT].engine, 0, &waits) &&
           net_alarm(net, DISTRICT, LT_AUNCONFIRMED);
}

/* ---- a key that is revoked, and given back ---- */

static void revoke_and_restore(struct net *net)
{
    const struct lt_key *key = net->nodes[COMMUNE].key;

    words_revoke(net, COMMUNE, key, false);
    net_run(net, 3000);
    words_revoke(net, COMMUNE, key, true);
    net_run(net, 2 * MINUTE_MS);
}

static bool is_given_back(struct net *net)
{
    return !lt_engine_refused_key(net->nodes[DISTRICT].engine,
                                  lt_key_id(net->nodes[COMMUNE].key)) &&
           !net_alarm(net, DISTRICT, LT_AREVOKED) &&
           net_link_view(net, DISTRICT, COMMUNE).state == 1;
}

/* ---- a word of a door comes by ---- */

static void shut_and_open(struct net *net)
{
    words_door(net, DISTRICT, COMMUNE, true);
    net_run(net, 3000);
    words_door(net, DISTRICT, COMMUNE, false);
    net_run(net, 3000);
}

static bool no_door_is_shut(struct net *net)
{
    struct lt_door_view view;
    size_t cursor = 0;

    return !lt_engine_door_at(net->nodes[PROVINCE].engine, &cursor, &view) &&
           !net_alarm(net, PROVINCE, LT_ADOORSHUT);
}

/* ---- what is told and does not come ---- */

static bool lose_segments(struct net *net, unsigned from, unsigned to,
                          uint8_t *bytes, size_t *len)
{
    (void)net;
    return from != DISTRICT || to != PROVINCE ||
           lt_frame_type(bytes, *len) != LT_FRAME_SEGMENTS;
}

static void begin_losing(struct net *net)
{
    net_run(net, 2000);
    net->filter = lose_segments;
}

static void hear_of_what_is_lost(struct net *net)
{
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 2);
    net_run(net, 2 * MINUTE_MS);
    net->filter = NULL;
    net_run(net, 2 * MINUTE_MS);
}

static bool nothing_is_missing(struct net *net)
{
    struct lt_office_insight insight;

    for (size_t i = 0; lt_engine_office_at(net->nodes[PROVINCE].engine, i,
                                           &insight);
         i++) {
        if (insight.missing != 0) {
            return false;
        }
    }
    return cases_at(net, PROVINCE) == 2;
}

/* The writer itself: the keeper's word does not follow the links'. */
static void write_for_nobody(struct net *net)
{
    begin_losing(net);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 2);
}

static void wait_for_a_receipt(struct net *net)
{
    net_run(net, 2 * MINUTE_MS);
    net->filter = NULL;
    net_run(net, 2 * MINUTE_MS);
}

static bool all_is_receipted(struct net *net)
{
    struct lt_receipt_view view;

    lt_engine_receipt(net->nodes[COMMUNE].engine, &view);
    return view.covers_all;
}

/* ---- a tail that comes back ---- */

static void lose_tail(struct net *net)
{
    write_cases(net);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 1);
    net_run(net, 2000);
    net_stop(net, COMMUNE);
    net_lose_tail(net, COMMUNE, net->nodes[COMMUNE].log_n - 1);
    net_start(net, COMMUNE);
}

static void get_tail_back(struct net *net)
{
    net_run(net, MINUTE_MS);
}

static bool tail_is_back(struct net *net)
{
    return cases_at(net, COMMUNE) == 3 &&
           !net_alarm(net, COMMUNE, LT_ALOGTAIL);
}

/* ---- what comes twice is compared with the log ---- */

enum { SEGMENTS = 3, EPOCH = 99 };

static struct hand hand;
static struct lt_stream stream;
static struct lt_segment segments[SEGMENTS + 1];
static uint8_t *memory[SEGMENTS + 1];

static void play_commune(struct net *net)
{
    net_run(net, 2000);
    net_disconnect(net, COMMUNE, DISTRICT);
    net_run(net, 100);
    hand_open(&hand, net, DISTRICT, COMMUNE);
    hand_shake(&hand);
    net_settle(net);
    stream.origin = net->nodes[COMMUNE].office;
    stream.channel = net_up(LT_CLASS_CASE);
    for (unsigned i = 0; i <= SEGMENTS; i++) {
        struct lt_point prev = {0};

        if (i > 0) {
            prev = hand_end(&segments[i - 1]);
        }
        segments[i] = hand_segment(net->nodes[COMMUNE].key, &stream, EPOCH,
                                   i == 0 ? NULL : &prev, "12/2026",
                                   &memory[i]);
    }
    hand_run(&hand, 1, &stream, EPOCH, NULL);
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(net);
}

static void say_again(struct net *net)
{
    const struct lt_segment both[] = {segments[SEGMENTS - 1],
                                      segments[SEGMENTS]};

    hand_segments(&hand, 1, both, 2); /* the one is asked of the log */
    net_run(net, 500);
    for (unsigned i = 0; i <= SEGMENTS; i++) {
        free(memory[i]);
    }
    hand_free(&hand);
}

static bool is_taken_once(struct net *net)
{
    return cases_at(net, DISTRICT) == SEGMENTS + 1 &&
           net->nodes[DISTRICT].evidence_n == 0 &&
           !net_alarm(net, DISTRICT, LT_ACONTRADICTION);
}

/* ---- after a rest: nothing is left that could be used again ---- */

/* A neighbour says "not now"; what comes meanwhile lies in the log. */
static void rest_with_a_backlog(struct net *net)
{
    const struct lt_hold hold = {.has_origin = true,
                                 .origin = net->nodes[COMMUNE].office,
                                 .reason = LT_HOLD_QUOTA,
                                 .retry_ms = 30000};
    struct lt_buf frame;

    write_cases(net);
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_hold_encode(&hold, &frame), LT_OK);
    net_inject(net, DISTRICT, net->links[0].child_session, frame.data,
               frame.len);
    lt_buf_deinit(&frame);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 2);
    net_run(net, 5000);
    assert_int_equal(cases_at(net, PROVINCE), 2);
    lt_engine_relax(net->nodes[DISTRICT].engine);
}

static void go_on(struct net *net)
{
    net_run(net, MINUTE_MS);
}

static bool four_cases(struct net *net)
{
    return cases_at(net, PROVINCE) == 4;
}

static void rest(struct net *net)
{
    write_cases(net);
    lt_engine_relax(net->nodes[DISTRICT].engine);
}

static void write_two_more(struct net *net)
{
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 2);
    net_run(net, 2000);
}

/* ---- a place in the tree ---- */

static void move_commune(struct net *net)
{
    net_move(net, COMMUNE, PROVINCE);
    net_run(net, 3000);
}

static bool is_moved(struct net *net)
{
    return lt_office_equal(
        &lt_tree_find(lt_engine_tree(net->nodes[COMMUNE].engine),
                      &net->nodes[COMMUNE].office)
             ->parent,
        &net->nodes[PROVINCE].office);
}

static unsigned newcomer;

static void join_newcomer(struct net *net)
{
    net_run(net, 2000);
    newcomer = net_join(net, DISTRICT);
    net_run(net, 1000);
}

static void hear_newcomer(struct net *net)
{
    net_connect(net, newcomer, DISTRICT);
    net_run(net, 3000);
    (void)net_write(net, newcomer, net_up(LT_CLASS_CASE), 1);
    net_run(net, 1000);
}

static bool newcomer_is_heard(struct net *net)
{
    return net_class_events(net, PROVINCE, newcomer, LT_CLASS_CASE) == 1;
}

static void shut_out(struct net *net)
{
    words_door(net, DISTRICT, COMMUNE, true);
    net_run(net, 3000);
}

static bool knows_its_door_is_shut(struct net *net)
{
    return lt_engine_parent_shut(net->nodes[COMMUNE].engine) &&
           net_alarm(net, COMMUNE, LT_ADOORSHUT);
}

static const struct lt_office EMPTY = {{70, 1}}; /* it has no machine */

static void open_empty(struct net *net)
{
    write_cases(net);
    words_open(net, &EMPTY, &net->nodes[PROVINCE].office);
    net_run(net, 2000);
}

static void move_below_empty(struct net *net)
{
    words_move(net, COMMUNE, &EMPTY);
    net_run(net, 3000);
}

static bool is_below_empty(struct net *net)
{
    return lt_office_equal(
        &lt_tree_find(lt_engine_tree(net->nodes[COMMUNE].engine),
                      &net->nodes[COMMUNE].office)
             ->parent,
        &EMPTY);
}

/* ---- somebody unknown connects ---- */

static void be_called(struct net *net)
{
    const struct lt_office nobody = {{99}};

    (void)net_raw_session(net, DISTRICT, LT_ROLE_CHILD, &nobody,
                          net->nodes[COMMUNE].curve);
}

static bool has_three_sessions(struct net *net)
{
    return lt_engine_sessions(net->nodes[DISTRICT].engine) == 3;
}

/* ---- a rotten segment, and nobody to ask ---- */

static void be_alone(struct net *net)
{
    write_cases(net);
    net_disconnect(net, DISTRICT, PROVINCE);
    net_disconnect(net, COMMUNE, DISTRICT);
    net_settle(net);
}

static void want_one(struct net *net)
{
    const struct lt_segment *segment = &net->nodes[DISTRICT].log[0].segment;
    const struct lt_input input = {.kind = LT_IN_WANT,
                                   .stream = segment->stream,
                                   .epoch = segment->epoch,
                                   .number = segment->first};

    net_input(net, DISTRICT, &input);
    net_turn(net, DISTRICT);
}

static bool is_told_that_nobody_helps(struct net *net)
{
    return net->nodes[DISTRICT].unmended == 1;
}

/* ---- a directive for whom nobody knows yet ---- */

static void direct_somebody(struct net *net)
{
    const struct lt_channel channel = {.cls = LT_CLASS_DIRECTIVE,
                                       .audience = LT_AUDIENCE_TO,
                                       .to = {{99}}};

    (void)net_write(net, DISTRICT, channel, 1);
    net_run(net, 2000);
}

static bool directive_is_above(struct net *net)
{
    return net_class_events(net, PROVINCE, DISTRICT, LT_CLASS_DIRECTIVE) == 1;
}

static const struct story STORIES[] = {
    {"a backlog after a rest", DISTRICT, rest_with_a_backlog, go_on,
     four_cases},
    {"passing on after a rest", DISTRICT, rest, write_two_more, four_cases},
    {"a move", COMMUNE, write_cases, move_commune, is_moved},
    {"a move below somebody unknown", COMMUNE, open_empty, move_below_empty,
     is_below_empty},
    {"somebody unknown", DISTRICT, write_cases, be_called,
     has_three_sessions},
    {"nobody to ask", DISTRICT, be_alone, want_one,
     is_told_that_nobody_helps},
    {"hearing of a newcomer", PROVINCE, join_newcomer, hear_newcomer,
     newcomer_is_heard},
    {"a door that is shut to it", COMMUNE, write_cases, shut_out,
     knows_its_door_is_shut},
    {"a directive for somebody", DISTRICT, write_cases, direct_somebody,
     directive_is_above},
    {"a key that waits", DISTRICT, bind_commune, wait_and_confirm,
     is_confirmed},
    {"a start with a key that waits", DISTRICT, wait_and_stop, start_waiting,
     still_waits},
    {"a key that is given back", DISTRICT, write_cases, revoke_and_restore,
     is_given_back},
    {"a door", PROVINCE, write_cases, shut_and_open, no_door_is_shut},
    {"what is told and does not come", PROVINCE, begin_losing,
     hear_of_what_is_lost, nothing_is_missing},
    {"what the keeper lacks", COMMUNE, write_for_nobody, wait_for_a_receipt,
     all_is_receipted},
    {"a tail that comes back", COMMUNE, lose_tail, get_tail_back,
     tail_is_back},
    {"what comes twice", DISTRICT, play_commune, say_again, is_taken_once},
};

static void each_allocation_may_fail(void **state)
{
    assert_int_equal(lt_crypto_start(), LT_OK);
    new_key = words_key(1);
    story_tell(STORIES, LT_COUNT_OF(STORIES), *(const bool *)*state);
    lt_key_free(new_key);
}

/* With a word behind it: every allocation, which takes minutes. */
int main(int argc, char **argv)
{
    static bool all;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(each_allocation_may_fail, &all),
    };

    (void)argv;
    all = argc > 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
