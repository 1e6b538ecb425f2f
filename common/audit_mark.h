/* What an office's AUDIT_MARKED events tell: deeds of its people, as far as
 * they leave the machine. A person is 4 bytes that only who has the names can
 * put to one; what a deed was about is there when it was a matter.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_AUDIT_MARK_H
#define LT_COMMON_AUDIT_MARK_H

#include "common/codec.h"

enum { LT_AUDIT_DEED_LEN = 45, LT_AUDIT_DEEDS_MAX = 64 };

struct lt_audit_deed {
    uint8_t what; /* from 1; its place in daemon/people/audit_table.h */
    uint8_t person[4];
    int64_t at_ms; /* wall, UTC */
    bool has_about;
    struct lt_event_id about;
};

/* what 1, person 4, at be64, about: origin 16, epoch be64, count be64, all
 * zero when it was about no matter. */
void lt_audit_deed_write(const struct lt_audit_deed *deed,
                         uint8_t out[static LT_AUDIT_DEED_LEN]);
void lt_audit_deed_read(const uint8_t bytes[static LT_AUDIT_DEED_LEN],
                        struct lt_audit_deed *out);
/* The first bytes of SHA-256("lienthong/audit-person/1" 00 || office || name). */
void lt_audit_person(const struct lt_office *office, const char *name,
                     uint8_t out[static 4]);

#endif
