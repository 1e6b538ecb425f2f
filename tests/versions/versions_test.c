/* What released versions wrote is still understood.
 *
 * For each folder beside this file: its log opens and is whole, and every
 * segment of its recorded session is proven, from the root's key on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/turn.h"

enum { FILE_MAX = 4 * 1024 * 1024, RUNS_MAX = 256, BOUND_MAX = 16 };

struct version {
    const char *folder;
    uint8_t office; /* the commune's id, 16 times this byte */
    uint8_t root_seed;
    uint64_t events;
    uint64_t segments;
    uint64_t parts;
    unsigned frames;
    unsigned segments_sent;
};

static const struct version VERSIONS[] = {
    {"v0.1.0", 0xa2, 0x77, 21, 15, 11, 101, 15},
    {"v0.2.0", 0xa2, 0x77, 23, 17, 12, 112, 17},
};

static uint8_t *read_file(const struct version *version, const char *name,
                          size_t *out_len)
{
    char path[512];
    uint8_t *bytes = malloc(FILE_MAX);
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/tests/versions/%s/%s", LT_SOURCE_DIR,
                   version->folder, name);
    file = fopen(path, "rb");
    assert_non_null(bytes);
    if (file == NULL) {
        fail_msg("%s is not there", path);
    }
    *out_len = fread(bytes, 1, FILE_MAX, file);
    assert_true(*out_len > 0 && *out_len < FILE_MAX);
    fclose(file);
    return bytes;
}

static struct lt_key *root_key(const struct version *version)
{
    uint8_t seed[32];
    struct lt_key *key = NULL;

    memset(seed, version->root_seed, sizeof(seed));
    assert_int_equal(lt_key_from_seed(seed, &key), LT_OK);
    return key;
}

/* ---- the log ---- */

struct place {
    char folder[32];
    char path[64];
};

static void copy_log(const struct version *version, struct place *place)
{
    size_t len;
    uint8_t *bytes = read_file(version, "log.db", &len);
    FILE *file;

    (void)strcpy(place->folder, "/tmp/lt-versions-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->path, sizeof(place->path), "%s/log.db",
                   place->folder);
    file = fopen(place->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(place->path, 0600), 0);
    free(bytes);
}

static void remove_log(const struct place *place)
{
    static const char *const NAMES[] = {"log.db", "log.db-wal", "log.db-shm"};
    char path[64];

    for (size_t i = 0; i < LT_COUNT_OF(NAMES); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", place->folder, NAMES[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(place->folder), 0);
}

/* Nothing happens outside: the engine is loaded to know keys and tree. */
static lt_err no_send(void *ctx, uint64_t session, const uint8_t *bytes,
                      size_t len)
{
    (void)ctx;
    (void)session;
    (void)bytes;
    (void)len;
    return LT_OK;
}

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    return lt_engine_key_of(ctx, origin, key_id);
}

static void say_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                    uint64_t number, const char *what)
{
    (void)ctx;
    (void)stream;
    print_error("bad: epoch %llx number %llu: %s\n", (unsigned long long)epoch,
                (unsigned long long)number, what);
}

static void check_log(const struct version *version, const char *path)
{
    const struct lt_turn_hooks hooks = {.send = no_send};
    struct lt_key *root = root_key(version);
    struct lt_log_options log_options = {.path = path,
                                         .wal_max_bytes = 4 << 20};
    struct lt_engine_options options = {.alloc = lt_alloc_heap(),
                                        .key = root,
                                        .epoch = 1,
                                        .software = "test",
                                        .urgent_per_hour = 60,
                                        .window_start_bytes = 8192,
                                        .window_max_bytes = 1 << 20,
                                        .statement_interval_ms = 1000,
                                        .clock_tolerance_ms = 300000,
                                        .zstd_level = 1, .zstd_level_thrifty = 1};
    struct lt_log_verify sums = {0};
    struct lt_engine *engine = NULL;
    struct lt_turn *turn = NULL;
    struct lt_log *log = NULL;
    uint64_t cursor = 0;
    bool more = true;

    memset(log_options.office.bytes, version->office, LT_OFFICE_LEN);
    options.office = log_options.office;
    memcpy(options.root_key, lt_key_public(root), LT_PUBKEY_LEN);
    assert_int_equal(lt_log_open(&log_options, &log, NULL), LT_OK);
    assert_int_equal(lt_engine_new(&options, &engine), LT_OK);
    assert_int_equal(lt_turn_new(lt_alloc_heap(), engine, log, &hooks, &turn),
                     LT_OK);
    assert_int_equal(lt_turn_load(turn), LT_OK);
    assert_int_equal(lt_tree_count(lt_engine_tree(engine)), 3);
    while (more) {
        assert_int_equal(lt_log_verify_slice(log, &cursor, 7, key_of, say_bad,
                                             engine, &sums, &more),
                         LT_OK);
    }
    assert_int_equal(sums.bad, 0);
    assert_int_equal(sums.events, version->events);
    assert_int_equal(sums.segments, version->segments);
    assert_int_equal(sums.parts, version->parts);
    lt_turn_free(turn);
    lt_engine_free(engine);
    lt_log_close(log);
    lt_key_free(root);
}

