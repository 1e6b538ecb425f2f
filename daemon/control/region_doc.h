/* What two roots say to each other, as documents (JSON) whose signature the
 * tool has checked: when their trees join (region_cmd.c), and when one lets go
 * of an office (release_cmd.c). What counts in the end is each one's own
 * stream.
 *
 * A document: {"office":{id, name, kind, code, link, enrol}, "root_key",
 * "binding", "step":null|{event, hash, version, successor, from, until,
 * "released":{id, name, kind, code, link, enrol}}, "offices":[{id, parent,
 * name, code, closed}]}. With `released` it is about that office, and `offices`
 * are it and those below it.
 *
 * Threading: as desk.h. */
#ifndef LT_CONTROL_REGION_DOC_H
#define LT_CONTROL_REGION_DOC_H

#include <jansson.h>

#include "daemon/control/desk.h"

enum {
    LT_REGION_WITHIN_DAYS = 30, /* it may be admitted so long */
    LT_REGION_FOUND_MAX = 200
};

/* What stands against it: at @office, or at the whole. */
struct lt_region_found {
    struct lt_office office;
    const char *name;
    const char *why; /* ui word */
    bool soft;       /* to be seen to, and no reason to refuse */
};

/* A document that was read, and what was found. */
struct lt_region_doc {
    struct lt_event event; /* office, root key, binding, step */
    struct lt_office successor;
    bool has_released;
    struct lt_office_info released;
    const json_t *offices;
    size_t open_n;
    size_t closed_n;
    size_t found_all;
    size_t found_n;
    struct lt_region_found found[LT_REGION_FOUND_MAX];
};

/* The word that a document is to tell of; borrowed. */
struct lt_region_step {
    struct lt_event_id event;
    const uint8_t *hash;
    uint64_t version;
    struct lt_office successor;
    int32_t from_day;
    int32_t until_day;
    bool admitted;
    const struct lt_tree_office *released; /* NULL: the whole tree */
};

/* In the desk's arena; NULL: no memory. */
struct lt_region_doc *lt_region_new(struct lt_desk *desk);
/* LT_EREGIONFILE with @why, a ui word. */
lt_err lt_region_refuse(struct lt_diag *diag, const char *why);
/* Errors: LT_EREGIONFILE; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_region_read(struct lt_desk *desk, struct lt_text text,
                                    struct lt_region_doc *out,
                                    struct lt_diag *diag);
/* Note @why against the other root. */
void lt_region_note(struct lt_region_doc *region, const char *why);
/* Look at all its offices, which would come below one that is @above offices
 * deep. */
void lt_region_check_offices(const struct lt_tree *tree,
                             struct lt_region_doc *region, size_t above);
/* LT_EREGIONFILE with the first that is a reason to refuse. */
LT_MUST_CHECK lt_err lt_region_refuse_found(const struct lt_region_doc *region,
                                            struct lt_diag *diag);
/* The day of option DATE, else today. Errors: LT_EINVAL. */
LT_MUST_CHECK lt_err lt_region_day(const struct lt_desk *desk,
                                   const struct lt_args *args, int32_t *out_day,
                                   struct lt_diag *diag);
/* A draft of @type about the other root. */
LT_MUST_CHECK lt_err lt_region_begin(struct lt_desk *desk,
                                     struct lt_draft *draft, uint32_t type,
                                     const struct lt_region_doc *region);
/* The draft names the days from @day on. */
void lt_region_set_days(struct lt_draft *draft, int32_t day);
/* The draft answers the step of @region. */
void lt_region_answer(struct lt_draft *draft,
                      const struct lt_region_doc *region);
/* What an order would do to @office. */
LT_MUST_CHECK bool lt_region_put_rehearsal(const struct lt_desk *desk,
                                           const struct lt_region_doc *region,
                                           const struct lt_office_info *office,
                                           int32_t from, int32_t until,
                                           struct lt_buf *out);
/* A document of @self, with all that is @top or below it. */
LT_MUST_CHECK bool lt_region_put(const struct lt_tree *tree,
                                 const struct lt_tree_office *self,
                                 const struct lt_region_step *step,
                                 const struct lt_office *top,
                                 struct lt_buf *out);

#endif
