/* The tree's writer may have branches: restored to an older day it writes
 * versions a second time. All of them count, and offices hear of them in any
 * order. So the tree is made of the set of its events, not of their coming:
 * they are kept as they were said, in the order (version, stamp, id), and one
 * that comes late is put in its place and all are applied again. What the tree
 * refuses is kept as well, since one that comes later may make it possible. */
#include "common/sys.h"
#include "common/tree_internal.h"

#include <string.h>

int lt_tree_said_compare(const struct lt_tree_said *a,
                         const struct lt_tree_said *b)
{
    if (a->version != b->version) {
        return a->version < b->version ? -1 : 1;
    }
    if (a->hlc != b->hlc) {
        return a->hlc < b->hlc ? -1 : 1;
    }
    return lt_event_id_compare(&a->id, &b->id);
}

/* Where it stands or would stand; most come last. */
static size_t place_of(const struct lt_tree *tree,
                       const struct lt_tree_said *said)
{
    size_t at = tree->said_n;

    while (at > 0 && lt_tree_said_compare(&tree->said[at - 1], said) >= 0) {
        at--;
    }
    return at;
}

static bool keep(struct lt_tree *tree, size_t at, struct lt_tree_said *said,
                 const struct lt_office_info *info)
{
    void *all = tree->said;

    if (!lt_grow(tree->alloc, &all, &tree->said_capacity, tree->said_n,
                 sizeof(*tree->said))) {
        return false;
    }
    tree->said = all;
    if (!lt_tree_copy_info(tree->alloc, info, &said->node)) {
        return false;
    }
    memmove(&tree->said[at + 1], &tree->said[at],
            (tree->said_n - at) * sizeof(*tree->said));
    tree->said[at] = *said;
    tree->said_n++;
    return true;
}

static void drop(struct lt_tree *tree, size_t at)
{
    lt_free(tree->alloc, tree->said[at].joint);
    lt_tree_node_deinit(tree->alloc, &tree->said[at].node);
    tree->said_n--;
    memmove(&tree->said[at], &tree->said[at + 1],
            (tree->said_n - at) * sizeof(*tree->said));
}

static lt_err judge(struct lt_tree *tree, const struct lt_tree_said *said,
                    const struct lt_office_info *info, struct lt_diag *diag)
{
    uint64_t version = said->version;
    const char *reason = lt_tree_why_not_said(tree, said);

    if (reason != NULL) {
        return lt_tree_refuse(diag, &info->id, reason);
    }
    if (said->joint != NULL) {
        return lt_tree_say_joint(tree, said, info, diag);
    }
    if (said->classes != 0) {
        return lt_tree_grant(tree, version, &info->id, &said->heir,
                             said->classes, said->closes, diag);
    }
    if (said->opens) {
        return lt_tree_open_office(tree, version, info, diag);
    }
    if (said->enforces) {
        return lt_tree_enforce(tree, version, &info->id, &said->prepared,
                               said->prepares, diag);
    }
    if (said->prepares) {
        return lt_tree_prepare(tree, version, &said->id, info,
                               said->closes ? &said->heir : NULL, diag);
    }
    return said->closes ? lt_tree_close_office(tree, version, &info->id,
                                               &said->heir, diag)
                        : lt_tree_change_office(tree, version, info, diag);
}

static lt_err say(struct lt_tree *tree, const struct lt_tree_said *said,
                  const struct lt_office_info *info, struct lt_diag *diag)
{
    lt_err rc = judge(tree, said, info, diag);
    uint32_t index = rc == LT_OK && (said->closes || said->enforces)
                         ? lt_tree_index(tree, &info->id)
                         : LT_TREE_NONE;

    if (index != LT_TREE_NONE &&
        tree->nodes[index].office.closed_version == said->version) {
        tree->nodes[index].office.closed_ms = lt_hlc_ms(said->hlc);
    }
    return rc;
}

