/* lienthong register give, take, confirm and retype: the register, or one case
 * of it, goes to another office by a file that the tool writes and reads. And
 * what turns out to be a denunciation leaves it: shown once, for the paper book,
 * then its entry and its texts are erased. */
#include <string.h>

#include "common/crypto.h"
#include "common/identity.h"
#include "daemon/register/parcel.h"
#include "tools/person.h"
#include "tools/taker.h"

struct counter {
    struct lt_people *people;
    struct lt_register *reg;
    struct lt_people_session session;
    struct lt_register_person person;
    struct lt_identity identity;
    struct lt_diag diag;
    char token[LT_SESSION_TOKEN_TEXT];
};

static lt_err open_counter(struct lt_tool *tool, struct counter *counter)
{
    char folder[4096];
    struct lt_person person;
    lt_err rc;

    memset(counter, 0, sizeof(*counter));
    lt_diag_set(&counter->diag, LT_OK);
    lt_identity_init(&counter->identity);
    (void)snprintf(folder, sizeof(folder), "%s/identity", tool->dir);
    rc = lt_tool_people(tool, &counter->people, &counter->diag);
    if (rc == LT_OK) {
        rc = lt_identity_load(&counter->identity, folder, &counter->diag);
    }
    if (rc == LT_OK) {
        rc = lt_tool_by(tool, counter->people, &person, &counter->diag);
    }
    if (rc == LT_OK) {
        rc = lt_people_session_begin(counter->people, person.name,
                                     counter->token, &counter->diag);
    }
    if (rc == LT_OK) {
        rc = lt_people_session_look(counter->people, counter->token, true,
                                    &counter->session, &counter->diag);
    }
    if (rc == LT_OK) {
        rc = lt_register_open(tool->dir, lt_sys_real(), &counter->reg,
                              &counter->diag);
    }
    counter->person =
        (struct lt_register_person){counter->people, &counter->session};
    return rc;
}

static int close_counter(struct lt_tool *tool, struct counter *counter,
                         lt_err rc, int code)
{
    if (counter->token[0] != '\0') {
        lt_err ended = lt_people_session_end(counter->people, counter->token);

        rc = rc == LT_OK ? ended : rc;
    }
    if (rc != LT_OK) {
        code = lt_tool_fail_people(tool, rc, &counter->diag);
    }
    lt_register_close(counter->reg);
    lt_people_close(counter->people);
    lt_identity_deinit(&counter->identity);
    lt_wipe(counter, sizeof(*counter));
    return code;
}

/* ---- asking the daemon ---- */

static int ask(struct lt_tool *tool, const char *name, const char *key,
               const char *value, json_t **out_answer)
{
    const struct lt_tool_command asked = {.name = name};

    return lt_tool_ask_beside(tool, &asked, json_pack("{s:s}", key, value),
                              out_answer);
}

static int find_case(struct lt_tool *tool, const char *text,
                     char out_id[static LT_REGISTER_CASE_MAX + 1])
{
    json_t *answer = NULL;
    const char *id;
    int code = ask(tool, "case show", "id", text, &answer);

    if (code == 0) {
        id = json_string_value(json_object_get(answer, "id"));
        (void)snprintf(out_id, LT_REGISTER_CASE_MAX + 1, "%s",
                       id == NULL ? "" : id);
    }
    json_decref(answer);
    return code;
}

/* ---- answers ---- */

static int print_parcel(struct lt_tool *tool, const struct lt_parcel *parcel,
                        bool with_receipt, const char *advice)
{
    static const struct lt_tool_column columns[] = {
        {"entries", "ui_register_entries", LT_CELL_PLAIN, false},
        {"taken", "ui_register_new", LT_CELL_PLAIN, false},
        {"inventory", "ui_register_inventory", LT_CELL_PLAIN, false},
        {"receipt", "ui_register_receipt", LT_CELL_PLAIN, false},
        {.key = NULL}};
    char inventory[2 * LT_HASH_LEN + 1];
    char receipt[2 * LT_PARCEL_RECEIPT_LEN + 1];
    char to[LT_OFFICE_TEXT];
    json_t *answer;
    char *line;

    lt_hex_format(parcel->inventory, LT_HASH_LEN, inventory);
    lt_hex_format(parcel->receipt, LT_PARCEL_RECEIPT_LEN, receipt);
    lt_office_format(&parcel->to, to);
    answer = json_pack("{s:s,s:I,s:s}", "to", to, "entries",
                       (json_int_t)parcel->entries, "inventory", inventory);
    if (answer != NULL && with_receipt) {
        (void)json_object_set_new(answer, "taken",
                                  json_integer((json_int_t)parcel->taken));
        (void)json_object_set_new(answer, "receipt", json_string(receipt));
    }
    if (tool->json) {
        line = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT);
        fprintf(tool->out, "%s\n", line == NULL ? "{}" : line);
        free(line);
    } else {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, advice));
        lt_print_object(tool, answer, columns);
    }
    json_decref(answer);
    return 0;
}

