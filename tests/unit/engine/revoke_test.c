/* What the words of the tree's writer do to those whom they are about, and what
 * words are none. */
#include "tests/unit/engine/words.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/revoke.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/unconfirmed.h"

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
    (void)net_join(&net, PROVINCE);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_connect(&net, OTHER, PROVINCE);
    net_run(&net, 5000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net.filter = NULL;
    net_free(&net);
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

static const struct lt_office *office_of(unsigned node)
{
    return &net.nodes[node].office;
}

static void cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
    net_run(&net, 3000);
}

static bool refuses(unsigned node, unsigned whose)
{
    return lt_engine_refused_key(engine_of(node),
                                 lt_key_id(net.nodes[whose].key));
}

static struct lt_session *session_of(unsigned node, unsigned peer)
{
    return lt_session_find(engine_of(node),
                           net_link_view(&net, node, peer).session);
}

static bool door_is_shut(unsigned at)
{
    struct lt_door_view view;
    size_t cursor = 0;

    return lt_engine_door_at(engine_of(at), &cursor, &view);
}

/* As the wiring does when the engine asks for it. */
static void read_tree_again(unsigned index)
{
    const struct node *node = &net.nodes[index];

    for (unsigned k = 0; k < 2; k++) {
        for (size_t i = 0; i < node->log_n; i++) {
            const struct lt_segment *segment = &node->log[i].segment;
            const bool all =
                segment->stream.channel.audience == LT_AUDIENCE_ALL;

            if (segment->stream.channel.cls == LT_CLASS_TREE &&
                all == (k == 0)) {
                assert_int_equal(lt_engine_load_tree(node->engine, segment,
                                                     node->effects),
                                 LT_OK);
            }
        }
    }
    net_turn(&net, index);
}

/* ---- where a key ends ---- */

static uint64_t limit_at(unsigned node, uint64_t epoch)
{
    const struct lt_stream stream = {*office_of(COMMUNE),
                                     net_up(LT_CLASS_CASE)};

    return lt_engine_limit(engine_of(node), &stream, epoch);
}

/* An end names a run, and with it what that goes on from; of a run that is
 * named in two ways the furthest counts. */
static void a_key_ends_where_the_word_says_at_the_furthest(void **state)
{
    const uint64_t first = net.nodes[COMMUNE].epoch;
    struct lt_stream_end ends[2];
    uint64_t second;
    uint64_t third;

    (void)state;
    cases(COMMUNE, 4);
    net_restart(&net, COMMUNE);
    second = net.nodes[COMMUNE].epoch;
    net_run(&net, 3000);
    cases(COMMUNE, 2);
    assert_true(limit_at(PROVINCE, first) == UINT64_MAX);
    ends[0] = (struct lt_stream_end){
        .channel = net_up(LT_CLASS_CASE), .epoch = second, .number = 6};
    ends[1] = (struct lt_stream_end){
        .channel = net_up(LT_CLASS_CASE), .epoch = first, .number = 3};
    words_revoke_from(&net, net.nodes[COMMUNE].key, ends, LT_COUNT_OF(ends));
    net_run(&net, 3000);
    for (unsigned i = PROVINCE; i <= DISTRICT; i++) {
        assert_true(refuses(i, COMMUNE));
        assert_int_equal(limit_at(i, first), 4);
        assert_int_equal(limit_at(i, second), 6);
    }
    /* What it says in another life has no end that the word names. */
    net_restart(&net, COMMUNE);
    third = net.nodes[COMMUNE].epoch;
    cases(COMMUNE, 1);
    net_run(&net, MINUTE_MS);
    assert_int_equal(limit_at(COMMUNE, third),
                     refuses(COMMUNE, COMMUNE) ? 0 : UINT64_MAX);
}

