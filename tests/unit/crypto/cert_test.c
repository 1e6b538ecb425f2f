/* Certificates: what a chain proves, and everything it must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cert.h"
#include "common/file.h"
#include "tests/unit/crypto/folder.h"

#define DAY_MS (INT64_C(86400) * 1000)
#define NOW_MS (INT64_C(1795000000) * 1000)

/* A root, and below it three tiers, each certified by the one above. */
struct world {
    struct lt_key *ca;
    struct lt_cert *root;
    struct lt_office offices[3];
    struct lt_key *keys[3];
    struct lt_cert *certs[3];
};

static const uint8_t next_root[LT_HASH_LEN] = {0xab, 0xcd, 0xef};

static struct lt_cert_terms terms_of(uint8_t serial)
{
    struct lt_cert_terms terms = {.from_ms = NOW_MS - DAY_MS,
                                  .until_ms = NOW_MS + 100 * DAY_MS};

    memset(terms.serial, serial, sizeof(terms.serial));
    return terms;
}

static struct lt_csr request(const struct lt_key *key,
                             const struct lt_office *office)
{
    struct lt_csr csr;
    struct lt_buf der;

    lt_buf_init(&der, lt_alloc_heap());
    assert_int_equal(lt_csr_make(key, office, &der), LT_OK);
    assert_int_equal(lt_csr_open(der.data, der.len, &csr, NULL), LT_OK);
    lt_buf_deinit(&der);
    return csr;
}

static void world_make(struct world *world)
{
    struct lt_cert_terms terms = terms_of(1);

    memset(world, 0, sizeof(*world));
    for (size_t i = 0; i < 3; i++) {
        memset(world->offices[i].bytes, (int)(0x10 + i), LT_OFFICE_LEN);
        assert_int_equal(lt_key_generate(&world->keys[i]), LT_OK);
    }
    assert_int_equal(lt_key_generate(&world->ca), LT_OK);
    terms.until_ms = NOW_MS + 7000 * DAY_MS;
    assert_int_equal(lt_cert_make_root(world->ca, &world->offices[0], next_root,
                                       &terms, &world->root),
                     LT_OK);
    for (size_t i = 0; i < 3; i++) {
        struct lt_csr csr = request(world->keys[i], &world->offices[i]);

        terms = terms_of((uint8_t)(2 + i));
        assert_int_equal(
            lt_cert_issue(i == 0 ? world->root : world->certs[i - 1],
                          i == 0 ? world->ca : world->keys[i - 1], &csr, &terms,
                          &world->certs[i]),
            LT_OK);
    }
}

static void world_clear(struct world *world)
{
    for (size_t i = 0; i < 3; i++) {
        lt_cert_free(world->certs[i]);
        lt_key_free(world->keys[i]);
    }
    lt_cert_free(world->root);
    lt_key_free(world->ca);
}

/* The leaf of the world, over its own chain, with @check. */
static lt_err verify(const struct world *world,
                     const struct lt_cert_check *check, struct lt_diag *diag)
{
    const struct lt_cert *chain[] = {world->certs[1], world->certs[0]};

    return lt_cert_verify(world->certs[2], chain, 2, world->root, check, diag);
}

static const struct lt_cert_check at_now = {.at_ms = NOW_MS};

static void check_reason(const struct lt_diag *diag, const char *reason)
{
    assert_int_equal(diag->code, LT_ECERT);
    assert_string_equal(diag->args[0].key, "reason");
    assert_string_equal(diag->args[0].value, reason);
}

static void a_chain_of_three_tiers_leads_to_the_root(void **state)
{
    struct world world;
    const struct lt_cert *with_root[3];
    struct lt_cert_check check = at_now;

    (void)state;
    world_make(&world);
    check.office = &world.offices[2];
    assert_int_equal(verify(&world, &check, NULL), LT_OK);
    with_root[0] = world.certs[1];
    with_root[1] = world.certs[0];
    with_root[2] = world.root;
    assert_int_equal(
        lt_cert_verify(world.certs[2], with_root, 3, world.root, &check, NULL),
        LT_OK);
    assert_int_equal(
        lt_cert_verify(world.certs[0], NULL, 0, world.root, &at_now, NULL),
        LT_OK);
    world_clear(&world);
}

