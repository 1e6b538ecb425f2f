#include "daemon/control/tree_plan.h"

#include <string.h>

struct planning {
    const struct lt_plan_ask *ask;
    struct lt_plan *plan;
    size_t line;
    struct lt_text fields[LT_PLAN_FIELDS_MAX];
    size_t fields_n;
    uint64_t made; /* ids of events that are none yet */
    lt_err err;
};

/* ---- what finds no place ---- */

static void leave(struct planning *p, const struct lt_office *office,
                  const char *reason)
{
    struct lt_plan *plan = p->plan;

    plan->left_all++;
    if (plan->left_n < LT_PLAN_LEFT_MAX) {
        struct lt_plan_left *left = &plan->left[plan->left_n++];

        left->line = p->line;
        left->reason = reason;
        if (office != NULL) {
            left->office = *office;
        }
    }
}

/* The tree's own reason, kept as long as the arena. */
static const char *reason_of(struct planning *p, const struct lt_diag *diag)
{
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, "reason") == 0) {
            size_t len = strlen(diag->args[i].value);
            char *copy = lt_arena_take(p->ask->arena, len + 1);

            if (copy == NULL) {
                p->err = LT_ENOMEM;
                return "";
            }
            memcpy(copy, diag->args[i].value, len);
            return copy;
        }
    }
    return "";
}

/* ---- offices ---- */

/* Those that are open and fit: the first, and how many there are. */
struct fits {
    const struct lt_tree_office *first;
    size_t n;
};

static void fit(struct fits *fits, const struct lt_tree_office *office)
{
    fits->first = fits->n == 0 ? office : fits->first;
    fits->n++;
}

static bool same(const char *held, struct lt_text text)
{
    return strlen(held) == text.len && memcmp(held, text.data, text.len) == 0;
}

static const struct lt_tree_office *find(struct planning *p,
                                         struct lt_text text)
{
    enum { BEGINNING_MIN = 8 };
    const struct lt_tree *tree = p->plan->after;
    struct fits named = {.n = 0};
    struct fits coded = {.n = 0};

    for (size_t i = 0; text.len > 0 && i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);
        char id[LT_OFFICE_TEXT];

        lt_office_format(&office->id, id);
        if (text.len >= BEGINNING_MIN && text.len < LT_OFFICE_TEXT &&
            memcmp(id, text.data, text.len) == 0) {
            fit(&named, office);
        } else if (office->closed_version == 0 && same(office->name, text)) {
            fit(&named, office);
        } else if (office->closed_version == 0 && same(office->code, text)) {
            fit(&coded, office);
        }
    }
    if (named.n == 0) {
        named = coded;
    }
    if (named.n != 1) {
        leave(p, NULL,
              named.n == 0 ? "ui_why_plan_no_office" : "ui_why_plan_many");
        return NULL;
    }
    return named.first;
}

/* ---- changes ---- */

static struct lt_event *new_event(struct planning *p, uint32_t type,
                                  const struct lt_office *office)
{
    struct lt_event *event = lt_arena_take(p->ask->arena, sizeof(*event));

    if (event == NULL) {
        p->err = LT_ENOMEM;
        return NULL;
    }
    event->type = type;
    event->office.id = *office;
    event->office.has_from_date = p->ask->has_date;
    event->office.from_date = p->ask->date;
    return event;
}

/* Try it on the copy as if it were in force; then it is a change. */
static void add(struct planning *p, struct lt_event *event,
                const struct lt_office *from)
{
    struct lt_plan *plan = p->plan;
    struct lt_diag diag = {.code = LT_OK};
    lt_err rc;

    if (event == NULL) {
        return;
    }
    if (plan->changes_n == LT_PLAN_CHANGES_MAX) {
        p->err = LT_ETOOBIG;
        return;
    }
    event->id.epoch = 1;
    event->id.count = ++p->made;
    rc = lt_tree_apply(plan->after, lt_tree_version(plan->after) + 1, event,
                       &diag);
    if (rc == LT_EINVAL) {
        leave(p, &event->office.id, reason_of(p, &diag));
        return;
    }
    if (rc != LT_OK) {
        p->err = rc;
        return;
    }
    event->id = (struct lt_event_id){.count = 0};
    event->office_prepared =
        p->ask->has_date && event->type == LT_EV_OFFICE_CHANGED;
    plan->changes[plan->changes_n++] =
        (struct lt_plan_change){.line = p->line, .event = event, .from = *from};
}

