/* At the tree's writer: changes that were prepared are put in force when their
 * day begins (00:00, UTC+7), or at the next start. What the tree would refuse
 * by then is left, with an alarm; a person sees why. */
#include "common/note.h"
#include "daemon/daemon_internal.h"

enum { CHANGES_MAX = 2000 /* of one commit */ };

static const struct lt_channel CHANNEL = {.cls = LT_CLASS_TREE,
                                          .audience = LT_AUDIENCE_ALL};

static void tell_refused(struct lt_daemon *daemon, size_t refused)
{
    struct lt_diag diag = {.code = LT_APLANDUE};

    lt_diag_arg(&diag, "count", "%zu", refused);
    lt_daemon_alarm(daemon, LT_APLANDUE, refused > 0, NULL,
                    refused > 0 ? &diag : NULL);
}

static void note_changed(size_t n)
{
    struct lt_diag note = {.code = LT_NPLANDUE};

    lt_diag_arg(&note, "count", "%zu", n);
    lt_note(&note);
}

/* One commit: all of it is in force, or none. */
static lt_err write_all(struct lt_daemon *daemon, const size_t *indices,
                        size_t n)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    struct lt_event *events = lt_new_array(lt_alloc_heap(), n, sizeof(*events));
    struct lt_write_event *written =
        lt_new_array(lt_alloc_heap(), n, sizeof(*written));
    struct lt_write write = {
        .token = LT_TOKEN_OWN, .events_n = n, .events = written};
    struct lt_buf answer;
    bool repeated;
    lt_err err = LT_ENOMEM;

    lt_buf_init(&answer, lt_alloc_heap());
    if (events != NULL && written != NULL) {
        for (size_t i = 0; i < n; i++) {
            lt_tree_put_in_force(lt_tree_prepared_at(tree, indices[i]),
                                 &events[i]);
            events[i].actor_role = 6; /* ROLE_SYSTEM */
            events[i].recorded_at_ms = daemon->now.wall_ms;
            events[i].has_legal_date = true;
            events[i].legal_date = lt_civil_day(daemon->now.wall_ms);
            written[i] = (struct lt_write_event){
                .event = &events[i], .channels_n = 1, .channels = &CHANNEL};
        }
        err = lt_turn_write(daemon->turn, &daemon->now, &write, &answer,
                            &repeated, NULL);
    }
    lt_buf_deinit(&answer);
    lt_free(lt_alloc_heap(), events);
    lt_free(lt_alloc_heap(), written);
    return err;
}

/* *out_done: nothing is left that could be put in force today. */
static lt_err put_in_force(struct lt_daemon *daemon, int32_t today,
                           bool *out_done)
{
    size_t *indices =
        lt_new_array(lt_alloc_heap(), CHANGES_MAX, sizeof(*indices));
    size_t refused = 0;
    size_t n = 0;
    lt_err err = indices == NULL
                     ? LT_ENOMEM
                     : lt_tree_due(lt_engine_tree(daemon->engine), today,
                                   CHANGES_MAX, indices, &n, &refused);

    if (err == LT_OK && n > 0) {
        err = write_all(daemon, indices, n);
        if (err == LT_OK) {
            note_changed(n);
        }
    }
    if (err == LT_OK) {
        tell_refused(daemon, refused);
    }
    lt_free(lt_alloc_heap(), indices);
    *out_done = n == 0;
    return err;
}

lt_err lt_daemon_midnight(struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    int32_t today = lt_civil_day(daemon->now.wall_ms);
    int32_t due = today;
    bool done = true;
    lt_err err = LT_OK;

    if (daemon->tree_looked_day == today &&
        daemon->tree_looked_revision == lt_tree_revision(tree)) {
        return LT_OK;
    }
    if (lt_tree_may_write(tree, &daemon->identity.office, today) &&
        lt_tree_next_due(tree, &due) && due <= today) {
        err = put_in_force(daemon, today, &done);
    } else {
        tell_refused(daemon, 0);
    }
    if (err == LT_OK && done) {
        daemon->tree_looked_day = today;
        daemon->tree_looked_revision = lt_tree_revision(tree);
    }
    /* Otherwise again once it is committed; without room, when there is. */
    return lt_err_exit(err) == 75 ? LT_OK : err;
}
