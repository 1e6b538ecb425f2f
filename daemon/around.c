/* Ways beside the one to the configured superior: where the offices above it
 * are by the tree, and with which key by their bindings. The engine says when
 * one is to be dialled; what cannot be dialled it finds out by waiting. */
#include <string.h>

#include "common/failpoint.h"
#include "daemon/daemon_internal.h"

bool lt_daemon_key_of(const struct lt_daemon *daemon,
                      const struct lt_office *office,
                      uint8_t out_key[static LT_CURVE_LEN])
{
    struct lt_binding binding;

    for (size_t i = 0; lt_engine_binding_at(daemon->engine, i, &binding); i++) {
        if (lt_office_equal(&binding.office, office)) {
            memcpy(out_key, binding.transport_key, LT_CURVE_LEN);
            return true;
        }
    }
    return false;
}

static bool configured(const struct lt_daemon *daemon,
                       struct lt_office *out_office)
{
    const char *text = lt_conf_text(daemon->conf, LT_SET_SUPERIOR_OFFICE);

    return text != NULL && lt_office_parse(text, out_office);
}

/* The root to which this one has released an office: the first that may still
 * admit one, or who did so last. What is on its way between the two trees goes
 * through them. */
static const struct lt_tree_release *given(const struct lt_tree *tree,
                                           const struct lt_office *office,
                                           int32_t today)
{
    const struct lt_tree_release *found = NULL;
    const struct lt_tree_release *release;

    for (size_t i = 0; (release = lt_tree_release_at(tree, i)) != NULL; i++) {
        if (!lt_office_equal(&release->writer, office)) {
            continue;
        }
        if (!release->admitted && !release->withdrawn &&
            release->until_day >= today) {
            return release;
        }
        found = release->admitted ? release : found;
    }
    return found;
}

/* For whom this root has stepped down, or whom it has given an office: that
 * one's word is asked for from there. */
static const struct lt_tree_office *successor(const struct lt_tree *tree,
                                              const struct lt_office *office,
                                              int32_t today)
{
    const struct lt_tree_region *region = lt_tree_region_of(tree, office);
    const struct lt_tree_release *release = given(tree, office, today);

    return region != NULL && region->stepped
               ? lt_tree_find(tree, &region->successor)
           : release != NULL ? lt_tree_find(tree, &release->to)
                             : NULL;
}

/* The parent by the tree, when it is known how to reach it: an office that was
 * moved goes there, whatever its configuration says of former days. */
bool lt_daemon_superior(const struct lt_daemon *daemon,
                        struct lt_office *out_office)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_tree_office *self =
        lt_tree_find(tree, &daemon->identity.office);
    const struct lt_tree_office *parent =
        self == NULL ? NULL : lt_tree_find(tree, &self->parent);
    uint8_t key[LT_CURVE_LEN];

    if (parent == NULL) {
        parent = successor(tree, &daemon->identity.office,
                           lt_civil_day(daemon->now.wall_ms));
    }
    if (!LT_PLANTED(first_superior) && parent != NULL &&
        parent->link_addresses_n > 0 &&
        lt_daemon_key_of(daemon, &parent->id, key)) {
        *out_office = parent->id;
        return true;
    }
    return configured(daemon, out_office);
}

static size_t told_addresses(const struct lt_daemon *daemon,
                             const struct lt_office *office,
                             const char *out[static LT_LINK_ADDRESSES_MAX])
{
    const struct lt_tree_office *known =
        lt_tree_find(lt_engine_tree(daemon->engine), office);
    size_t n = 0;

    while (known != NULL && n < known->link_addresses_n &&
           n < LT_LINK_ADDRESSES_MAX) {
        out[n] = known->link_addresses[n];
        n++;
    }
    return n;
}

/* The configuration names the superior with which the office joined, and where
 * it is; of any other the tree says it. */
lt_err lt_daemon_dial_superior(struct lt_daemon *daemon)
{
    const char *addresses[LT_LINK_ADDRESSES_MAX];
    struct lt_office superior;
    struct lt_office first;
    uint8_t key[LT_CURVE_LEN];
    size_t n = 0;

    if (!lt_daemon_superior(daemon, &superior) ||
        !lt_daemon_key_of(daemon, &superior, key)) {
        return LT_OK;
    }
    if (configured(daemon, &first) && lt_office_equal(&first, &superior)) {
        n = lt_conf_count(daemon->conf, LT_SET_SUPERIOR_ADDRESSES);
        n = n < LT_LINK_ADDRESSES_MAX ? n : LT_LINK_ADDRESSES_MAX;
        for (size_t i = 0; i < n; i++) {
            addresses[i] =
                lt_conf_at(daemon->conf, LT_SET_SUPERIOR_ADDRESSES, i);
        }
    }
    if (n == 0) {
        n = told_addresses(daemon, &superior, addresses);
    }
    if (n == 0) {
        return LT_OK;
    }
    if (!lt_office_is_zero(&daemon->dialled) &&
        !lt_office_equal(&daemon->dialled, &superior)) {
        daemon->former = daemon->dialled; /* until the new one is there */
        (void)LT_FAILPOINT(C18);
    }
    daemon->dialled = superior;
    if (lt_office_equal(&daemon->former, &superior)) {
        daemon->former = (struct lt_office){{0}};
    }
    return lt_link_dial(daemon->link, &superior, key, addresses, n);
}

void lt_daemon_superior_up(struct lt_daemon *daemon,
                           const struct lt_office *office)
{
    if (lt_office_equal(&daemon->dialled, office) &&
        !lt_office_is_zero(&daemon->former)) {
        lt_link_hang_up(daemon->link, &daemon->former);
        (void)LT_FAILPOINT(C18); /* no cursor is agreed with the new one */
        daemon->former = (struct lt_office){{0}};
    }
}

static void dial(struct lt_daemon *daemon, const struct lt_office *office)
{
    const char *addresses[LT_LINK_ADDRESSES_MAX];
    size_t n = told_addresses(daemon, office, addresses);
    uint8_t key[LT_CURVE_LEN];

    if (n == 0 || !lt_daemon_key_of(daemon, office, key)) {
        return;
    }
    if (lt_link_dial(daemon->link, office, key, addresses, n) != LT_OK) {
        return; /* an address that cannot be read is as one where nobody is */
    }
}

void lt_daemon_dial(struct lt_daemon *daemon, const struct lt_office *office,
                    bool begin)
{
    struct lt_office superior;

    daemon->status_changed = true;
    if (daemon->link == NULL || (lt_daemon_superior(daemon, &superior) &&
                                 lt_office_equal(&superior, office))) {
        return; /* dialled for life */
    }
    if (begin) {
        dial(daemon, office);
    } else {
        lt_link_hang_up(daemon->link, office);
    }
}

void lt_daemon_dial_again(struct lt_daemon *daemon)
{
    struct lt_bypass_view view;

    lt_engine_bypass(daemon->engine, &view);
    if (view.state != LT_BYPASS_NOT) {
        lt_daemon_dial(daemon, &view.target, true);
    }
}
