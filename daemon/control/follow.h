/* Entries of the register follow their cases by themselves: out to the next
 * custodian, and in from the last one (daemon/register/follow.h).
 *
 * A round looks at the cases that have changed hands, at what has come sealed
 * for this office, and at what is due. Each step is small and can be repeated:
 * where it was is in register.db and in the log, never here alone. What only
 * the loop can do (read a part, tell a key, write an event) is a job, one at a
 * time.
 *
 * Nothing is sealed or opened but while a person has unlocked the register.
 *
 * Threading: belongs to the control thread. */
#ifndef LT_CONTROL_FOLLOW_H
#define LT_CONTROL_FOLLOW_H

#include "daemon/control/batch.h"
#include "daemon/register/follow.h"
#include "daemon/view/view.h"

enum lt_follow_stage {
    LT_FOLLOW_MOVED, /* cases that have changed hands */
    LT_FOLLOW_IN,    /* what has come */
    LT_FOLLOW_OUT    /* what is due */
};
enum lt_follow_job {
    LT_FOLLOW_REST,
    LT_FOLLOW_ANSWER, /* to be written */
    LT_FOLLOW_SEND,   /* to be sealed and written */
    LT_FOLLOW_FETCHES,
    LT_FOLLOW_ANSWERS,
    LT_FOLLOW_ASKS_KEY,
    LT_FOLLOW_SENDS,
    LT_FOLLOW_WANTS
};

struct lt_follow {
    enum lt_follow_stage stage;
    enum lt_follow_job doing;
    struct lt_batch *batch; /* whose job the loop has, or NULL */
    int64_t at_ms;          /* monotonic; when to look again */
    int64_t looked_ms;      /* monotonic; when the last round began */
    bool stirred;           /* something may be otherwise */
    bool in_round;
    bool was_unlocked;
    uint64_t inode; /* of the view that `moved` counts in */
    int64_t moved;
    struct lt_view_moved cases[LT_VIEW_FOLLOWED_MAX];
    size_t cases_n;
    size_t cases_at;
    int64_t cases_last; /* `moved` once they are done */
    struct lt_view_sent sent[LT_VIEW_FOLLOWED_MAX];
    size_t sent_n;
    size_t sent_at;
    int64_t sent_after;
    unsigned answer;
    int64_t row_after;
    struct lt_follow_row row;
    uint8_t key[LT_CURVE_LEN];
    struct lt_control_follow making;
    struct lt_control_follow made;
};

/* Something happened: the view has moved, a new tree, a command was done. */
void lt_follow_stir(struct lt_follow *follow, const struct lt_now *now);
/* When to look again, monotonic; INT64_MAX: when something stirs. */
int64_t lt_follow_at(const struct lt_follow *follow);
/* Look. A batch with a job for the loop, which becomes nobody's; or NULL. */
struct lt_batch *lt_follow_step(struct lt_follow *follow, struct lt_desk *desk,
                                const struct lt_now *now);
/* The job of follow->batch is done. */
void lt_follow_done(struct lt_follow *follow, struct lt_desk *desk,
                    const struct lt_job *job);

#endif
