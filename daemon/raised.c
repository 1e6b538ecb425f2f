/* What the watch over untaken incidents (alert.h) finds becomes alarms, one an
 * office where people wait, so that `status` and whoever checks it see it at
 * every tier between. */
#include "common/note.h"
#include "daemon/daemon_internal.h"

struct lt_view_climb lt_daemon_climb(const struct lt_daemon *daemon)
{
    return (struct lt_view_climb){
        .within_ms = lt_conf_number(daemon->conf, LT_SET_INCIDENT_WITHIN),
        .forecast_within_ms =
            lt_conf_number(daemon->conf, LT_SET_FORECAST_WITHIN),
        .self = daemon->identity.office,
        .phone = lt_conf_text(daemon->conf, LT_SET_DUTY_PHONE),
        .superior_phone =
            lt_conf_text(daemon->conf, LT_SET_SUPERIOR_DUTY_PHONE)};
}

lt_err lt_daemon_alert_start(struct lt_daemon *daemon, struct lt_diag *diag)
{
    const struct lt_alert_options options = {
        .dir = daemon->options->dir,
        .view_path = daemon->view_path,
        .sys = daemon->sys,
        .climb = lt_daemon_climb(daemon),
        .command = lt_conf_text(daemon->conf, LT_SET_ALERT_COMMAND),
        .timeout_ms = lt_conf_number(daemon->conf, LT_SET_ALERT_TIMEOUT),
        .wake_fd = daemon->wake_fd,
    };
    lt_err err = lt_alert_start(&options, &daemon->alert);

    daemon->alert_from_pos = daemon->last_pos;
    if (err == LT_EINVAL) {
        err = lt_diag_set(diag, LT_ECONFIG);
        lt_diag_arg(diag, "key", "alert_command");
        lt_diag_arg(diag, "reason", "an absolute path, at most 31 arguments");
    }
    return err;
}

void lt_daemon_alert_publish(struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    struct lt_tree *fresh = NULL;

    if ((!daemon->alert_has_tree ||
         daemon->alert_tree != lt_tree_version(tree)) &&
        lt_tree_clone(tree, &fresh) == LT_OK) {
        daemon->alert_has_tree = true;
        daemon->alert_tree = lt_tree_version(tree);
    }
    lt_alert_publish(daemon->alert, fresh,
                     lt_feed_applied(daemon->feed) >= daemon->alert_from_pos);
}

/* The oldest of those of one office; how many there are. */
static const struct lt_view_untaken *oldest_of(const struct lt_alert_news *news,
                                               const struct lt_office *origin,
                                               unsigned *out_n)
{
    const struct lt_view_untaken *oldest = NULL;

    *out_n = 0;
    for (size_t i = 0; i < news->n; i++) {
        const struct lt_view_untaken *item = &news->items[i];

        if (item->overdue && lt_office_equal(&item->origin, origin)) {
            (*out_n)++;
            if (oldest == NULL || item->since_ms < oldest->since_ms) {
                oldest = item;
            }
        }
    }
    return oldest;
}

static void raise_for(struct lt_daemon *daemon,
                      const struct lt_alert_news *news,
                      const struct lt_office *origin)
{
    struct lt_view_climb climb = lt_daemon_climb(daemon);
    struct lt_diag diag = {.code = LT_AUNTAKEN};
    char text[LT_OFFICE_TEXT];
    char since[LT_TIME_TEXT];
    const char *phone;
    unsigned n;
    const struct lt_view_untaken *oldest = oldest_of(news, origin, &n);

    if (oldest == NULL) {
        return;
    }
    climb.tree = lt_engine_tree(daemon->engine);
    phone = lt_view_phone(&climb, &oldest->asked);
    lt_office_format(origin, text);
    lt_diag_arg(&diag, "origin", "%s", text);
    lt_diag_arg(&diag, "count", "%u", n);
    lt_time_format(oldest->since_ms, since);
    lt_diag_arg(&diag, "since", "%s", since);
    lt_office_format(&oldest->asked, text);
    lt_diag_arg(&diag, "office", "%s", text);
    if (phone != NULL) {
        lt_diag_arg(&diag, "phone", "%s", phone);
    }
    lt_daemon_alarm(daemon, LT_AUNTAKEN, true, origin, &diag);
}

static void clear_others(struct lt_daemon *daemon,
                         const struct lt_alert_news *news)
{
    size_t i = 0;

    while (i < daemon->alarms.n) {
        const struct lt_alarm *alarm = &daemon->alarms.items[i];
        const struct lt_office subject = alarm->subject;
        unsigned n;

        if (alarm->code == LT_AUNTAKEN &&
            oldest_of(news, &subject, &n) == NULL) {
            lt_daemon_alarm(daemon, LT_AUNTAKEN, false, &subject, NULL);
        } else {
            i++;
        }
    }
}

static void tell_command(struct lt_daemon *daemon,
                         const struct lt_alert_news *news)
{
    struct lt_diag diag = {.code = LT_NRUNG};

    lt_diag_arg(&diag, "path", "%s",
                lt_conf_text(daemon->conf, LT_SET_ALERT_COMMAND));
    if (news->rung > 0) {
        lt_diag_arg(&diag, "count", "%u", news->rung);
        lt_note(&diag);
    }
    if (news->failed > 0) {
        struct lt_diag failed = {.code = LT_AALERT};

        lt_diag_arg(&failed, "path", "%s",
                    lt_conf_text(daemon->conf, LT_SET_ALERT_COMMAND));
        lt_diag_arg(&failed, "count", "%u", news->failed);
        lt_daemon_alarm(daemon, LT_AALERT, true, NULL, &failed);
    } else if (news->done > 0) {
        lt_daemon_alarm(daemon, LT_AALERT, false, NULL, NULL);
    }
}

void lt_daemon_take_raised(struct lt_daemon *daemon)
{
    struct lt_alert_news *news = NULL;

    if (lt_alert_has_news(daemon->alert)) {
        news = lt_new(lt_alloc_heap(), sizeof(*news));
    }
    if (news != NULL && lt_alert_take(daemon->alert, news)) {
        for (size_t i = 0; i < news->n; i++) {
            raise_for(daemon, news, &news->items[i].origin);
        }
        clear_others(daemon, news);
        tell_command(daemon, news);
        lt_daemon_take_expired(daemon, news);
    }
    lt_free(lt_alloc_heap(), news);
}
