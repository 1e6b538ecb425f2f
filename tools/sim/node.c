/* One simulated office: the daemon's own turn over a disk in memory. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"
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
    return (struct lt_now){
        .mono_ms = node->sim->now_ms,
        .wall_ms = node->sim->now_ms + INT64_C(1790000000000) +
                   node->clock_offset_ms,
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

    (void)code;
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

static void on_stored(void *ctx, uint64_t pos, int64_t committed_at_ms,
                      const struct lt_segment *segment)
{
    struct sim_node *node = ctx;

    (void)committed_at_ms;
    durable_of(node, &segment->stream, segment->epoch)->last =
        lt_segment_last(segment);
    sim_mix(node->sim, &pos, sizeof(pos));
    sim_mix(node->sim, segment->hash, LT_HASH_LEN);
}

static void on_written(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                       int64_t committed_at_ms)
{
    struct sim_node *node = ctx;
    struct sim *sim = node->sim;

    (void)pos;
    (void)committed_at_ms;
    for (size_t i = 0; i < node->writes_n; i++) {
        const struct sim_write *write = &node->writes[i];

        for (size_t j = 0; write->token == token && result == LT_OK &&
                           j < write->ids_n;
             j++) {
            if (!lt_grow(lt_alloc_heap(), (void **)&sim->told,
                         &sim->told_capacity, sim->told_n,
                         sizeof(*sim->told))) {
                abort();
            }
            sim->told[sim->told_n++] = (struct sim_told){
                .id = write->ids[j], .writer = node->index};
        }
    }
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
        if (sim->nodes[i].parent == (int)node->index) {
            uint8_t key_id[LT_HASH_LEN];

            lt_key_id_of(lt_key_public(sim->nodes[i].key), key_id);
            err = lt_log_put_binding(node->log, &sim->nodes[i].office, key_id,
                                     sim->bindings[i].data,
                                     sim->bindings[i].len);
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
        .epoch = sim_next(&sim->schedule) | 1,
        .seed = sim_next(&sim->schedule),
        .software = "lienthong-sim",
        .urgent_per_hour = 60,
        .window_start_bytes = 8192,
        .window_max_bytes = 1 << 20,
        .statement_interval_ms = 15 * 60 * 1000,
        .zstd_level = 1,
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

void sim_node_start(struct sim_node *node)
{
    struct sim *sim = node->sim;
    lt_err err;

    lt_disk_set_time(node->disk, sim_node_now(node).wall_ms);
    node->durable_n = 0;
    node->writes_n = 0;
    node->wake_at_ms = sim->now_ms;
    node->dying = false;
    err = open_parts(node);
    node->lives++;
    if (err == LT_OK) {
        err = lt_log_each_run(node->log, note_run, node);
    }
    node->up = err == LT_OK;
    if (err != LT_OK) {
        sim_node_stop(node);
        if (err == LT_ECORRUPT || err == LT_EDB) {
            sim_fail(sim, "I1 node %u cannot open its log: %s", node->index,
                     lt_err_word(err));
        }
        node->restart_at_ms = sim->now_ms + 100;
    }
}

void sim_node_stop(struct sim_node *node)
{
    struct sim *sim = node->sim;

    node->up = false;
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

void sim_node_crash(struct sim_node *node)
{
    struct sim *sim = node->sim;
    static const enum lt_crash HOW[] = {LT_CRASH_LOSE_ALL, LT_CRASH_KEEP_ALL,
                                        LT_CRASH_PREFIX, LT_CRASH_SUBSET};

    sim->done.crashes++;
    lt_disk_crash(node->disk, HOW[sim_below(&sim->disk, LT_COUNT_OF(HOW))]);
    sim_node_stop(node);
    node->restart_at_ms =
        sim->now_ms + 20 + (int64_t)sim_below(&sim->schedule, 400);
}

void sim_node_turn(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct lt_now now = sim_node_now(node);
    lt_err err;

    if (!lt_turn_pending(node->turn)) {
        return;
    }
    if (!sim->healing && sim_chance(&sim->disk, sim->faults.fail_sync)) {
        lt_disk_fail_syncs(node->disk, 1);
        sim->done.syncs_failed++;
    }
    err = lt_turn_end(node->turn, &now);
    node->writes_n = 0;
    if (err == LT_EFULL) {
        sim_fail(sim, "I11 node %u says its disk is full", node->index);
    } else if (err != LT_OK) {
        if (err != LT_EIO && !node->dying) {
            sim_fail(sim, "I14 node %u: the turn ended with %s", node->index,
                     lt_err_word(err));
        }
        sim_node_crash(node);
    } else {
        bool more = false;

        lt_disk_fail_syncs(node->disk, 0);
        err = lt_log_checkpoint(node->log, &more);
        if (err != LT_OK) {
            sim_node_crash(node);
        }
    }
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
    session_up(parent, child, LT_ROLE_CHILD, parent_session(child->pair));
    session_up(child, parent, LT_ROLE_PARENT, child_session(child->pair));
}

void sim_link_down(struct sim *sim, struct sim_node *child)
{
    struct lt_input input = {.kind = LT_IN_SESSION_DOWN};
    uint64_t pair = child->pair;

    if (pair == 0) {
        return;
    }
    child->pair = 0;
    child->link_up_at_ms = sim->now_ms + 20 +
                           (int64_t)sim_below(&sim->net,
                                              sim->healing ? 100 : 2000);
    sim_drop_pair(sim, pair);
    input.session = child_session(pair);
    step(child, &input);
    input.session = parent_session(pair);
    step(&sim->nodes[child->parent], &input);
}
