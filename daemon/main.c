/* lienthongd: arguments, what a process sets up once, and the exit code. */
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/failpoint.h"
#include "common/note.h"
#include "common/version.h"
#include "daemon/daemon.h"

static void print_diag(const struct lt_diag *diag)
{
    lt_note(diag);
    lt_note_flush(true);
}

static void usage(FILE *out, enum lt_lang lang)
{
    fputs(lt_ui(lang, "ui_daemon_usage"), out);
    fputc('\n', out);
}

static int list_failpoints(void)
{
    const struct lt_failpoint_info *info;

    for (size_t i = 0; (info = lt_failpoint_at(i)) != NULL; i++) {
        printf("%s\t%s\n", info->name, info->text);
    }
    return 0;
}

static int check_config(const struct lt_daemon_options *options)
{
    struct lt_conf *conf = NULL;
    struct lt_diag diag = {.code = LT_OK};
    lt_err err = lt_conf_load(options->dir, options->config_path, &conf, &diag);

    lt_conf_free(conf);
    if (err != LT_OK) {
        print_diag(&diag);
    }
    return lt_err_exit(err);
}

/* Descriptors 0 to 2 exist, so that no database is ever opened as stderr. */
static void open_standard_descriptors(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= 2);
    if (fd > 2) {
        close(fd);
    }
}

/* A shell's 1,024 are few for a province; what may be had is the other limit.
 * Nothing here uses select(2). */
enum { KEEP_BYTES = 2 * 1024 * 1024 };

static void take_all_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
        limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void set_up_process(void)
{
    take_all_descriptors();
    umask(0077);
    /* A core would hold keys and texts. */
    prctl(PR_SET_DUMPABLE, 0);
    /* Few arenas and early return of what an attack or a burst took; but an
     * answer of a page (some hundred KiB, held in several hands) stays: pages
     * taken from the system and given back for each cost more than what is in
     * them. What a burst leaves goes back once it is quiet (trim.h). */
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
    mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
    signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"dir", required_argument, NULL, 'd'},
        {"config", required_argument, NULL, 'c'},
        {"check-config", no_argument, NULL, 'k'},
        {"failpoints", no_argument, NULL, 'f'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    struct lt_daemon_options options = {.dir = getenv("LIENTHONG_DIR")};
    enum lt_lang lang = lt_lang_from_environment();
    struct lt_diag diag = {.code = LT_OK};
    bool check = false;
    int option;
    lt_err err;

    open_standard_descriptors();
    lt_note_start(STDERR_FILENO, LT_NOTE_TEXT, lang, lt_sys_real());
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'd':
            options.dir = optarg;
            break;
        case 'c':
            options.config_path = optarg;
            break;
        case 'k':
            check = true;
            break;
        case 'f':
            return list_failpoints();
        case 'v':
            printf("lienthongd %s wire %d-%d\n", LT_VERSION, LT_WIRE_MIN,
                   LT_WIRE_MAX);
            return 0;
        case 'h':
            usage(stdout, lang);
            return 0;
        default:
            usage(stderr, lang);
            return 64;
        }
    }
    if (options.dir == NULL || optind != argc) {
        usage(stderr, lang);
        return 64;
    }
    if (check) {
        return check_config(&options);
    }
    err = lt_failpoint_start(getenv("LIENTHONG_FAILPOINT"),
                             getenv("LIENTHONG_PLANT"), &diag);
    if (err == LT_OK) {
        set_up_process();
        err = lt_daemon_run(&options, &diag);
    }
    if (err != LT_OK) {
        if (diag.code != err) {
            lt_diag_set(&diag, err);
        }
        print_diag(&diag);
    }
    lt_note_flush(true);
    return lt_err_exit(err);
}
