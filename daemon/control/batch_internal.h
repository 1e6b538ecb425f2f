/* What the three files of a batch share: reading (batch.c), preparing
 * (batch_prepare.c), answering (batch_answer.c). */
#ifndef LT_CONTROL_BATCH_INTERNAL_H
#define LT_CONTROL_BATCH_INTERNAL_H

#include "daemon/control/batch.h"

/* Refuse one command; @diag counts when it is about @err. LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_slot_refuse(struct lt_batch *batch,
                                    struct lt_slot *slot,
                                    const struct lt_diag *diag, lt_err err);
LT_MUST_CHECK lt_err lt_slot_refuse_with(struct lt_batch *batch,
                                         struct lt_slot *slot, lt_err err,
                                         const char *what, const char *reason);
bool lt_slot_writes(const struct lt_slot *slot);
/* The JSON of the command at @index. */
const json_t *lt_batch_command(const struct lt_batch *batch, size_t index);

#endif
