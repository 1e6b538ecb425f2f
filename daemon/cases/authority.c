/* Who may originate what, by the table of authority_table.h.
 *
 * An event is first asked whether this version can read it, then whether it
 * stands in the right channel, then whether its author may write it by the
 * tree at the version that it names, and last (by the check of its kind)
 * whether the step makes sense after what its author had seen. */
#include "common/failpoint.h"
#include "daemon/cases/denounced.h"
#include "daemon/cases/erasure.h"
#include "daemon/cases/fold_internal.h"

enum who {
    WHO_ANYBODY, /* whoever opens a matter of his own */
    WHO_ENTERER, /* the same; a superior for an office below */
    WHO_CUSTODIAN,
    WHO_CUSTODY,         /* as custody.c says, from the offers that stand */
    WHO_ORIGIN_OR_ABOVE, /* the office of the incident, or a superior */
    WHO_ABOVE_ALL,       /* a superior of every addressee */
    WHO_TO_OTHERS,       /* any office, to any but itself */
    WHO_ADDRESSEE,
    WHO_ISSUER,
    WHO_OWN_TEXT, /* writer of the text, custodian or not */
    WHO_ERASER, /* writer of the text or custodian; a keeper confirms */
    WHO_WRITER /* of the entry it corrects; of a case, still its custodian */
};

#define CLASS(name) (1U << LT_CLASS_##name)
#define OF_MATTERS                                                             \
    (CLASS(CASE) | CLASS(DENUNCIATION) | CLASS(INCIDENT) | CLASS(DIRECTIVE) |  \
     CLASS(URGENT))

/* Denunciations have none. */
#define OF_TEXTS                                                               \
    (CLASS(CASE) | CLASS(INCIDENT) | CLASS(DIRECTIVE) | CLASS(URGENT))

enum { OPEN = false, ALWAYS = true };
enum { NOTICE_REPORT = 1 };

