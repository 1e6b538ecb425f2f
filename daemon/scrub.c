/* A round is the log in order of commit. Beside it runs a second position that
 * follows what comes in, for texts that a relay left out.
 *
 * What is kept in the log: the version of the value, where to go on, when the
 * round began, the second position, and whether a round is on. Findings are
 * not: the position kept is never past the first of them, so they are found
 * again. */
#include "daemon/scrub.h"

#include <string.h>

#include "common/failpoint.h"
#include "common/wire.h"

enum {
    VALUE_VERSION = 1,
    VALUE_WORDS = 5,
    SAVE_MS = 60 * 1000,
    AGAIN_MS = 5 * 1000, /* asked again after that, then twice as long */
    AGAIN_MAX_MS = 15 * 60 * 1000
};

static const char KEY[] = "scrub";

struct finding {
    struct lt_scrub_finding said;
    uint64_t before; /* a position before it */
    bool rot;        /* else absent texts */
    bool asked;
    int64_t next_ms;
    int64_t again_ms;
};

struct lt_scrub {
    struct lt_scrub_options options;
    bool running;
    uint64_t cursor;
    uint64_t fresh; /* up to here what came was looked at */
    int64_t began_ms; /* wall */
    int64_t ended_ms;
    int64_t saved_ms;
    bool save_due;
    uint64_t found;
    uint64_t mended;
    size_t findings_n;
    struct finding findings[LT_SCRUB_FINDINGS_MAX];
    uint64_t slice_before; /* of the slice that runs */
    bool slice_fresh;
    bool reindex;
    int64_t now_ms;
};

/* ---- what is kept ---- */

static uint64_t last_pos(const struct lt_scrub *scrub)
{
    return lt_log_last_pos(scrub->options.log);
}

static lt_err save(struct lt_scrub *scrub, const struct lt_now *now)
{
    uint8_t value[VALUE_WORDS * 8];
    uint64_t cursor = scrub->cursor;
    bool running = scrub->running;
    uint8_t *at = value;
    lt_err err;

    for (size_t i = 0; i < scrub->findings_n; i++) {
        const struct finding *finding = &scrub->findings[i];

        if (finding->rot && (!running || finding->before < cursor)) {
            cursor = running && cursor < finding->before ? cursor
                                                         : finding->before;
            running = true;
        }
    }
    at = lt_put_be64(at, VALUE_VERSION);
    at = lt_put_be64(at, cursor);
    at = lt_put_be64(at, (uint64_t)scrub->began_ms);
    at = lt_put_be64(at, scrub->fresh);
    (void)lt_put_be64(at, running ? 1 : 0);
    scrub->saved_ms = now->mono_ms;
    scrub->save_due = false;
    err = lt_log_put_meta(scrub->options.log, KEY, value, sizeof(value));
    return err == LT_OK ? lt_log_commit(scrub->options.log) : err;
}

static uint64_t word_at(const struct lt_buf *value, size_t index)
{
    uint64_t word = 0;

    for (size_t i = 0; i < 8; i++) {
        word = word << 8 | value->data[index * 8 + i];
    }
    return word;
}

static lt_err load(struct lt_scrub *scrub, const struct lt_now *now)
{
    uint64_t end = last_pos(scrub);
    struct lt_buf value;
    lt_err err;

    lt_buf_init(&value, scrub->options.alloc);
    err = lt_log_get_meta(scrub->options.log, KEY, &value);
    scrub->began_ms = now->wall_ms;
    scrub->fresh = end;
    if (err == LT_OK && value.len == VALUE_WORDS * (size_t)8 &&
        word_at(&value, 0) == VALUE_VERSION) {
        scrub->cursor = word_at(&value, 1);
        scrub->began_ms = (int64_t)word_at(&value, 2);
        scrub->fresh = word_at(&value, 3);
        scrub->running = word_at(&value, 4) != 0;
    } else if (err == LT_OK || err == LT_ENOTFOUND) {
        scrub->save_due = true;
        err = LT_OK;
    }
    /* Of another log, restored or begun anew. */
    if (scrub->cursor > end) {
        scrub->cursor = 0;
    }
    if (scrub->fresh > end) {
        scrub->fresh = 0;
    }
    lt_buf_deinit(&value);
    return err;
}

lt_err lt_scrub_new(const struct lt_scrub_options *options,
                    const struct lt_now *now, struct lt_scrub **out_scrub)
{
    struct lt_scrub *scrub = lt_new(options->alloc, sizeof(*scrub));
    lt_err err;

    if (scrub == NULL) {
        return LT_ENOMEM;
    }
    scrub->options = *options;
    scrub->saved_ms = now->mono_ms;
    err = load(scrub, now);
    if (err != LT_OK) {
        lt_scrub_free(scrub);
        return err;
    }
    *out_scrub = scrub;
    return LT_OK;
}

