/* What the fuzz targets share.
 *
 * With clang's libFuzzer (preset `fuzz`) each target is a fuzzer of its own.
 * Otherwise the same file is linked with replay.c, which feeds it the seeds
 * and mutations of them from a fixed random source: a unit test that needs no
 * fuzzer. */
#ifndef LT_TESTS_FUZZ_FUZZ_H
#define LT_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* libFuzzer's names. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* A broken promise of the code under test: stop where it is seen. */
#define FUZZ_CHECK(condition)                                                  \
    do {                                                                       \
        if (!(condition)) {                                                    \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* Call @each with every seed. @target is the name of the fuzzer it is for. */
typedef void seed_fn(void *ctx, const char *target, const char *name,
                     const uint8_t *data, size_t size);
void seeds_each(seed_fn *each, void *ctx);
/* Those of them that are events. */
void seeds_events(seed_fn *each, void *ctx);

#endif
