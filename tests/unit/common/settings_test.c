/* Settings: one table, values read with their units and bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/message.h"
#include "common/settings.h"

static int64_t good(enum lt_setting setting, const char *text)
{
    int64_t number = -1;

    assert_int_equal(lt_setting_read(setting, text, &number, NULL), LT_OK);
    return number;
}

static void bad(enum lt_setting setting, const char *text)
{
    struct lt_diag diag;
    int64_t number = -77;

    if (lt_setting_read(setting, text, &number, &diag) != LT_ECONFIG) {
        fail_msg("'%s' was taken", text);
    }
    assert_int_equal(number, -77);
    assert_int_equal(diag.code, LT_ECONFIG);
    assert_string_equal(diag.args[0].key, "key");
    assert_string_equal(diag.args[0].value, lt_setting_info(setting)->key);
}

static void every_row_is_whole_and_its_default_is_allowed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        enum lt_setting setting = (enum lt_setting)i;
        enum lt_setting found;
        const struct lt_setting_info *info = lt_setting_info(setting);

        assert_true(lt_setting_find(info->key, &found));
        assert_int_equal(found, setting);
        assert_true(strlen(info->text[LT_LANG_VI]) > 10);
        assert_true(strlen(info->text[LT_LANG_EN]) > 10);
        assert_true(info->min <= info->max);
        if (info->type != LT_TYPE_ADDRESSES || info->default_text[0] != '\0') {
            (void)good(setting, info->default_text);
        }
    }
}

static void sizes_and_durations_have_units(void **state)
{
    (void)state;
    assert_int_equal(good(LT_SET_WAL_MAX_BYTES, "64M"), 67108864);
    assert_int_equal(good(LT_SET_WAL_MAX_BYTES, "2048K"), 2097152);
    assert_int_equal(good(LT_SET_WAL_MAX_BYTES, "1048576"), 1048576);
    assert_int_equal(good(LT_SET_HANDSHAKE, "1500ms"), 1500);
    assert_int_equal(good(LT_SET_HANDSHAKE, "5s"), 5000);
    assert_int_equal(good(LT_SET_STATEMENT_INTERVAL, "15m"), 900000);
    assert_int_equal(good(LT_SET_STATEMENT_INTERVAL, "1d"), 86400000);
    bad(LT_SET_HANDSHAKE, "5");
    bad(LT_SET_HANDSHAKE, "5 s");
    bad(LT_SET_HANDSHAKE, "s");
    bad(LT_SET_WAL_MAX_BYTES, "64MB");
    bad(LT_SET_WAL_MAX_BYTES, "-1");
    bad(LT_SET_WAL_MAX_BYTES, "0x100000");
    bad(LT_SET_WAL_MAX_BYTES, "1e9");
    bad(LT_SET_LOG_MAX_BYTES, "999999999999999999G"); /* overflows */
}

static void ranges_include_their_ends(void **state)
{
    (void)state;
    assert_int_equal(good(LT_SET_URGENT_PER_HOUR, "1"), 1);
    assert_int_equal(good(LT_SET_URGENT_PER_HOUR, "100000"), 100000);
    bad(LT_SET_URGENT_PER_HOUR, "0");
    bad(LT_SET_URGENT_PER_HOUR, "100001");
    bad(LT_SET_URGENT_PER_HOUR, "");
}

static void a_choice_is_its_index(void **state)
{
    (void)state;
    assert_int_equal(good(LT_SET_NOTES, "text"), 0);
    assert_int_equal(good(LT_SET_NOTES, "json"), 1);
    bad(LT_SET_NOTES, "xml");
    bad(LT_SET_NOTES, "tex");
    bad(LT_SET_NOTES, "");
    bad(LT_SET_NOTES, "text|json");
}

static void offices_are_whole_ids_or_nothing(void **state)
{
    (void)state;
    (void)good(LT_SET_SUPERIOR_OFFICE, "");
    (void)good(LT_SET_SUPERIOR_OFFICE, "00112233445566778899aabbccddeeff");
    bad(LT_SET_SUPERIOR_OFFICE, "00112233");
    bad(LT_SET_LOG_VFS, "\xff");
}

static void addresses_split_into_host_and_port(void **state)
{
    static const char *const wrong[] = {
        "",          "7441",          "host",       "host:",
        ":7441",     "host:65536",    "host:74411", "::1:7441",
        "[::1]",     "[::1]:",        "[]:1",       "ho st:1",
        "tcp://h:1", "host:1;evil:2", "[host]:1",   "host:-1"};
    char host[LT_HOST_TEXT] = "kept";
    uint16_t port = 7;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        if (lt_address_split(wrong[i], host, &port)) {
            fail_msg("'%s' was taken", wrong[i]);
        }
        assert_string_equal(host, "kept");
        assert_int_equal(port, 7);
    }
    assert_true(lt_address_split("127.0.0.1:0", host, &port));
    assert_string_equal(host, "127.0.0.1");
    assert_int_equal(port, 0);
    assert_true(lt_address_split("[fe80::1%eth0]:7441", host, &port) == false);
    assert_true(lt_address_split("[2001:db8::1]:65535", host, &port));
    assert_string_equal(host, "2001:db8::1");
    assert_int_equal(port, 65535);
    assert_true(lt_address_split("tinh.tayninh.gov.vn:7441", host, &port));
    assert_string_equal(host, "tinh.tayninh.gov.vn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole_and_its_default_is_allowed),
        cmocka_unit_test(sizes_and_durations_have_units),
        cmocka_unit_test(ranges_include_their_ends),
        cmocka_unit_test(a_choice_is_its_index),
        cmocka_unit_test(offices_are_whole_ids_or_nothing),
        cmocka_unit_test(addresses_split_into_host_and_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
