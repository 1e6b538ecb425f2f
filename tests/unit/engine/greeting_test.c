/* Hellos made by hand, from below and from above: what is in them that cannot
 * be, and an office that cannot sign. */
#include "tests/unit/engine/hand.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/state.h"
#include "daemon/engine/telling.h"
#include "tests/unit/engine/later.h"

enum { PROVINCE, DISTRICT, COMMUNE };

static struct net net;
static struct hand hand;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 2000);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    hand_free(&hand);
    net_free(&net);
    return 0;
}

static void is_closed_for(lt_err code)
{
    net_settle(&net);
    assert_true(hand.closed);
    assert_int_equal(hand.close_code, code);
}

/* As hand_hello would say it. */
static struct lt_hello good_hello(void)
{
    struct lt_hello hello = {.wire_min = LT_WIRE_VERSION,
                             .wire_max = LT_WIRE_VERSION,
                             .office = net.nodes[hand.as].office,
                             .epoch = hand.epoch,
                             .software = {"hand", 4}};

    memcpy(hello.nonce, hand.nonce, LT_NONCE_LEN);
    memcpy(hello.key_id, lt_key_id(hand.key), LT_HASH_LEN);
    return hello;
}

static void say(const struct lt_hello *hello)
{
    struct lt_buf frame;

    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_hello_encode(hello, &frame), LT_OK);
    hand_send(&hand, &frame);
    lt_buf_deinit(&frame);
}

static void prove(const uint8_t signature[static LT_SIG_LEN])
{
    struct lt_proof proof;
    struct lt_buf frame;

    memcpy(proof.signature, signature, LT_SIG_LEN);
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_proof_encode(&proof, &frame), LT_OK);
    hand_send(&hand, &frame);
    lt_buf_deinit(&frame);
}

/* ---- from below ---- */

static void an_epoch_is_not_nothing(void **state)
{
    struct lt_hello hello = good_hello();

    (void)state;
    hello.epoch = 0;
    say(&hello);
    is_closed_for(LT_EPROTO);
}

/* Both nonces have to be there before anything is signed. */
static void who_is_below_does_not_sign_its_hello(void **state)
{
    struct lt_hello hello = good_hello();

    (void)state;
    hello.has_signature = true;
    say(&hello);
    is_closed_for(LT_EPROTO);
}

static void versions_that_are_all_older_are_refused(void **state)
{
    struct lt_hello hello = good_hello();

    (void)state;
    hello.wire_min = 0;
    hello.wire_max = LT_WIRE_VERSION - 1;
    say(&hello);
    is_closed_for(LT_EPROTO);
}

static void a_proof_comes_after_the_hello(void **state)
{
    const uint8_t signature[LT_SIG_LEN] = {0};

    (void)state;
    prove(signature);
    is_closed_for(LT_EPROTO);
}

/* What is said twice is not heard twice, neither hello nor proof. */
static void what_is_said_again_changes_nothing(void **state)
{
    const uint8_t nothing[LT_SIG_LEN] = {0};
    unsigned hellos;

    (void)state;
    hand_hello(&hand, 1, 1);
    hellos = hand.count[LT_FRAME_HELLO];
    assert_int_equal(hellos, 1);
    hand_hello(&hand, 1, 1);
    assert_int_equal(hand.count[LT_FRAME_HELLO], hellos);
    hand_proof(&hand);
    assert_int_equal(net_link_view(&net, DISTRICT, COMMUNE).state, 1);
    prove(nothing);
    assert_false(hand.closed);
    assert_int_equal(net_link_view(&net, DISTRICT, COMMUNE).state, 1);
}

/* The tree has it, a key of it nobody has seen. */
static void an_office_without_any_key_is_refused(void **state)
{
    const unsigned stranger = net_stranger(&net, PROVINCE);

    (void)state;
    hand_free(&hand);
    hand_open(&hand, &net, DISTRICT, stranger);
    hand_hello(&hand, 1, 1);
    is_closed_for(LT_EUNKNOWNKEY);
}

