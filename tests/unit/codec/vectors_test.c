/* The formats are frozen: what this version computes is what was committed
 * with version 0.1.0. `--print` writes the file anew, for a new format. */
#include "tests/unit/codec/fixture.h"
#include "tests/unit/codec/vectors.h"

static const char path[] = LT_SOURCE_DIR "/tests/versions/v0.1.0/vectors.txt";

static void the_committed_vectors_still_hold(void **state)
{
    FILE *committed = fopen(path, "r");
    FILE *now = tmpfile();
    char expected[4096];
    char line[4096];
    unsigned lines = 0;

    (void)state;
    assert_non_null(committed);
    assert_non_null(now);
    vectors_write(now);
    rewind(now);
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_committed_vectors_still_hold),
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
