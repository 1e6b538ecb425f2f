/* Convergence: random histories of several offices, some of them with two
 * lives, each taken in in many orders that keep nothing but the order of each
 * stream. However they come, one at a time as a view takes them, every matter
 * comes to one state and every event to one verdict.
 *
 *     history_test [HISTORIES]     (500 unless more are asked for)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cases/custody.h"
#include "daemon/cases/denounced.h"
#include "tests/unit/cases/story.h"

enum {
    LIVES = 8,
    ACTS = 40,
    MATTERS = 2,
    ORDERS = 20,
    HISTORIES = 500,
    LONG_HISTORIES = 10000,
    TYPES_MAX = 128,
    EACH_TYPE = 100 /* in a long run */
};

static unsigned histories = HISTORIES;
static uint64_t seed_state;

static uint32_t draw(uint32_t below)
{
    seed_state ^= seed_state << 13;
    seed_state ^= seed_state >> 7;
    seed_state ^= seed_state << 17;
    return (uint32_t)((seed_state >> 20) % below);
}

/* One start of one office's daemon: what it has seen, what it has written. */
struct life {
    struct lt_office office;
    uint64_t epoch;
    uint64_t count;
    uint64_t clock;
    bool seen[ACTS];
};

struct history {
    struct story *story; /* its tree */
    struct life lives[LIVES];
    size_t n;
    struct lt_act acts[ACTS];
    size_t by[ACTS]; /* the life that wrote it */
    struct lt_event_id causes[ACTS][LT_CAUSES_MAX];
    struct lt_office to[ACTS];
    size_t openings_n;
    size_t openings[MATTERS];
    enum lt_matter_kind theme;
    bool sealed;
    size_t holder[ACTS]; /* by opening: whom the last assignment named */
    size_t late; /* the life that writes a step next, of what it knows; or 0 */
    /* What is said next, by whom, about which event; type 0: by chance. */
    struct {
        uint32_t type;
        size_t by;
        size_t about;
    } next;
};

static const uint32_t types[] = {
    LT_EV_CASE_OPENED, LT_EV_CASE_STEP, LT_EV_CASE_CLOSED,
    LT_EV_CUSTODY_OFFERED, LT_EV_CUSTODY_ACCEPTED, LT_EV_CUSTODY_REFUSED,
    LT_EV_CUSTODY_RECALLED, LT_EV_CUSTODY_ASSIGNED, LT_EV_REMARK_ADOPTED,
    LT_EV_DENUNCIATION_RECEIVED, LT_EV_DENUNCIATION_STEP,
    LT_EV_DENUNCIATION_CLOSED, LT_EV_DENUNCIATION_OFFERED,
    LT_EV_DENUNCIATION_ACCEPTED, LT_EV_DENUNCIATION_REFUSED,
    LT_EV_DENUNCIATION_RECALLED, LT_EV_DENUNCIATION_ASSIGNED,
    LT_EV_DENUNCIATION_ADOPTED, LT_EV_INCIDENT_RAISED, LT_EV_INCIDENT_UPDATED,
    LT_EV_INCIDENT_TAKEN, LT_EV_INCIDENT_CLOSED, LT_EV_CROWD_FORECAST,
    LT_EV_INCIDENT_JOINED, LT_EV_DIRECTIVE_ISSUED,
    LT_EV_DIRECTIVE_STATUS, LT_EV_DIRECTIVE_RECALLED,
    LT_EV_DIRECTIVE_CHANGED, LT_EV_HEIGHTENED_PERIOD_SET, LT_EV_HEIGHTENED_PERIOD_ENDED,
    LT_EV_TASKFORCE_FORMED, LT_EV_TASKFORCE_ENDED, LT_EV_DAILY_STATUS,
    LT_EV_PERIOD_CLOSED,
    LT_EV_COORDINATION_REQUEST, LT_EV_COORDINATION_REPLY, LT_EV_NOTICE_SENT,
    LT_EV_RETALIATION_REPORTED, LT_EV_RETALIATION_CLOSED, LT_EV_ROSTER_SET,
    LT_EV_SHIFT_SWAPPED, LT_EV_SHIFT_HANDED_OVER, LT_EV_TEXT_FLAGGED,
    LT_EV_TEXT_REPLACED, LT_EV_ENTRY_VOIDED,
    LT_EV_TEXT_ERASED};

