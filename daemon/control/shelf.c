#include "daemon/control/shelf.h"

#include <stdio.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/file.h"

lt_err lt_shelf_open(struct lt_shelf *shelf, struct lt_diag *diag)
{
    struct lt_now now;
    lt_err rc = LT_OK;

    if (shelf->people == NULL) {
        rc = lt_people_open(shelf->dir, shelf->sys, &shelf->people, diag);
    }
    if (rc == LT_OK && shelf->reg == NULL) {
        rc = lt_register_open(shelf->dir, shelf->sys, &shelf->reg, diag);
    }
    if (rc == LT_OK) {
        shelf->sys->now(shelf->sys->ctx, &now);
        shelf->until_ms = now.mono_ms + LT_SHELF_IDLE_MS;
    }
    return rc;
}

static bool register_is_there(const struct lt_shelf *shelf)
{
    char path[4096];
    int len = snprintf(path, sizeof(path), "%s/register.db", shelf->dir);

    return shelf->reg != NULL ||
           (len > 0 && (size_t)len < sizeof(path) && lt_file_present(path));
}

lt_err lt_shelf_words(struct lt_shelf *shelf, const char *case_id,
                      struct lt_arena *arena,
                      struct lt_text out_fields[static LT_REGISTER_FIELDS])
{
    int64_t until_ms = shelf->until_ms;
    struct lt_diag diag;
    lt_err rc;

    memset(out_fields, 0, LT_REGISTER_FIELDS * sizeof(*out_fields));
    if (!register_is_there(shelf) || LT_PLANTED(ignore_register)) {
        return LT_OK;
    }
    rc = lt_shelf_open(shelf, &diag);
    if (rc == LT_OK) {
        rc = lt_register_words(shelf->reg, case_id, arena, out_fields);
        if (until_ms == 0) {
            lt_register_lock(shelf->reg);
        }
    }
    shelf->until_ms = until_ms;
    return rc;
}

void lt_shelf_look(struct lt_shelf *shelf)
{
    int64_t until_ms = shelf->until_ms;
    struct lt_diag ignored;

    if (shelf->reg == NULL && register_is_there(shelf) &&
        lt_shelf_open(shelf, &ignored) == LT_OK) {
        shelf->until_ms = until_ms;
    }
}

void lt_shelf_rest(struct lt_shelf *shelf, int64_t mono_ms)
{
    if (shelf->until_ms != 0 && mono_ms >= shelf->until_ms) {
        lt_register_lock(shelf->reg);
        shelf->until_ms = 0;
    }
}

void lt_shelf_close(struct lt_shelf *shelf)
{
    lt_register_close(shelf->reg);
    lt_people_close(shelf->people);
    shelf->reg = NULL;
    shelf->people = NULL;
    shelf->until_ms = 0;
}
