/* Errors, alarms and notes: one table of codes.
 *
 * Every failure, alarm and note has one row in err_table.h: a name (the word
 * scripts see, e.g. "disk_full"), a number that is never reused, the exit code
 * a program ends with when this is what ended it, and a severity. The texts
 * and remedies, in Vietnamese and English, are in the message catalogue
 * (message.h) under the same name.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_ERR_H
#define LT_COMMON_ERR_H

#include "common/base.h"

enum lt_severity {
    LT_SEV_INFO,    /* a note */
    LT_SEV_ERROR,   /* a request failed; nothing is wrong with the node */
    LT_SEV_WARNING, /* an alarm: somebody should look today */
    LT_SEV_CRITICAL /* an alarm: somebody should look now */
};

/* X(enum name, code word, number, exit code, severity) */
typedef enum lt_err {
    LT_OK = 0,
#define X(id, word, number, exit_code, severity) id = (number),
#include "common/err_table.h"
#undef X
} lt_err;

/* The word of @err ("ok" for LT_OK, "unknown" for a number not in the table).
 * Static storage. */
const char *lt_err_word(lt_err err);

/* The exit code (sysexits) that goes with @err; 0 for LT_OK, 70 if unknown. */
int lt_err_exit(lt_err err);

enum lt_severity lt_err_severity(lt_err err);

/* How long an alarm stands after its last sign when it tells of something that
 * happened and not of something that is so: nobody can see such a cause end.
 * 0 for all others, which stand until they are cleared. */
int64_t lt_err_lasts_ms(lt_err err);

/* Find the code called @word. Returns LT_OK when there is none. */
lt_err lt_err_by_word(const char *word);

/* Walk the table: the code at @index, or LT_OK past the end. */
lt_err lt_err_at(size_t index);

enum { LT_DIAG_ARGS_MAX = 7, LT_DIAG_KEY_MAX = 24, LT_DIAG_VALUE_MAX = 256 };

/* What went wrong, for people: a code and its arguments. The words come from
 * the catalogue; arguments fill its {placeholders}. Embedded, no resources. */
struct lt_diag {
    lt_err code;
    unsigned args_n;
    struct {
        char key[LT_DIAG_KEY_MAX];
        char value[LT_DIAG_VALUE_MAX];
    } args[LT_DIAG_ARGS_MAX];
};

/* Begin a diagnostic: set the code, forget the arguments. Returns @code, so
 * that `return lt_diag_set(diag, LT_EX);` reads well. @diag may be NULL. */
lt_err lt_diag_set(struct lt_diag *diag, lt_err code);

/* Add one argument; a value that is too long is cut at a UTF-8 boundary, a
 * seventh argument is dropped. @diag may be NULL. */
void lt_diag_arg(struct lt_diag *diag, const char *key, const char *format, ...)
    LT_PRINTF(3, 4);

/* Add one more word to the argument "allowed", the list of what would have
 * been right. A list that grows too long ends with an ellipsis. */
void lt_diag_allow(struct lt_diag *diag, const char *word);

#endif
