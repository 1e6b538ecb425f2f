/* Seeds in several processes: each takes every n-th, and what comes out goes
 * through one pipe in pieces that are small enough to be written whole. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/sim/many.h"

enum { SEED_SECONDS_MAX = 300 };

_Static_assert(sizeof(struct sim_result) <= PIPE_BUF,
               "a result is written whole");

void sim_print_command(const struct sim_command *command,
                       const struct sim_masks *masks, uint64_t seed)
{
    printf("lienthong-sim --seed %" PRIu64 "%s%s", seed,
           command->plant ? " --plant " : "",
           command->plant ? command->plant : "");
    if (command->tree != NULL) {
        printf(" --tree %s --office %s --minutes %" PRIu64, command->tree,
               command->office, command->run.minutes);
    }
    sim_masks_print(masks);
}

static uint64_t seed_at(const struct sim_command *command, uint64_t index)
{
    return command->chosen_n > 0 ? command->chosen[index]
                                 : command->from + index;
}

static void run_one(const struct sim_command *command, uint64_t seed,
                    struct sim_result *out)
{
    struct sim_result again;

    sim_run(seed, &command->run, out);
    if (!out->ok || !command->twice) {
        return;
    }
    sim_run(seed, &command->run, &again);
    if (again.trace_hash != out->trace_hash) {
        out->ok = false;
        snprintf(out->failure, sizeof(out->failure),
                 "trace %016" PRIx64 " and %016" PRIx64 " of one seed",
                 out->trace_hash, again.trace_hash);
    }
}

static void run_here(const struct sim_command *command,
                     void (*seen)(void *ctx, const struct sim_result *result),
                     void *ctx)
{
    bool goes_on = true;

    for (uint64_t i = 0; i < command->seeds && goes_on; i++) {
        struct sim_result result;

        run_one(command, seed_at(command, i), &result);
        seen(ctx, &result);
        goes_on = result.ok || command->plant == NULL;
    }
}

/* A seed that never ends. Its own work counts: a machine that is busy with other
 * things is no reason to fail. */
static void limit_work(void)
{
    const struct itimerval limit = {.it_value.tv_sec = SEED_SECONDS_MAX};

    (void)setitimer(ITIMER_PROF, &limit, NULL);
}

static _Noreturn void work(const struct sim_command *command, unsigned job,
                           int out, volatile uint64_t *now)
{
    for (uint64_t i = job; i < command->seeds; i += command->jobs) {
        struct sim_result result;

        *now = seed_at(command, i);
        if (command->tree == NULL) {
            limit_work();
        }
        run_one(command, *now, &result);
        if (write(out, &result, sizeof(result)) != (ssize_t)sizeof(result)) {
            _exit(1);
        }
        if (!result.ok && command->plant != NULL) {
            break;
        }
    }
    _exit(0);
}

static bool read_result(int in, struct sim_result *out)
{
    size_t have = 0;

    while (have < sizeof(*out)) {
        ssize_t n = read(in, (char *)out + have, sizeof(*out) - have);

        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            return false;
        }
        have += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* A process that died took its seed with it. */
static void mourn(pid_t pid, uint64_t seed,
                  void (*seen)(void *ctx, const struct sim_result *result),
                  void *ctx)
{
    struct sim_result result = {.seed = seed};
    int status = 0;

    if (waitpid(pid, &status, 0) != pid ||
        (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
        (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)) {
        return;
    }
    snprintf(result.failure, sizeof(result.failure),
             "the process died (status %d)", status);
    seen(ctx, &result);
}

bool sim_seeds_run(const struct sim_command *command,
                   void (*seen)(void *ctx, const struct sim_result *result),
                   void *ctx)
{
    uint64_t *now =
        mmap(NULL, SIM_JOBS_MAX * sizeof(*now), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pids[SIM_JOBS_MAX];
    struct sim_result result;
    int ends[2];
    bool stop = false;

    if (command->jobs <= 1) {
        run_here(command, seen, ctx);
        return true;
    }
    if (now == MAP_FAILED || pipe(ends) != 0) {
        return false;
    }
    fflush(stdout);
    for (unsigned job = 0; job < command->jobs; job++) {
        pids[job] = fork();
        if (pids[job] < 0) {
            return false;
        }
        if (pids[job] == 0) {
            (void)close(ends[0]);
            work(command, job, ends[1], &now[job]);
        }
    }
    (void)close(ends[1]);
    while (!stop && read_result(ends[0], &result)) {
        seen(ctx, &result);
        stop = !result.ok && command->plant != NULL;
    }
    (void)close(ends[0]);
    for (unsigned job = 0; job < command->jobs; job++) {
        if (stop) {
            (void)kill(pids[job], SIGTERM);
        }
        mourn(pids[job], now[job], seen, ctx);
    }
    (void)munmap(now, SIM_JOBS_MAX * sizeof(*now));
    return true;
}
