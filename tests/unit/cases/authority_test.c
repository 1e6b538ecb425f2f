/* The table of who may originate what, walked through the fold: every event,
 * tier and relation, against answers that a lawyer can read (authority.csv).
 * The table's own functions are asked for nothing but its list of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cases/fold.h"

/* Four tiers: 1 > 2, 3; 2 > 4, 5; 4 > 6, 7. */
enum { NATION = 1, PROVINCE, PROVINCE2, DISTRICT, DISTRICT2, COMMUNE, COMMUNE2,
       OFFICES };
static const int parents[OFFICES] = {0, 0, 1, 1, 2, 2, 4, 4};
static const int children[OFFICES] = {0, 2, 4, 0, 6, 0, 0, 0};
static const int siblings[OFFICES] = {0, 0, 3, 2, 5, 4, 7, 6};
static const int authors[4] = {NATION, PROVINCE, DISTRICT, COMMUNE};

enum relation { OWN, ABOVE, BELOW, BESIDE, ADDRESSED, RELATIONS };
static const char *const relation_words[RELATIONS] = {"own", "above", "below",
                                                      "beside", "addressed"};

enum { ACTS = 8 };
struct walk {
    struct lt_tree *tree;
    size_t n;
    struct lt_act acts[ACTS];
    struct lt_event_id causes[ACTS][LT_CAUSES_MAX];
    struct lt_office to[ACTS];
};

static struct lt_office office(int who)
{
    struct lt_office id;

    memset(id.bytes, who, sizeof(id.bytes));
    return id;
}

static void grow_tree(struct walk *w)
{
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &w->tree), LT_OK);
    for (int i = 1; i < OFFICES; i++) {
        struct lt_event *event = calloc(1, sizeof(*event));

        assert_non_null(event);
        event->type = LT_EV_OFFICE_OPENED;
        event->office.id = office(i);
        if (parents[i] != 0) {
            event->office.parent = office(parents[i]);
        }
        event->office.name = (struct lt_text){"x", 1};
        event->office.kind = (struct lt_text){"x", 1};
        event->office.code = (struct lt_text){"", 0};
        assert_int_equal(lt_tree_apply(w->tree, (uint64_t)i, event, NULL),
                         LT_OK);
        free(event);
    }
}

/* An event that had seen all before it, but @besides of them. */
static struct lt_act *add(struct walk *w, int who, uint32_t type, uint8_t cls,
                          int to, size_t besides)
{
    struct lt_act *act = &w->acts[w->n];

    assert_true(w->n < ACTS);
    *act = (struct lt_act){.id = {office(who), 1, w->n + 1},
                           .hlc = (w->n + 1) << 16,
                           .tree_version = OFFICES - 1,
                           .type = type,
                           .cls = cls,
                           .kind = 5,
                           .case_type = 1,
                           .reason = 1,
                           .people = 10,
                           .code = 3,
                           .has_reason = true,
                           .to = &w->to[w->n],
                           .causes = w->causes[w->n]};
    if (to != 0) {
        w->to[w->n] = office(to);
        act->to_n = 1;
    }
    if (w->n > 0) {
        act->has_subject = true;
        act->subject = w->acts[0].id;
    }
    for (size_t i = 0; i + besides < w->n; i++) {
        w->causes[w->n][act->causes_n++] = w->acts[i].id;
    }
    w->n++;
    return act;
}

static struct lt_act *about(struct lt_act *act, const struct lt_act *other)
{
    act->has_corrects = true;
    act->corrects = other->id;
    act->erases = other->id;
    return act;
}

static bool is_sealed(uint32_t type)
{
    return lt_class_fits(type, LT_CLASS_DENUNCIATION) &&
           !lt_class_fits(type, LT_CLASS_CASE);
}

/* Whose matter it is; 0: this cannot be. */
static int owner_of(int author, enum relation relation, bool sealed)
{
    switch (relation) {
    case OWN:
        return author;
    case ABOVE:
        return children[author];
    case BELOW:
        return parents[author];
    case BESIDE:
        return siblings[author];
    case ADDRESSED: /* by one beside him; a denunciation comes from below */
        return sealed || author == NATION ? children[author]
                                          : siblings[author];
    case RELATIONS:
        break;
    }
    return 0;
}

static bool is_above(int above, int who)
{
    while (who != 0 && who != above) {
        who = parents[who];
    }
    return who == above;
}

