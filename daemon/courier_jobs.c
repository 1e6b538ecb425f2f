/* What the control socket asks about courier bundles: a piece out, in the
 * background, and a piece in, in the turn that commits it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base64.h"
#include "common/failpoint.h"
#include "daemon/control/answer.h"
#include "daemon/courier.h"
#include "daemon/daemon_internal.h"

/* An export gives way to everything that comes in, but not for ever. */
enum { PATIENCE_MS = 250 };

static void finish(struct lt_daemon *daemon, struct lt_job *job, lt_err result)
{
    job->result = result;
    lt_control_done(daemon->control, job);
}

static lt_err refuse(struct lt_job *job, lt_err code, const char *what,
                     const char *reason)
{
    lt_diag_set(&job->diag, code);
    lt_diag_arg(&job->diag, "what", "%s", what);
    if (reason != NULL) {
        lt_diag_arg(&job->diag, "reason", "%s", reason);
    }
    return code;
}

/* ---- with whom ---- */

static const char PAST_KEY[] = "courier/past";

lt_err lt_daemon_courier_load(struct lt_daemon *daemon)
{
    struct lt_buf value;
    lt_err rc;

    lt_buf_init(&value, lt_alloc_heap());
    rc = lt_log_get_meta(daemon->log, PAST_KEY, &value);
    if (rc == LT_OK) {
        lt_courier_past_unpack(&daemon->couriers, value.data, value.len);
    }
    lt_buf_deinit(&value);
    return rc == LT_ENOTFOUND ? LT_OK : rc;
}

/* Goes with the turn's commit; without room it is only not remembered. */
static lt_err keep_past(struct lt_daemon *daemon)
{
    struct lt_buf value;
    lt_err rc;

    lt_buf_init(&value, lt_alloc_heap());
    rc = lt_courier_past_pack(&daemon->couriers, &value);
    if (rc == LT_OK) {
        rc = lt_turn_put_meta(daemon->turn, PAST_KEY, value.data, value.len);
    }
    lt_buf_deinit(&value);
    daemon->status_changed = true;
    return rc == LT_EFULL ? LT_OK : rc;
}

/* ---- out ---- */

static lt_err begin(struct lt_daemon *daemon, struct lt_job *job,
                    struct lt_courier_export *out)
{
    if (job->courier_cursor[0] != '\0') {
        return lt_courier_cursor_parse(job->courier_cursor, out) &&
                       lt_office_equal(&out->to, &job->courier_to)
                   ? LT_OK
                   : refuse(job, LT_EINVAL, "after", NULL);
    }
    if (job->courier_since_statement &&
        lt_engine_courier_heard(daemon->engine, &job->courier_to) == 0) {
        return refuse(job, LT_ENOTFOUND, "statement", "ui_why_no_statement");
    }
    *out = (struct lt_courier_export){.to = job->courier_to,
                                      .all = job->courier_all,
                                      .receipt = job->courier_receipt};
    daemon->sys->random(daemon->sys->ctx, out->id, sizeof(out->id));
    return LT_OK;
}

static bool put_piece(struct lt_buf *out, const struct lt_buf *piece)
{
    size_t len = lt_base64_len(piece->len);
    char *text;

    if (piece->len == 0) {
        return lt_buf_put(out, "null", 4);
    }
    if (!lt_buf_put(out, "\"", 1)) {
        return false;
    }
    text = (char *)lt_buf_reserve(out, len + 1);
    if (text == NULL) {
        return false;
    }
    lt_base64_write(piece->data, piece->len, text);
    out->len += len;
    return lt_buf_put(out, "\"", 1);
}

static bool answer_export(struct lt_daemon *daemon, struct lt_job *job,
                          const struct lt_courier_export *export,
                          const struct lt_buf *piece)
{
    char cursor[LT_COURIER_CURSOR_TEXT];
    char to[LT_OFFICE_TEXT];
    char bundle[2 * LT_COURIER_ID_LEN + 1];
    char heard[LT_TIME_TEXT];
    int64_t heard_ms = lt_engine_courier_heard(daemon->engine, &export->to);

    lt_office_format(&export->to, to);
    lt_hex_format(export->id, sizeof(export->id), bundle);
    lt_courier_cursor_format(export, cursor);
    lt_time_format(heard_ms, heard);
    return lt_buf_printf(
               &job->answer,
               "{\"to\":\"%s\",\"bundle\":\"%s\",\"segments\":"
               "%" PRIu64 ",\"events\":%" PRIu64
               ",\"statement_at\":%s%s%s,\"next\":%s%s%s,"
               "\"piece\":",
               to, bundle, export->segments, export->events,
               heard_ms == 0 ? "null" : "\"", heard_ms == 0 ? "" : heard,
               heard_ms == 0 ? "" : "\"", export->done ? "null" : "\"",
               export->done ? "" : cursor, export->done ? "" : "\"") &&
           put_piece(&job->answer, piece) && lt_buf_put(&job->answer, "}", 1);
}

