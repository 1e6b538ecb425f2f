/* A diagnostic as people read it.
 *
 * An alarm names its offices by their ids, which never change and are what a log
 * keeps. People know an office by the name that it has in the tree. */
#ifndef LT_NAMED_H
#define LT_NAMED_H

#include "common/err.h"
#include "common/tree.h"

/* @out is @diag with each office that @tree knows by its name: for a text.
 * @tree may be NULL. */
void lt_named_text(const struct lt_tree *tree, const struct lt_diag *diag,
                   struct lt_diag *out);
/* The same for a remedy, whose commands are copied into a shell and have offices
 * between quotation marks: the id stays where the name alone does not say which
 * office is meant, or would not stand there as it is. */
void lt_named_remedy(const struct lt_tree *tree, const struct lt_diag *diag,
                     struct lt_diag *out);

#endif
