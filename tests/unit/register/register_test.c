/* The register: who reads it, what the audit tells, what lies in the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include "common/file.h"
#include "daemon/register/key.h"
#include "daemon/register/register.h"
#include "tests/unit/people/clock.h"

#define CASE_ID "0123456789abcdef0123456789abcdef:0000000000000001:7"
#define OTHER_ID "0123456789abcdef0123456789abcdef:0000000000000001:8"
#define NAME "Nguyễn Thị Đào"
#define MARKER "số nhà 17 ngõ Hoa Sữa"

struct house {
    struct desk_clock desk;
    struct lt_register *reg;
    struct lt_people_session session;
    struct lt_register_person officer;
    struct lt_arena arena;
    struct lt_register_entry entry;
};

static void sit_down(struct house *house, const char *name)
{
    char token[LT_SESSION_TOKEN_TEXT];

    assert_int_equal(lt_people_session_begin(house->desk.people, name, token,
                                             &house->desk.diag),
                     LT_OK);
    assert_int_equal(lt_people_session_look(house->desk.people, token, true,
                                            &house->session, &house->desk.diag),
                     LT_OK);
}

static void open_register(struct house *house)
{
    assert_int_equal(lt_register_open(house->desk.folder.path, &house->desk.sys,
                                      &house->reg, &house->desk.diag),
                     LT_OK);
}

static const char *identity(struct house *house)
{
    return folder_file(&house->desk.folder, "identity");
}

static int begin(void **state)
{
    static struct house house;

    memset(&house, 0, sizeof(house));
    clock_begin(&house.desk);
    clock_leader(&house.desk);
    clock_person(&house.desk, "an", LT_ROLE_OFFICER, "mật khẩu của an", "9174");
    assert_int_equal(mkdir(identity(&house), 0700), 0);
    assert_int_equal(lt_register_key_make(identity(&house), &house.desk.sys,
                                          &house.desk.diag),
                     LT_OK);
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    open_register(&house);
    lt_arena_init(&house.arena, lt_alloc_heap(), 1 << 20);
    sit_down(&house, "an");
    house.officer =
        (struct lt_register_person){house.desk.people, &house.session};
    *state = &house;
    return 0;
}

static int finish(void **state)
{
    struct house *house = *state;

    lt_arena_deinit(&house->arena);
    lt_register_close(house->reg);
    clock_end(&house->desk);
    return 0;
}

static struct lt_text text_of(const char *text)
{
    return (struct lt_text){text, strlen(text)};
}

static lt_err add_name(struct house *house, const char *id, uint32_t type,
                       const char *name)
{
    struct lt_text fields[LT_REGISTER_FIELDS] = {
        [LT_REGISTER_NAME] = text_of(name),
        [LT_REGISTER_ADDRESS] = text_of(MARKER),
        [LT_REGISTER_DOCUMENT] = text_of("CCCD 079012345678"),
        [LT_REGISTER_NOTIFY] = text_of("phone"),
        [LT_REGISTER_CONTACT] = text_of("0903 123 456")};

    return lt_register_add(house->reg, &house->officer, id, type, fields,
                           &house->arena, &house->entry, &house->desk.diag);
}

static lt_err show(struct house *house, const char *id)
{
    return lt_register_show(house->reg, &house->officer, id, &house->arena,
                            &house->entry, &house->desk.diag);
}

static size_t search(struct house *house, const char *query)
{
    static struct lt_register_entry found[LT_REGISTER_FOUND_MAX];
    size_t n = 0;
    bool more = false;

    assert_int_equal(lt_register_search(house->reg, &house->officer,
                                        text_of(query), &house->arena, found,
                                        &n, &more, &house->desk.diag),
                     LT_OK);
    if (n > 0) {
        house->entry = found[0];
    }
    return n;
}

static void name_is(const struct house *house, const char *name)
{
    const struct lt_text *text = &house->entry.fields[LT_REGISTER_NAME];

    assert_int_equal(text->len, strlen(name));
    assert_memory_equal(text->data, name, text->len);
}

static size_t records(struct house *house, const char *what, const char *about,
                      const char *who)
{
    static struct lt_audit_record all[512];
    size_t n = 0;
    size_t found = 0;

    assert_int_equal(lt_audit_read(house->desk.people, 1, all, 512, &n), LT_OK);
    for (size_t i = 0; i < n; i++) {
        found += strcmp(all[i].what, what) == 0 &&
                 strcmp(all[i].about, about) == 0 &&
                 strcmp(all[i].who, who) == 0;
    }
    return found;
}

static bool lies_in(struct house *house, const char *file, const char *marker)
{
    struct lt_buf bytes;
    bool found;

    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_file_read(folder_file(&house->desk.folder, file),
                                  1 << 22, true, &bytes, &house->desk.diag),
                     LT_OK);
    found = memmem(bytes.data, bytes.len, marker, strlen(marker)) != NULL;
    lt_buf_deinit(&bytes);
    return found;
}

static int sql(struct house *house, const char *text)
{
    sqlite3 *db = NULL;
    int rc;

    assert_int_equal(
        sqlite3_open(folder_file(&house->desk.folder, "register.db"), &db),
        SQLITE_OK);
    rc = sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

static void what_was_entered_is_read_and_the_reading_told(void **state)
{
    struct house *house = *state;

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_string_equal(house->entry.by, "an");
    lt_register_lock(house->reg);
    assert_int_equal(show(house, CASE_ID), LT_OK);
    name_is(house, NAME);
    assert_null(house->entry.fields[LT_REGISTER_ACCOUNT].data);
    assert_int_equal(house->entry.corrections, 0);
    assert_int_equal(records(house, "register_added", CASE_ID, "an"), 1);
    assert_int_equal(records(house, "register_read", CASE_ID, "an"), 1);
    assert_int_equal(show(house, OTHER_ID), LT_ENOTFOUND);
    assert_int_equal(records(house, "register_read", OTHER_ID, "an"), 0);
}

static void correction_stands_beside_what_it_corrects(void **state)
{
    struct house *house = *state;

    assert_int_equal(add_name(house, CASE_ID, 1, "Nguyễn Thị Đạo"), LT_OK);
    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_false(house->entry.repeated);
    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_true(house->entry.repeated);
    assert_int_equal(show(house, CASE_ID), LT_OK);
    name_is(house, NAME);
    assert_int_equal(house->entry.corrections, 1);
    for (int i = 0; i < LT_REGISTER_CORRECTIONS_MAX - 2; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "Tên %d", i);
        assert_int_equal(add_name(house, CASE_ID, 1, name), LT_OK);
    }
    assert_int_equal(add_name(house, CASE_ID, 1, "Tên cuối"), LT_ETOOBIG);
}

static void no_denouncer_is_entered(void **state)
{
    struct house *house = *state;

    assert_int_equal(add_name(house, CASE_ID, 4, NAME), LT_EDENUNCIATION);
    assert_int_equal(add_name(house, CASE_ID, 0, NAME), LT_EDENUNCIATION);
    assert_int_equal(add_name(house, CASE_ID, 5, NAME), LT_EDENUNCIATION);
    /* whatever program asks */
    assert_int_equal(
        sql(house, "INSERT INTO entry(uid,case_id,case_type,entered_ms,"
                   "entered_by,data_key) VALUES(randomblob(16),'c',4,1,'an',"
                   "x'00')"),
        SQLITE_CONSTRAINT);
    assert_int_equal(
        sql(house, "INSERT INTO entry(uid,case_id,case_type,entered_ms,"
                   "entered_by,data_key) VALUES(randomblob(16),'c',3,1,'an',"
                   "x'00')"),
        SQLITE_OK);
    assert_int_not_equal(sql(house, "UPDATE entry SET case_type=4"), SQLITE_OK);
}

