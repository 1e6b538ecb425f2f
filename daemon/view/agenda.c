/* What a case has ahead of it and what its citizens were told, out of its
 * events: the tasks of a conclusion that are not done, and each notice. */
#include "daemon/view/reader.h"

#include "common/words.h"

enum { STEP_CITIZEN_NOTIFIED = 12, PART_TEXT = 1 };

lt_err lt_event_take(struct lt_view_reader *r, int64_t seq,
                     struct lt_event_id *out_id, int64_t *out_prev,
                     bool *out_counts)
{
    bool row;
    lt_err rc;

    *out_counts = false;
    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    *out_prev = sqlite3_column_int64(r->get_event, 9);
    rc =
        lt_intern_id(&r->intern, sqlite3_column_int64(r->get_event, 1), out_id);
    if (rc == LT_OK && sqlite3_column_int(r->get_event, 6) == LT_APPLIED) {
        rc = lt_event_decode_row(r, r->get_event, out_id, out_counts);
    }
    lt_db_reset(r->get_event);
    return rc;
}

static void put_word(struct lt_json *json, const char *key, enum lt_words list,
                     uint32_t number)
{
    const struct lt_word *row = lt_word_by_number(list, number);

    lt_json_key(json, key);
    lt_json_word(json, row == NULL ? NULL : row->word);
}

static void put_string(struct lt_json *json, const char *key,
                       struct lt_text text)
{
    lt_json_key(json, key);
    lt_json_text(json, text.len > 0 ? text : (struct lt_text){NULL, 0});
}

static lt_err put_task(struct lt_view_reader *r, const struct lt_task *task,
                       int32_t today, struct lt_json *json)
{
    struct lt_event_id id;
    bool counts = false;
    int64_t prev;
    int64_t seq = 0;
    lt_err rc = lt_seq_of(r, &task->by, &seq);

    if (rc == LT_OK) {
        rc = lt_event_take(r, seq, &id, &prev, &counts);
    }
    if (rc != LT_OK || !counts) {
        return rc;
    }
    lt_json_open(json, '{');
    lt_json_key(json, "event");
    lt_json_event(json, &task->by);
    lt_json_key(json, "due_on");
    lt_json_day(json, task->due);
    lt_json_key(json, "overdue");
    lt_json_bool(json, task->due < today);
    put_string(json, "agency", r->event.name);
    put_string(json, "doc_no", r->event.doc_no);
    lt_json_key(json, "text");
    rc = lt_text_of_kind(r, seq, PART_TEXT, json);
    lt_json_close(json, '}');
    return rc;
}

/* Newest first. */
static lt_err put_notices(struct lt_view_reader *r, struct lt_json *json)
{
    int64_t seq = r->stored.last;
    uint32_t left = r->stored.events_n;
    lt_err rc = LT_OK;

    for (; rc == LT_OK && seq != 0 && left > 0; left--) {
        const struct lt_event *event = &r->event;
        struct lt_event_id id;
        bool counts = false;

        rc = lt_event_take(r, seq, &id, &seq, &counts);
        if (rc != LT_OK || !counts ||
            (event->type != LT_EV_CASE_STEP &&
             event->type != LT_EV_DENUNCIATION_STEP) ||
            event->kind != STEP_CITIZEN_NOTIFIED) {
            continue;
        }
        lt_json_open(json, '{');
        lt_json_key(json, "event");
        lt_json_event(json, &id);
        put_word(json, "notice", LT_WORDS_CITIZEN_NOTICE, event->notice);
        put_word(json, "way", LT_WORDS_NOTIFY_WAY, event->way);
        lt_json_key(json, "on");
        if (lt_reader_tells_days(r) &&
            (event->has_doc_date || event->has_legal_date)) {
            lt_json_day(json, event->has_doc_date ? event->doc_date
                                                  : event->legal_date);
        } else {
            lt_json_null(json);
        }
        put_string(json, "doc_no", event->doc_no);
        lt_json_close(json, '}');
    }
    return rc;
}

lt_err lt_agenda_put(struct lt_view_reader *r, int32_t today,
                     struct lt_json *json)
{
    const struct lt_matter *m = &r->stored.matter;
    lt_err rc = LT_OK;

    if (m->kind != LT_MATTER_CASE) {
        return LT_OK;
    }
    lt_json_key(json, "tasks");
    lt_json_open(json, '[');
    for (size_t i = 0; rc == LT_OK && i < m->tasks_n; i++) {
        rc = put_task(r, &m->tasks[i], today, json);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "notices");
    lt_json_open(json, '[');
    if (rc == LT_OK) {
        rc = put_notices(r, json);
    }
    lt_json_close(json, ']');
    return rc;
}
