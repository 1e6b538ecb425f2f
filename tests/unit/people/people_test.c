/* Persons: who is added by whom, what a role brings, who is the last one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "common/file.h"
#include "tests/unit/people/clock.h"

static int begin(void **state)
{
    static struct desk_clock desk;

    clock_begin(&desk);
    *state = &desk;
    return 0;
}

static int finish(void **state)
{
    clock_end(*state);
    return 0;
}

static lt_err add_by(struct desk_clock *desk, const char *by, const char *name,
                     uint32_t roles)
{
    const struct lt_person_says says = {.shown = "Nguyễn Văn Bình",
                                        .roles = roles,
                                        .password = "một mật khẩu dài"};

    return lt_people_add(desk->people, by, name, &says, &desk->told,
                         &desk->diag);
}

static void file_is_for_its_owner_alone(void **state)
{
    struct desk_clock *desk = *state;
    const char *path = folder_file(&desk->folder, "people.db");
    struct lt_people *second = NULL;
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(
        lt_people_open(desk->folder.path, &desk->sys, &second, &desk->diag),
        LT_EFILEMODE);
    assert_null(second);
}

static void first_person_is_a_leader_made_by_the_tool(void **state)
{
    struct desk_clock *desk = *state;
    bool has = true;

    assert_int_equal(lt_people_has_leader(desk->people, &has), LT_OK);
    assert_false(has);
    assert_int_equal(add_by(desk, LT_BY_TOOL, "binh", LT_ROLE_OFFICER),
                     LT_EINVAL);
    clock_leader(desk);
    assert_int_equal(desk->told.papers_n, LT_PAPERS);
    assert_int_equal(lt_people_has_leader(desk->people, &has), LT_OK);
    assert_true(has);
    /* and from then on the tool alone makes nobody */
    assert_int_equal(add_by(desk, LT_BY_TOOL, "binh", LT_ROLE_LEADER),
                     LT_EPERM);
}

static void only_leaders_change_people(void **state)
{
    struct desk_clock *desk = *state;
    const struct lt_person_says pin = {.pin = "9174"};
    const struct lt_person_says shown = {.shown = "Tên khác"};

    clock_leader(desk);
    clock_person(desk, "an", LT_ROLE_OFFICER, "mật khẩu của an", NULL);
    assert_int_equal(add_by(desk, "an", "binh", LT_ROLE_OFFICER), LT_EPERM);
    assert_int_equal(
        lt_people_disable(desk->people, "an", "lan", false, &desk->diag),
        LT_EPERM);
    assert_int_equal(lt_people_change(desk->people, "an", "lan", &pin,
                                      &desk->told, &desk->diag),
                     LT_EPERM);
    /* the own PIN is one's own, the shown name is not */
    assert_int_equal(lt_people_change(desk->people, "an", "an", &pin,
                                      &desk->told, &desk->diag),
                     LT_OK);
    assert_int_equal(lt_people_change(desk->people, "an", "an", &shown,
                                      &desk->told, &desk->diag),
                     LT_EPERM);
    assert_int_equal(lt_people_change(desk->people, "lan", "an", &shown,
                                      &desk->told, &desk->diag),
                     LT_OK);
}

static void operator_is_neither_officer_nor_leader(void **state)
{
    struct desk_clock *desk = *state;

    clock_leader(desk);
    assert_int_equal(
        add_by(desk, "lan", "may", LT_ROLE_OPERATOR | LT_ROLE_OFFICER),
        LT_EINVAL);
    assert_int_equal(
        add_by(desk, "lan", "may", LT_ROLE_OPERATOR | LT_ROLE_LEADER),
        LT_EINVAL);
    assert_int_equal(add_by(desk, "lan", "may", LT_ROLE_OPERATOR), LT_OK);
    assert_int_equal(strlen(desk->told.totp), 32);
    assert_int_equal(desk->told.papers_n, 0);
}

