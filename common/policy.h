/* Law and custom as data: kinds of office, fields of a case, and the texts of
 * the tables that the law is made of (daemon/cases/law.h reads those).
 *
 * The tables of deploy/policy/ are inside the program; a file of the same name
 * in DIR/policy/ takes the place of the whole table. See deploy/policy/README.
 *
 * Threading: a policy does not change after it was loaded; any thread may
 * read it. */
#ifndef LT_COMMON_POLICY_H
#define LT_COMMON_POLICY_H

#include "common/alloc.h"
#include "common/err.h"

enum {
    LT_POLICY_FILE_MAX = 256 * 1024,
    LT_POLICY_ROWS_MAX = 1000,
    LT_POLICY_WORD_MAX = 32
};

struct lt_policy;

/* The one kind that a rule hangs on: what police units may read (tree.h). */
#define LT_KIND_POLICE "police"

/* A kind of office: commune, district, ... */
struct lt_kind {
    const char *word;
    const char *vi;
    const char *en;
    unsigned rank; /* 1 to 99, rising downward */
    bool may_have_children;
    bool keeper;          /* what a new office of this kind is by default */
    const char *variants; /* names of the same kind, '|' between; or "" */
};

/* What a case is about. */
struct lt_field {
    uint32_t number; /* 1 to 65535, for ever */
    const char *word;
    const char *vi;
    const char *en;
};

/* Load the tables. @folder is DIR/policy; NULL or a folder that is not there
 * means the program's own tables.
 *
 * Errors: LT_EPOLICY with file, line and reason in @diag; LT_ENOINPUT for a
 * file that is there and cannot be read; LT_ETOOBIG; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_policy_load(const struct lt_alloc *alloc,
                                    const char *folder,
                                    struct lt_policy **out_policy,
                                    struct lt_diag *diag);
void lt_policy_free(struct lt_policy *policy);

/* NULL when there is none. Rows live as long as the policy. */
const struct lt_kind *lt_policy_kind(const struct lt_policy *policy,
                                     const char *word);
const struct lt_kind *lt_policy_kind_at(const struct lt_policy *policy,
                                        size_t index);
const struct lt_field *lt_policy_field(const struct lt_policy *policy,
                                       uint32_t number);
const struct lt_field *lt_policy_field_by_word(const struct lt_policy *policy,
                                               const char *word);
const struct lt_field *lt_policy_field_at(const struct lt_policy *policy,
                                          size_t index);

/* The tables of deadlines and days, not yet read: their bytes and the name to
 * show for them (the file's, when one took the place of the program's own). */
enum lt_policy_table {
    LT_POLICY_DEADLINES,
    LT_POLICY_CALENDAR,
    LT_POLICY_HOLIDAYS,
    LT_POLICY_LUNAR,
    LT_POLICY_TABLES
};
struct lt_policy_text {
    const char *name;
    const uint8_t *data;
    size_t len;
};
struct lt_policy_text lt_policy_text(const struct lt_policy *policy,
                                     enum lt_policy_table table);

/* May an office of kind @child stand below one of kind @parent? False for
 * unknown kinds. */
bool lt_policy_may_stand_below(const struct lt_policy *policy,
                               const char *child, const char *parent);

#endif
