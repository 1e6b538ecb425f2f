/* Each table is one text that is cut into its fields in place; the rows point
 * into it. A table is checked whole before it is used: a kind or a field that
 * half of the offices read differently would split the tree's meaning. */
#include "common/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "common/file.h"
#include "common/policy_default.h"

enum { PATH_BYTES = 4096 };

struct lt_policy {
    const struct lt_alloc *alloc;
    struct lt_buf kinds_text;
    struct lt_kind *kinds;
    size_t kinds_n;
    size_t kinds_capacity;
    struct lt_buf fields_text;
    struct lt_field *fields;
    size_t fields_n;
    size_t fields_capacity;
    struct lt_buf texts[LT_POLICY_TABLES];
    char names[LT_POLICY_TABLES][PATH_BYTES];
};

/* The tables that are handed out as they stand. */
static const struct {
    const char *name;
    const unsigned char *own;
    const size_t *own_len;
} texts[LT_POLICY_TABLES] = {
    [LT_POLICY_DEADLINES] = {"deadlines.csv", lt_policy_default_deadlines,
                             &lt_policy_default_deadlines_len},
    [LT_POLICY_CALENDAR] = {"calendar.csv", lt_policy_default_calendar,
                            &lt_policy_default_calendar_len},
    [LT_POLICY_HOLIDAYS] = {"holidays.csv", lt_policy_default_holidays,
                            &lt_policy_default_holidays_len},
    [LT_POLICY_LUNAR] = {"lunar.csv", lt_policy_default_lunar,
                         &lt_policy_default_lunar_len},
};

static const char *const kind_columns[] = {
    "kind", "vi", "en", "rank", "may_have_children", "keeper", "variants",
};
static const char *const field_columns[] = {"number", "field", "vi", "en"};

