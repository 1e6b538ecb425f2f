/* Cases: opened, stepped, closed.
 *
 * A denunciation goes another way from its first byte: its own event types,
 * its own channel, no text, no document number, nothing but the number of an
 * entry in the sealed register. */
#include "common/failpoint.h"
#include "daemon/cases/denounced.h"
#include "daemon/control/addressees.h"
#include "daemon/control/desk.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

enum { TYPE_COMPLAINT = 1 };
enum {
    STEP_DIALOGUE_SCHEDULED = 33,
    STEP_TRANSFER_SENT = 38,
    STEP_TRANSFER_ANSWERED = 39,
    STEP_REVIEWED = 40,
    STEP_TASK_SET = 41,
    STEP_TASK_DONE = 42,
    STEP_LINKED = 44,
    STEP_WITHDRAWN_PART = 47,
    STEP_PROTECTION = 48,
    STEP_REOPENED = 49,
    STEP_CITIZEN_NOTIFIED = 12
};

#include <string.h>

/* A number of the sealed register: digits, and what stands between them; a
 * word that could be somebody's name is refused. */
static bool is_register_number(struct lt_text text)
{
    size_t letters = 0;
    size_t digits = 0;
    size_t i;

    for (i = 0; i < text.len; i++) {
        char c = text.data[i];

        if (c >= '0' && c <= '9') {
            digits++;
            letters = 0;
        } else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
            letters++;
        } else if (c == '-' || c == '/' || c == '.') {
            letters = 0;
        } else {
            return false;
        }
        if (letters > 8) {
            return false;
        }
    }
    return digits > 0;
}

/* Whose people it denounces. One of this office's own goes to its superior
 * alone; an office without one does not take it. */
static lt_err take_accused(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;
    uint32_t accused = 0;
    struct lt_office superior;

    if (!lt_args_has(args, LT_OPT_ACCUSED)) {
        return LT_OK;
    }
    if (!lt_vocabulary_number(LT_WORDS_ACCUSED, args->texts[LT_OPT_ACCUSED],
                              &accused)) {
        lt_desk_refuse(diag, LT_EINVAL, "accused", "ui_why_not_of_kind");
        lt_vocabulary_allow(diag, LT_WORDS_ACCUSED);
        return LT_EINVAL;
    }
    draft->event->accused = accused;
    if (accused != LT_ACCUSED_HERE) {
        return LT_OK;
    }
    if (tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    if (!lt_tree_parent_at(tree, UINT64_MAX, &desk->office, &superior)) {
        return lt_desk_refuse(diag, LT_EPERM, "accused",
                              "ui_why_no_superior");
    }
    draft->channels[0].audience = LT_AUDIENCE_TO;
    draft->channels[0].to = superior;
    draft->leaves.is = false; /* it leaves nothing to go on with here */
    return LT_OK;
}

static lt_err open_denunciation(struct lt_desk *desk,
                                const struct lt_args *args,
                                struct lt_draft *draft, uint32_t field,
                                struct lt_diag *diag)
{
    lt_err rc;

    if (lt_args_has(args, LT_OPT_TEXT) || lt_args_has(args, LT_OPT_NUMBER) ||
        lt_args_has(args, LT_OPT_ATTACH_SIZE)) {
        return lt_desk_refuse(diag, LT_EINVAL, "text", "ui_why_no_text_here");
    }
    if (lt_args_has(args, LT_OPT_FOR)) {
        return lt_desk_refuse(diag, LT_EINVAL, "for", "ui_why_for_sealed");
    }
    if (!lt_args_has(args, LT_OPT_SEALED_REF)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "sealed_ref", "ui_why_missing");
    }
    if (!is_register_number(args->texts[LT_OPT_SEALED_REF])) {
        return lt_desk_refuse(diag, LT_EINVAL, "sealed_ref",
                              "ui_why_not_sealed_ref");
    }
    rc = lt_draft_begin(desk, draft, LT_EV_DENUNCIATION_RECEIVED,
                        LT_CLASS_DENUNCIATION, LT_AUDIENCE_UP, NULL);
    if (rc == LT_OK) {
        draft->opens = true;
        draft->event->field = field;
        draft->event->sealed_ref = args->texts[LT_OPT_SEALED_REF];
        draft->leaves =
            (struct lt_touch_known){.is = true,
                                    .type = LT_CASE_TYPE_DENUNCIATION,
                                    .state = LT_CASE_OPEN};
        rc = take_accused(desk, args, draft, diag);
    }
    return rc == LT_OK ? lt_draft_dates(desk, args, draft->event, diag) : rc;
}

