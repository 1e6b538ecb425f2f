/* A turn keeps its word: nothing is said before it is durable. */
#include "tests/unit/daemon/house.h"

#include <sqlite3.h>

static const size_t NONE = SIZE_MAX;

/* ---- what may be said, and when ---- */

static void a_writer_is_told_only_after_the_commit(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    uint64_t before = office_stats(commune).commits;
    size_t commit;
    size_t told;

    office_forget(commune);
    (void)office_wrote_case(commune, 7);
    commit = office_happened(commune, 0, HAPPENED_COMMITTING, 0);
    told = office_happened(commune, 0, HAPPENED_WRITTEN, 0);
    assert_true(commit != NONE && told != NONE && commit < told);
    assert_int_equal(commune->happenings[commit].commits, before);
    assert_int_equal(commune->happenings[told].commits, before + 1);
    assert_int_equal(commune->happenings[told].token, 7);
    assert_int_equal(commune->happenings[told].result, LT_OK);
    assert_true(office_happened(commune, 0, HAPPENED_STORED, 0) < told);
}

static void an_ack_leaves_only_after_the_commit(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    uint64_t before;
    size_t ack;

    house_link(house);
    house_run(house);
    before = office_stats(district).commits;
    office_forget(district);
    (void)office_wrote_case(commune, 1);
    office_receive(district);
    assert_int_equal(office_end(district), LT_OK);
    ack = office_happened(district, 0, HAPPENED_SEND, LT_FRAME_ACK);
    assert_true(ack != NONE);
    assert_int_equal(district->happenings[ack].commits, before + 1);
    assert_true(office_happened(district, 0, HAPPENED_STORED, 0) < ack);
}

/* Cut-through: the province need not wait for the district's disk. */
static void a_relay_forwards_before_its_own_commit(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];
    size_t forward;
    size_t commit;

    house_link(house);
    house_run(house);
    office_forget(district);
    (void)office_wrote_case(&house->offices[COMMUNE], 1);
    office_receive(district);
    assert_int_equal(office_end(district), LT_OK);
    forward = office_happened(district, 0, HAPPENED_SEND, LT_FRAME_SEGMENTS);
    commit = office_happened(district, 0, HAPPENED_COMMITTING, 0);
    assert_true(forward != NONE && forward < commit);
}

/* An origin sends what it wrote only when it cannot lose it any more. */
static void an_origin_sends_after_its_own_commit(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    size_t sent;

    house_link(house);
    house_run(house);
    office_forget(commune);
    (void)office_wrote_case(commune, 1);
    sent = office_happened(commune, 0, HAPPENED_SEND, LT_FRAME_SEGMENTS);
    assert_true(sent != NONE);
    assert_true(office_happened(commune, 0, HAPPENED_WRITTEN, 0) < sent);
}

static void many_writes_of_a_turn_are_one_commit(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    uint64_t syncs = office_syncs(commune);
    struct lt_buf answer;
    bool repeated;

    /* The first commit of a life also makes the files' names durable. */
    (void)office_wrote_case(commune, 1);
    syncs = office_syncs(commune);
    lt_buf_init(&answer, lt_alloc_heap());
    for (uint64_t i = 0; i < 20; i++) {
        assert_int_equal(office_case(commune, 10 + i, 0, 3, &answer, &repeated),
                         LT_OK);
    }
    office_forget(commune);
    assert_int_equal(office_end(commune), LT_OK);
    assert_int_equal(office_syncs(commune), syncs + 1);
    assert_int_equal(answer.len, 60 * LT_ANSWER_ENTRY_LEN);
    assert_int_equal(office_count(commune, LT_EV_CASE_OPENED), 61);
    lt_buf_deinit(&answer);
}

/* ---- no room ---- */

static unsigned told_full(const struct office *office)
{
    unsigned n = 0;

    for (size_t i = 0; i < office->happenings_n; i++) {
        n += office->happenings[i].kind == HAPPENED_WRITTEN &&
             office->happenings[i].result == LT_EFULL;
    }
    return n;
}

