/* fuzz_seeds FOLDER: write the seeds as FOLDER/<target>/<name>. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/stat.h>

#include "common/crypto.h"

static void write_seed(void *ctx, const char *target, const char *name,
                       const uint8_t *data, size_t size)
{
    const char *folder = ctx;
    char path[4096];
    FILE *file;

    FUZZ_CHECK((size_t)snprintf(path, sizeof(path), "%s/%s", folder, target) <
               sizeof(path));
    (void)mkdir(path, 0755); /* it may be there; fopen will tell */
    FUZZ_CHECK((size_t)snprintf(path, sizeof(path), "%s/%s/%s", folder, target,
                                name) < sizeof(path));
    file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size ||
        fclose(file) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 || lt_crypto_start() != LT_OK) {
        fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
        return 2;
    }
    (void)mkdir(argv[1], 0755);
    seeds_each(write_seed, argv[1]);
    lt_crypto_stop();
    return 0;
}
