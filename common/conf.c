/* Reading files with libconfuse.
 *
 * libconfuse is the lexer and knows the keys; values come to us as text and
 * are read by settings.c, so that one table decides. Each file is parsed into
 * a tree of its own and merged, which keeps track of where a value came from.
 * Its error callback has no argument for us: the load in progress is a
 * thread-local variable, set only while libconfuse runs. */
#include "common/conf.h"

#include <confuse.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/codec.h"
#include "common/file.h"

enum {
    FILE_MAX_BYTES = 256 * 1024,
    DROP_INS_MAX = 256,
    PATH_BYTES = 4096,
    SOURCE_MAX = 320
};

struct value {
    char *texts[LT_SETTING_VALUES_MAX];
    size_t texts_n;
    int64_t number;
    char source[SOURCE_MAX];
    bool is_explicit;
};

struct lt_conf {
    char *dir;
    char *named_file; /* NULL: the one in dir */
    char *file;
    struct value values[LT_SETTINGS];
};

struct load {
    const char *file;
    struct lt_diag *diag;
    unsigned lines[LT_SETTINGS]; /* where each key stood */
    bool failed;
};

static _Thread_local struct load *current;

static void value_clear(struct value *value)
{
    for (size_t i = 0; i < value->texts_n; i++) {
        free(value->texts[i]);
    }
    *value = (struct value){0};
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

/* Read @texts into a fresh value; the old one goes only on success. */
static lt_err value_set(struct value *value, enum lt_setting setting,
                        const char *const *texts, size_t texts_n,
                        const char *source, struct lt_diag *diag)
{
    struct value fresh = {0};
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
    value_clear(value);
    *value = fresh;
    return LT_OK;
}

static lt_err set_defaults(struct lt_conf *conf, struct lt_diag *diag)
{
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        const char *text = lt_setting_info((enum lt_setting)i)->default_text;
        lt_err rc = value_set(&conf->values[i], (enum lt_setting)i, &text,
                              text[0] != '\0' ? 1 : 0, "default", diag);

        if (rc != LT_OK) {
            return rc;
        }
    }
    return LT_OK;
}

/* --- libconfuse ------------------------------------------------------- */

static void on_error(cfg_t *cfg, const char *format, va_list args)
{
    static const char unknown[] = "no such option '";
    char reason[200];

    if (current == NULL || current->failed) {
        return; /* the first one names the cause */
    }
    current->failed = true;
    (void)vsnprintf(reason, sizeof(reason), format, args);
    (void)lt_diag_set(current->diag, LT_ECONFIG);
    lt_diag_arg(current->diag, "file", "%s", current->file);
    lt_diag_arg(current->diag, "line", "%d", cfg->line);
    if (strncmp(reason, unknown, sizeof(unknown) - 1) == 0) {
        lt_diag_arg(current->diag, "key", "%.*s",
                    (int)strcspn(reason + sizeof(unknown) - 1, "'"),
                    reason + sizeof(unknown) - 1);
    }
    lt_diag_arg(current->diag, "reason", "%s", reason);
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
    enum lt_setting setting;

    if (current != NULL && lt_setting_find(opt->name, &setting)) {
        current->lines[setting] = (unsigned)cfg->line;
    }
    return 0;
}

static cfg_t *make_cfg(void)
{
    cfg_opt_t opts[LT_SETTINGS + 1];
    cfg_t *cfg;

    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        const struct lt_setting_info *info =
            lt_setting_info((enum lt_setting)i);

        if (info->type == LT_TYPE_ADDRESSES) {
            opts[i] = (cfg_opt_t)CFG_STR_LIST(info->key, NULL, CFGF_NODEFAULT);
        } else {
            opts[i] = (cfg_opt_t)CFG_STR(info->key, NULL, CFGF_NODEFAULT);
        }
    }
    opts[LT_SETTINGS] = (cfg_opt_t)CFG_END();
    cfg = cfg_init(opts, CFGF_NONE); /* copies the options */
    if (cfg == NULL) {
        return NULL;
    }
    (void)cfg_set_error_function(cfg, on_error);
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        (void)cfg_set_validate_func(
            cfg, lt_setting_info((enum lt_setting)i)->key, on_value);
    }
    return cfg;
}

/* Prefix a diagnostic of settings.c with the place. */
static lt_err at_place(struct lt_diag *diag, const char *file, unsigned line)
{
    struct lt_diag inner;

    if (diag == NULL) {
        return LT_ECONFIG;
    }
    inner = *diag;
    (void)lt_diag_set(diag, LT_ECONFIG);
    lt_diag_arg(diag, "file", "%s", file);
    lt_diag_arg(diag, "line", "%u", line);
    for (unsigned i = 0; i < inner.args_n; i++) {
        lt_diag_arg(diag, inner.args[i].key, "%s", inner.args[i].value);
    }
    return LT_ECONFIG;
}

static lt_err merge_one(struct lt_conf *conf, enum lt_setting setting,
                        cfg_opt_t *opt, const struct load *load)
{
    const char *texts[LT_SETTING_VALUES_MAX + 1];
    char source[SOURCE_MAX];
    unsigned n = cfg_opt_size(opt);
    size_t texts_n = 0;
    lt_err rc;

    for (unsigned i = 0; i < n && texts_n < LT_COUNT_OF(texts); i++) {
        const char *text = cfg_opt_getnstr(opt, i);

        if (text != NULL) {
            texts[texts_n++] = text;
        }
    }
    (void)snprintf(source, sizeof(source), "%.280s:%u", load->file,
                   load->lines[setting]);
    rc = value_set(&conf->values[setting], setting, texts, texts_n, source,
                   load->diag);
    return rc == LT_ECONFIG
               ? at_place(load->diag, load->file, load->lines[setting])
               : rc;
}

