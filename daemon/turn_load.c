/* Telling a new engine what the log holds: bindings, runs, the tree's segments,
 * statements, in the order that the engine asks for. */
#include <string.h>

#include "daemon/turn_internal.h"

struct loading {
    struct lt_turn *turn;
    lt_err err;
};

static bool load_binding(void *ctx, const uint8_t *bytes, size_t len)
{
    struct loading *loading = ctx;

    loading->err = lt_engine_load_binding(loading->turn->engine, bytes, len);
    return loading->err == LT_OK;
}

static bool load_run(void *ctx, const struct lt_log_run *run)
{
    struct loading *loading = ctx;
    struct lt_engine_run engine_run = {
        .stream = run->stream,
        .epoch = run->epoch,
        .first = run->first,
        .prev = run->prev,
        .last = run->last,
        .last_hlc = run->last_hlc,
        .bytes = run->bytes,
    };

    memcpy(engine_run.key_id, run->key_id, LT_HASH_LEN);
    loading->err = lt_engine_load_run(loading->turn->engine, &engine_run);
    return loading->err == LT_OK;
}

static bool load_tree(void *ctx, uint64_t pos, int64_t committed_at_ms,
                      const struct lt_segment *segment)
{
    struct loading *loading = ctx;

    (void)pos;
    (void)committed_at_ms;
    loading->err = lt_engine_load_tree(loading->turn->engine, segment);
    return loading->err == LT_OK;
}

/* Runs of the tree's streams, gathered first: the log's statements cannot be
 * stepped twice at once. */
struct tree_runs {
    struct lt_turn *turn;
    struct lt_log_run *runs;
    size_t runs_n;
    size_t capacity;
    bool failed;
};

static bool gather_tree_run(void *ctx, const struct lt_log_run *run)
{
    struct tree_runs *tree = ctx;

    if (run->stream.channel.cls != LT_CLASS_TREE ||
        run->stream.channel.audience != LT_AUDIENCE_ALL) {
        return true;
    }
    if (!lt_grow(tree->turn->alloc, (void **)&tree->runs, &tree->capacity,
                 tree->runs_n, sizeof(*tree->runs))) {
        tree->failed = true;
        return false;
    }
    tree->runs[tree->runs_n++] = *run;
    return true;
}

static lt_err load_tree_segments(struct lt_turn *turn)
{
    struct tree_runs tree = {.turn = turn};
    struct loading loading = {.turn = turn};
    lt_err err = lt_log_each_run(turn->log, gather_tree_run, &tree);

    if (err == LT_OK && tree.failed) {
        err = LT_ENOMEM;
    }
    /* By number: a run that goes on from another comes after it. */
    for (size_t i = 1; i < tree.runs_n; i++) {
        for (size_t j = i; j > 0 && tree.runs[j].first < tree.runs[j - 1].first;
             j--) {
            struct lt_log_run other = tree.runs[j];
            tree.runs[j] = tree.runs[j - 1];
            tree.runs[j - 1] = other;
        }
    }
    for (size_t i = 0; i < tree.runs_n && err == LT_OK; i++) {
        err = lt_log_read_run(turn->log, &tree.runs[i].stream,
                              tree.runs[i].epoch, tree.runs[i].first - 1,
                              SIZE_MAX, load_tree, &loading);
        if (err == LT_OK) {
            err = loading.err;
        }
    }
    lt_free(turn->alloc, tree.runs);
    return err;
}

static bool load_statement(void *ctx, const uint8_t *bytes, size_t len)
{
    struct loading *loading = ctx;

    loading->err = lt_engine_load_statement(loading->turn->engine, bytes, len);
    return loading->err == LT_OK;
}

lt_err lt_turn_load(struct lt_turn *turn)
{
    struct loading loading = {.turn = turn};
    struct lt_log_stats stats;
    lt_err err = lt_log_each_binding(turn->log, load_binding, &loading);

    if (err == LT_OK && loading.err == LT_OK) {
        err = lt_log_each_run(turn->log, load_run, &loading);
    }
    if (err == LT_OK && loading.err == LT_OK) {
        err = load_tree_segments(turn);
    }
    if (err == LT_OK && loading.err == LT_OK) {
        err = lt_log_each_statement(turn->log, load_statement, &loading);
    }
    if (err == LT_OK) {
        err = loading.err;
    }
    if (err == LT_OK) {
        err = lt_eraser_load(turn->eraser);
    }
    lt_log_stats(turn->log, &stats);
    turn->last_pos = stats.last_pos;
    return err;
}
