/* Bindings, statements and tokens: what vouches for what. */
#include "tests/unit/codec/fixture.h"

struct bench {
    struct lt_arena arena;
    struct lt_buf buf;
    struct lt_buf body;
    struct lt_diag diag;
    struct lt_key *issuer;
    struct lt_key *own;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    lt_arena_init(&bench->arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&bench->buf, lt_alloc_heap());
    lt_buf_init(&bench->body, lt_alloc_heap());
    bench->issuer = key_n(1);
    bench->own = key_n(2);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    lt_key_free(bench->issuer);
    lt_key_free(bench->own);
    lt_buf_deinit(&bench->buf);
    lt_buf_deinit(&bench->body);
    lt_arena_deinit(&bench->arena);
    free(bench);
    return 0;
}

/* An encoded binding in bench->buf; it borrows the body from bench->body. */
static struct lt_binding make_binding(struct bench *bench)
{
    struct lt_binding binding = {.office = office_n(5),
                                 .issuer = office_n(1),
                                 .serial = 1,
                                 .issued_at_ms = SAMPLE_MS};

    memcpy(binding.key, lt_key_public(bench->own), LT_PUBKEY_LEN);
    memset(binding.transport_key, 0x42, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(bench->issuer), LT_HASH_LEN);
    assert_int_equal(lt_binding_body_encode(&binding, &bench->body), LT_OK);
    binding.body = bench->body.data;
    binding.body_len = bench->body.len;
    assert_int_equal(lt_binding_sign(bench->issuer, binding.body,
                                     binding.body_len, binding.signature),
                     LT_OK);
    assert_int_equal(lt_binding_prove(bench->own, binding.body,
                                      binding.body_len, binding.proof),
                     LT_OK);
    assert_int_equal(lt_binding_encode(&binding, &bench->buf), LT_OK);
    return binding;
}

static void a_binding_reads_back_and_is_proven(void **state)
{
    struct bench *bench = *state;
    struct lt_binding out;

    make_binding(bench);
    assert_int_equal(
        lt_binding_decode(bench->buf.data, bench->buf.len, &out, &bench->diag),
        LT_OK);
    assert_true(out.body >= bench->buf.data &&
                out.body + out.body_len <= bench->buf.data + bench->buf.len);
    assert_memory_equal(out.key_id, lt_key_id(bench->own), LT_HASH_LEN);
    assert_int_equal(out.serial, 1);
    assert_true(lt_binding_proof_right(&out));
    assert_true(lt_binding_proven(&out, bench->issuer));
    assert_false(lt_binding_proven(&out, bench->own));
}

static void neither_signature_stands_for_the_other(void **state)
{
    struct bench *bench = *state;
    struct lt_binding binding = make_binding(bench);
    struct lt_binding swapped = binding;

    memcpy(swapped.signature, binding.proof, LT_SIG_LEN);
    memcpy(swapped.proof, binding.signature, LT_SIG_LEN);
    assert_false(lt_binding_proven(&swapped, bench->issuer));
    swapped = binding;
    swapped.proof[0] ^= 1;
    assert_false(lt_binding_proven(&swapped, bench->issuer));
    swapped = binding;
    swapped.signature[0] ^= 1;
    assert_false(lt_binding_proven(&swapped, bench->issuer));
    /* A key that signs itself signs both; the words keep them apart. */
    assert_int_equal(lt_binding_prove(bench->issuer, binding.body,
                                      binding.body_len, swapped.signature),
                     LT_OK);
    memcpy(swapped.proof, binding.proof, LT_SIG_LEN);
    assert_false(lt_binding_proven(&swapped, bench->issuer));
}

static void a_flipped_bit_never_leaves_a_binding_proven(void **state)
{
    struct bench *bench = *state;
    struct lt_binding out;
    unsigned decoded = 0;

    make_binding(bench);
    for (size_t i = 0; i < bench->buf.len; i++) {
        bench->buf.data[i] ^= 0x10;
        if (lt_binding_decode(bench->buf.data, bench->buf.len, &out, NULL) ==
            LT_OK) {
            decoded++;
            assert_false(lt_binding_proven(&out, bench->issuer));
        }
        bench->buf.data[i] ^= 0x10;
    }
    assert_true(decoded > 100);
}

/* ---- a later key, signed by the one before ---- */

/* The body of a binding that follows @previous, in bench->body, as it is read. */
static struct lt_binding make_later(struct bench *bench,
                                    const struct lt_key *previous)
{
    struct lt_binding binding = {.office = office_n(5),
                                 .issuer = office_n(1),
                                 .serial = 2,
                                 .issued_at_ms = SAMPLE_MS};
    struct lt_binding out;

    memcpy(binding.key, lt_key_public(bench->own), LT_PUBKEY_LEN);
    assert_int_equal(lt_binding_follow(&binding, previous), LT_OK);
    lt_buf_reset(&bench->body);
    assert_int_equal(lt_binding_body_encode(&binding, &bench->body), LT_OK);
    assert_int_equal(lt_binding_body_decode(bench->body.data, bench->body.len,
                                            &out, NULL),
                     LT_OK);
    out.body = bench->body.data;
    out.body_len = bench->body.len;
    return out;
}

