/* Names and their text forms. Parsing goes to a local value first, so that a
 * caller's output is touched only when the whole text was right. */
#include "common/id.h"

#include <stdio.h>
#include <string.h>

bool lt_office_equal(const struct lt_office *a, const struct lt_office *b)
{
    return memcmp(a->bytes, b->bytes, LT_OFFICE_LEN) == 0;
}

bool lt_office_is_zero(const struct lt_office *office)
{
    static const struct lt_office zero;

    return lt_office_equal(office, &zero);
}

int lt_office_compare(const struct lt_office *a, const struct lt_office *b)
{
    return memcmp(a->bytes, b->bytes, LT_OFFICE_LEN);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int channel_compare(const struct lt_channel *a,
                           const struct lt_channel *b)
{
    if (a->cls != b->cls) {
        return a->cls < b->cls ? -1 : 1;
    }
    if (a->audience != b->audience) {
        return a->audience < b->audience ? -1 : 1;
    }
    return lt_office_compare(&a->to, &b->to);
}

bool lt_channel_equal(const struct lt_channel *a, const struct lt_channel *b)
{
    return channel_compare(a, b) == 0;
}

bool lt_stream_equal(const struct lt_stream *a, const struct lt_stream *b)
{
    return lt_stream_compare(a, b) == 0;
}

int lt_stream_compare(const struct lt_stream *a, const struct lt_stream *b)
{
    int order = lt_office_compare(&a->origin, &b->origin);

    return order != 0 ? order : channel_compare(&a->channel, &b->channel);
}

bool lt_event_id_equal(const struct lt_event_id *a, const struct lt_event_id *b)
{
    return lt_event_id_compare(a, b) == 0;
}

int lt_event_id_compare(const struct lt_event_id *a,
                        const struct lt_event_id *b)
{
    int order = lt_office_compare(&a->origin, &b->origin);

    if (order == 0) {
        order = compare_u64(a->epoch, b->epoch);
    }
    return order != 0 ? order : compare_u64(a->count, b->count);
}

enum lt_lane lt_class_lane(uint8_t cls)
{
    switch (cls) {
    case LT_CLASS_INCIDENT:
    case LT_CLASS_URGENT:
    case LT_CLASS_TREE:
        return LT_LANE_URGENT;
    case LT_CLASS_CHUNK:
        return LT_LANE_BULK;
    default:
        return LT_LANE_NORMAL;
    }
}

const char *lt_lane_word(enum lt_lane lane)
{
    switch (lane) {
    case LT_LANE_URGENT:
        return "urgent";
    case LT_LANE_NORMAL:
        return "normal";
    case LT_LANE_BULK:
        return "bulk";
    case LT_LANES:
        break;
    }
    return "unknown";
}

static const char *const class_words[] = {
    [LT_CLASS_INCIDENT] = "incident",
    [LT_CLASS_URGENT] = "urgent",
    [LT_CLASS_TREE] = "tree",
    [LT_CLASS_CASE] = "case",
    [LT_CLASS_DENUNCIATION] = "denunciation",
    [LT_CLASS_DIRECTIVE] = "directive",
    [LT_CLASS_AUDIT] = "audit",
    [LT_CLASS_CHUNK] = "chunk",
};

void lt_hex_format(const uint8_t *bytes, size_t len, char *out_text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out_text[2 * i] = digits[bytes[i] >> 4];
        out_text[2 * i + 1] = digits[bytes[i] & 15U];
    }
    out_text[2 * len] = '\0';
}

void lt_key_short_format(const uint8_t key_id[static LT_HASH_LEN],
                         char out_text[static LT_KEY_SHORT_TEXT])
{
    for (size_t i = 0; i < LT_KEY_SHORT_LEN; i += 2) {
        lt_hex_format(key_id + i, 2, out_text + i / 2 * 5);
        out_text[i / 2 * 5 + 4] = '-';
    }
    out_text[LT_KEY_SHORT_TEXT - 1] = '\0';
}

