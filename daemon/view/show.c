/* One matter with its events (in the order of commit here) and texts. */
#include "daemon/view/due.h"
#include "daemon/view/reader.h"

#include <string.h>

#include "common/failpoint.h"

/* Rows of the texts beside one event. */
static void bind_texts(struct lt_view_reader *r, int64_t seq)
{
    sqlite3_bind_int64(r->texts, 1, (int64_t)((uint64_t)seq << 3));
    sqlite3_bind_int64(r->texts, 2, (int64_t)((uint64_t)(seq + 1) << 3));
}

static struct lt_text row_text(sqlite3_stmt *stmt, int column)
{
    size_t len = (size_t)sqlite3_column_bytes(stmt, column);

    if (sqlite3_column_type(stmt, column) == SQLITE_NULL) {
        return (struct lt_text){NULL, 0};
    }
    return (struct lt_text){len == 0 ? "" : sqlite3_column_blob(stmt, column),
                            len};
}

static uint32_t row_index(sqlite3_stmt *stmt)
{
    return (uint32_t)sqlite3_column_int64(stmt, 0) & 7;
}

/* The text in the row, unless it is erased or closed to reading. */
static struct lt_text open_text(sqlite3_stmt *stmt,
                                const struct lt_erased_texts *erased)
{
    return lt_erased_word(erased, row_index(stmt)) != NULL
               ? (struct lt_text){NULL, 0}
               : row_text(stmt, 2);
}

lt_err lt_text_of_kind(struct lt_view_reader *r, int64_t seq, uint32_t kind,
                       struct lt_json *json)
{
    struct lt_erased_texts erased;
    lt_err rc = lt_erased_look_at(r, seq, &erased);

    if (rc != LT_OK) {
        lt_json_null(json);
        return rc;
    }
    bind_texts(r, seq);
    for (;;) {
        bool row;

        rc = lt_db_step(r->texts, &row);
        if (rc != LT_OK || !row) {
            lt_json_null(json);
            return rc;
        }
        if (sqlite3_column_int64(r->texts, 1) == kind) {
            lt_json_text(json, open_text(r->texts, &erased));
            lt_db_reset(r->texts);
            return LT_OK;
        }
    }
}

static const char *part_word(int64_t kind)
{
    static const char *const words[] = {NULL,   "text",   "place",     "subject",
                                        "help", "reason", "attachment", "person", "phone"};

    return kind >= 0 && kind < (int64_t)LT_COUNT_OF(words) ? words[kind] : NULL;
}

/* How far a large part of the event in r->event has come; NULL: @index is
 * none. */
static lt_err look_at_whole(struct lt_view_reader *r,
                            const struct lt_event_id *id, uint32_t index,
                            const struct lt_part_ref **out_ref,
                            enum lt_whole *out_state)
{
    *out_ref = index < r->event.parts_n && r->event.parts[index].large
                   ? &r->event.parts[index]
                   : NULL;
    if (*out_ref != NULL &&
        !lt_attachment_fits(r->event.type, r->event.kind)) {
        *out_state = LT_WHOLE_WITHHELD;
        return LT_OK;
    }
    return *out_ref == NULL ? LT_OK
                            : lt_whole_look(r, id, index, *out_ref, out_state);
}

/* Texts of the event in r->event. */
static lt_err put_texts(struct lt_view_reader *r, int64_t seq,
                        const struct lt_event_id *id, struct lt_json *json)
{
    struct lt_erased_texts erased;
    lt_err rc = lt_erased_look_at(r, seq, &erased);

    if (rc != LT_OK) {
        return rc;
    }
    bind_texts(r, seq);
    for (;;) {
        const struct lt_part_ref *large = NULL;
        enum lt_whole state;
        struct lt_text text;
        const char *closed;
        uint32_t index;
        bool row;

        rc = lt_db_step(r->texts, &row);
        if (rc != LT_OK || !row) {
            return rc;
        }
        text = open_text(r->texts, &erased);
        index = row_index(r->texts);
        closed = lt_erased_word(&erased, index);
        state = text.data == NULL ? LT_WHOLE_ANNOUNCED : LT_WHOLE_HERE;
        rc = look_at_whole(r, id, index, &large, &state);
        if (rc != LT_OK) {
            lt_db_reset(r->texts);
            return rc;
        }
        lt_json_open(json, '{');
        lt_json_key(json, "event");
        lt_json_event(json, id);
        lt_json_key(json, "kind");
        lt_json_word(json, part_word(sqlite3_column_int64(r->texts, 1)));
        lt_json_key(json, "state");
        lt_json_word(json, closed != NULL ? closed : lt_whole_word(state));
        lt_json_key(json, "text");
        lt_json_text(json, text);
        lt_json_key(json, "index");
        lt_json_uint(json, index);
        if (large != NULL) {
            lt_json_key(json, "size_bytes");
            lt_json_uint(json, large->size);
        }
        rc = lt_erasure_put(r, &erased, index, json);
        lt_json_close(json, '}');
        if (rc != LT_OK) {
            lt_db_reset(r->texts);
            return rc;
        }
    }
}

