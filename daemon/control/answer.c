#include "daemon/control/answer.h"

#include <stdio.h>
#include <string.h>

#include "common/codec.h"
#include "common/segment.h"
#include "common/sys.h"

bool lt_json_quote(struct lt_buf *out, const char *data, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    bool valid = lt_utf8_valid(data, len);
    /* At most six bytes for each, and the quotes. */
    uint8_t *to = lt_buf_reserve(out, len * 6 + 2);
    uint8_t *at = to;
    size_t i;

    if (to == NULL) {
        return false;
    }
    *at++ = '"';
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];

        if (c == '"' || c == '\\') {
            *at++ = '\\';
            *at++ = c;
        } else if (c == '\n') {
            *at++ = '\\';
            *at++ = 'n';
        } else if (c < 0x20 || c == 0x7F) {
            memcpy(at, "\\u00", 4);
            at[4] = (uint8_t)hex[c >> 4];
            at[5] = (uint8_t)hex[c & 15];
            at += 6;
        } else if (c >= 0x80 && !valid) {
            memcpy(at, "\xEF\xBF\xBD", 3);
            at += 3;
        } else {
            *at++ = c;
        }
    }
    *at++ = '"';
    out->len += (size_t)(at - to);
    return true;
}

bool lt_json_string(struct lt_buf *out, const char *text)
{
    return text == NULL ? lt_buf_put(out, "null", 4)
                        : lt_json_quote(out, text, strlen(text));
}

static bool is_mentioned(const char *text, const char *key)
{
    char name[LT_DIAG_KEY_MAX + 2];

    (void)snprintf(name, sizeof(name), "{%s}", key);
    return strstr(text, name) != NULL;
}

/* Put @word of the catalogue in the place of an argument's value, filled with
 * the others; those that it mentions are then told and need not stand again. */
static void put_word_of(enum lt_lang lang, struct lt_diag *diag, unsigned at,
                        const char *word)
{
    const char *text = lt_ui(lang, word);
    char filled[LT_DIAG_VALUE_MAX];
    unsigned kept = 0;
    unsigned i;

    if (strcmp(text, word) == 0) {
        return; /* not of the catalogue: it stays as it is */
    }
    (void)lt_ui_format(lang, word, diag, filled, sizeof(filled));
    memcpy(diag->args[at].value, filled, sizeof(filled));
    for (i = 0; i < diag->args_n; i++) {
        if (i == at || !is_mentioned(text, diag->args[i].key)) {
            if (kept != i) {
                diag->args[kept] = diag->args[i];
            }
            kept++;
        }
    }
    diag->args_n = kept;
}

/* Reasons are words of the catalogue, and so are some of the things that they
 * are about. What people typed is neither. */
static void put_words(enum lt_lang lang, struct lt_diag *diag)
{
    unsigned i;

    for (i = 0; i < diag->args_n; i++) {
        char word[LT_DIAG_VALUE_MAX + 16];

        if (strcmp(diag->args[i].key, "reason") == 0) {
            (void)snprintf(word, sizeof(word), "%s", diag->args[i].value);
        } else if (strcmp(diag->args[i].key, "what") == 0 &&
                   diag->code != LT_ENOTFOUND && diag->code != LT_EAMBIGUOUS) {
            (void)snprintf(word, sizeof(word), "ui_what_%s",
                           diag->args[i].value);
        } else {
            continue;
        }
        put_word_of(lang, diag, i, word);
    }
}

bool lt_answer_error(struct lt_buf *out, enum lt_lang lang,
                     const struct lt_diag *given, const uint8_t *request_id,
                     bool unknown)
{
    struct lt_diag copy = *given;
    const struct lt_diag *diag = &copy;
    char text[LT_MESSAGE_MAX];
    char uuid[LT_UUID_TEXT];

    put_words(lang, &copy);
    (void)lt_message_text(lang, diag, text, sizeof(text));
    if (!lt_buf_printf(out, "{\"error\":{\"code\":\"%s\",\"text\":",
                       lt_err_word(diag->code)) ||
        !lt_json_string(out, text) || !lt_buf_printf(out, ",\"remedy\":")) {
        return false;
    }
    (void)lt_message_remedy(lang, diag, text, sizeof(text));
    if (request_id != NULL) {
        lt_uuid_format(request_id, uuid);
    }
    return lt_json_string(out, text) &&
           lt_buf_printf(out, ",\"request_id\":") &&
           lt_json_string(out, request_id == NULL ? NULL : uuid) &&
           lt_buf_printf(out, ",\"outcome\":\"%s\"}}",
                         unknown ? "unknown" : "none");
}

static uint8_t *put_word(uint8_t *at, const char *word)
{
    size_t len = strlen(word);

    memcpy(at, word, len);
    return at + len;
}

bool lt_answer_written(struct lt_buf *out, const struct lt_written *written)
{
    enum { ROOM = 512 };
    char event[LT_EVENT_ID_TEXT];
    char matter[LT_EVENT_ID_TEXT];
    char uuid[LT_UUID_TEXT];
    char time[LT_TIME_TEXT];
    char receipt[LT_RECEIPT_TEXT];
    uint8_t *to = lt_buf_reserve(out, ROOM);
    uint8_t *at = to;

    if (to == NULL) {
        return false;
    }
    lt_event_id_format(&written->event, event);
    lt_event_id_format(&written->matter, matter);
    lt_uuid_format(written->request_id, uuid);
    lt_time_format(written->committed_at_ms, time);
    at = put_word(at, "{\"event\":\"");
    at = put_word(at, event);
    at = put_word(at, "\",\"id\":\"");
    at = put_word(at, matter);
    at = put_word(at, "\",\"request_id\":\"");
    at = put_word(at, uuid);
    at = put_word(at, "\",\"committed_at\":\"");
    at = put_word(at, time);
    at = put_word(at, written->repeated ? "\",\"repeated\":true"
                                        : "\",\"repeated\":false");
    if (written->with_receipt) {
        lt_receipt_format(written->hash, receipt);
        at = put_word(at, ",\"receipt_code\":\"");
        at = put_word(at, receipt);
        *at++ = '"';
    }
    *at++ = '}';
    out->len += (size_t)(at - to);
    return true;
}
