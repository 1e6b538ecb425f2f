/* Offices. The nearest cause counts: what is wrong here, then the link, then
 * what holds back or is held back, then what its words show, then alarms. */
#include <stdio.h>
#include <string.h>

#include "common/named.h"
#include "daemon/explain/explain.h"

enum {
    QUIET_MS = 25 * 1000,  /* a live session says something every 10 s */
    BEHIND_MS = 60 * 1000, /* a backlog for a moment is everyday life */
    HUNG_MS = 10 * 1000,   /* the loop publishes at least every 2 s */
    VIEW_MS = 60 * 1000
};

static void begin_args(const struct lt_asking *asking, struct lt_diag *args,
                       const struct lt_office *office, int64_t since_ms)
{
    (void)lt_diag_set(args, LT_OK);
    lt_explain_arg_office(asking, args, "office", office);
    lt_explain_arg_time(asking, args, "since", since_ms);
}

/* ---- alarms ---- */

static const struct lt_fact_alarm *worst_alarm(const struct lt_facts *facts,
                                               const struct lt_office *office)
{
    const struct lt_fact_alarm *worst = NULL;
    bool self = lt_office_equal(office, &facts->self);

    for (size_t i = 0; i < facts->alarms_n; i++) {
        const struct lt_fact_alarm *alarm = &facts->alarms[i];

        if ((lt_office_equal(&alarm->subject, office) ||
             (self && lt_office_is_zero(&alarm->subject))) &&
            lt_err_exit(alarm->code) != 0 && /* else it only tells */
            (worst == NULL ||
             lt_err_severity(alarm->code) > lt_err_severity(worst->code))) {
            worst = alarm;
        }
    }
    return worst;
}

static bool stands(const struct lt_facts *facts, lt_err code,
                   const struct lt_office *office)
{
    for (size_t i = 0; i < facts->alarms_n; i++) {
        if (facts->alarms[i].code == code &&
            lt_office_equal(&facts->alarms[i].subject, office)) {
            return true;
        }
    }
    return false;
}

static bool say_alarm(const struct lt_asking *asking,
                      const struct lt_office *office,
                      struct lt_explanation *out)
{
    const struct lt_fact_alarm *alarm = worst_alarm(asking->facts, office);
    size_t len = strlen(out->text);
    struct lt_diag named;

    if (alarm == NULL) {
        return false;
    }
    out->moving = LT_MOVING_NO;
    out->code = lt_err_word(alarm->code);
    out->since_ms = alarm->since_ms;
    out->where = *office;
    lt_named_text(asking->tree, &alarm->diag, &named);
    (void)lt_message_bare(asking->lang, &named, out->text + len,
                          sizeof(out->text) - len);
    lt_named_remedy(asking->tree, &alarm->diag, &named);
    (void)lt_message_remedy(asking->lang, &named, out->remedy,
                            sizeof(out->remedy));
    return true;
}

/* ---- links ---- */

static const struct lt_tried *newest(const struct lt_fact_link *link)
{
    const struct lt_tried *found = NULL;

    for (size_t i = 0; i < link->tried_n; i++) {
        const struct lt_tried *tried = &link->tried[i];

        if (tried->result != LT_TRIED_CONNECTED &&
            (found == NULL || tried->last_ms >= found->last_ms)) {
            found = tried;
        }
    }
    return found;
}

static const char *dial_code(const struct lt_asking *asking,
                             const struct lt_fact_link *link,
                             const struct lt_tried *last)
{
    static const char *const codes[LT_TRIED_RESULTS] = {
        [LT_TRIED_REFUSED] = "link_refused",
        [LT_TRIED_NO_ROUTE] = "link_no_route",
        [LT_TRIED_TIMED_OUT] = "link_timed_out",
        [LT_TRIED_NAME_UNKNOWN] = "link_name_unknown",
        [LT_TRIED_HANDSHAKE_SLOW] = "link_handshake_slow",
        [LT_TRIED_HANDSHAKE_ENDED] = "link_handshake_ended",
        [LT_TRIED_NOT_OURS] = "link_not_ours",
        [LT_TRIED_HELLO_REFUSED] = "link_hello_refused",
        [LT_TRIED_KEY_UNKNOWN] = "link_key_unknown",
        [LT_TRIED_NO_PROGRESS] = "link_no_progress",
    };

    if (last == NULL || last->result >= LT_TRIED_RESULTS ||
        codes[last->result] == NULL) {
        return "link_down";
    }
    if (last->result == LT_TRIED_HANDSHAKE_ENDED &&
        stands(asking->facts, LT_EUNKNOWNKEY, &link->office)) {
        return "link_key_unknown";
    }
    return codes[last->result];
}

