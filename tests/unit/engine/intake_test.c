/* What a neighbour sends, at the bounds: which of it is taken, what is held and
 * under which number, what is said back. */
#include "tests/unit/engine/hostile.h"

#include "daemon/engine/streams.h"
#include "tests/unit/engine/later.h"

static struct lt_engine *district(void)
{
    return net.nodes[DISTRICT].engine;
}

static void a_run_has_a_handle_and_an_epoch(void **state)
{
    static const uint32_t handles[] = {0, LT_SESSION_HANDLES_MAX + 1, 2};

    (void)state;
    for (unsigned i = 0; i < LT_COUNT_OF(handles); i++) {
        hand_free(&hand);
        hand_open(&hand, &net, DISTRICT, COMMUNE);
        hand_shake(&hand);
        hand_run(&hand, handles[i], &stream, i == 2 ? 0 : EPOCH, NULL);
        net_settle(&net);
        assert_true(hand.closed);
        assert_int_equal(hand.close_code, LT_EPROTO);
    }
}

static void a_handle_stands_for_one_run(void **state)
{
    struct lt_stream other = stream;

    (void)state;
    hand_run(&hand, 1, &stream, EPOCH, NULL); /* the same again */
    assert_false(hand.closed);
    other.channel.cls = LT_CLASS_INCIDENT;
    hand_run(&hand, 1, &other, EPOCH, NULL);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, LT_EPROTO);
}

static void segments_of_no_run_are_asked_to_be_opened(void **state)
{
    static const uint32_t handles[] = {0, 2, 9};
    struct lt_stream other = stream;

    (void)state;
    other.channel.cls = LT_CLASS_INCIDENT;
    hand_run(&hand, 3, &other, EPOCH, NULL); /* between 1 and 3: none */
    for (unsigned i = 0; i < LT_COUNT_OF(handles); i++) {
        unsigned holds = hand.count[LT_FRAME_HOLD];
        uint64_t number = 7;

        hand_segments(&hand, handles[i], segments, 1);
        net_settle(&net);
        assert_int_equal(hand.count[LT_FRAME_HOLD], holds + 1);
        assert_int_equal(hand_held(&hand, &number), LT_HOLD_GAP);
        assert_int_equal(number, 0);
    }
    assert_int_equal(at(DISTRICT), 0);
    hand_segments(&hand, 1, segments, 1);
    net_settle(&net);
    assert_int_equal(at(DISTRICT), 1);
}

/* Nobody but the process itself writes in its epoch. */
static void who_writes_in_our_own_epoch_is_a_second_machine(void **state)
{
    const struct lt_stream own = {.origin = net.nodes[DISTRICT].office,
                                  .channel = net_up(LT_CLASS_CASE)};
    const uint64_t epoch = net.nodes[DISTRICT].epoch;

    (void)state;
    hand.key = net.nodes[DISTRICT].key; /* as what is said to be signed */
    hand_run(&hand, 2, &own, epoch, NULL);
    hand_segments(&hand, 2, segments, 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_PROVEN_WRONG);
    assert_int_equal(
        net_class_events(&net, DISTRICT, DISTRICT, LT_CLASS_CASE), 0);
}

