/* A matter from its events.
 *
 * The running state is that of everything judged so far. It is also the past
 * of an event whose causes name every head of it, which is nearly every event
 * there is; for the others the state of their own past is put together from
 * the events in it. An event that voids another takes it out of every state
 * that comes after. */
#include "daemon/cases/fold_internal.h"

#include <string.h>

#include "common/sys.h"

const char *lt_why_word(enum lt_verdict_reason why)
{
    static const char *const words[LT_WHYS] = {
        [LT_WHY_CAUSE_MISSING] = "cause_missing",
        [LT_WHY_TREE_MISSING] = "tree_missing",
        [LT_WHY_OPENING_MISSING] = "opening_missing",
        [LT_WHY_NEWER_VERSION] = "newer_version",
        [LT_WHY_NOT_CUSTODIAN] = "not_custodian",
        [LT_WHY_NOT_ADDRESSEE] = "not_addressee",
        [LT_WHY_NOT_ALLOWED_HERE] = "not_allowed_here",
        [LT_WHY_CLOSED_BEFORE] = "closed_before",
        [LT_WHY_WRONG_STEP] = "wrong_step",
        [LT_WHY_MALFORMED] = "malformed",
        [LT_WHY_WRONG_CHANNEL] = "wrong_channel",
        [LT_WHY_SET_ASIDE] = "set_aside",
        [LT_WHY_FROZEN] = "frozen",
        [LT_WHY_CONTESTED] = "contested",
        [LT_WHY_NOT_OFFERED] = "not_offered",
        [LT_WHY_REVOKED] = "revoked",
        [LT_WHY_REMARK] = "remark",
        [LT_WHY_DENOUNCED] = "denounced",
        [LT_WHY_UNCONFIRMED] = "key_unconfirmed"};

    return (unsigned)why < LT_WHYS ? words[why] : NULL;
}

enum { PART_HELP = 4, PART_REASON = 5 };

/* A peer's clock may say anything; what people are shown has four digits of
 * year. */
static int64_t shown_time(int64_t wall_ms)
{
    const int64_t day_ms = 86400000;

    if (wall_ms < (int64_t)LT_DAY_MIN * day_ms) {
        return (int64_t)LT_DAY_MIN * day_ms;
    }
    if (wall_ms >= (int64_t)LT_DAY_MAX * day_ms) {
        return (int64_t)LT_DAY_MAX * day_ms;
    }
    return wall_ms;
}

static int64_t expected_ms(int32_t day, uint32_t minute)
{
    const int64_t minute_ms = 60000;

    return ((int64_t)day * 24 * 60 - 7 * 60 + (int64_t)minute) * minute_ms;
}

void lt_act_from_event(const struct lt_event *event, uint8_t cls,
                       struct lt_act *out_act)
{
    *out_act = (struct lt_act){
        .id = event->id,
        .hlc = event->hlc,
        .tree_version = event->tree_version,
        .recorded_at_ms = shown_time(event->recorded_at_ms),
        .type = event->type,
        .cls = cls,
        .has_parts = event->parts_n > 0,
        .has_subject = event->has_subject,
        .subject = event->subject,
        .has_corrects = event->has_corrects,
        .corrects = event->corrects,
        .confirms = event->confirms,
        .erases = event->erases,
        .has_due = event->has_due,
        .due = event->due,
        .has_opened_on = event->has_received_on || event->has_legal_date,
        .opened_on =
            event->has_received_on ? event->received_on : event->legal_date,
        .day = event->has_doc_date ? event->doc_date
               : event->has_legal_date
                   ? event->legal_date
                   : lt_civil_day(shown_time(event->recorded_at_ms)),
        .has_on_day = event->has_day,
        .on_day = event->day,
        .minute = event->minute,
        .extension_days = event->extension_days,
        /* A denunciation's document has no number here: its date stands. */
        .documented =
            event->doc_no.len > 0 ||
            (event->type == LT_EV_DENUNCIATION_STEP && event->has_doc_date),
        .remote = event->remote,
        .again = event->again,
        .kind = event->kind,
        .case_type = event->case_type,
        .accused = event->accused,
        .field = event->field,
        .reason = event->reason,
        .people = event->count != 0 ? event->count : event->people,
        .has_entered_for = event->has_entered_for,
        .entered_for = event->entered_for,
        .has_other = event->has_other,
        .other = event->other,
        .expected_ms = event->type == LT_EV_CROWD_FORECAST ||
                               event->type == LT_EV_ROSTER_SET
                           ? expected_ms(event->day, event->minute)
                           : 0,
        .code = event->code,
        .causes_n = event->causes_n,
        .causes = event->causes,
        .to_n = event->to_n,
        .to = event->to};
    out_act->newer = !lt_event_known(event);
    for (size_t i = 0; i < event->parts_n; i++) {
        out_act->has_reason |= event->parts[i].kind == PART_REASON;
        out_act->has_help |= event->parts[i].kind == PART_HELP;
    }
}

