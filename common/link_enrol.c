/* The enrolment endpoint's four messages, both ways. */
#include "common/link_msg.h"

#include <string.h>

#include "common/link_wire.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/link.pb-c.h"

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

/* ---- encoding ---- */

/* Terminated copy in the arena; NULL for an empty text. Clears *ok when the
 * text breaks a bound or memory has run out. */
static char *put_text(struct lt_arena *arena, const struct lt_text *text,
                      size_t len_max, lt_err *rc)
{
    char *copy;

    if (text->len > len_max || !lt_utf8_valid(text->data, text->len)) {
        *rc = LT_EINVAL;
        return NULL;
    }
    if (text->len == 0) {
        return NULL;
    }
    copy = lt_arena_take(arena, text->len + 1);
    if (copy == NULL) {
        *rc = LT_ENOMEM;
        return NULL;
    }
    memcpy(copy, text->data, text->len);
    return copy;
}

static char **put_texts(struct lt_arena *arena, size_t texts_n,
                        const struct lt_text *texts, lt_err *rc)
{
    char **list;

    if (texts_n > LT_OFFICE_ADDRESSES_MAX) {
        *rc = LT_EINVAL;
        return NULL;
    }
    list = lt_arena_take(arena, (LT_OFFICE_ADDRESSES_MAX + 1) * sizeof(*list));
    if (list == NULL) {
        *rc = LT_ENOMEM;
        return NULL;
    }
    for (size_t i = 0; i < texts_n; i++) {
        list[i] = put_text(arena, &texts[i], LT_ADDRESS_MAX, rc);
        if (list[i] == NULL) {
            *rc = *rc == LT_OK ? LT_EINVAL : *rc; /* an empty address */
        }
    }
    return list;
}

static uint8_t *put_typed(struct lt_arena *arena, uint8_t algorithm,
                          const uint8_t *bytes, size_t len, lt_err *rc)
{
    uint8_t *typed = lt_arena_take(arena, 1 + len);

    if (typed == NULL) {
        *rc = LT_ENOMEM;
        return NULL;
    }
    lt_put_typed(typed, algorithm, bytes, len);
    return typed;
}

static ProtobufCBinaryData *put_spans(struct lt_arena *arena, size_t spans_n,
                                      const struct lt_span *spans, lt_err *rc)
{
    ProtobufCBinaryData *list;

    if (spans_n > LT_SPANS_MAX) {
        *rc = LT_EINVAL;
        return NULL;
    }
    list = lt_arena_take(arena, (spans_n + 1) * sizeof(*list));
    if (list == NULL) {
        *rc = LT_ENOMEM;
        return NULL;
    }
    for (size_t i = 0; i < spans_n; i++) {
        if (spans[i].len == 0) {
            *rc = LT_EINVAL;
        }
        list[i] = bytes_of(spans[i].data, spans[i].len);
    }
    return list;
}

lt_err lt_join_request_encode(const struct lt_join_request *request,
                              struct lt_buf *out)
{
    Lt__JoinRequest message = LT__JOIN_REQUEST__INIT;
    uint8_t transport_key[1 + LT_CURVE_LEN];
    uint8_t proof[LT_TYPED_SIG_LEN];
    uint8_t mac[LT_TYPED_HASH_LEN];
    struct lt_arena arena;
    lt_err rc = LT_OK;

    if (request->csr.len > LT_CSR_MAX ||
        request->binding_body.len > LT_BINDING_MAX) {
        return LT_EINVAL;
    }
    lt_arena_init(&arena, out->alloc, LT_FRAME_MAX);
    lt_put_typed(transport_key, LT_ALG_CURVE25519, request->transport_key,
                 LT_CURVE_LEN);
    lt_put_typed(proof, LT_ALG_ED25519, request->proof, LT_SIG_LEN);
    lt_put_typed(mac, LT_ALG_HMAC_SHA256, request->mac, LT_HASH_LEN);
    message.has_token_id = 1;
    message.token_id = bytes_of(request->token_id, sizeof(request->token_id));
    message.has_csr = request->csr.len != 0;
    message.csr = bytes_of(request->csr.data, request->csr.len);
    message.has_transport_key = 1;
    message.transport_key = bytes_of(transport_key, sizeof(transport_key));
    message.has_binding_body = request->binding_body.len != 0;
    message.binding_body =
        bytes_of(request->binding_body.data, request->binding_body.len);
    message.has_proof = 1;
    message.proof = bytes_of(proof, sizeof(proof));
    message.has_mac = request->has_mac;
    message.mac = bytes_of(mac, sizeof(mac));
    message.link_addresses = put_texts(&arena, request->link_addresses_n,
                                       request->link_addresses, &rc);
    message.n_link_addresses = request->link_addresses_n;
    message.enrol_addresses = put_texts(&arena, request->enrol_addresses_n,
                                        request->enrol_addresses, &rc);
    message.n_enrol_addresses = request->enrol_addresses_n;
    message.software =
        put_text(&arena, &request->software, LT_SOFTWARE_MAX, &rc);
    if (rc == LT_OK) {
        rc = lt_frame_pack(LT_FRAME_JOIN_REQUEST, &message, out);
    }
    lt_arena_deinit(&arena);
    return rc;
}

