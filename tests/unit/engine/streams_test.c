/* Runs of a stream and where they branch, as they are loaded and as they grow:
 * one engine, nothing around it. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "daemon/engine/state.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

enum { LIFE = 7 };

static struct lt_key *key;
static struct lt_engine *engine;
static const struct lt_stream stream = {
    .origin = {{2, 9}},
    .channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP}};

static int setup(void **state)
{
    const uint8_t seed[32] = {5};
    struct lt_engine_options options = {.alloc = lt_alloc_heap(),
                                        .office = {{1, 9}},
                                        .software = "test",
                                        .epoch = LIFE,
                                        .seed = 1234,
                                        .zstd_level = 1};

    (void)state;
    assert_int_equal(lt_crypto_start(), LT_OK);
    assert_int_equal(lt_key_from_seed(seed, &key), LT_OK);
    options.key = key;
    assert_int_equal(lt_engine_new(&options, &engine), LT_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lt_engine_free(engine);
    lt_key_free(key);
    return 0;
}

static struct lt_point point_of(uint64_t epoch, uint64_t number)
{
    return (struct lt_point){.epoch = epoch, .number = number};
}

/* A run of @epoch from @prev on, with @n events. */
static void load(uint64_t epoch, struct lt_point prev, uint64_t n)
{
    const struct lt_engine_run run = {.stream = stream,
                                      .epoch = epoch,
                                      .first = prev.number + 1,
                                      .prev = prev,
                                      .last = point_of(epoch, prev.number + n),
                                      .bytes = -1};

    assert_int_equal(lt_engine_load_run(engine, &run), LT_OK);
}

static struct lt_track *track(void)
{
    struct lt_track *found = lt_track_get(engine, &stream);

    assert_non_null(found);
    return found;
}

static struct lt_run *run_of(uint64_t epoch)
{
    struct lt_run *run = lt_run_find(engine, track(), epoch);

    assert_non_null(run);
    return run;
}

/* One that has begun nothing yet. */
static struct lt_run *begin(uint64_t epoch, struct lt_point prev)
{
    const uint8_t key_id[LT_HASH_LEN] = {3};
    struct lt_run *run = lt_run_new(engine, track(), epoch, &prev, key_id);

    assert_non_null(run);
    return run;
}

static void advance(struct lt_run *run, uint64_t number, bool stored)
{
    const struct lt_point last = point_of(run->epoch, number);

    lt_run_advance(engine, run, &last, stored, 10);
}

static bool is_tip(uint64_t epoch, uint64_t number)
{
    struct lt_point tips[LT_TIPS_MAX];
    const size_t n = lt_track_tips(track(), tips);

    for (size_t i = 0; i < n; i++) {
        if (tips[i].epoch == epoch) {
            assert_int_equal(tips[i].number, number);
            return true;
        }
    }
    return false;
}

static size_t tips_n(void)
{
    struct lt_point tips[LT_TIPS_MAX];

    return lt_track_tips(track(), tips);
}

/* ---- loading ---- */

static void runs_are_loaded_in_any_order(void **state)
{
    (void)state;
    load(3, point_of(1, 3), 2);
    load(4, point_of(0, 0), 1); /* has nothing to do with the others */
    load(2, point_of(1, 2), 1);
    load(1, point_of(0, 0), 3);
    assert_ptr_equal(run_of(3)->parent, run_of(1));
    assert_ptr_equal(run_of(2)->parent, run_of(1));
    assert_null(run_of(4)->parent);
    assert_null(run_of(1)->parent);
    assert_int_equal(tips_n(), 3);
    assert_true(is_tip(3, 5) && is_tip(2, 3) && is_tip(4, 1));
}

/* More branches than may be spoken of: the first ones are. */
static void more_branches_than_tips_are_loaded(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= LT_TIPS_MAX + 1; i++) {
        load(i, point_of(0, 0), i);
    }
    assert_int_equal(tips_n(), LT_TIPS_MAX);
    assert_false(is_tip(LT_TIPS_MAX + 1, 0));
    assert_true(lt_run_live(run_of(LT_TIPS_MAX + 1)));
}