static lt_err export_piece(struct lt_daemon *daemon, struct lt_job *job)
{
    struct lt_courier_export export;
    uint8_t seed[LT_HPKE_SEED_LEN];
    struct lt_buf piece;
    lt_err rc = begin(daemon, job, &export);

    if (rc != LT_OK) {
        return rc;
    }
    lt_buf_init(&piece, lt_alloc_heap());
    daemon->sys->random(daemon->sys->ctx, seed, sizeof(seed));
    rc = lt_courier_export_piece(daemon->turn, &daemon->now,
                                 daemon->identity.node_key, seed, &export,
                                 &piece);
    lt_wipe(seed, sizeof(seed));
    if (rc == LT_EINVAL) {
        rc = refuse(job, rc, "office", "ui_why_not_in_line");
    } else if (rc == LT_EUNKNOWNKEY) {
        rc = refuse(job, LT_ENOTFOUND, "key", "ui_why_no_office_key");
    } else if (rc == LT_OK && !answer_export(daemon, job, &export, &piece)) {
        rc = LT_ENOMEM;
    }
    if (rc == LT_OK && export.done) {
        lt_courier_past_exported(&daemon->couriers, &export.to,
                                 daemon->now.wall_ms);
        rc = keep_past(daemon);
    }
    lt_buf_deinit(&piece);
    return rc;
}

lt_err lt_daemon_courier_slice(struct lt_daemon *daemon, bool busy,
                               bool *out_more)
{
    struct lt_job *job = daemon->exports;
    lt_err rc;

    if (job == NULL ||
        (busy && daemon->now.mono_ms - job->courier_since_ms < PATIENCE_MS)) {
        return LT_OK;
    }
    daemon->exports = job->next;
    job->next = NULL;
    rc = export_piece(daemon, job);
    finish(daemon, job, rc);
    *out_more |= daemon->exports != NULL || lt_turn_pending(daemon->turn);
    return rc == LT_ENOMEM || rc == LT_EIO ? rc : LT_OK;
}

/* ---- in ---- */

static const struct {
    enum lt_hold_reason reason;
    const char *word;
} hold_words[] = {{LT_HOLD_PROVEN_WRONG, "proven_wrong"},
                  {LT_HOLD_TOO_LARGE, "too_large"},
                  {LT_HOLD_NOT_FOLLOWED, "not_followed"},
                  {LT_HOLD_QUOTA, "quota"},
                  {LT_HOLD_NO_PROOF, "no_proof"},
                  {LT_HOLD_GAP, "gap"},
                  {LT_HOLD_DISK, "disk"},
                  {LT_HOLD_TIPS, "tips"}};

static bool answer_import(struct lt_job *job,
                          const struct lt_courier_taken *taken)
{
    const struct lt_courier_piece *piece = &taken->piece;
    char from[LT_OFFICE_TEXT];
    char bundle[2 * LT_COURIER_ID_LEN + 1];
    char at[LT_TIME_TEXT];
    bool some = false;
    bool fits;
    size_t i;

    lt_office_format(&piece->from, from);
    lt_hex_format(piece->id, sizeof(piece->id), bundle);
    lt_time_format(piece->at_ms, at);
    fits = lt_buf_printf(
        &job->answer,
        "{\"from\":\"%s\",\"bundle\":\"%s\",\"index\":%" PRIu32
        ",\"last\":%s,\"receipt\":%s,\"exported_at\":\"%s\","
        "\"segments\":%" PRIu64 ",\"taken\":%" PRIu64
        ",\"taken_events\":%" PRIu64 ",\"repeated\":%" PRIu64
        ",\"waiting\":%" PRIu64 ",\"reasons\":[",
        from, bundle, piece->index, piece->last ? "true" : "false",
        piece->receipt ? "true" : "false", at, taken->segments, taken->taken,
        taken->taken_events, taken->repeated, taken->waiting);
    for (i = 0; i < LT_COUNT_OF(hold_words); i++) {
        if ((taken->reasons >> hold_words[i].reason & 1) != 0) {
            fits = fits && lt_buf_printf(&job->answer, "%s\"%s\"",
                                         some ? "," : "", hold_words[i].word);
            some = true;
        }
    }
    return fits && lt_buf_put(&job->answer, "]}", 2);
}

