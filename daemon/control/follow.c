#include "daemon/control/follow_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/failpoint.h"
#include "daemon/answer.h"
#include "daemon/cases/fold.h"

enum {
    PAUSE_MS = 1000,  /* between two rounds, whatever stirs */
    AGAIN_MS = 10000, /* while something waits */
    STEPS_MAX = 16,   /* before clients are served again */
    PART_REGISTER = 9
};

void lt_follow_stir(struct lt_follow *follow, const struct lt_now *now)
{
    int64_t at_ms = follow->looked_ms + PAUSE_MS;

    follow->stirred = true;
    at_ms = at_ms < now->mono_ms ? now->mono_ms : at_ms;
    follow->at_ms = at_ms < follow->at_ms ? at_ms : follow->at_ms;
}

int64_t lt_follow_at(const struct lt_follow *follow)
{
    return follow->batch != NULL ? INT64_MAX : follow->at_ms;
}

/* ---- what is due ---- */

static void ask_key(struct lt_follow *follow)
{
    struct lt_pending *pending = lt_follow_job_new(follow, LT_JOB_KEY);

    if (pending != NULL) {
        pending->job.courier_to = follow->row.to;
        pending->job.raw = true;
        follow->doing = LT_FOLLOW_ASKS_KEY;
    }
}

static void count_untaken(struct lt_follow *follow)
{
    struct lt_control_follow *making = &follow->making;

    if (making->untaken == 0 ||
        follow->row.sent_ms < making->untaken_since_ms) {
        making->untaken_since_ms = follow->row.sent_ms;
        making->untaken_to = follow->row.to;
    }
    making->untaken++;
}

static void count_locked(struct lt_follow *follow)
{
    follow->making.locked++;
    follow->making.locked_to = follow->row.to;
}

static void send(struct lt_follow *follow, struct lt_desk *desk)
{
    struct lt_follow_row *row = &follow->row;
    struct lt_write_event *write = lt_follow_write_new(
        follow, desk, row->request, LT_EV_REGISTER_SENT, &row->to);
    struct lt_part *part = NULL;
    struct lt_office *to = NULL;
    struct lt_arena *arena;
    struct lt_buf sealed;
    uint8_t *content = NULL;
    lt_err rc = LT_ENOMEM;

    follow->doing = LT_FOLLOW_REST;
    if (write == NULL) {
        return;
    }
    arena = &follow->batch->arena;
    lt_buf_init(&sealed, lt_alloc_heap());
    if (lt_follow_unlocked(desk)) {
        rc = lt_register_follow_seal(desk->shelf.reg, desk->shelf.people, row,
                                     &desk->office, follow->key, &sealed);
    }
    if (rc == LT_OK) {
        part = lt_arena_take(arena, sizeof(*part));
        to = lt_arena_take(arena, sizeof(*to));
        content = lt_arena_take(arena, sealed.len);
    }
    if (part == NULL || to == NULL || content == NULL) {
        lt_buf_deinit(&sealed);
        lt_follow_job_drop(follow);
        count_locked(follow); /* whoever opens the register is told why */
        return;
    }
    memcpy(content, sealed.data, sealed.len);
    desk->sys->random(desk->sys->ctx, part->salt, LT_SALT_LEN);
    part->content = content;
    part->len = sealed.len;
    lt_buf_deinit(&sealed);
    *to = row->to;
    write->event->to = to;
    write->event->to_n = 1;
    write->event->parts_n = 1;
    write->event->parts[0] = (struct lt_part_ref){.size = part->len,
                                                  .kind = PART_REGISTER,
                                                  .retention = LT_KEEP_SHORT,
                                                  .has_sealed_for = true,
                                                  .sealed_for = row->to};
    lt_part_hash(part->salt, part->content, part->len,
                 write->event->parts[0].hash);
    write->parts_n = 1;
    write->parts = part;
    (void)LT_FAILPOINT(follow_sealed);
    follow->doing = LT_FOLLOW_SENDS;
}

