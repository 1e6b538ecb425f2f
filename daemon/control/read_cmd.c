/* Reading commands: answered from the view and the loop's last snapshot, never
 * by the loop itself, so that they work while a disk hangs. */
#include "daemon/cases/fold.h"
#include "daemon/control/answer.h"
#include "daemon/control/desk.h"

#include <string.h>

enum { LIMIT_DEFAULT = 100 };

/* A terminated copy in the arena; NULL when memory has run out. */
static char *copy_text(struct lt_desk *desk, struct lt_text text)
{
    char *copy = lt_arena_take(desk->arena, text.len + 1);

    if (copy != NULL) {
        memcpy(copy, text.data, text.len);
        copy[text.len] = '\0';
    }
    return copy;
}

static lt_err fill_query(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_view_query *query, struct lt_diag *diag)
{
    bool open = args->numbers[LT_OPT_OPEN] != 0;
    bool closed = args->numbers[LT_OPT_CLOSED] != 0;

    if (open && closed) {
        return lt_desk_refuse(diag, LT_EUSAGE, "open", "ui_why_open_closed");
    }
    query->open = open ? 1 : closed ? -1 : 0;
    query->today = desk->today;
    query->owed = args->numbers[LT_OPT_OWED] != 0;
    query->tasks = args->numbers[LT_OPT_TASKS] != 0;
    query->reviewed = args->numbers[LT_OPT_REVIEWED] != 0;
    query->overdue = args->numbers[LT_OPT_OVERDUE] != 0;
    query->due_soon = args->numbers[LT_OPT_DUE_SOON] != 0;
    if (lt_args_has(args, LT_OPT_ABOUT)) {
        query->about = lt_view_about_by_word(args->texts[LT_OPT_ABOUT].data,
                                             args->texts[LT_OPT_ABOUT].len);
        if (query->about == LT_ABOUT_ALL) {
            return lt_desk_refuse(diag, LT_EINVAL, "about", "ui_why_about");
        }
    }
    query->limit = lt_args_has(args, LT_OPT_LIMIT)
                       ? (uint32_t)args->numbers[LT_OPT_LIMIT]
                       : LIMIT_DEFAULT;
    if (lt_args_has(args, LT_OPT_SINCE)) {
        query->has_since = true;
        query->since = (int32_t)args->numbers[LT_OPT_SINCE];
    }
    if (lt_args_has(args, LT_OPT_OFFICE)) {
        const struct lt_tree_office *office = NULL;
        lt_err rc =
            lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);

        if (rc != LT_OK) {
            return rc;
        }
        query->has_office = true;
        query->office = office->id;
    }
    if (lt_args_has(args, LT_OPT_AFTER)) {
        query->after = copy_text(desk, args->texts[LT_OPT_AFTER]);
        if (query->after == NULL) {
            return LT_ENOMEM;
        }
    }
    return LT_OK;
}

static lt_err list(struct lt_desk *desk, const struct lt_args *args,
                   struct lt_view_query *query, struct lt_buf *out,
                   struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK) {
        rc = fill_query(desk, args, query, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_list(reader, query, out);
        if (rc == LT_EINVAL) {
            lt_desk_refuse(diag, rc, "after", "ui_why_no_cursor");
        } else if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    return rc;
}

lt_err lt_read_cases(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_CASES};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_incidents(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_INCIDENTS};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_directives(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_DIRECTIVES};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_periods(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_PERIODS};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_taskforces(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_TASKFORCES};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_requests(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_REQUESTS};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_notices(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_NOTICES};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_retaliations(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_RETALIATIONS};

    return list(desk, args, &query, out, diag);
}

lt_err lt_read_roster(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_query query = {.what = LT_VIEW_SHIFTS};

    return list(desk, args, &query, out, diag);
}

static lt_err show(struct lt_desk *desk, const struct lt_args *args, int kind,
                   struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_touch_entry *touch = NULL;
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc =
        lt_desk_matter(desk, args, kind, false, &id, &heads, &touch, diag);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_show(reader, &id, desk->today, out);
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    return rc;
}

lt_err lt_read_case(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_buf *out, struct lt_diag *diag)
{
    return show(desk, args, LT_MATTER_CASE, out, diag);
}

lt_err lt_read_incident(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_buf *out, struct lt_diag *diag)
{
    return show(desk, args, LT_MATTER_INCIDENT, out, diag);
}

lt_err lt_read_directive(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_buf *out, struct lt_diag *diag)
{
    return show(desk, args, LT_MATTER_DIRECTIVE, out, diag);
}

