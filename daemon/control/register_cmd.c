/* The register's commands: for a person with a session, whose token is the
 * option `session`. Who may open the socket but has no session reads nothing;
 * daemon/register asks for the roles and tells the audit. */
#include <string.h>

#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"
#include "daemon/view/json.h"

static void put_field(struct lt_json *json, const char *key,
                      struct lt_text text)
{
    lt_json_key(json, key);
    if (text.data == NULL) {
        lt_json_null(json);
    } else {
        lt_json_text(json, text);
    }
}

/* Who sits there. */
static lt_err sit(struct lt_desk *desk, const struct lt_args *args,
                  struct lt_people_session *session,
                  struct lt_register_person *out_person, struct lt_diag *diag)
{
    char token[LT_SESSION_TOKEN_TEXT] = "";
    struct lt_text given = args->texts[LT_OPT_SESSION];
    lt_err rc;

    if (!lt_args_has(args, LT_OPT_SESSION)) {
        return lt_desk_refuse(diag, LT_EPERM, "session",
                              "ui_why_register_session");
    }
    rc = lt_shelf_open(&desk->shelf, diag);
    if (rc == LT_OK && given.len < sizeof(token)) {
        memcpy(token, given.data, given.len);
    }
    if (rc == LT_OK) {
        rc = lt_people_session_look(desk->shelf.people, token, true, session,
                                    diag);
    }
    lt_wipe(token, sizeof(token));
    *out_person = (struct lt_register_person){desk->shelf.people, session};
    return rc;
}

/* The case that is meant, as the view knows it. */
static lt_err find_case(struct lt_desk *desk, const struct lt_args *args,
                        char out_id[static LT_EVENT_ID_TEXT],
                        struct lt_view_heads *out_heads, struct lt_diag *diag)
{
    struct lt_touch_entry *touch = NULL;
    struct lt_event_id id;
    lt_err rc = lt_desk_matter(desk, args, LT_MATTER_CASE, false, &id,
                               out_heads, &touch, diag);

    if (rc == LT_OK) {
        lt_event_id_format(&out_heads->matter, out_id);
    }
    return rc;
}

static void put_entry(struct lt_json *json,
                      const struct lt_register_entry *entry)
{
    lt_json_key(json, "case");
    lt_json_word(json, entry->case_id);
    for (unsigned i = 0; i < LT_REGISTER_FIELDS; i++) {
        put_field(json, lt_register_field_word((enum lt_register_field)i),
                  entry->fields[i]);
    }
    lt_json_key(json, "entered_at");
    lt_json_time(json, entry->entered_ms);
    lt_json_key(json, "by");
    lt_json_word(json, entry->by);
    lt_json_key(json, "corrections");
    lt_json_uint(json, entry->corrections);
}

static lt_err answer_entry(const struct lt_register_entry *entry, bool added,
                           struct lt_buf *out)
{
    struct lt_json json;

    lt_json_init(&json, out);
    lt_json_open(&json, '{');
    put_entry(&json, entry);
    if (added) {
        lt_json_key(&json, "repeated");
        lt_json_bool(&json, entry->repeated);
    }
    lt_json_close(&json, '}');
    return json.failed ? LT_ENOMEM : LT_OK;
}

lt_err lt_register_cmd_add(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_text fields[LT_REGISTER_FIELDS] = {
        [LT_REGISTER_NAME] = args->texts[LT_OPT_NAME],
        [LT_REGISTER_ADDRESS] = args->texts[LT_OPT_ADDRESS],
        [LT_REGISTER_DOCUMENT] = args->texts[LT_OPT_DOCUMENT],
        [LT_REGISTER_NOTIFY] = args->texts[LT_OPT_NOTIFY],
        [LT_REGISTER_CONTACT] = args->texts[LT_OPT_CONTACT],
        [LT_REGISTER_ACCOUNT] = args->texts[LT_OPT_ACCOUNT]};
    struct lt_people_session session;
    struct lt_register_person person;
    struct lt_register_entry entry;
    struct lt_view_heads heads;
    char id[LT_EVENT_ID_TEXT];
    lt_err rc = sit(desk, args, &session, &person, diag);

    if (rc == LT_OK) {
        rc = find_case(desk, args, id, &heads, diag);
    }
    if (rc == LT_OK && !heads.contested &&
        memcmp(&heads.custodian, &desk->office, sizeof(desk->office)) != 0) {
        rc = lt_desk_refuse_custodian(desk, diag, &heads.custodian);
    }
    if (rc == LT_OK) {
        rc = lt_register_add(desk->shelf.reg, &person, id, heads.type, fields,
                             desk->arena, &entry, diag);
    }
    return rc == LT_OK ? answer_entry(&entry, true, out) : rc;
}

/* An id as it stands: an entry may be older than what the view remembers. */
static lt_err find_id(struct lt_desk *desk, const struct lt_args *args,
                      char out_id[static LT_EVENT_ID_TEXT],
                      struct lt_diag *diag)
{
    struct lt_event_id id;
    lt_err rc =
        lt_desk_event(desk, args->texts[LT_OPT_ID], LT_MATTER_CASE, &id, diag);

