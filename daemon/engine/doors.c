/* The words are kept for every office that is here, each pair of parent and
 * office once. There are at most as many as the tree has had parents. */
#include "daemon/engine/doors.h"

#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/parent.h"
#include "daemon/engine/session.h"
#include "daemon/engine/streams.h"

static struct lt_door *find(const struct lt_engine *engine,
                            const struct lt_office *by,
                            const struct lt_office *office)
{
    for (size_t i = 0; i < engine->doors_n; i++) {
        if (lt_office_equal(&engine->doors[i].by, by) &&
            lt_office_equal(&engine->doors[i].office, office)) {
            return &engine->doors[i];
        }
    }
    return NULL;
}

static bool is_later(const struct lt_event *event, const struct lt_door *door)
{
    return event->hlc != door->hlc
               ? event->hlc > door->hlc
               : lt_event_id_compare(&event->id, &door->said) > 0;
}

lt_err lt_doors_word(struct lt_engine *engine, const struct lt_event *event)
{
    const struct lt_office *by = &event->id.origin;
    const struct lt_office *office = &event->to[0];
    struct lt_door *door = find(engine, by, office);
    size_t len = event->doc_no.len < sizeof(door->doc_no)
                     ? event->doc_no.len
                     : sizeof(door->doc_no) - 1;

    if (door == NULL && !lt_tree_had_parent(engine->tree, office, by)) {
        return LT_OK; /* whoever wrote it has no door for it to pass */
    }
    if (door != NULL && !is_later(event, door)) {
        return LT_OK;
    }
    if (door == NULL) {
        if (!lt_grow(engine->alloc, (void **)&engine->doors, &engine->doors_cap,
                     engine->doors_n, sizeof(*engine->doors))) {
            return LT_ENOMEM;
        }
        door = &engine->doors[engine->doors_n++];
    }
    *door = (struct lt_door){.by = *by,
                             .office = *office,
                             .said = event->id,
                             .hlc = event->hlc,
                             .since_wall_ms = event->recorded_at_ms,
                             .shut = event->type == LT_EV_DOOR_SHUT};
    if (len > 0) {
        memcpy(door->doc_no, event->doc_no.data, len);
    }
    engine->doors_changed = true;
    return LT_OK;
}

/* One that is closed says nothing any more, not that it opens either: its door
 * is open to who has something left to hand over, or to fetch. */
static bool is_closed(const struct lt_engine *engine,
                      const struct lt_office *office)
{
    return lt_tree_closed_at(engine->tree, UINT64_MAX, office) &&
           !lt_engine_planted(engine, LT_PLANT_SHUT_FOR_GOOD);
}

static bool counts(const struct lt_engine *engine, const struct lt_door *door)
{
    const struct lt_tree_office *office =
        lt_tree_find(engine->tree, &door->office);

    return door->shut && office != NULL &&
           lt_office_equal(&office->parent, &door->by) &&
           !is_closed(engine, &door->by) &&
           !lt_engine_planted(engine, LT_PLANT_DOORS_OPEN);
}

/* By whoever is its parent now. */
static bool is_shut(const struct lt_engine *engine,
                    const struct lt_office *office)
{
    for (size_t i = 0; i < engine->doors_n; i++) {
        if (lt_office_equal(&engine->doors[i].office, office) &&
            counts(engine, &engine->doors[i])) {
            return true;
        }
    }
    return false;
}

bool lt_doors_refuse(const struct lt_engine *engine,
                     const struct lt_office *office)
{
    const struct lt_door *door = find(engine, &engine->self->id, office);

    return door != NULL && counts(engine, door);
}

bool lt_doors_shut_here(const struct lt_engine *engine)
{
    const struct lt_office *parent = lt_parent_office(engine);
    const struct lt_door *door =
        parent == NULL ? NULL : find(engine, parent, &engine->self->id);

    return engine->parent_shut || (door != NULL && counts(engine, door));
}

static void raise_alarm(struct lt_engine *engine,
                        const struct lt_office *office,
                        const struct lt_office *by, const char *doc_no)
{
    struct lt_effect *effect =
        lt_alarm_raise(engine, LT_ADOORSHUT, office, NULL, by);

    if (effect != NULL && doc_no[0] != '\0') {
        lt_diag_arg(&effect->diag, "doc", "%s", doc_no);
    }
}

void lt_doors_told(struct lt_engine *engine, bool shut)
{
    if (shut != engine->parent_shut) {
        engine->parent_shut = shut;
        engine->scan_ms = engine->now.mono_ms; /* around it, at once */
        lt_doors_review(engine);
    }
}

void lt_doors_review(struct lt_engine *engine)
{
    const struct lt_office *parent = lt_parent_office(engine);

    engine->doors_changed = false;
    for (size_t i = 0; i < engine->doors_n; i++) {
        const struct lt_door *door = &engine->doors[i];

        if (counts(engine, door)) {
            raise_alarm(engine, &door->office, &door->by, door->doc_no);
        } else if (!is_shut(engine, &door->office)) {
            lt_alarm_clear(engine, LT_ADOORSHUT, &door->office);
        }
    }
    if (parent != NULL && lt_doors_shut_here(engine)) {
        raise_alarm(engine, &engine->self->id, parent, "");
    } else {
        lt_alarm_clear(engine, LT_ADOORSHUT, &engine->self->id);
    }
    for (size_t i = 0; i < engine->sessions_n; i++) {
        struct lt_session *session = engine->sessions[i];

        if (session->state != LT_SESSION_GONE && !session->above &&
            lt_doors_refuse(engine, &session->unit->id)) {
            lt_session_close(engine, session, LT_ADOORSHUT);
        }
    }
}

bool lt_engine_door_at(const struct lt_engine *engine, size_t *cursor,
                       struct lt_door_view *out)
{
    while (*cursor < engine->doors_n) {
        const struct lt_door *door = &engine->doors[(*cursor)++];

        if (counts(engine, door)) {
            *out = (struct lt_door_view){.office = door->office,
                                         .by = door->by,
                                         .since_wall_ms = door->since_wall_ms};
            memcpy(out->doc_no, door->doc_no, sizeof(out->doc_no));
            return true;
        }
    }
    return false;
}

bool lt_engine_parent_shut(const struct lt_engine *engine)
{
    return lt_doors_shut_here(engine);
}
