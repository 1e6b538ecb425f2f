/* Ways along the tree, and what is known of who stands on them. */
#include "tests/unit/engine/words.h"

#include <string.h>

#include "daemon/engine/bypass.h"
#include "daemon/engine/parent.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/state.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;
static const int64_t HOUR_MS = INT64_C(3600) * 1000;
static const struct lt_office EMPTY = {{70, 1}}; /* opened, without a machine */
static const struct lt_office BELOW = {{71, 1}};

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
    net_run(&net, 2000);
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

static void incidents(unsigned n)
{
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), n),
                     LT_OK);
}

/* ---- words that come through the parent ---- */

static bool no_words(struct net *n, unsigned from, unsigned to, uint8_t *bytes,
                     size_t *len)
{
    (void)n;
    return from != DISTRICT || to != COMMUNE ||
           lt_frame_type(bytes, *len) != LT_FRAME_STATEMENT;
}

static void a_parent_speaks_while_the_keepers_words_come_through_it(
    void **state)
{
    (void)state;
    assert_true(lt_parent_speaks(engine_of(DISTRICT))); /* the keeper itself */
    assert_false(lt_parent_speaks(engine_of(PROVINCE))); /* it has none */
    net_run(&net, 16 * MINUTE_MS);
    assert_true(lt_parent_speaks(engine_of(COMMUNE)));
    net.filter = no_words;
    net_run(&net, 15 * MINUTE_MS);
    assert_true(lt_parent_speaks(engine_of(COMMUNE)));
    net_run(&net, 17 * MINUTE_MS);
    assert_false(lt_parent_speaks(engine_of(COMMUNE)));
    assert_non_null(lt_parent_session(engine_of(COMMUNE)));
    net.filter = NULL;
    net_run(&net, 20 * MINUTE_MS);
    assert_true(lt_parent_speaks(engine_of(COMMUNE)));
    net_disconnect(&net, DISTRICT, PROVINCE);
    assert_false(lt_parent_speaks(engine_of(DISTRICT)));
}

/* Whom the tree has above and who dials from below is served, and no superior
 * to look up to. */
static void who_dials_from_below_is_no_parent(void **state)
{
    struct lt_session *parent = lt_parent_session(engine_of(DISTRICT));

    (void)state;
    assert_non_null(parent);
    parent->above = false;
    assert_null(lt_parent_session(engine_of(DISTRICT)));
    parent->above = true;
    assert_ptr_equal(lt_parent_session(engine_of(DISTRICT)), parent);
}

/* ---- what the parent lacks ---- */

/* What waits as normal is no reason to go around anybody. */
static void what_is_beyond_the_quota_is_not_overdue(void **state)
{
    const struct lt_stream stream = {*office_of(COMMUNE),
                                     net_up(LT_CLASS_INCIDENT)};
    struct lt_engine *engine = engine_of(COMMUNE);
    struct lt_run *run;
    int64_t since;

    (void)state;
    net.no_bypass = true;
    net_disconnect(&net, COMMUNE, DISTRICT);
    since = net.now.mono_ms;
    incidents(2);
    run = lt_track_find(engine, &stream)->runs_last;
    assert_non_null(run->overdue);
    net_run(&net, MINUTE_MS);
    assert_int_equal(lt_parent_review(engine), since);
    run->calm_from = 3; /* the ones that wait come later */
    run->calm_to = 5;
    assert_int_equal(lt_parent_review(engine), since);
    run->calm_from = 1;
    assert_int_equal(lt_parent_review(engine), engine->now.mono_ms);
    assert_int_equal(run->overdue->since_ms, engine->now.mono_ms);
    /* The parent has it: nothing is overdue. */
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 3000);
    assert_true(lt_parent_review(engine) == INT64_MAX);
    assert_null(run->overdue);
}

/* ---- ways ---- */

static void no_way_leads_to_whom_nobody_knows(void **state)
{
    const struct lt_office nobody = {{99}};

    (void)state;
    assert_null(lt_route_toward(engine_of(DISTRICT), &nobody));
    assert_null(lt_route_letter(engine_of(DISTRICT), &nobody));
    assert_null(lt_route_line(engine_of(DISTRICT), &nobody));
    assert_null(lt_route_around(engine_of(DISTRICT), &nobody));
}

