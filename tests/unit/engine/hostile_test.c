/* A neighbour that lies, errs or is cut off: what is proven is taken, the rest
 * is held, said, and hurts nobody else. */
#include "tests/unit/engine/hostile.h"

static void what_is_proven_is_taken_and_acknowledged(void **state)
{
    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), SEGMENTS);
    assert_int_equal(hand_acked(&hand, 1), SEGMENTS);
    assert_int_equal(hand_held(&hand, NULL), 0);
}

static void bad_signature_in_the_middle_keeps_the_proven_front(void **state)
{
    uint64_t number;

    (void)state;
    segments[3].signature[10] ^= 1;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), 3);
    assert_int_equal(hand_acked(&hand, 1), 3);
    assert_int_equal(hand_held(&hand, &number), LT_HOLD_PROVEN_WRONG);
    assert_int_equal(number, 4);
    assert_true(net_alarm(&net, DISTRICT, LT_ABADSIG));
    honest_neighbour_goes_on();
}

static void flipped_bit_is_not_taken(void **state)
{
    (void)state;
    memory[5][3] ^= 0x10;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), 5);
    assert_true(net_alarm(&net, DISTRICT, LT_ABADSIG));
    honest_neighbour_goes_on();
}

static void run_is_proven_however_it_was_cut(void **state)
{
    (void)state;
    hand_segments(&hand, 1, segments, 1);
    hand_segments(&hand, 1, segments + 1, 3);
    hand_segments(&hand, 1, segments + 4, 2);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), SEGMENTS);
}

static void missing_number_is_asked_for(void **state)
{
    uint64_t number;

    (void)state;
    hand_segments(&hand, 1, segments, 2);
    hand_segments(&hand, 1, segments + 3, 2);
    net_settle(&net);
    assert_int_equal(at(DISTRICT), 2);
    assert_int_equal(hand_held(&hand, &number), LT_HOLD_GAP);
    assert_int_equal(number, 3);
    hand_segments(&hand, 1, segments + 2, 4);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), SEGMENTS);
    honest_neighbour_goes_on();
}

static void repeated_frame_is_acknowledged_and_not_stored_twice(void **state)
{
    size_t log;

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    log = net.nodes[DISTRICT].log_n;
    hand.count[LT_FRAME_ACK] = 0;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    assert_int_equal(net.nodes[DISTRICT].log_n, log);
    assert_int_equal(net.nodes[DISTRICT].stored_twice, 0);
    assert_true(hand.count[LT_FRAME_ACK] > 0);
    assert_int_equal(hand_acked(&hand, 1), SEGMENTS);
    assert_false(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
}

static void name_with_other_content_is_kept_as_evidence(void **state)
{
    uint8_t *other_memory;
    struct lt_point prev;
    struct lt_segment other;

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_run(&net, 100);
    prev = hand_end(&segments[1]);
    other = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH, &prev,
                         "other", &other_memory);
    hand_segments(&hand, 1, &other, 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(net.nodes[DISTRICT].evidence_n, 1);
    assert_memory_equal(net.nodes[DISTRICT].evidence[0].segment.hash,
                        other.hash, LT_HASH_LEN);
    assert_int_equal(at(PROVINCE), SEGMENTS);
    honest_neighbour_goes_on();
    free(other_memory);
}

static void branch_from_an_older_point_is_kept_beside_the_first(void **state)
{
    uint8_t *other_memory;
    struct lt_point prev = hand_end(&segments[1]);
    struct lt_segment other =
        hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 1, &prev,
                     "branch", &other_memory);

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    hand_run(&hand, 2, &stream, EPOCH + 1, &prev);
    hand_segments(&hand, 2, &other, 1);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), SEGMENTS + 1);
    assert_true(net_alarm(&net, PROVINCE, LT_ABRANCHES));
    free(other_memory);
}

static void more_than_eight_tips_are_held_back(void **state)
{
    struct lt_point prev = hand_end(&segments[1]);
    unsigned i;

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    for (i = 1; i <= LT_TIPS_MAX; i++) {
        uint8_t *other_memory;
        struct lt_segment other =
            hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + i, &prev,
                         "branch", &other_memory);

        hand_run(&hand, 1 + i, &stream, EPOCH + i, &prev);
        hand_segments(&hand, 1 + i, &other, 1);
        free(other_memory);
    }
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_TIPS);
    assert_true(net_alarm(&net, DISTRICT, LT_ATIPS));
    assert_int_equal(at(PROVINCE), SEGMENTS + LT_TIPS_MAX - 1);
    honest_neighbour_goes_on();
}

