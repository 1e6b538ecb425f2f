/* An event is large for a stack. */
#include "tests/unit/engine/words.h"

#include <stdlib.h>
#include <string.h>

struct lt_key *words_key(uint8_t serial)
{
    uint8_t seed[32] = {0x78};
    struct lt_key *key;

    seed[1] = serial;
    assert_int_equal(lt_key_from_seed(seed, &key), LT_OK);
    return key;
}

void words_bind(struct net *net, unsigned node, unsigned issuer,
                const struct lt_key *key, uint64_t serial, bool follows,
                struct lt_buf *out)
{
    struct lt_binding binding = {
        .office = net->nodes[node].office,
        .issuer = net->nodes[issuer].office,
        .serial = serial,
        .issued_at_ms = net->now.wall_ms,
    };
    struct lt_buf body;

    memcpy(binding.key, lt_key_public(key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, net->nodes[node].curve, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(net->nodes[issuer].key),
           LT_HASH_LEN);
    if (follows) {
        assert_int_equal(lt_binding_follow(&binding, net->nodes[node].key),
                         LT_OK);
    }
    lt_buf_init(&body, lt_alloc_heap());
    assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    assert_int_equal(lt_binding_sign(net->nodes[issuer].key, body.data,
                                     body.len, binding.signature),
                     LT_OK);
    assert_int_equal(lt_binding_prove(key, body.data, body.len, binding.proof),
                     LT_OK);
    assert_int_equal(lt_binding_encode(&binding, out), LT_OK);
    lt_buf_deinit(&body);
}

void words_hand_over(struct net *net, unsigned node,
                     const struct lt_buf *binding)
{
    const struct lt_input input = {
        .kind = LT_IN_BINDING, .bytes = binding->data, .len = binding->len};

    net_input(net, node, &input);
    net_turn(net, node);
}

static struct lt_event *fresh(const struct net *net, uint32_t type)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = type;
    event->recorded_at_ms = net->now.wall_ms;
    event->actor_role = 6;
    return event;
}

static void write_freed(struct net *net, unsigned by, struct lt_event *event,
                        const struct lt_channel *channels, size_t n)
{
    struct lt_write_event one = {
        .event = event, .channels_n = n, .channels = channels};

    assert_int_equal(net_write_events(net, by, &one, 1), LT_OK);
    net_turn(net, by);
    free(event);
}

void words_of_binding(struct net *net, unsigned by, uint32_t type,
                      const struct lt_buf *binding)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_event *event = fresh(net, type);

    event->binding = binding->data;
    event->binding_len = binding->len;
    write_freed(net, by, event, &channel, 1);
}

void words_door(struct net *net, unsigned by, unsigned office, bool shut)
{
    const struct lt_channel channels[2] = {net_up(LT_CLASS_TREE),
                                           net_to(net, LT_CLASS_TREE, office)};
    struct lt_event *event =
        fresh(net, shut ? LT_EV_DOOR_SHUT : LT_EV_DOOR_OPENED);

    event->to = &net->nodes[office].office;
    event->to_n = 1;
    event->doc_no = (struct lt_text){"7/QD", 4};
    write_freed(net, by, event, channels, 2);
}

static void judge_key(struct net *net, uint32_t type, const struct lt_key *key,
                      const struct lt_stream_end *ends, size_t n)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_event *event = fresh(net, type);

    memcpy(event->key_id, lt_key_id(key), LT_HASH_LEN);
    event->ends = ends;
    event->ends_n = n;
    write_freed(net, 0, event, &channel, 1);
}

void words_revoke_from(struct net *net, const struct lt_key *key,
                       const struct lt_stream_end *ends, size_t n)
{
    judge_key(net, LT_EV_KEY_REVOKED, key, ends, n);
}

void words_revoke(struct net *net, unsigned of, const struct lt_key *key,
                  bool restore)
{
    struct lt_stream_end ends[16];
    struct lt_run_view run;
    size_t cursor = 0;
    size_t n = 0;

    while (!restore && n < LT_COUNT_OF(ends) &&
           lt_engine_run_of(net->nodes[0].engine, &net->nodes[of].office,
                            &cursor, &run)) {
        ends[n++] = (struct lt_stream_end){.channel = run.stream.channel,
                                           .epoch = run.epoch,
                                           .number = run.last};
    }
    judge_key(net, restore ? LT_EV_KEY_RESTORED : LT_EV_KEY_REVOKED, key, ends,
              n);
}

void words_grant(struct net *net, unsigned reader, unsigned office,
                 uint32_t classes, bool withdraw)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    const struct lt_office to[] = {net->nodes[reader].office,
                                   net->nodes[office].office};
    struct lt_event *event =
        fresh(net, withdraw ? LT_EV_READ_WITHDRAWN : LT_EV_READ_GRANTED);

    event->kind = classes;
    event->to = to;
    event->to_n = LT_COUNT_OF(to);
    write_freed(net, 0, event, &channel, 1);
}

static void place(struct net *net, uint32_t type, const struct lt_office *office,
                  const struct lt_office *parent)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_event *event = fresh(net, type);

    event->office.id = *office;
    event->office.parent = *parent;
    event->office.name = (struct lt_text){"xa", 2};
    event->office.kind = (struct lt_text){"office", 6};
    write_freed(net, 0, event, &channel, 1);
}

void words_open(struct net *net, const struct lt_office *office,
                const struct lt_office *parent)
{
    place(net, LT_EV_OFFICE_OPENED, office, parent);
}

void words_move(struct net *net, unsigned node, const struct lt_office *parent)
{
    place(net, LT_EV_OFFICE_CHANGED, &net->nodes[node].office, parent);
}

void words_hear(const struct net *net, struct lt_engine *engine,
                struct lt_event *event, unsigned by, uint64_t number)
{
    struct lt_segment segment = {.first = number, .epoch = 5};
    struct lt_packer *packer;
    struct lt_buf bytes;
    size_t taken;

    event->id.origin = net->nodes[by].office;
    event->id.epoch = 5;
    event->id.count = number;
    event->hlc = ((uint64_t)net->now.wall_ms << 16) + number;
    event->recorded_at_ms = net->now.wall_ms;
    event->actor_role = 6;
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_event_encode(event, &bytes, NULL), LT_OK);
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 1, &packer), LT_OK);
    assert_int_equal(lt_packer_add(packer, number, event->hlc, bytes.data,
                                   bytes.len, NULL, 0),
                     LT_OK);
    assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_OK);
    segment.stream = (struct lt_stream){.origin = net->nodes[by].office,
                                        .channel = net_all(LT_CLASS_TREE)};
    segment.epoch = 5;
    segment.first = number;
    assert_int_equal(lt_engine_load_tree(engine, &segment, NULL), LT_OK);
    lt_packer_free(packer);
    lt_buf_deinit(&bytes);
    free(event);
}
