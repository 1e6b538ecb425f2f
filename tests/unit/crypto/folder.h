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

static inline void folder_make(struct folder *folder)
{
    const char *under = getenv("TMPDIR");

    (void)snprintf(folder->path, sizeof(folder->path), "%s/lt-test-XXXXXX",
                   under != NULL ? under : "/tmp");
    if (mkdtemp(folder->path) == NULL) {
        abort();
    }
}

static inline const char *folder_file(struct folder *folder, const char *name)
{
    (void)snprintf(folder->file, sizeof(folder->file), "%s/%s", folder->path,
                   name);
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
        (void)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
        if (unlink(below) != 0) {
            folder_clear(below);
        }
    }
    (void)closedir(dir);
    (void)rmdir(path);
}

#endif
