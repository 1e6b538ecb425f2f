/* Orders and confirmations for the texts of incidents whose time is over, in
 * the daemon's own name: the law of 24 hours and 90 days needs nobody's hand.
 */
#include "daemon/cases/erasure.h"
#include "daemon/daemon_internal.h"

static lt_err write_erasure(struct lt_daemon *daemon,
                            const struct lt_view_expired *item)
{
    struct lt_channel channels[LT_ADDRESSEES_MAX];
    struct lt_event *event = lt_new(lt_alloc_heap(), sizeof(*event));
    size_t n = lt_erasure_channels(&daemon->identity.office, &item->target,
                                   &item->channel, NULL, 0, channels);
    lt_err err = LT_ENOMEM;

    if (event != NULL) {
        event->type = LT_EV_TEXT_ERASED;
        event->has_subject = true;
        event->subject = item->matter;
        event->erases = item->target;
        event->confirms = item->confirms;
        event->causes_n = n > 1 ? 0 : item->heads_n;
        for (size_t i = 0; i < event->causes_n; i++) {
            event->causes[i] = item->heads[i];
        }
        err = lt_daemon_write_own_to(daemon, event, channels, n,
                                     LT_TOKEN_OWN + ++daemon->own_tokens);
    }
    lt_free(lt_alloc_heap(), event);
    return err;
}

void lt_daemon_take_expired(struct lt_daemon *daemon,
                            const struct lt_alert_news *news)
{
    /* Ours would wait, and be written again at every look. */
    if (lt_engine_self_unconfirmed(daemon->engine)) {
        return;
    }
    for (size_t i = 0; i < news->expired_n; i++) {
        /* What cannot be written now is found again. */
        if (write_erasure(daemon, &news->expired[i]) != LT_OK) {
            return;
        }
    }
}
