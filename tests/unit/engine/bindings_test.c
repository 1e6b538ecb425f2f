/* Which binding counts: of the same key again, of a root, of offices that the
 * tree lacks or puts elsewhere. */
#include "tests/unit/engine/bindings.h"
#include "tests/unit/engine/words.h"

/* Its transport key may change without it. */
static void the_same_key_bound_again_takes_its_own_place(void **state)
{
    struct later later = usual(net.nodes[COMMUNE].key, 2);

    (void)state;
    give(NATION, &later);
    assert_int_equal(known(NATION, COMMUNE), 1);
    assert_int_equal(serial_at(NATION, COMMUNE, 0), 2);
    later = usual(keys[0], 3);
    later.follows = net.nodes[COMMUNE].key;
    give(NATION, &later);
    assert_int_equal(known(NATION, COMMUNE), 2);
    /* The one before it, too: which of them is the latest stays. */
    later = usual(net.nodes[COMMUNE].key, 4);
    give(NATION, &later);
    assert_int_equal(known(NATION, COMMUNE), 2);
    assert_true(later_holds(&net, NATION, COMMUNE, keys[0]));
    assert_int_equal(serial_at(NATION, COMMUNE, 1), 4);
    /* Older than what is known: nothing. */
    later.serial = 3;
    give(NATION, &later);
    assert_int_equal(serial_at(NATION, COMMUNE, 1), 4);
}

/* An office that moved has its key bound by its new parent: who was away
 * meanwhile hears that before the tree. */
static void who_has_not_heard_of_a_move_waits_with_a_known_key(void **state)
{
    struct later later = usual(net.nodes[COMMUNE].key, 2);

    (void)state;
    later.issuer = PROVINCE;
    give(NATION, &later);
    assert_int_equal(waiting(NATION, COMMUNE), 1);
    assert_int_equal(serial_at(NATION, COMMUNE, 0), 1);
    assert_false(net_alarm(&net, NATION, LT_EUNKNOWNKEY));
    net_move(&net, COMMUNE, PROVINCE);
    net_run(&net, 2000);
    assert_int_equal(waiting(NATION, COMMUNE), 0);
    assert_int_equal(serial_at(NATION, COMMUNE, 0), 2);
    assert_false(net_alarm(&net, NATION, LT_EUNKNOWNKEY));
    /* Another key by somebody who never was its parent is nobody's word. */
    later.key = keys[0];
    later.issuer = NATION;
    later.serial = 3;
    later.follows = net.nodes[COMMUNE].key;
    give(PROVINCE, &later);
    assert_int_equal(known(PROVINCE, COMMUNE), 1);
    assert_true(net_alarm(&net, PROVINCE, LT_EUNKNOWNKEY));
}

/* The disk of before does not know of the move after which it bound the key. */
static void what_an_office_bound_itself_counts_on_an_older_disk(void **state)
{
    struct later later = usual(keys[0], 2);

    (void)state;
    later.issuer = NATION;
    later.follows = net.nodes[COMMUNE].key;
    give(NATION, &later);
    assert_true(later_holds(&net, NATION, COMMUNE, keys[0]));
    assert_int_equal(known(NATION, COMMUNE), 2);
    assert_false(net_alarm(&net, NATION, LT_EUNKNOWNKEY));
}

/* Who had a key before the last one binds nothing behind it. */
static void an_older_key_has_no_say_any_more(void **state)
{
    struct later later = usual(keys[0], 2);

    (void)state;
    later.follows = net.nodes[COMMUNE].key;
    give(NATION, &later);
    assert_true(later_holds(&net, NATION, COMMUNE, keys[0]));
    later.key = keys[1];
    later.serial = 3;
    give(NATION, &later); /* follows the first */
    assert_true(later_holds(&net, NATION, COMMUNE, keys[0]));
    assert_int_equal(known(NATION, COMMUNE), 2);
    assert_int_equal(waiting(NATION, COMMUNE), 0);
    assert_true(net_alarm(&net, NATION, LT_EUNKNOWNKEY));
    /* One that follows a key that has not come waits for that one. */
    later.follows = keys[2];
    give(NATION, &later);
    assert_int_equal(waiting(NATION, COMMUNE), 1);
    later.key = keys[2];
    later.follows = keys[0];
    later.serial = 2;
    give(NATION, &later); /* its number is no later one */
    assert_true(later_holds(&net, NATION, COMMUNE, keys[0]));
}

