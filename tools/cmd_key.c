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

/* The bindings that lead from a root to the key that signs @answer, the root's
 * first; false: they are not all there. */
static bool line_of(const struct lt_key_answer *answer,
                    struct lt_span line[static LT_CHAIN_MAX], size_t *out_n,
                    struct lt_binding *out_own)
{
    struct lt_span found[LT_CHAIN_MAX];
    struct lt_binding binding = {.issuer = answer->office};
    size_t n = 0;

    memcpy(binding.issuer_key_id, answer->key_id, LT_HASH_LEN);
    while (n < LT_CHAIN_MAX) {
        const struct lt_office issuer = binding.issuer;
        uint8_t key_id[LT_HASH_LEN];
        bool there = false;

        memcpy(key_id, binding.issuer_key_id, LT_HASH_LEN);
        for (size_t i = 0; !there && i < answer->bindings_n; i++) {
            there = lt_binding_decode(answer->bindings[i].data,
                                      answer->bindings[i].len, &binding,
                                      NULL) == LT_OK &&
                    lt_office_equal(&binding.office, &issuer) &&
                    memcmp(binding.key_id, key_id, LT_HASH_LEN) == 0;
            found[n] = answer->bindings[i];
        }
        if (!there) {
            return false;
        }
        *out_own = n == 0 ? binding : *out_own;
        n++;
        if (lt_office_equal(&binding.issuer, &binding.office)) {
            for (size_t i = 0; i < n; i++) {
                line[i] = found[n - 1 - i];
            }
            *out_n = n;
            return true;
        }
    }
    return false;
}

/* Who signs, and with which key by now: it is not the one that bound ours where
 * this office has another superior since. What it binds has to lead to the root
 * that our certificates lead to, or we could not take it, after the later key
 * was bound. */
static lt_err know_issuer(struct lt_rotation *r,
                          const struct lt_key_answer *answer)
{
    struct lt_span line[LT_CHAIN_MAX];
    struct lt_spans bindings = {0, line};
    struct lt_binding own;
    lt_err rc;

    if (!line_of(answer, line, &bindings.items_n, &own)) {
        return lt_rotation_refuse(r, LT_EPROTO, "answer");
    }
    r->issuer.office = answer->office;
    memcpy(r->issuer.key_id, answer->key_id, LT_HASH_LEN);
    r->has_issuer = true;
    rc = lt_identity_check_bindings(&bindings, lt_identity_root(&r->old),
                                    &answer->office, own.key,
                                    answer->transport_key, r->diag);
    return rc == LT_ECERT
               ? lt_rotation_refuse(r, LT_ENOTYET, "ui_why_other_root")
               : rc;
}

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
        rc = know_issuer(r, &frame.key_answer);
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