/* One that we dial and that is not there. */
static void say_dialled(const struct lt_asking *asking,
                        const struct lt_fact_link *link,
                        struct lt_explanation *out)
{
    const struct lt_tried *last = newest(link);
    struct lt_diag args;
    uint64_t unheld;

    begin_args(asking, &args, &link->office, link->since_ms);
    if (last != NULL && last->address[0] != '\0') {
        lt_diag_arg(&args, "address", "%s", last->address);
    } else if (link->address[0] != '\0') {
        lt_diag_arg(&args, "address", "%s", link->address);
    }
    lt_explain_arg_time(asking, &args, "next", link->next_at_ms);
    if (last != NULL && last->times > 1) {
        lt_diag_arg(&args, "count", "%u", (unsigned)last->times);
    }
    out->next_at_ms = link->next_at_ms;
    lt_explain_say(asking, out, LT_MOVING_NO, dial_code(asking, link, last),
                   &args);
    if (lt_facts_unheld(asking->facts, &link->office, LT_LANES, &unheld) &&
        unheld > 0) {
        (void)lt_diag_set(&args, LT_OK);
        lt_diag_arg(&args, "count", "%llu", (unsigned long long)unheld);
        lt_explain_add(asking, out, "unsent", &args);
    }
}

/* One that should dial us. */
static void say_absent(const struct lt_asking *asking,
                       const struct lt_fact_link *link,
                       const struct lt_office *office,
                       struct lt_explanation *out)
{
    const struct lt_tried *last = link == NULL ? NULL : newest(link);
    const char *code =
        link == NULL || link->tried_n == 0 ? "child_not_seen" : "child_silent";
    struct lt_diag args;
    char word[64];

    begin_args(asking, &args, office, out->since_ms);
    lt_explain_arg_office(asking, &args, "here", &asking->facts->self);
    if (last != NULL) {
        (void)snprintf(word, sizeof(word), "ui_tried_%s",
                       lt_tried_result_word(last->result));
        lt_diag_arg(&args, "ended", "%s", lt_ui(asking->lang, word));
    }
    lt_explain_say(asking, out, LT_MOVING_NO, code, &args);
}

/* A door between this office and @office that is shut: *out says so. */
static bool is_shut(const struct lt_asking *asking,
                    const struct lt_fact_link *link,
                    const struct lt_office *office, struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    bool above = facts->parent_shut && facts->has_superior &&
                 lt_office_equal(office, &facts->superior);
    const struct lt_fact_door *door =
        lt_facts_door(facts, above ? &facts->self : office);
    struct lt_diag args;

    if (!above && (door == NULL || !lt_office_equal(&door->by, &facts->self))) {
        return false;
    }
    out->since_ms = door != NULL   ? door->since_ms
                    : link != NULL ? link->since_ms
                                   : 0;
    begin_args(asking, &args, office, out->since_ms);
    if (door != NULL && door->doc_no[0] != '\0') {
        lt_diag_arg(&args, "doc", "%s", door->doc_no);
    }
    lt_explain_say(asking, out, LT_MOVING_NO,
                   above ? "parent_door_shut" : "own_door_shut", &args);
    return true;
}

