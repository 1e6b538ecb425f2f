/* The rules that days are counted by: rows of deadlines.csv. Pure.
 *
 * A rule has an id (KN-03) and one or more versions, each in force from a day
 * to a day; a version is chosen by the legal date of what sets it off. The
 * first twelve columns say what the law says and where that was read; the
 * others say the same to the machine. deploy/policy/README.md explains them.
 *
 * Threading: a set that nobody changes may be read by any thread. */
#ifndef LT_CASES_RULESET_H
#define LT_CASES_RULESET_H

#include "common/alloc.h"
#include "common/err.h"
#include "common/policy.h"

enum {
    LT_RULES_MAX = 1000,
    LT_RULE_ID_MAX = 16,
    LT_RULE_DAYS_MAX = 3660,
    LT_RULE_ROW_MAX = 1000 /* bytes of one row as text */
};

/* What happens to a case and starts or ends a term. */
enum lt_fact {
    LT_FACT_RECEIVED,
    LT_FACT_ACCEPTED,
    LT_FACT_NOT_ACCEPTED,
    LT_FACT_GUIDED,
    LT_FACT_RETURNED,
    LT_FACT_TRANSFERRED,
    LT_FACT_DECIDED,
    LT_FACT_SENT,
    LT_FACT_PUBLISHED,
    LT_FACT_NOTIFIED,
    LT_FACT_IN_FORCE,
    LT_FACT_ENFORCEMENT_ORDERED,
    LT_FACT_DISCONTINUED,
    LT_FACT_CLOSED,
    LT_FACTS
};
/* "received" and so on. */
const char *lt_fact_word(enum lt_fact fact);

enum lt_rule_unit {
    LT_UNIT_TERM,  /* so many days after */
    LT_UNIT_HOURS, /* the same, running through days off: 72 hours */
    LT_UNIT_WEEK,  /* so many times within the week, Monday to Sunday */
    LT_UNIT_MONTH, /* within the month */
    LT_UNIT_WINDOW /* from a day of the year to another */
};
/* To which cases it applies. */
enum lt_rule_applies {
    LT_APPLIES_ANY,
    LT_APPLIES_NORMAL, /* not of a remote area */
    LT_APPLIES_REMOTE,
    LT_APPLIES_ONCE, /* extended once at most */
    LT_APPLIES_TWICE /* extended twice or more */
};
enum lt_rule_duty {
    LT_DUTY_OFFICE, /* the office must have done it by then */
    LT_DUTY_SUPERIOR,
    LT_DUTY_CITIZEN, /* a time bar: who comes later may be refused */
    LT_DUTY_EFFECT   /* what takes force when the term ends */
};
/* Kinds of matter, as bits. */
enum {
    LT_RULE_COMPLAINT_1 = 1,
    LT_RULE_COMPLAINT_2 = 2,
    LT_RULE_DENUNCIATION = 4,
    LT_RULE_KNPA = 8
};

/* Days, and whether working days are meant. has is false: none. */
struct lt_rule_term {
    bool has;
    bool working;
    uint32_t days;
};

struct lt_rule {
    const char *id;
    const char *type;    /* as published, for people */
    const char *step[2]; /* vi, en */
    const char *trigger;
    const char *variant;
    const char *extension;
    const char *source;
    char ver;     /* V, P or M: how it was read */
    int32_t from; /* in force, both included */
    int32_t to;   /* INT32_MAX: no end known */
    enum lt_rule_unit unit;
    struct lt_rule_term term; /* of WEEK and MONTH: how many times */
    struct lt_rule_term also; /* another reading of the same law */
    enum lt_rule_applies applies;
    uint32_t remote_days;  /* 0: the same everywhere */
    uint32_t complex_days; /* in all, once extended; 0: see extend */
    uint32_t extend_days;  /* added by each extension */
    uint32_t extend_times;
    int window[4]; /* month, day of its first and of its last day */
    bool roll;     /* from a day off to the next working day */
    enum lt_rule_duty duty;
    uint32_t matter;     /* bits; 0: only computed when asked for */
    enum lt_fact starts; /* LT_FACTS: none */
    uint32_t done;       /* bits 1 << fact; of an EFFECT: what it gives */
};

struct lt_ruleset;

/* Read the table; its text is copied.
 * Errors: LT_EPOLICY with file, line and reason in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_ruleset_new(const struct lt_alloc *alloc,
                                    struct lt_policy_text table,
                                    struct lt_ruleset **out_set,
                                    struct lt_diag *diag);
void lt_ruleset_free(struct lt_ruleset *set);

/* One without rows. */
LT_MUST_CHECK lt_err lt_ruleset_empty(const struct lt_alloc *alloc,
                                      struct lt_ruleset **out_set);

/* Put one row, as text of one line of the table: it takes the place of the
 * version that begins on the same day, and ends the one before it the day
 * before, unless that ended already.
 * Errors, set unchanged: LT_EPOLICY with the reason; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_ruleset_put(struct lt_ruleset *set, const char *row,
                                    size_t len, struct lt_diag *diag);

/* The version of rule @id in force on @day; NULL when there is none. */
const struct lt_rule *lt_ruleset_find(const struct lt_ruleset *set,
                                      const char *id, int32_t day);
/* Is there any version of it? */
bool lt_ruleset_knows(const struct lt_ruleset *set, const char *id);
/* All versions, ordered by id and first day; NULL past the end. */
const struct lt_rule *lt_ruleset_at(const struct lt_ruleset *set, size_t index);

#endif
