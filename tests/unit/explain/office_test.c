/* For each thing that can hinder an office: the code, and where it hangs. */
#include "tests/unit/explain/facing.h"

static struct lt_explanation ask(struct facing *facing, unsigned office)
{
    struct lt_office id = office_no(office);
    struct lt_explanation out;

    lt_explain_office(&facing->asking, &id, &out);
    return out;
}

static void all_is_well(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, DISTRICT);
    facing_link(&facing, PROVINCE, LT_FACT_UP)->we_dial = true;
    facing_link(&facing, COMMUNE, LT_FACT_UP);
    for (unsigned office = PROVINCE; office <= COMMUNE; office++) {
        out = ask(&facing, office);
        check_explained(&out, LT_MOVING_YES, "moving");
    }
    facing_deinit(&facing);
}

static void the_last_attempt_says_why_a_parent_is_not_there(void **state)
{
    static const struct {
        enum lt_tried_result result;
        const char *code;
    } rows[] = {
        {LT_TRIED_REFUSED, "link_refused"},
        {LT_TRIED_NO_ROUTE, "link_no_route"},
        {LT_TRIED_TIMED_OUT, "link_timed_out"},
        {LT_TRIED_NAME_UNKNOWN, "link_name_unknown"},
        {LT_TRIED_HANDSHAKE_SLOW, "link_handshake_slow"},
        {LT_TRIED_HANDSHAKE_ENDED, "link_handshake_ended"},
        {LT_TRIED_NOT_OURS, "link_not_ours"},
        {LT_TRIED_HELLO_REFUSED, "link_hello_refused"},
        {LT_TRIED_KEY_UNKNOWN, "link_key_unknown"},
        {LT_TRIED_NO_PROGRESS, "link_no_progress"},
        {LT_TRIED_LOST, "link_down"},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        struct facing facing;
        struct lt_fact_link *link;
        struct lt_explanation out;

        facing_init(&facing, COMMUNE);
        link = facing_link(&facing, DISTRICT, LT_FACT_APART);
        link->we_dial = true;
        link->next_at_ms = NOON_MS + 5000;
        facing_tried(link, LT_TRIED_SESSION, LT_TRIED_LOST);
        facing_tried(link, LT_TRIED_DIAL, rows[i].result);
        facing_tried(link, LT_TRIED_DIAL, LT_TRIED_CONNECTED);
        for (unsigned office = COMMUNE; office >= DISTRICT; office--) {
            out = ask(&facing, office); /* about itself the same */
            check_explained(&out, LT_MOVING_NO, rows[i].code);
            assert_int_equal(out.since_ms, NOON_MS - 600000);
            assert_int_equal(out.next_at_ms, NOON_MS + 5000);
            assert_int_equal(out.tried_n, 3);
            assert_non_null(strstr(out.text, "office 2"));
        }
        facing.asking.lang = LT_LANG_VI;
        out = ask(&facing, DISTRICT);
        check_explained(&out, LT_MOVING_NO, rows[i].code);
        assert_non_null(strstr(out.text, "Mất liên lạc với office 2"));
        facing_deinit(&facing);
    }
}

static void a_refused_key_is_told_by_its_alarm(void **state)
{
    struct facing facing;
    struct lt_fact_link *link;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    link = facing_link(&facing, DISTRICT, LT_FACT_APART);
    link->we_dial = true;
    facing_tried(link, LT_TRIED_DIAL, LT_TRIED_HANDSHAKE_ENDED);
    facing.alarms[0] = (struct lt_fact_alarm){.code = LT_EUNKNOWNKEY,
                                              .subject = office_no(DISTRICT),
                                              .since_ms = NOON_MS - 5000};
    facing.facts.alarms_n = 1;
    out = ask(&facing, DISTRICT);
    check_explained(&out, LT_MOVING_NO, "link_key_unknown");
    facing_deinit(&facing);
}

static void what_waits_for_a_parent_is_counted(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_APART)->we_dial = true;
    facing.own[0] = (struct lt_fact_own){
        .channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP},
        .number = 9};
    facing.facts.own_n = 1;
    facing.held[0] = (struct lt_fact_held){.by = office_no(DISTRICT),
                                           .channel = facing.own[0].channel,
                                           .number = 6};
    facing.facts.held_n = 1;
    out = ask(&facing, DISTRICT);
    assert_non_null(strstr(out.text, "to be sent: 3;"));
    facing_deinit(&facing);
}

