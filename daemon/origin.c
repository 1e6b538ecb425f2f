/* The root's own office in the tree: opened at its first start, and told anew
 * when it listens elsewhere, since all who go around their parents look there.
 */
#include "common/origin.h"

#include <stdio.h>
#include <string.h>

#include "daemon/daemon_internal.h"

static bool is_root(const struct lt_daemon *daemon)
{
    return lt_office_equal(lt_cert_office(daemon->identity.root_cert),
                           &daemon->identity.office);
}

static const struct lt_channel CHANNEL = {.cls = LT_CLASS_TREE,
                                          .audience = LT_AUDIENCE_ALL};

/* Can others dial it? Not a port that is drawn anew at each start, nor an
 * address that only says "everywhere". */
static bool worth_telling(const char *address)
{
    size_t len = strlen(address);

    return len > 2 && len < LT_STRING_MAX &&
           strcmp(address + len - 2, ":0") != 0 &&
           strncmp(address, "0.0.0.0:", 8) != 0 &&
           strncmp(address, "[::]:", 5) != 0;
}

static size_t addresses(const struct lt_daemon *daemon, enum lt_setting told,
                        enum lt_setting bound,
                        struct lt_text out[static LT_OFFICE_ADDRESSES_MAX])
{
    enum lt_setting setting =
        lt_conf_count(daemon->conf, told) > 0 ? told : bound;
    size_t n = 0;

    for (size_t i = 0; i < lt_conf_count(daemon->conf, setting) &&
                       n < LT_OFFICE_ADDRESSES_MAX;
         i++) {
        const char *address = lt_conf_at(daemon->conf, setting, i);

        if (worth_telling(address)) {
            out[n++] = (struct lt_text){address, strlen(address)};
        }
    }
    return n;
}

static void put_addresses(const struct lt_daemon *daemon,
                          struct lt_office_info *office)
{
    office->link_addresses_n =
        addresses(daemon, LT_SET_ADVERTISE_LINKS, LT_SET_LISTEN_LINKS,
                  office->link_addresses);
    office->enrol_addresses_n =
        addresses(daemon, LT_SET_ADVERTISE_ENROL, LT_SET_LISTEN_ENROL,
                  office->enrol_addresses);
}

static bool differ(const struct lt_text *texts, size_t n,
                   const char *const *known, size_t known_n)
{
    if (n == 0) {
        return false; /* nothing to tell */
    }
    for (size_t i = 0; i < n && n == known_n; i++) {
        if (strlen(known[i]) != texts[i].len ||
            memcmp(known[i], texts[i].data, texts[i].len) != 0) {
            return true;
        }
    }
    return n != known_n;
}

/* Where this root listens, if the tree says otherwise. */
static lt_err readdress(struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_tree_office *known = lt_tree_root(tree);
    struct lt_event *event;
    lt_err err = LT_OK;

    if (!lt_tree_may_write(tree, &daemon->identity.office,
                           lt_civil_day(daemon->now.wall_ms))) {
        return LT_OK;
    }
    event = lt_new(lt_alloc_heap(), sizeof(*event));
    if (event == NULL) {
        return LT_ENOMEM;
    }
    event->type = LT_EV_OFFICE_CHANGED;
    event->office.id = daemon->identity.office;
    put_addresses(daemon, &event->office);
    if (differ(event->office.link_addresses, event->office.link_addresses_n,
               known->link_addresses, known->link_addresses_n) ||
        differ(event->office.enrol_addresses, event->office.enrol_addresses_n,
               known->enrol_addresses, known->enrol_addresses_n)) {
        err = lt_daemon_write_own(daemon, event, &CHANNEL, LT_TOKEN_OWN);
    }
    lt_free(lt_alloc_heap(), event);
    return err;
}

/* Is anybody below, or will be when what is prepared is in force? */
static bool is_superior(const struct lt_tree *tree,
                        const struct lt_office *office)
{
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        if (lt_office_equal(&lt_tree_at(tree, i)->parent, office)) {
            return true;
        }
    }
    for (size_t i = 0; i < lt_tree_prepared_count(tree); i++) {
        if (lt_office_equal(&lt_tree_prepared_at(tree, i)->change.parent,
                            office)) {
            return true;
        }
    }
    return false;
}

static lt_err propose_address(struct lt_daemon *daemon,
                              const struct lt_tree_office *known)
{
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = lt_new(lt_alloc_heap(), sizeof(*event));
    lt_err err = LT_OK;

    if (event == NULL) {
        return LT_ENOMEM;
    }
    event->type = LT_EV_OFFICE_PROPOSED;
    event->office.id = known->id;
    event->office.parent = known->parent;
    event->office.name = (struct lt_text){known->name, strlen(known->name)};
    event->office.kind = (struct lt_text){known->kind, strlen(known->kind)};
    put_addresses(daemon, &event->office);
    if (differ(event->office.link_addresses, event->office.link_addresses_n,
               known->link_addresses, known->link_addresses_n) ||
        differ(event->office.enrol_addresses, event->office.enrol_addresses_n,
               known->enrol_addresses, known->enrol_addresses_n)) {
        err = lt_daemon_write_own(daemon, event, &channel, LT_TOKEN_OWN);
    }
    lt_free(lt_alloc_heap(), event);
    return err;
}

lt_err lt_daemon_tell_address(struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_tree_office *self;
    lt_err err;

    if (daemon->address_told ||
        daemon->address_revision == lt_tree_revision(tree)) {
        return LT_OK;
    }
    daemon->address_revision = lt_tree_revision(tree);
    self = lt_tree_find(tree, &daemon->identity.office);
    if (self == NULL || lt_office_is_zero(&self->parent) ||
        self->closed_version != 0 || !is_superior(tree, &self->id)) {
        return LT_OK;
    }
    err = propose_address(daemon, self);
    daemon->address_told = err == LT_OK; /* once a start */
    return lt_err_exit(err) == 75 ? LT_OK : err;
}

static lt_err write_opening(struct lt_daemon *daemon,
                            const struct lt_origin *origin)
{
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
    put_addresses(daemon, &event->office);
    err = lt_daemon_write_own(daemon, event, &CHANNEL, LT_TOKEN_OWN);
    lt_free(lt_alloc_heap(), event);
    return err;
}

lt_err lt_daemon_open_origin(struct lt_daemon *daemon, struct lt_diag *diag)
{
    char folder[4096];
    struct lt_origin origin;
    lt_err err;

    if (!is_root(daemon)) {
        return LT_OK;
    }
    if (lt_tree_count(lt_engine_tree(daemon->engine)) > 0) {
        return readdress(daemon);
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