/* Who holds the case now? LT_EBUSY: nobody that an entry could go to. */
static lt_err whose(struct lt_desk *desk, struct lt_view_reader *reader,
                    const char *case_id, struct lt_office *out)
{
    struct lt_view_heads heads;
    struct lt_event_id id;
    lt_err rc = LT_EBUSY;

    if (lt_event_id_parse(case_id, &id)) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    if (rc == LT_OK && (heads.kind != LT_MATTER_CASE || heads.contested ||
                        heads.type == LT_CASE_TYPE_DENUNCIATION)) {
        rc = LT_EBUSY;
    }
    if (rc == LT_OK) {
        *out = heads.custodian;
    }
    return rc == LT_ENOTFOUND ? LT_EBUSY : rc;
}

/* Put down where the entries of a case have to be. */
static lt_err settle(struct lt_desk *desk, const char *case_id,
                     const struct lt_office *custodian)
{
    return lt_office_equal(custodian, &desk->office)
               ? lt_register_follow_none(desk->shelf.reg, case_id)
               : lt_register_follow_to(desk->shelf.reg, case_id, custodian);
}

static void look_at_sent(struct lt_follow *follow, struct lt_desk *desk,
                         struct lt_view_reader *reader)
{
    struct lt_follow_row *row = &follow->row;
    struct lt_event_id id;
    unsigned kind = 0;

    if (!lt_event_id_parse(row->sent, &id) ||
        lt_view_sent_answer(reader, &id, &row->to, &kind) != LT_OK) {
        return;
    }
    if (kind == LT_FOLLOW_TAKEN) {
        (void)LT_FAILPOINT(follow_confirmed);
        /* Not done: the next round does it. */
        (void)!lt_register_follow_answered(desk->shelf.reg, desk->shelf.people,
                                           row, kind);
        return;
    }
    count_untaken(follow);
    if (kind == LT_FOLLOW_UNOPENED) {
        row->answer = kind;
        ask_key(follow); /* it may have another by now */
    }
}

static bool step_out(struct lt_follow *follow, struct lt_desk *desk,
                     struct lt_view_reader *reader)
{
    struct lt_follow_row *row = &follow->row;
    struct lt_office custodian;
    lt_err rc;

    if (desk->shelf.reg == NULL ||
        lt_register_follow_next(desk->shelf.reg, follow->row_after, row) !=
            LT_OK) {
        return false;
    }
    follow->row_after = row->id;
    rc = whose(desk, reader, row->case_id, &custodian);
    if (rc != LT_OK) {
        return rc == LT_EBUSY;
    }
    if (!lt_office_equal(&custodian, &row->to)) {
        return settle(desk, row->case_id, &custodian) == LT_OK;
    }
    if (row->sent[0] != '\0') {
        look_at_sent(follow, desk, reader);
    } else if (lt_follow_may_not_write(desk)) {
        return true;
    } else if (!lt_follow_unlocked(desk)) {
        count_locked(follow);
    } else {
        ask_key(follow);
    }
    return true;
}

/* ---- cases that have changed hands ---- */

static void next_case(struct lt_follow *follow)
{
    if (++follow->cases_at == follow->cases_n) {
        follow->moved = follow->cases_last;
    }
}

/* It came here, perhaps by an assignment: then who had it has nothing of this
 * office yet, nor its key, which goes before whatever it writes. */
static lt_err want(struct lt_follow *follow, struct lt_desk *desk,
                   const struct lt_view_moved *moved, const char *case_id)
{
    const struct lt_office *holder = lt_office_is_zero(&moved->former)
                                         ? &moved->matter.origin
                                         : &moved->former;
    uint8_t request[LT_REQUEST_LEN];
    struct lt_write_event *write;
    struct lt_office *to;
    bool asked = false;
    lt_err rc = lt_register_follow_asked(desk->shelf.reg, case_id, &asked);

    if (rc != LT_OK || asked || lt_follow_may_not_write(desk) ||
        LT_PLANTED(follow_unasked) || lt_office_equal(holder, &desk->office)) {
        return rc;
    }
    lt_follow_request("lienthong register wanted 1", case_id, 0, request);
    write = lt_follow_write_new(follow, desk, request, LT_EV_REGISTER_WANTED,
                                holder);
    to = write == NULL ? NULL
                       : lt_arena_take(&follow->batch->arena, sizeof(*to));
    if (to == NULL) {
        if (write != NULL) {
            lt_follow_job_drop(follow);
        }
        return LT_ENOMEM;
    }
    *to = *holder;
    write->event->to = to;
    write->event->to_n = 1;
    follow->doing = LT_FOLLOW_WANTS;
    return LT_OK;
}

