/* tree move, rename, merge, split, close, plan, put-in-force: what the tree's
 * writer orders. Each is a plan of one line or more (tree_plan.h), written in
 * one commit: at once, or prepared for a day. */
#include <stdio.h>
#include <string.h>

#include "daemon/control/desk.h"
#include "daemon/control/release_cmd.h"
#include "daemon/control/tree_cmd.h"

enum { DAYS_AHEAD_MAX = 2 * 366 };

static const struct lt_channel CHANNEL = {.cls = LT_CLASS_TREE,
                                          .audience = LT_AUDIENCE_ALL};

/* The tree has its own words; people have theirs. */
const char *lt_tree_reason(const char *reason)
{
    static const struct {
        const char *tree;
        const char *ui;
    } words[] = {
        {"unknown office", "ui_why_plan_no_office"},
        {"unknown parent", "ui_why_plan_no_office"},
        {"unknown heir", "ui_why_plan_no_office"},
        {"closed", "ui_why_tree_closed"},
        {"the parent is closed", "ui_why_tree_parent_closed"},
        {"the heir is closed", "ui_why_tree_heir_closed"},
        {"an office below has no other parent", "ui_why_tree_homeless"},
        {"a loop", "ui_why_tree_loop"},
        {"too deep", "ui_why_tree_deep"},
        {"too many offices", "ui_why_tree_many"},
        {"the root does not move", "ui_why_tree_root"},
        {"the root does not close", "ui_why_tree_root"},
        {"a second root", "ui_why_tree_root"},
        {"an office of another tree", "ui_why_tree_foreign"},
    };

    for (size_t i = 0; i < LT_COUNT_OF(words); i++) {
        if (strcmp(words[i].tree, reason) == 0) {
            return words[i].ui;
        }
    }
    return reason;
}

/* It has stepped down, and its successor has not admitted it yet. */
static lt_err refuse_stepped(const struct lt_desk *desk, struct lt_diag *diag)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_tree_region *region =
        lt_tree_region_of(tree, &desk->office);
    const struct lt_tree_office *successor =
        lt_tree_find(tree, &region->successor);
    char day[LT_DAY_TEXT];

    lt_day_format(region->until_day, day);
    (void)lt_diag_set(diag, LT_ESTEPPED);
    lt_diag_arg(diag, "holder", "%s", successor == NULL ? "" : successor->name);
    lt_diag_arg(diag, "until", "%s", day);
    return LT_ESTEPPED;
}

