#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/control/command.h"

struct try {
    struct lt_arena arena;
    struct lt_args args;
    struct lt_diag diag;
    json_t *json;
};

/* Parse @options for @command as a client would send them. */
static lt_err parse(struct try *try, const char *command, const char *options)
{
    memset(try, 0, sizeof(*try));
    lt_arena_init(&try->arena, lt_alloc_heap(), 1 << 20);
    try->json = json_loads(options, JSON_ALLOW_NUL, NULL);
    assert_non_null(try->json);
    return lt_args_parse(lt_command_find(command), try->json, &try->arena,
                         &try->args, &try->diag);
}

static void end(struct try *try)
{
    json_decref(try->json);
    lt_arena_deinit(&try->arena);
}

static void refuses(const char *command, const char *options, lt_err code,
                    const char *what)
{
    struct try try;
    lt_err rc = parse(&try, command, options);

    assert_int_equal(rc, code);
    assert_int_equal(try.diag.code, code);
    assert_string_equal(try.diag.args[0].value, what);
    end(&try);
}

static void every_command_asks_only_for_options_it_knows(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < LT_COMMANDS; i++) {
        const struct lt_command *command = lt_command_at(i);

        assert_ptr_equal(lt_command_find(command->name), command);
        assert_true((command->must & ~command->known) == 0);
        assert_true((command->write != NULL) ==
                    (command->kind == LT_COMMAND_WRITE));
    }
    assert_null(lt_command_at(LT_COMMANDS));
    assert_null(lt_command_find("case"));
}

static void options_arrive_by_their_type(void **state)
{
    struct try try;

    (void)state;
    assert_int_equal(
        parse(&try, "directive issue",
              "{\"to\":[\"Xã A\",\"Xã B\"],\"doc_no\":\"1/CĐ\",\"text\":\"t\","
              "\"due\":\"2026-12-01\",\"urgent\":true,\"legal_date\":null}"),
        LT_OK);
    assert_int_equal(try.args.list_n, 2);
    assert_memory_equal(try.args.list[1].data, "Xã B", try.args.list[1].len);
    assert_int_equal(try.args.numbers[LT_OPT_DUE], 20788);
    assert_int_equal(try.args.numbers[LT_OPT_URGENT], 1);
    assert_false(lt_args_has(&try.args, LT_OPT_LEGAL_DATE));
    assert_true(lt_args_has(&try.args, LT_OPT_DOC_NO));
    end(&try);
}

static void bounds_are_kept(void **state)
{
    char place[200];

    (void)state;
    memset(place, 'x', sizeof(place));
    memcpy(place, "{\"place\":\"", 10);
    memcpy(place + 10 + 141, "\"}", 3);
    refuses("incident raise", place, LT_ETOOBIG, "place");
    refuses("incident raise", "{\"people\":0}", LT_EINVAL, "people");
    refuses("incident raise", "{\"people\":100001}", LT_EINVAL, "people");
    refuses("incident raise", "{\"people\":\"5\"}", LT_EINVAL, "people");
    refuses("incident raise", "{\"people\":5.5}", LT_EINVAL, "people");
    refuses("case list", "{\"limit\":1001}", LT_EINVAL, "limit");
    refuses("case list", "{\"open\":1}", LT_EINVAL, "open");
    refuses("case list", "{\"since\":\"2026-02-30\"}", LT_EINVAL, "since");
    refuses("case open", "{\"type\":\"\"}", LT_EINVAL, "type");
    refuses("case open", "{\"text\":\"a\\u0000b\"}", LT_ETEXT, "text");
    refuses("directive issue", "{\"to\":[]}", LT_EINVAL, "to");
    refuses("directive issue", "{\"to\":\"x\"}", LT_EINVAL, "to");
}

