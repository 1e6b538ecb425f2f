/* Identities: made, admitted, kept, and refused when anything does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>

#include "common/failpoint.h"
#include "common/file.h"
#include "common/identity.h"
#include "tests/unit/crypto/folder.h"

static void fixed_now(void *ctx, struct lt_now *out_now)
{
    (void)ctx;
    *out_now = (struct lt_now){.mono_ms = 1, .wall_ms = INT64_C(1795000000000)};
}

static void counting_random(void *ctx, void *out_bytes, size_t len)
{
    static uint8_t next;

    (void)ctx;
    memset(out_bytes, ++next, len);
}

static const struct lt_sys sys = {fixed_now, counting_random, NULL};
static const struct lt_office root_office = {{0x72, 1}};
static const struct lt_office child_office = {{0x72, 2}};

/* What a parent answers to a child: certificate and bindings. */
struct answer {
    struct lt_cert *cert;
    struct lt_span chain[LT_CHAIN_MAX];
    size_t chain_n;
    struct lt_buf binding;
    struct lt_span bindings[LT_CHAIN_MAX];
    size_t bindings_n;
};

/* The body that binds the present key of @child by @parent. */
static void bind_again(const struct lt_identity *parent,
                       const struct lt_identity *child, struct lt_buf *body)
{
    const struct lt_span *last =
        &child->bindings.items[child->bindings.items_n - 1];
    struct lt_identity_issuer issuer = {.office = parent->office};
    struct lt_binding present;

    memcpy(issuer.key_id, lt_key_id(parent->node_key), LT_HASH_LEN);
    assert_int_equal(lt_binding_decode(last->data, last->len, &present, NULL),
                     LT_OK);
    assert_int_equal(lt_identity_rebind_body(child, &present, &issuer, 5, body),
                     LT_OK);
}

