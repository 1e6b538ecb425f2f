#include "tools/log_roots.h"

#include <string.h>

enum { SCRATCH_BYTES = 8 << 20 };

/* ---- runs ---- */

struct gathering {
    struct lt_log_roots *roots;
    bool out_of_memory;
};

static bool gather(void *ctx, const struct lt_log_run *run)
{
    struct gathering *gathering = ctx;
    struct lt_log_roots *roots = gathering->roots;

    if (run->stream.channel.cls != LT_CLASS_TREE) {
        return true;
    }
    if (!lt_grow(lt_alloc_heap(), (void **)&roots->runs, &roots->runs_capacity,
                 roots->runs_n, sizeof(*roots->runs))) {
        gathering->out_of_memory = true;
        return false;
    }
    roots->runs[roots->runs_n++] = *run;
    return true;
}

lt_err lt_log_roots_open(struct lt_log_roots *roots,
                         const struct lt_office *pinned, struct lt_log *log)
{
    struct gathering gathering = {.roots = roots};
    lt_err rc;

    roots->pinned = *pinned;
    rc = lt_tree_new(lt_alloc_heap(), &roots->tree);
    if (rc == LT_OK) {
        rc = lt_log_each_run(log, gather, &gathering);
    }
    return rc == LT_OK && gathering.out_of_memory ? LT_ENOMEM : rc;
}

void lt_log_roots_close(struct lt_log_roots *roots)
{
    lt_tree_free(roots->tree);
    lt_free(lt_alloc_heap(), roots->runs);
    *roots = (struct lt_log_roots){.tree = NULL};
}

/* ---- words ---- */

struct reading {
    struct lt_tree *tree;
    const struct lt_key *key; /* of the run */
    bool writer;              /* its words are the tree's */
    lt_log_roots_binding *binding;
    void *ctx;
    struct lt_arena arena;
    lt_err rc;
};

static lt_err read_event(struct reading *reading, uint64_t number,
                         const struct lt_event *event)
{
    lt_err rc = reading->writer
                    ? lt_tree_apply(reading->tree, number, event, NULL)
                    : LT_OK;

    if (rc != LT_ENOMEM && event->binding_len > 0 &&
        (event->type == LT_EV_KEY_BOUND ||
         (reading->writer && lt_tree_is_joint(event))) &&
        !reading->binding(reading->ctx, event->binding, event->binding_len)) {
        return LT_ENOMEM;
    }
    return rc;
}

/* A word that says nothing, or something wrong, is passed over. */
static bool read_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                         const struct lt_segment *segment)
{
    struct reading *reading = ctx;
    struct lt_payload payload;
    lt_err rc;

    (void)pos;
    (void)committed_at_ms;
    if (!lt_segment_whole(segment) ||
        !lt_segment_proven(segment, reading->key)) {
        return true;
    }
    lt_arena_reset(&reading->arena);
    rc = lt_payload_open(segment, &reading->arena, &payload, NULL);
    for (size_t i = 0; rc == LT_OK && i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];
        const struct lt_event_id id = {.origin = segment->stream.origin,
                                       .epoch = segment->epoch,
                                       .count = item->count};
        struct lt_event event;

        rc = lt_event_decode(item->event, item->event_len, &id, item->hlc,
                             &reading->arena, &event, NULL);
        if (rc == LT_OK) {
            rc = read_event(reading, segment->first + i, &event);
        }
        rc = rc == LT_ENOMEM ? rc : LT_OK;
    }
    reading->rc = rc == LT_ENOMEM ? rc : LT_OK;
    return reading->rc == LT_OK;
}

static bool is_writer(const struct lt_log_roots *roots,
                      const struct lt_office *office)
{
    return lt_office_equal(&roots->pinned, office) ||
           lt_tree_is_writer(roots->tree, office);
}

lt_err lt_log_roots_read(struct lt_log_roots *roots, struct lt_log *log,
                         lt_log_roots_key *key_of,
                         lt_log_roots_binding *binding, void *ctx,
                         bool *out_more)
{
    struct reading reading = {
        .tree = roots->tree, .binding = binding, .ctx = ctx};
    lt_err rc = lt_tree_defer(roots->tree, true);

    *out_more = false;
    lt_arena_init(&reading.arena, lt_alloc_heap(), SCRATCH_BYTES);
    for (size_t i = 0; rc == LT_OK && i < roots->runs_n; i++) {
        struct lt_log_run *run = &roots->runs[i];

        reading.key = key_of(ctx, &run->stream.origin, run->key_id);
        reading.writer = run->stream.channel.audience == LT_AUDIENCE_ALL;
        if (run->first == 0 || reading.key == NULL ||
            (reading.writer && !is_writer(roots, &run->stream.origin))) {
            continue;
        }
        rc = lt_log_read_run(log, &run->stream, run->epoch, run->first - 1,
                             SIZE_MAX, read_segment, &reading);
        rc = rc == LT_OK ? reading.rc : rc == LT_ECORRUPT ? LT_OK : rc;
        run->first = 0;
        *out_more = true;
    }
    lt_arena_deinit(&reading.arena);
    return rc == LT_OK ? lt_tree_defer(roots->tree, false) : rc;
}

const uint8_t *lt_log_roots_find(const struct lt_log_roots *roots,
                                 const struct lt_office *office)
{
    const struct lt_tree_region *region =
        roots->tree == NULL ? NULL : lt_tree_region_of(roots->tree, office);

    return region != NULL && region->has_root_key ? region->root_key : NULL;
}
