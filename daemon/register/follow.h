/* Entries that follow their case by themselves to its next custodian.
 *
 * When a case has gone to another office each of its entries is due there. A
 * row of the table `follow` says so, made without any key: which entry, to
 * whom, under which request id its sending is written into the log, so that who
 * died half-way sends it once. While the register is unlocked each is sealed
 * (HPKE, RFC 9180, to the taker's transport key) and sent as the part of a
 * REGISTER_SENT event; the taker answers with REGISTER_TAKEN. What has been
 * taken is forwarded by the taker from then on, and by nobody else, until the
 * case comes back.
 *
 *   sealed: enc 32 || HPKE(length 4 || entry as bytes || zeros)
 *
 * Zeros up to the next kilobyte: how much somebody has told shows to nobody.
 * The giver's entry stays, in the book of whom it has received; erasing it is a
 * person's to do (lt_register_erase). An entry that was erased after it had
 * been taken comes back with its case; one that was erased otherwise stays so.
 *
 * Nobody sits before it: what is sealed and taken is told to the audit in the
 * name of LT_BY_DAEMON, and only while somebody who may has unlocked the
 * register.
 *
 * Threading: as register.h. */
#ifndef LT_REGISTER_FOLLOW_H
#define LT_REGISTER_FOLLOW_H

#include "common/id.h"
#include "daemon/register/register.h"

enum { LT_FOLLOW_UID_LEN = 16, LT_FOLLOW_REQUEST_LEN = 16 };

struct lt_follow_row {
    int64_t id; /* from 1, in the order in which they became due */
    int64_t entry;
    char case_id[LT_REGISTER_CASE_MAX + 1];
    struct lt_office to;
    uint8_t request[LT_FOLLOW_REQUEST_LEN];
    uint8_t key[LT_CURVE_LEN];           /* it is sealed to; once it is sent */
    char sent[LT_REGISTER_CASE_MAX + 1]; /* its REGISTER_SENT; "": not yet */
    int64_t due_ms;                      /* wall */
    int64_t sent_ms;
    unsigned answer; /* 0 none; 2 it did not open there */
};

bool lt_register_is_unlocked(const struct lt_register *reg);
/* The case is with @office now: its entries are due there, but for those that
 * another office has taken and answers for, and for erased ones. What was due
 * elsewhere and was not taken is due no more. */
LT_MUST_CHECK lt_err lt_register_follow_to(struct lt_register *reg,
                                           const char *case_id,
                                           const struct lt_office *office);
/* The case is here, or nobody's: nothing is due. */
LT_MUST_CHECK lt_err lt_register_follow_none(struct lt_register *reg,
                                             const char *case_id);
/* Has the register ever had an entry of it? */
LT_MUST_CHECK lt_err lt_register_follow_knows(struct lt_register *reg,
                                              const char *case_id,
                                              bool *out_knows);
/* Was who had the case told that it is here (REGISTER_WANTED)? */
LT_MUST_CHECK lt_err lt_register_follow_asked(struct lt_register *reg,
                                              const char *case_id,
                                              bool *out_asked);
LT_MUST_CHECK lt_err lt_register_follow_ask(struct lt_register *reg,
                                            const char *case_id);
/* The next row behind @after that has not been taken; LT_ENOTFOUND past the
 * last. Rows of entries that were erased meanwhile are dropped. */
LT_MUST_CHECK lt_err lt_register_follow_next(struct lt_register *reg,
                                             int64_t after,
                                             struct lt_follow_row *out);
/* Seal the entry of @row for the holder of @key; told to the audit before it is
 * opened. Appends. Errors: LT_EREGISTERKEY while it is locked; LT_EMALFORMED
 * when
 * @key is none; LT_EREGISTERROT; LT_EREGISTERGONE; LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_register_follow_seal(
    struct lt_register *reg, struct lt_people *people,
    const struct lt_follow_row *row, const struct lt_office *from,
    const uint8_t key[static LT_CURVE_LEN], struct lt_buf *out);
/* It stands in the log as @event. */
LT_MUST_CHECK lt_err
lt_register_follow_sent(struct lt_register *reg, int64_t row, const char *event,
                        const uint8_t key[static LT_CURVE_LEN]);
/* What its taker has answered: 1 taken, 2 it does not open. */
LT_MUST_CHECK lt_err
lt_register_follow_answered(struct lt_register *reg, struct lt_people *people,
                            const struct lt_follow_row *row, unsigned answer);
/* Send it anew, under another request id. */
LT_MUST_CHECK lt_err lt_register_follow_anew(struct lt_register *reg,
                                             int64_t row);

/* What came from @from, opened. Secret: lt_follow_entry_free wipes it. */
struct lt_follow_entry;
/* Errors: LT_EINVAL when it is no entry, was sealed to another key, by another
 * office or for another one, or is damaged; LT_EDENUNCIATION; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_follow_open(const struct lt_office *from,
                                    const struct lt_office *to,
                                    const uint8_t secret[static LT_CURVE_LEN],
                                    struct lt_span sealed,
                                    struct lt_follow_entry **out_entry);
void lt_follow_entry_free(struct lt_follow_entry *entry);
const char *lt_follow_entry_case(const struct lt_follow_entry *entry);
/* Put it into the register, or see that it is there. Told to the audit before.
 * Errors, the register as before: LT_EREGISTERKEY while it is locked; LT_EINVAL
 * when its uid is another entry's; LT_EIO, LT_EFULL, LT_ENOMEM, LT_EBUSY. */
LT_MUST_CHECK lt_err lt_follow_take(struct lt_register *reg,
                                    struct lt_people *people,
                                    const struct lt_office *from,
                                    const struct lt_follow_entry *entry);

#endif
