/* What makes an event sound, whoever wrote it.
 *
 * Numbers out of an enumeration are not refused here: a later version adds to
 * them, and its events are kept and relayed by this one. lt_event_known says
 * whether a fold of this version may act on them. */
#include "common/codec_event.h"

#include "common/scan.h"

static const struct {
    uint32_t type;
    const char *word;
} type_words[] = {
    {LT_EV_CASE_OPENED, "CASE_OPENED"},
    {LT_EV_CASE_STEP, "CASE_STEP"},
    {LT_EV_CASE_CLOSED, "CASE_CLOSED"},
    {LT_EV_CUSTODY_OFFERED, "CUSTODY_OFFERED"},
    {LT_EV_CUSTODY_ACCEPTED, "CUSTODY_ACCEPTED"},
    {LT_EV_CUSTODY_REFUSED, "CUSTODY_REFUSED"},
    {LT_EV_CUSTODY_RECALLED, "CUSTODY_RECALLED"},
    {LT_EV_CUSTODY_ASSIGNED, "CUSTODY_ASSIGNED"},
    {LT_EV_REMARK_ADOPTED, "REMARK_ADOPTED"},
    {LT_EV_DENUNCIATION_OFFERED, "DENUNCIATION_OFFERED"},
    {LT_EV_DENUNCIATION_ACCEPTED, "DENUNCIATION_ACCEPTED"},
    {LT_EV_DENUNCIATION_REFUSED, "DENUNCIATION_REFUSED"},
    {LT_EV_DENUNCIATION_RECALLED, "DENUNCIATION_RECALLED"},
    {LT_EV_DENUNCIATION_ASSIGNED, "DENUNCIATION_ASSIGNED"},
    {LT_EV_DENUNCIATION_ADOPTED, "DENUNCIATION_ADOPTED"},
    {LT_EV_ENCLOSED, "ENCLOSED"},
    {LT_EV_DENUNCIATION_RECEIVED, "DENUNCIATION_RECEIVED"},
    {LT_EV_DENUNCIATION_STEP, "DENUNCIATION_STEP"},
    {LT_EV_DENUNCIATION_CLOSED, "DENUNCIATION_CLOSED"},
    {LT_EV_INCIDENT_RAISED, "INCIDENT_RAISED"},
    {LT_EV_INCIDENT_UPDATED, "INCIDENT_UPDATED"},
    {LT_EV_INCIDENT_TAKEN, "INCIDENT_TAKEN"},
    {LT_EV_INCIDENT_CLOSED, "INCIDENT_CLOSED"},
    {LT_EV_CROWD_FORECAST, "CROWD_FORECAST"},
    {LT_EV_INCIDENT_JOINED, "INCIDENT_JOINED"},
    {LT_EV_DIRECTIVE_ISSUED, "DIRECTIVE_ISSUED"},
    {LT_EV_DIRECTIVE_STATUS, "DIRECTIVE_STATUS"},
    {LT_EV_DIRECTIVE_RECALLED, "DIRECTIVE_RECALLED"},
    {LT_EV_ENTRY_VOIDED, "ENTRY_VOIDED"},
    {LT_EV_TEXT_ERASED, "TEXT_ERASED"},
    {LT_EV_ERASURE_RECEIPT, "ERASURE_RECEIPT"},
    {LT_EV_OFFICE_PROPOSED, "OFFICE_PROPOSED"},
    {LT_EV_OFFICE_OPENED, "OFFICE_OPENED"},
    {LT_EV_KEY_BOUND, "KEY_BOUND"},
    {LT_EV_OFFICE_CHANGED, "OFFICE_CHANGED"},
    {LT_EV_KEY_REVOKED, "KEY_REVOKED"},
    {LT_EV_CHUNK, "CHUNK"},
    {LT_EV_RULESET_SET, "RULESET_SET"},
    {LT_EV_CALENDAR_SET, "CALENDAR_SET"},
};

const char *lt_event_type_word(uint32_t type)
{
    for (size_t i = 0; i < LT_COUNT_OF(type_words); i++) {
        if (type_words[i].type == type) {
            return type_words[i].word;
        }
    }
    return NULL;
}