/* Through an office that has no machine yet leads no way, and around it none. */
static void no_way_leads_through_an_office_without_a_machine(void **state)
{
    (void)state;
    words_open(&net, &EMPTY, office_of(PROVINCE));
    words_open(&net, &BELOW, &EMPTY);
    net_run(&net, 3000);
    assert_null(lt_route_line(engine_of(PROVINCE), &BELOW));
    assert_null(lt_route_toward(engine_of(PROVINCE), &BELOW));
    /* From elsewhere it would be up and down again, which no line is. */
    assert_null(lt_route_line(engine_of(OTHER), &BELOW));
    /* And to a superior beyond the parent through that. */
    assert_ptr_equal(lt_route_line(engine_of(COMMUNE), office_of(PROVINCE)),
                     lt_parent_session(engine_of(COMMUNE)));
    net_disconnect(&net, COMMUNE, DISTRICT);
    assert_null(lt_route_line(engine_of(COMMUNE), office_of(PROVINCE)));
}

/* An office that has left its superior takes from there what lies there still;
 * whom that superior is not above gives nothing of it. */
static void what_is_left_behind_goes_to_whom_is_below(void **state)
{
    const struct lt_stream stream = {*office_of(COMMUNE),
                                     net_up(LT_CLASS_CASE)};

    (void)state;
    net_move(&net, COMMUNE, OTHER);
    net_run(&net, 3000);
    assert_true(lt_tree_was_below(lt_engine_tree(engine_of(OTHER)),
                                  office_of(DISTRICT), office_of(COMMUNE)));
    assert_true(lt_route_shared_with(engine_of(PROVINCE), office_of(DISTRICT),
                                     false, &stream));
    assert_false(lt_route_shared_with(engine_of(OTHER), office_of(DISTRICT),
                                      false, &stream));
}

/* Nor does one that does not hold it itself. */
static void what_is_not_held_any_more_is_given_to_nobody(void **state)
{
    const unsigned village = net_join(&net, COMMUNE);
    const struct lt_stream stream = {*office_of(village),
                                     net_up(LT_CLASS_CASE)};

    (void)state;
    net_run(&net, 3000);
    assert_true(lt_route_shared_with(engine_of(DISTRICT), office_of(COMMUNE),
                                     false, &stream));
    net_move(&net, village, OTHER);
    net_run(&net, 3000);
    assert_true(lt_tree_was_below(lt_engine_tree(engine_of(DISTRICT)),
                                  office_of(COMMUNE), office_of(village)));
    assert_false(lt_route_shared_with(engine_of(DISTRICT), office_of(COMMUNE),
                                      false, &stream));
}

/* ---- who is cut off ---- */

struct said {
    bool cut_off;
    size_t mine_n;
};

/* What @node has said to @to. */
static struct said said_to(unsigned node, const struct lt_office *to)
{
    const struct lt_letter *letter =
        lt_letter_find(engine_of(node), office_of(node), to);
    struct lt_statement statement;
    struct lt_span body;
    uint8_t signature[LT_SIG_LEN];
    struct lt_arena arena;

    assert_non_null(letter);
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_int_equal(lt_statement_decode(letter->bytes, letter->len, &arena,
                                         &statement, &body, signature, NULL),
                     LT_OK);
    lt_arena_deinit(&arena);
    return (struct said){.cut_off = statement.cut_off,
                         .mine_n = statement.mine_n};
}

/* Does the district say that no way leads there? */
static bool says_cut_off(const struct lt_office *to)
{
    return said_to(DISTRICT, to).cut_off;
}

static void direct(const struct lt_office *to)
{
    const struct lt_channel channel = {
        .cls = LT_CLASS_DIRECTIVE, .audience = LT_AUDIENCE_TO, .to = *to};

    assert_int_equal(net_write(&net, DISTRICT, channel, 1), LT_OK);
    net_run(&net, 3000);
}

/* Its parent has no machine; as long as nothing is heard of that, the way ends
 * with whoever leads there. */
static void who_is_below_an_office_that_never_spoke_may_be_cut_off(void **state)
{
    (void)state;
    words_open(&net, &EMPTY, office_of(COMMUNE));
    words_open(&net, &BELOW, &EMPTY);
    net_run(&net, 3000);
    assert_null(lt_unit_find(engine_of(DISTRICT), &EMPTY));
    direct(&BELOW);
    assert_false(says_cut_off(&BELOW)); /* nobody has ever seen its parent */
    (void)net_raw_session(&net, DISTRICT, LT_ROLE_CHILD, &EMPTY,
                          net.nodes[OTHER].curve);
    net_run(&net, MINUTE_MS);
    assert_non_null(lt_unit_find(engine_of(DISTRICT), &EMPTY));
    direct(&BELOW);
    assert_true(says_cut_off(&BELOW));
}

/* ---- keys of offices that move ---- */

