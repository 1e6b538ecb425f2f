#include "daemon/control/addressees.h"

#include <stdlib.h>

#include "common/failpoint.h"

static int compare_offices(const void *a, const void *b)
{
    return lt_office_compare(a, b);
}

/* Nothing goes to a closed office: its heir is named. */
static lt_err refuse_closed(const struct lt_desk *desk,
                            const struct lt_tree_office *office,
                            struct lt_diag *diag)
{
    struct lt_office heir = lt_tree_heir(desk->snapshot->tree, &office->id);
    const struct lt_tree_office *holder =
        lt_tree_find(desk->snapshot->tree, &heir);

    (void)lt_desk_refuse(diag, LT_EINVAL, office->name, "ui_why_tree_closed");
    if (holder != NULL) {
        lt_diag_arg(diag, "heir", "%s", holder->name);
    }
    return LT_EINVAL;
}

/* Each once, in order of id so that the same command makes the same event. */
static lt_err take_addressees(struct lt_desk *desk, const struct lt_args *args,
                              bool below, bool itself, struct lt_draft *draft,
                              struct lt_diag *diag)
{
    struct lt_office to[LT_ADDRESSEES_MAX];
    size_t n = 0;
    size_t once = 0;
    size_t i;

    for (i = 0; i < args->list_n; i++) {
        const struct lt_tree_office *office = NULL;
        lt_err rc = lt_desk_office(desk, args->list[i], &office, diag);

        if (rc != LT_OK) {
            return rc;
        }
        if (below &&
            !lt_tree_above(desk->snapshot->tree, &desk->office, &office->id)) {
            return lt_desk_refuse(diag, LT_EPERM, office->name,
                                  "ui_why_not_below");
        }
        if (!itself && lt_office_equal(&office->id, &desk->office)) {
            return lt_desk_refuse(diag, LT_EINVAL, "to", "ui_why_to_itself");
        }
        if (office->closed_version != 0) {
            return refuse_closed(desk, office, diag);
        }
        to[n++] = office->id;
    }
    if (n > 1) {
        qsort(to, n, sizeof(to[0]), compare_offices);
    }
    for (i = 0; i < n; i++) {
        if (once == 0 || !lt_office_equal(&to[once - 1], &to[i])) {
            to[once++] = to[i];
        }
    }
    return lt_draft_to(desk, draft, to, once);
}

/* Everybody below, in order of id. */
static lt_err take_all_below(struct lt_desk *desk, struct lt_draft *draft,
                             struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;
    struct lt_office to[LT_ADDRESSEES_MAX];
    size_t n = 0;

    if (tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_office *id = &lt_tree_at(tree, i)->id;

        if (!lt_tree_above(tree, &desk->office, id) ||
            lt_tree_at(tree, i)->closed_version != 0) {
            continue;
        }
        if (n == LT_ADDRESSEES_MAX) {
            return lt_desk_refuse(diag, LT_ETOOBIG, "all_below",
                                  "ui_why_too_many_below");
        }
        to[n++] = *id;
    }
    qsort(to, n, sizeof(to[0]), compare_offices);
    return n > 0 ? lt_draft_to(desk, draft, to, n)
                 : lt_desk_refuse(diag, LT_EINVAL, "all_below",
                                  "ui_why_nobody_below");
}

lt_err lt_addressees_below(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    bool all = args->numbers[LT_OPT_ALL_BELOW] != 0;

    if (all == (args->list_n > 0)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "to", "ui_why_to_or_all");
    }
    return all ? take_all_below(desk, draft, diag)
               : take_addressees(desk, args, true, false, draft, diag);
}

lt_err lt_addressees_any(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_draft *draft, struct lt_diag *diag)
{
    return take_addressees(desk, args, false, false, draft, diag);
}

lt_err lt_addressees_phoned(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, struct lt_diag *diag)
{
    return take_addressees(desk, args, false, true, draft, diag);
}

lt_err lt_addressees_for(struct lt_desk *desk, const struct lt_args *args,
                         const struct lt_tree_office **out_office,
                         struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    lt_err rc = lt_desk_office(desk, args->texts[LT_OPT_FOR], &office, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (!lt_tree_above(desk->snapshot->tree, &desk->office, &office->id) &&
        !LT_PLANTED(enter_for_anybody)) {
        return lt_desk_refuse(diag, LT_EPERM, "for", "ui_why_not_below");
    }
    if (office->closed_version != 0) {
        return refuse_closed(desk, office, diag);
    }
    *out_office = office;
    return LT_OK;
}

void lt_addressees_enter(struct lt_event *event, const struct lt_office *office,
                         enum lt_basis basis)
{
    event->has_entered_for = true;
    event->entered_for = *office;
    event->basis = basis;
}

void lt_addressees_enter_paper(struct lt_draft *draft,
                               const struct lt_office *office)
{
    lt_addressees_enter(draft->event, office, LT_BASIS_PAPER);
    draft->channels[0].audience = LT_AUDIENCE_TO;
    draft->channels[0].to = *office;
    draft->leaves.is = false; /* whose it is only the view knows */
}

static void put_channel(struct lt_draft *draft, enum lt_class cls,
                        const struct lt_office *to)
{
    draft->channels[draft->channels_n++] = (struct lt_channel){
        .cls = (uint8_t)cls, .audience = LT_AUDIENCE_TO, .to = *to};
}

lt_err lt_addressees_channels(struct lt_desk *desk, struct lt_draft *draft,
                              enum lt_class cls)
{
    const struct lt_event *event = draft->event;

    draft->channels =
        lt_arena_take(desk->arena, (event->to_n + 1) * sizeof(*draft->channels));
    if (draft->channels == NULL) {
        return LT_ENOMEM;
    }
    draft->channels_n = 0;
    for (size_t i = 0; i < event->to_n; i++) {
        if (!event->has_entered_for ||
            !lt_office_equal(&event->to[i], &desk->office)) {
            put_channel(draft, cls, &event->to[i]);
        }
    }
    if (event->has_entered_for) {
        put_channel(draft, cls, &event->entered_for);
    }
    return LT_OK;
}

lt_err lt_addressees_answer(struct lt_desk *desk, struct lt_draft *draft,
                            uint32_t type, enum lt_class cls,
                            const struct lt_office *issuer,
                            struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;
    bool up;

    if (tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    up = lt_tree_above(tree, issuer, &desk->office);
    return lt_draft_begin(desk, draft, type, cls,
                          up ? LT_AUDIENCE_UP : LT_AUDIENCE_TO,
                          up ? NULL : issuer);
}
