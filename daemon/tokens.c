/* One-time tokens: enrolment.c admits those who bring them. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"
#include "common/link_msg.h"
#include "daemon/daemon_internal.h"
#include "daemon/enrol/token_row.h"

enum { TREE_PATIENCE_MS = 5000 }; /* a loop wakes at least every 2 s */

/* ---- tokens ---- */

/* A token that was issued for an office of this name and not used yet: the
 * same office, so that a token printed twice does not make two offices. */
struct row_search {
    const char *name;
    const char *kind;
    bool found;
    struct lt_office office;
};

static bool match_row(void *ctx, const char *key, const void *value, size_t len)
{
    struct row_search *search = ctx;
    struct lt_token_row row;

    (void)key;
    if (lt_token_row_decode(value, len, &row) == LT_OK) {
        if (row.used_at_ms == 0 && strcmp(row.name, search->name) == 0 &&
            strcmp(row.kind, search->kind) == 0) {
            search->found = true;
            search->office = row.office;
        }
        lt_token_row_wipe(&row);
    }
    return !search->found;
}

/* A child of this name in the tree; NULL when there is none. */
static const struct lt_tree_office *child_named(const struct lt_daemon *daemon,
                                                const char *name)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);

    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);

        if (lt_office_equal(&office->parent, &daemon->identity.office) &&
            strcmp(office->name, name) == 0) {
            return office;
        }
    }
    return NULL;
}

static bool is_bound(const struct lt_daemon *daemon,
                     const struct lt_office *office)
{
    struct lt_binding binding;

    for (size_t i = 0; lt_engine_binding_at(daemon->engine, i, &binding); i++) {
        if (lt_office_equal(&binding.office, office)) {
            return true;
        }
    }
    return false;
}

/* Which office the token is for: one that waits for it, or a new one. */
static lt_err choose_office(struct lt_daemon *daemon, struct lt_job *job,
                            struct lt_office *out_office, bool *out_in_tree)
{
    const struct lt_tree_office *known = child_named(daemon, job->name);
    struct row_search search = {.name = job->name, .kind = job->office_kind};
    lt_err err;

    *out_in_tree = known != NULL;
    if (known != NULL) {
        /* It never had a machine, and texts are said to be erased without it:
         * none comes any more. One that had may hand over what it has. */
        if (known->closed_version != 0 && !is_bound(daemon, &known->id)) {
            lt_diag_set(&job->diag, LT_ESTATE);
            lt_diag_arg(&job->diag, "name", "%s", job->name);
            lt_diag_arg(&job->diag, "reason", "%s", "ui_why_tree_closed");
            return LT_ESTATE;
        }
        if ((is_bound(daemon, &known->id) && !job->again) ||
            strcmp(known->kind, job->office_kind) != 0) {
            lt_diag_set(&job->diag, LT_ESTATE);
            lt_diag_arg(&job->diag, "name", "%s", job->name);
            lt_diag_arg(&job->diag, "reason", "%s", "enrolled already");
            return LT_ESTATE;
        }
        *out_office = known->id;
        return LT_OK;
    }
    err = lt_log_each_meta(daemon->log, "token/", match_row, &search);
    if (err != LT_OK) {
        return err;
    }
    if (search.found) {
        *out_office = search.office;
    } else {
        daemon->sys->random(daemon->sys->ctx, out_office->bytes, LT_OFFICE_LEN);
    }
    return LT_OK;
}

/* At the tree's writer the office is opened at once; elsewhere it is proposed
 * to the writer, and enrolment waits for the answer. */
static lt_err put_into_tree(struct lt_daemon *daemon, const struct lt_job *job,
                            const struct lt_office *office,
                            const struct lt_kind *kind, uint64_t token)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    bool writer = lt_tree_may_write(tree, &daemon->identity.office,
                                    lt_civil_day(daemon->now.wall_ms));
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = writer ? LT_AUDIENCE_ALL
                                                          : LT_AUDIENCE_UP};
    struct lt_event *event = lt_new(lt_alloc_heap(), sizeof(*event));
    lt_err err;

    if (event == NULL) {
        return LT_ENOMEM;
    }
    event->type = writer ? LT_EV_OFFICE_OPENED : LT_EV_OFFICE_PROPOSED;
    event->office.id = *office;
    event->office.parent = daemon->identity.office;
    event->office.name = (struct lt_text){job->name, strlen(job->name)};
    event->office.kind =
        (struct lt_text){job->office_kind, strlen(job->office_kind)};
    event->office.code = (struct lt_text){job->code, strlen(job->code)};
    event->office.keeper = kind->keeper;
    err = lt_daemon_write_own(daemon, event, &channel, token);
    lt_free(lt_alloc_heap(), event);
    return err;
}

