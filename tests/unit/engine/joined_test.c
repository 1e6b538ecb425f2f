/* Where trees join, or an office goes from one to another: whose keys and words
 * count, and what a start reads of them. */
#include "tests/unit/engine/words.h"

#include <stdlib.h>
#include <string.h>

#include "common/trust.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"
#include "tests/unit/engine/later.h"
#include "tests/unit/engine/short_memory.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER, NATION };

static struct net net;
static struct lt_buf binding;
static uint64_t said; /* words of the nation so far */

/* The nation is another tree; of it there is a machine that nobody here has to
 * do with yet. */
static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    (void)net_join(&net, PROVINCE);
    assert_int_equal(net_stranger(&net, PROVINCE), NATION);
    net.nodes[DISTRICT].alloc = &short_memory;
    net_restart(&net, DISTRICT);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 3000);
    lt_buf_init(&binding, lt_alloc_heap());
    said = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lt_buf_deinit(&binding);
    net_free(&net);
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

static const struct lt_office *office_of(unsigned node)
{
    return &net.nodes[node].office;
}

/* ---- bindings ---- */

/* The office is its own issuer; signed by this key. */
static const struct lt_buf *own_issuer(unsigned office, const struct lt_key *key,
                                       const struct lt_key *by)
{
    const struct later later = {.office = office,
                                .issuer = office,
                                .key = key,
                                .by = by,
                                .serial = 2};

    lt_buf_reset(&binding);
    later_make(&net, &later, &binding);
    return &binding;
}

static const struct lt_buf *bound_by(unsigned issuer, unsigned office)
{
    lt_buf_reset(&binding);
    net_make_binding(&net, issuer, office, &binding);
    return &binding;
}

static bool knows(const struct lt_engine *engine, unsigned office,
                  const struct lt_key *key)
{
    return lt_engine_key_of(engine, office_of(office), lt_key_id(key)) != NULL;
}

/* ---- words ---- */

static void hear(struct lt_engine *engine, struct lt_event *event)
{
    words_hear(&net, engine, event, NATION, ++said);
}

static struct lt_event *opening(const struct lt_office *office,
                                const struct lt_office *parent)
{
    struct lt_event *event = later_event(&net, LT_EV_OFFICE_OPENED);

    event->office.id = *office;
    event->office.parent = *parent;
    event->office.name = (struct lt_text){"office", 6};
    event->office.kind = (struct lt_text){"office", 6};
    return event;
}

static struct lt_event *joining(uint32_t type, unsigned of)
{
    const struct lt_key *key = net.nodes[of].key;
    struct lt_event *event = later_event(&net, type);

    event->office.id = *office_of(of);
    event->office.name = (struct lt_text){"office", 6};
    event->office.kind = (struct lt_text){"office", 6};
    event->binding = of == PROVINCE ? bound_by(of, of)->data /* as it was */
                                    : own_issuer(of, key, key)->data;
    event->binding_len = binding.len;
    memcpy(event->root_key, lt_key_public(net.nodes[of].key), LT_PUBKEY_LEN);
    return event;
}

static void with_days(struct lt_event *event)
{
    event->has_day = true;
    event->day = (int32_t)(net.now.wall_ms / 86400000);
    event->has_due = true;
    event->due = event->day + 30;
}

/* The province steps down for the nation, in its own stream. */
static void step_down(void)
{
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    struct lt_event *event = joining(LT_EV_ROOT_STEPPED_DOWN, NATION);

    with_days(event);
    later_say(&net, PROVINCE, event, &all, 1);
    net_run(&net, 3000);
}

