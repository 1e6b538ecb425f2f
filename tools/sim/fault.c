/* Which faults a seed has, and each decision that one happens. */
#include "tools/sim/fault.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sim/sim.h"

const char *const sim_class_words[SIM_CLASSES] = {
#define SIM_CLASS_WORDS(name, words) [SIM_##name] = (words),
    SIM_CLASS_TABLE(SIM_CLASS_WORDS)
#undef SIM_CLASS_WORDS
};

/* ---- rates ---- */

/* How often a class is on, and up to what. A rate is of a million chances (a
 * frame, a turn, an effect, a step of a link or node), or a number of times. */
static const struct habit {
    enum sim_class cls;
    unsigned seeds; /* on in one of so many seeds */
    unsigned most;
} habits[] = {
    {SIM_DROP, 2, 60000},
    {SIM_DUPLICATE, 2, 150000},
    {SIM_REORDER, 2, 150000},
    {SIM_FLIP, 4, 30000},
    {SIM_TRUNCATE, 6, 10000},
    {SIM_REPLAY, 4, 30000},
    {SIM_NEWER_FRAME, 4, 20000},
    {SIM_CUT, 2, 3000},
    {SIM_ONE_WAY, 3, 2000},
    {SIM_HALF_OPEN, 3, 2000},
    {SIM_FLAP, 4, 1000},
    {SIM_SLOW, 4, 1000},
    {SIM_CRASH, 2, 3000},
    {SIM_SILENT_DEATH, 2, 500000},
    {SIM_POWER, 2, 10000},
    {SIM_PAUSE, 4, 2000},
    {SIM_FAILED_SYNC, 3, 5000},
    {SIM_FAILED_WRITE, 4, 5000},
    {SIM_FAILED_READ, 4, 300000},
    {SIM_SLOW_SYNC, 5, 5000},
    {SIM_CLOCK, 3, 1000},
    {SIM_CLOCK_BACK, 6, 500},
    {SIM_CLOCK_1970, 6, 300000},
    {SIM_FROZEN, 6, 1000},
    /* so many times */
    {SIM_FULL, 4, 3},
    {SIM_LYING_SYNC, 12, 1},
    {SIM_LOST_WRITE, 12, 1},
    {SIM_MISDIRECTED, 12, 1},
    {SIM_ROT_DATA, 10, 2},
    {SIM_ROT_WAL, 12, 1},
    {SIM_RESTORE, 3, 3},
    {SIM_EMPTIED, 5, 2},
    {SIM_WRONG_DISK, 8, 1},
    {SIM_CLONE, 6, 1},
    {SIM_NEWER_LIFE, 4, 2},
    {SIM_MOVED, 4, 2},
    {SIM_TIER_REMOVED, 10, 1},
    {SIM_MERGED, 5, 2},
    {SIM_PUT_IN_FORCE, 1, 3},
    {SIM_DOOR, 6, 2},
    {SIM_REVOKED, 6, 2},
    {SIM_ROTATED, 5, 3},
    {SIM_KEY_LOST, 5, 2},
    /* of a frame, or a step, of the hostile office, where there is one */
    {SIM_HOSTILE_WITHHOLD, 2, 1000000},
    {SIM_HOSTILE_SILENCE, 3, 1000000},
    {SIM_HOSTILE_LATE, 3, 300000},
    {SIM_HOSTILE_EDIT, 2, 300000},
    {SIM_HOSTILE_SWAP, 2, 300000},
    {SIM_HOSTILE_DROP, 2, 300000},
    {SIM_HOSTILE_INVENT, 2, 5000},
    {SIM_HOSTILE_EQUIVOCATE, 2, 3000},
    {SIM_HOSTILE_LIE, 2, 5000},
    {SIM_HOSTILE_FLOOD, 3, 2000},
    {SIM_BEYOND, 3, 100000}, /* of a write */
    {SIM_STICK, 3, 5000},    /* of a step; so is the next */
    {SIM_STICK_IN, 2, 15000},
};

void sim_draw_faults(struct sim *sim)
{
    sim->faults = (struct sim_faults){0};
    for (size_t i = 0; i < LT_COUNT_OF(habits); i++) {
        /* A stream for each class: a new one shifts no other. */
        struct sim_rng rng = {
            .state = sim->seed ^ (UINT64_C(0xfa017) + 7919 * habits[i].cls)};
        bool on = sim_below(&rng, habits[i].seeds) == 0;
        uint64_t rate = 1 + sim_below(&rng, habits[i].most);

        (void)sim_next(&rng);
        sim->faults.rate[habits[i].cls] = on ? (unsigned)rate : 0;
    }
    sim->faults.real_keys =
        sim_below(&(struct sim_rng){.state = sim->seed ^ UINT64_C(0xedee)},
                  20) == 0;
}

/* ---- decisions ---- */

bool sim_allowed(struct sim *sim, enum sim_class cls)
{
    if (sim_is_masked(&sim->options->masks, (unsigned)cls, ++sim->drawn[cls])) {
        return false;
    }
    sim->done[cls]++;
    return true;
}

static bool strikes(struct sim *sim, enum sim_class cls, struct sim_rng *rng,
                    uint64_t rarity)
{
    if (sim->faults.rate[cls] == 0 || sim->healing) {
        sim_skip(rng);
        return false;
    }
    return sim_below(rng, 1000000 * rarity) < sim->faults.rate[cls] &&
           sim_allowed(sim, cls);
}

bool sim_strikes(struct sim *sim, enum sim_class cls, struct sim_rng *rng)
{
    return strikes(sim, cls, rng, 1);
}

bool sim_strikes_turn(struct sim *sim, enum sim_class cls, struct sim_rng *rng)
{
    return strikes(sim, cls, rng, sim->rarity);
}