uint32_t lt_event_body(uint32_t type)
{
    switch (type) {
    case LT_EV_CUSTODY_OFFERED:
    case LT_EV_CUSTODY_ACCEPTED:
    case LT_EV_CUSTODY_REFUSED:
    case LT_EV_CUSTODY_RECALLED:
    case LT_EV_CUSTODY_ASSIGNED:
    case LT_EV_REMARK_ADOPTED:
    case LT_EV_CROWD_FORECAST:
    case LT_EV_INCIDENT_JOINED:
    case LT_EV_DIRECTIVE_RECALLED:
        return LT_BODY_DEED;
    case LT_EV_DENUNCIATION_OFFERED:
    case LT_EV_DENUNCIATION_ACCEPTED:
    case LT_EV_DENUNCIATION_REFUSED:
    case LT_EV_DENUNCIATION_RECALLED:
    case LT_EV_DENUNCIATION_ASSIGNED:
    case LT_EV_DENUNCIATION_ADOPTED:
        return LT_BODY_DENUNCIATION_DEED;
    default:
        return type;
    }
}

static bool within(uint32_t value, uint32_t low, uint32_t high)
{
    return value >= low && value <= high;
}

static bool text_ok(const struct lt_text *text, size_t len_max)
{
    return text->len <= len_max && lt_utf8_valid(text->data, text->len);
}

static bool day_ok(bool has, int32_t day)
{
    return !has || (day >= LT_DAY_MIN && day <= LT_DAY_MAX);
}

/* A register's entry number: short, one word, with a digit in it, so that a
 * name does not pass for one. */
static bool sealed_ref_ok(const struct lt_text *ref)
{
    bool has_digit = false;

    if (ref->len == 0 || !text_ok(ref, LT_SEALED_REF_MAX)) {
        return false;
    }
    for (size_t i = 0; i < ref->len; i++) {
        if ((unsigned char)ref->data[i] <= ' ') {
            return false;
        }
        has_digit = has_digit || (ref->data[i] >= '0' && ref->data[i] <= '9');
    }
    return has_digit;
}

static const char *check_part(const struct lt_part_ref *part, size_t text_max)
{
    if (part->kind == 0 || part->retention == 0) {
        return "part without kind or retention";
    }
    if (part->large) {
        return part->size != 0 && part->size <= LT_LARGE_MAX
                   ? NULL
                   : "large part out of bounds";
    }
    if (part->size > LT_PARTS_RAW_MAX) {
        return "part too large";
    }
    if (part->kind < 6 /* PART_ATTACHMENT */ && part->size > text_max) {
        return "text too long";
    }
    return NULL;
}

static const char *check_common(const struct lt_event *event)
{
    if (event->type == 0) {
        return "no type";
    }
    if (event->id.count == 0) {
        return "event number 0";
    }
    if (event->causes_n > LT_CAUSES_MAX) {
        return "too many causes";
    }
    for (size_t i = 0; i < event->causes_n; i++) {
        if (event->causes[i].count == 0) {
            return "bad cause";
        }
    }
    if ((event->has_subject && event->subject.count == 0) ||
        (event->has_corrects && event->corrects.count == 0)) {
        return "bad reference";
    }
    if (event->parts_n > LT_EVENT_PARTS_MAX) {
        return "too many parts";
    }
    for (size_t i = 0; i < event->parts_n; i++) {
        const char *reason = check_part(
            &event->parts[i],
            event->type == LT_EV_CHUNK ? LT_PIECE_BYTES : LT_TEXT_MAX);
        if (reason != NULL) {
            return reason;
        }
    }
    return day_ok(event->has_legal_date, event->legal_date) ? NULL : "bad day";
}

static const char *check_office(const struct lt_event *event)
{
    const struct lt_office_info *office = &event->office;

    if (lt_office_is_zero(&office->id)) {
        return "office without id";
    }
    if (event->type != LT_EV_OFFICE_CHANGED &&
        (office->name.len == 0 || office->kind.len == 0)) {
        return "office without name or kind";
    }
    if (lt_office_equal(&office->id, &office->parent)) {
        return "office above itself";
    }
    if (!text_ok(&office->name, LT_NAME_MAX) ||
        !text_ok(&office->kind, LT_KIND_MAX) ||
        !text_ok(&office->code, LT_CODE_MAX)) {
        return "bad name, kind or code";
    }
    if (office->link_addresses_n > LT_OFFICE_ADDRESSES_MAX ||
        office->enrol_addresses_n > LT_OFFICE_ADDRESSES_MAX) {
        return "too many addresses";
    }
    for (size_t i = 0; i < office->link_addresses_n; i++) {
        if (!text_ok(&office->link_addresses[i], LT_ADDRESS_MAX)) {
            return "bad address";
        }
    }
    for (size_t i = 0; i < office->enrol_addresses_n; i++) {
        if (!text_ok(&office->enrol_addresses[i], LT_ADDRESS_MAX)) {
            return "bad address";
        }
    }
    if (!day_ok(office->has_from_date, office->from_date)) {
        return "bad day";
    }
    if (event->has_proposal && event->proposal.count == 0) {
        return "bad reference";
    }
    return NULL;
}