void lt_scrub_free(struct lt_scrub *scrub)
{
    if (scrub != NULL) {
        lt_free(scrub->options.alloc, scrub);
    }
}

/* ---- finding ---- */

static struct finding *find(struct lt_scrub *scrub,
                            const struct lt_stream *stream, uint64_t epoch,
                            uint64_t number)
{
    for (size_t i = 0; i < scrub->findings_n; i++) {
        struct finding *finding = &scrub->findings[i];

        if (finding->said.epoch == epoch && finding->said.number == number &&
            lt_stream_equal(&finding->said.stream, stream)) {
            return finding;
        }
    }
    return NULL;
}

static void set_what(struct finding *finding, const char *what)
{
    size_t len = strlen(what);

    len = len < LT_SCRUB_WHAT ? len : LT_SCRUB_WHAT - 1;
    memcpy(finding->said.what, what, len);
    finding->said.what[len] = '\0';
    finding->rot = strcmp(what, "absent") != 0;
}

static void note_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, const char *what)
{
    struct lt_scrub *scrub = ctx;
    struct finding *finding = find(scrub, stream, epoch, number);

    bool absent = strcmp(what, "absent") == 0;

    if (strcmp(what, "key") == 0) {
        return; /* its binding has not come; waiting, not rotten */
    }
    if (absent ? LT_PLANTED(absent_is_erased) : LT_PLANTED(scrub_blind)) {
        return;
    }
    scrub->reindex |= strcmp(what, "index") == 0;
    if (finding != NULL && finding->rot) {
        return;
    }
    if (finding == NULL) {
        if (scrub->findings_n == LT_SCRUB_FINDINGS_MAX) {
            return;
        }
        finding = &scrub->findings[scrub->findings_n++];
        *finding = (struct finding){.said = {.stream = *stream,
                                             .epoch = epoch,
                                             .number = number},
                                    .before = scrub->slice_before,
                                    .again_ms = AGAIN_MS};
    }
    set_what(finding, what);
    if (finding->rot) {
        scrub->found++;
        scrub->save_due = true;
        scrub->options.tell(scrub->options.ctx, LT_SCRUB_FOUND, &finding->said);
    }
}

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    const struct lt_scrub *scrub = ctx;

    return lt_engine_key_of(scrub->options.engine, origin, key_id);
}

static void drop(struct lt_scrub *scrub, struct finding *finding)
{
    *finding = scrub->findings[--scrub->findings_n];
}

/* ---- asking ---- */

/* It may have been mended on the way, or its texts erased. */
static lt_err still_there(struct lt_scrub *scrub, struct finding *finding,
                          bool *out_there)
{
    const struct lt_scrub_finding *said = &finding->said;
    bool sound = false;
    lt_err err = LT_OK;

    if (strcmp(said->what, "signature") != 0) {
        err = lt_log_sound(scrub->options.log, &said->stream, said->epoch,
                           said->number, &sound);
    }
    *out_there = !sound;
    if (err == LT_OK && sound) {
        struct lt_scrub_finding mended = *said;
        bool rot = finding->rot;

        drop(scrub, finding);
        scrub->save_due = true;
        if (rot) {
            scrub->mended++;
            scrub->options.tell(scrub->options.ctx, LT_SCRUB_MENDED, &mended);
        }
    }
    return err;
}

static lt_err ask(struct lt_scrub *scrub, const struct lt_now *now)
{
    size_t i = 0;
    lt_err err = LT_OK;

    while (err == LT_OK && i < scrub->findings_n && !LT_PLANTED(mend_nothing) &&
           lt_engine_asks(scrub->options.engine) < LT_ENGINE_ASKS_MAX) {
        struct finding *finding = &scrub->findings[i];
        struct lt_input input = {.kind = LT_IN_WANT,
                                 .stream = finding->said.stream,
                                 .epoch = finding->said.epoch,
                                 .number = finding->said.number};
        bool there = true;

        if (finding->asked || finding->next_ms > now->mono_ms) {
            i++;
            continue;
        }
        err = still_there(scrub, finding, &there);
        if (err == LT_OK && there) {
            finding->asked = true;
            i++;
            err = lt_turn_input(scrub->options.turn, now, &input);
        }
    }
    return err;
}

void lt_scrub_mended(struct lt_scrub *scrub, const struct lt_now *now,
                     const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, enum lt_mended how)
{
    struct finding *finding = find(scrub, stream, epoch, number);
    struct lt_scrub_finding said;

    if (finding == NULL || how == LT_MENDED_PART) {
        return; /* the engine goes on with the next neighbour */
    }
    if (how == LT_MENDED_NOT) {
        finding->asked = false;
        finding->next_ms = now->mono_ms + finding->again_ms;
        finding->again_ms = finding->again_ms * 2 < AGAIN_MAX_MS
                                ? finding->again_ms * 2
                                : AGAIN_MAX_MS;
        return;
    }
    said = finding->said;
    drop(scrub, finding);
    scrub->mended++;
    scrub->save_due = true;
    scrub->options.tell(scrub->options.ctx, LT_SCRUB_MENDED, &said);
}