/* Name the office that a refusal is about. */
static void say_office(const struct lt_daemon *daemon, struct lt_job *job,
                       const char *key, const struct lt_office *office)
{
    const struct lt_tree_office *known =
        lt_tree_find(lt_engine_tree(daemon->engine), office);
    char id[LT_OFFICE_TEXT];

    lt_office_format(office, id);
    lt_diag_arg(&job->diag, key, "%s", known != NULL ? known->name : id);
}

static void refuse_import(const struct lt_daemon *daemon, struct lt_job *job,
                          const struct lt_courier_taken *taken)
{
    struct lt_courier_head head;

    lt_diag_set(&job->diag, taken->rc);
    if (taken->rc == LT_EADDRESSEE &&
        lt_courier_head(job->courier_piece, job->courier_piece_len, &head) ==
            LT_OK) {
        say_office(daemon, job, "to", &head.to);
    } else if (taken->rc == LT_EEXPORTER || taken->rc == LT_AREVOKED) {
        say_office(daemon, job, "office", &taken->piece.from);
    }
}

static lt_err import_piece(struct lt_daemon *daemon, struct lt_job *job)
{
    const struct lt_courier_self self = {
        .office = daemon->identity.office,
        .curve_secret = daemon->identity.curve_secret,
        .curve_public = daemon->identity.curve_public};
    struct lt_courier_taken taken;
    lt_err rc = lt_courier_import_piece(daemon->turn, &daemon->now, &self,
                                        job->courier_piece,
                                        job->courier_piece_len, &taken);

    if (rc != LT_OK) {
        finish(daemon, job, LT_EUNKNOWN);
        return rc;
    }
    if (taken.rc != LT_OK) {
        refuse_import(daemon, job, &taken);
        finish(daemon, job, taken.rc);
        return LT_OK;
    }
    lt_courier_past_imported(&daemon->couriers, &taken.piece.from,
                             daemon->now.wall_ms, taken.taken_events);
    rc = keep_past(daemon);
    if (rc == LT_OK && !answer_import(job, &taken)) {
        rc = LT_ENOMEM;
    }
    if (rc != LT_OK) {
        finish(daemon, job, LT_EUNKNOWN);
        return rc;
    }
    job->next = daemon->waiting; /* answered once the commit is durable */
    daemon->waiting = job;
    return LT_OK;
}

/* A key that an entry of the register may be sealed to: the one that counts for
 * the office, not revoked, and while no other one waits: who has that one may be
 * all that is left of the office. */
static lt_err sure_key(struct lt_daemon *daemon, struct lt_job *job)
{
    struct lt_binding binding;
    const uint8_t *bytes;
    size_t len;

    if (!lt_engine_binding_of(daemon->engine, &job->courier_to, &binding)) {
        return LT_ENOTFOUND;
    }
    if ((lt_engine_refused_key(daemon->engine, binding.key_id) ||
         lt_engine_waiting_key(daemon->engine, &job->courier_to, 0, &bytes,
                               &len)) &&
        !LT_PLANTED(follow_any_key)) {
        return LT_EKEYWAITS;
    }
    return lt_buf_put(&job->answer, binding.transport_key, LT_CURVE_LEN)
               ? LT_OK
               : LT_ENOMEM;
}

static lt_err tell_key(struct lt_daemon *daemon, struct lt_job *job)
{
    char office[LT_OFFICE_TEXT];
    char text[2 * LT_CURVE_LEN + 1];
    uint8_t key[LT_CURVE_LEN];
    lt_err rc = LT_OK;

    if (!lt_daemon_key_of(daemon, &job->courier_to, key)) {
        rc = refuse(job, LT_ENOTFOUND, "key", "ui_why_no_office_key");
    } else {
        lt_office_format(&job->courier_to, office);
        lt_hex_format(key, sizeof(key), text);
        rc = lt_buf_printf(&job->answer, "{\"office\":\"%s\",\"key\":\"%s\"}",
                           office, text)
                 ? LT_OK
                 : LT_ENOMEM;
    }
    finish(daemon, job, rc);
    return rc == LT_ENOMEM ? rc : LT_OK;
}

lt_err lt_daemon_courier(struct lt_daemon *daemon, struct lt_job *job)
{
    struct lt_job **last = &daemon->exports;

    if (job->kind == LT_JOB_KEY && job->raw) {
        finish(daemon, job, sure_key(daemon, job));
        return LT_OK;
    }
    if (job->kind == LT_JOB_KEY) {
        return tell_key(daemon, job);
    }
    if (job->kind == LT_JOB_IMPORT) {
        return import_piece(daemon, job);
    }
    job->courier_since_ms = daemon->now.mono_ms;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = job;
    return LT_OK;
}
