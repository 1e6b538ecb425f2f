#include "daemon/view/due.h"

#include <stdio.h>
#include <string.h>

#include "common/sys.h"

bool lt_due_is_overdue(const struct lt_duty *duty, int32_t today)
{
    return !duty->deadline.standing && duty->deadline.due < today;
}

bool lt_due_is_soon(const struct lt_duty *duty, int32_t today)
{
    return !duty->deadline.standing && duty->deadline.due >= today &&
           duty->deadline.due - today <= LT_DUE_SOON_DAYS;
}

/* ---- words ---- */

enum { DAY_WORDS = 64 };

static void day_words(enum lt_lang lang, int32_t day, char out[DAY_WORDS])
{
    static const char *const weekdays[] = {
        "ui_day_mon", "ui_day_tue", "ui_day_wed", "ui_day_thu",
        "ui_day_fri", "ui_day_sat", "ui_day_sun"};
    const char *weekday = lt_ui(lang, weekdays[lt_day_of_week(day)]);
    int year;
    int month;
    int in_month;

    lt_day_split(day, &year, &month, &in_month);
    if (lang == LT_LANG_VI) {
        (void)snprintf(out, DAY_WORDS, "%s %02d/%02d/%04d", weekday, in_month,
                       month, year);
    } else {
        (void)snprintf(out, DAY_WORDS, "%s %04d-%02d-%02d", weekday, year,
                       month, in_month);
    }
}

/* Without its weekday. */
static void date_words(enum lt_lang lang, int32_t day, char out[DAY_WORDS])
{
    int year;
    int month;
    int in_month;

    lt_day_split(day, &year, &month, &in_month);
    if (lang == LT_LANG_VI) {
        (void)snprintf(out, DAY_WORDS, "%02d/%02d/%04d", in_month, month, year);
    } else {
        (void)snprintf(out, DAY_WORDS, "%04d-%02d-%02d", year, month, in_month);
    }
}

/* What is being said, sentence by sentence. */
struct saying {
    enum lt_lang lang;
    struct lt_buf *out;
    const struct lt_duty *duty;
    struct lt_diag args;
    bool failed;
};

static void arg_number(struct saying *s, const char *key, uint32_t number)
{
    lt_diag_arg(&s->args, key, "%u", (unsigned)number);
}

static void arg_day(struct saying *s, const char *key, int32_t day)
{
    char text[DAY_WORDS];

    day_words(s->lang, day, text);
    lt_diag_arg(&s->args, key, "%s", text);
}

static void arg_date(struct saying *s, const char *key, int32_t day)
{
    char text[DAY_WORDS];

    date_words(s->lang, day, text);
    lt_diag_arg(&s->args, key, "%s", text);
}

/* Put the sentence @word with the arguments set so far, then forget them. */
static void put(struct saying *s, const char *word)
{
    char text[LT_MESSAGE_MAX];
    size_t len = lt_ui_format(s->lang, word, &s->args, text, sizeof(text));

    s->failed |= !lt_buf_put(s->out, text, len);
    (void)lt_diag_set(&s->args, LT_OK);
}

static void say_head(struct saying *s)
{
    const struct lt_deadline *d = &s->duty->deadline;
    const struct lt_rule *rule = d->rule;

    lt_diag_arg(&s->args, "rule", "%s", rule->id);
    if (rule->unit == LT_UNIT_WINDOW || rule->unit == LT_UNIT_WEEK ||
        rule->unit == LT_UNIT_MONTH) {
        arg_date(s, "from", d->begins);
        arg_day(s, "due", d->due);
        if (rule->unit != LT_UNIT_WINDOW) {
            arg_number(s, "times", rule->term.days);
        }
        put(s, rule->unit == LT_UNIT_WINDOW ? "ui_due_window" : "ui_due_times");
        return;
    }
    arg_date(s, "from", d->begins);
    arg_number(s, "days", d->reading.days);
    if (!d->standing) {
        arg_day(s, "due", d->reading.due);
    }
    put(s, d->standing                   ? "ui_due_standing"
           : d->reading.working          ? "ui_due_working"
           : rule->unit == LT_UNIT_HOURS ? "ui_due_hours"
                                         : "ui_due_calendar");
}

