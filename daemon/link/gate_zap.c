/* A request is seven frames: version, request id, domain, address, routing
 * id (of our own socket, so worth nothing), mechanism, credentials; for CURVE
 * the last is the client's key, 32 bytes. Anything else is refused.
 *
 * The socket is a REP, so each request must be answered before the next can
 * be read, the malformed ones too. */
#include "daemon/link/gate_zap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/counters.h"
#include "common/failpoint.h"
#include "daemon/link/gate.h"
#include "daemon/link/socket.h"

enum {
    FRAMES = 7,
    FIELD_MAX = 256,
    ENROL_BURST = 60, /* handshakes of one address at once */
    ENROL_PER_SECOND = 10,
    ALARM_SAME_MS = 60000, /* one key is told once a minute */
    ALARM_ANY_MS = 200
};

struct request {
    char field[FRAMES][FIELD_MAX];
    size_t len[FRAMES];
    bool sound;
};

enum { VERSION, REQUEST_ID, DOMAIN, ADDRESS, ROUTING_ID, MECHANISM, KEY };

lt_err lt_zap_init(struct lt_zap *zap)
{
    *zap = (struct lt_zap){.peers = NULL};
    return pthread_mutex_init(&zap->lock, NULL) == 0 ? LT_OK : LT_ENOMEM;
}

void lt_zap_deinit(struct lt_zap *zap)
{
    lt_free(lt_alloc_heap(), zap->peers);
    zap->peers = NULL;
    (void)pthread_mutex_destroy(&zap->lock);
}

static int compare_keys(const void *a, const void *b)
{
    const struct lt_link_peer *left = a;
    const struct lt_link_peer *right = b;

    return memcmp(left->transport_key, right->transport_key, LT_CURVE_LEN);
}

lt_err lt_zap_peers(struct lt_zap *zap, const struct lt_link_peer *peers,
                    size_t n)
{
    struct lt_link_peer *copy = NULL;
    struct lt_link_peer *old;

    if (n > 0) {
        copy = lt_new_array(lt_alloc_heap(), n, sizeof(*copy));
        if (copy == NULL) {
            return LT_ENOMEM;
        }
        memcpy(copy, peers, n * sizeof(*copy));
        qsort(copy, n, sizeof(*copy), compare_keys);
    }
    pthread_mutex_lock(&zap->lock);
    old = zap->peers;
    zap->peers = copy;
    zap->peers_n = n;
    pthread_mutex_unlock(&zap->lock);
    lt_free(lt_alloc_heap(), old);
    return LT_OK;
}

void lt_zap_probe(struct lt_zap *zap, const uint8_t key[static LT_CURVE_LEN])
{
    pthread_mutex_lock(&zap->lock);
    memcpy(zap->probe_key, key, LT_CURVE_LEN);
    zap->probe_refusals = 0;
    pthread_mutex_unlock(&zap->lock);
}

uint64_t lt_zap_refusals(struct lt_zap *zap)
{
    uint64_t refusals;

    pthread_mutex_lock(&zap->lock);
    refusals = zap->probe_refusals;
    pthread_mutex_unlock(&zap->lock);
    return refusals;
}

static bool read_request(void *socket, struct request *request)
{
    int more = 1;
    int frames = 0;

    request->sound = true;
    while (more != 0) {
        char spare[FIELD_MAX];
        char *at = frames < FRAMES ? request->field[frames] : spare;
        int len = zmq_recv(socket, at, FIELD_MAX, ZMQ_DONTWAIT);
        size_t size = sizeof(more);

        if (len < 0 || zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) != 0) {
            return false;
        }
        if (frames < FRAMES && len < FIELD_MAX) {
            request->len[frames] = (size_t)len;
            at[len] = '\0';
        } else {
            request->sound = false; /* too many or too long */
        }
        frames++;
    }
    request->sound = request->sound && frames == FRAMES &&
                     strcmp(request->field[VERSION], "1.0") == 0 &&
                     strcmp(request->field[MECHANISM], "CURVE") == 0 &&
                     request->len[KEY] == LT_CURVE_LEN;
    return true;
}

static bool reply(void *socket, const struct request *request, bool admit,
                  const char *user_id)
{
    const char *status = admit ? "200" : "300";
    const char *text = admit ? "OK" : "not known here";

    return zmq_send(socket, "1.0", 3, ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, request->field[REQUEST_ID],
                    request->len[REQUEST_ID], ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, status, 3, ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, text, strlen(text), ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, user_id, strlen(user_id), ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, "", 0, 0) >= 0;
}

