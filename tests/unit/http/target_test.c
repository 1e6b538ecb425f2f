/* Path and query, taken apart: once, and in one way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/http/target.h"

static struct lt_target target;

static bool good(const char *text)
{
    return lt_target_parse(text, &target);
}

static void segments_and_pairs_are_decoded(void **state)
{
    (void)state;
    assert_true(good("/api/v1/cases/a%3A1?office=X%C3%A3+M%E1%BB%99t&open=1&x"));
    assert_int_equal(target.segments_n, 4);
    assert_string_equal(target.segments[3], "a:1");
    assert_int_equal(target.pairs_n, 3);
    assert_string_equal(lt_target_query(&target, "office"), "Xã Một");
    assert_string_equal(lt_target_query(&target, "x"), "");
    assert_null(lt_target_query(&target, "y"));
    assert_true(good("/a+b")); /* a blank in the query alone */
    assert_string_equal(target.segments[0], "a+b");
}

static void the_root_has_no_segment(void **state)
{
    (void)state;
    assert_true(good("/"));
    assert_int_equal(target.segments_n, 0);
    assert_true(good("/?a=1"));
    assert_int_equal(target.pairs_n, 1);
}

static void a_path_leads_nowhere_else(void **state)
{
    static const char *const bad[] = {
        "",      "a",      "/..",       "/a/..",    "/a/./b", "/%2e%2e/x",
        "/a//b", "/a/",    "//",        "/a%2fb",   "/a%5cb", "/%2E",
        "/a%",   "/a%4",   "/a%zz",     "/a%0ab",   "/a%7f",  "/%c3",
        "/a?%",  "/a?b=%g", "/a?=1",    "/a?a&&b",  "/%c0%af", "/a%00"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (good(bad[i])) {
            fail_msg("%s was taken", bad[i]);
        }
    }
}

static void more_than_there_is_room_for_is_refused(void **state)
{
    static char text[LT_TARGET_BYTES + 8];
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < LT_TARGET_SEGMENTS_MAX; i++) {
        text[at++] = '/';
        text[at++] = 'a';
    }
    text[at] = '\0';
    assert_true(good(text));
    strcat(text, "/a");
    assert_false(good(text));
    at = 0;
    text[at++] = '/';
    text[at++] = '?';
    for (size_t i = 0; i < LT_TARGET_PAIRS_MAX; i++) {
        text[at++] = 'a';
        text[at++] = '&';
    }
    text[at - 1] = '\0';
    assert_true(good(text));
    strcat(text, "&a");
    assert_false(good(text));
    memset(text, 'a', sizeof(text) - 1);
    text[0] = '/';
    assert_false(good(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_and_pairs_are_decoded),
        cmocka_unit_test(the_root_has_no_segment),
        cmocka_unit_test(a_path_leads_nowhere_else),
        cmocka_unit_test(more_than_there_is_room_for_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