static void names_and_secrets_have_bounds(void **state)
{
    struct desk_clock *desk = *state;
    static const char *const names[] = {
        "",         "Lan", "a b",
        "lan@tool", "lần", "abcdefghijklmnopqrstuvwxyz0123456"};
    static const struct {
        const char *password;
        const char *pin;
        lt_err rc;
    } secrets[] = {{"ngắn", NULL, LT_EWEAKSECRET},
                   {"binh1234", NULL, LT_EWEAKSECRET},
                   {"đủ dài rồi", "123", LT_EINVAL},
                   {"đủ dài rồi", "12a4", LT_EINVAL},
                   {"đủ dài rồi", "123456789", LT_EINVAL},
                   {"đủ dài rồi", "1111", LT_EWEAKSECRET},
                   {"đủ dài rồi", "8765", LT_EWEAKSECRET},
                   {"đủ dài rồi \xff", NULL, LT_EINVAL},
                   {"đủ dài rồi", "1357", LT_OK}};

    clock_leader(desk);
    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        assert_int_equal(add_by(desk, "lan", names[i], LT_ROLE_OFFICER),
                         LT_EINVAL);
    }
    for (size_t i = 0; i < LT_COUNT_OF(secrets); i++) {
        const struct lt_person_says says = {.shown = "Bình",
                                            .roles = LT_ROLE_OFFICER,
                                            .password = secrets[i].password,
                                            .pin = secrets[i].pin};

        assert_int_equal(lt_people_add(desk->people, "lan", "binh", &says,
                                       &desk->told, &desk->diag),
                         secrets[i].rc);
    }
    assert_int_equal(add_by(desk, "lan", "binh", LT_ROLE_OFFICER),
                     LT_EPERSONTHERE);
}

static void last_leader_stays(void **state)
{
    struct desk_clock *desk = *state;
    const struct lt_person_says officer = {.roles = LT_ROLE_OFFICER};

    clock_leader(desk);
    assert_int_equal(
        lt_people_disable(desk->people, "lan", "lan", false, &desk->diag),
        LT_ELASTLEADER);
    assert_int_equal(lt_people_change(desk->people, "lan", "lan", &officer,
                                      &desk->told, &desk->diag),
                     LT_ELASTLEADER);
    clock_person(desk, "binh", LT_ROLE_LEADER, "một mật khẩu dài", NULL);
    assert_int_equal(lt_people_change(desk->people, "binh", "lan", &officer,
                                      &desk->told, &desk->diag),
                     LT_OK);
    assert_int_equal(
        lt_people_disable(desk->people, "binh", "binh", false, &desk->diag),
        LT_ELASTLEADER);
}

static void list_has_everybody(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_person *persons = NULL;
    size_t n = 0;

    clock_leader(desk);
    clock_person(desk, "an", LT_ROLE_OFFICER | LT_ROLE_COORDINATOR,
                 "mật khẩu của an", "9174");
    assert_int_equal(
        lt_people_disable(desk->people, "lan", "an", false, &desk->diag),
        LT_OK);
    assert_int_equal(lt_people_list(desk->people, &persons, &n), LT_OK);
    assert_int_equal(n, 2);
    assert_string_equal(persons[0].name, "an");
    assert_int_equal(persons[0].roles, LT_ROLE_OFFICER | LT_ROLE_COORDINATOR);
    assert_true(persons[0].disabled && persons[0].has_pin);
    assert_string_equal(persons[1].shown, "Trần Thị Lan");
    assert_int_equal(persons[1].papers_left, LT_PAPERS);
    lt_free(lt_alloc_heap(), persons);
}

/* Passwords, PINs, tokens and codes are in the file as hashes alone. */
static void no_secret_lies_in_the_file(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_diag diag;
    struct lt_buf bytes;
    char token[LT_SESSION_TOKEN_TEXT];

    lt_buf_init(&bytes, lt_alloc_heap());
    clock_leader(desk);
    assert_int_equal(lt_people_session_begin(desk->people, "lan", token, &diag),
                     LT_OK);
    assert_int_equal(lt_file_read(folder_file(&desk->folder, "people.db"),
                                  1 << 20, true, &bytes, &diag),
                     LT_OK);
    assert_non_null(memmem(bytes.data, bytes.len, "$y$", 3)); /* the control */
    assert_null(memmem(bytes.data, bytes.len, PASSWORD, strlen(PASSWORD)));
    assert_null(memmem(bytes.data, bytes.len, PIN, strlen(PIN)));
    assert_null(memmem(bytes.data, bytes.len, token, strlen(token)));
    assert_null(memmem(bytes.data, bytes.len, desk->told.papers[0], 19));
    lt_buf_deinit(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
        TEST(file_is_for_its_owner_alone),
        TEST(first_person_is_a_leader_made_by_the_tool),
        TEST(only_leaders_change_people),
        TEST(operator_is_neither_officer_nor_leader),
        TEST(names_and_secrets_have_bounds),
        TEST(last_leader_stays),
        TEST(list_has_everybody),
        TEST(no_secret_lies_in_the_file),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