/* All of it from the beginning; what was said at @at decides the result. */
static lt_err replay(struct lt_tree *tree, size_t at, struct lt_diag *diag)
{
    struct lt_tree again = {
        .alloc = tree->alloc, .regions = tree->regions, .self = tree->self};
    struct lt_tree old;
    lt_err result = LT_OK;

    for (size_t i = 0; i < tree->said_n; i++) {
        const struct lt_tree_said *said = &tree->said[i];
        struct lt_office_info info;
        lt_err rc;

        lt_tree_info_of(&said->node.office, &info);
        info.has_from_date = said->has_from_date;
        info.from_date = said->from_date;
        rc = say(&again, said, &info, i == at ? diag : NULL);
        if (rc == LT_ENOMEM) {
            lt_tree_offices_deinit(&again);
            return rc;
        }
        if (rc == LT_OK) {
            lt_tree_advance(&again, said->version);
        }
        if (i == at) {
            result = rc;
        }
    }
    if (tree->regions == NULL) {
        lt_tree_advance(tree, again.version);
    }
    old = *tree;
    tree->nodes = again.nodes;
    tree->nodes_n = again.nodes_n;
    tree->nodes_capacity = again.nodes_capacity;
    tree->slots = again.slots;
    tree->slots_n = again.slots_n;
    tree->grants = again.grants;
    tree->grants_n = again.grants_n;
    tree->grants_capacity = again.grants_capacity;
    tree->plans = again.plans;
    tree->plans_n = again.plans_n;
    tree->plans_capacity = again.plans_capacity;
    lt_tree_offices_deinit(&old);
    return result;
}

void lt_tree_forget_said(struct lt_tree *tree)
{
    for (size_t i = 0; i < tree->said_n; i++) {
        lt_free(tree->alloc, tree->said[i].joint);
        lt_tree_node_deinit(tree->alloc, &tree->said[i].node);
    }
    lt_free(tree->alloc, tree->said);
    tree->said = NULL;
    tree->said_n = 0;
    tree->said_capacity = 0;
}

/* Which of all that was said @id is; said_n: none. */
static size_t index_of(const struct lt_tree *tree, const struct lt_event_id *id)
{
    size_t i = 0;

    while (i < tree->said_n && !lt_event_id_equal(&tree->said[i].id, id)) {
        i++;
    }
    return i;
}

static bool copy_joint(const struct lt_alloc *alloc,
                       const struct lt_event *event, struct lt_tree_said *said)
{
    if (!lt_tree_is_joint(event)) {
        return true;
    }
    said->joint = lt_new(alloc, sizeof(*said->joint));
    if (said->joint == NULL) {
        return false;
    }
    *said->joint = (struct lt_tree_joint){
        .admits = event->type == LT_EV_REGION_ADMITTED ||
                  event->type == LT_EV_OFFICE_ADMITTED,
        .withdraws = event->type == LT_EV_RELEASE_WITHDRAWN,
        .of_office = event->type != LT_EV_ROOT_STEPPED_DOWN &&
                     event->type != LT_EV_REGION_ADMITTED,
        .released = event->released,
        .from_day = event->day,
        .until_day = event->due,
        .step = event->other,
        .step_version = event->step_version};
    if (event->type == LT_EV_OFFICE_ADMITTED) {
        said->joint->root = event->other.origin;
    } else if (event->type == LT_EV_RELEASE_WITHDRAWN) {
        said->joint->released = event->office.id;
    } else {
        said->joint->root = event->office.id;
    }
    memcpy(said->joint->root_key, event->root_key, LT_PUBKEY_LEN);
    memcpy(said->joint->step_hash, event->step_hash, LT_HASH_LEN);
    return true;
}

/* Which trees there are, all places anew, and all of it from the beginning;
 * what was said as @id decides the result. LT_ENOMEM: nothing has changed. */
static lt_err settle(struct lt_tree *tree, const struct lt_event_id *id,
                     struct lt_diag *diag)
{
    struct lt_tree_regions *old = tree->regions;
    struct lt_tree_regions *fresh = lt_tree_regions_new(tree);
    lt_err rc;