static lt_err take_instance(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_event *event, struct lt_diag *diag);

lt_err lt_case_open(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree_office *whose = NULL;
    uint32_t type;
    uint32_t field;
    lt_err rc;

    if (!lt_vocabulary_case_type(args->texts[LT_OPT_TYPE], &type)) {
        lt_desk_refuse(diag, LT_EINVAL, "type", "ui_why_types");
        lt_vocabulary_allow(diag, LT_WORDS_CASE_TYPE);
        return LT_EINVAL;
    }
    if (!lt_vocabulary_field(desk->policy, args->texts[LT_OPT_FIELD], &field)) {
        return lt_desk_refuse_field(desk, diag);
    }
    if (type == LT_CASE_TYPE_DENUNCIATION) {
        return open_denunciation(desk, args, draft, field, diag);
    }
    if (lt_args_has(args, LT_OPT_SEALED_REF) ||
        lt_args_has(args, LT_OPT_ACCUSED)) {
        return lt_desk_refuse(diag, LT_EINVAL,
                              lt_args_has(args, LT_OPT_ACCUSED) ? "accused"
                                                                : "sealed_ref",
                              "ui_why_sealed_only");
    }
    rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);
    if (rc == LT_OK && lt_args_has(args, LT_OPT_FOR)) {
        rc = lt_addressees_for(desk, args, &whose, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_CASE_OPENED, LT_CLASS_CASE,
                            LT_AUDIENCE_UP, NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->opens = true;
    draft->event->case_type = type;
    draft->event->field = field;
    draft->event->number = args->texts[LT_OPT_NUMBER];
    draft->event->remote = args->numbers[LT_OPT_REMOTE] != 0;
    draft->leaves = (struct lt_touch_known){
        .is = true, .type = (uint8_t)type, .state = LT_CASE_OPEN};
    if (whose != NULL) {
        lt_addressees_enter_paper(draft, &whose->id);
    }
    rc = take_instance(desk, args, draft->event, diag);
    if (rc == LT_OK) {
        rc = lt_draft_dates(desk, args, draft->event, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_CASE,
                           args->texts[LT_OPT_TEXT]);
    }
    return rc == LT_OK ? lt_draft_attachment(draft, args, LT_KEEP_CASE, diag)
                       : rc;
}

/* Find the case and check that this office may write about it; @closed: one that
 * is, and no other. */
static lt_err take_case(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, bool closed,
                        struct lt_view_heads *heads, struct lt_event_id *id,
                        struct lt_diag *diag)
{
    lt_err rc = lt_desk_matter(desk, args, LT_MATTER_CASE, true, id, heads,
                               &draft->touch, diag);

    draft->matter = *id; /* a repetition that is refused has it as well */
    if (rc != LT_OK) {
        return rc;
    }
    if (heads->contested && !heads->claims) {
        return lt_desk_refuse(diag, LT_EPERM, "case", "ui_verdict_contested");
    }
    if (!heads->contested &&
        !lt_office_equal(&heads->custodian, &desk->office)) {
        return lt_desk_refuse_custodian(desk, diag, &heads->custodian);
    }
    if (heads->frozen) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_verdict_frozen");
    }
    if (heads->voided) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_voided");
    }
    if (heads->read_only) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_newer");
    }
    if ((heads->state == LT_CASE_CLOSED) != closed && !LT_PLANTED(any_state)) {
        return lt_desk_refuse(diag, LT_ESTATE, "case",
                              closed ? "ui_why_not_closed" : "ui_why_closed");
    }
    if (heads->type == LT_CASE_TYPE_DENUNCIATION &&
        (lt_args_has(args, LT_OPT_TEXT) || lt_args_has(args, LT_OPT_DOC_NO) ||
         lt_args_has(args, LT_OPT_ATTACH_SIZE))) {
        return lt_desk_refuse(diag, LT_EINVAL, "text", "ui_why_no_text_here");
    }
    return LT_OK;
}