static void every_version_s_log_opens_and_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(VERSIONS); i++) {
        struct place place;

        copy_log(&VERSIONS[i], &place);
        check_log(&VERSIONS[i], place.path);
        /* And once more: opening has not made it another one. */
        check_log(&VERSIONS[i], place.path);
        remove_log(&place);
    }
}

/* ---- the session ---- */

struct run {
    unsigned side;
    uint32_t handle;
    struct lt_run_open open;
    struct lt_point last;
};

struct session {
    struct lt_arena arena;
    struct lt_key *keys[BOUND_MAX]; /* [0] is the root's */
    struct lt_office offices[BOUND_MAX];
    size_t keys_n;
    struct run runs[RUNS_MAX];
    size_t runs_n;
    unsigned frames;
    unsigned segments;
    unsigned kinds; /* a bit a frame type */
};

static const struct lt_key *find_key(const struct session *session,
                                     const uint8_t key_id[LT_HASH_LEN])
{
    for (size_t i = 0; i < session->keys_n; i++) {
        if (memcmp(lt_key_id(session->keys[i]), key_id, LT_HASH_LEN) == 0) {
            return session->keys[i];
        }
    }
    return NULL;
}

static void take_binding(struct session *session, const struct lt_span *span)
{
    struct lt_binding binding;
    const struct lt_key *issuer;
    struct lt_key *key = NULL;

    assert_int_equal(lt_binding_decode(span->data, span->len, &binding, NULL),
                     LT_OK);
    issuer = find_key(session, binding.issuer_key_id);
    assert_non_null(issuer); /* issuer first: the format says so */
    assert_true(lt_binding_proven(&binding, issuer));
    if (find_key(session, binding.key_id) != NULL) {
        return;
    }
    assert_true(session->keys_n < BOUND_MAX);
    assert_int_equal(lt_key_from_public(binding.key, &key), LT_OK);
    session->offices[session->keys_n] = binding.office;
    session->keys[session->keys_n++] = key;
}

static struct run *find_run(struct session *session, unsigned side,
                            uint32_t handle)
{
    /* The newest: a handle counts within its session. */
    for (size_t i = session->runs_n; i > 0; i--) {
        if (session->runs[i - 1].side == side &&
            session->runs[i - 1].handle == handle) {
            return &session->runs[i - 1];
        }
    }
    return NULL;
}

static void take_piece(struct session *session, unsigned side,
                       const struct lt_run_piece *piece)
{
    struct run *run = find_run(session, side, piece->handle);

    assert_non_null(run);
    for (size_t i = 0; i < piece->segments_n; i++) {
        struct lt_segment *segment = &piece->segments[i];
        const struct lt_key *key = find_key(session, run->open.key_id);

        segment->stream = run->open.stream;
        segment->epoch = run->open.epoch;
        segment->prev = run->last;
        memcpy(segment->key_id, run->open.key_id, LT_HASH_LEN);
        assert_int_equal(segment->first, run->last.number + 1);
        lt_segment_rebuild(segment);
        assert_non_null(key);
        if (!lt_segment_proven(segment, key)) {
            fail_msg("frame %u: segment %llu is not proven", session->frames,
                     (unsigned long long)segment->first);
        }
        if (segment->parts != NULL) {
            assert_int_equal(lt_bundle_check(segment, &session->arena, NULL),
                             LT_OK);
        }
        run->last.epoch = segment->epoch;
        run->last.number = lt_segment_last(segment);
        memcpy(run->last.hash, segment->hash, LT_HASH_LEN);
        session->segments++;
    }
}

