/* HPKE against the vectors of RFC 9180, appendix A.2.1, and against whoever
 * sends something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hpke.h"
#include "common/id.h"

enum { VALUE_MAX = 256, ENCRYPTIONS = 6, EXPORTS = 3 };

struct value {
    uint8_t bytes[VALUE_MAX];
    size_t len;
};

/* The n-th line of the vectors that begins with @name, as bytes. */
static struct value vector(const char *name, unsigned n)
{
    FILE *file = fopen(LT_TEST_DATA "/hpke-rfc9180-a2.txt", "r");
    struct value value = {.len = 0};
    char line[1024];
    size_t name_len = strlen(name);
    bool found = false;

    assert_non_null(file);
    while (!found && fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, name, name_len) != 0 ||
            (line[name_len] != ' ' && line[name_len] != '\0')) {
            continue;
        }
        found = n-- == 0;
        if (found && line[name_len] == ' ') {
            const char *hex = line + name_len + 1;

            value.len = strlen(hex) / 2;
            assert_true(value.len <= VALUE_MAX);
            assert_true(lt_hex_parse(hex, value.len, value.bytes));
        }
    }
    (void)fclose(file);
    assert_true(found);
    return value;
}

/* The number behind the n-th "sequence_number". */
static uint64_t sequence(unsigned n)
{
    static const uint64_t numbers[ENCRYPTIONS] = {0, 1, 2, 4, 255, 256};

    return numbers[n];
}

static struct lt_span span(const struct value *value)
{
    return (struct lt_span){value->bytes, value->len};
}

#define NONE ((struct lt_span){NULL, 0})
#define SPAN(text) ((struct lt_span){(text), sizeof(text) - 1})

static void same(const uint8_t *bytes, size_t len, const char *name,
                 unsigned n)
{
    struct value expected = vector(name, n);

    assert_int_equal(len, expected.len);
    assert_memory_equal(bytes, expected.bytes, len);
}

static void both_sides(struct lt_hpke *sender, struct lt_hpke *recipient)
{
    struct value info = vector("info", 0);
    struct value pk = vector("pkRm", 0);
    struct value sk = vector("skRm", 0);
    struct value seed = vector("ikmE", 0);
    uint8_t enc[LT_HPKE_ENC_LEN];

    assert_int_equal(
        lt_hpke_sender(pk.bytes, seed.bytes, span(&info), sender, enc), LT_OK);
    same(enc, sizeof(enc), "enc", 0);
    assert_int_equal(lt_hpke_recipient(sk.bytes, enc, span(&info), recipient),
                     LT_OK);
}

static void key_pairs_are_derived_as_the_vectors_say(void **state)
{
    static const char *const seeds[] = {"ikmE", "ikmR"};
    static const char *const secrets[] = {"skEm", "skRm"};
    static const char *const publics[] = {"pkEm", "pkRm"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct value seed = vector(seeds[i], 0);
        uint8_t secret[LT_HPKE_SECRET_LEN];
        uint8_t public_key[LT_HPKE_PUBLIC_LEN];

        assert_int_equal(lt_hpke_derive(seed.bytes, secret, public_key), LT_OK);
        same(secret, sizeof(secret), secrets[i], 0);
        same(public_key, sizeof(public_key), publics[i], 0);
    }
}

static void the_key_schedule_is_that_of_the_vectors_on_both_sides(void **state)
{
    struct lt_hpke sides[2];

    (void)state;
    both_sides(&sides[0], &sides[1]);
    for (unsigned i = 0; i < 2; i++) {
        same(sides[i].key, sizeof(sides[i].key), "key", 0);
        same(sides[i].base_nonce, sizeof(sides[i].base_nonce), "base_nonce", 0);
        same(sides[i].exporter_secret, sizeof(sides[i].exporter_secret),
             "exporter_secret", 0);
        assert_int_equal(sides[i].sequence, 0);
    }
}