static void put_superior(struct lt_arena *arena,
                         const struct lt_superior *superior,
                         Lt__OfficeInfo *out, lt_err *rc)
{
    const struct lt_office_info *info = &superior->info;

    lt__office_info__init(out);
    out->has_id = 1;
    out->id = bytes_of(info->id.bytes, LT_OFFICE_LEN);
    out->name = put_text(arena, &info->name, LT_NAME_MAX, rc);
    out->kind = put_text(arena, &info->kind, LT_STRING_MAX, rc);
    out->code = put_text(arena, &info->code, LT_STRING_MAX, rc);
    out->link_addresses =
        put_texts(arena, info->link_addresses_n, info->link_addresses, rc);
    out->n_link_addresses = info->link_addresses_n;
    out->enrol_addresses =
        put_texts(arena, info->enrol_addresses_n, info->enrol_addresses, rc);
    out->n_enrol_addresses = info->enrol_addresses_n;
    out->transport_key.data = put_typed(
        arena, LT_ALG_CURVE25519, superior->transport_key, LT_CURVE_LEN, rc);
    out->transport_key.len = 1 + LT_CURVE_LEN;
    out->has_transport_key = 1;
}

lt_err lt_join_answer_encode(const struct lt_join_answer *answer,
                             struct lt_buf *out)
{
    Lt__JoinAnswer message = LT__JOIN_ANSWER__INIT;
    Lt__OfficeInfo superiors[LT_CHAIN_MAX];
    Lt__OfficeInfo *list[LT_CHAIN_MAX];
    uint8_t mac[LT_TYPED_HASH_LEN];
    struct lt_arena arena;
    lt_err rc = LT_OK;

    if (answer->chain_n > LT_CHAIN_MAX || answer->superiors_n > LT_CHAIN_MAX ||
        answer->certificate.len > LT_CSR_MAX) {
        return LT_EINVAL;
    }
    lt_arena_init(&arena, out->alloc, 2 * LT_FRAME_MAX);
    for (size_t i = 0; i < answer->superiors_n; i++) {
        put_superior(&arena, &answer->superiors[i], &superiors[i], &rc);
        list[i] = &superiors[i];
    }
    lt_put_typed(mac, LT_ALG_HMAC_SHA256, answer->mac, LT_HASH_LEN);
    message.has_code = 1;
    message.code = answer->code;
    message.has_retry_ms = answer->retry_ms != 0;
    message.retry_ms = answer->retry_ms;
    message.has_certificate = answer->certificate.len != 0;
    message.certificate =
        bytes_of(answer->certificate.data, answer->certificate.len);
    message.n_chain = answer->chain_n;
    message.chain = put_spans(&arena, answer->chain_n, answer->chain, &rc);
    message.n_bindings = answer->bindings_n;
    message.bindings =
        put_spans(&arena, answer->bindings_n, answer->bindings, &rc);
    message.n_superiors = answer->superiors_n;
    message.superiors = list;
    message.has_mac = answer->has_mac;
    message.mac = bytes_of(mac, sizeof(mac));
    message.has_office = 1;
    message.office = bytes_of(answer->office.bytes, LT_OFFICE_LEN);
    if (rc == LT_OK) {
        rc = lt_frame_pack(LT_FRAME_JOIN_ANSWER, &message, out);
    }
    lt_arena_deinit(&arena);
    return rc;
}

lt_err lt_key_question_encode(const struct lt_key_question *question,
                              struct lt_buf *out)
{
    Lt__KeyQuestion message = LT__KEY_QUESTION__INIT;

