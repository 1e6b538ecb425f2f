/* Looks after incidents that no person has taken, and rings; and after texts of
 * incidents whose time is over.
 *
 * A thread of its own with a reader of view.db: once a second it asks which
 * incidents wait and how far each has climbed (daemon/cases/climb.h). For each
 * raise that concerns this office (it is asked, or lies between the incident
 * and who is asked) `alert_command` runs once, over restarts too (rung.h). The
 * loop takes what it found as alarms. Nothing of it waits for the loop's disk,
 * and the loop waits for none of it.
 *
 * What comes late (a link was down, the view is built anew) may have been taken
 * in an event that comes right behind: a raise that is old when the incident
 * arrives waits LT_ALERT_GRACE_MS, and none is looked at before the view has
 * come to where the log stood at the start.
 *
 * Threading: start, stop, publish, take from the loop. */
#ifndef LT_DAEMON_ALERT_H
#define LT_DAEMON_ALERT_H

#include "common/sys.h"
#include "common/tree.h"
#include "daemon/view/view.h"

enum {
    LT_ALERT_GRACE_MS = 3000,
    LT_ALERT_UNTAKEN_MAX = 256,
    LT_ALERT_EXPIRED_MAX = 16
};

struct lt_alert;

struct lt_alert_options {
    const char *dir; /* for the file of what was told */
    const char *view_path;
    const struct lt_sys *sys;
    struct lt_view_climb climb; /* self, within_ms, phones */
    const char *command;        /* "" for none */
    int64_t timeout_ms;         /* of the command */
    int wake_fd;                /* eventfd of the loop: there is news */
};

/* Errors: LT_EINVAL (the command is no absolute path); LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_alert_start(const struct lt_alert_options *options,
                                    struct lt_alert **out_alert);
void lt_alert_stop(struct lt_alert *alert);

/* The tree as it is now (taken over; NULL: unchanged), and whether the view has
 * come far enough to be believed. */
void lt_alert_publish(struct lt_alert *alert, struct lt_tree *tree,
                      bool view_current);

/* What changed since the last call. False: nothing. */
struct lt_alert_news {
    size_t n; /* that concern this office, for LT_AUNTAKEN */
    struct lt_view_untaken items[LT_ALERT_UNTAKEN_MAX];
    size_t expired_n; /* texts to be erased */
    struct lt_view_expired expired[LT_ALERT_EXPIRED_MAX];
    unsigned rung;   /* commands that were started */
    unsigned failed; /* could not be started, failed, or out of time */
    unsigned done;
};
bool lt_alert_has_news(const struct lt_alert *alert); /* cheap */
bool lt_alert_take(struct lt_alert *alert, struct lt_alert_news *out);

#endif
