/* The files of DIR/identity. A new identity is a new folder; of the same one
 * only certificates and bindings are ever replaced, each file whole: the
 * certificates first, while the bindings lie beside theirs. So a start finds
 * those that lead to the same root as the certificates, wherever the two were
 * cut apart. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "common/file.h"
#include "common/identity.h"

static const char BINDINGS[] = "bindings.pb";
static const char BINDINGS_NEW[] = "bindings.pb.new";

enum {
    PATH_BYTES = 4096,
    HEX_FILE_BYTES = 2 * LT_CURVE_LEN + 1, /* digits and a line end */
    BINDINGS_MAX = LT_FRAME_MAX,
    CERTS_MAX = LT_CHAIN_MAX + 1 /* the node's, its issuers', the root's */
};

static lt_err path_of(const char *folder, const char *name,
                      char out_path[static PATH_BYTES], struct lt_diag *diag)
{
    int len = snprintf(out_path, PATH_BYTES, "%s/%s", folder, name);

    if (len < 0 || len >= PATH_BYTES) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    return LT_OK;
}

static lt_err save_bytes(const char *folder, const char *name, unsigned mode,
                         const void *data, size_t len, struct lt_diag *diag)
{
    char path[PATH_BYTES];
    lt_err rc = path_of(folder, name, path, diag);

    return rc == LT_OK ? lt_file_create(path, mode, data, len, diag) : rc;
}

static lt_err save_hex(const char *folder, const char *name, unsigned mode,
                       const uint8_t bytes[static LT_CURVE_LEN],
                       struct lt_diag *diag)
{
    char text[HEX_FILE_BYTES + 1];
    lt_err rc;

    lt_hex_format(bytes, LT_CURVE_LEN, text);
    text[HEX_FILE_BYTES - 1] = '\n';
    rc = save_bytes(folder, name, mode, text, HEX_FILE_BYTES, diag);
    lt_wipe(text, sizeof(text));
    return rc;
}

static lt_err save_key(const char *folder, const char *name,
                       const struct lt_key *key, struct lt_diag *diag)
{
    char path[PATH_BYTES];
    lt_err rc = path_of(folder, name, path, diag);

    return rc == LT_OK ? lt_key_save(key, path, diag) : rc;
}

/* The kit for the safe. PEM readers pass over the lines between the blocks. */
static lt_err write_kit(const struct lt_identity *identity, struct lt_buf *kit)
{
    char office[LT_OFFICE_TEXT];
    lt_err rc;

    lt_office_format(&identity->office, office);
    if (!lt_buf_printf(kit,
                       "# Liên Thông: bộ khôi phục của cơ quan %s.\n"
                       "# Cất vào két, rồi xoá tệp này khỏi máy.\n"
                       "# Recovery kit: put it into the safe, then delete "
                       "this file.\n\n# X25519: opens the backups\n",
                       office)) {
        return LT_ENOMEM;
    }
    rc = lt_curve_pem(identity->kit_secret, kit);
    if (rc != LT_OK || identity->next_root_key == NULL) {
        return rc;
    }
    if (!lt_buf_printf(kit, "\n# Ed25519: the next root key\n")) {
        return LT_ENOMEM;
    }
    return lt_key_pem(identity->next_root_key, kit);
}

static lt_err save_kit(const struct lt_identity *identity, const char *folder,
                       struct lt_diag *diag)
{
    struct lt_buf kit;
    lt_err rc;

    if (!identity->has_kit_secret) {
        return LT_OK;
    }
    lt_buf_init(&kit, lt_alloc_heap());
    /* At once as much as it takes: growing leaves copies behind. */
    rc = lt_buf_reserve(&kit, 4096) != NULL ? write_kit(identity, &kit)
                                            : LT_ENOMEM;
    if (rc == LT_OK) {
        rc = save_bytes(folder, "recovery-kit.pem", 0400, kit.data, kit.len,
                        diag);
    } else {
        (void)lt_diag_set(diag, rc);
    }
    lt_wipe(kit.data, kit.len);
    lt_buf_deinit(&kit);
    return rc == LT_OK
               ? save_hex(folder, "kit.pub", 0444, identity->kit_public, diag)
               : rc;
}

