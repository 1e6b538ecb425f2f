/* A client: one connection to the socket, its bytes and its batches.
 *
 * Frames are a length (32 bits, big-endian) and that many bytes of JSON. A
 * connection has at most LT_CLIENT_BATCHES batches under way; answers leave in
 * the order of the frames. What it does not read is not produced: nothing
 * more is taken from it while its answers wait.
 *
 * Threading: everything here belongs to the control thread. */
#ifndef LT_CONTROL_CLIENT_H
#define LT_CONTROL_CLIENT_H

#include "daemon/control/batch.h"

enum {
    LT_CLIENT_FRAME_MAX = 1024 * 1024,
    LT_CLIENT_BATCHES = 8,
    LT_CLIENT_COMMANDS = 512, /* under way: then no further batch */
    LT_CLIENT_OUT_MAX = 4 * 1024 * 1024, /* no new work beyond this */
    LT_CLIENT_STREAM_MAX = 256 * 1024    /* no more lines beyond this */
};

struct lt_client {
    int fd;                  /* -1: the place is free */
    bool closing;            /* close once the answers have left */
    bool dead;               /* nothing can be sent or read any more */
    struct lt_buf in;
    size_t in_at;            /* bytes of in already taken */
    struct lt_buf out;
    size_t out_at;           /* bytes of out already sent */
    size_t batches_n;
    size_t commands_n; /* in them */
    bool behind; /* its stream stopped for want of room, not of lines */
    struct lt_batch *first;  /* oldest first */
    struct lt_batch *last;
    bool streams;            /* lines of events flow */
    bool follow;
    bool fresh;              /* nothing of the stream was asked for yet */
    char from[128];
};

void lt_client_open(struct lt_client *client, int fd);
/* Closes and forgets; the batches must have been taken over before. */
void lt_client_close(struct lt_client *client);

/* The frame that was handed out last is no longer needed. */
void lt_client_forget(struct lt_client *client);

/* Read what is there. Marks the client dead when the other side is gone. */
void lt_client_receive(struct lt_client *client);
/* Send what goes out without waiting. */
void lt_client_send(struct lt_client *client);
bool lt_client_wants_input(const struct lt_client *client);
bool lt_client_has_output(const struct lt_client *client);
/* The next whole frame, borrowed until the next call of receive; false when
 * there is none. *out_len LT_CLIENT_FRAME_MAX + 1 means: too long. */
bool lt_client_frame(struct lt_client *client, const char **out_json,
                     size_t *out_len);

/* Begin and end a frame to the client; between them append to client->out.
 * end tells false, and takes the frame back, when @fits is false. */
LT_MUST_CHECK bool lt_client_begin(struct lt_client *client, size_t *out_mark);
bool lt_client_end(struct lt_client *client, size_t mark, bool fits);
/* A frame with one error. */
void lt_client_refuse(struct lt_client *client, lt_err code, const char *what);
/* Lines of events from where it stands, until the buffer is full or there are
 * no more. Sets streams to false at the end of a stream that is not followed. */
void lt_client_stream(struct lt_client *client, struct lt_desk *desk);

/* Is somebody with these rights allowed? Root, the daemon's own user, and
 * members of the socket's group. */
LT_MUST_CHECK bool lt_client_permitted(int fd, unsigned group);

#endif
