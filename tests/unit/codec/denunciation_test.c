/* By law a denouncer's identity is a state secret: no message of a
 * denunciation may have a place to put it. The descriptors themselves are
 * walked, so that a field added later does not pass unseen. */
#include "tests/unit/codec/fixture.h"

#include "proto/log.pb-c.h"

struct walk {
    unsigned strings;
    unsigned bytes;
    unsigned sealed_refs;
};

static void walk_type(const ProtobufCMessageDescriptor *type, unsigned depth,
                      struct walk *walk)
{
    assert_true(depth < 16);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];

        if (field->type == PROTOBUF_C_TYPE_STRING) {
            walk->strings++;
            if (strcmp(field->name, "sealed_ref") == 0) {
                walk->sealed_refs++;
            }
        } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
            walk->bytes++;
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            walk_type(field->descriptor, depth + 1, walk);
        }
    }
}

static void the_only_text_of_a_denunciation_is_its_register_number(void **state)
{
    const ProtobufCMessageDescriptor *event = &lt__event__descriptor;
    struct walk all = {0};
    unsigned types = 0;

    (void)state;
    for (unsigned i = 0; i < event->n_fields; i++) {
        struct walk walk = {0};

        if (strncmp(event->fields[i].name, "denunciation", 12) != 0) {
            continue;
        }
        types++;
        assert_int_equal(event->fields[i].type, PROTOBUF_C_TYPE_MESSAGE);
        walk_type(event->fields[i].descriptor, 0, &walk);
        assert_int_equal(walk.bytes, 0);
        assert_int_equal(walk.strings, walk.sealed_refs);
        all.strings += walk.strings;
    }
    assert_int_equal(types, 4);
    assert_int_equal(all.strings, 1);
}

/* The walk does find text where there is some. */
static void the_same_walk_finds_text_in_a_case(void **state)
{
    struct walk walk = {0};

    (void)state;
    walk_type(&lt__case_opened__descriptor, 0, &walk);
    assert_int_equal(walk.strings, 1);
    assert_int_equal(walk.sealed_refs, 0);
    memset(&walk, 0, sizeof(walk));
    walk_type(&lt__directive_issued__descriptor, 0, &walk);
    assert_true(walk.bytes >= 2); /* one of them inside EventRef */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_only_text_of_a_denunciation_is_its_register_number),
        cmocka_unit_test(the_same_walk_finds_text_in_a_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
