/* Telling a new engine what the log holds: bindings, runs, the tree's segments,
 * statements, in the order that the engine asks for. */
#include <stdlib.h>
#include <string.h>

#include "daemon/turn_internal.h"

struct loading {
    struct lt_turn *turn;
    struct lt_effects *effects; /* NULL: at the start, there is nobody to tell */
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

/* A rotten word of the tree is none: it comes again once the scrub has had it
 * from a neighbour. */
static bool load_tree(void *ctx, uint64_t pos, int64_t committed_at_ms,
                      const struct lt_segment *segment)
{
    struct loading *loading = ctx;

    (void)pos;
    (void)committed_at_ms;
    if (!lt_segment_whole(segment)) {
        return true;
    }
    loading->err = lt_engine_load_tree(loading->turn->engine, segment,
                                       loading->effects);
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

    if (run->stream.channel.cls != LT_CLASS_TREE) {
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

/* The tree before what is judged by it, each stream by number: a run that goes
 * on from another comes after it. */
static int tree_order(const void *a, const void *b)
{
    const struct lt_log_run *left = a;
    const struct lt_log_run *right = b;
    bool all_left = left->stream.channel.audience == LT_AUDIENCE_ALL;
    bool all_right = right->stream.channel.audience == LT_AUDIENCE_ALL;

    if (all_left != all_right) {
        return all_left ? -1 : 1;
    }
    if (left->first != right->first) {
        return left->first < right->first ? -1 : 1;
    }
    return left->epoch < right->epoch ? -1 : left->epoch > right->epoch;
}

lt_err lt_turn_load_tree(struct lt_turn *turn, struct lt_effects *effects)
{
    struct tree_runs tree = {.turn = turn};
    struct loading loading = {.turn = turn, .effects = effects};
    lt_err err = lt_log_each_run(turn->log, gather_tree_run, &tree);

    if (err == LT_OK && tree.failed) {
        err = LT_ENOMEM;
    }
    if (err == LT_OK && tree.runs_n > 0) {
        qsort(tree.runs, tree.runs_n, sizeof(*tree.runs), tree_order);
    }
    for (size_t i = 0; i < tree.runs_n && err == LT_OK; i++) {
        err = lt_log_read_run(turn->log, &tree.runs[i].stream,
                              tree.runs[i].epoch, tree.runs[i].first - 1,
                              SIZE_MAX, load_tree, &loading);
        if (err == LT_OK) {
            err = loading.err;
        }
        if (err == LT_ECORRUPT || err == LT_EMALFORMED) {
            err = LT_OK; /* rotten: read again once the scrub has mended it */
            loading.err = LT_OK;
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
    lt_err err = lt_log_each_binding(turn->log, load_binding, &loading);

    if (err == LT_OK && loading.err == LT_OK) {
        err = lt_log_each_run(turn->log, load_run, &loading);
    }
    if (err == LT_OK && loading.err == LT_OK) {
        err = lt_turn_load_tree(turn, NULL);
    }
    if (err == LT_OK && loading.err == LT_OK) {
        err = lt_engine_tree_loaded(turn->engine);
    }
    if (err == LT_OK && loading.err == LT_OK &&
        lt_engine_wants_tree(turn->engine)) {
        err = lt_turn_load_tree(turn, NULL);
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
    turn->last_pos = lt_log_last_pos(turn->log);
    return err;
}
