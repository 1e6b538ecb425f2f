/* What a case owes, as JSON and in words.
 *
 * The words are the recorded explanation of a date: rule, trigger, days, the
 * day itself with its weekday, and everything that moved it. They follow from
 * the same computation as the date.
 *
 * Threading: everything here is pure. */
#ifndef LT_VIEW_DUE_H
#define LT_VIEW_DUE_H

#include "common/message.h"
#include "daemon/cases/law.h"
#include "daemon/view/json.h"

/* "KN-03, from 2026-03-02, +30 days, Wednesday 2026-04-01. ..." appended. */
LT_MUST_CHECK lt_err lt_due_say(enum lt_lang lang, const struct lt_duty *duty,
                                struct lt_buf *out);

/* The fields of one term: rule, step, from, days, basis, due_on, latest_on,
 * overdue, due_soon, ... and "why" in both languages. Between '{' and '}' of
 * the caller. */
LT_MUST_CHECK lt_err lt_due_put(struct lt_json *json,
                                const struct lt_duty *duty, int32_t today);

/* The same for who is told the month alone: rule, step, due_month, overdue, ...
 * and no day nor what it is reckoned from. */
void lt_due_put_month(struct lt_json *json, const struct lt_duty *duty,
                      int32_t today);

bool lt_due_is_overdue(const struct lt_duty *duty, int32_t today);
bool lt_due_is_soon(const struct lt_duty *duty, int32_t today);

#endif
