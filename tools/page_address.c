#include "tools/page_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct list {
    struct lt_page_address *items;
    size_t n;
    bool tls;
};

/* 4, 6, or 0 for a name. */
static int family_of(const char *host)
{
    struct in6_addr number;

    return inet_pton(AF_INET, host, &number) == 1    ? 4
           : inet_pton(AF_INET6, host, &number) == 1 ? 6
                                                     : 0;
}

static bool is_here_only(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "localhost") == 0;
}

static void add(struct list *list, const char *host, uint16_t port)
{
    struct lt_page_address *one = &list->items[list->n];
    int family = family_of(host);

    if (list->n == LT_PAGE_ADDRESSES_MAX || strlen(host) >= LT_HOST_TEXT) {
        return;
    }
    (void)snprintf(one->url, sizeof(one->url),
                   family == 6 ? "%s://[%s]:%u" : "%s://%s:%u",
                   list->tls ? "https" : "http", host, (unsigned)port);
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i].url, one->url) == 0) {
            return;
        }
    }
    (void)snprintf(one->host, sizeof(one->host), "%s", host);
    one->here_only = is_here_only(host);
    one->is_number = family != 0;
    list->n++;
}

size_t lt_page_addresses(const struct lt_conf *conf, const char *bound,
                         const struct lt_locals *locals,
                         struct lt_page_address *out)
{
    struct list list = {.items = out,
                        .tls = lt_conf_bool(conf, LT_SET_PAGES_TLS)};
    char host[LT_HOST_TEXT];
    uint16_t told = 0;
    uint16_t port;

    if (!lt_address_split(bound, host, &told)) {
        told = 0;
    }
    for (size_t i = 0; i < lt_conf_count(conf, LT_SET_PAGES_LISTEN); i++) {
        if (!lt_address_split(lt_conf_at(conf, LT_SET_PAGES_LISTEN, i), host,
                              &port)) {
            continue;
        }
        port = port == 0 && i == 0 ? told : port;
        if (port == 0) {
            continue; /* chosen by the system, and told to nobody */
        }
        if (strcmp(host, "0.0.0.0") != 0 && strcmp(host, "::") != 0) {
            add(&list, host, port);
            continue;
        }
        for (size_t l = 0; l < locals->n; l++) {
            if (lt_locals_fit(locals->text[l], host)) {
                add(&list, locals->text[l], port);
            }
        }
    }
    return list.n;
}
