/* The view: what people look at, on SQLite, rebuilt when deleted.
 *
 * Fed with committed segments in order of their positions. It keeps with its
 * own position the hash of the segment there (lt_view_position): a log that
 * has another segment at that position, or none, is not the one it has read. view.db is not synced (synchronous=OFF): after a
 * power cut it is checked and, in doubt, rebuilt from the log.
 *
 * Threading: a struct lt_view belongs to one thread. A struct lt_view_reader
 * is a second, read-only connection for another thread. */
#ifndef LT_VIEW_VIEW_H
#define LT_VIEW_VIEW_H

#include "common/alloc.h"
#include "common/audit_mark.h"
#include "common/codec.h"
#include "common/segment.h"

struct lt_view;

/* Open or create. A view of another office, version or fold is emptied.
 * Errors: LT_EIO, LT_EFULL, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_view_open(const char *path,
                                  const struct lt_office *office,
                                  struct lt_view **out_view,
                                  struct lt_diag *diag);
void lt_view_close(struct lt_view *view);
/* Forget everything (position 0). */
LT_MUST_CHECK lt_err lt_view_clear(struct lt_view *view);
/* A second, empty view of the same office in a file of its own ("PATH.new"),
 * to be fed from position 1 while the first one answers. An opening of PATH
 * removes what a process that ended left of one. Errors: as lt_view_open. */
LT_MUST_CHECK lt_err lt_view_twin(const struct lt_view *view,
                                  struct lt_view **out_twin);
/* Close both and open the twin in the place of @view; readers notice. Should
 * the renaming fail, *out_view is empty and to be fed anew. Errors, with both
 * closed: as lt_view_open. */
LT_MUST_CHECK lt_err lt_view_replace(struct lt_view *view, struct lt_view *twin,
                                     struct lt_view **out_view);
/* Close and remove the file. */
void lt_view_discard(struct lt_view *view);

const struct lt_office *lt_view_office(const struct lt_view *view);
/* Where it stands: 0 and zero hash when empty. */
void lt_view_position(const struct lt_view *view, uint64_t *out_pos,
                      uint8_t out_hash[static LT_HASH_LEN]);

/* The keys that no keeper has confirmed yet: what they sign is marked, and some
 * of it waits. Everything of those that come or go is judged again. Between
 * lt_view_begin and lt_view_end. */
enum { LT_VIEW_KEYS_MAX = 256 };
struct lt_view_keys {
    size_t n;
    uint8_t ids[LT_VIEW_KEYS_MAX][LT_HASH_LEN];
};
LT_MUST_CHECK lt_err lt_view_unconfirmed(struct lt_view *view,
                                         const struct lt_view_keys *keys);

/* Take in the segment at @pos, which must be the next one (position + 1; the
 * log has no gaps in its positions). A payload that cannot be decoded makes
 * rejected rows, never an error. Between begin and end is one transaction. */
/* While @hurry the WAL is copied in small pieces: somebody waits for each
 * batch. Between batches. */
void lt_view_hurry(struct lt_view *view, bool hurry);
LT_MUST_CHECK lt_err lt_view_begin(struct lt_view *view);
LT_MUST_CHECK lt_err lt_view_apply(struct lt_view *view, uint64_t pos,
                                   int64_t committed_at_ms,
                                   const struct lt_segment *segment);
/* A segment that was applied before has texts or pieces now that it lacked:
 * they are shown, unless they were erased. Between lt_view_begin and
 * lt_view_end, like lt_view_apply; @pos is where it stands in the log. */
LT_MUST_CHECK lt_err lt_view_fill(struct lt_view *view, uint64_t pos,
                                  const struct lt_segment *segment);
LT_MUST_CHECK lt_err lt_view_end(struct lt_view *view);
/* Texts were erased since the last lt_view_wipe (or open): their pages may
 * still lie in the WAL, and they themselves in memory. */
bool lt_view_erased(const struct lt_view *view);
/* Leave nothing of them: outside of a transaction. Errors: LT_EBUSY (a reader
 * stands in the way; again), LT_EFULL, LT_EIO. */
