/* case attachment EVENT --out FILE: the file as it was attached, or nothing.
 *
 * Its pieces are read one by one; what was written is removed again unless
 * their hashes come to the one that the event holds. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base64.h"
#include "common/segment.h"
#include "tools/attach.h"

enum { GRACE_MS = 1000 };

struct getting {
    struct lt_tool *tool;
    const char *path;
    int fd;
    struct lt_ask *ask;
    struct lt_buf answer;
    json_int_t index;
    size_t size; /* of the whole; 0 until the first piece is here */
    uint8_t whole[LT_HASH_LEN];
    uint8_t *hashes;
    uint8_t content[LT_PIECE_BYTES + 3];
};

static int fail_protocol(struct getting *g)
{
    return lt_tool_fail_code(g->tool, LT_EPROTO, "control.sock");
}

/* 0 and the piece's answer (the caller's), or an exit code. */
static int ask(struct getting *g, size_t offset, json_t **out_answer)
{
    json_t *request = json_pack(
        "{s:s,s:O,s:s,s:i}", "command", "case attachment", "options",
        g->tool->options, "lang", g->tool->lang == LT_LANG_VI ? "vi" : "en",
        "timeout_ms", g->tool->timeout_ms);
    char *text = NULL;
    struct lt_diag diag;
    lt_err rc = LT_ENOMEM;
    json_t *error;
    int code;

    if (request != NULL &&
        json_object_set_new(g->tool->options, "offset",
                            json_integer((json_int_t)offset)) == 0) {
        text = json_dumps(request, JSON_COMPACT);
    }
    json_decref(request);
    if (text != NULL) {
        rc = lt_ask_send(g->ask, text, strlen(text));
        free(text);
    }
    if (rc == LT_OK) {
        rc = lt_ask_receive(g->ask, g->tool->timeout_ms + GRACE_MS, &g->answer);
    }
    if (rc != LT_OK) {
        lt_diag_set(&diag, rc == LT_EUNKNOWN ? LT_EBUSY : rc);
        return lt_tool_fail(g->tool, &diag, false);
    }
    *out_answer =
        json_loadb((const char *)g->answer.data, g->answer.len, 0, NULL);
    error = json_object_get(*out_answer, "error");
    if (*out_answer != NULL && error == NULL) {
        return 0;
    }
    code = error == NULL ? fail_protocol(g)
                         : lt_tool_refused(g->tool, error, &g->answer);
    json_decref(*out_answer);
    *out_answer = NULL;
    return code;
}

/* What the first answer says of the whole. */
static lt_err begin(struct getting *g, const json_t *answer)
{
    const char *hash = json_string_value(json_object_get(answer, "hash"));
    const json_int_t size =
        json_integer_value(json_object_get(answer, "size_bytes"));

    if (hash == NULL || !lt_hex_parse(hash, LT_HASH_LEN, g->whole) ||
        size <= 0 || size > LT_LARGE_MAX) {
        return LT_EPROTO;
    }
    g->index = json_integer_value(json_object_get(answer, "index"));
    if (json_object_set_new(g->tool->options, "index",
                            json_integer(g->index)) != 0) {
        return LT_ENOMEM;
    }
    g->size = (size_t)size;
    g->hashes =
        calloc((g->size + LT_PIECE_BYTES - 1) / LT_PIECE_BYTES, LT_HASH_LEN);
    return g->hashes == NULL ? LT_ENOMEM : LT_OK;
}

static lt_err write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return errno == ENOSPC ? LT_EFULL : LT_EIO;
        }
        bytes += n;
        len -= (size_t)n;
    }
    return LT_OK;
}

