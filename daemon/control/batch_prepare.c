/* From commands to jobs: each command is checked by its handler, then the
 * events become one write or several. */
#include "daemon/control/batch_internal.h"

#include <string.h>

#include "daemon/control/names.h"
#include "daemon/control/vocabulary.h"

enum { TOKEN_VALID_MS = 7 * 24 * 3600 * 1000 };

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
    struct lt_pending *pending = lt_arena_take(&batch->arena, sizeof(*pending));

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
        lt_desk_refuse(diag, LT_EINVAL, "kind", "ui_why_no_kind");
        lt_vocabulary_allow_kinds(diag, desk->policy);
        return LT_EINVAL;
    }
    if (lt_args_has(args, LT_OPT_VALID) &&
        !lt_duration_parse(args->texts[LT_OPT_VALID], &valid_ms)) {
        return lt_desk_refuse(diag, LT_EINVAL, "valid", "ui_why_no_duration");
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
    pending->job.again = args->numbers[LT_OPT_AGAIN] != 0;
    slot->pending = pending;
    return LT_OK;
}

static lt_err prepare_backup(struct lt_batch *batch, struct lt_slot *slot,
                             const struct lt_args *args, struct lt_diag *diag)
{
    const struct lt_text *file = &args->texts[LT_OPT_FILE];
    struct lt_pending *pending;
    char *path;

    if (file->data[0] != '/') {
        return lt_desk_refuse(diag, LT_EINVAL, "file", "ui_why_not_absolute");
    }
    pending = add_pending(batch, LT_JOB_BACKUP);
    path = lt_arena_take(&batch->arena, file->len + 1);
    if (pending == NULL || path == NULL) {
        return LT_ENOMEM;
    }
    copy_word(path, file->len + 1, *file);
    pending->job.path = path;
    slot->pending = pending;
    return LT_OK;
}

/* A piece out of the log, or of a courier bundle. */
static lt_err prepare_found(struct lt_batch *batch, struct lt_slot *slot,
                            struct lt_desk *desk, const struct lt_args *args,
                            struct lt_diag *diag)
{
    struct lt_job found = {.kind = LT_JOB_PIECE};
    lt_err rc;

    lt_buf_reset(&slot->out);
    lt_buf_init(&found.answer, lt_alloc_heap());
    rc = slot->command->find(desk, args, &found, diag);
    if (rc == LT_OK) {
        slot->pending = add_pending(batch, found.kind);
        rc = slot->pending == NULL ? LT_ENOMEM : LT_OK;
    }
    if (rc != LT_OK) {
        lt_buf_deinit(&found.answer);
        return rc;
    }
    slot->pending->job = found;
    return LT_OK;
}

/* An office that is closed writes no more; texts can be erased all the same. */
static lt_err check_open(const struct lt_desk *desk,
                         const struct lt_command *command, struct lt_diag *diag)
{
    const struct lt_tree *tree =
        desk->snapshot == NULL ? NULL : desk->snapshot->tree;
    const struct lt_tree_office *holder;
    struct lt_office heir;

    if (tree == NULL || command == lt_command_at(LT_CMD_ERASE) ||
        !lt_tree_closed_at(tree, lt_tree_version(tree), &desk->office)) {
        return LT_OK;
    }
    heir = lt_tree_heir(tree, &desk->office);
    holder = lt_tree_find(tree, &heir);
    (void)lt_diag_set(diag, LT_ECLOSED);
    lt_diag_arg(diag, "holder", "%s", holder == NULL ? "" : holder->name);
    return LT_ECLOSED;
}

static lt_err prepare_write(struct lt_batch *batch, struct lt_slot *slot,
                            struct lt_desk *desk, const struct lt_args *args,
                            struct lt_diag *diag)
{
    struct lt_draft *draft = lt_arena_take(&batch->arena, sizeof(*draft));
    lt_err rc;

