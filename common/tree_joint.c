/* Which words of which writer count, where there are several trees, and what
 * the words between two trees do; tree_region.c says which trees there are. */
#include <string.h>

#include "common/failpoint.h"
#include "common/tree_internal.h"

static bool is_top(const struct lt_tree *tree, const struct lt_office *writer,
                   const struct lt_office *office)
{
    uint32_t top = lt_tree_top(tree, lt_tree_index(tree, office));

    return top == LT_TREE_NONE ||
           lt_office_equal(&tree->nodes[top].office.id, writer);
}

/* May @writer say that of @office, as the tree is by then? */
static bool may_speak_of(const struct lt_tree *tree,
                         const struct lt_tree_said *said,
                         const struct lt_office *writer,
                         const struct lt_office *office)
{
    return (is_top(tree, writer, office) || LT_PLANTED(old_root_still_rules)) &&
           !lt_tree_is_gone(tree, lt_tree_index(tree, office), said->version);
}

/* All offices that it names are those of @writer. */
static bool is_own(const struct lt_tree *tree, const struct lt_tree_said *said,
                   const struct lt_office *writer)
{
    return (said->opens ||
            may_speak_of(tree, said, writer, &said->node.office.id)) &&
           may_speak_of(tree, said, writer, &said->node.office.parent) &&
           (said->classes == 0 ||
            may_speak_of(tree, said, writer, &said->heir));
}

static bool has_ended(const struct lt_tree_region *region, uint64_t version)
{
    return region != NULL && region->ended && version > region->step_version &&
           !LT_PLANTED(old_root_writes);
}

const char *lt_tree_why_not_said(const struct lt_tree *tree,
                                 const struct lt_tree_said *said)
{
    const struct lt_office *writer = &said->id.origin;
    const struct lt_office *office = &said->node.office.id;
    const struct lt_office *parent = &said->node.office.parent;
    const struct lt_tree_office *root;

    if (tree->regions == NULL) {
        return NULL;
    }
    if (tree->is_clone) { /* a trial of the root's */
        root = lt_tree_root(tree);
        return root == NULL || said->joint != NULL ||
                       is_own(tree, said, &root->id)
                   ? NULL
                   : "an office of another tree";
    }
    if (has_ended(lt_tree_regions_find(tree->regions, writer), said->version)) {
        return "its writer has stepped down";
    }
    if (said->joint != NULL && said->joint->admits) {
        return NULL; /* lt_tree_say_joint asks whether it holds */
    }
    if (!lt_tree_regions_joined(tree->regions, writer) || said->yields) {
        return "of another tree";
    }
    if (said->joint != NULL) {
        return !said->joint->of_office ||
                       may_speak_of(tree, said, writer, &said->joint->released)
                   ? NULL
                   : "an office of another tree";
    }
    if (said->opens && lt_office_is_zero(parent)) {
        return lt_office_equal(writer, office) ? NULL : "a second root";
    }
    return is_own(tree, said, writer) ? NULL : "an office of another tree";
}

/* Opens @info as a root of its own, unless it is there. */
static lt_err show(struct lt_tree *tree, uint64_t version,
                   const struct lt_office_info *info, struct lt_diag *diag)
{
    struct lt_office_info root = *info;

    if (lt_tree_index(tree, &info->id) != LT_TREE_NONE) {
        return LT_OK;
    }
    memset(&root.parent, 0, sizeof(root.parent));
    root.has_from_date = false;
    return lt_tree_open_office(tree, version, &root, diag);
}

/* The whole tree of @info's office goes below the admitting root. */
static lt_err admit_root(struct lt_tree *tree, const struct lt_tree_said *said,
                         const struct lt_office_info *info,
                         struct lt_diag *diag)
{
    lt_err rc = show(tree, said->version, info, diag);
    uint32_t index = lt_tree_index(tree, &info->id);

    if (rc == LT_OK && tree->nodes[index].parent != LT_TREE_NONE) {
        return lt_tree_refuse(diag, &info->id, "below another already");
    }
    return rc == LT_OK ? lt_tree_hang(tree, said->version, &info->id,
                                      &said->id.origin, diag)
                       : rc;
}

/* @info's office goes below its parent there; who has not heard of it yet, sees
 * it appear. */
static lt_err admit_office(struct lt_tree *tree,
                           const struct lt_tree_said *said,
                           const struct lt_tree_join *join,
                           const struct lt_office_info *info,
                           struct lt_diag *diag)
{
    uint32_t index = lt_tree_index(tree, &info->id);
    struct lt_office_info office = *info;

