/* A segment is proven by its own signature or by that of any later one chained
 * to it: the header holds the hash of the segment before, signature included.
 * So one check of the last signature proves a whole piece of a run. */
#include "daemon/engine/intake.h"

#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/streams.h"

size_t lt_proof_prefix(const struct lt_engine *engine,
                       struct lt_segment *segments, size_t segments_n,
                       const struct lt_key *key)
{
    size_t low = 0;             /* so many are proven */
    size_t high = segments_n;   /* no more than so many are */

    if (lt_engine_planted(engine, LT_PLANT_SKIP_SIGNATURE_CHECK) ||
        lt_engine_planted(engine, LT_PLANT_IGNORE_GAP)) {
        return segments_n;
    }
    if (lt_segment_proven(&segments[segments_n - 1], key)) {
        return segments_n;
    }
    if (lt_engine_planted(engine, LT_PLANT_SKIP_CHAIN_CHECK)) {
        return lt_segment_proven(&segments[0], key) ? segments_n : 0;
    }
    /* After the first false byte nothing is proven any more. */
    high = segments_n - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lt_segment_proven(&segments[middle], key)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

lt_err lt_proof_content(struct lt_engine *engine, struct lt_segment *segment,
                        uint64_t *out_last_hlc)
{
    struct lt_payload payload;
    lt_err rc;
    lt_err parts;

    *out_last_hlc = 0;
    lt_arena_reset(&engine->scratch_payload);
    rc = lt_payload_open(segment, &engine->scratch_payload, &payload, NULL);
    if (rc != LT_OK) {
        return rc == LT_ENOMEM ? LT_ENOMEM : LT_EMALFORMED;
    }
    parts = lt_bundle_check_opened(segment, &payload, &engine->scratch_payload,
                                   NULL);
    if (parts == LT_ENOMEM) {
        return LT_ENOMEM;
    }
    *out_last_hlc = payload.items[payload.items_n - 1].hlc;
    segment->erases = lt_payload_erases(&payload);
    return parts == LT_OK ? LT_OK : LT_EPART;
}

/* ---- names that come twice ---- */

static bool same_content(const struct lt_segment *a, const struct lt_segment *b)
{
    return a->first == b->first && a->count == b->count &&
           a->compression == b->compression &&
           a->payload_len == b->payload_len &&
           memcmp(a->signature, b->signature, LT_SIG_LEN) == 0 &&
           memcmp(a->payload, b->payload, a->payload_len) == 0;
}

/* @held is what the log has under the name of @other. */
static void compare(struct lt_engine *engine, struct lt_run *run,
                    const struct lt_segment *held,
                    const struct lt_segment *other)
{
    struct lt_unit *unit = run->track->unit;
    struct lt_segment segment = *other;
    const struct lt_key *key = lt_keys_find(engine, unit, run->key_id);

    if (same_content(held, other)) {
        return;
    }
    if (held->first == other->first && key != NULL) {
        segment.stream = run->track->id;
        segment.epoch = run->epoch;
        segment.prev = held->prev;
        memcpy(segment.key_id, run->key_id, LT_HASH_LEN);
        lt_segment_rebuild(&segment);
        if (lt_segment_proven(&segment, key)) {
            lt_fx_store(engine, LT_FX_STORE_EVIDENCE, &segment);
            lt_alarm_raise(engine, LT_ACONTRADICTION, &unit->id,
                           &run->track->id, NULL);
            return;
        }
    }
    lt_alarm_raise(engine, LT_ABADSIG, &unit->id, &run->track->id, NULL);
}

static void ask(struct lt_engine *engine, struct lt_run *run,
                const struct lt_segment *segment)
{
    struct lt_check *check;
    struct lt_effect *effect;

    /* Beyond the bound a repetition is only passed over, as most are. */
    if (engine->checks_n == LT_CHECKS_MAX ||
        engine->checks_bytes + segment->payload_len > LT_CHECK_BYTES_MAX) {
        return;
    }
    check = &engine->checks[engine->checks_n];
    *check = (struct lt_check){.token = ++engine->check_token,
                               .segment = *segment,
                               .len = segment->payload_len};
    check->bytes = lt_new(engine->alloc, segment->payload_len);
    if (check->bytes == NULL) {
        engine->oom = true;
        return;
    }
    memcpy(check->bytes, segment->payload, segment->payload_len);
    check->segment.payload = check->bytes;
    check->segment.parts = NULL;
    check->segment.parts_len = 0;
    check->segment.stream = run->track->id;
    check->segment.epoch = run->epoch;
    effect = lt_fx_add(engine, LT_FX_READ);
    if (effect == NULL) {
        lt_free(engine->alloc, check->bytes);
        return;
    }
    engine->checks_n++;
    engine->checks_bytes += check->len;
    effect->token = check->token;
    effect->stream = run->track->id;
    effect->epoch = run->epoch;
    effect->after = segment->first - 1;
    effect->max_bytes = 1;
}

void lt_proof_repeated(struct lt_engine *engine, struct lt_session *session,
                       struct lt_run *run, const struct lt_segment *segment)
{
    const struct lt_fresh *fresh;

    (void)session;
    for (fresh = run->fresh; fresh != NULL; fresh = fresh->next_in_run) {
        if (fresh->segment.first == segment->first) {
            compare(engine, run, &fresh->segment, segment);
            return;
        }
    }
    if (segment->first == run->first &&
        lt_segment_last(segment) == run->last.number) {
        struct lt_segment whole = *segment;

        whole.stream = run->track->id;
        whole.epoch = run->epoch;
        whole.prev = run->prev;
        memcpy(whole.key_id, run->key_id, LT_HASH_LEN);
        lt_segment_rebuild(&whole);
        if (memcmp(whole.hash, run->last.hash, LT_HASH_LEN) == 0) {
            return;
        }
    }
    ask(engine, run, segment);
}

void lt_proof_stored(struct lt_engine *engine, const struct lt_effect *read,
                     const struct lt_segment *segments, size_t segments_n)
{
    size_t i;

    for (i = 0; i < engine->checks_n; i++) {
        struct lt_check check = engine->checks[i];

        if (check.token != read->token) {
            continue;
        }
        engine->checks[i] = engine->checks[--engine->checks_n];
        engine->checks_bytes -= check.len;
        if (segments_n > 0) {
            const struct lt_track *track =
                lt_track_find(engine, &check.segment.stream);

            compare(engine, lt_run_find(engine, track, check.segment.epoch),
                    &segments[0], &check.segment);
        }
        lt_free(engine->alloc, check.bytes);
        return;
    }
}

void lt_proof_free(struct lt_engine *engine)
{
    size_t i;

    for (i = 0; i < engine->checks_n; i++) {
        lt_free(engine->alloc, engine->checks[i].bytes);
    }
}
