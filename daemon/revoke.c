/* Where the streams of a revoked key end: at what was here at a time, by this
 * office's own commits. A thief may write any time into what it signs; it
 * cannot have brought it here before.
 *
 * And DIR/identity/revoked, one key id a line: keys that were ever seen to be
 * revoked. A log that was put back to an older day does not know them, and must
 * not let them in until the tree has come again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "common/file.h"
#include "daemon/daemon_internal.h"

enum { REVOKED_BYTES_MAX = 512 * 1024, LINE = 2 * LT_HASH_LEN + 1 };

/* ---- ends ---- */

struct ends {
    struct lt_stream_end *items;
    size_t n;
    size_t cap;
};

struct looking {
    int64_t as_of_ms;
    uint64_t up_to; /* no further than this number */
    uint64_t last;  /* that was here by then; 0: none */
};

static bool look(void *ctx, uint64_t pos, int64_t committed_at_ms,
                 const struct lt_segment *segment)
{
    struct looking *looking = ctx;

    (void)pos;
    if (committed_at_ms > looking->as_of_ms ||
        lt_segment_last(segment) > looking->up_to) {
        return false;
    }
    looking->last = lt_segment_last(segment);
    return true;
}

static bool same_run(const struct lt_run_view *run,
                     const struct lt_stream *stream, uint64_t epoch)
{
    return run->epoch == epoch && lt_stream_equal(&run->stream, stream);
}

static bool find_run(const struct lt_daemon *daemon,
                     const struct lt_office *office,
                     const struct lt_stream *stream, uint64_t epoch,
                     struct lt_run_view *out)
{
    size_t cursor = 0;

    while (lt_engine_run_of(daemon->engine, office, &cursor, out)) {
        if (same_run(out, stream, epoch)) {
            return true;
        }
    }
    return false;
}

/* From the end of @run back to what was here in time. */
static lt_err find_end(struct lt_daemon *daemon,
                       const struct lt_revoke_ask *ask, struct lt_run_view run,
                       struct ends *ends)
{
    uint64_t number = run.last;
    lt_err rc;

    for (;;) {
        struct looking looking = {.as_of_ms = ask->as_of_ms, .up_to = number};

        rc = LT_OK;
        if (ask->as_of_ms == INT64_MAX) {
            looking.last = number;
        } else {
            rc = lt_log_read_run(daemon->log, &run.stream, run.epoch,
                                 run.first - 1, SIZE_MAX, look, &looking);
        }
        if (rc != LT_OK) {
            return rc;
        }
        if (looking.last != 0) {
            if (!lt_grow(lt_alloc_heap(), (void **)&ends->items, &ends->cap,
                         ends->n, sizeof(*ends->items))) {
                return LT_ENOMEM;
            }
            ends->items[ends->n++] =
                (struct lt_stream_end){.channel = run.stream.channel,
                                       .epoch = run.epoch,
                                       .number = looking.last};
            return LT_OK;
        }
        number = run.prev.number;
        if (run.prev.epoch == 0 || !find_run(daemon, &ask->office, &run.stream,
                                             run.prev.epoch, &run)) {
            return LT_OK;
        }
    }
}

/* Does a run of the same key go on from it? Then that one's end is ours. */
static bool goes_on(const struct lt_daemon *daemon,
                    const struct lt_revoke_ask *ask,
                    const struct lt_run_view *run, const uint8_t *key_id)
{
    struct lt_run_view other;
    size_t cursor = 0;

    while (lt_engine_run_of(daemon->engine, &ask->office, &cursor, &other)) {
        if (other.prev.epoch == run->epoch && other.epoch != run->epoch &&
            lt_stream_equal(&other.stream, &run->stream) &&
            memcmp(other.key_id, key_id, LT_HASH_LEN) == 0 &&
            other.prev.number == run->last) {
            return true;
        }
    }
    return false;
}

static lt_err find_ends(struct lt_daemon *daemon,
                        const struct lt_revoke_ask *ask, const uint8_t *key_id,
                        struct ends *ends)
{
    struct lt_run_view run;
    size_t cursor = 0;
    lt_err rc = LT_OK;

    while (rc == LT_OK && ask->as_of_ms != INT64_MIN &&
           lt_engine_run_of(daemon->engine, &ask->office, &cursor, &run)) {
        if (memcmp(run.key_id, key_id, LT_HASH_LEN) == 0 &&
            !goes_on(daemon, ask, &run, key_id)) {
            rc = find_end(daemon, ask, run, ends);
        }
    }
    return rc;
}

