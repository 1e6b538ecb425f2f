#include "tools/joining.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "common/file.h"

enum {
    PATH_BYTES = 4096,
    TOKEN_HEX = 32,                              /* of its id */
    TOKEN_FILE = TOKEN_HEX + 1 + LT_OFFICE_TEXT, /* two lines */
    CURVE_HEX = 2 * LT_CURVE_LEN
};

static lt_err refuse(const char *dir, const char *reason, struct lt_diag *diag)
{
    lt_diag_set(diag, LT_ECREATE);
    lt_diag_arg(diag, "path", "%s", dir);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_ECREATE;
}

/* DIR, DIR/NAME or, with a slash in it, DIR/NAME/MORE. */
static lt_err path_in(const char *dir, const char *name,
                      char out[static PATH_BYTES], struct lt_diag *diag)
{
    int len = snprintf(out, PATH_BYTES, "%s/%s", dir, name);

    return len < 0 || len >= PATH_BYTES ? refuse(dir, "too long", diag) : LT_OK;
}

static lt_err save(const char *dir, const char *name, unsigned mode,
                   const void *data, size_t len, struct lt_diag *diag)
{
    char path[PATH_BYTES];
    lt_err rc = path_in(dir, name, path, diag);

    return rc == LT_OK ? lt_file_create(path, mode, data, len, diag) : rc;
}

static lt_err load(const char *dir, const char *name, size_t max, bool secret,
                   struct lt_buf *out, struct lt_diag *diag)
{
    char path[PATH_BYTES];
    lt_err rc = path_in(dir, name, path, diag);

    return rc == LT_OK ? lt_file_read(path, max, secret, out, diag) : rc;
}

static bool present(const char *dir, const char *name)
{
    char path[PATH_BYTES];

    return path_in(dir, name, path, NULL) == LT_OK && lt_file_present(path);
}

/* The question goes first: what is left without it was never asked. */
static void forget(const char *dir)
{
    char path[PATH_BYTES];

    if (path_in(dir, "joining/request.pb", path, NULL) != LT_OK) {
        return;
    }
    (void)unlink(path);
    if (path_in(dir, "joining/identity", path, NULL) == LT_OK) {
        lt_folder_remove(path);
    }
    if (path_in(dir, "joining", path, NULL) == LT_OK) {
        lt_folder_remove(path);
    }
}

/* ---- what is there ---- */

/* Nothing but what a join that is under way makes? */
static lt_err check_entries(const char *dir, bool *out_joining,
                            struct lt_diag *diag)
{
    DIR *folder = opendir(dir);
    struct dirent *entry;
    bool other = false;

    *out_joining = false;
    if (folder == NULL) {
        return errno == ENOENT ? LT_OK : refuse(dir, strerror(errno), diag);
    }
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, "joining") == 0) {
            *out_joining = true;
        } else if (strcmp(entry->d_name, ".") != 0 &&
                   strcmp(entry->d_name, "..") != 0) {
            other = true;
        }
    }
    (void)closedir(folder);
    return other && !*out_joining ? refuse(dir, "not empty", diag) : LT_OK;
}

static void write_token(const struct lt_token *token,
                        char out[static TOKEN_FILE + 1])
{
    lt_hex_format(token->id, sizeof(token->id), out);
    out[TOKEN_HEX] = '\n';
    lt_office_format(&token->office, out + TOKEN_HEX + 1);
    out[TOKEN_FILE - 1] = '\n';
    out[TOKEN_FILE] = '\0';
}

/* Is it the same token? LT_ECREATE when it was another office's. */
static lt_err compare_token(const char *dir, const struct lt_token *token,
                            bool *out_same, struct lt_diag *diag)
{
    char want[TOKEN_FILE + 1];
    struct lt_buf have;
    lt_err rc = LT_OK;

    *out_same = false;
    write_token(token, want);
    lt_buf_init(&have, lt_alloc_heap());
    if (present(dir, "joining/token")) {
        rc = load(dir, "joining/token", TOKEN_FILE, false, &have, diag);
        if (rc == LT_OK && (have.len != TOKEN_FILE ||
                            memcmp(have.data + TOKEN_HEX, want + TOKEN_HEX,
                                   TOKEN_FILE - TOKEN_HEX) != 0)) {
            rc = refuse(dir, "another office's join was begun here", diag);
        }
        *out_same = rc == LT_OK && memcmp(have.data, want, TOKEN_HEX) == 0;
    }
    lt_buf_deinit(&have);
    return rc;
}

static lt_err load_curve(const char *dir, const char *name, bool secret,
                         uint8_t out[static LT_CURVE_LEN], struct lt_diag *diag)
{
    struct lt_buf text;
    lt_err rc;

    lt_buf_init(&text, lt_alloc_heap());
    rc = load(dir, name, CURVE_HEX, secret, &text, diag);
    if (rc == LT_OK) {
        char hex[CURVE_HEX + 1] = {0};

        memcpy(hex, text.data, text.len);
        if (text.len != CURVE_HEX || !lt_hex_parse(hex, LT_CURVE_LEN, out)) {
            rc = refuse(dir, name, diag);
        }
        lt_wipe(hex, sizeof(hex));
    }
    lt_wipe(text.data, text.len);
    lt_buf_deinit(&text);
    return rc;
}

