#include "tools/rotation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/binding.h"
#include "common/failpoint.h"
#include "common/file.h"
#include "common/link_msg.h"

enum { PATH_BYTES = LT_ROTATION_PATH };

void lt_rotation_init(struct lt_rotation *r, struct lt_tool *tool,
                      struct lt_diag *diag)
{
    *r = (struct lt_rotation){.tool = tool, .diag = diag};
    lt_diag_set(diag, LT_OK);
    lt_identity_init(&r->old);
    lt_identity_init(&r->fresh);
    lt_arena_init(&r->arena, lt_alloc_heap(), LT_FRAME_ARENA);
    lt_buf_init(&r->body, lt_alloc_heap());
    lt_buf_init(&r->request, lt_alloc_heap());
    lt_buf_init(&r->answer, lt_alloc_heap());
}

void lt_rotation_deinit(struct lt_rotation *r)
{
    lt_buf_deinit(&r->answer);
    lt_buf_deinit(&r->request);
    lt_buf_deinit(&r->body);
    lt_arena_deinit(&r->arena);
    lt_identity_deinit(&r->fresh);
    lt_identity_deinit(&r->old);
}

lt_err lt_rotation_refuse(struct lt_rotation *r, lt_err code,
                          const char *reason)
{
    lt_diag_set(r->diag, code);
    lt_diag_arg(r->diag, "reason", "%s", reason);
    return code;
}

lt_err lt_rotation_path(struct lt_rotation *r, const char *name,
                        char out[static PATH_BYTES])
{
    int len = snprintf(out, PATH_BYTES, "%s/%s", r->tool->dir, name);

    return len < 0 || len >= PATH_BYTES ? lt_diag_set(r->diag, LT_EINVAL)
                                        : LT_OK;
}

static lt_err keep(struct lt_rotation *r)
{
    char path[PATH_BYTES];
    lt_err rc = lt_rotation_path(r, "rotating", path);

    if (rc == LT_OK) {
        lt_folder_remove(path);
        rc = lt_folder_create(path, r->diag);
    }
    if (rc == LT_OK) {
        rc = lt_rotation_path(r, "rotating/node.key", path);
    }
    if (rc == LT_OK) {
        rc = lt_key_save(r->fresh.node_key, path, r->diag);
    }
    if (rc == LT_OK) {
        rc = lt_rotation_path(r, "rotating/curve.key", path);
    }
    if (rc == LT_OK) {
        rc = lt_file_create(path, 0400, r->fresh.curve_secret, LT_CURVE_LEN,
                            r->diag);
    }
    if (rc == LT_OK) {
        rc = lt_rotation_path(r, "rotating/body.pb", path);
    }
    return rc == LT_OK
               ? lt_file_create(path, 0400, r->body.data, r->body.len, r->diag)
               : rc;
}

/* An earlier version kept no transport key: it stayed the same. */
static lt_err take_transport(struct lt_rotation *r)
{
    char path[PATH_BYTES];
    struct lt_buf secret;
    lt_err rc = lt_rotation_path(r, "rotating/curve.key", path);

    if (rc != LT_OK || !lt_file_present(path)) {
        return rc;
    }
    lt_buf_init(&secret, lt_alloc_heap());
    rc = lt_file_read(path, LT_CURVE_LEN, true, &secret, r->diag);
    if (rc == LT_OK && secret.len != LT_CURVE_LEN) {
        rc = lt_rotation_refuse(r, LT_ECERT, "rotating/curve.key");
    }
    if (rc == LT_OK) {
        memcpy(r->fresh.curve_secret, secret.data, LT_CURVE_LEN);
        rc = lt_curve_public(r->fresh.curve_secret, r->fresh.curve_public);
    }
    if (secret.data != NULL) {
        lt_wipe(secret.data, secret.len);
    }
    lt_buf_deinit(&secret);
    return rc;
}

/* Is what was asked for whoever would bind it now? The superior may be another
 * one, or have another key. */
static bool is_for_issuer(const struct lt_rotation *r)
{
    struct lt_binding asked;

    return !r->has_issuer ||
           lt_binding_body_decode(r->body.data, r->body.len, &asked, NULL) !=
               LT_OK ||
           (lt_office_equal(&asked.issuer, &r->issuer.office) &&
            memcmp(asked.issuer_key_id, r->issuer.key_id, LT_HASH_LEN) == 0);
}

/* For the key that an earlier try has made. */
static lt_err begin_again(struct lt_rotation *r, int64_t now_ms)
{
    lt_err rc;

    lt_buf_reset(&r->body);
    rc = lt_identity_follow_body(&r->fresh, &r->old, &r->issuer, now_ms,
                                 &r->body);
    return rc == LT_OK ? keep(r) : rc;
}

