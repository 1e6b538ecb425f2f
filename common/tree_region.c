/* Trees that join. All words of all writers that are known here stand in one
 * row, and every one of them has its place by what the row says and by nothing
 * else: which writers there are follows from the first one's words (who names
 * whom), eras from the admissions of each, and an admission holds when the
 * stepping down that it names is there and names it back.
 *
 * The successor's people hear the admission before they have a word of the
 * other tree, and their superior must be able to speak with its root to get it.
 * So at the successor's an admission holds until that tree has come and says
 * otherwise; the people of the root that steps down believe nobody but it. */
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "common/tree_internal.h"

bool lt_tree_is_joint(const struct lt_event *event)
{
    return event->type == LT_EV_ROOT_STEPPED_DOWN ||
           event->type == LT_EV_REGION_ADMITTED;
}

uint32_t lt_tree_top(const struct lt_tree *tree, uint32_t index)
{
    if (index >= tree->nodes_n) {
        return LT_TREE_NONE;
    }
    while (tree->nodes[index].parent != LT_TREE_NONE) {
        index = tree->nodes[index].parent;
    }
    return index;
}

static struct lt_tree_region *find(struct lt_tree_regions *regions,
                                   const struct lt_office *writer)
{
    for (size_t i = 0; regions != NULL && i < regions->n; i++) {
        if (lt_office_equal(&regions->all[i].writer, writer)) {
            return &regions->all[i];
        }
    }
    return NULL;
}

const struct lt_tree_region *lt_tree_region_at(const struct lt_tree *tree,
                                               size_t index)
{
    return tree->regions != NULL && index < tree->regions->n
               ? &tree->regions->all[index]
               : NULL;
}

const struct lt_tree_region *lt_tree_region_of(const struct lt_tree *tree,
                                               const struct lt_office *writer)
{
    return find(tree->regions, writer);
}

bool lt_tree_is_writer(const struct lt_tree *tree,
                       const struct lt_office *office)
{
    const struct lt_tree_office *root = lt_tree_root(tree);

    return tree->regions != NULL
               ? lt_tree_region_of(tree, office) != NULL
               : root != NULL && lt_office_equal(&root->id, office);
}

static uint64_t version_of(const struct lt_tree_regions *regions,
                           const struct lt_office *writer, uint64_t number)
{
    uint64_t era = 0;

    for (size_t i = 0; regions != NULL && i < regions->joins_n; i++) {
        const struct lt_tree_join *join = &regions->joins[i];
        uint64_t after = (join->step_version >> LT_TREE_ERA_BITS) + 1;

        if (join->number <= number && after > era &&
            lt_office_equal(&join->writer, writer)) {
            era = after;
        }
    }
    return era << LT_TREE_ERA_BITS | number;
}

uint64_t lt_tree_version_of(const struct lt_tree *tree,
                            const struct lt_office *writer, uint64_t number)
{
    return version_of(tree->regions, writer, number);
}

/* ---- which trees there are ---- */

/* The trees that @said names, when its writer is one of them. */
static bool hear(struct lt_tree_regions *regions,
                 const struct lt_tree_said *said)
{
    struct lt_tree_region *other = find(regions, &said->node.office.id);

    if (said->joint == NULL || find(regions, &said->id.origin) == NULL ||
        other != NULL || regions->n == LT_TREE_REGIONS_MAX) {
        return false;
    }
    regions->all[regions->n++] = (struct lt_tree_region){
        .writer = said->node.office.id, .has_root_key = true};
    other = &regions->all[regions->n - 1];
    memcpy(other->root_key, said->joint->root_key, LT_PUBKEY_LEN);
    return true;
}

static void collect(const struct lt_tree *tree,
                    struct lt_tree_regions *regions)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < tree->said_n; i++) {
            more |= hear(regions, &tree->said[i]);
        }
    }
    for (size_t i = 0; i < tree->said_n; i++) {
        const struct lt_tree_said *said = &tree->said[i];

        if (said->joint != NULL && said->joint->admits &&
            regions->joins_n < LT_TREE_REGIONS_MAX) {
            regions->joins[regions->joins_n++] = (struct lt_tree_join){
                .id = said->id,
                .writer = said->id.origin,
                .office = said->node.office.id,
                .number = said->number,
                .step_version = said->joint->step_version};
        }
    }
    for (size_t i = 0; i < tree->said_n; i++) {
        struct lt_tree_region *region = find(regions, &tree->said[i].id.origin);

        if (region != NULL && region->last < tree->said[i].number) {
            region->last = tree->said[i].number;
        }
    }
}

static int by_place(const void *a, const void *b)
{
    return lt_tree_said_compare(a, b);
}

static const struct lt_tree_said *find_said(const struct lt_tree *tree,
                                            const struct lt_event_id *id)
{
    for (size_t i = 0; i < tree->said_n; i++) {
        if (lt_event_id_equal(&tree->said[i].id, id)) {
            return &tree->said[i];
        }
    }
    return NULL;
}

