/* Proof, at each start, that the door shuts.
 *
 * The very ROUTER that will serve, with all its options, is bound to a local
 * endpoint first, where two clients of our own knock: one with a key that the
 * gate has been told of for this moment, one with a key that nobody knows. It
 * is sound when the first one's message arrives with its User-Id, the gate has
 * counted a refusal, and nothing of the second one's has arrived. */
#include <stdio.h>
#include <string.h>

#include "common/crypto.h"
#include "daemon/link/internal.h"

enum { PATIENCE_MS = 10000, POLL_MS = 20 };

struct probe {
    uint8_t public_key[LT_CURVE_LEN];
    uint8_t secret[LT_CURVE_LEN];
    void *socket;
    bool sent;
};

static void probe_deinit(struct probe *probe)
{
    if (probe->socket != NULL) {
        (void)zmq_close(probe->socket);
    }
    lt_wipe(probe->secret, sizeof(probe->secret));
}

static lt_err probe_connect(struct lt_link *link, const char *endpoint,
                            struct probe *probe)
{
    lt_err rc = lt_socket_client(link->context, link->curve_public,
                                 probe->public_key, probe->secret, &link->times,
                                 link->sys, &probe->socket);

    return rc == LT_OK && zmq_connect(probe->socket, endpoint) != 0
               ? LT_EINTERNAL
               : rc;
}

/* Keys first and the gate told of them, then the connections. */
static lt_err probes_connect(struct lt_link *link, const char *endpoint,
                             struct probe *known, struct probe *unknown)
{
    struct lt_link_peer peer = {.office = {{0}}};
    lt_err rc = lt_socket_keypair(known->public_key, known->secret);

    if (rc == LT_OK) {
        rc = lt_socket_keypair(unknown->public_key, unknown->secret);
    }
    if (rc == LT_OK) {
        memcpy(peer.transport_key, known->public_key, LT_CURVE_LEN);
        lt_gate_probe(link->gate, unknown->public_key);
        rc = lt_gate_peers(link->gate, &peer, 1);
    }
    if (rc == LT_OK) {
        rc = probe_connect(link, endpoint, known);
    }
    return rc == LT_OK ? probe_connect(link, endpoint, unknown) : rc;
}

/* IMMEDIATE: the socket takes the message once the handshake is done, which
 * for the unknown key is never, where the gate stands. */
static void probe_speak(struct probe *probe)
{
    if (!probe->sent) {
        probe->sent = zmq_send(probe->socket, "probe", 5, ZMQ_DONTWAIT) == 5;
    }
}

/* What arrived: 1 the known key's message, 0 nothing, -1 anything else. */
static int arrived(struct lt_link *link, const struct probe *known)
{
    struct lt_link_peer peer;
    char user_id[LT_USER_ID_TEXT];
    bool more = false;

    lt_link_release(link);
    if (zmq_msg_recv(&link->frame, link->router, ZMQ_DONTWAIT) < 0) {
        return 0;
    }
    if (zmq_msg_more(&link->frame) == 0 ||
        !lt_link_receive(link, link->router, &more) || more ||
        !lt_frame_property(&link->frame, "User-Id", user_id, sizeof(user_id)) ||
        !lt_user_id_parse(user_id, &peer)) {
        return -1;
    }
    return memcmp(peer.transport_key, known->public_key, LT_CURVE_LEN) == 0
               ? 1
               : -1;
}

static const char *knock(struct lt_link *link, struct probe *known,
                         struct probe *unknown)
{
    const int64_t end_ms = lt_link_now(link) + PATIENCE_MS;
    bool admitted = false;

    while (lt_link_now(link) < end_ms) {
        zmq_pollitem_t item = {link->router, -1, ZMQ_POLLIN, 0};
        int what;

        probe_speak(known);
        probe_speak(unknown);
        (void)zmq_poll(&item, 1, POLL_MS);
        what = arrived(link, known);
        if (what < 0 || unknown->sent) {
            return "an unknown key was admitted";
        }
        admitted = admitted || what == 1;
        if (admitted && lt_gate_refusals(link->gate) > 0) {
            return NULL;
        }
    }
    return admitted ? "no refusal was seen" : "a known key was not admitted";
}

lt_err lt_link_selftest(struct lt_link *link, struct lt_diag *diag)
{
    struct probe known = {.socket = NULL};
    struct probe unknown = {.socket = NULL};
    const char *fault = "the probes could not be made";
    char endpoint[64];
    uint64_t random;
    lt_err rc;

    link->sys->random(link->sys->ctx, &random, sizeof(random));
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://@lienthong-%016llx",
                   (unsigned long long)random);
    if (zmq_bind(link->router, endpoint) != 0) {
        rc = LT_EINTERNAL;
        goto out;
    }
    rc = probes_connect(link, endpoint, &known, &unknown);
    if (rc == LT_OK) {
        fault = knock(link, &known, &unknown);
        rc = fault == NULL ? LT_OK : LT_EINTERNAL;
    }
    if (zmq_unbind(link->router, endpoint) != 0 && rc == LT_OK) {
        fault = "the probes' door stayed open";
        rc = LT_EINTERNAL;
    }

out:
    probe_deinit(&known);
    probe_deinit(&unknown);
    lt_link_release(link);
    if (lt_gate_peers(link->gate, NULL, 0) != LT_OK && rc == LT_OK) {
        rc = LT_ENOMEM;
    }
    if (rc != LT_OK) {
        (void)lt_diag_set(diag, rc);
        lt_diag_arg(diag, "reason", "link self-test: %s",
                    fault != NULL ? fault : "no memory");
    }
    return rc;
}
