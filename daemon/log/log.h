/* The log on SQLite: segments, parts, bindings, statements, request ids.
 *
 * One connection, used by one thread, that reads, writes and checkpoints
 * (pitfalls of the WAL). Writing calls open a transaction when none is open;
 * nothing is durable until lt_log_commit has returned LT_OK. Segments, their
 * parts and the answers to requests of one turn are one transaction.
 *
 * Any LT_EIO means that the outcome is unknown: the caller must end the
 * process without acknowledging anything; the log refuses everything from then
 * on. Pages that SQLite finds corrupt while the log is open are LT_EIO as well.
 * LT_EFULL means that the transaction was rolled back as a whole; the log goes
 * on. Any other failure of a writing call rolls back too, except LT_EINVAL,
 * LT_ETOOBIG and the LT_ECORRUPT of a name with two contents: these are found
 * before anything is written and leave the transaction as it was.
 *
 * Positions: each stored segment has a position, rising in order of commit
 * here, from 1, without gaps in what was committed.
 *
 * Threading: a log belongs to one thread. */
#ifndef LT_LOG_LOG_H
#define LT_LOG_LOG_H

#include "common/alloc.h"
#include "common/erased.h"
#include "common/err.h"
#include "common/segment.h"

struct lt_log;

/* The version of SQLite when it has the WAL-reset defect (3.7.0 to 3.51.2 but
 * for 3.50.7, 3.44.6 and what follows them); NULL when it does not. This log
 * does not meet it: one connection writes and checkpoints. */
const char *lt_log_sqlite_affected(void);
/* The same for a number as sqlite3_libversion_number gives it. */
bool lt_log_version_affected(int version);

/* Set SQLite up for the process. lt_log_open does it too; whoever registers a
 * VFS or asks SQLite for anything before has to call it first, or the library's
 * defaults stand. Errors: LT_EINTERNAL, LT_ENOMEM. Any thread. */
LT_MUST_CHECK lt_err lt_log_start(void);

struct lt_log_options {
    const char *path;
    const char *vfs;         /* NULL = the default; tests hand in theirs */
    struct lt_office office; /* whose log it is; another's is refused */
    int64_t max_bytes;       /* quota of the file; 0 = none */
    int64_t wal_max_bytes;   /* checkpoint beyond this even when busy */
    int64_t ballast_bytes;   /* room kept in a file `ballast` beside the log
                                for ending well when the disk is full; at
                                most a 16th of the disk. 0 = none */
    bool ahead;              /* keep the file longer than the database, by a
                                thread of its own, where the disk has much
                                room: a checkpoint is shorter then */
    int64_t now_ms;          /* wall clock, for created_at */
};

/* Open or create, migrate, check settings by reading them back, check the last
 * segment of every tip. Errors: LT_EDB (another office's), LT_EDBNEWER,
 * LT_ECORRUPT, LT_EIO, LT_EFULL, LT_ELOCKED, LT_EFILEMODE, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_log_open(const struct lt_log_options *options,
                                 struct lt_log **out_log, struct lt_diag *diag);
/* Checkpoints and closes; NULL is fine. What was not committed is gone. */
void lt_log_close(struct lt_log *log);

/* ---- writing ---- */

/* Store @segment with its parts bundle. The caller has proven it. Sets
 * *out_pos. A segment that is there already (same name, same hash) is LT_OK
 * with *out_pos 0. Errors: LT_ECORRUPT if the name is there with another hash,
 * or cut otherwise, or does not continue the hash that is held (nothing
 * stored); LT_EINVAL if it leaves a gap, begins a run in its middle, changes
 * the key within a run or exceeds a limit of base.h; LT_EFULL, also while the
 * ballast is given away; LT_EIO. */
LT_MUST_CHECK lt_err lt_log_put_segment(struct lt_log *log,
                                        const struct lt_segment *segment,
                                        int64_t committed_at_ms,
                                        uint64_t *out_pos);
/* Evidence: a second content of a name, kept and never served. The same again
 * is fine; beyond 4096 pieces nothing more is kept. */
LT_MUST_CHECK lt_err lt_log_put_evidence(struct lt_log *log,
                                         const struct lt_segment *segment,
                                         int64_t at_ms);
/* An encoded Binding; the same bytes again are fine. */
LT_MUST_CHECK lt_err lt_log_put_binding(
    struct lt_log *log, const struct lt_office *office,
    const uint8_t key_id[static LT_HASH_LEN], const uint8_t *bytes, size_t len);
