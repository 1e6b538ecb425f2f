/* The run from birth to check. */
#include "tests/sim/canon.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"

enum {
    STEP_MS = 200,
    SLICE_MS = 50,
    HEAL_ROUNDS_MAX = 2000,
    HEAL_LEAST_MS = 20, /* of virtual time in a round of healing */
    QUIET_ROUNDS = 3
};

void canon_fail(struct canon *canon, const char *format, ...)
{
    va_list args;

    if (canon->failure[0] != '\0') {
        return; /* the first one is the cause */
    }
    va_start(args, format);
    (void)vsnprintf(canon->failure, sizeof(canon->failure), format, args);
    va_end(args);
}

/* ---- memory ---- */

static void *own_resize(void *ctx, void *ptr, size_t size)
{
    void *out;

    (void)ctx;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    out = realloc(ptr, size);
    if (out == NULL) {
        abort();
    }
    return out;
}

const struct lt_alloc *canon_heap(void)
{
    static const struct lt_alloc heap = {.resize = own_resize};

    return &heap;
}

void *canon_grown(void *array, size_t *capacity, size_t n, size_t size)
{
    if (!lt_grow(canon_heap(), &array, capacity, n, size)) {
        abort();
    }
    return array;
}

/* ---- birth ---- */

static void must(lt_err err)
{
    if (err != LT_OK) {
        abort(); /* nothing fails before the offices start */
    }
}

static void bind(struct canon_office *office)
{
    struct canon *canon = office->canon;
    const struct canon_office *issuer =
        office->parent < 0 ? office : &canon->offices[office->parent];
    const struct lt_key *issuer_key =
        office->parent < 0 ? canon->root : issuer->key;
    struct lt_binding binding = {.office = office->id,
                                 .issuer = issuer->id,
                                 .serial = 1,
                                 .issued_at_ms = canon->now.wall_ms};
    struct lt_buf body;

    memcpy(binding.key, lt_key_public(office->key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, office->curve, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(issuer_key), LT_HASH_LEN);
    lt_buf_init(&body, canon_heap());
    lt_buf_init(&office->binding, canon_heap());
    must(lt_binding_body_encode(&binding, &body));
    binding.body = body.data;
    binding.body_len = body.len;
    must(lt_binding_sign(issuer_key, body.data, body.len, binding.signature));
    must(lt_binding_prove(office->key, body.data, body.len, binding.proof));
    must(lt_binding_encode(&binding, &office->binding));
    lt_buf_deinit(&body);
}

static void make_office(struct canon *canon, unsigned index)
{
    struct canon_office *office = &canon->offices[index];
    uint8_t seed[32];

    office->canon = canon;
    office->index = index;
    office->parent = (int)index - 1;
    memset(office->id.bytes, (int)(0xa0 + index), LT_OFFICE_LEN);
    memset(office->curve, (int)(0x20 + index), LT_CURVE_LEN);
    memset(seed, (int)(1 + index), sizeof(seed));
    must(lt_key_from_seed(seed, &office->key));
    office->disk = lt_disk_new(index + 1);
}

struct canon *canon_new(void)
{
    struct canon *canon = calloc(1, sizeof(*canon));
    uint8_t seed[32];

    if (canon == NULL) {
        abort();
    }
    canon->outside = true;
    canon->until = CANON_STEPS;
    canon->step_ms = STEP_MS;
    canon->now.mono_ms = 1000;
    canon->now.wall_ms = INT64_C(1795219200000); /* 2026-11-21 */
    lt_disk_seed_sqlite(1);
    lt_crypto_stub_signatures(true);
    memset(seed, 0x77, sizeof(seed));
    must(lt_key_from_seed(seed, &canon->root));
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        make_office(canon, i);
    }
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        bind(&canon->offices[i]);
    }
    return canon;
}

void canon_free(struct canon *canon)
{
    canon->outside = true;
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        struct canon_office *office = &canon->offices[i];

        canon_stop(office);
        lt_key_free(office->key);
        lt_buf_deinit(&office->binding);
        lt_disk_free(office->disk);
        free(office->promises);
        free(office->handles);
    }
    for (size_t i = 0; i < canon->frames_n; i++) {
        free(canon->frames[i].bytes);
    }
    free(canon->frames);
    lt_key_free(canon->root);
    free(canon);
    lt_codec_thread_stop();
}

/* ---- life ---- */

