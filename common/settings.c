/* The table of settings and the reading of single values. */
#include "common/settings.h"

#include <stdio.h>
#include <string.h>

#include "common/codec.h"
#include "common/id.h"

static const struct lt_setting_info infos[LT_SETTINGS] = {
#define X(id, key, type, unit, default_text, min, max, applies, choices, vi,   \
          en)                                                                  \
    [id] = {                                                                   \
        key,     type,    unit, default_text, min, max, LT_APPLIES_##applies,  \
        choices, {vi, en}},
#include "common/settings_table.h"
#undef X
};

const struct lt_setting_info *lt_setting_info(enum lt_setting setting)
{
    return &infos[setting];
}

bool lt_setting_find(const char *key, enum lt_setting *out_setting)
{
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        if (strcmp(infos[i].key, key) == 0) {
            *out_setting = (enum lt_setting)i;
            return true;
        }
    }
    return false;
}

struct unit {
    const char *word;
    int64_t factor;
};

static const struct unit no_units[] = {{"", 1}};
static const struct unit byte_units[] = {
    {"", 1},
    {"K", INT64_C(1) << 10},
    {"M", INT64_C(1) << 20},
    {"G", INT64_C(1) << 30},
};
static const struct unit time_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000},
};

/* Digits and one of the units, to the end of the text. */
static bool read_number(const char *text, const struct unit *units,
                        size_t units_n, int64_t *out)
{
    size_t digits = strspn(text, "0123456789");
    int64_t value = 0;

    if (digits == 0 || digits > 18) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        value = value * 10 + (text[i] - '0');
    }
    for (size_t i = 0; i < units_n; i++) {
        if (strcmp(text + digits, units[i].word) == 0) {
            if (value > INT64_MAX / units[i].factor) {
                return false;
            }
            *out = value * units[i].factor;
            return true;
        }
    }
    return false;
}

static bool read_bool(const char *text, int64_t *out)
{
    static const char *const words[] = {"no",   "yes", "false",
                                        "true", "off", "on"};

    for (unsigned i = 0; i < LT_COUNT_OF(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i % 2;
            return true;
        }
    }
    return false;
}

static bool read_choice(const char *choices, const char *text, int64_t *out)
{
    size_t len = strlen(text);

    for (int64_t index = 0;; index++) {
        size_t end = strcspn(choices, "|");

        if (end == len && memcmp(choices, text, len) == 0) {
            *out = index;
            return true;
        }
        if (choices[end] == '\0') {
            return false;
        }
        choices += end + 1;
    }
}

bool lt_address_split(const char *text, char out_host[static LT_HOST_TEXT],
                      uint16_t *out_port)
{
    const char *host = text;
    const char *colon = strrchr(text, ':');
    size_t host_len;
    int64_t port;

    if (colon == NULL || strlen(colon) > 6 ||
        !read_number(colon + 1, no_units, 1, &port) || port > UINT16_MAX) {
        return false;
    }
    host_len = (size_t)(colon - text);
    if (host_len >= 2 && text[0] == '[' && text[host_len - 1] == ']') {
        host++;
        host_len -= 2;
        if (strspn(host, "0123456789abcdefABCDEF:.%") < host_len) {
            return false;
        }
    } else if (memchr(text, ':', host_len) != NULL) {
        return false; /* IPv6 without brackets: where would the port begin? */
    } else {
        for (size_t i = 0; i < host_len; i++) {
            if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                       "0123456789.-_*",
                       host[i]) == NULL) {
                return false;
            }
        }
    }
    if (host_len == 0 || host_len >= LT_HOST_TEXT) {
        return false;
    }
    memcpy(out_host, host, host_len);
    out_host[host_len] = '\0';
    *out_port = (uint16_t)port;
    return true;
}

static lt_err refuse(const struct lt_setting_info *info, const char *reason,
                     const char *text, struct lt_diag *diag)
{
    (void)lt_diag_set(diag, LT_ECONFIG);
    lt_diag_arg(diag, "key", "%s", info->key);
    lt_diag_arg(diag, "reason", "%s '%.120s'", reason, text);
    return LT_ECONFIG;
}

static lt_err read_ranged(const struct lt_setting_info *info, const char *text,
                          const struct unit *units, size_t units_n,
                          int64_t *out_number, struct lt_diag *diag)
{
    char reason[120];
    int64_t value;

    if (!read_number(text, units, units_n, &value)) {
        return refuse(info,
                      info->type == LT_TYPE_DURATION
                          ? "not a duration (500ms, 5s, 15m, 24h, 7d):"
                      : info->type == LT_TYPE_BYTES
                          ? "not a size (65536, 64K, 16M, 2G):"
                          : "not a whole number:",
                      text, diag);
    }
    if (value < info->min || value > info->max) {
        (void)snprintf(reason, sizeof(reason),
                       "outside %lld to %lld %s:", (long long)info->min,
                       (long long)info->max, info->unit);
        return refuse(info, reason, text, diag);
    }
    *out_number = value;
    return LT_OK;
}

lt_err lt_setting_read(enum lt_setting setting, const char *text,
                       int64_t *out_number, struct lt_diag *diag)
{
    const struct lt_setting_info *info = &infos[setting];
    struct lt_office office;
    char host[LT_HOST_TEXT];
    uint16_t port;
    int64_t number = 0;

    if (strlen(text) > LT_SETTING_TEXT_MAX) {
        return refuse(info, "too long:", text, diag);
    }
    if (!lt_utf8_valid(text, strlen(text))) {
        return refuse(info, "not UTF-8:", text, diag);
    }
    switch (info->type) {
    case LT_TYPE_STRING:
        break;
    case LT_TYPE_ADDRESSES:
        if (!lt_address_split(text, host, &port)) {
            return refuse(info, "not host:port or [IPv6]:port:", text, diag);
        }
        break;
    case LT_TYPE_OFFICE:
        if (text[0] != '\0' && !lt_office_parse(text, &office)) {
            return refuse(info, "not an office id of 32 hex digits:", text,
                          diag);
        }
        break;
    case LT_TYPE_INT:
        return read_ranged(info, text, no_units, LT_COUNT_OF(no_units),
                           out_number, diag);
    case LT_TYPE_BYTES:
        return read_ranged(info, text, byte_units, LT_COUNT_OF(byte_units),
                           out_number, diag);
    case LT_TYPE_DURATION:
        return read_ranged(info, text, time_units, LT_COUNT_OF(time_units),
                           out_number, diag);
    case LT_TYPE_BOOL:
        if (!read_bool(text, &number)) {
            return refuse(info, "not yes or no:", text, diag);
        }
        break;
    case LT_TYPE_CHOICE:
        if (!read_choice(info->choices, text, &number)) {
            char reason[120];

            (void)snprintf(reason, sizeof(reason),
                           "not one of %s:", info->choices);
            return refuse(info, reason, text, diag);
        }
        break;
    }
    *out_number = number;
    return LT_OK;
}
