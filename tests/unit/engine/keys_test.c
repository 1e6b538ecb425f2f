/* Later keys of superiors, and who was away meanwhile. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "common/binding.h"
#include "common/link_msg.h"

enum { NATION, PROVINCE, DISTRICT, COMMUNE };

static struct net net;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    for (unsigned node = PROVINCE; node <= COMMUNE; node++) {
        (void)net_join(&net, (int)node - 1);
        net_connect(&net, node, node - 1);
    }
    net_run(&net, 2000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static void give(unsigned to, const struct lt_buf *binding)
{
    struct lt_input input = {.kind = LT_IN_BINDING,
                             .bytes = binding->data,
                             .len = binding->len};

    net_input(&net, to, &input);
    net_turn(&net, to);
}

static void sign_binding(struct lt_binding *binding, const struct lt_key *old,
                         const struct lt_key *fresh,
                         const struct lt_key *issuer, struct lt_buf *out)
{
    struct lt_buf body;

    lt_buf_init(&body, lt_alloc_heap());
    memcpy(binding->key, lt_key_public(fresh), LT_PUBKEY_LEN);
    memcpy(binding->issuer_key_id, lt_key_id(issuer), LT_HASH_LEN);
    assert_int_equal(lt_binding_follow(binding, old), LT_OK);
    assert_int_equal(lt_binding_body_encode(binding, &body), LT_OK);
    binding->body = body.data;
    binding->body_len = body.len;
    assert_int_equal(
        lt_binding_sign(issuer, body.data, body.len, binding->signature),
        LT_OK);
    assert_int_equal(
        lt_binding_prove(fresh, body.data, body.len, binding->proof), LT_OK);
    assert_int_equal(lt_binding_encode(binding, out), LT_OK);
    lt_buf_deinit(&body);
}

/* The office signs with another key from its next start on, and has another
 * transport key. */
static void rotate(unsigned node)
{
    struct node *office = &net.nodes[node];
    struct lt_binding present;
    struct lt_binding binding;
    struct lt_key *fresh = NULL;
    struct lt_buf bytes;

    lt_buf_init(&bytes, lt_alloc_heap());
    assert_true(lt_engine_binding_of(net.nodes[node - 1].engine,
                                     &office->office, &present));
    assert_int_equal(lt_key_generate(&fresh), LT_OK);
    office->curve[0]++;
    binding = (struct lt_binding){.office = office->office,
                                  .issuer = net.nodes[node - 1].office,
                                  .serial = present.serial + 1,
                                  .issued_at_ms = net.now.wall_ms};
    memcpy(binding.transport_key, office->curve, LT_CURVE_LEN);
    sign_binding(&binding, office->key, fresh, net.nodes[node - 1].key, &bytes);
    give(node - 1, &bytes);
    give(node, &bytes);
    net_stop(&net, node);
    lt_key_free(office->key);
    office->key = fresh;
    net_start(&net, node);
    lt_buf_deinit(&bytes);
    net_run(&net, 3000);
}

static uint64_t at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

static void write_case(void)
{
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
}

/* Each key is signed by the one before: those between have to come as well,
 * of the parent and of the offices above it. */
static void who_was_away_is_told_every_key_between(void **state)
{
    (void)state;
    net_stop(&net, COMMUNE);
    for (unsigned i = 0; i < 3; i++) {
        rotate(PROVINCE);
    }
    rotate(DISTRICT);
    rotate(DISTRICT);
    net_start(&net, COMMUNE);
    net_run(&net, 5000);
    write_case();
    net_run(&net, 5000);
    assert_int_equal(at(NATION), 1);
    assert_false(net_alarm(&net, COMMUNE, LT_EUNKNOWNKEY));
}

struct told {
    size_t n;
    uint8_t last_key_id[LT_HASH_LEN];
};

static void visit(void *ctx, const uint8_t *bytes, size_t len)
{
    struct told *told = ctx;
    struct lt_binding binding;

    assert_int_equal(lt_binding_decode(bytes, len, &binding, NULL), LT_OK);
    memcpy(told->last_key_id, binding.key_id, LT_HASH_LEN);
    told->n++;
}

/* Where there are more keys than are told, the newest is always among them. */
static void many_later_keys_leave_room_for_the_newest(void **state)
{
    struct told told = {0};

    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        rotate(PROVINCE);
        rotate(DISTRICT);
    }
    lt_engine_proofs(net.nodes[DISTRICT].engine, visit, &told);
    assert_true(told.n > 4 && told.n <= LT_ENGINE_PROOFS_MAX);
    assert_memory_equal(told.last_key_id, lt_key_id(net.nodes[DISTRICT].key),
                        LT_HASH_LEN);
    write_case();
    net_run(&net, 5000);
    assert_int_equal(at(NATION), 1);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_was_away_is_told_every_key_between),
        PROMISE(many_later_keys_leave_room_for_the_newest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
