/* The walk keeps, for each message it is inside, a count of every numbered
 * field on the stack: 128 bytes a level, four levels at most. It never looks
 * behind the end it was given and needs no memory. */
#include "common/scan.h"

#include <assert.h>
#include <string.h>

#include "common/codec.h"

enum {
    WIRE_VARINT = 0,
    WIRE_FIXED64 = 1,
    WIRE_BYTES = 2,
    WIRE_FIXED32 = 5,
    TAG_BYTES_MAX = 5, /* protobuf-c reads no more of a tag or a length */
    VARINT_BYTES_MAX = 10
};

static const char TEXT_REASON[] = "text is not UTF-8 or holds NUL";

struct walk {
    const uint8_t *at;
    const uint8_t *end;
    size_t fields;
    const char *reason; /* of the refusal; NULL while all is well */
};

lt_err lt_malformed(struct lt_diag *diag, const char *reason)
{
    lt_diag_set(diag, LT_EMALFORMED);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_EMALFORMED;
}

static bool refuse(struct walk *walk, const char *reason)
{
    walk->reason = reason;
    return false;
}

static bool read_varint(struct walk *walk, size_t bytes_max, uint64_t *out)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes_max; i++) {
        if (walk->at == walk->end) {
            return refuse(walk, "truncated number");
        }
        uint8_t byte = *walk->at++;
        if (i == VARINT_BYTES_MAX - 1 && byte > 1) {
            return refuse(walk, "number over 64 bits");
        }
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return refuse(walk, "overlong number");
}

static bool read_length(struct walk *walk, size_t *out_len)
{
    uint64_t len;

    if (!read_varint(walk, TAG_BYTES_MAX, &len)) {
        return false;
    }
    if (len > (uint64_t)(walk->end - walk->at)) {
        return refuse(walk, "length beyond the end");
    }
    *out_len = (size_t)len;
    return true;
}

static bool skip_bytes(struct walk *walk, size_t len)
{
    if ((size_t)(walk->end - walk->at) < len) {
        return refuse(walk, "truncated field");
    }
    walk->at += len;
    return true;
}

/* A length and as many bytes. */
static bool skip_text(struct walk *walk)
{
    size_t len;

    if (!read_length(walk, &len)) {
        return false;
    }
    walk->at += len;
    return true;
}

static bool skip_value(struct walk *walk, unsigned wire)
{
    uint64_t number;

    switch (wire) {
    case WIRE_VARINT:
        return read_varint(walk, VARINT_BYTES_MAX, &number);
    case WIRE_FIXED64:
        return skip_bytes(walk, 8);
    case WIRE_FIXED32:
        return skip_bytes(walk, 4);
    case WIRE_BYTES:
        return skip_text(walk);
    default:
        return refuse(walk, "unknown wire type");
    }
}

static unsigned wire_of(ProtobufCType type)
{
    static const uint8_t wires[] = {
        [PROTOBUF_C_TYPE_INT32] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_SINT32] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_SFIXED32] = WIRE_FIXED32,
        [PROTOBUF_C_TYPE_INT64] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_SINT64] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_SFIXED64] = WIRE_FIXED64,
        [PROTOBUF_C_TYPE_UINT32] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_FIXED32] = WIRE_FIXED32,
        [PROTOBUF_C_TYPE_UINT64] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_FIXED64] = WIRE_FIXED64,
        [PROTOBUF_C_TYPE_FLOAT] = WIRE_FIXED32,
        [PROTOBUF_C_TYPE_DOUBLE] = WIRE_FIXED64,
        [PROTOBUF_C_TYPE_BOOL] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_ENUM] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_STRING] = WIRE_BYTES,
        [PROTOBUF_C_TYPE_BYTES] = WIRE_BYTES,
        [PROTOBUF_C_TYPE_MESSAGE] = WIRE_BYTES};

    assert((size_t)type < LT_COUNT_OF(wires));
    return wires[type];
}

/* protobuf-c cuts a number to the width of its field; two readers would then
 * see two things. */
static bool check_varint(struct walk *walk, ProtobufCType type)
{
    uint64_t value;

    if (!read_varint(walk, VARINT_BYTES_MAX, &value)) {
        return false;
    }
    if (type == PROTOBUF_C_TYPE_BOOL && value > 1) {
        return refuse(walk, "boolean beside 0 and 1");
    }
    if ((type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_SINT32 ||
         type == PROTOBUF_C_TYPE_ENUM) &&
        value > UINT32_MAX) {
        return refuse(walk, "number over 32 bits");
    }
    return true;
}

/* Numbers of a repeated field, one after another in one length. */
static bool walk_packed(struct walk *walk,
                        const ProtobufCFieldDescriptor *field, size_t *count)
{
    const uint8_t *whole_end = walk->end;
    unsigned wire = wire_of(field->type);
    size_t len;
    bool ok = true;

    if (!read_length(walk, &len)) {
        return false;
    }
    walk->end = walk->at + len;
    while (ok && walk->at < walk->end) {
        ok = wire == WIRE_VARINT ? check_varint(walk, field->type)
                                 : skip_value(walk, wire);
        (*count)++;
        walk->fields++;
    }
    walk->end = whole_end;
    return ok;
}

static bool walk_message(struct walk *walk,
                         const ProtobufCMessageDescriptor *type,
                         unsigned depth);

