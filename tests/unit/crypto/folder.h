/* A folder of one test, made under TMPDIR and removed again. */
#ifndef LT_TESTS_UNIT_CRYPTO_FOLDER_H
#define LT_TESTS_UNIT_CRYPTO_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct folder {
    char path[256];
    char file[512]; /* what folder_file gave last */
};

/* FOLDER/NAME; a test whose paths do not fit is wrong. */
static inline void folder_join(char *out, size_t size, const char *folder,
                               const char *name)
{
    int len = snprintf(out, size, "%s/%s", folder, name);

    if (len < 0 || (size_t)len >= size) {
        abort();
    }
}

static inline void folder_make(struct folder *folder)
{
    const char *under = getenv("TMPDIR");

    folder_join(folder->path, sizeof(folder->path),
                under != NULL ? under : "/tmp", "lt-test-XXXXXX");
    if (mkdtemp(folder->path) == NULL) {
        abort();
    }
}

static inline const char *folder_file(struct folder *folder, const char *name)
{
    folder_join(folder->file, sizeof(folder->file), folder->path, name);
    return folder->file;
}

/* Removes files and one more level of folders. */
static inline void folder_clear(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;

    if (dir == NULL) {
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        char below[1024];

        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        folder_join(below, sizeof(below), path, entry->d_name);
        if (unlink(below) != 0) {
            folder_clear(below);
        }
    }
    (void)closedir(dir);
    (void)rmdir(path);
}

#endif
