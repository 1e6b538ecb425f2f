/* The sealed backup: there and back, and what does not come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "common/file.h"
#include "common/identity.h"
#include "daemon/register/backup.h"
#include "daemon/register/key.h"
#include "daemon/register/register.h"
#include "tests/unit/people/clock.h"

#define CASE_ID "0123456789abcdef0123456789abcdef:0000000000000001:7"
#define OTHER_ID "0123456789abcdef0123456789abcdef:0000000000000001:8"
#define NAME "Nguyễn Thị Đào"

/* Two machines of one office, or of two. */
struct machine {
    struct desk_clock desk;
    char identity[512];
    char kit[600];
    struct lt_people_session session;
    struct lt_arena arena;
};

static struct machine old;
static struct machine new;
static char backup[600];
static uint64_t entries;

static void machine_begin(struct machine *machine)
{
    static const struct lt_office office = {{7}};
    struct lt_identity identity;
    char token[LT_SESSION_TOKEN_TEXT];

    memset(machine, 0, sizeof(*machine));
    clock_begin(&machine->desk);
    clock_leader(&machine->desk);
    folder_join(machine->identity, sizeof(machine->identity),
                machine->desk.folder.path, "identity");
    folder_join(machine->kit, sizeof(machine->kit), machine->identity,
                "recovery-kit.pem");
    lt_identity_init(&identity);
    assert_int_equal(
        lt_identity_make_root(&identity, &machine->desk.sys, &office), LT_OK);
    assert_int_equal(
        lt_identity_save(&identity, machine->identity, &machine->desk.diag),
        LT_OK);
    lt_identity_deinit(&identity);
    assert_int_equal(lt_register_key_make(machine->identity, &machine->desk.sys,
                                          &machine->desk.diag),
                     LT_OK);
    assert_int_equal(lt_people_session_begin(machine->desk.people, "lan", token,
                                             &machine->desk.diag),
                     LT_OK);
    assert_int_equal(lt_people_session_look(machine->desk.people, token, true,
                                            &machine->session,
                                            &machine->desk.diag),
                     LT_OK);
    lt_arena_init(&machine->arena, lt_alloc_heap(), 1 << 20);
}

static int begin(void **state)
{
    (void)state;
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    machine_begin(&old);
    machine_begin(&new);
    folder_join(backup, sizeof(backup), old.desk.folder.path,
                "register.backup");
    return 0;
}

static int finish(void **state)
{
    (void)state;
    lt_arena_deinit(&old.arena);
    lt_arena_deinit(&new.arena);
    clock_end(&old.desk);
    clock_end(&new.desk);
    return 0;
}

enum deed { ADD, SHOW, ERASE };

static lt_err with_register(struct machine *machine, enum deed deed,
                            const char *id)
{
    const struct lt_text fields[LT_REGISTER_FIELDS] = {
        [LT_REGISTER_NAME] = {NAME, sizeof(NAME) - 1}};
    const struct lt_register_person person = {machine->desk.people,
                                              &machine->session};
    struct lt_register *reg = NULL;
    struct lt_register_entry entry;
    lt_err rc;

    assert_int_equal(lt_register_open(machine->desk.folder.path,
                                      &machine->desk.sys, &reg,
                                      &machine->desk.diag),
                     LT_OK);
    rc = deed == ADD
             ? lt_register_add(reg, &person, id, 1, fields, &machine->arena,
                               &entry, &machine->desk.diag)
         : deed == SHOW
             ? lt_register_show(reg, &person, id, &machine->arena, &entry,
                                &machine->desk.diag)
             : lt_register_erase(reg, &person, id, &machine->desk.diag);
    if (rc == LT_OK && deed == SHOW) {
        assert_memory_equal(entry.fields[LT_REGISTER_NAME].data, NAME,
                            sizeof(NAME) - 1);
    }
    lt_register_close(reg);
    return rc;
}

static lt_err make_backup(void)
{
    return lt_register_backup(old.desk.folder.path, &old.desk.sys, backup,
                              &entries, &old.desk.diag);
}

static lt_err restore(const char *kit)
{
    return lt_register_restore(new.desk.folder.path, &new.desk.sys, backup, kit,
                               &entries, &new.desk.diag);
}

