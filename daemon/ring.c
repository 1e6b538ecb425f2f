/* posix_spawn and not fork: the process has threads and much memory. */
#include "daemon/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/failpoint.h"

enum { KILL_AFTER_MS = 2000 };

static void free_words(char **argv)
{
    for (size_t i = 0; argv != NULL && argv[i] != NULL; i++) {
        free(argv[i]);
    }
    free(argv);
}

static lt_err split(const char *command, char ***out_argv)
{
    char **argv = calloc(LT_RING_ARGS_MAX + 1, sizeof(*argv));
    size_t n = 0;

    if (argv == NULL) {
        return LT_ENOMEM;
    }
    for (;;) {
        size_t len;

        command += strspn(command, " \t");
        len = strcspn(command, " \t");
        if (len == 0) {
            break;
        }
        argv[n] = n == LT_RING_ARGS_MAX ? NULL : strndup(command, len);
        if (argv[n] == NULL) {
            free_words(argv);
            return n == LT_RING_ARGS_MAX ? LT_EINVAL : LT_ENOMEM;
        }
        n++;
        command += len;
    }
    if (n > 0 && argv[0][0] != '/') {
        free_words(argv);
        return LT_EINVAL;
    }
    *out_argv = argv;
    return LT_OK;
}

lt_err lt_ring_init(struct lt_ring *ring, const char *command,
                    int64_t timeout_ms)
{
    memset(ring, 0, sizeof(*ring));
    ring->timeout_ms = timeout_ms;
    return split(command, &ring->argv);
}

void lt_ring_deinit(struct lt_ring *ring)
{
    for (size_t i = 0; i < LT_RING_MAX; i++) {
        if (ring->running[i].pid != 0) {
            (void)kill(-ring->running[i].pid, SIGKILL);
            (void)waitpid(ring->running[i].pid, NULL, 0);
            ring->running[i].pid = 0;
        }
    }
    free_words(ring->argv);
    ring->argv = NULL;
}

static bool find_room(const struct lt_ring *ring, size_t *out)
{
    for (size_t i = 0; i < LT_RING_MAX; i++) {
        if (ring->running[i].pid == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool lt_ring_ready(const struct lt_ring *ring)
{
    size_t room;

    return ring->argv != NULL && ring->argv[0] != NULL &&
           find_room(ring, &room);
}

static int open_nothing(posix_spawn_file_actions_t *actions)
{
    int rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
                                              "/dev/null", O_RDONLY, 0);

    for (int fd = STDOUT_FILENO; rc == 0 && fd <= STDERR_FILENO; fd++) {
        rc = posix_spawn_file_actions_addopen(actions, fd, "/dev/null",
                                              O_WRONLY, 0);
    }
    if (rc == 0) {
        rc = posix_spawn_file_actions_addchdir_np(actions, "/");
    }
    /* Ours are all close-on-exec; a library's may not be. */
    return rc != 0 ? rc
                   : posix_spawn_file_actions_addclosefrom_np(
                         actions, STDERR_FILENO + 1);
}

static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    rc = posix_spawnattr_setsigmask(attributes, &none);
    if (rc == 0) {
        rc = posix_spawnattr_setsigdefault(attributes, &all);
    }
    if (rc == 0) {
        rc = posix_spawnattr_setpgroup(attributes, 0);
    }
    return rc != 0 ? rc
                   : posix_spawnattr_setflags(attributes,
                                              (short)(POSIX_SPAWN_SETSIGMASK |
                                                      POSIX_SPAWN_SETSIGDEF |
                                                      POSIX_SPAWN_SETPGROUP));
}

static int spawn(const struct lt_ring *ring, char *const *envp, pid_t *out_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc != 0) {
        return rc;
    }
    rc = posix_spawnattr_init(&attributes);
    if (rc == 0) {
        rc = open_nothing(&actions);
        if (rc == 0) {
            rc = set_signals(&attributes);
        }
        if (rc == 0) {
            rc = posix_spawn(out_pid, ring->argv[0], &actions, &attributes,
                             ring->argv, envp);
        }
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return rc;
}

lt_err lt_ring_run(struct lt_ring *ring, int64_t now_ms, char *const *vars)
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    static char lang[] = "LANG=C.UTF-8";
    char *envp[LT_RING_VARS_MAX + 3] = {path, lang};
    size_t n = 2;
    size_t at;
    int rc;

    if (ring->argv == NULL || ring->argv[0] == NULL || !find_room(ring, &at)) {
        return LT_EBUSY;
    }
    while (*vars != NULL && n < LT_RING_VARS_MAX + 2) {
        envp[n++] = *vars++;
    }
    envp[n] = NULL;
    rc = spawn(ring, envp, &ring->running[at].pid);
    if (rc != 0) {
        ring->running[at].pid = 0;
        return rc == ENOMEM ? LT_ENOMEM : LT_ENOINPUT;
    }
    ring->running[at].until_ms = now_ms + ring->timeout_ms;
    ring->running[at].told = false;
    return LT_OK;
}

void lt_ring_watch(struct lt_ring *ring, int64_t now_ms, unsigned *out_done,
                   unsigned *out_failed)
{
    for (size_t i = 0; i < LT_RING_MAX; i++) {
        pid_t pid = ring->running[i].pid;
        int status = 0;

        if (pid == 0) {
            continue;
        }
        if (waitpid(pid, &status, WNOHANG) != 0) {
            bool well = !ring->running[i].told && WIFEXITED(status) &&
                        WEXITSTATUS(status) == 0;

            *(well ? out_done : out_failed) += 1;
            if (ring->running[i].told) {
                (void)kill(-pid, SIGKILL); /* what it left behind */
            }
            ring->running[i].pid = 0;
        } else if (now_ms >= ring->running[i].until_ms &&
                   !LT_PLANTED(ring_for_ever)) {
            (void)kill(-pid, ring->running[i].told ? SIGKILL : SIGTERM);
            ring->running[i].told = true;
            ring->running[i].until_ms = now_ms + KILL_AFTER_MS;
        }
    }
}
