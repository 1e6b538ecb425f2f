/* What an office answers by itself: each thing once, whatever happens. */
#include "tests/unit/daemon/house.h"

static const struct lt_channel TREE_UP = {.cls = LT_CLASS_TREE,
                                          .audience = LT_AUDIENCE_UP};

static struct lt_office new_id(uint8_t n)
{
    struct lt_office id;

    memset(id.bytes, n, LT_OFFICE_LEN);
    return id;
}

/* @office proposes @id below @parent, committed. */
static void propose(struct office *office, struct lt_office id,
                    struct lt_office parent)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = LT_EV_OFFICE_PROPOSED;
    event->office.id = id;
    event->office.parent = parent;
    event->office.name = (struct lt_text){"Tân Bình", 9};
    event->office.kind = (struct lt_text){"commune", 7};
    assert_int_equal(office_write(office, event, &TREE_UP, 1, 1), LT_OK);
    assert_int_equal(office_end(office), LT_OK);
    free(event);
}

/* @office directs @to, committed. */
static void direct(struct office *office, const struct lt_office *to)
{
    const struct lt_channel channel = {
        .cls = LT_CLASS_DIRECTIVE, .audience = LT_AUDIENCE_TO, .to = *to};
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = LT_EV_DIRECTIVE_ISSUED;
    event->doc_no = (struct lt_text){"12/CT-UBND", 10};
    event->to_n = 1;
    event->to = to;
    assert_int_equal(office_write(office, event, &channel, 1, 1), LT_OK);
    assert_int_equal(office_end(office), LT_OK);
    free(event);
}

static uint64_t position(struct office *office)
{
    uint64_t pos = 0;
    struct lt_buf value;
    lt_err err;

    lt_buf_init(&value, lt_alloc_heap());
    err = lt_log_get_meta(office->log, "clerk/pos", &value);
    if (err == LT_OK) {
        assert_int_equal(value.len, sizeof(pos));
        memcpy(&pos, value.data, sizeof(pos));
    } else {
        assert_int_equal(err, LT_ENOTFOUND);
    }
    lt_buf_deinit(&value);
    return pos;
}

static void again(struct office *office)
{
    office_cut(office);
    office_start(office);
    house_link(office->house);
    house_run(office->house);
}

/* ---- offices ---- */

static void a_parents_proposal_is_opened_once(void **state)
{
    struct house *house = *state;
    struct office *province = &house->offices[PROVINCE];
    struct office *district = &house->offices[DISTRICT];
    struct lt_office id = new_id(0x77);
    const struct lt_tree_office *opened;

    house_link(house);
    house_run(house);
    propose(district, id, district->id);
    house_run(house);
    opened = lt_tree_find(lt_engine_tree(province->engine), &id);
    assert_non_null(opened);
    assert_true(lt_office_equal(&opened->parent, &district->id));
    assert_int_equal(office_count(province, LT_EV_OFFICE_OPENED), 4);
    /* Its parent hears of it, and so does the office beside. */
    assert_non_null(lt_tree_find(lt_engine_tree(district->engine), &id));
    assert_non_null(
        lt_tree_find(lt_engine_tree(house->offices[COMMUNE].engine), &id));

    again(province);
    again(province);
    assert_int_equal(office_count(province, LT_EV_OFFICE_OPENED), 4);
}

/* Only the parent speaks for who is below it. */
static void somebody_elses_child_is_not_opened(void **state)
{
    struct house *house = *state;
    struct office *province = &house->offices[PROVINCE];
    struct lt_office id = new_id(0x78);

    house_link(house);
    house_run(house);
    propose(&house->offices[COMMUNE], id, house->offices[DISTRICT].id);
    propose(&house->offices[DISTRICT], id, province->id);
    house_run(house);
    assert_int_equal(office_count(province, LT_EV_OFFICE_PROPOSED), 2);
    assert_int_equal(office_count(province, LT_EV_OFFICE_OPENED), 3);
    assert_null(lt_tree_find(lt_engine_tree(province->engine), &id));
    assert_false(lt_clerk_wants(province->clerk));
}

static void an_office_that_is_there_is_not_opened_again(void **state)
{
    struct house *house = *state;
    struct office *province = &house->offices[PROVINCE];
    struct office *district = &house->offices[DISTRICT];

    house_link(house);
    house_run(house);
    propose(district, house->offices[COMMUNE].id, district->id);
    propose(district, new_id(0x79), district->id);
    propose(district, new_id(0x79), district->id);
    house_run(house);
    assert_int_equal(office_count(province, LT_EV_OFFICE_OPENED), 4);
}

/* ---- directives ---- */

static void a_directive_is_acknowledged_once_over_restarts(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];

    house_link(house);
    house_run(house);
    direct(&house->offices[PROVINCE], &district->id);
    house_run(house);
    assert_int_equal(office_count(district, LT_EV_DIRECTIVE_STATUS), 1);
    assert_int_equal(
        office_count(&house->offices[PROVINCE], LT_EV_DIRECTIVE_STATUS), 1);
    again(district);
    again(district);
    assert_int_equal(office_count(district, LT_EV_DIRECTIVE_STATUS), 1);

    direct(&house->offices[PROVINCE], &district->id);
    house_run(house);
    assert_int_equal(office_count(district, LT_EV_DIRECTIVE_STATUS), 2);
}