/* The signature of the key before is that of somebody else. */
static void who_only_names_the_key_before_does_not_follow_it(void **state)
{
    struct later later = usual(keys[0], 2);
    struct lt_binding read;
    struct lt_buf body;

    (void)state;
    later.follows = net.nodes[COMMUNE].key;
    later_make(&net, &later, &binding);
    assert_int_equal(
        lt_binding_decode(binding.data, binding.len, &read, NULL), LT_OK);
    read.previous_signature[5] ^= 1;
    lt_buf_init(&body, lt_alloc_heap());
    assert_int_equal(lt_binding_body_encode(&read, &body), LT_OK);
    read.body = body.data;
    read.body_len = body.len;
    assert_int_equal(lt_binding_sign(net.nodes[DISTRICT].key, body.data,
                                     body.len, read.signature),
                     LT_OK);
    assert_int_equal(
        lt_binding_prove(keys[0], body.data, body.len, read.proof), LT_OK);
    {
        struct lt_buf forged;

        lt_buf_init(&forged, lt_alloc_heap());
        assert_int_equal(lt_binding_encode(&read, &forged), LT_OK);
        later_give(&net, NATION, &forged);
        lt_buf_deinit(&forged);
    }
    lt_buf_deinit(&body);
    assert_int_equal(known(NATION, COMMUNE), 1);
    assert_int_equal(waiting(NATION, COMMUNE), 0);
    assert_true(net_alarm(&net, NATION, LT_EUNKNOWNKEY));
}

/* ---- roots ---- */

/* Who holds the pinned root key makes none of the offices in the tree a root. */
static void the_root_key_puts_no_office_beside_the_tree(void **state)
{
    struct later later = {.office = COMMUNE,
                          .issuer = COMMUNE,
                          .key = keys[0],
                          .by = net.nodes[NATION].key,
                          .serial = 9};

    (void)state;
    give(PROVINCE, &later);
    assert_true(net_alarm(&net, PROVINCE, LT_EUNKNOWNKEY));
    assert_false(later_holds(&net, PROVINCE, COMMUNE, keys[0]));
    assert_int_equal(waiting(PROVINCE, COMMUNE), 0);
}

/* Of the root office's keys the one with the highest number counts, whichever
 * comes first. */
static void the_root_key_binds_its_offices_later_keys(void **state)
{
    struct later later = {.office = NATION,
                          .issuer = NATION,
                          .key = keys[0],
                          .by = net.nodes[NATION].key,
                          .serial = 3};

    (void)state;
    give(PROVINCE, &later);
    assert_true(later_holds(&net, PROVINCE, NATION, keys[0]));
    later.key = keys[1];
    later.serial = 2;
    give(PROVINCE, &later);
    assert_true(later_holds(&net, PROVINCE, NATION, keys[0]));
    assert_int_equal(known(PROVINCE, NATION), 3);
}

/* Nobody is his own issuer, but the root of a tree that is still to be told
 * of. */
static void who_names_itself_as_its_issuer_waits_or_is_refused(void **state)
{
    struct later later = {
        .office = COMMUNE, .issuer = COMMUNE, .key = keys[0], .serial = 9};
    unsigned stranger;

    (void)state;
    later.by = keys[0];
    give(PROVINCE, &later);
    assert_true(net_alarm(&net, PROVINCE, LT_EUNKNOWNKEY));
    assert_int_equal(waiting(PROVINCE, COMMUNE), 0);
    stranger = net_stranger(&net, DISTRICT);
    later.office = stranger;
    later.issuer = stranger;
    give(PROVINCE, &later);
    assert_int_equal(waiting(PROVINCE, stranger), 1);
    assert_int_equal(known(PROVINCE, stranger), 0);
}

static void without_a_tree_the_root_has_one_issuer(void **state)
{
    struct later later = {
        .office = NATION, .issuer = NATION, .key = keys[0], .serial = 9};
    struct lt_buf root;

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    empty(COMMUNE);
    later.by = keys[0];
    give(COMMUNE, &later); /* nobody knows yet who is the root */
    assert_int_equal(waiting(COMMUNE, NATION), 0);
    assert_true(net_alarm(&net, COMMUNE, LT_EUNKNOWNKEY));
    lt_buf_init(&root, lt_alloc_heap());
    net_make_binding(&net, NATION, NATION, &root);
    later_give(&net, COMMUNE, &root);
    assert_int_equal(known(COMMUNE, NATION), 1);
    give(COMMUNE, &later);
    assert_int_equal(waiting(COMMUNE, NATION), 0);
    assert_false(later_holds(&net, COMMUNE, NATION, keys[0]));
    lt_buf_deinit(&root);
}

