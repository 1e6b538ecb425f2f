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
           event->type == LT_EV_REGION_ADMITTED ||
           event->type == LT_EV_OFFICE_RELEASED ||
           event->type == LT_EV_OFFICE_ADMITTED ||
           event->type == LT_EV_RELEASE_WITHDRAWN;
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

struct lt_tree_region *lt_tree_regions_find(struct lt_tree_regions *regions,
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
    return lt_tree_regions_find(tree->regions, writer);
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
    struct lt_tree_region *other;

    if (said->joint == NULL || lt_office_is_zero(&said->joint->root) ||
        lt_tree_regions_find(regions, &said->id.origin) == NULL ||
        lt_tree_regions_find(regions, &said->joint->root) != NULL ||
        regions->n == LT_TREE_REGIONS_MAX) {
        return false;
    }
    regions->all[regions->n++] = (struct lt_tree_region){
        .writer = said->joint->root, .has_root_key = true};
    other = &regions->all[regions->n - 1];
    memcpy(other->root_key, said->joint->root_key, LT_PUBKEY_LEN);
    return true;
}

static void collect(const struct lt_tree *tree, struct lt_tree_regions *regions)
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
            regions->joins_n < regions->words_n) {
            regions->joins[regions->joins_n++] = (struct lt_tree_join){
                .id = said->id,
                .step = said->joint->step,
                .writer = said->id.origin,
                .office = said->node.office.id,
                .root = said->joint->root,
                .of_office = said->joint->of_office,
                .number = said->number,
                .hlc = said->hlc,
                .step_version = said->joint->step_version};
        }
    }
    for (size_t i = 0; i < tree->said_n; i++) {
        struct lt_tree_region *region =
            lt_tree_regions_find(regions, &tree->said[i].id.origin);

        if (region != NULL && region->last < tree->said[i].number) {
            region->last = tree->said[i].number;
        }
    }
}

static int by_place(const void *a, const void *b)
{
    return lt_tree_said_compare(a, b);
}

