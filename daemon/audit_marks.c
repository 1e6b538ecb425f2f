/* The audit of people.db is marked in the log: what people did goes into
 * AUDIT_MARKED events, with the hash of the last record, so that every superior
 * holds it and an end of people.db that was cut off or written anew is seen.
 * Names stay in people.db (common/audit_mark.h).
 *
 * The log's small value "audit/marked" says up to which record: number be64 and
 * its hash. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/audit_mark.h"
#include "common/failpoint.h"
#include "daemon/daemon_internal.h"
#include "daemon/people/audit.h"

enum {
    LOOK_MS = 2000,
    PATH_BYTES = 4096,
    MARKED_LEN = 8 + LT_HASH_LEN,
    PAGE = LT_AUDIT_DEEDS_MAX + 1 /* and the last that is marked */
};

static const char MARKED[] = "audit/marked";

struct marked {
    int64_t number; /* 0: nothing is */
    uint8_t hash[LT_HASH_LEN];
};

static lt_err load_marked(struct lt_daemon *daemon, struct marked *out)
{
    struct lt_buf value;
    lt_err err;

    *out = (struct marked){.number = 0};
    lt_buf_init(&value, lt_alloc_heap());
    err = lt_log_get_meta(daemon->log, MARKED, &value);
    if (err == LT_OK && value.len == MARKED_LEN) {
        for (unsigned i = 0; i < 8; i++) {
            out->number = out->number << 8 | value.data[i];
        }
        memcpy(out->hash, value.data + 8, LT_HASH_LEN);
    }
    lt_buf_deinit(&value);
    return err == LT_ENOTFOUND ? LT_OK : err;
}

static lt_err keep_marked(struct lt_daemon *daemon,
                          const struct lt_audit_record *last)
{
    uint8_t value[MARKED_LEN];

    for (unsigned i = 0; i < 8; i++) {
        value[i] = (uint8_t)((uint64_t)last->number >> (56 - 8 * i));
    }
    memcpy(value + 8, last->hash, LT_HASH_LEN);
    return lt_turn_put_meta(daemon->turn, MARKED, value, sizeof(value));
}

/* What its word stands for; a word of a later version is not told. */
static uint8_t what_of(const char *word)
{
    for (unsigned i = 0; i < LT_AUDIT_WHATS; i++) {
        if (strcmp(lt_audit_word((enum lt_audit_what)i), word) == 0) {
            return (uint8_t)(i + 1);
        }
    }
    return UINT8_MAX;
}

static void write_deed(const struct lt_daemon *daemon,
                       const struct lt_audit_record *record,
                       uint8_t out[static LT_AUDIT_DEED_LEN])
{
    struct lt_audit_deed deed = {.what = what_of(record->what),
                                 .at_ms = record->at_ms};

    lt_audit_person(&daemon->identity.office, record->who, deed.person);
    deed.has_about = lt_event_id_parse(record->about, &deed.about);
    lt_audit_deed_write(&deed, out);
}

static lt_err mark(struct lt_daemon *daemon,
                   const struct lt_audit_record *records, size_t n)
{
    static const struct lt_channel CHANNEL = {.cls = LT_CLASS_AUDIT,
                                              .audience = LT_AUDIENCE_UP};
    uint8_t deeds[LT_AUDIT_DEEDS_MAX * LT_AUDIT_DEED_LEN];
    struct lt_event *event = lt_new(lt_alloc_heap(), sizeof(*event));
    lt_err err;

    if (event == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        write_deed(daemon, &records[i], deeds + i * LT_AUDIT_DEED_LEN);
    }
    event->type = LT_EV_AUDIT_MARKED;
    event->audit_first = (uint64_t)records[0].number;
    memcpy(event->audit_hash, records[n - 1].hash, LT_HASH_LEN);
    event->audit_deeds = deeds;
    event->audit_deeds_len = n * LT_AUDIT_DEED_LEN;
    err = lt_daemon_write_own(daemon, event, &CHANNEL, LT_TOKEN_OWN);
    if (err == LT_OK) {
        err = keep_marked(daemon, &records[n - 1]);
    }
    lt_free(lt_alloc_heap(), event);
    /* Later, or never: a closed office that has handed over writes no more. */
    return lt_err_exit(err) == 75 || err == LT_ECLOSED ? LT_OK : err;
}

