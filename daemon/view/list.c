/* Lists, newest first. A cursor names the last item shown, so that what comes
 * in between pages shifts nothing. */
#include "daemon/view/due.h"
#include "daemon/view/reader.h"

#include <string.h>

enum { CURSOR_LEN = 1 + 16 + 16, LIMIT_MAX = 1000 };

struct cursor {
    int64_t opened;
    int64_t key;
};

static bool read_hex(const char *text, int64_t *out)
{
    uint8_t bytes[8];
    char digits[17];
    uint64_t value = 0;

    memcpy(digits, text, 16);
    digits[16] = '\0';
    if (!lt_hex_parse(digits, sizeof(bytes), bytes)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        value = value << 8 | bytes[i];
    }
    *out = (int64_t)value;
    return true;
}

static bool read_cursor(const char *text, struct cursor *out)
{
    if (text == NULL) {
        *out = (struct cursor){INT64_MAX, INT64_MAX};
        return true;
    }
    return strlen(text) == CURSOR_LEN && text[0] == 'c' &&
           read_hex(text + 1, &out->opened) && read_hex(text + 17, &out->key);
}

static void put_cursor(struct lt_json *json, const struct cursor *at)
{
    char text[CURSOR_LEN + 1] = "c";

    lt_epoch_format((uint64_t)at->opened, text + 1);
    lt_epoch_format((uint64_t)at->key, text + 17);
    lt_json_word(json, text);
}

static bool has_target(const struct lt_matter *m, const struct lt_office *to)
{
    for (size_t i = 0; i < m->targets_n; i++) {
        if (lt_office_equal(&m->targets[i].office, to)) {
            return true;
        }
    }
    return false;
}

/* Offered to it, or claimed by it. */
static bool has_part_in(const struct lt_custody *c,
                        const struct lt_office *office)
{
    for (size_t i = 0; i < c->offers_n; i++) {
        if (lt_office_equal(&c->offers[i].to, office)) {
            return true;
        }
    }
    for (size_t i = 0; i < c->claimants_n; i++) {
        if (lt_office_equal(&c->claimants[i], office)) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const struct lt_view_reader *r,
                      const struct lt_view_query *query,
                      const struct lt_matter *m)
{
    bool open = lt_matter_is_open(m) &&
                !lt_matter_is_lapsed(m, r->climb.now_ms);

    if ((query->open < 0 && open) || (query->open > 0 && !open)) {
        return false;
    }
    if ((query->owed && m->transfers_owed == 0) ||
        (query->reviewed && !m->has_review)) {
        return false;
    }
    if (query->has_since && m->opened_on < query->since) {
        return false;
    }
    if (!query->has_office) {
        return true;
    }
    if (query->what == LT_VIEW_DIRECTIVES) {
        return has_target(m, &query->office);
    }
    return lt_office_equal(&m->origin, &query->office) ||
           lt_office_equal(&m->custodian, &query->office) ||
           has_part_in(&m->custody, &query->office);
}

/* Late, or due within some days: by the law as it stands. */
static lt_err is_due(struct lt_view_reader *r,
                     const struct lt_view_query *query, bool *out_wanted)
{
    const struct lt_matter *m = &r->stored.matter;
    bool late = lt_matter_is_overdue(m, query->today);
    bool soon = false;
    size_t n = 0;
    lt_err rc = LT_OK;

    *out_wanted = true;
    if (!query->overdue && !query->due_soon) {
        return LT_OK;
    }
    rc = lt_reader_duties(r, &n);
    for (size_t i = 0; i < n; i++) {
        late |= lt_due_is_overdue(&r->duties[i], query->today);
        soon |= lt_due_is_soon(&r->duties[i], query->today);
    }
    *out_wanted = (query->overdue && late) || (query->due_soon && soon);
    return rc;
}

static enum lt_matter_kind kind_of(const struct lt_view_query *query)
{
    switch (query->what) {
    case LT_VIEW_CASES:
        return LT_MATTER_CASE;
    case LT_VIEW_INCIDENTS:
        return LT_MATTER_INCIDENT;
    case LT_VIEW_DIRECTIVES:
        return LT_MATTER_DIRECTIVE;
    }
    return LT_MATTER_NONE;
}

static lt_err put_items(struct lt_view_reader *r,
                        const struct lt_view_query *query, sqlite3_stmt *stmt,
                        struct lt_json *json, struct cursor *last, bool *more)
{
    uint32_t shown = 0;

    for (;;) {
        bool due = false;
        bool row;
        lt_err rc = lt_db_step(stmt, &row);

        if (rc != LT_OK || !row) {
            return rc;
        }
        rc = lt_reader_take_matter(r, stmt);
        if (rc == LT_OK && is_wanted(r, query, &r->stored.matter)) {
            rc = is_due(r, query, &due);
        }
        if (rc == LT_OK && due) {
            if (shown == query->limit) {
                *more = true;
                return LT_OK;
            }
            lt_json_open(json, '{');
            rc = lt_item_fields(r, json, query->today);
            lt_json_close(json, '}');
            *last = (struct cursor){r->stored.listed_opened, r->stored.key};
            shown++;
        }
        if (rc != LT_OK) {
            return rc;
        }
    }
}

lt_err lt_view_list(struct lt_view_reader *reader,
                    const struct lt_view_query *query, struct lt_buf *out_json)
{
    struct cursor at;
    struct lt_json json;
    sqlite3_stmt *stmt;
    bool more = false;
    lt_err rc;

    if (query->limit < 1 || query->limit > LIMIT_MAX ||
        !read_cursor(query->after, &at)) {
        return LT_EINVAL;
    }
    rc = lt_reader_begin(reader);
    if (rc != LT_OK) {
        return rc;
    }
    stmt = query->open > 0 ? reader->list_open : reader->list_all;
    sqlite3_bind_int64(stmt, 1, (int64_t)kind_of(query));
    sqlite3_bind_int64(stmt, 2, at.opened);
    sqlite3_bind_int64(stmt, 3, at.key);
    lt_json_init(&json, out_json);
    lt_json_open(&json, '{');
    lt_json_key(&json, "items");
    lt_json_open(&json, '[');
    rc = put_items(reader, query, stmt, &json, &at, &more);
    lt_db_reset(stmt);
    lt_json_close(&json, ']');
    lt_json_key(&json, "next");
    if (more) {
        put_cursor(&json, &at);
    } else {
        lt_json_null(&json);
    }
    lt_json_close(&json, '}');
    lt_reader_end(reader);
    return rc == LT_OK && json.failed ? LT_ENOMEM : rc;
}
