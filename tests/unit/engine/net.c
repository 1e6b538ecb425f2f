/* The order of a turn is that of daemon.c: step each input, flush, perform,
 * commit once, committed, perform. */
#include "tests/unit/engine/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS_MAX = 2000000 };

static void *grow(void *array, size_t *cap, size_t count, size_t size)
{
    void *grown = array;

    if (count < *cap) {
        return array;
    }
    *cap = *cap == 0 ? 16 : *cap * 2;
    grown = realloc(array, *cap * size);
    assert_non_null(grown);
    return grown;
}

static uint8_t *copy_of(const void *data, size_t len)
{
    uint8_t *copy = malloc(len + 1);

    assert_non_null(copy);
    if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

static struct lt_now now_at(const struct net *net, const struct node *node)
{
    struct lt_now now = net->now;

    now.wall_ms += node->clock_skew_ms;
    return now;
}

/* ---- log ---- */

static void log_add(struct held_segment **list, size_t *n, size_t *cap,
                    const struct lt_segment *segment)
{
    struct held_segment *held;

    *list = grow(*list, cap, *n, sizeof(**list));
    held = &(*list)[(*n)++];
    held->segment = *segment;
    held->durable = false;
    held->bytes = malloc(segment->payload_len + segment->parts_len + 1);
    assert_non_null(held->bytes);
    memcpy(held->bytes, segment->payload, segment->payload_len);
    held->segment.payload = held->bytes;
    if (segment->parts_len > 0) {
        memcpy(held->bytes + segment->payload_len, segment->parts,
               segment->parts_len);
        held->segment.parts = held->bytes + segment->payload_len;
    }
}

static bool log_has(const struct node *node, const struct lt_segment *segment)
{
    size_t i;

    for (i = 0; i < node->log_n; i++) {
        const struct lt_segment *held = &node->log[i].segment;

        if (held->epoch == segment->epoch && held->first == segment->first &&
            lt_stream_equal(&held->stream, &segment->stream)) {
            return memcmp(held->hash, segment->hash, LT_HASH_LEN) == 0;
        }
    }
    return false;
}

static void add_bytes(struct held_bytes **list, size_t *n, size_t *cap,
                      const uint8_t *bytes, size_t len)
{
    *list = grow(*list, cap, *n, sizeof(**list));
    (*list)[*n] = (struct held_bytes){.bytes = copy_of(bytes, len),
                                      .len = len};
    ++*n;
}

/* ---- wires ---- */

static struct net_link *link_of(struct net *net, unsigned node,
                                uint64_t session, unsigned *out_peer,
                                uint64_t *out_peer_session)
{
    unsigned i;

    for (i = 0; i < net->links_n; i++) {
        struct net_link *link = &net->links[i];

        if (link->child == node && link->child_session == session) {
            *out_peer = link->parent;
            *out_peer_session = link->parent_session;
            return link;
        }
        if (link->parent == node && link->parent_session == session) {
            *out_peer = link->child;
            *out_peer_session = link->child_session;
            return link;
        }
    }
    return NULL;
}

static void enqueue(struct net *net, unsigned from, unsigned to,
                    uint64_t session, const uint8_t *bytes, size_t len)
{
    int64_t at = net->now.mono_ms;

    if (net->bytes_per_s != 0) {
        int64_t *busy = &net->line_free_ms[from][to];

        if (*busy < at) {
            *busy = at;
        }
        *busy += (int64_t)(len * 1000 / net->bytes_per_s);
        at = *busy;
    }
    net->frames = grow(net->frames, &net->frames_cap, net->frames_n,
                       sizeof(*net->frames));
    net->frames[net->frames_n++] =
        (struct net_frame){.to = to,
                           .session = session,
                           .bytes = copy_of(bytes, len),
                           .len = len,
                           .at_ms = at + net->latency_ms};
}

static void send_frame(struct net *net, struct node *node,
                       const struct lt_effect *effect)
{
    uint8_t bytes[LT_FRAME_MAX + 64];
    size_t len = effect->len;
    unsigned peer;
    uint64_t session;
    struct net_link *link =
        link_of(net, node->index, effect->session, &peer, &session);

    assert_true(effect->len > 0 && effect->len <= LT_FRAME_MAX);
    if (effect->bytes[0] < 64) {
        node->sent[effect->bytes[0]]++;
    }
    node->sent_bytes += len;
    if (link == NULL || !link->up) {
        return;
    }
    memcpy(bytes, effect->bytes, len);
    if (net->filter != NULL &&
        !net->filter(net, node->index, peer, bytes, &len)) {
        return;
    }
    enqueue(net, node->index, peer, session, bytes, len);
    net->frames_sent++;
    if (net->dup_every != 0 && net->frames_sent % net->dup_every == 0) {
        enqueue(net, node->index, peer, session, bytes, len);
    }
}

static void drop_frames(struct net *net, uint64_t session)
{
    size_t i;
    size_t n = 0;

    for (i = 0; i < net->frames_n; i++) {
        if (net->frames[i].session == session) {
            free(net->frames[i].bytes);
        } else {
            net->frames[n++] = net->frames[i];
        }
    }
    net->frames_n = n;
}

/* The word with which one side closes is there before it hangs up. */
static void hear_bye(struct net *net, unsigned node, uint64_t session)
{
    for (size_t i = 0; i < net->frames_n; i++) {
        struct net_frame bye = net->frames[i];
        struct lt_input input = {.kind = LT_IN_FRAME,
                                 .session = session,
                                 .bytes = bye.bytes,
                                 .len = bye.len};

        if (bye.session == session && bye.to == node &&
            lt_frame_type(bye.bytes, bye.len) == LT_FRAME_BYE) {
            memmove(&net->frames[i], &net->frames[i + 1],
                    (--net->frames_n - i) * sizeof(bye));
            if (net->nodes[node].engine != NULL) {
                net_input(net, node, &input);
            }
            free(bye.bytes);
            return;
        }
    }
}

static void link_down(struct net *net, struct net_link *link, int silent)
{
    struct lt_input down = {.kind = LT_IN_SESSION_DOWN};

    if (!link->up) {
        return;
    }
    link->up = false;
    link->dial_ms = net->now.mono_ms + 1000;
    if (silent == (int)link->child) {
        hear_bye(net, link->parent, link->parent_session);
    } else if (silent == (int)link->parent) {
        hear_bye(net, link->child, link->child_session);
    }
    drop_frames(net, link->child_session);
    drop_frames(net, link->parent_session);
    if (silent != (int)link->child && net->nodes[link->child].engine != NULL) {
        down.session = link->child_session;
        net_input(net, link->child, &down);
    }
    if (silent != (int)link->parent &&
        net->nodes[link->parent].engine != NULL) {
        down.session = link->parent_session;
        net_input(net, link->parent, &down);
    }
}

/* ---- effects ---- */

/* The wiring dials another superior, where there is a way to it. */
static void dial(struct net *net, unsigned from,
                     const struct lt_office *office, bool begin)
{
    unsigned i;

    for (i = 0; i < net->nodes_n; i++) {
        if (lt_office_equal(&net->nodes[i].office, office)) {
            break;
        }
    }
    assert_true(i < net->nodes_n);
    net->dials += begin;
    if (!begin) {
        net_disconnect(net, from, i);
    } else if (!net->no_bypass) {
        net_connect(net, from, i);
        for (unsigned k = 0; k < net->links_n; k++) {
            net->links[k].around |=
                net->links[k].child == from && net->links[k].parent == i;
        }
    }
}

static bool names_keeper(const struct lt_diag *diag)
{
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, "keeper") == 0) {
            return true;
        }
    }
    return false;
}

