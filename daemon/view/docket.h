/* The open cases with what is due of each: kept in memory by a reader, so that
 * neither a list of what is late nor the counts of offices compute every date
 * anew. Nothing of it is stored: it follows from the cases, the law and the
 * day. What has changed in the file is looked at when somebody asks; with
 * another day, law or tree all is computed again.
 *
 * Threading: belongs to its reader. Memory: 48 bytes an open case. */
#ifndef LT_VIEW_DOCKET_H
#define LT_VIEW_DOCKET_H

#include "common/base.h"
#include "common/id.h"

struct lt_docket;
struct lt_view_reader;

enum { LT_DOCKET_LATE = 1, LT_DOCKET_SOON = 2, LT_DOCKET_EXTENDED_LATE = 4 };

struct lt_docket_row {
    int64_t opened;          /* as lists are ordered, then by key */
    int64_t key;             /* of the case */
    struct lt_office office; /* its custodian; of a contested one its origin */
    int32_t late_days;       /* of the term that is longest past */
    uint32_t flags;          /* LT_DOCKET_* */
};

struct lt_docket *lt_docket_new(void); /* NULL without memory */
void lt_docket_free(struct lt_docket *docket);
/* Another file may be read from now on. */
void lt_docket_forget(struct lt_docket *docket);

/* Bring @reader's docket to what its answer sees, by the date @today. Within an
 * answer; uses reader->stored. Errors: LT_EBUSY (patience is over), LT_EIO,
 * LT_ENOMEM; the next answer tries again. */
LT_MUST_CHECK lt_err lt_docket_refresh(struct lt_view_reader *reader,
                                       int32_t today);
/* The rows, the oldest case first; borrowed until the next refresh. */
const struct lt_docket_row *lt_docket_rows(const struct lt_docket *docket,
                                           size_t *out_n);
/* How many rows stand before the case opened at @opened with @key. */
size_t lt_docket_place(const struct lt_docket *docket, int64_t opened,
                       int64_t key);

#endif
