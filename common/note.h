/* Notes: what the daemon tells operators, one line each, on stderr.
 *
 * `<N>CODE text key=value ...` with N as in syslog (6 info, 4 warning, 3
 * error, 2 critical), or, with `notes = json`, one object a line with time,
 * level, code, text and the arguments. Where something is wrong the last of
 * them is `remedy`. Values with spaces or quotes are
 * quoted; control characters come out as \xNN, so a stranger's name cannot
 * begin a line of its own.
 *
 * A code that repeats more than LT_NOTE_BURST times within LT_NOTE_WINDOW_MS
 * is counted instead of written; the count follows as a note `repeated` once
 * the window is over (with the next note or lt_note_flush).
 *
 * Threading: any thread. A line is one write. */
#ifndef LT_COMMON_NOTE_H
#define LT_COMMON_NOTE_H

#include "common/message.h"
#include "common/sys.h"

enum { LT_NOTE_BURST = 20, LT_NOTE_WINDOW_MS = 10000, LT_NOTE_MAX = 4096 };

enum lt_note_form { LT_NOTE_TEXT, LT_NOTE_JSON };

/* Where, how and in which language. Before it is called notes go to stderr as
 * text, in Vietnamese, by the real clock. @sys is borrowed for ever. */
void lt_note_start(int fd, enum lt_note_form form, enum lt_lang lang,
                   const struct lt_sys *sys);
/* Change the form alone, after a reload. */
void lt_note_form_set(enum lt_note_form form);

/* Write one note: a code and its arguments. */
void lt_note(const struct lt_diag *diag);
/* Write the counts of windows that are over; @all also those that are not,
 * at the end of the process. */
void lt_note_flush(bool all);

/* One line, newline included, without writing it. @out_line holds at least
 * LT_NOTE_MAX bytes; returns the length. Pure. */
size_t lt_note_format(const struct lt_diag *diag, enum lt_note_form form,
                      enum lt_lang lang, int64_t wall_ms,
                      char out_line[static LT_NOTE_MAX]);

#endif
