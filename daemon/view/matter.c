/* Rows of matters: one blob that every event rewrites, and the few columns
 * that lists sort and pick by, which change twice in a matter's life. */
#include "daemon/view/view_internal.h"

enum { DENUNCIATION_TYPE = 4 };

#include <string.h>

lt_err lt_matter_load(struct lt_view *view, int64_t key,
                      const struct lt_event_id *id, struct lt_stored *out)
{
    sqlite3_stmt *stmt = view->get_matter;
    bool row;
    lt_err rc;

    lt_stored_init(out, key, id);
    sqlite3_bind_int64(stmt, 1, key);
    rc = lt_db_step(stmt, &row);
    if (rc != LT_OK || !row) {
        return rc;
    }
    out->is_new = false;
    out->last = sqlite3_column_int64(stmt, 0);
    out->listed_kind = (uint32_t)sqlite3_column_int(stmt, 2);
    out->listed_opened = sqlite3_column_int64(stmt, 3);
    out->listed_open = sqlite3_column_int(stmt, 4) != 0;
    out->arrived_ms = sqlite3_column_int64(stmt, 5);
    if (!lt_stored_unpack(sqlite3_column_blob(stmt, 1),
                          (size_t)sqlite3_column_bytes(stmt, 1), out)) {
        rc = LT_EIO;
    }
    out->listed_custodian = out->matter.custodian;
    lt_db_reset(stmt);
    return rc;
}

/* Has a case another custodian than when it was loaded? Of a denunciation
 * nothing follows: no register has an entry. */
static bool has_moved(const struct lt_stored *stored)
{
    const struct lt_matter *matter = &stored->matter;

    return matter->kind == LT_MATTER_CASE &&
           matter->type != DENUNCIATION_TYPE &&
           !lt_office_equal(&matter->custodian, &stored->listed_custodian) &&
           !lt_office_is_zero(&matter->custodian) &&
           !(lt_office_is_zero(&stored->listed_custodian) &&
             lt_office_equal(&matter->custodian, &matter->origin));
}

static lt_err add_row(struct lt_view *view, const struct lt_stored *stored,
                      size_t packed_len)
{
    sqlite3_stmt *stmt = view->add_matter;

    sqlite3_bind_int64(stmt, 1, stored->key);
    sqlite3_bind_int64(stmt, 2, stored->last);
    sqlite3_bind_blob(stmt, 3, view->packed, (int)packed_len, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, (int64_t)stored->matter.kind);
    sqlite3_bind_int64(stmt, 5, stored->matter.opened_ms);
    sqlite3_bind_int(stmt, 6, lt_matter_is_open(&stored->matter) ? 1 : 0);
    sqlite3_bind_int64(stmt, 7, stored->arrived_ms);
    if (stored->has_receipt) {
        sqlite3_bind_blob(stmt, 8, stored->receipt, sizeof(stored->receipt),
                          SQLITE_STATIC);
    }
    return lt_db_run(stmt);
}

/* What was opened after other events of it had come; rare. */
static lt_err list_anew(struct lt_view *view, const struct lt_stored *stored)
{
    sqlite3_stmt *stmt = view->list_matter;

    sqlite3_bind_int64(stmt, 1, stored->key);
    sqlite3_bind_int64(stmt, 2, (int64_t)stored->matter.kind);
    sqlite3_bind_int64(stmt, 3, stored->matter.opened_ms);
    sqlite3_bind_int(stmt, 4, lt_matter_is_open(&stored->matter) ? 1 : 0);
    sqlite3_bind_int64(stmt, 5, stored->arrived_ms);
    if (stored->has_receipt) {
        sqlite3_bind_blob(stmt, 6, stored->receipt, sizeof(stored->receipt),
                          SQLITE_STATIC);
    }
    return lt_db_run(stmt);
}

static lt_err store(struct lt_view *view, struct lt_stored *stored)
{
    size_t len = lt_stored_pack(stored, view->packed);
    bool open = lt_matter_is_open(&stored->matter);
    lt_err rc;

    if (stored->is_new) {
        return add_row(view, stored, len);
    }
    sqlite3_bind_int64(view->set_matter, 1, stored->key);
    sqlite3_bind_int64(view->set_matter, 2, stored->last);
    sqlite3_bind_blob(view->set_matter, 3, view->packed, (int)len,
                      SQLITE_STATIC);
    rc = lt_db_run(view->set_matter);
    if (rc == LT_OK && (stored->listed_kind != (uint32_t)stored->matter.kind ||
                        stored->listed_opened != stored->matter.opened_ms)) {
        return list_anew(view, stored);
    }
    if (rc == LT_OK && stored->listed_open != open) {
        sqlite3_bind_int64(view->set_open, 1, stored->key);
        sqlite3_bind_int(view->set_open, 2, open ? 1 : 0);
        rc = lt_db_run(view->set_open);
    }
    return rc;
}

lt_err lt_matter_store(struct lt_view *view, struct lt_stored *stored)
{
    lt_err rc = store(view, stored);

    return rc == LT_OK && has_moved(stored)
               ? lt_moved_note(view, stored->key, &stored->listed_custodian,
                               &stored->matter.custodian)
               : rc;
}

void lt_note_opening(struct lt_stored *stored, const struct lt_event *event,
                     const uint8_t *bytes, size_t len, int64_t committed_at_ms)
{
    struct lt_text label = event->name.len > 0     ? event->name
                           : event->doc_no.len > 0 ? event->doc_no
                                                   : event->number;

    stored->label_len =
        label.len < sizeof(stored->label) ? label.len : sizeof(stored->label);
    if (stored->label_len > 0) {
        memcpy(stored->label, label.data, stored->label_len);
    }
    stored->arrived_ms = committed_at_ms;
    if (event->type == LT_EV_CASE_OPENED ||
        event->type == LT_EV_DENUNCIATION_RECEIVED) {
        uint8_t hash[LT_HASH_LEN];

        lt_event_hash(&event->id, event->hlc, bytes, len, hash);
        memcpy(stored->receipt, hash, sizeof(stored->receipt));
        stored->has_receipt = true;
    }
}
