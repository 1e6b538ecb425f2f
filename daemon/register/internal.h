/* What the files of this folder share. */
#ifndef LT_REGISTER_INTERNAL_H
#define LT_REGISTER_INTERNAL_H

#include "common/hpke.h"
#include "daemon/people/audit.h"
#include "daemon/people/store.h"
#include "daemon/register/key.h"
#include "daemon/register/register.h"
#include "daemon/register/seal.h"
#include "daemon/register/search.h"

enum { LT_REGISTER_UID_LEN = 16 };

struct lt_register {
    const struct lt_sys *sys;
    sqlite3 *db;
    char *dir;
    bool unlocked;
    uint8_t key[LT_REGISTER_KEY_LEN]; /* zeros while it is locked */
    struct lt_search *search;         /* NULL until somebody searches */
    int64_t search_of; /* SQLite's data_version when it was built */
};

extern const struct lt_store_kind lt_register_kind;

/* Load the key, when it is locked, and see that it is this register's. */
LT_MUST_CHECK lt_err lt_register_unlock(struct lt_register *reg,
                                        struct lt_diag *diag);
/* May the person? Roles, and a screen that is not locked; a refusal is told to
 * the audit. */
LT_MUST_CHECK lt_err lt_register_enter(struct lt_register *reg,
                                       const struct lt_register_person *person,
                                       struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_register_refuse(struct lt_diag *diag, lt_err code,
                                        const char *what, const char *reason);

/* ---- sealed files, piece by piece (backup.c) ---- */

bool lt_piece_write(int fd, const void *data, size_t len); /* errno */
/* As many bytes as are there, up to @len; false on an error. */
bool lt_piece_read(int fd, void *out, size_t len, size_t *out_n);
LT_MUST_CHECK lt_err lt_piece_put(struct lt_hpke *hpke, int fd, bool last,
                                  const void *plain, size_t len);
/* The next piece; *out_last when it says so. LT_EINVAL when it does not
 * open. */
LT_MUST_CHECK lt_err lt_piece_take(struct lt_hpke *hpke, int fd,
                                   struct lt_buf *out, bool *out_last);

/* ---- entries (entry.c) ---- */

/* A row as another office had it. */
struct lt_entry_row {
    uint8_t uid[LT_REGISTER_UID_LEN];
    const char *case_id;
    uint32_t case_type;
    int64_t entered_ms;
    const char *by;
    bool erased; /* then without fields */
    int64_t erased_ms;
    const char *erased_by;
    struct lt_text fields[LT_REGISTER_FIELDS];
};
/* The row that an entry's bytes tell of (entry_bytes.c); its texts lie in @texts,
 * its fields in @bytes. False when they are none. */
enum { LT_ENTRY_TEXT_MAX = 200 /* of a case's id and of names */ };
struct lt_entry_texts {
    char text[3][LT_ENTRY_TEXT_MAX + 1];
};
LT_MUST_CHECK bool lt_entry_bytes_read(struct lt_span bytes,
                                       struct lt_entry_row *out,
                                       struct lt_entry_texts *texts);
/* The bytes of the row that @query (LT_ENTRY_COLUMNS, then LT_ENTRY_ERASED)
 * stands at, opened as @entry. False when memory has run out. */
LT_MUST_CHECK bool lt_entry_bytes_put(struct lt_buf *out,
                                      const struct lt_query *query,
                                      const struct lt_register_entry *entry);
/* Write it under a data key of its own, or see that it is here, and erased when
 * it is erased there. *out_taken: it was not here. */
LT_MUST_CHECK lt_err lt_entry_take(struct lt_register *reg,
                                   const struct lt_entry_row *row,
                                   bool *out_taken);
/* Write it again into the place of the erased row of the same uid, case and
 * type. */
LT_MUST_CHECK lt_err lt_entry_refill(struct lt_register *reg,
                                     const struct lt_entry_row *row);
/* Destroy the keys of the entries of @case_id, or of all when it is "", up to
 * row @last_id. */
LT_MUST_CHECK lt_err lt_entry_destroy_given(struct lt_register *reg,
                                            const char *case_id,
                                            int64_t last_id, const char *by,
                                            int64_t at_ms);

/* Write a new row with a data key of its own. */
LT_MUST_CHECK lt_err lt_entry_insert(
    struct lt_register *reg, const char *case_id, uint32_t case_type,
    const char *by, const struct lt_text fields[static LT_REGISTER_FIELDS],
    int64_t *out_id);
/* Open the row that @query (lt_entry_columns) stands at. Errors:
 * LT_EREGISTERGONE, LT_EREGISTERROT, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_entry_open(struct lt_register *reg,
                                   const struct lt_query *query,
                                   struct lt_arena *arena, int64_t *out_id,
                                   struct lt_register_entry *out_entry);
/* Destroy the keys of all entries of a case that have one. secure_delete
 * overwrites what was there; the key was nowhere else. */
LT_MUST_CHECK lt_err lt_entry_destroy(struct lt_register *reg,
                                      const char *case_id, const char *by,
                                      int64_t at_ms);
#define LT_ENTRY_COLUMNS                                                       \
    "id,uid,case_id,case_type,entered_ms,entered_by,data_key,name,address,"    \
    "document,notify,contact,account"
#define LT_ENTRY_ERASED ",coalesce(erased_ms,0),coalesce(erased_by,'')"

#endif
