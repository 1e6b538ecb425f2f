/* The client's side of the control socket. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/sys.h"
#include "tools/tool.h"

enum { ANSWER_MAX = 64 * 1024 * 1024 };

struct lt_ask {
    int fd;
};

static lt_err cannot_connect(const char *path, struct lt_diag *diag)
{
    lt_err code = errno == EACCES || errno == EPERM ? LT_EPERM : LT_ENOTRUNNING;

    lt_diag_set(diag, code);
    lt_diag_arg(diag, code == LT_EPERM ? "what" : "path", "%s", path);
    return code;
}

lt_err lt_ask_open(const char *dir, struct lt_ask **out_ask,
                   struct lt_diag *diag)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct lt_ask *ask;
    int fd;

    if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path),
                         "%s/control.sock", dir) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return cannot_connect(dir, diag);
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        lt_err rc = cannot_connect(dir, diag);

        if (fd >= 0) {
            (void)close(fd);
        }
        return rc;
    }
    ask = malloc(sizeof(*ask));
    if (ask == NULL) {
        (void)close(fd);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    ask->fd = fd;
    *out_ask = ask;
    return LT_OK;
}

void lt_ask_close(struct lt_ask *ask)
{
    if (ask != NULL) {
        (void)close(ask->fd);
        free(ask);
    }
}

lt_err lt_ask_send(struct lt_ask *ask, const char *json, size_t len)
{
    uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16),
                       (uint8_t)(len >> 8), (uint8_t)len};
    size_t sent = 0;

    if (send(ask->fd, head, sizeof(head), MSG_NOSIGNAL | MSG_MORE) !=
        (ssize_t)sizeof(head)) {
        return LT_ENOTRUNNING;
    }
    while (sent < len) {
        ssize_t n = send(ask->fd, json + sent, len - sent, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return LT_ENOTRUNNING;
        }
        sent += (size_t)n;
    }
    return LT_OK;
}

static int64_t mono_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

/* Exactly @len bytes, until @deadline_ms (-1: for ever). */
static lt_err receive_all(struct lt_ask *ask, uint8_t *to, size_t len,
                          int64_t deadline_ms)
{
    while (len > 0) {
        struct pollfd fd = {.fd = ask->fd, .events = POLLIN};
        int64_t left = deadline_ms < 0 ? -1 : deadline_ms - mono_ms();
        ssize_t n;

        if (deadline_ms >= 0 && left <= 0) {
            return LT_EUNKNOWN;
        }
        if (poll(&fd, 1, (int)left) < 0 && errno != EINTR) {
            return LT_EUNKNOWN;
        }
        if (fd.revents == 0) {
            continue;
        }
        n = recv(ask->fd, to, len, 0);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return LT_EUNKNOWN;
        }
        if (n > 0) {
            to += n;
            len -= (size_t)n;
        }
    }
    return LT_OK;
}

lt_err lt_ask_receive(struct lt_ask *ask, int timeout_ms, struct lt_buf *out)
{
    int64_t deadline_ms = timeout_ms < 0 ? -1 : mono_ms() + timeout_ms;
    uint8_t head[4];
    uint8_t *to;
    size_t len;
    lt_err rc = receive_all(ask, head, sizeof(head), deadline_ms);

    if (rc != LT_OK) {
        return rc;
    }
    len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 |
          head[3];
    if (len > ANSWER_MAX) {
        return LT_EPROTO;
    }
    lt_buf_reset(out);
    to = lt_buf_reserve(out, len + 1);
    if (to == NULL) {
        return LT_ENOMEM;
    }
    rc = receive_all(ask, to, len, deadline_ms);
    if (rc == LT_OK) {
        to[len] = '\0'; /* behind the answer, for those who read it as text */
        out->len = len;
    }
    return rc;
}

bool lt_ask_ready(const struct lt_ask *ask, int timeout_ms)
{
    struct pollfd fd = {.fd = ask->fd, .events = POLLIN};

    return poll(&fd, 1, timeout_ms) > 0;
}

/* How long the daemon may take: what lasts has the most, unless somebody has
 * said otherwise. */
static int patience_ms(const struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    return command->lasts && !tool->timeout_given ? LT_TOOL_LASTS_MS
                                                  : tool->timeout_ms;
}

json_t *lt_tool_request(const struct lt_tool *tool,
                        const struct lt_tool_command *command)
{
    json_t *request =
        json_pack("{s:s,s:O,s:s,s:i,s:i}", "command", command->name, "options",
                  tool->options, "lang", tool->lang == LT_LANG_VI ? "vi" : "en",
                  "timeout_ms", patience_ms(tool, command), "proto", 1);

    if (request != NULL && command->writes &&
        json_object_set_new(request, "request_id",
                            json_string(tool->request_id)) != 0) {
        json_decref(request);
        return NULL;
    }
    if (request != NULL && !command->writes && !tool->json &&
        json_object_set_new(request, "names", json_true()) != 0) {
        json_decref(request);
        return NULL;
    }
    return request;
}

lt_err lt_ask_status(const char *dir, json_t **out_status,
                     struct lt_diag *diag)
{
    static const char request[] = "{\"command\":\"status\",\"proto\":1}";
    struct lt_ask *ask = NULL;
    struct lt_buf answer;
    json_t *status = NULL;
    lt_err rc;

