/* Tables in CSV files, read strictly.
 *
 * UTF-8 without NUL; a header that is exactly the one expected; then rows of
 * as many fields, lines ending with LF or CR LF. A field that begins with a
 * quote ends with one, "" inside stands for one quote, and no line ends within
 * it. A quote elsewhere is a character like any other.
 *
 * Fields are unquoted and terminated in place, in the caller's text, so they
 * live as long as that.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_CSV_H
#define LT_COMMON_CSV_H

#include "common/base.h"
#include "common/err.h"

enum { LT_CSV_COLUMNS_MAX = 32, LT_CSV_LINE_MAX = 4096 };

struct lt_csv {
    const char *file; /* for diagnostics; borrowed */
    char *at;
    char *end;
    size_t columns_n;
    unsigned line; /* of the row last read; the header is 1 */
};

/* Begin with the header. @text is changed and must have room for a NUL at
 * @text[len]. Errors: LT_EPOLICY with file, line and reason. */
LT_MUST_CHECK lt_err lt_csv_begin(struct lt_csv *csv, const char *file,
                                  char *text, size_t len,
                                  const char *const *columns, size_t columns_n,
                                  struct lt_diag *diag);

/* Read the next row into @fields[columns_n]; *out_more is false, and nothing
 * is read, at the end. Errors: LT_EPOLICY. */
LT_MUST_CHECK lt_err lt_csv_next(struct lt_csv *csv, char **fields,
                                 bool *out_more, struct lt_diag *diag);

/* LT_EPOLICY with the file, the present line and @reason. */
lt_err lt_csv_refuse(const struct lt_csv *csv, struct lt_diag *diag,
                     const char *reason, const char *what);

#endif
