/* The view's thread: current at once, bounded, begun anew on request. */
#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

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

static void feed_all(struct viewing *v, struct lt_feed *feed, uint64_t last)
{
    while (lt_feed_next(feed) <= last) {
        uint64_t pos = lt_feed_next(feed);

        if (!lt_feed_push(feed, pos, v->committed_ms[pos - 1],
                          &v->log[pos - 1].segment)) {
            struct timespec moment = {.tv_nsec = 1000000};

            (void)nanosleep(&moment, NULL);
        }
    }
}

static void add_cases(struct viewing *v, size_t n)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);

    for (size_t i = 0; i < n; i++) {
        struct lt_build_event e = viewing_case(&v->commune);

        (void)viewing_append(v, &v->commune, &up, &e, 1);
    }
}

static lt_err wait_rebuilt(struct lt_feed *feed)
{
    struct timespec moment = {.tv_nsec = 1000000};
    lt_err result = LT_EBUSY;

    for (int i = 0; i < PATIENCE_MS && !lt_feed_rebuilt(feed, &result); i++) {
        (void)nanosleep(&moment, NULL);
    }
    return result;
}

/* The old view answers, whole, until the new one takes its place; the new one
 * is the same in every table and goes on. */
static void a_view_is_built_anew_while_the_old_one_answers(void **state)
{
    struct viewing *v = *state;
    atomic_uint wakes = 0;
    struct lt_feed *feed = start(v, QUEUE_BYTES, &wakes);
    uint64_t done;
    uint64_t goal;
    char *before;
    char *after;
    char *old;

    add_cases(v, 20);
    feed_all(v, feed, v->log_n);
    assert_true(lt_feed_wait(feed, v->log_n, PATIENCE_MS));
    before = viewing_dump(v);
    old = strdup(viewing_list(v, LT_VIEW_CASES, 1));
    assert_false(lt_feed_rebuilding(feed, &done, &goal));
    assert_true(lt_feed_rebuild(feed, v->log_n));
    assert_false(lt_feed_rebuild(feed, v->log_n));
    assert_int_equal(lt_feed_next(feed), 1);
    feed_all(v, feed, v->log_n - 1); /* not yet to the goal */
    assert_true(lt_feed_rebuilding(feed, &done, &goal));
    assert_int_equal(goal, v->log_n);
    assert_int_equal(lt_feed_applied(feed), v->log_n);
    assert_string_equal(viewing_list(v, LT_VIEW_CASES, 1), old);
    feed_all(v, feed, v->log_n);
    assert_int_equal(wait_rebuilt(feed), LT_OK);
    assert_false(lt_feed_rebuilding(feed, &done, &goal));
    assert_int_equal(lt_feed_applied(feed), v->log_n);
    after = viewing_dump(v);
    assert_string_equal(after, before);
    assert_string_equal(viewing_list(v, LT_VIEW_CASES, 1), old);
    add_cases(v, 1);
    feed_all(v, feed, v->log_n);
    assert_true(lt_feed_wait(feed, v->log_n, PATIENCE_MS));
    assert_string_not_equal(viewing_list(v, LT_VIEW_CASES, 1), old);
    lt_feed_stop(feed);
    free(before);
    free(after);
    free(old);
}

/* Whatever ends it in the middle: the old view is whole and goes on, and
 * nothing of the other stays behind. */
static void a_rebuild_that_is_cut_off_leaves_the_old_view(void **state)
{
    struct viewing *v = *state;
    atomic_uint wakes = 0;
    struct lt_feed *feed = start(v, QUEUE_BYTES, &wakes);
    char twin[128];
    char *old;

    add_cases(v, 5);
    feed_all(v, feed, v->log_n);
    assert_true(lt_feed_wait(feed, v->log_n, PATIENCE_MS));
    old = strdup(viewing_list(v, LT_VIEW_CASES, 1));
    assert_true(lt_feed_rebuild(feed, v->log_n));
    feed_all(v, feed, 3);
    lt_feed_stop(feed);
    (void)snprintf(twin, sizeof(twin), "%s.new", v->path);
    assert_int_not_equal(access(twin, F_OK), 0);
    /* As a killed process leaves it. */
    assert_int_equal(link(v->path, twin), 0);
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    assert_int_not_equal(access(twin, F_OK), 0);
    assert_string_equal(viewing_list(v, LT_VIEW_CASES, 1), old);
    free(old);
}