static lt_err begin_about(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft,
                          const struct lt_view_heads *heads,
                          const struct lt_event_id *id, uint32_t type,
                          struct lt_diag *diag)
{
    bool sealed = heads->type == LT_CASE_TYPE_DENUNCIATION;
    /* What was entered for an office goes on where that office reads it. */
    bool entered = heads->entered && !LT_PLANTED(forget_entered);
    lt_err rc = lt_draft_begin(desk, draft, type,
                               sealed ? LT_CLASS_DENUNCIATION : LT_CLASS_CASE,
                               entered ? LT_AUDIENCE_TO : LT_AUDIENCE_UP,
                               entered ? &heads->origin : NULL);

    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, id, heads);
    draft->leaves = (struct lt_touch_known){.is = !heads->voided &&
                                                  !heads->entered &&
                                                  heads->type <= UINT8_MAX,
                                            .type = (uint8_t)heads->type,
                                            .state = LT_CASE_CLOSED};
    rc = lt_draft_dates(desk, args, draft->event, diag);
    if (rc != LT_OK || sealed) {
        return rc;
    }
    draft->event->doc_no = args->texts[LT_OPT_DOC_NO];
    return lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_CASE,
                         args->texts[LT_OPT_TEXT]);
}

/* Of a contested case its claimants write little; the fold knows what. */
static lt_err check_claimant(struct lt_desk *desk, struct lt_draft *draft,
                             struct lt_diag *diag)
{
    struct lt_matter *past = NULL;
    lt_err rc = lt_desk_folded(desk, &draft->matter, &past, diag);

    draft->leaves.is = false;
    return rc == LT_OK ? lt_desk_would(desk, draft, past, "case", diag) : rc;
}

/* How the citizen was told, and of what; or how far a protection has come.
 * Nobody's name. */
static lt_err take_notice(const struct lt_args *args, struct lt_event *event,
                          uint32_t kind, struct lt_diag *diag)
{
    static const struct {
        enum lt_option option;
        enum lt_words list;
    } words[] = {{LT_OPT_WAY, LT_WORDS_NOTIFY_WAY},
                 {LT_OPT_NOTICE, LT_WORDS_CITIZEN_NOTICE}};
    uint32_t *out[] = {&event->way, &event->notice};
    bool protects = kind == STEP_PROTECTION;

    for (size_t i = 0; i < LT_COUNT_OF(words); i++) {
        const char *name = lt_option_at(words[i].option)->name;

        if (!lt_args_has(args, words[i].option)) {
            continue;
        }
        if (kind != STEP_CITIZEN_NOTIFIED &&
            !(protects && words[i].option == LT_OPT_WAY)) {
            return lt_desk_refuse(diag, LT_EINVAL, name, "ui_why_not_notified");
        }
        if (!lt_vocabulary_number(protects ? LT_WORDS_PROTECTION
                                           : words[i].list,
                                  args->texts[words[i].option], out[i])) {
            lt_desk_refuse(diag, LT_EINVAL, name, "ui_why_not_of_kind");
            lt_vocabulary_allow(diag, protects ? LT_WORDS_PROTECTION
                                               : words[i].list);
            return LT_EINVAL;
        }
    }
    return protects && event->way == 0
               ? lt_desk_refuse(diag, LT_EUSAGE, "way", "ui_why_missing")
               : LT_OK;
}

/* Another case, of the same letter or matter, that is here. */
static lt_err take_other(struct lt_desk *desk, const struct lt_args *args,
                         enum lt_option option, struct lt_event_id *out,
                         struct lt_diag *diag)
{
    const char *name = lt_option_at(option)->name;
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    lt_err rc = lt_desk_event(desk, args->texts[option], LT_MATTER_CASE, out,
                              diag);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, out, &desk->office, &heads);
    }
    if (rc == LT_ENOTFOUND && lt_desk_settle(desk) != LT_OK) {
        return LT_EBUSY;
    }
    /* The parts of a mixed letter carry no link. */
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK && (heads.kind != LT_MATTER_CASE ||
                         heads.type == LT_CASE_TYPE_DENUNCIATION))) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, name, "ui_why_no_other_case");
    }
    if (rc == LT_OK) {
        *out = heads.matter;
    }
    return rc;
}

