/* One segment once more: who is asked, in which order, and who is not. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "common/link_msg.h"
#include "daemon/engine/flow.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/session.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"

enum { PROVINCE, DISTRICT, COMMUNE };

static struct net net;

/* The district has a neighbour on either side that holds all it holds. */
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
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 3), LT_OK);
    net_run(&net, 500);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE),
                     3);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net.filter = NULL;
    net.watch = NULL;
    net_free(&net);
    return 0;
}

/* A segment of the commune's cases, as @node holds it. */
static struct held_segment *a_case(unsigned node)
{
    for (size_t i = 0; i < net.nodes[node].log_n; i++) {
        struct held_segment *held = &net.nodes[node].log[i];

        if (lt_office_equal(&held->segment.stream.origin,
                            &net.nodes[COMMUNE].office) &&
            held->segment.stream.channel.cls == LT_CLASS_CASE) {
            return held;
        }
    }
    fail();
    return NULL;
}

static void want(unsigned node)
{
    const struct lt_segment *segment = &a_case(node)->segment;
    struct lt_input input = {.kind = LT_IN_WANT,
                             .stream = segment->stream,
                             .epoch = segment->epoch,
                             .number = segment->first};

    net_input(&net, node, &input);
    net_run(&net, 200);
}

static void what_a_neighbour_holds_is_given_and_proven(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    want(DISTRICT);
    assert_int_equal(district->mends, 1);
    assert_true(district->mend_proven);
    assert_memory_equal(district->mend_hash, a_case(DISTRICT)->segment.hash,
                        LT_HASH_LEN);
    assert_int_equal(district->unmended, 0);
    assert_int_equal(lt_engine_asks(district->engine), 0);
    assert_int_equal(district->sent[LT_FRAME_WANT], 1);
}

static void what_is_rotten_there_too_is_asked_of_the_next(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    a_case(PROVINCE)->bytes[3] ^= 1;
    want(DISTRICT);
    assert_int_equal(district->sent[LT_FRAME_WANT], 2);
    assert_int_equal(district->mends, 1);
    assert_true(district->mend_proven);
    /* And when it is rotten everywhere, that is said. */
    a_case(COMMUNE)->bytes[3] ^= 1;
    want(DISTRICT);
    assert_int_equal(district->mends, 1);
    assert_int_equal(district->unmended, 1);
    assert_int_equal(lt_engine_asks(district->engine), 0);
}

static void what_helped_nothing_is_asked_of_the_next(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    district->mends_none = true;
    want(DISTRICT);
    assert_int_equal(district->mends, 2);
    assert_int_equal(district->unmended, 1);
}

static bool swallow(struct net *n, unsigned from, unsigned to, uint8_t *bytes,
                    size_t *len)
{
    (void)n;
    (void)from;
    return !(to == PROVINCE && *len > 0 && bytes[0] == LT_FRAME_WANT);
}

static void a_silent_neighbour_is_passed_over_in_time(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    net.filter = swallow;
    want(DISTRICT);
    assert_int_equal(district->mends, 0);
    net_run(&net, 32 * 1000);
    assert_int_equal(district->mends, 1);
    assert_int_equal(district->unmended, 0);
}

/* What version 0.2.0 says of itself: nothing. */
static bool no_features(struct net *n, unsigned from, unsigned to,
                        uint8_t *bytes, size_t *len)
{
    (void)n;
    (void)from;
    (void)to;
    for (size_t i = 1; bytes[0] == LT_FRAME_HELLO && i + 1 < *len; i++) {
        if (bytes[i] == (10 << 3) && bytes[i + 1] == LT_FEATURE_WANT) {
            bytes[i + 1] = 0x7f;
        }
    }
    return true;
}

static void an_older_neighbour_is_not_asked(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    net.filter = no_features;
    net_restart(&net, DISTRICT);
    net_run(&net, 3000);
    want(DISTRICT);
    assert_int_equal(district->sent[LT_FRAME_WANT], 0);
    assert_int_equal(district->unmended, 1);
    /* The control: with its word it is. */
    net.filter = NULL;
    net_restart(&net, DISTRICT);
    net_run(&net, 3000);
    want(DISTRICT);
    assert_true(district->sent[LT_FRAME_WANT] > 0);
    assert_int_equal(district->mends, 1);
}

static void with_nobody_there_it_is_said_at_once(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 100);
    want(DISTRICT);
    assert_int_equal(district->unmended, 1);
}