/* Its own cases are no news to a desk; the tree and other offices' are. */
/* The nice value of this process's thread @name. */
static int nice_of(const char *name)
{
    struct dirent *entry;
    DIR *dir = opendir("/proc/self/task");
    int nice = INT_MIN;

    assert_non_null(dir);
    while (nice == INT_MIN && (entry = readdir(dir)) != NULL) {
        char path[64];
        char comm[32] = "";
        FILE *file;

        (void)snprintf(path, sizeof(path), "/proc/self/task/%.20s/comm",
                       entry->d_name);
        file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
        if (file == NULL) {
            continue;
        }
        if (fgets(comm, sizeof(comm), file) != NULL &&
            strncmp(comm, name, strlen(name)) == 0 &&
            comm[strlen(name)] == '\n') {
            nice = getpriority(PRIO_PROCESS,
                               (id_t)strtoul(entry->d_name, NULL, 10));
        }
        (void)fclose(file);
    }
    (void)closedir(dir);
    return nice;
}

/* Below the loop; while somebody follows, beside it: what he waits for passes
 * through here. */
static void the_thread_is_below_the_loop_unless_somebody_follows(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    const int own = getpriority(PRIO_PROCESS, 0);
    struct rlimit limit;
    atomic_uint wakes = 0;
    struct lt_feed *feed;

    if (getrlimit(RLIMIT_NICE, &limit) != 0 ||
        (geteuid() != 0 && (int)limit.rlim_cur < 20 - own)) {
        skip(); /* nobody here may raise a priority again */
    }
    for (size_t i = 0; i < 3; i++) {
        struct lt_build_event e = viewing_case(&v->commune);

        (void)viewing_append(v, &v->commune, &up, &e, 1);
    }
    feed = start(v, 1 << 20, &wakes);
    for (size_t i = 0; i < 3; i++) {
        uint64_t pos = lt_feed_next(feed);

        lt_feed_hurry(feed, i == 1);
        assert_true(lt_feed_push(feed, pos, 1, &v->log[pos - 1].segment));
        assert_true(lt_feed_wait(feed, pos, PATIENCE_MS));
        assert_int_equal(nice_of("view"), own + (i == 1 ? 0 : 5));
    }
    lt_feed_stop(feed);
}

static void what_others_say_is_told_apart(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event own = viewing_case(&v->province);
    struct lt_build_event other = viewing_case(&v->commune);
    size_t first = viewing_append(v, &v->province, &up, &own, 1);
    size_t second = viewing_append(v, &v->commune, &up, &other, 1);
    size_t third = viewing_append(v, &v->province, &up, &own, 1);
    atomic_uint wakes = 0;
    struct lt_feed *feed = start(v, QUEUE_BYTES, &wakes);
    uint64_t applied;
    uint64_t others;

    assert_true(lt_feed_push(feed, first, 1, &v->log[first - 1].segment));
    lt_feed_read(feed, &applied, &others);
    assert_int_equal(others, 0);
    assert_true(lt_feed_push(feed, second, 1, &v->log[second - 1].segment));
    assert_true(lt_feed_push(feed, third, 1, &v->log[third - 1].segment));
    lt_feed_read(feed, &applied, &others);
    assert_int_equal(others, second);
    assert_true(lt_feed_wait(feed, third, PATIENCE_MS));
    lt_feed_read(feed, &applied, &others);
    assert_int_equal(applied, third);
    /* The tree's first words, come again. */
    assert_true(lt_feed_push(feed, third + 1, 1, &v->log[0].segment));
    lt_feed_read(feed, &applied, &others);
    assert_int_equal(others, third + 1);
    lt_feed_stop(feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(what_is_pushed_is_seen),
        VIEWING_TEST(what_is_not_the_next_is_not_taken),
        VIEWING_TEST(a_full_queue_says_so_and_goes_on_later),
        VIEWING_TEST(another_log_begins_at_its_beginning),
        VIEWING_TEST(a_view_is_built_anew_while_the_old_one_answers),
        VIEWING_TEST(a_rebuild_that_is_cut_off_leaves_the_old_view),
        VIEWING_TEST(what_others_say_is_told_apart),
        VIEWING_TEST(the_thread_is_below_the_loop_unless_somebody_follows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
