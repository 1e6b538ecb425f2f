/* A closed office's register lies on its machine, and nowhere else: until its heir
 * has taken it over and the entries here are erased, an alarm says so. */
#include <stdio.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "daemon/daemon_internal.h"
#include "daemon/register/register.h"

enum { LOOK_MS = 10000, PATH_BYTES = 4096 };

/* Cases of the register here; 0 when there is none, or it cannot be read: its own
 * commands say why. */
static uint64_t cases_here(const struct lt_daemon *daemon)
{
    struct lt_register *reg = NULL;
    char path[PATH_BYTES];
    struct lt_diag ignored;
    uint64_t cases = 0;

    (void)snprintf(path, sizeof(path), "%s/register.db", daemon->options->dir);
    if (access(path, F_OK) != 0 ||
        lt_register_open(daemon->options->dir, daemon->sys, &reg, &ignored) !=
            LT_OK) {
        return 0;
    }
    if (lt_register_count(reg, &cases) != LT_OK) {
        cases = 0;
    }
    lt_register_close(reg);
    return cases;
}

void lt_daemon_register_left(struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_office *self = &daemon->identity.office;
    const struct lt_tree_office *office = lt_tree_find(tree, self);
    const struct lt_tree_office *heir;
    struct lt_diag diag = {.code = LT_AREGISTERLEFT};
    struct lt_office heir_id;
    uint64_t cases = 0;

    if (daemon->now.mono_ms < daemon->left_ms) {
        return;
    }
    daemon->left_ms = daemon->now.mono_ms + LOOK_MS;
    if (office != NULL && office->closed_version != 0 &&
        !LT_PLANTED(leave_register)) {
        heir_id = lt_tree_heir(tree, self);
        heir = lt_tree_find(tree, &heir_id);
        cases = cases_here(daemon);
        lt_diag_arg(&diag, "entries", "%llu", (unsigned long long)cases);
        lt_diag_arg(&diag, "heir", "%s", heir == NULL ? "-" : heir->name);
    }
    lt_daemon_alarm(daemon, LT_AREGISTERLEFT, cases > 0, NULL, &diag);
}