static lt_err take_link(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_event *event = draft->event;
    lt_err rc;

    if (!lt_args_has(args, LT_OPT_EVENT)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "event", "ui_why_missing");
    }
    rc = take_other(desk, args, LT_OPT_EVENT, &event->corrects, diag);
    if (rc == LT_OK && lt_event_id_equal(&event->corrects, &draft->matter)) {
        rc = lt_desk_refuse(diag, LT_EINVAL, "event", "ui_why_no_other_case");
    }
    event->has_corrects = rc == LT_OK;
    return rc;
}

/* A complaint of the second instance, and the case of its first. */
static lt_err take_instance(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_event *event, struct lt_diag *diag)
{
    lt_err rc = LT_OK;

    event->again = args->numbers[LT_OPT_AGAIN] != 0;
    if ((event->again && event->case_type != TYPE_COMPLAINT) ||
        (lt_args_has(args, LT_OPT_FIRST_CASE) && !event->again)) {
        return lt_desk_refuse(diag, LT_EINVAL, "again", "ui_why_again");
    }
    if (lt_args_has(args, LT_OPT_FIRST_CASE)) {
        rc = take_other(desk, args, LT_OPT_FIRST_CASE, &event->other, diag);
        event->has_other = rc == LT_OK;
    }
    return rc;
}

static bool is_owed(const struct lt_matter *past,
                    const struct lt_event_id *task)
{
    for (size_t i = 0; i < past->tasks_n; i++) {
        if (lt_event_id_equal(&past->tasks[i].by, task)) {
            return true;
        }
    }
    return false;
}

/* Which task is done; and not too many at once. */
static lt_err take_task(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, uint32_t kind,
                        struct lt_diag *diag)
{
    struct lt_matter *past = NULL;
    struct lt_event *event = draft->event;
    lt_err rc = LT_OK;

    if (kind == STEP_LINKED) {
        return take_link(desk, args, draft, diag);
    }
    if ((kind == STEP_TASK_DONE) != lt_args_has(args, LT_OPT_EVENT)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "event", "ui_why_task_event");
    }
    if (kind != STEP_TASK_DONE && kind != STEP_TASK_SET) {
        return LT_OK;
    }
    if (kind == STEP_TASK_DONE) {
        event->has_corrects = true;
        rc = lt_desk_event(desk, args->texts[LT_OPT_EVENT], LT_MATTER_NONE,
                           &event->corrects, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_folded(desk, &draft->matter, &past, diag);
    }
    if (rc == LT_OK && kind == STEP_TASK_SET &&
        past->tasks_n == LT_TASKS_MAX) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_tasks_many");
    }
    if (rc == LT_OK && kind == STEP_TASK_DONE &&
        !is_owed(past, &event->corrects)) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_no_task");
    }
    return rc == LT_OK ? lt_desk_would(desk, draft, past, "case", diag) : rc;
}

/* What kinds 33 to 49 cannot do without. */
static lt_err take_particulars(struct lt_desk *desk, const struct lt_args *args,
                               struct lt_draft *draft, bool sealed,
                               uint32_t kind, struct lt_diag *diag)
{
    struct lt_event *event = draft->event;
    bool dated = kind == STEP_DIALOGUE_SCHEDULED || kind == STEP_REVIEWED ||
                 kind == STEP_TASK_SET;
    bool passed = kind == STEP_TRANSFER_SENT ||
                  kind == STEP_TRANSFER_ANSWERED || kind == STEP_TASK_SET;
    struct lt_matter *past = NULL;
    lt_err rc = LT_OK;

    if (sealed && (dated || passed || kind == STEP_TASK_DONE ||
                   kind == STEP_LINKED || kind == STEP_WITHDRAWN_PART)) {
        return lt_desk_refuse(diag, LT_EINVAL, "kind",
                              "ui_why_step_not_sealed");
    }
    if (dated != lt_args_has(args, LT_OPT_ON)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "on", "ui_why_step_day");
    }
    if (passed != lt_args_has(args, LT_OPT_AGENCY)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "agency", "ui_why_step_agency");
    }
    event->has_day = dated;
    event->day = dated ? (int32_t)args->numbers[LT_OPT_ON] : 0;
    event->name = args->texts[LT_OPT_AGENCY];
    rc = take_notice(args, event, kind, diag);
    if (rc == LT_OK) {
        rc = take_task(desk, args, draft, kind, diag);
    }
    if (rc == LT_OK && kind == STEP_TRANSFER_ANSWERED) {
        rc = lt_desk_folded(desk, &draft->matter, &past, diag);
        if (rc == LT_OK && past->transfers_owed == 0) {
            rc = lt_desk_refuse(diag, LT_ESTATE, "case",
                                "ui_why_step_nothing_sent");
        }
    }
    return rc;
}

