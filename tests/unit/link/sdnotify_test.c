#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/link/sdnotify.h"

/* A manager of our own at an abstract address. */
static int manager(char out_name[static 64])
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert_true(fd >= 0);
    (void)snprintf(out_name, 64, "@lienthong-test-%ld", (long)getpid());
    memcpy(where.sun_path, out_name, strlen(out_name));
    where.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&where,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                                      strlen(out_name))),
                     0);
    return fd;
}

static void the_manager_hears_each_word(void **state)
{
    char name[64];
    char heard[128] = "";
    int fd = manager(name);

    (void)state;
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    assert_true(lt_sdnotify("READY=1"));
    assert_int_equal(recv(fd, heard, sizeof(heard) - 1, 0), 7);
    assert_string_equal(heard, "READY=1");
    assert_true(lt_sdnotify_reloading(1234));
    assert_true(recv(fd, heard, sizeof(heard) - 1, 0) > 0);
    assert_string_equal(heard, "RELOADING=1\nMONOTONIC_USEC=1234000");
    (void)close(fd);
    assert_false(lt_sdnotify("READY=1")); /* nobody there any more */
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    assert_false(lt_sdnotify("READY=1"));
    assert_int_equal(setenv("NOTIFY_SOCKET", "relative", 1), 0);
    assert_false(lt_sdnotify("READY=1"));
}

static void the_watchdog_is_for_the_named_process(void **state)
{
    char pid[32];

    (void)state;
    (void)setenv("NOTIFY_SOCKET", "/run/nobody", 1);
    (void)unsetenv("WATCHDOG_PID");
    (void)unsetenv("WATCHDOG_USEC");
    assert_int_equal(lt_sdnotify_watchdog_ms(), 0);
    (void)setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(lt_sdnotify_watchdog_ms(), 30000);
    (void)setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(lt_sdnotify_watchdog_ms(), 0);
    (void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    (void)setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(lt_sdnotify_watchdog_ms(), 30000);
    (void)setenv("WATCHDOG_USEC", "30s", 1);
    assert_int_equal(lt_sdnotify_watchdog_ms(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manager_hears_each_word),
        cmocka_unit_test(without_a_manager_nothing_happens),
        cmocka_unit_test(the_watchdog_is_for_the_named_process),
    };

    return cmocka_run_group_tests_name("sdnotify", tests, NULL, NULL);
}