/* An office that the owner may offer it to, other than the author; 0: none. */
static int other_taker(int owner, int author, bool sealed)
{
    for (int who = 1; who < OFFICES; who++) {
        if (who != owner && who != author &&
            (!sealed || is_above(who, owner))) {
            return who;
        }
    }
    return 0;
}

static struct lt_act *say_of_case(struct walk *w, uint32_t type, int author,
                                  int owner, enum relation relation)
{
    bool sealed = is_sealed(type);
    uint8_t cls = sealed ? LT_CLASS_DENUNCIATION : LT_CLASS_CASE;
    uint32_t opens = sealed ? LT_EV_DENUNCIATION_RECEIVED : LT_EV_CASE_OPENED;
    int taker = relation == ADDRESSED ? author
                                      : other_taker(owner, author, sealed);
    struct lt_act *first;
    struct lt_act *offer;

    switch (type) {
    case LT_EV_CASE_OPENED:
        if (relation == ADDRESSED) {
            return NULL;
        }
        first = add(w, author, type, cls, 0, 0);
        first->has_entered_for = owner != author;
        first->entered_for = office(owner);
        return first;
    case LT_EV_DENUNCIATION_RECEIVED:
        return relation == OWN ? add(w, author, type, cls, 0, 0) : NULL;
    case LT_EV_CUSTODY_ACCEPTED:
    case LT_EV_CUSTODY_REFUSED:
    case LT_EV_CUSTODY_RECALLED:
    case LT_EV_DENUNCIATION_ACCEPTED:
    case LT_EV_DENUNCIATION_REFUSED:
    case LT_EV_DENUNCIATION_RECALLED:
        add(w, owner, opens, cls, 0, 0);
        if (taker == 0) { /* nobody else to offer it to */
            return about(add(w, author, type, cls, 0, 0), &w->acts[0]);
        }
        offer = add(w, owner,
                    sealed ? LT_EV_DENUNCIATION_OFFERED
                           : LT_EV_CUSTODY_OFFERED,
                    cls, taker, 0);
        return about(add(w, author, type, cls, 0, 0), offer);
    case LT_EV_CUSTODY_OFFERED:
        add(w, owner, opens, cls, 0, 0);
        return add(w, author, type, cls,
                   author == COMMUNE2 ? COMMUNE : COMMUNE2, 0);
    case LT_EV_DENUNCIATION_OFFERED:
        add(w, owner, opens, cls, 0, 0);
        return add(w, author, type, cls,
                   parents[author] != 0 ? parents[author] : PROVINCE, 0);
    case LT_EV_CUSTODY_ASSIGNED:
        add(w, owner, opens, cls, 0, 0);
        return add(w, author, type, cls,
                   relation != OWN          ? author
                   : children[author] != 0 ? children[author]
                                           : siblings[author],
                   0);
    case LT_EV_DENUNCIATION_ASSIGNED:
        add(w, owner, opens, cls, 0, 0);
        return add(w, author, type, cls, author, 0);
    case LT_EV_REMARK_ADOPTED:
    case LT_EV_DENUNCIATION_ADOPTED: {
        /* Another opened it; the owner has it by assignment, beside a step. */
        int former = children[owner] != 0 ? children[owner] : siblings[owner];

        if (sealed && children[owner] == 0) {
            return NULL;
        }
        add(w, former, opens, cls, 0, 0);
        add(w, NATION,
            sealed ? LT_EV_DENUNCIATION_ASSIGNED : LT_EV_CUSTODY_ASSIGNED, cls,
            owner, 0);
        first = add(w, former, sealed ? LT_EV_DENUNCIATION_STEP
                                      : LT_EV_CASE_STEP,
                    cls, 0, 1);
        return about(add(w, author, type, cls, 0, 0), first);
    }
    case LT_EV_ENTRY_VOIDED:
    case LT_EV_TEXT_ERASED:
    case LT_EV_TEXT_FLAGGED:
    case LT_EV_TEXT_REPLACED:
        add(w, owner, opens, cls, 0, 0);
        first = add(w, owner, LT_EV_CASE_STEP, cls, 0, 0);
        return about(add(w, author, type, cls, 0, 0), first);
    default:
        add(w, owner, opens, cls, 0, 0);
        return add(w, author, type, cls, 0, 0);
    }
}

