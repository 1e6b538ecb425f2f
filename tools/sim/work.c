/* What the simulated offices write. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/answer.h"
#include "tools/sim/sim.h"

/* ---- requests ---- */

static struct sim_request *asking(struct sim_node *node)
{
    return &node->requests[node->asking];
}

static struct sim_request *new_request(struct sim_node *node,
                                       struct sim_rng *rng)
{
    struct sim_request *request;

    if (!lt_grow(lt_alloc_heap(), (void **)&node->requests,
                 &node->requests_capacity, node->requests_n,
                 sizeof(*node->requests))) {
        abort();
    }
    node->asking = node->requests_n++;
    request = asking(node);
    *request = (struct sim_request){.rng = {sim_next(rng)}};
    for (size_t i = 0; i < LT_REQUEST_LEN; i += 8) {
        uint64_t random = sim_next(rng);
        memcpy(request->id + i, &random, 8);
    }
    return request;
}

struct sim_request *sim_new_request(struct sim_node *node)
{
    struct sim_request *request = new_request(node, &node->sim->work);

    request->beyond = sim_strikes(node->sim, SIM_BEYOND, &node->sim->fate);
    return request;
}

struct lt_event_id sim_asked_event(struct sim_node *node)
{
    return asking(node)->event;
}

void sim_written(struct sim_node *node, uint64_t token, lt_err result)
{
    struct sim *sim = node->sim;

    for (size_t i = node->requests_n; i-- > 0;) {
        struct sim_request *request = &node->requests[i];

        if (!request->under_way || request->token != token) {
            continue;
        }
        request->under_way = false;
        request->unknown = result != LT_OK;
        if (result != LT_OK || request->told) {
            return;
        }
        request->told = true;
        if (request->trust == LT_EV_KEY_BOUND) {
            sim_bound(sim, request->moved);
        }
        if (!lt_grow(lt_alloc_heap(), (void **)&sim->told, &sim->told_capacity,
                     sim->told_n, sizeof(*sim->told))) {
            abort();
        }
        sim->told[sim->told_n++] =
            (struct sim_told){.id = request->event, .writer = node->index};
        for (unsigned more = 1; more < request->batch; more++) {
            if (!lt_grow(lt_alloc_heap(), (void **)&sim->told,
                         &sim->told_capacity, sim->told_n,
                         sizeof(*sim->told))) {
                abort();
            }
            sim->told[sim->told_n] = sim->told[sim->told_n - 1];
            sim->told[sim->told_n++].id.count++;
        }
        return;
    }
}

void sim_unanswered(struct sim_node *node)
{
    for (size_t i = 0; i < node->requests_n; i++) {
        struct sim_request *request = &node->requests[i];

        request->unknown |= request->under_way;
        request->under_way = false;
    }
}

/* The answer to a request that was known: the same as before, if there was
 * one. */
static void take_answer(struct sim_node *node, const struct lt_buf *answer)
{
    struct sim_request *request = asking(node);
    struct lt_answer entry;

    (void)sim_allowed(node->sim, SIM_REPEAT);
    if (!lt_answer_at(answer->data, answer->len, 0, &entry)) {
        sim_fail(node->sim, "I3 node %u: an answer without an event",
                 node->index);
    } else if (request->told &&
               !lt_event_id_equal(&request->event, &entry.id)) {
        sim_fail(node->sim, "I3 node %u answered one request in two ways",
                 node->index);
    } else {
        request->event = entry.id;
    }
}

lt_err sim_submit(struct sim_node *node, struct lt_event *event,
                  const struct lt_channel *channels, size_t channels_n,
                  const struct lt_part *parts, size_t parts_n)
{
    struct lt_write_event written = {.event = event,
                                     .channels_n = channels_n,
                                     .channels = channels,
                                     .parts_n = parts_n,
                                     .parts = parts};

    return sim_submit_all(node, &written, 1);
}

