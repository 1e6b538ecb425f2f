/* From struct lt_event to bytes, by way of the generated message.
 *
 * The messages live on the stack: an event is small and its bounds are known.
 * Only the office's many texts, which protobuf-c wants terminated, take an
 * arena. */
#include "common/codec_event.h"

#include <string.h>

#include "common/scan.h"
#include "common/sys.h"
#include "common/wire.h"
#include "proto/log.pb-c.h"

enum { TEXT_BYTES = 2 * (LT_STRING_MAX + 1) };

/* Every message that an event may hold, with room for what they point to. */
struct draft {
    Lt__Event event;
    Lt__EventRef causes[LT_CAUSES_MAX];
    Lt__EventRef *cause_list[LT_CAUSES_MAX];
    Lt__EventRef subject;
    Lt__EventRef corrects;
    Lt__EventRef erases;
    Lt__EventRef proposal; /* or what a chunk is of */
    Lt__PartRef parts[LT_EVENT_PARTS_MAX];
    Lt__PartRef *part_list[LT_EVENT_PARTS_MAX];
    uint8_t part_hashes[LT_EVENT_PARTS_MAX][LT_TYPED_HASH_LEN];
    union {
        Lt__CaseOpened case_opened;
        Lt__CaseStep case_step;
        Lt__CaseClosed case_closed;
        Lt__DenunciationReceived denunciation_received;
        Lt__DenunciationStep denunciation_step;
        Lt__DenunciationClosed denunciation_closed;
        Lt__IncidentRaised incident_raised;
        Lt__IncidentUpdated incident_updated;
        Lt__IncidentTaken incident_taken;
        Lt__IncidentClosed incident_closed;
        Lt__DirectiveStatus directive_status;
        Lt__EntryVoided entry_voided;
        Lt__TextErased text_erased;
        Lt__ErasureReceipt erasure_receipt;
        Lt__MatterRead matter_read;
        Lt__KeyBound key_bound;
        Lt__AuditMark audit_mark;
        Lt__Chunk chunk;
    } body;
    uint8_t audit_hash[LT_TYPED_HASH_LEN];
    char texts[TEXT_BYTES];
    char *text_at;
};

static ProtobufCBinaryData office_bytes(const struct lt_office *office)
{
    /* The generated type is not const; packing only reads. */
    return (ProtobufCBinaryData){LT_OFFICE_LEN,
                                 (uint8_t *)(uintptr_t)office->bytes};
}

/* Terminated copy; NULL for an empty text, which is then left out. */
static char *put_text(struct draft *draft, const struct lt_text *text)
{
    char *copy = draft->text_at;

    if (text->len == 0) {
        return NULL;
    }
    memcpy(copy, text->data, text->len);
    copy[text->len] = '\0';
    draft->text_at += text->len + 1;
    return copy;
}

static void put_ref(Lt__EventRef *out, const struct lt_event_id *ref,
                    const struct lt_event_id *own)
{
    lt__event_ref__init(out);
    out->has_count = 1;
    out->count = ref->count;
    if (!lt_office_equal(&ref->origin, &own->origin)) {
        out->has_origin = 1;
        out->origin = office_bytes(&ref->origin);
    }
    if (out->has_origin || ref->epoch != own->epoch) {
        out->has_epoch = 1;
        out->epoch = ref->epoch;
    }
}

static void put_part(struct draft *draft, size_t index,
                     const struct lt_part_ref *part)
{
    Lt__PartRef *out = &draft->parts[index];

    lt__part_ref__init(out);
    lt_put_typed(draft->part_hashes[index], LT_ALG_SHA256, part->hash,
                 LT_HASH_LEN);
    out->has_hash = 1;
    out->hash =
        (ProtobufCBinaryData){LT_TYPED_HASH_LEN, draft->part_hashes[index]};
    out->has_size = part->size != 0;
    out->size = part->size;
    out->has_kind = 1;
    out->kind = part->kind;
    out->has_retention = 1;
    out->retention = part->retention;
    out->has_large = part->large;
    out->large = part->large;
    out->has_sealed_for = part->has_sealed_for;
    out->sealed_for = office_bytes(&part->sealed_for);
    draft->part_list[index] = out;
}

