/* What the log answers, and neighbours say, that is not what was asked. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "common/link_msg.h"
#include "daemon/engine/flow.h"
#include "daemon/engine/intake.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/session.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"

enum { PROVINCE, DISTRICT, COMMUNE };

static struct net net;

/* Three cases of the commune's, each a segment of its own. */
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
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                         LT_OK);
        net_run(&net, 500);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net.filter = NULL;
    net_free(&net);
    return 0;
}

static struct lt_engine *district(void)
{
    return net.nodes[DISTRICT].engine;
}

static struct lt_stream cases_of_commune(void)
{
    return (struct lt_stream){net.nodes[COMMUNE].office, net_up(LT_CLASS_CASE)};
}

static struct lt_run *run(void)
{
    const struct lt_stream stream = cases_of_commune();

    return lt_track_find(district(), &stream)->runs;
}

/* Segment @n of the commune's cases, as the district holds it. */
static struct lt_segment segment_no(unsigned n)
{
    for (size_t i = 0; i < net.nodes[DISTRICT].log_n; i++) {
        const struct lt_segment *segment = &net.nodes[DISTRICT].log[i].segment;

        if (segment->stream.channel.cls == LT_CLASS_CASE &&
            segment->first == n) {
            return *segment;
        }
    }
    fail();
    return (struct lt_segment){0};
}

static struct lt_session *to_province(void)
{
    return lt_session_find(district(), net.links[0].child_session);
}

static struct lt_session *from_commune(void)
{
    return lt_session_find(district(), net.links[1].parent_session);
}

/* The log's answer to this READ. */
static void answer(const struct lt_effect *read,
                   const struct lt_segment *segments, size_t n)
{
    struct node *node = &net.nodes[DISTRICT];

    assert_int_equal(lt_engine_stored(node->engine, &net.now, read, segments, n,
                                      node->effects),
                     LT_OK);
    net_turn(&net, DISTRICT);
}

/* ---- for a session ---- */

static void an_answer_that_a_session_does_not_wait_for_is_not_sent(void **state)
{
    const struct lt_segment segment = segment_no(1);
    struct lt_session *session = to_province();
    struct lt_flow *flow = lt_flow_find(session, run());
    const struct lt_effect right = {.kind = LT_FX_READ,
                                    .session = session->id,
                                    .stream = segment.stream,
                                    .epoch = segment.epoch};
    struct lt_effect reads[3] = {right, right, right};
    const uint64_t sent = net.nodes[DISTRICT].sent[LT_FRAME_SEGMENTS];

    (void)state;
    assert_non_null(flow);
    answer(&right, &segment, 1); /* nothing is awaited */
    session->reading = flow;
    lt_flow_set(flow, 0, 0);
    reads[0].epoch++;
    reads[1].after = 1;
    reads[2].stream.channel.cls = LT_CLASS_DIRECTIVE;
    for (unsigned i = 0; i < 3; i++) {
        answer(&reads[i], &segment, 1);
        assert_ptr_equal(session->reading, flow);
        assert_int_equal(flow->sent, 0);
    }
    assert_int_equal(net.nodes[DISTRICT].sent[LT_FRAME_SEGMENTS], sent);
    answer(&right, &segment, 1); /* and the log is asked for the rest */
    assert_int_equal(net.nodes[DISTRICT].sent[LT_FRAME_SEGMENTS], sent + 2);
    assert_int_equal(flow->sent, 3);
}

/* What of it is beyond what may leave now stays. */
static void an_answer_is_sent_as_far_as_it_goes_on(void **state)
{
    const struct lt_segment segments[] = {segment_no(1), segment_no(3)};
    struct lt_session *session = to_province();
    struct lt_flow *flow = lt_flow_find(session, run());
    const struct lt_effect read = {.kind = LT_FX_READ,
                                   .session = session->id,
                                   .stream = segments[0].stream,
                                   .epoch = segments[0].epoch};

    (void)state;
    session->reading = flow;
    lt_flow_set(flow, 0, 0);
    assert_int_equal(lt_engine_stored(district(), &net.now, &read, segments, 2,
                                      net.nodes[DISTRICT].effects),
                     LT_OK);
    assert_int_equal(flow->sent, 1);
    net_run(&net, 1000);
}

/* ---- a segment that came again ---- */

