/* A copy of register.db at one moment (VACUUM INTO a file beside the backup,
 * removed again; it is as sealed as register.db is), then sealed as a whole. */
#include "daemon/register/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/hpke.h"
#include "common/id.h"
#include "daemon/register/internal.h"

static const char MAGIC[9] = "LTREGBK1";
static const struct lt_span INFO = {"lienthong register backup 1", 27};

enum {
    MAGIC_LEN = 8,
    HEAD = MAGIC_LEN + LT_HPKE_ENC_LEN,
    PIECE = 64 * 1024,
    PATH_TEXT_MAX = 4096,
    KIT_MAX = 16 * 1024
};

static lt_err path_of(char out[static PATH_TEXT_MAX], const char *a,
                      const char *b, struct lt_diag *diag)
{
    int len = snprintf(out, PATH_TEXT_MAX, "%s%s", a, b);

    return len < 0 || len >= PATH_TEXT_MAX ? lt_diag_set(diag, LT_EINVAL)
                                           : LT_OK;
}

static lt_err at_path(struct lt_diag *diag, lt_err rc, const char *path)
{
    lt_diag_set(diag, rc);
    lt_diag_arg(diag, rc == LT_EINVAL ? "what" : "path", "%s", path);
    if (rc == LT_EINVAL) {
        lt_diag_arg(diag, "reason", "%s", "ui_why_not_this_kit");
    }
    return rc;
}

bool lt_piece_write(int fd, const void *data, size_t len)
{
    const uint8_t *at = data;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        at += n;
        len -= (size_t)n;
    }
    return true;
}

bool lt_piece_read(int fd, void *out, size_t len, size_t *out_n)
{
    uint8_t *at = out;

    *out_n = 0;
    while (*out_n < len) {
        ssize_t n = read(fd, at + *out_n, len - *out_n);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        if (n == 0) {
            break;
        }
        *out_n += (size_t)n;
    }
    return true;
}

/* ---- backing up ---- */

lt_err lt_piece_put(struct lt_hpke *hpke, int fd, bool last, const void *plain,
                    size_t len)
{
    const uint8_t aad = last ? 1 : 0;
    struct lt_buf sealed;
    uint8_t head[4];
    lt_err rc;

    lt_buf_init(&sealed, lt_alloc_heap());
    rc = lt_hpke_seal(hpke, (struct lt_span){&aad, 1},
                      (struct lt_span){plain, len}, &sealed);
    for (size_t i = 0; i < sizeof(head); i++) {
        head[i] = (uint8_t)(sealed.len >> (24 - 8 * i));
    }
    if (rc == LT_OK && (!lt_piece_write(fd, head, sizeof(head)) ||
                        !lt_piece_write(fd, sealed.data, sealed.len))) {
        rc = errno == ENOSPC ? LT_EFULL : LT_EIO;
    }
    lt_buf_deinit(&sealed);
    return rc;
}

static lt_err seal_file(struct lt_hpke *hpke, int from, int to)
{
    static const uint8_t nothing;
    uint8_t *bytes = lt_new(lt_alloc_heap(), PIECE);
    size_t n = PIECE;
    lt_err rc = bytes == NULL ? LT_ENOMEM : LT_OK;

    while (rc == LT_OK && n == PIECE) {
        if (!lt_piece_read(from, bytes, PIECE, &n)) {
            rc = LT_EIO;
        } else if (n > 0) {
            rc = lt_piece_put(hpke, to, false, bytes, n);
        }
    }
    lt_free(lt_alloc_heap(), bytes);
    return rc == LT_OK ? lt_piece_put(hpke, to, true, &nothing, 0) : rc;
}

static lt_err kit_public(const char *dir, uint8_t out[static LT_CURVE_LEN],
                         struct lt_diag *diag)
{
    char path[PATH_TEXT_MAX];
    char text[2 * LT_CURVE_LEN + 1] = "";
    struct lt_buf bytes;
    lt_err rc = path_of(path, dir, "/identity/kit.pub", diag);

    lt_buf_init(&bytes, lt_alloc_heap());
    if (rc == LT_OK) {
        rc = lt_file_read(path, 256, false, &bytes, diag);
    }
    if (rc == LT_OK && bytes.len >= sizeof(text) - 1) {
        memcpy(text, bytes.data, sizeof(text) - 1);
    }
    if (rc == LT_OK && !lt_hex_parse(text, LT_CURVE_LEN, out)) {
        rc = at_path(diag, LT_EMALFORMED, path);
    }
    lt_buf_deinit(&bytes);
    return rc;
}

