/* One seed: a tree is made, suffers, heals, and is checked. */
#include "tools/sim/scene.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAFETY_MS = 20 * 1000,  /* of virtual time under faults */
    HEALING_MS = 90 * 1000, /* at most, to converge */
    /* The same where frames were lost, doubled or overtaken within a session,
     * as TCP never does: a hold may outlive its reason for ten minutes, and a
     * parent that does not answer is gone around after a quarter of an hour. */
    HOLDS_HEALING_MS = 15 * 60 * 1000 + 3 * HEALING_MS,
    STATEMENT_MS = 20 * 60 * 1000, /* until every receipt has come */
    TICK_MS = 5,
    WRITES_BETWEEN_MS = 40,
    BACKUP_EVERY_STEPS = 300,
    ALONE = 16, /* one engine in so many has its own tree */
    ALONE_OF_LARGE = 512,
    LOOK_MS = 1000,
    LOOKS = 50,     /* where few look: so many at once */
    TURNS_PACE = 16 /* of a quiet day to those of a busy one, an office */
};

/* One number is drawn, whatever it is. */
void sim_skip(struct sim_rng *rng)
{
    rng->state += UINT64_C(0x9e3779b97f4a7c15);
}

uint64_t sim_next(struct sim_rng *rng)
{
    uint64_t value;

    sim_skip(rng);
    value = rng->state;
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t sim_below(struct sim_rng *rng, uint64_t n)
{
    return n == 0 ? 0 : sim_next(rng) % n;
}

bool sim_chance(struct sim_rng *rng, unsigned per_mille)
{
    return sim_below(rng, 1000000) < (uint64_t)per_mille * 1000;
}

/* ---- time ---- */

static void start_if_due(struct sim_node *node)
{
    if (!node->up && node->sim->now_ms >= node->restart_at_ms) {
        sim_node_start(node);
        sim_stir_below(node);
    }
}

static void revive(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        start_if_due(&sim->nodes[i]);
    }
    sim_links_revive(sim);
}

void sim_node_revive(struct sim_node *node)
{
    start_if_due(node);
    sim_links_of_node_revive(node);
}

static void tick(struct sim_node *node)
{
    struct lt_input input = {.kind = LT_IN_TICK};
    struct lt_now now = sim_node_now(node);

    if (!node->up || node->dying || sim_paused(node) ||
        node->sim->now_ms < node->wake_at_ms) {
        return;
    }
    node->wake_at_ms = INT64_MAX;
    if (lt_turn_input(node->turn, &now, &input) != LT_OK) {
        sim_fail(node->sim, "I14 node %u: a tick was refused", node->index);
    }
}

void sim_node_act(struct sim_node *node)
{
    struct sim *sim = node->sim;

    tick(node);
    if (node->up && !node->dying && !sim_paused(node)) {
        sim_node_turn(node);
        sim_node_tidy(node);
        sim_node_scrub(node);
    }
    if (node->up && !node->dying && node->wake_at_ms == INT64_MAX) {
        sim_fail(sim, "I14 node %u waits for no timer", node->index);
    }
    if (node->up && node->dying) {
        sim_node_crash(node);
    }
}

