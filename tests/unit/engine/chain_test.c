/* What proves a key is told from the root on, however often keys and places have
 * changed, and so much of it at a time. */
#include "tests/unit/engine/words.h"

#include <string.h>

#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/telling.h"

enum { OLD_MAX = 160 };

static struct net net;
static struct lt_key *old[OLD_MAX]; /* keys that were followed by others */
static size_t old_n;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    while (old_n > 0) {
        lt_key_free(old[--old_n]);
    }
    return 0;
}

/* One below the other, from the root on, up to this index. */
static void line(unsigned last)
{
    while (net.nodes_n <= last) {
        (void)net_join(&net, (int)net.nodes_n - 1);
    }
}

static struct lt_engine *root(void)
{
    return net.nodes[0].engine;
}

/* @at hears that @issuer has bound another key of @node, which the one before has
 * signed. */
static void rotate(unsigned at, unsigned node, unsigned issuer, uint64_t serial)
{
    struct lt_key *key = words_key((uint8_t)old_n);
    struct lt_buf binding;

    lt_buf_init(&binding, lt_alloc_heap());
    net.now.wall_ms += 60000;
    words_bind(&net, node, issuer, key, serial, true, &binding);
    words_hand_over(&net, at, &binding);
    lt_buf_deinit(&binding);
    assert_true(old_n < OLD_MAX);
    old[old_n++] = net.nodes[node].key;
    net.nodes[node].key = key;
}

struct chain {
    size_t n;
    struct lt_binding bindings[LT_CHAIN_LEN_MAX];
};

static void note(void *ctx, const uint8_t *bytes, size_t len)
{
    struct chain *chain = ctx;

    assert_true(chain->n < LT_CHAIN_LEN_MAX);
    assert_int_equal(
        lt_binding_decode(bytes, len, &chain->bindings[chain->n++], NULL),
        LT_OK);
}

/* Each rests on one before it, the first on itself; the last is the newest. */
static void check(const struct chain *chain, unsigned node)
{
    for (size_t i = 0; i < chain->n; i++) {
        const struct lt_binding *binding = &chain->bindings[i];
        size_t k = 0;

        while (memcmp(chain->bindings[k].key_id, binding->issuer_key_id,
                      LT_HASH_LEN) != 0) {
            k++;
            assert_true(k <= i);
        }
        assert_true(i == 0 ? k == 0 : k < i);
    }
    assert_memory_equal(chain->bindings[chain->n - 1].key_id,
                        lt_key_id(net.nodes[node].key), LT_HASH_LEN);
}

/* An office moves up from the lowest tier with the key that it has, and others
 * are opened below it: the chain is longer than the tree is deep. */
static void a_chain_may_be_longer_than_the_tree_is_deep(void **state)
{
    struct chain chain = {0};

    (void)state;
    line(LT_TREE_DEPTH_MAX - 1);
    net_move(&net, LT_TREE_DEPTH_MAX - 1, 0);
    net_settle(&net);
    line(LT_TREE_DEPTH_MAX + 3);
    /* Those who bound them tell the root one after the other. */
    for (unsigned i = 1; i < net.nodes_n; i++) {
        struct lt_buf binding;

        lt_buf_init(&binding, lt_alloc_heap());
        net_make_binding(&net, i - 1, i, &binding);
        words_hand_over(&net, 0, &binding);
        lt_buf_deinit(&binding);
    }
    lt_engine_chain(root(), &net.nodes[net.nodes_n - 1].office, note, &chain);
    assert_int_equal(chain.n, net.nodes_n);
    check(&chain, net.nodes_n - 1);
}