static void a_certificate_names_the_office_and_nothing_else(void **state)
{
    struct world world;
    struct lt_cert *again = NULL;
    struct lt_span der;

    (void)state;
    world_make(&world);
    assert_true(
        lt_office_equal(lt_cert_office(world.certs[1]), &world.offices[1]));
    assert_true(
        lt_office_equal(lt_cert_issuer(world.certs[1]), &world.offices[0]));
    assert_memory_equal(lt_cert_public(world.certs[1]),
                        lt_key_public(world.keys[1]), LT_PUBKEY_LEN);
    assert_int_equal(lt_cert_from_ms(world.certs[1]), NOW_MS - DAY_MS);
    assert_int_equal(lt_cert_until_ms(world.certs[1]), NOW_MS + 100 * DAY_MS);
    der = lt_cert_der(world.certs[1]);
    assert_true(der.len > 0 && der.len < 600);
    assert_int_equal(lt_cert_decode(der.data, der.len, &again, NULL), LT_OK);
    assert_memory_equal(lt_cert_fingerprint(again),
                        lt_cert_fingerprint(world.certs[1]), LT_HASH_LEN);
    lt_cert_free(again);
    world_clear(&world);
}

static void the_root_alone_names_the_next_root(void **state)
{
    struct world world;

    (void)state;
    world_make(&world);
    assert_memory_equal(lt_cert_next_root(world.root), next_root, LT_HASH_LEN);
    assert_null(lt_cert_next_root(world.certs[0]));
    world_clear(&world);
}

static void an_expired_certificate_counts_only_where_time_does_not(void **state)
{
    struct world world;
    struct lt_cert_check check = {.at_ms = NOW_MS + 101 * DAY_MS};
    struct lt_diag diag;

    (void)state;
    world_make(&world);
    assert_int_equal(verify(&world, &check, &diag), LT_ECERT);
    check_reason(&diag, "expired");
    check.at_ms = NOW_MS - 2 * DAY_MS;
    assert_int_equal(verify(&world, &check, &diag), LT_ECERT);
    check_reason(&diag, "expired");
    check.ignore_expiry = true;
    assert_int_equal(verify(&world, &check, NULL), LT_OK);
    world_clear(&world);
}

static void another_office_is_refused(void **state)
{
    struct world world;
    struct lt_cert_check check = at_now;
    struct lt_diag diag;

    (void)state;
    world_make(&world);
    check.office = &world.offices[1];
    assert_int_equal(verify(&world, &check, &diag), LT_ECERT);
    check_reason(&diag, "wrong_office");
    assert_int_equal(
        lt_cert_verify(world.root, NULL, 0, world.root, &at_now, &diag),
        LT_ECERT);
    check_reason(&diag, "wrong_office");
    world_clear(&world);
}

static void another_root_is_refused_even_with_the_same_name(void **state)
{
    struct world mine;
    struct world theirs;
    const struct lt_cert *chain[2];
    struct lt_diag diag;

    (void)state;
    world_make(&mine);
    world_make(&theirs);
    chain[0] = theirs.certs[1];
    chain[1] = theirs.certs[0];
    assert_int_equal(
        lt_cert_verify(theirs.certs[2], chain, 2, mine.root, &at_now, &diag),
        LT_ECERT);
    check_reason(&diag, "wrong_issuer");
    world_clear(&theirs);
    world_clear(&mine);
}

static void a_gap_or_a_stranger_in_the_chain_is_refused(void **state)
{
    struct world world;
    struct world other;
    const struct lt_cert *chain[2];
    struct lt_diag diag;

    (void)state;
    world_make(&world);
    world_make(&other);
    chain[0] = world.certs[1];
    assert_int_equal(
        lt_cert_verify(world.certs[2], chain, 1, world.root, &at_now, &diag),
        LT_ECERT);
    check_reason(&diag, "wrong_issuer");
    chain[0] = other.certs[1]; /* the right name, another key */
    chain[1] = world.certs[0];
    assert_int_equal(
        lt_cert_verify(world.certs[2], chain, 2, world.root, &at_now, &diag),
        LT_ECERT);
    check_reason(&diag, "wrong_issuer");
    world_clear(&other);
    world_clear(&world);
}

static bool only_the_parent(void *ctx, const struct lt_office *issuer,
                            const struct lt_office *office)
{
    unsigned *asked = ctx;

    *asked += 1;
    return issuer->bytes[0] + 1 == office->bytes[0] ||
           (issuer->bytes[0] == 0x10 && office->bytes[0] == 0x10);
}

