/* Rows sorted by (id, first day). Every row's texts lie in a buffer of its
 * own, so that one row can take another's place. */
#include "daemon/cases/ruleset.h"

#include <string.h>

#include "common/codec.h"
#include "common/csv.h"
#include "common/sys.h"

static const char *const columns[] = {
    "rule_id",     "type",         "step",      "trigger", "days",
    "basis",       "variant",      "extension", "from",    "to",
    "source",      "ver",          "unit",      "also",    "applies",
    "remote_days", "complex_days", "extend",    "roll",    "duty",
    "matter",      "starts",       "done",      "step_vi"};
enum column {
    COL_ID,
    COL_TYPE,
    COL_STEP,
    COL_TRIGGER,
    COL_DAYS,
    COL_BASIS,
    COL_VARIANT,
    COL_EXTENSION,
    COL_FROM,
    COL_TO,
    COL_SOURCE,
    COL_VER,
    COL_UNIT,
    COL_ALSO,
    COL_APPLIES,
    COL_REMOTE_DAYS,
    COL_COMPLEX_DAYS,
    COL_EXTEND,
    COL_ROLL,
    COL_DUTY,
    COL_MATTER,
    COL_STARTS,
    COL_DONE,
    COL_STEP_VI,
    COLUMNS
};
_Static_assert(LT_COUNT_OF(columns) == COLUMNS, "a name a column");

enum { TIMES_MAX = 9 };

struct row {
    struct lt_rule rule;
    struct lt_buf text;
};

struct lt_ruleset {
    const struct lt_alloc *alloc;
    struct row *rows;
    size_t n;
    size_t capacity;
};

static const char *const fact_words[LT_FACTS] = {
    [LT_FACT_RECEIVED] = "received",
    [LT_FACT_ACCEPTED] = "accepted",
    [LT_FACT_NOT_ACCEPTED] = "not_accepted",
    [LT_FACT_GUIDED] = "guided",
    [LT_FACT_RETURNED] = "returned",
    [LT_FACT_TRANSFERRED] = "transferred",
    [LT_FACT_DECIDED] = "decided",
    [LT_FACT_SENT] = "sent",
    [LT_FACT_PUBLISHED] = "published",
    [LT_FACT_NOTIFIED] = "notified",
    [LT_FACT_IN_FORCE] = "in_force",
    [LT_FACT_ENFORCEMENT_ORDERED] = "enforcement_ordered",
    [LT_FACT_DISCONTINUED] = "discontinued",
    [LT_FACT_CLOSED] = "closed"};

const char *lt_fact_word(enum lt_fact fact)
{
    return (unsigned)fact < LT_FACTS ? fact_words[fact] : NULL;
}

/* ---- reading one field ---- */

/* Digits; empty is 0 when that is allowed. */
static bool read_count(const char *text, uint32_t max, bool may_be_empty,
                       uint32_t *out)
{
    uint32_t value = 0;

    if (*text == '\0') {
        *out = 0;
        return may_be_empty;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(*text - '0');
        if (value > max) {
            return false;
        }
    }
    *out = value;
    return true;
}

/* The index of @text among @words; -1: none. */
static int find_word(const char *text, const char *const *words, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(text, words[i]) == 0) {
            return i;
        }
    }
    return -1;
}

/* "10W", "30C" */
static bool read_reading(char *text, struct lt_rule_term *out)
{
    size_t len = strlen(text);
    char basis;

    if (len == 0) {
        return true;
    }
    basis = text[len - 1];
    text[len - 1] = '\0';
    out->has = true;
    out->working = basis == 'W';
    return (basis == 'W' || basis == 'C') &&
           read_count(text, LT_RULE_DAYS_MAX, false, &out->days);
}

/* "30x2" */
static bool read_extend(char *text, struct lt_rule *rule)
{
    char *x = strchr(text, 'x');

    if (*text == '\0') {
        return true;
    }
    if (x == NULL) {
        return false;
    }
    *x = '\0';
    return read_count(text, LT_RULE_DAYS_MAX, false, &rule->extend_days) &&
           read_count(x + 1, TIMES_MAX, false, &rule->extend_times);
}

