/* The faults: what can happen, how often in this seed, and each decision.
 *
 * A class of faults has a rate, drawn once a seed (swarm: most seeds leave many
 * classes out). Where something might go wrong, sim_strikes draws: yes is a
 * decision, counted within its class from 1. A decision can be masked: then it
 * is drawn and counted as before and does not happen, so that a failure can be
 * made smaller without a different history being drawn. */
#ifndef LT_TOOLS_SIM_FAULT_H
#define LT_TOOLS_SIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/failpoint.h"

struct sim;
struct sim_rng;

/* Each has to happen in every run of many seeds. */
#define SIM_CLASS_TABLE(X)                                                     \
    X(DROP, "drops")                                                           \
    X(DUPLICATE, "duplicates")                                                 \
    X(REORDER, "reorders")                                                     \
    X(FLIP, "flipped bits in segments") /* past the link's own check */        \
    X(TRUNCATE, "truncated frames")     /* the same */                         \
    X(REPLAY, "frames of an earlier session")                                  \
    X(NEWER_FRAME, "frames of a newer version")                                \
    X(CUT, "cut links")                                                        \
    X(ONE_WAY, "one-way links")                                                \
    X(HALF_OPEN, "half-open links") /* one end does not hear of it */          \
    X(FLAP, "flapping links")                                                  \
    X(SLOW, "slow links")                                                      \
    X(CRASH, "crashes between two effects")                                    \
    X(SILENT_DEATH, "crashes that nobody hears of")                            \
    X(POWER, "power cuts while writing")                                       \
    X(C1, "crashes at C1")                                                     \
    X(C2, "crashes at C2")                                                     \
    X(C3, "crashes at C3")                                                     \
    X(C4, "crashes at C4")                                                     \
    X(C5, "crashes at C5")                                                     \
    X(C6, "crashes at C6")                                                     \
    X(C7, "crashes at C7")                                                     \
    X(C8, "crashes at C8")                                                     \
    X(C9, "crashes at C9")                                                     \
    X(C10, "crashes at C10")                                                   \
    X(C11, "crashes at C11")                                                   \
    X(C12, "crashes at C12")                                                   \
    X(C13, "crashes at C13")                                                   \
    X(C15, "crashes at C15")                                                   \
    X(C17, "crashes at C17")                                                   \
    X(PAUSE, "pauses")                                                         \
    X(FAILED_SYNC, "failed syncs")                                             \
    X(FAILED_WRITE, "failed writes")                                           \
    X(FAILED_READ, "failed reads")                                             \
    X(SLOW_SYNC, "slow syncs")                                                 \
    X(FULL, "full disks")                                                      \
    X(LYING_SYNC, "lying syncs")                                               \
    X(LOST_WRITE, "lost writes")                                               \
    X(MISDIRECTED, "misdirected writes")                                       \
    X(ROT_DATA, "rotten bits in data")                                         \
    X(ROT_WAL, "rotten bits in the WAL")                                       \
    X(REPLACED, "changed disks") /* of a damaged node */                       \
    X(CLOCK, "clock jumps")                                                    \
    X(CLOCK_BACK, "clocks set back by years")                                  \
    X(CLOCK_1970, "starts in 1970")                                            \
    X(FROZEN, "frozen clocks")                                                 \
    X(RESTORE, "restores in reach")                                            \
    X(RESTORE_OFFLINE, "restores offline") /* it wrote before it could ask */  \
    X(EMPTIED, "emptied disks")                                                \
    X(WRONG_DISK, "disks of another office")                                   \
    X(CLONE, "cloned machines")                                                \
    X(NEWER_LIFE, "lives of a newer version")                                  \
    X(MOVED, "moved offices")                                                  \
    X(TIER_REMOVED, "removed tiers") /* all below it move up */                \
    X(TWO_PARENTS, "two parents at once")                                      \
    X(HOSTILE_WITHHOLD, "segments withheld by a hostile office")               \
    X(HOSTILE_SILENCE, "acks withheld by a hostile office")                    \
    X(HOSTILE_LATE, "frames reordered by a hostile office")                    \
    X(HOSTILE_EDIT, "entries edited by a hostile office")                      \
    X(HOSTILE_SWAP, "entries swapped by a hostile office")                     \
    X(HOSTILE_DROP, "entries left out by a hostile office")                    \
    X(HOSTILE_INVENT, "entries invented by a hostile office")                  \
    X(HOSTILE_EQUIVOCATE, "names given twice by a hostile office")             \
    X(HOSTILE_LIE, "acks of nothing by a hostile office")                      \
    X(HOSTILE_FLOOD, "floods by a hostile office")                             \
    X(BEYOND, "entries beyond their author's authority")                       \
    X(ERASED, "erased texts")      /* no fault: an order */                    \
    X(REPEAT, "repeated requests") /* known, and answered the same */          \
    X(STICK, "bundles written to a stick")                                     \
    X(STICK_IN, "sticks read") /* later, twice, damaged, at an older disk */   \
    X(AROUND, "ways around a parent")  /* no fault: what comes of some */      \
    X(MENDED, "rot mended by a scrub") /* the same */                      \
    X(MERGED, "merged offices") /* one closes, another is its heir */          \
    X(PUT_IN_FORCE, "changes that were prepared before")                       \
    X(DOOR, "doors shut by a parent")                                          \
    X(REVOKED, "keys revoked for a while")                                     \
    X(ROTATED, "keys replaced by a later one")                                 \
    X(KEY_LOST, "keys lost with their disk") /* enrolled again */              \
    X(KEY_CONFIRMED, "new keys that the keeper confirms")                      \
    X(KEY_WAITS, "new keys that nobody ever confirms")

