/* Lists, newest first. A cursor names the last item shown, so that what comes
 * in between pages shifts nothing. */
#include "common/failpoint.h"
#include "daemon/view/due.h"
#include "daemon/view/reader.h"

#include <string.h>

#include "common/sys.h"

enum { CURSOR_LEN = 1 + 16 + 16, KEY_CURSOR_LEN = 1 + 16, LIMIT_MAX = 1000 };

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

bool lt_cursor_read(const char *text, struct lt_cursor *out)
{
    if (text == NULL) {
        *out = (struct lt_cursor){INT64_MAX, INT64_MAX};
        return true;
    }
    return strlen(text) == CURSOR_LEN && text[0] == 'c' &&
           read_hex(text + 1, &out->at) && read_hex(text + 17, &out->key);
}

void lt_cursor_put(struct lt_json *json, const struct lt_cursor *at)
{
    char text[CURSOR_LEN + 1] = "c";

    lt_epoch_format((uint64_t)at->at, text + 1);
    lt_epoch_format((uint64_t)at->key, text + 17);
    lt_json_word(json, text);
}

/* After a denunciation whose days are for others a list goes on by its key
 * alone: a cursor that names when it was opened would tell. */
static lt_err read_key_cursor(struct lt_view_reader *r, const char *text,
                              struct lt_cursor *out)
{
    lt_err rc;

    if (strlen(text) != KEY_CURSOR_LEN || !read_hex(text + 1, &out->key)) {
        return LT_EINVAL;
    }
    rc = lt_reader_any_matter(r, out->key);
    out->at = r->stored.listed_opened;
    return rc == LT_ENOTFOUND ? LT_EINVAL : rc;
}

static void put_key_cursor(struct lt_json *json, int64_t key)
{
    char text[KEY_CURSOR_LEN + 1] = "k";

    lt_epoch_format((uint64_t)key, text + 1);
    lt_json_word(json, text);
}

static bool has_target(const struct lt_view_reader *r,
                       const struct lt_matter *m, const struct lt_office *to)
{
    for (size_t i = 0; i < m->targets_n; i++) {
        if (lt_office_equal(&m->targets[i].office, to) ||
            lt_stands_for(r->climb.tree, UINT64_MAX, to,
                          &m->targets[i].office)) {
            return true;
        }
    }
    return false;
}

/* Offered to it, or claimed by it. */
static bool has_part_in(const struct lt_view_reader *r,
                        const struct lt_custody *c,
                        const struct lt_office *office)
{
    for (size_t i = 0; i < c->offers_n; i++) {
        if (lt_stands_for(r->climb.tree, UINT64_MAX, office,
                          &c->offers[i].to)) {
            return true;
        }
    }
    for (size_t i = 0; i < c->claimants_n; i++) {
        if (lt_stands_for(r->climb.tree, UINT64_MAX, office,
                          &c->claimants[i])) {
            return true;
        }
    }
    return false;
}

enum lt_view_about lt_view_about_by_word(const char *word, size_t len)
{
    static const char *const words[] = {[LT_ABOUT_ALL] = "",
                                        [LT_ABOUT_MOVED] = "moved",
                                        [LT_ABOUT_LATE_ENTRY] = "late_entry",
                                        [LT_ABOUT_LATE_EXTENSION] =
                                            "late_extension",
                                        [LT_ABOUT_UNENFORCED] = "unenforced"};

    for (size_t i = LT_ABOUT_MOVED; i < LT_COUNT_OF(words); i++) {
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) {
            return (enum lt_view_about)i;
        }
    }
    return LT_ABOUT_ALL;
}

/* What follows from the case alone; a late extension only its terms tell. */
static bool is_about(const struct lt_matter *m, enum lt_view_about about)
{
    if (LT_PLANTED(about_all)) {
        return true;
    }
    switch (about) {
    case LT_ABOUT_ALL:
        return true;
    case LT_ABOUT_MOVED:
        return m->custody.claims >= 2;
    case LT_ABOUT_LATE_ENTRY:
        return m->opened_on < lt_civil_day(m->opened_ms);
    case LT_ABOUT_LATE_EXTENSION:
        return m->trail.extensions_n > 0;
    case LT_ABOUT_UNENFORCED:
        return lt_trail_has(&m->trail, LT_FACT_DECIDED) &&
               !lt_trail_has(&m->trail, LT_FACT_ENFORCEMENT_ORDERED);
    }
    return false;
}