/* The sequences of a matter's events, oldest first. */
static lt_err list_seqs(struct lt_view_reader *r, int64_t **out_seqs,
                        size_t *out_n)
{
    size_t n = r->stored.events_n;
    int64_t *seqs = lt_new_array(lt_alloc_heap(), n + 1, sizeof(*seqs));
    int64_t seq = r->stored.last;
    size_t at = n;
    lt_err rc = LT_OK;

    if (seqs == NULL) {
        return LT_ENOMEM;
    }
    while (rc == LT_OK && seq != 0 && at > 0) {
        bool row;

        sqlite3_bind_int64(r->get_event, 1, seq);
        rc = lt_db_step(r->get_event, &row);
        if (rc == LT_OK && !row) {
            rc = LT_EIO;
        }
        if (rc == LT_OK) {
            seqs[--at] = seq;
            seq = sqlite3_column_int64(r->get_event, 9);
            lt_db_reset(r->get_event);
        }
    }
    if (rc != LT_OK || seq != 0 || at != 0) {
        lt_free(lt_alloc_heap(), seqs);
        return rc == LT_OK ? LT_EIO : rc;
    }
    *out_seqs = seqs;
    *out_n = n;
    return LT_OK;
}

static lt_err take_original(struct lt_view_reader *r, int64_t seq,
                            struct lt_arena *arena,
                            struct lt_view_original *out)
{
    uint8_t *bytes;
    bool row;
    lt_err rc;

    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    rc = lt_intern_id(&r->intern, sqlite3_column_int64(r->get_event, 1),
                      &out->id);
    out->hlc = (uint64_t)sqlite3_column_int64(r->get_event, 5);
    out->len = (size_t)sqlite3_column_bytes(r->get_event, 8);
    bytes = lt_arena_take(arena, out->len + 1);
    if (bytes == NULL) {
        rc = LT_ENOMEM;
    } else if (out->len > 0) {
        memcpy(bytes, sqlite3_column_blob(r->get_event, 8), out->len);
    }
    out->bytes = bytes;
    lt_db_reset(r->get_event);
    return rc;
}

static lt_err read_originals(struct lt_view_reader *r, size_t max,
                             struct lt_arena *arena,
                             struct lt_view_original **out, size_t *out_n)
{
    int64_t *seqs = NULL;
    size_t n = 0;
    lt_err rc;

    if (r->stored.events_n > max) {
        return LT_ETOOBIG;
    }
    rc = list_seqs(r, &seqs, &n);
    if (rc != LT_OK) {
        return rc;
    }
    *out = lt_arena_take(arena, (n + 1) * sizeof(**out));
    rc = *out == NULL ? LT_ENOMEM : LT_OK;
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = take_original(r, seqs[i], arena, &(*out)[i]);
    }
    *out_n = n;
    lt_free(lt_alloc_heap(), seqs);
    return rc;
}

lt_err lt_view_originals(struct lt_view_reader *reader,
                         const struct lt_event_id *id, size_t max,
                         struct lt_arena *arena, struct lt_view_original **out,
                         size_t *out_n)
{
    int64_t key;
    lt_err rc = lt_reader_begin(reader);

    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_intern_key(&reader->intern, id, false, &key);
    if (rc == LT_OK) {
        rc = lt_reader_matter(reader, key);
    }
    if (rc == LT_OK) {
        rc = read_originals(reader, max, arena, out, out_n);
    }
    lt_reader_end(reader);
    return rc;
}

