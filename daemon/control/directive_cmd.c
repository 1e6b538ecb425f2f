/* Directives: one event, written into the channel of each addressee under one
 * id; statuses climb back from each of them. */
#include "daemon/cases/fold.h"
#include "daemon/control/addressed.h"
#include "daemon/control/addressees.h"
#include "daemon/control/desk.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

/* The superior's plan that this one is under: a directive addressed to us. */
static lt_err take_under(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_event *event, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc;

    event->kind = args->numbers[LT_OPT_PLAN] != 0 ? LT_DIRECTIVE_PLAN : 0;
    if (!lt_args_has(args, LT_OPT_UNDER)) {
        return LT_OK;
    }
    rc = lt_desk_event(desk, args->texts[LT_OPT_UNDER], LT_MATTER_DIRECTIVE,
                       &id, diag);
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    if (rc == LT_ENOTFOUND || (rc == LT_OK && !heads.addressed)) {
        return lt_desk_refuse(diag, LT_EPERM, "under", "ui_why_not_addressed");
    }
    if (rc == LT_OK) {
        event->has_other = true;
        event->other = heads.matter;
    }
    return rc;
}

lt_err lt_directive_issue(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_event *event;
    lt_err rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_DIRECTIVE_ISSUED,
                            LT_CLASS_DIRECTIVE, LT_AUDIENCE_UP, NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    event = draft->event;
    draft->opens = true;
    event->doc_no = args->texts[LT_OPT_DOC_NO];
    event->urgent = args->numbers[LT_OPT_URGENT] != 0;
    event->has_legal_date = true;
    event->legal_date = lt_args_has(args, LT_OPT_LEGAL_DATE)
                            ? (int32_t)args->numbers[LT_OPT_LEGAL_DATE]
                            : desk->today;
    if (event->legal_date > desk->today) {
        return lt_desk_refuse(diag, LT_EINVAL, "legal_date", "ui_why_future");
    }
    if (lt_args_has(args, LT_OPT_DUE)) {
        event->has_due = true;
        event->due = (int32_t)args->numbers[LT_OPT_DUE];
        if (event->due < event->legal_date) {
            return lt_desk_refuse(diag, LT_EINVAL, "due", "ui_why_due_before");
        }
    }
    rc = lt_addressees_below(desk, args, draft, diag);
    if (rc == LT_OK) {
        rc = take_under(desk, args, event, diag);
    }
    if (rc == LT_OK) {
        rc = lt_addressees_channels(
            desk, draft, event->urgent ? LT_CLASS_URGENT : LT_CLASS_DIRECTIVE);
    }
    if (rc == LT_OK) {
        rc = lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                           args->texts[LT_OPT_TEXT]);
    }
    return rc == LT_OK ? lt_draft_attachment(draft, args, LT_KEEP_DIRECTIVE,
                                             diag)
                       : rc;
}

/* Into the channel of each addressee; none of them has seen what the others
 * answered, so it follows nothing but the directive. */
lt_err lt_directive_recall(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_entry entry;
    struct lt_view_heads heads;
    struct lt_matter *past = NULL;
    struct lt_event_id id = {.count = 0};
    lt_err rc = lt_privacy_check(args, LT_OPT_REASON, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = lt_desk_matter(desk, args, LT_MATTER_DIRECTIVE, true, &id, &heads,
                            &draft->touch, diag);
        draft->matter = id; /* a repetition that is refused has it as well */
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_entry(reader, &id, &desk->office, &entry);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_DIRECTIVE_RECALLED,
                            (enum lt_class)entry.channel.cls, LT_AUDIENCE_TO,
                            &entry.channel.to);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &id, &heads);
    draft->event->causes_n = 1;
    draft->event->causes[0] = id;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    rc = lt_draft_to(desk, draft, entry.to, entry.to_n);
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_desk_folded(desk, &id, &past, diag);
    if (rc == LT_OK) {
        rc = lt_desk_would(desk, draft, past, "directive", diag);
    }
    if (rc == LT_OK) {
        rc = lt_addressees_channels(desk, draft,
                                    (enum lt_class)entry.channel.cls);
    }
    return rc == LT_OK ? lt_draft_text(desk, draft, LT_PART_REASON,
                                       LT_KEEP_DIRECTIVE,
                                       args->texts[LT_OPT_REASON])
                       : rc;
}

