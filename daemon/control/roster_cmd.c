/* Rosters: one shift an event, of this office's own staff; who comes in whose
 * place, and the handing over.
 *
 * An office with others below tells them, so that they know whom to ring;
 * superiors hold it anyway. */
#include "common/failpoint.h"
#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

#include "common/sys.h"

enum { SWAP_SUBSTITUTE = 1, SWAP_ABSENT = 2, DAY_MINUTES = 24 * 60 };
enum { AHEAD_DAYS = 400, PHONE_DIGITS = 3 };

static enum lt_audience audience_of(const struct lt_desk *desk)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;

    for (size_t i = 0; tree != NULL && i < lt_tree_count(tree); i++) {
        if (lt_tree_above(tree, &desk->office, &lt_tree_at(tree, i)->id)) {
            return LT_AUDIENCE_ALL;
        }
    }
    return LT_AUDIENCE_UP;
}

static lt_err check_phone(const struct lt_args *args, struct lt_diag *diag)
{
    struct lt_text text = args->texts[LT_OPT_PHONE];
    unsigned digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];

        digits += c >= '0' && c <= '9' ? 1 : 0;
        if ((c < '0' || c > '9') && c != '+' && c != ' ' && c != '.' &&
            c != '-' && c != '(' && c != ')') {
            digits = 0;
            break;
        }
    }
    return digits >= PHONE_DIGITS
               ? LT_OK
               : lt_desk_refuse(diag, LT_EINVAL, "phone", "ui_why_phone");
}

static lt_err put_person(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_draft *draft)
{
    lt_err rc = lt_draft_text(desk, draft, LT_PART_STAFF, LT_KEEP_SHORT,
                              args->texts[LT_OPT_NAME]);

    return rc == LT_OK ? lt_draft_text(desk, draft, LT_PART_PHONE,
                                       LT_KEEP_SHORT, args->texts[LT_OPT_PHONE])
                       : rc;
}

lt_err lt_roster_set(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_diag *diag)
{
    int64_t day = args->numbers[LT_OPT_DATE];
    uint32_t from;
    uint32_t until;
    uint32_t duty;
    lt_err rc = check_phone(args, diag);

    if (rc != LT_OK && !LT_PLANTED(any_shift)) {
        return rc;
    }
    if (!lt_vocabulary_minute(args->texts[LT_OPT_AT], &from)) {
        return lt_desk_refuse(diag, LT_EINVAL, "at", "ui_why_hour");
    }
    if (!lt_vocabulary_minute(args->texts[LT_OPT_END], &until)) {
        return lt_desk_refuse(diag, LT_EINVAL, "end", "ui_why_hour");
    }
    if (!lt_vocabulary_number(LT_WORDS_DUTY, args->texts[LT_OPT_KIND], &duty)) {
        lt_desk_refuse(diag, LT_EINVAL, "kind", "ui_why_not_of_kind");
        lt_vocabulary_allow(diag, LT_WORDS_DUTY);
        return LT_EINVAL;
    }
    if (day < desk->today - 1 || day > desk->today + AHEAD_DAYS) {
        return lt_desk_refuse(diag, LT_EINVAL, "date", "ui_why_roster_day");
    }
    rc = lt_draft_begin(desk, draft, LT_EV_ROSTER_SET, LT_CLASS_DIRECTIVE,
                        audience_of(desk), NULL);
    if (rc != LT_OK) {
        return rc;
    }
    draft->opens = true;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    draft->event->kind = duty;
    draft->event->has_day = true;
    draft->event->day = (int32_t)day;
    draft->event->minute = from;
    /* A shift that ends before it begins ends the day after. */
    draft->event->count =
        until > from ? until - from : until + DAY_MINUTES - from;
    return put_person(desk, args, draft);
}

/* Find the shift, of this office, and begin an event about it where its opening
 * went. */
static lt_err begin_about(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, uint32_t type,
                          struct lt_diag *diag)
{
    struct lt_event_id id = {.count = 0};
    struct lt_view_reader *reader;
    struct lt_view_entry entry;
    struct lt_view_heads heads;
    lt_err rc = lt_desk_matter(desk, args, LT_MATTER_SHIFT, true, &id, &heads,
                               &draft->touch, diag);

    draft->matter = id; /* a repetition that is refused has it as well */
    if (rc != LT_OK) {
        return rc;
    }
    if (!lt_office_equal(&heads.origin, &desk->office)) {
        return lt_desk_refuse(diag, LT_EPERM, "id", "ui_why_not_own_shift");
    }
    if (heads.read_only || heads.voided) {
        return lt_desk_refuse(diag, LT_ESTATE, "id",
                              heads.voided ? "ui_why_voided" : "ui_why_newer");
    }
    rc = lt_desk_reader(desk, &reader, diag);
    if (rc == LT_OK) {
        rc = lt_view_entry(reader, &id, &desk->office, &entry);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, type, LT_CLASS_DIRECTIVE,
                            (enum lt_audience)entry.channel.audience,
                            &entry.channel.to);
    }
    if (rc == LT_OK) {
        lt_draft_about(draft, &id, &heads);
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
    }
    return rc;
}

static lt_err would(struct lt_desk *desk, struct lt_draft *draft,
                    struct lt_diag *diag)
{
    struct lt_matter *past = NULL;
    lt_err rc = lt_desk_folded(desk, &draft->matter, &past, diag);

    return rc == LT_OK ? lt_desk_would(desk, draft, past, "shift", diag) : rc;
}

lt_err lt_roster_swap(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    bool absent = args->numbers[LT_OPT_ABSENT] != 0;
    bool named =
        lt_args_has(args, LT_OPT_NAME) && lt_args_has(args, LT_OPT_PHONE);
    lt_err rc = LT_OK;

    if (absent == named || (absent && (lt_args_has(args, LT_OPT_NAME) ||
                                       lt_args_has(args, LT_OPT_PHONE)))) {
        return lt_desk_refuse(diag, LT_EUSAGE, "name", "ui_why_swap");
    }
    if (named) {
        rc = check_phone(args, diag);
    }
    if (rc == LT_OK) {
        rc = begin_about(desk, args, draft, LT_EV_SHIFT_SWAPPED, diag);
    }
    if (rc == LT_OK) {
        draft->event->kind = absent ? SWAP_ABSENT : SWAP_SUBSTITUTE;
        rc = put_person(desk, args, draft);
    }
    return rc == LT_OK ? would(desk, draft, diag) : rc;
}

/* The shift that goes on: one of this office. */
static lt_err take_next(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_event *event, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc = lt_desk_event(desk, args->texts[LT_OPT_NEXT], LT_MATTER_SHIFT,
                              &id, diag);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK && (heads.kind != LT_MATTER_SHIFT ||
                         !lt_office_equal(&heads.origin, &desk->office)))) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, "next",
                              "ui_why_not_own_shift");
    }
    if (rc == LT_OK) {
        event->has_other = true;
        event->other = heads.matter;
    }
    return rc;
}

lt_err lt_roster_hand_over(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    lt_err rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = begin_about(desk, args, draft, LT_EV_SHIFT_HANDED_OVER, diag);
    }
    if (rc == LT_OK && lt_args_has(args, LT_OPT_NEXT)) {
        rc = take_next(desk, args, draft->event, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_SHORT,
                           args->texts[LT_OPT_TEXT]);
    }
    return rc == LT_OK ? would(desk, draft, diag) : rc;
}
