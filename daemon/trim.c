/* Only mappings of files that are not writable and hold no page of our own
 * (Anonymous 0: no relocated data) are dropped: their content is the file's,
 * and a page that is touched again is simply mapped again. */
#include "daemon/trim.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct mapping {
    uintptr_t begin;
    uintptr_t end;
    bool droppable;
};

/* "55d0-55d8 r-xp 00002000 fe:00 1234 /usr/lib/..." begins a mapping. */
static bool read_head(const char *line, struct mapping *out)
{
    char perms[5];
    unsigned long long begin;
    unsigned long long end;
    unsigned long inode;

    if (sscanf(line, "%llx-%llx %4s %*s %*s %lu", &begin, &end, perms,
               &inode) != 4) {
        return false;
    }
    out->begin = (uintptr_t)begin;
    out->end = (uintptr_t)end;
    out->droppable =
        inode != 0 && perms[0] == 'r' && perms[1] == '-' && perms[3] == 'p';
    return true;
}

static void drop(const struct mapping *mapping)
{
    if (mapping->droppable) {
        /* Advice: a kernel that will not is no loss. */
        (void)madvise((void *)mapping->begin, mapping->end - mapping->begin,
                      MADV_DONTNEED);
    }
}

static void drop_clean_pages(void)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    struct mapping mapping = {.droppable = false};
    struct mapping next;
    char line[512];
    unsigned long kb;

    if (file == NULL) {
        return;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        if (read_head(line, &next)) {
            drop(&mapping);
            mapping = next;
        } else if ((sscanf(line, "Anonymous: %lu kB", &kb) == 1 ||
                    sscanf(line, "Private_Dirty: %lu kB", &kb) == 1) &&
                   kb != 0) {
            mapping.droppable = false;
        }
    }
    drop(&mapping);
    fclose(file);
}

void lt_trim(void)
{
    (void)malloc_trim(0);
    drop_clean_pages();
}
