/* What a session is told that it did not expect, and what one session can hold. */
#include "tests/unit/engine/words.h"

#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"
#include "daemon/engine/flow.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/session.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"

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
    net_run(&net, 2000);
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

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

static void write_cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
}

/* One event, in a turn that is not over yet. */
static void write_unflushed(unsigned node, struct lt_channel channel)
{
    struct lt_event *event = calloc(1, sizeof(*event));
    struct lt_write_event one = {
        .event = event, .channels_n = 1, .channels = &channel};

    assert_non_null(event);
    event->type = LT_EV_CASE_OPENED;
    event->recorded_at_ms = net.now.wall_ms;
    event->has_legal_date = true;
    event->legal_date = 20778;
    event->actor_role = 1;
    event->case_type = 1;
    event->field = 3;
    assert_int_equal(net_write_events(&net, node, &one, 1), LT_OK);
    free(event);
}

static uint64_t held(unsigned node, unsigned origin)
{
    return net_class_events(&net, node, origin, LT_CLASS_CASE);
}

static struct lt_session *to_province(void)
{
    return lt_session_find(engine_of(DISTRICT), net.links[0].child_session);
}

static struct lt_session *from_commune(void)
{
    return lt_session_find(engine_of(DISTRICT), net.links[1].parent_session);
}

static struct lt_flow *flow_of(unsigned origin)
{
    const struct lt_stream stream = {net.nodes[origin].office,
                                     net_up(LT_CLASS_CASE)};

    return lt_flow_find(to_province(),
                        lt_track_find(engine_of(DISTRICT), &stream)->runs);
}

/* The first frame of segments that the district sends in a session. */
static struct {
    uint64_t session;
    bool seen;
    uint32_t handle;
    size_t runs_n;
    size_t segments_n;
} first_frame;

