/* explain: from the loop's published facts and the view, never by the loop
 * itself, so that it answers while a disk hangs. */
#include <string.h>

#include "daemon/cases/fold.h"
#include "daemon/control/answer.h"
#include "daemon/control/desk.h"
#include "daemon/control/explain_view.h"

/* What was asked for. */
struct subject {
    bool is_office;
    struct lt_office office;
    bool absent; /* an event of @office that is not here */
    struct lt_event_id id;
    enum lt_explain_kind kind;
};

static const char *const KINDS[] = {[LT_EXPLAIN_CASE] = "case",
                                    [LT_EXPLAIN_INCIDENT] = "incident",
                                    [LT_EXPLAIN_DIRECTIVE] = "directive"};

/* ---- what is meant ---- */

static lt_err not_found(struct lt_diag *diag, const char *what)
{
    lt_diag_set(diag, LT_ENOTFOUND);
    lt_diag_arg(diag, "what", "%s", what);
    return LT_ENOTFOUND;
}

/* The matter that an event belongs to. One that may have been written here
 * just now is waited for; nothing that the view has waits. */
static lt_err find_matter(struct lt_desk *desk, struct subject *subject,
                          struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    lt_err rc = lt_desk_reader(desk, &reader, diag);

    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &subject->id, &desk->office, &heads);
    }
    if (rc != LT_OK) {
        return rc;
    }
    subject->id = heads.matter;
    switch (heads.kind) {
    case LT_MATTER_CASE:
        subject->kind = LT_EXPLAIN_CASE;
        return LT_OK;
    case LT_MATTER_INCIDENT:
        subject->kind = LT_EXPLAIN_INCIDENT;
        return LT_OK;
    case LT_MATTER_DIRECTIVE:
        subject->kind = LT_EXPLAIN_DIRECTIVE;
        return LT_OK;
    default:
        return LT_ENOTFOUND;
    }
}

static lt_err find_event(struct lt_desk *desk, const char *what,
                         struct subject *subject, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    uint8_t bits[LT_HASH_LEN] = {0};
    bool whole = lt_event_id_parse(what, &subject->id);
    lt_err rc = LT_OK;

    if (!whole) {
        rc = lt_desk_reader(desk, &reader, diag);
        if (rc == LT_OK) {
            rc = lt_receipt_parse(what, bits)
                     ? lt_view_find_receipt(reader, bits, &subject->id)
                     : lt_view_find_short(reader, what, &subject->id);
        }
    }
    if (rc == LT_OK) {
        rc = find_matter(desk, subject, diag);
    }
    if (rc == LT_ENOTFOUND && lt_desk_settle(desk) != LT_OK) {
        return LT_EBUSY;
    }
    if (rc == LT_ENOTFOUND && whole && desk->snapshot->tree != NULL &&
        lt_tree_find(desk->snapshot->tree, &subject->id.origin) != NULL) {
        subject->absent = true;
        subject->office = subject->id.origin;
        return LT_OK;
    }
    if (rc == LT_EAMBIGUOUS) {
        return lt_desk_refuse(diag, rc, what, NULL);
    }
    return rc == LT_ENOTFOUND || rc == LT_EINVAL ? not_found(diag, what) : rc;
}

static lt_err find_office(struct lt_desk *desk, struct lt_text text,
                          const char *what, struct subject *subject,
                          struct lt_diag *diag)
{
    const struct lt_tree_office *known = NULL;
    const struct lt_fact_token *token =
        lt_facts_token_named(desk->snapshot->facts, what);
    lt_err rc;

    subject->is_office = true;
    if (desk->snapshot->tree != NULL) {
        rc = lt_desk_office(desk, text, &known, diag);
        if (rc == LT_OK) {
            subject->office = known->id;
            return LT_OK;
        }
        if (rc != LT_ENOTFOUND) {
            return rc;
        }
    }
    if (token != NULL) {
        subject->office = token->office;
        return LT_OK;
    }
    return lt_office_parse(what, &subject->office) &&
                   lt_office_equal(&subject->office,
                                   &desk->snapshot->facts->self)
               ? LT_OK
               : not_found(diag, what);
}

