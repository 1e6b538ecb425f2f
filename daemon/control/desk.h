/* What a command's handler may look at, and the event that it makes.
 *
 * A handler checks at the desk what can be checked before anything is written:
 * words, dates, addressees, that the matter exists, is open and in this
 * office's hands. What it makes is a struct lt_draft: the event, its channels
 * and its texts as parts.
 *
 * Threading: a desk belongs to the control thread. */
#ifndef LT_CONTROL_DESK_H
#define LT_CONTROL_DESK_H

#include "common/message.h"
#include "common/policy.h"
#include "daemon/control/command.h"
#include "daemon/control/control.h"
#include "daemon/control/shelf.h"
#include "daemon/control/touch.h"

struct lt_burden;

/* What offices have on their hands, kept for a while (office_cmd.c). */
struct lt_desk_burdens {
    struct lt_burden *rows; /* of the heap */
    size_t n;
    uint64_t applied; /* how far the view had come */
    int32_t today;
    int64_t minute;   /* of the wall clock, since who is on duty changes */
    int64_t until_ms; /* monotonic; 0: nothing is kept */
};

struct lt_desk {
    const struct lt_sys *sys;
    struct lt_office office;
    const char *view_path;
    struct lt_view_reader *reader;  /* opened when first needed */
    uint64_t reader_device;         /* the file that it has open */
    uint64_t reader_inode;
    uint64_t reader_batch;          /* looked at in this batch */
    struct lt_desk_burdens burdens;
    unsigned wipes;                 /* of the view, when it was looked at */
    const struct lt_snapshot *snapshot; /* NULL until the first is published */
    const struct lt_policy *policy;
    struct lt_policy_text law_tables[LT_POLICY_TABLES]; /* of policy */
    struct lt_view_climb climb;     /* tree and time: as the reader is asked */
    struct lt_feed *feed;
    struct lt_touch *touch;
    struct lt_shelf shelf;
    enum lt_lang lang;              /* of the command at work */

    /* for the batch at work */
    struct lt_arena *arena;
    uint64_t batch;                 /* its number, from 1 */
    struct lt_draft *before;        /* the write before this one in the batch,
                                       pieces passed over; NULL: none */
    struct lt_matter *folded;       /* room for one, taken when first needed */
    uint64_t applied;               /* how far the view had come */
    uint64_t others;                /* last position of what others said */
    int64_t now_ms;                 /* wall clock */
    int32_t today;
    bool last_try;                  /* waited long enough: refuse instead */
    bool must_wait;                 /* out: LT_EBUSY, but trying again helps */
    uint64_t wait_pos;              /* out: the view must have come so far;
                                       0 = a write of our own must be done */
    size_t salts_left;              /* random bytes drawn ahead */
    uint8_t salts[64 * LT_SALT_LEN];
};

/* One event in the making. */
struct lt_draft {
    struct lt_event *event;
    size_t channels_n;
    struct lt_channel *channels;
    size_t parts_n;
    struct lt_part parts[LT_EVENT_PARTS_MAX];
    bool opens;                     /* the event's own id is the matter's */
    struct lt_event_id matter;      /* unless it opens one */
    struct lt_draft *chunk_of;      /* a piece of what this one announces */
    struct lt_revoke_ask *revoke;   /* the loop fills in the rest; or NULL */
    size_t entry;                   /* set when it is put into a write */
    size_t more_n;                  /* further events of the same write */
    struct lt_write_event *more;
    struct lt_touch_entry *touch;
    struct lt_touch_known leaves;   /* of a case; without the write's id */
};

/* Part kinds and retentions, as in proto/log.proto. */
enum { LT_PART_TEXT = 1, LT_PART_PLACE, LT_PART_SUBJECT, LT_PART_HELP,
       LT_PART_REASON, LT_PART_ATTACHMENT, LT_PART_STAFF, LT_PART_PHONE };
enum { LT_KEEP_INCIDENT = 1, LT_KEEP_CASE = 2, LT_KEEP_DIRECTIVE = 3,
       LT_KEEP_SHORT = 5 };