/* Of all that has addressees, one that is a @type. */
static lt_err show_type(struct lt_desk *desk, const struct lt_args *args,
                        uint32_t type, struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_touch_entry *touch = NULL;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc = lt_desk_matter(desk, args, LT_MATTER_DIRECTIVE, false, &id,
                               &heads, &touch, diag);

    if (rc == LT_OK && heads.type != type) {
        lt_diag_set(diag, LT_ENOTFOUND);
        lt_diag_arg(diag, "what", "%.*s", (int)args->texts[LT_OPT_ID].len,
                    args->texts[LT_OPT_ID].data);
        rc = LT_ENOTFOUND;
    }
    return rc == LT_OK ? show(desk, args, LT_MATTER_DIRECTIVE, out, diag) : rc;
}

lt_err lt_read_period(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_buf *out, struct lt_diag *diag)
{
    return show_type(desk, args, LT_DIRECTIVE_PERIOD, out, diag);
}

lt_err lt_read_taskforce(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_buf *out, struct lt_diag *diag)
{
    return show_type(desk, args, LT_DIRECTIVE_TASKFORCE, out, diag);
}

lt_err lt_read_request(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    return show_type(desk, args, LT_DIRECTIVE_REQUEST, out, diag);
}

lt_err lt_read_notice(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_buf *out, struct lt_diag *diag)
{
    return show_type(desk, args, LT_DIRECTIVE_NOTICE, out, diag);
}

lt_err lt_read_retaliation(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_buf *out, struct lt_diag *diag)
{
    return show_type(desk, args, LT_DIRECTIVE_RETALIATION, out, diag);
}

lt_err lt_read_shift(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_buf *out, struct lt_diag *diag)
{
    return show(desk, args, LT_MATTER_SHIFT, out, diag);
}

/* One day, or from a day (a week ago, or the period's first) until a day. */
static lt_err read_span(const struct lt_desk *desk, const struct lt_args *args,
                        bool period, struct lt_view_span *out,
                        struct lt_diag *diag)
{
    enum { DAYS = 7, YEAR = 366 };

    if (lt_args_has(args, LT_OPT_DATE)) {
        if (lt_args_has(args, LT_OPT_FROM_DATE) ||
            lt_args_has(args, LT_OPT_UNTIL)) {
            return lt_desk_refuse(diag, LT_EUSAGE, "date", "ui_why_date_alone");
        }
        out->from = out->until = (int32_t)args->numbers[LT_OPT_DATE];
        return LT_OK;
    }
    out->until = lt_args_has(args, LT_OPT_UNTIL)
                     ? (int32_t)args->numbers[LT_OPT_UNTIL]
                     : desk->today;
    out->from = lt_args_has(args, LT_OPT_FROM_DATE)
                    ? (int32_t)args->numbers[LT_OPT_FROM_DATE]
                    : out->until - (period ? YEAR : DAYS - 1);
    return out->from <= out->until
               ? LT_OK
               : lt_desk_refuse(diag, LT_EINVAL, "until", "ui_why_period_days");
}

lt_err lt_read_summary(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    bool has_period = lt_args_has(args, LT_OPT_PERIOD);
    struct lt_view_span span;
    struct lt_view_reader *reader;
    struct lt_event_id period;
    lt_err rc = read_span(desk, args, has_period, &span, diag);

    if (rc == LT_OK) {
        rc = lt_desk_settle(desk);
    }
    if (rc == LT_OK && has_period) {
        rc = lt_desk_event(desk, args->texts[LT_OPT_PERIOD],
                           LT_MATTER_DIRECTIVE, &period, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_view_summary(reader, has_period ? &period : NULL, &span,
                         desk->today, out);
    if (rc == LT_ENOTFOUND) {
        return lt_desk_refuse(diag, rc, "period", "ui_why_other_kind");
    }
    if (rc == LT_EIO) {
        lt_desk_drop_reader(desk);
    }
    return rc;
}

lt_err lt_read_status(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_buf *out, struct lt_diag *diag)
{
    const char *status;

    (void)args;
    if (desk->snapshot == NULL ||
        desk->snapshot->status_json[desk->lang] == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "status", "ui_why_starting");
    }
    status = desk->snapshot->status_json[desk->lang];
    return lt_buf_put(out, status, strlen(status)) ? LT_OK : LT_ENOMEM;
}

/* Without --events: the tips, from the snapshot. Lines of events are the
 * connection's own work. */
lt_err lt_read_log(struct lt_desk *desk, const struct lt_args *args,
                   struct lt_buf *out, struct lt_diag *diag)
{
    const char *log;

    (void)args;
    if (desk->snapshot == NULL || desk->snapshot->log_json == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "log", "ui_why_starting");
    }
    log = desk->snapshot->log_json;
    return lt_buf_put(out, log, strlen(log)) ? LT_OK : LT_ENOMEM;
}

