/* Whose word erases a text, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cases/erasure.h"
#include "tests/unit/cases/story.h"

/* The story's tree: a province above a district above two communes. The
 * province is the root, so a keeper. */
static struct lt_office who(enum story_office office)
{
    struct lt_office id;

    memset(id.bytes, (int)office, sizeof(id.bytes));
    return id;
}

static struct lt_event_id event(enum story_office office, uint64_t count)
{
    return (struct lt_event_id){who(office), 0x100U + (unsigned)office, count};
}

static struct lt_erasure said(enum story_office office, uint64_t count,
                              struct lt_event_id target,
                              struct lt_event_id matter, bool confirms)
{
    return (struct lt_erasure){.said = event(office, count),
                               .target = target,
                               .matter = matter,
                               .mask = 0xFF,
                               .cls = LT_CLASS_CASE,
                               .confirms = confirms,
                               .tree_version = 6};
}

static struct lt_erasure_effect at(const struct story *s,
                                   enum story_office office,
                                   const struct lt_erasure *erasures, size_t n,
                                   const struct lt_event_id *matter)
{
    struct lt_office self = who(office);

    return lt_erasure_effect(erasures, n, &self, matter, s->tree);
}

static void an_order_holds_at_home_and_closes_above(void **state)
{
    struct story *s = *state;
    struct lt_event_id text = event(COMMUNE, 1);
    struct lt_erasure order = said(COMMUNE, 2, text, text, false);

    assert_int_equal(at(s, COMMUNE, &order, 1, &text).erased, 0xFF);
    assert_int_equal(at(s, SIBLING, &order, 1, &text).erased, 0xFF);
    assert_int_equal(at(s, DISTRICT, &order, 1, &text).erased, 0);
    assert_int_equal(at(s, DISTRICT, &order, 1, &text).held, 0xFF);
    assert_int_equal(at(s, PROVINCE, &order, 1, &text).held, 0xFF);
}

static void a_keepers_word_ends_the_closing(void **state)
{
    struct story *s = *state;
    struct lt_event_id text = event(COMMUNE, 1);
    struct lt_erasure both[] = {said(COMMUNE, 2, text, text, false),
                                said(PROVINCE, 1, text, text, true)};
    struct lt_erasure turned[] = {both[1], both[0]};

    for (enum story_office office = PROVINCE; office <= SIBLING; office++) {
        assert_int_equal(at(s, office, both, 2, &text).erased, 0xFF);
        assert_int_equal(at(s, office, turned, 2, &text).erased, 0xFF);
        assert_int_equal(at(s, office, both, 2, &text).held, 0);
    }
}

/* Neither who stands between nor a keeper without an order. */
static void nobody_else_has_a_word(void **state)
{
    struct story *s = *state;
    struct lt_event_id text = event(COMMUNE, 1);
    struct lt_erasure order = said(COMMUNE, 2, text, text, false);
    struct lt_erasure between[] = {order, said(DISTRICT, 1, text, text, true)};
    struct lt_erasure alone = said(PROVINCE, 1, text, text, true);
    struct lt_erasure stranger = said(SIBLING, 1, text, text, false);
    struct lt_erasure superior = said(PROVINCE, 2, text, text, false);

    assert_int_equal(at(s, PROVINCE, between, 2, &text).held, 0xFF);
    assert_int_equal(at(s, COMMUNE, &alone, 1, &text).erased, 0);
    assert_int_equal(at(s, COMMUNE, &alone, 1, &text).held, 0);
    assert_int_equal(at(s, COMMUNE, &stranger, 1, &text).erased, 0);
    assert_int_equal(at(s, DISTRICT, &superior, 1, &text).erased, 0);
    assert_int_equal(at(s, DISTRICT, &superior, 1, &text).held, 0);
}

static void a_keepers_own_order_needs_nobody(void **state)
{
    struct story *s = *state;
    struct lt_event_id text = event(PROVINCE, 1);
    struct lt_erasure order = said(PROVINCE, 2, text, text, false);

    assert_int_equal(at(s, COMMUNE, &order, 1, &text).erased, 0xFF);
    assert_int_equal(at(s, PROVINCE, &order, 1, &text).erased, 0xFF);
    assert_int_equal(lt_erasure_weight(&order, &text, s->tree),
                     LT_ERASURE_WEIGHS_ALONE);
}

