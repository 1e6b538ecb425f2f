/* Everything that is signed here is a function of the request, the row and the
 * time of first use, and Ed25519 signatures are deterministic. So a repeated
 * request is answered with the same bytes without keeping them. */
#include "daemon/enrol/enrol.h"

#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, CLOCK_GRACE_MS = DAY_MS, FIRST_SERIAL = 1 };

void lt_enrol_result_init(struct lt_enrol_result *result)
{
    memset(result, 0, sizeof(*result));
    lt_buf_init(&result->binding, lt_alloc_heap());
    lt_buf_init(&result->answer, lt_alloc_heap());
}

void lt_enrol_result_deinit(struct lt_enrol_result *result)
{
    lt_buf_deinit(&result->binding);
    lt_buf_deinit(&result->answer);
    lt_token_row_wipe(&result->row);
}

static uint32_t wire_code(lt_err code)
{
    return (uint32_t)(code < 0 ? -(int32_t)code : (int32_t)code);
}

lt_err lt_enrol_refuse(lt_err code, struct lt_buf *out_frame)
{
    struct lt_join_answer answer = {.code = wire_code(code)};

    return lt_join_answer_encode(&answer, out_frame);
}

/* Encode @answer with the MAC of the token's secret. */
static lt_err seal(struct lt_join_answer *answer,
                   const struct lt_token_row *row, struct lt_buf *out_frame)
{
    size_t before = out_frame->len;
    lt_err rc;

    answer->has_mac = false;
    rc = lt_join_answer_encode(answer, out_frame);
    if (rc == LT_OK) {
        rc = lt_join_mac(out_frame->data + before, out_frame->len - before,
                         row->secret, answer->mac);
    }
    out_frame->len = before;
    if (rc == LT_OK) {
        answer->has_mac = true;
        rc = lt_join_answer_encode(answer, out_frame);
    }
    return rc;
}

/* ---- checks: each answers what the child is told ---- */

static bool mac_fits(const uint8_t *frame, size_t len,
                     const struct lt_join_request *request,
                     const struct lt_token_row *row)
{
    uint8_t mac[LT_HASH_LEN];

    return request->has_mac &&
           lt_join_mac(frame, len, row->secret, mac) == LT_OK &&
           lt_equal_secret(mac, request->mac, sizeof(mac));
}

/* The body that the child proposes must say exactly what we would say. */
static lt_err check_body(const struct lt_enrol_self *self,
                         const struct lt_join_request *request,
                         const struct lt_token_row *row,
                         uint64_t serial, struct lt_binding *out_binding,
                         struct lt_buf *scratch)
{
    struct lt_binding probe = {.body = request->binding_body.data,
                               .body_len = request->binding_body.len};
    struct lt_csr csr;
    struct lt_key *child = NULL;
    bool fits;

    /* A binding is decoded whole: lend the body its places. */
    memcpy(probe.proof, request->proof, sizeof(probe.proof));
    memcpy(probe.signature, request->proof, sizeof(probe.signature));
    if (lt_binding_encode(&probe, scratch) != LT_OK ||
        lt_binding_decode(scratch->data, scratch->len, out_binding, NULL) !=
            LT_OK ||
        lt_csr_open(request->csr.data, request->csr.len, &csr, NULL) != LT_OK) {
        return LT_EMALFORMED;
    }
    fits = lt_office_equal(&out_binding->office, &row->office) &&
           lt_office_equal(&csr.office, &row->office) &&
           memcmp(csr.key, out_binding->key, LT_PUBKEY_LEN) == 0 &&
           memcmp(request->transport_key, out_binding->transport_key,
                  LT_CURVE_LEN) == 0 &&
           lt_office_equal(&out_binding->issuer, &self->office) &&
           memcmp(out_binding->issuer_key_id, lt_key_id(self->key),
                  LT_HASH_LEN) == 0 &&
           out_binding->serial == serial;
    if (!fits || lt_key_from_public(out_binding->key, &child) != LT_OK) {
        return LT_EMALFORMED;
    }
    memcpy(out_binding->proof, request->proof, sizeof(out_binding->proof));
    lt_key_free(child);
    return LT_OK;
}

/* Is the office in the tree, below us? */
static bool is_opened(const struct lt_enrol_self *self,
                      const struct lt_token_row *row)
{
    const struct lt_tree_office *office =
        lt_tree_find(self->tree, &row->office);

    return office != NULL && lt_office_equal(&office->parent, &self->office);
}

/* ---- what an admitted child gets ---- */

static lt_err sign_binding(const struct lt_enrol_self *self,
                           struct lt_binding *binding, struct lt_buf *out)
{
    struct lt_binding signed_one;
    lt_err rc = lt_binding_sign(self->key, binding->body, binding->body_len,
                                binding->signature);