static void who_was_given_its_key_back_is_shunned_no_more(void **state)
{
    const uint8_t *key_id = lt_key_id(net.nodes[COMMUNE].key);
    uint8_t other[LT_HASH_LEN] = {77};
    uint8_t out[LT_HASH_LEN];

    (void)state;
    assert_int_equal(lt_engine_shun(engine_of(DISTRICT), key_id), LT_OK);
    assert_int_equal(lt_engine_shun(engine_of(DISTRICT), other), LT_OK);
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, false);
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, true);
    net_run(&net, 3000);
    assert_false(refuses(DISTRICT, COMMUNE));
    assert_true(lt_engine_refused_at(engine_of(DISTRICT), 0, out));
    assert_memory_equal(out, other, LT_HASH_LEN);
    assert_false(lt_engine_refused_at(engine_of(DISTRICT), 1, out));
}

static void *nothing(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    (void)ptr;
    (void)size;
    return NULL;
}

static void a_key_that_cannot_be_remembered_is_said_to_be_forgotten(
    void **state)
{
    static const struct lt_alloc none = {.resize = nothing};
    struct lt_engine *engine = engine_of(DISTRICT);
    const struct lt_alloc *alloc = engine->alloc;
    const uint8_t *key_id = lt_key_id(net.nodes[COMMUNE].key);

    (void)state;
    engine->alloc = &none;
    assert_int_equal(lt_engine_shun(engine, key_id), LT_ENOMEM);
    engine->alloc = alloc;
    assert_false(refuses(DISTRICT, COMMUNE));
    assert_int_equal(lt_engine_shun(engine, key_id), LT_OK);
    assert_true(refuses(DISTRICT, COMMUNE));
}

static void runs_are_seen_as_far_as_they_are_durable(void **state)
{
    const struct lt_office nobody = {{99}};
    const struct lt_input full = {.kind = LT_IN_INTAKE, .code = LT_EFULL};
    const struct lt_input room = {.kind = LT_IN_INTAKE, .flag = true};
    const size_t before = net.nodes[DISTRICT].log_n;
    struct lt_run_view run;
    size_t cursor = 0;

    (void)state;
    assert_false(
        lt_engine_run_of(engine_of(DISTRICT), &nobody, &cursor, &run));
    net_input(&net, DISTRICT, &full);
    net_turn(&net, DISTRICT);
    cases(COMMUNE, 2);
    assert_int_equal(net.nodes[DISTRICT].log_n, before);
    while (lt_engine_run_of(engine_of(DISTRICT), office_of(COMMUNE), &cursor,
                            &run)) {
        assert_int_not_equal(run.stream.channel.cls, LT_CLASS_CASE);
    }
    net_input(&net, DISTRICT, &room);
    net_turn(&net, DISTRICT);
    net_run(&net, MINUTE_MS);
    cursor = 0;
    while (lt_engine_run_of(engine_of(DISTRICT), office_of(COMMUNE), &cursor,
                            &run) &&
           run.stream.channel.cls != LT_CLASS_CASE) {
    }
    assert_int_equal(run.stream.channel.cls, LT_CLASS_CASE);
    assert_int_equal(run.last, 2);
}

/* ---- who is there ---- */

/* Who has not shown a key yet is judged by the one that the office has. */
static void who_is_about_to_say_hello_is_cut_off_as_well(void **state)
{
    const struct lt_office nobody = {{99}};
    const uint64_t own = net_raw_session(&net, DISTRICT, LT_ROLE_CHILD,
                                         office_of(COMMUNE),
                                         net.nodes[COMMUNE].curve);
    const uint64_t strange = net_raw_session(&net, DISTRICT, LT_ROLE_CHILD,
                                             &nobody, net.nodes[OTHER].curve);

    (void)state;
    words_revoke(&net, OTHER, net.nodes[OTHER].key, false);
    net_run(&net, 1000);
    assert_true(refuses(DISTRICT, OTHER));
    assert_non_null(lt_session_find(engine_of(DISTRICT), own));
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, false);
    net_run(&net, 1000);
    assert_null(lt_session_find(engine_of(DISTRICT), own));
    assert_non_null(lt_session_find(engine_of(DISTRICT), strange));
}