lt_err lt_case_step(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    struct lt_event_id id = {.count = 0};
    uint32_t kind;
    lt_err rc;

    if (!lt_vocabulary_step(args->texts[LT_OPT_KIND], &kind)) {
        lt_desk_refuse(diag, LT_EINVAL, "kind", "ui_why_no_step");
        lt_vocabulary_allow(diag, LT_WORDS_STEP);
        return LT_EINVAL;
    }
    rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);
    if (rc == LT_OK) {
        rc = lt_privacy_check(args, LT_OPT_AGENCY, LT_PRIVACY_WARN, diag);
    }
    if (rc == LT_OK) {
        rc = take_case(desk, args, draft, kind == STEP_REOPENED, &heads, &id,
                       diag);
    }
    if (rc == LT_OK) {
        rc = lt_privacy_check_entry(desk, args, LT_OPT_TEXT, &heads.matter,
                                    diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (kind != LT_STEP_WORD_EXTENDED && lt_args_has(args, LT_OPT_DAYS)) {
        return lt_desk_refuse(diag, LT_EINVAL, "days",
                              "ui_why_not_extended_step");
    }
    if (kind == LT_STEP_WORD_ACCEPTED && heads.state != LT_CASE_OPEN) {
        return lt_desk_refuse(diag, LT_ESTATE, "accepted", "ui_why_accepted");
    }
    rc = begin_about(desk, args, draft, &heads, &id,
                     heads.type == LT_CASE_TYPE_DENUNCIATION
                         ? LT_EV_DENUNCIATION_STEP
                         : LT_EV_CASE_STEP,
                     diag);
    if (rc == LT_OK) {
        draft->event->kind = kind;
        draft->event->extension_days = (uint32_t)args->numbers[LT_OPT_DAYS];
        draft->leaves.state = (uint8_t)lt_case_state_after(heads.state, kind);
        rc = take_particulars(desk, args, draft,
                              heads.type == LT_CASE_TYPE_DENUNCIATION, kind,
                              diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_attachment(draft, args, LT_KEEP_CASE, diag);
    }
    return rc == LT_OK && heads.contested ? check_claimant(desk, draft, diag)
                                          : rc;
}

lt_err lt_case_close(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    struct lt_event_id id = {.count = 0};
    uint32_t reason;
    lt_err rc;

    if (!lt_vocabulary_close_reason(args->texts[LT_OPT_REASON], &reason)) {
        lt_desk_refuse(diag, LT_EINVAL, "reason", "ui_why_no_reason");
        lt_vocabulary_allow(diag, LT_WORDS_CLOSE_REASON);
        return LT_EINVAL;
    }
    rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);
    if (rc == LT_OK) {
        rc = take_case(desk, args, draft, false, &heads, &id, diag);
    }
    if (rc == LT_OK) {
        rc = lt_privacy_check_entry(desk, args, LT_OPT_TEXT, &heads.matter,
                                    diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    rc = begin_about(desk, args, draft, &heads, &id,
                     heads.type == LT_CASE_TYPE_DENUNCIATION
                         ? LT_EV_DENUNCIATION_CLOSED
                         : LT_EV_CASE_CLOSED,
                     diag);
    if (rc == LT_OK) {
        draft->event->reason = reason;
    }
    return rc == LT_OK && heads.contested ? check_claimant(desk, draft, diag)
                                          : rc;
}
