/* From an event's bytes to struct lt_event.
 *
 * The message is unpacked into the caller's arena and copied field by field;
 * texts and the binding stay in the arena. */
#include "common/codec_event.h"

#include <string.h>

#include "common/scan.h"
#include "common/sys.h"
#include "common/wire.h"
#include "proto/log.pb-c.h"

static bool read_office(ProtobufCBinaryData data, struct lt_office *out)
{
    if (data.len != LT_OFFICE_LEN) {
        return false;
    }
    memcpy(out->bytes, data.data, LT_OFFICE_LEN);
    return true;
}

static struct lt_text read_text(const char *text)
{
    return text == NULL ? (struct lt_text){NULL, 0}
                        : (struct lt_text){text, strlen(text)};
}

/* What a reference leaves out is the referring event's own. */
static bool read_ref(const Lt__EventRef *ref, const struct lt_event_id *own,
                     struct lt_event_id *out)
{
    out->origin = own->origin;
    out->epoch = own->epoch;
    out->count = ref->count;
    if (ref->has_origin &&
        (!ref->has_epoch || !read_office(ref->origin, &out->origin))) {
        return false;
    }
    if (ref->has_epoch) {
        out->epoch = ref->epoch;
    }
    return ref->has_count && ref->count != 0;
}

static bool read_part(const Lt__PartRef *part, struct lt_part_ref *out)
{
    if (!part->has_hash || part->hash.len != LT_TYPED_HASH_LEN ||
        part->hash.data[0] != LT_ALG_SHA256) {
        return false;
    }
    memcpy(out->hash, part->hash.data + 1, LT_HASH_LEN);
    out->size = part->size;
    out->kind = part->kind;
    out->retention = part->retention;
    out->large = part->large != 0;
    out->has_sealed_for = part->has_sealed_for != 0;
    return !part->has_sealed_for ||
           read_office(part->sealed_for, &out->sealed_for);
}

static const char *read_lists(const Lt__Event *message, struct lt_event *out)
{
    if (message->n_causes > LT_CAUSES_MAX) {
        return "too many causes";
    }
    if (message->n_parts > LT_EVENT_PARTS_MAX) {
        return "too many parts";
    }
    out->causes_n = message->n_causes;
    for (size_t i = 0; i < message->n_causes; i++) {
        if (!read_ref(message->causes[i], &out->id, &out->causes[i])) {
            return "bad cause";
        }
    }
    out->parts_n = message->n_parts;
    for (size_t i = 0; i < message->n_parts; i++) {
        if (!read_part(message->parts[i], &out->parts[i])) {
            return "bad part";
        }
    }
    return NULL;
}

static const char *read_common(const Lt__Event *message, struct lt_event *out)
{
    out->type = message->type;
    out->needs_feature = message->needs_feature;
    out->tree_version = message->tree_version;
    if (__builtin_add_overflow(lt_hlc_ms(out->hlc), message->recorded_after_ms,
                               &out->recorded_at_ms)) {
        return "bad time";
    }
    out->has_legal_date = message->has_legal_date != 0;
    out->legal_date = message->legal_date;
    out->actor_role = message->actor_role;
    out->has_request_id = message->has_request_id != 0;
    if (message->has_request_id) {
        if (message->request_id.len != LT_REQUEST_LEN) {
            return "bad request id";
        }
        memcpy(out->request_id, message->request_id.data, LT_REQUEST_LEN);
    }
    out->has_subject = message->subject != NULL;
    if (message->subject != NULL &&
        !read_ref(message->subject, &out->id, &out->subject)) {
        return "bad subject";
    }
    out->has_entered_for = message->has_entered_for != 0;
    if (message->has_entered_for &&
        !read_office(message->entered_for, &out->entered_for)) {
        return "bad entered_for";
    }
    out->basis = message->basis;
    out->clock_unsure = message->clock_unsure != 0;
    out->has_corrects = message->corrects != NULL;
    if (message->corrects != NULL &&
        !read_ref(message->corrects, &out->id, &out->corrects)) {
        return "bad reference";
    }
    return read_lists(message, out);
}

