#include "tests/unit/log/file.h"

#include <string.h>

enum { LIFE = 0x4711, LATER = 0x4712 };

static void keep(struct file *file, unsigned i, struct writer *writer)
{
    struct lt_segment *segment = &file->segments[i];

    *segment = *writer_next(writer, 1);
    memcpy(file->bytes[i][0], segment->payload, segment->payload_len);
    segment->payload = file->bytes[i][0];
    if (segment->parts_len > 0) {
        memcpy(file->bytes[i][1], segment->parts, segment->parts_len);
        segment->parts = file->bytes[i][1];
    }
    file->counts[i] = writer->count;
}

void file_init(struct file *file)
{
    struct writer *pieces = &file->pieces;

    memset(file, 0, sizeof(*file));
    writer_init(&file->event, 2, LIFE);
    writer_init(pieces, 2, LIFE);
    file->event.with_files = true;
    pieces->with_texts = true;
    pieces->stream.channel.cls = LT_CLASS_CHUNK;
    keep(file, 0, &file->event);
    pieces->count = 10;
    pieces->piece_of = file_event(file);
    keep(file, 1, pieces);
    keep(file, 2, pieces);
    writer_restart(pieces, LATER);
    pieces->count = 20;
    keep(file, 3, pieces);
    pieces->piece_of.count++;
    keep(file, 4, pieces);
}

void file_deinit(struct file *file)
{
    writer_deinit(&file->event);
    writer_deinit(&file->pieces);
}

struct lt_event_id file_event(const struct file *file)
{
    return (struct lt_event_id){file->event.stream.origin, LIFE, 1};
}

lt_err file_put(const struct file *file, struct lt_log *log)
{
    uint64_t pos;
    lt_err err = LT_OK;

    for (unsigned i = 0; err == LT_OK && i < FILE_SEGMENTS; i++) {
        err = lt_log_put_segment(log, &file->segments[i], 1795000000000, &pos);
    }
    return err == LT_OK ? lt_log_commit(log) : err;
}
