/* Both neighbours exchange what both should hold. One stream stands outside
 * the rule: the tree writer's tree/all goes to everybody, because without it
 * nobody could know the tree. */
#include "daemon/engine/route.h"

#include "daemon/engine/parent.h"
#include "daemon/engine/streams.h"

static bool everybody(const struct lt_engine *engine,
                      const struct lt_stream *stream)
{
    return stream->channel.cls == LT_CLASS_TREE &&
           stream->channel.audience == LT_AUDIENCE_ALL &&
           ((engine->root != NULL &&
             lt_office_equal(&engine->root->id, &stream->origin)) ||
            lt_tree_is_writer(engine->tree, &stream->origin));
}

bool lt_route_ours(const struct lt_engine *engine,
                   const struct lt_stream *stream)
{
    return lt_office_equal(&stream->origin, &engine->self->id) ||
           everybody(engine, stream) ||
           lt_tree_holds(engine->tree, &engine->self->id, stream);
}

/* Superiors hold all that an office writes; one that was a superior does not.
 */
static bool own_goes_up(const struct lt_engine *engine,
                        const struct lt_office *peer,
                        const struct lt_stream *stream)
{
    return lt_office_equal(&stream->origin, &engine->self->id) &&
           (lt_tree_find(engine->tree, &engine->self->id) == NULL ||
            lt_tree_above(engine->tree, peer, &engine->self->id));
}

/* Is a part of it with @above because the origin was below it once, or whom it
 * is written to? */
static bool left_behind(const struct lt_engine *engine,
                        const struct lt_office *above,
                        const struct lt_stream *stream)
{
    if (stream->channel.audience == LT_AUDIENCE_ALL ||
        lt_engine_planted(engine, LT_PLANT_LEAVE_BEHIND)) {
        return false;
    }
    return lt_tree_was_below(engine->tree, above, &stream->origin) ||
           (stream->channel.audience == LT_AUDIENCE_TO &&
            lt_tree_was_below(engine->tree, above, &stream->channel.to));
}

bool lt_route_takes(const struct lt_engine *engine,
                    const struct lt_stream *stream)
{
    return lt_route_ours(engine, stream) ||
           left_behind(engine, &engine->self->id, stream);
}

/* What both hold, and what is to be told below about what lies there still. */
static bool sends(const struct lt_engine *engine, const struct lt_office *peer,
                  bool above, const struct lt_stream *stream)
{
    if (everybody(engine, stream)) {
        return true;
    }
    if (above && own_goes_up(engine, peer, stream)) {
        return true;
    }
    return (lt_route_ours(engine, stream) ||
            (above && left_behind(engine, &engine->self->id, stream))) &&
           lt_tree_holds(engine->tree, peer, stream);
}

bool lt_route_shared_with(const struct lt_engine *engine,
                          const struct lt_office *peer, bool above,
                          const struct lt_stream *stream)
{
    return sends(engine, peer, above, stream) ||
           (!above && left_behind(engine, peer, stream) &&
            lt_tree_above(engine->tree, &engine->self->id, peer) &&
            lt_route_ours(engine, stream));
}

bool lt_route_shared(const struct lt_engine *engine,
                     const struct lt_session *session,
                     const struct lt_stream *stream)
{
    if (lt_class_lane(stream->channel.cls) >= session->lanes) {
        return false;
    }
    return lt_route_shared_with(engine, &session->unit->id, session->above,
                                stream);
}

bool lt_route_sends(const struct lt_engine *engine,
                    const struct lt_session *session,
                    const struct lt_stream *stream)
{
    return lt_class_lane(stream->channel.cls) < session->lanes &&
           sends(engine, &session->unit->id, session->above, stream);
}

struct visit {
    struct lt_engine *engine;
    const struct lt_stream *stream;
    void (*call)(struct lt_engine *engine, struct lt_session *session,
                 void *ctx);
    void *ctx;
};

static void visit_session(struct visit *visit, struct lt_session *session)
{
    if (session == NULL || session->state != LT_SESSION_UP ||
        session->visit == visit->engine->visit) {
        return;
    }
    session->visit = visit->engine->visit;
    if (lt_route_sends(visit->engine, session, visit->stream)) {
        visit->call(visit->engine, session, visit->ctx);
    }
}

static void visit_office(struct visit *visit, const struct lt_office *office)
{
    struct lt_unit *unit = lt_unit_find(visit->engine, office);

    if (unit != NULL) {
        visit_session(visit, unit->session);
        visit_session(visit, unit->bypass);
    }
}

