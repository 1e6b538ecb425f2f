/* Pages and API: started last, and not needed for anything else. */
#include <string.h>

#include "daemon/daemon_internal.h"

void lt_daemon_pages_start(struct lt_daemon *daemon)
{
    const struct lt_conf *conf = daemon->conf;
    const char *addresses[LT_SETTING_VALUES_MAX];
    const char *root = lt_conf_text(conf, LT_SET_WEB_ROOT);
    struct lt_http_options options = {
        .dir = daemon->options->dir,
        .sys = daemon->sys,
        .addresses = addresses,
        .tls = lt_conf_number(conf, LT_SET_PAGES_TLS) != 0,
        .web_root = root == NULL ? "" : root,
        .connections_max =
            (unsigned)lt_conf_number(conf, LT_SET_PAGES_CONNECTIONS),
        .per_address_max =
            (unsigned)lt_conf_number(conf, LT_SET_PAGES_PER_ADDRESS),
    };
    struct lt_diag diag;

    options.addresses_n = lt_conf_count(conf, LT_SET_PAGES_LISTEN);
    for (size_t i = 0; i < options.addresses_n; i++) {
        addresses[i] = lt_conf_at(conf, LT_SET_PAGES_LISTEN, i);
    }
    if (options.addresses_n == 0) {
        return;
    }
    if (lt_http_start(&options, &daemon->http, &diag) != LT_OK) {
        diag.code = LT_APAGES;
        lt_daemon_alarm(daemon, LT_APAGES, true, NULL, &diag);
    }
}