/* As many as may be, each of several lives: none of them is lost, whatever stands
 * in its place while the log is read. */
static void as_many_branches_as_may_be_are_loaded_whole(void **state)
{
    (void)state;
    load(1, point_of(0, 0), 3);
    for (uint64_t i = 1; i < LT_TIPS_MAX; i++) { /* from its middle */
        load(10 * i, point_of(1, 2), 1);
        load(10 * i + 1, point_of(10 * i, 3), 1);
    }
    assert_int_equal(tips_n(), LT_TIPS_MAX);
    load(2, point_of(1, 3), 1);
    load(3, point_of(11, 4), 1);
    load(4, point_of(2, 4), 1);
    load(5, point_of(4, 5), 1);
    load(7, point_of(5, 6), 1);
    assert_int_equal(tips_n(), LT_TIPS_MAX);
    assert_true(is_tip(7, 7) && is_tip(3, 5));
    for (uint64_t i = 2; i < LT_TIPS_MAX; i++) {
        assert_true(is_tip(10 * i + 1, 4));
    }
}

/* How much there is of a run that an older version stored stays unknown. */
static void bytes_that_are_not_known_are_not_counted(void **state)
{
    (void)state;
    load(1, point_of(0, 0), 3);
    advance(run_of(1), 4, true);
    assert_int_equal(run_of(1)->stored_bytes, -1);
    advance(begin(2, point_of(0, 0)), 1, true);
    assert_int_equal(run_of(2)->stored_bytes, 10);
}

/* ---- bounds ---- */

static void a_tip_too_many_is_known_beforehand(void **state)
{
    struct lt_run *beside;

    (void)state;
    load(1, point_of(0, 0), 3);
    beside = begin(100, point_of(0, 0));
    assert_false(lt_run_one_tip_too_many(beside));
    for (uint64_t i = 2; i <= LT_TIPS_MAX; i++) {
        load(i, point_of(0, 0), i);
    }
    assert_true(lt_run_one_tip_too_many(beside));
    assert_false(lt_run_one_tip_too_many(run_of(1)));
    /* It takes the place of the tip that it goes on from, at its very end. */
    assert_false(lt_run_one_tip_too_many(begin(101, point_of(1, 3))));
    assert_true(lt_run_one_tip_too_many(begin(102, point_of(1, 2))));
    advance(run_of(101), 4, true);
    assert_int_equal(tips_n(), LT_TIPS_MAX);
    /* The one before is none any more, and would be one again. */
    assert_true(lt_run_one_tip_too_many(begin(103, point_of(1, 3))));
    assert_true(lt_run_one_tip_too_many(run_of(1)));
}

static void what_a_turn_keeps_in_memory_has_a_bound(void **state)
{
    uint8_t bytes[64] = {1};
    const struct lt_segment segment = {
        .first = 1, .count = 1, .payload = bytes, .payload_len = sizeof(bytes)};
    struct lt_run *run;

    (void)state;
    run = begin(1, point_of(0, 0));
    engine->fresh_bytes = LT_FRESH_BYTES_MAX - sizeof(bytes) + 1;
    assert_null(lt_fresh_add(engine, run, &segment, false));
    assert_false(engine->oom); /* it is read back from the log */
    assert_null(run->fresh);
    assert_non_null(lt_fresh_add(engine, run, &segment, true));
    engine->fresh_bytes = LT_FRESH_BYTES_MAX - sizeof(bytes);
    assert_non_null(lt_fresh_add(engine, run, &segment, false));
    lt_fresh_clear(engine);
    assert_null(run->fresh);
}

/* ---- growing ---- */

