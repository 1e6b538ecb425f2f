/* From jobs that came back to answers. */
#include "daemon/control/batch_internal.h"

#include "daemon/answer.h"
#include "daemon/control/answer.h"

/* What the write left behind. A repetition wrote nothing now: whatever was
 * written since its first time is not known here. */
static struct lt_touch_known known_after(const struct lt_slot *slot,
                                         const struct lt_job *job,
                                         const struct lt_answer *answer)
{
    struct lt_touch_known known = slot->draft->leaves;

    known.is = known.is && !job->repeated;
    known.epoch = answer->id.epoch;
    known.count = answer->id.count;
    return known;
}

static void note_written(struct lt_desk *desk, const struct lt_slot *slot,
                         const struct lt_job *job)
{
    struct lt_touch_entry *entry = slot->draft->touch;
    struct lt_touch_known known = {.is = false};
    struct lt_answer answer;
    bool there =
        job->result == LT_OK &&
        lt_answer_at(job->answer.data, job->answer.len, slot->entry, &answer);

    if (there) {
        known = known_after(slot, job, &answer);
    }
    if (entry != NULL) {
        entry->in_flight--;
        if (job->result == LT_OK) {
            lt_touch_learn(entry, job->pos, &known);
        }
    } else if (there && slot->draft->opens) {
        lt_touch_note(desk->touch, &answer.id, job->pos, &known);
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
                           lt_slot_writes(slot) ? slot->request_id : NULL,
                           unknown);
}

static bool answer_write(const struct lt_slot *slot, struct lt_buf *out)
{
    const struct lt_job *job = &slot->pending->job;
    struct lt_answer answer;
    bool opens = slot->command == lt_command_at(LT_CMD_CASE_OPEN);

    if (!lt_answer_at(job->answer.data, job->answer.len, slot->entry,
                      &answer)) {
        struct lt_diag diag;

        lt_desk_refuse(&diag, LT_EINVAL, "request_id", "ui_why_id_used");
        return answer_code(slot, out, LT_EINVAL, &diag);
    }
    /* A repetition whose matter was not looked up stands for itself. */
    return lt_answer_written(
        out,
        &(struct lt_written){
            .event = answer.id,
            .matter = slot->draft == NULL || slot->draft->opens ||
                              lt_office_is_zero(&slot->draft->matter.origin)
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
    if (job != NULL && lt_slot_writes(slot) && job->result == LT_OK) {
        return answer_write(slot, out);
    }
    if (slot->err != LT_OK) {
        return answer_code(slot, out, slot->err, slot->diag);
    }
    if (job != NULL && job->result != LT_OK) {
        return answer_code(slot, out, job->result, &job->diag);
    }
    return job != NULL ? lt_buf_put(out, job->answer.data, job->answer.len)
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
