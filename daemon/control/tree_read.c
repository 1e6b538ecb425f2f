/* tree list, tree show: the tree now or on a day, and what became of one
 * office. tree rehearse: what a plan would do, and what would be left. */
#include <inttypes.h>
#include <string.h>

#include "daemon/control/answer.h"
#include "daemon/control/tree_cmd.h"
#include "daemon/view/burden.h"

enum { LIMIT_DEFAULT = 1000, HISTORY_MAX = 1000 };

static bool put_id(struct lt_buf *out, const char *key,
                   const struct lt_office *office)
{
    char text[LT_OFFICE_TEXT];

    lt_office_format(office, text);
    return lt_office_is_zero(office)
               ? lt_buf_printf(out, ",\"%s\":null", key)
               : lt_buf_printf(out, ",\"%s\":\"%s\"", key, text);
}

static bool put_text(struct lt_buf *out, const char *key, const char *text)
{
    return lt_buf_printf(out, ",\"%s\":", key) &&
           lt_json_string(out, text == NULL || text[0] == '\0' ? NULL : text);
}

static bool put_day(struct lt_buf *out, const char *key, bool has, int32_t day)
{
    char text[LT_DAY_TEXT];

    if (!has) {
        return lt_buf_printf(out, ",\"%s\":null", key);
    }
    lt_day_format(day, text);
    return lt_buf_printf(out, ",\"%s\":\"%s\"", key, text);
}

static size_t depth_of(const struct lt_tree *tree,
                       const struct lt_office *office)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];

    return lt_tree_superiors(tree, office, line);
}

/* What stands between the braces of an office. */
static bool put_office(const struct lt_tree *tree,
                       const struct lt_tree_office *office, struct lt_buf *out)
{
    struct lt_office heir = {{0}};
    char id[LT_OFFICE_TEXT];

    if (office->closed_version != 0) {
        heir = lt_tree_heir(tree, &office->id);
    }
    lt_office_format(&office->id, id);
    return lt_buf_printf(out, "\"id\":\"%s\"", id) &&
           put_text(out, "name", office->name) &&
           put_text(out, "kind", office->kind) &&
           put_text(out, "code", office->code) &&
           put_id(out, "parent", &office->parent) &&
           lt_buf_printf(out,
                         ",\"depth\":%zu,\"keeper\":%s,\"closed\":%s"
                         ",\"since_version\":%" PRIu64,
                         depth_of(tree, &office->id),
                         office->keeper ? "true" : "false",
                         office->closed_version != 0 ? "true" : "false",
                         office->since_version) &&
           put_id(out, "heir", &heir);
}

/* ---- the tree on a day ---- */

static lt_err tree_on(struct lt_desk *desk, const struct lt_args *args,
                      lt_view_tree_visit *visit, void *ctx,
                      struct lt_tree **out_tree, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_tree(reader,
                          lt_args_has(args, LT_OPT_ON)
                              ? (int32_t)args->numbers[LT_OPT_ON]
                              : INT32_MAX,
                          visit, ctx, out_tree);
        if (rc == LT_OK) {
            lt_tree_set_self(*out_tree, &desk->office);
        }
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    return rc;
}

/* In the order in which a tree is drawn: an office, then what is below it. Other
 * trees that are known here, for what came from them or went there, are not. */
struct drawing {
    const struct lt_tree *tree;
    const struct lt_tree_office **order;
    size_t n;
};

static void draw(struct drawing *drawing, const struct lt_office *parent)
{
    const struct lt_tree *tree = drawing->tree;

    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);

        if (lt_office_equal(&office->parent, parent) &&
            (!lt_office_is_zero(parent) || office == lt_tree_root(tree)) &&
            drawing->n < lt_tree_count(tree)) {
            drawing->order[drawing->n++] = office;
            if (!lt_office_is_zero(&office->id)) {
                draw(drawing, &office->id);
            }
        }
    }
}

