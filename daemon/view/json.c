#include "daemon/view/json.h"

#include <string.h>

#include "common/sys.h"

void lt_json_init(struct lt_json *json, struct lt_buf *out)
{
    *json = (struct lt_json){.out = out};
}

static void put(struct lt_json *json, const char *data, size_t len)
{
    json->failed = json->failed || !lt_buf_put(json->out, data, len);
}

static void separate(struct lt_json *json)
{
    if (json->comma) {
        put(json, ",", 1);
    }
    json->comma = true;
}

void lt_json_open(struct lt_json *json, char bracket)
{
    separate(json);
    put(json, &bracket, 1);
    json->comma = false;
}

void lt_json_close(struct lt_json *json, char bracket)
{
    put(json, &bracket, 1);
    json->comma = true;
}

static void put_quoted(struct lt_json *json, const char *plain)
{
    put(json, "\"", 1);
    put(json, plain, strlen(plain));
    put(json, "\"", 1);
}

void lt_json_key(struct lt_json *json, const char *key)
{
    separate(json);
    put_quoted(json, key);
    put(json, ":", 1);
    json->comma = false;
}

void lt_json_null(struct lt_json *json)
{
    separate(json);
    put(json, "null", 4);
}

void lt_json_bool(struct lt_json *json, bool value)
{
    separate(json);
    put(json, value ? "true" : "false", value ? 4 : 5);
}

void lt_json_uint(struct lt_json *json, uint64_t value)
{
    separate(json);
    json->failed = json->failed ||
                   !lt_buf_printf(json->out, "%llu", (unsigned long long)value);
}

void lt_json_word(struct lt_json *json, const char *word)
{
    if (word == NULL) {
        lt_json_null(json);
        return;
    }
    separate(json);
    put_quoted(json, word);
}

static size_t sequence_len(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Put what stands at @at, return how many bytes it took. */
static size_t put_char(struct lt_json *json, const char *at, size_t left)
{
    unsigned char c = (unsigned char)*at;
    size_t len = sequence_len(c);

    if (c == '"' || c == '\\') {
        char pair[2] = {'\\', (char)c};

        put(json, pair, 2);
        return 1;
    }
    if (c < 0x20) {
        json->failed =
            json->failed || !lt_buf_printf(json->out, "\\u%04x", (unsigned)c);
        return 1;
    }
    if (len > left || (c >= 0x80 && !lt_utf8_valid(at, len))) {
        put(json, "\xef\xbf\xbd", 3);
        return 1;
    }
    put(json, at, len);
    return len;
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' &&
           c != '\\';
}

void lt_json_text(struct lt_json *json, struct lt_text text)
{
    if (text.data == NULL) {
        lt_json_null(json);
        return;
    }
    separate(json);
    put(json, "\"", 1);
    for (size_t i = 0; i < text.len;) {
        size_t run = 0;

        while (i + run < text.len && is_plain(text.data[i + run])) {
            run++;
        }
        put(json, text.data + i, run);
        i += run;
        if (i < text.len) {
            i += put_char(json, text.data + i, text.len - i);
        }
    }
    put(json, "\"", 1);
}

void lt_json_time(struct lt_json *json, int64_t wall_ms)
{
    char text[LT_TIME_TEXT];

    lt_time_format(wall_ms, text);
    lt_json_word(json, text);
}

void lt_json_day(struct lt_json *json, int32_t day)
{
    char text[LT_DAY_TEXT];

    lt_day_format(day, text);
    lt_json_word(json, text);
}

void lt_json_month(struct lt_json *json, int32_t day)
{
    enum { MONTH_LEN = 7 };
    char text[LT_DAY_TEXT];

    lt_day_format(day, text);
    text[MONTH_LEN] = '\0';
    lt_json_word(json, text);
}

void lt_json_hex64(struct lt_json *json, uint64_t value)
{
    char text[LT_EPOCH_TEXT];

    lt_epoch_format(value, text);
    lt_json_word(json, text);
}

void lt_json_office(struct lt_json *json, const struct lt_office *office)
{
    char text[LT_OFFICE_TEXT];

    if (lt_office_is_zero(office)) {
        lt_json_null(json);
        return;
    }
    lt_office_format(office, text);
    lt_json_word(json, text);
}

void lt_json_event(struct lt_json *json, const struct lt_event_id *id)
{
    char text[LT_EVENT_ID_TEXT];

    lt_event_id_format(id, text);
    lt_json_word(json, text);
}
