/* Making the house: its offices, their lives, what their turns do. */
#include "tests/unit/daemon/house.h"

#include "daemon/plants.h"

#include "common/binding.h"

static const uint64_t CLERK_TOKENS = UINT64_C(1) << 63;

/* ---- what happens ---- */

static struct happening *note(struct office *office, enum happening_kind kind)
{
    struct happening *happening;

    assert_true(lt_grow(lt_alloc_heap(), (void **)&office->happenings,
                        &office->happenings_capacity, office->happenings_n,
                        sizeof(*office->happenings)));
    happening = &office->happenings[office->happenings_n++];
    *happening = (struct happening){.kind = kind,
                                    .commits = office_stats(office).commits};
    return happening;
}

static struct office *peer_of(struct office *office, uint64_t session)
{
    struct house *house = office->house;

    if (office->session == session) {
        return &house->offices[office->parent];
    }
    for (unsigned i = 0; i < OFFICES; i++) {
        if (house->offices[i].session == session) {
            return &house->offices[i];
        }
    }
    return NULL;
}

static lt_err on_send(void *ctx, uint64_t session, const uint8_t *bytes,
                      size_t len)
{
    struct office *office = ctx;
    struct house *house = office->house;
    struct office *peer = peer_of(office, session);
    struct house_frame *frame;

    note(office, HAPPENED_SEND)->frame = lt_frame_type(bytes, len);
    if (peer == NULL) {
        return LT_OK;
    }
    if (house->watch != NULL) {
        house->watch(house->watch_ctx, office, peer, bytes, len);
    }
    assert_true(lt_grow(lt_alloc_heap(), (void **)&house->frames,
                        &house->frames_capacity, house->frames_n,
                        sizeof(*house->frames)));
    frame = &house->frames[house->frames_n++];
    *frame = (struct house_frame){.to = peer->index,
                                  .session = session,
                                  .bytes = malloc(len),
                                  .len = len};
    assert_non_null(frame->bytes);
    memcpy(frame->bytes, bytes, len);
    return LT_OK;
}

static void on_close(void *ctx, uint64_t session, lt_err code)
{
    (void)session;
    note(ctx, HAPPENED_CLOSE)->result = code;
}

static void on_effect(void *ctx, const struct lt_effect *effect)
{
    (void)ctx;
    (void)effect;
}

static void on_peers(void *ctx)
{
    (void)ctx;
}

static void on_wake(void *ctx, int64_t mono_ms)
{
    struct office *office = ctx;

    if (mono_ms < office->wake_ms) {
        office->wake_ms = mono_ms;
    }
}

static void on_stored(void *ctx, uint64_t pos, int64_t committed_at_ms,
                      const struct lt_segment *segment)
{
    struct office *office = ctx;

    (void)committed_at_ms;
    note(office, HAPPENED_STORED)->pos = pos;
    if (office->clerk != NULL) {
        lt_clerk_see(office->clerk, pos, segment);
    }
}

static void on_written(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                       int64_t committed_at_ms)
{
    struct office *office = ctx;
    struct happening *happening = note(office, HAPPENED_WRITTEN);

    (void)committed_at_ms;
    happening->token = token;
    happening->result = result;
    happening->pos = pos;
    if ((token & CLERK_TOKENS) != 0) {
        lt_clerk_written(office->clerk, result);
    }
}

static bool on_alive(void *ctx)
{
    struct office *office = ctx;

    if (office->alive_left > 0) {
        office->alive_left--;
    }
    return office->alive_left != 0;
}

static void on_committing(void *ctx, bool begins)
{
    note(ctx, HAPPENED_COMMITTING)->result = begins;
}

/* ---- making offices ---- */