static void see(struct net *n, unsigned node, uint64_t session,
                const struct lt_effect *effect, void *ctx)
{
    struct lt_arena arena;
    struct lt_frame frame;

    (void)n;
    (void)ctx;
    if (first_frame.seen || node != DISTRICT ||
        session != first_frame.session || effect->kind != LT_FX_SEND ||
        effect->bytes[0] != LT_FRAME_SEGMENTS) {
        return;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_int_equal(
        lt_frame_decode(effect->bytes, effect->len, &arena, &frame, NULL),
        LT_OK);
    first_frame.seen = true;
    first_frame.handle = frame.segments.runs[0].handle;
    first_frame.runs_n = frame.segments.runs_n;
    first_frame.segments_n = frame.segments.runs[0].segments_n;
    lt_arena_deinit(&arena);
}

static void see_segments(uint64_t session)
{
    memset(&first_frame, 0, sizeof(first_frame));
    first_frame.session = session;
    net.watch = see;
}

/* The commune says this to the district. */
static void say(lt_err encoded, struct lt_buf *frame)
{
    assert_int_equal(encoded, LT_OK);
    net_inject(&net, DISTRICT, net.links[1].parent_session, frame->data,
               frame->len);
    lt_buf_reset(frame);
}

/* ---- frames ---- */

static void who_enrols_in_a_session_is_hung_up_on(void **state)
{
    const struct lt_key_question question = {.nonce = {1}};
    const uint64_t closes = net.nodes[DISTRICT].closes;
    struct lt_buf frame;

    (void)state;
    lt_buf_init(&frame, lt_alloc_heap());
    say(lt_key_question_encode(&question, &frame), &frame);
    assert_int_equal(net.nodes[DISTRICT].closes, closes + 1);
    assert_null(from_commune());
    assert_true(net_alarm(&net, DISTRICT, LT_EPROTO));
    lt_buf_deinit(&frame);
}

/* Only the parent has a door for this office. */
static void who_is_below_shuts_no_door(void **state)
{
    const struct lt_bye bye = {.code = (uint32_t)-LT_ADOORSHUT};
    struct lt_buf frame;

    (void)state;
    lt_buf_init(&frame, lt_alloc_heap());
    say(lt_bye_encode(&bye, &frame), &frame);
    assert_null(from_commune());
    assert_false(lt_engine_parent_shut(engine_of(DISTRICT)));
    assert_false(net_alarm(&net, DISTRICT, LT_ADOORSHUT));
    lt_buf_deinit(&frame);
}

/* A handle that nobody opened, and more than was ever sent. */
static void what_was_not_sent_cannot_be_acknowledged(void **state)
{
    struct lt_ack_run runs[3];
    struct lt_ack ack = {.runs_n = LT_COUNT_OF(runs), .runs = runs};
    struct lt_flow *flow;
    struct lt_buf frame;

    (void)state;
    lt_buf_init(&frame, lt_alloc_heap());
    write_cases(COMMUNE, 2);
    net_run(&net, 1000);
    flow = flow_of(COMMUNE);
    assert_int_equal(flow->acked, 2);
    lt_flow_set(flow, 2, 1);
    memset(runs, 0, sizeof(runs));
    runs[0].handle = 0;
    runs[1].handle = 99;
    runs[2].handle = flow->handle;
    runs[0].number = runs[1].number = runs[2].number = 50;
    assert_int_equal(lt_ack_encode(&ack, &frame), LT_OK);
    net_inject(&net, DISTRICT, net.links[0].child_session, frame.data,
               frame.len);
    assert_int_equal(flow->acked, 2);
    assert_int_equal(flow->sent, 2);
    assert_int_equal(to_province()->unacked, 0);
    lt_buf_deinit(&frame);
}

static void who_names_an_office_holds_back_what_is_of_it(void **state)
{
    const struct lt_hold hold = {.has_origin = true,
                                 .origin = net.nodes[COMMUNE].office,
                                 .reason = LT_HOLD_QUOTA,
                                 .retry_ms = 60000};
    struct lt_buf frame;

    (void)state;
    lt_buf_init(&frame, lt_alloc_heap());
    write_cases(COMMUNE, 1);
    write_cases(OTHER, 1);
    net_run(&net, 1000);
    assert_int_equal(lt_hold_encode(&hold, &frame), LT_OK);
    net_inject(&net, DISTRICT, net.links[0].child_session, frame.data,
               frame.len);
    write_cases(COMMUNE, 1);
    write_cases(OTHER, 1);
    net_run(&net, 1000);
    assert_int_equal(held(PROVINCE, COMMUNE), 1);
    assert_int_equal(held(PROVINCE, OTHER), 2);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 2);
    lt_buf_deinit(&frame);
}

/* ---- bounds ---- */

static void more_sessions_than_there_is_room_for_are_refused(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_engine *engine = district->engine;
    const struct lt_input up = {.kind = LT_IN_SESSION_UP,
                                .session = 777,
                                .role = LT_ROLE_CHILD,
                                .office = net.nodes[COMMUNE].office};
    const size_t n = engine->sessions_n;
    const size_t effects_n = lt_effects_count(district->effects);
    const struct lt_effect *effect;

    (void)state;
    engine->fx = district->effects;
    engine->sessions_n = LT_ENGINE_SESSIONS_MAX;
    lt_session_up(engine, &up);
    engine->fx = NULL; /* while the log is read there is nobody to tell */
    lt_session_up(engine, &up);
    assert_int_equal(engine->sessions_n, LT_ENGINE_SESSIONS_MAX);
    engine->sessions_n = n;
    engine->fx = NULL;
    assert_int_equal(lt_effects_count(district->effects), effects_n + 1);
    effect = lt_effects_at(district->effects, effects_n);
    assert_int_equal(effect->kind, LT_FX_CLOSE);
    assert_int_equal(effect->session, 777);
    assert_int_equal(effect->code, LT_EBUSY);
    assert_null(lt_session_find(engine, 777));
}