size_t lt_daemon_enrol_addresses(const struct lt_daemon *daemon,
                                 struct lt_text out[LT_OFFICE_ADDRESSES_MAX])
{
    size_t n = lt_conf_count(daemon->conf, LT_SET_ADVERTISE_ENROL);
    size_t taken = 0;
    const char *address;

    for (size_t i = 0; i < n && taken < LT_OFFICE_ADDRESSES_MAX; i++) {
        address = lt_conf_at(daemon->conf, LT_SET_ADVERTISE_ENROL, i);
        out[taken++] = (struct lt_text){address, strlen(address)};
    }
    for (size_t i = 0; n == 0 && taken < LT_OFFICE_ADDRESSES_MAX &&
                       (address = lt_link_enrol_bound(daemon->link, i)) != NULL;
         i++) {
        out[taken++] = (struct lt_text){address, strlen(address)};
    }
    return taken;
}

static lt_err answer_token(struct lt_daemon *daemon, struct lt_job *job,
                           const struct lt_token *token)
{
    struct lt_buf text;
    char office[LT_OFFICE_TEXT];
    char expires[LT_TIME_TEXT];
    lt_err err;

    (void)daemon;
    lt_buf_init(&text, lt_alloc_heap());
    lt_office_format(&token->office, office);
    lt_time_format(token->expires_at_ms, expires);
    err = lt_token_format(token, &text);
    if (err == LT_OK && !lt_buf_printf(&job->answer,
                                       "{\"token\":\"%.*s\",\"office\":\"%s\","
                                       "\"expires_at\":\"%s\"}",
                                       (int)text.len, (const char *)text.data,
                                       office, expires)) {
        err = LT_ENOMEM;
    }
    if (text.data != NULL) {
        lt_wipe(text.data, text.len);
    }
    lt_buf_deinit(&text);
    return err;
}

lt_err lt_daemon_store_row(struct lt_daemon *daemon,
                           const uint8_t id[static LT_TOKEN_ID_LEN],
                           const struct lt_token_row *row)
{
    char key[LT_TOKEN_ROW_KEY];
    struct lt_buf value;
    lt_err err;

    lt_buf_init(&value, lt_alloc_heap());
    daemon->tokens_known = false;
    lt_token_row_key(id, key);
    err = lt_token_row_encode(row, &value);
    if (err == LT_OK) {
        err = lt_turn_put_meta(daemon->turn, key, value.data, value.len);
    }
    if (value.data != NULL) {
        lt_wipe(value.data, value.len);
    }
    lt_buf_deinit(&value);
    return err;
}

/* ---- tokens of another root's tree ---- */

enum { EXPIRED_AT_ONCE = 16 };

/* Tokens that may still be brought. */
struct open_rows {
    int64_t now_ms;
    size_t n;
    uint8_t ids[EXPIRED_AT_ONCE][LT_TOKEN_ID_LEN];
    struct lt_token_row rows[EXPIRED_AT_ONCE];
};

static bool gather_open(void *ctx, const char *key, const void *value,
                        size_t len)
{
    struct open_rows *open = ctx;
    struct lt_token_row *row = &open->rows[open->n];

    if (lt_token_row_decode(value, len, row) == LT_OK && row->used_at_ms == 0 &&
        row->expires_at_ms >= open->now_ms &&
        lt_hex_parse(key + LT_TOKEN_ROW_KEY - 1 - 2 * LT_TOKEN_ID_LEN,
                     LT_TOKEN_ID_LEN, open->ids[open->n])) {
        open->n++;
    }
    return open->n < EXPIRED_AT_ONCE;
}

