/* The inside of struct lt_conf, shared by conf.c and conf_file.c alone. */
#ifndef LT_COMMON_CONF_INTERNAL_H
#define LT_COMMON_CONF_INTERNAL_H

#include "common/conf.h"

enum { LT_CONF_SOURCE_MAX = 320 };

struct lt_conf_value {
    char *texts[LT_SETTING_VALUES_MAX];
    size_t texts_n;
    int64_t number;
    char source[LT_CONF_SOURCE_MAX];
    bool is_explicit;
};

struct lt_conf {
    char *dir;
    char *named_file; /* NULL: the one in dir */
    char *file;
    struct lt_conf_value values[LT_SETTINGS];
};

/* Read @texts into a fresh value; the old one goes only on success. Errors:
 * LT_ECONFIG with "key" and "reason"; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_conf_value_set(struct lt_conf *conf,
                                       enum lt_setting setting,
                                       const char *const *texts, size_t texts_n,
                                       const char *source,
                                       struct lt_diag *diag);

/* Read one file over the values of @conf, which are undefined on failure. */
LT_MUST_CHECK lt_err lt_conf_file_parse(struct lt_conf *conf, const char *file,
                                        struct lt_diag *diag);
/* Read the files of conf.d beside the main file. */
LT_MUST_CHECK lt_err lt_conf_drop_ins_parse(struct lt_conf *conf,
                                            struct lt_diag *diag);

#endif