static lt_err look_at_moved(struct lt_follow *follow, struct lt_desk *desk,
                            struct lt_view_reader *reader,
                            const struct lt_view_moved *moved)
{
    char case_id[LT_EVENT_ID_TEXT];
    struct lt_office custodian;
    bool knows = false;
    lt_err rc;

    lt_event_id_format(&moved->matter, case_id);
    rc = lt_register_follow_knows(desk->shelf.reg, case_id, &knows);
    if (rc == LT_OK && knows) {
        rc = whose(desk, reader, case_id, &custodian);
        rc = rc == LT_OK ? settle(desk, case_id, &custodian) : rc;
    }
    if (rc == LT_OK && lt_office_equal(&moved->holder, &desk->office)) {
        rc = want(follow, desk, moved, case_id);
    }
    return rc == LT_EBUSY ? LT_OK : rc;
}

static bool step_moved(struct lt_follow *follow, struct lt_desk *desk,
                       struct lt_view_reader *reader)
{
    if (desk->shelf.reg == NULL || LT_PLANTED(follow_nobody)) {
        return false;
    }
    if (follow->inode != desk->reader_inode) { /* a view that counts anew */
        follow->inode = desk->reader_inode;
        follow->moved = 0;
        follow->cases_n = 0;
        follow->cases_at = 0;
    }
    if (follow->cases_at == follow->cases_n) {
        follow->cases_at = 0;
        follow->cases_n = 0;
        follow->cases_last = follow->moved;
        if (lt_view_moved(reader, &follow->cases_last, follow->cases,
                          &follow->cases_n) != LT_OK) {
            follow->cases_n = 0;
        }
        return follow->cases_n > 0;
    }
    if (look_at_moved(follow, desk, reader, &follow->cases[follow->cases_at]) !=
        LT_OK) {
        follow->cases_at = follow->cases_n; /* all of them in the next round */
        return false;
    }
    if (follow->doing != LT_FOLLOW_WANTS) {
        next_case(follow);
    }
    return true;
}

/* ---- rounds ---- */

static bool waits(const struct lt_control_follow *made)
{
    return made->locked + made->no_key + made->untaken + made->come > 0;
}

static void begin_round(struct lt_follow *follow, const struct lt_now *now)
{
    follow->making = (struct lt_control_follow){.locked = 0};
    follow->stage = LT_FOLLOW_MOVED;
    follow->sent_n = 0;
    follow->sent_at = 0;
    follow->sent_after = 0;
    follow->row_after = 0;
    follow->looked_ms = now->mono_ms;
    follow->in_round = true;
    follow->stirred = false;
}

static void end_round(struct lt_follow *follow, const struct lt_now *now)
{
    follow->made = follow->making;
    follow->stage = LT_FOLLOW_MOVED;
    follow->at_ms = follow->stirred        ? now->mono_ms + PAUSE_MS
                    : waits(&follow->made) ? now->mono_ms + AGAIN_MS
                                           : INT64_MAX;
    follow->in_round = false;
}

static bool take_step(struct lt_follow *follow, struct lt_desk *desk,
                      struct lt_view_reader *reader, const struct lt_now *now)
{
    switch (follow->stage) {
    case LT_FOLLOW_MOVED:
        if (!step_moved(follow, desk, reader)) {
            follow->stage = LT_FOLLOW_IN;
        }
        return true;
    case LT_FOLLOW_IN:
        if (!lt_follow_step_in(follow, desk, reader)) {
            follow->stage = LT_FOLLOW_OUT;
        }
        return true;
    case LT_FOLLOW_OUT:
        if (step_out(follow, desk, reader)) {
            return true;
        }
        break;
    }
    end_round(follow, now);
    return false;
}