static lt_err write_backup(const struct lt_register *reg,
                           const uint8_t kit[static LT_CURVE_LEN],
                           const char *copy, const char *path)
{
    uint8_t seed[LT_HPKE_SEED_LEN];
    uint8_t head[HEAD];
    struct lt_hpke hpke;
    int from = open(copy, O_RDONLY | O_CLOEXEC);
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    lt_err rc = from < 0 || to < 0 ? LT_EIO : LT_OK;

    memset(&hpke, 0, sizeof(hpke));
    memcpy(head, MAGIC, MAGIC_LEN);
    reg->sys->random(reg->sys->ctx, seed, sizeof(seed));
    if (rc == LT_OK) {
        rc = lt_hpke_sender(kit, seed, INFO, &hpke, head + MAGIC_LEN);
    }
    if (rc == LT_OK && !lt_piece_write(to, head, sizeof(head))) {
        rc = errno == ENOSPC ? LT_EFULL : LT_EIO;
    }
    if (rc == LT_OK) {
        rc = lt_piece_put(&hpke, to, false, reg->key, sizeof(reg->key));
    }
    if (rc == LT_OK) {
        rc = seal_file(&hpke, from, to);
    }
    if (rc == LT_OK && fsync(to) != 0) {
        rc = LT_EIO;
    }
    lt_wipe(seed, sizeof(seed));
    lt_hpke_deinit(&hpke);
    if (from >= 0) {
        (void)close(from);
    }
    if (to >= 0) {
        (void)close(to);
    }
    return rc;
}

static lt_err copy_database(struct lt_register *reg, const char *copy)
{
    struct lt_query query = lt_query_of(reg->db, "VACUUM INTO ?");

    lt_query_text(&query, copy);
    return lt_query_run(&query);
}

static lt_err count_entries(struct lt_register *reg, const char *sql,
                            uint64_t *out_n)
{
    struct lt_query query = lt_query_of(reg->db, sql);

    *out_n = lt_query_row(&query) ? (uint64_t)lt_query_get_int(&query, 0) : 0;
    return lt_query_end(&query);
}

static lt_err tell(const char *dir, const struct lt_sys *sys,
                   enum lt_audit_what what, struct lt_diag *diag)
{
    struct lt_people *people = NULL;
    lt_err rc = lt_people_open(dir, sys, &people, diag);

    if (rc == LT_OK) {
        rc = lt_audit_write(people, LT_BY_TOOL, what, "");
    }
    lt_people_close(people);
    return rc;
}

lt_err lt_register_backup(const char *dir, const struct lt_sys *sys,
                          const char *path, uint64_t *out_entries,
                          struct lt_diag *diag)
{
    char database[PATH_TEXT_MAX];
    char copy[PATH_TEXT_MAX] = "";
    uint8_t kit[LT_CURVE_LEN];
    struct lt_register *reg = NULL;
    lt_err rc = path_of(database, dir, "/register.db", diag);

    if (rc == LT_OK) {
        rc = path_of(copy, path, ".part", diag);
    }
    if (rc == LT_OK && !lt_file_present(database)) {
        rc = at_path(diag, LT_ENOINPUT, database);
    }
    if (rc == LT_OK && (lt_file_present(path) || lt_file_present(copy))) {
        return at_path(diag, LT_ECREATE, path);
    }
    if (rc == LT_OK) {
        rc = kit_public(dir, kit, diag);
    }
    if (rc == LT_OK) {
        rc = lt_register_open(dir, sys, &reg, diag);
    }
    if (rc == LT_OK) {
        rc = lt_register_unlock(reg, diag);
    }
    if (rc == LT_OK) {
        rc = tell(dir, sys, LT_AUDIT_REGISTER_BACKUP, diag);
    }
    if (rc == LT_OK) {
        rc = count_entries(reg, "SELECT count(*) FROM entry", out_entries);
    }
    if (rc == LT_OK) {
        rc = copy_database(reg, copy);
        rc = rc == LT_OK ? write_backup(reg, kit, copy, path) : rc;
        (void)unlink(copy);
        if (rc != LT_OK) {
            (void)unlink(path);
            rc = at_path(diag, rc, path);
        }
    }
    lt_register_close(reg);
    return rc;
}

/* ---- restoring ---- */

static lt_err kit_secret(const char *path, uint8_t out[static LT_CURVE_LEN],
                         struct lt_diag *diag)
{
    EVP_PKEY *pkey = NULL;
    size_t len = LT_CURVE_LEN;
    struct lt_buf bytes;
    BIO *bio = NULL;
    lt_err rc;

    lt_buf_init(&bytes, lt_alloc_heap());
    rc = lt_file_read(path, KIT_MAX, true, &bytes, diag);
    if (rc == LT_OK) {
        bio = BIO_new_mem_buf(bytes.data, (int)bytes.len);
        pkey =
            bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
        if (pkey == NULL || EVP_PKEY_get_base_id(pkey) != EVP_PKEY_X25519 ||
            EVP_PKEY_get_raw_private_key(pkey, out, &len) != 1 ||
            len != LT_CURVE_LEN) {
            rc = at_path(diag, LT_EINVAL, path);
        }
    }
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    if (bytes.data != NULL) {
        lt_wipe(bytes.data, bytes.len);
    }
    lt_buf_deinit(&bytes);
    return rc;
}