static unsigned written[TYPES_MAX];
static unsigned counted[TYPES_MAX];
static unsigned with_conflict;

/* ---- writing a history ---- */

static void begin(struct history *h, struct story *story)
{
    static const enum story_office who[LIVES] = {
        PROVINCE, DISTRICT, COMMUNE, SIBLING,
        FAR_DISTRICT, FAR_COMMUNE, COMMUNE, SIBLING};

    memset(h, 0, sizeof(*h));
    h->story = story;
    h->theme = (enum lt_matter_kind)(LT_MATTER_CASE + draw(4));
    h->sealed = draw(2) == 0;
    for (size_t i = 0; i < LIVES; i++) {
        h->lives[i].office = story_office_id(who[i]);
        h->lives[i].epoch = 0x100 + i;
        h->lives[i].clock = 1000 + draw(50);
    }
}

/* What another life has, as a link would bring it: all of it. */
static void sync(struct life *to, const struct life *from)
{
    for (size_t i = 0; i < ACTS; i++) {
        to->seen[i] |= from->seen[i];
    }
}

static bool is_of(const struct lt_act *act, const struct lt_act *opening)
{
    return lt_event_id_equal(lt_act_matter(act), &opening->id);
}

static bool names(const struct lt_act *act, const struct lt_event_id *id)
{
    for (size_t c = 0; c < act->causes_n; c++) {
        if (lt_event_id_equal(&act->causes[c], id)) {
            return true;
        }
    }
    return act->has_subject && lt_event_id_equal(&act->subject, id);
}

/* The events of a matter that no other that was seen has named. */
static void name_heads(struct history *h, const struct life *life,
                       struct lt_act *act, const struct lt_act *opening)
{
    struct lt_event_id *causes = h->causes[act - h->acts];

    for (size_t i = 0; i < h->n && act->causes_n < LT_CAUSES_MAX; i++) {
        bool named = !life->seen[i] || !is_of(&h->acts[i], opening);

        for (size_t j = 0; j < h->n && !named; j++) {
            named = life->seen[j] && is_of(&h->acts[j], opening) &&
                    names(&h->acts[j], &h->acts[i].id);
        }
        if (!named) {
            causes[act->causes_n++] = h->acts[i].id;
        }
    }
    act->causes = causes;
    if (draw(10) == 0 && act->causes_n > 1) {
        act->causes_n = 1; /* said less than it had seen */
    }
}

static const struct lt_act *seen_opening(const struct history *h,
                                         const struct life *life,
                                         enum lt_matter_kind kind, bool sealed)
{
    for (unsigned tries = 0; tries < 6 && h->openings_n > 0; tries++) {
        size_t at = h->openings[draw((uint32_t)h->openings_n)];
        const struct lt_act *act = &h->acts[at];

        if (life->seen[at] &&
            (kind == LT_MATTER_NONE || lt_type_matter(act->type) == kind) &&
            (kind != LT_MATTER_CASE ||
             (act->cls == LT_CLASS_DENUNCIATION) == sealed)) {
            return act;
        }
    }
    return NULL;
}

/* What the event at @index is about. */
static const struct lt_act *opening_at(const struct history *h, size_t index)
{
    for (size_t i = 0; i < h->openings_n; i++) {
        const struct lt_act *act = &h->acts[h->openings[i]];

        if (is_of(&h->acts[index], act)) {
            return act;
        }
    }
    return NULL;
}

static struct lt_office any_office(void)
{
    return story_office_id((enum story_office)(1 + draw(STORY_OFFICES - 1)));
}

/* Something of the matter for a correction to name: mostly what fits. */
static void choose_target(struct history *h, const struct life *life,
                          struct lt_act *act, const struct lt_act *opening)
{
    enum lt_custody_act what = lt_custody_act(act->type);
    bool answers = what == LT_CUSTODY_ACCEPT || what == LT_CUSTODY_REFUSE ||
                   what == LT_CUSTODY_RECALL;

