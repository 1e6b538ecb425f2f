/* What `init` and `join` have in common: the folder of a new node.
 *
 * Threading: the tool has one thread. */
#ifndef LT_TOOLS_SETUP_H
#define LT_TOOLS_SETUP_H

#include "common/identity.h"
#include "tools/tool.h"

struct lt_origin;

struct lt_setup {
    const struct lt_identity *identity;
    const struct lt_origin *origin; /* at a root; else NULL */
    const char *identity_folder;    /* NULL: DIR/identity, and DIR
                                       must be new or empty */
    const char *superior;           /* office id, or NULL */
    size_t superior_addresses_n;
    char superior_addresses[LT_OFFICE_ADDRESSES_MAX][256];
};

/* DIR may not exist yet, or be an empty folder. Errors: LT_ECREATE. */
LT_MUST_CHECK lt_err lt_setup_check(const char *dir, struct lt_diag *diag);
/* Make DIR with identity and lienthong.conf; the options listen
 * and enrol-listen are read from @tool. What was begun is removed again when
 * it fails, as far as it was made here. */
LT_MUST_CHECK lt_err lt_setup_write(const struct lt_tool *tool,
                                    const struct lt_setup *setup,
                                    struct lt_diag *diag);
/* The option @name as an address; NULL when it was not given. Errors:
 * LT_EINVAL when it cannot be read. */
LT_MUST_CHECK lt_err lt_setup_address(const struct lt_tool *tool,
                                      const char *name,
                                      const char **out_address,
                                      struct lt_diag *diag);
/* The answer that both print: the office and its folder. */
void lt_setup_print(struct lt_tool *tool, const struct lt_office *office);

#endif