bool sim_crashed(const uint64_t done[SIM_CLASSES])
{
    uint64_t sum = done[SIM_POWER] + done[SIM_CRASH];

    for (unsigned cls = SIM_C1; cls <= SIM_C17; cls++) {
        sum += done[cls];
    }
    return sum > 0;
}

/* ---- crashes at named points ---- */

static const struct {
    enum lt_failpoint point;
    enum sim_class cls;
    unsigned passes; /* so often it is passed in an ordinary seed, about */
} points[] = {
    {LT_FP_C1, SIM_C1, 4000},  {LT_FP_C2, SIM_C2, 1000},
    {LT_FP_C3, SIM_C3, 1000},  {LT_FP_C4, SIM_C4, 1000},
    {LT_FP_C5, SIM_C5, 1000},  {LT_FP_C6, SIM_C6, 1000},
    {LT_FP_C7, SIM_C7, 1000},  {LT_FP_C8, SIM_C8, 1000},
    {LT_FP_C9, SIM_C9, 4000},  {LT_FP_C10, SIM_C10, 800},
    {LT_FP_C11, SIM_C11, 300}, {LT_FP_C12, SIM_C12, 200},
    {LT_FP_C13, SIM_C13, 15},  {LT_FP_C15, SIM_C15, 30},
    {LT_FP_C17, SIM_C17, 40},
};

void sim_plan_crashes(struct sim *sim)
{
    struct sim_rng rng = {.state = sim->seed ^ UINT64_C(0xc4a54)};
    uint64_t n = sim_below(&rng, 2) == 0 ? 0 : 1 + sim_below(&rng, 4);

    for (size_t i = 0; i < LT_COUNT_OF(sim->crashes); i++) {
        size_t which = (size_t)sim_below(&rng, LT_COUNT_OF(points));

        sim->crashes[i] = (struct sim_crash_plan){
            .point = points[which].point,
            .cls = points[which].cls,
            .hits = 1 + sim_below(&rng, points[which].passes),
            .armed = i < n,
        };
    }
}

static bool due(struct sim *sim, enum lt_failpoint failpoint,
                enum sim_class *out_cls)
{
    for (size_t i = 0; i < LT_COUNT_OF(sim->crashes); i++) {
        struct sim_crash_plan *plan = &sim->crashes[i];

        if (plan->armed && plan->point == failpoint && --plan->hits == 0) {
            plan->armed = false;
            *out_cls = plan->cls;
            return sim_allowed(sim, plan->cls);
        }
    }
    return false;
}

bool sim_at_failpoint(void *ctx, enum lt_failpoint failpoint)
{
    struct sim *sim = ctx;
    struct sim_node *node = sim->running;
    enum sim_class cls = SIM_CRASH;

    if (node == NULL || node->dying || sim->healing ||
        !due(sim, failpoint, &cls)) {
        return false;
    }
    sim_say(sim, "node %u: the power goes off at %s", node->index,
            sim_class_words[cls]);
    node->dying = true;
    node->death = cls;
    lt_disk_crash(node->disk,
                  (enum lt_crash)sim_below(&sim->disk, LT_CRASH_SUBSET + 1));
    return true;
}

struct lt_disk_fate sim_judge_disk(void *ctx, enum lt_disk_call call,
                                   const char *path, uint64_t at)
{
    const struct sim_node *node = ctx;
    const bool wal = strstr(path, "-wal") != NULL;
    const bool goes_off =
        node->sim->running == node &&
        ((call == LT_DISK_WRITE && !wal && LT_FAILPOINT(C12)) ||
         (call == LT_DISK_WRITE && wal && at == 0 && LT_FAILPOINT(C13)) ||
         (call == LT_DISK_SYNC && wal && LT_FAILPOINT(C6)));

    return (struct lt_disk_fate){goes_off ? LT_DISK_FAILS : LT_DISK_GOES_ON,
                                 LT_CRASH_LOSE_ALL};
}

/* ---- masks ---- */

bool sim_is_masked(const struct sim_masks *masks, unsigned cls, uint64_t number)
{
    for (size_t i = 0; i < masks->n; i++) {
        if (masks->items[i].cls == cls && number >= masks->items[i].from &&
            number <= masks->items[i].to) {
            return true;
        }
    }
    return false;
}

static bool parse_number(const char **text, uint64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoull(*text, &end, 10);
    if (errno != 0 || end == *text || **text < '0' || **text > '9') {
        return false;
    }
    *text = end;
    return true;
}

static bool parse_one(const char **text, struct sim_mask *out)
{
    uint64_t cls;

    if (!parse_number(text, &cls) || cls >= SIM_MASKED) {
        return false;
    }
    *out = (struct sim_mask){.cls = (unsigned)cls, .from = 1, .to = UINT64_MAX};
    if (**text == ':') {
        (*text)++;
        if (!parse_number(text, &out->from)) {
            return false;
        }
        out->to = out->from;
        if (**text == '-') {
            (*text)++;
            return parse_number(text, &out->to);
        }
    }
    return true;
}

bool sim_masks_parse(const char *text, struct sim_masks *out)
{
    bool more = true;

    while (more) {
        if (out->n == SIM_MASKS_MAX || !parse_one(&text, &out->items[out->n])) {
            return false;
        }
        out->n++;
        more = *text == ',';
        text += more ? 1 : 0;
    }
    return *text == '\0';
}

void sim_masks_print(const struct sim_masks *masks)
{
    for (size_t i = 0; i < masks->n; i++) {
        const struct sim_mask *mask = &masks->items[i];

        printf("%s%u", i == 0 ? " --without " : ",", mask->cls);
        if (mask->from > 1 || mask->to < UINT64_MAX) {
            printf(":%" PRIu64 "-%" PRIu64, mask->from, mask->to);
        }
    }
}
