/* Its sockets, its thread and what TLS is spoken with are there from the start;
 * the rest (libevent's loop, people.db, the lines to the daemon) comes with the
 * first connection, and goes when nobody has been there for a while: most
 * offices' machines are looked at for a part of the day, and an idle daemon is
 * small. Who waits in a socket meanwhile is kept by the kernel. */
#include "daemon/http/http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/note.h"
#include "daemon/http/api.h"
#include "daemon/http/certificate.h"
#include "daemon/http/door.h"
#include "daemon/http/usher.h"

enum {
    LOOK_MS =
        30 * 1000, /* at most, between two looks whether anybody is here */
    NICE = 5,
    LISTENERS_MAX = LT_SETTING_VALUES_MAX
};

struct lt_http {
    const struct lt_sys *sys;
    char *dir;
    char *web_root;
    char cert_path[LT_CERTIFICATE_PATH];
    char key_path[LT_CERTIFICATE_PATH];
    bool tls_on;
    unsigned connections_max;
    unsigned per_address_max;
    int64_t rest_ms;
    int wake_fd;
    size_t listeners_n;
    int listeners[LISTENERS_MAX];
    char bound[LT_HOST_TEXT];
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    atomic_bool reloading;
    struct lt_tls *tls; /* the thread's, once it runs */
    /* While awake: */
    struct lt_port *port;
    struct lt_door *door;
    struct lt_usher *usher;
    struct lt_api *api;
    struct lt_timer *look;
    uint64_t accepted;
    int64_t seen_ms; /* when somebody was here last */
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

static int64_t mono_ms(const struct lt_http *http)
{
    struct lt_now now;

    http->sys->now(http->sys->ctx, &now);
    return now.mono_ms;
}

static void take_certificate_up(struct lt_http *http)
{
    struct lt_tls *tls = NULL;
    struct lt_diag diag;

    if (!atomic_exchange(&http->reloading, false) || !http->tls_on) {
        return;
    }
    if (lt_tls_load(http->cert_path, http->key_path, &tls, &diag) != LT_OK) {
        lt_note(&diag);
        return;
    }
    lt_tls_free(http->tls);
    http->tls = tls;
    if (http->port != NULL) {
        lt_port_tls(http->port, tls);
    }
}

static void woken(void *ctx)
{
    struct lt_http *http = ctx;

    take_certificate_up(http);
    lt_usher_collect(http->usher);
    if (atomic_load(&http->stopping)) {
        lt_port_quit(http->port);
    }
}

/* ---- awake and at rest ---- */

static void look(void *ctx)
{
    struct lt_http *http = ctx;
    const struct lt_port_stats *stats = lt_port_stats(http->port);
    int64_t now_ms = mono_ms(http);

    if (stats->connections > 0 || stats->accepted != http->accepted) {
        http->accepted = stats->accepted;
        http->seen_ms = now_ms;
    } else if (now_ms - http->seen_ms >= http->rest_ms) {
        lt_port_quit(http->port);
    }
}

static void close_parts(struct lt_http *http)
{
    lt_usher_free(http->usher); /* its answers need the rest */
    lt_api_free(http->api);
    lt_door_free(http->door);
    lt_timer_free(http->look);
    lt_port_free(http->port);
    http->usher = NULL;
    http->api = NULL;
    http->door = NULL;
    http->look = NULL;
    http->port = NULL;
}

static lt_err open_parts(struct lt_http *http, struct lt_diag *diag)
{
    const struct lt_port_options port = {
        .connections_max = http->connections_max,
        .per_address_max = http->per_address_max,
        .request = request,
        .refuse = refuse,
        .woken = woken,
        .ctx = http,
        .wake_fd = http->wake_fd,
    };
    struct lt_api_options api = {.dir = http->dir,
                                 .web_root = http->web_root,
                                 .cert_path =
                                     http->tls_on ? http->cert_path : NULL};
    lt_err err = lt_port_new(&port, &http->port);

    lt_diag_set(diag, LT_OK);
    if (err == LT_OK) {
        err = lt_door_new(http->dir, http->sys, &http->door, diag);
    }
    if (err == LT_OK) {
        err =
            lt_usher_new(http->dir, http->sys, http->port, &http->usher, diag);
    }
    if (err == LT_OK) {
        api.port = http->port;
        api.door = http->door;
        api.usher = http->usher;
        err = lt_api_new(&api, &http->api);
    }
    if (err == LT_OK) {
        http->accepted = 0;
        http->seen_ms = mono_ms(http);
        http->look = lt_timer_new(
            http->port,
            http->rest_ms / 2 < LOOK_MS ? (int)(http->rest_ms / 2) : LOOK_MS,
            look, http);
        err = http->look == NULL ? LT_ENOMEM : LT_OK;
    }
    if (err == LT_OK && http->tls != NULL) {
        lt_port_tls(http->port, http->tls);
    }
    for (size_t i = 0; err == LT_OK && i < http->listeners_n; i++) {
        err = lt_port_listen(http->port, http->listeners[i]);
    }
    if (err != LT_OK) {
        if (diag->code != err) {
            lt_diag_set(diag, err);
        }
        close_parts(http);
    }
    return err;
}

/* Until somebody comes: true; false when it is to stop. */
static bool wait_for_guest(struct lt_http *http)
{
    struct pollfd fds[LISTENERS_MAX + 1];
    nfds_t n = 0;
    uint64_t count;

    for (; n < http->listeners_n; n++) {
        fds[n] = (struct pollfd){.fd = http->listeners[n], .events = POLLIN};
    }
    fds[n] = (struct pollfd){.fd = http->wake_fd, .events = POLLIN};
    while (!atomic_load(&http->stopping)) {
        if (poll(fds, n + 1, -1) <= 0) {
            continue; /* a signal */
        }
        if (fds[n].revents != 0) {
            (void)!read(http->wake_fd, &count, sizeof(count));
            take_certificate_up(http);
        }
        for (nfds_t i = 0; i < n; i++) {
            if (fds[i].revents != 0) {
                return !atomic_load(&http->stopping);
            }
        }
    }
    return false;
}

/* Nothing can be opened now: who waits is sent away, and the next may find it
 * mended. */
static void turn_away(struct lt_http *http)
{
    for (size_t i = 0; i < http->listeners_n; i++) {
        int fd;

        while ((fd = accept4(http->listeners[i], NULL, NULL, SOCK_CLOEXEC)) >=
               0) {
            (void)close(fd);
        }
    }
}

static void *run(void *ctx)
{
    struct lt_http *http = ctx;
    struct lt_diag diag;

    /* Where a core is wanted by both, what goes between offices has it. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(),
                      getpriority(PRIO_PROCESS, (id_t)gettid()) + NICE);
    while (wait_for_guest(http)) {
        if (open_parts(http, &diag) != LT_OK) {
            lt_note(&diag);
            turn_away(http);
            continue;
        }
        lt_port_run(http->port);
        close_parts(http);
    }
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

/* Is there anything to serve from? It is opened again when somebody comes. */
static lt_err check_people(const struct lt_http_options *options,
                           struct lt_diag *diag)
{
    struct lt_people *people = NULL;
    lt_err err = lt_people_open(options->dir, options->sys, &people, diag);

    lt_people_close(people);
    return err;
}

static lt_err open_sockets(struct lt_http *http,
                           const struct lt_http_options *options,
                           struct lt_diag *diag)
{
    lt_err err = LT_OK;

    for (size_t i = 0; err == LT_OK && i < options->addresses_n &&
                       http->listeners_n + 1 < LISTENERS_MAX;
         i++) {
        char bound[LT_HOST_TEXT];

        err = lt_listen(options->addresses[i],
                        &http->listeners[http->listeners_n], bound, diag);
        if (err == LT_OK && http->listeners_n++ == 0) {
            memcpy(http->bound, bound, sizeof(http->bound));
        }
    }
    if (err == LT_OK && options->proxy) {
        err = lt_listen_proxy(options->dir, &http->listeners[http->listeners_n],
                              diag);
        http->listeners_n += err == LT_OK;
    }
    return err;
}

static lt_err prepare(struct lt_http *http,
                      const struct lt_http_options *options,
                      struct lt_diag *diag)
{
    lt_err err = check_addresses(options, diag);

    if (err == LT_OK) {
        err = check_people(options, diag);
    }
    if (err == LT_OK && http->tls_on) {
        err = lt_certificate_ensure(http->dir, options->sys,
                                    options->addresses_n, options->addresses,
                                    http->cert_path, http->key_path, diag);
    }
    if (err == LT_OK && http->tls_on) {
        err = lt_tls_load(http->cert_path, http->key_path, &http->tls, diag);
    }
    return err == LT_OK ? open_sockets(http, options, diag) : err;
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
    http->sys = options->sys;
    http->tls_on = options->tls;
    http->connections_max = options->connections_max;
    http->per_address_max = options->per_address_max;
    http->rest_ms = options->rest_ms;
    http->dir = strdup(options->dir);
    http->web_root = strdup(options->web_root);
    http->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    err = http->dir == NULL || http->web_root == NULL || http->wake_fd < 0
              ? LT_ENOMEM
              : prepare(http, options, diag);
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

static void wake(const struct lt_http *http)
{
    const uint64_t one = 1;

    (void)!write(http->wake_fd, &one, sizeof(one)); /* full: it wakes anyway */
}

void lt_http_reload(struct lt_http *http)
{
    if (http != NULL) {
        atomic_store(&http->reloading, true);
        wake(http);
    }
}

void lt_http_stop(struct lt_http *http)
{
    if (http == NULL) {
        return;
    }
    if (http->running) {
        atomic_store(&http->stopping, true);
        wake(http);
        (void)pthread_join(http->thread, NULL);
    }
    for (size_t i = 0; i < http->listeners_n; i++) {
        (void)close(http->listeners[i]);
    }
    if (http->wake_fd >= 0) {
        (void)close(http->wake_fd);
    }
    lt_tls_free(http->tls);
    free(http->dir);
    free(http->web_root);
    lt_free(lt_alloc_heap(), http);
}
