/* What no arrangement avoids: the libraries' share of an event that climbs from
 * a commune through a district to a province.
 *
 *   lt-bench-floor DIR EVENTS BATCH SEED
 *
 * Each step does on the corpus what every build of this system has to do
 * somewhere, in its largest useful batches, and nothing else: no loop, no
 * socket, no rules, no fold, no answer. `times` says at how many of the three
 * offices it is done. The view's rows are those of daemon/view/schema.c, in one
 * transaction a thousand; without texts of others' there would be none to
 * read. Printed is CPU an event; the sum over two cores is the most that could
 * be asked of this machine. */
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/codec.h"
#include "common/crypto.h"
#include "common/segment.h"
#include "tools/load/corpus.h"

enum {
    KEPT = 16384, /* events whose decoded form is kept, to be encoded again */
    VIEW_BATCH = 8192,
    ROUNDS = 3,
    LEVEL = 1,
    ARENA_MAX = 16 << 20,
    PATH_BYTES = 4096
};

struct row {
    uint8_t *bytes;
    size_t len;
    struct lt_part parts[LT_EVENT_PARTS_MAX];
    size_t parts_n;
    bool opens;
    uint64_t matter; /* number of the event that opened it */
};

struct sealed {
    struct lt_segment segment;
    uint8_t *payload;
    uint8_t *parts;
};

struct bench {
    const char *dir;
    struct lt_corpus corpus;
    size_t batch;
    struct lt_event_id first;
    struct lt_event *events; /* KEPT of them at most */
    size_t events_n;
    struct row *rows;
    size_t rows_n;
    struct lt_key *key;
    struct sealed *segments;
    size_t segments_n;
    double own_s; /* what a step measured itself; 0: all of it counts */
};

static void must(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "lt-bench-floor: %s\n", what);
        exit(1);
    }
}

