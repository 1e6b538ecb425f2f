/* Signing in: right and wrong secrets, lock-outs, sessions, paper codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/people/totp.h"
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

static lt_err password(struct desk_clock *desk, const char *name,
                       const char *secret)
{
    struct lt_person person;

    return lt_people_check(desk->people, name, secret, NULL, &person,
                           &desk->diag);
}

static lt_err pin(struct desk_clock *desk, const char *name, const char *secret)
{
    struct lt_person person;

    return lt_people_check_pin(desk->people, name, secret, &person,
                               &desk->diag);
}

static lt_err look(struct desk_clock *desk, const char *token,
                   struct lt_people_session *session)
{
    return lt_people_session_look(desk->people, token, true, session,
                                  &desk->diag);
}

static void seat(struct desk_clock *desk, const char *name, char *token)
{
    assert_int_equal(
        lt_people_session_begin(desk->people, name, token, &desk->diag), LT_OK);
}

static void right_secret_and_no_other(void **state)
{
    struct desk_clock *desk = *state;

    assert_int_equal(password(desk, "lan", PASSWORD), LT_OK);
    assert_int_equal(pin(desk, "lan", PIN), LT_OK);
    assert_int_equal(password(desk, "lan", PIN), LT_ESIGNIN);
    assert_int_equal(pin(desk, "lan", PASSWORD), LT_ESIGNIN);
    assert_int_equal(password(desk, "lan", ""), LT_ESIGNIN);
    assert_int_equal(password(desk, "nobody", PASSWORD), LT_ESIGNIN);
    assert_int_equal(pin(desk, "nobody", ""), LT_ESIGNIN);
}

/* As keyboards compose it: u with two marks, or one letter. */
static void letters_are_the_same_however_composed(void **state)
{
    struct desk_clock *desk = *state;

    assert_int_equal(
        password(desk, "lan",
                 "ma\xcc\xa3\xcc\x82t kh\xc3\xa2\xcc\x89u c\xe1\xbb\xa7"
                 "a lan"),
        LT_OK);
}

static void nobody_without_a_pin_comes_in_by_pin(void **state)
{
    struct desk_clock *desk = *state;

    clock_person(desk, "an", LT_ROLE_OFFICER, "mật khẩu của an", NULL);
    assert_int_equal(pin(desk, "an", ""), LT_ESIGNIN);
    assert_int_equal(pin(desk, "an", "0000"), LT_ESIGNIN);
}

static void five_wrong_lock_and_the_lock_doubles(void **state)
{
    struct desk_clock *desk = *state;

    for (int i = 0; i < LT_WRONG_MAX; i++) {
        assert_int_equal(pin(desk, "lan", "1379"), LT_ESIGNIN);
    }
    /* the right one is refused as well, and a restart forgets nothing */
    assert_int_equal(pin(desk, "lan", PIN), LT_ELOCKEDOUT);
    clock_restart(desk);
    assert_int_equal(password(desk, "lan", PASSWORD), LT_ELOCKEDOUT);
    desk->wall_ms += LT_LOCKOUT_MS - 1;
    assert_int_equal(password(desk, "lan", PASSWORD), LT_ELOCKEDOUT);
    desk->wall_ms += 1;
    assert_int_equal(pin(desk, "lan", "1379"), LT_ESIGNIN);
    desk->wall_ms += 2 * LT_LOCKOUT_MS - 1;
    assert_int_equal(pin(desk, "lan", PIN), LT_ELOCKEDOUT);
    desk->wall_ms += 1;
    assert_int_equal(pin(desk, "lan", PIN), LT_OK);
    assert_int_equal(pin(desk, "lan", "1379"), LT_ESIGNIN);
    assert_int_equal(pin(desk, "lan", PIN), LT_OK);
}

static void lock_by_a_wrong_clock_does_not_last(void **state)
{
    struct desk_clock *desk = *state;
    int64_t right = desk->wall_ms;

    desk->wall_ms += INT64_C(10) * 365 * 24 * 3600 * 1000;
    for (int i = 0; i < LT_WRONG_MAX; i++) {
        assert_int_equal(pin(desk, "lan", "1379"), LT_ESIGNIN);
    }
    desk->wall_ms = right;
    assert_int_equal(pin(desk, "lan", PIN), LT_OK);
}