/* 140 letters of Vietnamese are 140, however many bytes they take. */
static void characters_are_counted_and_not_bytes(void **state)
{
    struct try try;
    char text[1024] = "{\"subject\":\"s\",\"people\":5,\"place\":\"";
    size_t at = strlen(text);
    int i;

    (void)state;
    for (i = 0; i < 140; i++) {
        memcpy(text + at, "ế", strlen("ế"));
        at += strlen("ế");
    }
    memcpy(text + at, "\"}", 3);
    assert_int_equal(parse(&try, "incident raise", text), LT_OK);
    end(&try);
}

static void unknown_and_missing_options_are_named(void **state)
{
    (void)state;
    refuses("case step", "{\"id\":\"x\"}", LT_EUSAGE, "kind");
    refuses("case step", "{\"people\":5}", LT_EUSAGE, "people");
    refuses("case step", "{\"nonsense\":5}", LT_EUSAGE, "nonsense");
    refuses("case step", "[]", LT_EUSAGE, "options");
}

/* Bytes come as base64url, and never more than a piece of them. */
static void data_is_decoded_and_bounded(void **state)
{
    static const char HEAD[] = "{\"offset\":0,\"salt\":"
                               "\"00112233445566778899aabbccddeeff\","
                               "\"data\":\"";
    struct try try;
    char *long_one = calloc(1, 21000);

    (void)state;
    assert_non_null(long_one);
    assert_int_equal(
        parse(&try, "attachment piece",
              "{\"offset\":0,\"salt\":\"00112233445566778899aabbccddeeff\","
              "\"data\":\"AAEC_w\"}"),
        LT_OK);
    assert_int_equal(try.args.texts[LT_OPT_DATA].len, 4);
    assert_memory_equal(try.args.texts[LT_OPT_DATA].data, "\0\1\2\xff", 4);
    end(&try);
    refuses("attachment piece", "{\"data\":\"A+==\"}", LT_EINVAL, "data");
    refuses("attachment piece", "{\"data\":\"\"}", LT_EINVAL, "data");
    refuses("attachment piece", "{\"data\":7}", LT_EINVAL, "data");
    refuses("attachment piece", "{\"offset\":-1}", LT_EINVAL, "offset");
    refuses("attachment piece", "{\"offset\":16777216}", LT_EINVAL, "offset");
    refuses("attachment piece", "{\"index\":8}", LT_EINVAL, "index");
    refuses("case step", "{\"attach_size\":16777217}", LT_EINVAL,
            "attach_size");
    strcpy(long_one, HEAD);
    memset(long_one + strlen(HEAD), 'A', 20480); /* 15 KiB of zeros */
    strcpy(long_one + strlen(HEAD) + 20480, "\"}");
    assert_int_equal(parse(&try, "attachment piece", long_one), LT_OK);
    assert_int_equal(try.args.texts[LT_OPT_DATA].len, LT_PIECE_BYTES);
    end(&try);
    strcpy(long_one + strlen(HEAD) + 20480, "AA\"}");
    refuses("attachment piece", long_one, LT_ETOOBIG, "data");
    free(long_one);
}

static void durations_are_read(void **state)
{
    int64_t ms = 0;

    (void)state;
#define TRY(text) lt_duration_parse((struct lt_text){text, strlen(text)}, &ms)
    assert_true(TRY("7d"));
    assert_int_equal(ms, 7 * 86400000LL);
    assert_true(TRY("12h"));
    assert_true(TRY("365d"));
    assert_false(TRY("366d"));
    assert_false(TRY("0s"));
    assert_false(TRY("7"));
    assert_false(TRY("d"));
    assert_false(TRY("-7d"));
    assert_false(TRY("7w"));
    assert_false(TRY("9999999d"));
#undef TRY
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_asks_only_for_options_it_knows),
        cmocka_unit_test(options_arrive_by_their_type),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(characters_are_counted_and_not_bytes),
        cmocka_unit_test(unknown_and_missing_options_are_named),
        cmocka_unit_test(data_is_decoded_and_bounded),
        cmocka_unit_test(durations_are_read)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
