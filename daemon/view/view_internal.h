/* What the writing side of the view shares. */
#ifndef LT_VIEW_INTERNAL_H
#define LT_VIEW_INTERNAL_H

#include "common/trust.h"
#include "daemon/view/intern.h"
#include "daemon/view/stored.h"
#include "daemon/view/view.h"

/* A text's place: eight to an event, beside its event's sequence. */
static inline int64_t lt_text_row(int64_t seq, uint32_t index)
{
    return (int64_t)((uint64_t)seq << 3 | index);
}

enum { LT_VIEW_SCHEMA = 19, LT_VIEW_APPLICATION = 0x4c545657 /* LTVW */ };

/* Events of neighbouring keys in neighbouring rows. */
struct lt_ref_run {
    int64_t key; /* of the first */
    int64_t n;   /* events; 0: no run */
    int64_t seq; /* of the first's row */
    /* of the run at hand */
    int64_t stored_n; /* as far as its row says; 0: no row yet */
    int64_t limit;    /* where the next run begins; 0: not looked for */
};

struct lt_erasure;

struct lt_view {
    char *path;
    struct lt_office office;
    sqlite3 *db;
    struct lt_intern intern;
    struct lt_tree *tree; /* as far as the view has read */
    struct lt_trust *trust; /* the same */
    struct lt_view_keys unconfirmed;
    uint64_t pos;
    uint8_t hash[LT_HASH_LEN];
    int64_t next_seq;
    bool in_transaction;
    bool hurry; /* lt_view_hurry */
    int wal_pages; /* lt_view_wal_max */
    uint64_t batch_events;         /* applied in the open transaction */
    bool stale;                    /* memory is ahead of the file: reload */
    bool tree_grew;                /* in the segment at hand */
    bool erased;                   /* texts, since the last wipe */
    uint64_t erasures_n;           /* rows of erasure, at least */
    int64_t enclosed_n;            /* events that rest on another's word */
    struct lt_arena payload_arena; /* one segment */
    struct lt_arena event_arena;   /* one event */
    struct lt_arena refold_arena;  /* one matter's history */
    struct lt_event event;         /* scratch, large */
    struct lt_stored stored;       /* the matter at hand */
    struct lt_ref_run run;         /* the run at hand */
    uint8_t packed[LT_STORED_BYTES];
    size_t complaints_n;
    struct lt_view_complaint complaints[LT_VIEW_COMPLAINTS_MAX];

    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *put_mark;
    sqlite3_stmt *put_ref;
    sqlite3_stmt *get_ref;
    sqlite3_stmt *next_ref;
    sqlite3_stmt *add_event;
    sqlite3_stmt *get_event;
    sqlite3_stmt *get_verdict;
    sqlite3_stmt *set_verdict;
    sqlite3_stmt *add_text;
    sqlite3_stmt *fill_text;
    sqlite3_stmt *add_piece;
    sqlite3_stmt *get_matter;
    sqlite3_stmt *add_matter;
    sqlite3_stmt *set_matter; /* what changes with every event */
    sqlite3_stmt *set_open;
    sqlite3_stmt *list_matter; /* what lists sort and pick by */
    sqlite3_stmt *add_miss;
    sqlite3_stmt *get_miss;
    sqlite3_stmt *drop_misses;
    sqlite3_stmt *add_refolded;
    sqlite3_stmt *trim_refolded;
    sqlite3_stmt *set_await;
    sqlite3_stmt *drop_await;
    sqlite3_stmt *next_await;
    sqlite3_stmt *add_office;
    sqlite3_stmt *add_run;
    sqlite3_stmt *get_run;
    sqlite3_stmt *set_run;
    sqlite3_stmt *key_runs;
    sqlite3_stmt *find_turned;
    sqlite3_stmt *get_counts;
    sqlite3_stmt *get_unconfirmed;
    sqlite3_stmt *doubt_key;
    sqlite3_stmt *put_unconfirmed;
    sqlite3_stmt *drop_unconfirmed;
    sqlite3_stmt *hush_key;
    sqlite3_stmt *doubt_erased;
    sqlite3_stmt *put_copy;
    sqlite3_stmt *put_word;
    sqlite3_stmt *put_revised;
    sqlite3_stmt *drop_erasure;
    sqlite3_stmt *put_law;
    sqlite3_stmt *drop_law;
    sqlite3_stmt *next_law;
    sqlite3_stmt *add_erasure;
    sqlite3_stmt *get_erasures;
    sqlite3_stmt *set_erasure;
    sqlite3_stmt *put_erased;
    sqlite3_stmt *next_erased;
    sqlite3_stmt *blank_text;
    sqlite3_stmt *add_debtor;
    sqlite3_stmt *add_flag;
    sqlite3_stmt *put_answer;
    sqlite3_stmt *put_look;
    sqlite3_stmt *put_moved;
    sqlite3_stmt *put_sent;
    sqlite3_stmt *put_taken;
    sqlite3_stmt *put_turn;
    sqlite3_stmt *set_turn;
    sqlite3_stmt *next_turn;
    sqlite3_stmt *put_enclosed;
    sqlite3_stmt *get_enclosed;
    sqlite3_stmt *drop_enclosed;
    sqlite3_stmt *set_original;
    sqlite3_stmt *drop_texts;
};

