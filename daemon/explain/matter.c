/* Cases, incidents, directives: where it is, who above has it, what it waits
 * for. What its own events say comes first, then the way up, then the way to
 * its addressees, then the way from who holds it. */
#include <stdio.h>
#include <string.h>

#include "daemon/explain/explain.h"

enum { PATIENCE_MS = 15 * 60 * 1000 };

/* ---- who has it ---- */

/* Of what was written elsewhere the link up knows: it lacks what stands in a
 * flow, and has the rest. */
static enum lt_fact_word relayed(const struct lt_facts *facts,
                                 const struct lt_office *to,
                                 const struct lt_explain_event *event)
{
    const struct lt_fact_link *link = lt_facts_link(facts, to);

    if (link == NULL || link->session == LT_FACT_APART ||
        link->session == LT_FACT_GREETING) {
        return LT_FACT_SAYS_NOTHING;
    }
    for (size_t i = 0; i < facts->flows_n; i++) {
        const struct lt_fact_flow *flow = &facts->flows[i];

        if (lt_office_equal(&flow->to, to) && flow->epoch == event->epoch &&
            lt_stream_equal(&flow->stream, &event->stream)) {
            return flow->acked >= event->number ? LT_FACT_SAYS_YES
                                                : LT_FACT_SAYS_NO;
        }
    }
    return facts->flows_cut ? LT_FACT_SAYS_NOTHING : LT_FACT_SAYS_YES;
}

static enum lt_fact_word event_reached(const struct lt_facts *facts,
                                       const struct lt_explain_event *event,
                                       const struct lt_office *office)
{
    if (lt_office_equal(office, &facts->self) ||
        lt_office_equal(office, &event->stream.origin)) {
        return LT_FACT_SAYS_YES;
    }
    /* A neighbour's acknowledgement comes before its word. */
    if (lt_office_equal(&event->stream.origin, &facts->self) &&
        relayed(facts, office, event) != LT_FACT_SAYS_YES) {
        return lt_facts_held(facts, office, &event->stream.channel,
                             event->number);
    }
    return relayed(facts, office, event);
}

static enum lt_fact_word reached(const struct lt_facts *facts,
                                 const struct lt_explain_matter *matter,
                                 const struct lt_office *office,
                                 int64_t *out_since_ms)
{
    enum lt_fact_word word = LT_FACT_SAYS_YES;

    *out_since_ms = 0;
    for (size_t i = 0; i < matter->events_n; i++) {
        const struct lt_explain_event *event = &matter->events[i];
        enum lt_fact_word one = event_reached(facts, event, office);

        if (one == LT_FACT_SAYS_NO) {
            *out_since_ms = event->committed_ms;
            return one;
        }
        if (one == LT_FACT_SAYS_NOTHING) {
            word = one;
        }
    }
    return word;
}

/* A superior whose word is older than that of one above it: what is above
 * came by it, so that its own word is only late. */
static bool is_passed(const struct lt_asking *asking,
                      const struct lt_explain_matter *matter,
                      const struct lt_office *office)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];
    int64_t since_ms;
    size_t n = asking->tree == NULL
                   ? 0
                   : lt_tree_superiors(asking->tree, office, line);

    for (size_t i = 0; i < n && i < LT_TREE_DEPTH_MAX; i++) {
        if (reached(asking->facts, matter, &line[i], &since_ms) ==
            LT_FACT_SAYS_YES) {
            return true;
        }
    }
    return false;
}

static enum lt_fact_word reached_since(const struct lt_asking *asking,
                                       const struct lt_explain_matter *matter,
                                       const struct lt_office *office,
                                       int64_t *out_since_ms)
{
    enum lt_fact_word word =
        reached(asking->facts, matter, office, out_since_ms);

    return word == LT_FACT_SAYS_NO && is_passed(asking, matter, office)
               ? LT_FACT_SAYS_NOTHING
               : word;
}

enum lt_fact_word lt_explain_reached(const struct lt_asking *asking,
                                     const struct lt_explain_matter *matter,
                                     const struct lt_office *office)
{
    int64_t since_ms;

    return reached_since(asking, matter, office, &since_ms);
}

