#include "tests/unit/cases/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct lt_office office(enum story_office who)
{
    struct lt_office id;

    memset(id.bytes, (int)who, sizeof(id.bytes));
    return id;
}

static void open_office(struct lt_tree *tree, uint64_t version,
                        enum story_office who, int parent)
{
    struct lt_event event;

    memset(&event, 0, sizeof(event));
    event.type = LT_EV_OFFICE_OPENED;
    event.office.id = office(who);
    if (parent != 0) {
        event.office.parent = office((enum story_office)parent);
    }
    event.office.name = (struct lt_text){"Xã", 3};
    event.office.kind = (struct lt_text){"commune", 7};
    event.office.code = (struct lt_text){"", 0};
    assert_int_equal(lt_tree_apply(tree, version, &event, NULL), LT_OK);
}

int story_setup(void **state)
{
    struct story *s = calloc(1, sizeof(*s));

    if (s == NULL || lt_tree_new(lt_alloc_heap(), &s->tree) != LT_OK) {
        return -1;
    }
    open_office(s->tree, 1, PROVINCE, 0);
    open_office(s->tree, 2, DISTRICT, PROVINCE);
    open_office(s->tree, 3, COMMUNE, DISTRICT);
    open_office(s->tree, 4, SIBLING, DISTRICT);
    open_office(s->tree, 5, FAR_DISTRICT, PROVINCE);
    open_office(s->tree, 6, FAR_COMMUNE, FAR_DISTRICT);
    *state = s;
    return 0;
}

int story_teardown(void **state)
{
    struct story *s = *state;

    lt_tree_free(s->tree);
    free(s);
    return 0;
}

static struct lt_act *add(struct story *s, enum story_office who, uint32_t type,
                          uint8_t cls)
{
    struct lt_act *act = &s->acts[s->n];

    assert_in_range(s->n, 0, STORY_ACTS - 1);
    *act = (struct lt_act){
        .id = {office(who), 0x100U + (unsigned)who, ++s->counts[who]},
        .hlc = ++s->hlc << 16,
        .tree_version = lt_tree_version(s->tree),
        .recorded_at_ms = 1795244400000 + (int64_t)s->n * 1000,
        .type = type,
        .cls = cls,
        .causes = s->causes[s->n],
        .to = &s->to[s->n]};
    s->n++;
    return act;
}

static struct lt_act *add_about(struct story *s, enum story_office who,
                                uint32_t type, const struct lt_act *after)
{
    struct lt_act *act = add(s, who, type, after->cls);

    act->has_subject = true;
    act->subject = *lt_act_matter(after);
    story_cause(s, act, after);
    return act;
}

void story_cause(struct story *s, struct lt_act *act,
                 const struct lt_act *cause)
{
    s->causes[act - s->acts][act->causes_n++] = cause->id;
}

void story_hide(struct story *s, const struct lt_act *act)
{
    s->hidden[act - s->acts] = true;
}

struct lt_act *story_open_case(struct story *s, enum story_office who)
{
    struct lt_act *act = add(s, who, LT_EV_CASE_OPENED, LT_CLASS_CASE);

    act->case_type = 1;
    return act;
}

struct lt_act *story_step(struct story *s, enum story_office who,
                          const struct lt_act *after, uint32_t kind)
{
    struct lt_act *act = add_about(s, who, LT_EV_CASE_STEP, after);

    act->kind = kind;
    return act;
}

struct lt_act *story_close(struct story *s, enum story_office who,
                           const struct lt_act *after)
{
    struct lt_act *act = add_about(s, who, LT_EV_CASE_CLOSED, after);

    act->reason = 1;
    return act;
}

struct lt_act *story_void(struct story *s, enum story_office who,
                          const struct lt_act *after,
                          const struct lt_act *target)
{
    struct lt_act *act = add_about(s, who, LT_EV_ENTRY_VOIDED, after);

    act->has_corrects = true;
    act->corrects = target->id;
    return act;
}

struct lt_act *story_erase(struct story *s, enum story_office who,
                           const struct lt_act *after,
                           const struct lt_act *target, bool confirms)
{
    struct lt_act *act = add_about(s, who, LT_EV_TEXT_ERASED, after);

    act->erases = target->id;
    act->confirms = confirms;
    return act;
}

struct lt_office story_office_id(enum story_office who)
{
    return office(who);
}

