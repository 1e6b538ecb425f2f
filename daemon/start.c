/* What is opened and started, in order, and stopped in reverse.
 *
 * The order matters: lock, keys, log, engine; then the gate with its self-test
 * before any door is open; then the view and the control socket. Nothing is
 * ready before all of it is. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "common/note.h"
#include "common/version.h"
#include "daemon/cases/law.h"
#include "daemon/daemon_internal.h"
#include "daemon/link/sdnotify.h"
#include "daemon/plants.h"

enum { PEERS_MAX = LT_TREE_OFFICES_MAX, ADDRESSES_MAX = LT_LINK_ADDRESSES_MAX };

static char *path_in(const struct lt_daemon *daemon, const char *name)
{
    size_t len = strlen(daemon->options->dir) + strlen(name) + 2;
    char *path = malloc(len);

    if (path != NULL) {
        snprintf(path, len, "%s/%s", daemon->options->dir, name);
    }
    return path;
}

/* ---- lock, configuration, signals ---- */

static lt_err take_lock(struct lt_daemon *daemon, struct lt_diag *diag)
{
    char *path = path_in(daemon, "lock");
    lt_err err = LT_OK;

    if (path == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    daemon->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (daemon->lock_fd < 0) {
        err = lt_diag_set(diag, errno == ENOENT ? LT_ENOINPUT : LT_EPERM);
        lt_diag_arg(diag, "path", "%s", path);
    } else if (flock(daemon->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        err = lt_diag_set(diag, LT_ELOCKED);
        lt_diag_arg(diag, "path", "%s", path);
    }
    free(path);
    return err;
}

static lt_err take_signals_over(struct lt_daemon *daemon)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    /* Blocked before any thread exists, so that all inherit it. */
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) {
        return LT_EINTERNAL;
    }
    daemon->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    daemon->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return daemon->signal_fd < 0 || daemon->wake_fd < 0 ? LT_EINTERNAL : LT_OK;
}

static void set_note_form(const struct lt_daemon *daemon)
{
    lt_note_form_set(lt_conf_number(daemon->conf, LT_SET_NOTES) == 1
                         ? LT_NOTE_JSON
                         : LT_NOTE_TEXT);
}

/* What a reload applies: each row of the table that says so, and no other. */
static const struct {
    enum lt_setting setting;
    void (*apply)(const struct lt_daemon *daemon);
} reloaded[] = {{LT_SET_NOTES, set_note_form}};

bool lt_daemon_reloads(enum lt_setting setting)
{
    for (size_t i = 0; i < LT_COUNT_OF(reloaded); i++) {
        if (reloaded[i].setting == setting) {
            return true;
        }
    }
    return false;
}

void lt_daemon_reload(struct lt_daemon *daemon)
{
    struct lt_buf restart;
    struct lt_diag diag = {.code = LT_OK};
    lt_err err;

    (void)lt_sdnotify_reloading(daemon->now.mono_ms);
    lt_buf_init(&restart, lt_alloc_heap());
    err = lt_conf_reload(daemon->conf, &restart, &diag);
    if (err == LT_OK) {
        for (size_t i = 0; i < LT_COUNT_OF(reloaded); i++) {
            reloaded[i].apply(daemon);
        }
        lt_http_reload(daemon->http);
        daemon->pages_ms = 0; /* the machine may have another address */
        lt_diag_set(&diag, LT_NRELOADED);
        if (restart.len > 0) {
            lt_diag_arg(&diag, "restart", "%.*s", (int)restart.len,
                        (const char *)restart.data);
        }
    }
    lt_note(&diag);
    lt_buf_deinit(&restart);
    (void)lt_sdnotify("READY=1"); /* the old configuration or the new one */
}

/* Whoever reads the view makes a law of the tables; they must be sound. */
static lt_err check_law(const struct lt_policy *policy, struct lt_diag *diag)
{
    struct lt_policy_text tables[LT_POLICY_TABLES];
    struct lt_law *law = NULL;
    lt_err err;

    for (int i = 0; i < LT_POLICY_TABLES; i++) {
        tables[i] = lt_policy_text(policy, (enum lt_policy_table)i);
    }
    err = lt_law_new(lt_alloc_heap(), tables, &law, diag);
    lt_law_free(law);
    return err;
}

