#include "tools/sim/night.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/sys.h"
#include "tests/sim/diskbytes.h"
#include "tools/sim/held.h"
#include "tools/sim/scene.h"

enum {
    CASES_BEFORE = 3,
    CASES_THAT_NIGHT = 2,
    AWAY_PERCENT = 10,
    SETTLE_MS = 40 * 60 * 1000,
    HOLD_OVER_MS = 61 * 60 * 1000 /* what was held back is tried again */
};

static const char COUNTRY[] = "country";

struct night {
    const struct night_plan *plan;
    struct sim *sim;
    bool *away;
    unsigned away_n;
    unsigned in_flight; /* events that the root lacked at midnight */
};

static int64_t mono_ms(void)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_now now;

    sys->now(sys->ctx, &now);
    return now.mono_ms;
}

static bool is_commune(const struct night *night, size_t node)
{
    return strcmp(night->plan->shape.places[node].kind, "commune") == 0;
}

/* ---- before ---- */

static void work(struct night *night, unsigned cases)
{
    for (size_t i = 1; i < night->sim->nodes_n; i++) {
        struct sim_node *node = &night->sim->nodes[i];

        if (node->up && is_commune(night, i) && !sim_is_closed(node)) {
            scene_cases(node, cases);
        }
    }
}

static void prepare(struct night *night)
{
    const struct night_plan *plan = night->plan;

    for (size_t i = 0; i < plan->changes_n; i++) {
        const struct night_change *change = &plan->changes[i];

        sim_write_named(night->sim, &night->sim->nodes[change->node],
                        change->to, change->step == NIGHT_CLOSE, change->name);
    }
    scene_commit(&night->sim->nodes[0]);
}

/* A tenth of all machines are off that night; the root is not. */
static void send_away(struct night *night)
{
    struct sim *sim = night->sim;

    for (size_t i = 1; i < sim->nodes_n; i++) {
        if (sim_below(&sim->schedule, 100) < AWAY_PERCENT) {
            night->away[i] = true;
            night->away_n++;
            scene_kill(&sim->nodes[i], LT_CRASH_LOSE_ALL);
        }
    }
}

/* ---- that night ---- */

static void directives(struct night *night)
{
    for (size_t i = 1; i < night->sim->nodes_n; i++) {
        if (is_commune(night, i) && i % 7 == 0) {
            sim_write_directive(&night->sim->nodes[0], (unsigned)i);
        }
    }
    scene_commit(&night->sim->nodes[0]);
}

static void put_in_force(struct night *night)
{
    struct sim *sim = night->sim;
    const struct lt_tree *tree = lt_engine_tree(sim->nodes[0].engine);

    for (size_t i = 0; i < lt_tree_prepared_count(tree); i++) {
        sim_write_enforce(sim, lt_tree_prepared_at(tree, i));
    }
    scene_commit(&sim->nodes[0]);
}

/* They come back one after another, and each begins by writing. */
static void come_back(struct night *night)
{
    for (size_t i = 1; i < night->sim->nodes_n; i++) {
        if (night->away[i]) {
            scene_start(&night->sim->nodes[i]);
            if (is_commune(night, i)) {
                scene_cases(&night->sim->nodes[i], 1);
            }
        }
        if (i % 40 == 0) {
            scene_run(night->sim, 500);
        }
    }
}

static void play(struct night *night)
{
    struct sim *sim = night->sim;
    uint64_t before;

    scene_settle(sim, SETTLE_MS);
    prepare(night);
    work(night, CASES_BEFORE);
    scene_settle(sim, SETTLE_MS);
    send_away(night);
    scene_run(sim, 5000);
    work(night, CASES_THAT_NIGHT);
    directives(night);
    before = scene_events(&sim->nodes[0]);
    put_in_force(night);
    scene_run(sim, 30 * 1000);
    night->in_flight = (unsigned)(scene_events(&sim->nodes[0]) - before);
    come_back(night);
    scene_settle(sim, HOLD_OVER_MS);
}