/* More bindings than prove anything are not looked at. */
static void a_hello_proves_itself_with_its_first_bindings(void **state)
{
    const unsigned stranger = net_stranger(&net, DISTRICT);
    struct lt_span spans[LT_CHAIN_LEN_MAX + 1];
    struct lt_hello hello;
    struct lt_buf other;
    struct lt_buf own;

    (void)state;
    net_run(&net, 100);
    lt_buf_init(&own, lt_alloc_heap());
    lt_buf_init(&other, lt_alloc_heap());
    net_make_binding(&net, PROVINCE, DISTRICT, &other);
    net_make_binding(&net, DISTRICT, stranger, &own);
    for (unsigned i = 0; i < LT_CHAIN_LEN_MAX; i++) {
        spans[i] = (struct lt_span){other.data, other.len};
    }
    spans[LT_CHAIN_LEN_MAX] = (struct lt_span){own.data, own.len};
    for (unsigned i = 0; i < 2; i++) {
        /* The province has never heard of it. */
        hand_free(&hand);
        hand_open(&hand, &net, PROVINCE, stranger);
        hello = good_hello();
        hello.bindings = spans + i;
        hello.bindings_n = LT_CHAIN_LEN_MAX + 1 - i;
        say(&hello);
        net_settle(&net);
        assert_int_equal(hand.closed, i == 0);
        assert_int_equal(hand.count[LT_FRAME_HELLO], i);
    }
    lt_buf_deinit(&own);
    lt_buf_deinit(&other);
}

/* ---- from above ---- */

/* The district is played, the commune has dialled it. */
static void be_dialled(void)
{
    hand_free(&hand);
    hand_open(&hand, &net, COMMUNE, DISTRICT);
    net_inject(&net, COMMUNE, hand.session, NULL, 0); /* that of hand_open */
    hand.closed = false;
    hand.session = net.next_session;
    (void)net_raw_session(&net, COMMUNE, LT_ROLE_PARENT,
                          &net.nodes[DISTRICT].office,
                          net.nodes[DISTRICT].curve);
    assert_non_null(hand.last[LT_FRAME_HELLO]); /* it speaks first */
}

/* Signed for that session, with the key of @by. */
static struct lt_hello answer(const struct lt_key *by)
{
    const struct node *me = &net.nodes[DISTRICT];
    const struct node *peer = &net.nodes[COMMUNE];
    struct lt_hello_digest digest = {.role = LT_ROLE_PARENT,
                                     .signer = me->office,
                                     .peer = peer->office,
                                     .wire_min = LT_WIRE_VERSION,
                                     .wire_max = LT_WIRE_VERSION,
                                     .epoch = hand.epoch};
    struct lt_hello hello = good_hello();
    uint8_t bytes[LT_HELLO_DIGEST_LEN];
    struct lt_arena arena;
    struct lt_frame said;

    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_int_equal(lt_frame_decode(hand.last[LT_FRAME_HELLO],
                                     hand.last_len[LT_FRAME_HELLO], &arena,
                                     &said, NULL),
                     LT_OK);
    hello.has_peer_nonce = true;
    memcpy(hello.peer_nonce, said.hello.nonce, LT_NONCE_LEN);
    memcpy(digest.signer_curve, me->curve, LT_CURVE_LEN);
    memcpy(digest.peer_curve, peer->curve, LT_CURVE_LEN);
    memcpy(digest.signer_nonce, hand.nonce, LT_NONCE_LEN);
    memcpy(digest.peer_nonce, said.hello.nonce, LT_NONCE_LEN);
    lt_hello_digest_bytes(&digest, bytes);
    hello.has_signature = true;
    assert_int_equal(lt_key_sign(by, bytes, sizeof(bytes), hello.signature),
                     LT_OK);
    memcpy(hello.key_id, lt_key_id(by), LT_HASH_LEN);
    lt_arena_deinit(&arena);
    return hello;
}

static void a_parent_that_answers_what_was_said_is_served(void **state)
{
    struct lt_hello hello;

    (void)state;
    be_dialled();
    hello = answer(net.nodes[DISTRICT].key);
    say(&hello);
    assert_false(hand.closed);
    assert_int_equal(hand.count[LT_FRAME_PROOF], 1);
    assert_int_equal(net_link_view(&net, COMMUNE, DISTRICT).state, 1);
}

static void a_parent_answers_the_nonce_that_it_was_told(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lt_hello hello;

        be_dialled();
        hello = answer(net.nodes[DISTRICT].key);
        if (i == 0) {
            hello.has_peer_nonce = false;
        } else {
            hello.peer_nonce[0] ^= 1;
        }
        say(&hello);
        is_closed_for(LT_EHELLO);
        assert_int_equal(hand.count[LT_FRAME_PROOF], 0);
    }
}

static void a_parent_has_a_key_that_somebody_bound(void **state)
{
    struct lt_key *key = later_key(1);
    struct lt_hello hello;

    (void)state;
    be_dialled();
    hello = answer(key);
    say(&hello);
    is_closed_for(LT_EUNKNOWNKEY);
    lt_key_free(key);
}

