/* Many seeds: run in several processes, summed up, and made smaller. */
#ifndef LT_TOOLS_SIM_MANY_H
#define LT_TOOLS_SIM_MANY_H

#include "tools/sim/sim.h"

enum { SIM_CHOSEN_MAX = 256, SIM_JOBS_MAX = 64 };

/* What was asked for on the command line. */
struct sim_command {
    uint64_t seeds;
    uint64_t from;
    bool from_given;
    uint64_t chosen[SIM_CHOSEN_MAX]; /* by --seed; then no others */
    size_t chosen_n;
    unsigned jobs;
    struct sim_options run;
    bool shrink;
    bool twice; /* run each again and compare */
    bool sums;
    const char *plant;    /* then the first red seed is the answer */
    const char *scenario; /* instead of seeds */
    const char *tree;     /* a file of units; then @office is its top */
    const char *office;   /* its code */
    const char *night;    /* a folder: the night of 1 July 2025, of @office */
    bool plan;            /* of that: what becomes of whom, and no more */
};

/* ---- seeds.c ---- */

/* Run them all; @seen hears of each as it ends, in no order. With several jobs
 * a process that dies is a failed seed. False: processes cannot be made. */
bool sim_seeds_run(const struct sim_command *command,
                   void (*seen)(void *ctx, const struct sim_result *result),
                   void *ctx);
/* The line that runs one seed again. */
void sim_print_command(const struct sim_command *command,
                       const struct sim_masks *masks, uint64_t seed);

/* ---- scenario.c ---- */

/* One by its name, or `list` them, or play the `short` ones, or `all`. */
bool sim_scenarios(const struct sim_command *command);

/* ---- report.c ---- */

struct sim_tally {
    struct sim_result *results; /* of all seeds, as they ended */
    uint64_t seeds;
    uint64_t failed;
};
void sim_tally_print(const struct sim_tally *tally);
/* From so many seeds on a run that leaves out a fault, or hardly does anything
 * to its trees, shows nothing: false, and it is said why. */
enum { SIM_SEEDS_THAT_SHOW = 800 };
bool sim_tally_shows(const struct sim_tally *tally);

/* ---- shrink.c ---- */

/* Leave out what the failure does not need: faults, then writes. Prints the
 * command of what is left. */
void sim_shrink(const struct sim_command *command,
                const struct sim_result *broken);

#endif