/* ---- what came of it ---- */

/* By the plan alone: who holds now what @node opened. */
static unsigned holder_by_plan(const struct night_plan *plan, unsigned node)
{
    for (size_t i = 0; i < plan->changes_n; i++) {
        if (plan->changes[i].step == NIGHT_CLOSE &&
            plan->changes[i].node == node) {
            return holder_by_plan(plan, plan->changes[i].to);
        }
    }
    return node;
}

struct sums {
    uint64_t events; /* at the root, each once */
    unsigned open;
    unsigned without; /* open cases without exactly one open custodian */
    unsigned differ;  /* old communes whose report by both trees differs */
};

/* The open cases at the root, by whoever holds them; and once more by who
 * opened them and the plan. */
static bool count(struct night *night, struct sums *sums)
{
    struct sim *sim = night->sim;
    const struct lt_tree *tree = lt_engine_tree(sim->nodes[0].engine);
    unsigned *by_new = calloc(sim->nodes_n, sizeof(*by_new));
    unsigned *by_old = calloc(sim->nodes_n, sizeof(*by_old));
    static struct lt_matter matter;
    struct sim_held held;
    bool ok = sim_held_read(sim, &sim->nodes[0], &held);

    *sums = (struct sums){0};
    if (by_new == NULL || by_old == NULL) {
        abort();
    }
    for (size_t i = 0; i < held.events_n; i++) {
        sums->events += i == 0 || !lt_event_id_equal(&held.events[i - 1].id,
                                                     &held.events[i].id)
                            ? 1
                            : 0;
    }
    for (size_t from = 0, to; ok && from < held.acts_n; from = to) {
        const struct lt_event_id *id = lt_act_matter(&held.acts[from]);
        struct lt_judged judged[8];
        struct lt_office holder;
        bool heads[8];
        int who;

        for (to = from + 1;
             to < held.acts_n &&
             lt_event_id_equal(lt_act_matter(&held.acts[to]), id);
             to++) {
        }
        if (lt_type_matter(held.acts[from].type) != LT_MATTER_CASE ||
            to - from > LT_COUNT_OF(judged)) {
            continue;
        }
        ok = lt_matter_fold(&held.acts[from], to - from, id, tree,
                            lt_alloc_heap(), &matter, judged, heads) == LT_OK;
        if (!ok || matter.kind != LT_MATTER_CASE ||
            !lt_matter_is_open(&matter)) {
            continue;
        }
        sums->open++;
        holder = lt_tree_heir(tree, &matter.custodian);
        who = sim_node_of(sim, &holder);
        if (matter.contested || who < 0 ||
            lt_tree_closed_at(tree, UINT64_MAX, &holder)) {
            sums->without++;
            continue;
        }
        by_new[who]++;
        who = sim_node_of(sim, &matter.origin);
        by_old[holder_by_plan(night->plan, (unsigned)who)]++;
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sums->differ += by_new[i] != by_old[i] ? 1 : 0;
    }
    sim_held_free(&held);
    free(by_new);
    free(by_old);
    return ok;
}

static void print_plan(const struct night_plan *plan, const char *code)
{
    const struct night_counts *c = &plan->counts;

    printf("night %s: %u provinces, %u districts, %u communes become %u, 0, %u; "
           "%u kept, %u opened; not named %u (by code %u, by district %u, to "
           "the province %u), in parts %u, elsewhere %u\n",
           code, c->old_provinces, c->districts, c->old_communes,
           c->new_provinces, c->new_communes, c->kept, c->opened,
           c->by_code + c->by_district + c->by_province, c->by_code,
           c->by_district, c->by_province, c->in_parts, c->elsewhere);
    fflush(stdout);
}