static lt_err put_list(const struct lt_tree *tree, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_office nobody = {{0}};
    struct drawing drawing = {.tree = tree};
    size_t limit = lt_args_has(args, LT_OPT_LIMIT)
                       ? (size_t)args->numbers[LT_OPT_LIMIT]
                       : LIMIT_DEFAULT;
    struct lt_text after = args->texts[LT_OPT_AFTER];
    char id[LT_OFFICE_TEXT];
    bool fits = true;
    size_t shown = 0;
    size_t i = 0;

    drawing.order = lt_new_array(lt_alloc_heap(), lt_tree_count(tree) + 1,
                                 sizeof(struct lt_tree_office *));
    if (drawing.order == NULL) {
        return LT_ENOMEM;
    }
    draw(&drawing, &nobody);
    if (lt_args_has(args, LT_OPT_AFTER)) {
        for (; i < drawing.n; i++) {
            lt_office_format(&drawing.order[i]->id, id);
            if (after.len == LT_OFFICE_TEXT - 1 &&
                memcmp(after.data, id, after.len) == 0) {
                break;
            }
        }
        if (i == drawing.n) {
            lt_free(lt_alloc_heap(), (void *)drawing.order);
            return lt_desk_refuse(diag, LT_EINVAL, "after", "ui_why_no_cursor");
        }
        i++;
    }
    fits = lt_buf_printf(out, "{\"version\":%" PRIu64 ",\"items\":[",
                         lt_tree_version(tree));
    for (; fits && i < drawing.n && shown < limit; i++, shown++) {
        fits = lt_buf_printf(out, "%s{", shown == 0 ? "" : ",") &&
               put_office(tree, drawing.order[i], out) &&
               lt_buf_put(out, "}", 1);
        lt_office_format(&drawing.order[i]->id, id);
    }
    fits = fits && (i < drawing.n ? lt_buf_printf(out, "],\"next\":\"%s\"}", id)
                                  : lt_buf_printf(out, "],\"next\":null}"));
    lt_free(lt_alloc_heap(), (void *)drawing.order);
    return fits ? LT_OK : LT_ENOMEM;
}

lt_err lt_read_tree(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_tree *tree = NULL;
    lt_err rc = tree_on(desk, args, NULL, NULL, &tree, diag);

    if (rc == LT_OK) {
        rc = put_list(tree, args, out, diag);
    }
    lt_tree_free(tree);
    return rc;
}

/* ---- one office ---- */

struct telling {
    struct lt_office office;
    struct lt_buf *out;
    size_t n;
    bool fits;
};

static const char *change_word(const struct lt_event *event)
{
    if (event->type == LT_EV_OFFICE_OPENED) {
        return "opened";
    }
    if (event->type == LT_EV_OFFICE_RELEASED) {
        return "release";
    }
    if (event->type == LT_EV_RELEASE_WITHDRAWN) {
        return "take_back";
    }
    if (event->type == LT_EV_OFFICE_ADMITTED) {
        return "come";
    }
    if (lt_tree_is_joint(event)) {
        return event->type == LT_EV_REGION_ADMITTED ? "admit" : "step_down";
    }
    if (event->has_puts_in_force) {
        return event->office_prepared ? "withdrawn" : "in_force";
    }
    return event->office_closed                        ? "closed"
           : !lt_office_is_zero(&event->office.parent) ? "moved"
           : event->office.name.len + event->office.kind.len +
                       event->office.code.len >
                   0
               ? "renamed"
               : "readdressed";
}

static bool put_span(struct lt_buf *out, const char *key, struct lt_text text)
{
    if (text.len == 0) {
        return lt_buf_printf(out, ",\"%s\":null", key);
    }
    return lt_buf_printf(out, ",\"%s\":", key) &&
           lt_json_quote(out, text.data, text.len);
}

