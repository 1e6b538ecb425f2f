/* lienthong desk address: where this office's pages are opened, as a QR code
 * for phones, and the certificate that each PC is to trust.
 *
 * The addresses are those of the configuration; that they are served is asked
 * of the daemon, so that nobody writes down one that does not answer. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/locals.h"
#include "tools/page_address.h"
#include "tools/page_cert.h"
#include "tools/qr.h"
#include "tools/tool.h"

enum { LABEL_CELLS = 20 };

/* What is printed. */
struct sheet {
    struct lt_page_address addresses[LT_PAGE_ADDRESSES_MAX];
    size_t n;
    struct lt_page_cert *cert; /* NULL without TLS */
    struct lt_qr *qr;          /* of the first address */
};

/* ---- what to print ---- */

/* A phone needs an address that it reaches, that the certificate names, and
 * that no name server has to know: in this order. */
static unsigned worth(const struct sheet *sheet,
                      const struct lt_page_address *one)
{
    bool named =
        sheet->cert == NULL || lt_page_cert_names(sheet->cert, one->host);

    return (one->here_only ? 0U : 4U) + (named ? 2U : 0U) +
           (one->is_number ? 1U : 0U);
}

/* The best first; the others keep their order. */
static void put_best_first(struct sheet *sheet)
{
    struct lt_page_address one;
    size_t best = 0;

    for (size_t i = 1; i < sheet->n; i++) {
        if (worth(sheet, &sheet->addresses[i]) >
            worth(sheet, &sheet->addresses[best])) {
            best = i;
        }
    }
    one = sheet->addresses[best];
    memmove(&sheet->addresses[1], &sheet->addresses[0], best * sizeof(one));
    sheet->addresses[0] = one;
}

static lt_err not_served(const struct lt_tool *tool, const char *why,
                         struct lt_diag *diag)
{
    lt_diag_set(diag, LT_APAGES);
    lt_diag_arg(diag, "reason", "%s", lt_ui(tool->lang, why));
    return LT_APAGES;
}

static lt_err find_addresses(const struct lt_tool *tool,
                             const struct lt_conf *conf, struct sheet *sheet,
                             struct lt_diag *diag)
{
    static struct lt_locals locals; /* large; the tool runs once */
    json_t *status = NULL;
    const char *bound;
    lt_err rc;

    if (lt_conf_count(conf, LT_SET_PAGES_LISTEN) == 0) {
        return not_served(tool, "ui_why_pages_off", diag);
    }
    rc = lt_ask_status(tool->dir, &status, diag);
    if (rc != LT_OK) {
        return rc;
    }
    bound = json_string_value(
        json_object_get(json_object_get(status, "listen"), "pages"));
    if (bound != NULL) {
        lt_locals_find(&locals);
        sheet->n = lt_page_addresses(conf, bound, &locals, sheet->addresses);
    }
    json_decref(status);
    return sheet->n > 0 ? LT_OK : not_served(tool, "ui_why_pages_alarm", diag);
}

static lt_err fill(const struct lt_tool *tool, struct sheet *sheet,
                   struct lt_diag *diag)
{
    struct lt_conf *conf = NULL;
    lt_err rc =
        lt_conf_load(tool->dir, lt_tool_text(tool, "config"), &conf, diag);

    if (rc == LT_OK) {
        rc = find_addresses(tool, conf, sheet, diag);
    }
    if (rc == LT_OK && lt_conf_bool(conf, LT_SET_PAGES_TLS)) {
        rc = lt_page_cert_read(tool->dir, &sheet->cert, diag);
    }
    if (rc == LT_OK) {
        put_best_first(sheet);
        rc = lt_diag_set(diag, lt_qr_new(sheet->addresses[0].url, &sheet->qr));
    }
    lt_conf_free(conf);
    return rc;
}

/* ---- for scripts ---- */

static json_t *addresses_json(const struct sheet *sheet)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sheet->n; i++) {
        const struct lt_page_address *one = &sheet->addresses[i];

        (void)json_array_append_new(
            list, json_pack("{s:s,s:b,s:b}", "url", one->url, "here_only",
                            one->here_only, "named",
                            sheet->cert == NULL ||
                                lt_page_cert_names(sheet->cert, one->host)));
    }
    return list;
}

/* Rows of 1 (dark) and 0, without the quiet zone. */
static json_t *qr_json(const struct sheet *sheet)
{
    unsigned side = lt_qr_side(sheet->qr);
    json_t *rows = json_array();
    char *row = malloc((size_t)side + 1);

    for (unsigned y = 0; row != NULL && y < side; y++) {
        for (unsigned x = 0; x < side; x++) {
            row[x] = lt_qr_is_dark(sheet->qr, (int)x, (int)y) ? '1' : '0';
        }
        row[side] = '\0';
        (void)json_array_append_new(rows, json_string(row));
    }
    free(row);
    return json_pack("{s:s,s:o}", "text", sheet->addresses[0].url, "rows",
                     rows);
}

