#include "daemon/engine/telling.h"

#include <string.h>

#include "daemon/engine/bound.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/unconfirmed.h"

/* @bound behind all that it rests on, unless it stands there. Whoever moves up
 * keeps its key, and with it what is above it no more: such a line may be longer
 * than the tree is deep. */
static void add_line(const struct lt_engine *engine, struct lt_bound *bound,
                     struct lt_bound **out, size_t *n)
{
    struct lt_bound *line[LT_CHAIN_LEN_MAX];
    size_t line_n = 0;

    while (bound != NULL && line_n < LT_COUNT_OF(line)) {
        line[line_n++] = bound;
        if (lt_office_equal(&bound->binding.issuer, &bound->binding.office)) {
            break;
        }
        bound = lt_bound_find(lt_unit_find(engine, &bound->binding.issuer),
                           bound->binding.issuer_key_id);
    }
    while (line_n > 0) {
        bool there = false;

        bound = line[--line_n];
        for (size_t i = 0; i < *n; i++) {
            there |= out[i] == bound;
        }
        if (!there && *n < LT_CHAIN_LEN_MAX) {
            out[(*n)++] = bound;
        }
    }
}

size_t lt_telling_line(const struct lt_engine *engine, const struct lt_unit *unit,
                    struct lt_bound *out[static LT_CHAIN_LEN_MAX])
{
    size_t n = 0;

    add_line(engine, unit->bound, out, &n);
    return n;
}

/* The newest @max keys of @unit behind what each rests on, oldest first: each
 * signs the next. */
static void add_keys(const struct lt_engine *engine,
                     const struct lt_unit *unit, size_t max,
                     struct lt_bound **out, size_t *n)
{
    struct lt_bound *keys[LT_KEYS_TOLD_MAX];
    struct lt_bound *bound = unit->bound;
    size_t keys_n = 0;

    for (; bound != NULL && keys_n < max; bound = bound->older) {
        keys[keys_n++] = bound;
    }
    while (keys_n > 0) {
        add_line(engine, keys[--keys_n], out, n);
    }
}

/* Behind those that are known: who hears of it first must not take it for the
 * first key of the office. */
static void add_unconfirmed(const struct lt_engine *engine,
                            const struct lt_unit *unit, struct lt_bound **out,
                            size_t *n)
{
    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        if (lt_office_equal(&engine->unconfirmed[i]->binding.office,
                            &unit->id)) {
            add_line(engine, engine->unconfirmed[i], out, n);
        }
    }
}

size_t lt_telling_chain(const struct lt_engine *engine,
                        const struct lt_unit *unit,
                        struct lt_bound *out[static LT_CHAIN_LEN_MAX])
{
    struct lt_bound *line[LT_CHAIN_LEN_MAX];
    size_t line_n = 0;
    size_t n = LT_CHAIN_LEN_MAX;

    add_line(engine, unit->bound, line, &line_n);
    /* Who was away while a superior's key changed more than once needs those
     * between as well; where there are too many, fewer of each superior. */
    for (size_t max = LT_KEYS_TOLD_MAX; max > 0 && n == LT_CHAIN_LEN_MAX;
         max /= 2) {
        n = 0;
        for (size_t i = 0; i + 1 < line_n; i++) {
            add_keys(engine,
                     lt_unit_find(engine, &line[i]->binding.office), max, out,
                     &n);
        }
        add_keys(engine, unit, max > 1 ? LT_KEYS_TOLD_MAX : 1, out, &n);
        add_unconfirmed(engine, unit, out, &n);
    }
    return n;
}

static bool same_pointer(const void *item, const void *key)
{
    return item == key;
}

static bool was_told(const struct lt_session *session,
                     const struct lt_bound *bound)
{
    return lt_map_find(&session->told, bound->hash, same_pointer, bound) !=
           NULL;
}

void lt_telling_told(struct lt_engine *engine, struct lt_session *session,
                  struct lt_bound *bound)
{
    if (!was_told(session, bound) &&
        !lt_map_add(&session->told, bound->hash, bound)) {
        engine->oom = true;
    }
}

/* Is there a key in the chain that waits, and that the session was not told? */
static bool tells_waiting(const struct lt_engine *engine,
                          const struct lt_session *session,
                          const struct lt_unit *unit,
                          struct lt_bound *const *chain, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!was_told(session, chain[i]) &&
            lt_unconfirmed_find(engine, unit, chain[i]->binding.key_id) ==
                chain[i]) {
            return true;
        }
    }
    return false;
}

/* What of the unit's chain the session was not told yet. A key that waits comes
 * with those before it, told or not: what was told may have been lost. */
static void tell(struct lt_engine *engine, struct lt_session *session,
                 struct lt_unit *unit)
{
    struct lt_bound *chain[LT_CHAIN_LEN_MAX];
    struct lt_span spans[LT_CHAIN_LEN_MAX];
    struct lt_spans items = {.items = spans};
    size_t n = lt_telling_chain(engine, unit, chain);
    bool all = tells_waiting(engine, session, unit, chain, n);
    size_t i;

