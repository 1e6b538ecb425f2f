/* Looking at the tree; tree_apply.c changes it.
 *
 * Offices stand in one array in the order of their opening and are found by a
 * hash of the id. Each remembers its parent by index, so that a question about
 * superiors takes at most LT_TREE_DEPTH_MAX steps and no lookup. Indices stay
 * good until an event comes late and all are applied again. */
#include "common/failpoint.h"
#include "common/tree_internal.h"

#include <string.h>

enum { SLOTS_FIRST = 64, SEARCH_DIGITS_MIN = 8 };

lt_err lt_tree_new(const struct lt_alloc *alloc, struct lt_tree **out_tree)
{
    struct lt_tree *tree = lt_new(alloc, sizeof(*tree));

    if (tree == NULL) {
        return LT_ENOMEM;
    }
    tree->alloc = alloc;
    *out_tree = tree;
    return LT_OK;
}

void lt_tree_node_deinit(const struct lt_alloc *alloc,
                         struct lt_tree_node *node)
{
    lt_free(alloc, node->block);
    lt_free(alloc, node->moves);
}

void lt_tree_offices_deinit(struct lt_tree *tree)
{
    lt_tree_plans_deinit(tree);
    lt_free(tree->alloc, tree->grants);
    tree->grants = NULL;
    tree->grants_n = 0;
    tree->grants_capacity = 0;
    for (size_t i = 0; i < tree->nodes_n; i++) {
        lt_tree_node_deinit(tree->alloc, &tree->nodes[i]);
    }
    lt_free(tree->alloc, tree->nodes);
    lt_free(tree->alloc, tree->slots);
    tree->nodes = NULL;
    tree->nodes_n = 0;
    tree->nodes_capacity = 0;
    tree->slots = NULL;
    tree->slots_n = 0;
}

void lt_tree_free(struct lt_tree *tree)
{
    if (tree == NULL) {
        return;
    }
    lt_tree_offices_deinit(tree);
    lt_tree_forget_said(tree);
    lt_free(tree->alloc, tree->regions);
    lt_free(tree->alloc, tree);
}

/* Ids are random; the mix only has to spread them. */
static size_t slot_of(const struct lt_tree *tree, const struct lt_office *id)
{
    uint64_t low;
    uint64_t high;

    memcpy(&low, id->bytes, sizeof(low));
    memcpy(&high, id->bytes + sizeof(low), sizeof(high));
    low ^= high * UINT64_C(0x9e3779b97f4a7c15);
    low ^= low >> 29;
    low *= UINT64_C(0xbf58476d1ce4e5b9);
    low ^= low >> 32;
    return (size_t)low & (tree->slots_n - 1);
}

/* Where @id stands or would stand; there is always a free slot. */
static uint32_t *find_slot(const struct lt_tree *tree,
                           const struct lt_office *id)
{
    size_t at = slot_of(tree, id);

    while (tree->slots[at] != 0 &&
           !lt_office_equal(&tree->nodes[tree->slots[at] - 1].office.id, id)) {
        at = (at + 1) & (tree->slots_n - 1);
    }
    return &tree->slots[at];
}

uint32_t lt_tree_index(const struct lt_tree *tree, const struct lt_office *id)
{
    uint32_t slot;

    if (tree->nodes_n == 0) {
        return LT_TREE_NONE;
    }
    slot = *find_slot(tree, id);
    return slot != 0 ? slot - 1 : LT_TREE_NONE;
}

static bool grow_slots(struct lt_tree *tree)
{
    size_t slots_n = tree->slots_n == 0 ? SLOTS_FIRST : 2 * tree->slots_n;
    uint32_t *slots = lt_new_array(tree->alloc, slots_n, sizeof(*slots));

    if (slots == NULL) {
        return false;
    }
    lt_free(tree->alloc, tree->slots);
    tree->slots = slots;
    tree->slots_n = slots_n;
    for (size_t i = 0; i < tree->nodes_n; i++) {
        *find_slot(tree, &tree->nodes[i].office.id) = (uint32_t)i + 1;
    }
    return true;
}

bool lt_tree_reserve(struct lt_tree *tree)
{
    void *nodes = tree->nodes;

    if (2 * (tree->nodes_n + 1) > tree->slots_n && !grow_slots(tree)) {
        return false;
    }
    if (!lt_grow(tree->alloc, &nodes, &tree->nodes_capacity, tree->nodes_n,
                 sizeof(*tree->nodes))) {
        return false;
    }
    tree->nodes = nodes;
    return true;
}

