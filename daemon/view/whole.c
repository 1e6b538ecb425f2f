/* Large parts, from their pieces. */
#include "daemon/view/reader.h"

#include <string.h>

#include "common/failpoint.h"

static size_t pieces_of(uint64_t size)
{
    return (size_t)((size + LT_PIECE_BYTES - 1) / LT_PIECE_BYTES);
}

static size_t piece_len(uint64_t size, uint64_t offset)
{
    return size - offset < LT_PIECE_BYTES ? (size_t)(size - offset)
                                          : LT_PIECE_BYTES;
}

/* Hashes of the pieces that are here, in order, until one is missing. A piece
 * of another length than its place has will never fit. */
static lt_err gather(struct lt_view_reader *r, int64_t key, uint32_t index,
                     const struct lt_part_ref *ref, uint8_t *hashes,
                     size_t *out_n, bool *out_misfit)
{
    sqlite3_stmt *stmt = r->pieces;

    *out_n = 0;
    *out_misfit = false;
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_int64(stmt, 2, lt_piece_slot(index, 0));
    sqlite3_bind_int64(stmt, 3, lt_piece_slot(index, ref->size - 1));
    for (;;) {
        const uint64_t offset = (uint64_t)*out_n * LT_PIECE_BYTES;
        bool row;
        lt_err rc = lt_db_step(stmt, &row);

        if (rc != LT_OK || !row) {
            return rc;
        }
        if (sqlite3_column_int64(stmt, 0) != lt_piece_slot(index, offset) ||
            sqlite3_column_int(stmt, 5) == 0) {
            break;
        }
        if ((size_t)sqlite3_column_int64(stmt, 3) !=
                piece_len(ref->size, offset) ||
            sqlite3_column_bytes(stmt, 4) != LT_HASH_LEN) {
            *out_misfit = true;
            break;
        }
        memcpy(hashes + *out_n * LT_HASH_LEN, sqlite3_column_blob(stmt, 4),
               LT_HASH_LEN);
        ++*out_n;
    }
    lt_db_reset(stmt);
    return LT_OK;
}

lt_err lt_whole_look(struct lt_view_reader *r, const struct lt_event_id *id,
                     uint32_t index, const struct lt_part_ref *ref,
                     enum lt_whole *out_state)
{
    const size_t pieces_n = pieces_of(ref->size);
    uint8_t hash[LT_HASH_LEN];
    uint8_t *hashes;
    bool misfit = false;
    int64_t key;
    size_t n = 0;
    lt_err rc = lt_intern_key(&r->intern, id, false, &key);

    *out_state = LT_WHOLE_ANNOUNCED;
    if (rc != LT_OK) {
        return rc;
    }
    hashes = lt_new(lt_alloc_heap(), pieces_n * LT_HASH_LEN);
    if (hashes == NULL) {
        return LT_ENOMEM;
    }
    rc = gather(r, key, index, ref, hashes, &n, &misfit);
    if (rc == LT_OK && misfit) {
        *out_state = LT_WHOLE_DAMAGED;
    } else if (rc == LT_OK && n == pieces_n) {
        lt_whole_hash(ref->size, hashes, pieces_n, hash);
        *out_state =
            memcmp(hash, ref->hash, LT_HASH_LEN) == 0 || LT_PLANTED(skip_whole)
                ? LT_WHOLE_HERE
                : LT_WHOLE_DAMAGED;
    }
    lt_free(lt_alloc_heap(), hashes);
    return rc;
}

const char *lt_whole_word(enum lt_whole state)
{
    switch (state) {
    case LT_WHOLE_ANNOUNCED:
        return "announced";
    case LT_WHOLE_HERE:
        return "here";
    case LT_WHOLE_DAMAGED:
        return "damaged";
    case LT_WHOLE_WITHHELD:
        return "withheld";
    }
    return NULL;
}

