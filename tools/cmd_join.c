/* lienthong join TOKEN: the child's side of enrolment.
 *
 * The keys are made here and stay here. The parent is believed in nothing: its
 * answer carries the MAC of the token's secret, the chain must end in the root
 * that the token names, and the bindings must lead from that root to the keys
 * just made. "Not yet" (the tree's writer has not opened the office) and a
 * silent parent are asked again until the time is over.
 *
 * Keys and question are on disk before the parent hears of them: whatever ends
 * this program afterwards, the same token goes on where it stopped. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "common/binding.h"
#include "common/link_msg.h"
#include "common/settings.h"
#include "common/version.h"
#include "daemon/link/link.h"
#include "tools/joining.h"
#include "tools/setup.h"

enum {
    PATIENCE_MS = 60000,
    ONE_QUESTION_MS = 10000,
    RETRY_MS = 500,
    RETRY_MAX_MS = 5000,
    FIRST_SERIAL = 1,
    TOKEN_ARENA = 64 * 1024,
    PATH_BYTES = 4096
};

struct join {
    struct lt_tool *tool;
    struct lt_diag *diag;
    struct lt_arena arena; /* of the token */
    struct lt_token token;
    struct lt_identity identity;
    struct lt_buf request;
    struct lt_buf answer;
    struct lt_arena answer_arena;
    struct lt_join_answer said;
    char addresses[LT_OFFICE_ADDRESSES_MAX][256];
    const char *address_list[LT_OFFICE_ADDRESSES_MAX];
    size_t addresses_n;
};

static lt_err refuse(struct join *join, lt_err code, const char *reason)
{
    lt_diag_set(join->diag, code);
    lt_diag_arg(join->diag, "reason", "%s", reason);
    return code;
}

static const char *bare(const char *address, size_t *len)
{
    static const char scheme[] = "tcp://";

    if (*len > sizeof(scheme) - 1 &&
        memcmp(address, scheme, sizeof(scheme) - 1) == 0) {
        *len -= sizeof(scheme) - 1;
        return address + sizeof(scheme) - 1;
    }
    return address;
}

static lt_err copy_address(struct lt_text from, char to[static 256])
{
    char host[LT_HOST_TEXT];
    uint16_t port;
    size_t len = from.len;
    const char *at = bare(from.data, &len);

    if (len >= 256) {
        return LT_EMALFORMED;
    }
    memcpy(to, at, len);
    to[len] = '\0';
    return lt_address_split(to, host, &port) ? LT_OK : LT_EMALFORMED;
}

static lt_err read_token(struct join *join)
{
    size_t i;
    lt_err rc = lt_token_parse(lt_tool_text(join->tool, "token"), &join->arena,
                               &join->token, join->diag);

    if (rc != LT_OK) {
        return rc;
    }
    for (i = 0; i < join->token.enrol_addresses_n; i++) {
        rc = copy_address(join->token.enrol_addresses[i], join->addresses[i]);
        if (rc != LT_OK) {
            return refuse(join, LT_ETOKEN, "address");
        }
        join->address_list[join->addresses_n++] = join->addresses[i];
    }
    return join->addresses_n == 0 ? refuse(join, LT_ETOKEN, "no address")
                                  : LT_OK;
}

/* ---- the question ---- */

static lt_err write_body(const struct join *join, int64_t now_ms,
                         struct lt_buf *out)
{
    struct lt_binding binding = {.office = join->token.office,
                                 .issuer = join->token.parent,
                                 .serial = FIRST_SERIAL,
                                 .issued_at_ms = now_ms};

    memcpy(binding.key, lt_key_public(join->identity.node_key),
           sizeof(binding.key));
    memcpy(binding.transport_key, join->identity.curve_public,
           sizeof(binding.transport_key));
    memcpy(binding.issuer_key_id, join->token.parent_key_id,
           sizeof(binding.issuer_key_id));
    return lt_binding_body_encode(&binding, out);
}

