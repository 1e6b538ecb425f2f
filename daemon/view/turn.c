/* Receptions: a row each. One that puts another of the same office right takes
 * its place, whichever came first; of nobody, it takes it back. */
#include "daemon/view/reader.h"
#include "daemon/view/view_internal.h"

#include <inttypes.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/words.h"

enum { MARK_LEADER = 1, MARK_AGAIN = 2, LIMIT_MAX = 1000 };
enum { ENTERED = 9 }; /* column of list_turns */

/* Only what was entered for another office asks for the tree. */
static struct lt_judged judge(const struct lt_view *view,
                              const struct lt_act *act)
{
    if (act->newer) {
        return (struct lt_judged){LT_WAITING, LT_WHY_NEWER_VERSION};
    }
    if (!lt_class_fits(act->type, act->cls)) {
        return (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_CHANNEL};
    }
    if (act->revoked) {
        return (struct lt_judged){LT_REJECTED, LT_WHY_REVOKED};
    }
    if (!act->has_entered_for) {
        return (struct lt_judged){LT_APPLIED, LT_WHY_NONE};
    }
    if (act->tree_version > lt_tree_version(view->tree)) {
        return (struct lt_judged){LT_WAITING, LT_WHY_TREE_MISSING};
    }
    return lt_act_may_enter(act, view->tree)
               ? (struct lt_judged){LT_APPLIED, LT_WHY_NONE}
               : (struct lt_judged){LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE};
}

static lt_err put_row(struct lt_view *view, const struct lt_coming *c)
{
    const struct lt_event *event = &view->event;
    sqlite3_stmt *stmt = view->put_turn;
    int64_t corrects = 0;
    int64_t other = 0;
    lt_err rc = LT_OK;

    if (event->has_corrects &&
        lt_office_equal(&event->corrects.origin, &event->id.origin)) {
        rc = lt_intern_key(&view->intern, &event->corrects, true, &corrects);
    }
    if (rc == LT_OK && event->has_other) {
        rc = lt_intern_key(&view->intern, &event->other, true, &other);
    }
    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(stmt, 1, c->seq);
    sqlite3_bind_int64(stmt, 2, c->key);
    sqlite3_bind_int64(stmt, 3, event->day);
    sqlite3_bind_int64(stmt, 4, event->kind);
    sqlite3_bind_int64(stmt, 5, event->count);
    sqlite3_bind_int64(stmt, 6, event->field);
    sqlite3_bind_int64(stmt, 7, event->outcome);
    sqlite3_bind_int64(stmt, 8, (event->leader ? MARK_LEADER : 0) |
                                    (event->again ? MARK_AGAIN : 0));
    if (event->has_other) {
        sqlite3_bind_int64(stmt, 9, other);
    } else {
        sqlite3_bind_null(stmt, 9);
    }
    if (corrects != 0) {
        sqlite3_bind_int64(stmt, 10, corrects);
    } else {
        sqlite3_bind_null(stmt, 10);
    }
    if (event->has_entered_for) {
        sqlite3_bind_blob(stmt, 11, event->entered_for.bytes, LT_OFFICE_LEN,
                          SQLITE_STATIC);
    } else {
        sqlite3_bind_null(stmt, 11);
    }
    if (c->judged.why == LT_WHY_TREE_MISSING) {
        sqlite3_bind_int64(stmt, 12, (int64_t)event->tree_version);
    } else {
        sqlite3_bind_null(stmt, 12);
    }
    return lt_db_run(stmt);
}

lt_err lt_turn_apply(struct lt_view *view, struct lt_coming *c)
{
    c->judged = judge(view, &c->act);
    if (c->judged.why == LT_WHY_NEWER_VERSION ||
        c->judged.why == LT_WHY_WRONG_CHANNEL ||
        (view->event.count == 0 && LT_PLANTED(keep_taken_back))) {
        return LT_OK;
    }
    return put_row(view, c);
}

