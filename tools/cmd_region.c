/* lienthong tree card | step-down | hand-over | admit: two trees join; with release
 * and take-back an office goes from one to another. Files go
 * between the two roots; the keys that sign them are read from DIR/identity,
 * everything else comes from the daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base64.h"
#include "tools/region_file.h"
#include "tools/tool.h"

enum {
    PATH_BYTES = 4096,
    TRIES = 100,
    PAUSE_MS = 100,
    KEY_TEXT = 2 * LT_HASH_LEN + 1
};

static int end(struct lt_tool *tool, struct lt_diag *diag, lt_err rc)
{
    if (rc == LT_OK) {
        return 0;
    }
    if (diag->code != rc) {
        lt_diag_set(diag, rc);
    }
    for (unsigned i = 0; i < diag->args_n; i++) {
        char *value = diag->args[i].value;
        const char *words = lt_ui(tool->lang, value);

        if (words != value && strncmp(value, "ui_why_", 7) == 0) {
            (void)snprintf(value, sizeof(diag->args[i].value), "%s", words);
        }
    }
    return lt_tool_fail(tool, diag, false);
}

/* Ask quietly for something beside the command itself. */
static int ask(struct lt_tool *tool, const struct lt_tool_command *command,
               const char *name, json_t *options, json_t **out_answer)
{
    struct lt_tool_command asked = *command;
    json_t *given = tool->options;
    bool json = tool->json;
    FILE *out = tool->out;
    int code;

    asked.name = name;
    asked.writes = false;
    tool->options = options;
    tool->out = json ? fopen("/dev/null", "we") : out;
    code = tool->out == NULL ? lt_tool_fail_code(tool, LT_EIO, NULL)
                             : lt_tool_ask(tool, &asked, out_answer);
    if (tool->out != NULL && tool->out != out) {
        (void)fclose(tool->out);
    }
    tool->out = out;
    tool->options = given;
    json_decref(options);
    return code;
}

/* @key_id: of the root's key, or NULL. */
static void print_file(struct lt_tool *tool, const char *word, const char *path,
                       const char *key_id)
{
    if (tool->json) {
        json_t *answer = json_pack("{s:s, s:s*}", "file", path, "root_key_id",
                                   key_id);

        (void)json_dumpf(answer, tool->out, JSON_COMPACT);
        fputc('\n', tool->out);
        json_decref(answer);
    } else {
        lt_print_line(tool, word, "path", path, NULL, NULL);
        if (key_id != NULL) {
            lt_print_line(tool, "ui_region_root_key", "key", key_id, NULL,
                          NULL);
        }
    }
}

/* Sign @document and write it to @path; @out_key names the root's key. */
static lt_err save(struct lt_tool *tool, enum lt_region_kind kind,
                   json_t *document, const char *path,
                   char out_key[static KEY_TEXT], struct lt_diag *diag)
{
    uint8_t key_id[LT_HASH_LEN];
    struct lt_identity identity;
    char folder[PATH_BYTES];
    int len = snprintf(folder, sizeof(folder), "%s/identity", tool->dir);
    lt_err rc;

    if (len < 0 || (size_t)len >= sizeof(folder)) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    lt_identity_init(&identity);
    rc = lt_identity_load(&identity, folder, diag);
    if (rc == LT_OK) {
        lt_key_id_of(lt_cert_public(identity.root_cert), key_id);
        lt_hex_format(key_id, LT_HASH_LEN, out_key);
        rc = lt_region_file_save(&identity, kind, document, path, diag);
    }
    lt_identity_deinit(&identity);
    return rc;
}

static int run_card(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const char *path = lt_tool_text(tool, "file");
    struct lt_diag diag = {.code = LT_OK};
    char key[KEY_TEXT] = "";
    json_t *document = NULL;
    int code = ask(tool, command, "tree region", json_object(), &document);

    if (code == 0) {
        (void)json_object_del(document, "offices");
        (void)json_object_set_new(document, "step", json_null());
        code = end(tool, &diag,
                   save(tool, LT_REGION_CARD, document, path, key, &diag));
    }
    if (code == 0) {
        print_file(tool, "ui_region_card_made", path, key);
    }
    json_decref(document);
    return code;
}

/* Has this root stepped down in favour of @successor (NULL: of anybody)? */
static bool has_stepped(const json_t *document, const char *successor)
{
    const char *named = json_string_value(
        json_object_get(json_object_get(document, "step"), "successor"));

    return named != NULL &&
           (successor == NULL || strcmp(named, successor) == 0);
}

/* The word is in the log; the tree shows it a moment later. @office: that was
 * released; NULL: the root has stepped down. @successor: for whom just now, or
 * NULL. */
