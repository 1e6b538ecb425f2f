/* The rules of matters, each as a promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/cases/story.h"

static void a_case_lives_from_opening_to_closing(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *accepted = story_step(s, COMMUNE, opened, 1);
    const struct lt_act *verified = story_step(s, COMMUNE, accepted, 5);

    story_fold(s, opened);
    assert_int_equal(s->matter.state, LT_CASE_IN_PROGRESS);
    assert_true(lt_matter_is_open(&s->matter));
    story_close(s, COMMUNE, verified);
    story_fold(s, opened);
    assert_int_equal(s->matter.state, LT_CASE_CLOSED);
    assert_false(lt_matter_is_open(&s->matter));
    assert_memory_equal(&s->matter.custodian, &opened->id.origin,
                        sizeof(struct lt_office));
    assert_false(s->matter.waiting);
}

static void only_the_custodian_writes_steps(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *step = story_step(s, DISTRICT, opened, 1);

    story_fold(s, opened);
    assert_judged(s, step, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_int_equal(s->matter.state, LT_CASE_OPEN);
}

static void nothing_comes_after_a_closing_that_was_seen(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *closed = story_close(s, COMMUNE, opened);
    const struct lt_act *late = story_step(s, COMMUNE, closed, 1);

    story_fold(s, opened);
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
}

static void a_step_that_had_not_seen_the_closing_stays_a_remark(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);

    story_close(s, COMMUNE, opened);
    const struct lt_act *beside = story_step(s, COMMUNE, opened, 1);

    story_fold(s, opened);
    assert_judged(s, beside, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.state, LT_CASE_CLOSED);
}

static void a_voided_closing_opens_the_case_again(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *closed = story_close(s, COMMUNE, opened);
    const struct lt_act *void_ = story_void(s, COMMUNE, closed, closed);
    const struct lt_act *step = story_step(s, COMMUNE, void_, 1);

    story_fold(s, opened);
    assert_judged(s, void_, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, step, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.state, LT_CASE_ACCEPTED);
}

static void a_voided_opening_takes_the_case_out_of_the_count(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *void_ = story_void(s, COMMUNE, opened, opened);
    const struct lt_act *late = story_step(s, COMMUNE, void_, 1);

    story_fold(s, opened);
    assert_true(s->matter.voided);
    assert_false(lt_matter_is_open(&s->matter));
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
}

static void strangers_void_nothing(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *void_ = story_void(s, DISTRICT, opened, opened);

    story_fold(s, opened);
    assert_judged(s, void_, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_false(s->matter.voided);
}

static void a_void_is_not_voided(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *closed = story_close(s, COMMUNE, opened);
    const struct lt_act *first = story_void(s, COMMUNE, closed, closed);
    const struct lt_act *second = story_void(s, COMMUNE, first, first);

    story_fold(s, opened);
    assert_judged(s, second, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.state, LT_CASE_OPEN);
}

static void nobody_takes_back_the_word_of_another(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    const struct lt_act *taken =
        story_incident(s, PROVINCE, raised, LT_EV_INCIDENT_TAKEN);
    const struct lt_act *foreign = story_void(s, COMMUNE, taken, taken);
    const struct lt_act *own = story_void(s, PROVINCE, taken, taken);

    story_hide(s, own);
    story_fold(s, raised);
    assert_judged(s, foreign, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_int_equal(s->matter.state, LT_INCIDENT_TAKEN_ST);
    s->hidden[own - s->acts] = false;
    story_fold(s, raised);
    assert_judged(s, own, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.state, LT_INCIDENT_RAISED_ST);
    assert_true(lt_office_is_zero(&s->matter.taken_by));
}

static void a_voided_update_gives_the_number_before_it(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    struct lt_act *more =
        story_incident(s, COMMUNE, raised, LT_EV_INCIDENT_UPDATED);
    const struct lt_act *void_ = story_void(s, COMMUNE, more, more);

    more->people = 400;
    story_hide(s, void_);
    story_fold(s, raised);
    assert_int_equal(s->matter.people, 400);
    s->hidden[void_ - s->acts] = false;
    story_fold(s, raised);
    assert_judged(s, more, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.people, 40);
}

static void the_last_word_on_help_counts(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    struct lt_act *asked =
        story_incident(s, COMMUNE, raised, LT_EV_INCIDENT_UPDATED);
    const struct lt_act *silent =
        story_incident(s, COMMUNE, asked, LT_EV_INCIDENT_UPDATED);
    const struct lt_act *void_ = story_void(s, COMMUNE, silent, asked);

    asked->has_help = true;
    story_hide(s, void_);
    story_fold(s, raised);
    assert_true(lt_event_id_equal(&s->matter.help_by, &asked->id));
    s->hidden[void_ - s->acts] = false;
    story_fold(s, raised);
    assert_true(lt_event_id_equal(&s->matter.help_by, &raised->id));
}

static void a_voided_status_gives_the_one_before_it(void **state)
{
    struct story *s = *state;
    const struct lt_act *issued = story_direct(s, PROVINCE, COMMUNE);
    const struct lt_act *got = story_status(s, COMMUNE, issued, 3);
    const struct lt_act *done = story_status(s, COMMUNE, got, 6);
    const struct lt_act *void_ = story_void(s, COMMUNE, done, done);
    const struct lt_act *again = story_status(s, COMMUNE, void_, 5);

    story_fold(s, issued);
    assert_judged(s, again, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.targets[0].status, 5);
    assert_true(lt_matter_is_open(&s->matter));
}

static void a_voided_directive_is_no_longer_open(void **state)
{
    struct story *s = *state;
    const struct lt_act *issued = story_direct(s, PROVINCE, COMMUNE);
    const struct lt_act *got = story_status(s, COMMUNE, issued, 3);
    const struct lt_act *void_ = story_void(s, PROVINCE, issued, issued);
    const struct lt_act *late = story_status(s, COMMUNE, void_, 6);

    story_fold(s, issued);
    assert_judged(s, got, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, void_, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_true(s->matter.voided);
    assert_false(lt_matter_is_open(&s->matter));
}

static void in_a_voided_matter_nothing_is_voided_any_more(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *closed = story_close(s, COMMUNE, opened);
    const struct lt_act *first = story_void(s, COMMUNE, closed, opened);
    const struct lt_act *beside = story_void(s, COMMUNE, closed, opened);
    const struct lt_act *late = story_void(s, COMMUNE, first, closed);

    story_fold(s, opened);
    assert_judged(s, first, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, beside, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_int_equal(s->matter.state, LT_CASE_CLOSED);
}

/* By law the denouncer's identity is a state secret: not even the reason for
 * taking an entry back may say a word about it. */