void lt_scrub_retry(struct lt_scrub *scrub)
{
    for (size_t i = 0; i < scrub->findings_n; i++) {
        scrub->findings[i].next_ms = 0;
        scrub->findings[i].again_ms = AGAIN_MS;
    }
}

/* ---- rounds ---- */

static bool is_due(const struct lt_scrub *scrub, const struct lt_now *now)
{
    /* A clock that went back does not put it off for years. */
    return now->wall_ms - scrub->began_ms >= scrub->options.interval_ms ||
           now->wall_ms < scrub->began_ms - scrub->options.interval_ms;
}

static lt_err begin(struct lt_scrub *scrub, const struct lt_now *now)
{
    size_t mended = 0;
    lt_err err = lt_log_mend_runs(scrub->options.log, &mended);

    if (err == LT_OK) {
        err = lt_log_commit(scrub->options.log);
    }
    if (err == LT_OK && mended > 0) {
        scrub->found += mended;
        scrub->mended += mended;
        scrub->options.tell(scrub->options.ctx, LT_SCRUB_RUNS, NULL);
    }
    scrub->running = true;
    scrub->cursor = 0;
    scrub->began_ms = now->wall_ms;
    scrub->save_due = true;
    return err;
}

static lt_err look(struct lt_scrub *scrub, uint64_t *cursor, size_t max,
                   bool *out_more)
{
    struct lt_log_verify sums = {0};
    lt_err err;

    scrub->slice_before = *cursor;
    err = lt_log_verify_slice(scrub->options.log, cursor, max, key_of, note_bad,
                              scrub, &sums, out_more);
    if (err == LT_OK && scrub->reindex) {
        scrub->reindex = false;
        err = lt_log_reindex(scrub->options.log);
        if (err == LT_OK) {
            err = lt_log_commit(scrub->options.log);
        }
    }
    return err;
}

lt_err lt_scrub_slice(struct lt_scrub *scrub, const struct lt_now *now,
                      size_t max_segments)
{
    bool more = false;
    lt_err err = LT_OK;

    if (!scrub->running && is_due(scrub, now)) {
        err = begin(scrub, now);
    }
    if (err == LT_OK && scrub->fresh < last_pos(scrub)) {
        err = look(scrub, &scrub->fresh, max_segments, &more);
    } else if (err == LT_OK && scrub->running) {
        err = look(scrub, &scrub->cursor, max_segments, &more);
        if (err == LT_OK && !more) {
            scrub->running = false;
            scrub->ended_ms = now->wall_ms;
            scrub->save_due = true;
            scrub->options.tell(scrub->options.ctx, LT_SCRUB_ENDED, NULL);
        }
    }
    if (err == LT_OK) {
        err = ask(scrub, now);
    }
    if (err == LT_OK &&
        (scrub->save_due ||
         (scrub->running && now->mono_ms - scrub->saved_ms >= SAVE_MS))) {
        err = save(scrub, now);
    }
    return err;
}

int64_t lt_scrub_next_ms(const struct lt_scrub *scrub, const struct lt_now *now)
{
    int64_t next = INT64_MAX;

    if (scrub->running || scrub->save_due || is_due(scrub, now) ||
        scrub->fresh < last_pos(scrub)) {
        return now->mono_ms;
    }
    for (size_t i = 0; i < scrub->findings_n; i++) {
        const struct finding *finding = &scrub->findings[i];

        if (!finding->asked && finding->next_ms < next) {
            next = finding->next_ms;
        }
    }
    return next;
}

void lt_scrub_begin(struct lt_scrub *scrub)
{
    scrub->began_ms = INT64_MIN / 2;
}

/* ---- looking ---- */

void lt_scrub_look(const struct lt_scrub *scrub, struct lt_scrub_view *out)
{
    *out = (struct lt_scrub_view){
        .running = scrub->running,
        .began_wall_ms = scrub->began_ms,
        .ended_wall_ms = scrub->ended_ms,
        .done = scrub->cursor,
        .total = last_pos(scrub),
        .found = scrub->found,
        .mended = scrub->mended,
    };
    for (size_t i = 0; i < scrub->findings_n; i++) {
        if (scrub->findings[i].rot) {
            out->rotten_n++;
        } else {
            out->absent_n++;
        }
    }
}

bool lt_scrub_finding_at(const struct lt_scrub *scrub, size_t index,
                         struct lt_scrub_finding *out)
{
    if (index >= scrub->findings_n) {
        return false;
    }
    *out = scrub->findings[index].said;
    return true;
}
