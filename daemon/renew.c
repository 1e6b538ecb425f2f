#include "daemon/renew.h"

#include <stdio.h>
#include <string.h>

#include "common/binding.h"
#include "common/failpoint.h"
#include "common/key_answer.h"
#include "common/note.h"
#include "common/version.h"
#include "daemon/daemon_internal.h"
#include "daemon/rebind.h"

enum {
    LOOK_MS = 1000,
    ASK_MS = 10000,
    PAUSE_MIN_MS = 5000,
    PAUSE_MAX_MS = 3600 * 1000,
    KEY_PAUSE_MAX_MS = 600 * 1000,
    CHILDREN_MS = 60 * 1000,
    ENROL_PORT = 7442,
    ADDRESS_BYTES = 280,
    PATH_BYTES = 4096
};

/* ---- whom to ask, and where ---- */

struct places {
    size_t n;
    char text[LT_LINK_ADDRESSES_MAX][ADDRESS_BYTES];
    const char *list[LT_LINK_ADDRESSES_MAX];
};

static void add_place(struct places *places, const char *text, bool link)
{
    char host[LT_HOST_TEXT];
    uint16_t port;
    char *to;

    if (places->n == LT_LINK_ADDRESSES_MAX ||
        !lt_address_split(text, host, &port)) {
        return;
    }
    to = places->text[places->n];
    (void)snprintf(to, ADDRESS_BYTES,
                   strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host,
                   link ? (unsigned)ENROL_PORT : (unsigned)port);
    places->list[places->n++] = to;
}

/* Where @office enrols by the tree; or where it is dialled, usual port. */
static void find_places(const struct lt_daemon *daemon,
                        const struct lt_office *office, struct places *out)
{
    const struct lt_tree_office *known =
        lt_tree_find(lt_engine_tree(daemon->engine), office);
    const char *configured = lt_conf_text(daemon->conf, LT_SET_SUPERIOR_OFFICE);
    struct lt_office first;

    out->n = 0;
    for (size_t i = 0; known != NULL && i < known->enrol_addresses_n; i++) {
        add_place(out, known->enrol_addresses[i], false);
    }
    for (size_t i = 0; out->n == 0 && known != NULL &&
                       i < known->link_addresses_n;
         i++) {
        add_place(out, known->link_addresses[i], true);
    }
    if (configured != NULL && lt_office_parse(configured, &first) &&
        lt_office_equal(&first, office)) {
        size_t n = lt_conf_count(daemon->conf, LT_SET_SUPERIOR_ADDRESSES);

        for (size_t i = 0; i < n; i++) {
            add_place(out,
                      lt_conf_at(daemon->conf, LT_SET_SUPERIOR_ADDRESSES, i),
                      true);
        }
    }
}

static lt_err ask(struct lt_daemon *daemon, enum lt_renew_what what,
                  const struct lt_office *office, const struct lt_buf *frame)
{
    struct lt_renewal *renewal = &daemon->renewal;
    struct places places;
    lt_err err;

    find_places(daemon, office, &places);
    renewal->what = what;
    renewal->asked = *office;
    err = lt_asker_begin(places.list, places.n, frame->data, frame->len, ASK_MS,
                         daemon->wake_fd, &renewal->asker);
    return err == LT_ENOMEM ? err : LT_OK; /* else: tried again later */
}

/* ---- the certificate ---- */

static bool is_root(const struct lt_daemon *daemon)
{
    return lt_office_equal(lt_cert_office(daemon->identity.root_cert),
                           &daemon->identity.office);
}

void lt_daemon_certificate(const struct lt_daemon *daemon,
                           struct lt_certificate_view *out)
{
    *out = (struct lt_certificate_view){
        .until_ms = lt_identity_until_ms(&daemon->identity),
        .renew_ms = lt_identity_renew_ms(&daemon->identity),
        .tried_ms = daemon->renewal.tried_ms,
        .why = daemon->renewal.why,
    };
    out->root = *lt_cert_office(lt_identity_root(&daemon->identity));
    out->due = daemon->now.wall_ms >= out->renew_ms || lt_rebind_due(daemon);
    out->over = daemon->now.wall_ms >= out->until_ms;
}

static void put_off(struct lt_daemon *daemon, const char *why)
{
    struct lt_renewal *renewal = &daemon->renewal;

    if (renewal->pause_ms < PAUSE_MIN_MS) {
        renewal->pause_ms = PAUSE_MIN_MS;
    }
    renewal->next_ms = daemon->now.mono_ms + renewal->pause_ms;
    renewal->pause_ms *= 2;
    if (renewal->pause_ms > PAUSE_MAX_MS) {
        renewal->pause_ms = PAUSE_MAX_MS;
    }
    if (strcmp(renewal->why, why) != 0) {
        (void)snprintf(renewal->why, sizeof(renewal->why), "%s", why);
        daemon->status_changed = true;
    }
}

