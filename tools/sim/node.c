/* One simulated office: the daemon's own turn over a disk in memory. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"
#include "common/failpoint.h"
#include "daemon/plants.h"
#include "tools/sim/sim.h"

/* A clone of one pair number for each side: even for the child's session. */
static uint64_t child_session(uint64_t pair)
{
    return 2 * pair;
}

static uint64_t parent_session(uint64_t pair)
{
    return 2 * pair + 1;
}

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
    sim_send(ctx, session, bytes, len);
    return LT_OK;
}

static void on_close(void *ctx, uint64_t session, lt_err code)
{
    struct sim_node *node = ctx;
    uint64_t pair = session / 2;

    sim_say(node->sim, "node %u closes #%llu: %s", node->index,
            (unsigned long long)pair, lt_err_word(code));
    for (size_t i = 0; i < node->sim->nodes_n; i++) {
        if (node->sim->nodes[i].pair == pair) {
            sim_link_down(node->sim, &node->sim->nodes[i]);
        }
    }
}

static void on_effect(void *ctx, const struct lt_effect *effect)
{
    struct sim_node *node = ctx;
    uint32_t word[2] = {(uint32_t)effect->kind, (uint32_t)effect->code};

    if (effect->code == LT_ATWOMACHINES && effect->raise) {
        node->sim->two_machines++;
    }
    sim_say(node->sim, "node %u %s%s of %02x", node->index,
            lt_err_word(effect->code), effect->raise ? " raised" : "",
            effect->office.bytes[0]);
    sim_mix(node->sim, word, sizeof(word));
}

static void on_peers(void *ctx)
{
    (void)ctx;
}

static void on_wake(void *ctx, int64_t mono_ms)
{
    struct sim_node *node = ctx;

    if (mono_ms < node->wake_at_ms) {
        node->wake_at_ms = mono_ms;
    }
}

static struct sim_durable *durable_of(struct sim_node *node,
                                      const struct lt_stream *stream,
                                      uint64_t epoch)
{
    for (size_t i = 0; i < node->durable_n; i++) {
        struct sim_durable *durable = &node->durable[i];

        if (durable->epoch == epoch &&
            lt_stream_equal(&durable->stream, stream)) {
            return durable;
        }
    }
    if (!lt_grow(lt_alloc_heap(), (void **)&node->durable,
                 &node->durable_capacity, node->durable_n,
                 sizeof(*node->durable))) {
        abort();
    }
    node->durable[node->durable_n] =
        (struct sim_durable){.stream = *stream, .epoch = epoch};
    return &node->durable[node->durable_n++];
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
            node->directives[node->directives_n++ %
                             LT_COUNT_OF(node->directives)] =
                (struct lt_event_id){.origin = segment->stream.origin,
                                     .epoch = segment->epoch,
                                     .count = payload.items[i].count};
        }
    }
    lt_arena_deinit(&arena);
}

/* I2, at every step: a segment is durable only after all that it goes on
 * from. */
