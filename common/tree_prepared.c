/* Changes that were prepared ahead: each waits, as it was said, for an event
 * that names it. Whether it is allowed is asked then, not before: the tree may
 * be another by that day. */
#include "common/tree_internal.h"

#include <string.h>

static bool add_plan(struct lt_tree *tree, const struct lt_tree_plan *plan)
{
    void *plans = tree->plans;

    if (!lt_grow(tree->alloc, &plans, &tree->plans_capacity, tree->plans_n,
                 sizeof(*tree->plans))) {
        return false;
    }
    tree->plans = plans;
    tree->plans[tree->plans_n++] = *plan;
    return true;
}

lt_err lt_tree_prepare(struct lt_tree *tree, uint64_t version,
                       const struct lt_event_id *id,
                       const struct lt_office_info *change,
                       const struct lt_office *heir, struct lt_diag *diag)
{
    struct lt_tree_plan plan = {
        .prepared = {.id = *id,
                     .version = version,
                     .has_from_date = change->has_from_date,
                     .from_date = change->from_date,
                     .closes = heir != NULL}};

    if (heir != NULL) {
        plan.prepared.heir = *heir;
    }
    if (!lt_tree_copy_info(tree->alloc, change, &plan.node)) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    plan.prepared.change = plan.node.office;
    if (!add_plan(tree, &plan)) {
        lt_tree_node_deinit(tree->alloc, &plan.node);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    return LT_OK;
}

/* A reorganisation is named change after change, as it was prepared: to look
 * from the first one on each time would take the square of their number. */
static struct lt_tree_plan *find_plan(struct lt_tree *tree,
                                      const struct lt_event_id *prepared)
{
    size_t at = tree->plans_next < tree->plans_n ? tree->plans_next : 0;

    for (size_t i = 0; i < tree->plans_n; i++) {
        struct lt_tree_plan *plan = &tree->plans[at];

        at = at + 1 < tree->plans_n ? at + 1 : 0;
        if (lt_event_id_equal(&plan->prepared.id, prepared)) {
            tree->plans_next = at;
            return plan;
        }
    }
    return NULL;
}

lt_err lt_tree_enforce(struct lt_tree *tree, uint64_t version,
                       const struct lt_office *office,
                       const struct lt_event_id *prepared, bool withdraws,
                       struct lt_diag *diag)
{
    struct lt_tree_plan *found = find_plan(tree, prepared);
    struct lt_tree_prepared *plan;
    struct lt_office_info info;
    lt_err rc;

    if (found == NULL) {
        return lt_tree_refuse(diag, office, "was not prepared");
    }
    plan = &found->prepared;
    if (!lt_office_equal(&plan->change.id, office)) {
        return lt_tree_refuse(diag, office, "of another office");
    }
    if (plan->in_force != 0) {
        return LT_OK; /* said twice, or too late */
    }
    if (withdraws) {
        plan->in_force = version;
        plan->withdrawn = true;
        return LT_OK;
    }
    lt_tree_info_of(&plan->change, &info);
    rc = plan->closes ? lt_tree_close_office(tree, version, office,
                                             &plan->heir, diag)
                      : lt_tree_change_office(tree, version, &info, diag);
    if (rc == LT_OK) {
        plan->in_force = version;
    }
    return rc;
}

bool lt_tree_clone_plans(const struct lt_tree *from, struct lt_tree *to)
{
    for (size_t i = 0; i < from->plans_n; i++) {
        struct lt_tree_plan plan = {.prepared = from->plans[i].prepared};
        struct lt_office_info info;

        lt_tree_info_of(&from->plans[i].prepared.change, &info);
        if (!lt_tree_copy_info(to->alloc, &info, &plan.node)) {
            lt_tree_node_deinit(to->alloc, &plan.node);
            return false;
        }
        plan.prepared.change = plan.node.office;
        if (!add_plan(to, &plan)) {
            lt_tree_node_deinit(to->alloc, &plan.node);
            return false;
        }
    }
    return true;
}

void lt_tree_plans_deinit(struct lt_tree *tree)
{
    for (size_t i = 0; i < tree->plans_n; i++) {
        lt_tree_node_deinit(tree->alloc, &tree->plans[i].node);
    }
    lt_free(tree->alloc, tree->plans);
    tree->plans = NULL;
    tree->plans_n = 0;
    tree->plans_capacity = 0;
    tree->plans_next = 0;
}

size_t lt_tree_prepared_count(const struct lt_tree *tree)
{
    return tree->plans_n;
}

const struct lt_tree_prepared *lt_tree_prepared_at(const struct lt_tree *tree,
                                                   size_t index)
{
    return index < tree->plans_n ? &tree->plans[index].prepared : NULL;
}

void lt_tree_put_in_force(const struct lt_tree_prepared *prepared,
                          struct lt_event *out_event)
{
    *out_event = (struct lt_event){.type = LT_EV_OFFICE_CHANGED,
                                   .has_puts_in_force = true,
                                   .puts_in_force = prepared->id};
    out_event->office.id = prepared->change.id;
    out_event->office.has_from_date = prepared->has_from_date;
    out_event->office.from_date = prepared->from_date;
}

void lt_tree_withdraw(const struct lt_tree_prepared *prepared,
                      struct lt_event *out_event)
{
    lt_tree_put_in_force(prepared, out_event);
    out_event->office_prepared = true;
}

static bool is_due(const struct lt_tree_prepared *prepared, int32_t day)
{
    return prepared->in_force == 0 && prepared->has_from_date &&
           prepared->from_date <= day;
}

/* An office that has gone to another tree takes along what was prepared for
 * it, and nobody puts it in force there. */
static bool is_own(const struct lt_tree *tree,
                   const struct lt_tree_prepared *prepared)
{
    const struct lt_tree_office *root = lt_tree_root(tree);

    return lt_tree_index(tree, &prepared->change.id) == LT_TREE_NONE ||
           root == NULL ||
           lt_tree_covers(tree, &root->id, &prepared->change.id);
}

bool lt_tree_next_due(const struct lt_tree *tree, int32_t *out_day)
{
    bool found = false;

    for (size_t i = 0; i < tree->plans_n; i++) {
        const struct lt_tree_prepared *prepared = &tree->plans[i].prepared;

        if (prepared->in_force == 0 && prepared->has_from_date &&
            is_own(tree, prepared) &&
            (!found || prepared->from_date < *out_day)) {
            *out_day = prepared->from_date;
            found = true;
        }
    }
    return found;
}

lt_err lt_tree_due(const struct lt_tree *tree, int32_t day, size_t max,
                   size_t *out_indices, size_t *out_n, size_t *out_refused)
{
    struct lt_tree *trial = NULL;
    lt_err rc = lt_tree_clone(tree, &trial);

    *out_n = 0;
    *out_refused = 0;
    for (size_t i = 0; rc == LT_OK && i < tree->plans_n && *out_n < max; i++) {
        const struct lt_tree_prepared *prepared = &tree->plans[i].prepared;

        if (!is_due(prepared, day) || !is_own(tree, prepared) ||
            lt_tree_released(tree, &prepared->change.id, day) != NULL) {
            continue;
        }
        rc = lt_tree_enforce(trial, tree->version + 1 + i, &prepared->change.id,
                             &prepared->id, false, NULL);
        if (rc == LT_OK) {
            out_indices[(*out_n)++] = i;
        } else if (rc == LT_EINVAL) {
            ++*out_refused;
            rc = LT_OK;
        }
    }
    lt_tree_free(trial);
    return rc;
}
