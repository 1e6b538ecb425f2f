#include "daemon/cases/erasure.h"

struct lt_event_id lt_erasure_matter_of(const struct lt_event *event)
{
    return event->type == LT_EV_REGISTER_SENT
               ? (struct lt_event_id){.origin = event->to[0]}
           : event->has_subject ? event->subject
                                : event->id;
}

bool lt_erasure_from_event(const struct lt_event *event, uint8_t cls,
                           struct lt_erasure *out)
{
    if (event->type == LT_EV_REGISTER_TAKEN) {
        *out = (struct lt_erasure){.said = event->id,
                                   .target = event->corrects,
                                   .matter = {.origin = event->id.origin},
                                   .mask = 1,
                                   .cls = cls,
                                   .tree_version = event->tree_version};
        return true;
    }
    if (event->type != LT_EV_TEXT_ERASED) {
        return false;
    }
    *out = (struct lt_erasure){.said = event->id,
                               .target = event->erases,
                               .matter = event->subject,
                               .mask = event->has_erase_index
                                           ? (uint8_t)(1U << event->erase_index)
                                           : UINT8_MAX,
                               .cls = cls,
                               .confirms = event->confirms,
                               .tree_version = event->tree_version};
    return true;
}

/* By whoever wrote the text or opened its matter. A custodian that a matter
 * came to later is not asked: the eraser judges without the fold. */
bool lt_erasure_may_order(const struct lt_office *office,
                          const struct lt_event_id *target,
                          const struct lt_event_id *matter)
{
    return lt_office_equal(office, &target->origin) ||
           lt_office_equal(office, &matter->origin);
}

static bool is_keeper(const struct lt_tree *tree,
                      const struct lt_office *office)
{
    const struct lt_tree_office *row =
        tree == NULL ? NULL : lt_tree_find(tree, office);

    return row != NULL && (row->keeper || lt_office_is_zero(&row->parent));
}

bool lt_erasure_may_confirm(const struct lt_office *office,
                            const struct lt_event_id *target,
                            const struct lt_tree *tree, uint64_t version)
{
    return is_keeper(tree, office) &&
           lt_tree_covers_at(tree, version, office, &target->origin);
}

static bool is_known(const struct lt_erasure *erasure,
                     const struct lt_tree *tree)
{
    return erasure->tree_version <= (tree == NULL ? 0 : lt_tree_version(tree));
}

static bool is_order(const struct lt_erasure *erasure,
                     const struct lt_event_id *matter,
                     const struct lt_tree *tree)
{
    const struct lt_office *author = &erasure->said.origin;

    if (erasure->confirms || !is_known(erasure, tree)) {
        return false;
    }
    if (matter == NULL) {
        return lt_office_equal(author, &erasure->target.origin);
    }
    return lt_event_id_equal(matter, &erasure->matter) &&
           lt_erasure_may_order(author, &erasure->target, matter);
}

static bool is_confirmation(const struct lt_erasure *erasure,
                            const struct lt_tree *tree)
{
    return erasure->confirms && is_known(erasure, tree) &&
           lt_erasure_may_confirm(&erasure->said.origin, &erasure->target, tree,
                                  erasure->tree_version);
}

enum lt_erasure_weight lt_erasure_weight(const struct lt_erasure *erasure,
                                         const struct lt_event_id *matter,
                                         const struct lt_tree *tree)
{
    if (is_order(erasure, matter, tree)) {
        return is_keeper(tree, &erasure->said.origin) ? LT_ERASURE_WEIGHS_ALONE
                                                      : LT_ERASURE_WEIGHS;
    }
    return is_confirmation(erasure, tree) ? LT_ERASURE_WEIGHS
                                          : LT_ERASURE_WEIGHS_NOTHING;
}

bool lt_erasure_matters(const struct lt_erasure *erasure,
                        const struct lt_tree *tree, bool *out_waits)
{
    bool may = erasure->confirms
                   ? is_confirmation(erasure, tree)
                   : lt_erasure_may_order(&erasure->said.origin,
                                          &erasure->target, &erasure->matter);

    *out_waits = !is_known(erasure, tree);
    return may && !*out_waits;
}

/* The parts for which @order holds at @self. */
static uint8_t held_parts(const struct lt_erasure *erasures, size_t n,
                          const struct lt_erasure *order,
                          const struct lt_office *self,
                          const struct lt_tree *tree)
{
    const struct lt_office *author = &order->said.origin;
    uint8_t confirmed = 0;

    if (tree == NULL || !lt_tree_above(tree, self, author) ||
        is_keeper(tree, author) || lt_erasure_is_receipt(order)) {
        return order->mask;
    }
    for (size_t i = 0; i < n; i++) {
        const struct lt_erasure *other = &erasures[i];

        if (is_confirmation(other, tree) &&
            lt_tree_above(tree, &other->said.origin, author)) {
            confirmed |= other->mask;
        }
    }
    return order->mask & confirmed;
}

struct lt_erasure_effect lt_erasure_effect(const struct lt_erasure *erasures,
                                           size_t n,
                                           const struct lt_office *self,
                                           const struct lt_event_id *matter,
                                           const struct lt_tree *tree)
{
    struct lt_erasure_effect effect = {.erased = 0};
    uint8_t ordered = 0;

    for (size_t i = 0; i < n; i++) {
        effect.waits |= !is_known(&erasures[i], tree);
        if (is_order(&erasures[i], matter, tree)) {
            ordered |= erasures[i].mask;
            effect.erased |= held_parts(erasures, n, &erasures[i], self, tree);
        }
    }
    effect.held = (uint8_t)(ordered & ~effect.erased);
    return effect;
}

bool lt_erasure_holds(const struct lt_erasure *erasures, size_t n, size_t order,
                      const struct lt_office *self,
                      const struct lt_event_id *matter,
                      const struct lt_tree *tree)
{
    return is_order(&erasures[order], matter, tree) &&
           held_parts(erasures, n, &erasures[order], self, tree) ==
               erasures[order].mask;
}

static size_t add_channel(struct lt_channel *out, size_t n, uint8_t cls,
                          const struct lt_office *author,
                          const struct lt_office *to)
{
    struct lt_channel channel = {
        .cls = cls, .audience = LT_AUDIENCE_TO, .to = *to};

    if (lt_office_equal(author, to)) {
        return n; /* it has its own word already */
    }
    for (size_t i = 0; i < n; i++) {
        if (lt_channel_equal(&out[i], &channel)) {
            return n;
        }
    }
    out[n] = channel;
    return n + 1;
}

size_t lt_erasure_channels(const struct lt_office *author,
                           const struct lt_event_id *target,
                           const struct lt_channel *channel,
                           const struct lt_office *to, size_t to_n,
                           struct lt_channel out[static LT_ADDRESSEES_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < to_n && n < LT_ADDRESSEES_MAX; i++) {
        n = add_channel(out, n, channel->cls, author, &to[i]);
    }
    if (n > 0) {
        return n;
    }
    if (lt_office_equal(author, &target->origin)) {
        out[0] = *channel;
        return 1;
    }
    n = add_channel(out, n, channel->cls, author, &target->origin);
    if (channel->audience == LT_AUDIENCE_TO) {
        n = add_channel(out, n, channel->cls, author, &channel->to);
    }
    return n;
}