static void note_alarm(struct node *node, const struct lt_effect *effect)
{
    size_t i;

    for (i = 0; i < node->alarms_n; i++) {
        if (node->alarms[i].code == effect->code &&
            lt_office_equal(&node->alarms[i].office, &effect->office)) {
            node->alarms[i].stands = effect->raise;
            node->alarms[i].names_keeper = names_keeper(&effect->diag);
            return;
        }
    }
    assert_true(node->alarms_n < ALARMS_MAX);
    node->alarms[node->alarms_n].code = effect->code;
    node->alarms[node->alarms_n].office = effect->office;
    node->alarms[node->alarms_n].names_keeper = names_keeper(&effect->diag);
    node->alarms[node->alarms_n++].stands = effect->raise;
}

static void read_log(struct net *net, struct node *node,
                     const struct lt_effect *effect)
{
    struct lt_segment found[512];
    struct lt_now now = now_at(net, node);
    uint64_t after = effect->after;
    size_t bytes = 0;
    size_t n = 0;
    size_t i;

    node->reads++;
    for (i = 0; i < node->log_n && n < LT_COUNT_OF(found) &&
                bytes < effect->max_bytes;
         i++) {
        const struct lt_segment *held = &node->log[i].segment;

        if (held->epoch == effect->epoch && held->first == after + 1 &&
            lt_stream_equal(&held->stream, &effect->stream)) {
            found[n++] = *held;
            bytes += held->payload_len + held->parts_len;
            after = lt_segment_last(held);
        }
    }
    node->within = true;
    node->rc = lt_engine_stored(node->engine, &now, effect, found, n,
                                node->effects);
    node->within = false;
    net->failed |= node->rc == LT_ENOMEM;
}

