/* The night of 1 July 2025: one of the 34 new provinces, some of them or all,
 * with all the old provinces, districts and communes that became them, under
 * one national root.
 *
 * Old units, new units and which went into which are files
 * (tests/data/README.md). What the file of successions does not name goes by a
 * rule, and how often is counted: to the new commune of the same code; else to
 * the one that took most of its district, by name or by code; else to the new
 * province. A province of which it names no commune goes where most of their
 * codes are now. */
#ifndef LT_TOOLS_SIM_NIGHT_H
#define LT_TOOLS_SIM_NIGHT_H

#include "tools/sim/many.h"

struct night_counts {
    unsigned old_provinces;
    unsigned new_provinces;
    unsigned districts;
    unsigned old_communes;
    unsigned new_communes;
    unsigned opened;      /* new ones without an office that could be theirs */
    unsigned kept;        /* old ones that go on as a new one */
    unsigned in_parts;    /* old ones that went to several; the first is heir */
    unsigned by_code;     /* not named: the same code */
    unsigned by_district; /* not named: where most of the district went */
    unsigned by_province; /* not named: the new province */
    unsigned elsewhere;   /* named for a commune of another new province */
};

/* What becomes of an office, and in which order. */
enum night_step { NIGHT_MOVE, NIGHT_CLOSE };
struct night_change {
    enum night_step step;
    unsigned node;
    unsigned to;      /* its new parent, or its heir */
    const char *name; /* of a move: the new one; NULL: as it was */
};

struct night_plan {
    struct sim_shape shape; /* the offices before; node 0 is the root */
    struct night_change *changes;
    size_t changes_n;
    struct night_counts counts;
};

/* night_plan.c. @codes: of new provinces, with commas; NULL: the whole country.
 * False, and said on stderr: the files cannot be read, or no such province is
 * in them. */
bool night_plan_read(const char *folder, const char *codes,
                     struct night_plan *out);
void night_plan_free(struct night_plan *plan);

/* night.c: play it for --office: one code; several with commas, under one root;
 * `country`, all of them under one root; `all`, one after the other. Prints
 * what came of it. */
bool sim_night(const struct sim_command *command);

#endif