void lt_office_format(const struct lt_office *office,
                      char out_text[static LT_OFFICE_TEXT])
{
    lt_hex_format(office->bytes, LT_OFFICE_LEN, out_text);
}

void lt_epoch_format(uint64_t epoch, char out_text[static LT_EPOCH_TEXT])
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(epoch >> (56 - 8 * i));
    }
    lt_hex_format(bytes, sizeof(bytes), out_text);
}

void lt_event_id_format(const struct lt_event_id *id,
                        char out_text[static LT_EVENT_ID_TEXT])
{
    char *epoch = out_text + LT_OFFICE_TEXT;
    char *count = epoch + LT_EPOCH_TEXT;
    char digits[20];
    size_t n = 0;

    /* Each NUL gives its place to a colon: every answer has two of these. */
    lt_hex_format(id->origin.bytes, LT_OFFICE_LEN, out_text);
    epoch[-1] = ':';
    lt_epoch_format(id->epoch, epoch);
    count[-1] = ':';
    for (uint64_t rest = id->count; rest > 0 || n == 0; rest /= 10) {
        digits[n++] = (char)('0' + rest % 10);
    }
    while (n > 0) {
        *count++ = digits[--n];
    }
    *count = '\0';
}

void lt_channel_format(const struct lt_channel *channel,
                       char out_text[static LT_CHANNEL_TEXT])
{
    char cls[16];
    char to[LT_OFFICE_TEXT];

    if (channel->cls > 0 && channel->cls < LT_COUNT_OF(class_words)) {
        (void)snprintf(cls, sizeof(cls), "%s", class_words[channel->cls]);
    } else {
        (void)snprintf(cls, sizeof(cls), "class%u", (unsigned)channel->cls);
    }
    switch (channel->audience) {
    case LT_AUDIENCE_UP:
        (void)snprintf(out_text, LT_CHANNEL_TEXT, "%s/up", cls);
        break;
    case LT_AUDIENCE_ALL:
        (void)snprintf(out_text, LT_CHANNEL_TEXT, "%s/all", cls);
        break;
    default:
        lt_office_format(&channel->to, to);
        (void)snprintf(out_text, LT_CHANNEL_TEXT, "%s/to/%s", cls, to);
        break;
    }
}

