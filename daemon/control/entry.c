#include "daemon/control/entry.h"

#include "daemon/cases/fold.h"

lt_err lt_entry_find(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_event_id *out_id,
                     struct lt_view_entry *out, struct lt_diag *diag)
{
    struct lt_text text = args->texts[LT_OPT_ID];
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK) {
        rc = lt_desk_event(desk, text, LT_MATTER_NONE, out_id, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_entry(reader, out_id, &desk->office, out);
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    if (rc == LT_ENOTFOUND) {
        lt_diag_set(diag, rc);
        lt_diag_arg(diag, "what", "%.*s", (int)text.len, text.data);
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->matter = out->heads.matter;
    return lt_desk_claim(desk, &out->heads.matter, &draft->touch, diag);
}

uint32_t lt_entry_retention(int kind)
{
    return kind == LT_MATTER_INCIDENT    ? LT_KEEP_INCIDENT
           : kind == LT_MATTER_DIRECTIVE ? LT_KEEP_DIRECTIVE
           : kind == LT_MATTER_SHIFT     ? LT_KEEP_SHORT
                                         : LT_KEEP_CASE;
}
