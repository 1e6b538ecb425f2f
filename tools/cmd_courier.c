/* lienthong courier export | import: bundles on a stick, a phone, a disc.
 *
 * The daemon makes and takes one piece a question; files are the tool's. */
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "tools/courier.h"

enum { GRACE_MS = 1000 };

int lt_courier_ask(struct lt_courier_ask *ask, const char *command,
                   json_t *options, json_t **out_answer)
{
    struct lt_tool *tool = ask->tool;
    json_t *request = json_pack(
        "{s:s,s:o,s:s,s:i}", "command", command, "options", options, "lang",
        tool->lang == LT_LANG_VI ? "vi" : "en", "timeout_ms",
        tool->timeout_ms);
    char *text = request == NULL ? NULL : json_dumps(request, JSON_COMPACT);
    struct lt_diag diag;
    lt_err rc = LT_ENOMEM;

    json_decref(request);
    if (text != NULL) {
        rc = lt_ask_send(ask->ask, text, strlen(text));
        free(text);
    }
    if (rc == LT_OK) {
        rc = lt_ask_receive(ask->ask, tool->timeout_ms + GRACE_MS,
                            &ask->answer);
    }
    if (rc != LT_OK) {
        /* Nothing is lost by asking again, whatever came of it. */
        lt_diag_set(&diag, rc == LT_EUNKNOWN ? LT_EBUSY : rc);
        return lt_tool_fail(tool, &diag, false);
    }
    *out_answer =
        json_loadb((const char *)ask->answer.data, ask->answer.len, 0, NULL);
    return *out_answer == NULL
               ? lt_tool_fail_code(tool, LT_EPROTO, "control.sock")
               : 0;
}

/* ---- export ---- */

/* The piece of an answer into the file. LT_OK also when there is none. */
static lt_err put_piece(const json_t *answer, struct lt_courier_out *out,
                        struct lt_courier_sums *sums, struct lt_diag *diag)
{
    const json_t *piece = json_object_get(answer, "piece");
    const char *text = json_string_value(piece);
    size_t len = json_string_length(piece);
    uint8_t *bytes;
    size_t bytes_len = 0;
    lt_err rc = LT_EPROTO;

    if (json_is_null(piece)) {
        return LT_OK;
    }
    if (text == NULL || len > lt_base64_len(2 * LT_COURIER_PIECE_MAX)) {
        return lt_diag_set(diag, LT_EPROTO);
    }
    bytes = malloc(len / 4 * 3 + 3);
    if (bytes == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    if (lt_base64_read(text, len, bytes, &bytes_len)) {
        rc = lt_courier_out_put(out, sums->bundle, bytes, bytes_len, diag);
        sums->pieces += rc == LT_OK;
    } else {
        (void)lt_diag_set(diag, rc);
    }
    free(bytes);
    return rc;
}

static json_t *export_options(const struct lt_tool *tool, const char *office,
                              bool receipt, const char *next)
{
    json_t *options = json_pack("{s:s}", "office", office);
    bool fits = options != NULL;

    if (next != NULL) {
        fits = fits && json_object_set_new(options, "after",
                                           json_string(next)) == 0;
    } else if (receipt) {
        fits = fits &&
               json_object_set_new(options, "receipt", json_true()) == 0;
    } else {
        fits = fits &&
               (!lt_tool_flag(tool, "all") ||
                json_object_set_new(options, "all", json_true()) == 0) &&
               (!lt_tool_flag(tool, "since_statement") ||
                json_object_set_new(options, "since_statement", json_true()) ==
                    0);
    }
    if (!fits) {
        json_decref(options);
        return NULL;
    }
    return options;
}

static void note_first(const json_t *answer, struct lt_courier_sums *sums)
{
    const char *bundle = json_string_value(json_object_get(answer, "bundle"));
    const char *at =
        json_string_value(json_object_get(answer, "statement_at"));

    (void)snprintf(sums->bundle, sizeof(sums->bundle), "%s",
                   bundle == NULL ? "" : bundle);
    (void)snprintf(sums->statement_at, sizeof(sums->statement_at), "%s",
                   at == NULL ? "" : at);
}

int lt_courier_write(struct lt_courier_ask *ask, const char *office,
                     bool receipt, struct lt_courier_out *out,
                     struct lt_courier_sums *sums)
{
    /* Later questions name the office as the first answer does. */
    char to[LT_OFFICE_TEXT] = "";
    char next[512] = "";
    bool more = true;
    int code = 0;

