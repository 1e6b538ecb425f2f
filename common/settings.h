/* Settings: one table, and the reading of single values.
 *
 * Each setting has one row in settings_table.h. conf.h reads files into
 * values; this header tells what may stand there.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_SETTINGS_H
#define LT_COMMON_SETTINGS_H

#include "common/err.h"

enum lt_setting {
#define X(id, key, type, unit, default_text, min, max, applies, choices, vi,   \
          en)                                                                  \
    id,
#include "common/settings_table.h"
#undef X
    LT_SETTINGS
};

enum lt_setting_type {
    LT_TYPE_STRING,
    LT_TYPE_ADDRESSES, /* a list of host:port; IPv6 as [::1]:7441 */
    LT_TYPE_OFFICE,    /* 32 hex digits, or empty */
    LT_TYPE_INT,
    LT_TYPE_BYTES,    /* 65536, 64K, 16M, 2G */
    LT_TYPE_DURATION, /* 500ms, 5s, 15m, 24h, 7d; in milliseconds */
    LT_TYPE_BOOL,     /* yes, no, true, false, on, off */
    LT_TYPE_CHOICE    /* one of choices; the number is its index */
};

enum lt_setting_applies { LT_APPLIES_RELOAD, LT_APPLIES_RESTART };

enum {
    LT_SETTING_VALUES_MAX = 16, /* values of a list */
    LT_SETTING_TEXT_MAX = 512,  /* bytes of one value */
    LT_HOST_TEXT = 256
};

struct lt_setting_info {
    const char *key;
    enum lt_setting_type type;
    const char *unit;
    const char *default_text;
    int64_t min;
    int64_t max;
    enum lt_setting_applies applies;
    const char *choices; /* "text|json", or "" */
    const char *text[2]; /* by enum lt_lang */
};

/* @setting must be below LT_SETTINGS. Static storage. */
const struct lt_setting_info *lt_setting_info(enum lt_setting setting);
/* The setting called @key; false, and untouched, when there is none. */
LT_MUST_CHECK bool lt_setting_find(const char *key,
                                   enum lt_setting *out_setting);

/* Check one value (one element, for lists) and give its number: bytes,
 * milliseconds, 0 or 1, the index of a choice; 0 for texts.
 *
 * Errors, outputs untouched: LT_ECONFIG, with "key" and "reason" in @diag. */
LT_MUST_CHECK lt_err lt_setting_read(enum lt_setting setting, const char *text,
                                     int64_t *out_number, struct lt_diag *diag);

/* Split host:port or [v6]:port. The host has no brackets afterwards. False,
 * and untouched, unless @text is exactly that; port 0 is fine (a free one). */
LT_MUST_CHECK bool lt_address_split(const char *text,
                                    char out_host[static LT_HOST_TEXT],
                                    uint16_t *out_port);

#endif
