/* A plan: what of the tree is to change, a line each, in the order in which it
 * is to happen.
 *
 *     open,NAME,KIND,PARENT[,CODE]
 *     move,OFFICE,PARENT
 *     rename,OFFICE,NAME[,KIND[,CODE]]   an empty field stays as it is
 *     merge,OFFICE,OTHER[,OTHER...]      the others close, OFFICE is their heir
 *     split,OFFICE,HEIR[,HEIR...]        OFFICE closes, the first is its heir
 *     close,OFFICE,HEIR
 *
 * An office is an id, the beginning of one, the name of one that is open, or
 * its code; one that a line before opens is named like any other. Empty lines
 * and those that begin with '#' are passed over.
 *
 * Each line is tried on a copy of the tree, so that what is refused is refused
 * before anything is written.
 *
 * Threading: everything here is pure, but for the ids it is handed. */
#ifndef LT_CONTROL_TREE_PLAN_H
#define LT_CONTROL_TREE_PLAN_H

#include "common/alloc.h"
#include "common/policy.h"
#include "common/sys.h"
#include "common/tree.h"

enum {
    LT_PLAN_CHANGES_MAX = 2000, /* of one plan: one commit */
    LT_PLAN_FIELDS_MAX = 202,
    LT_PLAN_LEFT_MAX = 500 /* told of what finds no place */
};

/* One event to be. */
struct lt_plan_change {
    size_t line; /* of the file, from 1 */
    struct lt_event *event;
    struct lt_office from; /* of a move: the parent until now */
};

/* What finds no place. */
struct lt_plan_left {
    size_t line;             /* 0: of none */
    struct lt_office office; /* zero when the line names none */
    const char *reason;      /* a ui word, or of lt_tree_apply */
};

struct lt_plan {
    struct lt_plan_change *changes;
    size_t changes_n;
    struct lt_plan_left *left;
    size_t left_n; /* told; there may be more */
    size_t left_all;
    struct lt_tree *after; /* the tree with all that is possible; owned */
};

struct lt_plan_ask {
    const struct lt_tree *tree;
    const struct lt_policy *policy;
    const struct lt_sys *sys; /* ids of new offices */
    struct lt_text text;
    bool has_date; /* prepared for that day, else in force at once */
    int32_t date;
    struct lt_arena *arena;
};
/* Read and try. What is refused stands in left, and the rest is tried all the
 * same. The caller releases out_plan->after with lt_tree_free.
 * Errors: LT_ENOMEM; LT_ETOOBIG above LT_PLAN_CHANGES_MAX. */
LT_MUST_CHECK lt_err lt_plan_make(const struct lt_plan_ask *ask,
                                  struct lt_plan *out_plan);

#endif