static const char *check_case(const struct lt_event *event)
{
    switch (event->type) {
    case LT_EV_CASE_OPENED:
        if (event->case_type == 0) {
            return "case without type";
        }
        return text_ok(&event->number, LT_STRING_MAX) ? NULL : "bad number";
    case LT_EV_CASE_STEP:
        if (event->kind == 0 || !event->has_subject) {
            return "step without kind or case";
        }
        if (!text_ok(&event->name, LT_STRING_MAX)) {
            return "bad agency";
        }
        if ((event->kind == 33 || event->kind == 40) && !event->has_day) {
            return "step without its day";
        }
        if ((event->kind == 38 || event->kind == 39) && event->name.len == 0) {
            return "transfer without an agency";
        }
        break;
    default: /* closed */
        if (event->reason == 0 || !event->has_subject) {
            return "closing without reason or case";
        }
        break;
    }
    return text_ok(&event->doc_no, LT_STRING_MAX) ? NULL
                                                  : "bad document number";
}

static const char *check_denunciation(const struct lt_event *event)
{
    if (event->parts_n != 0) {
        return "denunciation with parts";
    }
    switch (event->type) {
    case LT_EV_DENUNCIATION_RECEIVED:
        return sealed_ref_ok(&event->sealed_ref) ? NULL : "bad sealed_ref";
    case LT_EV_DENUNCIATION_STEP:
        return event->kind != 0 && event->has_subject
                   ? NULL
                   : "step without kind or denunciation";
    default: /* closed */
        return event->reason != 0 && event->has_subject
                   ? NULL
                   : "closing without reason or denunciation";
    }
}

static const char *check_incident(const struct lt_event *event)
{
    bool counts = event->type == LT_EV_INCIDENT_RAISED ||
                  event->type == LT_EV_INCIDENT_UPDATED;

    if (counts && !within(event->people, 1, LT_PEOPLE_MAX)) {
        return "headcount out of range";
    }
    if (event->type != LT_EV_INCIDENT_RAISED && !event->has_subject) {
        return "no incident named";
    }
    if (event->type == LT_EV_INCIDENT_TAKEN && event->way == 0) {
        return "taken without way";
    }
    if (event->type == LT_EV_INCIDENT_CLOSED && event->reason == 0) {
        return "closing without reason";
    }
    return NULL;
}

static const char *check_directive(const struct lt_event *event)
{
    if (event->type == LT_EV_DIRECTIVE_STATUS) {
        return event->code != 0 && event->has_subject
                   ? NULL
                   : "status without code or directive";
    }
    if (event->to_n == 0 || event->to_n > LT_ADDRESSEES_MAX) {
        return "directive without addressees, or too many";
    }
    for (size_t i = 0; i < event->to_n; i++) {
        if (lt_office_is_zero(&event->to[i])) {
            return "bad addressee";
        }
    }
    if (event->has_other && event->other.count == 0) {
        return "bad reference";
    }
    return text_ok(&event->doc_no, LT_STRING_MAX) ? NULL
                                                  : "bad document number";
}

/* Pieces have one size and one order, so that none can overlap another. How
 * long the last one is shows when the part's size is known. */
static const char *check_chunk(const struct lt_event *event)
{
    if (event->chunk_of.count == 0 ||
        !lt_office_equal(&event->chunk_of.origin, &event->id.origin)) {
        return "piece of another office's part";
    }
    if (event->chunk_index >= LT_EVENT_PARTS_MAX ||
        event->chunk_offset >= LT_LARGE_MAX ||
        event->chunk_offset % LT_PIECE_BYTES != 0) {
        return "piece in no place";
    }
    return event->parts_n == 1 && !event->parts[0].large &&
                   event->parts[0].size != 0 &&
                   event->parts[0].size <= LT_PIECE_BYTES
               ? NULL
               : "piece without its content, or too long";
}