    if (rc == LT_OK) {
        rc = lt_binding_encode(binding, out);
    }
    if (rc == LT_OK) {
        rc = lt_binding_decode(out->data, out->len, &signed_one, NULL);
    }
    if (rc == LT_OK && !lt_binding_proven(&signed_one, self->key)) {
        rc = LT_EMALFORMED; /* the child's own proof is wrong */
    }
    return rc;
}

static lt_err issue(const struct lt_enrol_self *self,
                    const struct lt_join_request *request,
                    struct lt_enrol_result *result, bool again,
                    struct lt_cert **out_cert)
{
    static const char domain[] = "lt-enrol-serial";
    const struct lt_token_row *row = &result->row;
    /* Of one binding there is a certificate for each renewal. */
    struct lt_span spans[] = {
        {domain, sizeof(domain)},
        {request->token_id, sizeof(request->token_id)},
        {row->used_by, sizeof(row->used_by)},
        {&row->used_at_ms, again ? sizeof(row->used_at_ms) : 0}};
    uint8_t hash[LT_HASH_LEN];
    struct lt_cert_terms terms;
    struct lt_csr csr;
    lt_err rc;

    lt_sha256(spans, LT_COUNT_OF(spans), hash);
    memcpy(terms.serial, hash, sizeof(terms.serial));
    /* The child's clock may be a little behind ours. */
    terms.from_ms = row->used_at_ms - CLOCK_GRACE_MS;
    if (terms.from_ms < lt_cert_from_ms(self->cert)) {
        terms.from_ms = lt_cert_from_ms(self->cert);
    }
    terms.until_ms = row->used_at_ms + (int64_t)LT_CERT_NODE_DAYS * DAY_MS;
    rc = lt_csr_open(request->csr.data, request->csr.len, &csr, NULL);
    if (rc != LT_OK) {
        return rc;
    }
    result->until_ms = terms.until_ms;
    return lt_cert_issue(self->cert, self->key, &csr, &terms, out_cert);
}

/* @bindings: what proves the child's key, its own last. */
static lt_err write_answer(const struct lt_enrol_self *self,
                           const struct lt_cert *cert,
                           const struct lt_spans *bindings, bool sealed,
                           struct lt_enrol_result *result)
{
    struct lt_join_answer answer = {.office = result->row.office};
    size_t i;

    if (self->chain_n + 2 > LT_CHAIN_MAX) {
        return LT_EINTERNAL;
    }
    answer.certificate = lt_cert_der(cert);
    answer.chain[answer.chain_n++] = lt_cert_der(self->cert);
    for (i = 0; i < self->chain_n; i++) {
        answer.chain[answer.chain_n++] = lt_cert_der(self->chain[i]);
    }
    answer.chain[answer.chain_n++] = lt_cert_der(self->root);
    answer.bindings = bindings->items;
    answer.bindings_n = bindings->items_n;
    answer.superiors = self->superiors;
    answer.superiors_n = self->superiors_n;
    return sealed ? seal(&answer, &result->row, &result->answer)
                  : lt_join_answer_encode(&answer, &result->answer);
}

static lt_err certify(const struct lt_enrol_self *self,
                      const struct lt_join_request *request,
                      const struct lt_spans *bindings, bool sealed, bool again,
                      struct lt_enrol_result *result)
{
    struct lt_cert *cert = NULL;
    lt_err rc = issue(self, request, result, again, &cert);

    if (rc == LT_OK) {
        rc = write_answer(self, cert, bindings, sealed, result);
    }
    lt_cert_free(cert);
    return rc;
}

static lt_err admit(const struct lt_enrol_self *self,
                    const struct lt_join_request *request,
                    struct lt_binding *binding, bool sealed,
                    struct lt_enrol_result *result)
{
    struct lt_span items[LT_CHAIN_MAX + 1];
    const struct lt_spans bindings = {self->bindings_n + 1, items};
    lt_err rc;

    if (self->bindings_n > LT_CHAIN_MAX) {
        return LT_EINTERNAL;
    }
    rc = sign_binding(self, binding, &result->binding);
    if (rc != LT_OK) {
        return rc;
    }
    for (size_t i = 0; i < self->bindings_n; i++) {
        items[i] = self->bindings[i];
    }
    items[self->bindings_n] =
        (struct lt_span){result->binding.data, result->binding.len};
    return certify(self, request, &bindings, sealed, false, result);
}

/* Tell the child no, under the secret that it has shown to know. */
static lt_err tell(struct lt_enrol_result *result, lt_err code,
                   const struct lt_token_row *row)
{
    struct lt_join_answer answer = {
        .code = wire_code(code),
        .retry_ms = code == LT_ENOTYET ? LT_ENROL_RETRY_MS : 0,
        .office = row->office};

    result->code = code;
    return seal(&answer, row, &result->answer);
}

