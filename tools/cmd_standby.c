/* lienthong standby give | take: what makes a machine the office's, sealed for
 * the office that stands by for it, and opened there on the day the first
 * machine is gone.
 *
 *   "lienthong-standby-1\n", the office (16 bytes), its standby (16 bytes),
 *   then HPKE of the files: a byte of name length, the name, four bytes of
 *   length (big end first), the bytes; again for each
 *
 * The files are the identity (not the authority's key of a root, the recovery
 * kit or the register's key) and the settings. Nothing of it names what the
 * office holds: that comes from its neighbours, and from the standby's log. */
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "common/crypto.h"
#include "common/file.h"
#include "common/hpke.h"
#include "common/identity.h"
#include "daemon/register/key.h"
#include "tools/setup.h"
#include "tools/taker.h"

enum {
    PATH_BYTES = 4096,
    NAME_MAX_BYTES = 64,
    FILE_MAX = 64 * 1024,
    FILES_MAX = 64,
    PACKET_MAX = 1024 * 1024,
    HEAD = 20 + 2 * LT_OFFICE_LEN,
    SECRET_MODE = 0400,
    OPEN_MODE = 0644,
    CONF_MODE = 0640
};

static const char MAGIC[] = "lienthong-standby-1\n";

static const char *const identity_files[] = {
    "identity/node.key",  "identity/node.crt", "identity/curve.key",
    "identity/curve.pub", "identity/root.crt", "identity/bindings.pb",
    "identity/kit.pub",   "identity/office"};

static lt_err refuse(struct lt_diag *diag, lt_err code, const char *path,
                     const char *reason)
{
    lt_diag_set(diag, code);
    lt_diag_arg(diag, "path", "%s", path);
    if (reason != NULL) {
        lt_diag_arg(diag, "reason", "%s", reason);
    }
    return code;
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name);
    size_t end_len = strlen(end);

    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* A file of the settings, and nothing that leads elsewhere. */
static bool is_setting(const char *name)
{
    const char *base = name;

    if (strcmp(name, "lienthong.conf") == 0) {
        return true;
    }
    if (strncmp(name, "conf.d/", 7) != 0 || !ends_with(name, ".conf")) {
        return false;
    }
    base += 7;
    return base[0] != '.' && strchr(base, '/') == NULL;
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < LT_COUNT_OF(identity_files); i++) {
        if (strcmp(identity_files[i], name) == 0) {
            return true;
        }
    }
    return is_setting(name);
}

static unsigned mode_of(const char *name)
{
    return ends_with(name, ".key") ? SECRET_MODE
           : is_setting(name)      ? CONF_MODE
                                   : OPEN_MODE;
}

static bool path_of(const char *dir, const char *name,
                    char out[static PATH_BYTES])
{
    return (size_t)snprintf(out, PATH_BYTES, "%s/%s", dir, name) < PATH_BYTES;
}

/* ---- packing ---- */

static lt_err add_file(const char *dir, const char *name, bool must,
                       struct lt_buf *out, struct lt_diag *diag)
{
    char path[PATH_BYTES];
    struct lt_buf file;
    uint8_t head[1 + NAME_MAX_BYTES + 4];
    size_t name_len = strlen(name);
    lt_err rc;

    if (!path_of(dir, name, path) || name_len > NAME_MAX_BYTES) {
        return refuse(diag, LT_ETOOBIG, name, NULL);
    }
    if (!must && !lt_file_present(path)) {
        return LT_OK;
    }
    lt_buf_init(&file, lt_alloc_heap());
    rc = lt_file_read(path, FILE_MAX, false, &file, diag);
    if (rc == LT_OK) {
        head[0] = (uint8_t)name_len;
        memcpy(head + 1, name, name_len);
        for (size_t i = 0; i < 4; i++) {
            head[1 + name_len + i] = (uint8_t)(file.len >> (8 * (3 - i)));
        }
        rc = out->len + file.len + sizeof(head) > PACKET_MAX
                 ? refuse(diag, LT_ETOOBIG, name, NULL)
             : lt_buf_put(out, head, 1 + name_len + 4) &&
                     lt_buf_put(out, file.data, file.len)
                 ? LT_OK
                 : LT_ENOMEM;
    }
    if (file.data != NULL) {
        lt_wipe(file.data, file.len);
    }
    lt_buf_deinit(&file);
    return rc;
}