static void a_denunciation_is_voided_without_a_text(void **state)
{
    struct story *s = *state;
    struct lt_act *received = story_open_case(s, COMMUNE);
    struct lt_act *said = story_void(s, COMMUNE, received, received);
    struct lt_act *bare = story_void(s, COMMUNE, received, received);

    received->type = LT_EV_DENUNCIATION_RECEIVED;
    received->cls = said->cls = bare->cls = LT_CLASS_DENUNCIATION;
    said->has_parts = true;
    story_fold(s, received);
    assert_judged(s, said, LT_REJECTED, LT_WHY_MALFORMED);
    assert_judged(s, bare, LT_APPLIED, LT_WHY_NONE);
    assert_true(s->matter.voided);
}

static void an_event_waits_for_its_causes(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *first = story_step(s, COMMUNE, opened, 1);
    const struct lt_act *second = story_step(s, COMMUNE, first, 5);

    story_hide(s, first);
    story_fold(s, opened);
    assert_judged(s, second, LT_WAITING, LT_WHY_CAUSE_MISSING);
    assert_true(s->matter.waiting);
    assert_int_equal(s->matter.state, LT_CASE_OPEN);
    story_hide(s, opened);
    story_fold(s, opened);
    assert_judged(s, second, LT_WAITING, LT_WHY_OPENING_MISSING);
    assert_int_equal(s->matter.kind, LT_MATTER_NONE);
}