static lt_err load_files(struct lt_daemon *daemon, struct lt_diag *diag)
{
    char *folder = path_in(daemon, "identity");
    char *policy = path_in(daemon, "policy");
    struct stat info;
    lt_err err = LT_OK;

    if (folder == NULL || policy == NULL) {
        err = lt_diag_set(diag, LT_ENOMEM);
    } else if (stat(daemon->options->dir, &info) == 0 &&
               (info.st_mode & 0022) != 0) {
        err = lt_diag_set(diag, LT_EFILEMODE);
        lt_diag_arg(diag, "path", "%s", daemon->options->dir);
    }
    if (err == LT_OK) {
        err = lt_identity_load(&daemon->identity, folder, diag);
    }
    if (err == LT_OK) {
        err = lt_policy_load(lt_alloc_heap(), policy, &daemon->policy, diag);
    }
    if (err == LT_OK) {
        err = check_law(daemon->policy, diag);
    }
    free(folder);
    free(policy);
    return err;
}

/* ---- log and engine ---- */

static void note_epoch(uint64_t epoch)
{
    struct lt_diag note = {.code = LT_NNEWEPOCH};

    lt_diag_arg(&note, "epoch", "%016llx", (unsigned long long)epoch);
    lt_note(&note);
}

/* One connection writes and checkpoints, so the defect is not met; whoever
 * looks after the machine should know of it all the same. */
static void note_sqlite(void)
{
    const char *version = lt_log_sqlite_affected();
    struct lt_diag note = {.code = LT_ASQLITE};

    if (version != NULL) {
        lt_diag_arg(&note, "version", "%s", version);
        lt_note(&note);
    }
}

static lt_err open_log(struct lt_daemon *daemon, struct lt_diag *diag)
{
    const struct lt_conf *conf = daemon->conf;
    const char *vfs = lt_conf_text(conf, LT_SET_LOG_VFS);
    struct lt_log_options options = {
        .vfs = vfs != NULL && vfs[0] != '\0' ? vfs : NULL,
        .office = daemon->identity.office,
        .max_bytes = lt_conf_number(conf, LT_SET_LOG_MAX_BYTES),
        .wal_max_bytes = lt_conf_number(conf, LT_SET_WAL_MAX_BYTES),
        .ballast_bytes = lt_conf_number(conf, LT_SET_BALLAST_BYTES),
        .ahead = true,
        .now_ms = daemon->now.wall_ms,
    };

    daemon->log_path = path_in(daemon, "log.db");
    daemon->view_path = path_in(daemon, "view.db");
    if (daemon->log_path == NULL || daemon->view_path == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    options.path = daemon->log_path;
    note_sqlite();
    return lt_log_open(&options, &daemon->log, diag);
}

static lt_err start_engine(struct lt_daemon *daemon)
{
    const struct lt_conf *conf = daemon->conf;
    struct lt_engine_options options = {
        .alloc = lt_alloc_heap(),
        .office = daemon->identity.office,
        .key = daemon->identity.node_key,
        .software = "lienthongd " LT_VERSION,
        .urgent_per_hour =
            (uint32_t)lt_conf_number(conf, LT_SET_URGENT_PER_HOUR),
        .window_start_bytes =
            (size_t)lt_conf_number(conf, LT_SET_WINDOW_START_BYTES),
        .window_max_bytes =
            (size_t)lt_conf_number(conf, LT_SET_WINDOW_MAX_BYTES),
        .statement_interval_ms =
            lt_conf_number(conf, LT_SET_STATEMENT_INTERVAL),
        .clock_tolerance_ms = lt_conf_number(conf, LT_SET_CLOCK_TOLERANCE),
        .withheld_urgent_ms = lt_conf_number(conf, LT_SET_WITHHELD_URGENT),
        .withheld_ms = lt_conf_number(conf, LT_SET_WITHHELD),
        .zstd_level = 3,
        .zstd_level_thrifty = 12,
        .plant = lt_engine_plants(),
    };
    lt_err err;

    memcpy(options.root_key, lt_cert_public(daemon->identity.root_cert),
           LT_PUBKEY_LEN);
    memcpy(options.transport_key, daemon->identity.curve_public, LT_CURVE_LEN);
    do {
        daemon->sys->random(daemon->sys->ctx, &options.epoch,
                            sizeof(options.epoch));
    } while (options.epoch == 0);
    daemon->sys->random(daemon->sys->ctx, &options.seed, sizeof(options.seed));
    note_epoch(options.epoch);
    err = lt_engine_new(&options, &daemon->engine);
    if (err == LT_OK) {
        err = lt_daemon_turn_new(daemon);
    }
    if (err == LT_OK) {
        err = lt_turn_load(daemon->turn);
    }
    if (err == LT_OK) {
        err = lt_daemon_shun(daemon, NULL);
    }
    if (err == LT_OK) {
        err = lt_daemon_courier_load(daemon);
    }
    if (err == LT_OK) {
        struct lt_log_stats stats;

        lt_log_stats(daemon->log, &stats);
        daemon->last_pos = stats.last_pos;
    }
    return err;
}

/* ---- link ---- */

static size_t addresses_of(const struct lt_conf *conf, enum lt_setting setting,
                           const char *out[static ADDRESSES_MAX])
{
    size_t n = lt_conf_count(conf, setting);

    if (n > ADDRESSES_MAX) {
        n = ADDRESSES_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = lt_conf_at(conf, setting, i);
    }
    return n;
}

/* Whose keys are admitted: those bound to an office below, or by this one, and
 * of a root that has let an office come here.
 * The caller frees. Errors: LT_ENOMEM. */
static lt_err known_peers(const struct lt_daemon *daemon,
                          struct lt_link_peer **out_peers, size_t *out_n)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    struct lt_link_peer *peers = NULL;
    struct lt_binding binding;
    size_t capacity = 0;
    size_t n = 0;

    for (size_t i = 0; lt_engine_binding_at(daemon->engine, i, &binding); i++) {
        /* One that has moved away may come to hear of it. */
        if (!lt_tree_above(tree, &daemon->identity.office, &binding.office) &&
            !lt_tree_was_below(tree, &daemon->identity.office,
                               &binding.office) &&
            !lt_tree_gave(tree, &binding.office, &daemon->identity.office) &&
            !lt_office_equal(&binding.issuer, &daemon->identity.office)) {
            continue;
        }
        if (lt_office_equal(&binding.office, &daemon->identity.office) ||
            (lt_engine_refused_key(daemon->engine, binding.key_id) &&
             !lt_engine_leaving(daemon->engine, &binding.office)) ||
            n == PEERS_MAX ||
            (LT_PLANTED(lock_expired) &&
             daemon->now.wall_ms - binding.issued_at_ms >
                 LT_CERT_NODE_DAYS * INT64_C(86400000))) {
            continue;
        }
        if (!lt_grow(lt_alloc_heap(), (void **)&peers, &capacity, n,
                     sizeof(*peers))) {
            lt_free(lt_alloc_heap(), peers);
            return LT_ENOMEM;
        }
        peers[n].office = binding.office;
        memcpy(peers[n].transport_key, binding.transport_key, LT_CURVE_LEN);
        n++;
    }
    *out_peers = peers;
    *out_n = n;
    return LT_OK;
}