/* What an earlier try has asked, or something new. */
lt_err lt_rotation_begin(struct lt_rotation *r, bool transport)
{
    const struct lt_sys *sys = lt_sys_real();
    char key[PATH_BYTES];
    char body[PATH_BYTES];
    struct lt_now now;
    lt_err rc = lt_rotation_path(r, "rotating/node.key", key);

    sys->now(sys->ctx, &now);

    if (rc == LT_OK) {
        rc = lt_rotation_path(r, "rotating/body.pb", body);
    }
    if (rc == LT_OK && lt_file_present(body) && !LT_PLANTED(forget_rotating)) {
        rc = lt_key_load(key, &r->fresh.node_key, r->diag);
        if (rc == LT_OK) {
            rc = lt_file_read(body, LT_BINDING_MAX, true, &r->body, r->diag);
        }
        if (rc == LT_OK) {
            rc = lt_identity_follow(&r->fresh, &r->old, false);
        }
        if (rc == LT_OK) {
            rc = take_transport(r);
        }
        return rc == LT_OK && !is_for_issuer(r) ? begin_again(r, now.wall_ms)
                                                : rc;
    }
    if (rc == LT_OK) {
        rc = lt_identity_follow(&r->fresh, &r->old, transport);
    }
    if (rc == LT_OK) {
        rc = lt_identity_follow_body(&r->fresh, &r->old,
                                     r->has_issuer ? &r->issuer : NULL,
                                     now.wall_ms, &r->body);
    }
    return rc == LT_OK ? keep(r) : rc;
}

/* What else lies in the old folder goes along. */
static lt_err take_along(struct lt_rotation *r, const char *from,
                         const char *to)
{
    DIR *folder = opendir(from);
    struct dirent *entry;
    lt_err rc = folder == NULL ? LT_EIO : LT_OK;

    while (rc == LT_OK && (entry = readdir(folder)) != NULL) {
        char old[2 * PATH_BYTES];
        char fresh[2 * PATH_BYTES];

        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        (void)snprintf(old, sizeof(old), "%s/%s", from, entry->d_name);
        (void)snprintf(fresh, sizeof(fresh), "%s/%s", to, entry->d_name);
        if (link(old, fresh) != 0 && errno != EEXIST) {
            rc = lt_rotation_refuse(r, LT_ECREATE, strerror(errno));
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return rc;
}

lt_err lt_rotation_place(struct lt_rotation *r)
{
    char old[PATH_BYTES];
    char fresh[PATH_BYTES];
    char rotating[PATH_BYTES];
    int fd = -1;
    lt_err rc = lt_rotation_path(r, "identity", old);

    if (rc == LT_OK) {
        rc = lt_rotation_path(r, "identity.new", fresh);
    }
    if (rc == LT_OK) {
        rc = lt_rotation_path(r, "rotating", rotating);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_folder_remove(fresh);
    rc = lt_identity_save(&r->fresh, fresh, r->diag);
    if (rc == LT_OK) {
        rc = take_along(r, old, fresh);
    }
    if (rc == LT_OK) {
        (void)LT_FAILPOINT(C16);
        fd = open(r->tool->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0 || fsync(fd) != 0 ||
            renameat2(fd, "identity.new", fd, "identity", RENAME_EXCHANGE) !=
                0 ||
            fsync(fd) != 0) {
            rc = lt_rotation_refuse(r, LT_ECREATE, strerror(errno));
        }
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    if (rc == LT_OK) { /* the old key is worth nothing to anybody but a thief */
        (void)LT_FAILPOINT(C16);
        lt_folder_remove(fresh);
        lt_folder_remove(rotating);
    }
    return rc;
}

bool lt_rotation_is_root(const struct lt_identity *identity)
{
    return lt_office_equal(&identity->office,
                           lt_cert_office(identity->root_cert));
}

bool lt_rotation_is_begun(struct lt_rotation *r)
{
    char path[PATH_BYTES];

    return lt_rotation_path(r, "rotating/body.pb", path) == LT_OK &&
           lt_file_present(path);
}

static lt_err code_of(uint32_t code)
{
    lt_err err;

    for (size_t i = 0; code != 0 && (err = lt_err_at(i)) != LT_OK; i++) {
        if ((uint32_t) - (int32_t)err == code) {
            return err;
        }
    }
    return code == 0 ? LT_OK : LT_EPROTO;
}

lt_err lt_rotation_answered(struct lt_rotation *r, const struct lt_buf *answer)
{
    const struct lt_join_answer *said;
    struct lt_spans bindings;
    struct lt_frame frame;
    lt_err rc;

    if (lt_frame_decode(answer->data, answer->len, &r->arena, &frame, NULL) !=
            LT_OK ||
        frame.type != LT_FRAME_JOIN_ANSWER) {
        return lt_rotation_refuse(r, LT_EPROTO, "answer");
    }
    said = &frame.join_answer;
    rc = code_of(said->code);
    if (rc == LT_EKEYWAITS) { /* nothing was bound: nothing is begun */
        char rotating[PATH_BYTES];

        if (lt_rotation_path(r, "rotating", rotating) == LT_OK) {
            lt_folder_remove(rotating);
        }
    }
    if (rc != LT_OK) {
        return lt_diag_set(r->diag, rc);
    }
    bindings = (struct lt_spans){said->bindings_n, said->bindings};
    return lt_identity_admit(
        &r->fresh, said->certificate, said->chain, said->chain_n, &bindings,
        lt_cert_fingerprint(lt_identity_root(&r->old)), r->diag);
}

void lt_rotation_print(const struct lt_rotation *r)
{
    char key_id[2 * LT_HASH_LEN + 1];

    lt_hex_format(lt_key_id(r->fresh.node_key), LT_HASH_LEN, key_id);
    if (r->tool->json) {
        fprintf(r->tool->out, "{\"rotated\":true,\"key_id\":\"%s\"}\n", key_id);
    } else {
        fprintf(r->tool->out, "%s %s\n", lt_ui(r->tool->lang, "ui_key_rotated"),
                key_id);
    }
}
