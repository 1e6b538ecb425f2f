/* Room for a bad day: given away when the disk has none, taken back when it
 * has. The limit of a file's size stands for a disk that is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemon/log/internal.h"
#include "tests/unit/log/place.h"

enum { BYTES = 64 * 1024 };

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int64_t size_of(const struct lt_log *log)
{
    struct stat status;

    return stat(log->ballast.path, &status) == 0 ? status.st_size : -1;
}

static void it_is_there_from_the_start(void **state)
{
    const struct place *place = *state;
    struct lt_log log = {0};

    assert_true(lt_log_roomy(&log)); /* a log without one */
    lt_ballast_release(&log);
    assert_int_equal(lt_ballast_open(&log, place->path, BYTES), LT_OK);
    assert_int_equal(size_of(&log), BYTES);
    assert_true(lt_log_roomy(&log));
    lt_ballast_close(&log);
}

/* One of a former, larger setting is cut. */
static void a_larger_one_is_cut(void **state)
{
    const struct place *place = *state;
    struct lt_log log = {0};

    assert_int_equal(lt_ballast_open(&log, place->path, 2 * BYTES), LT_OK);
    lt_ballast_close(&log);
    assert_int_equal(lt_ballast_open(&log, place->path, BYTES), LT_OK);
    assert_int_equal(size_of(&log), BYTES);
    lt_ballast_close(&log);
}

static void it_stays_while_the_disk_has_room(void **state)
{
    const struct place *place = *state;
    struct lt_log log = {0};

    assert_int_equal(lt_ballast_open(&log, place->path, BYTES), LT_OK);
    lt_ballast_release(&log);
    assert_int_equal(size_of(&log), BYTES);
    assert_true(lt_log_roomy(&log));
    lt_ballast_close(&log);
}

static void it_is_given_away_when_the_disk_is_full_and_comes_back(void **state)
{
    const struct place *place = *state;
    struct lt_log log = {0};

    assert_int_equal(lt_ballast_open(&log, place->path, BYTES), LT_OK);
    limit_files(BYTES);
    lt_ballast_release(&log);
    assert_int_equal(size_of(&log), 0);
    lt_ballast_release(&log); /* there is nothing left to give */
    limit_files(BYTES / 2);
    assert_false(lt_log_roomy(&log));
    assert_int_equal(size_of(&log), 0);
    limit_files(RLIM_INFINITY);
    log.ballast.bytes = INT64_MAX / 2; /* more than the disk has free */
    assert_false(lt_log_roomy(&log));
    assert_int_equal(size_of(&log), 0);
    log.ballast.bytes = BYTES;
    assert_true(lt_log_roomy(&log));
    assert_int_equal(size_of(&log), BYTES);
    lt_ballast_close(&log);
}

static void a_start_without_room_has_none(void **state)
{
    const struct place *place = *state;
    struct lt_log log = {0};

    limit_files(BYTES / 2);
    assert_int_equal(lt_ballast_open(&log, place->path, BYTES), LT_OK);
    assert_false(lt_log_roomy(&log));
    limit_files(RLIM_INFINITY);
    lt_ballast_close(&log);
}

/* Its place is taken by something else, or its folder is gone. */
static void without_its_place_there_is_none(void **state)
{
    const struct place *place = *state;
    struct lt_log log = {0};
    char path[64];

    (void)snprintf(path, sizeof(path), "%s/ballast", place->folder);
    assert_int_equal(symlink("elsewhere", path), 0);
    assert_int_equal(lt_ballast_open(&log, place->path, BYTES), LT_OK);
    assert_false(lt_log_roomy(&log));
    lt_ballast_close(&log);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(lt_ballast_open(&log, place->path, BYTES), LT_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("elsewhere", path), 0);
    lt_ballast_release(&log);
    assert_true(log.ballast.in); /* nothing was given away */
    lt_ballast_close(&log);
    log = (struct lt_log){0};
    assert_int_equal(lt_ballast_open(&log, "/nowhere/log.db", BYTES), LT_OK);
    assert_false(lt_log_roomy(&log));
    lt_ballast_close(&log);
}

/* Never more than a sixteenth of the disk. */
static void it_leaves_the_disk_to_others(void **state)
{
    const struct place *place = *state;
    struct lt_log log = {0};

    limit_files(BYTES);
    assert_int_equal(lt_ballast_open(&log, place->path, INT64_MAX / 2), LT_OK);
    assert_true(log.ballast.bytes < INT64_MAX / 2);
    assert_false(lt_log_roomy(&log));
    limit_files(RLIM_INFINITY);
    lt_ballast_close(&log);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(it_is_there_from_the_start),
        PROMISE(a_larger_one_is_cut),
        PROMISE(it_stays_while_the_disk_has_room),
        PROMISE(it_is_given_away_when_the_disk_is_full_and_comes_back),
        PROMISE(a_start_without_room_has_none),
        PROMISE(without_its_place_there_is_none),
        PROMISE(it_leaves_the_disk_to_others),
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
