/* Changing the tree by one of its writer's events; tree_history.c says in which
 * order.
 *
 * Everything is checked and allocated before the first change, so that a
 * refusal leaves the tree as it was. An office's former parents stay beside
 * it: events are judged by the tree at the version that they name. */
#include "common/tree_internal.h"

#include <string.h>

lt_err lt_tree_refuse(struct lt_diag *diag, const struct lt_office *office,
                      const char *reason)
{
    char id[LT_OFFICE_TEXT];

    lt_office_format(office, id);
    (void)lt_diag_set(diag, LT_EINVAL);
    lt_diag_arg(diag, "what", "%s", id);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_EINVAL;
}

static bool text_fits(const struct lt_text *text, size_t max)
{
    return text->len <= max &&
           (text->len == 0 || memchr(text->data, '\0', text->len) == NULL);
}

static bool info_fits(const struct lt_office_info *info)
{
    if (!text_fits(&info->name, LT_NAME_MAX) ||
        !text_fits(&info->kind, LT_STRING_MAX) ||
        !text_fits(&info->code, LT_STRING_MAX) ||
        info->link_addresses_n > LT_OFFICE_ADDRESSES_MAX ||
        info->enrol_addresses_n > LT_OFFICE_ADDRESSES_MAX) {
        return false;
    }
    for (size_t i = 0; i < info->link_addresses_n; i++) {
        if (!text_fits(&info->link_addresses[i], LT_STRING_MAX)) {
            return false;
        }
    }
    for (size_t i = 0; i < info->enrol_addresses_n; i++) {
        if (!text_fits(&info->enrol_addresses[i], LT_STRING_MAX)) {
            return false;
        }
    }
    return true;
}

static bool same_text(const char *held, const struct lt_text *text)
{
    return strlen(held) == text->len &&
           (text->len == 0 || memcmp(held, text->data, text->len) == 0);
}

static bool same_texts(const char *const *held, size_t held_n,
                       const struct lt_text *texts, size_t texts_n)
{
    if (held_n != texts_n) {
        return false;
    }
    for (size_t i = 0; i < texts_n; i++) {
        if (!same_text(held[i], &texts[i])) {
            return false;
        }
    }
    return true;
}

static bool same_office(const struct lt_tree_office *office,
                        const struct lt_office_info *info)
{
    return lt_office_equal(&office->parent, &info->parent) &&
           office->keeper == info->keeper &&
           same_text(office->name, &info->name) &&
           same_text(office->kind, &info->kind) &&
           same_text(office->code, &info->code) &&
           same_texts(office->link_addresses, office->link_addresses_n,
                      info->link_addresses, info->link_addresses_n) &&
           same_texts(office->enrol_addresses, office->enrol_addresses_n,
                      info->enrol_addresses, info->enrol_addresses_n);
}

static size_t text_bytes(const struct lt_office_info *info)
{
    size_t bytes = info->name.len + info->kind.len + info->code.len + 3;

    for (size_t i = 0; i < info->link_addresses_n; i++) {
        bytes += info->link_addresses[i].len + 1;
    }
    for (size_t i = 0; i < info->enrol_addresses_n; i++) {
        bytes += info->enrol_addresses[i].len + 1;
    }
    return bytes;
}

static const char *put_text(char **at, const struct lt_text *text)
{
    char *begin = *at;

    if (text->len > 0) {
        memcpy(begin, text->data, text->len);
    }
    begin[text->len] = '\0';
    *at = begin + text->len + 1;
    return begin;
}

bool lt_tree_copy_info(const struct lt_alloc *alloc,
                       const struct lt_office_info *info,
                       struct lt_tree_node *node)
{
    size_t links_n = info->link_addresses_n;
    size_t addresses_n = links_n + info->enrol_addresses_n;
    size_t table = addresses_n * sizeof(const char *);
    char *block = lt_new(alloc, table + text_bytes(info));
    const char **addresses = (const char **)(void *)block;
    char *at;

    if (block == NULL) {
        return false;
    }
    at = block + table;
    node->block = block;
    node->office.id = info->id;
    node->office.parent = info->parent;
    node->office.keeper = info->keeper;
    node->office.name = put_text(&at, &info->name);
    node->office.kind = put_text(&at, &info->kind);
    node->office.code = put_text(&at, &info->code);
    for (size_t i = 0; i < links_n; i++) {
        addresses[i] = put_text(&at, &info->link_addresses[i]);
    }
    for (size_t i = links_n; i < addresses_n; i++) {
        addresses[i] = put_text(&at, &info->enrol_addresses[i - links_n]);
    }
    node->office.link_addresses = addresses;
    node->office.link_addresses_n = links_n;
    node->office.enrol_addresses = addresses + links_n;
    node->office.enrol_addresses_n = info->enrol_addresses_n;
    return true;
}

