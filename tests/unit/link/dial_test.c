/* A superior is tried for ever, whatever answers in its place. */
#include "tests/unit/link/fixture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Something at the parent's address that is not a parent. */
struct impostor {
    int fd;
    uint16_t port;
    unsigned visits;
    const char *answer;
    struct node *child;
};

static void impostor_turn(struct impostor *impostor)
{
    char heard[512];
    int fd = accept4(impostor->fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0) {
        assert_int_equal(errno, EAGAIN);
        return;
    }
    impostor->visits++;
    assert_true(recv(fd, heard, sizeof(heard), 0) > 0);
    assert_true(
        send(fd, impostor->answer, strlen(impostor->answer), MSG_NOSIGNAL) > 0);
    (void)close(fd);
}

static bool came_again(void *ctx)
{
    struct impostor *impostor = ctx;

    impostor_turn(impostor);
    return impostor->visits >= 3;
}

static void is_outlived(const char *answer, enum lt_tried_result told)
{
    struct impostor impostor = {.answer = answer};
    struct node parent;
    struct node child;
    char address[32];
    const char *addresses[] = {address};

    impostor.fd = tcp_listen(&impostor.port);
    (void)snprintf(address, sizeof(address), "127.0.0.1:%u",
                   (unsigned)impostor.port);
    node_init(&parent, 1);
    node_init(&child, 2);
    node_start(&child, NULL, NULL);
    node_dial(&child, &parent, addresses, 1);
    assert_true(
        turn_until(&child, NULL, came_again, &impostor, 2 * PATIENCE_MS));
    assert_int_equal(child.ups, 0);
    await(&child, NULL, &child.tried_n, 1);
    assert_int_equal(child.tried, told);
    (void)close(impostor.fd);

    node_start(&parent, address, NULL);
    node_admit(&parent, &child);
    await(&child, &parent, &child.ups, 1);
    node_say(&child, "hello");
    await(&child, &parent, &parent.frames, 1);
    node_stop(&child);
    node_stop(&parent);
}

static void a_captive_portal_is_outlived(void **state)
{
    (void)state;
    is_outlived("HTTP/1.1 302 Found\r\nLocation: http://login/\r\n"
                "Content-Length: 0\r\nConnection: close\r\n\r\n",
                LT_TRIED_NOT_OURS);
}

static void garbage_is_outlived(void **state)
{
    (void)state;
    /* It begins as ours does, and ends too soon. */
    is_outlived("\xff\x01\x02\x03\x04\x05\x06\x07\x08\x7f\x03\x01NULL garbage",
                LT_TRIED_HANDSHAKE_ENDED);
}

static void the_second_address_is_taken_when_the_first_is_dead(void **state)
{
    struct node parent;
    struct node child;
    uint16_t port;
    char dead[32];
    const char *addresses[2] = {dead, NULL};

    (void)state;
    (void)close(tcp_listen(&port)); /* nobody listens there now */
    (void)snprintf(dead, sizeof(dead), "127.0.0.1:%u", (unsigned)port);
    node_init(&parent, 1);
    node_init(&child, 2);
    node_start(&parent, "127.0.0.1:0", NULL);
    node_start(&child, NULL, NULL);
    node_admit(&parent, &child);
    addresses[1] = lt_link_bound(parent.link, 0);
    node_dial(&child, &parent, addresses, 2);
    await(&child, &parent, &child.ups, 1);
    assert_int_equal(child.tried_n, 1);
    assert_int_equal(child.tried, LT_TRIED_REFUSED);
    node_stop(&child);
    node_stop(&parent);
}

static void a_name_without_an_address_is_told(void **state)
{
    struct node parent;
    struct node child;
    const char *address = "a..b:7441";
    const char *where = NULL;
    int64_t at_ms = 0;

    (void)state;
    node_init(&parent, 1);
    node_init(&child, 2);
    node_start(&child, NULL, NULL);
    node_dial(&child, &parent, &address, 1);
    await(&child, NULL, &child.tried_n, 1);
    assert_int_equal(child.tried, LT_TRIED_NAME_UNKNOWN);
    assert_true(lt_link_next_dial(child.link, &parent.office, &at_ms, &where));
    assert_string_equal(where, address);
    assert_false(lt_link_next_dial(child.link, &child.office, &at_ms, &where));
    node_stop(&child);
}

