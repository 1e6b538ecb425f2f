/* Strangers may ask, within bounds, and are answered. */
#include "tests/unit/link/fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The asking end blocks, so it has a thread of its own. */
struct asker {
    const char *addresses[2];
    size_t n;
    int timeout_ms;
    struct lt_buf answer;
    struct lt_diag diag;
    lt_err rc;
};

static void *ask(void *ctx)
{
    static const uint8_t question[] = "who are you?";
    struct asker *asker = ctx;

    asker->rc =
        lt_enrol_ask(asker->addresses, asker->n, question, sizeof(question) - 1,
                     asker->timeout_ms, &asker->answer, &asker->diag);
    return NULL;
}

static void is_answered(struct asker *asker, struct node *door)
{
    static uint8_t answer[LT_FRAME_MAX];
    pthread_t thread;

    memset(answer, 'a', sizeof(answer));
    lt_buf_init(&asker->answer, lt_alloc_heap());
    asker->timeout_ms = PATIENCE_MS;
    assert_int_equal(pthread_create(&thread, NULL, ask, asker), 0);
    await(door, NULL, &door->asks, 1);
    assert_int_equal(door->len, 12);
    assert_memory_equal(door->payload, "who are you?", 12);
    assert_int_equal(
        lt_link_enrol_answer(door->link, door->session, answer, sizeof(answer)),
        LT_OK);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(asker->rc, LT_OK);
    assert_int_equal(asker->answer.len, sizeof(answer));
    assert_memory_equal(asker->answer.data, answer, sizeof(answer));
    lt_buf_deinit(&asker->answer);
}

static void a_question_is_answered(void **state)
{
    struct node door;
    struct asker asker = {.n = 1};

    (void)state;
    node_init(&door, 1);
    node_start(&door, NULL, "127.0.0.1:0");
    asker.addresses[0] = lt_link_enrol_bound(door.link, 0);
    is_answered(&asker, &door);
    assert_int_equal(door.ups + door.frames, 0); /* no session came of it */
    node_stop(&door);
}

static void the_second_address_answers_when_the_first_is_dead(void **state)
{
    struct node door;
    struct asker asker = {.n = 2};
    char dead[32];
    uint16_t port;

    (void)state;
    (void)close(tcp_listen(&port));
    (void)snprintf(dead, sizeof(dead), "127.0.0.1:%u", (unsigned)port);
    node_init(&door, 1);
    node_start(&door, NULL, "127.0.0.1:0");
    asker.addresses[0] = dead;
    asker.addresses[1] = lt_link_enrol_bound(door.link, 0);
    is_answered(&asker, &door);
    node_stop(&door);
}

static void silence_ends_in_time(void **state)
{
    struct asker asker = {.n = 1, .timeout_ms = 300};
    char dead[32];
    uint16_t port;
    int64_t begin_ms = clock_ms();

    (void)state;
    (void)close(tcp_listen(&port));
    (void)snprintf(dead, sizeof(dead), "127.0.0.1:%u", (unsigned)port);
    asker.addresses[0] = dead;
    lt_buf_init(&asker.answer, lt_alloc_heap());
    (void)ask(&asker);
    assert_int_equal(asker.rc, LT_EBUSY);
    assert_int_equal(asker.diag.code, LT_EBUSY);
    assert_int_equal(asker.answer.len, 0);
    assert_in_range(clock_ms() - begin_ms, 250, 3000);
    lt_buf_deinit(&asker.answer);
}

/* The door for strangers and the door for links are not one. */
static void the_links_door_answers_no_strangers(void **state)
{
    struct node node;
    struct asker asker = {.n = 1, .timeout_ms = 1500};
    pthread_t thread;

    (void)state;
    node_init(&node, 1);
    node_start(&node, "127.0.0.1:0", NULL);
    asker.addresses[0] = lt_link_bound(node.link, 0);
    lt_buf_init(&asker.answer, lt_alloc_heap());
    assert_int_equal(pthread_create(&thread, NULL, ask, &asker), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    node_turn(&node);
    assert_int_equal(asker.rc, LT_EBUSY);
    assert_int_equal(node.asks + node.ups + node.frames, 0);
    lt_buf_deinit(&asker.answer);
    node_stop(&node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_answered),
        cmocka_unit_test(the_second_address_answers_when_the_first_is_dead),
        cmocka_unit_test(silence_ends_in_time),
        cmocka_unit_test(the_links_door_answers_no_strangers),
    };

    return cmocka_run_group_tests_name("enrol", tests, fixture_setup,
                                       fixture_teardown);
}
