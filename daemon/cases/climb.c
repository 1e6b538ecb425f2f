#include "daemon/cases/climb.h"

#include "common/failpoint.h"

bool lt_climb_of(const struct lt_matter *matter, int64_t arrived_ms,
                 int64_t within_ms, const struct lt_tree *tree, int64_t now_ms,
                 struct lt_climb *out)
{
    const struct lt_office home =
        tree == NULL ? matter->origin : lt_tree_heir(tree, &matter->origin);
    struct lt_office above[LT_TREE_DEPTH_MAX];
    size_t above_n = 0;
    int64_t waited_ms;
    uint32_t last;

    if (matter->kind != LT_MATTER_INCIDENT || matter->voided ||
        (matter->state != LT_INCIDENT_RAISED_ST &&
         !(matter->state == LT_INCIDENT_TAKEN_ST &&
           LT_PLANTED(taken_climbs))) ||
        within_ms <= 0 ||
        lt_matter_is_lapsed(matter, now_ms)) {
        return false;
    }
    if (tree != NULL) {
        above_n = lt_tree_superiors(tree, &home, above);
        above_n = above_n > LT_TREE_DEPTH_MAX ? LT_TREE_DEPTH_MAX : above_n;
    }
    *out = (struct lt_climb){.asked = home, .since_ms = matter->opened_ms};
    if (arrived_ms != 0 && arrived_ms < out->since_ms) {
        out->since_ms = arrived_ms;
    }
    waited_ms = now_ms < out->since_ms ? 0 : now_ms - out->since_ms;
    last = above_n <= 1 ? 0 : (uint32_t)above_n - 1;
    last = last > LT_CLIMB_STEPS_MAX ? LT_CLIMB_STEPS_MAX : last;
    out->step = waited_ms / within_ms > (int64_t)last
                    ? last
                    : (uint32_t)(waited_ms / within_ms);
    out->step_ms = out->since_ms + (int64_t)out->step * within_ms;
    if (out->step < last) {
        out->next_ms = out->step_ms + within_ms;
    }
    if (above_n > 0) {
        out->asked = above[out->step];
    }
    return true;
}

bool lt_climb_concerns(const struct lt_climb *climb,
                       const struct lt_office *origin,
                       const struct lt_office *office,
                       const struct lt_tree *tree)
{
    struct lt_office home;

    if (lt_office_equal(office, origin) ||
        lt_office_equal(office, &climb->asked)) {
        return true;
    }
    if (tree == NULL) {
        return false;
    }
    home = lt_tree_heir(tree, origin);
    return lt_office_equal(office, &home) ||
           (lt_tree_above(tree, office, &home) &&
            lt_tree_above(tree, &climb->asked, office));
}
