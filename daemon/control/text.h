/* Text as people type it, made fit for the log: valid, in NFC, counted.
 *
 * Threading: everything here is pure. */
#ifndef LT_CONTROL_TEXT_H
#define LT_CONTROL_TEXT_H

#include "common/codec.h"

/* Check @text and bring it to NFC; *out_text is @text itself when it is in
 * NFC already, else lies in @arena. *out_chars counts code points.
 * Errors: LT_ETEXT (UTF-8, NUL, control characters other than tab and line
 * feed); LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_text_normalise(struct lt_text text,
                                       struct lt_arena *arena,
                                       struct lt_text *out_text,
                                       size_t *out_chars);

#endif
