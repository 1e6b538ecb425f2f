/* One office, and what is below it, from one tree into another. The word that
 * releases it leaves a mark at the office while the trees are put together from
 * all that was said: only where an admission answers it. Behind the mark its
 * former writer has no say, before the admission the new one has none, and the
 * admission hangs it below its new parent. */
#include <string.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "common/tree_internal.h"

/* Taken back before @hlc? */
static bool withdrawn(const struct lt_tree *tree,
                      const struct lt_event_id *release, uint64_t hlc)
{
    for (size_t i = 0; i < tree->said_n; i++) {
        const struct lt_tree_said *said = &tree->said[i];

        if (said->joint != NULL && said->joint->withdraws &&
            lt_event_id_equal(&said->joint->step, release) &&
            lt_office_equal(&said->id.origin, &release->origin) &&
            said->hlc <= hlc) {
            return true;
        }
    }
    return false;
}

/* The first that answers a release is the one that counts. */
static bool answered(const struct lt_tree_regions *regions,
                     const struct lt_tree_join *join)
{
    for (size_t i = 0; i < regions->joins_n; i++) {
        const struct lt_tree_join *other = &regions->joins[i];

        if (other != join && other->holds && other->of_office &&
            lt_event_id_equal(&other->step, &join->step)) {
            return true;
        }
    }
    return false;
}

bool lt_tree_release_agrees(const struct lt_tree *tree,
                            const struct lt_tree_regions *regions,
                            const struct lt_tree_join *join)
{
    const struct lt_tree_said *said = lt_tree_find_said(tree, &join->id);
    const struct lt_tree_said *step = lt_tree_find_said(tree, &join->step);
    int32_t day = lt_civil_day(lt_hlc_ms(said->hlc));

    return step->joint != NULL && step->joint->of_office &&
           !step->joint->admits && !step->joint->withdraws &&
           lt_office_equal(&step->joint->released, &join->office) &&
           lt_office_equal(&step->joint->root, &join->writer) &&
           memcmp(step->joint->step_hash, said->joint->step_hash,
                  LT_HASH_LEN) == 0 &&
           step->version == join->step_version &&
           day >= step->joint->from_day && day <= step->joint->until_day &&
           !withdrawn(tree, &step->id, said->hlc) && !answered(regions, join);
}

static const struct lt_tree_join *
admission_of(const struct lt_tree_regions *regions,
             const struct lt_event_id *release)
{
    for (size_t i = 0; i < regions->joins_n; i++) {
        const struct lt_tree_join *join = &regions->joins[i];

        if (join->holds && join->of_office &&
            lt_event_id_equal(&join->step, release)) {
            return join;
        }
    }
    return NULL;
}

void lt_tree_releases_note(const struct lt_tree *tree,
                           struct lt_tree_regions *regions)
{
    regions->releases_n = 0;
    for (size_t i = 0; i < tree->said_n; i++) {
        const struct lt_tree_said *said = &tree->said[i];
        const struct lt_tree_joint *joint = said->joint;
        struct lt_tree_release *release;
        const struct lt_tree_join *join;

        if (joint == NULL || !joint->of_office || joint->admits ||
            joint->withdraws || regions->releases_n == regions->words_n) {
            continue;
        }
        release = &regions->releases[regions->releases_n];
        join = admission_of(regions, &said->id);
        *release = (struct lt_tree_release){
            .id = said->id,
            .version = said->version,
            .writer = said->id.origin,
            .office = joint->released,
            .to = joint->root,
            .from_day = joint->from_day,
            .until_day = joint->until_day,
            .admitted = join != NULL,
            .withdrawn =
                join == NULL && withdrawn(tree, &said->id, UINT64_MAX)};
        memcpy(release->hash, joint->step_hash, LT_HASH_LEN);
        if (join != NULL) {
            release->parent =
                lt_tree_find_said(tree, &join->id)->node.office.parent;
        }
        regions->releases_n++;
    }
}

