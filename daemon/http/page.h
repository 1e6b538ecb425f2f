/* The pages' files, as answers.
 *
 * Threading: the thread of the port. */
#ifndef LT_HTTP_PAGE_H
#define LT_HTTP_PAGE_H

#include "daemon/http/http_port.h"
#include "daemon/http/target.h"

/* Answer with the file that @target names, if it names one: "/", "/desk",
 * "/centre" and "/board" are a page each, "/web/PATH" is PATH. @root: a folder
 * to read instead of the files in the program; "" or NULL for those. False:
 * it names none, and nothing was answered. */
LT_MUST_CHECK bool lt_page_reply(struct lt_request *request,
                                 const struct lt_target *target,
                                 const char *root);
/* Answer with the embedded file @path. */
LT_MUST_CHECK bool lt_page_embedded(struct lt_request *request,
                                    const char *path);
/* Does an If-None-Match know @etag (quoted)? */
bool lt_page_known(const struct lt_request *request, const char *etag);

#endif
