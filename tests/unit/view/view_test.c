/* What the view does with what comes: once, in any order, whatever it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/unit/view/viewing.h"

static void an_event_that_comes_again_has_no_second_effect(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_channel to = lt_build_to(LT_CLASS_CASE, &v->district.id);
    struct lt_build_event e = viewing_case(&v->commune);
    const char *list;

    viewing_write(v, &v->commune, &up, &e, 1);
    viewing_write(v, &v->commune, &to, &e, 1);
    list = viewing_list(v, LT_VIEW_CASES, 0);
    list = strstr(list, "receipt_code");
    assert_non_null(list);
    assert_null(strstr(list + 1, "receipt_code"));
    assert_string_equal(viewing_events(v, "p6", 10), "");
}

static void a_position_that_is_not_the_next_is_refused(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    size_t pos = viewing_append(v, &v->commune, &up, &e, 1);

    assert_int_equal(lt_view_begin(v->view), LT_OK);
    assert_int_equal(
        lt_view_apply(v->view, pos + 1, 0, &v->log[pos - 1].segment),
        LT_EINVAL);
    assert_int_equal(
        lt_view_apply(v->view, pos - 1, 0, &v->log[pos - 1].segment),
        LT_EINVAL);
    assert_int_equal(lt_view_apply(v->view, pos, 0, &v->log[pos - 1].segment),
                     LT_OK);
    assert_int_equal(lt_view_end(v->view), LT_OK);
}

static void the_position_stands_with_the_hash_of_its_segment(void **state)
{
    struct viewing *v = *state;
    uint8_t hash[LT_HASH_LEN];
    uint64_t pos;

    lt_view_position(v->view, &pos, hash);
    assert_int_equal(pos, 1);
    assert_memory_equal(hash, v->log[0].segment.hash, LT_HASH_LEN);
    lt_view_close(v->view);
    v->view = NULL;
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    lt_view_position(v->view, &pos, hash);
    assert_int_equal(pos, 1);
    assert_memory_equal(hash, v->log[0].segment.hash, LT_HASH_LEN);
}

static void another_offices_view_is_emptied(void **state)
{
    struct viewing *v = *state;
    uint8_t hash[LT_HASH_LEN];
    uint64_t pos;

    lt_view_close(v->view);
    v->view = NULL;
    assert_int_equal(lt_view_open(v->path, &v->commune.id, &v->view, NULL),
                     LT_OK);
    lt_view_position(v->view, &pos, hash);
    assert_int_equal(pos, 0);
    assert_string_equal(viewing_events(v, NULL, 10), "");
}

static void a_file_that_is_no_database_is_begun_anew(void **state)
{
    struct viewing *v = *state;
    static const char noise[8192] = "rubbish";
    FILE *file;
    uint8_t hash[LT_HASH_LEN];
    uint64_t pos;

    lt_view_close(v->view);
    v->view = NULL;
    file = fopen(v->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(noise, 1, sizeof(noise), file), sizeof(noise));
    (void)fclose(file);
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    lt_view_position(v->view, &pos, hash);
    assert_int_equal(pos, 0);
}

static void
clearing_forgets_everything_before_the_eyes_of_a_reader(void **state)
{
    struct viewing *v = *state;
    uint8_t hash[LT_HASH_LEN];
    uint64_t pos;

    assert_string_not_equal(viewing_events(v, NULL, 10), "");
    assert_int_equal(lt_view_clear(v->view), LT_OK);
    lt_view_position(v->view, &pos, hash);
    assert_int_equal(pos, 0);
    assert_string_equal(viewing_events(v, NULL, 10), "");
    viewing_apply(v, 1, v->log_n);
    assert_string_not_equal(viewing_events(v, NULL, 10), "");
}

static void steps_that_came_before_their_case_wait_for_it(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_channel to = lt_build_to(LT_CLASS_CASE, &v->district.id);
    struct lt_build_event opened = viewing_case(&v->commune);
    struct lt_build_event first =
        viewing_step(&v->commune, &opened.event.id, &opened.event.id, 1);
    struct lt_build_event second =
        viewing_step(&v->commune, &opened.event.id, &first.event.id, 5);

    viewing_write(v, &v->commune, &to, &second, 1);
    assert_non_null(strstr(viewing_events(v, "p5", 1),
                           "\"waiting\",\"reason\":\"opening_missing\""));
    assert_string_equal(viewing_list(v, LT_VIEW_CASES, 0),
                        "{\"items\":[],\"next\":null}");
    viewing_write(v, &v->commune, &up, &opened, 1);
    assert_non_null(strstr(viewing_events(v, "p5", 1),
                           "\"waiting\",\"reason\":\"cause_missing\""));
    assert_non_null(
        strstr(viewing_list(v, LT_VIEW_CASES, 1), "\"waiting\":true"));
    viewing_write(v, &v->commune, &up, &first, 1);
    assert_non_null(strstr(viewing_events(v, "p5", 1), "\"applied\""));
    assert_non_null(
        strstr(viewing_list(v, LT_VIEW_CASES, 1), "\"state\":\"in_progress\""));
    assert_non_null(
        strstr(viewing_list(v, LT_VIEW_CASES, 1), "\"waiting\":false"));
}

static void an_event_of_a_later_tree_waits_for_it(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event e;

    v->commune.tree_version = 5;
    e = viewing_case(&v->commune);
    viewing_write(v, &v->commune, &up, &e, 1);
    assert_non_null(strstr(viewing_events(v, "p5", 1),
                           "\"waiting\",\"reason\":\"tree_missing\""));
    e = lt_build_event(&v->province, LT_EV_OFFICE_OPENED);
    memset(e.event.office.id.bytes, 9, LT_OFFICE_LEN);
    e.event.office.parent = v->district.id;
    e.event.office.name = (struct lt_text){"Phước Đông", strlen("Phước Đông")};
    e.event.office.kind = (struct lt_text){"commune", 7};
    viewing_write(v, &v->province, &all, &e, 1);
    assert_non_null(strstr(viewing_events(v, "p5", 1), "\"applied\""));
    assert_non_null(strstr(viewing_list(v, LT_VIEW_CASES, 1), "17/TCD"));
}

static void move_commune(struct viewing *v, struct lt_build_office *writer,
                         const struct lt_office *parent)
{
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event e = lt_build_event(writer, LT_EV_OFFICE_CHANGED);

    e.event.office.id = v->commune.id;
    e.event.office.parent = *parent;
    viewing_write(v, writer, &all, &e, 1);
}

/* Two lives of the tree's writer went on from version 4: both count, and what
 * was judged before the other was heard of is judged again. */
