/* Where an event of a given key stands: runs of keys beside runs of rows.
 *
 * What one desk writes lies side by side, in keys and in rows, so that one row
 * of `ref` stands for many events. The run at hand grows in memory and is
 * written at the end of the transaction, or when another begins. */
#include "daemon/view/view_internal.h"

void lt_ref_forget(struct lt_view *view)
{
    view->run = (struct lt_ref_run){.n = 0};
}

lt_err lt_ref_flush(struct lt_view *view)
{
    struct lt_ref_run *run = &view->run;
    lt_err rc;

    if (run->n == run->stored_n) {
        return LT_OK;
    }
    sqlite3_bind_int64(view->put_ref, 1, run->key);
    sqlite3_bind_int64(view->put_ref, 2, run->n);
    sqlite3_bind_int64(view->put_ref, 3, run->seq);
    rc = lt_db_run(view->put_ref);
    if (rc == LT_OK) {
        run->stored_n = run->n;
    }
    return rc;
}

static bool is_in(const struct lt_ref_run *run, int64_t key)
{
    return run->n > 0 && key >= run->key && key - run->key < run->n;
}

/* The run in the file that @key lies in or behind; n is 0 when there is none.
 * The run at hand may be longer than its row says. */
static lt_err find_run(struct lt_view *view, int64_t key,
                       struct lt_ref_run *out)
{
    sqlite3_stmt *stmt = view->get_ref;
    bool row;
    lt_err rc;

    *out = (struct lt_ref_run){.n = 0};
    sqlite3_bind_int64(stmt, 1, key);
    rc = lt_db_step(stmt, &row);
    if (rc == LT_OK && row) {
        out->key = sqlite3_column_int64(stmt, 0);
        out->n = out->stored_n = sqlite3_column_int64(stmt, 1);
        out->seq = sqlite3_column_int64(stmt, 2);
        lt_db_reset(stmt);
    }
    return rc;
}

lt_err lt_ref_find(struct lt_view *view, int64_t key, int64_t *out_seq)
{
    struct lt_ref_run found = view->run;
    lt_err rc = LT_OK;

    if (!is_in(&found, key)) {
        rc = find_run(view, key, &found);
    }
    *out_seq = is_in(&found, key) ? found.seq + (key - found.key) : 0;
    return rc;
}

/* The first key behind the run at hand that is there already. */
static lt_err find_limit(struct lt_view *view)
{
    sqlite3_stmt *stmt = view->next_ref;
    bool row;
    lt_err rc;

    sqlite3_bind_int64(stmt, 1, view->run.key);
    rc = lt_db_step(stmt, &row);
    view->run.limit = INT64_MAX;
    if (rc == LT_OK && row) {
        view->run.limit = sqlite3_column_int64(stmt, 0);
        lt_db_reset(stmt);
    }
    return rc;
}

static bool goes_on(const struct lt_ref_run *run, int64_t key, int64_t seq)
{
    return run->n > 0 && key - run->key == run->n && seq - run->seq == run->n;
}

lt_err lt_ref_add(struct lt_view *view, int64_t key, int64_t seq, bool *out_new)
{
    struct lt_ref_run *run = &view->run;
    struct lt_ref_run found;
    lt_err rc = LT_OK;

    *out_new = false;
    if (is_in(run, key)) {
        return LT_OK;
    }
    if (!goes_on(run, key, seq)) {
        rc = find_run(view, key, &found);
        if (rc != LT_OK || is_in(&found, key)) {
            return rc;
        }
        rc = lt_ref_flush(view);
        if (rc != LT_OK) {
            return rc;
        }
        /* After a start the last run goes on: rows are the same however
         * often the view was opened. */
        *run = goes_on(&found, key, seq)
                   ? found
                   : (struct lt_ref_run){.key = key, .seq = seq};
    }
    if (run->limit == 0 && run->n > 0) {
        rc = find_limit(view);
    }
    if (rc == LT_OK && (run->n == 0 || key < run->limit)) {
        run->n++;
        *out_new = true;
    }
    return rc;
}
