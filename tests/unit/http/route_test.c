/* Which request is which command: the table, every row of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "daemon/control/command.h"
#include "daemon/http/route.h"

static struct lt_target target;
static unsigned methods;
static struct lt_diag diag;

static const struct lt_route *find(enum lt_http_method method, const char *path)
{
    char text[512];

    (void)snprintf(text, sizeof(text), "/api/v1%s", path);
    assert_true(lt_target_parse(text, &target));
    return lt_route_find(method, &target, &methods);
}

static json_t *options(const char *path)
{
    const struct lt_route *route = find(LT_HTTP_GET, path);

    assert_non_null(route);
    return lt_route_options(route, &target, &diag);
}

static void refused(const char *path, lt_err err, const char *what)
{
    assert_null(options(path));
    assert_int_equal(diag.code, err);
    assert_string_equal(diag.args[0].value, what);
}

static void path_and_method_choose_the_command(void **state)
{
    (void)state;
    assert_string_equal(find(LT_HTTP_GET, "/cases")->command, "case list");
    assert_string_equal(find(LT_HTTP_HEAD, "/cases")->command, "case list");
    assert_string_equal(find(LT_HTTP_POST, "/cases")->command, "case open");
    assert_string_equal(find(LT_HTTP_GET, "/cases/x")->command, "case show");
    assert_string_equal(find(LT_HTTP_POST, "/periods/x/reports")->command,
                        "period report");
    assert_null(find(LT_HTTP_DELETE, "/cases"));
    assert_int_equal(methods, 1U << LT_HTTP_GET | 1U << LT_HTTP_POST);
    assert_null(find(LT_HTTP_GET, "/cases/x/nothing"));
    assert_int_equal(methods, 0);
    assert_null(find(LT_HTTP_GET, "/case"));
    assert_null(find(LT_HTTP_GET, "/casesx"));
    assert_null(find(LT_HTTP_OTHER, "/cases"));
}

static void path_and_query_become_options(void **state)
{
    json_t *given;

    (void)state;
    given = options("/cases?open=1&overdue=false&limit=20&office=X%C3%A3");
    assert_non_null(given);
    assert_true(json_is_true(json_object_get(given, "open")));
    assert_true(json_is_false(json_object_get(given, "overdue")));
    assert_int_equal(json_integer_value(json_object_get(given, "limit")), 20);
    assert_string_equal(json_string_value(json_object_get(given, "office")),
                        "Xã");
    json_decref(given);
    given = options("/cases/a:b:1?lang=vi");
    assert_string_equal(json_string_value(json_object_get(given, "id")),
                        "a:b:1");
    assert_int_equal(json_object_size(given), 1);
    json_decref(given);
}

static void what_is_not_known_is_not_passed_over(void **state)
{
    (void)state;
    refused("/cases?opne=1", LT_EUSAGE, "opne");
    refused("/cases?open=1&open=1", LT_EUSAGE, "open");
    refused("/cases?open=yes", LT_EINVAL, "open");
    refused("/cases?limit=", LT_EINVAL, "limit");
    refused("/cases?limit=+5", LT_EINVAL, "limit");
    refused("/cases?limit=5x", LT_EINVAL, "limit");
    refused("/cases?limit=99999999999999999999", LT_EINVAL, "limit");
    refused("/cases?to=x", LT_EUSAGE, "to"); /* a list: in a body alone */
    refused("/cases/x?id=y", LT_EUSAGE, "id");
}

/* Every row: no other comes first for its own path, its command is one, and
 * what is in braces is an option. */
static void every_row_is_reached(void **state)
{
    const struct lt_route *route;
    size_t n = 0;

    (void)state;
    for (; (route = lt_route_at(n)) != NULL; n++) {
        char path[128];
        size_t at = 0;
        bool skip = false;

        for (const char *c = route->pattern; *c != '\0'; c++) {
            if (*c == '{') {
                path[at++] = 'x';
            }
            skip = *c == '{' || (skip && *c != '}' && *c != '/');
            if (!skip && *c != '}') {
                path[at++] = *c;
            }
        }
        path[at] = '\0';
        if (find(route->method, path) != route) {
            fail_msg("%s is not reached at %s", route->pattern, path);
        }
        if (route->kind != LT_ROUTE_OWN) {
            const struct lt_command *command = NULL;

            for (size_t i = 0; (command = lt_command_at(i)) != NULL &&
                               strcmp(command->name, route->command) != 0;
                 i++) {
            }
            if (command == NULL) {
                fail_msg("%s asks for no command", route->pattern);
            }
            assert_int_not_equal(route->roles, LT_ROUTE_ANYBODY);
        }
    }
    assert_in_range(n, 60, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_and_method_choose_the_command),
        cmocka_unit_test(path_and_query_become_options),
        cmocka_unit_test(what_is_not_known_is_not_passed_over),
        cmocka_unit_test(every_row_is_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
