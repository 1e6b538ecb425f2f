/* `office list`: this office and all below, each with what it has on its
 * hands.
 *
 * Counting goes over all open matters; so the sums are kept while the view
 * stands still, and otherwise for a time that is long beside what they cost:
 * pages that ask all the time take a tenth of this thread at most. Who is on
 * duty changes with the clock: nothing is kept for longer than its minute. */
#include <string.h>

#include "daemon/control/answer.h"
#include "daemon/control/desk.h"
#include "daemon/view/burden.h"

enum {
    LIMIT_DEFAULT = 1000,
    KEEP_MIN_MS = 500,
    KEEP_TIMES = 10,
    MINUTE_MS = 60000,
    PATIENCE_MS = 10000,
    PATIENCE_USUAL_MS = 2000
};

static int64_t mono_ms(const struct lt_desk *desk)
{
    struct lt_now now;

    desk->sys->now(desk->sys->ctx, &now);
    return now.mono_ms;
}

static lt_err count_burdens(struct lt_desk *desk, struct lt_diag *diag)
{
    struct lt_desk_burdens *kept = &desk->burdens;
    struct lt_view_reader *reader;
    struct lt_burden *rows = NULL;
    int64_t began_ms = mono_ms(desk);
    int64_t minute = desk->now_ms / MINUTE_MS;
    size_t n = 0;
    lt_err rc;

    if (kept->until_ms != 0 && kept->today == desk->today &&
        kept->minute == minute &&
        (kept->applied == desk->applied || began_ms < kept->until_ms)) {
        return LT_OK;
    }
    rc = lt_desk_reader(desk, &reader, diag);
    if (rc != LT_OK) {
        return rc;
    }
    lt_view_reader_set_patience(reader, PATIENCE_MS);
    rc = lt_view_burdens(reader, desk->today, &rows, &n);
    lt_view_reader_set_patience(reader, PATIENCE_USUAL_MS);
    if (rc == LT_EIO) {
        lt_desk_drop_reader(desk);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_free(lt_alloc_heap(), kept->rows);
    kept->rows = rows;
    kept->n = n;
    kept->applied = desk->applied;
    kept->today = desk->today;
    kept->minute = minute;
    kept->until_ms = mono_ms(desk);
    kept->until_ms += (kept->until_ms - began_ms) * KEEP_TIMES + KEEP_MIN_MS;
    return LT_OK;
}

static const char *link_word(const struct lt_desk *desk,
                             const struct lt_office *office,
                             int64_t *out_since_ms)
{
    static const char *const words[] = {
        [LT_FACT_CURRENT] = "current",
        [LT_FACT_BEHIND] = "behind",
        [LT_FACT_SILENT] = "silent",
        [LT_FACT_WITHHELD] = "withheld",
    };
    const struct lt_fact_office *fact =
        lt_facts_office(desk->snapshot->facts, office);

    *out_since_ms = 0;
    if (lt_office_equal(office, &desk->office)) {
        return "current";
    }
    if (fact == NULL || !fact->bound) {
        return "unknown";
    }
    *out_since_ms = fact->since_ms;
    return words[fact->state];
}

static bool put_time(struct lt_buf *out, const char *key, int64_t wall_ms)
{
    char text[LT_TIME_TEXT];

    lt_time_format(wall_ms, text);
    return wall_ms == 0 ? lt_buf_printf(out, ",\"%s\":null", key)
                        : lt_buf_printf(out, ",\"%s\":\"%s\"", key, text);
}

/* The holder's name is not told: whom to ring is the number. */
static bool put_today(const struct lt_burden *burden, struct lt_buf *out)
{
    bool fits = burden->daily_asked == 0
                    ? lt_buf_printf(out, ",\"daily_status\":null")
                    : lt_buf_printf(out,
                                    ",\"daily_status\":{\"asked\":%u"
                                    ",\"said\":%u",
                                    burden->daily_asked, burden->daily_said) &&
                          put_time(out, "said_at", burden->daily_said_ms) &&
                          put_time(out, "due_at", burden->daily_due_ms) &&
                          lt_buf_put(out, "}", 1);

    if (!burden->on_duty) {
        return fits && lt_buf_printf(out, ",\"on_duty\":null");
    }
    return fits && lt_buf_printf(out, ",\"on_duty\":{\"phone\":") &&
           lt_json_string(out, burden->duty_phone[0] == '\0'
                                   ? NULL
                                   : burden->duty_phone) &&
           lt_buf_put(out, "}", 1);
}

static bool put_office(const struct lt_desk *desk,
                       const struct lt_tree_office *office, struct lt_buf *out)
{
    static const struct lt_burden none;
    const struct lt_burden *burden =
        lt_burden_find(desk->burdens.rows, desk->burdens.n, &office->id);
    char id[LT_OFFICE_TEXT];
    char parent[LT_OFFICE_TEXT];
    int64_t since_ms;
    const char *link = link_word(desk, &office->id, &since_ms);

    burden = burden == NULL ? &none : burden;
    lt_office_format(&office->id, id);
    lt_office_format(&office->parent, parent);
    return lt_buf_printf(out, "{\"id\":\"%s\",\"name\":", id) &&
           lt_json_string(out, office->name) &&
           lt_buf_printf(out, ",\"kind\":") &&
           lt_json_string(out, office->kind) &&
           lt_buf_printf(out, ",\"code\":") &&
           lt_json_string(out, office->code[0] == '\0' ? NULL : office->code) &&
           lt_buf_printf(out, ",\"parent\":") &&
           lt_json_string(out,
                          lt_office_is_zero(&office->parent) ? NULL : parent) &&
           lt_buf_printf(out, ",\"link\":\"%s\"", link) &&
           put_time(out, "since", since_ms) &&
           lt_buf_printf(out,
                         ",\"open\":%u,\"overdue\":%u,\"due_soon\":%u"
                         ",\"incidents_open\":%u,\"incidents_untaken\":%u"
                         ",\"directives_unanswered\":%u"
                         ",\"late_days_most\":%d",
                         burden->open, burden->overdue, burden->due_soon,
                         burden->incidents_open, burden->incidents_untaken,
                         burden->directives_unanswered,
                         burden->late_days_most) &&
           put_time(out, "last_event_at", burden->last_event_ms) &&
           put_today(burden, out) && lt_buf_put(out, "}", 1);
}

/* Where the page begins: behind the office that the cursor names. */
static lt_err find_begin(const struct lt_tree *tree, const struct lt_args *args,
                         size_t *out_index, struct lt_diag *diag)
{
    struct lt_text after = args->texts[LT_OPT_AFTER];
    char text[LT_OFFICE_TEXT];
    struct lt_office office;

    *out_index = 0;
    if (!lt_args_has(args, LT_OPT_AFTER)) {
        return LT_OK;
    }
    if (after.len == LT_OFFICE_TEXT - 1) {
        memcpy(text, after.data, after.len);
        text[after.len] = '\0';
        if (lt_office_parse(text, &office)) {
            for (size_t i = 0; i < lt_tree_count(tree); i++) {
                if (lt_office_equal(&lt_tree_at(tree, i)->id, &office)) {
                    *out_index = i + 1;
                    return LT_OK;
                }
            }
        }
    }
    return lt_desk_refuse(diag, LT_EINVAL, "after", "ui_why_no_cursor");
}

lt_err lt_read_offices(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_tree *tree;
    const struct lt_tree_office *last = NULL;
    size_t limit = lt_args_has(args, LT_OPT_LIMIT)
                       ? (size_t)args->numbers[LT_OPT_LIMIT]
                       : LIMIT_DEFAULT;
    size_t shown = 0;
    bool more = false;
    bool fits;
    size_t i;
    lt_err rc;

    if (desk->snapshot == NULL || desk->snapshot->tree == NULL ||
        desk->snapshot->facts == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "status", "ui_why_starting");
    }
    tree = desk->snapshot->tree;
    rc = lt_desk_settle(desk);
    if (rc == LT_OK) {
        rc = find_begin(tree, args, &i, diag);
    }
    if (rc == LT_OK) {
        rc = count_burdens(desk, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    fits = lt_buf_printf(out, "{\"items\":[");
    for (; fits && i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);

        if (!lt_tree_covers(tree, &desk->office, &office->id) ||
            office->closed_version != 0) {
            continue;
        }
        if (shown == limit) {
            more = true;
            break;
        }
        fits = (shown == 0 || lt_buf_put(out, ",", 1)) &&
               put_office(desk, office, out);
        last = office;
        shown++;
    }
    if (more) {
        char cursor[LT_OFFICE_TEXT];

        lt_office_format(&last->id, cursor);
        fits = fits && lt_buf_printf(out, "],\"next\":\"%s\"}", cursor);
    } else {
        fits = fits && lt_buf_printf(out, "],\"next\":null}");
    }
    return fits ? LT_OK : LT_ENOMEM;
}