/* What a superior wrote in a matter that the commune has in hand. */
static void the_custodian_orders_in_his_matter_alone(void **state)
{
    struct story *s = *state;
    struct lt_event_id mine = event(COMMUNE, 1);
    struct lt_event_id other = event(SIBLING, 1);
    struct lt_event_id text = event(DISTRICT, 5);
    struct lt_erasure order = said(COMMUNE, 2, text, mine, false);

    assert_int_equal(at(s, COMMUNE, &order, 1, &mine).erased, 0xFF);
    /* Its subject is a claim: the text belongs to another matter. */
    assert_int_equal(at(s, COMMUNE, &order, 1, &other).erased, 0);
    /* And while the text is not here nobody can tell. */
    assert_int_equal(at(s, COMMUNE, &order, 1, NULL).erased, 0);
    order = said(DISTRICT, 6, text, mine, false);
    assert_int_equal(at(s, COMMUNE, &order, 1, NULL).erased, 0xFF);
}

static void what_names_a_newer_tree_waits(void **state)
{
    struct story *s = *state;
    struct lt_event_id text = event(COMMUNE, 1);
    struct lt_erasure order = said(COMMUNE, 2, text, text, false);

    order.tree_version = 7;
    assert_int_equal(at(s, COMMUNE, &order, 1, &text).erased, 0);
    assert_true(at(s, COMMUNE, &order, 1, &text).waits);
}

static void what_can_never_count_is_left_aside(void **state)
{
    struct story *s = *state;
    struct lt_event_id text = event(COMMUNE, 1);
    struct lt_erasure order = said(COMMUNE, 2, text, text, false);
    struct lt_erasure stranger = said(SIBLING, 1, text, text, false);
    struct lt_erasure between = said(DISTRICT, 1, text, text, true);
    struct lt_erasure word = said(PROVINCE, 1, text, text, true);
    bool waits;

    assert_true(lt_erasure_matters(&order, s->tree, &waits));
    assert_true(lt_erasure_matters(&word, s->tree, &waits));
    assert_false(lt_erasure_matters(&stranger, s->tree, &waits));
    assert_false(lt_erasure_matters(&between, s->tree, &waits));
    assert_false(waits);
    order.tree_version = 7;
    assert_false(lt_erasure_matters(&order, s->tree, &waits));
    assert_true(waits);
}

static void parts_are_erased_one_by_one(void **state)
{
    struct story *s = *state;
    struct lt_office district = who(DISTRICT);
    struct lt_event_id text = event(COMMUNE, 1);
    struct lt_erasure both[] = {said(COMMUNE, 2, text, text, false),
                                said(PROVINCE, 1, text, text, true)};

    both[0].mask = 3;
    both[1].mask = 2;
    assert_int_equal(at(s, DISTRICT, both, 2, &text).erased, 2);
    assert_int_equal(at(s, DISTRICT, both, 2, &text).held, 1);
    assert_false(lt_erasure_holds(both, 2, 0, &district, &text, s->tree));
    both[1].mask = 3;
    assert_true(lt_erasure_holds(both, 2, 0, &district, &text, s->tree));
}

static void word_goes_wherever_the_text_went(void **state)
{
    struct lt_channel out[LT_ADDRESSEES_MAX];
    struct lt_channel up = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP};
    struct lt_channel to = {.cls = LT_CLASS_DIRECTIVE,
                            .audience = LT_AUDIENCE_TO,
                            .to = who(COMMUNE)};
    struct lt_office addressees[] = {who(COMMUNE), who(SIBLING)};
    struct lt_office commune = who(COMMUNE);
    struct lt_office province = who(PROVINCE);
    struct lt_event_id case_ = event(COMMUNE, 1);
    struct lt_event_id directive = event(DISTRICT, 1);
    struct lt_event_id help = event(PROVINCE, 1);

    (void)state;
    /* The writer: where it stands itself. */
    assert_int_equal(lt_erasure_channels(&commune, &case_, &up, NULL, 0, out),
                     1);
    assert_true(lt_channel_equal(&out[0], &up));
    /* The keeper: down to the writer. */
    assert_int_equal(lt_erasure_channels(&province, &case_, &up, NULL, 0, out),
                     1);
    assert_int_equal(out[0].audience, LT_AUDIENCE_TO);
    assert_true(lt_office_equal(&out[0].to, &commune));
    /* A directive: to each addressee. */
    assert_int_equal(
        lt_erasure_channels(&province, &directive, &to, addressees, 2, out), 2);
    assert_true(lt_office_equal(&out[1].to, &addressees[1]));
    /* The custodian about what a superior addressed to it: back to him. */
    assert_int_equal(lt_erasure_channels(&commune, &help, &to, NULL, 0, out),
                     1);
    assert_true(lt_office_equal(&out[0].to, &province));
}