    if (fresh == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    rc = lt_tree_regions_settle(tree, fresh);
    if (rc == LT_OK) {
        tree->regions = fresh;
        rc = replay(tree, index_of(tree, id), diag);
    }
    if (rc == LT_ENOMEM) {
        tree->regions = old;
        lt_free(tree->alloc, fresh);
        return rc;
    }
    lt_free(tree->alloc, old);
    tree->stale = false;
    tree->revision++;
    tree->rewritten++;
    lt_tree_regions_advance(tree);
    return rc;
}

lt_err lt_tree_defer(struct lt_tree *tree, bool defer)
{
    static const struct lt_event_id nobody;
    lt_err rc = LT_OK;

    tree->deferred = defer;
    if (!defer && tree->stale) {
        rc = settle(tree, &nobody, NULL);
    }
    return rc;
}

/* Where there is more than one tree, or may be from now on: every word may
 * change the place of all others. */
static lt_err join(struct lt_tree *tree, struct lt_tree_said *said,
                   const struct lt_event *event,
                   const struct lt_office_info *info, struct lt_diag *diag)
{
    lt_err rc;

    if (index_of(tree, &said->id) < tree->said_n) {
        return LT_OK; /* heard before */
    }
    if (tree->nodes_n == 0) {
        return lt_tree_refuse(diag, &info->id, "nobody's word yet");
    }
    if (tree->said_n == LT_TREE_SAID_MAX ||
        said->number >= UINT64_C(1) << LT_TREE_ERA_BITS ||
        event->step_version >= UINT64_C(1) << (2 * LT_TREE_ERA_BITS)) {
        return lt_tree_refuse(diag, &info->id, "too many changes");
    }
    if (!lt_tree_is_writer(tree, &said->id.origin)) {
        return lt_tree_refuse(diag, &info->id, "not the tree's writer");
    }
    if (!copy_joint(tree->alloc, event, said) ||
        !keep(tree, tree->said_n, said, info)) {
        lt_free(tree->alloc, said->joint);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    if (tree->deferred && said->joint == NULL) {
        tree->stale = true;
        return LT_OK;
    }
    rc = settle(tree, &said->id, diag);
    if (rc == LT_ENOMEM) {
        drop(tree, index_of(tree, &said->id));
        lt_tree_put_in_place(tree, tree->regions);
    }
    return rc;
}

lt_err lt_tree_apply(struct lt_tree *tree, uint64_t version,
                     const struct lt_event *event, struct lt_diag *diag)
{
    const struct lt_office_info *info = &event->office;
    struct lt_tree_said said = {.version = version,
                                .number = version,
                                .hlc = event->hlc,
                                .id = event->id,
                                .opens = event->type == LT_EV_OFFICE_OPENED,
                                .closes = event->office_closed,
                                .prepares = event->office_prepared,
                                .enforces = event->has_puts_in_force,
                                .heir = event->heir,
                                .prepared = event->puts_in_force,
                                .has_from_date = info->has_from_date,
                                .from_date = info->from_date};
    struct lt_office_info reader = {.keeper = false};
    lt_err rc = lt_tree_may_say(tree, version, event, diag);
    bool again = version <= tree->version; /* said of a known version */
    bool late;
    size_t at;

    if (rc != LT_OK) {
        return rc;
    }
    if (event->type == LT_EV_READ_GRANTED ||
        event->type == LT_EV_READ_WITHDRAWN) {
        reader.id = event->to[0];
        info = &reader;
        said.classes = event->kind;
        said.closes = event->type == LT_EV_READ_WITHDRAWN;
        said.heir = event->to[1];
    }
    if (tree->is_clone) {
        said.node.office.id = info->id;
        said.node.office.parent = info->parent;
        rc = say(tree, &said, info, diag);
        if (rc == LT_OK) {
            lt_tree_advance(tree, version);
        }
        return rc;
    }
    if (tree->regions != NULL || lt_tree_is_joint(event)) {
        return join(tree, &said, event, info, diag);
    }
    at = place_of(tree, &said);
    late = at < tree->said_n;
    if (late && lt_tree_said_compare(&tree->said[at], &said) == 0) {
        return LT_OK; /* heard before */
    }
    if (tree->said_n == LT_TREE_SAID_MAX) {
        return lt_tree_refuse(diag, &info->id, "too many changes");
    }
    if (!keep(tree, at, &said, info)) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    rc = late ? replay(tree, at, diag) : say(tree, &said, info, diag);
    if (rc == LT_ENOMEM) {
        drop(tree, at);
        return rc;
    }
    tree->revision++;
    tree->rewritten += again ? 1 : 0;
    if (rc == LT_OK) {
        lt_tree_advance(tree, version);
    }
    return rc;
}

uint64_t lt_tree_revision(const struct lt_tree *tree)
{
    return tree->revision;
}

uint64_t lt_tree_rewritten(const struct lt_tree *tree)
{
    return tree->rewritten;
}
