/* Ways beside the one to the configured superior: where the offices above it
 * are by the tree, and with which key by their bindings. The engine says when
 * one is to be dialled; what cannot be dialled it finds out by waiting. */
#include <string.h>

#include "daemon/daemon_internal.h"

bool lt_daemon_superior(const struct lt_daemon *daemon,
                        struct lt_office *out_office)
{
    const char *text = lt_conf_text(daemon->conf, LT_SET_SUPERIOR_OFFICE);

    return text != NULL && lt_office_parse(text, out_office);
}

static bool key_of(const struct lt_daemon *daemon,
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

static void dial(struct lt_daemon *daemon, const struct lt_office *office)
{
    const struct lt_tree_office *known =
        lt_tree_find(lt_engine_tree(daemon->engine), office);
    const char *addresses[LT_LINK_ADDRESSES_MAX];
    uint8_t key[LT_CURVE_LEN];
    size_t n = 0;

    if (known == NULL || !key_of(daemon, office, key)) {
        return;
    }
    while (n < known->link_addresses_n && n < LT_LINK_ADDRESSES_MAX) {
        addresses[n] = known->link_addresses[n];
        n++;
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
