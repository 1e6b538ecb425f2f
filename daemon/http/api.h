/* What is done with a request: pages, the API, and how the node is.
 *
 * Threading: the thread of the port. */
#ifndef LT_HTTP_API_H
#define LT_HTTP_API_H

#include "daemon/http/caller.h"
#include "daemon/http/live.h"

struct lt_api;
struct lt_door;
struct lt_usher;

struct lt_api_options {
    struct lt_port *port;
    const char *dir;        /* borrowed */
    const char *web_root;   /* borrowed; "" = the pages in the program */
    const char *cert_path;  /* served at /lienthong.crt; NULL: without TLS */
    struct lt_door *door;   /* who may; borrowed */
    struct lt_usher *usher; /* borrowed */
};

LT_MUST_CHECK lt_err lt_api_new(const struct lt_api_options *options,
                                struct lt_api **out_api);
/* Answers everything that is under way. */
void lt_api_free(struct lt_api *api);

/* For the port: @ctx is the struct lt_api. */
void lt_api_request(void *ctx, struct lt_request *request);
void lt_api_refuse(void *ctx, struct lt_request *request, int status);

#endif