LT_MUST_CHECK lt_err lt_view_wipe(struct lt_view *view);
/* The WAL is copied when it holds @bytes, at most 16 MiB, and is not kept larger
 * than that. Outside of a transaction. */
void lt_view_wal_max(struct lt_view *view, int64_t bytes);
/* Give back what a burst needed: the page cache, between two transactions. */
void lt_view_relax(struct lt_view *view);

/* What could not be read, and by whom it was signed: LT_APAYLOAD or LT_ATEXT.
 * One of a kind is kept until it is taken. False when there is none. */
struct lt_view_complaint {
    lt_err code;
    struct lt_stream stream;
};
enum { LT_VIEW_COMPLAINTS_MAX = 16 };
bool lt_view_complaint(struct lt_view *view, struct lt_view_complaint *out);

/* ---- reading: each writes one JSON object as the interface page has it ---- */

struct lt_view_reader;
LT_MUST_CHECK lt_err lt_view_reader_open(const char *path,
                                         struct lt_view_reader **out_reader,
                                         struct lt_diag *diag);
void lt_view_reader_close(struct lt_view_reader *reader);
/* How long one answer may take, 2 s at first; then it is LT_EBUSY and the
 * reader can be asked again. */
void lt_view_reader_set_patience(struct lt_view_reader *reader, int64_t ms);
/* The word of a field of deploy/policy, for what the reader prints. Without
 * it, and for a field that it answers with NULL, the number stands as text. */
typedef const char *lt_view_word_fn(const void *ctx, uint32_t field);
void lt_view_reader_set_words(struct lt_view_reader *reader,
                              lt_view_word_fn *field_word, const void *ctx);
/* Does anything still come from this office, which the tree says is closed, a
 * receipt of an erasing among it? Without it that is so of all. @ctx is borrowed
 * until it is set anew. */
enum lt_view_end {
    LT_VIEW_SPEAKS,
    LT_VIEW_ENDED,     /* its key has ended: what it held, nobody confirms */
    LT_VIEW_NO_MACHINE /* it never had one: there is nothing to erase */
};
typedef enum lt_view_end lt_view_ended_fn(const void *ctx,
                                          const struct lt_office *office);
void lt_view_reader_set_ended(struct lt_view_reader *reader,
                              lt_view_ended_fn *ended, const void *ctx);

/* The tables that cases are counted by (lt_policy_text), borrowed. Without them
 * no deadline is computed. Errors: LT_EPOLICY, LT_ENOMEM. */
struct lt_policy_text;
LT_MUST_CHECK lt_err lt_view_reader_set_law(struct lt_view_reader *reader,
                                            const struct lt_policy_text *tables,
                                            struct lt_diag *diag);

/* The law of the cases that @office holds, as the view knows it now; borrowed
 * until the next answer of this reader. LT_EINVAL without set_law. */
struct lt_law;
LT_MUST_CHECK lt_err lt_view_law(struct lt_view_reader *reader,
                                 const struct lt_office *office,
                                 const struct lt_law **out_law);

/* What the reader needs to say how far an incident has climbed
 * (daemon/cases/climb.h), and which telephone is to ring. All borrowed until it
 * is set anew. Without it nothing is said of that. */
struct lt_tree;
struct lt_view_climb {
    const struct lt_tree *tree;  /* may be NULL */
    int64_t now_ms;              /* wall clock */
    int64_t within_ms;           /* each tier's time */
    int64_t forecast_within_ms;  /* the same, of people expected */
    struct lt_office self;
    const char *phone;           /* of our own duty; "" when not known */
    const char *superior_phone;  /* of the office above; "" likewise */
};
void lt_view_reader_set_climb(struct lt_view_reader *reader,
                              const struct lt_view_climb *climb);
/* Who is on duty at @office at the time of lt_view_reader_set_climb, by its
 * roster: of shifts that are on an officer's before a leader's, and the one that
 * began last. An office without a roster has nobody: found is false. */
