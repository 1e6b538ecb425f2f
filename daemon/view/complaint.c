/* What could not be read or does not fit, kept until the loop asks. */
#include "common/failpoint.h"
#include "daemon/view/view_internal.h"

void lt_complain(struct lt_view *view, lt_err code,
                 const struct lt_stream *stream)
{
    if (LT_PLANTED(ignore_text)) {
        return;
    }
    for (size_t i = 0; i < view->complaints_n; i++) {
        const struct lt_view_complaint *old = &view->complaints[i];

        if (old->code == code &&
            lt_office_equal(&old->stream.origin, &stream->origin)) {
            return;
        }
    }
    if (view->complaints_n < LT_VIEW_COMPLAINTS_MAX) {
        view->complaints[view->complaints_n++] =
            (struct lt_view_complaint){.code = code, .stream = *stream};
    }
}

bool lt_view_complaint(struct lt_view *view, struct lt_view_complaint *out)
{
    if (view->complaints_n == 0) {
        return false;
    }
    *out = view->complaints[--view->complaints_n];
    return true;
}