/* A second word does not lengthen the moment in which it is told. */
static void who_is_closed_has_one_moment_to_hear_that_its_key_has_ended(
    void **state)
{
    int64_t leaves_ms;

    (void)state;
    net_close(&net, COMMUNE, DISTRICT);
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, false);
    net_run(&net, 500);
    assert_true(lt_engine_leaving(engine_of(DISTRICT), office_of(COMMUNE)));
    assert_false(lt_engine_leaving(engine_of(DISTRICT), office_of(PROVINCE)));
    leaves_ms = session_of(DISTRICT, COMMUNE)->leaves_ms;
    assert_in_range(leaves_ms, net.now.mono_ms, net.now.mono_ms + LT_LEAVE_MS);
    words_revoke(&net, OTHER, net.nodes[OTHER].key, false);
    net_run(&net, 1000);
    assert_true(refuses(DISTRICT, OTHER));
    assert_int_equal(session_of(DISTRICT, COMMUNE)->leaves_ms, leaves_ms);
    net_run(&net, LT_LEAVE_MS);
    assert_false(lt_engine_leaving(engine_of(DISTRICT), office_of(COMMUNE)));
    assert_null(session_of(DISTRICT, COMMUNE));
    assert_true(lt_engine_ended(engine_of(COMMUNE)));
}

/* Given back in that moment, it stays. */
static void who_is_given_its_key_back_before_it_is_cut_off_stays(void **state)
{
    (void)state;
    net_close(&net, COMMUNE, DISTRICT);
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, false);
    net_run(&net, 500);
    assert_true(lt_engine_leaving(engine_of(DISTRICT), office_of(COMMUNE)));
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, true);
    net_run(&net, 500);
    assert_false(lt_engine_leaving(engine_of(DISTRICT), office_of(COMMUNE)));
    net_run(&net, LT_LEAVE_MS);
    assert_non_null(session_of(DISTRICT, COMMUNE));
}

static void who_goes_around_its_parent_hears_it_there(void **state)
{
    const struct lt_unit *unit =
        lt_unit_find(engine_of(PROVINCE), office_of(COMMUNE));

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net_run(&net, 20 * MINUTE_MS);
    unit = lt_unit_find(engine_of(PROVINCE), office_of(COMMUNE));
    assert_non_null(unit->bypass);
    assert_false(lt_engine_leaving(engine_of(PROVINCE), office_of(COMMUNE)));
    net_close(&net, COMMUNE, DISTRICT);
    words_revoke(&net, COMMUNE, net.nodes[COMMUNE].key, false);
    assert_true(lt_engine_leaving(engine_of(PROVINCE), office_of(COMMUNE)));
    net_run(&net, 2 * LT_LEAVE_MS);
    assert_false(lt_engine_leaving(engine_of(PROVINCE), office_of(COMMUNE)));
    assert_true(refuses(COMMUNE, COMMUNE));
}

/* ---- words that are none ---- */

/* The root's next segment, with this where an event should be. */
static struct lt_segment next_word(const uint8_t *event, size_t len,
                                   struct lt_packer **packer)
{
    const struct lt_stream stream = {*office_of(PROVINCE),
                                     net_all(LT_CLASS_TREE)};
    const struct lt_run *run =
        lt_track_find(engine_of(DISTRICT), &stream)->runs_last;
    struct lt_segment segment = {0};
    size_t taken;

    assert_int_equal(lt_packer_new(lt_alloc_heap(), 1, packer), LT_OK);
    assert_int_equal(lt_packer_add(*packer, 90, run->last_hlc + 1, event, len,
                                   NULL, 0),
                     LT_OK);
    assert_int_equal(lt_packer_take(*packer, &segment, &taken), LT_OK);
    segment.stream = stream;
    segment.epoch = run->epoch;
    segment.first = run->last.number + 1;
    segment.prev = run->last;
    assert_int_equal(lt_segment_seal(&segment, net.nodes[PROVINCE].key), LT_OK);
    return segment;
}

