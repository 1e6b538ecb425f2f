/* Texts and pieces that came after the segment that names them: a relay had left
 * them out, or they had rotted here before the view read them, which then shows
 * what is not theirs. What was erased meanwhile is judged again, as for every
 * text that comes. */
#include "daemon/view/view_internal.h"

static lt_err fill_text(struct lt_view *view, int64_t seq,
                        const struct lt_part *part)
{
    sqlite3_stmt *stmt = view->fill_text;

    if (!lt_utf8_valid(part->content, part->len)) {
        return LT_OK;
    }
    sqlite3_bind_int64(stmt, 1, lt_text_row(seq, part->index));
    if (part->len == 0) {
        sqlite3_bind_zeroblob(stmt, 2, 0);
    } else {
        sqlite3_bind_blob(stmt, 2, part->content, (int)part->len,
                          SQLITE_STATIC);
    }
    return lt_db_run(stmt);
}

static lt_err fill_event(struct lt_view *view, const struct lt_event_id *id,
                         uint32_t index, const struct lt_bundle *bundle)
{
    int64_t key;
    int64_t seq = 0;
    lt_err rc = lt_intern_key(&view->intern, id, false, &key);

    if (rc == LT_OK) {
        rc = lt_ref_find(view, key, &seq);
    }
    if (rc != LT_OK || seq == 0) {
        return rc == LT_ENOTFOUND ? LT_OK : rc;
    }
    for (size_t i = 0; rc == LT_OK && i < bundle->parts_n; i++) {
        if (bundle->parts[i].item == index) {
            rc = fill_text(view, seq, &bundle->parts[i]);
        }
    }
    return rc == LT_OK && view->erasures_n > 0 ? lt_erase_review(view, key)
                                               : rc;
}

lt_err lt_fill_segment(struct lt_view *view, uint64_t pos,
                       const struct lt_segment *segment)
{
    struct lt_event_id id = {.origin = segment->stream.origin,
                             .epoch = segment->epoch};
    struct lt_payload payload;
    struct lt_bundle bundle;
    lt_err rc;

    if (segment->parts == NULL) {
        return LT_OK;
    }
    lt_arena_reset(&view->payload_arena);
    rc = lt_payload_open(segment, &view->payload_arena, &payload, NULL);
    if (rc == LT_OK) {
        rc = lt_bundle_open(segment->parts, segment->parts_len,
                            &view->payload_arena, &bundle, NULL);
    }
    if (rc != LT_OK) {
        return rc == LT_ENOMEM ? rc : LT_OK;
    }
    for (uint32_t i = 0; rc == LT_OK && i < payload.items_n; i++) {
        bool piece = false;

        id.count = payload.items[i].count;
        rc = lt_piece_apply(view, pos, segment, &payload.items[i], i, &bundle,
                            &piece);
        if (rc == LT_OK && !piece) {
            rc = fill_event(view, &id, i, &bundle);
        }
    }
    return rc;
}