lt_err lt_piece_take(struct lt_hpke *hpke, int fd, struct lt_buf *out,
                     bool *out_last)
{
    static uint8_t sealed[PIECE + LT_HPKE_TAG_LEN];
    uint8_t head[4];
    uint8_t aad = 0;
    size_t len = 0;
    size_t n;
    lt_err rc;

    lt_buf_reset(out);
    *out_last = false;
    if (!lt_piece_read(fd, head, sizeof(head), &n)) {
        return LT_EIO;
    }
    for (size_t i = 0; i < sizeof(head); i++) {
        len = len << 8 | head[i];
    }
    if (n != sizeof(head) || len < LT_HPKE_TAG_LEN || len > sizeof(sealed)) {
        return LT_EINVAL;
    }
    if (!lt_piece_read(fd, sealed, len, &n)) {
        return LT_EIO;
    }
    if (n != len || lt_buf_reserve(out, len) == NULL) {
        return n != len ? LT_EINVAL : LT_ENOMEM;
    }
    rc = lt_hpke_open(hpke, (struct lt_span){&aad, 1},
                      (struct lt_span){sealed, len}, out);
    if (rc == LT_EMALFORMED) {
        aad = 1;
        rc = lt_hpke_open(hpke, (struct lt_span){&aad, 1},
                          (struct lt_span){sealed, len}, out);
        *out_last = rc == LT_OK;
    }
    return rc == LT_EMALFORMED ? LT_EINVAL : rc;
}

static lt_err open_backup(int fd, const uint8_t secret[static LT_CURVE_LEN],
                          struct lt_hpke *hpke,
                          uint8_t out_key[static LT_REGISTER_KEY_LEN])
{
    uint8_t head[HEAD];
    struct lt_buf plain;
    bool last = false;
    size_t n = 0;
    lt_err rc;

    if (!lt_piece_read(fd, head, sizeof(head), &n)) {
        return LT_EIO;
    }
    if (n != sizeof(head) || memcmp(head, MAGIC, MAGIC_LEN) != 0) {
        return LT_EINVAL;
    }
    rc = lt_hpke_recipient(secret, head + MAGIC_LEN, INFO, hpke);
    if (rc != LT_OK) {
        return rc == LT_EMALFORMED ? LT_EINVAL : rc;
    }
    lt_buf_init(&plain, lt_alloc_heap());
    rc = lt_piece_take(hpke, fd, &plain, &last);
    if (rc == LT_OK && (last || plain.len != LT_REGISTER_KEY_LEN)) {
        rc = LT_EINVAL;
    }
    if (rc == LT_OK) {
        memcpy(out_key, plain.data, LT_REGISTER_KEY_LEN);
    }
    lt_buf_reset(&plain);
    lt_buf_deinit(&plain);
    return rc;
}

static lt_err unpack(int fd, struct lt_hpke *hpke, int to)
{
    struct lt_buf plain;
    bool last = false;
    uint8_t more;
    size_t n = 0;
    lt_err rc = LT_OK;

    lt_buf_init(&plain, lt_alloc_heap());
    while (rc == LT_OK && !last) {
        rc = lt_piece_take(hpke, fd, &plain, &last);
        if (rc == LT_OK && !lt_piece_write(to, plain.data, plain.len)) {
            rc = errno == ENOSPC ? LT_EFULL : LT_EIO;
        }
    }
    lt_buf_deinit(&plain);
    if (rc == LT_OK && (!lt_piece_read(fd, &more, 1, &n) || n != 0)) {
        rc = LT_EINVAL; /* something stands behind the last piece */
    }
    return rc == LT_OK && fsync(to) != 0 ? LT_EIO : rc;
}

/* A register that still says something is not written over. */
static lt_err check_room(const char *dir, const struct lt_sys *sys,
                         const char *database, struct lt_diag *diag)
{
    struct lt_register *reg = NULL;
    uint64_t entries = 0;
    lt_err rc;

    if (!lt_file_present(database)) {
        return LT_OK;
    }
    rc = lt_register_open(dir, sys, &reg, diag);
    if (rc == LT_OK) {
        rc = count_entries(
            reg, "SELECT count(*) FROM entry WHERE data_key IS NOT NULL",
            &entries);
    }
    lt_register_close(reg);
    return rc == LT_OK && entries > 0 ? at_path(diag, LT_ECREATE, database)
                                      : rc;
}

