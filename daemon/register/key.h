/* The register key: 32 random bytes, 64 hex digits and a line end.
 *
 * The service manager may hand it over, as the credential register.key; else it
 * is DIR/identity/register.key (0400), which `init` and `join` make.
 *
 * Threading: everything here is pure but for the file system. */
#ifndef LT_REGISTER_KEY_H
#define LT_REGISTER_KEY_H

#include "common/err.h"
#include "common/sys.h"

enum { LT_REGISTER_KEY_LEN = 32 };

/* Make @folder/register.key. Errors as of lt_file_create. */
LT_MUST_CHECK lt_err lt_register_key_make(const char *folder,
                                          const struct lt_sys *sys,
                                          struct lt_diag *diag);
/* Write @key there instead. */
LT_MUST_CHECK lt_err lt_register_key_save(
    const char *folder, const uint8_t key[static LT_REGISTER_KEY_LEN],
    struct lt_diag *diag);
/* Load it. @credentials is the folder of CREDENTIALS_DIRECTORY, or NULL.
 * Errors, with "path": LT_EREGISTERKEY when it is in neither place or no key,
 * LT_EFILEMODE, LT_EIO. The caller wipes it. */
LT_MUST_CHECK lt_err lt_register_key_load(
    const char *dir, const char *credentials,
    uint8_t out_key[static LT_REGISTER_KEY_LEN], struct lt_diag *diag);

#endif
