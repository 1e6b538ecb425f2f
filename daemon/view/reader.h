/* What the reading side of the view shares. */
#ifndef LT_VIEW_READER_H
#define LT_VIEW_READER_H

#include <sys/types.h>

#include "daemon/view/books.h"
#include "daemon/view/intern.h"
#include "daemon/view/json.h"
#include "daemon/view/stored.h"
#include "daemon/view/view.h"

struct lt_view_reader {
    char *path;
    sqlite3 *db;
    dev_t device; /* of the file that is open */
    ino_t inode;
    struct lt_intern intern;
    struct lt_arena arena; /* one event */
    struct lt_event event; /* scratch, large */
    struct lt_stored stored;
    bool has_erased; /* anything at all; of this answer */

    int64_t patience_ms; /* of one answer */
    int64_t until_ms;    /* monotonic; 0: no answer is being read */

    lt_view_word_fn *field_word; /* NULL: numbers are printed */
    const void *words_ctx;
    struct lt_view_climb climb; /* within_ms 0: not set */
    struct lt_books *books; /* NULL: no deadlines are computed */
    bool has_law;           /* books were looked at, in this answer */
    struct lt_duty duties[LT_DUTIES_MAX]; /* scratch */

    sqlite3_stmt *list_all;
    sqlite3_stmt *list_open;
    sqlite3_stmt *get_matter;
    sqlite3_stmt *get_matter_of;
    sqlite3_stmt *get_receipt;
    sqlite3_stmt *get_lives;
    sqlite3_stmt *get_event;
    sqlite3_stmt *get_seq;
    sqlite3_stmt *events_from;
    sqlite3_stmt *last_seq;
    sqlite3_stmt *latest;
    sqlite3_stmt *texts;
    sqlite3_stmt *pieces;
    sqlite3_stmt *get_erased;
    sqlite3_stmt *any_erased;
    sqlite3_stmt *get_erasures;
    sqlite3_stmt *erasure_times;
    sqlite3_stmt *erasure_offices;
    sqlite3_stmt *begin;
};

/* One answer sees one state: begin before the first read, end after the last.
 * Opens the file anew when another has taken its place. */
LT_MUST_CHECK lt_err lt_reader_begin(struct lt_view_reader *reader);
void lt_reader_end(struct lt_view_reader *reader);
/* Has the present answer taken too long? Asked once a row, since SQLite only
 * looks within a step. */
bool lt_reader_late(const struct lt_view_reader *reader);

/* The row of the matter with @key into reader->stored. LT_ENOTFOUND. */
LT_MUST_CHECK lt_err lt_reader_matter(struct lt_view_reader *reader,
                                      int64_t key);
/* The same for the matter of event @id, and what the desk must know of it. */
LT_MUST_CHECK lt_err lt_reader_heads(struct lt_view_reader *reader,
                                     const struct lt_event_id *id,
                                     const struct lt_office *self,
                                     struct lt_view_heads *out);
/* From a row of (key, last, fold, kind, opened, open, arrived, receipt). */
LT_MUST_CHECK lt_err lt_reader_take_matter(struct lt_view_reader *reader,
                                           sqlite3_stmt *stmt);

/* The fields of a list's item (item.c), between '{' and '}' of the caller. */
LT_MUST_CHECK lt_err lt_item_fields(struct lt_view_reader *reader,
                                    struct lt_json *json, int32_t today);

/* One line of `log --events` (events.c) from a row of (seq, key, channel,
 * number, committed, hlc, verdict, why, body, prev, matter). Leaves the event decoded in
 * reader->event; *out_decoded false when it could not be. */
LT_MUST_CHECK lt_err lt_event_line(struct lt_view_reader *reader,
                                   sqlite3_stmt *stmt, struct lt_json *json,
                                   bool *out_decoded);

/* The event of such a row into reader->event; *out_decoded false when it cannot
 * be read. */
LT_MUST_CHECK lt_err lt_event_decode_row(struct lt_view_reader *reader,
                                         sqlite3_stmt *stmt,
                                         const struct lt_event_id *id,
                                         bool *out_decoded);

/* A large part from its pieces (whole.c). */
LT_MUST_CHECK lt_err lt_whole_look(struct lt_view_reader *reader,
                                   const struct lt_event_id *id, uint32_t index,
                                   const struct lt_part_ref *ref,
                                   enum lt_whole *out_state);
/* "announced", "here", "damaged" */
const char *lt_whole_word(enum lt_whole state);

/* The first text of @kind beside the event at @seq: appended to @out when it
 * is here. */
LT_MUST_CHECK lt_err lt_text_of_kind(struct lt_view_reader *reader, int64_t seq,
                                     uint32_t kind, struct lt_json *json);
/* What an event that counts voids, when the row is one that does; false
 * otherwise. *out_by is its own id. */
LT_MUST_CHECK lt_err lt_row_voids(struct lt_view_reader *reader,
                                  sqlite3_stmt *stmt, bool *out_voids,
                                  struct lt_event_id *out_target,
                                  struct lt_event_id *out_by);
/* The sequence of the event with this id; 0 when it is not here. */
LT_MUST_CHECK lt_err lt_seq_of(struct lt_view_reader *reader,
                               const struct lt_event_id *id, int64_t *out_seq);

/* What the case in reader->stored owes, the earliest first, into
 * reader->duties; none for what is no open case (due_reader.c). */
LT_MUST_CHECK lt_err lt_reader_duties(struct lt_view_reader *reader,
                                      size_t *out_n);

/* How far the incident in reader->stored has climbed: the field "climb". */
void lt_untaken_put(const struct lt_view_reader *reader, struct lt_json *json);

/* ---- erasure.c ---- */

/* Which texts of an event are erased here, and which are closed. */
struct lt_erased_texts {
    int64_t key; /* of the event */
    bool any;    /* something was said about them */
    uint8_t erased;
    uint8_t held;
};
LT_MUST_CHECK lt_err lt_erased_look(struct lt_view_reader *reader, int64_t key,
                                    struct lt_erased_texts *out);
/* The same for the event at @seq. */
LT_MUST_CHECK lt_err lt_erased_look_at(struct lt_view_reader *reader,
                                       int64_t seq,
                                       struct lt_erased_texts *out);
/* What was ordered and confirmed of the texts of event @id. */
LT_MUST_CHECK lt_err lt_erased_orders(struct lt_view_reader *reader,
                                      const struct lt_event_id *id,
                                      const struct lt_office *self,
                                      struct lt_view_entry *out);
/* "erased", "held", or NULL: as it is. */
const char *lt_erased_word(const struct lt_erased_texts *texts, uint32_t index);
/* The field "erasure" of a text. */
LT_MUST_CHECK lt_err lt_erasure_put(struct lt_view_reader *reader,
                                    const struct lt_erased_texts *texts,
                                    uint32_t index, struct lt_json *json);

#endif
