/* The table of codes, laid out once; lookups are linear because nobody asks
 * for a word in a hot path. */
#include "common/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
    lt_err err;
    const char *word;
    int exit_code;
    enum lt_severity severity;
};

static const struct row rows[] = {
#define X(id, word, number, exit_code, severity)                               \
    {id, word, exit_code, severity},
#include "common/err_table.h"
#undef X
};

static const struct row *find(lt_err err)
{
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        if (rows[i].err == err) {
            return &rows[i];
        }
    }
    return NULL;
}

const char *lt_err_word(lt_err err)
{
    const struct row *row = find(err);

    if (err == LT_OK) {
        return "ok";
    }
    return row != NULL ? row->word : "unknown";
}

int lt_err_exit(lt_err err)
{
    const struct row *row = find(err);

    if (err == LT_OK) {
        return 0;
    }
    return row != NULL ? row->exit_code : 70;
}

int64_t lt_err_lasts_ms(lt_err err)
{
    static const int64_t hour_ms = INT64_C(3600) * 1000;
    static const struct {
        lt_err code;
        int hours;
    } lasting[] = {
        {LT_AUNKNOWNPEER, 1},    {LT_EPROTO, 1},    {LT_ATWOMACHINES, 1},
        {LT_ACONTRADICTION, 24}, {LT_APAYLOAD, 24}, {LT_ATEXT, 24},
        {LT_ABRANCHES, 24},      {LT_AENCLOSED, 24},     {LT_AAUDITCUT, 24},
    };

    for (size_t i = 0; i < LT_COUNT_OF(lasting); i++) {
        if (lasting[i].code == err) {
            return lasting[i].hours * hour_ms;
        }
    }
    return 0;
}

enum lt_severity lt_err_severity(lt_err err)
{
    const struct row *row = find(err);

    if (err == LT_OK) {
        return LT_SEV_INFO;
    }
    return row != NULL ? row->severity : LT_SEV_ERROR;
}

lt_err lt_err_by_word(const char *word)
{
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        if (strcmp(rows[i].word, word) == 0) {
            return rows[i].err;
        }
    }
    return LT_OK;
}

lt_err lt_err_at(size_t index)
{
    return index < LT_COUNT_OF(rows) ? rows[index].err : LT_OK;
}

lt_err lt_diag_set(struct lt_diag *diag, lt_err code)
{
    if (diag != NULL) {
        diag->code = code;
        diag->args_n = 0;
    }
    return code;
}

/* Step back over a UTF-8 sequence that the cut left incomplete. */
static void cut_at_boundary(char *text, size_t len)
{
    size_t start = len;
    size_t need = 1;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0U) == 0x80U) {
        start--;
    }
    if (start == 0) {
        return; /* not UTF-8 at all; the printer escapes it */
    }
    start--;
    if (((unsigned char)text[start] & 0xE0U) == 0xC0U) {
        need = 2;
    } else if (((unsigned char)text[start] & 0xF0U) == 0xE0U) {
        need = 3;
    } else if (((unsigned char)text[start] & 0xF8U) == 0xF0U) {
        need = 4;
    }
    if (len - start < need) {
        text[start] = '\0';
    }
}

void lt_diag_arg(struct lt_diag *diag, const char *key, const char *format, ...)
{
    va_list args;
    int written;

    if (diag == NULL || diag->args_n >= LT_DIAG_ARGS_MAX) {
        return;
    }
    (void)snprintf(diag->args[diag->args_n].key, LT_DIAG_KEY_MAX, "%s", key);
    va_start(args, format);
    written = vsnprintf(diag->args[diag->args_n].value, LT_DIAG_VALUE_MAX,
                        format, args);
    va_end(args);
    if (written < 0) {
        diag->args[diag->args_n].value[0] = '\0';
    } else if (written >= LT_DIAG_VALUE_MAX) {
        cut_at_boundary(diag->args[diag->args_n].value, LT_DIAG_VALUE_MAX - 1);
    }
    diag->args_n++;
}

static char *find_allowed(struct lt_diag *diag)
{
    unsigned i;

    for (i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, "allowed") == 0) {
            return diag->args[i].value;
        }
    }
    return NULL;
}

void lt_diag_allow(struct lt_diag *diag, const char *word)
{
    static const char more[] = ", \xE2\x80\xA6";
    char *list = diag == NULL ? NULL : find_allowed(diag);
    size_t len;

    if (list == NULL) {
        lt_diag_arg(diag, "allowed", "%s", word);
        return;
    }
    len = strlen(list);
    if (len >= sizeof(more) - 1 &&
        strcmp(list + len - (sizeof(more) - 1), more) == 0) {
        return;
    }
    if (len + 2 + strlen(word) < LT_DIAG_VALUE_MAX) {
        (void)snprintf(list + len, LT_DIAG_VALUE_MAX - len, ", %s", word);
        return;
    }
    while (len + sizeof(more) > LT_DIAG_VALUE_MAX) {
        char *last = strrchr(list, ',');

        len = last == NULL ? 0 : (size_t)(last - list);
        list[len] = '\0';
    }
    memcpy(list + len, more, sizeof(more));
}
