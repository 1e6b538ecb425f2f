/* What two roots say to each other when their trees join, by file: PEM with
 * lines for people before it. A card says who a root is; a hand-over that it
 * has stepped down, and all offices below it. The document inside (JSON, see
 * daemon/control/region_cmd.c) names the root's key and the binding of its
 * office's key, and is signed by that one. */
#ifndef LT_TOOLS_REGION_FILE_H
#define LT_TOOLS_REGION_FILE_H

#include <jansson.h>

#include "common/identity.h"

enum lt_region_kind { LT_REGION_CARD, LT_REGION_HAND_OVER };
enum { LT_REGION_FILE_MAX = 512 * 1024 };

/* Add the keys of @identity to @document, sign it, and write it to a new file.
 * Errors: LT_ECREATE, LT_EFULL, LT_ETOOBIG, LT_ECRYPTO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_region_file_save(const struct lt_identity *identity,
                                         enum lt_region_kind kind,
                                         json_t *document, const char *path,
                                         struct lt_diag *diag);
/* Read it into @out_text (replaced), when it is of @kind and signed by the key
 * that it names. Errors: LT_EREGIONFILE with "reason"; as lt_file_read. */
LT_MUST_CHECK lt_err lt_region_file_load(const char *path,
                                         enum lt_region_kind kind,
                                         struct lt_buf *out_text,
                                         struct lt_diag *diag);

#endif