/* Few offices ever move: room for each as it comes. */
static bool add_move(const struct lt_alloc *alloc, struct lt_tree_node *node,
                     uint64_t version, uint32_t parent)
{
    struct lt_tree_move *moves =
        lt_resize(alloc, node->moves, (node->moves_n + 1) * sizeof(*moves));

    if (moves == NULL) {
        return false;
    }
    node->moves = moves;
    node->moves[node->moves_n] =
        (struct lt_tree_move){.version = version, .parent = parent};
    node->moves_n++;
    node->office.places_n = node->moves_n;
    return true;
}

static const char *why_not_open(const struct lt_tree *tree,
                                const struct lt_office_info *info,
                                uint32_t parent)
{
    if (lt_office_is_zero(&info->id)) {
        return "no id";
    }
    if (info->name.len == 0 || info->kind.len == 0) {
        return "no name or kind";
    }
    if (lt_office_is_zero(&info->parent)) {
        return tree->nodes_n == 0 || lt_tree_region_of(tree, &info->id) != NULL
                   ? NULL
                   : "a second root";
    }
    if (parent == LT_TREE_NONE) {
        return "unknown parent";
    }
    if (tree->nodes[parent].office.closed_version != 0) {
        return "the parent is closed";
    }
    if (tree->nodes[parent].depth == LT_TREE_DEPTH_MAX) {
        return "too deep";
    }
    return tree->nodes_n < LT_TREE_OFFICES_MAX ? NULL : "too many offices";
}

lt_err lt_tree_open_office(struct lt_tree *tree, uint64_t version,
                           const struct lt_office_info *info,
                           struct lt_diag *diag)
{
    uint32_t held = lt_tree_index(tree, &info->id);
    uint32_t parent = lt_tree_index(tree, &info->parent);
    struct lt_tree_node node = {.parent = parent, .heir = LT_TREE_NONE};
    const char *reason;

