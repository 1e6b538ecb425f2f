/* Requests for coordination, reports and notices to several offices, and what
 * is taken down of threats: from any office to any other. */
#include "daemon/control/addressed.h"
#include "daemon/control/addressees.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

#include <string.h>

enum {
    NOTICE_REPORT = 1,
    NOTICE_LEVEL_SKIP = 3,
    NOTICE_HOTSPOT_OVER = 5,
    NOTICE_URGING = 7,
    REQUEST_SECONDMENT = 5,
    REQUEST_OVERDUE = 6,
    REQUEST_EXTENSION = 7,
    REQUEST_REPORT_AGAIN = 8,
    REPLY_REFUSED = 3,
    CHANGE_REPLACED = 3
};

static lt_err read_kind(const struct lt_args *args, enum lt_option option,
                        enum lt_words list, uint32_t *out, struct lt_diag *diag)
{
    if (lt_vocabulary_number(list, args->texts[option], out)) {
        return LT_OK;
    }
    lt_desk_refuse(diag, LT_EINVAL, lt_option_at(option)->name,
                   "ui_why_not_of_kind");
    lt_vocabulary_allow(diag, list);
    return LT_EINVAL;
}

/* Written down for an office below that has phoned in. */
static lt_err take_for(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_event *event, struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    lt_err rc = lt_addressees_for(desk, args, &office, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (event->kind != NOTICE_REPORT) {
        return lt_desk_refuse(diag, LT_EINVAL, "for", "ui_why_for_reports");
    }
    lt_addressees_enter(event, &office->id, LT_BASIS_PHONE);
    return LT_OK;
}

/* To any offices, in the lane that it needs. */
static lt_err send(struct lt_desk *desk, const struct lt_args *args,
                   struct lt_draft *draft, uint32_t type, uint32_t kind,
                   enum lt_privacy how, struct lt_diag *diag)
{
    enum lt_class cls = args->numbers[LT_OPT_URGENT] != 0 ? LT_CLASS_URGENT
                                                          : LT_CLASS_DIRECTIVE;
    lt_err rc = lt_privacy_check(args, LT_OPT_TEXT, how, diag);

    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, type, cls, LT_AUDIENCE_UP, NULL);
    }
    if (rc == LT_OK) {
        draft->opens = true;
        draft->event->kind = kind;
        draft->event->doc_no = args->texts[LT_OPT_DOC_NO];
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
        if (lt_args_has(args, LT_OPT_FOR)) {
            rc = take_for(desk, args, draft->event, diag);
        }
    }
    if (rc == LT_OK) {
        rc = draft->event->has_entered_for
                 ? lt_addressees_phoned(desk, args, draft, diag)
                 : lt_addressees_any(desk, args, draft, diag);
    }
    for (size_t i = 0; rc == LT_OK && draft->event->has_entered_for &&
                       i < draft->event->to_n;
         i++) {
        if (lt_office_equal(&draft->event->to[i], &draft->event->entered_for)) {
            rc = lt_desk_refuse(diag, LT_EINVAL, "to", "ui_why_to_itself");
        }
    }
    if (rc == LT_OK) {
        rc = lt_addressees_channels(desk, draft, cls);
    }
    return rc == LT_OK
               ? lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                               args->texts[LT_OPT_TEXT])
               : rc;
}

/* What it is about, and of how many; @must: a kind that is nothing without. */
static lt_err take_about(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_event *event, bool must_about,
                         bool must_people, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc;

    if (must_people && !lt_args_has(args, LT_OPT_PEOPLE)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "people", "ui_why_missing");
    }
    if (must_about && !lt_args_has(args, LT_OPT_EVENT)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "event", "ui_why_missing");
    }
    event->count = (uint32_t)args->numbers[LT_OPT_PEOPLE];
    if (!lt_args_has(args, LT_OPT_EVENT)) {
        return LT_OK;
    }
    rc = lt_desk_event(desk, args->texts[LT_OPT_EVENT], LT_MATTER_NONE, &id,
                       diag);
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    /* Of a denunciation nothing leads anywhere. */
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK && heads.kind == LT_MATTER_CASE &&
         heads.type == LT_CASE_TYPE_DENUNCIATION)) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, "event", "ui_why_no_about");
    }
    if (rc == LT_OK) {
        event->has_other = true;
        event->other = heads.matter;
    }
    return rc;
}

lt_err lt_coordination_send(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, struct lt_diag *diag)
{
    uint32_t kind;
    lt_err rc = read_kind(args, LT_OPT_KIND, LT_WORDS_REQUEST, &kind, diag);

    if (rc == LT_OK && args->numbers[LT_OPT_DUE] < desk->today) {
        rc = lt_desk_refuse(diag, LT_EINVAL, "due", "ui_why_due_past");
    }
    if (rc == LT_OK) {
        rc = send(desk, args, draft, LT_EV_COORDINATION_REQUEST, kind,
                  LT_PRIVACY_WARN, diag);
    }
    if (rc == LT_OK) {
        draft->event->has_due = true;
        draft->event->due = (int32_t)args->numbers[LT_OPT_DUE];
        rc = take_about(desk, args, draft->event,
                        kind == REQUEST_OVERDUE || kind == REQUEST_EXTENSION ||
                            kind == REQUEST_REPORT_AGAIN,
                        kind == REQUEST_SECONDMENT, diag);
    }
    return rc;
}

