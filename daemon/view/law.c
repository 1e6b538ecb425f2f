/* RULESET_SET and CALENDAR_SET: which of them count here.
 *
 * They belong to no matter. Whether one counts is judged by the tree at the
 * version that it names; until that is here it waits. What counts is a row of
 * `law`; readers make laws of those (books.c). */
#include "daemon/cases/law.h"
#include "daemon/view/view_internal.h"

#include <string.h>

static struct lt_judged judge(struct lt_view *view,
                              const struct lt_channel *channel)
{
    const struct lt_event *event = &view->event;

    if (!lt_event_known(event)) {
        return (struct lt_judged){LT_WAITING, LT_WHY_NEWER_VERSION};
    }
    if (!lt_class_fits(event->type, channel->cls)) {
        return (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_CHANNEL};
    }
    if (event->tree_version > lt_tree_version(view->tree)) {
        return (struct lt_judged){LT_WAITING, LT_WHY_TREE_MISSING};
    }
    if (!lt_law_may_set(&event->id.origin, channel, view->tree,
                        event->tree_version)) {
        return (struct lt_judged){LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE};
    }
    return lt_law_check(event, lt_alloc_heap(), NULL) == LT_OK
               ? (struct lt_judged){LT_APPLIED, LT_WHY_NONE}
               : (struct lt_judged){LT_REJECTED, LT_WHY_MALFORMED};
}

lt_err lt_view_law_judge(struct lt_view *view, const struct lt_channel *channel,
                         int64_t seq, struct lt_judged *out_judged)
{
    *out_judged = judge(view, channel);
    if (out_judged->verdict == LT_REJECTED ||
        out_judged->why == LT_WHY_NEWER_VERSION) {
        return LT_OK;
    }
    sqlite3_bind_int64(view->put_law, 1, seq);
    sqlite3_bind_int64(view->put_law, 2, (int64_t)view->event.tree_version);
    sqlite3_bind_int(view->put_law, 3, out_judged->verdict == LT_APPLIED);
    return lt_db_run(view->put_law);
}

lt_err lt_view_take_event(struct lt_view *view, int64_t seq,
                          struct lt_channel *out_channel)
{
    sqlite3_stmt *stmt = view->get_event;
    struct lt_event_id id;
    bool row = false;
    lt_err rc;

    sqlite3_bind_int64(stmt, 1, seq);
    rc = lt_db_step(stmt, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    rc = lt_intern_id(&view->intern, sqlite3_column_int64(stmt, 0), &id);
    if (rc == LT_OK) {
        rc = lt_intern_channel_of(&view->intern, sqlite3_column_int64(stmt, 1),
                                  out_channel);
    }
    if (rc == LT_OK) {
        lt_arena_reset(&view->event_arena);
        rc = lt_event_decode(sqlite3_column_blob(stmt, 6),
                             (size_t)sqlite3_column_bytes(stmt, 6), &id,
                             (uint64_t)sqlite3_column_int64(stmt, 2),
                             &view->event_arena, &view->event, NULL);
    }
    lt_db_reset(stmt);
    return rc;
}

static lt_err judge_again(struct lt_view *view, int64_t seq)
{
    struct lt_channel channel;
    struct lt_judged judged;
    lt_err rc = lt_view_take_event(view, seq, &channel);

    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(view->drop_law, 1, seq);
    rc = lt_db_run(view->drop_law);
    if (view->event.type != LT_EV_RULESET_SET &&
        view->event.type != LT_EV_CALENDAR_SET) {
        return rc; /* it was refused for another reason (doubt.c) */
    }
    if (rc == LT_OK) {
        rc = lt_view_law_judge(view, &channel, seq, &judged);
    }
    if (rc == LT_OK) {
        sqlite3_bind_int64(view->set_verdict, 1, seq);
        sqlite3_bind_int(view->set_verdict, 2, (int)judged.verdict);
        sqlite3_bind_int(view->set_verdict, 3, (int)judged.why);
        rc = lt_db_run(view->set_verdict);
    }
    return rc;
}

lt_err lt_view_law_awaiting(struct lt_view *view)
{
    for (;;) {
        int64_t seq;
        bool row = false;
        lt_err rc;

        sqlite3_bind_int64(view->next_law, 1,
                           (int64_t)lt_tree_version(view->tree));
        rc = lt_db_step(view->next_law, &row);
        if (rc != LT_OK || !row) {
            return rc;
        }
        seq = sqlite3_column_int64(view->next_law, 0);
        lt_db_reset(view->next_law);
        rc = judge_again(view, seq);
        if (rc != LT_OK) {
            return rc;
        }
    }
}
