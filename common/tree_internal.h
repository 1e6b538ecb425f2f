/* What the files of the tree share; nobody else includes this. */
#ifndef LT_COMMON_TREE_INTERNAL_H
#define LT_COMMON_TREE_INTERNAL_H

#include "common/tree.h"

#define LT_TREE_NONE UINT32_MAX

/* So much may be said of the offices of one region, for ever. */
enum { LT_TREE_SAID_MAX = 10 * LT_TREE_OFFICES_MAX };

/* Who the parent was from a version on. */
struct lt_tree_move {
    uint64_t version;
    uint32_t parent; /* index; LT_TREE_NONE for the root */
};

struct lt_tree_node {
    struct lt_tree_office office;
    void *block; /* pointers to link and enrol addresses, then all texts */
    uint32_t parent;            /* the present one */
    uint32_t depth;             /* 1 for the root */
    uint32_t child;             /* the first below it, or LT_TREE_NONE */
    uint32_t sibling;           /* the next beside it, or LT_TREE_NONE */
    uint32_t heir;              /* of a closed one, or LT_TREE_NONE */
    uint64_t released_version;  /* 0: no writer has let go of it by that word */
    struct lt_tree_move *moves; /* rising versions, the opening first */
    size_t moves_n;
};

/* What a word between two trees says beside its office; one block. */
struct lt_tree_joint {
    bool admits;    /* else it steps down or releases, */
    bool withdraws; /* or takes that back */
    bool of_office; /* not of a whole tree */
    struct lt_office root;     /* the other writer that it names, or zero */
    struct lt_office released; /* of_office: which */
    uint8_t root_key[LT_PUBKEY_LEN];
    uint8_t step_hash[LT_HASH_LEN];
    int32_t from_day;
    int32_t until_day;
    struct lt_event_id step; /* admits, withdraws: which stepping down */
    uint64_t step_version;
};

/* One word of a writer, as it was said; tree_history.c keeps them. */
struct lt_tree_said {
    uint64_t version;
    uint64_t number; /* in its writer's stream */
    uint64_t hlc;
    struct lt_event_id id;
    bool opens;
    bool yields; /* another's opening of that office counts */
    bool closes;
    bool prepares;
    bool enforces;
    uint32_t classes; /* granted, or withdrawn (closes): of heir, to node */
    struct lt_office heir;       /* closes */
    struct lt_event_id prepared; /* enforces: which change */
    bool has_from_date;
    int32_t from_date;
    struct lt_tree_joint *joint; /* NULL: of one tree alone */
    struct lt_tree_node node;    /* its office, as it was said */
};

enum { LT_TREE_JOINS_MAX = 1024 };

/* An admission that was said, in the order of versions. */
struct lt_tree_join {
    struct lt_event_id id;
    struct lt_event_id step; /* the word that it answers */
    struct lt_office writer;
    struct lt_office office; /* whom it admits */
    struct lt_office root;   /* whose tree that was, or was part of */
    bool of_office;          /* not a whole tree */
    uint64_t number;
    uint64_t version;
    uint64_t hlc;
    uint64_t step_version;
    bool holds; /* in force, or as good as long as nothing contradicts */
};

/* All trees that are known here; NULL while there is one. */
struct lt_tree_regions {
    struct lt_office home; /* whose writer was the first that was heard */
    size_t n;
    struct lt_tree_region all[LT_TREE_REGIONS_MAX];
    bool joined[LT_TREE_REGIONS_MAX]; /* what that writer says counts here */
    size_t words_n; /* room for so many joins and releases, in this block */
    size_t joins_n;
    struct lt_tree_join *joins;
    size_t releases_n;
    struct lt_tree_release *releases;
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
    size_t plans_next; /* behind the last one that was named: mostly the next */
    struct lt_tree_regions *regions;
    struct lt_office self; /* whose tree it is; zero: of the first writer */
    bool deferred; /* where trees join, words get their places later */
    bool stale;    /* there are words without a place */
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

/* @office goes below @parent of another tree, and all below it with it. */
LT_MUST_CHECK lt_err lt_tree_hang(struct lt_tree *tree, uint64_t version,
                                  const struct lt_office *office,
                                  const struct lt_office *parent,
                                  struct lt_diag *diag);

/* ---- tree_region.c ---- */

/* The top above @index, itself perhaps; LT_TREE_NONE of nobody. */
uint32_t lt_tree_top(const struct lt_tree *tree, uint32_t index);
/* The root above @root, by the admissions of whole trees that hold so far; how
 * many are between them. */
unsigned lt_tree_regions_top(const struct lt_tree_regions *regions,
                             const struct lt_office *root,
                             const struct lt_office **out_top);
/* Does what @writer says count here at all? */
bool lt_tree_regions_joined(const struct lt_tree_regions *regions,
                            const struct lt_office *writer);
struct lt_tree_region *lt_tree_regions_find(struct lt_tree_regions *regions,
                                            const struct lt_office *writer);
const struct lt_tree_said *lt_tree_find_said(const struct lt_tree *tree,
                                             const struct lt_event_id *id);
/* Empty, with room for all that was said between trees. NULL: no memory. */
LT_MUST_CHECK struct lt_tree_regions *
lt_tree_regions_new(const struct lt_tree *tree);
LT_MUST_CHECK struct lt_tree_regions *
lt_tree_regions_copy(const struct lt_alloc *alloc,
                     const struct lt_tree_regions *regions);
/* Find out from all that was said which trees there are and which admissions
 * hold, and put every word in its place. */
LT_MUST_CHECK lt_err
lt_tree_regions_settle(struct lt_tree *tree, struct lt_tree_regions *regions);
/* Give every word its version by @regions (NULL: one tree), and its place. */
void lt_tree_put_in_place(struct lt_tree *tree,
                          const struct lt_tree_regions *regions);

/* ---- tree_joint.c ---- */

/* NULL, or why @said counts for nothing in @tree as it is by then. */
const char *lt_tree_why_not_said(const struct lt_tree *tree,
                                 const struct lt_tree_said *said);
LT_MUST_CHECK lt_err lt_tree_say_joint(struct lt_tree *tree,
                                       const struct lt_tree_said *said,
                                       const struct lt_office_info *info,
                                       struct lt_diag *diag);
/* The version of this tree by what was heard of its writer. */
void lt_tree_regions_advance(struct lt_tree *tree);

/* ---- tree_release.c ---- */

/* Does the admission of one office hold? */
LT_MUST_CHECK bool lt_tree_release_agrees(const struct lt_tree *tree,
                                          const struct lt_tree_regions *regions,
                                          const struct lt_tree_join *join);
/* All that was released, when the admissions are settled. */
void lt_tree_releases_note(const struct lt_tree *tree,
                           struct lt_tree_regions *regions);
/* Has its writer let go of @index, or of what it is below, before @version? */
bool lt_tree_is_gone(const struct lt_tree *tree, uint32_t index,
                     uint64_t version);
LT_MUST_CHECK lt_err lt_tree_say_release(struct lt_tree *tree,
                                         const struct lt_tree_said *said,
                                         struct lt_diag *diag);

/* ---- tree_history.c ---- */

int lt_tree_said_compare(const struct lt_tree_said *a,
                         const struct lt_tree_said *b);


void lt_tree_forget_said(struct lt_tree *tree);

#endif
