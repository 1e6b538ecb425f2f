/* An entry of a year as a command of the control socket.
 *
 * Threading: pure. */
#ifndef LT_TOOLS_YEAR_COMMAND_H
#define LT_TOOLS_YEAR_COMMAND_H

#include "common/policy.h"
#include "tools/year/year.h"

/* Append one JSON object and a newline: minute, office, matter, command and its
 * options. Who sends it adds "id" (a number of a matter is no id) and, to a
 * directive, "to".
 *
 * @first_day of the year it is from: what people date by hand has its day.
 * Errors: LT_EINVAL for an entry that no command writes; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_year_command(const struct lt_year_entry *entry,
                                     const struct lt_policy *policy,
                                     int32_t first_day, struct lt_buf *out);

#endif
