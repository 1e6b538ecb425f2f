/* One request and its answer, on evhttp. */
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#include "common/failpoint.h"
#include "daemon/http/port_internal.h"
#include "daemon/http/sane.h"

struct lt_chunk {
    unsigned refs; /* of the loop's thread alone */
    size_t len;
    struct lt_port *replied; /* counts it as sending; NULL: no reply's */
    uint8_t bytes[];
};

/* What keeps a browser from doing with our pages what they are not for. */
static const struct lt_http_header always[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
     "data:; connect-src 'self'; font-src 'self'; form-action 'none'; base-uri "
     "'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
};

static enum lt_http_method method_of(struct evhttp_request *req)
{
    switch (evhttp_request_get_command(req)) {
    case EVHTTP_REQ_GET:
        return LT_HTTP_GET;
    case EVHTTP_REQ_HEAD:
        return LT_HTTP_HEAD;
    case EVHTTP_REQ_POST:
        return LT_HTTP_POST;
    case EVHTTP_REQ_PUT:
        return LT_HTTP_PUT;
    case EVHTTP_REQ_DELETE:
        return LT_HTTP_DELETE;
    case EVHTTP_REQ_OPTIONS:
    case EVHTTP_REQ_TRACE:
    case EVHTTP_REQ_CONNECT:
    case EVHTTP_REQ_PATCH:
        break;
    }
    return LT_HTTP_OTHER;
}

static int look_at(struct evhttp_request *req, enum lt_http_method method)
{
    struct lt_sane_header headers[LT_SANE_HEADERS_MAX + 1];
    struct lt_sane sane = {
        .may_have_body = method == LT_HTTP_POST || method == LT_HTTP_PUT,
        .minor = req->minor,
        .target = evhttp_request_get_uri(req),
        .headers = headers,
    };
    struct evkeyvalq *list = evhttp_request_get_input_headers(req);
    struct evkeyval *header;

    TAILQ_FOREACH(header, list, next)
    {
        if (sane.headers_n == LT_COUNT_OF(headers)) {
            break;
        }
        headers[sane.headers_n].name = header->key;
        headers[sane.headers_n++].value = header->value;
    }
    if (req->major != 1 || (req->minor != 0 && req->minor != 1)) {
        return 505;
    }
    return lt_sane_check(&sane);
}

void lt_request_arrived(struct evhttp_request *req, void *ctx)
{
    struct lt_port *port = ctx;
    struct evhttp_connection *connection = evhttp_request_get_connection(req);
    struct lt_guest *guest =
        lt_guest_of(port, connection == NULL
                              ? NULL
                              : evhttp_connection_get_bufferevent(connection));
    struct lt_request *request = lt_new(lt_alloc_heap(), sizeof(*request));
    int status;

    port->stats.requests++;
    if (request == NULL || guest == NULL || !lt_guest_look(guest) ||
        guest->request != NULL) {
        lt_free(lt_alloc_heap(), request);
        evhttp_add_header(evhttp_request_get_output_headers(req), "Connection",
                          "close");
        evhttp_send_error(req, HTTP_SERVUNAVAIL, NULL);
        return;
    }
    request->port = port;
    request->guest = guest;
    request->req = req;
    request->method = method_of(req);
    request->tls = guest->tls;
    request->proxy = guest->proxy;
    memcpy(request->address, guest->address, sizeof(request->address));
    guest->request = request;
    lt_guest_becomes(guest, LT_GUEST_SERVED);
    status = look_at(req, request->method);
    if (status != 0) {
        port->stats.refused++;
        /* What follows it may be its rest: never taken for a request. */
        request->close = true;
        port->options.refuse(port->options.ctx, request, status);
        return;
    }
    port->options.request(port->options.ctx, request);
}

/* ---- reading ---- */

enum lt_http_method lt_request_method(const struct lt_request *request)
{
    return request->method;
}

const char *lt_request_target(const struct lt_request *request)
{
    const char *target = evhttp_request_get_uri(request->req);

    return target == NULL ? "" : target;
}

const char *lt_request_header(const struct lt_request *request,
                              const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(request->req),
                              name);
}