struct lt_act *story_custody(struct story *s, enum story_office who,
                             const struct lt_act *after, uint32_t type, int to,
                             const struct lt_act *about)
{
    struct lt_act *act = add_about(s, who, type, after);

    if (to != 0) {
        s->to[act - s->acts] = office((enum story_office)to);
        act->to_n = 1;
    }
    if (about != NULL) {
        act->has_corrects = true;
        act->corrects = about->id;
    }
    act->has_reason = type == LT_EV_CUSTODY_REFUSED;
    return act;
}

struct lt_act *story_raise(struct story *s, enum story_office who,
                           uint32_t people)
{
    struct lt_act *act = add(s, who, LT_EV_INCIDENT_RAISED, LT_CLASS_INCIDENT);

    act->people = people;
    return act;
}

struct lt_act *story_forecast(struct story *s, enum story_office who, int whom,
                              int64_t expected_ms)
{
    struct lt_act *act = add(s, who, LT_EV_CROWD_FORECAST, LT_CLASS_INCIDENT);

    act->people = 40;
    act->has_help = true;
    act->expected_ms = expected_ms;
    if (whom != 0) {
        act->has_entered_for = true;
        act->entered_for = office((enum story_office)whom);
    }
    return act;
}

struct lt_act *story_enter(struct story *s, enum story_office who,
                           enum story_office whom, uint32_t people)
{
    struct lt_act *act = story_raise(s, who, people);

    act->has_entered_for = true;
    act->entered_for = office(whom);
    return act;
}

struct lt_act *story_join(struct story *s, enum story_office who,
                          const struct lt_act *after, const struct lt_act *own)
{
    struct lt_act *act = add_about(s, who, LT_EV_INCIDENT_JOINED, after);

    act->has_other = true;
    act->other = own->id;
    return act;
}

struct lt_act *story_incident(struct story *s, enum story_office who,
                              const struct lt_act *after, uint32_t type)
{
    struct lt_act *act = add_about(s, who, type, after);

    act->people = 1;
    act->reason = 1;
    return act;
}

struct lt_act *story_direct(struct story *s, enum story_office who,
                            enum story_office to)
{
    struct lt_act *act =
        add(s, who, LT_EV_DIRECTIVE_ISSUED, LT_CLASS_DIRECTIVE);

    s->to[act - s->acts] = office(to);
    act->to_n = 1;
    return act;
}

struct lt_act *story_status(struct story *s, enum story_office who,
                            const struct lt_act *after, uint32_t code)
{
    struct lt_act *act = add_about(s, who, LT_EV_DIRECTIVE_STATUS, after);

    act->code = code;
    return act;
}

struct lt_act *story_recall(struct story *s, enum story_office who,
                            const struct lt_act *after)
{
    return add_about(s, who, LT_EV_DIRECTIVE_RECALLED, after);
}

struct lt_act *story_send(struct story *s, enum story_office who, uint32_t type,
                          int to)
{
    struct lt_act *act = add(s, who, type, LT_CLASS_DIRECTIVE);

    if (to != 0) {
        s->to[act - s->acts] = office((enum story_office)to);
        act->to_n = 1;
    }
    act->kind = 1;
    act->has_on_day = true;
    act->on_day = 20000;
    act->has_due = true;
    act->due = 20009;
    act->people = 60;
    return act;
}

struct lt_act *story_say(struct story *s, enum story_office who,
                         const struct lt_act *after, uint32_t type,
                         uint32_t kind, int32_t day)
{
    struct lt_act *act = add_about(s, who, type, after);

    act->kind = kind;
    act->has_on_day = day != 0;
    act->on_day = day;
    return act;
}

void story_fold(struct story *s, const struct lt_act *opening)
{
    struct lt_act acts[STORY_ACTS];
    struct lt_judged judged[STORY_ACTS];
    bool heads[STORY_ACTS];
    size_t at[STORY_ACTS];
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (!s->hidden[i] &&
            lt_event_id_equal(lt_act_matter(&s->acts[i]), &opening->id)) {
            at[n] = i;
            acts[n++] = s->acts[i];
        }
    }
    assert_int_equal(lt_matter_fold(acts, n, &opening->id, s->tree,
                                    lt_alloc_heap(), &s->matter, judged, heads),
                     LT_OK);
    for (size_t i = 0; i < n; i++) {
        s->judged[at[i]] = judged[i];
        s->heads[at[i]] = heads[i];
    }
}

struct lt_judged story_judged(const struct story *s, const struct lt_act *act)
{
    return s->judged[act - s->acts];
}