static void pass(struct canon *canon, int64_t ms)
{
    canon->now.mono_ms += ms;
    canon->now.wall_ms += ms;
}

/* In slices, so that timers go off about when they are due. */
static void wait_for_next_step(struct canon *canon)
{
    for (int64_t left = canon->step_ms; left > 0; left -= SLICE_MS) {
        pass(canon, left < SLICE_MS ? left : SLICE_MS);
        canon_settle(canon);
    }
}

static void revive(struct canon *canon)
{
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        if (canon->offices[i].turn == NULL) {
            (void)canon_start(&canon->offices[i]);
        }
    }
}

void canon_live(struct canon *canon)
{
    canon->outside = false;
    for (canon->step = 0; canon->step < canon->until; canon->step++) {
        revive(canon);
        (void)canon_ask(canon, canon->step);
        canon_settle(canon);
        canon->text_seen |= canon_holds_text(&canon->offices[CANON_PROVINCE]);
        wait_for_next_step(canon);
        /* What its office could not answer is asked for once more at once. */
        if (!canon->steps[canon->step].told) {
            revive(canon);
            (void)canon_ask(canon, canon->step);
            canon_settle(canon);
        }
        canon->steps[canon->step].asked = true;
    }
    canon->outside = true;
}

/* All that clients ever asked for, in their order. */
static bool all_told(struct canon *canon)
{
    for (size_t i = 0; i < CANON_STEPS && canon->steps[i].asked; i++) {
        if (!canon->steps[i].told) {
            (void)canon_ask(canon, i);
            return false;
        }
    }
    return true;
}

struct run_ends {
    struct lt_log_run *runs;
    size_t n, capacity;
};

static bool gather_run(void *ctx, const struct lt_log_run *run)
{
    struct run_ends *ends = ctx;

    ends->runs =
        canon_grown(ends->runs, &ends->capacity, ends->n, sizeof(*ends->runs));
    ends->runs[ends->n++] = *run;
    return true;
}

/* Every run of @below that both should hold ends at the same point above. */
static bool covered(struct canon *canon, const struct run_ends *one,
                    const struct run_ends *other,
                    const struct canon_office *holder)
{
    const struct lt_tree *tree =
        lt_engine_tree(canon->offices[CANON_PROVINCE].engine);

    for (size_t i = 0; i < one->n; i++) {
        const struct lt_log_run *run = &one->runs[i];
        bool found = !lt_tree_holds(tree, &holder->id, &run->stream);

        for (size_t j = 0; j < other->n && !found; j++) {
            found = lt_stream_equal(&other->runs[j].stream, &run->stream) &&
                    memcmp(&other->runs[j].last, &run->last,
                           sizeof(run->last)) == 0;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static bool converged(struct canon *canon)
{
    struct run_ends ends[CANON_OFFICES] = {{.n = 0}};
    bool same = true;

    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        const struct canon_office *office = &canon->offices[i];

        same = same && office->turn != NULL && !office->full &&
               lt_tree_count(lt_engine_tree(office->engine)) == CANON_OFFICES &&
               lt_log_each_run(office->log, gather_run, &ends[i]) == LT_OK;
    }
    for (unsigned i = 1; i < CANON_OFFICES && same; i++) {
        same = covered(canon, &ends[i], &ends[i - 1], &canon->offices[i - 1]) &&
               covered(canon, &ends[i - 1], &ends[i], &canon->offices[i]);
    }
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        free(ends[i].runs);
    }
    return same;
}

/* To the next timer, or a little. */
static void pass_to_next(struct canon *canon)
{
    int64_t next = canon->now.mono_ms + 1000;

    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        if (canon->offices[i].wake_ms < next) {
            next = canon->offices[i].wake_ms;
        }
    }
    next -= canon->now.mono_ms;
    pass(canon, next < HEAL_LEAST_MS ? HEAL_LEAST_MS : next);
}

void canon_heal(struct canon *canon)
{
    unsigned quiet = 0;

    canon->outside = true;
    for (unsigned round = 0; quiet < QUIET_ROUNDS; round++) {
        bool done;

        if (canon->failure[0] != '\0') {
            return;
        }
        if (round == HEAL_ROUNDS_MAX) {
            canon_fail(canon, "%s after healing",
                       all_told(canon) ? "not converged" : "not answered");
            return;
        }
        revive(canon);
        done = all_told(canon);
        canon_settle(canon);
        pass_to_next(canon);
        quiet = done && converged(canon) ? quiet + 1 : 0;
    }
}
