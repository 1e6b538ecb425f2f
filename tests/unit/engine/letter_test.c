/* Words between offices that no honest one would say, and what is read in those
 * that say much. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/state.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER, LIFE = 4711, STREAMS_MAX = 40 };

static struct net net;
static struct lt_stream_tips streams[STREAMS_MAX];

/* The other commune never calls. */
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
    net_run(&net, 2000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

static struct lt_statement word(unsigned from, unsigned to, uint64_t id)
{
    struct lt_statement statement = {.from = net.nodes[from].office,
                                     .to = net.nodes[to].office,
                                     .epoch = LIFE,
                                     .id = id,
                                     .at_ms = net.now.wall_ms};

    memcpy(statement.key_id, lt_key_id(net.nodes[from].key), LT_HASH_LEN);
    return statement;
}

/* The commune brings these bytes to the district. */
static void bring(const uint8_t *bytes, size_t len)
{
    const struct lt_span span = {.data = bytes, .len = len};
    const struct lt_spans spans = {.items_n = 1, .items = &span};
    struct lt_buf frame;

    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_statements_encode(&spans, &frame), LT_OK);
    net_inject(&net, DISTRICT, net.links[1].parent_session, frame.data,
               frame.len);
    lt_buf_deinit(&frame);
}

static void seal(const struct lt_statement *statement, const struct lt_key *key,
                 struct lt_buf *out)
{
    lt_buf_init(out, lt_alloc_heap());
    assert_int_equal(lt_statement_seal(statement, key, out), LT_OK);
}

static void say(const struct lt_statement *statement, const struct lt_key *key)
{
    struct lt_buf bytes;

    seal(statement, key, &bytes);
    bring(bytes.data, bytes.len);
    lt_buf_deinit(&bytes);
}

static const struct lt_letter *kept(unsigned from, unsigned to)
{
    return lt_letter_find(engine_of(DISTRICT), &net.nodes[from].office,
                          &net.nodes[to].office);
}

/* What the district knows of the word with this number. */
static bool is_kept(unsigned from, unsigned to, uint64_t id)
{
    const struct lt_letter *letter = kept(from, to);

    return letter != NULL && letter->epoch == LIFE && letter->id == id;
}

static const struct lt_partner *partner(unsigned office)
{
    return lt_unit_find(engine_of(DISTRICT), &net.nodes[office].office)
        ->partner;
}

/* ---- what is taken ---- */