static bool is_word(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len <= LT_POLICY_WORD_MAX && text[0] >= 'a' &&
           text[0] <= 'z' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

/* A decimal number without sign or leading zero. */
static bool read_number(const char *text, unsigned long max, unsigned *out)
{
    size_t len = strlen(text);
    unsigned long value;

    if (len == 0 || len > 9 || text[0] == '0' ||
        strspn(text, "0123456789") != len) {
        return false;
    }
    value = strtoul(text, NULL, 10);
    if (value > max) {
        return false;
    }
    *out = (unsigned)value;
    return true;
}

static bool read_yes(const char *text, bool *out)
{
    *out = strcmp(text, "yes") == 0;
    return *out || strcmp(text, "no") == 0;
}

static lt_err add_kind(struct lt_policy *policy, const struct lt_csv *csv,
                       char **fields, struct lt_diag *diag)
{
    struct lt_kind kind = {.word = fields[0],
                           .vi = fields[1],
                           .en = fields[2],
                           .variants = fields[6]};
    void *kinds = policy->kinds;

    if (!is_word(kind.word)) {
        return lt_csv_refuse(csv, diag, "not a word", kind.word);
    }
    if (lt_policy_kind(policy, kind.word) != NULL) {
        return lt_csv_refuse(csv, diag, "there twice", kind.word);
    }
    if (kind.vi[0] == '\0' || kind.en[0] == '\0') {
        return lt_csv_refuse(csv, diag, "no name for people", kind.word);
    }
    if (!read_number(fields[3], 99, &kind.rank)) {
        return lt_csv_refuse(csv, diag, "rank is 1 to 99", fields[3]);
    }
    if (!read_yes(fields[4], &kind.may_have_children) ||
        !read_yes(fields[5], &kind.keeper)) {
        return lt_csv_refuse(csv, diag, "neither yes nor no", kind.word);
    }
    if (policy->kinds_n == LT_POLICY_ROWS_MAX) {
        return lt_csv_refuse(csv, diag, "too many rows", NULL);
    }
    if (!lt_grow(policy->alloc, &kinds, &policy->kinds_capacity,
                 policy->kinds_n, sizeof(kind))) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    policy->kinds = kinds;
    policy->kinds[policy->kinds_n++] = kind;
    return LT_OK;
}

static lt_err add_field(struct lt_policy *policy, const struct lt_csv *csv,
                        char **fields, struct lt_diag *diag)
{
    struct lt_field field = {
        .word = fields[1], .vi = fields[2], .en = fields[3]};
    void *rows = policy->fields;
    unsigned number = 0;

    if (!read_number(fields[0], UINT16_MAX, &number)) {
        return lt_csv_refuse(csv, diag, "number is 1 to 65535", fields[0]);
    }
    field.number = number;
    if (!is_word(field.word)) {
        return lt_csv_refuse(csv, diag, "not a word", field.word);
    }
    if (lt_policy_field(policy, field.number) != NULL) {
        return lt_csv_refuse(csv, diag, "there twice", fields[0]);
    }
    if (lt_policy_field_by_word(policy, field.word) != NULL) {
        return lt_csv_refuse(csv, diag, "there twice", field.word);
    }
    if (field.vi[0] == '\0' || field.en[0] == '\0') {
        return lt_csv_refuse(csv, diag, "no name for people", field.word);
    }
    if (policy->fields_n == LT_POLICY_ROWS_MAX) {
        return lt_csv_refuse(csv, diag, "too many rows", NULL);
    }
    if (!lt_grow(policy->alloc, &rows, &policy->fields_capacity,
                 policy->fields_n, sizeof(field))) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    policy->fields = rows;
    policy->fields[policy->fields_n++] = field;
    return LT_OK;
}

typedef lt_err (*add_row)(struct lt_policy *policy, const struct lt_csv *csv,
                          char **fields, struct lt_diag *diag);

static lt_err read_table(struct lt_policy *policy, const char *file,
                         struct lt_buf *text, const char *const *columns,
                         size_t columns_n, add_row add, struct lt_diag *diag)
{
    char *fields[LT_CSV_COLUMNS_MAX];
    struct lt_csv csv;
    size_t rows = 0;
    bool more = true;
    lt_err rc;

    if (!lt_buf_put(text, "", 1)) { /* the NUL behind the last field */
        return lt_diag_set(diag, LT_ENOMEM);
    }
    rc = lt_csv_begin(&csv, file, (char *)text->data, text->len - 1, columns,
                      columns_n, diag);
    while (rc == LT_OK) {
        rc = lt_csv_next(&csv, fields, &more, diag);
        if (rc != LT_OK || !more) {
            break;
        }
        rc = add(policy, &csv, fields, diag);
        rows++;
    }
    return rc == LT_OK && rows == 0 ? lt_csv_refuse(&csv, diag, "no rows", NULL)
                                    : rc;
}

/* The file of @folder when it is there, otherwise the program's own. Writes
 * the name to show. */
static lt_err fetch(const char *folder, const char *name,
                    const unsigned char *own, size_t own_len,
                    struct lt_buf *text, char out_name[static PATH_BYTES],
                    struct lt_diag *diag)
{
    int len;

    if (folder != NULL) {
        len = snprintf(out_name, PATH_BYTES, "%s/%s", folder, name);
        if (len < 0 || len >= PATH_BYTES) {
            return lt_diag_set(diag, LT_EINVAL);
        }
        /* Only "not there" means the default: what is there and cannot be
         * read must not be passed over in silence. */
        if (lt_file_present(out_name)) {
            return lt_file_read(out_name, LT_POLICY_FILE_MAX, false, text,
                                diag);
        }
    }
    (void)snprintf(out_name, PATH_BYTES, "%s", name);
    return lt_buf_put(text, own, own_len) ? LT_OK
                                          : lt_diag_set(diag, LT_ENOMEM);
}

static lt_err load_tables(struct lt_policy *policy, const char *folder,
                          struct lt_diag *diag)
{
    char name[PATH_BYTES];
    lt_err rc;

    rc = fetch(folder, "kinds.csv", lt_policy_default_kinds,
               lt_policy_default_kinds_len, &policy->kinds_text, name, diag);
    if (rc == LT_OK) {
        rc = read_table(policy, name, &policy->kinds_text, kind_columns,
                        LT_COUNT_OF(kind_columns), add_kind, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    rc = fetch(folder, "fields.csv", lt_policy_default_fields,
               lt_policy_default_fields_len, &policy->fields_text, name, diag);
    if (rc != LT_OK) {
        return rc;
    }
    rc = read_table(policy, name, &policy->fields_text, field_columns,
                    LT_COUNT_OF(field_columns), add_field, diag);
    for (size_t i = 0; rc == LT_OK && i < LT_POLICY_TABLES; i++) {
        rc = fetch(folder, texts[i].name, texts[i].own, *texts[i].own_len,
                   &policy->texts[i], policy->names[i], diag);
    }
    return rc;
}

lt_err lt_policy_load(const struct lt_alloc *alloc, const char *folder,
                      struct lt_policy **out_policy, struct lt_diag *diag)
{
    struct lt_policy *policy = lt_new(alloc, sizeof(*policy));
    lt_err rc;

    if (policy == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    policy->alloc = alloc;
    lt_buf_init(&policy->kinds_text, alloc);
    lt_buf_init(&policy->fields_text, alloc);
    for (size_t i = 0; i < LT_POLICY_TABLES; i++) {
        lt_buf_init(&policy->texts[i], alloc);
    }
    rc = load_tables(policy, folder, diag);
    if (rc != LT_OK) {
        lt_policy_free(policy);
        return rc;
    }
    *out_policy = policy;
    return LT_OK;
}

void lt_policy_free(struct lt_policy *policy)
{
    if (policy == NULL) {
        return;
    }
    lt_buf_deinit(&policy->kinds_text);
    lt_buf_deinit(&policy->fields_text);
    for (size_t i = 0; i < LT_POLICY_TABLES; i++) {
        lt_buf_deinit(&policy->texts[i]);
    }
    lt_free(policy->alloc, policy->kinds);
    lt_free(policy->alloc, policy->fields);
    lt_free(policy->alloc, policy);
}

const struct lt_kind *lt_policy_kind_at(const struct lt_policy *policy,
                                        size_t index)
{
    return index < policy->kinds_n ? &policy->kinds[index] : NULL;
}

const struct lt_kind *lt_policy_kind(const struct lt_policy *policy,
                                     const char *word)
{
    for (size_t i = 0; i < policy->kinds_n; i++) {
        if (strcmp(policy->kinds[i].word, word) == 0) {
            return &policy->kinds[i];
        }
    }
    return NULL;
}

const struct lt_field *lt_policy_field_at(const struct lt_policy *policy,
                                          size_t index)
{
    return index < policy->fields_n ? &policy->fields[index] : NULL;
}

const struct lt_field *lt_policy_field(const struct lt_policy *policy,
                                       uint32_t number)
{
    for (size_t i = 0; i < policy->fields_n; i++) {
        if (policy->fields[i].number == number) {
            return &policy->fields[i];
        }
    }
    return NULL;
}

const struct lt_field *lt_policy_field_by_word(const struct lt_policy *policy,
                                               const char *word)
{
    for (size_t i = 0; i < policy->fields_n; i++) {
        if (strcmp(policy->fields[i].word, word) == 0) {
            return &policy->fields[i];
        }
    }
    return NULL;
}

struct lt_policy_text lt_policy_text(const struct lt_policy *policy,
                                     enum lt_policy_table table)
{
    return (struct lt_policy_text){.name = policy->names[table],
                                   .data = policy->texts[table].data,
                                   .len = policy->texts[table].len};
}

bool lt_policy_may_stand_below(const struct lt_policy *policy,
                               const char *child, const char *parent)
{
    const struct lt_kind *below = lt_policy_kind(policy, child);
    const struct lt_kind *above = lt_policy_kind(policy, parent);

    return below != NULL && above != NULL && above->may_have_children &&
           above->rank < below->rank;
}