    lt_buf_init(&answer, lt_alloc_heap());
    rc = lt_ask_open(dir, &ask, diag);
    if (rc == LT_OK) {
        rc = lt_ask_send(ask, request, sizeof(request) - 1);
        if (rc == LT_OK) {
            rc = lt_ask_receive(ask, LT_TOOL_TIMEOUT_MS, &answer);
        }
        rc = lt_diag_set(diag, rc == LT_EUNKNOWN ? LT_EBUSY : rc);
    }
    if (rc == LT_OK) {
        status = json_loadb((const char *)answer.data, answer.len, 0, NULL);
        if (status == NULL || json_object_get(status, "error") != NULL) {
            json_decref(status);
            rc = lt_diag_set(diag, LT_EBUSY);
        }
    }
    if (rc == LT_OK) {
        *out_status = status;
    }
    lt_ask_close(ask);
    lt_buf_deinit(&answer);
    return rc;
}

/* Until the answer begins to come, or patience ends. */
static void show_progress(struct lt_tool *tool,
                          const struct lt_tool_command *command,
                          const struct lt_ask *ask)
{
    enum { FIRST_MS = 1000, EVERY_MS = 500 };
    int64_t until_ms = mono_ms() + patience_ms(tool, command);
    int pause_ms = FIRST_MS;

    while (mono_ms() < until_ms && !lt_ask_ready(ask, pause_ms)) {
        struct lt_diag ignored;
        json_t *status = NULL;

        (void)!lt_ask_status(tool->dir, &status, &ignored);
        lt_progress_from_status(tool, command->name, status);
        json_decref(status);
        pause_ms = EVERY_MS;
    }
}

/* One question, one answer. @out_sent: the daemon may have acted. */
static lt_err exchange(struct lt_tool *tool,
                       const struct lt_tool_command *command,
                       struct lt_buf *answer, bool *out_sent,
                       struct lt_diag *diag)
{
    enum { GRACE_MS = 1000 }; /* the daemon answers by itself before */
    json_t *request = lt_tool_request(tool, command);
    char *text = request == NULL ? NULL : json_dumps(request, JSON_COMPACT);
    struct lt_ask *ask = NULL;
    lt_err rc;

    *out_sent = false;
    json_decref(request);
    if (text == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    rc = lt_ask_open(tool->dir, &ask, diag);
    if (rc == LT_OK) {
        rc = lt_ask_send(ask, text, strlen(text));
        lt_diag_set(diag, rc);
        /* Shown the door before we had spoken: it has told why. */
        if (rc != LT_OK &&
            lt_ask_receive(ask, GRACE_MS, answer) == LT_OK) {
            lt_ask_close(ask);
            free(text);
            return LT_OK;
        }
    }
    if (rc == LT_OK) {
        *out_sent = true;
        if (command->lasts) {
            show_progress(tool, command, ask);
        }
        rc = lt_ask_receive(ask, patience_ms(tool, command) + GRACE_MS, answer);
        lt_progress_end(tool);
        lt_diag_set(diag, rc);
    }
    lt_ask_close(ask);
    free(text);
    return rc;
}

int lt_tool_refused(struct lt_tool *tool, const json_t *error,
                    const struct lt_buf *answer)
{
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *text = json_string_value(json_object_get(error, "text"));
    const char *remedy = json_string_value(json_object_get(error, "remedy"));
    const char *id = json_string_value(json_object_get(error, "request_id"));
    lt_err err = code == NULL ? LT_EPROTO : lt_err_by_word(code);

    if (tool->json) {
        fprintf(tool->err, "%s\n", (const char *)answer->data);
    } else {
        lt_print_text(tool->err, text == NULL ? "?" : text);
        fputc('\n', tool->err);
        if (remedy != NULL && remedy[0] != '\0') {
            lt_print_text(tool->err, remedy);
            fputc('\n', tool->err);
        }
        if (id != NULL && err == LT_EUNKNOWN) {
            fprintf(tool->err, "--request-id %s\n", id);
        }
    }
    return err == LT_OK ? lt_err_exit(LT_EINTERNAL) : lt_err_exit(err);
}

/* Said before the question was read, so in no language of ours: too many are
 * there already, or this user may not enter. */
static bool is_at_the_door(const json_t *error, lt_err *out_code)
{
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *text = json_string_value(json_object_get(error, "text"));

    *out_code = code == NULL ? LT_OK : lt_err_by_word(code);
    return (*out_code == LT_EBUSY || *out_code == LT_EPERM) &&
           !json_is_string(json_object_get(error, "request_id")) &&
           text != NULL && strstr(text, "control.sock") != NULL;
}

int lt_tool_ask(struct lt_tool *tool, const struct lt_tool_command *command,
                json_t **out_answer)
{
    struct lt_buf answer;
    struct lt_diag diag;
    json_t *json = NULL;
    const json_t *error;
    bool sent;
    lt_err rc;
    int code = 0;

    lt_buf_init(&answer, lt_alloc_heap());
    rc = exchange(tool, command, &answer, &sent, &diag);
    if (rc != LT_OK) {
        bool unknown = sent && command->writes;

        if (rc == LT_EUNKNOWN && !unknown) {
            lt_diag_set(&diag, LT_EBUSY);
        }
        code = lt_tool_fail(tool, &diag, unknown);
        goto out;
    }
    json = json_loadb((const char *)answer.data, answer.len, 0, NULL);
    if (json == NULL) {
        code = lt_tool_fail_code(tool, LT_EPROTO, "control.sock");
        goto out;
    }
    error = json_object_get(json, "error");
    if (error != NULL && is_at_the_door(error, &rc)) {
        code = lt_tool_fail_code(tool, rc, "control.sock");
        goto out;
    }
    if (error != NULL) {
        code = lt_tool_refused(tool, error, &answer);
        goto out;
    }
    if (tool->json) {
        fprintf(tool->out, "%s\n", (const char *)answer.data);
    }
    tool->names = json_object_get(json, "names");
    *out_answer = json;
    json = NULL;

out:
    json_decref(json);
    lt_buf_deinit(&answer);
    return code;
}