    message.has_nonce = 1;
    message.nonce = bytes_of(question->nonce, LT_NONCE_LEN);
    return lt_frame_pack(LT_FRAME_KEY_QUESTION, &message, out);
}

lt_err lt_key_answer_encode(const struct lt_key_answer *answer,
                            struct lt_buf *out)
{
    Lt__KeyAnswer message = LT__KEY_ANSWER__INIT;
    uint8_t transport_key[1 + LT_CURVE_LEN];
    uint8_t key_id[LT_TYPED_HASH_LEN];
    uint8_t signature[LT_TYPED_SIG_LEN];
    struct lt_arena arena;
    lt_err rc = LT_OK;

    lt_arena_init(&arena, out->alloc, LT_FRAME_MAX);
    lt_put_typed(transport_key, LT_ALG_CURVE25519, answer->transport_key,
                 LT_CURVE_LEN);
    lt_put_typed(key_id, LT_ALG_SHA256, answer->key_id, LT_HASH_LEN);
    lt_put_typed(signature, LT_ALG_ED25519, answer->signature, LT_SIG_LEN);
    message.has_office = 1;
    message.office = bytes_of(answer->office.bytes, LT_OFFICE_LEN);
    message.has_nonce = 1;
    message.nonce = bytes_of(answer->nonce, LT_NONCE_LEN);
    message.has_transport_key = 1;
    message.transport_key = bytes_of(transport_key, sizeof(transport_key));
    message.has_key_id = 1;
    message.key_id = bytes_of(key_id, sizeof(key_id));
    message.has_signature = 1;
    message.signature = bytes_of(signature, sizeof(signature));
    message.n_bindings = answer->bindings_n;
    message.bindings =
        put_spans(&arena, answer->bindings_n, answer->bindings, &rc);
    if (rc == LT_OK) {
        rc = lt_frame_pack(LT_FRAME_KEY_ANSWER, &message, out);
    }
    lt_arena_deinit(&arena);
    return rc;
}

/* ---- decoding ---- */

static lt_err read_request(const Lt__JoinRequest *from,
                           struct lt_join_request *out, struct lt_diag *diag)
{
    if (!lt_read_exact(from->has_token_id, from->token_id,
                       sizeof(out->token_id), out->token_id) ||
        !lt_read_typed(from->has_transport_key, from->transport_key,
                       LT_CURVE_LEN, out->transport_key) ||
        !lt_read_typed(from->has_proof, from->proof, LT_SIG_LEN, out->proof) ||
        from->csr.len > LT_CSR_MAX || from->binding_body.len > LT_BINDING_MAX ||
        (from->has_mac &&
         !lt_read_typed(from->has_mac, from->mac, LT_HASH_LEN, out->mac)) ||
        !lt_read_texts(from->n_link_addresses, from->link_addresses,
                       &out->link_addresses_n, out->link_addresses) ||
        !lt_read_texts(from->n_enrol_addresses, from->enrol_addresses,
                       &out->enrol_addresses_n, out->enrol_addresses) ||
        !lt_read_text(from->software, LT_SOFTWARE_MAX, &out->software)) {
        return lt_malformed(diag, "bad join request");
    }
    out->has_mac = from->has_mac != 0;
    out->csr = (struct lt_span){from->csr.data, from->csr.len};
    out->binding_body =
        (struct lt_span){from->binding_body.data, from->binding_body.len};
    return LT_OK;
}

static bool read_superior(const Lt__OfficeInfo *from, struct lt_superior *out)
{
    struct lt_office_info *info = &out->info;

    return lt_read_exact(from->has_id, from->id, LT_OFFICE_LEN,
                         info->id.bytes) &&
           lt_read_typed(from->has_transport_key, from->transport_key,
                         LT_CURVE_LEN, out->transport_key) &&
           lt_read_text(from->name, LT_NAME_MAX, &info->name) &&
           lt_read_text(from->kind, LT_STRING_MAX, &info->kind) &&
           lt_read_text(from->code, LT_STRING_MAX, &info->code) &&
           lt_read_texts(from->n_link_addresses, from->link_addresses,
                         &info->link_addresses_n, info->link_addresses) &&
           lt_read_texts(from->n_enrol_addresses, from->enrol_addresses,
                         &info->enrol_addresses_n, info->enrol_addresses);
}

static lt_err read_superiors(const Lt__JoinAnswer *from, struct lt_arena *arena,
                             struct lt_join_answer *out, struct lt_diag *diag)
{
    struct lt_superior *superiors;