static void make_binding(struct office *office)
{
    struct house *house = office->house;
    const struct office *issuer =
        office->parent < 0 ? office : &house->offices[office->parent];
    const struct lt_key *issuer_key =
        office->parent < 0 ? house->root : issuer->key;
    struct lt_binding binding = {.office = office->id,
                                 .issuer = issuer->id,
                                 .serial = 1,
                                 .issued_at_ms = house->now.wall_ms};
    struct lt_buf body;

    memcpy(binding.key, lt_key_public(office->key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, office->curve, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(issuer_key), LT_HASH_LEN);
    lt_buf_init(&body, lt_alloc_heap());
    lt_buf_init(&office->binding, lt_alloc_heap());
    assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    assert_int_equal(
        lt_binding_sign(issuer_key, body.data, body.len, binding.signature),
        LT_OK);
    assert_int_equal(
        lt_binding_prove(office->key, body.data, body.len, binding.proof),
        LT_OK);
    assert_int_equal(lt_binding_encode(&binding, &office->binding), LT_OK);
    lt_buf_deinit(&body);
}

static void make_office(struct house *house, unsigned index, int parent)
{
    struct office *office = &house->offices[index];
    uint8_t seed[32];

    office->house = house;
    office->index = index;
    office->parent = parent;
    office->alive_left = -1;
    memset(office->id.bytes, (int)(0xa0 + index), LT_OFFICE_LEN);
    memset(seed, (int)(0x20 + index), sizeof(seed));
    assert_int_equal(lt_hpke_derive(seed, office->curve_secret, office->curve),
                     LT_OK);
    memset(seed, (int)(1 + index), sizeof(seed));
    assert_int_equal(lt_key_from_seed(seed, &office->key), LT_OK);
    office->disk = lt_disk_new(index + 1);
    assert_non_null(office->disk);
}

/* What enrolment gives an office: the bindings of its line and its children. */
static void put_bindings(struct office *office)
{
    struct house *house = office->house;

    for (unsigned i = 0; i < OFFICES; i++) {
        const struct office *other = &house->offices[i];
        bool above = i <= office->index; /* the tree is one line */

        if (above || other->parent == (int)office->index) {
            assert_int_equal(lt_log_put_binding(
                                 office->log, &other->id, lt_key_id(other->key),
                                 other->binding.data, other->binding.len),
                             LT_OK);
        }
    }
    assert_int_equal(lt_log_commit(office->log), LT_OK);
}

void office_start(struct office *office)
{
    struct house *house = office->house;
    struct lt_log_options log_options = {
        .path = "log.db",
        .vfs = lt_disk_vfs(office->disk),
        .office = office->id,
        .max_bytes = office->max_bytes,
        .wal_max_bytes = 4 << 20,
        .now_ms = house->now.wall_ms,
    };
    struct lt_engine_options options = {
        .alloc = lt_alloc_heap(),
        .office = office->id,
        .key = office->key,
        .epoch = (office->index + 1) * UINT64_C(0x1000) + ++office->lives,
        .seed = office->lives,
        .software = "lienthongd test",
        .urgent_per_hour = 60,
        .window_start_bytes = 8192,
        .window_max_bytes = 1 << 20,
        .statement_interval_ms = 15 * 60 * 1000,
        .clock_tolerance_ms = 5 * 60 * 1000,
        .zstd_level = 1, .zstd_level_thrifty = 1,
        .plant = lt_engine_plants(),
    };
    const struct lt_turn_hooks hooks = {
        .ctx = office,
        .send = on_send,
        .close = on_close,
        .alarm = on_effect,
        .note = on_effect,
        .peers = on_peers,
        .wake = on_wake,
        .stored = on_stored,
        .written = on_written,
        .alive = on_alive,
        .committing = on_committing,
    };
    struct lt_clerk_options clerk_options = {.office = office->id,
                                             .token_base = CLERK_TOKENS};

    lt_disk_set_time(office->disk, house->now.wall_ms);
    office->dead = false;
    office->wake_ms = house->now.mono_ms;
    memcpy(options.root_key, lt_key_public(house->root), LT_PUBKEY_LEN);
    memcpy(options.transport_key, office->curve, LT_CURVE_LEN);
    assert_int_equal(lt_log_open(&log_options, &office->log, NULL), LT_OK);
    if (office->lives == 1) {
        put_bindings(office);
    }
    assert_int_equal(lt_engine_new(&options, &office->engine), LT_OK);
    assert_int_equal(lt_turn_new(lt_alloc_heap(), office->engine, office->log,
                                 &hooks, &office->turn),
                     LT_OK);
    assert_int_equal(lt_turn_load(office->turn), LT_OK);
    if (!house->no_clerks) {
        clerk_options.engine = office->engine;
        clerk_options.log = office->log;
        clerk_options.turn = office->turn;
        assert_int_equal(lt_clerk_new(&clerk_options, &office->clerk), LT_OK);
    }
}

static void down(struct office *office)
{
    struct house *house = office->house;
    size_t kept = 0;

    for (unsigned i = 0; i < OFFICES; i++) {
        struct office *child = &house->offices[i];
        struct lt_input input = {.kind = LT_IN_SESSION_DOWN,
                                 .session = child->session};
        bool ours = child == office || child->parent == (int)office->index;

        if (child->session == 0 || !ours) {
            continue;
        }
        for (size_t f = 0; f < house->frames_n; f++) {
            if (house->frames[f].session == child->session) {
                free(house->frames[f].bytes);
                house->frames[f].bytes = NULL;
            }
        }
        for (unsigned k = 0; k < 2; k++) {
            struct office *end =
                k == 0 ? child : &house->offices[child->parent];

            if (end != office && end->turn != NULL) {
                assert_int_equal(lt_turn_input(end->turn, &house->now, &input),
                                 LT_OK);
            }
        }
        child->session = 0;
    }
    for (size_t f = 0; f < house->frames_n; f++) {
        if (house->frames[f].bytes != NULL) {
            house->frames[kept++] = house->frames[f];
        }
    }
    house->frames_n = kept;
    lt_clerk_free(office->clerk);
    lt_turn_free(office->turn);
    lt_engine_free(office->engine);
    lt_log_close(office->log);
    office->clerk = NULL;
    office->turn = NULL;
    office->engine = NULL;
    office->log = NULL;
}

void office_cut(struct office *office)
{
    lt_disk_crash(office->disk, LT_CRASH_LOSE_ALL);
    down(office);
}

void office_stop(struct office *office)
{
    down(office);
}

/* The root opens all three, as one write each. */
static void open_tree(struct house *house)
{
    static const char *const NAMES[] = {"Tây Ninh", "Châu Thành", "Thái Bình"};
    static const char *const KINDS[] = {"province", "district", "commune"};
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_ALL};

    for (unsigned i = 0; i < OFFICES; i++) {
        struct lt_event *event = calloc(1, sizeof(*event));

        assert_non_null(event);
        event->type = LT_EV_OFFICE_OPENED;
        event->office.id = house->offices[i].id;
        if (i > 0) {
            event->office.parent = house->offices[i - 1].id;
        }
        event->office.name = (struct lt_text){NAMES[i], strlen(NAMES[i])};
        event->office.kind = (struct lt_text){KINDS[i], strlen(KINDS[i])};
        event->office.keeper = i == 0;
        assert_int_equal(
            office_write(&house->offices[PROVINCE], event, &channel, 1, i + 1),
            LT_OK);
        free(event);
    }
    assert_int_equal(office_end(&house->offices[PROVINCE]), LT_OK);
}