const struct lt_event_id *lt_act_matter(const struct lt_act *act)
{
    return act->has_subject ? &act->subject : &act->id;
}

bool lt_judged_blocks(struct lt_judged judged)
{
    return judged.verdict == LT_WAITING && judged.why != LT_WHY_NEWER_VERSION;
}

void lt_matter_init(struct lt_matter *matter, const struct lt_event_id *id)
{
    /* Not the targets: targets_n says how many of them mean something. */
    memset(matter, 0, offsetof(struct lt_matter, targets));
    matter->id = *id;
}

bool lt_act_voids_opening(const struct lt_act *act)
{
    return act->type == LT_EV_ENTRY_VOIDED && act->has_corrects &&
           act->has_subject && lt_event_id_equal(&act->corrects, &act->subject);
}

void lt_act_apply(const struct lt_act *act, const struct lt_tree *tree,
                  struct lt_matter *matter)
{
    switch (lt_type_opens(act->type) ? lt_type_matter(act->type)
                                     : matter->kind) {
    case LT_MATTER_CASE:
        lt_case_apply(matter, act, tree);
        break;
    case LT_MATTER_INCIDENT:
        lt_incident_apply(matter, act);
        break;
    case LT_MATTER_DIRECTIVE:
        lt_directive_apply(matter, act, tree);
        break;
    case LT_MATTER_SHIFT:
        lt_shift_apply(matter, act);
        break;
    case LT_MATTER_NONE:
        break;
    }
    if (lt_act_voids_opening(act)) {
        matter->voided = true;
    }
    if (lt_type_opens(act->type)) {
        matter->opened_unconfirmed = act->unconfirmed;
    }
    matter->unconfirmed |= act->unconfirmed;
    matter->last_event_ms = act->recorded_at_ms;
}

bool lt_matter_steps(const struct lt_act *act)
{
    if (lt_custody_act(act->type) == LT_CUSTODY_ADOPT) {
        return false;
    }
    return act->type != LT_EV_ENTRY_VOIDED || !act->has_corrects ||
           lt_act_voids_opening(act);
}

struct lt_judged lt_matter_would(const struct lt_matter *past,
                                 const struct lt_act *act,
                                 const struct lt_tree *tree)
{
    return lt_act_judge(act, past, tree);
}

struct lt_judged lt_matter_step(struct lt_matter *matter,
                                const struct lt_act *act,
                                const struct lt_tree *tree)
{
    struct lt_judged judged = lt_act_judge(act, matter, tree);

    if (judged.verdict == LT_APPLIED) {
        lt_act_apply(act, tree, matter);
    } else if (judged.why == LT_WHY_NEWER_VERSION) {
        matter->read_only = true;
    }
    return judged;
}

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