/* ---- the write ---- */

static lt_err refuse(struct lt_job *job, lt_err code, const char *reason)
{
    (void)lt_diag_set(&job->diag, code);
    lt_diag_arg(&job->diag, "what", "%s", "office");
    lt_diag_arg(&job->diag, "reason", "%s", reason);
    return code;
}

static bool begins_so(const struct lt_revoke_ask *ask, const uint8_t *key_id)
{
    return memcmp(key_id, ask->key_id, ask->key_n) == 0 ||
           LT_PLANTED(any_waiting_key);
}

/* The key of the office that begins as was given: one that it has or had, or
 * one that waits. What is given whole need not be known here. */
static lt_err whole_key(const struct lt_daemon *daemon, struct lt_job *job,
                        uint8_t out[static LT_HASH_LEN])
{
    const struct lt_revoke_ask *ask = job->revoke;
    const struct lt_engine *engine = daemon->engine;
    struct lt_binding binding;
    const uint8_t *bytes;
    size_t len;
    size_t i = 0;
    size_t known = 0;

    memcpy(out, ask->key_id, LT_HASH_LEN);
    while (ask->key_n < LT_HASH_LEN) {
        if (lt_engine_key_at(engine, &ask->office, known, &bytes, &len)) {
            known++;
        } else if (!lt_engine_waiting_key(engine, &ask->office, i++, &bytes,
                                          &len)) {
            return refuse(job, LT_ENOTFOUND, "ui_why_no_key");
        }
        if (lt_binding_decode(bytes, len, &binding, NULL) == LT_OK &&
            begins_so(ask, binding.key_id)) {
            memcpy(out, binding.key_id, LT_HASH_LEN);
            break;
        }
    }
    return LT_OK;
}

static lt_err find_key(struct lt_daemon *daemon, struct lt_job *job,
                       uint8_t out[static LT_HASH_LEN])
{
    const struct lt_revoke_ask *ask = job->revoke;
    struct lt_binding binding;
    bool revoked;

    if (ask->key_n > 0) {
        lt_err rc = whole_key(daemon, job, out);

        if (rc != LT_OK) {
            return rc;
        }
    } else if (lt_engine_binding_of(daemon->engine, &ask->office, &binding)) {
        memcpy(out, binding.key_id, LT_HASH_LEN);
    } else {
        return refuse(job, LT_ENOTFOUND, "ui_why_no_key");
    }
    if (lt_office_equal(&ask->office, &daemon->identity.office) &&
        memcmp(out, lt_key_id(daemon->identity.node_key), LT_HASH_LEN) == 0) {
        return refuse(job, LT_EPERM, "ui_why_own_key");
    }
    revoked = lt_engine_refused_key(daemon->engine, out);
    if (revoked && !ask->corrects && !ask->restores) {
        return refuse(job, LT_ESTATE, "ui_why_revoked");
    }
    if (!revoked && (ask->corrects || ask->restores)) {
        return refuse(job, LT_ESTATE, "ui_why_not_revoked");
    }
    return LT_OK;
}

/* As many events as the ends need: the first takes the place of what was said
 * before, the others add to it. */
static lt_err write_all(struct lt_daemon *daemon, struct lt_job *job,
                        const struct ends *ends)
{
    struct lt_write *asked = job->write;
    size_t n = ends->n == 0
                   ? 1
                   : (ends->n + LT_STREAM_ENDS_MAX - 1) / LT_STREAM_ENDS_MAX;
    struct lt_write write = *asked;
    struct lt_event *events = lt_new_array(lt_alloc_heap(), n, sizeof(*events));
    lt_err rc = LT_ENOMEM;

    write.events = lt_new_array(lt_alloc_heap(), n, sizeof(*write.events));
    write.events_n = n;
    if (events != NULL && write.events != NULL) {
        for (size_t i = 0; i < n; i++) {
            size_t first = i * LT_STREAM_ENDS_MAX;

            events[i] = *asked->events[0].event;
            events[i].ends = ends->items + first;
            events[i].ends_n = ends->n - first > LT_STREAM_ENDS_MAX
                                   ? LT_STREAM_ENDS_MAX
                                   : ends->n - first;
            write.events[i] = asked->events[0];
            write.events[i].event = &events[i];
            if (i > 0) {
                events[i].has_corrects = false;
                events[i].parts_n = 0;
                write.events[i].parts_n = 0;
            }
        }
        rc = lt_turn_write(daemon->turn, &daemon->now, &write, &job->answer,
                           &job->repeated, &job->diag);
    }
    lt_free(lt_alloc_heap(), events);
    lt_free(lt_alloc_heap(), write.events);
    return rc;
}

