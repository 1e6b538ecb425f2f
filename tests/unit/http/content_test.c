/* What a file is, by its first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/http/content.h"

#define ZIP "PK\3\4\24\0\0\0\0\0______________"

static const char *ending_of(const char *bytes, size_t len)
{
    const struct lt_content *content =
        lt_content_of((const uint8_t *)bytes, len);

    return content == NULL ? "" : content->ending;
}

#define ENDING(text) ending_of(text, sizeof(text) - 1)

static void papers_and_pictures_are_known(void **state)
{
    (void)state;
    assert_string_equal(ENDING("%PDF-1.7\n"), "pdf");
    assert_string_equal(ENDING("\xFF\xD8\xFF\xE0__JFIF"), "jpg");
    assert_string_equal(ENDING("\x89PNG\r\n\x1A\n____"), "png");
    assert_string_equal(ENDING("II*\0____"), "tif");
    assert_string_equal(ENDING("MM\0*____"), "tif");
    assert_string_equal(ENDING("{\\rtf1\\ansi"), "rtf");
    assert_string_equal(ENDING(ZIP "[Content_Types].xml___word/document.xml"),
                        "docx");
    assert_string_equal(ENDING(ZIP "[Content_Types].xml___xl/workbook.xml"),
                        "xlsx");
    assert_string_equal(
        ENDING(ZIP "mimetypeapplication/vnd.oasis.opendocument.text"), "odt");
    assert_string_equal(
        ENDING(ZIP "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
        "ods");
}

/* What a browser would show as a page, or a machine would run, and what only
 * says that it is one of the others. */
static void all_else_is_refused(void **state)
{
    (void)state;
    assert_string_equal(ENDING("<html><script>alert(1)</script>"), "");
    assert_string_equal(ENDING("<?xml version=\"1.0\"?><svg onload=\"x()\"/>"),
                        "");
    assert_string_equal(ENDING("<svg xmlns='http://www.w3.org/2000/svg'/>"),
                        "");
    assert_string_equal(ENDING("<!-- --> %PDF-1.7"), "");
    assert_string_equal(ENDING("GIF89a"), "");
    assert_string_equal(ENDING("MZ\x90"), "");
    assert_string_equal(ENDING("\x7F""ELF"), "");
    assert_string_equal(ENDING("#!/bin/sh"), "");
    assert_string_equal(ENDING(ZIP "evil.exe"), "");
    assert_string_equal(ENDING("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "");
    assert_string_equal(ENDING(""), "");
    assert_string_equal(ENDING("%PD"), ""); /* shorter than what it begins with */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_and_pictures_are_known),
        cmocka_unit_test(all_else_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
