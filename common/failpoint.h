/* Failpoints and planted faults, for tests alone.
 *
 * LIENTHONG_FAILPOINT=NAME:kill|error|stall[:COUNT] arms one failpoint: at its
 * COUNT-th hit (the first, when absent) the process kills itself, the place
 * fails as if its call had, or the thread stops for ever. LIENTHONG_PLANT=NAME
 * plants a bug. Without the build option LT_TEST_HOOKS nothing of this is in
 * the program, and either variable refuses the start.
 *
 * Threading: start before threads; hits from any thread. */
#ifndef LT_COMMON_FAILPOINT_H
#define LT_COMMON_FAILPOINT_H

#include "common/err.h"

enum lt_failpoint {
#define LT_FP(name, where) LT_FP_##name,
#include "common/failpoint_table.h"
    LT_FAILPOINTS
};

/* Read both variables (NULL when unset).
 *
 * Errors: LT_ECONFIG with "key" and "reason": an unknown name or action, a bad
 * count, or a variable that is set in a build without test hooks. */
LT_MUST_CHECK lt_err lt_failpoint_start(const char *failpoint,
                                        const char *plant,
                                        struct lt_diag *diag);

/* The names and what they mean, for --failpoints; NULL past the end. Empty
 * without test hooks. */
struct lt_failpoint_info {
    const char *name;
    const char *text;
};
const struct lt_failpoint_info *lt_failpoint_at(size_t index);
const struct lt_failpoint_info *lt_plant_at(size_t index);

/* LT_FAILPOINT(C3): true when the place is asked to fail. LT_PLANTED(name):
 * true when the bug is planted. Both are `false` in a release. */
#ifdef LT_TEST_HOOKS
bool lt_failpoint_hit(enum lt_failpoint failpoint);
bool lt_planted(const char *name);
/* Plant a bug from a test or the simulator; NULL takes it out again. False
 * when there is no such bug. */
LT_MUST_CHECK bool lt_plant(const char *name);
/* Hear of every hit in this process, armed or not; NULL hears no more. True
 * from @hit makes the place fail as the action `error` does. */
void lt_failpoint_watch(bool (*hit)(void *ctx, enum lt_failpoint failpoint),
                        void *ctx);
#define LT_FAILPOINT(name) lt_failpoint_hit(LT_FP_##name)
#define LT_PLANTED(name) lt_planted(#name)
#else
#define LT_FAILPOINT(name) false
#define LT_PLANTED(name) false
#endif

#endif