enum { FORMER_MAX = 8 };

static lt_err refuse_keys(struct lt_job *job, const char *reason,
                          const char *keys)
{
    (void)refuse(job, LT_ESTATE, reason);
    if (keys[0] != '\0') {
        lt_diag_arg(&job->diag, "keys", "%s", keys);
    }
    return LT_ESTATE;
}

/* Where none waits here, one that is known may wait elsewhere: where all have lost
 * a key that came before it, with their disks. Who names it may say so once more. */
static bool find_known(const struct lt_daemon *daemon,
                       const struct lt_revoke_ask *ask,
                       const uint8_t **out_bytes, size_t *out_len)
{
    struct lt_binding binding;

    for (size_t i = 0; ask->key_n > 0 &&
                       lt_engine_key_at(daemon->engine, &ask->office, i,
                                        out_bytes, out_len);
         i++) {
        if (lt_binding_decode(*out_bytes, *out_len, &binding, NULL) == LT_OK &&
            memcmp(binding.key_id, ask->key_id, ask->key_n) == 0) {
            return true;
        }
    }
    return false;
}

/* The key that waits and is meant: nobody confirms one that came while two
 * people were comparing another. */
static lt_err find_waiting(const struct lt_daemon *daemon, struct lt_job *job,
                           const uint8_t **out_bytes, size_t *out_len)
{
    const struct lt_revoke_ask *ask = job->revoke;
    uint8_t first[LT_HASH_LEN];
    char keys[LT_DIAG_VALUE_MAX] = "";
    const uint8_t *bytes;
    bool other = false;
    size_t found = 0;
    size_t len;

    for (size_t i = 0; lt_engine_waiting_key(daemon->engine, &ask->office, i,
                                             &bytes, &len);
         i++) {
        struct lt_binding binding;
        size_t used = strlen(keys);

        if (lt_binding_decode(bytes, len, &binding, NULL) != LT_OK) {
            continue;
        }
        if (used + 2 + LT_KEY_SHORT_TEXT <= sizeof(keys)) {
            if (used > 0) {
                memcpy(keys + used, ", ", 2);
            }
            lt_key_short_format(binding.key_id, keys + used + (used > 0 ? 2 : 0));
        }
        if (!begins_so(ask, binding.key_id)) {
            continue;
        }
        if (found++ == 0) {
            memcpy(first, binding.key_id, LT_HASH_LEN);
            *out_bytes = bytes;
            *out_len = len;
        }
        other |= memcmp(first, binding.key_id, LT_HASH_LEN) != 0;
    }
    if (keys[0] == '\0' && find_known(daemon, ask, out_bytes, out_len)) {
        return LT_OK;
    }
    return found == 0 ? refuse_keys(job,
                                    keys[0] == '\0' ? "ui_why_no_waiting_key"
                                                    : "ui_why_other_keys_wait",
                                    keys)
           : other    ? refuse_keys(job, "ui_why_which_key", keys)
                      : LT_OK;
}

/* The key that waits, behind those that the office had: whoever lost them with
 * its disk has to check what they signed. */
static lt_err confirm(struct lt_daemon *daemon, struct lt_job *job)
{
    const struct lt_office *office = &job->revoke->office;
    struct lt_event *event = job->write->events[0].event;
    struct lt_write write = *job->write;
    struct lt_write_event written[FORMER_MAX + 1];
    struct lt_event *formers =
        lt_new_array(lt_alloc_heap(), FORMER_MAX, sizeof(*formers));
    size_t n = 0;
    lt_err rc;

    if (formers == NULL) {
        return LT_ENOMEM;
    }
    rc = find_waiting(daemon, job, &event->binding, &event->binding_len);
    if (rc != LT_OK) {
        lt_free(lt_alloc_heap(), formers);
        return rc;
    }
    written[n++] = job->write->events[0]; /* the answer's */
    for (size_t i = 0; i < FORMER_MAX; i++) {
        formers[i] = *event;
        formers[i].type = LT_EV_KEY_FORMER;
        if (!lt_engine_key_at(daemon->engine, office, i, &formers[i].binding,
                              &formers[i].binding_len)) {
            break;
        }
        written[n] = job->write->events[0];
        written[n++].event = &formers[i];
    }
    write.events = written;
    write.events_n = n;
    rc = lt_turn_write(daemon->turn, &daemon->now, &write, &job->answer,
                       &job->repeated, &job->diag);
    lt_free(lt_alloc_heap(), formers);
    return rc;
}