static void a_full_disk_rolls_back_all_of_it_and_says_so(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct lt_buf answer;
    struct lt_log_stats before;
    bool repeated;

    (void)office_wrote_case(commune, 1);
    before = office_stats(commune);
    lt_disk_set_quota(commune->disk, lt_disk_used(commune->disk) + 4096);
    office_forget(commune);
    lt_buf_init(&answer, lt_alloc_heap());
    assert_int_equal(office_case(commune, 2, 0x11, 200, &answer, &repeated),
                     LT_OK);
    assert_int_equal(office_case(commune, 3, 0x22, 200, &answer, &repeated),
                     LT_OK);
    assert_int_equal(office_end(commune), LT_EFULL);
    assert_int_equal(told_full(commune), 2);
    assert_true(office_happened(commune, 0, HAPPENED_STORED, 0) == NONE);
    assert_int_equal(office_stats(commune).events, before.events);
    assert_int_equal(office_stats(commune).last_pos, before.last_pos);

    /* There is room again: the same requests are new ones, not repeats. */
    lt_disk_set_quota(commune->disk, 0);
    lt_buf_reset(&answer);
    assert_int_equal(office_case(commune, 4, 0x11, 2, &answer, &repeated),
                     LT_OK);
    assert_false(repeated);
    office_forget(commune);
    assert_int_equal(office_end(commune), LT_OK);
    assert_int_equal(told_full(commune), 0);
    assert_int_equal(office_stats(commune).events, before.events + 2);
    lt_buf_deinit(&answer);
}

static void a_full_relay_acknowledges_nothing_and_forwards(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct office *district = &house->offices[DISTRICT];
    struct lt_buf answer;
    bool repeated;
    uint64_t events;

    house_link(house);
    house_run(house);
    lt_buf_init(&answer, lt_alloc_heap());
    assert_int_equal(office_case(commune, 1, 0, 100, &answer, &repeated),
                     LT_OK);
    assert_int_equal(office_end(commune), LT_OK);
    events = office_stats(district).events;
    lt_disk_set_quota(district->disk, lt_disk_used(district->disk));
    office_forget(district);
    office_receive(district);
    assert_int_equal(office_end(district), LT_EFULL);
    assert_true(office_happened(district, 0, HAPPENED_STORED, 0) == NONE);
    assert_true(
        office_happened(district, 0, HAPPENED_SEND, LT_FRAME_SEGMENTS) != NONE);
    assert_int_equal(office_stats(district).events, events);

    /* With room again everything arrives, once. */
    lt_disk_set_quota(district->disk, 0);
    for (unsigned i = 0; i < 120; i++) {
        house_later(house, 1000);
        house_run(house);
    }
    assert_int_equal(office_count(district, LT_EV_CASE_OPENED), 100);
    assert_int_equal(office_count(&house->offices[PROVINCE], LT_EV_CASE_OPENED),
                     100);
    lt_buf_deinit(&answer);
}

/* ---- a disk that fails ---- */

static void assert_silent(const struct office *office)
{
    assert_true(office_happened(office, 0, HAPPENED_WRITTEN, 0) == NONE);
    assert_true(office_happened(office, 0, HAPPENED_STORED, 0) == NONE);
    assert_true(office_happened(office, 0, HAPPENED_SEND, LT_FRAME_ACK) ==
                NONE);
}

static void a_failed_sync_ends_without_a_word_to_the_writer(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct lt_buf answer;
    bool repeated;

    (void)office_wrote_case(commune, 1);
    lt_buf_init(&answer, lt_alloc_heap());
    assert_int_equal(office_case(commune, 2, 0x31, 1, &answer, &repeated),
                     LT_OK);
    office_forget(commune);
    lt_disk_fail_syncs(commune->disk, 1);
    assert_int_equal(office_end(commune), LT_EIO);
    assert_silent(commune);
    lt_buf_deinit(&answer);
}

static void a_failed_sync_ends_without_an_ack(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];

    house_link(house);
    house_run(house);
    (void)office_wrote_case(&house->offices[COMMUNE], 1);
    office_receive(district);
    office_forget(district);
    lt_disk_fail_syncs(district->disk, 1);
    assert_int_equal(office_end(district), LT_EIO);
    assert_silent(district);
}

static void a_failed_write_ends_without_a_word(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct lt_buf answer;
    bool repeated;

    (void)office_wrote_case(commune, 1);
    lt_buf_init(&answer, lt_alloc_heap());
    assert_int_equal(office_case(commune, 2, 0, 1, &answer, &repeated), LT_OK);
    office_forget(commune);
    lt_disk_fail_writes(commune->disk, 1);
    assert_int_equal(office_end(commune), LT_EIO);
    assert_silent(commune);
    lt_buf_deinit(&answer);
}

