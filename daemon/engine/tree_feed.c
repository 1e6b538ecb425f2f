/* The tree's version is the number of the event in the writer's stream. An
 * event that cannot be applied still counts as a version: everybody skips it
 * alike. Of a writer with branches every one is fed, in any order: the tree
 * knows their places. */
#include "daemon/engine/tree_feed.h"

#include "daemon/engine/doors.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/unconfirmed.h"

static bool is_writer(const struct lt_engine *engine,
                      const struct lt_segment *segment)
{
    return segment->stream.channel.audience == LT_AUDIENCE_ALL &&
           ((engine->root != NULL &&
             lt_office_equal(&engine->root->id, &segment->stream.origin)) ||
            lt_tree_is_writer(engine->tree, &segment->stream.origin));
}

/* A word that says nothing, or something wrong, is passed over by everybody. */
static lt_err passed_over(lt_err rc)
{
    return rc == LT_ENOMEM ? rc : LT_OK;
}

/* A word by which two trees join, and the other root's key with it. What was
 * said of keys is read again: it may count now, or no more. */
static lt_err join(struct lt_engine *engine, const struct lt_event *event)
{
    lt_err rc = lt_keys_add_logged(engine, event->binding, event->binding_len,
                                   engine->started);

    engine->tree_unread = true;
    engine->regions_changed = true;
    return passed_over(rc);
}

static lt_err apply(struct lt_engine *engine, uint64_t number,
                    const struct lt_event *event)
{
    const struct lt_office *writer = &event->id.origin;
    uint64_t version = lt_tree_version_of(engine->tree, writer, number);
    lt_err rc;

    if (version <= lt_tree_version(engine->tree) &&
        lt_engine_planted(engine, LT_PLANT_FIRST_TREE)) {
        return LT_OK;
    }
    if (event->type == LT_EV_OFFICE_OPENED ||
        event->type == LT_EV_OFFICE_CHANGED ||
        event->type == LT_EV_READ_GRANTED ||
        event->type == LT_EV_READ_WITHDRAWN || lt_tree_is_joint(event)) {
        uint64_t revision = lt_tree_revision(engine->tree);

        rc = lt_tree_apply(engine->tree, number, event, NULL);
        if (rc == LT_OK && lt_tree_is_joint(event) &&
            lt_tree_revision(engine->tree) != revision) {
            rc = join(engine, event);
        }
        if (rc == LT_OK || rc == LT_ENOMEM) {
            return rc;
        }
    }
    if (lt_trust_is_word(event) &&
        lt_tree_speaks(engine->tree, writer, number, event->hlc)) {
        rc = lt_trust_say(engine->trust, version, event);
        if (rc == LT_ENOMEM) {
            return rc;
        }
        engine->trust_changed |= rc == LT_OK;
    }
    lt_tree_heard(engine->tree, writer, number);
    return LT_OK;
}

/* Does what stands in it count, as far as is known here? */
static bool counts(const struct lt_engine *engine,
                   const struct lt_segment *segment)
{
    return !lt_revoke_refuses(engine, segment->key_id) ||
           lt_segment_last(segment) <=
               lt_engine_limit(engine, &segment->stream, segment->epoch);
}

/* What a key says that nobody has confirmed changes no key and no door; it is
 * read again when the keeper does. What it binds waits by itself. */
static bool may_say(const struct lt_engine *engine,
                    const struct lt_segment *segment)
{
    return engine->unconfirmed_n == 0 ||
           lt_unconfirmed_find(engine,
                               lt_unit_find(engine, &segment->stream.origin),
                               segment->key_id) == NULL;
}

lt_err lt_tree_feed(struct lt_engine *engine, const struct lt_segment *segment)
{
    struct lt_payload payload;
    bool writer = is_writer(engine, segment);
    lt_err rc;
    size_t i;

    if (engine->root == NULL &&
        segment->stream.channel.audience == LT_AUDIENCE_ALL) {
        engine->tree_unread = true; /* the writer's, perhaps */
    }
    if (!writer && !counts(engine, segment)) {
        return LT_OK;
    }
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
            event = (struct lt_event){.id = id}; /* counts, changes nothing */
            rc = LT_OK;
        }
        if (writer) {
            rc = apply(engine, segment->first + i, &event);
        }
        if (rc == LT_OK && event.type == LT_EV_KEY_BOUND) {
            rc = passed_over(lt_keys_add_logged(engine, event.binding,
                                                event.binding_len,
                                                engine->started));
        } else if (!may_say(engine, segment)) {
            continue;
        } else if (rc == LT_OK && (event.type == LT_EV_KEY_CONFIRMED ||
                                   event.type == LT_EV_KEY_FORMER)) {
            bool speaks =
                !writer ||
                lt_tree_speaks(engine->tree, &segment->stream.origin,
                               segment->first + i, event.hlc);

            rc = passed_over(
                lt_keys_confirm(engine, event.binding, event.binding_len,
                                &segment->stream.origin, speaks,
                                event.type == LT_EV_KEY_FORMER));
        } else if (rc == LT_OK && (event.type == LT_EV_DOOR_SHUT ||
                                   event.type == LT_EV_DOOR_OPENED)) {
            rc = lt_doors_word(engine, &event);
        }
    }
    return rc;
}
