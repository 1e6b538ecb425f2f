/* case open and case step with --attach FILE. The command is done when the
 * event and every piece are committed. */
#include <stdlib.h>
#include <string.h>

#include "tools/attach.h"

enum { GRACE_MS = 1000 };

struct sending {
    struct lt_tool *tool;
    const struct lt_tool_command *command;
    const char *path;
    struct lt_attach attach;
    struct lt_ask *ask;
    struct lt_buf answer;
    bool sent;     /* the daemon may have acted */
    json_t *first; /* the answer to the command itself */
    size_t offset; /* pieces before it are answered */
};

static int fail_file(struct sending *s, lt_err rc)
{
    const char *why = rc == LT_EINVAL    ? "ui_why_empty"
                      : rc == LT_ETOOBIG ? "ui_why_file_too_large"
                                         : NULL;

    return lt_attach_fail(s->tool, rc, s->path, why);
}

/* A failure on the way: repeat with the same request id. */
static int fail_way(struct sending *s, lt_err rc, struct lt_diag *diag)
{
    bool unknown = s->sent && rc != LT_ENOMEM;

    lt_diag_set(diag, unknown ? LT_EUNKNOWN : rc);
    return lt_tool_fail(s->tool, diag, unknown);
}

/* An answer that is an error, under the id that the caller knows. */
static int fail_answer(struct sending *s, json_t *answer, json_t *error)
{
    struct lt_buf text;
    char *dump;
    int code;

    (void)json_object_set_new(error, "request_id",
                              json_string(s->tool->request_id));
    if (s->first != NULL) {
        /* The event is there, the file is not whole yet. */
        (void)json_object_set_new(error, "outcome", json_string("unknown"));
    }
    dump = json_dumps(answer, JSON_COMPACT);
    if (dump == NULL) {
        return lt_tool_fail_code(s->tool, LT_ENOMEM, NULL);
    }
    lt_buf_init(&text, lt_alloc_heap());
    code = lt_buf_put(&text, dump, strlen(dump) + 1)
               ? lt_tool_refused(s->tool, error, &text)
               : lt_tool_fail_code(s->tool, LT_ENOMEM, NULL);
    lt_buf_deinit(&text);
    free(dump);
    return code;
}

/* Send @request (taken over), receive an object or array. 0 and *out_answer
 * (the caller's), or an exit code. */
static int ask(struct sending *s, json_t *request, json_t **out_answer)
{
    char *text = request == NULL ? NULL : json_dumps(request, JSON_COMPACT);
    struct lt_diag diag;
    lt_err rc = text == NULL ? LT_ENOMEM : LT_OK;

    json_decref(request);
    if (rc == LT_OK) {
        rc = lt_ask_send(s->ask, text, strlen(text));
    }
    free(text);
    if (rc == LT_OK) {
        s->sent = true;
        rc = lt_ask_receive(s->ask, s->tool->timeout_ms + GRACE_MS, &s->answer);
    }
    if (rc != LT_OK) {
        return fail_way(s, rc, &diag);
    }
    *out_answer =
        json_loadb((const char *)s->answer.data, s->answer.len, 0, NULL);
    return *out_answer == NULL
               ? lt_tool_fail_code(s->tool, LT_EPROTO, "control.sock")
               : 0;
}

/* The first error among the answers of a batch; 0: none. */
static int look(struct sending *s, json_t *answers)
{
    json_t *answer;
    size_t i;

    if (!json_is_array(answers)) {
        json_t *error = json_object_get(answers, "error");

        return error != NULL
                   ? fail_answer(s, answers, error)
                   : lt_tool_fail_code(s->tool, LT_EPROTO, "control.sock");
    }
    json_array_foreach(answers, i, answer)
    {
        json_t *error = json_object_get(answer, "error");

        if (error != NULL) {
            return fail_answer(s, answer, error);
        }
    }
    return 0;
}

static int send_first(struct sending *s)
{
    json_t *batch = json_array();
    json_t *answers = NULL;
    size_t offset = 0;
    int code;

    if (batch != NULL &&
        json_array_append_new(batch, lt_tool_request(s->tool, s->command)) ==
            0) {
        offset =
            lt_attach_pieces(&s->attach, 0, NULL, s->tool->request_id, batch);
    }
    if (offset == 0) {
        json_decref(batch);
        return lt_tool_fail_code(s->tool, LT_ENOMEM, NULL);
    }
    code = ask(s, batch, &answers);
    if (code == 0 &&
        json_is_true(json_object_get(json_array_get(answers, 0), "repeated"))) {
        /* How many pieces went along then depends on that file. */
        s->first = json_incref(json_array_get(answers, 0));
    } else if (code == 0) {
        code = look(s, answers);
        s->first = code == 0 ? json_incref(json_array_get(answers, 0)) : NULL;
        s->offset = offset;
    }
    json_decref(answers);
    return code;
}