static lt_err put_common(struct draft *draft, const struct lt_event *event)
{
    Lt__Event *out = &draft->event;
    int64_t after_ms;

    if (__builtin_sub_overflow(event->recorded_at_ms, lt_hlc_ms(event->hlc),
                               &after_ms)) {
        return LT_EINVAL;
    }
    out->has_type = 1;
    out->type = event->type;
    out->n_causes = event->causes_n;
    out->causes = draft->cause_list;
    for (size_t i = 0; i < event->causes_n; i++) {
        put_ref(&draft->causes[i], &event->causes[i], &event->id);
        draft->cause_list[i] = &draft->causes[i];
    }
    out->has_tree_version = event->tree_version != 0;
    out->tree_version = event->tree_version;
    out->has_recorded_after_ms = after_ms != 0;
    out->recorded_after_ms = after_ms;
    out->has_legal_date = event->has_legal_date;
    out->legal_date = event->legal_date;
    out->has_actor_role = event->actor_role != 0;
    out->actor_role = event->actor_role;
    out->has_request_id = event->has_request_id;
    out->request_id = (ProtobufCBinaryData){
        LT_REQUEST_LEN, (uint8_t *)(uintptr_t)event->request_id};
    if (event->has_subject) {
        put_ref(&draft->subject, &event->subject, &event->id);
        out->subject = &draft->subject;
    }
    out->has_entered_for = event->has_entered_for;
    out->entered_for = office_bytes(&event->entered_for);
    out->has_basis = event->basis != 0;
    out->basis = event->basis;
    out->has_clock_unsure = event->clock_unsure;
    out->clock_unsure = event->clock_unsure;
    if (event->has_corrects) {
        put_ref(&draft->corrects, &event->corrects, &event->id);
        out->corrects = &draft->corrects;
    }
    out->n_parts = event->parts_n;
    out->parts = draft->part_list;
    for (size_t i = 0; i < event->parts_n; i++) {
        put_part(draft, i, &event->parts[i]);
    }
    out->has_needs_feature = event->needs_feature != 0;
    out->needs_feature = event->needs_feature;
    return LT_OK;
}

static void put_case_opened(struct draft *draft, const struct lt_event *event)
{
    Lt__CaseOpened *body = &draft->body.case_opened;

    lt__case_opened__init(body);
    body->has_case_type = 1;
    body->case_type = event->case_type;
    body->has_field = event->field != 0;
    body->field = event->field;
    body->has_received_on = event->has_received_on;
    body->received_on = event->received_on;
    body->number = put_text(draft, &event->number);
    body->has_remote = event->remote;
    body->remote = event->remote;
    body->has_again = event->again;
    body->again = event->again;
    if (event->has_other) {
        put_ref(&draft->proposal, &event->other, &event->id);
        body->first = &draft->proposal;
    }
    draft->event.case_opened = body;
}

static void put_case_step(struct draft *draft, const struct lt_event *event)
{
    Lt__CaseStep *body = &draft->body.case_step;

    lt__case_step__init(body);
    body->has_kind = 1;
    body->kind = event->kind;
    body->doc_no = put_text(draft, &event->doc_no);
    body->has_doc_date = event->has_doc_date;
    body->doc_date = event->doc_date;
    body->has_extension_days = event->extension_days != 0;
    body->extension_days = event->extension_days;
    body->has_day = event->has_day;
    body->day = event->day;
    body->agency = put_text(draft, &event->name);
    body->has_way = event->way != 0;
    body->way = event->way;
    body->has_notice = event->notice != 0;
    body->notice = event->notice;
    draft->event.case_step = body;
}

static void put_case_closed(struct draft *draft, const struct lt_event *event)
{
    Lt__CaseClosed *body = &draft->body.case_closed;

    lt__case_closed__init(body);
    body->has_reason = 1;
    body->reason = event->reason;
    body->doc_no = put_text(draft, &event->doc_no);
    draft->event.case_closed = body;
}

