/* Bindings that wait, for proof or for the keeper's word, and keys of a disk
 * that was lost. */
#include "tests/unit/engine/bindings.h"

/* Whoever stands for it may come later: it is one binding all the same. */
static void one_that_waits_is_kept_once(void **state)
{
    struct later later = usual(keys[1], 2);
    struct later above = {.office = DISTRICT,
                          .issuer = PROVINCE,
                          .key = keys[0],
                          .follows = net.nodes[DISTRICT].key,
                          .serial = 2};

    (void)state;
    later.by = keys[0]; /* which the district will have */
    later.follows = net.nodes[COMMUNE].key;
    give(NATION, &later);
    later_give(&net, NATION, &binding);
    assert_int_equal(waiting(NATION, COMMUNE), 1);
    later_write(&net, NATION, LT_EV_KEY_CONFIRMED, &binding);
    assert_int_equal(waiting(NATION, COMMUNE), 1);
    later_give(&net, NATION, &binding); /* nobody's word takes none back */
    assert_int_equal(waiting(NATION, COMMUNE), 1);
    later.serial = 3; /* another one of the same length */
    give(NATION, &later);
    assert_int_equal(waiting(NATION, COMMUNE), 2);
    give(NATION, &above);
    assert_int_equal(waiting(NATION, COMMUNE), 0);
    assert_true(later_holds(&net, NATION, COMMUNE, keys[1]));
    assert_int_equal(serial_at(NATION, COMMUNE, 0), 3);
}

static void so_many_wait_and_then_the_oldest_goes(void **state)
{
    struct later later = usual(keys[1], 1);
    const uint8_t *bytes;
    struct lt_binding read;
    size_t len;

    (void)state;
    later.by = keys[0]; /* nobody knows it */
    for (unsigned i = 0; i < LT_BINDINGS_WAITING_MAX + 1; i++) {
        later.serial = 1 + i;
        give(NATION, &later);
    }
    assert_int_equal(waiting(NATION, COMMUNE), LT_BINDINGS_WAITING_MAX);
    assert_true(lt_engine_waiting_key(net.nodes[NATION].engine,
                                      &net.nodes[COMMUNE].office,
                                      LT_BINDINGS_WAITING_MAX - 1, &bytes,
                                      &len));
    assert_int_equal(lt_binding_decode(bytes, len, &read, NULL), LT_OK);
    assert_int_equal(read.serial, 2);
    assert_true(lt_engine_waiting_key(net.nodes[NATION].engine,
                                      &net.nodes[COMMUNE].office, 0, &bytes,
                                      &len));
    assert_int_equal(lt_binding_decode(bytes, len, &read, NULL), LT_OK);
    assert_int_equal(read.serial, LT_BINDINGS_WAITING_MAX + 1);
    assert_false(lt_engine_waiting_key(net.nodes[NATION].engine,
                                       &net.nodes[DISTRICT].office, 0, &bytes,
                                       &len));
}

/* What a revoked key binds is nobody's word; of the line above it an office
 * has to believe it all the same: how else would it hear of anything? */
static void what_a_revoked_key_binds_waits(void **state)
{
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    struct lt_event *event = later_event(&net, LT_EV_KEY_REVOKED);
    struct later later = {.office = DISTRICT,
                          .issuer = PROVINCE,
                          .key = keys[0],
                          .follows = net.nodes[DISTRICT].key,
                          .serial = 2};

    (void)state;
    memcpy(event->key_id, lt_key_id(net.nodes[PROVINCE].key), LT_HASH_LEN);
    later_say(&net, NATION, event, &all, 1);
    net_run(&net, 60 * 1000);
    assert_true(lt_engine_refused_key(net.nodes[NATION].engine,
                                      lt_key_id(net.nodes[PROVINCE].key)));
    give(NATION, &later);
    assert_int_equal(waiting(NATION, DISTRICT), 1);
    assert_false(later_holds(&net, NATION, DISTRICT, keys[0]));
    if (!lt_engine_refused_key(net.nodes[COMMUNE].engine,
                               lt_key_id(net.nodes[PROVINCE].key))) {
        assert_int_equal(
            lt_engine_shun(net.nodes[COMMUNE].engine,
                           lt_key_id(net.nodes[PROVINCE].key)),
            LT_OK);
    }
    later_give(&net, COMMUNE, &binding);
    assert_true(later_holds(&net, COMMUNE, DISTRICT, keys[0]));
}

/* The keeper's word is that of the keeper, or of the tree's writer. */
static void others_confirm_nothing(void **state)
{
    struct later later = usual(keys[0], 2);
    struct lt_binding read;

    (void)state;
    give(NATION, &later);
    assert_true(lt_engine_unconfirmed_at(net.nodes[NATION].engine, 0, &read));
    later_write(&net, DISTRICT, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, 3000);
    assert_true(lt_engine_unconfirmed_at(net.nodes[NATION].engine, 0, &read));
    later_write(&net, NATION, LT_EV_KEY_FORMER, &binding);
    net_run(&net, 3000);
    /* As one that came before those that are known. */
    assert_false(lt_engine_unconfirmed_at(net.nodes[NATION].engine, 0, &read));
    assert_int_equal(known(NATION, COMMUNE), 2);
    assert_false(later_holds(&net, NATION, COMMUNE, keys[0]));
    assert_int_equal(serial_at(NATION, COMMUNE, 1), 2);
}

