/* The formats are frozen: what this version computes is what was committed
 * with it, and nothing that an older version committed has changed. `--print`
 * writes the file of a new version. */
#include "tests/unit/codec/fixture.h"
#include "tests/unit/codec/vectors.h"

#include <string.h>

#define VERSIONS LT_SOURCE_DIR "/tests/versions/"

enum { LINE_MAX_BYTES = 4096 };

static const char newest[] = VERSIONS "v0.2.0/vectors.txt";
static const char *const older[] = {VERSIONS "v0.1.0/vectors.txt"};

static FILE *what_we_compute(void)
{
    FILE *now = tmpfile();

    assert_non_null(now);
    vectors_write(now);
    rewind(now);
    return now;
}

static void the_committed_vectors_still_hold(void **state)
{
    FILE *committed = fopen(newest, "r");
    FILE *now = what_we_compute();
    char expected[LINE_MAX_BYTES];
    char line[LINE_MAX_BYTES];
    unsigned lines = 0;

    (void)state;
    assert_non_null(committed);
    while (fgets(expected, sizeof(expected), committed) != NULL) {
        assert_non_null(fgets(line, sizeof(line), now));
        assert_string_equal(line, expected);
        lines++;
    }
    assert_null(fgets(line, sizeof(line), now));
    assert_true(lines > 40);
    fclose(committed);
    fclose(now);
}

static bool has_line(FILE *file, const char *wanted)
{
    char line[LINE_MAX_BYTES];

    rewind(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strcmp(line, wanted) == 0) {
            return true;
        }
    }
    return false;
}

static void no_older_vector_has_changed(void **state)
{
    FILE *now = what_we_compute();

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(older); i++) {
        FILE *committed = fopen(older[i], "r");
        char line[LINE_MAX_BYTES];
        unsigned lines = 0;

        assert_non_null(committed);
        while (fgets(line, sizeof(line), committed) != NULL) {
            if (line[0] == '#' || line[0] == '\n') {
                continue;
            }
            if (!has_line(now, line)) {
                fail_msg("%s has: %s", older[i], line);
            }
            lines++;
        }
        assert_true(lines > 20);
        fclose(committed);
    }
    fclose(now);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_committed_vectors_still_hold),
        cmocka_unit_test(no_older_vector_has_changed),
    };

    if (argc == 2 && strcmp(argv[1], "--print") == 0) {
        if (lt_crypto_start() != LT_OK) {
            return 1;
        }
        vectors_write(stdout);
        lt_crypto_stop();
        return 0;
    }
    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
