/* Lines to the control socket: a frame out, a frame back. */
#include "daemon/http/caller.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/sys.h"

enum { READ_STEP = 64 * 1024, TICK_MS = 500, KEEP_BYTES = 256 * 1024 };

struct question {
    struct question *next;
    lt_caller_answer_fn *answer;
    void *ctx;
    struct lt_buf frame;
};

/* One connection, for questions or for a stream. */
struct line {
    int fd; /* -1: not connected */
    struct lt_watch *watch;
    struct lt_buf in;
    struct lt_buf out;
    size_t out_at;
};

struct asking {
    struct line line;
    struct lt_caller *caller;
    struct question *question; /* NULL: free */
    int64_t until_ms;
};

struct lt_caller {
    struct lt_port *port;
    struct sockaddr_un address;
    struct lt_timer *timer;
    struct question *first; /* oldest first */
    struct question *last;
    size_t waiting_n;
    bool ending;
    struct asking lines[LT_CALLER_LINES];
};

struct lt_tail {
    struct line line;
    lt_tail_fn *call;
    void *ctx;
    bool calling;
    bool closed; /* while it was being called */
};

static int64_t mono_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

/* ---- a line ---- */

static void line_close(struct line *line)
{
    lt_watch_free(line->watch);
    line->watch = NULL;
    if (line->fd >= 0) {
        (void)close(line->fd);
        line->fd = -1;
    }
    lt_buf_deinit(&line->in);
    lt_buf_deinit(&line->out);
    line->out_at = 0;
}

static lt_err line_open(struct lt_caller *caller, struct line *line,
                        lt_watch_fn *call, void *ctx)
{
    line->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (line->fd < 0 ||
        connect(line->fd, (const struct sockaddr *)&caller->address,
                sizeof(caller->address)) != 0) {
        line_close(line);
        return LT_ENOTRUNNING;
    }
    line->watch = lt_watch_new(caller->port, line->fd, call, ctx);
    if (line->watch == NULL) {
        line_close(line);
        return LT_ENOMEM;
    }
    return LT_OK;
}

static bool line_put(struct line *line, const void *bytes, size_t len)
{
    const uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16),
                             (uint8_t)(len >> 8), (uint8_t)len};

    return lt_buf_put(&line->out, head, sizeof(head)) &&
           lt_buf_put(&line->out, bytes, len);
}

/* False when the connection is of no use any more. */
static bool line_send(struct line *line)
{
    while (line->out_at < line->out.len) {
        ssize_t n =
            send(line->fd, line->out.data + line->out_at,
                 line->out.len - line->out_at, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            lt_watch_want_write(line->watch, errno == EAGAIN);
            return errno == EAGAIN;
        }
        line->out_at += (size_t)n;
    }
    lt_buf_reset(&line->out);
    line->out_at = 0;
    lt_watch_want_write(line->watch, false);
    return true;
}

/* Is a whole frame there from @at on? */
static bool line_frame(const struct line *line, size_t at, size_t *out_len)
{
    const uint8_t *head;

    if (line->in.len - at < 4) {
        return false;
    }
    head = line->in.data + at;
    *out_len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
               (size_t)head[2] << 8 | head[3];
    return line->in.len - at - 4 >= *out_len;
}

/* Room for the frame that has begun, at once: one that grows by doubling is
 * copied and wiped again and again. */
static uint8_t *line_room(struct line *line)
{
    size_t room = READ_STEP;
    size_t whole;

    if (line->in.len >= 4 && !line_frame(line, 0, &whole) &&
        whole <= LT_CALLER_ANSWER_MAX && whole + 5 > line->in.len + room) {
        room = whole + 5 - line->in.len;
    }
    return lt_buf_reserve(&line->in, room);
}

