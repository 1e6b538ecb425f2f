/* Two small direct-mapped memories in front of two tables. */
#include "daemon/view/intern.h"

#include <string.h>

#include "common/segment.h"

enum { COUNT_BITS = 40 };
static const uint64_t count_mask = ((uint64_t)1 << COUNT_BITS) - 1;
/* 63 - 40 bits; an office would have to restart every second for months. */
static const int64_t life_max = ((int64_t)1 << 23) - 1;

lt_err lt_intern_init(struct lt_intern *intern, sqlite3 *db, bool writes)
{
    const struct {
        sqlite3_stmt **stmt;
        const char *sql;
        bool for_writer;
    } list[] = {
        {&intern->find_life,
         "SELECT id FROM life WHERE origin=?1 AND epoch=?2 AND high=?3", false},
        {&intern->add_life,
         "INSERT INTO life(origin,epoch,high) VALUES(?1,?2,?3)", true},
        {&intern->get_life, "SELECT origin,epoch,high FROM life WHERE id=?1",
         false},
        {&intern->find_channel, "SELECT id FROM channel WHERE bytes=?1", false},
        {&intern->add_channel, "INSERT INTO channel(bytes) VALUES(?1)", true},
        {&intern->get_channel, "SELECT bytes FROM channel WHERE id=?1", false},
    };

    memset(intern, 0, sizeof(*intern));
    for (size_t i = 0; i < LT_COUNT_OF(list); i++) {
        if (!list[i].for_writer || writes) {
            lt_err rc = lt_db_prepare(db, list[i].sql, list[i].stmt);

            if (rc != LT_OK) {
                return rc;
            }
        }
    }
    return LT_OK;
}

void lt_intern_deinit(struct lt_intern *intern)
{
    sqlite3_finalize(intern->find_life);
    sqlite3_finalize(intern->add_life);
    sqlite3_finalize(intern->get_life);
    sqlite3_finalize(intern->find_channel);
    sqlite3_finalize(intern->add_channel);
    sqlite3_finalize(intern->get_channel);
    memset(intern, 0, sizeof(*intern));
}

void lt_intern_forget(struct lt_intern *intern)
{
    memset(intern->by_name, 0, sizeof(intern->by_name));
    memset(intern->by_life, 0, sizeof(intern->by_life));
    memset(intern->channels, 0, sizeof(intern->channels));
}

static lt_err find_number(sqlite3_stmt *stmt, int64_t *out_number)
{
    bool row;
    lt_err rc = lt_db_step(stmt, &row);

    if (rc != LT_OK) {
        return rc;
    }
    if (!row) {
        return LT_ENOTFOUND;
    }
    *out_number = sqlite3_column_int64(stmt, 0);
    lt_db_reset(stmt);
    return LT_OK;
}

static void bind_life(sqlite3_stmt *stmt, const struct lt_event_id *id,
                      uint64_t high)
{
    sqlite3_bind_blob(stmt, 1, id->origin.bytes, LT_OFFICE_LEN, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, (int64_t)id->epoch);
    sqlite3_bind_int64(stmt, 3, (int64_t)high);
}

static lt_err look_up_life(struct lt_intern *intern,
                           const struct lt_event_id *id, uint64_t high,
                           bool add, int64_t *out_life)
{
    lt_err rc;

    bind_life(intern->find_life, id, high);
    rc = find_number(intern->find_life, out_life);
    if (rc != LT_ENOTFOUND || !add) {
        return rc;
    }
    bind_life(intern->add_life, id, high);
    rc = lt_db_run(intern->add_life);
    if (rc != LT_OK) {
        return rc;
    }
    *out_life = sqlite3_last_insert_rowid(sqlite3_db_handle(intern->add_life));
    return *out_life > life_max ? LT_EFULL : LT_OK;
}