/* What it has opened itself a key that nobody vouches for may close; a text it
 * may not erase even there. */
static void a_key_without_the_keepers_word_erases_nothing(void **state)
{
    const struct lt_event_id id = event(COMMUNE, 1);
    struct lt_act act = {.id = event(COMMUNE, 2),
                         .type = LT_EV_CASE_CLOSED,
                         .cls = LT_CLASS_CASE,
                         .unconfirmed = true,
                         .erases = id};
    struct lt_matter *past = calloc(1, sizeof(*past));

    (void)state;
    assert_non_null(past);
    lt_matter_init(past, &id);
    assert_true(lt_act_needs_keeper(&act, past));
    past->opened_unconfirmed = true;
    assert_false(lt_act_needs_keeper(&act, past));
    act.type = LT_EV_TEXT_ERASED;
    assert_true(lt_act_needs_keeper(&act, past));
    act.confirms = true;
    assert_true(lt_act_needs_keeper(&act, past));
    act.unconfirmed = false;
    assert_false(lt_act_needs_keeper(&act, past));
    free(past);
}

/* A sealed entry is its addressee's: his receipt ends it at every holder, his
 * superiors included, and nobody else's does. */
static void the_takers_receipt_ends_a_sealed_entry_everywhere(void **state)
{
    struct story *s = *state;
    struct lt_office to = who(SIBLING);
    struct lt_event sent = {.id = event(COMMUNE, 1),
                            .type = LT_EV_REGISTER_SENT,
                            .to = &to,
                            .to_n = 1};
    struct lt_event taken = {.id = event(SIBLING, 1),
                             .type = LT_EV_REGISTER_TAKEN,
                             .has_corrects = true,
                             .corrects = sent.id,
                             .tree_version = 6};
    struct lt_event_id matter = lt_erasure_matter_of(&sent);
    struct lt_event_id text = event(COMMUNE, 2);
    struct lt_erasure receipt;

    assert_true(lt_erasure_from_event(&taken, LT_CLASS_CASE, &receipt));
    assert_true(lt_erasure_is_receipt(&receipt));
    for (enum story_office office = PROVINCE; office <= SIBLING; office++) {
        assert_int_equal(at(s, office, &receipt, 1, &matter).erased, 1);
        assert_int_equal(at(s, office, &receipt, 1, &matter).held, 0);
        /* Of a text it is no order, and of what is not here nothing. */
        assert_int_equal(at(s, office, &receipt, 1, &text).erased, 0);
        assert_int_equal(at(s, office, &receipt, 1, NULL).erased, 0);
    }
    taken.id = event(DISTRICT, 1);
    assert_true(lt_erasure_from_event(&taken, LT_CLASS_CASE, &receipt));
    assert_int_equal(at(s, COMMUNE, &receipt, 1, &matter).erased, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(the_takers_receipt_ends_a_sealed_entry_everywhere),
        STORY_TEST(an_order_holds_at_home_and_closes_above),
        STORY_TEST(a_keepers_word_ends_the_closing),
        STORY_TEST(nobody_else_has_a_word),
        STORY_TEST(a_keepers_own_order_needs_nobody),
        STORY_TEST(the_custodian_orders_in_his_matter_alone),
        STORY_TEST(what_names_a_newer_tree_waits),
        STORY_TEST(what_can_never_count_is_left_aside),
        STORY_TEST(parts_are_erased_one_by_one),
        STORY_TEST(word_goes_wherever_the_text_went),
        STORY_TEST(a_key_without_the_keepers_word_erases_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