/* What an event about something with addressees is about; 0: no such event. */
static uint32_t opening_of(uint32_t type)
{
    switch (type) {
    case LT_EV_DIRECTIVE_STATUS:
    case LT_EV_DIRECTIVE_RECALLED:
    case LT_EV_DIRECTIVE_CHANGED:
        return LT_EV_DIRECTIVE_ISSUED;
    case LT_EV_HEIGHTENED_PERIOD_ENDED:
    case LT_EV_DAILY_STATUS:
    case LT_EV_PERIOD_CLOSED:
        return LT_EV_HEIGHTENED_PERIOD_SET;
    case LT_EV_TASKFORCE_ENDED:
        return LT_EV_TASKFORCE_FORMED;
    case LT_EV_COORDINATION_REPLY:
        return LT_EV_COORDINATION_REQUEST;
    case LT_EV_RETALIATION_CLOSED:
        return LT_EV_RETALIATION_REPORTED;
    default:
        return 0;
    }
}

static bool is_issuers(uint32_t type)
{
    return type == LT_EV_DIRECTIVE_RECALLED ||
           type == LT_EV_DIRECTIVE_CHANGED ||
           type == LT_EV_HEIGHTENED_PERIOD_ENDED ||
           type == LT_EV_TASKFORCE_ENDED;
}

/* Ten days, of which the first is spoken of. */
static struct lt_act *span(struct lt_act *act)
{
    act->has_on_day = true;
    act->on_day = 20000;
    act->has_due = true;
    act->due = 20009;
    act->kind = 1;
    return act;
}

/* Build the matter and what the author says; NULL: this cannot be. */
static struct lt_act *say(struct walk *w, uint32_t type, int author,
                          enum relation relation)
{
    int owner = owner_of(author, relation, is_sealed(type));
    int to;

    w->n = 0;
    if (owner == 0) {
        return NULL;
    }
    if (lt_type_matter(type) == LT_MATTER_INCIDENT) {
        struct lt_act *act;

        if (relation == ADDRESSED) {
            return NULL;
        }
        if (type == LT_EV_INCIDENT_JOINED) { /* its parent has entered it */
            if (parents[owner] == 0) {
                return NULL;
            }
            act = add(w, parents[owner], LT_EV_INCIDENT_RAISED,
                      LT_CLASS_INCIDENT, 0, 0);
            act->has_entered_for = true;
            act->entered_for = office(owner);
        } else if (!lt_type_opens(type)) {
            add(w, owner, LT_EV_INCIDENT_RAISED, LT_CLASS_INCIDENT, 0, 0);
        }
        act = add(w, author, type, LT_CLASS_INCIDENT, 0, 0);
        act->has_entered_for = lt_type_opens(type) && owner != author;
        act->entered_for = office(owner);
        act->has_other = true;
        act->other = (struct lt_event_id){office(owner), 1, 99};
        return act;
    }
    if (lt_type_matter(type) == LT_MATTER_SHIFT) {
        if (relation == ADDRESSED ||
            (lt_type_opens(type) && relation != OWN)) {
            return NULL; /* a roster has no addressee */
        }
        if (!lt_type_opens(type)) {
            add(w, owner, LT_EV_ROSTER_SET, LT_CLASS_DIRECTIVE, 0, 0);
        }
        return add(w, author, type, LT_CLASS_DIRECTIVE, 0, 0);
    }
    if (lt_type_opens(type) && lt_type_matter(type) == LT_MATTER_DIRECTIVE) {
        return relation == ADDRESSED
                   ? NULL
                   : span(add(w, author, type, LT_CLASS_DIRECTIVE, owner, 0));
    }
    if (opening_of(type) != 0) {
        /* Who issues is above; so one is addressed by his parent. */
        int issuer = relation == ADDRESSED ? parents[author] : owner;
        struct lt_act *act;

        to = relation == ADDRESSED ? author : children[issuer];
        if (to == author && relation != ADDRESSED) {
            to = siblings[author];
        }
        if (issuer == 0 || (relation == OWN && to == 0)) {
            return NULL;
        }
        if (to == 0) { /* it has nobody below: its parent issues */
            to = issuer;
            issuer = parents[issuer];
            if (is_issuers(type) && issuer == author) {
                return NULL;
            }
        }
        span(add(w, issuer, opening_of(type), LT_CLASS_DIRECTIVE, to, 0));
        act = span(add(w, author, type, LT_CLASS_DIRECTIVE, 0, 0));
        act->on_day += type == LT_EV_PERIOD_CLOSED ? 9 : 0; /* the last one */
        act->kind = type == LT_EV_DIRECTIVE_CHANGED ? 2 : act->kind;
        return act;
    }
    return say_of_case(w, type, author, owner, relation);
}