static lt_err start_link(struct lt_daemon *daemon, struct lt_diag *diag)
{
    struct lt_link_options options = {
        .sys = daemon->sys,
        .curve_secret = daemon->identity.curve_secret,
        .handshake_ms = (int)lt_conf_number(daemon->conf, LT_SET_HANDSHAKE),
        .heartbeat_ms = (int)lt_conf_number(daemon->conf, LT_SET_HEARTBEAT),
    };
    struct lt_link_peer *peers = NULL;
    lt_err err;

    memcpy(options.curve_public, daemon->identity.curve_public, LT_CURVE_LEN);
    options.listen_n =
        addresses_of(daemon->conf, LT_SET_LISTEN_LINKS, options.listen);
    options.enrol_listen_n =
        addresses_of(daemon->conf, LT_SET_LISTEN_ENROL, options.enrol_listen);
    err = known_peers(daemon, &peers, &options.peers_n);
    options.peers = peers;
    if (err == LT_OK) {
        err = lt_link_start(&options, &daemon->link, diag);
    }
    lt_free(lt_alloc_heap(), peers);
    return err;
}

/* The view judges by them, and is told again at every start. */
static lt_err tell_unconfirmed(struct lt_daemon *daemon)
{
    struct lt_view_keys *keys = lt_new(lt_alloc_heap(), sizeof(*keys));
    struct lt_binding binding;

    if (keys == NULL) {
        return LT_ENOMEM;
    }
    while (keys->n < LT_VIEW_KEYS_MAX &&
           lt_engine_unconfirmed_at(daemon->engine, keys->n, &binding)) {
        memcpy(keys->ids[keys->n++], binding.key_id, LT_HASH_LEN);
    }
    lt_feed_unconfirmed(daemon->feed, keys);
    lt_free(lt_alloc_heap(), keys);
    return LT_OK;
}

lt_err lt_daemon_peers(struct lt_daemon *daemon)
{
    struct lt_link_peer *peers = NULL;
    size_t n = 0;
    lt_err err = known_peers(daemon, &peers, &n);

    if (err == LT_OK) {
        err = lt_link_peers(daemon->link, peers, n);
    }
    lt_free(lt_alloc_heap(), peers);
    if (err == LT_OK) {
        err = tell_unconfirmed(daemon);
    }
    lt_daemon_dial_again(daemon);
    lt_daemon_remember_revoked(daemon);
    return err == LT_OK ? lt_daemon_dial_superior(daemon) : err;
}

