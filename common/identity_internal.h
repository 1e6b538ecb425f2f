/* What the files of identity.h share. */
#ifndef LT_COMMON_IDENTITY_INTERNAL_H
#define LT_COMMON_IDENTITY_INTERNAL_H

#include "common/identity.h"

/* From now on, for so many days. */
struct lt_cert_terms lt_identity_terms(const struct lt_sys *sys, int days);
/* Keep copies of @bindings instead of those that are here. LT_ENOMEM: none are
 * left. */
LT_MUST_CHECK lt_err lt_identity_keep(struct lt_identity *identity,
                                      const struct lt_spans *bindings);

#endif