static const char *read_addresses(size_t from_n, char *const *from,
                                  size_t *out_n, struct lt_text *out)
{
    if (from_n > LT_OFFICE_ADDRESSES_MAX) {
        return "too many addresses";
    }
    *out_n = from_n;
    for (size_t i = 0; i < from_n; i++) {
        out[i] = read_text(from[i]);
    }
    return NULL;
}

static const char *read_office_info(const Lt__Office *office,
                                    struct lt_event *event)
{
    struct lt_office_info *out = &event->office;
    const char *reason;

    if (office == NULL || !office->has_id ||
        !read_office(office->id, &out->id) ||
        (office->has_parent && !read_office(office->parent, &out->parent))) {
        return "bad office";
    }
    out->name = read_text(office->name);
    out->kind = read_text(office->kind);
    out->code = read_text(office->code);
    out->keeper = office->keeper != 0;
    out->has_from_date = office->has_from_date != 0;
    out->from_date = office->from_date;
    reason = read_addresses(office->n_link_addresses, office->link_addresses,
                            &out->link_addresses_n, out->link_addresses);
    if (reason != NULL) {
        return reason;
    }
    return read_addresses(office->n_enrol_addresses, office->enrol_addresses,
                          &out->enrol_addresses_n, out->enrol_addresses);
}

static const char *read_opened(const Lt__OfficeOpened *body,
                               struct lt_event *out)
{
    out->has_proposal = body->proposal != NULL;
    if (body->proposal != NULL &&
        !read_ref(body->proposal, &out->id, &out->proposal)) {
        return "bad reference";
    }
    return read_office_info(body->office, out);
}

static const char *read_changed(const Lt__OfficeChanged *body,
                                struct lt_event *out)
{
    out->office_closed = body->closed != 0;
    out->office_prepared = body->prepared != 0;
    out->has_puts_in_force = body->puts_in_force != NULL;
    if (body->puts_in_force != NULL &&
        !read_ref(body->puts_in_force, &out->id, &out->puts_in_force)) {
        return "bad reference";
    }
    out->has_heir = body->has_heir != 0;
    if (body->has_heir && !read_office(body->heir, &out->heir)) {
        return "bad heir";
    }
    return read_office_info(body->office, out);
}

static const char *read_region(const Lt__Region *body, struct lt_event *out)
{
    const char *reason = read_office_info(body->office, out);

    if (reason != NULL) {
        return reason;
    }
    out->has_other = body->step != NULL;
    if (body->step != NULL && !read_ref(body->step, &out->id, &out->other)) {
        return "bad reference";
    }
    if (body->has_released && !read_office(body->released, &out->released)) {
        return "bad office";
    }
    if (out->type == LT_EV_RELEASE_WITHDRAWN) {
        return NULL;
    }
    if (!body->has_root_key || body->root_key.len != LT_TYPED_KEY_LEN ||
        body->root_key.data[0] != LT_ALG_ED25519) {
        return "bad root key";
    }
    if (body->has_step_hash && (body->step_hash.len != LT_TYPED_HASH_LEN ||
                                body->step_hash.data[0] != LT_ALG_SHA256)) {
        return "bad hash";
    }
    memcpy(out->root_key, body->root_key.data + 1, LT_PUBKEY_LEN);
    if (body->has_step_hash) {
        memcpy(out->step_hash, body->step_hash.data + 1, LT_HASH_LEN);
    }
    out->step_version = body->step_version;
    out->binding = body->binding.data;
    out->binding_len = body->binding.len;
    out->has_day = body->has_from_date != 0;
    out->day = body->from_date;
    out->has_due = body->has_until_date != 0;
    out->due = body->until_date;
    return NULL;
}

static const char *read_directive(const Lt__DirectiveIssued *body,
                                  struct lt_event *out)
{
    out->doc_no = read_text(body->doc_no);
    out->has_due = body->has_due != 0;
    out->due = body->due;
    out->urgent = body->urgent != 0;
    out->kind = body->kind;
    out->has_other = body->under != NULL;
    return body->under == NULL || read_ref(body->under, &out->id, &out->other)
               ? NULL
               : "bad reference";
}

