/* Offices of a test net: their keys, their lives, their sessions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "daemon/plants.h"
#include "tests/unit/engine/net.h"

static void seed_bytes(uint8_t *out, size_t len, uint8_t a, uint8_t b)
{
    memset(out, b, len);
    out[0] = a;
}

bool net_planted(int argc, char **argv)
{
    const char *plant = getenv("LIENTHONG_PLANT");

    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
#ifdef LT_TEST_HOOKS
    return plant == NULL || lt_plant(plant);
#else
    return plant == NULL;
#endif
}

void net_init(struct net *net)
{
    memset(net, 0, sizeof(*net));
    assert_int_equal(lt_crypto_start(), LT_OK);
    net->now.mono_ms = 1000;
    net->now.wall_ms = INT64_C(1795219200000);
    net->next_session = 1;
}

static void free_list(struct held_segment *list, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        free(list[i].bytes);
    }
    free(list);
}

static void free_bytes(struct held_bytes *list, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        free(list[i].bytes);
    }
    free(list);
}

void net_free(struct net *net)
{
    unsigned i;
    size_t k;

    for (i = 0; i < net->nodes_n; i++) {
        struct node *node = &net->nodes[i];

        lt_engine_free(node->engine);
        lt_effects_free(node->effects);
        lt_key_free(node->key);
        free_list(node->log, node->log_n);
        free_list(node->evidence, node->evidence_n);
        free_bytes(node->bindings, node->bindings_n);
        free_bytes(node->statements, node->statements_n);
    }
    for (k = 0; k < net->frames_n; k++) {
        free(net->frames[k].bytes);
    }
    free(net->frames);
}

/* ---- lives ---- */

static struct lt_engine_run run_of(const struct node *node, size_t at)
{
    const struct lt_segment *first = &node->log[at].segment;
    struct lt_engine_run run = {.stream = first->stream,
                                .epoch = first->epoch,
                                .first = first->first,
                                .prev = first->prev};
    struct lt_arena arena;
    struct lt_payload payload;
    size_t i;

    memcpy(run.key_id, first->key_id, LT_HASH_LEN);
    for (i = at; i < node->log_n; i++) {
        const struct lt_segment *segment = &node->log[i].segment;

        if (segment->epoch != first->epoch ||
            !lt_stream_equal(&segment->stream, &first->stream)) {
            continue;
        }
        run.last.epoch = segment->epoch;
        run.last.number = lt_segment_last(segment);
        memcpy(run.last.hash, segment->hash, LT_HASH_LEN);
        lt_arena_init(&arena, lt_alloc_heap(), 8 * 1024 * 1024);
        if (lt_payload_open(segment, &arena, &payload, NULL) == LT_OK) {
            run.last_hlc = payload.items[payload.items_n - 1].hlc;
        }
        lt_arena_deinit(&arena);
    }
    return run;
}

/* All that is loaded is taken, unless there is no memory for it. */
static void taken(struct node *node, lt_err err)
{
    node->net->failed |= err == LT_ENOMEM;
    assert_true(err == LT_OK || err == LT_ENOMEM);
}

static void load(struct node *node)
{
    size_t i;
    size_t k;

    node->within = true;
    for (i = 0; i < node->bindings_n; i++) {
        taken(node, lt_engine_load_binding(node->engine,
                                           node->bindings[i].bytes,
                                           node->bindings[i].len));
    }
    for (i = 0; i < node->log_n; i++) {
        const struct lt_segment *segment = &node->log[i].segment;
        struct lt_engine_run run;

        for (k = 0; k < i; k++) {
            if (node->log[k].segment.epoch == segment->epoch &&
                lt_stream_equal(&node->log[k].segment.stream,
                                &segment->stream)) {
                break;
            }
        }
        if (k == i) {
            node->within = false;
            run = run_of(node, i);
            node->within = true;
            taken(node, lt_engine_load_run(node->engine, &run));
        }
    }
    /* The tree before what is judged by it. */
    for (k = 0; k < 2; k++) {
        for (i = 0; i < node->log_n; i++) {
            const struct lt_segment *segment = &node->log[i].segment;
            const bool all =
                segment->stream.channel.audience == LT_AUDIENCE_ALL;

            if (segment->stream.channel.cls == LT_CLASS_TREE &&
                all == (k == 0)) {
                taken(node, lt_engine_load_tree(node->engine, segment, NULL));
            }
        }
    }
    taken(node, lt_engine_tree_loaded(node->engine));
    for (i = 0; i < node->statements_n; i++) {
        taken(node, lt_engine_load_statement(node->engine,
                                             node->statements[i].bytes,
                                             node->statements[i].len));
    }
    node->within = false;
}

