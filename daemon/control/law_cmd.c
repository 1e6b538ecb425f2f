/* Deadlines asked for by hand, and the law of those below: rows of the table
 * of deadlines, days of a year. */
#include "daemon/cases/law.h"
#include "daemon/control/desk.h"
#include "daemon/view/due.h"

#include <string.h>

/* ---- one deadline ---- */

static lt_err read_from(const struct lt_args *args, int32_t *out_day,
                        struct lt_diag *diag)
{
    struct lt_text text = args->texts[LT_OPT_FROM];
    char day[LT_DAY_TEXT];

    if (text.len == sizeof(day) - 1) {
        memcpy(day, text.data, text.len);
        day[text.len] = '\0';
        if (lt_day_parse(day, out_day)) {
            return LT_OK;
        }
    }
    return lt_desk_refuse(diag, LT_EINVAL, "from", "ui_why_not_date");
}

static lt_err find_rule(const struct lt_law *law, struct lt_text id,
                        int32_t from, const struct lt_rule **out_rule,
                        struct lt_diag *diag)
{
    char word[LT_RULE_ID_MAX + 1];

    if (id.len < sizeof(word)) {
        memcpy(word, id.data, id.len);
        word[id.len] = '\0';
        *out_rule = lt_ruleset_find(lt_law_rules(law), word, from);
        if (*out_rule != NULL) {
            return LT_OK;
        }
        if (lt_ruleset_knows(lt_law_rules(law), word)) {
            return lt_desk_refuse(diag, LT_EINVAL, "rule",
                                  "ui_why_rule_not_in_force");
        }
    }
    lt_desk_refuse(diag, LT_EINVAL, "rule", "ui_why_no_rule");
    for (size_t i = 0; lt_ruleset_at(lt_law_rules(law), i) != NULL; i++) {
        lt_diag_allow(diag, lt_ruleset_at(lt_law_rules(law), i)->id);
    }
    return LT_EINVAL;
}