static void what_goes_beyond_our_own_end_is_a_second_machine_s(void **state)
{
    const struct lt_stream own = {.origin = net.nodes[DISTRICT].office,
                                  .channel = net_up(LT_CLASS_CASE)};
    const uint64_t epoch = net.nodes[DISTRICT].epoch;

    (void)state;
    assert_int_equal(net_write(&net, DISTRICT, net_up(LT_CLASS_CASE), 1),
                     LT_OK);
    net_run(&net, 500);
    hand.key = net.nodes[DISTRICT].key;
    hand_run(&hand, 2, &own, epoch, NULL);
    for (size_t i = 0; i < net.nodes[DISTRICT].log_n; i++) {
        if (lt_stream_equal(&net.nodes[DISTRICT].log[i].segment.stream,
                            &own)) { /* what we hold is no wonder */
            hand_segments(&hand, 2, &net.nodes[DISTRICT].log[i].segment, 1);
        }
    }
    net_settle(&net);
    assert_false(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    hand_segments(&hand, 2, &segments[1], 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    assert_int_equal(
        net_class_events(&net, DISTRICT, DISTRICT, LT_CLASS_CASE), 1);
}

/* Another session may say of a run that is here what it likes: it began where
 * it began. */
static void a_run_keeps_its_beginning(void **state)
{
    struct lt_point begins[3];

    (void)state;
    begins[0] = hand_end(&segments[1]);
    hand_run(&hand, 2, &stream, EPOCH + 1, &begins[0]);
    {
        uint8_t *bytes;
        struct lt_segment branch = hand_segment(
            net.nodes[COMMUNE].key, &stream, EPOCH + 1, &begins[0], "1", &bytes);

        hand_segments(&hand, 1, segments, SEGMENTS);
        hand_segments(&hand, 2, &branch, 1);
        free(bytes);
    }
    net_settle(&net);
    assert_int_equal(at(DISTRICT), SEGMENTS + 1);
    for (unsigned i = 0; i < 4; i++) {
        struct lt_point prev = begins[0];

        hand_free(&hand);
        hand_open(&hand, &net, DISTRICT, COMMUNE);
        hand_shake(&hand);
        if (i == 0) {
            prev.epoch++;
        } else if (i == 1) {
            prev.number++;
        } else if (i == 2) {
            prev.hash[0] ^= 1;
        } else { /* the right one: what is here is acknowledged */
            assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
        }
        hand_run(&hand, 1, &stream, EPOCH + 1, &prev);
        hand_segments(&hand, 1, &segments[2], 1);
        net_settle(&net);
        assert_int_equal(hand_held(&hand, NULL),
                         i < 3 ? LT_HOLD_PROVEN_WRONG : 0);
        assert_int_equal(at(DISTRICT), SEGMENTS + 1);
    }
}

static void a_run_keeps_its_key(void **state)
{
    (void)state;
    hand_segments(&hand, 1, segments, 2);
    net_settle(&net);
    hand_free(&hand);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    hand_shake(&hand);
    lt_run_find(district(), lt_track_find(district(), &stream), EPOCH)
        ->key_id[0] ^= 1; /* as if another key had signed it */
    hand_run(&hand, 1, &stream, EPOCH, NULL);
    hand_segments(&hand, 1, &segments[2], 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(at(DISTRICT), 2);
}

/* A number that has no successors is none, nor are texts that no segment holds. */
static void numbers_and_texts_have_bounds(void **state)
{
    static uint8_t parts[LT_PARTS_MAX + 1];
    uint8_t type = LT_FRAME_SEGMENTS;
    struct lt_buf frame;

    (void)state;
    lt_buf_init(&frame, lt_alloc_heap());
    for (unsigned i = 0; i < 2; i++) {
        /* A run piece: handle 1, then its first number, one segment. */
        uint8_t head[16] = {1 << 3, 1, 2 << 3};
        size_t head_n = 3;
        uint8_t body[LT_PARTS_MAX + 256];
        size_t body_n = 0;
        uint64_t first = i == 0 ? UINT64_MAX / 2 + 1 : 1;
        size_t inner;
        size_t outer;

        for (; first >= 0x80; first >>= 7) {
            head[head_n++] = (uint8_t)(first | 0x80);
        }
        head[head_n++] = (uint8_t)first;
        body[body_n++] = 1 << 3 | 2;
        body[body_n++] = 1;
        body[body_n++] = 0;
        body[body_n++] = 2 << 3 | 2;
        body[body_n++] = 1 + LT_SIG_LEN;
        body[body_n++] = 1;
        memcpy(body + body_n, segments[0].signature, LT_SIG_LEN);
        body_n += LT_SIG_LEN;
        if (i == 1) {
            size_t len = sizeof(parts);

            body[body_n++] = 5 << 3 | 2;
            body[body_n++] = (uint8_t)(len | 0x80);
            body[body_n++] = (uint8_t)(len >> 7 | 0x80);
            body[body_n++] = (uint8_t)(len >> 14);
            memcpy(body + body_n, parts, len);
            body_n += len;
        }
        inner = body_n;
        outer = head_n + 4 + inner;
        lt_buf_reset(&frame);
        assert_true(lt_buf_put(&frame, &type, 1));
        {
            const uint8_t run[] = {1 << 3 | 2, (uint8_t)(outer | 0x80),
                                   (uint8_t)(outer >> 7 | 0x80),
                                   (uint8_t)(outer >> 14)};
            const uint8_t one[] = {3 << 3 | 2, (uint8_t)(inner | 0x80),
                                   (uint8_t)(inner >> 7 | 0x80),
                                   (uint8_t)(inner >> 14)};

            assert_true(lt_buf_put(&frame, run, sizeof(run)));
            assert_true(lt_buf_put(&frame, head, head_n));
            assert_true(lt_buf_put(&frame, one, sizeof(one)));
        }
        assert_true(lt_buf_put(&frame, body, body_n));
        hand_free(&hand);
        hand_open(&hand, &net, DISTRICT, COMMUNE);
        hand_shake(&hand);
        hand_run(&hand, 1, &stream, EPOCH, NULL);
        hand_send(&hand, &frame);
        net_settle(&net);
        assert_false(hand.closed);
        assert_int_equal(hand_held(&hand, NULL), LT_HOLD_TOO_LARGE);
        assert_true(net_alarm(&net, DISTRICT, LT_ASEGMENTBIG));
        /* Nothing more of that run is looked at in this session. */
        hand.count[LT_FRAME_HOLD] = 0;
        hand_segments(&hand, 1, segments, 1);
        net_settle(&net);
        assert_int_equal(hand.count[LT_FRAME_HOLD], 0);
        assert_int_equal(at(DISTRICT), 0);
    }
    lt_buf_deinit(&frame);
    honest_neighbour_goes_on();
}

static void an_origin_has_a_bound_of_runs_and_streams(void **state)
{
    struct lt_unit *unit = lt_unit_find(district(), &stream.origin);
    const size_t runs = unit->runs_n;
    const size_t tracks = unit->tracks_n;

    (void)state;
    unit->tracks_n = LT_UNIT_TRACKS_MAX; /* as if there were as many */
    hand_segments(&hand, 1, segments, 1);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_QUOTA);
    assert_true(net_alarm(&net, DISTRICT, LT_AMANYSTREAMS));
    unit->tracks_n = tracks;
    unit->runs_n = LT_UNIT_RUNS_MAX;
    net_run(&net, 1100);
    hand_segments(&hand, 1, segments, 1);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_QUOTA);
    assert_int_equal(at(DISTRICT), 0);
    unit->runs_n = runs;
    net_run(&net, 1100);
    hand_segments(&hand, 1, segments, 1);
    net_settle(&net);
    assert_int_equal(at(DISTRICT), 1);
    assert_false(net_alarm(&net, DISTRICT, LT_AMANYSTREAMS));
}

/* With eight tips a run that goes on from one of them adds none; any other is
 * held, also once it has begun. */
static void where_there_are_eight_tips_one_of_them_goes_on(void **state)
{
    struct lt_point prev = hand_end(&segments[1]);
    uint8_t *bytes[LT_TIPS_MAX];
    struct lt_segment branch[LT_TIPS_MAX];
    struct lt_segment next;
    struct lt_segment fresh;
    struct lt_point end;
    uint8_t *next_bytes;
    uint8_t *fresh_bytes;
    unsigned i;

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    for (i = 1; i < LT_TIPS_MAX; i++) {
        branch[i] = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + i,
                                 &prev, "branch", &bytes[i]);
        hand_run(&hand, 1 + i, &stream, EPOCH + i, &prev);
        hand_segments(&hand, 1 + i, &branch[i], 1);
    }
    net_settle(&net);
    assert_int_equal(at(DISTRICT), SEGMENTS + LT_TIPS_MAX - 1);
    assert_int_equal(hand_held(&hand, NULL), 0);
    /* From nothing: a ninth tip. */
    fresh = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 50, NULL,
                         "fresh", &fresh_bytes);
    hand_run(&hand, 20, &stream, EPOCH + 50, NULL);
    hand_segments(&hand, 20, &fresh, 1);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_TIPS);
    assert_true(net_alarm(&net, DISTRICT, LT_ATIPS));
    /* From one of them. */
    end = hand_end(&branch[1]);
    next = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 51, &end,
                        "next", &next_bytes);
    hand_run(&hand, 21, &stream, EPOCH + 51, &end);
    hand_segments(&hand, 21, &next, 1);
    net_settle(&net);
    assert_int_equal(at(DISTRICT), SEGMENTS + LT_TIPS_MAX);
    assert_false(net_alarm(&net, DISTRICT, LT_ATIPS));
    /* From where that one was before: it is a tip no more. */
    hand.count[LT_FRAME_HOLD] = 0;
    hand_run(&hand, 22, &stream, EPOCH + 52, &end);
    free(next_bytes);
    next = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 52, &end,
                        "late", &next_bytes);
    hand_segments(&hand, 22, &next, 1);
    net_settle(&net);
    assert_int_equal(hand.count[LT_FRAME_HOLD], 1);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_TIPS);
    /* And it may not go on by itself. */
    free(next_bytes);
    next = hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 1, &end,
                        "late", &next_bytes);
    hand_segments(&hand, 2, &next, 1);
    net_settle(&net);
    assert_int_equal(hand.count[LT_FRAME_HOLD], 2);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_TIPS);
    assert_int_equal(at(DISTRICT), SEGMENTS + LT_TIPS_MAX);
    free(next_bytes);
    free(fresh_bytes);
    for (i = 1; i < LT_TIPS_MAX; i++) {
        free(bytes[i]);
    }
}