static void who_asks_without_end_is_answered_so_often(void **state)
{
    struct node *province = &net.nodes[PROVINCE];
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    district->mends_none = true;
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 1000);
    for (unsigned i = 0; i < 100; i++) {
        const struct lt_segment *segment = &a_case(DISTRICT)->segment;
        struct lt_input input = {.kind = LT_IN_WANT,
                                 .stream = segment->stream,
                                 .epoch = segment->epoch,
                                 .number = segment->first};

        net_input(&net, DISTRICT, &input);
        net_run(&net, 1);
    }
    assert_in_range(province->sent[LT_FRAME_GIVEN], 1, 16);
}

/* ---- by hand ---- */

/* The answers that a node sent, and to which sessions it put its questions. */
struct seen {
    unsigned node;
    unsigned given;
    bool found; /* the last answer */
    size_t parts_len;
    uint64_t asked; /* the session that was asked last */
    uint64_t id;
};

static void see(struct net *n, unsigned node, uint64_t session,
                const struct lt_effect *effect, void *ctx)
{
    struct seen *seen = ctx;
    struct lt_arena arena;
    struct lt_frame frame;

    (void)n;
    if (node != seen->node || effect->kind != LT_FX_SEND ||
        (effect->bytes[0] != LT_FRAME_GIVEN &&
         effect->bytes[0] != LT_FRAME_WANT)) {
        return;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_int_equal(
        lt_frame_decode(effect->bytes, effect->len, &arena, &frame, NULL),
        LT_OK);
    if (frame.type == LT_FRAME_GIVEN) {
        seen->given++;
        seen->found = frame.given.found;
        seen->parts_len = frame.given.segment.parts_len;
    } else {
        seen->asked = session;
        seen->id = frame.want.id;
    }
    lt_arena_deinit(&arena);
}

static void watch(struct seen *seen, unsigned node)
{
    *seen = (struct seen){.node = node};
    net.watch = see;
    net.watch_ctx = seen;
}

/* The session of a neighbour at the district. */
static uint64_t at_district(unsigned neighbour)
{
    return neighbour == PROVINCE ? net.links[0].child_session
                                 : net.links[1].parent_session;
}

static void send(unsigned as, lt_err encoded, struct lt_buf *frame)
{
    assert_int_equal(encoded, LT_OK);
    net_inject(&net, DISTRICT, at_district(as), frame->data, frame->len);
    lt_buf_deinit(frame);
}

static void ask_district(unsigned as, const struct lt_stream *stream,
                         uint64_t epoch, uint64_t number)
{
    const struct lt_want asked = {
        .id = 5, .stream = *stream, .epoch = epoch, .number = number};
    struct lt_buf frame;

    lt_buf_init(&frame, lt_alloc_heap());
    send(as, lt_want_encode(&asked, &frame), &frame);
}

static void give_district(unsigned as, uint64_t id,
                          const struct lt_segment *segment)
{
    struct lt_given given = {.id = id, .found = segment != NULL};
    struct lt_buf frame;

    if (segment != NULL) {
        given.segment = *segment;
    }
    lt_buf_init(&frame, lt_alloc_heap());
    send(as, lt_given_encode(&given, &frame), &frame);
}

/* Asks, and nobody answers yet. */
static void want_in_silence(struct seen *seen)
{
    const struct lt_segment *segment = &a_case(DISTRICT)->segment;
    const struct lt_input input = {.kind = LT_IN_WANT,
                                   .stream = segment->stream,
                                   .epoch = segment->epoch,
                                   .number = segment->first};

    watch(seen, DISTRICT);
    net_input(&net, DISTRICT, &input);
    net_turn(&net, DISTRICT);
    assert_int_equal(seen->asked, at_district(PROVINCE));
}

/* ---- what comes unasked, late or wrong ---- */

static void an_answer_counts_from_whom_was_asked_alone(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    const struct lt_segment *segment = &a_case(DISTRICT)->segment;
    struct seen seen;

    (void)state;
    want_in_silence(&seen);
    give_district(COMMUNE, seen.id, segment);
    give_district(PROVINCE, seen.id + 1, segment);
    assert_int_equal(district->mends, 0);
    assert_int_equal(lt_engine_asks(district->engine), 1);
    give_district(PROVINCE, seen.id, segment);
    assert_int_equal(district->mends, 1);
    assert_true(district->mend_proven);
    give_district(PROVINCE, seen.id, segment); /* twice: it is over */
    assert_int_equal(district->mends, 1);
}

static void who_has_it_not_or_another_is_passed_over(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_segment other = a_case(DISTRICT)->segment;
    struct seen seen;

    (void)state;
    want_in_silence(&seen);
    other.prev = (struct lt_point){.epoch = 9, .number = 17};
    give_district(PROVINCE, seen.id, &other);
    assert_int_equal(seen.asked, at_district(COMMUNE));
    give_district(COMMUNE, seen.id, NULL);
    assert_int_equal(district->mends, 0);
    assert_int_equal(district->unmended, 1);
    assert_int_equal(lt_engine_asks(district->engine), 0);
}

/* It may be what was written here before, which the log alone can tell: who
 * signed what stood there is not asked of this copy. */
static void a_signature_that_does_not_fit_is_handed_on_as_unproven(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_segment forged = a_case(DISTRICT)->segment;
    struct seen seen;

    (void)state;
    want_in_silence(&seen);
    forged.signature[5] ^= 1;
    give_district(PROVINCE, seen.id, &forged);
    assert_int_equal(district->mends, 1);
    assert_false(district->mend_proven);
}

static void texts_that_do_not_fit_are_left_out(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_segment mixed = a_case(DISTRICT)->segment;
    uint8_t parts[LT_PARTS_MAX];
    struct seen seen;

    (void)state;
    assert_true(mixed.parts_len > 0);
    memcpy(parts, mixed.parts, mixed.parts_len);
    parts[mixed.parts_len - 1] ^= 1;
    mixed.parts = parts;
    want_in_silence(&seen);
    give_district(PROVINCE, seen.id, &mixed);
    assert_int_equal(district->mends, 1);
    assert_true(district->mend_proven);
    assert_int_equal(district->mend_parts_len, 0);
    /* The control: with the right ones they are there. */
    want_in_silence(&seen);
    give_district(PROVINCE, seen.id, &a_case(DISTRICT)->segment);
    assert_int_equal(district->mends, 2);
    assert_int_equal(district->mend_parts_len,
                     a_case(DISTRICT)->segment.parts_len);
}

static void who_goes_while_it_is_asked_is_passed_over_at_once(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct seen seen;

    (void)state;
    want_in_silence(&seen);
    net_disconnect(&net, DISTRICT, PROVINCE);
    net_run(&net, 2000);
    assert_int_equal(district->mends, 1);
    assert_int_equal(seen.asked, at_district(COMMUNE));
}

static void one_question_at_a_time_goes_to_a_neighbour(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct seen seen;
    unsigned asked = 0;

    (void)state;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 2), LT_OK);
    net_run(&net, 500);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 500);
    watch(&seen, DISTRICT);
    for (size_t i = 0; i < district->log_n; i++) {
        const struct lt_segment *segment = &district->log[i].segment;
        const struct lt_input input = {.kind = LT_IN_WANT,
                                       .stream = segment->stream,
                                       .epoch = segment->epoch,
                                       .number = segment->first};

        if (lt_office_equal(&segment->stream.origin,
                            &net.nodes[COMMUNE].office) &&
            segment->stream.channel.cls == LT_CLASS_CASE) {
            net_input(&net, DISTRICT, &input);
            net_input(&net, DISTRICT, &input); /* once is enough */
            asked++;
        }
    }
    assert_int_equal(asked, 2);
    assert_int_equal(lt_engine_asks(district->engine), 2);
    net_turn(&net, DISTRICT);
    assert_int_equal(district->sent[LT_FRAME_WANT], 1);
    net_run(&net, 200); /* the answer to the first lets the second go */
    assert_int_equal(district->mends, 2);
    assert_int_equal(district->sent[LT_FRAME_WANT], 2);
    assert_int_equal(lt_engine_asks(district->engine), 0);
}

