/* What scenarios ask for. */
#include <stdlib.h>
#include <string.h>

#include "daemon/answer.h"
#include "tools/sim/sim.h"

enum { BATCH_MAX = 256 };

static const struct lt_channel CASE_UP = {.cls = LT_CLASS_CASE,
                                          .audience = LT_AUDIENCE_UP};

static struct lt_event *new_events(size_t n)
{
    struct lt_event *events = calloc(n, sizeof(*events));

    if (events == NULL) {
        abort();
    }
    return events;
}

void sim_write_batch(struct sim_node *node, unsigned n)
{
    struct sim_request *request = sim_new_request(node);
    struct lt_now now = sim_node_now(node);
    static struct lt_write_event written[BATCH_MAX];
    struct lt_event *events = new_events(BATCH_MAX);
    struct lt_write write = {
        .token = ++node->sim->order, .events = written, .has_request_id = true};
    struct lt_buf answer;
    bool repeated;

    write.events_n = n < BATCH_MAX ? n : BATCH_MAX;
    memcpy(write.request_id, request->id, LT_REQUEST_LEN);
    for (size_t i = 0; i < write.events_n; i++) {
        events[i].type = LT_EV_CASE_OPENED;
        events[i].case_type = 1;
        events[i].field = 1 + (uint32_t)(i % 5);
        events[i].recorded_at_ms = now.wall_ms;
        events[i].actor_role = 1;
        written[i] = (struct lt_write_event){
            .event = &events[i], .channels_n = 1, .channels = &CASE_UP};
    }
    request->token = write.token;
    request->under_way = true;
    request->batch = (unsigned)write.events_n;
    lt_buf_init(&answer, lt_alloc_heap());
    node->sim->running = node;
    if (node->up && lt_turn_write(node->turn, &now, &write, &answer, &repeated,
                                  NULL) == LT_OK) {
        request->event = events[0].id;
    } else {
        request->under_way = false;
    }
    lt_buf_deinit(&answer);
    free(events);
}

void sim_write_case(struct sim_node *node)
{
    struct sim_request *request = sim_new_request(node);
    struct sim_rng rng = request->rng;

    sim_open_case(node, &rng);
}

struct lt_event_id sim_write_incident(struct sim_node *node)
{
    static const struct lt_channel channel = {.cls = LT_CLASS_INCIDENT,
                                              .audience = LT_AUDIENCE_UP};
    struct lt_event *event = new_events(1);

    (void)sim_new_request(node);
    event->type = LT_EV_INCIDENT_RAISED;
    event->people = 40;
    (void)sim_submit(node, event, &channel, 1, NULL, 0);
    free(event);
    return sim_asked_event(node);
}

void sim_write_piece(struct sim_node *node)
{
    struct sim_request *request = sim_new_request(node);
    struct sim_rng rng = request->rng;

    sim_bring_piece(node, &rng);
}

static struct lt_event_id order(struct sim_node *node, unsigned to, uint8_t cls)
{
    struct lt_channel channel = {.cls = cls, .audience = LT_AUDIENCE_TO};
    struct lt_event *event = new_events(1);

    channel.to = node->sim->nodes[to].office;
    (void)sim_new_request(node);
    event->type = LT_EV_DIRECTIVE_ISSUED;
    event->doc_no = (struct lt_text){"12/CT-UBND", 10};
    event->to_n = 1;
    event->to = &channel.to;
    (void)sim_submit(node, event, &channel, 1, NULL, 0);
    free(event);
    return sim_asked_event(node);
}

void sim_write_directive(struct sim_node *node, unsigned to)
{
    (void)order(node, to, LT_CLASS_DIRECTIVE);
}

struct lt_event_id sim_write_urgent_directive(struct sim_node *node,
                                              unsigned to)
{
    return order(node, to, LT_CLASS_URGENT);
}

/* What a refusal says; nothing is written and nobody fails. */
static lt_err try_to_write(struct sim_node *node, struct lt_write *write)
{
    struct lt_now now = sim_node_now(node);
    struct lt_buf answer;
    bool repeated;
    lt_err err;

    write->token = ++node->sim->order;
    lt_buf_init(&answer, lt_alloc_heap());
    node->sim->running = node;
    err = lt_turn_write(node->turn, &now, write, &answer, &repeated, NULL);
    lt_buf_deinit(&answer);
    return err;
}

lt_err sim_write_sized(struct sim_node *node, size_t len)
{
    struct lt_event *event = new_events(1);
    uint8_t *content = malloc(len);
    struct lt_part part = {.content = content, .len = len};
    struct lt_write_event written = {.event = event,
                                     .channels_n = 1,
                                     .channels = &CASE_UP,
                                     .parts_n = 1,
                                     .parts = &part};
    struct lt_write write = {.events_n = 1, .events = &written};
    struct sim_rng rng = {.state = len};
    lt_err err;

    if (content == NULL) {
        abort();
    }
    for (size_t i = 0; i < len; i++) {
        content[i] = (uint8_t)('a' + sim_below(&rng, 26));
    }
    event->type = LT_EV_CASE_OPENED;
    event->case_type = 1;
    event->field = 1;
    event->recorded_at_ms = sim_node_now(node).wall_ms;
    event->parts_n = 1;
    event->parts[0] =
        (struct lt_part_ref){.size = len, .kind = 1, .retention = 2};
    lt_part_hash(part.salt, content, len, event->parts[0].hash);
    err = try_to_write(node, &write);
    free(content);
    free(event);
    return err;
}

lt_err sim_write_nothing(struct sim_node *node)
{
    struct lt_write write = {.events_n = 0};

    return try_to_write(node, &write);
}

void sim_write_repeated(struct sim_node *node, unsigned which)
{
    if (which < node->requests_n && node->requests[which].told) {
        struct sim_rng rng = node->requests[which].rng;

        node->asking = which;
        sim_open_case(node, &rng);
    }
}

void sim_write_fresh_order(struct sim_node *node, struct sim_rng *rng)
{
    (void)sim_new_request(node);
    sim_write_order(node, rng);
}

void sim_write_fresh_confirmation(struct sim_node *node, struct sim_rng *rng)
{
    (void)sim_new_request(node);
    sim_write_confirmation(node, rng);
}
