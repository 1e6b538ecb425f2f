/* Batches under way overtake nothing: answers come in the order of the frames,
 * so the n-th event id in them belongs to the n-th command. A daemon whose view
 * has not caught up says `busy`, and is asked again. */
#include "tools/load/sender.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/tool.h"

enum { ANSWER_TIMEOUT_MS = 120000, BUSY_TRIES = 600 };

static const double BUSY_S = 0.2;

double lt_load_clock(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void lt_load_sleep_until(double clock_s)
{
    struct timespec until = {.tv_sec = (time_t)clock_s};

    until.tv_nsec = (long)((clock_s - (double)until.tv_sec) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
           EINTR) {
    }
}

/* A command written before the clock runs; only the id of its case is known
 * later, and that of the request. */
struct written {
    size_t at; /* in the sender's texts */
    size_t len;
    size_t hole; /* where the id goes; 0: none */
};

/* A batch under way. */
struct flight {
    char id[LT_UUID_TEXT];
    size_t first; /* command */
    size_t n;
};

struct sender {
    const struct lt_corpus *corpus;
    struct lt_buf texts;
    struct written *written;
    struct lt_load_run *run;
    struct lt_ask *ask;
    struct lt_buf frame;
    struct lt_buf answer;
    size_t called;                           /* commands sent */
    size_t answered;                         /* commands whose answer is here */
    size_t batches;                          /* under way */
    struct flight flights[LT_LOAD_PIPELINE]; /* the oldest first */
    double begun_s;
};

static bool is_about(const struct lt_load_command *command)
{
    return command->kind == LT_LOAD_STEP || command->kind == LT_LOAD_CLOSE;
}

static lt_err write_commands(struct sender *sender)
{
    static const char id[] = "\"id\":\"";
    size_t n = sender->corpus->commands_n;

    sender->written = calloc(n, sizeof(*sender->written));
    if (sender->written == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const struct lt_load_command *command = &sender->corpus->commands[i];
        struct written *written = &sender->written[i];
        const char *text;

        written->at = sender->texts.len;
        if (!lt_corpus_request(command, is_about(command) ? "" : NULL,
                               &sender->texts) ||
            !lt_buf_put(&sender->texts, "", 1)) {
            return LT_ENOMEM;
        }
        written->len = sender->texts.len - 1 - written->at;
        text = (const char *)sender->texts.data + written->at;
        if (is_about(command)) {
            written->hole = (size_t)(strstr(text, id) - text) + sizeof(id) - 1;
        }
    }
    return LT_OK;
}

static bool put_text(struct sender *sender, const char *text)
{
    return lt_buf_put(&sender->frame, text, strlen(text));
}

static bool put_command(struct sender *sender, size_t index,
                        const char *request_id)
{
    const struct written *written = &sender->written[index];
    const uint8_t *text = sender->texts.data + written->at;
    uint32_t about = sender->corpus->commands[index].about;
    size_t done = 0;

    if (request_id != NULL) {
        if (!put_text(sender, "{\"request_id\":\"") ||
            !put_text(sender, request_id) || !put_text(sender, "\",")) {
            return false;
        }
        done = 1; /* the brace */
    }
    if (written->hole != 0) {
        if (!lt_buf_put(&sender->frame, text + done, written->hole - done) ||
            !put_text(sender, sender->run->sent[about].event)) {
            return false;
        }
        done = written->hole;
    }
    return lt_buf_put(&sender->frame, text + done, written->len - done);
}

static size_t next_batch(const struct sender *sender)
{
    size_t left = sender->corpus->commands_n - sender->called;

    return left < sender->run->batch ? left : sender->run->batch;
}

static lt_err send_flight(struct sender *sender, const struct flight *flight)
{
    bool ok;

    lt_buf_reset(&sender->frame);
    ok = lt_buf_put(&sender->frame, "[", 1);
    for (size_t i = 0; ok && i < flight->n; i++) {
        ok = (i == 0 || lt_buf_put(&sender->frame, ",", 1)) &&
             put_command(sender, flight->first + i, i == 0 ? flight->id : NULL);
    }
    if (!ok || !lt_buf_put(&sender->frame, "]", 1)) {
        return LT_ENOMEM;
    }
    return lt_ask_send(sender->ask, (const char *)sender->frame.data,
                       sender->frame.len);
}

/* One command refuses a whole batch: of its errors the one that says why, not
 * those of the commands that went down with it. */
static const char *cause_of(const char *answer)
{
    static const char error[] = "\"error\":";
    static const char with_it[] = "\"error\":{\"code\":\"step_refused\"";
    const char *first = strstr(answer, error);
    const char *at;

    for (at = first; at != NULL; at = strstr(at + 1, error)) {
        if (strncmp(at, with_it, sizeof(with_it) - 1) != 0) {
            return at;
        }
    }
    return first;
}

static lt_err send_batch(struct sender *sender)
{
    struct flight *flight = &sender->flights[sender->batches++];
    double now;

    *flight = (struct flight){.first = sender->called, .n = next_batch(sender)};
    lt_tool_make_id(flight->id);
    now = lt_load_clock();
    for (size_t i = 0; i < flight->n; i++) {
        sender->run->sent[flight->first + i].called_s = now;
    }
    sender->called += flight->n;
    return send_flight(sender, flight);
}

/* Take the event ids of one answer. */
static lt_err take_ids(struct sender *sender, const struct flight *flight)
{
    static const char key[] = "\"event\":\"";
    const char *at = (const char *)sender->answer.data;
    size_t n = 0;

    while ((at = strstr(at, key)) != NULL && n < flight->n) {
        struct lt_load_sent *sent = &sender->run->sent[flight->first + n];
        const char *end;

        at += sizeof(key) - 1;
        end = strchr(at, '"');
        if (end == NULL || (size_t)(end - at) >= sizeof(sent->event)) {
            return LT_EPROTO;
        }
        memcpy(sent->event, at, (size_t)(end - at));
        if (sender->run->ledger != NULL) {
            fprintf(sender->run->ledger, "%s\n", sent->event);
        }
        n++;
    }
    if (n != flight->n) {
        fprintf(stderr, "%zu events in the answer to %zu commands\n", n,
                flight->n);
        return LT_EPROTO;
    }
    sender->answered += n;
    return LT_OK;
}

/* LT_EBUSY: nothing of it was written, and it may be asked again. */
static lt_err receive_flight(struct sender *sender, const struct flight *flight,
                             bool quiet)
{
    const char *error;
    lt_err rc = lt_ask_receive(sender->ask, ANSWER_TIMEOUT_MS, &sender->answer);

    if (rc != LT_OK || !lt_buf_put(&sender->answer, "", 1)) {
        return rc != LT_OK ? rc : LT_ENOMEM;
    }
    error = strstr((const char *)sender->answer.data, "\"error\":");
    if (error == NULL) {
        return take_ids(sender, flight);
    }
    if (strstr(error, "\"code\":\"busy\"") != NULL) {
        return LT_EBUSY;
    }
    if (!quiet) {
        fprintf(stderr, "refused: %.600s\n", cause_of(error));
    }
    return LT_EINVAL;
}

/* The view has not caught up: a while later, under the same id. */
static lt_err ask_again(struct sender *sender, const struct flight *flight)
{
    lt_err rc = LT_EBUSY;

    for (unsigned i = 0; rc == LT_EBUSY && i < BUSY_TRIES; i++) {
        lt_load_sleep_until(lt_load_clock() + BUSY_S);
        rc = send_flight(sender, flight);
        if (rc == LT_OK) {
            rc = receive_flight(sender, flight, false);
        }
    }
    return rc;
}

/* The answer to the oldest one. Where it is `busy`, those behind it may have
 * been refused for want of it: all are taken, then asked again in order. */
static lt_err receive_batch(struct sender *sender)
{
    struct flight again[LT_LOAD_PIPELINE];
    size_t again_n = 0;
    size_t taken = 0;
    lt_err rc;

    do {
        rc = receive_flight(sender, &sender->flights[taken], again_n > 0);
        if (rc == LT_EBUSY || (rc == LT_EINVAL && again_n > 0)) {
            again[again_n++] = sender->flights[taken];
            rc = LT_OK;
        }
        taken++;
    } while (rc == LT_OK && again_n > 0 && taken < sender->batches);
    sender->batches -= taken;
    memmove(sender->flights, sender->flights + taken,
            sender->batches * sizeof(sender->flights[0]));
    for (size_t i = 0; rc == LT_OK && i < again_n; i++) {
        rc = ask_again(sender, &again[i]);
    }
    return rc;
}

/* When a batch may be sent: its first command at its own moment. */
static void wait_for_turn(const struct sender *sender)
{
    if (sender->run->rate > 0) {
        lt_load_sleep_until(sender->begun_s +
                            (double)sender->called / sender->run->rate);
    }
}

static lt_err send_all(struct sender *sender)
{
    /* A paced call is answered before the next is due, or shows as late. */
    size_t pipeline = sender->run->rate > 0 ? 1 : LT_LOAD_PIPELINE;
    lt_err rc = LT_OK;

    sender->begun_s = lt_load_clock();
    while (rc == LT_OK && sender->answered < sender->corpus->commands_n) {
        if (sender->called < sender->corpus->commands_n &&
            sender->batches < pipeline) {
            wait_for_turn(sender);
            rc = send_batch(sender);
        } else {
            rc = receive_batch(sender);
        }
    }
    sender->run->begun_s = sender->begun_s;
    sender->run->seconds = lt_load_clock() - sender->begun_s;
    return rc;
}

lt_err lt_load_send(const struct lt_corpus *corpus, struct lt_load_run *run)
{
    struct sender sender = {.corpus = corpus, .run = run};
    struct lt_diag diag;
    lt_err rc = lt_ask_open(run->dir, &sender.ask, &diag);

    if (rc != LT_OK) {
        fprintf(stderr, "%s: the daemon does not answer\n", run->dir);
        return rc;
    }
    lt_buf_init(&sender.frame, lt_alloc_heap());
    lt_buf_init(&sender.answer, lt_alloc_heap());
    lt_buf_init(&sender.texts, lt_alloc_heap());
    rc = write_commands(&sender);
    if (rc == LT_OK) {
        rc = send_all(&sender);
    }
    if (rc != LT_OK) {
        fprintf(stderr, "stopped after %zu answers: %s\n", sender.answered,
                lt_err_word(rc));
    }
    lt_ask_close(sender.ask);
    lt_buf_deinit(&sender.frame);
    lt_buf_deinit(&sender.answer);
    lt_buf_deinit(&sender.texts);
    free(sender.written);
    if (rc == LT_OK && run->ledger != NULL && fflush(run->ledger) != 0) {
        rc = LT_EIO;
    }
    return rc;
}
