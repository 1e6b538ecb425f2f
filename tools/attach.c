/* A file in pieces, on its way to the daemon. */
#include "tools/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base64.h"
#include "common/crypto.h"
#include "common/segment.h"
#include "common/wire.h"

static size_t piece_len(const struct lt_attach *attach, size_t offset)
{
    size_t left = attach->len - offset;

    return left < LT_PIECE_BYTES ? left : LT_PIECE_BYTES;
}

lt_err lt_attach_seal(struct lt_attach *attach)
{
    size_t pieces_n = (attach->len + LT_PIECE_BYTES - 1) / LT_PIECE_BYTES;
    uint8_t *hashes = calloc(pieces_n, LT_HASH_LEN);

    if (hashes == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < pieces_n; i++) {
        const size_t offset = i * LT_PIECE_BYTES;
        uint8_t salt[LT_SALT_LEN];

        lt_piece_salt(attach->salt, offset, salt);
        lt_part_hash(salt, attach->data + offset, piece_len(attach, offset),
                     hashes + i * LT_HASH_LEN);
    }
    lt_whole_hash(attach->len, hashes, pieces_n, attach->hash);
    free(hashes);
    return LT_OK;
}

static lt_err read_all(int fd, struct lt_attach *attach)
{
    size_t at = 0;

    while (at < attach->len) {
        ssize_t n = read(fd, attach->data + at, attach->len - at);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return LT_ENOINPUT; /* it became shorter meanwhile */
        }
        at += (size_t)n;
    }
    return LT_OK;
}

lt_err lt_attach_load(const char *path, struct lt_attach *out_attach)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    lt_err rc = LT_OK;

    memset(out_attach, 0, sizeof(*out_attach));
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        rc = LT_ENOINPUT;
    } else if (info.st_size == 0) {
        rc = LT_EINVAL;
    } else if (info.st_size > LT_LARGE_MAX) {
        rc = LT_ETOOBIG;
    }
    if (rc == LT_OK) {
        out_attach->len = (size_t)info.st_size;
        out_attach->data = malloc(out_attach->len);
        rc = out_attach->data == NULL ? LT_ENOMEM : read_all(fd, out_attach);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    if (rc == LT_OK) {
        lt_sys_real()->random(lt_sys_real()->ctx, out_attach->salt,
                              LT_SALT_LEN);
        rc = lt_attach_seal(out_attach);
    }
    if (rc != LT_OK) {
        lt_attach_free(out_attach);
    }
    return rc;
}

void lt_attach_free(struct lt_attach *attach)
{
    free(attach->data);
    attach->data = NULL;
}

int lt_attach_fail(struct lt_tool *tool, lt_err code, const char *path,
                   const char *why)
{
    struct lt_diag diag;

    lt_diag_set(&diag, code);
    lt_diag_arg(&diag,
                code == LT_EINVAL || code == LT_ETOOBIG ? "what" : "path", "%s",
                path);
    if (why != NULL) {
        lt_diag_arg(&diag, "reason", "%s", lt_ui(tool->lang, why));
    }
    return lt_tool_fail(tool, &diag, false);
}

bool lt_attach_announce(const struct lt_attach *attach, json_t *options)
{
    char hash[2 * LT_HASH_LEN + 1];

    lt_hex_format(attach->hash, LT_HASH_LEN, hash);
    return json_object_set_new(options, "attach_size",
                               json_integer((json_int_t)attach->len)) == 0 &&
           json_object_set_new(options, "attach_hash", json_string(hash)) == 0;
}

void lt_attach_request(const char *request_id, size_t offset,
                       char out_id[static LT_UUID_TEXT])
{
    char place[32];
    int place_len = snprintf(place, sizeof(place), "/%zu", offset);
    uint8_t hash[LT_HASH_LEN];
    const struct lt_span spans[] = {LT_DOMAIN("lienthong/attach/1"),
                                    {request_id, strlen(request_id)},
                                    {place, (size_t)place_len}};

    lt_sha256(spans, LT_COUNT_OF(spans), hash);
    hash[6] = (uint8_t)(0x80 | (hash[6] & 0x0F)); /* version 8 of RFC 9562 */
    hash[8] = (uint8_t)(0x80 | (hash[8] & 0x3F));
    lt_uuid_format(hash, out_id);
}

static json_t *piece_command(const struct lt_attach *attach, size_t offset,
                             const char *event, const char *request_id)
{
    size_t len = piece_len(attach, offset);
    size_t text_len = lt_base64_len(len);
    uint8_t salt[LT_SALT_LEN];
    char salt_text[2 * LT_SALT_LEN + 1];
    char *text = malloc(text_len + 1);
    json_t *options = NULL;

    if (text != NULL) {
        lt_piece_salt(attach->salt, offset, salt);
        lt_hex_format(salt, LT_SALT_LEN, salt_text);
        lt_base64_write(attach->data + offset, len, text);
        options = json_pack("{s:s*,s:I,s:s,s:s%}", "event", event, "offset",
                            (json_int_t)offset, "salt", salt_text, "data", text,
                            text_len);
        free(text);
    }
    return options == NULL
               ? NULL
               : json_pack("{s:s,s:s,s:o}", "command", "attachment piece",
                           "request_id", request_id, "options", options);
}

size_t lt_attach_pieces(const struct lt_attach *attach, size_t offset,
                        const char *event, const char *request_id,
                        json_t *batch)
{
    for (size_t n = 0; n < LT_ATTACH_FRAME_PIECES && offset < attach->len;
         n++) {
        if (json_array_append_new(
                batch, piece_command(attach, offset, event, request_id)) != 0) {
            return 0;
        }
        offset += piece_len(attach, offset);
    }
    return offset;
}