lt_err sim_submit_all(struct sim_node *node, struct lt_write_event *written,
                      size_t n)
{
    struct sim_request *request = asking(node);
    struct lt_now now = sim_node_now(node);
    struct lt_event *event = written[0].event;
    struct lt_write write = {
        .token = ++node->sim->order,
        .events_n = n,
        .events = written,
        .has_request_id = true,
    };
    struct lt_buf answer;
    bool repeated;
    lt_err err;

    memcpy(write.request_id, request->id, LT_REQUEST_LEN);
    for (size_t i = 0; i < n; i++) {
        written[i].event->recorded_at_ms = now.wall_ms;
        written[i].event->has_legal_date = true;
        written[i].event->legal_date = lt_civil_day(now.wall_ms);
        written[i].event->actor_role = 1;
    }
    event->has_request_id = true;
    memcpy(event->request_id, write.request_id, LT_REQUEST_LEN);
    request->token = write.token;
    request->under_way = true;
    request->unknown = false;
    lt_buf_init(&answer, lt_alloc_heap());
    node->sim->running = node;
    err = lt_turn_write(node->turn, &now, &write, &answer, &repeated, NULL);
    node->repeated = err == LT_OK && repeated;
    if (node->repeated) {
        take_answer(node, &answer);
    } else if (err == LT_OK && request->told && !node->damaged) {
        sim_fail(node->sim, "I3 node %u forgot a request that it answered",
                 node->index);
    } else if (err == LT_OK) {
        request->event = event->id;
    }
    lt_buf_deinit(&answer);
    if (err == LT_OK) {
        return LT_OK;
    }
    request->under_way = false;
    request->unknown = !request->told;
    if (err == LT_ECLOSED && lt_engine_silent(node->engine)) {
        request->unknown = false; /* for good: nobody asks again */
        return err;
    }
    if (node->dying || (err == LT_EIO && node->damaged)) {
        node->dying = true;
    } else if (err != LT_EFULL || !node->full) {
        sim_fail(node->sim, "I14 node %u refused a write: %s", node->index,
                 lt_err_word(err));
    }
    return err;
}

/* ---- what is written ---- */

static struct lt_event *new_event(uint32_t type)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    if (event == NULL) {
        abort();
    }
    event->type = type;
    return event;
}

void sim_open_case(struct sim_node *node, struct sim_rng *rng)
{
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = new_event(LT_EV_CASE_OPENED);
    uint8_t text[SIM_SECRET_LEN];
    struct lt_part part = {.content = text, .len = sizeof(text)};

    sim_secret_make(rng, text);
    (void)sim_secret_add(node, text);

    for (size_t i = 0; i < LT_SALT_LEN; i += 8) {
        uint64_t random = sim_next(rng);
        memcpy(part.salt + i, &random, 8);
    }
    event->case_type = 1;
    event->field = 1;
    event->parts_n = 1;
    event->parts[0] =
        (struct lt_part_ref){.size = part.len, .kind = 1, .retention = 2};
    lt_part_hash(part.salt, part.content, part.len, event->parts[0].hash);
    if (sim_submit(node, event, &channel, 1, &part, 1) == LT_OK &&
        !node->repeated) {
        size_t place = node->cases_n < LT_COUNT_OF(node->cases)
                           ? node->cases_n++
                           : (size_t)sim_below(rng, LT_COUNT_OF(node->cases));
        node->cases[place] = asking(node)->event;
        sim_secret_written(node, text, &asking(node)->event);
    }
    free(event);
}

enum { KIND_NOTIFIED = 12, KIND_NOTE = 13 };

/* A note becomes a void of the opening, which the other steps do not see; a
 * "citizen notified" one of the step before, which it has seen. */
static void turn_into_void(const struct sim_node *node, struct lt_event *event)
{
    bool of_step = event->kind == KIND_NOTIFIED && node->last_step.count != 0;

    if (of_step) {
        event->subject = node->last_step_of;
        event->causes[0] = node->last_step;
    }
    event->type = LT_EV_ENTRY_VOIDED;
    event->kind = 0;
    event->reason = 1;
    event->has_corrects = true;
    event->corrects = event->causes[0];
}

/* A step, or the closing, whose cause is the opening alone: concurrent with
 * the others, so that the order of the fold is tried. */
