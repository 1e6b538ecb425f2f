/* Every place where the canonical run can be broken, one after the other.
 *
 *   lienthong-enumerate power   [--every N]   the power goes at a write, sync,
 *                                             truncation or deletion; all, none
 *                                             or some of what was not synced is
 *                                             there afterwards
 *   lienthong-enumerate points  [--every N]   the same at each hit of a named
 *                                             crash point
 *   lienthong-enumerate memory  [--every N]   an allocation fails, once or from
 *                                             then on: ours, zstd's, SQLite's
 *   lienthong-enumerate disk    [--every N]   a call of the disk fails or finds
 *                                             no room, once or from then on
 *   lienthong-enumerate count [--step-ms N]   how many there are of each, at
 * the pace of a real run
 *   ... --at PLACE:HOW                        that one alone, in this process
 *   ... --plant NAME                          with a bug that has to be found
 *
 * The run is lived once. At each place that counts the process forks, and the
 * child goes on with the fault: a few more steps, then healing, then the check.
 * So a crash of ours is a line in the output and not the end of it. The last
 * line is `N places, N ways, N failed`. */
#include <inttypes.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "daemon/log/log.h"
#include "tests/sim/canon.h"

/* Where branches are counted a child has to write down its own. */
extern void __gcov_dump(void) __attribute__((weak));

enum {
    STEPS_AFTER = 6, /* that a child still does before it heals */
    CHILD_SECONDS = 120,
    JOBS_MAX = 64,
    WAYS_MAX = 4
};

enum family { POWER, POINTS, MEMORY, DISK, COUNT };

static const char *const FAMILIES[] = {"power", "points", "memory", "disk",
                                       "count"};
static const char *const WAYS[][WAYS_MAX] = {
    [POWER] = {"all", "none", "some"},
    [POINTS] = {"all", "none", "some"},
    [MEMORY] = {"once", "ever"},
    [DISK] = {"once", "ever", "full-once", "full-ever"},
    [COUNT] = {NULL}};

static const char *const CALLS[LT_DISK_CALLS] = {
    "open", "read", "write", "truncate", "sync", "delete", "look"};

enum owner { OURS, SQLITE };

/* One process, one run: the VFS and the allocators have no other context. */
static struct {
    enum family family;
    uint64_t every;
    uint64_t jobs;
    uint64_t step_ms; /* 0: as it comes */
    bool chosen;      /* --at */
    uint64_t at;
    unsigned at_way;

    struct canon *canon;
    uint64_t places; /* of the family, so far */
    uint64_t forks;
    uint64_t failed;
    unsigned running;
    bool child; /* the fault has happened, or happens from now on */
    bool ever;  /* it happens again and again until healing */
    unsigned way;
    const char *where; /* the place, in words */

    uint64_t calls[CANON_OFFICES][LT_DISK_CALLS]; /* after the tree's steps */
    uint64_t hits[LT_FAILPOINTS];
    uint64_t allocations[2];
    long live[2];
    bool text_seen; /* the text that is erased later lay on a disk */
} run;

/* ---- forking ---- */

