/* What the reading side of the view shares. */
#ifndef LT_VIEW_READER_H
#define LT_VIEW_READER_H

#include <sys/types.h>

#include "daemon/view/books.h"
#include "daemon/view/docket.h"
#include "daemon/view/intern.h"
#include "daemon/view/json.h"
#include "daemon/view/stored.h"
#include "daemon/view/view.h"

/* Offices of which an incident is to be taken sooner, from a day to a day. */
enum { LT_HURRY_MAX = 8 };
struct lt_hurry {
    int32_t from_day;
    int32_t until_day;
    int64_t within_ms;
    size_t offices_n;
    struct lt_office offices[LT_ADDRESSEES_MAX];
};

struct lt_view_reader {
    char *path;
    sqlite3 *db;
    dev_t device; /* of the file that is open */
    ino_t inode;
    struct lt_intern intern;
    struct lt_arena arena; /* one event */
    struct lt_event event; /* scratch, large */
    struct lt_stored stored;
    struct lt_stored kept; /* what was there while a roster is looked at */
    /* Heightened periods in which incidents climb sooner, of this answer. */
    bool has_hurry;
    size_t hurry_n;
    struct lt_hurry hurry[LT_HURRY_MAX];
    bool has_erased; /* anything at all; of this answer */

    int64_t patience_ms; /* of one answer */
    int64_t until_ms;    /* monotonic; 0: no answer is being read */

    lt_view_word_fn *field_word; /* NULL: numbers are printed */
    const void *words_ctx;
    lt_view_ended_fn *ended; /* NULL: all speak */
    const void *ended_ctx;
    struct lt_view_climb climb; /* within_ms 0: not set */
    struct lt_books *books; /* NULL: no deadlines are computed */
    struct lt_docket *docket;
    bool has_law;           /* books were looked at, in this answer */
    struct lt_duty duties[LT_DUTIES_MAX]; /* of the case in stored */
    size_t duties_n;
    bool has_duties; /* computed since it was taken */

    sqlite3_stmt *list_all;
    sqlite3_stmt *list_open;
    sqlite3_stmt *list_shifts;
    sqlite3_stmt *docket_all;
    sqlite3_stmt *docket_news;
    sqlite3_stmt *docket_basis;
    sqlite3_stmt *list_hurry;
    sqlite3_stmt *duty_texts;
    sqlite3_stmt *get_matter;
    sqlite3_stmt *get_matter_of;
    sqlite3_stmt *get_receipt;
    sqlite3_stmt *get_lives;
    sqlite3_stmt *get_event;
    sqlite3_stmt *get_seq;
    sqlite3_stmt *events_from;
    sqlite3_stmt *last_seq;
    sqlite3_stmt *get_unconfirmed;
    sqlite3_stmt *latest;
    sqlite3_stmt *texts;
    sqlite3_stmt *pieces;
    sqlite3_stmt *get_erased;
    sqlite3_stmt *any_erased;
    sqlite3_stmt *get_erasures;
    sqlite3_stmt *erasure_times;
    sqlite3_stmt *erasure_offices;
    sqlite3_stmt *looks;
    sqlite3_stmt *list_turns;
    sqlite3_stmt *get_turn;
    sqlite3_stmt *sum_turns;
    sqlite3_stmt *get_flags;
    sqlite3_stmt *list_flags;
    sqlite3_stmt *replaced_at;
    sqlite3_stmt *begin;
};

/* One answer sees one state: begin before the first read, end after the last.
 * Opens the file anew when another has taken its place. */
LT_MUST_CHECK lt_err lt_reader_begin(struct lt_view_reader *reader);
void lt_reader_end(struct lt_view_reader *reader);
/* Has the present answer taken too long? Asked once a row, since SQLite only
 * looks within a step. */
bool lt_reader_late(const struct lt_view_reader *reader);
/* Who stands for @office by the tree that the reader was given: itself, or the
 * heir of one that is closed. */
struct lt_office lt_reader_holder(const struct lt_view_reader *reader,
                                  const struct lt_office *office);

/* The row of the matter with @key into reader->stored. LT_ENOTFOUND, also for
 * what this office may not know of (lt_reader_hides). */
LT_MUST_CHECK lt_err lt_reader_matter(struct lt_view_reader *reader,
                                      int64_t key);
/* The same, whatever it denounces. */
LT_MUST_CHECK lt_err lt_reader_any_matter(struct lt_view_reader *reader,
                                          int64_t key);
/* The same for the matter of event @id, and what the desk must know of it. */
LT_MUST_CHECK lt_err lt_reader_heads(struct lt_view_reader *reader,
                                     const struct lt_event_id *id,
                                     const struct lt_office *self,
                                     struct lt_view_heads *out);
/* Does the matter in reader->stored denounce this office's own people? It is
 * then in nothing that the office is told: no list, no count, no line. */
bool lt_reader_hides(const struct lt_view_reader *reader);
/* Is this office told the days of the matter in reader->stored, or the month
 * alone (lt_days_are_for)? */
bool lt_reader_tells_days(const struct lt_view_reader *reader);
/* The last day of the month of civil day @day. */
int32_t lt_month_end(int32_t day);

/* From a row of (key, last, fold, kind, opened, open, arrived, receipt),
 * whatever it denounces. */
LT_MUST_CHECK lt_err lt_reader_take_matter(struct lt_view_reader *reader,
                                           sqlite3_stmt *stmt);

/* The fields of a list's item (item.c), between '{' and '}' of the caller. */
/* The word of a field of the policy, under the key "field". */
void lt_item_field(const struct lt_view_reader *reader, struct lt_json *json,
                   uint32_t field);