static lt_err add_settings(const char *dir, struct lt_buf *out,
                           struct lt_diag *diag)
{
    char folder[PATH_BYTES];
    char name[PATH_BYTES];
    struct dirent *entry;
    DIR *open;
    lt_err rc = add_file(dir, "lienthong.conf", true, out, diag);

    if (rc != LT_OK || !path_of(dir, "conf.d", folder)) {
        return rc;
    }
    open = opendir(folder);
    while (rc == LT_OK && open != NULL && (entry = readdir(open)) != NULL) {
        if ((size_t)snprintf(name, sizeof(name), "conf.d/%s", entry->d_name) <
                sizeof(name) &&
            is_setting(name)) {
            rc = add_file(dir, name, true, out, diag);
        }
    }
    if (open != NULL) {
        (void)closedir(open);
    }
    return rc;
}

static lt_err pack(const char *dir, struct lt_buf *out, struct lt_diag *diag)
{
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < LT_COUNT_OF(identity_files); i++) {
        /* A kit that was never made, and what only a root has. */
        rc = add_file(dir, identity_files[i], i < 6, out, diag);
    }
    return rc == LT_OK ? add_settings(dir, out, diag) : rc;
}

/* ---- unpacking ---- */

static lt_err put_file(const char *dir, const char *name, const uint8_t *bytes,
                       size_t len, struct lt_diag *diag)
{
    char path[PATH_BYTES];

    if (!is_known(name) || !path_of(dir, name, path)) {
        return refuse(diag, LT_EMALFORMED, name, NULL);
    }
    return lt_file_create(path, mode_of(name), bytes, len, diag);
}

static lt_err unpack(const char *dir, struct lt_span plain,
                     struct lt_diag *diag)
{
    const uint8_t *at = plain.data;
    const uint8_t *end = at + plain.len;
    char name[NAME_MAX_BYTES + 1];
    lt_err rc = LT_OK;

    for (size_t n = 0; rc == LT_OK && at < end; n++) {
        size_t name_len = at[0];
        size_t len;

        if (n == FILES_MAX || name_len == 0 || name_len > NAME_MAX_BYTES ||
            (size_t)(end - at) < 1 + name_len + 4) {
            return refuse(diag, LT_EMALFORMED, "", NULL);
        }
        memcpy(name, at + 1, name_len);
        name[name_len] = '\0';
        at += 1 + name_len;
        len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 |
              at[3];
        at += 4;
        if (strlen(name) != name_len || len > FILE_MAX ||
            len > (size_t)(end - at)) {
            return refuse(diag, LT_EMALFORMED, "", NULL);
        }
        rc = put_file(dir, name, at, len, diag);
        at += len;
    }
    return rc;
}