/* @office, its superiors, and so of its heirs. */
static void visit_line(struct visit *visit, const struct lt_office *office)
{
    const struct lt_tree *tree = visit->engine->tree;
    struct lt_office at = *office;
    const struct lt_tree_office *known;

    do {
        struct lt_office superiors[LT_TREE_DEPTH_MAX];
        size_t n = lt_tree_superiors(tree, &at, superiors);
        size_t i;

        visit_office(visit, &at);
        for (i = 0; i < n; i++) {
            visit_office(visit, &superiors[i]);
        }
        known = lt_tree_find(tree, &at);
        if (known == NULL || known->closed_version == 0) {
            return;
        }
        at = known->heir;
    } while (true);
}

void lt_route_each(struct lt_engine *engine, const struct lt_stream *stream,
                   void (*call)(struct lt_engine *engine,
                                struct lt_session *session, void *ctx),
                   void *ctx)
{
    struct visit visit = {
        .engine = engine, .stream = stream, .call = call, .ctx = ctx};
    size_t i;

    engine->visit++;
    if (stream->channel.audience == LT_AUDIENCE_ALL ||
        lt_tree_find(engine->tree, &engine->self->id) == NULL) {
        for (i = 0; i < engine->sessions_n; i++) {
            visit_session(&visit, engine->sessions[i]);
        }
        return;
    }
    visit_line(&visit, &stream->origin);
    if (stream->channel.audience == LT_AUDIENCE_TO) {
        visit_line(&visit, &stream->channel.to);
    }
    for (i = 0; lt_tree_grant_at(engine->tree, i) != NULL; i++) {
        visit_line(&visit, &lt_tree_grant_at(engine->tree, i)->reader);
    }
}

static struct lt_session *session_of(const struct lt_engine *engine,
                                     const struct lt_office *office)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);

    return unit == NULL ? NULL : unit->session;
}

static struct lt_session *bypass_of(const struct lt_engine *engine,
                                    const struct lt_office *office)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);

    return unit == NULL ? NULL : unit->bypass;
}

/* The offices through which @office may be reached, nearest first: our own
 * superiors up to the top when it is above, else its superiors below us. */
static size_t line_to(const struct lt_engine *engine,
                      const struct lt_office *office,
                      struct lt_office line[static LT_TREE_DEPTH_MAX])
{
    const struct lt_office *self = &engine->self->id;
    size_t n = 0;

    if (lt_tree_above(engine->tree, office, self)) {
        return lt_tree_superiors(engine->tree, self, line);
    }
    if (!lt_tree_above(engine->tree, self, office)) {
        return 0;
    }
    (void)lt_tree_superiors(engine->tree, office, line);
    while (!lt_office_equal(&line[n], self)) { /* it is one of them */
        n++;
    }
    return n;
}

struct lt_session *lt_route_line(const struct lt_engine *engine,
                                 const struct lt_office *office)
{
    struct lt_session *way = session_of(engine, office);
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n;
    size_t i;

    if (way != NULL) {
        return way;
    }
    n = line_to(engine, office, line);
    for (i = 0; i < n; i++) {
        way = session_of(engine, &line[i]);
        if (way != NULL) {
            return way;
        }
        if (lt_office_equal(&line[i], office)) {
            break; /* nobody beyond it leads back */
        }
    }
    return NULL;
}

struct lt_session *lt_route_around(const struct lt_engine *engine,
                                   const struct lt_office *office)
{
    struct lt_session *way = bypass_of(engine, office);
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n;
    size_t i;

    if (way != NULL) {
        return way;
    }
    n = line_to(engine, office, line);
    for (i = 0; i < n; i++) { /* those beyond know the way down */
        way = bypass_of(engine, &line[i]);
        if (way != NULL) {
            return way;
        }
    }
    return NULL;
}

struct lt_session *lt_route_toward(const struct lt_engine *engine,
                                   const struct lt_office *office)
{
    struct lt_session *way = session_of(engine, office);

    if (way == NULL) {
        way = bypass_of(engine, office);
    }
    if (way == NULL) {
        way = lt_route_line(engine, office);
    }
    return way != NULL ? way : lt_route_around(engine, office);
}

struct lt_session *lt_route_letter(const struct lt_engine *engine,
                                   const struct lt_office *office)
{
    struct lt_session *way = lt_route_toward(engine, office);

    /* It may have gone around us: our superiors know. */
    if (way == NULL &&
        lt_tree_above(engine->tree, &engine->self->id, office)) {
        way = lt_parent_session(engine);
    }
    return way;
}