    if (held != LT_TREE_NONE) {
        return (lt_office_is_zero(&info->parent) &&
                lt_tree_region_of(tree, &info->id) != NULL) ||
                       same_office(&tree->nodes[held].office, info)
                   ? LT_OK
                   : lt_tree_refuse(diag, &info->id,
                                    "there already, with other data");
    }
    reason = why_not_open(tree, info, parent);
    if (reason != NULL) {
        return lt_tree_refuse(diag, &info->id, reason);
    }
    if (!lt_tree_reserve(tree) ||
        !lt_tree_copy_info(tree->alloc, info, &node) ||
        !add_move(tree->alloc, &node, version, parent)) {
        lt_tree_node_deinit(tree->alloc, &node);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    node.office.since_version = version;
    node.depth = parent == LT_TREE_NONE ? 1 : tree->nodes[parent].depth + 1;
    lt_tree_append(tree, &node);
    return LT_OK;
}

/* Is @index the office @above or below it, as the tree is now? */
static bool is_below(const struct lt_tree *tree, uint32_t above, uint32_t index)
{
    while (index != LT_TREE_NONE && index != above) {
        index = tree->nodes[index].parent;
    }
    return index == above;
}

/* The next after @at in the subtree of @index, from above to below;
 * LT_TREE_NONE at its end. */
static uint32_t next_below(const struct lt_tree *tree, uint32_t index,
                           uint32_t at)
{
    if (tree->nodes[at].child != LT_TREE_NONE) {
        return tree->nodes[at].child;
    }
    while (at != index && tree->nodes[at].sibling == LT_TREE_NONE) {
        at = tree->nodes[at].parent;
    }
    return at == index ? LT_TREE_NONE : tree->nodes[at].sibling;
}

/* Depth of the subtree under @index, itself counted. */
static uint32_t height_of(const struct lt_tree *tree, uint32_t index)
{
    uint32_t deepest = tree->nodes[index].depth;

    for (uint32_t i = index; i != LT_TREE_NONE;
         i = next_below(tree, index, i)) {
        if (tree->nodes[i].depth > deepest) {
            deepest = tree->nodes[i].depth;
        }
    }
    return deepest - tree->nodes[index].depth + 1;
}

static const char *why_not_hang(const struct lt_tree *tree, uint32_t index,
                                uint32_t parent)
{
    if (parent == LT_TREE_NONE) {
        return "unknown parent";
    }
    if (is_below(tree, index, parent)) {
        return "a loop";
    }
    if (tree->nodes[parent].office.closed_version != 0) {
        return "the parent is closed";
    }
    return tree->nodes[parent].depth + height_of(tree, index) <=
                   LT_TREE_DEPTH_MAX
               ? NULL
               : "too deep";
}

static const char *why_not_move(const struct lt_tree *tree, uint32_t index,
                                uint32_t parent)
{
    const char *reason = tree->nodes[index].parent == LT_TREE_NONE
                             ? "the root does not move"
                             : why_not_hang(tree, index, parent);

    return reason == NULL &&
                   lt_tree_top(tree, index) != lt_tree_top(tree, parent)
               ? "an office of another tree"
               : reason;
}

/* What is not said stays as it is. A keeper stays one: a plain "no" is not
 * told apart from silence in this version's event. */
static struct lt_office_info fill_in(const struct lt_tree_office *office,
                                     const struct lt_office_info *change)
{
    struct lt_office_info info = *change;

    if (lt_office_is_zero(&info.parent)) {
        info.parent = office->parent;
    }
    if (info.name.len == 0) {
        info.name = (struct lt_text){office->name, strlen(office->name)};
    }
    if (info.kind.len == 0) {
        info.kind = (struct lt_text){office->kind, strlen(office->kind)};
    }
    if (info.code.len == 0) {
        info.code = (struct lt_text){office->code, strlen(office->code)};
    }
    if (info.link_addresses_n == 0) {
        info.link_addresses_n = office->link_addresses_n;
        for (size_t i = 0; i < info.link_addresses_n; i++) {
            const char *held = office->link_addresses[i];

            info.link_addresses[i] = (struct lt_text){held, strlen(held)};
        }
    }
    if (info.enrol_addresses_n == 0) {
        info.enrol_addresses_n = office->enrol_addresses_n;
        for (size_t i = 0; i < info.enrol_addresses_n; i++) {
            const char *held = office->enrol_addresses[i];

            info.enrol_addresses[i] = (struct lt_text){held, strlen(held)};
        }
    }
    info.keeper = info.keeper || office->keeper;
    return info;
}

/* Out of the children of one office, among those of another. */
static void hang_below(struct lt_tree *tree, uint32_t moved, uint32_t parent)
{
    struct lt_tree_node *node = &tree->nodes[moved];
    uint32_t *link =
        node->parent == LT_TREE_NONE ? NULL : &tree->nodes[node->parent].child;

    while (link != NULL && *link != moved) {
        link = &tree->nodes[*link].sibling;
    }
    if (link != NULL) {
        *link = node->sibling;
    }
    node->sibling = tree->nodes[parent].child;
    tree->nodes[parent].child = moved;
    node->parent = parent;
    for (uint32_t i = moved; i != LT_TREE_NONE;
         i = next_below(tree, moved, i)) {
        tree->nodes[i].depth = tree->nodes[tree->nodes[i].parent].depth + 1;
    }
}

lt_err lt_tree_change_office(struct lt_tree *tree, uint64_t version,
                             const struct lt_office_info *change,
                             struct lt_diag *diag)
{
    uint32_t index = lt_tree_index(tree, &change->id);
    struct lt_tree_node fresh = {0};
    struct lt_tree_node *node;
    struct lt_office_info info;
    uint32_t parent;

