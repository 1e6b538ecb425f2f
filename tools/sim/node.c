/* One simulated office: the daemon's own turn over a disk in memory. */
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"
#include "common/failpoint.h"
#include "daemon/plants.h"
#include "tools/sim/sim.h"

struct lt_now sim_node_now(const struct sim_node *node)
{
    int64_t wall_ms =
        node->sim->now_ms + INT64_C(1790000000000) + node->clock_offset_ms;

    return (struct lt_now){
        .mono_ms = node->sim->now_ms,
        .wall_ms = node->frozen_wall_ms != 0 ? node->frozen_wall_ms : wall_ms,
    };
}

/* ---- hooks ---- */

static lt_err on_send(void *ctx, uint64_t session, const uint8_t *bytes,
                      size_t len)
{
    (void)LT_FAILPOINT(C9);
    sim_send(ctx, session, bytes, len);
    return LT_OK;
}

static void on_close(void *ctx, uint64_t session, lt_err code)
{
    struct sim_node *node = ctx;
    struct sim *sim = node->sim;
    uint64_t pair = session / 2;

    sim_say(sim, "node %u closes #%llu: %s", node->index,
            (unsigned long long)pair, lt_err_word(code));
    if (sim_link_of_pair(sim, pair) != NULL) {
        sim_link_down(&sim->nodes[sim->pairs[pair].node],
                      sim->pairs[pair].slot);
    }
}

static void on_effect(void *ctx, const struct lt_effect *effect)
{
    struct sim_node *node = ctx;
    uint32_t word[2] = {(uint32_t)effect->kind, (uint32_t)effect->code};

    sim_check_alarm(node, effect);
    sim_say(node->sim, "node %u %s%s of %02x", node->index,
            lt_err_word(effect->code), effect->raise ? " raised" : "",
            effect->office.bytes[0]);
    sim_mix(node->sim, word, sizeof(word));
}

static void on_peers(void *ctx)
{
    struct sim_node *node = ctx;

    if (node->scrub != NULL) {
        lt_scrub_retry(node->scrub);
    }
}

static void on_wake(void *ctx, int64_t mono_ms)
{
    struct sim_node *node = ctx;

    if (mono_ms < node->wake_at_ms) {
        node->wake_at_ms = mono_ms;
        sim_stir(node);
    }
}

/* A directive to this office: something to answer. */
static void note_directive(struct sim_node *node,
                           const struct lt_segment *segment)
{
    struct lt_arena arena;
    struct lt_payload payload;

    if (segment->stream.channel.cls != LT_CLASS_DIRECTIVE ||
        segment->stream.channel.audience != LT_AUDIENCE_TO ||
        !lt_office_equal(&segment->stream.channel.to, &node->office)) {
        return;
    }
    lt_arena_init(&arena, lt_alloc_heap(), 1 << 20);
    if (lt_payload_open(segment, &arena, &payload, NULL) == LT_OK) {
        for (size_t i = 0; i < payload.items_n; i++) {
            const struct lt_event_id id = {.origin = segment->stream.origin,
                                           .epoch = segment->epoch,
                                           .count = payload.items[i].count};

            if (sim_is_beyond(node->sim, &id)) {
                continue;
            }
            node->directives[node->directives_n++ %
                             LT_COUNT_OF(node->directives)] = id;
        }
    }
    lt_arena_deinit(&arena);
}

/* I6, at every step: nothing is stored that its origin did not sign. */
static void check_origin(struct sim_node *node,
                         const struct lt_segment *segment)
{
    const struct sim_forged *forged =
        sim_forged_of(node->sim, &segment->stream, segment->epoch);

    if (forged != NULL && !forged->own) {
        sim_fail(node->sim, "I6 node %u stored what office %02x never wrote",
                 node->index, segment->stream.origin.bytes[0]);
    }
}

/* I2, at every step: a segment is durable only after all that it goes on
 * from. */
static void check_follows(struct sim_node *node,
                          const struct lt_segment *segment)
{
    uint64_t before = sim_durable_last(node, &segment->stream, segment->epoch);

    if (before == 0 && segment->prev.number > 0) {
        before = sim_durable_last(node, &segment->stream, segment->prev.epoch);
        if (before > segment->prev.number) {
            before = segment->prev.number;
        }
    }
    if (segment->first != before + 1) {
        sim_fail(node->sim, "I2 node %u stored number %llu behind %llu",
                 node->index, (unsigned long long)segment->first,
                 (unsigned long long)before);
    }
}