static bool line_receive(struct line *line)
{
    uint8_t *to = line_room(line);
    ssize_t n;

    if (to == NULL) {
        return false;
    }
    n = recv(line->fd, to, line->in.capacity - line->in.len, MSG_DONTWAIT);
    if (n > 0) {
        line->in.len += (size_t)n;
        return true;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* The memory of an answer serves the next one, unless it was a large one or the
 * line has begun another meanwhile. */
static void line_keep(struct line *line, struct lt_buf *answer)
{
    if (line->fd < 0 || line->in.data != NULL ||
        answer->capacity > KEEP_BYTES) {
        lt_buf_deinit(answer);
        return;
    }
    lt_buf_reset(answer);
    line->in = *answer;
}

static bool line_too_big(const struct line *line)
{
    return line->in.len > LT_CALLER_ANSWER_MAX;
}

/* ---- questions ---- */

static void question_end(struct question *question, lt_err err,
                         const char *json, size_t len)
{
    question->answer(question->ctx, err, json, len);
    lt_buf_deinit(&question->frame);
    lt_free(lt_alloc_heap(), question);
}

static void next_question(struct asking *asking);

/* The connection is of no use: what was asked on it has no answer. */
static void asking_fail(struct asking *asking, lt_err err)
{
    struct question *question = asking->question;

    asking->question = NULL;
    line_close(&asking->line);
    if (question != NULL) {
        question_end(question, err, NULL, 0);
    }
    next_question(asking);
}

static void asking_due(void *ctx, bool readable, bool writable)
{
    struct asking *asking = ctx;
    struct line *line = &asking->line;
    size_t len;

    if (writable && !line_send(line)) {
        asking_fail(asking, LT_EUNKNOWN);
        return;
    }
    if (!readable) {
        return;
    }
    if (!line_receive(line)) {
        asking_fail(asking, LT_EUNKNOWN);
    } else if (line_too_big(line)) {
        asking_fail(asking, LT_ETOOBIG);
    } else if (line_frame(line, 0, &len)) {
        struct question *question = asking->question;
        struct lt_buf answer = line->in;

        if (question == NULL || lt_buf_reserve(&answer, 1) == NULL) {
            line->in = answer;
            asking_fail(asking, LT_ENOMEM);
            return;
        }
        answer.data[4 + len] = '\0';
        lt_buf_init(&line->in, lt_alloc_heap());
        asking->question = NULL;
        question_end(question, LT_OK, (const char *)answer.data + 4, len);
        line_keep(line, &answer);
        next_question(asking);
    }
}

static bool ask_on(struct asking *asking, struct question *question)
{
    struct line *line = &asking->line;
    lt_err rc = LT_OK;

    if (line->fd < 0) {
        rc = line_open(asking->caller, line, asking_due, asking);
    }
    if (rc == LT_OK &&
        !line_put(line, question->frame.data, question->frame.len)) {
        rc = LT_ENOMEM;
    }
    if (rc != LT_OK) {
        line_close(line);
        question_end(question, rc, NULL, 0);
        return false;
    }
    asking->question = question;
    asking->until_ms = mono_ms() + LT_CALLER_MS;
    if (!line_send(line)) {
        asking_fail(asking, LT_EUNKNOWN);
        return false;
    }
    return true;
}

static void next_question(struct asking *asking)
{
    struct lt_caller *caller = asking->caller;

    while (asking->question == NULL && caller->first != NULL &&
           !caller->ending) {
        struct question *question = caller->first;

        caller->first = question->next;
        if (caller->first == NULL) {
            caller->last = NULL;
        }
        caller->waiting_n--;
        if (ask_on(asking, question)) {
            return;
        }
    }
}

lt_err lt_caller_ask(struct lt_caller *caller, const char *json, size_t len,
                     lt_caller_answer_fn *answer, void *ctx)
{
    struct question *question;

    if (caller->waiting_n >= LT_CALLER_WAITING) {
        return LT_EBUSY;
    }
    question = lt_new(lt_alloc_heap(), sizeof(*question));
    if (question == NULL) {
        return LT_ENOMEM;
    }
    lt_buf_init(&question->frame, lt_alloc_heap());
    if (!lt_buf_put(&question->frame, json, len)) {
        lt_free(lt_alloc_heap(), question);
        return LT_ENOMEM;
    }
    question->answer = answer;
    question->ctx = ctx;
    if (caller->last == NULL) {
        caller->first = question;
    } else {
        caller->last->next = question;
    }
    caller->last = question;
    caller->waiting_n++;
    for (size_t i = 0; i < LT_CALLER_LINES; i++) {
        if (caller->lines[i].question == NULL) {
            next_question(&caller->lines[i]);
            break;
        }
    }
    return LT_OK;
}

static void look_at_times(void *ctx)
{
    struct lt_caller *caller = ctx;
    int64_t now_ms = mono_ms();

    for (size_t i = 0; i < LT_CALLER_LINES; i++) {
        struct asking *asking = &caller->lines[i];

        if (asking->question != NULL && now_ms >= asking->until_ms) {
            asking_fail(asking, LT_EUNKNOWN);
        }
    }
}

lt_err lt_caller_new(struct lt_port *port, const char *dir,
                     struct lt_caller **out_caller)
{
    struct lt_caller *caller = lt_new(lt_alloc_heap(), sizeof(*caller));

    if (caller == NULL) {
        return LT_ENOMEM;
    }
    caller->port = port;
    caller->address.sun_family = AF_UNIX;
    (void)snprintf(caller->address.sun_path, sizeof(caller->address.sun_path),
                   "%s/control.sock", dir);
    for (size_t i = 0; i < LT_CALLER_LINES; i++) {
        caller->lines[i].caller = caller;
        caller->lines[i].line.fd = -1;
        lt_buf_init(&caller->lines[i].line.in, lt_alloc_heap());
        lt_buf_init(&caller->lines[i].line.out, lt_alloc_heap());
    }
    caller->timer = lt_timer_new(port, TICK_MS, look_at_times, caller);
    if (caller->timer == NULL) {
        lt_caller_free(caller);
        return LT_ENOMEM;
    }
    *out_caller = caller;
    return LT_OK;
}

void lt_caller_free(struct lt_caller *caller)
{
    struct question *question;

    if (caller == NULL) {
        return;
    }
    caller->ending = true;
    for (size_t i = 0; i < LT_CALLER_LINES; i++) {
        asking_fail(&caller->lines[i], LT_ENOTRUNNING);
    }
    while ((question = caller->first) != NULL) {
        caller->first = question->next;
        question_end(question, LT_ENOTRUNNING, NULL, 0);
    }
    lt_timer_free(caller->timer);
    lt_free(lt_alloc_heap(), caller);
}

/* ---- streams ---- */

static void tail_free(struct lt_tail *tail)
{
    line_close(&tail->line);
    lt_free(lt_alloc_heap(), tail);
}

/* False when it is gone: closed by whom it called. */
static bool tail_tell(struct lt_tail *tail, const char *frame, size_t len)
{
    tail->calling = true;
    tail->call(tail->ctx, frame, len);
    tail->calling = false;
    if (tail->closed) {
        tail_free(tail);
        return false;
    }
    return true;
}

/* Nothing more comes; it is for its owner to close it. */
static void tail_ended(struct lt_tail *tail)
{
    line_close(&tail->line);
    (void)tail_tell(tail, NULL, 0);
}

static void tail_due(void *ctx, bool readable, bool writable)
{
    struct lt_tail *tail = ctx;
    struct line *line = &tail->line;
    size_t at = 0;
    size_t len;

    if ((writable && !line_send(line)) ||
        (readable && (!line_receive(line) || line_too_big(line)))) {
        tail_ended(tail);
        return;
    }
    while (line_frame(line, at, &len)) {
        const char *frame = (const char *)line->in.data + at + 4;

        at += 4 + len;
        if (len == 0) {
            tail_ended(tail);
            return;
        }
        if (!tail_tell(tail, frame, len)) {
            return;
        }
    }
    if (at == line->in.len && line->in.capacity > KEEP_BYTES) {
        lt_buf_deinit(&line->in);
        lt_buf_init(&line->in, lt_alloc_heap());
    } else if (at > 0) {
        memmove(line->in.data, line->in.data + at, line->in.len - at);
        line->in.len -= at;
    }
}

lt_err lt_tail_open(struct lt_caller *caller, const char *json, size_t len,
                    lt_tail_fn *call, void *ctx, struct lt_tail **out_tail)
{
    struct lt_tail *tail = lt_new(lt_alloc_heap(), sizeof(*tail));
    lt_err rc;

    if (tail == NULL) {
        return LT_ENOMEM;
    }
    lt_buf_init(&tail->line.in, lt_alloc_heap());
    lt_buf_init(&tail->line.out, lt_alloc_heap());
    tail->line.fd = -1;
    tail->call = call;
    tail->ctx = ctx;
    rc = line_open(caller, &tail->line, tail_due, tail);
    if (rc == LT_OK && !line_put(&tail->line, json, len)) {
        rc = LT_ENOMEM;
    }
    if (rc == LT_OK && !line_send(&tail->line)) {
        rc = LT_ENOTRUNNING;
    }
    if (rc != LT_OK) {
        tail_free(tail);
        return rc;
    }
    *out_tail = tail;
    return LT_OK;
}

void lt_tail_close(struct lt_tail *tail)
{
    if (tail == NULL) {
        return;
    }
    if (tail->calling) {
        tail->closed = true;
    } else {
        tail_free(tail);
    }
}
