/* What the root's key signs where there is no network: a request goes out as a
 * file, and comes back signed.
 *
 * A file is PEM with lines for people before it. A request holds the root's
 * certificate (CERTIFICATE) and the question (LIENTHONG ROOT REQUEST: a
 * JoinRequest frame without token and MAC, proto/README.md); an answer holds
 * LIENTHONG ROOT ANSWER, a JoinAnswer frame. Nothing in either is secret.
 *
 * Threading: everything here is pure but for the file system. */
#ifndef LT_COMMON_ROOT_FILE_H
#define LT_COMMON_ROOT_FILE_H

#include "common/binding.h"
#include "common/cert.h"
#include "common/sys.h"

enum { LT_ROOT_FILE_MAX = 256 * 1024, LT_ROOT_DAYS_MAX = 3653 };

/* A request, opened: everything in it fits together, and is asked of @root.
 * That @root is ours nobody knows yet. */
struct lt_root_request {
    struct lt_arena arena;
    struct lt_buf frame;
    struct lt_cert *root;
    struct lt_span csr; /* points into the arena, as the next two do */
    struct lt_span body;
    struct lt_binding binding; /* what the body says, and the key's proof */
};
void lt_root_request_init(struct lt_root_request *request);
void lt_root_request_deinit(struct lt_root_request *request);

/* Write the question @frame (lt_identity_ask), of the office under @root, to a
 * new file. Errors: as lt_file_create; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_root_request_save(const struct lt_cert *root,
                                          const struct lt_buf *frame,
                                          const char *path,
                                          struct lt_diag *diag);
/* Read and check one. Errors: LT_EROOTFILE with "path" and a "reason" (no
 * request, damaged, of two roots, for another office, not proven by the key
 * that it names); as lt_file_read; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_root_request_load(struct lt_root_request *request,
                                          const char *path,
                                          struct lt_diag *diag);

/* Certify and bind what @request asks for with @key, for @days (1 to
 * LT_ROOT_DAYS_MAX) from @now_ms on; write the answer to the new file @path.
 * Errors: LT_EROOTFILE when @key is not the root's; LT_EINVAL; as
 * lt_file_create; LT_ECRYPTO; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_root_answer_save(const struct lt_root_request *request,
                                         const struct lt_key *key,
                                         const struct lt_sys *sys, int days,
                                         const char *path,
                                         struct lt_diag *diag);
/* Append the JoinAnswer frame of an answer's file to @out_frame. Errors:
 * LT_EROOTFILE with "path" and "reason"; as lt_file_read; LT_ENOMEM. Nothing in
 * it is proven: lt_identity_admit and lt_identity_renew do that. */
LT_MUST_CHECK lt_err lt_root_answer_load(const char *path,
                                         struct lt_buf *out_frame,
                                         struct lt_diag *diag);

#endif