/* ---- twin.c ---- */

#define LT_VIEW_TWIN_SUFFIX ".new"
/* What a process that ended left of a twin of @path. */
LT_MUST_CHECK lt_err lt_view_remove_twin(const char *path);

/* ---- schema.c ---- */

/* Open @view->path, emptied when it is not this office's or in doubt. */
LT_MUST_CHECK lt_err lt_view_schema_open(struct lt_view *view);
/* Delete every row. */
LT_MUST_CHECK lt_err lt_schema_clear(struct lt_view *view);
/* Read position, tree and counters back from the file. */
LT_MUST_CHECK lt_err lt_schema_load(struct lt_view *view);
/* Make the file durable and say that it was left in order. */
void lt_schema_leave(struct lt_view *view);

/* ---- refs.c: from keys to rows ---- */

/* The sequence of the event with @key; 0 when it is not here. */
LT_MUST_CHECK lt_err lt_ref_find(struct lt_view *view, int64_t key,
                                 int64_t *out_seq);
/* The event with @key gets the row @seq, unless it has one. */
LT_MUST_CHECK lt_err lt_ref_add(struct lt_view *view, int64_t key, int64_t seq,
                                bool *out_new);
/* Write what is only in memory. */
LT_MUST_CHECK lt_err lt_ref_flush(struct lt_view *view);
/* The transaction that it came from is gone. */
void lt_ref_forget(struct lt_view *view);

/* ---- matter.c: rows of matters ---- */

LT_MUST_CHECK lt_err lt_matter_load(struct lt_view *view, int64_t key,
                                    const struct lt_event_id *id,
                                    struct lt_stored *out);
LT_MUST_CHECK lt_err lt_matter_store(struct lt_view *view,
                                     struct lt_stored *stored);

/* ---- apply.c: one segment ---- */

LT_MUST_CHECK lt_err lt_apply_segment(struct lt_view *view,
                                      int64_t committed_at_ms,
                                      const struct lt_segment *segment);

/* The event at hand, beside view->event and view->stored. */
struct lt_coming {
    const struct lt_segment *segment;
    const struct lt_item *item;
    uint32_t index; /* within the segment */
    int64_t committed_at_ms;
    int64_t channel;
    int64_t key;
    int64_t seq;
    uint64_t cut; /* up to this number what stands in the run counts */
    struct lt_act act;
    struct lt_judged judged;
};
/* Rows of the texts of the event in view->event. */
LT_MUST_CHECK lt_err lt_texts_add(struct lt_view *view,
                                  const struct lt_coming *c,
                                  const struct lt_bundle *bundle,
                                  size_t *cursor);

