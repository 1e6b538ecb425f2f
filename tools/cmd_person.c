/* lienthong person: the people of the office, in DIR/people.db, whether the
 * daemon runs or not; and lienthong audit, what they did.
 *
 * The tool opens people.db itself, with the daemon's own module: its rollback
 * journal lets several processes write, and a forgotten password is renewed on
 * a machine whose daemon does not start. It has to run as the daemon's user.
 *
 * Secrets come from stdin, in this order, a line each: the password of --by (or
 * the paper code), the new password, the new PIN. */
#include <stdlib.h>
#include <string.h>

#include "common/crypto.h"
#include "common/audit_mark.h"
#include "common/cert.h"
#include "daemon/people/audit.h"
#include "tools/person.h"

enum { EXIT_FOUND_SOMETHING = 1, AUDIT_PAGE = 200, AUDIT_SHOWN = 100 };

/* One command at work. */
struct work {
    struct lt_people *people;
    struct lt_diag diag;
    const char *name;
    char by[LT_PERSON_NAME_MAX + 1];
    char password[LT_PERSON_PASSWORD_MAX + 1];
    char pin[16];
    struct lt_person_told told;
    struct lt_person person;
};

static lt_err start(struct lt_tool *tool, struct work *work)
{
    memset(work, 0, sizeof(*work));
    work->name = lt_tool_text(tool, "name");
    return lt_tool_people(tool, &work->people, &work->diag);
}

static int finish(struct lt_tool *tool, struct work *work, lt_err rc)
{
    int code = rc == LT_OK ? 0 : lt_tool_fail_people(tool, rc, &work->diag);

    lt_people_close(work->people);
    lt_wipe(work, sizeof(*work));
    return code;
}

/* Who changes people: --by; or the tool, for the first leader. */
static lt_err ask_by(struct lt_tool *tool, struct work *work)
{
    bool has = false;
    lt_err rc = lt_people_has_leader(work->people, &has);

    if (rc != LT_OK) {
        return rc;
    }
    if (!has && lt_tool_text(tool, "by") == NULL) {
        (void)snprintf(work->by, sizeof(work->by), "%s", LT_BY_TOOL);
        return LT_OK;
    }
    rc = lt_tool_by(tool, work->people, &work->person, &work->diag);
    if (rc == LT_OK) {
        (void)snprintf(work->by, sizeof(work->by), "%s", work->person.name);
    }
    return rc;
}

static lt_err ask_new(struct lt_tool *tool, struct work *work)
{
    lt_err rc = lt_tool_ask_secret(tool, "ui_ask_password", work->password,
                                   sizeof(work->password));

    return rc == LT_OK ? lt_tool_ask_secret(tool, "ui_ask_pin", work->pin,
                                            sizeof(work->pin))
                       : rc;
}

static lt_err take_roles(const struct lt_tool *tool, uint32_t *out_roles,
                         struct lt_diag *diag)
{
    const json_t *list = json_object_get(tool->options, "role");
    const json_t *word;
    size_t i;

    *out_roles = 0;
    json_array_foreach((json_t *)(uintptr_t)list, i, word)
    {
        uint32_t role = lt_role_by_word(json_string_value(word));

        if (role == 0) {
            lt_diag_set(diag, LT_EINVAL);
            lt_diag_arg(diag, "what", "--role %s", json_string_value(word));
            for (uint32_t bit = 1; bit <= LT_ROLES_ALL; bit <<= 1) {
                lt_diag_allow(diag, lt_role_word((enum lt_person_role)bit));
            }
            return LT_EINVAL;
        }
        *out_roles |= role;
    }
    return LT_OK;
}

/* ---- answers ---- */

static json_t *roles_json(uint32_t roles)
{
    json_t *list = json_array();

    for (uint32_t bit = 1; bit <= LT_ROLES_ALL; bit <<= 1) {
        if ((roles & bit) != 0) {
            (void)json_array_append_new(
                list, json_string(lt_role_word((enum lt_person_role)bit)));
        }
    }
    return list;
}

