/* Living in the house: links, frames, writes, and what is to be seen. */
#include "tests/unit/daemon/house.h"

enum { RUN_TURNS_MAX = 20000, ARENA_MAX = 4 * 1024 * 1024 };

/* ---- running ---- */

static void session_up(struct office *office, const struct office *peer,
                       enum lt_role role, uint64_t session)
{
    struct lt_input input = {.kind = LT_IN_SESSION_UP,
                             .session = session,
                             .role = role,
                             .office = peer->id};

    memcpy(input.transport_key, peer->curve, LT_CURVE_LEN);
    memset(input.nonce, (int)(session + 16 * office->index),
           sizeof(input.nonce));
    assert_int_equal(lt_turn_input(office->turn, &office->house->now, &input),
                     LT_OK);
}

void house_link(struct house *house)
{
    for (unsigned i = 1; i < OFFICES; i++) {
        struct office *child = &house->offices[i];
        struct office *parent = &house->offices[child->parent];

        if (child->session == 0 && child->turn != NULL &&
            parent->turn != NULL) {
            child->session = ++house->sessions;
            session_up(parent, child, LT_ROLE_CHILD, child->session);
            session_up(child, parent, LT_ROLE_PARENT, child->session);
        }
    }
}

void office_receive(struct office *office)
{
    struct house *house = office->house;
    size_t n = house->frames_n;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        struct house_frame frame = house->frames[i];
        struct lt_input input = {.kind = LT_IN_FRAME,
                                 .session = frame.session,
                                 .bytes = frame.bytes,
                                 .len = frame.len};

        if (frame.to != office->index || office->turn == NULL) {
            house->frames[kept++] = frame;
            continue;
        }
        assert_int_equal(lt_turn_input(office->turn, &house->now, &input),
                         LT_OK);
        free(frame.bytes);
    }
    house->frames_n = kept;
}

lt_err office_end(struct office *office)
{
    lt_err err = lt_turn_end(office->turn, &office->house->now);

    office->dead = err != LT_OK && err != LT_EFULL;
    return err;
}

static bool turn_once(struct office *office)
{
    struct house *house = office->house;
    struct lt_input tick = {.kind = LT_IN_TICK};

    if (office->turn == NULL || office->dead) {
        return false;
    }
    office_receive(office);
    if (office->wake_ms <= house->now.mono_ms) {
        office->wake_ms = INT64_MAX;
        assert_int_equal(lt_turn_input(office->turn, &house->now, &tick),
                         LT_OK);
    }
    if (office->clerk != NULL && lt_clerk_wants(office->clerk)) {
        assert_int_equal(lt_clerk_slice(office->clerk, &house->now), LT_OK);
        assert_int_equal(office_end(office), LT_OK);
        return true;
    }
    if (!lt_turn_pending(office->turn)) {
        return false;
    }
    assert_int_equal(office_end(office), LT_OK);
    return true;
}

void house_run(struct house *house)
{
    bool any = true;

    for (unsigned turns = 0; any; turns++) {
        assert_true(turns < RUN_TURNS_MAX);
        any = false;
        for (unsigned i = 0; i < OFFICES; i++) {
            any |= turn_once(&house->offices[i]);
        }
    }
}

void house_later(struct house *house, int64_t ms)
{
    house->now.mono_ms += ms;
    house->now.wall_ms += ms;
}

/* ---- writing ---- */

static lt_err write_all(struct office *office, struct lt_write *write,
                        struct lt_buf *answer, bool *out_repeated)
{
    struct house *house = office->house;

    for (size_t i = 0; i < write->events_n; i++) {
        struct lt_event *event = write->events[i].event;

        event->actor_role = 1;
        event->recorded_at_ms = house->now.wall_ms;
        event->has_legal_date = true;
        event->legal_date = lt_civil_day(house->now.wall_ms);
    }
    return lt_turn_write(office->turn, &house->now, write, answer, out_repeated,
                         NULL);
}

lt_err office_write(struct office *office, struct lt_event *event,
                    const struct lt_channel *channels, size_t channels_n,
                    uint64_t token)
{
    struct lt_write_event written = {
        .event = event, .channels_n = channels_n, .channels = channels};
    struct lt_write write = {.token = token, .events_n = 1, .events = &written};
    struct lt_buf answer;
    bool repeated;
    lt_err err;

    lt_buf_init(&answer, lt_alloc_heap());
    err = write_all(office, &write, &answer, &repeated);
    lt_buf_deinit(&answer);
    return err;
}