static lt_err merge(struct lt_conf *conf, cfg_t *cfg, const struct load *load)
{
    lt_err rc = LT_OK;

    for (unsigned i = 0; i < LT_SETTINGS && rc == LT_OK; i++) {
        cfg_opt_t *opt =
            cfg_getopt(cfg, lt_setting_info((enum lt_setting)i)->key);

        /* A key that was seen counts even when its list is empty. */
        if (opt != NULL && (cfg_opt_size(opt) > 0 || load->lines[i] > 0)) {
            rc = merge_one(conf, (enum lt_setting)i, opt, load);
        }
    }
    return rc;
}

static lt_err parse_text(struct lt_conf *conf, const char *file,
                         const char *text, struct lt_diag *diag)
{
    struct load load = {.file = file, .diag = diag};
    cfg_t *cfg = make_cfg();
    lt_err rc;

    if (cfg == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    current = &load;
    switch (cfg_parse_buf(cfg, text)) {
    case CFG_SUCCESS:
        rc = LT_OK;
        break;
    default:
        rc = LT_ECONFIG;
        break;
    }
    current = NULL;
    if (rc == LT_OK && load.failed) {
        rc = LT_ECONFIG;
    } else if (rc == LT_OK) {
        rc = merge(conf, cfg, &load);
    } else if (!load.failed) {
        (void)lt_diag_set(diag, LT_ECONFIG);
        lt_diag_arg(diag, "file", "%s", file);
    }
    (void)cfg_free(cfg);
    return rc;
}

/* --- Files ------------------------------------------------------------ */

static lt_err check_mode(const char *file, struct lt_diag *diag)
{
    struct stat st;

    if (stat(file, &st) != 0) {
        lt_err rc = lt_diag_set(diag, LT_ENOINPUT);

        lt_diag_arg(diag, "path", "%s", file);
        lt_diag_arg(diag, "reason", "%s", strerror(errno));
        return rc;
    }
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        (void)lt_diag_set(diag, LT_EFILEMODE);
        lt_diag_arg(diag, "path", "%s", file);
        lt_diag_arg(diag, "mode", "%04o", (unsigned)st.st_mode & 07777U);
        lt_diag_arg(diag, "wanted", "0640");
        return LT_EFILEMODE;
    }
    return LT_OK;
}

static lt_err refuse_text(const char *file, const char *reason,
                          struct lt_diag *diag)
{
    (void)lt_diag_set(diag, LT_ECONFIG);
    lt_diag_arg(diag, "file", "%s", file);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_ECONFIG;
}

static lt_err parse_file(struct lt_conf *conf, const char *file,
                         struct lt_diag *diag)
{
    struct lt_buf text;
    lt_err rc = check_mode(file, diag);

    if (rc != LT_OK) {
        return rc;
    }
    lt_buf_init(&text, lt_alloc_heap());
    rc = lt_file_read(file, FILE_MAX_BYTES, false, &text, diag);
    if (rc != LT_OK) {
        goto out;
    }
    if (!lt_utf8_valid(text.data, text.len)) {
        rc = refuse_text(file, "not UTF-8, or a NUL inside", diag);
        goto out;
    }
    if (!lt_buf_put(&text, "\n", 2)) { /* the NUL ends the text */
        rc = lt_diag_set(diag, LT_ENOMEM);
        goto out;
    }
    rc = parse_text(conf, file, (const char *)text.data, diag);
out:
    lt_buf_deinit(&text);
    return rc;
}

static int is_drop_in(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5 &&
           strcmp(entry->d_name + len - 5, ".conf") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static lt_err parse_drop_ins(struct lt_conf *conf, struct lt_diag *diag)
{
    struct dirent **entries = NULL;
    char folder[PATH_BYTES];
    char path[PATH_BYTES + 300];
    const char *slash = strrchr(conf->file, '/');
    lt_err rc = LT_OK;
    int n;

    (void)snprintf(folder, sizeof(folder), "%.*sconf.d",
                   slash != NULL ? (int)(slash - conf->file + 1) : 0,
                   conf->file);
    n = scandir(folder, &entries, is_drop_in, by_bytes);
    if (n < 0) {
        return errno == ENOENT ? LT_OK
                               : refuse_text(folder, strerror(errno), diag);
    }
    if (n > DROP_INS_MAX) {
        rc = refuse_text(folder, "more than 256 files", diag);
    }
    for (int i = 0; i < n; i++) {
        if (rc == LT_OK) {
            (void)snprintf(path, sizeof(path), "%s/%s", folder,
                           entries[i]->d_name);
            rc = parse_file(conf, path, diag);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
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
        rc = parse_file(conf, conf->file, diag);
    }
    if (rc == LT_OK) {
        rc = parse_drop_ins(conf, diag);
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
    lt_err rc = value_set(&conf->values[setting], setting, &text, 1,
                          "command line", diag);

    if (rc == LT_OK) {
        conf->values[setting].is_explicit = true;
    }
    return rc;
}

static bool value_equal(const struct value *a, const struct value *b)
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

        if (info->applies == LT_APPLIES_RELOAD ||
            conf->values[i].is_explicit ||
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
        struct value old = conf->values[i];

        if (old.is_explicit || lt_setting_info((enum lt_setting)i)->applies !=
                                   LT_APPLIES_RELOAD) {
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
    const struct value *value = &conf->values[setting];

    return value->texts_n > 0 ? value->texts[0] : "";
}

size_t lt_conf_count(const struct lt_conf *conf, enum lt_setting setting)
{
    return conf->values[setting].texts_n;
}

const char *lt_conf_at(const struct lt_conf *conf, enum lt_setting setting,
                       size_t index)
{
    const struct value *value = &conf->values[setting];

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