/* What was gathered for it does not leave; the next session begins afresh. */
static void a_session_that_has_opened_all_it_may_ends(void **state)
{
    struct lt_session *session = to_province();
    const uint64_t id = session->id;

    (void)state;
    write_cases(DISTRICT, 1); /* of the two that follow no handle is open */
    net_run(&net, 1000);
    session->handles_n = LT_SESSION_HANDLES_MAX;
    write_cases(COMMUNE, 1);
    net_run(&net, 10);
    assert_null(lt_session_find(engine_of(DISTRICT), id));
    net_run(&net, 10000);
    assert_int_equal(held(PROVINCE, COMMUNE), 1);
    assert_int_equal(held(PROVINCE, DISTRICT), 1);
}

/* The same in the middle of a frame: what is in it already is sent anew. */
static void what_was_gathered_when_a_session_ends_is_sent_in_the_next(
    void **state)
{
    struct lt_session *session = to_province();
    const uint64_t id = session->id;

    (void)state;
    write_cases(COMMUNE, 1);
    net_run(&net, 1000);
    assert_int_equal(flow_of(COMMUNE)->handle, session->handles_n);
    session->handles_n = LT_SESSION_HANDLES_MAX;
    /* Both come in one turn of the district's. */
    write_cases(COMMUNE, 1);
    write_cases(OTHER, 1);
    net_settle(&net);
    assert_null(lt_session_find(engine_of(DISTRICT), id));
    net_run(&net, 10000);
    assert_int_equal(held(PROVINCE, COMMUNE), 2);
    assert_int_equal(held(PROVINCE, OTHER), 1);
}

/* And where the log has just given what should leave. */
static bool all_handles(struct net *n, unsigned from, unsigned to,
                        uint8_t *bytes, size_t *len)
{
    if (from == DISTRICT && to == PROVINCE &&
        lt_frame_type(bytes, *len) == LT_FRAME_DIGESTS) {
        to_province()->handles_n = LT_SESSION_HANDLES_MAX;
        n->filter = NULL;
    }
    return true;
}

static void a_session_that_may_open_nothing_ends_before_the_log_is_sent(
    void **state)
{
    uint64_t closes;

    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    write_cases(COMMUNE, 2);
    net_run(&net, 1000);
    net_connect(&net, DISTRICT, PROVINCE);
    closes = net.nodes[DISTRICT].closes;
    net.filter = all_handles;
    net_run(&net, 100);
    assert_null(net.filter);
    assert_int_equal(net.nodes[DISTRICT].closes, closes + 1);
    assert_int_equal(held(PROVINCE, COMMUNE), 0);
    net_run(&net, 10000);
    assert_int_equal(held(PROVINCE, COMMUNE), 2);
}

/* ---- what of a turn leaves ---- */

/* All that is under way to the district comes in one turn, which is not over
 * yet. */
static void hand_in(void)
{
    for (size_t i = 0; i < net.frames_n; i++) {
        const struct net_frame *frame = &net.frames[i];
        const struct lt_input input = {.kind = LT_IN_FRAME,
                                       .session = frame->session,
                                       .bytes = frame->bytes,
                                       .len = frame->len};

        if (frame->to == DISTRICT) {
            net_input(&net, DISTRICT, &input);
        }
    }
}

/* A lane that has waited long has one segment before what is urgent. */
static void a_lane_that_waited_has_one_segment(void **state)
{
    struct lt_session *session = to_province();
    uint64_t sent;

    (void)state;
    write_cases(COMMUNE, 1);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net_run(&net, 1000);
    sent = flow_of(COMMUNE)->sent;
    write_cases(COMMUNE, 1);
    net_turn(&net, COMMUNE);
    write_cases(COMMUNE, 1);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    hand_in();
    assert_non_null(session->queue[LT_LANE_URGENT]);
    assert_non_null(session->queue[LT_LANE_NORMAL]);
    session->lane_ms[LT_LANE_NORMAL] -= LT_LANE_WAIT_MS;
    see_segments(session->id);
    net_turn(&net, DISTRICT);
    assert_int_equal(first_frame.runs_n, 1);
    assert_int_equal(first_frame.segments_n, 1);
    assert_int_equal(first_frame.handle, flow_of(COMMUNE)->handle);
    assert_int_equal(flow_of(COMMUNE)->sent, sent + 2); /* the other later */
    net_run(&net, 2000);
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
}