static const struct rule {
    uint32_t type;
    enum lt_matter_kind matter;
    enum who who;
    bool opens;
    bool after_closing; /* may still be written then */
    unsigned classes;
} rules[] = {
#define X(event, matter, who, opens, when, classes, vi, en)                    \
    {LT_EV_##event, LT_MATTER_##matter, WHO_##who, opens, when, (classes)},
#include "daemon/cases/authority_table.h"
#undef X
};

uint32_t lt_authority_at(size_t index)
{
    return index < LT_COUNT_OF(rules) ? rules[index].type : 0;
}

static const struct rule *rule_of(uint32_t type)
{
    for (size_t i = 0; i < LT_COUNT_OF(rules); i++) {
        if (rules[i].type == type) {
            return &rules[i];
        }
    }
    return NULL;
}

enum lt_matter_kind lt_type_matter(uint32_t type)
{
    const struct rule *rule = rule_of(type);

    return rule == NULL ? LT_MATTER_NONE : rule->matter;
}

bool lt_type_opens(uint32_t type)
{
    const struct rule *rule = rule_of(type);

    return rule != NULL && rule->opens;
}

bool lt_class_fits(uint32_t type, uint8_t cls)
{
    const struct rule *rule = rule_of(type);

    return rule != NULL && cls < 32 && (rule->classes & (1U << cls)) != 0;
}

/* What is said about a matter stays in that matter's class, or readers who
 * were granted one class would see pieces of another. */
static bool class_of_matter(const struct lt_matter *past, uint8_t cls)
{
    switch (past->kind) {
    case LT_MATTER_CASE:
        return cls == (past->type == 4 ? LT_CLASS_DENUNCIATION : LT_CLASS_CASE);
    case LT_MATTER_INCIDENT:
        return cls == LT_CLASS_INCIDENT;
    case LT_MATTER_DIRECTIVE:
        return cls == LT_CLASS_DIRECTIVE || cls == LT_CLASS_URGENT;
    case LT_MATTER_SHIFT:
        return cls == LT_CLASS_DIRECTIVE;
    case LT_MATTER_NONE:
        break;
    }
    return false;
}

static bool is_addressee(const struct lt_matter *past, const struct lt_act *act,
                         const struct lt_tree *tree)
{
    for (size_t i = 0; i < past->targets_n; i++) {
        if (lt_stands_for(tree, act->tree_version, &act->id.origin,
                          &past->targets[i].office)) {
            return true;
        }
    }
    return false;
}

/* A word of a day that an addressee has phoned in, entered by a superior. */
static bool enters_for(const struct lt_matter *past, const struct lt_act *act,
                       const struct lt_tree *tree)
{
    if (tree == NULL ||
        !lt_tree_covers_at(tree, act->tree_version, &act->id.origin,
                           &act->entered_for)) {
        return false;
    }
    for (size_t i = 0; i < past->targets_n; i++) {
        if (lt_office_equal(&past->targets[i].office, &act->entered_for)) {
            return true;
        }
    }
    return false;
}

static bool above_all(const struct lt_act *act, const struct lt_tree *tree)
{
    for (size_t i = 0; i < act->to_n; i++) {
        if (tree == NULL || lt_office_equal(&act->to[i], &act->id.origin) ||
            !lt_tree_covers_at(tree, act->tree_version, &act->id.origin,
                               &act->to[i]) ||
            lt_tree_closed_at(tree, act->tree_version, &act->to[i])) {
            return false;
        }
    }
    return true;
}

/* A report that was phoned in is entered by a superior of whose it is, and may
 * be for that superior; to itself nobody sends anything. */
static bool to_others(const struct lt_act *act, const struct lt_tree *tree)
{
    bool entered = act->type == LT_EV_NOTICE_SENT && act->has_entered_for;
    const struct lt_office *sender =
        entered ? &act->entered_for : &act->id.origin;

    for (size_t i = 0; i < act->to_n; i++) {
        if (lt_office_equal(&act->to[i], sender)) {
            return false;
        }
    }
    return !entered ||
           (act->kind == NOTICE_REPORT && tree != NULL &&
            !lt_office_equal(sender, &act->id.origin) &&
            lt_tree_covers_at(tree, act->tree_version, &act->id.origin,
                              sender));
}

/* Nobody takes back another office's word. Who has handed a case on does not
 * change its history any more. */
static enum lt_verdict_reason check_writer(const struct lt_act *act,
                                           const struct lt_matter *past,
                                           const struct lt_tree *tree)
{
    const struct lt_office *author = &act->id.origin;

    if (!act->has_corrects) {
        return LT_WHY_MALFORMED;
    }
    if (!lt_stands_for(tree, act->tree_version, author,
                       &act->corrects.origin)) {
        return LT_WHY_NOT_ALLOWED_HERE;
    }
    if (past->kind != LT_MATTER_CASE) {
        return LT_WHY_NONE;
    }
    if (!lt_custody_holds(past, tree, act->tree_version, author)) {
        return LT_WHY_NOT_CUSTODIAN;
    }
    return past->contested ? LT_WHY_CONTESTED
           : lt_custody_frozen(past, tree, act->tree_version, author)
               ? LT_WHY_FROZEN
               : LT_WHY_NONE;
}

static enum lt_verdict_reason check_eraser(const struct lt_act *act,
                                           const struct lt_matter *past,
                                           const struct lt_tree *tree)
{
    const struct lt_office *author = &act->id.origin;
    bool may = act->confirms
                   ? lt_erasure_may_confirm(author, &act->erases, tree,
                                            act->tree_version)
                   : lt_erasure_may_order(author, &act->erases, &past->id);

    return may ? LT_WHY_NONE : LT_WHY_NOT_ALLOWED_HERE;
}

/* The office itself or a superior; of one that is closed, so of its heir. */
static bool covers_home(const struct lt_act *act, const struct lt_tree *tree,
                        const struct lt_office *office)
{
    const struct lt_office *author = &act->id.origin;
    struct lt_office heir;

    if (lt_stands_for(tree, act->tree_version, author, office)) {
        return true;
    }
    if (tree == NULL) {
        return false;
    }
    heir = lt_tree_heir_at(tree, act->tree_version, office);
    return lt_tree_covers_at(tree, act->tree_version, author, &heir);
}

bool lt_act_may_enter(const struct lt_act *act, const struct lt_tree *tree)
{
    const struct lt_office *author = &act->id.origin;

    return !act->has_entered_for ||
           lt_office_equal(author, &act->entered_for) ||
           LT_PLANTED(enter_for_anybody) ||
           (tree != NULL && lt_tree_covers_at(tree, act->tree_version, author,
                                              &act->entered_for));
}

static enum lt_verdict_reason check_author(const struct rule *rule,
                                           const struct lt_act *act,
                                           const struct lt_matter *past,
                                           const struct lt_tree *tree)
{
    const struct lt_office *author = &act->id.origin;
    struct lt_office holder;

    /* What it wrote before it saw its closing counts; after that its heir
     * writes. Erasing goes on wherever a text lies. */
    if (rule->who != WHO_ERASER && act->type != LT_EV_ERASURE_RECEIPT &&
        tree != NULL && lt_tree_closed_at(tree, act->tree_version, author)) {
        return LT_WHY_NOT_ALLOWED_HERE;
    }
    switch (rule->who) {
    case WHO_ANYBODY:
        return lt_denounced_holder(act, tree, &holder)
                   ? LT_WHY_NONE
                   : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_ENTERER:
        return lt_act_may_enter(act, tree) ? LT_WHY_NONE
                                           : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_CUSTODIAN:
        return lt_custody_holds(past, tree, act->tree_version, author)
                   ? LT_WHY_NONE
                   : LT_WHY_NOT_CUSTODIAN;
    case WHO_CUSTODY:
        return lt_custody_check(past, act, tree);
    case WHO_ORIGIN_OR_ABOVE:
        return covers_home(act, tree, &past->origin) ? LT_WHY_NONE
                                                     : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_TO_OTHERS:
        return to_others(act, tree) ? LT_WHY_NONE : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_ABOVE_ALL:
        return above_all(act, tree) ? LT_WHY_NONE : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_OWN_TEXT:
        return act->has_corrects &&
                       lt_office_equal(author, &act->corrects.origin)
                   ? LT_WHY_NONE
                   : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_ERASER:
        return check_eraser(act, past, tree);
    case WHO_ADDRESSEE:
        if (act->type == LT_EV_DAILY_STATUS && act->has_entered_for) {
            return enters_for(past, act, tree) ? LT_WHY_NONE
                                               : LT_WHY_NOT_ALLOWED_HERE;
        }
        return is_addressee(past, act, tree) ? LT_WHY_NONE
                                             : LT_WHY_NOT_ADDRESSEE;
    case WHO_ISSUER:
        return lt_stands_for(tree, act->tree_version, author, &past->origin)
                   ? LT_WHY_NONE
                   : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_WRITER:
        return check_writer(act, past, tree);
    }
    return LT_WHY_NOT_ALLOWED_HERE;
}

static bool is_denunciation(const struct rule *rule)
{
    return rule->classes == CLASS(DENUNCIATION);
}

/* What the event says of itself, whatever came before it. */
static enum lt_verdict_reason check_shape(const struct rule *rule,
                                          const struct lt_act *act)
{
    if (act->cls >= 32 || (rule->classes & (1U << act->cls)) == 0) {
        return LT_WHY_WRONG_CHANNEL;
    }
    if (rule->opens == act->has_subject) {
        return LT_WHY_MALFORMED; /* all but the opening one name their matter */
    }
    if (rule->opens && rule->matter == LT_MATTER_DIRECTIVE && act->to_n == 0) {
        return LT_WHY_MALFORMED;
    }
    /* By law the denouncer's identity is a state secret: no text of theirs
     * may stand beside these events, nor beside what takes one of them back. */
    if (act->has_parts &&
        (is_denunciation(rule) || act->cls == LT_CLASS_DENUNCIATION)) {
        return LT_WHY_MALFORMED;
    }
    return LT_WHY_NONE;
}

static enum lt_verdict_reason check_place(const struct rule *rule,
                                          const struct lt_act *act,
                                          const struct lt_matter *past)
{
    if (rule->opens) {
        return LT_WHY_NONE;
    }
    if (past->kind == LT_MATTER_NONE) {
        return LT_WHY_WRONG_STEP; /* its opening event did not count */
    }
    if (rule->matter != LT_MATTER_NONE && rule->matter != past->kind) {
        return LT_WHY_WRONG_STEP;
    }
    if (rule->matter == LT_MATTER_CASE &&
        is_denunciation(rule) != (past->type == 4)) {
        return LT_WHY_WRONG_STEP;
    }
    if (!class_of_matter(past, act->cls)) {
        return LT_WHY_WRONG_CHANNEL;
    }
    return LT_WHY_NONE;
}

static enum lt_verdict_reason check_step(const struct rule *rule,
                                         const struct lt_act *act,
                                         const struct lt_matter *past,
                                         const struct lt_tree *tree)
{
    if (rule->opens) {
        return LT_WHY_NONE;
    }
    if (act->type == LT_EV_TEXT_ERASED || act->type == LT_EV_TEXT_FLAGGED ||
        act->type == LT_EV_TEXT_REPLACED) {
        return LT_WHY_NONE; /* texts of what was voided have to go, too */
    }
    if (past->voided) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if (rule->after_closing) {
        return LT_WHY_NONE;
    }
    switch (past->kind) {
    case LT_MATTER_CASE:
        return rule->who == WHO_CUSTODY ? LT_WHY_NONE
               : lt_custody_act(act->type) == LT_CUSTODY_ADOPT
                   ? lt_custody_check(past, act, tree)
                   : lt_case_check(past, act, tree);
    case LT_MATTER_INCIDENT:
        return lt_incident_check(past, act);
    case LT_MATTER_DIRECTIVE:
        return lt_directive_check(past, act, tree);
    case LT_MATTER_SHIFT:
        return lt_shift_check(past, act);
    case LT_MATTER_NONE:
        break;
    }
    return LT_WHY_WRONG_STEP;
}

struct lt_judged lt_act_judge(const struct lt_act *act,
                              const struct lt_matter *past,
                              const struct lt_tree *tree)
{
    const struct rule *rule = rule_of(act->type);
    struct lt_judged waits = {LT_WAITING, LT_WHY_NEWER_VERSION};
    enum lt_verdict_reason why;

    if (rule == NULL || act->newer) {
        return waits;
    }
    if (act->revoked) {
        return (struct lt_judged){LT_REJECTED, LT_WHY_REVOKED};
    }
    why = check_shape(rule, act);
    if (why == LT_WHY_NONE &&
        act->tree_version > (tree == NULL ? 0 : lt_tree_version(tree))) {
        waits.why = LT_WHY_TREE_MISSING;
        return waits;
    }
    /* After an opening event that we cannot read nothing can be judged. */
    if (why == LT_WHY_NONE && !rule->opens && past->kind == LT_MATTER_NONE &&
        past->read_only) {
        return waits;
    }
    if (why == LT_WHY_NONE) {
        why = check_place(rule, act, past);
    }
    if (why == LT_WHY_NONE) {
        why = check_author(rule, act, past, tree);
    }
    if (why == LT_WHY_NONE) {
        why = check_step(rule, act, past, tree);
    }
    if (why == LT_WHY_NONE && lt_act_needs_keeper(act, past)) {
        waits.why = LT_WHY_UNCONFIRMED;
        return waits;
    }
    return (struct lt_judged){why == LT_WHY_NONE ? LT_APPLIED : LT_REJECTED,
                              why};
}

bool lt_attachment_fits(uint32_t type, uint32_t kind)
{
    enum {
        DECISION_ISSUED = 9,
        DECISION_SENT = 10,
        DECISION_PUBLISHED = 11,
        LEADER_CONCLUSION = 35
    };

    return type == LT_EV_DIRECTIVE_ISSUED ||
           (type == LT_EV_CASE_STEP &&
            (kind == DECISION_ISSUED || kind == DECISION_SENT ||
             kind == DECISION_PUBLISHED || kind == LEADER_CONCLUSION));
}
