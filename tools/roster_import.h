/* Many shifts from a CSV file: date,at,end,kind,name,phone, 400 lines at most.
 * All are taken or none; what is wrong is told for each line. */
#ifndef LT_TOOLS_ROSTER_IMPORT_H
#define LT_TOOLS_ROSTER_IMPORT_H

#include "tools/tool.h"

/* The handler of `roster import`; gives the exit code. */
int lt_roster_import(struct lt_tool *tool,
                     const struct lt_tool_command *command);

#endif
