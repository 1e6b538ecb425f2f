/* Sealing of the register's fields and keys: AES-256-GCM.
 *
 *   nonce 12 || sealed || tag 16
 *
 * A field is padded before it is sealed, to a multiple of 64 bytes with its
 * length in front, so that the length of a name is not told. What stands beside
 * it in the clear (the entry, the field's number) is bound as additional data:
 * a field moved to another place does not open.
 *
 * Nonces are random: a data key seals a handful of fields, the register key one
 * data key an entry.
 *
 * Threading: everything here is pure. */
#ifndef LT_REGISTER_SEAL_H
#define LT_REGISTER_SEAL_H

#include "common/crypto.h"
#include "common/sys.h"

enum {
    LT_SEAL_KEY_LEN = 32,
    LT_SEAL_MORE = 28, /* a sealed message is longer by so much */
    LT_SEAL_WRAPPED_LEN = LT_SEAL_KEY_LEN + LT_SEAL_MORE
};

/* Seal @plain as it is. Appends. Errors: LT_ENOMEM, LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_seal(const struct lt_sys *sys,
                             const uint8_t key[static LT_SEAL_KEY_LEN],
                             struct lt_span aad, struct lt_span plain,
                             struct lt_buf *out);
/* @out has room for sealed.len - LT_SEAL_MORE bytes. Errors, nothing of it
 * left: LT_EREGISTERROT when it does not open; LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_unseal(const uint8_t key[static LT_SEAL_KEY_LEN],
                               struct lt_span aad, struct lt_span sealed,
                               uint8_t *out);
/* The same with padding; lt_unseal_text gives a text in @arena. */
LT_MUST_CHECK lt_err lt_seal_text(const struct lt_sys *sys,
                                  const uint8_t key[static LT_SEAL_KEY_LEN],
                                  struct lt_span aad, struct lt_span text,
                                  struct lt_buf *out);
LT_MUST_CHECK lt_err lt_unseal_text(const uint8_t key[static LT_SEAL_KEY_LEN],
                                    struct lt_span aad, struct lt_span sealed,
                                    struct lt_arena *arena,
                                    const char **out_text, size_t *out_len);

#endif