    if (rc == LT_OK) {
        lt_event_id_format(&id, out_id);
    }
    return rc == LT_ENOTFOUND ? lt_desk_refuse(diag, rc, "id", NULL) : rc;
}

lt_err lt_register_cmd_show(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_people_session session;
    struct lt_register_person person;
    struct lt_register_entry entry;
    char id[LT_EVENT_ID_TEXT];
    lt_err rc = sit(desk, args, &session, &person, diag);

    if (rc == LT_OK) {
        rc = find_id(desk, args, id, diag);
    }
    if (rc == LT_OK) {
        rc = lt_register_show(desk->shelf.reg, &person, id, desk->arena, &entry,
                              diag);
    }
    return rc == LT_OK ? answer_entry(&entry, false, out) : rc;
}

lt_err lt_register_cmd_search(struct lt_desk *desk, const struct lt_args *args,
                              struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_register_entry found[LT_REGISTER_FOUND_MAX];
    struct lt_people_session session;
    struct lt_register_person person;
    struct lt_json json;
    bool more = false;
    size_t n = 0;
    lt_err rc = sit(desk, args, &session, &person, diag);

    if (rc == LT_OK) {
        rc = lt_register_search(desk->shelf.reg, &person,
                                args->texts[LT_OPT_WHAT], desk->arena, found,
                                &n, &more, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_json_init(&json, out);
    lt_json_open(&json, '{');
    lt_json_key(&json, "items");
    lt_json_open(&json, '[');
    for (size_t i = 0; i < n; i++) {
        lt_json_open(&json, '{');
        lt_json_key(&json, "case");
        lt_json_word(&json, found[i].case_id);
        put_field(&json, "name", found[i].fields[LT_REGISTER_NAME]);
        put_field(&json, "address", found[i].fields[LT_REGISTER_ADDRESS]);
        lt_json_key(&json, "entered_at");
        lt_json_time(&json, found[i].entered_ms);
        lt_json_close(&json, '}');
    }
    lt_json_close(&json, ']');
    lt_json_key(&json, "next");
    lt_json_null(&json);
    lt_json_key(&json, "more");
    lt_json_bool(&json, more);
    lt_json_close(&json, '}');
    return json.failed ? LT_ENOMEM : LT_OK;
}

lt_err lt_register_cmd_erase(struct lt_desk *desk, const struct lt_args *args,
                             struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_people_session session;
    struct lt_register_person person;
    char id[LT_EVENT_ID_TEXT];
    lt_err rc = sit(desk, args, &session, &person, diag);

    if (rc == LT_OK) {
        rc = find_id(desk, args, id, diag);
    }
    if (rc == LT_OK) {
        rc = lt_register_erase(desk->shelf.reg, &person, id, diag);
    }
    return rc != LT_OK ? rc
           : lt_buf_printf(out, "{\"case\":\"%s\",\"erased\":true}", id)
               ? LT_OK
               : LT_ENOMEM;
}

/* ---- the whole book ---- */

struct book {
    struct lt_json json;
};

static bool put_row(void *ctx, const struct lt_register_entry *entry)
{
    struct book *book = ctx;

    lt_json_open(&book->json, '{');
    put_entry(&book->json, entry);
    lt_json_close(&book->json, '}');
    return !book->json.failed;
}

/* Midnight in Hà Nội of a civil day. */
static int64_t midnight_ms(int64_t day)
{
    return (day * 24 - 7) * 3600 * 1000;
}

lt_err lt_register_cmd_book(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_buf *out, struct lt_diag *diag)
{
    int64_t from = args->numbers[LT_OPT_FROM_DATE];
    int64_t until = args->numbers[LT_OPT_UNTIL];
    struct lt_text code = args->texts[LT_OPT_CODE];
    struct lt_people_session session;
    struct lt_register_person person;
    char totp[16] = "";
    struct book book;
    lt_err rc;

    if (until < from) {
        return lt_desk_refuse(diag, LT_EINVAL, "until",
                              "ui_why_days_backwards");
    }
    if (code.len < sizeof(totp)) {
        memcpy(totp, code.data, code.len);
    }
    rc = sit(desk, args, &session, &person, diag);
    lt_json_init(&book.json, out);
    lt_json_open(&book.json, '{');
    lt_json_key(&book.json, "items");
    lt_json_open(&book.json, '[');
    if (rc == LT_OK) {
        rc = lt_register_book(desk->shelf.reg, &person, totp,
                              midnight_ms(from), midnight_ms(until + 1),
                              put_row, &book, diag);
    }
    lt_wipe(totp, sizeof(totp));
    lt_json_close(&book.json, ']');
    lt_json_close(&book.json, '}');
    if (rc == LT_OK && book.json.failed) {
        rc = LT_ENOMEM;
    }
    if (rc != LT_OK) {
        lt_buf_reset(out);
    }
    return rc;
}
