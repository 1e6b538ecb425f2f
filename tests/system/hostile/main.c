/* lt-hostile: one scenario against a real daemon, for a few seconds. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "tests/system/hostile/scenarios.h"

enum { ANSWER_MS = 400, PERIOD_MS = 20, PATIENCE_MS = 200 };

static void usage(FILE *out)
{
    fputs("lt-hostile --dir DIR [--seconds S] [--other OFFICE] SCENARIO\n"
          "lt-hostile --list\n",
          out);
}

/* One round; false when the connection went away in its middle. */
static bool play(struct peer *peer, const struct frames *frames, int64_t end_ms)
{
    unsigned connection = peer->connections;

    for (size_t i = 0; i < frames->n; i++) {
        int64_t since_ms = peer_clock_ms();

        while (!peer_send(peer, frames->items[i].data, frames->items[i].len)) {
            peer_turn(peer, 1);
            if (peer->state != PEER_READY || peer->connections != connection ||
                peer_clock_ms() > end_ms) {
                return false;
            }
            if (peer_clock_ms() - since_ms > 10 * PATIENCE_MS) {
                since_ms = peer_clock_ms();
                peer_say(peer, "{\"saw\":\"back_pressure\"}");
            }
        }
    }
    return true;
}

static void attack(struct peer *peer, const struct scenario *scenario,
                   const struct frames *frames, int64_t end_ms)
{
    unsigned rounds = 0;

    while (peer_clock_ms() < end_ms) {
        if ((peer->lies & LIE_ENDLESS) != 0 && peer->state == PEER_READY) {
            peer_send_endless(peer);
            rounds++;
            peer_turn(peer, ANSWER_MS);
            continue;
        }
        if (peer->state != PEER_READY || frames->n == 0) {
            peer_turn(peer, PERIOD_MS);
            continue;
        }
        if (!play(peer, frames, end_ms)) {
            continue;
        }
        rounds++;
        if (!scenario->flood) {
            peer_turn(peer, rounds == 1 ? ANSWER_MS : PERIOD_MS);
        } else {
            peer_turn(peer, 0);
        }
    }
    peer_turn(peer, ANSWER_MS);
    peer->lines = 0; /* the last word is always said */
    peer_say(peer,
             "{\"did\":\"%s\",\"rounds\":%u,\"frames\":%zu,\"connections\":%u,"
             "\"sessions\":%u,\"byes\":%u}",
             scenario->name, rounds, frames->n, peer->connections,
             peer->sessions, peer->byes);
}

static int list(void)
{
    const struct scenario *scenario;

    for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++) {
        printf("%s\t%s\n", scenario->name, scenario->text);
    }
    return 0;
}

static int run(const char *dir, const struct scenario *scenario,
               const char *other, double seconds)
{
    struct peer *peer = calloc(1, sizeof(*peer));
    struct frames frames = {0};
    struct lt_diag diag = {.code = LT_OK};
    lt_err rc = LT_ENOMEM;

    if (peer != NULL) {
        rc = peer_open(peer, dir, &diag);
    }
    if (rc != LT_OK ||
        (other != NULL && !lt_office_parse(other, &peer->other))) {
        fprintf(stderr, "lt-hostile: %s: %s\n", dir, lt_err_word(rc));
        return 1;
    }
    peer->lies = scenario->lies;
    if (scenario->make != NULL) {
        scenario->make(peer, &frames);
    }
    attack(peer, scenario, &frames,
           peer_clock_ms() + (int64_t)(seconds * 1000.0));
    peer_close(peer);
    frames_free(&frames);
    free(peer);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"dir", required_argument, NULL, 'd'},
        {"seconds", required_argument, NULL, 's'},
        {"other", required_argument, NULL, 'o'},
        {"list", no_argument, NULL, 'l'},
        {NULL, 0, NULL, 0}};
    const struct scenario *scenario;
    const char *dir = NULL;
    const char *other = NULL;
    double seconds = 2;
    int option;
    int result;

    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'd':
            dir = optarg;
            break;
        case 's':
            seconds = strtod(optarg, NULL);
            break;
        case 'o':
            other = optarg;
            break;
        case 'l':
            return list();
        default:
            usage(stderr);
            return 64;
        }
    }
    if (dir == NULL || optind + 1 != argc) {
        usage(stderr);
        return 64;
    }
    scenario = scenario_find(argv[optind]);
    if (scenario == NULL) {
        fprintf(stderr, "lt-hostile: no scenario %s\n", argv[optind]);
        return 64;
    }
    if (lt_crypto_start() != LT_OK ||
        lt_failpoint_start(NULL, getenv("LIENTHONG_PLANT"), NULL) != LT_OK) {
        return 1;
    }
    result = run(dir, scenario, other, seconds);
    (void)fflush(NULL);
    /* Forged payloads live until the end; nobody is to count them as leaks. */
    _exit(result);
}