enum lt_fact_word lt_explain_delivered(const struct lt_asking *asking,
                                       const struct lt_explain_matter *matter,
                                       const struct lt_office *addressee)
{
    const struct lt_facts *facts = asking->facts;
    enum lt_fact_word word = LT_FACT_SAYS_NOTHING;

    if (lt_office_equal(addressee, &facts->self) ||
        lt_office_equal(addressee, &matter->origin)) {
        return LT_FACT_SAYS_YES;
    }
    for (size_t i = 0; i < facts->flows_n; i++) {
        const struct lt_fact_flow *flow = &facts->flows[i];

        if (lt_office_equal(&flow->stream.origin, &matter->origin) &&
            flow->stream.channel.audience == LT_AUDIENCE_TO &&
            lt_office_equal(&flow->stream.channel.to, addressee)) {
            return LT_FACT_SAYS_NO;
        }
    }
    if (!lt_office_equal(&matter->origin, &facts->self)) {
        return word;
    }
    /* Its number in the addressee's own channel is not known here: all that
     * we wrote to it has to be there. */
    for (size_t i = 0; i < facts->own_n; i++) {
        const struct lt_fact_own *own = &facts->own[i];

        if (own->channel.audience == LT_AUDIENCE_TO &&
            lt_office_equal(&own->channel.to, addressee)) {
            word = lt_facts_held(facts, addressee, &own->channel, own->number);
            if (word != LT_FACT_SAYS_YES) {
                return word;
            }
        }
    }
    return word;
}

/* ---- sentences ---- */

static void say_where(const struct lt_asking *asking,
                      const struct lt_explain_matter *matter,
                      struct lt_explanation *out)
{
    static const char *const words[] = {
        [LT_EXPLAIN_CASE] = "where_case",
        [LT_EXPLAIN_INCIDENT] = "where_incident",
        [LT_EXPLAIN_DIRECTIVE] = "where_directive"};
    struct lt_diag args;
    char word[64];
    size_t arrived = 0;

    (void)lt_diag_set(&args, LT_OK);
    if (matter->label != NULL) {
        lt_diag_arg(&args, "what", "%s", matter->label);
    }
    lt_explain_arg_office(asking, &args, "office", &matter->holder);
    lt_explain_arg_time(asking, &args, "since", matter->since_ms);
    if (matter->state != NULL) {
        (void)snprintf(word, sizeof(word), "ui_state_%s", matter->state);
        lt_diag_arg(&args, "state", "%s", lt_ui(asking->lang, word));
    }
    if (matter->kind == LT_EXPLAIN_DIRECTIVE) {
        for (size_t i = 0; i < matter->targets_n; i++) {
            arrived += matter->targets[i].arrived;
        }
        lt_diag_arg(&args, "count", "%zu", arrived);
        lt_diag_arg(&args, "all", "%zu", matter->targets_n);
    }
    lt_explain_add(asking, out, words[matter->kind], &args);
}

static void say_reach(const struct lt_asking *asking,
                      const struct lt_office *office, enum lt_fact_word word,
                      struct lt_explanation *out)
{
    const struct lt_fact_office *fact = lt_facts_office(asking->facts, office);
    struct lt_diag args;

    if (word == LT_FACT_SAYS_NOTHING) {
        return;
    }
    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", office);
    if (word == LT_FACT_SAYS_YES && fact != NULL) {
        lt_explain_arg_time(asking, &args, "at",
                            fact->heard_ms != 0 ? fact->heard_ms
                                                : fact->said_ms);
    }
    lt_explain_add(asking, out,
                   word == LT_FACT_SAYS_YES ? "reached" : "not_reached", &args);
}

/* What another explanation found is the reason here as well. */
static void take_cause(struct lt_explanation *out,
                       const struct lt_explanation *cause)
{
    out->moving = LT_MOVING_NO;
    out->code = cause->code;
    out->since_ms = cause->since_ms;
    out->next_at_ms = cause->next_at_ms;
    out->where = cause->where;
    out->tried = cause->tried;
    out->tried_n = cause->tried_n;
    lt_explain_append(out, cause->text);
    memcpy(out->remedy, cause->remedy, sizeof(out->remedy));
}