/* So everybody counts alike, whoever can read it. */
static void a_word_that_cannot_be_read_counts_and_changes_nothing(void **state)
{
    static const uint8_t noise[] = {0xff, 0xff, 0xff, 1};
    const struct lt_tree *tree = lt_engine_tree(engine_of(DISTRICT));
    const uint64_t version = lt_tree_version(tree);
    const size_t offices = lt_tree_count(tree);
    struct lt_packer *packer;
    struct lt_segment segment = next_word(noise, sizeof(noise), &packer);

    (void)state;
    assert_int_equal(lt_engine_load_tree(engine_of(DISTRICT), &segment, NULL), LT_OK);
    assert_int_equal(lt_tree_version(tree), version + 1);
    assert_int_equal(lt_tree_count(tree), offices);
    lt_packer_free(packer);
}

static void a_segment_that_cannot_be_opened_changes_nothing(void **state)
{
    static const uint8_t noise[] = {0xff, 0xff, 0xff, 1};
    const struct lt_tree *tree = lt_engine_tree(engine_of(DISTRICT));
    const uint64_t version = lt_tree_version(tree);
    struct lt_packer *packer;
    struct lt_segment segment = next_word(noise, sizeof(noise), &packer);

    (void)state;
    segment.payload = noise;
    segment.payload_len = sizeof(noise);
    assert_int_not_equal(lt_engine_load_tree(engine_of(DISTRICT), &segment, NULL),
                         LT_OK);
    assert_int_equal(lt_tree_version(tree), version);
    lt_packer_free(packer);
}

/* What a revoked key said before its end stands, when the log is read as well. */
static void a_door_counts_up_to_where_its_key_ends(void **state)
{
    (void)state;
    words_door(&net, DISTRICT, COMMUNE, true);
    net_run(&net, 3000);
    assert_true(door_is_shut(PROVINCE));
    words_revoke(&net, DISTRICT, net.nodes[DISTRICT].key, false);
    net_run(&net, 1000);
    net_restart(&net, PROVINCE);
    net_run(&net, 1000);
    assert_true(refuses(PROVINCE, DISTRICT));
    assert_true(door_is_shut(PROVINCE));
}

/* And where it ends before it has begun, nothing does. */
static void a_door_beyond_where_its_key_ends_is_none(void **state)
{
    (void)state;
    words_door(&net, DISTRICT, COMMUNE, true);
    net_run(&net, 3000);
    words_revoke_from(&net, net.nodes[DISTRICT].key, NULL, 0);
    net_run(&net, 1000);
    net_restart(&net, PROVINCE);
    net_run(&net, 1000);
    assert_true(refuses(PROVINCE, DISTRICT));
    assert_false(door_is_shut(PROVINCE));
}

static void a_door_that_a_waiting_key_shuts_waits_with_it(void **state)
{
    struct lt_key *old = net.nodes[DISTRICT].key;
    struct lt_key *key = words_key(1);
    struct lt_buf binding;

    (void)state;
    lt_buf_init(&binding, lt_alloc_heap());
    cases(DISTRICT, 1);
    words_bind(&net, DISTRICT, PROVINCE, key, 2, false, &binding);
    words_hand_over(&net, PROVINCE, &binding);
    net_stop(&net, DISTRICT);
    net.nodes[DISTRICT].key = key;
    net_start(&net, DISTRICT);
    net_run(&net, MINUTE_MS);
    words_door(&net, DISTRICT, COMMUNE, true);
    net_run(&net, 3000);
    assert_int_equal(
        net_class_events(&net, PROVINCE, DISTRICT, LT_CLASS_TREE),
        2); /* upwards, and to whom it is about */
    assert_false(door_is_shut(PROVINCE));
    assert_true(lt_engine_wants_tree(engine_of(PROVINCE)));
    read_tree_again(PROVINCE); /* nobody has said anything of the key yet */
    assert_false(door_is_shut(PROVINCE));
    words_of_binding(&net, PROVINCE, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, 3000);
    assert_true(lt_engine_wants_tree(engine_of(PROVINCE)));
    assert_false(lt_engine_wants_tree(engine_of(PROVINCE))); /* said once */
    read_tree_again(PROVINCE);
    assert_true(door_is_shut(PROVINCE));
    lt_buf_deinit(&binding);
    lt_key_free(old);
}

