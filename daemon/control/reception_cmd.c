/* Receptions: that people came, how many and about what; never who. What is
 * said of a reception that the register knows stays there. */
#include "daemon/cases/fold.h"
#include "daemon/control/addressees.h"
#include "daemon/control/desk.h"
#include "daemon/control/vocabulary.h"

#include <string.h>

enum { BACK_DAYS = 366, LIST_MAX = 100 };

static lt_err read_word(const struct lt_args *args, enum lt_option option,
                        enum lt_words list, uint32_t *out, struct lt_diag *diag)
{
    if (!lt_args_has(args, option) ||
        lt_vocabulary_number(list, args->texts[option], out)) {
        return LT_OK;
    }
    lt_desk_refuse(diag, LT_EINVAL, lt_option_at(option)->name,
                   "ui_why_not_of_kind");
    lt_vocabulary_allow(diag, list);
    return LT_EINVAL;
}

/* The case or incident that they came about. */
static lt_err take_about(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_event *event, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc;

    if (!lt_args_has(args, LT_OPT_EVENT)) {
        return LT_OK;
    }
    rc = lt_desk_event(desk, args->texts[LT_OPT_EVENT], LT_MATTER_CASE, &id,
                       diag);
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    /* No link leads from here to a denunciation. */
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK && (heads.type == LT_CASE_TYPE_DENUNCIATION ||
                         (heads.kind != LT_MATTER_CASE &&
                          heads.kind != LT_MATTER_INCIDENT)))) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, "event", "ui_why_turn_about");
    }
    if (rc == LT_OK) {
        event->has_other = true;
        event->other = heads.matter;
    }
    return rc;
}

/* An entry of this office that is put right, or taken back; what it entered for
 * another stays of that one. */
static lt_err take_former(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_event *event = draft->event;
    struct lt_text text = args->texts[LT_OPT_ID];
    struct lt_office whose;
    struct lt_view_reader *reader;
    lt_err rc =
        lt_desk_event(desk, text, LT_MATTER_NONE, &event->corrects, diag);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK &&
        !lt_office_equal(&event->corrects.origin, &desk->office)) {
        return lt_desk_refuse(diag, LT_EPERM, "id", "ui_why_not_own_event");
    }
    if (rc == LT_OK) {
        rc = lt_view_turn_stands(reader, &event->corrects, &whose);
        if (rc == LT_ENOTFOUND && lt_desk_settle(desk) != LT_OK) {
            return LT_EBUSY;
        }
    }
    if (rc == LT_ENOTFOUND) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, "id", "ui_why_no_turn");
    }
    event->has_corrects = rc == LT_OK;
    if (rc == LT_OK && event->has_entered_for &&
        !lt_office_equal(&event->entered_for, &whose)) {
        return lt_desk_refuse(diag, LT_EINVAL, "for", "ui_why_for_former");
    }
    if (rc == LT_OK && !lt_office_equal(&whose, &desk->office)) {
        lt_addressees_enter_paper(draft, &whose);
    }
    return rc;
}

static lt_err begin(struct lt_desk *desk, struct lt_draft *draft, int64_t day,
                    struct lt_diag *diag)
{
    lt_err rc;

    if (day > desk->today || day < desk->today - BACK_DAYS) {
        return lt_desk_refuse(diag, LT_EINVAL, "date", "ui_why_turn_day");
    }
    rc = lt_draft_begin(desk, draft, LT_EV_RECEPTION_TURN, LT_CLASS_CASE,
                        LT_AUDIENCE_UP, NULL);
    if (rc == LT_OK) {
        draft->opens = true;
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
        draft->event->has_day = true;
        draft->event->day = (int32_t)day;
    }
    return rc;
}

lt_err lt_reception_add(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree_office *whose = NULL;
    struct lt_event *event;
    uint32_t outcome = 0;
    uint32_t field = 0;
    uint32_t kind = 0;
    lt_err rc = read_word(args, LT_OPT_KIND, LT_WORDS_TURN, &kind, diag);

    if (rc == LT_OK) {
        rc = read_word(args, LT_OPT_OUTCOME, LT_WORDS_TURN_OUTCOME, &outcome,
                       diag);
    }
    if (rc == LT_OK && lt_args_has(args, LT_OPT_FIELD) &&
        !lt_vocabulary_field(desk->policy, args->texts[LT_OPT_FIELD], &field)) {
        rc = lt_desk_refuse_field(desk, diag);
    }
    if (rc == LT_OK && lt_args_has(args, LT_OPT_FOR)) {
        rc = lt_addressees_for(desk, args, &whose, diag);
    }
    if (rc == LT_OK) {
        rc = begin(desk, draft,
                   lt_args_has(args, LT_OPT_DATE) ? args->numbers[LT_OPT_DATE]
                                                  : desk->today,
                   diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    event = draft->event;
    if (whose != NULL) {
        lt_addressees_enter_paper(draft, &whose->id);
    }
    event->kind = kind;
    event->outcome = outcome;
    event->field = field;
    event->count = (uint32_t)args->numbers[LT_OPT_PEOPLE];
    event->leader = args->numbers[LT_OPT_LEADER] != 0;
    event->again = args->numbers[LT_OPT_AGAIN] != 0;
    rc = take_about(desk, args, event, diag);
    return rc == LT_OK && lt_args_has(args, LT_OPT_ID)
               ? take_former(desk, args, draft, diag)
               : rc;
}

lt_err lt_reception_take_back(struct lt_desk *desk, const struct lt_args *args,
                              struct lt_draft *draft, struct lt_diag *diag)
{
    enum { REGULAR = 1 };
    lt_err rc = begin(desk, draft, desk->today, diag);

    if (rc == LT_OK) {
        draft->event->kind = REGULAR; /* of nobody */
        rc = take_former(desk, args, draft, diag);
    }
    return rc;
}

lt_err lt_read_receptions(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    struct lt_text after = args->texts[LT_OPT_AFTER];
    struct lt_view_turns query = {.since = INT32_MIN, .limit = LIST_MAX};
    struct lt_view_reader *reader;
    char *text = NULL;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK && lt_args_has(args, LT_OPT_OFFICE)) {
        rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &office, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK && lt_args_has(args, LT_OPT_AFTER)) {
        text = lt_arena_take(desk->arena, after.len + 1);
        if (text == NULL) {
            return LT_ENOMEM;
        }
        memcpy(text, after.data, after.len);
        text[after.len] = '\0';
    }
    if (rc != LT_OK) {
        return rc;
    }
    query.after = text;
    query.office = office == NULL ? NULL : &office->id;
    if (lt_args_has(args, LT_OPT_SINCE)) {
        query.since = (int32_t)args->numbers[LT_OPT_SINCE];
    }
    if (lt_args_has(args, LT_OPT_LIMIT)) {
        query.limit = (uint32_t)args->numbers[LT_OPT_LIMIT];
    }
    rc = lt_view_turns(reader, &query, out);
    if (rc == LT_EINVAL) {
        lt_desk_refuse(diag, rc, "after", "ui_why_no_cursor");
    } else if (rc == LT_EIO) {
        lt_desk_drop_reader(desk);
    }
    return rc;
}