static double cpu_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint8_t *copy_of(const void *data, size_t len)
{
    uint8_t *copy = malloc(len + 1);

    must(copy != NULL, "no memory");
    if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

static bool keep_row(void *ctx, const struct lt_corpus_row *from)
{
    struct bench *b = ctx;
    struct row *row = &b->rows[b->rows_n++];

    row->bytes = copy_of(from->bytes, from->len);
    row->len = from->len;
    row->parts_n = from->parts_n;
    for (size_t i = 0; i < from->parts_n; i++) {
        row->parts[i] = from->parts[i];
    }
    row->opens = !from->event->has_subject;
    row->matter =
        row->opens ? from->event->id.count : from->event->subject.count;
    if (b->events_n < KEPT) {
        b->events[b->events_n++] = *from->event;
    }
    b->first = b->rows_n == 1 ? from->event->id : b->first;
    return true;
}

/* ---- the steps; each works on everything once and says for how many ---- */

static size_t parse_json(struct bench *b)
{
    struct lt_buf frame;
    size_t events = b->events_n - b->events_n % b->batch;
    double spent = 0;

    lt_buf_init(&frame, lt_alloc_heap());
    for (size_t i = 0; i < events; i += b->batch) {
        double began;
        json_t *json;

        lt_buf_reset(&frame);
        must(lt_buf_put(&frame, "[", 1), "no memory");
        for (size_t k = 0; k < b->batch; k++) {
            must((k == 0 || lt_buf_put(&frame, ",", 1)) &&
                     lt_corpus_request(&b->corpus.commands[i + k],
                                       "0123456789abcdef0123456789abcdef:"
                                       "0123456789abcdef:12345",
                                       &frame),
                 "no memory");
        }
        must(lt_buf_put(&frame, "]", 1), "no memory");
        began = cpu_s();
        json = json_loadb((const char *)frame.data, frame.len,
                          JSON_REJECT_DUPLICATES, NULL);
        must(json != NULL, "JSON");
        json_decref(json);
        spent += cpu_s() - began;
    }
    lt_buf_deinit(&frame);
    b->own_s = spent; /* making its frames is no part of it */
    return events;
}

static size_t encode(struct bench *b)
{
    struct lt_buf out;

    lt_buf_init(&out, lt_alloc_heap());
    for (size_t i = 0; i < b->events_n; i++) {
        lt_buf_reset(&out);
        must(lt_event_encode(&b->events[i], &out, NULL) == LT_OK, "encode");
    }
    lt_buf_deinit(&out);
    return b->events_n;
}

static size_t hash_events(struct bench *b)
{
    uint8_t hash[LT_HASH_LEN];

    for (size_t i = 0; i < b->rows_n; i++) {
        lt_event_hash(&b->first, i, b->rows[i].bytes, b->rows[i].len, hash);
    }
    return b->rows_n;
}

static size_t hash_texts(struct bench *b)
{
    uint8_t hash[LT_HASH_LEN];

    for (size_t i = 0; i < b->rows_n; i++) {
        for (size_t k = 0; k < b->rows[i].parts_n; k++) {
            const struct lt_part *part = &b->rows[i].parts[k];

            lt_part_hash(part->salt, part->content, part->len, hash);
        }
    }
    return b->rows_n;
}

static void keep_segment(struct bench *b, struct lt_segment *segment)
{
    struct sealed *sealed = &b->segments[b->segments_n++];

    must(lt_segment_seal(segment, b->key) == LT_OK, "seal");
    if (sealed->payload == NULL) {
        sealed->payload = copy_of(segment->payload, segment->payload_len);
        sealed->parts = copy_of(segment->parts, segment->parts_len);
    }
    sealed->segment = *segment;
    sealed->segment.payload = sealed->payload;
    sealed->segment.parts = segment->parts_len == 0 ? NULL : sealed->parts;
}

/* One run of full segments: protobuf's frame, zstd, the hash of the payload,
 * the signature. */
static size_t pack_and_sign(struct bench *b)
{
    struct lt_packer *packer = NULL;
    uint64_t number = 1;

    must(lt_packer_new(lt_alloc_heap(), LEVEL, &packer) == LT_OK, "packer");
    b->segments_n = 0;
    for (size_t i = 0; i <= b->rows_n; i++) {
        const struct row *row = &b->rows[i];
        size_t texts = 0;

        for (size_t k = 0; i < b->rows_n && k < row->parts_n; k++) {
            texts += row->parts[k].len + 32;
        }
        while (lt_packer_count(packer) > 0 &&
               (i == b->rows_n || lt_packer_count(packer) == b->batch ||
                !lt_packer_fits(packer, row->len, texts))) {
            struct lt_segment segment = {.epoch = 1, .first = number};
            size_t taken;

            segment.stream.origin = b->first.origin;
            segment.stream.channel = (struct lt_channel){
                .cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP};
            must(lt_packer_take(packer, &segment, &taken) == LT_OK, "take");
            number += taken;
            keep_segment(b, &segment);
        }
        if (i < b->rows_n) {
            must(lt_packer_add(packer, i + 1, i + 1, row->bytes, row->len,
                               row->parts, row->parts_n) == LT_OK,
                 "add");
        }
    }
    lt_packer_free(packer);
    return b->rows_n;
}

/* What a relay may not leave out: chain and signature, one for each frame of
 * three segments. */
static size_t prove(struct bench *b)
{
    for (size_t i = 0; i < b->segments_n; i++) {
        struct lt_segment segment = b->segments[i].segment;

        lt_segment_rebuild(&segment);
        must(i % 3 != 2 || lt_segment_proven(&segment, b->key), "proof");
    }
    return b->rows_n;
}

static size_t open_and_decode(struct bench *b)
{
    struct lt_event *event = malloc(sizeof(*event));
    struct lt_arena arena;

    must(event != NULL, "no memory");
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_MAX);
    for (size_t i = 0; i < b->segments_n; i++) {
        const struct lt_segment *segment = &b->segments[i].segment;
        struct lt_payload payload;
        struct lt_bundle bundle;

        lt_arena_reset(&arena);
        must(lt_payload_open(segment, &arena, &payload, NULL) == LT_OK,
             "payload");
        must(segment->parts == NULL ||
                 lt_bundle_open(segment->parts, segment->parts_len, &arena,
                                &bundle, NULL) == LT_OK,
             "bundle");
        for (size_t k = 0; k < payload.items_n; k++) {
            must(lt_event_decode(payload.items[k].event,
                                 payload.items[k].event_len, &b->first, 1,
                                 &arena, event, NULL) == LT_OK,
                 "decode");
        }
    }
    lt_arena_deinit(&arena);
    free(event);
    return b->rows_n;
}

/* ---- rows ---- */