/* ---- view ---- */

static void wake_loop(void *ctx)
{
    struct lt_daemon *daemon = ctx;
    const uint64_t one = 1;

    /* A full counter means that the loop will wake anyway. */
    if (write(daemon->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN) {
        return;
    }
    /* Set by the loop once the control thread is there. */
    lt_control_view_moved(__atomic_load_n(&daemon->control, __ATOMIC_ACQUIRE));
}

struct fit {
    const uint8_t *hash;
    uint64_t pos;
    bool fits;
};

static bool compare_hash(void *ctx, uint64_t pos, int64_t committed_at_ms,
                         const struct lt_segment *segment)
{
    struct fit *fit = ctx;

    (void)committed_at_ms;
    fit->fits =
        pos == fit->pos && memcmp(segment->hash, fit->hash, LT_HASH_LEN) == 0;
    return false;
}

/* Is this the log that the view has read? */
static lt_err check_view(struct lt_daemon *daemon, struct lt_view *view)
{
    uint8_t hash[LT_HASH_LEN];
    struct fit fit = {.hash = hash};
    lt_err err;

    lt_view_position(view, &fit.pos, hash);
    if (fit.pos == 0) {
        return LT_OK;
    }
    err = lt_log_read_from(daemon->log, fit.pos, 1, compare_hash, &fit);
    if (err == LT_ECORRUPT) {
        return LT_OK; /* rotten: nothing speaks against it */
    }
    if (err == LT_OK && !fit.fits) {
        lt_daemon_alarm(daemon, LT_AVIEWREBUILT, true, NULL, NULL);
        err = lt_view_clear(view);
    }
    return err;
}

static lt_err start_view(struct lt_daemon *daemon, struct lt_diag *diag)
{
    struct lt_view *view = NULL;
    lt_err err =
        lt_view_open(daemon->view_path, &daemon->identity.office, &view, diag);

    if (err == LT_OK) {
        lt_view_wal_max(view,
                        lt_conf_number(daemon->conf, LT_SET_WAL_MAX_BYTES));
        err = check_view(daemon, view);
    }
    if (err == LT_OK) {
        err = lt_feed_start(
            view, (size_t)lt_conf_number(daemon->conf, LT_SET_VIEW_QUEUE_BYTES),
            wake_loop, daemon, &daemon->feed);
    }
    if (err != LT_OK) {
        lt_view_close(view);
    }
    return err;
}

/* A change of keys that was cut off: the parent may have bound the later key, and
 * takes this one no more. A root's key is bound by nobody before it is in place. */
static void tell_key_change(struct lt_daemon *daemon)
{
    char *rotating = path_in(daemon, "rotating");
    bool root = lt_office_equal(lt_cert_office(daemon->identity.root_cert),
                                &daemon->identity.office);

    lt_daemon_alarm(daemon, LT_AKEYCHANGE,
                    !root && rotating != NULL &&
                        lt_identity_is_followed(&daemon->identity, rotating),
                    NULL, NULL);
    free(rotating);
}

/* ---- the first start ---- */

/* The bindings of the admission, and at a new root its own office. */
static lt_err first_start(struct lt_daemon *daemon, struct lt_diag *diag)
{
    const struct lt_identity *identity = &daemon->identity;
    lt_err err = LT_OK;

    for (size_t i = 0; i < identity->bindings.items_n && err == LT_OK; i++) {
        struct lt_input input = {
            .kind = LT_IN_BINDING,
            .bytes = identity->bindings.items[i].data,
            .len = identity->bindings.items[i].len,
        };

        err = lt_turn_input(daemon->turn, &daemon->now, &input);
    }
    if (err == LT_OK) {
        err = lt_daemon_open_origin(daemon, diag);
    }
    if (err == LT_OK) {
        err = lt_turn_end(daemon->turn, &daemon->now);
    }
    return err;
}

/* ---- all ---- */

static lt_err start_clerk(struct lt_daemon *daemon)
{
    const struct lt_clerk_options options = {
        .office = daemon->identity.office,
        .engine = daemon->engine,
        .log = daemon->log,
        .turn = daemon->turn,
        .token_base = LT_TOKEN_CLERK,
    };

    return lt_clerk_new(&options, &daemon->clerk);
}

static lt_err start_control(struct lt_daemon *daemon, struct lt_diag *diag)
{
    const struct lt_control_options options = {
        .dir = daemon->options->dir,
        .view_path = daemon->view_path,
        .office = daemon->identity.office,
        .sys = daemon->sys,
        .feed = daemon->feed,
        .policy = daemon->policy,
        .climb = lt_daemon_climb(daemon),
        .log_pos = daemon->last_pos,
        .wake_fd = daemon->wake_fd,
    };

    struct lt_control *control = NULL;
    lt_err err = lt_control_start(&options, &control, diag);

    __atomic_store_n(&daemon->control, control, __ATOMIC_RELEASE);
    return err;
}

lt_err lt_daemon_start(struct lt_daemon *daemon, struct lt_diag *diag)
{
    struct lt_diag started = {.code = LT_NSTARTED};
    lt_err err = lt_alarms_init(&daemon->alarms);

    lt_identity_init(&daemon->identity);
    lt_buf_init(&daemon->verify_bad, lt_alloc_heap());
    lt_buf_init(&daemon->renewal.body, lt_alloc_heap());
    if (err == LT_OK) {
        err = take_signals_over(daemon);
    }
    if (err == LT_OK) {
        err = lt_crypto_start();
    }
    if (err == LT_OK) {
        err = lt_conf_load(daemon->options->dir, daemon->options->config_path,
                           &daemon->conf, diag);
    }
    if (err == LT_OK) {
        set_note_form(daemon);
        lt_diag_arg(&started, "version", "%s", LT_VERSION);
        lt_diag_arg(&started, "path", "%s", daemon->options->dir);
        lt_note(&started);
        err = take_lock(daemon, diag);
    }
    if (err == LT_OK) {
        err = load_files(daemon, diag);
    }
    if (err == LT_OK) {
        err = open_log(daemon, diag);
    }
    if (err == LT_OK) {
        err = lt_back_load(&daemon->back, daemon->log, &daemon->now);
    }
    if (err == LT_OK) {
        err = start_engine(daemon);
    }
    if (err == LT_OK) {
        err = start_link(daemon, diag);
    }
    if (err == LT_OK) {
        err = start_view(daemon, diag);
    }
    if (err == LT_OK) {
        err = start_clerk(daemon);
    }
    if (err == LT_OK) {
        err = lt_daemon_scrub_start(daemon);
    }
    if (err == LT_OK) {
        err = start_control(daemon, diag);
    }
    if (err == LT_OK) {
        err = lt_daemon_alert_start(daemon, diag);
    }
    if (err == LT_OK) {
        err = first_start(daemon, diag);
    }
    if (err == LT_OK) {
        tell_key_change(daemon);
        err = lt_daemon_peers(daemon);
    }
    if (err == LT_OK) {
        lt_daemon_pages_start(daemon);
    }
    return err;
}

void lt_daemon_stop(struct lt_daemon *daemon)
{
    lt_http_stop(daemon->http); /* a client of the control thread's */
    lt_alert_stop(daemon->alert);
    lt_asker_free(daemon->renewal.asker);
    lt_buf_deinit(&daemon->renewal.body);
    /* The view's thread wakes the control thread, which asks the view's. */
    lt_feed_quiet(daemon->feed);
    lt_control_stop(daemon->control);
    lt_link_stop(daemon->link);
    lt_feed_stop(daemon->feed);
    lt_clerk_free(daemon->clerk);
    lt_scrub_free(daemon->scrub);
    lt_daemon_backup_stop(daemon);
    lt_turn_free(daemon->turn);
    lt_engine_free(daemon->engine);
    lt_log_close(daemon->log);
    for (size_t i = 0; i < LT_ENROL_WAITING_MAX; i++) {
        if (daemon->enrol[i].used) {
            lt_buf_deinit(&daemon->enrol[i].answer);
        }
    }
    lt_policy_free(daemon->policy);
    lt_identity_deinit(&daemon->identity);
    lt_conf_free(daemon->conf);
    lt_alarms_deinit(&daemon->alarms);
    lt_history_deinit(&daemon->history);
    lt_free(lt_alloc_heap(), daemon->tokens);
    lt_buf_deinit(&daemon->verify_bad);
    lt_inbox_deinit(&daemon->inbox);
    free(daemon->log_path);
    free(daemon->view_path);
    if (daemon->signal_fd >= 0) {
        close(daemon->signal_fd);
    }
    if (daemon->wake_fd >= 0) {
        close(daemon->wake_fd);
    }
    if (daemon->lock_fd >= 0) {
        close(daemon->lock_fd);
    }
    lt_crypto_stop();
}
