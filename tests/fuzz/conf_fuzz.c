/* The configuration, as somebody may have written it: refused with a file, a
 * line and a reason, or taken; and what was taken and is printed can be read
 * again and comes to the same. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/crypto.h"

static int file_fd = -1;
static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    file_fd = memfd_create("conf", MFD_CLOEXEC);
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", file_fd);
    return file_fd >= 0 && fchmod(file_fd, 0600) == 0 &&
                   lt_crypto_start() == LT_OK
               ? 0
               : -1;
}

static lt_err load(const void *bytes, size_t len, struct lt_conf **out_conf,
                   struct lt_diag *diag)
{
    FUZZ_CHECK(ftruncate(file_fd, 0) == 0);
    FUZZ_CHECK(len == 0 || pwrite(file_fd, bytes, len, 0) == (ssize_t)len);
    return lt_conf_load("/nonexistent", path, out_conf, diag);
}

static void print(const struct lt_conf *conf, struct lt_buf *out)
{
    for (int i = 0; i < LT_SETTINGS; i++) {
        FUZZ_CHECK(lt_conf_value_print(conf, (enum lt_setting)i, out) &&
                   lt_buf_put(out, "\n", 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_conf *conf = NULL;
    struct lt_conf *again = NULL;
    struct lt_diag diag = {.code = LT_OK};
    struct lt_buf whole;
    struct lt_buf values;
    struct lt_buf values_again;
    lt_err rc = load(data, size, &conf, &diag);

    if (rc != LT_OK) {
        FUZZ_CHECK(rc == LT_ECONFIG || rc == LT_ENOMEM);
        FUZZ_CHECK(rc != LT_ECONFIG || diag.args_n > 0);
        return 0;
    }
    lt_buf_init(&whole, lt_alloc_heap());
    lt_buf_init(&values, lt_alloc_heap());
    lt_buf_init(&values_again, lt_alloc_heap());
    print(conf, &values);
    FUZZ_CHECK(lt_conf_print(conf, LT_LANG_EN, &whole));
    FUZZ_CHECK(load(whole.data, whole.len, &again, &diag) == LT_OK);
    print(again, &values_again);
    FUZZ_CHECK(values.len == values_again.len &&
               memcmp(values.data, values_again.data, values.len) == 0);
    lt_conf_free(again);
    lt_conf_free(conf);
    lt_buf_deinit(&whole);
    lt_buf_deinit(&values);
    lt_buf_deinit(&values_again);
    return 0;
}