bool lt_matter_is_lapsed(const struct lt_matter *matter, int64_t now_ms)
{
    return matter->kind == LT_MATTER_INCIDENT &&
           matter->type == LT_INCIDENT_FORECAST &&
           now_ms >= matter->expected_ms + DAY_MS;
}

bool lt_matter_texts_expired(const struct lt_matter *matter, int64_t now_ms)
{
    enum { KEPT_DAYS = 90 };

    if (matter->kind != LT_MATTER_INCIDENT) {
        return false;
    }
    return lt_matter_is_lapsed(matter, now_ms) ||
           (matter->state == LT_INCIDENT_CLOSED_ST &&
            now_ms >= matter->closed_ms + KEPT_DAYS * DAY_MS);
}

bool lt_matter_is_open(const struct lt_matter *matter)
{
    if (matter->voided) {
        return false;
    }
    switch (matter->kind) {
    case LT_MATTER_CASE:
        return matter->state != LT_CASE_CLOSED;
    case LT_MATTER_INCIDENT:
        return matter->state != LT_INCIDENT_CLOSED_ST &&
               matter->state != LT_INCIDENT_JOINED_ST;
    case LT_MATTER_SHIFT:
        return false; /* the hour says whether it is on, and it is done by
                         itself */
    case LT_MATTER_DIRECTIVE:
        if (matter->state == LT_PERIOD_ENDED) {
            return false;
        }
        if (matter->type == LT_DIRECTIVE_TASKFORCE ||
            matter->type == LT_DIRECTIVE_RETALIATION) {
            return true;
        }
        for (size_t i = 0; i < matter->targets_n; i++) {
            uint32_t status = matter->targets[i].status;

            /* A notice asks for no more than that a person has it. */
            if (matter->type == LT_DIRECTIVE_NOTICE
                    ? status <= 1
                    : !lt_directive_ended(status)) {
                return true;
            }
        }
        return false;
    case LT_MATTER_NONE:
        break;
    }
    return false;
}

bool lt_matter_is_overdue(const struct lt_matter *matter, int32_t today)
{
    return matter->has_due && matter->due < today && lt_matter_is_open(matter);
}

/* What events are in a set of them, beside what they say. */
struct standing {
    bool *remark;
    bool *adopted;
};

/* One fold at work. */
struct folding {
    const struct lt_act *acts;
    const struct lt_event_id *id;
    const struct lt_tree *tree;
    struct lt_order order;
    struct lt_judged *judged;
    bool *heads;
    size_t heads_n;
    uint32_t *done; /* judged, in order; NEWER_VERSION among them */
    size_t done_n;
    uint32_t *stamp;  /* == round: in the past of the event at hand */
    uint32_t *voided; /* == round: taken out of that past by a void */
    uint32_t *stack;
    uint32_t round;
    uint32_t *set;          /* scratch of replay */
    struct lt_matter *past; /* scratch */
    /* Kept for cases whose custody moves, else without room. */
    struct lt_sight sight;
    struct lt_custody_scratch scratch;
    struct standing now;  /* in all that was judged */
    struct standing then; /* in the past at hand */
};

static void mark_past(struct folding *f, uint32_t index)
{
    size_t stack_n = 0;

    f->round++;
    f->stack[stack_n++] = index;
    while (stack_n > 0) {
        uint32_t at = f->stack[--stack_n];

        for (uint32_t e = f->order.edge_at[at]; e < f->order.edge_at[at + 1];
             e++) {
            uint32_t cause = f->order.edges[e];

            if (f->stamp[cause] != f->round) {
                f->stamp[cause] = f->round;
                f->stack[stack_n++] = cause;
            }
        }
    }
}

static bool applied(const struct folding *f, uint32_t index)
{
    return f->judged[index].verdict == LT_APPLIED;
}

/* Those of the marked events (all judged ones when @all) that count. */
static size_t pick_set(struct folding *f, bool all)
{
    size_t n = 0;

    for (size_t i = 0; i < f->done_n; i++) {
        uint32_t at = f->done[i];

        if ((all || f->stamp[at] == f->round) && applied(f, at)) {
            f->set[n++] = at;
        }
    }
    return n;
}