static const char *read_case_opened(const Lt__CaseOpened *body,
                                    struct lt_event *out)
{
    out->case_type = body->case_type;
    out->field = body->field;
    out->has_received_on = body->has_received_on != 0;
    out->received_on = body->received_on;
    out->number = read_text(body->number);
    out->remote = body->remote != 0;
    out->again = body->again != 0;
    out->has_other = body->first != NULL;
    return body->first == NULL || read_ref(body->first, &out->id, &out->other)
               ? NULL
               : "bad reference";
}

static void read_case_step(const Lt__CaseStep *body, struct lt_event *out)
{
    out->kind = body->kind;
    out->doc_no = read_text(body->doc_no);
    out->has_doc_date = body->has_doc_date != 0;
    out->doc_date = body->doc_date;
    out->extension_days = body->extension_days;
    out->has_day = body->has_day != 0;
    out->day = body->day;
    out->name = read_text(body->agency);
    out->way = body->way;
    out->notice = body->notice;
}

static void read_denunciation(const Lt__DenunciationReceived *body,
                              struct lt_event *out)
{
    out->sealed_ref = read_text(body->sealed_ref);
    out->field = body->field;
    out->has_received_on = body->has_received_on != 0;
    out->received_on = body->received_on;
    out->signer_kind = body->signer_kind;
    out->accused = body->accused;
}

static const char *read_chunk(const Lt__Chunk *body, struct lt_event *out)
{
    if (body->event == NULL ||
        !read_ref(body->event, &out->id, &out->chunk_of)) {
        return "bad reference";
    }
    out->chunk_index = body->index;
    out->chunk_offset = body->offset;
    return NULL;
}

static const char *read_erased(const Lt__TextErased *body, struct lt_event *out)
{
    if (body->event == NULL || !read_ref(body->event, &out->id, &out->erases)) {
        return "bad reference";
    }
    out->has_erase_index = body->has_index != 0;
    out->erase_index = body->index;
    out->confirms = body->confirms != 0;
    return NULL;
}

/* The body of the event's type, and how many bodies stand in the message. */
static const void *find_body(const Lt__Event *message, unsigned *out_bodies_n)
{
    const struct {
        uint32_t type;
        const void *body;
    } bodies[] = {
        {LT_EV_CASE_OPENED, message->case_opened},
        {LT_EV_CASE_STEP, message->case_step},
        {LT_EV_CASE_CLOSED, message->case_closed},
        {LT_EV_DENUNCIATION_RECEIVED, message->denunciation_received},
        {LT_EV_DENUNCIATION_STEP, message->denunciation_step},
        {LT_EV_DENUNCIATION_CLOSED, message->denunciation_closed},
        {LT_EV_INCIDENT_RAISED, message->incident_raised},
        {LT_EV_INCIDENT_UPDATED, message->incident_updated},
        {LT_EV_INCIDENT_TAKEN, message->incident_taken},
        {LT_EV_INCIDENT_CLOSED, message->incident_closed},
        {LT_EV_DIRECTIVE_ISSUED, message->directive_issued},
        {LT_EV_DIRECTIVE_STATUS, message->directive_status},
        {LT_EV_ENTRY_VOIDED, message->entry_voided},
        {LT_EV_TEXT_ERASED, message->text_erased},
        {LT_EV_ERASURE_RECEIPT, message->erasure_receipt},
        {LT_EV_MATTER_READ, message->matter_read},
        {LT_EV_AUDIT_MARKED, message->audit_mark},
        {LT_EV_OFFICE_PROPOSED, message->office_proposed},
        {LT_EV_OFFICE_OPENED, message->office_opened},
        {LT_EV_KEY_BOUND, message->key_bound},
        {LT_EV_OFFICE_CHANGED, message->office_changed},
        {LT_EV_KEY_REVOKED, message->key_revoked},
        {LT_EV_ROOT_STEPPED_DOWN, message->region},
        {LT_EV_CHUNK, message->chunk},
        {LT_EV_ENCLOSED, message->enclosed},
        {LT_BODY_DEED, message->deed},
        {LT_BODY_DENUNCIATION_DEED, message->denunciation_deed},
        {LT_EV_RULESET_SET, message->ruleset_set},
        {LT_EV_CALENDAR_SET, message->calendar_set},
    };
    uint32_t wanted = lt_event_body(message->type);
    const void *own = NULL;

    *out_bodies_n = 0;
    for (size_t i = 0; i < LT_COUNT_OF(bodies); i++) {
        if (bodies[i].body != NULL) {
            (*out_bodies_n)++;
        }
        if (bodies[i].type == wanted) {
            own = bodies[i].body;
        }
    }
    return own;
}