void sim_one_step(struct sim *sim)
{
    if (sim->calm != NULL) {
        sim_calm_step(sim);
        sim->now_ms += TICK_MS;
        return;
    }
    sim_keys_go_on(sim);
    revive(sim);
    sim_make_room(sim);
    while (sim_deliver(sim)) {
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sim_node_act(&sim->nodes[i]);
    }
    sim->now_ms += TICK_MS;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When a way up from here may open or has to close. */
static int64_t next_link_ms(const struct sim_node *node)
{
    int64_t next = INT64_MAX;

    for (unsigned slot = 0; slot < SIM_UPLINKS; slot++) {
        const struct sim_link *link = &node->links[slot];

        if (link->above >= 0 && link->closes_ms != 0) {
            next = earlier(next, link->closes_ms);
        } else if (link->above >= 0 && link->pair == 0 && node->up &&
                   node->sim->nodes[link->above].up) {
            next = earlier(next, link->up_at_ms);
        }
    }
    return next;
}

int64_t sim_node_next_ms(const struct sim_node *node)
{
    int64_t next = node->up ? node->wake_at_ms : node->restart_at_ms;

    if (node->up && lt_turn_pending(node->turn)) {
        return 0;
    }
    if (node->full) {
        next = earlier(next, node->room_check_ms);
    }
    next = earlier(next, next_link_ms(node));
    return earlier(next, sim_scrub_ms(node));
}

/* Nothing happens until the next frame, timer or start. */
void sim_skip_idle(struct sim *sim, int64_t until_ms)
{
    int64_t next = earlier(sim_next_frame_ms(sim), until_ms);

    if (sim->calm != NULL) {
        next = earlier(next, sim_calm_next_ms(sim));
    }
    for (size_t i = 0; sim->calm == NULL && i < sim->nodes_n; i++) {
        next = earlier(next, sim_node_next_ms(&sim->nodes[i]));
    }
    if (next > sim->now_ms) {
        sim->now_ms = next;
    }
}

static void write_something(struct sim *sim, int64_t *next_ms)
{
    struct sim_node *node = &sim->nodes[sim_below(&sim->work, sim->nodes_n)];

    if (sim->now_ms < *next_ms) {
        return;
    }
    *next_ms =
        sim->now_ms + 1 +
        (int64_t)sim_below(&sim->work, 2 * WRITES_BETWEEN_MS) * sim->pace;
    if (node->up && !node->dying && !sim_paused(node) &&
        lt_tree_count(lt_engine_tree(node->engine)) > 0) {
        bool masked = sim_is_masked(&sim->options->masks, SIM_WRITES,
                                    ++sim->drawn[SIM_WRITES]);

        sim_write_or_not(node, masked);
    }
}

static void back_up(struct sim *sim)
{
    struct sim_node *node =
        &sim->nodes[sim_below(&sim->schedule, sim->nodes_n)];

    if (node->damaged || !node->up) {
        return; /* whoever backs up reads all of it, and notices */
    }
    lt_disk_image_free(node->backup);
    node->backup = lt_disk_snapshot(node->disk);
}

/* Everything that happens by itself until @until_ms. */
void sim_pass_time(struct sim *sim, int64_t until_ms)
{
    do {
        sim_one_step(sim);
        sim_skip_idle(sim, until_ms);
    } while (sim->now_ms < until_ms && sim->failure[0] == '\0');
}

static void live(struct sim *sim)
{
    int64_t until_ms = SAFETY_MS * sim->pace;
    int64_t next_write = 500;
    uint64_t steps = 0;

    sim_fate_plan(sim, until_ms);
    while (sim->now_ms < until_ms && sim->failure[0] == '\0') {
        write_something(sim, &next_write);
        if (steps++ % BACKUP_EVERY_STEPS == 0) {
            back_up(sim);
        }
        sim_suffer(sim);
        sim_carry(sim);
        if (sim->pace == 1) {
            sim_one_step(sim);
        } else {
            sim_pass_time(sim, sim->now_ms + TICK_MS * sim->pace);
        }
    }
}

/* Clients go on asking until they have their answers. True: all have. */
static bool all_answered(struct sim *sim)
{
    bool all = true;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->up && !node->full &&
            lt_tree_count(lt_engine_tree(node->engine)) > 0) {
            all &= !sim_write_again(node);
        }
    }
    return all;
}

/* What was wrong once is not taken again in that session for ten minutes. */
static void renew_links(struct sim *sim)
{
    for (size_t i = 1; i < sim->nodes_n; i++) {
        sim_link_down(&sim->nodes[i], 0);
    }
}

/* It did not converge: the failure says what is missing where. */
static void explain(struct sim *sim, int64_t limit_ms)
{
    unsigned who;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (!sim->nodes[i].up) {
            sim_fail(sim, "I14 node %zu is not up %d s after healing", i,
                     (int)(limit_ms / 1000));
            return;
        }
    }
    if (sim_check_all(sim) && sim_converged(sim)) {
        if (!sim_nobody_goes_around(sim, &who)) {
            sim_fail(sim,
                     "I14 node %u still goes around its parent %d s after "
                     "healing",
                     who, (int)(limit_ms / 1000));
        }
        sim_say_missing_receipt(sim, (int)(limit_ms / 1000));
    } else if (sim->failure[0] == '\0') {
        sim_fail(sim, "I9 not converged within %d s of healing",
                 (int)(limit_ms / 1000));
    }
}