/* Bind @child below @parent and certify it. */
static void answer_make(struct answer *answer, const struct lt_identity *parent,
                        const struct lt_identity *child)
{
    struct lt_binding binding = {.office = child->office,
                                 .issuer = parent->office,
                                 .serial = 1,
                                 .issued_at_ms = 1};
    struct lt_csr csr = {.office = child->office};
    struct lt_buf body;

    memset(answer, 0, sizeof(*answer));
    memcpy(csr.key, lt_key_public(child->node_key), LT_PUBKEY_LEN);
    assert_int_equal(lt_identity_certify(parent, &sys, &csr, &answer->cert),
                     LT_OK);
    answer->chain[answer->chain_n++] = lt_cert_der(parent->node_cert);
    for (size_t i = 0; i < parent->chain_n; i++) {
        answer->chain[answer->chain_n++] = lt_cert_der(parent->chain[i]);
    }
    answer->chain[answer->chain_n++] = lt_cert_der(lt_identity_root(parent));

    lt_buf_init(&body, lt_alloc_heap());
    lt_buf_init(&answer->binding, lt_alloc_heap());
    if (child->bindings.items_n > 0) {
        bind_again(parent, child, &body);
    } else {
        memcpy(binding.key, csr.key, LT_PUBKEY_LEN);
        memcpy(binding.transport_key, child->curve_public, LT_CURVE_LEN);
        memcpy(binding.issuer_key_id, lt_key_id(parent->node_key), LT_HASH_LEN);
        assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    }
    assert_int_equal(lt_binding_sign(parent->node_key, body.data, body.len,
                                     binding.signature),
                     LT_OK);
    assert_int_equal(
        lt_binding_prove(child->node_key, body.data, body.len, binding.proof),
        LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    assert_int_equal(lt_binding_encode(&binding, &answer->binding), LT_OK);
    lt_buf_deinit(&body);
    for (size_t i = 0; i < parent->bindings.items_n; i++) {
        answer->bindings[answer->bindings_n++] = parent->bindings.items[i];
    }
    answer->bindings[answer->bindings_n++] =
        (struct lt_span){answer->binding.data, answer->binding.len};
}

static void answer_clear(struct answer *answer)
{
    lt_cert_free(answer->cert);
    lt_buf_deinit(&answer->binding);
}

static lt_err admit(struct lt_identity *child, const struct answer *answer,
                    const struct lt_identity *root, struct lt_diag *diag)
{
    const struct lt_spans bindings = {answer->bindings_n, answer->bindings};

    return lt_identity_admit(child, lt_cert_der(answer->cert), answer->chain,
                             answer->chain_n, &bindings,
                             lt_cert_fingerprint(root->root_cert), diag);
}

static void make_root(struct lt_identity *root)
{
    lt_identity_init(root);
    assert_int_equal(lt_identity_make_root(root, &sys, &root_office), LT_OK);
}

static void make_child(struct lt_identity *child,
                       const struct lt_office *office,
                       const struct lt_identity *parent,
                       const struct lt_identity *root)
{
    struct answer answer;

    lt_identity_init(child);
    assert_int_equal(lt_identity_make_keys(child, office), LT_OK);
    answer_make(&answer, parent, child);
    assert_int_equal(admit(child, &answer, root, NULL), LT_OK);
    answer_clear(&answer);
}

static void check_same(const struct lt_identity *a, const struct lt_identity *b)
{
    assert_true(lt_office_equal(&a->office, &b->office));
    assert_memory_equal(lt_key_id(a->node_key), lt_key_id(b->node_key),
                        LT_HASH_LEN);
    assert_memory_equal(a->curve_secret, b->curve_secret, LT_CURVE_LEN);
    assert_memory_equal(a->curve_public, b->curve_public, LT_CURVE_LEN);
    assert_memory_equal(a->kit_public, b->kit_public, LT_CURVE_LEN);
    assert_int_equal(a->chain_n, b->chain_n);
    assert_memory_equal(lt_cert_fingerprint(a->root_cert),
                        lt_cert_fingerprint(b->root_cert), LT_HASH_LEN);
    assert_int_equal(a->bindings.items_n, b->bindings.items_n);
    for (size_t i = 0; i < a->bindings.items_n; i++) {
        assert_int_equal(a->bindings.items[i].len, b->bindings.items[i].len);
        assert_memory_equal(a->bindings.items[i].data,
                            b->bindings.items[i].data,
                            a->bindings.items[i].len);
    }
}

static void check_mode(const char *folder, const char *name, unsigned mode)
{
    char path[600];
    struct stat status;

    folder_join(path, sizeof(path), folder, name);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal((unsigned)status.st_mode & 07777u, mode);
}

static void the_transport_key_is_the_one_of_rfc_7748(void **state)
{
    uint8_t secret[LT_CURVE_LEN];
    uint8_t public_key[LT_CURVE_LEN];
    char text[LT_HASH_TEXT];

    (void)state;
    assert_true(lt_hex_parse("77076d0a7318a57d3c16c17251b26645"
                             "df4c2f87ebc0992ab177fba51db92c2a",
                             LT_CURVE_LEN, secret));
    assert_int_equal(lt_curve_public(secret, public_key), LT_OK);
    lt_hex_format(public_key, LT_CURVE_LEN, text);
    assert_string_equal(text, "8520f0098930a754748b7ddcb43ef75a"
                              "0dbf3a0d26381af4eba4a98eaa9b4e6a");
}

static void a_root_is_kept_and_read_again(void **state)
{
    struct folder folder;
    struct lt_identity root;
    struct lt_identity again;
    const char *path;

    (void)state;
    folder_make(&folder);
    make_root(&root);
    path = folder_file(&folder, "identity");
    assert_int_equal(lt_identity_save(&root, path, NULL), LT_OK);
    check_mode(folder.path, "identity", 0700);
    check_mode(path, "node.key", 0400);
    check_mode(path, "curve.key", 0400);
    check_mode(path, "ca.key", 0400);
    check_mode(path, "recovery-kit.pem", 0400);
    check_mode(path, "node.crt", 0444);
    lt_identity_init(&again);
    assert_int_equal(lt_identity_load(&again, path, NULL), LT_OK);
    check_same(&root, &again);
    assert_non_null(again.ca_key);
    assert_null(again.next_root_key);
    assert_int_equal(lt_identity_save(&root, path, NULL), LT_ECREATE);
    lt_identity_deinit(&again);
    lt_identity_deinit(&root);
    folder_clear(folder.path);
}

static void the_kit_holds_the_next_root_whose_hash_the_root_names(void **state)
{
    struct folder folder;
    struct lt_identity root;
    struct lt_buf kit;
    struct lt_key *next = NULL;
    char *pem;
    char path[600];

    (void)state;
    folder_make(&folder);
    make_root(&root);
    assert_int_equal(
        lt_identity_save(&root, folder_file(&folder, "identity"), NULL), LT_OK);
    folder_join(path, sizeof(path), folder.file, "recovery-kit.pem");
    lt_buf_init(&kit, lt_alloc_heap());
    assert_int_equal(lt_file_read(path, 4096, true, &kit, NULL), LT_OK);
    assert_true(lt_buf_put(&kit, "", 1));
    pem = strstr((char *)kit.data, "Ed25519");
    assert_non_null(pem);
    assert_int_equal(lt_file_create(folder_file(&folder, "next.key"), 0400, pem,
                                    strlen(pem), NULL),
                     LT_OK);
    assert_int_equal(lt_key_load(folder.file, &next, NULL), LT_OK);
    assert_memory_equal(lt_key_id(next), lt_cert_next_root(root.root_cert),
                        LT_HASH_LEN);
    lt_key_free(next);
    lt_buf_deinit(&kit);
    lt_identity_deinit(&root);
    folder_clear(folder.path);
}

static void three_tiers_are_admitted_one_below_the_other(void **state)
{
    static const struct lt_office grandchild_office = {{0x72, 3}};
    struct folder folder;
    struct lt_identity root;
    struct lt_identity child;
    struct lt_identity grandchild;
    struct lt_identity again;

    (void)state;
    folder_make(&folder);
    make_root(&root);
    make_child(&child, &child_office, &root, &root);
    make_child(&grandchild, &grandchild_office, &child, &root);
    assert_int_equal(grandchild.chain_n, 2);
    assert_int_equal(grandchild.bindings.items_n, 3);
    assert_int_equal(
        lt_identity_save(&grandchild, folder_file(&folder, "identity"), NULL),
        LT_OK);
    lt_identity_init(&again);
    assert_int_equal(lt_identity_load(&again, folder.file, NULL), LT_OK);
    check_same(&grandchild, &again);
    assert_null(again.ca_key);
    lt_identity_deinit(&again);
    lt_identity_deinit(&grandchild);
    lt_identity_deinit(&child);
    lt_identity_deinit(&root);
    folder_clear(folder.path);
}

static void check_not_admitted(struct lt_identity *child,
                               const struct answer *answer,
                               const struct lt_identity *root,
                               const char *reason)
{
    struct lt_diag diag;

    assert_int_equal(admit(child, answer, root, &diag), LT_ECERT);
    assert_string_equal(diag.args[0].value, reason);
    assert_null(child->node_cert);
    assert_null(child->root_cert);
    assert_int_equal(child->bindings.items_n, 0);
}

static void an_answer_that_does_not_fit_admits_nobody(void **state)
{
    struct lt_identity root;
    struct lt_identity stranger;
    struct lt_identity child;
    struct lt_identity other;
    struct answer answer;

    (void)state;
    make_root(&root);
    make_root(&stranger);
    lt_identity_init(&child);
    lt_identity_init(&other);
    assert_int_equal(lt_identity_make_keys(&child, &child_office), LT_OK);
    assert_int_equal(lt_identity_make_keys(&other, &child_office), LT_OK);

    answer_make(&answer, &stranger, &child);
    check_not_admitted(&child, &answer, &root, "not the root of the token");
    answer_clear(&answer);

    answer_make(&answer, &root, &other);
    check_not_admitted(&child, &answer, &root, "not for this key");
    answer_clear(&answer);

    answer_make(&answer, &root, &child);
    answer.chain_n = 0;
    check_not_admitted(&child, &answer, &root, "no chain, or too long");
    answer.chain_n = 2;
    answer.bindings_n = 0;
    check_not_admitted(&child, &answer, &root, "no bindings, or too many");
    answer.bindings_n = 1; /* the root's alone */
    check_not_admitted(&child, &answer, &root, "bindings of another key");
    answer.bindings_n = 2;
    answer.bindings[0] = stranger.bindings.items[0];
    check_not_admitted(&child, &answer, &root, "binding not proven");
    answer.bindings[0] = root.bindings.items[0];
    assert_int_equal(admit(&child, &answer, &root, NULL), LT_OK);
    answer_clear(&answer);

    lt_identity_deinit(&other);
    lt_identity_deinit(&child);
    lt_identity_deinit(&stranger);
    lt_identity_deinit(&root);
}

static void loose_modes_are_refused_by_path(void **state)
{
    static const char *const keys[] = {"node.key", "curve.key", "ca.key"};
    struct folder folder;
    struct lt_identity root;
    struct lt_identity again;
    struct lt_diag diag;
    char path[600];

    (void)state;
    folder_make(&folder);
    make_root(&root);
    assert_int_equal(
        lt_identity_save(&root, folder_file(&folder, "identity"), NULL), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(keys); i++) {
        folder_join(path, sizeof(path), folder.file, keys[i]);
        assert_int_equal(chmod(path, 0440), 0);
        lt_identity_init(&again);
        assert_int_equal(lt_identity_load(&again, folder.file, &diag),
                         LT_EFILEMODE);
        assert_string_equal(diag.args[0].value, path);
        lt_identity_deinit(&again);
        assert_int_equal(chmod(path, 0400), 0);
    }
    assert_int_equal(chmod(folder.file, 0750), 0);
    lt_identity_init(&again);
    assert_int_equal(lt_identity_load(&again, folder.file, &diag),
                     LT_EFILEMODE);
    assert_string_equal(diag.args[0].value, folder.file);
    lt_identity_deinit(&again);
    lt_identity_deinit(&root);
    folder_clear(folder.path);
}

static void swap_file(const char *folder, const char *name, const char *other)
{
    char from[600];
    char to[600];

    folder_join(from, sizeof(from), other, name);
    folder_join(to, sizeof(to), folder, name);
    assert_int_equal(rename(from, to), 0);
}

static void files_of_two_identities_do_not_mix(void **state)
{
    static const char *const names[] = {"node.key",  "node.crt", "root.crt",
                                        "curve.key", "ca.key",   "bindings.pb"};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        struct folder folder;
        struct lt_identity one;
        struct lt_identity two;
        struct lt_identity again;
        char other[600];

        folder_make(&folder);
        make_root(&one);
        make_root(&two);
        folder_join(other, sizeof(other), folder.path, "other");
        assert_int_equal(lt_identity_save(&two, other, NULL), LT_OK);
        assert_int_equal(
            lt_identity_save(&one, folder_file(&folder, "identity"), NULL),
            LT_OK);
        swap_file(folder.file, names[i], other);
        lt_identity_init(&again);
        assert_int_equal(lt_identity_load(&again, folder.file, NULL), LT_ECERT);
        lt_identity_deinit(&again);
        lt_identity_deinit(&one);
        lt_identity_deinit(&two);
        folder_clear(folder.path);
    }
}