/* Asked for one number and then for another: each has its own time. Meanwhile
 * the same run came by another handle. */
static void a_gap_is_an_alarm_only_while_it_is_the_same(void **state)
{
    uint64_t number;

    (void)state;
    hand_run(&hand, 2, &stream, EPOCH, NULL);
    hand_segments(&hand, 1, segments + 2, 1);
    net_run(&net, 2000);
    hand_segments(&hand, 2, segments, 1);
    hand_segments(&hand, 1, segments + 3, 1);
    net_run(&net, 2000);
    assert_int_equal(hand_held(&hand, &number), LT_HOLD_GAP);
    assert_int_equal(number, 2);
    hand_segments(&hand, 1, segments + 3, 1);
    net_settle(&net);
    assert_false(net_alarm(&net, DISTRICT, LT_AGAP));
    net_run(&net, 1500);
    hand_segments(&hand, 1, segments + 3, 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_AGAP));
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    assert_int_equal(at(DISTRICT), SEGMENTS);
    assert_false(net_alarm(&net, DISTRICT, LT_AGAP));
}

/* A repeated segment that is longer than what we hold of it cannot be cut. */
static void what_overlaps_our_end_is_a_contradiction(void **state)
{
    struct lt_segment longer;

    (void)state;
    hand_segments(&hand, 1, segments, 2);
    net_settle(&net);
    longer = segments[1];
    longer.count = 2;
    hand_segments(&hand, 1, &longer, 1);
    net_settle(&net);
    assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_PROVEN_WRONG);
    assert_int_equal(at(DISTRICT), 2);
}