static int hand_over(struct lt_tool *tool,
                     const struct lt_tool_command *command, const char *path,
                     const char *office, const char *successor)
{
    struct lt_diag diag = {.code = LT_OK};
    char key[KEY_TEXT];
    json_t *document = NULL;
    int code = 0;

    for (int i = 0; i < TRIES; i++) {
        json_decref(document);
        document = NULL;
        code = ask(tool, command, "tree region",
                   json_pack("{s:s*}", "office", office), &document);
        if (code != 0 || has_stepped(document, successor) ||
            successor == NULL) {
            break;
        }
        (void)nanosleep(
            &(struct timespec){.tv_nsec = PAUSE_MS * 1000L * 1000L}, NULL);
    }
    if (code == 0 && !has_stepped(document, successor)) {
        code = lt_tool_fail_why(tool, LT_ESTATE, NULL,
                                office == NULL ? "ui_why_region_not_yet"
                                               : "ui_why_release_none");
    } else if (code == 0) {
        code = end(tool, &diag,
                   save(tool, LT_REGION_HAND_OVER, document, path, key,
                        &diag));
    }
    json_decref(document);
    return code;
}

static int run_hand_over(struct lt_tool *tool,
                         const struct lt_tool_command *command)
{
    const char *path = lt_tool_text(tool, "file");
    int code = hand_over(tool, command, path, lt_tool_text(tool, "office"),
                         NULL);

    if (code == 0) {
        print_file(tool, "ui_region_handed", path, NULL);
    }
    return code;
}

/* ---- the two orders ---- */

static json_t *put_lines(json_t *options, const struct lt_buf *text)
{
    size_t len = lt_base64_len(text->len);
    char *lines = malloc(len + 1);

    if (lines != NULL) {
        lt_base64_write(text->data, text->len, lines);
        (void)json_object_set_new(options, "lines", json_stringn(lines, len));
    }
    free(lines);
    return options;
}

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static void print_rehearsal(struct lt_tool *tool, const char *word,
                            const json_t *answer)
{
    struct lt_diag args = {.code = LT_OK};
    char line[LT_MESSAGE_MAX];
    const json_t *item;
    size_t i;

    lt_diag_arg(&args, "name", "%s", text_in(answer, "name"));
    lt_diag_arg(&args, "open", "%lld",
                (long long)json_integer_value(json_object_get(answer, "open")));
    lt_diag_arg(
        &args, "closed", "%lld",
        (long long)json_integer_value(json_object_get(answer, "closed")));
    lt_diag_arg(&args, "from", "%s", text_in(answer, "from"));
    lt_diag_arg(&args, "until", "%s", text_in(answer, "until"));
    (void)lt_ui_format(tool->lang, word, &args, line, sizeof(line));
    fprintf(tool->out, "%s\n", line);
    lt_print_line(tool, "ui_region_root_key", "key",
                  text_in(answer, "root_key_id"), NULL, NULL);
    json_array_foreach(json_object_get(answer, "left"), i, item)
    {
        fputs("  ", tool->out);
        lt_print_text(tool->out, text_in(item, "name"));
        fprintf(tool->out, "  %.8s: ", text_in(item, "office"));
        lt_print_text(tool->out, text_in(item, "text"));
        fputc('\n', tool->out);
    }
    if (json_array_size(json_object_get(answer, "left")) == 0) {
        lt_print_line(tool, "ui_tree_nothing_left", NULL, NULL, NULL, NULL);
    }
}

/* What the order would do; nothing is written. */
static int rehearse(struct lt_tool *tool, const struct lt_tool_command *command,
                    const char *word)
{
    struct lt_tool_command asked = *command;
    json_t *answer = NULL;
    int code;

    asked.name = "tree region-check";
    asked.writes = false;
    code = lt_tool_ask(tool, &asked, &answer);
    if (code == 0 && !tool->json) {
        print_rehearsal(tool, word, answer);
    }
    if (code == 0 && !json_is_true(json_object_get(answer, "ok"))) {
        code = 1; /* the check ran and found something */
    }
    json_decref(answer);
    return code;
}

/* The office that the document in @text is of; the caller frees it. */
static char *office_of(const struct lt_buf *text)
{
    json_t *document =
        json_loadb((const char *)text->data, text->len, 0, NULL);
    const char *id = text_in(json_object_get(document, "office"), "id");
    char *copy = strdup(id);

    json_decref(document);
    return copy;
}