/* The latest SignedStatement page of (from, to); replaces the older. Pages that
 * a shorter statement no longer has stay: their ids tell them. */
LT_MUST_CHECK lt_err lt_log_put_statement(struct lt_log *log,
                                          const struct lt_office *from,
                                          const struct lt_office *to,
                                          uint32_t page, const uint8_t *bytes,
                                          size_t len);
/* The answer to a writing command, kept 30 days. @answer is opaque. The first
 * answer to an id stays. */
LT_MUST_CHECK lt_err lt_log_put_request(struct lt_log *log,
                                        const uint8_t id[static LT_REQUEST_LEN],
                                        int64_t at_ms, const uint8_t *answer,
                                        size_t len);
/* Small named values (the present token rows, pins, the view's marks). A NULL
 * @value deletes. Keys are at most 100 bytes. */
LT_MUST_CHECK lt_err lt_log_put_meta(struct lt_log *log, const char *key,
                                     const void *value, size_t len);
/* An erasure as somebody ordered or confirmed it; one said already stays as it
 * is. New ones are LT_ERASURE_OPEN. */
enum lt_erasure_state {
    LT_ERASURE_OPEN,    /* does not hold here yet, or only a confirmation */
    LT_ERASURE_DONE,    /* the texts are deleted here, nobody was told yet */
    LT_ERASURE_ANSWERED /* the receipt is written */
};
struct lt_log_erasure {
    struct lt_event_id said;   /* the event that says so */
    struct lt_event_id target; /* whose texts */
    struct lt_event_id matter;
    uint8_t mask; /* bit i: the target's part with index i */
    uint8_t cls;
    bool confirms;
    uint64_t tree_version;
    enum lt_erasure_state state;
};
LT_MUST_CHECK lt_err lt_log_put_erasure(struct lt_log *log,
                                        const struct lt_log_erasure *erasure);
LT_MUST_CHECK lt_err lt_log_set_erasure(struct lt_log *log,
                                        const struct lt_event_id *said,
                                        enum lt_erasure_state state);
/* Delete these parts of @target wherever they are stored, and never take them
 * again: lt_log_put_segment leaves them out of what it stores from then on.
 * *out_stripped is how many bundles held some. Deleted bytes are overwritten
 * in the database once the WAL has been copied (lt_log_wipe). */
LT_MUST_CHECK lt_err lt_log_erase(struct lt_log *log,
                                  const struct lt_event_id *target,
                                  uint8_t mask, size_t *out_stripped);
/* Make all of it durable. With nothing written it does nothing. */
LT_MUST_CHECK lt_err lt_log_commit(struct lt_log *log);
/* Forget what was written since the last commit. */
void lt_log_rollback(struct lt_log *log);

/* ---- reading: visitors return false to stop; pointers die with the call ----
 *
 * A visitor must not call the log. Reading sees what the open transaction has
 * written. LT_ECORRUPT: a row that makes no sense; the log goes on. */

/* A run: one epoch of one stream, as held here. */
struct lt_log_run {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;       /* number of its first event */
    struct lt_point prev; /* what it goes on from; zero = nothing */
    struct lt_point last; /* its end: epoch, last number, hash */
    uint8_t key_id[LT_HASH_LEN];
    uint64_t last_hlc;   /* stamp of its last event; 0 if unreadable */
    uint64_t last_count; /* event count of its last event; the same */
    int64_t bytes;       /* payload and parts as they were taken; -1: not known,
                            a version before began it */
};
LT_MUST_CHECK lt_err lt_log_each_run(
    struct lt_log *log, bool (*visit)(void *ctx, const struct lt_log_run *run),
    void *ctx);
LT_MUST_CHECK lt_err lt_log_each_binding(
    struct lt_log *log,
    bool (*visit)(void *ctx, const uint8_t *bytes, size_t len), void *ctx);
LT_MUST_CHECK lt_err lt_log_each_statement(
    struct lt_log *log,
    bool (*visit)(void *ctx, const uint8_t *bytes, size_t len), void *ctx);
LT_MUST_CHECK lt_err lt_log_each_meta(struct lt_log *log, const char *prefix,
                                      bool (*visit)(void *ctx, const char *key,
                                                    const void *value,
                                                    size_t len),
                                      void *ctx);

