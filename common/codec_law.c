/* The two events that set the law of those below: rows of the table of
 * deadlines, and the days of a year. What a row says is read by daemon/cases;
 * here it is one line of text. */
#include "common/codec_event.h"

#include <string.h>

#include "common/scan.h"
#include "proto/log.pb-c.h"

enum { YEAR_MIN = 1900, YEAR_MAX = 9999 };

static struct lt_text text_of(const char *text)
{
    return text == NULL ? (struct lt_text){NULL, 0}
                        : (struct lt_text){text, strlen(text)};
}

static lt_err read_rules(const Lt__RulesetSet *body, struct lt_arena *arena,
                         struct lt_event *out, struct lt_diag *diag)
{
    struct lt_text *rules;

    if (body->n_row > LT_SET_ROWS_MAX) {
        return lt_malformed(diag, "too many rules");
    }
    rules = lt_arena_take(arena, (body->n_row + 1) * sizeof(*rules));
    if (rules == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < body->n_row; i++) {
        rules[i] = text_of(body->row[i]);
    }
    out->rules_n = body->n_row;
    out->rules = rules;
    out->doc_no = text_of(body->doc_no);
    return LT_OK;
}

static lt_err read_calendar(const Lt__CalendarSet *body, struct lt_arena *arena,
                            struct lt_event *out, struct lt_diag *diag)
{
    struct lt_set_day *days;

    if (body->n_day > LT_SET_ROWS_MAX) {
        return lt_malformed(diag, "too many days");
    }
    days = lt_arena_take(arena, (body->n_day + 1) * sizeof(*days));
    if (days == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < body->n_day; i++) {
        days[i] = (struct lt_set_day){body->day[i]->day, body->day[i]->kind};
    }
    out->calendar_year = body->year;
    out->calendar_days_n = body->n_day;
    out->calendar_days = days;
    out->doc_no = text_of(body->doc_no);
    return LT_OK;
}

lt_err lt_law_body_read(const struct Lt__Event *message, struct lt_arena *arena,
                        struct lt_event *out, struct lt_diag *diag)
{
    switch (message->type) {
    case LT_EV_RULESET_SET:
        return read_rules(message->ruleset_set, arena, out, diag);
    case LT_EV_CALENDAR_SET:
        return read_calendar(message->calendar_set, arena, out, diag);
    default:
        return LT_OK;
    }
}

static bool is_line(const struct lt_text *text)
{
    if (text->len == 0 || text->len > LT_SET_ROW_MAX ||
        !lt_utf8_valid(text->data, text->len)) {
        return false;
    }
    for (size_t i = 0; i < text->len; i++) {
        if ((unsigned char)text->data[i] < ' ') {
            return false;
        }
    }
    return true;
}

const char *lt_law_body_check(const struct lt_event *event)
{
    if (event->has_subject || event->parts_n != 0) {
        return "law with a subject or parts";
    }
    if (event->doc_no.len > LT_STRING_MAX ||
        !lt_utf8_valid(event->doc_no.data, event->doc_no.len)) {
        return "bad document number";
    }
    if (event->type == LT_EV_RULESET_SET) {
        if (event->rules_n == 0 || event->rules_n > LT_SET_ROWS_MAX) {
            return "no rules, or too many";
        }
        for (size_t i = 0; i < event->rules_n; i++) {
            if (!is_line(&event->rules[i])) {
                return "bad rule";
            }
        }
        return NULL;
    }
    if (event->calendar_year < YEAR_MIN || event->calendar_year > YEAR_MAX ||
        event->calendar_days_n > LT_SET_ROWS_MAX) {
        return "bad year, or too many days";
    }
    for (size_t i = 0; i < event->calendar_days_n; i++) {
        if (event->calendar_days[i].day < LT_DAY_MIN ||
            event->calendar_days[i].day > LT_DAY_MAX ||
            event->calendar_days[i].kind == 0) {
            return "bad day";
        }
    }
    return NULL;
}

/* Terminated, in the arena, whose bytes are zero. */
static char *copy_text(struct lt_arena *arena, const struct lt_text *text,
                       bool *out_failed)
{
    char *copy = text->len == 0 ? NULL : lt_arena_take(arena, text->len + 1);

    if (copy == NULL) {
        *out_failed |= text->len != 0;
        return NULL;
    }
    memcpy(copy, text->data, text->len);
    return copy;
}

static lt_err pack_rules(Lt__Event *message, const struct lt_event *event,
                         struct lt_arena *arena, struct lt_buf *out)
{
    Lt__RulesetSet body = LT__RULESET_SET__INIT;
    char *rows[LT_SET_ROWS_MAX];
    bool failed = false;
    lt_err rc;

    for (size_t i = 0; i < event->rules_n; i++) {
        rows[i] = copy_text(arena, &event->rules[i], &failed);
    }
    body.n_row = event->rules_n;
    body.row = rows;
    body.doc_no = copy_text(arena, &event->doc_no, &failed);
    message->ruleset_set = &body;
    rc = failed ? LT_ENOMEM : lt_pack(message, LT_EVENT_MAX, out);
    message->ruleset_set = NULL; /* it ends with this call */
    return rc;
}

static lt_err pack_calendar(Lt__Event *message, const struct lt_event *event,
                            struct lt_arena *arena, struct lt_buf *out)
{
    Lt__CalendarSet body = LT__CALENDAR_SET__INIT;
    Lt__SetDay days[LT_SET_ROWS_MAX];
    Lt__SetDay *list[LT_SET_ROWS_MAX];
    bool failed = false;
    lt_err rc;

    for (size_t i = 0; i < event->calendar_days_n; i++) {
        lt__set_day__init(&days[i]);
        days[i].has_day = 1;
        days[i].day = event->calendar_days[i].day;
        days[i].has_kind = 1;
        days[i].kind = event->calendar_days[i].kind;
        list[i] = &days[i];
    }
    body.has_year = 1;
    body.year = event->calendar_year;
    body.n_day = event->calendar_days_n;
    body.day = list;
    body.doc_no = copy_text(arena, &event->doc_no, &failed);
    message->calendar_set = &body;
    rc = failed ? LT_ENOMEM : lt_pack(message, LT_EVENT_MAX, out);
    message->calendar_set = NULL;
    return rc;
}

lt_err lt_law_body_pack(struct Lt__Event *message, const struct lt_event *event,
                        struct lt_buf *out)
{
    struct lt_arena arena;
    lt_err rc;

    lt_arena_init(&arena, out->alloc,
                  (LT_SET_ROWS_MAX + 1) * (LT_SET_ROW_MAX + 64));
    rc = event->type == LT_EV_RULESET_SET
             ? pack_rules(message, event, &arena, out)
             : pack_calendar(message, event, &arena, out);
    lt_arena_deinit(&arena);
    return rc;
}
