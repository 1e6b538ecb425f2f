/* Files over HTTP: those that go with a decision or a directive
 * (lt_attachment_fits), and no others.
 *
 * They come as they do from the tool: the event announces the whole, its first
 * piece goes in the same write, the others follow one by one (attachment piece).
 * Nothing of an upload is remembered here.
 *
 * They leave whole or not at all: gathered piece by piece, proved by the hash
 * that the event holds, and only then sent, as something to be put away and never
 * shown. Before that the office that a case came from has been told that
 * somebody looked (look.c), and the audit here who took the file. */
#include "daemon/http/api_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/failpoint.h"
#include "daemon/http/content.h"
#include "daemon/people/audit.h"

enum { FILES_MAX = 4 }; /* gathered or on their way, each 16 MiB at most */

struct lt_api_file {
    struct lt_api *api;
    char event[LT_EVENT_ID_TEXT];
    json_int_t index;
    size_t size; /* 0 until the first piece is here */
    size_t have;
    uint8_t whole[LT_HASH_LEN];
    uint8_t *hashes; /* of the pieces that are here */
    struct lt_chunk *content;
};

void lt_api_file_free(struct lt_api_file *file)
{
    if (file != NULL) {
        file->api->files_n--;
        free(file->hashes);
        lt_chunk_unref(file->content);
    }
    lt_free(lt_alloc_heap(), file);
}

/* ---- coming ---- */

static lt_err refuse(struct lt_diag *diag, lt_err err, const char *what,
                     const char *reason)
{
    lt_diag_set(diag, err);
    lt_diag_arg(diag, "what", "%s", what);
    lt_diag_arg(diag, "reason", "%s", reason);
    return err;
}

static lt_err check_first(const json_t *data, struct lt_diag *diag)
{
    uint8_t bytes[LT_PIECE_BYTES + 3];
    size_t len = json_string_length(data);

    if (!json_is_string(data) || len > lt_base64_len(LT_PIECE_BYTES) ||
        !lt_base64_read(json_string_value(data), len, bytes, &len)) {
        return refuse(diag, LT_EINVAL, "attach_data", "base64url");
    }
    return lt_content_of(bytes, len) != NULL || LT_PLANTED(any_content)
               ? LT_OK
               : refuse(diag, LT_EINVAL, "attach_data", "ui_why_file_kinds");
}

lt_err lt_api_file_first(json_t *body, json_t **out_options,
                         struct lt_diag *diag)
{
    json_t *data = json_object_get(body, "attach_data");
    json_t *salt = json_object_get(body, "attach_salt");
    lt_err err;

    *out_options = NULL;
    if (data == NULL && salt == NULL &&
        json_object_get(body, "attach_size") == NULL) {
        return LT_OK;
    }
    if (data == NULL || salt == NULL) {
        return refuse(diag, LT_EUSAGE,
                      data == NULL ? "attach_data" : "attach_salt",
                      "ui_why_missing");
    }
    err = check_first(data, diag);
    if (err == LT_OK) {
        *out_options = json_pack("{s:i, s:O, s:O}", "offset", 0, "salt", salt,
                                 "data", data);
        err = *out_options == NULL ? lt_diag_set(diag, LT_ENOMEM) : LT_OK;
    }
    (void)json_object_del(body, "attach_data");
    (void)json_object_del(body, "attach_salt");
    return err;
}

/* ---- going ---- */

static void fail(struct lt_api_ask *ask, lt_err err)
{
    (void)lt_api_failed(ask, err, NULL, 0);
}

/* By its place in the office's log: names of people stand in no file's name. */
static void name_of(const struct lt_api_file *file, const char *ending,
                    char *out, size_t size)
{
    const char *count = strrchr(file->event, ':');

    (void)snprintf(out, size, "attachment; filename=\"tep-%s.%s\"",
                   count == NULL ? "0" : count + 1, ending);
}