static void put_denunciation(struct draft *draft, const struct lt_event *event)
{
    if (event->type == LT_EV_DENUNCIATION_RECEIVED) {
        Lt__DenunciationReceived *body = &draft->body.denunciation_received;
        lt__denunciation_received__init(body);
        body->sealed_ref = put_text(draft, &event->sealed_ref);
        body->has_field = event->field != 0;
        body->field = event->field;
        body->has_received_on = event->has_received_on;
        body->received_on = event->received_on;
        body->has_signer_kind = event->signer_kind != 0;
        body->signer_kind = event->signer_kind;
        body->has_accused = event->accused != 0;
        body->accused = event->accused;
        draft->event.denunciation_received = body;
    } else if (event->type == LT_EV_DENUNCIATION_STEP) {
        Lt__DenunciationStep *body = &draft->body.denunciation_step;
        lt__denunciation_step__init(body);
        body->has_kind = 1;
        body->kind = event->kind;
        body->has_doc_date = event->has_doc_date;
        body->doc_date = event->doc_date;
        body->has_extension_days = event->extension_days != 0;
        body->extension_days = event->extension_days;
        body->has_way = event->way != 0;
        body->way = event->way;
        body->has_notice = event->notice != 0;
        body->notice = event->notice;
        draft->event.denunciation_step = body;
    } else {
        Lt__DenunciationClosed *body = &draft->body.denunciation_closed;
        lt__denunciation_closed__init(body);
        body->has_reason = 1;
        body->reason = event->reason;
        draft->event.denunciation_closed = body;
    }
}

static void put_incident(struct draft *draft, const struct lt_event *event)
{
    if (event->type == LT_EV_INCIDENT_RAISED) {
        Lt__IncidentRaised *body = &draft->body.incident_raised;
        lt__incident_raised__init(body);
        body->has_people = 1;
        body->people = event->people;
        body->has_field = event->field != 0;
        body->field = event->field;
        draft->event.incident_raised = body;
    } else if (event->type == LT_EV_INCIDENT_UPDATED) {
        Lt__IncidentUpdated *body = &draft->body.incident_updated;
        lt__incident_updated__init(body);
        body->has_people = 1;
        body->people = event->people;
        draft->event.incident_updated = body;
    } else if (event->type == LT_EV_INCIDENT_TAKEN) {
        Lt__IncidentTaken *body = &draft->body.incident_taken;
        lt__incident_taken__init(body);
        body->has_way = 1;
        body->way = event->way;
        draft->event.incident_taken = body;
    } else {
        Lt__IncidentClosed *body = &draft->body.incident_closed;
        lt__incident_closed__init(body);
        body->has_reason = 1;
        body->reason = event->reason;
        draft->event.incident_closed = body;
    }
}

static void put_small(struct draft *draft, const struct lt_event *event)
{
    if (event->type == LT_EV_DIRECTIVE_STATUS) {
        Lt__DirectiveStatus *body = &draft->body.directive_status;
        lt__directive_status__init(body);
        body->has_code = 1;
        body->code = event->code;
        draft->event.directive_status = body;
    } else if (event->type == LT_EV_ENTRY_VOIDED) {
        Lt__EntryVoided *body = &draft->body.entry_voided;
        lt__entry_voided__init(body);
        body->has_reason = 1;
        body->reason = event->reason;
        draft->event.entry_voided = body;
    } else {
        Lt__KeyBound *body = &draft->body.key_bound;
        lt__key_bound__init(body);
        body->has_binding = 1;
        body->binding = (ProtobufCBinaryData){
            event->binding_len, (uint8_t *)(uintptr_t)event->binding};
        draft->event.key_bound = body;
    }
}

static void put_chunk(struct draft *draft, const struct lt_event *event)
{
    Lt__Chunk *body = &draft->body.chunk;

    lt__chunk__init(body);
    put_ref(&draft->proposal, &event->chunk_of, &event->id);
    body->event = &draft->proposal;
    body->has_index = event->chunk_index != 0;
    body->index = event->chunk_index;
    body->has_offset = event->chunk_offset != 0;
    body->offset = event->chunk_offset;
    draft->event.chunk = body;
}

