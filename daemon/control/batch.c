#include "daemon/control/batch.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/answer.h"
#include "daemon/control/answer.h"
#include "daemon/control/vocabulary.h"

enum { VIEW_PATIENCE_MS = 2000, TOKEN_VALID_MS = 7 * 24 * 3600 * 1000 };

/* ---- reading a frame ---- */

static lt_err slot_refuse(struct lt_batch *batch, struct lt_slot *slot,
                          const struct lt_diag *diag, lt_err err)
{
    if (slot->diag == NULL) {
        slot->diag = lt_arena_take(&batch->refusals, sizeof(*slot->diag));
    }
    if (slot->diag == NULL) {
        return LT_ENOMEM;
    }
    slot->err = err;
    if (diag != NULL && diag->code == err) {
        *slot->diag = *diag;
    } else {
        lt_diag_set(slot->diag, err);
    }
    return LT_OK;
}

static lt_err refuse_with(struct lt_batch *batch, struct lt_slot *slot,
                          lt_err err, const char *what, const char *reason)
{
    struct lt_diag diag;

    lt_desk_refuse(&diag, err, what, reason);
    return slot_refuse(batch, slot, &diag, err);
}

static lt_err read_json(struct lt_batch *batch, const char *json, size_t len,
                        lt_err *out_refusal)
{
    json_error_t error;

    batch->json = json_loadb(json, len,
                             JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    *out_refusal = LT_OK;
    if (batch->json == NULL) {
        enum json_error_code code = json_error_code(&error);

        if (code == json_error_out_of_memory) {
            return LT_ENOMEM;
        }
        *out_refusal =
            code == json_error_invalid_utf8 ? LT_ETEXT : LT_EMALFORMED;
        return LT_OK;
    }
    batch->is_array = json_is_array(batch->json);
    batch->slots_n = batch->is_array ? json_array_size(batch->json) : 1;
    if (batch->slots_n > LT_BATCH_MAX) {
        *out_refusal = LT_ETOOBIG;
    } else if (batch->slots_n == 0) {
        *out_refusal = LT_EUSAGE;
    }
    return LT_OK;
}

static const json_t *command_json(const struct lt_batch *batch, size_t index)
{
    return batch->is_array ? json_array_get(batch->json, index) : batch->json;
}

static lt_err read_id(struct lt_batch *batch, struct lt_slot *slot,
                      const json_t *command)
{
    const json_t *id = json_object_get(command, "request_id");

    if (id == NULL || json_is_null(id)) {
        return LT_OK;
    }
    if (!json_is_string(id) ||
        !lt_uuid_parse(json_string_value(id), slot->request_id)) {
        return refuse_with(batch, slot, LT_EINVAL, "request_id",
                           "ui_why_not_uuid");
    }
    slot->has_id = true;
    return LT_OK;
}

/* The outside of one command: everything but its options. */
static lt_err read_outside(struct lt_batch *batch, struct lt_slot *slot,
                           const json_t *command, int64_t *timeout_ms)
{
    const char *name = json_string_value(json_object_get(command, "command"));
    const char *lang = json_string_value(json_object_get(command, "lang"));
    const json_t *proto = json_object_get(command, "proto");
    const json_t *timeout = json_object_get(command, "timeout_ms");

    if (lang != NULL && !lt_lang_parse(lang, &slot->lang)) {
        slot->lang = LT_LANG_VI;
    }
    if (name == NULL) {
        return refuse_with(batch, slot, LT_EUSAGE, "command", "ui_why_missing");
    }
    if (proto != NULL && json_integer_value(proto) != 1) {
        return refuse_with(batch, slot, LT_EUSAGE, "proto",
                           "ui_why_proto");
    }
    if (json_is_integer(timeout) && json_integer_value(timeout) > 0 &&
        json_integer_value(timeout) <= LT_COMMAND_TIMEOUT_MAX_MS) {
        *timeout_ms = json_integer_value(timeout);
    }
    slot->command = lt_command_find(name);
    if (slot->command == NULL) {
        return refuse_with(batch, slot, LT_EUSAGE, name, "ui_why_no_command");
    }
    if (batch->is_array && slot->command->kind != LT_COMMAND_WRITE &&
        slot->command->kind != LT_COMMAND_READ) {
        return refuse_with(batch, slot, LT_EUSAGE, name, "ui_why_no_batch");
    }
    return read_id(batch, slot, command);
}

/* Version 7 of RFC 9562: time first, then chance. */
static void make_id(const struct lt_sys *sys, int64_t wall_ms,
                    uint8_t out_id[LT_REQUEST_LEN])
{
    uint64_t ms = (uint64_t)wall_ms;
    size_t i;

    sys->random(sys->ctx, out_id, LT_REQUEST_LEN);
    for (i = 0; i < 6; i++) {
        out_id[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    out_id[6] = (uint8_t)(0x70 | (out_id[6] & 0x0F));
    out_id[8] = (uint8_t)(0x80 | (out_id[8] & 0x3F));
}

/* One id for all, or one each? */
static void settle_ids(struct lt_batch *batch, const struct lt_sys *sys,
                       int64_t wall_ms)
{
    const struct lt_slot *first = &batch->slots[0];
    size_t i;

    batch->shared = batch->is_array;
    for (i = 1; i < batch->slots_n; i++) {
        const struct lt_slot *slot = &batch->slots[i];

        if (slot->has_id &&
            (!first->has_id || memcmp(slot->request_id, first->request_id,
                                      LT_REQUEST_LEN) != 0)) {
            batch->shared = false;
        }
    }
    for (i = 0; i < batch->slots_n; i++) {
        struct lt_slot *slot = &batch->slots[i];

        if (slot->has_id) {
            continue;
        }
        if (i > 0 && batch->shared) {
            slot->has_id = first->has_id;
            memcpy(slot->request_id, first->request_id, LT_REQUEST_LEN);
        } else {
            make_id(sys, wall_ms, slot->request_id);
        }
    }
}

static lt_err read_slots(struct lt_batch *batch, const struct lt_now *now,
                         const struct lt_sys *sys)
{
    int64_t timeout_ms = LT_COMMAND_TIMEOUT_MS;
    size_t i;

    for (i = 0; i < batch->slots_n; i++) {
        lt_err rc = read_outside(batch, &batch->slots[i],
                                 command_json(batch, i), &timeout_ms);

        if (rc != LT_OK) {
            return rc;
        }
    }
    for (i = 0; i < batch->slots_n; i++) {
        batch->slots[i].outside_bad = batch->slots[i].err != LT_OK;
    }
    settle_ids(batch, sys, now->wall_ms);
    batch->deadline_ms = now->mono_ms + timeout_ms;
    batch->wait_until_ms =
        now->mono_ms +
        (timeout_ms < VIEW_PATIENCE_MS ? timeout_ms : VIEW_PATIENCE_MS);
    return LT_OK;
}

static lt_err refuse_frame(struct lt_batch *batch, lt_err refusal)
{
    batch->slots[0].outside_bad = true;
    return refuse_with(batch, &batch->slots[0], refusal, "request",
                       refusal == LT_ETOOBIG ? "ui_why_too_many_commands"
                                             : "ui_why_not_json");
}

struct lt_batch *lt_batch_read(const char *json, size_t len,
                               const struct lt_now *now,
                               const struct lt_sys *sys)
{
    struct lt_batch *batch = lt_new(lt_alloc_heap(), sizeof(*batch));
    lt_err refusal;
    lt_err rc;
    size_t i;

    if (batch == NULL) {
        return NULL;
    }
    lt_arena_init(&batch->arena, lt_alloc_heap(), LT_BATCH_ARENA);
    lt_arena_init(&batch->refusals, lt_alloc_heap(), LT_BATCH_ARENA);
    rc = read_json(batch, json, len, &refusal);
    if (rc != LT_OK) {
        goto fail;
    }
    if (refusal != LT_OK) {
        batch->is_array = false;
        batch->slots_n = 1;
    }
    batch->slots =
        lt_new_array(lt_alloc_heap(), batch->slots_n, sizeof(*batch->slots));
    if (batch->slots == NULL) {
        goto fail;
    }
    for (i = 0; i < batch->slots_n; i++) {
        lt_buf_init(&batch->slots[i].out, lt_alloc_heap());
    }
    rc = refusal != LT_OK
             ? refuse_frame(batch, refusal)
             : read_slots(batch, now, sys);
    if (rc != LT_OK) {
        goto fail;
    }
    return batch;

fail:
    lt_batch_free(batch);
    return NULL;
}

void lt_batch_free(struct lt_batch *batch)
{
    struct lt_pending *pending;
    size_t i;

    if (batch == NULL) {
        return;
    }
    for (pending = batch->pendings; pending != NULL; pending = pending->next) {
        lt_buf_deinit(&pending->job.answer);
    }
    for (i = 0; batch->slots != NULL && i < batch->slots_n; i++) {
        lt_buf_deinit(&batch->slots[i].out);
    }
    lt_free(lt_alloc_heap(), batch->slots);
    json_decref(batch->json);
    lt_arena_deinit(&batch->arena);
    lt_arena_deinit(&batch->refusals);
    lt_free(lt_alloc_heap(), batch);
}

/* ---- preparing ---- */

static bool is_write(const struct lt_slot *slot)
{
    return slot->command != NULL && slot->command->kind == LT_COMMAND_WRITE;
}

/* log: the tips now, or lines of events by the connection. */
static lt_err prepare_log(struct lt_batch *batch, struct lt_slot *slot,
                          struct lt_desk *desk, const struct lt_args *args,
                          struct lt_diag *diag)
{
    struct lt_text from = args->texts[LT_OPT_FROM];

    if (args->numbers[LT_OPT_EVENTS] == 0) {
        if (lt_args_has(args, LT_OPT_FROM) ||
            args->numbers[LT_OPT_FOLLOW] != 0) {
            return lt_desk_refuse(diag, LT_EUSAGE, "events", "ui_why_missing");
        }
        return slot->command->read(desk, args, &slot->out, diag);
    }
    batch->streams = true;
    batch->follow = args->numbers[LT_OPT_FOLLOW] != 0;
    memcpy(batch->from, from.data == NULL ? "" : from.data, from.len);
    batch->from[from.len] = '\0';
    return lt_desk_settle(desk);
}

static lt_err prepare_read(struct lt_batch *batch, struct lt_slot *slot,
                           struct lt_desk *desk, const struct lt_args *args,
                           struct lt_diag *diag)
{
    lt_buf_reset(&slot->out);
    return slot->command->kind == LT_COMMAND_STREAM
               ? prepare_log(batch, slot, desk, args, diag)
               : slot->command->read(desk, args, &slot->out, diag);
}

static struct lt_pending *add_pending(struct lt_batch *batch,
                                      enum lt_job_kind kind)
{
    struct lt_pending *pending =
        lt_arena_take(&batch->arena, sizeof(*pending));

    if (pending != NULL) {
        pending->job.kind = kind;
        lt_buf_init(&pending->job.answer, lt_alloc_heap());
        pending->batch = batch;
        pending->next = batch->pendings;
        batch->pendings = pending;
        batch->left++;
    }
    return pending;
}

static void copy_word(char *to, size_t size, struct lt_text text)
{
    size_t len = text.len < size ? text.len : size - 1;

    memcpy(to, text.data == NULL ? "" : text.data, len);
    to[len] = '\0';
}

static lt_err prepare_token(struct lt_batch *batch, struct lt_slot *slot,
                            struct lt_desk *desk, const struct lt_args *args,
                            struct lt_diag *diag)
{
    struct lt_pending *pending;
    int64_t valid_ms = TOKEN_VALID_MS;

    if (args->texts[LT_OPT_NAME].len > LT_NAME_MAX) {
        return lt_desk_refuse(diag, LT_ETOOBIG, "name", NULL);
    }
    if (!lt_vocabulary_office_kind(desk->policy, args->texts[LT_OPT_KIND])) {
        return lt_desk_refuse(diag, LT_EINVAL, "kind",
                              "ui_why_no_kind");
    }
    if (lt_args_has(args, LT_OPT_VALID) &&
        !lt_duration_parse(args->texts[LT_OPT_VALID], &valid_ms)) {
        return lt_desk_refuse(diag, LT_EINVAL, "valid",
                              "ui_why_no_duration");
    }
    pending = add_pending(batch, LT_JOB_TOKEN);
    if (pending == NULL) {
        return LT_ENOMEM;
    }
    copy_word(pending->job.name, sizeof(pending->job.name),
              args->texts[LT_OPT_NAME]);
    copy_word(pending->job.office_kind, sizeof(pending->job.office_kind),
              args->texts[LT_OPT_KIND]);
    copy_word(pending->job.code, sizeof(pending->job.code),
              args->texts[LT_OPT_CODE]);
    pending->job.valid_ms = valid_ms;
    slot->pending = pending;
    return LT_OK;
}

static lt_err prepare_slot(struct lt_batch *batch, size_t index,
                           struct lt_desk *desk, struct lt_diag *diag)
{
    struct lt_slot *slot = &batch->slots[index];
    struct lt_args args;
    lt_err rc;

    desk->lang = slot->lang;
    rc = lt_args_parse(slot->command,
                       json_object_get(command_json(batch, index), "options"),
                       &batch->arena, &args, diag);
    if (rc != LT_OK) {
        return rc;
    }
    switch (slot->command->kind) {
    case LT_COMMAND_WRITE:
        slot->draft = lt_arena_take(&batch->arena, sizeof(*slot->draft));
        return slot->draft == NULL
                   ? LT_ENOMEM
                   : slot->command->write(desk, &args, slot->draft, diag);
    case LT_COMMAND_READ:
    case LT_COMMAND_STREAM:
        return prepare_read(batch, slot, desk, &args, diag);
    case LT_COMMAND_TOKEN:
        return prepare_token(batch, slot, desk, &args, diag);
    case LT_COMMAND_VERIFY:
        slot->pending = add_pending(batch, LT_JOB_VERIFY);
        return slot->pending == NULL ? LT_ENOMEM : LT_OK;
    }
    return LT_EINTERNAL;
}

/* ---- jobs ---- */

static struct lt_pending *add_write(struct lt_batch *batch, size_t events_n,
                                    const uint8_t id[LT_REQUEST_LEN])
{
    struct lt_pending *pending = add_pending(batch, LT_JOB_WRITE);
    struct lt_write *write = lt_arena_take(&batch->arena, sizeof(*write));

    if (pending == NULL || write == NULL) {
        return NULL;
    }
    if (events_n > 0) {
        write->events = lt_arena_take(&batch->arena,
                                      events_n * sizeof(*write->events));
        if (write->events == NULL) {
            return NULL;
        }
    }
    write->has_request_id = true;
    memcpy(write->request_id, id, LT_REQUEST_LEN);
    pending->job.write = write;
    return pending;
}

static void put_event(struct lt_pending *pending, struct lt_slot *slot)
{
    struct lt_write *write = pending->job.write;
    struct lt_write_event *to = &write->events[write->events_n];
    struct lt_draft *draft = slot->draft;

    draft->event->has_request_id = true;
    memcpy(draft->event->request_id, slot->request_id, LT_REQUEST_LEN);
    *to = (struct lt_write_event){.event = draft->event,
                                  .channels_n = draft->channels_n,
                                  .channels = draft->channels,
                                  .parts_n = draft->parts_n,
                                  .parts = draft->parts};
    slot->pending = pending;
    slot->entry = write->events_n++;
    if (draft->touch != NULL) {
        draft->touch->in_flight++;
    }
}

/* All of the batch's writes as one, or none of them. */
static lt_err make_shared_job(struct lt_batch *batch)
{
    const struct lt_slot *bad = NULL;
    struct lt_pending *pending;
    size_t writes = 0;
    size_t i;

    for (i = 0; i < batch->slots_n; i++) {
        if (is_write(&batch->slots[i])) {
            writes++;
            bad = bad == NULL && batch->slots[i].err != LT_OK
                      ? &batch->slots[i]
                      : bad;
        }
    }
    if (writes == 0 || (bad != NULL && !batch->slots[0].has_id)) {
        pending = NULL;
    } else {
        pending = add_write(batch, bad == NULL ? writes : 0,
                            batch->slots[0].request_id);
        if (pending == NULL) {
            return LT_ENOMEM;
        }
    }
    writes = 0;
    for (i = 0; i < batch->slots_n; i++) {
        struct lt_slot *slot = &batch->slots[i];

        if (!is_write(slot)) {
            continue;
        }
        if (bad == NULL) {
            put_event(pending, slot);
            continue;
        }
        slot->pending = pending;
        slot->entry = writes++;
        if (slot->err == LT_OK &&
            refuse_with(batch, slot, LT_ESTATE, "batch",
                        "ui_why_batch_refused") != LT_OK) {
            return LT_ENOMEM;
        }
    }
    return LT_OK;
}

/* Each command a write of its own. One that was refused may be the repetition
 * of one that was taken: the loop is asked what its id was answered. */
static lt_err make_single_jobs(struct lt_batch *batch)
{
    size_t i;

    for (i = 0; i < batch->slots_n; i++) {
        struct lt_slot *slot = &batch->slots[i];
        bool good = slot->err == LT_OK;

        if (!is_write(slot) || (!good && !slot->has_id)) {
            continue;
        }
        slot->pending = add_write(batch, good ? 1 : 0, slot->request_id);
        if (slot->pending == NULL) {
            return LT_ENOMEM;
        }
        if (good) {
            put_event(slot->pending, slot);
        }
    }
    return LT_OK;
}

/* Pendings were put in front of each other; the loop takes them in order. */
static void turn_round(struct lt_batch *batch)
{
    struct lt_pending *turned = NULL;

    while (batch->pendings != NULL) {
        struct lt_pending *next = batch->pendings->next;

        batch->pendings->next = turned;
        turned = batch->pendings;
        batch->pendings = next;
    }
    batch->pendings = turned;
}

static void forget_attempt(struct lt_batch *batch)
{
    size_t i;

    for (i = 0; i < batch->slots_n; i++) {
        struct lt_slot *slot = &batch->slots[i];

        slot->draft = NULL;
        slot->pending = NULL;
        if (!slot->outside_bad) {
            slot->err = LT_OK;
            slot->diag = NULL;
        }
    }
    batch->pendings = NULL;
    batch->left = 0;
    lt_arena_reset(&batch->arena);
}

lt_err lt_batch_prepare(struct lt_batch *batch, struct lt_desk *desk,
                        const struct lt_now *now)
{
    struct lt_diag diag;
    lt_err rc = LT_OK;
    size_t i;

    desk->arena = &batch->arena;
    desk->batch++;
    desk->now_ms = now->wall_ms;
    desk->today = lt_civil_day(now->wall_ms);
    desk->last_try = now->mono_ms >= batch->wait_until_ms;
    for (i = 0; i < batch->slots_n; i++) {
        struct lt_slot *slot = &batch->slots[i];

        if (slot->err != LT_OK) {
            continue; /* its outside was wrong */
        }
        lt_diag_set(&diag, LT_OK);
        desk->must_wait = false;
        rc = prepare_slot(batch, i, desk, &diag);
        if (rc != LT_OK && desk->must_wait) {
            batch->wait_pos = desk->wait_pos;
            forget_attempt(batch);
            return LT_EBUSY;
        }
        if (rc != LT_OK && slot_refuse(batch, slot, &diag, rc) != LT_OK) {
            return LT_ENOMEM;
        }
    }
    rc = batch->shared ? make_shared_job(batch) : make_single_jobs(batch);
    if (rc == LT_OK) {
        turn_round(batch);
        batch->prepared = true;
        batch->answerable = batch->left == 0;
    }
    return rc;
}

/* ---- done ---- */

static void note_written(struct lt_desk *desk, const struct lt_slot *slot,
                         const struct lt_job *job)
{
    struct lt_touch_entry *entry = slot->draft->touch;
    struct lt_answer answer;

    if (entry != NULL) {
        entry->in_flight--;
        if (job->result == LT_OK && job->pos > entry->pos) {
            entry->pos = job->pos;
        }
    } else if (job->result == LT_OK && slot->draft->opens &&
               lt_answer_at(job->answer.data, job->answer.len, slot->entry,
                            &answer)) {
        lt_touch_note(desk->touch, &answer.id, job->pos);
    }
}

bool lt_batch_job_done(struct lt_batch *batch, struct lt_desk *desk,
                       struct lt_pending *pending)
{
    const struct lt_job *job = &pending->job;
    size_t i;

    pending->done = true;
    batch->left--;
    if (job->kind == LT_JOB_WRITE && job->write->events_n > 0) {
        if (job->result == LT_OK) {
            lt_touch_raise(desk->touch, job->pos);
        }
        for (i = 0; i < batch->slots_n; i++) {
            if (batch->slots[i].pending == pending) {
                note_written(desk, &batch->slots[i], job);
            }
        }
    }
    if (batch->left == 0) {
        batch->answerable = true;
    }
    return batch->left == 0;
}

static bool answer_code(const struct lt_slot *slot, struct lt_buf *out,
                        lt_err code, const struct lt_diag *from)
{
    bool unknown = code == LT_EUNKNOWN;
    struct lt_diag diag;

    if (from != NULL && from->code == code) {
        diag = *from;
    } else {
        lt_diag_set(&diag, code);
    }
    return lt_answer_error(out, slot->lang, &diag,
                           is_write(slot) ? slot->request_id : NULL, unknown);
}

static bool answer_write(const struct lt_slot *slot, struct lt_buf *out)
{
    const struct lt_job *job = &slot->pending->job;
    struct lt_answer answer;
    bool opens = slot->command == lt_command_at(LT_CMD_CASE_OPEN);

    if (!lt_answer_at(job->answer.data, job->answer.len, slot->entry,
                      &answer)) {
        struct lt_diag diag;

        lt_desk_refuse(&diag, LT_EINVAL, "request_id",
                       "ui_why_id_used");
        return answer_code(slot, out, LT_EINVAL, &diag);
    }
    /* A repetition whose matter was not looked up stands for itself. */
    return lt_answer_written(
        out, &(struct lt_written){
                 .event = answer.id,
                 .matter = slot->draft == NULL || slot->draft->opens ||
                                   lt_office_is_zero(
                                       &slot->draft->matter.origin)
                               ? answer.id
                               : slot->draft->matter,
                 .hash = answer.hash,
                 .committed_at_ms = answer.committed_at_ms,
                 .request_id = slot->request_id,
                 .repeated = job->repeated,
                 .with_receipt = opens});
}

static bool answer_slot(const struct lt_slot *slot, struct lt_buf *out)
{
    const struct lt_job *job =
        slot->pending == NULL ? NULL : &slot->pending->job;

    if (job != NULL && !slot->pending->done) {
        return answer_code(slot, out, LT_EUNKNOWN, NULL);
    }
    if (job != NULL && is_write(slot) && job->result == LT_OK) {
        return answer_write(slot, out);
    }
    if (slot->err != LT_OK) {
        return answer_code(slot, out, slot->err, slot->diag);
    }
    if (job != NULL && job->result != LT_OK) {
        return answer_code(slot, out, job->result, &job->diag);
    }
    return job != NULL
               ? lt_buf_put(out, job->answer.data, job->answer.len)
               : lt_buf_put(out, slot->out.data, slot->out.len);
}

bool lt_batch_answer(const struct lt_batch *batch, struct lt_buf *out)
{
    size_t i;

    if (!batch->is_array) {
        return answer_slot(&batch->slots[0], out);
    }
    for (i = 0; i < batch->slots_n; i++) {
        if (!lt_buf_put(out, i == 0 ? "[" : ",", 1) ||
            !answer_slot(&batch->slots[i], out)) {
            return false;
        }
    }
    return lt_buf_put(out, "]", 1);
}