/* Two offices that were each other's parent bind one another's keys in turn. */
static void a_chain_without_end_is_told_up_to_its_bound(void **state)
{
    struct lt_bound *out[LT_CHAIN_LEN_MAX];
    struct chain chain = {0};

    (void)state;
    line(2);
    for (unsigned i = 1; i <= 2; i++) {
        struct lt_buf binding;

        lt_buf_init(&binding, lt_alloc_heap());
        net_make_binding(&net, i - 1, i, &binding);
        words_hand_over(&net, 0, &binding);
        lt_buf_deinit(&binding);
    }
    net_move(&net, 2, 0);
    net_move(&net, 1, 2);
    net_settle(&net);
    for (uint64_t serial = 2; serial < LT_CHAIN_LEN_MAX; serial++) {
        rotate(0, 1, 2, serial);
        rotate(0, 2, 1, serial);
    }
    lt_engine_chain(root(), &net.nodes[2].office, note, &chain);
    assert_int_equal(chain.n, LT_CHAIN_LEN_MAX);
    assert_int_equal(
        lt_telling_chain(root(),
                         lt_unit_find(root(), &net.nodes[2].office), out),
        LT_CHAIN_LEN_MAX);
    assert_memory_equal(chain.bindings[chain.n - 1].key_id,
                        lt_key_id(net.nodes[2].key), LT_HASH_LEN);
}

static size_t greeted_with;

static bool note_hello(struct net *of, unsigned from, unsigned to,
                       uint8_t *bytes, size_t *len)
{
    struct lt_arena arena;
    struct lt_frame frame;

    (void)of;
    (void)to;
    if (from == 2 && lt_frame_type(bytes, *len) == LT_FRAME_HELLO) {
        lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
        assert_int_equal(lt_frame_decode(bytes, *len, &arena, &frame, NULL),
                         LT_OK);
        greeted_with = frame.hello.bindings_n;
        lt_arena_deinit(&arena);
    }
    return true;
}

/* Whose own chain is without end greets with as much of it as a hello holds: one
 * more of its own key that waits finds no room. */
static void a_hello_holds_so_many_keys_and_no_more(void **state)
{
    struct lt_key *nobody = words_key(255);
    struct lt_key *issuer;
    struct lt_buf waits;

    (void)state;
    line(2);
    for (uint64_t serial = 2; serial < LT_CHAIN_LEN_MAX; serial++) {
        rotate(2, 1, 2, serial);
        rotate(2, 2, 1, serial);
    }
    issuer = net.nodes[1].key;
    net.nodes[1].key = nobody; /* of whom nothing is known */
    lt_buf_init(&waits, lt_alloc_heap());
    words_bind(&net, 2, 1, net.nodes[2].engine->options.key, 99, false, &waits);
    words_hand_over(&net, 2, &waits);
    assert_int_equal(net.nodes[2].engine->waiting_n, 1);
    net.nodes[1].key = issuer;
    net.filter = note_hello;
    net_connect(&net, 2, 1);
    net_run(&net, 100);
    assert_int_equal(greeted_with, LT_CHAIN_LEN_MAX);
    lt_buf_deinit(&waits);
    lt_key_free(nobody);
}

/* Where every tier has had many keys, each resting on others, fewer are told:
 * the newest, and all that it rests on. */
static void of_too_many_keys_the_newest_is_told_whole(void **state)
{
    struct lt_bound *out[LT_CHAIN_LEN_MAX];
    const struct lt_unit *unit;
    struct chain chain = {0};
    size_t n;

    (void)state;
    line(6);
    for (unsigned i = 1; i < net.nodes_n; i++) {
        struct lt_buf binding;

        lt_buf_init(&binding, lt_alloc_heap());
        net_make_binding(&net, i - 1, i, &binding);
        words_hand_over(&net, 0, &binding);
        lt_buf_deinit(&binding);
    }
    for (uint64_t serial = 2; serial < 2 + LT_KEYS_TOLD_MAX; serial++) {
        for (unsigned i = 1; i < net.nodes_n; i++) {
            rotate(0, i, i - 1, serial);
        }
    }
    unit = lt_unit_find(root(), &net.nodes[6].office);
    n = lt_telling_chain(root(), unit, out);
    assert_int_equal(n, net.nodes_n);
    for (size_t i = 0; i < n; i++) {
        note(&chain, out[i]->bytes, out[i]->len);
    }
    check(&chain, 6);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_chain_may_be_longer_than_the_tree_is_deep),
        PROMISE(a_chain_without_end_is_told_up_to_its_bound),
        PROMISE(a_hello_holds_so_many_keys_and_no_more),
        PROMISE(of_too_many_keys_the_newest_is_told_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