static void send_file(struct lt_api_ask *ask)
{
    static const struct lt_content unknown = {"application/octet-stream",
                                              "bin"};
    const struct lt_api_file *file = ask->file;
    const struct lt_content *content =
        lt_content_of(lt_chunk_bytes(file->content),
                      file->size < LT_PIECE_BYTES ? file->size
                                                  : LT_PIECE_BYTES);
    char name[96];
    const struct lt_http_header headers[] = {
        {"Content-Disposition", name},
        /* Beside that of every answer: should it ever be shown, then as
         * something that has no origin and runs nothing. */
        {"Content-Security-Policy", "default-src 'none'; sandbox"}};
    const struct lt_http_reply reply = {
        .status = 200,
        .type = content == NULL ? unknown.type : content->type,
        .headers = headers,
        .headers_n = LT_COUNT_OF(headers),
        .chunk = file->content};

    name_of(file, content == NULL ? unknown.ending : content->ending, name,
            sizeof(name));
    lt_request_reply(ask->request, &reply);
    lt_api_ask_free(ask);
}

static void finish(struct lt_api_ask *ask)
{
    const struct lt_api_file *file = ask->file;
    uint8_t hash[LT_HASH_LEN];
    lt_err err;

    lt_whole_hash(file->size, file->hashes,
                  (file->size + LT_PIECE_BYTES - 1) / LT_PIECE_BYTES, hash);
    err = memcmp(hash, file->whole, LT_HASH_LEN) == 0 ? LT_OK : LT_EPART;
    if (err == LT_OK && !LT_PLANTED(untold_file)) {
        err = lt_audit_write(lt_door_people(ask->api->options.door),
                             ask->session.person.name, LT_AUDIT_FILE_TAKEN,
                             file->event);
    }
    if (err == LT_OK) {
        send_file(ask);
    } else {
        fail(ask, err);
    }
}

/* What the first answer says of the whole. */
static lt_err begin(struct lt_api_file *file, const json_t *answer)
{
    const char *hash = json_string_value(json_object_get(answer, "hash"));
    json_int_t size =
        json_integer_value(json_object_get(answer, "size_bytes"));

    if (hash == NULL || !lt_hex_parse(hash, LT_HASH_LEN, file->whole) ||
        size <= 0 || size > LT_LARGE_MAX) {
        return LT_EPROTO;
    }
    file->index = json_integer_value(json_object_get(answer, "index"));
    file->size = (size_t)size;
    file->hashes =
        calloc((file->size + LT_PIECE_BYTES - 1) / LT_PIECE_BYTES, LT_HASH_LEN);
    file->content = lt_chunk_room(file->size);
    return file->hashes == NULL || file->content == NULL ? LT_ENOMEM : LT_OK;
}

static lt_err take_piece(struct lt_api_file *file, const json_t *answer)
{
    const json_t *data = json_object_get(answer, "data");
    const char *salt_text = json_string_value(json_object_get(answer, "salt"));
    size_t left = file->size - file->have;
    uint8_t bytes[LT_PIECE_BYTES + 3];
    uint8_t salt[LT_SALT_LEN];
    size_t len;

    if (!json_is_string(data) || salt_text == NULL ||
        json_string_length(data) > lt_base64_len(LT_PIECE_BYTES) ||
        !lt_hex_parse(salt_text, LT_SALT_LEN, salt) ||
        !lt_base64_read(json_string_value(data), json_string_length(data),
                        bytes, &len) ||
        len != (left < LT_PIECE_BYTES ? left : LT_PIECE_BYTES)) {
        return LT_EPROTO;
    }
    lt_part_hash(salt, bytes, len,
                 file->hashes + file->have / LT_PIECE_BYTES * LT_HASH_LEN);
    memcpy(lt_chunk_bytes(file->content) + file->have, bytes, len);
    file->have += len;
    return LT_OK;
}

static void ask_piece(struct lt_api_ask *ask);

