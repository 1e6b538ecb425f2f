/* A link whose gate does not shut must not come up, and one whose gate ends
 * must not live on. Each case runs in a process of its own. */
#include "tests/unit/link/fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/crypto.h"
#include "daemon/link/gate.h"

#ifdef LT_TEST_HOOKS

/* In the child: start with @fault, then turn until the gate ends us. Exits
 * with what the start said, as a positive number, or 99 when patience ends. */
static _Noreturn void live(enum lt_gate_fault fault)
{
    struct node node;
    struct lt_diag diag = {.code = LT_OK};
    int64_t end_ms;
    lt_err rc;

    if (lt_crypto_start() != LT_OK) {
        _exit(98);
    }
    node_init(&node, 1);
    if (fault != LT_GATE_BREAKS) {
        lt_gate_fault = fault;
    }
    rc = node_try(&node, "127.0.0.1:0", NULL, &diag);
    if (rc != LT_OK) {
        _exit(rc == LT_EINTERNAL && diag.args_n > 0 ? 7 : 97);
    }
    lt_gate_fault = fault;
    end_ms = clock_ms() + PATIENCE_MS;
    while (clock_ms() < end_ms) {
        node_turn(&node);
        if (fault == LT_GATE_SOUND) {
            node_stop(&node);
            _exit(0);
        }
    }
    _exit(99);
}

static int fate_of(enum lt_gate_fault fault)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(STDERR_FILENO);
        live(fault);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_sound_gate_passes(void **state)
{
    (void)state;
    assert_int_equal(fate_of(LT_GATE_SOUND), 0);
}

static void a_gate_that_admits_everybody_is_found_out(void **state)
{
    (void)state;
    assert_int_equal(fate_of(LT_GATE_ADMITS_ALL), 7);
}

/* Without a bound gate libzmq admits everybody, were it not for the enforced
 * domain; the start fails either way, before any listener is there. */
static void a_missing_gate_is_found_out(void **state)
{
    (void)state;
    assert_int_equal(fate_of(LT_GATE_ABSENT), 7);
}

static void a_gate_that_ends_takes_the_process_with_it(void **state)
{
    (void)state;
    assert_int_equal(fate_of(LT_GATE_BREAKS), 70);
}

/* A manager that counts WATCHDOG=1 of one node, for @ms of its loop's life or
 * standing still. */
static unsigned watchdogs(bool turning, int ms)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    static const char name[] = "@lienthong-watchdog-test";
    struct node node;
    unsigned heard = 0;
    char word[64];
    int64_t end_ms;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    memcpy(where.sun_path + 1, name + 1, sizeof(name) - 2);
    assert_int_equal(bind(fd, (struct sockaddr *)&where,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                                      sizeof(name) - 1)),
                     0);
    (void)setenv("NOTIFY_SOCKET", name, 1);
    (void)setenv("WATCHDOG_USEC", "300000", 1);
    node_init(&node, 1);
    node_start(&node, NULL, NULL);
    end_ms = clock_ms() + ms;
    while (clock_ms() < end_ms) {
        if (turning) {
            node_turn(&node);
        }
        while (recv(fd, word, sizeof(word), 0) > 0) {
            heard++;
        }
    }
    node_stop(&node);
    (void)close(fd);
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("NOTIFY_SOCKET");
    return heard;
}

static void the_watchdog_is_fed_while_the_loop_turns(void **state)
{
    (void)state;
    assert_in_range(watchdogs(true, 1000), 5, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_gate_passes),
        cmocka_unit_test(a_gate_that_admits_everybody_is_found_out),
        cmocka_unit_test(a_missing_gate_is_found_out),
        cmocka_unit_test(a_gate_that_ends_takes_the_process_with_it),
        cmocka_unit_test_setup_teardown(
            the_watchdog_is_fed_while_the_loop_turns, fixture_setup,
            fixture_teardown),
    };

    return cmocka_run_group_tests_name("selftest", tests, NULL, NULL);
}

#else

int main(void)
{
    return 0; /* nothing can be broken in a release */
}

#endif
