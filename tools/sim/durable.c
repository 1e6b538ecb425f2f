/* What is durable at a node, by the simulator's own books. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/sim.h"

enum { BUCKETS_FIRST = 16 };

static uint64_t hash_of(const struct lt_stream *stream, uint64_t epoch)
{
    uint64_t hash = epoch;

    for (size_t i = 0; i < LT_OFFICE_LEN; i++) {
        hash = (hash ^ stream->origin.bytes[i]) * UINT64_C(0x100000001b3);
        hash = (hash ^ stream->channel.to.bytes[i]) * UINT64_C(0x100000001b3);
    }
    hash = (hash ^ stream->channel.cls) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static uint32_t *bucket_of(struct sim_node *node,
                           const struct lt_stream *stream, uint64_t epoch)
{
    return &node->buckets[hash_of(stream, epoch) & (node->buckets_n - 1)];
}

static void grow_buckets(struct sim_node *node)
{
    node->buckets_n =
        node->buckets_n == 0 ? BUCKETS_FIRST : 2 * node->buckets_n;
    free(node->buckets);
    node->buckets = calloc(node->buckets_n, sizeof(*node->buckets));
    if (node->buckets == NULL) {
        abort();
    }
    for (size_t i = 0; i < node->durable_n; i++) {
        struct sim_durable *durable = &node->durable[i];
        uint32_t *bucket = bucket_of(node, &durable->stream, durable->epoch);

        durable->next = *bucket;
        *bucket = (uint32_t)i + 1;
    }
}

struct sim_durable *sim_durable_of(struct sim_node *node,
                                   const struct lt_stream *stream,
                                   uint64_t epoch, bool make)
{
    uint32_t *bucket;

    if (node->durable_n >= node->buckets_n) {
        grow_buckets(node);
    }
    bucket = bucket_of(node, stream, epoch);
    for (uint32_t i = *bucket; i != 0; i = node->durable[i - 1].next) {
        struct sim_durable *durable = &node->durable[i - 1];

        if (durable->epoch == epoch &&
            lt_stream_equal(&durable->stream, stream)) {
            return durable;
        }
    }
    if (!make) {
        return NULL;
    }
    if (!lt_grow(lt_alloc_heap(), (void **)&node->durable,
                 &node->durable_capacity, node->durable_n,
                 sizeof(*node->durable))) {
        abort();
    }
    node->durable[node->durable_n] = (struct sim_durable){
        .stream = *stream, .epoch = epoch, .next = *bucket};
    *bucket = (uint32_t)++node->durable_n;
    return &node->durable[node->durable_n - 1];
}

void sim_durable_forget(struct sim_node *node)
{
    node->durable_n = 0;
    free(node->buckets);
    node->buckets = NULL;
    node->buckets_n = 0;
}

uint64_t sim_durable_last(struct sim_node *node, const struct lt_stream *stream,
                          uint64_t epoch)
{
    const struct sim_durable *durable =
        sim_durable_of(node, stream, epoch, false);

    return durable == NULL ? 0 : durable->last;
}