static lt_err find_subject(struct lt_desk *desk, struct lt_text text,
                           struct subject *subject, struct lt_diag *diag)
{
    char *what = lt_arena_take(desk->arena, text.len + 1);
    uint8_t bits[LT_HASH_LEN] = {0};
    lt_err rc;

    if (what == NULL) {
        return LT_ENOMEM;
    }
    memcpy(what, text.data, text.len);
    what[text.len] = '\0';
    if (strchr(what, ':') != NULL || lt_receipt_parse(what, bits)) {
        return find_event(desk, what, subject, diag);
    }
    rc = find_office(desk, text, what, subject, diag);
    return rc == LT_ENOTFOUND && lt_receipt_shaped(what)
               ? lt_desk_refuse(diag, LT_EINVAL, what, "ui_why_check_char")
               : rc;
}

/* ---- the answer ---- */

static json_t *time_json(int64_t wall_ms)
{
    char text[LT_TIME_TEXT];

    if (wall_ms == 0) {
        return json_null();
    }
    lt_time_format(wall_ms, text);
    return json_string(text);
}

static json_t *office_json(const struct lt_office *office)
{
    char text[LT_OFFICE_TEXT];

    if (lt_office_is_zero(office)) {
        return json_null();
    }
    lt_office_format(office, text);
    return json_string(text);
}

static json_t *word_json(enum lt_fact_word word)
{
    return word == LT_FACT_SAYS_NOTHING
               ? json_null()
               : json_boolean(word == LT_FACT_SAYS_YES);
}

static json_t *tried_json(const struct lt_explanation *found)
{
    json_t *list = json_array();

    for (size_t i = 0; i < found->tried_n; i++) {
        const struct lt_tried *tried = &found->tried[i];

        json_array_append_new(
            list, json_pack("{s:o, s:s, s:s, s:s?, s:I, s:o}", "at",
                            time_json(tried->at_ms), "what",
                            lt_tried_what_word(tried->what), "result",
                            lt_tried_result_word(tried->result), "address",
                            tried->address[0] != '\0' ? tried->address : NULL,
                            "times", (json_int_t)tried->times, "last_at",
                            time_json(tried->last_ms)));
    }
    return list;
}

static json_t *reached_json(const struct lt_asking *asking,
                            const struct lt_explain_matter *matter)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];
    json_t *list = json_array();
    size_t n =
        asking->tree == NULL
            ? 0
            : lt_tree_superiors(asking->tree, &asking->facts->self, line);

    for (size_t i = 0; i < n && i < LT_TREE_DEPTH_MAX; i++) {
        const struct lt_fact_office *fact =
            lt_facts_office(asking->facts, &line[i]);

        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o}", "office", office_json(&line[i]),
                      "reached",
                      word_json(lt_explain_reached(asking, matter, &line[i])),
                      "word_of",
                      time_json(fact == NULL          ? 0
                                : fact->heard_ms != 0 ? fact->heard_ms
                                                      : fact->said_ms)));
    }
    return list;
}

/* Each addressee of a directive, and why one that is not there is not. */
static json_t *targets_json(const struct lt_asking *asking,
                            const struct lt_explain_matter *matter,
                            const json_t *shown)
{
    json_t *list = json_deep_copy(json_object_get(shown, "to"));

    for (size_t i = 0; i < matter->targets_n; i++) {
        json_t *item = json_array_get(list, i);
        struct lt_explanation why;

        if (matter->targets[i].arrived) {
            json_object_set_new(item, "reached", json_true());
            json_object_set_new(item, "code", json_null());
            continue;
        }
        lt_explain_office(asking, &matter->targets[i].office, &why);
        json_object_set_new(item, "reached",
                            word_json(lt_explain_delivered(
                                asking, matter, &matter->targets[i].office)));
        json_object_set_new(
            item, "code",
            json_string(why.moving == LT_MOVING_NO ? why.code : "in_transit"));
        json_object_set_new(item, "since", time_json(why.since_ms));
        json_object_set_new(item, "text", json_string(why.text));
        json_object_set_new(item, "remedy", json_string(why.remedy));
    }
    return list;
}