/* The way to @office: what hinders there, else it is under way, and after a
 * while unconfirmed. */
static void say_way(const struct lt_asking *asking,
                    const struct lt_office *office, int64_t since_ms,
                    struct lt_explanation *out)
{
    struct lt_explanation cause;
    struct lt_diag args;

    /* All superiors lie behind the one that is dialled. */
    if (asking->facts->has_superior &&
        lt_tree_above(asking->tree, office, &asking->facts->self)) {
        lt_explain_office(asking, &asking->facts->superior, &cause);
        if (cause.moving == LT_MOVING_NO) {
            take_cause(out, &cause);
            return;
        }
    }
    lt_explain_office(asking, office, &cause);
    if (cause.moving == LT_MOVING_NO) {
        take_cause(out, &cause);
        return;
    }
    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", office);
    lt_explain_arg_time(asking, &args, "since", since_ms);
    out->since_ms = since_ms;
    out->where = *office;
    if (asking->now_ms - since_ms >= PATIENCE_MS) {
        lt_explain_say(asking, out, LT_MOVING_NO, "not_confirmed", &args);
    } else {
        lt_explain_say(asking, out, LT_MOVING_YES, "in_transit", &args);
    }
}

/* ---- its own events ---- */

static const char *waiting_code(const char *reason)
{
    static const struct {
        const char *reason;
        const char *code;
    } codes[] = {
        {"cause_missing", "waiting_cause"},
        {"tree_missing", "waiting_tree"},
        {"newer_version", "waiting_newer"},
        {"opening_missing", "waiting_opening"},
        {"set_aside", "waiting_aside"},
        {"key_unconfirmed", "waiting_unconfirmed"},
    };

    for (size_t i = 0; i < LT_COUNT_OF(codes); i++) {
        if (reason != NULL && strcmp(reason, codes[i].reason) == 0) {
            return codes[i].code;
        }
    }
    return "waiting_cause";
}

static bool events_wait(const struct lt_asking *asking,
                        const struct lt_explain_matter *matter,
                        struct lt_explanation *out)
{
    struct lt_explanation cause;
    struct lt_diag args;

    for (size_t i = 0; i < matter->events_n; i++) {
        const struct lt_explain_event *event = &matter->events[i];

        if (!event->waiting) {
            continue;
        }
        (void)lt_diag_set(&args, LT_OK);
        lt_explain_arg_office(asking, &args, "office", &event->stream.origin);
        lt_explain_arg_time(asking, &args, "since", event->committed_ms);
        lt_explain_say(asking, out, LT_MOVING_NO, waiting_code(event->reason),
                       &args);
        out->since_ms = event->committed_ms;
        out->where = event->stream.origin;
        lt_explain_office(asking, &event->stream.origin, &cause);
        if (cause.moving == LT_MOVING_NO) {
            lt_explain_append(out, cause.text);
            out->tried = cause.tried;
            out->tried_n = cause.tried_n;
            out->next_at_ms = cause.next_at_ms;
        }
        return true;
    }
    return false;
}

static bool last_rejected(const struct lt_asking *asking,
                          const struct lt_explain_matter *matter,
                          struct lt_explanation *out)
{
    const struct lt_explain_event *event =
        matter->events_n == 0 ? NULL : &matter->events[matter->events_n - 1];
    struct lt_diag args;
    char word[64];

    if (event == NULL || !event->rejected) {
        return false;
    }
    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", &event->stream.origin);
    lt_explain_arg_office(asking, &args, "holder", &matter->holder);
    lt_explain_arg_time(asking, &args, "since", event->committed_ms);
    if (event->reason != NULL) {
        (void)snprintf(word, sizeof(word), "ui_verdict_%s", event->reason);
        lt_diag_arg(&args, "reason", "%s", lt_ui(asking->lang, word));
    }
    out->since_ms = event->committed_ms;
    out->where = event->stream.origin;
    lt_explain_say(asking, out, LT_MOVING_NO, "step_rejected", &args);
    return true;
}

/* ---- its ways ---- */