static bool is_remark(const struct folding *f, const struct standing *standing,
                      uint32_t index)
{
    return f->sight.words > 0 && standing->remark[index];
}

/* What takes back or adopts another event does so in this set, unless it is a
 * remark itself. */
static void mark_targets(struct folding *f, size_t set_n,
                         const struct standing *standing)
{
    for (size_t i = 0; i < set_n; i++) {
        const struct lt_act *act = &f->acts[f->set[i]];
        uint32_t target;

        if (act->type == LT_EV_ENTRY_VOIDED && !lt_matter_steps(act) &&
            !is_remark(f, standing, f->set[i]) &&
            lt_order_find(&f->order, &act->corrects, &target)) {
            f->voided[target] = f->round;
        }
    }
}

/* A late word of a former custodian counts from where it was adopted. */
static void apply_adoption(struct folding *f, uint32_t index,
                           const struct standing *standing,
                           struct lt_matter *out)
{
    uint32_t target;

    if (f->sight.words > 0 &&
        lt_order_find(&f->order, &f->acts[index].corrects, &target) &&
        !standing->adopted[target]) {
        standing->adopted[target] = true;
        lt_act_apply(&f->acts[target], f->tree, out);
    }
}

static uint32_t count_remarks(const struct standing *standing, size_t n)
{
    uint32_t count = 0;

    for (size_t i = 0; i < n; i++) {
        count += standing->remark[i] && !standing->adopted[i] ? 1 : 0;
    }
    return count;
}

static void apply_set(struct folding *f, size_t set_n,
                      const struct standing *standing, struct lt_matter *out)
{
    for (size_t i = 0; i < set_n; i++) {
        uint32_t at = f->set[i];

        if (f->voided[at] == f->round) {
            continue;
        }
        if (is_remark(f, standing, at)) {
            out->last_event_ms = f->acts[at].recorded_at_ms;
            continue;
        }
        if (lt_custody_act(f->acts[at].type) == LT_CUSTODY_ADOPT) {
            apply_adoption(f, at, standing, out);
        }
        lt_act_apply(&f->acts[at], f->tree, out);
    }
}

/* The state of the marked events (all judged ones when @all). */
static void replay(struct folding *f, bool all, const struct standing *standing,
                   struct lt_matter *out)
{
    struct lt_matter custody;
    size_t set_n;

    if (all) {
        f->round++;
    }
    set_n = pick_set(f, all);
    lt_matter_init(out, f->id);
    lt_matter_init(&custody, f->id);
    if (f->sight.words > 0) {
        memset(standing->remark, 0, f->order.n * sizeof(bool));
        memset(standing->adopted, 0, f->order.n * sizeof(bool));
        lt_custody_settle(&f->sight, f->set, set_n, f->tree, &f->scratch,
                          &custody, standing->remark);
    }
    mark_targets(f, set_n, standing);
    apply_set(f, set_n, standing, out);
    if (f->sight.words > 0 && out->kind == LT_MATTER_CASE) {
        out->custody = custody.custody;
        out->custodian = custody.custodian;
        out->contested = custody.contested;
        out->custody.remarks_n = count_remarks(standing, f->order.n);
    }
    for (size_t i = 0; i < f->done_n; i++) {
        uint32_t at = f->done[i];

        out->read_only |= (all || f->stamp[at] == f->round) &&
                          f->judged[at].why == LT_WHY_NEWER_VERSION;
    }
}

/* Does it name every head, so that all that was judged is its past? */
static bool saw_everything(const struct folding *f, uint32_t index)
{
    size_t named = 0;

    for (uint32_t e = f->order.edge_at[index]; e < f->order.edge_at[index + 1];
         e++) {
        named += f->heads[f->order.edges[e]] ? 1 : 0;
    }
    return named == f->heads_n;
}