static void what_came_by_courier_is_said(void **state)
{
    struct lt_fact_courier courier = {.office = office_no(DISTRICT),
                                      .imported_ms = NOON_MS - 60000};
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_APART)->we_dial = true;
    out = ask(&facing, DISTRICT);
    assert_null(strstr(out.text, "By courier"));
    facing.facts.couriers = &courier;
    facing.facts.couriers_n = 1;
    out = ask(&facing, DISTRICT);
    assert_non_null(strstr(out.text, "By courier: last imported "));
    assert_null(strstr(out.text, "exported"));
    facing_deinit(&facing);
}

static void a_link_that_is_up_may_be_stalled(void **state)
{
    struct facing facing;
    struct lt_fact_link *link;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, DISTRICT);
    facing_link(&facing, PROVINCE, LT_FACT_UP)->we_dial = true;
    link = facing_link(&facing, COMMUNE, LT_FACT_STALLED);
    link->waiting[LT_LANE_NORMAL] = 4;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "link_stalled");
    link->peer_full = true;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "peer_disk_full");
    link->session = LT_FACT_UP; /* and not a word for half a minute */
    link->peer_full = false;
    link->last_frame_ms = NOON_MS - 30000;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "link_stalled");
    assert_int_equal(out.since_ms, NOON_MS - 30000);
    facing_deinit(&facing);
}

static void a_child_has_to_call(void **state)
{
    struct facing facing;
    struct lt_fact_link *link;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, DISTRICT);
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "child_not_seen");
    assert_int_equal(out.since_ms, facing.facts.started_ms);
    link = facing_link(&facing, COMMUNE, LT_FACT_APART);
    facing_tried(link, LT_TRIED_SESSION, LT_TRIED_LOST);
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "child_silent");
    assert_non_null(strstr(out.text, "the connection was lost"));
    facing_deinit(&facing);
}

static void beyond_a_closed_way_nothing_moves(void **state)
{
    struct facing facing;
    struct lt_explanation out;
    struct lt_office district = office_no(DISTRICT);

    (void)state;
    facing_init(&facing, PROVINCE);
    facing_tried(facing_link(&facing, DISTRICT, LT_FACT_APART),
                 LT_TRIED_SESSION, LT_TRIED_LOST);
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "way_down");
    assert_true(lt_office_equal(&out.where, &district));
    assert_int_equal(out.tried_n, 1);
    assert_non_null(strstr(out.text, "office 3"));
    assert_non_null(strstr(out.text, "office 2 has not called"));
    facing_deinit(&facing);
}

/* Upward as well: the province is behind the district. */
static void the_way_up_is_a_way(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_APART)->we_dial = true;
    out = ask(&facing, PROVINCE);
    check_explained(&out, LT_MOVING_NO, "way_down");
    facing_deinit(&facing);
}

static void words_tell_of_offices_further_away(void **state)
{
    struct facing facing;
    struct lt_fact_office *commune = &facing.offices[COMMUNE - 1];
    struct lt_explanation out;
    struct lt_office district = office_no(DISTRICT);

    (void)state;
    facing_init(&facing, PROVINCE);
    facing_link(&facing, DISTRICT, LT_FACT_UP);
    commune->heard_ms = NOON_MS - LT_EXPLAIN_LATE_MS;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "no_word");
    assert_true(lt_office_equal(&out.where, &district));
    commune->heard_ms = NOON_MS - 1000;
    commune->state = LT_FACT_BEHIND;
    commune->missing = 12;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "behind");
    assert_non_null(strstr(out.text, "12"));
    commune->since_ms = NOON_MS - 1000; /* a moment is nothing */
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_YES, "moving");
    commune->state = LT_FACT_WITHHELD;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "withheld");
    facing_deinit(&facing);
}

