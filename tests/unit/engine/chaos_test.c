/* Everything at once, from a seed: lost and doubled frames, restarts, older
 * disks, cut links. After the healing every tier holds the same bytes. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

enum { PROVINCE, DISTRICT, COMMUNE, OTHER, SECOND, TIERS, ROUNDS = 60 };

static uint64_t state_now;

static unsigned roll(unsigned n)
{
    state_now = state_now * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state_now >> 33) % n;
}

static unsigned loss;

static bool lose(struct net *net, unsigned from, unsigned to, uint8_t *bytes,
                 size_t *len)
{
    (void)net;
    (void)from;
    (void)to;
    (void)bytes;
    (void)len;
    return roll(100) >= loss;
}

static const unsigned links[][2] = {
    {DISTRICT, PROVINCE}, {COMMUNE, DISTRICT}, {OTHER, DISTRICT},
    {SECOND, PROVINCE}};

static void write_something(struct net *net)
{
    static const uint8_t classes[] = {LT_CLASS_CASE, LT_CLASS_INCIDENT,
                                      LT_CLASS_URGENT, LT_CLASS_CHUNK};
    unsigned who = roll(TIERS);
    struct lt_channel channel = net_up(classes[roll(4)]);

    if (who <= DISTRICT && roll(2) == 0) {
        channel = roll(2) == 0 ? net_to(net, LT_CLASS_DIRECTIVE, COMMUNE)
                               : net_all(LT_CLASS_DIRECTIVE);
    }
    (void)net_write(net, who, channel, 1 + roll(6));
}

static void break_something(struct net *net, bool restores)
{
    unsigned who = roll(TIERS);
    unsigned link = roll(4);

    switch (roll(6)) {
    case 0:
        net_restart(net, who);
        break;
    case 1:
        if (restores && who != PROVINCE) {
            size_t log = net->nodes[who].log_n;

            net_stop(net, who);
            /* Never what no other tier has: that would be lost for good. */
            net_truncate(net, who, log - log / 4);
            net_start(net, who);
        }
        break;
    case 2:
        net_disconnect(net, links[link][0], links[link][1]);
        break;
    case 3:
        net_connect(net, links[link][0], links[link][1]);
        break;
    case 4:
        net->nodes[who].commit_held = true;
        break;
    default:
        net->nodes[who].commit_fails = roll(2) == 0;
        break;
    }
}

static void heal(struct net *net)
{
    unsigned i;

    net->filter = NULL;
    net->dup_every = 0;
    for (i = 0; i < TIERS; i++) {
        net->nodes[i].commit_fails = false;
        net_release_commit(net, i);
    }
    for (i = 0; i < 4; i++) {
        net_disconnect(net, links[i][0], links[i][1]);
        net_connect(net, links[i][0], links[i][1]);
    }
    net_run(net, 200000);
}

static void run_seed(uint64_t seed, bool restores)
{
    struct net *net = calloc(1, sizeof(*net));
    unsigned i;

    assert_non_null(net);
    state_now = seed * 77777 + 1;
    loss = roll(2) * roll(12);
    net_init(net);
    (void)net_join(net, -1);
    (void)net_join(net, PROVINCE);
    (void)net_join(net, DISTRICT);
    (void)net_join(net, DISTRICT);
    (void)net_join(net, PROVINCE);
    for (i = 0; i < 4; i++) {
        net_connect(net, links[i][0], links[i][1]);
    }
    net_run(net, 2000);
    net->filter = lose;
    net->dup_every = roll(2) * (2 + roll(9));
    net->latency_ms = roll(2) * roll(80);
    for (i = 0; i < ROUNDS; i++) {
        write_something(net);
        if (roll(4) == 0) {
            break_something(net, restores);
        }
        net_run(net, roll(1500));
        if (roll(3) == 0) {
            net_release_commit(net, roll(TIERS));
        }
    }
    heal(net);
    for (i = DISTRICT; i < TIERS; i++) {
        if (!net_same(net, i, PROVINCE, i) || !net_same(net, PROVINCE, i, i)) {
            fail_msg("seed %llu: node %u and the province differ",
                     (unsigned long long)seed, i);
        }
    }
    if (!net_same(net, COMMUNE, DISTRICT, COMMUNE) ||
        !net_same(net, DISTRICT, PROVINCE, COMMUNE) ||
        net_class_events(net, COMMUNE, PROVINCE, LT_CLASS_DIRECTIVE) !=
            net_class_events(net, PROVINCE, PROVINCE, LT_CLASS_DIRECTIVE)) {
        fail_msg("seed %llu: the tiers differ", (unsigned long long)seed);
    }
    for (i = 0; i < TIERS; i++) {
        struct lt_receipt_view receipt;

        if (net_alarm(net, i, LT_ABADSIG) ||
            net_alarm(net, i, LT_ACONTRADICTION)) {
            fail_msg("seed %llu: node %u cries for nothing",
                     (unsigned long long)seed, i);
        }
        lt_engine_receipt(net->nodes[i].engine, &receipt);
        if (receipt.has_keeper && !receipt.covers_all) {
            fail_msg("seed %llu: node %u has no receipt",
                     (unsigned long long)seed, i);
        }
    }
    assert_false(net->failed);
    net_free(net);
    free(net);
}

static void everything_arrives_after_the_healing(void **state)
{
    const char *first = getenv("LT_SEED");
    uint64_t seed = first == NULL ? 1 : strtoull(first, NULL, 10);
    uint64_t end = seed + (first == NULL ? 60 : 1);

    (void)state;
    for (; seed < end; seed++) {
        run_seed(seed, false);
    }
}

static void older_disks_make_branches_that_everybody_holds(void **state)
{
    const char *first = getenv("LT_SEED");
    uint64_t seed = first == NULL ? 1001 : strtoull(first, NULL, 10);
    uint64_t end = seed + (first == NULL ? 60 : 1);

    (void)state;
    for (; seed < end; seed++) {
        run_seed(seed, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_arrives_after_the_healing),
        cmocka_unit_test(older_disks_make_branches_that_everybody_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
