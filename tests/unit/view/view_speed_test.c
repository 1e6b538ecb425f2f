/* How many events a second the view takes in: cases of four events from ten
 * offices, half their bytes Vietnamese text, 64 events a segment. The figure
 * is printed; the bound is only there to notice a slow path taken by mistake
 * (it holds without optimisation and under sanitizers). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys.h"
#include "tests/unit/view/viewing.h"

enum {
    OFFICES = 10,
    EVENTS = 50000,
    PER_SEGMENT = 64,
    SEGMENTS = EVENTS / PER_SEGMENT,
    BATCH = 32,
    SLOWEST_PER_S = 1000
};

static const char note[] =
    "Công dân trình bày về việc thu hồi đất, bồi thường, hỗ trợ tái định cư "
    "tại ấp Bình Hòa; đề nghị xem xét giá đất và tiến độ chi trả. Hẹn trả lời.";

static int64_t now_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

static struct lt_built make_segment(struct lt_build_office *office,
                                    struct lt_build_event *events)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);

    for (size_t i = 0; i < PER_SEGMENT; i += 4) {
        struct lt_event_id id;

        events[i] = viewing_case(office);
        id = events[i].event.id;
        events[i].texts_n = 0;
        lt_build_text(&events[i], 1, note);
        for (size_t j = 1; j < 4; j++) {
            events[i + j] = viewing_step(
                office, &id, &events[i + j - 1].event.id, j == 1 ? 1 : 5);
            events[i + j].event.doc_no = (struct lt_text){"123/QĐ-UBND", 0};
            events[i + j].event.doc_no.len =
                strlen(events[i + j].event.doc_no.data);
            lt_build_text(&events[i + j], 1, note);
        }
        office->now_ms += 1000;
    }
    return lt_build_segment(office, &up, events, PER_SEGMENT);
}

static void fifty_thousand_events_are_taken_in(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event *events = calloc(PER_SEGMENT, sizeof(*events));
    struct lt_built *log = calloc(SEGMENTS, sizeof(*log));
    struct lt_build_office offices[OFFICES];
    uint64_t pos = v->log_n;
    int64_t begun;
    int64_t took;

    assert_non_null(events);
    assert_non_null(log);
    for (size_t i = 0; i < OFFICES; i++) {
        lt_build_office_init(&offices[i], (uint8_t)(100 + i));
    }
    for (size_t i = 0; i < SEGMENTS; i++) {
        log[i] = make_segment(&offices[i % OFFICES], events);
    }
    begun = now_ms();
    for (size_t i = 0; i < SEGMENTS; i++) {
        if (i % BATCH == 0) {
            assert_int_equal(lt_view_begin(v->view), LT_OK);
        }
        assert_int_equal(
            lt_view_apply(v->view, ++pos, 1795244400000, &log[i].segment),
            LT_OK);
        if (i % BATCH == BATCH - 1 || i == SEGMENTS - 1) {
            assert_int_equal(lt_view_end(v->view), LT_OK);
        }
    }
    took = now_ms() - begun;
    took = took > 0 ? took : 1;
    print_message("view: %d events in %lld ms, %lld events/s\n",
                  SEGMENTS * PER_SEGMENT, (long long)took,
                  (long long)SEGMENTS * PER_SEGMENT * 1000 / (long long)took);
    assert_true((int64_t)SEGMENTS * PER_SEGMENT * 1000 / took > SLOWEST_PER_S);
    begun = now_ms();
    assert_non_null(strstr(viewing_list(v, LT_VIEW_CASES, 1), "in_progress"));
    print_message("view: first page of %d open cases in %lld ms\n",
                  SEGMENTS * PER_SEGMENT / 4, (long long)(now_ms() - begun));
    for (size_t i = 0; i < SEGMENTS; i++) {
        lt_built_free(&log[i]);
    }
    for (size_t i = 0; i < OFFICES; i++) {
        lt_build_office_deinit(&offices[i]);
    }
    free(log);
    free(events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(fifty_thousand_events_are_taken_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
