/* Reading files with libconfuse.
 *
 * libconfuse is the lexer and knows the keys; values come to us as text and
 * are read by settings.c, so that one table decides. Each file is parsed into
 * a tree of its own and merged, which keeps track of where a value came from.
 * Its error callback has no argument for us: the load in progress is a
 * thread-local variable, set only while libconfuse runs. It counts lines twice
 * and more inside comments, so comments are blanked before it sees them. */
#include "common/conf_internal.h"

#include <confuse.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/codec.h"
#include "common/file.h"

enum { FILE_MAX_BYTES = 256 * 1024, DROP_INS_MAX = 256, PATH_BYTES = 4096 };

struct load {
    const char *file;
    struct lt_diag *diag;
    unsigned lines[LT_SETTINGS]; /* where each key stood */
    bool failed;
};

static _Thread_local struct load *current;

/* --- libconfuse ------------------------------------------------------- */

static void on_error(cfg_t *cfg, const char *format, va_list args)
    LT_PRINTF(2, 0);

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
    char source[LT_CONF_SOURCE_MAX];
    unsigned n = cfg_opt_size(opt);
    size_t texts_n = 0;
    lt_err rc;

    for (unsigned i = 0; i < n && texts_n < LT_COUNT_OF(texts); i++) {
        const char *text = cfg_opt_getnstr(opt, i);

        if (text != NULL) {
            texts[texts_n++] = text;
        }
    }
    if (load->lines[setting] > 0) {
        (void)snprintf(source, sizeof(source), "%.280s:%u", load->file,
                       load->lines[setting]);
    } else {
        (void)snprintf(source, sizeof(source), "%.280s", load->file);
    }
    rc = lt_conf_value_set(conf, setting, texts, texts_n, source, load->diag);
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

        /* An empty list counts too: it takes away what stood before. */
        if (opt != NULL && (opt->flags & CFGF_MODIFIED) != 0) {
            rc = merge_one(conf, (enum lt_setting)i, opt, load);
        }
    }
    return rc;
}

/* The bytes of the comment that begins at @at; 0 when none does. */
static size_t comment_len(const char *text, const char *at)
{
    const char *end;

    if (*at == '#') {
        return strcspn(at, "\n");
    }
    /* The others count where a word may begin: http://x is one word. */
    if (*at != '/' || (at > text && strchr(" \t\r\n={},", at[-1]) == NULL)) {
        return 0;
    }
    if (at[1] == '/') {
        return strcspn(at, "\n");
    }
    end = at[1] == '*' ? strstr(at + 2, "*/") : NULL;
    /* Without an end it is left alone and found by the caller. */
    return end != NULL ? (size_t)(end + 2 - at) : 0;
}

/* False when a comment has no end: libconfuse would leave out the rest of the
 * file without a word. */
static bool blank_comments(char *text)
{
    char quote = '\0';

    for (char *at = text; *at != '\0'; at++) {
        size_t len;

        if (quote != '\0') {
            if (*at == '\\' && at[1] != '\0') {
                at++;
            } else if (*at == quote) {
                quote = '\0';
            }
            continue;
        }
        if (*at == '"' || *at == '\'') {
            quote = *at;
            continue;
        }
        len = comment_len(text, at);
        if (len == 0 && at[0] == '/' && at[1] == '*') {
            return false;
        }
        for (size_t i = 0; i < len; i++) {
            if (at[i] != '\n') {
                at[i] = ' ';
            }
        }
        at += len > 0 ? len - 1 : 0;
    }
    return true;
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

lt_err lt_conf_file_parse(struct lt_conf *conf, const char *file,
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
    if (!blank_comments((char *)text.data)) {
        rc = refuse_text(file, "a comment has no end", diag);
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

lt_err lt_conf_drop_ins_parse(struct lt_conf *conf, struct lt_diag *diag)
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
    if (n < 0 && errno == ENOMEM) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
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
            rc = lt_conf_file_parse(conf, path, diag);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}