/* ---- receipt ---- */

/* The opening event; it need not be the first that came. */
static const json_t *find_opening(const json_t *matter)
{
    const char *id = json_string_value(json_object_get(matter, "id"));
    const json_t *events = json_object_get(matter, "events");
    const json_t *event;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)events, i, event)
    {
        const char *own = json_string_value(json_object_get(event, "event"));

        if (id != NULL && own != NULL && strcmp(id, own) == 0) {
            return event;
        }
    }
    return NULL;
}

/* Does the matter denounce the people of this office? */
static bool denounces(const struct lt_desk *desk, const json_t *matter)
{
    const char *accused = json_string_value(json_object_get(matter, "accused"));
    const char *origin = json_string_value(json_object_get(matter, "origin"));
    char self[LT_OFFICE_TEXT];

    lt_office_format(&desk->office, self);
    return accused != NULL && strcmp(accused, "here") == 0 && origin != NULL &&
           strcmp(origin, self) == 0;
}

/* What the view's own words about the case come to on a slip of paper: since
 * when it stands in this office's book (or since which month), when its writer
 * says it was written, and whether anything in it was taken back. Who holds a
 * denunciation of this office's own people is not for this office. */
static lt_err write_receipt(const struct lt_desk *desk,
                            const struct lt_buf *shown, const char *code,
                            struct lt_buf *out)
{
    json_t *matter = json_loadb((const char *)shown->data, shown->len, 0, NULL);
    const json_t *first = find_opening(matter);
    const json_t *voided = json_object_get(matter, "voided_events");
    const char *state = json_is_true(json_object_get(matter, "voided"))
                            ? "voided"
                        : json_array_size(voided) > 0 ? "corrected"
                                                      : "unchanged";
    bool fits =
        matter != NULL &&
        lt_buf_printf(out,
                      "{\"found\":true,\"code\":\"%s\",\"since\":", code) &&
        lt_json_string(
            out, json_string_value(json_object_get(first, "committed_at"))) &&
        lt_buf_printf(out, ",\"recorded_at\":") &&
        lt_json_string(
            out, json_string_value(json_object_get(first, "recorded_at"))) &&
        lt_buf_printf(out, ",\"since_month\":") &&
        lt_json_string(out, json_string_value(
                                json_object_get(matter, "opened_month"))) &&
        lt_buf_printf(out, ",\"state\":\"%s\",\"holder\":", state) &&
        lt_json_string(out, denounces(desk, matter)
                                ? NULL
                                 : json_string_value(json_object_get(
                                       matter, "custodian"))) &&
        lt_buf_put(out, "}", 1);

    json_decref(matter);
    return fits ? LT_OK : LT_ENOMEM;
}

lt_err lt_read_receipt(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    const char *code = copy_text(desk, args->texts[LT_OPT_CODE]);
    uint8_t bits[LT_HASH_LEN] = {0}; /* the code's 80, then nothing */
    char canonical[LT_RECEIPT_TEXT];
    struct lt_view_reader *reader;
    struct lt_event_id id;
    struct lt_buf shown;
    lt_err rc;

    if (code == NULL) {
        return LT_ENOMEM;
    }
    if (!lt_receipt_parse(code, bits)) {
        return lt_desk_refuse(diag, LT_EINVAL, "code",
                              lt_receipt_shaped(code) ? "ui_why_check_char"
                                                      : "ui_why_not_receipt");
    }
    lt_receipt_format(bits, canonical);
    rc = lt_desk_settle(desk);
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_view_find_receipt(reader, bits, &id);
    if (rc == LT_ENOTFOUND) {
        return lt_buf_printf(
                   out,
                   "{\"found\":false,\"code\":\"%s\",\"since\":null,"
                   "\"recorded_at\":null,\"since_month\":null,\"state\":null,\"holder\":null}",
                   canonical)
                   ? LT_OK
                   : LT_ENOMEM;
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_buf_init(&shown, lt_alloc_heap());
    rc = lt_view_slip(reader, &id, desk->today, &shown);
    if (rc == LT_OK) {
        rc = write_receipt(desk, &shown, canonical, out);
    }
    lt_buf_deinit(&shown);
    return rc;
}
