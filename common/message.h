/* What the product says to people, in Vietnamese and English.
 *
 * One catalogue, compiled in (a bare Debian has no Vietnamese locale, so
 * gettext would find nothing). Every code of err_table.h has a text and, for
 * errors and alarms, a remedy; words that begin with ui_ are plain strings.
 *
 * A text may hold {name}: it is filled with the argument of that name. A part
 * in [brackets] is left out when an argument in it is absent; elsewhere an
 * absent argument shows as "?". Arguments that neither text nor remedy uses
 * are added behind the text as "(name: value)", so that nothing is lost.
 * Arguments are made fit for a terminal: control characters and broken UTF-8
 * come out as \xNN.
 *
 * Threading: everything here is pure, but lt_lang_from_environment(), which
 * reads the environment. */
#ifndef LT_COMMON_MESSAGE_H
#define LT_COMMON_MESSAGE_H

#include "common/err.h"

enum lt_lang { LT_LANG_VI, LT_LANG_EN };

enum { LT_MESSAGE_MAX = 1536 }; /* a buffer that holds most messages */

/* "vi" or "en"; false, and untouched, for anything else. */
LT_MUST_CHECK bool lt_lang_parse(const char *text, enum lt_lang *out_lang);
/* LIENTHONG_LANG, else the first of LC_ALL, LC_MESSAGES and LANG that begins
 * with vi or en, else Vietnamese. Arguments may be NULL. */
enum lt_lang lt_lang_choose(const char *lienthong_lang, const char *lc_all,
                            const char *lc_messages, const char *lang);
enum lt_lang lt_lang_from_environment(void);

/* The text, or the remedy, of a diagnostic. Always terminated, cut at a UTF-8
 * boundary when @size (at least 1) is too small. Returns the length written.
 * A code without a row shows as its word. */
size_t lt_message_text(enum lt_lang lang, const struct lt_diag *diag,
                       char *out_text, size_t size);
/* The text without the arguments that it has no place for. */
size_t lt_message_bare(enum lt_lang lang, const struct lt_diag *diag,
                       char *out_text, size_t size);
size_t lt_message_remedy(enum lt_lang lang, const struct lt_diag *diag,
                         char *out_text, size_t size);

/* A plain string; the word itself when there is none. Static storage. */
const char *lt_ui(enum lt_lang lang, const char *word);
/* The same with {name} filled from @args (its code does not matter). */
size_t lt_ui_format(enum lt_lang lang, const char *word,
                    const struct lt_diag *args, char *out_text, size_t size);

/* Make @text fit for a line of output: control characters, the escapes of
 * bidirectional text and broken UTF-8 come out as \xNN. Always terminated;
 * returns the length written. */
size_t lt_text_escape(const char *text, size_t len, char *out_text,
                      size_t size);

/* The remedy of a word that has one ("ui_ex_..."), filled the same way; empty
 * when it has none. */
size_t lt_ui_remedy(enum lt_lang lang, const char *word,
                    const struct lt_diag *args, char *out_text, size_t size);

/* The rows, for tests and for the manual. NULL past the end. */
struct lt_message {
    const char *word;
    const char *text[2];   /* by enum lt_lang */
    const char *remedy[2]; /* "" for notes and plain strings */
};
const struct lt_message *lt_message_at(size_t index);

#endif
