/* A folder of one test with a log in it, on the real file system. */
#ifndef LT_TESTS_UNIT_LOG_PLACE_H
#define LT_TESTS_UNIT_LOG_PLACE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/log/writer.h"

struct place {
    char folder[32];
    char path[64];
    struct lt_log_options options;
};

static inline int set_up(void **state)
{
    static struct place place;

    (void)strcpy(place.folder, "/tmp/lt-log-XXXXXX");
    if (mkdtemp(place.folder) == NULL) {
        return -1;
    }
    (void)snprintf(place.path, sizeof(place.path), "%s/log.db", place.folder);
    place.options = test_options(place.path, NULL);
    *state = &place;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
    static const char *const names[] = {"log.db", "log.db-wal", "log.db-shm",
                                        "log.db-real", "ballast"};
    const struct place *place = *state;
    char path[64];

    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(place->folder);
}

#endif