/* Upward: the nearest superior that lacks some of it. */
static bool goes_up(const struct lt_asking *asking,
                    const struct lt_explain_matter *matter,
                    struct lt_explanation *out)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];
    struct lt_office lacks = {{0}};
    int64_t since_ms = 0;
    bool any = false;
    size_t n =
        asking->tree == NULL
            ? 0
            : lt_tree_superiors(asking->tree, &asking->facts->self, line);

    for (size_t i = 0; i < n && i < LT_TREE_DEPTH_MAX; i++) {
        int64_t at_ms;
        enum lt_fact_word word =
            reached_since(asking, matter, &line[i], &at_ms);

        say_reach(asking, &line[i], word, out);
        if (word == LT_FACT_SAYS_NO && !any) {
            any = true;
            lacks = line[i];
            since_ms = at_ms;
        }
    }
    if (any) {
        say_way(asking, &lacks, since_ms, out);
    }
    return any;
}

/* Down: the addressee that hangs worst, else one that is on its way. */
static bool goes_down(const struct lt_asking *asking,
                      const struct lt_explain_matter *matter,
                      struct lt_explanation *out)
{
    const struct lt_office *late = NULL;
    int64_t since_ms =
        matter->events_n > 0 ? matter->events[0].committed_ms : 0;

    for (size_t i = 0; i < matter->targets_n; i++) {
        const struct lt_explain_target *target = &matter->targets[i];
        struct lt_explanation cause;

        if (target->arrived ||
            lt_office_equal(&target->office, &asking->facts->self)) {
            continue;
        }
        lt_explain_office(asking, &target->office, &cause);
        if (cause.moving == LT_MOVING_NO) {
            say_reach(asking, &target->office, LT_FACT_SAYS_NO, out);
            take_cause(out, &cause);
            return true;
        }
        late = late == NULL ? &target->office : late;
    }
    if (late == NULL) {
        return false;
    }
    say_way(asking, late, since_ms, out);
    return true;
}

/* From who holds it: its next word comes that way. */
static bool comes_from(const struct lt_asking *asking,
                       const struct lt_explain_matter *matter,
                       struct lt_explanation *out)
{
    struct lt_explanation cause;
    struct lt_diag args;

    if (matter->done ||
        lt_office_equal(&matter->holder, &asking->facts->self)) {
        return false;
    }
    lt_explain_office(asking, &matter->holder, &cause);
    if (cause.moving != LT_MOVING_NO) {
        return false;
    }
    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", &matter->holder);
    lt_explain_add(asking, out, "news_delayed", &args);
    take_cause(out, &cause);
    return true;
}

/* ---- its texts ---- */

/* Ordered, and waiting for the keeper; or confirmed, and not answered by all.
 * The latter is worth a word when an office is out of reach, or takes long. */
static bool erasure_hangs(const struct lt_asking *asking,
                          const struct lt_explain_matter *matter,
                          struct lt_explanation *out)
{
    const struct lt_explain_erasure *erasure = &matter->erasure;
    struct lt_explanation cause;
    struct lt_office keeper;
    struct lt_diag args;

    if (erasure->ordered_ms == 0) {
        return false;
    }
    (void)lt_diag_set(&args, LT_OK);
    if (erasure->confirmed_ms == 0) {
        if (asking->tree == NULL ||
            !lt_tree_keeper(asking->tree, &matter->holder, &keeper)) {
            return false;
        }
        out->since_ms = erasure->ordered_ms;
        out->where = keeper;
        lt_explain_arg_office(asking, &args, "office", &keeper);
        lt_explain_arg_time(asking, &args, "since", erasure->ordered_ms);
        if (matter->label != NULL) {
            lt_diag_arg(&args, "what", "%s", matter->label);
        }
        lt_explain_say(asking, out, LT_MOVING_NO, "erasure_waiting", &args);
        return true;
    }
    if (erasure->waiting_n == 0) {
        return false;
    }
    lt_explain_office(asking, &erasure->waiting, &cause);
    if (cause.moving != LT_MOVING_NO &&
        asking->now_ms - erasure->confirmed_ms < PATIENCE_MS) {
        return false;
    }
    lt_explain_arg_office(asking, &args, "office", &erasure->waiting);
    lt_explain_arg_time(asking, &args, "since", erasure->confirmed_ms);
    lt_diag_arg(&args, "count", "%zu", erasure->waiting_n);
    out->since_ms = erasure->confirmed_ms;
    out->where = erasure->waiting;
    lt_explain_say(asking, out, LT_MOVING_NO, "erasure_unanswered", &args);
    if (cause.moving == LT_MOVING_NO) {
        take_cause(out, &cause);
        out->code = "erasure_unanswered";
    }
    return true;
}

