/* The tree from its rows: for the view when it opens, and for readers. */
#include "daemon/view/offices.h"

#include "common/sys.h"
#include "daemon/view/db.h"
#include "daemon/view/reader.h"

enum { HLC_MS_SHIFT = 16 };

struct taking {
    int32_t until;
    lt_view_tree_visit *visit;
    void *ctx;
};

/* Since when it counts: the day that it names, else that of its stamp. What is
 * only prepared counts for nothing yet. */
static int32_t day_of(const struct lt_event *event)
{
    return event->office.has_from_date && !event->office_prepared
               ? event->office.from_date
               : lt_civil_day((int64_t)(event->hlc >> HLC_MS_SHIFT));
}

static lt_err take_row(sqlite3_stmt *stmt, struct lt_intern *intern,
                       struct lt_arena *arena, struct lt_event *event,
                       const struct taking *taking, struct lt_tree *tree)
{
    uint64_t version = (uint64_t)sqlite3_column_int64(stmt, 0);
    struct lt_event_id id;
    lt_err rc = lt_intern_id(intern, sqlite3_column_int64(stmt, 1), &id);

    if (rc != LT_OK) {
        return rc;
    }
    lt_arena_reset(arena);
    rc = lt_event_decode(
        sqlite3_column_blob(stmt, 3), (size_t)sqlite3_column_bytes(stmt, 3),
        &id, (uint64_t)sqlite3_column_int64(stmt, 2), arena, event, NULL);
    if (rc == LT_OK && day_of(event) > taking->until) {
        return LT_OK;
    }
    if (rc == LT_OK) {
        rc = lt_tree_apply(tree, version, event, NULL);
    }
    if (rc == LT_OK && taking->visit != NULL) {
        taking->visit(taking->ctx, version, day_of(event), event);
    }
    if (rc == LT_EINVAL) {
        return LT_OK; /* the tree refuses it, as it did before */
    }
    return rc == LT_OK || rc == LT_ENOMEM ? rc : LT_EIO;
}

lt_err lt_offices_load(sqlite3 *db, struct lt_intern *intern,
                       struct lt_arena *arena, struct lt_event *event,
                       int32_t until, lt_view_tree_visit *visit, void *ctx,
                       struct lt_tree **out_tree)
{
    const struct taking taking = {.until = until, .visit = visit, .ctx = ctx};
    struct lt_tree *tree = NULL;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_tree_new(lt_alloc_heap(), &tree);

    if (rc == LT_OK && visit == NULL) { /* who visits wants each answer */
        rc = lt_tree_defer(tree, true);
    }
    if (rc == LT_OK) {
        rc = lt_db_prepare(db,
                           "SELECT o.version, e.key, e.hlc, e.body"
                           " FROM office o JOIN event e ON e.seq=o.seq"
                           " ORDER BY o.seq",
                           &stmt);
    }
    if (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
    }
    while (rc == LT_OK && row) {
        rc = take_row(stmt, intern, arena, event, &taking, tree);
        if (rc == LT_OK) {
            rc = lt_db_step(stmt, &row);
        }
    }
    sqlite3_finalize(stmt);
    if (rc == LT_OK) {
        rc = lt_tree_defer(tree, false);
    }
    if (rc != LT_OK) {
        lt_tree_free(tree);
        return rc;
    }
    *out_tree = tree;
    return LT_OK;
}

lt_err lt_view_tree(struct lt_view_reader *reader, int32_t until,
                    lt_view_tree_visit *visit, void *ctx,
                    struct lt_tree **out_tree)
{
    return lt_offices_load(reader->db, &reader->intern, &reader->arena,
                           &reader->event, until, visit, ctx, out_tree);
}