static void what_is_held_back_has_a_reason(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_UP)->we_dial = true;
    facing.flows[0] = (struct lt_fact_flow){.to = office_no(DISTRICT),
                                            .held = LT_AQUOTA,
                                            .held_until_ms = NOON_MS + 60000};
    facing.facts.flows_n = 1;
    out = ask(&facing, DISTRICT);
    check_explained(&out, LT_MOVING_NO, "held_back");
    assert_int_equal(out.next_at_ms, NOON_MS + 60000);
    facing.flows[0].held = LT_ANOTFOLLOWED; /* it never wants that: no fault */
    out = ask(&facing, DISTRICT);
    check_explained(&out, LT_MOVING_YES, "moving");
    facing_deinit(&facing);
}

static void who_has_not_joined_is_told_apart(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, DISTRICT);
    facing.offices[COMMUNE - 1].bound = false;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "not_enrolled_here");
    facing.tokens[0] = (struct lt_fact_token){.office = office_no(COMMUNE),
                                              .name = "office 3",
                                              .expires_ms = NOON_MS + 1000};
    facing.facts.tokens_n = 1;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "not_enrolled");
    facing.tokens[0].expires_ms = NOON_MS;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "token_expired");
    facing.tokens[1] = facing.tokens[0]; /* printed again: that one counts */
    facing.tokens[1].expires_ms = NOON_MS + 5000;
    facing.facts.tokens_n = 2;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "not_enrolled");
    facing_deinit(&facing);
}

static void nobody_knows_of_cousins(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_UP)->we_dial = true;
    facing.offices[COUSIN - 1].partner = false;
    out = ask(&facing, COUSIN);
    check_explained(&out, LT_MOVING_UNKNOWN, "out_of_sight");
    facing_deinit(&facing);
}

static void this_node_comes_first(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_APART)->we_dial = true;
    facing.alarms[0] = (struct lt_fact_alarm){.code = LT_ACLOCKBACK,
                                              .since_ms = NOON_MS - 7,
                                              .diag.code = LT_ACLOCKBACK};
    facing.facts.alarms_n = 1;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "clock_before_log");
    assert_int_equal(out.since_ms, NOON_MS - 7);
    facing.facts.node = LT_FACT_INTAKE_REFUSED;
    facing.facts.node_reason = LT_EFULL;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "intake_refused");
    facing.facts.at_ms = NOON_MS - 20000; /* the loop hangs */
    out = ask(&facing, DISTRICT);
    check_explained(&out, LT_MOVING_NO, "not_turning");
    facing_deinit(&facing);
}

static void an_alarm_about_a_neighbour_explains_it(void **state)
{
    struct facing facing;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, DISTRICT);
    facing_link(&facing, COMMUNE, LT_FACT_UP);
    facing.alarms[0] = (struct lt_fact_alarm){.code = LT_ACLOCKSKEW,
                                              .subject = office_no(COMMUNE),
                                              .diag.code = LT_ACLOCKSKEW};
    facing.alarms[1] = (struct lt_fact_alarm){.code = LT_ATWOMACHINES,
                                              .subject = office_no(COMMUNE),
                                              .diag.code = LT_ATWOMACHINES};
    facing.facts.alarms_n = 2;
    out = ask(&facing, COMMUNE);
    assert_string_equal(out.code, "two_machines"); /* the graver one */
    facing_deinit(&facing);
}

/* @office's closing, for @heir. */
static void close_no(struct facing *facing, unsigned office, unsigned heir)
{
    struct lt_event event = {.type = LT_EV_OFFICE_CHANGED,
                             .hlc = (uint64_t)(NOON_MS - 7200000) << 16,
                             .office_closed = true,
                             .has_heir = true};

    event.office.id = office_no(office);
    event.heir = office_no(heir);
    assert_int_equal(lt_tree_apply(facing->tree,
                                   lt_tree_version(facing->tree) + 1, &event,
                                   NULL),
                     LT_OK);
}