    for (unsigned tries = 0; tries < 40; tries++) {
        const struct lt_act *other = &h->acts[draw((uint32_t)h->n)];
        bool offer = lt_custody_act(other->type) == LT_CUSTODY_OFFER;
        bool mine = lt_office_equal(&other->id.origin, &life->office);

        if (!life->seen[other - h->acts] || !is_of(other, opening)) {
            continue;
        }
        act->has_corrects = true;
        act->corrects = other->id;
        act->erases = other->id;
        if (tries > 30 || (!answers && what != LT_CUSTODY_ADOPT) ||
            (answers && offer && (what == LT_CUSTODY_RECALL) == mine) ||
            (what == LT_CUSTODY_ADOPT && !mine &&
             (other->type == LT_EV_CASE_STEP ||
              other->type == LT_EV_DENUNCIATION_STEP))) {
            return;
        }
    }
}

static uint8_t class_of(uint32_t type, const struct lt_act *opening)
{
    if (opening != NULL) {
        return opening->cls;
    }
    for (uint8_t cls = 1; cls < 8; cls++) {
        if (lt_class_fits(type, cls)) {
            return cls;
        }
    }
    return 0;
}

/* What goes with what begins something with addressees, or is about it. */
static bool has_addressees(uint32_t type)
{
    return lt_type_opens(type) && lt_type_matter(type) == LT_MATTER_DIRECTIVE;
}

static void fill_span(struct lt_act *act, const struct lt_act *opening)
{
    if (act->type == LT_EV_HEIGHTENED_PERIOD_SET ||
        act->type == LT_EV_TASKFORCE_FORMED) {
        act->has_on_day = true;
        act->on_day = 20000;
        act->has_due = true;
        act->due = 20000 + (int32_t)draw(30);
        act->kind = 1 + draw(3);
    } else if (lt_type_matter(act->type) == LT_MATTER_DIRECTIVE) {
        act->has_on_day = draw(8) != 0;
        act->on_day = 19999 + (int32_t)draw(draw(3) == 0 ? 40 : 4);
        act->kind = 1 + draw(act->type == LT_EV_DIRECTIVE_ISSUED ? 2 : 3);
        act->has_due = act->type == LT_EV_DIRECTIVE_CHANGED ||
                       (act->type == LT_EV_DIRECTIVE_ISSUED && draw(2) == 0);
        act->due = 20000 + (int32_t)draw(60);
        if (act->type == LT_EV_PERIOD_CLOSED && draw(6) != 0) {
            act->has_on_day = true;
            act->on_day = opening->due;
        }
    } else if (lt_type_matter(act->type) == LT_MATTER_SHIFT) {
        act->kind = 1 + draw(2);
    }
}

static void fill(struct history *h, const struct life *life, struct lt_act *act,
                 const struct lt_act *opening)
{
    act->kind = draw(3) != 0 ? 1 + draw(13) : 30 + draw(20);
    act->again = draw(4) == 0;
    act->has_on_day = draw(2) == 0;
    act->on_day = 20000 + (int32_t)draw(400);
    act->case_type = 1 + draw(3);
    act->reason = 1 + draw(5);
    act->people = 1 + draw(100);
    act->code = draw(3) != 0 ? 1 + draw(6) : 15 + draw(2);
    act->has_reason = draw(3) != 0;
    act->has_help = draw(4) == 0;
    act->confirms = act->type == LT_EV_TEXT_ERASED && draw(2) == 0;
    act->to_n = 1;
    h->to[act - h->acts] =
        has_addressees(act->type) && draw(4) != 0
            ? story_office_id(COMMUNE)
        : act->cls == LT_CLASS_DENUNCIATION && draw(3) != 0
            ? story_office_id(draw(2) == 0 ? PROVINCE : DISTRICT)
            : any_office();
    act->to = &h->to[act - h->acts];
    if (act->type == LT_EV_DAILY_STATUS && draw(3) == 0) {
        act->has_entered_for = true;
        act->entered_for = story_office_id(COMMUNE);
    }
    if (act->type == LT_EV_DENUNCIATION_RECEIVED) {
        static const uint32_t others[] = {0, 0, LT_ACCUSED_BELOW,
                                          LT_ACCUSED_ELSEWHERE};

        act->accused = draw(10) == 0 ? LT_ACCUSED_HERE : others[draw(4)];
    }
    if (opening == NULL && (act->type == LT_EV_CASE_OPENED ? draw(4) == 0
                                                           : draw(3) != 0)) {
        act->has_entered_for = true;
        act->entered_for =
            draw(3) == 0 ? any_office() : story_office_id(COMMUNE);
    }
    act->expected_ms = (int64_t)draw(1000) * 3600000;
    act->has_other = draw(8) != 0;
    act->other = (struct lt_event_id){
        .origin = draw(3) == 0 ? any_office() : story_office_id(COMMUNE),
        .epoch = 1,
        .count = 1 + draw(9)};
    fill_span(act, opening);
    if (draw(40) == 0) {
        act->newer = true;
    }
    if (draw(60) == 0) {
        act->tree_version = 3; /* before some of the offices */
    }
    if (opening != NULL) {
        choose_target(h, life, act, opening);
    }
}