/* The latest stepping down of each. */
static void note_steps(const struct lt_tree *tree,
                       struct lt_tree_regions *regions)
{
    for (size_t i = 0; i < tree->said_n; i++) {
        const struct lt_tree_said *said = &tree->said[i];
        struct lt_tree_region *region = find(regions, &said->id.origin);

        if (said->joint == NULL || said->joint->admits || region == NULL) {
            continue;
        }
        region->stepped = true;
        region->step = said->id;
        region->step_version = said->version;
        region->successor = said->node.office.id;
        region->from_day = said->joint->from_day;
        region->until_day = said->joint->until_day;
        memcpy(region->step_hash, said->joint->step_hash, LT_HASH_LEN);
    }
}

/* Do the admission and the stepping down name each other? */
static bool agree(const struct lt_tree_said *admission,
                  const struct lt_tree_said *step)
{
    int32_t day = lt_civil_day(lt_hlc_ms(admission->hlc));

    return step->joint != NULL && !step->joint->admits &&
           lt_office_equal(&step->id.origin, &admission->node.office.id) &&
           lt_office_equal(&step->node.office.id, &admission->id.origin) &&
           memcmp(step->joint->step_hash, admission->joint->step_hash,
                  LT_HASH_LEN) == 0 &&
           step->version == admission->joint->step_version &&
           day >= step->joint->from_day && day <= step->joint->until_day;
}

/* The root above @root, by the admissions that hold so far; how many are
 * between them. */
static unsigned top_of(const struct lt_tree_regions *regions,
                       const struct lt_office *root,
                       const struct lt_office **out_top)
{
    unsigned between = 0;

    *out_top = root;
    for (size_t i = 0; i < regions->joins_n; i++) {
        if (regions->joins[i].holds &&
            lt_office_equal(&regions->joins[i].office, *out_top)) {
            *out_top = &regions->joins[i].writer;
            between++;
        }
    }
    return between;
}

/* Is @writer's tree joined with the first one's? What others say counts for
 * nothing here. */
static bool is_joined(const struct lt_tree_regions *regions,
                      const struct lt_office *writer)
{
    const struct lt_office *home;
    const struct lt_office *top;

    (void)top_of(regions, &regions->home, &home);
    (void)top_of(regions, writer, &top);
    return lt_office_equal(home, top);
}

static void settle_join(const struct lt_tree *tree,
                        struct lt_tree_regions *regions, size_t index)
{
    struct lt_tree_join *join = &regions->joins[index];
    struct lt_tree_region *region = find(regions, &join->office);
    struct lt_tree_region *writer = find(regions, &join->writer);
    const struct lt_office *home;
    const struct lt_tree_said *said = find_said(tree, &join->id);
    const struct lt_tree_said *step = find_said(tree, &said->joint->step);

    if (region == NULL || writer == NULL || region->ended ||
        (writer->ended && said->version > writer->step_version)) {
        return;
    }
    if (LT_PLANTED(unsigned_successor)) {
        join->holds = true;
        return;
    }
    if (step == NULL) {
        (void)top_of(regions, &regions->home, &home);
        join->holds =
            !lt_office_equal(home, &join->office) &&
            region->last < (join->step_version &
                            ((UINT64_C(1) << LT_TREE_ERA_BITS) - 1));
        return;
    }
    if (!agree(said, step)) {
        return;
    }
    join->holds = true;
    region->ended = true;
    region->step = step->id;
    region->step_version = step->version;
    region->successor = join->writer;
    region->from_day = step->joint->from_day;
    region->until_day = step->joint->until_day;
    memcpy(region->step_hash, step->joint->step_hash, LT_HASH_LEN);
}

static int by_version(const void *a, const void *b)
{
    const struct lt_tree_join *one = a;
    const struct lt_tree_join *other = b;

    return one->version != other->version
               ? (one->version < other->version ? -1 : 1)
               : lt_event_id_compare(&one->id, &other->id);
}

/* Where the streams have come to by what was heard before. */
static void take_over(const struct lt_tree *tree,
                      const struct lt_tree_regions *old,
                      struct lt_tree_regions *regions)
{
    if (old == NULL && regions->all[0].last < tree->version) {
        regions->all[0].last = tree->version;
    }
    for (size_t i = 0; old != NULL && i < old->n; i++) {
        struct lt_tree_region *region = find(regions, &old->all[i].writer);

        if (region != NULL && region->last < old->all[i].last) {
            region->last = old->all[i].last;
        }
    }
}

void lt_tree_put_in_place(struct lt_tree *tree,
                          const struct lt_tree_regions *regions)
{
    for (size_t i = 0; i < tree->said_n; i++) {
        struct lt_tree_said *said = &tree->said[i];

        said->version = version_of(regions, &said->id.origin, said->number);
    }
    if (tree->said_n > 0) {
        qsort(tree->said, tree->said_n, sizeof(tree->said[0]), by_place);
    }
}