/* ---- the same request again ---- */

static void a_repeated_request_gives_the_same_bytes(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct lt_buf first;
    struct lt_buf again;
    bool repeated;
    uint64_t events;

    lt_buf_init(&first, lt_alloc_heap());
    lt_buf_init(&again, lt_alloc_heap());
    assert_int_equal(office_case(commune, 1, 0x41, 3, &first, &repeated),
                     LT_OK);
    assert_false(repeated);
    assert_int_equal(office_end(commune), LT_OK);
    events = office_stats(commune).events;

    house_later(house, 5000);
    assert_int_equal(office_case(commune, 2, 0x41, 3, &again, &repeated),
                     LT_OK);
    assert_true(repeated);
    assert_int_equal(office_end(commune), LT_OK);
    assert_int_equal(again.len, first.len);
    assert_memory_equal(again.data, first.data, first.len);
    assert_int_equal(office_stats(commune).events, events);

    /* And in the next life, after the power went. */
    office_cut(commune);
    office_start(commune);
    lt_buf_reset(&again);
    assert_int_equal(office_case(commune, 3, 0x41, 3, &again, &repeated),
                     LT_OK);
    assert_true(repeated);
    assert_memory_equal(again.data, first.data, first.len);
    lt_buf_deinit(&first);
    lt_buf_deinit(&again);
}

/* Two clients with one id in one turn: one event, both told, after it. */
static void a_repeat_within_the_turn_waits_for_the_same_commit(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct lt_buf first;
    struct lt_buf again;
    bool repeated;
    size_t told;

    lt_buf_init(&first, lt_alloc_heap());
    lt_buf_init(&again, lt_alloc_heap());
    office_forget(commune);
    assert_int_equal(office_case(commune, 1, 0x51, 1, &first, &repeated),
                     LT_OK);
    assert_int_equal(office_case(commune, 2, 0x51, 1, &again, &repeated),
                     LT_OK);
    assert_true(repeated);
    assert_true(office_happened(commune, 0, HAPPENED_WRITTEN, 0) == NONE);
    assert_int_equal(office_end(commune), LT_OK);
    told = office_happened(commune, 0, HAPPENED_WRITTEN, 0);
    assert_true(told != NONE && office_happened(commune, told + 1,
                                                HAPPENED_WRITTEN, 0) != NONE);
    assert_memory_equal(again.data, first.data, first.len);
    assert_int_equal(office_count(commune, LT_EV_CASE_OPENED), 1);
    lt_buf_deinit(&first);
    lt_buf_deinit(&again);
}

static void a_question_for_an_unknown_request_writes_nothing(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];
    struct lt_write write = {.token = 9, .has_request_id = true};
    struct lt_buf answer;
    bool repeated;

    lt_buf_init(&answer, lt_alloc_heap());
    assert_int_equal(lt_turn_write(commune->turn, &house->now, &write, &answer,
                                   &repeated, NULL),
                     LT_ENOTFOUND);
    assert_false(repeated);
    assert_int_equal(answer.len, 0);
    lt_buf_deinit(&answer);
}

/* ---- statements ---- */

static bool mix(void *ctx, const uint8_t *bytes, size_t len)
{
    uint64_t *hash = ctx;

    for (size_t i = 0; i < len; i++) {
        *hash = (*hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return true;
}

/* Changes when any stored statement does. */
static uint64_t statements_hash(struct office *office)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    assert_int_equal(lt_log_each_statement(office->log, mix, &hash), LT_OK);
    return hash;
}

/* Everything has arrived and every statement about it has gone, twice: what
 * is left to send is about what comes next. */
static void settle(struct house *house)
{
    house_link(house);
    for (unsigned i = 0; i < 5; i++) {
        house_run(house);
        house_later(house, 2000);
    }
    house_run(house);
}

static void a_statement_costs_no_sync_of_its_own(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];
    uint64_t syncs;
    uint64_t told;

    settle(house);
    (void)office_wrote_case(&house->offices[COMMUNE], 1);
    house_run(house);
    /* Whatever waited so far is written now. */
    (void)office_wrote_case(district, 2);
    office_forget(district);
    syncs = office_syncs(district);
    told = statements_hash(district);
    for (unsigned i = 0; i < 3; i++) {
        house_later(house, 2000);
        house_run(house);
    }
    assert_true(office_happened(district, 0, HAPPENED_SEND,
                                LT_FRAME_STATEMENT) != NONE);
    assert_int_equal(office_syncs(district), syncs);
    assert_true(statements_hash(district) == told);

    /* The next commit, which has to be made anyway, takes them along. */
    (void)office_wrote_case(district, 3);
    assert_int_equal(office_syncs(district), syncs + 1);
    assert_true(statements_hash(district) != told);
}