static json_t *person_json(const struct lt_person *person)
{
    return json_pack("{s:s,s:s,s:o,s:b,s:b,s:b,s:i}", "name", person->name,
                     "shown", person->shown, "roles", roles_json(person->roles),
                     "disabled", person->disabled, "pin", person->has_pin,
                     "totp", person->has_totp, "paper_codes_left",
                     (int)person->papers_left);
}

static void put_json(struct lt_tool *tool, json_t *json)
{
    char *line = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

    fprintf(tool->out, "%s\n", line == NULL ? "{}" : line);
    if (line != NULL) {
        lt_wipe(line, strlen(line)); /* it may hold codes */
    }
    free(line);
    json_decref(json);
}

static void print_told(struct lt_tool *tool, const struct work *work)
{
    const struct lt_person_told *told = &work->told;

    if (told->papers_n > 0) {
        fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, "ui_paper_codes"));
    }
    for (unsigned i = 0; i < told->papers_n; i++) {
        fprintf(tool->out, "  %u. %s\n", i + 1, told->papers[i]);
    }
    if (told->totp[0] != '\0') {
        fprintf(tool->out,
                "\n%s\n  %s\n  otpauth://totp/lienthong:%s?secret=%s"
                "&issuer=lienthong\n",
                lt_ui(tool->lang, "ui_totp_secret"), told->totp, work->name,
                told->totp);
    }
}

/* What was done, and what is told once. */
static lt_err print_done(struct lt_tool *tool, struct work *work,
                         const char *word)
{
    lt_err rc =
        lt_people_find(work->people, work->name, &work->person, &work->diag);
    json_t *json;
    json_t *papers;

    if (rc != LT_OK) {
        return rc;
    }
    if (!tool->json) {
        lt_print_line(tool, word, "name", work->name, "shown",
                      work->person.shown);
        print_told(tool, work);
        return LT_OK;
    }
    json = person_json(&work->person);
    papers = json_array();
    for (unsigned i = 0; i < work->told.papers_n; i++) {
        (void)json_array_append_new(papers, json_string(work->told.papers[i]));
    }
    (void)json_object_set_new(json, "paper_codes", papers);
    (void)json_object_set_new(json, "totp_secret",
                              work->told.totp[0] == '\0'
                                  ? json_null()
                                  : json_string(work->told.totp));
    put_json(tool, json);
    return LT_OK;
}

/* ---- commands ---- */

static int run_add(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_person_says says = {.shown = lt_tool_text(tool, "shown")};
    struct work work;
    lt_err rc = start(tool, &work);

    (void)command;
    if (rc == LT_OK) {
        rc = take_roles(tool, &says.roles, &work.diag);
    }
    if (rc == LT_OK) {
        rc = ask_by(tool, &work);
    }
    if (rc == LT_OK) {
        rc = ask_new(tool, &work);
    }
    if (rc == LT_OK) {
        says.password = work.password;
        says.pin = work.pin;
        rc = lt_people_add(work.people, work.by, work.name, &says, &work.told,
                           &work.diag);
    }
    if (rc == LT_OK) {
        rc = print_done(tool, &work, "ui_person_added");
    }
    return finish(tool, &work, rc);
}

static int run_role(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_person_says says = {.shown = lt_tool_text(tool, "shown"),
                                  .new_totp = lt_tool_flag(tool, "new_totp")};
    struct work work;
    lt_err rc = start(tool, &work);

    (void)command;
    if (rc == LT_OK) {
        rc = take_roles(tool, &says.roles, &work.diag);
    }
    if (rc == LT_OK) {
        rc = ask_by(tool, &work);
    }
    if (rc == LT_OK) {
        rc = lt_people_change(work.people, work.by, work.name, &says,
                              &work.told, &work.diag);
    }
    if (rc == LT_OK) {
        rc = print_done(tool, &work, "ui_person_changed");
    }
    return finish(tool, &work, rc);
}

