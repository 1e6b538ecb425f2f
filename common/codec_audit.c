/* AUDIT_MARKED: a piece of an office's audit, and the hash that it ends with. */
#include <string.h>

#include "common/audit_mark.h"
#include "common/codec_event.h"
#include "common/crypto.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/log.pb-c.h"

enum { ABOUT_AT = 13 };

static void put_be64(uint8_t *out, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

static uint64_t get_be64(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

void lt_audit_deed_write(const struct lt_audit_deed *deed,
                         uint8_t out[static LT_AUDIT_DEED_LEN])
{
    memset(out, 0, LT_AUDIT_DEED_LEN);
    out[0] = deed->what;
    memcpy(out + 1, deed->person, sizeof(deed->person));
    put_be64(out + 5, (uint64_t)deed->at_ms);
    if (deed->has_about) {
        memcpy(out + ABOUT_AT, deed->about.origin.bytes, LT_OFFICE_LEN);
        put_be64(out + ABOUT_AT + 16, deed->about.epoch);
        put_be64(out + ABOUT_AT + 24, deed->about.count);
    }
}

void lt_audit_deed_read(const uint8_t bytes[static LT_AUDIT_DEED_LEN],
                        struct lt_audit_deed *out)
{
    *out = (struct lt_audit_deed){.what = bytes[0],
                                  .at_ms = (int64_t)get_be64(bytes + 5)};
    memcpy(out->person, bytes + 1, sizeof(out->person));
    memcpy(out->about.origin.bytes, bytes + ABOUT_AT, LT_OFFICE_LEN);
    out->about.epoch = get_be64(bytes + ABOUT_AT + 16);
    out->about.count = get_be64(bytes + ABOUT_AT + 24);
    out->has_about = out->about.count != 0;
}

void lt_audit_person(const struct lt_office *office, const char *name,
                     uint8_t out[static 4])
{
    static const char domain[] = "lienthong/audit-person/1";
    const struct lt_span spans[] = {{domain, sizeof(domain)},
                                    {office->bytes, LT_OFFICE_LEN},
                                    {name, strlen(name)}};
    uint8_t hash[LT_HASH_LEN];

    lt_sha256(spans, LT_COUNT_OF(spans), hash);
    memcpy(out, hash, 4);
}

const char *lt_audit_body_read(const struct Lt__AuditMark *body,
                               struct lt_event *out)
{
    if (!body->has_hash || body->hash.len != LT_TYPED_HASH_LEN ||
        body->hash.data[0] != LT_ALG_SHA256) {
        return "bad hash";
    }
    memcpy(out->audit_hash, body->hash.data + 1, LT_HASH_LEN);
    out->audit_first = body->first;
    out->audit_deeds = body->deeds.data;
    out->audit_deeds_len = body->deeds.len;
    return NULL;
}

const char *lt_audit_body_check(const struct lt_event *event)
{
    size_t n = event->audit_deeds_len / LT_AUDIT_DEED_LEN;

    return event->audit_first == 0 || event->audit_first > INT64_MAX
               ? "bad number"
           : event->audit_deeds_len % LT_AUDIT_DEED_LEN != 0 || n == 0 ||
                   n > LT_AUDIT_DEEDS_MAX
               ? "bad deeds"
               : NULL;
}

void lt_audit_body_put(const struct lt_event *event,
                       struct Lt__AuditMark *out_body,
                       uint8_t out_hash[static LT_TYPED_HASH_LEN])
{
    lt__audit_mark__init(out_body);
    lt_put_typed(out_hash, LT_ALG_SHA256, event->audit_hash, LT_HASH_LEN);
    out_body->has_first = 1;
    out_body->first = event->audit_first;
    out_body->has_hash = 1;
    out_body->hash = (ProtobufCBinaryData){LT_TYPED_HASH_LEN, out_hash};
    out_body->has_deeds = 1;
    out_body->deeds = (ProtobufCBinaryData){
        event->audit_deeds_len, (uint8_t *)(uintptr_t)event->audit_deeds};
}