/* The node's certificate, its issuers' behind it, and the root's own where it
 * is not the pinned one. */
static lt_err save_node_certs(const struct lt_identity *identity,
                              const char *folder, const char *name,
                              struct lt_diag *diag)
{
    const struct lt_cert *certs[CERTS_MAX] = {identity->node_cert};
    size_t certs_n = 1;
    char path[PATH_BYTES];
    lt_err rc = path_of(folder, name, path, diag);

    for (size_t i = 0; i < identity->chain_n; i++) {
        certs[certs_n++] = identity->chain[i];
    }
    if (identity->other_root != NULL) {
        certs[certs_n++] = identity->other_root;
    }
    return rc == LT_OK ? lt_cert_save(certs, certs_n, path, diag) : rc;
}

static lt_err save_certs(const struct lt_identity *identity, const char *folder,
                         struct lt_diag *diag)
{
    const struct lt_cert *root = identity->root_cert;
    char path[PATH_BYTES];
    lt_err rc = save_node_certs(identity, folder, "node.crt", diag);

    if (rc == LT_OK) {
        rc = path_of(folder, "root.crt", path, diag);
    }
    return rc == LT_OK ? lt_cert_save(&root, 1, path, diag) : rc;
}

static lt_err save_bindings(const struct lt_identity *identity,
                            const char *folder, const char *name,
                            struct lt_diag *diag)
{
    struct lt_buf frame;
    lt_err rc;

    lt_buf_init(&frame, lt_alloc_heap());
    rc = lt_bindings_encode(&identity->bindings, &frame);
    if (rc == LT_OK) {
        rc = save_bytes(folder, name, 0444, frame.data, frame.len, diag);
    } else {
        (void)lt_diag_set(diag, rc);
    }
    lt_buf_deinit(&frame);
    return rc;
}

lt_err lt_identity_save(const struct lt_identity *identity, const char *folder,
                        struct lt_diag *diag)
{
    lt_err rc = lt_folder_create(folder, diag);

    if (rc == LT_OK) {
        rc = save_key(folder, "node.key", identity->node_key, diag);
    }
    if (rc == LT_OK) {
        rc = save_hex(folder, "curve.key", 0400, identity->curve_secret, diag);
    }
    if (rc == LT_OK) {
        rc = save_hex(folder, "curve.pub", 0444, identity->curve_public, diag);
    }
    if (rc == LT_OK && identity->ca_key != NULL) {
        rc = save_key(folder, "ca.key", identity->ca_key, diag);
    }
    if (rc == LT_OK) {
        rc = save_kit(identity, folder, diag);
    }
    if (rc == LT_OK) {
        rc = save_bindings(identity, folder, BINDINGS, diag);
    }
    return rc == LT_OK ? save_certs(identity, folder, diag) : rc;
}

static lt_err place(const char *folder, const char *from, const char *to,
                    struct lt_diag *diag)
{
    char old[PATH_BYTES];
    char new[PATH_BYTES];
    lt_err rc = path_of(folder, to, old, diag);

    if (rc == LT_OK) {
        rc = path_of(folder, from, new, diag);
    }
    return rc == LT_OK ? lt_file_place(new, old, diag) : rc;
}

/* What an earlier try has left. */
static void forget(const char *folder, const char *name)
{
    char path[PATH_BYTES];

    if (path_of(folder, name, path, NULL) == LT_OK) {
        (void)unlink(path);
    }
}

lt_err lt_identity_save_renewed(const struct lt_identity *identity,
                                const char *folder, struct lt_diag *diag)
{
    lt_err rc;

    forget(folder, "node.crt.new");
    forget(folder, BINDINGS_NEW);
    rc = save_bindings(identity, folder, BINDINGS_NEW, diag);
    if (rc == LT_OK) {
        rc = save_node_certs(identity, folder, "node.crt.new", diag);
    }
    if (rc == LT_OK) {
        rc = place(folder, "node.crt.new", "node.crt", diag);
    }
    (void)LT_FAILPOINT(renewed);
    return rc == LT_OK ? place(folder, BINDINGS_NEW, BINDINGS, diag) : rc;
}