enum { LT_DUTY_NAME_LEN = 208, LT_DUTY_PHONE_LEN = 48 };
struct lt_view_duty {
    bool found;
    struct lt_event_id shift;
    uint32_t duty;   /* LT_DUTY_LEADER and so on */
    int64_t until_ms;
    char name[LT_DUTY_NAME_LEN];
    char phone[LT_DUTY_PHONE_LEN];
};
LT_MUST_CHECK lt_err lt_view_on_duty(struct lt_view_reader *reader,
                                     const struct lt_office *office,
                                     struct lt_view_duty *out);
/* The open incidents that no person has taken, newest first, at most @max
 * (*out_n of them). Needs lt_view_reader_set_climb. Errors: LT_EINVAL without
 * it; LT_EBUSY, LT_EIO, LT_ENOMEM. */
struct lt_view_untaken {
    struct lt_event_id id;
    struct lt_office origin;
    uint32_t people;
    int64_t arrived_ms;          /* committed here */
    uint32_t step;               /* and so on as in struct lt_climb */
    struct lt_office asked;
    int64_t since_ms;
    int64_t step_ms;
    int64_t within_ms;
    bool overdue;                /* has waited for longer than one tier's time */
    bool concerns;               /* @self is between origin and asked */
    struct lt_view_duty duty;    /* who is on duty where it is asked */
};
LT_MUST_CHECK lt_err lt_view_untaken(struct lt_view_reader *reader, size_t max,
                                     struct lt_view_untaken *out, size_t *out_n);
/* Texts of incidents whose time is over (lt_matter_texts_expired) that this
 * office has to have erased: its own, by an order, and, as a keeper, others' that
 * they have ordered, by its confirmation. At most @max. Errors as above. */
struct lt_view_expired {
    struct lt_event_id target; /* whose texts */
    struct lt_event_id matter;
    bool confirms;
    struct lt_channel channel; /* that the target stands in */
    size_t heads_n;
    struct lt_event_id heads[LT_CAUSES_MAX];
};
LT_MUST_CHECK lt_err lt_view_expired(struct lt_view_reader *reader, size_t max,
                                     struct lt_view_expired *out,
                                     size_t *out_n);
/* The telephone that rings at @asked by the settings; NULL when this office knows
 * none. */
const char *lt_view_phone(const struct lt_view_climb *climb,
                          const struct lt_office *asked);

enum lt_view_what {
    LT_VIEW_CASES,
    LT_VIEW_INCIDENTS,
    LT_VIEW_DIRECTIVES, /* letters and plans */
    LT_VIEW_PERIODS,
    LT_VIEW_TASKFORCES,
    LT_VIEW_REQUESTS,
    LT_VIEW_NOTICES,
    LT_VIEW_RETALIATIONS, /* those that this office reported or was told of */
    LT_VIEW_SHIFTS        /* open: those that are on now */
};
/* Cases of which a centre asks why. */
enum lt_view_about {
    LT_ABOUT_ALL,
    LT_ABOUT_MOVED,          /* taken over or assigned twice or more */
    LT_ABOUT_LATE_ENTRY,     /* opened on a day before it was written down */
    LT_ABOUT_LATE_EXTENSION, /* extended when its term had ended */
    LT_ABOUT_UNENFORCED      /* decided, and no enforcement ordered yet */
};

/* The word of the option `about`: "moved", "late_entry", "late_extension",
 * "unenforced". LT_ABOUT_ALL for no such word. */
enum lt_view_about lt_view_about_by_word(const char *word, size_t len);

struct lt_view_query {
    enum lt_view_what what;
    int open;                    /* 1 open only, -1 closed only, 0 all */
    bool has_office;
    struct lt_office office;     /* origin or custodian; addressee */
    bool has_since;
    int32_t since;               /* civil day */
    uint32_t limit;              /* 1 to 1000 */
    const char *after;           /* cursor of an earlier answer, or NULL */
    int32_t today;               /* for overdue */
    bool overdue;                /* only what is late, or ... */
    bool owed;                   /* cases: what was sent is not answered */
    bool tasks;                  /* cases: a conclusion's task is not done */
    bool reviewed;               /* cases: of the backlog, with a next step */
    bool due_soon;               /* ... due within LT_DUE_SOON_DAYS */
    enum lt_view_about about;    /* cases */
};
/* {"items":[...],"next":...}. Errors: LT_EINVAL (a cursor that is none). */
LT_MUST_CHECK lt_err lt_view_list(struct lt_view_reader *reader,
                                  const struct lt_view_query *query,
                                  struct lt_buf *out_json);