void net_start(struct net *net, unsigned index)
{
    struct node *node = &net->nodes[index];
    const struct lt_alloc *alloc =
        node->alloc != NULL ? node->alloc : lt_alloc_heap();
    struct lt_engine_options options = {
        .alloc = alloc,
        .office = node->office,
        .key = node->key,
        .software = "lienthongd test",
        .urgent_per_hour = node->urgent_per_hour,
        .window_start_bytes = 8 * 1024,
        .window_max_bytes = node->window_max,
        .statement_interval_ms = 15 * 60 * 1000,
        .clock_tolerance_ms = 5 * 60 * 1000,
        .withheld_urgent_ms = node->withheld_urgent_ms,
        .withheld_ms = node->withheld_ms,
        .zstd_level = 1,
        .zstd_level_thrifty = 1,
        .plant = node->plant | lt_engine_plants(),
    };

    node->epoch =
        node->epoch * 6364136223846793005u + 1442695040888963407u + index;
    options.epoch = node->epoch;
    options.seed = node->epoch ^ 77;
    memcpy(options.root_key, lt_key_public(net->nodes[0].key), LT_PUBKEY_LEN);
    memcpy(options.transport_key, node->curve, LT_CURVE_LEN);
    assert_null(node->engine);
    node->within = true;
    net->failed |= lt_engine_new(&options, &node->engine) != LT_OK ||
                   lt_effects_new(alloc, &node->effects) != LT_OK;
    node->within = false;
    if (net->failed) {
        return;
    }
    node->wake_ms = net->now.mono_ms;
    node->in_commit = false;
    load(node);
}

void net_stop(struct net *net, unsigned index)
{
    struct node *node = &net->nodes[index];
    size_t i;
    size_t n = 0;

    lt_engine_free(node->engine);
    lt_effects_free(node->effects);
    node->engine = NULL;
    node->effects = NULL;
    node->dirty = false;
    node->in_commit = false;
    for (i = 0; i < node->log_n; i++) {
        if (node->log[i].durable) {
            node->log[n++] = node->log[i];
        } else {
            free(node->log[i].bytes);
        }
    }
    node->log_n = n;
    for (i = 0; i < net->links_n; i++) {
        struct net_link *link = &net->links[i];

        if (link->child == index || link->parent == index) {
            /* What an engine had dialled ends with it. */
            bool redial = link->redial &&
                          !(link->around && link->child == index);

            net_disconnect(net, link->child, link->parent);
            link->redial = redial;
        }
    }
}

void net_restart(struct net *net, unsigned index)
{
    net_stop(net, index);
    net_start(net, index);
}

void net_lose_tail(struct net *net, unsigned index, size_t segments)
{
    struct node *node = &net->nodes[index];

    while (node->log_n > segments) {
        free(node->log[--node->log_n].bytes);
    }
}

void net_truncate(struct net *net, unsigned index, size_t segments)
{
    struct node *node = &net->nodes[index];

    net_lose_tail(net, index, segments);
    while (node->statements_n > 0) {
        free(node->statements[--node->statements_n].bytes);
    }
}

/* ---- keys and tree ---- */

void net_make_binding(struct net *net, unsigned issuer, unsigned subject,
                      struct lt_buf *out)
{
    const struct node *by = &net->nodes[issuer];
    const struct node *node = &net->nodes[subject];
    struct lt_binding binding;
    struct lt_buf body;