static void a_later_key_is_signed_by_the_one_before_and_no_other(void **state)
{
    struct bench *bench = *state;
    struct lt_key *before = key_n(3);
    struct lt_key *other = key_n(4);
    struct lt_binding binding = make_later(bench, before);

    assert_true(binding.has_previous);
    assert_memory_equal(binding.previous_key_id, lt_key_id(before),
                        LT_HASH_LEN);
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_OK);
    assert_int_equal(lt_binding_check_previous(&binding, other), LT_ECRYPTO);
    /* Who names another as the one before has not signed as that one. */
    memcpy(binding.previous_key_id, lt_key_id(other), LT_HASH_LEN);
    assert_int_equal(lt_binding_check_previous(&binding, other), LT_ECRYPTO);
    memcpy(binding.previous_key_id, lt_key_id(before), LT_HASH_LEN);
    binding.has_previous = false;
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_ECRYPTO);
    lt_key_free(before);
    lt_key_free(other);
}

static void the_key_before_signs_every_byte(void **state)
{
    struct bench *bench = *state;
    struct lt_key *before = key_n(3);
    unsigned read = 0;

    (void)make_later(bench, before);
    for (size_t i = 0; i < bench->body.len; i++) {
        struct lt_binding out;

        bench->body.data[i] ^= 0x10;
        if (lt_binding_body_decode(bench->body.data, bench->body.len, &out,
                                   NULL) == LT_OK) {
            out.body = bench->body.data;
            out.body_len = bench->body.len;
            assert_int_equal(lt_binding_check_previous(&out, before),
                             LT_ECRYPTO);
            read++;
        }
        bench->body.data[i] ^= 0x10;
    }
    assert_true(read > 100);
    lt_key_free(before);
}

/* The signature is the last field: nothing may stand behind it, or in its
 * place. */
static void nothing_stands_behind_what_the_key_before_signed(void **state)
{
    static const uint8_t more[] = {0xa0, 0x06, 1}; /* a later version's 100 */
    struct bench *bench = *state;
    struct lt_key *before = key_n(3);
    struct lt_binding binding = make_later(bench, before);

    binding.body_len--;
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_ECRYPTO);
    binding.body_len = 2 + LT_TYPED_SIG_LEN;
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_ECRYPTO);
    binding.body_len = bench->body.len;
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_OK);
    assert_true(lt_buf_put(&bench->body, more, sizeof(more)));
    binding.body = bench->body.data;
    binding.body_len = bench->body.len;
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_ECRYPTO);
    lt_key_free(before);
}

/* The last field is that signature and nothing else, of a body that may be. */
static void what_follows_ends_with_its_signature(void **state)
{
    enum { TAIL = 2 + LT_TYPED_SIG_LEN };
    static uint8_t body[LT_BINDING_MAX + TAIL + 1];
    struct bench *bench = *state;
    struct lt_key *before = key_n(3);
    struct lt_binding binding = make_later(bench, before);
    uint8_t *tail = bench->body.data + bench->body.len - TAIL;

    for (unsigned i = 0; i < 2; i++) {
        tail[i] ^= 1;
        assert_int_equal(lt_binding_check_previous(&binding, before),
                         LT_ECRYPTO);
        tail[i] ^= 1;
    }
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_OK);
    memcpy(body + sizeof(body) - TAIL, tail, TAIL);
    binding.body = body;
    binding.body_len = sizeof(body);
    assert_int_equal(lt_binding_check_previous(&binding, before), LT_ECRYPTO);
    lt_key_free(before);
}

/* Half of a key signs nothing. */
static void without_a_secret_nothing_is_signed(void **state)
{
    struct bench *bench = *state;
    struct lt_binding binding = make_binding(bench);
    struct lt_segment segment = {.first = 1, .count = 1};
    struct lt_segment before;
    struct lt_key *half = NULL;
    uint8_t signature[LT_SIG_LEN];

    assert_int_equal(lt_key_from_public(lt_key_public(bench->own), &half),
                     LT_OK);
    assert_int_equal(lt_binding_sign(half, binding.body, binding.body_len,
                                     signature),
                     LT_ECRYPTO);
    assert_int_equal(lt_binding_follow(&binding, half), LT_ECRYPTO);
    memcpy(segment.key_id, lt_key_id(half), LT_HASH_LEN);
    before = segment;
    assert_int_equal(lt_segment_seal(&segment, half), LT_ECRYPTO);
    assert_memory_equal(&segment, &before, sizeof(segment));
    lt_key_free(half);
}