static void a_late_word_of_the_tree_judges_again(void **state)
{
    struct viewing *v = *state;
    struct lt_channel down = lt_build_to(LT_CLASS_DIRECTIVE, &v->commune.id);
    struct lt_build_office restored = v->province;
    struct lt_build_event e;

    lt_build_restart(&restored);
    restored.hlc += 1000;
    move_commune(v, &v->province, &v->province.id); /* p5, version 5 */
    v->district.tree_version = 5;
    e = lt_build_event(&v->district, LT_EV_DIRECTIVE_ISSUED);
    e.event.doc_no = (struct lt_text){"1/CT", 4};
    e.event.to_n = 1;
    e.event.to = &v->commune.id;
    viewing_write(v, &v->district, &down, &e, 1); /* p6: not above it */
    assert_non_null(strstr(viewing_events(v, "p6", 1), "\"rejected\""));
    move_commune(v, &restored, &v->district.id); /* p7, version 5 as well */
    assert_non_null(strstr(viewing_events(v, "p6", 1), "\"applied\""));
    /* The same when the view is opened again. */
    lt_view_close(v->view);
    v->view = NULL;
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    e = lt_build_event(&v->district, LT_EV_DIRECTIVE_ISSUED);
    e.event.doc_no = (struct lt_text){"2/CT", 4};
    e.event.to_n = 1;
    e.event.to = &v->commune.id;
    viewing_write(v, &v->district, &down, &e, 1);
    assert_non_null(strstr(viewing_events(v, "p8", 1), "\"applied\""));
}

