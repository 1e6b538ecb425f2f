#include "daemon/inbox.h"

#include <string.h>

#include "common/alloc.h"

bool lt_inbox_may_give(const struct lt_inbox_turn *turn)
{
    const bool rested = turn->rested_ms >= LT_INBOX_REST_MS;

    if (turn->urgent) {
        return turn->taken == 0 && rested;
    }
    if (turn->followed) {
        return turn->taken == 0 &&
               (rested || (turn->cost_ms >= 0 &&
                           turn->rested_ms >= LT_INBOX_SHARE * turn->cost_ms));
    }
    return turn->hasty ? turn->taken == 0 : turn->taken < LT_INBOX_TURN_BYTES;
}

lt_err lt_inbox_put(struct lt_inbox *inbox, uint64_t session,
                    const uint8_t *bytes, size_t len)
{
    struct lt_inbox_frame *frame =
        lt_resize(lt_alloc_heap(), NULL, sizeof(*frame) + len);

    if (frame == NULL) {
        return LT_ENOMEM;
    }
    frame->next = NULL;
    frame->session = session;
    frame->len = len;
    memcpy(frame->bytes, bytes, len);
    if (inbox->last == NULL) {
        inbox->first = frame;
    } else {
        inbox->last->next = frame;
    }
    inbox->last = frame;
    inbox->bytes += len;
    return LT_OK;
}

struct lt_inbox_frame *lt_inbox_take(struct lt_inbox *inbox)
{
    struct lt_inbox_frame *frame = inbox->first;

    if (frame != NULL) {
        inbox->first = frame->next;
        if (inbox->first == NULL) {
            inbox->last = NULL;
        }
        inbox->bytes -= frame->len;
    }
    return frame;
}

void lt_inbox_free_frame(struct lt_inbox_frame *frame)
{
    lt_free(lt_alloc_heap(), frame);
}

void lt_inbox_deinit(struct lt_inbox *inbox)
{
    struct lt_inbox_frame *frame;

    while ((frame = lt_inbox_take(inbox)) != NULL) {
        lt_inbox_free_frame(frame);
    }
}