lt_err office_case(struct office *office, uint64_t token, uint8_t request,
                   unsigned events, struct lt_buf *answer, bool *out_repeated)
{
    static const char TEXT[] = "Đề nghị xem lại đơn giá bồi thường về đất";
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *bodies = calloc(events, sizeof(*bodies));
    struct lt_write_event *list = calloc(events, sizeof(*list));
    struct lt_part part = {.content = (const uint8_t *)TEXT,
                           .len = sizeof(TEXT) - 1};
    struct lt_write write = {.token = token,
                             .events_n = events,
                             .events = list,
                             .has_request_id = request != 0};
    lt_err err;

    assert_non_null(bodies);
    assert_non_null(list);
    memset(write.request_id, request, LT_REQUEST_LEN);
    memset(part.salt, 0x5a, LT_SALT_LEN);
    for (unsigned i = 0; i < events; i++) {
        struct lt_event *event = &bodies[i];

        event->type = LT_EV_CASE_OPENED;
        event->case_type = 1;
        event->field = 1;
        event->parts_n = 1;
        event->parts[0] =
            (struct lt_part_ref){.size = part.len, .kind = 1, .retention = 2};
        lt_part_hash(part.salt, part.content, part.len, event->parts[0].hash);
        list[i] = (struct lt_write_event){.event = event,
                                          .channels_n = 1,
                                          .channels = &channel,
                                          .parts_n = 1,
                                          .parts = &part};
    }
    err = write_all(office, &write, answer, out_repeated);
    free(bodies);
    free(list);
    return err;
}

struct lt_event_id office_wrote_case(struct office *office, uint64_t token)
{
    struct lt_answer answer;
    struct lt_buf bytes;
    bool repeated;

    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(office_case(office, token, 0, 1, &bytes, &repeated),
                     LT_OK);
    assert_true(lt_answer_at(bytes.data, bytes.len, 0, &answer));
    assert_int_equal(office_end(office), LT_OK);
    lt_buf_deinit(&bytes);
    return answer.id;
}

/* ---- looking ---- */

size_t office_happened(const struct office *office, size_t from,
                       enum happening_kind kind, unsigned frame)
{
    for (size_t i = from; i < office->happenings_n; i++) {
        if (office->happenings[i].kind == kind &&
            (kind != HAPPENED_SEND || office->happenings[i].frame == frame)) {
            return i;
        }
    }
    return SIZE_MAX;
}

void office_forget(struct office *office)
{
    office->happenings_n = 0;
}

struct lt_log_stats office_stats(struct office *office)
{
    struct lt_log_stats stats;

    lt_log_stats(office->log, &stats);
    return stats;
}

uint64_t office_syncs(const struct office *office)
{
    struct lt_disk_sums sums;

    lt_disk_sums(office->disk, &sums);
    return sums.syncs;
}

struct counting {
    struct lt_arena arena;
    uint32_t type;
    unsigned n;
};

static bool count_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                          const struct lt_segment *segment)
{
    struct counting *counting = ctx;
    struct lt_event *event;
    struct lt_payload payload;

    (void)pos;
    (void)committed_at_ms;
    lt_arena_reset(&counting->arena);
    event = lt_arena_take(&counting->arena, sizeof(*event));
    assert_non_null(event);
    assert_int_equal(lt_payload_open(segment, &counting->arena, &payload, NULL),
                     LT_OK);
    for (size_t i = 0; i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];
        const struct lt_event_id id = {segment->stream.origin, segment->epoch,
                                       item->count};

        assert_int_equal(lt_event_decode(item->event, item->event_len, &id,
                                         item->hlc, &counting->arena, event,
                                         NULL),
                         LT_OK);
        counting->n += event->type == counting->type;
    }
    return true;
}

unsigned office_count(struct office *office, uint32_t type)
{
    struct counting counting = {.type = type};

    lt_arena_init(&counting.arena, lt_alloc_heap(), ARENA_MAX);
    assert_int_equal(
        lt_log_read_from(office->log, 1, SIZE_MAX, count_segment, &counting),
        LT_OK);
    lt_arena_deinit(&counting.arena);
    return counting.n;
}