lt_err lt_directive_status(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    struct lt_matter *past = NULL;
    struct lt_event_id id = {.count = 0};
    uint32_t code;
    lt_err rc;

    if (!lt_vocabulary_status(args->texts[LT_OPT_CODE], &code)) {
        lt_desk_refuse(diag, LT_EINVAL, "code", "ui_why_codes");
        lt_vocabulary_allow(diag, LT_WORDS_DIRECTIVE_CODE);
        return LT_EINVAL;
    }
    rc = lt_privacy_check(args, LT_OPT_REASON, LT_PRIVACY_WARN, diag);
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_desk_matter(desk, args, LT_MATTER_DIRECTIVE, true, &id, &heads,
                        &draft->touch, diag);
    draft->matter = id; /* a repetition that is refused has it as well */
    if (rc != LT_OK) {
        return rc;
    }
    if (!heads.addressed) {
        return lt_desk_refuse(diag, LT_EPERM, "directive",
                              "ui_why_not_addressed");
    }
    if (heads.read_only) {
        return lt_desk_refuse(diag, LT_ESTATE, "directive", "ui_why_newer");
    }
    if (heads.voided) {
        return lt_desk_refuse(diag, LT_ESTATE, "directive", "ui_why_voided");
    }
    rc = lt_addressees_answer(desk, draft, LT_EV_DIRECTIVE_STATUS,
                              LT_CLASS_DIRECTIVE, &heads.origin, diag);
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &id, &heads);
    draft->event->code = code;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    rc = lt_draft_text(desk, draft, LT_PART_REASON, LT_KEEP_DIRECTIVE,
                       args->texts[LT_OPT_REASON]);
    if (rc == LT_OK) {
        rc = lt_desk_folded(desk, &id, &past, diag);
    }
    return rc == LT_OK ? lt_desk_would(desk, draft, past, "directive", diag)
                       : rc;
}

/* ---- the issuer's later word ---- */

enum { CHANGE_LATER = 1, CHANGE_CLOSED = 2, CHANGE_REPLACED = 3 };

static lt_err change(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, uint32_t kind,
                     struct lt_diag *diag)
{
    enum { LETTERS = 1U << 0 | 1U << LT_DIRECTIVE_LETTER |
                     1U << LT_DIRECTIVE_PLAN };
    lt_err rc = lt_privacy_check(args, LT_OPT_REASON, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = lt_addressed_to_all(desk, args, draft, LT_EV_DIRECTIVE_CHANGED,
                                 LETTERS, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->event->kind = kind;
    return lt_draft_text(desk, draft, LT_PART_REASON, LT_KEEP_DIRECTIVE,
                         args->texts[LT_OPT_REASON]);
}

lt_err lt_directive_extend(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_matter *past = NULL;
    lt_err rc = change(desk, args, draft, CHANGE_LATER, diag);

    if (rc == LT_OK) {
        draft->event->has_due = true;
        draft->event->due = (int32_t)args->numbers[LT_OPT_DUE];
        rc = lt_desk_folded(desk, &draft->matter, &past, diag);
    }
    if (rc == LT_OK && lt_matter_is_open(past) &&
        (!past->has_due || draft->event->due <= past->due)) {
        return lt_desk_refuse(diag, LT_EINVAL, "due", "ui_why_due_not_later");
    }
    return rc == LT_OK ? lt_desk_would(desk, draft, past, "directive", diag)
                       : rc;
}

/* Another directive of this office, which takes its place. */
static lt_err take_next(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc = lt_desk_event(desk, args->texts[LT_OPT_NEXT],
                              LT_MATTER_DIRECTIVE, &id, diag);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    if (rc == LT_ENOTFOUND && lt_desk_settle(desk) != LT_OK) {
        return LT_EBUSY;
    }
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK && (heads.kind != LT_MATTER_DIRECTIVE ||
                         heads.type > LT_DIRECTIVE_PLAN ||
                         lt_event_id_equal(&heads.matter, &draft->matter) ||
                         !lt_office_equal(&heads.origin, &desk->office)))) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, "next",
                              "ui_why_no_replacement");
    }
    if (rc == LT_OK) {
        draft->event->has_other = true;
        draft->event->other = heads.matter;
    }
    return rc;
}

lt_err lt_directive_close(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    bool replaced = lt_args_has(args, LT_OPT_NEXT);
    lt_err rc = change(desk, args, draft,
                       replaced ? CHANGE_REPLACED : CHANGE_CLOSED, diag);

    if (rc == LT_OK && replaced) {
        rc = take_next(desk, args, draft, diag);
    }
    return rc == LT_OK ? lt_addressed_would(desk, draft, "directive", diag)
                       : rc;
}