static void there_and_back_on_a_new_machine(void **state)
{
    struct stat st;

    (void)state;
    assert_int_equal(with_register(&old, ADD, CASE_ID), LT_OK);
    assert_int_equal(make_backup(), LT_OK);
    assert_int_equal(entries, 1);
    assert_string_equal(clock_last(&old.desk), "register_backup");
    assert_int_equal(stat(backup, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    assert_int_equal(make_backup(), LT_ECREATE);
    assert_int_equal(restore(old.kit), LT_OK);
    assert_int_equal(entries, 1);
    assert_string_equal(clock_last(&new.desk), "register_restored");
    assert_int_equal(with_register(&new, SHOW, CASE_ID), LT_OK);
    /* and it goes on there */
    assert_int_equal(with_register(&new, ADD, OTHER_ID), LT_OK);
    assert_int_equal(restore(old.kit), LT_ECREATE);
    assert_int_equal(with_register(&new, SHOW, OTHER_ID), LT_OK);
}

static void only_its_own_kit_opens_it(void **state)
{
    char other[600];

    (void)state;
    folder_join(other, sizeof(other), old.identity, "node.key");
    assert_int_equal(with_register(&old, ADD, CASE_ID), LT_OK);
    assert_int_equal(make_backup(), LT_OK);
    assert_int_equal(restore(new.kit), LT_EINVAL);
    assert_int_equal(restore(other), LT_EINVAL);
    assert_int_equal(with_register(&new, SHOW, CASE_ID), LT_ENOTFOUND);
    assert_int_equal(restore(old.kit), LT_OK);
}

/* Not even which cases there are lies open in it. */
static void nothing_is_to_be_read_in_it(void **state)
{
    struct lt_buf bytes;

    (void)state;
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(with_register(&old, ADD, CASE_ID), LT_OK);
    assert_int_equal(make_backup(), LT_OK);
    assert_int_equal(
        lt_file_read(backup, 1 << 22, true, &bytes, &old.desk.diag), LT_OK);
    assert_memory_equal(bytes.data, "LTREGBK1", 8);
    assert_null(memmem(bytes.data, bytes.len, CASE_ID, strlen(CASE_ID)));
    assert_null(memmem(bytes.data, bytes.len, NAME, strlen(NAME)));
    assert_null(memmem(bytes.data, bytes.len, "SQLite", 6));
    lt_buf_deinit(&bytes);
}

static void rewrite(const struct lt_buf *bytes, size_t len)
{
    FILE *file;

    assert_int_equal(unlink(backup), 0);
    file = fopen(backup, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void cut_or_changed_it_is_refused(void **state)
{
    struct lt_buf bytes;

    (void)state;
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(with_register(&old, ADD, CASE_ID), LT_OK);
    assert_int_equal(make_backup(), LT_OK);
    assert_int_equal(
        lt_file_read(backup, 1 << 22, true, &bytes, &old.desk.diag), LT_OK);
    for (size_t i = 0; i < 40; i++) {
        size_t at = i * (bytes.len / 40);

        rewrite(&bytes, at);
        assert_int_equal(restore(old.kit), LT_EINVAL);
        bytes.data[at] ^= 1;
        rewrite(&bytes, bytes.len);
        assert_int_equal(restore(old.kit), LT_EINVAL);
        bytes.data[at] ^= 1;
    }
    /* without its last piece, and with something behind it */
    rewrite(&bytes, bytes.len - 20);
    assert_int_equal(restore(old.kit), LT_EINVAL);
    assert_true(lt_buf_put(&bytes, "x", 1));
    rewrite(&bytes, bytes.len);
    assert_int_equal(restore(old.kit), LT_EINVAL);
    rewrite(&bytes, bytes.len - 1);
    assert_int_equal(restore(old.kit), LT_OK);
    lt_buf_deinit(&bytes);
}

/* Erased after the backup, and the audit of the machine knows. */
static void erased_does_not_come_back(void **state)
{
    (void)state;
    assert_int_equal(with_register(&old, ADD, CASE_ID), LT_OK);
    assert_int_equal(with_register(&old, ADD, OTHER_ID), LT_OK);
    assert_int_equal(make_backup(), LT_OK);
    assert_int_equal(with_register(&old, ERASE, CASE_ID), LT_OK);
    assert_int_equal(with_register(&old, ERASE, OTHER_ID), LT_OK);
    assert_int_equal(lt_register_restore(old.desk.folder.path, &old.desk.sys,
                                         backup, old.kit, &entries,
                                         &old.desk.diag),
                     LT_OK);
    assert_int_equal(entries, 0);
    assert_int_equal(with_register(&old, SHOW, CASE_ID), LT_EREGISTERGONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
        TEST(there_and_back_on_a_new_machine),
        TEST(only_its_own_kit_opens_it),
        TEST(nothing_is_to_be_read_in_it),
        TEST(cut_or_changed_it_is_refused),
        TEST(erased_does_not_come_back),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
