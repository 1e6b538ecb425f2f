#include "tools/region_file.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/binding.h"
#include "common/failpoint.h"
#include "common/file.h"

static const struct {
    const char *block;
    const char *people;
} KINDS[] = {
    [LT_REGION_CARD] =
        {"LIENTHONG TREE CARD",
         "# Liên Thông: thẻ của cơ quan sẽ nhận sơ đồ tổ chức.\n"
         "# Ở cơ quan bàn giao: lienthong tree step-down --to TỆP --on NGÀY\n"
         "# The card of a root. At the root that steps down for it:\n"
         "# lienthong tree step-down --to FILE --on DATE\n\n"},
    [LT_REGION_HAND_OVER] =
        {"LIENTHONG TREE HAND-OVER",
         "# Liên Thông: giấy bàn giao sơ đồ tổ chức.\n"
         "# Ở cơ quan tiếp nhận: lienthong tree admit TỆP\n"
         "# A root has stepped down. At its successor: lienthong tree admit "
         "FILE\n\n"},
};

static lt_err refuse(struct lt_diag *diag, const char *path, const char *why)
{
    (void)lt_diag_set(diag, LT_EREGIONFILE);
    lt_diag_arg(diag, "path", "%s", path);
    lt_diag_arg(diag, "reason", "%s", why);
    return LT_EREGIONFILE;
}

/* What is signed: the name of the kind, its NUL included, and the document. */
static bool put_signed(enum lt_region_kind kind, const void *text, size_t len,
                       struct lt_buf *out)
{
    return lt_buf_put(out, KINDS[kind].block, strlen(KINDS[kind].block) + 1) &&
           lt_buf_put(out, text, len);
}

/* ---- writing ---- */

static lt_err add_keys(const struct lt_identity *identity, json_t *document)
{
    const struct lt_spans *all = &identity->bindings;
    char key[2 * LT_PUBKEY_LEN + 1];
    struct lt_span binding;
    char *text;
    bool put;

    if (all->items_n == 0) {
        return LT_ECERT;
    }
    binding = all->items[all->items_n - 1];
    text = malloc(lt_base64_len(binding.len) + 1);
    if (text == NULL) {
        return LT_ENOMEM;
    }
    lt_base64_write(binding.data, binding.len, text);
    lt_hex_format(lt_cert_public(identity->root_cert), LT_PUBKEY_LEN, key);
    put = json_object_set_new(
              document, "binding",
              json_stringn(text, lt_base64_len(binding.len))) == 0 &&
          json_object_set_new(document, "root_key", json_string(key)) == 0;
    free(text);
    return put ? LT_OK : LT_ENOMEM;
}

static lt_err write_file(enum lt_region_kind kind, const struct lt_buf *bytes,
                         const char *path, struct lt_diag *diag)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long len;
    lt_err rc = LT_ENOMEM;

    if (bio != NULL && bytes->len <= INT_MAX &&
        BIO_puts(bio, KINDS[kind].people) > 0 &&
        PEM_write_bio(bio, KINDS[kind].block, "", bytes->data,
                      (long)bytes->len) > 0) {
        len = BIO_get_mem_data(bio, &text);
        rc = lt_file_create(path, 0644, text, (size_t)len, diag);
    }
    ERR_clear_error();
    BIO_free(bio);
    return rc;
}

lt_err lt_region_file_save(const struct lt_identity *identity,
                           enum lt_region_kind kind, json_t *document,
                           const char *path, struct lt_diag *diag)
{
    uint8_t signature[LT_SIG_LEN];
    struct lt_buf covered;
    struct lt_buf bytes;
    char *text = NULL;
    lt_err rc = add_keys(identity, document);

    lt_buf_init(&covered, lt_alloc_heap());
    lt_buf_init(&bytes, lt_alloc_heap());
    if (rc == LT_OK) {
        text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);
        rc = text == NULL || !put_signed(kind, text, strlen(text), &covered)
                 ? LT_ENOMEM
                 : LT_OK;
    }
    if (rc == LT_OK && strlen(text) > LT_REGION_FILE_MAX / 2) {
        rc = LT_ETOOBIG;
    }
    if (rc == LT_OK) {
        rc = lt_key_sign(identity->node_key, covered.data, covered.len,
                         signature);
    }
    if (rc == LT_OK && (!lt_buf_put(&bytes, signature, LT_SIG_LEN) ||
                        !lt_buf_put(&bytes, text, strlen(text)))) {
        rc = LT_ENOMEM;
    }
    rc = rc == LT_OK ? write_file(kind, &bytes, path, diag)
                     : lt_diag_set(diag, rc);
    free(text);
    lt_buf_deinit(&bytes);
    lt_buf_deinit(&covered);
    return rc;
}