static void add_own_address(const char *address, struct lt_text *list,
                            size_t *n)
{
    size_t len = address == NULL ? 0 : strlen(address);

    /* A free port is not known yet, so it is not worth telling. */
    if (len > 2 && strcmp(address + len - 2, ":0") != 0) {
        list[(*n)++] = (struct lt_text){address, len};
    }
}

static lt_err write_request(struct join *join, int64_t now_ms)
{
    struct lt_join_request request = {
        .software = {"lienthong " LT_VERSION, strlen("lienthong " LT_VERSION)}};
    const char *listen = NULL;
    const char *pages = NULL; /* only checked: it goes into the settings */
    const char *enrol = NULL;
    struct lt_buf csr;
    struct lt_buf body;
    lt_err rc;

    lt_buf_init(&csr, lt_alloc_heap());
    lt_buf_init(&body, lt_alloc_heap());
    rc = lt_setup_address(join->tool, "pages_listen", &pages, join->diag);
    if (rc == LT_OK) {
        rc = lt_setup_address(join->tool, "listen", &listen, join->diag);
    }
    if (rc == LT_OK) {
        rc = lt_setup_address(join->tool, "enrol_listen", &enrol, join->diag);
    }
    if (rc == LT_OK) {
        rc = lt_csr_make(join->identity.node_key, &join->token.office, &csr);
    }
    if (rc == LT_OK) {
        rc = write_body(join, now_ms, &body);
    }
    if (rc == LT_OK) {
        rc = lt_binding_prove(join->identity.node_key, body.data, body.len,
                              request.proof);
    }
    if (rc == LT_OK) {
        memcpy(request.token_id, join->token.id, sizeof(request.token_id));
        memcpy(request.transport_key, join->identity.curve_public,
               sizeof(request.transport_key));
        request.csr = (struct lt_span){csr.data, csr.len};
        request.binding_body = (struct lt_span){body.data, body.len};
        add_own_address(listen, request.link_addresses,
                        &request.link_addresses_n);
        add_own_address(enrol, request.enrol_addresses,
                        &request.enrol_addresses_n);
        rc = lt_join_request_encode(&request, &join->request);
    }
    if (rc == LT_OK) {
        rc = lt_join_mac(join->request.data, join->request.len,
                         join->token.secret, request.mac);
    }
    if (rc == LT_OK) {
        request.has_mac = true;
        lt_buf_reset(&join->request);
        rc = lt_join_request_encode(&request, &join->request);
    }
    lt_buf_deinit(&csr);
    lt_buf_deinit(&body);
    return rc;
}

/* ---- the answer ---- */

/* The error whose number, made positive, is @code; LT_OK for 0. */
static lt_err code_of(uint32_t code)
{
    size_t i;
    lt_err err;

    for (i = 0; code != 0 && (err = lt_err_at(i)) != LT_OK; i++) {
        if ((uint32_t) - (int32_t)err == code) {
            return err;
        }
    }
    return code == 0 ? LT_OK : LT_EPROTO;
}

static lt_err read_answer(struct join *join)
{
    uint8_t mac[LT_HASH_LEN];
    struct lt_frame frame;
    lt_err code;

    lt_arena_reset(&join->answer_arena);
    if (lt_frame_decode(join->answer.data, join->answer.len,
                        &join->answer_arena, &frame, NULL) != LT_OK ||
        frame.type != LT_FRAME_JOIN_ANSWER) {
        return refuse(join, LT_EPROTO, "answer");
    }
    join->said = frame.join_answer;
    code = code_of(join->said.code);
    if (!join->said.has_mac) {
        /* Whoever does not know our secret may say that; anybody may. */
        return code == LT_OK || code == LT_ENOTYET
                   ? refuse(join, LT_EPROTO, "no MAC")
                   : lt_diag_set(join->diag, code);
    }
    if (lt_join_mac(join->answer.data, join->answer.len, join->token.secret,
                    mac) != LT_OK ||
        !lt_equal_secret(mac, join->said.mac, sizeof(mac))) {
        return refuse(join, LT_EPROTO, "MAC");
    }
    return code == LT_OK ? LT_OK : lt_diag_set(join->diag, code);
}

