/* lienthong key rotate | key confirm OFFICE [--key KEY]
 *
 * Rotating: a new identity key, and with --transport a new transport key, bound
 * by the parent on the word of the present one (rotation.h). A root whose
 * authority's key is kept elsewhere asks for it by file: cmd_root.c. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/failpoint.h"
#include "common/link_msg.h"
#include "common/version.h"
#include "daemon/link/link.h"
#include "tools/offline.h"
#include "tools/rotation.h"

enum {
    PATH_BYTES = LT_ROTATION_PATH,
    ASK_MS = 20000,
    ENROL_PORT = 7442,
    ADDRESSES_MAX = LT_OFFICE_ADDRESSES_MAX
};

/* ---- whom to ask ---- */

static lt_err add_address(struct lt_rotation *r, const char *text, bool link)
{
    char host[LT_HOST_TEXT];
    uint16_t port;

    if (r->addresses_n == ADDRESSES_MAX ||
        !lt_address_split(text, host, &port)) {
        return lt_rotation_refuse(r, LT_EINVAL, text);
    }
    (void)snprintf(r->addresses[r->addresses_n],
                   sizeof(r->addresses[r->addresses_n]),
                   strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host,
                   link ? (unsigned)ENROL_PORT : (unsigned)port);
    r->list[r->addresses_n] = r->addresses[r->addresses_n];
    r->addresses_n++;
    return LT_OK;
}

/* Where the parent enrols: as given, or where it is dialled, usual port. */
static lt_err find_addresses(struct lt_rotation *r)
{
    const char *given = lt_tool_text(r->tool, "address");
    struct lt_conf *conf = NULL;
    lt_err rc;

    if (given != NULL) {
        return add_address(r, given, false);
    }
    rc = lt_conf_load(r->tool->dir, NULL, &conf, r->diag);
    for (size_t i = 0;
         rc == LT_OK && i < lt_conf_count(conf, LT_SET_SUPERIOR_ADDRESSES) &&
         i < ADDRESSES_MAX;
         i++) {
        rc = add_address(r, lt_conf_at(conf, LT_SET_SUPERIOR_ADDRESSES, i),
                         true);
    }
    lt_conf_free(conf);
    return rc == LT_OK && r->addresses_n == 0
               ? lt_rotation_refuse(r, LT_EINVAL, "superior_addresses")
               : rc;
}

/* ---- the question ---- */

/* With which key the parent signs by now: it may have a later one than its
 * binding of ours says. Nothing is believed by this: what it binds has to lead
 * to the pinned root. */
static lt_err ask_issuer(struct lt_rotation *r)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_key_question question;
    struct lt_frame frame;
    lt_err rc = find_addresses(r);

    sys->random(sys->ctx, question.nonce, sizeof(question.nonce));
    if (rc == LT_OK) {
        rc = lt_key_question_encode(&question, &r->request);
    }
    if (rc == LT_OK) {
        rc = lt_enrol_ask(r->list, r->addresses_n, r->request.data,
                          r->request.len, ASK_MS, &r->answer, r->diag);
    }
    if (rc == LT_OK && (lt_frame_decode(r->answer.data, r->answer.len,
                                        &r->arena, &frame, NULL) != LT_OK ||
                        frame.type != LT_FRAME_KEY_ANSWER ||
                        memcmp(frame.key_answer.nonce, question.nonce,
                               sizeof(question.nonce)) != 0)) {
        rc = lt_rotation_refuse(r, LT_EPROTO, "answer");
    }
    if (rc == LT_OK) {
        memcpy(r->issuer_key_id, frame.key_answer.key_id, LT_HASH_LEN);
        r->has_issuer = true;
    }
    lt_buf_reset(&r->request);
    lt_buf_reset(&r->answer);
    lt_arena_reset(&r->arena);
    return rc;
}

static lt_err write_request(struct lt_rotation *r)
{
    return lt_identity_ask(&r->fresh,
                           (struct lt_span){r->body.data, r->body.len},
                           "lienthong " LT_VERSION, &r->request);
}

/* ---- the answer ---- */

static lt_err ask_parent(struct lt_rotation *r)
{
    lt_err rc = write_request(r);

    if (rc == LT_OK) {
        rc = lt_enrol_ask(r->list, r->addresses_n, r->request.data,
                          r->request.len, ASK_MS, &r->answer, r->diag);
    }
    return rc == LT_OK ? lt_rotation_answered(r, &r->answer) : rc;
}

/* ---- into its place ---- */

static lt_err rotate(struct lt_rotation *r)
{
    char path[PATH_BYTES];
    int lock_fd = -1;
    lt_err rc = lt_rotation_path(r, "identity", path);

    if (rc == LT_OK) {
        rc = lt_identity_load(&r->old, path, r->diag);
    }
    if (rc == LT_OK) {
        rc = lt_offline_lock(r->tool->dir, &lock_fd, r->diag);
    }
    if (rc == LT_OK && lt_rotation_is_root(&r->old) && r->old.ca_key == NULL) {
        rc = lt_diag_set(r->diag, LT_EROOTAWAY);
    }
    if (rc == LT_OK && !lt_rotation_is_root(&r->old)) {
        rc = ask_issuer(r);
    }
    if (rc == LT_OK) {
        rc = lt_rotation_begin(r, lt_tool_flag(r->tool, "transport"));
    }
    if (rc == LT_OK) {
        (void)LT_FAILPOINT(C16);
        rc = lt_rotation_is_root(&r->old)
                 ? lt_identity_follow_root(&r->fresh, &r->old, lt_sys_real(),
                                           &r->body)
                 : ask_parent(r);
    }
    if (rc == LT_OK) {
        (void)LT_FAILPOINT(C16);
        rc = lt_rotation_place(r);
    }
    if (lock_fd >= 0) {
        (void)close(lock_fd);
    }
    return rc;
}

static int run_rotate(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    struct lt_diag diag;
    struct lt_rotation r;
    int code = 0;
    lt_err rc;

    (void)command;
    lt_rotation_init(&r, tool, &diag);
    rc = rotate(&r);
    if (rc == LT_OK) {
        lt_rotation_print(&r);
    } else {
        if (diag.code != rc) {
            lt_diag_set(&diag, rc);
        }
        code = lt_tool_fail(tool, &diag, false);
    }
    lt_rotation_deinit(&r);
    return code;
}

const struct lt_tool_command lt_cmd_key[] = {
    {.name = "key rotate",
     .meta = "",
     .text = "ui_cmd_key_rotate",
     .example = "--address 10.0.0.1:7442",
     .options = {{"address", LT_TOOL_TEXT, "A", "ui_opt_enrol_address", false},
                 {"transport", LT_TOOL_FLAG, "", "ui_opt_transport", false}},
     .run = run_rotate},
    {.name = "key confirm",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_key_confirm",
     .example = "\"Xã Thạnh Đức\" --key 0a1b-2c3d-4e5f-6071-8293",
     .options = {{"key", LT_TOOL_TEXT, "KEY", "ui_opt_waiting_key", false}},
     .writes = true,
     .run = lt_tool_run_write},
    {.name = NULL}};