static void messages_are_sealed_and_opened_as_the_vectors_say(void **state)
{
    struct lt_hpke sender;
    struct lt_hpke recipient;
    struct lt_buf sealed;
    struct lt_buf opened;
    unsigned n = 0;

    (void)state;
    lt_buf_init(&sealed, lt_alloc_heap());
    lt_buf_init(&opened, lt_alloc_heap());
    both_sides(&sender, &recipient);
    for (uint64_t at = 0; at <= sequence(ENCRYPTIONS - 1); at++) {
        bool known = at == sequence(n);
        struct value plain = vector("pt", known ? n : 0);
        struct value aad = vector("aad", known ? n : 0);

        lt_buf_reset(&sealed);
        lt_buf_reset(&opened);
        assert_int_equal(
            lt_hpke_seal(&sender, span(&aad), span(&plain), &sealed), LT_OK);
        if (known) {
            same(sealed.data, sealed.len, "ct", n);
            n++;
        }
        assert_int_equal(
            lt_hpke_open(&recipient, span(&aad),
                         (struct lt_span){sealed.data, sealed.len}, &opened),
            LT_OK);
        assert_int_equal(opened.len, plain.len);
        assert_memory_equal(opened.data, plain.bytes, plain.len);
    }
    assert_int_equal(n, ENCRYPTIONS);
    lt_buf_deinit(&sealed);
    lt_buf_deinit(&opened);
}

static void exports_are_those_of_the_vectors(void **state)
{
    struct lt_hpke sides[2];
    uint8_t secret[LT_HASH_LEN];
    uint8_t *most = malloc(LT_HPKE_EXPORT_MAX);

    (void)state;
    assert_non_null(most);
    both_sides(&sides[0], &sides[1]);
    for (unsigned i = 0; i < 2 * EXPORTS; i++) {
        struct value context = vector("exporter_context", i / 2);

        assert_int_equal(lt_hpke_export(&sides[i % 2], span(&context), secret,
                                        sizeof(secret)),
                         LT_OK);
        same(secret, sizeof(secret), "exported_value", i / 2);
    }
    assert_int_equal(
        lt_hpke_export(&sides[0], NONE, most, LT_HPKE_EXPORT_MAX), LT_OK);
    assert_int_equal(
        lt_hpke_export(&sides[0], NONE, most, LT_HPKE_EXPORT_MAX + 1),
        LT_EINVAL);
    assert_int_equal(lt_hpke_export(&sides[0], NONE, most, 0), LT_EINVAL);
    free(most);
}

/* ---- one message, and what is wrong with it ---- */

struct letter {
    uint8_t secret[LT_HPKE_SECRET_LEN];
    uint8_t public_key[LT_HPKE_PUBLIC_LEN];
    struct lt_buf sealed;
    struct lt_buf out;
};

static int write_letter(void **state)
{
    static const uint8_t ours[LT_HPKE_SEED_LEN] = {1};
    static const uint8_t theirs[LT_HPKE_SEED_LEN] = {2};
    struct letter *letter = calloc(1, sizeof(*letter));

    assert_non_null(letter);
    lt_buf_init(&letter->sealed, lt_alloc_heap());
    lt_buf_init(&letter->out, lt_alloc_heap());
    assert_int_equal(
        lt_hpke_derive(ours, letter->secret, letter->public_key), LT_OK);
    assert_int_equal(lt_hpke_seal_to(letter->public_key, theirs, SPAN("info"),
                                     SPAN("aad"), SPAN("the planted words"),
                                     &letter->sealed),
                     LT_OK);
    *state = letter;
    return 0;
}

static int burn_letter(void **state)
{
    struct letter *letter = *state;

    lt_buf_deinit(&letter->sealed);
    lt_buf_deinit(&letter->out);
    free(letter);
    return 0;
}