    if (!is_top(tree, &join->writer, &info->parent)) {
        return lt_tree_refuse(diag, &info->id, "an office of another tree");
    }
    if (index == LT_TREE_NONE) {
        office.has_from_date = false;
        return lt_tree_open_office(tree, said->version, &office, diag);
    }
    if (!LT_PLANTED(admit_without_release) &&
        (!is_top(tree, &join->root, &info->id) ||
         (lt_tree_find_said(tree, &join->step) != NULL &&
          tree->nodes[index].released_version != join->step_version))) {
        return lt_tree_refuse(diag, &info->id, "its root has not released it");
    }
    return lt_tree_hang(tree, said->version, &info->id, &info->parent, diag);
}

lt_err lt_tree_say_joint(struct lt_tree *tree, const struct lt_tree_said *said,
                         const struct lt_office_info *info,
                         struct lt_diag *diag)
{
    lt_err rc;

    if (tree->is_clone || tree->regions == NULL) {
        return lt_tree_refuse(diag, &info->id, "not on a trial");
    }
    for (size_t i = 0; said->joint->admits && i < tree->regions->joins_n; i++) {
        const struct lt_tree_join *join = &tree->regions->joins[i];

        if (!lt_event_id_equal(&join->id, &said->id)) {
            continue;
        }
        if (!join->holds) {
            return lt_tree_refuse(diag, &info->id,
                                  join->of_office
                                      ? "its root has not released it"
                                      : "its root has not stepped down for it");
        }
        return join->of_office ? admit_office(tree, said, join, info, diag)
                               : admit_root(tree, said, info, diag);
    }
    if (said->joint->admits) {
        return lt_tree_refuse(diag, &info->id, "too many trees");
    }
    rc = said->joint->withdraws ? LT_OK : show(tree, said->version, info, diag);
    return rc == LT_OK && said->joint->of_office
               ? lt_tree_say_release(tree, said, diag)
               : rc;
}

/* Did @writer say it before the tree with the root @top took in what was his?
 */
static bool was_of(const struct lt_tree *tree, const struct lt_office *top,
                   const struct lt_office *writer, uint64_t version,
                   uint64_t hlc)
{
    for (size_t i = 0; i < tree->regions->joins_n; i++) {
        const struct lt_tree_join *join = &tree->regions->joins[i];
        const struct lt_office *other;

        (void)lt_tree_regions_top(tree->regions, &join->writer, &other);
        if (join->holds && lt_office_equal(&join->root, writer) &&
            lt_office_equal(other, top) &&
            (version <= join->step_version || hlc < join->hlc)) {
            return true;
        }
    }
    return false;
}

bool lt_tree_speaks(const struct lt_tree *tree, const struct lt_office *writer,
                    uint64_t number, uint64_t hlc)
{
    const struct lt_tree_office *root = lt_tree_root(tree);
    const struct lt_office *top;
    const struct lt_office *other;
    uint64_t version = lt_tree_version_of(tree, writer, number);

    if (tree->regions == NULL) {
        return root != NULL && lt_office_equal(&root->id, writer);
    }
    if (root == NULL || !lt_tree_is_writer(tree, writer) ||
        !lt_tree_regions_joined(tree->regions, writer)) {
        return false;
    }
    (void)lt_tree_regions_top(tree->regions, &root->id, &top);
    (void)lt_tree_regions_top(tree->regions, writer, &other);
    return (lt_office_equal(top, other) &&
            !has_ended(lt_tree_region_of(tree, writer), version)) ||
           was_of(tree, top, writer, version, hlc);
}

bool lt_tree_may_write(const struct lt_tree *tree,
                       const struct lt_office *office, int32_t day)
{
    const struct lt_tree_office *root = lt_tree_root(tree);
    const struct lt_tree_region *region = lt_tree_region_of(tree, office);

    if (region != NULL && LT_PLANTED(old_root_writes)) {
        return true;
    }
    return root != NULL && lt_office_equal(&root->id, office) &&
           (region == NULL || !region->stepped || day > region->until_day);
}

void lt_tree_regions_advance(struct lt_tree *tree)
{
    const struct lt_tree_office *root = lt_tree_root(tree);
    const struct lt_tree_region *region =
        root == NULL ? NULL : lt_tree_region_of(tree, &root->id);
    uint64_t version =
        region == NULL
            ? 0
            : lt_tree_version_of(tree, &region->writer, region->last);

    if (version > tree->version) {
        tree->version = version;
        tree->revision++;
    }
}

void lt_tree_heard(struct lt_tree *tree, const struct lt_office *writer,
                   uint64_t number)
{
    struct lt_tree_region *region = lt_tree_regions_find(tree->regions, writer);

    if (tree->regions == NULL) {
        lt_tree_advance(tree, number);
    } else if (region != NULL && region->last < number) {
        region->last = number;
        lt_tree_regions_advance(tree);
    }
}
