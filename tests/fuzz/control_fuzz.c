/* The control socket's frames: whatever a client sends is answered with JSON
 * that can be read, one answer a command, and writes nothing that the log
 * could not hold. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/crypto.h"
#include "common/policy.h"
#include "daemon/control/batch.h"
#include "daemon/view/feed.h"

static struct lt_desk desk;
static struct lt_snapshot snapshot;
static char view_path[64];

static void end(void)
{
    lt_desk_drop_reader(&desk);
    lt_feed_stop(desk.feed);
    (void)unlink(view_path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct lt_view *view;
    struct lt_policy *policy;
    struct lt_event opened = {.type = LT_EV_OFFICE_OPENED};

    (void)argc;
    (void)argv;
    if (lt_crypto_start() != LT_OK) {
        return -1;
    }
    desk.sys = lt_sys_real();
    desk.office.bytes[0] = 1;
    (void)snprintf(view_path, sizeof(view_path), "/tmp/lt-control-fuzz-%ld",
                   (long)getpid());
    desk.view_path = view_path;
    FUZZ_CHECK(lt_view_open(view_path, &desk.office, &view, NULL) == LT_OK);
    FUZZ_CHECK(lt_feed_start(view, 1 << 20, NULL, NULL, &desk.feed) == LT_OK);
    FUZZ_CHECK(lt_policy_load(lt_alloc_heap(), NULL, &policy, NULL) == LT_OK);
    FUZZ_CHECK(lt_touch_new(lt_alloc_heap(), &desk.touch) == LT_OK);
    FUZZ_CHECK(lt_tree_new(lt_alloc_heap(), &snapshot.tree) == LT_OK);
    opened.office.id = desk.office;
    opened.office.name = (struct lt_text){"Root", 4};
    opened.office.kind = (struct lt_text){"province", 8};
    FUZZ_CHECK(lt_tree_apply(snapshot.tree, 1, &opened, NULL) == LT_OK);
    opened.office.parent = desk.office;
    opened.office.id.bytes[0] = 2;
    opened.office.name = (struct lt_text){"Child", 5};
    FUZZ_CHECK(lt_tree_apply(snapshot.tree, 2, &opened, NULL) == LT_OK);
    desk.policy = policy;
    desk.snapshot = &snapshot;
    atexit(end);
    return 0;
}

/* What would go to the loop can be encoded and read again. */
static void check_writes(const struct lt_batch *batch)
{
    const struct lt_pending *pending;
    struct lt_event_id id = {.origin = desk.office, .epoch = 5, .count = 9};
    struct lt_event *back = malloc(sizeof(*back));
    size_t i;

    FUZZ_CHECK(back != NULL);
    for (pending = batch->pendings; pending != NULL; pending = pending->next) {
        const struct lt_write *write = pending->job.write;

        for (i = 0; write != NULL && i < write->events_n; i++) {
            struct lt_arena arena;
            struct lt_buf out;

            lt_arena_init(&arena, lt_alloc_heap(), 1 << 20);
            lt_buf_init(&out, lt_alloc_heap());
            write->events[i].event->id = id;
            FUZZ_CHECK(lt_event_encode(write->events[i].event, &out, NULL) ==
                       LT_OK);
            FUZZ_CHECK(lt_event_decode(out.data, out.len, &id, 0, &arena, back,
                                       NULL) == LT_OK);
            FUZZ_CHECK(back->type == write->events[i].event->type);
            FUZZ_CHECK(write->events[i].channels_n > 0);
            FUZZ_CHECK(write->events[i].parts_n == back->parts_n);
            lt_buf_deinit(&out);
            lt_arena_deinit(&arena);
        }
    }
    free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_now now = {.mono_ms = 1000000, .wall_ms = 1795241915123};
    struct lt_batch *batch =
        lt_batch_read((const char *)data, size, &now, desk.sys);
    struct lt_buf answer;
    json_t *json;

    FUZZ_CHECK(batch != NULL);
    FUZZ_CHECK(lt_batch_prepare(batch, &desk, &now) == LT_OK);
    check_writes(batch);
    if (!batch->streams) {
        lt_buf_init(&answer, lt_alloc_heap());
        FUZZ_CHECK(lt_batch_answer(batch, &answer));
        json = json_loadb((const char *)answer.data, answer.len,
                          JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        FUZZ_CHECK(json != NULL);
        FUZZ_CHECK(batch->is_array ? json_array_size(json) == batch->slots_n
                                   : json_is_object(json));
        json_decref(json);
        lt_buf_deinit(&answer);
    }
    for (size_t i = 0; i < batch->slots_n; i++) {
        struct lt_draft *draft = batch->slots[i].draft;

        if (draft != NULL && draft->touch != NULL) {
            draft->touch->in_flight = 0; /* there is no loop to end it */
        }
    }
    batch->left = 0;
    lt_batch_free(batch);
    return 0;
}
