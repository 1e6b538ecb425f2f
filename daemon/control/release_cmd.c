/* An office goes to another tree: this root releases it, takes that back, or
 * admits one. */
#include "daemon/control/release_cmd.h"

#include <string.h>

#include "daemon/control/tree_cmd.h"

bool lt_release_is_open(const struct lt_desk *desk,
                        const struct lt_office *office)
{
    return lt_tree_released(desk->snapshot->tree, office, desk->today) != NULL;
}

/* Is one below @office released? */
static bool is_open_below(const struct lt_desk *desk,
                          const struct lt_office *office)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_tree_release *release;

    for (size_t i = 0; (release = lt_tree_release_at(tree, i)) != NULL; i++) {
        if (lt_tree_covers(tree, office, &release->office) &&
            lt_release_is_open(desk, &release->office)) {
            return true;
        }
    }
    return false;
}

/* May @office go to the root of @region, whose card it is? */
static void check_release(const struct lt_desk *desk,
                          const struct lt_tree_office *office,
                          struct lt_region_doc *region)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_office *to = &region->event.office.id;

    if (region->event.has_other) {
        lt_region_note(region, "ui_why_region_hand_over");
    } else if (lt_office_equal(to, &desk->office)) {
        lt_region_note(region, "ui_why_region_self");
    } else if (lt_tree_covers(tree, &desk->office, to)) {
        lt_region_note(region, "ui_why_region_inside");
    } else if (region->event.office.link_addresses_n == 0) {
        lt_region_note(region, "ui_why_region_no_address");
    }
    if (lt_office_equal(&office->id, &desk->office)) {
        lt_region_note(region, "ui_why_release_root");
    } else if (!lt_tree_above(tree, &desk->office, &office->id)) {
        lt_region_note(region, "ui_why_tree_foreign");
    } else if (office->closed_version != 0) {
        lt_region_note(region, "ui_why_tree_closed");
    } else if (lt_release_is_open(desk, &office->id) ||
               is_open_below(desk, &office->id)) {
        lt_region_note(region, "ui_why_release_twice");
    }
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *other = lt_tree_at(tree, i);

        if (lt_tree_covers(tree, &office->id, &other->id)) {
            region->open_n += other->closed_version == 0 ? 1 : 0;
            region->closed_n += other->closed_version == 0 ? 0 : 1;
        }
    }
}

/* May the office of the hand-over come below @parent, today? */
static void check_admission(const struct lt_desk *desk,
                            const struct lt_tree_office *parent,
                            struct lt_region_doc *region)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_event *event = &region->event;
    struct lt_office line[LT_TREE_DEPTH_MAX];

    if (!lt_office_equal(&region->successor, &desk->office)) {
        lt_region_note(region, "ui_why_region_other");
    } else if (lt_tree_covers(tree, &desk->office, &region->released.id)) {
        lt_region_note(region, "ui_why_region_again");
    } else if (desk->today < event->day) {
        lt_region_note(region, "ui_why_region_early");
    } else if (desk->today > event->due) {
        lt_region_note(region, "ui_why_region_late");
    } else if (!lt_tree_covers(tree, &desk->office, &parent->id)) {
        lt_region_note(region, "ui_why_tree_foreign");
    } else if (parent->closed_version != 0) {
        lt_region_note(region, "ui_why_tree_parent_closed");
    } else if (lt_release_is_open(desk, &parent->id)) {
        lt_region_note(region, "ui_why_tree_released");
    } else {
        lt_region_check_offices(tree, region,
                                lt_tree_superiors(tree, &parent->id, line) + 1);
    }
}

/* The office of option UNDER: below which one it comes. */
static lt_err read_parent(struct lt_desk *desk, const struct lt_args *args,
                          const struct lt_tree_office **out,
                          struct lt_diag *diag)
{
    return lt_args_has(args, LT_OPT_UNDER)
               ? lt_desk_office(desk, args->texts[LT_OPT_UNDER], out, diag)
               : lt_region_refuse(diag, "ui_why_release_under");
}

