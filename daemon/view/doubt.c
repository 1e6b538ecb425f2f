/* The tree got a word that belongs before others (common/tree_history.c): what
 * was judged by it is judged again, all of it. That happens only after a writer
 * of the tree was restored to an older day. */
#include "daemon/view/db.h"
#include "daemon/view/view_internal.h"

#include <stdio.h>

lt_err lt_view_doubt_all(struct lt_view *view)
{
    char sql[768];

    (void)snprintf(
        sql, sizeof(sql),
        "INSERT INTO await(matter,version) SELECT key,0 FROM matter WHERE true"
        " ON CONFLICT(matter) DO UPDATE SET version=0;"
        "UPDATE erased SET waits=1;"
        "UPDATE law SET counts=0;"
        /* Laws that were refused are rows of no law; law.c knows them. */
        "INSERT OR IGNORE INTO law(seq,version,counts)"
        " SELECT seq,0,0 FROM event WHERE matter IS NULL"
        " AND verdict=%d AND why=%d;"
        "UPDATE turn SET waits=0 WHERE entered IS NOT NULL AND NOT EXISTS"
        "(SELECT 1 FROM event e WHERE e.seq=turn.seq AND e.why=%d)",
        (int)LT_REJECTED, (int)LT_WHY_NOT_ALLOWED_HERE, (int)LT_WHY_REVOKED);
    return lt_db_exec(view->db, sql);
}
