/* courier export and import: one piece a command, so that neither side keeps
 * anything in between. */
#include <string.h>

#include "daemon/control/desk.h"

/* An id needs no tree: an office that has none yet can send upward. */
static lt_err find_office(struct lt_desk *desk, struct lt_text text,
                          struct lt_office *out, struct lt_diag *diag)
{
    const struct lt_tree_office *office;
    char id[LT_OFFICE_TEXT];
    lt_err rc;

    if (text.len == LT_OFFICE_TEXT - 1) {
        memcpy(id, text.data, text.len);
        id[text.len] = '\0';
        if (lt_office_parse(id, out)) {
            return LT_OK;
        }
    }
    rc = lt_desk_office(desk, text, &office, diag);
    if (rc == LT_OK) {
        *out = office->id;
    }
    return rc;
}

/* The key of one that is named; else this office's own. */
lt_err lt_office_key_find(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_job *job, struct lt_diag *diag)
{
    job->kind = LT_JOB_KEY;
    if (!lt_args_has(args, LT_OPT_OFFICE)) {
        job->courier_to = desk->office;
        return LT_OK;
    }
    return find_office(desk, args->texts[LT_OPT_OFFICE], &job->courier_to,
                       diag);
}

lt_err lt_courier_export_find(struct lt_desk *desk, const struct lt_args *args,
                              struct lt_job *job, struct lt_diag *diag)
{
    struct lt_text after = args->texts[LT_OPT_AFTER];

    job->kind = LT_JOB_EXPORT;
    job->courier_all = args->numbers[LT_OPT_ALL] != 0;
    job->courier_since_statement = args->numbers[LT_OPT_SINCE_STATEMENT] != 0;
    job->courier_receipt = args->numbers[LT_OPT_RECEIPT] != 0;
    if (after.len >= sizeof(job->courier_cursor)) {
        return lt_desk_refuse(diag, LT_EINVAL, "after", NULL);
    }
    memcpy(job->courier_cursor, after.data == NULL ? "" : after.data,
           after.len);
    job->courier_cursor[after.len] = '\0';
    return find_office(desk, args->texts[LT_OPT_OFFICE], &job->courier_to,
                       diag);
}

lt_err lt_courier_import_find(struct lt_desk *desk, const struct lt_args *args,
                              struct lt_job *job, struct lt_diag *diag)
{
    (void)desk;
    (void)diag;
    job->kind = LT_JOB_IMPORT;
    job->courier_piece = (const uint8_t *)args->texts[LT_OPT_PIECE].data;
    job->courier_piece_len = args->texts[LT_OPT_PIECE].len;
    return LT_OK;
}