/* It is said to the engine as an inbound frame would; a READ follows. */
static uint64_t repeat(const struct lt_segment *segment)
{
    struct lt_engine *engine = district();

    engine->fx = net.nodes[DISTRICT].effects;
    lt_proof_repeated(engine, from_commune(), run(), segment);
    engine->fx = NULL;
    return engine->check_token;
}

static void what_came_again_otherwise_is_no_evidence_without_its_key(
    void **state)
{
    struct lt_segment held = segment_no(1);
    struct lt_segment other = held;
    struct lt_effect read = {.kind = LT_FX_READ};

    (void)state;
    other.signature[0] ^= 1;
    read.token = repeat(&other);
    run()->key_id[0] ^= 1; /* nobody knows it any more */
    answer(&read, &held, 1);
    run()->key_id[0] ^= 1;
    assert_true(net_alarm(&net, DISTRICT, LT_ABADSIG));
    assert_false(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(net.nodes[DISTRICT].evidence_n, 0);
}

static void what_came_again_is_not_held_against_another_number(void **state)
{
    struct lt_segment held = segment_no(2);
    struct lt_segment other = segment_no(1);
    struct lt_effect read = {.kind = LT_FX_READ};

    (void)state;
    other.prev = held.prev; /* its writer signs even that */
    assert_int_equal(lt_segment_seal(&other, net.nodes[COMMUNE].key), LT_OK);
    read.token = repeat(&other);
    answer(&read, &held, 1);
    assert_true(net_alarm(&net, DISTRICT, LT_ABADSIG));
    assert_int_equal(net.nodes[DISTRICT].evidence_n, 0);
}

/* The log has nothing under that name any more, or answers what nobody asked:
 * nobody is blamed. */
static void an_answer_without_a_question_blames_nobody(void **state)
{
    struct lt_segment segment = segment_no(1);
    struct lt_effect read = {.kind = LT_FX_READ, .token = 987654};

    (void)state;
    segment.signature[0] ^= 1;
    answer(&read, &segment, 1);
    read.token = repeat(&segment);
    assert_int_equal(district()->checks_n, 1);
    answer(&read, NULL, 0);
    assert_int_equal(district()->checks_n, 0);
    assert_int_equal(district()->checks_bytes, 0);
    assert_false(net_alarm(&net, DISTRICT, LT_ABADSIG));
}

static void more_that_came_again_than_is_compared_is_passed_over(void **state)
{
    struct lt_segment segment = segment_no(1);
    struct lt_engine *engine = district();
    const uint64_t token = engine->check_token;

    (void)state;
    engine->checks_bytes = LT_CHECK_BYTES_MAX - segment.payload_len + 1;
    assert_int_equal(repeat(&segment), token);
    assert_int_equal(engine->checks_n, 0);
    engine->checks_bytes = 0;
    assert_int_equal(repeat(&segment), token + 1);
    assert_int_equal(engine->checks_n, 1);
    net_turn(&net, DISTRICT);
}

/* ---- a segment that a neighbour wants ---- */

static struct lt_want want_no(uint64_t number)
{
    return (struct lt_want){.id = 5,
                            .stream = cases_of_commune(),
                            .epoch = run()->epoch,
                            .number = number};
}

/* The commune asks; the log has not answered yet. */
static void ask(const struct lt_want *want)
{
    const uint64_t session = net.links[1].parent_session;
    struct lt_buf frame;
    struct lt_input input = {.kind = LT_IN_FRAME, .session = session};

    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_want_encode(want, &frame), LT_OK);
    input.bytes = frame.data;
    input.len = frame.len;
    net_input(&net, DISTRICT, &input);
    lt_buf_deinit(&frame);
}

struct given {
    unsigned n;
    bool found;
};