static void only_officers_and_leaders_read_it(void **state)
{
    struct house *house = *state;
    static const struct {
        uint32_t roles;
        lt_err rc;
    } rows[] = {{LT_ROLE_OFFICER, LT_OK},
                {LT_ROLE_LEADER, LT_OK},
                {LT_ROLE_OFFICER | LT_ROLE_INSPECTOR, LT_OK},
                {LT_ROLE_COORDINATOR, LT_EPERM},
                {LT_ROLE_INSPECTOR, LT_EPERM},
                {LT_ROLE_OPERATOR, LT_EPERM},
                {LT_ROLE_OPERATOR | LT_ROLE_OFFICER, LT_EPERM}};

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        struct lt_register_entry found[LT_REGISTER_FOUND_MAX];
        size_t n = 0;
        bool more;

        house->session.person.roles = rows[i].roles;
        assert_int_equal(show(house, CASE_ID), rows[i].rc);
        assert_int_equal(lt_register_search(house->reg, &house->officer,
                                            text_of("dao"), &house->arena,
                                            found, &n, &more,
                                            &house->desk.diag),
                         rows[i].rc);
        if (rows[i].rc != LT_OK) {
            assert_int_equal(n, 0);
            assert_int_equal(add_name(house, OTHER_ID, 1, NAME), LT_EPERM);
            assert_int_equal(lt_register_erase(house->reg, &house->officer,
                                               CASE_ID, &house->desk.diag),
                             LT_EPERM);
        }
    }
    assert_int_equal(records(house, "register_refused", "", "an"), 16);
}