static void reap(bool all)
{
    while (run.running > 0 && (all || run.running >= run.jobs)) {
        int status = 0;

        if (wait(&status) < 0) {
            perror("wait");
            exit(70);
        }
        run.running--;
        if (WIFSIGNALED(status)) {
            printf("FAIL a child ended with signal %d\n", WTERMSIG(status));
        }
        run.failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
}

static void become_child(unsigned way)
{
    run.child = true;
    run.way = way;
    run.ever = strstr(WAYS[run.family][way], "ever") != NULL;
    run.canon->until = run.canon->step + STEPS_AFTER;
    if (run.canon->until > CANON_STEPS) {
        run.canon->until = CANON_STEPS;
    }
}

/* A child that never ends. Its own work counts: a machine that is busy with
 * other things is no reason to fail. */
static void limit_work(void)
{
    const struct itimerval limit = {.it_value.tv_sec = CHILD_SECONDS};

    (void)setitimer(ITIMER_PROF, &limit, NULL);
}

/* A place of the family that is gone through: true in the one process in which
 * it fails. */
static bool is_next(const char *where, unsigned ways)
{
    const uint64_t place = ++run.places;

    if (run.chosen) {
        if (place == run.at && run.at_way < ways) {
            run.where = where;
            become_child(run.at_way);
            return true;
        }
        return false;
    }
    if (run.family == COUNT || place % run.every != 0) {
        return false;
    }
    for (unsigned way = 0; way < ways; way++) {
        pid_t pid;

        reap(false);
        fflush(stdout);
        pid = fork();
        if (pid < 0) {
            perror("fork");
            exit(70);
        }
        if (pid == 0) {
            limit_work();
            run.running = 0;
            run.failed = 0;
            run.where = where;
            become_child(way);
            return true;
        }
        run.running++;
        run.forks++;
    }
    return false;
}

static bool is_on(enum family family)
{
    return run.family == family && run.canon != NULL && !run.canon->outside;
}

/* ---- power and disk ---- */

static enum lt_crash how_of(unsigned way)
{
    static const enum lt_crash HOW[] = {LT_CRASH_KEEP_ALL, LT_CRASH_LOSE_ALL,
                                        LT_CRASH_SUBSET};

    return HOW[way];
}

static bool changes_disk(enum lt_disk_call call)
{
    return call == LT_DISK_WRITE || call == LT_DISK_TRUNCATE ||
           call == LT_DISK_SYNC || call == LT_DISK_DELETE;
}

static struct lt_disk_fate fails(unsigned way)
{
    return (struct lt_disk_fate){.how =
                                     way < 2 ? LT_DISK_FAILS : LT_DISK_IS_FULL};
}

/* Only what asks for room can find none. */
static unsigned ways_of(enum lt_disk_call call)
{
    return call == LT_DISK_WRITE ? 4 : 2;
}

static bool point(enum lt_failpoint failpoint);

/* Points within SQLite, as daemon/log/crashvfs.c finds them. */
static bool point_of(enum lt_disk_call call, const char *path, uint64_t at)
{
    const bool wal = strstr(path, "-wal") != NULL;

    return (call == LT_DISK_WRITE && !wal && point(LT_FP_C12)) ||
           (call == LT_DISK_WRITE && wal && at == 0 && point(LT_FP_C13)) ||
           (call == LT_DISK_SYNC && wal && point(LT_FP_C6));
}

static struct lt_disk_fate judge(void *ctx, enum lt_disk_call call,
                                 const char *path, uint64_t at)
{
    struct canon_office *office = ctx;
    struct lt_disk_fate fate = {.how = LT_DISK_GOES_ON};

    if (run.canon->step >= CANON_TREE_STEPS && !run.canon->outside) {
        run.calls[office->index][call]++;
    }
    if (run.child) {
        const bool same = run.canon->outside || !run.ever || run.family != DISK;

        return same || (run.way == 3 && call != LT_DISK_WRITE) ? fate
                                                               : fails(run.way);
    }
    if (is_on(DISK) && is_next(CALLS[call], ways_of(call))) {
        fate = fails(run.way);
    } else if (is_on(POWER) && changes_disk(call) && is_next(CALLS[call], 3)) {
        office->doomed = true;
        fate = (struct lt_disk_fate){LT_DISK_POWER, how_of(run.way)};
    } else if (!run.canon->outside && point_of(call, path, at)) {
        /* The power went at the point: this call comes too late. */
        fate.how = LT_DISK_FAILS;
    }
    return fate;
}

/* ---- crash points ---- */

/* Whose turn it is: the one office that is inside of a call. */
static struct canon_office *acting(void)
{
    return run.canon->acting;
}

static bool point(enum lt_failpoint failpoint)
{
    struct canon_office *office = acting();

    if (run.child || run.canon->outside) {
        return false;
    }
    run.hits[failpoint]++;
    if (office == NULL || !is_on(POINTS) ||
        !is_next(lt_failpoint_at(failpoint)->name, 3)) {
        return false;
    }
    office->doomed = true;
    lt_disk_crash(office->disk, how_of(run.way));
    return false; /* the process is gone, the call has not failed */
}

static bool hit(void *ctx, enum lt_failpoint failpoint)
{
    (void)ctx;
    return run.canon != NULL && point(failpoint);
}

/* ---- memory ---- */

static bool no_memory(enum owner owner)
{
    static const char *const OWNERS[] = {"ours", "SQLite"};

    if (run.canon == NULL || run.canon->outside) {
        return false;
    }
    if (run.child) {
        return run.family == MEMORY && run.ever;
    }
    run.allocations[owner]++;
    return is_on(MEMORY) && is_next(OWNERS[owner], 2);
}

static void *take(enum owner owner, void *ptr, size_t size)
{
    void *out = no_memory(owner) ? NULL : realloc(ptr, size);

    run.live[owner] += ptr == NULL && out != NULL;
    return out;
}

static void give(enum owner owner, void *ptr)
{
    run.live[owner] -= ptr != NULL;
    free(ptr);
}

static void *our_resize(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    if (size == 0) {
        give(OURS, ptr);
        return NULL;
    }
    return take(OURS, ptr, size);
}

static void *sqlite_take(int size)
{
    return take(SQLITE, NULL, (size_t)size);
}

static void sqlite_give(void *ptr)
{
    give(SQLITE, ptr);
}

static void *sqlite_resize(void *ptr, int size)
{
    return take(SQLITE, ptr, (size_t)size);
}

static int sqlite_size(void *ptr)
{
    return ptr == NULL ? 0 : (int)malloc_usable_size(ptr);
}

static int sqlite_roundup(int size)
{
    return (size + 7) & ~7;
}

static int sqlite_init(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void sqlite_shutdown(void *ctx)
{
    (void)ctx;
}

static bool hand_in_memory(void)
{
    static const struct lt_alloc ours = {.resize = our_resize};
    static const sqlite3_mem_methods sqlite = {
        sqlite_take,    sqlite_give, sqlite_resize,   sqlite_size,
        sqlite_roundup, sqlite_init, sqlite_shutdown, NULL};

    lt_alloc_heap_replace(&ours);
    lt_arena_piecewise(true); /* so that protobuf-c's calls fail one by one */
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &sqlite) == SQLITE_OK;
}

/* ---- one run ---- */

static void check_leaks(const long before[2])
{
    if (run.live[OURS] != before[OURS]) {
        printf("FAIL %ld allocations of ours were never given back\n",
               run.live[OURS] - before[OURS]);
        run.failed++;
    }
    if (run.live[SQLITE] != before[SQLITE]) {
        printf("FAIL %ld allocations of SQLite were never given back\n",
               run.live[SQLITE] - before[SQLITE]);
        run.failed++;
    }
}

static void tell_place(const char *failure)
{
    printf("FAIL lienthong-enumerate %s --at %" PRIu64
           ":%s: %s, step %zu: %s\n",
           FAMILIES[run.family], run.places, WAYS[run.family][run.way],
           run.where, run.canon->step, failure);
    fflush(stdout);
}

/* Also the end of every child. */
static void live(void)
{
    long before[2];
    size_t unasked = 0;

    run.canon = NULL;
    before[OURS] = run.live[OURS];
    before[SQLITE] = run.live[SQLITE];
    run.canon = canon_new();
    if (run.step_ms > 0) {
        run.canon->step_ms = (int64_t)run.step_ms;
    }
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        lt_disk_set_judge(run.canon->offices[i].disk, judge,
                          &run.canon->offices[i]);
    }
    canon_live(run.canon);
    canon_heal(run.canon);
    if (run.canon->failure[0] == '\0') {
        canon_check(run.canon);
    }
    if (run.canon->failure[0] != '\0') {
        run.failed++;
        if (run.child) {
            tell_place(run.canon->failure);
        } else {
            printf("FAIL without any fault: %s\n", run.canon->failure);
        }
    }
    for (size_t i = 0; i < run.canon->until; i++) {
        unasked += !run.canon->steps[i].told;
    }
    if (!run.child && unasked > 0) {
        printf("FAIL %zu steps were never answered\n", unasked);
        run.failed++;
    }
    run.text_seen = run.canon->text_seen;
    canon_free(run.canon);
    run.canon = NULL;
    check_leaks(before);
}

