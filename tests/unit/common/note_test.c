/* Notes: one line each, in the chosen form, never moved by a stranger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/note.h"

/* A clock that a test moves, and a pipe that catches the lines. */
static struct lt_now clock_now;

static void test_now(void *ctx, struct lt_now *out_now)
{
    (void)ctx;
    *out_now = clock_now;
}

static const struct lt_sys test_sys = {.now = test_now};
static int ends[2];
static char caught[65536];

static void begin(enum lt_note_form form)
{
    assert_int_equal(pipe(ends), 0);
    clock_now = (struct lt_now){1000, INT64_C(1795241915123)};
    lt_note_start(ends[1], form, LT_LANG_EN, &test_sys);
}

static const char *end(void)
{
    ssize_t len;

    (void)close(ends[1]);
    len = read(ends[0], caught, sizeof(caught) - 1);
    assert_true(len >= 0);
    caught[len] = '\0';
    (void)close(ends[0]);
    lt_note_start(STDERR_FILENO, LT_NOTE_TEXT, LT_LANG_VI, NULL);
    return caught;
}

static size_t lines_with(const char *text, const char *what)
{
    size_t n = 0;

    while ((text = strstr(text, what)) != NULL) {
        n++;
        text += strlen(what);
    }
    return n;
}

static void a_line_has_level_code_text_and_arguments(void **state)
{
    struct lt_diag diag;

    (void)state;
    begin(LT_NOTE_TEXT);
    (void)lt_diag_set(&diag, LT_NREADY);
    lt_diag_arg(&diag, "links", "127.0.0.1:7441");
    lt_diag_arg(&diag, "name", "Xã A \"cũ\"");
    lt_note(&diag);
    assert_string_equal(end(),
                        "<6>ready ready, listening on 127.0.0.1:7441 "
                        "links=127.0.0.1:7441 name=\"Xã A \\\"cũ\\\"\"\n");
}

static void severity_becomes_the_level_of_syslog(void **state)
{
    char line[LT_NOTE_MAX];
    struct lt_diag diag;

    (void)state;
    (void)lt_diag_set(&diag, LT_EIO);
    (void)lt_note_format(&diag, LT_NOTE_TEXT, LT_LANG_VI, 0, line);
    assert_memory_equal(line, "<2>disk_io_error Lỗi", 21);
    (void)lt_diag_set(&diag, LT_ABRANCHES);
    (void)lt_note_format(&diag, LT_NOTE_TEXT, LT_LANG_VI, 0, line);
    assert_memory_equal(line, "<4>branches ", 12);
    (void)lt_diag_set(&diag, LT_EBUSY);
    (void)lt_note_format(&diag, LT_NOTE_TEXT, LT_LANG_VI, 0, line);
    assert_memory_equal(line, "<3>busy ", 8);
}

static void json_is_one_object_a_line(void **state)
{
    struct lt_diag diag;
    json_t *object;

    (void)state;
    begin(LT_NOTE_JSON);
    (void)lt_diag_set(&diag, LT_NLINKDOWN);
    lt_diag_arg(&diag, "office", "a\"b\\c\n\x01\xff");
    lt_diag_arg(&diag, "code", "%s", "bye");
    lt_note(&diag);
    object = json_loads(end(), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "time")),
                        "2026-11-21T06:18:35.123Z");
    assert_string_equal(json_string_value(json_object_get(object, "level")),
                        "info");
    assert_string_equal(json_string_value(json_object_get(object, "code")),
                        "link_down");
    assert_string_equal(json_string_value(json_object_get(object, "arg_code")),
                        "bye");
    assert_string_equal(json_string_value(json_object_get(object, "office")),
                        "a\"b\\c\\x0a\\x01\\xff");
    assert_int_equal(lines_with(caught, "\n"), 1);
    json_decref(object);
}

static void the_longest_note_is_still_one_whole_line(void **state)
{
    char line[LT_NOTE_MAX];
    struct lt_diag diag;

    (void)state;
    (void)lt_diag_set(&diag, LT_NLINKDOWN);
    for (int i = 0; i < LT_DIAG_ARGS_MAX; i++) {
        char value[LT_DIAG_VALUE_MAX];

        memset(value, i % 2 == 0 ? '\\' : '\n', sizeof(value) - 1);
        value[sizeof(value) - 1] = '\0';
        lt_diag_arg(&diag, i == 0 ? "office" : "other", "%s", value);
    }
    for (int form = LT_NOTE_TEXT; form <= LT_NOTE_JSON; form++) {
        size_t len =
            lt_note_format(&diag, (enum lt_note_form)form, LT_LANG_EN, 0, line);
        json_t *object;

        assert_true(len <= LT_NOTE_MAX);
        assert_ptr_equal(memchr(line, '\n', len), line + len - 1);
        if (form == LT_NOTE_JSON) {
            object = json_loadb(line, len, 0, NULL);
            assert_non_null(object);
            json_decref(object);
        }
    }
}

static void a_stranger_cannot_begin_a_line(void **state)
{
    struct lt_diag diag;

    (void)state;
    begin(LT_NOTE_TEXT);
    (void)lt_diag_set(&diag, LT_NLINKUP);
    lt_diag_arg(&diag, "office", "x\n<2>disk_full\r\x1b[31m");
    lt_note(&diag);
    (void)end();
    assert_int_equal(lines_with(caught, "\n"), 1);
    assert_null(strchr(caught, '\r'));
    assert_null(strchr(caught, '\x1b'));
}

/* Whatever the arguments: they come from whoever is knocking. */
static void repeats_are_counted_and_told_once_the_window_is_over(void **state)
{
    struct lt_diag diag;

    (void)state;
    begin(LT_NOTE_TEXT);
    for (int i = 0; i < 500; i++) {
        (void)lt_diag_set(&diag, LT_AUNKNOWNPEER);
        lt_diag_arg(&diag, "address", "10.0.0.%d", i);
        lt_note(&diag);
    }
    (void)lt_diag_set(&diag, LT_NREADY);
    lt_note(&diag); /* another code is not held back */
    clock_now.mono_ms += LT_NOTE_WINDOW_MS;
    lt_note_flush(false);
    lt_note_flush(true); /* nothing is told twice */
    (void)end();
    assert_int_equal(lines_with(caught, "unknown_peer_refused an"),
                     LT_NOTE_BURST);
    assert_int_equal(lines_with(caught, "<6>ready"), 1);
    assert_int_equal(
        lines_with(caught, "code=unknown_peer_refused count=480\n"), 1);
}

static void after_the_window_the_code_is_written_again(void **state)
{
    struct lt_diag diag;

    (void)state;
    begin(LT_NOTE_TEXT);
    (void)lt_diag_set(&diag, LT_NSTOPPING);
    for (int i = 0; i < LT_NOTE_BURST + 5; i++) {
        lt_note(&diag);
    }
    clock_now.mono_ms += LT_NOTE_WINDOW_MS;
    lt_note(&diag);
    (void)end();
    assert_int_equal(lines_with(caught, "<6>stopping"), LT_NOTE_BURST + 1);
    assert_int_equal(lines_with(caught, "count=5\n"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_level_code_text_and_arguments),
        cmocka_unit_test(severity_becomes_the_level_of_syslog),
        cmocka_unit_test(json_is_one_object_a_line),
        cmocka_unit_test(the_longest_note_is_still_one_whole_line),
        cmocka_unit_test(a_stranger_cannot_begin_a_line),
        cmocka_unit_test(repeats_are_counted_and_told_once_the_window_is_over),
        cmocka_unit_test(after_the_window_the_code_is_written_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
