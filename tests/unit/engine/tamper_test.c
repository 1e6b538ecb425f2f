/* A district between a real commune and a real keeper does what it likes with
 * what passes: it edits, swaps, drops, inserts and replays. Each change is one
 * experiment: the commune writes, the district changes what it passes on, and
 * then one of two things must have happened.
 *
 *   refused   the keeper has all that the commune wrote and nothing else
 *   raised    it lacks something, and an alarm stands at the keeper
 *
 * In no case may the keeper hold a byte that the commune did not sign. After
 * each change the district is honest again, and everything arrives.
 *
 * LT_TAMPER is how many changes (100,000 in the long runs), LT_SEED the first
 * of the random ones. */
#include "tests/unit/engine/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"

enum {
    PROVINCE,
    DISTRICT,
    COMMUNE,
    A_NET = 100, /* changes; then a new net, for logs are searched linearly */
    USUAL = 1000,
    KEPT = 8,
    HANDLES = 256,
    SOON_MS = 4000,
    LATE_MS = 120000,
    HOUR_MS = 65 * 60 * 1000, /* so long a missing key may take to come */
    DAY_MS = 24 * 60 * 60 * 1000
};

enum change { EDIT, SWAP, DROP, INSERT, REPLAY, CHANGES };

static const char *const change_names[CHANGES] = {"edit", "swap", "drop",
                                                  "insert", "replay"};

struct kept {
    uint8_t bytes[LT_FRAME_MAX + 64];
    size_t len;
};

struct scene {
    struct net net;
    bool armed;
    bool done;
    enum change change;
    struct kept kept[KEPT]; /* frames that went to the keeper */
    size_t kept_n;
    struct lt_stream streams[HANDLES]; /* by handle, towards the keeper */
    uint64_t epochs[HANDLES];
    /* What became of the changes. */
    unsigned made[CHANGES];
    unsigned refused[CHANGES];
    unsigned raised[CHANGES];
    unsigned waited[3];
    unsigned stripped; /* came without a text, and with it when asked for */
};

static const int64_t patience_ms[3] = {LATE_MS, HOUR_MS, DAY_MS};

static struct scene scene;
static uint64_t random_state;

static uint32_t roll(uint32_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % n;
}

/* ---- the changes ---- */

struct pieces {
    struct lt_arena arena;
    struct lt_frame frame;
    struct lt_run_piece *piece; /* one of the frame's runs */
};

