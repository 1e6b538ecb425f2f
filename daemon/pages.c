/* Pages and API: started last, and not needed for anything else. */
#include <string.h>

#include "common/failpoint.h"
#include "common/note.h"
#include "daemon/daemon_internal.h"
#include "daemon/http/certificate.h"

/* The machine may get another address at any time. */
enum { CERTIFICATE_MS = 5 * 60 * 1000 };

static size_t listened(const struct lt_conf *conf,
                       const char *addresses[static LT_SETTING_VALUES_MAX])
{
    size_t n = lt_conf_count(conf, LT_SET_PAGES_LISTEN);

    for (size_t i = 0; i < n; i++) {
        addresses[i] = lt_conf_at(conf, LT_SET_PAGES_LISTEN, i);
    }
    return n;
}

void lt_daemon_pages_start(struct lt_daemon *daemon)
{
    const struct lt_conf *conf = daemon->conf;
    const char *addresses[LT_SETTING_VALUES_MAX];
    const char *root = lt_conf_text(conf, LT_SET_WEB_ROOT);
    struct lt_http_options options = {
        .dir = daemon->options->dir,
        .sys = daemon->sys,
        .addresses = addresses,
        .proxy = lt_conf_number(conf, LT_SET_PAGES_PROXY) != 0,
        .tls = lt_conf_number(conf, LT_SET_PAGES_TLS) != 0,
        .web_root = root == NULL ? "" : root,
        .connections_max =
            (unsigned)lt_conf_number(conf, LT_SET_PAGES_CONNECTIONS),
        .per_address_max =
            (unsigned)lt_conf_number(conf, LT_SET_PAGES_PER_ADDRESS),
        .rest_ms = lt_conf_number(conf, LT_SET_PAGES_REST),
    };
    struct lt_diag diag;

    options.addresses_n = listened(conf, addresses);
    if (options.addresses_n == 0 && !options.proxy) {
        return;
    }
    if (lt_http_start(&options, &daemon->http, &diag) != LT_OK) {
        diag.code = LT_APAGES;
        lt_daemon_alarm(daemon, LT_APAGES, true, NULL, &diag);
    }
}

void lt_daemon_pages_renew(struct lt_daemon *daemon)
{
    const char *addresses[LT_SETTING_VALUES_MAX];
    struct lt_diag diag = {.code = LT_OK};
    char text[LT_TIME_TEXT];
    int64_t until_ms;

    if (daemon->http == NULL ||
        lt_conf_number(daemon->conf, LT_SET_PAGES_TLS) == 0 ||
        daemon->now.mono_ms < daemon->pages_ms ||
        LT_PLANTED(keep_certificate)) {
        return;
    }
    daemon->pages_ms = daemon->now.mono_ms + CERTIFICATE_MS;
    if (lt_certificate_renew(daemon->options->dir, daemon->sys,
                             listened(daemon->conf, addresses), addresses,
                             &until_ms, &diag) != LT_OK) {
        lt_note(&diag); /* again in a while */
    } else if (until_ms != 0) {
        lt_http_reload(daemon->http);
        lt_diag_set(&diag, LT_NPAGESCERT);
        lt_time_format(until_ms, text);
        lt_diag_arg(&diag, "until", "%s", text);
        lt_note(&diag);
    }
}