    if (from->n_superiors > LT_CHAIN_MAX) {
        return lt_malformed(diag, "too many superiors");
    }
    superiors =
        lt_arena_take(arena, from->n_superiors * sizeof(*superiors) + 1);
    if (superiors == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from->n_superiors; i++) {
        if (!read_superior(from->superiors[i], &superiors[i])) {
            return lt_malformed(diag, "bad superior");
        }
    }
    out->superiors_n = from->n_superiors;
    out->superiors = superiors;
    return LT_OK;
}

static lt_err read_answer(const Lt__JoinAnswer *from, struct lt_arena *arena,
                          struct lt_join_answer *out, struct lt_diag *diag)
{
    lt_err rc;

    if (!from->has_code || from->n_chain > LT_CHAIN_MAX ||
        from->certificate.len > LT_CSR_MAX ||
        (from->has_mac &&
         !lt_read_typed(from->has_mac, from->mac, LT_HASH_LEN, out->mac)) ||
        (from->has_office &&
         !lt_read_exact(from->has_office, from->office, LT_OFFICE_LEN,
                        out->office.bytes))) {
        return lt_malformed(diag, "bad join answer");
    }
    out->code = from->code;
    out->retry_ms = from->retry_ms;
    out->has_mac = from->has_mac != 0;
    out->certificate =
        (struct lt_span){from->certificate.data, from->certificate.len};
    out->chain_n = from->n_chain;
    for (size_t i = 0; i < from->n_chain; i++) {
        if (from->chain[i].len == 0 || from->chain[i].len > LT_CSR_MAX) {
            return lt_malformed(diag, "bad chain");
        }
        out->chain[i] =
            (struct lt_span){from->chain[i].data, from->chain[i].len};
    }
    rc = lt_read_spans(from->n_bindings, from->bindings, arena,
                       &out->bindings_n, &out->bindings, diag);
    return rc == LT_OK ? read_superiors(from, arena, out, diag) : rc;
}

static lt_err read_key_answer(const Lt__KeyAnswer *from, struct lt_arena *arena,
                              struct lt_key_answer *out, struct lt_diag *diag)
{
    if (!lt_read_exact(from->has_office, from->office, LT_OFFICE_LEN,
                       out->office.bytes) ||
        !lt_read_exact(from->has_nonce, from->nonce, LT_NONCE_LEN,
                       out->nonce) ||
        !lt_read_typed(from->has_transport_key, from->transport_key,
                       LT_CURVE_LEN, out->transport_key) ||
        !lt_read_typed(from->has_key_id, from->key_id, LT_HASH_LEN,
                       out->key_id) ||
        !lt_read_typed(from->has_signature, from->signature, LT_SIG_LEN,
                       out->signature)) {
        return lt_malformed(diag, "bad key answer");
    }
    return lt_read_spans(from->n_bindings, from->bindings, arena,
                         &out->bindings_n, &out->bindings, diag);
}

static lt_err read_question(const Lt__KeyQuestion *from,
                            struct lt_key_question *out, struct lt_diag *diag)
{
    return lt_read_exact(from->has_nonce, from->nonce, LT_NONCE_LEN, out->nonce)
               ? LT_OK
               : lt_malformed(diag, "bad key question");
}

lt_err lt_enrol_decode(const uint8_t *message, size_t len,
                       struct lt_arena *arena, struct lt_frame *frame,
                       struct lt_diag *diag)
{
    static const ProtobufCMessageDescriptor *const types[] = {
        &lt__join_request__descriptor, &lt__join_answer__descriptor,
        &lt__key_question__descriptor, &lt__key_answer__descriptor};
    unsigned index = (unsigned)frame->type - LT_FRAME_JOIN_REQUEST;
    void *unpacked = NULL;
    lt_err rc;

    rc = lt_unpack(types[index], message, len, LT_FRAME_MAX - 1, arena,
                   &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    switch ((unsigned)frame->type) {
    case LT_FRAME_JOIN_REQUEST:
        return read_request(unpacked, &frame->join_request, diag);
    case LT_FRAME_JOIN_ANSWER:
        return read_answer(unpacked, arena, &frame->join_answer, diag);
    case LT_FRAME_KEY_QUESTION:
        return read_question(unpacked, &frame->key_question, diag);
    default:
        return read_key_answer(unpacked, arena, &frame->key_answer, diag);
    }
}
