/* A small tree for tests of explain: province 1, district 2, communes 3 and 4,
 * another district 5 with commune 6. Asked at noon of a day in 2026. */
#ifndef LT_TESTS_UNIT_EXPLAIN_FACING_H
#define LT_TESTS_UNIT_EXPLAIN_FACING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/explain/explain.h"
#include "tests/unit/tree/builder.h"

#define NOON_MS INT64_C(1795237200000)

enum { PROVINCE = 1, DISTRICT, COMMUNE, SIBLING, OTHER, COUSIN, OFFICES = 6 };

struct facing {
    struct lt_tree *tree;
    struct lt_facts facts;
    struct lt_asking asking;
    struct lt_fact_link links[4];
    struct lt_fact_office offices[OFFICES];
    struct lt_fact_held held[4];
    struct lt_fact_own own[2];
    struct lt_fact_flow flows[2];
    struct lt_fact_hold holds[1];
    struct lt_fact_token tokens[2];
    struct lt_fact_alarm alarms[2];
};

/* Everybody has joined, was heard of a second ago and is current. */
static inline void facing_init(struct facing *facing, unsigned self)
{
    static const unsigned parents[OFFICES + 1] = {
        0, 0, PROVINCE, DISTRICT, DISTRICT, PROVINCE, OTHER};

    memset(facing, 0, sizeof(*facing));
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &facing->tree), LT_OK);
    for (unsigned n = 1; n <= OFFICES; n++) {
        assert_int_equal(open_no(facing->tree, n, parents[n]), LT_OK);
        facing->offices[n - 1] =
            (struct lt_fact_office){.office = office_no(n),
                                    .bound = true,
                                    .partner = n != self,
                                    .since_ms = NOON_MS - 3600000,
                                    .heard_ms = NOON_MS - 1000,
                                    .said_ms = NOON_MS - 1000};
    }
    facing->facts.at_ms = NOON_MS - 100;
    facing->facts.self = office_no(self);
    facing->facts.node = LT_FACT_READY;
    facing->facts.started_ms = NOON_MS - 7200000;
    facing->facts.has_superior = self != PROVINCE;
    facing->facts.superior = office_no(parents[self]);
    facing->facts.links = facing->links;
    facing->facts.offices = facing->offices;
    facing->facts.offices_n = OFFICES;
    facing->facts.held = facing->held;
    facing->facts.own = facing->own;
    facing->facts.flows = facing->flows;
    facing->facts.holds = facing->holds;
    facing->facts.tokens = facing->tokens;
    facing->facts.alarms = facing->alarms;
    facing->asking = (struct lt_asking){.facts = &facing->facts,
                                        .tree = facing->tree,
                                        .lang = LT_LANG_EN,
                                        .now_ms = NOON_MS};
}

static inline void facing_deinit(struct facing *facing)
{
    lt_tree_free(facing->tree);
}

static inline struct lt_fact_link *facing_link(struct facing *facing,
                                               unsigned office,
                                               enum lt_fact_session session)
{
    struct lt_fact_link *link = &facing->links[facing->facts.links_n++];

    *link = (struct lt_fact_link){.office = office_no(office),
                                  .session = session,
                                  .since_ms = NOON_MS - 600000,
                                  .last_frame_ms = NOON_MS - 2000,
                                  .last_ack_ms = NOON_MS - 2000};
    return link;
}

static inline void facing_tried(struct lt_fact_link *link,
                                enum lt_tried_what what,
                                enum lt_tried_result result)
{
    link->tried[link->tried_n++] = (struct lt_tried){
        .at_ms = NOON_MS - 60000 + (int64_t)link->tried_n * 1000,
        .last_ms = NOON_MS - 60000 + (int64_t)link->tried_n * 1000,
        .times = 3,
        .what = (uint8_t)what,
        .result = (uint8_t)result,
        .address = "10.0.0.7:7441"};
}

static inline void check_explained(const struct lt_explanation *out,
                                   enum lt_moving moving, const char *code)
{
    assert_string_equal(out->code, code);
    assert_int_equal(out->moving, moving);
    assert_true(strlen(out->text) > 10);
    assert_true(strlen(out->remedy) > 10);
    /* A placeholder or a bracket that stayed is a hole in the catalogue. */
    assert_null(strpbrk(out->text, "{}[]"));
    assert_null(strpbrk(out->remedy, "{}[]"));
    assert_null(strstr(out->text, "ui_"));
}

#endif