lt_err lt_turn_again(struct lt_view *view, int64_t seq,
                     const struct lt_channel *channel, bool revoked)
{
    struct lt_judged judged;
    struct lt_act act;
    lt_err rc;

    lt_act_from_event(&view->event, channel->cls, &act);
    act.revoked = revoked;
    judged = judge(view, &act);
    sqlite3_bind_int64(view->set_turn, 1, seq);
    if (judged.why == LT_WHY_TREE_MISSING) {
        sqlite3_bind_int64(view->set_turn, 2, (int64_t)act.tree_version);
    } else {
        sqlite3_bind_null(view->set_turn, 2);
    }
    rc = lt_db_run(view->set_turn);
    if (rc == LT_OK) {
        sqlite3_bind_int64(view->set_verdict, 1, seq);
        sqlite3_bind_int(view->set_verdict, 2, (int)judged.verdict);
        sqlite3_bind_int(view->set_verdict, 3, (int)judged.why);
        rc = lt_db_run(view->set_verdict);
    }
    return rc;
}

lt_err lt_turn_awaiting(struct lt_view *view)
{
    for (;;) {
        struct lt_channel channel;
        int64_t seq;
        bool row = false;
        lt_err rc;

        sqlite3_bind_int64(view->next_turn, 1,
                           (int64_t)lt_tree_version(view->tree));
        rc = lt_db_step(view->next_turn, &row);
        if (rc != LT_OK || !row) {
            return rc;
        }
        seq = sqlite3_column_int64(view->next_turn, 0);
        lt_db_reset(view->next_turn);
        rc = lt_view_take_event(view, seq, &channel);
        if (rc == LT_OK) { /* what is revoked does not wait */
            rc = lt_turn_again(view, seq, &channel, false);
        }
        if (rc != LT_OK) {
            return rc;
        }
    }
}

static const char *word_of(enum lt_words list, int64_t number)
{
    const struct lt_word *row = lt_word_by_number(list, (uint32_t)number);

    return row == NULL ? NULL : row->word;
}

/* The office that it is of: for which it was entered, else its writer. */
static struct lt_office office_of(sqlite3_stmt *stmt, int column,
                                  const struct lt_event_id *id)
{
    struct lt_office office = id->origin;

    if (sqlite3_column_bytes(stmt, column) == LT_OFFICE_LEN &&
        !LT_PLANTED(count_by_custodian)) {
        memcpy(office.bytes, sqlite3_column_blob(stmt, column), LT_OFFICE_LEN);
    }
    return office;
}

static lt_err put_turn(struct lt_view_reader *r, sqlite3_stmt *stmt,
                       const struct lt_event_id *id, struct lt_json *json)
{
    int64_t marks = sqlite3_column_int64(stmt, 7);
    const struct lt_office office = office_of(stmt, ENTERED, id);
    struct lt_event_id other;
    bool about = sqlite3_column_type(stmt, 8) == SQLITE_INTEGER;
    lt_err rc = about ? lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 8),
                                     &other)
                      : LT_OK;

    if (rc != LT_OK) {
        return rc;
    }
    lt_json_open(json, '{');
    lt_json_key(json, "id");
    lt_json_event(json, id);
    lt_json_key(json, "office");
    lt_json_office(json, &office);
    lt_json_key(json, "entered_by");
    if (lt_office_equal(&office, &id->origin)) {
        lt_json_null(json);
    } else {
        lt_json_office(json, &id->origin);
    }
    lt_json_key(json, "on");
    lt_json_day(json, sqlite3_column_int(stmt, 2));
    lt_json_key(json, "kind");
    lt_json_word(json, word_of(LT_WORDS_TURN, sqlite3_column_int64(stmt, 3)));
    lt_json_key(json, "people");
    lt_json_uint(json, (uint64_t)sqlite3_column_int64(stmt, 4));
    lt_item_field(r, json, (uint32_t)sqlite3_column_int64(stmt, 5));
    lt_json_key(json, "outcome");
    lt_json_word(json, word_of(LT_WORDS_TURN_OUTCOME,
                               sqlite3_column_int64(stmt, 6)));
    lt_json_key(json, "leader");
    lt_json_bool(json, (marks & MARK_LEADER) != 0);
    lt_json_key(json, "again");
    lt_json_bool(json, (marks & MARK_AGAIN) != 0);
    lt_json_key(json, "about");
    if (about) {
        lt_json_event(json, &other);
    } else {
        lt_json_null(json);
    }
    lt_json_close(json, '}');
    return LT_OK;
}

