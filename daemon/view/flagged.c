/* Texts in which somebody has seen personal data: whose they are, until when
 * their writer has to put others in their place, whether he has. */
#include "common/failpoint.h"
#include "daemon/view/reader.h"

/* Two working days, as for what a person asks about his own data. */
static const char RULE[] = "PD-01";

static lt_err due_of(struct lt_view_reader *r, const struct lt_office *writer,
                     int32_t day, bool *out_has, int32_t *out_due)
{
    const struct lt_deadline_ask ask = {.from = day};
    const struct lt_rule *rule;
    const struct lt_law *law = NULL;
    struct lt_deadline deadline;
    lt_err rc = LT_OK;

    *out_has = false;
    if (r->books == NULL) {
        return LT_OK;
    }
    if (!r->has_law) {
        rc = lt_books_refresh(r->books, r);
        r->has_law = rc == LT_OK;
    }
    if (rc == LT_OK) {
        rc = lt_books_law(r->books, writer, &law);
    }
    if (rc != LT_OK) {
        return rc;
    }
    rule = lt_ruleset_find(lt_law_rules(law), RULE, day);
    if (rule != NULL && lt_deadline_compute(rule, lt_law_calendar(law), &ask,
                                            &deadline) == LT_OK) {
        *out_has = true;
        *out_due = deadline.due;
    }
    return LT_OK;
}

/* When its writer put another in its place; 0: not yet. */
static lt_err replaced_at(struct lt_view_reader *r, int64_t target,
                          uint8_t mask, int64_t since, int64_t *out_at)
{
    sqlite3_stmt *stmt = r->replaced_at;
    bool row;
    lt_err rc;

    *out_at = 0;
    sqlite3_bind_int64(stmt, 1, target);
    sqlite3_bind_int(stmt, 2, mask);
    sqlite3_bind_int64(stmt, 3, since);
    rc = lt_db_step(stmt, &row);
    if (rc == LT_OK && row) {
        *out_at = sqlite3_column_int64(stmt, 0);
        lt_db_reset(stmt);
    }
    return rc;
}

struct flag {
    struct lt_event_id said;
    struct lt_event_id target;
    struct lt_event_id matter;
    int64_t target_key;
    uint8_t mask;
    int64_t at_ms;
    int32_t day;
    int64_t replaced_ms;
    bool erased;
    bool has_due;
    int32_t due;
};

static lt_err take_flag(struct lt_view_reader *r, sqlite3_stmt *stmt,
                        struct flag *out)
{
    struct lt_erased_texts erased;
    lt_err rc =
        lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0), &out->said);

    out->target_key = sqlite3_column_int64(stmt, 1);
    out->mask = (uint8_t)sqlite3_column_int(stmt, 3);
    out->at_ms = sqlite3_column_int64(stmt, 4);
    out->day = sqlite3_column_int(stmt, 5);
    if (rc == LT_OK) {
        rc = lt_intern_id(&r->intern, out->target_key, &out->target);
    }
    if (rc == LT_OK) {
        rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 2),
                          &out->matter);
    }
    if (rc == LT_OK) {
        rc = replaced_at(r, out->target_key, out->mask, out->at_ms,
                         &out->replaced_ms);
    }
    if (rc == LT_OK) {
        rc = lt_erased_look(r, out->target_key, &erased);
    }
    if (rc == LT_OK) {
        out->erased = (erased.erased & out->mask) != 0;
        rc = due_of(r, &out->target.origin, out->day, &out->has_due, &out->due);
    }
    return rc;
}

static void put_flag(struct lt_json *json, const struct flag *flag,
                     int32_t today)
{
    bool open = flag->replaced_ms == 0 && !flag->erased;
    uint32_t index = 0;

    while (index < LT_EVENT_PARTS_MAX && (flag->mask >> index & 1) == 0) {
        index++;
    }
    lt_json_open(json, '{');
    lt_json_key(json, "id");
    lt_json_event(json, &flag->said);
    lt_json_key(json, "event");
    lt_json_event(json, &flag->target);
    lt_json_key(json, "index");
    if (flag->mask == 0xFF) {
        lt_json_null(json);
    } else {
        lt_json_uint(json, index);
    }
    lt_json_key(json, "matter");
    lt_json_event(json, &flag->matter);
    lt_json_key(json, "writer");
    lt_json_office(json, &flag->target.origin);
    lt_json_key(json, "flagged_by");
    lt_json_office(json, &flag->said.origin);
    lt_json_key(json, "flagged_at");
    lt_json_time(json, flag->at_ms);
    lt_json_key(json, "due_on");
    if (flag->has_due) {
        lt_json_day(json, flag->due);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "overdue");
    lt_json_bool(json, open && flag->has_due && today > flag->due);
    lt_json_key(json, "replaced_at");
    if (flag->replaced_ms != 0) {
        lt_json_time(json, flag->replaced_ms);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "state");
    lt_json_word(json, flag->erased             ? "erased"
                       : flag->replaced_ms != 0 ? "replaced"
                                                : "flagged");
    lt_json_close(json, '}');
}

static lt_err put_all(struct lt_view_reader *r, uint32_t limit, bool open,
                      int32_t today, struct lt_json *json,
                      struct lt_cursor *last, bool *more)
{
    uint32_t shown = 0;
    bool row = true;
    lt_err rc = LT_OK;

    sqlite3_bind_int64(r->list_flags, 1, last->at);
    sqlite3_bind_int64(r->list_flags, 2, last->key);
    while (rc == LT_OK && !*more) {
        struct flag flag;

        rc = lt_db_step(r->list_flags, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        rc = take_flag(r, r->list_flags, &flag);
        if (rc != LT_OK ||
            (open && (flag.replaced_ms != 0 || flag.erased))) {
            continue;
        }
        if (shown == limit) {
            *more = true;
            break;
        }
        put_flag(json, &flag, today);
        shown++;
        *last = (struct lt_cursor){flag.at_ms,
                                   sqlite3_column_int64(r->list_flags, 0)};
    }
    lt_db_reset(r->list_flags);
    return rc;
}

lt_err lt_view_flagged(struct lt_view_reader *reader, uint32_t limit,
                       const char *after, bool open, int32_t today,
                       struct lt_buf *out_json)
{
    struct lt_cursor at;
    struct lt_json json;
    bool more = false;
    lt_err rc;

    if (!lt_cursor_read(LT_PLANTED(first_page) ? NULL : after, &at)) {
        return LT_EINVAL;
    }
    rc = lt_reader_begin(reader);
    if (rc != LT_OK) {
        return rc;
    }
    lt_json_init(&json, out_json);
    lt_json_open(&json, '{');
    lt_json_key(&json, "items");
    lt_json_open(&json, '[');
    rc = put_all(reader, limit, open, today, &json, &at, &more);
    lt_json_close(&json, ']');
    lt_json_key(&json, "next");
    if (more) {
        lt_cursor_put(&json, &at);
    } else {
        lt_json_null(&json);
    }
    lt_json_close(&json, '}');
    lt_reader_end(reader);
    return rc == LT_OK && json.failed ? LT_ENOMEM : rc;
}
