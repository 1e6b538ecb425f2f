/* Names that come twice with something else behind them, lives that began
 * elsewhere, handles that change: told apart from what an office signed. */
#include "tests/unit/engine/hostile.h"

/* The third once more, changed: no evidence against anybody, since nobody
 * signed it, and nothing of it is kept. */
static void nobody_signed(void (*change)(struct lt_segment *segment))
{
    struct lt_segment again = segments[2];

    hand_segments(&hand, 1, segments, SEGMENTS);
    net_run(&net, 100);
    assert_false(net_alarm(&net, DISTRICT, LT_ABADSIG));
    change(&again);
    hand_segments(&hand, 1, &again, 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ABADSIG));
    assert_false(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(net.nodes[DISTRICT].evidence_n, 0);
    assert_int_equal(at(DISTRICT), SEGMENTS);
    honest_neighbour_goes_on();
}

static void other_signature(struct lt_segment *segment)
{
    segment->signature[7] ^= 1;
}

static void other_count(struct lt_segment *segment)
{
    segment->count = 2;
}

static void other_compression(struct lt_segment *segment)
{
    segment->compression ^= 1;
}

static void other_bytes(struct lt_segment *segment)
{
    memory[2][segment->payload_len - 1] ^= 1;
}

static void other_length(struct lt_segment *segment)
{
    segment->payload_len--;
}

static void name_with_another_signature_is_no_evidence(void **state)
{
    (void)state;
    nobody_signed(other_signature);
}

static void name_with_more_events_is_no_evidence(void **state)
{
    (void)state;
    nobody_signed(other_count);
}

static void name_packed_otherwise_is_no_evidence(void **state)
{
    (void)state;
    nobody_signed(other_compression);
}

static void name_with_a_flipped_bit_is_no_evidence(void **state)
{
    (void)state;
    nobody_signed(other_bytes);
}

static void name_that_is_cut_short_is_no_evidence(void **state)
{
    (void)state;
    nobody_signed(other_length);
}

/* One life has one beginning: whoever tells of another lies or was copied. */
static void life_with_another_beginning_is_a_contradiction(void **state)
{
    struct lt_point prev[3];

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    for (unsigned i = 0; i < LT_COUNT_OF(prev); i++) {
        prev[i] = hand_end(&segments[1]);
    }
    hand_run(&hand, 2, &stream, EPOCH + 1, &prev[0]);
    for (unsigned i = 0; i < LT_COUNT_OF(prev); i++) {
        uint8_t *other_memory;
        struct lt_segment other =
            hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 1, &prev[i],
                         "branch", &other_memory);

        if (i == 0) {
            hand_segments(&hand, 2, &other, 1);
            net_settle(&net);
            assert_int_equal(at(DISTRICT), SEGMENTS + 1);
            prev[1].hash[3] ^= 1;
            prev[2].number++;
        } else {
            hand.count[LT_FRAME_HOLD] = 0;
            hand_run(&hand, 2 + i, &stream, EPOCH + 1, &prev[i]);
            hand_segments(&hand, 2 + i, &other, 1);
            net_settle(&net);
            assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
            assert_int_equal(hand.count[LT_FRAME_HOLD], 1);
            assert_int_equal(hand_held(&hand, NULL), LT_HOLD_PROVEN_WRONG);
            assert_false(net_alarm(&net, DISTRICT, LT_ABADSIG));
        }
        free(other_memory);
    }
    assert_int_equal(at(DISTRICT), SEGMENTS + 1);
    honest_neighbour_goes_on();
}

static void branch_from_what_was_never_said_is_a_contradiction(void **state)
{
    struct lt_point prev = hand_end(&segments[SEGMENTS - 1]);
    uint8_t *other_memory;
    struct lt_segment other;

    (void)state;
    prev.hash[0] ^= 1;
    other = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 1, &prev,
                         "branch", &other_memory);
    hand_segments(&hand, 1, segments, SEGMENTS);
    hand_run(&hand, 2, &stream, EPOCH + 1, &prev);
    hand_segments(&hand, 2, &other, 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(at(DISTRICT), SEGMENTS);
    honest_neighbour_goes_on();
    free(other_memory);
}

/* Nobody but this process writes in this epoch: whoever has more of it runs
 * with the same keys. */
static void own_life_that_goes_on_elsewhere_is_another_machine(void **state)
{
    const struct node *district = &net.nodes[DISTRICT];
    const struct lt_stream own = {district->office, net_up(LT_CLASS_CASE)};
    uint8_t *other_memory;
    struct lt_segment other;

    (void)state;
    hand.key = district->key; /* whose name stands in the run */
    other = hand_segment(district->key, &own, district->epoch, NULL, "copied",
                         &other_memory);
    hand_run(&hand, 2, &own, district->epoch, NULL);
    hand_segments(&hand, 2, &other, 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_PROVEN_WRONG);
    assert_int_equal(net_class_events(&net, DISTRICT, DISTRICT, LT_CLASS_CASE),
                     0);
    /* It goes on in its own way. */
    assert_int_equal(net_write(&net, DISTRICT, net_up(LT_CLASS_CASE), 1),
                     LT_OK);
    net_run(&net, 900);
    assert_int_equal(net_class_events(&net, PROVINCE, DISTRICT, LT_CLASS_CASE),
                     1);
    free(other_memory);
}

/* A handle means one run for as long as the session lasts. */
static void handle_is_opened_once(void **state)
{
    (void)state;
    hand_run(&hand, 1, &stream, EPOCH, NULL); /* the same: it may be lost */
    assert_false(hand.closed);
    hand_run(&hand, 1, &stream, EPOCH + 1, NULL);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EPROTO);
}

static void handle_of_another_stream_ends_the_session(void **state)
{
    struct lt_stream other = stream;

    (void)state;
    other.channel.cls = LT_CLASS_INCIDENT;
    hand_run(&hand, 1, &other, EPOCH, NULL);
    assert_true(hand.closed);
}

static void handle_beyond_the_bound_ends_the_session(void **state)
{
    (void)state;
    hand_run(&hand, LT_SESSION_HANDLES_MAX, &stream, EPOCH, NULL);
    assert_false(hand.closed);
    hand_run(&hand, LT_SESSION_HANDLES_MAX + 1, &stream, EPOCH, NULL);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EPROTO);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        PROMISE(name_with_another_signature_is_no_evidence),
        PROMISE(name_with_more_events_is_no_evidence),
        PROMISE(name_packed_otherwise_is_no_evidence),
        PROMISE(name_with_a_flipped_bit_is_no_evidence),
        PROMISE(name_that_is_cut_short_is_no_evidence),
        PROMISE(life_with_another_beginning_is_a_contradiction),
        PROMISE(branch_from_what_was_never_said_is_a_contradiction),
        PROMISE(own_life_that_goes_on_elsewhere_is_another_machine),
        PROMISE(handle_is_opened_once),
        PROMISE(handle_of_another_stream_ends_the_session),
        PROMISE(handle_beyond_the_bound_ends_the_session),
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
