/* lienthong-sim: many seeds, one line for each that broke something. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/failpoint.h"
#include "tools/sim/sim.h"

enum {
    EXIT_USAGE = 64,
    EXIT_INTERNAL = 70,
    /* From so many seeds on, each class of faults has to have happened, and
     * the median seed to have told its writers so many events. */
    SEEDS_THAT_SHOW = 200,
    MEDIAN_LEAST = 200,
    SEEDS_CHOSEN_MAX = 64
};

struct options {
    uint64_t seeds;
    uint64_t from;
    bool from_given;
    uint64_t chosen[SEEDS_CHOSEN_MAX]; /* by --seed; then no others */
    size_t chosen_n;
    struct sim_options run;
    bool shrink;
    bool twice;
    bool sums;
    const char *plant;
    const char *tree;   /* a file of units; then @office is its top */
    const char *office; /* its code */
};

struct tally {
    uint64_t *told; /* of each seed */
    uint64_t seeds;
    uint64_t failed;
    uint64_t done[SIM_CLASSES];
};

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

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

static bool read_seed(const char *text, struct options *out)
{
    if (out->chosen_n == SEEDS_CHOSEN_MAX ||
        !read_number(text, &out->chosen[out->chosen_n])) {
        return false;
    }
    out->seeds = ++out->chosen_n;
    return true;
}

/* Numbers of fault classes, as --shrink prints them: 3,7,12. */
static bool read_classes(const char *text, uint32_t *out)
{
    char copy[128];
    char *rest = copy;
    char *word;
    uint64_t number;

    if (strlen(text) >= sizeof(copy)) {
        return false;
    }
    strcpy(copy, text);
    while ((word = strsep(&rest, ",")) != NULL) {
        if (!read_number(word, &number) || number >= SIM_CLASSES) {
            return false;
        }
        *out |= 1U << number;
    }
    return true;
}

static bool read_options(int argc, char **argv, struct options *out)
{
    static const struct option OPTIONS[] = {
        {"seeds", required_argument, NULL, 'n'},
        {"from", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 's'},
        {"plant", required_argument, NULL, 'p'},
        {"tree", required_argument, NULL, 'r'},
        {"office", required_argument, NULL, 'o'},
        {"without", required_argument, NULL, 'w'},
        {"writes", required_argument, NULL, 'W'},
        {"shrink", no_argument, NULL, 'S'},
        {"trace", no_argument, NULL, 't'},
        {"twice", no_argument, NULL, '2'},
        {"sums", no_argument, NULL, 'u'},
        {NULL, 0, NULL, 0}};
    bool ok = true;
    int option;

    *out = (struct options){.seeds = 1, .office = "79"};
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
        case 'w':
            ok = read_classes(optarg, &out->run.without);
            break;
        case 'W':
            ok = read_number(optarg, &out->run.writes);
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
    if (!ok || optind != argc || out->seeds == 0 || out->seeds > 100000000) {
        fprintf(stderr,
                "usage: lienthong-sim [--seeds N] [--from S | --seed S...]"
                " [--plant NAME] [--tree FILE [--office CODE]]"
                " [--without CLASS,...] [--writes N]"
                " [--shrink] [--twice] [--sums] [--trace]\n");
        return false;
    }
    return true;
}

/* Without --from the seeds are fresh ones. */
static bool draw_start(struct options *options)
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

static void print_run(const struct options *options,
                      const struct sim_options *run, uint64_t seed)
{
    const char *separator = " --without ";

    printf("lienthong-sim --seed %" PRIu64 "%s%s", seed,
           options->plant ? " --plant " : "",
           options->plant ? options->plant : "");
    if (options->tree != NULL) {
        printf(" --tree %s --office %s", options->tree, options->office);
    }
    for (size_t i = 0; i < SIM_CLASSES; i++) {
        if ((run->without >> i & 1) != 0) {
            printf("%s%zu", separator, i);
            separator = ",";
        }
    }
    if (run->writes > 0) {
        printf(" --writes %" PRIu64, run->writes);
    }
}

static void fail(struct tally *tally, const struct options *options,
                 uint64_t seed, const char *why)
{
    tally->failed++;
    printf("FAIL ");
    print_run(options, &options->run, seed);
    printf(": %s\n", why);
    fflush(stdout);
}

/* Does it still break the same invariant? */
static bool still_fails(const struct sim_options *run, uint64_t seed,
                        const char *why, struct sim_result *out)
{
    sim_run(seed, run, out);
    return !out->ok && strncmp(out->failure, why, 3) == 0;
}

/* Leave out every class of faults that the failure does not need, then all
 * writes after the last one that it needs. */
