/* The list of effects, from the inside: how the engine fills it.
 *
 * An effect that cannot be appended for want of memory sets the engine's
 * `oom`; the entry point that runs then returns LT_ENOMEM. */
#ifndef LT_ENGINE_EFFECTS_H
#define LT_ENGINE_EFFECTS_H

#include "daemon/engine/state.h"

/* A zeroed effect at the end of the list (but for diag's texts), or NULL. */
struct lt_effect *lt_fx_add(struct lt_engine *engine, enum lt_effect_kind kind);
/* A copy of @len bytes that lives as long as the list. */
const uint8_t *lt_fx_copy(struct lt_engine *engine, const void *data,
                          size_t len);

void lt_fx_send(struct lt_engine *engine, struct lt_session *session,
                const uint8_t *frame, size_t len);
/* Sends engine->frame and resets it; @rc is what the encoder said. */
void lt_fx_send_frame(struct lt_engine *engine, struct lt_session *session,
                      lt_err rc);
void lt_fx_store(struct lt_engine *engine, enum lt_effect_kind kind,
                 const struct lt_segment *segment);
void lt_fx_note(struct lt_engine *engine, lt_err code,
                const struct lt_office *office);

/* Alarms stand until cleared: raising one that stands, or clearing one that
 * does not, does nothing; but one that lasts for a while after its last sign
 * (lt_err_lasts_ms) is said again once a minute.
 *
 * @office  whom it is about
 * @stream  may be NULL
 * @peer    through whom; NULL = @office itself
 *
 * Returns the effect, for more arguments; NULL when nothing is said. */
struct lt_effect *lt_alarm_raise(struct lt_engine *engine, lt_err code,
                                 const struct lt_office *office,
                                 const struct lt_stream *stream,
                                 const struct lt_office *peer);
/* The same, said again where it stands: what it says has changed. */
struct lt_effect *lt_alarm_raise_anew(struct lt_engine *engine, lt_err code,
                                      const struct lt_office *office,
                                      const struct lt_office *peer);
/* Add the argument "detail"; @effect may be NULL. */
void lt_alarm_because(struct lt_effect *effect, const char *detail);
void lt_alarm_clear(struct lt_engine *engine, lt_err code,
                    const struct lt_office *office);
bool lt_alarm_stands(const struct lt_engine *engine, lt_err code,
                     const struct lt_office *office);

#endif