static void the_tree_decides_who_may_certify_whom(void **state)
{
    struct world world;
    unsigned asked = 0;
    struct lt_cert_check check = {
        .at_ms = NOW_MS, .may = only_the_parent, .may_ctx = &asked};
    struct lt_csr csr;
    struct lt_cert_terms terms = terms_of(9);
    struct lt_cert *skipping = NULL;
    const struct lt_cert *chain[1];
    struct lt_diag diag;

    (void)state;
    world_make(&world);
    assert_int_equal(verify(&world, &check, NULL), LT_OK);
    assert_int_equal(asked, 3);
    csr = request(world.keys[2], &world.offices[2]);
    assert_int_equal(
        lt_cert_issue(world.certs[0], world.keys[0], &csr, &terms, &skipping),
        LT_OK);
    chain[0] = world.certs[0];
    assert_int_equal(
        lt_cert_verify(skipping, chain, 1, world.root, &check, &diag),
        LT_ECERT);
    check_reason(&diag, "not_permitted");
    lt_cert_free(skipping);
    world_clear(&world);
}

static void every_changed_bit_of_a_certificate_is_noticed(void **state)
{
    struct world world;
    struct lt_span der;
    uint8_t bytes[LT_CERT_MAX];
    unsigned accepted = 0;

    (void)state;
    world_make(&world);
    der = lt_cert_der(world.certs[0]);
    memcpy(bytes, der.data, der.len);
    for (size_t bit = 0; bit < 8 * der.len; bit++) {
        struct lt_cert *cert = NULL;

        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (lt_cert_decode(bytes, der.len, &cert, NULL) == LT_OK) {
            accepted += lt_cert_verify(cert, NULL, 0, world.root, &at_now,
                                       NULL) == LT_OK;
            lt_cert_free(cert);
        }
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(accepted, 0);
    world_clear(&world);
}

static void only_the_issuers_key_issues(void **state)
{
    struct world world;
    struct lt_cert_terms terms = terms_of(9);
    struct lt_cert *cert = NULL;
    struct lt_csr csr;

    (void)state;
    world_make(&world);
    csr = request(world.keys[2], &world.offices[2]);
    assert_int_equal(
        lt_cert_issue(world.certs[1], world.keys[0], &csr, &terms, &cert),
        LT_EINVAL);
    terms.until_ms = terms.from_ms;
    assert_int_equal(
        lt_cert_issue(world.certs[1], world.keys[1], &csr, &terms, &cert),
        LT_EINVAL);
    assert_null(cert);
    world_clear(&world);
}

static void a_request_is_proven_by_its_own_key(void **state)
{
    struct lt_key *key = NULL;
    struct lt_office office = {{0x42}};
    struct lt_csr csr;
    struct lt_buf der;

    (void)state;
    lt_buf_init(&der, lt_alloc_heap());
    assert_int_equal(lt_key_generate(&key), LT_OK);
    assert_int_equal(lt_csr_make(key, &office, &der), LT_OK);
    assert_int_equal(lt_csr_open(der.data, der.len, &csr, NULL), LT_OK);
    assert_true(lt_office_equal(&csr.office, &office));
    assert_memory_equal(csr.key, lt_key_public(key), LT_PUBKEY_LEN);
    for (size_t bit = 0; bit < 8 * der.len; bit++) {
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(lt_csr_open(der.data, der.len, &csr, NULL), LT_ECERT);
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(lt_buf_put(&der, "", 1));
    assert_int_equal(lt_csr_open(der.data, der.len, &csr, NULL), LT_ECERT);
    assert_int_equal(lt_csr_open(der.data, 0, &csr, NULL), LT_ECERT);
    lt_buf_deinit(&der);
    lt_key_free(key);
}

/* A self-signed certificate of another algorithm or name. */
static size_t foreign(const char *algorithm, const char *name, uint8_t *out)
{
    EVP_PKEY *pkey = strcmp(algorithm, "EC") == 0
                         ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
                         : EVP_PKEY_Q_keygen(NULL, NULL, algorithm);
    X509 *x509 = X509_new();
    X509_NAME *subject = X509_get_subject_name(x509);
    unsigned char *at = out;
    int len;

    assert_non_null(pkey);
    assert_int_equal(X509_set_version(x509, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x509), 7), 1);
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x509), 0));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x509), 4000000000));
    assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                                (const unsigned char *)name, -1,
                                                -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(x509, subject), 1);
    assert_int_equal(X509_set_pubkey(x509, pkey), 1);
    assert_true(X509_sign(x509, pkey,
                          strcmp(algorithm, "EC") == 0 ? EVP_sha256() : NULL) >
                0);
    len = i2d_X509(x509, &at);
    assert_true(len > 0 && len < LT_CERT_MAX);
    X509_free(x509);
    EVP_PKEY_free(pkey);
    return (size_t)len;
}

