/* What the test of worked examples and the program that answers the other
 * implementation share: a law from tables, a question from words. */
#ifndef LT_TEST_DEADLINE_ASK_H
#define LT_TEST_DEADLINE_ASK_H

#include "daemon/cases/law.h"

/* The tables of @folder (deadlines.csv and so on). Ends the program when they
 * cannot be read. */
struct lt_law *ask_law(const char *folder);

/* Add the words of @conditions to @ask: remote, extended=N, granted=D,
 * paused=A..B, paused=A.. ; separated by blanks. False: a word that is none. */
bool ask_read(struct lt_deadline_ask *ask, char *conditions);

/* "decided", "expected", "unknown" */
const char *ask_sure(enum lt_year_state state);

#endif