static int run_renew(struct lt_tool *tool,
                     const struct lt_tool_command *command)
{
    char code[64] = "";
    struct work work;
    lt_err rc = start(tool, &work);

    (void)command;
    if (rc == LT_OK) {
        rc = lt_tool_ask_secret(tool, "ui_ask_paper", code, sizeof(code));
    }
    if (rc == LT_OK) {
        rc = ask_new(tool, &work);
    }
    if (rc == LT_OK) {
        rc = lt_people_renew(work.people, work.name, code, work.password,
                             work.pin[0] == '\0' ? NULL : work.pin, &work.diag);
    }
    if (rc == LT_OK) {
        rc = print_done(tool, &work, "ui_person_renewed");
    }
    lt_wipe(code, sizeof(code));
    return finish(tool, &work, rc);
}

static int run_disable(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    bool on = strcmp(command->name, "person enable") == 0;
    struct work work;
    lt_err rc = start(tool, &work);

    if (rc == LT_OK) {
        rc = ask_by(tool, &work);
    }
    if (rc == LT_OK) {
        rc = lt_people_disable(work.people, work.by, work.name, on, &work.diag);
    }
    if (rc == LT_OK) {
        rc = print_done(tool, &work,
                        on ? "ui_person_enabled" : "ui_person_disabled");
    }
    return finish(tool, &work, rc);
}

static int run_papers(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    struct work work;
    lt_err rc = start(tool, &work);

    (void)command;
    if (rc == LT_OK) {
        rc = ask_by(tool, &work);
    }
    if (rc == LT_OK) {
        rc = lt_people_papers(work.people, work.by, &work.told, &work.diag);
    }
    if (rc == LT_OK) {
        work.name = work.by;
        rc = print_done(tool, &work, "ui_papers_made");
    }
    return finish(tool, &work, rc);
}

static void role_cell(const struct lt_tool *tool, uint32_t roles, char *cell,
                      size_t size)
{
    size_t len = 0;

    cell[0] = '\0';
    for (uint32_t bit = 1; bit <= LT_ROLES_ALL && len < size; bit <<= 1) {
        if ((roles & bit) != 0) {
            int n =
                snprintf(cell + len, size - len, "%s%s", len == 0 ? "" : ", ",
                         lt_format_ui(tool, "ui_person_role_",
                                      lt_role_word((enum lt_person_role)bit)));

            len += n > 0 ? (size_t)n : 0;
        }
    }
}

static void print_persons(struct lt_tool *tool, const struct lt_person *persons,
                          size_t n)
{
    static const struct lt_tool_column columns[] = {
        {"name", "ui_person_name", LT_CELL_PLAIN, false},
        {"shown", "ui_person_shown", LT_CELL_PLAIN, true},
        {"roles", "ui_person_roles", LT_CELL_PLAIN, true},
        {"pin", "ui_person_pin", LT_CELL_PLAIN, false},
        {"disabled", "ui_person_off", LT_CELL_PLAIN, false},
        {.key = NULL}};
    json_t *items = json_array();

    for (size_t i = 0; i < n; i++) {
        char roles[256];
        json_t *item = person_json(&persons[i]);

        if (!tool->json) {
            role_cell(tool, persons[i].roles, roles, sizeof(roles));
            (void)json_object_set_new(item, "roles", json_string(roles));
        }
        (void)json_array_append_new(items, item);
    }
    if (tool->json) {
        put_json(tool, json_pack("{s:o,s:n}", "items", items, "next"));
        return;
    }
    lt_print_items(tool, items, columns);
    json_decref(items);
}

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_person *persons = NULL;
    size_t n = 0;
    struct work work;
    lt_err rc = start(tool, &work);

    (void)command;
    if (rc == LT_OK) {
        rc = lt_people_list(work.people, &persons, &n);
    }
    if (rc == LT_OK) {
        print_persons(tool, persons, n);
    }
    lt_free(lt_alloc_heap(), persons);
    return finish(tool, &work, rc);
}

