/* What the transport alone can do: messages of 500 bytes from a DEALER to a
 * ROUTER with CURVE, over TCP on loopback, in one process.
 *
 *   lt-bench-curve COUNT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum { KEY_TEXT = 41, SIZE = 500 };

struct side {
    void *context;
    char endpoint[256];
    char server_public[KEY_TEXT];
    unsigned long count;
};

static void stop(const char *what)
{
    fprintf(stderr, "lt-bench-curve: %s: %s\n", what,
            zmq_strerror(zmq_errno()));
    exit(1);
}

static void set(void *socket, int option, const char *value)
{
    if (zmq_setsockopt(socket, option, value, strlen(value)) != 0) {
        stop("option");
    }
}

static void *send_all(void *ctx)
{
    const struct side *side = ctx;
    void *socket = zmq_socket(side->context, ZMQ_DEALER);
    char public_key[KEY_TEXT];
    char secret_key[KEY_TEXT];
    char message[SIZE];

    memset(message, 'x', sizeof(message));
    if (socket == NULL || zmq_curve_keypair(public_key, secret_key) != 0) {
        stop("keys");
    }
    set(socket, ZMQ_CURVE_SERVERKEY, side->server_public);
    set(socket, ZMQ_CURVE_PUBLICKEY, public_key);
    set(socket, ZMQ_CURVE_SECRETKEY, secret_key);
    if (zmq_connect(socket, side->endpoint) != 0) {
        stop("connect");
    }
    for (unsigned long i = 0; i < side->count; i++) {
        if (zmq_send(socket, message, sizeof(message), 0) < 0) {
            stop("send");
        }
    }
    (void)zmq_close(socket);
    return NULL;
}

static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A message: who, and what. */
static void receive(void *socket)
{
    char part[SIZE];

    if (zmq_recv(socket, part, sizeof(part), 0) < 0 ||
        zmq_recv(socket, part, sizeof(part), 0) < 0) {
        stop("receive");
    }
}

int main(int argc, char **argv)
{
    struct side side = {.context = zmq_ctx_new()};
    size_t len = sizeof(side.endpoint);
    char secret_key[KEY_TEXT];
    pthread_t sender;
    int server = 1;
    void *socket;
    double begun;

    side.count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (side.count < 2) {
        fprintf(stderr, "usage: lt-bench-curve COUNT\n");
        return 1;
    }
    socket = zmq_socket(side.context, ZMQ_ROUTER);
    if (socket == NULL ||
        zmq_curve_keypair(side.server_public, secret_key) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof(server)) !=
            0) {
        stop("socket");
    }
    set(socket, ZMQ_CURVE_SECRETKEY, secret_key);
    if (zmq_bind(socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, side.endpoint, &len) != 0 ||
        pthread_create(&sender, NULL, send_all, &side) != 0) {
        stop("start");
    }
    receive(socket); /* the handshake is over */
    begun = now_s();
    for (unsigned long i = 1; i < side.count; i++) {
        receive(socket);
    }
    printf("{\"messages\":%lu,\"seconds\":%.6f}\n", side.count - 1,
           now_s() - begun);
    (void)pthread_join(sender, NULL);
    (void)zmq_close(socket);
    (void)zmq_ctx_term(side.context);
    return 0;
}