lt_err lt_notice_send(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    bool urgent = args->numbers[LT_OPT_URGENT] != 0;
    uint32_t kind;
    lt_err rc = read_kind(args, LT_OPT_KIND, LT_WORDS_NOTICE, &kind, diag);

    if (rc == LT_OK) {
        rc = send(desk, args, draft, LT_EV_NOTICE_SENT, kind,
                  urgent && kind == NOTICE_REPORT ? LT_PRIVACY_STRICT
                                                  : LT_PRIVACY_WARN,
                  diag);
    }
    return rc == LT_OK ? take_about(desk, args, draft->event,
                                    kind == NOTICE_URGING ||
                                        kind == NOTICE_HOTSPOT_OVER,
                                    kind == NOTICE_LEVEL_SKIP, diag)
                       : rc;
}

/* A report of this office's own takes the place of what was written down for it:
 * counted once. */
lt_err lt_notice_join(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    lt_err rc = lt_addressed_to_all(desk, args, draft, LT_EV_DIRECTIVE_CHANGED,
                                    1U << LT_DIRECTIVE_NOTICE, diag);

    if (rc == LT_OK) {
        draft->event->kind = CHANGE_REPLACED;
        rc = take_about(desk, args, draft->event, true, false, diag);
    }
    return rc == LT_OK ? lt_addressed_would(desk, draft, "notice", diag) : rc;
}

lt_err lt_coordination_reply(struct lt_desk *desk, const struct lt_args *args,
                             struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    uint32_t kind;
    lt_err rc = read_kind(args, LT_OPT_KIND, LT_WORDS_REPLY, &kind, diag);

    if (rc == LT_OK) {
        rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);
    }
    if (rc == LT_OK) {
        rc = lt_privacy_check(args, LT_OPT_REASON, LT_PRIVACY_WARN, diag);
    }
    if (rc == LT_OK && kind == REPLY_REFUSED &&
        !lt_args_has(args, LT_OPT_REASON)) {
        rc = lt_desk_refuse(diag, LT_EUSAGE, "reason", "ui_why_missing");
    }
    if (rc == LT_OK) {
        rc = lt_addressed_answer(desk, args, draft, LT_EV_COORDINATION_REPLY,
                                 1U << LT_DIRECTIVE_REQUEST, &heads, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->event->kind = kind;
    draft->event->doc_no = args->texts[LT_OPT_DOC_NO];
    rc = lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                       args->texts[LT_OPT_TEXT]);
    if (rc == LT_OK) {
        rc = lt_draft_text(desk, draft, LT_PART_REASON, LT_KEEP_DIRECTIVE,
                           args->texts[LT_OPT_REASON]);
    }
    return rc == LT_OK ? lt_addressed_would(desk, draft, "request", diag) : rc;
}

/* ---- threats and retaliation ---- */

/* The one superior that it goes to: our own, unless another is named (a desk
 * that takes it down for somebody from elsewhere). */
static lt_err choose_superior(struct lt_desk *desk, const struct lt_args *args,
                              struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;
    const struct lt_tree_office *self;

    if (lt_args_has(args, LT_OPT_TO)) {
        lt_err rc = lt_addressees_any(desk, args, draft, diag);

        return rc == LT_OK && draft->event->to_n != 1
                   ? lt_desk_refuse(diag, LT_EUSAGE, "to", "ui_why_one_office")
                   : rc;
    }
    if (tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    self = lt_tree_find(tree, &desk->office);
    if (self == NULL || lt_office_is_zero(&self->parent)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "to", "ui_why_one_office");
    }
    return lt_draft_to(desk, draft, &self->parent, 1);
}

/* The receipt code as it is printed: it holds no name and no type. */
static lt_err take_code(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_event *event, struct lt_diag *diag)
{
    struct lt_text code = args->texts[LT_OPT_CODE];
    uint8_t bits[LT_HASH_LEN] = {0};
    char *text = lt_arena_take(desk->arena, LT_RECEIPT_TEXT);
    char given[64];

    if (text == NULL) {
        return LT_ENOMEM;
    }
    memcpy(given, code.data, code.len); /* at most 63, by its option */
    given[code.len] = '\0';
    if (!lt_receipt_parse(given, bits)) {
        return lt_desk_refuse(diag, LT_EINVAL, "code", "ui_why_no_receipt");
    }
    lt_receipt_format(bits, text);
    event->doc_no = (struct lt_text){text, strlen(text)};
    return LT_OK;
}

lt_err lt_retaliation_report(struct lt_desk *desk, const struct lt_args *args,
                             struct lt_draft *draft, struct lt_diag *diag)
{
    uint32_t kind;
    lt_err rc = read_kind(args, LT_OPT_KIND, LT_WORDS_RETALIATION, &kind, diag);

    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_RETALIATION_REPORTED,
                            LT_CLASS_DIRECTIVE, LT_AUDIENCE_UP, NULL);
    }
    if (rc == LT_OK) {
        draft->opens = true;
        draft->event->kind = kind;
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
        rc = take_code(desk, args, draft->event, diag);
    }
    if (rc == LT_OK) {
        rc = choose_superior(desk, args, draft, diag);
    }
    return rc == LT_OK ? lt_addressees_channels(desk, draft, LT_CLASS_DIRECTIVE)
                       : rc;
}

lt_err lt_retaliation_close(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    uint32_t kind;
    lt_err rc =
        read_kind(args, LT_OPT_REASON, LT_WORDS_RETALIATION_END, &kind, diag);

    if (rc == LT_OK) {
        rc = lt_addressed_answer(desk, args, draft, LT_EV_RETALIATION_CLOSED,
                                 1U << LT_DIRECTIVE_RETALIATION, &heads, diag);
    }
    if (rc == LT_OK) {
        draft->event->kind = kind;
        rc = lt_addressed_would(desk, draft, "retaliation", diag);
    }
    return rc;
}
