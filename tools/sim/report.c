/* What a run of many seeds came to, and whether it shows anything. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/sim/many.h"

/* What the median seed has to have at the least. */
enum {
    EVENTS_LEAST = 300,
    OFFICES_LEAST = 5,
    CLASSES_LEAST = 4,
    TIERS = 3,
    TIERS_OF_TEN_LEAST = 6
};

static uint64_t events_of(const struct sim_result *result)
{
    return result->told;
}

static uint64_t offices_of(const struct sim_result *result)
{
    return result->offices;
}

static uint64_t classes_of(const struct sim_result *result)
{
    uint64_t n = 0;

    for (size_t i = 0; i < SIM_CLASSES; i++) {
        n += i < SIM_ERASED && result->done[i] > 0;
    }
    return n;
}

static uint64_t faults_of(const struct sim_result *result)
{
    uint64_t n = 0;

    for (size_t i = 0; i < SIM_CLASSES; i++) {
        n += i < SIM_ERASED ? result->done[i] : 0;
    }
    return n;
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

/* The values of all seeds, sorted; the caller frees. */
static uint64_t *sorted(const struct sim_tally *tally,
                        uint64_t (*value)(const struct sim_result *result))
{
    uint64_t *values = calloc(tally->seeds, sizeof(*values));

    if (values == NULL) {
        abort();
    }
    for (uint64_t i = 0; i < tally->seeds; i++) {
        values[i] = value(&tally->results[i]);
    }
    qsort(values, tally->seeds, sizeof(*values), compare);
    return values;
}

static uint64_t sum(const struct sim_tally *tally,
                    uint64_t (*value)(const struct sim_result *result))
{
    uint64_t all = 0;

    for (uint64_t i = 0; i < tally->seeds; i++) {
        all += value(&tally->results[i]);
    }
    return all;
}

static uint64_t median(const struct sim_tally *tally,
                       uint64_t (*value)(const struct sim_result *result))
{
    uint64_t *values = sorted(tally, value);
    uint64_t middle = values[tally->seeds / 2];

    free(values);
    return middle;
}

static void print_spread(const struct sim_tally *tally, const char *what,
                         uint64_t (*value)(const struct sim_result *result))
{
    uint64_t *values = sorted(tally, value);

    printf("%s: least %" PRIu64 ", a tenth below %" PRIu64 ", median %" PRIu64
           ", a tenth above %" PRIu64 ", most %" PRIu64 "\n",
           what, values[0], values[tally->seeds / 10], values[tally->seeds / 2],
           values[tally->seeds * 9 / 10], values[tally->seeds - 1]);
    free(values);
}

static void sum_up(const struct sim_tally *tally, uint64_t done[SIM_CLASSES],
                   uint64_t *out_crashed, uint64_t tiers[8])
{
    for (uint64_t i = 0; i < tally->seeds; i++) {
        const struct sim_result *result = &tally->results[i];

        for (size_t cls = 0; cls < SIM_CLASSES; cls++) {
            done[cls] += result->done[cls];
        }
        *out_crashed += sim_crashed(result->done);
        tiers[result->tiers < 8 ? result->tiers : 7]++;
    }
}

void sim_tally_print(const struct sim_tally *tally)
{
    uint64_t done[SIM_CLASSES] = {0};
    uint64_t tiers[8] = {0};
    uint64_t crashed = 0;

    if (tally->seeds == 0) {
        return;
    }
    sum_up(tally, done, &crashed, tiers);
    printf("all together: %" PRIu64 " events told, %" PRIu64 " faults\n",
           sum(tally, events_of), sum(tally, faults_of));
    print_spread(tally, "events told", events_of);
    print_spread(tally, "offices", offices_of);
    print_spread(tally, "kinds of faults", classes_of);
    print_spread(tally, "faults", faults_of);
    printf("tiers:");
    for (size_t i = 2; i < 8; i++) {
        printf(" %zu in %" PRIu64, i, tiers[i]);
    }
    printf("\ncrashed: %" PRIu64 " of %" PRIu64 " seeds\n", crashed,
           tally->seeds);
    for (size_t cls = 0; cls < SIM_CLASSES; cls++) {
        printf("%s%" PRIu64 " %s", cls == 0 ? "" : ", ", done[cls],
               sim_class_words[cls]);
    }
    printf("\n");
}

static bool least(const char *what, uint64_t value, uint64_t least)
{
    if (value < least) {
        printf("FAIL lienthong-sim: %s %" PRIu64 ", not %" PRIu64 "\n", what,
               value, least);
    }
    return value >= least;
}

bool sim_tally_shows(const struct sim_tally *tally)
{
    uint64_t done[SIM_CLASSES] = {0};
    uint64_t tiers[8] = {0};
    uint64_t crashed = 0;
    bool shows = true;

    if (tally->seeds < SIM_SEEDS_THAT_SHOW) {
        return true;
    }
    sum_up(tally, done, &crashed, tiers);
    for (size_t cls = 0; cls < SIM_CLASSES; cls++) {
        if (done[cls] == 0) {
            printf("FAIL lienthong-sim: no %s in %" PRIu64 " seeds\n",
                   sim_class_words[cls], tally->seeds);
            shows = false;
        }
    }
    shows &= least("events told in the median seed", median(tally, events_of),
                   EVENTS_LEAST);
    shows &= least("offices in the median seed", median(tally, offices_of),
                   OFFICES_LEAST);
    shows &= least("kinds of faults in the median seed",
                   median(tally, classes_of), CLASSES_LEAST);
    shows &= least("of ten seeds with three tiers",
                   10 * tiers[TIERS] / tally->seeds, TIERS_OF_TEN_LEAST);
    shows &= least("of ten seeds with a crash", 10 * crashed / tally->seeds, 5);
    return shows;
}