static void the_kit_and_the_authority_may_be_taken_away(void **state)
{
    static const char *const gone[] = {"recovery-kit.pem", "ca.key"};
    struct folder folder;
    struct lt_identity root;
    struct lt_identity again;
    char path[600];

    (void)state;
    folder_make(&folder);
    make_root(&root);
    assert_int_equal(
        lt_identity_save(&root, folder_file(&folder, "identity"), NULL), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(gone); i++) {
        folder_join(path, sizeof(path), folder.file, gone[i]);
        assert_int_equal(unlink(path), 0);
    }
    lt_identity_init(&again);
    assert_int_equal(lt_identity_load(&again, folder.file, NULL), LT_OK);
    assert_null(again.ca_key);
    lt_identity_deinit(&again);
    folder_join(path, sizeof(path), folder.file, "node.key");
    assert_int_equal(unlink(path), 0);
    lt_identity_init(&again);
    assert_int_equal(lt_identity_load(&again, folder.file, NULL), LT_ENOINPUT);
    lt_identity_deinit(&again);
    lt_identity_deinit(&root);
    folder_clear(folder.path);
}

/* ---- into another root's tree ---- */

/* An office of one root, and what a parent below another one answers it. */
struct move {
    struct folder folder;
    struct lt_identity old_root;
    struct lt_identity office;
    struct lt_identity new_root;
    struct lt_identity parent;
    struct answer answer;
    struct lt_believed_root believed; /* the new root */
};