static void close_for(struct planning *p, const struct lt_office *office,
                      const struct lt_office *heir)
{
    const struct lt_office nobody = {{0}};
    struct lt_event *event = new_event(p, LT_EV_OFFICE_CHANGED, office);

    if (event != NULL) {
        event->office_closed = true;
        event->has_heir = true;
        event->heir = *heir;
        add(p, event, &nobody);
    }
}

static bool word_of(struct lt_text text, char *out, size_t size)
{
    if (text.len == 0 || text.len >= size) {
        return false;
    }
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return true;
}

/* The kind, when it is one that may stand there. */
static const struct lt_kind *kind_below(struct planning *p, struct lt_text text,
                                        const struct lt_office *parent)
{
    const struct lt_tree_office *above = lt_tree_find(p->plan->after, parent);
    char word[LT_STRING_MAX];

    if (!word_of(text, word, sizeof(word)) ||
        lt_policy_kind(p->ask->policy, word) == NULL) {
        leave(p, NULL, "ui_why_no_kind");
        return NULL;
    }
    if (above != NULL &&
        !lt_policy_may_stand_below(p->ask->policy, word, above->kind)) {
        leave(p, NULL, "ui_why_plan_kind_below");
        return NULL;
    }
    return lt_policy_kind(p->ask->policy, word);
}

static void do_open(struct planning *p)
{
    const struct lt_office nobody = {{0}};
    const struct lt_tree_office *parent = find(p, p->fields[3]);
    const struct lt_kind *kind =
        parent == NULL ? NULL : kind_below(p, p->fields[2], &parent->id);
    struct lt_office office;
    struct lt_event *event;

    if (kind == NULL) {
        return;
    }
    p->ask->sys->random(p->ask->sys->ctx, office.bytes, LT_OFFICE_LEN);
    event = new_event(p, LT_EV_OFFICE_OPENED, &office);
    if (event != NULL) {
        event->office.parent = parent->id;
        event->office.name = p->fields[1];
        event->office.kind = p->fields[2];
        event->office.keeper = kind->keeper;
        if (p->fields_n > 4) {
            event->office.code = p->fields[4];
        }
        add(p, event, &nobody);
    }
}

static void do_move(struct planning *p)
{
    const struct lt_tree_office *office = find(p, p->fields[1]);
    const struct lt_tree_office *parent = find(p, p->fields[2]);
    struct lt_office from;
    struct lt_event *event;

    if (office == NULL || parent == NULL) {
        return;
    }
    if (!lt_policy_may_stand_below(p->ask->policy, office->kind,
                                   parent->kind)) {
        leave(p, &office->id, "ui_why_plan_kind_below");
        return;
    }
    from = office->parent;
    event = new_event(p, LT_EV_OFFICE_CHANGED, &office->id);
    if (event != NULL) {
        event->office.parent = parent->id;
        add(p, event, &from);
    }
}

static void do_rename(struct planning *p)
{
    const struct lt_office nobody = {{0}};
    const struct lt_tree_office *office = find(p, p->fields[1]);
    struct lt_event *event;

    if (office == NULL ||
        (p->fields_n > 3 && p->fields[3].len > 0 &&
         kind_below(p, p->fields[3], &office->parent) == NULL)) {
        return;
    }
    event = new_event(p, LT_EV_OFFICE_CHANGED, &office->id);
    if (event != NULL) {
        event->office.name = p->fields[2];
        if (p->fields_n > 3) {
            event->office.kind = p->fields[3];
        }
        if (p->fields_n > 4) {
            event->office.code = p->fields[4];
        }
        add(p, event, &nobody);
    }
}