static void a_ring_of_causes_waits_for_ever(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    struct lt_act *first = story_step(s, COMMUNE, opened, 1);
    const struct lt_act *second = story_step(s, COMMUNE, first, 5);

    story_cause(s, first, second);
    story_fold(s, opened);
    assert_judged(s, first, LT_WAITING, LT_WHY_CAUSE_MISSING);
    assert_judged(s, second, LT_WAITING, LT_WHY_CAUSE_MISSING);
}

static void an_event_waits_for_the_tree_that_it_names(void **state)
{
    struct story *s = *state;
    struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *step = story_step(s, COMMUNE, opened, 1);

    opened->tree_version = 1000;
    story_fold(s, opened);
    assert_judged(s, opened, LT_WAITING, LT_WHY_TREE_MISSING);
    assert_judged(s, step, LT_WAITING, LT_WHY_CAUSE_MISSING);
    opened->tree_version = lt_tree_version(s->tree);
    story_fold(s, opened);
    assert_judged(s, opened, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, step, LT_APPLIED, LT_WHY_NONE);
}

static void what_needs_a_newer_version_makes_its_case_read_only(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    struct lt_act *strange = story_step(s, COMMUNE, opened, 1);

    strange->newer = true;
    const struct lt_act *next = story_step(s, COMMUNE, strange, 1);

    story_fold(s, opened);
    assert_judged(s, strange, LT_WAITING, LT_WHY_NEWER_VERSION);
    assert_judged(s, next, LT_APPLIED, LT_WHY_NONE);
    assert_true(s->matter.read_only);
    assert_true(s->matter.waiting);
}

static void a_class_that_does_not_fit_is_rejected(void **state)
{
    struct story *s = *state;
    struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *step = story_step(s, COMMUNE, opened, 1);

    opened->cls = LT_CLASS_URGENT;
    story_fold(s, opened);
    assert_judged(s, opened, LT_REJECTED, LT_WHY_WRONG_CHANNEL);
    assert_judged(s, step, LT_REJECTED, LT_WHY_WRONG_STEP);
}

static void a_denunciation_keeps_to_its_own_channel_and_types(void **state)
{
    struct story *s = *state;
    struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *plain = story_step(s, COMMUNE, opened, 1);
    struct lt_act *own = story_step(s, COMMUNE, opened, 1);
    struct lt_act *leak = story_void(s, COMMUNE, opened, opened);

    opened->type = LT_EV_DENUNCIATION_RECEIVED;
    opened->cls = LT_CLASS_DENUNCIATION;
    own->type = LT_EV_DENUNCIATION_STEP;
    own->cls = LT_CLASS_DENUNCIATION;
    leak->cls = LT_CLASS_CASE;
    story_fold(s, opened);
    assert_int_equal(s->matter.type, 4);
    assert_judged(s, own, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, plain, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, leak, LT_REJECTED, LT_WHY_WRONG_CHANNEL);
    opened->has_parts = true;
    story_fold(s, opened);
    assert_judged(s, opened, LT_REJECTED, LT_WHY_MALFORMED);
}

static void the_first_take_of_an_incident_counts(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    const struct lt_act *first =
        story_incident(s, DISTRICT, raised, LT_EV_INCIDENT_TAKEN);
    const struct lt_act *second =
        story_incident(s, PROVINCE, first, LT_EV_INCIDENT_TAKEN);

    story_fold(s, raised);
    assert_judged(s, second, LT_APPLIED, LT_WHY_NONE);
    assert_memory_equal(&s->matter.taken_by, &first->id.origin,
                        sizeof(struct lt_office));
    assert_int_equal(s->matter.state, LT_INCIDENT_TAKEN_ST);
    assert_int_equal(s->matter.people, 40);
}

