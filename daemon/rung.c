#include "daemon/rung.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "common/file.h"

enum { FILE_MAX = LT_RUNG_MAX * (LT_EVENT_ID_TEXT + 16) };

static void read_line(struct lt_rung *rung, const char *line)
{
    const char *blank = strchr(line, ' ');
    char text[LT_EVENT_ID_TEXT];
    struct lt_event_id id;
    unsigned step;

    if (blank == NULL || (size_t)(blank - line) >= sizeof(text) ||
        sscanf(blank + 1, "%3u", &step) != 1 || rung->n == LT_RUNG_MAX) {
        return;
    }
    memcpy(text, line, (size_t)(blank - line));
    text[blank - line] = '\0';
    if (lt_event_id_parse(text, &id)) {
        rung->items[rung->n].id = id;
        rung->items[rung->n].step = step;
        rung->n++;
    }
}

lt_err lt_rung_open(struct lt_rung *rung, const char *dir)
{
    size_t size = strlen(dir) + sizeof("/alerts");
    struct lt_buf text;
    char *rest = NULL;
    char *line;

    rung->n = 0;
    rung->path = malloc(size);
    if (rung->path == NULL) {
        return LT_ENOMEM;
    }
    (void)snprintf(rung->path, size, "%s/alerts", dir);
    lt_buf_init(&text, lt_alloc_heap());
    if (lt_file_read(rung->path, FILE_MAX, false, &text, NULL) == LT_OK &&
        lt_buf_put(&text, "", 1)) {
        for (line = strtok_r((char *)text.data, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest)) {
            read_line(rung, line);
        }
    }
    lt_buf_deinit(&text);
    return LT_OK;
}

void lt_rung_close(struct lt_rung *rung)
{
    free(rung->path);
    rung->path = NULL;
}

void lt_rung_begin(struct lt_rung *rung)
{
    for (size_t i = 0; i < rung->n; i++) {
        rung->items[i].stands = false;
    }
}

bool lt_rung_has(struct lt_rung *rung, const struct lt_event_id *id,
                 uint32_t step)
{
    for (size_t i = 0; i < rung->n; i++) {
        if (lt_event_id_equal(&rung->items[i].id, id) &&
            !LT_PLANTED(ring_again)) {
            rung->items[i].stands = true;
            return rung->items[i].step >= step;
        }
    }
    return false;
}

static bool write_lines(const struct lt_rung *rung, FILE *file)
{
    char text[LT_EVENT_ID_TEXT];
    bool fine = true;

    for (size_t i = 0; fine && i < rung->n; i++) {
        lt_event_id_format(&rung->items[i].id, text);
        fine =
            fprintf(file, "%s %u\n", text, (unsigned)rung->items[i].step) > 0;
    }
    return fine && fflush(file) == 0 && fsync(fileno(file)) == 0;
}

static lt_err save(const struct lt_rung *rung)
{
    char fresh[4096];
    bool fine;
    FILE *file;
    int fd;

    if ((size_t)snprintf(fresh, sizeof(fresh), "%s.new", rung->path) >=
        sizeof(fresh)) {
        return LT_EIO;
    }
    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
              0600);
    file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return errno == ENOSPC ? LT_EFULL : LT_EIO;
    }
    fine = write_lines(rung, file);
    fine = fclose(file) == 0 && fine && rename(fresh, rung->path) == 0;
    return fine ? LT_OK : errno == ENOSPC ? LT_EFULL : LT_EIO;
}

lt_err lt_rung_add(struct lt_rung *rung, const struct lt_event_id *id,
                   uint32_t step)
{
    size_t at = 0;

    while (at < rung->n && !lt_event_id_equal(&rung->items[at].id, id)) {
        at++;
    }
    if (at == LT_RUNG_MAX) {
        return LT_ETOOBIG;
    }
    rung->items[at].id = *id;
    rung->items[at].step = step;
    rung->items[at].stands = true;
    rung->n += at == rung->n ? 1 : 0;
    return save(rung);
}

void lt_rung_end(struct lt_rung *rung)
{
    size_t kept = 0;

    for (size_t i = 0; i < rung->n; i++) {
        if (rung->items[i].stands) {
            rung->items[kept++] = rung->items[i];
        }
    }
    /* The file is shortened when something is written the next time. */
    rung->n = kept;
}