lt_err lt_intern_key(struct lt_intern *intern, const struct lt_event_id *id,
                     bool add, int64_t *out_key)
{
    uint64_t high = id->count >> COUNT_BITS;
    struct lt_intern_life *slot =
        &intern->by_name[(id->epoch ^ id->origin.bytes[0] ^ high) %
                         LT_INTERN_LIVES];
    int64_t life;
    lt_err rc;

    if (slot->life != 0 && slot->epoch == id->epoch && slot->high == high &&
        lt_office_equal(&slot->origin, &id->origin)) {
        life = slot->life;
    } else {
        rc = look_up_life(intern, id, high, add, &life);
        if (rc != LT_OK) {
            return rc;
        }
        *slot = (struct lt_intern_life){id->origin, id->epoch, high, life};
    }
    *out_key =
        (int64_t)((uint64_t)life << COUNT_BITS | (id->count & count_mask));
    return LT_OK;
}

lt_err lt_intern_id(struct lt_intern *intern, int64_t key,
                    struct lt_event_id *out_id)
{
    int64_t life = key >> COUNT_BITS;
    struct lt_intern_life *slot =
        &intern->by_life[(uint64_t)life % LT_INTERN_LIVES];

    if (slot->life != life) {
        bool row;
        lt_err rc;

        sqlite3_bind_int64(intern->get_life, 1, life);
        rc = lt_db_step(intern->get_life, &row);
        if (rc != LT_OK) {
            return rc;
        }
        if (!row ||
            sqlite3_column_bytes(intern->get_life, 0) != LT_OFFICE_LEN) {
            lt_db_reset(intern->get_life);
            return LT_EIO;
        }
        memcpy(slot->origin.bytes, sqlite3_column_blob(intern->get_life, 0),
               LT_OFFICE_LEN);
        slot->epoch = (uint64_t)sqlite3_column_int64(intern->get_life, 1);
        slot->high = (uint64_t)sqlite3_column_int64(intern->get_life, 2);
        slot->life = life;
        lt_db_reset(intern->get_life);
    }
    out_id->origin = slot->origin;
    out_id->epoch = slot->epoch;
    out_id->count = slot->high << COUNT_BITS | ((uint64_t)key & count_mask);
    return LT_OK;
}

lt_err lt_intern_channel(struct lt_intern *intern,
                         const struct lt_channel *channel, int64_t *out_number)
{
    struct lt_intern_channel *slot =
        &intern->channels[(channel->cls ^ channel->audience << 3 ^
                           channel->to.bytes[0]) %
                          LT_INTERN_CHANNELS];
    uint8_t bytes[LT_CHANNEL_BYTES];
    lt_err rc;

    if (slot->number != 0 && lt_channel_equal(&slot->channel, channel)) {
        *out_number = slot->number;
        return LT_OK;
    }
    lt_channel_encode(channel, bytes);
    sqlite3_bind_blob(intern->find_channel, 1, bytes, sizeof(bytes),
                      SQLITE_STATIC);
    rc = find_number(intern->find_channel, out_number);
    if (rc == LT_ENOTFOUND && intern->add_channel != NULL) {
        sqlite3_bind_blob(intern->add_channel, 1, bytes, sizeof(bytes),
                          SQLITE_STATIC);
        rc = lt_db_run(intern->add_channel);
        *out_number =
            sqlite3_last_insert_rowid(sqlite3_db_handle(intern->add_channel));
    }
    if (rc == LT_OK) {
        *slot = (struct lt_intern_channel){*channel, *out_number};
    }
    return rc;
}

lt_err lt_intern_channel_of(struct lt_intern *intern, int64_t number,
                            struct lt_channel *out_channel)
{
    struct lt_intern_channel *slot =
        &intern->channels[(uint64_t)number % LT_INTERN_CHANNELS];
    bool row;
    lt_err rc;

    /* A reader fills the slots by number, a writer by name; neither does both
     * often enough to mind. */
    if (slot->number == number) {
        *out_channel = slot->channel;
        return LT_OK;
    }
    sqlite3_bind_int64(intern->get_channel, 1, number);
    rc = lt_db_step(intern->get_channel, &row);
    if (rc != LT_OK) {
        return rc;
    }
    if (!row ||
        !lt_channel_decode(sqlite3_column_blob(intern->get_channel, 0),
                           (size_t)sqlite3_column_bytes(intern->get_channel, 0),
                           out_channel)) {
        lt_db_reset(intern->get_channel);
        return LT_EIO;
    }
    lt_db_reset(intern->get_channel);
    *slot = (struct lt_intern_channel){*out_channel, number};
    return LT_OK;
}
