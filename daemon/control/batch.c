#include "daemon/control/batch_internal.h"

#include <stdio.h>
#include <string.h>

#include "daemon/control/pool.h"

/* What JSON of a byte may take: an object of "{}," has some 250 bytes. */
enum { VIEW_PATIENCE_MS = 2000, POOL_FIRST = 64 * 1024, POOL_A_BYTE = 128 };

/* ---- what the commands share ---- */

/* Does the tool take it as a word, not as --an-option? */
static bool is_word(const struct lt_command *command, int option)
{
    return option == LT_OPT_ID ||
           (option == LT_OPT_EVENT &&
            command == lt_command_at(LT_CMD_CASE_ADOPT)) ||
           (option == LT_OPT_KIND &&
            command == lt_command_at(LT_CMD_CASE_STEP)) ||
           (option == LT_OPT_CODE && command->kind != LT_COMMAND_TOKEN);
}

/* What a refusal is about is an option: call it as people type it. */
static void label_option(const struct lt_command *command, struct lt_diag *diag)
{
    unsigned i;
    int option;

    if (command == NULL || diag->code == LT_ENOTFOUND) {
        return; /* what is not found is what they typed */
    }
    for (i = 0; i < diag->args_n; i++) {
        char *what = diag->args[i].value;

        for (option = 0;
             strcmp(diag->args[i].key, "what") == 0 && option < LT_OPTIONS;
             option++) {
            if ((command->known >> option & 1) != 0 &&
                strcmp(what, lt_option_at((enum lt_option)option)->name) == 0 &&
                !is_word(command, option)) {
                (void)snprintf(what, sizeof(diag->args[i].value), "--%s",
                               lt_option_at((enum lt_option)option)->name);
                for (; *what != '\0'; what++) {
                    *what = *what == '_' ? '-' : *what;
                }
                return;
            }
        }
    }
}

lt_err lt_slot_refuse(struct lt_batch *batch, struct lt_slot *slot,
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
        label_option(slot->command, slot->diag);
    } else {
        lt_diag_set(slot->diag, err);
    }
    return LT_OK;
}

lt_err lt_slot_refuse_with(struct lt_batch *batch, struct lt_slot *slot,
                           lt_err err, const char *what, const char *reason)
{
    struct lt_diag diag;

    lt_desk_refuse(&diag, err, what, reason);
    return lt_slot_refuse(batch, slot, &diag, err);
}

const json_t *lt_batch_command(const struct lt_batch *batch, size_t index)
{
    return batch->is_array ? json_array_get(batch->json, index) : batch->json;
}

bool lt_slot_writes(const struct lt_slot *slot)
{
    return slot->command != NULL && slot->command->kind == LT_COMMAND_WRITE;
}

/* ---- reading a frame ---- */

static lt_err read_json(struct lt_batch *batch, const char *json, size_t len,
                        lt_err *out_refusal)
{
    json_error_t error;

    lt_arena_init(&batch->pool, lt_alloc_heap(),
                  POOL_FIRST + (size_t)POOL_A_BYTE * len);
    batch->json = lt_pool_json(&batch->pool, json, len,
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

static lt_err read_id(struct lt_batch *batch, struct lt_slot *slot,
                      const json_t *command)
{
    const json_t *id = json_object_get(command, "request_id");

    if (id == NULL || json_is_null(id)) {
        return LT_OK;
    }
    if (!json_is_string(id) ||
        !lt_uuid_parse(json_string_value(id), slot->request_id)) {
        return lt_slot_refuse_with(batch, slot, LT_EINVAL, "request_id",
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

    slot->names = json_is_true(json_object_get(command, "names"));
    if (lang != NULL && !lt_lang_parse(lang, &slot->lang)) {
        slot->lang = LT_LANG_VI;
    }
    if (name == NULL) {
        return lt_slot_refuse_with(batch, slot, LT_EUSAGE, "command",
                                   "ui_why_missing");
    }
    if (proto != NULL && json_integer_value(proto) != 1) {
        return lt_slot_refuse_with(batch, slot, LT_EUSAGE, "proto",
                                   "ui_why_proto");
    }
    if (json_is_integer(timeout) && json_integer_value(timeout) > 0 &&
        json_integer_value(timeout) <= LT_COMMAND_TIMEOUT_MAX_MS) {
        *timeout_ms = json_integer_value(timeout);
    }
    slot->command = lt_command_find(name);
    if (slot->command == NULL) {
        return lt_slot_refuse_with(batch, slot, LT_EUSAGE, name,
                                   "ui_why_no_command");
    }
    if (batch->is_array && slot->command->kind != LT_COMMAND_WRITE &&
        slot->command->kind != LT_COMMAND_READ) {
        return lt_slot_refuse_with(batch, slot, LT_EUSAGE, name,
                                   "ui_why_no_batch");
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
                                 lt_batch_command(batch, i), &timeout_ms);

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
    return lt_slot_refuse_with(
        batch, &batch->slots[0], refusal, "request",
        refusal == LT_ETOOBIG ? "ui_why_too_many_commands" : "ui_why_not_json");
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
    rc = refusal != LT_OK ? refuse_frame(batch, refusal)
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
    lt_arena_deinit(&batch->pool);
    lt_arena_deinit(&batch->arena);
    lt_arena_deinit(&batch->refusals);
    lt_free(lt_alloc_heap(), batch);
}
