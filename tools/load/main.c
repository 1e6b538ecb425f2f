/* lienthong-load: a pinned corpus through a commune's control socket.
 *
 * Prints one JSON object. A corpus in which zstd -19 finds more than it would
 * in a real desk's work is refused (exit 65): measured with it, everything
 * would look better than it is. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "common/codec.h"
#include "common/codec_zstd.h"
#include "common/crypto.h"
#include "tools/load/large.h"
#include "tools/load/watch.h"

static const char usage[] =
    "usage: lienthong-load --corpus cases --seed N --events N\n"
    "         [--print | --rows FILE | --to-socket DIR]\n"
    "         [--batch 256] [--rate R] [--ledger FILE]\n"
    "         [--watch DIR] [--latency] [--patience S]\n"
    "       lienthong-load --large MB --seed N --to-socket DIR\n"
    "         [--watch DIR] [--patience S]\n"
    "\n"
    "Makes the commands of a commune's desks, the same for the same seed, and\n"
    "sends them to the daemon of DIR; to several in turn when --to-socket is\n"
    "given again, each time all of them. --print writes the commands as JSON\n"
    "lines, --rows the encoded events and texts, each with its length. --ledger\n"
    "gets the id of every event that was answered. --watch waits until the\n"
    "office above has them all; with --latency each event is followed from its\n"
    "call to its line in `log --events --follow` there.\n"
    "\n"
    "--large attaches so many megabytes of noise to decisions of new cases, in files of 4\n"
    "MB, and waits for each batch of pieces. --watch then waits for them all.\n";

enum { LEVEL = 19, PATIENCE_S = 300, ROW_HEAD = 4, DIRS_MAX = 64 };

struct load {
    uint64_t seed;
    size_t events;
    size_t large_mb; /* not 0: no corpus, but files */
    bool print;
    bool latency;
    const char *rows_path;
    const char *ledger_path;
    const char *watch;
    const char *dirs[DIRS_MAX]; /* run.dir is the one at work */
    size_t dirs_n;
    double patience_s;
    struct lt_load_run run;
    struct lt_corpus corpus;
    struct lt_buf rows;
    double ratio; /* of zstd -19 over the rows */
};

static bool whole(const char *text, uint64_t max, uint64_t *out)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    *out = value;
    return errno == 0 && end != text && *end == '\0' && value <= max &&
           text[0] != '-';
}

static bool real(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    return end != text && *end == '\0' && *out >= 0 && *out <= 1e7;
}

static bool read_options(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        {"corpus", required_argument, NULL, 'c'},
        {"seed", required_argument, NULL, 's'},
        {"events", required_argument, NULL, 'n'},
        {"print", no_argument, NULL, 'p'},
        {"rows", required_argument, NULL, 'r'},
        {"to-socket", required_argument, NULL, 't'},
        {"batch", required_argument, NULL, 'b'},
        {"rate", required_argument, NULL, 'R'},
        {"ledger", required_argument, NULL, 'l'},
        {"watch", required_argument, NULL, 'w'},
        {"latency", no_argument, NULL, 'L'},
        {"patience", required_argument, NULL, 'P'},
        {"large", required_argument, NULL, 'g'},
        {NULL, 0, NULL, 0}};
    uint64_t number = 0;
    bool corpus = false;
    bool ok = true;
    int c;

    while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'c':
            corpus = ok = strcmp(optarg, "cases") == 0;
            break;
        case 's':
            ok = whole(optarg, UINT64_MAX, &load->seed);
            break;
        case 'n':
            ok = whole(optarg, LT_LOAD_EVENTS_MAX, &number) && number > 0;
            load->events = (size_t)number;
            break;
        case 'b':
            ok = whole(optarg, LT_LOAD_BATCH_MAX, &number) && number > 0 &&
                 number * LT_LOAD_PIPELINE <= LT_LOAD_LAG;
            load->run.batch = (size_t)number;
            break;
        case 'g':
            ok = whole(optarg, LT_LOAD_LARGE_MB_MAX, &number) && number > 0;
            load->large_mb = (size_t)number;
            break;
        case 'p': load->print = true; break;
        case 'r': load->rows_path = optarg; break;
        case 't':
            ok = load->dirs_n < DIRS_MAX;
            if (ok) {
                load->dirs[load->dirs_n++] = load->run.dir = optarg;
            }
            break;
        case 'R': ok = real(optarg, &load->run.rate); break;
        case 'l': load->ledger_path = optarg; break;
        case 'w': load->watch = optarg; break;
        case 'L': load->latency = true; break;
        case 'P': ok = real(optarg, &load->patience_s); break;
        default: ok = false; break;
        }
    }
    if (load->large_mb > 0) {
        return ok && !corpus && optind == argc && load->run.dir != NULL &&
               load->events == 0 && !load->latency && !load->print;
    }
    return ok && corpus && optind == argc && load->events > 0 &&
           (!load->latency || (load->watch != NULL && load->dirs_n == 1));
}

