/* lienthong root away | request | show | sign | install
 *
 * The root's key can lie in a safe and sign on a machine without network. A
 * file goes out (request), is signed there (sign), comes back (install). What
 * is asked for is the certificate of the root office's present key or, with
 * --rotate, a later key. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/root_file.h"
#include "common/version.h"
#include "tools/offline.h"
#include "tools/rotation.h"

enum { DAYS_DEFAULT = LT_CERT_NODE_DAYS };

static int end(struct lt_tool *tool, struct lt_diag *diag, lt_err rc)
{
    if (rc == LT_OK) {
        return 0;
    }
    if (diag->code != rc) {
        lt_diag_set(diag, rc);
    }
    return lt_tool_fail(tool, diag, false);
}

/* The identity of a root office whose daemon is stopped. */
static lt_err open_root(struct lt_rotation *r, int *out_lock)
{
    char path[LT_ROTATION_PATH];
    lt_err rc = lt_rotation_path(r, "identity", path);

    if (rc == LT_OK) {
        rc = lt_identity_load(&r->old, path, r->diag);
    }
    if (rc == LT_OK && !lt_rotation_is_root(&r->old)) {
        rc = lt_diag_set(r->diag, LT_ENOTROOT);
    }
    return rc == LT_OK ? lt_offline_lock(r->tool->dir, out_lock, r->diag) : rc;
}

static void print_file(struct lt_tool *tool, const char *word, const char *path)
{
    if (tool->json) {
        json_t *answer = json_pack("{s:s}", "file", path);

        (void)json_dumpf(answer, tool->out, JSON_COMPACT);
        fputc('\n', tool->out);
        json_decref(answer);
    } else {
        lt_print_line(tool, word, "path", path, NULL, NULL);
    }
}

/* ---- out of the machine ---- */

/* The copy is read again before the key here goes. */
static lt_err take_away(struct lt_rotation *r, const char *file)
{
    struct lt_key *copy = NULL;
    char path[LT_ROTATION_PATH];
    lt_err rc = lt_rotation_path(r, "identity/ca.key", path);

    if (rc == LT_OK && r->old.ca_key == NULL) {
        rc = lt_diag_set(r->diag, LT_EROOTAWAY);
    }
    if (rc == LT_OK) {
        rc = lt_key_save(r->old.ca_key, file, r->diag);
    }
    if (rc == LT_OK) {
        rc = lt_key_load(file, &copy, r->diag);
    }
    if (rc == LT_OK && memcmp(lt_key_public(copy), lt_key_public(r->old.ca_key),
                              LT_PUBKEY_LEN) != 0) {
        rc = lt_rotation_refuse(r, LT_EIO, file);
    }
    lt_key_free(copy);
    if (rc == LT_OK && unlink(path) != 0) {
        rc = lt_rotation_refuse(r, LT_ECREATE, strerror(errno));
    }
    return rc;
}

/* Do @work with the root's identity locked, and say @word of @file. */
static int with_root(struct lt_tool *tool, const char *word,
                     lt_err (*work)(struct lt_rotation *r, const char *file))
{
    const char *file = lt_tool_text(tool, "file");
    struct lt_rotation r;
    struct lt_diag diag;
    int lock_fd = -1;
    lt_err rc;

    lt_rotation_init(&r, tool, &diag);
    rc = open_root(&r, &lock_fd);
    if (rc == LT_OK) {
        rc = work(&r, file);
    }
    if (lock_fd >= 0) {
        (void)close(lock_fd);
    }
    lt_rotation_deinit(&r);
    if (rc == LT_OK) {
        print_file(tool, word, file);
    }
    return end(tool, &diag, rc);
}

static int run_away(struct lt_tool *tool, const struct lt_tool_command *command)
{
    (void)command;
    return with_root(tool, "ui_root_taken_away", take_away);
}

/* ---- asking ---- */

static lt_err present_body(const struct lt_identity *identity,
                           struct lt_binding *out)
{
    const struct lt_spans *all = &identity->bindings;

    return all->items_n == 0
               ? LT_ECERT
               : lt_binding_decode(all->items[all->items_n - 1].data,
                                   all->items[all->items_n - 1].len, out, NULL);
}