/* An own key that would be set aside stays where there is no room beside it. */
static void an_own_key_is_not_set_aside_without_room(void **state)
{
    struct lt_engine *engine;
    struct lt_key *old = net.nodes[COMMUNE].key;
    struct later later = usual(keys[0], 9);
    struct later first = usual(old, 1);

    (void)state;
    first.issued_at_ms = net.now.wall_ms - 5000;
    net_disconnect(&net, COMMUNE, DISTRICT);
    net.nodes[COMMUNE].key = keys[0];
    empty(COMMUNE);
    engine = net.nodes[COMMUNE].engine;
    for (unsigned i = NATION; i <= DISTRICT; i++) { /* its line, as enrolled */
        lt_buf_reset(&binding);
        net_make_binding(&net, i == NATION ? NATION : i - 1, i, &binding);
        later_give(&net, COMMUNE, &binding);
    }
    give(COMMUNE, &later);
    assert_true(later_holds(&net, COMMUNE, COMMUNE, keys[0]));
    for (unsigned i = 1; i <= LT_UNCONFIRMED_OFFICE_MAX; i++) {
        struct later another = usual(keys[i], 9 + i);

        give(COMMUNE, &another);
    }
    assert_int_equal(engine->unconfirmed_n, LT_UNCONFIRMED_OFFICE_MAX);
    give(COMMUNE, &first);
    assert_true(later_holds(&net, COMMUNE, COMMUNE, keys[0]));
    assert_int_equal(waiting(COMMUNE, COMMUNE), LT_UNCONFIRMED_OFFICE_MAX + 1);
    keys[0] = old; /* freed as one of them */
}

/* Of a disk that was lost, with a key that none before has signed. */
static void lose_everything(const struct lt_key *told)
{
    net_disconnect(&net, COMMUNE, DISTRICT);
    empty(COMMUNE);
    for (unsigned i = NATION; i <= DISTRICT; i++) {
        lt_buf_reset(&binding);
        net_make_binding(&net, i == NATION ? NATION : i - 1, i, &binding);
        later_give(&net, COMMUNE, &binding);
    }
    {
        const struct later later = usual(told, 9);

        give(COMMUNE, &later);
    }
    assert_true(later_holds(&net, COMMUNE, COMMUNE, told));
}

/* One that was bound earlier and follows yet another is told first. */
static void an_earlier_key_that_follows_another_is_its_own(void **state)
{
    struct lt_key *old = net.nodes[COMMUNE].key;
    struct later between = usual(keys[1], 2);
    struct lt_binding aside;

    (void)state;
    between.follows = old;
    between.issued_at_ms = net.now.wall_ms - 5000;
    net.nodes[COMMUNE].key = keys[0];
    keys[0] = old;
    lose_everything(net.nodes[COMMUNE].key);
    give(COMMUNE, &between);
    assert_true(later_holds(&net, COMMUNE, COMMUNE, keys[1]));
    assert_true(
        lt_engine_unconfirmed_at(net.nodes[COMMUNE].engine, 0, &aside));
    assert_memory_equal(aside.key_id, lt_key_id(net.nodes[COMMUNE].key),
                        LT_HASH_LEN);
}

static bool no_bindings(struct net *of, unsigned from, unsigned to,
                        uint8_t *bytes, size_t *len)
{
    (void)of;
    return from != DISTRICT || to != COMMUNE ||
           lt_frame_type(bytes, *len) != LT_FRAME_BINDINGS;
}

/* It has the tree again by the time that it is told the earlier one. */
static void an_own_key_that_has_its_place_is_set_aside_as_well(void **state)
{
    struct lt_key *old = net.nodes[COMMUNE].key;
    struct later first = usual(old, 1);
    struct lt_engine *engine;
    struct lt_binding aside;

    (void)state;
    first.issued_at_ms = net.now.wall_ms - 5000;
    net.nodes[COMMUNE].key = keys[0];
    keys[0] = old;
    lose_everything(net.nodes[COMMUNE].key);
    engine = net.nodes[COMMUNE].engine;
    later_give(&net, DISTRICT, &binding);
    net.filter = no_bindings;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 3000);
    assert_non_null(
        lt_tree_find(lt_engine_tree(engine), &net.nodes[COMMUNE].office));
    assert_int_equal(engine->unplaced_n, 0);
    assert_true(later_holds(&net, COMMUNE, COMMUNE, net.nodes[COMMUNE].key));
    give(COMMUNE, &first);
    assert_true(later_holds(&net, COMMUNE, COMMUNE, old));
    assert_true(lt_engine_unconfirmed_at(engine, 0, &aside));
    assert_memory_equal(aside.key_id, lt_key_id(net.nodes[COMMUNE].key),
                        LT_HASH_LEN);
    assert_int_equal(engine->unplaced_n, 0);
}

