#include "common/named.h"

#include <stdio.h>
#include <string.h>

static const struct lt_tree_office *office_of(const struct lt_tree *tree,
                                              const char *value)
{
    struct lt_office id;

    return tree != NULL && lt_office_parse(value, &id)
               ? lt_tree_find(tree, &id)
               : NULL;
}

/* Does its name find it alone, and stand between quotation marks? */
static bool says_which(const struct lt_tree *tree,
                       const struct lt_tree_office *office)
{
    const struct lt_tree_office *found[2];

    return strpbrk(office->name, "\"\\$`!") == NULL &&
           lt_tree_search(tree, office->name, found, 2) == 1;
}

static void name(const struct lt_tree *tree, struct lt_diag *diag, bool any)
{
    for (unsigned i = 0; i < diag->args_n; i++) {
        const struct lt_tree_office *office =
            office_of(tree, diag->args[i].value);

        if (office != NULL && (any || says_which(tree, office))) {
            (void)snprintf(diag->args[i].value, sizeof(diag->args[i].value),
                           "%s", office->name);
        }
    }
}

void lt_named_text(const struct lt_tree *tree, const struct lt_diag *diag,
                   struct lt_diag *out)
{
    *out = *diag;
    name(tree, out, true);
}

void lt_named_remedy(const struct lt_tree *tree, const struct lt_diag *diag,
                     struct lt_diag *out)
{
    *out = *diag;
    name(tree, out, false);
}
