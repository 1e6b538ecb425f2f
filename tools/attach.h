/* Attachments over the control socket: a file in pieces, there and back.
 *
 * The first piece's salt is drawn at random, the others follow from it, and the
 * hash of the whole from all of them (proto/README.md). The first pieces go in
 * the batch of the event that announces the file, so that its salt is on disk
 * with it: who repeats the command gets it back and goes on.
 *
 * Threading: one thread. */
#ifndef LT_TOOLS_ATTACH_H
#define LT_TOOLS_ATTACH_H

#include "tools/tool.h"

enum {
    LT_ATTACH_FRAME_PIECES = 16 /* of a commit: 240 KiB, a tenth of a second
                                   on an old disk */
};

struct lt_attach {
    uint8_t *data;
    size_t len;
    uint8_t salt[LT_SALT_LEN];
    uint8_t hash[LT_HASH_LEN];
};

/* Read a file of 1 byte to LT_LARGE_MAX and draw its salt. Errors: LT_ENOINPUT,
 * LT_ETOOBIG, LT_EINVAL (empty), LT_ENOMEM. Freed by lt_attach_free. */
LT_MUST_CHECK lt_err lt_attach_load(const char *path,
                                    struct lt_attach *out_attach);
void lt_attach_free(struct lt_attach *attach);
/* The hash of the whole with its salt, into hash. */
LT_MUST_CHECK lt_err lt_attach_seal(struct lt_attach *attach);
/* Options attach_size and attach_hash into @options. */
LT_MUST_CHECK bool lt_attach_announce(const struct lt_attach *attach,
                                      json_t *options);
/* Append commands for the pieces from @offset on to the batch, until it has
 * LT_ATTACH_FRAME_PIECES of them; answers where to go on. @event NULL: the
 * event is the command before them. 0 when memory has run out. */
LT_MUST_CHECK size_t lt_attach_pieces(const struct lt_attach *attach,
                                      size_t offset, const char *event,
                                      const char *request_id, json_t *batch);
/* The request id of the pieces from @offset on, the same for every repetition
 * of @request_id. */
void lt_attach_request(const char *request_id, size_t offset,
                       char out_id[static LT_UUID_TEXT]);

/* A failure about the file at @path; @why a ui word or NULL. */
int lt_attach_fail(struct lt_tool *tool, lt_err code, const char *path,
                   const char *why);
/* case open, case step: with --attach FILE. */
int lt_attach_run_write(struct lt_tool *tool,
                        const struct lt_tool_command *command);
/* case attachment EVENT --out FILE */
int lt_attach_run_read(struct lt_tool *tool,
                       const struct lt_tool_command *command);

#endif
