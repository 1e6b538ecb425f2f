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
    {LT_EV_HEIGHTENED_PERIOD_SET, "HEIGHTENED_PERIOD_SET"},
    {LT_EV_HEIGHTENED_PERIOD_ENDED, "HEIGHTENED_PERIOD_ENDED"},
    {LT_EV_DAILY_STATUS, "DAILY_STATUS"},
    {LT_EV_ROSTER_SET, "ROSTER_SET"},
    {LT_EV_SHIFT_SWAPPED, "SHIFT_SWAPPED"},
    {LT_EV_SHIFT_HANDED_OVER, "SHIFT_HANDED_OVER"},
    {LT_EV_COORDINATION_REQUEST, "COORDINATION_REQUEST"},
    {LT_EV_COORDINATION_REPLY, "COORDINATION_REPLY"},
    {LT_EV_NOTICE_SENT, "NOTICE_SENT"},
    {LT_EV_TASKFORCE_FORMED, "TASKFORCE_FORMED"},
    {LT_EV_TASKFORCE_ENDED, "TASKFORCE_ENDED"},
    {LT_EV_PERIOD_CLOSED, "PERIOD_CLOSED"},
    {LT_EV_RECEPTION_TURN, "RECEPTION_TURN"},
    {LT_EV_DIRECTIVE_CHANGED, "DIRECTIVE_CHANGED"},
    {LT_EV_RETALIATION_REPORTED, "RETALIATION_REPORTED"},
    {LT_EV_RETALIATION_CLOSED, "RETALIATION_CLOSED"},
    {LT_EV_TEXT_FLAGGED, "TEXT_FLAGGED"},
    {LT_EV_TEXT_REPLACED, "TEXT_REPLACED"},
    {LT_EV_ENTRY_VOIDED, "ENTRY_VOIDED"},
    {LT_EV_TEXT_ERASED, "TEXT_ERASED"},
    {LT_EV_ERASURE_RECEIPT, "ERASURE_RECEIPT"},
    {LT_EV_MATTER_READ, "MATTER_READ"},
    {LT_EV_REGISTER_SENT, "REGISTER_SENT"},
    {LT_EV_REGISTER_TAKEN, "REGISTER_TAKEN"},
    {LT_EV_REGISTER_WANTED, "REGISTER_WANTED"},
    {LT_EV_AUDIT_MARKED, "AUDIT_MARKED"},
    {LT_EV_OFFICE_PROPOSED, "OFFICE_PROPOSED"},
    {LT_EV_OFFICE_OPENED, "OFFICE_OPENED"},
    {LT_EV_KEY_BOUND, "KEY_BOUND"},
    {LT_EV_OFFICE_CHANGED, "OFFICE_CHANGED"},
    {LT_EV_KEY_REVOKED, "KEY_REVOKED"},
    {LT_EV_KEY_RESTORED, "KEY_RESTORED"},
    {LT_EV_KEY_CONFIRMED, "KEY_CONFIRMED"},
    {LT_EV_KEY_FORMER, "KEY_FORMER"},
    {LT_EV_DOOR_SHUT, "DOOR_SHUT"},
    {LT_EV_DOOR_OPENED, "DOOR_OPENED"},
    {LT_EV_CHUNK, "CHUNK"},
    {LT_EV_READ_GRANTED, "READ_GRANTED"},
    {LT_EV_READ_WITHDRAWN, "READ_WITHDRAWN"},
    {LT_EV_READ_ENDED, "READ_ENDED"},
    {LT_EV_ROOT_STEPPED_DOWN, "ROOT_STEPPED_DOWN"},
    {LT_EV_REGION_ADMITTED, "REGION_ADMITTED"},
    {LT_EV_OFFICE_RELEASED, "OFFICE_RELEASED"},
    {LT_EV_OFFICE_ADMITTED, "OFFICE_ADMITTED"},
    {LT_EV_RELEASE_WITHDRAWN, "RELEASE_WITHDRAWN"},
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
    case LT_EV_DOOR_SHUT:
    case LT_EV_DOOR_OPENED:
    case LT_EV_HEIGHTENED_PERIOD_SET:
    case LT_EV_HEIGHTENED_PERIOD_ENDED:
    case LT_EV_DAILY_STATUS:
    case LT_EV_ROSTER_SET:
    case LT_EV_SHIFT_SWAPPED:
    case LT_EV_SHIFT_HANDED_OVER:
    case LT_EV_COORDINATION_REQUEST:
    case LT_EV_COORDINATION_REPLY:
    case LT_EV_NOTICE_SENT:
    case LT_EV_TASKFORCE_FORMED:
    case LT_EV_TASKFORCE_ENDED:
    case LT_EV_PERIOD_CLOSED:
    case LT_EV_RECEPTION_TURN:
    case LT_EV_DIRECTIVE_CHANGED:
    case LT_EV_RETALIATION_REPORTED:
    case LT_EV_RETALIATION_CLOSED:
    case LT_EV_TEXT_FLAGGED:
    case LT_EV_TEXT_REPLACED:
    case LT_EV_READ_GRANTED:
    case LT_EV_READ_WITHDRAWN:
    case LT_EV_READ_ENDED:
    case LT_EV_REGISTER_SENT:
    case LT_EV_REGISTER_TAKEN:
    case LT_EV_REGISTER_WANTED:
        return LT_BODY_DEED;
    case LT_EV_KEY_RESTORED:
        return LT_EV_KEY_REVOKED;
    case LT_EV_REGION_ADMITTED:
    case LT_EV_OFFICE_RELEASED:
    case LT_EV_OFFICE_ADMITTED:
    case LT_EV_RELEASE_WITHDRAWN:
        return LT_EV_ROOT_STEPPED_DOWN;
    case LT_EV_KEY_CONFIRMED:
    case LT_EV_KEY_FORMER:
        return LT_EV_KEY_BOUND;
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
    if ((part->kind < 6 /* PART_ATTACHMENT */ || part->kind == 7 ||
         part->kind == 8) &&
        part->size > text_max) {
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
        event->type != LT_EV_RELEASE_WITHDRAWN &&
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
        if (event->has_other && event->other.count == 0) {
            return "bad reference";
        }
        return text_ok(&event->number, LT_STRING_MAX) ? NULL : "bad number";
    case LT_EV_CASE_STEP:
        if (event->kind == 0 || !event->has_subject) {
            return "step without kind or case";
        }
        if (!text_ok(&event->name, LT_STRING_MAX)) {
            return "bad agency";
        }
        if ((event->kind == 33 || event->kind == 40 || event->kind == 41) &&
            !event->has_day) {
            return "step without its day";
        }
        if ((event->kind == 38 || event->kind == 39) && event->name.len == 0) {
            return "transfer without an agency";
        }
        if (event->kind == 41 && event->name.len == 0) {
            return "task of nobody";
        }
        if (event->kind == 44 && !event->has_corrects) {
            return "linked with nothing";
        }
        if (event->kind == 42 && !event->has_corrects) {
            return "done without its task";
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

static bool has_kind(const struct lt_event *event, uint32_t kind)
{
    for (size_t i = 0; i < event->parts_n; i++) {
        if (event->parts[i].kind == kind) {
            return true;
        }
    }
    return false;
}

/* Deeds that begin a matter with addressees. */
static const char *check_addressed(const struct lt_event *event)
{
    if (event->has_subject || event->to_n == 0) {
        return "addressed to nobody";
    }
    switch (event->type) {
    case LT_EV_HEIGHTENED_PERIOD_SET:
    case LT_EV_TASKFORCE_FORMED:
        return event->name.len != 0 && event->has_day && event->has_due &&
                       event->kind != 0 && event->minute < 24 * 60 &&
                       within((uint32_t)(event->due - event->day), 0,
                              LT_PERIOD_DAYS_MAX - 1)
                   ? NULL
                   : "period without name, days or cadence, or too long";
    case LT_EV_COORDINATION_REQUEST:
        return event->kind != 0 && event->has_due && has_kind(event, 1)
                   ? NULL
                   : "request without kind, due date or text";
    case LT_EV_NOTICE_SENT:
        return event->kind != 0 && has_kind(event, 1)
                   ? NULL
                   : "notice without kind or text";
    default: /* retaliation: nothing that could tell who */
        return event->kind != 0 && event->to_n == 1 && event->parts_n == 0 &&
                       event->name.len == 0 &&
                       event->doc_no.len < LT_RECEIPT_TEXT
                   ? NULL
                   : "retaliation without kind, or with words";
    }
}

/* A shift: when, how long, which duty, who and on which telephone. */
static const char *check_shift(const struct lt_event *event)
{
    switch (event->type) {
    case LT_EV_ROSTER_SET:
        return !event->has_subject && event->has_day && event->kind != 0 &&
                       event->minute < 24 * 60 &&
                       within(event->count, 1, LT_SHIFT_MINUTES_MAX) &&
                       has_kind(event, 7) && has_kind(event, 8)
                   ? NULL
                   : "shift without its time, duty, person or telephone";
    case LT_EV_SHIFT_SWAPPED:
        return event->has_subject && event->kind != 0 &&
                       has_kind(event, 7) == has_kind(event, 8)
                   ? NULL
                   : "swap of no shift, or without its person";
    default:
        return event->has_subject ? NULL : "hands over no shift";
    }
}

static const char *check_change(const struct lt_event *event)
{
    enum { LATER = 1, REPLACED = 3 };

    return event->has_subject && event->kind != 0 &&
                   (event->kind != LATER || event->has_due) &&
                   (event->kind != REPLACED || event->has_other)
               ? NULL
               : "changes no directive, or not what";
}

/* How many, never who: it holds no word at all. */
static const char *check_turn(const struct lt_event *event)
{
    return !event->has_subject && event->has_day && event->kind != 0 &&
                   event->parts_n == 0 && event->name.len == 0 &&
                   event->doc_no.len == 0 &&
                   within(event->count, event->has_corrects ? 0 : 1,
                          LT_PEOPLE_MAX)
               ? NULL
               : "reception without its day, form or people, or with words";
}

/* It shows nothing but its type, its date and its addressee: no matter, no
 * cause, no word. */
static bool says_no_more(const struct lt_event *event)
{
    return !event->has_subject && event->causes_n == 0 && !event->has_other &&
           event->doc_no.len == 0 && event->name.len == 0 &&
           !event->has_day && !event->has_due && event->count == 0;
}

static const char *check_register(const struct lt_event *event)
{
    const struct lt_part_ref *part = &event->parts[0];

    if (event->type == LT_EV_REGISTER_TAKEN) {
        return says_no_more(event) && event->has_corrects && event->kind != 0 &&
                       event->to_n == 0 && event->parts_n == 0
                   ? NULL
                   : "takes no entry of a register, or says more";
    }
    if (event->type == LT_EV_REGISTER_WANTED) {
        return says_no_more(event) && event->to_n == 1 && event->kind == 0 &&
                       !event->has_corrects && event->parts_n == 0
                   ? NULL
                   : "wants no entry of a register, or says more";
    }
    return says_no_more(event) && event->to_n == 1 && event->parts_n == 1 &&
                   event->kind == 0 && !event->has_corrects &&
                   part->kind == 9 /* PART_REGISTER */ && !part->large &&
                   part->has_sealed_for && part->size <= LT_PIECE_BYTES &&
                   lt_office_equal(&part->sealed_for, &event->to[0])
               ? NULL
               : "sends no entry of a register, or says more";
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
    case LT_EV_DIRECTIVE_CHANGED:
        return check_change(event);
    case LT_EV_RECEPTION_TURN:
        return check_turn(event);
    case LT_EV_DOOR_SHUT:
    case LT_EV_DOOR_OPENED:
        return event->to_n == 1 && !event->has_subject ? NULL
                                                       : "a door of nobody";
    case LT_EV_HEIGHTENED_PERIOD_SET:
    case LT_EV_TASKFORCE_FORMED:
    case LT_EV_COORDINATION_REQUEST:
    case LT_EV_NOTICE_SENT:
    case LT_EV_RETALIATION_REPORTED:
        return check_addressed(event);
    case LT_EV_HEIGHTENED_PERIOD_ENDED:
    case LT_EV_TASKFORCE_ENDED:
    case LT_EV_PERIOD_CLOSED:
    case LT_EV_DAILY_STATUS:
        return event->has_subject && event->has_day &&
                       (event->type != LT_EV_DAILY_STATUS || event->kind != 0)
                   ? NULL
                   : "of no period, or without its day";
    case LT_EV_COORDINATION_REPLY:
        return event->has_subject && event->kind != 0 ? NULL
                                                      : "replies to nothing";
    case LT_EV_RETALIATION_CLOSED:
        return event->has_subject && event->kind != 0 && event->parts_n == 0
                   ? NULL
                   : "closes nothing, or with words";
    case LT_EV_ROSTER_SET:
    case LT_EV_SHIFT_SWAPPED:
    case LT_EV_SHIFT_HANDED_OVER:
        return check_shift(event);
    case LT_EV_TEXT_FLAGGED:
    case LT_EV_TEXT_REPLACED:
        return event->has_subject && event->has_corrects &&
                       event->count <= LT_EVENT_PARTS_MAX &&
                       has_kind(event, 1) == (event->type ==
                                              LT_EV_TEXT_REPLACED)
                   ? NULL
                   : "flags or replaces no text";
    case LT_EV_READ_GRANTED:
    case LT_EV_READ_WITHDRAWN:
        return event->to_n == 2 && event->kind != 0
                   ? NULL
                   : "grants nothing, or nobody";
    case LT_EV_READ_ENDED:
        return event->to_n == 1 && event->has_corrects ? NULL
                                                       : "names no withdrawal";
    case LT_EV_REGISTER_SENT:
    case LT_EV_REGISTER_TAKEN:
    case LT_EV_REGISTER_WANTED:
        return check_register(event);
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
    case LT_EV_MATTER_READ:
        return event->reads.count == 0 ? "bad reference"
               : event->parts_n > 0 || event->has_subject
                   ? "what was read says no more"
                   : NULL;
    case LT_EV_AUDIT_MARKED:
        return event->parts_n > 0 || event->has_subject
                   ? "a mark of the audit says no more"
                   : lt_audit_body_check(event);
    case LT_EV_OFFICE_PROPOSED:
    case LT_EV_OFFICE_OPENED:
    case LT_EV_OFFICE_CHANGED:
        return check_office(event);
    case LT_EV_CHUNK:
        return check_chunk(event);
    case LT_EV_RULESET_SET:
    case LT_EV_CALENDAR_SET:
        return lt_law_body_check(event);
    case LT_EV_ROOT_STEPPED_DOWN: {
        const char *reason = check_office(event);

        return reason != NULL ? reason : lt_region_body_check(event);
    }
    case LT_EV_KEY_REVOKED:
        return lt_trust_body_check(event);
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

/* Of a step that tells a citizen something: how, and of what. */
static bool notice_known(const struct lt_event *event)
{
    return event->kind == 12   ? event->way <= 5 && event->notice <= 8
           : event->kind == 48 ? event->way <= 3
                               : true;
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
        return (within(event->kind, 1, 13) || within(event->kind, 30, 49)) &&
               notice_known(event);
    case LT_EV_DENUNCIATION_STEP: /* those that need no word and no day */
        return (within(event->kind, 1, 13) || within(event->kind, 30, 32) ||
                within(event->kind, 34, 37) || event->kind == 43 ||
                within(event->kind, 45, 46) || within(event->kind, 48, 49)) &&
               notice_known(event);
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_CLOSED:
        return within(event->reason, 1, 7);
    case LT_EV_DENUNCIATION_RECEIVED:
        return event->signer_kind <= 3 && event->accused <= 3;
    case LT_EV_INCIDENT_RAISED:
    case LT_EV_INCIDENT_UPDATED:
    case LT_EV_TEXT_ERASED:
    case LT_EV_ERASURE_RECEIPT:
    case LT_EV_MATTER_READ:
    case LT_EV_AUDIT_MARKED:
    case LT_EV_REGISTER_SENT:
    case LT_EV_REGISTER_WANTED:
        return true;
    case LT_EV_REGISTER_TAKEN:
        return within(event->kind, 1, 2);
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
    case LT_EV_READ_ENDED:
        return true;
    case LT_EV_DOOR_SHUT:
    case LT_EV_DOOR_OPENED:
    case LT_EV_KEY_REVOKED:
    case LT_EV_KEY_RESTORED:
        return true;
    case LT_EV_READ_GRANTED:
    case LT_EV_READ_WITHDRAWN:
        /* A class that we do not know is for a later version. */
        return (event->kind & ~(uint32_t)LT_READ_CLASSES) == 0;
    case LT_EV_CALENDAR_SET:
        for (size_t i = 0; i < event->calendar_days_n; i++) {
            if (!within(event->calendar_days[i].kind, LT_DAY_OFF,
                        LT_DAY_WORKED)) {
                return false;
            }
        }
        return true;
    case LT_EV_CROWD_FORECAST:
    case LT_EV_DAILY_STATUS:
    case LT_EV_COORDINATION_REPLY:
    case LT_EV_RETALIATION_REPORTED:
    case LT_EV_RETALIATION_CLOSED:
    case LT_EV_ROSTER_SET:
        return within(event->kind, 1, 3);
    case LT_EV_DIRECTIVE_CHANGED:
        return within(event->kind, 1, 3);
    case LT_EV_SHIFT_SWAPPED:
        return within(event->kind, 1, 2);
    case LT_EV_NOTICE_SENT:
        return within(event->kind, 1, 7);
    case LT_EV_RECEPTION_TURN:
        return within(event->kind, 1, 4) && event->outcome <= 5;
    case LT_EV_COORDINATION_REQUEST:
        return within(event->kind, 1, 8);
    case LT_EV_HEIGHTENED_PERIOD_SET:
    case LT_EV_TASKFORCE_FORMED:
        return within(event->kind, 1, LT_CADENCE_MAX);
    case LT_EV_HEIGHTENED_PERIOD_ENDED:
    case LT_EV_TASKFORCE_ENDED:
    case LT_EV_PERIOD_CLOSED:
    case LT_EV_SHIFT_HANDED_OVER:
    case LT_EV_TEXT_FLAGGED:
    case LT_EV_TEXT_REPLACED:
        return true;
    case LT_EV_DENUNCIATION_REFUSED:
        return within(event->kind, 1, 2);
    case LT_EV_DIRECTIVE_STATUS:
        return status_code_known(event->code);
    case LT_EV_ENTRY_VOIDED:
        return within(event->reason, 1, 3);
    case LT_EV_OFFICE_PROPOSED:
    case LT_EV_KEY_BOUND:
    case LT_EV_KEY_CONFIRMED:
    case LT_EV_KEY_FORMER:
        return !event->office.has_from_date;
    case LT_EV_OFFICE_OPENED:
    case LT_EV_ROOT_STEPPED_DOWN:
    case LT_EV_REGION_ADMITTED:
    case LT_EV_OFFICE_RELEASED:
    case LT_EV_OFFICE_ADMITTED:
    case LT_EV_RELEASE_WITHDRAWN:
        return true;
    case LT_EV_OFFICE_CHANGED:
        /* A closing passes something on, a change is prepared or put in force:
         * what says more than that is of a later version. */
        return event->office_closed == event->has_heir &&
               !(event->office_closed && event->has_puts_in_force);
    default:
        return false;
    }
}