static void so_many_are_asked_for_and_no_more(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_input input = {.kind = LT_IN_WANT,
                             .stream = a_case(DISTRICT)->segment.stream};

    (void)state;
    net_input(&net, DISTRICT, &input); /* of no life */
    input.epoch = a_case(DISTRICT)->segment.epoch;
    net_input(&net, DISTRICT, &input); /* nothing begins with 0 */
    assert_int_equal(lt_engine_asks(district->engine), 0);
    for (input.number = 1; input.number <= LT_ASKS_MAX + 5; input.number++) {
        net_input(&net, DISTRICT, &input);
    }
    assert_int_equal(lt_engine_asks(district->engine), LT_ASKS_MAX);
    net_run(&net, 60 * 1000);
    assert_int_equal(lt_engine_asks(district->engine), 0);
}

/* Who had been sent rotten bytes has held the run for the whole session. */
static void held_for_wrong_and_sent_anew(void)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_session *session =
        lt_session_find(district->engine, at_district(PROVINCE));
    struct lt_track *track =
        lt_track_find(district->engine, &a_case(DISTRICT)->segment.stream);
    const struct lt_hold hold = {.has_handle = true,
                                 .handle =
                                     lt_flow_find(session, track->runs)->handle,
                                 .reason = LT_HOLD_PROVEN_WRONG};
    struct lt_buf frame;

    lt_buf_init(&frame, lt_alloc_heap());
    send(PROVINCE, lt_hold_encode(&hold, &frame), &frame);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 1000);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE),
                     3);
    assert_int_equal(district->closes, 0);
    want(DISTRICT);
    assert_int_equal(district->closes, 1);
    net_run(&net, 5000);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE),
                     4);
}

