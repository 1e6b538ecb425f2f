/* Scripted scenarios: a few lines each, over these helpers.
 *
 * A scenario plays on the same offices, disks and links as a seed does, without
 * any fault but those that it says. When it has played everything heals and the
 * invariants are checked; what it wants beyond them it says with
 * scene_want. */
#ifndef LT_TOOLS_SIM_SCENE_H
#define LT_TOOLS_SIM_SCENE_H

#include "tools/sim/sim.h"

enum { SCENE_NODES_MAX = 12 };

struct scene {
    const char *name;
    const char *what; /* what is promised */
    void (*play)(struct sim *sim);
    int parents[SCENE_NODES_MAX]; /* of each node but the first; -1: no more */
    unsigned children;            /* so many communes more below the root; or
                                     SIM_APART, SIM_BESIDE */
    bool slow;                    /* not in every run */
};
/* scenario.c: all of them; NULL past the end. */
const struct scene *scene_at(size_t index);
/* The tables of the single files, each with its end. */
extern const struct scene scenes_of_recovery[];
extern const struct scene scenes_of_disks[];
extern const struct scene scenes_of_links[];
extern const struct scene scenes_of_hostility[];
extern const struct scene scenes_of_ways[];
extern const struct scene scenes_of_rot[];
extern const struct scene scenes_of_trust[];
extern const struct scene scenes_of_tree[];
extern const struct scene scenes_of_regions[];

/* sim.c: the whole of it; false, with @failure, when something is not so. */
bool scene_play(const struct scene *scene, uint64_t seed,
                const struct sim_options *options, struct sim_result *out);

/* ---- time ---- */

void scene_run(struct sim *sim, int64_t ms);
/* Until neighbours agree, at most so long; says so when they do not. */
void scene_settle(struct sim *sim, int64_t at_most_ms);
/* The machines of this world stand still for so long: nothing happens, and then
 * it is later. */
void scene_leap(struct sim *sim, int64_t ms);

/* ---- doing ---- */

void scene_cut(struct sim_node *node); /* the way up */
void scene_join(struct sim_node *node);
void scene_leave(struct sim_node *node); /* nor any way around */
void scene_return(struct sim_node *node);
/* @n cases in one write, without texts. */
void scene_cases(struct sim_node *node, unsigned n);
void scene_case_with_text(struct sim_node *node);
struct lt_event_id scene_urgent(struct sim_node *node);
/* @n pieces of 15 KiB of an attachment, in the bulk lane. */
void scene_bulk(struct sim_node *node, unsigned n);
void scene_directive(struct sim_node *node, unsigned to);
struct lt_event_id scene_order(struct sim_node *node, unsigned to); /* urgent */
/* What was written becomes durable, or not. */
void scene_commit(struct sim_node *node);
struct lt_disk_image *scene_backup(struct sim_node *node);
/* The process ends, the disk is @image (freed), and it starts again. */
void scene_restore(struct sim_node *node, struct lt_disk_image *image);
void scene_empty(struct sim_node *node);
void scene_kill(struct sim_node *node, enum lt_crash how);
void scene_start(struct sim_node *node);
/* Another process on the same disk, with these bugs of the engine's. */
void scene_plant(struct sim_node *node, uint64_t plant);

/* ---- looking ---- */

bool scene_holds(struct sim_node *node, const struct lt_event_id *id);
/* Events in its log. */
uint64_t scene_events(struct sim_node *node);
/* The position of the last segment in its log, and that of an event. */
uint64_t scene_segments(struct sim_node *node);
uint64_t scene_position(struct sim_node *node, const struct lt_event_id *id);
/* Until @node holds the event, at most so long; how long it took. */
int64_t scene_arrives(struct sim_node *node, const struct lt_event_id *id,
                      int64_t at_most_ms);
/* What @node makes of another office: 0 current, 1 behind, 2 silent, 3
 * withheld; -1: nothing. */
int scene_state(const struct sim_node *node, unsigned of);
/* How often an alarm was raised at @node since the scenario began. */
unsigned scene_alarms(const struct sim_node *node, lt_err code);
/* Fails unless @good, with the words of the scenario. */
void scene_want(struct sim *sim, bool good, const char *what);

#endif