static void piece_answered(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_api_ask *ask = ctx;
    struct lt_api_file *file = ask->file;
    json_t *answer;

    if (lt_api_failed(ask, err, json, len)) {
        return;
    }
    answer = json_loadb(json, len, 0, NULL);
    if (file->size == 0) {
        err = begin(file, answer);
    }
    if (err == LT_OK) {
        err = take_piece(file, answer);
    }
    json_decref(answer);
    if (err != LT_OK) {
        fail(ask, err);
    } else if (file->have < file->size) {
        ask_piece(ask);
    } else {
        finish(ask);
    }
}

static void ask_piece(struct lt_api_ask *ask)
{
    const struct lt_api_file *file = ask->file;
    json_t *command = lt_api_command(
        "case attachment",
        json_pack("{s:s, s:I, s:I}", "event", file->event, "index", file->index,
                  "offset", (json_int_t)file->have),
        ask->lang);

    lt_api_call(ask, command, piece_answered);
    json_decref(command);
}

/* The place of the file among the texts of the matter: it goes with that one and
 * no other, so that who may read the one may read the other. */
static bool find_file(struct lt_api_file *file, const json_t *shown)
{
    const json_t *text;
    size_t i;

    json_array_foreach(json_object_get(shown, "texts"), i, text)
    {
        const char *event = json_string_value(json_object_get(text, "event"));
        const char *kind = json_string_value(json_object_get(text, "kind"));

        if (event != NULL && kind != NULL && strcmp(event, file->event) == 0 &&
            strcmp(kind, "attachment") == 0) {
            file->index = json_integer_value(json_object_get(text, "index"));
            return true;
        }
    }
    return false;
}

static void matter_shown(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_api_ask *ask = ctx;
    json_t *shown;
    bool found;

    if (lt_api_failed(ask, err, json, len)) {
        return;
    }
    shown = json_loadb(json, len, 0, NULL);
    found = find_file(ask->file, shown);
    json_decref(shown);
    if (!found) {
        struct lt_diag diag;

        (void)refuse(&diag, LT_ENOTFOUND, ask->file->event,
                     "ui_why_no_attachment");
        lt_problem_words(&diag, ask->lang);
        lt_problem_reply(ask->request, ask->lang, 0, &diag, NULL, false);
        lt_api_ask_free(ask);
    } else if (!ask->shows || !lt_api_look(ask, json, len)) {
        ask_piece(ask);
    }
}

static struct lt_api_file *new_file(struct lt_api *api, const char *event)
{
    struct lt_api_file *file = lt_new(lt_alloc_heap(), sizeof(*file));

    if (file != NULL) {
        file->api = api;
        api->files_n++;
        (void)snprintf(file->event, sizeof(file->event), "%s", event);
    }
    return file;
}

bool lt_api_file(struct lt_api *api, struct lt_request *request,
                 const struct lt_route *route, const struct lt_target *target,
                 enum lt_lang lang, const struct lt_people_session *session)
{
    bool of_case = strcmp(route->command, "case file") == 0;
    struct lt_api_ask *ask;
    json_t *command;

    if (!of_case && strcmp(route->command, "directive file") != 0) {
        return false;
    }
    if (api->files_n + lt_port_stats(api->options.port)->sending >= FILES_MAX &&
        !LT_PLANTED(many_files)) {
        lt_problem_code(request, lang, LT_EBUSY, NULL);
        return true;
    }
    ask = lt_api_ask_new(api, request, lang);
    if (ask == NULL) {
        return true;
    }
    ask->file = new_file(api, target->segments[5]);
    ask->session = *session;
    ask->shows = of_case;
    ask->shown = ask_piece;
    command = ask->file == NULL
                  ? NULL
                  : lt_api_command(
                        of_case ? "case show" : "directive show",
                        json_pack("{s:s}", "id", target->segments[3]), lang);
    lt_api_call(ask, command, matter_shown);
    json_decref(command);
    return true;
}
