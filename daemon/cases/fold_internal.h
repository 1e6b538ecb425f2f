/* What the files of the fold share. A state here is always that of some past:
 * check() looks at what the author had seen, apply() adds one event to it. */
#ifndef LT_CASES_FOLD_INTERNAL_H
#define LT_CASES_FOLD_INTERNAL_H

#include "daemon/cases/custody.h"

/* Sees the event's own past and says why it may not be; LT_WHY_NONE = fine. */
enum lt_verdict_reason lt_case_check(const struct lt_matter *past,
                                     const struct lt_act *act,
                                     const struct lt_tree *tree);
enum lt_verdict_reason lt_incident_check(const struct lt_matter *past,
                                         const struct lt_act *act);
enum lt_verdict_reason lt_directive_check(const struct lt_matter *past,
                                          const struct lt_act *act,
                                          const struct lt_tree *tree);

enum lt_verdict_reason lt_shift_check(const struct lt_matter *past,
                                      const struct lt_act *act);

/* Refused, done or taken back. */
bool lt_directive_ended(uint32_t status);

/* Add an event that was judged good. Events that had not seen each other meet
 * here, so every move must make sense from every state. */
void lt_case_apply(struct lt_matter *matter, const struct lt_act *act,
                   const struct lt_tree *tree);
void lt_incident_apply(struct lt_matter *matter, const struct lt_act *act);
void lt_directive_apply(struct lt_matter *matter, const struct lt_act *act,
                        const struct lt_tree *tree);
void lt_shift_apply(struct lt_matter *matter, const struct lt_act *act);
/* The same of periods and task forces, in period_fold.c. */
enum lt_verdict_reason lt_period_check(const struct lt_matter *past,
                                       const struct lt_act *act);
void lt_period_begin(struct lt_matter *matter, const struct lt_act *act);
void lt_period_apply(struct lt_matter *matter, const struct lt_act *act,
                     const struct lt_tree *tree);

/* The same for a step or closing, as far as custody goes. */
enum lt_verdict_reason lt_custody_check_step(const struct lt_matter *past,
                                             const struct lt_act *act,
                                             const struct lt_tree *tree);

/* Judge @act against its past (whose causes and opening are complete). */
struct lt_judged lt_act_judge(const struct lt_act *act,
                              const struct lt_matter *past,
                              const struct lt_tree *tree);
/* Apply an event that was judged LT_APPLIED. */
void lt_act_apply(const struct lt_act *act, const struct lt_tree *tree,
                  struct lt_matter *matter);

/* Does it name the matter's opening event as the one to void? */
bool lt_act_voids_opening(const struct lt_act *act);

/* ---- order.c ---- */

/* The events of one matter as a graph over their indices. */
struct lt_order {
    size_t n;
    const struct lt_act *acts;
    const struct lt_alloc *alloc;
    uint32_t *by_id;   /* indices sorted by id */
    uint32_t *edges;   /* causes (indices), those of i from edge_at[i] on */
    uint32_t *edge_at; /* n + 1 */
    uint32_t *next_at; /* who names i: edges the other way */
    uint32_t *next;
    uint32_t *pending; /* causes not yet released */
    bool *lost;        /* names an event that is not here */
    uint32_t *heap;    /* released, smallest (stamp, id) first */
    size_t heap_n;
};

LT_MUST_CHECK lt_err lt_order_init(struct lt_order *order,
                                   const struct lt_act *acts, size_t n,
                                   const struct lt_event_id *id,
                                   const struct lt_alloc *alloc);
void lt_order_deinit(struct lt_order *order);
/* The next event whose causes were all released; false when none is left. */
bool lt_order_take(struct lt_order *order, uint32_t *out_index);
/* Its verdict stands: those that name it may come. */
void lt_order_release(struct lt_order *order, uint32_t index);
/* The index of an event by its id; false when it is not here. */
bool lt_order_find(const struct lt_order *order, const struct lt_event_id *id,
                   uint32_t *out_index);

#endif
