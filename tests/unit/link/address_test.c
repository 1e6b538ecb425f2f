#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/link/address.h"

static void check(const char *text, bool listening, const char *endpoint)
{
    struct lt_address address;
    char got[LT_ENDPOINT_MAX];

    assert_int_equal(lt_address_parse(text, listening, &address, NULL), LT_OK);
    lt_address_endpoint(&address, got);
    assert_string_equal(got, endpoint);
}

static void addresses_become_endpoints(void **state)
{
    (void)state;
    check("192.0.2.7:7441", false, "tcp://192.0.2.7:7441");
    check("[2001:db8::1]:7441", false, "tcp://[2001:db8::1]:7441");
    check("[fe80::1%eth0]:1", false, "tcp://[fe80::1%eth0]:1");
    check("parent.example:65535", false, "tcp://parent.example:65535");
    check("127.0.0.1:0", true, "tcp://127.0.0.1:*");
    check("[::]:0", true, "tcp://[::]:*");
    check("*:7441", true, "tcp://0.0.0.0:7441");
}

static void only_names_have_to_be_looked_up(void **state)
{
    struct lt_address address;

    (void)state;
    assert_int_equal(lt_address_parse("a-b.example:1", false, &address, NULL),
                     LT_OK);
    assert_true(address.name);
    assert_int_equal(lt_address_parse("[::1]:1", false, &address, NULL), LT_OK);
    assert_false(address.name);
    assert_true(address.v6);
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      ":",
                                      ":7441",
                                      "host",
                                      "host:",
                                      "host:65536",
                                      "host:-1",
                                      "host:+1",
                                      "host: 1",
                                      "host:1 ",
                                      "host:123456",
                                      "host:0",
                                      "*:7441",
                                      "::1:7441",
                                      "[::1]",
                                      "[::1:7441",
                                      "[]:1",
                                      "[host]:1",
                                      "[::1%]:1",
                                      "[::1]x:1",
                                      "ho st:1",
                                      "host/path:1",
                                      "tcp://host:1",
                                      "-host:1",
                                      ".host:1",
                                      "10.0.0.256:1",
                                      "host;rm:1",
                                      "h\xc3\xb4st:1"};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        struct lt_address address = {.port = 7};
        struct lt_diag diag = {.code = LT_OK};

        assert_int_equal(lt_address_parse(bad[i], false, &address, &diag),
                         LT_ECONFIG);
        assert_int_equal(diag.code, LT_ECONFIG);
        assert_string_equal(diag.args[0].value, bad[i]);
        assert_int_equal(address.port, 7);
    }
}

static void a_host_has_a_bound(void **state)
{
    char text[400];
    struct lt_address address;

    (void)state;
    memset(text, 'a', sizeof(text));
    memcpy(text + 253, ":7441", 6);
    assert_int_equal(lt_address_parse(text, false, &address, NULL), LT_OK);
    memset(text, 'a', sizeof(text));
    memcpy(text + 254, ":7441", 6);
    assert_int_equal(lt_address_parse(text, false, &address, NULL), LT_ECONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_become_endpoints),
        cmocka_unit_test(only_names_have_to_be_looked_up),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_host_has_a_bound),
    };

    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