static void put_erasure(struct draft *draft, const struct lt_event *event)
{
    put_ref(&draft->erases, &event->erases, &event->id);
    if (event->type == LT_EV_TEXT_ERASED) {
        Lt__TextErased *body = &draft->body.text_erased;
        lt__text_erased__init(body);
        body->event = &draft->erases;
        body->has_index = event->has_erase_index;
        body->index = event->erase_index;
        body->has_confirms = event->confirms;
        body->confirms = event->confirms;
        draft->event.text_erased = body;
    } else {
        Lt__ErasureReceipt *body = &draft->body.erasure_receipt;
        lt__erasure_receipt__init(body);
        body->order = &draft->erases;
        draft->event.erasure_receipt = body;
    }
}

static void put_read(struct draft *draft, const struct lt_event *event)
{
    Lt__MatterRead *body = &draft->body.matter_read;

    lt__matter_read__init(body);
    put_ref(&draft->erases, &event->reads, &event->id);
    body->matter = &draft->erases;
    draft->event.matter_read = body;
}

static lt_err pack_directive(struct draft *draft, const struct lt_event *event,
                             struct lt_buf *out)
{
    ProtobufCBinaryData to[LT_ADDRESSEES_MAX];
    Lt__DirectiveIssued body = LT__DIRECTIVE_ISSUED__INIT;

    for (size_t i = 0; i < event->to_n; i++) {
        to[i] = office_bytes(&event->to[i]);
    }
    body.n_to = event->to_n;
    body.to = to;
    body.doc_no = put_text(draft, &event->doc_no);
    body.has_due = event->has_due;
    body.due = event->due;
    body.has_urgent = event->urgent;
    body.urgent = event->urgent;
    body.has_kind = event->kind != 0;
    body.kind = event->kind;
    if (event->has_other) {
        put_ref(&draft->proposal, &event->other, &event->id);
        body.under = &draft->proposal;
    }
    draft->event.directive_issued = &body;
    return lt_pack(&draft->event, LT_EVENT_MAX, out);
}

static lt_err pack_deed(struct draft *draft, const struct lt_event *event,
                        struct lt_buf *out)
{
    ProtobufCBinaryData to[LT_ADDRESSEES_MAX];
    Lt__Deed body = LT__DEED__INIT;

    for (size_t i = 0; i < event->to_n; i++) {
        to[i] = office_bytes(&event->to[i]);
    }
    body.n_to = event->to_n;
    body.to = to;
    body.has_kind = event->kind != 0;
    body.kind = event->kind;
    body.doc_no = put_text(draft, &event->doc_no);
    body.has_doc_date = event->has_doc_date;
    body.doc_date = event->doc_date;
    body.has_day = event->has_day;
    body.day = event->day;
    body.has_due = event->has_due;
    body.due = event->due;
    body.has_count = event->count != 0;
    body.count = event->count;
    body.has_minute = event->minute != 0;
    body.minute = event->minute;
    body.has_field = event->field != 0;
    body.field = event->field;
    body.name = put_text(draft, &event->name);
    body.has_outcome = event->outcome != 0;
    body.outcome = event->outcome;
    body.has_leader = event->leader;
    body.leader = event->leader;
    body.has_again = event->again;
    body.again = event->again;
    if (event->has_other) {
        put_ref(&draft->proposal, &event->other, &event->id);
        body.other = &draft->proposal;
    }
    draft->event.deed = &body;
    return lt_pack(&draft->event, LT_EVENT_MAX, out);
}

