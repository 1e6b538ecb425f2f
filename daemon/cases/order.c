/* The order of a matter's events: causes first; among those that are free to
 * come next, the smallest (stamp, id). It depends on the set of events alone.
 *
 * An event's subject counts as a cause: who names a matter has seen its
 * beginning. Events that name one that is not here, or each other in a ring,
 * are never taken. */
#include "daemon/cases/fold_internal.h"

#include <string.h>

#include "common/failpoint.h"

static int compare_by_id(const struct lt_order *order, uint32_t a, uint32_t b)
{
    return lt_event_id_compare(&order->acts[a].id, &order->acts[b].id);
}

static bool comes_before(const struct lt_order *order, uint32_t a, uint32_t b)
{
    if (LT_PLANTED(order_by_clock) &&
        order->acts[a].recorded_at_ms != order->acts[b].recorded_at_ms) {
        return order->acts[a].recorded_at_ms < order->acts[b].recorded_at_ms;
    }
    if (order->acts[a].hlc != order->acts[b].hlc) {
        return order->acts[a].hlc < order->acts[b].hlc;
    }
    return compare_by_id(order, a, b) < 0;
}

/* Heap sort: no ties (ids differ), no recursion, no allocation. */
static void sift_id(struct lt_order *order, size_t root, size_t n)
{
    uint32_t *a = order->by_id;

    for (;;) {
        size_t child = 2 * root + 1;
        uint32_t swap;

        if (child >= n) {
            return;
        }
        if (child + 1 < n && compare_by_id(order, a[child], a[child + 1]) < 0) {
            child++;
        }
        if (compare_by_id(order, a[root], a[child]) >= 0) {
            return;
        }
        swap = a[root];
        a[root] = a[child];
        a[child] = swap;
        root = child;
    }
}

static void sort_by_id(struct lt_order *order)
{
    for (size_t i = 0; i < order->n; i++) {
        order->by_id[i] = (uint32_t)i;
    }
    for (size_t i = order->n / 2; i-- > 0;) {
        sift_id(order, i, order->n);
    }
    for (size_t end = order->n; end > 1; end--) {
        uint32_t swap = order->by_id[0];

        order->by_id[0] = order->by_id[end - 1];
        order->by_id[end - 1] = swap;
        sift_id(order, 0, end - 1);
    }
}