static void run_without_its_beginning_is_asked_for(void **state)
{
    struct lt_point prev = hand_end(&segments[SEGMENTS - 1]);
    uint8_t *other_memory;
    struct lt_segment other =
        hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 1, &prev,
                     "later", &other_memory);

    (void)state;
    hand_run(&hand, 2, &stream, EPOCH + 1, &prev);
    hand_segments(&hand, 2, &other, 1);
    net_settle(&net);
    assert_int_equal(at(DISTRICT), 0);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_GAP);
    assert_true(hand.count[LT_FRAME_TIPS] > 0);
    hand_segments(&hand, 1, segments, SEGMENTS);
    hand_segments(&hand, 2, &other, 1);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), SEGMENTS + 1);
    free(other_memory);
}

static void segment_over_the_limit_is_refused(void **state)
{
    static uint8_t big[LT_PAYLOAD_MAX + 1];

    (void)state;
    hand_raw_segment(&hand, 1, 1, big, sizeof(big), segments[0].signature);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_TOO_LARGE);
    assert_true(net_alarm(&net, DISTRICT, LT_ASEGMENTBIG));
    assert_int_equal(at(DISTRICT), 0);
    honest_neighbour_goes_on();
}

static void signed_payload_that_cannot_be_read_is_kept_and_said(void **state)
{
    static const uint8_t junk[] = "not a payload at all";
    struct lt_segment segment;

    (void)state;
    memset(&segment, 0, sizeof(segment));
    segment.stream = stream;
    segment.epoch = EPOCH;
    segment.first = 1;
    segment.count = 1;
    segment.compression = LT_COMPRESSION_NONE;
    segment.payload = junk;
    segment.payload_len = sizeof(junk);
    assert_int_equal(lt_segment_seal(&segment, net.nodes[COMMUNE].key), LT_OK);
    hand_segments(&hand, 1, &segment, 1);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), 1);
    assert_true(net_alarm(&net, DISTRICT, LT_APAYLOAD));
    honest_neighbour_goes_on();
}

static void text_that_does_not_match_its_hash_is_refused(void **state)
{
    static const char text[] = "someone else's words";
    struct lt_part part = {.content = (const uint8_t *)text,
                           .len = sizeof(text) - 1};
    struct lt_buf bundle;

    (void)state;
    lt_buf_init(&bundle, lt_alloc_heap());
    assert_int_equal(lt_bundle_pack(&part, 1, LT_BUNDLE_LEVEL, &bundle), LT_OK);
    segments[1].parts = bundle.data;
    segments[1].parts_len = bundle.len;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), 1);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_PROVEN_WRONG);
    assert_true(net_alarm(&net, DISTRICT, LT_EPART));
    honest_neighbour_goes_on();
    lt_buf_deinit(&bundle);
}

static void office_that_is_not_followed_is_held_back(void **state)
{
    struct lt_stream foreign = stream;

    (void)state;
    memset(foreign.origin.bytes, 0xee, LT_OFFICE_LEN);
    hand_run(&hand, 2, &foreign, EPOCH, NULL);
    hand_segments(&hand, 2, segments, 1);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_NOT_FOLLOWED);
    assert_true(net_alarm(&net, DISTRICT, LT_ANOTFOLLOWED));
    honest_neighbour_goes_on();
}

static void key_that_nobody_bound_waits_without_alarm(void **state)
{
    const struct lt_key *own = hand.key;

    (void)state;
    hand.key = net.nodes[OTHER].key; /* bound, but to another office */
    hand_run(&hand, 2, &stream, EPOCH + 5, NULL);
    hand.key = own;
    hand_segments(&hand, 2, segments, 1);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_NO_PROOF);
    assert_false(net_alarm(&net, DISTRICT, LT_AWAITKEY));
    assert_int_equal(at(DISTRICT), 0);
    honest_neighbour_goes_on();
}

/* It has its own key and nobody else's: under whatever name it speaks, and
 * whoever's key it says that it is, nothing of it is taken. */