static void on_stored(void *ctx, uint64_t pos, int64_t committed_at_ms,
                      const struct lt_segment *segment)
{
    struct sim_node *node = ctx;

    (void)committed_at_ms;
    if (segment->prev.epoch != segment->epoch &&
        lt_office_equal(&segment->stream.origin, &node->office)) {
        (void)LT_FAILPOINT(C17);
    }
    check_origin(node, segment);
    check_follows(node, segment);
    sim_durable_of(node, &segment->stream, segment->epoch, true)->last =
        lt_segment_last(segment);
    note_directive(node, segment);
    sim_mix(node->sim, &pos, sizeof(pos));
    sim_mix(node->sim, segment->hash, LT_HASH_LEN);
}

static void on_written(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                       int64_t committed_at_ms)
{
    struct sim_node *node = ctx;

    (void)pos;
    (void)committed_at_ms;
    (void)LT_FAILPOINT(C11);
    if (!node->dying) { /* else nobody hears the answer */
        sim_written(node, token, result);
    }
}

static void on_dial(void *ctx, const struct lt_office *office, bool begin)
{
    sim_around(ctx, office, begin);
}

/* The disk takes its time: what the turn says after it leaves late. */
static void on_committing(void *ctx, bool begins)
{
    struct sim_node *node = ctx;
    struct sim *sim = node->sim;

    if (begins && sim_strikes_turn(sim, SIM_SLOW_SYNC, &sim->fate)) {
        node->sync_ms += 50 + (int64_t)sim_below(&sim->fate, 10000);
    }
}

/* A crash between any two effects: the power is cut right here. */
static bool on_alive(void *ctx)
{
    struct sim_node *node = ctx;
    struct sim *sim = node->sim;

    if (!node->dying && sim_strikes_turn(sim, SIM_CRASH, &sim->schedule)) {
        node->dying = true;
        node->death = SIM_CRASH;
    }
    return !node->dying;
}

/* ---- life ---- */

static bool note_run(void *ctx, const struct lt_log_run *run)
{
    struct sim_node *node = ctx;

    sim_durable_of(node, &run->stream, run->epoch, true)->last =
        run->last.number;
    return true;
}

/* Something that is nobody else's business (I7). */
static lt_err put_local(struct sim_node *node)
{
    struct sim_rng rng = {.state = node->sim->seed * 31 + node->index};
    uint8_t marker[SIM_SECRET_LEN];

    sim_secret_make(&rng, marker);
    sim_secret_add(node, marker)->local = true;
    return lt_log_put_meta(node->log, "sim/local", marker, sizeof(marker));
}

/* That of the first key which the office had. */
static lt_err put_binding(struct sim_node *node, size_t of)
{
    const struct lt_buf *bytes = &node->sim->bindings[of];
    struct lt_binding binding;
    lt_err err = lt_binding_decode(bytes->data, bytes->len, &binding, NULL);

    return err == LT_OK ? lt_log_put_binding(node->log, &binding.office,
                                             binding.key_id, bytes->data,
                                             bytes->len)
                        : err;
}

static lt_err put_bindings(struct sim_node *node)
{
    struct sim *sim = node->sim;
    size_t steps = 0;
    lt_err err = LT_OK;

    /* What lies beside the log is said at every start. */
    for (int i = node->kit.n > 0 ? -1 : (int)node->index;
         i >= 0 && err == LT_OK && steps++ <= sim->nodes_n;
         i = sim->nodes[i].parent) {
        err = put_binding(node, (size_t)i);
        if (sim->apart != 0 && i == sim->apart) {
            break;
        }
    }
    /* A parent knows its children's bindings from their enrolment. */
    for (size_t i = 0; i < sim->nodes_n && err == LT_OK; i++) {
        if (sim->nodes[i].parent == (int)node->index &&
            (sim->apart == 0 || sim->apart != (int)i) &&
            sim->nodes[i].clone_of < 0) {
            err = put_binding(node, i);
        }
    }
    if (err == LT_OK) {
        err = put_local(node);
    }
    if (err == LT_OK) {
        err = lt_log_commit(node->log);
    }
    return err;
}