/* With a card to sign for: tree step-down, or tree release of @office. */
static int sign_for(struct lt_tool *tool,
                    const struct lt_tool_command *command, const char *office)
{
    const char *to = lt_tool_text(tool, "to");
    const char *on = lt_tool_text(tool, "on");
    const char *given = lt_tool_text(tool, "out");
    bool dry = lt_tool_flag(tool, "dry_run");
    char out[PATH_BYTES];
    struct lt_diag diag = {.code = LT_OK};
    struct lt_buf text;
    char *successor = NULL;
    int code;

    if (to == NULL || on == NULL || (given == NULL && !dry)) {
        return lt_tool_fail_code(tool, LT_EUSAGE,
                                 to == NULL   ? "--to"
                                 : on == NULL ? "--on"
                                              : "--out");
    }
    (void)snprintf(out, sizeof(out), "%s", given == NULL ? "" : given);
    lt_buf_init(&text, lt_alloc_heap());
    code = end(tool, &diag,
               lt_region_file_load(to, LT_REGION_CARD, &text, &diag));
    if (code == 0) {
        successor = office_of(&text);
        (void)json_object_set(tool->options, "date",
                              json_object_get(tool->options, "on"));
        (void)json_object_del(tool->options, "on");
        (void)json_object_del(tool->options, "to");
        (void)json_object_del(tool->options, "out");
        (void)json_object_del(tool->options, "dry_run");
        (void)put_lines(tool->options, &text);
        code = dry ? rehearse(tool, command,
                              office == NULL ? "ui_region_would_step"
                                             : "ui_release_would_go")
                   : lt_tool_run_write(tool, command);
    }
    if (code == 0 && !dry) {
        code = hand_over(tool, command, out, office, successor);
    }
    if (code == 0 && !dry && !tool->json) {
        print_file(tool, "ui_region_handed", out, NULL);
    }
    free(successor);
    lt_buf_deinit(&text);
    return code;
}

static int run_step_down(struct lt_tool *tool,
                         const struct lt_tool_command *command)
{
    return sign_for(tool, command, NULL);
}

static int run_release(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    char *office = strdup(lt_tool_text(tool, "office"));
    int code = office == NULL ? lt_tool_fail_code(tool, LT_ENOMEM, NULL)
                              : sign_for(tool, command, office);

    free(office);
    return code;
}

/* Is the hand-over in @text that of one office? */
static bool is_of_office(const struct lt_buf *text)
{
    json_t *document =
        json_loadb((const char *)text->data, text->len, 0, NULL);
    bool is = json_object_get(json_object_get(document, "step"), "released") !=
              NULL;

    json_decref(document);
    return is;
}

static int run_admit(struct lt_tool *tool,
                     const struct lt_tool_command *command)
{
    const char *path = lt_tool_text(tool, "file");
    bool dry = lt_tool_flag(tool, "dry_run");
    struct lt_diag diag = {.code = LT_OK};
    struct lt_buf text;
    int code;

    lt_buf_init(&text, lt_alloc_heap());
    code = end(tool, &diag,
               lt_region_file_load(path, LT_REGION_HAND_OVER, &text, &diag));
    if (code == 0) {
        (void)json_object_del(tool->options, "file");
        (void)json_object_del(tool->options, "dry_run");
        (void)put_lines(tool->options, &text);
        code = dry ? rehearse(tool, command,
                              is_of_office(&text) ? "ui_release_would_come"
                                                  : "ui_region_would_admit")
                   : lt_tool_run_write(tool, command);
    }
    lt_buf_deinit(&text);
    return code;
}

const struct lt_tool_command lt_cmd_region[] = {
    {.name = "tree card",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_tree_card",
     .example = "/media/usb/trung-uong.pem",
     .run = run_card},
    {.name = "tree step-down",
     .meta = "",
     .text = "ui_cmd_tree_step_down",
     .example = "--to trung-uong.pem --on 01/07/2027 --out ban-giao.pem",
     .writes = true,
     .options = {{"to", LT_TOOL_TEXT, "FILE", "ui_opt_tree_card", false},
                 {"on", LT_TOOL_DAY, "D", "ui_opt_tree_step_on", false},
                 {"out", LT_TOOL_TEXT, "FILE", "ui_opt_tree_hand_over", true},
                 {"dry-run", LT_TOOL_FLAG, "", "ui_opt_dry_run", true}},
     .run = run_step_down},
    {.name = "tree hand-over",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_tree_hand_over",
     .example = "/media/usb/ban-giao.pem",
     .options = {{"office", LT_TOOL_TEXT, "OFFICE", "ui_opt_tree_of_office",
                  true}},
     .run = run_hand_over},
    {.name = "tree release",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_tree_release",
     .example = "25459 --to tinh-moi.pem --on 01/07/2027 --out chuyen.pem",
     .writes = true,
     .options = {{"to", LT_TOOL_TEXT, "FILE", "ui_opt_tree_card", false},
                 {"on", LT_TOOL_DAY, "D", "ui_opt_tree_step_on", false},
                 {"out", LT_TOOL_TEXT, "FILE", "ui_opt_tree_hand_over", true},
                 {"dry-run", LT_TOOL_FLAG, "", "ui_opt_dry_run", true}},
     .run = run_release},
    {.name = "tree take-back",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_tree_take_back",
     .example = "25459",
     .writes = true,
     .run = lt_tool_run_write},
    {.name = "tree admit",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_tree_admit",
     .example = "ban-giao.pem --dry-run",
     .writes = true,
     .options = {{"under", LT_TOOL_TEXT, "OFFICE", "ui_opt_tree_admit_under",
                  true},
                 {"dry-run", LT_TOOL_FLAG, "", "ui_opt_dry_run", true}},
     .run = run_admit},
    {.name = NULL}};