static void an_ipv6_address_works(void **state)
{
    struct node parent;
    struct node child;
    const char *address;

    (void)state;
    node_init(&parent, 1);
    node_init(&child, 2);
    node_start(&parent, "[::1]:0", NULL);
    node_start(&child, NULL, NULL);
    node_admit(&parent, &child);
    address = lt_link_bound(parent.link, 0);
    assert_memory_equal(address, "[::1]:", 6);
    node_dial(&child, &parent, &address, 1);
    await(&child, &parent, &child.ups, 1);
    node_say(&child, "hello");
    await(&child, &parent, &parent.frames, 1);
    node_stop(&child);
    node_stop(&parent);
}

static void a_name_is_looked_up(void **state)
{
    struct node parent;
    struct node child;
    char address[64];
    const char *addresses[] = {address};

    (void)state;
    node_init(&parent, 1);
    node_init(&child, 2);
    node_start(&parent, "127.0.0.1:0", NULL);
    node_start(&child, NULL, NULL);
    node_admit(&parent, &child);
    (void)snprintf(address, sizeof(address), "localhost%s",
                   strchr(lt_link_bound(parent.link, 0), ':'));
    node_dial(&child, &parent, addresses, 1);
    await(&child, &parent, &child.ups, 1);
    node_stop(&child);
    node_stop(&parent);
}

static void a_restarted_parent_is_found_again(void **state)
{
    struct node parent;
    struct node child;
    char address[64];
    const char *addresses[] = {address};

    (void)state;
    node_init(&parent, 1);
    node_init(&child, 2);
    node_start(&parent, "127.0.0.1:0", NULL);
    node_start(&child, NULL, NULL);
    node_admit(&parent, &child);
    (void)snprintf(address, sizeof(address), "%s",
                   lt_link_bound(parent.link, 0));
    node_dial(&child, &parent, addresses, 1);
    await(&child, &parent, &child.ups, 1);
    node_stop(&parent);
    await(&child, NULL, &child.downs, 1);
    node_start(&parent, address, NULL);
    node_admit(&parent, &child);
    await(&child, &parent, &child.ups, 2);
    node_stop(&child);
    node_stop(&parent);
}

/* Somebody else answers with a key of its own: no session, and no end. */
static void a_wrong_server_key_gives_no_session(void **state)
{
    struct node parent;
    struct node other;
    struct node child;
    const char *address;

    (void)state;
    node_init(&parent, 1);
    node_init(&other, 3);
    node_init(&child, 2);
    node_start(&other, "127.0.0.1:0", NULL);
    node_start(&child, NULL, NULL);
    node_admit(&other, &child);
    address = lt_link_bound(other.link, 0);
    node_dial(&child, &parent, &address, 1);
    await(&child, &other, &child.alarms, 1);
    assert_int_equal(child.ups, 0);
    assert_int_equal(other.ups, 0);
    /* The same address with the right key is taken up at once. */
    node_dial(&child, &other, &address, 1);
    await(&child, &other, &child.ups, 1);
    node_stop(&child);
    node_stop(&other);
}

static void addresses_are_checked_before_they_are_taken(void **state)
{
    struct node parent;
    struct node child;
    const char *bad = "no port";

    (void)state;
    node_init(&parent, 1);
    node_init(&child, 2);
    node_start(&child, NULL, NULL);
    assert_int_equal(
        lt_link_dial(child.link, &parent.office, parent.public_key, &bad, 1),
        LT_ECONFIG);
    assert_int_equal(
        lt_link_dial(child.link, &parent.office, parent.public_key, &bad, 0),
        LT_EINVAL);
    node_stop(&child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_captive_portal_is_outlived),
        cmocka_unit_test(garbage_is_outlived),
        cmocka_unit_test(the_second_address_is_taken_when_the_first_is_dead),
        cmocka_unit_test(a_name_without_an_address_is_told),
        cmocka_unit_test(an_ipv6_address_works),
        cmocka_unit_test(a_name_is_looked_up),
        cmocka_unit_test(a_restarted_parent_is_found_again),
        cmocka_unit_test(a_wrong_server_key_gives_no_session),
        cmocka_unit_test(addresses_are_checked_before_they_are_taken),
    };

    return cmocka_run_group_tests_name("dial", tests, fixture_setup,
                                       fixture_teardown);
}