static void who_moves_below_an_office_without_a_key_moves(void **state)
{
    const struct lt_tree_office *commune;

    (void)state;
    net.no_bypass = true;
    words_open(&net, &EMPTY, office_of(PROVINCE));
    words_move(&net, COMMUNE, &EMPTY);
    net_run(&net, 3000);
    for (unsigned i = PROVINCE; i <= OTHER; i++) {
        commune = lt_tree_find(lt_engine_tree(engine_of(i)), office_of(COMMUNE));
        assert_true(lt_office_equal(&commune->parent, &EMPTY));
        assert_null(lt_unit_find(engine_of(i), &EMPTY) != NULL
                        ? lt_unit_find(engine_of(i), &EMPTY)->bound
                        : NULL);
    }
    assert_null(lt_parent_session(engine_of(COMMUNE)));
    net_run(&net, 2 * MINUTE_MS);
    assert_true(lt_parent_away(engine_of(COMMUNE)));
}

/* ---- ages ---- */

/* Whom the door is shut to cannot speak: that is said, and not that it is
 * silent. */
static void who_is_shut_out_is_not_called_silent(void **state)
{
    (void)state;
    net.no_bypass = true;
    words_door(&net, DISTRICT, COMMUNE, true);
    net_run(&net, 20 * MINUTE_MS);
    assert_true(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    assert_false(net_alarm(&net, DISTRICT, LT_ASILENT));
    words_door(&net, DISTRICT, COMMUNE, false);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 20 * MINUTE_MS);
    assert_true(net_alarm(&net, DISTRICT, LT_ASILENT));
}

static bool no_segments(struct net *n, unsigned from, unsigned to,
                        uint8_t *bytes, size_t *len)
{
    (void)n;
    return from != DISTRICT || to != PROVINCE ||
           lt_frame_type(bytes, *len) != LT_FRAME_SEGMENTS;
}

/* Of several streams of which the keeper lacks something the urgent one is what
 * is gone around for, whichever was first. */
static void the_urgent_stream_is_the_one_without_a_receipt(void **state)
{
    (void)state;
    net.no_bypass = true;
    net.filter = no_segments;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    incidents(1);
    assert_int_equal(net_write(&net, COMMUNE,
                               net_to(&net, LT_CLASS_DIRECTIVE, DISTRICT), 1),
                     LT_OK);
    net_run(&net, 25 * HOUR_MS);
    assert_true(net_alarm(&net, COMMUNE, LT_AWITHHELD));
    assert_non_null(engine_of(COMMUNE)->unreceipted);
    assert_int_equal(engine_of(COMMUNE)->unreceipted->lane, LT_LANE_URGENT);
    net.filter = NULL;
    net_run(&net, 30 * MINUTE_MS);
    assert_null(engine_of(COMMUNE)->unreceipted);
    assert_false(net_alarm(&net, COMMUNE, LT_AWITHHELD));
}

static struct {
    bool segments; /* the district passes none up */
    bool words;    /* nor statements of its commune's */
} kept_back;

static bool keep_back(struct net *n, unsigned from, unsigned to, uint8_t *bytes,
                      size_t *len)
{
    const unsigned type = lt_frame_type(bytes, *len);

    (void)n;
    return from != DISTRICT || to != PROVINCE ||
           (type != LT_FRAME_SEGMENTS && type != LT_FRAME_STATEMENT) ||
           (type == LT_FRAME_SEGMENTS && !kept_back.segments) ||
           (type == LT_FRAME_STATEMENT && !kept_back.words);
}

/* The keeper lacks what was acknowledged; then it says that it hears nothing of
 * the parent any more: it may be the line. */
static void who_is_cut_off_is_told_so(void **state)
{
    const unsigned village = net_join(&net, COMMUNE);

    (void)state;
    net.no_bypass = true;
    net_connect(&net, village, COMMUNE);
    net_run(&net, 16 * MINUTE_MS);
    kept_back.segments = true;
    kept_back.words = false;
    net.filter = keep_back;
    assert_int_equal(net_write(&net, village, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net_run(&net, 35 * MINUTE_MS);
    assert_true(net_alarm(&net, village, LT_AWITHHELD));
    kept_back.words = true;
    net_run(&net, 50 * MINUTE_MS);
    assert_true(lt_unit_find(engine_of(village), office_of(PROVINCE))
                    ->partner->cut_off);
    net.filter = NULL;
    net_run(&net, 40 * MINUTE_MS);
    assert_false(net_alarm(&net, village, LT_AWITHHELD));
    assert_false(lt_unit_find(engine_of(village), office_of(PROVINCE))
                     ->partner->cut_off);
    assert_int_equal(
        net_class_events(&net, PROVINCE, village, LT_CLASS_INCIDENT), 1);
}

static bool no_incidents_around(struct net *n, unsigned from, unsigned to,
                                uint8_t *bytes, size_t *len)
{
    (void)n;
    return from != COMMUNE || to != PROVINCE ||
           lt_frame_type(bytes, *len) != LT_FRAME_SEGMENTS;
}

/* The only way to it leads around its parent, and what it announces on that does
 * not come: it is withheld, and nobody stands between. */
static void what_does_not_come_on_the_way_around_is_withheld(void **state)
{
    bool withheld = false;

    (void)state;
    net.filter = no_incidents_around;
    net_stop(&net, DISTRICT);
    incidents(1);
    for (unsigned i = 0; i < 30; i++) { /* the way comes and goes */
        net_run(&net, MINUTE_MS);
        withheld |= net_alarm(&net, PROVINCE, LT_AWITHHELD);
    }
    assert_null(lt_route_line(engine_of(PROVINCE), office_of(COMMUNE)));
    assert_true(withheld);
    net.filter = NULL;
    net_start(&net, DISTRICT);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 90 * MINUTE_MS);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_INCIDENT), 1);
    assert_false(net_alarm(&net, PROVINCE, LT_AWITHHELD));
}

