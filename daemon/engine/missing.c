/* What an office says that it wrote and we do not have, stream by stream.
 *
 * Each stream has its own age, which begins again when something of it comes
 * in: a long backlog that moves is no reason for an alarm, and a relay that
 * keeps back one stream is not excused by what it passes on of others. Ages
 * count only while there is a way: what was announced before a line was cut
 * for weeks is not overdue when it is mended. */
#include "daemon/engine/statement.h"

#include "daemon/engine/effects.h"
#include "daemon/engine/route.h"
#include "daemon/engine/streams.h"

static bool is_urgent(const struct lt_channel *channel)
{
    return lt_class_lane(channel->cls) == LT_LANE_URGENT;
}

/* How far we are in the run that ends with @tip. */
static uint64_t have_of(const struct lt_engine *engine,
                        const struct lt_track *track,
                        const struct lt_point *tip)
{
    const struct lt_run *run =
        track == NULL ? NULL : lt_run_find(engine, track, tip->epoch);
    uint64_t have = 0;
    size_t i;

    if (run != NULL) {
        return run->durable.number;
    }
    /* An epoch that we know nothing of: what lies beyond our longest branch is
     * surely missing, and one at the least. */
    for (i = 0; track != NULL && i < track->tips_n; i++) {
        if (track->tips[i]->durable.number > have) {
            have = track->tips[i]->durable.number;
        }
    }
    return have < tip->number ? have : tip->number - 1;
}

static void note_late(struct lt_engine *engine, struct lt_partner *partner,
                      const struct lt_channel *channel, uint64_t epoch,
                      uint64_t have)
{
    struct lt_late *late;
    size_t n = 0;

    for (late = partner->late; late != NULL; late = late->next, n++) {
        if (late->epoch == epoch && lt_channel_equal(&late->channel, channel)) {
            late->seen = true;
            if (late->have != have) {
                late->have = have;
                late->since_ms = engine->now.mono_ms;
            }
            return;
        }
    }
    if (n >= LT_LATE_MAX) {
        return; /* the others are reason enough */
    }
    late = lt_new(engine->alloc, sizeof(*late));
    if (late == NULL) {
        engine->oom = true;
        return;
    }
    *late = (struct lt_late){.channel = *channel,
                             .epoch = epoch,
                             .have = have,
                             .since_ms = engine->now.mono_ms,
                             .seen = true,
                             .next = partner->late};
    partner->late = late;
}

/* Forget those that were not seen again: they have come. */
static void settle(struct lt_engine *engine, struct lt_partner *partner)
{
    struct lt_late **link = &partner->late;

    while (*link != NULL) {
        struct lt_late *late = *link;

        if (late->seen) {
            late->seen = false;
            link = &late->next;
        } else {
            *link = late->next;
            lt_free(engine->alloc, late);
        }
    }
}

void lt_missing_count(struct lt_engine *engine, struct lt_partner *partner,
                      const struct lt_statement *statement)
{
    uint64_t missing = 0;
    size_t i;
    size_t k;

    for (i = 0; i < statement->mine_n; i++) {
        struct lt_stream stream = {.origin = statement->from,
                                   .channel = statement->mine[i].channel};
        const struct lt_track *track = lt_track_find(engine, &stream);

        if (!lt_route_ours(engine, &stream)) {
            continue;
        }
        for (k = 0; k < statement->mine[i].tips_n; k++) {
            const struct lt_point *tip = &statement->mine[i].tips[k];
            uint64_t have = have_of(engine, track, tip);

            if (have < tip->number) {
                missing += tip->number - have;
                note_late(engine, partner, &stream.channel, tip->epoch, have);
            }
        }
    }
    settle(engine, partner);
    if (missing > 0 && partner->missing == 0) {
        partner->missing_since_ms = engine->now.mono_ms;
    }
    partner->missing = missing;
}

void lt_missing_pause(struct lt_engine *engine, struct lt_partner *partner,
                      enum lt_lane lanes)
{
    struct lt_late *late;
    bool any = false;

    for (late = partner->late; late != NULL; late = late->next) {
        if (lt_class_lane(late->channel.cls) < lanes) {
            any = true;
        } else {
            late->since_ms += engine->elapsed_ms;
        }
    }
    if (!any) {
        partner->missing_since_ms += engine->elapsed_ms;
    }
}

const struct lt_late *lt_missing_withheld(const struct lt_engine *engine,
                                          const struct lt_partner *partner)
{
    const struct lt_late *late;

    for (late = partner->late; late != NULL; late = late->next) {
        int64_t age = engine->now.mono_ms - late->since_ms;

        if (age >= (is_urgent(&late->channel)
                        ? engine->options.withheld_urgent_ms
                        : engine->options.withheld_ms)) {
            return late;
        }
    }
    return NULL;
}

void lt_missing_free(struct lt_engine *engine, struct lt_partner *partner)
{
    while (partner->late != NULL) {
        struct lt_late *late = partner->late;

        partner->late = late->next;
        lt_free(engine->alloc, late);
    }
}
