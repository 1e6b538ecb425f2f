/* A new root's first word: the file that `init` leaves, and what the daemon
 * makes of it. */
#include "tests/unit/daemon/house.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/origin.h"
#include "daemon/daemon_internal.h"

struct place {
    char dir[64];
    char folder[96];
    char file[128];
};

static int set_up(void **state)
{
    static struct place place;

    (void)strcpy(place.dir, "/tmp/lt-origin-XXXXXX");
    if (mkdtemp(place.dir) == NULL) {
        return -1;
    }
    (void)snprintf(place.folder, sizeof(place.folder), "%s/identity",
                   place.dir);
    (void)snprintf(place.file, sizeof(place.file), "%s/office", place.folder);
    *state = &place;
    return mkdir(place.folder, 0700);
}

static int tear_down(void **state)
{
    const struct place *place = *state;
    char conf[128];

    (void)snprintf(conf, sizeof(conf), "%s/lienthong.conf", place->dir);
    (void)unlink(conf);
    (void)unlink(place->file);
    (void)rmdir(place->folder);
    return rmdir(place->dir);
}

static struct lt_origin sample(void)
{
    return (struct lt_origin){
        .name = "Tây Ninh", .kind = "province", .code = "72"};
}

static void spill(const struct place *place, const char *text, size_t len)
{
    FILE *file = fopen(place->file, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(place->file, 0600), 0);
}

/* ---- the file ---- */