static void a_run_that_begins_elsewhere_leaves_its_siblings(void **state)
{
    struct lt_run *moved;
    const struct lt_point elsewhere = point_of(1, 2);

    (void)state;
    load(1, point_of(0, 0), 3);
    moved = begin(10, point_of(1, 3));
    advance(begin(11, point_of(1, 3)), 4, true);
    advance(begin(12, point_of(1, 3)), 4, true);
    engine->started = true;
    lt_run_rebase(engine, moved, &elsewhere);
    assert_int_equal(moved->first, 3);
    assert_ptr_equal(moved->parent, run_of(1));
    advance(moved, 3, true);
    assert_int_equal(run_of(1)->tip, 0);
    /* All of them are still children: without any the parent ends by itself. */
    lt_run_revert(run_of(11), true);
    lt_run_revert(run_of(12), true);
    assert_int_equal(run_of(1)->tip, 1);
    /* And away from a parent altogether. */
    lt_run_revert(moved, true);
    lt_run_rebase(engine, moved, &(struct lt_point){0});
    assert_null(moved->parent);
    lt_run_rebase(engine, moved, &elsewhere);
    assert_ptr_equal(moved->parent, run_of(1));
}

/* Only what is durable is ever stated: of branches that are not yet, the place
 * where they leave, once. */
static void what_is_not_durable_is_not_stated(void **state)
{
    struct lt_point path[LT_PATH_MAX];
    size_t n;

    (void)state;
    load(1, point_of(0, 0), 3);
    advance(begin(10, point_of(1, 2)), 3, false);
    advance(begin(11, point_of(1, 3)), 4, false);
    assert_int_equal(tips_n(), 1);
    assert_true(is_tip(1, 3));
    advance(begin(12, point_of(1, 1)), 2, false);
    assert_int_equal(tips_n(), 1);
    assert_true(is_tip(1, 3));
    /* Nor is the place itself, where that is not durable. */
    run_of(1)->durable = point_of(1, 2);
    assert_int_equal(tips_n(), 1);
    assert_true(is_tip(1, 2));
    n = lt_track_path(track(), path);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(path[i].epoch, 1);
        assert_in_range(path[i].number, 1, 2);
    }
    /* A beginning of which nothing is there yet. */
    advance(begin(13, point_of(0, 0)), 1, false);
    assert_int_equal(tips_n(), 1);
}

/* The way back is told densely at first, and so much of it for each branch. */
static void a_way_back_has_so_many_points(void **state)
{
    enum { TRUNK = 40, BRANCH = 12 };
    struct lt_point path[LT_PATH_MAX];
    size_t n;
    size_t near = 0;

    (void)state;
    load(1, point_of(0, 0), 1);
    for (uint64_t i = 2; i <= TRUNK; i++) {
        load(i, point_of(i - 1, i - 1), 1);
    }
    n = lt_track_path(track(), path);
    assert_true(n > LT_PATH_DENSE && n < TRUNK - 1);
    for (size_t i = 0; i < LT_PATH_DENSE; i++) {
        assert_int_equal(path[i].number, TRUNK - 1 - i);
    }
    for (uint64_t tip = 0; tip < LT_TIPS_MAX; tip++) {
        struct lt_point at = point_of(TRUNK, TRUNK);

        for (uint64_t i = 0; i < BRANCH; i++) {
            const uint64_t epoch = 100 * (tip + 1) + i;

            load(epoch, at, 1);
            at = point_of(epoch, at.number + 1);
        }
    }
    assert_int_equal(tips_n(), LT_TIPS_MAX);
    n = lt_track_path(track(), path);
    assert_in_range(n, LT_PATH_MAX - LT_TIPS_MAX + 1, LT_PATH_MAX);
    for (size_t i = 0; i < n; i++) { /* the nearest point of each branch */
        near += path[i].number == TRUNK + BRANCH - 1;
    }
    assert_int_equal(near, LT_TIPS_MAX);
}

