/* What the files of this folder share. */
#ifndef LT_REGISTER_INTERNAL_H
#define LT_REGISTER_INTERNAL_H

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

/* ---- entries (entry.c) ---- */

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

#endif