lt_err lt_release_check(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_region_doc *region,
                        struct lt_office_info *out_office, struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    lt_err rc;

    if (!lt_args_has(args, LT_OPT_OFFICE)) {
        rc = read_parent(desk, args, &office, diag);
        if (rc == LT_OK) {
            check_admission(desk, office, region);
            *out_office = region->released;
        }
        return rc;
    }
    rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);
    if (rc == LT_OK) {
        check_release(desk, office, region);
        out_office->id = office->id;
        out_office->name = (struct lt_text){office->name, strlen(office->name)};
    }
    return rc;
}

lt_err lt_release_order(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_region_doc *region = lt_region_new(desk);
    const struct lt_tree_office *office = NULL;
    int32_t day = 0;
    lt_err rc = region == NULL ? LT_ENOMEM : lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_day(desk, args, &day, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_read(desk, args->texts[LT_OPT_LINES], region, diag);
    }
    if (rc == LT_OK) {
        check_release(desk, office, region);
        rc = lt_region_refuse_found(region, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_begin(desk, draft, LT_EV_OFFICE_RELEASED, region);
    }
    if (rc == LT_OK) {
        draft->event->released = office->id;
        lt_region_set_days(draft, day);
    }
    return rc;
}

lt_err lt_release_take_back(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    const struct lt_tree_release *release;
    lt_err rc = lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    release = lt_tree_released(desk->snapshot->tree, &office->id, desk->today);
    if (release == NULL || !lt_office_equal(&release->office, &office->id)) {
        return lt_desk_refuse(diag, LT_ESTATE, "take-back",
                              "ui_why_release_none");
    }
    rc = lt_draft_begin(desk, draft, LT_EV_RELEASE_WITHDRAWN, LT_CLASS_TREE,
                        LT_AUDIENCE_ALL, NULL);
    if (rc == LT_OK) {
        draft->opens = true;
        draft->event->office.id = office->id;
        draft->event->has_other = true;
        draft->event->other = release->id;
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
    }
    return rc;
}

lt_err lt_release_admit(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_region_doc *region, struct lt_draft *draft,
                        struct lt_diag *diag)
{
    const struct lt_tree_office *parent = NULL;
    lt_err rc = read_parent(desk, args, &parent, diag);

    if (rc == LT_OK) {
        check_admission(desk, parent, region);
        rc = lt_region_refuse_found(region, diag);
    }
    if (rc == LT_OK) {
        rc = lt_region_begin(desk, draft, LT_EV_OFFICE_ADMITTED, region);
    }
    if (rc == LT_OK) {
        draft->event->office = region->released;
        draft->event->office.parent = parent->id;
        lt_region_answer(draft, region);
    }
    return rc;
}

lt_err lt_release_put(struct lt_desk *desk, const struct lt_args *args,
                      const struct lt_tree_office *self, struct lt_buf *out,
                      struct lt_diag *diag)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_tree_office *office = NULL;
    const struct lt_tree_release *release;
    const struct lt_tree_release *found = NULL;
    struct lt_region_step step;
    lt_err rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);

    for (size_t i = 0;
         rc == LT_OK && (release = lt_tree_release_at(tree, i)) != NULL; i++) {
        if (lt_office_equal(&release->office, &office->id) &&
            lt_office_equal(&release->writer, &desk->office) &&
            !release->withdrawn) {
            found = release;
        }
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (found != NULL) {
        step = (struct lt_region_step){.event = found->id,
                                       .hash = found->hash,
                                       .version = found->version,
                                       .successor = found->to,
                                       .from_day = found->from_day,
                                       .until_day = found->until_day,
                                       .admitted = found->admitted,
                                       .released = office};
    }
    return lt_region_put(tree, self, found == NULL ? NULL : &step, &office->id,
                         out)
               ? LT_OK
               : LT_ENOMEM;
}
