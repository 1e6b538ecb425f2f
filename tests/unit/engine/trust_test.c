/* Doors that are shut, keys that are revoked, and keys that follow others. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "daemon/engine/state.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static struct net net;
static struct lt_key *keys[8]; /* new ones, freed at the end */
static size_t keys_n;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    (void)net_join(&net, PROVINCE);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_connect(&net, OTHER, PROVINCE);
    net_run(&net, 5000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    while (keys_n > 0) {
        lt_key_free(keys[--keys_n]);
    }
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

/* ---- writing ---- */

static struct lt_event *fresh(uint32_t type)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->type = type;
    event->recorded_at_ms = net.now.wall_ms;
    event->actor_role = 6;
    return event;
}

static void write_freed(unsigned node, struct lt_event *event,
                        const struct lt_channel *channels, size_t n)
{
    struct lt_write_event one = {
        .event = event, .channels_n = n, .channels = channels};

    assert_int_equal(net_write_events(&net, node, &one, 1), LT_OK);
    net_turn(&net, node);
    free(event);
}

static void door(unsigned by, unsigned office, bool shut, const char *doc)
{
    const struct lt_channel channels[2] = {net_up(LT_CLASS_TREE),
                                           net_to(&net, LT_CLASS_TREE, office)};
    struct lt_event *event = fresh(shut ? LT_EV_DOOR_SHUT : LT_EV_DOOR_OPENED);

    event->to = &net.nodes[office].office;
    event->to_n = 1;
    event->doc_no = (struct lt_text){doc, strlen(doc)};
    write_freed(by, event, channels, 2);
}

/* The root revokes the key that @of has, with what the root holds now. */
static void revoke(unsigned of, bool restore)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_event *event =
        fresh(restore ? LT_EV_KEY_RESTORED : LT_EV_KEY_REVOKED);
    struct lt_stream_end ends[16];
    struct lt_run_view run;
    size_t cursor = 0;
    size_t n = 0;

    memcpy(event->key_id, lt_key_id(net.nodes[of].key), LT_HASH_LEN);
    while (!restore && n < LT_COUNT_OF(ends) &&
           lt_engine_run_of(engine_of(PROVINCE), &net.nodes[of].office, &cursor,
                            &run)) {
        ends[n++] = (struct lt_stream_end){.channel = run.stream.channel,
                                           .epoch = run.epoch,
                                           .number = run.last};
    }
    event->ends = ends;
    event->ends_n = n;
    write_freed(PROVINCE, event, &channel, 1);
}

static void cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
}

static uint64_t held(unsigned node, unsigned origin)
{
    return net_class_events(&net, node, origin, LT_CLASS_CASE);
}

/* ---- doors ---- */

static bool shut_door_at(unsigned node, unsigned by, unsigned office)
{
    struct lt_door_view view;
    size_t cursor = 0;

    while (lt_engine_door_at(engine_of(node), &cursor, &view)) {
        if (lt_office_equal(&view.by, &net.nodes[by].office) &&
            lt_office_equal(&view.office, &net.nodes[office].office)) {
            return true;
        }
    }
    return false;
}

