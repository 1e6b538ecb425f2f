/* `status` has every field that the interface page names, of the right kind,
 * with null for what is not known. The page's own lines are the list: they are
 * read from tests/data/interfaces.md. */
#include "tests/unit/daemon/house.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>

#include "common/counters.h"
#include "daemon/status.h"

enum { PAGE_MAX = 64 * 1024, PATH_MAX_TEXT = 256 };

/* ---- the page ---- */

/* The block behind **`status`**, between its two fences. */
static char *read_block(void)
{
    char *page = calloc(1, PAGE_MAX);
    FILE *file = fopen(LT_TEST_DATA "/interfaces.md", "r");
    char *start;
    char *end;

    assert_non_null(page);
    assert_non_null(file);
    assert_true(fread(page, 1, PAGE_MAX - 1, file) > 0);
    fclose(file);
    start = strstr(page, "**`status`**\n```\n");
    assert_non_null(start);
    start += strlen("**`status`**\n```\n");
    end = strstr(start, "```");
    assert_non_null(end);
    *end = '\0';
    memmove(page, start, strlen(start) + 1);
    return page;
}

static void skip_space(const char **at)
{
    while (isspace((unsigned char)**at)) {
        (*at)++;
    }
}

static void read_name(const char **at, char out[static 64])
{
    size_t len = 0;

    assert_int_equal(**at, '"');
    for ((*at)++; **at != '"'; (*at)++) {
        assert_true(**at != '\0' && len < 63);
        out[len++] = **at;
    }
    out[len] = '\0';
    (*at)++;
}

/* The page's notation as JSON: a member without a value becomes "any", a list
 * holds the shape of its items, an example string stands for itself. */
static json_t *read_value(const char **at);

static json_t *read_object(const char **at)
{
    json_t *object = json_object();

    (*at)++;
    for (;;) {
        char name[64];

        skip_space(at);
        if (**at == '}') {
            (*at)++;
            return object;
        }
        if (**at == ',') {
            (*at)++;
            continue;
        }
        read_name(at, name);
        skip_space(at);
        if (**at == ':') {
            (*at)++;
            json_object_set_new(object, name, read_value(at));
        } else {
            json_object_set_new(object, name, json_string("any"));
        }
    }
}

static json_t *read_value(const char **at)
{
    char text[64];
    json_t *list;

    skip_space(at);
    if (**at == '{') {
        return read_object(at);
    }
    if (**at == '[') {
        (*at)++;
        list = json_array();
        json_array_append_new(list, read_value(at));
        skip_space(at);
        assert_int_equal(**at, ']');
        (*at)++;
        return list;
    }
    if (**at == '"') {
        read_name(at, text);
        return json_string(strchr(text, '|') != NULL ? text : "any");
    }
    while (isalnum((unsigned char)**at) || **at == '|') {
        (*at)++;
    }
    return json_string("any");
}

/* ---- comparing ---- */

