/* The audit chain: whole, append-only, and broken by every change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "tests/unit/people/clock.h"

static int begin(void **state)
{
    static struct desk_clock desk;

    clock_begin(&desk);
    clock_leader(&desk);
    *state = &desk;
    return 0;
}

static int finish(void **state)
{
    clock_end(*state);
    return 0;
}

static int sql(struct desk_clock *desk, const char *text)
{
    sqlite3 *db = NULL;
    int rc;

    assert_int_equal(sqlite3_open(folder_file(&desk->folder, "people.db"), &db),
                     SQLITE_OK);
    rc = sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

static void fill(struct desk_clock *desk)
{
    for (int i = 0; i < 20; i++) {
        desk->wall_ms += 1000;
        assert_int_equal(lt_audit_write(desk->people, "lan",
                                        LT_AUDIT_REGISTER_READ, "a case"),
                         LT_OK);
    }
}

static void every_change_of_people_is_a_record(void **state)
{
    struct desk_clock *desk = *state;
    const struct lt_person_says roles = {.roles = LT_ROLE_INSPECTOR};
    const struct lt_person_says secret = {.password = "một mật khẩu mới"};
    const struct lt_person_says pin = {.pin = "9753"};
    char token[LT_SESSION_TOKEN_TEXT];
    struct lt_person person;

    assert_string_equal(clock_last(desk), "person_added");
    clock_person(desk, "an", LT_ROLE_OFFICER, "mật khẩu của an", NULL);
    assert_int_equal(lt_people_change(desk->people, "lan", "an", &roles,
                                      &desk->told, &desk->diag),
                     LT_OK);
    assert_string_equal(clock_last(desk), "roles_changed");
    assert_int_equal(lt_people_change(desk->people, "lan", "an", &secret,
                                      &desk->told, &desk->diag),
                     LT_OK);
    assert_string_equal(clock_last(desk), "password_changed");
    assert_int_equal(lt_people_change(desk->people, "an", "an", &pin,
                                      &desk->told, &desk->diag),
                     LT_OK);
    assert_string_equal(clock_last(desk), "pin_changed");
    assert_int_equal(lt_people_check(desk->people, "an", "sai rồi", NULL,
                                     &person, &desk->diag),
                     LT_ESIGNIN);
    assert_string_equal(clock_last(desk), "sign_in_refused");
    assert_int_equal(
        lt_people_session_begin(desk->people, "an", token, &desk->diag), LT_OK);
    assert_string_equal(clock_last(desk), "signed_in");
    assert_int_equal(
        lt_people_disable(desk->people, "lan", "an", false, &desk->diag),
        LT_OK);
    assert_string_equal(clock_last(desk), "person_disabled");
    assert_int_equal(
        lt_people_papers(desk->people, "lan", &desk->told, &desk->diag), LT_OK);
    assert_string_equal(clock_last(desk), "paper_codes_made");
}

static void chain_is_whole(void **state)
{
    struct desk_clock *desk = *state;
    int64_t bad = -1;
    int64_t n = 0;

    fill(desk);
    clock_restart(desk);
    fill(desk);
    assert_int_equal(lt_audit_verify(desk->people, &bad, &n), LT_OK);
    assert_int_equal(bad, 0);
    assert_int_equal(n, 41);
}

static void table_takes_no_change(void **state)
{
    struct desk_clock *desk = *state;

    fill(desk);
    assert_int_not_equal(sql(desk, "UPDATE audit SET who='an'"), SQLITE_OK);
    assert_int_not_equal(sql(desk, "DELETE FROM audit WHERE number=21"),
                         SQLITE_OK);
}

static void forged_record_breaks_it(void **state)
{
    struct desk_clock *desk = *state;
    static const char *const forgeries[] = {
        "UPDATE audit SET who='an' WHERE number=7",
        "UPDATE audit SET about='' WHERE number=7",
        "UPDATE audit SET at_ms=at_ms+1 WHERE number=7",
        "UPDATE audit SET who='lanr',what='egister_read' WHERE number=7",
        "DELETE FROM audit WHERE number=7",
        "UPDATE audit SET hash=zeroblob(32) WHERE number=7"};

    fill(desk);
    for (size_t i = 0; i < LT_COUNT_OF(forgeries); i++) {
        int64_t bad = 0;
        int64_t n = 0;

        assert_int_equal(
            sql(desk, "CREATE TABLE kept AS SELECT * FROM audit;"
                      "DROP TRIGGER audit_stays;DROP TRIGGER audit_whole;"),
            SQLITE_OK);
        assert_int_equal(sql(desk, forgeries[i]), SQLITE_OK);
        assert_int_equal(lt_audit_verify(desk->people, &bad, &n), LT_OK);
        assert_int_equal(bad, 7);
        assert_int_equal(
            sql(desk, "DELETE FROM audit;INSERT INTO audit SELECT * FROM kept;"
                      "DROP TABLE kept;"
                      "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN"
                      " SELECT RAISE(ABORT,''); END;"
                      "CREATE TRIGGER audit_whole BEFORE DELETE ON audit BEGIN"
                      " SELECT RAISE(ABORT,''); END;"),
            SQLITE_OK);
        assert_int_equal(lt_audit_verify(desk->people, &bad, &n), LT_OK);
        assert_int_equal(bad, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
        TEST(every_change_of_people_is_a_record),
        TEST(chain_is_whole),
        TEST(table_takes_no_change),
        TEST(forged_record_breaks_it),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