/* All that has addressees is one kind of matter. */
static bool is_of_type(const struct lt_view_reader *r,
                       const struct lt_view_query *query,
                       const struct lt_matter *m)
{
    switch (query->what) {
    case LT_VIEW_CASES:
    case LT_VIEW_INCIDENTS:
    case LT_VIEW_SHIFTS:
        return true;
    case LT_VIEW_DIRECTIVES:
        return m->type <= LT_DIRECTIVE_PLAN;
    case LT_VIEW_PERIODS:
        return m->type == LT_DIRECTIVE_PERIOD;
    case LT_VIEW_TASKFORCES:
        return m->type == LT_DIRECTIVE_TASKFORCE;
    case LT_VIEW_REQUESTS:
        return m->type == LT_DIRECTIVE_REQUEST;
    case LT_VIEW_NOTICES:
        return m->type == LT_DIRECTIVE_NOTICE;
    case LT_VIEW_RETALIATIONS:
        return m->type == LT_DIRECTIVE_RETALIATION &&
               lt_retaliation_shown(r, m);
    }
    return false;
}

/* What is over by the date is open no more, though no event says so. */
static bool is_open(const struct lt_view_reader *r,
                    const struct lt_view_query *query,
                    const struct lt_matter *m)
{
    bool period =
        query->what == LT_VIEW_PERIODS || query->what == LT_VIEW_TASKFORCES;

    return lt_matter_is_open(m) && !lt_matter_is_lapsed(m, r->climb.now_ms) &&
           !(period && m->until_day < query->today);
}

static bool is_wanted(const struct lt_view_reader *r,
                      const struct lt_view_query *query,
                      const struct lt_matter *m)
{
    bool open = m->kind == LT_MATTER_SHIFT ? lt_shift_is_on(m, r->climb.now_ms)
                                           : is_open(r, query, m);

    if (lt_reader_hides(r)) {
        return false;
    }
    if ((query->open < 0 && open) || (query->open > 0 && !open)) {
        return false;
    }
    if ((query->owed && m->transfers_owed == 0) ||
        (query->tasks && m->tasks_n == 0) ||
        (query->reviewed && !m->has_review)) {
        return false;
    }
    if (!is_of_type(r, query, m) || !is_about(m, query->about)) {
        return false;
    }
    if (query->has_since &&
        (lt_reader_tells_days(r) ? m->opened_on : lt_month_end(m->opened_on)) <
            query->since) {
        return false;
    }
    if (!query->has_office) {
        return true;
    }
    if (query->what == LT_VIEW_DIRECTIVES) {
        return has_target(r, m, &query->office);
    }
    if (m->kind == LT_MATTER_DIRECTIVE && has_target(r, m, &query->office)) {
        return true;
    }
    return lt_office_equal(&m->origin, &query->office) ||
           lt_stands_for(r->climb.tree, UINT64_MAX, &query->office,
                         &m->custodian) ||
           has_part_in(r, &m->custody, &query->office);
}

/* Late, or due within some days: by the law as it stands. */
static lt_err is_due(struct lt_view_reader *r,
                     const struct lt_view_query *query, bool *out_wanted)
{
    const struct lt_matter *m = &r->stored.matter;
    bool late = lt_matter_is_overdue(m, query->today);
    bool soon = false;
    bool extended_late = false;
    bool of_terms = query->about == LT_ABOUT_LATE_EXTENSION;
    size_t n = 0;
    lt_err rc = LT_OK;

    *out_wanted = true;
    if (!query->overdue && !query->due_soon && !of_terms) {
        return LT_OK;
    }
    rc = lt_reader_duties(r, &n);
    for (size_t i = 0; i < n; i++) {
        late |= lt_due_is_overdue(&r->duties[i], query->today);
        soon |= lt_due_is_soon(&r->duties[i], query->today);
        extended_late |= r->duties[i].too_late > 0;
    }
    *out_wanted = ((!query->overdue && !query->due_soon) ||
                   (query->overdue && late) || (query->due_soon && soon)) &&
                  (!of_terms || extended_late);
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
    case LT_VIEW_PERIODS:
    case LT_VIEW_TASKFORCES:
    case LT_VIEW_REQUESTS:
    case LT_VIEW_NOTICES:
    case LT_VIEW_RETALIATIONS:
        return LT_MATTER_DIRECTIVE;
    case LT_VIEW_SHIFTS:
        return LT_MATTER_SHIFT;
    }
    return LT_MATTER_NONE;
}

/* A page in the making. */
struct page {
    const struct lt_view_query *query;
    struct lt_json *json;
    struct lt_cursor last; /* shown */
    uint32_t shown;
    bool dated; /* that one, by its own cursor */
    bool more;  /* than fit */
};

