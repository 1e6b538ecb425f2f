/* At the tree's writer: the key of a closed office is revoked once all that the
 * office wrote is here, with the last of each stream as its end. One that has
 * not said so is left: its machine may be lost, and a person says it then. What
 * was said of the key by anybody, and be it that it counts again, stands. */
#include "common/failpoint.h"
#include "common/note.h"
#include "daemon/daemon_internal.h"

enum { LOOK_MS = 1000 };

static void note_ended(const struct lt_tree_office *office)
{
    struct lt_diag note = {.code = LT_NDRAINED};
    char text[LT_OFFICE_TEXT];

    lt_office_format(&office->id, text);
    lt_diag_arg(&note, "office", "%s", text);
    lt_diag_arg(&note, "name", "%s", office->name);
    lt_note(&note);
}

/* As `lienthong revoke` would, in the daemon's own name. */
static lt_err revoke(struct lt_daemon *daemon,
                     const struct lt_tree_office *office)
{
    static const struct lt_channel CHANNEL = {.cls = LT_CLASS_TREE,
                                              .audience = LT_AUDIENCE_ALL};
    const struct lt_revoke_ask ask = {.office = office->id,
                                      .as_of_ms = INT64_MAX};
    struct lt_event *event = lt_new(lt_alloc_heap(), sizeof(*event));
    struct lt_write_event written = {
        .event = event, .channels_n = 1, .channels = &CHANNEL};
    struct lt_write write = {
        .token = LT_TOKEN_OWN, .events_n = 1, .events = &written};
    struct lt_job job = {.revoke = &ask, .write = &write};
    lt_err err;

    if (event == NULL) {
        return LT_ENOMEM;
    }
    event->type = LT_EV_KEY_REVOKED;
    event->actor_role = 6; /* ROLE_SYSTEM */
    event->recorded_at_ms = daemon->now.wall_ms;
    event->has_legal_date = true;
    event->legal_date = lt_civil_day(daemon->now.wall_ms);
    lt_buf_init(&job.answer, lt_alloc_heap());
    err = lt_daemon_revoke(daemon, &job);
    if (err == LT_OK) {
        note_ended(office);
        daemon->drain_ms = daemon->now.mono_ms; /* there may be others */
    }
    lt_buf_deinit(&job.answer);
    lt_free(lt_alloc_heap(), event);
    /* Without room, later; what cannot be revoked is left. */
    return err == LT_ENOMEM || err == LT_EIO ? err : LT_OK;
}

static bool is_over(struct lt_daemon *daemon, const struct lt_office *office)
{
    enum lt_drain_state state = lt_engine_drain(daemon->engine, office);

    return state == LT_DRAIN_OVER ||
           (LT_PLANTED(revoke_undrained) &&
            (state == LT_DRAIN_UNSAID || state == LT_DRAIN_MISSING));
}

lt_err lt_daemon_drain(struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);

    if (daemon->now.mono_ms < daemon->drain_ms ||
        !lt_tree_may_write(tree, &daemon->identity.office,
                           lt_civil_day(daemon->now.wall_ms))) {
        return LT_OK;
    }
    daemon->drain_ms = daemon->now.mono_ms + LOOK_MS;
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);

        if (office->closed_version != 0 &&
            lt_tree_covers(tree, &daemon->identity.office, &office->id) &&
            is_over(daemon, &office->id)) {
            return revoke(daemon, office); /* one a turn */
        }
    }
    return LT_OK;
}
