/* ROOT_STEPPED_DOWN and REGION_ADMITTED: two trees join. OFFICE_RELEASED,
 * OFFICE_ADMITTED and RELEASE_WITHDRAWN: an office goes from one to another. */
#include "common/codec_event.h"

#include <string.h>

#include "common/scan.h"
#include "proto/log.pb-c.h"

/* The word that is given first: for whom, and on which days. */
static const char *check_step(const struct lt_event *event, bool of_office)
{
    if (event->has_other || event->step_version != 0 || !event->has_day ||
        !event->has_due || event->day > event->due) {
        return "steps down without days";
    }
    return lt_office_is_zero(&event->released) != of_office &&
                   !lt_office_equal(&event->released, &event->office.id) &&
                   !lt_office_equal(&event->released, &event->id.origin)
               ? NULL
               : "releases no office";
}

/* The word that answers it. */
static const char *check_admission(const struct lt_event *event, bool of_office)
{
    if (!event->has_other || event->other.count == 0 ||
        event->step_version == 0 || event->has_day || event->has_due ||
        !lt_office_is_zero(&event->released)) {
        return "admits nothing";
    }
    return !of_office ||
                   (!lt_office_is_zero(&event->office.parent) &&
                    !lt_office_equal(&event->other.origin, &event->id.origin) &&
                    !lt_office_equal(&event->other.origin, &event->office.id))
               ? NULL
               : "admits an office to nowhere";
}

const char *lt_region_body_check(const struct lt_event *event)
{
    bool of_office = event->type == LT_EV_OFFICE_RELEASED ||
                     event->type == LT_EV_OFFICE_ADMITTED;

    if (event->has_subject || event->parts_n > 0) {
        return "a region with a subject or texts";
    }
    if (event->type == LT_EV_RELEASE_WITHDRAWN) {
        return event->has_other && event->other.count != 0 &&
                       event->step_version == 0 && !event->has_day &&
                       !event->has_due && lt_office_is_zero(&event->released) &&
                       lt_office_equal(&event->other.origin, &event->id.origin)
                   ? NULL
                   : "withdraws nothing";
    }
    if (event->binding_len == 0 || event->binding_len > LT_BINDING_MAX) {
        return "bad binding";
    }
    if (lt_office_equal(&event->office.id, &event->id.origin)) {
        return "its own successor";
    }
    return event->type == LT_EV_REGION_ADMITTED ||
                   event->type == LT_EV_OFFICE_ADMITTED
               ? check_admission(event, of_office)
               : check_step(event, of_office);
}

lt_err lt_region_body_pack(struct Lt__Event *message, struct Lt__Office *office,
                           const struct lt_event *event, struct lt_buf *out)
{
    uint8_t root_key[LT_TYPED_KEY_LEN] = {LT_ALG_ED25519};
    uint8_t hash[LT_TYPED_HASH_LEN] = {LT_ALG_SHA256};
    Lt__EventRef step = LT__EVENT_REF__INIT;
    Lt__Region body = LT__REGION__INIT;
    bool withdraws = event->type == LT_EV_RELEASE_WITHDRAWN;
    lt_err rc;

    memcpy(root_key + 1, event->root_key, LT_PUBKEY_LEN);
    memcpy(hash + 1, event->step_hash, LT_HASH_LEN);
    body.office = office;
    if (!withdraws) {
        body.has_root_key = 1;
        body.root_key = (ProtobufCBinaryData){sizeof(root_key), root_key};
        body.has_binding = 1;
        body.binding = (ProtobufCBinaryData){
            event->binding_len, (uint8_t *)(uintptr_t)event->binding};
    }
    if (!lt_office_is_zero(&event->released)) {
        body.has_released = 1;
        body.released = (ProtobufCBinaryData){
            LT_OFFICE_LEN, (uint8_t *)(uintptr_t)event->released.bytes};
    }
    if (event->has_day) {
        body.has_from_date = 1;
        body.from_date = event->day;
        body.has_until_date = 1;
        body.until_date = event->due;
    }
    if (event->has_other) {
        step.has_origin = 1;
        step.origin = (ProtobufCBinaryData){
            LT_OFFICE_LEN, (uint8_t *)(uintptr_t)event->other.origin.bytes};
        step.has_epoch = 1;
        step.epoch = event->other.epoch;
        step.has_count = 1;
        step.count = event->other.count;
        body.step = &step;
    }
    if (event->has_other && !withdraws) {
        body.has_step_hash = 1;
        body.step_hash = (ProtobufCBinaryData){sizeof(hash), hash};
        body.has_step_version = 1;
        body.step_version = event->step_version;
    }
    message->region = &body;
    rc = lt_pack(message, LT_EVENT_MAX, out);
    message->region = NULL; /* it ends with this call */
    return rc;
}