static lt_err refuse(struct lt_diag *diag, lt_err rc, const char *reason,
                     const char *path)
{
    (void)lt_diag_set(diag, rc);
    lt_diag_arg(diag, "reason", "%s", reason);
    lt_diag_arg(diag, "path", "%s", path);
    return rc;
}

static lt_err load_hex(const char *folder, const char *name, bool secret,
                       uint8_t out[static LT_CURVE_LEN], struct lt_diag *diag)
{
    char path[PATH_BYTES];
    struct lt_buf text;
    lt_err rc = path_of(folder, name, path, diag);

    if (rc != LT_OK) {
        return rc;
    }
    lt_buf_init(&text, lt_alloc_heap());
    rc = lt_file_read(path, HEX_FILE_BYTES, secret, &text, diag);
    if (rc == LT_OK) {
        bool whole =
            text.len == HEX_FILE_BYTES && text.data[HEX_FILE_BYTES - 1] == '\n';

        if (whole) {
            text.data[HEX_FILE_BYTES - 1] = '\0';
        }
        if (!whole ||
            !lt_hex_parse((const char *)text.data, LT_CURVE_LEN, out)) {
            rc = refuse(diag, LT_ECERT, "not 64 hex digits", path);
        }
    }
    lt_wipe(text.data, text.len);
    lt_buf_deinit(&text);
    return rc;
}

static lt_err load_keys(struct lt_identity *identity, const char *folder,
                        struct lt_diag *diag)
{
    char path[PATH_BYTES];
    lt_err rc = path_of(folder, "node.key", path, diag);

    if (rc == LT_OK) {
        rc = lt_key_load(path, &identity->node_key, diag);
    }
    if (rc == LT_OK) {
        rc = load_hex(folder, "curve.key", true, identity->curve_secret, diag);
    }
    if (rc == LT_OK) {
        rc = load_hex(folder, "curve.pub", false, identity->curve_public, diag);
    }
    if (rc == LT_OK) {
        rc = path_of(folder, "ca.key", path, diag);
    }
    if (rc == LT_OK && lt_file_present(path)) {
        rc = lt_key_load(path, &identity->ca_key, diag);
    }
    if (rc == LT_OK) {
        rc = path_of(folder, "kit.pub", path, diag);
    }
    if (rc == LT_OK && lt_file_present(path)) {
        rc = load_hex(folder, "kit.pub", false, identity->kit_public, diag);
    }
    return rc;
}

static lt_err load_certs(struct lt_identity *identity, const char *folder,
                         struct lt_diag *diag)
{
    struct lt_cert *certs[CERTS_MAX] = {NULL};
    size_t certs_n = 0;
    char path[PATH_BYTES];
    lt_err rc = path_of(folder, "root.crt", path, diag);

