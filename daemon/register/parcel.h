/* Entries that go to another office: those of a case that it took over, or the
 * whole register of an office that is merged, split or closed.
 *
 *   magic 8 || from 16 || to 16 || enc 32 || pieces
 *   piece: length 4 || sealed
 *
 * Sealed with HPKE to the taker's transport key, by its binding: nobody else
 * opens it, whoever carries it. Each piece is one entry, corrections and erased
 * ones (which say nothing any more) included, with its uid; the last piece has
 * their number and the inventory: SHA-256 chained over the entries.
 *
 * Both sides confirm the inventory: who took all of it over gets a receipt
 * that only the holder of the taker's key can compute, and only over the same
 * inventory; who gave knows which one to expect and takes no other. Until it
 * has come nothing is erased at the giver.
 *
 * Threading: everything here is pure but for the files. */
#ifndef LT_REGISTER_PARCEL_H
#define LT_REGISTER_PARCEL_H

#include "common/id.h"
#include "daemon/register/register.h"

enum { LT_PARCEL_RECEIPT_LEN = 16 };

struct lt_parcel {
    struct lt_office from;
    struct lt_office to;
    uint64_t entries;
    uint64_t taken; /* of these, by lt_register_take_over: were not here yet */
    uint8_t inventory[LT_HASH_LEN];
    uint8_t receipt[LT_PARCEL_RECEIPT_LEN]; /* the taker's to tell, secret at
                                               the giver's */
};

/* Write the entries of @case_id, or of all cases when it is NULL, into the new
 * file @path (0400), for the office out_parcel->to, which holds the secret of
 * @key. out_parcel->from and ->to are set by the caller. The whole register is
 * given by a leader alone. The audit is told.
 *
 * Errors, nothing left behind: those of lt_register_show; LT_ENOTFOUND when
 * there is nothing to give; LT_EMALFORMED when @key is none; LT_ECREATE when
 * @path is there; LT_EFULL, LT_EIO. */
LT_MUST_CHECK lt_err lt_register_give(struct lt_register *reg,
                                      const struct lt_register_person *person,
                                      const uint8_t key[static LT_CURVE_LEN],
                                      const char *case_id, const char *path,
                                      struct lt_parcel *out_parcel,
                                      struct lt_diag *diag);
/* Take what is in the file @path, all of it or nothing; what is here already
 * is passed over, and what the giver had erased is erased here too. An entry
 * that was erased here stays so. @office and @secret are the taker's own.
 *
 * Errors, the register as before: LT_EINVAL when it is no parcel, another
 * office's, sealed to another key, damaged or cut off; LT_EDENUNCIATION;
 * LT_ENOINPUT, LT_EIO, LT_EFULL, LT_ENOMEM; those of lt_register_add. */
LT_MUST_CHECK lt_err lt_register_take_over(
    struct lt_register *reg, const struct lt_register_person *person,
    const struct lt_office *office, const uint8_t secret[static LT_CURVE_LEN],
    const char *path, struct lt_parcel *out_parcel, struct lt_diag *diag);
/* The taker's receipt has come. With @erase the keys of the entries that went
 * into that parcel are destroyed here. Twice is fine.
 * Errors: LT_ENOTFOUND when no parcel of ours has this receipt. */
LT_MUST_CHECK lt_err lt_register_confirm(
    struct lt_register *reg, const struct lt_register_person *person,
    const uint8_t receipt[static LT_PARCEL_RECEIPT_LEN], bool erase,
    struct lt_parcel *out_parcel, struct lt_diag *diag);

#endif
