/* The enrolment endpoint: who brings a token is admitted, who is below and
 * shows its present key gets a later one bound or its certificate renewed, and
 * anybody is told this office's present keys.
 *
 * Until when each child's certificate lasts is kept in the log's small values
 * ("certificate/" and its id): a child that cannot renew is to be seen here. */
#include <string.h>

#include "common/binding.h"
#include "common/failpoint.h"
#include "common/link_msg.h"
#include "common/note.h"
#include "daemon/daemon_internal.h"
#include "daemon/enrol/enrol.h"

#define DAY_MS (INT64_C(86400) * 1000)

enum { BINDINGS_MAX = LT_TREE_DEPTH_MAX + 1, ENROL_ARENA = LT_FRAME_ARENA };

struct enrol_self {
    struct lt_enrol_self self;
    struct lt_span bindings[BINDINGS_MAX];
    size_t bindings_n;
    struct lt_span proofs[LT_ENGINE_PROOFS_MAX];
    size_t proofs_n;
    struct lt_superior superiors[LT_CHAIN_MAX];
};

static void add_binding(void *ctx, const uint8_t *bytes, size_t len)
{
    struct enrol_self *self = ctx;

    if (self->bindings_n < BINDINGS_MAX) {
        self->bindings[self->bindings_n++] = (struct lt_span){bytes, len};
    }
}

static void add_proof(void *ctx, const uint8_t *bytes, size_t len)
{
    struct enrol_self *self = ctx;

    if (self->proofs_n < LT_ENGINE_PROOFS_MAX) {
        self->proofs[self->proofs_n++] = (struct lt_span){bytes, len};
    }
}

static bool transport_key_of(void *ctx, const struct lt_office *office,
                             uint8_t out_key[static LT_CURVE_LEN])
{
    struct lt_daemon *daemon = ctx;
    struct lt_binding binding;

    if (lt_office_equal(office, &daemon->identity.office)) {
        memcpy(out_key, daemon->identity.curve_public, LT_CURVE_LEN);
        return true;
    }
    for (size_t i = 0; lt_engine_binding_at(daemon->engine, i, &binding); i++) {
        if (lt_office_equal(&binding.office, office)) {
            memcpy(out_key, binding.transport_key, LT_CURVE_LEN);
            return true;
        }
    }
    return false;
}

/* A child must know where this office really listens, whatever the tree's
 * event said when it was opened. */
static void put_own_addresses(const struct lt_daemon *daemon,
                              struct lt_superior *own)
{
    size_t n = lt_conf_count(daemon->conf, LT_SET_ADVERTISE_LINKS);
    const char *address;

    own->info.link_addresses_n = 0;
    for (size_t i = 0; i < n && i < LT_OFFICE_ADDRESSES_MAX; i++) {
        address = lt_conf_at(daemon->conf, LT_SET_ADVERTISE_LINKS, i);
        own->info.link_addresses[own->info.link_addresses_n++] =
            (struct lt_text){address, strlen(address)};
    }
    for (size_t i = 0; n == 0 && i < LT_OFFICE_ADDRESSES_MAX &&
                       (address = lt_link_bound(daemon->link, i)) != NULL;
         i++) {
        own->info.link_addresses[own->info.link_addresses_n++] =
            (struct lt_text){address, strlen(address)};
    }
    own->info.enrol_addresses_n =
        lt_daemon_enrol_addresses(daemon, own->info.enrol_addresses);
}