void lt_tree_append(struct lt_tree *tree, const struct lt_tree_node *node)
{
    struct lt_tree_node *added = &tree->nodes[tree->nodes_n];

    *added = *node;
    added->child = LT_TREE_NONE;
    added->sibling = LT_TREE_NONE;
    if (node->parent < tree->nodes_n) { /* a clone links them at its end */
        added->sibling = tree->nodes[node->parent].child;
        tree->nodes[node->parent].child = (uint32_t)tree->nodes_n;
    }
    tree->nodes_n++;
    *find_slot(tree, &node->office.id) = (uint32_t)tree->nodes_n;
}

uint64_t lt_tree_version(const struct lt_tree *tree)
{
    return tree->version;
}

void lt_tree_advance(struct lt_tree *tree, uint64_t version)
{
    if (version > tree->version) {
        tree->version = version;
        tree->revision++;
    }
}

const struct lt_tree_office *lt_tree_find(const struct lt_tree *tree,
                                          const struct lt_office *id)
{
    uint32_t index = lt_tree_index(tree, id);

    return index != LT_TREE_NONE ? &tree->nodes[index].office : NULL;
}

void lt_tree_set_self(struct lt_tree *tree, const struct lt_office *office)
{
    tree->self = *office;
    if (tree->regions != NULL) {
        lt_tree_regions_advance(tree);
    }
}

const struct lt_tree_office *lt_tree_root(const struct lt_tree *tree)
{
    uint32_t home = tree->regions == NULL
                        ? 0 /* nothing opens before the root */
                        : lt_tree_index(tree, &tree->self);

    if (home == LT_TREE_NONE) {
        home = lt_tree_index(tree, &tree->regions->home);
    }
    return lt_tree_at(tree, lt_tree_top(tree, home));
}

size_t lt_tree_count(const struct lt_tree *tree)
{
    return tree->nodes_n;
}

const struct lt_tree_office *lt_tree_at(const struct lt_tree *tree,
                                        size_t index)
{
    return index < tree->nodes_n ? &tree->nodes[index].office : NULL;
}

bool lt_tree_covers(const struct lt_tree *tree, const struct lt_office *above,
                    const struct lt_office *office)
{
    uint32_t target = lt_tree_index(tree, above);
    uint32_t at = lt_tree_index(tree, office);

    if (target == LT_TREE_NONE) {
        return false;
    }
    while (at != LT_TREE_NONE && at != target) {
        at = tree->nodes[at].parent;
    }
    return at == target;
}

bool lt_tree_above(const struct lt_tree *tree, const struct lt_office *above,
                   const struct lt_office *office)
{
    return !lt_office_equal(above, office) &&
           lt_tree_covers(tree, above, office);
}

/* The parent of @index at @version; LT_TREE_NONE when it had none then. */
static uint32_t parent_at(const struct lt_tree *tree, uint32_t index,
                          uint64_t version)
{
    const struct lt_tree_node *node = &tree->nodes[index];
    uint32_t parent = LT_TREE_NONE;

    for (size_t i = 0; i < node->moves_n; i++) {
        if (node->moves[i].version > version) {
            break;
        }
        parent = node->moves[i].parent;
    }
    return parent;
}

bool lt_tree_covers_at(const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *above,
                       const struct lt_office *office)
{
    uint32_t target = lt_tree_index(tree, above);
    uint32_t at = lt_tree_index(tree, office);

    if (target == LT_TREE_NONE || at == LT_TREE_NONE ||
        tree->nodes[target].office.since_version > version ||
        tree->nodes[at].office.since_version > version) {
        return false;
    }
    while (at != LT_TREE_NONE && at != target) {
        at = parent_at(tree, at, version);
    }
    return at == target;
}

bool lt_tree_parent_at(const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *office,
                       struct lt_office *out_parent)
{
    uint32_t at = lt_tree_index(tree, office);
    uint32_t parent =
        at == LT_TREE_NONE ? LT_TREE_NONE : parent_at(tree, at, version);

    if (parent == LT_TREE_NONE) {
        return false;
    }
    *out_parent = tree->nodes[parent].office.id;
    return true;
}