static void what_was_held_for_wrong_is_sent_anew_once_it_is_mended(void **state)
{
    (void)state;
    held_for_wrong_and_sent_anew();
}

/* Nobody has the texts that were rotten: what was signed goes without them. */
static void or_once_nothing_of_it_is_rotten(void **state)
{
    (void)state;
    net.nodes[DISTRICT].mends_some = true;
    held_for_wrong_and_sent_anew();
    assert_int_equal(net.nodes[DISTRICT].unmended, 1);
}

/* ---- who asks for what it may not have, or what is not there ---- */

static void what_is_not_there_is_said_to_be_not_there(void **state)
{
    const struct lt_segment *held = &a_case(DISTRICT)->segment;
    struct lt_stream none = held->stream;
    struct seen seen;

    (void)state;
    watch(&seen, DISTRICT);
    none.channel.cls = LT_CLASS_AUDIT;
    ask_district(PROVINCE, &none, held->epoch, 1);
    assert_int_equal(seen.given, 1);
    ask_district(PROVINCE, &held->stream, held->epoch + 1, 1);
    assert_int_equal(seen.given, 2);
    ask_district(PROVINCE, &held->stream, held->epoch,
                 lt_segment_last(held) + 1);
    assert_int_equal(seen.given, 3);
    assert_int_equal(held->count, 3); /* none begins in the midst of it */
    ask_district(PROVINCE, &held->stream, held->epoch, held->first + 1);
    assert_int_equal(seen.given, 4);
    assert_false(seen.found);
    ask_district(PROVINCE, &held->stream, held->epoch, held->first);
    assert_true(seen.found);
    assert_int_equal(seen.parts_len, held->parts_len);
}

static void what_an_office_may_not_have_is_not_there_for_it(void **state)
{
    const struct lt_segment *held;
    struct seen seen;
    unsigned other;

    (void)state;
    other = net_join(&net, DISTRICT);
    net_connect(&net, other, DISTRICT);
    net_run(&net, 2000);
    watch(&seen, DISTRICT);
    held = &a_case(DISTRICT)->segment;
    net.links[1].parent_session = net.links[2].parent_session;
    ask_district(COMMUNE, &held->stream, held->epoch, held->first);
    assert_int_equal(seen.given, 1);
    assert_false(seen.found);
}

static void texts_that_rotted_here_are_left_out_of_what_is_given(void **state)
{
    struct held_segment *held = a_case(DISTRICT);
    struct seen seen;

    (void)state;
    watch(&seen, DISTRICT);
    held->bytes[held->segment.payload_len + held->segment.parts_len - 1] ^= 1;
    ask_district(PROVINCE, &held->segment.stream, held->segment.epoch,
                 held->segment.first);
    assert_true(seen.found);
    assert_int_equal(seen.parts_len, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(what_a_neighbour_holds_is_given_and_proven),
        TEST(what_is_rotten_there_too_is_asked_of_the_next),
        TEST(what_helped_nothing_is_asked_of_the_next),
        TEST(a_silent_neighbour_is_passed_over_in_time),
        TEST(an_older_neighbour_is_not_asked),
        TEST(with_nobody_there_it_is_said_at_once),
        TEST(who_asks_without_end_is_answered_so_often),
        TEST(an_answer_counts_from_whom_was_asked_alone),
        TEST(who_has_it_not_or_another_is_passed_over),
        TEST(a_signature_that_does_not_fit_is_handed_on_as_unproven),
        TEST(texts_that_do_not_fit_are_left_out),
        TEST(who_goes_while_it_is_asked_is_passed_over_at_once),
        TEST(one_question_at_a_time_goes_to_a_neighbour),
        TEST(so_many_are_asked_for_and_no_more),
        TEST(what_was_held_for_wrong_is_sent_anew_once_it_is_mended),
        TEST(or_once_nothing_of_it_is_rotten),
        TEST(what_is_not_there_is_said_to_be_not_there),
        TEST(what_an_office_may_not_have_is_not_there_for_it),
        TEST(texts_that_rotted_here_are_left_out_of_what_is_given),
#undef TEST
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