/* The one that it knows is not the one that it has. */
static void another_machines_key_is_not_set_aside_for_an_earlier_one(
    void **state)
{
    struct later first = usual(keys[1], 2);
    struct lt_binding aside;

    (void)state;
    first.issued_at_ms = net.now.wall_ms - 5000;
    lose_everything(keys[0]);
    give(COMMUNE, &first);
    assert_true(later_holds(&net, COMMUNE, COMMUNE, keys[0]));
    assert_true(
        lt_engine_unconfirmed_at(net.nodes[COMMUNE].engine, 0, &aside));
    assert_memory_equal(aside.key_id, lt_key_id(keys[1]), LT_HASH_LEN);
}

static void a_key_that_waits_may_be_bound_again(void **state)
{
    struct later later = usual(keys[0], 2);
    struct lt_binding aside;

    (void)state;
    give(NATION, &later);
    later.serial = 3;
    give(NATION, &later);
    later.serial = 2; /* an older one changes nothing */
    give(NATION, &later);
    assert_true(lt_engine_unconfirmed_at(net.nodes[NATION].engine, 0, &aside));
    assert_int_equal(aside.serial, 3);
    assert_false(lt_engine_unconfirmed_at(net.nodes[NATION].engine, 1, &aside));
}

/* Its keeper nobody knows; the tree's writer is the keeper of all of them. */
static void the_writer_confirms_also_whom_the_tree_lacks(void **state)
{
    const unsigned stranger = net_stranger(&net, DISTRICT);
    struct later later = {.office = stranger,
                          .issuer = DISTRICT,
                          .key = keys[0],
                          .serial = 2};

    (void)state;
    give(DISTRICT, &later);
    assert_false(later_holds(&net, DISTRICT, stranger, keys[0]));
    later_write(&net, PROVINCE, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, 2000);
    assert_false(later_holds(&net, DISTRICT, stranger, keys[0]));
    later_write(&net, NATION, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, 2000);
    assert_true(later_holds(&net, DISTRICT, stranger, keys[0]));
}

/* The issuer's key of before is proven by a word of the tree alone, which is read
 * after the bindings. */
static void a_start_takes_no_waiting_key_for_the_first(void **state)
{
    struct node *nation = &net.nodes[NATION];
    struct later above = {.office = DISTRICT,
                          .issuer = PROVINCE,
                          .key = keys[0],
                          .serial = 1};
    struct later later = usual(keys[1], 1);
    struct lt_buf former;
    struct lt_binding read;
    const uint8_t *bytes;
    size_t kept = 0;
    size_t len;

    (void)state;
    lt_buf_init(&former, lt_alloc_heap());
    assert_true(lt_engine_key_at(nation->engine, &net.nodes[DISTRICT].office, 0,
                                 &bytes, &len));
    assert_true(lt_buf_put(&former, bytes, len));
    give(NATION, &above); /* its machine was lost */
    later_write(&net, NATION, LT_EV_KEY_CONFIRMED, &binding);
    later_write(&net, NATION, LT_EV_KEY_FORMER, &former);
    later.by = keys[0];
    give(NATION, &later); /* and then that of the commune */
    net_stop(&net, NATION);
    for (size_t i = 0; i < nation->bindings_n; i++) {
        struct held_bytes *held = &nation->bindings[i];

        if (held->len == former.len &&
            memcmp(held->bytes, former.data, held->len) == 0) {
            free(held->bytes);
        } else {
            nation->bindings[kept++] = *held;
        }
    }
    assert_int_equal(kept + 1, nation->bindings_n);
    nation->bindings_n = nation->bindings_durable_n = kept;
    net_start(&net, NATION);
    net_run(&net, 3000);
    assert_true(later_holds(&net, NATION, COMMUNE, net.nodes[COMMUNE].key));
    assert_true(lt_engine_unconfirmed_at(nation->engine, 0, &read));
    assert_memory_equal(read.key_id, lt_key_id(keys[1]), LT_HASH_LEN);
    lt_buf_deinit(&former);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        PROMISE(one_that_waits_is_kept_once),
        PROMISE(so_many_wait_and_then_the_oldest_goes),
        PROMISE(what_a_revoked_key_binds_waits),
        PROMISE(others_confirm_nothing),
        PROMISE(an_own_key_is_not_set_aside_without_room),
        PROMISE(an_earlier_key_that_follows_another_is_its_own),
        PROMISE(an_own_key_that_has_its_place_is_set_aside_as_well),
        PROMISE(another_machines_key_is_not_set_aside_for_an_earlier_one),
        PROMISE(a_key_that_waits_may_be_bound_again),
        PROMISE(the_writer_confirms_also_whom_the_tree_lacks),
        PROMISE(a_start_takes_no_waiting_key_for_the_first),
    };

    return net_planted(argc, argv)
               ? cmocka_run_group_tests(tests, NULL, NULL)
               : 0;
}
