/* A request that cannot be cancelled still belongs to the C library, which
 * will write into it. It is put aside, and freed by a later call that finds it
 * finished; there are never more of them than lookups under way. */
#include "daemon/link/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/alloc.h"

struct lt_resolve {
    struct lt_resolve *next; /* among those put aside */
    struct gaicb request;
    struct addrinfo hints;
    struct lt_address address;
    char service[8];
};

static struct lt_resolve *put_aside;

static void release(struct lt_resolve *resolve)
{
    if (resolve->request.ar_result != NULL) {
        freeaddrinfo(resolve->request.ar_result);
    }
    lt_free(lt_alloc_heap(), resolve);
}

static void sweep(void)
{
    struct lt_resolve **at = &put_aside;

    while (*at != NULL) {
        struct lt_resolve *resolve = *at;

        if (gai_error(&resolve->request) == EAI_INPROGRESS) {
            at = &resolve->next;
            continue;
        }
        *at = resolve->next;
        release(resolve);
    }
}

static void prepare(struct lt_resolve *resolve,
                    const struct lt_address *address)
{
    resolve->address = *address;
    (void)snprintf(resolve->service, sizeof(resolve->service), "%u",
                   (unsigned)address->port);
    resolve->hints.ai_family = AF_UNSPEC;
    resolve->hints.ai_socktype = SOCK_STREAM;
    resolve->hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    resolve->request.ar_name = resolve->address.host;
    resolve->request.ar_service = resolve->service;
    resolve->request.ar_request = &resolve->hints;
}

struct lt_resolve *lt_resolve_begin(const struct lt_address *address)
{
    struct lt_resolve *resolve = lt_new(lt_alloc_heap(), sizeof(*resolve));
    struct gaicb *list[1];

    sweep();
    if (resolve == NULL) {
        return NULL;
    }
    prepare(resolve, address);
    list[0] = &resolve->request;
    if (getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) != 0) {
        lt_free(lt_alloc_heap(), resolve);
        return NULL;
    }
    return resolve;
}

static int collect(const struct addrinfo *found, uint16_t port,
                   struct lt_address out_found[static LT_RESOLVED_MAX])
{
    int n = 0;

    for (; found != NULL && n < LT_RESOLVED_MAX; found = found->ai_next) {
        struct lt_address one = {.port = port};

        if (found->ai_family != AF_INET && found->ai_family != AF_INET6) {
            continue;
        }
        if (getnameinfo(found->ai_addr, found->ai_addrlen, one.host,
                        sizeof(one.host), NULL, 0, NI_NUMERICHOST) != 0) {
            continue;
        }
        one.v6 = found->ai_family == AF_INET6;
        out_found[n++] = one;
    }
    return n;
}

int lt_resolve_poll(struct lt_resolve *resolve,
                    struct lt_address out_found[static LT_RESOLVED_MAX])
{
    int rc = gai_error(&resolve->request);

    if (rc == EAI_INPROGRESS) {
        return -1;
    }
    return rc != 0 ? 0
                   : collect(resolve->request.ar_result, resolve->address.port,
                             out_found);
}

void lt_resolve_end(struct lt_resolve *resolve)
{
    if (resolve == NULL) {
        return;
    }
    if (gai_error(&resolve->request) == EAI_INPROGRESS &&
        gai_cancel(&resolve->request) == EAI_NOTCANCELED) {
        resolve->next = put_aside;
        put_aside = resolve;
        return;
    }
    release(resolve);
}

int lt_resolve_now(const struct lt_address *address,
                   struct lt_address out_found[static LT_RESOLVED_MAX])
{
    struct lt_resolve resolve = {.next = NULL};
    struct addrinfo *result = NULL;
    int n;

    prepare(&resolve, address);
    if (getaddrinfo(resolve.address.host, resolve.service, &resolve.hints,
                    &result) != 0) {
        return 0;
    }
    n = collect(result, address->port, out_found);
    freeaddrinfo(result);
    return n;
}