lt_err lt_daemon_revoke(struct lt_daemon *daemon, struct lt_job *job)
{
    struct lt_event *event = job->write->events[0].event;
    struct ends ends = {.n = 0};
    lt_err rc;

    if (job->revoke->confirms) {
        return confirm(daemon, job);
    }
    rc = find_key(daemon, job, event->key_id);

    if (rc == LT_OK && job->revoke->corrects) {
        event->has_corrects = lt_engine_last_word(daemon->engine, event->key_id,
                                                  &event->corrects);
    }
    if (rc == LT_OK && !job->revoke->restores) {
        rc = find_ends(daemon, job->revoke, event->key_id, &ends);
    }
    if (rc == LT_OK) {
        rc = write_all(daemon, job, &ends);
    }
    lt_free(lt_alloc_heap(), ends.items);
    return rc;
}

/* ---- the file ---- */

static char *path_of(const struct lt_daemon *daemon, const char *suffix)
{
    char *path = NULL;
    size_t len = strlen(daemon->options->dir) + strlen(suffix) + 32;

    path = lt_new(lt_alloc_heap(), len);
    if (path != NULL) {
        (void)snprintf(path, len, "%s/identity/revoked%s", daemon->options->dir,
                       suffix);
    }
    return path;
}

lt_err lt_daemon_shun(struct lt_daemon *daemon, struct lt_diag *diag)
{
    char *path = path_of(daemon, "");
    struct lt_buf text;
    lt_err rc = path == NULL ? LT_ENOMEM : LT_OK;

    lt_buf_init(&text, lt_alloc_heap());
    if (rc == LT_OK && lt_file_present(path)) {
        rc = lt_file_read(path, REVOKED_BYTES_MAX, true, &text, diag);
    }
    for (size_t at = 0; rc == LT_OK && at + LINE <= text.len; at += LINE) {
        uint8_t key_id[LT_HASH_LEN];
        char digits[LINE];

        memcpy(digits, text.data + at, LINE - 1);
        digits[LINE - 1] = '\0';
        if (lt_hex_parse(digits, LT_HASH_LEN, key_id)) {
            rc = lt_engine_shun(daemon->engine, key_id);
        }
    }
    lt_buf_deinit(&text);
    lt_free(lt_alloc_heap(), path);
    return rc == LT_OK ? rc : lt_diag_set(diag, rc);
}

/* What cannot be written is only not remembered: the log has it. */
void lt_daemon_remember_revoked(struct lt_daemon *daemon)
{
    char *path = path_of(daemon, "");
    char *fresh = path_of(daemon, ".new");
    struct lt_buf old;
    struct lt_buf text;
    uint8_t key_id[LT_HASH_LEN];
    bool fits = path != NULL && fresh != NULL;

    lt_buf_init(&old, lt_alloc_heap());
    lt_buf_init(&text, lt_alloc_heap());
    for (size_t i = 0;
         fits && lt_engine_refused_at(daemon->engine, i, key_id) &&
         text.len + LINE <= REVOKED_BYTES_MAX;
         i++) {
        char line[LINE + 1];

        lt_hex_format(key_id, LT_HASH_LEN, line);
        line[LINE - 1] = '\n';
        fits = lt_buf_put(&text, line, LINE);
    }
    if (fits && (text.len > 0 || lt_file_present(path))) {
        if (lt_file_present(path)) {
            fits = lt_file_read(path, REVOKED_BYTES_MAX, true, &old, NULL) ==
                   LT_OK;
        }
        if (!fits || old.len != text.len ||
            (text.len > 0 && memcmp(old.data, text.data, text.len) != 0)) {
            (void)unlink(fresh);
            if (lt_file_create(fresh, 0600, text.data, text.len, NULL) ==
                LT_OK) {
                (void)rename(fresh, path);
            }
        }
    }
    lt_buf_deinit(&old);
    lt_buf_deinit(&text);
    lt_free(lt_alloc_heap(), path);
    lt_free(lt_alloc_heap(), fresh);
}