/* The matter in r->stored, when it belongs there. */
static lt_err put_item(struct lt_view_reader *r, struct page *page)
{
    const struct lt_view_query *query = page->query;
    bool due = false;
    lt_err rc = LT_OK;

    if (!is_wanted(r, query, &r->stored.matter)) {
        return LT_OK;
    }
    rc = is_due(r, query, &due);
    if (rc != LT_OK || !due) {
        return rc;
    }
    if (page->shown == query->limit) {
        page->more = true;
        return LT_OK;
    }
    lt_json_open(page->json, '{');
    rc = lt_item_fields(r, page->json, query->today);
    lt_json_close(page->json, '}');
    page->last = (struct lt_cursor){r->stored.listed_opened, r->stored.key};
    page->dated = lt_reader_tells_days(r);
    page->shown++;
    return rc;
}

static lt_err put_rows(struct lt_view_reader *r, sqlite3_stmt *stmt,
                       struct page *page)
{
    lt_err rc = LT_OK;

    while (rc == LT_OK && !page->more) {
        bool row;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            return rc;
        }
        rc = lt_reader_take_matter(r, stmt);
        if (rc == LT_OK) {
            rc = put_item(r, page);
        }
    }
    return rc;
}

/* Cases that a query by their dates may want; 0: it asks for no dates. */
static uint32_t docket_flags(const struct lt_view_query *query)
{
    if (query->what != LT_VIEW_CASES || query->open < 0) {
        return 0;
    }
    if (query->overdue || query->due_soon) {
        return (query->overdue ? LT_DOCKET_LATE : 0) |
               (query->due_soon ? LT_DOCKET_SOON : 0);
    }
    return query->about == LT_ABOUT_LATE_EXTENSION ? LT_DOCKET_EXTENDED_LATE
                                                   : 0;
}

static lt_err put_docket(struct lt_view_reader *r, uint32_t flags,
                         struct page *page)
{
    const struct lt_docket_row *rows;
    size_t n = 0;
    size_t at;
    lt_err rc = lt_docket_refresh(r, page->query->today);

    if (rc != LT_OK) {
        return rc;
    }
    rows = lt_docket_rows(r->docket, &n);
    at = lt_docket_place(r->docket, page->last.at, page->last.key);
    while (rc == LT_OK && at > 0 && !page->more) {
        at--;
        if ((rows[at].flags & flags) != 0) {
            rc = lt_reader_any_matter(r, rows[at].key);
            rc = rc == LT_OK ? put_item(r, page) : rc;
        }
    }
    return rc;
}

static lt_err put_listed(struct lt_view_reader *r, struct page *page)
{
    const struct lt_view_query *query = page->query;
    /* Whether a shift is on is a matter of the hour: none stands as open. */
    sqlite3_stmt *stmt = query->open > 0 && query->what != LT_VIEW_SHIFTS
                             ? r->list_open
                             : r->list_all;
    lt_err rc;

    sqlite3_bind_int64(stmt, 1, (int64_t)kind_of(query));
    sqlite3_bind_int64(stmt, 2, page->last.at);
    sqlite3_bind_int64(stmt, 3, page->last.key);
    rc = put_rows(r, stmt, page);
    lt_db_reset(stmt);
    return rc;
}

lt_err lt_view_list(struct lt_view_reader *reader,
                    const struct lt_view_query *query, struct lt_buf *out_json)
{
    struct lt_json json;
    struct page page = {.query = query, .json = &json, .dated = true};
    bool by_key = query->after != NULL && query->after[0] == 'k';
    uint32_t flags = docket_flags(query);
    lt_err rc;

    if (query->limit < 1 || query->limit > LIMIT_MAX ||
        (!by_key && !lt_cursor_read(query->after, &page.last))) {
        return LT_EINVAL;
    }
    rc = lt_reader_begin(reader);
    if (rc != LT_OK) {
        return rc;
    }
    if (by_key) {
        rc = read_key_cursor(reader, query->after, &page.last);
        if (rc != LT_OK) {
            lt_reader_end(reader);
            return rc;
        }
    }
    lt_json_init(&json, out_json);
    lt_json_open(&json, '{');
    lt_json_key(&json, "items");
    lt_json_open(&json, '[');
    rc = flags == 0 ? put_listed(reader, &page)
                    : put_docket(reader, flags, &page);
    lt_json_close(&json, ']');
    lt_json_key(&json, "next");
    if (page.more && page.dated) {
        lt_cursor_put(&json, &page.last);
    } else if (page.more) {
        put_key_cursor(&json, page.last.key);
    } else {
        lt_json_null(&json);
    }
    lt_json_close(&json, '}');
    lt_reader_end(reader);
    return rc == LT_OK && json.failed ? LT_ENOMEM : rc;
}