/* As the engine hears it, the nation is a tree and admits the province. */
static void admit(struct lt_engine *engine)
{
    static const struct lt_office nobody;
    const struct lt_tree_region *region =
        lt_tree_region_of(lt_engine_tree(engine_of(PROVINCE)),
                          office_of(PROVINCE));
    struct lt_event *event;

    assert_non_null(region);
    assert_true(region->stepped);
    hear(engine, opening(office_of(NATION), &nobody));
    event = joining(LT_EV_REGION_ADMITTED, PROVINCE);
    event->office.parent = *office_of(NATION);
    event->has_other = true;
    event->other = region->step;
    event->step_version = region->step_version;
    memcpy(event->step_hash, region->step_hash, LT_HASH_LEN);
    hear(engine, event);
}

static bool is_root(const struct lt_engine *engine, unsigned office)
{
    const struct lt_tree_office *root = lt_tree_root(lt_engine_tree(engine));

    return root != NULL && lt_office_equal(&root->id, office_of(office));
}

/* ---- whose word counts ---- */

static void mark_as_keeper(unsigned node)
{
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    struct lt_event *event = later_event(&net, LT_EV_OFFICE_CHANGED);

    event->office.id = *office_of(node);
    event->office.keeper = true;
    later_say(&net, PROVINCE, event, &all, 1);
    net_run(&net, 3000);
}

/* The province remains the keeper of those below it; but who writes the tree now
 * may confirm a key as well, though another root key is pinned here. */
static void the_new_root_confirms_a_key_beside_the_keeper(void **state)
{
    struct lt_engine *engine = engine_of(DISTRICT);
    struct lt_key *key = later_key(1);
    struct lt_buf waiting;
    struct lt_event *event;

    (void)state;
    mark_as_keeper(PROVINCE);
    lt_buf_init(&waiting, lt_alloc_heap());
    words_bind(&net, COMMUNE, DISTRICT, key, 2, false, &waiting);
    words_hand_over(&net, DISTRICT, &waiting);
    step_down();
    event = later_event(&net, LT_EV_KEY_CONFIRMED);
    event->binding = waiting.data;
    event->binding_len = waiting.len;
    hear(engine, event); /* it is no root yet */
    assert_true(lt_engine_unconfirmed_key(engine, office_of(COMMUNE),
                                          lt_key_id(key)));
    admit(engine);
    assert_true(is_root(engine, NATION));
    event = later_event(&net, LT_EV_KEY_CONFIRMED);
    event->binding = waiting.data;
    event->binding_len = waiting.len;
    hear(engine, event);
    assert_false(lt_engine_unconfirmed_key(engine, office_of(COMMUNE),
                                           lt_key_id(key)));
    assert_true(later_holds(&net, DISTRICT, COMMUNE, key));
    lt_buf_deinit(&waiting);
    lt_key_free(key);
}

/* Each root has the one key that was said of it, or is pinned. */
static void a_root_is_bound_by_its_own_root_key_alone(void **state)
{
    static const unsigned roots[] = {PROVINCE, NATION};
    struct lt_key *other = later_key(2);
    struct lt_engine *engine = engine_of(DISTRICT);

    (void)state;
    step_down();
    admit(engine);
    for (unsigned i = 0; i < LT_COUNT_OF(roots); i++) {
        words_hand_over(&net, DISTRICT, own_issuer(roots[i], other, other));
        assert_false(knows(engine, roots[i], other));
        /* Control. */
        words_hand_over(&net, DISTRICT, own_issuer(roots[i], other,
                                                   net.nodes[roots[i]].key));
        assert_true(knows(engine, roots[i], other));
    }
    lt_key_free(other);
}

/* What was said of keys is to be read again, and there is no memory for that: at
 * the next turn, and until then everything counts as it did. */
static void without_memory_it_is_read_at_the_next_turn(void **state)
{
    struct lt_engine *engine = engine_of(DISTRICT);
    const struct lt_trust *trust = engine->trust;

    (void)state;
    step_down();
    assert_true(engine->regions_changed);
    short_memory_after(0);
    assert_false(lt_engine_wants_tree(engine));
    short_memory_enough();
    assert_ptr_equal(engine->trust, trust);
    assert_true(lt_engine_wants_tree(engine));
    assert_false(lt_engine_wants_tree(engine)); /* said once */
}

