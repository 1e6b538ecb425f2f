/* A second view beside the one that answers, and how it takes its place.
 *
 * The twin is built in "PATH.new". It is closed in order (its WAL is copied and
 * gone) before it is renamed; the WAL of the old one goes before, or the new
 * file would be opened with it. A process that ends in between leaves a view
 * that is begun anew, or a twin that the next opening removes. */
#include "daemon/view/view_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/failpoint.h"

static char *twin_path(const char *path)
{
    size_t len = strlen(path) + sizeof(LT_VIEW_TWIN_SUFFIX);
    char *twin = lt_new(lt_alloc_heap(), len);

    if (twin != NULL) {
        (void)snprintf(twin, len, "%s%s", path, LT_VIEW_TWIN_SUFFIX);
    }
    return twin;
}

lt_err lt_view_remove_twin(const char *path)
{
    char *twin = twin_path(path);
    lt_err rc = twin == NULL ? LT_ENOMEM : lt_db_unlink(twin);

    lt_free(lt_alloc_heap(), twin);
    return rc;
}

lt_err lt_view_twin(const struct lt_view *view, struct lt_view **out_twin)
{
    char *twin = twin_path(view->path);
    lt_err rc = twin == NULL ? LT_ENOMEM : lt_db_unlink(twin);

    if (rc == LT_OK) {
        rc = lt_view_open(twin, &view->office, out_twin, NULL);
    }
    if (rc == LT_OK) {
        lt_view_wal_max(*out_twin, (int64_t)view->wal_pages * LT_DB_PAGE);
    }
    lt_free(lt_alloc_heap(), twin);
    return rc;
}

void lt_view_discard(struct lt_view *view)
{
    char *path;

    if (view == NULL) {
        return;
    }
    path = view->path;
    view->path = NULL;
    view->stale = true; /* nothing of it is worth a sync */
    lt_view_close(view);
    (void)!lt_db_unlink(path);
    lt_free(lt_alloc_heap(), path);
}

lt_err lt_view_replace(struct lt_view *view, struct lt_view *twin,
                       struct lt_view **out_view)
{
    struct lt_office office = view->office;
    int64_t wal_max = (int64_t)view->wal_pages * LT_DB_PAGE;
    char *path = view->path;
    char *from = twin->path;
    lt_err rc;

    view->path = NULL;
    twin->path = NULL;
    lt_view_close(twin);
    view->stale = true;
    lt_view_close(view);
    rc = lt_db_unlink(path);
    (void)LT_FAILPOINT(view_replace);
    if (rc == LT_OK && rename(from, path) != 0) {
        rc = LT_EIO; /* an empty one is opened, and filled from the log */
    }
    rc = lt_view_open(path, &office, out_view, NULL);
    if (rc == LT_OK) {
        lt_view_wal_max(*out_view, wal_max);
    }
    lt_free(lt_alloc_heap(), path);
    lt_free(lt_alloc_heap(), from);
    return rc;
}
