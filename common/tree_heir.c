/* Closed offices. One that is closed keeps its place, its former places and its
 * id; its heir stands for it in everything that it had on its hands. An heir is
 * open when it is named, so that the way from heir to heir ends. */
#include "common/failpoint.h"
#include "common/tree_internal.h"

static const char *why_not_close(const struct lt_tree *tree, uint32_t index,
                                 uint32_t heir)
{
    if (tree->nodes[index].parent == LT_TREE_NONE) {
        return "the root does not close";
    }
    if (heir == LT_TREE_NONE) {
        return "unknown heir";
    }
    if (heir == index || tree->nodes[heir].office.closed_version != 0) {
        return "the heir is closed";
    }
    if (lt_tree_top(tree, heir) != lt_tree_top(tree, index)) {
        return "an office of another tree";
    }
    for (uint32_t i = tree->nodes[index].child; i != LT_TREE_NONE;
         i = tree->nodes[i].sibling) {
        if (tree->nodes[i].office.closed_version == 0) {
            return "an office below has no other parent";
        }
    }
    return NULL;
}

lt_err lt_tree_close_office(struct lt_tree *tree, uint64_t version,
                            const struct lt_office *office,
                            const struct lt_office *heir, struct lt_diag *diag)
{
    uint32_t index = lt_tree_index(tree, office);
    uint32_t to = lt_tree_index(tree, heir);
    struct lt_tree_node *node;
    const char *reason;

    if (index == LT_TREE_NONE) {
        return lt_tree_refuse(diag, office, "unknown office");
    }
    node = &tree->nodes[index];
    if (node->office.closed_version != 0) {
        return lt_office_equal(&node->office.heir, heir)
                   ? LT_OK
                   : lt_tree_refuse(diag, office, "closed");
    }
    reason = why_not_close(tree, index, to);
    if (reason != NULL) {
        return lt_tree_refuse(diag, office, reason);
    }
    node->office.closed_version = version;
    node->office.heir = *heir;
    node->heir = to;
    return LT_OK;
}

static bool is_closed_at(const struct lt_tree *tree, uint64_t version,
                         uint32_t index)
{
    uint64_t closed = tree->nodes[index].office.closed_version;

    return closed != 0 && closed <= version;
}

bool lt_tree_closed_at(const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *office)
{
    uint32_t index = lt_tree_index(tree, office);

    return index != LT_TREE_NONE && is_closed_at(tree, version, index);
}

struct lt_office lt_tree_heir_at(const struct lt_tree *tree, uint64_t version,
                                 const struct lt_office *office)
{
    uint32_t index = lt_tree_index(tree, office);

    if (index == LT_TREE_NONE) {
        return *office;
    }
    while (is_closed_at(tree, version, index) && !LT_PLANTED(no_heirs)) {
        index = tree->nodes[index].heir;
    }
    return tree->nodes[index].office.id;
}

struct lt_office lt_tree_heir(const struct lt_tree *tree,
                              const struct lt_office *office)
{
    return lt_tree_heir_at(tree, UINT64_MAX, office);
}

bool lt_tree_follows(const struct lt_tree *tree, const struct lt_office *office,
                     const struct lt_office *other)
{
    uint32_t wanted = lt_tree_index(tree, office);
    uint32_t from = lt_tree_index(tree, other);

    if (wanted == LT_TREE_NONE) {
        return false;
    }
    while (from != LT_TREE_NONE) {
        uint32_t at = from;

        while (at != LT_TREE_NONE && at != wanted) {
            at = tree->nodes[at].parent;
        }
        if (at == wanted) {
            return true;
        }
        from = LT_PLANTED(forget_heirs) ? LT_TREE_NONE : tree->nodes[from].heir;
    }
    return false;
}

/* Versions from one on and before another. */
struct span {
    uint64_t from;
    uint64_t before;
};

/* One step up at any version of @span, and from there in as long as it was so: an
 * office was not below whom its former parent has been put below since. Former
 * places lead to few offices. */
static bool was_below(const struct lt_tree *tree, uint32_t above, uint32_t at,
                      struct span span, unsigned steps)
{
    const struct lt_tree_node *node = &tree->nodes[at];

    for (size_t i = 0; i < node->moves_n; i++) {
        const struct lt_tree_move *move = &node->moves[i];
        const uint64_t until =
            i + 1 < node->moves_n ? move[1].version : UINT64_MAX;
        const struct span then = {
            move->version > span.from ? move->version : span.from,
            until < span.before ? until : span.before};

        if (move->parent == LT_TREE_NONE ||
            (then.from >= then.before && !LT_PLANTED(any_former_line))) {
            continue;
        }
        if (move->parent == above ||
            (steps < LT_TREE_DEPTH_MAX &&
             was_below(tree, above, move->parent, then, steps + 1))) {
            return true;
        }
    }
    return false;
}

bool lt_tree_was_below(const struct lt_tree *tree,
                       const struct lt_office *above,
                       const struct lt_office *office)
{
    uint32_t wanted = lt_tree_index(tree, above);
    uint32_t at = lt_tree_index(tree, office);

    return wanted != LT_TREE_NONE && at != LT_TREE_NONE &&
           was_below(tree, wanted, at, (struct span){0, UINT64_MAX}, 1);
}