/* Where the opening of @said's office stands or would stand. */
static uint32_t *opening_of(const struct lt_tree *tree, uint32_t *slots,
                            size_t slots_n, const struct lt_tree_said *said)
{
    const struct lt_office *id = &said->node.office.id;
    uint64_t hash;
    size_t at;

    memcpy(&hash, id->bytes, sizeof(hash));
    at = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (slots_n - 1);
    while (slots[at] != 0 &&
           !lt_office_equal(&tree->said[slots[at] - 1].node.office.id, id)) {
        at = (at + 1) & (slots_n - 1);
    }
    return &slots[at];
}

/* An office that two writers have opened is whose tree admits the other one:
 * nobody takes an office by opening it anew before he steps down. */
static lt_err settle_openings(struct lt_tree *tree,
                              const struct lt_tree_regions *regions)
{
    size_t slots_n = 64;
    uint32_t *slots;

    while (slots_n < 2 * tree->said_n) {
        slots_n *= 2;
    }
    slots = lt_new_array(tree->alloc, slots_n, sizeof(*slots));
    if (slots == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < tree->said_n; i++) {
        struct lt_tree_said *said = &tree->said[i];
        const struct lt_office *top;
        struct lt_tree_said *other;
        uint32_t *slot;

        said->yields = false;
        if (!said->opens || !is_joined(regions, &said->id.origin)) {
            continue;
        }
        slot = opening_of(tree, slots, slots_n, said);
        other = *slot == 0 ? NULL : &tree->said[*slot - 1];
        if (other == NULL) {
            *slot = (uint32_t)i + 1;
        } else if (top_of(regions, &said->id.origin, &top) <
                   top_of(regions, &other->id.origin, &top)) {
            other->yields = true;
            *slot = (uint32_t)i + 1;
        } else {
            said->yields = !lt_office_equal(&other->id.origin,
                                            &said->id.origin);
        }
    }
    lt_free(tree->alloc, slots);
    return LT_OK;
}

lt_err lt_tree_regions_settle(struct lt_tree *tree,
                              struct lt_tree_regions *regions)
{
    const struct lt_tree_regions *old = tree->regions;

    memset(regions, 0, sizeof(*regions));
    regions->home = old != NULL ? old->home : tree->nodes[0].office.id;
    regions->all[regions->n++].writer = regions->home;
    collect(tree, regions);
    take_over(tree, old, regions);
    for (size_t i = 0; i < regions->joins_n; i++) {
        struct lt_tree_join *join = &regions->joins[i];

        join->version = version_of(regions, &join->writer, join->number);
    }
    qsort(regions->joins, regions->joins_n, sizeof(regions->joins[0]),
          by_version);
    lt_tree_put_in_place(tree, regions);
    note_steps(tree, regions);
    for (size_t i = 0; i < regions->joins_n; i++) {
        settle_join(tree, regions, i);
    }
    return settle_openings(tree, regions);
}

/* ---- what counts ---- */

static bool is_top(const struct lt_tree *tree, const struct lt_office *writer,
                   const struct lt_office *office)
{
    uint32_t top = lt_tree_top(tree, lt_tree_index(tree, office));

    return top == LT_TREE_NONE ||
           lt_office_equal(&tree->nodes[top].office.id, writer);
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

    if (tree->regions == NULL || tree->is_clone) {
        return NULL;
    }
    if (has_ended(find(tree->regions, writer), said->version)) {
        return "its writer has stepped down";
    }
    if (said->joint != NULL && said->joint->admits) {
        return NULL; /* lt_tree_say_joint asks whether it holds */
    }
    if (!is_joined(tree->regions, writer) || said->yields) {
        return "of another tree";
    }
    if (said->joint != NULL) {
        return NULL;
    }
    if (said->opens && lt_office_is_zero(parent)) {
        return lt_office_equal(writer, office) ? NULL : "a second root";
    }
    return (said->opens || is_top(tree, writer, office)) &&
                   is_top(tree, writer, parent) &&
                   (said->classes == 0 || is_top(tree, writer, &said->heir))
               ? NULL
               : "an office of another tree";
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
                                  "its root has not stepped down for it");
        }
        rc = show(tree, said->version, info, diag);
        return rc == LT_OK ? lt_tree_hang_root(tree, said->version, &info->id,
                                               &said->id.origin, diag)
                           : rc;
    }
    return said->joint->admits
               ? lt_tree_refuse(diag, &info->id, "too many trees")
               : show(tree, said->version, info, diag);
}

bool lt_tree_speaks(const struct lt_tree *tree, const struct lt_office *writer,
                    uint64_t number)
{
    const struct lt_tree_office *root = lt_tree_root(tree);

    if (tree->regions == NULL) {
        return root != NULL && lt_office_equal(&root->id, writer);
    }
    return lt_tree_is_writer(tree, writer) &&
           is_joined(tree->regions, writer) &&
           !has_ended(lt_tree_region_of(tree, writer),
                      lt_tree_version_of(tree, writer, number));
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
    struct lt_tree_region *region = find(tree->regions, writer);

    if (tree->regions == NULL) {
        lt_tree_advance(tree, number);
    } else if (region != NULL && region->last < number) {
        region->last = number;
        lt_tree_regions_advance(tree);
    }
}