typedef bool lt_log_visit_segment(void *ctx, uint64_t pos,
                                  int64_t committed_at_ms,
                                  const struct lt_segment *segment);
/* Segments of one run after event number @after, in order, until the visitor
 * stops or about @max_bytes (payload and parts) were visited. The segment's
 * fields are complete, prev and hash included. */
LT_MUST_CHECK lt_err lt_log_read_run(struct lt_log *log,
                                     const struct lt_stream *stream,
                                     uint64_t epoch, uint64_t after,
                                     size_t max_bytes,
                                     lt_log_visit_segment *visit, void *ctx);
/* Segments in order of commit from position @from on. */
LT_MUST_CHECK lt_err lt_log_read_from(struct lt_log *log, uint64_t from,
                                      size_t max_bytes,
                                      lt_log_visit_segment *visit, void *ctx);
/* LT_ENOTFOUND when the id is unknown. @out_answer is appended to. */
LT_MUST_CHECK lt_err lt_log_get_request(struct lt_log *log,
                                        const uint8_t id[static LT_REQUEST_LEN],
                                        struct lt_buf *out_answer);
LT_MUST_CHECK lt_err lt_log_get_meta(struct lt_log *log, const char *key,
                                     struct lt_buf *out_value);

/* Erasures, oldest first; of one target alone. */
typedef bool lt_log_visit_erasure(void *ctx,
                                  const struct lt_log_erasure *erasure);
LT_MUST_CHECK lt_err lt_log_each_erasure(struct lt_log *log,
                                         lt_log_visit_erasure *visit,
                                         void *ctx);
LT_MUST_CHECK lt_err lt_log_erasures_of(struct lt_log *log,
                                        const struct lt_event_id *target,
                                        lt_log_visit_erasure *visit, void *ctx);
/* What is never taken again; borrowed until the log is written to. */
LT_MUST_CHECK lt_err lt_log_erased(struct lt_log *log,
                                   const struct lt_erased **out_erased);
/* Each stored segment that holds the event @id, one a channel that it was
 * written into. This visitor may call the log. */
typedef bool lt_log_visit_event(void *ctx, uint64_t pos,
                                const struct lt_segment *segment,
                                const struct lt_item *item);
LT_MUST_CHECK lt_err lt_log_find_event(struct lt_log *log,
                                       const struct lt_event_id *id,
                                       lt_log_visit_event *visit, void *ctx);

/* What contradicts the log, oldest first, without its texts: segments that
 * their origin signed under a name that another content has here. Taken when
 * @at_ms. This visitor may read the log. */
typedef bool lt_log_visit_evidence(void *ctx, int64_t at_ms,
                                   const struct lt_segment *segment);
LT_MUST_CHECK lt_err lt_log_each_evidence(struct lt_log *log,
                                          lt_log_visit_evidence *visit,
                                          void *ctx);

struct lt_log_stats {
    uint64_t events;
    uint64_t segments;
    uint64_t parts_bytes;
    uint64_t bytes;     /* of the database file */
    uint64_t wal_bytes; /* not yet copied into it */
    uint64_t last_pos;  /* committed */
    int64_t last_commit_at_ms;
    uint64_t commits; /* since open */
};
void lt_log_stats(struct lt_log *log, struct lt_log_stats *out);
/* last_pos alone, without asking the database. */
uint64_t lt_log_last_pos(const struct lt_log *log);
/* Bytes of the WAL that are not copied into the database yet; costs nothing. */
int64_t lt_log_wal_bytes(const struct lt_log *log);
/* How many events lie behind position @pos; 0 when nothing does. A failure of
 * the log shows with its next use: then 0 as well. */
uint64_t lt_log_events_after(struct lt_log *log, uint64_t pos);
/* May segments be taken: is the ballast in its place, or room for it again? */
bool lt_log_roomy(struct lt_log *log);
/* Uncommitted writes are waiting for lt_log_commit. */
bool lt_log_dirty(const struct lt_log *log);

/* ---- background work: one slice; false in *out_more when done ---- */

/* Checkpoint a WAL of a megabyte or more, and put the ballast back; for idle
 * moments. Does nothing inside a transaction. */
LT_MUST_CHECK lt_err lt_log_checkpoint(struct lt_log *log, bool *out_more);
/* Delete request ids older than @before_ms, 256 rows at a time. Commit after
 * it as after any writing. */
LT_MUST_CHECK lt_err lt_log_prune_requests(struct lt_log *log,
                                           int64_t before_ms, bool *out_more);

