/* lienthong summary: some days of an office and all below it, on one page. */
#include <string.h>

#include "tools/tool.h"

enum { MISSING_LINES = 10, WORD_LINES = 12, WORD_CELLS = 300 };

static const struct {
    const char *title; /* ui word of a section, over its figures */
    const char *group;
    const char *key;
    const char *text;
} figures[] = {
    {"ui_sum_crowds", "crowds", "raised", "ui_sum_raised"},
    {NULL, "crowds", "people", "ui_people"},
    {NULL, "crowds", "ended", "ui_sum_ended"},
    {NULL, "crowds", "going_on", "ui_sum_going_on"},
    {NULL, "crowds", "untaken", "ui_sum_untaken"},
    {"ui_sum_cases", "cases", "complaints", "ui_sum_complaints"},
    {NULL, "cases", "recommendations", "ui_sum_recommendations"},
    {NULL, "cases", "feedback", "ui_sum_feedback"},
    {NULL, "cases", "closed", "ui_sum_closed"},
    {NULL, "cases", "open", "ui_sum_open"},
    {NULL, "cases", "overdue", "ui_sum_overdue"},
    {"ui_sum_directives", "directives", "issued", "ui_sum_issued"},
    {NULL, "directives", "not_received", "ui_sum_not_received"},
    {NULL, "directives", "not_ended", "ui_sum_not_ended"},
    {"ui_sum_requests", "requests", "sent", "ui_sum_sent"},
    {NULL, "requests", "owed", "ui_sum_owed"},
    {NULL, "requests", "overdue", "ui_sum_overdue"},
    {"ui_sum_reports", "period", "wanted", "ui_sum_wanted"},
    {NULL, "period", "said", "ui_sum_said"},
    {NULL, "period", "nothing", "ui_sum_nothing"},
    {NULL, "period", "receptions", "ui_sum_receptions"},
};

static void print_figures(struct lt_tool *tool, const json_t *answer)
{
    for (size_t i = 0; i < LT_COUNT_OF(figures); i++) {
        const json_t *value = json_object_get(
            json_object_get(answer, figures[i].group), figures[i].key);

        if (value == NULL) {
            continue; /* no period was asked for */
        }
        if (figures[i].title != NULL) {
            fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, figures[i].title));
        }
        fputs("  ", tool->out);
        lt_print_padded(tool->out, lt_ui(tool->lang, figures[i].text), 32);
        fprintf(tool->out, "%6lld\n", (long long)json_integer_value(value));
    }
}

/* Who is silent, and on how many days; what more there are is said. */
static void print_missing(struct lt_tool *tool, const json_t *missing)
{
    for (size_t i = 0; i < json_array_size(missing); i++) {
        const json_t *item = json_array_get(missing, i);
        const char *office = json_string_value(json_object_get(item, "office"));

        if (i == MISSING_LINES) {
            fprintf(tool->out, "  + %zu\n", json_array_size(missing) - i);
            break;
        }
        if (i == 0) {
            fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, "ui_sum_missing"));
        }
        fputs("  ", tool->out);
        lt_print_padded(tool->out, lt_format_office(tool, office), 32);
        fprintf(tool->out, "%6lld\n",
                (long long)json_integer_value(json_object_get(item, "days")));
    }
}

static void print_words(struct lt_tool *tool, const json_t *words)
{
    for (size_t i = 0; i < json_array_size(words); i++) {
        const json_t *item = json_array_get(words, i);
        const char *office = json_string_value(json_object_get(item, "office"));
        const char *day = json_string_value(json_object_get(item, "day"));
        const char *text = json_string_value(json_object_get(item, "text"));
        char shown[LT_DAY_TEXT] = "";
        char cut[WORD_CELLS * 4] = "";

        if (i == WORD_LINES) {
            fprintf(tool->out, "  + %zu\n", json_array_size(words) - i);
            break;
        }
        if (i == 0) {
            fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, "ui_sum_words"));
        }
        if (text != NULL) {
            (void)lt_text_escape(text, strlen(text), cut, sizeof(cut));
            lt_text_cut(cut, sizeof(cut), WORD_CELLS);
        }
        (void)!lt_format_day(day == NULL ? "" : day, shown);
        fprintf(tool->out, "  %s, %s: %s\n", shown,
                lt_format_office(tool, office), cut);
    }
}

static int run_summary(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        const json_t *period = json_object_get(answer, "period");
        const char *name = json_string_value(json_object_get(period, "name"));
        char from[LT_DAY_TEXT] = "";
        char until[LT_DAY_TEXT] = "";

        (void)!lt_format_day(json_string_value(json_object_get(answer, "from")),
                             from);
        (void)!lt_format_day(
            json_string_value(json_object_get(answer, "until")), until);
        fprintf(tool->out, "%s\n%s%s%s - %s\n",
                lt_ui(tool->lang, "ui_sum_title"),
                lt_format_office(
                    tool, json_string_value(json_object_get(answer, "office"))),
                ": ", from, until);
        if (name != NULL) {
            lt_print_text(tool->out, name);
            fputc('\n', tool->out);
        }
        print_figures(tool, answer);
        print_missing(tool, json_object_get(period, "missing"));
        print_words(tool, json_object_get(period, "words"));
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_summary[] = {
    {.name = "summary",
     .meta = "[--period PERIOD]",
     .text = "ui_cmd_summary",
     .example = "--period bd585def:5b282bbc:5 --date 30/10/2026",
     .options = {{"period", LT_TOOL_TEXT, "PERIOD", "ui_opt_of_period", false},
                 {"date", LT_TOOL_DAY, "D", "ui_opt_one_day", false},
                 {"from-date", LT_TOOL_DAY, "D", "ui_opt_from_date", false},
                 {"until", LT_TOOL_DAY, "D", "ui_opt_until", false}},
     .run = run_summary},
    {.name = NULL}};