static lt_err take_piece(struct getting *g, size_t offset, const json_t *answer,
                         size_t *out_len)
{
    const json_t *data = json_object_get(answer, "data");
    const char *salt_text = json_string_value(json_object_get(answer, "salt"));
    size_t left = g->size - offset;
    uint8_t salt[LT_SALT_LEN];

    if (!json_is_string(data) || salt_text == NULL ||
        json_string_length(data) > lt_base64_len(LT_PIECE_BYTES) ||
        !lt_hex_parse(salt_text, LT_SALT_LEN, salt) ||
        !lt_base64_read(json_string_value(data), json_string_length(data),
                        g->content, out_len) ||
        *out_len != (left < LT_PIECE_BYTES ? left : LT_PIECE_BYTES)) {
        return LT_EPROTO;
    }
    lt_part_hash(salt, g->content, *out_len,
                 g->hashes + offset / LT_PIECE_BYTES * LT_HASH_LEN);
    return write_all(g->fd, g->content, *out_len);
}

static int get(struct getting *g)
{
    uint8_t hash[LT_HASH_LEN];
    size_t offset = 0;

    do {
        json_t *answer = NULL;
        size_t len = 0;
        lt_err rc = LT_OK;
        int code = ask(g, offset, &answer);

        if (code != 0) {
            return code;
        }
        if (g->size == 0) {
            rc = begin(g, answer);
        }
        if (rc == LT_OK) {
            rc = take_piece(g, offset, answer, &len);
        }
        json_decref(answer);
        if (rc != LT_OK) {
            return rc == LT_EPROTO ? fail_protocol(g)
                                   : lt_attach_fail(g->tool, rc, g->path, NULL);
        }
        offset += len;
    } while (offset < g->size);
    lt_whole_hash(g->size, g->hashes,
                  (g->size + LT_PIECE_BYTES - 1) / LT_PIECE_BYTES, hash);
    if (memcmp(hash, g->whole, LT_HASH_LEN) != 0) {
        return lt_tool_fail_code(g->tool, LT_EPART, g->path);
    }
    return 0;
}

static int print(const struct getting *g)
{
    char hash[2 * LT_HASH_LEN + 1];
    char size[24];
    json_t *json;
    char *text;

    (void)snprintf(size, sizeof(size), "%zu", g->size);
    if (!g->tool->json) {
        lt_print_line(g->tool, "ui_attachment_written", "path", g->path, "size",
                      size);
        return 0;
    }
    lt_hex_format(g->whole, LT_HASH_LEN, hash);
    json = json_pack("{s:O,s:I,s:I,s:s,s:s}", "event",
                     json_object_get(g->tool->options, "event"), "index",
                     g->index, "size_bytes", (json_int_t)g->size, "hash", hash,
                     "out", g->path);
    text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (text == NULL) {
        return lt_tool_fail_code(g->tool, LT_ENOMEM, NULL);
    }
    fprintf(g->tool->out, "%s\n", text);
    free(text);
    return 0;
}

/* Fetch into the open file and make it durable. */
static int fill(struct getting *g)
{
    struct lt_diag diag;
    lt_err rc = lt_ask_open(g->tool->dir, &g->ask, &diag);
    int code;

    if (rc != LT_OK) {
        return lt_tool_fail(g->tool, &diag, false);
    }
    lt_buf_init(&g->answer, lt_alloc_heap());
    code = get(g);
    if (code == 0 && fsync(g->fd) != 0) {
        code = lt_attach_fail(g->tool, LT_EIO, g->path, NULL);
    }
    lt_buf_deinit(&g->answer);
    lt_ask_close(g->ask);
    free(g->hashes);
    return code;
}

int lt_attach_run_read(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    struct getting *g = calloc(1, sizeof(*g));
    const char *out = lt_tool_text(tool, "out");
    char *path = out == NULL ? NULL : strdup(out);
    int code;

    (void)command;
    if (g == NULL || (out != NULL && path == NULL)) {
        code = lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    } else if (path == NULL) {
        code = lt_tool_fail_why(tool, LT_EUSAGE, "--out", "ui_why_missing");
    } else {
        (void)json_object_del(tool->options, "out");
        g->tool = tool;
        g->path = path;
        g->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
        if (g->fd < 0) {
            code = lt_attach_fail(tool, LT_ECREATE, path,
                                  errno == EEXIST ? "ui_why_exists" : NULL);
        } else {
            code = fill(g);
            (void)close(g->fd);
            if (code != 0) {
                (void)unlink(path);
            } else {
                code = print(g);
            }
        }
    }
    free(path);
    free(g);
    return code;
}
