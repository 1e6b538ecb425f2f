#include "tests/unit/engine/later.h"

#include <stdlib.h>
#include <string.h>

struct lt_key *later_key(unsigned number)
{
    uint8_t seed[32] = {0x5c, (uint8_t)number, (uint8_t)(number >> 8)};
    struct lt_key *key = NULL;

    assert_int_equal(lt_key_from_seed(seed, &key), LT_OK);
    return key;
}

void later_make(const struct net *net, const struct later *later,
                struct lt_buf *out)
{
    const struct node *office = &net->nodes[later->office];
    const struct node *issuer = &net->nodes[later->issuer];
    const struct lt_key *by = later->by != NULL ? later->by : issuer->key;
    struct lt_binding binding = {
        .office = office->office,
        .issuer = issuer->office,
        .serial = later->serial,
        .issued_at_ms = later->issued_at_ms != 0 ? later->issued_at_ms
                                                 : net->now.wall_ms};
    struct lt_buf body;

    memcpy(binding.key, lt_key_public(later->key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, office->curve, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(by), LT_HASH_LEN);
    if (later->follows != NULL) {
        assert_int_equal(lt_binding_follow(&binding, later->follows), LT_OK);
    }
    lt_buf_init(&body, lt_alloc_heap());
    assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    assert_int_equal(
        lt_binding_sign(by, body.data, body.len, binding.signature), LT_OK);
    assert_int_equal(
        lt_binding_prove(later->key, body.data, body.len, binding.proof),
        LT_OK);
    assert_int_equal(lt_binding_encode(&binding, out), LT_OK);
    lt_buf_deinit(&body);
}

void later_give(struct net *net, unsigned to, const struct lt_buf *binding)
{
    const struct lt_input input = {
        .kind = LT_IN_BINDING, .bytes = binding->data, .len = binding->len};

    net_input(net, to, &input);
    net_turn(net, to);
}

struct lt_event *later_event(const struct net *net, uint32_t type)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = type;
    event->recorded_at_ms = net->now.wall_ms;
    event->actor_role = 6;
    return event;
}

void later_say(struct net *net, unsigned by, struct lt_event *event,
               const struct lt_channel *channels, size_t n)
{
    struct lt_write_event one = {
        .event = event, .channels_n = n, .channels = channels};

    if (!net->failed) {
        lt_err rc = net_write_events(net, by, &one, 1);

        assert_true(rc == LT_OK || rc == LT_ENOMEM);
        net_turn(net, by);
    }
    free(event);
}

void later_write(struct net *net, unsigned by, uint32_t type,
                 const struct lt_buf *binding)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_event *event = later_event(net, type);

    event->binding = binding->data;
    event->binding_len = binding->len;
    later_say(net, by, event, &channel, 1);
}

bool later_holds(const struct net *net, unsigned node, unsigned office,
                 const struct lt_key *key)
{
    struct lt_binding binding;

    return lt_engine_binding_of(net->nodes[node].engine,
                                &net->nodes[office].office, &binding) &&
           memcmp(binding.key_id, lt_key_id(key), LT_HASH_LEN) == 0;
}