bool lt_request_cookie(const struct lt_request *request, const char *name,
                       char *out, size_t size)
{
    const char *at = lt_request_header(request, "Cookie");
    size_t name_len = strlen(name);

    while (at != NULL && *at != '\0') {
        size_t len = strcspn(at, ";");

        if (len > name_len && strncmp(at, name, name_len) == 0 &&
            at[name_len] == '=') {
            size_t value_len = len - name_len - 1;

            if (value_len >= size) {
                return false;
            }
            memcpy(out, at + name_len + 1, value_len);
            out[value_len] = '\0';
            return true;
        }
        at += len;
        at += strspn(at, "; ");
    }
    return false;
}

const char *lt_request_body(struct lt_request *request, size_t *out_len)
{
    struct evbuffer *buffer = evhttp_request_get_input_buffer(request->req);

    *out_len = evbuffer_get_length(buffer);
    return *out_len == 0 ? "" : (const char *)evbuffer_pullup(buffer, -1);
}

const char *lt_request_address(const struct lt_request *request)
{
    return request->address;
}

bool lt_request_is_tls(const struct lt_request *request)
{
    return request->tls;
}

const char *lt_request_proxied(const struct lt_request *request)
{
    const char *name = request->proxy || LT_PLANTED(believe_anyone)
                           ? lt_request_header(request, "X-Lienthong-Person")
                           : NULL;

    return name == NULL || *name == '\0' ? NULL : name;
}

bool lt_request_alive(const struct lt_request *request)
{
    return evhttp_request_get_connection(request->req) != NULL;
}

/* ---- answering ---- */