static void only_the_root_changes_the_tree(void **state)
{
    struct viewing *v = *state;
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event e = lt_build_event(&v->district, LT_EV_OFFICE_OPENED);

    memset(e.event.office.id.bytes, 9, LT_OFFICE_LEN);
    e.event.office.parent = v->district.id;
    e.event.office.name = (struct lt_text){"Giả", strlen("Giả")};
    e.event.office.kind = (struct lt_text){"commune", 7};
    viewing_write(v, &v->district, &all, &e, 1);
    assert_non_null(strstr(viewing_events(v, "p5", 1),
                           "\"rejected\",\"reason\":\"not_allowed_here\""));
}

static void a_payload_that_nobody_reads_is_shown_as_rejected(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    size_t pos = viewing_append(v, &v->commune, &up, &e, 1);
    const char *line;

    v->log[pos - 1].segment.count = 2; /* not what the payload holds */
    viewing_apply(v, pos, pos);
    line = viewing_events(v, "p5", 10);
    assert_non_null(strstr(line, "\"pos\":\"p5\",\"event\":null,"));
    assert_non_null(strstr(line, "\"pos\":\"p6\",\"event\":null,"));
    assert_non_null(strstr(line, "\"type\":null,\"hlc\":null,"));
    assert_non_null(strstr(line, "\"rejected\",\"reason\":\"malformed\""));
}

static void the_desk_learns_the_heads_of_a_matter(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    struct lt_event_id id = e.event.id;
    struct lt_event_id last;
    struct lt_view_heads heads;

    viewing_write(v, &v->commune, &up, &e, 1);
    e = viewing_step(&v->commune, &id, &id, 1);
    viewing_write(v, &v->commune, &up, &e, 1);
    last = e.event.id;
    assert_int_equal(lt_view_heads(v->reader, &id, &v->commune.id, &heads),
                     LT_OK);
    assert_int_equal(heads.heads_n, 1);
    assert_true(lt_event_id_equal(&heads.heads[0], &last));
    assert_int_equal(heads.state, 2);
    e = viewing_step(&v->commune, &id, &id, 13); /* had not seen the step */
    viewing_write(v, &v->commune, &up, &e, 1);
    assert_int_equal(lt_view_heads(v->reader, &last, &v->commune.id, &heads),
                     LT_OK);
    assert_int_equal(heads.heads_n, 2);
    assert_true(lt_event_id_equal(&heads.matter, &id));
    id.count = 99;
    assert_int_equal(lt_view_heads(v->reader, &id, &v->commune.id, &heads),
                     LT_ENOTFOUND);
}

