/* What the simulated offices write. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/sim.h"

enum { WRITE_TOKENS = 1 };

static void remember(struct sim_node *node, const struct lt_write *write)
{
    struct sim_write *kept;

    if (!lt_grow(lt_alloc_heap(), (void **)&node->writes,
                 &node->writes_capacity, node->writes_n,
                 sizeof(*node->writes))) {
        abort();
    }
    kept = &node->writes[node->writes_n++];
    kept->token = write->token;
    kept->ids_n = write->events_n < LT_COUNT_OF(kept->ids)
                      ? write->events_n
                      : LT_COUNT_OF(kept->ids);
    for (size_t i = 0; i < kept->ids_n; i++) {
        kept->ids[i] = write->events[i].event->id;
    }
}

static lt_err submit(struct sim_node *node, struct lt_event *event,
                     const struct lt_channel *channels, size_t channels_n,
                     const struct lt_part *parts, size_t parts_n)
{
    struct lt_now now = sim_node_now(node);
    struct lt_write_event written = {.event = event,
                                     .channels_n = channels_n,
                                     .channels = channels,
                                     .parts_n = parts_n,
                                     .parts = parts};
    struct lt_write write = {
        .token = ++node->sim->order,
        .events_n = 1,
        .events = &written,
        .has_request_id = true,
    };
    struct lt_buf answer;
    bool repeated;
    lt_err err;

    for (size_t i = 0; i < LT_REQUEST_LEN; i += 8) {
        uint64_t random = sim_next(&node->sim->work);
        memcpy(write.request_id + i, &random, 8);
    }
    event->recorded_at_ms = now.wall_ms;
    event->has_legal_date = true;
    event->legal_date = lt_civil_day(now.wall_ms);
    event->actor_role = 1;
    event->has_request_id = true;
    memcpy(event->request_id, write.request_id, LT_REQUEST_LEN);
    lt_buf_init(&answer, lt_alloc_heap());
    err = lt_turn_write(node->turn, &now, &write, &answer, &repeated, NULL);
    lt_buf_deinit(&answer);
    if (err == LT_OK) {
        remember(node, &write);
    } else if (err == LT_EIO) {
        node->dying = true;
    } else {
        sim_fail(node->sim, "I14 node %u refused a write: %s", node->index,
                 lt_err_word(err));
    }
    return err;
}

static void open_case(struct sim_node *node)
{
    static const char TEXT[] =
        "Công dân đề nghị xem xét lại đơn giá bồi thường về đất";
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = calloc(1, sizeof(*event));
    struct lt_part part = {.content = (const uint8_t *)TEXT,
                           .len = sizeof(TEXT) - 1};
    uint64_t salt[2] = {sim_next(&node->sim->work), sim_next(&node->sim->work)};

    if (event == NULL) {
        abort();
    }
    memcpy(part.salt, salt, LT_SALT_LEN);
    event->type = LT_EV_CASE_OPENED;
    event->case_type = 1;
    event->field = 1;
    event->parts_n = 1;
    event->parts[0] =
        (struct lt_part_ref){.size = part.len, .kind = 1, .retention = 2};
    lt_part_hash(part.salt, part.content, part.len, event->parts[0].hash);
    if (submit(node, event, &channel, 1, &part, 1) == LT_OK) {
        size_t place = node->cases_n < LT_COUNT_OF(node->cases)
                           ? node->cases_n++
                           : (size_t)sim_below(&node->sim->work,
                                               LT_COUNT_OF(node->cases));
        node->cases[place] = event->id;
    }
    free(event);
}

/* A step whose cause is the opening alone: concurrent with other steps, so
 * that the order of the fold is tried. */
static void step_case(struct sim_node *node)
{
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = calloc(1, sizeof(*event));

    if (event == NULL) {
        abort();
    }
    event->type = LT_EV_CASE_STEP;
    event->kind = 1 + (uint32_t)sim_below(&node->sim->work, 13);
    event->has_subject = true;
    event->subject = node->cases[sim_below(&node->sim->work, node->cases_n)];
    event->causes_n = 1;
    event->causes[0] = event->subject;
    (void)submit(node, event, &channel, 1, NULL, 0);
    free(event);
}

static void raise_incident(struct sim_node *node)
{
    const struct lt_channel channel = {.cls = LT_CLASS_INCIDENT,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = calloc(1, sizeof(*event));

    if (event == NULL) {
        abort();
    }
    event->type = LT_EV_INCIDENT_RAISED;
    event->people = 5 + (uint32_t)sim_below(&node->sim->work, 90);
    (void)submit(node, event, &channel, 1, NULL, 0);
    free(event);
}

static void issue_directive(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct lt_event *event = calloc(1, sizeof(*event));
    struct lt_channel channels[SIM_NODES_MAX];
    size_t n = 0;

    if (event == NULL) {
        abort();
    }
    for (size_t i = node->index + 1; i < sim->nodes_n; i++) {
        bool below = false;

        for (int up = sim->nodes[i].parent; up >= 0;
             up = sim->nodes[up].parent) {
            below |= up == (int)node->index;
        }
        if (below && sim_chance(&sim->work, 400)) {
            channels[n] = (struct lt_channel){.cls = LT_CLASS_DIRECTIVE,
                                              .audience = LT_AUDIENCE_TO,
                                              .to = sim->nodes[i].office};
            event->to[n] = sim->nodes[i].office;
            n++;
        }
    }
    if (n > 0) {
        event->type = LT_EV_DIRECTIVE_ISSUED;
        event->doc_no = (struct lt_text){"12/CT-UBND", 10};
        event->to_n = n;
        (void)submit(node, event, channels, n, NULL, 0);
    }
    free(event);
}

void sim_write(struct sim_node *node)
{
    struct sim *sim = node->sim;
    uint64_t kind = sim_below(&sim->work, 100);
    bool leaf = true;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        leaf &= sim->nodes[i].parent != (int)node->index;
    }
    if (!leaf && kind < 30) {
        issue_directive(node);
    } else if (kind < 55 || node->cases_n == 0) {
        open_case(node);
    } else if (kind < 90) {
        step_case(node);
    } else {
        raise_incident(node);
    }
}

/* The root opens every office, its own first, in one write each. */
void sim_open_tree(struct sim *sim)
{
    static const char *const KINDS[] = {"province", "district", "commune"};
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_ALL};

    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *node = &sim->nodes[i];
        struct lt_event *event = calloc(1, sizeof(*event));
        char name[16] = "Xã 00";
        unsigned depth = 0;

        if (event == NULL) {
            abort();
        }
        for (int up = node->parent; up >= 0; up = sim->nodes[up].parent) {
            depth++;
        }
        name[strlen(name) - 2] = (char)('0' + i / 10);
        name[strlen(name) - 1] = (char)('0' + i % 10);
        event->type = LT_EV_OFFICE_OPENED;
        event->office.id = node->office;
        if (node->parent >= 0) {
            event->office.parent = sim->nodes[node->parent].office;
        }
        event->office.name = (struct lt_text){name, strlen(name)};
        event->office.kind =
            (struct lt_text){KINDS[depth], strlen(KINDS[depth])};
        (void)submit(&sim->nodes[0], event, &channel, 1, NULL, 0);
        free(event);
    }
}
