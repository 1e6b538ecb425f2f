/* Result codes of SQLite become ours here, and nowhere else.
 *
 * SQLite also reports through its error log, sometimes for calls that then
 * succeed (a page read again, a file that could not be synced). One word of
 * corruption or I/O trouble there counts as a failure of the call. The note is
 * per thread, since a connection belongs to one. */
#include "daemon/log/internal.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int start_rc;
static _Thread_local bool disk_trouble;

lt_err lt_sqlite_err(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return LT_OK;
    case SQLITE_FULL:
        return LT_EFULL;
    case SQLITE_NOMEM:
        return LT_ENOMEM;
    case SQLITE_IOERR:
        return rc == SQLITE_IOERR_NOMEM ? LT_ENOMEM : LT_EIO;
    case SQLITE_READONLY: /* a disk that was mounted again, read-only */
        return LT_EIO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return LT_ECORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return LT_ELOCKED;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return LT_ECREATE;
    case SQLITE_TOOBIG:
        return LT_ETOOBIG;
    default:
        return LT_EINTERNAL;
    }
}

static void take_note(void *ctx, int code, const char *text)
{
    (void)ctx;
    (void)text;
    switch (code & 0xff) {
    case SQLITE_IOERR:
        disk_trouble = disk_trouble || code != SQLITE_IOERR_NOMEM;
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        disk_trouble = true;
        break;
    default:
        break;
    }
}

lt_err lt_sqlite_noted(void)
{
    const bool trouble = disk_trouble;

    disk_trouble = false;
    return trouble ? LT_EIO : LT_OK;
}

/* Each call answers MISUSE when somebody has opened a connection before; then
 * the library's defaults stand, which are stricter, not looser. */
static void start(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_LOG, take_note, NULL);
    (void)sqlite3_config(SQLITE_CONFIG_URI, 0);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* Pages one by one from the heap: what is freed goes back to it, instead
     * of into a pool that keeps what it held. */
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    start_rc = sqlite3_initialize();
}

lt_err lt_sqlite_start(void)
{
    if (pthread_once(&once, start) != 0) {
        return LT_EINTERNAL;
    }
    return lt_sqlite_err(start_rc);
}

lt_err lt_log_start(void)
{
    return lt_sqlite_start();
}

bool lt_log_version_affected(int version)
{
    const int minor = version / 1000;
    const int patch = version % 1000;

    return version >= 3007000 && version < 3051003 &&
           !(minor == 3050 && patch >= 7) && !(minor == 3044 && patch >= 6);
}

const char *lt_log_sqlite_affected(void)
{
    return lt_log_version_affected(sqlite3_libversion_number())
               ? sqlite3_libversion()
               : NULL;
}