static void tell_cut(struct lt_daemon *daemon, int64_t number)
{
    struct lt_diag diag = {.code = LT_AAUDITCUT};

    lt_diag_arg(&diag, "number", "%lld", (long long)number);
    lt_daemon_alarm(daemon, LT_AAUDITCUT, true, NULL, &diag);
}

/* Records of people.db, one page of them. What cannot be read is not there: its
 * own commands say why. */
static size_t read_page(struct lt_daemon *daemon, struct lt_people *people,
                        int64_t from, struct lt_audit_record *records)
{
    size_t n = 0;

    (void)daemon;
    return lt_audit_read(people, from, records, PAGE, &n) == LT_OK ? n : 0;
}

/* Is the record that is marked still there, first of @records? */
static bool stands(const struct marked *marked,
                   const struct lt_audit_record *records, size_t n)
{
    return n > 0 && records[0].number == marked->number &&
           memcmp(records[0].hash, marked->hash, LT_HASH_LEN) == 0;
}

static lt_err take(struct lt_daemon *daemon, struct lt_people *people,
                   struct lt_audit_record *records)
{
    const int64_t every_ms =
        lt_conf_number(daemon->conf, LT_SET_AUDIT_INTERVAL);
    struct marked marked;
    size_t skip;
    size_t n;
    lt_err err = load_marked(daemon, &marked);

    if (err != LT_OK) {
        return err;
    }
    skip = marked.number == 0 ? 0 : 1;
    n = read_page(daemon, people, skip == 0 ? 1 : marked.number, records);
    if (skip == 1 && !stands(&marked, records, n)) {
        /* What is there now is marked from its beginning. */
        tell_cut(daemon, marked.number);
        skip = 0;
        n = read_page(daemon, people, 1, records);
    }
    if (n <= skip) {
        return LT_OK;
    }
    n = n - skip > LT_AUDIT_DEEDS_MAX ? LT_AUDIT_DEEDS_MAX : n - skip;
    if (n < LT_AUDIT_DEEDS_MAX &&
        daemon->now.wall_ms - records[skip].at_ms < every_ms &&
        daemon->now.wall_ms >= records[skip].at_ms) {
        daemon->audit_due_ms = records[skip].at_ms + every_ms;
        return LT_OK; /* more may come */
    }
    daemon->audit_due_ms = daemon->now.wall_ms; /* more of them, perhaps */
    return mark(daemon, records + skip, n);
}

static lt_err look(struct lt_daemon *daemon)
{
    struct lt_audit_record *records =
        lt_new_array(lt_alloc_heap(), PAGE, sizeof(*records));
    struct lt_people *people = NULL;
    struct lt_diag ignored;
    lt_err err = LT_ENOMEM;

    daemon->audit_due_ms = 0;
    if (records != NULL) {
        err = lt_people_open(daemon->options->dir, daemon->sys, &people,
                             &ignored) == LT_OK
                  ? take(daemon, people, records)
                  : LT_OK;
    }
    lt_people_close(people);
    lt_free(lt_alloc_heap(), records);
    return err;
}

lt_err lt_daemon_audit(struct lt_daemon *daemon)
{
    char path[PATH_BYTES];
    struct stat status;
    int64_t changed_ns;

    if (daemon->now.mono_ms < daemon->audit_ms || LT_PLANTED(mark_nothing)) {
        return LT_OK;
    }
    daemon->audit_ms = daemon->now.mono_ms + LOOK_MS;
    (void)snprintf(path, sizeof(path), "%s/people.db", daemon->options->dir);
    if (stat(path, &status) != 0) {
        return LT_OK; /* nobody works here with a name */
    }
    changed_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 +
                 status.st_mtim.tv_nsec;
    if (changed_ns == daemon->audit_seen_ns &&
        (daemon->audit_due_ms == 0 ||
         daemon->now.wall_ms < daemon->audit_due_ms)) {
        return LT_OK;
    }
    daemon->audit_seen_ns = changed_ns;
    return look(daemon);
}
