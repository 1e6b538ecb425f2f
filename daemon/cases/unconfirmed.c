/* What a key that nobody vouches for may not do yet: it neither closes nor
 * decides nor hands over what it has not opened itself, nor takes words of
 * others back. It erases nothing at all, whoever opened the matter: what is
 * erased does not come back. Such an event waits for the keeper, as it waits
 * for a cause. */
#include "daemon/cases/fold_internal.h"

/* numbers of StepKind in proto/log.proto */
enum {
    STEP_NOT_ACCEPTED = 2,
    STEP_DECISION_ISSUED = 9,
    STEP_DECISION_REVOKED = 45,
    STEP_LEADER_CONCLUSION = 35
};

static bool decides(uint32_t kind)
{
    switch (kind) {
    case STEP_NOT_ACCEPTED:
    case STEP_DECISION_ISSUED:
    case STEP_DECISION_REVOKED:
    case STEP_LEADER_CONCLUSION:
        return true;
    default:
        return lt_case_state_after(LT_CASE_IN_PROGRESS, kind) ==
               LT_CASE_CLOSED;
    }
}

static bool is_grave(const struct lt_act *act)
{
    switch (act->type) {
    case LT_EV_CASE_STEP:
    case LT_EV_DENUNCIATION_STEP:
        return decides(act->kind);
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_CLOSED:
    case LT_EV_INCIDENT_CLOSED:
    case LT_EV_INCIDENT_JOINED:
    case LT_EV_HEIGHTENED_PERIOD_ENDED:
    case LT_EV_TASKFORCE_ENDED:
    case LT_EV_RETALIATION_CLOSED:
    case LT_EV_DIRECTIVE_RECALLED:
    case LT_EV_DIRECTIVE_CHANGED:
    case LT_EV_ENTRY_VOIDED:
    case LT_EV_REMARK_ADOPTED:
    case LT_EV_DENUNCIATION_ADOPTED:
        return true;
    default:
        return lt_custody_moves(act->type);
    }
}

bool lt_act_needs_keeper(const struct lt_act *act, const struct lt_matter *past)
{
    bool own = past->opened_unconfirmed &&
               lt_office_equal(&past->id.origin, &act->id.origin);

    return act->unconfirmed &&
           (act->type == LT_EV_TEXT_ERASED || (!own && is_grave(act)));
}