/* As a killed process leaves it: what was written is there, nobody closed. */
static void leave_without_closing(struct viewing *v)
{
    struct lt_view *view = NULL;
    int status = -1;
    pid_t child;

    lt_view_close(v->view);
    v->view = NULL;
    child = fork();
    if (child == 0) {
        if (lt_view_open(v->path, &v->province.id, &view, NULL) != LT_OK) {
            _exit(1);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void alter(struct viewing *v, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(v->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static uint64_t position_when_opened(struct viewing *v)
{
    uint8_t hash[LT_HASH_LEN];
    uint64_t pos;

    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    lt_view_position(v->view, &pos, hash);
    return pos;
}

static void a_killed_process_leaves_a_view_that_is_trusted(void **state)
{
    struct viewing *v = *state;

    leave_without_closing(v);
    assert_int_equal(position_when_opened(v), 1);
}

static void a_machine_that_went_down_leaves_one_that_is_rebuilt(void **state)
{
    struct viewing *v = *state;

    leave_without_closing(v);
    alter(v, "UPDATE mark SET boot=zeroblob(36)");
    assert_int_equal(position_when_opened(v), 0);
}

static void one_that_was_closed_in_order_outlives_the_machine(void **state)
{
    struct viewing *v = *state;

    lt_view_close(v->view);
    v->view = NULL;
    alter(v, "UPDATE mark SET boot=zeroblob(36)");
    assert_int_equal(position_when_opened(v), 1);
}

static void another_fold_reads_the_log_again(void **state)
{
    struct viewing *v = *state;

    lt_view_close(v->view);
    v->view = NULL;
    alter(v, "UPDATE mark SET fold=fold+1");
    assert_int_equal(position_when_opened(v), 0);
}

static void its_files_are_for_their_owner_alone(void **state)
{
    static const char *const ends[] = {"", "-wal"};
    struct viewing *v = *state;

    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        char name[128];
        struct stat st;

        (void)snprintf(name, sizeof(name), "%s%s", v->path, ends[i]);
        assert_int_equal(stat(name, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

/* By law the denouncer's identity is a state secret: the number in the paper
 * register is in the event, and on no screen of ours. */
static void a_denunciation_shows_type_and_state_and_no_word(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_DENUNCIATION);
    struct lt_build_event e =
        lt_build_event(&v->commune, LT_EV_DENUNCIATION_RECEIVED);
    const char *shown;

    e.event.sealed_ref = (struct lt_text){"MAT-77", 6};
    e.event.field = 3;
    viewing_write(v, &v->commune, &up, &e, 1);
    shown = viewing_show(v, &e.event.id);
    assert_non_null(strstr(shown, "\"type\":\"denunciation\""));
    assert_null(strstr(shown, "MAT-77"));
    assert_non_null(strstr(shown, "\"texts\":[]"));
}

static void an_error_in_a_batch_leaves_what_was_before(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    size_t pos = viewing_append(v, &v->commune, &up, &e, 1);
    uint8_t hash[LT_HASH_LEN];
    uint64_t at;

    /* Closed in the middle of a batch: nothing of it stays. */
    assert_int_equal(lt_view_begin(v->view), LT_OK);
    assert_int_equal(lt_view_apply(v->view, pos, 0, &v->log[pos - 1].segment),
                     LT_OK);
    lt_view_close(v->view);
    v->view = NULL;
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    lt_view_position(v->view, &at, hash);
    assert_int_equal(at, pos - 1);
    viewing_apply(v, pos, pos);
    assert_non_null(strstr(viewing_list(v, LT_VIEW_CASES, 1), "17/TCD"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(an_event_that_comes_again_has_no_second_effect),
        VIEWING_TEST(a_position_that_is_not_the_next_is_refused),
        VIEWING_TEST(the_position_stands_with_the_hash_of_its_segment),
        VIEWING_TEST(another_offices_view_is_emptied),
        VIEWING_TEST(a_file_that_is_no_database_is_begun_anew),
        VIEWING_TEST(clearing_forgets_everything_before_the_eyes_of_a_reader),
        VIEWING_TEST(steps_that_came_before_their_case_wait_for_it),
        VIEWING_TEST(an_event_of_a_later_tree_waits_for_it),
        VIEWING_TEST(a_late_word_of_the_tree_judges_again),
        VIEWING_TEST(only_the_root_changes_the_tree),
        VIEWING_TEST(a_payload_that_nobody_reads_is_shown_as_rejected),
        VIEWING_TEST(the_desk_learns_the_heads_of_a_matter),
        VIEWING_TEST(a_killed_process_leaves_a_view_that_is_trusted),
        VIEWING_TEST(a_machine_that_went_down_leaves_one_that_is_rebuilt),
        VIEWING_TEST(one_that_was_closed_in_order_outlives_the_machine),
        VIEWING_TEST(another_fold_reads_the_log_again),
        VIEWING_TEST(its_files_are_for_their_owner_alone),
        VIEWING_TEST(a_denunciation_shows_type_and_state_and_no_word),
        VIEWING_TEST(an_error_in_a_batch_leaves_what_was_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