/* What the office said last, and which of our statements it had seen then. */
static json_t *statement_json(const struct lt_facts *facts,
                              const struct lt_office *office)
{
    const struct lt_fact_office *fact = lt_facts_office(facts, office);

    if (fact == NULL || fact->said_ms == 0) {
        return json_null();
    }
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:I}", "id", (json_int_t)fact->statement_id,
        "echo_id", (json_int_t)fact->echo_id, "said_at",
        time_json(fact->said_ms), "heard_at", time_json(fact->heard_ms),
        "missing_events", (json_int_t)fact->missing);
}

static json_t *answer_json(const struct subject *subject, const char *label,
                           const struct lt_explanation *found)
{
    char id[LT_EVENT_ID_TEXT];

    if (subject->is_office) {
        lt_office_format(&subject->office, id);
    } else {
        lt_event_id_format(&subject->id, id);
    }
    return json_pack(
        "{s:s, s:s?, s:s?, s:o, s:s, s:o, s:s, s:o, s:o, s:s, s:o}", "subject",
        id, "kind",
        subject->is_office ? "office"
        : subject->absent  ? NULL
                           : KINDS[subject->kind],
        "label", label, "moving",
        found->moving == LT_MOVING_UNKNOWN
            ? json_null()
            : json_boolean(found->moving == LT_MOVING_YES),
        "code", found->code, "since", time_json(found->since_ms), "text",
        found->text, "tried", tried_json(found), "next_at",
        time_json(found->next_at_ms), "remedy", found->remedy, "where",
        office_json(&found->where));
}

static lt_err put(json_t *answer, struct lt_buf *out)
{
    char *text = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT);
    bool fits = text != NULL && lt_buf_put(out, text, strlen(text));

    free(text);
    json_decref(answer);
    return fits ? LT_OK : LT_ENOMEM;
}

static lt_err answer_matter(struct lt_desk *desk,
                            const struct lt_asking *asking,
                            const struct subject *subject, struct lt_buf *out,
                            struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_explain_matter matter;
    struct lt_explanation found;
    struct lt_buf shown;
    json_t *root = NULL;
    json_t *answer;
    lt_err rc = lt_desk_reader(desk, &reader, diag);

    if (rc != LT_OK) {
        return rc;
    }
    lt_buf_init(&shown, lt_alloc_heap());
    rc = lt_view_show(reader, &subject->id, desk->today, &shown);
    if (rc == LT_EIO) {
        lt_desk_drop_reader(desk);
    }
    if (rc == LT_OK) {
        root = json_loadb((const char *)shown.data, shown.len, 0, NULL);
        rc = root != NULL &&
                     lt_explain_read(root, subject->kind, desk->arena, &matter)
                 ? LT_OK
                 : LT_ENOMEM;
    }
    if (rc == LT_OK) {
        lt_explain_matter(asking, &matter, &found);
        answer = answer_json(subject, matter.label, &found);
        json_object_set_new(answer, "reached", reached_json(asking, &matter));
        if (subject->kind == LT_EXPLAIN_CASE) {
            json_object_set(answer, "deadlines",
                            json_object_get(root, "deadlines"));
        }
        if (subject->kind == LT_EXPLAIN_DIRECTIVE) {
            json_object_set_new(answer, "to",
                                targets_json(asking, &matter, root));
        }
        rc = put(answer, out);
    }
    json_decref(root);
    lt_buf_deinit(&shown);
    return rc;
}

lt_err lt_read_explain(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    struct subject subject = {.is_office = false};
    struct lt_explanation found;
    struct lt_asking asking;
    json_t *answer;
    lt_err rc;

    if (desk->snapshot == NULL || desk->snapshot->facts == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "explain", "ui_why_starting");
    }
    asking = (struct lt_asking){.facts = desk->snapshot->facts,
                                .tree = desk->snapshot->tree,
                                .lang = desk->lang,
                                .now_ms = desk->now_ms};
    rc = find_subject(desk, args->texts[LT_OPT_WHAT], &subject, diag);
    if (rc != LT_OK) {
        return rc;
    }
    if (subject.is_office) {
        lt_explain_office(&asking, &subject.office, &found);
        answer = answer_json(&subject, NULL, &found);
        json_object_set_new(answer, "statement",
                            statement_json(asking.facts, &subject.office));
        return put(answer, out);
    }
    if (subject.absent) {
        lt_explain_absent(&asking, &subject.office, &found);
        return put(answer_json(&subject, NULL, &found), out);
    }
    return answer_matter(desk, &asking, &subject, out, diag);
}