/* The case type that stands for a denunciation in the view. */
enum { LT_CASE_TYPE_DENUNCIATION = 4 };

/* Begin: an event of @type with time and role, and one channel. */
LT_MUST_CHECK lt_err lt_draft_begin(struct lt_desk *desk,
                                    struct lt_draft *draft, uint32_t type,
                                    enum lt_class cls,
                                    enum lt_audience audience,
                                    const struct lt_office *to);
/* Address the event to @to, copied; channels are another matter. LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_draft_to(struct lt_desk *desk, struct lt_draft *draft,
                                 const struct lt_office *to, size_t n);
/* Add @text as a part; an absent text (data NULL) adds nothing. */
LT_MUST_CHECK lt_err lt_draft_text(struct lt_desk *desk,
                                   struct lt_draft *draft, uint32_t kind,
                                   uint32_t retention, struct lt_text text);
/* Announce the attachment that options ATTACH_SIZE and ATTACH_HASH tell of, if
 * any; after the texts and once the event's kind is known. Its content comes as
 * pieces. Errors: LT_EINVAL where no file may stand (lt_attachment_fits);
 * LT_ETOOBIG: too large for so many addressees. */
LT_MUST_CHECK lt_err lt_draft_attachment(struct lt_draft *draft,
                                         const struct lt_args *args,
                                         uint32_t retention,
                                         struct lt_diag *diag);
/* Fill subject and causes of an event about a matter. */
void lt_draft_about(struct lt_draft *draft, const struct lt_event_id *matter,
                    const struct lt_view_heads *heads);

/* The dates of an event about a case: LEGAL_DATE (else today), DATE, DOC_DATE;
 * none in the future. */
LT_MUST_CHECK lt_err lt_draft_dates(struct lt_desk *desk,
                                    const struct lt_args *args,
                                    struct lt_event *event,
                                    struct lt_diag *diag);

/* May it be written while the keeper has not confirmed this office's key?
 * Refused: LT_EPERM. */
LT_MUST_CHECK lt_err lt_desk_confirmed(struct lt_desk *desk,
                                       const struct lt_draft *draft,
                                       struct lt_diag *diag);

/* Would the fold let @draft count, after all that went into @past? Refused
 * here with the fold's own reason. */
struct lt_matter;
LT_MUST_CHECK lt_err lt_desk_would(struct lt_desk *desk,
                                   const struct lt_draft *draft,
                                   const struct lt_matter *past,
                                   const char *what, struct lt_diag *diag);
/* The folded matter, in the arena; good until the next call in this batch.
 * Errors as of lt_desk_matter. */
LT_MUST_CHECK lt_err lt_desk_folded(struct lt_desk *desk,
                                    const struct lt_event_id *id,
                                    struct lt_matter **out_matter,
                                    struct lt_diag *diag);

/* Find the matter that option ID names, of @kind (enum lt_matter_kind): an
 * event id or, for cases, a receipt code. Waits for own writes (must_wait),
 * unless it @writes and what they left behind is known here.
 * Marks it as touched by this batch when @writes.
 * Errors: LT_EINVAL, LT_ENOTFOUND, LT_EBUSY, LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_desk_matter(struct lt_desk *desk,
                                    const struct lt_args *args, int kind,
                                    bool writes, struct lt_event_id *out_id,
                                    struct lt_view_heads *out_heads,
                                    struct lt_touch_entry **out_touch,
                                    struct lt_diag *diag);
/* The event that @text names: an id, the beginning of one or, when @kind is
 * LT_MATTER_CASE or LT_MATTER_NONE, a receipt code. Only of a short id and a
 * code it is sure that something of it is here.
 * Errors: LT_EINVAL, LT_EAMBIGUOUS, LT_ENOTFOUND, LT_EBUSY, LT_EIO. */