/* Its own key's binding and what that rests on lie beside the log, with the
 * keys, and are said at every start. */
static lt_err say_bindings(struct sim_node *node)
{
    const struct sim *sim = node->sim;
    struct lt_now now = sim_node_now(node);
    int line[SIM_NODES_MAX];
    size_t n = 0;
    lt_err err = LT_OK;

    for (size_t i = 0; i < node->kit.n && err == LT_OK; i++) {
        const struct lt_input input = {.kind = LT_IN_BINDING,
                                       .bytes = node->kit.items[i].data,
                                       .len = node->kit.items[i].len};

        err = lt_turn_input(node->turn, &now, &input);
    }
    for (int i = node->kit.n > 0      ? -1
                 : node->clone_of < 0 ? (int)node->index
                                      : node->clone_of;
         i >= 0; i = sim->nodes[i].issuer) {
        line[n++] = i;
    }
    while (n > 0 && err == LT_OK) {
        const struct lt_buf *binding = &sim->bindings[line[--n]];
        const struct lt_input input = {.kind = LT_IN_BINDING,
                                       .bytes = binding->data,
                                       .len = binding->len};

        err = lt_turn_input(node->turn, &now, &input);
    }
    return err;
}

static uint64_t epoch_of(struct sim_node *node)
{
    uint64_t epoch = sim_next(&node->sim->schedule) | 1;

    if (LT_PLANTED(epoch_by_clock)) {
        return (uint64_t)sim_node_now(node).wall_ms / 1000 + 1;
    }
    return LT_PLANTED(reuse_epoch) ? node->index + 1 : epoch;
}

/* The engine's memory, counted (I11). The size lies before each piece. */
static void *counted(void *ctx, void *ptr, size_t size)
{
    struct sim_node *node = ctx;
    size_t *head = ptr == NULL ? NULL : (size_t *)ptr - 2;
    size_t before = head == NULL ? 0 : head[0];

    if (size == 0) {
        node->heap_bytes -= before;
        free(head);
        return NULL;
    }
    head = realloc(head, size + 2 * sizeof(*head));
    if (head == NULL) {
        abort();
    }
    head[0] = size;
    node->heap_bytes += size - before;
    if (node->heap_bytes > node->heap_most) {
        node->heap_most = node->heap_bytes;
    }
    return head + 2;
}

static lt_err open_parts(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct lt_log_options log_options = {
        .path = "log.db",
        .vfs = lt_disk_vfs(node->disk),
        .office = node->office,
        .wal_max_bytes = 4 << 20,
        .now_ms = sim_node_now(node).wall_ms,
    };
    struct lt_engine_options engine_options = {
        .alloc = &node->alloc,
        .office = node->office,
        .key = node->key,
        .epoch = node->epoch,
        .seed = sim_next(&sim->schedule),
        .software = "lienthong-sim",
        .urgent_per_hour = 60,
        .window_start_bytes = 8192,
        /* What is under way on ten thousand links is in memory. */
        .window_max_bytes = sim->nodes_n > SIM_LARGE ? 64 << 10 : 1 << 20,
        .statement_interval_ms = 15 * 60 * 1000,
        .clock_tolerance_ms = 5 * 60 * 1000,
        .zstd_level = 1,
        .zstd_level_thrifty = 1,
        .plant = lt_engine_plants() | node->plant,
    };
    const struct lt_turn_hooks hooks = {
        .ctx = node,
        .send = on_send,
        .close = on_close,
        .alarm = on_effect,
        .note = on_effect,
        .peers = on_peers,
        .wake = on_wake,
        .dial = on_dial,
        .mended = sim_mended,
        .stored = on_stored,
        .written = on_written,
        .alive = on_alive,
        .committing = on_committing,
    };
    struct lt_diag diag;
    lt_err err = lt_log_open(&log_options, &node->log, &diag);

    if (err != LT_OK) {
        for (unsigned i = 0; i < diag.args_n; i++) {
            sim_say(sim, "node %u: its log says %s = %s", node->index,
                    diag.args[i].key, diag.args[i].value);
        }
    }
    memcpy(engine_options.root_key,
           lt_key_public(sim_root_of(sim, (int)node->index)), LT_PUBKEY_LEN);
    memcpy(engine_options.transport_key, node->transport_key, LT_CURVE_LEN);
    if (err == LT_OK && node->lives == 0) {
        err = put_bindings(node);
    }
    if (err == LT_OK) {
        err = lt_engine_new(&engine_options, &node->engine);
    }
    if (err == LT_OK) {
        err = lt_turn_new(lt_alloc_heap(), node->engine, node->log, &hooks,
                          &node->turn);
    }
    if (err == LT_OK) {
        err = lt_turn_load(node->turn);
    }
    if (err == LT_OK) {
        err = say_bindings(node);
    }
    return err == LT_OK ? sim_scrub_open(node) : err;
}

