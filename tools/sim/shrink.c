/* Making a failure smaller: decisions are masked, nothing else is changed.
 * First whole classes, then ranges of one class, halved again and again (delta
 * debugging), then writes in the same way. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/sim/many.h"

enum { RUNS_MAX = 400 };

struct shrinking {
    const struct sim_command *command;
    struct sim_options run;
    struct sim_result last; /* of the smallest run that fails */
    char why[4];            /* the invariant */
    unsigned runs;
};

/* Does it still break the same invariant without @mask as well? Keeps the mask
 * if so. */
static bool without(struct shrinking *shrinking, const struct sim_mask *mask)
{
    struct sim_masks *masks = &shrinking->run.masks;
    struct sim_result result;

    if (masks->n == SIM_MASKS_MAX || shrinking->runs++ >= RUNS_MAX) {
        return false;
    }
    masks->items[masks->n++] = *mask;
    sim_run(shrinking->last.seed, &shrinking->run, &result);
    if (!result.ok && strncmp(result.failure, shrinking->why,
                              sizeof(shrinking->why) - 1) == 0) {
        shrinking->last = result;
        return true;
    }
    masks->n--;
    return false;
}

/* Mask as much of @from to @to as the failure can do without. */
static void mask_range(struct shrinking *shrinking, unsigned cls, uint64_t from,
                       uint64_t to)
{
    uint64_t middle = from + (to - from) / 2;

    if (from > to || without(shrinking, &(struct sim_mask){cls, from, to}) ||
        from == to) {
        return;
    }
    mask_range(shrinking, cls, middle + 1, to); /* the later ones first */
    mask_range(shrinking, cls, from, middle);
}

void sim_shrink(const struct sim_command *command,
                const struct sim_result *broken)
{
    struct shrinking shrinking = {
        .command = command, .run = command->run, .last = *broken};
    bool needed[SIM_MASKED];
    uint64_t left = 0;

    memcpy(shrinking.why, broken->failure, sizeof(shrinking.why) - 1);
    shrinking.run.trace = false;
    for (unsigned cls = 0; cls < SIM_CLASSES; cls++) {
        needed[cls] =
            broken->drawn[cls] > 0 &&
            !without(&shrinking, &(struct sim_mask){cls, 1, UINT64_MAX});
    }
    for (unsigned cls = 0; cls < SIM_CLASSES; cls++) {
        if (needed[cls] && shrinking.last.drawn[cls] > 1) {
            mask_range(&shrinking, cls, 1, shrinking.last.drawn[cls]);
        }
    }
    mask_range(&shrinking, SIM_WRITES, 1, shrinking.last.drawn[SIM_WRITES]);
    for (unsigned cls = 0; cls < SIM_CLASSES; cls++) {
        left += shrinking.last.done[cls];
    }
    printf("SHRUNK ");
    sim_print_command(command, &shrinking.run.masks, broken->seed);
    printf(": %s (%" PRIu64 " faults, %" PRIu64 " events)\n",
           shrinking.last.failure, left, shrinking.last.told);
}
