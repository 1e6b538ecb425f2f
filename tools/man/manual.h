/* The manual pages: prose from a template, lists from the product's tables.
 *
 * A template is scdoc text. A line that is one of these words is replaced by
 * what the tables hold, in the language asked for:
 *
 *   @COMMANDS@  every command of the tool with its options
 *   @SETTINGS@  every setting with type, range, default
 *   @CODES@     every code with exit code, text and remedy
 *
 * Threading: everything here is pure. */
#ifndef LT_TOOLS_MAN_MANUAL_H
#define LT_TOOLS_MAN_MANUAL_H

#include "common/alloc.h"
#include "common/message.h"

/* Append the page to @out. Errors: LT_EMALFORMED for an unknown @WORD@ line;
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_manual_render(const char *template_text,
                                      enum lt_lang lang, struct lt_buf *out);

#endif