bool lt_tree_had_parent(const struct lt_tree *tree,
                        const struct lt_office *office,
                        const struct lt_office *parent)
{
    uint32_t wanted = lt_tree_index(tree, parent);
    uint32_t at = lt_tree_index(tree, office);

    if (wanted == LT_TREE_NONE || at == LT_TREE_NONE) {
        return false;
    }
    for (size_t i = 0; i < tree->nodes[at].moves_n; i++) {
        if (tree->nodes[at].moves[i].parent == wanted) {
            return true;
        }
    }
    return false;
}

size_t lt_tree_superiors(const struct lt_tree *tree,
                         const struct lt_office *office,
                         struct lt_office out[static LT_TREE_DEPTH_MAX])
{
    uint32_t at = lt_tree_index(tree, office);
    size_t n = 0;

    if (at == LT_TREE_NONE) {
        return 0;
    }
    for (at = tree->nodes[at].parent;
         at != LT_TREE_NONE && n < LT_TREE_DEPTH_MAX;
         at = tree->nodes[at].parent) {
        out[n++] = tree->nodes[at].office.id;
    }
    return n;
}

bool lt_tree_keeper(const struct lt_tree *tree, const struct lt_office *office,
                    struct lt_office *out_keeper)
{
    uint32_t at = lt_tree_index(tree, office);
    uint32_t keeper = LT_TREE_NONE;

    if (at == LT_TREE_NONE) {
        return false;
    }
    for (at = tree->nodes[at].parent; at != LT_TREE_NONE;
         at = tree->nodes[at].parent) {
        keeper = at;
        if (tree->nodes[at].office.keeper) {
            break;
        }
    }
    if (keeper == LT_TREE_NONE) {
        return false;
    }
    *out_keeper = tree->nodes[keeper].office.id;
    return true;
}

bool lt_tree_holds(const struct lt_tree *tree, const struct lt_office *office,
                   const struct lt_stream *stream)
{
    bool own = lt_stream_is_sealed(stream) && !LT_PLANTED(heirs_of_denounced)
                   ? lt_tree_covers(tree, office, &stream->origin)
                   : lt_tree_follows(tree, office, &stream->origin);

    if (own) {
        return true;
    }
    if (tree->grants_n > 0 && lt_tree_reads(tree, office, stream)) {
        return true;
    }
    if (stream->channel.audience == LT_AUDIENCE_ALL) {
        return lt_tree_above(tree, &stream->origin, office);
    }
    /* A stranger's words are followed by nobody, whoever they address. */
    return stream->channel.audience == LT_AUDIENCE_TO &&
           lt_tree_index(tree, &stream->origin) != LT_TREE_NONE &&
           lt_tree_follows(tree, office, &stream->channel.to);
}

/* Is @text a beginning of an id, long enough to be meant as one? */
static bool is_beginning(const char *text)
{
    size_t len = strlen(text);

    return len >= SEARCH_DIGITS_MIN && len < LT_OFFICE_TEXT &&
           strspn(text, "0123456789abcdef") == len;
}

/* Below one root alone, or below all others. */
static size_t search(const struct lt_tree *tree, const char *text,
                     uint32_t root, bool below_it,
                     const struct lt_tree_office **out, size_t max)
{
    bool beginning = is_beginning(text);
    size_t text_len = strlen(text);
    size_t found = 0;

    for (size_t i = 0; i < tree->nodes_n; i++) {
        const struct lt_tree_office *office = &tree->nodes[i].office;
        char id[LT_OFFICE_TEXT];

        if ((lt_tree_top(tree, (uint32_t)i) == root) != below_it) {
            continue;
        }
        lt_office_format(&office->id, id);
        if (strcmp(office->name, text) != 0 &&
            !(beginning && strncmp(id, text, text_len) == 0)) {
            continue;
        }
        if (found < max) {
            out[found] = office;
        }
        found++;
    }
    return found;
}

size_t lt_tree_search(const struct lt_tree *tree, const char *text,
                      const struct lt_tree_office **out, size_t max)
{
    const struct lt_tree_office *root = lt_tree_root(tree);
    uint32_t top =
        root == NULL ? LT_TREE_NONE : lt_tree_index(tree, &root->id);
    size_t found = search(tree, text, top, true, out, max);

    return found > 0 ? found : search(tree, text, top, false, out, max);
}