lt_err lt_tree_writer_only(const struct lt_desk *desk, struct lt_diag *diag)
{
    const struct lt_tree_office *root;

    if (desk->snapshot == NULL || desk->snapshot->tree == NULL ||
        lt_tree_root(desk->snapshot->tree) == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    if (lt_tree_may_write(desk->snapshot->tree, &desk->office, desk->today)) {
        return LT_OK;
    }
    root = lt_tree_root(desk->snapshot->tree);
    if (!lt_office_equal(&root->id, &desk->office)) {
        lt_desk_refuse(diag, LT_ENOTWRITER, "tree", NULL);
        lt_diag_arg(diag, "holder", "%s", root->name);
        return LT_ENOTWRITER;
    }
    return refuse_stepped(desk, diag);
}

/* Who lets go of an office says nothing of it until it is admitted elsewhere, or
 * he has taken that back. */
static lt_err refuse_released(const struct lt_desk *desk, struct lt_plan *plan,
                              struct lt_diag *diag)
{
    for (size_t i = 0; i < plan->changes_n; i++) {
        const struct lt_event *event = plan->changes[i].event;
        const struct lt_office *named[] = {
            &event->office.id, &event->office.parent, &event->heir};

        for (size_t k = 0; k < LT_COUNT_OF(named); k++) {
            const struct lt_tree_office *office =
                lt_tree_find(desk->snapshot->tree, named[k]);

            if (office == NULL || !lt_release_is_open(desk, named[k])) {
                continue;
            }
            (void)lt_diag_set(diag, LT_EPLAN);
            lt_diag_arg(diag, "line", "%zu", plan->changes[i].line);
            lt_diag_arg(diag, "name", "%s", office->name);
            lt_diag_arg(diag, "reason", "%s", "ui_why_tree_released");
            lt_tree_free(plan->after);
            plan->after = NULL;
            return LT_EPLAN;
        }
    }
    return LT_OK;
}

lt_err lt_tree_plan_of(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_text text, struct lt_plan *out_plan,
                       struct lt_diag *diag)
{
    struct lt_plan_ask ask = {
        .policy = desk->policy,
        .sys = desk->sys,
        .text = text,
        .has_date = lt_args_has(args, LT_OPT_DATE) &&
                    args->numbers[LT_OPT_DATE] > desk->today,
        .date = (int32_t)args->numbers[LT_OPT_DATE],
        .arena = desk->arena,
    };
    lt_err rc = lt_tree_writer_only(desk, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (lt_args_has(args, LT_OPT_DATE) &&
        (args->numbers[LT_OPT_DATE] < desk->today ||
         args->numbers[LT_OPT_DATE] > desk->today + DAYS_AHEAD_MAX)) {
        return lt_desk_refuse(diag, LT_EINVAL, "date", "ui_why_plan_day");
    }
    ask.tree = desk->snapshot->tree;
    rc = lt_plan_make(&ask, out_plan);
    if (rc == LT_OK) {
        rc = refuse_released(desk, out_plan, diag);
    }
    return rc == LT_ETOOBIG
               ? lt_desk_refuse(diag, rc, "plan", "ui_why_too_many")
               : rc;
}

static lt_err refuse_left(const struct lt_desk *desk,
                          const struct lt_plan *plan, struct lt_diag *diag)
{
    const struct lt_plan_left *left = &plan->left[0];
    const struct lt_tree_office *office =
        lt_tree_find(desk->snapshot->tree, &left->office);

    (void)lt_diag_set(diag, LT_EPLAN);
    lt_diag_arg(diag, "line", "%zu", left->line);
    if (office != NULL) {
        lt_diag_arg(diag, "name", "%s", office->name);
    }
    lt_diag_arg(diag, "reason", "%s", lt_tree_reason(left->reason));
    return LT_EPLAN;
}

/* The first event is the draft's own, the others go with it. */
static lt_err put_events(struct lt_desk *desk, struct lt_draft *draft,
                         struct lt_event *const *events, size_t n)
{
    struct lt_channel *channel = lt_arena_take(desk->arena, sizeof(*channel));

    draft->more = lt_arena_take(desk->arena, n * sizeof(*draft->more));
    if (channel == NULL || draft->more == NULL) {
        return LT_ENOMEM;
    }
    *channel = CHANNEL;
    for (size_t i = 0; i < n; i++) {
        events[i]->recorded_at_ms = desk->now_ms;
        events[i]->actor_role = 1; /* ROLE_OFFICER */
        events[i]->has_legal_date = true;
        events[i]->legal_date = desk->today;
        if (i > 0) {
            draft->more[draft->more_n++] = (struct lt_write_event){
                .event = events[i], .channels_n = 1, .channels = channel};
        }
    }
    draft->event = events[0];
    draft->channels = channel;
    draft->channels_n = 1;
    draft->opens = true;
    return LT_OK;
}

static lt_err write_plan(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_text text, struct lt_draft *draft,
                         struct lt_diag *diag)
{
    struct lt_plan plan = {.changes_n = 0};
    struct lt_event **events;
    lt_err rc = lt_tree_plan_of(desk, args, text, &plan, diag);

    if (rc == LT_OK && plan.left_n > 0) {
        rc = refuse_left(desk, &plan, diag);
    } else if (rc == LT_OK && plan.changes_n == 0) {
        rc = lt_desk_refuse(diag, LT_EINVAL, "plan", "ui_why_empty");
    }
    lt_tree_free(plan.after);
    if (rc != LT_OK) {
        return rc;
    }
    events = lt_arena_take(desk->arena, plan.changes_n * sizeof(*events));
    if (events == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < plan.changes_n; i++) {
        events[i] = plan.changes[i].event;
    }
    return put_events(desk, draft, events, plan.changes_n);
}

/* ---- one line from options ---- */

static bool add_field(struct lt_buf *line, struct lt_text text)
{
    return (line->len == 0 || lt_buf_put(line, ",", 1)) &&
           (text.len == 0 || lt_buf_put(line, text.data, text.len));
}

/* A field ends at a comma and a line at its end. */
static bool fits(struct lt_text text)
{
    return text.len == 0 || (memchr(text.data, ',', text.len) == NULL &&
                             memchr(text.data, '\n', text.len) == NULL);
}

static lt_err write_line(struct lt_desk *desk, const struct lt_args *args,
                         const struct lt_text *fields, size_t n,
                         struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_buf line;
    char *text = NULL;
    bool good = true;
    lt_err rc = LT_ENOMEM;

    for (size_t i = 0; i < n; i++) {
        if (!fits(fields[i])) {
            return lt_desk_refuse(diag, LT_EINVAL, "office",
                                  "ui_why_plan_comma");
        }
    }
    for (size_t i = 0; i < args->list_n; i++) {
        if (!fits(args->list[i])) {
            return lt_desk_refuse(diag, LT_EINVAL, "office",
                                  "ui_why_plan_comma");
        }
    }
    lt_buf_init(&line, lt_alloc_heap());
    for (size_t i = 0; good && i < n; i++) {
        good = add_field(&line, fields[i]);
    }
    for (size_t i = 0; good && i < args->list_n; i++) {
        good = add_field(&line, args->list[i]);
    }
    if (good) {
        text = lt_arena_take(desk->arena, line.len + 1);
    }
    if (text != NULL) {
        memcpy(text, line.data, line.len);
        rc = write_plan(desk, args, (struct lt_text){text, line.len}, draft,
                        diag);
    }
    lt_buf_deinit(&line);
    return rc;
}

static struct lt_text word(const char *text)
{
    return (struct lt_text){text, strlen(text)};
}

lt_err lt_reorganise_move(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_text fields[] = {word("move"), args->texts[LT_OPT_OFFICE],
                                     args->texts[LT_OPT_UNDER]};

    return write_line(desk, args, fields, LT_COUNT_OF(fields), draft, diag);
}

lt_err lt_reorganise_rename(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_text fields[] = {
        word("rename"), args->texts[LT_OPT_OFFICE], args->texts[LT_OPT_NAME],
        args->texts[LT_OPT_KIND], args->texts[LT_OPT_CODE]};

    if (!lt_args_has(args, LT_OPT_NAME) && !lt_args_has(args, LT_OPT_KIND) &&
        !lt_args_has(args, LT_OPT_CODE)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "name", "ui_why_missing");
    }
    return write_line(desk, args, fields, LT_COUNT_OF(fields), draft, diag);
}

lt_err lt_reorganise_merge(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_text fields[] = {word("merge"), args->texts[LT_OPT_OFFICE]};

    return write_line(desk, args, fields, LT_COUNT_OF(fields), draft, diag);
}

lt_err lt_reorganise_split(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_text fields[] = {word("split"), args->texts[LT_OPT_OFFICE]};

    return write_line(desk, args, fields, LT_COUNT_OF(fields), draft, diag);
}

lt_err lt_reorganise_close(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_text fields[] = {word("close"), args->texts[LT_OPT_OFFICE]};

    return write_line(desk, args, fields, LT_COUNT_OF(fields), draft, diag);
}

lt_err lt_reorganise_plan(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    return write_plan(desk, args, args->texts[LT_OPT_LINES], draft, diag);
}

/* ---- the second event ---- */

/* One that has no date, by its office. */
static bool is_meant(const struct lt_tree_prepared *prepared,
                     const struct lt_tree_office *office, int32_t day)
{
    return prepared->in_force == 0 &&
           (office == NULL
                ? prepared->has_from_date && prepared->from_date <= day
                : lt_office_equal(&prepared->change.id, &office->id));
}

/* The second events of all that is meant: in force, or withdrawn. */
static lt_err answer_prepared(struct lt_desk *desk, const struct lt_args *args,
                              bool withdraws, struct lt_draft *draft,
                              struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    const struct lt_tree *tree;
    struct lt_tree *trial = NULL;
    struct lt_event **events;
    size_t refused = 0;
    size_t n = 0;
    lt_err rc = lt_tree_writer_only(desk, diag);

    if (rc == LT_OK && lt_args_has(args, LT_OPT_OFFICE)) {
        rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    tree = desk->snapshot->tree;
    events = lt_arena_take(desk->arena, LT_PLAN_CHANGES_MAX * sizeof(*events));
    if (events == NULL || lt_tree_clone(tree, &trial) != LT_OK) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; rc == LT_OK && i < lt_tree_prepared_count(tree) &&
                       n < LT_PLAN_CHANGES_MAX;
         i++) {
        const struct lt_tree_prepared *prepared = lt_tree_prepared_at(tree, i);
        struct lt_event *event;

        if (!is_meant(prepared, office, desk->today)) {
            continue;
        }
        event = lt_arena_take(desk->arena, sizeof(*event));
        if (event == NULL) {
            rc = LT_ENOMEM;
            break;
        }
        if (withdraws) {
            lt_tree_withdraw(prepared, event);
        } else {
            lt_tree_put_in_force(prepared, event);
        }
        rc = lt_tree_apply(trial, lt_tree_version(trial) + 1, event, diag);
        if (rc == LT_OK) {
            events[n++] = event;
        } else if (rc == LT_EINVAL) {
            refused++;
            rc = LT_OK;
        }
    }
    lt_tree_free(trial);
    if (rc == LT_OK && n == 0) {
        return lt_desk_refuse(diag, LT_EINVAL, "tree",
                              refused > 0 ? "ui_why_plan_refused"
                                          : "ui_why_plan_nothing");
    }
    return rc == LT_OK ? put_events(desk, draft, events, n) : rc;
}

lt_err lt_reorganise_enforce(struct lt_desk *desk, const struct lt_args *args,
                             struct lt_draft *draft, struct lt_diag *diag)
{
    return answer_prepared(desk, args, false, draft, diag);
}

lt_err lt_reorganise_withdraw(struct lt_desk *desk, const struct lt_args *args,
                              struct lt_draft *draft, struct lt_diag *diag)
{
    return answer_prepared(desk, args, true, draft, diag);
}