static void a_proposed_body_reads_without_signatures(void **state)
{
    struct bench *bench = *state;
    struct lt_binding binding = make_binding(bench);
    struct lt_binding out;

    assert_int_equal(
        lt_binding_body_decode(bench->body.data, bench->body.len, &out, NULL),
        LT_OK);
    assert_memory_equal(out.transport_key, binding.transport_key, LT_CURVE_LEN);
    memcpy(out.proof, binding.proof, LT_SIG_LEN);
    assert_true(lt_binding_proof_right(&out));
    assert_int_equal(lt_binding_body_decode(bench->body.data,
                                            bench->body.len - 1, &out, NULL),
                     LT_EMALFORMED);
}

static struct lt_statement sample_statement(struct bench *bench,
                                            struct lt_stream_tips *mine,
                                            struct lt_stream_tips *yours)
{
    struct lt_statement statement = {.from = office_n(5),
                                     .to = office_n(1),
                                     .epoch = 77,
                                     .id = 3,
                                     .at_ms = SAMPLE_MS,
                                     .echo_epoch = 88,
                                     .echo_id = 4,
                                     .mine_n = 1,
                                     .mine = mine,
                                     .yours_n = 1,
                                     .yours = yours,
                                     .software = TEXT("0.1.0"),
                                     .cut_off = true,
                                     .handed_version = 300,
                                     .handed_all = true,
                                     .handed_digest = {7, 8, 9},
                                     .features_n = 2,
                                     .features = {1, 300}};

    memcpy(statement.key_id, lt_key_id(bench->own), LT_HASH_LEN);
    *mine = (struct lt_stream_tips){
        .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}},
        .tips_n = 2,
        .tips = {point_n(1), point_n(2)}};
    *yours = (struct lt_stream_tips){
        .channel = {LT_CLASS_TREE, LT_AUDIENCE_ALL, {{0}}},
        .tips_n = 1,
        .tips = {point_n(3)}};
    return statement;
}

static void a_statement_reads_back_and_is_proven(void **state)
{
    struct bench *bench = *state;
    struct lt_stream_tips mine;
    struct lt_stream_tips yours;
    struct lt_statement statement = sample_statement(bench, &mine, &yours);
    struct lt_statement out;
    struct lt_span body;
    uint8_t sig[LT_SIG_LEN];

    assert_int_equal(lt_statement_seal(&statement, bench->own, &bench->buf),
                     LT_OK);
    assert_int_equal(lt_statement_decode(bench->buf.data, bench->buf.len,
                                         &bench->arena, &out, &body, sig,
                                         &bench->diag),
                     LT_OK);
    assert_true(lt_statement_proven(body, sig, bench->own));
    assert_false(lt_statement_proven(body, sig, bench->issuer));
    assert_int_equal(out.id, 3);
    assert_int_equal(out.echo_epoch, 88);
    assert_int_equal(out.mine_n, 1);
    assert_int_equal(out.mine[0].tips_n, 2);
    assert_memory_equal(&out.mine[0].tips[1], &mine.tips[1],
                        sizeof(mine.tips[1]));
    assert_true(lt_channel_equal(&out.yours[0].channel, &yours.channel));
    assert_int_equal(out.features[1], 300);
    assert_true(out.cut_off);
    assert_int_equal(out.handed_version, 300);
    assert_true(out.handed_all);
    assert_memory_equal(out.handed_digest, statement.handed_digest,
                        sizeof(out.handed_digest));
    sig[5] ^= 1;
    assert_false(lt_statement_proven(body, sig, bench->own));
    /* It need not say what it was written with. */
    statement.software.len = 0;
    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_statement_seal(&statement, bench->own, &bench->buf),
                     LT_OK);
    assert_int_equal(lt_statement_decode(bench->buf.data, bench->buf.len,
                                         &bench->arena, &out, &body, sig,
                                         &bench->diag),
                     LT_OK);
    assert_int_equal(out.software.len, 0);
    assert_int_equal(out.id, 3);
}