static void a_statement_that_waits_too_long_is_written_anyway(void **state)
{
    struct house *house = *state;
    struct office *district = &house->offices[DISTRICT];
    uint64_t commits;
    uint64_t told;

    settle(house);
    (void)office_wrote_case(district, 1);
    house_run(house);
    commits = office_stats(district).commits;
    told = statements_hash(district);
    house_later(house, 2000);
    house_run(house);
    assert_int_equal(office_stats(district).commits, commits);
    house_later(house, 61 * 1000);
    assert_int_equal(office_end(district), LT_OK);
    assert_int_equal(office_stats(district).commits, commits + 1);
    assert_true(statements_hash(district) != told);
}

/* ---- a quota that runs out anywhere ---- */

static void what_is_told_at_the_quota_is_known_again(unsigned pages)
{
    struct house *house = house_new();
    struct office *district = &house->offices[DISTRICT];
    struct lt_buf answer;
    bool repeated;
    lt_err err = LT_OK;

    house_link(house);
    house_run(house);
    district->max_bytes = (int64_t)(office_stats(district).bytes) + pages * 4096;
    office_stop(district);
    office_start(district);
    lt_buf_init(&answer, lt_alloc_heap());
    for (uint8_t request = 1; err == LT_OK && request < 250; request++) {
        assert_int_equal(
            office_case(district, request, request, 6, &answer, &repeated),
            LT_OK);
        assert_false(repeated);
        err = office_end(district);
        if (err == LT_OK) {
            assert_int_equal(
                office_case(district, 1000, request, 6, &answer, &repeated),
                LT_OK);
            assert_true(repeated);
            assert_int_equal(office_end(district), LT_OK);
        }
        lt_buf_reset(&answer);
    }
    assert_int_equal(err, LT_EFULL);
    lt_buf_deinit(&answer);
    house_free(house);
}

static void an_event_is_never_stored_without_its_answer(void **state)
{
    (void)state;
    for (unsigned pages = 1; pages <= 12; pages++) {
        what_is_told_at_the_quota_is_known_again(pages);
    }
}

/* ---- a crash between any two effects ---- */

/* Returns false once the turn has run to its end. */
static bool crash_at(long effect)
{
    struct house *house = house_new();
    struct office *district = &house->offices[DISTRICT];
    struct lt_buf answer;
    struct lt_buf again;
    bool repeated;
    bool told;
    size_t happened;
    lt_err err;

    house_link(house);
    house_run(house);
    (void)office_wrote_case(&house->offices[COMMUNE], 1);
    lt_buf_init(&answer, lt_alloc_heap());
    lt_buf_init(&again, lt_alloc_heap());
    assert_int_equal(office_case(district, 5, 0x61, 2, &answer, &repeated),
                     LT_OK);
    office_receive(district);
    office_forget(district);
    district->alive_left = effect;
    err = office_end(district);
    happened = district->happenings_n;
    told = office_happened(district, 0, HAPPENED_WRITTEN, 0) != NONE;
    if (err == LT_OK) {
        assert_true(told);
    } else {
        assert_int_equal(err, LT_EINTERNAL);
    }
    office_cut(district);
    assert_int_equal(district->happenings_n, happened);

    district->alive_left = -1;
    office_start(district);
    assert_int_equal(office_case(district, 6, 0x61, 2, &again, &repeated),
                     LT_OK);
    if (told) {
        assert_true(repeated);
        assert_memory_equal(again.data, answer.data, answer.len);
    }
    house_link(house);
    house_run(house);
    assert_int_equal(office_count(district, LT_EV_CASE_OPENED), 3);
    assert_int_equal(office_count(&house->offices[PROVINCE], LT_EV_CASE_OPENED),
                     3);
    lt_buf_deinit(&answer);
    lt_buf_deinit(&again);
    house_free(house);
    return err != LT_OK;
}

