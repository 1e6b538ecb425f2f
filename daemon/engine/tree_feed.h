/* Segments of class tree: what they do to the tree and to the keys. */
#ifndef LT_ENGINE_TREE_FEED_H
#define LT_ENGINE_TREE_FEED_H

#include "daemon/engine/state.h"

/* Apply a segment of class tree that is durable: the writer's openings change
 * the tree, bindings in anybody's are learned. Errors: LT_ENOMEM;
 * LT_EMALFORMED, with nothing applied. */
LT_MUST_CHECK lt_err lt_tree_feed(struct lt_engine *engine,
                                  const struct lt_segment *segment);

#endif
