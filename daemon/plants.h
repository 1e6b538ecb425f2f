/* The planted faults (common/failpoint_table.h) that live in the engine, which
 * knows no names: as the mask of its options. */
#ifndef LT_DAEMON_PLANTS_H
#define LT_DAEMON_PLANTS_H

#include "common/failpoint.h"
#include "daemon/engine/engine.h"

/* 0 unless a test planted something. */
static inline uint64_t lt_engine_plants(void)
{
    uint64_t plant = 0;

    plant |= LT_PLANTED(ack_before_commit) ? lt_plant_bit(LT_PLANT_ACK_BEFORE_COMMIT) : 0;
    plant |= LT_PLANTED(skip_chain_check) ? lt_plant_bit(LT_PLANT_SKIP_CHAIN_CHECK) : 0;
    plant |= LT_PLANTED(skip_epoch_check) ? lt_plant_bit(LT_PLANT_SKIP_EPOCH_CHECK) : 0;
    plant |= LT_PLANTED(skip_signature) ? lt_plant_bit(LT_PLANT_SKIP_SIGNATURE_CHECK) : 0;
    plant |= LT_PLANTED(skip_parts) ? lt_plant_bit(LT_PLANT_SKIP_PARTS_CHECK) : 0;
    plant |= LT_PLANTED(lose_parts) ? lt_plant_bit(LT_PLANT_FORWARD_REENCODED) : 0;
    plant |= LT_PLANTED(store_repeated) ? lt_plant_bit(LT_PLANT_DEDUPE_OFF) : 0;
    plant |= LT_PLANTED(ignore_gap) ? lt_plant_bit(LT_PLANT_IGNORE_GAP) : 0;
    plant |= LT_PLANTED(never_resend) ? lt_plant_bit(LT_PLANT_NEVER_RESEND) : 0;
    plant |= LT_PLANTED(drop_branch) ? lt_plant_bit(LT_PLANT_DROP_BRANCH) : 0;
    plant |= LT_PLANTED(trust_hello) ? lt_plant_bit(LT_PLANT_TRUST_HELLO) : 0;
    plant |= LT_PLANTED(take_erased) ? lt_plant_bit(LT_PLANT_TAKE_ERASED) : 0;
    plant |= LT_PLANTED(keep_credit) ? lt_plant_bit(LT_PLANT_KEEP_CREDIT) : 0;
    plant |= LT_PLANTED(window_unbounded) ? lt_plant_bit(LT_PLANT_WINDOW_UNBOUNDED) : 0;
    plant |= LT_PLANTED(trust_courier) ? lt_plant_bit(LT_PLANT_TRUST_COURIER) : 0;
    plant |= LT_PLANTED(quota_off) ? lt_plant_bit(LT_PLANT_QUOTA_OFF) : 0;
    plant |= LT_PLANTED(one_lane) ? lt_plant_bit(LT_PLANT_ONE_LANE) : 0;
    plant |= LT_PLANTED(dedupe_window) ? lt_plant_bit(LT_PLANT_DEDUPE_WINDOW) : 0;
    plant |= LT_PLANTED(receipt_by_parent) ? lt_plant_bit(LT_PLANT_RECEIPT_BY_PARENT) : 0;
    plant |= LT_PLANTED(mute_statements) ? lt_plant_bit(LT_PLANT_MUTE_STATEMENTS) : 0;
    plant |= LT_PLANTED(hold_for_ever) ? lt_plant_bit(LT_PLANT_HOLD_FOR_EVER) : 0;
    plant |= LT_PLANTED(never_quiet) ? lt_plant_bit(LT_PLANT_NEVER_QUIET) : 0;
    plant |= LT_PLANTED(leave_behind) ? lt_plant_bit(LT_PLANT_LEAVE_BEHIND) : 0;
    plant |= LT_PLANTED(trust_route) ? lt_plant_bit(LT_PLANT_TRUST_ROUTE) : 0;
    plant |= LT_PLANTED(withhold) ? lt_plant_bit(LT_PLANT_WITHHOLD) : 0;
    plant |= LT_PLANTED(no_bypass) ? lt_plant_bit(LT_PLANT_NO_BYPASS) : 0;
    plant |= LT_PLANTED(first_tree) ? lt_plant_bit(LT_PLANT_FIRST_TREE) : 0;
    plant |= LT_PLANTED(doors_open) ? lt_plant_bit(LT_PLANT_DOORS_OPEN) : 0;
    plant |= LT_PLANTED(keep_revoked) ? lt_plant_bit(LT_PLANT_KEEP_REVOKED) : 0;
    plant |= LT_PLANTED(forget_waiting) ? lt_plant_bit(LT_PLANT_FORGET_WAITING) : 0;
    plant |= LT_PLANTED(forget_first_key)
                 ? lt_plant_bit(LT_PLANT_FORGET_FIRST_KEY)
                 : 0;
    plant |= LT_PLANTED(refuse_rebound) ? lt_plant_bit(LT_PLANT_REFUSE_REBOUND) : 0;
    plant |= LT_PLANTED(hide_own_key) ? lt_plant_bit(LT_PLANT_HIDE_OWN_KEY) : 0;
    plant |= LT_PLANTED(keep_blame) ? lt_plant_bit(LT_PLANT_KEEP_BLAME) : 0;
    plant |= LT_PLANTED(forget_own_stamp)
                 ? lt_plant_bit(LT_PLANT_FORGET_OWN_STAMP)
                 : 0;
    plant |= LT_PLANTED(shut_for_good)
                 ? lt_plant_bit(LT_PLANT_SHUT_FOR_GOOD)
                 : 0;
    plant |= LT_PLANTED(wait_for_shut) ? lt_plant_bit(LT_PLANT_WAIT_FOR_SHUT) : 0;
    plant |= LT_PLANTED(forget_own_binding)
                 ? lt_plant_bit(LT_PLANT_FORGET_OWN_BINDING)
                 : 0;
    plant |= LT_PLANTED(any_key) ? lt_plant_bit(LT_PLANT_ANY_KEY) : 0;
    plant |= LT_PLANTED(forget_unstored)
                 ? lt_plant_bit(LT_PLANT_FORGET_UNSTORED)
                 : 0;
    plant |= LT_PLANTED(all_lanes) ? lt_plant_bit(LT_PLANT_ALL_LANES) : 0;
    return plant;
}

#endif
