/* Replication itself, driven by bytes: a province, a district and two communes
 * (real engines, a log that is an array) of which each byte says what happens
 * next: somebody writes, a line is cut, a disk hangs or is full, a process
 * dies, a frame is lost, doubled, changed or made up.
 *
 * What holds meanwhile: nobody stores a segment twice, nor one of somebody
 * else's that its origin did not write. What holds in the end, when all is well
 * again: every superior has everything, byte for byte. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "tests/unit/engine/net.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER, NODES, STEPS_MAX = 64 };

static const unsigned lines[][2] = {
    {DISTRICT, PROVINCE}, {COMMUNE, DISTRICT}, {OTHER, DISTRICT}};

struct script {
    const uint8_t *data;
    size_t size;
    size_t at;
    bool tampering; /* frames are changed by what stands in the script */
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static uint8_t next(struct script *script)
{
    return script->at < script->size ? script->data[script->at++] : 0;
}

static bool change(struct net *net, unsigned from, unsigned to, uint8_t *bytes,
                   size_t *len)
{
    struct script *script = net->filter_ctx;
    uint8_t how;

    (void)from;
    (void)to;
    if (!script->tampering || script->at >= script->size) {
        return true;
    }
    how = next(script);
    switch (how % 8) {
    case 0:
        return false;
    case 1:
        bytes[(size_t)next(script) * 7 % *len] ^= next(script);
        return true;
    case 2:
        *len = 1 + next(script) % *len;
        return true;
    default:
        return true;
    }
}

static void act(struct net *net, struct script *script)
{
    static const uint8_t classes[] = {LT_CLASS_CASE, LT_CLASS_INCIDENT,
                                      LT_CLASS_CHUNK, LT_CLASS_DIRECTIVE};
    uint8_t what = next(script);
    unsigned who = next(script) % NODES;
    uint8_t more = next(script);
    const unsigned *line = lines[more % LT_COUNT_OF(lines)];
    uint8_t bytes[64];
    size_t len = 0;

    switch (what % 10) {
    case 0:
    case 1:
        (void)!net_write(net, who, net_up(classes[more % 4]), 1 + more % 5);
        net_turn(net, who);
        break;
    case 2:
        (void)!net_write(net, DISTRICT,
                         net_to(net, LT_CLASS_DIRECTIVE, COMMUNE), 1);
        net_turn(net, DISTRICT);
        break;
    case 3:
        net_disconnect(net, line[0], line[1]);
        break;
    case 4:
        net_connect(net, line[0], line[1]);
        break;
    case 5:
        net_restart(net, who);
        break;
    case 6:
        net->nodes[who].commit_held = more % 2 == 0;
        net->nodes[who].commit_fails = more % 3 == 0;
        break;
    case 7: /* made up, in a session that is there */
        while (len < sizeof(bytes) && len < 1u + more % 64u) {
            bytes[len++] = next(script);
        }
        for (unsigned i = 0; i < net->links_n; i++) {
            if (net->links[i].up && net->links[i].parent == who) {
                net_inject(net, who, net->links[i].parent_session, bytes, len);
                break;
            }
        }
        break;
    case 8:
        script->tampering = more % 2 == 0;
        break;
    default:
        net_run(net, (int64_t)more * 40);
        break;
    }
    net_settle(net);
}

static void nothing_foreign(const struct net *net)
{
    for (unsigned i = 0; i < NODES; i++) {
        FUZZ_CHECK(net->nodes[i].stored_twice == 0);
    }
    FUZZ_CHECK(!net->failed);
}

static void heal(struct net *net)
{
    net->filter = NULL;
    for (unsigned i = 0; i < NODES; i++) {
        net->nodes[i].commit_fails = false;
        net_release_commit(net, i);
    }
    for (size_t i = 0; i < LT_COUNT_OF(lines); i++) {
        net_disconnect(net, lines[i][0], lines[i][1]);
        net_connect(net, lines[i][0], lines[i][1]);
    }
    net_run(net, 200000);
}

static void all_have_all(const struct net *net)
{
    for (unsigned i = DISTRICT; i < NODES; i++) {
        FUZZ_CHECK(net_same(net, i, PROVINCE, i));
        FUZZ_CHECK(net_same(net, PROVINCE, i, i));
    }
    FUZZ_CHECK(net_same(net, DISTRICT, PROVINCE, COMMUNE));
    FUZZ_CHECK(net_same(net, PROVINCE, DISTRICT, OTHER));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script script = {.data = data, .size = size};
    struct net *net = calloc(1, sizeof(*net));

    FUZZ_CHECK(net != NULL);
    net_init(net);
    (void)net_join(net, -1);
    (void)net_join(net, PROVINCE);
    (void)net_join(net, DISTRICT);
    (void)net_join(net, DISTRICT);
    for (size_t i = 0; i < LT_COUNT_OF(lines); i++) {
        net_connect(net, lines[i][0], lines[i][1]);
    }
    net_run(net, 1000);
    net->filter = change;
    net->filter_ctx = &script;
    for (unsigned i = 0; i < STEPS_MAX && script.at < size; i++) {
        act(net, &script);
        nothing_foreign(net);
    }
    heal(net);
    all_have_all(net);
    net_free(net);
    free(net);
    return 0;
}