static bool read_month_day(const char *text, int *out)
{
    for (int i = 0; i < 5; i++) {
        if (i == 2 ? text[i] != '-' : text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    out[0] = (text[0] - '0') * 10 + text[1] - '0';
    out[1] = (text[3] - '0') * 10 + text[4] - '0';
    return out[0] >= 1 && out[0] <= 12 && out[1] >= 1 && out[1] <= 28;
}

/* "12-15..03-14" */
static bool read_window(const char *text, int out[4])
{
    return strlen(text) == 12 && read_month_day(text, out) && text[5] == '.' &&
           text[6] == '.' && read_month_day(text + 7, out + 2);
}

/* Words between '|' as bits. */
static bool read_bits(char *text, const char *const *words, int n,
                      uint32_t *out)
{
    *out = 0;
    while (*text != '\0') {
        char *bar = strchr(text, '|');
        int at;

        if (bar != NULL) {
            *bar = '\0';
        }
        at = find_word(text, words, n);
        if (at < 0) {
            return false;
        }
        *out |= 1U << at;
        if (bar == NULL) {
            return true;
        }
        text = bar + 1;
    }
    return true;
}

/* ---- reading one row ---- */

static const char *read_numbers(char **f, struct lt_rule *rule)
{
    static const char *const units[] = {"term", "hours", "week", "month",
                                        "window"};
    int unit = find_word(f[COL_UNIT], units, (int)LT_COUNT_OF(units));

    if (unit < 0) {
        return "not a unit";
    }
    rule->unit = (enum lt_rule_unit)unit;
    if (rule->unit == LT_UNIT_WINDOW) {
        return read_window(f[COL_TRIGGER], rule->window) ? NULL
                                                         : "not a window";
    }
    rule->term.has = true;
    if (!read_count(f[COL_DAYS], LT_RULE_DAYS_MAX, false, &rule->term.days)) {
        return "not a number of days";
    }
    rule->term.working = strcmp(f[COL_BASIS], "W") == 0;
    if (rule->unit == LT_UNIT_TERM && rule->term.days != 0 &&
        !rule->term.working && strcmp(f[COL_BASIS], "C") != 0) {
        return "basis is C or W";
    }
    if (!read_reading(f[COL_ALSO], &rule->also)) {
        return "not another reading";
    }
    if (!read_count(f[COL_REMOTE_DAYS], LT_RULE_DAYS_MAX, true,
                    &rule->remote_days) ||
        !read_count(f[COL_COMPLEX_DAYS], LT_RULE_DAYS_MAX, true,
                    &rule->complex_days) ||
        !read_extend(f[COL_EXTEND], rule)) {
        return "not a number of days";
    }
    if (rule->complex_days != 0 && rule->complex_days < rule->term.days) {
        return "extended to less than it was";
    }
    return NULL;
}

static const char *read_words(char **f, struct lt_rule *rule)
{
    static const char *const applies[] = {"any", "normal", "remote", "once",
                                          "twice"};
    static const char *const duties[] = {"office", "superior", "citizen",
                                         "effect"};
    static const char *const matters[] = {"complaint1", "complaint2",
                                          "denunciation", "knpa"};
    int to = find_word(f[COL_APPLIES], applies, (int)LT_COUNT_OF(applies));
    int duty = find_word(f[COL_DUTY], duties, (int)LT_COUNT_OF(duties));
    int starts = find_word(f[COL_STARTS], fact_words, LT_FACTS);

    if (to < 0) {
        return "not what it applies to";
    }
    if (duty < 0) {
        return "not a duty";
    }
    if (!read_bits(f[COL_MATTER], matters, (int)LT_COUNT_OF(matters),
                   &rule->matter)) {
        return "not a matter";
    }
    if (!read_bits(f[COL_DONE], fact_words, LT_FACTS, &rule->done)) {
        return "not a fact";
    }
    if (starts < 0 && f[COL_STARTS][0] != '\0') {
        return "not a fact";
    }
    if ((rule->matter != 0) != (starts >= 0) ||
        (starts >= 0 && rule->done == 0)) {
        return "a matter needs what starts and what ends it";
    }
    rule->applies = (enum lt_rule_applies)to;
    rule->duty = (enum lt_rule_duty)duty;
    rule->starts = starts < 0 ? LT_FACTS : (enum lt_fact)starts;
    rule->roll = strcmp(f[COL_ROLL], "yes") == 0;
    return rule->roll || strcmp(f[COL_ROLL], "no") == 0 ? NULL
                                                        : "neither yes nor no";
}

static const char *read_frame(char **f, struct lt_rule *rule)
{
    size_t len = strlen(f[COL_ID]);

    if (len == 0 || len > LT_RULE_ID_MAX) {
        return "not a rule's id";
    }
    for (size_t i = 0; i < len; i++) {
        char c = f[COL_ID][i];

        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) {
            return "not a rule's id";
        }
    }
    if (!lt_day_parse(f[COL_FROM], &rule->from)) {
        return "not a day";
    }
    rule->to = INT32_MAX;
    if (f[COL_TO][0] != '\0' &&
        (!lt_day_parse(f[COL_TO], &rule->to) || rule->to < rule->from)) {
        return "not a day";
    }
    rule->ver = f[COL_VER][0];
    if (f[COL_VER][0] == '\0' || f[COL_VER][1] != '\0' ||
        strchr("VPMIC", rule->ver) == NULL) {
        return "not a tag of evidence";
    }
    if (f[COL_STEP][0] == '\0' || f[COL_STEP_VI][0] == '\0' ||
        f[COL_SOURCE][0] == '\0') {
        return "no words for people";
    }
    return NULL;
}

/* NULL, or what is wrong with it. */
static const char *read_rule(char **f, struct lt_rule *rule)
{
    const char *wrong = read_frame(f, rule);

    if (wrong == NULL) {
        wrong = read_numbers(f, rule);
    }
    if (wrong == NULL) {
        wrong = read_words(f, rule);
    }
    rule->id = f[COL_ID];
    rule->type = f[COL_TYPE];
    rule->step[0] = f[COL_STEP_VI];
    rule->step[1] = f[COL_STEP];
    rule->trigger = f[COL_TRIGGER];
    rule->variant = f[COL_VARIANT];
    rule->extension = f[COL_EXTENSION];
    rule->source = f[COL_SOURCE];
    return wrong;
}

/* ---- the set ---- */

static int compare(const struct lt_rule *a, const char *id, int32_t from)
{
    int by_id = strcmp(a->id, id);

    return by_id != 0 ? by_id : a->from < from ? -1 : a->from > from;
}

static size_t place_of(const struct lt_ruleset *set, const char *id,
                       int32_t from)
{
    size_t at = 0;

    while (at < set->n && compare(&set->rows[at].rule, id, from) < 0) {
        at++;
    }
    return at;
}

/* The version before ends the day before this one begins. */
static void end_before(struct lt_ruleset *set, size_t at)
{
    struct lt_rule *rule = &set->rows[at].rule;

    if (at > 0 && strcmp(set->rows[at - 1].rule.id, rule->id) == 0 &&
        set->rows[at - 1].rule.to >= rule->from) {
        set->rows[at - 1].rule.to = rule->from - 1;
    }
}

/* Takes @text, whose fields @rule points into. */
static lt_err insert(struct lt_ruleset *set, const struct lt_rule *rule,
                     struct lt_buf *text)
{
    size_t at = place_of(set, rule->id, rule->from);
    void *rows = set->rows;

    if (at < set->n &&
        compare(&set->rows[at].rule, rule->id, rule->from) == 0) {
        lt_buf_deinit(&set->rows[at].text);
        set->rows[at] = (struct row){*rule, *text};
    } else {
        if (set->n == LT_RULES_MAX) {
            return LT_ETOOBIG;
        }
        if (!lt_grow(set->alloc, &rows, &set->capacity, set->n,
                     sizeof(*set->rows))) {
            return LT_ENOMEM;
        }
        set->rows = rows;
        memmove(&set->rows[at + 1], &set->rows[at],
                (set->n - at) * sizeof(*set->rows));
        set->rows[at] = (struct row){*rule, *text};
        set->n++;
    }
    end_before(set, at);
    if (at + 1 < set->n) {
        end_before(set, at + 1);
    }
    return LT_OK;
}

/* @row has room for nothing behind it; the copy has. */
static lt_err put_row(struct lt_ruleset *set, const char *file, unsigned line,
                      const char *row, size_t len, struct lt_diag *diag)
{
    struct lt_csv csv = {.file = file, .columns_n = COLUMNS, .line = line - 1};
    struct lt_rule rule = {.id = NULL};
    char *fields[LT_CSV_COLUMNS_MAX];
    const char *wrong;
    struct lt_buf text;
    bool more = true;
    lt_err rc;

    lt_buf_init(&text, set->alloc);
    if (len > LT_RULE_ROW_MAX) {
        csv.line = line;
        return lt_csv_refuse(&csv, diag, "row too long", NULL);
    }
    if (!lt_buf_put(&text, row, len) || !lt_buf_put(&text, "", 1)) {
        lt_buf_deinit(&text);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    csv.at = (char *)text.data;
    csv.end = csv.at + len;
    rc = lt_utf8_valid(row, len) ? lt_csv_next(&csv, fields, &more, diag)
                                 : lt_csv_refuse(&csv, diag, "not UTF-8", NULL);
    if (rc == LT_OK && (!more || csv.at != csv.end)) {
        rc = lt_csv_refuse(&csv, diag, "not one row", NULL);
    }
    if (rc == LT_OK) {
        wrong = read_rule(fields, &rule);
        rc = wrong == NULL ? insert(set, &rule, &text)
                           : lt_csv_refuse(&csv, diag, wrong, rule.id);
        if (rc == LT_ETOOBIG) {
            rc = lt_csv_refuse(&csv, diag, "too many rows", NULL);
        } else if (rc == LT_ENOMEM) {
            lt_diag_set(diag, rc);
        }
    }
    if (rc != LT_OK) {
        lt_buf_deinit(&text);
    }
    return rc;
}

lt_err lt_ruleset_put(struct lt_ruleset *set, const char *row, size_t len,
                      struct lt_diag *diag)
{
    return put_row(set, "ruleset", 1, row, len, diag);
}

static lt_err read_rows(struct lt_ruleset *set, struct lt_policy_text table,
                        struct lt_buf *copy, struct lt_diag *diag)
{
    const char *at = (const char *)table.data;
    const char *end = at + table.len;
    struct lt_csv csv;
    unsigned line = 1;
    lt_err rc = lt_csv_begin(&csv, table.name, (char *)copy->data,
                             copy->len - 1, columns, COLUMNS, diag);

    while (rc == LT_OK && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        stop = stop == NULL ? end : stop;
        if (line > 1 && stop > at) {
            rc = put_row(set, table.name, line, at, (size_t)(stop - at), diag);
        }
        at = stop == end ? end : stop + 1;
        line++;
    }
    return rc == LT_OK && set->n == 0
               ? lt_csv_refuse(&csv, diag, "no rows", NULL)
               : rc;
}

lt_err lt_ruleset_empty(const struct lt_alloc *alloc,
                        struct lt_ruleset **out_set)
{
    struct lt_ruleset *set = lt_new(alloc, sizeof(*set));

    if (set == NULL) {
        return LT_ENOMEM;
    }
    set->alloc = alloc;
    *out_set = set;
    return LT_OK;
}

lt_err lt_ruleset_new(const struct lt_alloc *alloc, struct lt_policy_text table,
                      struct lt_ruleset **out_set, struct lt_diag *diag)
{
    struct lt_ruleset *set = NULL;
    struct lt_buf copy;
    lt_err rc = lt_ruleset_empty(alloc, &set);

    if (rc != LT_OK) {
        return lt_diag_set(diag, rc);
    }
    lt_buf_init(&copy, alloc);
    rc = lt_buf_put(&copy, table.data, table.len) && lt_buf_put(&copy, "", 1)
             ? read_rows(set, table, &copy, diag)
             : lt_diag_set(diag, LT_ENOMEM);
    lt_buf_deinit(&copy);
    if (rc != LT_OK) {
        lt_ruleset_free(set);
        return rc;
    }
    *out_set = set;
    return LT_OK;
}

void lt_ruleset_free(struct lt_ruleset *set)
{
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        lt_buf_deinit(&set->rows[i].text);
    }
    lt_free(set->alloc, set->rows);
    lt_free(set->alloc, set);
}

const struct lt_rule *lt_ruleset_at(const struct lt_ruleset *set, size_t index)
{
    return index < set->n ? &set->rows[index].rule : NULL;
}

bool lt_ruleset_knows(const struct lt_ruleset *set, const char *id)
{
    for (size_t i = 0; i < set->n; i++) {
        if (strcmp(set->rows[i].rule.id, id) == 0) {
            return true;
        }
    }
    return false;
}

const struct lt_rule *lt_ruleset_find(const struct lt_ruleset *set,
                                      const char *id, int32_t day)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct lt_rule *rule = &set->rows[i].rule;

        if (rule->from <= day && day <= rule->to && strcmp(rule->id, id) == 0) {
            return rule;
        }
    }
    return NULL;
}
