/* The first start of a new root: it opens its own office in the tree. */
#include "common/origin.h"

#include <stdio.h>
#include <string.h>

#include "daemon/daemon_internal.h"

static bool is_root(const struct lt_daemon *daemon)
{
    return lt_office_equal(lt_cert_office(daemon->identity.root_cert),
                           &daemon->identity.office);
}

static lt_err write_opening(struct lt_daemon *daemon,
                            const struct lt_origin *origin)
{
    static const struct lt_channel CHANNEL = {.cls = LT_CLASS_TREE,
                                              .audience = LT_AUDIENCE_ALL};
    struct lt_event *event = lt_new(lt_alloc_heap(), sizeof(*event));
    lt_err err;

    if (event == NULL) {
        return LT_ENOMEM;
    }
    event->type = LT_EV_OFFICE_OPENED;
    event->office.id = daemon->identity.office;
    event->office.name = (struct lt_text){origin->name, strlen(origin->name)};
    event->office.kind = (struct lt_text){origin->kind, strlen(origin->kind)};
    event->office.code = (struct lt_text){origin->code, strlen(origin->code)};
    event->office.keeper = true;
    err = lt_daemon_write_own(daemon, event, &CHANNEL, LT_TOKEN_OWN);
    lt_free(lt_alloc_heap(), event);
    return err;
}

lt_err lt_daemon_open_origin(struct lt_daemon *daemon, struct lt_diag *diag)
{
    char folder[4096];
    struct lt_origin origin;
    lt_err err;

    if (!is_root(daemon) || lt_tree_count(lt_engine_tree(daemon->engine)) > 0) {
        return LT_OK;
    }
    if (snprintf(folder, sizeof(folder), "%s/identity", daemon->options->dir) >=
        (int)sizeof(folder)) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    err = lt_origin_load(folder, &origin, diag);
    if (err == LT_OK && lt_policy_kind(daemon->policy, origin.kind) == NULL) {
        err = lt_diag_set(diag, LT_EINVAL);
        lt_diag_arg(diag, "kind", "%s", origin.kind);
    }
    return err == LT_OK ? write_opening(daemon, &origin) : err;
}
