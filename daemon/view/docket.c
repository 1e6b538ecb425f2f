/* What has changed since the last answer: the cases of events that are new in
 * the file, and those that were folded anew without one (table `refolded`). */
#include "daemon/view/docket.h"

#include <string.h>

#include "daemon/view/due.h"
#include "daemon/view/reader.h"

/* What the rows were computed from. */
struct basis {
    int32_t today;
    uint64_t law;    /* lt_books_generation */
    uint64_t tree;   /* lt_tree_revision; 0: none */
    int64_t seq;     /* the newest event */
    int64_t key;     /* its key: another one was put there, the file was emptied */
    int64_t refolds; /* the newest row of `refolded` */
};

struct lt_docket {
    bool filled;
    struct basis basis;
    struct lt_docket_row *rows;
    size_t n;
    size_t capacity;
};

struct lt_docket *lt_docket_new(void)
{
    return lt_new(lt_alloc_heap(), sizeof(struct lt_docket));
}

void lt_docket_forget(struct lt_docket *docket)
{
    if (docket != NULL) {
        lt_free(lt_alloc_heap(), docket->rows);
        *docket = (struct lt_docket){.filled = false};
    }
}

void lt_docket_free(struct lt_docket *docket)
{
    lt_docket_forget(docket);
    lt_free(lt_alloc_heap(), docket);
}

const struct lt_docket_row *lt_docket_rows(const struct lt_docket *docket,
                                           size_t *out_n)
{
    *out_n = docket->n;
    return docket->rows;
}