static bool is_step(uint32_t type)
{
    return type == LT_EV_CASE_STEP || type == LT_EV_CASE_CLOSED ||
           type == LT_EV_DENUNCIATION_STEP || type == LT_EV_DENUNCIATION_CLOSED;
}

/* A correction must name an event that its author had seen, that counted, and
 * that is not itself a correction, nor one that moves custody: what answers
 * that is an offer back, or a superior's assignment. An adoption must name a
 * remark. */
static bool target_counts(struct folding *f, uint32_t index, bool saw_all)
{
    const struct standing *standing = saw_all ? &f->now : &f->then;
    const struct lt_act *act = &f->acts[index];
    bool adopts = lt_custody_act(act->type) == LT_CUSTODY_ADOPT;
    uint32_t target;

    if (!adopts && (act->type != LT_EV_ENTRY_VOIDED || !act->has_corrects)) {
        return true;
    }
    if (!lt_order_find(&f->order, &act->corrects, &target) ||
        !(saw_all || f->stamp[target] == f->round) || target == index ||
        !applied(f, target)) {
        return false;
    }
    if (adopts) {
        return is_step(f->acts[target].type) &&
               is_remark(f, standing, target) && !standing->adopted[target];
    }
    return f->acts[target].type != LT_EV_ENTRY_VOIDED &&
           !lt_custody_moves(f->acts[target].type);
}

/* What it had seen is what its causes had seen, and they. */
static void note_sight(struct folding *f, uint32_t index)
{
    size_t words = f->sight.words;
    uint64_t *row;

    if (words == 0) {
        return;
    }
    row = f->sight.bits + index * words;
    for (uint32_t e = f->order.edge_at[index]; e < f->order.edge_at[index + 1];
         e++) {
        uint32_t cause = f->order.edges[e];
        const uint64_t *from = f->sight.bits + cause * words;

        for (size_t w = 0; w < words; w++) {
            row[w] |= from[w];
        }
        row[cause / 64] |= (uint64_t)1 << (cause % 64);
    }
}

static void note_heads(struct folding *f, uint32_t index)
{
    for (uint32_t e = f->order.edge_at[index]; e < f->order.edge_at[index + 1];
         e++) {
        if (f->heads[f->order.edges[e]]) {
            f->heads[f->order.edges[e]] = false;
            f->heads_n--;
        }
    }
    f->heads[index] = true;
    f->heads_n++;
}

static void fold_one(struct folding *f, uint32_t index, struct lt_matter *state)
{
    const struct lt_act *act = &f->acts[index];
    bool saw_all = saw_everything(f, index);
    const struct lt_matter *past = state;
    struct lt_judged judged;

    if (!saw_all) {
        mark_past(f, index);
        replay(f, false, &f->then, f->past);
        past = f->past;
    }
    judged = lt_act_judge(act, past, f->tree);
    if (judged.verdict == LT_APPLIED && !target_counts(f, index, saw_all)) {
        judged = (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_STEP};
    }
    f->judged[index] = judged;
    if (lt_judged_blocks(judged)) {
        return;
    }
    note_heads(f, index);
    note_sight(f, index);
    f->done[f->done_n++] = index;
    if (judged.verdict == LT_WAITING) {
        state->read_only = true;
    } else if (judged.verdict == LT_APPLIED) {
        /* Beside what moves custody even a step may be none. */
        if (lt_matter_steps(act) && (saw_all || f->sight.words == 0)) {
            lt_act_apply(act, f->tree, state);
        } else {
            replay(f, true, &f->now, state);
        }
    }
    lt_order_release(&f->order, index);
}