static const struct lt_office new_office = {{0x73, 1}};

static void move_make(struct move *move)
{
    static const struct lt_office parent_office = {{0x73, 2}};

    folder_make(&move->folder);
    make_root(&move->old_root);
    make_child(&move->office, &child_office, &move->old_root, &move->old_root);
    lt_identity_init(&move->new_root);
    assert_int_equal(lt_identity_make_root(&move->new_root, &sys, &new_office),
                     LT_OK);
    make_child(&move->parent, &parent_office, &move->new_root, &move->new_root);
    answer_make(&move->answer, &move->parent, &move->office);
    move->believed.office = new_office;
    memcpy(move->believed.key, lt_cert_public(move->new_root.root_cert),
           LT_PUBKEY_LEN);
    assert_int_equal(lt_identity_save(&move->office,
                                      folder_file(&move->folder, "identity"),
                                      NULL),
                     LT_OK);
}

static void move_clear(struct move *move)
{
    answer_clear(&move->answer);
    lt_identity_deinit(&move->parent);
    lt_identity_deinit(&move->new_root);
    lt_identity_deinit(&move->office);
    lt_identity_deinit(&move->old_root);
    folder_clear(move->folder.path);
}

static lt_err renew(struct move *move, const struct lt_believed_root *roots,
                    size_t roots_n, struct lt_diag *diag)
{
    const struct answer *answer = &move->answer;
    const struct lt_spans bindings = {answer->bindings_n, answer->bindings};

    return lt_identity_renew(&move->office, lt_cert_der(answer->cert),
                             answer->chain, answer->chain_n, &bindings, roots,
                             roots_n, diag);
}