static void do_merge(struct planning *p)
{
    const struct lt_tree_office *found = find(p, p->fields[1]);
    struct lt_office heir;

    if (found == NULL) {
        return;
    }
    heir = found->id;
    for (size_t i = 2; i < p->fields_n; i++) {
        found = find(p, p->fields[i]);
        if (found != NULL) {
            close_for(p, &found->id, &heir);
        }
    }
}

/* Of several heirs the first gets what is not assigned otherwise. */
static void do_close(struct planning *p)
{
    const struct lt_tree_office *office = find(p, p->fields[1]);
    const struct lt_tree_office *heir = find(p, p->fields[2]);
    bool all = office != NULL && heir != NULL;

    for (size_t i = 3; i < p->fields_n; i++) {
        all = find(p, p->fields[i]) != NULL && all;
    }
    if (all) {
        close_for(p, &office->id, &heir->id);
    }
}

static const struct {
    const char *word;
    size_t min;
    size_t max;
    void (*make)(struct planning *p);
} KINDS[] = {
    {"open", 4, 5, do_open},
    {"move", 3, 3, do_move},
    {"rename", 3, 5, do_rename},
    {"merge", 3, LT_PLAN_FIELDS_MAX, do_merge},
    {"split", 3, LT_PLAN_FIELDS_MAX, do_close},
    {"close", 3, 3, do_close},
};

/* ---- lines ---- */

static struct lt_text trim(const char *data, size_t len)
{
    while (len > 0 && (*data == ' ' || *data == '\t')) {
        data++;
        len--;
    }
    while (len > 0 && strchr(" \t\r", data[len - 1]) != NULL) {
        len--;
    }
    return (struct lt_text){data, len};
}

static bool cut(struct planning *p, struct lt_text line)
{
    const char *at = line.data;
    const char *end = line.data + line.len;

    p->fields_n = 0;
    for (;;) {
        const char *stop = memchr(at, ',', (size_t)(end - at));

        if (p->fields_n == LT_PLAN_FIELDS_MAX) {
            return false;
        }
        stop = stop == NULL ? end : stop;
        p->fields[p->fields_n++] = trim(at, (size_t)(stop - at));
        if (stop == end) {
            return true;
        }
        at = stop + 1;
    }
}

static void take_line(struct planning *p, struct lt_text line)
{
    if (!cut(p, line)) {
        leave(p, NULL, "ui_why_too_many");
        return;
    }
    for (size_t i = 0; i < LT_COUNT_OF(KINDS); i++) {
        if (same(KINDS[i].word, p->fields[0])) {
            if (p->fields_n < KINDS[i].min || p->fields_n > KINDS[i].max) {
                leave(p, NULL, "ui_why_plan_fields");
            } else {
                KINDS[i].make(p);
            }
            return;
        }
    }
    leave(p, NULL, "ui_why_plan_word");
}

static void take_lines(struct planning *p)
{
    const char *at = p->ask->text.data;
    const char *end = at + p->ask->text.len;

    while (at < end && p->err == LT_OK) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct lt_text line;

        stop = stop == NULL ? end : stop;
        line = trim(at, (size_t)(stop - at));
        p->line++;
        if (line.len > 0 && line.data[0] != '#') {
            take_line(p, line);
        }
        at = stop == end ? end : stop + 1;
    }
}

lt_err lt_plan_make(const struct lt_plan_ask *ask, struct lt_plan *out_plan)
{
    struct planning *p = lt_arena_take(ask->arena, sizeof(*p));

    memset(out_plan, 0, sizeof(*out_plan));
    out_plan->changes = lt_arena_take(
        ask->arena, LT_PLAN_CHANGES_MAX * sizeof(*out_plan->changes));
    out_plan->left =
        lt_arena_take(ask->arena, LT_PLAN_LEFT_MAX * sizeof(*out_plan->left));
    if (p == NULL || out_plan->changes == NULL || out_plan->left == NULL) {
        return LT_ENOMEM;
    }
    p->ask = ask;
    p->plan = out_plan;
    p->err = lt_tree_clone(ask->tree, &out_plan->after);
    if (p->err == LT_OK) {
        take_lines(p);
    }
    if (p->err != LT_OK) {
        lt_tree_free(out_plan->after);
        out_plan->after = NULL;
    }
    return p->err;
}
