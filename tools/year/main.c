/* lienthong-year [--seed N] [--list]: what a year comes to, or all of it, one
 * entry a line: minute, office, matter, event type, kind, case type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/codec.h"
#include "tools/year/year.h"

enum { FIRST_DAY = 20454, TYPES_MAX = 128 }; /* 2026-01-01 */

static void print_list(const struct lt_year *year)
{
    for (size_t i = 0; i < year->entries_n; i++) {
        const struct lt_year_entry *e = &year->entries[i];

        printf("%u %u %u %s %u %u\n", e->minute, e->office, e->matter,
               lt_event_type_word(e->type), e->kind, e->case_type);
    }
}

static void print_sums(const struct lt_year *year)
{
    size_t sums[TYPES_MAX] = {0};

    for (size_t i = 0; i < year->entries_n; i++) {
        sums[year->entries[i].type < TYPES_MAX ? year->entries[i].type : 0]++;
    }
    printf("{\"entries\":%zu,\"matters\":%zu", year->entries_n,
           year->matters_n);
    for (uint32_t type = 1; type < TYPES_MAX; type++) {
        if (sums[type] > 0) {
            printf(",\"%s\":%zu", lt_event_type_word(type), sums[type]);
        }
    }
    printf("}\n");
}

int main(int argc, char **argv)
{
    struct lt_year_options options = lt_year_province(1, FIRST_DAY);
    struct lt_year year;
    bool list = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0) {
            list = true;
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            options.seed = strtoull(argv[++i], NULL, 10);
        } else {
            (void)fprintf(stderr, "lienthong-year [--seed N] [--list]\n");
            return 64;
        }
    }
    if (lt_year_new(&options, &year) != LT_OK) {
        (void)fprintf(stderr, "lienthong-year: no memory\n");
        return 70;
    }
    if (list) {
        print_list(&year);
    } else {
        print_sums(&year);
    }
    lt_year_deinit(&year);
    return 0;
}
