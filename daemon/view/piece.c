/* Pieces of large parts: where each lies in the log, and its hash.
 *
 * The view keeps no content of them. A piece has one row, of the copy that came
 * first; one whose content was absent then is filled in by a later copy. The
 * event that they belong to need not be here yet. */
#include "daemon/view/view_internal.h"

static bool has_content(const struct lt_bundle *bundle, uint32_t item)
{
    for (size_t i = 0; i < bundle->parts_n; i++) {
        if (bundle->parts[i].item == item) {
            return true;
        }
    }
    return false;
}

static lt_err add_row(struct lt_view *view, uint64_t pos, uint32_t item,
                      bool here)
{
    const struct lt_event *event = &view->event;
    sqlite3_stmt *stmt = view->add_piece;
    int64_t key;
    lt_err rc = lt_intern_key(&view->intern, &event->chunk_of, true, &key);

    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_int64(stmt, 2,
                       lt_piece_slot(event->chunk_index, event->chunk_offset));
    sqlite3_bind_int64(stmt, 3, (int64_t)pos);
    sqlite3_bind_int64(stmt, 4, item);
    sqlite3_bind_int64(stmt, 5, (int64_t)event->parts[0].size);
    sqlite3_bind_blob(stmt, 6, event->parts[0].hash, LT_HASH_LEN,
                      SQLITE_STATIC);
    sqlite3_bind_int(stmt, 7, here ? 1 : 0);
    return lt_db_run(stmt);
}

lt_err lt_piece_apply(struct lt_view *view, uint64_t pos,
                      const struct lt_segment *segment,
                      const struct lt_item *item, uint32_t index,
                      const struct lt_bundle *bundle, bool *out_taken)
{
    const struct lt_event_id id = {.origin = segment->stream.origin,
                                   .epoch = segment->epoch,
                                   .count = item->count};
    lt_err rc;

    *out_taken = false;
    if (segment->stream.channel.cls != LT_CLASS_CHUNK) {
        return LT_OK;
    }
    lt_arena_reset(&view->event_arena);
    rc = lt_event_decode(item->event, item->event_len, &id, item->hlc,
                         &view->event_arena, &view->event, NULL);
    if (rc == LT_ENOMEM) {
        return rc;
    }
    if (rc != LT_OK || view->event.type != LT_EV_CHUNK) {
        return LT_OK; /* no piece: shown as what it is */
    }
    *out_taken = true;
    return add_row(view, pos, index, has_content(bundle, index));
}