/* The power goes after the directive is durable and before its answer is. */
static void an_answer_that_was_lost_is_written_in_the_next_life(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];

    house_link(house);
    house_run(house);
    direct(&house->offices[PROVINCE], &district->id);
    office_receive(district);
    assert_int_equal(office_end(district), LT_OK);
    assert_int_equal(office_count(district, LT_EV_DIRECTIVE_ISSUED), 1);
    assert_true(lt_clerk_wants(district->clerk));
    assert_int_equal(lt_clerk_slice(district->clerk, &house->now), LT_OK);
    again(district);
    assert_int_equal(office_count(district, LT_EV_DIRECTIVE_STATUS), 1);
}

/* Passing a directive on is not receiving it. */
static void a_relay_leaves_the_answer_to_the_addressee(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];

    house_link(house);
    house_run(house);
    direct(&house->offices[PROVINCE], &commune->id);
    house_run(house);
    assert_int_equal(office_count(commune, LT_EV_DIRECTIVE_STATUS), 1);
    assert_int_equal(
        office_count(&house->offices[DISTRICT], LT_EV_DIRECTIVE_STATUS), 1);
    assert_int_equal(position(&house->offices[DISTRICT]), 0);
}

/* Without rest it would keep the loop awake for as long as the disk is full. */
static void without_room_the_answer_waits(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];

    house_link(house);
    house_run(house);
    direct(&house->offices[PROVINCE], &district->id);
    office_receive(district);
    assert_int_equal(office_end(district), LT_OK);
    lt_disk_set_quota(district->disk, 1);
    assert_int_equal(lt_clerk_slice(district->clerk, &house->now), LT_OK);
    assert_int_equal(office_end(district), LT_EFULL);
    assert_false(lt_clerk_wants(district->clerk));
    lt_disk_set_quota(district->disk, 0);
    lt_clerk_room(district->clerk);
    assert_true(lt_clerk_wants(district->clerk));
    house_run(house);
    assert_int_equal(office_count(district, LT_EV_DIRECTIVE_STATUS), 1);
}

static void a_closed_intake_lets_the_answer_wait(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];
    struct lt_input intake = {.kind = LT_IN_INTAKE, .code = LT_EFULL};

    house_link(house);
    house_run(house);
    direct(&house->offices[PROVINCE], &district->id);
    office_receive(district);
    assert_int_equal(office_end(district), LT_OK);
    assert_int_equal(lt_turn_input(district->turn, &house->now, &intake),
                     LT_OK);
    assert_int_equal(lt_clerk_slice(district->clerk, &house->now), LT_OK);
    assert_int_equal(office_end(district), LT_OK);
    assert_false(lt_clerk_wants(district->clerk));
    intake.flag = true;
    assert_int_equal(lt_turn_input(district->turn, &house->now, &intake),
                     LT_OK);
    lt_clerk_room(district->clerk);
    house_run(house);
    assert_int_equal(office_count(district, LT_EV_DIRECTIVE_STATUS), 1);
}

/* ---- position ---- */

static void own_streams_ask_nothing(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];

    house_link(house);
    house_run(house);
    direct(district, &house->offices[COMMUNE].id);
    propose(district, new_id(0x7a), district->id);
    assert_false(lt_clerk_wants(district->clerk));
    (void)office_wrote_case(district, 3);
    assert_false(lt_clerk_wants(district->clerk));
    assert_int_equal(position(district), 0);
}

static void the_position_moves_in_the_commit_of_the_answer(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];
    uint64_t commits;
    uint64_t pos;

    house_link(house);
    house_run(house);
    direct(&house->offices[PROVINCE], &district->id);
    office_receive(district);
    assert_int_equal(office_end(district), LT_OK);
    pos = office_stats(district).last_pos;
    commits = office_stats(district).commits;
    assert_int_equal(lt_clerk_slice(district->clerk, &house->now), LT_OK);
    assert_int_equal(office_end(district), LT_OK);
    assert_int_equal(office_stats(district).commits, commits + 1);
    assert_int_equal(position(district), pos);
    assert_false(lt_clerk_wants(district->clerk));

    direct(&house->offices[PROVINCE], &district->id);
    house_run(house);
    assert_true(position(district) > pos);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(a_parents_proposal_is_opened_once),
        HOUSE_TEST(somebody_elses_child_is_not_opened),
        HOUSE_TEST(an_office_that_is_there_is_not_opened_again),
        HOUSE_TEST(a_directive_is_acknowledged_once_over_restarts),
        HOUSE_TEST(an_answer_that_was_lost_is_written_in_the_next_life),
        HOUSE_TEST(a_relay_leaves_the_answer_to_the_addressee),
        HOUSE_TEST(without_room_the_answer_waits),
        HOUSE_TEST(a_closed_intake_lets_the_answer_wait),
        HOUSE_TEST(own_streams_ask_nothing),
        HOUSE_TEST(the_position_moves_in_the_commit_of_the_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
