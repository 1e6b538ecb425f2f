/* Effects lie in the list's arena with all they point to; the list itself is
 * an array of pointers, so that an idle engine keeps next to nothing. */
#include "daemon/engine/effects.h"

#include <assert.h>
#include <string.h>

struct lt_effects {
    const struct lt_alloc *alloc;
    struct lt_arena arena;
    struct lt_effect **items;
    size_t count;
    size_t capacity;
};

enum { ITEMS_KEPT = 256, SAY_AGAIN_MS = 60 * 1000 };

lt_err lt_effects_new(const struct lt_alloc *alloc,
                      struct lt_effects **out_effects)
{
    struct lt_effects *effects = lt_new(alloc, sizeof(*effects));

    if (effects == NULL) {
        return LT_ENOMEM;
    }
    effects->alloc = alloc;
    lt_arena_init(&effects->arena, alloc, SIZE_MAX / 4);
    *out_effects = effects;
    return LT_OK;
}

void lt_effects_free(struct lt_effects *effects)
{
    if (effects == NULL) {
        return;
    }
    lt_arena_deinit(&effects->arena);
    lt_free(effects->alloc, effects->items);
    lt_free(effects->alloc, effects);
}

void lt_effects_reset(struct lt_effects *effects)
{
    lt_arena_reset(&effects->arena);
    effects->count = 0;
    if (effects->capacity > ITEMS_KEPT) {
        lt_free(effects->alloc, effects->items);
        effects->items = NULL;
        effects->capacity = 0;
    }
}

size_t lt_effects_count(const struct lt_effects *effects)
{
    return effects->count;
}

const struct lt_effect *lt_effects_at(const struct lt_effects *effects,
                                      size_t index)
{
    return index < effects->count ? effects->items[index] : NULL;
}

struct lt_effect *lt_fx_add(struct lt_engine *engine, enum lt_effect_kind kind)
{
    struct lt_effects *fx = engine->fx;
    struct lt_effect *effect;

    if (fx == NULL) { /* while loading there is nobody to tell */
        return NULL;
    }
    effect = lt_arena_take(&fx->arena, sizeof(*effect));
    if (effect == NULL ||
        !lt_grow(fx->alloc, (void **)&fx->items, &fx->capacity, fx->count,
                 sizeof(struct lt_effect *))) {
        engine->oom = true;
        return NULL;
    }
    effect->kind = kind;
    fx->items[fx->count++] = effect;
    return effect;
}

const uint8_t *lt_fx_copy(struct lt_engine *engine, const void *data,
                          size_t len)
{
    uint8_t *copy;

    assert(engine->fx != NULL); /* for an effect that there is */
    copy = lt_arena_take(&engine->fx->arena, len);
    if (copy == NULL) {
        engine->oom = true;
        return NULL;
    }
    if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

void lt_fx_send(struct lt_engine *engine, struct lt_session *session,
                const uint8_t *frame, size_t len)
{
    const uint8_t *copy;
    struct lt_effect *effect;

    assert(session->courier == NULL); /* nobody listens */
    copy = lt_fx_copy(engine, frame, len);
    if (copy == NULL) {
        return;
    }
    effect = lt_fx_add(engine, LT_FX_SEND);
    if (effect != NULL) {
        effect->session = session->id;
        effect->office = session->unit->id;
        effect->bytes = copy;
        effect->len = len;
        session->out_ms = engine->now.mono_ms;
    }
}

void lt_fx_send_frame(struct lt_engine *engine, struct lt_session *session,
                      lt_err rc)
{
    if (rc == LT_ENOMEM) {
        engine->oom = true;
    } else if (rc == LT_OK) {
        lt_fx_send(engine, session, engine->frame.data, engine->frame.len);
    }
    lt_buf_reset(&engine->frame);
}

void lt_fx_store(struct lt_engine *engine, enum lt_effect_kind kind,
                 const struct lt_segment *segment)
{
    const uint8_t *payload =
        lt_fx_copy(engine, segment->payload, segment->payload_len);
    const uint8_t *parts = NULL;
    struct lt_effect *effect;

    if (segment->parts_len > 0) {
        parts = lt_fx_copy(engine, segment->parts, segment->parts_len);
    }
    if (payload == NULL || (parts == NULL && segment->parts_len > 0)) {
        return;
    }
    effect = lt_fx_add(engine, kind);
    if (effect != NULL) {
        effect->segment = *segment;
        effect->segment.payload = payload;
        effect->segment.parts = parts;
    }
}

void lt_fx_note(struct lt_engine *engine, lt_err code,
                const struct lt_office *office)
{
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_NOTE);
    char text[LT_OFFICE_TEXT];

    if (effect != NULL) {
        effect->code = code;
        effect->office = *office;
        lt_office_format(office, text);
        (void)lt_diag_set(&effect->diag, code);
        lt_diag_arg(&effect->diag, "office", "%s", text);
    }
}

