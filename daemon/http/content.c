#include "daemon/http/content.h"

#include <string.h>

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."

static const struct {
    const char *begin;
    size_t len;
    const char *within; /* a zip's kind is told by a name in it */
    struct lt_content content;
} kinds[] = {
    {"%PDF-", 5, NULL, {"application/pdf", "pdf"}},
    {"\xFF\xD8\xFF", 3, NULL, {"image/jpeg", "jpg"}},
    {"\x89PNG\r\n\x1A\n", 8, NULL, {"image/png", "png"}},
    {"II*\0", 4, NULL, {"image/tiff", "tif"}},
    {"MM\0*", 4, NULL, {"image/tiff", "tif"}},
    {"{\\rtf1", 6, NULL, {"application/rtf", "rtf"}},
    {"PK\3\4", 4, "mimetype" ODF "text", {ODF "text", "odt"}},
    {"PK\3\4", 4, "mimetype" ODF "spreadsheet", {ODF "spreadsheet", "ods"}},
    {"PK\3\4", 4, "word/", {OOXML "wordprocessingml.document", "docx"}},
    {"PK\3\4", 4, "xl/", {OOXML "spreadsheetml.sheet", "xlsx"}},
};

const struct lt_content *lt_content_of(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < LT_COUNT_OF(kinds); i++) {
        if (len >= kinds[i].len &&
            memcmp(bytes, kinds[i].begin, kinds[i].len) == 0 &&
            (kinds[i].within == NULL ||
             memmem(bytes, len, kinds[i].within, strlen(kinds[i].within)) !=
                 NULL)) {
            return &kinds[i].content;
        }
    }
    return NULL;
}