static void shrink(const struct options *options, uint64_t seed,
                   const struct sim_result *broken)
{
    struct sim_options run = options->run;
    struct sim_result result = *broken;
    uint64_t low = 0;
    uint64_t high = broken->writes;

    run.trace = false;
    for (unsigned i = 0; i < SIM_CLASSES; i++) {
        struct sim_options less = run;

        less.without |= 1U << i;
        if (broken->done[i] > 0 &&
            still_fails(&less, seed, broken->failure, &result)) {
            run = less;
            high = result.writes;
        }
    }
    while (low + 1 < high) {
        struct sim_options less = run;

        less.writes = low + (high - low) / 2;
        if (still_fails(&less, seed, broken->failure, &result)) {
            run = less;
            high = less.writes;
        } else {
            low = less.writes;
        }
    }
    printf("SHRUNK ");
    print_run(options, &run, seed);
    printf("\n");
}

static void run_seed(const struct options *options, uint64_t seed,
                     struct tally *tally)
{
    struct sim_result result;
    struct sim_result again;
    char why[96];

    sim_run(seed, &options->run, &result);
    tally->told[tally->seeds++] = result.told;
    for (size_t i = 0; i < SIM_CLASSES; i++) {
        tally->done[i] += result.done[i];
    }
    if (options->run.trace) {
        printf("seed %" PRIu64 " trace %016" PRIx64 " told %" PRIu64 "\n", seed,
               result.trace_hash, result.told);
    }
    if (!result.ok) {
        fail(tally, options, seed, result.failure);
        if (options->shrink) {
            shrink(options, seed, &result);
        }
        return;
    }
    if (options->twice) {
        sim_run(seed, &options->run, &again);
        if (again.trace_hash != result.trace_hash) {
            snprintf(why, sizeof(why),
                     "trace %016" PRIx64 " and %016" PRIx64 " of one seed",
                     result.trace_hash, again.trace_hash);
            fail(tally, options, seed, why);
        }
    }
}

static void print_sums(const struct tally *tally, uint64_t median)
{
    printf("median %" PRIu64 " events told", median);
    for (size_t i = 0; i < SIM_CLASSES; i++) {
        printf("%s%" PRIu64 " %s", i == 0 ? "; " : ", ", tally->done[i],
               sim_class_words[i]);
    }
    printf("\n");
}

/* A run that did nothing to its trees, or in which nothing was written, shows
 * nothing. False: it is such a run. */
static bool shows_something(const struct tally *tally, uint64_t median)
{
    bool shows = true;

    if (tally->seeds < SEEDS_THAT_SHOW) {
        return true;
    }
    for (size_t i = 0; i < SIM_CLASSES; i++) {
        if (tally->done[i] == 0) {
            printf("FAIL lienthong-sim: no %s in %" PRIu64 " seeds\n",
                   sim_class_words[i], tally->seeds);
            shows = false;
        }
    }
    if (median < MEDIAN_LEAST) {
        printf("FAIL lienthong-sim: the median seed told %" PRIu64
               " events, not %d\n",
               median, MEDIAN_LEAST);
        shows = false;
    }
    return shows;
}

/* With a planted fault the first red seed is the answer. */
static bool goes_on(const struct options *options, const struct tally *tally)
{
    return tally->seeds < options->seeds &&
           (options->plant == NULL || tally->failed == 0);
}

int main(int argc, char **argv)
{
    struct options options;
    struct tally tally = {0};
    struct sim_shape shape = {0};
    uint64_t median;
    bool shows = true;

    if (!read_options(argc, argv, &options)) {
        return EXIT_USAGE;
    }
    if (options.plant != NULL && !lt_plant(options.plant)) {
        fprintf(stderr, "no such planted fault: %s\n", options.plant);
        return EXIT_USAGE;
    }
    if (options.tree != NULL) {
        if (!sim_shape_read(options.tree, options.office, &shape)) {
            return EXIT_USAGE;
        }
        options.run.shape = &shape;
    }
    tally.told = calloc(options.seeds, sizeof(*tally.told));
    if (tally.told == NULL || lt_crypto_start() != LT_OK ||
        !draw_start(&options)) {
        return EXIT_INTERNAL;
    }
    while (goes_on(&options, &tally)) {
        run_seed(&options,
                 options.chosen_n > 0 ? options.chosen[tally.seeds]
                                      : options.from + tally.seeds,
                 &tally);
    }
    qsort(tally.told, tally.seeds, sizeof(*tally.told), compare);
    median = tally.told[tally.seeds / 2];
    if (options.sums || tally.seeds >= SEEDS_THAT_SHOW) {
        print_sums(&tally, median);
    }
    if (options.plant == NULL) {
        shows = shows_something(&tally, median);
    }
    printf("%" PRIu64 " seeds, %" PRIu64 " failed\n", tally.seeds,
           tally.failed);
    free(tally.told);
    sim_shape_free(&shape);
    lt_crypto_stop();
    return tally.failed == 0 && shows ? 0 : 1;
}