static void step_case(struct sim_node *node, struct sim_rng *rng)
{
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};
    bool closes = sim_chance(rng, 200);
    struct lt_event *event =
        new_event(closes ? LT_EV_CASE_CLOSED : LT_EV_CASE_STEP);

    if (closes) {
        event->reason = 1 + (uint32_t)sim_below(rng, 7);
    } else {
        event->kind = 1 + (uint32_t)sim_below(rng, 13);
    }
    event->has_subject = true;
    event->subject = node->cases[sim_below(rng, node->cases_n)];
    event->causes_n = 1;
    event->causes[0] = event->subject;
    if (event->kind == KIND_NOTE ||
        (event->kind == KIND_NOTIFIED && node->last_step.count != 0)) {
        turn_into_void(node, event);
    }
    if (sim_submit(node, event, &channel, 1, NULL, 0) == LT_OK &&
        event->type != LT_EV_ENTRY_VOIDED) {
        node->last_step = asking(node)->event;
        node->last_step_of = event->subject;
    }
    free(event);
}

static void raise_incident(struct sim_node *node, struct sim_rng *rng)
{
    const struct lt_channel channel = {.cls = LT_CLASS_INCIDENT,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = new_event(LT_EV_INCIDENT_RAISED);

    event->people = 5 + (uint32_t)sim_below(rng, 90);
    (void)sim_submit(node, event, &channel, 1, NULL, 0);
    free(event);
}

/* A piece of noise, in the bulk lane: a frame holds one or two. */
void sim_bring_piece(struct sim_node *node, struct sim_rng *rng)
{
    const struct lt_channel channel = {.cls = LT_CLASS_CHUNK,
                                       .audience = LT_AUDIENCE_UP};
    uint8_t content[LT_PIECE_BYTES];
    struct lt_event *event = new_event(LT_EV_CHUNK);
    struct lt_part part = {.content = content};

    part.len = sim_chance(rng, 500) ? LT_PIECE_BYTES
                                    : 1 + (size_t)sim_below(rng, 1000);
    for (size_t i = 0; i < part.len; i++) {
        content[i] = (uint8_t)sim_next(rng);
    }
    for (size_t i = 0; i < LT_SALT_LEN; i++) {
        part.salt[i] = (uint8_t)sim_next(rng);
    }
    event->chunk_of = node->cases[sim_below(rng, node->cases_n)];
    event->chunk_offset = sim_below(rng, LT_PIECES_MAX) * LT_PIECE_BYTES;
    event->parts_n = 1;
    event->parts[0] =
        (struct lt_part_ref){.size = part.len, .kind = 6, .retention = 2};
    lt_part_hash(part.salt, part.content, part.len, event->parts[0].hash);
    (void)sim_submit(node, event, &channel, 1, &part, 1);
    free(event);
}

enum { TO_MAX = 16 };

/* To one office below at least. */
static void issue_directive(struct sim_node *node, struct sim_rng *rng)
{
    struct sim *sim = node->sim;
    struct lt_event *event = new_event(LT_EV_DIRECTIVE_ISSUED);
    struct lt_channel channels[TO_MAX];
    struct lt_office to[TO_MAX];
    size_t n = 0;

    for (size_t i = 0; i < sim->nodes_n && n < TO_MAX; i++) {
        if (sim->nodes[i].clone_of < 0 && i != node->index &&
            sim_is_above(sim, node->index, (unsigned)i) &&
            !lt_tree_closed_at(lt_engine_tree(node->engine), UINT64_MAX,
                               &sim->nodes[i].office) &&
            (n == 0 || sim_chance(rng, 400))) {
            channels[n] = (struct lt_channel){.cls = LT_CLASS_DIRECTIVE,
                                              .audience = LT_AUDIENCE_TO,
                                              .to = sim->nodes[i].office};
            to[n] = sim->nodes[i].office;
            n++;
        }
    }
    if (n == 0) { /* all that is below is a clone of what was */
        free(event);
        sim_open_case(node, rng);
        return;
    }
    event->doc_no = (struct lt_text){"12/CT-UBND", 10};
    event->to = to;
    event->to_n = n;
    (void)sim_submit(node, event, channels, n, NULL, 0);
    free(event);
}

static void answer_directive(struct sim_node *node, struct sim_rng *rng)
{
    static const uint32_t CODES[] = {1, 3, 4, 5, 6};
    const struct lt_channel channel = {.cls = LT_CLASS_DIRECTIVE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *event = new_event(LT_EV_DIRECTIVE_STATUS);
    size_t n = node->directives_n < LT_COUNT_OF(node->directives)
                   ? node->directives_n
                   : LT_COUNT_OF(node->directives);

    event->code = CODES[sim_below(rng, LT_COUNT_OF(CODES))];
    event->has_subject = true;
    event->subject = node->directives[sim_below(rng, n)];
    event->causes_n = 1;
    event->causes[0] = event->subject;
    (void)sim_submit(node, event, &channel, 1, NULL, 0);
    free(event);
}

static bool has_below(const struct sim_node *node)
{
    for (size_t i = 0; i < node->sim->nodes_n; i++) {
        if (node->sim->nodes[i].parent == (int)node->index) {
            return true;
        }
    }
    return false;
}

/* Of its own, or the root's word on another's. */
static void erase_text(struct sim_node *node, struct sim_rng *rng)
{
    if (node->parent < 0 && sim_chance(rng, 800)) {
        sim_write_confirmation(node, rng);
    } else {
        sim_write_order(node, rng);
    }
}

static void ask(struct sim_node *node);

/* What is said of an office from now on. */
static void change_tree(struct sim_node *root)
{
    const struct sim_request *request = asking(root);
    const struct sim *sim = root->sim;
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_ALL};
    struct lt_event *event = new_event(LT_EV_OFFICE_CHANGED);

    event->office.id = sim->nodes[request->moved].office;
    event->office_prepared = request->prepares;
    if (request->name != NULL) {
        event->office.name =
            (struct lt_text){request->name, strlen(request->name)};
    }
    if (request->enforces) {
        event->has_puts_in_force = true;
        event->puts_in_force = request->prepared;
    } else if (request->closes) {
        event->office_closed = true;
        event->has_heir = true;
        event->heir = sim->nodes[request->parent].office;
    } else {
        event->office.parent = sim->nodes[request->parent].office;
    }
    if (!request->enforces) {
        sim_note_edge(root->sim, request->moved, request->parent);
    }
    (void)sim_submit(root, event, &channel, 1, NULL, 0);
    free(event);
}

void sim_write_change(struct sim *sim, const struct sim_node *node,
                      unsigned parent, bool closes, bool prepares)
{
    struct sim_request *request = sim_new_request(&sim->nodes[0]);

    request->moves = true;
    request->closes = closes;
    request->prepares = prepares;
    request->moved = node->index;
    request->parent = parent;
    sim_say(sim, "node %u is to be %s node %u%s", node->index,
            closes ? "closed for" : "moved to", parent,
            prepares ? ", prepared" : "");
    ask(&sim->nodes[0]);
}

void sim_write_move(struct sim *sim, const struct sim_node *node,
                    unsigned parent)
{
    sim_write_change(sim, node, parent, false, false);
}

void sim_write_named(struct sim *sim, const struct sim_node *node,
                     unsigned parent, bool closes, const char *name)
{
    struct sim_request *request = sim_new_request(&sim->nodes[0]);

    request->moves = true;
    request->closes = closes;
    request->prepares = true;
    request->name = name;
    request->moved = node->index;
    request->parent = parent;
    ask(&sim->nodes[0]);
}

void sim_ask_trust(struct sim_node *node, uint32_t word, unsigned of)
{
    struct sim_request *request = new_request(node, &node->sim->trust);

    request->trust = word;
    request->moved = of;
    ask(node);
}

void sim_write_enforce(struct sim *sim, const struct lt_tree_prepared *prepared)
{
    struct sim_request *request = sim_new_request(&sim->nodes[0]);
    int moved = sim_node_of(sim, &prepared->change.id);

    request->moves = true;
    request->enforces = true;
    request->prepared = prepared->id;
    request->moved = moved < 0 ? 0 : (unsigned)moved;
    ask(&sim->nodes[0]);
}

bool sim_is_closed(const struct sim_node *node)
{
    const struct lt_tree *tree = lt_engine_tree(node->engine);

    return lt_tree_closed_at(tree, lt_tree_version(tree), &node->office);
}

/* What the request that is asked for says: repeated, it says the same, or
 * something else where what it was about is gone. */
static void ask(struct sim_node *node)
{
    struct sim_rng rng = asking(node)->rng;
    uint64_t kind = sim_below(&rng, 100);

    if (asking(node)->batch > 0) {
        return; /* a scenario's; nobody asks again */
    }
    if (asking(node)->trust != 0) {
        sim_write_trust(node, asking(node)->trust, asking(node)->moved);
    } else if (asking(node)->moves) {
        change_tree(node);
    } else if (asking(node)->beyond) {
        sim_write_beyond(node, &rng);
    } else if (kind < 30 && has_below(node)) {
        issue_directive(node, &rng);
    } else if (kind < 50 && node->directives_n > 0) {
        answer_directive(node, &rng);
    } else if (kind < 65 || node->cases_n == 0) {
        sim_open_case(node, &rng);
    } else if (kind < 68) {
        erase_text(node, &rng);
    } else if (kind < 92) {
        step_case(node, &rng);
    } else if (kind < 96) {
        raise_incident(node, &rng);
    } else {
        sim_bring_piece(node, &rng);
    }
}

bool sim_write_again(struct sim_node *node)
{
    for (size_t i = 0; i < node->requests_n; i++) {
        uint64_t before = node->requests[i].token;

        if (node->requests[i].unknown) {
            node->asking = i;
            ask(node);
            /* What it was about is gone, and there is nothing else to ask. */
            node->requests[i].unknown &= node->requests[i].token != before;
            return true;
        }
    }
    return false;
}

void sim_write(struct sim_node *node)
{
    sim_write_or_not(node, false);
}

void sim_write_or_not(struct sim_node *node, bool masked)
{
    struct sim *sim = node->sim;
    uint64_t dice = sim_below(&sim->work, 100);

    if (dice < 50 && sim_write_again(node)) {
        return;
    }
    if (dice >= 97 && node->requests_n > 0) {
        /* A client that did not hear its answer. */
        size_t at = (size_t)sim_below(&sim->work, node->requests_n);

        if (node->requests[at].told && !node->requests[at].under_way) {
            node->asking = at;
            ask(node);
            return;
        }
    }
    (void)sim_new_request(node);
    if (masked || (node->up && sim_is_closed(node))) {
        node->requests_n--; /* drawn, and nobody's; or its desk is shut */
        return;
    }
    ask(node);
}

void sim_forget_clients(struct sim_node *node)
{
    node->requests_n = 0;
    node->cases_n = 0;
    node->last_step.count = 0;
    node->directives_n = 0;
}

void sim_describe(const struct sim *sim, const struct sim_node *node,
                  struct lt_event *event, char name[static 16])
{
    static const char *const KINDS[] = {"province", "district", "commune",
                                        "village"};
    const struct sim_shape *shape = sim->options->shape;
    const char *kind;
    unsigned depth = 0;

    for (int up = node->parent; up >= 0 && depth < 3;
         up = sim->nodes[up].parent) {
        depth++;
    }
    event->office.id = node->office;
    /* A province keeps what is below it, whoever it joins. */
    event->office.keeper = sim->apart != 0 && (int)node->index == sim->apart;
    if (node->parent >= 0 && (int)node->index != sim->apart) {
        event->office.parent = sim->nodes[node->parent].office;
    }
    snprintf(name, 16, "Xã %02u", node->index % 100);
    kind = shape != NULL ? shape->places[node->index].kind : KINDS[depth];
    event->office.name = (struct lt_text){name, strlen(name)};
    if (shape != NULL) {
        name = shape->places[node->index].name;
        event->office.name = (struct lt_text){name, strlen(name)};
    }
    event->office.kind = (struct lt_text){kind, strlen(kind)};
}

/* The root opens every office, its own first, in one write each. */
void sim_open_tree(struct sim *sim)
{
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_ALL};

    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct lt_event *event = new_event(LT_EV_OFFICE_OPENED);
        struct sim_node *writer =
            &sim->nodes[sim_is_apart(sim, (int)i) ? sim->apart : 0];
        char name[16];

        sim_describe(sim, &sim->nodes[i], event, name);
        (void)sim_new_request(writer);
        (void)sim_submit(writer, event, &channel, 1, NULL, 0);
        free(event);
    }
}
