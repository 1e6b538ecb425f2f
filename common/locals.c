#include "common/locals.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void take(struct lt_locals *locals, const char *text)
{
    if (locals->n < LT_LOCALS_MAX && text[0] != '\0') {
        (void)snprintf(locals->text[locals->n++], LT_HOST_TEXT, "%s", text);
    }
}

static void take_interface(struct lt_locals *locals, const struct ifaddrs *one)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (one->ifa_addr == NULL || (one->ifa_flags & IFF_UP) == 0) {
        return;
    }
    if (one->ifa_addr->sa_family == AF_INET) {
        struct sockaddr_in four;

        memcpy(&four, one->ifa_addr, sizeof(four));
        (void)inet_ntop(AF_INET, &four.sin_addr, text, sizeof(text));
    } else if (one->ifa_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 six;

        memcpy(&six, one->ifa_addr, sizeof(six));
        if (!IN6_IS_ADDR_LINKLOCAL(&six.sin6_addr)) {
            (void)inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof(text));
        }
    }
    take(locals, text);
}

void lt_locals_find(struct lt_locals *out)
{
    struct ifaddrs *all = NULL;
    char name[LT_HOST_TEXT] = "";

    out->n = 0;
    if (gethostname(name, sizeof(name) - 1) == 0) {
        take(out, name);
    }
    if (getifaddrs(&all) == 0) {
        for (const struct ifaddrs *one = all; one != NULL;
             one = one->ifa_next) {
            take_interface(out, one);
        }
        freeifaddrs(all);
    }
}

bool lt_locals_fit(const char *local, const char *host)
{
    struct in6_addr number;
    bool four = inet_pton(AF_INET, local, &number) == 1;
    bool six = inet_pton(AF_INET6, local, &number) == 1;

    return (!four && !six) || four == (strcmp(host, "0.0.0.0") == 0);
}
