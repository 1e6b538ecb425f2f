/* lienthong-manual LANG < TEMPLATE > PAGE: run while building, never
 * installed. */
#include <stdio.h>

#include "tools/man/manual.h"

enum { TEMPLATE_MAX = 256 * 1024 };

int main(int argc, char **argv)
{
    static char text[TEMPLATE_MAX + 1];
    enum lt_lang lang;
    struct lt_buf page;
    size_t len;
    lt_err err = LT_OK;

    if (argc != 2 || !lt_lang_parse(argv[1], &lang)) {
        fputs("usage: lienthong-manual vi|en < TEMPLATE\n", stderr);
        return lt_err_exit(LT_EUSAGE);
    }
    len = fread(text, 1, TEMPLATE_MAX, stdin);
    if (len == 0 || len == TEMPLATE_MAX) {
        return lt_err_exit(LT_ENOINPUT);
    }
    lt_buf_init(&page, lt_alloc_heap());
    err = lt_manual_render(text, lang, &page);
    if (err == LT_OK && (fwrite(page.data, 1, page.len, stdout) != page.len ||
                         fflush(stdout) != 0)) {
        err = LT_EIO;
    }
    lt_buf_deinit(&page);
    return lt_err_exit(err);
}