/* Copy the WAL into the database and cut it to nothing, and give back the
 * memory that statements and pages took, so that what was erased is gone from
 * both. Outside of a transaction (LT_EBUSY). Errors: LT_EFULL (no room to copy;
 * again later), LT_EIO. */
LT_MUST_CHECK lt_err lt_log_wipe(struct lt_log *log);

/* Re-hash what is stored (verify and scrub): one slice from @cursor on (0
 * starts). Checks every hash chain and every part against its event, and the
 * signatures of run ends with @key_of (NULL = skip them). @sums are added to,
 * but for streams, which is set. @bad (may be NULL) hears of each finding, with
 * the segment's first number and one word: hash, parts, row, index, key (not
 * known), signature; and of `absent`, which is not bad: small parts are not
 * here, and nobody ordered them to be erased. */
struct lt_log_verify {
    uint64_t streams, segments, events, parts, erased_parts;
    uint64_t absent_parts;
    uint64_t bad;
};
typedef void lt_log_bad(void *ctx, const struct lt_stream *stream,
                        uint64_t epoch, uint64_t number, const char *what);
LT_MUST_CHECK lt_err lt_log_verify_slice(
    struct lt_log *log, uint64_t *cursor, size_t max_segments,
    const struct lt_key *(*key_of)(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN]),
    lt_log_bad *bad, void *ctx, struct lt_log_verify *sums, bool *out_more);

/* ---- backup ---- */

/* A copy of the log into the file @path, in slices, through this connection:
 * what is committed between two slices is in it as well. It is made beside its
 * place (`@path.part`) and put there whole, synced, by lt_log_backup_end. */
struct lt_log_backup;
/* Errors: LT_ECREATE (@path is there already, or cannot be made), LT_EFULL,
 * LT_ENOMEM, LT_EIO (the log's). The log must outlive the backup. */
LT_MUST_CHECK lt_err lt_log_backup_begin(struct lt_log *log, const char *path,
                                         struct lt_log_backup **out_backup,
                                         struct lt_diag *diag);
/* So many pages more, outside of a transaction. Errors as above; then cancel.
 */
LT_MUST_CHECK lt_err lt_log_backup_slice(struct lt_log_backup *backup,
                                         int pages, uint64_t *out_done,
                                         uint64_t *out_total, bool *out_more);
/* After the last slice; frees @backup, whatever it says. */
LT_MUST_CHECK lt_err lt_log_backup_end(struct lt_log_backup *backup,
                                       struct lt_diag *diag);
/* Take away what was made; NULL is fine. */
void lt_log_backup_cancel(struct lt_log_backup *backup);

/* ---- healing ---- */

/* What a replacement came to. */
enum lt_mended {
    LT_MENDED_WHOLE, /* it is in its place now */
    LT_MENDED_SOUND, /* what stands there needs none */
    LT_MENDED_PART,  /* something of it was of use; parts are lacking still */
    LT_MENDED_NOT    /* it is not what stood there, or brought nothing */
};
/* Put @segment in the place of a stored one whose bytes do not hash, or whose
 * parts are rotten or absent: the one way in which a stored segment is changed,
 * and refused by the triggers of the schema for every other. What stands there
 * is replaced only when it does not hash, and only by what the stored hash, or
 * the segment after it, binds; when that hash itself is rotten and nothing
 * comes after, only by the very content that stands there, and @proven (its
 * signature holds). Parts that were erased are left out. Part of the open
 * transaction. Errors: LT_EFULL, LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_log_mend(struct lt_log *log,
                                 const struct lt_segment *segment, bool proven,
                                 enum lt_mended *out_mended);
/* Is the segment with this first number whole: does it hash, do its parts fit,
 * and is none absent that was not erased? */
LT_MUST_CHECK lt_err lt_log_sound(struct lt_log *log,
                                  const struct lt_stream *stream,
                                  uint64_t epoch, uint64_t first,
                                  bool *out_sound);
/* Build the index of segments anew from their rows. Part of the open
 * transaction. */
LT_MUST_CHECK lt_err lt_log_reindex(struct lt_log *log);
/* Compare the rows of runs and streams with their second copies, and put right
 * what rotted of either; *out_mended is how many rows. Part of the open
 * transaction; done at open as well, before anything rests on them. */
LT_MUST_CHECK lt_err lt_log_mend_runs(struct lt_log *log, size_t *out_mended);

#endif
