/* What the loop publishes for `explain`: copies, each array as long as it has
 * to be. What finds no memory is left out, and shows as not known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/daemon_internal.h"
#include "daemon/enrol/token_row.h"

static const struct lt_alloc *heap(void)
{
    return lt_alloc_heap();
}

/* One more item of an array that grows; NULL without memory. */
#define MORE(array, n, capacity)                                               \
    (lt_grow(heap(), (void **)&(array), &(capacity), (n), sizeof(*(array)))    \
         ? &(array)[(n)++]                                                     \
         : NULL)

static void put_bypass(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    struct lt_bypass_view view;

    lt_engine_bypass(daemon->engine, &view);
    facts->bypass =
        (struct lt_fact_bypass){.state = (enum lt_fact_around)view.state,
                                .why = (enum lt_fact_why)view.reason,
                                .parent = view.parent,
                                .target = view.target,
                                .since_ms = view.since_wall_ms,
                                .all_lanes = view.all_lanes};
}

/* ---- links ---- */

static void put_tried(const struct lt_daemon *daemon, struct lt_fact_link *link)
{
    const struct lt_history_row *row =
        lt_history_find(&daemon->history, &link->office);

    if (row == NULL) {
        return;
    }
    link->tried_n = row->tried_n;
    memcpy(link->tried, row->tried, row->tried_n * sizeof(row->tried[0]));
    if (link->session == LT_FACT_APART && row->down_ms != 0) {
        link->since_ms = row->down_ms;
    }
}

static enum lt_fact_session session_of(const struct lt_link_view *view)
{
    static const enum lt_fact_session sessions[] = {
        LT_FACT_GREETING, LT_FACT_UP, LT_FACT_STALLED};

    return view->state >= 0 && (size_t)view->state < LT_COUNT_OF(sessions)
               ? sessions[view->state]
               : LT_FACT_GREETING;
}

static struct lt_fact_link *add_link(struct lt_facts *facts,
                                     const struct lt_office *office,
                                     size_t *capacity)
{
    struct lt_fact_link *link = MORE(facts->links, facts->links_n, *capacity);

    if (link != NULL) {
        *link = (struct lt_fact_link){.office = *office,
                                      .since_ms = facts->started_ms};
    }
    return link;
}

static void put_session(struct lt_facts *facts, const struct lt_link_view *view,
                        size_t *capacity)
{
    struct lt_fact_link *link = add_link(facts, &view->office, capacity);

    if (link == NULL) {
        return;
    }
    link->session = session_of(view);
    link->peer_full = view->reason == LT_EFULL;
    link->since_ms = view->since_wall_ms;
    link->last_frame_ms = view->last_frame_wall_ms;
    link->last_ack_ms = view->last_ack_wall_ms;
    memcpy(link->waiting, view->waiting, sizeof(link->waiting));
}

/* By office; of several with one office the best session first. */
static int link_order(const void *a, const void *b)
{
    const struct lt_fact_link *left = a;
    const struct lt_fact_link *right = b;
    int order = lt_office_compare(&left->office, &right->office);

    return order != 0 ? order : (int)right->session - (int)left->session;
}

static void sort_links(struct lt_facts *facts)
{
    size_t n = 0;

    if (facts->links_n == 0) {
        return;
    }
    qsort(facts->links, facts->links_n, sizeof(*facts->links), link_order);
    for (size_t i = 0; i < facts->links_n; i++) {
        if (n == 0 || !lt_office_equal(&facts->links[n - 1].office,
                                       &facts->links[i].office)) {
            facts->links[n++] = facts->links[i];
        }
    }
    facts->links_n = n;
}

/* Where it is dialled, and when next. */
static void put_dial(const struct lt_daemon *daemon, struct lt_fact_link *link)
{
    const char *address = NULL;
    int64_t at_ms = 0;

    link->we_dial = true;
    if (daemon->link == NULL ||
        !lt_link_next_dial(daemon->link, &link->office, &at_ms, &address)) {
        return;
    }
    (void)snprintf(link->address, sizeof(link->address), "%.63s", address);
    if (link->session == LT_FACT_APART && at_ms != 0) {
        link->next_at_ms =
            daemon->now.wall_ms +
            (at_ms > daemon->now.mono_ms ? at_ms - daemon->now.mono_ms : 0);
    }
}

static void put_links(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    size_t n = lt_engine_sessions(daemon->engine);
    struct lt_link_view *views = lt_new_array(heap(), n + 1, sizeof(*views));
    size_t capacity = 0;

    n = views == NULL ? 0 : lt_engine_links(daemon->engine, views, n);
    for (size_t i = 0; i < n; i++) {
        put_session(facts, &views[i], &capacity);
    }
    lt_free(heap(), views);
    for (size_t i = 0; i < daemon->history.n; i++) {
        (void)add_link(facts, &daemon->history.rows[i].office, &capacity);
    }
    if (facts->has_superior) {
        (void)add_link(facts, &facts->superior, &capacity);
    }
    if (facts->bypass.state != LT_FACT_THROUGH) {
        (void)add_link(facts, &facts->bypass.target, &capacity);
    }
    sort_links(facts);
    for (size_t i = 0; i < facts->links_n; i++) {
        const struct lt_office *office = &facts->links[i].office;

        if ((facts->has_superior &&
             lt_office_equal(office, &facts->superior)) ||
            (facts->bypass.state != LT_FACT_THROUGH &&
             lt_office_equal(office, &facts->bypass.target))) {
            put_dial(daemon, &facts->links[i]);
        }
    }
    for (size_t i = 0; i < facts->links_n; i++) {
        put_tried(daemon, &facts->links[i]);
    }
}