static void put_headers(struct lt_request *request,
                        const struct lt_http_reply *reply)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(request->req);
    bool cached = false;

    for (size_t i = 0; i < LT_COUNT_OF(always); i++) {
        (void)evhttp_add_header(out, always[i].name, always[i].value);
    }
    for (size_t i = 0; i < reply->headers_n; i++) {
        (void)evhttp_add_header(out, reply->headers[i].name,
                                reply->headers[i].value);
        cached |= strcasecmp(reply->headers[i].name, "Cache-Control") == 0;
    }
    if (!cached) {
        (void)evhttp_add_header(out, "Cache-Control", "no-store");
    }
    if (reply->type != NULL) {
        (void)evhttp_add_header(out, "Content-Type", reply->type);
    }
    if (reply->close || request->close) {
        (void)evhttp_add_header(out, "Connection", "close");
    }
}

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {{200, "OK"},
                   {201, "Created"},
                   {204, "No Content"},
                   {304, "Not Modified"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {409, "Conflict"},
                   {411, "Length Required"},
                   {413, "Content Too Large"},
                   {414, "URI Too Long"},
                   {415, "Unsupported Media Type"},
                   {417, "Expectation Failed"},
                   {422, "Unprocessable Content"},
                   {423, "Locked"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {500, "Internal Server Error"},
                   {502, "Bad Gateway"},
                   {503, "Service Unavailable"},
                   {504, "Gateway Timeout"},
                   {505, "HTTP Version Not Supported"},
                   {507, "Insufficient Storage"}};

    for (size_t i = 0; i < LT_COUNT_OF(reasons); i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Error";
}

static void reply_left(const void *bytes, size_t len, void *ctx)
{
    struct lt_chunk *chunk = ctx;

    (void)bytes;
    (void)len;
    chunk->replied->stats.sending--;
    lt_chunk_unref(chunk);
}

static bool put_chunk(struct lt_port *port, struct evbuffer *body,
                      struct lt_chunk *chunk)
{
    if (evbuffer_add_reference(body, chunk->bytes, chunk->len, reply_left,
                               chunk) != 0) {
        return false;
    }
    chunk->refs++;
    chunk->replied = port;
    port->stats.sending++;
    return true;
}

static void answer_left(struct evhttp_request *req, void *ctx)
{
    (void)req;
    lt_guest_becomes(ctx, LT_GUEST_IDLE);
}

static void give_up(struct lt_request *request)
{
    if (request->guest != NULL) {
        request->guest->request = NULL;
    }
    lt_free(lt_alloc_heap(), request);
}

static void count_reply(struct lt_port *port, int status)
{
    port->stats.replies[status >= 100 && status < 600 ? status / 100 : 0]++;
}

void lt_request_reply(struct lt_request *request,
                      const struct lt_http_reply *reply)
{
    struct evbuffer *body = NULL;
    bool fits = true;

    count_reply(request->port, reply->status);
    put_headers(request, reply);
    if (reply->chunk != NULL && request->method != LT_HTTP_HEAD) {
        body = evbuffer_new();
        fits = body != NULL && put_chunk(request->port, body, reply->chunk);
    } else if (reply->body_len > 0 && request->method != LT_HTTP_HEAD) {
        body = evbuffer_new();
        fits = body != NULL &&
               (reply->body_static
                    ? evbuffer_add_reference(body, reply->body, reply->body_len,
                                             NULL, NULL)
                    : evbuffer_add(body, reply->body, reply->body_len)) == 0;
    }
    if (request->guest != NULL && lt_request_alive(request)) {
        evhttp_request_set_on_complete_cb(request->req, answer_left,
                                          request->guest);
        lt_guest_writes(request->guest,
                        reply->chunk == NULL ? 0 : reply->chunk->len);
    }
    if (fits) {
        evhttp_send_reply(request->req, reply->status, reason_of(reply->status),
                          body);
    } else {
        evhttp_send_error(request->req, HTTP_INTERNAL, NULL);
    }
    if (body != NULL) {
        evbuffer_free(body);
    }
    give_up(request);
}

/* ---- streams ---- */

struct lt_chunk *lt_chunk_room(size_t len)
{
    struct lt_chunk *chunk = lt_new(lt_alloc_heap(), sizeof(*chunk) + len);

    if (chunk != NULL) {
        chunk->refs = 1;
        chunk->len = len;
    }
    return chunk;
}

struct lt_chunk *lt_chunk_new(const void *bytes, size_t len)
{
    struct lt_chunk *chunk = lt_chunk_room(len);

    if (chunk != NULL) {
        memcpy(chunk->bytes, bytes, len);
    }
    return chunk;
}

uint8_t *lt_chunk_bytes(struct lt_chunk *chunk)
{
    return chunk->bytes;
}

void lt_chunk_unref(struct lt_chunk *chunk)
{
    if (chunk != NULL && --chunk->refs == 0) {
        lt_free(lt_alloc_heap(), chunk);
    }
}

static void chunk_left(const void *bytes, size_t len, void *ctx)
{
    (void)bytes;
    (void)len;
    lt_chunk_unref(ctx);
}

void lt_request_stream(struct lt_request *request, const char *type)
{
    const struct lt_http_header headers[] = {{"X-Accel-Buffering", "no"}};
    const struct lt_http_reply reply = {
        .type = type, .headers = headers, .headers_n = LT_COUNT_OF(headers)};

    count_reply(request->port, 200);
    put_headers(request, &reply);
    if (request->guest != NULL) {
        lt_guest_becomes(request->guest, LT_GUEST_STREAM);
    }
    evhttp_send_reply_start(request->req, 200, "OK");
}

bool lt_request_push(struct lt_request *request, struct lt_chunk *chunk)
{
    struct evbuffer *bytes;
    struct evbuffer *waiting;

    if (request->guest == NULL || !lt_request_alive(request)) {
        return false;
    }
    waiting = bufferevent_get_output(request->guest->bev);
    if (evbuffer_get_length(waiting) + chunk->len > LT_HTTP_BACKLOG_MAX) {
        request->port->stats.cut++;
        lt_guest_cut(request->guest);
        return false;
    }
    bytes = evbuffer_new();
    if (bytes == NULL) {
        return false;
    }
    chunk->refs++;
    if (evbuffer_add_reference(bytes, chunk->bytes, chunk->len, chunk_left,
                               chunk) != 0) {
        lt_chunk_unref(chunk);
        evbuffer_free(bytes);
        return false;
    }
    evhttp_send_reply_chunk(request->req, bytes);
    evbuffer_free(bytes);
    return true;
}

void lt_request_end(struct lt_request *request)
{
    evhttp_send_reply_end(request->req);
    give_up(request);
}
