/* Values and where they came from; loading, setting, reloading. */
#include "common/conf_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void value_clear(struct lt_conf_value *value)
{
    for (size_t i = 0; i < value->texts_n; i++) {
        free(value->texts[i]);
    }
    *value = (struct lt_conf_value){0};
}

void lt_conf_free(struct lt_conf *conf)
{
    if (conf == NULL) {
        return;
    }
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        value_clear(&conf->values[i]);
    }
    free(conf->dir);
    free(conf->named_file);
    free(conf->file);
    free(conf);
}

lt_err lt_conf_value_set(struct lt_conf *conf, enum lt_setting setting,
                         const char *const *texts, size_t texts_n,
                         const char *source, struct lt_diag *diag)
{
    struct lt_conf_value fresh = {0};
    lt_err rc = LT_OK;

    if (texts_n > LT_SETTING_VALUES_MAX) {
        (void)lt_diag_set(diag, LT_ECONFIG);
        lt_diag_arg(diag, "key", "%s", lt_setting_info(setting)->key);
        lt_diag_arg(diag, "reason", "more than %d values",
                    LT_SETTING_VALUES_MAX);
        return LT_ECONFIG;
    }
    for (size_t i = 0; i < texts_n && rc == LT_OK; i++) {
        rc = lt_setting_read(setting, texts[i], &fresh.number, diag);
        if (rc != LT_OK) {
            break;
        }
        fresh.texts[i] = strdup(texts[i]);
        if (fresh.texts[i] == NULL) {
            rc = lt_diag_set(diag, LT_ENOMEM);
            break;
        }
        fresh.texts_n++;
    }
    if (rc != LT_OK) {
        value_clear(&fresh);
        return rc;
    }
    (void)snprintf(fresh.source, sizeof(fresh.source), "%s", source);
    value_clear(&conf->values[setting]);
    conf->values[setting] = fresh;
    return LT_OK;
}

static lt_err set_defaults(struct lt_conf *conf, struct lt_diag *diag)
{
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        const char *text = lt_setting_info((enum lt_setting)i)->default_text;
        lt_err rc = lt_conf_value_set(conf, (enum lt_setting)i, &text,
                                      text[0] != '\0' ? 1 : 0, "default", diag);

        if (rc != LT_OK) {
            return rc;
        }
    }
    return LT_OK;
}

static bool exists(const char *file)
{
    struct stat st;

    return stat(file, &st) == 0 || errno != ENOENT;
}

lt_err lt_conf_load(const char *dir, const char *file,
                    struct lt_conf **out_conf, struct lt_diag *diag)
{
    struct lt_conf *conf = calloc(1, sizeof(*conf));
    size_t size;
    lt_err rc = LT_ENOMEM;

    if (conf == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    size = strlen(dir) + (file != NULL ? strlen(file) : 0) + 32;
    conf->dir = strdup(dir);
    conf->named_file = file != NULL ? strdup(file) : NULL;
    conf->file = malloc(size);
    if (conf->dir == NULL || conf->file == NULL ||
        (file != NULL && conf->named_file == NULL)) {
        (void)lt_diag_set(diag, LT_ENOMEM);
        goto fail;
    }
    if (file != NULL) {
        (void)snprintf(conf->file, size, "%s", file);
    } else {
        (void)snprintf(conf->file, size, "%s/lienthong.conf", dir);
    }
    rc = set_defaults(conf, diag);
    if (rc == LT_OK && (file != NULL || exists(conf->file))) {
        rc = lt_conf_file_parse(conf, conf->file, diag);
    }
    if (rc == LT_OK) {
        rc = lt_conf_drop_ins_parse(conf, diag);
    }
    if (rc != LT_OK) {
        goto fail;
    }
    *out_conf = conf;
    return LT_OK;

fail:
    lt_conf_free(conf);
    return rc;
}

lt_err lt_conf_set(struct lt_conf *conf, enum lt_setting setting,
                   const char *text, struct lt_diag *diag)
{
    lt_err rc =
        lt_conf_value_set(conf, setting, &text, 1, "command line", diag);

    if (rc == LT_OK) {
        conf->values[setting].is_explicit = true;
    }
    return rc;
}

static bool value_equal(const struct lt_conf_value *a,
                        const struct lt_conf_value *b)
{
    if (a->texts_n != b->texts_n) {
        return false;
    }
    for (size_t i = 0; i < a->texts_n; i++) {
        if (strcmp(a->texts[i], b->texts[i]) != 0) {
            return false;
        }
    }
    return true;
}

lt_err lt_conf_reload(struct lt_conf *conf, struct lt_buf *out_restart,
                      struct lt_diag *diag)
{
    struct lt_conf *fresh;
    lt_err rc = lt_conf_load(conf->dir, conf->named_file, &fresh, diag);
    size_t len_before = out_restart->len;

    if (rc != LT_OK) {
        return rc;
    }
    /* What can fail comes first: the list of what needs a restart. */
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        const struct lt_setting_info *info =
            lt_setting_info((enum lt_setting)i);

        if (info->applies == LT_APPLIES_RELOAD || conf->values[i].is_explicit ||
            value_equal(&conf->values[i], &fresh->values[i])) {
            continue;
        }
        if (!lt_buf_printf(out_restart, "%s%s",
                           out_restart->len > len_before ? ", " : "",
                           info->key)) {
            out_restart->len = len_before;
            lt_conf_free(fresh);
            return lt_diag_set(diag, LT_ENOMEM);
        }
    }
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        struct lt_conf_value old = conf->values[i];

        if (old.is_explicit ||
            lt_setting_info((enum lt_setting)i)->applies != LT_APPLIES_RELOAD) {
            continue;
        }
        conf->values[i] = fresh->values[i];
        fresh->values[i] = old;
    }
    lt_conf_free(fresh);
    return LT_OK;
}

int64_t lt_conf_number(const struct lt_conf *conf, enum lt_setting setting)
{
    return conf->values[setting].number;
}

bool lt_conf_bool(const struct lt_conf *conf, enum lt_setting setting)
{
    return conf->values[setting].number != 0;
}

const char *lt_conf_text(const struct lt_conf *conf, enum lt_setting setting)
{
    const struct lt_conf_value *value = &conf->values[setting];

    return value->texts_n > 0 ? value->texts[0] : "";
}

size_t lt_conf_count(const struct lt_conf *conf, enum lt_setting setting)
{
    return conf->values[setting].texts_n;
}

const char *lt_conf_at(const struct lt_conf *conf, enum lt_setting setting,
                       size_t index)
{
    const struct lt_conf_value *value = &conf->values[setting];

    return index < value->texts_n ? value->texts[index] : NULL;
}

const char *lt_conf_source(const struct lt_conf *conf, enum lt_setting setting)
{
    return conf->values[setting].source;
}

const char *lt_conf_file(const struct lt_conf *conf)
{
    return conf->file;
}