/* An office that may well write it: who holds, was offered, is above. */
static size_t choose_life(const struct history *h, uint32_t type)
{
    enum lt_custody_act what = lt_custody_act(type);
    size_t any = draw(LIVES);

    if (has_addressees(type) && draw(3) == 0) {
        return draw(2); /* the province or the district */
    }
    if (draw(3) == 0 || h->n == 0) {
        return any;
    }
    if (what == LT_CUSTODY_ASSIGN) {
        return draw(2) == 0 ? 0 : draw(2) == 0 ? 1 : 4;
    }
    for (size_t i = h->n; what == LT_CUSTODY_ADOPT && i-- > 0;) {
        if (lt_custody_act(h->acts[i].type) == LT_CUSTODY_ACCEPT) {
            return h->by[i];
        }
        if (lt_custody_act(h->acts[i].type) == LT_CUSTODY_ASSIGN) {
            for (size_t l = 0; l < LIVES; l++) {
                if (lt_office_equal(&h->lives[l].office, &h->acts[i].to[0])) {
                    return l;
                }
            }
        }
    }
    for (unsigned tries = 0; tries < 30; tries++) {
        const struct lt_act *act = &h->acts[draw((uint32_t)h->n)];

        if ((what == LT_CUSTODY_ACCEPT || what == LT_CUSTODY_REFUSE) &&
            lt_custody_act(act->type) == LT_CUSTODY_OFFER) {
            for (size_t i = 0; i < LIVES; i++) {
                if (lt_office_equal(&h->lives[i].office, &act->to[0])) {
                    return i;
                }
            }
        } else if ((type == LT_EV_DIRECTIVE_STATUS ||
                    type == LT_EV_DAILY_STATUS ||
                    type == LT_EV_PERIOD_CLOSED ||
                    type == LT_EV_COORDINATION_REPLY ||
                    type == LT_EV_RETALIATION_CLOSED) &&
                   has_addressees(act->type)) {
            return draw(2) == 0 ? 2 : 6; /* the commune, of either life */
        } else if ((type == LT_EV_DIRECTIVE_RECALLED ||
                    type == LT_EV_DIRECTIVE_CHANGED ||
                    type == LT_EV_HEIGHTENED_PERIOD_ENDED ||
                    type == LT_EV_TASKFORCE_ENDED ||
                    lt_type_matter(type) == LT_MATTER_SHIFT) &&
                   lt_type_opens(act->type)) {
            return h->by[act - h->acts];
        } else if (what != LT_CUSTODY_ACCEPT && what != LT_CUSTODY_REFUSE &&
                   lt_type_matter(type) == lt_type_matter(act->type)) {
            return h->by[act - h->acts];
        }
    }
    return any;
}

/* Most of a history is about one kind of matter, and ends late. */
static uint32_t choose_type(enum lt_matter_kind theme, bool sealed)
{
    uint32_t type = types[draw(LT_COUNT_OF(types))];

    for (unsigned tries = 0; tries < 12; tries++) {
        enum lt_matter_kind kind = lt_type_matter(type);
        bool closes = type == LT_EV_CASE_CLOSED ||
                      type == LT_EV_DENUNCIATION_CLOSED ||
                      type == LT_EV_INCIDENT_CLOSED;

        if ((kind == theme || (kind == LT_MATTER_NONE && draw(6) == 0)) &&
            (kind != LT_MATTER_CASE ||
             lt_class_fits(type, LT_CLASS_DENUNCIATION) == sealed) &&
            (!closes || draw(4) == 0)) {
            break;
        }
        type = types[draw(LT_COUNT_OF(types))];
    }
    return type;
}

