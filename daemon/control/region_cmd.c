/* tree step-down, tree admit: two trees join. One check serves the command and
 * the rehearsal. */
#include "daemon/control/answer.h"
#include "daemon/control/region_doc.h"
#include "daemon/control/release_cmd.h"
#include "daemon/control/tree_cmd.h"

static bool is_admitted(const struct lt_tree *tree,
                        const struct lt_office *office)
{
    const struct lt_tree_office *known = lt_tree_find(tree, office);

    return known != NULL && !lt_office_is_zero(&known->parent);
}

/* May this office admit it, today? */
static void check_admission(const struct lt_desk *desk,
                            struct lt_region_doc *region)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_event *event = &region->event;

    if (!event->has_other) {
        lt_region_note(region, "ui_why_region_card");
    } else if (!lt_office_equal(&region->successor, &desk->office)) {
        lt_region_note(region, "ui_why_region_other");
    } else if (is_admitted(tree, &event->office.id)) {
        lt_region_note(region, "ui_why_region_again");
    } else if (desk->today < event->day) {
        lt_region_note(region, "ui_why_region_early");
    } else if (desk->today > event->due) {
        lt_region_note(region, "ui_why_region_late");
    } else {
        lt_region_check_offices(tree, region, 1);
    }
}

/* May this office step down for it? */
static void check_successor(const struct lt_desk *desk,
                            struct lt_region_doc *region)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_office *office = &region->event.office.id;

    if (region->event.has_other) {
        lt_region_note(region, "ui_why_region_hand_over");
    } else if (lt_office_equal(office, &desk->office)) {
        lt_region_note(region, "ui_why_region_self");
    } else if (lt_tree_find(tree, office) != NULL &&
               lt_tree_region_of(tree, office) == NULL) {
        lt_region_note(region, "ui_why_region_inside");
    } else if (region->event.office.link_addresses_n == 0) {
        lt_region_note(region, "ui_why_region_no_address");
    }
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        region->open_n += lt_tree_at(tree, i)->closed_version == 0 ? 1 : 0;
        region->closed_n += lt_tree_at(tree, i)->closed_version == 0 ? 0 : 1;
    }
}

/* ---- orders ---- */

lt_err lt_region_step_down(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_region_doc *region = lt_region_new(desk);
    int32_t day = 0;
    lt_err rc = region == NULL ? LT_ENOMEM : lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = lt_region_day(desk, args, &day, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_read(desk, args->texts[LT_OPT_LINES], region, diag);
    }
    if (rc == LT_OK) {
        check_successor(desk, region);
        rc = lt_region_refuse_found(region, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_begin(desk, draft, LT_EV_ROOT_STEPPED_DOWN, region);
    }
    if (rc == LT_OK) {
        lt_region_set_days(draft, day);
    }
    return rc;
}

lt_err lt_region_admit(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_region_doc *region = lt_region_new(desk);
    lt_err rc = region == NULL ? LT_ENOMEM : lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = lt_region_read(desk, args->texts[LT_OPT_LINES], region, diag);
    }
    if (rc == LT_OK) {
        if (region->has_released) {
            return lt_release_admit(desk, args, region, draft, diag);
        }
        check_admission(desk, region);
        rc = lt_region_refuse_found(region, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_begin(desk, draft, LT_EV_REGION_ADMITTED, region);
    }
    if (rc == LT_OK) {
        draft->event->office.parent = desk->office;
        lt_region_answer(draft, region);
    }
    return rc;
}

/* What tree step-down or tree release would do with a card (it has a day), or
 * tree admit with a hand-over. */
lt_err lt_read_region_check(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_region_doc *region = lt_region_new(desk);
    struct lt_office_info office;
    int32_t from = 0;
    int32_t until;
    lt_err rc = region == NULL ? LT_ENOMEM : lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = lt_region_day(desk, args, &from, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_read(desk, args->texts[LT_OPT_LINES], region, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    until = from + LT_REGION_WITHIN_DAYS;
    office = region->event.office;
    if (region->has_released || lt_args_has(args, LT_OPT_OFFICE)) {
        rc = lt_release_check(desk, args, region, &office, diag);
    } else if (lt_args_has(args, LT_OPT_DATE)) {
        check_successor(desk, region);
    } else {
        check_admission(desk, region);
    }
    if (rc == LT_OK && !lt_args_has(args, LT_OPT_DATE)) {
        from = region->event.day;
        until = region->event.due;
    }
    if (rc != LT_OK) {
        return rc;
    }
    return lt_region_put_rehearsal(desk, region, &office, from, until, out)
               ? LT_OK
               : LT_ENOMEM;
}

/* What this root has to say to another: the tool signs it. */
lt_err lt_read_region(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_tree_region *region;
    const struct lt_tree_office *self;
    const struct lt_tree *tree;
    struct lt_region_step step;

    if (desk->snapshot == NULL || desk->snapshot->tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    tree = desk->snapshot->tree;
    self = lt_tree_find(tree, &desk->office);
    if (self == NULL || (!lt_tree_is_writer(tree, &desk->office))) {
        return lt_tree_writer_only(desk, diag);
    }
    if (lt_args_has(args, LT_OPT_OFFICE)) {
        return lt_release_put(desk, args, self, out, diag);
    }
    region = lt_tree_region_of(tree, &desk->office);
    if (region != NULL && region->stepped) {
        step = (struct lt_region_step){.event = region->step,
                                       .hash = region->step_hash,
                                       .version = region->step_version,
                                       .successor = region->successor,
                                       .from_day = region->from_day,
                                       .until_day = region->until_day,
                                       .admitted = region->ended};
    }
    return lt_region_put(tree, self,
                         region != NULL && region->stepped ? &step : NULL,
                         &desk->office, out)
               ? LT_OK
               : LT_ENOMEM;
}