static void say_counting(struct saying *s)
{
    const struct lt_reading *r = &s->duty->deadline.reading;
    int at = s->lang == LT_LANG_VI ? 0 : 1;

    if (r->due != r->ends) {
        arg_day(s, "ends", r->ends);
        if (r->rolled_for[at] != NULL) {
            lt_diag_arg(&s->args, "name", "%s", r->rolled_for[at]);
        }
        put(s, "ui_due_rolled");
    }
    if (r->days_off > 0) {
        arg_number(s, "days", r->days_off);
        put(s, "ui_due_days_off");
    }
    if (r->worked > 0) {
        arg_number(s, "days", r->worked);
        put(s, "ui_due_worked");
    }
}

static void say_moved(struct saying *s)
{
    const struct lt_duty *duty = s->duty;

    if (duty->deadline.paused_days > 0) {
        arg_number(s, "days", duty->deadline.paused_days);
        put(s, "ui_due_paused");
    }
    if (duty->deadline.extended > 0) {
        arg_number(s, "times", duty->deadline.extended);
        put(s, "ui_due_extended");
    }
    if (duty->deadline.not_counted > 0) {
        arg_number(s, "times", duty->deadline.not_counted);
        put(s, "ui_due_not_counted");
    }
    if (duty->undocumented > 0) {
        arg_number(s, "times", duty->undocumented);
        put(s, "ui_due_undocumented");
    }
    if (duty->too_late > 0) {
        arg_number(s, "times", duty->too_late);
        put(s, "ui_due_too_late");
    }
}

static void say_other_reading(struct saying *s)
{
    const struct lt_deadline *d = &s->duty->deadline;

    if (d->also.has && !d->standing) {
        arg_number(s, "days", d->also.days);
        arg_day(s, "due", d->also.due);
        put(s,
            d->also.working ? "ui_due_also_working" : "ui_due_also_calendar");
    }
}

static void say_doubts(struct saying *s)
{
    const struct lt_deadline *d = &s->duty->deadline;

    if (d->sure != LT_YEAR_DECIDED) {
        arg_number(s, "year", (uint32_t)d->unsure_year);
        put(s,
            d->sure == LT_YEAR_EXPECTED ? "ui_due_expected" : "ui_due_unknown");
    }
    if (d->rule->ver != 'V') {
        lt_diag_arg(&s->args, "ver", "%c", d->rule->ver);
        put(s, d->rule->ver == 'P' ? "ui_due_ver_partly" : "ui_due_ver_memory");
    }
}

static void say_source(struct saying *s)
{
    const struct lt_rule *rule = s->duty->deadline.rule;

    lt_diag_arg(&s->args, "step", "%s",
                rule->step[s->lang == LT_LANG_VI ? 0 : 1]);
    lt_diag_arg(&s->args, "source", "%s", rule->source);
    put(s, "ui_due_source");
}

lt_err lt_due_say(enum lt_lang lang, const struct lt_duty *duty,
                  struct lt_buf *out)
{
    struct saying s = {.lang = lang, .out = out, .duty = duty};

    (void)lt_diag_set(&s.args, LT_OK);
    say_head(&s);
    if (duty->deadline.reading.has && !duty->deadline.standing) {
        say_counting(&s);
    }
    say_moved(&s);
    say_other_reading(&s);
    say_doubts(&s);
    say_source(&s);
    return s.failed ? LT_ENOMEM : LT_OK;
}

/* ---- JSON ---- */

static void put_day(struct lt_json *json, const char *key, bool has,
                    int32_t day)
{
    lt_json_key(json, key);
    if (has) {
        lt_json_day(json, day);
    } else {
        lt_json_null(json);
    }
}

