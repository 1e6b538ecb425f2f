/* The effective configuration, printed so that it can be read again. */
#include "common/conf.h"

#include <string.h>

static bool put_quoted(struct lt_buf *out, const char *text)
{
    if (!lt_buf_put(out, "\"", 1)) {
        return false;
    }
    for (; *text != '\0'; text++) {
        bool special = *text == '"' || *text == '\\' || *text == '$';

        if ((special && !lt_buf_put(out, "\\", 1)) ||
            !lt_buf_put(out, text, 1)) {
            return false;
        }
    }
    return lt_buf_put(out, "\"", 1);
}

static bool put_list(const struct lt_conf *conf, enum lt_setting setting,
                     struct lt_buf *out)
{
    size_t n = lt_conf_count(conf, setting);

    if (!lt_buf_put(out, "{", 1)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if ((i > 0 && !lt_buf_put(out, ", ", 2)) ||
            !put_quoted(out, lt_conf_at(conf, setting, i))) {
            return false;
        }
    }
    return lt_buf_put(out, "}", 1);
}

bool lt_conf_value_print(const struct lt_conf *conf, enum lt_setting setting,
                         struct lt_buf *out)
{
    const char *text = lt_conf_text(conf, setting);

    switch (lt_setting_info(setting)->type) {
    case LT_TYPE_ADDRESSES:
        return put_list(conf, setting, out);
    case LT_TYPE_STRING:
    case LT_TYPE_OFFICE:
        return put_quoted(out, text);
    case LT_TYPE_INT:
    case LT_TYPE_BYTES:
    case LT_TYPE_DURATION:
    case LT_TYPE_BOOL:
    case LT_TYPE_CHOICE:
        break;
    }
    return lt_buf_put(out, text, strlen(text));
}

static bool print_one(const struct lt_conf *conf, enum lt_lang lang,
                      enum lt_setting setting, struct lt_buf *out)
{
    const struct lt_setting_info *info = lt_setting_info(setting);
    const char *applies =
        lt_ui(lang, info->applies == LT_APPLIES_RELOAD ? "ui_on_reload"
                                                       : "ui_on_restart");

    if (!lt_buf_printf(
            out, "# %s\n# %s: %s", info->text[lang], lt_ui(lang, "ui_default"),
            info->default_text[0] != '\0' ? info->default_text : "\"\"")) {
        return false;
    }
    if (info->max > 0 &&
        !lt_buf_printf(out, "; %s: %lld .. %lld %s", lt_ui(lang, "ui_range"),
                       (long long)info->min, (long long)info->max,
                       info->unit)) {
        return false;
    }
    if (info->choices[0] != '\0' &&
        !lt_buf_printf(out, "; %s", info->choices)) {
        return false;
    }
    return lt_buf_printf(out,
                         "; %s: %s\n# %s: %s\n%s = ", lt_ui(lang, "ui_applies"),
                         applies, lt_ui(lang, "ui_source"),
                         lt_conf_source(conf, setting), info->key) &&
           lt_conf_value_print(conf, setting, out) && lt_buf_put(out, "\n", 1);
}

bool lt_conf_print(const struct lt_conf *conf, enum lt_lang lang,
                   struct lt_buf *out)
{
    size_t len_before = out->len;

    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        if ((i > 0 && !lt_buf_put(out, "\n", 1)) ||
            !print_one(conf, lang, (enum lt_setting)i, out)) {
            out->len = len_before;
            return false;
        }
    }
    return true;
}