/* What the audit of this machine knows as erased is erased again. */
static lt_err erase_again(struct lt_register *reg, struct lt_people *people)
{
    struct lt_audit_record records[64];
    int64_t from = 1;
    size_t n = LT_COUNT_OF(records);
    lt_err rc = LT_OK;

    while (rc == LT_OK && n == LT_COUNT_OF(records)) {
        rc = lt_audit_read(people, from, records, LT_COUNT_OF(records), &n);
        for (size_t i = 0; rc == LT_OK && i < n; i++) {
            from = records[i].number + 1;
            if (strcmp(records[i].what,
                       lt_audit_word(LT_AUDIT_REGISTER_ERASED)) == 0) {
                rc = lt_entry_destroy(reg, records[i].about, records[i].who,
                                      records[i].at_ms);
            }
        }
    }
    return rc;
}

static lt_err settle(const char *dir, const struct lt_sys *sys,
                     uint64_t *out_entries, struct lt_diag *diag)
{
    struct lt_register *reg = NULL;
    struct lt_people *people = NULL;
    lt_err rc = lt_register_open(dir, sys, &reg, diag);

    if (rc == LT_OK) {
        rc = lt_people_open(dir, sys, &people, diag);
    }
    if (rc == LT_OK) {
        rc = erase_again(reg, people);
    }
    if (rc == LT_OK) {
        rc = count_entries(
            reg, "SELECT count(*) FROM entry WHERE data_key IS NOT NULL",
            out_entries);
    }
    if (rc == LT_OK) {
        rc = lt_audit_write(people, LT_BY_TOOL, LT_AUDIT_REGISTER_RESTORED, "");
    }
    lt_register_close(reg);
    lt_people_close(people);
    return rc;
}

static bool sync_folder(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0) {
        (void)close(fd);
    }
    return done;
}

/* The database first: with it and the old key the register says that its key
 * is another one, and restoring again mends that. */
static lt_err put_in_place(const char *dir, const char *part,
                           const char *database,
                           const uint8_t key[static LT_REGISTER_KEY_LEN],
                           struct lt_diag *diag)
{
    char folder[PATH_TEXT_MAX];
    char path[PATH_TEXT_MAX];
    lt_err rc = path_of(folder, dir, "/identity", diag);

    if (rc == LT_OK) {
        rc = path_of(path, folder, "/register.key", diag);
    }
    if (rc == LT_OK && (rename(part, database) != 0 || !sync_folder(dir))) {
        rc = at_path(diag, LT_EIO, database);
    }
    if (rc == LT_OK && unlink(path) != 0 && errno != ENOENT) {
        rc = at_path(diag, LT_EIO, path);
    }
    return rc == LT_OK ? lt_register_key_save(folder, key, diag) : rc;
}

lt_err lt_register_restore(const char *dir, const struct lt_sys *sys,
                           const char *path, const char *kit_path,
                           uint64_t *out_entries, struct lt_diag *diag)
{
    char database[PATH_TEXT_MAX];
    char part[PATH_TEXT_MAX];
    uint8_t secret[LT_CURVE_LEN];
    uint8_t key[LT_REGISTER_KEY_LEN];
    struct lt_hpke hpke;
    int from = -1;
    int to = -1;
    lt_err rc = path_of(database, dir, "/register.db", diag);

    memset(&hpke, 0, sizeof(hpke));
    if (rc == LT_OK) {
        rc = path_of(part, database, ".part", diag);
    }
    if (rc == LT_OK) {
        rc = kit_secret(kit_path, secret, diag);
    }
    if (rc == LT_OK) {
        from = open(path, O_RDONLY | O_CLOEXEC);
        rc = from < 0 ? at_path(diag, LT_ENOINPUT, path)
                      : check_room(dir, sys, database, diag);
    }
    if (rc == LT_OK) {
        rc = open_backup(from, secret, &hpke, key);
        rc = rc == LT_OK ? LT_OK : at_path(diag, rc, path);
    }
    if (rc == LT_OK) {
        (void)unlink(part); /* of a restoring that was cut off */
        to = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        rc = to < 0 ? LT_EIO : unpack(from, &hpke, to);
        rc = rc == LT_OK ? LT_OK : at_path(diag, rc, path);
    }
    if (from >= 0) {
        (void)close(from);
    }
    if (to >= 0) {
        (void)close(to);
    }
    if (rc == LT_OK) {
        rc = put_in_place(dir, part, database, key, diag);
    }
    if (rc == LT_OK) {
        rc = settle(dir, sys, out_entries, diag);
    } else if (to >= 0) {
        (void)unlink(part);
    }
    lt_wipe(secret, sizeof(secret));
    lt_wipe(key, sizeof(key));
    lt_hpke_deinit(&hpke);
    return rc;
}
