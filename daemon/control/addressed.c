#include "daemon/control/addressed.h"

#include "daemon/control/addressees.h"

static lt_err find(struct lt_desk *desk, const struct lt_args *args,
                   struct lt_draft *draft, unsigned types,
                   struct lt_event_id *out_id, struct lt_view_heads *heads,
                   struct lt_diag *diag)
{
    lt_err rc = lt_desk_matter(desk, args, LT_MATTER_DIRECTIVE, true, out_id,
                               heads, &draft->touch, diag);

    draft->matter = *out_id; /* a repetition that is refused has it as well */
    if (rc != LT_OK) {
        return rc;
    }
    if (heads->type >= LT_DIRECTIVE_TYPES || (types >> heads->type & 1) == 0) {
        return lt_desk_refuse(diag, LT_EINVAL, "id", "ui_why_other_kind");
    }
    if (heads->read_only || heads->voided) {
        return lt_desk_refuse(diag, LT_ESTATE, "id",
                              heads->voided ? "ui_why_voided" : "ui_why_newer");
    }
    return LT_OK;
}

lt_err lt_addressed_answer(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, uint32_t event,
                           unsigned types, struct lt_view_heads *out_heads,
                           struct lt_diag *diag)
{
    struct lt_event_id id = {.count = 0};
    lt_err rc = find(desk, args, draft, types, &id, out_heads, diag);

    if (rc == LT_OK && !out_heads->addressed) {
        rc = lt_desk_refuse(diag, LT_EPERM, "id", "ui_why_not_addressed");
    }
    if (rc == LT_OK) {
        rc = lt_addressees_answer(desk, draft, event, LT_CLASS_DIRECTIVE,
                                  &out_heads->origin, diag);
    }
    if (rc == LT_OK) {
        lt_draft_about(draft, &id, out_heads);
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
    }
    return rc;
}

lt_err lt_addressed_to_all(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, uint32_t event,
                           unsigned types, struct lt_diag *diag)
{
    struct lt_event_id id = {.count = 0};
    struct lt_view_reader *reader;
    struct lt_view_entry entry;
    struct lt_view_heads heads;
    lt_err rc = find(desk, args, draft, types, &id, &heads, diag);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_entry(reader, &id, &desk->office, &entry);
    }
    if (rc == LT_OK) {
        rc =
            lt_draft_begin(desk, draft, event, (enum lt_class)entry.channel.cls,
                           LT_AUDIENCE_TO, &entry.channel.to);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &id, &heads);
    draft->event->causes_n = 1;
    draft->event->causes[0] = id;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    rc = lt_draft_to(desk, draft, entry.to, entry.to_n);
    if (rc == LT_OK) {
        rc = lt_addressees_channels(desk, draft,
                                    (enum lt_class)entry.channel.cls);
    }
    draft->event->to_n = 0; /* they are known from the opening */
    return rc;
}

lt_err lt_addressed_would(struct lt_desk *desk, struct lt_draft *draft,
                          const char *what, struct lt_diag *diag)
{
    struct lt_matter *past = NULL;
    lt_err rc = lt_desk_folded(desk, &draft->matter, &past, diag);

    return rc == LT_OK ? lt_desk_would(desk, draft, past, what, diag) : rc;
}