static void check_root(const struct move *move,
                       const struct lt_identity *identity,
                       const struct lt_identity *root)
{
    assert_memory_equal(lt_cert_fingerprint(lt_identity_root(identity)),
                        lt_cert_fingerprint(root->root_cert), LT_HASH_LEN);
    assert_memory_equal(lt_cert_fingerprint(identity->root_cert),
                        lt_cert_fingerprint(move->old_root.root_cert),
                        LT_HASH_LEN);
}

static void load(struct move *move, const struct lt_identity *root)
{
    struct lt_identity again;

    lt_identity_init(&again);
    assert_int_equal(lt_identity_load(&again, move->folder.file, NULL), LT_OK);
    check_root(move, &again, root);
    lt_identity_deinit(&again);
}

/* The pinned root stays; certificates and bindings lead to the other one. */
static void an_office_that_moved_is_certified_by_its_new_root(void **state)
{
    struct move move;

    (void)state;
    move_make(&move);
    assert_int_equal(renew(&move, &move.believed, 1, NULL), LT_OK);
    check_root(&move, &move.office, &move.new_root);
    assert_int_equal(move.office.chain_n, 2);
    assert_int_equal(move.office.bindings.items_n, 3);
    assert_int_equal(
        lt_identity_save_renewed(&move.office, move.folder.file, NULL), LT_OK);
    load(&move, &move.new_root);
    move_clear(&move);
}

/* Nor one that has the office of the believed one and another key, nor when the
 * bindings lead elsewhere than the certificates. */
static void a_root_that_is_not_believed_certifies_nobody(void **state)
{
    struct lt_span own;
    struct lt_diag diag;
    struct move move;

    (void)state;
    move_make(&move);
    assert_int_equal(renew(&move, NULL, 0, &diag), LT_ECERT);
    assert_string_equal(diag.args[0].value, "not a root above this office");
    move.believed.key[3] ^= 1;
    assert_int_equal(renew(&move, &move.believed, 1, NULL), LT_ECERT);
    move.believed.key[3] ^= 1;
    move.believed.office = child_office;
    assert_int_equal(renew(&move, &move.believed, 1, NULL), LT_ECERT);
    move.believed.office = new_office;
    own = move.answer.bindings[0];
    move.answer.bindings[0] = move.old_root.bindings.items[0];
    assert_int_equal(renew(&move, &move.believed, 1, NULL), LT_ECERT);
    move.answer.bindings[0] = own;
    check_root(&move, &move.office, &move.old_root);
    assert_int_equal(renew(&move, &move.believed, 1, NULL), LT_OK);
    move_clear(&move);
}

