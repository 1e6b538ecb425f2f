/* Erasing an entry's texts, everywhere.
 *
 * Who wrote a text, or has its matter in hand, orders; a keeper above confirms,
 * by the same command. Either goes where the text went. */
#include "daemon/cases/erasure.h"
#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"
#include "daemon/control/entry.h"

static uint8_t mask_of(const struct lt_args *args,
                       const struct lt_view_entry *entry)
{
    if (lt_args_has(args, LT_OPT_INDEX)) {
        return (uint8_t)(1U << args->numbers[LT_OPT_INDEX]);
    }
    return (uint8_t)((1U << entry->parts_n) - 1U);
}

static lt_err check_texts(const struct lt_args *args,
                          const struct lt_view_entry *entry,
                          struct lt_diag *diag)
{
    if (entry->parts_n == 0) {
        return lt_desk_refuse(diag, LT_EINVAL, "entry", "ui_why_no_texts");
    }
    if (lt_args_has(args, LT_OPT_INDEX) &&
        (size_t)args->numbers[LT_OPT_INDEX] >= entry->parts_n) {
        return lt_desk_refuse(diag, LT_EINVAL, "index", "ui_why_no_text");
    }
    return LT_OK;
}

/* Is it an order of ours, or a keeper's word on somebody else's? */
static lt_err choose(const struct lt_desk *desk, const struct lt_event_id *id,
                     const struct lt_view_entry *entry, uint8_t mask,
                     bool *out_confirms, struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;

    *out_confirms = false;
    if (lt_erasure_may_order(&desk->office, id, &entry->heads.matter)) {
        return (entry->ordered_here & mask) == mask
                   ? lt_desk_refuse(diag, LT_ESTATE, "entry", "ui_why_ordered")
                   : LT_OK;
    }
    if (tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    if (!lt_erasure_may_confirm(&desk->office, id, tree,
                                lt_tree_version(tree))) {
        const struct lt_tree_office *writer = lt_tree_find(tree, &id->origin);

        lt_desk_refuse(diag, LT_EPERM, "entry", "ui_why_not_eraser");
        if (writer != NULL) {
            lt_diag_arg(diag, "holder", "%s", writer->name);
        }
        return LT_EPERM;
    }
    *out_confirms = true;
    if ((entry->ordered & mask) != mask) {
        return lt_desk_refuse(diag, LT_ESTATE, "entry", "ui_why_not_ordered");
    }
    return (entry->confirmed & mask) == mask
               ? lt_desk_refuse(diag, LT_ESTATE, "entry", "ui_why_confirmed")
               : LT_OK;
}

/* Where the text went. Of several addressees none has seen what the others
 * wrote: then it follows nothing but the opening. */
static lt_err address(struct lt_desk *desk, struct lt_draft *draft,
                      const struct lt_event_id *id,
                      const struct lt_view_entry *entry)
{
    bool issued = lt_office_equal(&id->origin, &entry->heads.matter.origin);

    draft->channels = lt_arena_take(desk->arena, LT_ADDRESSEES_MAX *
                                                     sizeof(*draft->channels));
    if (draft->channels == NULL) {
        return LT_ENOMEM;
    }
    draft->channels_n =
        lt_erasure_channels(&desk->office, id, &entry->channel, entry->to,
                            issued ? entry->to_n : 0, draft->channels);
    if (draft->channels_n > 1) {
        draft->event->causes_n = 0;
    }
    return LT_OK;
}

lt_err lt_erase(struct lt_desk *desk, const struct lt_args *args,
                struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_entry entry;
    struct lt_event_id id = {.count = 0};
    bool confirms = false;
    lt_err rc = lt_entry_find(desk, args, draft, &id, &entry, diag);

    if (rc == LT_OK) {
        rc = check_texts(args, &entry, diag);
    }
    if (rc == LT_OK) {
        rc = choose(desk, &id, &entry, mask_of(args, &entry), &confirms, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_TEXT_ERASED,
                            (enum lt_class)entry.channel.cls, LT_AUDIENCE_UP,
                            NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &entry.heads.matter, &entry.heads);
    draft->event->erases = id;
    draft->event->has_erase_index = lt_args_has(args, LT_OPT_INDEX);
    draft->event->erase_index = (uint32_t)args->numbers[LT_OPT_INDEX];
    draft->event->confirms = confirms;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    rc = address(desk, draft, &id, &entry);
    return rc == LT_OK ? lt_draft_text(desk, draft, LT_PART_REASON,
                                       lt_entry_retention(entry.heads.kind),
                                       args->texts[LT_OPT_REASON])
                       : rc;
}