static const char *reason_of(const struct lt_diag *diag, lt_err err)
{
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, "reason") == 0) {
            return diag->args[i].value;
        }
    }
    return lt_err_word(err);
}

static void put_until(struct lt_diag *diag, int64_t until_ms)
{
    char text[LT_TIME_TEXT];

    lt_time_format(until_ms, text);
    lt_diag_arg(diag, "until", "%s", text);
}

/* On disk before it counts: a file that could not be written is tried again,
 * and a restart has the old one. */
static void renewed(struct lt_daemon *daemon)
{
    struct lt_diag diag = {.code = LT_OK};
    char folder[PATH_BYTES];
    lt_err err;

    (void)snprintf(folder, sizeof(folder), "%s/identity",
                   daemon->options->dir);
    err = lt_identity_save_renewed(&daemon->identity, folder, &diag);
    if (err != LT_OK) {
        daemon->renewal.unsaved = true;
        put_off(daemon, reason_of(&diag, err));
        return;
    }
    daemon->renewal.unsaved = false;
    daemon->renewal.why[0] = '\0';
    daemon->renewal.pause_ms = 0;
    daemon->renewal.next_ms = daemon->now.mono_ms + PAUSE_MAX_MS;
    diag = (struct lt_diag){.code = LT_NRENEWED};
    put_until(&diag, lt_identity_until_ms(&daemon->identity));
    lt_note(&diag);
    daemon->status_changed = true;
}

static lt_err ask_parent(struct lt_daemon *daemon)
{
    const struct lt_spans *bindings = &daemon->identity.bindings;
    struct lt_binding present;
    struct lt_office superior;
    struct lt_span body;
    struct lt_buf frame;
    lt_err err;

    /* The engine's is the latest; the folder's is as old as the folder. */
    if (!lt_engine_binding_of(daemon->engine, &daemon->identity.office,
                              &present) &&
        (bindings->items_n == 0 ||
         lt_binding_decode(bindings->items[bindings->items_n - 1].data,
                           bindings->items[bindings->items_n - 1].len, &present,
                           NULL) != LT_OK)) {
        put_off(daemon, "no binding");
        return LT_OK;
    }
    if (!lt_daemon_superior(daemon, &superior)) {
        put_off(daemon, "no superior");
        return LT_OK;
    }
    lt_buf_init(&frame, lt_alloc_heap());
    err = lt_rebind_body(daemon, &present, &superior, &body);
    if (err == LT_OK) {
        err = lt_identity_ask(&daemon->identity, body, "lienthongd " LT_VERSION,
                              &frame);
    }
    if (err == LT_OK) {
        err = ask(daemon, LT_RENEW_CERTIFICATE, &superior, &frame);
        if (err == LT_OK && daemon->renewal.asker == NULL) {
            put_off(daemon, "no address");
        }
    } else if (err != LT_ENOMEM) {
        put_off(daemon, lt_err_word(err));
        err = LT_OK;
    }
    lt_buf_deinit(&frame);
    return err;
}

static lt_err renew(struct lt_daemon *daemon)
{
    lt_err err;

    daemon->renewal.tried_ms = daemon->now.wall_ms;
    daemon->status_changed = true;
    if (daemon->renewal.unsaved) {
        renewed(daemon);
        return LT_OK;
    }
    if (!is_root(daemon)) {
        return ask_parent(daemon);
    }
    err = lt_identity_renew_root(&daemon->identity, daemon->sys);
    if (err == LT_OK) {
        renewed(daemon);
    } else if (err != LT_ENOMEM) {
        put_off(daemon, err == LT_EINVAL ? "root_key_away" : lt_err_word(err));
        err = LT_OK;
    }
    return err;
}

static lt_err code_of(uint32_t code)
{
    lt_err err;

    for (size_t i = 0; code != 0 && (err = lt_err_at(i)) != LT_OK; i++) {
        if ((uint32_t)-(int32_t)err == code) {
            return err;
        }
    }
    return code == 0 ? LT_OK : LT_EPROTO;
}

/* The tree has put us below a root, whose key the word says by which we came
 * there: our former root's own, answered by that one's. No other root can
 * certify us. */