/* ---- trust.c: keys that are revoked ---- */

/* A segment comes: a row for its run, if it begins one, and up to where what
 * stands in it counts. */
LT_MUST_CHECK lt_err lt_trust_run(struct lt_view *view,
                                  const struct lt_segment *segment,
                                  int64_t channel);
LT_MUST_CHECK lt_err lt_trust_cut(struct lt_view *view,
                                  const struct lt_segment *segment,
                                  int64_t channel, uint64_t *out_cut);
/* Does the event with @key in the row @seq count, as its copies say? */
LT_MUST_CHECK lt_err lt_trust_counts(struct lt_view *view, int64_t key,
                                     int64_t seq, bool *out_counts);
/* An event that is here came once more. Uses view->event and view->stored, as
 * all that follow. */
LT_MUST_CHECK lt_err lt_trust_again(struct lt_view *view,
                                    const struct lt_coming *c);
/* The writer's word in view->event, which stands at @version and has the row
 * @seq. */
LT_MUST_CHECK lt_err lt_trust_word(struct lt_view *view, uint64_t version,
                                   int64_t seq);
/* Judge anew what the key signed. @said: the row of the word, or 0. */
LT_MUST_CHECK lt_err lt_trust_apply(struct lt_view *view,
                                    const uint8_t *key_id, int64_t said);
/* The words as the file has them. */
LT_MUST_CHECK lt_err lt_trust_load(struct lt_view *view);

/* ---- unconfirmed.c: keys that wait for the keeper's word ---- */

bool lt_unconfirmed_signer(const struct lt_view *view,
                           const uint8_t key_id[static LT_HASH_LEN]);
/* Did one of them sign the event with @key? */
LT_MUST_CHECK lt_err lt_unconfirmed_event(struct lt_view *view, int64_t key,
                                          bool *out_is);
/* Those that the file has. */
LT_MUST_CHECK lt_err lt_unconfirmed_load(struct lt_view *view);

/* ---- complaint.c ---- */

void lt_complain(struct lt_view *view, lt_err code,
                 const struct lt_stream *stream);

/* ---- enclosed.c: events of a case that somebody else enclosed ---- */

/* The event that the one in view->event encloses. *out_take: it is not here,
 * and may be taken in; it is then in view->event. */
LT_MUST_CHECK lt_err lt_enclosed_open(struct lt_view *view,
                                      const struct lt_coming *c,
                                      struct lt_coming *out_inner,
                                      bool *out_take);
/* The row at @seq came so. */
LT_MUST_CHECK lt_err lt_enclosed_note(struct lt_view *view, int64_t seq);
/* An event that has a row came again: if the row rests on the word of who
 * enclosed it, the original takes its place. */
LT_MUST_CHECK lt_err lt_enclosed_original(struct lt_view *view,
                                          struct lt_coming *c,
                                          const struct lt_bundle *bundle,
                                          size_t *cursor);

/* ---- fill.c: texts that came later ---- */

LT_MUST_CHECK lt_err lt_fill_segment(struct lt_view *view, uint64_t pos,
                                     const struct lt_segment *segment);

/* ---- law.c: rules and calendars that offices set ---- */

/* Judge the RULESET_SET or CALENDAR_SET in view->event, whose row is @seq, and
 * keep it when it counts or waits. */
LT_MUST_CHECK lt_err lt_view_law_judge(struct lt_view *view,
                                       const struct lt_channel *channel,
                                       int64_t seq,
                                       struct lt_judged *out_judged);
/* Judge again what waited for the version that the tree has now. Uses
 * view->event. */
LT_MUST_CHECK lt_err lt_view_law_awaiting(struct lt_view *view);

/* ---- piece.c: pieces of large parts ---- */

/* Take in a CHUNK of class chunk, which the view gives no row of an event.
 * *out_taken false: it is none. */
LT_MUST_CHECK lt_err lt_piece_apply(struct lt_view *view, uint64_t pos,
                                    const struct lt_segment *segment,
                                    const struct lt_item *item, uint32_t index,
                                    const struct lt_bundle *bundle,
                                    bool *out_taken);

