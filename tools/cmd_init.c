/* lienthong init: a root office, offline. Its opening in the tree is written by
 * its daemon, at the first start, from identity/office. */
#include <string.h>

#include "common/origin.h"
#include "common/policy.h"
#include "common/sys.h"
#include "tools/setup.h"

/* Copy one word of the command line; an absent one is empty. */
static lt_err copy_word(const struct lt_tool *tool, const char *name, char *out,
                        size_t size, struct lt_diag *diag)
{
    const char *word = lt_tool_text(tool, name);
    size_t len = word == NULL ? 0 : strlen(word);

    if (len >= size) {
        lt_diag_set(diag, LT_ETOOBIG);
        lt_diag_arg(diag, "what", "%s", name);
        return LT_ETOOBIG;
    }
    if (strcspn(word == NULL ? "" : word, "\r\n") != len) {
        lt_diag_set(diag, LT_ETEXT);
        lt_diag_arg(diag, "what", "%s", name);
        return LT_ETEXT;
    }
    memcpy(out, word == NULL ? "" : word, len + 1);
    return LT_OK;
}

static lt_err take_origin(const struct lt_tool *tool, struct lt_origin *out,
                          struct lt_diag *diag)
{
    lt_err rc = copy_word(tool, "name", out->name, sizeof(out->name), diag);

    if (rc == LT_OK) {
        rc = copy_word(tool, "kind", out->kind, sizeof(out->kind), diag);
    }
    return rc == LT_OK
               ? copy_word(tool, "code", out->code, sizeof(out->code), diag)
               : rc;
}

static void allow_kinds(const struct lt_policy *policy, struct lt_diag *diag)
{
    const struct lt_kind *row;
    size_t i;

    for (i = 0; (row = lt_policy_kind_at(policy, i)) != NULL; i++) {
        lt_diag_allow(diag, row->word);
    }
}

static lt_err check_options(const struct lt_tool *tool,
                            struct lt_origin *origin, struct lt_diag *diag)
{
    const char *name = lt_tool_text(tool, "name");
    const char *kind = lt_tool_text(tool, "kind");
    const char *unused;
    struct lt_policy *policy = NULL;
    lt_err rc;

    if (name == NULL || kind == NULL) {
        lt_diag_set(diag, LT_EUSAGE);
        lt_diag_arg(diag, "what", "%s", name == NULL ? "--name" : "--kind");
        lt_diag_arg(diag, "reason", "%s", lt_ui(tool->lang, "ui_why_missing"));
        return LT_EUSAGE;
    }
    rc = take_origin(tool, origin, diag);
    if (rc == LT_OK) {
        rc = lt_policy_load(lt_alloc_heap(), NULL, &policy, diag);
    }
    if (rc == LT_OK && lt_policy_kind(policy, kind) == NULL) {
        rc = lt_diag_set(diag, LT_EINVAL);
        lt_diag_arg(diag, "what", "%s", "--kind");
        allow_kinds(policy, diag);
    }
    lt_policy_free(policy);
    if (rc == LT_OK) {
        rc = lt_setup_address(tool, "listen", &unused, diag);
    }
    if (rc == LT_OK) {
        rc = lt_setup_address(tool, "enrol_listen", &unused, diag);
    }
    if (rc == LT_OK) {
        rc = lt_setup_address(tool, "pages_listen", &unused, diag);
    }
    return rc;
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_identity identity;
    struct lt_office office;
    struct lt_origin origin;
    struct lt_diag diag;
    lt_err rc;
    int code = 0;

    (void)command;
    lt_diag_set(&diag, LT_OK);
    lt_identity_init(&identity);
    rc = check_options(tool, &origin, &diag);
    if (rc == LT_OK) {
        rc = lt_setup_check(tool->dir, &diag);
    }
    if (rc == LT_OK) {
        sys->random(sys->ctx, office.bytes, sizeof(office.bytes));
        rc = lt_identity_make_root(&identity, sys, &office);
    }
    if (rc == LT_OK) {
        struct lt_setup setup = {.identity = &identity, .origin = &origin};

        rc = lt_setup_write(tool, &setup, &diag);
    }
    if (rc == LT_OK) {
        lt_setup_print(tool, &office);
    } else {
        if (diag.code != rc) {
            lt_diag_set(&diag, rc);
        }
        code = lt_tool_fail(tool, &diag, false);
    }
    lt_identity_deinit(&identity);
    return code;
}

const struct lt_tool_command lt_cmd_init[] = {
    {.name = "init",
     .meta = "--name NAME --kind KIND",
     .text = "ui_cmd_init",
     .example =
         "--name \"Tỉnh Tây Ninh\" --kind province --listen 0.0.0.0:7441",
     .options = {{"name", LT_TOOL_TEXT, "NAME", "ui_name", true},
                 {"kind", LT_TOOL_TEXT, "KIND", "ui_kind", true},
                 {"code", LT_TOOL_TEXT, "CODE", "ui_code", true},
                 {"listen", LT_TOOL_TEXT, "A", "ui_opt_listen", true},
                 {"enrol-listen", LT_TOOL_TEXT, "A", "ui_opt_enrol_listen",
                  true},
                 {"pages-listen", LT_TOOL_TEXT, "A", "ui_opt_pages_listen",
                  true}},
     .run = run},
    {.name = NULL}};