/* ---- a start ---- */

/* An engine of the other office with nothing but its key. */
static struct lt_engine *fresh(void)
{
    struct lt_engine *engine = NULL;

    assert_int_equal(lt_engine_new(&engine_of(OTHER)->options, &engine), LT_OK);
    return engine;
}

static void load(struct lt_engine *engine, const struct lt_buf *bytes)
{
    assert_int_equal(lt_engine_load_binding(engine, bytes->data, bytes->len),
                     LT_OK);
}

/* A key that was bound before its issuer's was revoked lies in the log; only of
 * what comes afterwards nobody knows when it was signed. */
static void what_a_shunned_key_bound_before_is_read_from_the_log(void **state)
{
    const uint8_t *issuer = lt_key_id(net.nodes[DISTRICT].key);
    const struct lt_key *key = net.nodes[COMMUNE].key;
    struct lt_engine *engine = fresh();

    (void)state;
    assert_int_equal(lt_engine_shun(engine, issuer), LT_OK);
    load(engine, bound_by(PROVINCE, PROVINCE));
    load(engine, bound_by(PROVINCE, DISTRICT));
    load(engine, bound_by(DISTRICT, COMMUNE));
    assert_true(knows(engine, COMMUNE, key));
    lt_engine_free(engine);
    /* Control: of one that runs. */
    assert_int_equal(lt_engine_shun(engine_of(OTHER), issuer), LT_OK);
    words_hand_over(&net, OTHER, bound_by(PROVINCE, DISTRICT));
    words_hand_over(&net, OTHER, bound_by(DISTRICT, COMMUNE));
    assert_true(knows(engine_of(OTHER), DISTRICT, net.nodes[DISTRICT].key));
    assert_false(knows(engine_of(OTHER), COMMUNE, key));
}

static void read_province(struct lt_engine *engine)
{
    const struct node *province = &net.nodes[PROVINCE];

    for (size_t i = 0; i < province->log_n; i++) {
        if (province->log[i].segment.stream.channel.cls == LT_CLASS_TREE) {
            assert_int_equal(
                lt_engine_load_tree(engine, &province->log[i].segment, NULL),
                LT_OK);
        }
    }
}

/* It is told who the roots are before it has their trees. A former root that has
 * a parent now stays, an office that is no root does not. */
static void of_whom_the_root_keys_bind_the_roots_stay(void **state)
{
    const struct lt_key *root = net.nodes[PROVINCE].key;
    struct lt_engine *engine = fresh();
    struct lt_effects *effects = NULL;

    (void)state;
    step_down();
    assert_int_equal(lt_effects_new(lt_alloc_heap(), &effects), LT_OK);
    load(engine, own_issuer(DISTRICT, net.nodes[DISTRICT].key, root));
    load(engine, bound_by(PROVINCE, PROVINCE));
    assert_true(knows(engine, DISTRICT, net.nodes[DISTRICT].key));
    read_province(engine);
    admit(engine);
    assert_int_equal(lt_engine_flush(engine, &net.now, effects), LT_OK);
    assert_true(is_root(engine, NATION));
    assert_true(lt_engine_wants_tree(engine));
    assert_int_equal(lt_engine_committed(engine, &net.now, effects), LT_OK);
    assert_true(knows(engine, PROVINCE, root));
    assert_false(knows(engine, DISTRICT, net.nodes[DISTRICT].key));
    assert_int_equal(engine->unplaced_n, 0);
    lt_effects_free(effects);
    lt_engine_free(engine);
}

/* ---- an office goes to another tree ---- */

/* ---- a stick between two roots ---- */

struct told_keys {
    unsigned n;
    bool of[5];
};

static void see_key(void *ctx, const struct lt_office *office)
{
    struct told_keys *told = ctx;

    told->n++;
    for (unsigned i = 0; i < LT_COUNT_OF(told->of); i++) {
        told->of[i] |= lt_office_equal(office, office_of(i));
    }
}

