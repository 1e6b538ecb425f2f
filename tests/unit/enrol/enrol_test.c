/* A root admits a child: both sides of enrolment without a wire between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/identity.h"
#include "common/key_answer.h"
#include "daemon/enrol/enrol.h"

static const uint8_t secret[LT_TOKEN_SECRET_LEN] = {7, 7, 7};
static const uint8_t token_id[LT_TOKEN_ID_LEN] = {1};

struct story {
    struct lt_office office;
    struct lt_office child_office;
    struct lt_identity root;
    struct lt_identity child;
    struct lt_tree *tree;
    struct lt_enrol_self self;
    struct lt_token_row row;
    struct lt_buf request;
    struct lt_arena arena;
    int64_t now_ms;
};

static void open_office(struct story *story, const struct lt_office *id,
                        const struct lt_office *parent, const char *name)
{
    struct lt_event event = {.type = LT_EV_OFFICE_OPENED};

    event.office.id = *id;
    if (parent != NULL) {
        event.office.parent = *parent;
    }
    event.office.name = (struct lt_text){name, strlen(name)};
    event.office.kind = (struct lt_text){"province", 8};
    assert_int_equal(lt_tree_apply(story->tree,
                                   lt_tree_version(story->tree) + 1, &event,
                                   NULL),
                     LT_OK);
}

/* The child's question, MAC and all. */
static void ask(struct story *story, const uint8_t mac_secret[32])
{
    struct lt_join_request request = {.software = {"test", 4}};
    struct lt_binding binding = {.office = story->child_office,
                                 .issuer = story->office,
                                 .serial = 1,
                                 .issued_at_ms = story->now_ms};
    struct lt_buf csr;
    struct lt_buf body;

    lt_buf_init(&csr, lt_alloc_heap());
    lt_buf_init(&body, lt_alloc_heap());
    memcpy(binding.key, lt_key_public(story->child.node_key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, story->child.curve_public, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(story->root.node_key), LT_HASH_LEN);
    assert_int_equal(
        lt_csr_make(story->child.node_key, &story->child_office, &csr), LT_OK);
    assert_int_equal(lt_binding_body_encode(&binding, &body), LT_OK);
    assert_int_equal(lt_binding_prove(story->child.node_key, body.data,
                                      body.len, request.proof),
                     LT_OK);
    memcpy(request.token_id, token_id, sizeof(token_id));
    memcpy(request.transport_key, story->child.curve_public, LT_CURVE_LEN);
    request.csr = (struct lt_span){csr.data, csr.len};
    request.binding_body = (struct lt_span){body.data, body.len};
    lt_buf_reset(&story->request);
    assert_int_equal(lt_join_request_encode(&request, &story->request), LT_OK);
    assert_int_equal(lt_join_mac(story->request.data, story->request.len,
                                 mac_secret, request.mac),
                     LT_OK);
    request.has_mac = true;
    lt_buf_reset(&story->request);
    assert_int_equal(lt_join_request_encode(&request, &story->request), LT_OK);
    lt_buf_deinit(&csr);
    lt_buf_deinit(&body);
}

static void answer(struct story *story, const struct lt_token_row *row,
                   struct lt_enrol_result *result)
{
    struct lt_frame frame;

    lt_enrol_result_init(result);
    assert_int_equal(lt_frame_decode(story->request.data, story->request.len,
                                     &story->arena, &frame, NULL),
                     LT_OK);
    assert_int_equal(lt_enrol_answer(&story->self, story->request.data,
                                     story->request.len, &frame.join_request,
                                     row, story->now_ms, result),
                     LT_OK);
    assert_true(result->answer.len > 0);
}

static void make_child(struct story *story)
{
    lt_identity_deinit(&story->child);
    lt_identity_init(&story->child);
    assert_int_equal(lt_identity_make_keys(&story->child, &story->child_office),
                     LT_OK);
}

static int begin(void **state)
{
    static struct story story;
    struct lt_now now;

    memset(&story, 0, sizeof(story));
    story.office.bytes[0] = 1;
    story.child_office.bytes[0] = 2;
    lt_identity_init(&story.root);
    lt_identity_init(&story.child);
    lt_buf_init(&story.request, lt_alloc_heap());
    lt_arena_init(&story.arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_int_equal(
        lt_identity_make_root(&story.root, lt_sys_real(), &story.office),
        LT_OK);
    /* After it: a certificate of a second before would be renewed by a second.
     */
    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    story.now_ms = now.wall_ms;
    make_child(&story);
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &story.tree), LT_OK);
    open_office(&story, &story.office, NULL, "Root");
    story.self = (struct lt_enrol_self){
        .office = story.office,
        .key = story.root.node_key,
        .cert = story.root.node_cert,
        .chain = (const struct lt_cert *const *)story.root.chain,
        .chain_n = story.root.chain_n,
        .root = story.root.root_cert,
        .bindings = story.root.bindings.items,
        .bindings_n = story.root.bindings.items_n,
        .proofs = story.root.bindings.items,
        .proofs_n = story.root.bindings.items_n,
        .tree = story.tree};
    memcpy(story.self.transport_key, story.root.curve_public, LT_CURVE_LEN);
    story.row = (struct lt_token_row){.office = story.child_office,
                                      .name = "Child",
                                      .kind = "commune",
                                      .expires_at_ms = story.now_ms + 1000};
    memcpy(story.row.secret, secret, sizeof(secret));
    *state = &story;
    return 0;
}

