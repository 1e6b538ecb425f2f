/* What the files of the API share. */
#ifndef LT_HTTP_API_INTERNAL_H
#define LT_HTTP_API_INTERNAL_H

#include <jansson.h>

#include "common/id.h"
#include "common/segment.h"
#include "daemon/http/api.h"
#include "daemon/http/door.h"
#include "daemon/http/problem.h"
#include "daemon/http/route.h"

struct lt_log_page;
struct lt_api_file;

enum { LT_API_LOOKED = 256 };

struct lt_api {
    struct lt_api_options options;
    struct lt_caller *caller;
    struct lt_live *live;
    struct lt_log_page *pages; /* being gathered */
    uint8_t looked[LT_API_LOOKED][LT_HASH_LEN]; /* who opened what, today */
    size_t looked_n;                            /* ever put there */
    unsigned files_n;                           /* being gathered */
};

/* A question under way, for a request. */
struct lt_api_ask {
    struct lt_api *api;
    struct lt_request *request;
    enum lt_lang lang;
    bool reads;
    bool shows; /* a case, with its texts */
    bool creates;
    bool openmetrics;
    char request_id[LT_UUID_TEXT];         /* of a write; "" */
    struct lt_people_session session;      /* that is told of */
    char new_token[LT_SESSION_TOKEN_TEXT]; /* for the cookie; "" */
    char *kept; /* an answer that waits for what must be written first */
    size_t kept_len;
    /* When that is written; NULL: the answer is sent. */
    void (*shown)(struct lt_api_ask *ask);
    struct lt_api_file *file; /* that is asked for; NULL: none */
};

/* NULL without memory: @request has been answered then. */
struct lt_api_ask *lt_api_ask_new(struct lt_api *api,
                                  struct lt_request *request,
                                  enum lt_lang lang);
void lt_api_ask_free(struct lt_api_ask *ask);
/* {"command":@name,"options":...}; @options is taken. NULL without memory. */
json_t *lt_api_command(const char *name, json_t *options, enum lt_lang lang);
/* Ask @command (an object or an array, borrowed; NULL counts as no memory):
 * @answer is called with @ask, which it frees; unless asking fails: then the
 * request is answered and @ask freed here. */
void lt_api_call(struct lt_api_ask *ask, const json_t *command,
                 lt_caller_answer_fn *answer);
/* Was it answered with an error? Then that is passed on and @ask freed. */
bool lt_api_failed(struct lt_api_ask *ask, lt_err err, const char *json,
                   size_t len);
bool lt_api_is_error(const char *json);
void lt_api_send_json(struct lt_request *request, int status, const char *json,
                      size_t len);
/* The body, an object; NULL: the request has been answered. */
json_t *lt_api_body(struct lt_request *request, enum lt_lang lang);

/* member.c: sessions and people. False: the route is none of them. */
bool lt_api_member(struct lt_api *api, struct lt_request *request,
                   const struct lt_route *route, const struct lt_target *target,
                   enum lt_lang lang, const struct lt_people_session *session);

/* audit.c: the office's audit. False: the route is none of its. */
bool lt_api_audit(struct lt_api *api, struct lt_request *request,
                  const struct lt_route *route, const struct lt_target *target,
                  enum lt_lang lang, const struct lt_people_session *session);

/* desk_book.c: the register. False: the route is none of its. */
bool lt_api_desk_book(struct lt_api *api, struct lt_request *request,
                      const struct lt_route *route,
                      const struct lt_target *target, enum lt_lang lang);

/* look.c: a case of another office is opened. False: nothing has to be written
 * before the answer @json (of case show); true: it is answered later, or has
 * been refused, and @ask is taken. */
bool lt_api_look(struct lt_api_ask *ask, const char *json, size_t len);
/* file.c: files of decisions and directives. False: the route is none of its. */
bool lt_api_file(struct lt_api *api, struct lt_request *request,
                 const struct lt_route *route, const struct lt_target *target,
                 enum lt_lang lang, const struct lt_people_session *session);
void lt_api_file_free(struct lt_api_file *file); /* NULL is fine */
/* The first piece of a file that @body announces, taken out of it: options of
 * `attachment piece` in *out_options (the caller's), NULL when it announces
 * none. Errors: LT_EUSAGE, LT_EINVAL (no file of the kinds of content.h). */
LT_MUST_CHECK lt_err lt_api_file_first(json_t *body, json_t **out_options,
                                       struct lt_diag *diag);

void lt_api_send_read(struct lt_request *request, const char *json, size_t len);

/* gather.c: answers of more than one question. */
void lt_api_today(struct lt_api *api, struct lt_request *request,
                  enum lt_lang lang);
void lt_api_log_page(struct lt_api *api, struct lt_request *request,
                     const struct lt_target *target, enum lt_lang lang);
void lt_api_log_stop(struct lt_api *api);

/* health.c */
void lt_api_health(struct lt_request *request);
void lt_api_ready(struct lt_api *api, struct lt_request *request,
                  enum lt_lang lang);
void lt_api_metrics(struct lt_api *api, struct lt_request *request,
                    enum lt_lang lang);

#endif
