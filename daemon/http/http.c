#include "daemon/http/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/note.h"
#include "daemon/http/api.h"
#include "daemon/http/certificate.h"
#include "daemon/http/door.h"
#include "daemon/http/usher.h"

struct lt_http {
    char *dir;
    char *web_root;
    char cert_path[LT_CERTIFICATE_PATH];
    char key_path[LT_CERTIFICATE_PATH];
    bool tls;
    struct lt_port *port;
    struct lt_door *door;
    struct lt_usher *usher;
    struct lt_api *api;
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    atomic_bool reloading;
    char bound[LT_HOST_TEXT];
};

static bool is_loopback(const char *address)
{
    char host[LT_HOST_TEXT];
    uint16_t port;

    return lt_address_split(address, host, &port) &&
           (strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
            strcmp(host, "localhost") == 0);
}

static void request(void *ctx, struct lt_request *request)
{
    const struct lt_http *http = ctx;

    lt_api_request(http->api, request);
}

static void refuse(void *ctx, struct lt_request *request, int status)
{
    const struct lt_http *http = ctx;

    lt_api_refuse(http->api, request, status);
}

static void woken(void *ctx)
{
    struct lt_http *http = ctx;
    struct lt_diag diag;

    if (atomic_exchange(&http->reloading, false) && http->tls &&
        lt_port_tls(http->port, http->cert_path, http->key_path, &diag) !=
            LT_OK) {
        lt_note(&diag);
    }
    lt_usher_collect(http->usher);
    if (atomic_load(&http->stopping)) {
        lt_port_quit(http->port);
    }
}

static void *run(void *ctx)
{
    struct lt_http *http = ctx;

    lt_port_run(http->port);
    return NULL;
}

/* ---- start and stop ---- */

static lt_err check_addresses(const struct lt_http_options *options,
                              struct lt_diag *diag)
{
    for (size_t i = 0; i < options->addresses_n; i++) {
        if (!options->tls && !is_loopback(options->addresses[i])) {
            lt_diag_set(diag, LT_ECONFIG);
            lt_diag_arg(diag, "key", "%s", "pages_tls");
            lt_diag_arg(diag, "reason", "%s", options->addresses[i]);
            return LT_ECONFIG;
        }
    }
    return LT_OK;
}

static lt_err open_parts(struct lt_http *http,
                         const struct lt_http_options *options,
                         struct lt_diag *diag)
{
    const struct lt_port_options port = {
        .connections_max = options->connections_max,
        .per_address_max = options->per_address_max,
        .request = request,
        .refuse = refuse,
        .woken = woken,
        .ctx = http,
    };
    struct lt_api_options api = {.dir = http->dir, .web_root = http->web_root};
    lt_err err = lt_port_new(&port, &http->port);

    if (err == LT_OK) {
        err = lt_door_new(http->dir, options->sys, &http->door, diag);
    }
    if (err == LT_OK) {
        err = lt_usher_new(http->dir, options->sys, http->port, &http->usher,
                           diag);
    }
    if (err == LT_OK) {
        api.port = http->port;
        api.door = http->door;
        api.usher = http->usher;
        err = lt_api_new(&api, &http->api);
    }
    if (err == LT_OK && http->tls) {
        err = lt_certificate_ensure(http->dir, options->sys, http->cert_path,
                                    http->key_path, diag);
    }
    if (err == LT_OK && http->tls) {
        err = lt_port_tls(http->port, http->cert_path, http->key_path, diag);
    }
    for (size_t i = 0; err == LT_OK && i < options->addresses_n; i++) {
        char bound[LT_HOST_TEXT];

        err = lt_port_listen(http->port, options->addresses[i], bound, diag);
        if (i == 0 && err == LT_OK) {
            memcpy(http->bound, bound, sizeof(http->bound));
        }
    }
    return err;
}

lt_err lt_http_start(const struct lt_http_options *options,
                     struct lt_http **out_http, struct lt_diag *diag)
{
    struct lt_http *http = lt_new(lt_alloc_heap(), sizeof(*http));
    lt_err err;

    lt_diag_set(diag, LT_OK);
    if (http == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    http->tls = options->tls;
    http->dir = strdup(options->dir);
    http->web_root = strdup(options->web_root);
    err = http->dir == NULL || http->web_root == NULL
              ? LT_ENOMEM
              : check_addresses(options, diag);
    if (err == LT_OK) {
        err = open_parts(http, options, diag);
    }
    if (err == LT_OK) {
        http->running = pthread_create(&http->thread, NULL, run, http) == 0;
        err = http->running ? LT_OK : LT_EINTERNAL;
    }
    if (err != LT_OK) {
        if (diag->code != err) {
            lt_diag_set(diag, err);
        }
        lt_http_stop(http);
        return err;
    }
    *out_http = http;
    return LT_OK;
}

const char *lt_http_bound(const struct lt_http *http)
{
    return http == NULL ? NULL : http->bound;
}

void lt_http_reload(struct lt_http *http)
{
    if (http != NULL) {
        atomic_store(&http->reloading, true);
        lt_port_wake(http->port);
    }
}

void lt_http_stop(struct lt_http *http)
{
    if (http == NULL) {
        return;
    }
    if (http->running) {
        atomic_store(&http->stopping, true);
        lt_port_wake(http->port);
        (void)pthread_join(http->thread, NULL);
    }
    lt_usher_free(http->usher); /* its answers need the rest */
    lt_api_free(http->api);
    lt_door_free(http->door);
    lt_port_free(http->port);
    free(http->dir);
    free(http->web_root);
    lt_free(lt_alloc_heap(), http);
}
