/* Cases: opened, stepped, closed.
 *
 * A denunciation goes another way from its first byte: its own event types,
 * its own channel, no text, no document number, nothing but the number of an
 * entry in the sealed register. */
#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

enum {
    STEP_DIALOGUE_SCHEDULED = 33,
    STEP_TRANSFER_SENT = 38,
    STEP_TRANSFER_ANSWERED = 39,
    STEP_REVIEWED = 40
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
        rc = lt_draft_dates(desk, args, draft->event, diag);
    }
    return rc;
}

lt_err lt_case_open(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_draft *draft, struct lt_diag *diag)
{
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
    if (lt_args_has(args, LT_OPT_SEALED_REF)) {
        return lt_desk_refuse(diag, LT_EINVAL, "sealed_ref",
                              "ui_why_sealed_only");
    }
    rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);
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
    rc = lt_draft_dates(desk, args, draft->event, diag);
    if (rc == LT_OK) {
        rc = lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_CASE,
                           args->texts[LT_OPT_TEXT]);
    }
    return rc == LT_OK ? lt_draft_attachment(draft, args, LT_KEEP_CASE, diag)
                       : rc;
}

/* Find the case and check that this office may write about it. */
static lt_err take_case(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_view_heads *heads,
                        struct lt_event_id *id, struct lt_diag *diag)
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
    if (heads->state == LT_CASE_CLOSED) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_closed");
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
    lt_err rc = lt_draft_begin(desk, draft, type,
                               sealed ? LT_CLASS_DENUNCIATION : LT_CLASS_CASE,
                               LT_AUDIENCE_UP, NULL);

    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, id, heads);
    draft->leaves = (struct lt_touch_known){.is = !heads->voided &&
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

/* What kinds 33 to 40 cannot do without. */
static lt_err take_particulars(struct lt_desk *desk, const struct lt_args *args,
                               struct lt_draft *draft, bool sealed,
                               uint32_t kind, struct lt_diag *diag)
{
    struct lt_event *event = draft->event;
    bool dated = kind == STEP_DIALOGUE_SCHEDULED || kind == STEP_REVIEWED;
    bool passed = kind == STEP_TRANSFER_SENT || kind == STEP_TRANSFER_ANSWERED;
    struct lt_matter *past = NULL;
    lt_err rc = LT_OK;

    if (sealed && (dated || passed)) {
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
    if (kind == STEP_TRANSFER_ANSWERED) {
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
        rc = take_case(desk, args, draft, &heads, &id, diag);
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
        rc = take_case(desk, args, draft, &heads, &id, diag);
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