static void keep_statement(struct node *node, const struct lt_effect *effect)
{
    size_t i;

    for (i = 0; i < node->statements_n; i++) {
        struct held_bytes *held = &node->statements[i];

        if (lt_office_equal(&held->from, &effect->office) &&
            lt_office_equal(&held->to, &effect->to)) {
            free(held->bytes);
            held->bytes = copy_of(effect->bytes, effect->len);
            held->len = effect->len;
            return;
        }
    }
    add_bytes(&node->statements, &node->statements_n, &node->statements_cap,
              effect->bytes, effect->len);
    node->statements[node->statements_n - 1].from = effect->office;
    node->statements[node->statements_n - 1].to = effect->to;
}

static void mend(struct net *net, struct node *node,
                 const struct lt_effect *effect)
{
    struct lt_now now = now_at(net, node);

    node->mends++;
    node->mend_proven = effect->raise;
    node->mend_parts_len = effect->segment.parts_len;
    memcpy(node->mend_hash, effect->segment.hash, LT_HASH_LEN);
    node->within = true;
    node->rc = lt_engine_mended(node->engine, &now, effect,
                                node->mends_none   ? LT_MEND_NOTHING
                                : node->mends_some ? LT_MEND_SOME
                                                   : LT_MEND_WHOLE,
                                node->effects);
    node->within = false;
    net->failed |= node->rc == LT_ENOMEM;
}

static void perform_one(struct net *net, struct node *node,
                        const struct lt_effect *effect)
{
    struct net_link *link;
    unsigned peer;
    uint64_t session;

    if (net->watch != NULL &&
        (effect->kind == LT_FX_SEND || effect->kind == LT_FX_CLOSE)) {
        net->watch(net, node->index, effect->session, effect,
                   net->watch_ctx);
    }
    switch (effect->kind) {
    case LT_FX_SEND:
        send_frame(net, node, effect);
        break;
    case LT_FX_CLOSE:
        node->closes++;
        link = link_of(net, node->index, effect->session, &peer, &session);
        if (link != NULL) {
            /* What was sent before (a bye) still arrives. */
            link_down(net, link, (int)node->index);
        }
        break;
    case LT_FX_STORE_SEGMENT:
        if (!log_has(node, &effect->segment)) {
            log_add(&node->log, &node->log_n, &node->log_cap,
                    &effect->segment);
        } else {
            node->stored_twice++;
        }
        node->dirty = true;
        break;
    case LT_FX_STORE_EVIDENCE:
        log_add(&node->evidence, &node->evidence_n, &node->evidence_cap,
                &effect->segment);
        node->dirty = true;
        break;
    case LT_FX_STORE_BINDING:
        add_bytes(&node->bindings, &node->bindings_n, &node->bindings_cap,
                  effect->bytes, effect->len);
        node->dirty = true;
        break;
    case LT_FX_STORE_STATEMENT:
        keep_statement(node, effect);
        break;
    case LT_FX_READ:
        read_log(net, node, effect);
        break;
    case LT_FX_ALARM:
        note_alarm(node, effect);
        break;
    case LT_FX_WAKE:
        if (effect->at_ms < node->wake_ms) { /* the earliest counts */
            node->wake_ms = effect->at_ms;
        }
        break;
    case LT_FX_MEND:
        mend(net, node, effect);
        break;
    case LT_FX_UNMENDED:
        node->unmended++;
        break;
    case LT_FX_DIAL:
        dial(net, node->index, &effect->office, true);
        break;
    case LT_FX_HANG_UP:
        dial(net, node->index, &effect->office, false);
        break;
    case LT_FX_NOTE:
        assert_in_range(-effect->code, 0, LT_COUNT_OF(node->noted) - 1);
        node->noted[-effect->code]++;
        break;
    case LT_FX_PEERS:
        break;
    }
}

