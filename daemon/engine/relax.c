/* Giving back what a turn needed, and what it held. */
#include "daemon/engine/state.h"

static void renew_arena(struct lt_arena *arena)
{
    const struct lt_alloc *alloc = arena->alloc;
    size_t cap = arena->cap_bytes;

    lt_arena_deinit(arena);
    lt_arena_init(arena, alloc, cap);
}

static void renew_buf(struct lt_buf *buf)
{
    const struct lt_alloc *alloc = buf->alloc;

    lt_buf_deinit(buf);
    lt_buf_init(buf, alloc);
}

void lt_engine_relax(struct lt_engine *engine)
{
    renew_arena(&engine->scratch);
    renew_arena(&engine->scratch_payload);
    if (engine->pending == NULL) {
        renew_arena(&engine->pending_arena);
        lt_packer_relax(engine->packer);
    }
    renew_buf(&engine->frame);
    renew_buf(&engine->out);
    renew_buf(&engine->stripped);
}