/* ---- audit ---- */

/* Which records are told, and under which number the log's marks name a person
 * (common/audit_mark.h); without an identity here nothing was ever marked. */
struct telling {
    int64_t since_ms;
    bool has_office;
    struct lt_office office;
};

static void find_office(const struct lt_tool *tool, struct telling *out)
{
    struct lt_cert *certs[LT_CHAIN_MAX + 1] = {NULL};
    size_t n = 0;
    char path[4096];

    if ((size_t)snprintf(path, sizeof(path), "%s/identity/node.crt",
                         tool->dir) >= sizeof(path) ||
        lt_cert_load(path, LT_COUNT_OF(certs), certs, &n, NULL) != LT_OK) {
        return;
    }
    out->has_office = true;
    out->office = *lt_cert_office(certs[0]);
    for (size_t i = 0; i < n; i++) {
        lt_cert_free(certs[i]);
    }
}

static lt_err read_since(const struct lt_tool *tool, struct telling *out)
{
    static const int64_t day_ms = 86400000;
    const char *since = lt_tool_text(tool, "since");
    int32_t day;

    if (since == NULL) {
        return LT_OK;
    }
    if (!lt_day_parse(since, &day)) {
        return LT_EINVAL;
    }
    out->since_ms = day * day_ms - 7 * (day_ms / 24); /* from midnight, UTC+7 */
    return LT_OK;
}

static void print_record(struct lt_tool *tool, const struct telling *telling,
                         const struct lt_audit_record *record)
{
    uint8_t person[4];
    char number[2 * sizeof(person) + 1] = "";
    char iso[LT_TIME_TEXT];
    char hash[2 * LT_HASH_LEN + 1];
    char time[LT_TOOL_TIME_TEXT];

    if (record->at_ms < telling->since_ms) {
        return;
    }
    lt_time_format(record->at_ms, iso);
    if (telling->has_office) {
        lt_audit_person(&telling->office, record->who, person);
        lt_hex_format(person, sizeof(person), number);
    }
    if (tool->json) {
        lt_hex_format(record->hash, LT_HASH_LEN, hash);
        put_json(tool, json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:s?}", "number",
                                 (json_int_t)record->number, "at", iso, "who",
                                 record->who, "what", record->what, "about",
                                 record->about, "hash", hash, "person",
                                 telling->has_office ? number : NULL));
        return;
    }
    fprintf(tool->out, "%lld  %s  ", (long long)record->number,
            lt_format_time(iso, time) ? time : iso);
    lt_print_padded(tool->out, record->who, 12);
    fprintf(tool->out, "%s  %s\n",
            lt_format_ui(tool, "ui_audit_", record->what), record->about);
}

static lt_err print_audit(struct lt_tool *tool, struct work *work, int64_t from,
                          int64_t records)
{
    struct telling telling = {.since_ms = 0};
    struct lt_audit_record *page = lt_new_array(lt_alloc_heap(), AUDIT_PAGE,
                                                sizeof(struct lt_audit_record));
    size_t n = AUDIT_PAGE;
    lt_err rc = page == NULL ? LT_ENOMEM : read_since(tool, &telling);

    find_office(tool, &telling);
    if (from == 0 && telling.since_ms != 0) {
        from = 1;
    } else if (from == 0) {
        from = records > AUDIT_SHOWN ? records - AUDIT_SHOWN + 1 : 1;
    }
    while (rc == LT_OK && n == AUDIT_PAGE) {
        rc = lt_audit_read(work->people, from, page, AUDIT_PAGE, &n);
        for (size_t i = 0; rc == LT_OK && i < n; i++) {
            print_record(tool, &telling, &page[i]);
            from = page[i].number + 1;
        }
    }
    lt_free(lt_alloc_heap(), page);
    return rc;
}

