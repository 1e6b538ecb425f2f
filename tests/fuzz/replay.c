/* Feeds a fuzz target without a fuzzer: every seed, cuts and mutations of it
 * from a fixed random source, and what fuzzers have found (corpus/); or the
 * files named on the command line. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "common/codec.h"

enum { MUTATIONS = 400, INPUT_MAX = 64 * 1024 };

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32);
}

/* On the heap and of the exact length, so that a sanitizer sees one byte. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);

    FUZZ_CHECK(copy != NULL);
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void mutate(uint8_t *bytes, size_t size)
{
    uint32_t changes = 1 + next_random() % 4;

    for (uint32_t i = 0; i < changes && size != 0; i++) {
        size_t at = next_random() % size;

        switch (next_random() % 4) {
        case 0:
            bytes[at] ^= (uint8_t)(1u << next_random() % 8);
            break;
        case 1:
            bytes[at] = (uint8_t)next_random();
            break;
        case 2:
            bytes[at] = 0xff;
            break;
        default:
            bytes[at] = bytes[next_random() % size];
            break;
        }
    }
}

struct own {
    const char *target;
    unsigned runs;
};

static void run_seed(void *ctx, const char *target, const char *name,
                     const uint8_t *data, size_t size)
{
    static uint8_t bytes[INPUT_MAX];
    struct own *own = ctx;

    (void)name;
    if (strcmp(target, own->target) != 0) {
        return;
    }
    FUZZ_CHECK(size <= sizeof(bytes));
    run(data, size);
    for (size_t cut = 0; cut < size; cut += 1 + size / 64) {
        run(data, cut);
    }
    for (unsigned i = 0; i < MUTATIONS; i++) {
        memcpy(bytes, data, size);
        mutate(bytes, size);
        run(bytes, size);
        own->runs++;
    }
}

static int run_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    size_t size;

    if (file == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        return 1;
    }
    size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    run(bytes, size);
    return 0;
}

/* How many there were. */
static unsigned run_corpus(int *failed)
{
    static const char folder[] = LT_FUZZ_CORPUS "/" LT_FUZZ_TARGET;
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    char path[4096];
    unsigned n = 0;

    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] != '.') {
            (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
            *failed |= run_file(path);
            n++;
        }
    }
    if (stream != NULL) {
        (void)closedir(stream);
    }
    return n;
}

int main(int argc, char **argv)
{
    struct own own = {.target = LT_FUZZ_TARGET};
    int failed = 0;

    if (LLVMFuzzerInitialize(&argc, &argv) != 0) {
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        failed |= run_file(argv[i]);
    }
    if (argc == 1) {
        seeds_each(run_seed, &own);
        FUZZ_CHECK(own.runs > 0);
        printf("%s: %u inputs, %u of the corpus\n", own.target, own.runs,
               run_corpus(&failed));
    }
    lt_codec_thread_stop();
    lt_crypto_stop();
    return failed;
}