static void keep_addresses(const struct lt_join_request *request,
                           struct lt_enrol_result *result)
{
    result->link_addresses_n = request->link_addresses_n;
    memcpy(result->link_addresses, request->link_addresses,
           sizeof(result->link_addresses));
    result->enrol_addresses_n = request->enrol_addresses_n;
    memcpy(result->enrol_addresses, request->enrol_addresses,
           sizeof(result->enrol_addresses));
}

static lt_err decide(const struct lt_enrol_self *self,
                     const struct lt_join_request *request,
                     const struct lt_token_row *row, int64_t now_ms,
                     struct lt_buf *scratch, struct lt_enrol_result *result)
{
    struct lt_span body = {request->binding_body.data,
                           request->binding_body.len};
    struct lt_binding binding;
    uint8_t used_by[LT_HASH_LEN];
    bool used = row->used_at_ms != 0;
    lt_err rc;

    lt_sha256(&body, 1, used_by);
    if (used && memcmp(used_by, row->used_by, sizeof(used_by)) != 0) {
        return tell(result, LT_ETOKENUSED, row);
    }
    if (!used && now_ms > row->expires_at_ms) {
        return tell(result, LT_ETOKENEXPIRED, row);
    }
    rc = check_body(self, request, row, FIRST_SERIAL, &binding, scratch);
    if (rc != LT_OK) {
        return rc == LT_ENOMEM ? rc : tell(result, rc, row);
    }
    if (!is_opened(self, row)) {
        return tell(result, LT_ENOTYET, row);
    }
    result->row = *row;
    if (!used) {
        result->row.used_at_ms = now_ms;
        memcpy(result->row.used_by, used_by, sizeof(used_by));
    }
    keep_addresses(request, result);
    rc = admit(self, request, &binding, true, result);
    if (rc == LT_EMALFORMED) {
        lt_buf_reset(&result->answer);
        return tell(result, rc, row);
    }
    result->admitted = rc == LT_OK;
    return rc;
}

lt_err lt_enrol_answer(const struct lt_enrol_self *self, const uint8_t *frame,
                       size_t len, const struct lt_join_request *request,
                       const struct lt_token_row *row, int64_t now_ms,
                       struct lt_enrol_result *result)
{
    struct lt_buf scratch;
    lt_err rc;

    if (row == NULL || !mac_fits(frame, len, request, row)) {
        result->code = LT_ETOKEN;
        return lt_enrol_refuse(LT_ETOKEN, &result->answer);
    }
    lt_buf_init(&scratch, lt_alloc_heap());
    rc = decide(self, request, row, now_ms, &scratch, result);
    lt_buf_deinit(&scratch);
    return rc;
}

/* ---- renewals ---- */

bool lt_enrol_is_renewal(const struct lt_join_request *request)
{
    static const uint8_t none[LT_TOKEN_ID_LEN];

    return !request->has_mac &&
           memcmp(request->token_id, none, sizeof(none)) == 0;
}

bool lt_enrol_renewal_of(const struct lt_join_request *request,
                         struct lt_office *out_office)
{
    struct lt_binding body;

    if (lt_binding_body_decode(request->binding_body.data,
                               request->binding_body.len, &body,
                               NULL) != LT_OK) {
        return false;
    }
    *out_office = body.office;
    return true;
}

/* The same key again, or a later one that the present one has signed. */
static lt_err check_follows(const struct lt_binding *binding,
                            const struct lt_binding *bound)
{
    struct lt_key *previous = NULL;
    lt_err rc;

    if (!binding->has_previous) {
        return LT_EUNKNOWNKEY;
    }
    rc = lt_key_from_public(bound->key, &previous);
    if (rc == LT_OK) {
        rc = lt_binding_check_previous(binding, previous);
        lt_key_free(previous);
    }
    return rc == LT_ECRYPTO ? LT_EUNKNOWNKEY : rc;
}

/* The present binding once more: does the question name its key? */
static lt_err check_again(const struct lt_join_request *request,
                          const struct lt_binding *bound)
{
    struct lt_csr csr;

    if (lt_csr_open(request->csr.data, request->csr.len, &csr, NULL) != LT_OK ||
        !lt_office_equal(&csr.office, &bound->office) ||
        memcmp(csr.key, bound->key, LT_PUBKEY_LEN) != 0 ||
        memcmp(request->transport_key, bound->transport_key, LT_CURVE_LEN) !=
            0) {
        return LT_EMALFORMED;
    }
    return LT_OK;
}