/* The event into r->event, its channel beside it. LT_ENOTFOUND. */
static lt_err load_event(struct lt_view_reader *r, const struct lt_event_id *id,
                         struct lt_channel *out_channel)
{
    sqlite3_stmt *stmt = r->get_event;
    bool decoded;
    int64_t seq;
    bool row;
    lt_err rc = lt_seq_of(r, id, &seq);

    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, seq);
        rc = lt_db_step(stmt, &row);
    }
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_ENOTFOUND : rc;
    }
    rc = lt_event_decode_row(r, stmt, id, &decoded);
    if (rc == LT_OK && !decoded) {
        rc = LT_ENOTFOUND;
    }
    if (rc == LT_OK) {
        rc = lt_intern_channel_of(&r->intern, sqlite3_column_int64(stmt, 2),
                                  out_channel);
    }
    lt_db_reset(stmt);
    return rc;
}

static lt_err is_closed(struct lt_view_reader *r, const struct lt_event_id *id,
                        uint32_t index, bool *out_closed)
{
    struct lt_erased_texts erased;
    int64_t key;
    lt_err rc = lt_intern_key(&r->intern, id, false, &key);

    *out_closed = false;
    if (rc == LT_OK) {
        rc = lt_erased_look(r, key, &erased);
    }
    if (rc == LT_OK) {
        *out_closed = lt_erased_word(&erased, index) != NULL;
    }
    return rc;
}

static lt_err find_whole(struct lt_view_reader *r, const struct lt_event_id *id,
                         int index, struct lt_view_whole *out)
{
    lt_err rc = load_event(r, id, &out->channel);
    size_t at = index < 0 ? 0 : (size_t)index;

    if (rc != LT_OK) {
        return rc;
    }
    while (index < 0 && at < r->event.parts_n && !r->event.parts[at].large) {
        at++;
    }
    if (at >= r->event.parts_n || !r->event.parts[at].large) {
        return LT_ENOTFOUND;
    }
    out->index = (uint32_t)at;
    out->ref = r->event.parts[at];
    rc = is_closed(r, id, out->index, &out->closed);
    if (rc == LT_OK && !lt_attachment_fits(r->event.type, r->event.kind)) {
        out->state = LT_WHOLE_WITHHELD;
        return LT_OK;
    }
    return rc == LT_OK
               ? lt_whole_look(r, id, out->index, &out->ref, &out->state)
               : rc;
}

lt_err lt_view_whole(struct lt_view_reader *reader,
                     const struct lt_event_id *id, int index,
                     struct lt_view_whole *out)
{
    lt_err rc = lt_reader_begin(reader);

    if (rc == LT_OK) {
        rc = find_whole(reader, id, index, out);
        lt_reader_end(reader);
    }
    return rc;
}

static lt_err find_piece(struct lt_view_reader *r, const struct lt_event_id *id,
                         uint32_t index, uint64_t offset,
                         struct lt_view_piece *out)
{
    sqlite3_stmt *stmt = r->pieces;
    int64_t slot = lt_piece_slot(index, offset);
    int64_t key;
    bool row;
    lt_err rc = lt_intern_key(&r->intern, id, false, &key);

    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, key);
        sqlite3_bind_int64(stmt, 2, slot);
        sqlite3_bind_int64(stmt, 3, slot);
        rc = lt_db_step(stmt, &row);
    }
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_ENOTFOUND : rc;
    }
    out->pos = (uint64_t)sqlite3_column_int64(stmt, 1);
    out->item = (uint32_t)sqlite3_column_int64(stmt, 2);
    rc = sqlite3_column_bytes(stmt, 4) == LT_HASH_LEN ? LT_OK : LT_EIO;
    if (rc == LT_OK) {
        memcpy(out->hash, sqlite3_column_blob(stmt, 4), LT_HASH_LEN);
    }
    if (rc == LT_OK && sqlite3_column_int(stmt, 5) == 0) {
        rc = LT_ENOTFOUND;
    }
    lt_db_reset(stmt);
    return rc;
}

lt_err lt_view_piece(struct lt_view_reader *reader,
                     const struct lt_event_id *id, uint32_t index,
                     uint64_t offset, struct lt_view_piece *out)
{
    lt_err rc = lt_reader_begin(reader);

    if (rc == LT_OK) {
        rc = find_piece(reader, id, index, offset, out);
        lt_reader_end(reader);
    }
    return rc;
}