/* ---- words ---- */

static void print_counts(void)
{
    printf("script: %s\n", canon_script + CANON_TREE_STEPS);
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        printf("office %u:", i);
        for (unsigned c = 0; c < LT_DISK_CALLS; c++) {
            printf(" %s %" PRIu64, CALLS[c], run.calls[i][c]);
        }
        printf("\n");
    }
    printf("allocations: ours %" PRIu64 ", SQLite %" PRIu64 "\n",
           run.allocations[OURS], run.allocations[SQLITE]);
}

/* A point that is never met is no point of this run. */
static bool print_points(void)
{
    static const enum lt_failpoint NEEDED[] = {
        LT_FP_C1,  LT_FP_C2,  LT_FP_C3,  LT_FP_C4,  LT_FP_C5,
        LT_FP_C6,  LT_FP_C7,  LT_FP_C8,  LT_FP_C9,  LT_FP_C10,
        LT_FP_C11, LT_FP_C12, LT_FP_C13, LT_FP_C15, LT_FP_C17};
    bool all = true;

    printf("points:");
    for (size_t i = 0; i < LT_COUNT_OF(NEEDED); i++) {
        printf(" %s %" PRIu64, lt_failpoint_at(NEEDED[i])->name,
               run.hits[NEEDED[i]]);
        all &= run.hits[NEEDED[i]] > 0;
    }
    printf("\n");
    return all;
}

