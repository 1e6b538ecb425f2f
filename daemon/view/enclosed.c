/* Events of a case that were enclosed for who takes it over.
 *
 * Nobody has signed an event alone, so an enclosed one rests on the word of who
 * encloses it. Where the original is here, or comes, the two are compared: the
 * original stays, and what differs is complained of. Texts are not enclosed;
 * they show as announced. */
#include "daemon/view/view_internal.h"

#include <string.h>

static lt_err find_row(struct lt_view *view, int64_t key, int64_t *out_seq)
{
    return lt_ref_find(view, key, out_seq);
}

static lt_err is_enclosed(struct lt_view *view, int64_t seq, bool *out_is)
{
    lt_err rc;

    sqlite3_bind_int64(view->get_enclosed, 1, seq);
    rc = lt_db_step(view->get_enclosed, out_is);
    if (rc == LT_OK && *out_is) {
        lt_db_reset(view->get_enclosed);
    }
    return rc;
}

/* Is the event in the row the one of @item? */
static lt_err is_same(struct lt_view *view, int64_t seq,
                      const struct lt_item *item, bool *out_same)
{
    sqlite3_stmt *stmt = view->get_event;
    bool row;
    lt_err rc;

    sqlite3_bind_int64(stmt, 1, seq);
    rc = lt_db_step(stmt, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    *out_same = (uint64_t)sqlite3_column_int64(stmt, 2) == item->hlc &&
                (size_t)sqlite3_column_bytes(stmt, 6) == item->event_len &&
                memcmp(sqlite3_column_blob(stmt, 6), item->event,
                       item->event_len) == 0;
    lt_db_reset(stmt);
    return LT_OK;
}

/* Only what a case is made of. An order to erase stands in its history, but
 * has its effect from its author himself alone. */
static bool may_be_enclosed(const struct lt_act *act)
{
    return lt_event_type_word(act->type) == NULL ||
           lt_type_matter(act->type) == LT_MATTER_CASE ||
           act->type == LT_EV_ENTRY_VOIDED || act->type == LT_EV_TEXT_ERASED;
}

lt_err lt_enclosed_open(struct lt_view *view, const struct lt_coming *c,
                        struct lt_coming *out_inner, bool *out_take)
{
    struct lt_event_id id = view->event.other;
    struct lt_item *item = lt_arena_take(&view->payload_arena, sizeof(*item));
    uint8_t *bytes =
        lt_arena_take(&view->payload_arena, view->event.enclosed_len);
    int64_t seq = 0;
    bool same = true;
    lt_err rc;

    *out_take = false;
    if (item == NULL || bytes == NULL) {
        return LT_ENOMEM;
    }
    memcpy(bytes, view->event.enclosed, view->event.enclosed_len);
    *item = (struct lt_item){.count = id.count,
                             .hlc = view->event.enclosed_hlc,
                             .event = bytes,
                             .event_len = view->event.enclosed_len};
    *out_inner = *c;
    out_inner->item = item;
    rc = lt_intern_key(&view->intern, &id, true, &out_inner->key);
    if (rc == LT_OK) {
        rc = find_row(view, out_inner->key, &seq);
    }
    if (rc == LT_OK && seq != 0) {
        rc = is_same(view, seq, item, &same);
        if (rc == LT_OK && !same) {
            lt_complain(view, LT_AENCLOSED, &c->segment->stream);
        }
        return rc;
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_arena_reset(&view->event_arena);
    rc = lt_event_decode(item->event, item->event_len, &id, item->hlc,
                         &view->event_arena, &view->event, NULL);
    if (rc == LT_ENOMEM) {
        return rc;
    }
    if (rc != LT_OK) {
        lt_complain(view, LT_APAYLOAD, &c->segment->stream);
        return LT_OK;
    }
    lt_act_from_event(&view->event, c->act.cls, &out_inner->act);
    *out_take = may_be_enclosed(&out_inner->act);
    return LT_OK;
}

lt_err lt_enclosed_note(struct lt_view *view, int64_t seq)
{
    sqlite3_bind_int64(view->put_enclosed, 1, seq);
    view->enclosed_n++;
    return lt_db_run(view->put_enclosed);
}

static lt_err take_original(struct lt_view *view, const struct lt_coming *c,
                            int64_t seq)
{
    sqlite3_stmt *stmt = view->set_original;

    sqlite3_bind_int64(stmt, 1, seq);
    sqlite3_bind_int64(stmt, 2, c->channel);
    sqlite3_bind_int64(stmt, 3, (int64_t)(c->segment->first + c->index));
    sqlite3_bind_int64(stmt, 4, c->committed_at_ms);
    sqlite3_bind_int64(stmt, 5, (int64_t)c->item->hlc);
    sqlite3_bind_blob(stmt, 6, c->item->event, (int)c->item->event_len,
                      SQLITE_STATIC);
    return lt_db_run(stmt);
}

static lt_err matter_at(struct lt_view *view, int64_t seq, int64_t *out_matter)
{
    bool row;
    lt_err rc;

    sqlite3_bind_int64(view->get_verdict, 1, seq);
    rc = lt_db_step(view->get_verdict, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    *out_matter = sqlite3_column_int64(view->get_verdict, 2);
    lt_db_reset(view->get_verdict);
    return LT_OK;
}

static lt_err refold_at(struct lt_view *view, int64_t seq)
{
    struct lt_event_id id;
    int64_t matter = 0;
    lt_err rc = matter_at(view, seq, &matter);

    if (rc == LT_OK) {
        rc = lt_intern_id(&view->intern, matter, &id);
    }
    if (rc == LT_OK) {
        rc = lt_matter_load(view, matter, &id, &view->stored);
    }
    if (rc == LT_OK) {
        rc = lt_refold(view, &view->stored);
    }
    return rc == LT_OK ? lt_matter_store(view, &view->stored) : rc;
}

/* The texts that were only announced. */
static lt_err add_texts(struct lt_view *view, struct lt_coming *c, int64_t seq,
                        const struct lt_bundle *bundle, size_t *cursor)
{
    struct lt_event_id id = {.origin = c->segment->stream.origin,
                             .epoch = c->segment->epoch,
                             .count = c->item->count};
    lt_err rc;

    sqlite3_bind_int64(view->drop_texts, 1, lt_text_row(seq, 0));
    sqlite3_bind_int64(view->drop_texts, 2, lt_text_row(seq + 1, 0));
    rc = lt_db_run(view->drop_texts);
    if (rc != LT_OK) {
        return rc;
    }
    lt_arena_reset(&view->event_arena);
    rc = lt_event_decode(c->item->event, c->item->event_len, &id, c->item->hlc,
                         &view->event_arena, &view->event, NULL);
    if (rc != LT_OK) {
        return rc == LT_ENOMEM ? rc : LT_OK;
    }
    c->seq = seq;
    rc = lt_texts_add(view, c, bundle, cursor);
    return rc == LT_OK && view->event.parts_n > 0 && view->erasures_n > 0
               ? lt_erase_review(view, c->key)
               : rc;
}

lt_err lt_enclosed_original(struct lt_view *view, struct lt_coming *c,
                            const struct lt_bundle *bundle, size_t *cursor)
{
    int64_t seq;
    bool enclosed = false;
    bool same = false;
    lt_err rc = find_row(view, c->key, &seq);

    if (rc == LT_OK) {
        rc = is_enclosed(view, seq, &enclosed);
    }
    if (rc != LT_OK || !enclosed) {
        return rc;
    }
    rc = is_same(view, seq, c->item, &same);
    if (rc == LT_OK) {
        rc = take_original(view, c, seq);
    }
    if (rc == LT_OK) {
        rc = add_texts(view, c, seq, bundle, cursor);
    }
    if (rc == LT_OK) {
        sqlite3_bind_int64(view->drop_enclosed, 1, seq);
        view->enclosed_n--;
        rc = lt_db_run(view->drop_enclosed);
    }
    if (rc == LT_OK && !same) {
        lt_complain(view, LT_AENCLOSED, &c->segment->stream);
        rc = refold_at(view, seq);
    }
    return rc;
}
