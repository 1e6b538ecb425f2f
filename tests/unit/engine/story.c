/* The places are those of the telling that misses nothing: the chain of calls is
 * looked at there alone. */
#include "tests/unit/engine/story.h"

#include <execinfo.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_MAX = 4096, CALLS = 12, CALLS_OF_OURS = 2 };

/* Chains of calls, each with the first allocation that it made. */
struct places {
    size_t n;
    struct {
        void *calls[CALLS];
        uint64_t allocation;
    } at[PLACES_MAX];
};

struct failing {
    uint64_t left; /* allocations until it fails */
    int64_t live;
    struct places *places; /* to be noted in; NULL: not now */
    uint64_t taken;
};

static void note_place(struct places *places, uint64_t allocation)
{
    void *calls[CALLS + CALLS_OF_OURS] = {NULL};

    assert_true(backtrace(calls, CALLS + CALLS_OF_OURS) > CALLS_OF_OURS);
    for (size_t i = 0; i < places->n; i++) {
        if (memcmp(places->at[i].calls, calls + CALLS_OF_OURS,
                   sizeof(places->at[i].calls)) == 0) {
            return;
        }
    }
    assert_true(places->n < PLACES_MAX);
    memcpy(places->at[places->n].calls, calls + CALLS_OF_OURS,
           sizeof(places->at[places->n].calls));
    places->at[places->n++].allocation = allocation;
}

static void *resize(void *ctx, void *ptr, size_t size)
{
    struct failing *failing = ctx;
    void *grown;

    if (size == 0) {
        failing->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (failing->left == 0) {
        return NULL;
    }
    if (failing->places != NULL) {
        note_place(failing->places, failing->taken);
    }
    failing->taken++;
    failing->left--;
    grown = realloc(ptr, size);
    failing->live += ptr == NULL && grown != NULL;
    return grown;
}

/* Keys and what is decoded before it is known whose it is lie in the process's
 * heap: it is that office's memory while its engine is called. */
struct heap {
    struct failing *failing;
    const struct node *node;
};

static void *heap_resize(void *ctx, void *ptr, size_t size)
{
    struct heap *heap = ctx;
    void *grown;

    if (heap->node->within || size == 0) {
        return resize(heap->failing, ptr, size);
    }
    grown = realloc(ptr, size);
    heap->failing->live += ptr == NULL && grown != NULL;
    return grown;
}

/* The office's memory runs out after so many allocations. True: it did;
 * *out_taken is how many there were. @places: from where, or NULL. */
static bool tell(const struct story *story, uint64_t allocations,
                 struct places *places, uint64_t *out_taken)
{
    struct net *net = calloc(1, sizeof(*net));
    struct failing failing = {.left = UINT64_MAX};
    struct lt_alloc alloc = {.resize = resize, .ctx = &failing};
    struct heap heap = {.failing = &failing};
    const struct lt_alloc all = {.resize = heap_resize, .ctx = &heap};
    bool failed;

    assert_non_null(net);
    heap.node = &net->nodes[story->node];
    lt_alloc_heap_replace(&all);
    lt_arena_piecewise(true); /* each piece of an arena is an allocation */
    net_init(net);
    (void)net_join(net, -1);
    (void)net_join(net, STORY_PROVINCE);
    (void)net_join(net, STORY_DISTRICT);
    net_connect(net, STORY_DISTRICT, STORY_PROVINCE);
    net_connect(net, STORY_COMMUNE, STORY_DISTRICT);
    net_run(net, 1000);
    net_stop(net, story->node);
    net->nodes[story->node].alloc = &alloc;
    net_start(net, story->node);
    if (story->before != NULL) {
        story->before(net);
        assert_false(net->failed);
    }
    lt_codec_thread_stop();
    failing.left = allocations;
    failing.taken = 0;
    failing.places = places;
    story->go(net);
    failing.places = NULL;
    *out_taken = allocations - failing.left;
    failed = net->failed;
    if (!failed && !story->good(net)) {
        fail_msg("%s: no good end with %llu allocations", story->name,
                 (unsigned long long)allocations);
    }
    net_free(net);
    lt_arena_piecewise(false);
    lt_codec_thread_stop(); /* in the same heap */
    lt_alloc_heap_replace(NULL);
    if (failing.live != 0) {
        fail_msg("%s: %lld not given back after %llu", story->name,
                 (long long)failing.live, (unsigned long long)allocations);
    }
    free(net);
    return failed;
}

static void miss(const struct story *story, uint64_t allocation)
{
    uint64_t taken;

    if (!tell(story, allocation, NULL, &taken)) {
        fail_msg("%s: allocation %llu is not missed", story->name,
                 (unsigned long long)allocation);
    }
}

void story_tell(const struct story *stories, size_t n, bool all)
{
    struct places *places = malloc(sizeof(*places));

    assert_non_null(places);
    for (size_t i = 0; i < n; i++) {
        uint64_t taken;

        places->n = 0;
        assert_false(tell(&stories[i], UINT64_MAX / 2, places, &taken));
        assert_true(places->n > 0);
        for (uint64_t k = 0; all && k < taken; k++) {
            miss(&stories[i], k);
        }
        for (size_t k = 0; !all && k < places->n; k++) {
            miss(&stories[i], places->at[k].allocation);
        }
    }
    free(places);
}