static void wait_ms(int ms)
{
    (void)poll(NULL, 0, ms);
}

/* Ask until there is a yes or a no. */
static lt_err ask(struct join *join)
{
    const struct lt_sys *sys = lt_sys_real();
    int patience_ms =
        join->tool->timeout_given ? join->tool->timeout_ms : PATIENCE_MS;
    struct lt_now now;
    int64_t until_ms;

    sys->now(sys->ctx, &now);
    until_ms = now.mono_ms + patience_ms;
    for (;;) {
        int64_t left = until_ms - now.mono_ms;
        int pause_ms = RETRY_MS;
        lt_err rc;

        lt_buf_reset(&join->answer);
        rc = lt_enrol_ask(join->address_list, join->addresses_n,
                          join->request.data, join->request.len,
                          left < ONE_QUESTION_MS ? (int)left : ONE_QUESTION_MS,
                          &join->answer, join->diag);
        if (rc == LT_OK) {
            rc = read_answer(join);
            if (rc == LT_ENOTYET && join->said.retry_ms > 0) {
                pause_ms = join->said.retry_ms < RETRY_MAX_MS
                               ? (int)join->said.retry_ms
                               : RETRY_MAX_MS;
            }
        }
        if (rc != LT_ENOTYET && rc != LT_EBUSY) {
            return rc;
        }
        sys->now(sys->ctx, &now);
        if (now.mono_ms + pause_ms >= until_ms) {
            return rc;
        }
        wait_ms(pause_ms);
        sys->now(sys->ctx, &now);
    }
}

/* Believe it, or not. */
static lt_err admit(struct join *join)
{
    const struct lt_join_answer *said = &join->said;
    const struct lt_spans bindings = {said->bindings_n, said->bindings};
    struct lt_cert *parent = NULL;
    uint8_t key_id[LT_HASH_LEN];
    lt_err rc;

    if (said->chain_n == 0 ||
        !lt_office_equal(&said->office, &join->token.office)) {
        return refuse(join, LT_EPROTO, "chain");
    }
    rc = lt_cert_decode(said->chain[0].data, said->chain[0].len, &parent,
                        join->diag);
    if (rc != LT_OK) {
        return rc;
    }
    lt_key_id_of(lt_cert_public(parent), key_id);
    if (!lt_office_equal(lt_cert_office(parent), &join->token.parent) ||
        memcmp(key_id, join->token.parent_key_id, sizeof(key_id)) != 0) {
        rc = refuse(join, LT_EPROTO, "not the parent's key");
    }
    lt_cert_free(parent);
    return rc != LT_OK
               ? rc
               : lt_identity_admit(&join->identity, said->certificate,
                                   said->chain, said->chain_n, &bindings,
                                   join->token.root_hash, join->diag);
}

static lt_err save(struct join *join)
{
    char folder[PATH_BYTES];
    struct lt_setup setup = {.identity = &join->identity,
                             .identity_folder = folder};
    char superior[LT_OFFICE_TEXT];
    lt_err rc;
    size_t s;
    size_t i;

    lt_office_format(&join->token.parent, superior);
    setup.superior = superior;
    for (s = 0; s < join->said.superiors_n; s++) {
        const struct lt_office_info *info = &join->said.superiors[s].info;

        if (!lt_office_equal(&info->id, &join->token.parent)) {
            continue;
        }
        for (i = 0; i < info->link_addresses_n; i++) {
            if (copy_address(
                    info->link_addresses[i],
                    setup.superior_addresses[setup.superior_addresses_n]) ==
                LT_OK) {
                setup.superior_addresses_n++;
            }
        }
    }
    if (setup.superior_addresses_n == 0) {
        return refuse(join, LT_EPROTO, "no address of the parent");
    }
    rc = lt_joining_place(join->tool->dir, folder, sizeof(folder), join->diag);
    if (rc == LT_OK) {
        rc = lt_setup_write(join->tool, &setup, join->diag);
    }
    return rc == LT_OK ? lt_joining_finish(join->tool->dir, join->diag) : rc;
}