/* Does the link move? False: *out says why not. */
static bool link_moves(const struct lt_asking *asking,
                       const struct lt_office *office,
                       struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    const struct lt_fact_link *link = lt_facts_link(facts, office);
    struct lt_diag args;

    out->where = *office;
    if (link == NULL || link->session == LT_FACT_APART ||
        link->session == LT_FACT_GREETING) {
        out->since_ms = link == NULL ? facts->started_ms : link->since_ms;
        if (link != NULL) {
            out->tried = link->tried;
            out->tried_n = link->tried_n;
        }
        if (is_shut(asking, link, office, out)) {
            return false;
        }
        if (link != NULL && link->we_dial) {
            say_dialled(asking, link, out);
        } else {
            say_absent(asking, link, office, out);
        }
        return false;
    }
    out->tried = link->tried;
    out->tried_n = link->tried_n;
    if (link->session == LT_FACT_STALLED ||
        asking->now_ms - link->last_frame_ms >= QUIET_MS) {
        out->since_ms =
            link->last_ack_ms > link->last_frame_ms || link->last_ack_ms == 0
                ? link->last_frame_ms
                : link->last_ack_ms;
        begin_args(asking, &args, office, out->since_ms);
        lt_diag_arg(&args, "count", "%llu",
                    (unsigned long long)(link->waiting[LT_LANE_URGENT] +
                                         link->waiting[LT_LANE_NORMAL] +
                                         link->waiting[LT_LANE_BULK]));
        lt_explain_say(asking, out, LT_MOVING_NO,
                       link->peer_full ? "peer_disk_full" : "link_stalled",
                       &args);
        return false;
    }
    out->where = (struct lt_office){{0}};
    return true;
}

/* ---- what is held back ---- */

static void say_held(const struct lt_asking *asking, const struct lt_office *by,
                     lt_err reason, int64_t until_ms,
                     struct lt_explanation *out)
{
    struct lt_diag why = {.code = reason};
    struct lt_diag args;
    char text[LT_DIAG_VALUE_MAX];

    (void)lt_message_bare(asking->lang, &why, text, sizeof(text));
    begin_args(asking, &args, by, 0);
    lt_diag_arg(&args, "reason", "%s", text);
    lt_explain_arg_time(asking, &args, "until", until_ms);
    out->next_at_ms = until_ms;
    lt_explain_say(asking, out, LT_MOVING_NO, "held_back", &args);
}

static bool holds_back(const struct lt_asking *asking,
                       const struct lt_office *office,
                       struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;

    for (size_t i = 0; i < facts->flows_n; i++) {
        const struct lt_fact_flow *flow = &facts->flows[i];

        if (flow->held != LT_OK && flow->held != LT_ANOTFOLLOWED &&
            lt_office_equal(&flow->to, office)) {
            say_held(asking, office, flow->held, flow->held_until_ms, out);
            return true;
        }
    }
    for (size_t i = 0; i < facts->holds_n; i++) {
        const struct lt_fact_hold *hold = &facts->holds[i];

        if (hold->until_ms == 0 && hold->reason != LT_ANOTFOLLOWED &&
            lt_office_equal(&hold->stream.origin, office)) {
            say_held(asking, &facts->self, hold->reason, 0, out);
            return true;
        }
    }
    return false;
}

/* ---- its words ---- */

/* On the way to @office the one that was heard of lately, nearest to it. */
static bool near_office(const struct lt_asking *asking,
                        const struct lt_office *office,
                        struct lt_office *out_near)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n = lt_tree_superiors(asking->tree, office, line);

    for (size_t i = 0; i < n && i < LT_TREE_DEPTH_MAX; i++) {
        const struct lt_fact_office *fact =
            lt_facts_office(asking->facts, &line[i]);

        if (lt_office_equal(&line[i], &asking->facts->self)) {
            return false;
        }
        if (fact != NULL && fact->heard_ms != 0 &&
            asking->now_ms - fact->heard_ms < LT_EXPLAIN_LATE_MS) {
            *out_near = line[i];
            return true;
        }
    }
    return false;
}

static bool words_move(const struct lt_asking *asking,
                       const struct lt_office *office, bool neighbour,
                       struct lt_explanation *out)
{
    const struct lt_fact_office *fact = lt_facts_office(asking->facts, office);
    int64_t heard;
    struct lt_office near;
    struct lt_diag args;

    if (fact == NULL || !fact->partner) {
        return true;
    }
    heard = fact->heard_ms != 0 ? fact->heard_ms : asking->facts->started_ms;
    begin_args(asking, &args, office, fact->since_ms);
    out->where = *office;
    if (fact->state == LT_FACT_WITHHELD && lt_explain_keeps_back(asking, office)) {
        out->since_ms = fact->since_ms;
        lt_explain_say(asking, out, LT_MOVING_NO, "parent_withholds", &args);
        return false;
    }
    if (fact->state == LT_FACT_WITHHELD ||
        (fact->state == LT_FACT_BEHIND &&
         asking->now_ms - fact->since_ms >= BEHIND_MS)) {
        out->since_ms = fact->since_ms;
        lt_diag_arg(&args, "count", "%llu", (unsigned long long)fact->missing);
        lt_explain_say(asking, out, LT_MOVING_NO,
                       fact->state == LT_FACT_WITHHELD ? "withheld" : "behind",
                       &args);
        return false;
    }
    if (!neighbour && asking->now_ms - heard >= LT_EXPLAIN_LATE_MS) {
        out->since_ms = heard;
        begin_args(asking, &args, office, heard);
        if (near_office(asking, office, &near)) {
            lt_explain_arg_office(asking, &args, "near", &near);
            out->where = near;
        }
        lt_explain_say(asking, out, LT_MOVING_NO, "no_word", &args);
        return false;
    }
    out->where = (struct lt_office){{0}};
    return true;
}