/* Mostly what can be said about what @opening began. */
static uint32_t fitting(uint32_t type, const struct lt_act *opening)
{
    bool answers = draw(3) != 0;

    if (lt_type_matter(type) != LT_MATTER_DIRECTIVE || draw(5) == 0) {
        return type;
    }
    switch (opening->type) {
    case LT_EV_HEIGHTENED_PERIOD_SET:
        return answers          ? LT_EV_DAILY_STATUS
               : draw(3) == 0 ? LT_EV_PERIOD_CLOSED
                              : LT_EV_HEIGHTENED_PERIOD_ENDED;
    case LT_EV_TASKFORCE_FORMED:
        return answers ? LT_EV_DAILY_STATUS : LT_EV_TASKFORCE_ENDED;
    case LT_EV_COORDINATION_REQUEST:
        return answers ? LT_EV_COORDINATION_REPLY : LT_EV_DIRECTIVE_STATUS;
    case LT_EV_RETALIATION_REPORTED:
        return answers ? LT_EV_RETALIATION_CLOSED : LT_EV_DIRECTIVE_STATUS;
    case LT_EV_DIRECTIVE_ISSUED:
        return answers          ? LT_EV_DIRECTIVE_STATUS
               : draw(3) != 0 ? LT_EV_DIRECTIVE_CHANGED
                              : LT_EV_DIRECTIVE_RECALLED;
    default:
        return answers ? LT_EV_DIRECTIVE_STATUS : LT_EV_DIRECTIVE_RECALLED;
    }
}

static size_t life_of(const struct history *h, const struct lt_office *office)
{
    for (size_t i = 0; i < LIVES; i++) {
        if (lt_office_equal(&h->lives[i].office, office)) {
            return i;
        }
    }
    return 0;
}

/* An offer is answered, and a late word taken up, more often than chance would
 * have it: what was written last leads to what is said next. */
static void lead_on(struct history *h, bool late)
{
    static const enum lt_custody_act answers[] = {
        LT_CUSTODY_ACCEPT, LT_CUSTODY_ACCEPT, LT_CUSTODY_ACCEPT,
        LT_CUSTODY_REFUSE, LT_CUSTODY_REFUSE, LT_CUSTODY_RECALL};
    const struct lt_act *act = &h->acts[h->n - 1];
    enum lt_custody_act what = LT_CUSTODY_NONE;

    if (lt_custody_act(act->type) == LT_CUSTODY_OFFER && draw(2) == 0) {
        what = answers[draw(LT_COUNT_OF(answers))];
        h->next.by = what == LT_CUSTODY_RECALL ? h->by[h->n - 1]
                                               : life_of(h, &act->to[0]);
    } else if (late && h->n > 1 && draw(6) != 0) {
        what = LT_CUSTODY_ADOPT;
        h->next.by = life_of(h, &h->acts[h->n - 2].to[0]);
    }
    for (size_t i = 0;
         what != LT_CUSTODY_NONE && i < LT_COUNT_OF(types); i++) {
        if (lt_custody_act(types[i]) == what &&
            lt_class_fits(types[i], act->cls)) {
            h->next.type = types[i];
            h->next.about = h->n - 1;
        }
    }
}

/* Give it what it needs to have seen for what is said next. */
static void aim(struct history *h, struct lt_act *act)
{
    const struct lt_act *other = &h->acts[h->next.about];

    act->has_corrects = true;
    act->corrects = other->id;
    act->erases = other->id;
    act->has_reason = act->has_reason || draw(4) != 0;
}

