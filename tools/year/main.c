/* lienthong-year: what a year comes to; all of it, one entry a line (minute,
 * office, matter, event type, kind, case type); or as commands of the control
 * socket, one JSON object a line. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/codec.h"
#include "common/sys.h"
#include "tools/year/command.h"
#include "tools/year/year.h"

enum { FIRST_DAY = 20454, TYPES_MAX = 128 }; /* 2026-01-01 */

static const char USAGE[] =
    "lienthong-year [--seed N] [--list | --commands] [--first-day DAY]\n"
    "    [--communes N] [--letters N] [--turns N] [--crowds N] "
    "[--directives N]\n";

struct asked {
    struct lt_year_options options;
    bool list;
    bool commands;
};

static void print_list(const struct lt_year *year)
{
    for (size_t i = 0; i < year->entries_n; i++) {
        const struct lt_year_entry *e = &year->entries[i];

        printf("%u %u %u %s %u %u\n", e->minute, e->office, e->matter,
               lt_event_type_word(e->type), e->kind, e->case_type);
    }
}

static lt_err print_commands(const struct lt_year *year, int32_t first_day)
{
    struct lt_policy *policy = NULL;
    struct lt_diag diag;
    struct lt_buf line;
    lt_err err = lt_policy_load(lt_alloc_heap(), NULL, &policy, &diag);

    lt_buf_init(&line, lt_alloc_heap());
    for (size_t i = 0; err == LT_OK && i < year->entries_n; i++) {
        lt_buf_reset(&line);
        err = lt_year_command(&year->entries[i], policy, first_day, &line);
        if (err == LT_OK &&
            fwrite(line.data, 1, line.len, stdout) != line.len) {
            err = LT_EIO;
        }
    }
    lt_buf_deinit(&line);
    lt_policy_free(policy);
    return err;
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

static bool read_number(const char *text, uint32_t *out)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    *out = (uint32_t)number;
    return *text != '\0' && *end == '\0' && number <= 1000000;
}

static bool read_arguments(int argc, char **argv, struct asked *asked)
{
    static const struct option names[] = {
        {"seed", required_argument, NULL, 's'},
        {"list", no_argument, NULL, 'l'},
        {"commands", no_argument, NULL, 'c'},
        {"first-day", required_argument, NULL, 'f'},
        {"communes", required_argument, NULL, 'n'},
        {"letters", required_argument, NULL, 'L'},
        {"turns", required_argument, NULL, 'T'},
        {"crowds", required_argument, NULL, 'C'},
        {"directives", required_argument, NULL, 'D'},
        {NULL, 0, NULL, 0}};
    struct lt_year_options *options = &asked->options;
    bool good = true;
    int c;

    while (good && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (c) {
        case 's':
            options->seed = strtoull(optarg, NULL, 10);
            break;
        case 'l':
            asked->list = true;
            break;
        case 'c':
            asked->commands = true;
            break;
        case 'f':
            good = lt_day_parse(optarg, &options->first_day);
            break;
        case 'n':
            good = read_number(optarg, &options->communes);
            break;
        case 'L':
            good = read_number(optarg, &options->letters);
            break;
        case 'T':
            good = read_number(optarg, &options->turns);
            break;
        case 'C':
            good = read_number(optarg, &options->crowds);
            break;
        case 'D':
            good = read_number(optarg, &options->directives);
            break;
        default:
            good = false;
        }
    }
    return good && optind == argc;
}

int main(int argc, char **argv)
{
    struct asked asked = {.options = lt_year_province(1, FIRST_DAY)};
    struct lt_year year;
    lt_err err = LT_OK;

    if (!read_arguments(argc, argv, &asked)) {
        (void)fputs(USAGE, stderr);
        return 64;
    }
    err = lt_year_new(&asked.options, &year);
    if (err != LT_OK) {
        (void)fprintf(stderr, "lienthong-year: %s\n", lt_err_word(err));
        return err == LT_EINVAL ? 64 : 70;
    }
    if (asked.list) {
        print_list(&year);
    } else if (asked.commands) {
        err = print_commands(&year, asked.options.first_day);
    } else {
        print_sums(&year);
    }
    lt_year_deinit(&year);
    if (err != LT_OK) {
        (void)fprintf(stderr, "lienthong-year: %s\n", lt_err_word(err));
    }
    return err == LT_OK ? 0 : 70;
}