/* ---- reading ---- */

static bool find_block(const struct lt_buf *file, enum lt_region_kind kind,
                       struct lt_buf *out)
{
    BIO *bio = file->len <= INT_MAX
                   ? BIO_new_mem_buf(file->data, (int)file->len)
                   : NULL;
    char *name = NULL;
    char *header = NULL;
    unsigned char *bytes = NULL;
    long len = 0;
    bool there = false;

    while (bio != NULL && !there &&
           PEM_read_bio(bio, &name, &header, &bytes, &len) == 1) {
        there = strcmp(name, KINDS[kind].block) == 0 && len > LT_SIG_LEN &&
                lt_buf_put(out, bytes, (size_t)len);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(bytes);
    }
    ERR_clear_error();
    BIO_free(bio);
    return there;
}

static bool read_binding(const json_t *json, uint8_t bytes[LT_BINDING_MAX + 3],
                         struct lt_binding *out)
{
    const char *text = json_string_value(json);
    size_t len = 0;

    return text != NULL && strlen(text) <= lt_base64_len(LT_BINDING_MAX) &&
           lt_base64_read(text, strlen(text), bytes, &len) &&
           lt_binding_decode(bytes, len, out, NULL) == LT_OK;
}

static bool read_key(const json_t *json, struct lt_key **out)
{
    const char *text = json_string_value(json);
    uint8_t key[LT_PUBKEY_LEN];

    return text != NULL && strlen(text) == 2 * sizeof(key) &&
           lt_hex_parse(text, sizeof(key), key) &&
           lt_key_from_public(key, out) == LT_OK;
}

/* NULL, or what is wrong. */
static const char *why_not(enum lt_region_kind kind, const struct lt_buf *bytes)
{
    const char *text = (const char *)bytes->data + LT_SIG_LEN;
    size_t len = bytes->len - LT_SIG_LEN;
    uint8_t encoded[LT_BINDING_MAX + 3];
    struct lt_binding binding;
    struct lt_key *root = NULL;
    struct lt_key *node = NULL;
    struct lt_buf covered;
    json_t *document = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *why = "ui_why_region_damaged";

    lt_buf_init(&covered, lt_alloc_heap());
    if (read_binding(json_object_get(document, "binding"), encoded, &binding) &&
        read_key(json_object_get(document, "root_key"), &root) &&
        lt_key_from_public(binding.key, &node) == LT_OK &&
        put_signed(kind, text, len, &covered)) {
        bool right = lt_binding_check(&binding, root) == LT_OK &&
                     lt_key_verify(node, covered.data, covered.len,
                                   bytes->data);

        why = right || LT_PLANTED(any_hand_over) ? NULL
                                                 : "ui_why_region_unsigned";
    }
    lt_buf_deinit(&covered);
    lt_key_free(node);
    lt_key_free(root);
    json_decref(document);
    return why;
}

lt_err lt_region_file_load(const char *path, enum lt_region_kind kind,
                           struct lt_buf *out_text, struct lt_diag *diag)
{
    enum lt_region_kind other =
        kind == LT_REGION_CARD ? LT_REGION_HAND_OVER : LT_REGION_CARD;
    struct lt_buf file;
    struct lt_buf bytes;
    const char *why = NULL;
    lt_err rc;

    lt_buf_init(&file, lt_alloc_heap());
    lt_buf_init(&bytes, lt_alloc_heap());
    rc = lt_file_read(path, LT_REGION_FILE_MAX, false, &file, diag);
    if (rc == LT_OK) {
        why = find_block(&file, kind, &bytes) ? why_not(kind, &bytes)
              : !find_block(&file, other, &bytes)
                  ? "ui_why_region_damaged"
              : kind == LT_REGION_CARD ? "ui_why_region_hand_over"
                                       : "ui_why_region_card";
        rc = why == NULL ? LT_OK : refuse(diag, path, why);
    }
    if (rc == LT_OK) {
        lt_buf_reset(out_text);
        if (!lt_buf_put(out_text, bytes.data + LT_SIG_LEN,
                        bytes.len - LT_SIG_LEN)) {
            rc = lt_diag_set(diag, LT_ENOMEM);
        }
    }
    lt_buf_deinit(&bytes);
    lt_buf_deinit(&file);
    return rc;
}