static void write_one(struct history *h)
{
    const uint32_t asked =
        h->next.type != 0 ? h->next.type : choose_type(h->theme, h->sealed);
    const bool led = h->next.type != 0;
    uint32_t type = asked;
    bool opens = lt_type_opens(type);
    enum lt_matter_kind kind = lt_type_matter(type);
    bool sealed = kind == LT_MATTER_CASE &&
                  lt_class_fits(type, LT_CLASS_DENUNCIATION);
    size_t by = led ? h->next.by : choose_life(h, type);
    struct life *life;
    const struct lt_act *opening = NULL;
    struct lt_act *act = &h->acts[h->n];
    bool late = h->late != 0;

    h->next.type = 0;
    if (late) { /* beside an assignment: a remark, if it holds the case */
        by = h->late;
        type = h->sealed ? LT_EV_DENUNCIATION_STEP : LT_EV_CASE_STEP;
        kind = LT_MATTER_CASE;
        sealed = h->sealed;
        opens = false;
        h->late = 0;
    }
    life = &h->lives[by];
    if (!late && draw(3) != 0) {
        sync(life, &h->lives[draw(LIVES)]);
    }
    if (opens && (h->openings_n == MATTERS ||
                  (h->openings_n > 0 && draw(4) != 0))) {
        return;
    }
    if (lt_custody_act(type) != LT_CUSTODY_NONE && draw(4) != 0) {
        sync(life, &h->lives[h->n == 0 ? 0 : h->by[draw((uint32_t)h->n)]]);
        sync(life, &h->lives[h->n == 0 ? 0 : h->by[h->n - 1]]);
    }
    for (size_t i = 0;
         i < LIVES && lt_custody_act(type) == LT_CUSTODY_ADOPT; i++) {
        sync(life, &h->lives[i]);
    }
    if (led) {
        for (size_t i = 0; i < LIVES; i++) {
            sync(life, &h->lives[i]);
        }
    }
    if (!opens) {
        opening = led    ? opening_at(h, h->next.about)
                  : late ? opening_at(h, h->n - 1)
                         : seen_opening(h, life, kind, sealed);
        if (opening == NULL) {
            return;
        }
        type = fitting(type, opening);
        if (type != asked) {
            by = choose_life(h, type);
            life = &h->lives[by];
            sync(life, &h->lives[h->by[opening - h->acts]]);
        }
    }
    life->clock += 1 + draw(draw(8) == 0 ? 60 : 4);
    *act = (struct lt_act){.id = {life->office, life->epoch, ++life->count},
                           .hlc = life->clock << 16,
                           .tree_version = 6,
                           .recorded_at_ms =
                               1795244400000 + (int64_t)life->clock * 1000,
                           .type = type,
                           .cls = class_of(type, opening),
                           .has_subject = !opens};
    if (opening != NULL) {
        act->subject = opening->id;
        name_heads(h, life, act, opening);
    }
    fill(h, life, act, opening);
    if (led) {
        aim(h, act);
    }
    if (opens) {
        h->holder[h->n] = by;
    } else if (lt_custody_act(type) == LT_CUSTODY_ASSIGN) {
        size_t *holder = &h->holder[opening - h->acts];

        h->late = draw(5) != 0 ? *holder : 0;
        *holder = life_of(h, &act->to[0]);
    }
    if (opens) {
        h->openings[h->openings_n++] = h->n;
    }
    h->by[h->n] = by;
    life->seen[h->n] = true;
    written[type]++;
    h->n++;
    lead_on(h, late);
}

/* ---- taking it in, one at a time ---- */

struct taken {
    size_t n;
    size_t at[ACTS]; /* indices of the history */
    struct lt_act acts[ACTS];
    struct lt_judged judged[ACTS];
    bool heads[ACTS];
    struct lt_matter matter;
};