static void session_survives_a_restart_and_expires(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_people_session session;
    char token[LT_SESSION_TOKEN_TEXT];

    seat(desk, "lan", token);
    clock_restart(desk);
    assert_int_equal(look(desk, token, &session), LT_OK);
    assert_string_equal(session.person.name, "lan");
    assert_int_equal(session.person.roles, LT_ROLE_LEADER);
    assert_false(session.locked);
    assert_int_equal(session.expires_at_ms, desk->wall_ms + LT_SESSION_LIFE_MS);
    desk->wall_ms += LT_SESSION_LIFE_MS;
    assert_int_equal(look(desk, token, &session), LT_ESESSION);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    assert_int_equal(look(desk, token, &session), LT_ESESSION);
    assert_int_equal(look(desk, "short", &session), LT_ESESSION);
}

static void idle_session_locks_and_its_pin_opens_it(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_people_session session;
    char token[LT_SESSION_TOKEN_TEXT];

    seat(desk, "lan", token);
    desk->wall_ms += LT_SESSION_IDLE_MS - 1;
    assert_int_equal(look(desk, token, &session), LT_OK);
    assert_false(session.locked);
    desk->wall_ms += LT_SESSION_IDLE_MS;
    /* looking alone does not open it */
    assert_int_equal(look(desk, token, &session), LT_OK);
    assert_int_equal(look(desk, token, &session), LT_OK);
    assert_true(session.locked);
    assert_int_equal(
        lt_people_session_unlock(desk->people, token, "9999", &desk->diag),
        LT_ESIGNIN);
    assert_int_equal(
        lt_people_session_unlock(desk->people, token, PIN, &desk->diag), LT_OK);
    assert_int_equal(look(desk, token, &session), LT_OK);
    assert_false(session.locked);
    assert_int_equal(lt_people_session_lock(desk->people, token, &desk->diag),
                     LT_OK);
    assert_int_equal(look(desk, token, &session), LT_OK);
    assert_true(session.locked);
    assert_string_equal(clock_last(desk), "screen_locked");
}

/* A page that polls is nobody at work. */
static void polling_does_not_keep_it_open(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_people_session session;
    char token[LT_SESSION_TOKEN_TEXT];

    seat(desk, "lan", token);
    for (int i = 0; i < 10; i++) {
        desk->wall_ms += LT_SESSION_IDLE_MS / 10;
        assert_int_equal(lt_people_session_look(desk->people, token, false,
                                                &session, &desk->diag),
                         LT_OK);
    }
    assert_true(session.locked);
}

static void another_officer_takes_the_seat(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_people_session session;
    char first[LT_SESSION_TOKEN_TEXT];
    char second[LT_SESSION_TOKEN_TEXT];

    clock_person(desk, "an", LT_ROLE_OFFICER, "mật khẩu của an", "9174");
    seat(desk, "lan", first);
    assert_int_equal(lt_people_session_switch(desk->people, first, "an", "9175",
                                              second, &desk->diag),
                     LT_ESIGNIN);
    assert_int_equal(look(desk, first, &session), LT_OK);
    assert_int_equal(lt_people_session_lock(desk->people, first, &desk->diag),
                     LT_OK);
    assert_int_equal(lt_people_session_switch(desk->people, first, "an", "9174",
                                              second, &desk->diag),
                     LT_OK);
    assert_int_equal(look(desk, first, &session), LT_ESESSION);
    assert_int_equal(look(desk, second, &session), LT_OK);
    assert_string_equal(session.person.name, "an");
    assert_false(session.locked);
    assert_string_equal(clock_last(desk), "officer_switched");
    assert_int_equal(lt_people_session_end(desk->people, second), LT_OK);
    assert_int_equal(look(desk, second, &session), LT_ESESSION);
    assert_int_equal(lt_people_session_end(desk->people, second), LT_OK);
}

