/* What became of an order to erase a text, for whoever looks at its matter. */
#include "common/failpoint.h"
#include "daemon/cases/erasure.h"
#include "daemon/view/reader.h"

static lt_err one_event(struct lt_view_reader *r, int64_t seq, int64_t *out_key)
{
    bool row;
    lt_err rc;

    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    *out_key = 0;
    if (rc == LT_OK && row) {
        *out_key = sqlite3_column_int64(r->get_event, 1);
        lt_db_reset(r->get_event);
    }
    return rc;
}

/* Its writer, who has to put another in its place, and the office above. */
static bool reads_anyway(const struct lt_view_reader *r,
                         const struct lt_office *writer)
{
    const struct lt_tree_office *office =
        r->climb.tree == NULL ? NULL : lt_tree_find(r->climb.tree, writer);

    return lt_office_equal(writer, &r->climb.self) ||
           (office != NULL && lt_office_equal(&office->parent, &r->climb.self));
}

static lt_err look_at_flags(struct lt_view_reader *r, int64_t key,
                            uint8_t *out_masked)
{
    struct lt_event_id id;
    uint8_t mask = 0;
    bool row = true;
    lt_err rc = LT_OK;

    sqlite3_bind_int64(r->get_flags, 1, key);
    while (rc == LT_OK) {
        rc = lt_db_step(r->get_flags, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        mask |= (uint8_t)sqlite3_column_int(r->get_flags, 0);
    }
    lt_db_reset(r->get_flags);
    if (rc == LT_OK && mask != 0) {
        rc = lt_intern_id(&r->intern, key, &id);
    }
    if (rc == LT_OK && mask != 0 && !reads_anyway(r, &id.origin) &&
        !LT_PLANTED(read_flagged)) {
        *out_masked = mask;
    }
    return rc;
}

lt_err lt_erased_look(struct lt_view_reader *r, int64_t key,
                      struct lt_erased_texts *out)
{
    bool row;
    lt_err rc;

    *out = (struct lt_erased_texts){.key = key};
    sqlite3_bind_int64(r->get_erased, 1, key);
    rc = lt_db_step(r->get_erased, &row);
    if (rc == LT_OK && row) {
        out->any = true;
        out->erased = (uint8_t)sqlite3_column_int(r->get_erased, 0);
        out->held = (uint8_t)sqlite3_column_int(r->get_erased, 1);
        lt_db_reset(r->get_erased);
    }
    return rc == LT_OK ? look_at_flags(r, key, &out->masked) : rc;
}

lt_err lt_erased_look_at(struct lt_view_reader *r, int64_t seq,
                         struct lt_erased_texts *out)
{
    int64_t key;
    lt_err rc;

    *out = (struct lt_erased_texts){.key = 0};
    if (!r->has_erased || seq == 0) {
        return LT_OK;
    }
    rc = one_event(r, seq, &key);
    return rc == LT_OK ? lt_erased_look(r, key, out) : rc;
}

static void put_time(struct lt_json *json, sqlite3_stmt *stmt, int column)
{
    if (sqlite3_column_type(stmt, column) == SQLITE_NULL) {
        lt_json_null(json);
    } else {
        lt_json_time(json, sqlite3_column_int64(stmt, column));
    }
}

static lt_err put_times(struct lt_view_reader *r, int64_t key, int bit,
                        struct lt_json *json, bool *out_ordered)
{
    sqlite3_stmt *stmt = r->erasure_times;
    bool row;
    lt_err rc;

    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_int(stmt, 2, bit);
    rc = lt_db_step(stmt, &row);
    *out_ordered =
        rc == LT_OK && row && sqlite3_column_type(stmt, 0) != SQLITE_NULL;
    if (*out_ordered) {
        lt_json_open(json, '{');
        lt_json_key(json, "ordered_at");
        put_time(json, stmt, 0);
        lt_json_key(json, "confirmed_at");
        put_time(json, stmt, 1);
    }
    if (rc == LT_OK && row) {
        lt_db_reset(stmt);
    }
    return rc;
}

/* How an office stands to an order: it has answered; it has not; it never will,
 * being closed and without a key that counts, so that nobody says of what it
 * held that it is erased; or it is closed, never had a machine, and owes
 * nothing. */
enum standing { ANSWERED, WAITED_FOR, CLOSED, OWES_NOTHING };

static enum standing standing_of(const struct lt_view_reader *r,
                                 const struct lt_tree_office *office)
{
    enum lt_view_end end =
        office == NULL || office->closed_version == 0 || r->ended == NULL
            ? LT_VIEW_SPEAKS
            : r->ended(r->ended_ctx, &office->id);

    return end == LT_VIEW_ENDED && !LT_PLANTED(wait_for_ended) ? CLOSED
           : end == LT_VIEW_NO_MACHINE && !LT_PLANTED(wait_for_nobody)
               ? OWES_NOTHING
               : WAITED_FOR;
}

static void put_office(struct lt_json *json, const struct lt_office *office,
                       const char *key, int64_t at_ms)
{
    lt_json_open(json, '{');
    lt_json_key(json, "office");
    lt_json_office(json, office);
    lt_json_key(json, key);
    lt_json_time(json, at_ms);
    lt_json_close(json, '}');
}

static lt_err put_offices(struct lt_view_reader *r, int64_t key, int bit,
                          enum standing wanted, struct lt_json *json)
{
    sqlite3_stmt *stmt = r->erasure_offices;
    lt_err rc;

    lt_json_open(json, '[');
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_int(stmt, 2, bit);
    sqlite3_bind_int(stmt, 3, LT_PLANTED(believe_receipt) ? 1 : 0);
    for (;;) {
        const struct lt_tree_office *known;
        struct lt_office office;
        enum standing standing;
        bool row;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        if (sqlite3_column_bytes(stmt, 0) != LT_OFFICE_LEN) {
            continue;
        }
        for (size_t i = 0; i < LT_OFFICE_LEN; i++) {
            office.bytes[i] =
                ((const uint8_t *)sqlite3_column_blob(stmt, 0))[i];
        }
        known = r->climb.tree == NULL ? NULL
                                      : lt_tree_find(r->climb.tree, &office);
        standing = sqlite3_column_type(stmt, 1) != SQLITE_NULL
                       ? ANSWERED
                       : standing_of(r, known);
        if (standing != wanted) {
            continue;
        }
        switch (standing) {
        case ANSWERED:
            put_office(json, &office, "at", sqlite3_column_int64(stmt, 1));
            break;
        case WAITED_FOR:
            lt_json_office(json, &office);
            break;
        case CLOSED:
            put_office(json, &office, "closed_at", known->closed_ms);
            break;
        case OWES_NOTHING:
            break; /* nobody asks for them */
        }
    }
    lt_json_close(json, ']');
    return rc;
}

lt_err lt_erasure_put(struct lt_view_reader *r,
                      const struct lt_erased_texts *texts, uint32_t index,
                      struct lt_json *json)
{
    bool ordered = false;
    lt_err rc = LT_OK;

    lt_json_key(json, "erasure");
    if (texts->any) {
        rc = put_times(r, texts->key, 1 << index, json, &ordered);
    }
    if (rc != LT_OK || !ordered) {
        lt_json_null(json);
        return rc;
    }
    lt_json_key(json, "receipts");
    rc = put_offices(r, texts->key, 1 << index, ANSWERED, json);
    lt_json_key(json, "waiting");
    if (rc == LT_OK) {
        rc = put_offices(r, texts->key, 1 << index, WAITED_FOR, json);
    }
    lt_json_key(json, "closed");
    if (rc == LT_OK) {
        rc = put_offices(r, texts->key, 1 << index, CLOSED, json);
    }
    lt_json_close(json, '}');
    return rc;
}

const char *lt_erased_word(const struct lt_erased_texts *texts, uint32_t index)
{
    return (texts->erased >> index & 1) != 0 ? "erased"
           : (texts->held >> index & 1) != 0 ? "held"
           : (texts->masked >> index & 1) != 0 ? "masked"
                                               : NULL;
}

lt_err lt_erased_orders(struct lt_view_reader *r, const struct lt_event_id *id,
                        const struct lt_office *self, struct lt_view_entry *out)
{
    sqlite3_stmt *stmt = r->get_erasures;
    int64_t key;
    lt_err rc = lt_intern_key(&r->intern, id, false, &key);

    if (rc != LT_OK) {
        return rc == LT_ENOTFOUND ? LT_OK : rc;
    }
    sqlite3_bind_int64(stmt, 1, key);
    for (;;) {
        struct lt_event_id said;
        uint8_t mask;
        bool row;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            return rc;
        }
        rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0), &said);
        if (rc != LT_OK) {
            lt_db_reset(stmt);
            return rc;
        }
        mask = (uint8_t)sqlite3_column_int(stmt, 1);
        if (sqlite3_column_int(stmt, 2) != 0) {
            out->confirmed |= mask;
            continue;
        }
        out->ordered |= mask;
        if (lt_office_equal(&said.origin, self)) {
            out->ordered_here |= mask;
        }
        if (sqlite3_column_int(stmt, 3) == LT_ERASURE_WEIGHS_ALONE) {
            out->confirmed |= mask;
        }
    }
}
