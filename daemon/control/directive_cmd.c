/* Directives: one event, written into the channel of each addressee under one
 * id; statuses climb back from each of them. */
#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

#include <stdlib.h>

static int compare_offices(const void *a, const void *b)
{
    return lt_office_compare(a, b);
}

/* Resolve the addressees: below this office, each once, in order of id so that
 * the same command makes the same event. */
static lt_err take_addressees(struct lt_desk *desk, const struct lt_args *args,
                              struct lt_event *event, struct lt_diag *diag)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < args->list_n; i++) {
        const struct lt_tree_office *office = NULL;
        lt_err rc = lt_desk_office(desk, args->list[i], &office, diag);

        if (rc != LT_OK) {
            return rc;
        }
        if (!lt_tree_above(desk->snapshot->tree, &desk->office, &office->id)) {
            return lt_desk_refuse(diag, LT_EPERM, office->name,
                                  "ui_why_not_below");
        }
        event->to[n++] = office->id;
    }
    qsort(event->to, n, sizeof(event->to[0]), compare_offices);
    for (i = 0; i < n; i++) {
        if (event->to_n == 0 ||
            !lt_office_equal(&event->to[event->to_n - 1], &event->to[i])) {
            event->to[event->to_n++] = event->to[i];
        }
    }
    return LT_OK;
}

/* Everybody below, in order of id. */
static lt_err take_all_below(struct lt_desk *desk, struct lt_event *event,
                             struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;

    if (tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_office *id = &lt_tree_at(tree, i)->id;

        if (!lt_tree_above(tree, &desk->office, id)) {
            continue;
        }
        if (event->to_n == LT_ADDRESSEES_MAX) {
            return lt_desk_refuse(diag, LT_ETOOBIG, "all_below",
                                  "ui_why_too_many_below");
        }
        event->to[event->to_n++] = *id;
    }
    qsort(event->to, event->to_n, sizeof(event->to[0]), compare_offices);
    return event->to_n > 0 ? LT_OK
                           : lt_desk_refuse(diag, LT_EINVAL, "all_below",
                                            "ui_why_nobody_below");
}

static lt_err choose_addressees(struct lt_desk *desk,
                                const struct lt_args *args,
                                struct lt_event *event, struct lt_diag *diag)
{
    bool all = args->numbers[LT_OPT_ALL_BELOW] != 0;

    if (all == (args->list_n > 0)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "to", "ui_why_to_or_all");
    }
    return all ? take_all_below(desk, event, diag)
               : take_addressees(desk, args, event, diag);
}

/* The superior's plan that this one is under: a directive addressed to us. */
static lt_err take_under(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_event *event, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc;

    event->kind = args->numbers[LT_OPT_PLAN] != 0 ? LT_DIRECTIVE_PLAN : 0;
    if (!lt_args_has(args, LT_OPT_UNDER)) {
        return LT_OK;
    }
    rc = lt_desk_event(desk, args->texts[LT_OPT_UNDER], LT_MATTER_DIRECTIVE,
                       &id, diag);
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    if (rc == LT_ENOTFOUND || (rc == LT_OK && !heads.addressed)) {
        return lt_desk_refuse(diag, LT_EPERM, "under", "ui_why_not_addressed");
    }
    if (rc == LT_OK) {
        event->has_other = true;
        event->other = heads.matter;
    }
    return rc;
}

static lt_err open_channels(struct lt_desk *desk, struct lt_draft *draft)
{
    const struct lt_event *event = draft->event;
    size_t i;

    draft->channels =
        lt_arena_take(desk->arena, event->to_n * sizeof(*draft->channels));
    if (draft->channels == NULL) {
        return LT_ENOMEM;
    }
    for (i = 0; i < event->to_n; i++) {
        draft->channels[i].cls =
            event->urgent ? LT_CLASS_URGENT : LT_CLASS_DIRECTIVE;
        draft->channels[i].audience = LT_AUDIENCE_TO;
        draft->channels[i].to = event->to[i];
    }
    draft->channels_n = event->to_n;
    return LT_OK;
}