/* Cut off between the two files, over a move. */
static void
certificates_that_came_without_their_bindings_find_them(void **state)
{
    struct lt_identity again;
    struct move move;
    struct lt_buf old;
    char bindings[600];
    char fresh[600];

    (void)state;
    move_make(&move);
    folder_join(bindings, sizeof(bindings), move.folder.file, "bindings.pb");
    folder_join(fresh, sizeof(fresh), move.folder.file, "bindings.pb.new");
    lt_buf_init(&old, lt_alloc_heap());
    assert_int_equal(lt_file_read(bindings, LT_FRAME_MAX, false, &old, NULL),
                     LT_OK);
    assert_int_equal(renew(&move, &move.believed, 1, NULL), LT_OK);
    assert_int_equal(
        lt_identity_save_renewed(&move.office, move.folder.file, NULL), LT_OK);
    assert_int_equal(rename(bindings, fresh), 0);
    assert_int_equal(lt_file_create(bindings, 0444, old.data, old.len, NULL),
                     LT_OK);
    load(&move, &move.new_root);
    /* Neither those of the former root alone are good enough. */
    assert_int_equal(unlink(fresh), 0);
    lt_identity_init(&again);
    assert_int_equal(lt_identity_load(&again, move.folder.file, NULL),
                     LT_ECERT);
    lt_identity_deinit(&again);
    lt_buf_deinit(&old);
    move_clear(&move);
}

/* A later key keeps the pinned root as well; and the way back leads to it. */
static void a_later_key_is_of_both_roots(void **state)
{
    struct lt_identity fresh;
    struct answer answer;
    struct move move;

    (void)state;
    move_make(&move);
    assert_int_equal(renew(&move, &move.believed, 1, NULL), LT_OK);
    lt_identity_init(&fresh);
    assert_int_equal(lt_identity_follow(&fresh, &move.office, false), LT_OK);
    answer_make(&answer, &move.parent, &fresh);
    assert_int_equal(admit(&fresh, &answer, &move.new_root, NULL), LT_OK);
    check_root(&move, &fresh, &move.new_root);
    answer_clear(&answer);
    lt_identity_deinit(&fresh);

    answer_clear(&move.answer);
    answer_make(&move.answer, &move.old_root, &move.office);
    assert_int_equal(renew(&move, NULL, 0, NULL), LT_OK);
    check_root(&move, &move.office, &move.old_root);
    assert_null(move.office.other_root);
    move_clear(&move);
}

static void nothing_secret_is_left_after_the_end(void **state)
{
    struct lt_identity root;
    const uint8_t zero[LT_CURVE_LEN] = {0};

    (void)state;
    make_root(&root);
    assert_memory_not_equal(root.curve_secret, zero, LT_CURVE_LEN);
    lt_identity_deinit(&root);
    assert_memory_equal(root.curve_secret, zero, LT_CURVE_LEN);
    assert_memory_equal(root.kit_secret, zero, LT_CURVE_LEN);
    assert_null(root.node_key);
    lt_identity_deinit(&root); /* twice is fine */
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
        cmocka_unit_test(the_transport_key_is_the_one_of_rfc_7748),
        cmocka_unit_test(a_root_is_kept_and_read_again),
        cmocka_unit_test(the_kit_holds_the_next_root_whose_hash_the_root_names),
        cmocka_unit_test(three_tiers_are_admitted_one_below_the_other),
        cmocka_unit_test(an_answer_that_does_not_fit_admits_nobody),
        cmocka_unit_test(loose_modes_are_refused_by_path),
        cmocka_unit_test(files_of_two_identities_do_not_mix),
        cmocka_unit_test(the_kit_and_the_authority_may_be_taken_away),
        cmocka_unit_test(an_office_that_moved_is_certified_by_its_new_root),
        cmocka_unit_test(a_root_that_is_not_believed_certifies_nobody),
        cmocka_unit_test(
            certificates_that_came_without_their_bindings_find_them),
        cmocka_unit_test(a_later_key_is_of_both_roots),
        cmocka_unit_test(nothing_secret_is_left_after_the_end),
    };

#ifdef LT_TEST_HOOKS
    /* The build runs this program once more with the planted fault. */
    if (getenv("LIENTHONG_PLANT") != NULL &&
        !lt_plant(getenv("LIENTHONG_PLANT"))) {
        return 0;
    }
#endif
    return cmocka_run_group_tests(tests, start, stop);
}