static lt_err ask(struct lt_rotation *r, const char *file)
{
    bool later = lt_tool_flag(r->tool, "rotate") ||
                 lt_tool_flag(r->tool, "transport");
    const struct lt_identity *who = later ? &r->fresh : &r->old;
    struct lt_span body = {NULL, 0};
    struct lt_binding present;
    lt_err rc = LT_OK;

    if (!later && lt_rotation_is_begun(r)) {
        return lt_rotation_refuse(r, LT_ESTATE, "rotating");
    }
    if (later) {
        rc = lt_rotation_begin(r, lt_tool_flag(r->tool, "transport"));
        body = (struct lt_span){r->body.data, r->body.len};
    } else {
        rc = present_body(who, &present);
        body = (struct lt_span){present.body, present.body_len};
    }
    if (rc == LT_OK) {
        rc = lt_identity_ask(who, body, "lienthong " LT_VERSION, &r->request);
    }
    return rc == LT_OK ? lt_root_request_save(r->old.root_cert, &r->request,
                                              file, r->diag)
                       : rc;
}

static int run_request(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    (void)command;
    return with_root(tool, "ui_root_asked", ask);
}

/* ---- signing, on a machine that knows nothing of this ---- */

static void print_request(struct lt_tool *tool,
                          const struct lt_root_request *request)
{
    const struct lt_binding *binding = &request->binding;
    char office[LT_OFFICE_TEXT];
    char key[2 * LT_HASH_LEN + 1];
    char transport[2 * LT_CURVE_LEN + 1];
    char before[2 * LT_HASH_LEN + 1] = "";
    json_t *object;
    static const struct lt_tool_column columns[] = {
        {"office", "ui_office", LT_CELL_PLAIN, false},
        {"key_id", "ui_key", LT_CELL_PLAIN, false},
        {"previous_key_id", "ui_key_before", LT_CELL_PLAIN, false},
        {"transport_key", "ui_transport_key", LT_CELL_PLAIN, false},
        {"serial", "ui_serial", LT_CELL_PLAIN, false},
        {.key = NULL}};

    lt_office_format(&binding->office, office);
    lt_hex_format(binding->key_id, LT_HASH_LEN, key);
    lt_hex_format(binding->transport_key, LT_CURVE_LEN, transport);
    if (binding->has_previous) {
        lt_hex_format(binding->previous_key_id, LT_HASH_LEN, before);
    }
    object = json_pack("{s:s, s:s, s:s?, s:s, s:I}", "office", office, "key_id",
                       key, "previous_key_id",
                       binding->has_previous ? before : NULL, "transport_key",
                       transport, "serial", (json_int_t)binding->serial);
    if (tool->json) {
        (void)json_dumpf(object, tool->out, JSON_COMPACT);
        fputc('\n', tool->out);
    } else {
        lt_print_object(tool, object, columns);
    }
    json_decref(object);
}

static int run_show(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_root_request request;
    struct lt_diag diag;
    lt_err rc;

    (void)command;
    lt_diag_set(&diag, LT_OK);
    lt_root_request_init(&request);
    rc = lt_root_request_load(&request, lt_tool_text(tool, "file"), &diag);
    if (rc == LT_OK) {
        print_request(tool, &request);
    }
    lt_root_request_deinit(&request);
    return end(tool, &diag, rc);
}

static int days_of(const struct lt_tool *tool)
{
    const json_t *given = json_object_get(tool->options, "days");
    json_int_t days =
        json_is_integer(given) ? json_integer_value(given) : DAYS_DEFAULT;

    return days < 1 || days > LT_ROOT_DAYS_MAX ? 0 : (int)days;
}

static int run_sign(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const char *out = lt_tool_text(tool, "out");
    const char *key_file = lt_tool_text(tool, "key");
    struct lt_root_request request;
    struct lt_key *key = NULL;
    struct lt_diag diag;
    lt_err rc = LT_OK;

    (void)command;
    lt_diag_set(&diag, LT_OK);
    lt_root_request_init(&request);
    if (days_of(tool) == 0) {
        rc = lt_diag_set(&diag, LT_EINVAL);
        lt_diag_arg(&diag, "what", "%s", "days");
    } else if (out == NULL || key_file == NULL) {
        rc = lt_diag_set(&diag, LT_EUSAGE);
        lt_diag_arg(&diag, "what", "%s", out == NULL ? "--out" : "--key");
    }
    if (rc == LT_OK) {
        rc = lt_root_request_load(&request, lt_tool_text(tool, "file"), &diag);
    }
    if (rc == LT_OK) {
        rc = lt_key_load(key_file, &key, &diag);
    }
    if (rc == LT_OK) {
        rc = lt_root_answer_save(&request, key, lt_sys_real(), days_of(tool),
                                 out, &diag);
    }
    if (rc == LT_OK) {
        if (!tool->json) {
            print_request(tool, &request);
        }
        print_file(tool, "ui_root_signed", out);
    }
    lt_key_free(key);
    lt_root_request_deinit(&request);
    return end(tool, &diag, rc);
}