static bool take_apart(const uint8_t *bytes, size_t len, struct pieces *out)
{
    lt_arena_init(&out->arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (lt_frame_type(bytes, len) != LT_FRAME_SEGMENTS ||
        lt_frame_decode(bytes, len, &out->arena, &out->frame, NULL) != LT_OK ||
        out->frame.segments.runs_n == 0) {
        lt_arena_deinit(&out->arena);
        return false;
    }
    out->piece =
        &out->frame.segments.runs[roll((uint32_t)out->frame.segments.runs_n)];
    return true;
}

static bool put_together(struct pieces *pieces, const struct lt_segment *more,
                         uint8_t *bytes, size_t *len)
{
    struct lt_segments_writer writer;
    struct lt_buf out;
    bool good;

    lt_buf_init(&out, lt_alloc_heap());
    good = lt_segments_begin(&writer, &out) == LT_OK;
    for (size_t i = 0; good && i < pieces->frame.segments.runs_n; i++) {
        const struct lt_run_piece *piece = &pieces->frame.segments.runs[i];

        for (size_t k = 0; good && k < piece->segments_n; k++) {
            good = lt_segments_add(&writer, piece->handle,
                                   &piece->segments[k]) == LT_OK;
        }
        if (good && more != NULL && piece == pieces->piece) {
            good = lt_segments_add(&writer, piece->handle, more) == LT_OK;
        }
    }
    lt_segments_end(&writer);
    good = good && out.len > 0 && out.len <= LT_FRAME_MAX;
    if (good) {
        memcpy(bytes, out.data, out.len);
        *len = out.len;
    }
    lt_buf_deinit(&out);
    return good;
}

static struct lt_segment *any_of(const struct lt_run_piece *piece)
{
    return &piece->segments[roll((uint32_t)piece->segments_n)];
}

static bool flip(const uint8_t *bytes, size_t len)
{
    if (len == 0) {
        return false;
    }
    ((uint8_t *)(uintptr_t)bytes)[roll((uint32_t)len)] ^=
        (uint8_t)(1u << roll(8));
    return true;
}

static bool edit(struct pieces *pieces)
{
    struct lt_segment *segment = any_of(pieces->piece);

    switch (roll(4)) {
    case 0:
        return flip(segment->signature, LT_SIG_LEN);
    case 1:
        return flip(segment->parts, segment->parts_len);
    default:
        return flip(segment->payload, segment->payload_len);
    }
}

/* Two change places, each under the other's number. */
static bool swap(struct pieces *pieces)
{
    struct lt_run_piece *piece = pieces->piece;
    struct lt_segment first;
    struct lt_segment second;
    size_t at;

    if (piece->segments_n < 2) {
        return false;
    }
    at = roll((uint32_t)piece->segments_n - 1);
    first = piece->segments[at];
    second = piece->segments[at + 1];
    piece->segments[at] = second;
    piece->segments[at].first = first.first;
    piece->segments[at + 1] = first;
    piece->segments[at + 1].first = first.first + second.count;
    return true;
}

static bool leave_out(struct pieces *pieces)
{
    struct lt_run_piece *piece = pieces->piece;
    size_t at = roll((uint32_t)piece->segments_n);

    if (piece->segments_n < 2) {
        return false;
    }
    memmove(&piece->segments[at], &piece->segments[at + 1],
            (piece->segments_n - at - 1) * sizeof(piece->segments[0]));
    piece->segments_n--;
    return true;
}

/* What the commune never said, after what it said last: under the district's
 * own signature, or under one of the commune's that belongs elsewhere. */
static bool invent(const struct pieces *pieces, struct lt_segment *out)
{
    const struct node *district = &scene.net.nodes[DISTRICT];
    const struct lt_run_piece *piece = pieces->piece;
    const struct lt_segment *last = &piece->segments[piece->segments_n - 1];

    if (piece->handle >= HANDLES || scene.epochs[piece->handle] == 0) {
        return false;
    }
    for (size_t i = district->log_n; i > 0; i--) {
        const struct lt_segment *held = &district->log[i - 1].segment;

        if (held->epoch == scene.epochs[piece->handle] &&
            lt_stream_equal(&held->stream, &scene.streams[piece->handle]) &&
            held->first == last->first) {
            *out = *held;
            out->prev.epoch = held->epoch;
            out->prev.number = lt_segment_last(held);
            memcpy(out->prev.hash, held->hash, LT_HASH_LEN);
            out->first = out->prev.number + 1;
            return roll(2) == 0 || lt_segment_seal(out, district->key) == LT_OK;
        }
    }
    return false;
}

static bool change_segments(enum change change, uint8_t *bytes, size_t *len)
{
    struct lt_segment more = {.first = 0};
    struct pieces pieces;
    bool done = false;

    if (!take_apart(bytes, *len, &pieces)) {
        return false;
    }
    switch (change) {
    case EDIT:
        done = edit(&pieces) && put_together(&pieces, NULL, bytes, len);
        break;
    case SWAP:
        done = swap(&pieces) && put_together(&pieces, NULL, bytes, len);
        break;
    case DROP:
        done = leave_out(&pieces) && put_together(&pieces, NULL, bytes, len);
        break;
    case INSERT:
        done =
            invent(&pieces, &more) && put_together(&pieces, &more, bytes, len);
        break;
    case REPLAY:
    case CHANGES:
        break;
    }
    lt_arena_deinit(&pieces.arena);
    return done;
}

/* A whole frame, of whatever type. False: it does not leave. */
static bool change_frame(uint8_t *bytes, size_t *len)
{
    const struct kept *old;

    switch (scene.change) {
    case EDIT:
        scene.done = roll(3) == 0 && flip(bytes, *len);
        return true;
    case DROP:
        scene.done = roll(3) == 0;
        return !scene.done;
    case REPLAY:
        if (scene.kept_n == 0) {
            return true;
        }
        old = &scene.kept[roll(
            (uint32_t)(scene.kept_n < KEPT ? scene.kept_n : KEPT))];
        memcpy(bytes, old->bytes, old->len);
        *len = old->len;
        scene.done = true;
        return true;
    case SWAP:
    case INSERT:
    case CHANGES:
        break;
    }
    return true;
}

/* What was said when a session began lets us name streams later. */
static void learn_handle(const uint8_t *bytes, size_t len)
{
    struct lt_arena arena;
    struct lt_frame frame;

    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (lt_frame_type(bytes, len) == LT_FRAME_RUN_OPEN &&
        lt_frame_decode(bytes, len, &arena, &frame, NULL) == LT_OK &&
        frame.run_open.handle < HANDLES) {
        scene.streams[frame.run_open.handle] = frame.run_open.stream;
        scene.epochs[frame.run_open.handle] = frame.run_open.epoch;
    }
    lt_arena_deinit(&arena);
}

static bool pass_on(struct net *net, unsigned from, unsigned to, uint8_t *bytes,
                    size_t *len)
{
    struct kept *kept = &scene.kept[scene.kept_n % KEPT];
    struct kept copy;
    bool leaves = true;

    (void)net;
    if (from != DISTRICT || to != PROVINCE) {
        return true;
    }
    learn_handle(bytes, *len);
    memcpy(copy.bytes, bytes, *len);
    copy.len = *len;
    if (scene.armed && !scene.done) {
        scene.done = change_segments(scene.change, bytes, len);
        if (!scene.done) {
            leaves = change_frame(bytes, len);
        }
    }
    if (lt_frame_type(copy.bytes, copy.len) == LT_FRAME_SEGMENTS ||
        roll(4) == 0) {
        *kept = copy;
        scene.kept_n++;
    }
    return leaves;
}

/* ---- one experiment ---- */

static void scene_start(void)
{
    net_init(&scene.net);
    (void)net_join(&scene.net, -1);
    (void)net_join(&scene.net, PROVINCE);
    (void)net_join(&scene.net, DISTRICT);
    net_connect(&scene.net, DISTRICT, PROVINCE);
    net_connect(&scene.net, COMMUNE, DISTRICT);
    net_run(&scene.net, 2000);
    scene.kept_n = 0;
    scene.net.filter = pass_on;
}

static void commune_writes(void)
{
    /* Few urgent ones: of more than 60 an hour the rest waits. */
    bool urgent = roll(16) == 0;
    uint8_t cls = urgent ? LT_CLASS_INCIDENT : LT_CLASS_CASE;
    unsigned n = urgent ? 1 : 2 + roll(4);

    /* Each is a segment of its own; the district passes them on together. */
    for (unsigned i = 0; i < n; i++) {
        if (net_write(&scene.net, COMMUNE, net_up(cls),
                      urgent ? 1 : 1 + roll(3)) != LT_OK) {
            fail_msg("the commune cannot write");
        }
        net_turn(&scene.net, COMMUNE);
    }
}

static bool keeper_cries(void)
{
    const struct node *keeper = &scene.net.nodes[PROVINCE];

    for (size_t i = 0; i < keeper->alarms_n; i++) {
        if (keeper->alarms[i].stands) {
            return true;
        }
    }
    return false;
}

static const struct held_segment *find(const struct node *node,
                                       const struct lt_segment *segment)
{
    for (size_t i = node->log_n; i > 0; i--) {
        const struct held_segment *held = &node->log[i - 1];

        if (held->segment.epoch == segment->epoch &&
            held->segment.first == segment->first &&
            lt_stream_equal(&held->segment.stream, &segment->stream)) {
            return held;
        }
    }
    return NULL;
}

static bool of_commune(const struct held_segment *held)
{
    return lt_office_equal(&held->segment.stream.origin,
                           &scene.net.nodes[COMMUNE].office);
}

static bool keeper_has_all(void)
{
    const struct node *commune = &scene.net.nodes[COMMUNE];

    for (size_t i = 0; i < commune->log_n; i++) {
        const struct held_segment *held = &commune->log[i];
        const struct held_segment *copy =
            find(&scene.net.nodes[PROVINCE], &held->segment);

        if (of_commune(held) && (copy == NULL || !copy->durable)) {
            return false;
        }
    }
    return true;
}

static void ask_again(struct held_segment *stripped,
                      const struct held_segment *whole)
{
    struct node *keeper = &scene.net.nodes[PROVINCE];
    const uint64_t mends = keeper->mends;
    struct lt_input want = {.kind = LT_IN_WANT,
                            .stream = stripped->segment.stream,
                            .epoch = stripped->segment.epoch,
                            .number = stripped->segment.first};

    net_input(&scene.net, PROVINCE, &want);
    net_turn(&scene.net, PROVINCE);
    net_run(&scene.net, SOON_MS);
    assert_true(keeper->mends > mends);
    assert_int_equal(keeper->mend_parts_len, whole->segment.parts_len);
    assert_memory_equal(keeper->mend_hash, whole->segment.hash, LT_HASH_LEN);
    stripped->segment.parts = whole->segment.parts; /* as the log would */
    stripped->segment.parts_len = whole->segment.parts_len;
    scene.stripped++;
}

/* A bundle is packed by zstd, whose frames have a bit that means nothing: one
 * bundle may be packed in two ways. */
static bool same_contents(const struct lt_segment *a,
                          const struct lt_segment *b)
{
    struct lt_bundle left;
    struct lt_bundle right;
    struct lt_arena arena;
    bool same;

    lt_arena_init(&arena, lt_alloc_heap(), 4 * 1024 * 1024);
    same =
        lt_bundle_open(a->parts, a->parts_len, &arena, &left, NULL) == LT_OK &&
        lt_bundle_open(b->parts, b->parts_len, &arena, &right, NULL) == LT_OK &&
        left.parts_n == right.parts_n;
    for (size_t i = 0; same && i < left.parts_n; i++) {
        const struct lt_part *one = &left.parts[i];
        const struct lt_part *other = &right.parts[i];

        same = one->item == other->item && one->index == other->index &&
               one->len == other->len &&
               memcmp(one->salt, other->salt, LT_SALT_LEN) == 0 &&
               memcmp(one->content, other->content, one->len) == 0;
    }
    lt_arena_deinit(&arena);
    return same;
}

/* What stands in the log is the commune's own, byte for byte. Of the contents
 * beside it some may be absent, as those that were erased are: what nobody
 * erased the daily scrub asks for again. */
static bool is_as_said(struct held_segment *held, bool ask)
{
    const struct lt_segment *one = &held->segment;
    const struct held_segment *origin = find(&scene.net.nodes[COMMUNE], one);
    const struct lt_segment *said = origin == NULL ? NULL : &origin->segment;

    if (said == NULL || memcmp(one->hash, said->hash, LT_HASH_LEN) != 0 ||
        one->payload_len != said->payload_len ||
        memcmp(one->payload, said->payload, one->payload_len) != 0 ||
        one->parts_len > said->parts_len) {
        return false;
    }
    if (one->parts_len < said->parts_len) {
        if (ask) {
            ask_again(held, origin);
        }
        return true;
    }
    return one->parts_len == 0 ||
           memcmp(one->parts, said->parts, one->parts_len) == 0 ||
           same_contents(one, said);
}

static bool keeper_is_clean(bool ask)
{
    struct node *keeper = &scene.net.nodes[PROVINCE];

    for (size_t i = 0; i < keeper->log_n; i++) {
        if (of_commune(&keeper->log[i]) && !is_as_said(&keeper->log[i], ask)) {
            return false;
        }
    }
    return net_same(&scene.net, PROVINCE, DISTRICT, DISTRICT) &&
           keeper->stored_twice == 0;
}

static void nothing_is_invented(unsigned at, bool ask)
{
    if (!keeper_is_clean(ask)) {
        fail_msg("change %u (%s): the keeper holds what was not said", at,
                 change_names[scene.change]);
    }
}

static void reconnect(void)
{
    net_disconnect(&scene.net, DISTRICT, PROVINCE);
    net_connect(&scene.net, DISTRICT, PROVINCE);
    net_run(&scene.net, SOON_MS);
}

static void honest_again(void)
{
    struct net *net = &scene.net;

    scene.armed = false;
    if (keeper_has_all()) {
        return;
    }
    reconnect();
    for (int i = 0; i < 10 && !keeper_has_all(); i++) {
        net_run(net, LATE_MS);
    }
    assert_true(keeper_has_all());
}

static void tamper_once(unsigned at)
{
    scene.change = (enum change)(at % CHANGES);
    scene.armed = true;
    scene.done = false;
    for (int tries = 1; tries < 60 && !scene.done; tries++) {
        commune_writes();
        net_run(&scene.net, 1000 + roll(2000));
        if (!scene.done && tries % 8 == 0) {
            reconnect(); /* what is held back is tried again */
        }
    }
    if (!scene.done) {
        fail_msg("change %u (%s) could not be made", at,
                 change_names[scene.change]);
    }
    scene.made[scene.change]++;
    net_run(&scene.net, SOON_MS);
    nothing_is_invented(at, false);
    /* A lost frame is asked for again; a key that is not known may be under
     * way for an hour; what is acknowledged may be so for a day. */
    for (size_t i = 0; i < LT_COUNT_OF(patience_ms); i++) {
        if (!keeper_has_all() && !keeper_cries()) {
            net_run(&scene.net, patience_ms[i]);
            nothing_is_invented(at, false);
            scene.waited[i] += 1;
        }
    }
    if (keeper_cries()) {
        scene.raised[scene.change]++;
    } else if (keeper_has_all()) {
        scene.refused[scene.change]++;
    } else {
        fail_msg("change %u (%s): neither refused nor raised", at,
                 change_names[scene.change]);
    }
    honest_again();
    nothing_is_invented(at, true);
}

static unsigned how_many(void)
{
    const char *text = getenv("LT_TAMPER");

    return text == NULL ? USUAL : (unsigned)strtoul(text, NULL, 10);
}

static void begin_random(void)
{
    const char *text = getenv("LT_SEED");

    random_state = text == NULL ? 20261129 : strtoull(text, NULL, 10);
    print_message("LT_SEED=%llu\n", (unsigned long long)random_state);
}

static void every_change_is_refused_or_raised_at_the_keeper(void **state)
{
    unsigned n = how_many();

    (void)state;
    begin_random();
    memset(&scene, 0, sizeof(scene));
    for (unsigned i = 0; i < n; i++) {
        if (i % A_NET == 0) {
            if (i > 0) {
                net_free(&scene.net);
            }
            scene_start();
        }
        tamper_once(i);
    }
    net_free(&scene.net);
    for (int i = 0; i < CHANGES; i++) {
        print_message("%s: %u made, %u refused, %u raised\n", change_names[i],
                      scene.made[i], scene.refused[i], scene.raised[i]);
        assert_int_equal(scene.made[i], scene.refused[i] + scene.raised[i]);
    }
    print_message("not at once: %u, not in 2 minutes: %u, not in an hour: %u; "
                  "stripped of a text: %u\n",
                  scene.waited[0], scene.waited[1], scene.waited[2],
                  scene.stripped);
    /* Not everything may pass unseen: an edit that reaches the signature
     * check is said. */
    assert_true(scene.raised[EDIT] > scene.made[EDIT] / 4);
    assert_true(scene.raised[INSERT] > 0);
}

/* As long a run in which nobody lies raises nothing; then one edit does. */
static void
an_honest_run_of_that_length_raises_nothing_but_its_end(void **state)
{
    unsigned n = how_many();

    (void)state;
    begin_random();
    memset(&scene, 0, sizeof(scene));
    for (unsigned i = 0; i < n; i++) {
        if (i % A_NET == 0) {
            if (i > 0) {
                net_free(&scene.net);
            }
            scene_start();
        }
        commune_writes();
        net_run(&scene.net, 1000 + roll(2000));
        if (keeper_cries() || !keeper_has_all()) {
            fail_msg("round %u: an alarm, or something is missing", i);
        }
    }
    scene.change = EDIT;
    scene.armed = true;
    for (int tries = 0;
         tries < 200 && !net_alarm(&scene.net, PROVINCE, LT_ABADSIG); tries++) {
        scene.done = false;
        commune_writes();
        net_run(&scene.net, SOON_MS);
    }
    assert_true(net_alarm(&scene.net, PROVINCE, LT_ABADSIG));
    nothing_is_invented(n, false);
    net_free(&scene.net);
}

#ifdef LT_TEST_HOOKS
/* The same search finds a keeper that looks at no signature. */
static void a_keeper_that_trusts_is_found(void **state)
{
    bool found = false;

    (void)state;
    begin_random();
    memset(&scene, 0, sizeof(scene));
    scene_start();
    scene.net.nodes[PROVINCE].plant =
        lt_plant_bit(LT_PLANT_SKIP_SIGNATURE_CHECK) |
        lt_plant_bit(LT_PLANT_SKIP_PARTS_CHECK);
    net_restart(&scene.net, PROVINCE);
    net_run(&scene.net, SOON_MS);
    for (unsigned i = 0; i < A_NET && !found; i++) {
        scene.change = i % 2 == 0 ? EDIT : INSERT;
        scene.armed = true;
        scene.done = false;
        commune_writes();
        net_run(&scene.net, SOON_MS);
        found = !keeper_is_clean(false);
    }
    assert_true(found);
    net_free(&scene.net);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_refused_or_raised_at_the_keeper),
        cmocka_unit_test(
            an_honest_run_of_that_length_raises_nothing_but_its_end),
#ifdef LT_TEST_HOOKS
        cmocka_unit_test(a_keeper_that_trusts_is_found),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
