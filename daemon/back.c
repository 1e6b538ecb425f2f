/* One small value in the log: version, since when, entries of matters without a
 * name, a spare number; then each matter's id, entries and time. */
#include "daemon/back.h"

#include <string.h>

#include "common/codec.h"
#include "common/wire.h"

enum {
    VERSION = 1,
    HEAD_BYTES = 4 * 8,
    MATTER_BYTES = LT_OFFICE_LEN + 4 * 8,
    ARENA_MAX = 1024 * 1024
};

static const char KEY[] = "back";
static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

static uint64_t get(const uint8_t *at)
{
    uint64_t value = 0;

    for (size_t i = 0; i < 8; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static void read_matters(struct lt_back *back, const struct lt_buf *value,
                         int64_t oldest_ms)
{
    for (size_t at = HEAD_BYTES; at + MATTER_BYTES <= value->len &&
                                 back->matters_n < LT_BACK_MAX;
         at += MATTER_BYTES) {
        const uint8_t *bytes = value->data + at;
        struct lt_back_matter *matter = &back->matters[back->matters_n];

        memcpy(matter->id.origin.bytes, bytes, LT_OFFICE_LEN);
        matter->id.epoch = get(bytes + LT_OFFICE_LEN);
        matter->id.count = get(bytes + LT_OFFICE_LEN + 8);
        matter->entries = (uint32_t)get(bytes + LT_OFFICE_LEN + 16);
        matter->at_ms = (int64_t)get(bytes + LT_OFFICE_LEN + 24);
        if (matter->at_ms >= oldest_ms) {
            back->entries += matter->entries;
            back->matters_n++;
        }
    }
}

lt_err lt_back_load(struct lt_back *back, struct lt_log *log,
                    const struct lt_now *now)
{
    const int64_t oldest_ms = now->wall_ms - LT_BACK_DAYS * DAY_MS;
    struct lt_buf value;
    lt_err err;

    memset(back, 0, sizeof(*back));
    lt_buf_init(&value, lt_alloc_heap());
    err = lt_log_get_meta(log, KEY, &value);
    if (err == LT_OK && value.len >= HEAD_BYTES && get(value.data) == VERSION) {
        read_matters(back, &value, oldest_ms);
        if (back->matters_n > 0) {
            back->since_ms = (int64_t)get(value.data + 8);
            back->unnamed = get(value.data + 16);
            back->entries += back->unnamed;
        }
    }
    lt_buf_deinit(&value);
    return err == LT_ENOTFOUND ? LT_OK : err;
}

static void count(struct lt_back *back, const struct lt_event_id *matter,
                  int64_t at_ms)
{
    back->entries++;
    back->dirty = true;
    if (back->since_ms == 0) {
        back->since_ms = at_ms;
    }
    for (size_t i = back->matters_n; i > 0; i--) {
        struct lt_back_matter *known = &back->matters[i - 1];

        if (lt_event_id_equal(&known->id, matter)) {
            known->entries++;
            known->at_ms = at_ms;
            return;
        }
    }
    if (back->matters_n == LT_BACK_MAX) {
        back->unnamed++;
        return;
    }
    back->matters[back->matters_n++] =
        (struct lt_back_matter){.id = *matter, .entries = 1, .at_ms = at_ms};
}

static bool of_matters(uint8_t cls)
{
    return cls == LT_CLASS_CASE || cls == LT_CLASS_DENUNCIATION ||
           cls == LT_CLASS_INCIDENT || cls == LT_CLASS_DIRECTIVE;
}

lt_err lt_back_see(struct lt_back *back, const struct lt_now *now,
                   const struct lt_segment *segment)
{
    struct lt_event_id id = {.origin = segment->stream.origin,
                             .epoch = segment->epoch};
    struct lt_payload payload;
    struct lt_event *event;
    struct lt_arena arena;
    struct lt_arena scratch;
    lt_err err;

    if (!of_matters(segment->stream.channel.cls) ||
        lt_stream_is_sealed(&segment->stream)) {
        return LT_OK;
    }
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_MAX);
    lt_arena_init(&scratch, lt_alloc_heap(), ARENA_MAX);
    event = lt_arena_take(&arena, sizeof(*event));
    err = event == NULL ? LT_ENOMEM
                        : lt_payload_open(segment, &arena, &payload, NULL);
    for (size_t i = 0; err == LT_OK && i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];

        id.count = item->count;
        lt_arena_reset(&scratch);
        err = lt_event_decode(item->event, item->event_len, &id, item->hlc,
                              &scratch, event, NULL);
        if (err == LT_OK) {
            count(back, event->has_subject ? &event->subject : &id,
                  now->wall_ms);
        } else if (err == LT_EMALFORMED) {
            err = LT_OK; /* shown as rejected; of no matter */
        }
    }
    lt_arena_deinit(&scratch);
    lt_arena_deinit(&arena);
    return err == LT_EMALFORMED ? LT_OK : err;
}

static bool put(struct lt_buf *buf, uint64_t value)
{
    uint8_t bytes[8];

    (void)lt_put_be64(bytes, value);
    return lt_buf_put(buf, bytes, sizeof(bytes));
}

lt_err lt_back_save(struct lt_back *back, struct lt_log *log)
{
    struct lt_buf value;
    bool ok;
    lt_err err = LT_ENOMEM;

    lt_buf_init(&value, lt_alloc_heap());
    ok = put(&value, VERSION) && put(&value, (uint64_t)back->since_ms) &&
         put(&value, back->unnamed) && put(&value, 0);
    for (size_t i = 0; ok && i < back->matters_n; i++) {
        const struct lt_back_matter *matter = &back->matters[i];

        ok = lt_buf_put(&value, matter->id.origin.bytes, LT_OFFICE_LEN) &&
             put(&value, matter->id.epoch) && put(&value, matter->id.count) &&
             put(&value, matter->entries) &&
             put(&value, (uint64_t)matter->at_ms);
    }
    if (ok) {
        err = lt_log_put_meta(log, KEY, value.data, value.len);
    }
    if (err == LT_OK) {
        back->dirty = false;
    }
    lt_buf_deinit(&value);
    return err;
}