struct lt_batch *lt_follow_step(struct lt_follow *follow, struct lt_desk *desk,
                                const struct lt_now *now)
{
    struct lt_view_reader *reader;
    struct lt_diag ignored;
    bool unlocked = lt_follow_unlocked(desk);

    if (unlocked && !follow->was_unlocked) {
        follow->stirred = true;
        follow->at_ms = now->mono_ms; /* somebody waits for it */
    }
    follow->was_unlocked = unlocked;
    if (follow->batch != NULL || now->mono_ms < follow->at_ms) {
        return NULL;
    }
    desk->batch++;
    desk->now_ms = now->wall_ms;
    desk->today = lt_civil_day(now->wall_ms);
    lt_shelf_look(&desk->shelf);
    if (lt_desk_reader(desk, &reader, &ignored) != LT_OK) {
        follow->at_ms = now->mono_ms + AGAIN_MS;
        return NULL;
    }
    if (!follow->in_round) {
        begin_round(follow, now);
    }
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        if (follow->doing == LT_FOLLOW_ANSWER) {
            lt_follow_answer(follow, desk);
        } else if (follow->doing == LT_FOLLOW_SEND) {
            send(follow, desk);
        } else if (!take_step(follow, desk, reader, now)) {
            return NULL;
        }
        if (follow->batch != NULL) {
            return follow->batch;
        }
    }
    return NULL;
}

static void take_key(struct lt_follow *follow, struct lt_desk *desk,
                     const struct lt_job *job)
{
    struct lt_follow_row *row = &follow->row;

    if (job->result != LT_OK || job->answer.len != LT_CURVE_LEN) {
        follow->making.no_key++;
        follow->making.no_key_of = row->to;
        return;
    }
    memcpy(follow->key, job->answer.data, LT_CURVE_LEN);
    if (row->answer != LT_FOLLOW_UNOPENED) {
        follow->doing = LT_FOLLOW_SEND;
    } else if (memcmp(follow->key, row->key, LT_CURVE_LEN) != 0 &&
               lt_register_follow_anew(desk->shelf.reg, row->id) == LT_OK) {
        follow->row_after = row->id - 1; /* once more, in this round */
    }
}

static void take_sent(struct lt_follow *follow, struct lt_desk *desk,
                      const struct lt_job *job)
{
    char event[LT_EVENT_ID_TEXT];
    struct lt_answer written;

    if (job->result != LT_OK ||
        !lt_answer_at(job->answer.data, job->answer.len, 0, &written)) {
        count_locked(follow);
        return;
    }
    (void)LT_FAILPOINT(follow_written);
    lt_event_id_format(&written.id, event);
    /* Not noted: the next round writes it under the same request id, and is
     * answered the same. Noted: what was written before may be answered, and
     * nothing will stir for it. */
    if (lt_register_follow_sent(desk->shelf.reg, follow->row.id, event,
                                follow->key) == LT_OK) {
        follow->row_after = follow->row.id - 1;
    }
}

void lt_follow_done(struct lt_follow *follow, struct lt_desk *desk,
                    const struct lt_job *job)
{
    enum lt_follow_job done = follow->doing;
    char case_id[LT_EVENT_ID_TEXT];

    follow->batch = NULL;
    follow->doing = LT_FOLLOW_REST;
    switch (done) {
    case LT_FOLLOW_FETCHES:
        if (job->result == LT_OK) {
            lt_follow_take_in(follow, desk, &job->answer);
        } else { /* its part is not here yet */
            follow->making.come++;
            follow->making.come_from = follow->sent[follow->sent_at].id.origin;
            follow->sent_at++;
        }
        break;
    case LT_FOLLOW_ANSWERS:
        follow->sent_at++;
        break;
    case LT_FOLLOW_ASKS_KEY:
        take_key(follow, desk, job);
        break;
    case LT_FOLLOW_SENDS:
        take_sent(follow, desk, job);
        break;
    case LT_FOLLOW_WANTS:
        if (job->result == LT_OK) {
            lt_event_id_format(&follow->cases[follow->cases_at].matter,
                               case_id);
            (void)!lt_register_follow_ask(desk->shelf.reg, case_id);
        }
        next_case(follow);
        break;
    case LT_FOLLOW_REST:
    case LT_FOLLOW_ANSWER:
    case LT_FOLLOW_SEND:
        break;
    }
}
