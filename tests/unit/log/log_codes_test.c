/* What SQLite answers, in our words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/log/internal.h"

static void each_code_has_our_word(void **state)
{
    static const struct {
        int theirs;
        lt_err ours;
    } rows[] = {
        {SQLITE_OK, LT_OK},
        {SQLITE_ROW, LT_OK},
        {SQLITE_DONE, LT_OK},
        {SQLITE_FULL, LT_EFULL},
        {SQLITE_NOMEM, LT_ENOMEM},
        {SQLITE_IOERR, LT_EIO},
        {SQLITE_IOERR_FSYNC, LT_EIO},
        {SQLITE_IOERR_NOMEM, LT_ENOMEM},
        {SQLITE_READONLY, LT_EIO},
        {SQLITE_CORRUPT, LT_ECORRUPT},
        {SQLITE_NOTADB, LT_ECORRUPT},
        {SQLITE_FORMAT, LT_ECORRUPT},
        {SQLITE_BUSY, LT_ELOCKED},
        {SQLITE_LOCKED, LT_ELOCKED},
        {SQLITE_CANTOPEN, LT_ECREATE},
        {SQLITE_PERM, LT_ECREATE},
        {SQLITE_TOOBIG, LT_ETOOBIG},
        {SQLITE_MISUSE, LT_EINTERNAL},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        assert_int_equal(lt_sqlite_err(rows[i].theirs), rows[i].ours);
    }
}

/* Some trouble is told only there, for a call that then succeeds. */
static void trouble_that_is_only_noted_counts(void **state)
{
    static const struct {
        int code;
        lt_err after;
    } rows[] = {
        {SQLITE_IOERR_READ, LT_EIO}, {SQLITE_CORRUPT, LT_EIO},
        {SQLITE_NOTADB, LT_EIO},     {SQLITE_IOERR_NOMEM, LT_OK},
        {SQLITE_NOTICE, LT_OK},
    };

    (void)state;
    assert_int_equal(lt_log_start(), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        sqlite3_log(rows[i].code, "a test");
        assert_int_equal(lt_sqlite_noted(), rows[i].after);
        assert_int_equal(lt_sqlite_noted(), LT_OK); /* once */
    }
    sqlite3_log(SQLITE_CORRUPT, "a test");
    sqlite3_log(SQLITE_IOERR_NOMEM, "a test"); /* takes nothing back */
    assert_int_equal(lt_sqlite_noted(), LT_EIO);
}

static void versions_with_the_wal_reset_bug_are_known(void **state)
{
    static const struct {
        int version;
        bool affected;
    } rows[] = {
        {3006023, false}, {3007000, true},  {3040001, true},  {3044005, true},
        {3044006, false}, {3045000, true},  {3050006, true},  {3050007, false},
        {3051002, true},  {3051003, false}, {3052000, false},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        assert_int_equal(lt_log_version_affected(rows[i].version),
                         rows[i].affected);
    }
    assert_int_equal(lt_log_sqlite_affected() != NULL,
                     lt_log_version_affected(sqlite3_libversion_number()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_has_our_word),
        cmocka_unit_test(trouble_that_is_only_noted_counts),
        cmocka_unit_test(versions_with_the_wal_reset_bug_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