/* One matter with "events" and "texts". LT_ENOTFOUND. */
LT_MUST_CHECK lt_err lt_view_show(struct lt_view_reader *reader,
                                  const struct lt_event_id *id, int32_t today,
                                  struct lt_buf *out_json);
/* {"items":[...],"next":...}: texts that were flagged, the newest first, at
 * most @limit, from @after on (NULL: the newest); @open: only those that are
 * neither replaced nor erased. Errors: LT_EINVAL (a cursor that is none). */
LT_MUST_CHECK lt_err lt_view_flagged(struct lt_view_reader *reader,
                                     uint32_t limit, const char *after,
                                     bool open, int32_t today,
                                     struct lt_buf *out_json);
/* The same of a case whose receipt code is known, whatever it denounces: for what
 * a slip of paper is told, and for nothing else. */
LT_MUST_CHECK lt_err lt_view_slip(struct lt_view_reader *reader,
                                  const struct lt_event_id *id, int32_t today,
                                  struct lt_buf *out_json);
/* What happened from a day to a day, both included, in one object for one page;
 * with @period (may be NULL) who reported in it, and what, cut to its days.
 * LT_ENOTFOUND: no such period. */
struct lt_view_span {
    int32_t from;
    int32_t until;
};
LT_MUST_CHECK lt_err lt_view_summary(struct lt_view_reader *reader,
                                     const struct lt_event_id *period,
                                     const struct lt_view_span *span,
                                     int32_t today, struct lt_buf *out_json);
/* {"items":[...],"next":...}: receptions, the latest day first. Errors:
 * LT_EINVAL (a cursor that is none). */
struct lt_view_turns {
    const char *after;               /* NULL: from the latest on */
    const struct lt_office *office;  /* NULL: of all */
    int32_t since;                   /* civil day */
    uint32_t limit;
};
LT_MUST_CHECK lt_err lt_view_turns(struct lt_view_reader *reader,
                                   const struct lt_view_turns *query,
                                   struct lt_buf *out_json);
/* Is it a reception that counts, and of which office? LT_ENOTFOUND when not. */
LT_MUST_CHECK lt_err lt_view_turn_stands(struct lt_view_reader *reader,
                                         const struct lt_event_id *id,
                                         struct lt_office *out_office);
/* Find the case of a receipt code (its 80 bits). LT_ENOTFOUND. */
LT_MUST_CHECK lt_err lt_view_find_receipt(struct lt_view_reader *reader,
                                          const uint8_t bits[static 10],
                                          struct lt_event_id *out_id);
/* Events in order of commit from position @from (an opaque "pos", itself
 * included; NULL or "" = from the beginning; "-20" = the last twenty) on, one JSON object a line, at
 * most @max lines (never more than 10000); *out_next is where to go on. Each
 * event id stands once, with the channel whose copy came first.
 * Errors: LT_EINVAL (a position that is none). */
LT_MUST_CHECK lt_err lt_view_events(struct lt_view_reader *reader,
                                    const char *from, uint32_t max,
                                    struct lt_buf *out_lines,
                                    struct lt_buf *out_next);
/* Find an event by the beginnings of its id, "3bb245f9:d88208e7:2": at least 8
 * digits of the office and of the epoch, and the whole count. The event itself
 * need not be here. Errors: LT_EINVAL (not of this form), LT_ENOTFOUND (no such
 * office and epoch), LT_EAMBIGUOUS. */
LT_MUST_CHECK lt_err lt_view_find_short(struct lt_view_reader *reader,
                                        const char *text,
                                        struct lt_event_id *out_id);

/* A large part: is every piece here, and does the hash of the whole fit?
 * DAMAGED: the pieces are another content than the event says. WITHHELD: a
 * file does not go with such an event (lt_attachment_fits). */
