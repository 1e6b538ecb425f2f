/* Texts of incidents whose time is over, and who has to say so: their writer
 * orders, a keeper confirms what was ordered; daemon/cases/erasure.h. */
#include "daemon/cases/erasure.h"
#include "daemon/view/reader.h"

enum { LOOKED_AT_MAX = 256 };

/* The events of expired incidents that carry texts: those that opened them, and
 * the last that said what help is needed. */
static lt_err collect(struct lt_view_reader *r, struct lt_event_id *out,
                      size_t *out_n)
{
    sqlite3_stmt *stmt = r->list_all;
    bool row = true;
    lt_err rc = lt_reader_begin(r);

    *out_n = 0;
    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(stmt, 1, (int64_t)LT_MATTER_INCIDENT);
    sqlite3_bind_int64(stmt, 2, INT64_MAX);
    sqlite3_bind_int64(stmt, 3, INT64_MAX);
    while (rc == LT_OK && row && *out_n + 2 <= LOOKED_AT_MAX) {
        const struct lt_matter *m = &r->stored.matter;

        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row) {
            rc = lt_reader_take_matter(r, stmt);
        }
        if (rc == LT_OK && row && lt_matter_texts_expired(m, r->climb.now_ms)) {
            out[(*out_n)++] = m->id;
            if (!lt_event_id_equal(&m->help_by, &m->id)) {
                out[(*out_n)++] = m->help_by;
            }
        }
    }
    lt_db_reset(stmt);
    lt_reader_end(r);
    return rc;
}

/* Has this office to say something about the texts of @id? */
static bool must_speak(const struct lt_view_climb *climb,
                       const struct lt_event_id *id,
                       const struct lt_view_entry *entry, bool *out_confirms)
{
    uint8_t all = (uint8_t)((1U << entry->parts_n) - 1U);

    if (entry->parts_n == 0 || entry->type == 0) {
        return false;
    }
    *out_confirms = !lt_office_equal(&id->origin, &climb->self);
    if (!*out_confirms) {
        return (entry->ordered & all) != all;
    }
    return climb->tree != NULL && (entry->ordered & all) == all &&
           (entry->confirmed & all) != all &&
           lt_erasure_may_confirm(&climb->self, id, climb->tree,
                                  lt_tree_version(climb->tree));
}

lt_err lt_view_expired(struct lt_view_reader *r, size_t max,
                       struct lt_view_expired *out, size_t *out_n)
{
    struct lt_event_id ids[LOOKED_AT_MAX];
    struct lt_view_entry entry;
    size_t n = 0;
    lt_err rc = collect(r, ids, &n);

    *out_n = 0;
    for (size_t i = 0; rc == LT_OK && i < n && *out_n < max; i++) {
        bool confirms = false;

        rc = lt_view_entry(r, &ids[i], &r->climb.self, &entry);
        if (rc == LT_ENOTFOUND) {
            rc = LT_OK;
        } else if (rc == LT_OK &&
                   must_speak(&r->climb, &ids[i], &entry, &confirms)) {
            struct lt_view_expired *item = &out[(*out_n)++];

            *item = (struct lt_view_expired){.target = ids[i],
                                             .matter = entry.heads.matter,
                                             .confirms = confirms,
                                             .channel = entry.channel,
                                             .heads_n = entry.heads.heads_n};
            for (size_t h = 0; h < item->heads_n; h++) {
                item->heads[h] = entry.heads.heads[h];
            }
        }
    }
    return rc;
}