    if (draft == NULL) {
        return LT_ENOMEM;
    }
    slot->draft = draft;
    rc = check_open(desk, slot->command, diag);
    if (rc != LT_OK) {
        return rc;
    }
    rc = slot->command->write(desk, args, draft, diag);
    if (rc == LT_OK) {
        rc = lt_desk_confirmed(desk, draft, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (draft->revoke != NULL && batch->shared) {
        return lt_desk_refuse(diag, LT_EUSAGE, "revoke", "ui_why_alone");
    }
    if (draft->chunk_of == NULL) {
        desk->before = draft;
    } else if (!batch->shared) {
        return lt_desk_refuse(diag, LT_EUSAGE, "event", "ui_why_missing");
    }
    return LT_OK;
}

static lt_err prepare_slot(struct lt_batch *batch, size_t index,
                           struct lt_desk *desk, struct lt_diag *diag)
{
    struct lt_slot *slot = &batch->slots[index];
    struct lt_args args;
    lt_err rc;

    desk->lang = slot->lang;
    rc = lt_args_parse(
        slot->command,
        json_object_get(lt_batch_command(batch, index), "options"),
        &batch->arena, &args, diag);
    if (rc != LT_OK) {
        return rc;
    }
    switch (slot->command->kind) {
    case LT_COMMAND_WRITE:
        return prepare_write(batch, slot, desk, &args, diag);
    case LT_COMMAND_READ:
    case LT_COMMAND_STREAM:
        rc = prepare_read(batch, slot, desk, &args, diag);
        return rc == LT_OK && slot->names && !lt_names_put(desk, &slot->out)
                   ? LT_ENOMEM
                   : rc;
    case LT_COMMAND_TOKEN:
        return prepare_token(batch, slot, desk, &args, diag);
    case LT_COMMAND_PIECE:
    case LT_COMMAND_COURIER:
        return prepare_found(batch, slot, desk, &args, diag);
    case LT_COMMAND_VERIFY:
        slot->pending = add_pending(batch, LT_JOB_VERIFY);
        return slot->pending == NULL ? LT_ENOMEM : LT_OK;
    case LT_COMMAND_BACKUP:
        return prepare_backup(batch, slot, &args, diag);
    case LT_COMMAND_REBUILD:
        slot->pending = add_pending(batch, LT_JOB_REBUILD);
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
        write->events =
            lt_arena_take(&batch->arena, events_n * sizeof(*write->events));
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
    pending->job.revoke = draft->revoke;
    slot->pending = pending;
    slot->entry = write->events_n++;
    draft->entry = slot->entry;
    to->chunk_of = draft->chunk_of == NULL ? 0 : draft->chunk_of->entry + 1;
    if (draft->touch != NULL) {
        draft->touch->in_flight++;
    }
}

/* What a command writes beside its own event comes behind all of these: the
 * place of an event in the write is its place in the answer. */
static void put_more(struct lt_pending *pending, const struct lt_slot *slot)
{
    struct lt_write *write = pending->job.write;
    size_t i;

    for (i = 0; i < slot->draft->more_n; i++) {
        write->events[write->events_n++] = slot->draft->more[i];
    }
}

/* All of the batch's writes as one, or none of them. */
static lt_err make_shared_job(struct lt_batch *batch)
{
    const struct lt_slot *bad = NULL;
    struct lt_pending *pending;
    size_t writes = 0;
    size_t more = 0;
    size_t i;

    for (i = 0; i < batch->slots_n; i++) {
        if (lt_slot_writes(&batch->slots[i])) {
            writes++;
            more += batch->slots[i].err == LT_OK ? batch->slots[i].draft->more_n
                                                 : 0;
            bad = bad == NULL && batch->slots[i].err != LT_OK ? &batch->slots[i]
                                                              : bad;
        }
    }
    if (writes == 0 || (bad != NULL && !batch->slots[0].has_id)) {
        pending = NULL;
    } else {
        pending = add_write(batch, bad == NULL ? writes + more : 0,
                            batch->slots[0].request_id);
        if (pending == NULL) {
            return LT_ENOMEM;
        }
    }
    writes = 0;
    for (i = 0; i < batch->slots_n; i++) {
        struct lt_slot *slot = &batch->slots[i];

        if (!lt_slot_writes(slot)) {
            continue;
        }
        if (bad == NULL) {
            put_event(pending, slot);
            continue;
        }
        slot->pending = pending;
        slot->entry = writes++;
        if (slot->err == LT_OK &&
            lt_slot_refuse_with(batch, slot, LT_ESTATE, "batch",
                                "ui_why_batch_refused") != LT_OK) {
            return LT_ENOMEM;
        }
    }
    for (i = 0; bad == NULL && i < batch->slots_n; i++) {
        if (lt_slot_writes(&batch->slots[i])) {
            put_more(pending, &batch->slots[i]);
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

        if (!lt_slot_writes(slot) || (!good && !slot->has_id)) {
            continue;
        }
        slot->pending = add_write(batch, good ? 1 + slot->draft->more_n : 0,
                                  slot->request_id);
        if (slot->pending == NULL) {
            return LT_ENOMEM;
        }
        if (good) {
            put_event(slot->pending, slot);
            put_more(slot->pending, slot);
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
    desk->before = NULL;
    desk->folded = NULL;
    lt_feed_read(desk->feed, &desk->applied, &desk->others);
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
        if (rc != LT_OK && lt_slot_refuse(batch, slot, &diag, rc) != LT_OK) {
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