/* It had it once: since it has another one it speaks with that. */
static void a_parent_speaks_with_its_newest_key(void **state)
{
    struct lt_key *key = later_key(2);
    const struct later later = {.office = DISTRICT,
                                .issuer = PROVINCE,
                                .key = key,
                                .follows = net.nodes[DISTRICT].key,
                                .serial = 2};
    struct lt_hello hello;
    struct lt_buf binding;

    (void)state;
    lt_buf_init(&binding, lt_alloc_heap());
    later_make(&net, &later, &binding);
    later_give(&net, COMMUNE, &binding);
    assert_true(later_holds(&net, COMMUNE, DISTRICT, key));
    be_dialled();
    hello = answer(net.nodes[DISTRICT].key);
    say(&hello);
    is_closed_for(LT_EUNKNOWNKEY);
    be_dialled();
    hello = answer(key);
    say(&hello);
    assert_int_equal(net_link_view(&net, COMMUNE, DISTRICT).state, 1);
    lt_buf_deinit(&binding);
    lt_key_free(key);
}

static void a_parent_signs_for_this_session(void **state)
{
    struct lt_hello hello;

    (void)state;
    be_dialled();
    hello = answer(net.nodes[DISTRICT].key);
    hello.signature[3] ^= 1;
    say(&hello);
    is_closed_for(LT_EHELLO);
    assert_int_equal(hand.count[LT_FRAME_PROOF], 0);
}

static void a_parent_signs_its_hello(void **state)
{
    struct lt_hello hello;

    (void)state;
    be_dialled();
    hello = answer(net.nodes[DISTRICT].key);
    hello.has_signature = false;
    say(&hello);
    is_closed_for(LT_EPROTO);
}

static void a_parent_has_nothing_to_prove(void **state)
{
    struct lt_hello hello;

    (void)state;
    be_dialled();
    hello = answer(net.nodes[DISTRICT].key);
    say(&hello);
    assert_int_equal(net_link_view(&net, COMMUNE, DISTRICT).state, 1);
    prove(hello.signature);
    is_closed_for(LT_EPROTO);
}

/* ---- a key that cannot sign ---- */

/* What is public of it is all that the process has left. */
static void lose_the_secret(unsigned node)
{
    struct lt_key *whole = net.nodes[node].key;
    struct lt_key *half = NULL;

    assert_int_equal(lt_key_from_public(lt_key_public(whole), &half), LT_OK);
    net_stop(&net, node);
    net.nodes[node].key = half;
    net_start(&net, node);
    lt_key_free(whole);
}

static void who_cannot_sign_serves_nobody(void **state)
{
    struct lt_hello hello;

    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    lose_the_secret(DISTRICT);
    hand_free(&hand);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    hand_hello(&hand, 1, 1);
    is_closed_for(LT_ECRYPTO);
    assert_int_equal(hand.count[LT_FRAME_HELLO], 0);
    /* Nor is it served. */
    hand_free(&hand);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    lose_the_secret(COMMUNE);
    net_disconnect(&net, COMMUNE, DISTRICT);
    {
        struct lt_key *again = NULL;
        uint8_t seed[32];

        memset(seed, 0x33, sizeof(seed));
        seed[0] = DISTRICT + 1; /* as net_join made it */
        assert_int_equal(lt_key_from_seed(seed, &again), LT_OK);
        be_dialled();
        hello = answer(again);
        lt_key_free(again);
    }
    say(&hello);
    is_closed_for(LT_ECRYPTO);
    assert_int_equal(hand.count[LT_FRAME_PROOF], 0);
}

/* Nothing that is not signed goes to a disk: the process ends. */
static void who_cannot_sign_writes_nothing(void **state)
{
    size_t log;

    (void)state;
    lose_the_secret(COMMUNE);
    log = net.nodes[COMMUNE].log_n;
    (void)net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1);
    assert_true(net.failed);
    assert_int_equal(net.nodes[COMMUNE].rc, LT_ENOMEM);
    assert_int_equal(net.nodes[COMMUNE].log_n, log);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(an_epoch_is_not_nothing),
        PROMISE(who_is_below_does_not_sign_its_hello),
        PROMISE(versions_that_are_all_older_are_refused),
        PROMISE(a_proof_comes_after_the_hello),
        PROMISE(what_is_said_again_changes_nothing),
        PROMISE(an_office_without_any_key_is_refused),
        PROMISE(a_hello_proves_itself_with_its_first_bindings),
        PROMISE(a_parent_that_answers_what_was_said_is_served),
        PROMISE(a_parent_answers_the_nonce_that_it_was_told),
        PROMISE(a_parent_has_a_key_that_somebody_bound),
        PROMISE(a_parent_speaks_with_its_newest_key),
        PROMISE(a_parent_signs_for_this_session),
        PROMISE(a_parent_signs_its_hello),
        PROMISE(a_parent_has_nothing_to_prove),
        PROMISE(who_cannot_sign_serves_nobody),
        PROMISE(who_cannot_sign_writes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
