/* What the tables say is what the daemon does: settings, counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/counters.h"
#include "common/link_msg.h"
#include "daemon/daemon_internal.h"

static void settings_that_reload_are_those_that_are_applied(void **state)
{
    unsigned reloads = 0;

    (void)state;
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        const struct lt_setting_info *info =
            lt_setting_info((enum lt_setting)i);
        bool says = info->applies == LT_APPLIES_RELOAD;

        if (says != lt_daemon_reloads((enum lt_setting)i)) {
            fail_msg("%s %s", info->key,
                     says ? "reloads, but nothing applies it"
                          : "is applied, but asks for a restart");
        }
        reloads += says;
    }
    assert_true(reloads > 0);
}

/* A frame counts as what it is, in the direction it goes. */
static void frames_are_counted_by_direction(void **state)
{
    static const uint8_t ack[] = {LT_FRAME_ACK, 1, 2};
    static const uint8_t ping[] = {LT_FRAME_PING, 1};
    uint64_t frames = lt_counter_get(LT_CNT_FRAMES_SENT);
    uint64_t bytes = lt_counter_get(LT_CNT_BYTES_SENT);
    uint64_t acks = lt_counter_get(LT_CNT_ACKS_SENT);
    uint64_t received = lt_counter_get(LT_CNT_FRAMES_RECEIVED);

    (void)state;
    lt_daemon_count_frame(ack, sizeof(ack), true);
    lt_daemon_count_frame(ping, sizeof(ping), true);
    lt_daemon_count_frame(ping, 0, true);
    assert_int_equal(lt_counter_get(LT_CNT_FRAMES_SENT) - frames, 3);
    assert_int_equal(lt_counter_get(LT_CNT_BYTES_SENT) - bytes, 5);
    assert_int_equal(lt_counter_get(LT_CNT_ACKS_SENT) - acks, 1);
    assert_int_equal(lt_counter_get(LT_CNT_FRAMES_RECEIVED), received);
    lt_daemon_count_frame(ack, sizeof(ack), false);
    assert_int_equal(lt_counter_get(LT_CNT_FRAMES_RECEIVED) - received, 1);
    assert_int_equal(lt_counter_get(LT_CNT_ACKS_SENT) - acks, 1);
}

static void segments_are_counted_by_origin(void **state)
{
    const struct lt_office self = {{1}};
    struct lt_segment segment = {.count = 3};
    uint64_t written = lt_counter_get(LT_CNT_EVENTS_WRITTEN);
    uint64_t taken = lt_counter_get(LT_CNT_EVENTS_TAKEN);
    uint64_t segments = lt_counter_get(LT_CNT_SEGMENTS_TAKEN);

    (void)state;
    segment.stream.origin = self;
    lt_daemon_count_stored(&self, &segment);
    segment.stream.origin.bytes[0] = 2;
    segment.count = 4;
    lt_daemon_count_stored(&self, &segment);
    assert_int_equal(lt_counter_get(LT_CNT_EVENTS_WRITTEN) - written, 3);
    assert_int_equal(lt_counter_get(LT_CNT_EVENTS_TAKEN) - taken, 4);
    assert_int_equal(lt_counter_get(LT_CNT_SEGMENTS_TAKEN) - segments, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_that_reload_are_those_that_are_applied),
        cmocka_unit_test(frames_are_counted_by_direction),
        cmocka_unit_test(segments_are_counted_by_origin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
