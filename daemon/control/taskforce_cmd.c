/* A task force gets other members.
 *
 * Who joins has nothing of what was said before, so a force is not changed: it
 * ends, and one that names it is formed in the same commit, for the same days
 * and under the same name and decision unless others are given. What was said
 * of its days stays with the former. */
#include "common/failpoint.h"
#include "daemon/control/addressed.h"

#include <string.h>

enum { OF_TASKFORCE = 1U << LT_DIRECTIVE_TASKFORCE };

/* The event that formed it. Texts in it live in the arena. */
static lt_err take_opening(struct lt_desk *desk, const struct lt_event_id *id,
                           struct lt_event *out, struct lt_diag *diag)
{
    struct lt_view_original *all = NULL;
    struct lt_view_reader *reader;
    size_t n = 0;
    lt_err rc = lt_desk_reader(desk, &reader, diag);

    if (rc == LT_OK) {
        rc = lt_view_originals(reader, id, LT_FOLD_EVENTS_MAX, desk->arena,
                               &all, &n);
    }
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        if (lt_event_id_equal(&all[i].id, id)) {
            return lt_event_decode(all[i].bytes, all[i].len, id, all[i].hlc,
                                   desk->arena, out, NULL);
        }
    }
    return rc == LT_OK ? LT_ENOTFOUND : rc;
}

static void keep_text(struct lt_args *args, enum lt_option option,
                      struct lt_text text)
{
    if (!lt_args_has(args, option) && text.len > 0) {
        args->texts[option] = text;
        args->present |= (lt_options)1 << option;
    }
}

static void keep_number(struct lt_args *args, enum lt_option option,
                        int64_t number)
{
    if (!lt_args_has(args, option)) {
        args->numbers[option] = number;
        args->present |= (lt_options)1 << option;
    }
}

/* The word that ends the former, beside the draft's own event. */
static lt_err put_end(struct lt_desk *desk, const struct lt_draft *end,
                      struct lt_draft *draft)
{
    draft->more = lt_arena_take(desk->arena, sizeof(*draft->more));
    if (draft->more == NULL) {
        return LT_ENOMEM;
    }
    draft->more[0] = (struct lt_write_event){.event = end->event,
                                             .channels_n = end->channels_n,
                                             .channels = end->channels};
    draft->more_n = 1;
    draft->touch = end->touch;
    return LT_OK;
}

lt_err lt_taskforce_change(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_args kept = *args;
    struct lt_draft end;
    struct lt_event *opening = lt_arena_take(desk->arena, sizeof(*opening));
    lt_err rc;

    if (opening == NULL) {
        return LT_ENOMEM;
    }
    memset(&end, 0, sizeof(end));
    rc = lt_addressed_to_all(desk, args, &end, LT_EV_TASKFORCE_ENDED,
                             OF_TASKFORCE, diag);
    if (rc == LT_OK) {
        rc = take_opening(desk, &end.matter, opening, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    end.event->has_day = true;
    end.event->day =
        opening->day < desk->today ? desk->today - 1 : opening->day;
    rc = lt_addressed_would(desk, &end, "taskforce", diag);
    if (rc != LT_OK) {
        return rc;
    }
    keep_text(&kept, LT_OPT_NAME, opening->name);
    keep_text(&kept, LT_OPT_DOC_NO, opening->doc_no);
    keep_number(&kept, LT_OPT_UNTIL, opening->due);
    keep_number(&kept, LT_OPT_EVERY_DAYS, opening->kind);
    keep_number(&kept, LT_OPT_FROM_DATE,
                opening->day < desk->today ? desk->today : opening->day);
    rc = lt_taskforce_form(desk, &kept, draft, diag);
    if (rc != LT_OK) {
        return rc;
    }
    draft->event->has_other = true;
    draft->event->other = end.matter;
    return LT_PLANTED(former_goes_on) ? LT_OK : put_end(desk, &end, draft);
}