/* ---- alarms that stand ---- */

static size_t find_alarm(const struct lt_engine *engine, lt_err code,
                         const struct lt_office *office)
{
    size_t i;

    for (i = 0; i < engine->standing_n; i++) {
        if (engine->standing[i].code == code &&
            lt_office_equal(&engine->standing[i].office, office)) {
            break;
        }
    }
    return i;
}

bool lt_alarm_stands(const struct lt_engine *engine, lt_err code,
                     const struct lt_office *office)
{
    return find_alarm(engine, code, office) < engine->standing_n;
}

static struct lt_effect *say_alarm(struct lt_engine *engine, lt_err code,
                                   const struct lt_office *office,
                                   const struct lt_office *peer, bool raise)
{
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_ALARM);
    char text[LT_OFFICE_TEXT];

    if (effect != NULL) {
        effect->code = code;
        effect->raise = raise;
        effect->office = *office;
        lt_office_format(office, text);
        (void)lt_diag_set(&effect->diag, code);
        /* The catalogue names the subject by the part it plays. */
        lt_diag_arg(&effect->diag, "office", "%s", text);
        lt_diag_arg(&effect->diag, "origin", "%s", text);
        lt_office_format(peer == NULL ? office : peer, text);
        lt_diag_arg(&effect->diag, "peer", "%s", text);
    }
    return effect;
}

/* May it be said? Remembers that it was. */
static bool note_standing(struct lt_engine *engine, lt_err code,
                          const struct lt_office *office)
{
    size_t at = find_alarm(engine, code, office);

    if (at < engine->standing_n) {
        struct lt_standing *old = &engine->standing[at];

        if (lt_err_lasts_ms(code) == 0 ||
            engine->now.mono_ms - old->said_ms < SAY_AGAIN_MS) {
            return false;
        }
        old->said_ms = engine->now.mono_ms;
        return true;
    }
    /* Past the bound an alarm is still said, it is only not remembered. */
    if (engine->standing_n < LT_ALARMS_STANDING_MAX) {
        if (!lt_grow(engine->alloc, (void **)&engine->standing,
                     &engine->standing_cap, engine->standing_n,
                     sizeof(*engine->standing))) {
            engine->oom = true;
            return false;
        }
        engine->standing[engine->standing_n++] = (struct lt_standing){
            .code = code, .office = *office, .said_ms = engine->now.mono_ms};
    }
    return true;
}

struct lt_effect *lt_alarm_raise(struct lt_engine *engine, lt_err code,
                                 const struct lt_office *office,
                                 const struct lt_stream *stream,
                                 const struct lt_office *peer)
{
    struct lt_effect *effect;

    if (engine->fx == NULL || !note_standing(engine, code, office)) {
        return NULL;
    }
    effect = say_alarm(engine, code, office, peer, true);
    if (effect != NULL && stream != NULL) {
        char text[LT_CHANNEL_TEXT];

        effect->stream = *stream;
        lt_channel_format(&stream->channel, text);
        lt_diag_arg(&effect->diag, "channel", "%s", text);
    }
    return effect;
}

struct lt_effect *lt_alarm_raise_anew(struct lt_engine *engine, lt_err code,
                                      const struct lt_office *office,
                                      const struct lt_office *peer)
{
    if (engine->fx == NULL ||
        (!lt_alarm_stands(engine, code, office) &&
         !note_standing(engine, code, office))) {
        return NULL;
    }
    return say_alarm(engine, code, office, peer, true);
}

void lt_alarm_because(struct lt_effect *effect, const char *detail)
{
    if (effect != NULL) {
        lt_diag_arg(&effect->diag, "detail", "%s", detail);
    }
}

void lt_alarm_clear(struct lt_engine *engine, lt_err code,
                    const struct lt_office *office)
{
    size_t at = find_alarm(engine, code, office);

    if (at == engine->standing_n || engine->fx == NULL) {
        return;
    }
    engine->standing[at] = engine->standing[--engine->standing_n];
    (void)say_alarm(engine, code, office, NULL, false);
}