/* I1 over a restart: what was durable in the last life is here. */
static void check_kept(struct sim_node *node, const struct sim_durable *before,
                       size_t n)
{
    for (size_t i = 0; i < n && !node->damaged; i++) {
        uint64_t last =
            sim_durable_last(node, &before[i].stream, before[i].epoch);

        if (last < before[i].last) {
            sim_fail(node->sim,
                     "I1 node %u lost %llu to %llu of a run in a "
                     "crash",
                     node->index, (unsigned long long)last + 1,
                     (unsigned long long)before[i].last);
            return;
        }
    }
}

/* It does not start. A disk that was damaged is changed by somebody. */
static void start_failed(struct sim_node *node, lt_err err)
{
    struct sim *sim = node->sim;

    sim_node_stop(node);
    node->restart_at_ms = sim->now_ms + 100;
    if (node->dying || err == LT_EIO) {
        node->blank |= node->damaged && ++node->deaths > SIM_DEATHS_MAX;
        return;
    }
    if (err == LT_EFULL && node->quota_until_ms != 0 && node->durable_n == 0) {
        return; /* a new log needs room, and has nothing to lose */
    }
    if (node->damaged) {
        node->blank = true;
    } else {
        sim_fail(sim, "I1 node %u cannot open its log: %s", node->index,
                 lt_err_word(err));
    }
}

void sim_node_start(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct sim_durable *before;
    size_t before_n;
    lt_err err;

    if (node->blank) { /* whoever changes the disk starts it as well */
        if (!sim_change_disk(node)) {
            node->restart_at_ms = sim->now_ms + 100;
        }
        return;
    }
    lt_disk_set_time(node->disk, sim_node_now(node).wall_ms);
    (void)lt_disk_crashed(node->disk);
    node->alloc = (struct lt_alloc){counted, node};
    node->wake_at_ms = sim->now_ms;
    node->dying = false;
    node->full = false;
    node->segments = 0;
    node->epoch = epoch_of(node);
    sim->running = node;
    /* A log that is open has what it needs in memory: reads fail at a start. */
    if (node->lives > 0 && sim_strikes(sim, SIM_FAILED_READ, &sim->disk)) {
        lt_disk_fail_read_after(node->disk,
                                1 + (unsigned)sim_below(&sim->disk, 6));
    }
    err = open_parts(node);
    lt_disk_disarm(node->disk);
    sim->running = NULL;
    node->lives += err == LT_OK ? 1 : 0;
    node->up = err == LT_OK && !node->dying;
    sim_say(sim, "node %u starts: %s", node->index, lt_err_word(err));
    if (!node->up) {
        start_failed(node, err);
        return;
    }
    before = node->durable;
    before_n = node->durable_n;
    node->durable = NULL;
    node->durable_capacity = 0;
    sim_durable_forget(node);
    if (lt_log_each_run(node->log, note_run, node) != LT_OK) {
        sim_fail(sim, "I1 node %u cannot read its runs", node->index);
    }
    check_kept(node, before, before_n);
    free(before);
}

void sim_node_stop(struct sim_node *node)
{
    struct sim *sim = node->sim;

    node->up = false;
    sim_unanswered(node);
    sim_links_of_node_down(node,
                           !sim_strikes(sim, SIM_SILENT_DEATH, &sim->fate));
    sim_around_forget(node);
    sim_scrub_close(node);
    lt_turn_free(node->turn);
    lt_engine_free(node->engine);
    lt_log_close(node->log);
    node->turn = NULL;
    node->engine = NULL;
    node->log = NULL;
}