static lt_err load_keys(const char *dir, struct lt_identity *identity,
                        struct lt_diag *diag)
{
    char path[PATH_BYTES];
    lt_err rc = path_in(dir, "joining/node.key", path, diag);

    if (rc == LT_OK) {
        rc = lt_key_load(path, &identity->node_key, diag);
    }
    if (rc == LT_OK) {
        rc = load_curve(dir, "joining/curve.key", true, identity->curve_secret,
                        diag);
    }
    return rc == LT_OK ? load_curve(dir, "joining/curve.pub", false,
                                    identity->curve_public, diag)
                       : rc;
}

lt_err lt_joining_look(const char *dir, const struct lt_token *token,
                       struct lt_identity *identity, struct lt_buf *request,
                       enum lt_joining *out_state, struct lt_diag *diag)
{
    bool joining;
    bool same = false;
    lt_err rc = check_entries(dir, &joining, diag);

    *out_state = LT_JOINING_NEW;
    if (rc != LT_OK || !joining) {
        return rc;
    }
    rc = compare_token(dir, token, &same, diag);
    if (rc != LT_OK) {
        return rc;
    }
    if (present(dir, "identity")) {
        /* Killed between the rename and the tidying up. */
        forget(dir);
        *out_state = LT_JOINING_DONE;
        return same ? LT_OK : refuse(dir, "not empty", diag);
    }
    if (!same || !present(dir, "joining/request.pb")) {
        forget(dir);
        return LT_OK;
    }
    identity->office = token->office;
    rc = load_keys(dir, identity, diag);
    if (rc == LT_OK) {
        rc =
            load(dir, "joining/request.pb", LT_FRAME_MAX, false, request, diag);
    }
    if (rc == LT_OK) {
        *out_state = LT_JOINING_ASKED;
    }
    return rc;
}

/* ---- what is written ---- */

static lt_err save_curve(const char *dir, const char *name, unsigned mode,
                         const uint8_t bytes[static LT_CURVE_LEN],
                         struct lt_diag *diag)
{
    char hex[CURVE_HEX + 1];
    lt_err rc;

    lt_hex_format(bytes, LT_CURVE_LEN, hex);
    rc = save(dir, name, mode, hex, CURVE_HEX, diag);
    lt_wipe(hex, sizeof(hex));
    return rc;
}

lt_err lt_joining_begin(const char *dir, const struct lt_token *token,
                        const struct lt_identity *identity,
                        const struct lt_buf *request, struct lt_diag *diag)
{
    char text[TOKEN_FILE + 1];
    char path[PATH_BYTES];
    lt_err rc = LT_OK;

    write_token(token, text);
    if (!lt_file_present(dir)) {
        rc = lt_folder_create(dir, diag);
    }
    if (rc == LT_OK) {
        rc = path_in(dir, "joining", path, diag);
    }
    if (rc == LT_OK) {
        rc = lt_folder_create(path, diag);
    }
    if (rc == LT_OK) {
        rc = save(dir, "joining/token", 0400, text, TOKEN_FILE, diag);
    }
    if (rc == LT_OK) {
        rc = path_in(dir, "joining/node.key", path, diag);
    }
    if (rc == LT_OK) {
        rc = lt_key_save(identity->node_key, path, diag);
    }
    if (rc == LT_OK) {
        rc = save_curve(dir, "joining/curve.key", 0400, identity->curve_secret,
                        diag);
    }
    if (rc == LT_OK) {
        rc = save_curve(dir, "joining/curve.pub", 0444, identity->curve_public,
                        diag);
    }
    if (rc == LT_OK) {
        rc = save(dir, "joining/request.pb", 0400, request->data, request->len,
                  diag);
    }
    (void)LT_FAILPOINT(join_asked);
    return rc;
}

lt_err lt_joining_place(const char *dir, char *out_path, size_t size,
                        struct lt_diag *diag)
{
    char path[PATH_BYTES];
    lt_err rc = path_in(dir, "joining/identity", path, diag);

    (void)LT_FAILPOINT(join_answered);
    if (rc != LT_OK || strlen(path) >= size) {
        return rc != LT_OK ? rc : refuse(dir, "too long", diag);
    }
    lt_folder_remove(path);
    memcpy(out_path, path, strlen(path) + 1);
    /* Its configuration goes with it. */
    rc = path_in(dir, "lienthong.conf", path, diag);
    if (rc == LT_OK && unlink(path) != 0 && errno != ENOENT) {
        rc = refuse(dir, strerror(errno), diag);
    }
    return rc;
}

lt_err lt_joining_finish(const char *dir, struct lt_diag *diag)
{
    char from[PATH_BYTES];
    char to[PATH_BYTES];
    lt_err rc = path_in(dir, "joining/identity", from, diag);
    int fd;

    if (rc == LT_OK) {
        rc = path_in(dir, "identity", to, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    (void)LT_FAILPOINT(join_written);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || rename(from, to) != 0 || fsync(fd) != 0) {
        rc = refuse(to, strerror(errno), diag);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    if (rc == LT_OK) {
        (void)LT_FAILPOINT(join_placed);
        forget(dir);
    }
    return rc;
}

void lt_joining_drop(const char *dir)
{
    if (present(dir, "identity")) {
        return;
    }
    forget(dir);
    (void)rmdir(dir);
}