static lt_err put_event(struct lt_view_reader *r, int64_t seq,
                        struct lt_json *json)
{
    bool decoded;
    bool told;
    bool row;
    lt_err rc;

    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    rc = lt_event_line(r, r->get_event, json, &decoded, &told);
    lt_db_reset(r->get_event);
    return rc;
}

static lt_err put_text_of(struct lt_view_reader *r, int64_t seq,
                          struct lt_json *json)
{
    struct lt_event_id id;
    bool decoded = false;
    bool row;
    lt_err rc;

    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    rc = lt_intern_id(&r->intern, sqlite3_column_int64(r->get_event, 1), &id);
    if (rc == LT_OK) {
        rc = lt_event_decode_row(r, r->get_event, &id, &decoded);
    }
    lt_db_reset(r->get_event);
    return rc == LT_OK && decoded ? put_texts(r, seq, &id, json) : rc;
}

static lt_err put_voided_by(struct lt_view_reader *r, int64_t seq,
                            struct lt_json *json)
{
    struct lt_event_id target;
    struct lt_event_id by;
    bool voids = false;
    bool row;
    lt_err rc;

    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    rc = lt_row_voids(r, r->get_event, &voids, &target, &by);
    lt_db_reset(r->get_event);
    if (rc == LT_OK && voids) {
        lt_json_open(json, '{');
        lt_json_key(json, "event");
        lt_json_event(json, &target);
        lt_json_key(json, "by");
        lt_json_event(json, &by);
        lt_json_close(json, '}');
    }
    return rc;
}

static lt_err put_history(struct lt_view_reader *r, struct lt_json *json)
{
    int64_t *seqs = NULL;
    size_t n = 0;
    lt_err rc = list_seqs(r, &seqs, &n);

    lt_json_key(json, "events");
    lt_json_open(json, '[');
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = put_event(r, seqs[i], json);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "texts");
    lt_json_open(json, '[');
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = put_text_of(r, seqs[i], json);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "voided_events");
    lt_json_open(json, '[');
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = put_voided_by(r, seqs[i], json);
    }
    lt_json_close(json, ']');
    lt_free(lt_alloc_heap(), seqs);
    return rc;
}

/* Every term that runs, with why it ends when it does. */
static lt_err put_deadlines(struct lt_view_reader *r, struct lt_json *json,
                            int32_t today)
{
    size_t n = 0;
    lt_err rc;

    if (r->stored.matter.kind != LT_MATTER_CASE) {
        return LT_OK;
    }
    rc = lt_reader_duties(r, &n);
    lt_json_key(json, "deadlines");
    lt_json_open(json, '[');
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        lt_json_open(json, '{');
        if (lt_reader_tells_days(r)) {
            rc = lt_due_put(json, &r->duties[i], today);
        } else {
            lt_due_put_month(json, &r->duties[i], today);
        }
        lt_json_close(json, '}');
    }
    lt_json_close(json, ']');
    return rc;
}

/* Of a directive: who is not so far, by name; of a plan also who has neither
 * issued a plan of its own under it nor said that it is done. */
static void put_who(struct lt_json *json, const char *key,
                    const struct lt_matter *m, bool (*is)(uint32_t status))
{
    lt_json_key(json, key);
    lt_json_open(json, '[');
    for (size_t i = 0; i < m->targets_n; i++) {
        if (is(m->targets[i].status)) {
            lt_json_office(json, &m->targets[i].office);
        }
    }
    lt_json_close(json, ']');
}

static bool not_arrived(uint32_t status)
{
    return status == 0;
}

static bool not_received(uint32_t status)
{
    return status <= 1;
}

static bool not_ended(uint32_t status)
{
    return status != 2 && status != 6 && status != 15;
}

