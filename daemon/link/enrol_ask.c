/* The joining side: one question, one answer, in a context of its own.
 *
 * A socket lives for one try, as everywhere in the link. Once the question is
 * out the same connection is waited for, up to this try's share of the time;
 * a question that is asked twice has to be answered the same way twice. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <zmq.h>

#include "common/crypto.h"
#include "daemon/link/address.h"
#include "daemon/link/link.h"
#include "daemon/link/socket.h"

enum {
    HANDSHAKE_MS = 5000,
    HEARTBEAT_MS = 10000,
    CONNECT_MS = 2000,
    LOOK_MS = 100 /* at whether nobody wants to know any more */
};

static bool given_up(const atomic_bool *give_up)
{
    return give_up != NULL && atomic_load(give_up);
}

static int64_t now_ms(const struct lt_sys *sys)
{
    struct lt_now now;

    sys->now(sys->ctx, &now);
    return now.mono_ms;
}

/* Wait until @what is possible; false when @end_ms has passed. */
static bool wait_for(const struct lt_sys *sys, void *socket, short what,
                     int64_t end_ms, const atomic_bool *give_up)
{
    for (;;) {
        int64_t left = end_ms - now_ms(sys);
        zmq_pollitem_t item = {socket, -1, what, 0};
        int rc;

        if (left <= 0 || given_up(give_up)) {
            return false;
        }
        if (give_up != NULL && left > LOOK_MS) {
            left = LOOK_MS;
        }
        rc = zmq_poll(&item, 1, (long)left);
        if (rc > 0) {
            return true;
        }
        if (rc < 0 && zmq_errno() != EINTR) {
            return false;
        }
    }
}

static lt_err read_answer(void *socket, struct lt_buf *out_answer)
{
    zmq_msg_t answer;
    lt_err rc = LT_EBUSY;

    (void)zmq_msg_init(&answer);
    if (zmq_msg_recv(&answer, socket, ZMQ_DONTWAIT) >= 0) {
        if (zmq_msg_more(&answer) != 0 ||
            zmq_msg_size(&answer) > LT_FRAME_MAX) {
            rc = LT_EPROTO;
        } else {
            rc = lt_buf_put(out_answer, zmq_msg_data(&answer),
                            zmq_msg_size(&answer))
                     ? LT_OK
                     : LT_ENOMEM;
        }
    }
    (void)zmq_msg_close(&answer);
    return rc;
}

struct question {
    const atomic_bool *give_up;
    const uint8_t *frame;
    size_t len;
    uint8_t server_key[LT_CURVE_LEN];
    uint8_t public_key[LT_CURVE_LEN];
    uint8_t secret[LT_CURVE_LEN];
};

/* Until when to be let in, until when to be answered. */
struct limits {
    int64_t connect_ms;
    int64_t answer_ms;
};

static lt_err ask_one(const struct lt_sys *sys, void *context,
                      const struct question *question,
                      const struct lt_address *address,
                      const struct limits *limits, struct lt_buf *out_answer)
{
    const struct lt_socket_times times = {HANDSHAKE_MS, HEARTBEAT_MS};
    const int v6 = 1; /* a name may stand for either kind */
    char endpoint[LT_ENDPOINT_MAX];
    void *socket = NULL;
    lt_err rc =
        lt_socket_client(context, question->server_key, question->public_key,
                         question->secret, &times, sys, &socket);

    if (rc != LT_OK) {
        return rc;
    }
    lt_address_endpoint(address, endpoint);
    rc = LT_EBUSY;
    if (((address->v6 || address->name) &&
         zmq_setsockopt(socket, ZMQ_IPV6, &v6, sizeof(v6)) != 0) ||
        zmq_connect(socket, endpoint) != 0) {
        goto out;
    }
    if (wait_for(sys, socket, ZMQ_POLLOUT, limits->connect_ms,
                 question->give_up) &&
        zmq_send(socket, question->frame, question->len, ZMQ_DONTWAIT) >= 0 &&
        wait_for(sys, socket, ZMQ_POLLIN, limits->answer_ms,
                 question->give_up)) {
        rc = read_answer(socket, out_answer);
    }

out:
    (void)zmq_close(socket);
    return rc;
}

/* Round after round over the addresses until the time is up. The first round
 * gives each address two seconds to let us in, each further one twice as much:
 * a dead address must not cost much, nor a slow link be given up. */
static lt_err ask_all(const struct lt_sys *sys, void *context,
                      const struct question *question,
                      const struct lt_address *addresses, size_t n,
                      int64_t end_ms, struct lt_buf *out_answer)
{
    int64_t connect_ms = CONNECT_MS;
    lt_err rc = LT_EBUSY;

    while (rc == LT_EBUSY && now_ms(sys) < end_ms &&
           !given_up(question->give_up)) {
        for (size_t at = 0; rc == LT_EBUSY && at < n; at++) {
            int64_t now = now_ms(sys);
            int64_t share = (end_ms - now) / (int64_t)(n - at);
            struct limits limits = {now + connect_ms, now + share};

            if (limits.connect_ms > limits.answer_ms) {
                limits.connect_ms = limits.answer_ms;
            }
            rc = ask_one(sys, context, question, &addresses[at], &limits,
                         out_answer);
        }
        connect_ms *= 2;
    }
    return rc;
}

lt_err lt_enrol_ask_beside(const char *const *addresses, size_t n,
                           const uint8_t *frame, size_t len, int timeout_ms,
                           const atomic_bool *give_up,
                           struct lt_buf *out_answer, struct lt_diag *diag)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_address parsed[LT_LINK_ADDRESSES_MAX];
    struct question question = {
        .give_up = give_up, .frame = frame, .len = len};
    void *context;
    lt_err rc = LT_OK;

    if (n == 0 || n > LT_LINK_ADDRESSES_MAX || len > LT_ENROL_MESSAGE_MAX) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = lt_address_parse(addresses[i], false, &parsed[i], diag);
    }
    if (rc == LT_OK) {
        rc = lt_socket_enrol_keypair(question.server_key, question.secret);
    }
    if (rc == LT_OK) {
        rc = lt_socket_keypair(question.public_key, question.secret);
    }
    if (rc != LT_OK) {
        return rc;
    }
    context = lt_socket_context();
    if (context == NULL) {
        lt_wipe(question.secret, sizeof(question.secret));
        return lt_diag_set(diag, LT_ENOMEM);
    }
    rc = ask_all(sys, context, &question, parsed, n, now_ms(sys) + timeout_ms,
                 out_answer);
    while (zmq_ctx_term(context) != 0 && zmq_errno() == EINTR) {
    }
    lt_wipe(question.secret, sizeof(question.secret));
    if (rc != LT_OK) {
        (void)lt_diag_set(diag, rc);
        lt_diag_arg(diag, "address", "%s", addresses[0]);
    }
    return rc;
}

lt_err lt_enrol_ask(const char *const *addresses, size_t n,
                    const uint8_t *frame, size_t len, int timeout_ms,
                    struct lt_buf *out_answer, struct lt_diag *diag)
{
    return lt_enrol_ask_beside(addresses, n, frame, len, timeout_ms, NULL,
                               out_answer, diag);
}
