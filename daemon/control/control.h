/* The control socket: JSON commands from the tool, answered.
 *
 * A thread that serves DIR/control.sock: frames of a 32-bit big-endian length
 * and one JSON object or array (a batch: one commit, one answer each). Reading
 * commands are answered here, from view.db and from a snapshot of the loop's
 * state; writing commands are checked here, turned into events and handed to
 * the loop through a queue; the loop's completion wakes this thread.
 *
 * Threading: start, stop, publish, take and done from the loop; everything
 * else is the control thread's. */
#ifndef LT_CONTROL_CONTROL_H
#define LT_CONTROL_CONTROL_H

#include "daemon/engine/engine.h"
#include "daemon/explain/facts.h"
#include "daemon/view/feed.h"

struct lt_control;
struct lt_policy;

/* What the loop publishes for reading commands: copied, swapped atomically.
 * Everything status and log print that is not in view.db. */
struct lt_snapshot {
    char *status_json[2]; /* the whole status object, malloc'ed; by enum
                             lt_lang, for the alarms' texts */
    char *log_json;      /* {"items":[...]} of `log`, malloc'ed */
    struct lt_facts *facts; /* for explain; owned */
    struct lt_tree *tree;/* a clone for names and rights; owned */
    uint64_t epoch;
    bool intake_open;
    lt_err intake_reason;
    bool unconfirmed;    /* our own key waits for the keeper's word */
};

/* A request that the loop must serve. Owned by control; the loop gives it back
 * with lt_control_done. */
enum lt_job_kind {
    LT_JOB_WRITE,     /* write: engine input; without events it only asks
                         what its request id was answered before
                         (LT_ENOTFOUND: nothing) */
    LT_JOB_TOKEN,     /* make a one-time token */
    LT_JOB_VERIFY,    /* background work, answer when done */
    LT_JOB_REBUILD,   /* the same: the view is built anew */
    LT_JOB_BACKUP,    /* the same: a copy of the log into `path` */
    LT_JOB_PIECE,     /* read a piece of a large part out of the log */
    LT_JOB_EXPORT,    /* make the next piece of a courier bundle */
    LT_JOB_IMPORT,    /* take one */
    LT_JOB_KEY        /* the transport key of courier_to */
};
/* A WRITE that revokes a key: what the loop fills in. */
struct lt_revoke_ask {
    struct lt_office office;
    size_t key_n;              /* 0: the one that is bound now, or waits */
    uint8_t key_id[LT_HASH_LEN]; /* so many bytes of it are given */
    int64_t as_of_ms;          /* what was here then counts; INT64_MAX: all
                                  that is, INT64_MIN: nothing */
    bool corrects;             /* in the place of what was said before */
    bool restores;
    bool confirms;             /* no revocation: the key that waits */
};
struct lt_job {
    enum lt_job_kind kind;
    uint64_t token;            /* names the job */
    struct lt_write *write;    /* WRITE (its token is the job's) */
    const struct lt_revoke_ask *revoke; /* WRITE of one event; or NULL */
    /* TOKEN */
    char name[LT_NAME_MAX + 1];
    char office_kind[64];
    char code[64];
    int64_t valid_ms;
    bool again;                /* for an office whose key is lost */
    int64_t patience_ms;       /* the loop's: until when (monotonic) the tree
                                  is waited for; 0 = not begun */
    const char *path;          /* BACKUP: absolute; borrowed until done */
    /* PIECE: the part 0 of this item, of this hash, in the segment there.
     * answer: the loop writes the rest of the object behind what is in it. */
    uint64_t piece_pos;
    uint32_t piece_item;
    uint8_t piece_hash[LT_HASH_LEN];
    /* PIECE, KEY: the answer is the bytes themselves, no JSON; and a KEY is one
     * that an entry of the register may be sealed to: LT_EKEYWAITS while another
     * one of that office waits for the keeper. */
    bool raw;
    /* EXPORT: whom it is for and, but for the first piece, where it stands */
    struct lt_office courier_to;
    bool courier_all;
    bool courier_since_statement;
    bool courier_receipt;
    char courier_cursor[512];  /* opaque; "": the first piece */
    int64_t courier_since_ms;  /* the loop's: monotonic, when it was taken */
    /* IMPORT */
    const uint8_t *courier_piece; /* borrowed until the job is done */
    size_t courier_piece_len;
    bool written;              /* the loop's: WRITE that is durable, not told */
    /* filled in by the loop before done */
    lt_err result;
    struct lt_diag diag;
    bool repeated;             /* the request id was known; answer below */
    uint64_t pos;              /* position of the (last) segment written */
    int64_t committed_at_ms;
    struct lt_buf answer;      /* JSON; WRITE: see below */
    struct lt_job *next;
};
/* For a WRITE the answer is packed as daemon/answer.h says, one entry an
 * event; the same bytes are what a repeated request id is answered with. */

/* Entries of the register that could not follow their case yet, or wait here. */
struct lt_control_follow {
    unsigned locked; /* due, and the register is locked, or nothing was written */
    struct lt_office locked_to; /* one of those that they are due at */
    unsigned no_key;
    struct lt_office no_key_of;
    unsigned untaken; /* sent, and not taken yet */
    struct lt_office untaken_to;
    int64_t untaken_since_ms; /* wall, the oldest */
    unsigned come; /* to this office, and not in its register yet */
    struct lt_office come_from;
};

struct lt_control_options {
    const char *dir;             /* for control.sock */
    const char *view_path;
    struct lt_office office;
    const struct lt_sys *sys;
    struct lt_feed *feed;
    const struct lt_policy *policy; /* fields; borrowed, unchanged meanwhile */
    struct lt_view_climb climb;  /* within_ms and telephones; the strings are
                                    borrowed, unchanged meanwhile */
    uint64_t log_pos;            /* the log's last position at this start:
                                    until the view has it, no step is judged */
    int wake_fd;                 /* eventfd of the loop: jobs are waiting */
};
LT_MUST_CHECK lt_err lt_control_start(const struct lt_control_options *options,
                                      struct lt_control **out_control,
                                      struct lt_diag *diag);
void lt_control_stop(struct lt_control *control);
void lt_control_publish(struct lt_control *control,
                        const struct lt_snapshot *snapshot); /* taken over */
/* The next job for the loop, or NULL. */
struct lt_job *lt_control_take(struct lt_control *control);
void lt_control_done(struct lt_control *control, struct lt_job *job);
/* As of the last look. From the loop. */
void lt_control_follow(struct lt_control *control,
                       struct lt_control_follow *out);
/* Does somebody follow what the view shows? From any thread. */
bool lt_control_followed(const struct lt_control *control);
/* The view has come further: for the feed's wake, from any thread. Cheap; does
 * nothing when @control is NULL. */
void lt_control_view_moved(struct lt_control *control);

#endif
