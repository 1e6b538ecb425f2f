/* A province, a district and a commune in one process, each with the daemon's
 * own turn and clerk, a real engine and a real log on a disk in memory.
 *
 * What a turn does to the world is written down in the order in which it
 * happens, together with how many commits the log had made by then. Frames
 * travel when house_run moves them; nothing happens by itself. */
#ifndef LT_TESTS_DAEMON_HOUSE_H
#define LT_TESTS_DAEMON_HOUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/answer.h"
#include "daemon/clerk.h"
#include "daemon/courier.h"
#include "daemon/turn.h"
#include "tests/sim/faultvfs.h"

enum { PROVINCE, DISTRICT, COMMUNE, OFFICES };

enum happening_kind {
    HAPPENED_SEND,
    HAPPENED_CLOSE,
    HAPPENED_STORED,
    HAPPENED_WRITTEN,
    HAPPENED_COMMITTING, /* result 1: begins, 0: has ended */
};

struct happening {
    enum happening_kind kind;
    unsigned frame;   /* SEND: its type */
    uint64_t token;   /* WRITTEN */
    int result;       /* WRITTEN, CLOSE: lt_err */
    uint64_t pos;     /* STORED, WRITTEN */
    uint64_t commits; /* of the log until then */
};

struct house;

struct office {
    struct house *house;
    unsigned index;
    int parent;
    struct lt_office id;
    struct lt_key *key;
    uint8_t curve[LT_CURVE_LEN];
    uint8_t curve_secret[LT_CURVE_LEN];
    struct lt_buf binding;
    struct lt_disk *disk;
    struct lt_log *log; /* NULL while the office is down */
    struct lt_engine *engine;
    struct lt_turn *turn;
    struct lt_clerk *clerk;
    int64_t max_bytes; /* the quota of its log from the next start on; 0: none */
    uint64_t lives;
    uint64_t session; /* with the parent; 0: none */
    int64_t wake_ms;
    bool dead;       /* a turn ended with what ends the process */
    long alive_left; /* questions answered with yes; -1: always */
    struct happening *happenings;
    size_t happenings_n;
    size_t happenings_capacity;
};

struct house_frame {
    unsigned to;
    uint64_t session;
    uint8_t *bytes;
    size_t len;
};

struct house {
    struct lt_now now;
    struct lt_key *root;
    struct office offices[OFFICES];
    uint64_t sessions;
    struct house_frame *frames;
    size_t frames_n;
    size_t frames_capacity;
    bool no_clerks; /* committed proposals and directives stay unanswered */
    /* Sees each frame as it leaves; may be NULL. */
    void (*watch)(void *ctx, const struct office *from, const struct office *to,
                  const uint8_t *bytes, size_t len);
    void *watch_ctx;
};

/* All three are up and in the tree; no links yet. */
struct house *house_new(void);
void house_free(struct house *house);
#define HOUSE_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, house_setup, house_teardown)
int house_setup(void **state);
int house_teardown(void **state);

/* The lines between neighbours are there (again). */
void house_link(struct house *house);
/* Move frames, tick, let the clerks work: until nothing more happens. Every
 * turn must end with LT_OK. */
void house_run(struct house *house);
void house_later(struct house *house, int64_t ms);

/* One turn's end of one office. LT_EIO and worse leave it dead. */
lt_err office_end(struct office *office);
/* Frames for this office become inputs of its open turn. */
void office_receive(struct office *office);
/* End the process: with the power (what was not synced is lost), or cleanly.
 * Its sessions end as well. */
void office_cut(struct office *office);
void office_stop(struct office *office);
void office_start(struct office *office);

/* A case with a text, under @request (0: none): one write of @events events.
 * The answer is appended to @answer. */
lt_err office_case(struct office *office, uint64_t token, uint8_t request,
                   unsigned events, struct lt_buf *answer, bool *out_repeated);
/* The turn of a whole write: it must succeed. */
struct lt_event_id office_wrote_case(struct office *office, uint64_t token);
lt_err office_write(struct office *office, struct lt_event *event,
                    const struct lt_channel *channels, size_t channels_n,
                    uint64_t token);

/* The first happening from @from on of this kind, with this frame type when
 * kind is SEND; SIZE_MAX when there is none. */
size_t office_happened(const struct office *office, size_t from,
                       enum happening_kind kind, unsigned frame);
void office_forget(struct office *office);
struct lt_log_stats office_stats(struct office *office);
uint64_t office_syncs(const struct office *office);
/* Events of @type that the log holds, wherever they come from. */
unsigned office_count(struct office *office, uint32_t type);

#endif