/* ---- who is not in the tree ---- */

/* Taken on the word of an office that the tree does not put above it: the key
 * goes, and those before it, and one that waits for the keeper. */
static void what_the_tree_puts_elsewhere_is_forgotten(void **state)
{
    const unsigned stranger = net_stranger(&net, DISTRICT);
    struct later later = {.office = stranger,
                          .issuer = DISTRICT,
                          .key = keys[0],
                          .follows = net.nodes[stranger].key,
                          .serial = 2};
    struct lt_binding read;

    (void)state;
    give(DISTRICT, &later);
    later = (struct later){.office = stranger,
                           .issuer = DISTRICT,
                           .key = keys[1],
                           .serial = 3};
    give(DISTRICT, &later);
    assert_int_equal(known(DISTRICT, stranger), 2);
    assert_true(
        lt_engine_unconfirmed_at(net.nodes[DISTRICT].engine, 0, &read));
    net.nodes[stranger].parent = PROVINCE;
    net_admit(&net, stranger);
    net_run(&net, 2000);
    assert_int_equal(known(DISTRICT, stranger), 0);
    assert_false(
        lt_engine_unconfirmed_at(net.nodes[DISTRICT].engine, 0, &read));
    assert_true(net_alarm(&net, DISTRICT, LT_EUNKNOWNKEY));
}

/* Put where its issuer is, they stay. */
static void what_the_tree_puts_there_stays(void **state)
{
    const unsigned stranger = net_stranger(&net, DISTRICT);
    struct later later = {.office = stranger,
                          .issuer = DISTRICT,
                          .key = keys[1],
                          .serial = 3};
    struct lt_binding read;

    (void)state;
    give(DISTRICT, &later);
    net_admit(&net, stranger);
    net_run(&net, 2000);
    assert_int_equal(known(DISTRICT, stranger), 1);
    assert_true(
        lt_engine_unconfirmed_at(net.nodes[DISTRICT].engine, 0, &read));
    assert_int_equal(net.nodes[DISTRICT].engine->unplaced_n, 0);
}

/* Without the tree an office is believed only by whoever bound it before. */
static void a_second_issuer_of_a_stranger_is_not_believed(void **state)
{
    const unsigned stranger = net_stranger(&net, DISTRICT);
    struct later later = {.office = stranger,
                          .issuer = PROVINCE,
                          .key = keys[1],
                          .serial = 3};
    struct lt_binding read;

    (void)state;
    give(DISTRICT, &later);
    assert_int_equal(known(DISTRICT, stranger), 1);
    assert_int_equal(waiting(DISTRICT, stranger), 1);
    assert_false(
        lt_engine_unconfirmed_at(net.nodes[DISTRICT].engine, 0, &read));
    assert_true(net_alarm(&net, DISTRICT, LT_EUNKNOWNKEY));
}

/* Somebody else has bound a key of an office before the tree knew it. The tree
 * says whose it is, and in the same breath its first key comes: that is one, and
 * waits for nobody. */
static void the_first_key_is_the_first_that_counts(void **state)
{
    const unsigned stranger = net_stranger(&net, PROVINCE);
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    struct later later = {.office = stranger,
                          .issuer = DISTRICT,
                          .key = keys[0],
                          .serial = 1};
    struct lt_event *opened = later_event(&net, LT_EV_OFFICE_OPENED);
    struct lt_event *bound = later_event(&net, LT_EV_KEY_BOUND);
    struct lt_write_event both[] = {
        {.event = opened, .channels_n = 1, .channels = &all},
        {.event = bound, .channels_n = 1, .channels = &all}};
    struct lt_binding read;

    (void)state;
    give(DISTRICT, &later);
    assert_true(later_holds(&net, DISTRICT, stranger, keys[0]));
    later.issuer = PROVINCE;
    later.key = net.nodes[stranger].key;
    lt_buf_reset(&binding);
    later_make(&net, &later, &binding);
    opened->office.id = net.nodes[stranger].office;
    opened->office.parent = net.nodes[PROVINCE].office;
    opened->office.name = (struct lt_text){"office", 6};
    opened->office.kind = (struct lt_text){"office", 6};
    bound->binding = binding.data;
    bound->binding_len = binding.len;
    assert_int_equal(net_write_events(&net, NATION, both, 2), LT_OK);
    net_turn(&net, NATION);
    net_run(&net, 2000);
    assert_true(later_holds(&net, DISTRICT, stranger,
                            net.nodes[stranger].key));
    assert_int_equal(known(DISTRICT, stranger), 1);
    assert_false(
        lt_engine_unconfirmed_at(net.nodes[DISTRICT].engine, 0, &read));
    free(opened);
    free(bound);
}