/* ---- offices ---- */

static void put_offices(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    struct lt_office_insight seen;
    size_t capacity = 0;
    size_t held_capacity = 0;

    for (size_t i = 0; lt_engine_office_at(daemon->engine, i, &seen); i++) {
        struct lt_fact_office *office =
            MORE(facts->offices, facts->offices_n, capacity);

        if (office == NULL) {
            return;
        }
        *office =
            (struct lt_fact_office){.office = seen.office,
                                    .bound = seen.bound,
                                    .partner = seen.partner,
                                    .state = (enum lt_fact_state)seen.state,
                                    .since_ms = seen.since_wall_ms,
                                    .heard_ms = seen.heard_wall_ms,
                                    .said_ms = seen.said_wall_ms,
                                    .statement_id = seen.statement_id,
                                    .echo_id = seen.echo_id,
                                    .missing = seen.missing,
                                    .drain = (enum lt_fact_drain)lt_engine_drain(
                                        daemon->engine, &seen.office)};
        for (size_t k = 0; k < seen.held_n; k++) {
            struct lt_fact_held *held =
                MORE(facts->held, facts->held_n, held_capacity);

            if (held == NULL) {
                return;
            }
            *held = (struct lt_fact_held){.by = seen.office,
                                          .channel = seen.held[k].channel,
                                          .number = seen.held[k].number};
        }
    }
}

/* ---- streams ---- */

static void put_own(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    struct lt_tip_view tip;
    size_t capacity = 0;
    size_t cursor = 0;

    while (lt_engine_tip(daemon->engine, &cursor, &tip)) {
        struct lt_fact_own *own;

        if (!lt_office_equal(&tip.stream.origin, &facts->self)) {
            continue;
        }
        own = MORE(facts->own, facts->own_n, capacity);
        if (own == NULL) {
            return;
        }
        *own = (struct lt_fact_own){.channel = tip.stream.channel,
                                    .number = tip.tip.number};
    }
}

static void put_flows(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    struct lt_flow_view *views =
        lt_new_array(heap(), LT_FACT_FLOWS_MAX, sizeof(*views));
    size_t capacity = 0;
    size_t n = views == NULL
                   ? 0
                   : lt_engine_flows(daemon->engine, views, LT_FACT_FLOWS_MAX);

    facts->flows_cut = views == NULL || n == LT_FACT_FLOWS_MAX;
    for (size_t i = 0; i < n; i++) {
        struct lt_fact_flow *flow =
            MORE(facts->flows, facts->flows_n, capacity);

        if (flow == NULL) {
            facts->flows_cut = true;
            break;
        }
        *flow =
            (struct lt_fact_flow){.to = views[i].to,
                                  .stream = views[i].stream,
                                  .epoch = views[i].epoch,
                                  .acked = views[i].acked,
                                  .last = views[i].last,
                                  .held = views[i].held,
                                  .held_until_ms = views[i].held_until_wall_ms};
    }
    lt_free(heap(), views);
}

static void put_holds(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    struct lt_hold_view views[LT_FACT_HOLDS_MAX];
    size_t n = lt_engine_holds(daemon->engine, views, LT_FACT_HOLDS_MAX);

    facts->holds = lt_new_array(heap(), n + 1, sizeof(*facts->holds));
    facts->holds_n = facts->holds == NULL ? 0 : n;
    for (size_t i = 0; i < facts->holds_n; i++) {
        facts->holds[i] =
            (struct lt_fact_hold){.stream = views[i].stream,
                                  .reason = views[i].reason,
                                  .until_ms = views[i].until_wall_ms};
    }
}

/* ---- tokens and alarms ---- */

struct collecting {
    struct lt_daemon *daemon;
    size_t capacity;
};

static bool collect_token(void *ctx, const char *key, const void *value,
                          size_t len)
{
    struct collecting *collecting = ctx;
    struct lt_daemon *daemon = collecting->daemon;
    struct lt_token_row row;
    struct lt_fact_token *token;

    (void)key;
    if (lt_token_row_decode(value, len, &row) != LT_OK) {
        return true;
    }
    if (row.used_at_ms == 0 && daemon->tokens_n < LT_FACT_TOKENS_MAX) {
        token = MORE(daemon->tokens, daemon->tokens_n, collecting->capacity);
        if (token != NULL) {
            *token = (struct lt_fact_token){.office = row.office,
                                            .expires_ms = row.expires_at_ms};
            (void)snprintf(token->name, sizeof(token->name), "%s", row.name);
        }
    }
    lt_token_row_wipe(&row);
    return true;
}

