/* A year of a province's work, believable and the same for the same seed.
 *
 * Volumes, types and outcomes are those of domain's counts for 2023 to 2025: a
 * mean province has 98 communes, receives 13,100 letters and 7,700 people a
 * year and 86 crowds; of letters 5 in 100 are denunciations, 12 complaints, the
 * rest recommendations and feedback; 11 in 100 are guided to another office,
 * 24 passed on, 82 in 100 of the others settled within the year. A letter
 * makes about 14 entries, a turn three. Dates run over working hours, Monday
 * to Friday; communes differ in size by a factor of ten.
 *
 * What it makes is a list in order of time; whoever uses it turns entries into
 * commands or events and draws texts with lt_year_text.
 *
 * Threading: a year belongs to one thread. */
#ifndef LT_TOOLS_YEAR_H
#define LT_TOOLS_YEAR_H

#include "common/alloc.h"
#include "common/err.h"

enum {
    LT_YEAR_COMMUNES = 98,
    LT_YEAR_LETTERS = 13100,
    LT_YEAR_TURNS = 7700,
    LT_YEAR_CROWDS = 86,
    LT_YEAR_DIRECTIVES = 2,
    LT_YEAR_ENTRIES_MAX = 4000000
};

struct lt_year_options {
    uint64_t seed;
    int32_t first_day; /* civil day of its first 24 hours */
    uint32_t communes; /* 1 to 200; the others 0 or more */
    uint32_t letters;
    uint32_t turns;
    uint32_t crowds;
    uint32_t directives; /* each to every commune */
};
/* A mean province. */
struct lt_year_options lt_year_province(uint64_t seed, int32_t first_day);

struct lt_year_entry {
    uint32_t minute; /* since the beginning of first_day */
    uint32_t office; /* 0 the province, 1 and up the communes */
    uint32_t matter; /* its number, from 0; entries of one rise in time */
    uint32_t place;  /* within its matter, from 0: 0 opens it */
    uint32_t type;   /* enum lt_event_type */
    uint32_t kind;   /* of a step; a closing's reason; a status' code */
    uint32_t case_type;
    uint32_t field;  /* of deploy/policy/fields.csv, 1 to 8 */
    uint32_t people; /* of an incident */
    uint32_t number; /* of its document or book; 0: none */
    uint64_t chance; /* for lt_year_text */
};

struct lt_year {
    struct lt_year_entry *entries; /* in order of minute */
    size_t entries_n;
    size_t matters_n;
};
/* Errors: LT_EINVAL (communes), LT_ETOOBIG (LT_YEAR_ENTRIES_MAX), LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_year_new(const struct lt_year_options *options,
                                 struct lt_year *out_year);
void lt_year_deinit(struct lt_year *year);

/* What is written down with it, in Vietnamese: nothing for a denunciation, for
 * an incident its place. Appends; false without memory. */
bool lt_year_text(const struct lt_year_entry *entry, struct lt_buf *out);

#endif