void lt_uuid_format(const uint8_t id[static LT_REQUEST_LEN],
                    char out_text[static LT_UUID_TEXT])
{
    static const size_t groups[] = {4, 2, 2, 2, 6};
    size_t from = 0;
    char *text = out_text;

    for (size_t i = 0; i < LT_COUNT_OF(groups); i++) {
        if (i > 0) {
            *text++ = '-';
        }
        lt_hex_format(id + from, groups[i], text);
        text += 2 * groups[i];
        from += groups[i];
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return -1;
}

/* Read 2 * len digits; what stands behind them is the caller's affair. */
static bool read_hex(const char *text, size_t len, uint8_t *out)
{
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(text[2 * i]);
        int low = high < 0 ? -1 : hex_value(text[2 * i + 1]);

        if (low < 0) {
            return false;
        }
        out[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

bool lt_hex_parse(const char *text, size_t len, uint8_t *out)
{
    if (strnlen(text, 2 * len + 1) != 2 * len) {
        return false;
    }
    for (size_t i = 0; i < 2 * len; i++) {
        if (hex_value(text[i]) < 0) {
            return false;
        }
    }
    return read_hex(text, len, out);
}

bool lt_key_prefix_parse(const char *text, size_t len,
                         uint8_t out[static LT_HASH_LEN], size_t *out_n)
{
    char digits[LT_HASH_TEXT] = "";
    uint8_t bytes[LT_HASH_LEN];
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '-') {
            continue;
        }
        if (n == LT_HASH_TEXT - 1) {
            return false;
        }
        digits[n++] = text[i];
    }
    n /= 2;
    if (n < LT_KEY_SHORT_LEN || !lt_hex_parse(digits, n, bytes)) {
        return false;
    }
    memcpy(out, bytes, n);
    *out_n = n;
    return true;
}

bool lt_office_parse(const char *text, struct lt_office *out)
{
    return lt_hex_parse(text, LT_OFFICE_LEN, out->bytes);
}

static uint64_t be64(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* A decimal without sign or leading zero, to the end of the text. */
static bool read_count(const char *text, uint64_t *out)
{
    uint64_t value = 0;

    if (text[0] < '1' || text[0] > '9') {
        return false;
    }
    for (; *text != '\0'; text++) {
        uint64_t digit;

        if (*text < '0' || *text > '9') {
            return false;
        }
        digit = (uint64_t)(*text - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool lt_event_id_parse(const char *text, struct lt_event_id *out)
{
    struct lt_event_id id = {.count = 0};
    uint8_t epoch[8];

    if (!read_hex(text, LT_OFFICE_LEN, id.origin.bytes)) {
        return false;
    }
    text += (size_t)LT_OFFICE_LEN * 2;
    if (*text++ != ':' || !read_hex(text, sizeof(epoch), epoch)) {
        return false;
    }
    text += sizeof(epoch) * 2;
    if (*text++ != ':' || !read_count(text, &id.count)) {
        return false;
    }
    id.epoch = be64(epoch);
    *out = id;
    return true;
}

static bool read_class(const char *word, size_t len, uint8_t *out)
{
    unsigned value = 0;

    for (size_t i = 1; i < LT_COUNT_OF(class_words); i++) {
        if (strlen(class_words[i]) == len &&
            memcmp(class_words[i], word, len) == 0) {
            *out = (uint8_t)i;
            return true;
        }
    }
    /* classN: only for what has no word, as formatting writes it. */
    if (len < 6 || len > 8 || memcmp(word, "class", 5) != 0) {
        return false;
    }
    for (size_t i = 5; i < len; i++) {
        if (word[i] < '0' || word[i] > '9' ||
            (i == 5 && word[i] == '0' && len > 6)) {
            return false;
        }
        value = value * 10 + (unsigned)(word[i] - '0');
    }
    if (value > UINT8_MAX || (value > 0 && value < LT_COUNT_OF(class_words))) {
        return false;
    }
    *out = (uint8_t)value;
    return true;
}

bool lt_channel_parse(const char *text, struct lt_channel *out)
{
    const char *slash = strchr(text, '/');
    struct lt_channel channel = {0};

    if (slash == NULL ||
        !read_class(text, (size_t)(slash - text), &channel.cls)) {
        return false;
    }
    slash++;
    if (strcmp(slash, "up") == 0) {
        channel.audience = LT_AUDIENCE_UP;
    } else if (strcmp(slash, "all") == 0) {
        channel.audience = LT_AUDIENCE_ALL;
    } else if (strncmp(slash, "to/", 3) == 0 &&
               lt_office_parse(slash + 3, &channel.to)) {
        channel.audience = LT_AUDIENCE_TO;
    } else {
        return false;
    }
    *out = channel;
    return true;
}

bool lt_uuid_parse(const char *text, uint8_t out_id[static LT_REQUEST_LEN])
{
    uint8_t id[LT_REQUEST_LEN];
    char plain[2 * LT_REQUEST_LEN + 1];
    size_t len = 0;

    if (strnlen(text, LT_UUID_TEXT) != LT_UUID_TEXT - 1) {
        return false;
    }
    for (size_t i = 0; i < LT_UUID_TEXT - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash != (text[i] == '-')) {
            return false;
        }
        if (!dash) {
            plain[len++] = text[i];
        }
    }
    plain[len] = '\0';
    if (!lt_hex_parse(plain, LT_REQUEST_LEN, id)) {
        return false;
    }
    memcpy(out_id, id, sizeof(id));
    return true;
}
