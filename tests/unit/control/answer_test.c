#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "daemon/control/answer.h"

static json_t *read_back(const struct lt_buf *buf)
{
    json_t *json = json_loadb((const char *)buf->data, buf->len,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

    assert_non_null(json);
    return json;
}

static const char *word(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    assert_non_null(text);
    return text;
}

/* Every byte that can stand in a text comes back as it was. */
static void strings_survive(void **state)
{
    static const char text[] = "a\"b\\c\n\t\x01\x7F\xC3\xA9\xE1\xBB\x9D/z";
    struct lt_buf buf;
    json_t *json;
    json_error_t error;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    assert_true(lt_json_quote(&buf, text, sizeof(text) - 1));
    json = json_loadb((const char *)buf.data, buf.len,
                      JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    assert_non_null(json);
    assert_int_equal(json_string_length(json), sizeof(text) - 1);
    assert_memory_equal(json_string_value(json), text, sizeof(text) - 1);
    json_decref(json);

    lt_buf_reset(&buf);
    assert_true(lt_json_quote(&buf, "\xFFz", 2));
    assert_int_equal(buf.len, 6);
    assert_memory_equal(buf.data, "\"\xEF\xBF\xBDz\"", 6);
    lt_buf_deinit(&buf);
}

static void a_written_answer_has_the_fields_of_the_page(void **state)
{
    static const uint8_t request[LT_REQUEST_LEN] = {1, 2, 3};
    static const uint8_t hash[LT_HASH_LEN] = {9};
    struct lt_written written = {.event = {.epoch = 1, .count = 5},
                                 .matter = {.epoch = 1, .count = 2},
                                 .hash = hash,
                                 .committed_at_ms = 1795241915123,
                                 .request_id = request,
                                 .with_receipt = true};
    struct lt_buf buf;
    json_t *json;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    assert_true(lt_answer_written(&buf, &written));
    json = read_back(&buf);
    assert_int_equal(json_object_size(json), 6);
    assert_string_equal(word(json, "event"), "00000000000000000000000000000000:"
                                             "0000000000000001:5");
    assert_string_equal(word(json, "id"), "00000000000000000000000000000000:"
                                          "0000000000000001:2");
    assert_string_equal(word(json, "request_id"),
                        "01020300-0000-0000-0000-000000000000");
    assert_string_equal(word(json, "committed_at"), "2026-11-21T06:18:35.123Z");
    assert_int_equal(strlen(word(json, "receipt_code")), 21);
    assert_true(json_is_false(json_object_get(json, "repeated")));
    json_decref(json);
    lt_buf_deinit(&buf);
}

static void an_error_speaks_the_clients_language(void **state)
{
    struct lt_diag diag;
    struct lt_buf buf;
    json_t *answer;
    const json_t *vi;
    const json_t *en;

    (void)state;
    lt_diag_set(&diag, LT_ESTATE);
    lt_diag_arg(&diag, "what", "%s", "case \"1\"");
    lt_diag_arg(&diag, "reason", "%s", "ui_why_closed");
    lt_buf_init(&buf, lt_alloc_heap());
    assert_true(lt_answer_error(&buf, LT_LANG_VI, &diag, NULL, false));
    answer = read_back(&buf);
    vi = json_object_get(answer, "error");
    assert_string_equal(word(vi, "code"), "step_refused");
    assert_string_equal(word(vi, "outcome"), "none");
    assert_true(json_is_null(json_object_get(vi, "request_id")));
    assert_non_null(strstr(word(vi, "text"), "đã kết thúc"));
    json_decref(answer);
    lt_buf_reset(&buf);
    assert_true(lt_answer_error(&buf, LT_LANG_EN, &diag,
                                (const uint8_t[LT_REQUEST_LEN]){0}, true));
    answer = read_back(&buf);
    en = json_object_get(answer, "error");
    assert_non_null(strstr(word(en, "text"), "it is closed"));
    assert_string_equal(word(en, "outcome"), "unknown");
    assert_int_equal(strlen(word(en, "request_id")), 36);
    json_decref(answer);
    lt_buf_deinit(&buf);
}

/* Bounds stand in the sentence, once, and things by their names. */
static void a_reason_is_filled_and_its_arguments_told_once(void **state)
{
    struct lt_diag diag;
    struct lt_buf buf;
    json_t *answer;

    (void)state;
    lt_diag_set(&diag, LT_EINVAL);
    lt_diag_arg(&diag, "what", "%s", "--people");
    lt_diag_arg(&diag, "reason", "%s", "ui_why_not_in_range");
    lt_diag_arg(&diag, "min", "%d", 1);
    lt_diag_arg(&diag, "max", "%d", 100000);
    lt_buf_init(&buf, lt_alloc_heap());
    assert_true(lt_answer_error(&buf, LT_LANG_EN, &diag, NULL, false));
    answer = read_back(&buf);
    assert_string_equal(word(json_object_get(answer, "error"), "text"),
                        "a value is not valid: --people (it must be a number "
                        "from 1 to 100000)");
    json_decref(answer);

    lt_diag_set(&diag, LT_EPERM);
    lt_diag_arg(&diag, "what", "%s", "case");
    lt_diag_arg(&diag, "reason", "%s", "ui_why_not_custodian");
    lt_diag_arg(&diag, "holder", "%s", "Tân Bình");
    lt_buf_reset(&buf);
    assert_true(lt_answer_error(&buf, LT_LANG_EN, &diag, NULL, false));
    answer = read_back(&buf);
    assert_string_equal(word(json_object_get(answer, "error"), "text"),
                        "not permitted: the case (this office is not its "
                        "custodian, Tân Bình is)");
    json_decref(answer);
    lt_buf_deinit(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_survive),
        cmocka_unit_test(a_written_answer_has_the_fields_of_the_page),
        cmocka_unit_test(an_error_speaks_the_clients_language),
        cmocka_unit_test(a_reason_is_filled_and_its_arguments_told_once)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