/* Frames were lost, doubled or overtaken within a session. */
static bool was_torn(const struct sim *sim)
{
    return sim->faults.rate[SIM_DROP] > 0 ||
           sim->faults.rate[SIM_REORDER] > 0 ||
           sim->faults.rate[SIM_DUPLICATE] > 0 || sim->done[SIM_ONE_WAY] > 0 ||
           sim->hostile.node >= 0;
}

static void heal(struct sim *sim)
{
    int64_t limit_ms = was_torn(sim) ? HOLDS_HEALING_MS : HEALING_MS;
    int64_t until;
    unsigned quiet = 0;
    unsigned who;

    sim->healing = true;
    sim_fate_ends(sim);
    sim_find_rot(sim);
    until = sim->now_ms + limit_ms;
    if (sim->done[SIM_FLIP] > 0 || sim->done[SIM_TRUNCATE] > 0 ||
        sim->done[SIM_REPLAY] > 0 || sim->hostile.node >= 0 ||
        sim_damages(sim->done) > 0) {
        renew_links(sim);
    }
    sim_say(sim, "healing begins");
    /* Converged, and still so half a second later. */
    while (sim->failure[0] == '\0' && quiet < 100) {
        /* A statement that was lost comes again with the next interval. */
        if (sim->now_ms > until &&
            (sim->now_ms > until + STATEMENT_MS || !sim_converged(sim))) {
            sim_say(sim, "healing took too long");
            explain(sim, limit_ms);
            return;
        }
        sim_heal_trust(sim);
        sim_one_step(sim);
        if (sim->calm != NULL && !sim_calm_looks(sim)) {
            sim_skip_idle(sim, sim->now_ms + LOOK_MS);
            continue;
        }
        if (sim_doubt(sim) && all_answered(sim) && sim_converged(sim) &&
            sim_receipts_complete(sim) && sim_nobody_goes_around(sim, &who)) {
            quiet += sim->calm != NULL ? LOOKS : 1;
        } else {
            quiet = 0;
            sim_skip_idle(sim, sim->calm != NULL ? sim->now_ms + LOOK_MS
                                                 : until + STATEMENT_MS);
        }
    }
}

static void clean(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sim_free_node(&sim->nodes[i]);
    }
    for (size_t i = 0; i < sim->frames_n; i++) {
        free(sim->frames[i].bytes);
    }
    lt_key_free(sim->root);
    lt_key_free(sim->apart_root);
    sim_past_free(sim);
    sim_sticks_free(sim);
    free(sim->frames);
    free(sim->told);
    for (size_t i = 0; i < sim->pairs_n; i++) {
        free(sim->pairs[i].handles);
    }
    free(sim->pairs);
    sim_calm_free(sim->calm);
    free(sim->hostile.forged);
    free(sim->edges);
    free(sim->beyond);
    free(sim->secrets);
}

static unsigned tiers_of(const struct sim *sim)
{
    unsigned most = 0;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        unsigned depth = 1;

        for (int up = sim->nodes[i].parent; up >= 0 && depth <= sim->nodes_n;
             up = sim->nodes[up].parent) {
            depth++;
        }
        most = depth > most ? depth : most;
    }
    return most;
}

/* Half of the seeds in which bits rot, and some of the others. */
static bool draws_scrubs(const struct sim *sim)
{
    struct sim_rng rng = {.state = sim->seed ^ UINT64_C(0x5c2b)};
    bool rots = sim->faults.rate[SIM_ROT_DATA] > 0;

    return sim_below(&rng, rots ? 2 : 8) == 0;
}