static void fold_all(struct folding *f, size_t n, struct lt_matter *out_matter)
{
    uint32_t index;
    bool opening_here = lt_order_find(&f->order, f->id, &index);

    for (size_t i = 0; i < n; i++) {
        f->heads[i] = false;
        f->judged[i] = (struct lt_judged){
            LT_WAITING,
            opening_here ? LT_WHY_CAUSE_MISSING : LT_WHY_OPENING_MISSING};
    }
    lt_matter_init(out_matter, f->id);
    while (lt_order_take(&f->order, &index)) {
        fold_one(f, index, out_matter);
    }
    for (uint32_t i = 0; i < n; i++) {
        out_matter->waiting |= f->judged[i].verdict == LT_WAITING;
        if (is_remark(f, &f->now, i) && !f->now.adopted[i]) {
            f->judged[i].why = LT_WHY_REMARK;
        }
    }
}

static bool moves_custody(const struct lt_act *acts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (lt_custody_moves(acts[i].type)) {
            return true;
        }
    }
    return false;
}

static lt_err take_sight(struct folding *f, size_t n,
                         const struct lt_alloc *alloc)
{
    size_t words = (n + 63) / 64;

    f->sight.acts = f->acts;
    f->sight.bits = lt_new_array(alloc, n * words, sizeof(uint64_t));
    f->scratch.claims = lt_new_array(alloc, n, sizeof(uint32_t));
    f->scratch.fate = lt_new_array(alloc, n, sizeof(uint8_t));
    f->now.remark = lt_new_array(alloc, n, sizeof(bool));
    f->now.adopted = lt_new_array(alloc, n, sizeof(bool));
    f->then.remark = lt_new_array(alloc, n, sizeof(bool));
    f->then.adopted = lt_new_array(alloc, n, sizeof(bool));
    if (f->sight.bits == NULL || f->scratch.claims == NULL ||
        f->scratch.fate == NULL || f->now.remark == NULL ||
        f->now.adopted == NULL || f->then.remark == NULL ||
        f->then.adopted == NULL) {
        return LT_ENOMEM;
    }
    f->sight.words = words;
    return LT_OK;
}

static void free_sight(struct folding *f, const struct lt_alloc *alloc)
{
    lt_free(alloc, f->sight.bits);
    lt_free(alloc, f->scratch.claims);
    lt_free(alloc, f->scratch.fate);
    lt_free(alloc, f->now.remark);
    lt_free(alloc, f->now.adopted);
    lt_free(alloc, f->then.remark);
    lt_free(alloc, f->then.adopted);
}

lt_err lt_matter_fold(const struct lt_act *acts, size_t n,
                      const struct lt_event_id *id, const struct lt_tree *tree,
                      const struct lt_alloc *alloc,
                      struct lt_matter *out_matter,
                      struct lt_judged *out_judged, bool *out_heads)
{
    struct folding f = {.acts = acts,
                        .id = id,
                        .tree = tree,
                        .judged = out_judged,
                        .heads = out_heads};
    lt_err rc;

    if (n > LT_FOLD_EVENTS_MAX) {
        return LT_ETOOBIG;
    }
    rc = lt_order_init(&f.order, acts, n, id, alloc);
    if (rc != LT_OK) {
        return rc;
    }
    f.done = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    f.stamp = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    f.voided = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    f.stack = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    f.set = lt_new_array(alloc, n + 1, sizeof(uint32_t));
    f.past = lt_new(alloc, sizeof(*f.past));
    if (f.done == NULL || f.stamp == NULL || f.voided == NULL ||
        f.stack == NULL || f.set == NULL || f.past == NULL) {
        rc = LT_ENOMEM;
    } else if (moves_custody(acts, n)) {
        rc = take_sight(&f, n, alloc);
    }
    if (rc == LT_OK) {
        fold_all(&f, n, out_matter);
    }
    free_sight(&f, alloc);
    lt_free(alloc, f.set);
    lt_free(alloc, f.done);
    lt_free(alloc, f.stamp);
    lt_free(alloc, f.voided);
    lt_free(alloc, f.stack);
    lt_free(alloc, f.past);
    lt_order_deinit(&f.order);
    return rc;
}
