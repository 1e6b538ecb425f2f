/* Personal data in a text: whoever reads it says so, and it is masked; who
 * wrote it puts a clean one in its place, and the old one is erased everywhere.
 *
 * Either goes where the text went, as an erasure does. */
#include "daemon/cases/erasure.h"
#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"
#include "daemon/control/entry.h"
#include "daemon/control/privacy.h"

#include <string.h>

enum { LIST_MAX = 1000 };

static lt_err find(struct lt_desk *desk, const struct lt_args *args,
                   struct lt_draft *draft, struct lt_event_id *out_id,
                   struct lt_view_entry *entry, struct lt_diag *diag)
{
    lt_err rc = lt_entry_find(desk, args, draft, out_id, entry, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (entry->parts_n == 0) {
        return lt_desk_refuse(diag, LT_EINVAL, "entry", "ui_why_no_texts");
    }
    if (lt_args_has(args, LT_OPT_INDEX) &&
        (size_t)args->numbers[LT_OPT_INDEX] >= entry->parts_n) {
        return lt_desk_refuse(diag, LT_EINVAL, "index", "ui_why_no_text");
    }
    return LT_OK;
}

/* An event about the text, in every channel that it went to. */
static lt_err begin(struct lt_desk *desk, struct lt_draft *draft, uint32_t type,
                    const struct lt_event_id *id,
                    const struct lt_view_entry *entry)
{
    bool issued = lt_office_equal(&id->origin, &entry->heads.matter.origin);
    lt_err rc =
        lt_draft_begin(desk, draft, type, (enum lt_class)entry->channel.cls,
                       LT_AUDIENCE_UP, NULL);

    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &entry->heads.matter, &entry->heads);
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    draft->channels = lt_arena_take(desk->arena, LT_ADDRESSEES_MAX *
                                                     sizeof(*draft->channels));
    if (draft->channels == NULL) {
        return LT_ENOMEM;
    }
    draft->channels_n =
        lt_erasure_channels(&desk->office, id, &entry->channel, entry->to,
                            issued ? entry->to_n : 0, draft->channels);
    if (draft->channels_n > 1) {
        draft->event->causes_n = 0;
    }
    return LT_OK;
}

static void name_text(const struct lt_args *args, struct lt_event *event,
                      const struct lt_event_id *id)
{
    event->has_corrects = true;
    event->corrects = *id;
    event->count = lt_args_has(args, LT_OPT_INDEX)
                       ? (uint32_t)args->numbers[LT_OPT_INDEX] + 1
                       : 0;
}

lt_err lt_text_flag(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_entry entry;
    struct lt_event_id id = {.count = 0};
    lt_err rc = find(desk, args, draft, &id, &entry, diag);

    if (rc == LT_OK) {
        rc = begin(desk, draft, LT_EV_TEXT_FLAGGED, &id, &entry);
    }
    if (rc == LT_OK) {
        name_text(args, draft->event, &id);
    }
    return rc;
}

/* The order to erase what was replaced, in the same write. */
static lt_err erase_too(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, const struct lt_event_id *id,
                        const struct lt_view_entry *entry)
{
    struct lt_draft order = {.event = NULL};
    lt_err rc = begin(desk, &order, LT_EV_TEXT_ERASED, id, entry);

    if (rc != LT_OK) {
        return rc;
    }
    order.event->erases = *id;
    order.event->has_erase_index = lt_args_has(args, LT_OPT_INDEX);
    order.event->erase_index = (uint32_t)args->numbers[LT_OPT_INDEX];
    draft->more = lt_arena_take(desk->arena, sizeof(*draft->more));
    if (draft->more == NULL) {
        return LT_ENOMEM;
    }
    draft->more_n = 1;
    draft->more[0] = (struct lt_write_event){.event = order.event,
                                             .channels_n = order.channels_n,
                                             .channels = order.channels};
    return LT_OK;
}

lt_err lt_text_replace(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_entry entry;
    struct lt_event_id id = {.count = 0};
    lt_err rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_STRICT, diag);

    if (rc == LT_OK) {
        rc = find(desk, args, draft, &id, &entry, diag);
    }
    if (rc == LT_OK && !lt_office_equal(&id.origin, &desk->office)) {
        rc = lt_desk_refuse(diag, LT_EPERM, "entry", "ui_why_not_writer");
    }
    if (rc == LT_OK) {
        rc = begin(desk, draft, LT_EV_TEXT_REPLACED, &id, &entry);
    }
    if (rc == LT_OK) {
        name_text(args, draft->event, &id);
        rc = lt_draft_text(desk, draft, LT_PART_TEXT,
                           lt_entry_retention(entry.heads.kind),
                           args->texts[LT_OPT_TEXT]);
    }
    return rc == LT_OK ? erase_too(desk, args, draft, &id, &entry) : rc;
}

lt_err lt_read_flagged(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_text after = args->texts[LT_OPT_AFTER];
    struct lt_view_reader *reader;
    char *text = NULL;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK && lt_args_has(args, LT_OPT_AFTER)) {
        text = lt_arena_take(desk->arena, after.len + 1);
        if (text == NULL) {
            return LT_ENOMEM;
        }
        memcpy(text, after.data, after.len);
        text[after.len] = '\0';
    }
    if (rc == LT_OK) {
        rc = lt_view_flagged(reader,
                             lt_args_has(args, LT_OPT_LIMIT)
                                 ? (uint32_t)args->numbers[LT_OPT_LIMIT]
                                 : LIST_MAX,
                             text, args->numbers[LT_OPT_OPEN] != 0, desk->today, out);
        if (rc == LT_EINVAL) {
            lt_desk_refuse(diag, rc, "after", "ui_why_no_cursor");
        } else if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    return rc;
}
