/* Refusals in the reader's language: application/problem+json.
 *
 * {"type","title","status","detail","code","remedy","request_id","outcome"}.
 *
 * Threading: everything here is pure, but for the answer that is sent. */
#ifndef LT_HTTP_PROBLEM_H
#define LT_HTTP_PROBLEM_H

#include "common/message.h"
#include "daemon/http/http_port.h"
#include "daemon/http/target.h"

/* ?lang=, the cookie "lang", Accept-Language; else Vietnamese. @target may be
 * NULL. */
enum lt_lang lt_problem_lang(const struct lt_request *request,
                             const struct lt_target *target);
/* The status that goes with a code. */
int lt_problem_status(lt_err err);

/* Reasons that are words of the catalogue become what they say. */
void lt_problem_words(struct lt_diag *diag, enum lt_lang lang);
/* Answer with @status (0: the code's own) and what @diag says. @request_id may
 * be NULL. */
void lt_problem_reply(struct lt_request *request, enum lt_lang lang, int status,
                      const struct lt_diag *diag, const char *request_id,
                      bool unknown);
/* The same for an {"error":{...}} that the control socket answered. */
void lt_problem_pass_on(struct lt_request *request, enum lt_lang lang,
                        const char *json, size_t len);
/* The same for a code without arguments but, perhaps, "what". */
void lt_problem_code(struct lt_request *request, enum lt_lang lang, lt_err err,
                     const char *what);

#endif