static void tell(void *ctx, uint64_t version, int32_t day,
                 const struct lt_event *event)
{
    struct telling *telling = ctx;
    struct lt_buf *out = telling->out;
    bool released = event->type == LT_EV_OFFICE_RELEASED;
    const struct lt_office *of =
        released ? &event->released : &event->office.id;
    const struct lt_office *parent =
        released ? &event->office.id : &event->office.parent;

    if (!lt_office_equal(of, &telling->office) ||
        telling->n == HISTORY_MAX || !telling->fits) {
        return;
    }
    telling->fits =
        lt_buf_printf(out, "%s{\"version\":%" PRIu64 ",\"change\":\"%s\"",
                      telling->n == 0 ? "" : ",", version,
                      change_word(event)) &&
        lt_buf_printf(out, ",\"prepared\":%s",
                      event->office_prepared ? "true" : "false") &&
        put_day(out, "on", true,
                event->office_prepared ? event->office.from_date : day) &&
        put_span(out, "name", event->office.name) && /* released: of whom to */
        put_span(out, "kind", event->office.kind) &&
        put_span(out, "code", event->office.code) &&
        put_id(out, "parent", parent) &&
        put_id(out, "heir", &event->heir) && lt_buf_put(out, "}", 1);
    telling->n++;
}

static bool put_ids(struct lt_buf *out, const struct lt_office *ids, size_t n)
{
    bool fits = true;

    for (size_t i = 0; fits && i < n; i++) {
        char text[LT_OFFICE_TEXT];

        lt_office_format(&ids[i], text);
        fits = lt_buf_printf(out, "%s\"%s\"", i == 0 ? "" : ",", text);
    }
    return fits;
}

/* Those whose heir it is. */
static bool put_predecessors(const struct lt_tree *tree,
                             const struct lt_office *office, struct lt_buf *out)
{
    bool fits = lt_buf_printf(out, ",\"predecessors\":[");
    size_t n = 0;

    for (size_t i = 0; fits && i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *other = lt_tree_at(tree, i);

        if (other->closed_version != 0 &&
            lt_office_equal(&other->heir, office)) {
            char text[LT_OFFICE_TEXT];

            lt_office_format(&other->id, text);
            fits = lt_buf_printf(out, "%s\"%s\"", n++ == 0 ? "" : ",", text);
        }
    }
    return fits && lt_buf_put(out, "]", 1);
}

static bool put_prepared(const struct lt_tree *tree,
                         const struct lt_office *office, struct lt_buf *out)
{
    bool fits = lt_buf_printf(out, ",\"prepared\":[");
    size_t n = 0;

    for (size_t i = 0; fits && i < lt_tree_prepared_count(tree); i++) {
        const struct lt_tree_prepared *p = lt_tree_prepared_at(tree, i);

        if (p->in_force != 0 || !lt_office_equal(&p->change.id, office)) {
            continue;
        }
        fits = lt_buf_printf(out, "%s{\"version\":%" PRIu64 ",\"closes\":%s",
                             n++ == 0 ? "" : ",", p->version,
                             p->closes ? "true" : "false") &&
               put_day(out, "on", p->has_from_date, p->from_date) &&
               put_id(out, "heir", &p->heir) &&
               put_id(out, "parent", &p->change.parent) &&
               put_text(out, "name", p->change.name) &&
               put_text(out, "kind", p->change.kind) &&
               put_text(out, "code", p->change.code) && lt_buf_put(out, "}", 1);
    }
    return fits && lt_buf_put(out, "]", 1);
}