static void describe_self(struct lt_daemon *daemon, struct enrol_self *out)
{
    memset(out, 0, sizeof(*out));
    lt_engine_chain(daemon->engine, &daemon->identity.office, add_binding, out);
    lt_engine_proofs(daemon->engine, add_proof, out);
    out->self = (struct lt_enrol_self){
        .office = daemon->identity.office,
        .key = daemon->identity.node_key,
        .cert = daemon->identity.node_cert,
        .chain = (const struct lt_cert *const *)daemon->identity.chain,
        .chain_n = daemon->identity.chain_n,
        .root = lt_identity_root(&daemon->identity),
        .bindings = out->bindings,
        .bindings_n = out->bindings_n,
        .proofs = out->proofs,
        .proofs_n = out->proofs_n,
        .superiors = out->superiors,
        .superiors_n = lt_enrol_superiors(
            lt_engine_tree(daemon->engine), &daemon->identity.office,
            transport_key_of, daemon, out->superiors),
        .tree = lt_engine_tree(daemon->engine),
    };
    if (out->self.superiors_n > 0) {
        put_own_addresses(daemon, &out->superiors[0]);
    }
    memcpy(out->self.transport_key, daemon->identity.curve_public,
           LT_CURVE_LEN);
}

/* ---- how long children's certificates last ---- */

static void certificate_key(const struct lt_office *office,
                            char out[static LT_CERTIFICATE_KEY])
{
    static const char prefix[] = LT_CERTIFICATE_PREFIX;

    memcpy(out, prefix, sizeof(prefix) - 1);
    lt_office_format(office, out + sizeof(prefix) - 1);
}

/* Not for every question: whoever has heard one may ask it again. */
static lt_err remember_until(struct lt_daemon *daemon,
                             const struct lt_office *office, int64_t until_ms)
{
    char key[LT_CERTIFICATE_KEY];
    struct lt_buf known;
    int64_t known_ms = 0;
    lt_err err;

    lt_buf_init(&known, lt_alloc_heap());
    certificate_key(office, key);
    err = lt_log_get_meta(daemon->log, key, &known);
    if (err == LT_OK && known.len == sizeof(known_ms)) {
        memcpy(&known_ms, known.data, sizeof(known_ms));
    }
    if (err == LT_OK || err == LT_ENOTFOUND) {
        err = until_ms > known_ms - DAY_MS && until_ms < known_ms + DAY_MS
                  ? LT_OK
                  : lt_turn_put_meta(daemon->turn, key, &until_ms,
                                     sizeof(until_ms));
    }
    lt_buf_deinit(&known);
    return err == LT_EFULL ? LT_OK : err;
}

static lt_err send_answer(struct lt_daemon *daemon, uint64_t session,
                          const struct lt_buf *answer)
{
    return lt_link_enrol_answer(daemon->link, session, answer->data,
                                answer->len);
}

/* Binding, KEY_BOUND and the used row are one commit; the answer waits. A
 * renewal has no row: @token_id is NULL. @known: the same key was bound. */
static lt_err admit(struct lt_daemon *daemon, uint64_t session,
                    const uint8_t *token_id, bool known,
                    struct lt_enrol_result *result)
{
    static const struct lt_channel CHANNEL = {.cls = LT_CLASS_TREE,
                                              .audience = LT_AUDIENCE_UP};
    struct lt_input input = {.kind = LT_IN_BINDING,
                             .bytes = result->binding.data,
                             .len = result->binding.len};
    struct lt_event *event;
    size_t slot = 0;
    lt_err err;

    while (slot < LT_ENROL_WAITING_MAX && daemon->enrol[slot].used) {
        slot++;
    }
    if (slot == LT_ENROL_WAITING_MAX) {
        return LT_OK; /* silence: the child asks again */
    }
    (void)LT_FAILPOINT(admit);
    event = lt_new(lt_alloc_heap(), sizeof(*event));
    if (event == NULL) {
        return LT_ENOMEM;
    }
    event->type = LT_EV_KEY_BOUND;
    event->binding = result->binding.data;
    event->binding_len = result->binding.len;
    err = lt_turn_input(daemon->turn, &daemon->now, &input);
    if (err == LT_OK && token_id != NULL) {
        err = lt_daemon_store_row(daemon, token_id, &result->row);
    }
    if (err == LT_OK) {
        err = remember_until(daemon, &result->row.office, result->until_ms);
    }
    if (err == LT_OK) {
        err =
            lt_daemon_write_own(daemon, event, &CHANNEL, LT_TOKEN_ENROL | slot);
    }
    lt_free(lt_alloc_heap(), event);
    if (err == LT_OK) {
        daemon->enrol[slot].used = true;
        daemon->enrol[slot].known = known;
        daemon->enrol[slot].session = session;
        daemon->enrol[slot].office = result->row.office;
        daemon->enrol[slot].answer = result->answer;
        lt_buf_init(&result->answer, lt_alloc_heap());
    }
    return err == LT_EFULL ? LT_OK : err;
}

