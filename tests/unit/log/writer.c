#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "common/sys.h"
#include "tests/unit/log/writer.h"

struct lt_office test_office(unsigned number)
{
    struct lt_office office = {.bytes = {0x0f, 0xf1, 0xce}};

    office.bytes[14] = (uint8_t)(number >> 8);
    office.bytes[15] = (uint8_t)number;
    return office;
}

void writer_init(struct writer *writer, unsigned number, uint64_t epoch)
{
    uint8_t seed[32] = {0};

    seed[0] = (uint8_t)number;
    seed[1] = (uint8_t)(number >> 8);
    memset(writer, 0, sizeof(*writer));
    writer->stream.origin = test_office(number);
    writer->stream.channel.cls = LT_CLASS_CASE;
    writer->stream.channel.audience = LT_AUDIENCE_UP;
    writer->epoch = epoch;
    writer->hlc = UINT64_C(1795000000000) << 16;
    assert_int_equal(lt_key_from_seed(seed, &writer->key), LT_OK);
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 1, &writer->packer), LT_OK);
    lt_buf_init(&writer->event, lt_alloc_heap());
}

void writer_deinit(struct writer *writer)
{
    lt_key_free(writer->key);
    lt_packer_free(writer->packer);
    lt_buf_deinit(&writer->event);
}

void writer_restart(struct writer *writer, uint64_t epoch)
{
    writer->epoch = epoch;
    writer->count = 0;
}

size_t test_text(uint64_t count, char out[static TEST_TEXT])
{
    return (size_t)snprintf(out, TEST_TEXT,
                            "Khoảng 40 người tập trung ở thôn %llu, xã Thử",
                            (unsigned long long)(count * 7919));
}

static void add_event(struct writer *writer)
{
    char text[TEST_TEXT];
    struct lt_part part = {.content = (const uint8_t *)text};
    struct lt_event event = {
        .id = {.origin = writer->stream.origin, .epoch = writer->epoch},
        .type = LT_EV_INCIDENT_RAISED,
        .people = 40,
        .actor_role = 1,
    };

    if (writer->piece_of.count > 0) {
        event.type = LT_EV_CHUNK;
        event.chunk_of = writer->piece_of;
        event.chunk_offset = writer->count * LT_PIECE_BYTES;
    }
    event.id.count = ++writer->count;
    event.hlc = ++writer->hlc;
    event.recorded_at_ms = lt_hlc_ms(writer->hlc);
    part.len = test_text(writer->count, text);
    if (writer->with_files) {
        event.parts_n = 1;
        event.parts[0] = (struct lt_part_ref){
            .size = 4 * LT_PIECE_BYTES, .kind = 6, .retention = 1, .large = true};
    } else if (writer->with_texts) {
        memcpy(part.salt, &writer->hlc, sizeof(writer->hlc));
        event.parts_n = 1;
        event.parts[0].size = part.len;
        event.parts[0].kind = 1;
        event.parts[0].retention = 1;
        lt_part_hash(part.salt, part.content, part.len, event.parts[0].hash);
    }
    lt_buf_reset(&writer->event);
    assert_int_equal(lt_event_encode(&event, &writer->event, NULL), LT_OK);
    assert_int_equal(lt_packer_add(writer->packer, writer->count, writer->hlc,
                                   writer->event.data, writer->event.len, &part,
                                   writer->with_texts ? 1 : 0),
                     LT_OK);
}

const struct lt_segment *writer_next(struct writer *writer, unsigned events)
{
    struct lt_segment *segment = &writer->segment;
    size_t taken;

    for (unsigned i = 0; i < events; i++) {
        add_event(writer);
    }
    memset(segment, 0, sizeof(*segment));
    segment->stream = writer->stream;
    segment->epoch = writer->epoch;
    segment->first = writer->tip.number + 1;
    segment->prev = writer->tip;
    assert_int_equal(lt_packer_take(writer->packer, segment, &taken), LT_OK);
    assert_int_equal(taken, events);
    assert_int_equal(lt_segment_seal(segment, writer->key), LT_OK);
    writer->tip.epoch = writer->epoch;
    writer->tip.number = lt_segment_last(segment);
    memcpy(writer->tip.hash, segment->hash, LT_HASH_LEN);
    return segment;
}

struct lt_log_options test_options(const char *path, const char *vfs)
{
    return (struct lt_log_options){
        .path = path,
        .vfs = vfs,
        .office = test_office(1),
        .wal_max_bytes = 8 * 1024 * 1024,
        .now_ms = 1795000000000,
    };
}

struct lt_log *test_open(const struct lt_log_options *options)
{
    struct lt_log *log = NULL;
    struct lt_diag diag = {.code = LT_OK};
    const lt_err err = lt_log_open(options, &log, &diag);

    if (err != LT_OK) {
        print_message("open: %s\n", lt_err_word(err));
        for (unsigned i = 0; i < diag.args_n; i++) {
            print_message("  %s: %s\n", diag.args[i].key, diag.args[i].value);
        }
    }
    assert_int_equal(err, LT_OK);
    return log;
}

uint64_t test_write(struct lt_log *log, struct writer *writer, unsigned events)
{
    uint64_t pos = 0;

    assert_int_equal(lt_log_put_segment(log, writer_next(writer, events),
                                        1795000000000, &pos),
                     LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    return pos;
}

static bool count_one(void *ctx, uint64_t pos, int64_t at_ms,
                      const struct lt_segment *segment)
{
    uint64_t *count = ctx;

    (void)at_ms;
    (void)segment;
    assert_int_equal(pos, ++*count);
    return true;
}

uint64_t test_count(struct lt_log *log)
{
    uint64_t count = 0;

    assert_int_equal(lt_log_read_from(log, 1, SIZE_MAX, count_one, &count),
                     LT_OK);
    return count;
}

static const struct lt_key *one_key(void *ctx, const struct lt_office *origin,
                                    const uint8_t key_id[static LT_HASH_LEN])
{
    const struct lt_key *key = ctx;

    (void)origin;
    return memcmp(lt_key_id(key), key_id, LT_HASH_LEN) == 0 ? key : NULL;
}

static void say_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                    uint64_t number, const char *what)
{
    (void)ctx;
    (void)stream;
    print_message("bad: epoch %llx number %llu: %s\n",
                  (unsigned long long)epoch, (unsigned long long)number, what);
}

uint64_t test_bad(struct lt_log *log, const struct lt_key *key)
{
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more = true;

    while (more) {
        assert_int_equal(
            lt_log_verify_slice(
                log, &cursor, 3, key == NULL ? NULL : one_key, say_bad,
                key == NULL ? NULL : (void *)(uintptr_t)key, &sums, &more),
            LT_OK);
    }
    return sums.bad;
}