/* What comes in this turn is not what the peer lacks next: the log is asked. */
static void what_comes_after_a_gap_waits_for_what_lies_before_it(void **state)
{
    struct lt_flow *flow;
    uint64_t reads;

    (void)state;
    write_cases(COMMUNE, 1);
    net_run(&net, 1000);
    write_cases(COMMUNE, 1);
    net_run(&net, 1000);
    flow = flow_of(COMMUNE);
    write_cases(COMMUNE, 1);
    hand_in();
    reads = net.nodes[DISTRICT].reads;
    lt_flow_set(flow, 1, 1); /* the province had lost it */
    net_turn(&net, DISTRICT);
    assert_int_equal(net.nodes[DISTRICT].reads, reads + 1);
    net_run(&net, 2000);
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
    assert_int_equal(flow->acked, 3);
}

/* Of what this office wrote only what is durable leaves, though the rest of it
 * lies there as well. */
static void what_is_not_durable_does_not_leave_with_what_is(void **state)
{
    struct node *commune = &net.nodes[COMMUNE];
    const struct lt_stream stream = {commune->office, net_up(LT_CLASS_CASE)};
    struct lt_session *session;
    struct lt_run *run;
    struct lt_flow *flow;

    (void)state;
    write_cases(COMMUNE, 1);
    net_run(&net, 1000);
    commune->commit_held = true;
    for (unsigned i = 0; i < LT_SEGMENT_EVENTS_MAX + 44; i++) {
        write_unflushed(COMMUNE, net_up(LT_CLASS_CASE));
    }
    net_turn(&net, COMMUNE);
    assert_true(commune->in_commit);
    run = lt_track_find(commune->engine, &stream)->runs_last;
    assert_int_equal(run->last.number, LT_SEGMENT_EVENTS_MAX + 45);
    assert_int_equal(run->durable.number, 1);
    assert_non_null(run->fresh->next_in_run);
    /* Both would fit into one frame. */
    assert_in_range(run->fresh->segment.payload_len +
                        run->fresh->next_in_run->segment.payload_len,
                    1, 6000);
    session = lt_session_find(commune->engine, net.links[1].child_session);
    flow = lt_flow_find(session, run);
    run->durable = run->last;
    run->durable.number = lt_segment_last(&run->fresh->segment);
    commune->engine->fx = commune->effects;
    lt_flow_queue(commune->engine, flow);
    lt_outflow_pump(commune->engine, session);
    commune->engine->fx = NULL;
    assert_int_equal(flow->sent, lt_segment_last(&run->fresh->segment));
    net_release_commit(&net, COMMUNE);
    net_run(&net, 2000);
    assert_int_equal(held(DISTRICT, COMMUNE), LT_SEGMENT_EVENTS_MAX + 45);
}

/* There is room again before the turn is over: what was taken without room has to
 * come once more, and is not sent on as if it were here. */
static void what_was_taken_without_room_does_not_leave_once_there_is(
    void **state)
{
    const struct lt_input full = {.kind = LT_IN_INTAKE, .code = LT_EFULL};
    const struct lt_input room = {.kind = LT_IN_INTAKE, .flag = true};
    const uint64_t id = to_province()->id;
    uint64_t sent;

    (void)state;
    write_cases(COMMUNE, 1);
    net_run(&net, 1000);
    sent = flow_of(COMMUNE)->sent;
    net_input(&net, DISTRICT, &full);
    write_cases(COMMUNE, 1);
    hand_in();
    assert_true(flow_of(COMMUNE)->queued);
    net_input(&net, DISTRICT, &room);
    net_turn(&net, DISTRICT);
    assert_non_null(lt_session_find(engine_of(DISTRICT), id));
    assert_int_equal(flow_of(COMMUNE)->sent, sent);
    assert_int_equal(held(PROVINCE, COMMUNE), 1);
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(held(DISTRICT, COMMUNE), 2);
    assert_int_equal(held(PROVINCE, COMMUNE), 2);
}