static void perform(struct net *net, struct node *node)
{
    size_t i;

    for (i = 0; i < lt_effects_count(node->effects); i++) {
        perform_one(net, node, lt_effects_at(node->effects, i));
    }
    lt_effects_reset(node->effects);
}

/* What an engine without memory says is not done: its process ends. */
static void perform_unless_failed(struct net *net, struct node *node)
{
    net->failed |= node->rc == LT_ENOMEM;
    if (!net->failed) {
        perform(net, node);
    }
}

static void after_commit(struct net *net, struct node *node)
{
    struct lt_now now = now_at(net, node);
    size_t i;

    node->commits += node->dirty;
    node->dirty = false;
    for (i = 0; i < node->log_n; i++) {
        node->log[i].durable = true;
    }
    node->bindings_durable_n = node->bindings_n;
    node->within = true;
    node->rc = lt_engine_committed(node->engine, &now, node->effects);
    node->within = false;
    perform_unless_failed(net, node);
}

static void forget_volatile(struct node *node)
{
    size_t i;
    size_t n = 0;

    for (i = 0; i < node->log_n; i++) {
        if (node->log[i].durable) {
            node->log[n++] = node->log[i];
        } else {
            free(node->log[i].bytes);
        }
    }
    node->log_n = n;
    while (node->bindings_n > node->bindings_durable_n) {
        free(node->bindings[--node->bindings_n].bytes);
    }
    node->dirty = false;
}

static void finish_turn(struct net *net, struct node *node)
{
    struct lt_now now = now_at(net, node);

    node->within = true;
    node->rc = lt_engine_flush(node->engine, &now, node->effects);
    node->within = false;
    perform_unless_failed(net, node);
    if (net->failed) {
        return;
    }
    if (node->dirty && node->commit_held) {
        node->in_commit = true;
        return;
    }
    if (node->dirty && node->commit_fails) {
        forget_volatile(node);
        node->within = true;
        node->rc = lt_engine_rolled_back(node->engine, &now, node->effects);
        node->within = false;
        perform_unless_failed(net, node);
        return;
    }
    after_commit(net, node);
}

void net_release_commit(struct net *net, unsigned index)
{
    struct node *node = &net->nodes[index];

    node->commit_held = false;
    if (node->in_commit) {
        node->in_commit = false;
        after_commit(net, node);
    }
}

void net_input(struct net *net, unsigned index, const struct lt_input *input)
{
    struct node *node = &net->nodes[index];
    struct lt_now now = now_at(net, node);

    if (node->engine == NULL || net->failed) {
        return;
    }
    node->within = true;
    node->rc = lt_engine_step(node->engine, &now, input, node->effects, NULL);
    node->within = false;
    net->failed |= node->rc == LT_ENOMEM;
}

void net_turn(struct net *net, unsigned index)
{
    if (net->nodes[index].engine != NULL && !net->failed) {
        finish_turn(net, &net->nodes[index]);
    }
}

/* ---- running ---- */

