#include "daemon/control/client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/control/answer.h"

enum {
    READ_STEP = 64 * 1024,
    KEEP_BYTES = 256 * 1024, /* larger buffers are given back when empty */
    STREAM_LINES = 512,
    GROUPS_MAX = 64
};

void lt_client_open(struct lt_client *client, int fd)
{
    *client = (struct lt_client){.fd = fd};
    lt_buf_init(&client->in, lt_alloc_heap());
    lt_buf_init(&client->out, lt_alloc_heap());
}

void lt_client_close(struct lt_client *client)
{
    if (client->fd >= 0) {
        (void)close(client->fd);
        lt_buf_deinit(&client->in);
        lt_buf_deinit(&client->out);
        *client = (struct lt_client){.fd = -1};
    }
}

bool lt_client_permitted(int fd, unsigned group)
{
    struct ucred who;
    socklen_t len = sizeof(who);
    gid_t groups[GROUPS_MAX];
    socklen_t groups_len = sizeof(groups);
    size_t i;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0) {
        return false;
    }
    if (who.uid == 0 || who.uid == geteuid() || who.gid == group) {
        return true;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &groups_len) != 0) {
        return false;
    }
    for (i = 0; i < groups_len / sizeof(groups[0]); i++) {
        if (groups[i] == group) {
            return true;
        }
    }
    return false;
}

/* ---- bytes ---- */

static void forget_taken(struct lt_buf *buf, size_t *at)
{
    if (*at == 0) {
        return;
    }
    if (*at == buf->len) {
        if (buf->capacity > KEEP_BYTES) {
            lt_buf_deinit(buf);
            lt_buf_init(buf, lt_alloc_heap());
        } else {
            lt_buf_reset(buf);
        }
    } else {
        size_t left = buf->len - *at;

        memmove(buf->data, buf->data + *at, left);
        memset(buf->data + left, 0, *at);
        buf->len = left;
    }
    *at = 0;
}

void lt_client_forget(struct lt_client *client)
{
    if (client->in_at == client->in.len) {
        forget_taken(&client->in, &client->in_at);
    }
}

bool lt_client_wants_input(const struct lt_client *client)
{
    return !client->closing && !client->dead &&
           client->in.len - client->in_at < LT_CLIENT_FRAME_MAX + 4 &&
           client->batches_n < LT_CLIENT_BATCHES &&
           client->out.len - client->out_at < LT_CLIENT_OUT_MAX;
}

bool lt_client_has_output(const struct lt_client *client)
{
    return client->out.len > client->out_at;
}

void lt_client_receive(struct lt_client *client)
{
    uint8_t *to;
    ssize_t n;

    forget_taken(&client->in, &client->in_at);
    to = lt_buf_reserve(&client->in, READ_STEP);
    if (to == NULL) {
        client->dead = true;
        return;
    }
    n = recv(client->fd, to, READ_STEP, MSG_DONTWAIT);
    if (n > 0) {
        client->in.len += (size_t)n;
    } else if (n == 0) {
        client->closing = true; /* answers may still be read */
    } else if (errno != EAGAIN && errno != EINTR) {
        client->dead = true;
    }
}

void lt_client_send(struct lt_client *client)
{
    while (lt_client_has_output(client)) {
        ssize_t n = send(client->fd, client->out.data + client->out_at,
                         client->out.len - client->out_at,
                         MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            client->dead = errno != EAGAIN;
            return;
        }
        client->out_at += (size_t)n;
    }
    forget_taken(&client->out, &client->out_at);
}

bool lt_client_frame(struct lt_client *client, const char **out_json,
                     size_t *out_len)
{
    size_t left = client->in.len - client->in_at;
    const uint8_t *at;
    size_t len;

    if (left < 4) {
        return false;
    }
    at = client->in.data + client->in_at;
    len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 |
          at[3];
    if (len > LT_CLIENT_FRAME_MAX) {
        *out_json = NULL;
        *out_len = LT_CLIENT_FRAME_MAX + 1;
        return true;
    }
    if (left - 4 < len) {
        return false;
    }
    *out_json = (const char *)at + 4;
    *out_len = len;
    client->in_at += 4 + len;
    return true;
}