/* Memory that is given back in the middle of a turn keeps what was written in
 * it. */
static void what_is_not_flushed_is_kept_when_memory_is_given_back(void **state)
{
    struct node *commune = &net.nodes[COMMUNE];

    (void)state;
    write_unflushed(COMMUNE, net_up(LT_CLASS_CASE));
    assert_non_null(commune->engine->pending);
    lt_engine_relax(commune->engine);
    net_turn(&net, COMMUNE);
    net_run(&net, 1000);
    assert_int_equal(held(PROVINCE, COMMUNE), 1);
}

/* ---- time ---- */

/* It may be the line, where acks have always been slow; longer than a full disk
 * is waited for. */
static void who_was_always_slow_is_given_three_times_as_long(void **state)
{
    const struct lt_hold full = {
        .has_handle = true, .handle = 1, .reason = LT_HOLD_DISK};
    struct lt_session *session = to_province();
    const uint64_t id = session->id;
    struct lt_buf frame;

    (void)state;
    lt_buf_init(&frame, lt_alloc_heap());
    write_cases(COMMUNE, 1);
    net_run(&net, 1000);
    net.nodes[PROVINCE].commit_fails = true;
    assert_int_equal(lt_hold_encode(&full, &frame), LT_OK);
    net_inject(&net, DISTRICT, id, frame.data, frame.len);
    assert_true(session->peer_full);
    lt_flow_set(flow_of(COMMUNE), 1, 0); /* something is not acknowledged */
    session->progress_ms = net.now.mono_ms;
    session->ack_slowest_ms = 5 * MINUTE_MS;
    net_run(&net, 14 * MINUTE_MS);
    assert_non_null(lt_session_find(engine_of(DISTRICT), id));
    net_run(&net, 2 * MINUTE_MS);
    assert_null(lt_session_find(engine_of(DISTRICT), id));
    lt_buf_deinit(&frame);
}

/* Something of its own is to leave to a child in the turn in which it hears that
 * the child's key has ended. */
static void who_is_cut_off_in_a_turn_is_sent_nothing_in_it(void **state)
{
    uint64_t sent;

    (void)state;
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, false);
    net_turn(&net, PROVINCE);
    sent = net.nodes[DISTRICT].sent[LT_FRAME_SEGMENTS];
    write_unflushed(DISTRICT, net_to(&net, LT_CLASS_DIRECTIVE, COMMUNE));
    net_settle(&net);
    assert_null(from_commune());
    assert_true(lt_engine_refused_key(engine_of(DISTRICT),
                                      lt_key_id(net.nodes[COMMUNE].key)));
    /* To its other child and its parent alone. */
    assert_in_range(net.nodes[DISTRICT].sent[LT_FRAME_SEGMENTS] - sent, 1, 3);
    assert_int_equal(net_class_events(&net, COMMUNE, DISTRICT,
                                      LT_CLASS_DIRECTIVE),
                     0);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_enrols_in_a_session_is_hung_up_on),
        PROMISE(who_is_below_shuts_no_door),
        PROMISE(what_was_not_sent_cannot_be_acknowledged),
        PROMISE(who_names_an_office_holds_back_what_is_of_it),
        PROMISE(more_sessions_than_there_is_room_for_are_refused),
        PROMISE(a_session_that_has_opened_all_it_may_ends),
        PROMISE(what_was_gathered_when_a_session_ends_is_sent_in_the_next),
        PROMISE(a_session_that_may_open_nothing_ends_before_the_log_is_sent),
        PROMISE(a_lane_that_waited_has_one_segment),
        PROMISE(what_comes_after_a_gap_waits_for_what_lies_before_it),
        PROMISE(what_is_not_durable_does_not_leave_with_what_is),
        PROMISE(what_was_taken_without_room_does_not_leave_once_there_is),
        PROMISE(what_is_not_flushed_is_kept_when_memory_is_given_back),
        PROMISE(who_was_always_slow_is_given_three_times_as_long),
        PROMISE(who_is_cut_off_in_a_turn_is_sent_nothing_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