static json_t *cert_json(const struct sheet *sheet)
{
    char day[LT_DAY_TEXT];

    if (sheet->cert == NULL) {
        return json_null();
    }
    lt_day_format(lt_civil_day(lt_page_cert_until_ms(sheet->cert)), day);
    return json_pack("{s:s,s:s,s:s,s:s,s:b,s:s+}", "file",
                     lt_page_cert_path(sheet->cert), "sha256",
                     lt_page_cert_sha256(sheet->cert), "sha1",
                     lt_page_cert_sha1(sheet->cert), "until", day, "own",
                     lt_page_cert_is_own(sheet->cert), "url",
                     sheet->addresses[0].url, "/lienthong.crt");
}

static void print_json(const struct lt_tool *tool, const struct sheet *sheet)
{
    json_t *all =
        json_pack("{s:o,s:o,s:o}", "addresses", addresses_json(sheet), "qr",
                  qr_json(sheet), "certificate", cert_json(sheet));
    char *line = all == NULL ? NULL : json_dumps(all, JSON_COMPACT);

    fprintf(tool->out, "%s\n", line == NULL ? "{}" : line);
    free(line);
    json_decref(all);
}

/* ---- for people ---- */

static bool may_colour(const struct lt_tool *tool)
{
    const char *kind = getenv("TERM");
    int fd = fileno(tool->out);

    return !lt_tool_flag(tool, "no_colour") && getenv("NO_COLOR") == NULL &&
           fd >= 0 && isatty(fd) != 0 && kind != NULL &&
           strcmp(kind, "dumb") != 0;
}

static void print_addresses(struct lt_tool *tool, const struct sheet *sheet)
{
    bool open = false;

    fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_desk_pages"));
    for (size_t i = 0; i < sheet->n; i++) {
        const struct lt_page_address *one = &sheet->addresses[i];
        const char *but =
            one->here_only ? "ui_desk_here_only"
            : sheet->cert != NULL && !lt_page_cert_names(sheet->cert, one->host)
                ? "ui_desk_unnamed"
                : NULL;

        fprintf(tool->out, "  %s%s%s%s\n", one->url, but == NULL ? "" : "  (",
                but == NULL ? "" : lt_ui(tool->lang, but),
                but == NULL ? "" : ")");
        open = open || !one->here_only;
    }
    if (!open) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_desk_none_open"));
    }
}

static void print_fact(struct lt_tool *tool, const char *label,
                       const char *value)
{
    lt_print_padded(tool->out, lt_ui(tool->lang, label), LABEL_CELLS);
    fprintf(tool->out, "%s\n", value);
}

static void print_cert(struct lt_tool *tool, const struct sheet *sheet)
{
    const char *url = sheet->addresses[0].url;
    char iso[LT_DAY_TEXT];
    char day[LT_DAY_TEXT];

    fputc('\n', tool->out);
    if (sheet->cert == NULL) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_desk_no_tls"));
        return;
    }
    lt_day_format(lt_civil_day(lt_page_cert_until_ms(sheet->cert)), iso);
    print_fact(tool, "ui_desk_certificate", lt_page_cert_path(sheet->cert));
    print_fact(tool, "ui_desk_until", lt_format_day(iso, day) ? day : iso);
    print_fact(tool, "ui_desk_sha256", lt_page_cert_sha256(sheet->cert));
    print_fact(tool, "ui_desk_sha1", lt_page_cert_sha1(sheet->cert));
    if (!lt_page_cert_is_own(sheet->cert)) {
        fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, "ui_desk_vouched"));
        return;
    }
    fprintf(tool->out,
            "\n%s\n"
            "  curl.exe -k -o %%TEMP%%\\lienthong.crt %s/lienthong.crt\n"
            "  certutil -dump %%TEMP%%\\lienthong.crt\n"
            "  certutil -addstore -f Root %%TEMP%%\\lienthong.crt\n%s\n",
            lt_ui(tool->lang, "ui_desk_install"), url,
            lt_ui(tool->lang, "ui_desk_compare"));
}

static void print_sheet(struct lt_tool *tool, const struct sheet *sheet)
{
    print_addresses(tool, sheet);
    fputc('\n', tool->out);
    lt_print_line(tool, "ui_desk_qr", "url", sheet->addresses[0].url, NULL,
                  NULL);
    lt_qr_print(sheet->qr, may_colour(tool), tool->out);
    print_cert(tool, sheet);
}

static int run_address(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    static struct sheet sheet; /* large; the tool runs once */
    struct lt_diag diag;
    int code = 0;
    lt_err rc;

    (void)command;
    memset(&sheet, 0, sizeof(sheet));
    lt_diag_set(&diag, LT_OK);
    rc = fill(tool, &sheet, &diag);
    if (rc != LT_OK) {
        if (diag.code != rc) {
            lt_diag_set(&diag, rc);
        }
        code = lt_tool_fail(tool, &diag, false);
    } else if (tool->json) {
        print_json(tool, &sheet);
    } else {
        print_sheet(tool, &sheet);
    }
    lt_qr_free(sheet.qr);
    lt_page_cert_free(sheet.cert);
    return code;
}

const struct lt_tool_command lt_cmd_desk[] = {
    {.name = "desk address",
     .meta = "",
     .text = "ui_cmd_desk_address",
     .example = "--no-colour",
     .options = {{"no-colour", LT_TOOL_FLAG, "", "ui_opt_no_colour", true},
                 {"config", LT_TOOL_TEXT, "FILE", "ui_opt_config", true}},
     .run = run_address},
    {.name = NULL}};