static void changes_of_a_person_reach_its_sessions(void **state)
{
    struct desk_clock *desk = *state;
    const struct lt_person_says more = {.roles = LT_ROLE_OFFICER |
                                                 LT_ROLE_INSPECTOR};
    const struct lt_person_says secret = {.password = "một mật khẩu mới"};
    struct lt_people_session session;
    char token[LT_SESSION_TOKEN_TEXT];

    clock_person(desk, "an", LT_ROLE_OFFICER, "mật khẩu của an", "9174");
    seat(desk, "an", token);
    assert_int_equal(lt_people_change(desk->people, "lan", "an", &more,
                                      &desk->told, &desk->diag),
                     LT_OK);
    assert_int_equal(look(desk, token, &session), LT_OK);
    assert_int_equal(session.person.roles, more.roles);
    assert_int_equal(lt_people_change(desk->people, "lan", "an", &secret,
                                      &desk->told, &desk->diag),
                     LT_OK);
    assert_int_equal(look(desk, token, &session), LT_ESESSION);
    assert_int_equal(password(desk, "an", "mật khẩu của an"), LT_ESIGNIN);
    assert_int_equal(password(desk, "an", "một mật khẩu mới"), LT_OK);
    seat(desk, "an", token);
    assert_int_equal(
        lt_people_disable(desk->people, "lan", "an", false, &desk->diag),
        LT_OK);
    assert_int_equal(look(desk, token, &session), LT_ESESSION);
    assert_int_equal(password(desk, "an", "một mật khẩu mới"), LT_ESIGNIN);
    assert_int_equal(pin(desk, "an", "9174"), LT_ESIGNIN);
    assert_int_equal(
        lt_people_session_begin(desk->people, "an", token, &desk->diag),
        LT_ESIGNIN);
}

static void paper_code_renews_once(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_person person;
    char typed[LT_PAPER_TEXT];
    size_t n = 0;

    for (size_t i = 0; i < 19; i++) { /* as somebody types it */
        char c = desk->told.papers[3][i];

        if (c != '-') {
            typed[n++] = c == '0'   ? 'o'
                         : c == '1' ? 'l'
                         : c >= 'A' ? (char)(c - 'A' + 'a')
                                    : c;
        }
    }
    typed[n] = '\0';
    for (int i = 0; i < LT_WRONG_MAX; i++) {
        assert_int_equal(password(desk, "lan", "quên mất rồi"), LT_ESIGNIN);
    }
    assert_int_equal(password(desk, "lan", PASSWORD), LT_ELOCKEDOUT);
    assert_int_equal(lt_people_renew(desk->people, "lan", "0000-0000-0000-0000",
                                     "mật khẩu thứ hai", NULL, &desk->diag),
                     LT_EPAPER);
    assert_string_equal(clock_last(desk), "paper_code_refused");
    /* a password that does not do spends no code */
    assert_int_equal(
        lt_people_renew(desk->people, "lan", typed, "ngắn", NULL, &desk->diag),
        LT_EWEAKSECRET);
    assert_int_equal(lt_people_renew(desk->people, "lan", typed,
                                     "mật khẩu thứ hai", "9753", &desk->diag),
                     LT_OK);
    assert_int_equal(password(desk, "lan", "mật khẩu thứ hai"), LT_OK);
    assert_int_equal(pin(desk, "lan", "9753"), LT_OK);
    assert_int_equal(lt_people_renew(desk->people, "lan", typed,
                                     "mật khẩu thứ ba", NULL, &desk->diag),
                     LT_EPAPER);
    assert_int_equal(lt_people_find(desk->people, "lan", &person, &desk->diag),
                     LT_OK);
    assert_int_equal(person.papers_left, LT_PAPERS - 1);
    /* new ones void the old */
    strcpy(typed, desk->told.papers[4]);
    assert_int_equal(
        lt_people_papers(desk->people, "lan", &desk->told, &desk->diag), LT_OK);
    assert_int_equal(lt_people_renew(desk->people, "lan", typed,
                                     "mật khẩu thứ ba", NULL, &desk->diag),
                     LT_EPAPER);
}

static void wrong_codes_do_not_fill_the_audit(void **state)
{
    struct desk_clock *desk = *state;
    struct lt_audit_record records[64];
    size_t n = 0;

    for (int i = 0; i < 20; i++) {
        assert_int_equal(lt_people_renew(desk->people, "lan", "none", PASSWORD,
                                         NULL, &desk->diag),
                         LT_EPAPER);
        desk->wall_ms += 5000;
    }
    assert_int_equal(lt_audit_read(desk->people, 1, records, 64, &n), LT_OK);
    assert_in_range(n, 2, 4);
}

/* As the telephone reads it. */
static void read_base32(const char *text,
                        uint8_t out_secret[static LT_TOTP_SECRET_LEN])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    memset(out_secret, 0, LT_TOTP_SECRET_LEN);
    for (size_t i = 0; i < 32; i++) {
        unsigned value = (unsigned)(strchr(letters, text[i]) - letters);

        for (size_t b = 0; b < 5; b++) {
            size_t bit = i * 5 + b;

            if ((value >> (4 - b) & 1) != 0) {
                out_secret[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
            }
        }
    }
}

