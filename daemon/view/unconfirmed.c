/* Which of the keys that signed what is here wait for the keeper's word. The
 * engine says it; the file keeps what the stored verdicts rest on, so that the
 * two are compared at every start. */
#include <string.h>

#include "common/failpoint.h"
#include "daemon/view/view_internal.h"

enum { LIFE_SHIFT = 40 };

static bool holds(const struct lt_view_keys *keys, const uint8_t *key_id)
{
    for (size_t i = 0; i < keys->n; i++) {
        if (memcmp(keys->ids[i], key_id, LT_HASH_LEN) == 0) {
            return true;
        }
    }
    return false;
}

bool lt_unconfirmed_signer(const struct lt_view *view,
                           const uint8_t key_id[static LT_HASH_LEN])
{
    return holds(&view->unconfirmed, key_id) && !LT_PLANTED(trust_unconfirmed);
}

lt_err lt_unconfirmed_event(struct lt_view *view, int64_t key, bool *out_is)
{
    bool row = false;
    lt_err rc = LT_OK;

    if (view->unconfirmed.n > 0 && !LT_PLANTED(trust_unconfirmed)) {
        sqlite3_bind_int64(view->get_unconfirmed, 1, key >> LIFE_SHIFT);
        rc = lt_db_step(view->get_unconfirmed, &row);
        if (rc == LT_OK && row) {
            lt_db_reset(view->get_unconfirmed);
        }
    }
    *out_is = row;
    return rc;
}

static lt_err of_key(sqlite3_stmt *stmt, const uint8_t *key_id)
{
    sqlite3_bind_blob(stmt, 1, key_id, LT_HASH_LEN, SQLITE_STATIC);
    return lt_db_run(stmt);
}

/* What the keys of @some say that @others lacks is judged again. */
static lt_err doubt(struct lt_view *view, const struct lt_view_keys *some,
                    const struct lt_view_keys *others)
{
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < some->n; i++) {
        if (!holds(others, some->ids[i])) {
            rc = of_key(view->doubt_key, some->ids[i]);
        }
    }
    return rc;
}

/* The orders of keys that begin to wait go out of sight; those that wait for
 * other reasons are looked at as well (lt_erase_awaiting). */
static lt_err hush(struct lt_view *view, const struct lt_view_keys *keys)
{
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < keys->n; i++) {
        if (!holds(&view->unconfirmed, keys->ids[i])) {
            rc = of_key(view->hush_key, keys->ids[i]);
            if (rc == LT_OK) {
                rc = of_key(view->doubt_erased, keys->ids[i]);
            }
        }
    }
    return rc;
}

static bool same(const struct lt_view_keys *a, const struct lt_view_keys *b)
{
    return a->n == b->n && memcmp(a->ids, b->ids, a->n * LT_HASH_LEN) == 0;
}

lt_err lt_view_unconfirmed(struct lt_view *view,
                           const struct lt_view_keys *keys)
{
    lt_err rc;

    if (same(&view->unconfirmed, keys)) {
        return LT_OK;
    }
    rc = lt_ref_flush(view);
    if (rc == LT_OK) {
        rc = doubt(view, &view->unconfirmed, keys);
    }
    if (rc == LT_OK) {
        rc = doubt(view, keys, &view->unconfirmed);
    }
    if (rc == LT_OK && view->erasures_n > 0) {
        rc = hush(view, keys);
    }
    if (rc == LT_OK) {
        rc = lt_db_run(view->drop_unconfirmed);
    }
    for (size_t i = 0; rc == LT_OK && i < keys->n; i++) {
        sqlite3_bind_blob(view->put_unconfirmed, 1, keys->ids[i], LT_HASH_LEN,
                          SQLITE_STATIC);
        rc = lt_db_run(view->put_unconfirmed);
    }
    if (rc == LT_OK) {
        view->unconfirmed = *keys;
        rc = lt_refold_awaiting(view);
    }
    return rc == LT_OK ? lt_erase_awaiting(view) : rc;
}

lt_err lt_unconfirmed_load(struct lt_view *view)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc =
        lt_db_prepare(view->db, "SELECT signer FROM unconfirmed", &stmt);

    view->unconfirmed.n = 0;
    if (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
    }
    while (rc == LT_OK && row) {
        if (view->unconfirmed.n == LT_VIEW_KEYS_MAX ||
            sqlite3_column_bytes(stmt, 0) != LT_HASH_LEN) {
            rc = LT_EIO;
            break;
        }
        memcpy(view->unconfirmed.ids[view->unconfirmed.n++],
               sqlite3_column_blob(stmt, 0), LT_HASH_LEN);
        rc = lt_db_step(stmt, &row);
    }
    sqlite3_finalize(stmt);
    return rc;
}