/* It is over, and nobody said so of what a closed office held. A person can see
 * to its machine; no word of theirs comes back, so that the matter moves. */
static void say_kept(const struct lt_asking *asking,
                     const struct lt_explain_matter *matter, bool alone,
                     struct lt_explanation *out)
{
    const struct lt_explain_kept *kept = &matter->kept;
    struct lt_diag args;

    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", &kept->office);
    lt_explain_arg_time(asking, &args, "since", kept->closed_ms);
    lt_diag_arg(&args, "count", "%zu", kept->n);
    if (alone) {
        out->where = kept->office;
        lt_explain_say(asking, out, LT_MOVING_YES, "erasure_not_confirmed",
                       &args);
    } else {
        lt_explain_add(asking, out, "erasure_not_confirmed", &args);
    }
}

/* Who owes what, and by when. */
static void arg_due(const struct lt_asking *asking,
                    const struct lt_explain_matter *matter,
                    struct lt_diag *args)
{
    const char *day = matter->due_on;

    if (day == NULL || strlen(day) != 10) {
        return;
    }
    lt_explain_arg_office(asking, args, "office", &matter->holder);
    lt_diag_arg(args, "due", "%.2s/%.2s/%.4s", day + 8, day + 5, day);
    if (matter->owes[asking->lang] != NULL) {
        lt_diag_arg(args, "step", "%s", matter->owes[asking->lang]);
    }
}

void lt_explain_matter(const struct lt_asking *asking,
                       const struct lt_explain_matter *matter,
                       struct lt_explanation *out)
{
    struct lt_explanation here;
    struct lt_diag args;

    *out = (struct lt_explanation){.moving = LT_MOVING_UNKNOWN, .code = ""};
    say_where(asking, matter, out);
    lt_explain_office(asking, &asking->facts->self, &here);
    if (strcmp(here.code, "not_turning") == 0) {
        take_cause(out, &here);
        return;
    }
    (void)lt_diag_set(&args, LT_OK);
    if (events_wait(asking, matter, out)) {
        return;
    }
    if (matter->contested) {
        out->since_ms = matter->since_ms;
        lt_explain_say(asking, out, LT_MOVING_NO, "contested", &args);
        return;
    }
    if (last_rejected(asking, matter, out) || goes_up(asking, matter, out) ||
        (!matter->voided && goes_down(asking, matter, out)) ||
        (!matter->voided && comes_from(asking, matter, out)) ||
        erasure_hangs(asking, matter, out)) {
        return;
    }
    out->since_ms = matter->since_ms;
    if (matter->kept.n > 0) {
        bool alone = matter->voided || matter->done || matter->due_on == NULL;

        say_kept(asking, matter, alone, out);
        if (alone) {
            return;
        }
    }
    arg_due(asking, matter, &args);
    lt_explain_say(asking, out, LT_MOVING_YES,
                   matter->voided           ? "voided"
                   : matter->done           ? "done"
                   : matter->due_on == NULL ? "moving_on"
                   : matter->overdue        ? "moving_late"
                                            : "moving_due",
                   &args);
    if (!matter->voided && !matter->done) {
        out->code = "moving";
    }
}

void lt_explain_absent(const struct lt_asking *asking,
                       const struct lt_office *origin,
                       struct lt_explanation *out)
{
    struct lt_explanation cause;
    struct lt_diag args;

    *out = (struct lt_explanation){.moving = LT_MOVING_NO, .code = ""};
    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", origin);
    out->where = *origin;
    lt_explain_say(asking, out, LT_MOVING_NO, "not_arrived", &args);
    lt_explain_office(asking, origin, &cause);
    if (cause.moving == LT_MOVING_NO &&
        !lt_office_equal(origin, &asking->facts->self)) {
        take_cause(out, &cause);
        out->code = "not_arrived";
    }
}