void lt_daemon_enrol_written(struct lt_daemon *daemon, uint64_t token,
                             lt_err result)
{
    struct lt_enrol_waiting *waiting = &daemon->enrol[token & ~LT_TOKEN_ENROL];
    struct lt_diag note = {.code = LT_NENROLLED};

    if (result == LT_OK) {
        char office[LT_OFFICE_TEXT];

        lt_office_format(&waiting->office, office);
        lt_diag_arg(&note, "office", "%s", office);
        if (!waiting->known) {
            lt_note(&note);
        }
        /* Gone already? The child asks again and gets the same bytes. */
        (void)send_answer(daemon, waiting->session, &waiting->answer);
    }
    lt_buf_deinit(&waiting->answer);
    waiting->used = false;
}

static lt_err take_join(struct lt_daemon *daemon, uint64_t session,
                        const uint8_t *bytes, size_t len,
                        const struct lt_join_request *request)
{
    struct enrol_self self;
    struct lt_enrol_result result;
    struct lt_token_row row;
    struct lt_buf value;
    char key[LT_TOKEN_ROW_KEY];
    bool has_row;
    lt_err err;

    lt_buf_init(&value, lt_alloc_heap());
    lt_enrol_result_init(&result);
    lt_token_row_key(request->token_id, key);
    err = lt_log_get_meta(daemon->log, key, &value);
    has_row = err == LT_OK &&
              lt_token_row_decode(value.data, value.len, &row) == LT_OK;
    if (err == LT_OK || err == LT_ENOTFOUND) {
        describe_self(daemon, &self);
        err = lt_enrol_answer(&self.self, bytes, len, request,
                              has_row ? &row : NULL, daemon->now.wall_ms,
                              &result);
    }
    if (err == LT_OK) {
        if (result.admitted && has_row && row.used_at_ms == 0) {
            err = admit(daemon, session, request->token_id, false, &result);
        } else {
            err = send_answer(daemon, session, &result.answer);
        }
    }
    if (has_row) {
        lt_token_row_wipe(&row);
    }
    if (value.data != NULL) {
        lt_wipe(value.data, value.len);
    }
    lt_buf_deinit(&value);
    lt_enrol_result_deinit(&result);
    return err;
}

/* Is it of a key that waits for the keeper's word, or would it follow one? */
static bool key_waits(const struct lt_daemon *daemon,
                      const struct lt_office *office,
                      const struct lt_join_request *request)
{
    struct lt_binding asked;
    struct lt_binding waiting;
    const uint8_t *bytes;
    size_t len;

    if (lt_binding_body_decode(request->binding_body.data,
                               request->binding_body.len, &asked,
                               NULL) != LT_OK) {
        return false;
    }
    for (size_t i = 0;
         lt_engine_waiting_key(daemon->engine, office, i, &bytes, &len); i++) {
        if (lt_binding_decode(bytes, len, &waiting, NULL) == LT_OK &&
            (memcmp(asked.key, waiting.key, LT_PUBKEY_LEN) == 0 ||
             (asked.has_previous &&
              memcmp(asked.previous_key_id, waiting.key_id, LT_HASH_LEN) ==
                  0))) {
            return true;
        }
    }
    return false;
}