/* ---- many streams ---- */

static void many_streams(uint8_t more)
{
    for (unsigned i = 0; i < 200; i++) {
        const struct lt_channel channel = {
            .cls = LT_CLASS_DIRECTIVE,
            .audience = LT_AUDIENCE_TO,
            .to = {{(uint8_t)(i + 1), more}}};

        assert_int_equal(net_write(&net, COMMUNE, channel, 1), LT_OK);
    }
    net_run(&net, 10000);
}

/* A word speaks of so many streams; all arrive in any case. */
static void a_word_speaks_of_so_many_streams_and_no_more(void **state)
{
    (void)state;
    many_streams(1);
    assert_in_range(said_to(COMMUNE, office_of(PROVINCE)).mine_n, 200,
                    LT_STATEMENT_STREAMS_MAX - 1);
    many_streams(2);
    net_run(&net, MINUTE_MS);
    assert_int_equal(said_to(COMMUNE, office_of(PROVINCE)).mine_n,
                     LT_STATEMENT_STREAMS_MAX);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE,
                                      LT_CLASS_DIRECTIVE),
                     400);
    assert_false(net_alarm(&net, PROVINCE, LT_AWITHHELD));
}

/* Each of them with as many branches as there may be. */
static void a_word_that_grows_too_long_speaks_of_fewer_streams(void **state)
{
    const uint8_t key_id[LT_HASH_LEN] = {1};
    struct lt_engine *engine = engine_of(COMMUNE);
    struct lt_unit *province = lt_unit_find(engine, office_of(PROVINCE));
    size_t n;

    (void)state;
    many_streams(1);
    many_streams(2);
    for (struct lt_track *track = engine->self->tracks; track != NULL;
         track = track->next) {
        for (unsigned i = 1; i < LT_TIPS_MAX; i++) {
            const struct lt_point none = {0};
            const struct lt_point end = {.epoch = 1000 + i, .number = 1};
            struct lt_run *run =
                lt_run_new(engine, track, end.epoch, &none, key_id);

            assert_non_null(run);
            lt_run_advance(engine, run, &end, true, 1);
            run->durable = end;
        }
    }
    engine->fx = net.nodes[COMMUNE].effects;
    lt_statement_say(engine, province->partner);
    engine->fx = NULL;
    assert_false(engine->oom);
    n = said_to(COMMUNE, office_of(PROVINCE)).mine_n;
    assert_true(n > 0 && n < LT_STATEMENT_STREAMS_MAX);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_parent_speaks_while_the_keepers_words_come_through_it),
        PROMISE(who_dials_from_below_is_no_parent),
        PROMISE(what_is_beyond_the_quota_is_not_overdue),
        PROMISE(no_way_leads_to_whom_nobody_knows),
        PROMISE(no_way_leads_through_an_office_without_a_machine),
        PROMISE(what_is_left_behind_goes_to_whom_is_below),
        PROMISE(what_is_not_held_any_more_is_given_to_nobody),
        PROMISE(who_is_below_an_office_that_never_spoke_may_be_cut_off),
        PROMISE(who_moves_below_an_office_without_a_key_moves),
        PROMISE(who_is_shut_out_is_not_called_silent),
        PROMISE(the_urgent_stream_is_the_one_without_a_receipt),
        PROMISE(who_is_cut_off_is_told_so),
        PROMISE(what_does_not_come_on_the_way_around_is_withheld),
        PROMISE(a_word_speaks_of_so_many_streams_and_no_more),
        PROMISE(a_word_that_grows_too_long_speaks_of_fewer_streams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