static const char *check_erasure(const struct lt_event *event)
{
    if (event->erases.count == 0) {
        return "bad reference";
    }
    if (event->type == LT_EV_TEXT_ERASED &&
        (!event->has_subject || (event->has_erase_index &&
                                 event->erase_index >= LT_EVENT_PARTS_MAX))) {
        return "erasure without matter, or of no part";
    }
    return NULL;
}

/* A request to prepare a reception, not a report of people: what to prepare is
 * a part of kind help. */
static const char *check_forecast(const struct lt_event *event)
{
    bool asks = false;

    for (size_t i = 0; i < event->parts_n; i++) {
        asks |= event->parts[i].kind == 4;
    }
    if (!within(event->count, 1, LT_PEOPLE_MAX)) {
        return "headcount out of range";
    }
    return !event->has_subject && event->kind != 0 && event->has_day &&
                   event->minute < 24 * 60 && asks
               ? NULL
               : "forecast without source, hour or what to prepare";
}

/* What a deed cannot do without, by its type. */
static const char *check_deed_needs(const struct lt_event *event)
{
    switch (event->type) {
    case LT_EV_CROWD_FORECAST:
        return check_forecast(event);
    case LT_EV_INCIDENT_JOINED:
        return event->has_subject && event->has_other
                   ? NULL
                   : "joins nothing";
    case LT_EV_DIRECTIVE_RECALLED:
        return event->has_subject ? NULL : "recalls no directive";
    case LT_EV_CUSTODY_OFFERED:
    case LT_EV_CUSTODY_ASSIGNED:
    case LT_EV_DENUNCIATION_OFFERED:
    case LT_EV_DENUNCIATION_ASSIGNED:
        return event->has_subject && event->to_n == 1
                   ? NULL
                   : "custody of no case, or to nobody";
    default: /* answers to an offer, and adoptions */
        return event->has_subject && event->has_corrects
                   ? NULL
                   : "names no case, offer or remark";
    }
}

static const char *check_deed(const struct lt_event *event)
{
    if (event->to_n > LT_ADDRESSEES_MAX) {
        return "too many addressees";
    }
    for (size_t i = 0; i < event->to_n; i++) {
        if (lt_office_is_zero(&event->to[i])) {
            return "bad addressee";
        }
    }
    if (!text_ok(&event->doc_no, LT_STRING_MAX) ||
        !text_ok(&event->name, LT_STRING_MAX)) {
        return "bad document number or name";
    }
    if (event->has_other && event->other.count == 0) {
        return "bad reference";
    }
    if (lt_event_body(event->type) == LT_BODY_DENUNCIATION_DEED &&
        event->parts_n != 0) {
        return "denunciation with parts";
    }
    return check_deed_needs(event);
}

static const char *check_enclosed(const struct lt_event *event)
{
    return event->has_other && event->other.count != 0 &&
                   event->enclosed_len != 0 &&
                   event->enclosed_len <= LT_ENCLOSED_MAX &&
                   event->parts_n == 0
               ? NULL
               : "encloses nothing, or too much";
}

static const char *check_body(const struct lt_event *event)
{
    if (!day_ok(event->has_received_on, event->received_on) ||
        !day_ok(event->has_doc_date, event->doc_date) ||
        !day_ok(event->has_due, event->due) ||
        !day_ok(event->has_day, event->day)) {
        return "bad day";
    }
    switch (lt_event_body(event->type)) {
    case LT_BODY_DEED:
    case LT_BODY_DENUNCIATION_DEED:
        return check_deed(event);
    case LT_EV_ENCLOSED:
        return check_enclosed(event);
    case LT_EV_CASE_OPENED:
    case LT_EV_CASE_STEP:
    case LT_EV_CASE_CLOSED:
        return check_case(event);
    case LT_EV_DENUNCIATION_RECEIVED:
    case LT_EV_DENUNCIATION_STEP:
    case LT_EV_DENUNCIATION_CLOSED:
        return check_denunciation(event);
    case LT_EV_INCIDENT_RAISED:
    case LT_EV_INCIDENT_UPDATED:
    case LT_EV_INCIDENT_TAKEN:
    case LT_EV_INCIDENT_CLOSED:
        return check_incident(event);
    case LT_EV_DIRECTIVE_ISSUED:
    case LT_EV_DIRECTIVE_STATUS:
        return check_directive(event);
    case LT_EV_ENTRY_VOIDED:
        return event->reason != 0 && event->has_corrects
                   ? NULL
                   : "void without reason or entry";
    case LT_EV_TEXT_ERASED:
    case LT_EV_ERASURE_RECEIPT:
        return check_erasure(event);
    case LT_EV_OFFICE_PROPOSED:
    case LT_EV_OFFICE_OPENED:
    case LT_EV_OFFICE_CHANGED:
        return check_office(event);
    case LT_EV_CHUNK:
        return check_chunk(event);
    case LT_EV_RULESET_SET:
    case LT_EV_CALENDAR_SET:
        return lt_law_body_check(event);
    case LT_EV_KEY_BOUND:
        return event->binding_len != 0 && event->binding_len <= LT_BINDING_MAX
                   ? NULL
                   : "bad binding";
    default:
        return NULL;
    }
}