static void the_first_of_two_words_with_one_number_stays(void **state)
{
    const struct lt_key *key = net.nodes[OTHER].key;
    struct lt_statement first = word(OTHER, DISTRICT, 50);
    struct lt_statement second = first;

    (void)state;
    say(&first, key);
    assert_true(is_kept(OTHER, DISTRICT, 50));
    say(&first, key); /* again, and the same */
    assert_false(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    second.at_ms++;
    say(&second, key);
    assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(kept(OTHER, DISTRICT)->at_ms, first.at_ms);
}

static void a_longer_word_with_one_number_is_a_contradiction(void **state)
{
    const struct lt_key *key = net.nodes[OTHER].key;
    struct lt_statement first = word(OTHER, DISTRICT, 50);
    struct lt_statement second = first;

    (void)state;
    say(&first, key);
    second.software = (struct lt_text){"lienthongd", 10};
    say(&second, key);
    assert_true(net_alarm(&net, DISTRICT, LT_ACONTRADICTION));
    assert_int_equal(kept(OTHER, DISTRICT)->at_ms, first.at_ms);
}

static void what_is_no_word_is_not_kept(void **state)
{
    static const uint8_t noise[] = {0x0a, 0x7f, 1, 2, 3};
    struct lt_statement strange = word(OTHER, COMMUNE, 60);
    struct lt_statement to_itself = word(OTHER, OTHER, 60);

    (void)state;
    bring(noise, sizeof(noise));
    say(&strange, net.nodes[OTHER].key);
    say(&to_itself, net.nodes[OTHER].key);
    assert_null(kept(OTHER, COMMUNE));
    assert_null(kept(OTHER, OTHER));
    /* Nor was anything of it a reason to hang up. */
    assert_int_equal(net_link_view(&net, DISTRICT, COMMUNE).state, 1);
}

static void a_word_that_another_signed_is_not_kept(void **state)
{
    const struct lt_statement forged = word(OTHER, DISTRICT, 50);

    (void)state;
    say(&forged, net.nodes[COMMUNE].key);
    assert_null(kept(OTHER, DISTRICT));
    assert_true(net_alarm(&net, DISTRICT, LT_ABADSIG));
}

/* What the district says itself it knows best. */
static void its_own_word_is_taken_from_nobody(void **state)
{
    const struct lt_statement own = word(DISTRICT, PROVINCE, 9999);

    (void)state;
    assert_non_null(kept(DISTRICT, PROVINCE));
    say(&own, net.nodes[DISTRICT].key);
    assert_false(is_kept(DISTRICT, PROVINCE, 9999));
    assert_false(net_alarm(&net, DISTRICT, LT_ABADSIG));
}

static void words_of_more_offices_than_there_is_room_for_are_not_kept(
    void **state)
{
    const struct lt_statement first = word(OTHER, DISTRICT, 50);
    struct lt_engine *engine = engine_of(DISTRICT);
    const size_t n = engine->letters_n;
    const struct lt_letter *old = kept(COMMUNE, DISTRICT);
    const uint64_t id = old->id;
    struct lt_statement newer = word(COMMUNE, DISTRICT, id + 100);

    (void)state;
    newer.epoch = old->epoch;
    engine->letters_n = LT_LETTERS_MAX;
    say(&first, net.nodes[OTHER].key);
    assert_null(kept(OTHER, DISTRICT));
    say(&newer, net.nodes[COMMUNE].key); /* of one that has its place */
    assert_int_equal(kept(COMMUNE, DISTRICT)->id, id + 100);
    engine->letters_n = n;
    say(&first, net.nodes[OTHER].key);
    assert_true(is_kept(OTHER, DISTRICT, 50));
    assert_int_equal(engine->letters_n, n + 1);
}

#ifdef LT_TEST_HOOKS

static void *nothing(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    (void)ptr;
    (void)size;
    return NULL;
}

/* It is not taken for one that was signed wrongly. */
static void a_word_that_nobody_can_check_for_want_of_memory_is_no_forgery(
    void **state)
{
    static const struct lt_alloc none = {.resize = nothing};
    const struct lt_statement statement = word(OTHER, DISTRICT, 50);
    struct lt_span span;
    const struct lt_spans spans = {.items_n = 1, .items = &span};
    struct lt_buf bytes;
    struct lt_buf frame;

    (void)state;
    seal(&statement, net.nodes[OTHER].key, &bytes);
    span = (struct lt_span){.data = bytes.data, .len = bytes.len};
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_statements_encode(&spans, &frame), LT_OK);
    lt_alloc_heap_replace(&none);
    net_inject(&net, DISTRICT, net.links[1].parent_session, frame.data,
               frame.len);
    lt_alloc_heap_replace(NULL);
    assert_true(net.failed);
    assert_null(kept(OTHER, DISTRICT));
    assert_false(net_alarm(&net, DISTRICT, LT_ABADSIG));
    lt_buf_deinit(&frame);
    lt_buf_deinit(&bytes);
}

#endif

/* ---- what is read ---- */

static void fill(struct lt_statement *statement, size_t n, size_t tips_n,
                 bool yours)
{
    assert_true(n <= STREAMS_MAX);
    memset(streams, 0, sizeof(streams));
    for (size_t i = 0; i < n; i++) {
        streams[i].channel = (struct lt_channel){.cls = LT_CLASS_CASE,
                                                 .audience = LT_AUDIENCE_TO,
                                                 .to = {{(uint8_t)(i + 1)}}};
        streams[i].tips_n = tips_n;
        for (size_t k = 0; k < tips_n; k++) {
            streams[i].tips[k] =
                (struct lt_point){.epoch = 900 + k, .number = 2};
        }
    }
    if (yours) {
        statement->yours = streams;
        statement->yours_n = n;
    } else {
        statement->mine = streams;
        statement->mine_n = n;
    }
}

/* All that it wrote and we lack is counted; so many streams have an age. */
static void more_streams_than_ages_are_counted(void **state)
{
    struct lt_statement statement = word(COMMUNE, DISTRICT, 1000);
    const struct lt_late *late;
    size_t n = 0;

    (void)state;
    statement.epoch = kept(COMMUNE, DISTRICT)->epoch;
    fill(&statement, LT_LATE_MAX + 3, 1, false);
    say(&statement, net.nodes[COMMUNE].key);
    assert_int_equal(partner(COMMUNE)->missing, 2 * (LT_LATE_MAX + 3));
    for (late = partner(COMMUNE)->late; late != NULL; late = late->next) {
        n++;
    }
    assert_int_equal(n, LT_LATE_MAX);
}

