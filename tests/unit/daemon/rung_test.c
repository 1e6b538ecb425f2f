/* What the duty was told of is known after a restart, and no file can harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/rung.h"

static char dir[64];
static struct lt_rung rung;

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/lt-rung-XXXXXX");
    return mkdtemp(dir) == NULL ? 1 : 0;
}

static int remove_dir(void **state)
{
    char path[80];

    (void)state;
    lt_rung_close(&rung);
    (void)snprintf(path, sizeof(path), "%s/alerts", dir);
    (void)unlink(path);
    return rmdir(dir);
}

static struct lt_event_id event(uint64_t count)
{
    return (struct lt_event_id){.origin = {{7}}, .epoch = 9, .count = count};
}

static void what_was_told_is_known_after_a_restart(void **state)
{
    const struct lt_event_id a = event(1);
    const struct lt_event_id b = event(2);

    (void)state;
    assert_int_equal(lt_rung_open(&rung, dir), LT_OK);
    assert_false(lt_rung_has(&rung, &a, 0));
    assert_int_equal(lt_rung_add(&rung, &a, 1), LT_OK);
    assert_int_equal(lt_rung_add(&rung, &b, 0), LT_OK);
    lt_rung_close(&rung);
    assert_int_equal(lt_rung_open(&rung, dir), LT_OK);
    assert_true(lt_rung_has(&rung, &a, 0));
    assert_true(lt_rung_has(&rung, &a, 1));
    assert_false(lt_rung_has(&rung, &a, 2));
    assert_true(lt_rung_has(&rung, &b, 0));
    assert_false(lt_rung_has(&rung, &b, 1));
}

static void what_waits_no_more_is_forgotten(void **state)
{
    const struct lt_event_id a = event(1);
    const struct lt_event_id b = event(2);

    (void)state;
    assert_int_equal(lt_rung_open(&rung, dir), LT_OK);
    assert_int_equal(lt_rung_add(&rung, &a, 1), LT_OK);
    assert_int_equal(lt_rung_add(&rung, &b, 1), LT_OK);
    lt_rung_begin(&rung);
    assert_true(lt_rung_has(&rung, &b, 1));
    lt_rung_end(&rung);
    assert_int_equal(rung.n, 1);
    assert_false(lt_rung_has(&rung, &a, 1));
}

static void a_file_of_rubbish_is_an_empty_one(void **state)
{
    static const char rubbish[] =
        "\n 1\nabc\nabc 1\n:::::::::::::::::::::::::::::::::::::::::::::::::::"
        "::::::::::::::::::::::::::::::::::::::::::::::: 4\n\xff\xfe 9\n";
    const struct lt_event_id a = event(1);
    char path[80];
    FILE *file;

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/alerts", dir);
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(rubbish, file);
    (void)fclose(file);
    assert_int_equal(lt_rung_open(&rung, dir), LT_OK);
    assert_int_equal(rung.n, 0);
    assert_int_equal(lt_rung_add(&rung, &a, 0), LT_OK);
    assert_true(lt_rung_has(&rung, &a, 0));
}

static void it_has_a_bound(void **state)
{
    struct lt_event_id id = event(1);

    (void)state;
    assert_int_equal(lt_rung_open(&rung, dir), LT_OK);
    for (rung.n = 0; rung.n < LT_RUNG_MAX; rung.n++) {
        rung.items[rung.n].id = event(100 + rung.n);
    }
    assert_int_equal(lt_rung_add(&rung, &id, 0), LT_ETOOBIG);
    assert_int_equal(rung.n, LT_RUNG_MAX);
    id = event(100);
    assert_int_equal(lt_rung_add(&rung, &id, 2), LT_OK);
}

#define IN_A_DIR(name)                                                         \
    cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_DIR(what_was_told_is_known_after_a_restart),
        IN_A_DIR(what_waits_no_more_is_forgotten),
        IN_A_DIR(a_file_of_rubbish_is_an_empty_one),
        IN_A_DIR(it_has_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
