#include "daemon/engine/quota.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000 };

static bool counted(const struct lt_track *track)
{
    return track->lane == LT_LANE_URGENT &&
           track->id.channel.cls != LT_CLASS_TREE;
}

/* What is still counted of @quota at @minute. */
static uint32_t counted_at(const struct lt_quota *quota, int64_t minute)
{
    uint32_t sum = quota->sum;
    int64_t gone = minute - quota->minute;

    if (gone >= LT_QUOTA_MINUTES) {
        return 0;
    }
    for (int64_t i = 1; i <= gone; i++) {
        sum -= quota->events[(size_t)(quota->minute + i) % LT_QUOTA_MINUTES];
    }
    return sum;
}

static void advance(struct lt_quota *quota, int64_t minute)
{
    if (minute - quota->minute >= LT_QUOTA_MINUTES) {
        memset(quota, 0, sizeof(*quota));
        quota->minute = minute;
    }
    while (quota->minute < minute) {
        uint32_t *oldest;

        quota->minute++;
        oldest = &quota->events[(size_t)quota->minute % LT_QUOTA_MINUTES];
        quota->sum -= *oldest;
        *oldest = 0;
    }
}

uint32_t lt_quota_left(const struct lt_engine *engine,
                       const struct lt_unit *unit)
{
    uint32_t max = engine->options.urgent_per_hour;
    uint32_t sum = unit->quota == NULL
                       ? 0
                       : counted_at(unit->quota,
                                    engine->now.mono_ms / MINUTE_MS);

    return sum < max ? max - sum : 0;
}

void lt_quota_count(struct lt_engine *engine, struct lt_run *run,
                    const struct lt_segment *segment)
{
    struct lt_unit *unit = run->track->unit;
    int64_t minute = engine->now.mono_ms / MINUTE_MS;

    if (!counted(run->track)) {
        return;
    }
    if (unit->quota == NULL) {
        unit->quota = lt_new(engine->alloc, sizeof(*unit->quota));
        if (unit->quota == NULL) {
            engine->oom = true;
            return;
        }
        unit->quota->minute = minute;
    }
    if (segment->count <= lt_quota_left(engine, unit) ||
        lt_engine_planted(engine, LT_PLANT_QUOTA_OFF)) {
        advance(unit->quota, minute);
        unit->quota->events[(size_t)minute % LT_QUOTA_MINUTES] +=
            segment->count;
        unit->quota->sum += segment->count;
        return;
    }
    if (run->calm_from == 0 || segment->first != run->calm_to + 1) {
        run->calm_from = segment->first;
    }
    run->calm_to = lt_segment_last(segment);
}

void lt_quota_bound(const struct lt_engine *engine, struct lt_flow *flow)
{
    uint64_t max = engine->options.urgent_per_hour;

    if (counted(flow->run->track) && flow->run->last.number > max &&
        flow->sent < flow->run->last.number - max &&
        !lt_engine_planted(engine, LT_PLANT_QUOTA_OFF)) {
        flow->calm_from = flow->sent + max + 1;
        flow->calm_to = flow->run->last.number;
    }
}

enum lt_lane lt_quota_lane(const struct lt_flow *flow, uint64_t number)
{
    const struct lt_run *run = flow->run;

    if (run->track->lane == LT_LANE_URGENT &&
        ((number >= run->calm_from && number <= run->calm_to) ||
         (number >= flow->calm_from && number <= flow->calm_to))) {
        return LT_LANE_NORMAL;
    }
    return run->track->lane;
}

/* Of the numbers after @after, those from @from to @to. */
static uint64_t overlap(uint64_t after, uint64_t from, uint64_t to)
{
    if (from <= after) {
        from = after + 1;
    }
    return from <= to ? to - from + 1 : 0;
}

uint64_t lt_quota_calm(const struct lt_flow *flow)
{
    const struct lt_run *run = flow->run;
    uint64_t here = overlap(flow->acked, run->calm_from, run->calm_to);
    uint64_t there = overlap(flow->acked, flow->calm_from, flow->calm_to);

    if (flow->calm_to != 0 && flow->calm_to >= run->calm_from &&
        flow->calm_from <= run->calm_to) { /* counted once: they touch */
        return overlap(flow->acked,
                       flow->calm_from < run->calm_from ? flow->calm_from
                                                        : run->calm_from,
                       flow->calm_to > run->calm_to ? flow->calm_to
                                                    : run->calm_to);
    }
    return here + there;
}