/* ---- this office ---- */

static bool hangs(const struct lt_asking *asking, struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    struct lt_diag args;

    if (asking->now_ms - facts->at_ms < HUNG_MS) {
        return false;
    }
    out->since_ms = facts->at_ms;
    begin_args(asking, &args, &facts->self, facts->at_ms);
    lt_explain_say(asking, out, LT_MOVING_NO, "not_turning", &args);
    return true;
}

static bool node_moves(const struct lt_asking *asking,
                       struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    struct lt_diag args;
    struct lt_diag why = {.code = facts->node_reason};
    char text[LT_DIAG_VALUE_MAX];

    out->where = facts->self;
    out->since_ms = facts->node_since_ms;
    begin_args(asking, &args, &facts->self, out->since_ms);
    switch (facts->node) {
    case LT_FACT_STARTING:
        lt_explain_say(asking, out, LT_MOVING_NO, "starting", &args);
        return false;
    case LT_FACT_STOPPING:
        lt_explain_say(asking, out, LT_MOVING_NO, "stopping", &args);
        return false;
    case LT_FACT_INTAKE_REFUSED:
        (void)lt_message_bare(asking->lang, &why, text, sizeof(text));
        lt_diag_arg(&args, "reason", "%s", text);
        lt_explain_say(asking, out, LT_MOVING_NO, "intake_refused", &args);
        return false;
    case LT_FACT_READY:
        break;
    }
    out->since_ms = 0;
    out->where = (struct lt_office){{0}};
    return true;
}

/* ---- closed offices ---- */

/* What the office that is closed says of itself; @moves: what it has goes on
 * its way. False: there is nothing to say, or something else comes first. */
static bool say_self_closed(const struct lt_asking *asking, bool moves,
                            struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    const struct lt_tree_office *self =
        asking->tree == NULL ? NULL : lt_tree_find(asking->tree, &facts->self);
    struct lt_office heir;
    struct lt_diag args;
    bool early = facts->ended && !facts->silent;

    if (self == NULL || self->closed_version == 0 ||
        (!facts->ended && !moves)) {
        return false;
    }
    out->since_ms = self->closed_ms;
    heir = lt_tree_heir(asking->tree, &facts->self);
    begin_args(asking, &args, &facts->self, self->closed_ms);
    lt_explain_arg_office(asking, &args, "heir", &heir);
    lt_explain_say(asking, out, early ? LT_MOVING_NO : LT_MOVING_YES,
                   early           ? "self_closed_early"
                   : facts->ended  ? "self_closed_over"
                   : facts->silent ? "self_closed_waits"
                                   : "self_closed",
                   &args);
    return true;
}

/* Its heir; and whether its key still counts, and why. */
static void say_closed(const struct lt_asking *asking,
                       const struct lt_tree_office *office,
                       struct lt_explanation *out)
{
    const struct lt_fact_office *fact =
        lt_facts_office(asking->facts, &office->id);
    enum lt_fact_drain drain = fact == NULL ? LT_FACT_NO_MACHINE : fact->drain;
    struct lt_office heir = lt_tree_heir(asking->tree, &office->id);
    bool waits = asking->facts->writes_tree &&
                 (drain == LT_FACT_UNSAID || drain == LT_FACT_MISSING);
    struct lt_diag args;