static int end(void **state)
{
    struct story *story = *state;

    lt_tree_free(story->tree);
    lt_identity_deinit(&story->child);
    lt_identity_deinit(&story->root);
    lt_buf_deinit(&story->request);
    lt_arena_deinit(&story->arena);
    return 0;
}

static void an_admitted_child_can_prove_itself(void **state)
{
    struct story *story = *state;
    struct lt_enrol_result result;
    struct lt_frame frame;
    const struct lt_join_answer *said = &frame.join_answer;
    struct lt_spans bindings;
    uint8_t mac[LT_HASH_LEN];

    open_office(story, &story->child_office, &story->office, "Child");
    ask(story, secret);
    answer(story, &story->row, &result);
    assert_int_equal(result.code, LT_OK);
    assert_true(result.admitted);
    assert_int_equal(result.row.used_at_ms, story->now_ms);
    assert_int_equal(lt_frame_decode(result.answer.data, result.answer.len,
                                     &story->arena, &frame, NULL),
                     LT_OK);
    assert_int_equal(said->code, 0);
    assert_int_equal(
        lt_join_mac(result.answer.data, result.answer.len, secret, mac), LT_OK);
    assert_true(said->has_mac);
    assert_memory_equal(mac, said->mac, sizeof(mac));
    bindings = (struct lt_spans){said->bindings_n, said->bindings};
    assert_int_equal(
        lt_identity_admit(&story->child, said->certificate, said->chain,
                          said->chain_n, &bindings,
                          lt_cert_fingerprint(story->root.root_cert), NULL),
        LT_OK);
    lt_enrol_result_deinit(&result);
}

static void a_lost_answer_is_given_again_byte_by_byte(void **state)
{
    struct story *story = *state;
    struct lt_enrol_result first;
    struct lt_enrol_result second;

    open_office(story, &story->child_office, &story->office, "Child");
    ask(story, secret);
    answer(story, &story->row, &first);
    story->now_ms += 3600 * 1000; /* the token is out of date by now */
    answer(story, &first.row, &second);
    assert_int_equal(second.code, LT_OK);
    assert_int_equal(first.answer.len, second.answer.len);
    assert_memory_equal(first.answer.data, second.answer.data,
                        first.answer.len);
    assert_int_equal(first.binding.len, second.binding.len);
    assert_memory_equal(first.binding.data, second.binding.data,
                        first.binding.len);
    lt_enrol_result_deinit(&first);
    lt_enrol_result_deinit(&second);
}

static void another_key_cannot_use_a_used_token(void **state)
{
    struct story *story = *state;
    struct lt_enrol_result first;
    struct lt_enrol_result second;

    open_office(story, &story->child_office, &story->office, "Child");
    ask(story, secret);
    answer(story, &story->row, &first);
    make_child(story);
    ask(story, secret);
    answer(story, &first.row, &second);
    assert_int_equal(second.code, LT_ETOKENUSED);
    assert_false(second.admitted);
    lt_enrol_result_deinit(&first);
    lt_enrol_result_deinit(&second);
}

static void expect(struct story *story, const struct lt_token_row *row,
                   lt_err code)
{
    struct lt_enrol_result result;
    struct lt_frame frame;

    answer(story, row, &result);
    assert_int_equal(result.code, code);
    assert_false(result.admitted);
    assert_int_equal(lt_frame_decode(result.answer.data, result.answer.len,
                                     &story->arena, &frame, NULL),
                     LT_OK);
    assert_int_equal(frame.join_answer.code, (uint32_t)-code);
    assert_int_equal(frame.join_answer.bindings_n, 0);
    lt_enrol_result_deinit(&result);
}

static void an_office_that_is_not_in_the_tree_must_wait(void **state)
{
    struct story *story = *state;

    ask(story, secret);
    expect(story, &story->row, LT_ENOTYET);
}

static void an_old_token_is_refused(void **state)
{
    struct story *story = *state;

    open_office(story, &story->child_office, &story->office, "Child");
    ask(story, secret);
    story->now_ms = story->row.expires_at_ms + 1;
    expect(story, &story->row, LT_ETOKENEXPIRED);
}