/* Make the corpus, its rows, and see what zstd -19 finds in them. */
static lt_err prepare(struct load *load)
{
    struct lt_buf packed;
    struct lt_diag diag;
    lt_err rc = lt_corpus_new(load->seed, load->events, &load->corpus);

    if (rc == LT_OK) {
        rc = lt_corpus_rows(&load->corpus, load->run.batch, &load->rows,
                            &diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_buf_init(&packed, lt_alloc_heap());
    rc = lt_compress(load->rows.data, load->rows.len, LEVEL, &packed);
    load->ratio = (double)packed.len / (double)load->rows.len;
    lt_buf_deinit(&packed);
    lt_codec_thread_stop();
    return rc;
}

static lt_err write_rows(const struct load *load)
{
    FILE *file = fopen(load->rows_path, "wbe");
    bool ok = file != NULL && fwrite(load->rows.data, 1, load->rows.len,
                                     file) == load->rows.len;

    if (file != NULL && fclose(file) != 0) {
        ok = false;
    }
    return ok ? LT_OK : LT_EIO;
}

/* Cases are named "#N" by the command that opens them. */
static lt_err print_commands(const struct load *load)
{
    struct lt_buf line;
    lt_err rc = LT_OK;

    lt_buf_init(&line, lt_alloc_heap());
    for (size_t i = 0; rc == LT_OK && i < load->corpus.commands_n; i++) {
        const struct lt_load_command *command = &load->corpus.commands[i];
        char subject[24];

        snprintf(subject, sizeof(subject), "#%u", (unsigned)command->about);
        lt_buf_reset(&line);
        if (!lt_corpus_request(command, subject, &line)) {
            rc = LT_ENOMEM;
        } else if (printf("%.*s\n", (int)line.len, (const char *)line.data) <
                   0) {
            rc = LT_EIO;
        }
    }
    lt_buf_deinit(&line);
    return rc;
}

static int compare_numbers(const void *a, const void *b)
{
    double one = *(const double *)a;
    double other = *(const double *)b;

    return (one > other) - (one < other);
}

static double part_of(const double *sorted, size_t n, double part)
{
    return sorted[(size_t)(part * (double)(n - 1) + 0.5)];
}

static void print_result(const struct load *load, double top_seconds)
{
    printf("{\"corpus\":\"cases\",\"seed\":%llu,\"events\":%zu,"
           "\"batch\":%zu,\"raw_bytes\":%zu,\"text_bytes\":%llu,"
           "\"zstd19_ratio\":%.4f",
           (unsigned long long)load->seed, load->events, load->run.batch,
           load->rows.len - load->events * ROW_HEAD,
           (unsigned long long)load->corpus.text_bytes,
           load->ratio);
    if (load->run.dir != NULL) {
        printf(",\"seconds\":%.6f", load->run.seconds);
    }
    if (top_seconds >= 0) {
        printf(",\"top_seconds\":%.6f", top_seconds);
    }
}

static lt_err send_and_watch(struct load *load)
{
    int64_t before = -1;
    double begun = 0; /* the first call */
    double top = -1;
    double seconds = 0;
    lt_err rc = LT_OK;

    if (load->watch != NULL) {
        before = lt_load_count(load->watch);
        if (before < 0) {
            fprintf(stderr, "%s: the daemon does not answer\n", load->watch);
            return LT_ENOTRUNNING;
        }
    }
    for (size_t i = 0; rc == LT_OK && i < load->dirs_n; i++) {
        load->run.dir = load->dirs[i];
        rc = lt_load_send(&load->corpus, &load->run);
        begun = i == 0 ? load->run.begun_s : begun;
        seconds += load->run.seconds;
    }
    load->run.seconds = seconds;
    if (rc == LT_OK && load->watch != NULL) {
        int64_t events = (int64_t)(load->events * load->dirs_n);

        top = lt_load_wait_count(load->watch, before + events,
                                 load->patience_s);
        if (top < 0) {
            fprintf(stderr, "%s: has %lld of %lld events\n", load->watch,
                    (long long)(lt_load_count(load->watch) - before),
                    (long long)events);
            return LT_EBUSY;
        }
        top -= begun;
    }
    if (rc == LT_OK) {
        print_result(load, top);
        printf("}\n");
    }
    return rc;
}

static lt_err send_and_follow(struct load *load)
{
    double *came = calloc(load->events, sizeof(*came));
    struct lt_load_follower *follower;
    size_t missing;
    lt_err rc = came == NULL ? LT_ENOMEM
                             : lt_load_follow(load->watch, &follower);

    if (rc != LT_OK) {
        free(came);
        return rc;
    }
    rc = lt_load_send(&load->corpus, &load->run);
    missing = lt_load_follow_end(follower, load->run.sent,
                                 rc == LT_OK ? load->events : 0,
                                 load->patience_s, came);
    if (rc == LT_OK && missing > 0) {
        fprintf(stderr, "%s: %zu of %zu lines never came\n", load->watch,
                missing, load->events);
        rc = LT_EBUSY;
    }
    if (rc == LT_OK) {
        for (size_t i = 0; i < load->events; i++) {
            came[i] = (came[i] - load->run.sent[i].called_s) * 1e3;
        }
        qsort(came, load->events, sizeof(*came), compare_numbers);
        print_result(load, -1);
        printf(",\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,"
               "\"max_ms\":%.3f}\n",
               part_of(came, load->events, 0.5),
               part_of(came, load->events, 0.9),
               part_of(came, load->events, 0.99), came[load->events - 1]);
    }
    free(came);
    return rc;
}

static lt_err act(struct load *load)
{
    lt_err rc;

    if (load->print) {
        return print_commands(load);
    }
    if (load->rows_path != NULL) {
        rc = write_rows(load);
        if (rc != LT_OK) {
            return rc;
        }
    }
    if (load->run.dir == NULL) {
        print_result(load, -1);
        printf("}\n");
        return LT_OK;
    }
    load->run.sent = calloc(load->events, sizeof(*load->run.sent));
    if (load->run.sent == NULL) {
        return LT_ENOMEM;
    }
    if (load->ledger_path != NULL) {
        load->run.ledger = fopen(load->ledger_path, "we");
        if (load->run.ledger == NULL) {
            return LT_EIO;
        }
    }
    rc = load->latency ? send_and_follow(load) : send_and_watch(load);
    if (load->run.ledger != NULL && fclose(load->run.ledger) != 0 &&
        rc == LT_OK) {
        rc = LT_EIO;
    }
    return rc;
}

static lt_err act_large(const struct load *load)
{
    struct lt_load_large large = {.bytes = load->large_mb * 1000 * 1000,
                                  .seed = load->seed,
                                  .dir = load->run.dir};
    int64_t before = load->watch == NULL ? 0 : lt_load_count(load->watch);
    double begun = lt_load_clock();
    double top = -1;
    lt_err rc = before < 0 ? LT_ENOTRUNNING : lt_load_large(&large);

    if (rc == LT_OK && load->watch != NULL) {
        top = lt_load_wait_count(load->watch, before + (int64_t)large.events,
                                 load->patience_s);
        if (top < 0) {
            fprintf(stderr, "%s: has %lld of %zu events\n", load->watch,
                    (long long)(lt_load_count(load->watch) - before),
                    large.events);
            rc = LT_EBUSY;
        }
    }
    if (rc == LT_OK) {
        printf("{\"large_bytes\":%zu,\"files\":%zu,\"events\":%zu,"
               "\"seconds\":%.6f",
               large.bytes, large.files, large.events, large.seconds);
        if (top >= 0) {
            printf(",\"top_seconds\":%.6f", top - begun);
        }
        printf("}\n");
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct load load = {.patience_s = PATIENCE_S, .run.batch = 256};
    lt_err rc;

    if (!read_options(&load, argc, argv)) {
        fputs(usage, stderr);
        return lt_err_exit(LT_EUSAGE);
    }
    if (lt_crypto_start() != LT_OK) {
        return lt_err_exit(LT_ECRYPTO);
    }
    if (load.large_mb > 0) {
        rc = act_large(&load);
        lt_crypto_stop();
        return rc == LT_OK ? 0 : lt_err_exit(rc);
    }
    lt_buf_init(&load.rows, lt_alloc_heap());
    rc = prepare(&load);
    if (rc == LT_OK &&
        load.ratio * 100 < (double)LT_LOAD_RATIO_MIN_PERCENT) {
        fprintf(stderr, "refused: zstd -19 brings this corpus to %.3f, below "
                        "%.2f\n",
                load.ratio, LT_LOAD_RATIO_MIN_PERCENT / 100.0);
        rc = LT_EINVAL;
    }
    if (rc == LT_OK) {
        rc = act(&load);
    }
    free(load.run.sent);
    lt_buf_deinit(&load.rows);
    lt_corpus_deinit(&load.corpus);
    lt_crypto_stop();
    return rc == LT_OK ? 0 : lt_err_exit(rc);
}