/* More runs in one turn than one ack has places for. */
static void many_runs_are_acknowledged_in_several_frames(void **state)
{
    enum { RUNS = 70 };
    struct lt_point prev = hand_end(&segments[SEGMENTS - 1]);
    uint8_t *bytes[RUNS];
    unsigned acks;

    (void)state;
    hand_segments(&hand, 1, segments, SEGMENTS);
    net_settle(&net);
    net.nodes[DISTRICT].commit_held = true;
    acks = hand.count[LT_FRAME_ACK];
    for (unsigned i = 0; i < RUNS; i++) {
        struct lt_segment segment =
            hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH + 1 + i, &prev,
                         "one after the other", &bytes[i]);
        struct lt_input input = {.kind = LT_IN_FRAME, .session = hand.session};
        struct lt_segments_writer writer;
        struct lt_buf frame;

        lt_buf_init(&frame, lt_alloc_heap());
        hand_run(&hand, 2 + i, &stream, EPOCH + 1 + i, &prev);
        assert_int_equal(lt_segments_begin(&writer, &frame), LT_OK);
        assert_int_equal(lt_segments_add(&writer, 2 + i, &segment), LT_OK);
        lt_segments_end(&writer);
        input.bytes = frame.data;
        input.len = frame.len;
        net_input(&net, DISTRICT, &input);
        lt_buf_deinit(&frame);
        prev = hand_end(&segment);
    }
    assert_int_equal(hand.count[LT_FRAME_ACK], acks);
    net_turn(&net, DISTRICT);
    net_release_commit(&net, DISTRICT);
    net_settle(&net);
    assert_int_equal(hand.count[LT_FRAME_ACK], acks + 2);
    assert_int_equal(hand_acked(&hand, 1 + RUNS), SEGMENTS + RUNS);
    for (unsigned i = 0; i < RUNS; i++) {
        free(bytes[i]);
    }
}