static const char *read_deed(const Lt__Deed *body, struct lt_event *out)
{
    out->kind = body->kind;
    out->doc_no = read_text(body->doc_no);
    out->has_doc_date = body->has_doc_date != 0;
    out->doc_date = body->doc_date;
    out->has_day = body->has_day != 0;
    out->day = body->day;
    out->has_due = body->has_due != 0;
    out->due = body->due;
    out->count = body->count;
    out->minute = body->minute;
    out->field = body->field;
    out->name = read_text(body->name);
    out->outcome = body->outcome;
    out->leader = body->leader != 0;
    out->again = body->again != 0;
    out->has_other = body->other != NULL;
    return body->other == NULL || read_ref(body->other, &out->id, &out->other)
               ? NULL
               : "bad reference";
}

/* Whom the event is for, whichever body says so, in the arena. */
static lt_err read_addressees(const Lt__Event *message, struct lt_arena *arena,
                              struct lt_event *out, struct lt_diag *diag)
{
    const Lt__DirectiveIssued *issued = message->directive_issued;
    const Lt__Deed *deed = message->deed;
    const Lt__DenunciationDeed *sealed = message->denunciation_deed;
    const ProtobufCBinaryData *list = issued != NULL ? issued->to
                            : deed != NULL ? deed->to
                                           : NULL;
    size_t n = issued != NULL   ? issued->n_to
               : deed != NULL   ? deed->n_to
               : sealed != NULL ? sealed->has_to_high && sealed->has_to_low
                                : 0;
    struct lt_office *to;

    if (n > LT_ADDRESSEES_MAX) {
        return lt_malformed(diag, "too many addressees");
    }
    if (n == 0) {
        return LT_OK;
    }
    to = lt_arena_take(arena, n * sizeof(*to));
    if (to == NULL) {
        return LT_ENOMEM;
    }
    if (list == NULL) {
        lt_put_be64(lt_put_be64(to->bytes, sealed->to_high), sealed->to_low);
    }
    for (size_t i = 0; list != NULL && i < n; i++) {
        if (!read_office(list[i], &to[i])) {
            return lt_malformed(diag, "bad addressee");
        }
    }
    out->to = to;
    out->to_n = n;
    return LT_OK;
}

static const char *read_enclosed(const Lt__Enclosed *body, struct lt_event *out)
{
    if (body->event == NULL || !read_ref(body->event, &out->id, &out->other)) {
        return "bad reference";
    }
    out->has_other = true;
    out->enclosed_hlc = body->hlc;
    out->enclosed = body->body.data;
    out->enclosed_len = body->body.len;
    return NULL;
}