/* ---- what came back ---- */

/* Of the later key that was asked for, or of the present one. */
static lt_err take_answer(struct lt_rotation *r)
{
    struct lt_frame frame;
    const struct lt_join_answer *said = &frame.join_answer;
    char folder[LT_ROTATION_PATH];
    struct lt_spans bindings;
    lt_err rc;

    if (lt_rotation_is_begun(r)) {
        rc = lt_rotation_begin(r, false);
        if (rc == LT_OK) {
            rc = lt_rotation_answered(r, &r->answer);
        }
        return rc == LT_OK ? lt_rotation_place(r) : rc;
    }
    if (lt_frame_decode(r->answer.data, r->answer.len, &r->arena, &frame,
                        NULL) != LT_OK ||
        frame.type != LT_FRAME_JOIN_ANSWER) {
        return lt_rotation_refuse(r, LT_EROOTFILE, "damaged");
    }
    bindings = (struct lt_spans){said->bindings_n, said->bindings};
    rc = lt_identity_renew(&r->old, said->certificate, said->chain,
                           said->chain_n, &bindings, NULL, 0, r->diag);
    if (rc == LT_OK) {
        rc = lt_rotation_path(r, "identity", folder);
    }
    return rc == LT_OK ? lt_identity_save_renewed(&r->old, folder, r->diag)
                       : rc;
}

static int run_install(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    const char *file = lt_tool_text(tool, "file");
    struct lt_rotation r;
    struct lt_diag diag;
    int lock_fd = -1;
    lt_err rc;

    (void)command;
    lt_rotation_init(&r, tool, &diag);
    rc = open_root(&r, &lock_fd);
    if (rc == LT_OK) {
        rc = lt_root_answer_load(file, &r.answer, &diag);
    }
    if (rc == LT_OK) {
        rc = take_answer(&r);
    }
    if (rc == LT_ECERT || rc == LT_EPROTO || rc == LT_EMALFORMED) {
        struct lt_diag why = diag;

        lt_diag_set(&diag, LT_EROOTFILE);
        lt_diag_arg(&diag, "path", "%s", file);
        lt_diag_arg(&diag, "reason", "%s",
                    why.args_n > 0 ? why.args[0].value : lt_err_word(rc));
        rc = LT_EROOTFILE;
    }
    if (lock_fd >= 0) {
        (void)close(lock_fd);
    }
    if (rc == LT_OK && r.fresh.node_cert != NULL) {
        lt_rotation_print(&r);
    } else if (rc == LT_OK) {
        print_file(tool, "ui_root_installed", file);
    }
    lt_rotation_deinit(&r);
    return end(tool, &diag, rc);
}

const struct lt_tool_command lt_cmd_root[] = {
    {.name = "root away",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_root_away",
     .example = "/media/usb/root.key",
     .run = run_away},
    {.name = "root request",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_root_request",
     .example = "/media/usb/request.pem --rotate",
     .options = {{"rotate", LT_TOOL_FLAG, "", "ui_opt_root_rotate", false},
                 {"transport", LT_TOOL_FLAG, "", "ui_opt_transport", false}},
     .run = run_request},
    {.name = "root show",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_root_show",
     .example = "/media/usb/request.pem",
     .run = run_show},
    {.name = "root sign",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_root_sign",
     .example = "request.pem --key root.key --out signed.pem",
     .options = {{"key", LT_TOOL_TEXT, "FILE", "ui_opt_root_key", true},
                 {"out", LT_TOOL_TEXT, "FILE", "ui_opt_root_out", true},
                 {"days", LT_TOOL_NUMBER, "N", "ui_opt_root_days", true}},
     .run = run_sign},
    {.name = "root install",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_root_install",
     .example = "/media/usb/signed.pem",
     .run = run_install},
    {.name = NULL}};