/* All that is due for one node, then its turn. False: nothing was. */
static bool deliver(struct net *net, unsigned index)
{
    struct node *node = &net->nodes[index];
    struct lt_input tick = {.kind = LT_IN_TICK};
    size_t kept = 0;
    size_t n = net->frames_n;
    bool any = false;
    size_t i;

    if (node->engine == NULL || node->in_commit || net->failed) {
        return false;
    }
    for (i = 0; i < n; i++) {
        struct net_frame frame = net->frames[i];
        struct lt_input input = {.kind = LT_IN_FRAME,
                                 .session = frame.session,
                                 .bytes = frame.bytes,
                                 .len = frame.len};

        if (frame.to != index || frame.at_ms > net->now.mono_ms) {
            net->frames[kept++] = frame;
            continue;
        }
        net_input(net, index, &input);
        free(frame.bytes);
        any = true;
    }
    net->frames_n = kept;
    if (node->wake_ms <= net->now.mono_ms) {
        node->wake_ms = INT64_MAX;
        net_input(net, index, &tick);
        any = true;
    }
    if (any || lt_effects_count(node->effects) > 0) {
        net_turn(net, index);
        any = true;
    }
    /* Without a timer a silent link would never be noticed. */
    assert_true(net->failed || node->in_commit || node->wake_ms != INT64_MAX);
    return any;
}

static void dial_again(struct net *net)
{
    unsigned i;

    for (i = 0; i < net->links_n; i++) {
        struct net_link *link = &net->links[i];

        if (!link->up && link->redial && link->dial_ms <= net->now.mono_ms &&
            net->nodes[link->child].engine != NULL &&
            net->nodes[link->parent].engine != NULL) {
            net_connect(net, link->child, link->parent);
        }
    }
}

void net_settle(struct net *net)
{
    bool any = true;
    unsigned turns = 0;
    unsigned i;

    while (any && !net->failed) {
        any = false;
        dial_again(net);
        for (i = 0; i < net->nodes_n; i++) {
            any |= deliver(net, i);
        }
        assert_true(++turns < TURNS_MAX);
    }
}

static int64_t next_ms(const struct net *net)
{
    int64_t next = INT64_MAX;
    size_t i;

    for (i = 0; i < net->nodes_n; i++) {
        const struct node *node = &net->nodes[i];

        if (node->engine != NULL && !node->in_commit && node->wake_ms < next) {
            next = node->wake_ms;
        }
    }
    for (i = 0; i < net->frames_n; i++) {
        const struct node *node = &net->nodes[net->frames[i].to];

        if (net->frames[i].at_ms < next && node->engine != NULL &&
            !node->in_commit) {
            next = net->frames[i].at_ms;
        }
    }
    for (i = 0; i < net->links_n; i++) {
        const struct net_link *link = &net->links[i];

        /* One that has stopped is dialled again once it has started. */
        if (!link->up && link->redial && link->dial_ms < next &&
            net->nodes[link->child].engine != NULL &&
            net->nodes[link->parent].engine != NULL) {
            next = link->dial_ms;
        }
    }
    return next;
}

void net_run(struct net *net, int64_t ms)
{
    int64_t end = net->now.mono_ms + ms;

    net_settle(net);
    while (!net->failed) {
        int64_t next = next_ms(net);

        if (next > end) {
            break;
        }
        if (next <= net->now.mono_ms) {
            next = net->now.mono_ms + 1;
        }
        net->now.wall_ms += next - net->now.mono_ms;
        net->now.mono_ms = next;
        net_settle(net);
    }
    if (net->now.mono_ms < end) {
        net->now.wall_ms += end - net->now.mono_ms;
        net->now.mono_ms = end;
    }
    net_settle(net);
}

void net_four_tiers(struct net *net, unsigned beside)
{
    enum { LOWEST = 3, BESIDE };

    net_init(net);
    for (unsigned i = 0; i <= LOWEST; i++) {
        (void)net_join(net, (int)i - 1);
    }
    (void)net_join(net, (int)beside);
    for (unsigned i = 1; i <= LOWEST; i++) {
        net_connect(net, i, i - 1);
    }
    net_connect(net, BESIDE, beside);
    net_run(net, 5000);
}