static void what_was_saved_is_loaded(void **state)
{
    const struct place *place = *state;
    struct lt_origin origin = sample();
    struct lt_origin loaded;
    struct stat info;

    assert_int_equal(lt_origin_save(&origin, place->folder, NULL), LT_OK);
    assert_int_equal(stat(place->file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(lt_origin_load(place->folder, &loaded, NULL), LT_OK);
    assert_string_equal(loaded.name, "Tây Ninh");
    assert_string_equal(loaded.kind, "province");
    assert_string_equal(loaded.code, "72");
}

static void an_office_may_have_no_code(void **state)
{
    const struct place *place = *state;
    struct lt_origin origin = sample();
    struct lt_origin loaded;

    origin.code[0] = '\0';
    assert_int_equal(lt_origin_save(&origin, place->folder, NULL), LT_OK);
    assert_int_equal(lt_origin_load(place->folder, &loaded, NULL), LT_OK);
    assert_string_equal(loaded.code, "");
}

static void a_missing_file_says_which(void **state)
{
    const struct place *place = *state;
    struct lt_origin loaded;
    struct lt_diag diag = {.code = LT_OK};

    assert_int_equal(lt_origin_load(place->folder, &loaded, &diag),
                     LT_ENOINPUT);
    assert_int_equal(diag.code, LT_ENOINPUT);
    assert_true(diag.args_n > 0);
}

static void a_file_that_is_no_origin_is_refused(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } WRONG[] = {
        {"", 0},
        {"Tây Ninh\n", 10},
        {"\nprovince\n72\n", 13},
        {"Tây\0Ninh\nprovince\n72\n", 23},
        {"T\xff\nprovince\n72\n", 15},
    };
    const struct place *place = *state;
    struct lt_origin loaded;

    for (size_t i = 0; i < LT_COUNT_OF(WRONG); i++) {
        spill(place, WRONG[i].text, WRONG[i].len);
        assert_int_equal(lt_origin_load(place->folder, &loaded, NULL),
                         LT_EMALFORMED);
    }
}

/* ---- the first start ---- */

/* A daemon as far as the opening needs it: a root's identity, the kinds, an
 * engine with an empty tree, a log on a disk in memory. */
struct first_start {
    struct lt_daemon daemon;
    struct lt_daemon_options options;
    struct lt_disk *disk;
};

static lt_err no_send(void *ctx, uint64_t session, const uint8_t *bytes,
                      size_t len)
{
    (void)ctx;
    (void)session;
    (void)bytes;
    (void)len;
    return LT_OK;
}

static void no_effect(void *ctx, const struct lt_effect *effect)
{
    (void)ctx;
    (void)effect;
}

static void no_wake(void *ctx, int64_t mono_ms)
{
    (void)ctx;
    (void)mono_ms;
}

static void no_peers(void *ctx)
{
    (void)ctx;
}

static void no_stored(void *ctx, uint64_t pos, int64_t at_ms,
                      const struct lt_segment *segment)
{
    (void)ctx;
    (void)pos;
    (void)at_ms;
    (void)segment;
}

static void no_written(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                       int64_t at_ms)
{
    (void)ctx;
    (void)pos;
    (void)at_ms;
    assert_true((token & LT_TOKEN_OWN) != 0);
    assert_int_equal(result, LT_OK);
}

static void write_conf(const struct place *place, const char *links)
{
    char path[128];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/lienthong.conf", place->dir);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "listen_links = {%s}\n", links) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static void start(struct first_start *first, const struct place *place)
{
    static const struct lt_turn_hooks HOOKS = {.send = no_send,
                                               .alarm = no_effect,
                                               .note = no_effect,
                                               .peers = no_peers,
                                               .wake = no_wake,
                                               .stored = no_stored,
                                               .written = no_written};
    struct lt_daemon *daemon = &first->daemon;
    struct lt_office office;
    struct lt_log_options log_options = {.path = "log.db",
                                         .wal_max_bytes = 4 << 20};
    struct lt_engine_options engine_options = {.alloc = lt_alloc_heap(),
                                               .epoch = 5,
                                               .software = "test",
                                               .urgent_per_hour = 60,
                                               .window_start_bytes = 8192,
                                               .window_max_bytes = 1 << 20,
                                               .statement_interval_ms = 1000,
                                               .clock_tolerance_ms = 300000,
                                               .zstd_level = 1, .zstd_level_thrifty = 1};

    memset(first, 0, sizeof(*first));
    memset(office.bytes, 0x5c, LT_OFFICE_LEN);
    assert_int_equal(lt_crypto_start(), LT_OK);
    first->disk = lt_disk_new(9);
    first->options.dir = place->dir;
    daemon->options = &first->options;
    write_conf(place, "\"127.0.0.1:7441\"");
    assert_int_equal(lt_conf_load(place->dir, NULL, &daemon->conf, NULL),
                     LT_OK);
    daemon->sys = lt_sys_real();
    daemon->now =
        (struct lt_now){.mono_ms = 1, .wall_ms = INT64_C(1795219200000)};
    lt_identity_init(&daemon->identity);
    assert_int_equal(
        lt_identity_make_root(&daemon->identity, daemon->sys, &office), LT_OK);
    assert_int_equal(
        lt_policy_load(lt_alloc_heap(), "/nonexistent", &daemon->policy, NULL),
        LT_OK);
    log_options.vfs = lt_disk_vfs(first->disk);
    log_options.office = office;
    assert_int_equal(lt_log_open(&log_options, &daemon->log, NULL), LT_OK);
    engine_options.office = office;
    engine_options.key = daemon->identity.node_key;
    memcpy(engine_options.root_key, lt_cert_public(daemon->identity.root_cert),
           LT_PUBKEY_LEN);
    memcpy(engine_options.transport_key, daemon->identity.curve_public,
           LT_CURVE_LEN);
    assert_int_equal(lt_engine_new(&engine_options, &daemon->engine), LT_OK);
    assert_int_equal(lt_turn_new(lt_alloc_heap(), daemon->engine, daemon->log,
                                 &HOOKS, &daemon->turn),
                     LT_OK);
    assert_int_equal(lt_turn_load(daemon->turn), LT_OK);
    /* The root's own binding comes before what it proves. */
    for (size_t i = 0; i < daemon->identity.bindings.items_n; i++) {
        struct lt_input input = {
            .kind = LT_IN_BINDING,
            .bytes = daemon->identity.bindings.items[i].data,
            .len = daemon->identity.bindings.items[i].len,
        };

        assert_int_equal(lt_turn_input(daemon->turn, &daemon->now, &input),
                         LT_OK);
    }
}

static void stop(struct first_start *first)
{
    struct lt_daemon *daemon = &first->daemon;

    lt_turn_free(daemon->turn);
    lt_engine_free(daemon->engine);
    lt_log_close(daemon->log);
    lt_policy_free(daemon->policy);
    lt_conf_free(daemon->conf);
    lt_identity_deinit(&daemon->identity);
    lt_disk_free(first->disk);
    lt_codec_thread_stop();
    lt_crypto_stop();
}

static void a_new_root_opens_itself_once(void **state)
{
    const struct place *place = *state;
    struct lt_origin origin = sample();
    const struct lt_tree_office *root;
    struct lt_log_stats stats;
    struct first_start first;
    struct lt_daemon *daemon = &first.daemon;

    assert_int_equal(lt_origin_save(&origin, place->folder, NULL), LT_OK);
    start(&first, place);
    assert_int_equal(lt_daemon_open_origin(daemon, NULL), LT_OK);
    assert_int_equal(lt_turn_end(daemon->turn, &daemon->now), LT_OK);
    root = lt_tree_root(lt_engine_tree(daemon->engine));
    assert_non_null(root);
    assert_true(lt_office_equal(&root->id, &daemon->identity.office));
    assert_string_equal(root->name, "Tây Ninh");
    assert_string_equal(root->kind, "province");
    assert_true(root->keeper);
    assert_int_equal(root->link_addresses_n, 1);
    assert_string_equal(root->link_addresses[0], "127.0.0.1:7441");
    assert_int_equal(lt_daemon_open_origin(daemon, NULL), LT_OK);
    assert_int_equal(lt_turn_end(daemon->turn, &daemon->now), LT_OK);
    lt_log_stats(daemon->log, &stats);
    assert_int_equal(stats.events, 1);
    stop(&first);
}

/* Where it listens now is told once; what nobody could dial is not told. */
static void a_root_that_listens_elsewhere_says_so(void **state)
{
    static const struct {
        const char *links;
        uint64_t events;
    } rows[] = {{"\"127.0.0.1:7441\"", 1},
                {"\"10.0.0.7:7441\", \"10.1.0.7:7441\"", 2},
                {"\"10.0.0.7:7441\", \"10.1.0.7:7441\"", 2},
                {"\"0.0.0.0:7441\"", 2},
                {"\"127.0.0.1:0\"", 2}};
    const struct place *place = *state;
    struct lt_origin origin = sample();
    const struct lt_tree_office *root;
    struct lt_log_stats stats;
    struct first_start first;
    struct lt_daemon *daemon = &first.daemon;

    assert_int_equal(lt_origin_save(&origin, place->folder, NULL), LT_OK);
    start(&first, place);
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        lt_conf_free(daemon->conf);
        write_conf(place, rows[i].links);
        assert_int_equal(lt_conf_load(place->dir, NULL, &daemon->conf, NULL),
                         LT_OK);
        assert_int_equal(lt_daemon_open_origin(daemon, NULL), LT_OK);
        assert_int_equal(lt_turn_end(daemon->turn, &daemon->now), LT_OK);
        lt_log_stats(daemon->log, &stats);
        assert_int_equal(stats.events, rows[i].events);
    }
    root = lt_tree_root(lt_engine_tree(daemon->engine));
    assert_int_equal(root->link_addresses_n, 2);
    assert_string_equal(root->link_addresses[1], "10.1.0.7:7441");
    assert_string_equal(root->name, "Tây Ninh");
    assert_true(root->keeper);
    stop(&first);
}

static void a_kind_that_the_policy_lacks_is_refused(void **state)
{
    const struct place *place = *state;
    struct lt_origin origin = sample();
    struct lt_diag diag = {.code = LT_OK};
    struct first_start first;

    (void)strcpy(origin.kind, "kingdom");
    assert_int_equal(lt_origin_save(&origin, place->folder, NULL), LT_OK);
    start(&first, place);
    assert_int_equal(lt_daemon_open_origin(&first.daemon, &diag), LT_EINVAL);
    assert_string_equal(diag.args[0].value, "kingdom");
    assert_int_equal(lt_tree_count(lt_engine_tree(first.daemon.engine)), 0);
    stop(&first);
}

static void a_root_without_its_file_does_not_start(void **state)
{
    const struct place *place = *state;
    struct first_start first;

    start(&first, place);
    assert_int_equal(lt_daemon_open_origin(&first.daemon, NULL), LT_ENOINPUT);
    stop(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_saved_is_loaded, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_office_may_have_no_code, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_missing_file_says_which, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_origin_is_refused,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_root_opens_itself_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_root_that_listens_elsewhere_says_so,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kind_that_the_policy_lacks_is_refused,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_root_without_its_file_does_not_start,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