/* The folder of the office, which may start once this is through. */
static lt_err make_folder(const char *dir, const struct lt_office *office,
                          struct lt_span plain, struct lt_diag *diag)
{
    char identity[PATH_BYTES];
    char conf_d[PATH_BYTES];
    struct lt_identity made;
    lt_err rc = lt_setup_check(dir, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (!path_of(dir, "identity", identity) || !path_of(dir, "conf.d", conf_d)) {
        return refuse(diag, LT_ETOOBIG, dir, NULL);
    }
    if (access(dir, F_OK) != 0) {
        rc = lt_folder_create(dir, diag);
    }
    if (rc == LT_OK) {
        rc = lt_folder_create(identity, diag);
    }
    if (rc == LT_OK) {
        rc = lt_folder_create(conf_d, diag);
    }
    if (rc == LT_OK) {
        rc = unpack(dir, plain, diag);
    }
    if (rc == LT_OK) {
        rc = lt_register_key_make(identity, lt_sys_real(), diag);
    }
    lt_identity_init(&made);
    if (rc == LT_OK) {
        rc = lt_identity_load(&made, identity, diag);
    }
    if (rc == LT_OK && !lt_office_equal(&made.office, office)) {
        rc = refuse(diag, LT_EMALFORMED, identity, NULL);
    }
    lt_identity_deinit(&made);
    if (rc != LT_OK) {
        lt_folder_remove(identity);
        lt_folder_remove(conf_d);
        lt_folder_remove(dir);
    }
    return rc;
}

/* ---- the commands ---- */

static const struct lt_diag *as_diag(struct lt_diag *diag, lt_err rc)
{
    if (diag->code == LT_OK) {
        lt_diag_set(diag, rc);
    }
    return diag;
}

static lt_err load_own(const struct lt_tool *tool, struct lt_identity *own,
                       struct lt_diag *diag)
{
    char folder[PATH_BYTES];

    return path_of(tool->dir, "identity", folder)
               ? lt_identity_load(own, folder, diag)
               : refuse(diag, LT_ETOOBIG, tool->dir, NULL);
}

static lt_err seal(const struct lt_office *from, const struct lt_office *to,
                   const uint8_t key[static LT_CURVE_LEN],
                   const struct lt_buf *plain, struct lt_buf *out)
{
    const struct lt_sys *sys = lt_sys_real();
    uint8_t seed[LT_HPKE_SEED_LEN];
    lt_err rc = LT_ENOMEM;

    if (lt_buf_put(out, MAGIC, sizeof(MAGIC) - 1) &&
        lt_buf_put(out, from->bytes, LT_OFFICE_LEN) &&
        lt_buf_put(out, to->bytes, LT_OFFICE_LEN)) {
        const struct lt_span info = {(const uint8_t *)MAGIC, sizeof(MAGIC) - 1};
        uint8_t head[HEAD];

        memcpy(head, out->data, HEAD);
        sys->random(sys->ctx, seed, sizeof(seed));
        rc = lt_hpke_seal_to(key, seed, info, (struct lt_span){head, HEAD},
                             (struct lt_span){plain->data, plain->len}, out);
        lt_wipe(seed, sizeof(seed));
    }
    return rc;
}

static int print_done(struct lt_tool *tool, const struct lt_office *office,
                      const struct lt_office *standby, const char *advice)
{
    char of[LT_OFFICE_TEXT];
    char by[LT_OFFICE_TEXT];

    lt_office_format(office, of);
    lt_office_format(standby, by);
    if (tool->json) {
        fprintf(tool->out, "{\"office\":\"%s\",\"standby\":\"%s\"}\n", of, by);
    } else {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, advice));
    }
    return 0;
}

static int run_give(struct lt_tool *tool, const struct lt_tool_command *command)
{
    uint8_t key[LT_CURVE_LEN];
    struct lt_diag diag = {.code = LT_OK};
    struct lt_identity own;
    struct lt_office to;
    struct lt_buf plain;
    struct lt_buf file;
    int code = lt_tool_taker(tool, &to, key);
    lt_err rc;

    (void)command;
    if (code != 0) {
        return code;
    }
    lt_identity_init(&own);
    lt_buf_init(&plain, lt_alloc_heap());
    lt_buf_init(&file, lt_alloc_heap());
    rc = load_own(tool, &own, &diag);
    if (rc == LT_OK && lt_buf_reserve(&plain, PACKET_MAX) == NULL) {
        rc = LT_ENOMEM; /* growing would leave copies of keys behind */
    }
    if (rc == LT_OK) {
        rc = pack(tool->dir, &plain, &diag);
    }
    if (rc == LT_OK) {
        rc = seal(&own.office, &to, key, &plain, &file);
    }
    if (rc == LT_OK) {
        rc = lt_file_create(lt_tool_text(tool, "file"), 0600, file.data,
                            file.len, &diag);
    }
    code = rc == LT_OK
               ? print_done(tool, &own.office, &to, "ui_standby_given")
               : lt_tool_fail(tool, as_diag(&diag, rc), false);
    if (plain.data != NULL) {
        lt_wipe(plain.data, plain.len);
    }
    lt_buf_deinit(&plain);
    lt_buf_deinit(&file);
    lt_identity_deinit(&own);
    return code;
}

