/* The file of the database is lengthened ahead of its end, and nothing but
 * zeros is ever written there. On the real file system: what is asked is how
 * long the file is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <semaphore.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "daemon/log/internal.h"
#include "tests/unit/log/place.h"

enum { SEGMENTS = 60, ROUNDS = 4 };

static struct lt_log *open_ahead(struct place *place, bool ahead)
{
    place->options.wal_max_bytes = 64 << 20;
    place->options.ahead = ahead;
    return test_open(&place->options);
}

static int64_t file_bytes(const struct place *place)
{
    struct stat status;

    assert_int_equal(stat(place->path, &status), 0);
    return status.st_size;
}

static int64_t database_bytes(struct lt_log *log)
{
    struct lt_log_stats stats;

    lt_log_stats(log, &stats);
    return (int64_t)stats.bytes;
}

/* Write until a checkpoint is due, and let it come. */
static void write_and_copy(struct lt_log *log, struct writer *writer)
{
    bool more;

    while (lt_log_wal_bytes(log) < LT_LOG_WAL_IDLE) {
        (void)test_write(log, writer, SEGMENTS);
    }
    assert_int_equal(lt_log_checkpoint(log, &more), LT_OK);
    assert_int_equal(lt_log_wal_bytes(log), 0);
}

/* A checkpoint changes neither the file's length nor its blocks: what it writes
 * has its place already. */
static void a_checkpoint_finds_its_place_written(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, true);
    struct writer writer;
    int64_t had;

    writer_init(&writer, 2, 1);
    write_and_copy(log, &writer); /* the first finds nothing */
    had = lt_ahead_settled(log);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct stat before;
        struct stat after;

        assert_true(had >= database_bytes(log) + (1 << 20));
        assert_int_equal(file_bytes(place), had);
        while (lt_log_wal_bytes(log) < LT_LOG_WAL_IDLE) {
            (void)test_write(log, &writer, SEGMENTS);
        }
        /* As lt_log_checkpoint, without what its end asks for. */
        lt_ahead_begin(log, database_bytes(log));
        assert_int_equal(stat(place->path, &before), 0);
        assert_int_equal(sqlite3_wal_checkpoint_v2(log->db, NULL,
                                                   SQLITE_CHECKPOINT_PASSIVE,
                                                   NULL, NULL),
                         SQLITE_OK);
        assert_int_equal(stat(place->path, &after), 0);
        assert_int_equal(before.st_size, after.st_size);
        assert_int_equal(before.st_blocks, after.st_blocks);
        write_and_copy(log, &writer);
        had = lt_ahead_settled(log);
    }
    lt_log_close(log);
    writer_deinit(&writer);
}

/* Control: without it each checkpoint makes the file longer, and as long as the
 * database. */
static void without_it_the_file_ends_with_the_database(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, false);
    struct writer writer;

    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 3; i++) {
        write_and_copy(log, &writer);
        assert_int_equal(file_bytes(place), database_bytes(log));
    }
    lt_log_close(log);
    writer_deinit(&writer);
}

/* The thread's first step waits at a gate; what is written afterwards below
 * where a checkpoint goes is counted. */
static struct {
    sem_t reached;
    sem_t open;
    sem_t begun;
    bool passed;
    _Atomic int64_t floor;
    atomic_uint trespasses;
    atomic_uint writes;
    struct lt_log *log;
    const sqlite3_io_methods *below;
} gate;

static int gated_write(sqlite3_file *file, const void *data, int len,
                       sqlite3_int64 at)
{
    if (!gate.passed) {
        gate.passed = true;
        (void)sem_post(&gate.reached);
        (void)sem_wait(&gate.open);
    }
    atomic_fetch_add(&gate.writes, 1);
    if (at < atomic_load(&gate.floor)) {
        atomic_fetch_add(&gate.trespasses, 1);
    }
    return gate.below->xWrite(file, data, len, at);
}

static void *begin_checkpoint(void *arg)
{
    const int64_t *to = arg;

    lt_ahead_begin(gate.log, *to);
    atomic_store(&gate.floor, *to);
    (void)sem_post(&gate.begun);
    return NULL;
}