/* What was erased here stays away, the texts beside it come. */
static void nothing_is_left_of_a_bundle_whose_texts_are_all_erased(void **state)
{
    const struct node *province = &net.nodes[PROVINCE];
    struct lt_event_id id = {.origin = net.nodes[OTHER].office,
                             .epoch = net.nodes[OTHER].epoch,
                             .count = net.nodes[OTHER].engine->count + 1};
    size_t whole;

    (void)state;
    assert_int_equal(lt_engine_erased(district(), &id, 0xff), LT_OK);
    assert_int_equal(net_write(&net, OTHER, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 900);
    assert_int_equal(province->log[province->log_n - 1].segment.parts_len, 0);
    /* Another text of another event is passed on whole. */
    assert_int_equal(net_write(&net, OTHER, net_up(LT_CLASS_CASE), 2), LT_OK);
    net_run(&net, 900);
    whole = province->log[province->log_n - 1].segment.parts_len;
    assert_true(whole > 0);
    /* And beside one that is erased it stays. */
    id.count = net.nodes[OTHER].engine->count + 1;
    assert_int_equal(lt_engine_erased(district(), &id, 0xff), LT_OK);
    assert_int_equal(net_write(&net, OTHER, net_up(LT_CLASS_CASE), 2), LT_OK);
    net_run(&net, 900);
    assert_in_range(province->log[province->log_n - 1].segment.parts_len, 1,
                    whole - 1);
}

/* What waited for a key is asked for once that has come, and nobody who has gone
 * is asked for anything. */
static void who_has_gone_is_asked_for_nothing(void **state)
{
    struct lt_key *later = later_key(1);
    const struct later bound = {.office = COMMUNE,
                                .issuer = DISTRICT,
                                .key = later,
                                .follows = net.nodes[COMMUNE].key,
                                .serial = 2};
    struct lt_session *session =
        lt_unit_find(district(), &net.nodes[COMMUNE].office)->session;
    const struct lt_key *own = hand.key;
    struct lt_buf binding;

    (void)state;
    hand.key = later;
    hand_run(&hand, 2, &stream, EPOCH + 5, NULL);
    hand.key = own;
    hand_segments(&hand, 2, segments, 1);
    net_settle(&net);
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_NO_PROOF);
    lt_buf_init(&binding, lt_alloc_heap());
    later_make(&net, &bound, &binding);
    session->state = LT_SESSION_GONE;
    later_give(&net, DISTRICT, &binding);
    session->state = LT_SESSION_UP;
    assert_true(later_holds(&net, DISTRICT, COMMUNE, later));
    assert_int_equal(hand_held(&hand, NULL), LT_HOLD_NO_PROOF);
    lt_buf_deinit(&binding);
    lt_key_free(later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_run_has_a_handle_and_an_epoch),
        PROMISE(a_handle_stands_for_one_run),
        PROMISE(segments_of_no_run_are_asked_to_be_opened),
        PROMISE(who_writes_in_our_own_epoch_is_a_second_machine),
        PROMISE(what_goes_beyond_our_own_end_is_a_second_machine_s),
        PROMISE(a_run_keeps_its_beginning),
        PROMISE(a_run_keeps_its_key),
        PROMISE(numbers_and_texts_have_bounds),
        PROMISE(an_origin_has_a_bound_of_runs_and_streams),
        PROMISE(where_there_are_eight_tips_one_of_them_goes_on),
        PROMISE(a_gap_is_an_alarm_only_while_it_is_the_same),
        PROMISE(what_overlaps_our_end_is_a_contradiction),
        PROMISE(many_runs_are_acknowledged_in_several_frames),
        PROMISE(nothing_is_left_of_a_bundle_whose_texts_are_all_erased),
        PROMISE(who_has_gone_is_asked_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