/* ---- the commands ---- */

static int run_give(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const char *which = lt_tool_text(tool, "case");
    char case_id[LT_REGISTER_CASE_MAX + 1] = "";
    uint8_t key[LT_CURVE_LEN];
    struct lt_parcel parcel = {.entries = 0};
    struct counter counter;
    int code = lt_tool_taker(tool, &parcel.to, key);
    lt_err rc;

    (void)command;
    if (code == 0 && which != NULL) {
        code = find_case(tool, which, case_id);
    }
    if (code != 0) {
        return code;
    }
    rc = open_counter(tool, &counter);
    if (rc == LT_OK) {
        parcel.from = counter.identity.office;
        rc = lt_register_give(
            counter.reg, &counter.person, key, which == NULL ? NULL : case_id,
            lt_tool_text(tool, "file"), &parcel, &counter.diag);
    }
    if (rc == LT_OK) {
        code = print_parcel(tool, &parcel, false, "ui_register_given");
    }
    return close_counter(tool, &counter, rc, code);
}

static int run_take(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_parcel parcel;
    struct counter counter;
    int code = 0;
    lt_err rc = open_counter(tool, &counter);

    (void)command;
    if (rc == LT_OK) {
        rc = lt_register_take_over(
            counter.reg, &counter.person, &counter.identity.office,
            counter.identity.curve_secret, lt_tool_text(tool, "file"), &parcel,
            &counter.diag);
    }
    if (rc == LT_OK) {
        code = print_parcel(tool, &parcel, true, "ui_register_taken");
    }
    return close_counter(tool, &counter, rc, code);
}

static int run_confirm(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    const char *text = lt_tool_text(tool, "receipt");
    uint8_t receipt[LT_PARCEL_RECEIPT_LEN];
    struct lt_parcel parcel;
    struct counter counter;
    int code = 0;
    lt_err rc;

    (void)command;
    if (text == NULL || strlen(text) != 2 * sizeof(receipt) ||
        !lt_hex_parse(text, sizeof(receipt), receipt)) {
        return lt_tool_fail_why(tool, LT_EUSAGE, "RECEIPT", NULL);
    }
    rc = open_counter(tool, &counter);
    if (rc == LT_OK) {
        rc = lt_register_confirm(counter.reg, &counter.person, receipt,
                                 lt_tool_flag(tool, "erase"), &parcel,
                                 &counter.diag);
    }
    if (rc == LT_OK) {
        code = print_parcel(tool, &parcel, false, "ui_register_confirmed");
    }
    return close_counter(tool, &counter, rc, code);
}

/* ---- what is a denunciation after all ---- */

static void print_once(struct lt_tool *tool,
                       const struct lt_register_entry *entry)
{
    json_t *answer = json_object();
    char *line;

    for (unsigned i = 0; i < LT_REGISTER_FIELDS; i++) {
        const struct lt_text *field = &entry->fields[i];
        const char *word = lt_register_field_word((enum lt_register_field)i);

        if (!tool->json && field->data != NULL) {
            fprintf(tool->out, "%s: %.*s\n", word, (int)field->len,
                    field->data);
        }
        (void)json_object_set_new(answer, word,
                                  field->data == NULL
                                      ? json_null()
                                      : json_stringn(field->data, field->len));
    }
    if (tool->json) {
        line = json_dumps(answer, JSON_COMPACT);
        fprintf(tool->out, "%s\n", line == NULL ? "{}" : line);
        if (line != NULL) {
            lt_wipe(line, strlen(line));
        }
        free(line);
    }
    json_decref(answer);
    (void)fflush(tool->out);
}