static void another_algorithm_or_name_is_refused(void **state)
{
    uint8_t der[LT_CERT_MAX];
    struct lt_cert *cert = NULL;
    struct lt_diag diag;
    size_t len;

    (void)state;
    len = foreign("EC", "11111111111111111111111111111111", der);
    assert_int_equal(lt_cert_decode(der, len, &cert, &diag), LT_ECERT);
    check_reason(&diag, "not_ed25519");
    len = foreign("ED448", "11111111111111111111111111111111", der);
    assert_int_equal(lt_cert_decode(der, len, &cert, &diag), LT_ECERT);
    check_reason(&diag, "not_ed25519");
    len = foreign("ED25519", "Tay Ninh", der);
    assert_int_equal(lt_cert_decode(der, len, &cert, &diag), LT_ECERT);
    check_reason(&diag, "not_an_office");
    len = foreign("ED25519", "1111111111111111111111111111111G", der);
    assert_int_equal(lt_cert_decode(der, len, &cert, &diag), LT_ECERT);
    check_reason(&diag, "not_an_office");
    assert_null(cert);
    len = foreign("ED25519", "11111111111111111111111111111111", der);
    assert_int_equal(lt_cert_decode(der, len, &cert, NULL), LT_OK);
    lt_cert_free(cert);
}

static void what_is_too_long_is_refused_unread(void **state)
{
    uint8_t big[LT_CERT_MAX + 1] = {0x30, 0x82, 0x0f, 0xfd};
    struct lt_cert *cert = NULL;
    struct lt_csr csr;

    (void)state;
    assert_int_equal(lt_cert_decode(big, sizeof(big), &cert, NULL), LT_ECERT);
    assert_int_equal(lt_csr_open(big, sizeof(big), &csr, NULL), LT_ECERT);
    assert_int_equal(lt_cert_decode(big, 0, &cert, NULL), LT_ECERT);
    assert_null(cert);
}

static void certificates_are_read_again_from_their_file(void **state)
{
    struct world world;
    struct folder folder;
    struct lt_cert *read[3] = {NULL};
    struct stat status;
    size_t n = 0;

    (void)state;
    world_make(&world);
    folder_make(&folder);
    assert_int_equal(lt_cert_save((const struct lt_cert *const *)world.certs, 3,
                                  folder_file(&folder, "node.crt"), NULL),
                     LT_OK);
    assert_int_equal(stat(folder.file, &status), 0);
    assert_int_equal(status.st_mode & 07777u, 0444);
    assert_int_equal(lt_cert_load(folder.file, 3, read, &n, NULL), LT_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_memory_equal(lt_cert_fingerprint(read[i]),
                            lt_cert_fingerprint(world.certs[i]), LT_HASH_LEN);
        lt_cert_free(read[i]);
        read[i] = NULL;
    }
    assert_int_equal(lt_cert_load(folder.file, 2, read, &n, NULL), LT_ECERT);
    assert_null(read[0]);
    assert_int_equal(lt_file_create(folder_file(&folder, "no.crt"), 0444,
                                    "nothing\n", 8, NULL),
                     LT_OK);
    assert_int_equal(lt_cert_load(folder.file, 3, read, &n, NULL), LT_ECERT);
    folder_clear(folder.path);
    world_clear(&world);
}

static int start(void **state)
{
    (void)state;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    lt_crypto_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_of_three_tiers_leads_to_the_root),
        cmocka_unit_test(a_certificate_names_the_office_and_nothing_else),
        cmocka_unit_test(the_root_alone_names_the_next_root),
        cmocka_unit_test(
            an_expired_certificate_counts_only_where_time_does_not),
        cmocka_unit_test(another_office_is_refused),
        cmocka_unit_test(another_root_is_refused_even_with_the_same_name),
        cmocka_unit_test(a_gap_or_a_stranger_in_the_chain_is_refused),
        cmocka_unit_test(the_tree_decides_who_may_certify_whom),
        cmocka_unit_test(every_changed_bit_of_a_certificate_is_noticed),
        cmocka_unit_test(only_the_issuers_key_issues),
        cmocka_unit_test(a_request_is_proven_by_its_own_key),
        cmocka_unit_test(another_algorithm_or_name_is_refused),
        cmocka_unit_test(what_is_too_long_is_refused_unread),
        cmocka_unit_test(certificates_are_read_again_from_their_file),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
