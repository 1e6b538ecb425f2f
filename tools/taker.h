/* For which office a file is sealed, and by which key. The daemon has the key
 * from that office's binding; --key is for one of whom nothing has come yet
 * (`office key` on its machine shows it). */
#ifndef LT_TOOLS_TAKER_H
#define LT_TOOLS_TAKER_H

#include "common/base.h"
#include "tools/tool.h"

/* Ask the daemon for something beside the command at hand: nothing is printed.
 * @instead is taken over; NULL: there was no memory for it. An exit code. */
int lt_tool_ask_beside(struct lt_tool *tool,
                       const struct lt_tool_command *asked, json_t *instead,
                       json_t **out_answer);
/* The office of --to, and its transport key. An exit code; what is wrong was
 * said. */
int lt_tool_taker(struct lt_tool *tool, struct lt_office *out_office,
                  uint8_t out_key[static LT_CURVE_LEN]);

#endif