static struct told_keys keys_for(const struct lt_engine *engine, unsigned to)
{
    struct told_keys told = {0};

    lt_engine_courier_keys(engine, office_of(to), see_key, &told);
    return told;
}

static bool has_something_for(struct lt_engine *engine, unsigned to)
{
    struct lt_courier_cursor cursor = {0};
    struct lt_courier_run run;

    return lt_engine_courier_next(engine, office_of(to), true, &cursor, &run) !=
           LT_COURIER_NOTHING;
}

static struct lt_event *admitting(unsigned of,
                                  const struct lt_tree_release *release)
{
    struct lt_event *event = joining(LT_EV_OFFICE_ADMITTED, of);

    event->binding = bound_by(PROVINCE, of)->data;
    event->binding_len = binding.len;
    event->office.parent = *office_of(NATION);
    event->has_other = true;
    event->other = release->id;
    event->step_version = release->version;
    memcpy(event->step_hash, release->hash, LT_HASH_LEN);
    return event;
}

/* The nation's own engine, to which the other tree has not come. */
static bool a_root_tells_of_whom_it_admitted(const struct lt_tree_release *release)
{
    static const struct lt_office nobody;
    struct lt_engine_options options = engine_of(NATION)->options;
    struct lt_engine *engine = NULL;
    struct told_keys told;

    memcpy(options.root_key, lt_key_public(net.nodes[NATION].key),
           LT_PUBKEY_LEN);
    assert_int_equal(lt_engine_new(&options, &engine), LT_OK);
    load(engine, own_issuer(NATION, net.nodes[NATION].key, net.nodes[NATION].key));
    words_hear(&net, engine, opening(office_of(NATION), &nobody), NATION, 1);
    words_hear(&net, engine, admitting(OTHER, release), NATION, 2);
    assert_true(lt_tree_is_guest(lt_engine_tree(engine), office_of(OTHER)));
    told = keys_for(engine, PROVINCE);
    lt_engine_free(engine);
    return told.of[NATION];
}

/* There is a place for it in the tree, and no memory for more. */
static void what_is_said_on_a_stick_wants_memory(void **state)
{
    static const struct lt_office village = {{0x67, 1}};
    const struct lt_input input = {.kind = LT_IN_STATE, .office = village};
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    words_open(&net, &village, office_of(COMMUNE));
    net_run(&net, 3000);
    assert_null(lt_unit_find(district->engine, &village));
    short_memory_after(0);
    assert_int_equal(lt_engine_step(district->engine, &net.now, &input,
                                    district->effects, NULL),
                     LT_ENOMEM);
    short_memory_enough();
}

/* Its former root tells the other root of it. Who moved within that other tree
 * was never below it, and is told of by its own. */