static lt_err find_plans(struct lt_view_reader *r, const struct lt_matter *plan,
                         bool *has)
{
    sqlite3_stmt *stmt = r->list_all;
    bool row = true;
    lt_err rc = LT_OK;

    sqlite3_bind_int64(stmt, 1, (int64_t)LT_MATTER_DIRECTIVE);
    sqlite3_bind_int64(stmt, 2, INT64_MAX);
    sqlite3_bind_int64(stmt, 3, INT64_MAX);
    while (rc == LT_OK && row) {
        const struct lt_matter *m = &r->stored.matter;

        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row) {
            rc = lt_reader_take_matter(r, stmt);
        }
        for (size_t i = 0; rc == LT_OK && row && i < plan->targets_n; i++) {
            has[i] |= (m->has_under && !m->voided &&
                       lt_event_id_equal(&m->under, &plan->id) &&
                       lt_office_equal(&m->origin, &plan->targets[i].office)) ||
                      LT_PLANTED(all_have_plans);
        }
    }
    lt_db_reset(stmt);
    return rc;
}

static lt_err put_plans(struct lt_view_reader *r, struct lt_json *json)
{
    const struct lt_alloc *heap = lt_alloc_heap();
    struct lt_matter *plan = lt_new(heap, sizeof(*plan));
    bool has[LT_ADDRESSEES_MAX] = {false};
    lt_err rc = LT_ENOMEM;

    if (plan != NULL) {
        *plan = r->stored.matter;
        rc = find_plans(r, plan, has);
    }
    lt_json_key(json, "no_plan_yet");
    lt_json_open(json, '[');
    for (size_t i = 0; rc == LT_OK && i < plan->targets_n; i++) {
        if (!has[i] && plan->targets[i].status != 6) {
            lt_json_office(json, &plan->targets[i].office);
        }
    }
    lt_json_close(json, ']');
    lt_free(heap, plan);
    return rc;
}

static lt_err put_addressees(struct lt_view_reader *r, struct lt_json *json)
{
    const struct lt_matter *m = &r->stored.matter;

    if (m->kind != LT_MATTER_DIRECTIVE) {
        return LT_OK;
    }
    if (m->type == LT_DIRECTIVE_PERIOD || m->type == LT_DIRECTIVE_TASKFORCE) {
        lt_period_days(r, json);
        return LT_OK;
    }
    put_who(json, "not_arrived", m, not_arrived);
    put_who(json, "not_received", m, not_received);
    put_who(json, "not_ended", m, not_ended);
    return m->type == LT_DIRECTIVE_PLAN ? put_plans(r, json) : LT_OK;
}

static lt_err show(struct lt_view_reader *r, const struct lt_event_id *id,
                   bool slip, int32_t today, struct lt_json *json)
{
    int64_t key;
    lt_err rc = lt_intern_key(&r->intern, id, false, &key);

    if (rc == LT_OK) {
        rc = slip ? lt_reader_any_matter(r, key) : lt_reader_matter(r, key);
    }
    if (rc == LT_OK && r->stored.matter.kind == LT_MATTER_DIRECTIVE &&
        r->stored.matter.type == LT_DIRECTIVE_RETALIATION &&
        !lt_retaliation_shown(r, &r->stored.matter)) {
        rc = LT_ENOTFOUND;
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_json_open(json, '{');
    rc = lt_item_fields(r, json, today);
    if (rc == LT_OK) {
        rc = put_deadlines(r, json, today);
    }
    if (rc == LT_OK) {
        rc = lt_agenda_put(r, today, json);
    }
    if (rc == LT_OK) {
        rc = lt_look_put(r, key, json);
    }
    if (rc == LT_OK) {
        rc = put_history(r, json);
    }
    if (rc == LT_OK) { /* last: looks at other matters */
        rc = put_addressees(r, json);
    }
    lt_json_close(json, '}');
    return rc == LT_OK && json->failed ? LT_ENOMEM : rc;
}

static lt_err answer(struct lt_view_reader *reader,
                     const struct lt_event_id *id, bool slip, int32_t today,
                     struct lt_buf *out_json)
{
    struct lt_json json;
    lt_err rc = lt_reader_begin(reader);

    if (rc != LT_OK) {
        return rc;
    }
    lt_json_init(&json, out_json);
    rc = show(reader, id, slip, today, &json);
    lt_reader_end(reader);
    return rc;
}

lt_err lt_view_show(struct lt_view_reader *reader, const struct lt_event_id *id,
                    int32_t today, struct lt_buf *out_json)
{
    return answer(reader, id, false, today, out_json);
}

lt_err lt_view_slip(struct lt_view_reader *reader, const struct lt_event_id *id,
                    int32_t today, struct lt_buf *out_json)
{
    return answer(reader, id, true, today, out_json);
}
