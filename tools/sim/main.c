/* lienthong-sim: many seeds, one line for each that broke something. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "common/failpoint.h"
#include "daemon/log/log.h"
#include "tools/sim/many.h"
#include "tools/sim/night.h"

enum { EXIT_USAGE = 64, EXIT_INTERNAL = 70, SEEDS_MAX = 10000000 };

static bool read_number(const char *text, uint64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoull(text, &end, 0);
    if (errno == 0 && *text != '\0' && *text != '-' && *end == '\0') {
        return true;
    }
    fprintf(stderr, "not a number: %s\n", text);
    return false;
}

static bool read_seed(const char *text, struct sim_command *out)
{
    if (out->chosen_n == SIM_CHOSEN_MAX ||
        !read_number(text, &out->chosen[out->chosen_n])) {
        return false;
    }
    out->seeds = ++out->chosen_n;
    return true;
}

static bool read_jobs(const char *text, unsigned *out)
{
    uint64_t jobs;

    if (!read_number(text, &jobs) || jobs == 0 || jobs > SIM_JOBS_MAX) {
        return false;
    }
    *out = (unsigned)jobs;
    return true;
}

static bool read_options(int argc, char **argv, struct sim_command *out)
{
    static const struct option OPTIONS[] = {
        {"seeds", required_argument, NULL, 'n'},
        {"from", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 's'},
        {"plant", required_argument, NULL, 'p'},
        {"tree", required_argument, NULL, 'r'},
        {"office", required_argument, NULL, 'o'},
        {"minutes", required_argument, NULL, 'm'},
        {"without", required_argument, NULL, 'w'},
        {"scenario", required_argument, NULL, 'c'},
        {"night", required_argument, NULL, 'N'},
        {"plan", no_argument, NULL, 'P'},
        {"jobs", required_argument, NULL, 'j'},
        {"shrink", no_argument, NULL, 'S'},
        {"trace", no_argument, NULL, 't'},
        {"twice", no_argument, NULL, '2'},
        {"sums", no_argument, NULL, 'u'},
        {NULL, 0, NULL, 0}};
    bool ok = true;
    int option;

    *out = (struct sim_command){
        .seeds = 1, .jobs = 1, .office = "79", .run.minutes = SIM_DAY_MINUTES};
    while (ok && (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'n':
            ok = read_number(optarg, &out->seeds);
            break;
        case 's':
            ok = read_seed(optarg, out);
            break;
        case 'f':
            ok = read_number(optarg, &out->from);
            out->from_given = true;
            break;
        case 'p':
            out->plant = optarg;
            break;
        case 'r':
            out->tree = optarg;
            break;
        case 'o':
            out->office = optarg;
            break;
        case 'm':
            ok = read_number(optarg, &out->run.minutes) &&
                 out->run.minutes >= 1 && out->run.minutes <= SIM_DAY_MINUTES;
            break;
        case 'w':
            ok = sim_masks_parse(optarg, &out->run.masks);
            break;
        case 'c':
            out->scenario = optarg;
            break;
        case 'j':
            ok = read_jobs(optarg, &out->jobs);
            break;
        case 'N':
            out->night = optarg;
            break;
        case 'P':
            out->plan = true;
            break;
        case 'S':
            out->shrink = true;
            break;
        case 't':
            out->run.trace = true;
            break;
        case '2':
            out->twice = true;
            break;
        case 'u':
            out->sums = true;
            break;
        default:
            ok = false;
            break;
        }
    }
    if (!ok || optind != argc || out->seeds == 0 || out->seeds > SEEDS_MAX) {
        fprintf(stderr,
                "usage: lienthong-sim [--seeds N] [--from S | --seed S...]"
                " [--plant NAME]"
                " [--tree FILE [--office CODE] [--minutes N]]"
                " [--night FOLDER [--office CODE,...|country|all] [--plan]]"
                " [--scenario NAME|list|short|all]"
                " [--without CLASS[:FROM[-TO]],...] [--jobs N]"
                " [--shrink] [--twice] [--sums] [--trace]\n");
        return false;
    }
    return true;
}

/* Without --from the seeds are fresh ones. */
static bool draw_start(struct sim_command *options)
{
    uint32_t random;

    if (options->from_given || options->chosen_n > 0) {
        return true;
    }
    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        return false;
    }
    options->from = random;
    printf("seeds from %" PRIu64 " on\n", options->from);
    return true;
}

