/* Who did what on this machine: a chain of records in people.db.
 *
 * Each record's hash covers the record and the hash before it, and triggers
 * refuse every change, so that whoever edits one in the file breaks the chain
 * from there on. An end that was cut off whole shows in what left the machine:
 * the daemon marks the chain in the log (daemon/audit_marks.c).
 *
 * A record is written in the transaction of what it tells; what only reads is
 * answered after its record is on disk.
 *
 * Threading: as people.h. */
#ifndef LT_PEOPLE_AUDIT_H
#define LT_PEOPLE_AUDIT_H

#include "daemon/people/people.h"

/* What was done. The words are for scripts: added to, never changed. */
enum lt_audit_what {
#define X(id, word) LT_AUDIT_##id,
#include "daemon/people/audit_table.h"
#undef X
    LT_AUDIT_WHATS
};
const char *lt_audit_word(enum lt_audit_what what);

struct lt_audit_record {
    int64_t number;                   /* from 1, without gaps */
    int64_t at_ms;                    /* wall */
    char who[LT_PERSON_NAME_MAX + 1]; /* a person, or LT_BY_TOOL */
    char what[32];
    char about[101]; /* a person, a case, a search's kind; "" */
    uint8_t hash[LT_HASH_LEN];
};

/* Write one, on disk when this returns. @about is cut at 100 bytes; it holds
 * names of people of the office and ids of cases, never anything of a citizen.
 */
LT_MUST_CHECK lt_err lt_audit_write(struct lt_people *people, const char *who,
                                    enum lt_audit_what what, const char *about);
/* Records from @from on, oldest first, at most @max into @out. */
LT_MUST_CHECK lt_err lt_audit_read(struct lt_people *people, int64_t from,
                                   struct lt_audit_record *out, size_t max,
                                   size_t *out_n);
/* Walk the whole chain: *out_bad is the number of the first record that does
 * not fit, 0 when all do. */
LT_MUST_CHECK lt_err lt_audit_verify(struct lt_people *people, int64_t *out_bad,
                                     int64_t *out_records);

#endif
