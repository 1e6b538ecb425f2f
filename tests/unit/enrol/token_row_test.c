#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "daemon/enrol/token_row.h"

static void a_row_comes_back_as_it_was(void **state)
{
    struct lt_token_row row = {.secret = {1, 2},
                               .office = {{3, 4}},
                               .name = "Xã Tân Hội",
                               .kind = "commune",
                               .code = "25471",
                               .expires_at_ms = 1795241915123,
                               .used_at_ms = 1795241915124,
                               .used_by = {5, 6}};
    struct lt_token_row back;
    struct lt_buf buf;
    size_t len;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_token_row_encode(&row, &buf), LT_OK);
    assert_int_equal(lt_token_row_decode(buf.data, buf.len, &back), LT_OK);
    assert_memory_equal(back.secret, row.secret, sizeof(row.secret));
    assert_memory_equal(back.used_by, row.used_by, sizeof(row.used_by));
    assert_true(lt_office_equal(&back.office, &row.office));
    assert_string_equal(back.name, row.name);
    assert_string_equal(back.kind, row.kind);
    assert_string_equal(back.code, row.code);
    assert_int_equal(back.expires_at_ms, row.expires_at_ms);
    assert_int_equal(back.used_at_ms, row.used_at_ms);
    for (len = 0; len < buf.len; len++) {
        assert_int_equal(lt_token_row_decode(buf.data, len, &back),
                         LT_EMALFORMED);
    }
    buf.data[0] = 2; /* a version that nobody has written yet */
    assert_int_equal(lt_token_row_decode(buf.data, buf.len, &back),
                     LT_EMALFORMED);
    lt_buf_deinit(&buf);
}

static void the_key_is_the_id_in_hex(void **state)
{
    static const uint8_t id[LT_TOKEN_ID_LEN] = {0xAB, 0x01};
    char key[LT_TOKEN_ROW_KEY];

    (void)state;
    lt_token_row_key(id, key);
    assert_string_equal(key, "token/ab010000000000000000000000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_comes_back_as_it_was),
        cmocka_unit_test(the_key_is_the_id_in_hex)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