static void what_somebody_has_ends_where_we_do(void **state)
{
    const struct lt_point ours = point_of(1, 2);
    const struct lt_point beyond = point_of(1, 9);
    const struct lt_point unknown = point_of(5, 1);
    const struct lt_point idle = point_of(10, 3); /* nothing of it is here */

    (void)state;
    load(1, point_of(0, 0), 3);
    load(2, point_of(1, 3), 2);
    (void)begin(10, point_of(1, 3));
    lt_have_begin(engine);
    assert_true(lt_have_add(engine, track(), &ours));
    assert_int_equal(lt_have(engine, run_of(1)), 2);
    assert_int_equal(lt_have(engine, run_of(2)), 3); /* nothing of it */
    assert_false(lt_have_add(engine, track(), &unknown));
    assert_false(lt_have_add(engine, track(), &idle));
    assert_false(lt_have_add(engine, track(), &beyond));
    assert_int_equal(lt_have(engine, run_of(1)), 3);
}

/* ---- names ---- */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static const uint64_t PER_LEN = UINT64_C(0x9e3779b97f4a7c15);

/* Another office that makes the same hash of @len bytes that begin with it. */
static struct lt_office alike(uint64_t seed, size_t len,
                              const struct lt_office *office)
{
    struct lt_office other;
    uint64_t words[2];
    uint64_t before;

    memcpy(words, office, sizeof(words));
    before = mix(seed ^ (len * PER_LEN) ^ words[0]);
    words[0] ^= 0x5a;
    words[1] ^= before ^ mix(seed ^ (len * PER_LEN) ^ words[0]);
    memcpy(&other, words, sizeof(other));
    assert_false(lt_office_equal(&other, office));
    return other;
}

static void offices_that_hash_alike_are_two(void **state)
{
    const struct lt_office first = {{8, 8}};
    const struct lt_office second =
        alike(engine->options.seed, sizeof(first), &first);

    (void)state;
    assert_int_equal(
        lt_map_hash(engine->options.seed, &first, sizeof(first)),
        lt_map_hash(engine->options.seed, &second, sizeof(second)));
    assert_non_null(lt_unit_get(engine, &first));
    assert_null(lt_unit_find(engine, &second));
    assert_non_null(lt_unit_get(engine, &second));
    assert_ptr_not_equal(lt_unit_find(engine, &first),
                         lt_unit_find(engine, &second));
}

static void runs_that_hash_alike_are_two(void **state)
{
    const struct lt_stream other = {
        .origin = alike(engine->options.seed,
                        LT_OFFICE_LEN + LT_CHANNEL_BYTES, &stream.origin),
        .channel = stream.channel};
    const struct lt_stream third = {.origin = {{6}}, .channel = stream.channel};
    struct lt_track *tracks[2];
    uint64_t epoch;

    (void)state;
    load(1, point_of(0, 0), 3);
    assert_null(lt_track_find(engine, &other));
    tracks[0] = lt_track_get(engine, &other);
    assert_ptr_not_equal(tracks[0], track());
    assert_int_equal(tracks[0]->hash, track()->hash);
    assert_null(lt_run_find(engine, tracks[0], 1));
    /* Of another stream a life whose name makes up for the difference. */
    tracks[1] = lt_track_get(engine, &third);
    epoch = 1 ^ track()->hash ^ tracks[1]->hash;
    assert_int_equal(lt_map_hash(tracks[1]->hash, &epoch, sizeof(epoch)),
                     run_of(1)->hash);
    assert_null(lt_run_find(engine, tracks[1], epoch));
}