/* Nobody is known whose tree it is: then nobody writes it, and whoever says that
 * it confirms a key is not heard. */
static void who_confirms_before_there_is_a_root_confirms_nothing(void **state)
{
    const struct later later = usual(keys[0], 2);
    struct lt_event *event = later_event(&net, LT_EV_KEY_CONFIRMED);
    struct lt_engine *engine;

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    lt_buf_reset(&binding);
    later_make(&net, &later, &binding);
    event->binding = binding.data;
    event->binding_len = binding.len;
    empty(COMMUNE);
    engine = net.nodes[COMMUNE].engine;
    assert_null(engine->root);
    words_hear(&net, engine, event, NATION, 1);
    assert_int_equal(known(COMMUNE, COMMUNE), 0);
    assert_int_equal(waiting(COMMUNE, COMMUNE), 0);
}

static void offices_that_the_tree_lacks_have_a_bound(void **state)
{
    const unsigned stranger = net_stranger(&net, DISTRICT);
    struct lt_engine *engine = net.nodes[DISTRICT].engine;
    struct later later = {.office = stranger,
                          .issuer = DISTRICT,
                          .key = keys[0],
                          .serial = 1};
    const size_t before = engine->unplaced_n;

    (void)state;
    for (unsigned i = 0; i < LT_BINDINGS_UNPLACED_MAX - before + 2; i++) {
        memcpy(net.nodes[stranger].office.bytes + 4, &i, sizeof(i));
        net.nodes[stranger].office.bytes[8] = 0x99;
        give(DISTRICT, &later);
    }
    assert_int_equal(engine->unplaced_n, LT_BINDINGS_UNPLACED_MAX);
    assert_int_equal(waiting(DISTRICT, stranger), 1);
    assert_int_equal(known(DISTRICT, stranger), 0);
}

/* ---- whose it is ---- */

static void of_an_office_that_nobody_knows_there_is_no_key(void **state)
{
    const struct lt_office nobody = {{0x77, 1}};
    struct lt_binding read;
    const uint8_t *bytes;
    size_t len;

    (void)state;
    assert_false(lt_engine_key_at(net.nodes[NATION].engine, &nobody, 0, &bytes,
                                  &len));
    assert_false(
        lt_engine_binding_of(net.nodes[NATION].engine, &nobody, &read));
    /* Known by its place in the tree alone. */
    assert_null(lt_engine_key_of(net.nodes[NATION].engine, &nobody,
                                 lt_key_id(keys[0])));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        PROMISE(the_same_key_bound_again_takes_its_own_place),
        PROMISE(who_has_not_heard_of_a_move_waits_with_a_known_key),
        PROMISE(what_an_office_bound_itself_counts_on_an_older_disk),
        PROMISE(an_older_key_has_no_say_any_more),
        PROMISE(who_only_names_the_key_before_does_not_follow_it),
        PROMISE(the_root_key_puts_no_office_beside_the_tree),
        PROMISE(the_root_key_binds_its_offices_later_keys),
        PROMISE(who_names_itself_as_its_issuer_waits_or_is_refused),
        PROMISE(without_a_tree_the_root_has_one_issuer),
        PROMISE(what_the_tree_puts_elsewhere_is_forgotten),
        PROMISE(what_the_tree_puts_there_stays),
        PROMISE(a_second_issuer_of_a_stranger_is_not_believed),
        PROMISE(the_first_key_is_the_first_that_counts),
        PROMISE(who_confirms_before_there_is_a_root_confirms_nothing),
        PROMISE(offices_that_the_tree_lacks_have_a_bound),
        PROMISE(of_an_office_that_nobody_knows_there_is_no_key),
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
