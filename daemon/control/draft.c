/* What drafts of several commands share: dates, and what the fold would say. */
#include "common/failpoint.h"
#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"

#include <stdio.h>

enum { OPENED_BEFORE_DAYS = 366 * 30 };

/* The date the law counts from: today's unless one is given; never in the
 * future. */
lt_err lt_draft_dates(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_event *event, struct lt_diag *diag)
{
    static const enum lt_option dates[] = {LT_OPT_LEGAL_DATE, LT_OPT_DATE,
                                           LT_OPT_DOC_DATE};
    size_t i;

    for (i = 0; i < LT_COUNT_OF(dates); i++) {
        int64_t day = args->numbers[dates[i]];

        if (lt_args_has(args, dates[i]) &&
            (day > desk->today || day < desk->today - OPENED_BEFORE_DAYS)) {
            return lt_desk_refuse(diag, LT_EINVAL, lt_option_at(dates[i])->name,
                                  "ui_why_day_out");
        }
    }
    event->has_legal_date = true;
    event->legal_date = lt_args_has(args, LT_OPT_LEGAL_DATE)
                            ? (int32_t)args->numbers[LT_OPT_LEGAL_DATE]
                            : desk->today;
    if (lt_args_has(args, LT_OPT_DATE)) {
        event->has_received_on = true;
        event->received_on = (int32_t)args->numbers[LT_OPT_DATE];
    }
    if (lt_args_has(args, LT_OPT_DOC_DATE)) {
        event->has_doc_date = true;
        event->doc_date = (int32_t)args->numbers[LT_OPT_DOC_DATE];
    }
    return LT_OK;
}

lt_err lt_desk_folded(struct lt_desk *desk, const struct lt_event_id *id,
                      struct lt_matter **out_matter, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    lt_err rc;

    /* One command looks at one matter: a batch of steps takes its room once. */
    if (desk->folded == NULL) {
        desk->folded = lt_arena_take(desk->arena, sizeof(*desk->folded));
    }
    if (desk->folded == NULL) {
        return LT_ENOMEM;
    }
    rc = lt_desk_reader(desk, &reader, diag);
    if (rc == LT_OK) {
        rc = lt_view_matter(reader, id, desk->folded);
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    *out_matter = desk->folded;
    return rc;
}

lt_err lt_desk_confirmed(struct lt_desk *desk, const struct lt_draft *draft,
                         struct lt_diag *diag)
{
    struct lt_matter *past;
    struct lt_act act;
    lt_err rc;

    if (desk->snapshot == NULL || !desk->snapshot->unconfirmed ||
        !draft->event->has_subject || LT_PLANTED(write_unconfirmed)) {
        return LT_OK;
    }
    rc = lt_desk_folded(desk, &draft->event->subject, &past, diag);
    if (rc != LT_OK) {
        return rc == LT_ENOTFOUND ? LT_OK : rc;
    }
    lt_act_from_event(draft->event, draft->channels[0].cls, &act);
    act.id.origin = desk->office;
    act.unconfirmed = true;
    return lt_act_needs_keeper(&act, past)
               ? lt_desk_refuse(diag, LT_EPERM, "key",
                                "ui_verdict_key_unconfirmed")
               : LT_OK;
}

lt_err lt_desk_would(struct lt_desk *desk, const struct lt_draft *draft,
                     const struct lt_matter *past, const char *what,
                     struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;
    char reason[64];
    struct lt_judged judged;
    struct lt_act act;

    lt_act_from_event(draft->event, draft->channels[0].cls, &act);
    act.id.origin = desk->office;
    act.tree_version = tree == NULL ? 0 : lt_tree_version(tree);
    judged = lt_matter_would(past, &act, tree);
    if (judged.verdict == LT_APPLIED) {
        return LT_OK;
    }
    if (judged.why == LT_WHY_NOT_CUSTODIAN && !past->contested) {
        return lt_desk_refuse_custodian(desk, diag, &past->custodian);
    }
    (void)snprintf(reason, sizeof(reason), "ui_verdict_%s",
                   lt_why_word(judged.why));
    return lt_desk_refuse(diag,
                          judged.why == LT_WHY_NOT_ALLOWED_HERE ? LT_EPERM
                                                                : LT_ESTATE,
                          what, reason);
}
