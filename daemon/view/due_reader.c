/* What the cases that a reader shows owe. Nothing of it is stored: it follows
 * from the case's dates and the law as it stands now, wherever it is asked. */
#include "daemon/view/reader.h"

#include <string.h>

lt_err lt_reader_law(struct lt_view_reader *r)
{
    lt_err rc = LT_OK;

    if (r->books != NULL && !r->has_law) {
        rc = lt_books_refresh(r->books, r);
        r->has_law = rc == LT_OK;
    }
    return rc;
}

/* A day that somebody wrote into the matter itself has no rule behind it. */
lt_err lt_reader_duties(struct lt_view_reader *r, size_t *out_n)
{
    const struct lt_matter *m = &r->stored.matter;
    const struct lt_law *law = NULL;
    lt_err rc;

    *out_n = 0;
    if (r->books == NULL || m->kind != LT_MATTER_CASE ||
        !lt_matter_is_open(m)) {
        return LT_OK;
    }
    if (r->has_duties) {
        *out_n = r->duties_n;
        return LT_OK;
    }
    rc = lt_reader_law(r);
    if (rc == LT_OK) {
        /* Of a contested case nobody is custodian. */
        const struct lt_office holder = lt_reader_holder(
            r, lt_office_is_zero(&m->custodian) ? &m->origin : &m->custodian);

        rc = lt_books_law(r->books, &holder, &law);
    }
    if (rc == LT_OK) {
        r->duties_n = lt_law_duties(law, m->type, &m->trail, r->duties);
        r->has_duties = true;
        *out_n = r->duties_n;
    }
    return rc;
}

lt_err lt_view_law(struct lt_view_reader *reader,
                   const struct lt_office *office,
                   const struct lt_law **out_law)
{
    lt_err rc = reader->books == NULL ? LT_EINVAL : lt_reader_begin(reader);

    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_books_refresh(reader->books, reader);
    if (rc == LT_OK) {
        rc = lt_books_law(reader->books, office, out_law);
    }
    lt_reader_end(reader);
    return rc;
}