static uint64_t hash_of(const char *bytes, size_t len)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (uint8_t)bytes[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

/* The slot of @hash; somebody else's is taken over, so memory is bounded and
 * the worst that a crowd of sources gains is a fresh bucket. */
static struct lt_zap_slot *slot_of(struct lt_zap_slot *slots, uint64_t hash,
                                   int64_t now_ms)
{
    struct lt_zap_slot *slot = &slots[hash % LT_ZAP_SLOTS];

    if (slot->hash != hash) {
        *slot = (struct lt_zap_slot){.hash = hash,
                                     .filled_ms = now_ms,
                                     .alarm_ms = INT64_MIN,
                                     .tokens = ENROL_BURST};
    }
    return slot;
}

static bool enrol_allowed(struct lt_zap *zap, const struct request *request,
                          int64_t now_ms)
{
    struct lt_zap_slot *slot = slot_of(
        zap->enrol, hash_of(request->field[ADDRESS], request->len[ADDRESS]),
        now_ms);

    slot->tokens +=
        (double)(now_ms - slot->filled_ms) * (double)ENROL_PER_SECOND / 1000.0;
    slot->filled_ms = now_ms;
    if (slot->tokens > ENROL_BURST) {
        slot->tokens = ENROL_BURST;
    }
    if (slot->tokens < 1) {
        return false;
    }
    slot->tokens -= 1;
    return true;
}

static bool known(struct lt_zap *zap, const struct request *request,
                  char out_user_id[static LT_USER_ID_TEXT], bool *out_probe)
{
    struct lt_link_peer wanted = {.office = {{0}}};
    const struct lt_link_peer *peer = NULL;

    memcpy(wanted.transport_key, request->field[KEY], LT_CURVE_LEN);
#ifdef LT_TEST_HOOKS
    if (lt_gate_fault == LT_GATE_ADMITS_ALL) {
        lt_user_id_format(&wanted, out_user_id);
        return true;
    }
#endif
    pthread_mutex_lock(&zap->lock);
    if (zap->peers_n > 0) {
        peer = bsearch(&wanted, zap->peers, zap->peers_n, sizeof(wanted),
                       compare_keys);
    }
    if (peer != NULL) {
        lt_user_id_format(peer, out_user_id);
    } else {
        *out_probe =
            memcmp(zap->probe_key, wanted.transport_key, LT_CURVE_LEN) == 0;
        zap->probe_refusals += *out_probe;
    }
    pthread_mutex_unlock(&zap->lock);
    return peer != NULL;
}

static bool worth_an_alarm(struct lt_zap *zap, const struct request *request,
                           int64_t now_ms)
{
    struct lt_zap_slot *slot = slot_of(
        zap->refused, hash_of(request->field[KEY], request->len[KEY]), now_ms);

    if ((slot->alarm_ms != INT64_MIN &&
         now_ms - slot->alarm_ms < ALARM_SAME_MS) ||
        (zap->alarm_ms != 0 && now_ms - zap->alarm_ms < ALARM_ANY_MS)) {
        return false;
    }
    slot->alarm_ms = now_ms;
    zap->alarm_ms = now_ms;
    return true;
}

bool lt_zap_answer(struct lt_zap *zap, void *socket, int64_t now_ms,
                   char out_from[static 64], bool *out_broken)
{
    struct request request;
    char user_id[LT_USER_ID_TEXT] = "";
    bool admit = false;
    bool alarm = false;

    memset(&request, 0, sizeof(request));
    (void)LT_FAILPOINT(gate);
    if (!read_request(socket, &request)) {
        *out_broken = true;
        return false;
    }
    if (request.sound && strcmp(request.field[DOMAIN], LT_DOMAIN_ENROL) == 0) {
        admit = enrol_allowed(zap, &request, now_ms);
        (void)snprintf(user_id, sizeof(user_id), "enrol");
    } else if (request.sound &&
               strcmp(request.field[DOMAIN], LT_DOMAIN_LINKS) == 0) {
        bool probe = false;

        admit = known(zap, &request, user_id, &probe);
        if (!admit && !probe) {
            lt_counter_add(LT_CNT_PEERS_REFUSED, 1);
            alarm = worth_an_alarm(zap, &request, now_ms);
        }
    }
    if (!reply(socket, &request, admit, admit ? user_id : "")) {
        *out_broken = true;
        return false;
    }
    if (alarm) {
        (void)snprintf(out_from, 64, "%.63s", request.field[ADDRESS]);
    }
    return alarm;
}

void lt_user_id_format(const struct lt_link_peer *peer,
                       char out_text[static LT_USER_ID_TEXT])
{
    lt_office_format(&peer->office, out_text);
    out_text[LT_OFFICE_TEXT - 1] = ':';
    lt_hex_format(peer->transport_key, LT_CURVE_LEN, out_text + LT_OFFICE_TEXT);
}

bool lt_user_id_parse(const char *text, struct lt_link_peer *out_peer)
{
    char office[LT_OFFICE_TEXT];
    struct lt_link_peer peer;

    if (strlen(text) != LT_USER_ID_TEXT - 1 ||
        text[LT_OFFICE_TEXT - 1] != ':') {
        return false;
    }
    memcpy(office, text, LT_OFFICE_TEXT - 1);
    office[LT_OFFICE_TEXT - 1] = '\0';
    if (!lt_office_parse(office, &peer.office) ||
        !lt_hex_parse(text + LT_OFFICE_TEXT, LT_CURVE_LEN,
                      peer.transport_key)) {
        return false;
    }
    *out_peer = peer;
    return true;
}
