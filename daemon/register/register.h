/* The desk's register: who came, and how they are reached.
 *
 * register.db (0600, in DIR) never replicates. An entry belongs to a case by
 * its id and says what the case's events must not: name, address, document, way
 * of answering, the account in full. Each field is sealed with AES-256-GCM
 * under a data key of its entry, and that key under the register key (key.h).
 * Erasing an entry destroys its data key. What stands in the clear: the case's
 * id and type, when it was entered and by whom, how many entries there are.
 *
 * There is no entry for a denunciation: lt_register_add refuses it, and so does
 * the table.
 *
 * Only an officer or a leader with an open session reads, writes or erases; an
 * operator does not. Every reading is in the audit (daemon/people/audit.h),
 * on disk before it is answered: who, and which entry. The module does that
 * itself; its callers cannot pass it by.
 *
 * While the register is unlocked its key and a search index are in memory, and
 * none of it is on disk.
 *
 * Threading: a struct lt_register belongs to one thread. */
#ifndef LT_REGISTER_REGISTER_H
#define LT_REGISTER_REGISTER_H

#include "common/codec.h"
#include "daemon/people/people.h"

/* X(id, word, bytes at most) */
#define LT_REGISTER_FIELDS_X                                                   \
    X(NAME, "name", 400)                                                       \
    X(ADDRESS, "address", 800)                                                 \
    X(DOCUMENT, "document", 400)                                               \
    X(NOTIFY, "notify", 64)                                                    \
    X(CONTACT, "contact", 800)                                                 \
    X(ACCOUNT, "account", LT_TEXT_MAX)

enum lt_register_field {
#define X(id, word, max) LT_REGISTER_##id,
    LT_REGISTER_FIELDS_X
#undef X
        LT_REGISTER_FIELDS
};
const char *lt_register_field_word(enum lt_register_field field);

enum {
    LT_REGISTER_BOOK_MAX = 1000,     /* entries of a book at once */
    LT_REGISTER_FOUND_MAX = 20,      /* entries of one search */
    LT_REGISTER_CASE_MAX = 100,      /* bytes of a case's id */
    LT_REGISTER_CORRECTIONS_MAX = 50 /* entries of one case */
};

struct lt_register_entry {
    char case_id[LT_REGISTER_CASE_MAX + 1];
    int64_t entered_ms;
    char by[LT_PERSON_NAME_MAX + 1];
    unsigned corrections; /* earlier entries of the case, kept beside it */
    bool repeated;        /* lt_register_add: it said so already */
    struct lt_text fields[LT_REGISTER_FIELDS]; /* absent: data NULL */
};

/* Whoever sits before it: an open session, and where the audit goes. */
struct lt_register_person {
    struct lt_people *people;
    const struct lt_people_session *session;
};

struct lt_register;

/* Open DIR/register.db, and make it when it is not there; locked. Errors as of
 * lt_store_open. */
LT_MUST_CHECK lt_err lt_register_open(const char *dir, const struct lt_sys *sys,
                                      struct lt_register **out_register,
                                      struct lt_diag *diag);
void lt_register_close(struct lt_register *reg); /* wipes */
/* Forget key and index until somebody comes again. */
void lt_register_lock(struct lt_register *reg);

/* All below unlock it when it is locked. Errors of all: LT_EPERM when the
 * person's roles do not do, LT_ESESSIONLOCKED; LT_EREGISTERKEY when the key is
 * missing or is not the one of this register; LT_EREGISTERROT when something
 * does not open; LT_EBUSY, LT_EIO, LT_EFULL, LT_ENOMEM. Texts of answers lie in
 * @arena; who called wipes it. */

/* Enter what @fields say about @case_id; a later entry of the same case is a
 * correction, the earlier ones stay beside it. What the newest entry says
 * already is not entered again.
 *
 * @case_type  enum of proto/log.proto, LT_WORD_DENUNCIATION included
 *
 * Errors: LT_EDENUNCIATION; LT_EINVAL without a name or account; LT_ETOOBIG
 * with "what". */
LT_MUST_CHECK lt_err lt_register_add(
    struct lt_register *reg, const struct lt_register_person *person,
    const char *case_id, uint32_t case_type,
    const struct lt_text fields[static LT_REGISTER_FIELDS],
    struct lt_arena *arena, struct lt_register_entry *out_entry,
    struct lt_diag *diag);
/* The newest entry of a case. Errors: LT_ENOTFOUND; LT_EREGISTERGONE when it
 * was erased. */
LT_MUST_CHECK lt_err lt_register_show(struct lt_register *reg,
                                      const struct lt_register_person *person,
                                      const char *case_id,
                                      struct lt_arena *arena,
                                      struct lt_register_entry *out_entry,
                                      struct lt_diag *diag);
/* Entries in whose name, address, document or contact every word of @query
 * stands, marks and case aside, the newest first: name and address of each.
 * Each is a reading. Errors: LT_EINVAL under two letters. */
LT_MUST_CHECK lt_err lt_register_search(
    struct lt_register *reg, const struct lt_register_person *person,
    struct lt_text query, struct lt_arena *arena,
    struct lt_register_entry out_entries[static LT_REGISTER_FOUND_MAX],
    size_t *out_n, bool *out_more, struct lt_diag *diag);
/* All newest entries that were entered from @from_ms until before @until_ms
 * (wall), the oldest first: the book, for paper or a file. @totp: the person's
 * code of now, whatever their roles. @each is called with each entry, whose
 * texts it borrows until it returns; false ends it with LT_ENOMEM. One that
 * does not open is passed over. The reading, with its days and their number, is
 * in the audit before the first call.
 *
 * Errors: LT_ENOTOTP, LT_ETOTP, LT_ELOCKEDOUT; LT_EBOOKLONG past
 * LT_REGISTER_BOOK_MAX. */
typedef bool lt_register_each_fn(void *ctx,
                                 const struct lt_register_entry *entry);
LT_MUST_CHECK lt_err lt_register_book(struct lt_register *reg,
                                      const struct lt_register_person *person,
                                      const char *totp, int64_t from_ms,
                                      int64_t until_ms,
                                      lt_register_each_fn *each, void *ctx,
                                      struct lt_diag *diag);
/* Destroy the keys of all entries of a case: nobody opens them again. The rows
 * stay, empty. Errors: LT_ENOTFOUND, LT_EREGISTERGONE. */
LT_MUST_CHECK lt_err lt_register_erase(struct lt_register *reg,
                                       const struct lt_register_person *person,
                                       const char *case_id,
                                       struct lt_diag *diag);

/* How many cases have an entry that was not erased. Without a person: it tells
 * of nobody, and needs no key. */
LT_MUST_CHECK lt_err lt_register_count(struct lt_register *reg,
                                       uint64_t *out_cases);

/* For the text guard: name, address, document and contact of the newest entry
 * of @case_id, without a person. They are compared and never told. LT_OK with
 * absent texts when there is none, or the register has no key here. */
LT_MUST_CHECK lt_err lt_register_words(
    struct lt_register *reg, const char *case_id, struct lt_arena *arena,
    struct lt_text out_fields[static LT_REGISTER_FIELDS]);

#endif