static int run_audit(struct lt_tool *tool,
                     const struct lt_tool_command *command)
{
    int64_t from = json_integer_value(json_object_get(tool->options, "from"));
    int64_t bad = 0;
    int64_t records = 0;
    struct work work;
    lt_err rc = start(tool, &work);

    (void)command;
    if (rc == LT_OK) {
        rc = lt_tool_by(tool, work.people, &work.person, &work.diag);
    }
    if (rc == LT_OK &&
        (work.person.roles & (LT_ROLE_INSPECTOR | LT_ROLE_LEADER)) == 0) {
        rc = lt_diag_set(&work.diag, LT_EPERM);
        lt_diag_arg(&work.diag, "what", "%s", work.person.name);
        lt_diag_arg(&work.diag, "reason", "%s", "ui_why_inspector_only");
    }
    if (rc == LT_OK) {
        rc = lt_audit_verify(work.people, &bad, &records);
    }
    if (rc == LT_OK) {
        rc = print_audit(tool, &work, from, records);
    }
    if (rc == LT_OK && bad != 0) {
        char number[24];

        (void)snprintf(number, sizeof(number), "%lld", (long long)bad);
        if (tool->json) {
            put_json(tool, json_pack("{s:I}", "broken_at", (json_int_t)bad));
        } else {
            lt_print_line(tool, "ui_audit_broken", "number", number, "name",
                          "");
        }
        (void)finish(tool, &work, rc);
        return EXIT_FOUND_SOMETHING;
    }
    return finish(tool, &work, rc);
}

#define BY                                                                     \
    {                                                                          \
        "by", LT_TOOL_TEXT, "NAME", "ui_opt_by", true                          \
    }
#define SHOWN                                                                  \
    {                                                                          \
        "shown", LT_TOOL_TEXT, "T", "ui_opt_shown", true                       \
    }
#define ROLE                                                                   \
    {                                                                          \
        "role", LT_TOOL_LIST, "ROLE", "ui_opt_role", true                      \
    }

const struct lt_tool_command lt_cmd_person[] = {
    {.name = "person add",
     .words = {"name"},
     .meta = "NAME",
     .text = "ui_cmd_person_add",
     .example = "lan --shown \"Trần Thị Lan\" --role leader",
     .options = {SHOWN, ROLE, BY},
     .run = run_add},
    {.name = "person list",
     .meta = "",
     .text = "ui_cmd_person_list",
     .example = "",
     .run = run_list},
    {.name = "person role",
     .words = {"name"},
     .meta = "NAME",
     .text = "ui_cmd_person_role",
     .example = "an --role officer --role coordinator --by lan",
     .options = {ROLE,
                 SHOWN,
                 {"new-totp", LT_TOOL_FLAG, "", "ui_opt_new_totp", true},
                 BY},
     .run = run_role},
    {.name = "person renew",
     .words = {"name"},
     .meta = "NAME",
     .text = "ui_cmd_person_renew",
     .example = "an",
     .run = run_renew},
    {.name = "person disable",
     .words = {"name"},
     .meta = "NAME",
     .text = "ui_cmd_person_disable",
     .example = "an --by lan",
     .options = {BY},
     .run = run_disable},
    {.name = "person enable",
     .words = {"name"},
     .meta = "NAME",
     .text = "ui_cmd_person_enable",
     .example = "an --by lan",
     .options = {BY},
     .run = run_disable},
    {.name = "person papers",
     .meta = "",
     .text = "ui_cmd_person_papers",
     .example = "--by lan",
     .options = {BY},
     .run = run_papers},
    {.name = "audit",
     .meta = "",
     .text = "ui_cmd_audit",
     .example = "--by binh",
     .options = {BY,
                 {"from", LT_TOOL_NUMBER, "N", "ui_opt_audit_from", true},
                 {"since", LT_TOOL_DAY, "D", "ui_opt_audit_since", true}},
     .run = run_audit},
    {.name = NULL}};