    begin_args(asking, &args, &office->id, office->closed_ms);
    lt_explain_arg_office(asking, &args, "heir", &heir);
    out->since_ms = office->closed_ms;
    if (waits) {
        out->where = office->id;
        lt_explain_arg_time(asking, &args, "said", fact->said_ms);
        if (fact->missing > 0) {
            lt_diag_arg(&args, "count", "%llu",
                        (unsigned long long)fact->missing);
        }
    }
    lt_explain_say(asking, out, waits ? LT_MOVING_NO : LT_MOVING_YES,
                   waits                        ? "closed_waits"
                   : drain == LT_FACT_KEY_ENDED ? "closed_over"
                                                : "closed",
                   &args);
}

/* ---- this office, all of it ---- */

static void explain_self(const struct lt_asking *asking,
                         struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    struct lt_diag args;

    if (!node_moves(asking, out) || say_self_closed(asking, false, out) ||
        say_alarm(asking, &facts->self, out) ||
        (facts->has_superior && !link_moves(asking, &facts->superior, out))) {
        return;
    }
    if (facts->view_behind > 0 && facts->view_behind_ms >= VIEW_MS) {
        out->where = facts->self;
        out->since_ms = asking->now_ms - facts->view_behind_ms;
        begin_args(asking, &args, &facts->self, out->since_ms);
        lt_explain_say(asking, out, LT_MOVING_NO, "view_behind", &args);
        return;
    }
    if (!say_self_closed(asking, true, out)) {
        begin_args(asking, &args, &facts->self, 0);
        lt_explain_say(asking, out, LT_MOVING_YES, "moving", &args);
    }
    if (facts->has_receipt && facts->not_receipted == 0) {
        (void)lt_diag_set(&args, LT_OK);
        lt_explain_arg_office(asking, &args, "office", &facts->keeper);
        lt_explain_arg_time(asking, &args, "at", facts->receipt_ms);
        lt_explain_add(asking, out, "keeper_has_all", &args);
    }
}

/* ---- others ---- */

/* The neighbour that lies on the way; false: none does. */
static bool way_to(const struct lt_asking *asking,
                   const struct lt_office *office, struct lt_office *out_hop)
{
    const struct lt_facts *facts = asking->facts;
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n;

    if (lt_explain_way_around(asking, office, out_hop)) {
        return true;
    }
    if (facts->has_superior &&
        (lt_office_equal(office, &facts->superior) ||
         (asking->tree != NULL &&
          lt_tree_above(asking->tree, office, &facts->self)))) {
        *out_hop = facts->superior;
        return true;
    }
    if (asking->tree == NULL) {
        return false;
    }
    *out_hop = *office;
    n = lt_tree_superiors(asking->tree, office, line);
    for (size_t i = 0; i < n && i < LT_TREE_DEPTH_MAX; i++) {
        if (lt_office_equal(&line[i], &facts->self)) {
            return true;
        }
        *out_hop = line[i];
    }
    return false;
}

static bool has_joined(const struct lt_asking *asking,
                       const struct lt_office *office,
                       struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    const struct lt_fact_office *fact = lt_facts_office(facts, office);
    const struct lt_fact_token *token = lt_facts_token(facts, office);
    const struct lt_tree_office *known =
        asking->tree == NULL ? NULL : lt_tree_find(asking->tree, office);
    struct lt_diag args;

    if ((fact != NULL && fact->bound) ||
        (token == NULL &&
         (known == NULL || lt_facts_link(facts, office) != NULL))) {
        return true;
    }
    begin_args(asking, &args, office, 0);
    out->where = *office;
    if (token == NULL) {
        lt_explain_arg_office(asking, &args, "parent", &known->parent);
        lt_explain_say(asking, out, LT_MOVING_NO, "not_enrolled_here", &args);
        return false;
    }
    lt_explain_arg_time(asking, &args, "expires", token->expires_ms);
    lt_explain_say(asking, out, LT_MOVING_NO,
                   token->expires_ms <= asking->now_ms ? "token_expired"
                                                       : "not_enrolled",
                   &args);
    return false;
}

/* Closed, or moved away from below us: said first, since neither is a fault. */
static bool is_elsewhere(const struct lt_asking *asking,
                         const struct lt_office *office,
                         struct lt_explanation *out)
{
    const struct lt_tree *tree = asking->tree;
    const struct lt_office *self = &asking->facts->self;
    const struct lt_tree_office *known =
        tree == NULL ? NULL : lt_tree_find(tree, office);
    struct lt_diag args;

