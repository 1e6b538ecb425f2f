/* One tree for all who have read the same of it.
 *
 * Every office holds the whole tree: ten thousand offices would hold ten
 * thousand copies. Where nothing but its writer's segments made it, two engines
 * that have read the same segments have the same tree; here they are given the
 * same one. The first to read a segment makes the tree with the engine's own
 * code; it then stays as it is, and whoever reads that segment after the same
 * ones before it is given it. Segments that say anything else than offices
 * opened and changed are read by every engine for itself. So is all of it by
 * some engines, and the check of the trees (I9) holds theirs against the shared
 * one (planted: share_older).
 *
 * The linker puts these two functions before the engine's and the tree's own
 * (--wrap): the product knows nothing of it. */
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "daemon/engine/state.h"
#include "daemon/engine/tree_feed.h"
#include "tools/sim/sim.h"

lt_err __real_lt_tree_feed(struct lt_engine *engine,
                           const struct lt_segment *segment);
lt_err __wrap_lt_tree_feed(struct lt_engine *engine,
                           const struct lt_segment *segment);
void __real_lt_tree_free(struct lt_tree *tree);
void __wrap_lt_tree_free(struct lt_tree *tree);

/* The tree after one segment more. */
struct shared {
    struct lt_tree *tree; /* NULL: the empty one */
    struct shared *before;
    struct lt_segment segment; /* payload behind it; the one read last */
    uint8_t *bytes;
    bool pure;            /* it says nothing but what the tree is */
    struct shared *after; /* first of those that go on from here */
    struct shared *beside;
    struct shared *older; /* all of them */
};

static struct {
    bool on;
    unsigned alone; /* one engine in so many shares nothing */
    struct lt_office root;
    struct shared empty;
    struct shared *newest;
} share;

static struct shared *shared_of(const struct lt_tree *tree)
{
    struct shared *at = share.newest;

    while (at != NULL && at->tree != tree) {
        at = at->older;
    }
    return at;
}

static struct shared *goes_on(const struct shared *from,
                              const struct lt_segment *segment)
{
    struct shared *at = from->after;

    while (at != NULL &&
           memcmp(at->segment.hash, segment->hash, LT_HASH_LEN) != 0) {
        at = at->beside;
    }
    return at;
}

static bool is_pure(const struct lt_segment *segment)
{
    struct lt_arena arena;
    struct lt_payload payload;
    bool pure;

    lt_arena_init(&arena, lt_alloc_heap(), SIZE_MAX);
    pure = lt_payload_open(segment, &arena, &payload, NULL) == LT_OK;
    for (size_t i = 0; pure && i < payload.items_n; i++) {
        const struct lt_event_id id = {.origin = segment->stream.origin,
                                       .epoch = segment->epoch,
                                       .count = payload.items[i].count};
        static struct lt_event event; /* large */

        pure = lt_event_decode(payload.items[i].event,
                               payload.items[i].event_len, &id,
                               payload.items[i].hlc, &arena, &event,
                               NULL) == LT_OK &&
               (event.type == LT_EV_OFFICE_OPENED ||
                event.type == LT_EV_OFFICE_CHANGED);
    }
    lt_arena_deinit(&arena);
    return pure;
}

static void take_back(struct lt_engine *engine, struct lt_tree *tree)
{
    if (engine->tree != tree && shared_of(engine->tree) == NULL) {
        __real_lt_tree_free(engine->tree);
    }
    engine->tree = tree;
}

/* All that made @state, read anew by the engine. */
static lt_err read_again(struct lt_engine *engine, const struct shared *state)
{
    lt_err err;

    if (state->tree == NULL) {
        return LT_OK;
    }
    err = read_again(engine, state->before);
    return err == LT_OK ? __real_lt_tree_feed(engine, &state->segment) : err;
}

static struct shared *keep(struct shared *from, struct lt_tree *tree,
                           const struct lt_segment *segment)
{
    struct shared *state = calloc(1, sizeof(*state));

    if (state == NULL ||
        (state->bytes = malloc(segment->payload_len + 1)) == NULL) {
        abort();
    }
    memcpy(state->bytes, segment->payload, segment->payload_len);
    state->segment = *segment;
    state->segment.payload = state->bytes;
    state->segment.parts = NULL;
    state->segment.parts_len = 0;
    state->pure = is_pure(segment);
    state->tree = tree;
    state->before = from;
    state->beside = from->after;
    from->after = state;
    state->older = share.newest;
    share.newest = state;
    return state;
}

/* A tree of the engine's own, as far as @from; then this segment. */
static lt_err read_first(struct lt_engine *engine, struct shared *from,
                         const struct lt_segment *segment)
{
    struct lt_tree *before = engine->tree;
    struct lt_tree *fresh = NULL;
    uint64_t revision;
    lt_err err = lt_tree_new(lt_alloc_heap(), &fresh);

    if (err != LT_OK) {
        abort();
    }
    lt_tree_set_self(fresh, &engine->options.office);
    engine->tree = fresh;
    err = read_again(engine, from);
    revision = lt_tree_revision(fresh);
    if (err == LT_OK) {
        err = __real_lt_tree_feed(engine, segment);
    }
    engine->tree = before;
    if (err != LT_OK || lt_tree_revision(fresh) == revision) {
        __real_lt_tree_free(fresh); /* nothing new: said before */
        return err;
    }
    take_back(engine, fresh);
    if (goes_on(from, segment) == NULL) {
        (void)keep(from, fresh, segment);
    }
    return LT_OK;
}

static bool reads_alone(const struct lt_engine *engine)
{
    uint16_t random;

    memcpy(&random, engine->options.office.bytes + LT_OFFICE_LEN - 2,
           sizeof(random));
    return random % share.alone == 0;
}

lt_err __wrap_lt_tree_feed(struct lt_engine *engine,
                           const struct lt_segment *segment)
{
    struct shared *from = shared_of(engine->tree);
    struct shared *to;

    if (from == NULL && lt_tree_revision(engine->tree) == 0) {
        from = &share.empty;
    }
    if (!share.on || from == NULL || reads_alone(engine) ||
        engine->root == NULL ||
        segment->stream.channel.audience != LT_AUDIENCE_ALL ||
        !lt_office_equal(&segment->stream.origin, &share.root)) {
        return __real_lt_tree_feed(engine, segment);
    }
    to = goes_on(from, segment);
    if (to == NULL || !to->pure) {
        return read_first(engine, from, segment);
    }
    if (!LT_PLANTED(share_older) || from->tree == NULL) {
        take_back(engine, to->tree);
    }
    return LT_OK;
}

void __wrap_lt_tree_free(struct lt_tree *tree)
{
    if (tree == NULL || shared_of(tree) == NULL) {
        __real_lt_tree_free(tree);
    }
}

void sim_trees_share(const struct lt_office *root, unsigned alone)
{
    share.on = true;
    share.alone = alone;
    share.root = *root;
}

size_t sim_trees_forget(void)
{
    size_t n = 0;

    while (share.newest != NULL) {
        struct shared *state = share.newest;

        share.newest = state->older;
        __real_lt_tree_free(state->tree);
        free(state->bytes);
        free(state);
        n++;
    }
    share.empty = (struct shared){.tree = NULL};
    share.on = false;
    return n;
}