bool lt_tree_is_gone(const struct lt_tree *tree, uint32_t index,
                     uint64_t version)
{
    while (index != LT_TREE_NONE && !LT_PLANTED(old_root_still_rules)) {
        uint64_t released = tree->nodes[index].released_version;

        if (released != 0 && released < version) {
            return true;
        }
        index = tree->nodes[index].parent;
    }
    return false;
}

/* The release, as far as an admission answers it; of a withdrawal nothing is
 * left to do. */
lt_err lt_tree_say_release(struct lt_tree *tree,
                           const struct lt_tree_said *said,
                           struct lt_diag *diag)
{
    const struct lt_office *office = &said->joint->released;
    uint32_t index = lt_tree_index(tree, office);

    if (said->joint->withdraws) {
        return LT_OK;
    }
    if (index == LT_TREE_NONE) {
        return lt_tree_refuse(diag, office, "unknown office");
    }
    if (tree->nodes[index].parent == LT_TREE_NONE) {
        return lt_tree_refuse(diag, office, "the root does not move");
    }
    if (tree->nodes[index].office.closed_version != 0) {
        return lt_tree_refuse(diag, office, "closed");
    }
    if (admission_of(tree->regions, &said->id) != NULL) {
        tree->nodes[index].released_version = said->version;
    }
    return LT_OK;
}

/* ---- looking ---- */

const struct lt_tree_release *lt_tree_release_at(const struct lt_tree *tree,
                                                 size_t index)
{
    return tree->regions != NULL && index < tree->regions->releases_n
               ? &tree->regions->releases[index]
               : NULL;
}

const struct lt_tree_release *lt_tree_released(const struct lt_tree *tree,
                                               const struct lt_office *office,
                                               int32_t day)
{
    const struct lt_tree_release *found = NULL;
    const struct lt_tree_release *release;

    for (size_t i = 0; (release = lt_tree_release_at(tree, i)) != NULL; i++) {
        if (!release->withdrawn && !release->admitted &&
            release->until_day >= day &&
            lt_tree_covers(tree, &release->writer, &release->office) &&
            lt_tree_covers(tree, &release->office, office)) {
            found = release;
        }
    }
    return found;
}

const struct lt_tree_release *lt_tree_came_by(const struct lt_tree *tree,
                                              const struct lt_office *office)
{
    const struct lt_tree_release *found = NULL;
    const struct lt_tree_release *release;

    for (size_t i = 0; (release = lt_tree_release_at(tree, i)) != NULL; i++) {
        if (release->admitted && lt_office_equal(&release->office, office)) {
            found = release;
        }
    }
    return found;
}

bool lt_tree_is_guest(const struct lt_tree *tree,
                      const struct lt_office *office)
{
    uint32_t index = lt_tree_index(tree, office);

    for (size_t i = 0; index != LT_TREE_NONE && tree->regions != NULL &&
                       i < tree->regions->joins_n;
         i++) {
        const struct lt_tree_join *join = &tree->regions->joins[i];

        if (join->holds && join->of_office &&
            lt_office_equal(&join->office, office) &&
            join->version == tree->nodes[index].office.since_version) {
            return true;
        }
    }
    return false;
}

bool lt_tree_gave(const struct lt_tree *tree, const struct lt_office *writer,
                  const struct lt_office *to)
{
    for (size_t i = 0; tree->regions != NULL && i < tree->regions->joins_n;
         i++) {
        const struct lt_tree_join *join = &tree->regions->joins[i];

        if (join->holds && join->of_office &&
            lt_office_equal(&join->root, writer) &&
            lt_office_equal(&join->writer, to)) {
            return true;
        }
    }
    return false;
}

bool lt_tree_together(const struct lt_tree *tree, const struct lt_office *a,
                      const struct lt_office *b)
{
    uint32_t one = lt_tree_top(tree, lt_tree_index(tree, a));

    return one != LT_TREE_NONE &&
           one == lt_tree_top(tree, lt_tree_index(tree, b));
}