enum lt_whole {
    LT_WHOLE_ANNOUNCED,
    LT_WHOLE_HERE,
    LT_WHOLE_DAMAGED,
    LT_WHOLE_WITHHELD
};
struct lt_view_whole {
    uint32_t index;
    struct lt_part_ref ref;
    struct lt_channel channel;   /* of the event */
    enum lt_whole state;
    bool closed;                 /* erased, or closed to reading */
};
/* Part @index of the event; -1 = its first large one. LT_ENOTFOUND: no such
 * event here, or no such part. */
LT_MUST_CHECK lt_err lt_view_whole(struct lt_view_reader *reader,
                                   const struct lt_event_id *id, int index,
                                   struct lt_view_whole *out);
/* Where the log has the piece at @offset: position of the segment, item in it,
 * part hash. LT_ENOTFOUND: not here. */
struct lt_view_piece {
    uint64_t pos;
    uint32_t item;
    uint8_t hash[LT_HASH_LEN];
};
LT_MUST_CHECK lt_err lt_view_piece(struct lt_view_reader *reader,
                                   const struct lt_event_id *id, uint32_t index,
                                   uint64_t offset, struct lt_view_piece *out);

/* What the desk must know before it writes about a matter. @id may be any
 * event of it. For a directive addressed to @self, state is the status code of
 * @self (0 when none was written). LT_ENOTFOUND. */
struct lt_view_heads {
    int kind;                    /* enum lt_matter_kind */
    uint32_t state;
    uint32_t type;
    struct lt_office origin;
    struct lt_office custodian;
    struct lt_event_id matter;   /* its id, whichever event was asked for */
    bool contested;              /* a case: custodian is zero then, */
    bool claims;                 /* and @self is one of those who claim it */
    bool frozen;                 /* @self has offered it to another */
    bool entered;                /* for its origin, and not moved since */
    bool read_only;
    bool voided;
    bool addressed;              /* directive: to this office */
    uint32_t people;             /* incident: how many now */
    size_t heads_n;              /* events that no other event of it has seen */
    struct lt_event_id heads[LT_CAUSES_MAX];
};
LT_MUST_CHECK lt_err lt_view_heads(struct lt_view_reader *reader,
                                   const struct lt_event_id *id,
                                   const struct lt_office *self,
                                   struct lt_view_heads *out);

/* ---- what follows a case (followed.c) ---- */

enum { LT_VIEW_FOLLOWED_MAX = 32 }; /* rows of one answer */

/* An entry of another office's register, sealed to this one. */
struct lt_view_sent {
    struct lt_event_id id; /* of its REGISTER_SENT; the origin sent it */
    int64_t seq;           /* its place here, from 1 */
    int64_t committed_ms;  /* wall, here */
    uint64_t pos;          /* where its part lies in the log */
    uint32_t item;
    uint8_t hash[LT_HASH_LEN];
};
/* Those that this office has not answered, behind @after (0: from the first
 * on), oldest first. What is said beyond where a revoked key counts, or by a key
 * that waits for the keeper, is passed over. */
LT_MUST_CHECK lt_err lt_view_sent(
    struct lt_view_reader *reader, const struct lt_office *self, int64_t after,
    struct lt_view_sent out[static LT_VIEW_FOLLOWED_MAX], size_t *out_n);
/* What @taker has answered to our REGISTER_SENT @id: 0 nothing yet, 1 taken, 2
 * it does not open there. */
LT_MUST_CHECK lt_err lt_view_sent_answer(struct lt_view_reader *reader,
                                         const struct lt_event_id *id,
                                         const struct lt_office *taker,
                                         unsigned *out_kind);
struct lt_view_moved {
    struct lt_event_id matter;
    struct lt_office former; /* who had it before; zero: its origin, or it was
                                contested */
    struct lt_office holder; /* who has it by that change */
};
/* Cases whose custodian has changed, by their latest change, behind *@after,
 * which moves on. A view that was built anew counts anew. */
LT_MUST_CHECK lt_err lt_view_moved(
    struct lt_view_reader *reader, int64_t *after,
    struct lt_view_moved out[static LT_VIEW_FOLLOWED_MAX], size_t *out_n);