lt_err lt_read_tree_office(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_tree_office *named = NULL;
    const struct lt_tree_office *office;
    struct telling telling = {.office = desk->office, .fits = true};
    struct lt_office line[LT_TREE_DEPTH_MAX];
    struct lt_tree *tree = NULL;
    struct lt_buf history;
    bool fits;
    lt_err rc = LT_OK;

    if (lt_args_has(args, LT_OPT_OFFICE)) {
        rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &named, diag);
        if (rc != LT_OK) {
            return rc;
        }
        telling.office = named->id;
    }
    lt_buf_init(&history, lt_alloc_heap());
    telling.out = &history;
    rc = tree_on(desk, args, tell, &telling, &tree, diag);
    office = rc == LT_OK ? lt_tree_find(tree, &telling.office) : NULL;
    if (rc == LT_OK && office == NULL) {
        rc = lt_desk_refuse(diag, LT_ENOTFOUND, "office",
                            "ui_why_tree_not_then");
    }
    if (rc == LT_OK) {
        size_t n = lt_tree_superiors(tree, &office->id, line);

        fits =
            telling.fits && lt_buf_put(out, "{", 1) &&
            put_office(tree, office, out) &&
            lt_buf_printf(out, ",\"version\":%" PRIu64 ",\"superiors\":[",
                          lt_tree_version(tree)) &&
            put_ids(out, line, n) && lt_buf_put(out, "]", 1) &&
            put_predecessors(tree, &office->id, out) &&
            put_prepared(tree, &office->id, out) &&
            lt_buf_printf(out, ",\"history\":[") &&
            (history.len == 0 || lt_buf_put(out, history.data, history.len)) &&
            lt_buf_put(out, "]}", 2);
        rc = fits ? LT_OK : LT_ENOMEM;
    }
    lt_buf_deinit(&history);
    lt_tree_free(tree);
    return rc;
}

/* ---- a rehearsal ---- */

struct passing {
    struct lt_burden *rows;
    size_t n;
};

static const char *plan_word(const struct lt_plan_change *change)
{
    return change->event->type == LT_EV_OFFICE_OPENED          ? "open"
           : change->event->office_closed                      ? "close"
           : !lt_office_is_zero(&change->event->office.parent) ? "move"
                                                               : "rename";
}

static bool put_changes(const struct lt_plan *plan, struct lt_buf *out)
{
    bool fits = lt_buf_printf(out, "\"changes\":[");

    for (size_t i = 0; fits && i < plan->changes_n; i++) {
        const struct lt_plan_change *change = &plan->changes[i];
        const struct lt_event *event = change->event;
        char id[LT_OFFICE_TEXT];

        lt_office_format(&event->office.id, id);
        fits = lt_buf_printf(out,
                             "%s{\"line\":%zu,\"change\":\"%s\""
                             ",\"office\":\"%s\"",
                             i == 0 ? "" : ",", change->line, plan_word(change),
                             id) &&
               put_id(out, "from", &change->from) &&
               put_id(out, "to",
                      event->office_closed ? &event->heir
                                           : &event->office.parent) &&
               put_span(out, "name", event->office.name) &&
               put_span(out, "kind", event->office.kind) &&
               put_span(out, "code", event->office.code) &&
               lt_buf_put(out, "}", 1);
    }
    return fits && lt_buf_put(out, "]", 1);
}

/* What each closing passes on, as it is today. */
static bool put_passes(const struct lt_plan *plan,
                       const struct passing *passing, struct lt_buf *out)
{
    bool fits = lt_buf_printf(out, ",\"passes\":[");
    size_t n = 0;

    for (size_t i = 0; fits && i < plan->changes_n; i++) {
        const struct lt_event *event = plan->changes[i].event;
        const struct lt_burden *burden;
        struct lt_office heir;
        char id[LT_OFFICE_TEXT];

        if (!event->office_closed) {
            continue;
        }
        heir = lt_tree_heir(plan->after, &event->office.id);
        burden = lt_burden_find(passing->rows, passing->n, &event->office.id);
        lt_office_format(&event->office.id, id);
        fits =
            lt_buf_printf(out, "%s{\"from\":\"%s\"", n++ == 0 ? "" : ",", id) &&
            put_id(out, "to", &heir) &&
            lt_buf_printf(out, ",\"open\":%u,\"directives\":%u}",
                          burden == NULL ? 0 : burden->open,
                          burden == NULL ? 0 : burden->directives_unanswered);
    }
    return fits && lt_buf_put(out, "]", 1);
}

static bool put_left(const struct lt_desk *desk, size_t *n, size_t line,
                     const struct lt_office *office, const char *reason,
                     struct lt_buf *out)
{
    const char *word = lt_tree_reason(reason);