/* ---- erase.c: texts that are to be erased ---- */

/* A TEXT_ERASED, with the key of its own. These three use view->stored. */
LT_MUST_CHECK lt_err lt_erase_said(struct lt_view *view, int64_t key,
                                   const struct lt_erasure *erasure,
                                   int64_t at_ms);
/* An ERASURE_RECEIPT, in row @seq. Whether it counts is asked when somebody
 * looks: its key may be confirmed, or revoked, later. */
LT_MUST_CHECK lt_err lt_erase_receipt(struct lt_view *view, int64_t seq,
                                      const struct lt_event *event,
                                      int64_t at_ms);
/* What was said about the texts of the event with @key: does it hold now? */
LT_MUST_CHECK lt_err lt_erase_review(struct lt_view *view, int64_t key);
/* Review what waited for the version that the tree has now. */
LT_MUST_CHECK lt_err lt_erase_awaiting(struct lt_view *view);

/* ---- look.c: who has opened a case ---- */

/* A MATTER_READ. The matter need not be here yet. */
LT_MUST_CHECK lt_err lt_look_apply(struct lt_view *view,
                                   const struct lt_event *event, int64_t at_ms);

/* ---- followed.c: entries of registers that follow their cases ---- */

/* The case with @key, which was @former's, is @holder's. */
LT_MUST_CHECK lt_err lt_moved_note(struct lt_view *view, int64_t key,
                                   const struct lt_office *former,
                                   const struct lt_office *holder);
/* A REGISTER_SENT in the segment at @pos, or a REGISTER_TAKEN: kept where this
 * office is one of the two. */
LT_MUST_CHECK lt_err lt_sent_apply(struct lt_view *view,
                                   const struct lt_coming *c, uint64_t pos);

/* ---- turn.c: receptions ---- */

/* A RECEPTION_TURN: judge it and keep it, unless it is not to be read here. What
 * was entered for an office below waits for the tree that says so. */
LT_MUST_CHECK lt_err lt_turn_apply(struct lt_view *view, struct lt_coming *c);
/* Judge again the one in view->event, whose row is @seq. */
LT_MUST_CHECK lt_err lt_turn_again(struct lt_view *view, int64_t seq,
                                   const struct lt_channel *channel,
                                   bool revoked);
/* Judge again what waited for the version that the tree has now. Uses
 * view->event. */
LT_MUST_CHECK lt_err lt_turn_awaiting(struct lt_view *view);

/* ---- doubt.c ---- */

/* Everything that was judged by the tree waits to be judged again: by the three
 * that take what awaits a version. */
LT_MUST_CHECK lt_err lt_view_doubt_all(struct lt_view *view);

/* ---- refold.c: a whole matter again ---- */

/* Fold all events of @stored that have rows; update verdicts, state, heads and
 * what it waits for. The caller stores @stored. */
LT_MUST_CHECK lt_err lt_refold(struct lt_view *view, struct lt_stored *stored);
/* Refold every matter that waited for the version that the tree has now. */
LT_MUST_CHECK lt_err lt_refold_awaiting(struct lt_view *view);
/* Note what an event waits for. */
LT_MUST_CHECK lt_err lt_wait_for_cause(struct lt_view *view, int64_t cause,
                                       int64_t matter);
LT_MUST_CHECK lt_err lt_wait_for_tree(struct lt_view *view, uint64_t version,
                                      int64_t matter);
/* What an opening event says beside the state: label and receipt. */
void lt_note_opening(struct lt_stored *stored, const struct lt_event *event,
                     const uint8_t *bytes, size_t len, int64_t committed_at_ms);

/* The stored event at @seq into view->event (in view->event_arena: the one
 * before it is gone), and its channel. LT_EIO: there is none; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_view_take_event(struct lt_view *view, int64_t seq,
                                        struct lt_channel *out_channel);

#endif