LT_MUST_CHECK lt_err lt_desk_event(struct lt_desk *desk, struct lt_text text,
                                   int kind, struct lt_event_id *out_id,
                                   struct lt_diag *diag);
/* Before writing about @matter: wait for own writes, mark it as touched by
 * this batch. Errors: LT_EBUSY. */
LT_MUST_CHECK lt_err lt_desk_claim(struct lt_desk *desk,
                                   const struct lt_event_id *matter,
                                   struct lt_touch_entry **out_touch,
                                   struct lt_diag *diag);
/* Let the reads of this batch see all that was written here. LT_EBUSY with
 * must_wait while they would not; LT_OK once waiting is over. */
LT_MUST_CHECK lt_err lt_desk_settle(struct lt_desk *desk);
/* The reader, opened when needed. Errors: LT_EBUSY while the view is being
 * rebuilt. */
LT_MUST_CHECK lt_err lt_desk_reader(struct lt_desk *desk,
                                    struct lt_view_reader **out_reader,
                                    struct lt_diag *diag);
/* What was erased must not live on in what the reader remembers. */
void lt_desk_forget_erased(struct lt_desk *desk);
/* After an error of the reader: open the file anew next time. */
void lt_desk_drop_reader(struct lt_desk *desk);
/* An office by id, unique beginning or unique name. Errors: LT_EBUSY (no tree
 * yet), LT_ENOTFOUND, LT_EAMBIGUOUS with the candidates in @diag. */
LT_MUST_CHECK lt_err lt_desk_office(struct lt_desk *desk, struct lt_text text,
                                    const struct lt_tree_office **out_office,
                                    struct lt_diag *diag);

/* Set @code, what (an option's name or a command's word) and the reason: a
 * word of the message catalogue, put into the client's language when it is
 * answered, or NULL. "Busy" has a reason alone. */
lt_err lt_desk_refuse(struct lt_diag *diag, lt_err code, const char *what,
                      const char *reason);

/* "Not its custodian", with who is. LT_EPERM. */
lt_err lt_desk_refuse_custodian(const struct lt_desk *desk,
                                struct lt_diag *diag,
                                const struct lt_office *custodian);
/* "Not a known field", with those that are. LT_EINVAL. */
lt_err lt_desk_refuse_field(const struct lt_desk *desk, struct lt_diag *diag);

/* The handlers of the command table. */
#define X(id, name, kind, handler, known, must) LT_HANDLER_##kind(handler)
#define LT_HANDLER_WRITE(handler)                                              \
    LT_MUST_CHECK lt_err handler(struct lt_desk *desk,                         \
                                 const struct lt_args *args,                   \
                                 struct lt_draft *draft, struct lt_diag *diag);
#define LT_HANDLER_READ(handler)                                               \
    LT_MUST_CHECK lt_err handler(struct lt_desk *desk,                         \
                                 const struct lt_args *args,                   \
                                 struct lt_buf *out, struct lt_diag *diag);
#define LT_HANDLER_STREAM(handler) LT_HANDLER_READ(handler)
#define LT_HANDLER_PIECE(handler)                                              \
    LT_MUST_CHECK lt_err handler(struct lt_desk *desk,                         \
                                 const struct lt_args *args,                   \
                                 struct lt_job *job, struct lt_diag *diag);
#define LT_HANDLER_COURIER(handler) LT_HANDLER_PIECE(handler)
#define LT_HANDLER_TOKEN(handler)
#define LT_HANDLER_VERIFY(handler)
#define LT_HANDLER_REBUILD(handler)
#define LT_HANDLER_BACKUP(handler)
#include "daemon/control/command_table.h"
#undef X
#undef LT_HANDLER_WRITE
#undef LT_HANDLER_READ
#undef LT_HANDLER_STREAM
#undef LT_HANDLER_PIECE
#undef LT_HANDLER_COURIER
#undef LT_HANDLER_TOKEN
#undef LT_HANDLER_VERIFY
#undef LT_HANDLER_REBUILD
#undef LT_HANDLER_BACKUP

#endif
