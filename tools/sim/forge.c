/* Segments that no engine made, with the keys of a hostile office. */
#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"
#include "tools/sim/sim.h"

const struct sim_forged *sim_forged_of(const struct sim *sim,
                                       const struct lt_stream *stream,
                                       uint64_t epoch)
{
    for (size_t i = 0; i < sim->hostile.forged_n; i++) {
        const struct sim_forged *forged = &sim->hostile.forged[i];

        if (forged->epoch == epoch &&
            lt_stream_equal(&forged->stream, stream)) {
            return forged;
        }
    }
    return NULL;
}

bool sim_is_forged_event(const struct sim *sim, const struct lt_event_id *id)
{
    for (size_t i = 0; i < sim->hostile.forged_n; i++) {
        const struct sim_forged *forged = &sim->hostile.forged[i];

        if (forged->epoch == id->epoch &&
            lt_office_equal(&forged->stream.origin, &id->origin)) {
            return true;
        }
    }
    return false;
}

static void note(struct sim *sim, const struct lt_stream *stream,
                 uint64_t epoch, bool own)
{
    struct sim_hostile *hostile = &sim->hostile;

    if (!lt_grow(lt_alloc_heap(), (void **)&hostile->forged,
                 &hostile->forged_capacity, hostile->forged_n,
                 sizeof(*hostile->forged))) {
        abort();
    }
    hostile->forged[hostile->forged_n++] =
        (struct sim_forged){.stream = *stream, .epoch = epoch, .own = own};
}

/* Pack one event of @people and seal it with @key. @packer holds the bytes. */
static void seal(struct sim *sim, struct lt_packer *packer,
                 const struct lt_key *key, uint32_t people,
                 struct lt_segment *segment)
{
    static struct lt_event event; /* large */
    struct lt_buf bytes;
    size_t taken;

    event = (struct lt_event){.type = LT_EV_INCIDENT_RAISED,
                              .people = people,
                              .actor_role = 1,
                              .recorded_at_ms = INT64_C(1790000000000)};
    event.id = (struct lt_event_id){
        .origin = segment->stream.origin, .epoch = segment->epoch, .count = 1};
    event.hlc = (uint64_t)(INT64_C(1790000000000) + sim->now_ms) << 16;
    lt_buf_init(&bytes, lt_alloc_heap());
    if (lt_event_encode(&event, &bytes, NULL) != LT_OK ||
        lt_packer_add(packer, 1, event.hlc, bytes.data, bytes.len, NULL, 0) !=
            LT_OK ||
        lt_packer_take(packer, segment, &taken) != LT_OK ||
        lt_segment_seal(segment, key) != LT_OK) {
        abort();
    }
    lt_buf_deinit(&bytes);
}

/* Open a run on @pair and send @segment in it. */
static void send(struct sim *sim, uint64_t pair,
                 const struct lt_segment *segment,
                 const uint8_t key_id[static LT_HASH_LEN])
{
    unsigned self = (unsigned)sim->hostile.node;
    struct lt_run_open open = {.handle = ++sim->hostile.handles,
                               .stream = segment->stream,
                               .epoch = segment->epoch};
    struct lt_segments_writer writer;
    struct lt_buf frame;

    memcpy(open.key_id, key_id, LT_HASH_LEN);
    lt_buf_init(&frame, lt_alloc_heap());
    if (lt_run_open_encode(&open, &frame) != LT_OK) {
        abort();
    }
    sim_inject(sim, pair, self, frame.data, frame.len);
    lt_buf_reset(&frame);
    if (lt_segments_begin(&writer, &frame) != LT_OK ||
        lt_segments_add(&writer, open.handle, segment) != LT_OK) {
        abort();
    }
    lt_segments_end(&writer);
    sim_inject(sim, pair, self, frame.data, frame.len);
    lt_buf_deinit(&frame);
}

/* Something that another office is said to have written. */
void sim_forge_invented(struct sim *sim, uint64_t pair)
{
    const struct sim_node *self = &sim->nodes[sim->hostile.node];
    const struct sim_node *victim =
        &sim->nodes[sim_below(&sim->hostile.rng, sim->nodes_n)];
    struct lt_segment segment = {.epoch = sim_next(&sim->hostile.rng) | 1,
                                 .first = 1};
    bool as_victim = sim_chance(&sim->hostile.rng, 500);
    struct lt_packer *packer;

    if (lt_office_equal(&victim->office, &self->office) ||
        lt_packer_new(lt_alloc_heap(), 1, &packer) != LT_OK) {
        return;
    }
    segment.stream.origin = victim->office;
    segment.stream.channel.cls = LT_CLASS_INCIDENT;
    segment.stream.channel.audience = LT_AUDIENCE_UP;
    note(sim, &segment.stream, segment.epoch, false);
    seal(sim, packer, self->key, 3, &segment);
    send(sim, pair, &segment, lt_key_id(as_victim ? victim->key : self->key));
    lt_packer_free(packer);
}

/* Two contents under one name of its own, to everybody that it speaks to: one
 * to each, or both to one. */
void sim_forge_twice(struct sim *sim, uint64_t pair)
{
    const struct sim_node *self = &sim->nodes[sim->hostile.node];
    struct lt_segment first = {.epoch = sim_next(&sim->hostile.rng) | 1,
                               .first = 1};
    struct lt_segment second;
    struct lt_packer *packers[2];
    bool to_one = sim_chance(&sim->hostile.rng, 500);

    if (lt_packer_new(lt_alloc_heap(), 1, &packers[0]) != LT_OK ||
        lt_packer_new(lt_alloc_heap(), 1, &packers[1]) != LT_OK) {
        abort();
    }
    first.stream.origin = self->office;
    first.stream.channel.cls = LT_CLASS_AUDIT;
    first.stream.channel.audience = LT_AUDIENCE_ALL;
    second = first;
    note(sim, &first.stream, first.epoch, true);
    seal(sim, packers[0], self->key, 1, &first);
    seal(sim, packers[1], self->key, 2, &second);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        for (unsigned slot = 0; slot < SIM_UPLINKS; slot++) {
            const struct sim_link *link = &sim->nodes[i].links[slot];

            if (link->pair == 0 || (sim->nodes[i].index != self->index &&
                                    link->above != (int)self->index)) {
                continue;
            }
            if (!to_one || link->pair == pair) {
                send(sim, link->pair, i % 2 == 0 || to_one ? &first : &second,
                     lt_key_id(self->key));
            }
            if (to_one && link->pair == pair) {
                send(sim, pair, &second, lt_key_id(self->key));
            }
        }
    }
    lt_packer_free(packers[0]);
    lt_packer_free(packers[1]);
}