/* ---- frames out ---- */

bool lt_client_begin(struct lt_client *client, size_t *out_mark)
{
    *out_mark = client->out.len;
    return lt_buf_put(&client->out, "\0\0\0\0", 4);
}

bool lt_client_end(struct lt_client *client, size_t mark, bool fits)
{
    size_t len = client->out.len - mark - 4;
    uint8_t *at = client->out.data + mark;

    if (!fits || len > UINT32_MAX) {
        client->out.len = mark;
        return false;
    }
    at[0] = (uint8_t)(len >> 24);
    at[1] = (uint8_t)(len >> 16);
    at[2] = (uint8_t)(len >> 8);
    at[3] = (uint8_t)len;
    return true;
}

void lt_client_refuse(struct lt_client *client, lt_err code, const char *what)
{
    struct lt_diag diag;
    size_t mark;

    lt_diag_set(&diag, code);
    if (what != NULL) {
        lt_diag_arg(&diag, code == LT_EBUSY ? "reason" : "what", "%s", what);
    }
    if (!lt_client_begin(client, &mark) ||
        !lt_client_end(client, mark,
                       lt_answer_error(&client->out, LT_LANG_VI, &diag, NULL,
                                       false))) {
        client->dead = true;
    }
}

/* ---- streams ---- */

static void end_stream(struct lt_client *client, lt_err err)
{
    size_t mark;

    if (err != LT_OK) {
        lt_client_refuse(client, err, "from");
    }
    client->streams = false;
    /* An empty frame ends the stream. */
    if (!lt_client_begin(client, &mark) ||
        !lt_client_end(client, mark, true)) {
        client->dead = true;
    }
}

/* One frame of lines. *out_some: there were any. */
static lt_err stream_step(struct lt_client *client,
                          struct lt_view_reader *reader, struct lt_buf *next,
                          bool *out_some)
{
    size_t mark;
    lt_err rc;

    lt_buf_reset(next);
    if (!lt_client_begin(client, &mark)) {
        return LT_ENOMEM;
    }
    rc = lt_view_events(reader, client->from, STREAM_LINES, &client->out,
                        next);
    *out_some = rc == LT_OK && client->out.len > mark + 4;
    (void)lt_client_end(client, mark, *out_some);
    if (rc == LT_OK && next->len > 0 && next->len < sizeof(client->from)) {
        memcpy(client->from, next->data, next->len);
        client->from[next->len] = '\0';
    }
    return rc;
}

void lt_client_stream(struct lt_client *client, struct lt_desk *desk)
{
    struct lt_view_reader *reader;
    struct lt_diag diag;
    struct lt_buf next;
    bool some = true;
    lt_err rc;

    client->behind = false;
    desk->batch++; /* look anew whether the file is the one we have open */
    rc = lt_desk_reader(desk, &reader, &diag);
    if (rc != LT_OK) {
        if (!client->follow) {
            end_stream(client, rc);
        }
        return; /* a follower goes on when the view is there again */
    }
    lt_buf_init(&next, lt_alloc_heap());
    while (rc == LT_OK && some && !client->dead &&
           client->out.len - client->out_at < LT_CLIENT_STREAM_MAX) {
        rc = stream_step(client, reader, &next, &some);
        lt_client_send(client);
    }
    lt_buf_deinit(&next);
    client->behind = rc == LT_OK && some;
    if (rc == LT_EIO) {
        lt_desk_drop_reader(desk);
    }
    if (rc != LT_OK && (rc != LT_EIO || !client->follow)) {
        end_stream(client, rc);
    } else if (!some && !client->follow) {
        end_stream(client, LT_OK);
    }
}