/* Its disk has lost by which key the tree is written. */
static void who_has_lost_the_roots_key_reads_the_tree_once_it_is_told(
    void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    const struct lt_stream tree = {*office_of(PROVINCE),
                                   net_all(LT_CLASS_TREE)};
    struct lt_buf root = {0};
    size_t kept = 0;

    (void)state;
    words_door(&net, DISTRICT, COMMUNE, true); /* a word of its own, upwards */
    net_run(&net, 3000);
    lt_buf_init(&root, lt_alloc_heap());
    net_stop(&net, DISTRICT);
    for (size_t i = 0; i < district->bindings_n; i++) {
        struct held_bytes *held = &district->bindings[i];
        struct lt_binding binding;

        assert_int_equal(
            lt_binding_decode(held->bytes, held->len, &binding, NULL), LT_OK);
        if (lt_office_equal(&binding.office, office_of(PROVINCE))) {
            assert_true(lt_buf_put(&root, held->bytes, held->len));
            held->len = 1; /* nothing that anybody could read */
        }
        kept++;
    }
    assert_true(root.len > 0);
    district->bindings_n = 0; /* those that it proves are told with it */
    net_start(&net, DISTRICT);
    district->bindings_n = kept;
    assert_null(engine_of(DISTRICT)->root);
    assert_false(lt_route_takes(engine_of(DISTRICT), &tree)); /* whose is it? */
    assert_false(lt_engine_wants_tree(engine_of(DISTRICT)));
    assert_null(lt_tree_find(lt_engine_tree(engine_of(DISTRICT)),
                             office_of(COMMUNE)));
    words_hand_over(&net, DISTRICT, &root);
    assert_non_null(engine_of(DISTRICT)->root);
    assert_true(lt_route_takes(engine_of(DISTRICT), &tree));
    assert_true(lt_engine_wants_tree(engine_of(DISTRICT)));
    read_tree_again(DISTRICT);
    assert_non_null(lt_tree_find(lt_engine_tree(engine_of(DISTRICT)),
                                 office_of(COMMUNE)));
    lt_buf_deinit(&root);
}

static void write_tree(unsigned by, struct lt_event *event)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_write_event one = {
        .event = event, .channels_n = 1, .channels = &channel};

    event->recorded_at_ms = net.now.wall_ms;
    event->actor_role = 6;
    assert_int_equal(net_write_events(&net, by, &one, 1), LT_OK);
    net_turn(&net, by);
    free(event);
    net_run(&net, 3000);
}

static struct lt_event *an_event(uint32_t type)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = type;
    return event;
}

/* The district reads this word of another tree, the @number-th. */
static void hear(struct lt_event *event, unsigned by, uint64_t number)
{
    words_hear(&net, engine_of(DISTRICT), event, by, number);
    net_turn(&net, DISTRICT);
}

/* The root names another in its place. What that one writes is taken from then
 * on, and counts for nothing until it has said that it takes the place. */