static void without_the_secret_nothing_is_said(void **state)
{
    static const uint8_t guess[32] = {7, 7, 8};
    struct story *story = *state;

    open_office(story, &story->child_office, &story->office, "Child");
    ask(story, guess);
    expect(story, &story->row, LT_ETOKEN);
    ask(story, secret);
    expect(story, NULL, LT_ETOKEN);
}

/* A token for one office does not admit another. */
static void the_token_names_the_office(void **state)
{
    struct story *story = *state;

    open_office(story, &story->child_office, &story->office, "Child");
    story->child_office.bytes[1] = 9;
    make_child(story);
    ask(story, secret);
    expect(story, &story->row, LT_EMALFORMED);
}

static void anybody_may_ask_for_the_transport_key(void **state)
{
    struct story *story = *state;
    struct lt_key_question question = {.nonce = {4}};
    uint8_t bytes[LT_KEY_ANSWER_LEN];
    struct lt_frame frame;
    struct lt_buf out;

    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_enrol_key_answer(&story->self, &question, &out), LT_OK);
    assert_int_equal(
        lt_frame_decode(out.data, out.len, &story->arena, &frame, NULL), LT_OK);
    lt_key_answer_bytes(&frame.key_answer, bytes);
    assert_true(lt_key_verify(story->root.node_key, bytes, sizeof(bytes),
                              frame.key_answer.signature));
    assert_memory_equal(frame.key_answer.nonce, question.nonce, LT_NONCE_LEN);
    lt_buf_deinit(&out);
}

/* ---- what asks again later ---- */

static void admit_child(struct story *story)
{
    struct lt_enrol_result result;
    struct lt_frame frame;
    struct lt_spans bindings;
    uint8_t root_hash[LT_HASH_LEN];

    open_office(story, &story->child_office, &story->office, "Child");
    ask(story, secret);
    answer(story, &story->row, &result);
    assert_true(result.admitted);
    assert_int_equal(lt_frame_decode(result.answer.data, result.answer.len,
                                     &story->arena, &frame, NULL),
                     LT_OK);
    bindings = (struct lt_spans){frame.join_answer.bindings_n,
                                 frame.join_answer.bindings};
    memcpy(root_hash, lt_cert_fingerprint(story->root.root_cert), LT_HASH_LEN);
    assert_int_equal(
        lt_identity_admit(&story->child, frame.join_answer.certificate,
                          frame.join_answer.chain, frame.join_answer.chain_n,
                          &bindings, root_hash, NULL),
        LT_OK);
    lt_enrol_result_deinit(&result);
}

static const struct lt_span *own_binding(const struct story *story)
{
    return &story->child.bindings.items[story->child.bindings.items_n - 1];
}

/* Ask for a certificate of the present key; *out_frame is the answer. */
static lt_err renew(struct story *story, const struct lt_identity *as,
                    int64_t now_ms, struct lt_enrol_result *result,
                    struct lt_frame *out_frame)
{
    struct lt_binding bound;
    struct lt_frame question;
    struct lt_buf frame;

    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_binding_decode(own_binding(story)->data,
                                       own_binding(story)->len, &bound, NULL),
                     LT_OK);
    assert_int_equal(
        lt_identity_ask(as, (struct lt_span){bound.body, bound.body_len},
                        "test", &frame),
        LT_OK);
    assert_int_equal(
        lt_frame_decode(frame.data, frame.len, &story->arena, &question, NULL),
        LT_OK);
    lt_enrol_result_init(result);
    assert_true(lt_enrol_is_renewal(&question.join_request));
    assert_int_equal(lt_enrol_renew(&story->self, &question.join_request,
                                    &bound, &story->child.bindings, now_ms,
                                    result),
                     LT_OK);
    assert_int_equal(lt_frame_decode(result->answer.data, result->answer.len,
                                     &story->arena, out_frame, NULL),
                     LT_OK);
    lt_buf_deinit(&frame);
    return result->code;
}

static lt_err take(struct story *story, const struct lt_join_answer *said)
{
    const struct lt_spans bindings = {said->bindings_n, said->bindings};

    return lt_identity_renew(&story->child, said->certificate, said->chain,
                             said->chain_n, &bindings, NULL, 0, NULL);
}

static void in_400_days(void *ctx, struct lt_now *out_now)
{
    (void)ctx;
    lt_sys_real()->now(lt_sys_real()->ctx, out_now);
    out_now->wall_ms += 400 * INT64_C(86400000);
}