static void a_compromised_commune_speaks_for_nobody_else(void **state)
{
    static const unsigned others[] = {OTHER, DISTRICT, PROVINCE};
    const struct lt_key *own = hand.key;
    uint64_t version = lt_tree_version(lt_engine_tree(net.nodes[DISTRICT].engine));
    uint32_t handle = 2;

    (void)state;
    for (unsigned i = 0; i < 3 * LT_COUNT_OF(others); i++, handle++) {
        unsigned whose = others[i / 3];
        struct lt_stream theirs = {.origin = net.nodes[whose].office,
                                   .channel = net_up(LT_CLASS_CASE)};
        struct lt_segment segment;
        uint8_t *bytes;

        if (i % 3 == 2) {
            theirs.channel = net_all(LT_CLASS_TREE);
        }
        segment = hand_segment(own, &theirs, EPOCH + 1, NULL, "99/2026", &bytes);
        hand.key = i % 3 == 0 ? own : net.nodes[whose].key;
        hand_run(&hand, handle, &theirs, EPOCH + 1, NULL);
        hand.key = own;
        hand_segments(&hand, handle, &segment, 1);
        net_settle(&net);
        assert_int_equal(hand_acked(&hand, handle), 0);
        assert_int_equal(
            net_class_events(&net, DISTRICT, whose, LT_CLASS_CASE), 0);
        free(bytes);
    }
    assert_true(net_alarm(&net, DISTRICT, LT_ABADSIG));
    assert_int_equal(
        lt_tree_version(lt_engine_tree(net.nodes[DISTRICT].engine)), version);
    /* Its own words are taken as ever, and so are those of the others. */
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), SEGMENTS);
    honest_neighbour_goes_on();
}

/* Its clock may say what it likes: nobody takes it over. */
static void far_future_stamps_move_nobodys_clock(void **state)
{
    const int64_t hour_ms = INT64_C(3600000);
    const int64_t honest_ms = hand_stamp_ms;
    struct lt_point prev = hand_end(&segments[SEGMENTS - 1]);
    struct lt_segment far;
    uint8_t *bytes;

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    hand_stamp_ms = net.now.wall_ms + 50 * 365 * 24 * hour_ms;
    far = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH, &prev, "13/2076",
                       &bytes);
    hand_stamp_ms = honest_ms;
    hand_segments(&hand, 1, &far, 1);
    net_settle(&net);
    assert_int_equal(at(PROVINCE), SEGMENTS + 1); /* stored it is */
    honest_neighbour_goes_on();
    for (unsigned i = 0; i < 2; i++) {
        unsigned node = i == 0 ? DISTRICT : PROVINCE;

        assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), 1),
                         LT_OK);
        net_settle(&net);
        assert_true(lt_hlc_ms(net.nodes[node].engine->hlc.last) <
                    net.now.wall_ms + hour_ms);
    }
    free(bytes);
}

static void unknown_handle_is_asked_to_be_opened_again(void **state)
{
    uint64_t number = 1;

    (void)state;
    hand_segments(&hand, 7, segments, 1);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, &number), LT_HOLD_GAP);
    assert_int_equal(number, 0);
}

static void noise_ends_the_session_and_nothing_else(void **state)
{
    uint8_t noise[600];
    unsigned seed = 7;
    unsigned i;
    unsigned k;

    (void)state;
    for (i = 0; i < 300; i++) {
        for (k = 0; k < sizeof(noise); k++) {
            seed = seed * 1103515245u + 12345u;
            noise[k] = (uint8_t)(seed >> 16);
        }
        noise[0] = (uint8_t)(1 + i % 12);
        if (hand.closed) {
            hand.session = net.next_session;
            hand.closed = false;
            (void)net_raw_session(&net, DISTRICT, LT_ROLE_CHILD,
                                  &net.nodes[COMMUNE].office,
                                  net.nodes[COMMUNE].curve);
        }
        net_inject(&net, DISTRICT, hand.session, noise, 1 + i * 2 % 599);
    }
    assert_false(net.failed);
    hand.closed = false;
    honest_neighbour_goes_on();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(what_is_proven_is_taken_and_acknowledged),
        PROMISE(bad_signature_in_the_middle_keeps_the_proven_front),
        PROMISE(flipped_bit_is_not_taken),
        PROMISE(run_is_proven_however_it_was_cut),
        PROMISE(missing_number_is_asked_for),
        PROMISE(repeated_frame_is_acknowledged_and_not_stored_twice),
        PROMISE(name_with_other_content_is_kept_as_evidence),
        PROMISE(branch_from_an_older_point_is_kept_beside_the_first),
        PROMISE(more_than_eight_tips_are_held_back),
        PROMISE(run_without_its_beginning_is_asked_for),
        PROMISE(segment_over_the_limit_is_refused),
        PROMISE(signed_payload_that_cannot_be_read_is_kept_and_said),
        PROMISE(text_that_does_not_match_its_hash_is_refused),
        PROMISE(office_that_is_not_followed_is_held_back),
        PROMISE(key_that_nobody_bound_waits_without_alarm),
        PROMISE(a_compromised_commune_speaks_for_nobody_else),
        PROMISE(far_future_stamps_move_nobodys_clock),
        PROMISE(unknown_handle_is_asked_to_be_opened_again),
        PROMISE(noise_ends_the_session_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