static size_t find(const struct taken *t, const struct lt_event_id *id)
{
    for (size_t i = 0; i < t->n; i++) {
        if (lt_event_id_equal(&t->acts[i].id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* As the view asks: has it a complete past, and named every head? */
static bool can_step(const struct taken *t, const struct lt_act *act)
{
    size_t heads_n = 0;
    size_t named = 0;

    if (!act->has_subject) {
        return t->n == 0;
    }
    if (t->n == 0 || t->matter.waiting || !lt_matter_steps(act) ||
        find(t, &act->subject) == SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        heads_n += t->heads[i] ? 1 : 0;
        named += t->heads[i] && names(act, &t->acts[i].id) ? 1 : 0;
    }
    for (size_t c = 0; c < act->causes_n; c++) {
        size_t at = find(t, &act->causes[c]);

        if (at == SIZE_MAX || lt_judged_blocks(t->judged[at])) {
            return false;
        }
    }
    return named == heads_n;
}

static void take(struct taken *t, const struct history *h, size_t index,
                 const struct lt_event_id *id)
{
    const struct lt_act *act = &h->acts[index];
    bool steps = can_step(t, act);

    if (t->n == 0) {
        lt_matter_init(&t->matter, id);
    }
    t->at[t->n] = index;
    t->acts[t->n] = *act;
    t->n++;
    if (steps) {
        struct lt_judged judged =
            lt_matter_step(&t->matter, act, h->story->tree);

        t->judged[t->n - 1] = judged;
        if (!lt_judged_blocks(judged)) {
            memset(t->heads, 0, sizeof(t->heads));
            t->heads[t->n - 1] = true;
        }
        t->matter.waiting |= judged.verdict == LT_WAITING;
    } else {
        assert_int_equal(lt_matter_fold(t->acts, t->n, id, h->story->tree,
                                        lt_alloc_heap(), &t->matter, t->judged,
                                        t->heads),
                         LT_OK);
    }
}

/* A merge of the streams by chance. */
static void choose_order(const struct history *h, size_t order[ACTS])
{
    size_t next[LIVES] = {0};

    for (size_t n = 0; n < h->n;) {
        size_t life = draw(LIVES);
        size_t i = next[life];

        while (i < h->n && h->by[i] != life) {
            i++;
        }
        if (i < h->n) {
            order[n++] = i;
            i++;
        }
        next[life] = i;
    }
}

static void take_all(const struct history *h, const size_t order[ACTS],
                     struct taken out[MATTERS])
{
    memset(out, 0, MATTERS * sizeof(*out));
    for (size_t n = 0; n < h->n; n++) {
        for (size_t m = 0; m < h->openings_n; m++) {
            const struct lt_act *opening = &h->acts[h->openings[m]];

            if (is_of(&h->acts[order[n]], opening)) {
                take(&out[m], h, order[n], &opening->id);
            }
        }
    }
}

/* ---- comparing ---- */

#define SAME(field) (memcmp(&a->field, &b->field, sizeof(a->field)) == 0)

static bool same_custody(const struct lt_custody *a, const struct lt_custody *b)
{
    bool same = a->claims == b->claims && a->remarks_n == b->remarks_n &&
                SAME(assigned_by) && a->offers_n == b->offers_n &&
                a->claimants_n == b->claimants_n;

    for (size_t i = 0; same && i < a->offers_n; i++) {
        same = lt_office_equal(&a->offers[i].to, &b->offers[i].to) &&
               lt_event_id_equal(&a->offers[i].by, &b->offers[i].by);
    }
    for (size_t i = 0; same && i < a->claimants_n; i++) {
        same = lt_office_equal(&a->claimants[i], &b->claimants[i]);
    }
    return same;
}

static bool same_targets(const struct lt_matter *a, const struct lt_matter *b)
{
    bool same = a->targets_n == b->targets_n;

    for (size_t i = 0; same && i < a->targets_n; i++) {
        same = SAME(targets[i].said) && SAME(targets[i].other) &&
               SAME(targets[i].own) &&
               lt_office_equal(&a->targets[i].office, &b->targets[i].office) &&
               a->targets[i].status == b->targets[i].status &&
               a->targets[i].recall == b->targets[i].recall &&
               a->targets[i].at_ms == b->targets[i].at_ms;
    }
    return same;
}

static bool same_tasks(const struct lt_matter *a, const struct lt_matter *b)
{
    bool same = a->tasks_n == b->tasks_n;

    for (size_t i = 0; same && i < a->tasks_n; i++) {
        same = lt_event_id_equal(&a->tasks[i].by, &b->tasks[i].by) &&
               a->tasks[i].due == b->tasks[i].due;
    }
    return same;
}

static const char *differs(const struct lt_matter *a, const struct lt_matter *b)
{
    if (a->kind != b->kind || a->type != b->type || a->state != b->state) {
        return "kind, type or state";
    }
    if (!SAME(custodian) || !SAME(origin) || a->contested != b->contested) {
        return "who holds it";
    }
    if (!same_custody(&a->custody, &b->custody)) {
        return "offers, claims or remarks";
    }
    if (a->people != b->people || !SAME(taken_by) || !SAME(help_by) ||
        a->taken_ms != b->taken_ms || a->expected_ms != b->expected_ms ||
        !SAME(joined_to)) {
        return "incident";
    }
    if (!same_tasks(a, b)) {
        return "tasks";
    }
    if (a->transfers_owed != b->transfers_owed ||
        a->has_dialogue != b->has_dialogue ||
        a->dialogue_on != b->dialogue_on || a->has_review != b->has_review ||
        a->review_by != b->review_by) {
        return "agenda";
    }
    if (a->from_day != b->from_day || a->until_day != b->until_day ||
        a->cadence != b->cadence || a->by_minute != b->by_minute ||
        a->take_within != b->take_within || a->purpose != b->purpose ||
        a->has_under != b->has_under || !SAME(under)) {
        return "period or shift";
    }
    if (a->has_due != b->has_due || a->due != b->due ||
        a->trail.known != b->trail.known || a->trail.again != b->trail.again) {
        return "what is due";
    }
    if (a->closed_ms != b->closed_ms || a->close_reason != b->close_reason ||
        a->voided != b->voided || a->waiting != b->waiting ||
        a->read_only != b->read_only || a->last_event_ms != b->last_event_ms) {
        return "closing, marks or times";
    }
    return same_targets(a, b) ? NULL : "addressees";
}

static void compare(const struct history *h, const struct taken *a,
                    const struct taken *b, uint64_t seed, unsigned order)
{
    const char *what = differs(&a->matter, &b->matter);

    if (what != NULL) {
        fail_msg("seed %llu, order %u: %s", (unsigned long long)seed, order,
                 what);
    }
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        size_t j = find(b, &a->acts[i].id);

        assert_true(j != SIZE_MAX);
        if (a->judged[i].verdict != b->judged[j].verdict ||
            a->judged[i].why != b->judged[j].why ||
            a->heads[i] != b->heads[j]) {
            fail_msg("seed %llu, order %u: event %zu (type %u): %d/%s, %d/%s",
                     (unsigned long long)seed, order, a->at[i],
                     h->acts[a->at[i]].type, (int)a->judged[i].verdict,
                     lt_why_word(a->judged[i].why), (int)b->judged[j].verdict,
                     lt_why_word(b->judged[j].why));
        }
    }
}

static bool has_conflict(const struct taken *t)
{
    bool found = t->matter.contested;

    for (size_t i = 0; i < t->n; i++) {
        found |= t->judged[i].verdict == LT_REJECTED;
        if (t->judged[i].verdict == LT_APPLIED) {
            counted[t->acts[i].type]++;
        }
    }
    return found;
}

static void try_history(struct history *h, struct story *story, uint64_t seed,
                        struct taken *first, struct taken *other)
{
    size_t order[ACTS];
    bool conflict = false;

    seed_state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    begin(h, story);
    for (unsigned tries = 0; h->n < ACTS && tries < 6 * ACTS; tries++) {
        write_one(h);
    }
    for (unsigned o = 0; o < ORDERS; o++) {
        choose_order(h, order);
        take_all(h, order, o == 0 ? first : other);
        for (size_t m = 0; o > 0 && m < h->openings_n; m++) {
            compare(h, &first[m], &other[m], seed, o);
        }
    }
    for (size_t m = 0; m < h->openings_n; m++) {
        conflict |= has_conflict(&first[m]);
    }
    with_conflict += conflict ? 1 : 0;
}

static void one_state_in_every_order(void **state)
{
    struct history *h = malloc(sizeof(*h));
    struct taken *taken = malloc(2 * MATTERS * sizeof(*taken));
    unsigned scarce = 0;

    assert_true(h != NULL && taken != NULL);
    for (unsigned i = 0; i < histories; i++) {
        try_history(h, *state, 20261128 + i, taken, taken + MATTERS);
    }
    for (size_t i = 0; i < LT_COUNT_OF(types); i++) {
        printf("%-22s written %6u, applied %6u\n", lt_event_type_word(types[i]),
               written[types[i]], counted[types[i]]);
        scarce += counted[types[i]] < EACH_TYPE ? 1 : 0;
    }
    printf("%u histories in %d orders, %u with a rejected or contested event\n",
           histories, (int)ORDERS, with_conflict);
    assert_true(with_conflict * 10 >= histories * 3);
    assert_true(histories < LONG_HISTORIES || scarce == 0);
    free(taken);
    free(h);
}

/* What the fold judges is written in the histories: no type is forgotten. */
static void every_type_of_a_matter_is_among_them(void **state)
{
    uint32_t type;

    (void)state;
    for (size_t i = 0; (type = lt_authority_at(i)) != 0; i++) {
        bool found = lt_type_matter(type) == LT_MATTER_NONE;

        for (size_t t = 0; !found && t < LT_COUNT_OF(types); t++) {
            found = types[t] == type;
        }
        if (!found) {
            fail_msg("%s is in no history", lt_event_type_word(type));
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_of_a_matter_is_among_them),
        STORY_TEST(one_state_in_every_order)};

    if (argc > 1) {
        histories = (unsigned)strtoul(argv[1], NULL, 10);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