static lt_err open_as(struct letter *letter, struct lt_span info,
                      struct lt_span aad, size_t len)
{
    lt_buf_reset(&letter->out);
    return lt_hpke_open_by(letter->secret, info, aad,
                           (struct lt_span){letter->sealed.data, len},
                           &letter->out);
}

static void who_it_is_for_reads_it(void **state)
{
    struct letter *letter = *state;

    assert_int_equal(open_as(letter, SPAN("info"), SPAN("aad"),
                             letter->sealed.len),
                     LT_OK);
    assert_int_equal(letter->out.len, 17);
    assert_memory_equal(letter->out.data, "the planted words", 17);
    assert_int_equal(letter->sealed.len,
                     LT_HPKE_ENC_LEN + 17 + LT_HPKE_TAG_LEN);
    assert_null(memmem(letter->sealed.data, letter->sealed.len, "planted", 7));
}

static void another_key_info_or_aad_opens_nothing(void **state)
{
    struct letter *letter = *state;
    size_t len = letter->sealed.len;

    assert_int_equal(open_as(letter, SPAN("infO"), SPAN("aad"), len),
                     LT_EMALFORMED);
    assert_int_equal(open_as(letter, NONE, SPAN("aad"), len), LT_EMALFORMED);
    assert_int_equal(open_as(letter, SPAN("info"), SPAN("aaD"), len),
                     LT_EMALFORMED);
    assert_int_equal(open_as(letter, SPAN("info"), NONE, len), LT_EMALFORMED);
    letter->secret[5] ^= 1;
    assert_int_equal(open_as(letter, SPAN("info"), SPAN("aad"), len),
                     LT_EMALFORMED);
    letter->secret[5] ^= 1;
    assert_int_equal(open_as(letter, SPAN("info"), SPAN("aad"), len), LT_OK);
}