static const char *answer(struct walk *w, uint32_t type, int author,
                          enum relation relation)
{
    const struct lt_act *act = say(w, type, author, relation);
    struct lt_matter *matter;
    struct lt_judged judged[ACTS];
    bool heads[ACTS];
    size_t last;

    if (act == NULL) {
        return "-";
    }
    matter = malloc(sizeof(*matter));
    assert_non_null(matter);
    last = w->n - 1;
    assert_int_equal(lt_matter_fold(w->acts, w->n, &w->acts[0].id, w->tree,
                                    lt_alloc_heap(), matter, judged, heads),
                     LT_OK);
    free(matter);
    for (size_t i = 0; i < last; i++) {
        if (judged[i].verdict != LT_APPLIED) {
            fail_msg("%s: its scene: event %zu: %s", lt_event_type_word(type),
                     i, lt_why_word(judged[i].why));
        }
    }
    return judged[last].verdict == LT_APPLIED ? "yes"
                                              : lt_why_word(judged[last].why);
}

/* Tree and key events, copies and receipts belong to no matter: the view
 * judges them by their channel. */
static bool is_walked(uint32_t type)
{
    return lt_type_matter(type) != LT_MATTER_NONE ||
           type == LT_EV_ENTRY_VOIDED || type == LT_EV_TEXT_ERASED ||
           type == LT_EV_TEXT_FLAGGED || type == LT_EV_TEXT_REPLACED;
}

struct sheet {
    size_t n;
    char event[512][32];
    char relation[512][16];
    char cells[512][4][24];
};

static void read_sheet(struct sheet *sheet)
{
    char line[256];
    FILE *file = fopen(LT_SOURCE_DIR "/tests/unit/cases/authority.csv", "r");

    assert_non_null(file);
    memset(sheet, 0, sizeof(*sheet));
    while (fgets(line, sizeof(line), file) != NULL) {
        size_t n = sheet->n;

        if (line[0] == '#' || strncmp(line, "event,", 6) == 0) {
            continue;
        }
        assert_true(n < 512);
        assert_int_equal(
            sscanf(line, "%31[^,],%15[^,],%23[^,],%23[^,],%23[^,],%23[^\n]",
                   sheet->event[n], sheet->relation[n], sheet->cells[n][0],
                   sheet->cells[n][1], sheet->cells[n][2], sheet->cells[n][3]),
            6);
        sheet->n++;
    }
    (void)fclose(file);
}

static size_t find_row(const struct sheet *sheet, const char *event,
                       const char *relation)
{
    for (size_t i = 0; i < sheet->n; i++) {
        if (strcmp(sheet->event[i], event) == 0 &&
            strcmp(sheet->relation[i], relation) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void every_cell_is_answered_as_the_sheet_says(void **state)
{
    struct sheet *sheet = malloc(sizeof(*sheet));
    struct walk *w = calloc(1, sizeof(*w));
    size_t rows = 0;
    unsigned wrong = 0;
    uint32_t type;

    (void)state;
    assert_true(sheet != NULL && w != NULL);
    grow_tree(w);
    read_sheet(sheet);
    for (size_t i = 0; (type = lt_authority_at(i)) != 0; i++) {
        const char *event = lt_event_type_word(type);

        for (int r = 0; is_walked(type) && r < RELATIONS; r++) {
            size_t row = find_row(sheet, event, relation_words[r]);

            if (row == SIZE_MAX) {
                fail_msg("%s, %s: no row", event, relation_words[r]);
            }
            rows++;
            for (size_t t = 0; t < 4; t++) {
                const char *said =
                    answer(w, type, authors[t], (enum relation)r);

                if (strcmp(said, sheet->cells[row][t]) != 0) {
                    print_message("%s, %s, %c: %s, not %s\n", event,
                                  relation_words[r], "QTHX"[t], said,
                                  sheet->cells[row][t]);
                    wrong++;
                }
            }
        }
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(rows, sheet->n); /* no row for what is not in the table */
    lt_tree_free(w->tree);
    free(w);
    free(sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_answered_as_the_sheet_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
