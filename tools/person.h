/* What commands share that know the people of the office: asking for secrets,
 * and opening people.db.
 *
 * Threading: the tool has one thread. */
#ifndef LT_TOOLS_PERSON_H
#define LT_TOOLS_PERSON_H

#include "daemon/people/people.h"
#include "tools/tool.h"

/* A line from stdin, asked for with the ui word @prompt: not echoed where a
 * person types it, one line after the other where it is a pipe. An empty line,
 * or none left, is "". Never from the command line, where others could read it.
 * Errors: LT_ETEXT when it is longer than @size or no text. */
LT_MUST_CHECK lt_err lt_tool_ask_secret(struct lt_tool *tool,
                                        const char *prompt, char *out_secret,
                                        size_t size);
/* people.db of the tool's folder. Errors, with "path": LT_ENOINPUT when no
 * office is there, and as of lt_people_open. */
LT_MUST_CHECK lt_err lt_tool_people(const struct lt_tool *tool,
                                    struct lt_people **out_people,
                                    struct lt_diag *diag);
/* The person of option --by, whose password was asked for and is right.
 * Errors: LT_EUSAGE without --by; as of lt_people_check. */
LT_MUST_CHECK lt_err lt_tool_by(struct lt_tool *tool, struct lt_people *people,
                                struct lt_person *out_person,
                                struct lt_diag *diag);
/* Print a failure; a reason of its own is put into the tool's language. */
int lt_tool_fail_people(struct lt_tool *tool, lt_err rc, struct lt_diag *diag);

#endif