    if (index == LT_TREE_NONE) {
        return lt_tree_refuse(diag, &change->id, "unknown office");
    }
    if (tree->nodes[index].office.closed_version != 0) {
        return lt_tree_refuse(diag, &change->id, "closed");
    }
    node = &tree->nodes[index];
    info = fill_in(&node->office, change);
    parent = lt_tree_index(tree, &info.parent);
    if (parent != node->parent ||
        !lt_office_equal(&info.parent, &node->office.parent)) {
        const char *reason = why_not_move(tree, index, parent);

        if (reason != NULL) {
            return lt_tree_refuse(diag, &change->id, reason);
        }
    }
    if (!lt_tree_copy_info(tree->alloc, &info, &fresh)) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    if (parent != node->parent &&
        !add_move(tree->alloc, node, version, parent)) {
        lt_tree_node_deinit(tree->alloc, &fresh);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    lt_free(tree->alloc, node->block);
    fresh.office.since_version = node->office.since_version;
    fresh.office.places_n = node->moves_n;
    node->office = fresh.office;
    node->block = fresh.block;
    if (parent != node->parent) {
        hang_below(tree, index, parent);
    }
    return LT_OK;
}

lt_err lt_tree_hang(struct lt_tree *tree, uint64_t version,
                    const struct lt_office *office,
                    const struct lt_office *parent, struct lt_diag *diag)
{
    uint32_t index = lt_tree_index(tree, office);
    uint32_t above = lt_tree_index(tree, parent);
    const char *reason;

    if (index == LT_TREE_NONE) {
        return lt_tree_refuse(diag, office, "unknown office");
    }
    reason = why_not_hang(tree, index, above);
    if (reason != NULL) {
        return lt_tree_refuse(diag, office, reason);
    }
    if (!add_move(tree->alloc, &tree->nodes[index], version, above)) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    tree->nodes[index].office.parent = *parent;
    hang_below(tree, index, above);
    for (uint32_t i = index; i != LT_TREE_NONE;
         i = next_below(tree, index, i)) {
        tree->nodes[i].released_version = 0; /* that was the other tree's */
    }
    return LT_OK;
}

lt_err lt_tree_may_say(const struct lt_tree *tree, uint64_t version,
                       const struct lt_event *event, struct lt_diag *diag)
{
    const struct lt_office_info *info = &event->office;

    if (!info_fits(info)) {
        return lt_tree_refuse(diag, &info->id, "a text is too long");
    }
    if (version == 0 || (tree->is_clone && version < tree->version)) {
        return lt_tree_refuse(diag, &info->id, "an earlier version");
    }
    if (event->type != LT_EV_OFFICE_OPENED &&
        event->type != LT_EV_OFFICE_CHANGED &&
        event->type != LT_EV_READ_GRANTED &&
        event->type != LT_EV_READ_WITHDRAWN && !lt_tree_is_joint(event)) {
        return lt_tree_refuse(diag, &info->id, "not an event of the tree");
    }
    if ((event->type == LT_EV_READ_GRANTED ||
         event->type == LT_EV_READ_WITHDRAWN) &&
        event->to_n != 2) {
        return lt_tree_refuse(diag, &info->id, "grants nothing");
    }
    if (!lt_event_known(event)) {
        /* Half of such a change would be worse than none. */
        return lt_tree_refuse(diag, &info->id, "needs a newer version");
    }
    return LT_OK;
}

void lt_tree_info_of(const struct lt_tree_office *office,
                     struct lt_office_info *out)
{
    const struct lt_office_info nothing = {.id = office->id};

    *out = fill_in(office, &nothing);
}

static bool clone_node(const struct lt_alloc *alloc,
                       const struct lt_tree_node *from, struct lt_tree_node *to)
{
    struct lt_office_info info;

    lt_tree_info_of(&from->office, &info);
    if (!lt_tree_copy_info(alloc, &info, to)) {
        return false;
    }
    to->released_version = from->released_version;
    to->office.since_version = from->office.since_version;
    to->office.closed_version = from->office.closed_version;
    to->office.closed_ms = from->office.closed_ms;
    to->office.heir = from->office.heir;
    to->heir = from->heir;
    to->parent = from->parent;
    to->depth = from->depth;
    for (size_t i = 0; i < from->moves_n; i++) {
        if (!add_move(alloc, to, from->moves[i].version,
                      from->moves[i].parent)) {
            return false;
        }
    }
    return true;
}

lt_err lt_tree_clone(const struct lt_tree *tree, struct lt_tree **out_tree)
{
    struct lt_tree *copy = NULL;
    lt_err rc = lt_tree_new(tree->alloc, &copy);

    if (rc != LT_OK) {
        return rc;
    }
    for (size_t i = 0; i < tree->nodes_n; i++) {
        struct lt_tree_node node = {0};

        if (!lt_tree_reserve(copy) ||
            !clone_node(copy->alloc, &tree->nodes[i], &node)) {
            lt_tree_node_deinit(copy->alloc, &node);
            lt_tree_free(copy);
            return LT_ENOMEM;
        }
        lt_tree_append(copy, &node);
    }
    for (size_t i = 0; i < tree->nodes_n; i++) {
        copy->nodes[i].child = tree->nodes[i].child;
        copy->nodes[i].sibling = tree->nodes[i].sibling;
    }
    if (!lt_tree_clone_plans(tree, copy) || !lt_tree_clone_grants(tree, copy)) {
        lt_tree_free(copy);
        return LT_ENOMEM;
    }
    if (tree->regions != NULL) {
        copy->regions = lt_tree_regions_copy(copy->alloc, tree->regions);
        if (copy->regions == NULL) {
            lt_tree_free(copy);
            return LT_ENOMEM;
        }
    }
    copy->self = tree->self;
    copy->version = tree->version;
    copy->revision = tree->revision;
    copy->rewritten = tree->rewritten;
    copy->is_clone = true;
    *out_tree = copy;
    return LT_OK;
}