bool lt_order_find(const struct lt_order *order, const struct lt_event_id *id,
                   uint32_t *out_index)
{
    size_t low = 0;
    size_t high = order->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = lt_event_id_compare(&order->acts[order->by_id[mid]].id, id);

        if (c == 0) {
            *out_index = order->by_id[mid];
            return true;
        }
        if (c < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return false;
}

static void add_edge(struct lt_order *order, uint32_t from,
                     const struct lt_event_id *cause, uint32_t *edges_n)
{
    uint32_t at;

    if (LT_PLANTED(order_by_hlc) || LT_PLANTED(order_by_clock)) {
        return;
    }
    if (!lt_order_find(order, cause, &at)) {
        order->lost[from] = true;
        return;
    }
    for (uint32_t e = order->edge_at[from]; e < *edges_n; e++) {
        if (order->edges[e] == at) {
            return; /* named twice */
        }
    }
    order->edges[(*edges_n)++] = at;
}

static void build_edges(struct lt_order *order, const struct lt_event_id *id)
{
    uint32_t edges_n = 0;

    for (uint32_t i = 0; i < order->n; i++) {
        const struct lt_act *act = &order->acts[i];

        order->edge_at[i] = edges_n;
        if (!lt_event_id_equal(&act->id, id)) {
            add_edge(order, i, id, &edges_n);
        }
        for (size_t c = 0; c < act->causes_n; c++) {
            add_edge(order, i, &act->causes[c], &edges_n);
        }
    }
    order->edge_at[order->n] = edges_n;
}

/* Turn the edges round: counting sort over their targets. */
static void build_next(struct lt_order *order)
{
    uint32_t edges_n = order->edge_at[order->n];

    for (uint32_t e = 0; e < edges_n; e++) {
        order->next_at[order->edges[e] + 1]++;
    }
    for (size_t i = 0; i < order->n; i++) {
        order->next_at[i + 1] += order->next_at[i];
    }
    for (uint32_t i = 0; i < order->n; i++) {
        for (uint32_t e = order->edge_at[i]; e < order->edge_at[i + 1]; e++) {
            uint32_t to = order->edges[e];

            order->next[order->next_at[to] + order->pending[to]++] = i;
        }
    }
    for (size_t i = 0; i < order->n; i++) {
        order->pending[i] = order->edge_at[i + 1] - order->edge_at[i];
    }
}

static void heap_put(struct lt_order *order, uint32_t index)
{
    size_t at = order->heap_n++;

    while (at > 0) {
        size_t parent = (at - 1) / 2;

        if (!comes_before(order, index, order->heap[parent])) {
            break;
        }
        order->heap[at] = order->heap[parent];
        at = parent;
    }
    order->heap[at] = index;
}

bool lt_order_take(struct lt_order *order, uint32_t *out_index)
{
    uint32_t last;
    size_t at = 0;

    if (order->heap_n == 0) {
        return false;
    }
    *out_index = order->heap[0];
    last = order->heap[--order->heap_n];
    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= order->heap_n) {
            break;
        }
        if (child + 1 < order->heap_n &&
            comes_before(order, order->heap[child + 1], order->heap[child])) {
            child++;
        }
        if (!comes_before(order, order->heap[child], last)) {
            break;
        }
        order->heap[at] = order->heap[child];
        at = child;
    }
    order->heap[at] = last;
    return true;
}

void lt_order_release(struct lt_order *order, uint32_t index)
{
    for (uint32_t e = order->next_at[index]; e < order->next_at[index + 1];
         e++) {
        uint32_t to = order->next[e];

        if (--order->pending[to] == 0 && !order->lost[to]) {
            heap_put(order, to);
        }
    }
}

lt_err lt_order_init(struct lt_order *order, const struct lt_act *acts,
                     size_t n, const struct lt_event_id *id,
                     const struct lt_alloc *alloc)
{
    size_t edges_max = 0;

    memset(order, 0, sizeof(*order));
    order->n = n;
    order->acts = acts;
    order->alloc = alloc;
    for (size_t i = 0; i < n; i++) {
        edges_max += acts[i].causes_n + 1;
    }
    order->by_id = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    order->edges = lt_new_array(alloc, edges_max + 1, sizeof(uint32_t));
    order->edge_at = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    order->next_at = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    order->next = lt_new_array(alloc, edges_max + 1, sizeof(uint32_t));
    order->pending = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    order->lost = lt_new_array(alloc, n + 1, sizeof(bool));
    order->heap = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    if (order->by_id == NULL || order->edges == NULL ||
        order->edge_at == NULL || order->next_at == NULL ||
        order->next == NULL || order->pending == NULL || order->lost == NULL ||
        order->heap == NULL) {
        lt_order_deinit(order);
        return LT_ENOMEM;
    }
    sort_by_id(order);
    build_edges(order, id);
    build_next(order);
    for (uint32_t i = 0; i < n; i++) {
        if (order->pending[i] == 0 && !order->lost[i]) {
            heap_put(order, i);
        }
    }
    return LT_OK;
}

void lt_order_deinit(struct lt_order *order)
{
    lt_free(order->alloc, order->by_id);
    lt_free(order->alloc, order->edges);
    lt_free(order->alloc, order->edge_at);
    lt_free(order->alloc, order->next_at);
    lt_free(order->alloc, order->next);
    lt_free(order->alloc, order->pending);
    lt_free(order->alloc, order->lost);
    lt_free(order->alloc, order->heap);
    memset(order, 0, sizeof(*order));
}
