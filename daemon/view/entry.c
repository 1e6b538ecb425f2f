/* One event of a matter: what it is, and whether it was taken back. */
#include "daemon/view/reader.h"

#include <string.h>

lt_err lt_row_voids(struct lt_view_reader *r, sqlite3_stmt *stmt,
                    bool *out_voids, struct lt_event_id *out_target,
                    struct lt_event_id *out_by)
{
    bool decoded = false;
    lt_err rc;

    *out_voids = false;
    if (sqlite3_column_int(stmt, 6) != LT_APPLIED) {
        return LT_OK;
    }
    rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 1), out_by);
    if (rc == LT_OK) {
        rc = lt_event_decode_row(r, stmt, out_by, &decoded);
    }
    if (rc == LT_OK && decoded && r->event.type == LT_EV_ENTRY_VOIDED &&
        r->event.has_corrects) {
        *out_voids = true;
        *out_target = r->event.corrects;
    }
    return rc;
}

/* From the matter's last event back until one is found that voids @id. */
static lt_err look_for_void(struct lt_view_reader *r,
                            const struct lt_event_id *id, bool *out_voided)
{
    int64_t seq = r->stored.last;
    uint32_t left = r->stored.events_n;
    lt_err rc = LT_OK;

    *out_voided = false;
    for (; rc == LT_OK && seq != 0 && left > 0 && !*out_voided; left--) {
        struct lt_event_id target;
        struct lt_event_id by;
        bool voids = false;
        bool row;

        sqlite3_bind_int64(r->get_event, 1, seq);
        rc = lt_db_step(r->get_event, &row);
        if (rc != LT_OK || !row) {
            return rc == LT_OK ? LT_EIO : rc;
        }
        seq = sqlite3_column_int64(r->get_event, 9);
        rc = lt_row_voids(r, r->get_event, &voids, &target, &by);
        *out_voided = voids && lt_event_id_equal(&target, id);
        lt_db_reset(r->get_event);
    }
    return rc;
}

static lt_err read_row(struct lt_view_reader *r, const struct lt_event_id *id,
                       struct lt_view_entry *out)
{
    bool decoded = false;
    int64_t seq;
    bool row;
    lt_err rc = lt_seq_of(r, id, &seq);

    if (rc != LT_OK || seq == 0) {
        return rc == LT_OK ? LT_ENOTFOUND : rc;
    }
    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    out->applied = sqlite3_column_int(r->get_event, 6) == LT_APPLIED;
    out->remark = out->applied &&
                  sqlite3_column_int(r->get_event, 7) == LT_WHY_REMARK;
    rc = lt_intern_channel_of(&r->intern, sqlite3_column_int64(r->get_event, 2),
                              &out->channel);
    if (rc == LT_OK) {
        rc = lt_event_decode_row(r, r->get_event, id, &decoded);
    }
    lt_db_reset(r->get_event);
    if (rc == LT_OK && decoded) {
        out->type = r->event.type;
        out->actor_role = r->event.actor_role;
        out->parts_n = r->event.parts_n;
    }
    return rc;
}

static lt_err read_entry(struct lt_view_reader *r, const struct lt_event_id *id,
                         const struct lt_office *self,
                         struct lt_view_entry *out)
{
    const struct lt_matter *m = &r->stored.matter;
    lt_err rc = read_row(r, id, out);

    if (rc == LT_OK) {
        rc = lt_reader_heads(r, id, self, &out->heads);
    }
    if (rc != LT_OK) {
        return rc;
    }
    out->to_n = m->kind == LT_MATTER_DIRECTIVE ? m->targets_n : 0;
    for (size_t i = 0; i < out->to_n; i++) {
        out->to[i] = m->targets[i].office;
    }
    rc = look_for_void(r, id, &out->voided);
    return rc == LT_OK ? lt_erased_orders(r, id, self, out) : rc;
}

lt_err lt_view_entry(struct lt_view_reader *reader,
                     const struct lt_event_id *id, const struct lt_office *self,
                     struct lt_view_entry *out)
{
    lt_err rc;

    memset(out, 0, sizeof(*out));
    rc = lt_reader_begin(reader);
    if (rc == LT_OK) {
        rc = read_entry(reader, id, self, out);
        lt_reader_end(reader);
    }
    return rc;
}
