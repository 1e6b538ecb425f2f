/* Events of a test net: written at an office, and looked for at another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/engine/net.h"

lt_err net_write_events(struct net *net, unsigned index,
                        struct lt_write_event *events, size_t n)
{
    struct lt_write write = {.token = 1, .events_n = n, .events = events};
    struct lt_input input = {.kind = LT_IN_WRITE, .write = &write};

    net_input(net, index, &input);
    return net->nodes[index].rc;
}

struct lt_channel net_up(uint8_t cls)
{
    return (struct lt_channel){.cls = cls, .audience = LT_AUDIENCE_UP};
}

struct lt_channel net_all(uint8_t cls)
{
    return (struct lt_channel){.cls = cls, .audience = LT_AUDIENCE_ALL};
}

struct lt_channel net_to(struct net *net, uint8_t cls, unsigned node)
{
    return (struct lt_channel){
        .cls = cls, .audience = LT_AUDIENCE_TO, .to = net->nodes[node].office};
}

lt_err net_write(struct net *net, unsigned index, struct lt_channel channel,
                 unsigned events)
{
    static unsigned serial;
    lt_err rc = LT_OK;
    unsigned i;

    for (i = 0; i < events && rc == LT_OK; i++) {
        struct lt_event *event = calloc(1, sizeof(*event));
        char text[160];
        struct lt_part part = {.content = (const uint8_t *)text};
        struct lt_write_event one = {.event = event,
                                     .channels_n = 1,
                                     .channels = &channel,
                                     .parts_n = 1,
                                     .parts = &part};

        assert_non_null(event);
        serial++;
        part.len = (size_t)snprintf(
            text, sizeof(text),
            "Khiếu nại số %u về bồi thường đất ở thôn %u, xã %u", serial,
            serial * 7919 % 1013, index);
        memset(part.salt, (int)(serial & 0xff), LT_SALT_LEN);
        memcpy(part.salt, &serial, sizeof(serial));
        event->type = LT_EV_CASE_OPENED;
        event->recorded_at_ms =
            net->now.wall_ms + net->nodes[index].clock_skew_ms;
        event->has_legal_date = true;
        event->legal_date = 20778;
        event->actor_role = 1;
        event->case_type = 1;
        event->field = 3;
        event->parts_n = 1;
        event->parts[0].size = part.len;
        event->parts[0].kind = 1;
        event->parts[0].retention = 2;
        lt_part_hash(part.salt, part.content, part.len, event->parts[0].hash);
        rc = net_write_events(net, index, &one, 1);
        free(event);
    }
    if (net->nodes[index].engine != NULL && !net->nodes[index].in_commit) {
        net_turn(net, index);
    }
    return rc;
}

/* A word of the tree's writer about an office. */
static void change_office(struct net *net, const struct lt_event *body)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_event *event = malloc(sizeof(*event)); /* large for a stack */
    struct lt_write_event one = {
        .event = event, .channels_n = 1, .channels = &channel};

    assert_non_null(event);
    *event = *body;
    event->type = LT_EV_OFFICE_CHANGED;
    event->recorded_at_ms = net->now.wall_ms;
    event->actor_role = 6;
    assert_int_equal(net_write_events(net, 0, &one, 1), LT_OK);
    net_turn(net, 0);
    free(event);
}

void net_move(struct net *net, unsigned index, unsigned parent)
{
    const struct lt_event event = {
        .office = {.id = net->nodes[index].office,
                   .parent = net->nodes[parent].office,
                   .name = {"moved", 5},
                   .kind = {"office", 6}}};

    change_office(net, &event);
}

void net_close(struct net *net, unsigned index, unsigned heir)
{
    const struct lt_event event = {.office = {.id = net->nodes[index].office},
                                   .office_closed = true,
                                   .has_heir = true,
                                   .heir = net->nodes[heir].office};

    change_office(net, &event);
}

/* ---- looking ---- */

uint64_t net_class_events(const struct net *net, unsigned index,
                          unsigned origin, uint8_t cls)
{
    const struct node *node = &net->nodes[index];
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < node->log_n; i++) {
        const struct lt_segment *segment = &node->log[i].segment;

        if (node->log[i].durable &&
            lt_office_equal(&segment->stream.origin,
                            &net->nodes[origin].office) &&
            (cls == 0 || segment->stream.channel.cls == cls)) {
            n += segment->count;
        }
    }
    return n;
}

uint64_t net_events(const struct net *net, unsigned index, unsigned origin)
{
    return net_class_events(net, index, origin, 0);
}

static bool same_bytes(const struct lt_segment *a, const struct lt_segment *b)
{
    return a->count == b->count && a->compression == b->compression &&
           a->payload_len == b->payload_len && a->parts_len == b->parts_len &&
           memcmp(a->payload, b->payload, a->payload_len) == 0 &&
           (a->parts_len == 0 ||
            memcmp(a->parts, b->parts, a->parts_len) == 0) &&
           memcmp(a->signature, b->signature, LT_SIG_LEN) == 0 &&
           memcmp(a->hash, b->hash, LT_HASH_LEN) == 0;
}

bool net_same(const struct net *net, unsigned index, unsigned other,
              unsigned origin)
{
    const struct node *node = &net->nodes[index];
    const struct node *there = &net->nodes[other];
    size_t i;
    size_t k;

    for (i = 0; i < node->log_n; i++) {
        const struct lt_segment *segment = &node->log[i].segment;

        if (!lt_office_equal(&segment->stream.origin,
                             &net->nodes[origin].office)) {
            continue;
        }
        for (k = 0; k < there->log_n; k++) {
            const struct lt_segment *copy = &there->log[k].segment;

            if (copy->epoch == segment->epoch &&
                copy->first == segment->first &&
                lt_stream_equal(&copy->stream, &segment->stream)) {
                break;
            }
        }
        if (k == there->log_n || !there->log[k].durable ||
            !same_bytes(segment, &there->log[k].segment)) {
            return false;
        }
    }
    return true;
}
