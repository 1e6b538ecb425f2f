/* Heads that two readers could read differently are no requests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/http/sane.h"

struct head {
    struct lt_sane sane;
    struct lt_sane_header headers[LT_SANE_HEADERS_MAX + 1];
};

static void put(struct head *head, const char *name, const char *value)
{
    head->headers[head->sane.headers_n++] =
        (struct lt_sane_header){.name = name, .value = value};
}

static struct head *plain(struct head *head, bool may_have_body)
{
    memset(head, 0, sizeof(*head));
    head->sane = (struct lt_sane){.may_have_body = may_have_body,
                                  .minor = 1,
                                  .target = "/api/v1/cases?open=1",
                                  .headers = head->headers};
    put(head, "Host", "127.0.0.1:7443");
    return head;
}

static int with(bool may_have_body, const char *name, const char *value)
{
    struct head head;

    put(plain(&head, may_have_body), name, value);
    return lt_sane_check(&head.sane);
}

static int with_two(const char *name, const char *one, const char *other)
{
    struct head head;

    put(plain(&head, true), name, one);
    put(&head, name, other);
    return lt_sane_check(&head.sane);
}

static void plain_request_is_taken(void **state)
{
    struct head head;

    (void)state;
    assert_int_equal(lt_sane_check(&plain(&head, false)->sane), 0);
    assert_int_equal(with(true, "Content-Length", "17"), 0);
    assert_int_equal(with(false, "Content-Length", "0"), 0);
    assert_int_equal(with(true, "Expect", "100-continue"), 0);
    assert_int_equal(with(false, "X-Anything", "Thử\ttab"), 0);
}

static void one_host_and_a_real_one(void **state)
{
    static const char *const bad[] = {"", "a b", "a/b", "a@b", "a,b", "a\\b"};
    struct head head;

    (void)state;
    plain(&head, false)->sane.headers_n = 0;
    assert_int_equal(lt_sane_check(&head.sane), 400);
    head.sane.minor = 0; /* HTTP/1.0 may do without */
    assert_int_equal(lt_sane_check(&head.sane), 0);
    put(plain(&head, false), "HOST", "other");
    assert_int_equal(lt_sane_check(&head.sane), 400);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        plain(&head, false);
        head.headers[0].value = bad[i];
        assert_int_equal(lt_sane_check(&head.sane), 400);
    }
    plain(&head, false);
    head.headers[0].value = "[::1]:7443";
    assert_int_equal(lt_sane_check(&head.sane), 0);
}

static void length_is_said_once_and_in_digits(void **state)
{
    static const char *const bad[] = {"",    "-1", "+1",  "1 ", "0x10",
                                      "1,1", "1.", "²", "1234567890"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(with(true, "Content-Length", bad[i]), 400);
    }
    assert_int_equal(with_two("Content-Length", "5", "5"), 400);
    assert_int_equal(with(false, "Content-Length", "5"), 400);
}

static void transfer_encoding_is_never_followed(void **state)
{
    struct head head;

    (void)state;
    assert_int_equal(with(true, "Transfer-Encoding", "chunked"), 411);
    assert_int_equal(with(false, "Transfer-Encoding", "chunked"), 400);
    assert_int_equal(with(true, "Transfer-Encoding", "gzip, chunked"), 400);
    assert_int_equal(with(true, "Transfer-Encoding", "chunked "), 400);
    assert_int_equal(with_two("Transfer-Encoding", "chunked", "chunked"), 400);
    put(plain(&head, true), "Content-Length", "5");
    put(&head, "Transfer-Encoding", "chunked");
    assert_int_equal(lt_sane_check(&head.sane), 400);
}

static void names_and_values_have_no_other_bytes(void **state)
{
    static const char *const names[] = {"", "a b", "a:", "a\x01", "Tên", "(a)"};
    static const char *const values[] = {"a\rb", "a\nb", "a\x01", "a\x7f"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(with(false, names[i], "x"), 400);
    }
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        assert_int_equal(with(false, "X-Anything", values[i]), 400);
    }
}

static void what_decides_who_asks_is_there_once(void **state)
{
    static const char *const once[] = {
        "Cookie",       "Origin",          "Content-Type", "X-Lienthong",
        "If-None-Match", "Idempotency-Key", "Last-Event-ID", "Sec-Fetch-Site",
        "Authorization", "X-Lienthong-Person"};

    (void)state;
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
        assert_int_equal(with(true, once[i], "a"), 0);
        assert_int_equal(with_two(once[i], "a", "a"), 400);
    }
    assert_int_equal(with_two("Accept", "a", "b"), 0);
}

static void target_is_a_path_of_plain_bytes(void **state)
{
    static const char *const bad[] = {
        "http://x/", "*",     "",      "api",  "/a b",  "/a\\b", "/a\"b",
        "/<b",       "/b>",   "/a#b",  "/\x01", "/\x7f", "/\xc3\xa9", "/a%00b"};
    static char longest[4200];
    struct head head;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        plain(&head, false)->sane.target = bad[i];
        assert_int_equal(lt_sane_check(&head.sane), 400);
    }
    plain(&head, false)->sane.target = NULL;
    assert_int_equal(lt_sane_check(&head.sane), 400);
    memset(longest, 'a', 4097);
    longest[0] = '/';
    plain(&head, false)->sane.target = longest;
    assert_int_equal(lt_sane_check(&head.sane), 414);
    longest[4096] = '\0';
    assert_int_equal(lt_sane_check(&head.sane), 0);
}

static void too_many_headers_have_a_status_of_their_own(void **state)
{
    struct head head;

    (void)state;
    plain(&head, false);
    while (head.sane.headers_n < LT_SANE_HEADERS_MAX) {
        put(&head, "X-Anything", "a");
    }
    assert_int_equal(lt_sane_check(&head.sane), 0);
    put(&head, "X-Anything", "a");
    assert_int_equal(lt_sane_check(&head.sane), 431);
    assert_int_equal(with(true, "Expect", "the moon"), 417);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_request_is_taken),
        cmocka_unit_test(one_host_and_a_real_one),
        cmocka_unit_test(length_is_said_once_and_in_digits),
        cmocka_unit_test(transfer_encoding_is_never_followed),
        cmocka_unit_test(names_and_values_have_no_other_bytes),
        cmocka_unit_test(what_decides_who_asks_is_there_once),
        cmocka_unit_test(target_is_a_path_of_plain_bytes),
        cmocka_unit_test(too_many_headers_have_a_status_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