lt_err lt_read_deadline(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_deadline_ask ask = {.remote = args->numbers[LT_OPT_REMOTE] != 0,
                                  .extensions =
                                      (uint32_t)args->numbers[LT_OPT_EXTENDED]};
    const struct lt_law *law = NULL;
    const struct lt_rule *rule = NULL;
    struct lt_view_reader *reader;
    struct lt_duty duty = {.undocumented = 0};
    struct lt_json json;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK) {
        rc = read_from(args, &ask.from, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_law(reader, &desk->office, &law);
    }
    if (rc == LT_OK) {
        rc = find_rule(law, args->texts[LT_OPT_RULE], ask.from, &rule, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_deadline_compute(rule, lt_law_calendar(law), &ask, &duty.deadline);
    if (rc != LT_OK) {
        return lt_desk_refuse(diag, rc, "from", "ui_why_day_out");
    }
    lt_json_init(&json, out);
    lt_json_open(&json, '{');
    rc = lt_due_put(&json, &duty, desk->today);
    lt_json_close(&json, '}');
    return rc == LT_OK && json.failed ? LT_ENOMEM : rc;
}

/* ---- setting ---- */

/* The lines of @text, without a header and empty ones. */
static lt_err take_lines(struct lt_desk *desk, struct lt_text text,
                         const char *header, struct lt_text **out_lines,
                         size_t *out_n, struct lt_diag *diag)
{
    struct lt_text *lines =
        lt_arena_take(desk->arena, LT_SET_ROWS_MAX * sizeof(*lines));
    const char *at = text.data;
    const char *end = text.data + text.len;
    size_t n = 0;

    if (lines == NULL) {
        return LT_ENOMEM;
    }
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len;

        stop = stop == NULL ? end : stop;
        len = (size_t)(stop - at);
        if (len > 0 && at[len - 1] == '\r') {
            len--;
        }
        if (len > 0 && !(len >= strlen(header) &&
                         memcmp(at, header, strlen(header)) == 0)) {
            if (n == LT_SET_ROWS_MAX) {
                return lt_desk_refuse(diag, LT_ETOOBIG, "text",
                                      "ui_why_too_many");
            }
            lines[n++] = (struct lt_text){at, len};
        }
        at = stop == end ? end : stop + 1;
    }
    *out_lines = lines;
    *out_n = n;
    return n > 0 ? LT_OK
                 : lt_desk_refuse(diag, LT_EINVAL, "text", "ui_why_empty");
}

static lt_err begin_set(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, uint32_t type,
                        struct lt_diag *diag)
{
    lt_err rc;

    if (desk->snapshot == NULL || desk->snapshot->tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    rc = lt_draft_begin(desk, draft, type, LT_CLASS_DIRECTIVE, LT_AUDIENCE_ALL,
                        NULL);
    if (rc != LT_OK) {
        return rc;
    }
    if (!lt_law_may_set(&desk->office, &draft->channels[0],
                        desk->snapshot->tree,
                        lt_tree_version(desk->snapshot->tree))) {
        return lt_desk_refuse(diag, LT_EPERM, "law", "ui_why_not_keeper");
    }
    draft->opens = true;
    draft->event->doc_no = args->texts[LT_OPT_DOC_NO];
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    return LT_OK;
}

/* What the view would not take in must not be written. */
static lt_err check(const struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_diag why = {.code = LT_OK};
    lt_err rc = lt_law_check(draft->event, lt_alloc_heap(), &why);

    if (rc == LT_EPOLICY) {
        lt_diag_set(diag, LT_EINVAL);
        lt_diag_arg(diag, "what", "%s", "text");
        for (unsigned i = 0; i < why.args_n; i++) {
            if (strcmp(why.args[i].key, "reason") == 0) {
                lt_diag_arg(diag, "reason", "%s", why.args[i].value);
            }
        }
        return LT_EINVAL;
    }
    return rc == LT_OK || rc == LT_ENOMEM
               ? rc
               : lt_desk_refuse(diag, LT_EINVAL, "text",
                                "ui_why_not_days_of_year");
}

lt_err lt_ruleset_set(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_text *lines = NULL;
    lt_err rc = begin_set(desk, args, draft, LT_EV_RULESET_SET, diag);

    if (rc == LT_OK) {
        rc = take_lines(desk, args->texts[LT_OPT_TEXT], "rule_id,", &lines,
                        &draft->event->rules_n, diag);
    }
    if (rc == LT_OK) {
        draft->event->rules = lines;
        rc = check(draft, diag);
    }
    return rc;
}

/* "2027-02-05,off" or a line of calendar.csv, "2027,2027-02-05,off,...". */
static bool read_day(struct lt_text line, struct lt_set_day *out)
{
    static const struct {
        const char *word;
        uint32_t kind;
    } kinds[] = {{"off", LT_DAY_OFF}, {"working", LT_DAY_WORKED}};
    char day[LT_DAY_TEXT] = "";

    if (line.len > 5 && line.data[4] == ',') {
        line.data += 5;
        line.len -= 5;
    }
    if (line.len < sizeof(day) || line.data[sizeof(day) - 1] != ',') {
        return false;
    }
    memcpy(day, line.data, sizeof(day) - 1);
    line.data += sizeof(day);
    line.len -= sizeof(day);
    for (size_t i = 0; i < LT_COUNT_OF(kinds); i++) {
        size_t len = strlen(kinds[i].word);

        if (line.len >= len && memcmp(line.data, kinds[i].word, len) == 0 &&
            (line.len == len || line.data[len] == ',')) {
            out->kind = kinds[i].kind;
            return lt_day_parse(day, &out->day);
        }
    }
    return false;
}

lt_err lt_calendar_set_year(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_set_day *days =
        lt_arena_take(desk->arena, LT_SET_ROWS_MAX * sizeof(*days));
    struct lt_text *lines = NULL;
    size_t n = 0;
    lt_err rc = days == NULL
                    ? LT_ENOMEM
                    : begin_set(desk, args, draft, LT_EV_CALENDAR_SET, diag);

    if (rc == LT_OK) {
        rc = take_lines(desk, args->texts[LT_OPT_TEXT], "year,", &lines, &n,
                        diag);
    }
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        if (!read_day(lines[i], &days[i])) {
            rc = lt_desk_refuse(diag, LT_EINVAL, "text",
                                "ui_why_not_calendar_line");
        }
    }
    if (rc == LT_OK) {
        draft->event->calendar_year = (uint32_t)args->numbers[LT_OPT_YEAR];
        draft->event->calendar_days = days;
        draft->event->calendar_days_n = n;
        rc = check(draft, diag);
    }
    return rc;
}
