/* Whose word erases a text, and where. Pure.
 *
 * The writer of a text, or the custodian of its matter, orders. The order holds
 * at once for every copy that is not above the one who ordered: his own first.
 * A copy above him is evidence that he must not be able to destroy: it is
 * closed to reading (held) until a keeper above him confirms. A keeper's own
 * order, or the root's, needs nobody's word.
 *
 * An entry of a register, sealed to one office, is deleted by every holder once
 * that office says that it has it, or that it does not open (REGISTER_TAKEN): to
 * nobody else was it of any use, and its writer has the entry itself. What such a
 * receipt and such an entry "belong to" is the addressee: (office, 0, 0), no
 * event's id (lt_erasure_matter_of).
 *
 * Orders and confirmations may come in any way round, before or after the text
 * itself: the effect is that of all of them together.
 *
 * Threading: everything here is pure. */
#ifndef LT_CASES_ERASURE_H
#define LT_CASES_ERASURE_H

#include "common/tree.h"

/* What one TEXT_ERASED says. */
struct lt_erasure {
    struct lt_event_id said;   /* the event itself */
    struct lt_event_id target; /* whose texts */
    struct lt_event_id matter; /* its subject: what the target belongs to */
    uint8_t mask;              /* bit i: the target's part with index i */
    uint8_t cls;               /* class of the channel it stood in */
    bool confirms;
    uint64_t tree_version;
};

/* What the texts of @event belong to: its matter, or who it is sealed to. */
struct lt_event_id lt_erasure_matter_of(const struct lt_event *event);
/* Is it a taker's receipt? Nobody answers it. */
static inline bool lt_erasure_is_receipt(const struct lt_erasure *erasure)
{
    return erasure->matter.count == 0;
}

/* False when @event is neither a TEXT_ERASED nor a REGISTER_TAKEN. */
bool lt_erasure_from_event(const struct lt_event *event, uint8_t cls,
                           struct lt_erasure *out);

/* Of the parts of one event: those to be deleted here, and those to be kept
 * closed. No part is in both. */
struct lt_erasure_effect {
    uint8_t erased;
    uint8_t held;
    bool waits; /* one names a tree version that is not here */
};

/* What @n erasures of one target come to at @self. @matter is what the target
 * belongs to, or NULL while it is not here: then its writer alone is believed,
 * since anybody might say that it belongs to a matter of his. */
struct lt_erasure_effect lt_erasure_effect(const struct lt_erasure *erasures,
                                           size_t n,
                                           const struct lt_office *self,
                                           const struct lt_event_id *matter,
                                           const struct lt_tree *tree);
/* Does the order @n of them hold at @self in all that it names? */
bool lt_erasure_holds(const struct lt_erasure *erasures, size_t n, size_t order,
                      const struct lt_office *self,
                      const struct lt_event_id *matter,
                      const struct lt_tree *tree);

/* What one erasure counts for, whatever others say. @matter is what its target
 * belongs to. */
enum lt_erasure_weight {
    LT_ERASURE_WEIGHS_NOTHING, /* its author may not, or a tree is missing */
    LT_ERASURE_WEIGHS,
    LT_ERASURE_WEIGHS_ALONE /* a keeper's order: nobody has to confirm it */
};
enum lt_erasure_weight lt_erasure_weight(const struct lt_erasure *erasure,
                                         const struct lt_event_id *matter,
                                         const struct lt_tree *tree);

/* May @office order, by what it is to the text and its matter? */
bool lt_erasure_may_order(const struct lt_office *office,
                          const struct lt_event_id *target,
                          const struct lt_event_id *matter);
/* May it confirm: is it a keeper (or the root) above who wrote the text, or
 * that very office, at that version of the tree? */
bool lt_erasure_may_confirm(const struct lt_office *office,
                            const struct lt_event_id *target,
                            const struct lt_tree *tree, uint64_t version);

/* Can it ever count, or only once a newer tree is here (*out_waits)? What can
 * not is left aside, so that nobody fills a list with it. */
bool lt_erasure_matters(const struct lt_erasure *erasure,
                        const struct lt_tree *tree, bool *out_waits);

/* The channels in which @author has to speak about a text so that all who may
 * hold it hear: @channel is one that the text's event stands in, @to are the
 * addressees of a directive's issuing. Returns how many. */
size_t lt_erasure_channels(const struct lt_office *author,
                           const struct lt_event_id *target,
                           const struct lt_channel *channel,
                           const struct lt_office *to, size_t to_n,
                           struct lt_channel out[static LT_ADDRESSEES_MAX]);

#endif
