/* Around a parent: that it is done, why, and what way leads where meanwhile. */
#include "daemon/explain/explain.h"

/* A session by bypass leads there: the way is that. */
bool lt_explain_way_around(const struct lt_asking *asking,
                           const struct lt_office *office,
                           struct lt_office *out_hop)
{
    const struct lt_facts *facts = asking->facts;
    const struct lt_fact_link *link = lt_facts_link(facts, office);

    if (asking->tree == NULL) {
        return false;
    }
    if (link != NULL && link->session >= LT_FACT_UP) {
        *out_hop = *office;
        return true;
    }
    if (facts->bypass.state == LT_FACT_AROUND &&
        !lt_office_equal(office, &facts->bypass.parent) &&
        lt_tree_above(asking->tree, office, &facts->self)) {
        *out_hop = facts->bypass.target;
        return true;
    }
    return false;
}

/* Our parent, which is gone around because it keeps things to itself. */
bool lt_explain_keeps_back(const struct lt_asking *asking,
                           const struct lt_office *office)
{
    const struct lt_fact_bypass *bypass = &asking->facts->bypass;

    return bypass->state != LT_FACT_THROUGH &&
           bypass->why >= LT_FACT_WHY_UNRECEIPTED &&
           bypass->why != LT_FACT_WHY_SHUT &&
           lt_office_equal(office, &bypass->parent);
}

/* That, since when and why it goes around its parent. */
void lt_explain_around(const struct lt_asking *asking,
                       const struct lt_office *office,
                       struct lt_explanation *out)
{
    static const char *const whys[LT_FACT_WHYS] = {
        [LT_FACT_WHY_UNACKED] = "ui_ex_why_unacked",
        [LT_FACT_WHY_APART] = "ui_ex_why_apart",
        [LT_FACT_WHY_UNRECEIPTED] = "ui_ex_why_unreceipted",
        [LT_FACT_WHY_MISSING] = "ui_ex_why_missing",
        [LT_FACT_WHY_STILL] = "ui_ex_why_still",
        [LT_FACT_WHY_SHUT] = "ui_ex_why_shut",
    };
    const struct lt_fact_bypass *bypass = &asking->facts->bypass;
    struct lt_diag args;

    if (bypass->state == LT_FACT_THROUGH ||
        (!lt_office_equal(office, &asking->facts->self) &&
         !lt_office_equal(office, &bypass->parent))) {
        return;
    }
    (void)lt_diag_set(&args, LT_OK);
    lt_explain_arg_office(asking, &args, "office", &bypass->parent);
    lt_explain_arg_time(asking, &args, "since", bypass->since_ms);
    lt_explain_arg_office(asking, &args, "near", &bypass->target);
    if (bypass->why < LT_FACT_WHYS && whys[bypass->why] != NULL) {
        lt_diag_arg(&args, "reason", "%s",
                    lt_ui(asking->lang, whys[bypass->why]));
    }
    lt_explain_add(asking, out,
                   bypass->state == LT_FACT_CALLING ? "calling"
                   : bypass->all_lanes              ? "around_all"
                                                    : "around",
                   &args);
}