static void see(struct net *n, unsigned node, uint64_t session,
                const struct lt_effect *effect, void *ctx)
{
    struct given *given = ctx;
    struct lt_arena arena;
    struct lt_frame frame;

    (void)n;
    (void)session;
    if (node != DISTRICT || effect->kind != LT_FX_SEND ||
        effect->bytes[0] != LT_FRAME_GIVEN) {
        return;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_int_equal(
        lt_frame_decode(effect->bytes, effect->len, &arena, &frame, NULL),
        LT_OK);
    given->n++;
    given->found = frame.given.found;
    lt_arena_deinit(&arena);
}

static void who_asked_and_is_gone_is_answered_nothing(void **state)
{
    const struct lt_want want = want_no(1);
    const struct lt_input down = {.kind = LT_IN_SESSION_DOWN,
                                  .session = net.links[1].parent_session};
    struct given given = {0};

    (void)state;
    net.watch = see;
    net.watch_ctx = &given;
    ask(&want);
    assert_int_equal(district()->gives_n, 1);
    net_input(&net, DISTRICT, &down);
    net_turn(&net, DISTRICT);
    assert_int_equal(given.n, 0);
    assert_int_equal(district()->gives_n, 0);
}

static void what_the_log_has_instead_is_not_given(void **state)
{
    const struct lt_want want = want_no(1);
    const struct lt_segment other = segment_no(2);
    struct lt_effect read = {.kind = LT_FX_READ};
    struct given given = {0};

    (void)state;
    net.watch = see;
    net.watch_ctx = &given;
    ask(&want);
    read.token = district()->check_token;
    answer(&read, &other, 1);
    assert_int_equal(given.n, 1);
    assert_false(given.found);
}

static void so_many_wait_for_the_log_and_no_more(void **state)
{
    const struct lt_want want = want_no(1);
    struct given given = {0};

    (void)state;
    net.watch = see;
    net.watch_ctx = &given;
    district()->gives_n = LT_ASKS_MAX;
    ask(&want);
    assert_int_equal(district()->gives_n, LT_ASKS_MAX);
    district()->gives_n = 0;
    net_turn(&net, DISTRICT);
    assert_int_equal(given.n, 1);
    assert_false(given.found);
    ask(&want);
    net_turn(&net, DISTRICT);
    assert_int_equal(given.n, 2);
    assert_true(given.found);
}

/* A life that goes on from another begins where that ends. */
static void what_lies_before_a_run_is_not_of_it(void **state)
{
    struct lt_want want = want_no(1);
    struct given given = {0};

    (void)state;
    net_restart(&net, COMMUNE);
    net_run(&net, 3000);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 3000);
    net.watch = see;
    net.watch_ctx = &given;
    want.epoch = net.nodes[COMMUNE].epoch;
    ask(&want);
    net_turn(&net, DISTRICT);
    assert_int_equal(given.n, 1);
    assert_false(given.found);
    want.number = 4;
    ask(&want);
    net_turn(&net, DISTRICT);
    assert_true(given.found);
}

/* ---- a segment that is wanted here ---- */

static bool no_wants(struct net *n, unsigned from, unsigned to, uint8_t *bytes,
                     size_t *len)
{
    (void)n;
    (void)to;
    return from != DISTRICT || lt_frame_type(bytes, *len) != LT_FRAME_WANT;
}

static void want(const struct lt_segment *segment)
{
    const struct lt_input input = {.kind = LT_IN_WANT,
                                   .stream = segment->stream,
                                   .epoch = segment->epoch,
                                   .number = segment->first};

    net_input(&net, DISTRICT, &input);
    net_turn(&net, DISTRICT);
}

/* Numbers begin anew in each stream of a life. */
static void one_number_of_two_streams_is_asked_for_twice(void **state)
{
    struct lt_segment segments[2] = {segment_no(1), segment_no(1)};

    (void)state;
    segments[1].stream.channel.cls = LT_CLASS_INCIDENT;
    net.filter = no_wants;
    want(&segments[0]);
    want(&segments[1]);
    assert_int_equal(lt_engine_asks(district()), 2);
    want(&segments[0]);
    want(&segments[1]);
    assert_int_equal(lt_engine_asks(district()), 2);
}

/* Who waited for its turn finds out then that nobody is left. */
static void who_waits_for_nobody_is_told_so(void **state)
{
    struct lt_segment segments[2] = {segment_no(1), segment_no(2)};
    struct lt_given none = {.id = 0};
    struct lt_buf frame;

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    net.filter = no_wants;
    want(&segments[0]);
    none.id = district()->ask_id;
    want(&segments[1]);
    assert_int_equal(lt_engine_asks(district()), 2);
    assert_int_equal(net.nodes[DISTRICT].unmended, 0);
    to_province()->gives = false;
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_given_encode(&none, &frame), LT_OK);
    net_inject(&net, DISTRICT, net.links[0].child_session, frame.data,
               frame.len);
    lt_buf_deinit(&frame);
    assert_int_equal(lt_engine_asks(district()), 0);
    assert_int_equal(net.nodes[DISTRICT].unmended, 2);
}