size_t lt_docket_place(const struct lt_docket *docket, int64_t opened,
                       int64_t key)
{
    size_t low = 0;
    size_t high = docket->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct lt_docket_row *row = &docket->rows[middle];

        if (row->opened < opened ||
            (row->opened == opened && row->key < key)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* ---- one case ---- */

/* How late on @today what was due on @due is; where the days are for others,
 * since the end of its month. */
static int32_t days_late(const struct lt_view_reader *r, int32_t due,
                         int32_t today)
{
    int32_t since = lt_reader_tells_days(r) ? due : lt_month_end(due);

    return today > since ? today - since : 0;
}

/* What the case in r->stored owes; false when it is no open case, or one that
 * this office may not know of. */
static lt_err measure(struct lt_view_reader *r, int32_t today, bool *out_is,
                      struct lt_docket_row *out)
{
    const struct lt_matter *m = &r->stored.matter;
    size_t n = 0;
    lt_err rc;

    *out_is = m->kind == LT_MATTER_CASE && lt_matter_is_open(m) &&
              !lt_reader_hides(r);
    if (!*out_is) {
        return LT_OK;
    }
    *out = (struct lt_docket_row){
        .opened = r->stored.listed_opened,
        .key = r->stored.key,
        .office = *lt_matter_counts_at(m)};
    if (lt_matter_is_overdue(m, today)) {
        out->flags |= LT_DOCKET_LATE;
        out->late_days = days_late(r, m->due, today);
    }
    rc = lt_reader_duties(r, &n);
    for (size_t i = 0; i < n; i++) {
        const struct lt_duty *duty = &r->duties[i];

        if (lt_due_is_overdue(duty, today)) {
            int32_t days = days_late(r, duty->deadline.due, today);

            out->flags |= LT_DOCKET_LATE;
            out->late_days = days > out->late_days ? days : out->late_days;
        }
        out->flags |= lt_due_is_soon(duty, today) ? LT_DOCKET_SOON : 0;
        out->flags |= duty->too_late > 0 ? LT_DOCKET_EXTENDED_LATE : 0;
    }
    return rc;
}

static void drop_at(struct lt_docket *docket, size_t at)
{
    memmove(&docket->rows[at], &docket->rows[at + 1],
            (docket->n - at - 1) * sizeof(*docket->rows));
    docket->n--;
}

static lt_err insert_at(struct lt_docket *docket, size_t at,
                        const struct lt_docket_row *row)
{
    if (!lt_grow(lt_alloc_heap(), (void **)&docket->rows, &docket->capacity,
                 docket->n, sizeof(*docket->rows))) {
        return LT_ENOMEM;
    }
    memmove(&docket->rows[at + 1], &docket->rows[at],
            (docket->n - at) * sizeof(*docket->rows));
    docket->rows[at] = *row;
    docket->n++;
    return LT_OK;
}

/* A case that was folded anew may have stood at another place. */
static void drop_key(struct lt_docket *docket, int64_t key)
{
    for (size_t i = 0; i < docket->n; i++) {
        if (docket->rows[i].key == key) {
            drop_at(docket, i);
            return;
        }
    }
}

static lt_err look_again(struct lt_view_reader *r, int32_t today, int64_t key,
                         bool refolded)
{
    struct lt_docket *docket = r->docket;
    struct lt_docket_row row;
    bool is;
    size_t at;
    lt_err rc = lt_reader_any_matter(r, key);

    if (rc == LT_ENOTFOUND) {
        return LT_OK; /* an event about no matter of ours */
    }
    if (rc == LT_OK) {
        rc = measure(r, today, &is, &row);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (refolded) {
        drop_key(docket, key);
    }
    at = lt_docket_place(docket, r->stored.listed_opened, key);
    if (at < docket->n && docket->rows[at].key == key) {
        if (is) {
            docket->rows[at] = row;
        } else {
            drop_at(docket, at);
        }
        return LT_OK;
    }
    return is ? insert_at(docket, at, &row) : LT_OK;
}

/* ---- all of them ---- */

static lt_err fill(struct lt_view_reader *r, int32_t today)
{
    sqlite3_stmt *stmt = r->docket_all;
    bool row = true;
    lt_err rc = LT_OK;

    lt_docket_forget(r->docket);
    sqlite3_bind_int64(stmt, 1, (int64_t)LT_MATTER_CASE);
    while (rc == LT_OK) {
        struct lt_docket_row entry;
        bool is = false;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        rc = lt_reader_take_matter(r, stmt);
        if (rc == LT_OK) {
            rc = measure(r, today, &is, &entry);
        }
        if (rc == LT_OK && is) {
            rc = insert_at(r->docket, r->docket->n, &entry);
        }
    }
    lt_db_reset(stmt);
    return rc;
}

static lt_err follow(struct lt_view_reader *r, int32_t today,
                     const struct basis *was)
{
    sqlite3_stmt *stmt = r->docket_news;
    bool row = true;
    lt_err rc = LT_OK;

    sqlite3_bind_int64(stmt, 1, was->seq);
    sqlite3_bind_int64(stmt, 2, was->refolds);
    while (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        rc = look_again(r, today, sqlite3_column_int64(stmt, 0),
                        sqlite3_column_int(stmt, 1) != 0);
    }
    lt_db_reset(stmt);
    return rc;
}

/* What an answer sees now; *out_whole: all that changed since @was can be
 * told from the file. */
static lt_err look(struct lt_view_reader *r, int32_t today,
                   const struct basis *was, struct basis *out, bool *out_whole)
{
    sqlite3_stmt *stmt = r->docket_basis;
    bool row = false;
    lt_err rc = lt_reader_law(r);

    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, was->seq);
        rc = lt_db_step(stmt, &row);
    }
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    *out = (struct basis){
        .today = today,
        .law = lt_books_generation(r->books),
        .tree = r->climb.tree == NULL ? 0 : lt_tree_revision(r->climb.tree),
        .seq = sqlite3_column_int64(stmt, 0),
        .key = sqlite3_column_int64(stmt, 1),
        .refolds = sqlite3_column_int64(stmt, 2)};
    *out_whole = out->today == was->today && out->law == was->law &&
                 out->tree == was->tree && out->seq >= was->seq &&
                 out->refolds >= was->refolds &&
                 sqlite3_column_int64(stmt, 3) <= was->refolds + 1 &&
                 sqlite3_column_int64(stmt, 4) == was->key;
    lt_db_reset(stmt);
    return LT_OK;
}

lt_err lt_docket_refresh(struct lt_view_reader *r, int32_t today)
{
    struct lt_docket *docket = r->docket;
    const struct basis was = docket->basis;
    struct basis now;
    bool whole = false;
    lt_err rc = look(r, today, &was, &now, &whole);

    if (rc == LT_OK) {
        rc = docket->filled && whole ? follow(r, today, &was)
                                     : fill(r, today);
    }
    if (rc != LT_OK) {
        lt_docket_forget(docket);
        return rc;
    }
    docket->basis = now;
    docket->filled = true;
    return LT_OK;
}
