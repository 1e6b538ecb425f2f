/* Failpoints fire when told, where told, and never in a release. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/failpoint.h"

static void refused(const char *failpoint, const char *plant)
{
    struct lt_diag diag;

    if (lt_failpoint_start(failpoint, plant, &diag) != LT_ECONFIG) {
        fail_msg("'%s' '%s' was taken", failpoint != NULL ? failpoint : "",
                 plant != NULL ? plant : "");
    }
    assert_int_equal(lt_err_exit(diag.code), 78);
    assert_string_equal(diag.args[0].key, "key");
}

#ifdef LT_TEST_HOOKS

static void what_is_not_exactly_right_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",           "C3",         "C3:",         "C3:die",
        "C99:kill",   "c3:kill",    "C3:kill:",    "C3:kill:0",
        "C3:kill:-1", "C3:kill:1x", "C3:kill:1:2", ":kill",
        "C3 :kill",   "C3:kill:01"};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        refused(wrong[i], NULL);
        assert_false(LT_FAILPOINT(C3));
    }
    refused(NULL, "no_such_bug");
    refused(NULL, "");
}

static void an_error_comes_at_the_hit_that_was_asked_for(void **state)
{
    (void)state;
    assert_int_equal(lt_failpoint_start("C3:error:3", NULL, NULL), LT_OK);
    assert_false(LT_FAILPOINT(C3));
    assert_false(LT_FAILPOINT(C4));
    assert_false(LT_FAILPOINT(C3));
    assert_true(LT_FAILPOINT(C3));
    assert_false(LT_FAILPOINT(C3)); /* once */
    assert_int_equal(lt_failpoint_start(NULL, NULL, NULL), LT_OK);
    assert_false(LT_FAILPOINT(C3));
}

static void kill_ends_the_process_without_a_word(void **state)
{
    int status;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        if (lt_failpoint_start("C7:kill", NULL, NULL) != LT_OK) {
            _exit(2);
        }
        (void)LT_FAILPOINT(C7);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void a_bug_is_planted_and_taken_out(void **state)
{
    (void)state;
    assert_int_equal(lt_failpoint_start(NULL, "ack_before_commit", NULL),
                     LT_OK);
    assert_true(LT_PLANTED(ack_before_commit));
    assert_false(LT_PLANTED(sync_normal));
    assert_true(lt_plant(NULL));
    assert_false(LT_PLANTED(ack_before_commit));
    assert_false(lt_plant("no_such_bug"));
}

static void the_crash_points_of_the_ack_path_are_all_there(void **state)
{
    static const char *const names[] = {"C1",  "C2",  "C3",  "C4",  "C5",
                                        "C6",  "C7",  "C8",  "C9",  "C10",
                                        "C11", "C12", "C13", "C14", "C15", "C16",
                                        "C17", "C18"};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        assert_string_equal(lt_failpoint_at(i)->name, names[i]);
        assert_true(strlen(lt_failpoint_at(i)->text) > 10);
    }
    assert_null(lt_failpoint_at(LT_FAILPOINTS));
    assert_non_null(lt_plant_at(0));
}

#else

static void a_release_refuses_both_variables(void **state)
{
    (void)state;
    refused("C3:kill", NULL);
    refused(NULL, "ack_before_commit");
    assert_int_equal(lt_failpoint_start(NULL, NULL, NULL), LT_OK);
    assert_null(lt_failpoint_at(0));
    assert_null(lt_plant_at(0));
    assert_false(LT_FAILPOINT(C3));
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef LT_TEST_HOOKS
        cmocka_unit_test(what_is_not_exactly_right_is_refused),
        cmocka_unit_test(an_error_comes_at_the_hit_that_was_asked_for),
        cmocka_unit_test(kill_ends_the_process_without_a_word),
        cmocka_unit_test(a_bug_is_planted_and_taken_out),
        cmocka_unit_test(the_crash_points_of_the_ack_path_are_all_there),
#else
        cmocka_unit_test(a_release_refuses_both_variables),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