/* Whether it is what stood there the log alone can say. */
static void what_a_key_signed_that_is_not_known_is_not_proven(void **state)
{
    struct lt_segment segment = segment_no(1);
    struct lt_given given = {.found = true};
    struct lt_buf frame;

    (void)state;
    net.filter = no_wants;
    want(&segment);
    given.id = district()->ask_id;
    given.segment = segment;
    given.segment.key_id[0] ^= 1;
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_given_encode(&given, &frame), LT_OK);
    net_inject(&net, DISTRICT, net.links[0].child_session, frame.data,
               frame.len);
    lt_buf_deinit(&frame);
    assert_int_equal(net.nodes[DISTRICT].mends, 1);
    assert_false(net.nodes[DISTRICT].mend_proven);
}

static void mended(const struct lt_effect *mend, bool whole)
{
    struct node *node = &net.nodes[DISTRICT];

    assert_int_equal(
        lt_engine_mended(node->engine, &net.now, mend,
                         whole ? LT_MEND_WHOLE : LT_MEND_NOTHING, node->effects),
        LT_OK);
    net_turn(&net, DISTRICT);
}

static void what_nobody_asked_for_is_mended_without_more(void **state)
{
    struct lt_effect mend = {.kind = LT_FX_MEND, .token = 999};

    (void)state;
    mend.segment = segment_no(1);
    mended(&mend, true);
    mended(&mend, false);
    mend.segment.stream.origin.bytes[3] ^= 1; /* of somebody unknown */
    mended(&mend, true);
    assert_int_equal(net.nodes[DISTRICT].unmended, 0);
    assert_int_equal(lt_engine_asks(district()), 0);
    assert_int_equal(net_link_view(&net, DISTRICT, PROVINCE).state, 1);
}

/* Of a life that this office has not heard of otherwise. */
static void what_belongs_to_no_run_is_mended_all_the_same(void **state)
{
    struct lt_segment segment = segment_no(1);
    struct lt_effect mend = {.kind = LT_FX_MEND};

    (void)state;
    net.filter = no_wants;
    segment.epoch++;
    want(&segment);
    assert_int_equal(lt_engine_asks(district()), 1);
    mend.token = district()->ask_id;
    mend.segment = segment;
    mended(&mend, true);
    assert_int_equal(lt_engine_asks(district()), 0);
    assert_int_equal(net.nodes[DISTRICT].unmended, 0);
}

static void a_word_of_the_tree_that_is_mended_is_read(void **state)
{
    struct lt_effect mend = {.kind = LT_FX_MEND, .token = 999};

    (void)state;
    assert_false(lt_engine_wants_tree(district()));
    mend.segment = net.nodes[DISTRICT].log[0].segment;
    assert_int_equal(mend.segment.stream.channel.cls, LT_CLASS_TREE);
    mended(&mend, false);
    assert_false(lt_engine_wants_tree(district()));
    mended(&mend, true);
    assert_true(lt_engine_wants_tree(district()));
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(an_answer_that_a_session_does_not_wait_for_is_not_sent),
        PROMISE(an_answer_is_sent_as_far_as_it_goes_on),
        PROMISE(what_came_again_otherwise_is_no_evidence_without_its_key),
        PROMISE(what_came_again_is_not_held_against_another_number),
        PROMISE(an_answer_without_a_question_blames_nobody),
        PROMISE(more_that_came_again_than_is_compared_is_passed_over),
        PROMISE(who_asked_and_is_gone_is_answered_nothing),
        PROMISE(what_the_log_has_instead_is_not_given),
        PROMISE(so_many_wait_for_the_log_and_no_more),
        PROMISE(what_lies_before_a_run_is_not_of_it),
        PROMISE(one_number_of_two_streams_is_asked_for_twice),
        PROMISE(who_waits_for_nobody_is_told_so),
        PROMISE(what_a_key_signed_that_is_not_known_is_not_proven),
        PROMISE(what_nobody_asked_for_is_mended_without_more),
        PROMISE(what_belongs_to_no_run_is_mended_all_the_same),
        PROMISE(a_word_of_the_tree_that_is_mended_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