struct counting {
    const struct sim_command *command;
    struct sim_tally tally;
};

static void see(void *ctx, const struct sim_result *result)
{
    struct counting *counting = ctx;
    struct sim_tally *tally = &counting->tally;
    const struct sim_command *command = counting->command;

    tally->results[tally->seeds++] = *result;
    if (command->run.trace) {
        printf("seed %" PRIu64 " trace %016" PRIx64 " told %" PRIu64 "\n",
               result->seed, result->trace_hash, result->told);
    }
    if (result->ok) {
        return;
    }
    tally->failed++;
    printf("FAIL ");
    sim_print_command(command, &command->run.masks, result->seed);
    printf(": %s\n", result->failure);
    if (command->shrink) {
        sim_shrink(command, result);
    }
    fflush(stdout);
}

/* What a real tree took. */
static void print_cost(const struct sim_result *result)
{
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) != 0) {
        return;
    }
    printf("%u offices on %u tiers, %" PRIu64
           " events told: %ld s of work, %ld MiB at most\n",
           result->offices, result->tiers, result->told,
           (long)(used.ru_utime.tv_sec + used.ru_stime.tv_sec),
           used.ru_maxrss / 1024);
}

static bool run(const struct sim_command *command)
{
    struct counting counting = {.command = command};
    bool shows = true;

    /* A process that dies may count one seed more. */
    counting.tally.results =
        calloc(command->seeds + SIM_JOBS_MAX, sizeof(*counting.tally.results));
    if (counting.tally.results == NULL ||
        !sim_seeds_run(command, see, &counting)) {
        fprintf(stderr, "no memory or no processes\n");
        return false;
    }
    if (command->sums || counting.tally.seeds >= SIM_SEEDS_THAT_SHOW) {
        sim_tally_print(&counting.tally);
    }
    if (command->plant == NULL) {
        shows = sim_tally_shows(&counting.tally);
    }
    if (command->tree != NULL && command->jobs == 1) {
        print_cost(&counting.tally.results[0]);
    }
    printf("%" PRIu64 " seeds, %" PRIu64 " failed\n", counting.tally.seeds,
           counting.tally.failed);
    free(counting.tally.results);
    return counting.tally.failed == 0 && shows;
}

/* A seed after the other takes and leaves the same memory: it is kept instead
 * of being given back and asked for again. What is large is mostly not used
 * (lt_new_sparse) and costs nothing that way. A large tree is one seed. */
static void keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 512 << 10);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
    (void)mallopt(M_TOP_PAD, 16 << 20);
}

int main(int argc, char **argv)
{
    static struct sim_command command;
    struct sim_shape shape = {0};
    bool good;

    if (!read_options(argc, argv, &command)) {
        return EXIT_USAGE;
    }
    if (command.plant != NULL && !lt_plant(command.plant)) {
        fprintf(stderr, "no such planted fault: %s\n", command.plant);
        return EXIT_USAGE;
    }
    if (command.tree != NULL) {
        if (!sim_shape_read(command.tree, command.office, &shape)) {
            return EXIT_USAGE;
        }
        command.run.shape = &shape;
    } else {
        keep_memory();
    }
    if (lt_log_start() != LT_OK) { /* disks are VFSs of SQLite */
        return EXIT_INTERNAL;
    }
    if (command.night != NULL) {
        return sim_night(&command) ? 0 : 1;
    }
    if (command.scenario != NULL) {
        return sim_scenarios(&command) ? 0 : 1;
    }
    if (lt_crypto_start() != LT_OK || !draw_start(&command)) {
        return EXIT_INTERNAL;
    }
    good = run(&command);
    sim_shape_free(&shape);
    lt_crypto_stop();
    return good ? 0 : 1;
}
