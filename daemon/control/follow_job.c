/* What only the loop can do for an entry that follows: its jobs. */
#include <string.h>

#include "daemon/control/follow_internal.h"

enum { ROLE_SYSTEM = 6 };

bool lt_follow_unlocked(const struct lt_desk *desk)
{
    return desk->shelf.reg != NULL && desk->shelf.people != NULL &&
           lt_register_is_unlocked(desk->shelf.reg);
}

/* This office writes no more, or nobody vouches for its key. */
bool lt_follow_may_not_write(const struct lt_desk *desk)
{
    const struct lt_snapshot *snapshot = desk->snapshot;

    return snapshot == NULL || snapshot->tree == NULL ||
           snapshot->unconfirmed ||
           lt_tree_closed_at(snapshot->tree, lt_tree_version(snapshot->tree),
                             &desk->office);
}

struct lt_pending *lt_follow_job_new(struct lt_follow *follow,
                                     enum lt_job_kind kind)
{
    struct lt_batch *batch = lt_new(lt_alloc_heap(), sizeof(*batch));
    struct lt_pending *pending;

    if (batch == NULL) {
        return NULL;
    }
    lt_arena_init(&batch->pool, lt_alloc_heap(), LT_BATCH_ARENA);
    lt_arena_init(&batch->arena, lt_alloc_heap(), LT_BATCH_ARENA);
    lt_arena_init(&batch->refusals, lt_alloc_heap(), LT_BATCH_ARENA);
    pending = lt_arena_take(&batch->arena, sizeof(*pending));
    if (pending == NULL) {
        lt_batch_free(batch);
        return NULL;
    }
    pending->job.kind = kind;
    lt_buf_init(&pending->job.answer, lt_alloc_heap());
    pending->batch = batch;
    batch->pendings = pending;
    batch->left = 1;
    batch->prepared = true;
    follow->batch = batch;
    return pending;
}

void lt_follow_job_drop(struct lt_follow *follow)
{
    follow->batch->left = 0;
    lt_batch_free(follow->batch);
    follow->batch = NULL;
}

/* A write of one event to one office; its content is filled in by the caller.
 */
struct lt_write_event *
lt_follow_write_new(struct lt_follow *follow, const struct lt_desk *desk,
                    const uint8_t request[static LT_REQUEST_LEN], uint32_t type,
                    const struct lt_office *to)
{
    struct lt_pending *pending = lt_follow_job_new(follow, LT_JOB_WRITE);
    struct lt_arena *arena = pending == NULL ? NULL : &pending->batch->arena;
    struct lt_write *write;
    struct lt_event *event;
    struct lt_channel *channel;

    if (arena == NULL) {
        return NULL;
    }
    write = lt_arena_take(arena, sizeof(*write));
    event = lt_arena_take(arena, sizeof(*event));
    channel = lt_arena_take(arena, sizeof(*channel));
    if (write != NULL) {
        write->events = lt_arena_take(arena, sizeof(*write->events));
    }
    if (write == NULL || event == NULL || channel == NULL ||
        write->events == NULL) {
        lt_follow_job_drop(follow);
        return NULL;
    }
    *channel = (struct lt_channel){
        .cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_TO, .to = *to};
    event->type = type;
    event->recorded_at_ms = desk->now_ms;
    event->actor_role = ROLE_SYSTEM;
    event->has_legal_date = true;
    event->legal_date = desk->today;
    event->has_request_id = true;
    memcpy(event->request_id, request, LT_REQUEST_LEN);
    write->has_request_id = true;
    memcpy(write->request_id, request, LT_REQUEST_LEN);
    write->events_n = 1;
    write->events[0] = (struct lt_write_event){
        .event = event, .channels_n = 1, .channels = channel};
    pending->job.write = write;
    return &write->events[0];
}

/* One thing is said once, whatever life of the daemon says it. */
void lt_follow_request(const char *domain, const char *text, unsigned kind,
                       uint8_t out[static LT_REQUEST_LEN])
{
    uint8_t hash[LT_HASH_LEN];
    uint8_t last = (uint8_t)kind;
    const struct lt_span spans[] = {
        {domain, strlen(domain) + 1}, {text, strlen(text)}, {&last, 1}};

    lt_sha256(spans, LT_COUNT_OF(spans), hash);
    memcpy(out, hash, LT_REQUEST_LEN);
}
