/* Heightened periods and task forces: from a day to a day, and of each of these
 * days (every so many of them) a word from each office.
 *
 *     runs --ended--> ended      (its last day is then the one that was named)
 *
 * A word is about one day of the period, may come late and may be said again:
 * the last one counts. That a period is over is a matter of the date, not of an
 * event; who said nothing is silent. When its last day has come each addressee
 * of a period closes it for itself, with what the whole came to.
 *
 * A word of an heir is said of all that it stands for, and one that a superior
 * entered of the office that had phoned, except of a day of which that office
 * has said its own, whichever came first. */
#include "common/failpoint.h"
#include "daemon/cases/fold_internal.h"

static bool within(const struct lt_matter *matter, int32_t day)
{
    return day >= matter->from_day && day <= matter->until_day &&
           day - matter->from_day < LT_PERIOD_DAYS_MAX;
}

enum lt_verdict_reason lt_period_check(const struct lt_matter *past,
                                       const struct lt_act *act)
{
    bool force = act->type == LT_EV_TASKFORCE_ENDED;

    if (act->type == LT_EV_DAILY_STATUS) {
        return (past->type == LT_DIRECTIVE_PERIOD ||
                past->type == LT_DIRECTIVE_TASKFORCE) &&
                       act->has_on_day && within(past, act->on_day)
                   ? LT_WHY_NONE
                   : LT_WHY_WRONG_STEP;
    }
    if (act->type == LT_EV_PERIOD_CLOSED) {
        return past->type == LT_DIRECTIVE_PERIOD && act->has_on_day &&
                       act->on_day == past->until_day
                   ? LT_WHY_NONE
                   : LT_WHY_WRONG_STEP;
    }
    if (past->type != (force ? LT_DIRECTIVE_TASKFORCE : LT_DIRECTIVE_PERIOD) ||
        !act->has_on_day || act->on_day < past->from_day) {
        return LT_WHY_WRONG_STEP;
    }
    return past->state == LT_PERIOD_ENDED ? LT_WHY_CLOSED_BEFORE : LT_WHY_NONE;
}

void lt_period_begin(struct lt_matter *matter, const struct lt_act *act)
{
    matter->from_day = act->on_day;
    matter->until_day = act->due;
    matter->cadence = act->kind;
    matter->by_minute = act->minute;
    matter->take_within = act->people;
    matter->has_due = false; /* nothing is late when it is over */
    matter->due = 0;
}

static void put(uint64_t bits[static LT_DAY_WORDS], int32_t at, bool set)
{
    uint64_t bit = UINT64_C(1) << (at % 64);

    bits[at / 64] = set ? bits[at / 64] | bit : bits[at / 64] & ~bit;
}

static bool has(const uint64_t bits[static LT_DAY_WORDS], int32_t at)
{
    return at >= 0 && at < LT_PERIOD_DAYS_MAX &&
           (bits[at / 64] >> (at % 64) & 1) != 0;
}

static void apply_daily(struct lt_matter *matter, const struct lt_act *act,
                        const struct lt_tree *tree)
{
    enum { NOTHING = 1 /* of a task force: present */ };
    int32_t at = act->on_day - matter->from_day;

    /* It was within when its author wrote it; another life of the issuer may
     * have ended the period meanwhile, and what was said stays said. */
    if (at < 0 || at >= LT_PERIOD_DAYS_MAX) {
        return;
    }
    for (size_t i = 0; i < matter->targets_n; i++) {
        struct lt_directive_target *target = &matter->targets[i];

        bool own = !act->has_entered_for &&
                   lt_office_equal(&target->office, &act->id.origin);
        bool meant = act->has_entered_for
                         ? lt_office_equal(&target->office, &act->entered_for)
                         : lt_stands_for(tree, act->tree_version,
                                         &act->id.origin, &target->office);

        if (!meant || (!own && has(target->own, at))) {
            continue;
        }
        put(target->said, at, true);
        put(target->own, at, own);
        put(target->other, at,
            matter->type == LT_DIRECTIVE_TASKFORCE
                ? act->kind == 2 && !LT_PLANTED(nobody_absent)
                : act->kind != NOTHING);
    }
}

void lt_period_apply(struct lt_matter *matter, const struct lt_act *act,
                     const struct lt_tree *tree)
{
    if (act->type == LT_EV_DAILY_STATUS) {
        apply_daily(matter, act, tree);
        return;
    }
    matter->state = LT_PERIOD_ENDED;
    if (act->on_day < matter->until_day) {
        matter->until_day = act->on_day;
    }
}

bool lt_period_wants(const struct lt_matter *matter, int32_t day)
{
    return within(matter, day) && matter->cadence > 0 &&
           (uint32_t)(day - matter->from_day) % matter->cadence == 0;
}

int64_t lt_period_due_ms(const struct lt_matter *matter, int32_t day)
{
    const int64_t minute_ms = 60000;
    int64_t minutes = matter->by_minute == 0 ? 24 * 60 : matter->by_minute;

    return ((int64_t)day * 24 * 60 - 7 * 60 + minutes) * minute_ms;
}

bool lt_period_last_due(const struct lt_matter *matter, int64_t now_ms,
                        int32_t *out_day)
{
    bool found = false;

    for (int32_t i = 0; i < LT_PERIOD_DAYS_MAX; i++) {
        int32_t day = matter->from_day + i;

        if (lt_period_wants(matter, day) &&
            now_ms >= lt_period_due_ms(matter, day)) {
            *out_day = day;
            found = true;
        }
    }
    return found;
}

bool lt_target_said(const struct lt_matter *matter,
                    const struct lt_directive_target *target, int32_t day)
{
    return has(target->said, day - matter->from_day);
}

bool lt_target_said_other(const struct lt_matter *matter,
                          const struct lt_directive_target *target, int32_t day)
{
    return has(target->other, day - matter->from_day);
}

bool lt_target_said_itself(const struct lt_matter *matter,
                           const struct lt_directive_target *target,
                           int32_t day)
{
    return has(target->own, day - matter->from_day);
}
