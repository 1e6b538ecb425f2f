/* The walk: what it lets pass must unpack within its share of the arena. The
 * first byte picks the message type. */
#include "tests/fuzz/fuzz.h"

#include "common/crypto.h"
#include "common/scan.h"
#include "proto/link.pb-c.h"
#include "proto/log.pb-c.h"

static const ProtobufCMessageDescriptor *const types[] = {
    &lt__event__descriptor,        &lt__payload__descriptor,
    &lt__part_bundle__descriptor,  &lt__binding__descriptor,
    &lt__binding_body__descriptor, &lt__signed_statement__descriptor,
    &lt__statement__descriptor,    &lt__hello__descriptor,
    &lt__digests__descriptor,      &lt__tips__descriptor,
    &lt__segments__descriptor,     &lt__ack__descriptor,
    &lt__join_answer__descriptor,  &lt__token__descriptor,
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ProtobufCMessageDescriptor *type;
    struct lt_arena arena;
    void *message = NULL;
    lt_err scanned;
    lt_err rc;

    if (size == 0) {
        return 0;
    }
    type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
    lt_arena_init(&arena, lt_alloc_heap(), 4 * 1024 * 1024);
    scanned = lt_scan(type, data + 1, size - 1, LT_PAYLOAD_RAW_MAX, NULL);
    rc = lt_unpack(type, data + 1, size - 1, LT_PAYLOAD_RAW_MAX, &arena,
                   &message, NULL);
    FUZZ_CHECK(scanned == LT_OK || rc != LT_OK);
    FUZZ_CHECK(rc != LT_OK || protobuf_c_message_check(message));
    FUZZ_CHECK(arena.used_bytes <=
               LT_UNPACK_FACTOR * size + LT_UNPACK_MIN + 16 * 4096);
    lt_arena_deinit(&arena);
    return 0;
}
