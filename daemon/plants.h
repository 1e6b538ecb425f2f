/* The planted faults (common/failpoint_table.h) that live in the engine, which
 * knows no names: as the mask of its options. */
#ifndef LT_DAEMON_PLANTS_H
#define LT_DAEMON_PLANTS_H

#include "common/failpoint.h"
#include "daemon/engine/engine.h"

/* 0 unless a test planted something. */
static inline uint32_t lt_engine_plants(void)
{
    uint32_t plant = 0;

    plant |= LT_PLANTED(ack_before_commit) ? LT_PLANT_ACK_BEFORE_COMMIT : 0;
    plant |= LT_PLANTED(skip_chain_check) ? LT_PLANT_SKIP_CHAIN_CHECK : 0;
    plant |= LT_PLANTED(skip_epoch_check) ? LT_PLANT_SKIP_EPOCH_CHECK : 0;
    plant |= LT_PLANTED(skip_signature) ? LT_PLANT_SKIP_SIGNATURE_CHECK : 0;
    plant |= LT_PLANTED(skip_parts) ? LT_PLANT_SKIP_PARTS_CHECK : 0;
    plant |= LT_PLANTED(lose_parts) ? LT_PLANT_FORWARD_REENCODED : 0;
    plant |= LT_PLANTED(store_repeated) ? LT_PLANT_DEDUPE_OFF : 0;
    plant |= LT_PLANTED(ignore_gap) ? LT_PLANT_IGNORE_GAP : 0;
    plant |= LT_PLANTED(never_resend) ? LT_PLANT_NEVER_RESEND : 0;
    plant |= LT_PLANTED(drop_branch) ? LT_PLANT_DROP_BRANCH : 0;
    plant |= LT_PLANTED(trust_hello) ? LT_PLANT_TRUST_HELLO : 0;
    plant |= LT_PLANTED(take_erased) ? LT_PLANT_TAKE_ERASED : 0;
    plant |= LT_PLANTED(keep_credit) ? LT_PLANT_KEEP_CREDIT : 0;
    plant |= LT_PLANTED(window_unbounded) ? LT_PLANT_WINDOW_UNBOUNDED : 0;
    plant |= LT_PLANTED(trust_courier) ? LT_PLANT_TRUST_COURIER : 0;
    plant |= LT_PLANTED(quota_off) ? LT_PLANT_QUOTA_OFF : 0;
    plant |= LT_PLANTED(one_lane) ? LT_PLANT_ONE_LANE : 0;
    plant |= LT_PLANTED(dedupe_window) ? LT_PLANT_DEDUPE_WINDOW : 0;
    plant |= LT_PLANTED(receipt_by_parent) ? LT_PLANT_RECEIPT_BY_PARENT : 0;
    plant |= LT_PLANTED(mute_statements) ? LT_PLANT_MUTE_STATEMENTS : 0;
    plant |= LT_PLANTED(hold_for_ever) ? LT_PLANT_HOLD_FOR_EVER : 0;
    plant |= LT_PLANTED(never_quiet) ? LT_PLANT_NEVER_QUIET : 0;
    plant |= LT_PLANTED(trust_route) ? LT_PLANT_TRUST_ROUTE : 0;
    plant |= LT_PLANTED(withhold) ? LT_PLANT_WITHHOLD : 0;
    plant |= LT_PLANTED(no_bypass) ? LT_PLANT_NO_BYPASS : 0;
    plant |= LT_PLANTED(first_tree) ? LT_PLANT_FIRST_TREE : 0;
    return plant;
}

#endif
