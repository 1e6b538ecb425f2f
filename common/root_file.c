#include "common/root_file.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/file.h"
#include "common/link_msg.h"

#define DAY_MS (INT64_C(86400) * 1000)
#define REQUEST "LIENTHONG ROOT REQUEST"
#define ANSWER "LIENTHONG ROOT ANSWER"

static lt_err refuse(struct lt_diag *diag, const char *path, const char *reason)
{
    (void)lt_diag_set(diag, LT_EROOTFILE);
    lt_diag_arg(diag, "path", "%s", path);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_EROOTFILE;
}

void lt_root_request_init(struct lt_root_request *request)
{
    *request = (struct lt_root_request){.root = NULL};
    lt_arena_init(&request->arena, lt_alloc_heap(), LT_FRAME_ARENA);
    lt_buf_init(&request->frame, lt_alloc_heap());
}

void lt_root_request_deinit(struct lt_root_request *request)
{
    lt_cert_free(request->root);
    lt_buf_deinit(&request->frame);
    lt_arena_deinit(&request->arena);
}

/* ---- files ---- */

static bool put_block(BIO *bio, const char *name, struct lt_span bytes)
{
    return bytes.len <= LONG_MAX &&
           PEM_write_bio(bio, name, "", bytes.data, (long)bytes.len) > 0;
}

static lt_err save(BIO *bio, bool written, const char *path,
                   struct lt_diag *diag)
{
    char *text = NULL;
    long len;
    lt_err rc;

    if (!written) {
        ERR_clear_error();
        BIO_free(bio);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    len = BIO_get_mem_data(bio, &text);
    rc = lt_file_create(path, 0644, text, (size_t)len, diag);
    BIO_free(bio);
    return rc;
}

/* The block @name, appended to @out; false: there is none that can be read. */
static bool find_block(const struct lt_buf *text, const char *name,
                       struct lt_buf *out)
{
    BIO *bio = text->len <= INT_MAX
                   ? BIO_new_mem_buf(text->data, (int)text->len)
                   : NULL;
    char *found = NULL;
    char *header = NULL;
    unsigned char *bytes = NULL;
    long len = 0;
    bool there = false;

    while (bio != NULL && !there &&
           PEM_read_bio(bio, &found, &header, &bytes, &len) == 1) {
        there = strcmp(found, name) == 0 && len > 0 &&
                lt_buf_put(out, bytes, (size_t)len);
        OPENSSL_free(found);
        OPENSSL_free(header);
        OPENSSL_free(bytes);
    }
    ERR_clear_error();
    BIO_free(bio);
    return there;
}

/* ---- requests ---- */

lt_err lt_root_request_save(const struct lt_cert *root,
                            const struct lt_buf *frame, const char *path,
                            struct lt_diag *diag)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char office[LT_OFFICE_TEXT];
    bool written;

    lt_office_format(lt_cert_office(root), office);
    written =
        bio != NULL &&
        BIO_printf(bio,
                   "# Liên Thông: %s xin khóa gốc ký.\n"
                   "# Mang sang máy giữ khóa gốc: lienthong root sign\n"
                   "# A request to the root's key. On its machine: "
                   "lienthong root sign\n\n",
                   office) > 0 &&
        put_block(bio, PEM_STRING_X509, lt_cert_der(root)) &&
        put_block(bio, REQUEST, (struct lt_span){frame->data, frame->len});
    return save(bio, written, path, diag);
}

/* Who asks has shown to have the key: its proof over the body, and the
 * certificate request's own signature. */
static const char *why_not(struct lt_root_request *request,
                           const struct lt_join_request *asked)
{
    const struct lt_office *office = lt_cert_office(request->root);
    struct lt_binding *binding = &request->binding;
    uint8_t root_id[LT_HASH_LEN];
    struct lt_csr csr;

    if (lt_binding_body_decode(request->body.data, request->body.len, binding,
                               NULL) != LT_OK ||
        lt_csr_open(request->csr.data, request->csr.len, &csr, NULL) != LT_OK) {
        return "damaged";
    }
    lt_key_id_of(lt_cert_public(request->root), root_id);
    if (LT_PLANTED(any_request)) {
        binding->body = request->body.data;
        binding->body_len = request->body.len;
        return NULL;
    }
    if (!lt_office_equal(&binding->office, office) ||
        !lt_office_equal(&binding->issuer, office) ||
        !lt_office_equal(&csr.office, office)) {
        return "for an office that is not this root's";
    }
    if (memcmp(binding->issuer_key_id, root_id, LT_HASH_LEN) != 0) {
        return "asks another root key";
    }
    binding->body = request->body.data;
    binding->body_len = request->body.len;
    memcpy(binding->proof, asked->proof, LT_SIG_LEN);
    if (memcmp(csr.key, binding->key, LT_PUBKEY_LEN) != 0 ||
        memcmp(asked->transport_key, binding->transport_key, LT_CURVE_LEN) !=
            0 ||
        !lt_binding_proof_right(binding)) {
        return "not proven by the key that it names";
    }
    return NULL;
}

static lt_err open_request(struct lt_root_request *request, const char *path,
                           struct lt_diag *diag)
{
    struct lt_frame frame;
    const char *why;

    if (lt_frame_decode(request->frame.data, request->frame.len,
                        &request->arena, &frame, NULL) != LT_OK ||
        frame.type != LT_FRAME_JOIN_REQUEST) {
        return refuse(diag, path, "damaged");
    }
    request->csr = frame.join_request.csr;
    request->body = frame.join_request.binding_body;
    why = why_not(request, &frame.join_request);
    return why == NULL ? LT_OK : refuse(diag, path, why);
}

