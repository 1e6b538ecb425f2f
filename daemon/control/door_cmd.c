/* `suspend` and `resume`: this office's own door to an office below it. */
#include "daemon/control/desk.h"

static lt_err draft_door(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_draft *draft, bool shut,
                         struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    const struct lt_fact_door *door;
    lt_err rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (!lt_office_equal(&office->parent, &desk->office)) {
        return lt_desk_refuse(diag, LT_EPERM, "office", "ui_why_not_parent");
    }
    door = desk->snapshot->facts == NULL
               ? NULL
               : lt_facts_door(desk->snapshot->facts, &office->id);
    if ((door != NULL) == shut) {
        return lt_desk_refuse(diag, LT_ESTATE, "office",
                              shut ? "ui_why_door_shut" : "ui_why_door_open");
    }
    rc = lt_draft_begin(desk, draft, shut ? LT_EV_DOOR_SHUT : LT_EV_DOOR_OPENED,
                        LT_CLASS_TREE, LT_AUDIENCE_UP, NULL);
    if (rc == LT_OK) {
        rc = lt_draft_to(desk, draft, &office->id, 1);
    }
    if (rc != LT_OK) {
        return rc;
    }
    /* To the office as well: it is to know who shut it out. */
    draft->channels = lt_arena_take(desk->arena, 2 * sizeof(*draft->channels));
    if (draft->channels == NULL) {
        return LT_ENOMEM;
    }
    draft->channels_n = 2;
    draft->channels[0] =
        (struct lt_channel){.cls = LT_CLASS_TREE, .audience = LT_AUDIENCE_UP};
    draft->channels[1] = (struct lt_channel){
        .cls = LT_CLASS_TREE, .audience = LT_AUDIENCE_TO, .to = office->id};
    draft->opens = true;
    draft->event->doc_no = args->texts[LT_OPT_DOC_NO];
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    return lt_draft_text(desk, draft, LT_PART_REASON, LT_KEEP_DIRECTIVE,
                         args->texts[LT_OPT_REASON]);
}

lt_err lt_door_suspend(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_draft *draft, struct lt_diag *diag)
{
    return draft_door(desk, args, draft, true, diag);
}

lt_err lt_door_resume(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    return draft_door(desk, args, draft, false, diag);
}