static void take_statement(const struct session *session,
                           struct lt_arena *arena, const struct lt_span *span)
{
    struct lt_statement statement;
    struct lt_span body;
    uint8_t signature[LT_SIG_LEN];
    const struct lt_key *key;

    assert_int_equal(lt_statement_decode(span->data, span->len, arena,
                                         &statement, &body, signature, NULL),
                     LT_OK);
    key = find_key(session, statement.key_id);
    assert_non_null(key);
    assert_true(lt_statement_proven(body, signature, key));
}

static void take_frame(struct session *session, unsigned side,
                       const uint8_t *bytes, size_t len)
{
    struct lt_frame frame;

    lt_arena_reset(&session->arena);
    assert_int_equal(lt_frame_decode(bytes, len, &session->arena, &frame, NULL),
                     LT_OK);
    session->kinds |= 1u << frame.type;
    if (frame.type == LT_FRAME_HELLO) {
        for (size_t i = 0; i < frame.hello.bindings_n; i++) {
            take_binding(session, &frame.hello.bindings[i]);
        }
    } else if (frame.type == LT_FRAME_BINDINGS) {
        for (size_t i = 0; i < frame.bindings.items_n; i++) {
            take_binding(session, &frame.bindings.items[i]);
        }
    } else if (frame.type == LT_FRAME_STATEMENT) {
        for (size_t i = 0; i < frame.statements.items_n; i++) {
            take_statement(session, &session->arena,
                           &frame.statements.items[i]);
        }
    } else if (frame.type == LT_FRAME_RUN_OPEN) {
        assert_true(session->runs_n < RUNS_MAX);
        session->runs[session->runs_n++] =
            (struct run){.side = side,
                         .handle = frame.run_open.handle,
                         .open = frame.run_open,
                         .last = frame.run_open.prev};
    } else if (frame.type == LT_FRAME_SEGMENTS) {
        for (size_t i = 0; i < frame.segments.runs_n; i++) {
            take_piece(session, side, &frame.segments.runs[i]);
        }
    }
}

static void replay(const struct version *version, const uint8_t *bytes,
                   size_t len)
{
    struct session *session = calloc(1, sizeof(*session));
    size_t at = 0;

    assert_non_null(session);
    lt_arena_init(&session->arena, lt_alloc_heap(), 4 * LT_FRAME_ARENA);
    session->keys[session->keys_n++] = root_key(version);
    while (at < len) {
        size_t frame_len;

        assert_true(len - at > 5 && bytes[at] <= 1);
        frame_len = (size_t)bytes[at + 1] << 24 | (size_t)bytes[at + 2] << 16 |
                    (size_t)bytes[at + 3] << 8 | bytes[at + 4];
        assert_true(frame_len > 0 && frame_len <= len - at - 5);
        take_frame(session, bytes[at], bytes + at + 5, frame_len);
        session->frames++;
        at += 5 + frame_len;
    }
    assert_int_equal(session->frames, version->frames);
    assert_int_equal(session->segments, version->segments_sent);
    /* It shows the handshake, the comparison, data both ways, acks. */
    assert_true((session->kinds & 1u << LT_FRAME_PROOF) != 0);
    assert_true((session->kinds & 1u << LT_FRAME_DIGESTS) != 0);
    assert_true((session->kinds & 1u << LT_FRAME_ACK) != 0);
    assert_true((session->kinds & 1u << LT_FRAME_STATEMENT) != 0);
    for (size_t i = 0; i < session->keys_n; i++) {
        lt_key_free(session->keys[i]);
    }
    lt_arena_deinit(&session->arena);
    free(session);
}

static void every_segment_of_a_recorded_session_is_proven(void **state)
{
    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(VERSIONS); i++) {
        size_t len;
        uint8_t *bytes = read_file(&VERSIONS[i], "session.frames", &len);

        replay(&VERSIONS[i], bytes, len);
        free(bytes);
    }
}

static int start(void **state)
{
    (void)state;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    lt_codec_thread_stop();
    lt_crypto_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_s_log_opens_and_is_whole),
        cmocka_unit_test(every_segment_of_a_recorded_session_is_proven),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
