#include "tools/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET = 4 }; /* modules, by the standard */

struct lt_qr {
    QRcode *code;
};

lt_err lt_qr_new(const char *text, struct lt_qr **out_qr)
{
    struct lt_qr *qr;

    if (text[0] == '\0') {
        return LT_EINVAL;
    }
    if (strlen(text) > LT_QR_TEXT_MAX) {
        return LT_ETOOBIG;
    }
    qr = malloc(sizeof(*qr));
    if (qr == NULL) {
        return LT_ENOMEM;
    }
    qr->code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (qr->code == NULL) {
        lt_err rc = errno == ENOMEM ? LT_ENOMEM : LT_ETOOBIG;

        free(qr);
        return rc;
    }
    *out_qr = qr;
    return LT_OK;
}

void lt_qr_free(struct lt_qr *qr)
{
    if (qr != NULL) {
        QRcode_free(qr->code);
        free(qr);
    }
}

unsigned lt_qr_side(const struct lt_qr *qr)
{
    return (unsigned)qr->code->width;
}

bool lt_qr_is_dark(const struct lt_qr *qr, int column, int row)
{
    int side = qr->code->width;

    return column >= 0 && row >= 0 && column < side && row < side &&
           (qr->code->data[row * side + column] & 1) != 0;
}

void lt_qr_print(const struct lt_qr *qr, bool colour, FILE *out)
{
    static const char *const halves[2][2] = {{" ", "\xE2\x96\x84"},
                                             {"\xE2\x96\x80", "\xE2\x96\x88"}};
    int end = qr->code->width + QUIET;

    for (int row = -QUIET; row < end; row += 2) {
        fputs(colour ? "\033[30;107m" : "", out);
        for (int column = -QUIET; column < end; column++) {
            fputs(halves[lt_qr_is_dark(qr, column, row)]
                        [lt_qr_is_dark(qr, column, row + 1)],
                  out);
        }
        fputs(colour ? "\033[0m\n" : "\n", out);
    }
}