static void certificate_is_renewed_by_the_present_binding(void **state)
{
    const int64_t day = INT64_C(86400000);
    struct story *story = *state;
    struct lt_sys later = *lt_sys_real();
    struct lt_enrol_result result;
    struct lt_frame frame;
    int64_t until;

    admit_child(story);
    until = lt_identity_until_ms(&story->child);
    /* While the parent's own lasts no longer nothing is gained. */
    assert_int_equal(
        renew(story, &story->child, story->now_ms + 400 * day, &result, &frame),
        LT_OK);
    assert_false(result.admitted); /* nothing is stored for it */
    assert_int_equal(result.binding.len, 0);
    assert_int_equal(take(story, &frame.join_answer), LT_ECERT);
    assert_int_equal(lt_identity_until_ms(&story->child), until);
    lt_enrol_result_deinit(&result);

    later.now = in_400_days;
    assert_int_equal(lt_identity_renew_root(&story->root, &later), LT_OK);
    story->self.cert = story->root.node_cert;
    assert_int_equal(
        renew(story, &story->child, story->now_ms + 400 * day, &result, &frame),
        LT_OK);
    assert_int_equal(take(story, &frame.join_answer), LT_OK);
    assert_true(lt_identity_until_ms(&story->child) > until + 398 * day);
    assert_true(lt_identity_renew_ms(&story->child) > until);
    lt_enrol_result_deinit(&result);
}

static void another_key_renews_nothing(void **state)
{
    struct story *story = *state;
    struct lt_enrol_result result;
    struct lt_identity stranger;
    struct lt_frame frame;

    admit_child(story);
    lt_identity_init(&stranger);
    assert_int_equal(lt_identity_make_keys(&stranger, &story->child_office),
                     LT_OK);
    assert_int_equal(renew(story, &stranger, story->now_ms, &result, &frame),
                     LT_EMALFORMED);
    assert_int_equal(result.until_ms, 0);
    lt_enrol_result_deinit(&result);
    lt_identity_deinit(&stranger);
}

static struct lt_key_answer key_answer(struct story *story,
                                       const struct lt_key_question *question)
{
    struct lt_frame frame;
    struct lt_buf out;

    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_enrol_key_answer(&story->self, question, &out), LT_OK);
    assert_int_equal(
        lt_frame_decode(out.data, out.len, &story->arena, &frame, NULL), LT_OK);
    lt_buf_deinit(&out);
    return frame.key_answer;
}

static lt_err believed(const struct story *story,
                       const struct lt_key_answer *said,
                       const struct lt_key_question *question,
                       const struct lt_office *office)
{
    struct lt_believed_root root = {.office = story->office};

    memcpy(root.key, lt_cert_public(story->root.root_cert), LT_PUBKEY_LEN);
    return lt_key_answer_check(said, question->nonce, office, &root, 1, NULL);
}

static void lies_about_a_key_are_not_believed(void **state)
{
    struct story *story = *state;
    struct lt_key_question question = {.nonce = {4}};
    const struct lt_key_question other = {.nonce = {5}};
    struct lt_key_answer said = key_answer(story, &question);
    struct lt_key_answer lie = said;
    struct lt_identity liar;

    assert_int_equal(believed(story, &said, &question, &story->office), LT_OK);
    /* What it said to somebody else. */
    assert_int_equal(believed(story, &said, &other, &story->office), LT_EHELLO);
    assert_int_equal(believed(story, &said, &question, &story->child_office),
                     LT_EHELLO);
    lie.transport_key[0] ^= 1;
    assert_int_equal(believed(story, &lie, &question, &story->office),
                     LT_EHELLO);
    lie = said;
    lie.signature[0] ^= 1;
    assert_int_equal(believed(story, &lie, &question, &story->office),
                     LT_EHELLO);
    lie = said;
    lie.bindings_n = 0;
    assert_int_equal(believed(story, &lie, &question, &story->office),
                     LT_EHELLO);
    /* Another root that calls itself so. */
    lt_identity_init(&liar);
    assert_int_equal(
        lt_identity_make_root(&liar, lt_sys_real(), &story->office), LT_OK);
    story->self.key = liar.node_key;
    story->self.proofs = liar.bindings.items;
    memcpy(story->self.transport_key, liar.curve_public, LT_CURVE_LEN);
    lie = key_answer(story, &question);
    assert_int_equal(believed(story, &lie, &question, &story->office),
                     LT_EHELLO);
    lt_identity_deinit(&liar);
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        STORY(an_admitted_child_can_prove_itself),
        STORY(a_lost_answer_is_given_again_byte_by_byte),
        STORY(another_key_cannot_use_a_used_token),
        STORY(an_office_that_is_not_in_the_tree_must_wait),
        STORY(an_old_token_is_refused),
        STORY(without_the_secret_nothing_is_said),
        STORY(the_token_names_the_office),
        STORY(anybody_may_ask_for_the_transport_key),
        STORY(certificate_is_renewed_by_the_present_binding),
        STORY(another_key_renews_nothing),
        STORY(lies_about_a_key_are_not_believed)};

    if (lt_crypto_start() != LT_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