    *sums = (struct lt_courier_sums){.pieces = 0};
    while (code == 0 && more) {
        json_t *answer = NULL;
        json_t *error;
        struct lt_diag diag;
        const char *text;

        code = lt_courier_ask(ask, "courier export",
                              export_options(ask->tool,
                                             to[0] == '\0' ? office : to,
                                             receipt,
                                             next[0] == '\0' ? NULL : next),
                              &answer);
        if (code != 0) {
            break;
        }
        error = json_object_get(answer, "error");
        if (error != NULL) {
            code = lt_tool_refused(ask->tool, error, &ask->answer);
            json_decref(answer);
            break;
        }
        if (sums->bundle[0] == '\0') {
            note_first(answer, sums);
        }
        sums->segments +=
            json_integer_value(json_object_get(answer, "segments"));
        sums->events += json_integer_value(json_object_get(answer, "events"));
        if (put_piece(answer, out, sums, &diag) != LT_OK) {
            code = lt_tool_fail(ask->tool, &diag, false);
        }
        text = json_string_value(json_object_get(answer, "to"));
        (void)snprintf(to, sizeof(to), "%s", text == NULL ? "" : text);
        text = json_string_value(json_object_get(answer, "next"));
        (void)snprintf(next, sizeof(next), "%s", text == NULL ? "" : text);
        more = text != NULL;
        json_decref(answer);
        if (code == 0 && more) {
            lt_progress_tell(ask->tool, "courier export", sums->pieces,
                             sums->pieces + 1);
        }
    }
    lt_progress_end(ask->tool);
    return code;
}

static int print_json(struct lt_tool *tool, json_t *json)
{
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

    json_decref(json);
    if (text == NULL) {
        return lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    }
    fprintf(tool->out, "%s\n", text);
    free(text);
    return 0;
}

static int print_export(struct lt_tool *tool, const struct lt_courier_out *out,
                        const struct lt_courier_sums *sums)
{
    char events[24];
    char bytes[24];
    char when[LT_TOOL_TIME_TEXT];
    size_t i;
    json_t *name;

    if (tool->json) {
        return print_json(
            tool,
            json_pack("{s:s,s:O,s:i,s:I,s:I,s:I,s:s?}", "bundle", sums->bundle,
                      "files", out->names, "pieces", (int)sums->pieces,
                      "segments", sums->segments, "events", sums->events,
                      "bytes", (json_int_t)out->bytes, "statement_at",
                      sums->statement_at[0] == '\0' ? NULL
                                                    : sums->statement_at));
    }
    (void)snprintf(events, sizeof(events), "%lld", (long long)sums->events);
    (void)snprintf(bytes, sizeof(bytes), "%llu",
                   (unsigned long long)out->bytes);
    json_array_foreach(out->names, i, name)
    {
        lt_print_text(tool->out, json_string_value(name));
        fputc('\n', tool->out);
    }
    lt_print_line(tool, "ui_courier_exported", "events", events, "bytes",
                  bytes);
    if (sums->statement_at[0] != '\0' &&
        lt_format_time(sums->statement_at, when)) {
        lt_print_line(tool, "ui_courier_since", "at", when, NULL, NULL);
    } else {
        lt_print_line(tool, "ui_courier_since_nothing", NULL, NULL, NULL,
                      NULL);
    }
    return 0;
}

static int run_export(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    const char *to = lt_tool_text(tool, "to");
    const char *path = lt_tool_text(tool, "out");
    struct lt_courier_ask ask = {.tool = tool};
    struct lt_courier_sums sums;
    struct lt_courier_out out = {.fd = -1};
    struct lt_diag diag;
    int code = 0;

    (void)command;
    if (to == NULL || path == NULL) {
        return lt_tool_fail_why(tool, LT_EUSAGE, to == NULL ? "--to" : "--out",
                                "ui_why_missing");
    }
    if (lt_tool_flag(tool, "all") && lt_tool_flag(tool, "since_statement")) {
        return lt_tool_fail_why(tool, LT_EUSAGE, "--all",
                                "ui_why_all_or_since");
    }
    lt_buf_init(&ask.answer, lt_alloc_heap());
    if (lt_courier_out_open(&out, path, &diag) != LT_OK ||
        lt_ask_open(tool->dir, &ask.ask, &diag) != LT_OK) {
        code = lt_tool_fail(tool, &diag, false);
    } else {
        code = lt_courier_write(&ask, to, false, &out, &sums);
        if (code == 0 && lt_courier_out_finish(&out, &diag) != LT_OK) {
            code = lt_tool_fail(tool, &diag, false);
        }
        if (code == 0) {
            code = print_export(tool, &out, &sums);
        }
    }
    lt_courier_out_close(&out);
    lt_ask_close(ask.ask);
    lt_buf_deinit(&ask.answer);
    return code;
}

const struct lt_tool_command lt_cmd_courier[] = {
    {.name = "courier export",
     .meta = "--to OFFICE --out FILE|FOLDER",
     .text = "ui_cmd_courier_export",
     .example = "--to \"Huyện Châu Thành\" --out /media/usb/",
     .options = {{"to", LT_TOOL_TEXT, "OFFICE", "ui_opt_courier_to", false},
                 {"out", LT_TOOL_TEXT, "PATH", "ui_opt_courier_out", true},
                 {"since-statement", LT_TOOL_FLAG, "", "ui_opt_courier_since",
                  false},
                 {"all", LT_TOOL_FLAG, "", "ui_opt_courier_all", false}},
     .run = run_export},
    {.name = "courier import",
     .meta = "FILE...|-",
     .rest = "files",
     .text = "ui_cmd_courier_import",
     .example = "/media/usb/*.ltc --receipt /media/usb/bien-nhan.ltc",
     .options = {{"receipt", LT_TOOL_TEXT, "PATH", "ui_opt_courier_receipt",
                  true}},
     .run = lt_courier_run_import},
    {.name = NULL}};
