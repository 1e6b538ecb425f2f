#include "daemon/cases/denounced.h"

#include "common/failpoint.h"
#include "daemon/cases/custody.h"

enum { DENUNCIATION_TYPE = 4 };

static bool is_above(const struct lt_tree *tree, uint64_t version,
                     const struct lt_office *above,
                     const struct lt_office *office)
{
    return tree != NULL && !lt_office_equal(above, office) &&
           lt_tree_covers_at(tree, version, above, office);
}

bool lt_denounced_is(const struct lt_matter *matter, const struct lt_tree *tree,
                     uint64_t version, const struct lt_office *office)
{
    return matter->kind == LT_MATTER_CASE &&
           matter->type == DENUNCIATION_TYPE &&
           matter->accused == LT_ACCUSED_HERE &&
           (lt_office_equal(office, &matter->origin) ||
            (lt_stands_for(tree, version, office, &matter->origin) &&
             !is_above(tree, version, office, &matter->origin)));
}

bool lt_denounced_concerns(const struct lt_matter *matter,
                           const struct lt_tree *tree, uint64_t version,
                           const struct lt_office *office)
{
    return lt_denounced_is(matter, tree, version, office) ||
           (matter->kind == LT_MATTER_CASE &&
            matter->type == DENUNCIATION_TYPE &&
            matter->accused == LT_ACCUSED_BELOW &&
            is_above(tree, version, &matter->origin, office));
}

bool lt_denounced_holder(const struct lt_act *act, const struct lt_tree *tree,
                         struct lt_office *out_holder)
{
    if (act->type != LT_EV_DENUNCIATION_RECEIVED ||
        act->accused != LT_ACCUSED_HERE) {
        *out_holder = act->id.origin;
        return true;
    }
    return tree != NULL && lt_tree_parent_at(tree, act->tree_version,
                                             &act->id.origin, out_holder);
}

bool lt_days_are_for(const struct lt_matter *matter, const struct lt_tree *tree,
                     const struct lt_office *office)
{
    if (matter->kind != LT_MATTER_CASE || matter->type != DENUNCIATION_TYPE ||
        lt_custody_holds(matter, tree, UINT64_MAX, office) ||
        LT_PLANTED(exact_days)) {
        return true;
    }
    for (size_t i = 0; i < matter->custody.offers_n; i++) {
        if (lt_stands_for(tree, UINT64_MAX, office,
                          &matter->custody.offers[i].to)) {
            return true;
        }
    }
    return false;
}
