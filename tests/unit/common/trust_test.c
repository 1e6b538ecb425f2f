/* Revoked keys: the same in whatever order the words come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/trust.h"

static const uint8_t key[LT_HASH_LEN] = {7};
static const struct lt_stream_end low = {
    .channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP},
    .epoch = 3,
    .number = 5};
static const struct lt_stream_end high = {
    .channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP},
    .epoch = 3,
    .number = 9};
static const struct lt_stream_end other = {
    .channel = {.cls = LT_CLASS_TREE, .audience = LT_AUDIENCE_UP},
    .epoch = 3,
    .number = 2};

/* The word of @version: 1 revokes at 5, 2 adds another stream, 3 corrects to 9,
 * 4 restores, 5 revokes at 5 again. */
static void say(struct lt_trust *trust, unsigned version)
{
    static struct lt_event event;

    memset(&event, 0, sizeof(event));
    event.id = (struct lt_event_id){.epoch = 1, .count = version};
    event.hlc = version;
    event.type = version == 4 ? LT_EV_KEY_RESTORED : LT_EV_KEY_REVOKED;
    memcpy(event.key_id, key, sizeof(key));
    event.has_corrects = version == 3;
    event.corrects = (struct lt_event_id){.epoch = 1, .count = 1};
    event.ends_n = version == 4 ? 0 : 1;
    event.ends = version == 2 ? &other : version == 3 ? &high : &low;
    assert_int_equal(lt_trust_say(trust, version, &event), LT_OK);
    assert_int_equal(lt_trust_say(trust, version, &event), LT_OK); /* known */
}

static void check_after(const struct lt_trust *trust, unsigned words)
{
    const struct lt_stream_end *first = lt_trust_end(trust, key, 0);

    assert_true(lt_trust_knows(trust, key));
    assert_int_equal(lt_trust_count(trust), words == 4 ? 0 : 1);
    assert_true(lt_trust_revoked(trust, key) == (words != 4));
    assert_int_equal(lt_trust_last(trust, key)->count, words);
    if (words == 4) {
        assert_null(first);
        return;
    }
    assert_int_equal(first->number, words == 3 ? 9 : 5);
    assert_true((lt_trust_end(trust, key, 1) != NULL) == (words == 2));
}

static void words_count_in_their_own_order(void **state)
{
    /* Every order of the first n words. */
    for (unsigned n = 1; n <= 5; n++) {
        for (unsigned turn = 0; turn < 120; turn++) {
            unsigned left[] = {1, 2, 3, 4, 5};
            unsigned draw = turn;
            struct lt_trust *trust = NULL;

            assert_int_equal(lt_trust_new(lt_alloc_heap(), &trust), LT_OK);
            for (unsigned i = n; i > 0; i--) {
                unsigned at = draw % i;

                draw /= i;
                say(trust, left[at]);
                left[at] = left[i - 1];
            }
            check_after(trust, n);
            lt_trust_free(trust);
        }
    }
    (void)state;
}

static void nothing_is_revoked_that_nobody_spoke_of(void **state)
{
    static struct lt_event event = {.type = LT_EV_KEY_BOUND};
    struct lt_trust *trust = NULL;

    (void)state;
    assert_int_equal(lt_trust_new(lt_alloc_heap(), &trust), LT_OK);
    assert_false(lt_trust_revoked(trust, key));
    assert_null(lt_trust_end(trust, key, 0));
    assert_null(lt_trust_last(trust, key));
    assert_int_equal(lt_trust_say(trust, 1, &event), LT_EINVAL);
    assert_null(lt_trust_at(trust, 0));
    lt_trust_free(trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_count_in_their_own_order),
        cmocka_unit_test(nothing_is_revoked_that_nobody_spoke_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