    return lt_buf_printf(out, "%s{\"line\":%zu", (*n)++ == 0 ? "" : ",",
                         line) &&
           put_id(out, "office", office) && lt_buf_printf(out, ",\"code\":") &&
           lt_json_string(out,
                          strncmp(word, "ui_why_", 7) == 0 ? word + 7 : word) &&
           lt_buf_printf(out, ",\"text\":") &&
           lt_json_string(out, lt_ui(desk->lang, word)) &&
           lt_buf_put(out, "}", 1);
}

/* Who would come under somebody that it cannot dial, or pass things on to an
 * office that has no machine yet: no refusal, but something to be done before
 * the day. */
static bool put_warnings(const struct lt_desk *desk, const struct lt_plan *plan,
                         size_t *n, struct lt_buf *out)
{
    bool fits = true;

    for (size_t i = 0; fits && i < plan->changes_n; i++) {
        const struct lt_event *event = plan->changes[i].event;
        const struct lt_office *to = &event->heir;
        const struct lt_fact_office *fact;
        const struct lt_tree_office *parent;

        if (event->office_closed) {
            struct lt_office heir =
                lt_tree_heir(plan->after, &event->office.id);

            fact = lt_facts_office(desk->snapshot->facts, &heir);
            if (!lt_office_equal(&heir, &desk->office) &&
                (fact == NULL || !fact->bound)) {
                fits = put_left(desk, n, plan->changes[i].line, &heir,
                                "ui_why_plan_heir_unbound", out);
            }
            continue;
        }
        to = &event->office.parent;
        parent = lt_tree_find(plan->after, to);
        if (event->type != LT_EV_OFFICE_OPENED && parent != NULL &&
            parent->link_addresses_n == 0) {
            fits = put_left(desk, n, plan->changes[i].line, to,
                            "ui_why_plan_no_address", out);
        }
    }
    return fits;
}

static size_t count_open(const struct lt_tree *tree)
{
    size_t n = 0;

    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        n += lt_tree_at(tree, i)->closed_version == 0 ? 1 : 0;
    }
    return n;
}

static lt_err put_rehearsal(const struct lt_desk *desk,
                            const struct lt_plan *plan,
                            const struct passing *passing, struct lt_buf *out)
{
    size_t left = 0;
    bool fits = lt_buf_put(out, "{", 1) && put_changes(plan, out) &&
                put_passes(plan, passing, out) &&
                lt_buf_printf(out, ",\"left\":[");

    for (size_t i = 0; fits && i < plan->left_n; i++) {
        fits = put_left(desk, &left, plan->left[i].line, &plan->left[i].office,
                        plan->left[i].reason, out);
    }
    fits = fits && put_warnings(desk, plan, &left, out) &&
           lt_buf_printf(out,
                         "],\"left_all\":%zu,\"open_before\":%zu"
                         ",\"open_after\":%zu,\"ok\":%s}",
                         left + plan->left_all - plan->left_n,
                         count_open(desk->snapshot->tree),
                         count_open(plan->after), left == 0 ? "true" : "false");
    return fits ? LT_OK : LT_ENOMEM;
}

lt_err lt_read_rehearsal(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_buf *out, struct lt_diag *diag)
{
    struct passing passing = {.n = 0};
    struct lt_plan plan = {.changes_n = 0};
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK &&
        (desk->snapshot == NULL || desk->snapshot->facts == NULL)) {
        rc = lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_starting");
    }
    if (rc == LT_OK) {
        rc =
            lt_tree_plan_of(desk, args, args->texts[LT_OPT_LINES], &plan, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_burdens(reader, desk->today, &passing.rows, &passing.n);
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    if (rc == LT_OK) {
        rc = put_rehearsal(desk, &plan, &passing, out);
    }
    lt_free(lt_alloc_heap(), passing.rows);
    lt_tree_free(plan.after);
    return rc;
}