static lt_err take_certificate(struct lt_daemon *daemon,
                               const struct lt_join_answer *said)
{
    const struct lt_spans bindings = {said->bindings_n, said->bindings};
    struct lt_believed_root roots[LT_TREE_REGIONS_MAX];
    const struct lt_office former =
        *lt_cert_office(lt_identity_root(&daemon->identity));
    const struct lt_office *root;
    struct lt_diag diag = {.code = LT_OK};
    lt_err err = code_of(said->code);

    if (err == LT_OK) {
        err = lt_identity_renew(&daemon->identity, said->certificate,
                                said->chain, said->chain_n, &bindings, roots,
                                lt_rebind_roots(daemon, true, roots), &diag);
    }
    if (err == LT_OK) {
        renewed(daemon);
        root = lt_cert_office(lt_identity_root(&daemon->identity));
        err = lt_rebind_tell(daemon, said);
        return err == LT_OK && !lt_office_equal(&former, root)
                   ? lt_daemon_expire_tokens(daemon)
                   : err;
    }
    if (err != LT_ENOMEM) {
        put_off(daemon, reason_of(&diag, err));
    }
    return err == LT_ENOMEM ? err : LT_OK;
}

/* ---- the keys of others ---- */

void lt_daemon_shut_out(struct lt_daemon *daemon,
                        const struct lt_office *office)
{
    struct lt_renewal *renewal = &daemon->renewal;

    if (LT_PLANTED(stale_key)) {
        return;
    }
    if (!lt_office_equal(&renewal->door, office)) {
        renewal->key_next_ms = 0;
        renewal->key_pause_ms = 0;
    }
    renewal->door = *office;
    renewal->shut = true;
    renewal->look_ms = 0;
}

static lt_err ask_key(struct lt_daemon *daemon)
{
    struct lt_renewal *renewal = &daemon->renewal;
    struct lt_key_question question;
    struct lt_buf frame;
    lt_err err;

    if (renewal->key_pause_ms < PAUSE_MIN_MS) {
        renewal->key_pause_ms = PAUSE_MIN_MS;
    }
    renewal->key_next_ms = daemon->now.mono_ms + renewal->key_pause_ms;
    renewal->key_pause_ms *= 2;
    if (renewal->key_pause_ms > KEY_PAUSE_MAX_MS) {
        renewal->key_pause_ms = KEY_PAUSE_MAX_MS;
    }
    renewal->shut = false;
    daemon->sys->random(daemon->sys->ctx, question.nonce,
                        sizeof(question.nonce));
    memcpy(renewal->nonce, question.nonce, sizeof(question.nonce));
    lt_buf_init(&frame, lt_alloc_heap());
    err = lt_key_question_encode(&question, &frame);
    if (err == LT_OK) {
        err = ask(daemon, LT_RENEW_KEY, &renewal->door, &frame);
    }
    lt_buf_deinit(&frame);
    return err;
}

static void note_key(const struct lt_office *office)
{
    struct lt_diag note = {.code = LT_NKEYTOLD};
    char text[LT_OFFICE_TEXT];

    lt_office_format(office, text);
    lt_diag_arg(&note, "office", "%s", text);
    lt_note(&note);
}

/* The pinned root, and those of trees that join this one. */
static size_t
believed(const struct lt_daemon *daemon,
         struct lt_believed_root out[static LT_TREE_REGIONS_MAX + 1])
{
    const struct lt_cert *pinned = daemon->identity.root_cert;

    out[0].office = *lt_cert_office(pinned);
    memcpy(out[0].key, lt_cert_public(pinned), LT_PUBKEY_LEN);
    return 1 + lt_rebind_roots(daemon, false, out + 1);
}

/* It is dialled anew once the engine has taken the bindings: lt_daemon_peers.
 */
static lt_err take_key(struct lt_daemon *daemon,
                       const struct lt_key_answer *answer)
{
    struct lt_believed_root roots[LT_TREE_REGIONS_MAX + 1];
    struct lt_diag diag = {.code = LT_OK};
    struct lt_binding known;
    lt_err err = lt_key_answer_check(answer, daemon->renewal.nonce,
                                     &daemon->renewal.asked, roots,
                                     believed(daemon, roots), &diag);

    if (LT_PLANTED(any_answer)) {
        err = LT_OK;
    }
    if (err != LT_OK) {
        if (err != LT_ENOMEM) { /* somebody else; who it was we cannot know */
            lt_note(&diag);
        }
        return err == LT_ENOMEM ? err : LT_OK;
    }
    if (lt_engine_binding_of(daemon->engine, &answer->office, &known) &&
        memcmp(known.transport_key, answer->transport_key, LT_CURVE_LEN) == 0) {
        return LT_OK; /* as we thought: it is shut for another reason */
    }
    for (size_t i = 0; err == LT_OK && i < answer->bindings_n; i++) {
        struct lt_input input = {.kind = LT_IN_BINDING,
                                 .bytes = answer->bindings[i].data,
                                 .len = answer->bindings[i].len};

        err = lt_turn_input(daemon->turn, &daemon->now, &input);
    }
    if (err == LT_OK &&
        lt_engine_binding_of(daemon->engine, &answer->office, &known) &&
        memcmp(known.transport_key, answer->transport_key, LT_CURVE_LEN) == 0) {
        note_key(&answer->office);
    }
    return err == LT_EMALFORMED ? LT_OK : err;
}