static bool is_choice(const char *choices, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = strstr(choices, word); at != NULL;
         at = strstr(at + 1, word)) {
        if ((at == choices || at[-1] == '|') &&
            (at[len] == '|' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

static void compare(const json_t *shape, const json_t *value, const char *path)
{
    char below[PATH_MAX_TEXT];
    const char *key;
    json_t *member;

    if (value == NULL) {
        fail_msg("status has no %s", path);
    }
    if (json_is_string(shape)) {
        const char *choices = json_string_value(shape);

        if (strchr(choices, '|') != NULL &&
            (!json_is_string(value) ||
             !is_choice(choices, json_string_value(value)))) {
            fail_msg("%s is none of %s", path, choices);
        }
        return;
    }
    if (json_is_array(shape)) {
        if (!json_is_array(value)) {
            fail_msg("%s is no list", path);
        }
        for (size_t i = 0; i < json_array_size(value); i++) {
            (void)snprintf(below, sizeof(below), "%s[%zu]", path, i);
            compare(json_array_get(shape, 0), json_array_get(value, i), below);
        }
        return;
    }
    if (!json_is_object(value)) {
        fail_msg("%s is no object", path);
    }
    json_object_foreach((json_t *)(uintptr_t)shape, key, member)
    {
        (void)snprintf(below, sizeof(below), "%s.%s", path, key);
        compare(member, json_object_get(value, key), below);
    }
}

/* ---- the status of one office of the house ---- */

static json_t *status_of(struct office *office, const struct lt_alarms *alarms,
                         enum lt_lang lang)
{
    const struct lt_status status = {
        .office = office->id,
        .engine = office->engine,
        .log = office->log,
        .alarms = alarms,
        .state = LT_NODE_READY,
        .started_at_ms = office->house->now.wall_ms,
    };
    char *text = lt_status_json(&status, &office->house->now, lang);
    json_t *json;

    assert_non_null(text);
    json = json_loads(text, 0, NULL);
    assert_non_null(json);
    free(text);
    return json;
}

static json_t *at(const json_t *json, const char *first, const char *second)
{
    return json_object_get(json_object_get(json, first), second);
}

static void every_field_of_the_page_is_there(void **state)
{
    struct house *house = *state;
    struct lt_office subject = house->offices[COMMUNE].id;
    struct lt_alarms alarms;
    char *block = read_block();
    const char *cursor = block;
    json_t *shape = read_value(&cursor);
    json_t *status;

    assert_true(json_object_size(shape) > 15);
    assert_non_null(at(shape, "log", "wal_bytes"));
    assert_int_equal(lt_alarms_init(&alarms), LT_OK);
    assert_true(lt_alarms_raise(&alarms, LT_EPROTO, &subject,
                                &house->now, NULL));
    house_link(house);
    house_run(house);
    (void)office_wrote_case(&house->offices[COMMUNE], 1);
    for (unsigned i = 0; i < 5; i++) {
        house_run(house);
        house_later(house, 2000);
    }
    for (unsigned i = 0; i < OFFICES; i++) {
        status = status_of(&house->offices[i], &alarms, LT_LANG_VI);
        compare(shape, status, "status");
        /* Lists that are empty have shown nothing. */
        assert_true(json_array_size(json_object_get(status, "links")) > 0);
        assert_true(json_array_size(json_object_get(status, "alarms")) == 1);
        json_decref(status);
    }
    lt_alarms_deinit(&alarms);
    json_decref(shape);
    free(block);
}

static void values_are_written_as_the_page_says(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];
    struct lt_alarms alarms = {0};
    json_t *status;
    const json_t *link;

    house_link(house);
    house_run(house);
    (void)office_wrote_case(&house->offices[COMMUNE], 1);
    house_run(house);
    status = status_of(district, &alarms, LT_LANG_EN);
    assert_string_equal(json_string_value(json_object_get(status, "schema")),
                        "lienthong.status/1");
    assert_true(json_is_integer(json_object_get(status, "pid")));
    assert_true(json_is_integer(at(status, "wire", "min")));
    assert_string_equal(
        json_string_value(json_object_get(status, "started_at")),
        "2026-11-21T00:00:00.000Z");
    assert_int_equal(json_string_length(json_object_get(status, "epoch")), 16);
    assert_int_equal(json_string_length(at(status, "clock", "hlc")), 16);
    assert_true(json_is_false(at(status, "clock", "unsure")));
    assert_int_equal(json_string_length(at(status, "office", "id")), 32);
    assert_string_equal(json_string_value(at(status, "office", "name")),
                        "Châu Thành");
    assert_string_equal(json_string_value(at(status, "office", "kind")),
                        "district");
    assert_int_equal(json_array_size(at(status, "office", "superiors")), 1);
    assert_int_equal(json_integer_value(at(status, "office", "tree_version")),
                     3);
    assert_int_equal(json_integer_value(at(status, "log", "events")), 4);
    assert_true(json_is_integer(at(status, "log", "bytes")));
    assert_true(json_is_string(at(status, "log", "last_commit_at")));
    assert_int_equal(json_array_size(json_object_get(status, "links")), 2);
    for (size_t i = 0; i < 2; i++) {
        link = json_array_get(json_object_get(status, "links"), i);
        assert_string_equal(json_string_value(json_object_get(link, "state")),
                            "up");
        assert_true(json_is_integer(at(link, "waiting", "urgent")));
        assert_true(json_is_null(json_object_get(link, "reason")));
    }
    json_decref(status);
}

/* A root that knows nothing yet: null, and never a zero in its place. */
static void what_is_not_known_is_null(void **state)
{
    struct house *house = *state;
    struct lt_alarms alarms = {0};
    struct office *district = &house->offices[DISTRICT];
    json_t *status = status_of(district, &alarms, LT_LANG_EN);

    /* It has neither the tree nor a link nor a commit of its own. */
    assert_true(json_is_null(at(status, "office", "name")));
    assert_true(json_is_null(at(status, "office", "parent")));
    assert_true(json_is_null(at(status, "office", "keeper")));
    assert_true(json_is_null(json_object_get(status, "state_reason")));
    assert_true(json_is_null(at(status, "listen", "links")));
    assert_true(json_is_null(at(status, "listen", "pages")));
    assert_int_equal(json_array_size(json_object_get(status, "links")), 0);
    json_decref(status);

    status = status_of(&house->offices[PROVINCE], &alarms, LT_LANG_EN);
    assert_true(json_is_null(at(status, "office", "code")));
    assert_true(json_is_null(at(status, "office", "parent")));
    json_decref(status);

    house_link(house);
    house_run(house);
    status = status_of(district, &alarms, LT_LANG_EN);
    assert_true(json_is_null(json_object_get(
        json_array_get(json_object_get(status, "links"), 0), "last_ack_at")));
    json_decref(status);
}

static void an_alarm_speaks_both_languages(void **state)
{
    struct house *house = *state;
    struct lt_office subject = house->offices[COMMUNE].id;
    struct lt_alarms alarms;
    char texts[2][256];

    assert_int_equal(lt_alarms_init(&alarms), LT_OK);
    assert_true(lt_alarms_raise(&alarms, LT_EPROTO, &subject,
                                &house->now, NULL));
    for (unsigned lang = 0; lang < 2; lang++) {
        json_t *status = status_of(&house->offices[PROVINCE], &alarms,
                                   lang == 0 ? LT_LANG_VI : LT_LANG_EN);
        const json_t *alarm =
            json_array_get(json_object_get(status, "alarms"), 0);

        assert_string_equal(json_string_value(json_object_get(alarm, "code")),
                            "peer_broke_protocol");
        assert_string_equal(
            json_string_value(json_object_get(alarm, "severity")), "warning");
        assert_true(json_string_length(json_object_get(alarm, "remedy")) > 0);
        (void)snprintf(texts[lang], sizeof(texts[lang]), "%s",
                       json_string_value(json_object_get(alarm, "text")));
        json_decref(status);
    }
    assert_string_not_equal(texts[0], texts[1]);
    lt_alarms_deinit(&alarms);
}

static void the_log_list_has_one_item_a_tip(void **state)
{
    static const char *const FIELDS[] = {"origin", "channel", "lane",
                                         "epoch",  "first",   "last",
                                         "hash",   "bytes",   "receipt_last"};
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    char *text;
    json_t *json;
    const json_t *item;

    (void)office_wrote_case(commune, 1);
    (void)office_wrote_case(commune, 2);
    text = lt_status_log_json(commune->engine, commune->log);
    assert_non_null(text);
    json = json_loads(text, 0, NULL);
    assert_non_null(json);
    assert_true(json_is_null(json_object_get(json, "next")));
    assert_int_equal(json_array_size(json_object_get(json, "items")), 1);
    item = json_array_get(json_object_get(json, "items"), 0);
    for (size_t i = 0; i < LT_COUNT_OF(FIELDS); i++) {
        assert_non_null(json_object_get(item, FIELDS[i]));
    }
    assert_string_equal(json_string_value(json_object_get(item, "channel")),
                        "case/up");
    assert_int_equal(json_integer_value(json_object_get(item, "first")), 1);
    assert_int_equal(json_integer_value(json_object_get(item, "last")), 2);
    assert_int_equal(json_string_length(json_object_get(item, "hash")), 64);
    assert_true(json_integer_value(json_object_get(item, "bytes")) > 100);
    assert_true(json_is_null(json_object_get(item, "receipt_last")));
    json_decref(json);
    free(text);
}

/* Each row of the table by its name, and what was done shows. */
static void every_counter_is_published(void **state)
{
    struct house *house = *state;
    struct lt_alarms alarms = {0};
    json_t *before = status_of(&house->offices[COMMUNE], &alarms, LT_LANG_VI);
    json_t *after;

    (void)office_wrote_case(&house->offices[COMMUNE], 1);
    after = status_of(&house->offices[COMMUNE], &alarms, LT_LANG_VI);
    assert_int_equal(json_object_size(json_object_get(after, "counters")),
                     LT_COUNTERS);
    for (unsigned i = 0; i < LT_COUNTERS; i++) {
        assert_true(json_is_integer(
            at(after, "counters", lt_counter_info((enum lt_counter)i)->name)));
    }
    assert_true(json_integer_value(at(after, "counters", "commits_total")) >
                json_integer_value(at(before, "counters", "commits_total")));
    json_decref(before);
    json_decref(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(every_field_of_the_page_is_there),
        HOUSE_TEST(values_are_written_as_the_page_says),
        HOUSE_TEST(what_is_not_known_is_null),
        HOUSE_TEST(an_alarm_speaks_both_languages),
        HOUSE_TEST(the_log_list_has_one_item_a_tip),
        HOUSE_TEST(every_counter_is_published),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