static void nobody_reads_from_a_locked_screen(void **state)
{
    struct house *house = *state;

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    house->session.locked = true;
    assert_int_equal(show(house, CASE_ID), LT_ESESSIONLOCKED);
    house->session.locked = false;
    assert_int_equal(show(house, CASE_ID), LT_OK);
}

static void search_is_without_marks_and_each_hit_told(void **state)
{
    struct house *house = *state;

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_int_equal(add_name(house, OTHER_ID, 2, "Trần Văn Bình"), LT_OK);
    assert_int_equal(search(house, "nguyen dao"), 1);
    assert_string_equal(house->entry.case_id, CASE_ID);
    assert_int_equal(search(house, "ĐÀO nguyễn"), 1);
    assert_int_equal(search(house, "2345678"), 2); /* the document's number */
    assert_string_equal(house->entry.case_id, OTHER_ID);
    assert_int_equal(search(house, "hoa sua"), 2);
    assert_int_equal(search(house, "nguyen binh"), 0);
    assert_int_equal(records(house, "register_listed", CASE_ID, "an"), 4);
    assert_int_equal(records(house, "register_searched", "2", "an"), 2);
    assert_int_equal(records(house, "register_searched", "0", "an"), 1);
    /* a correction takes the place of what it corrects */
    assert_int_equal(add_name(house, CASE_ID, 1, "Lê Thị Mận"), LT_OK);
    assert_int_equal(search(house, "dao"), 0);
    assert_int_equal(search(house, "man"), 1);
    lt_register_lock(house->reg);
    assert_int_equal(search(house, "dao"), 0);
    assert_int_equal(search(house, "le man"), 1);
}

static void erased_is_opened_by_nobody(void **state)
{
    struct house *house = *state;

    assert_int_equal(add_name(house, CASE_ID, 1, "Nguyễn Thị Đạo"), LT_OK);
    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_int_equal(add_name(house, OTHER_ID, 1, NAME), LT_OK);
    assert_int_equal(search(house, "dao"), 2);
    assert_int_equal(lt_register_erase(house->reg, &house->officer, CASE_ID,
                                       &house->desk.diag),
                     LT_OK);
    assert_int_equal(show(house, CASE_ID), LT_EREGISTERGONE);
    assert_int_equal(search(house, "dao"), 1);
    assert_string_equal(house->entry.case_id, OTHER_ID);
    assert_int_equal(records(house, "register_erased", CASE_ID, "an"), 1);
    assert_int_equal(lt_register_erase(house->reg, &house->officer, CASE_ID,
                                       &house->desk.diag),
                     LT_EREGISTERGONE);
    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_EREGISTERGONE);
    /* no key of it is left: nothing sealed stands in its rows */
    assert_int_not_equal(sql(house, "UPDATE entry SET data_key=x'00' WHERE"
                                    " case_id='" CASE_ID "'"),
                         SQLITE_OK);
    assert_int_not_equal(sql(house, "DELETE FROM entry"), SQLITE_OK);
}