/* ---- answers ---- */

static lt_err take_frame(struct lt_daemon *daemon, const struct lt_frame *frame)
{
    if (daemon->renewal.what == LT_RENEW_KEY) {
        return frame->type == LT_FRAME_KEY_ANSWER
                   ? take_key(daemon, &frame->key_answer)
                   : LT_OK;
    }
    if (frame->type != LT_FRAME_JOIN_ANSWER) {
        put_off(daemon, lt_err_word(LT_EPROTO));
        return LT_OK;
    }
    return take_certificate(daemon, &frame->join_answer);
}

static lt_err take_answer(struct lt_daemon *daemon)
{
    struct lt_renewal *renewal = &daemon->renewal;
    const struct lt_buf *answer;
    struct lt_arena arena;
    struct lt_frame frame;
    lt_err result;
    lt_err err = LT_OK;

    if (!lt_asker_done(renewal->asker, &result, &answer)) {
        return LT_OK;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (result == LT_OK &&
        lt_frame_decode(answer->data, answer->len, &arena, &frame, NULL) !=
            LT_OK) {
        result = LT_EPROTO;
    }
    if (result == LT_OK) {
        err = take_frame(daemon, &frame);
    } else if (renewal->what == LT_RENEW_CERTIFICATE) {
        put_off(daemon, lt_err_word(result));
    }
    lt_arena_deinit(&arena);
    lt_asker_free(renewal->asker);
    renewal->asker = NULL;
    return err;
}

/* ---- what is said of it ---- */

/* Half of the time for renewing is over, or all of it. */
static void tell_own(struct lt_daemon *daemon)
{
    struct lt_certificate_view view;
    struct lt_diag diag = {.code = LT_OK};
    bool ends;

    lt_daemon_certificate(daemon, &view);
    ends = view.due &&
           (daemon->now.wall_ms - view.renew_ms >
                (view.until_ms - view.renew_ms) / 2 ||
            (is_root(daemon) && daemon->identity.ca_key == NULL));
    put_until(&diag, view.until_ms);
    if (view.why[0] != '\0') {
        lt_diag_arg(&diag, "reason", "%s", view.why);
    }
    lt_daemon_alarm(daemon, LT_ACERTENDS, ends && !view.over, NULL, &diag);
    lt_daemon_alarm(daemon, LT_ACERTOVER, view.over, NULL, &diag);
}

static bool tell_child(void *ctx, const char *key, const void *value,
                       size_t len)
{
    struct lt_daemon *daemon = ctx;
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_tree_office *child;
    struct lt_diag diag = {.code = LT_OK};
    struct lt_office office;
    int64_t until_ms;
    bool over;

    if (len != sizeof(until_ms) ||
        !lt_office_parse(key + sizeof(LT_CERTIFICATE_PREFIX) - 1, &office)) {
        return true;
    }
    memcpy(&until_ms, value, sizeof(until_ms));
    child = lt_tree_find(tree, &office);
    over = daemon->now.wall_ms >= until_ms && child != NULL &&
           child->closed_version == 0 &&
           lt_office_equal(&child->parent, &daemon->identity.office);
    if (over) {
        lt_diag_arg(&diag, "name", "%s", child->name);
        put_until(&diag, until_ms);
    }
    lt_daemon_alarm(daemon, LT_ACERTOVER, over, &office, &diag);
    return true;
}

/* ---- each turn ---- */

lt_err lt_daemon_renew(struct lt_daemon *daemon)
{
    struct lt_renewal *renewal = &daemon->renewal;
    int64_t now_ms = daemon->now.mono_ms;
    lt_err err = LT_OK;

    if (renewal->asker != NULL) {
        return take_answer(daemon);
    }
    if (now_ms < renewal->look_ms) {
        return LT_OK;
    }
    renewal->look_ms = now_ms + LOOK_MS;
    if (renewal->shut && now_ms >= renewal->key_next_ms) {
        err = ask_key(daemon);
    } else if ((daemon->now.wall_ms >=
                    lt_identity_renew_ms(&daemon->identity) ||
                renewal->unsaved || lt_rebind_due(daemon)) &&
               now_ms >= renewal->next_ms && !LT_PLANTED(keep_certificate)) {
        err = renew(daemon);
    }
    tell_own(daemon);
    if (err == LT_OK && now_ms >= renewal->children_ms) {
        renewal->children_ms = now_ms + CHILDREN_MS;
        err = lt_log_each_meta(daemon->log, LT_CERTIFICATE_PREFIX, tell_child,
                               daemon);
    }
    return err;
}