static void operator_needs_the_code_of_now(void **state)
{
    struct desk_clock *desk = *state;
    uint8_t secret[LT_TOTP_SECRET_LEN] = {0};
    struct lt_person person;
    uint32_t code;
    char text[8];

    clock_person(desk, "may", LT_ROLE_OPERATOR, "mật khẩu của máy", "9174");
    read_base32(desk->told.totp, secret);
    assert_int_equal(password(desk, "may", "mật khẩu của máy"), LT_ETOTP);
    assert_int_equal(pin(desk, "may", "9174"), LT_ESIGNIN);
    assert_int_equal(lt_totp_code(secret, sizeof(secret),
                                  (uint64_t)(desk->wall_ms / LT_TOTP_STEP_MS),
                                  6, &code),
                     LT_OK);
    (void)snprintf(text, sizeof(text), "%06u", (unsigned)code);
    assert_int_equal(lt_people_check(desk->people, "may", "mật khẩu của máy",
                                     text, &person, &desk->diag),
                     LT_OK);
    /* once */
    assert_int_equal(lt_people_check(desk->people, "may", "mật khẩu của máy",
                                     text, &person, &desk->diag),
                     LT_ETOTP);
    desk->wall_ms += 4 * (int64_t)LT_TOTP_STEP_MS;
    assert_int_equal(lt_people_check(desk->people, "may", "mật khẩu của máy",
                                     text, &person, &desk->diag),
                     LT_ETOTP);
}

/* A leader has a code for whole books alone: the desk's PIN goes on. */
static void code_for_books_leaves_the_desk_as_it_is(void **state)
{
    struct desk_clock *desk = *state;
    const struct lt_person_says says = {.new_totp = true};
    uint8_t secret[LT_TOTP_SECRET_LEN];
    struct lt_person person;
    uint32_t code;
    char text[8];

    assert_int_equal(
        lt_people_check_code(desk->people, "lan", "000000", &desk->diag),
        LT_ENOTOTP);
    assert_int_equal(lt_people_change(desk->people, "lan", "lan", &says,
                                      &desk->told, &desk->diag),
                     LT_OK);
    read_base32(desk->told.totp, secret);
    assert_int_equal(lt_people_check(desk->people, "lan", PASSWORD, NULL,
                                     &person, &desk->diag),
                     LT_OK);
    assert_true(person.has_totp);
    assert_int_equal(
        lt_people_check_code(desk->people, "lan", "", &desk->diag), LT_ETOTP);
    assert_int_equal(lt_totp_code(secret, sizeof(secret),
                                  (uint64_t)(desk->wall_ms / LT_TOTP_STEP_MS),
                                  6, &code),
                     LT_OK);
    (void)snprintf(text, sizeof(text), "%06u", (unsigned)code);
    assert_int_equal(
        lt_people_check_code(desk->people, "lan", text, &desk->diag), LT_OK);
    assert_int_equal(
        lt_people_check_code(desk->people, "lan", text, &desk->diag), LT_ETOTP);
    /* Guessed codes lock out as guessed passwords do. */
    for (int i = 0; i < LT_WRONG_MAX; i++) {
        (void)!lt_people_check_code(desk->people, "lan", "000000", &desk->diag);
    }
    assert_int_equal(
        lt_people_check_code(desk->people, "lan", "000000", &desk->diag),
        LT_ELOCKEDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
        TEST(right_secret_and_no_other),
        TEST(letters_are_the_same_however_composed),
        TEST(nobody_without_a_pin_comes_in_by_pin),
        TEST(five_wrong_lock_and_the_lock_doubles),
        TEST(lock_by_a_wrong_clock_does_not_last),
        TEST(session_survives_a_restart_and_expires),
        TEST(idle_session_locks_and_its_pin_opens_it),
        TEST(polling_does_not_keep_it_open),
        TEST(another_officer_takes_the_seat),
        TEST(changes_of_a_person_reach_its_sessions),
        TEST(paper_code_renews_once),
        TEST(wrong_codes_do_not_fill_the_audit),
        TEST(operator_needs_the_code_of_now),
        TEST(code_for_books_leaves_the_desk_as_it_is),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
