#include "daemon/history.h"

#include <stdio.h>
#include <string.h>

#include "common/failpoint.h"

void lt_history_deinit(struct lt_history *history)
{
    lt_free(lt_alloc_heap(), history->rows);
    *history = (struct lt_history){.rows = NULL};
}

static struct lt_history_row *find(const struct lt_history *history,
                                   const struct lt_office *office)
{
    for (size_t i = 0; i < history->n; i++) {
        if (lt_office_equal(&history->rows[i].office, office)) {
            return &history->rows[i];
        }
    }
    return NULL;
}

const struct lt_history_row *lt_history_find(const struct lt_history *history,
                                             const struct lt_office *office)
{
    return find(history, office);
}

/* The one that is missed least: without a session, heard of longest ago. */
static struct lt_history_row *least(struct lt_history *history)
{
    struct lt_history_row *found = &history->rows[0];

    for (size_t i = 1; i < history->n; i++) {
        struct lt_history_row *row = &history->rows[i];
        bool idle = row->session == 0;

        if ((found->session != 0 && idle) ||
            ((found->session == 0) == idle &&
             row->heard_ms < found->heard_ms)) {
            found = row;
        }
    }
    return found;
}

static struct lt_history_row *get(struct lt_history *history,
                                  const struct lt_office *office)
{
    struct lt_history_row *row = find(history, office);

    if (row != NULL) {
        return row;
    }
    if (history->n == LT_HISTORY_OFFICES_MAX) {
        row = least(history);
    } else if (lt_grow(lt_alloc_heap(), (void **)&history->rows,
                       &history->capacity, history->n,
                       sizeof(*history->rows))) {
        row = &history->rows[history->n++];
    } else {
        return NULL;
    }
    *row = (struct lt_history_row){.office = *office};
    return row;
}

static bool same(const struct lt_tried *tried, enum lt_tried_what what,
                 enum lt_tried_result result, const char *address)
{
    return tried->what == (uint8_t)what && tried->result == (uint8_t)result &&
           strncmp(tried->address, address, sizeof(tried->address) - 1) == 0;
}

/* The same address with the same outcome, since anything else happened: two
 * addresses that are tried in turn are two entries, not eight. */
static struct lt_tried *repeated(struct lt_history_row *row,
                                 enum lt_tried_what what,
                                 enum lt_tried_result result,
                                 const char *address)
{
    for (size_t i = row->tried_n; i > 0; i--) {
        struct lt_tried *tried = &row->tried[i - 1];

        if (same(tried, what, result, address)) {
            return tried;
        }
        if (tried->what != LT_TRIED_DIAL || what != LT_TRIED_DIAL) {
            break;
        }
    }
    return NULL;
}

void lt_history_tried(struct lt_history *history,
                      const struct lt_office *office, int64_t now_ms,
                      enum lt_tried_what what, enum lt_tried_result result,
                      const char *address)
{
    struct lt_history_row *row = get(history, office);
    struct lt_tried *tried;

    if (row == NULL || LT_PLANTED(forget_tried)) {
        return;
    }
    row->heard_ms = now_ms;
    tried = repeated(row, what, result, address);
    if (tried != NULL) {
        tried->last_ms = now_ms;
        tried->times += tried->times < UINT32_MAX;
        return;
    }
    if (row->tried_n == LT_HISTORY_TRIED_MAX) {
        memmove(row->tried, row->tried + 1,
                (LT_HISTORY_TRIED_MAX - 1) * sizeof(row->tried[0]));
        row->tried_n--;
    }
    tried = &row->tried[row->tried_n++];
    *tried = (struct lt_tried){.at_ms = now_ms,
                               .last_ms = now_ms,
                               .times = 1,
                               .what = (uint8_t)what,
                               .result = (uint8_t)result};
    (void)snprintf(tried->address, sizeof(tried->address), "%.63s", address);
}

void lt_history_began(struct lt_history *history,
                      const struct lt_office *office, int64_t now_ms,
                      uint64_t session, bool dialled, const char *address)
{
    struct lt_history_row *row;

    lt_history_tried(history, office, now_ms,
                     dialled ? LT_TRIED_DIAL : LT_TRIED_CALL,
                     LT_TRIED_CONNECTED, address);
    row = find(history, office);
    if (row != NULL) {
        row->session = session;
    }
}

void lt_history_ended(struct lt_history *history, int64_t now_ms,
                      uint64_t session, enum lt_tried_result result)
{
    for (size_t i = 0; session != 0 && i < history->n; i++) {
        struct lt_history_row *row = &history->rows[i];

        if (row->session == session) {
            row->session = 0;
            row->down_ms = now_ms;
            lt_history_tried(history, &row->office, now_ms, LT_TRIED_SESSION,
                             result, "");
            return;
        }
    }
}

enum lt_tried_result lt_history_result(lt_err code)
{
    if (code == LT_ABEHIND) {
        return LT_TRIED_NO_PROGRESS;
    }
    if (code == LT_EHELLO) {
        return LT_TRIED_HELLO_REFUSED;
    }
    if (code == LT_EUNKNOWNKEY) {
        return LT_TRIED_KEY_UNKNOWN;
    }
    if (code == LT_EPROTO) {
        return LT_TRIED_PROTOCOL;
    }
    return code == LT_OK || code == LT_ATWOMACHINES ? LT_TRIED_REPLACED
                                                    : LT_TRIED_LOST;
}