static void nothing_of_it_lies_in_a_file(void **state)
{
    struct house *house = *state;

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_int_equal(search(house, "dao"), 1);
    assert_true(lies_in(house, "register.db", CASE_ID)); /* the control */
    assert_false(lies_in(house, "register.db", NAME));
    assert_false(lies_in(house, "register.db", MARKER));
    assert_false(lies_in(house, "register.db", "079012345678"));
    assert_true(lies_in(house, "people.db", CASE_ID)); /* the control */
    assert_false(lies_in(house, "people.db", NAME));
    assert_false(lies_in(house, "people.db", "dao"));
}

static void moved_or_changed_rows_do_not_open(void **state)
{
    struct house *house = *state;
    static const char *const changes[] = {
        "UPDATE entry SET name=address WHERE id=1",
        "UPDATE entry SET name=(SELECT name FROM entry WHERE id=2) WHERE id=1",
        "UPDATE entry SET data_key=(SELECT data_key FROM entry WHERE id=2)"
        " WHERE id=1",
        "UPDATE entry SET name=zeroblob(length(name)) WHERE id=1",
        "UPDATE entry SET name=x'00' WHERE id=1",
        "DROP TRIGGER entry_same;"
        "UPDATE entry SET case_id='" OTHER_ID "' WHERE id=1;"
        "UPDATE entry SET case_id='" CASE_ID "' WHERE id=2"};

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_int_equal(add_name(house, OTHER_ID, 1, "Trần Văn Bình"), LT_OK);
    assert_int_equal(sql(house, "CREATE TABLE kept AS SELECT * FROM entry"),
                     SQLITE_OK);
    for (size_t i = 0; i < LT_COUNT_OF(changes); i++) {
        assert_int_equal(sql(house, changes[i]), SQLITE_OK);
        assert_int_equal(show(house, CASE_ID), LT_EREGISTERROT);
        assert_int_equal(
            sql(house, "UPDATE entry SET (name,data_key)=(SELECT"
                       " name,data_key FROM kept WHERE kept.id=entry.id)"),
            SQLITE_OK);
        assert_int_equal(show(house, CASE_ID), i + 1 < LT_COUNT_OF(changes)
                                                   ? LT_OK
                                                   : LT_EREGISTERROT);
    }
}

static void another_key_is_refused(void **state)
{
    struct house *house = *state;
    char kept[512];

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    lt_register_close(house->reg);
    folder_join(kept, sizeof(kept), identity(house), "register.key");
    assert_int_equal(unlink(kept), 0);
    open_register(house);
    assert_int_equal(show(house, CASE_ID), LT_EREGISTERKEY);
    assert_int_equal(lt_register_key_make(identity(house), &house->desk.sys,
                                          &house->desk.diag),
                     LT_OK);
    assert_int_equal(show(house, CASE_ID), LT_EREGISTERKEY);
    assert_int_equal(add_name(house, OTHER_ID, 1, NAME), LT_EREGISTERKEY);
    assert_int_equal(chmod(kept, 0440), 0);
    assert_int_equal(show(house, CASE_ID), LT_EFILEMODE);
}