/* Tokens are read from the log again only when one was made or used. */
static void put_tokens(struct lt_daemon *daemon, struct lt_facts *facts)
{
    struct collecting collecting = {.daemon = daemon};

    if (!daemon->tokens_known) {
        lt_free(heap(), daemon->tokens);
        daemon->tokens = NULL;
        daemon->tokens_n = 0;
        daemon->tokens_known =
            lt_log_each_meta(daemon->log, "token/", collect_token,
                             &collecting) == LT_OK;
    }
    if (daemon->tokens_n == 0) {
        return;
    }
    facts->tokens =
        lt_new_array(heap(), daemon->tokens_n, sizeof(*facts->tokens));
    if (facts->tokens != NULL) {
        facts->tokens_n = daemon->tokens_n;
        memcpy(facts->tokens, daemon->tokens,
               daemon->tokens_n * sizeof(*facts->tokens));
    }
}

static void put_alarms(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    facts->alarms =
        lt_new_array(heap(), daemon->alarms.n + 1, sizeof(*facts->alarms));
    facts->alarms_n = facts->alarms == NULL ? 0 : daemon->alarms.n;
    for (size_t i = 0; i < facts->alarms_n; i++) {
        const struct lt_alarm *alarm = &daemon->alarms.items[i];

        facts->alarms[i] = (struct lt_fact_alarm){.code = alarm->code,
                                                  .subject = alarm->subject,
                                                  .since_ms = alarm->since_ms,
                                                  .diag = alarm->diag};
    }
}

static void put_doors(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    struct lt_door_view view;
    size_t capacity = 0;
    size_t cursor = 0;

    facts->parent_shut = lt_engine_parent_shut(daemon->engine);
    while (facts->doors_n < LT_FACT_DOORS_MAX &&
           lt_engine_door_at(daemon->engine, &cursor, &view)) {
        struct lt_fact_door *door =
            MORE(facts->doors, facts->doors_n, capacity);

        if (door == NULL) {
            return;
        }
        *door = (struct lt_fact_door){.office = view.office,
                                      .by = view.by,
                                      .since_ms = view.since_wall_ms};
        (void)snprintf(door->doc_no, sizeof(door->doc_no), "%s", view.doc_no);
    }
}

static void put_couriers(const struct lt_daemon *daemon, struct lt_facts *facts)
{
    const struct lt_courier_past *past = &daemon->couriers;

    facts->couriers =
        lt_new_array(heap(), past->n + 1, sizeof(*facts->couriers));
    facts->couriers_n = facts->couriers == NULL ? 0 : past->n;
    for (size_t i = 0; i < facts->couriers_n; i++) {
        facts->couriers[i] = (struct lt_fact_courier){
            .office = past->items[i].office,
            .exported_ms = past->items[i].exported_ms,
            .imported_ms = past->items[i].imported_ms};
    }
}

struct lt_facts *lt_daemon_facts(struct lt_daemon *daemon,
                                 const struct lt_status *status)
{
    static const enum lt_fact_node nodes[] = {
        [LT_NODE_STARTING] = LT_FACT_STARTING,
        [LT_NODE_READY] = LT_FACT_READY,
        [LT_NODE_INTAKE_REFUSED] = LT_FACT_INTAKE_REFUSED,
        [LT_NODE_STOPPING] = LT_FACT_STOPPING};
    const struct lt_tree_office *root =
        lt_tree_root(lt_engine_tree(daemon->engine));
    struct lt_facts *facts = lt_new(heap(), sizeof(*facts));
    struct lt_receipt_view receipt;

    if (facts == NULL) {
        return NULL;
    }
    facts->at_ms = daemon->now.wall_ms;
    facts->self = status->office;
    facts->node = nodes[status->state];
    facts->node_reason = status->state_reason;
    facts->node_since_ms = daemon->state_since_ms;
    facts->started_ms = daemon->started_at_ms;
    facts->writes_tree = root != NULL && lt_office_equal(&root->id, &facts->self);
    facts->silent = lt_engine_silent(daemon->engine);
    facts->ended = lt_engine_ended(daemon->engine);
    facts->has_superior = status->has_superior;
    facts->superior = status->superior;
    facts->view_behind = status->view_behind_events;
    facts->view_behind_ms = status->view_behind_ms;
    memset(&receipt, 0, sizeof(receipt));
    lt_engine_receipt(daemon->engine, &receipt);
    facts->has_receipt = receipt.has_keeper && receipt.at_ms != 0;
    facts->keeper = receipt.keeper;
    facts->receipt_ms = receipt.at_ms;
    facts->not_receipted = receipt.missing_events;
    put_bypass(daemon, facts);
    put_links(daemon, facts);
    put_offices(daemon, facts);
    put_own(daemon, facts);
    put_flows(daemon, facts);
    put_holds(daemon, facts);
    put_tokens(daemon, facts);
    put_doors(daemon, facts);
    put_alarms(daemon, facts);
    put_couriers(daemon, facts);
    return facts;
}
