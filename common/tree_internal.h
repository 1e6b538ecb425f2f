/* What the files of the tree share; nobody else includes this. */
#ifndef LT_COMMON_TREE_INTERNAL_H
#define LT_COMMON_TREE_INTERNAL_H

#include "common/tree.h"

#define LT_TREE_NONE UINT32_MAX

/* So much may be said of the offices of one region, for ever. */
enum { LT_TREE_SAID_MAX = 10 * LT_TREE_OFFICES_MAX };

struct lt_tree_said;

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
    uint32_t child;             /* the first below it, or LT_TREE_NONE */
    uint32_t sibling;           /* the next beside it, or LT_TREE_NONE */
    uint32_t heir;              /* of a closed one, or LT_TREE_NONE */
    struct lt_tree_move *moves; /* rising versions, the opening first */
    size_t moves_n;
    size_t moves_capacity;
};

/* A change that was prepared. */
struct lt_tree_plan {
    struct lt_tree_prepared prepared; /* its change is that of the node */
    struct lt_tree_node node;
};

struct lt_tree {
    const struct lt_alloc *alloc;
    struct lt_tree_node *nodes; /* in opening order */
    size_t nodes_n;
    size_t nodes_capacity;
    uint32_t *slots; /* index + 1 by id, open addressing; 0 = free */
    size_t slots_n;  /* a power of two, at least twice nodes_n */
    uint64_t version;
    uint64_t revision;
    uint64_t rewritten;
    struct lt_tree_said *said; /* all that was said of it, in its order */
    size_t said_n;
    size_t said_capacity;
    struct lt_tree_grant *grants;
    size_t grants_n;
    size_t grants_capacity;
    struct lt_tree_plan *plans; /* prepared, in the order of their versions */
    size_t plans_n;
    size_t plans_capacity;
    bool is_clone; /* it has not what was said */
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

/* Release its offices, and leave none. */
void lt_tree_offices_deinit(struct lt_tree *tree);

/* ---- tree_apply.c ---- */

/* LT_EINVAL, with the office and the reason. */
lt_err lt_tree_refuse(struct lt_diag *diag, const struct lt_office *office,
                      const char *reason);

/* Is it an event of the tree at all, within all bounds? LT_EINVAL: it is not.
 */
LT_MUST_CHECK lt_err lt_tree_may_say(const struct lt_tree *tree,
                                     uint64_t version,
                                     const struct lt_event *event,
                                     struct lt_diag *diag);
/* Apply one event; @version is not less than that of the one before. LT_EINVAL
 * and LT_ENOMEM leave the tree as it was. */
LT_MUST_CHECK lt_err lt_tree_open_office(struct lt_tree *tree, uint64_t version,
                                         const struct lt_office_info *info,
                                         struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_tree_change_office(struct lt_tree *tree,
                                           uint64_t version,
                                           const struct lt_office_info *change,
                                           struct lt_diag *diag);
/* Fill in the node's texts and office from @info; parent, depth, moves and
 * since_version are the caller's. */
LT_MUST_CHECK bool lt_tree_copy_info(const struct lt_alloc *alloc,
                                     const struct lt_office_info *info,
                                     struct lt_tree_node *node);
/* @office as an event would say it; borrowed from it. */
void lt_tree_info_of(const struct lt_tree_office *office,
                     struct lt_office_info *out);

/* ---- tree_heir.c ---- */

LT_MUST_CHECK lt_err lt_tree_close_office(struct lt_tree *tree,
                                          uint64_t version,
                                          const struct lt_office *office,
                                          const struct lt_office *heir,
                                          struct lt_diag *diag);

/* ---- tree_reader.c ---- */

LT_MUST_CHECK lt_err lt_tree_grant(struct lt_tree *tree, uint64_t version,
                                   const struct lt_office *reader,
                                   const struct lt_office *office,
                                   uint32_t classes, bool withdraws,
                                   struct lt_diag *diag);
LT_MUST_CHECK bool lt_tree_clone_grants(const struct lt_tree *from,
                                        struct lt_tree *to);

/* ---- tree_prepared.c ---- */

LT_MUST_CHECK lt_err lt_tree_prepare(struct lt_tree *tree, uint64_t version,
                                     const struct lt_event_id *id,
                                     const struct lt_office_info *change,
                                     const struct lt_office *heir,
                                     struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_tree_enforce(struct lt_tree *tree, uint64_t version,
                                     const struct lt_office *office,
                                     const struct lt_event_id *prepared,
                                     bool withdraws, struct lt_diag *diag);
LT_MUST_CHECK bool lt_tree_clone_plans(const struct lt_tree *from,
                                       struct lt_tree *to);
void lt_tree_plans_deinit(struct lt_tree *tree);

/* ---- tree_history.c ---- */

void lt_tree_forget_said(struct lt_tree *tree);

#endif