static void who_is_named_as_successor_says_nothing_of_keys_yet(void **state)
{
    static const uint8_t binding[] = "of the successor";
    const unsigned successor = net_stranger(&net, PROVINCE);
    struct lt_event *event = an_event(LT_EV_ROOT_STEPPED_DOWN);
    struct lt_key *key = words_key(1);
    struct lt_buf waiting;

    (void)state;
    lt_buf_init(&waiting, lt_alloc_heap());
    cases(COMMUNE, 1);
    words_bind(&net, COMMUNE, DISTRICT, key, 2, false, &waiting);
    words_hand_over(&net, DISTRICT, &waiting);
    event->office.id = *office_of(successor);
    event->office.name = (struct lt_text){"nation", 6};
    event->office.kind = (struct lt_text){"nation", 6};
    event->binding = binding;
    event->binding_len = sizeof(binding) - 1;
    event->has_day = true;
    event->day = (int32_t)(net.now.wall_ms / 86400000);
    event->has_due = true;
    event->due = event->day + 30;
    memcpy(event->root_key, lt_key_public(net.nodes[successor].key),
           LT_PUBKEY_LEN);
    write_tree(PROVINCE, event);
    assert_true(lt_tree_is_writer(lt_engine_tree(engine_of(DISTRICT)),
                                  office_of(successor)));

    event = an_event(LT_EV_KEY_REVOKED);
    memcpy(event->key_id, lt_key_id(net.nodes[OTHER].key), LT_HASH_LEN);
    hear(event, successor, 1);
    event = an_event(LT_EV_KEY_CONFIRMED);
    event->binding = waiting.data;
    event->binding_len = waiting.len;
    hear(event, successor, 2);
    assert_false(refuses(DISTRICT, OTHER));
    assert_true(lt_engine_unconfirmed_key(engine_of(DISTRICT),
                                          office_of(COMMUNE), lt_key_id(key)));
    /* The old root's words still do. */
    words_revoke(&net, OTHER, net.nodes[OTHER].key, false);
    net_run(&net, 3000);
    assert_true(refuses(DISTRICT, OTHER));
    lt_buf_deinit(&waiting);
    lt_key_free(key);
}

/* ---- keys that wait ---- */

static void a_waiting_key_that_is_bound_anew_waits_once(void **state)
{
    struct lt_key *key = words_key(1);
    struct lt_buf bindings[2];
    const uint8_t *bytes;
    size_t len;

    (void)state;
    cases(COMMUNE, 1);
    for (unsigned i = 0; i < 2; i++) {
        lt_buf_init(&bindings[i], lt_alloc_heap());
        net.now.wall_ms += MINUTE_MS;
        words_bind(&net, COMMUNE, DISTRICT, key, 2 + i, false, &bindings[i]);
        words_hand_over(&net, PROVINCE, &bindings[i]);
    }
    assert_true(lt_engine_waiting_key(engine_of(PROVINCE), office_of(COMMUNE),
                                      0, &bytes, &len));
    assert_false(lt_engine_waiting_key(engine_of(PROVINCE), office_of(COMMUNE),
                                       1, &bytes, &len));
    for (unsigned i = 0; i < 2; i++) {
        lt_buf_deinit(&bindings[i]);
    }
    lt_key_free(key);
}

/* Of two that wait one is revoked: the alarm stands for the other. */
static void a_waiting_key_that_is_revoked_leaves_the_others(void **state)
{
    struct lt_key *waiting[2];
    struct lt_buf binding;

    (void)state;
    cases(COMMUNE, 1);
    lt_buf_init(&binding, lt_alloc_heap());
    for (unsigned i = 0; i < 2; i++) {
        waiting[i] = words_key((uint8_t)(1 + i));
        lt_buf_reset(&binding);
        words_bind(&net, COMMUNE, DISTRICT, waiting[i], 2 + i, false, &binding);
        words_hand_over(&net, PROVINCE, &binding);
    }
    words_revoke_from(&net, waiting[1], NULL, 0);
    net_run(&net, 1000);
    assert_true(net_alarm(&net, PROVINCE, LT_AUNCONFIRMED));
    words_revoke_from(&net, waiting[0], NULL, 0);
    net_run(&net, 1000);
    assert_false(net_alarm(&net, PROVINCE, LT_AUNCONFIRMED));
    for (unsigned i = 0; i < 2; i++) {
        lt_key_free(waiting[i]);
    }
    lt_buf_deinit(&binding);
}