static const char *read_body(const Lt__Event *message, struct lt_event *out)
{
    switch (lt_event_body(message->type)) {
    case LT_BODY_DEED:
        return read_deed(message->deed, out);
    case LT_BODY_DENUNCIATION_DEED:
        out->kind = message->denunciation_deed->kind;
        break;
    case LT_EV_ENCLOSED:
        return read_enclosed(message->enclosed, out);
    case LT_EV_CASE_OPENED:
        return read_case_opened(message->case_opened, out);
    case LT_EV_CASE_STEP:
        read_case_step(message->case_step, out);
        break;
    case LT_EV_CASE_CLOSED:
        out->reason = message->case_closed->reason;
        out->doc_no = read_text(message->case_closed->doc_no);
        break;
    case LT_EV_DENUNCIATION_RECEIVED:
        read_denunciation(message->denunciation_received, out);
        break;
    case LT_EV_DENUNCIATION_STEP:
        out->kind = message->denunciation_step->kind;
        out->has_doc_date = message->denunciation_step->has_doc_date != 0;
        out->doc_date = message->denunciation_step->doc_date;
        out->extension_days = message->denunciation_step->extension_days;
        out->way = message->denunciation_step->way;
        out->notice = message->denunciation_step->notice;
        break;
    case LT_EV_DENUNCIATION_CLOSED:
        out->reason = message->denunciation_closed->reason;
        break;
    case LT_EV_INCIDENT_RAISED:
        out->people = message->incident_raised->people;
        out->field = message->incident_raised->field;
        break;
    case LT_EV_INCIDENT_UPDATED:
        out->people = message->incident_updated->people;
        break;
    case LT_EV_INCIDENT_TAKEN:
        out->way = message->incident_taken->way;
        break;
    case LT_EV_INCIDENT_CLOSED:
        out->reason = message->incident_closed->reason;
        break;
    case LT_EV_DIRECTIVE_ISSUED:
        return read_directive(message->directive_issued, out);
    case LT_EV_DIRECTIVE_STATUS:
        out->code = message->directive_status->code;
        break;
    case LT_EV_ENTRY_VOIDED:
        out->reason = message->entry_voided->reason;
        break;
    case LT_EV_OFFICE_PROPOSED:
        return read_office_info(message->office_proposed->office, out);
    case LT_EV_OFFICE_OPENED:
        return read_opened(message->office_opened, out);
    case LT_EV_OFFICE_CHANGED:
        return read_changed(message->office_changed, out);
    case LT_EV_ROOT_STEPPED_DOWN:
    case LT_EV_REGION_ADMITTED:
    case LT_EV_OFFICE_RELEASED:
    case LT_EV_OFFICE_ADMITTED:
    case LT_EV_RELEASE_WITHDRAWN:
        return read_region(message->region, out);
    case LT_EV_KEY_BOUND:
        out->binding = message->key_bound->binding.data;
        out->binding_len = message->key_bound->binding.len;
        break;
    case LT_EV_AUDIT_MARKED:
        return lt_audit_body_read(message->audit_mark, out);
    case LT_EV_CHUNK:
        return read_chunk(message->chunk, out);
    case LT_EV_TEXT_ERASED:
        return read_erased(message->text_erased, out);
    case LT_EV_ERASURE_RECEIPT:
        return message->erasure_receipt->order == NULL ||
                       !read_ref(message->erasure_receipt->order, &out->id,
                                 &out->erases)
                   ? "bad reference"
                   : NULL;
    case LT_EV_MATTER_READ:
        return message->matter_read->matter == NULL ||
                       !read_ref(message->matter_read->matter, &out->id,
                                 &out->reads)
                   ? "bad reference"
                   : NULL;
    default: /* read by lt_law_body_read and lt_trust_body_read */
        break;
    }
    return NULL;
}

lt_err lt_event_decode(const uint8_t *bytes, size_t len,
                       const struct lt_event_id *id, uint64_t hlc,
                       struct lt_arena *arena, struct lt_event *out_event,
                       struct lt_diag *diag)
{
    void *unpacked = NULL;
    const Lt__Event *message;
    const char *reason;
    unsigned bodies_n;
    lt_err rc;

    rc = lt_unpack(&lt__event__descriptor, bytes, len, LT_EVENT_MAX, arena,
                   &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    message = unpacked;
    memset(out_event, 0, sizeof(*out_event));
    out_event->id = *id;
    out_event->hlc = hlc;
    reason = read_common(message, out_event);
    if (reason != NULL) {
        return lt_malformed(diag, reason);
    }
    if (lt_event_type_word(message->type) != NULL) {
        if (find_body(message, &bodies_n) == NULL || bodies_n != 1) {
            return lt_malformed(diag, "not the body of its type");
        }
        reason = read_body(message, out_event);
        if (reason != NULL) {
            return lt_malformed(diag, reason);
        }
        rc = read_addressees(message, arena, out_event, diag);
        if (rc == LT_OK) {
            rc = lt_law_body_read(message, arena, out_event, diag);
        }
        if (rc == LT_OK) {
            rc = lt_trust_body_read(message, arena, out_event, diag);
        }
        if (rc != LT_OK) {
            return rc;
        }
    }
    if (out_event->type == LT_EV_ROOT_STEPPED_DOWN ||
        out_event->type == LT_EV_OFFICE_RELEASED) {
        lt_sha256(&(struct lt_span){bytes, len}, 1, out_event->step_hash);
    }
    return lt_event_check(out_event, diag);
}