/* The database has caught up with the thread, which is about to write: the
 * checkpoint waits for that step, and no other goes where it writes. */
static void zeros_never_meet_a_page(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, true);
    sqlite3_io_methods methods = *log->ahead.below;
    struct timespec until;
    struct writer writer;
    pthread_t thread;
    int64_t wanted;
    int64_t to;

    memset(&gate, 0, sizeof(gate));
    gate.log = log;
    gate.below = log->ahead.below;
    (void)sem_init(&gate.reached, 0, 0);
    (void)sem_init(&gate.open, 0, 0);
    (void)sem_init(&gate.begun, 0, 0);
    writer_init(&writer, 2, 1);
    while (lt_log_wal_bytes(log) < LT_LOG_WAL_IDLE) {
        (void)test_write(log, &writer, SEGMENTS);
    }
    methods.xWrite = gated_write;
    log->ahead.below = &methods;
    to = database_bytes(log);
    lt_ahead_end(log, to); /* it begins where the file ends, far below */
    (void)sem_wait(&gate.reached);
    lt_ahead_begin(log, 0); /* what it writes lies above: nobody waits */
    wanted = log->ahead.wanted;
    lt_ahead_end(log, 2 * wanted); /* it is at work: nothing more is asked */
    assert_int_equal(log->ahead.wanted, wanted);
    assert_int_equal(pthread_create(&thread, NULL, begin_checkpoint, &to), 0);
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1; /* in vain: the step is on its way */
    assert_int_equal(sem_timedwait(&gate.begun, &until), -1);
    (void)sem_post(&gate.open);
    assert_int_equal(pthread_join(thread, NULL), 0);
    write_and_copy(log, &writer);
    (void)lt_ahead_settled(log);
    assert_int_equal(atomic_load(&gate.trespasses), 0);
    assert_int_equal(test_bad(log, writer.key), 0);
    log->ahead.below = gate.below;
    lt_log_close(log);
    log = open_ahead(place, true);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void *close_it(void *arg)
{
    lt_log_close(arg);
    return NULL;
}

/* The end waits for the step that is on its way, and for no other. */
static void a_close_waits_for_one_step(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, true);
    sqlite3_io_methods methods = *log->ahead.below;
    struct writer writer;
    pthread_t thread;

    memset(&gate, 0, sizeof(gate));
    gate.below = log->ahead.below;
    (void)sem_init(&gate.reached, 0, 0);
    (void)sem_init(&gate.open, 0, 0);
    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    assert_int_equal(lt_log_wipe(log), LT_OK); /* nothing is left to copy */
    assert_true(lt_ahead_settled(log) > database_bytes(log));
    methods.xWrite = gated_write;
    log->ahead.below = &methods;
    lt_ahead_end(log, 2 * log->ahead.had);
    (void)sem_wait(&gate.reached);
    assert_int_equal(pthread_create(&thread, NULL, close_it, log), 0);
    for (bool stop = false; !stop;) { /* until it has been told */
        (void)pthread_mutex_lock(&log->ahead.lock);
        stop = log->ahead.stop;
        (void)pthread_mutex_unlock(&log->ahead.lock);
    }
    (void)sem_post(&gate.open);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(atomic_load(&gate.writes), 1);
    log = open_ahead(place, true);
    assert_int_equal(test_count(log), 1);
    lt_log_close(log);
    writer_deinit(&writer);
}

static int failing_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return SQLITE_IOERR_FSYNC;
}

static int failing_write(sqlite3_file *file, const void *data, int len,
                         sqlite3_int64 at)
{
    (void)file;
    (void)data;
    (void)len;
    (void)at;
    return SQLITE_IOERR_WRITE;
}

static int full_write(sqlite3_file *file, const void *data, int len,
                      sqlite3_int64 at)
{
    (void)failing_write(file, data, len, at);
    return SQLITE_FULL;
}

static int no_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    (void)file;
    (void)out_size;
    return SQLITE_IOERR_FSTAT;
}

