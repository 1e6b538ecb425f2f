/* A QR code for people who hold a phone: on a terminal, or on paper.
 *
 * Threading: a code belongs to one thread. */
#ifndef LT_TOOLS_QR_H
#define LT_TOOLS_QR_H

#include <stdio.h>

#include "common/err.h"

enum { LT_QR_TEXT_MAX = 512 }; /* bytes of what a code holds */

struct lt_qr;

/* The code of @text, read with up to 15 % of it damaged. The caller owns
 * *out_qr. Errors, output untouched: LT_EINVAL when @text is empty; LT_ETOOBIG
 * beyond LT_QR_TEXT_MAX; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_qr_new(const char *text, struct lt_qr **out_qr);
void lt_qr_free(struct lt_qr *qr); /* accepts NULL */

/* Modules of a side, without the quiet zone around it. */
unsigned lt_qr_side(const struct lt_qr *qr);
/* Is this module dark? Light everywhere outside of the code. */
bool lt_qr_is_dark(const struct lt_qr *qr, int column, int row);

/* Print it with its quiet zone, two rows of modules a line of half blocks.
 * Without @colour what is dark is filled, as ink on paper; with it the
 * terminal is told black on white, whatever its own colours are. */
void lt_qr_print(const struct lt_qr *qr, bool colour, FILE *out);

#endif