const struct lt_tree_said *lt_tree_find_said(const struct lt_tree *tree,
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
        struct lt_tree_region *region =
            lt_tree_regions_find(regions, &said->id.origin);

        if (said->joint == NULL || said->joint->admits ||
            said->joint->of_office || region == NULL) {
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
           !step->joint->of_office &&
           lt_office_equal(&step->id.origin, &admission->node.office.id) &&
           lt_office_equal(&step->node.office.id, &admission->id.origin) &&
           memcmp(step->joint->step_hash, admission->joint->step_hash,
                  LT_HASH_LEN) == 0 &&
           step->version == admission->joint->step_version &&
           day >= step->joint->from_day && day <= step->joint->until_day;
}

unsigned lt_tree_regions_top(const struct lt_tree_regions *regions,
                             const struct lt_office *root,
                             const struct lt_office **out_top)
{
    unsigned between = 0;

    *out_top = root;
    for (size_t i = 0; i < regions->joins_n; i++) {
        if (regions->joins[i].holds && !regions->joins[i].of_office &&
            lt_office_equal(&regions->joins[i].office, *out_top)) {
            *out_top = &regions->joins[i].writer;
            between++;
        }
    }
    return between;
}

bool lt_tree_regions_joined(const struct lt_tree_regions *regions,
                            const struct lt_office *writer)
{
    for (size_t i = 0; i < regions->n; i++) {
        if (lt_office_equal(&regions->all[i].writer, writer)) {
            return regions->joined[i];
        }
    }
    return false;
}

/* Whoever has admitted anything of another is joined with that one. */
static void join_regions(struct lt_tree_regions *regions)
{
    bool more = true;

    memset(regions->joined, 0, sizeof(regions->joined));
    regions->joined[0] = true; /* the first one itself */
    while (more) {
        more = false;
        for (size_t i = 0; i < regions->joins_n; i++) {
            const struct lt_tree_join *join = &regions->joins[i];
            struct lt_tree_region *writer =
                lt_tree_regions_find(regions, &join->writer);
            struct lt_tree_region *root =
                lt_tree_regions_find(regions, &join->root);
            bool *one;
            bool *other;

            if (!join->holds || writer == NULL || root == NULL) {
                continue;
            }
            one = &regions->joined[writer - regions->all];
            other = &regions->joined[root - regions->all];
            more |= *one != *other;
            *one = *other = *one || *other;
        }
    }
}

static void settle_join(const struct lt_tree *tree,
                        struct lt_tree_regions *regions, size_t index)
{
    struct lt_tree_join *join = &regions->joins[index];
    struct lt_tree_region *region = lt_tree_regions_find(regions, &join->root);
    struct lt_tree_region *writer =
        lt_tree_regions_find(regions, &join->writer);
    const struct lt_office *home;
    const struct lt_office *former;
    const struct lt_tree_said *said = lt_tree_find_said(tree, &join->id);
    const struct lt_tree_said *step = lt_tree_find_said(tree, &join->step);

    if (region == NULL || writer == NULL ||
        (region->ended &&
         (!join->of_office || join->step_version > region->step_version)) ||
        (writer->ended && said->version > writer->step_version)) {
        return;
    }
    if (join->of_office ? LT_PLANTED(admit_without_release)
                        : LT_PLANTED(unsigned_successor)) {
        join->holds = true;
        return;
    }
    if (step == NULL) {
        (void)lt_tree_regions_top(regions, &regions->home, &home);
        (void)lt_tree_regions_top(regions, &join->root, &former);
        join->holds = !lt_office_equal(home, former) &&
                      region->last < (join->step_version &
                                      ((UINT64_C(1) << LT_TREE_ERA_BITS) - 1));
        return;
    }
    if (join->of_office) {
        join->holds = lt_tree_release_agrees(tree, regions, join);
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
        struct lt_tree_region *region =
            lt_tree_regions_find(regions, &old->all[i].writer);

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

/* Does an opening by @one count before one by @other? Of joined trees that of
 * whose tree admits the other one, and of trees apart that of this one: nobody
 * takes an office by opening it anew. */
static bool comes_first(const struct lt_tree_regions *regions,
                        const struct lt_office *one,
                        const struct lt_office *other)
{
    const struct lt_office *home;
    const struct lt_office *one_top;
    const struct lt_office *other_top;
    unsigned one_depth = lt_tree_regions_top(regions, one, &one_top);
    unsigned other_depth = lt_tree_regions_top(regions, other, &other_top);

    (void)lt_tree_regions_top(regions, &regions->home, &home);
    if (lt_office_equal(one_top, other_top)) {
        return one_depth < other_depth;
    }
    return lt_office_equal(one_top, home) ||
           (!lt_office_equal(other_top, home) &&
            memcmp(one_top->bytes, other_top->bytes, LT_OFFICE_LEN) < 0);
}

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
        struct lt_tree_said *other;
        uint32_t *slot;

        said->yields = false;
        if (!said->opens ||
            !lt_tree_regions_joined(regions, &said->id.origin)) {
            continue;
        }
        slot = opening_of(tree, slots, slots_n, said);
        other = *slot == 0 ? NULL : &tree->said[*slot - 1];
        if (other == NULL) {
            *slot = (uint32_t)i + 1;
        } else if (comes_first(regions, &said->id.origin, &other->id.origin)) {
            other->yields = true;
            *slot = (uint32_t)i + 1;
        } else {
            said->yields =
                !lt_office_equal(&other->id.origin, &said->id.origin);
        }
    }
    lt_free(tree->alloc, slots);
    return LT_OK;
}

static struct lt_tree_regions *new_regions(const struct lt_alloc *alloc,
                                           size_t words_n)
{
    struct lt_tree_regions *regions = lt_new(
        alloc, sizeof(*regions) + words_n * (sizeof(*regions->joins) +
                                             sizeof(*regions->releases)));

    if (regions != NULL) {
        regions->words_n = words_n;
        regions->joins = (struct lt_tree_join *)(regions + 1);
        regions->releases =
            (struct lt_tree_release *)(regions->joins + words_n);
    }
    return regions;
}

struct lt_tree_regions *lt_tree_regions_new(const struct lt_tree *tree)
{
    size_t words_n = 0;

    for (size_t i = 0; i < tree->said_n; i++) {
        words_n += tree->said[i].joint != NULL ? 1 : 0;
    }
    return new_regions(
        tree->alloc, words_n < LT_TREE_JOINS_MAX ? words_n : LT_TREE_JOINS_MAX);
}

struct lt_tree_regions *
lt_tree_regions_copy(const struct lt_alloc *alloc,
                     const struct lt_tree_regions *regions)
{
    struct lt_tree_regions *copy = new_regions(alloc, regions->words_n);

    if (copy != NULL) {
        struct lt_tree_join *joins = copy->joins;
        struct lt_tree_release *releases = copy->releases;

        memcpy(joins, regions->joins, regions->words_n * sizeof(*joins));
        memcpy(releases, regions->releases,
               regions->words_n * sizeof(*releases));
        *copy = *regions;
        copy->joins = joins;
        copy->releases = releases;
    }
    return copy;
}

lt_err lt_tree_regions_settle(struct lt_tree *tree,
                              struct lt_tree_regions *regions)
{
    const struct lt_tree_regions *old = tree->regions;

    regions->home = old != NULL ? old->home : tree->nodes[0].office.id;
    regions->all[regions->n++].writer = regions->home;
    collect(tree, regions);
    take_over(tree, old, regions);
    for (size_t i = 0; i < regions->joins_n; i++) {
        struct lt_tree_join *join = &regions->joins[i];

        join->version = version_of(regions, &join->writer, join->number);
    }
    if (regions->joins_n > 0) {
        qsort(regions->joins, regions->joins_n, sizeof(regions->joins[0]),
              by_version);
    }
    lt_tree_put_in_place(tree, regions);
    note_steps(tree, regions);
    for (size_t i = 0; i < regions->joins_n; i++) {
        settle_join(tree, regions, i);
    }
    join_regions(regions);
    lt_tree_releases_note(tree, regions);
    return settle_openings(tree, regions);
}
