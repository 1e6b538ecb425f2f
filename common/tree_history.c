/* The tree's writer may have branches: restored to an older day it writes
 * versions a second time. All of them count, and offices hear of them in any
 * order. So the tree is made of the set of its events, not of their coming:
 * they are kept as they were said, in the order (version, stamp, id), and one
 * that comes late is put in its place and all are applied again. What the tree
 * refuses is kept as well, since one that comes later may make it possible. */
#include "common/tree_internal.h"

#include <string.h>

struct lt_tree_said {
    uint64_t version;
    uint64_t hlc;
    struct lt_event_id id;
    bool opens;
    bool half;                /* more than this version understands */
    struct lt_tree_node node; /* its office, as it was said */
};

static int compare(const struct lt_tree_said *a, const struct lt_tree_said *b)
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

    while (at > 0 && compare(&tree->said[at - 1], said) >= 0) {
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
    lt_tree_node_deinit(tree->alloc, &tree->said[at].node);
    tree->said_n--;
    memmove(&tree->said[at], &tree->said[at + 1],
            (tree->said_n - at) * sizeof(*tree->said));
}

static lt_err say(struct lt_tree *tree, const struct lt_tree_said *said,
                  const struct lt_office_info *info, struct lt_diag *diag)
{
    return said->opens ? lt_tree_open_office(tree, said->version, info, diag)
                       : lt_tree_change_office(tree, said->version, info,
                                               said->half, diag);
}

/* All of it from the beginning; what was said at @at decides the result. */
static lt_err replay(struct lt_tree *tree, size_t at, struct lt_diag *diag)
{
    struct lt_tree again = {.alloc = tree->alloc};
    struct lt_tree old;
    lt_err result = LT_OK;

    for (size_t i = 0; i < tree->said_n; i++) {
        const struct lt_tree_said *said = &tree->said[i];
        struct lt_office_info info;
        lt_err rc;

        lt_tree_info_of(&said->node.office, &info);
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
    lt_tree_advance(tree, again.version);
    old = *tree;
    tree->nodes = again.nodes;
    tree->nodes_n = again.nodes_n;
    tree->nodes_capacity = again.nodes_capacity;
    tree->slots = again.slots;
    tree->slots_n = again.slots_n;
    lt_tree_offices_deinit(&old);
    return result;
}

void lt_tree_forget_said(struct lt_tree *tree)
{
    for (size_t i = 0; i < tree->said_n; i++) {
        lt_tree_node_deinit(tree->alloc, &tree->said[i].node);
    }
    lt_free(tree->alloc, tree->said);
    tree->said = NULL;
    tree->said_n = 0;
    tree->said_capacity = 0;
}

lt_err lt_tree_apply(struct lt_tree *tree, uint64_t version,
                     const struct lt_event *event, struct lt_diag *diag)
{
    const struct lt_office_info *info = &event->office;
    struct lt_tree_said said = {.version = version,
                                .hlc = event->hlc,
                                .id = event->id,
                                .opens = event->type == LT_EV_OFFICE_OPENED,
                                .half = event->office_closed ||
                                        event->office_prepared ||
                                        event->has_heir};
    lt_err rc = lt_tree_may_say(tree, version, event, diag);
    bool again = version <= tree->version; /* said of a known version */
    bool late;
    size_t at;

    if (rc != LT_OK) {
        return rc;
    }
    if (tree->is_clone) {
        rc = say(tree, &said, info, diag);
        if (rc == LT_OK) {
            lt_tree_advance(tree, version);
        }
        return rc;
    }
    at = place_of(tree, &said);
    late = at < tree->said_n;
    if (late && compare(&tree->said[at], &said) == 0) {
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
