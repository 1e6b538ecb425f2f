/* lienthong config check | show: without the daemon, of the files as they are.
 */
#include <stdlib.h>

#include "common/conf.h"
#include "tools/tool.h"

enum { EXIT_FOUND_SOMETHING = 1 };

static int load(struct lt_tool *tool, struct lt_conf **out_conf)
{
    struct lt_diag diag;
    lt_err rc;

    lt_diag_set(&diag, LT_OK);
    rc = lt_conf_load(tool->dir, lt_tool_text(tool, "config"), out_conf, &diag);
    if (rc == LT_OK) {
        return 0;
    }
    if (diag.code != rc) {
        lt_diag_set(&diag, rc);
    }
    return lt_tool_fail(tool, &diag, false);
}

static int run_check(struct lt_tool *tool,
                     const struct lt_tool_command *command)
{
    struct lt_conf *conf = NULL;
    int code = load(tool, &conf);

    (void)command;
    if (code == 0) {
        fprintf(tool->out, "%s\n",
                tool->json ? "{\"ok\":true}"
                           : lt_ui(tool->lang, "ui_config_ok"));
    } else if (code == lt_err_exit(LT_ECONFIG)) {
        code = EXIT_FOUND_SOMETHING; /* the check ran */
    }
    lt_conf_free(conf);
    return code;
}

static json_t *value_of(const struct lt_conf *conf, enum lt_setting setting)
{
    const struct lt_setting_info *info = lt_setting_info(setting);
    json_t *list;
    size_t i;

    switch (info->type) {
    case LT_TYPE_INT:
    case LT_TYPE_BYTES:
    case LT_TYPE_DURATION:
        return json_integer(lt_conf_number(conf, setting));
    case LT_TYPE_BOOL:
        return json_boolean(lt_conf_bool(conf, setting));
    case LT_TYPE_ADDRESSES:
        list = json_array();
        for (i = 0; i < lt_conf_count(conf, setting); i++) {
            if (json_array_append_new(
                    list, json_string(lt_conf_at(conf, setting, i))) != 0) {
                break;
            }
        }
        return list;
    case LT_TYPE_STRING:
    case LT_TYPE_OFFICE:
    case LT_TYPE_CHOICE:
        break;
    }
    return json_string(lt_conf_text(conf, setting));
}

static void print_json(struct lt_tool *tool, const struct lt_conf *conf)
{
    json_t *settings = json_object();
    char *line;
    size_t i;

    for (i = 0; i < LT_SETTINGS; i++) {
        enum lt_setting setting = (enum lt_setting)i;

        (void)json_object_set_new(
            settings, lt_setting_info(setting)->key,
            json_pack("{s:o,s:s,s:s}", "value", value_of(conf, setting),
                      "source", lt_conf_source(conf, setting), "unit",
                      lt_setting_info(setting)->unit));
    }
    line = json_dumps(settings, JSON_COMPACT);
    fprintf(tool->out, "{\"settings\":%s}\n", line == NULL ? "null" : line);
    free(line);
    json_decref(settings);
}

static int run_show(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_conf *conf = NULL;
    struct lt_buf text;
    int code = load(tool, &conf);

    (void)command;
    if (code == 0 && tool->json) {
        print_json(tool, conf);
    } else if (code == 0) {
        lt_buf_init(&text, lt_alloc_heap());
        if (lt_conf_print(conf, tool->lang, &text)) {
            (void)fwrite(text.data, 1, text.len, tool->out);
        } else {
            code = lt_tool_fail_code(tool, LT_ENOMEM, NULL);
        }
        lt_buf_deinit(&text);
    }
    lt_conf_free(conf);
    return code;
}

#define CONFIG_OPTION                                                          \
    {                                                                          \
        {"config", LT_TOOL_TEXT, "FILE", "ui_opt_config", true},               \
    }

const struct lt_tool_command lt_cmd_config[] = {{.name = "config check",
                                                 .meta = "",
                                                 .text = "ui_cmd_config_check",
                                                 .example = "--config /etc/lienthong/lienthong.conf",
                                                 .options = CONFIG_OPTION,
                                                 .run = run_check},
                                                {.name = "config show",
                                                 .meta = "",
                                                 .text = "ui_cmd_config_show",
                                                 .example = "",
                                                 .options = CONFIG_OPTION,
                                                 .run = run_show},
                                                {.name = NULL}};