static void a_former_root_tells_of_those_who_were_its_own(void **state)
{
    static const struct lt_office nobody;
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    const unsigned theirs = net_stranger(&net, PROVINCE);
    const struct lt_office between = {{0x66, 1}};
    struct lt_engine *engine = engine_of(PROVINCE);
    struct lt_tree_release release;
    struct lt_event *event;
    uint64_t told;

    (void)state;
    net_connect(&net, OTHER, PROVINCE);
    net_run(&net, 1000);
    event = joining(LT_EV_OFFICE_RELEASED, NATION); /* and it is taken back */
    event->released = *office_of(COMMUNE);
    with_days(event);
    later_say(&net, PROVINCE, event, &all, 1);
    net_run(&net, 1000);
    assert_non_null(lt_tree_release_at(lt_engine_tree(engine), 0));
    assert_true(lt_engine_courier_may(engine, office_of(NATION)));
    event = later_event(&net, LT_EV_RELEASE_WITHDRAWN);
    event->office.id = *office_of(COMMUNE);
    event->has_other = true;
    event->other = lt_tree_release_at(lt_engine_tree(engine), 0)->id;
    later_say(&net, PROVINCE, event, &all, 1);
    net_run(&net, 1000);
    assert_true(lt_tree_release_at(lt_engine_tree(engine), 0)->withdrawn);
    assert_false(lt_engine_courier_may(engine, office_of(NATION)));
    assert_int_equal(keys_for(engine, COMMUNE).n, 0); /* nobody has moved */
    event = joining(LT_EV_OFFICE_RELEASED, NATION);
    event->released = *office_of(OTHER);
    with_days(event);
    later_say(&net, PROVINCE, event, &all, 1);
    net_run(&net, 1000);
    assert_non_null(lt_tree_release_at(lt_engine_tree(engine), 1));
    release = *lt_tree_release_at(lt_engine_tree(engine), 1); /* it moves */
    assert_true(lt_engine_courier_may(engine, office_of(NATION)));
    assert_false(lt_engine_courier_may(engine, office_of(theirs)));
    assert_false(lt_engine_courier_may(engine_of(OTHER), office_of(NATION)));

    hear(engine, opening(office_of(NATION), &nobody));
    hear(engine, opening(&between, office_of(NATION)));
    hear(engine, opening(office_of(theirs), office_of(NATION)));
    event = opening(office_of(theirs), &between);
    event->type = LT_EV_OFFICE_CHANGED;
    hear(engine, event);
    hear(engine, admitting(OTHER, &release));
    assert_true(a_root_tells_of_whom_it_admitted(&release));
    assert_false(lt_tree_together(lt_engine_tree(engine), office_of(PROVINCE),
                                  office_of(OTHER)));
    assert_non_null(lt_tree_find(lt_engine_tree(engine), office_of(theirs)));
    words_hand_over(&net, PROVINCE, bound_by(NATION, theirs));
    assert_true(knows(engine, theirs, net.nodes[theirs].key));

    assert_true(lt_engine_courier_may(engine, office_of(NATION)));
    assert_true(has_something_for(engine, NATION));
    assert_true(keys_for(engine, NATION).of[OTHER]);
    assert_false(keys_for(engine, NATION).of[COMMUNE]);
    assert_int_equal(keys_for(engine, COMMUNE).n, 0);

    net_connect(&net, PROVINCE, NATION);
    net_run(&net, 1000);
    assert_int_equal(net_link_view(&net, PROVINCE, NATION).state, 1);
    assert_true(lt_engine_courier_may(engine_of(NATION), office_of(PROVINCE)));
    assert_true(knows(engine_of(NATION), OTHER, net.nodes[OTHER].key));
    assert_false(knows(engine_of(NATION), theirs, net.nodes[theirs].key));
    /* Nor is anybody told who is not above the one that went. */
    told = net.nodes[PROVINCE].sent[LT_FRAME_BINDINGS];
    net_connect(&net, PROVINCE, theirs);
    net_run(&net, 1000);
    assert_int_equal(net_link_view(&net, PROVINCE, theirs).state, 1);
    assert_int_equal(net.nodes[PROVINCE].sent[LT_FRAME_BINDINGS], told);

    net_move(&net, COMMUNE, PROVINCE);
    net_run(&net, 1000);
    assert_true(keys_for(engine, COMMUNE).of[PROVINCE]);
    assert_true(keys_for(engine, NATION).of[PROVINCE]); /* it may go as well */
    assert_false(keys_for(engine, NATION).of[COMMUNE]);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(the_new_root_confirms_a_key_beside_the_keeper),
        PROMISE(a_root_is_bound_by_its_own_root_key_alone),
        PROMISE(without_memory_it_is_read_at_the_next_turn),
        PROMISE(what_a_shunned_key_bound_before_is_read_from_the_log),
        PROMISE(of_whom_the_root_keys_bind_the_roots_stay),
        PROMISE(what_is_said_on_a_stick_wants_memory),
        PROMISE(a_former_root_tells_of_those_who_were_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