LT_MUST_CHECK lt_err lt_item_fields(struct lt_view_reader *reader,
                                    struct lt_json *json, int32_t today);

/* One line of `log --events` (events.c) from a row of (seq, key, channel,
 * number, committed, hlc, verdict, why, body, prev, matter). Leaves the event decoded in
 * reader->event; *out_decoded false when it could not be. *out_told false:
 * it belongs to what denounces this office, and nothing was put. */
LT_MUST_CHECK lt_err lt_event_line(struct lt_view_reader *reader,
                                   sqlite3_stmt *stmt, struct lt_json *json,
                                   bool *out_decoded, bool *out_told);

/* The event of such a row into reader->event; *out_decoded false when it cannot
 * be read. */
LT_MUST_CHECK lt_err lt_event_decode_row(struct lt_view_reader *reader,
                                         sqlite3_stmt *stmt,
                                         const struct lt_event_id *id,
                                         bool *out_decoded);

/* Of the case in reader->stored, with key @matter: the field "seen_by"
 * (look.c). */
LT_MUST_CHECK lt_err lt_look_put(struct lt_view_reader *reader, int64_t matter,
                                 struct lt_json *json);

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
/* Look at the books, once an answer. */
LT_MUST_CHECK lt_err lt_reader_law(struct lt_view_reader *reader);

/* How far the incident in reader->stored has climbed: the field "climb". */
LT_MUST_CHECK lt_err lt_untaken_put(struct lt_view_reader *reader,
                                    struct lt_json *json);

/* The event at @seq into reader->event, when it counts; *out_prev is the one
 * before it of its matter, 0: none (agenda.c). */
LT_MUST_CHECK lt_err lt_event_take(struct lt_view_reader *reader, int64_t seq,
                                   struct lt_event_id *out_id,
                                   int64_t *out_prev, bool *out_counts);
/* Of a case: "tasks" of conclusions that are not done, and "notices" that its
 * citizens were given (agenda.c). */
LT_MUST_CHECK lt_err lt_agenda_put(struct lt_view_reader *reader, int32_t today,
                                   struct lt_json *json);

/* Where a list goes on: the last item shown, by what it is ordered by and its
 * key (list.c). Without @text: from the newest on. False: not a cursor. */
struct lt_cursor {
    int64_t at;
    int64_t key;
};
LT_MUST_CHECK bool lt_cursor_read(const char *text, struct lt_cursor *out);
void lt_cursor_put(struct lt_json *json, const struct lt_cursor *at);

/* Receptions of the days from @from to @until: the field "receptions" (turn.c). */
LT_MUST_CHECK lt_err lt_turns_sum(struct lt_view_reader *reader, int32_t from,
                                  int32_t until, struct lt_json *json);

/* ---- on_duty.c, duty.c ---- */

/* Who is on duty at @office now; leaves reader->stored as it was. */
LT_MUST_CHECK lt_err lt_duty_at(struct lt_view_reader *reader,
                                const struct lt_office *office,
                                struct lt_view_duty *out);
/* Each shift by which somebody is on duty now, of @office or (NULL) of all; of
 * one office the first with the lowest rank is whom one rings. Leaves
 * reader->stored as it was; @visit may not read. Errors also those of @visit.
 */
struct lt_on_duty {
    struct lt_office office;
    struct lt_event_id shift;
    struct lt_event_id who; /* the event that names them */
    uint32_t duty;
    int64_t until_ms;
    unsigned rank;
};
typedef lt_err lt_on_duty_fn(void *ctx, const struct lt_on_duty *on);
LT_MUST_CHECK lt_err lt_duty_each(struct lt_view_reader *reader,
                                  const struct lt_office *office,
                                  lt_on_duty_fn *visit, void *ctx);
/* The telephone beside event @who; "" when it is not here, or erased. */
LT_MUST_CHECK lt_err lt_duty_phone(struct lt_view_reader *reader,
                                   const struct lt_event_id *who,
                                   char out[static LT_DUTY_PHONE_LEN]);
int64_t lt_shift_end(const struct lt_matter *matter); /* wall clock */
/* Is the shift in @matter on at @now_ms, by the clock and its events? */
bool lt_shift_is_on(const struct lt_matter *matter, int64_t now_ms);
/* Fields of a shift, a period, a task force. */
LT_MUST_CHECK lt_err lt_shift_fields(struct lt_view_reader *reader,
                                     struct lt_json *json);
LT_MUST_CHECK lt_err lt_period_fields(struct lt_view_reader *reader,
                                      struct lt_json *json, int32_t today);
/* What `show` adds to a period: each day and each office. */
void lt_period_days(const struct lt_view_reader *reader, struct lt_json *json);
/* May this office see the report of retaliation in @matter? */
bool lt_retaliation_shown(const struct lt_view_reader *reader,
                          const struct lt_matter *matter);

/* ---- erasure.c ---- */

/* Which texts of an event are erased here, and which are closed. */
struct lt_erased_texts {
    int64_t key; /* of the event */
    bool any;    /* something was said about them */
    uint8_t erased;
    uint8_t held;
    uint8_t masked; /* flagged, for all but their writer and the office above */
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
/* "erased", "held", "masked", or NULL: as it is. */
const char *lt_erased_word(const struct lt_erased_texts *texts, uint32_t index);
/* The field "erasure" of a text. */
LT_MUST_CHECK lt_err lt_erasure_put(struct lt_view_reader *reader,
                                    const struct lt_erased_texts *texts,
                                    uint32_t index, struct lt_json *json);

#endif
