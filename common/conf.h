/* The configuration: lienthong.conf and conf.d, read into checked values.
 *
 * One file of `key = value` lines, then the *.conf files of the folder conf.d
 * beside it in byte order; a later value replaces an earlier one, lists as a
 * whole. Unknown keys, wrong types and values out of range refuse the whole
 * configuration, with file, line and key. An explicit value (the command line)
 * outranks every file and survives a reload.
 *
 * Threading: loading and reloading by one thread at a time; reading values by
 * any thread while nobody reloads. */
#ifndef LT_COMMON_CONF_H
#define LT_COMMON_CONF_H

#include "common/alloc.h"
#include "common/message.h"
#include "common/settings.h"

struct lt_conf;

/* Read the configuration of the node in @dir.
 *
 * @file  NULL for DIR/lienthong.conf, which may be absent (then everything is
 *        default and explicit); a file that is named must be there
 *
 * Errors: LT_ECONFIG with "file", "line", "key", "reason"; LT_ENOINPUT;
 * LT_EFILEMODE when group or others may write a file; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_conf_load(const char *dir, const char *file,
                                  struct lt_conf **out_conf,
                                  struct lt_diag *diag);
void lt_conf_free(struct lt_conf *conf);

/* Set a value explicitly; for a list, its only element.
 * Errors, value unchanged: LT_ECONFIG, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_conf_set(struct lt_conf *conf, enum lt_setting setting,
                                 const char *text, struct lt_diag *diag);

/* Read the files again. All or nothing: on failure @conf is as before.
 * Settings that need a restart keep their value; the keys of those that have
 * changed are appended to @out_restart, separated by ", ".
 * Errors: those of lt_conf_load. */
LT_MUST_CHECK lt_err lt_conf_reload(struct lt_conf *conf,
                                    struct lt_buf *out_restart,
                                    struct lt_diag *diag);

/* Values. Numbers: bytes, milliseconds, the index of a choice, 0 or 1. Texts
 * are borrowed until the next set or reload. */
int64_t lt_conf_number(const struct lt_conf *conf, enum lt_setting setting);
bool lt_conf_bool(const struct lt_conf *conf, enum lt_setting setting);
const char *lt_conf_text(const struct lt_conf *conf, enum lt_setting setting);
/* Lists (and other settings, as a list of one; an empty text is none). */
size_t lt_conf_count(const struct lt_conf *conf, enum lt_setting setting);
const char *lt_conf_at(const struct lt_conf *conf, enum lt_setting setting,
                       size_t index);
/* "default", "command line" or FILE:LINE. */
const char *lt_conf_source(const struct lt_conf *conf, enum lt_setting setting);
/* The main file, whether it exists or not. */
const char *lt_conf_file(const struct lt_conf *conf);

/* Append the value as it would stand in a file. False without memory. */
LT_MUST_CHECK bool lt_conf_value_print(const struct lt_conf *conf,
                                       enum lt_setting setting,
                                       struct lt_buf *out);
/* Append the whole effective configuration, explained; it can be read again. */
LT_MUST_CHECK bool lt_conf_print(const struct lt_conf *conf, enum lt_lang lang,
                                 struct lt_buf *out);

#endif
