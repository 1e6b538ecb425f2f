/* Who may originate what, by the table of authority_table.h.
 *
 * An event is first asked whether this version can read it, then whether it
 * stands in the right channel, then whether its author may write it by the
 * tree at the version that it names, and last (by the check of its kind)
 * whether the step makes sense after what its author had seen. */
#include "daemon/cases/erasure.h"
#include "daemon/cases/fold_internal.h"

enum who {
    WHO_ANYBODY, /* whoever opens a matter of his own */
    WHO_ENTERER, /* the same; a superior for an office below */
    WHO_CUSTODIAN,
    WHO_CUSTODY,         /* as custody.c says, from the offers that stand */
    WHO_ORIGIN_OR_ABOVE, /* the office of the incident, or a superior */
    WHO_ABOVE_ALL,       /* a superior of every addressee */
    WHO_ADDRESSEE,
    WHO_ISSUER,
    WHO_ERASER, /* writer of the text or custodian; a keeper confirms */
    WHO_WRITER /* of the entry it corrects; of a case, still its custodian */
};

#define CLASS(name) (1U << LT_CLASS_##name)
#define OF_MATTERS                                                             \
    (CLASS(CASE) | CLASS(DENUNCIATION) | CLASS(INCIDENT) | CLASS(DIRECTIVE) |  \
     CLASS(URGENT))

enum { OPEN = false, ALWAYS = true };

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
    case LT_MATTER_NONE:
        break;
    }
    return false;
}

static bool is_addressee(const struct lt_matter *past,
                         const struct lt_office *office)
{
    for (size_t i = 0; i < past->targets_n; i++) {
        if (lt_office_equal(&past->targets[i].office, office)) {
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
                               &act->to[i])) {
            return false;
        }
    }
    return true;
}

/* Nobody takes back another office's word. Who has handed a case on does not
 * change its history any more. */
static enum lt_verdict_reason check_writer(const struct lt_act *act,
                                           const struct lt_matter *past)
{
    if (!act->has_corrects) {
        return LT_WHY_MALFORMED;
    }
    if (!lt_office_equal(&act->id.origin, &act->corrects.origin)) {
        return LT_WHY_NOT_ALLOWED_HERE;
    }
    if (past->kind != LT_MATTER_CASE) {
        return LT_WHY_NONE;
    }
    if (!lt_custody_holds(past, &act->id.origin)) {
        return LT_WHY_NOT_CUSTODIAN;
    }
    return past->contested ? LT_WHY_CONTESTED
           : lt_custody_frozen(past, &act->id.origin) ? LT_WHY_FROZEN
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

static enum lt_verdict_reason check_author(const struct rule *rule,
                                           const struct lt_act *act,
                                           const struct lt_matter *past,
                                           const struct lt_tree *tree)
{
    const struct lt_office *author = &act->id.origin;

    switch (rule->who) {
    case WHO_ANYBODY:
        return LT_WHY_NONE;
    case WHO_ENTERER:
        return !act->has_entered_for ||
                       lt_office_equal(author, &act->entered_for) ||
                       (tree != NULL &&
                        lt_tree_covers_at(tree, act->tree_version, author,
                                          &act->entered_for))
                   ? LT_WHY_NONE
                   : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_CUSTODIAN:
        return lt_custody_holds(past, author) ? LT_WHY_NONE
                                              : LT_WHY_NOT_CUSTODIAN;
    case WHO_CUSTODY:
        return lt_custody_check(past, act, tree);
    case WHO_ORIGIN_OR_ABOVE:
        if (lt_office_equal(author, &past->origin) ||
            (tree != NULL && lt_tree_covers_at(tree, act->tree_version, author,
                                               &past->origin))) {
            return LT_WHY_NONE;
        }
        return LT_WHY_NOT_ALLOWED_HERE;
    case WHO_ABOVE_ALL:
        return above_all(act, tree) ? LT_WHY_NONE : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_ERASER:
        return check_eraser(act, past, tree);
    case WHO_ADDRESSEE:
        return is_addressee(past, author) ? LT_WHY_NONE : LT_WHY_NOT_ADDRESSEE;
    case WHO_ISSUER:
        return lt_office_equal(author, &past->origin) ? LT_WHY_NONE
                                                      : LT_WHY_NOT_ALLOWED_HERE;
    case WHO_WRITER:
        return check_writer(act, past);
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
    if (act->type == LT_EV_DIRECTIVE_ISSUED && act->to_n == 0) {
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
                                         const struct lt_matter *past)
{
    if (rule->opens) {
        return LT_WHY_NONE;
    }
    if (act->type == LT_EV_TEXT_ERASED) {
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
                   ? lt_custody_check(past, act, NULL)
                   : lt_case_check(past, act);
    case LT_MATTER_INCIDENT:
        return lt_incident_check(past, act);
    case LT_MATTER_DIRECTIVE:
        return lt_directive_check(past, act);
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
        why = check_step(rule, act, past);
    }
    return (struct lt_judged){why == LT_WHY_NONE ? LT_APPLIED : LT_REJECTED,
                              why};
}