static void a_closed_office_waits_until_its_key_has_ended(void **state)
{
    struct facing facing;
    struct lt_fact_office *fact = &facing.offices[COMMUNE - 1];
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, PROVINCE);
    close_no(&facing, COMMUNE, SIBLING);
    facing.facts.writes_tree = true;
    fact->drain = LT_FACT_UNSAID;
    fact->missing = 3;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "closed_waits");
    assert_true(out.since_ms != 0);
    assert_non_null(strstr(out.text, "3 entries"));
    assert_non_null(strstr(out.remedy, "lienthong revoke"));
    fact->missing = 0;
    fact->drain = LT_FACT_MISSING;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_NO, "closed_waits");
    assert_null(strstr(out.text, "entries"));
    fact->drain = LT_FACT_KEY_ENDED;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_YES, "closed_over");
    fact->drain = LT_FACT_KEY_RESTORED;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_YES, "closed");
    /* Who does not write the tree cannot know what is missing. */
    facing.facts.writes_tree = false;
    fact->drain = LT_FACT_UNSAID;
    out = ask(&facing, COMMUNE);
    check_explained(&out, LT_MOVING_YES, "closed");
    facing_deinit(&facing);
}

static void a_closed_office_says_when_its_machine_may_go(void **state)
{
    static const struct {
        bool silent;
        bool ended;
        enum lt_moving moving;
        const char *code;
    } rows[] = {{false, false, LT_MOVING_YES, "self_closed"},
                {true, false, LT_MOVING_YES, "self_closed_waits"},
                {true, true, LT_MOVING_YES, "self_closed_over"},
                {false, true, LT_MOVING_NO, "self_closed_early"}};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        struct facing facing;
        struct lt_explanation out;

        facing_init(&facing, COMMUNE);
        close_no(&facing, COMMUNE, SIBLING);
        facing.facts.silent = rows[i].silent;
        facing.facts.ended = rows[i].ended;
        if (!rows[i].ended) { /* with an ended key nobody is there */
            facing_link(&facing, DISTRICT, LT_FACT_UP)->we_dial = true;
        }
        for (int lang = LT_LANG_VI; lang <= LT_LANG_EN; lang++) {
            facing.asking.lang = (enum lt_lang)lang;
            out = ask(&facing, COMMUNE);
            check_explained(&out, rows[i].moving, rows[i].code);
            assert_non_null(strstr(out.text, "office 4"));
        }
        facing_deinit(&facing);
    }
}

static void every_code_has_its_texts(void **state)
{
    const char *code;

    (void)state;
    for (size_t i = 0; (code = lt_explain_code_at(i)) != NULL; i++) {
        char word[64];
        char text[LT_MESSAGE_MAX];

        (void)snprintf(word, sizeof(word), "ui_ex_%s", code);
        for (int lang = LT_LANG_VI; lang <= LT_LANG_EN; lang++) {
            assert_string_not_equal(lt_ui((enum lt_lang)lang, word), word);
            assert_true(lt_ui_remedy((enum lt_lang)lang, word, NULL, text,
                                     sizeof(text)) > 10);
        }
    }
    for (uint8_t i = 0; i < LT_TRIED_RESULTS; i++) {
        char word[64];

        (void)snprintf(word, sizeof(word), "ui_tried_%s",
                       lt_tried_result_word(i));
        assert_string_not_equal(lt_ui(LT_LANG_VI, word), word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well),
        cmocka_unit_test(the_last_attempt_says_why_a_parent_is_not_there),
        cmocka_unit_test(a_refused_key_is_told_by_its_alarm),
        cmocka_unit_test(what_waits_for_a_parent_is_counted),
        cmocka_unit_test(what_came_by_courier_is_said),
        cmocka_unit_test(a_link_that_is_up_may_be_stalled),
        cmocka_unit_test(a_child_has_to_call),
        cmocka_unit_test(beyond_a_closed_way_nothing_moves),
        cmocka_unit_test(the_way_up_is_a_way),
        cmocka_unit_test(words_tell_of_offices_further_away),
        cmocka_unit_test(what_is_held_back_has_a_reason),
        cmocka_unit_test(who_has_not_joined_is_told_apart),
        cmocka_unit_test(nobody_knows_of_cousins),
        cmocka_unit_test(this_node_comes_first),
        cmocka_unit_test(an_alarm_about_a_neighbour_explains_it),
        cmocka_unit_test(a_closed_office_waits_until_its_key_has_ended),
        cmocka_unit_test(a_closed_office_says_when_its_machine_may_go),
        cmocka_unit_test(every_code_has_its_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