static sqlite3 *open_db(const struct bench *b, const char *settings)
{
    char path[PATH_BYTES];
    sqlite3 *db = NULL;

    for (size_t i = 0; i < 3; i++) {
        static const char *const ends[] = {"", "-wal", "-shm"};

        (void)snprintf(path, sizeof(path), "%s/floor.db%s", b->dir, ends[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof(path), "%s/floor.db", b->dir);
    must(sqlite3_open_v2(path, &db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                             SQLITE_OPEN_NOMUTEX,
                         NULL) == SQLITE_OK &&
             sqlite3_exec(db, settings, NULL, NULL, NULL) == SQLITE_OK,
         "database");
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
                            NULL) == SQLITE_OK,
         sql);
    return stmt;
}

static void run(sqlite3_stmt *stmt)
{
    must(sqlite3_step(stmt) == SQLITE_DONE && sqlite3_reset(stmt) == SQLITE_OK,
         "row");
}

static void exec(sqlite3 *db, const char *sql)
{
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void close_db(sqlite3 *db)
{
    sqlite3_stmt *stmt;

    while ((stmt = sqlite3_next_stmt(db, NULL)) != NULL) {
        (void)sqlite3_finalize(stmt);
    }
    must(sqlite3_close(db) == SQLITE_OK, "close");
}

/* Segments and texts, one commit each time a batch is in. */
static size_t write_log(struct bench *b)
{
    sqlite3 *db = open_db(
        b, "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
           "CREATE TABLE segment(pos INTEGER PRIMARY KEY, first INTEGER,"
           " hash BLOB, signature BLOB, payload BLOB);"
           "CREATE TABLE part(pos INTEGER PRIMARY KEY, bundle BLOB)");
    sqlite3_stmt *segment =
        prepare(db, "INSERT INTO segment(first,hash,signature,payload)"
                    " VALUES(?1,?2,?3,?4)");
    sqlite3_stmt *part = prepare(db, "INSERT INTO part(bundle) VALUES(?1)");
    size_t gathered = 0;

    exec(db, "BEGIN");
    for (size_t i = 0; i < b->segments_n; i++) {
        const struct lt_segment *s = &b->segments[i].segment;

        sqlite3_bind_int64(segment, 1, (int64_t)s->first);
        sqlite3_bind_blob(segment, 2, s->hash, LT_HASH_LEN, SQLITE_STATIC);
        sqlite3_bind_blob(segment, 3, s->signature, LT_SIG_LEN, SQLITE_STATIC);
        sqlite3_bind_blob(segment, 4, s->payload, (int)s->payload_len,
                          SQLITE_STATIC);
        run(segment);
        sqlite3_bind_blob(part, 1, s->parts, (int)s->parts_len, SQLITE_STATIC);
        run(part);
        gathered += s->count;
        if (gathered >= b->batch) {
            gathered = 0;
            exec(db, "COMMIT");
            exec(db, "BEGIN");
        }
    }
    exec(db, "COMMIT");
    close_db(db);
    return b->rows_n;
}

/* The row of an event, those of its texts, and its matter's, read before it is
 * written. */
static size_t write_view(struct bench *b)
{
    static const uint8_t fold[140];
    sqlite3 *db = open_db(
        b,
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
        "PRAGMA cache_size=-3072;PRAGMA wal_autocheckpoint=4000;"
        "CREATE TABLE event(seq INTEGER PRIMARY KEY, key INTEGER NOT NULL,"
        " committed INTEGER, verdict INTEGER, matter INTEGER, prev INTEGER,"
        " body BLOB NOT NULL);"
        "CREATE TABLE text(id INTEGER PRIMARY KEY, kind INTEGER, content BLOB);"
        "CREATE TABLE matter(key INTEGER PRIMARY KEY, last INTEGER, fold BLOB,"
        " kind INTEGER, opened INTEGER, open INTEGER, receipt BLOB);"
        "CREATE INDEX matter_all ON matter(kind, opened);"
        "CREATE INDEX matter_receipt ON matter(receipt)");
    sqlite3_stmt *event =
        prepare(db, "INSERT INTO event VALUES(?1,?1,1740960000000,1,?2,?2,?3)");
    sqlite3_stmt *text = prepare(db, "INSERT INTO text VALUES(?1,1,?2)");
    sqlite3_stmt *get =
        prepare(db, "SELECT last,fold FROM matter WHERE key=?1");
    sqlite3_stmt *add =
        prepare(db, "INSERT INTO matter VALUES(?1,?1,?2,1,?1,1,?3)");
    sqlite3_stmt *set =
        prepare(db, "UPDATE matter SET last=?2, fold=?3 WHERE key=?1");

    for (size_t i = 0; i < b->rows_n; i++) {
        const struct row *row = &b->rows[i];
        const int64_t seq = (int64_t)i + 1;

        if (i % VIEW_BATCH == 0) {
            exec(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN");
        }
        sqlite3_bind_int64(event, 1, seq);
        sqlite3_bind_int64(event, 2, (int64_t)row->matter);
        sqlite3_bind_blob(event, 3, row->bytes, (int)row->len, SQLITE_STATIC);
        run(event);
        for (size_t k = 0; k < row->parts_n; k++) {
            sqlite3_bind_int64(text, 1, seq << 3 | (int64_t)k);
            sqlite3_bind_blob(text, 2, row->parts[k].content,
                              (int)row->parts[k].len, SQLITE_STATIC);
            run(text);
        }
        if (row->opens) {
            uint8_t receipt[LT_HASH_LEN];

            lt_event_hash(&b->first, i, row->bytes, row->len, receipt);
            sqlite3_bind_int64(add, 1, (int64_t)row->matter);
            sqlite3_bind_blob(add, 2, fold, sizeof(fold), SQLITE_STATIC);
            sqlite3_bind_blob(add, 3, receipt, 16, SQLITE_STATIC);
            run(add);
            continue;
        }
        sqlite3_bind_int64(get, 1, (int64_t)row->matter);
        must(sqlite3_step(get) == SQLITE_ROW && sqlite3_reset(get) == SQLITE_OK,
             "matter");
        sqlite3_bind_int64(set, 1, (int64_t)row->matter);
        sqlite3_bind_int64(set, 2, seq);
        sqlite3_bind_blob(set, 3, fold, sizeof(fold), SQLITE_STATIC);
        run(set);
    }
    exec(db, "COMMIT");
    close_db(db);
    return b->rows_n;
}

/* ---- all of them ---- */

/* The least of some rounds, in us an event, @times over. */
static double measure(struct bench *b, const char *name, unsigned times,
                      size_t (*step)(struct bench *))
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double began = cpu_s();
        size_t events;
        double us;

        b->own_s = 0;
        events = step(b);
        us = (b->own_s > 0 ? b->own_s : cpu_s() - began) / (double)events * 1e6;
        best = round == 0 || us < best ? us : best;
    }
    printf("\"%s\":{\"us\":%.3f,\"times\":%u},", name, best, times);
    return best * times;
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    size_t events;
    uint64_t seed;
    double us = 0;

    must(argc == 5, "usage: lt-bench-floor DIR EVENTS BATCH SEED");
    b.dir = argv[1];
    events = strtoul(argv[2], NULL, 10);
    b.batch = strtoul(argv[3], NULL, 10);
    seed = strtoull(argv[4], NULL, 10);
    must(events >= KEPT && b.batch > 0 && b.batch <= LT_SEGMENT_EVENTS_MAX,
         "too few events, or no batch");
    must(lt_crypto_start() == LT_OK && lt_key_generate(&b.key) == LT_OK &&
             lt_corpus_new(seed, events, &b.corpus) == LT_OK,
         "start");
    b.rows = calloc(events + 1, sizeof(*b.rows));
    b.events = calloc(KEPT, sizeof(*b.events));
    b.segments = calloc(events, sizeof(*b.segments));
    must(b.rows != NULL && b.events != NULL && b.segments != NULL &&
             lt_corpus_each(&b.corpus, b.batch, keep_row, &b, NULL) == LT_OK,
         "corpus");
    printf("{\"events\":%zu,", b.rows_n);
    us += measure(&b, "json", 1, parse_json);
    us += measure(&b, "encode", 1, encode);
    us += measure(&b, "hash_events", 1, hash_events);
    us += measure(&b, "hash_texts", 3, hash_texts);
    us += measure(&b, "pack_and_sign", 1, pack_and_sign);
    us += measure(&b, "prove", 2, prove);
    us += measure(&b, "open_and_decode", 3, open_and_decode);
    us += measure(&b, "log_rows", 3, write_log);
    us += measure(&b, "view_rows", 3, write_view);
    printf("\"segments\":%zu,\"us\":%.3f}\n", b.segments_n, us);
    exit(0); /* what it holds goes with it */
}
