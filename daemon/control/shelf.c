#include "daemon/control/shelf.h"

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