static void letters_that_hash_alike_are_two(void **state)
{
    const uint64_t seed = engine->options.seed;
    const struct lt_office from = engine->self->id;
    const struct lt_office to = {{4, 4}};
    const struct lt_office as_from = alike(seed, sizeof(from), &from);
    const struct lt_office as_to =
        alike(lt_map_hash(seed, &from, sizeof(from)), sizeof(to), &to);
    struct lt_statement statement = {
        .from = from, .to = to, .epoch = 3, .id = 1, .at_ms = 1};
    struct lt_binding binding = {.office = from,
                                 .issuer = from,
                                 .serial = 1,
                                 .issued_at_ms = 1};
    struct lt_buf body;
    struct lt_buf bytes;

    (void)state;
    lt_buf_init(&body, lt_alloc_heap());
    lt_buf_init(&bytes, lt_alloc_heap());
    memcpy(binding.key, lt_key_public(key), LT_PUBKEY_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(key), LT_HASH_LEN);
    memcpy(engine->options.root_key, binding.key, LT_PUBKEY_LEN);
    assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    assert_int_equal(
        lt_binding_sign(key, body.data, body.len, binding.signature), LT_OK);
    assert_int_equal(
        lt_binding_prove(key, body.data, body.len, binding.proof), LT_OK);
    assert_int_equal(lt_binding_encode(&binding, &bytes), LT_OK);
    assert_int_equal(lt_engine_load_binding(engine, bytes.data, bytes.len),
                     LT_OK);
    lt_buf_reset(&bytes);
    memcpy(statement.key_id, lt_key_id(key), LT_HASH_LEN);
    assert_int_equal(lt_statement_seal(&statement, key, &bytes), LT_OK);
    assert_int_equal(lt_engine_load_statement(engine, bytes.data, bytes.len),
                     LT_OK);
    assert_non_null(lt_letter_find(engine, &from, &to));
    assert_null(lt_letter_find(engine, &as_from, &to));
    assert_null(lt_letter_find(engine, &from, &as_to));
    lt_buf_deinit(&bytes);
    lt_buf_deinit(&body);
}

/* ---- what was lost ---- */

static void more_lost_tails_than_are_kept_are_passed_over(void **state)
{
    struct lt_stream own = {.origin = engine->self->id};
    const struct lt_point point = point_of(3, 5);
    const struct lt_point further = point_of(3, 6);

    (void)state;
    for (unsigned i = 0; i <= LT_LOST_MAX; i++) {
        own.channel = (struct lt_channel){.cls = LT_CLASS_CASE,
                                          .audience = LT_AUDIENCE_TO,
                                          .to = {{(uint8_t)(i + 1)}}};
        lt_lost_note(engine, NULL, &own, &point);
    }
    assert_int_equal(engine->lost_n, LT_LOST_MAX);
    own.channel.to.bytes[0] = 1; /* of one that is kept the furthest */
    lt_lost_note(engine, NULL, &own, &further);
    lt_lost_note(engine, NULL, &own, &point);
    assert_int_equal(engine->lost_n, LT_LOST_MAX);
    assert_int_equal(engine->lost[0].point.number, 6);
}

/* A run that holds nothing (any more) is no proof that the tail is there. */
static void a_run_that_holds_nothing_holds_no_tail(void **state)
{
    const struct lt_point point = point_of(3, 1);

    (void)state;
    (void)begin(3, point_of(0, 0));
    lt_lost_note(engine, NULL, &stream, &point);
    assert_int_equal(engine->lost_n, 1);
    advance(run_of(3), 1, true);
    lt_lost_review(engine);
    assert_int_equal(engine->lost_n, 0);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(runs_are_loaded_in_any_order),
        PROMISE(more_branches_than_tips_are_loaded),
        PROMISE(as_many_branches_as_may_be_are_loaded_whole),
        PROMISE(bytes_that_are_not_known_are_not_counted),
        PROMISE(a_tip_too_many_is_known_beforehand),
        PROMISE(what_a_turn_keeps_in_memory_has_a_bound),
        PROMISE(a_run_that_begins_elsewhere_leaves_its_siblings),
        PROMISE(what_is_not_durable_is_not_stated),
        PROMISE(a_way_back_has_so_many_points),
        PROMISE(what_somebody_has_ends_where_we_do),
        PROMISE(offices_that_hash_alike_are_two),
        PROMISE(runs_that_hash_alike_are_two),
        PROMISE(letters_that_hash_alike_are_two),
        PROMISE(more_lost_tails_than_are_kept_are_passed_over),
        PROMISE(a_run_that_holds_nothing_holds_no_tail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