/* New keys and the question that goes with them, kept before it is asked. */
static lt_err begin(struct join *join)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_now now;
    lt_err rc;

    sys->now(sys->ctx, &now);
    rc = lt_identity_make_keys(&join->identity, &join->token.office);
    if (rc == LT_OK) {
        rc = write_request(join, now.wall_ms);
    }
    return rc == LT_OK
               ? lt_joining_begin(join->tool->dir, &join->token,
                                  &join->identity, &join->request, join->diag)
               : rc;
}

/* The parent itself, by the token's secret, has said no for good. Without that
 * proof anybody on the way could make us throw away keys that were admitted. */
static bool refused_for_good(const struct join *join, lt_err code)
{
    return join->said.has_mac &&
           (code == LT_ETOKEN || code == LT_ETOKENUSED ||
            code == LT_ETOKENEXPIRED || code == LT_EMALFORMED);
}

static lt_err run_join(struct join *join)
{
    const char *dir = join->tool->dir;
    enum lt_joining state = LT_JOINING_NEW;
    lt_err rc = read_token(join);

    if (rc == LT_OK) {
        rc = lt_joining_look(dir, &join->token, &join->identity, &join->request,
                             &state, join->diag);
    }
    if (rc != LT_OK || state == LT_JOINING_DONE) {
        return rc;
    }
    if (state == LT_JOINING_NEW) {
        rc = begin(join);
    }
    if (rc == LT_OK) {
        rc = ask(join);
        if (refused_for_good(join, rc)) {
            lt_joining_drop(dir);
        }
    }
    if (rc == LT_OK) {
        rc = admit(join);
    }
    return rc == LT_OK ? save(join) : rc;
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_diag diag;
    struct join join = {.tool = tool, .diag = &diag};
    lt_err rc;
    int code = 0;

    (void)command;
    lt_diag_set(&diag, LT_OK);
    lt_arena_init(&join.arena, lt_alloc_heap(), TOKEN_ARENA);
    lt_arena_init(&join.answer_arena, lt_alloc_heap(), LT_FRAME_ARENA);
    lt_buf_init(&join.request, lt_alloc_heap());
    lt_buf_init(&join.answer, lt_alloc_heap());
    lt_identity_init(&join.identity);
    rc = run_join(&join);
    if (rc == LT_OK) {
        lt_setup_print(tool, &join.token.office);
    } else {
        if (diag.code != rc) {
            lt_diag_set(&diag, rc);
        }
        code = lt_tool_fail(tool, &diag, false);
    }
    lt_wipe(&join.token, sizeof(join.token));
    lt_identity_deinit(&join.identity);
    lt_buf_deinit(&join.answer);
    lt_buf_deinit(&join.request);
    lt_arena_deinit(&join.answer_arena);
    lt_arena_deinit(&join.arena);
    return code;
}

const struct lt_tool_command lt_cmd_join[] = {
    {.name = "join",
     .words = {"token"},
     .meta = "TOKEN",
     .text = "ui_cmd_join",
     .example = "lt1_... --listen 0.0.0.0:7441",
     .options = {{"listen", LT_TOOL_TEXT, "A", "ui_opt_listen", true},
                 {"enrol-listen", LT_TOOL_TEXT, "A", "ui_opt_enrol_listen",
                  true},
                 {"pages-listen", LT_TOOL_TEXT, "A", "ui_opt_pages_listen",
                  true}},
     .run = run},
    {.name = NULL}};