lt_err lt_root_request_load(struct lt_root_request *request, const char *path,
                            struct lt_diag *diag)
{
    struct lt_buf text;
    struct lt_buf der;
    lt_err rc;

    lt_buf_init(&text, lt_alloc_heap());
    lt_buf_init(&der, lt_alloc_heap());
    rc = lt_file_read(path, LT_ROOT_FILE_MAX, false, &text, diag);
    if (rc == LT_OK && !find_block(&text, REQUEST, &request->frame)) {
        lt_buf_reset(&der);
        rc = refuse(diag, path,
                    find_block(&text, ANSWER, &der)
                        ? "an answer: lienthong root install"
                        : "no request, or damaged");
        lt_buf_reset(&der);
    }
    if (rc == LT_OK && (!find_block(&text, PEM_STRING_X509, &der) ||
                        lt_cert_decode(der.data, der.len, &request->root,
                                       NULL) != LT_OK)) {
        rc = refuse(diag, path, "without the root's certificate");
    }
    if (rc == LT_OK) {
        rc = open_request(request, path, diag);
    }
    lt_buf_deinit(&der);
    lt_buf_deinit(&text);
    return rc;
}

/* ---- answers ---- */

static lt_err bind(const struct lt_root_request *request,
                   const struct lt_key *key, struct lt_buf *out)
{
    struct lt_binding binding = request->binding;
    lt_err rc = lt_binding_sign(key, binding.body, binding.body_len,
                                binding.signature);

    return rc == LT_OK ? lt_binding_encode(&binding, out) : rc;
}

static lt_err certify(const struct lt_root_request *request,
                      const struct lt_key *key, const struct lt_sys *sys,
                      int days, struct lt_cert **out_cert)
{
    struct lt_cert_terms terms;
    struct lt_now now;
    struct lt_csr csr;
    lt_err rc = lt_csr_open(request->csr.data, request->csr.len, &csr, NULL);

    if (rc != LT_OK) {
        return rc;
    }
    sys->now(sys->ctx, &now);
    sys->random(sys->ctx, terms.serial, sizeof(terms.serial));
    terms.from_ms = now.wall_ms - DAY_MS;
    terms.until_ms = now.wall_ms + days * DAY_MS;
    return lt_cert_issue(request->root, key, &csr, &terms, out_cert);
}

static lt_err answer(const struct lt_root_request *request,
                     const struct lt_cert *cert, const struct lt_buf *binding,
                     struct lt_buf *out_frame)
{
    const struct lt_span own = {binding->data, binding->len};
    struct lt_join_answer said = {.office = request->binding.office,
                                  .certificate = lt_cert_der(cert),
                                  .chain_n = 1,
                                  .chain = {lt_cert_der(request->root)},
                                  .bindings_n = 1,
                                  .bindings = &own};

    return lt_join_answer_encode(&said, out_frame);
}

static lt_err write_answer(const struct lt_buf *frame, const char *path,
                           struct lt_diag *diag)
{
    BIO *bio = BIO_new(BIO_s_mem());
    bool written =
        bio != NULL &&
        BIO_printf(bio, "# Liên Thông: khóa gốc đã ký. Mang về máy của nơi "
                        "gốc: lienthong root install\n"
                        "# Signed by the root's key. At the root office: "
                        "lienthong root install\n\n") > 0 &&
        put_block(bio, ANSWER, (struct lt_span){frame->data, frame->len});

    return save(bio, written, path, diag);
}

lt_err lt_root_answer_save(const struct lt_root_request *request,
                           const struct lt_key *key, const struct lt_sys *sys,
                           int days, const char *path, struct lt_diag *diag)
{
    struct lt_cert *cert = NULL;
    struct lt_buf binding;
    struct lt_buf frame;
    lt_err rc;

    if (days < 1 || days > LT_ROOT_DAYS_MAX) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    if (memcmp(lt_key_public(key), lt_cert_public(request->root),
               LT_PUBKEY_LEN) != 0) {
        return refuse(diag, path, "the key is not this root's");
    }
    lt_buf_init(&binding, lt_alloc_heap());
    lt_buf_init(&frame, lt_alloc_heap());
    rc = bind(request, key, &binding);
    if (rc == LT_OK) {
        rc = certify(request, key, sys, days, &cert);
    }
    if (rc == LT_OK) {
        rc = answer(request, cert, &binding, &frame);
    }
    rc = rc == LT_OK ? write_answer(&frame, path, diag)
                     : lt_diag_set(diag, rc);
    lt_cert_free(cert);
    lt_buf_deinit(&frame);
    lt_buf_deinit(&binding);
    return rc;
}

lt_err lt_root_answer_load(const char *path, struct lt_buf *out_frame,
                           struct lt_diag *diag)
{
    struct lt_buf text;
    struct lt_buf other;
    lt_err rc;

    lt_buf_init(&text, lt_alloc_heap());
    lt_buf_init(&other, lt_alloc_heap());
    rc = lt_file_read(path, LT_ROOT_FILE_MAX, false, &text, diag);
    if (rc == LT_OK && !find_block(&text, ANSWER, out_frame)) {
        rc = refuse(diag, path,
                    find_block(&text, REQUEST, &other)
                        ? "a request that nobody has signed: lienthong root sign"
                        : "no answer, or damaged");
    }
    lt_buf_deinit(&other);
    lt_buf_deinit(&text);
    return rc;
}