/* Has @office had the case @matter in hand: opened it, written a word that counts
 * in it, or been assigned it? */
LT_MUST_CHECK lt_err lt_view_had_hand(struct lt_view_reader *reader,
                                      const struct lt_event_id *matter,
                                      const struct lt_office *office,
                                      bool *out_had);

/* The folded matter itself, @id as above. LT_ENOTFOUND. */
struct lt_matter;
LT_MUST_CHECK lt_err lt_view_matter(struct lt_view_reader *reader,
                                    const struct lt_event_id *id,
                                    struct lt_matter *out);
/* The events of the matter with @id, oldest first here, as they stand in the
 * log: for who hands a case over. Bytes are in @arena. Errors: LT_ENOTFOUND;
 * LT_ETOOBIG above @max; LT_ENOMEM. */
struct lt_view_original {
    struct lt_event_id id;
    uint64_t hlc;
    const uint8_t *bytes;
    size_t len;
};
LT_MUST_CHECK lt_err lt_view_originals(struct lt_view_reader *reader,
                                       const struct lt_event_id *id, size_t max,
                                       struct lt_arena *arena,
                                       struct lt_view_original **out,
                                       size_t *out_n);

/* What came here of one stream since a time, by this office's own commits. */
struct lt_view_received {
    struct lt_stream stream;
    uint64_t events;
    uint64_t with_texts; /* of them */
    int64_t first_ms;    /* wall, when it was committed here */
    int64_t last_ms;
};
/* Every stream of which something came since @since_ms. Errors: LT_EBUSY,
 * LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_view_received(
    struct lt_view_reader *reader, int64_t since_ms,
    void (*visit)(void *ctx, const struct lt_view_received *stream), void *ctx);

/* A deed that an office has marked of its audit. */
struct lt_view_deed {
    struct lt_office office;
    uint64_t number; /* of the record there */
    struct lt_audit_deed deed;
};
/* Every deed of a mark that was committed here since @since_ms, in the order in
 * which they came. Errors: LT_EBUSY, LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_view_deeds(
    struct lt_view_reader *reader, int64_t since_ms,
    void (*visit)(void *ctx, const struct lt_view_deed *deed), void *ctx);

/* What was said of keys, and what each word changed here: one JSON object with
 * "items", appended. Errors: LT_EBUSY, LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_view_revisions(struct lt_view_reader *reader,
                                       struct lt_buf *out_json);

/* One event of a matter, for whoever wants to take it back. LT_ENOTFOUND when
 * it is not here or belongs to no matter. */
struct lt_view_entry {
    struct lt_view_heads heads;  /* of its matter */
    uint32_t type;               /* enum lt_event_type; 0 = cannot be read */
    uint32_t actor_role;
    bool applied;                /* it counts (or did, before it was voided) */
    bool remark;                 /* and changes nothing, but may be adopted */
    bool voided;                 /* by an event that counts */
    size_t parts_n;              /* its texts and files */
    uint8_t ordered;             /* bit i: part i is to be erased */
    uint8_t ordered_here;        /* by this office */
    uint8_t confirmed;           /* by a keeper, or it needs nobody's word */
    struct lt_channel channel;   /* that it was read in first */
    size_t to_n;                 /* of a directive: all addressees */
    struct lt_office to[LT_ADDRESSEES_MAX];
};
LT_MUST_CHECK lt_err lt_view_entry(struct lt_view_reader *reader,
                                   const struct lt_event_id *id,
                                   const struct lt_office *self,
                                   struct lt_view_entry *out);

/* ---- the tree of the past (offices.c) ---- */

/* An event of the tree: its version and the civil day from which it counts. */
typedef void lt_view_tree_visit(void *ctx, uint64_t version, int32_t day,
                                const struct lt_event *event);
/* The tree as it was on civil day @until, or as it is read (INT32_MAX); the
 * caller frees it. @visit may be NULL. Errors: LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_view_tree(struct lt_view_reader *reader, int32_t until,
                                  lt_view_tree_visit *visit, void *ctx,
                                  struct lt_tree **out_tree);

#endif