static void who_is_shut_out_goes_around_and_everybody_above_knows(void **state)
{
    struct lt_door_view view;
    size_t cursor = 0;

    (void)state;
    door(DISTRICT, COMMUNE, true, "12/QD");
    net_run(&net, 3000);
    cases(COMMUNE, 3);
    net_run(&net, MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
    assert_true(lt_engine_parent_shut(engine_of(COMMUNE)));
    assert_false(lt_engine_parent_shut(engine_of(DISTRICT)));
    assert_true(shut_door_at(PROVINCE, DISTRICT, COMMUNE));
    assert_true(lt_engine_door_at(engine_of(PROVINCE), &cursor, &view));
    assert_string_equal(view.doc_no, "12/QD");
    assert_false(lt_engine_door_at(engine_of(PROVINCE), &cursor, &view));
    assert_true(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    assert_true(net_alarm(&net, COMMUNE, LT_ADOORSHUT));

    door(DISTRICT, COMMUNE, false, "");
    net_run(&net, 5 * MINUTE_MS);
    cases(COMMUNE, 2);
    net_run(&net, MINUTE_MS);
    assert_int_equal(held(DISTRICT, COMMUNE), 5);
    assert_false(lt_engine_parent_shut(engine_of(COMMUNE)));
    assert_false(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    assert_false(net_alarm(&net, COMMUNE, LT_ADOORSHUT));
    assert_int_equal(net_link_view(&net, COMMUNE, DISTRICT).role,
                     LT_ROLE_PARENT);
}

/* Over restarts, and of several words the last one. */
static void the_last_word_about_a_door_counts(void **state)
{
    (void)state;
    door(DISTRICT, COMMUNE, true, "1");
    door(DISTRICT, COMMUNE, false, "2");
    door(DISTRICT, COMMUNE, true, "3");
    net_run(&net, 3000);
    assert_true(shut_door_at(DISTRICT, DISTRICT, COMMUNE));
    net_restart(&net, DISTRICT);
    net_restart(&net, PROVINCE);
    net_run(&net, MINUTE_MS);
    assert_true(shut_door_at(DISTRICT, DISTRICT, COMMUNE));
    assert_true(shut_door_at(PROVINCE, DISTRICT, COMMUNE));
    assert_false(net_link_view(&net, DISTRICT, COMMUNE).role == LT_ROLE_CHILD);
    door(DISTRICT, COMMUNE, false, "4");
    net_run(&net, 3000);
    assert_false(shut_door_at(PROVINCE, DISTRICT, COMMUNE));
}

/* Who is no parent has no door; who is none any more, neither. */
static void a_door_counts_while_its_author_is_the_parent(void **state)
{
    (void)state;
    door(OTHER, COMMUNE, true, "9");
    net_run(&net, 3000);
    assert_false(shut_door_at(PROVINCE, OTHER, COMMUNE));
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    assert_int_equal(held(DISTRICT, COMMUNE), 1);

    door(DISTRICT, COMMUNE, true, "10");
    net_run(&net, 3000);
    assert_true(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    net_move(&net, COMMUNE, OTHER);
    net_connect(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    assert_false(shut_door_at(PROVINCE, DISTRICT, COMMUNE));
    assert_false(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    assert_int_equal(held(OTHER, COMMUNE), 2);
}

/* ---- revocation ---- */

static void a_revoked_key_is_cut_off_where_the_word_says(void **state)
{
    struct lt_event_id word;
    uint8_t key_id[LT_HASH_LEN];
    struct lt_stream stream = {.origin = net.nodes[COMMUNE].office,
                               .channel = net_up(LT_CLASS_CASE)};

    (void)state;
    assert_false(lt_engine_refused_at(engine_of(PROVINCE), 0, key_id));
    assert_false(lt_engine_last_word(engine_of(PROVINCE),
                                     lt_key_id(net.nodes[COMMUNE].key), &word));
    cases(COMMUNE, 4);
    net_run(&net, 3000);
    revoke(COMMUNE, false);
    net_run(&net, 3000);
    for (unsigned i = PROVINCE; i <= DISTRICT; i++) {
        assert_true(lt_engine_refused_key(engine_of(i),
                                          lt_key_id(net.nodes[COMMUNE].key)));
        assert_true(lt_engine_refused_at(engine_of(i), 0, key_id));
        assert_memory_equal(key_id, lt_key_id(net.nodes[COMMUNE].key),
                            LT_HASH_LEN);
        assert_false(lt_engine_refused_at(engine_of(i), 1, key_id));
        assert_int_equal(
            lt_engine_limit(engine_of(i), &stream, net.nodes[COMMUNE].epoch),
            4);
        assert_true(net_alarm(&net, i, LT_AREVOKED));
    }
    assert_true(lt_engine_last_word(engine_of(PROVINCE),
                                    lt_key_id(net.nodes[COMMUNE].key), &word));
    stream.channel.cls = LT_CLASS_DIRECTIVE;
    assert_true(lt_engine_limit(engine_of(PROVINCE), &stream, 1) == UINT64_MAX);
    /* What it writes now arrives nowhere, over restarts as well. */
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    net_restart(&net, DISTRICT);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(held(DISTRICT, COMMUNE), 4);
    assert_int_equal(held(PROVINCE, COMMUNE), 4);
    /* The others go on. */
    cases(DISTRICT, 1);
    net_run(&net, 3000);
    assert_int_equal(held(PROVINCE, DISTRICT), 1);

    revoke(COMMUNE, true);
    net_run(&net, 5 * MINUTE_MS);
    assert_false(lt_engine_refused_key(engine_of(DISTRICT),
                                       lt_key_id(net.nodes[COMMUNE].key)));
    assert_int_equal(held(PROVINCE, COMMUNE), 6);
    assert_false(net_alarm(&net, PROVINCE, LT_AREVOKED));
}

/* Nobody waits for a superior whose key counts no more, and its being given
 * back is heard by the same way. */
static void who_has_a_revoked_superior_goes_around_at_once(void **state)
{
    const uint8_t *superior = lt_key_id(net.nodes[DISTRICT].key);

    (void)state;
    revoke(DISTRICT, false);
    cases(COMMUNE, 1);
    net_run(&net, 5 * 60 * MINUTE_MS); /* it hears so around its superior */
    assert_true(lt_engine_refused_key(engine_of(COMMUNE), superior));
    assert_int_equal(held(PROVINCE, COMMUNE), 1);
    net_restart(&net, COMMUNE);
    cases(COMMUNE, 2);
    net_run(&net, MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
    revoke(DISTRICT, true);
    net_run(&net, 5 * MINUTE_MS);
    assert_false(lt_engine_refused_key(engine_of(COMMUNE), superior));
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    assert_int_equal(held(DISTRICT, COMMUNE), 4);
}

/* A life that goes on from an older disk knows what an earlier one knew. */
static void a_key_that_was_revoked_is_shunned_until_the_tree_comes(void **state)
{
    const uint8_t *key_id = lt_key_id(net.nodes[COMMUNE].key);
    uint8_t none[LT_HASH_LEN] = {0};
    uint8_t out[LT_HASH_LEN];

    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    assert_int_equal(lt_engine_shun(engine_of(DISTRICT), key_id), LT_OK);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 3000);
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    assert_int_equal(held(DISTRICT, COMMUNE), 0);
    assert_true(lt_engine_refused_key(engine_of(DISTRICT), key_id));
    assert_false(lt_engine_refused_key(engine_of(DISTRICT), none));
    assert_true(lt_engine_refused_at(engine_of(DISTRICT), 0, out));
    assert_memory_equal(out, key_id, LT_HASH_LEN);
    assert_false(lt_engine_refused_at(engine_of(DISTRICT), 1, out));
    /* The tree says that it was restored. */
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 3000);
    revoke(COMMUNE, false);
    revoke(COMMUNE, true);
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(held(DISTRICT, COMMUNE), 1);
    /* More than there is room for are not kept, and harm nobody. */
    for (unsigned i = 0; i < LT_SHUNNED_MAX + 2; i++) {
        memcpy(none, &i, sizeof(i));
        none[8] = 1;
        assert_int_equal(lt_engine_shun(engine_of(DISTRICT), none), LT_OK);
    }
}

/* ---- another key ---- */

static void make_key(uint8_t serial)
{
    uint8_t seed[32] = {0x77};

    seed[1] = serial;
    assert_int_equal(lt_key_from_seed(seed, &keys[keys_n++]), LT_OK);
}

/* The newest of keys for @node, bound by @issuer; signed by the old one too, or
 * not because that is lost. */
static void bind_new(unsigned node, unsigned issuer, uint64_t serial,
                     bool follows, struct lt_buf *out)
{
    const struct lt_key *key = keys[keys_n - 1];
    struct lt_binding binding = {
        .office = net.nodes[node].office,
        .issuer = net.nodes[issuer].office,
        .serial = serial,
        .issued_at_ms = net.now.wall_ms,
    };
    struct lt_buf body;

    memcpy(binding.key, lt_key_public(key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, net.nodes[node].curve, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(net.nodes[issuer].key),
           LT_HASH_LEN);
    if (follows) {
        assert_int_equal(lt_binding_follow(&binding, net.nodes[node].key),
                         LT_OK);
    }
    lt_buf_init(&body, lt_alloc_heap());
    assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    assert_int_equal(lt_binding_sign(net.nodes[issuer].key, body.data, body.len,
                                     binding.signature),
                     LT_OK);
    assert_int_equal(lt_binding_prove(key, body.data, body.len, binding.proof),
                     LT_OK);
    assert_int_equal(lt_binding_encode(&binding, out), LT_OK);
    lt_buf_deinit(&body);
}

static void hand_over(unsigned node, const struct lt_buf *binding)
{
    const struct lt_input input = {
        .kind = LT_IN_BINDING, .bytes = binding->data, .len = binding->len};

    net_input(&net, node, &input);
    net_turn(&net, node);
}

/* From its next life on the office signs with the newest of keys. */
static void live_with_new_key(unsigned node)
{
    struct lt_key *old = net.nodes[node].key;

    net_stop(&net, node);
    net.nodes[node].key = keys[keys_n - 1];
    keys[keys_n - 1] = old; /* freed at the end */
    net_start(&net, node);
    net_run(&net, MINUTE_MS);
}

static void bind_event(unsigned issuer, uint32_t type,
                       const struct lt_buf *binding)
{
    const struct lt_channel channel = net_all(LT_CLASS_TREE);
    struct lt_event *event = fresh(type);

    event->binding = binding->data;
    event->binding_len = binding->len;
    write_freed(issuer, event, &channel, 1);
}

static void a_key_that_the_old_one_signs_goes_on(void **state)
{
    struct lt_buf binding;
    const uint8_t *bytes;
    size_t len;

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    lt_buf_init(&binding, lt_alloc_heap());
    make_key(1);
    bind_new(COMMUNE, DISTRICT, 2, true, &binding);
    bind_event(DISTRICT, LT_EV_KEY_BOUND, &binding);
    net_run(&net, 3000);
    assert_true(lt_engine_key_at(engine_of(PROVINCE),
                                 &net.nodes[COMMUNE].office, 0, &bytes, &len));
    assert_int_equal(len, binding.len);
    assert_memory_equal(bytes, binding.data, len);
    assert_true(lt_engine_key_at(engine_of(PROVINCE),
                                 &net.nodes[COMMUNE].office, 1, &bytes, &len));
    assert_false(lt_engine_key_at(engine_of(PROVINCE),
                                  &net.nodes[COMMUNE].office, 2, &bytes, &len));
    live_with_new_key(COMMUNE);
    cases(COMMUNE, 3);
    net_run(&net, 3000);
    assert_int_equal(held(PROVINCE, COMMUNE), 5);
    /* Told once more, and an older one: nothing changes. */
    hand_over(PROVINCE, &binding);
    net_restart(&net, PROVINCE);
    net_run(&net, MINUTE_MS);
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    assert_int_equal(held(PROVINCE, COMMUNE), 6);
    lt_buf_deinit(&binding);
}

static bool unconfirmed(unsigned node, unsigned whose)
{
    struct lt_binding binding;

    for (size_t i = 0;
         lt_engine_unconfirmed_at(engine_of(node), i, &binding); i++) {
        if (lt_office_equal(&binding.office, &net.nodes[whose].office)) {
            return true;
        }
    }
    return false;
}

/* A parent alone makes no key its child's: what it signs is kept, and known to
 * wait, until the keeper says so. */
static void a_key_that_nobody_vouches_for_waits_for_the_keeper(void **state)
{
    struct lt_buf binding;
    const uint8_t *bytes;
    size_t len;

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    lt_buf_init(&binding, lt_alloc_heap());
    make_key(2);
    bind_new(COMMUNE, DISTRICT, 2, false, &binding);
    bind_event(DISTRICT, LT_EV_KEY_BOUND, &binding);
    net_run(&net, 3000);
    assert_true(lt_engine_waiting_key(
        engine_of(PROVINCE), &net.nodes[COMMUNE].office, 0, &bytes, &len));
    assert_memory_equal(bytes, binding.data, len);
    assert_false(lt_engine_waiting_key(
        engine_of(PROVINCE), &net.nodes[OTHER].office, 0, &bytes, &len));
    assert_true(net_alarm(&net, PROVINCE, LT_AUNCONFIRMED));
    assert_true(net_alarm(&net, DISTRICT, LT_AUNCONFIRMED));
    live_with_new_key(COMMUNE);
    cases(COMMUNE, 3);
    net_run(&net, MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 5);
    assert_true(unconfirmed(PROVINCE, COMMUNE));
    assert_true(unconfirmed(DISTRICT, COMMUNE));
    assert_false(unconfirmed(PROVINCE, DISTRICT));
    /* The known key is still the office's newest. */
    assert_true(lt_engine_key_at(engine_of(PROVINCE),
                                 &net.nodes[COMMUNE].office, 0, &bytes, &len));
    assert_false(len == binding.len && memcmp(bytes, binding.data, len) == 0);
    /* Another's word is none; nor is a start. */
    bind_event(OTHER, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, MINUTE_MS);
    assert_true(unconfirmed(PROVINCE, COMMUNE));
    net_restart(&net, PROVINCE);
    net_run(&net, MINUTE_MS);
    assert_true(unconfirmed(PROVINCE, COMMUNE));
    assert_true(net_alarm(&net, PROVINCE, LT_AUNCONFIRMED));
    bind_event(PROVINCE, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, 5 * MINUTE_MS);
    assert_false(unconfirmed(PROVINCE, COMMUNE));
    assert_false(unconfirmed(DISTRICT, COMMUNE));
    assert_false(net_alarm(&net, PROVINCE, LT_AUNCONFIRMED));
    assert_false(net_alarm(&net, DISTRICT, LT_AUNCONFIRMED));
    assert_false(lt_engine_waiting_key(
        engine_of(PROVINCE), &net.nodes[COMMUNE].office, 0, &bytes, &len));
    cases(COMMUNE, 1);
    net_restart(&net, PROVINCE);
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 6);
    assert_false(unconfirmed(PROVINCE, COMMUNE));
    lt_buf_deinit(&binding);
}

/* The office whose disk was lost is told of its earlier key by its parent, in
 * no segment, and of that it knows that its own waits: at every start, from
 * the first step on. */
static void who_has_lost_its_key_knows_after_a_start_that_its_own_waits(
    void **state)
{
    struct node *commune = &net.nodes[COMMUNE];
    struct lt_buf binding;

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    lt_buf_init(&binding, lt_alloc_heap());
    make_key(7);
    net.now.wall_ms += MINUTE_MS;
    bind_new(COMMUNE, DISTRICT, 2, false, &binding);
    hand_over(DISTRICT, &binding);
    hand_over(COMMUNE, &binding);
    live_with_new_key(COMMUNE);
    assert_true(lt_engine_self_unconfirmed(commune->engine));
    net_stop(&net, COMMUNE);
    net_start(&net, COMMUNE);
    assert_true(lt_engine_self_unconfirmed(commune->engine));
    net_run(&net, MINUTE_MS);
    assert_true(net_alarm(&net, COMMUNE, LT_AUNCONFIRMED));
    bind_event(PROVINCE, LT_EV_KEY_CONFIRMED, &binding);
    net_run(&net, 5 * MINUTE_MS);
    net_stop(&net, COMMUNE);
    net_start(&net, COMMUNE);
    assert_false(lt_engine_self_unconfirmed(commune->engine));
    lt_buf_deinit(&binding);
}

/* Its disk is empty: at first it knows no tree, and so nobody to ask. As soon as
 * it does, whoever reads the alarm learns whom to call. */
static void who_has_lost_its_key_is_told_the_keeper_once_the_tree_is_there(
    void **state)
{
    struct lt_buf binding;
    struct lt_key *old = net.nodes[COMMUNE].key;

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    lt_buf_init(&binding, lt_alloc_heap());
    make_key(8);
    net.now.wall_ms += MINUTE_MS;
    bind_new(COMMUNE, DISTRICT, 2, false, &binding);
    hand_over(DISTRICT, &binding);
    net_stop(&net, COMMUNE);
    net_truncate(&net, COMMUNE, 0);
    net.nodes[COMMUNE].key = keys[keys_n - 1];
    keys[keys_n - 1] = old; /* freed at the end */
    net_start(&net, COMMUNE);
    hand_over(COMMUNE, &binding);
    assert_true(net_alarm(&net, COMMUNE, LT_AUNCONFIRMED));
    assert_false(net_alarm_names_keeper(&net, COMMUNE, LT_AUNCONFIRMED));
    net_run(&net, MINUTE_MS);
    assert_true(net_alarm_names_keeper(&net, COMMUNE, LT_AUNCONFIRMED));
    lt_buf_deinit(&binding);
}

/* The district's two later keys, each signed by the one before; the province and
 * the district know both, the commune, which is away, neither. */
static void rotate_twice(struct lt_buf later[static 2])
{
    net_disconnect(&net, COMMUNE, DISTRICT);
    for (uint8_t i = 0; i < 2; i++) {
        lt_buf_init(&later[i], lt_alloc_heap());
        make_key((uint8_t)(9 + i));
        net.now.wall_ms += MINUTE_MS;
        bind_new(DISTRICT, PROVINCE, 2 + i, true, &later[i]);
        hand_over(PROVINCE, &later[i]);
        hand_over(DISTRICT, &later[i]);
        live_with_new_key(DISTRICT);
    }
}

/* The bindings of the keys of @of are gone from the node's disk, all but the
 * first @keep of them. */
static void forget_keys(unsigned index, unsigned of, size_t keep)
{
    struct node *node = &net.nodes[index];
    size_t kept = 0;
    size_t own = 0;

    for (size_t i = 0; i < node->bindings_n; i++) {
        struct held_bytes *held = &node->bindings[i];
        struct lt_binding binding;

        assert_int_equal(
            lt_binding_decode(held->bytes, held->len, &binding, NULL), LT_OK);
        if (lt_office_equal(&binding.office, &net.nodes[of].office) &&
            own++ >= keep) {
            free(held->bytes);
            continue;
        }
        node->bindings[kept++] = *held;
    }
    node->bindings_n = kept;
    node->bindings_durable_n = kept;
}

static bool serves(unsigned parent, unsigned child)
{
    return net_link_view(&net, parent, child).state == 1; /* up */
}

/* Its disk lost what binds the keys between; who is below knows none of them and
 * would refuse it for ever. It is told by the one above. */
static void who_has_forgotten_its_later_keys_is_told_and_can_show_them(
    void **state)
{
    struct lt_buf later[2];

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    rotate_twice(later);
    net_stop(&net, DISTRICT);
    forget_keys(DISTRICT, DISTRICT, 1);
    net_start(&net, DISTRICT);
    hand_over(DISTRICT, &later[1]); /* its own key it has beside the disk */
    assert_false(lt_engine_self_unconfirmed(engine_of(DISTRICT))); /* it follows */
    net_run(&net, MINUTE_MS);
    net_connect(&net, COMMUNE, DISTRICT);
    cases(COMMUNE, 1);
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
    assert_true(serves(DISTRICT, COMMUNE));
    lt_buf_deinit(&later[0]);
    lt_buf_deinit(&later[1]);
}

/* It was moved, lost its machine and has a key from its new parent; then it and
 * the parent are put back to disks of before. By its own tree the key is not its
 * own, the parent has never heard of it: what it was given shows it. */
static void who_cannot_judge_its_own_key_shows_it(void **state)
{
    struct lt_binding read;
    struct lt_buf binding;
    struct lt_key *old = net.nodes[COMMUNE].key;
    size_t before;

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    before = net.nodes[COMMUNE].log_n;
    net_move(&net, COMMUNE, PROVINCE);
    net_run(&net, 3000);
    assert_true(net.nodes[COMMUNE].log_n > before);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_stop(&net, COMMUNE);
    net_truncate(&net, COMMUNE, before);
    lt_buf_init(&binding, lt_alloc_heap());
    make_key(11);
    net.now.wall_ms += MINUTE_MS;
    bind_new(COMMUNE, PROVINCE, 1, false, &binding);
    net.nodes[COMMUNE].key = keys[keys_n - 1];
    keys[keys_n - 1] = old; /* freed at the end */
    net_start(&net, COMMUNE);
    hand_over(COMMUNE, &binding);
    assert_true(unconfirmed(COMMUNE, COMMUNE)); /* it will be, once it can judge */
    assert_true(lt_engine_self_unconfirmed(engine_of(COMMUNE)));
    assert_true(lt_engine_unconfirmed_key(engine_of(COMMUNE),
                                          &net.nodes[COMMUNE].office,
                                          lt_key_id(net.nodes[COMMUNE].key)));
    assert_false(lt_engine_unconfirmed_key(engine_of(COMMUNE),
                                           &net.nodes[DISTRICT].office,
                                           lt_key_id(net.nodes[COMMUNE].key)));
    assert_false(lt_engine_unconfirmed_key(engine_of(COMMUNE),
                                           &net.nodes[COMMUNE].office,
                                           lt_key_id(old)));
    assert_false(lt_engine_unconfirmed_at(engine_of(COMMUNE), 5, &read));
    net_connect(&net, COMMUNE, PROVINCE);
    cases(COMMUNE, 1);
    net_run(&net, 5 * MINUTE_MS);
    assert_true(serves(PROVINCE, COMMUNE));
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
    assert_true(unconfirmed(PROVINCE, COMMUNE));
    assert_true(unconfirmed(COMMUNE, COMMUNE));
    lt_buf_deinit(&binding);
}

/* Segments of the tree from @from on up to @to, as they lie in the log of its
 * writer. */
static void read_tree_of(unsigned writer, unsigned index, size_t from, size_t to)
{
    struct node *node = &net.nodes[index];

    for (size_t i = from; i < to; i++) {
        const struct lt_segment *segment = &net.nodes[writer].log[i].segment;

        if (segment->stream.channel.cls == LT_CLASS_TREE) {
            assert_int_equal(
                lt_engine_load_tree(node->engine, segment, node->effects),
                LT_OK);
        }
    }
    assert_int_equal(lt_engine_tree_loaded(node->engine), LT_OK);
    net_turn(&net, index);
}

/* Its disk is empty but for the key that came with its move: the tree is told
 * from its beginning, and does not have that move at first. */
static void an_emptied_disk_keeps_its_key_until_it_hears_of_its_move(void **state)
{
    struct lt_buf binding;
    const uint8_t *bytes;
    size_t len;
    struct lt_key *old = net.nodes[COMMUNE].key;
    size_t before;

    (void)state;
    net_run(&net, 3000);
    before = net.nodes[PROVINCE].log_n;
    net_move(&net, COMMUNE, PROVINCE);
    net_run(&net, 3000);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_stop(&net, COMMUNE);
    net_truncate(&net, COMMUNE, 0);
    forget_keys(COMMUNE, COMMUNE, 0);
    lt_buf_init(&binding, lt_alloc_heap());
    make_key(11);
    net.now.wall_ms += MINUTE_MS;
    bind_new(COMMUNE, PROVINCE, 1, false, &binding);
    net.nodes[COMMUNE].key = keys[keys_n - 1];
    keys[keys_n - 1] = old; /* freed at the end */
    net_start(&net, COMMUNE);
    hand_over(COMMUNE, &binding);
    assert_true(lt_engine_key_at(engine_of(COMMUNE), &net.nodes[COMMUNE].office,
                                 0, &bytes, &len));
    read_tree_of(PROVINCE, COMMUNE, 0, before);
    assert_false(lt_engine_key_at(engine_of(COMMUNE),
                                  &net.nodes[COMMUNE].office, 0, &bytes, &len));
    assert_false(net_alarm(&net, COMMUNE, LT_EUNKNOWNKEY)); /* nobody's fault */
    read_tree_of(PROVINCE, COMMUNE, before, net.nodes[PROVINCE].log_n);
    assert_true(lt_engine_key_at(engine_of(COMMUNE), &net.nodes[COMMUNE].office,
                                 0, &bytes, &len));
    assert_int_equal(len, binding.len);
    assert_memory_equal(bytes, binding.data, len);
    lt_buf_deinit(&binding);
}

/* Nothing of it is left but its latest key. The first is told before those
 * between: it is one of its own, and what it bound holds. */
static void an_emptied_disk_knows_its_first_key_as_its_own(void **state)
{
    struct lt_buf later[2];
    struct lt_buf first;

    (void)state;
    lt_buf_init(&first, lt_alloc_heap());
    net_make_binding(&net, PROVINCE, DISTRICT, &first);
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    rotate_twice(later);
    net_stop(&net, DISTRICT);
    net_truncate(&net, DISTRICT, 0);
    forget_keys(DISTRICT, DISTRICT, 0);
    net_start(&net, DISTRICT);
    hand_over(DISTRICT, &later[1]);
    hand_over(DISTRICT, &first);
    assert_true(unconfirmed(DISTRICT, DISTRICT));
    hand_over(DISTRICT, &later[0]);
    assert_false(unconfirmed(DISTRICT, DISTRICT));
    net_run(&net, MINUTE_MS);
    assert_false(unconfirmed(DISTRICT, DISTRICT));
    assert_false(net_alarm(&net, DISTRICT, LT_AUNCONFIRMED));
    net_connect(&net, COMMUNE, DISTRICT);
    cases(COMMUNE, 1);
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
    assert_true(serves(DISTRICT, COMMUNE));
    net_restart(&net, DISTRICT);
    net_run(&net, MINUTE_MS);
    assert_false(unconfirmed(DISTRICT, DISTRICT));
    assert_true(serves(DISTRICT, COMMUNE));
    lt_buf_deinit(&later[0]);
    lt_buf_deinit(&later[1]);
    lt_buf_deinit(&first);
}

/* Nor is it anybody's word: what it binds and whom it confirms wait with it, and
 * what its statements say is not read. */
static void what_an_unconfirmed_key_says_of_keys_waits_with_it(void **state)
{
    struct lt_buf district;
    struct lt_buf commune;
    const uint8_t *bytes;
    struct lt_key *known;
    size_t len;

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    lt_buf_init(&district, lt_alloc_heap());
    lt_buf_init(&commune, lt_alloc_heap());
    make_key(4);
    bind_new(DISTRICT, PROVINCE, 2, false, &district);
    hand_over(PROVINCE, &district);
    assert_true(unconfirmed(PROVINCE, DISTRICT));
    known = net.nodes[DISTRICT].key; /* by the new one a key for its child */
    net.nodes[DISTRICT].key = keys[keys_n - 1];
    make_key(5);
    bind_new(COMMUNE, DISTRICT, 2, false, &commune);
    keys[keys_n - 2] = net.nodes[DISTRICT].key;
    net.nodes[DISTRICT].key = known;
    hand_over(PROVINCE, &commune);
    assert_false(unconfirmed(PROVINCE, COMMUNE));
    assert_true(lt_engine_waiting_key(
        engine_of(PROVINCE), &net.nodes[COMMUNE].office, 0, &bytes, &len));
    bind_event(PROVINCE, LT_EV_KEY_CONFIRMED, &district);
    net_run(&net, 3000);
    assert_false(unconfirmed(PROVINCE, DISTRICT));
    assert_true(unconfirmed(PROVINCE, COMMUNE));
    lt_buf_deinit(&commune);
    lt_buf_deinit(&district);
}

/* The other way out: the tree's writer revokes it, and nothing is left to ask. */
static void an_unconfirmed_key_that_is_revoked_is_asked_about_no_more(
    void **state)
{
    struct lt_buf binding;
    struct lt_event *event;
    const struct lt_channel all = net_all(LT_CLASS_TREE);

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 3000);
    lt_buf_init(&binding, lt_alloc_heap());
    make_key(6);
    bind_new(COMMUNE, DISTRICT, 2, false, &binding);
    bind_event(DISTRICT, LT_EV_KEY_BOUND, &binding);
    net_run(&net, 3000);
    assert_true(net_alarm(&net, PROVINCE, LT_AUNCONFIRMED));
    event = fresh(LT_EV_KEY_REVOKED);
    memcpy(event->key_id, lt_key_id(keys[keys_n - 1]), LT_HASH_LEN);
    write_freed(PROVINCE, event, &all, 1);
    net_run(&net, 3000);
    assert_false(net_alarm(&net, PROVINCE, LT_AUNCONFIRMED));
    assert_false(net_alarm(&net, DISTRICT, LT_AUNCONFIRMED));
    net_restart(&net, DISTRICT);
    net_run(&net, 3000);
    assert_false(net_alarm(&net, DISTRICT, LT_AUNCONFIRMED));
    /* The office itself goes on with the key that it has. */
    cases(COMMUNE, 1);
    net_run(&net, MINUTE_MS);
    assert_int_equal(held(PROVINCE, COMMUNE), 3);
    lt_buf_deinit(&binding);
}

/* More of one office than there is room for wait, and push none out. */
static void unconfirmed_keys_have_a_bound(void **state)
{
    struct lt_buf bindings[LT_UNCONFIRMED_OFFICE_MAX + 1];
    size_t n = 0;
    struct lt_binding binding;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(bindings); i++) {
        lt_buf_init(&bindings[i], lt_alloc_heap());
        make_key((uint8_t)(16 + i));
        bind_new(COMMUNE, DISTRICT, 2 + i, false, &bindings[i]);
        hand_over(PROVINCE, &bindings[i]);
    }
    while (lt_engine_unconfirmed_at(engine_of(PROVINCE), n, &binding)) {
        n++;
    }
    assert_int_equal(n, LT_UNCONFIRMED_OFFICE_MAX);
    /* Each can be named, the latest first, and the one that found no room. */
    for (size_t i = 0; i < LT_COUNT_OF(bindings); i++) {
        const struct lt_buf *wanted =
            &bindings[i < LT_UNCONFIRMED_OFFICE_MAX
                          ? LT_UNCONFIRMED_OFFICE_MAX - 1 - i
                          : i];
        const uint8_t *bytes;
        size_t len;

        assert_true(lt_engine_waiting_key(engine_of(PROVINCE),
                                          &net.nodes[COMMUNE].office, i, &bytes,
                                          &len));
        assert_int_equal(len, wanted->len);
        assert_memory_equal(bytes, wanted->data, len);
    }
    /* The keeper may mean any of them. */
    bind_event(PROVINCE, LT_EV_KEY_CONFIRMED,
               &bindings[LT_UNCONFIRMED_OFFICE_MAX]);
    net_run(&net, 3000);
    assert_true(unconfirmed(PROVINCE, COMMUNE)); /* the others still */
    for (size_t i = 0; i < LT_COUNT_OF(bindings); i++) {
        lt_buf_deinit(&bindings[i]);
    }
}

/* Issued by somebody who was never its parent, by itself, with a number that
 * was there, or behind a key that is not the last one. */
static void a_binding_that_does_not_follow_is_refused(void **state)
{
    const uint8_t *bytes;
    struct lt_buf binding;
    size_t len;

    (void)state;
    make_key(3);
    for (unsigned i = 0; i < 4; i++) {
        const unsigned issuer = i == 0 ? OTHER : i == 1 ? COMMUNE : DISTRICT;

        lt_buf_init(&binding, lt_alloc_heap());
        bind_new(COMMUNE, issuer, i == 2 ? 1 : 2, true, &binding);
        if (i == 3) { /* signed, and changed afterwards */
            binding.data[binding.len - 1] ^= 1;
        }
        hand_over(PROVINCE, &binding);
        assert_true(lt_engine_key_at(
            engine_of(PROVINCE), &net.nodes[COMMUNE].office, 0, &bytes, &len));
        assert_false(len == binding.len &&
                     memcmp(bytes, binding.data, len) == 0);
        lt_buf_deinit(&binding);
    }
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_is_shut_out_goes_around_and_everybody_above_knows),
        PROMISE(the_last_word_about_a_door_counts),
        PROMISE(a_door_counts_while_its_author_is_the_parent),
        PROMISE(a_revoked_key_is_cut_off_where_the_word_says),
        PROMISE(who_has_a_revoked_superior_goes_around_at_once),
        PROMISE(a_key_that_was_revoked_is_shunned_until_the_tree_comes),
        PROMISE(a_key_that_the_old_one_signs_goes_on),
        PROMISE(a_key_that_nobody_vouches_for_waits_for_the_keeper),
        PROMISE(who_has_lost_its_key_knows_after_a_start_that_its_own_waits),
        PROMISE(
            who_has_lost_its_key_is_told_the_keeper_once_the_tree_is_there),
        PROMISE(who_has_forgotten_its_later_keys_is_told_and_can_show_them),
        PROMISE(an_emptied_disk_knows_its_first_key_as_its_own),
        PROMISE(who_cannot_judge_its_own_key_shows_it),
        PROMISE(an_emptied_disk_keeps_its_key_until_it_hears_of_its_move),
        PROMISE(what_an_unconfirmed_key_says_of_keys_waits_with_it),
        PROMISE(an_unconfirmed_key_that_is_revoked_is_asked_about_no_more),
        PROMISE(unconfirmed_keys_have_a_bound),
        PROMISE(a_binding_that_does_not_follow_is_refused),
    };

#ifdef LT_TEST_HOOKS
    /* The build runs this program once more with a planted fault. */
    if (getenv("LIENTHONG_PLANT") != NULL &&
        !lt_plant(getenv("LIENTHONG_PLANT"))) {
        return 0;
    }
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