static const char *event_of(const struct sending *s)
{
    const char *event = json_string_value(json_object_get(s->first, "event"));

    return event == NULL ? "" : event;
}

/* The event is an earlier call's: is its file this one? Take its salt. */
static int take_salt(struct sending *s)
{
    const char *salt;
    const char *hash;
    uint8_t expected[LT_HASH_LEN];
    json_t *answer = NULL;
    json_t *error;
    int code = ask(s,
                   json_pack("{s:s,s:{s:s,s:i}}", "command", "case attachment",
                             "options", "event", event_of(s), "offset", 0),
                   &answer);

    if (code != 0) {
        return code;
    }
    error = json_object_get(answer, "error");
    salt = json_string_value(json_object_get(answer, "salt"));
    hash = json_string_value(json_object_get(answer, "hash"));
    if (error != NULL) {
        code = fail_answer(s, answer, error);
    } else if (salt == NULL || hash == NULL ||
               !lt_hex_parse(salt, LT_SALT_LEN, s->attach.salt) ||
               !lt_hex_parse(hash, LT_HASH_LEN, expected)) {
        code = lt_tool_fail_code(s->tool, LT_EPROTO, "control.sock");
    } else if (lt_attach_seal(&s->attach) != LT_OK) {
        code = lt_tool_fail_code(s->tool, LT_ENOMEM, NULL);
    } else if (memcmp(expected, s->attach.hash, LT_HASH_LEN) != 0) {
        code = lt_attach_fail(s->tool, LT_EINVAL, s->path, "ui_why_other_file");
    }
    json_decref(answer);
    return code;
}

static int send_rest(struct sending *s)
{
    char id[LT_UUID_TEXT];
    int code = 0;

    if (s->offset == 0) {
        /* All that went with the first batch is there: one commit. */
        size_t first = (size_t)LT_ATTACH_FRAME_PIECES * LT_PIECE_BYTES;

        code = take_salt(s);
        s->offset = first < s->attach.len ? first : s->attach.len;
    }
    while (code == 0 && s->offset < s->attach.len) {
        json_t *batch = json_array();
        json_t *answers = NULL;
        size_t next;

        lt_attach_request(s->tool->request_id, s->offset, id);
        next = batch == NULL ? 0
                             : lt_attach_pieces(&s->attach, s->offset,
                                                event_of(s), id, batch);
        if (next == 0) {
            json_decref(batch);
            return lt_tool_fail_code(s->tool, LT_ENOMEM, NULL);
        }
        code = ask(s, batch, &answers);
        if (code == 0) {
            code = look(s, answers);
        }
        json_decref(answers);
        s->offset = next;
    }
    return code;
}

static int print(struct sending *s)
{
    char *text;

    if (!s->tool->json) {
        lt_print_written(s->tool, s->first);
        return 0;
    }
    text = json_dumps(s->first, JSON_COMPACT);
    if (text == NULL) {
        return lt_tool_fail_code(s->tool, LT_ENOMEM, NULL);
    }
    fprintf(s->tool->out, "%s\n", text);
    free(text);
    return 0;
}

int lt_attach_run_write(struct lt_tool *tool,
                        const struct lt_tool_command *command)
{
    struct sending s = {
        .tool = tool, .command = command, .path = lt_tool_text(tool, "attach")};
    struct lt_diag diag;
    lt_err rc;
    int code;

    if (s.path == NULL) {
        return lt_tool_run_write(tool, command);
    }
    rc = lt_attach_load(s.path, &s.attach);
    if (rc != LT_OK) {
        return fail_file(&s, rc);
    }
    lt_buf_init(&s.answer, lt_alloc_heap());
    rc = lt_ask_open(tool->dir, &s.ask, &diag);
    if (rc != LT_OK) {
        code = lt_tool_fail(tool, &diag, false);
    } else if (!lt_attach_announce(&s.attach, tool->options)) {
        code = lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    } else {
        (void)json_object_del(tool->options, "attach");
        code = send_first(&s);
        if (code == 0) {
            code = send_rest(&s);
        }
        if (code == 0) {
            code = print(&s);
        }
    }
    lt_ask_close(s.ask);
    json_decref(s.first);
    lt_buf_deinit(&s.answer);
    lt_attach_free(&s.attach);
    return code;
}