static void every_flipped_bit_and_every_length_is_refused(void **state)
{
    struct letter *letter = *state;
    size_t len = letter->sealed.len;

    /* The highest bit of the share, which X25519 leaves out, too: the key
     * schedule has it. */
    for (size_t bit = 0; bit < len * 8; bit++) {
        letter->sealed.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_int_equal(open_as(letter, SPAN("info"), SPAN("aad"), len),
                         LT_EMALFORMED);
        assert_int_equal(letter->out.len, 0);
        letter->sealed.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    for (size_t n = 0; n < len; n++) {
        assert_int_equal(open_as(letter, SPAN("info"), SPAN("aad"), n),
                         LT_EMALFORMED);
        assert_int_equal(letter->out.len, 0);
    }
}

/* Points of low order agree on zero with everybody. */
static void a_key_that_agrees_on_zero_is_refused(void **state)
{
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    static const uint8_t seed[LT_HPKE_SEED_LEN] = {3};
    struct letter *letter = *state;

    for (size_t i = 0; i < LT_COUNT_OF(low); i++) {
        uint8_t point[LT_HPKE_PUBLIC_LEN];

        assert_true(lt_hex_parse(low[i], sizeof(point), point));
        lt_buf_reset(&letter->out);
        assert_int_equal(lt_hpke_seal_to(point, seed, SPAN("info"), NONE,
                                         SPAN("x"), &letter->out),
                         LT_EMALFORMED);
        assert_int_equal(letter->out.len, 0);
        memcpy(letter->sealed.data, point, sizeof(point));
        assert_int_equal(open_as(letter, SPAN("info"), SPAN("aad"),
                                 letter->sealed.len),
                         LT_EMALFORMED);
    }
}

static void a_failed_message_does_not_move_the_sequence(void **state)
{
    struct lt_hpke sender;
    struct lt_hpke recipient;
    struct lt_buf sealed;
    struct lt_buf opened;

    (void)state;
    lt_buf_init(&sealed, lt_alloc_heap());
    lt_buf_init(&opened, lt_alloc_heap());
    both_sides(&sender, &recipient);
    assert_int_equal(lt_hpke_seal(&sender, NONE, SPAN("one"), &sealed), LT_OK);
    sealed.data[0] ^= 1;
    assert_int_equal(lt_hpke_open(&recipient, NONE,
                                  (struct lt_span){sealed.data, sealed.len},
                                  &opened),
                     LT_EMALFORMED);
    sealed.data[0] ^= 1;
    assert_int_equal(lt_hpke_open(&recipient, NONE,
                                  (struct lt_span){sealed.data, sealed.len},
                                  &opened),
                     LT_OK);
    assert_int_equal(recipient.sequence, 1);
    /* The same message again is no longer the next one. */
    assert_int_equal(lt_hpke_open(&recipient, NONE,
                                  (struct lt_span){sealed.data, sealed.len},
                                  &opened),
                     LT_EMALFORMED);
    lt_buf_deinit(&sealed);
    lt_buf_deinit(&opened);
}

static void no_nonce_is_ever_used_twice(void **state)
{
    struct lt_hpke sender;
    struct lt_hpke recipient;
    struct lt_buf out;

    (void)state;
    lt_buf_init(&out, lt_alloc_heap());
    both_sides(&sender, &recipient);
    sender.sequence = UINT64_MAX;
    recipient.sequence = UINT64_MAX;
    assert_int_equal(lt_hpke_seal(&sender, NONE, SPAN("x"), &out), LT_EINVAL);
    assert_int_equal(
        lt_hpke_open(&recipient, NONE, SPAN("0123456789abcdef0"), &out),
        LT_EINVAL);
    assert_int_equal(out.len, 0);
    lt_buf_deinit(&out);
}

static void sizes_have_a_bound(void **state)
{
    struct lt_hpke sender;
    struct lt_hpke recipient;
    struct lt_buf out;
    const struct lt_span large = {"", (size_t)LT_HPKE_PLAIN_MAX + 1};

    (void)state;
    lt_buf_init(&out, lt_alloc_heap());
    both_sides(&sender, &recipient);
    assert_int_equal(lt_hpke_seal(&sender, NONE, large, &out), LT_ETOOBIG);
    assert_int_equal(lt_hpke_seal(&sender, large, NONE, &out), LT_ETOOBIG);
    assert_int_equal(lt_hpke_seal(&sender, NONE, NONE, &out), LT_OK);
    assert_int_equal(out.len, LT_HPKE_TAG_LEN);
    lt_buf_deinit(&out);
}

static void deinit_wipes_a_context(void **state)
{
    static const struct lt_hpke nothing;
    struct lt_hpke sender;
    struct lt_hpke recipient;

    (void)state;
    both_sides(&sender, &recipient);
    lt_hpke_deinit(&sender);
    assert_memory_equal(&sender, &nothing, sizeof(sender));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_pairs_are_derived_as_the_vectors_say),
        cmocka_unit_test(the_key_schedule_is_that_of_the_vectors_on_both_sides),
        cmocka_unit_test(messages_are_sealed_and_opened_as_the_vectors_say),
        cmocka_unit_test(exports_are_those_of_the_vectors),
        cmocka_unit_test_setup_teardown(who_it_is_for_reads_it, write_letter,
                                        burn_letter),
        cmocka_unit_test_setup_teardown(another_key_info_or_aad_opens_nothing,
                                        write_letter, burn_letter),
        cmocka_unit_test_setup_teardown(
            every_flipped_bit_and_every_length_is_refused, write_letter,
            burn_letter),
        cmocka_unit_test_setup_teardown(a_key_that_agrees_on_zero_is_refused,
                                        write_letter, burn_letter),
        cmocka_unit_test(a_failed_message_does_not_move_the_sequence),
        cmocka_unit_test(no_nonce_is_ever_used_twice),
        cmocka_unit_test(sizes_have_a_bound),
        cmocka_unit_test(deinit_wipes_a_context),
    };

    if (lt_crypto_start() != LT_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