enum sim_class {
#define SIM_CLASS_ENUM(name, words) SIM_##name,
    SIM_CLASS_TABLE(SIM_CLASS_ENUM)
#undef SIM_CLASS_ENUM
        SIM_CLASSES,
    SIM_WRITES = SIM_CLASSES, /* masked like a fault, but none */
    SIM_MASKED
};
extern const char *const sim_class_words[SIM_CLASSES];

struct sim_faults {
    unsigned rate[SIM_CLASSES]; /* of a million chances; or how often */
    bool real_keys;             /* Ed25519 instead of its stub */
};

/* Draw what this seed does to its tree. */
void sim_draw_faults(struct sim *sim);
/* Does it go wrong, at this chance? */
bool sim_strikes(struct sim *sim, enum sim_class cls, struct sim_rng *rng);
/* The same for what happens within turns: a day has many more of them than the
 * seconds that rates are made for. */
bool sim_strikes_turn(struct sim *sim, enum sim_class cls, struct sim_rng *rng);
/* It is about to happen for another reason: may it? Counts as a decision. */
bool sim_allowed(struct sim *sim, enum sim_class cls);
/* A crash of any kind happened in this seed. */
bool sim_crashed(const uint64_t done[SIM_CLASSES]);

/* Power goes off at the @hits-th time that a point is passed. */
struct sim_crash_plan {
    enum lt_failpoint point;
    enum sim_class cls;
    uint64_t hits;
    bool armed;
};
void sim_plan_crashes(struct sim *sim);
/* For lt_failpoint_watch. */
bool sim_at_failpoint(void *ctx, enum lt_failpoint failpoint);

/* Decisions that are left out: ranges of one class. */
struct sim_mask {
    unsigned cls;
    uint64_t from, to;
};
enum { SIM_MASKS_MAX = 512 };
struct sim_masks {
    size_t n;
    struct sim_mask items[SIM_MASKS_MAX];
};
bool sim_is_masked(const struct sim_masks *masks, unsigned cls,
                   uint64_t number);
/* CLASS[:FROM[-TO]],... as it is printed; false: not so. */
bool sim_masks_parse(const char *text, struct sim_masks *out);
void sim_masks_print(const struct sim_masks *masks);

#endif