lt_err lt_directive_issue(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_event *event;
    lt_err rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_DIRECTIVE_ISSUED,
                            LT_CLASS_DIRECTIVE, LT_AUDIENCE_UP, NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    event = draft->event;
    draft->opens = true;
    event->doc_no = args->texts[LT_OPT_DOC_NO];
    event->urgent = args->numbers[LT_OPT_URGENT] != 0;
    event->has_legal_date = true;
    event->legal_date = lt_args_has(args, LT_OPT_LEGAL_DATE)
                            ? (int32_t)args->numbers[LT_OPT_LEGAL_DATE]
                            : desk->today;
    if (event->legal_date > desk->today) {
        return lt_desk_refuse(diag, LT_EINVAL, "legal_date", "ui_why_future");
    }
    if (lt_args_has(args, LT_OPT_DUE)) {
        event->has_due = true;
        event->due = (int32_t)args->numbers[LT_OPT_DUE];
        if (event->due < event->legal_date) {
            return lt_desk_refuse(diag, LT_EINVAL, "due", "ui_why_due_before");
        }
    }
    rc = choose_addressees(desk, args, event, diag);
    if (rc == LT_OK) {
        rc = take_under(desk, args, event, diag);
    }
    if (rc == LT_OK) {
        rc = open_channels(desk, draft);
    }
    if (rc == LT_OK) {
        rc = lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                           args->texts[LT_OPT_TEXT]);
    }
    return rc;
}

/* Into the channel of each addressee; none of them has seen what the others
 * answered, so it follows nothing but the directive. */
lt_err lt_directive_recall(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_entry entry;
    struct lt_view_heads heads;
    struct lt_matter *past = NULL;
    struct lt_event_id id = {.count = 0};
    lt_err rc = lt_privacy_check(args, LT_OPT_REASON, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = lt_desk_matter(desk, args, LT_MATTER_DIRECTIVE, true, &id, &heads,
                            &draft->touch, diag);
        draft->matter = id; /* a repetition that is refused has it as well */
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_entry(reader, &id, &desk->office, &entry);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_DIRECTIVE_RECALLED,
                            (enum lt_class)entry.channel.cls, LT_AUDIENCE_TO,
                            &entry.channel.to);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &id, &heads);
    draft->event->causes_n = 1;
    draft->event->causes[0] = id;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    draft->event->to_n = entry.to_n;
    for (size_t i = 0; i < entry.to_n; i++) {
        draft->event->to[i] = entry.to[i];
    }
    draft->event->urgent = entry.channel.cls == LT_CLASS_URGENT;
    rc = lt_desk_folded(desk, &id, &past, diag);
    if (rc == LT_OK) {
        rc = lt_desk_would(desk, draft, past, "directive", diag);
    }
    if (rc == LT_OK) {
        rc = open_channels(desk, draft);
    }
    return rc == LT_OK ? lt_draft_text(desk, draft, LT_PART_REASON,
                                       LT_KEEP_DIRECTIVE,
                                       args->texts[LT_OPT_REASON])
                       : rc;
}

lt_err lt_directive_status(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    struct lt_matter *past = NULL;
    struct lt_event_id id = {.count = 0};
    uint32_t code;
    lt_err rc;

    if (!lt_vocabulary_status(args->texts[LT_OPT_CODE], &code)) {
        lt_desk_refuse(diag, LT_EINVAL, "code", "ui_why_codes");
        lt_vocabulary_allow(diag, LT_WORDS_DIRECTIVE_CODE);
        return LT_EINVAL;
    }
    rc = lt_privacy_check(args, LT_OPT_REASON, LT_PRIVACY_WARN, diag);
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_desk_matter(desk, args, LT_MATTER_DIRECTIVE, true, &id, &heads,
                        &draft->touch, diag);
    draft->matter = id; /* a repetition that is refused has it as well */
    if (rc != LT_OK) {
        return rc;
    }
    if (!heads.addressed) {
        return lt_desk_refuse(diag, LT_EPERM, "directive",
                              "ui_why_not_addressed");
    }
    if (heads.read_only) {
        return lt_desk_refuse(diag, LT_ESTATE, "directive", "ui_why_newer");
    }
    if (heads.voided) {
        return lt_desk_refuse(diag, LT_ESTATE, "directive", "ui_why_voided");
    }
    rc = lt_draft_begin(desk, draft, LT_EV_DIRECTIVE_STATUS, LT_CLASS_DIRECTIVE,
                        LT_AUDIENCE_UP, NULL);
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &id, &heads);
    draft->event->code = code;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    rc = lt_draft_text(desk, draft, LT_PART_REASON, LT_KEEP_DIRECTIVE,
                       args->texts[LT_OPT_REASON]);
    if (rc == LT_OK) {
        rc = lt_desk_folded(desk, &id, &past, diag);
    }
    return rc == LT_OK ? lt_desk_would(desk, draft, past, "directive", diag)
                       : rc;
}