static uint64_t take_be64(const uint8_t *at)
{
    uint64_t value = 0;

    for (size_t i = 0; i < 8; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static lt_err pack_denunciation_deed(struct draft *draft,
                                     const struct lt_event *event,
                                     struct lt_buf *out)
{
    Lt__DenunciationDeed body = LT__DENUNCIATION_DEED__INIT;

    body.has_kind = event->kind != 0;
    body.kind = event->kind;
    if (event->to_n == 1) {
        body.has_to_high = 1;
        body.to_high = take_be64(event->to[0].bytes);
        body.has_to_low = 1;
        body.to_low = take_be64(event->to[0].bytes + 8);
    }
    draft->event.denunciation_deed = &body;
    return lt_pack(&draft->event, LT_EVENT_MAX, out);
}

static lt_err pack_enclosed(struct draft *draft, const struct lt_event *event,
                            struct lt_buf *out)
{
    Lt__Enclosed body = LT__ENCLOSED__INIT;

    put_ref(&draft->proposal, &event->other, &event->id);
    body.event = &draft->proposal;
    body.has_hlc = 1;
    body.hlc = event->enclosed_hlc;
    body.has_body = 1;
    body.body = (ProtobufCBinaryData){event->enclosed_len,
                                      (uint8_t *)(uintptr_t)event->enclosed};
    draft->event.enclosed = &body;
    return lt_pack(&draft->event, LT_EVENT_MAX, out);
}

static char *arena_text(struct lt_arena *arena, const struct lt_text *text,
                        bool *out_failed)
{
    char *copy;

    if (text->len == 0) {
        return NULL;
    }
    copy = lt_arena_take(arena, text->len + 1);
    if (copy == NULL) {
        *out_failed = true;
        return NULL;
    }
    memcpy(copy, text->data, text->len);
    return copy; /* the arena's bytes are zero: terminated */
}

static void put_office(Lt__Office *out, const struct lt_office_info *office,
                       char **link_addresses, char **enrol_addresses,
                       struct lt_arena *arena, bool *out_failed)
{
    static char empty[1] = "";

    lt__office__init(out);
    out->has_id = 1;
    out->id = office_bytes(&office->id);
    out->has_parent = !lt_office_is_zero(&office->parent);
    out->parent = office_bytes(&office->parent);
    out->name = arena_text(arena, &office->name, out_failed);
    out->kind = arena_text(arena, &office->kind, out_failed);
    out->code = arena_text(arena, &office->code, out_failed);
    out->n_link_addresses = office->link_addresses_n;
    out->link_addresses = link_addresses;
    for (size_t i = 0; i < office->link_addresses_n; i++) {
        char *copy = arena_text(arena, &office->link_addresses[i], out_failed);
        link_addresses[i] = copy == NULL ? empty : copy;
    }
    out->n_enrol_addresses = office->enrol_addresses_n;
    out->enrol_addresses = enrol_addresses;
    for (size_t i = 0; i < office->enrol_addresses_n; i++) {
        char *copy = arena_text(arena, &office->enrol_addresses[i], out_failed);
        enrol_addresses[i] = copy == NULL ? empty : copy;
    }
    out->has_keeper = office->keeper;
    out->keeper = office->keeper;
    out->has_from_date = office->has_from_date;
    out->from_date = office->from_date;
}

static lt_err pack_office(struct draft *draft, const struct lt_event *event,
                          struct lt_buf *out)
{
    char *link_addresses[LT_OFFICE_ADDRESSES_MAX];
    char *enrol_addresses[LT_OFFICE_ADDRESSES_MAX];
    Lt__Office office;
    Lt__OfficeProposed proposed = LT__OFFICE_PROPOSED__INIT;
    Lt__OfficeOpened opened = LT__OFFICE_OPENED__INIT;
    Lt__OfficeChanged changed = LT__OFFICE_CHANGED__INIT;
    struct lt_arena arena;
    bool failed = false;
    lt_err rc;

    lt_arena_init(&arena, out->alloc, 2 * LT_EVENT_MAX);
    put_office(&office, &event->office, link_addresses, enrol_addresses, &arena,
               &failed);
    if (event->type == LT_EV_OFFICE_PROPOSED) {
        proposed.office = &office;
        draft->event.office_proposed = &proposed;
    } else if (event->type == LT_EV_OFFICE_OPENED) {
        opened.office = &office;
        if (event->has_proposal) {
            put_ref(&draft->proposal, &event->proposal, &event->id);
            opened.proposal = &draft->proposal;
        }
        draft->event.office_opened = &opened;
    } else if (lt_event_body(event->type) == LT_EV_ROOT_STEPPED_DOWN) {
        rc = failed ? LT_ENOMEM
                    : lt_region_body_pack(&draft->event, &office, event, out);
        lt_arena_deinit(&arena);
        return rc;
    } else {
        changed.office = &office;
        changed.has_closed = event->office_closed;
        changed.closed = event->office_closed;
        changed.has_prepared = event->office_prepared;
        changed.prepared = event->office_prepared;
        changed.has_heir = event->has_heir;
        changed.heir = office_bytes(&event->heir);
        if (event->has_puts_in_force) {
            put_ref(&draft->proposal, &event->puts_in_force, &event->id);
            changed.puts_in_force = &draft->proposal;
        }
        draft->event.office_changed = &changed;
    }
    rc = failed ? LT_ENOMEM : lt_pack(&draft->event, LT_EVENT_MAX, out);
    lt_arena_deinit(&arena);
    return rc;
}

static lt_err pack_body(struct draft *draft, const struct lt_event *event,
                        struct lt_buf *out)
{
    switch (lt_event_body(event->type)) {
    case LT_BODY_DEED:
        return pack_deed(draft, event, out);
    case LT_BODY_DENUNCIATION_DEED:
        return pack_denunciation_deed(draft, event, out);
    case LT_EV_ENCLOSED:
        return pack_enclosed(draft, event, out);
    case LT_EV_CASE_OPENED:
        put_case_opened(draft, event);
        break;
    case LT_EV_CASE_STEP:
        put_case_step(draft, event);
        break;
    case LT_EV_CASE_CLOSED:
        put_case_closed(draft, event);
        break;
    case LT_EV_DENUNCIATION_RECEIVED:
    case LT_EV_DENUNCIATION_STEP:
    case LT_EV_DENUNCIATION_CLOSED:
        put_denunciation(draft, event);
        break;
    case LT_EV_INCIDENT_RAISED:
    case LT_EV_INCIDENT_UPDATED:
    case LT_EV_INCIDENT_TAKEN:
    case LT_EV_INCIDENT_CLOSED:
        put_incident(draft, event);
        break;
    case LT_EV_DIRECTIVE_ISSUED:
        return pack_directive(draft, event, out);
    case LT_EV_DIRECTIVE_STATUS:
    case LT_EV_ENTRY_VOIDED:
    case LT_EV_KEY_BOUND:
        put_small(draft, event);
        break;
    case LT_EV_AUDIT_MARKED:
        lt_audit_body_put(event, &draft->body.audit_mark, draft->audit_hash);
        draft->event.audit_mark = &draft->body.audit_mark;
        break;
    case LT_EV_CHUNK:
        put_chunk(draft, event);
        break;
    case LT_EV_RULESET_SET:
    case LT_EV_CALENDAR_SET:
        return lt_law_body_pack(&draft->event, event, out);
    case LT_EV_KEY_REVOKED:
        return lt_trust_body_pack(&draft->event, event, out);
    case LT_EV_TEXT_ERASED:
    case LT_EV_ERASURE_RECEIPT:
        put_erasure(draft, event);
        break;
    case LT_EV_MATTER_READ:
        put_read(draft, event);
        break;
    case LT_EV_OFFICE_PROPOSED:
    case LT_EV_OFFICE_OPENED:
    case LT_EV_OFFICE_CHANGED:
    case LT_EV_ROOT_STEPPED_DOWN:
        return pack_office(draft, event, out);
    default: /* this version does not write it */
        return LT_EINVAL;
    }
    return lt_pack(&draft->event, LT_EVENT_MAX, out);
}

lt_err lt_event_encode(const struct lt_event *event, struct lt_buf *out,
                       struct lt_diag *diag)
{
    struct draft draft;
    lt_err rc;

    if (lt_event_check(event, diag) != LT_OK) {
        if (diag != NULL) {
            diag->code = LT_EINVAL;
        }
        return LT_EINVAL;
    }
    lt__event__init(&draft.event);
    draft.text_at = draft.texts;
    rc = put_common(&draft, event);
    if (rc == LT_OK) {
        rc = pack_body(&draft, event, out);
    }
    return rc == LT_OK ? LT_OK : lt_diag_set(diag, rc);
}