static lt_err put_all(struct lt_view_reader *r,
                      const struct lt_view_turns *query, struct lt_json *json,
                      struct lt_cursor *last, bool *more)
{
    sqlite3_stmt *stmt = r->list_turns;
    uint32_t shown = 0;
    bool row = true;
    lt_err rc = LT_OK;

    sqlite3_bind_int64(stmt, 1, last->at);
    sqlite3_bind_int64(stmt, 2, last->key);
    sqlite3_bind_int64(stmt, 3, query->since);
    while (rc == LT_OK && !*more) {
        struct lt_event_id id;
        struct lt_office office;

        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row) {
            rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 1), &id);
        }
        if (rc != LT_OK || !row) {
            break;
        }
        office = office_of(stmt, ENTERED, &id);
        if (query->office != NULL && !lt_office_equal(query->office, &office)) {
            continue;
        }
        if (shown == query->limit) {
            *more = true;
            break;
        }
        rc = put_turn(r, stmt, &id, json);
        *last = (struct lt_cursor){sqlite3_column_int64(stmt, 2),
                                   sqlite3_column_int64(stmt, 0)};
        shown++;
    }
    lt_db_reset(stmt);
    return rc;
}

lt_err lt_view_turns(struct lt_view_reader *reader,
                     const struct lt_view_turns *query, struct lt_buf *out)
{
    struct lt_cursor at;
    struct lt_json json;
    bool more = false;
    lt_err rc;

    if (query->limit < 1 || query->limit > LIMIT_MAX ||
        !lt_cursor_read(query->after, &at)) {
        return LT_EINVAL;
    }
    rc = lt_reader_begin(reader);
    if (rc != LT_OK) {
        return rc;
    }
    lt_json_init(&json, out);
    lt_json_open(&json, '{');
    lt_json_key(&json, "items");
    lt_json_open(&json, '[');
    rc = put_all(reader, query, &json, &at, &more);
    lt_json_close(&json, ']');
    lt_json_key(&json, "next");
    if (more) {
        lt_cursor_put(&json, &at);
    } else {
        lt_json_null(&json);
    }
    lt_json_close(&json, '}');
    lt_reader_end(reader);
    return rc == LT_OK && json.failed ? LT_ENOMEM : rc;
}

lt_err lt_view_turn_stands(struct lt_view_reader *reader,
                           const struct lt_event_id *id,
                           struct lt_office *out_office)
{
    int64_t key;
    bool row = false;
    lt_err rc = lt_reader_begin(reader);

    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_intern_key(&reader->intern, id, false, &key);
    if (rc == LT_OK) {
        sqlite3_bind_int64(reader->get_turn, 1, key);
        rc = lt_db_step(reader->get_turn, &row);
        if (rc == LT_OK && row) {
            *out_office = office_of(reader->get_turn, 0, id);
            lt_db_reset(reader->get_turn);
        }
    }
    lt_reader_end(reader);
    return rc == LT_OK && !row ? LT_ENOTFOUND : rc;
}

lt_err lt_turns_sum(struct lt_view_reader *r, int32_t from, int32_t until,
                    struct lt_json *json)
{
    static const char *const names[] = {"turns", "people", "by_leader",
                                        "again"};
    sqlite3_stmt *stmt = r->sum_turns;
    bool row = false;
    lt_err rc;

    sqlite3_bind_int64(stmt, 1, from);
    sqlite3_bind_int64(stmt, 2, until);
    rc = lt_db_step(stmt, &row);
    lt_json_key(json, "receptions");
    lt_json_open(json, '{');
    for (int i = 0; i < (int)LT_COUNT_OF(names); i++) {
        lt_json_key(json, names[i]);
        lt_json_uint(json, rc == LT_OK && row
                               ? (uint64_t)sqlite3_column_int64(stmt, i)
                               : 0);
    }
    lt_json_close(json, '}');
    if (rc == LT_OK && row) {
        lt_db_reset(stmt);
    }
    return rc;
}