static lt_err admit_later(const struct lt_enrol_self *self,
                          const struct lt_join_request *request,
                          const struct lt_binding *bound,
                          struct lt_enrol_result *result)
{
    struct lt_binding binding;
    struct lt_buf scratch;
    lt_err rc;

    lt_buf_init(&scratch, lt_alloc_heap());
    rc = check_body(self, request, &result->row, bound->serial + 1, &binding,
                    &scratch);
    if (rc == LT_OK) {
        rc = check_follows(&binding, bound);
    }
    if (rc == LT_OK) {
        rc = admit(self, request, &binding, false, result);
        result->admitted = rc == LT_OK;
    }
    lt_buf_deinit(&scratch);
    return rc;
}

lt_err lt_enrol_renew(const struct lt_enrol_self *self,
                      const struct lt_join_request *request,
                      const struct lt_binding *bound,
                      const struct lt_spans *line, int64_t now_ms,
                      struct lt_enrol_result *result)
{
    struct lt_span body = {request->binding_body.data,
                           request->binding_body.len};
    lt_err rc;

    if (bound == NULL) {
        result->code = LT_EUNKNOWNKEY;
        return lt_enrol_refuse(LT_EUNKNOWNKEY, &result->answer);
    }
    result->row.office = bound->office;
    result->row.used_at_ms = now_ms;
    lt_sha256(&body, 1, result->row.used_by);
    if (!is_opened(self, &result->row)) {
        rc = LT_ENOTYET;
    } else if (bound->body_len == body.len &&
               memcmp(bound->body, body.data, body.len) == 0) {
        rc = check_again(request, bound);
        if (rc == LT_OK) {
            rc = certify(self, request, line, false, true, result);
        }
    } else {
        rc = admit_later(self, request, bound, result);
    }
    if (rc == LT_OK || rc == LT_ENOMEM || rc == LT_ECRYPTO) {
        return rc;
    }
    result->code = rc;
    result->until_ms = 0;
    lt_buf_reset(&result->answer);
    return lt_enrol_refuse(rc, &result->answer);
}

lt_err lt_enrol_key_answer(const struct lt_enrol_self *self,
                           const struct lt_key_question *question,
                           struct lt_buf *out_frame)
{
    struct lt_key_answer answer = {.office = self->office,
                                   .bindings_n = self->proofs_n,
                                   .bindings = self->proofs};
    uint8_t bytes[LT_KEY_ANSWER_LEN];
    lt_err rc;

    memcpy(answer.nonce, question->nonce, sizeof(answer.nonce));
    memcpy(answer.transport_key, self->transport_key,
           sizeof(answer.transport_key));
    memcpy(answer.key_id, lt_key_id(self->key), sizeof(answer.key_id));
    lt_key_answer_bytes(&answer, bytes);
    rc = lt_key_sign(self->key, bytes, sizeof(bytes), answer.signature);
    return rc == LT_OK ? lt_key_answer_encode(&answer, out_frame) : rc;
}

/* ---- superiors ---- */

static struct lt_text text_of(const char *word)
{
    return (struct lt_text){word, strlen(word)};
}

static void fill_info(const struct lt_tree_office *office,
                      struct lt_office_info *info)
{
    size_t i;

    info->id = office->id;
    info->name = text_of(office->name);
    info->kind = text_of(office->kind);
    info->code = text_of(office->code);
    for (i = 0; i < office->link_addresses_n; i++) {
        info->link_addresses[info->link_addresses_n++] =
            text_of(office->link_addresses[i]);
    }
    for (i = 0; i < office->enrol_addresses_n; i++) {
        info->enrol_addresses[info->enrol_addresses_n++] =
            text_of(office->enrol_addresses[i]);
    }
}

size_t lt_enrol_superiors(
    const struct lt_tree *tree, const struct lt_office *office,
    bool (*transport_key)(void *ctx, const struct lt_office *office,
                          uint8_t out_key[static LT_CURVE_LEN]),
    void *ctx, struct lt_superior out[static LT_CHAIN_MAX])
{
    struct lt_office line[1 + LT_TREE_DEPTH_MAX];
    size_t n = 0;
    size_t lines_n;
    size_t i;

    line[0] = *office;
    lines_n = 1 + lt_tree_superiors(tree, office, line + 1);
    for (i = 0; i < lines_n && i < LT_COUNT_OF(line) && n < LT_CHAIN_MAX; i++) {
        const struct lt_tree_office *found = lt_tree_find(tree, &line[i]);

        memset(&out[n], 0, sizeof(out[n]));
        if (found != NULL &&
            transport_key(ctx, &line[i], out[n].transport_key)) {
            fill_info(found, &out[n].info);
            n++;
        }
    }
    return n;
}
