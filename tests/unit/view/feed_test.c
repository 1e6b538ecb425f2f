/* The view's thread: current at once, bounded, begun anew on request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/view/viewing.h"

enum { QUEUE_BYTES = 64 * 1024, PATIENCE_MS = 20000 };

static void count_wake(void *ctx)
{
    atomic_fetch_add((atomic_uint *)ctx, 1);
}

static struct lt_feed *start(struct viewing *v, size_t bytes,
                             atomic_uint *wakes)
{
    struct lt_feed *feed = NULL;

    assert_int_equal(lt_feed_start(v->view, bytes, count_wake, wakes, &feed),
                     LT_OK);
    v->view = NULL; /* the feed closes it */
    return feed;
}

static void what_is_pushed_is_seen(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    size_t pos = viewing_append(v, &v->commune, &up, &e, 1);
    atomic_uint wakes = 0;
    struct lt_feed *feed = start(v, QUEUE_BYTES, &wakes);

    assert_int_equal(lt_feed_next(feed), pos);
    assert_true(lt_feed_push(feed, pos, 1, &v->log[pos - 1].segment));
    assert_true(lt_feed_wait(feed, pos, PATIENCE_MS));
    assert_int_equal(lt_feed_applied(feed), pos);
    assert_int_equal(lt_feed_next(feed), pos + 1);
    assert_non_null(strstr(viewing_list(v, LT_VIEW_CASES, 1), "17/TCD"));
    assert_int_equal(lt_feed_error(feed), LT_OK);
    lt_feed_stop(feed);
    assert_in_range(atomic_load(&wakes), 1, 2);
}

static void what_is_not_the_next_is_not_taken(void **state)
{
    struct viewing *v = *state;
    atomic_uint wakes = 0;
    struct lt_feed *feed = start(v, QUEUE_BYTES, &wakes);

    assert_false(lt_feed_push(feed, 1, 1, &v->log[0].segment));
    assert_false(lt_feed_push(feed, 3, 1, &v->log[0].segment));
    assert_false(lt_feed_wait(feed, 2, 1));
    lt_feed_stop(feed);
}

static void a_full_queue_says_so_and_goes_on_later(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    atomic_uint wakes = 0;
    struct lt_feed *feed;
    uint64_t refused = 0;

    for (size_t i = 0; i < 40; i++) {
        struct lt_build_event e = viewing_case(&v->commune);

        (void)viewing_append(v, &v->commune, &up, &e, 1);
    }
    feed = start(v, 2048, &wakes); /* room for a few */
    while (lt_feed_next(feed) <= v->log_n) {
        uint64_t pos = lt_feed_next(feed);

        if (!lt_feed_push(feed, pos, 1, &v->log[pos - 1].segment)) {
            refused++;
            assert_true(lt_feed_wait(feed, pos - 1, PATIENCE_MS));
        }
    }
    assert_true(lt_feed_wait(feed, v->log_n, PATIENCE_MS));
    assert_in_range(refused, 1, 40);
    lt_feed_stop(feed);
}

static void another_log_begins_at_its_beginning(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    size_t pos = viewing_append(v, &v->commune, &up, &e, 1);
    atomic_uint wakes = 0;
    struct lt_feed *feed = start(v, QUEUE_BYTES, &wakes);

    assert_true(lt_feed_push(feed, pos, 1, &v->log[pos - 1].segment));
    lt_feed_restart(feed);
    assert_int_equal(lt_feed_next(feed), 1);
    assert_int_equal(lt_feed_applied(feed), 0);
    assert_true(lt_feed_push(feed, 1, 1, &v->log[0].segment));
    assert_true(lt_feed_wait(feed, 1, PATIENCE_MS));
    assert_string_equal(viewing_list(v, LT_VIEW_CASES, 0),
                        "{\"items\":[],\"next\":null}");
    assert_int_equal(lt_feed_applied(feed), 1);
    lt_feed_stop(feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(what_is_pushed_is_seen),
        VIEWING_TEST(what_is_not_the_next_is_not_taken),
        VIEWING_TEST(a_full_queue_says_so_and_goes_on_later),
        VIEWING_TEST(another_log_begins_at_its_beginning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