lt_err lt_event_check(const struct lt_event *event, struct lt_diag *diag)
{
    const char *reason = check_common(event);

    if (reason == NULL) {
        reason = check_body(event);
    }
    return reason == NULL ? LT_OK : lt_malformed(diag, reason);
}

static bool status_code_known(uint32_t code)
{
    return within(code, 1, 6) || code == 13 || code == 15 || code == 16;
}

bool lt_event_known(const struct lt_event *event)
{
    if (event->needs_feature != 0 || event->actor_role > 6 ||
        event->basis > 3) {
        return false;
    }
    switch (event->type) {
    case LT_EV_CASE_OPENED:
        return within(event->case_type, 1, 3);
    case LT_EV_CASE_STEP:
        return within(event->kind, 1, 13) || within(event->kind, 30, 40);
    case LT_EV_DENUNCIATION_STEP: /* those that need no word and no day */
        return within(event->kind, 1, 13) || within(event->kind, 30, 32) ||
               within(event->kind, 34, 37);
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_CLOSED:
        return within(event->reason, 1, 7);
    case LT_EV_DENUNCIATION_RECEIVED:
        return event->signer_kind <= 3 && event->accused <= 3;
    case LT_EV_INCIDENT_RAISED:
    case LT_EV_INCIDENT_UPDATED:
    case LT_EV_TEXT_ERASED:
    case LT_EV_ERASURE_RECEIPT:
        return true;
    case LT_EV_INCIDENT_TAKEN:
        return within(event->way, 1, 2);
    case LT_EV_INCIDENT_CLOSED:
        return within(event->reason, 1, 5);
    case LT_EV_DIRECTIVE_ISSUED:
        return event->kind <= 2;
    case LT_EV_CHUNK:
    case LT_EV_DIRECTIVE_RECALLED:
    case LT_EV_INCIDENT_JOINED:
    case LT_EV_CUSTODY_OFFERED:
    case LT_EV_CUSTODY_ACCEPTED:
    case LT_EV_CUSTODY_REFUSED:
    case LT_EV_CUSTODY_RECALLED:
    case LT_EV_CUSTODY_ASSIGNED:
    case LT_EV_REMARK_ADOPTED:
    case LT_EV_DENUNCIATION_OFFERED:
    case LT_EV_DENUNCIATION_ACCEPTED:
    case LT_EV_DENUNCIATION_RECALLED:
    case LT_EV_DENUNCIATION_ASSIGNED:
    case LT_EV_DENUNCIATION_ADOPTED:
    case LT_EV_ENCLOSED:
    case LT_EV_RULESET_SET:
        return true;
    case LT_EV_CALENDAR_SET:
        for (size_t i = 0; i < event->calendar_days_n; i++) {
            if (!within(event->calendar_days[i].kind, LT_DAY_OFF,
                        LT_DAY_WORKED)) {
                return false;
            }
        }
        return true;
    case LT_EV_CROWD_FORECAST:
        return within(event->kind, 1, 3);
    case LT_EV_DENUNCIATION_REFUSED:
        return within(event->kind, 1, 2);
    case LT_EV_DIRECTIVE_STATUS:
        return status_code_known(event->code);
    case LT_EV_ENTRY_VOIDED:
        return within(event->reason, 1, 3);
    case LT_EV_OFFICE_PROPOSED:
    case LT_EV_OFFICE_OPENED:
    case LT_EV_KEY_BOUND:
        return !event->office.has_from_date;
    case LT_EV_OFFICE_CHANGED:
        /* Closing, heirs and changes prepared ahead come later. */
        return !event->office_closed && !event->office_prepared &&
               !event->has_heir && !event->office.has_from_date;
    default:
        return false;
    }
}
