/* A newer version ran at an office for a while, and the older one is back: its
 * log holds events of unknown types, in an unknown class, with unknown fields.
 * Everybody has to keep and relay them as they are. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/sim.h"

enum { NEWER_CLASS = 77, EVENTS_MAX = 4 };

/* Where a new life goes on from in one stream. */
struct youngest {
    struct lt_stream stream;
    struct lt_office origin;
    bool there;
    struct lt_point last;
    uint64_t hlc;      /* of that point */
    uint64_t most_hlc; /* of anything that the office wrote */
};

static bool look(void *ctx, const struct lt_log_run *run)
{
    struct youngest *youngest = ctx;

    if (lt_office_equal(&run->stream.origin, &youngest->origin) &&
        run->last_hlc > youngest->most_hlc) {
        youngest->most_hlc = run->last_hlc;
    }
    if (lt_stream_equal(&run->stream, &youngest->stream) &&
        (!youngest->there || run->last_hlc > youngest->hlc)) {
        youngest->there = true;
        youngest->last = run->last;
        youngest->hlc = run->last_hlc;
    }
    return true;
}

/* An event of a type that this version does not know, or of one that it does,
 * with a field that it does not. */
static void encode(struct sim_node *node, const struct lt_event_id *id,
                   uint64_t hlc, struct lt_buf *out)
{
    static const uint8_t UNKNOWN[] = {0x08, 0xe7, 0x07}; /* type 999 */
    static const uint8_t FIELD[] = {0xc2, 0xb8, 0x02, 3, 'm', 'o', 'i'};
    static struct lt_event event; /* large */
    bool good;

    if (sim_chance(&node->sim->fate, 500)) {
        good = lt_buf_put(out, UNKNOWN, sizeof(UNKNOWN));
    } else {
        event = (struct lt_event){.id = *id,
                                  .hlc = hlc,
                                  .type = LT_EV_INCIDENT_RAISED,
                                  .people = 7,
                                  .actor_role = 1};
        event.recorded_at_ms = sim_node_now(node).wall_ms;
        good = lt_event_encode(&event, out, NULL) == LT_OK;
    }
    if (!good || !lt_buf_put(out, FIELD, sizeof(FIELD))) {
        abort();
    }
}

static void tell(struct sim_node *node, const struct lt_event_id *id)
{
    struct sim *sim = node->sim;

    if (!lt_grow(lt_alloc_heap(), (void **)&sim->told, &sim->told_capacity,
                 sim->told_n, sizeof(*sim->told))) {
        abort();
    }
    sim->told[sim->told_n++] =
        (struct sim_told){.id = *id, .writer = node->index};
}

/* One segment of that life. */
static void write_segment(struct sim_node *node, struct lt_log *log,
                          const struct youngest *from, uint64_t epoch,
                          uint64_t *count)
{
    struct sim *sim = node->sim;
    struct lt_segment segment = {.stream = from->stream,
                                 .epoch = epoch,
                                 .first = from->last.number + 1,
                                 .prev = from->last};
    size_t n = 1 + (size_t)sim_below(&sim->fate, EVENTS_MAX);
    uint64_t hlc = from->most_hlc + 1;
    struct lt_packer *packer;
    struct lt_buf bytes;
    uint64_t pos;
    size_t taken;

    lt_buf_init(&bytes, lt_alloc_heap());
    if (lt_packer_new(lt_alloc_heap(), 1, &packer) != LT_OK) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        struct lt_event_id id = {
            .origin = node->office, .epoch = epoch, .count = ++*count};

        lt_buf_reset(&bytes);
        encode(node, &id, hlc + i, &bytes);
        if (lt_packer_add(packer, id.count, hlc + i, bytes.data, bytes.len,
                          NULL, 0) != LT_OK) {
            abort();
        }
        tell(node, &id);
    }
    if (lt_packer_take(packer, &segment, &taken) != LT_OK ||
        lt_segment_seal(&segment, node->key) != LT_OK) {
        abort();
    }
    if (lt_log_put_segment(log, &segment, sim_node_now(node).wall_ms, &pos) !=
        LT_OK) {
        sim_fail(sim, "I5 node %u: its log refuses a newer version's segment",
                 node->index);
    }
    lt_packer_free(packer);
    lt_buf_deinit(&bytes);
}

static void live(struct sim_node *node)
{
    static const uint8_t CLASSES[] = {LT_CLASS_INCIDENT, NEWER_CLASS};
    struct lt_log_options options = {.path = "log.db",
                                     .vfs = lt_disk_vfs(node->disk),
                                     .office = node->office,
                                     .wal_max_bytes = 4 << 20};
    uint64_t epoch = sim_next(&node->sim->fate) | 1;
    uint64_t count = 0;
    struct lt_log *log;

    if (lt_log_open(&options, &log, NULL) != LT_OK) {
        sim_fail(node->sim, "I1 node %u: its log does not open", node->index);
        return;
    }
    for (size_t i = 0; i < LT_COUNT_OF(CLASSES); i++) {
        struct youngest from = {.origin = node->office};

        from.stream.origin = node->office;
        from.stream.channel.cls = CLASSES[i];
        from.stream.channel.audience = LT_AUDIENCE_UP;
        if (lt_log_each_run(log, look, &from) != LT_OK) {
            abort();
        }
        write_segment(node, log, &from, epoch, &count);
    }
    if (lt_log_commit(log) != LT_OK) {
        abort();
    }
    lt_log_close(log);
}

bool sim_newer_life(struct sim *sim)
{
    struct sim_node *node = &sim->nodes[sim_below(&sim->fate, sim->nodes_n)];

    if (!node->up || node->dying || node->damaged || node->clone_of >= 0 ||
        sim_paused(node) || node->quota_until_ms != 0 ||
        lt_tree_count(lt_engine_tree(node->engine)) == 0) {
        return false;
    }
    if (!sim_allowed(sim, SIM_NEWER_LIFE)) {
        return true;
    }
    sim_say(sim, "node %u: a newer version runs there", node->index);
    sim_node_stop(node);
    sim->running = NULL;
    live(node);
    node->restart_at_ms = sim->now_ms + 50;
    return true;
}
