#include "tools/load/large.h"

#include <stdlib.h>
#include <string.h>

#include "tools/attach.h"
#include "tools/load/sender.h"

enum { ANSWER_TIMEOUT_MS = 120000 };

struct sender {
    struct lt_ask *ask;
    struct lt_buf answer;
    char event[LT_EVENT_ID_TEXT]; /* the first of the last answer */
};

static lt_err take_event(struct sender *sender)
{
    json_t *answers = json_loadb((const char *)sender->answer.data,
                                 sender->answer.len, 0, NULL);
    const char *event =
        json_string_value(json_object_get(json_array_get(answers, 0), "event"));
    size_t n = json_array_size(answers);
    lt_err rc = LT_OK;

    if (event == NULL || strlen(event) >= sizeof(sender->event) ||
        json_object_get(json_array_get(answers, n - 1), "error") != NULL) {
        fprintf(stderr, "refused: %.600s\n", (const char *)sender->answer.data);
        rc = LT_EINVAL;
    } else {
        strcpy(sender->event, event);
    }
    json_decref(answers);
    return rc;
}

/* Send @batch (taken over) and wait for its answer. */
static lt_err exchange(struct sender *sender, json_t *batch)
{
    char *text = json_dumps(batch, JSON_COMPACT);
    lt_err rc = LT_ENOMEM;

    json_decref(batch);
    if (text != NULL) {
        rc = lt_ask_send(sender->ask, text, strlen(text));
        free(text);
    }
    if (rc == LT_OK) {
        rc = lt_ask_receive(sender->ask, ANSWER_TIMEOUT_MS, &sender->answer);
    }
    return rc == LT_OK ? take_event(sender) : rc;
}

/* A case of its own: a file goes with its decision. */
static lt_err open_case(struct sender *sender, const char *id)
{
    return exchange(sender, json_pack("[{s:s,s:s,s:{s:s,s:s}}]", "command",
                                      "case open", "request_id", id, "options",
                                      "type", "complaint", "field", "land"));
}

static lt_err send_file(struct sender *sender, const struct lt_attach *attach)
{
    char id[LT_UUID_TEXT];
    char event[LT_EVENT_ID_TEXT];
    json_t *batch;
    json_t *options;
    size_t offset = 0;
    lt_err rc;

    lt_tool_make_id(id);
    rc = open_case(sender, id);
    if (rc != LT_OK) {
        return rc;
    }
    lt_tool_make_id(id);
    batch = json_array();
    options = json_pack("{s:s,s:s}", "id", sender->event, "kind",
                        "decision_issued");
    if (batch != NULL && options != NULL &&
        lt_attach_announce(attach, options) &&
        json_array_append_new(batch, json_pack("{s:s,s:s,s:O}", "command",
                                               "case step", "request_id", id,
                                               "options", options)) == 0) {
        offset = lt_attach_pieces(attach, 0, NULL, id, batch);
    }
    json_decref(options);
    if (offset == 0) {
        json_decref(batch);
        return LT_ENOMEM;
    }
    rc = exchange(sender, batch);
    memcpy(event, sender->event, sizeof(event));
    while (rc == LT_OK && offset < attach->len) {
        lt_tool_make_id(id);
        batch = json_array();
        offset = batch == NULL
                     ? 0
                     : lt_attach_pieces(attach, offset, event, id, batch);
        if (offset == 0) {
            json_decref(batch);
            return LT_ENOMEM;
        }
        rc = exchange(sender, batch);
    }
    return rc;
}

static lt_err send_all(struct sender *sender, struct lt_load_large *large)
{
    struct lt_attach attach = {.data = malloc(LT_LOAD_LARGE_FILE)};
    uint64_t chance = large->seed;
    size_t left = large->bytes;
    lt_err rc = attach.data == NULL ? LT_ENOMEM : LT_OK;

    while (rc == LT_OK && left > 0) {
        attach.len = left < LT_LOAD_LARGE_FILE ? left : LT_LOAD_LARGE_FILE;
        for (size_t i = 0; i < attach.len; i++) {
            attach.data[i] = (uint8_t)lt_load_random(&chance);
        }
        lt_sys_real()->random(lt_sys_real()->ctx, attach.salt, LT_SALT_LEN);
        rc = lt_attach_seal(&attach);
        if (rc == LT_OK) {
            rc = send_file(sender, &attach);
        }
        large->files++;
        large->events += 2 + (attach.len + LT_PIECE_BYTES - 1) / LT_PIECE_BYTES;
        left -= attach.len;
    }
    lt_attach_free(&attach);
    return rc;
}

lt_err lt_load_large(struct lt_load_large *large)
{
    struct sender sender = {.ask = NULL};
    struct lt_diag diag;
    double begun = lt_load_clock();
    lt_err rc = lt_ask_open(large->dir, &sender.ask, &diag);

    if (rc != LT_OK) {
        fprintf(stderr, "%s: the daemon does not answer\n", large->dir);
        return rc;
    }
    lt_buf_init(&sender.answer, lt_alloc_heap());
    rc = send_all(&sender, large);
    if (rc != LT_OK) {
        fprintf(stderr, "stopped in file %zu: %s\n", large->files,
                lt_err_word(rc));
    }
    large->seconds = lt_load_clock() - begun;
    lt_buf_deinit(&sender.answer);
    lt_ask_close(sender.ask);
    return rc;
}