/* Repeated after a failure it goes on: an entry that is gone is passed over. */
static lt_err show_and_erase(struct lt_tool *tool, struct counter *counter,
                             const char *case_id)
{
    struct lt_register_entry entry;
    struct lt_arena arena;
    lt_err rc;

    lt_arena_init(&arena, lt_alloc_heap(), 256 * 1024);
    rc = lt_register_show(counter->reg, &counter->person, case_id, &arena,
                          &entry, &counter->diag);
    if (rc == LT_OK) {
        print_once(tool, &entry);
        rc = lt_register_erase(counter->reg, &counter->person, case_id,
                               &counter->diag);
    }
    lt_arena_reset(&arena); /* zeroes */
    lt_arena_deinit(&arena);
    return rc == LT_ENOTFOUND || rc == LT_EREGISTERGONE ? LT_OK : rc;
}

static int erase_texts(struct lt_tool *tool, const json_t *texts)
{
    static const struct lt_tool_command erase = {.name = "erase",
                                                 .writes = true};
    const json_t *text;
    const char *before = "";
    int code = 0;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)texts, i, text)
    {
        const char *event = json_string_value(json_object_get(text, "event"));
        const char *state = json_string_value(json_object_get(text, "state"));
        json_t *answer = NULL;

        if (code != 0 || event == NULL || state == NULL ||
            strcmp(state, "erased") == 0 || strcmp(event, before) == 0) {
            continue;
        }
        lt_tool_make_id(tool->request_id);
        code = lt_tool_ask_beside(tool, &erase,
                       json_pack("{s:s,s:s}", "id", event, "reason",
                                 lt_ui(tool->lang, "ui_reason_retyped")),
                       &answer);
        json_decref(answer);
        before = event;
    }
    return code;
}

static int run_retype(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    const char *id;
    json_t *shown = NULL;
    struct counter counter;
    int code = ask(tool, "case show", "id", lt_tool_text(tool, "id"), &shown);
    lt_err rc;

    (void)command;
    if (code != 0) {
        return code;
    }
    id = json_string_value(json_object_get(shown, "id"));
    rc = open_counter(tool, &counter);
    if (rc == LT_OK) {
        rc = show_and_erase(tool, &counter, id == NULL ? "" : id);
    }
    if (rc == LT_OK) {
        code = erase_texts(tool, json_object_get(shown, "texts"));
    }
    if (rc == LT_OK && code == 0 && !tool->json) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_register_retyped"));
    }
    json_decref(shown);
    return close_counter(tool, &counter, rc, code);
}

#define BY                                                                     \
    {                                                                          \
        "by", LT_TOOL_TEXT, "NAME", "ui_opt_register_by", true                 \
    }

const struct lt_tool_command lt_cmd_parcel[] = {
    {.name = "register give",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_register_give",
     .example =
         "/media/usb/register-2026-12-01 --to \"Xã Hưng Thuận\" --by lan",
     .options = {BY,
                 {"to", LT_TOOL_TEXT, "OFFICE", "ui_opt_register_to", true},
                 {"case", LT_TOOL_TEXT, "CASE", "ui_opt_register_case", true},
                 {"key", LT_TOOL_TEXT, "HEX", "ui_opt_register_key", true}},
     .run = run_give},
    {.name = "register take",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_register_take",
     .example = "/media/usb/register-2026-12-01 --by lan",
     .options = {BY},
     .run = run_take},
    {.name = "register confirm",
     .words = {"receipt"},
     .meta = "RECEIPT",
     .text = "ui_cmd_register_confirm",
     .example = "3f0c9a1be8d24c6a77d01f5e92ab34cd --by lan",
     .options = {BY,
                 {"erase", LT_TOOL_FLAG, "", "ui_opt_register_erase", true}},
     .run = run_confirm},
    {.name = "register retype",
     .words = {"id"},
     .meta = "CASE",
     .text = "ui_cmd_register_retype",
     .example = "0412-AB3C-7KQM-2XYZ --by an",
     .options = {BY},
     .run = run_retype},
    {.name = NULL}};
