/* The tree of offices: who is above whom, at every version.
 *
 * Filled from the tree writer's events; a version is the number of the event
 * that made it. A writer that was restored to an older day gives numbers twice,
 * and both events count: the tree is that of all events in the order (version,
 * stamp, id), in whatever order they come. Pure: used by the engine for routes
 * and by the cases for authority.
 *
 * Threading: a tree belongs to one thread; a clone may be given to another. */
#ifndef LT_COMMON_TREE_H
#define LT_COMMON_TREE_H

#include "common/codec.h"

struct lt_tree;

struct lt_tree_office {
    struct lt_office id;
    struct lt_office parent; /* all zero for the root */
    const char *name;        /* owned by the tree */
    const char *kind;
    const char *code; /* "" when it has none */
    bool keeper;
    uint64_t since_version;
    size_t link_addresses_n;
    const char *const *link_addresses;
    size_t enrol_addresses_n;
    const char *const *enrol_addresses;
};

LT_MUST_CHECK lt_err lt_tree_new(const struct lt_alloc *alloc,
                                 struct lt_tree **out_tree);
LT_MUST_CHECK lt_err lt_tree_clone(const struct lt_tree *tree,
                                   struct lt_tree **out_tree);
void lt_tree_free(struct lt_tree *tree);

/* Apply an OFFICE_OPENED (or OFFICE_CHANGED) that is event @version of the
 * writer's stream; the same again is fine. One that comes after a later one is
 * put in its place, and what is later is applied again after it. Errors:
 * LT_EINVAL (unknown parent, office there already with other data, loop, too
 * deep, too many, version 0): it changes nothing unless another comes to stand
 * before it that allows it; LT_ENOMEM: as if it had not come. A clone takes
 * none of an earlier version. An office opened again with the same data is
 * fine. A change renames, moves and readdresses: what it does not say stays;
 * closing, heirs and changes prepared ahead are refused by this version. */
LT_MUST_CHECK lt_err lt_tree_apply(struct lt_tree *tree, uint64_t version,
                                   const struct lt_event *event,
                                   struct lt_diag *diag);
/* The version last applied; 0 while empty. */
uint64_t lt_tree_version(const struct lt_tree *tree);
/* Grows with every change, a late one as well. */
uint64_t lt_tree_revision(const struct lt_tree *tree);
/* Grows whenever something came late: what was judged by the tree may have to
 * be judged again. */
uint64_t lt_tree_rewritten(const struct lt_tree *tree);
/* Note that the stream has come to @version without a change of offices. */
void lt_tree_advance(struct lt_tree *tree, uint64_t version);

/* NULL when unknown. The pointer is valid until the tree changes. */
const struct lt_tree_office *lt_tree_find(const struct lt_tree *tree,
                                          const struct lt_office *id);
const struct lt_tree_office *lt_tree_root(const struct lt_tree *tree);
size_t lt_tree_count(const struct lt_tree *tree);
const struct lt_tree_office *lt_tree_at(const struct lt_tree *tree,
                                        size_t index); /* in opening order */

/* Is @above a superior of @office (at any distance)? Not of itself. */
bool lt_tree_above(const struct lt_tree *tree, const struct lt_office *above,
                   const struct lt_office *office);
/* @above is @office or its superior. An unknown office covers nothing and is
 * covered by nobody, not even by itself. */
bool lt_tree_covers(const struct lt_tree *tree, const struct lt_office *above,
                    const struct lt_office *office);
/* The same at an earlier version of the tree: offices opened later are
 * unknown there. */
bool lt_tree_covers_at(const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *above,
                       const struct lt_office *office);
/* Is @parent the parent of @office, or was it at any earlier version? */
bool lt_tree_had_parent(const struct lt_tree *tree,
                        const struct lt_office *office,
                        const struct lt_office *parent);
/* Superiors, nearest first. Returns how many there are (at most
 * LT_TREE_DEPTH_MAX are written). */
size_t lt_tree_superiors(const struct lt_tree *tree,
                         const struct lt_office *office,
                         struct lt_office out[static LT_TREE_DEPTH_MAX]);
/* The keeper of @office: the nearest superior marked keeper, else the root.
 * The root has none: false. */
bool lt_tree_keeper(const struct lt_tree *tree, const struct lt_office *office,
                    struct lt_office *out_keeper);

/* Should @office hold @stream? True when the origin is in its subtree (itself
 * included), when the stream is for all below the origin and @office is, or
 * when it is addressed to an office in @office's subtree. Two neighbours
 * exchange exactly the streams that both should hold. False when an office is
 * unknown: what a new office must hold before its tree has come is for the
 * engine to say. */
bool lt_tree_holds(const struct lt_tree *tree, const struct lt_office *office,
                   const struct lt_stream *stream);

/* Find by name or beginning of the id (at least 8 digits). Returns how many
 * fit, at most @max written. */
size_t lt_tree_search(const struct lt_tree *tree, const char *text,
                      const struct lt_tree_office **out, size_t max);

#endif
