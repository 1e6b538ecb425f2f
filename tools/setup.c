#include "tools/setup.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/file.h"
#include "common/origin.h"
#include "daemon/register/key.h"

enum { CONF_MODE = 0640 };

static lt_err refuse_dir(const char *dir, const char *reason,
                         struct lt_diag *diag)
{
    lt_diag_set(diag, LT_ECREATE);
    lt_diag_arg(diag, "path", "%s", dir);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_ECREATE;
}

lt_err lt_setup_check(const char *dir, struct lt_diag *diag)
{
    DIR *folder = opendir(dir);
    struct dirent *entry;
    bool empty = true;

    if (folder == NULL) {
        return errno == ENOENT ? LT_OK : refuse_dir(dir, strerror(errno), diag);
    }
    while ((entry = readdir(folder)) != NULL) {
        empty = empty && (strcmp(entry->d_name, ".") == 0 ||
                          strcmp(entry->d_name, "..") == 0);
    }
    (void)closedir(folder);
    return empty ? LT_OK : refuse_dir(dir, "not empty", diag);
}

lt_err lt_setup_address(const struct lt_tool *tool, const char *name,
                        const char **out_address, struct lt_diag *diag)
{
    const char *address = lt_tool_text(tool, name);
    char host[LT_HOST_TEXT];
    uint16_t port;

    if (address != NULL && !lt_address_split(address, host, &port)) {
        lt_diag_set(diag, LT_EINVAL);
        lt_diag_arg(diag, "what", "%s", name);
        lt_diag_arg(diag, "reason", "%s", "host:port");
        return LT_EINVAL;
    }
    *out_address = address;
    return LT_OK;
}

/* ---- files ---- */

static bool put_conf(const struct lt_tool *tool, const struct lt_setup *setup,
                     struct lt_buf *out)
{
    const char *listen = lt_tool_text(tool, "listen");
    const char *enrol = lt_tool_text(tool, "enrol_listen");
    const char *pages = lt_tool_text(tool, "pages_listen");
    bool fits = lt_buf_printf(out, "# lienthong config show\n");
    size_t i;

    if (listen != NULL) {
        fits = fits && lt_buf_printf(out, "listen_links = {\"%s\"}\n", listen);
    }
    if (enrol != NULL) {
        fits = fits && lt_buf_printf(out, "listen_enrol = {\"%s\"}\n", enrol);
    }
    if (pages != NULL) {
        fits = fits && lt_buf_printf(out, "pages_listen = {\"%s\"}\n", pages);
    }
    if (setup->superior != NULL) {
        fits = fits && lt_buf_printf(out,
                                     "superior_office = \"%s\"\n"
                                     "superior_addresses = {",
                                     setup->superior);
        for (i = 0; i < setup->superior_addresses_n; i++) {
            fits = fits && lt_buf_printf(out, "%s\"%s\"", i == 0 ? "" : ", ",
                                         setup->superior_addresses[i]);
        }
        fits = fits && lt_buf_printf(out, "}\n");
    }
    return fits;
}

static lt_err write_file(const char *dir, const char *name, unsigned mode,
                         const struct lt_buf *text, struct lt_diag *diag)
{
    char path[4096];

    if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >=
        sizeof(path)) {
        return refuse_dir(dir, "too long", diag);
    }
    return lt_file_create(path, mode, text->data, text->len, diag);
}

/* The identity, and at a root what it is called: its daemon opens the office in
 * the tree with that. What a child is called the tree will tell. */
static lt_err write_identity(const char *dir, const struct lt_setup *setup,
                             struct lt_diag *diag)
{
    char path[4096];
    lt_err rc;

    if (setup->identity_folder != NULL) {
        rc = lt_identity_save(setup->identity, setup->identity_folder, diag);
        return rc == LT_OK ? lt_register_key_make(setup->identity_folder,
                                                  lt_sys_real(), diag)
                           : rc;
    }
    if ((size_t)snprintf(path, sizeof(path), "%s/identity", dir) >=
        sizeof(path)) {
        return refuse_dir(dir, "too long", diag);
    }
    rc = lt_identity_save(setup->identity, path, diag);
    if (rc == LT_OK) {
        rc = lt_register_key_make(path, lt_sys_real(), diag);
    }
    return rc == LT_OK && setup->origin != NULL
               ? lt_origin_save(setup->origin, path, diag)
               : rc;
}

lt_err lt_setup_write(const struct lt_tool *tool, const struct lt_setup *setup,
                      struct lt_diag *diag)
{
    struct lt_buf text;
    lt_err rc = setup->identity_folder != NULL
                    ? LT_OK
                    : lt_setup_check(tool->dir, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (access(tool->dir, F_OK) != 0) {
        rc = lt_folder_create(tool->dir, diag);
    }
    if (rc == LT_OK) {
        rc = write_identity(tool->dir, setup, diag);
    }
    lt_buf_init(&text, lt_alloc_heap());
    if (rc == LT_OK) {
        rc = put_conf(tool, setup, &text)
                 ? write_file(tool->dir, "lienthong.conf", CONF_MODE, &text,
                              diag)
                 : LT_ENOMEM;
    }
    lt_buf_deinit(&text);
    return rc;
}

void lt_setup_print(struct lt_tool *tool, const struct lt_office *office)
{
    char id[LT_OFFICE_TEXT];
    json_t *answer;
    char *line;

    lt_office_format(office, id);
    if (!tool->json) {
        fprintf(tool->out, "%s: %s\n", lt_ui(tool->lang, "ui_office"), id);
        fprintf(tool->out, "lienthongd --dir %s\n", tool->dir);
        return;
    }
    answer = json_pack("{s:s,s:s}", "office", id, "dir", tool->dir);
    line = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT);
    fprintf(tool->out, "%s\n", line == NULL ? "{}" : line);
    free(line);
    json_decref(answer);
}