    memset(&binding, 0, sizeof(binding));
    binding.office = node->office;
    memcpy(binding.key, lt_key_public(node->key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, node->curve, LT_CURVE_LEN);
    binding.issuer = by->office;
    memcpy(binding.issuer_key_id, lt_key_id(by->key), LT_HASH_LEN);
    binding.serial = 1;
    binding.issued_at_ms = net->now.wall_ms;
    lt_buf_init(&body, lt_alloc_heap());
    assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    assert_int_equal(
        lt_binding_sign(by->key, body.data, body.len, binding.signature),
        LT_OK);
    assert_int_equal(
        lt_binding_prove(node->key, body.data, body.len, binding.proof), LT_OK);
    assert_int_equal(lt_binding_encode(&binding, out), LT_OK);
    lt_buf_deinit(&body);
}

static void give_binding(struct net *net, unsigned to, const uint8_t *bytes,
                         size_t len)
{
    struct lt_input input = {.kind = LT_IN_BINDING, .bytes = bytes, .len = len};

    net_input(net, to, &input);
    net_turn(net, to);
}

static unsigned new_node(struct net *net, int parent)
{
    unsigned index = net->nodes_n++;
    struct node *node = &net->nodes[index];
    uint8_t seed[32];

    assert_true(index < NODES_MAX);
    node->net = net;
    node->index = index;
    node->parent = parent;
    seed_bytes(node->office.bytes, LT_OFFICE_LEN, (uint8_t)(index + 1), 0x11);
    seed_bytes(node->curve, LT_CURVE_LEN, (uint8_t)(index + 1), 0x22);
    seed_bytes(seed, sizeof(seed), (uint8_t)(index + 1), 0x33);
    assert_int_equal(lt_key_from_seed(seed, &node->key), LT_OK);
    node->epoch = index + 1;
    node->urgent_per_hour = 60;
    node->window_max = 1024 * 1024;
    net_start(net, index);
    return index;
}

static void open_office(struct net *net, unsigned index, int parent)
{
    struct lt_event *event = calloc(1, sizeof(*event));
    struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_write_event one = {
        .event = event, .channels_n = 1, .channels = &channel};
    char name[32];

    assert_non_null(event);
    (void)snprintf(name, sizeof(name), "office %u", index);
    event->type = LT_EV_OFFICE_OPENED;
    event->recorded_at_ms = net->now.wall_ms;
    event->actor_role = 6;
    event->office.id = net->nodes[index].office;
    if (parent >= 0) {
        event->office.parent = net->nodes[parent].office;
    }
    event->office.name = (struct lt_text){name, strlen(name)};
    event->office.kind = (struct lt_text){"office", 6};
    assert_int_equal(net_write_events(net, 0, &one, 1), LT_OK);
    net_turn(net, 0);
    free(event);
}

/* The line's bindings for the newcomer, its own for its parent. */
static void bind_line(struct net *net, unsigned index, int parent)
{
    unsigned issuer = parent < 0 ? index : (unsigned)parent;
    struct lt_buf binding;
    size_t i;

    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(net, issuer, index, &binding);
    if (parent >= 0) {
        const struct node *above = &net->nodes[parent];

        for (i = 0; i < above->bindings_n; i++) {
            give_binding(net, index, above->bindings[i].bytes,
                         above->bindings[i].len);
        }
        give_binding(net, (unsigned)parent, binding.data, binding.len);
    }
    give_binding(net, index, binding.data, binding.len);
    lt_buf_deinit(&binding);
}

unsigned net_join(struct net *net, int parent)
{
    unsigned index = new_node(net, parent);

    if (parent < 0) {
        bind_line(net, index, parent);
        open_office(net, index, parent);
        return index;
    }
    open_office(net, index, parent);
    net_settle(net);
    bind_line(net, index, parent);
    net_settle(net);
    return index;
}

unsigned net_stranger(struct net *net, unsigned parent)
{
    unsigned index = new_node(net, (int)parent);

    bind_line(net, index, (int)parent);
    return index;
}

void net_admit(struct net *net, unsigned stranger)
{
    open_office(net, stranger, net->nodes[stranger].parent);
}

/* ---- sessions ---- */

uint64_t net_raw_session(struct net *net, unsigned index, enum lt_role role,
                         const struct lt_office *office,
                         const uint8_t curve[LT_CURVE_LEN])
{
    struct lt_input up = {.kind = LT_IN_SESSION_UP,
                          .session = net->next_session++,
                          .role = role,
                          .office = *office};

    memcpy(up.transport_key, curve, LT_CURVE_LEN);
    memset(up.nonce, 0x44, sizeof(up.nonce));
    memcpy(up.nonce, &up.session, sizeof(up.session));
    net_input(net, index, &up);
    net_turn(net, index);
    return up.session;
}

void net_inject(struct net *net, unsigned index, uint64_t session,
                const uint8_t *bytes, size_t len)
{
    struct lt_input input = {
        .kind = LT_IN_FRAME, .session = session, .bytes = bytes, .len = len};

    net_input(net, index, &input);
    net_turn(net, index);
}

void net_connect(struct net *net, unsigned child, unsigned parent)
{
    struct net_link *link = NULL;
    struct lt_input up = {.kind = LT_IN_SESSION_UP};
    unsigned i;

    for (i = 0; i < net->links_n; i++) {
        if (net->links[i].child == child && net->links[i].parent == parent) {
            link = &net->links[i];
        }
    }
    if (link == NULL) {
        assert_true(net->links_n < LINKS_MAX);
        link = &net->links[net->links_n++];
    }
    link->child = child;
    link->parent = parent;
    link->redial = true;
    if (net->nodes[child].engine == NULL || net->nodes[parent].engine == NULL) {
        link->dial_ms = net->now.mono_ms;
        return;
    }
    link->child_session = net->next_session++;
    link->parent_session = net->next_session++;
    link->up = true;

    up.session = link->parent_session;
    up.role = LT_ROLE_CHILD;
    up.office = net->nodes[child].office;
    memcpy(up.transport_key, net->nodes[child].curve, LT_CURVE_LEN);
    memset(up.nonce, 0x55, sizeof(up.nonce));
    memcpy(up.nonce, &up.session, sizeof(up.session));
    net_input(net, parent, &up);

    up.session = link->child_session;
    up.role = LT_ROLE_PARENT;
    up.office = net->nodes[parent].office;
    memcpy(up.transport_key, net->nodes[parent].curve, LT_CURVE_LEN);
    memcpy(up.nonce, &up.session, sizeof(up.session));
    net_input(net, child, &up);
}

void net_disconnect(struct net *net, unsigned child, unsigned parent)
{
    unsigned i;

    for (i = 0; i < net->links_n; i++) {
        struct net_link *link = &net->links[i];
        struct lt_input down = {.kind = LT_IN_SESSION_DOWN};
        size_t k;
        size_t n = 0;

        if (link->child != child || link->parent != parent) {
            continue;
        }
        link->redial = false;
        if (!link->up) {
            continue;
        }
        link->up = false;
        for (k = 0; k < net->frames_n; k++) {
            if (net->frames[k].session == link->child_session ||
                net->frames[k].session == link->parent_session) {
                free(net->frames[k].bytes);
            } else {
                net->frames[n++] = net->frames[k];
            }
        }
        net->frames_n = n;
        down.session = link->child_session;
        net_input(net, child, &down);
        down.session = link->parent_session;
        net_input(net, parent, &down);
    }
}

/* ---- looking ---- */

static bool find_alarm(const struct net *net, unsigned index, lt_err code,
                       bool names_keeper)
{
    const struct node *node = &net->nodes[index];
    size_t i;

    for (i = 0; i < node->alarms_n; i++) {
        if (node->alarms[i].code == code && node->alarms[i].stands &&
            (!names_keeper || node->alarms[i].names_keeper)) {
            return true;
        }
    }
    return false;
}

bool net_alarm(const struct net *net, unsigned index, lt_err code)
{
    return find_alarm(net, index, code, false);
}

bool net_alarm_names_keeper(const struct net *net, unsigned index, lt_err code)
{
    return find_alarm(net, index, code, true);
}

struct lt_link_view net_link_view(struct net *net, unsigned index,
                                  unsigned peer)
{
    struct lt_link_view views[LINKS_MAX];
    struct lt_link_view none;
    size_t n = lt_engine_links(net->nodes[index].engine, views, LINKS_MAX);
    size_t i;

    for (i = 0; i < n; i++) {
        if (lt_office_equal(&views[i].office, &net->nodes[peer].office)) {
            return views[i];
        }
    }
    memset(&none, 0, sizeof(none));
    return none;
}
