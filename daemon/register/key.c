#include "daemon/register/key.h"

#include <stdio.h>
#include <string.h>

#include "common/crypto.h"
#include "common/file.h"
#include "common/id.h"

enum { PATH_TEXT_MAX = 4096, TEXT_LEN = 2 * LT_REGISTER_KEY_LEN + 1 };

static lt_err path_of(const char *folder, char out_path[static PATH_TEXT_MAX],
                      struct lt_diag *diag)
{
    int len = snprintf(out_path, PATH_TEXT_MAX, "%s/register.key", folder);

    return len < 0 || len >= PATH_TEXT_MAX ? lt_diag_set(diag, LT_EINVAL)
                                           : LT_OK;
}

lt_err lt_register_key_save(const char *folder,
                            const uint8_t key[static LT_REGISTER_KEY_LEN],
                            struct lt_diag *diag)
{
    char path[PATH_TEXT_MAX];
    char text[TEXT_LEN + 1];
    lt_err rc = path_of(folder, path, diag);

    if (rc == LT_OK) {
        lt_hex_format(key, LT_REGISTER_KEY_LEN, text);
        text[TEXT_LEN - 1] = '\n';
        rc = lt_file_create(path, 0400, text, TEXT_LEN, diag);
    }
    lt_wipe(text, sizeof(text));
    return rc;
}

lt_err lt_register_key_make(const char *folder, const struct lt_sys *sys,
                            struct lt_diag *diag)
{
    uint8_t key[LT_REGISTER_KEY_LEN];
    lt_err rc;

    sys->random(sys->ctx, key, sizeof(key));
    rc = lt_register_key_save(folder, key, diag);
    lt_wipe(key, sizeof(key));
    return rc;
}

static lt_err refuse(const char *path, struct lt_diag *diag)
{
    lt_diag_set(diag, LT_EREGISTERKEY);
    lt_diag_arg(diag, "path", "%s", path);
    return LT_EREGISTERKEY;
}

static lt_err read_key(const char *path,
                       uint8_t out_key[static LT_REGISTER_KEY_LEN],
                       struct lt_diag *diag)
{
    char text[TEXT_LEN + 1] = "";
    struct lt_buf bytes;
    lt_err rc;

    lt_buf_init(&bytes, lt_alloc_heap());
    rc = lt_file_read(path, TEXT_LEN, true, &bytes, diag);
    if (rc == LT_OK && bytes.len >= TEXT_LEN - 1) {
        memcpy(text, bytes.data, TEXT_LEN - 1);
    }
    if (rc == LT_ENOINPUT || rc == LT_ETOOBIG ||
        (rc == LT_OK && !lt_hex_parse(text, LT_REGISTER_KEY_LEN, out_key))) {
        rc = refuse(path, diag);
    }
    if (bytes.data != NULL) {
        lt_wipe(bytes.data, bytes.len);
    }
    lt_buf_deinit(&bytes);
    lt_wipe(text, sizeof(text));
    return rc;
}

lt_err lt_register_key_load(const char *dir, const char *credentials,
                            uint8_t out_key[static LT_REGISTER_KEY_LEN],
                            struct lt_diag *diag)
{
    char folder[PATH_TEXT_MAX];
    char path[PATH_TEXT_MAX];
    lt_err rc;

    if (credentials != NULL && credentials[0] != '\0') {
        rc = path_of(credentials, path, diag);
        if (rc != LT_OK || lt_file_present(path)) {
            return rc == LT_OK ? read_key(path, out_key, diag) : rc;
        }
    }
    if ((size_t)snprintf(folder, sizeof(folder), "%s/identity", dir) >=
        sizeof(folder)) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    rc = path_of(folder, path, diag);
    return rc == LT_OK ? read_key(path, out_key, diag) : rc;
}
