/* Somebody here has opened another office's case: that office is told, once a
 * day (the request id sees to that), and not by whom. */
#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"

lt_err lt_case_look(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    struct lt_event_id id = {.count = 0};
    lt_err rc = lt_desk_matter(desk, args, LT_MATTER_CASE, false, &id, &heads,
                               &draft->touch, diag);

    draft->matter = id;
    if (rc == LT_OK && lt_office_equal(&id.origin, &desk->office)) {
        rc = lt_desk_refuse(diag, LT_ESTATE, "id", "ui_why_own_matter");
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_MATTER_READ, LT_CLASS_AUDIT,
                            LT_AUDIENCE_TO, &id.origin);
    }
    if (rc == LT_OK) {
        draft->event->reads = id;
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
    }
    return rc;
}