static void service_hands_the_key_over(void **state)
{
    struct house *house = *state;
    char kept[512];

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    lt_register_lock(house->reg);
    folder_join(kept, sizeof(kept), identity(house), "register.key");
    assert_int_equal(
        mkdir(folder_file(&house->desk.folder, "credentials"), 0700), 0);
    assert_int_equal(
        setenv("CREDENTIALS_DIRECTORY", house->desk.folder.file, 1), 0);
    assert_int_equal(show(house, CASE_ID), LT_OK); /* not there: the file */
    lt_register_lock(house->reg);
    strcat(house->desk.folder.file, "/register.key");
    assert_int_equal(rename(kept, house->desk.folder.file), 0);
    assert_int_equal(show(house, CASE_ID), LT_OK);
    (void)unsetenv("CREDENTIALS_DIRECTORY");
}

/* An office of an earlier version has no key; one with entries has lost it. */
static void first_key_is_made_and_no_second(void **state)
{
    struct house *house = *state;
    char kept[512];

    folder_join(kept, sizeof(kept), identity(house), "register.key");
    assert_int_equal(unlink(kept), 0);
    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_int_equal(access(kept, F_OK), 0);
    lt_register_lock(house->reg);
    assert_int_equal(show(house, CASE_ID), LT_OK);
    lt_register_lock(house->reg);
    assert_int_equal(unlink(kept), 0);
    assert_int_equal(show(house, CASE_ID), LT_EREGISTERKEY);
    assert_int_not_equal(access(kept, F_OK), 0);
}

static void too_long_a_field_is_refused(void **state)
{
    struct house *house = *state;
    static char name[402];

    memset(name, 'a', sizeof(name) - 1);
    assert_int_equal(add_name(house, CASE_ID, 1, name), LT_ETOOBIG);
    name[400] = '\0';
    assert_int_equal(add_name(house, CASE_ID, 1, name), LT_OK);
}

static bool count_each(void *ctx, const struct lt_register_entry *entry)
{
    (void)entry;
    ++*(int *)ctx;
    return true;
}

/* So many rows are refused before the code is looked at: it is not spent. */
static void book_that_is_too_long_is_refused(void **state)
{
    struct house *house = *state;
    sqlite3 *db = NULL;
    int seen = 0;

    assert_int_equal(add_name(house, CASE_ID, 1, NAME), LT_OK);
    assert_int_equal(lt_register_book(house->reg, &house->officer, "000000", 0,
                                      INT64_MAX, count_each, &seen,
                                      &house->desk.diag),
                     LT_ENOTOTP);
    assert_int_equal(
        sqlite3_open(folder_file(&house->desk.folder, "register.db"), &db),
        SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1"
                     " FROM n WHERE i<1000) INSERT INTO entry(uid,case_id,"
                     "case_type,entered_ms,entered_by,data_key,name) SELECT"
                     " randomblob(16),'c'||i,1,entered_ms,entered_by,data_key,"
                     "name FROM n,entry WHERE entry.id=1",
                     NULL, NULL, NULL),
        SQLITE_OK);
    (void)sqlite3_close(db);
    assert_int_equal(lt_register_book(house->reg, &house->officer, "000000", 0,
                                      INT64_MAX, count_each, &seen,
                                      &house->desk.diag),
                     LT_EBOOKLONG);
    /* Fewer days: on to the code. */
    assert_int_equal(lt_register_book(house->reg, &house->officer, "000000", 0,
                                      1, count_each, &seen, &house->desk.diag),
                     LT_ENOTOTP);
    assert_int_equal(seen, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
        TEST(what_was_entered_is_read_and_the_reading_told),
        TEST(correction_stands_beside_what_it_corrects),
        TEST(no_denouncer_is_entered),
        TEST(only_officers_and_leaders_read_it),
        TEST(nobody_reads_from_a_locked_screen),
        TEST(search_is_without_marks_and_each_hit_told),
        TEST(erased_is_opened_by_nobody),
        TEST(nothing_of_it_lies_in_a_file),
        TEST(moved_or_changed_rows_do_not_open),
        TEST(another_key_is_refused),
        TEST(service_hands_the_key_over),
        TEST(first_key_is_made_and_no_second),
        TEST(too_long_a_field_is_refused),
        TEST(book_that_is_too_long_is_refused),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
