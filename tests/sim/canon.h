/* The canonical run: three offices in one line, 200 things to do, one after
 * the other, the same in every run bit by bit.
 *
 * The daemon's own turn, clerk, engine and log over disks in memory; what the
 * daemon's loop does beside them (room, erasing, copying the WAL) is done here
 * in the same order. Links are perfect. Whatever fails comes from the judges
 * that a test sets: an office whose process or power is gone is started again,
 * its clients ask again with the same request ids, and in the end canon_heal
 * and canon_check say whether anything that was promised is missing or double.
 *
 * Threading: one thread. What canon itself needs comes from malloc, never from
 * lt_alloc_heap, and running out of it aborts. */
#ifndef LT_TESTS_SIM_CANON_H
#define LT_TESTS_SIM_CANON_H

#include "daemon/clerk.h"
#include "daemon/turn.h"
#include "tests/sim/faultvfs.h"

enum { CANON_PROVINCE, CANON_DISTRICT, CANON_COMMUNE, CANON_OFFICES };
enum { CANON_STEPS = 200, CANON_TREE_STEPS = 3 };

/* What an office said to be durable: by an ack, or by the hook that comes after
 * a commit. */
struct canon_promise {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number;
    bool kept; /* found in the log of the next life */
};

/* A handle that the office at the other end of a session named. */
struct canon_handle {
    uint64_t session;
    uint32_t handle;
    struct canon_promise run; /* number unused */
};

struct canon_office {
    struct canon *canon;
    unsigned index;
    int parent; /* -1 at the top */
    struct lt_office id;
    struct lt_key *key;
    uint8_t curve[LT_CURVE_LEN];
    struct lt_buf binding;
    struct lt_disk *disk;
    struct lt_log *log; /* NULL, as the next three, while it is down */
    struct lt_engine *engine;
    struct lt_turn *turn;
    struct lt_clerk *clerk;
    bool bound;  /* its bindings are in its log */
    bool doomed; /* its power is gone: nobody hears what it says now */
    bool full;   /* its intake is closed */
    bool erased_again;
    uint64_t lives;
    uint64_t session; /* with the parent; 0: none */
    bool closing;     /* one end wants that session to end */
    int64_t wake_ms;
    struct canon_promise *promises;
    size_t promises_n, promises_capacity;
    struct canon_handle *handles;
    size_t handles_n, handles_capacity;
};

struct canon_frame {
    unsigned to;
    uint64_t session;
    uint8_t *bytes;
    size_t len;
};

/* One thing that somebody wants done, under one request id. */
struct canon_step {
    char what;       /* a letter of canon_script */
    unsigned office; /* where it is asked for */
    bool asked;
    bool told; /* exit 0: it is durable at that office */
    uint64_t token;
    struct lt_event_id event; /* as answered */
};

struct canon {
    struct lt_now now;
    struct lt_key *root;
    struct canon_office offices[CANON_OFFICES];
    uint64_t sessions;
    struct canon_frame *frames;
    size_t frames_n, frames_capacity;
    struct canon_step steps[CANON_STEPS];
    size_t step;     /* the one under way */
    size_t until;    /* steps before this one are done in canon_live */
    int64_t step_ms; /* from one step to the next */
    uint64_t tokens;
    bool outside; /* of the offices: nothing that is called now may fail */
    struct canon_office *acting; /* whose code runs */
    bool text_seen; /* the text that is erased later has lain on a disk */
    char failure[256];
};

/* The first three steps open the offices; then these, 197 letters: c case, s
 * step, z closing, i incident, d and p directives of district and province, a
 * answer to one, e order to erase, k the keeper's confirmation. */
extern const char canon_script[CANON_STEPS + 1];

struct canon *canon_new(void);
void canon_free(struct canon *canon);

/* Start the offices, and do the steps up to canon->until. */
void canon_live(struct canon *canon);
/* Nothing fails any more: everybody gets an answer and everything arrives. */
void canon_heal(struct canon *canon);
/* Is all that was promised there, once, whole, and the same everywhere? */
void canon_check(struct canon *canon);
/* Does one of its files hold the text that is to be erased? */
bool canon_holds_text(const struct canon_office *office);
/* The first thing that is wrong stays in canon->failure. */
void canon_fail(struct canon *canon, const char *format, ...) LT_PRINTF(2, 3);

/* canon_life.c */
/* Acks that leave are promises; handles that arrive say of what. */
void canon_note_frame(struct canon_office *office, uint64_t session,
                      const uint8_t *bytes, size_t len, unsigned type);
/* Both ends hear of it, as far as they are there. */
void canon_end_session(struct canon_office *child);
/* False: it cannot be started now. */
bool canon_start(struct canon_office *office);
void canon_stop(struct canon_office *office);
/* An error that ends the process: then the office is down. */
bool canon_survives(struct canon_office *office, lt_err err);

/* canon_turn.c */
/* Everything that happens by itself, until nothing more does. */
void canon_settle(struct canon *canon);

/* canon_work.c */
/* Ask for a step that has no answer yet. False: nobody can, now. */
bool canon_ask(struct canon *canon, size_t step);
void canon_told(struct canon_office *office, uint64_t token);
/* The text that the run erases; no disk may hold it in the end. */
extern const char canon_erased_text[];

/* Memory of canon's own. */
const struct lt_alloc *canon_heap(void);
void *canon_grown(void *array, size_t *capacity, size_t n, size_t size);

#endif