static void begin(struct sim *sim, uint64_t seed,
                  const struct sim_options *options, const struct scene *scene)
{
    sim->seed = seed;
    sim->options = options;
    sim->trace_hash = UINT64_C(0xcbf29ce484222325);
    sim->net.state = seed ^ 0x6e6574;
    sim->disk.state = seed ^ 0x6469736b;
    sim->schedule.state = seed ^ 0x73636865;
    sim->work.state = seed ^ 0x776f726b;
    sim->clock.state = seed ^ 0x636c6f63;
    sim->fate.state = seed ^ 0x66617465;
    sim->trust.state = seed ^ 0x7472757374;
    sim->keys.state = seed ^ 0x6b657973;
    sim->expected = SIM_CLASSES;
    sim->hostile.node = -1;
    sim->hostile.handles = 9000;
    /* The same writes and faults, spread over so much more time. */
    sim->pace = options->shape == NULL || options->quiet
                    ? 1
                    : ((int64_t)options->minutes * 60 * 1000 + SAFETY_MS - 1) /
                          SAFETY_MS;
    sim->rarity = 1 + (uint64_t)sim->pace / TURNS_PACE;
    if (scene == NULL && !options->quiet) {
        sim_draw_faults(sim);
        sim_plan_crashes(sim);
        sim->scrubs = draws_scrubs(sim);
    }
    lt_disk_seed_sqlite((uint32_t)seed);
    lt_crypto_stub_signatures(!sim->faults.real_keys);
    if (sim->faults.real_keys) {
        lt_crypto_remember_good(true);
    }
    lt_failpoint_watch(sim_at_failpoint, sim);
    sim->agreed = UINT64_MAX;
    if (scene == NULL) {
        sim_make_tree(sim);
    } else {
        sim_make_small_tree(sim, scene->parents, scene->children);
    }
}

/* The tree first, without faults: no office works without one. */
static void open_tree(struct sim *sim)
{
    for (unsigned tries = 0; !sim->nodes[0].up && tries < 10; tries++) {
        sim_node_start(&sim->nodes[0]); /* its first start was cut short */
    }
    sim->healing = true;
    sim_open_tree(sim);
    sim_one_step(sim);
    sim->healing = false;
}

void sim_end(struct sim *sim, struct sim_result *out)
{
    if (sim->failure[0] == '\0') {
        heal(sim);
    }
    if (sim->failure[0] == '\0') {
        (void)sim_check_all(sim);
    }
    *out = (struct sim_result){
        .seed = sim->seed,
        .ok = sim->failure[0] == '\0',
        .trace_hash = sim->trace_hash,
        .told = sim->told_n,
        .offices = (unsigned)sim->nodes_n,
        .tiers = sim->tiers,
    };
    memcpy(out->drawn, sim->drawn, sizeof(out->drawn));
    memcpy(out->done, sim->done, sizeof(out->done));
    memcpy(out->failure, sim->failure, sizeof(out->failure));
    clean(sim);
    lt_crypto_remember_good(false);
    lt_failpoint_watch(NULL, NULL);
    (void)sim_trees_forget();
    free(sim);
}

struct sim *sim_begin(uint64_t seed, const struct sim_options *options,
                      const struct scene *scene)
{
    struct sim *sim = calloc(1, sizeof(*sim));

    if (sim == NULL) {
        abort();
    }
    begin(sim, seed, options, scene);
    if (options->shape != NULL && options->quiet) {
        sim->calm = sim_calm_new(sim);
        sim_trees_share(&sim->nodes[0].office,
                        sim->nodes_n > SIM_LARGE ? ALONE_OF_LARGE : ALONE);
    }
    sim->tiers = tiers_of(sim);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sim_node_start(&sim->nodes[i]);
        sim_cool(&sim->nodes[i]);
    }
    open_tree(sim);
    return sim;
}

void sim_run(uint64_t seed, const struct sim_options *options,
             struct sim_result *out)
{
    struct sim *sim = sim_begin(seed, options, NULL);

    live(sim);
    sim_end(sim, out);
}

bool scene_play(const struct scene *scene, uint64_t seed,
                const struct sim_options *options, struct sim_result *out)
{
    struct sim *sim = sim_begin(seed, options, scene);

    scene->play(sim);
    sim_end(sim, out);
    return out->ok;
}