static void siblings_do_not_take_an_incident(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    const struct lt_act *taken =
        story_incident(s, SIBLING, raised, LT_EV_INCIDENT_TAKEN);

    story_fold(s, raised);
    assert_judged(s, taken, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_int_equal(s->matter.state, LT_INCIDENT_RAISED_ST);
}

static void a_superior_closes_an_incident_for_good(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    const struct lt_act *closed =
        story_incident(s, PROVINCE, raised, LT_EV_INCIDENT_CLOSED);
    const struct lt_act *late =
        story_incident(s, COMMUNE, closed, LT_EV_INCIDENT_UPDATED);

    story_fold(s, raised);
    assert_int_equal(s->matter.state, LT_INCIDENT_CLOSED_ST);
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
}

static void a_directive_comes_from_above_all_it_addresses(void **state)
{
    struct story *s = *state;
    struct lt_act *up = story_direct(s, COMMUNE, DISTRICT);
    struct lt_act *down = story_direct(s, DISTRICT, COMMUNE);

    story_fold(s, up);
    assert_judged(s, up, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_int_equal(s->matter.kind, LT_MATTER_NONE);
    story_fold(s, down);
    assert_judged(s, down, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.targets_n, 1);
}

static void authority_is_that_of_the_tree_that_is_named(void **state)
{
    struct story *s = *state;
    struct lt_act *issued = story_direct(s, DISTRICT, COMMUNE);

    issued->tree_version = 1; /* the commune was opened later */
    story_fold(s, issued);
    assert_judged(s, issued, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
}

static void statuses_come_from_addressees_and_do_not_go_back(void **state)
{
    struct story *s = *state;
    const struct lt_act *issued = story_direct(s, PROVINCE, COMMUNE);
    const struct lt_act *foreign = story_status(s, DISTRICT, issued, 3);
    const struct lt_act *got = story_status(s, COMMUNE, issued, 3);
    const struct lt_act *back = story_status(s, COMMUNE, got, 1);
    const struct lt_act *done = story_status(s, COMMUNE, back, 6);
    const struct lt_act *after = story_status(s, COMMUNE, done, 5);

    story_fold(s, issued);
    assert_judged(s, foreign, LT_REJECTED, LT_WHY_NOT_ADDRESSEE);
    assert_judged(s, back, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, after, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_int_equal(s->matter.targets[0].status, 6);
    assert_false(lt_matter_is_open(&s->matter));
}

static void a_refusal_gives_its_reason(void **state)
{
    struct story *s = *state;
    const struct lt_act *issued = story_direct(s, PROVINCE, COMMUNE);
    const struct lt_act *bare = story_status(s, COMMUNE, issued, 2);
    struct lt_act *said = story_status(s, COMMUNE, bare, 2);

    said->has_reason = true;
    story_fold(s, issued);
    assert_judged(s, bare, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, said, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.targets[0].status, 2);
}

static void every_reason_has_a_word_of_its_own(void **state)
{
    (void)state;
    assert_null(lt_why_word(LT_WHY_NONE));
    for (int i = LT_WHY_NONE + 1; i < LT_WHYS; i++) {
        const char *word = lt_why_word((enum lt_verdict_reason)i);

        assert_non_null(word);
        for (int j = LT_WHY_NONE + 1; j < i; j++) {
            assert_string_not_equal(word,
                                    lt_why_word((enum lt_verdict_reason)j));
        }
    }
}

static void its_writer_erases_a_text_and_a_keeper_confirms(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *closed = story_close(s, COMMUNE, opened);
    const struct lt_act *order = story_erase(s, COMMUNE, closed, opened, false);
    const struct lt_act *between =
        story_erase(s, DISTRICT, order, opened, false);
    const struct lt_act *sham = story_erase(s, DISTRICT, order, opened, true);
    const struct lt_act *word = story_erase(s, PROVINCE, order, opened, true);

    story_fold(s, opened);
    assert_judged(s, order, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, between, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, sham, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, word, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.state, LT_CASE_CLOSED);
    assert_false(s->matter.read_only);
}

static void what_is_asked_back_ends_where_it_is_given_back(void **state)
{
    struct story *s = *state;
    const struct lt_act *issued = story_direct(s, PROVINCE, COMMUNE);
    const struct lt_act *early = story_status(s, COMMUNE, issued, 15);
    const struct lt_act *received = story_status(s, COMMUNE, issued, 3);
    const struct lt_act *asked = story_recall(s, PROVINCE, issued);
    struct lt_act *back = story_status(s, COMMUNE, received, 15);
    const struct lt_act *late;

    story_cause(s, back, asked);
    late = story_status(s, COMMUNE, back, 6);
    story_fold(s, issued);
    assert_judged(s, early, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, asked, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, back, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_int_equal(s->matter.targets[0].status, 15);
    assert_false(lt_matter_is_open(&s->matter));
}

static void a_recall_that_is_refused_may_be_asked_again(void **state)
{
    struct story *s = *state;
    const struct lt_act *issued = story_direct(s, PROVINCE, COMMUNE);
    const struct lt_act *asked = story_recall(s, PROVINCE, issued);
    const struct lt_act *bare = story_status(s, COMMUNE, asked, 16);
    struct lt_act *refused = story_status(s, COMMUNE, asked, 16);
    const struct lt_act *twice;
    const struct lt_act *again;
    const struct lt_act *back;

    refused->has_reason = true;
    twice = story_status(s, COMMUNE, refused, 15);
    story_fold(s, issued);
    assert_judged(s, bare, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, refused, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, twice, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.targets[0].status, 0);
    assert_int_equal(s->matter.targets[0].recall, 16);
    again = story_recall(s, PROVINCE, refused);
    back = story_status(s, COMMUNE, again, 15);
    story_fold(s, issued);
    assert_judged(s, again, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, back, LT_APPLIED, LT_WHY_NONE);
}

static void only_its_issuer_asks_a_directive_back(void **state)
{
    struct story *s = *state;
    const struct lt_act *issued = story_direct(s, DISTRICT, COMMUNE);
    const struct lt_act *above = story_recall(s, PROVINCE, issued);
    const struct lt_act *below = story_recall(s, COMMUNE, issued);
    const struct lt_act *done = story_status(s, COMMUNE, issued, 6);
    const struct lt_act *late = story_recall(s, DISTRICT, done);

    story_fold(s, issued);
    assert_judged(s, above, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, below, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
}

static void what_was_passed_on_is_owed_until_it_is_answered(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *early = story_step(s, COMMUNE, opened, 39);
    const struct lt_act *sent = story_step(s, COMMUNE, early, 38);
    const struct lt_act *twice = story_step(s, COMMUNE, sent, 38);
    const struct lt_act *back;

    story_fold(s, opened);
    assert_judged(s, early, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.transfers_owed, 2);
    back = story_step(s, COMMUNE, twice, 39);
    story_step(s, COMMUNE, back, 39);
    story_fold(s, opened);
    assert_judged(s, back, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.transfers_owed, 0);
}

static void a_dialogue_is_appointed_until_it_is_held(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    struct lt_act *appointed = story_step(s, COMMUNE, opened, 33);
    struct lt_act *reviewed;

    appointed->has_on_day = true;
    appointed->on_day = 20700;
    reviewed = story_step(s, COMMUNE, appointed, 40);
    reviewed->has_on_day = true;
    reviewed->on_day = 20800;
    story_fold(s, opened);
    assert_true(s->matter.has_dialogue && s->matter.has_review);
    assert_int_equal(s->matter.dialogue_on, 20700);
    assert_int_equal(s->matter.review_by, 20800);
    story_step(s, COMMUNE, reviewed, 7);
    story_fold(s, opened);
    assert_false(s->matter.has_dialogue);
    assert_true(s->matter.has_review);
}

static void texts_of_what_was_voided_may_go(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *void_ = story_void(s, COMMUNE, opened, opened);
    const struct lt_act *order = story_erase(s, COMMUNE, void_, opened, false);

    story_fold(s, opened);
    assert_judged(s, order, LT_APPLIED, LT_WHY_NONE);
    assert_true(s->matter.voided);
}

/* What a conclusion asks for is owed until it is said to be done, once. */
static void tasks_are_owed_until_done(void **state)
{
    enum { CONCLUSION = 35, SET = 41, DONE = 42 };
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *concluded = story_step(s, COMMUNE, opened, CONCLUSION);
    struct lt_act *one = story_step(s, COMMUNE, concluded, SET);
    struct lt_act *two = story_step(s, COMMUNE, one, SET);
    struct lt_act *done = story_step(s, COMMUNE, two, DONE);
    struct lt_act *again = story_step(s, COMMUNE, done, DONE);
    struct lt_act *none = story_step(s, COMMUNE, done, DONE);

    one->on_day = 20001;
    two->on_day = 20002;
    done->has_corrects = again->has_corrects = none->has_corrects = true;
    done->corrects = again->corrects = one->id;
    none->corrects = concluded->id;
    story_fold(s, opened);
    assert_judged(s, done, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, again, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, none, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.tasks_n, 1);
    assert_true(lt_event_id_equal(&s->matter.tasks[0].by, &two->id));
    assert_int_equal(s->matter.tasks[0].due, 20002);
}

static void too_many_tasks_at_once_are_refused(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *last = opened;

    for (int i = 0; i < LT_TASKS_MAX; i++) {
        last = story_step(s, COMMUNE, last, 41);
    }
    last = story_step(s, COMMUNE, last, 41);
    story_fold(s, opened);
    assert_judged(s, last, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.tasks_n, LT_TASKS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(a_case_lives_from_opening_to_closing),
        STORY_TEST(only_the_custodian_writes_steps),
        STORY_TEST(nothing_comes_after_a_closing_that_was_seen),
        STORY_TEST(a_step_that_had_not_seen_the_closing_stays_a_remark),
        STORY_TEST(a_voided_closing_opens_the_case_again),
        STORY_TEST(a_voided_opening_takes_the_case_out_of_the_count),
        STORY_TEST(strangers_void_nothing),
        STORY_TEST(a_void_is_not_voided),
        STORY_TEST(its_writer_erases_a_text_and_a_keeper_confirms),
        STORY_TEST(texts_of_what_was_voided_may_go),
        STORY_TEST(nobody_takes_back_the_word_of_another),
        STORY_TEST(a_voided_update_gives_the_number_before_it),
        STORY_TEST(the_last_word_on_help_counts),
        STORY_TEST(a_voided_status_gives_the_one_before_it),
        STORY_TEST(a_voided_directive_is_no_longer_open),
        STORY_TEST(in_a_voided_matter_nothing_is_voided_any_more),
        STORY_TEST(a_denunciation_is_voided_without_a_text),
        STORY_TEST(an_event_waits_for_its_causes),
        STORY_TEST(a_ring_of_causes_waits_for_ever),
        STORY_TEST(an_event_waits_for_the_tree_that_it_names),
        STORY_TEST(what_needs_a_newer_version_makes_its_case_read_only),
        STORY_TEST(a_class_that_does_not_fit_is_rejected),
        STORY_TEST(a_denunciation_keeps_to_its_own_channel_and_types),
        STORY_TEST(the_first_take_of_an_incident_counts),
        STORY_TEST(siblings_do_not_take_an_incident),
        STORY_TEST(a_superior_closes_an_incident_for_good),
        STORY_TEST(a_directive_comes_from_above_all_it_addresses),
        STORY_TEST(authority_is_that_of_the_tree_that_is_named),
        STORY_TEST(statuses_come_from_addressees_and_do_not_go_back),
        STORY_TEST(a_refusal_gives_its_reason),
        STORY_TEST(what_was_passed_on_is_owed_until_it_is_answered),
        STORY_TEST(a_dialogue_is_appointed_until_it_is_held),
        STORY_TEST(what_is_asked_back_ends_where_it_is_given_back),
        STORY_TEST(a_recall_that_is_refused_may_be_asked_again),
        STORY_TEST(only_its_issuer_asks_a_directive_back),
        cmocka_unit_test(every_reason_has_a_word_of_its_own),
        STORY_TEST(tasks_are_owed_until_done),
        STORY_TEST(too_many_tasks_at_once_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