static void check_follows(struct sim_node *node,
                          const struct lt_segment *segment)
{
    const struct sim_durable *own =
        durable_of(node, &segment->stream, segment->epoch);
    uint64_t before = own->last;

    if (before == 0 && segment->prev.number > 0) {
        before = durable_of(node, &segment->stream, segment->prev.epoch)->last;
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
    check_follows(node, segment);
    durable_of(node, &segment->stream, segment->epoch)->last =
        lt_segment_last(segment);
    note_directive(node, segment);
    sim_mix(node->sim, &pos, sizeof(pos));
    sim_mix(node->sim, segment->hash, LT_HASH_LEN);
}

static void on_written(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                       int64_t committed_at_ms)
{
    (void)pos;
    (void)committed_at_ms;
    sim_written(ctx, token, result);
}

/* A crash between any two effects: the power is cut right here. */
static bool on_alive(void *ctx)
{
    struct sim_node *node = ctx;
    struct sim *sim = node->sim;

    if (!sim->healing && sim_chance(&sim->schedule, sim->faults.crash)) {
        node->dying = true;
    }
    return !node->dying;
}

/* ---- life ---- */

static bool note_run(void *ctx, const struct lt_log_run *run)
{
    struct sim_node *node = ctx;

    durable_of(node, &run->stream, run->epoch)->last = run->last.number;
    return true;
}

static void put_bindings(struct sim_node *node)
{
    struct sim *sim = node->sim;
    lt_err err = LT_OK;

    for (int i = (int)node->index; i >= 0 && err == LT_OK;
         i = sim->nodes[i].parent) {
        uint8_t key_id[LT_HASH_LEN];

        lt_key_id_of(lt_key_public(sim->nodes[i].key), key_id);
        err = lt_log_put_binding(node->log, &sim->nodes[i].office, key_id,
                                 sim->bindings[i].data, sim->bindings[i].len);
    }
    /* A parent knows its children's bindings from their enrolment. */
    for (size_t i = 0; i < sim->nodes_n && err == LT_OK; i++) {
        if (sim->nodes[i].parent == (int)node->index &&
            sim->nodes[i].clone_of < 0) {
            uint8_t key_id[LT_HASH_LEN];

            lt_key_id_of(lt_key_public(sim->nodes[i].key), key_id);
            err =
                lt_log_put_binding(node->log, &sim->nodes[i].office, key_id,
                                   sim->bindings[i].data, sim->bindings[i].len);
        }
    }
    if (err == LT_OK) {
        err = lt_log_commit(node->log);
    }
    if (err != LT_OK) {
        sim_fail(sim, "I13 bindings of node %u cannot be stored: %s",
                 node->index, lt_err_word(err));
    }
}

static uint64_t epoch_of(struct sim_node *node)
{
    uint64_t epoch = sim_next(&node->sim->schedule) | 1;

    return LT_PLANTED(reuse_epoch) ? node->index + 1 : epoch;
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
        .alloc = lt_alloc_heap(),
        .office = node->office,
        .key = node->key,
        .epoch = epoch_of(node),
        .seed = sim_next(&sim->schedule),
        .software = "lienthong-sim",
        .urgent_per_hour = 60,
        .window_start_bytes = 8192,
        .window_max_bytes = 1 << 20,
        .statement_interval_ms = 15 * 60 * 1000,
        .clock_tolerance_ms = 5 * 60 * 1000,
        .zstd_level = 1,
        .zstd_level_thrifty = 1,
        .plant = lt_engine_plants(),
    };
    const struct lt_turn_hooks hooks = {
        .ctx = node,
        .send = on_send,
        .close = on_close,
        .alarm = on_effect,
        .note = on_effect,
        .peers = on_peers,
        .wake = on_wake,
        .stored = on_stored,
        .written = on_written,
        .alive = on_alive,
    };
    struct lt_diag diag;
    lt_err err = lt_log_open(&log_options, &node->log, &diag);

    memcpy(engine_options.root_key, sim->root_key, LT_PUBKEY_LEN);
    memcpy(engine_options.transport_key, node->transport_key, LT_CURVE_LEN);
    if (err == LT_OK && node->lives == 0) {
        put_bindings(node);
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
    return err;
}

/* I1 over a restart: what was durable in the last life is here. */
static void check_kept(struct sim_node *node, const struct sim_durable *before,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t last =
            durable_of(node, &before[i].stream, before[i].epoch)->last;

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

void sim_node_start(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct sim_durable *before = node->durable;
    size_t before_n = node->durable_n;
    lt_err err;

    lt_disk_set_time(node->disk, sim_node_now(node).wall_ms);
    node->wake_at_ms = sim->now_ms;
    node->dying = false;
    node->full = false;
    err = open_parts(node);
    node->lives++;
    node->up = err == LT_OK;
    sim_say(sim, "node %u starts: %s", node->index, lt_err_word(err));
    if (err != LT_OK) {
        sim_node_stop(node);
        if (err == LT_ECORRUPT || err == LT_EDB) {
            sim_fail(sim, "I1 node %u cannot open its log: %s", node->index,
                     lt_err_word(err));
        }
        node->restart_at_ms = sim->now_ms + 100;
        return;
    }
    node->durable = NULL;
    node->durable_n = 0;
    node->durable_capacity = 0;
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
    /* Whoever is still alive hears that the session is gone. */
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *other = &sim->nodes[i];

        if (other == node || other->parent == (int)node->index) {
            sim_link_down(sim, other);
        }
    }
    lt_turn_free(node->turn);
    lt_engine_free(node->engine);
    lt_log_close(node->log);
    node->turn = NULL;
    node->engine = NULL;
    node->log = NULL;
}

static const enum lt_crash HOW[] = {LT_CRASH_LOSE_ALL, LT_CRASH_KEEP_ALL,
                                    LT_CRASH_PREFIX, LT_CRASH_SUBSET};

void sim_node_crash(struct sim_node *node)
{
    struct sim *sim = node->sim;

    if (lt_disk_crashed(node->disk)) {
        sim->done[SIM_POWER]++;
    } else {
        sim->done[node->sync_fails > 0 ? SIM_FAILED_SYNC : SIM_CRASH]++;
        lt_disk_crash(node->disk, HOW[sim_below(&sim->disk, LT_COUNT_OF(HOW))]);
        (void)lt_disk_crashed(node->disk);
    }
    sim_say(sim, "node %u crashes", node->index);
    node->sync_fails = 0;
    sim_node_stop(node);
    node->restart_at_ms =
        sim->now_ms + 20 + (int64_t)sim_below(&sim->schedule, 400);
}

/* What is going to happen to the disk within this turn. */
static void arm(struct sim_node *node)
{
    struct sim *sim = node->sim;

    if (sim->healing) {
        return;
    }
    if (sim_chance(&sim->disk, sim->faults.fail_sync)) {
        lt_disk_fail_syncs(node->disk, 1);
        node->sync_fails = 1;
    }
    if (sim_chance(&sim->disk, sim->faults.power)) {
        /* One after the other: compilers differ in the order of arguments. */
        uint64_t after = 1 + sim_below(&sim->disk, 12);
        enum lt_crash how = HOW[sim_below(&sim->disk, LT_COUNT_OF(HOW))];

        lt_disk_crash_after(node->disk, after, how);
    }
}

static void disarm(struct sim_node *node)
{
    lt_disk_fail_syncs(node->disk, 0);
    lt_disk_crash_after(node->disk, 0, LT_CRASH_LOSE_ALL);
    node->sync_fails = 0;
}

/* As the daemon does: nothing new is taken in until there is room. */
static lt_err close_intake(struct sim_node *node, const struct lt_now *now)
{
    struct lt_input input = {
        .kind = LT_IN_INTAKE, .flag = false, .code = LT_EFULL};
    lt_err err = LT_OK;

    node->sim->done[SIM_FULL]++;
    node->room_check_ms = node->sim->now_ms + 200;
    if (!node->full) {
        node->full = true;
        err = lt_turn_input(node->turn, now, &input);
    }
    if (err == LT_OK) {
        err = lt_turn_end(node->turn, now);
    }
    return err == LT_EFULL ? LT_OK : err;
}

void sim_node_room(struct sim_node *node)
{
    struct lt_input input = {.kind = LT_IN_INTAKE, .flag = true};
    static const uint8_t probe[32 * 1024];
    lt_err err;

    if (!node->up || !node->full || node->sim->now_ms < node->room_check_ms) {
        return;
    }
    node->room_check_ms = node->sim->now_ms + 200;
    err = lt_log_put_meta(node->log, "room/probe", probe, sizeof(probe));
    if (err == LT_OK) {
        err = lt_log_commit(node->log);
    }
    if (err == LT_EFULL) {
        lt_log_rollback(node->log);
        return;
    }
    if (err == LT_OK) {
        struct lt_now now = sim_node_now(node);

        node->full = false;
        err = lt_turn_input(node->turn, &now, &input);
    }
    if (err != LT_OK) {
        sim_node_crash(node);
    }
}

void sim_node_turn(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct lt_now now = sim_node_now(node);
    bool more = false;
    lt_err err;

    if (!lt_turn_pending(node->turn)) {
        return;
    }
    arm(node);
    err = lt_turn_end(node->turn, &now);
    if (err == LT_EFULL) {
        if (node->quota_until_ms == 0) {
            sim_fail(sim, "I11 node %u says its disk is full", node->index);
        }
        err = close_intake(node, &now);
    }
    if (err == LT_OK) {
        err = lt_log_checkpoint(node->log, &more);
    }
    if (err == LT_EFULL) {
        err = LT_OK;
    }
    if (err == LT_OK) {
        disarm(node);
        return;
    }
    if (err != LT_EIO && !node->dying) {
        sim_fail(sim, "I14 node %u: the turn ended with %s", node->index,
                 lt_err_word(err));
    }
    if (err != LT_EIO) {
        node->sync_fails = 0;
    }
    sim_node_crash(node);
    disarm(node);
}

/* ---- the link to the parent ---- */

static void step(struct sim_node *node, const struct lt_input *input)
{
    struct lt_now now = sim_node_now(node);

    if (!node->up) {
        return;
    }
    if (lt_turn_input(node->turn, &now, input) != LT_OK) {
        sim_fail(node->sim, "I14 node %u: an input was refused", node->index);
    }
}

static void session_up(struct sim_node *node, struct sim_node *peer,
                       enum lt_role role, uint64_t session)
{
    struct lt_input input = {.kind = LT_IN_SESSION_UP,
                             .session = session,
                             .role = role,
                             .office = peer->office};

    memcpy(input.transport_key, peer->transport_key, LT_CURVE_LEN);
    for (size_t i = 0; i < sizeof(input.nonce); i += 8) {
        uint64_t random = sim_next(&node->sim->schedule);
        memcpy(input.nonce + i, &random, 8);
    }
    step(node, &input);
}

void sim_link_up(struct sim *sim, struct sim_node *child)
{
    struct sim_node *parent = &sim->nodes[child->parent];

    child->pair = ++sim->pairs;
    child->arrives_ms[0] = 0;
    child->arrives_ms[1] = 0;
    session_up(parent, child, LT_ROLE_CHILD, parent_session(child->pair));
    session_up(child, parent, LT_ROLE_PARENT, child_session(child->pair));
}

static void link_down(struct sim *sim, struct sim_node *child, bool child_hears,
                      bool parent_hears)
{
    struct lt_input input = {.kind = LT_IN_SESSION_DOWN};
    uint64_t pair = child->pair;

    if (pair == 0) {
        return;
    }
    child->pair = 0;
    child->deaf_until_ms[0] = 0;
    child->deaf_until_ms[1] = 0;
    child->link_up_at_ms =
        sim->now_ms + 20 +
        (int64_t)sim_below(&sim->net, sim->healing ? 100 : 2000);
    sim_drop_pair(sim, pair);
    if (child_hears) {
        input.session = child_session(pair);
        step(child, &input);
    }
    if (parent_hears) {
        input.session = parent_session(pair);
        step(&sim->nodes[child->parent], &input);
    }
}

void sim_link_down(struct sim *sim, struct sim_node *child)
{
    link_down(sim, child, true, true);
}

void sim_link_half_open(struct sim *sim, struct sim_node *child,
                        bool child_hears)
{
    link_down(sim, child, child_hears, !child_hears);
}