lt_err lt_daemon_expire_tokens(struct lt_daemon *daemon)
{
    struct open_rows open = {.now_ms = daemon->now.wall_ms};
    lt_err err;

    do {
        open.n = 0;
        err = lt_log_each_meta(daemon->log, "token/", gather_open, &open);
        for (size_t i = 0; err == LT_OK && i < open.n; i++) {
            open.rows[i].expires_at_ms = open.now_ms - 1;
            err = lt_daemon_store_row(daemon, open.ids[i], &open.rows[i]);
        }
    } while (err == LT_OK && open.n > 0);
    lt_wipe(&open, sizeof(open));
    return err == LT_EFULL ? LT_OK : err;
}

static lt_err make_token(struct lt_daemon *daemon, struct lt_job *job,
                         bool *out_written)
{
    const struct lt_tree_office *self =
        lt_tree_find(lt_engine_tree(daemon->engine), &daemon->identity.office);
    const struct lt_kind *kind =
        lt_policy_kind(daemon->policy, job->office_kind);
    struct lt_token token = {.parent = daemon->identity.office};
    struct lt_token_row row = {.used_at_ms = 0};
    bool in_tree = false;
    lt_err err;

    *out_written = false;
    if (self == NULL) {
        return lt_diag_set(&job->diag, LT_EBUSY);
    }
    if (kind == NULL || !lt_policy_may_stand_below(
                            daemon->policy, job->office_kind, self->kind)) {
        lt_diag_set(&job->diag, LT_EINVAL);
        lt_diag_arg(&job->diag, "option", "%s", "kind");
        lt_diag_arg(&job->diag, "reason", "%s",
                    kind == NULL ? "no such kind of office"
                                 : "cannot stand below this office");
        return LT_EINVAL;
    }
    err = choose_office(daemon, job, &token.office, &in_tree);
    if (err != LT_OK) {
        return err;
    }
    daemon->sys->random(daemon->sys->ctx, token.id, sizeof(token.id));
    daemon->sys->random(daemon->sys->ctx, token.secret, sizeof(token.secret));
    memcpy(token.parent_key_id, lt_key_id(daemon->identity.node_key),
           LT_HASH_LEN);
    memcpy(token.root_hash,
           lt_cert_fingerprint(lt_identity_root(&daemon->identity)),
           LT_HASH_LEN);
    token.expires_at_ms = daemon->now.wall_ms + job->valid_ms;
    token.enrol_addresses_n = lt_daemon_enrol_addresses(daemon, token.enrol_addresses);
    memcpy(row.secret, token.secret, sizeof(row.secret));
    row.office = token.office;
    row.expires_at_ms = token.expires_at_ms;
    memcpy(row.name, job->name, strlen(job->name) + 1);
    memcpy(row.kind, job->office_kind, strlen(job->office_kind) + 1);
    memcpy(row.code, job->code, strlen(job->code) + 1);
    err = answer_token(daemon, job, &token);
    if (err == LT_OK) {
        err = lt_daemon_store_row(daemon, token.id, &row);
    }
    if (err == LT_OK && !in_tree) {
        err = put_into_tree(daemon, job, &token.office, kind,
                            (uint64_t)(uintptr_t)job);
        *out_written = err == LT_OK;
    }
    lt_wipe(&token, sizeof(token));
    lt_token_row_wipe(&row);
    return err;
}

/* A new office gets the tree a moment after its first link: whoever asks for a
 * token in that moment is not sent away. */
static bool may_wait(struct lt_daemon *daemon, struct lt_job *job)
{
    if (lt_tree_find(lt_engine_tree(daemon->engine),
                     &daemon->identity.office) != NULL) {
        return false;
    }
    if (job->patience_ms == 0) {
        job->patience_ms = daemon->now.mono_ms + TREE_PATIENCE_MS;
    }
    return daemon->now.mono_ms < job->patience_ms;
}

lt_err lt_daemon_token(struct lt_daemon *daemon, struct lt_job *job)
{
    bool written;
    lt_err err;

    if (may_wait(daemon, job)) {
        job->next = daemon->early;
        daemon->early = job;
        return LT_OK;
    }
    err = make_token(daemon, job, &written);

    if (err != LT_OK) {
        job->result = err;
        lt_control_done(daemon->control, job);
        return err == LT_ENOMEM || err == LT_EIO ? err : LT_OK;
    }
    if (!written) {
        /* Only the row: durable with this turn's commit. */
        job->next = daemon->waiting;
        daemon->waiting = job;
    }
    return LT_OK;
}
