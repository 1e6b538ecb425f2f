/* Entries that have come for this office: read out of the log, opened, put into
 * the register, answered. */
#include <stdio.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/identity.h"
#include "daemon/cases/fold.h"
#include "daemon/control/follow_internal.h"

enum { PATH_BYTES = 4096, DAY_MS = 24 * 3600 * 1000 };

static void fetch(struct lt_follow *follow)
{
    const struct lt_view_sent *sent = &follow->sent[follow->sent_at];
    struct lt_pending *pending = lt_follow_job_new(follow, LT_JOB_PIECE);

    if (pending != NULL) {
        pending->job.piece_pos = sent->pos;
        pending->job.piece_item = sent->item;
        memcpy(pending->job.piece_hash, sent->hash, LT_HASH_LEN);
        pending->job.raw = true;
        follow->doing = LT_FOLLOW_FETCHES;
    } else {
        follow->sent_at++; /* no memory: in the next round */
    }
}

static lt_err open_entry(const struct lt_desk *desk,
                         const struct lt_view_sent *sent,
                         const struct lt_buf *sealed,
                         struct lt_follow_entry **out_entry)
{
    struct lt_identity identity;
    char folder[PATH_BYTES];
    struct lt_diag ignored;
    lt_err rc;

    lt_identity_init(&identity);
    (void)snprintf(folder, sizeof(folder), "%s/identity", desk->shelf.dir);
    rc = lt_identity_load(&identity, folder, &ignored);
    if (rc == LT_OK) {
        rc = lt_follow_open(
            &sent->id.origin, &desk->office, identity.curve_secret,
            (struct lt_span){sealed->data, sealed->len}, out_entry);
    } else if (rc == LT_EINVAL) {
        rc = LT_EIO; /* not the entry's fault */
    }
    lt_identity_deinit(&identity);
    return rc;
}

/* Is it ours to take? LT_EBUSY: perhaps later. LT_EPERM: never. */
static lt_err ours(struct lt_desk *desk, const struct lt_view_sent *sent,
                   const char *case_id)
{
    struct lt_view_reader *reader;
    struct lt_view_heads heads;
    struct lt_event_id id;
    struct lt_diag ignored;
    bool had = false;
    lt_err rc;

    if (!lt_event_id_parse(case_id, &id)) {
        return LT_EPERM;
    }
    rc = lt_desk_reader(desk, &reader, &ignored);
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &id, &desk->office, &heads);
    }
    if (rc == LT_OK && (heads.kind != LT_MATTER_CASE ||
                        heads.type == LT_CASE_TYPE_DENUNCIATION)) {
        return LT_EPERM;
    }
    if (rc == LT_OK) {
        rc = lt_view_had_hand(reader, &heads.matter, &sent->id.origin, &had);
    }
    if (rc == LT_OK && had && !heads.contested &&
        lt_office_equal(&heads.custodian, &desk->office)) {
        return LT_OK;
    }
    /* The word that makes it ours may be on its way; not for ever. */
    return desk->now_ms - sent->committed_ms > DAY_MS ? LT_EPERM : LT_EBUSY;
}

void lt_follow_take_in(struct lt_follow *follow, struct lt_desk *desk,
                       const struct lt_buf *sealed)
{
    const struct lt_view_sent *sent = &follow->sent[follow->sent_at];
    struct lt_follow_entry *entry = NULL;
    lt_err rc = open_entry(desk, sent, sealed, &entry);

    if (rc == LT_OK) {
        rc = ours(desk, sent, lt_follow_entry_case(entry));
    }
    if (rc == LT_OK && lt_follow_unlocked(desk)) {
        rc = lt_follow_take(desk->shelf.reg, desk->shelf.people,
                            &sent->id.origin, entry);
    } else if (rc == LT_OK) {
        rc = LT_EBUSY;
    }
    lt_follow_entry_free(entry);
    follow->answer =
        rc == LT_OK ? LT_FOLLOW_TAKEN
        : rc == LT_EINVAL || rc == LT_EDENUNCIATION || rc == LT_EPERM
            ? LT_FOLLOW_UNOPENED
            : 0;
    if (follow->answer != 0) {
        (void)LT_FAILPOINT(follow_taken);
        follow->doing = LT_FOLLOW_ANSWER;
    } else {
        follow->making.come++;
        follow->making.come_from = sent->id.origin;
        follow->sent_at++;
    }
}

void lt_follow_answer(struct lt_follow *follow, const struct lt_desk *desk)
{
    const struct lt_view_sent *sent = &follow->sent[follow->sent_at];
    uint8_t request[LT_REQUEST_LEN];
    struct lt_write_event *write;
    char id[LT_EVENT_ID_TEXT];

    lt_event_id_format(&sent->id, id);
    lt_follow_request("lienthong register taken 1", id, follow->answer,
                      request);
    write = lt_follow_write_new(follow, desk, request, LT_EV_REGISTER_TAKEN,
                                &sent->id.origin);
    follow->doing = write == NULL ? LT_FOLLOW_REST : LT_FOLLOW_ANSWERS;
    if (write == NULL) {
        follow->sent_at++;
        return;
    }
    write->event->kind = follow->answer;
    write->event->has_corrects = true;
    write->event->corrects = sent->id;
}

bool lt_follow_step_in(struct lt_follow *follow, struct lt_desk *desk,
                       struct lt_view_reader *reader)
{
    if (follow->sent_at == follow->sent_n) {
        if (lt_view_sent(reader, &desk->office, follow->sent_after,
                         follow->sent, &follow->sent_n) != LT_OK ||
            follow->sent_n == 0) {
            follow->sent_n = 0;
            follow->sent_at = 0;
            return false;
        }
        follow->sent_at = 0;
        follow->sent_after = follow->sent[follow->sent_n - 1].seq;
    }
    if (!lt_follow_unlocked(desk)) {
        follow->making.come++;
        follow->making.come_from = follow->sent[follow->sent_at].id.origin;
        follow->sent_at++;
    } else if (lt_follow_may_not_write(desk)) {
        follow->sent_at++;
    } else {
        fetch(follow);
    }
    return true;
}