static void so_many_keys_wait_and_no_more(void **state)
{
    struct lt_engine *engine = engine_of(PROVINCE);
    const size_t n = engine->unconfirmed_n;

    (void)state;
    assert_true(lt_unconfirmed_room(engine, office_of(COMMUNE)));
    engine->unconfirmed_n = LT_UNCONFIRMED_MAX;
    assert_false(lt_unconfirmed_room(engine, office_of(COMMUNE)));
    engine->unconfirmed_n = n;
}

/* ---- who reads ---- */

static void a_reader_is_given_what_it_may_read_while_it_may(void **state)
{
    (void)state;
    cases(COMMUNE, 1);
    assert_int_equal(net_class_events(&net, OTHER, COMMUNE, LT_CLASS_CASE), 0);
    words_grant(&net, OTHER, DISTRICT, 1U << LT_CLASS_CASE, false);
    net_run(&net, 3000); /* what was there before as well */
    assert_int_equal(net_class_events(&net, OTHER, COMMUNE, LT_CLASS_CASE), 1);
    cases(COMMUNE, 1);
    assert_int_equal(net_class_events(&net, OTHER, COMMUNE, LT_CLASS_CASE), 2);
    words_grant(&net, OTHER, DISTRICT, 1U << LT_CLASS_CASE, true);
    net_run(&net, 3000);
    cases(COMMUNE, 1);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE),
                     3);
    assert_int_equal(net_class_events(&net, OTHER, COMMUNE, LT_CLASS_CASE), 2);
}

/* Whom it is for does not matter to those above the writer. */
static void what_is_for_an_office_that_nobody_knows_goes_up(void **state)
{
    const struct lt_channel channel = {.cls = LT_CLASS_DIRECTIVE,
                                       .audience = LT_AUDIENCE_TO,
                                       .to = {{99}}};

    (void)state;
    assert_int_equal(net_write(&net, COMMUNE, channel, 1), LT_OK);
    net_run(&net, 3000);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_DIRECTIVE), 1);
    assert_int_equal(net_class_events(&net, OTHER, COMMUNE, LT_CLASS_DIRECTIVE),
                     0);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_key_ends_where_the_word_says_at_the_furthest),
        PROMISE(who_was_given_its_key_back_is_shunned_no_more),
        PROMISE(a_key_that_cannot_be_remembered_is_said_to_be_forgotten),
        PROMISE(runs_are_seen_as_far_as_they_are_durable),
        PROMISE(who_is_about_to_say_hello_is_cut_off_as_well),
        PROMISE(who_is_closed_has_one_moment_to_hear_that_its_key_has_ended),
        PROMISE(who_is_given_its_key_back_before_it_is_cut_off_stays),
        PROMISE(who_goes_around_its_parent_hears_it_there),
        PROMISE(a_word_that_cannot_be_read_counts_and_changes_nothing),
        PROMISE(a_segment_that_cannot_be_opened_changes_nothing),
        PROMISE(a_door_counts_up_to_where_its_key_ends),
        PROMISE(a_door_beyond_where_its_key_ends_is_none),
        PROMISE(a_door_that_a_waiting_key_shuts_waits_with_it),
        PROMISE(who_has_lost_the_roots_key_reads_the_tree_once_it_is_told),
        PROMISE(who_is_named_as_successor_says_nothing_of_keys_yet),
        PROMISE(a_waiting_key_that_is_bound_anew_waits_once),
        PROMISE(a_waiting_key_that_is_revoked_leaves_the_others),
        PROMISE(so_many_keys_wait_and_no_more),
        PROMISE(a_reader_is_given_what_it_may_read_while_it_may),
        PROMISE(what_is_for_an_office_that_nobody_knows_goes_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