static void print(const struct night *night, const char *code,
                  const struct sums *sums, int64_t began_ms, uint64_t told)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    printf(
        "night %s: %zu changes, %u of %zu offices away, %u events in flight; "
        "%llu told, %llu at the root; %u open cases, %u without one open "
        "custodian; %u reports differ; %.0f s, %ld s of work, %ld MB\n",
        code, night->plan->changes_n, night->away_n, night->sim->nodes_n - 1,
        night->in_flight, (unsigned long long)told,
        (unsigned long long)sums->events, sums->open, sums->without,
        sums->differ, (double)(mono_ms() - began_ms) / 1000,
        (long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec),
        usage.ru_maxrss / 1024);
}

/* Where the memory is, while all of it is there. */
static void print_memory(const struct night *night)
{
    uint64_t engines = 0;

    for (size_t i = 0; i < night->sim->nodes_n; i++) {
        engines += night->sim->nodes[i].heap_bytes;
    }
    printf("night memory: %llu KiB of engines without what they share, %zu KiB "
           "of disks without what they share, %zu offices\n",
           (unsigned long long)engines / 1024, lt_disk_pieces_bytes() / 1024,
           night->sim->nodes_n);
}

static bool one(const struct sim_command *command, const char *code,
                uint64_t seed)
{
    struct sim_options options = command->run;
    struct night_plan plan = {.changes_n = 0};
    struct night night = {.plan = &plan};
    struct sim_result result = {.ok = false};
    struct sums sums = {0};
    int64_t began_ms = mono_ms();

    if (!night_plan_read(command->night,
                         strcmp(code, COUNTRY) == 0 ? NULL : code, &plan)) {
        night_plan_free(&plan);
        return false;
    }
    print_plan(&plan, code);
    if (command->plan) {
        night_plan_free(&plan);
        return true;
    }
    options.shape = &plan.shape;
    options.quiet = true;
    night.away = calloc(plan.shape.n, sizeof(*night.away));
    if (night.away == NULL) {
        abort();
    }
    night.sim = sim_begin(seed, &options, NULL);
    play(&night);
    if (night.sim->failure[0] == '\0' && count(&night, &sums)) {
        scene_want(night.sim, sums.without == 0,
                   "every open case has one custodian");
        scene_want(night.sim, sums.events == night.sim->told_n,
                   "the root has each event that was answered, once");
        scene_want(night.sim, sums.differ == 0,
                   "reports by the old tree and by the new one agree");
        print_memory(&night);
        print(&night, code, &sums, began_ms, night.sim->told_n);
    }
    sim_end(night.sim, &result);
    if (!result.ok) {
        printf("FAIL lienthong-sim --night %s --office %s --seed %llu: %s\n",
               command->night, code, (unsigned long long)seed, result.failure);
    }
    fflush(stdout);
    free(night.away);
    night_plan_free(&plan);
    return result.ok;
}

bool sim_night(const struct sim_command *command)
{
    /* The 34, by the codes of units-2026-07.csv. */
    static const char *const CODES[] = {
        "01", "04", "08", "11", "12", "14", "15", "19", "20", "22", "24", "25",
        "31", "33", "37", "38", "40", "42", "44", "46", "48", "51", "52", "56",
        "66", "68", "75", "79", "80", "82", "86", "91", "92", "96"};
    uint64_t seed = command->chosen_n > 0 ? command->chosen[0] : 1;
    unsigned failed = 0;
    unsigned played = 0;

    if (lt_crypto_start() != LT_OK) {
        return false;
    }
    if (strcmp(command->office, "all") != 0) {
        played++;
        failed += one(command, command->office, seed) ? 0 : 1;
    } else {
        for (size_t i = 0; i < LT_COUNT_OF(CODES); i++) {
            played++;
            failed += one(command, CODES[i], seed) ? 0 : 1;
        }
    }
    lt_crypto_stop();
    printf("%u nights, %u failed\n", played, failed);
    return played > 0 && failed == 0;
}