static bool read_at(const char *text)
{
    char *end;

    run.at = strtoull(text, &end, 10);
    for (unsigned way = 0; *end == ':' && way < WAYS_MAX; way++) {
        const char *word = WAYS[run.family][way];

        if (word != NULL && strcmp(word, end + 1) == 0) {
            run.at_way = way;
            run.chosen = true;
        }
    }
    return run.chosen && run.at > 0;
}

static bool read_arguments(int argc, char **argv)
{
    bool found = false;

    for (unsigned i = 0; argc > 1 && i < LT_COUNT_OF(FAMILIES); i++) {
        if (strcmp(argv[1], FAMILIES[i]) == 0) {
            run.family = (enum family)i;
            found = true;
        }
    }
    run.every = 1;
    run.jobs = 2;
    for (int i = 2; found && i < argc; i += 2) {
        if (i + 1 == argc) {
            return false;
        }
        if (strcmp(argv[i], "--every") == 0) {
            run.every = strtoull(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--jobs") == 0) {
            run.jobs = strtoull(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--step-ms") == 0) {
            run.step_ms = strtoull(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--plant") == 0) {
            found = lt_plant(argv[i + 1]);
        } else if (strcmp(argv[i], "--at") != 0 || !read_at(argv[i + 1])) {
            return false;
        }
    }
    return found && run.every > 0 && run.jobs > 0 && run.jobs <= JOBS_MAX;
}

int main(int argc, char **argv)
{
    if (!read_arguments(argc, argv)) {
        fprintf(stderr,
                "usage: lienthong-enumerate power|points|memory|disk|"
                "count [--every N] [--jobs N] [--step-ms N] [--at PLACE:HOW]"
                " [--plant NAME]\n");
        return 64;
    }
    if (!hand_in_memory() || lt_log_start() != LT_OK ||
        lt_crypto_start() != LT_OK) {
        return 70;
    }
    lt_failpoint_watch(hit, NULL);
    live();
    if (run.child) {
        if (run.chosen) {
            printf("%s\n", run.failed == 0 ? "recovered" : "failed");
        }
        fflush(stdout);
        if (__gcov_dump != NULL) {
            __gcov_dump();
        }
        _exit(run.failed == 0 ? 0 : 1);
    }
    reap(true);
    if (run.chosen) {
        printf("there is no such place\n");
        return 64;
    }
    if (run.family == COUNT) {
        print_counts();
    }
    if (!print_points() || !run.text_seen) {
        printf("FAIL the run does not do all that it should\n");
        run.failed++;
    }
    printf("%" PRIu64 " places, %" PRIu64 " ways, %" PRIu64 " failed\n",
           run.places, run.forks, run.failed);
    lt_crypto_stop();
    return run.failed == 0 ? 0 : 1;
}