static bool walk_bytes(struct walk *walk, const ProtobufCFieldDescriptor *field,
                       unsigned depth)
{
    const uint8_t *whole_end = walk->end;
    size_t len;
    bool ok;

    if (!read_length(walk, &len)) {
        return false;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        walk->end = walk->at + len;
        ok = walk_message(walk, field->descriptor, depth + 1);
        walk->end = whole_end;
        return ok;
    }
    if (field->type == PROTOBUF_C_TYPE_STRING &&
        !lt_utf8_valid(walk->at, len)) {
        return refuse(walk, TEXT_REASON);
    }
    walk->at += len;
    return true;
}

static bool walk_field(struct walk *walk, const ProtobufCFieldDescriptor *field,
                       unsigned wire, unsigned depth, size_t *count)
{
    unsigned expected = wire_of(field->type);
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    bool ok;

    if (repeated && wire == WIRE_BYTES && expected != WIRE_BYTES) {
        ok = walk_packed(walk, field, count);
    } else if (wire != expected) {
        return refuse(walk, "wrong wire type");
    } else {
        (*count)++;
        if (wire == WIRE_VARINT) {
            ok = check_varint(walk, field->type);
        } else if (wire == WIRE_BYTES) {
            ok = walk_bytes(walk, field, depth);
        } else {
            ok = skip_value(walk, wire);
        }
    }
    if (!ok) {
        return false;
    }
    if (!repeated && *count > 1) {
        return refuse(walk, "field twice");
    }
    if (*count > LT_SCAN_REPEATED_MAX) {
        return refuse(walk, "too many values");
    }
    return true;
}

static bool walk_message(struct walk *walk,
                         const ProtobufCMessageDescriptor *type, unsigned depth)
{
    uint16_t counts[LT_SCAN_MESSAGE_FIELDS];

    if (depth > LT_SCAN_DEPTH_MAX) {
        return refuse(walk, "nested too deep");
    }
    if (type->n_fields > LT_SCAN_MESSAGE_FIELDS) {
        return refuse(walk, "message type with too many fields");
    }
    memset(counts, 0, type->n_fields * sizeof(counts[0]));
    while (walk->at < walk->end) {
        uint64_t tag;

        if (!read_varint(walk, TAG_BYTES_MAX, &tag)) {
            return false;
        }
        if (tag > UINT32_MAX || tag >> 3 == 0) {
            return refuse(walk, "impossible field number");
        }
        if (++walk->fields > LT_SCAN_FIELDS_MAX) {
            return refuse(walk, "too many fields");
        }
        unsigned wire = (unsigned)(tag & 7);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3));
        if (field == NULL) {
            if (!skip_value(walk, wire)) {
                return false;
            }
            continue;
        }
        size_t index = (size_t)(field - type->fields);
        size_t count = counts[index];
        if (!walk_field(walk, field, wire, depth, &count)) {
            return false;
        }
        counts[index] = (uint16_t)count;
    }
    return true;
}

lt_err lt_scan(const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
               size_t len, size_t len_max, struct lt_diag *diag)
{
    struct walk walk = {.at = bytes, .end = bytes};

    if (len > len_max) {
        return lt_malformed(diag, "too long");
    }
    if (len == 0) {
        return LT_OK;
    }
    walk.end = bytes + len;
    if (!walk_message(&walk, type, 1)) {
        return lt_malformed(diag, walk.reason);
    }
    /* Packed numbers count one by one and may pass the bound in one field. */
    if (walk.fields > LT_SCAN_FIELDS_MAX) {
        return lt_malformed(diag, "too many fields");
    }
    return LT_OK;
}

/* What one unpacking may still take. */
struct budget {
    struct lt_arena *arena;
    size_t left;
    bool no_memory;
};

static void *budget_take(void *ctx, size_t size)
{
    struct budget *budget = ctx;
    void *taken;

    if (size > budget->left) {
        return NULL;
    }
    budget->left -= size;
    taken = lt_arena_take(budget->arena, size);
    budget->no_memory |= taken == NULL; /* protobuf-c may ask for more */
    return taken;
}

static void budget_free(void *ctx, void *ptr)
{
    (void)ctx; /* the arena forgets everything at once */
    (void)ptr;
}

lt_err lt_unpack(const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                 size_t len, size_t len_max, struct lt_arena *arena,
                 void **out_message, struct lt_diag *diag)
{
    static const uint8_t nothing[1] = {0};
    struct budget budget = {.arena = arena};
    ProtobufCAllocator allocator = {
        .alloc = budget_take, .free = budget_free, .allocator_data = &budget};
    ProtobufCMessage *message;
    lt_err rc;

    rc = lt_scan(type, bytes, len, len_max, diag);
    if (rc != LT_OK) {
        return rc;
    }
    budget.left = LT_UNPACK_FACTOR * len;
    if (budget.left < LT_UNPACK_MIN) {
        budget.left = LT_UNPACK_MIN;
    }
    message = protobuf_c_message_unpack(type, &allocator, len,
                                        len == 0 ? nothing : bytes);
    if (message == NULL) {
        return budget.no_memory ? lt_diag_set(diag, LT_ENOMEM)
                                : lt_malformed(diag, "cannot be unpacked");
    }
    *out_message = message;
    return LT_OK;
}

lt_err lt_pack(const void *message, size_t len_max, struct lt_buf *out)
{
    const ProtobufCMessage *base = message;
    size_t len = protobuf_c_message_get_packed_size(base);
    uint8_t *at;

    if (len > len_max) {
        return LT_EINVAL;
    }
    at = lt_buf_reserve(out, len);
    if (at == NULL) {
        return LT_ENOMEM;
    }
    out->len += protobuf_c_message_pack(base, at);
    return LT_OK;
}

bool lt_diag_is_text(const struct lt_diag *diag)
{
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].value, TEXT_REASON) == 0) {
            return true;
        }
    }
    return false;
}