/* The key that was bound, once more: by another superior than the first. */
static bool is_of_key(const struct lt_enrol_result *result,
                      const struct lt_binding *bound)
{
    struct lt_binding binding;

    return lt_binding_decode(result->binding.data, result->binding.len,
                             &binding, NULL) == LT_OK &&
           memcmp(binding.key_id, bound->key_id, LT_HASH_LEN) == 0;
}

/* A later key of an office below, signed by the present one, or a certificate
 * for the present one. */
static lt_err take_renewal(struct lt_daemon *daemon, uint64_t session,
                           const struct lt_join_request *request)
{
    struct enrol_self self;
    struct enrol_self child = {.bindings_n = 0};
    struct lt_spans line = {0, child.bindings};
    struct lt_enrol_result result;
    struct lt_binding bound;
    struct lt_office office;
    bool known = lt_enrol_renewal_of(request, &office) &&
                 lt_engine_binding_of(daemon->engine, &office, &bound) &&
                 !lt_engine_refused_key(daemon->engine, bound.key_id);
    lt_err err;

    lt_enrol_result_init(&result);
    describe_self(daemon, &self);
    if (known) {
        lt_engine_chain(daemon->engine, &office, add_binding, &child);
        line.items_n = child.bindings_n;
    }
    err = lt_enrol_renew(&self.self, request, known ? &bound : NULL, &line,
                         daemon->now.wall_ms, &result);
    if (err == LT_OK && known && result.code == LT_EUNKNOWNKEY &&
        key_waits(daemon, &office, request)) {
        lt_buf_reset(&result.answer);
        err = lt_enrol_refuse(LT_EKEYWAITS, &result.answer);
    }
    if (err == LT_OK && result.admitted) {
        err = admit(daemon, session, NULL, is_of_key(&result, &bound), &result);
    } else if (err == LT_OK) {
        err = send_answer(daemon, session, &result.answer);
        if (err == LT_OK && result.until_ms != 0) {
            err = remember_until(daemon, &office, result.until_ms);
        }
    }
    lt_enrol_result_deinit(&result);
    return err;
}

static lt_err answer_key(struct lt_daemon *daemon, uint64_t session,
                         const struct lt_key_question *question)
{
    struct enrol_self self;
    struct lt_buf answer;
    lt_err err;

    lt_buf_init(&answer, lt_alloc_heap());
    describe_self(daemon, &self);
    err = lt_enrol_key_answer(&self.self, question, &answer);
    if (err == LT_OK) {
        err = send_answer(daemon, session, &answer);
    }
    lt_buf_deinit(&answer);
    return err;
}

lt_err lt_daemon_enrol(struct lt_daemon *daemon, uint64_t session,
                       const uint8_t *bytes, size_t len)
{
    struct lt_arena arena;
    struct lt_frame frame;
    struct lt_buf refusal;
    lt_err err = LT_OK;

    lt_arena_init(&arena, lt_alloc_heap(), ENROL_ARENA);
    if (lt_frame_decode(bytes, len, &arena, &frame, NULL) != LT_OK) {
        frame.type = LT_FRAME_BYE; /* anything that is no question */
    }
    if (frame.type == LT_FRAME_JOIN_REQUEST &&
        lt_enrol_is_renewal(&frame.join_request)) {
        err = take_renewal(daemon, session, &frame.join_request);
    } else if (frame.type == LT_FRAME_JOIN_REQUEST) {
        err = take_join(daemon, session, bytes, len, &frame.join_request);
    } else if (frame.type == LT_FRAME_KEY_QUESTION) {
        err = answer_key(daemon, session, &frame.key_question);
    } else {
        lt_buf_init(&refusal, lt_alloc_heap());
        err = lt_enrol_refuse(LT_EMALFORMED, &refusal);
        if (err == LT_OK) {
            err = send_answer(daemon, session, &refusal);
        }
        lt_buf_deinit(&refusal);
    }
    lt_arena_deinit(&arena);
    return err;
}