/* What an office says that it holds is kept for who asks, so much of it. */
static void more_points_than_are_kept_are_left_out(void **state)
{
    struct lt_statement statement = word(COMMUNE, DISTRICT, 1000);

    (void)state;
    statement.epoch = kept(COMMUNE, DISTRICT)->epoch;
    fill(&statement, LT_HELD_MAX / LT_TIPS_MAX + 2, LT_TIPS_MAX, true);
    say(&statement, net.nodes[COMMUNE].key);
    assert_int_equal(partner(COMMUNE)->said_id, 1000);
    assert_int_equal(partner(COMMUNE)->held_n, LT_HELD_MAX);
    for (size_t i = 0; i < LT_HELD_MAX; i++) {
        const struct lt_held *held = &partner(COMMUNE)->held[i];

        assert_int_equal(held->epoch, 900 + i % LT_TIPS_MAX);
        assert_int_equal(held->number, 2);
        assert_int_equal(held->channel.to.bytes[0], i / LT_TIPS_MAX + 1);
    }
}

/* ---- what is said ---- */

/* An older disk has what the office said last, and less of what it had heard by
 * then: what a former life said does not silence this one. */
static void a_former_word_does_not_silence_the_present_one(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_statement former = word(DISTRICT, PROVINCE, 3);
    bool found = false;
    struct lt_buf bytes;

    (void)state;
    former.epoch = district->epoch;
    former.echo_epoch = net.nodes[PROVINCE].epoch;
    former.echo_id = 1000; /* of which nothing is there any more */
    seal(&former, district->key, &bytes);
    for (size_t i = 0; i < district->statements_n; i++) {
        struct held_bytes *held = &district->statements[i];

        if (lt_office_equal(&held->from, &former.from) &&
            lt_office_equal(&held->to, &former.to)) {
            free(held->bytes);
            held->bytes = malloc(bytes.len);
            assert_non_null(held->bytes);
            memcpy(held->bytes, bytes.data, bytes.len);
            held->len = bytes.len;
            found = true;
        }
    }
    assert_true(found);
    net_stop(&net, DISTRICT);
    net_start(&net, DISTRICT);
    assert_int_equal(kept(DISTRICT, PROVINCE)->echo_id, 1000);
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 2000);
    assert_int_equal(kept(DISTRICT, PROVINCE)->epoch, district->epoch);
    assert_int_equal(lt_letter_find(engine_of(PROVINCE), &former.from, &former.to)
                         ->epoch,
                     district->epoch);
    lt_buf_deinit(&bytes);
}

/* Nor does it take the place of what is said now when it is read afterwards. */
static void a_former_word_that_is_read_late_is_not_the_last(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_statement former = word(DISTRICT, PROVINCE, 3);
    struct lt_buf bytes;

    (void)state;
    net_run(&net, 20 * 60 * 1000); /* both have spoken again */
    assert_true(kept(DISTRICT, PROVINCE)->echo_id > 1);
    former.epoch = district->epoch ^ 1;
    former.echo_epoch = net.nodes[PROVINCE].epoch;
    former.echo_id = 1;
    seal(&former, district->key, &bytes);
    assert_int_equal(
        lt_engine_load_statement(district->engine, bytes.data, bytes.len),
        LT_OK);
    assert_int_equal(kept(DISTRICT, PROVINCE)->epoch, district->epoch);
    lt_buf_deinit(&bytes);
}

/* The office is there, in a life of which neither is, and neither tells which is
 * later: the last word counts. */
static void of_two_lives_that_are_over_the_last_word_counts(void **state)
{
    const struct lt_statement last = word(COMMUNE, DISTRICT, 50);

    (void)state;
    assert_non_null(kept(COMMUNE, DISTRICT));
    lt_unit_find(engine_of(DISTRICT), &last.from)->epoch ^= 1;
    say(&last, net.nodes[COMMUNE].key);
    assert_true(is_kept(COMMUNE, DISTRICT, 50));
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(the_first_of_two_words_with_one_number_stays),
        PROMISE(a_longer_word_with_one_number_is_a_contradiction),
        PROMISE(what_is_no_word_is_not_kept),
        PROMISE(a_word_that_another_signed_is_not_kept),
        PROMISE(its_own_word_is_taken_from_nobody),
        PROMISE(words_of_more_offices_than_there_is_room_for_are_not_kept),
#ifdef LT_TEST_HOOKS
        PROMISE(
            a_word_that_nobody_can_check_for_want_of_memory_is_no_forgery),
#endif
        PROMISE(more_streams_than_ages_are_counted),
        PROMISE(more_points_than_are_kept_are_left_out),
        PROMISE(a_former_word_does_not_silence_the_present_one),
        PROMISE(a_former_word_that_is_read_late_is_not_the_last),
        PROMISE(of_two_lives_that_are_over_the_last_word_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
