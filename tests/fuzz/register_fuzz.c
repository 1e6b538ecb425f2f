/* The register's file, changed by whoever has the disk: it is refused, or what
 * opens is what was entered. The first byte says which layer:
 *   0  a sealed text: opens to what was sealed, or not at all
 *   1  the index: what is put is found, and what is dropped is not
 *   2  register.db: four bytes a change (where, what), then it is opened */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/register/internal.h"

#define CASE_ID "0123456789abcdef0123456789abcdef:0000000000000001:7"
#define NAME "Nguyễn Thị Đào"

enum { FILE_MAX = 256 * 1024, ARENA = 1024 * 1024, IDS = 8 };

static char folder[64];
static uint8_t file[FILE_MAX];
static size_t file_len;
static const uint8_t key[LT_SEAL_KEY_LEN] = {7};
static const struct lt_span aad = {"about", 5};

static const char *in_folder(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void forget_files(void)
{
    (void)unlink(in_folder("register.db"));
    (void)unlink(in_folder("register.db-journal"));
    (void)unlink(in_folder("identity/register.key"));
    (void)rmdir(in_folder("identity"));
    (void)rmdir(folder);
}

static lt_err enter_one(struct lt_register *reg)
{
    const struct lt_text fields[LT_REGISTER_FIELDS] = {
        [LT_REGISTER_NAME] = {NAME, sizeof(NAME) - 1}};
    int64_t id;

    return lt_entry_insert(reg, CASE_ID, 1, "an", fields, &id);
}

static bool make_file(void)
{
    struct lt_register *reg = NULL;
    struct lt_diag diag = {.code = LT_OK};
    FILE *stream;
    bool good;

    (void)snprintf(folder, sizeof(folder), "/dev/shm/lt-register-fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL || mkdir(in_folder("identity"), 0700) != 0) {
        return false;
    }
    (void)atexit(forget_files);
    good = lt_register_key_make(in_folder("identity"), lt_sys_real(), &diag) ==
               LT_OK &&
           lt_register_open(folder, lt_sys_real(), &reg, &diag) == LT_OK &&
           lt_register_unlock(reg, &diag) == LT_OK && enter_one(reg) == LT_OK;
    lt_register_close(reg);
    stream = good ? fopen(in_folder("register.db"), "rb") : NULL;
    if (stream == NULL) {
        return false;
    }
    file_len = fread(file, 1, sizeof(file), stream);
    (void)fclose(stream);
    return file_len > 0 && file_len < sizeof(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK && make_file() ? 0 : -1;
}

/* ---- a sealed text ---- */

static void open_sealed(const uint8_t *data, size_t size)
{
    struct lt_arena arena;
    struct lt_buf honest;
    const char *text;
    size_t len;

    lt_buf_init(&honest, lt_alloc_heap());
    lt_arena_init(&arena, lt_alloc_heap(), ARENA);
    FUZZ_CHECK(lt_seal_text(lt_sys_real(), key, aad,
                            (struct lt_span){NAME, sizeof(NAME) - 1},
                            &honest) == LT_OK);
    FUZZ_CHECK(lt_unseal_text(key, aad,
                              (struct lt_span){honest.data, honest.len}, &arena,
                              &text, &len) == LT_OK &&
               len == sizeof(NAME) - 1 && memcmp(text, NAME, len) == 0);
    if (size > 1) {
        honest.data[data[0] % honest.len] ^= (uint8_t)(data[1] | 1);
        FUZZ_CHECK(lt_unseal_text(key, aad,
                                  (struct lt_span){honest.data, honest.len},
                                  &arena, &text, &len) == LT_EREGISTERROT);
    }
    (void)!lt_unseal_text(key, aad, (struct lt_span){data, size}, &arena, &text,
                          &len);
    lt_arena_deinit(&arena);
    lt_buf_deinit(&honest);
}

/* ---- the index ---- */

static void search(const uint8_t *data, size_t size)
{
    struct lt_search *index = NULL;
    int64_t ids[IDS];
    size_t n = 0;
    size_t half = size / 2;
    struct lt_text text = {(const char *)data, half};
    struct lt_text query = {(const char *)data + half, size - half};
    lt_err rc;

    FUZZ_CHECK(lt_search_new(&index) == LT_OK);
    FUZZ_CHECK(lt_search_put(index, 1, &text, 1) == LT_OK);
    rc = lt_search_find(index, text, ids, IDS, &n);
    FUZZ_CHECK(rc == LT_EINVAL || (rc == LT_OK && n <= 1));
    (void)!lt_search_find(index, query, ids, IDS, &n);
    lt_search_drop(index, 1);
    rc = lt_search_find(index, query, ids, IDS, &n);
    FUZZ_CHECK(rc != LT_OK || n == 0);
    lt_search_free(index);
}

/* ---- the file ---- */

static void open_entries(struct lt_register *reg)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT " LT_ENTRY_COLUMNS " FROM entry");
    struct lt_register_entry entry;
    struct lt_arena arena;
    int64_t id;

    lt_arena_init(&arena, lt_alloc_heap(), ARENA);
    while (lt_query_row(&query)) {
        if (lt_entry_open(reg, &query, &arena, &id, &entry) != LT_OK ||
            entry.fields[LT_REGISTER_NAME].data == NULL) {
            continue;
        }
        FUZZ_CHECK(strcmp(entry.case_id, CASE_ID) == 0);
        FUZZ_CHECK(entry.fields[LT_REGISTER_NAME].len == sizeof(NAME) - 1 &&
                   memcmp(entry.fields[LT_REGISTER_NAME].data, NAME,
                          sizeof(NAME) - 1) == 0);
    }
    (void)!lt_query_end(&query);
    lt_arena_deinit(&arena);
}

static void open_file(const uint8_t *data, size_t size)
{
    static uint8_t changed[FILE_MAX];
    struct lt_register *reg = NULL;
    struct lt_diag diag = {.code = LT_OK};
    FILE *stream;

    memcpy(changed, file, file_len);
    for (size_t at = 0; at + 4 <= size; at += 4) {
        size_t where = ((size_t)data[at] << 16 | (size_t)data[at + 1] << 8 |
                        data[at + 2]) %
                       file_len;

        changed[where] = data[at + 3];
    }
    stream = fopen(in_folder("register.db"), "r+b");
    FUZZ_CHECK(stream != NULL);
    FUZZ_CHECK(fwrite(changed, 1, file_len, stream) == file_len);
    FUZZ_CHECK(fclose(stream) == 0);
    (void)!truncate(in_folder("register.db"), (off_t)file_len);
    if (lt_register_open(folder, lt_sys_real(), &reg, &diag) == LT_OK &&
        lt_register_unlock(reg, &diag) == LT_OK) {
        open_entries(reg);
    }
    lt_register_close(reg);
    (void)unlink(in_folder("register.db-journal"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    switch (data[0] % 3) {
    case 0:
        open_sealed(data + 1, size - 1);
        break;
    case 1:
        search(data + 1, size - 1);
        break;
    default:
        open_file(data + 1, size - 1);
        break;
    }
    return 0;
}
