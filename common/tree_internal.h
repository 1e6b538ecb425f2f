/* What the files of the tree share; nobody else includes this. */
#ifndef LT_COMMON_TREE_INTERNAL_H
#define LT_COMMON_TREE_INTERNAL_H

#include "common/tree.h"

#define LT_TREE_NONE UINT32_MAX

/* Who the parent was from a version on. */
struct lt_tree_move {
    uint64_t version;
    uint32_t parent; /* index; LT_TREE_NONE for the root */
};

struct lt_tree_node {
    struct lt_tree_office office;
    char *text;                 /* one block: name, kind, code, addresses */
    const char **addresses;     /* link addresses, then enrol addresses */
    uint32_t parent;            /* the present one */
    uint32_t depth;             /* 1 for the root */
    struct lt_tree_move *moves; /* rising versions, the opening first */
    size_t moves_n;
    size_t moves_capacity;
};

struct lt_tree {
    const struct lt_alloc *alloc;
    struct lt_tree_node *nodes; /* in opening order */
    size_t nodes_n;
    size_t nodes_capacity;
    uint32_t *slots; /* index + 1 by id, open addressing; 0 = free */
    size_t slots_n;  /* a power of two, at least twice nodes_n */
    uint64_t version;
};

/* The node's index, or LT_TREE_NONE. */
uint32_t lt_tree_index(const struct lt_tree *tree, const struct lt_office *id);

/* Make room for one more node, slots included. */
LT_MUST_CHECK bool lt_tree_reserve(struct lt_tree *tree);

/* Put a node that is filled in at the end; there is room for it. */
void lt_tree_append(struct lt_tree *tree, const struct lt_tree_node *node);

/* Release what @node owns. */
void lt_tree_node_deinit(const struct lt_alloc *alloc,
                         struct lt_tree_node *node);

#endif
