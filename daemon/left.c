/* What of a register is not where it belongs.
 *
 * A closed office's register lies on its machine, and nowhere else: until its
 * heir has taken it over and the entries here are erased, an alarm says so. And
 * entries that could not follow their case yet, or have come and wait: the
 * control thread knows (daemon/control/follow.h), here they become alarms. */
#include <stdio.h>
#include <sys/stat.h>

#include "common/failpoint.h"
#include "daemon/daemon_internal.h"
#include "daemon/register/register.h"

enum { LOOK_MS = 10000, FOLLOW_MS = 1000, PATH_BYTES = 4096 };

/* Cases of the register. */
static bool count_cases(const struct lt_daemon *daemon, uint64_t *out_cases)
{
    struct lt_register *reg = NULL;
    struct lt_diag ignored;
    bool counted;

    if (lt_register_open(daemon->options->dir, daemon->sys, &reg, &ignored) !=
        LT_OK) {
        return false;
    }
    counted = lt_register_count(reg, out_cases) == LT_OK;
    lt_register_close(reg);
    return counted;
}

/* As of its file's last change; 0 when there is none, or it cannot be read: its
 * own commands say why. */
static uint64_t cases_here(struct lt_daemon *daemon)
{
    char path[PATH_BYTES];
    struct stat status;
    int64_t changed_ns;

    (void)snprintf(path, sizeof(path), "%s/register.db", daemon->options->dir);
    if (stat(path, &status) != 0) {
        daemon->left_seen_ns = 0;
        return 0;
    }
    changed_ns =
        (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    if (changed_ns != daemon->left_seen_ns) {
        if (!count_cases(daemon, &daemon->left_cases)) {
            return 0;
        }
        daemon->left_seen_ns = changed_ns;
    }
    return daemon->left_cases;
}

static const char *name_of(const struct lt_daemon *daemon,
                           const struct lt_office *id)
{
    const struct lt_tree_office *office =
        lt_tree_find(lt_engine_tree(daemon->engine), id);

    return office == NULL ? "-" : office->name;
}

static void tell(struct lt_daemon *daemon, lt_err code, unsigned entries,
                 const struct lt_office *office)
{
    struct lt_diag diag = {.code = code};
    char id[LT_OFFICE_TEXT];

    lt_office_format(office, id);
    lt_diag_arg(&diag, "entries", "%u", entries);
    lt_diag_arg(&diag, "office", "%s", id);
    lt_daemon_alarm(daemon, code, entries > 0, NULL, &diag);
}

void lt_daemon_register_follow(struct lt_daemon *daemon)
{
    struct lt_control_follow follow;
    bool patient;

    if (daemon->control == NULL || daemon->now.mono_ms < daemon->follow_ms) {
        return;
    }
    daemon->follow_ms = daemon->now.mono_ms + FOLLOW_MS;
    lt_control_follow(daemon->control, &follow);
    patient = daemon->now.wall_ms - follow.untaken_since_ms <
              lt_conf_number(daemon->conf, LT_SET_REGISTER_PATIENCE);
    tell(daemon, LT_AREGISTERWAITS, follow.locked, &follow.locked_to);
    tell(daemon, LT_AREGISTERNOKEY, follow.no_key, &follow.no_key_of);
    tell(daemon, LT_AREGISTERUNTAKEN, patient ? 0 : follow.untaken,
         &follow.untaken_to);
    tell(daemon, LT_AREGISTERCOME, follow.come, &follow.come_from);
}

void lt_daemon_register_left(struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_office *self = &daemon->identity.office;
    const struct lt_tree_office *office = lt_tree_find(tree, self);
    struct lt_diag diag = {.code = LT_AREGISTERLEFT};
    struct lt_office heir;
    uint64_t cases = 0;

    if (daemon->now.mono_ms < daemon->left_ms) {
        return;
    }
    daemon->left_ms = daemon->now.mono_ms + LOOK_MS;
    if (office != NULL && office->closed_version != 0 &&
        !LT_PLANTED(leave_register)) {
        heir = lt_tree_heir(tree, self);
        cases = cases_here(daemon);
        lt_diag_arg(&diag, "entries", "%llu", (unsigned long long)cases);
        lt_diag_arg(&diag, "heir", "%s", name_of(daemon, &heir));
    }
    lt_daemon_alarm(daemon, LT_AREGISTERLEFT, cases > 0, NULL, &diag);
}