static lt_err open_file(const char *path, const struct lt_identity *own,
                        struct lt_office *out_office, struct lt_buf *out,
                        struct lt_diag *diag)
{
    const struct lt_span info = {(const uint8_t *)MAGIC, sizeof(MAGIC) - 1};
    struct lt_buf file;
    lt_err rc;

    lt_buf_init(&file, lt_alloc_heap());
    rc = lt_file_read(path, PACKET_MAX + HEAD + LT_HPKE_ENC_LEN +
                                LT_HPKE_TAG_LEN,
                      false, &file, diag);
    if (rc == LT_OK && (file.len <= HEAD ||
                        memcmp(file.data, MAGIC, sizeof(MAGIC) - 1) != 0)) {
        rc = refuse(diag, LT_EMALFORMED, path, NULL);
    }
    if (rc == LT_OK && memcmp(file.data + HEAD - LT_OFFICE_LEN,
                              own->office.bytes, LT_OFFICE_LEN) != 0) {
        rc = refuse(diag, LT_EADDRESSEE, path, NULL);
    }
    if (rc == LT_OK && lt_buf_reserve(out, PACKET_MAX) == NULL) {
        rc = LT_ENOMEM;
    }
    if (rc == LT_OK) {
        memcpy(out_office->bytes, file.data + sizeof(MAGIC) - 1, LT_OFFICE_LEN);
        rc = lt_hpke_open_by(own->curve_secret, info,
                             (struct lt_span){file.data, HEAD},
                             (struct lt_span){file.data + HEAD,
                                              file.len - HEAD},
                             out);
        if (rc == LT_EMALFORMED) {
            rc = refuse(diag, rc, path, NULL);
        }
    }
    lt_buf_deinit(&file);
    return rc;
}

static int run_take(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const char *into = lt_tool_text(tool, "into");
    struct lt_diag diag = {.code = LT_OK};
    struct lt_identity own;
    struct lt_office office;
    struct lt_buf plain;
    int code;
    lt_err rc;

    (void)command;
    if (into == NULL) {
        return lt_tool_fail_why(tool, LT_EUSAGE, "--into", "ui_why_missing");
    }
    lt_identity_init(&own);
    lt_buf_init(&plain, lt_alloc_heap());
    rc = load_own(tool, &own, &diag);
    if (rc == LT_OK) {
        rc = open_file(lt_tool_text(tool, "file"), &own, &office, &plain,
                       &diag);
    }
    if (rc == LT_OK) {
        rc = make_folder(into, &office,
                         (struct lt_span){plain.data, plain.len}, &diag);
    }
    code = rc == LT_OK
               ? print_done(tool, &office, &own.office, "ui_standby_taken")
               : lt_tool_fail(tool, as_diag(&diag, rc), false);
    if (plain.data != NULL) {
        lt_wipe(plain.data, plain.len);
    }
    lt_buf_deinit(&plain);
    lt_identity_deinit(&own);
    return code;
}

const struct lt_tool_command lt_cmd_standby[] = {
    {.name = "standby give",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_standby_give",
     .example = "/media/usb/standby --to \"Dự phòng Tây Ninh\"",
     .options = {{"to", LT_TOOL_TEXT, "OFFICE", "ui_opt_standby_to", true},
                 {"key", LT_TOOL_TEXT, "HEX", "ui_opt_register_key", true}},
     .run = run_give},
    {.name = "standby take",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_standby_take",
     .example = "/media/usb/standby --into /var/lib/lienthong-district",
     .options = {{"into", LT_TOOL_TEXT, "DIR", "ui_opt_standby_into", true}},
     .run = run_take},
    {.name = NULL}};
