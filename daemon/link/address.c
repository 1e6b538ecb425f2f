#include "daemon/link/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static lt_err refuse(struct lt_diag *diag, const char *text)
{
    (void)lt_diag_set(diag, LT_ECONFIG);
    lt_diag_arg(diag, "address", "%s", text);
    lt_diag_arg(diag, "value", "%s", text);
    return LT_ECONFIG;
}

/* One to five digits, no sign, no space; strtoul would take both. */
static bool read_port(const char *text, bool zero_too, uint16_t *out_port)
{
    size_t len = strlen(text);
    unsigned port = 0;

    if (len == 0 || len > 5) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    if (port > UINT16_MAX || (port == 0 && !zero_too)) {
        return false;
    }
    *out_port = (uint16_t)port;
    return true;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static bool is_name(const char *host)
{
    bool letter = false;

    if (host[0] == '\0' || host[0] == '-' || host[0] == '.') {
        return false;
    }
    for (const char *c = host; *c != '\0'; c++) {
        if (!is_word(*c)) {
            return false;
        }
        letter = letter || !((*c >= '0' && *c <= '9') || *c == '.');
    }
    return letter; /* 10.0.0.256 is a mistyped address, not a name */
}

static bool is_v6(const char *host)
{
    char bare[INET6_ADDRSTRLEN];
    struct in6_addr ignored;
    const char *scope = strchr(host, '%');
    size_t len = scope != NULL ? (size_t)(scope - host) : strlen(host);

    if (len >= sizeof(bare)) {
        return false;
    }
    memcpy(bare, host, len);
    bare[len] = '\0';
    if (inet_pton(AF_INET6, bare, &ignored) != 1) {
        return false;
    }
    if (scope == NULL) {
        return true;
    }
    for (scope++, len = 0; scope[len] != '\0'; len++) {
        if (!is_word(scope[len])) {
            return false;
        }
    }
    return len > 0 && len < 16;
}

static bool read_host(bool bracketed, bool listening,
                      struct lt_address *address)
{
    struct in_addr ignored;

    if (bracketed) {
        address->v6 = is_v6(address->host);
        return address->v6;
    }
    if (strcmp(address->host, "*") == 0) {
        (void)snprintf(address->host, sizeof(address->host), "0.0.0.0");
        return listening;
    }
    if (inet_pton(AF_INET, address->host, &ignored) == 1) {
        return true;
    }
    address->name = is_name(address->host);
    return address->name;
}

lt_err lt_address_parse(const char *text, bool listening,
                        struct lt_address *out_address, struct lt_diag *diag)
{
    struct lt_address address = {.port = 0};
    const char *colon = strrchr(text, ':');
    const char *host = text;
    bool bracketed = text[0] == '[';
    size_t len;

    if (colon == NULL || !read_port(colon + 1, listening, &address.port)) {
        return refuse(diag, text);
    }
    len = (size_t)(colon - text);
    if (bracketed) {
        if (len < 2 || text[len - 1] != ']') {
            return refuse(diag, text);
        }
        host++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof(address.host)) {
        return refuse(diag, text);
    }
    memcpy(address.host, host, len);
    address.host[len] = '\0';
    if (!read_host(bracketed, listening, &address)) {
        return refuse(diag, text);
    }
    *out_address = address;
    return LT_OK;
}

void lt_address_endpoint(const struct lt_address *address,
                         char out_endpoint[static LT_ENDPOINT_MAX])
{
    const char *open = address->v6 ? "[" : "";
    const char *close = address->v6 ? "]" : "";

    if (address->port == 0) {
        (void)snprintf(out_endpoint, LT_ENDPOINT_MAX, "tcp://%s%s%s:*", open,
                       address->host, close);
    } else {
        (void)snprintf(out_endpoint, LT_ENDPOINT_MAX, "tcp://%s%s%s:%u", open,
                       address->host, close, (unsigned)address->port);
    }
}

const char *lt_address_of_endpoint(const char *endpoint)
{
    const char *host = strstr(endpoint, "://");

    return host != NULL ? host + 3 : endpoint;
}