    if (known == NULL) {
        return false;
    }
    begin_args(asking, &args, office, 0);
    if (known->closed_version != 0) {
        say_closed(asking, known, out);
        return true;
    }
    if (lt_tree_was_below(tree, self, office) &&
        !lt_tree_above(tree, self, office)) {
        lt_explain_arg_office(asking, &args, "parent", &known->parent);
        lt_explain_say(asking, out, LT_MOVING_YES, "moved_away", &args);
        return true;
    }
    if (lt_tree_was_below(tree, office, self) &&
        !lt_tree_above(tree, office, self)) {
        known = lt_tree_find(tree, self);
        lt_explain_arg_office(asking, &args, "parent", &known->parent);
        lt_explain_say(asking, out, LT_MOVING_YES, "moved_from", &args);
        return true;
    }
    return false;
}

static void explain_other(const struct lt_asking *asking,
                          const struct lt_office *office,
                          struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    const struct lt_fact_office *fact = lt_facts_office(facts, office);
    const struct lt_fact_link *link = lt_facts_link(facts, office);
    struct lt_office hop;
    struct lt_diag args;
    bool neighbour;

    if (is_elsewhere(asking, office, out) || !has_joined(asking, office, out)) {
        return;
    }
    begin_args(asking, &args, office, 0);
    if (!way_to(asking, office, &hop)) {
        lt_explain_say(asking, out, LT_MOVING_UNKNOWN, "out_of_sight", &args);
        return;
    }
    neighbour = lt_office_equal(&hop, office);
    if (!neighbour) {
        struct lt_explanation beyond = {.moving = LT_MOVING_YES};

        if (!link_moves(asking, &hop, &beyond)) {
            *out = beyond;
            out->text[0] = '\0';
            lt_explain_arg_office(asking, &args, "near", &hop);
            lt_explain_add(asking, out, "way_down", &args);
            out->code = "way_down";
            lt_explain_append(out, beyond.text);
            return;
        }
    } else if (!link_moves(asking, office, out)) {
        return;
    }
    if (holds_back(asking, office, out) ||
        !words_move(asking, office, neighbour, out) ||
        say_alarm(asking, office, out)) {
        return;
    }
    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", office);
    lt_explain_arg_time(asking, &args, "at",
                        link != NULL   ? link->last_frame_ms
                        : fact != NULL ? fact->heard_ms
                                       : 0);
    lt_explain_say(asking, out, LT_MOVING_YES, "moving", &args);
}

/* A stick is a way, too. */
static void say_courier(const struct lt_asking *asking,
                        const struct lt_office *office,
                        struct lt_explanation *out)
{
    const struct lt_facts *facts = asking->facts;
    struct lt_diag args;

    for (size_t i = 0; i < facts->couriers_n; i++) {
        const struct lt_fact_courier *courier = &facts->couriers[i];

        if (lt_office_equal(&courier->office, office)) {
            (void)lt_diag_set(&args, LT_OK);
            lt_explain_arg_time(asking, &args, "imported",
                                courier->imported_ms);
            lt_explain_arg_time(asking, &args, "exported",
                                courier->exported_ms);
            lt_explain_add(asking, out, "by_courier", &args);
        }
    }
}

/* Somebody else's door, which the office goes around. */
static void say_door(const struct lt_asking *asking,
                     const struct lt_office *office, struct lt_explanation *out)
{
    const struct lt_fact_door *door = lt_facts_door(asking->facts, office);
    struct lt_diag args;

    if (door == NULL || lt_office_equal(&door->by, &asking->facts->self)) {
        return;
    }
    begin_args(asking, &args, office, door->since_ms);
    lt_explain_arg_office(asking, &args, "near", &door->by);
    if (door->doc_no[0] != '\0') {
        lt_diag_arg(&args, "doc", "%s", door->doc_no);
    }
    lt_explain_add(asking, out, "door_shut_by", &args);
}

void lt_explain_office(const struct lt_asking *asking,
                       const struct lt_office *office,
                       struct lt_explanation *out)
{
    *out = (struct lt_explanation){.moving = LT_MOVING_UNKNOWN, .code = ""};
    if (hangs(asking, out)) {
        out->where = asking->facts->self;
    } else if (lt_office_equal(office, &asking->facts->self)) {
        explain_self(asking, out);
    } else {
        explain_other(asking, office, out);
        say_door(asking, office, out);
        say_courier(asking, office, out);
    }
    lt_explain_around(asking, office, out);
}
