/* What scenarios are made of. */
#include "tools/sim/scene.h"

#include <stdlib.h>
#include <string.h>

#include "tools/sim/held.h"

static const int64_t NEVER_MS = INT64_C(1) << 60;

/* ---- time ---- */

void scene_run(struct sim *sim, int64_t ms)
{
    sim_pass_time(sim, sim->now_ms + ms);
}

/* Of many nodes, once a second: they agreed then, and still do. */
static void settle_calmly(struct sim *sim, int64_t until_ms)
{
    unsigned agreed = 0;

    while (sim->failure[0] == '\0' && agreed < 2) {
        if (sim->now_ms >= until_ms) {
            scene_want(sim, false, "neighbours agree in time");
            return;
        }
        sim_one_step(sim);
        if (sim_calm_looks(sim)) {
            agreed = sim_converged(sim) ? agreed + 1 : 0;
        }
        sim_skip_idle(sim, sim->now_ms + 1000);
    }
}

void scene_settle(struct sim *sim, int64_t at_most_ms)
{
    int64_t until_ms = sim->now_ms + at_most_ms;
    unsigned quiet = 0;

    if (sim->calm != NULL) {
        settle_calmly(sim, until_ms);
        return;
    }
    while (sim->failure[0] == '\0' && quiet < 100) {
        if (sim->now_ms >= until_ms) {
            scene_want(sim, false, "neighbours agree in time");
            return;
        }
        sim_one_step(sim);
        if (sim_converged(sim)) {
            quiet++;
        } else {
            quiet = 0;
            sim_skip_idle(sim, until_ms);
        }
    }
}

void scene_leap(struct sim *sim, int64_t ms)
{
    sim->now_ms += ms;
}

/* ---- doing ---- */

void scene_cut(struct sim_node *node)
{
    sim_link_down(node, 0);
    node->links[0].up_at_ms = NEVER_MS;
}

void scene_join(struct sim_node *node)
{
    node->links[0].up_at_ms = node->sim->now_ms;
}

void scene_leave(struct sim_node *node)
{
    scene_cut(node);
    sim_link_down(node, SIM_AROUND_IT);
    node->away = true;
}

void scene_return(struct sim_node *node)
{
    node->away = false;
    scene_join(node);
}

void scene_commit(struct sim_node *node)
{
    if (node->up && !node->dying) {
        sim_node_turn(node);
    }
}

void scene_cases(struct sim_node *node, unsigned n)
{
    sim_write_batch(node, n);
    scene_commit(node);
}

void scene_case_with_text(struct sim_node *node)
{
    sim_write_case(node);
    scene_commit(node);
}

struct lt_event_id scene_urgent(struct sim_node *node)
{
    struct lt_event_id id = sim_write_incident(node);

    scene_commit(node);
    return id;
}

void scene_bulk(struct sim_node *node, unsigned n)
{
    if (node->cases_n == 0) {
        scene_case_with_text(node);
    }
    for (unsigned i = 0; i < n; i++) {
        sim_write_piece(node);
        scene_commit(node);
    }
}

void scene_directive(struct sim_node *node, unsigned to)
{
    sim_write_directive(node, to);
    scene_commit(node);
}

struct lt_event_id scene_order(struct sim_node *node, unsigned to)
{
    struct lt_event_id id = sim_write_urgent_directive(node, to);

    scene_commit(node);
    return id;
}

struct lt_disk_image *scene_backup(struct sim_node *node)
{
    return lt_disk_snapshot(node->disk);
}

void scene_restore(struct sim_node *node, struct lt_disk_image *image)
{
    sim_put_back(node, image);
    lt_disk_image_free(image);
}

void scene_empty(struct sim_node *node)
{
    struct lt_disk *empty = lt_disk_new(node->sim->seed);

    node->lives = 0; /* its bindings are stored anew */
    scene_restore(node, lt_disk_snapshot(empty));
    lt_disk_free(empty);
}

void scene_kill(struct sim_node *node, enum lt_crash how)
{
    lt_disk_crash(node->disk, how);
    sim_node_crash(node);
    node->restart_at_ms = NEVER_MS;
}

void scene_start(struct sim_node *node)
{
    node->restart_at_ms = node->sim->now_ms;
    sim_stir(node);
}

void scene_plant(struct sim_node *node, uint64_t plant)
{
    node->plant = plant;
    node->sim->withheld |= (plant & lt_plant_bit(LT_PLANT_WITHHOLD)) != 0;
    if (node->up) {
        sim_node_stop(node);
    }
    scene_start(node);
    scene_run(node->sim, 100);
}

/* ---- looking ---- */

static bool found(void *ctx, uint64_t pos, const struct lt_segment *segment,
                  const struct lt_item *item)
{
    uint64_t *there = ctx;

    (void)segment;
    (void)item;
    *there = pos;
    return false;
}

uint64_t scene_position(struct sim_node *node, const struct lt_event_id *id)
{
    uint64_t there = 0;

    return node->up && lt_log_find_event(node->log, id, found, &there) == LT_OK
               ? there
               : 0;
}

bool scene_holds(struct sim_node *node, const struct lt_event_id *id)
{
    return scene_position(node, id) != 0;
}

uint64_t scene_segments(struct sim_node *node)
{
    struct lt_log_stats stats = {0};

    if (node->up) {
        lt_log_stats(node->log, &stats);
    }
    return stats.last_pos;
}

uint64_t scene_events(struct sim_node *node)
{
    struct lt_log_stats stats = {0};

    if (node->up) {
        lt_log_stats(node->log, &stats);
    }
    return stats.events;
}

int64_t scene_arrives(struct sim_node *node, const struct lt_event_id *id,
                      int64_t at_most_ms)
{
    struct sim *sim = node->sim;
    int64_t began_ms = sim->now_ms;

    while (!scene_holds(node, id) && sim->now_ms - began_ms < at_most_ms &&
           sim->failure[0] == '\0') {
        scene_run(sim, 50);
    }
    return sim->now_ms - began_ms;
}

int scene_state(const struct sim_node *node, unsigned of)
{
    static struct lt_office_view views[SIM_NODES_MAX];
    size_t n =
        node->up ? lt_engine_offices(node->engine, views, SIM_NODES_MAX) : 0;

    for (size_t i = 0; i < n; i++) {
        if (lt_office_equal(&views[i].office, &node->sim->nodes[of].office)) {
            return views[i].state;
        }
    }
    return -1;
}

unsigned scene_alarms(const struct sim_node *node, lt_err code)
{
    return node->alarms[(unsigned)-code % SIM_ALARMS];
}

void scene_want(struct sim *sim, bool good, const char *what)
{
    if (!good) {
        sim_fail(sim, "not so: %s", what);
    }
}
