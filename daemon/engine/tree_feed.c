/* The tree's version is the number of the event in the writer's stream. An
 * event that cannot be applied still counts as a version: everybody skips it
 * alike. Of a writer with branches every one is fed, in any order: the tree
 * knows their places. */
#include "daemon/engine/tree_feed.h"

#include "daemon/engine/keys.h"

static bool is_writer(const struct lt_engine *engine,
                      const struct lt_segment *segment)
{
    return segment->stream.channel.audience == LT_AUDIENCE_ALL &&
           engine->root != NULL &&
           lt_office_equal(&engine->root->id, &segment->stream.origin);
}

static lt_err apply(struct lt_engine *engine, uint64_t version,
                    const struct lt_event *event)
{
    lt_err rc;

    if (version <= lt_tree_version(engine->tree) &&
        lt_engine_planted(engine, LT_PLANT_FIRST_TREE)) {
        return LT_OK;
    }
    if (event->type == LT_EV_OFFICE_OPENED ||
        event->type == LT_EV_OFFICE_CHANGED) {
        rc = lt_tree_apply(engine->tree, version, event, NULL);
        if (rc == LT_OK || rc == LT_ENOMEM) {
            return rc;
        }
    }
    lt_tree_advance(engine->tree, version);
    return LT_OK;
}

lt_err lt_tree_feed(struct lt_engine *engine, const struct lt_segment *segment)
{
    struct lt_payload payload;
    bool writer = is_writer(engine, segment);
    lt_err rc;
    size_t i;

    lt_arena_reset(&engine->scratch_payload);
    rc = lt_payload_open(segment, &engine->scratch_payload, &payload, NULL);
    for (i = 0; rc == LT_OK && i < payload.items_n; i++) {
        struct lt_event_id id = {.origin = segment->stream.origin,
                                 .epoch = segment->epoch,
                                 .count = payload.items[i].count};
        struct lt_event event;

        rc = lt_event_decode(payload.items[i].event,
                             payload.items[i].event_len, &id,
                             payload.items[i].hlc, &engine->scratch_payload,
                             &event, NULL);
        if (rc == LT_ENOMEM) {
            return rc;
        }
        if (rc != LT_OK) {
            event.type = 0; /* counts, changes nothing */
            rc = LT_OK;
        }
        if (writer) {
            rc = apply(engine, segment->first + i, &event);
        }
        if (rc == LT_OK && event.type == LT_EV_KEY_BOUND) {
            lt_err learned = lt_keys_add(engine, event.binding,
                                         event.binding_len, engine->started);

            rc = learned == LT_ENOMEM ? learned : LT_OK;
        }
    }
    return rc;
}