struct house *house_new(void)
{
    struct house *house = calloc(1, sizeof(*house));
    uint8_t seed[32];

    assert_non_null(house);
    assert_int_equal(lt_crypto_start(), LT_OK);
    memset(seed, 0x77, sizeof(seed));
    assert_int_equal(lt_key_from_seed(seed, &house->root), LT_OK);
    house->now.mono_ms = 1000;
    house->now.wall_ms = INT64_C(1795219200000); /* 2026-11-21 */
    lt_disk_seed_sqlite(1);
    for (unsigned i = 0; i < OFFICES; i++) {
        make_office(house, i, (int)i - 1);
    }
    for (unsigned i = 0; i < OFFICES; i++) {
        make_binding(&house->offices[i]);
    }
    for (unsigned i = 0; i < OFFICES; i++) {
        office_start(&house->offices[i]);
    }
    open_tree(house);
    return house;
}

void house_free(struct house *house)
{
    for (unsigned i = 0; i < OFFICES; i++) {
        struct office *office = &house->offices[i];

        office->session = 0;
        lt_clerk_free(office->clerk);
        lt_turn_free(office->turn);
        lt_engine_free(office->engine);
        lt_log_close(office->log);
        lt_key_free(office->key);
        lt_buf_deinit(&office->binding);
        lt_disk_free(office->disk);
        free(office->happenings);
    }
    for (size_t i = 0; i < house->frames_n; i++) {
        free(house->frames[i].bytes);
    }
    free(house->frames);
    lt_key_free(house->root);
    free(house);
    lt_codec_thread_stop();
    lt_crypto_stop();
}

int house_setup(void **state)
{
    *state = house_new();
    return 0;
}

int house_teardown(void **state)
{
    house_free(*state);
    return 0;
}