static void put_text(struct lt_json *json, const char *key, const char *text)
{
    lt_json_key(json, key);
    lt_json_text(json, (struct lt_text){text, strlen(text)});
}

static const char *basis_word(const struct lt_rule *rule)
{
    switch (rule->unit) {
    case LT_UNIT_TERM:
        return rule->term.working ? "working" : "calendar";
    case LT_UNIT_HOURS:
        return "hours";
    case LT_UNIT_WEEK:
        return "week";
    case LT_UNIT_MONTH:
        return "month";
    case LT_UNIT_WINDOW:
        return "window";
    }
    return NULL;
}

static lt_err put_why(struct lt_json *json, const struct lt_duty *duty)
{
    struct lt_buf text;
    lt_err rc = LT_OK;

    lt_json_key(json, "why");
    lt_json_open(json, '{');
    for (int lang = LT_LANG_VI; rc == LT_OK && lang <= LT_LANG_EN; lang++) {
        lt_buf_init(&text, lt_alloc_heap());
        rc = lt_due_say((enum lt_lang)lang, duty, &text);
        lt_json_key(json, lang == LT_LANG_VI ? "vi" : "en");
        lt_json_text(json, (struct lt_text){(const char *)text.data, text.len});
        lt_buf_deinit(&text);
    }
    lt_json_close(json, '}');
    return rc;
}

/* Which term it is. */
static void put_rule(struct lt_json *json, const struct lt_rule *rule)
{
    put_text(json, "rule", rule->id);
    put_text(json, "step", rule->step[1]);
    put_text(json, "step_vi", rule->step[0]);
}

/* How it stands today. */
static void put_standing(struct lt_json *json, const struct lt_duty *duty,
                         int32_t today)
{
    lt_json_key(json, "standing");
    lt_json_bool(json, duty->deadline.standing);
    lt_json_key(json, "overdue");
    lt_json_bool(json, lt_due_is_overdue(duty, today));
    lt_json_key(json, "due_soon");
    lt_json_bool(json, lt_due_is_soon(duty, today));
}

void lt_due_put_month(struct lt_json *json, const struct lt_duty *duty,
                      int32_t today)
{
    const struct lt_deadline *d = &duty->deadline;

    put_rule(json, d->rule);
    lt_json_key(json, "due_on");
    lt_json_null(json);
    lt_json_key(json, "due_month");
    if (d->standing) {
        lt_json_null(json);
    } else {
        lt_json_month(json, d->due);
    }
    put_standing(json, duty, today);
}

lt_err lt_due_put(struct lt_json *json, const struct lt_duty *duty,
                  int32_t today)
{
    static const char *const sure[] = {[LT_YEAR_UNKNOWN] = "unknown",
                                       [LT_YEAR_EXPECTED] = "expected",
                                       [LT_YEAR_DECIDED] = "decided"};
    const struct lt_deadline *d = &duty->deadline;
    char ver[2] = {d->rule->ver, '\0'};

    put_rule(json, d->rule);
    put_day(json, "from", true, d->begins);
    lt_json_key(json, "days");
    lt_json_uint(json, d->reading.has ? d->reading.days : d->rule->term.days);
    lt_json_key(json, "basis");
    lt_json_word(json, basis_word(d->rule));
    put_day(json, "due_on", !d->standing, d->due);
    put_day(json, "latest_on", !d->standing, d->latest);
    put_standing(json, duty, today);
    lt_json_key(json, "extensions");
    lt_json_uint(json, d->extended);
    lt_json_key(json, "paused_days");
    lt_json_uint(json, d->paused_days);
    lt_json_key(json, "calendar");
    lt_json_word(json, sure[d->sure]);
    put_text(json, "source", d->rule->source);
    lt_json_key(json, "evidence");
    lt_json_word(json, ver);
    return put_why(json, duty);
}