static void a_statement_over_its_bounds_is_not_written(void **state)
{
    struct bench *bench = *state;
    struct lt_stream_tips mine;
    struct lt_stream_tips yours;
    struct lt_statement statement = sample_statement(bench, &mine, &yours);
    struct lt_stream_tips *many =
        calloc(LT_STATEMENT_STREAMS_MAX + 1, sizeof(*many));

    assert_non_null(many);
    mine.tips_n = LT_TIPS_MAX + 1;
    assert_int_equal(lt_statement_seal(&statement, bench->own, &bench->buf),
                     LT_EINVAL);
    mine.tips_n = 1;
    statement.mine = many;
    statement.mine_n = LT_STATEMENT_STREAMS_MAX + 1;
    for (size_t i = 0; i < statement.mine_n; i++) {
        many[i] = mine;
    }
    assert_int_equal(lt_statement_seal(&statement, bench->own, &bench->buf),
                     LT_EINVAL);
    /* As many as allowed fit; with eight tips each they pass the page. */
    statement.mine_n--;
    assert_int_equal(lt_statement_seal(&statement, bench->own, &bench->buf),
                     LT_OK);
    lt_buf_reset(&bench->buf);
    for (size_t i = 0; i < statement.mine_n; i++) {
        many[i].tips_n = LT_TIPS_MAX;
        for (size_t k = 0; k < LT_TIPS_MAX; k++) {
            many[i].tips[k] = point_n(9);
        }
    }
    assert_int_equal(lt_statement_seal(&statement, bench->own, &bench->buf),
                     LT_EINVAL);
    assert_int_equal(bench->buf.len, 0);
    free(many);
}

static struct lt_token sample_token(void)
{
    struct lt_token token = {.office = office_n(5),
                             .parent = office_n(1),
                             .enrol_addresses_n = 2,
                             .expires_at_ms = SAMPLE_MS};

    memset(token.id, 0x10, sizeof(token.id));
    memset(token.secret, 0x20, sizeof(token.secret));
    memset(token.parent_key_id, 0x30, LT_HASH_LEN);
    memset(token.root_hash, 0x40, LT_HASH_LEN);
    token.enrol_addresses[0] = TEXT("tcp://10.0.0.1:7601");
    token.enrol_addresses[1] = TEXT("tcp://[fd00::1]:7601");
    return token;
}

static void a_token_reads_back_as_written(void **state)
{
    struct bench *bench = *state;
    struct lt_token token = sample_token();
    struct lt_token out;

    assert_int_equal(lt_token_format(&token, &bench->buf), LT_OK);
    assert_true(lt_buf_put(&bench->buf, "", 1));
    assert_memory_equal(bench->buf.data, "lt1_", 4);
    assert_int_equal(lt_token_parse((const char *)bench->buf.data,
                                    &bench->arena, &out, &bench->diag),
                     LT_OK);
    assert_memory_equal(out.secret, token.secret, sizeof(token.secret));
    assert_memory_equal(out.root_hash, token.root_hash, LT_HASH_LEN);
    assert_int_equal(out.enrol_addresses_n, 2);
    assert_int_equal(out.enrol_addresses[1].len, 20);
    assert_int_equal(out.expires_at_ms, SAMPLE_MS);
}

static void what_is_no_token_is_refused(void **state)
{
    struct bench *bench = *state;
    static const char *const bad[] = {
        "", "lt1_", "lt1_A", "lt2_AAAA", "lt1_AA==", "lt1_AAAA AAAA", "token"};
    struct lt_token token = sample_token();
    struct lt_token out;
    char *text;

    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        assert_int_equal(
            lt_token_parse(bad[i], &bench->arena, &out, &bench->diag),
            LT_ETOKEN);
    }
    assert_int_equal(lt_token_format(&token, &bench->buf), LT_OK);
    assert_true(lt_buf_put(&bench->buf, "", 1));
    text = (char *)bench->buf.data;
    text[strlen(text) - 30] = '\0'; /* the end was not copied */
    assert_int_equal(lt_token_parse(text, &bench->arena, &out, &bench->diag),
                     LT_ETOKEN);
}

static void one_wrong_letter_makes_it_no_token(void **state)
{
    struct bench *bench = *state;
    struct lt_token token = sample_token();
    struct lt_token out;
    char *text;

    assert_int_equal(lt_token_format(&token, &bench->buf), LT_OK);
    assert_true(lt_buf_put(&bench->buf, "", 1));
    text = (char *)bench->buf.data;
    for (size_t i = 4; text[i] != '\0'; i++) {
        char right = text[i];

        text[i] = right == 'A' ? 'B' : 'A';
        assert_int_equal(
            lt_token_parse(text, &bench->arena, &out, &bench->diag), LT_ETOKEN);
        text[i] = right;
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_binding_reads_back_and_is_proven),
        TEST(neither_signature_stands_for_the_other),
        TEST(a_flipped_bit_never_leaves_a_binding_proven),
        TEST(a_later_key_is_signed_by_the_one_before_and_no_other),
        TEST(the_key_before_signs_every_byte),
        TEST(nothing_stands_behind_what_the_key_before_signed),
        TEST(what_follows_ends_with_its_signature),
        TEST(without_a_secret_nothing_is_signed),
        TEST(a_proposed_body_reads_without_signatures),
        TEST(a_statement_reads_back_and_is_proven),
        TEST(a_statement_over_its_bounds_is_not_written),
        TEST(a_token_reads_back_as_written),
        TEST(what_is_no_token_is_refused),
        TEST(one_wrong_letter_makes_it_no_token),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