    for (i = 0; i < n; i++) {
        if (all || !was_told(session, chain[i])) {
            spans[items.items_n++] = (struct lt_span){.data = chain[i]->bytes,
                                                      .len = chain[i]->len};
            lt_telling_told(engine, session, chain[i]);
        }
    }
    if (items.items_n > 0) {
        lt_fx_send_frame(engine, session,
                         lt_bindings_encode(&items, &engine->frame));
    }
}

void lt_telling_tell(struct lt_engine *engine, struct lt_session *session,
                  struct lt_unit *unit)
{
    const struct lt_bound *bound = unit->bound;

    while (bound != NULL && was_told(session, bound)) {
        bound = bound->older;
    }
    for (size_t i = 0; bound == NULL && i < engine->unconfirmed_n; i++) {
        struct lt_bound *aside = engine->unconfirmed[i];

        if (lt_office_equal(&aside->binding.office, &unit->id) &&
            !was_told(session, aside)) {
            bound = aside;
        }
    }
    if (unit != session->unit && bound != NULL) {
        tell(engine, session, unit);
    }
}

/* The peer's own chain as well: its disk may have lost what lies between the
 * root and itself, and its own words then come back to it without proof. */
void lt_telling_again(struct lt_engine *engine, struct lt_session *session,
                        struct lt_unit *unit)
{
    struct lt_bound *chain[LT_CHAIN_LEN_MAX];
    size_t n = lt_telling_chain(engine, unit, chain);
    size_t i;

    for (i = 0; i < n; i++) {
        lt_map_remove(&session->told, chain[i]->hash, chain[i]);
    }
    tell(engine, session, unit);
}

void lt_telling_heard(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_span *bindings, size_t n)
{
    struct lt_bound *chain[LT_CHAIN_LEN_MAX];
    size_t chain_n = lt_telling_chain(engine, session->unit, chain);

    for (size_t i = 0; i < chain_n; i++) {
        for (size_t k = 0; k < n; k++) {
            if (bindings[k].len == chain[i]->len &&
                memcmp(bindings[k].data, chain[i]->bytes, chain[i]->len) == 0) {
                lt_telling_told(engine, session, chain[i]);
            }
        }
    }
}

/* That the peer's key waits it cannot know by itself: a disk that was lost has
 * forgotten the keys before it. Nor can one that has forgotten a key between
 * show the later one to those below, who would refuse it. */
void lt_telling_own(struct lt_engine *engine, struct lt_session *session)
{
    if (!session->above &&
        (!lt_engine_planted(engine, LT_PLANT_HIDE_OWN_KEY) ||
         lt_unconfirmed_find(engine, session->unit, session->peer_key_id) !=
             NULL)) {
        tell(engine, session, session->unit);
    }
}

/* The superiors of @office, whom it is to dial and to believe. */
static void tell_line(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_office *office)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n = lt_tree_superiors(engine->tree, office, line);

    for (size_t i = 0; i < n; i++) {
        struct lt_unit *unit = lt_unit_find(engine, &line[i]);

        if (unit != NULL) {
            lt_telling_tell(engine, session, unit);
        }
    }
}

/* An office that has moved must know its new superiors, they must know it, and
 * whom it comes back to from away must be able to tell it. */
static void tell_moved(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_office *moved)
{
    const struct lt_office *peer = &session->unit->id;
    struct lt_unit *unit = lt_unit_find(engine, moved);

    if (lt_tree_covers(engine->tree, moved, peer) ||
        lt_tree_was_below(engine->tree, peer, moved)) {
        tell_line(engine, session, moved);
    }
    if (unit != NULL && lt_tree_above(engine->tree, peer, moved)) {
        lt_telling_tell(engine, session, unit);
    }
}

/* An office that went from our tree to that of the peer, whom we dial without
 * being below it: it needs the key, or could not let it in. */
static void tell_gone(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_office *moved)
{
    const struct lt_office *self = &engine->self->id;
    const struct lt_office *peer = &session->unit->id;
    struct lt_unit *unit = lt_unit_find(engine, moved);

    if (unit != NULL && !lt_tree_together(engine->tree, self, peer) &&
        lt_tree_was_below(engine->tree, self, moved) &&
        lt_tree_above(engine->tree, peer, moved)) {
        lt_telling_tell(engine, session, unit);
    }
}

void lt_telling_moved(struct lt_engine *engine, struct lt_session *session)
{
    size_t count = lt_tree_count(engine->tree);

    for (size_t i = 0; session->state == LT_SESSION_UP && i < count &&
                       !engine->oom;
         i++) {
        const struct lt_tree_office *office = lt_tree_at(engine->tree, i);

        if (office->places_n > 1 && session->above) {
            tell_gone(engine, session, &office->id);
        } else if (office->places_n > 1) {
            tell_moved(engine, session, &office->id);
        }
    }
}
