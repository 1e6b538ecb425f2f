/* lienthong-sim: many seeds, one line for each that broke something. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "tools/sim/sim.h"

struct sums {
    uint64_t drops, duplicates, reorders, crashes, syncs_failed, cuts, restores;
};

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 0);

    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "not a number: %s\n", text);
        exit(64);
    }
    return value;
}

static void add(struct sums *sums, const struct sim_result *result)
{
    sums->drops += result->drops;
    sums->duplicates += result->duplicates;
    sums->reorders += result->reorders;
    sums->crashes += result->crashes;
    sums->syncs_failed += result->syncs_failed;
    sums->cuts += result->cuts;
    sums->restores += result->restores;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"seeds", required_argument, NULL, 'n'},
        {"from", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 's'},
        {"plant", required_argument, NULL, 'p'},
        {"trace", no_argument, NULL, 't'},
        {"twice", no_argument, NULL, '2'},
        {"sums", no_argument, NULL, 'u'},
        {NULL, 0, NULL, 0}};
    uint64_t seeds = 1;
    uint64_t from = 1;
    uint64_t failed = 0;
    bool trace = false;
    bool twice = false;
    bool show_sums = false;
    const char *plant = NULL;
    struct sums sums = {0};
    uint64_t *told;
    int option;

    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'n': seeds = number(optarg); break;
        case 'f': from = number(optarg); break;
        case 's': from = number(optarg); seeds = 1; break;
        case 'p': plant = optarg; break;
        case 't': trace = true; break;
        case '2': twice = true; break;
        case 'u': show_sums = true; break;
        default:
            fprintf(stderr, "usage: lienthong-sim [--seeds N] [--from S] "
                            "[--seed S] [--plant NAME] [--twice] [--sums] "
                            "[--trace]\n");
            return 64;
        }
    }
    if (lt_crypto_start() != LT_OK) {
        return 70;
    }
    if (plant != NULL && !lt_plant(plant)) {
        fprintf(stderr, "no such planted fault: %s\n", plant);
        return 64;
    }
    told = calloc(seeds, sizeof(*told));
    if (told == NULL) {
        return 70;
    }
    for (uint64_t i = 0; i < seeds; i++) {
        struct sim_result result;
        struct sim_result again;

        sim_run(from + i, trace, &result);
        told[i] = result.told;
        add(&sums, &result);
        if (result.ok && twice) {
            sim_run(from + i, false, &again);
            if (again.trace_hash != result.trace_hash) {
                result.ok = false;
                snprintf(result.failure, sizeof(result.failure),
                         "trace: %016" PRIx64 " and %016" PRIx64
                         " of one seed",
                         result.trace_hash, again.trace_hash);
            }
        }
        if (trace) {
            printf("seed %" PRIu64 " trace %016" PRIx64 " told %" PRIu64 "\n",
                   from + i, result.trace_hash, result.told);
        }
        if (!result.ok) {
            failed++;
            printf("FAIL lienthong-sim --seed %" PRIu64 "%s%s: %s\n", from + i,
                   plant ? " --plant " : "", plant ? plant : "",
                   result.failure);
            fflush(stdout);
        }
    }
    qsort(told, seeds, sizeof(*told), compare);
    if (show_sums) {
        printf("median %" PRIu64 " events told; drops %" PRIu64
               ", duplicates %" PRIu64 ", reorders %" PRIu64
               ", crashes %" PRIu64 ", failed syncs %" PRIu64 ", cuts %" PRIu64
               ", restores %" PRIu64 "\n",
               told[seeds / 2], sums.drops, sums.duplicates, sums.reorders,
               sums.crashes, sums.syncs_failed, sums.cuts, sums.restores);
    }
    printf("%" PRIu64 " seeds, %" PRIu64 " failed\n", seeds, failed);
    free(told);
    lt_crypto_stop();
    return failed == 0 ? 0 : 1;
}
