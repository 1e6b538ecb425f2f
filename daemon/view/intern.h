/* Short names for long ones, within one view.db.
 *
 * An event's key is 64 bits: a number for (origin, epoch) above, the count
 * below. Events of one life of an office so lie side by side, and references
 * between events are integers. */
#ifndef LT_VIEW_INTERN_H
#define LT_VIEW_INTERN_H

#include "common/id.h"
#include "daemon/view/db.h"

enum { LT_INTERN_LIVES = 512, LT_INTERN_CHANNELS = 32 };

struct lt_intern {
    sqlite3_stmt *find_life;
    sqlite3_stmt *add_life; /* NULL in a reader */
    sqlite3_stmt *get_life;
    sqlite3_stmt *find_channel;
    sqlite3_stmt *add_channel; /* NULL in a reader */
    sqlite3_stmt *get_channel;
    struct lt_intern_life {
        struct lt_office origin;
        uint64_t epoch;
        uint64_t high;
        int64_t life; /* 0: empty */
    } by_name[LT_INTERN_LIVES], by_life[LT_INTERN_LIVES];
    struct lt_intern_channel {
        struct lt_channel channel;
        int64_t number; /* 0: empty */
    } channels[LT_INTERN_CHANNELS];
};

LT_MUST_CHECK lt_err lt_intern_init(struct lt_intern *intern, sqlite3 *db,
                                    bool writes);
void lt_intern_deinit(struct lt_intern *intern);
/* Forget what is remembered: the transaction it came from is gone. */
void lt_intern_forget(struct lt_intern *intern);

/* The key of @id; one that was never seen gets a life when @add. LT_ENOTFOUND
 * otherwise. A count of 0 is an event whose count could not be read. */
LT_MUST_CHECK lt_err lt_intern_key(struct lt_intern *intern,
                                   const struct lt_event_id *id, bool add,
                                   int64_t *out_key);
LT_MUST_CHECK lt_err lt_intern_id(struct lt_intern *intern, int64_t key,
                                  struct lt_event_id *out_id);
LT_MUST_CHECK lt_err lt_intern_channel(struct lt_intern *intern,
                                       const struct lt_channel *channel,
                                       int64_t *out_number);
LT_MUST_CHECK lt_err lt_intern_channel_of(struct lt_intern *intern,
                                          int64_t number,
                                          struct lt_channel *out_channel);

#endif