/* A write of the thread that fails is as one of the loop. */
static void a_failed_write_of_the_thread_ends_the_log(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, true);
    const sqlite3_io_methods *below = log->ahead.below;
    sqlite3_io_methods methods = *below;
    struct writer writer;
    int64_t had;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    write_and_copy(log, &writer);
    had = lt_ahead_settled(log);
    methods.xWrite = failing_write; /* for the thread alone */
    log->ahead.below = &methods;
    lt_ahead_end(log, 2 * had);
    assert_int_equal(lt_ahead_settled(log), had);
    lt_ahead_end(log, 3 * had); /* it is asked for nothing more */
    assert_true(log->ahead.wanted < 3 * had);
    /* Whoever copies the WAL hears of it as well. */
    assert_int_equal(lt_log_wipe(log), LT_EIO);
    assert_int_equal(
        lt_log_put_segment(log, writer_next(&writer, 1), 1, &pos), LT_EIO);
    log->ahead.below = below;
    lt_log_close(log);
    writer_deinit(&writer);
}

/* No room is no failure: the checkpoint does without, and asks again. */
static void without_room_it_does_without(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, true);
    const sqlite3_io_methods *below = log->ahead.below;
    sqlite3_io_methods methods = *below;
    struct writer writer;
    int64_t had;

    writer_init(&writer, 2, 1);
    assert_int_equal(lt_ahead_settled(log), file_bytes(place)); /* no thread */
    write_and_copy(log, &writer);
    had = lt_ahead_settled(log);
    methods.xWrite = full_write;
    log->ahead.below = &methods;
    lt_ahead_end(log, 2 * had);
    assert_int_equal(lt_ahead_settled(log), had);
    assert_false(lt_ahead_failed(log));
    write_and_copy(log, &writer);
    log->ahead.below = below;
    lt_ahead_end(log, 2 * had);
    assert_true(lt_ahead_settled(log) > 2 * had);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

/* Nobody knows where it ends: nothing is written behind it. */
static void a_file_of_no_known_length_is_left_alone(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, false);
    const sqlite3_io_methods *below;
    sqlite3_io_methods methods;
    sqlite3_file *file = NULL;
    struct writer writer;

    assert_int_equal(sqlite3_file_control(log->db, "main",
                                          SQLITE_FCNTL_FILE_POINTER, &file),
                     SQLITE_OK);
    below = file->pMethods;
    methods = *below;
    methods.xFileSize = no_size;
    file->pMethods = &methods;
    assert_int_equal(lt_ahead_open(log, place->path), LT_EIO);
    file->pMethods = below;
    writer_init(&writer, 2, 1);
    write_and_copy(log, &writer);
    assert_int_equal(file_bytes(place), database_bytes(log));
    lt_log_close(log);
    writer_deinit(&writer);
}

/* The kernel tells a failed write once: to whoever syncs first. So what the
 * thread hears is as if the loop had heard it. */
static void a_failed_sync_of_the_thread_ends_the_log(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_ahead(place, true);
    const sqlite3_io_methods *below = log->ahead.below;
    sqlite3_io_methods methods = *below;
    struct writer writer;
    const struct lt_segment *segment;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    write_and_copy(log, &writer);
    (void)lt_ahead_settled(log);
    (void)test_write(log, &writer, 1); /* all is well */
    methods.xSync = failing_sync;      /* for the thread alone */
    log->ahead.below = &methods;
    lt_ahead_end(log, 2 * log->ahead.had);
    (void)lt_ahead_settled(log);
    segment = writer_next(&writer, 1);
    assert_int_equal(lt_log_put_segment(log, segment, 1, &pos), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_EIO);
    assert_int_equal(lt_log_put_segment(log, segment, 1, &pos), LT_EIO);
    log->ahead.below = below;
    lt_log_close(log);
    writer_deinit(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_checkpoint_finds_its_place_written),
        TEST(without_it_the_file_ends_with_the_database),
        TEST(zeros_never_meet_a_page),
        TEST(a_close_waits_for_one_step),
        TEST(a_failed_sync_of_the_thread_ends_the_log),
        TEST(a_failed_write_of_the_thread_ends_the_log),
        TEST(without_room_it_does_without),
        TEST(a_file_of_no_known_length_is_left_alone),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