    if (rc == LT_OK) {
        rc = lt_cert_load(path, 1, &identity->root_cert, &certs_n, diag);
    }
    if (rc == LT_OK) {
        rc = path_of(folder, "node.crt", path, diag);
    }
    if (rc == LT_OK) {
        rc = lt_cert_load(path, CERTS_MAX, certs, &certs_n, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (certs_n > 1 && lt_cert_is_root(certs[certs_n - 1])) {
        identity->other_root = certs[--certs_n];
    }
    identity->node_cert = certs[0];
    identity->chain_n = certs_n - 1;
    for (size_t i = 0; i < identity->chain_n; i++) {
        identity->chain[i] = certs[1 + i];
    }
    identity->office = *lt_cert_office(identity->node_cert);
    return LT_OK;
}

static lt_err load_bindings(struct lt_identity *identity, const char *folder,
                            const char *name, struct lt_diag *diag)
{
    char path[PATH_BYTES];
    struct lt_frame frame;
    struct lt_buf bytes;
    lt_err rc = path_of(folder, name, path, diag);

    if (rc != LT_OK) {
        return rc;
    }
    lt_buf_init(&bytes, lt_alloc_heap());
    rc = lt_file_read(path, BINDINGS_MAX, false, &bytes, diag);
    if (rc == LT_OK &&
        lt_frame_type(bytes.data, bytes.len) != LT_FRAME_BINDINGS) {
        rc = refuse(diag, LT_EMALFORMED, "no bindings", path);
    }
    if (rc == LT_OK) {
        rc = lt_frame_decode(bytes.data, bytes.len, &identity->arena, &frame,
                             diag);
    }
    if (rc == LT_OK) {
        identity->bindings = frame.bindings;
    }
    lt_buf_deinit(&bytes);
    return rc;
}

/* Does what stands in the files belong together? */
static lt_err check_whole(const struct lt_identity *identity,
                          const char *folder, struct lt_diag *diag)
{
    /* An office whose clock is wrong, or whose renewal is late, still opens
     * its log; sessions look at the time. */
    const struct lt_cert_check check = {.ignore_expiry = true};
    uint8_t curve_public[LT_CURVE_LEN];
    lt_err rc = lt_curve_public(identity->curve_secret, curve_public);

    if (rc != LT_OK) {
        return lt_diag_set(diag, rc);
    }
    if (memcmp(curve_public, identity->curve_public, LT_CURVE_LEN) != 0) {
        return refuse(diag, LT_ECERT, "curve.pub is not of curve.key", folder);
    }
    if (memcmp(lt_cert_public(identity->node_cert),
               lt_key_public(identity->node_key), LT_PUBKEY_LEN) != 0) {
        return refuse(diag, LT_ECERT, "node.crt is not of node.key", folder);
    }
    if (identity->ca_key != NULL &&
        memcmp(lt_cert_public(identity->root_cert),
               lt_key_public(identity->ca_key), LT_PUBKEY_LEN) != 0) {
        return refuse(diag, LT_ECERT, "root.crt is not of ca.key", folder);
    }
    return lt_cert_verify(
        identity->node_cert, (const struct lt_cert *const *)identity->chain,
        identity->chain_n, lt_identity_root(identity), &check, diag);
}

/* The bindings of the file @name, if they belong to the rest. */
static lt_err take_bindings(struct lt_identity *identity, const char *folder,
                            const char *name, struct lt_diag *diag)
{
    lt_err rc = load_bindings(identity, folder, name, diag);

    return rc == LT_OK
               ? lt_identity_check_bindings(
                     &identity->bindings, lt_identity_root(identity),
                     &identity->office, lt_key_public(identity->node_key),
                     identity->curve_public, diag)
               : rc;
}

/* Those that were to follow the certificates into their place, when they did
 * not come there. */
static lt_err find_bindings(struct lt_identity *identity, const char *folder,
                            struct lt_diag *diag)
{
    lt_err rc = take_bindings(identity, folder, BINDINGS, diag);

    if (rc == LT_ECERT) {
        lt_arena_reset(&identity->arena);
        rc = take_bindings(identity, folder, BINDINGS_NEW, NULL) == LT_OK
                 ? LT_OK
                 : rc;
    }
    return rc;
}

lt_err lt_identity_load(struct lt_identity *identity, const char *folder,
                        struct lt_diag *diag)
{
    lt_err rc = lt_folder_check(folder, diag);

    if (rc == LT_OK) {
        rc = load_keys(identity, folder, diag);
    }
    if (rc == LT_OK) {
        rc = load_certs(identity, folder, diag);
    }
    if (rc == LT_OK) {
        rc = check_whole(identity, folder, diag);
    }
    return rc == LT_OK ? find_bindings(identity, folder, diag) : rc;
}

bool lt_identity_is_followed(const struct lt_identity *identity,
                             const char *rotating)
{
    struct lt_key *later = NULL;
    struct lt_diag diag;
    char path[PATH_BYTES];
    bool followed;

    (void)snprintf(path, sizeof(path), "%s/body.pb", rotating);
    if (!lt_file_present(path)) {
        return false; /* written last, before anybody is asked */
    }
    (void)snprintf(path, sizeof(path), "%s/node.key", rotating);
    followed = lt_key_load(path, &later, &diag) != LT_OK ||
               memcmp(lt_key_id(later), lt_key_id(identity->node_key),
                      LT_HASH_LEN) != 0;
    lt_key_free(later);
    return followed;
}