static void a_crash_between_any_two_effects_loses_nothing_told(void **state)
{
    long effect = 1;

    (void)state;
    while (crash_at(effect)) {
        effect++;
        assert_true(effect < 1000);
    }
    assert_true(effect > 5);
}

/* ---- a disk that rots ---- */

static void edit(struct office *office, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open_v2("log.db", &db, SQLITE_OPEN_READWRITE,
                                     lt_disk_vfs(office->disk)),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 1);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Without it nobody can tell at the start whose words make the tree. It comes
 * from the parent: the tree is read then, and the next start has it. */
static void a_rotten_binding_of_the_root_comes_again_and_the_tree(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];

    house_link(house);
    house_run(house);
    assert_int_equal(lt_tree_count(lt_engine_tree(commune->engine)), OFFICES);
    office_stop(commune);
    edit(commune, "UPDATE binding SET bytes = "
                  "CAST(substr(bytes, 1, length(bytes) - 4) || x'01020304' "
                  "AS BLOB) WHERE office = "
                  "x'a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0'");
    office_start(commune);
    assert_int_equal(lt_tree_count(lt_engine_tree(commune->engine)), 0);
    house_link(house);
    house_run(house);
    assert_int_equal(lt_tree_count(lt_engine_tree(commune->engine)), OFFICES);
    office_stop(commune);
    office_start(commune);
    assert_int_equal(lt_tree_count(lt_engine_tree(commune->engine)), OFFICES);
}

/* A row in the middle of a run cannot be read. Who is to be sent it gets what lies
 * before it, and nobody's process ends of it. */
static void a_row_that_cannot_be_read_ends_no_process(void **state)
{
    struct house *house = *state;
    struct office *commune = &house->offices[COMMUNE];

    for (uint64_t token = 1; token <= 6; token++) {
        (void)office_wrote_case(commune, token);
    }
    office_stop(commune);
    edit(commune, "DROP TRIGGER segment_stays;"
                  "DELETE FROM segment WHERE first = 3 AND run = "
                  "(SELECT run FROM segment ORDER BY pos DESC LIMIT 1);"
                  "CREATE TRIGGER segment_stays BEFORE DELETE ON segment"
                  " BEGIN SELECT RAISE(ABORT, 'segments are never deleted');"
                  " END;");
    office_start(commune);
    house_link(house);
    house_run(house); /* every turn of it ends well */
    house_later(house, 61 * 1000);
    assert_false(commune->dead);
    assert_int_equal(
        office_count(&house->offices[DISTRICT], LT_EV_CASE_OPENED), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(a_writer_is_told_only_after_the_commit),
        HOUSE_TEST(an_ack_leaves_only_after_the_commit),
        HOUSE_TEST(a_relay_forwards_before_its_own_commit),
        HOUSE_TEST(an_origin_sends_after_its_own_commit),
        HOUSE_TEST(many_writes_of_a_turn_are_one_commit),
        HOUSE_TEST(a_full_disk_rolls_back_all_of_it_and_says_so),
        HOUSE_TEST(a_full_relay_acknowledges_nothing_and_forwards),
        HOUSE_TEST(a_failed_sync_ends_without_a_word_to_the_writer),
        HOUSE_TEST(a_failed_sync_ends_without_an_ack),
        HOUSE_TEST(a_failed_write_ends_without_a_word),
        HOUSE_TEST(a_repeated_request_gives_the_same_bytes),
        HOUSE_TEST(a_repeat_within_the_turn_waits_for_the_same_commit),
        HOUSE_TEST(a_question_for_an_unknown_request_writes_nothing),
        HOUSE_TEST(a_statement_costs_no_sync_of_its_own),
        HOUSE_TEST(a_statement_that_waits_too_long_is_written_anyway),
        HOUSE_TEST(a_rotten_binding_of_the_root_comes_again_and_the_tree),
        HOUSE_TEST(a_row_that_cannot_be_read_ends_no_process),
        cmocka_unit_test(an_event_is_never_stored_without_its_answer),
        cmocka_unit_test(a_crash_between_any_two_effects_loses_nothing_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
