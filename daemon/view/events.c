/* `log --events`: each event once, in the order of commit here. */
#include "daemon/view/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "common/words.h"
#include "daemon/cases/denounced.h"

enum { POS_TEXT = 24, LINES_MAX = 10000 };

/* A position is a "p" and the sequence of the event's row. */
static void pos_format(int64_t seq, char out_text[static POS_TEXT])
{
    (void)snprintf(out_text, POS_TEXT, "p%lld", (long long)seq);
}

/* "-20": where the last twenty begin. */
static lt_err pos_from_end(struct lt_view_reader *r, const char *text,
                           int64_t *out_seq)
{
    char *end;
    long back = strtol(text, &end, 10);
    bool row;
    lt_err rc;

    if (text[0] != '-' || *end != '\0' || back > -1 || back < -LINES_MAX) {
        return LT_EINVAL;
    }
    rc = lt_db_step(r->last_seq, &row);
    if (rc == LT_OK) {
        *out_seq = row ? sqlite3_column_int64(r->last_seq, 0) + 1 + back : 1;
        *out_seq = *out_seq < 1 ? 1 : *out_seq;
        if (row) {
            lt_db_reset(r->last_seq);
        }
    }
    return rc;
}

static bool pos_parse(const char *text, int64_t *out_seq)
{
    int64_t value = 0;

    if (text == NULL || text[0] == '\0') {
        *out_seq = 1;
        return true;
    }
    if (text[0] != 'p' || text[1] == '\0' || strlen(text) > 19) {
        return false;
    }
    for (const char *at = text + 1; *at != '\0'; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        value = value * 10 + (*at - '0');
    }
    *out_seq = value;
    return value > 0;
}

static const char *effect_word(enum lt_verdict verdict)
{
    switch (verdict) {
    case LT_APPLIED:
        return "applied";
    case LT_WAITING:
        return "waiting";
    case LT_REJECTED:
        return "rejected";
    }
    return NULL;
}

lt_err lt_event_decode_row(struct lt_view_reader *r, sqlite3_stmt *stmt,
                           const struct lt_event_id *id, bool *out_decoded)
{
    lt_err rc;

    *out_decoded = false;
    if (id->count == 0 || sqlite3_column_bytes(stmt, 8) == 0) {
        return LT_OK;
    }
    lt_arena_reset(&r->arena);
    rc = lt_event_decode(
        sqlite3_column_blob(stmt, 8), (size_t)sqlite3_column_bytes(stmt, 8), id,
        (uint64_t)sqlite3_column_int64(stmt, 5), &r->arena, &r->event, NULL);
    *out_decoded = rc == LT_OK;
    return rc == LT_ENOMEM ? rc : LT_OK;
}

static void put_type(struct lt_json *json, const struct lt_event *event)
{
    const char *word = lt_event_type_word(event->type);
    char unknown[24];

    if (word == NULL) {
        (void)snprintf(unknown, sizeof(unknown), "TYPE_%u",
                       (unsigned)event->type);
        word = unknown;
    }
    lt_json_key(json, "type");
    lt_json_word(json, word);
}

/* The one word that tells what kind of its type an event is. */
static const char *detail_word(const struct lt_event *event)
{
    const struct lt_word *row = NULL;

    switch (event->type) {
    case LT_EV_CASE_STEP:
    case LT_EV_DENUNCIATION_STEP:
        row = lt_word_by_number(LT_WORDS_STEP, event->kind);
        break;
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_CLOSED:
        row = lt_word_by_number(LT_WORDS_CLOSE_REASON, event->reason);
        break;
    case LT_EV_INCIDENT_TAKEN:
        row = lt_word_by_number(LT_WORDS_INCIDENT_WAY, event->way);
        break;
    case LT_EV_INCIDENT_CLOSED:
        row = lt_word_by_number(LT_WORDS_INCIDENT_END, event->reason);
        break;
    case LT_EV_DIRECTIVE_STATUS:
        row = lt_word_by_number(LT_WORDS_DIRECTIVE_CODE, event->code);
        break;
    case LT_EV_ENTRY_VOIDED:
        row = lt_word_by_number(LT_WORDS_VOID_REASON, event->reason);
        break;
    case LT_EV_COORDINATION_REQUEST:
        row = lt_word_by_number(LT_WORDS_REQUEST, event->kind);
        break;
    case LT_EV_NOTICE_SENT:
        row = lt_word_by_number(LT_WORDS_NOTICE, event->kind);
        break;
    case LT_EV_RECEPTION_TURN:
        row = lt_word_by_number(LT_WORDS_TURN, event->kind);
        break;
    default:
        break;
    }
    return row == NULL ? NULL : row->word;
}

static void put_detail(struct lt_json *json, const struct lt_event *event,
                       bool decoded)
{
    struct lt_text none = {NULL, 0};

    lt_json_key(json, "detail");
    lt_json_word(json, decoded ? detail_word(event) : NULL);
    lt_json_key(json, "doc_no");
    lt_json_text(json, decoded && event->doc_no.len > 0 ? event->doc_no : none);
    lt_json_key(json, "other");
    if (decoded && event->has_other && event->type != LT_EV_ENCLOSED) {
        lt_json_event(json, &event->other);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "corrects");
    if (decoded && event->has_corrects) {
        lt_json_event(json, &event->corrects);
    } else {
        lt_json_null(json);
    }
}

/* Fields that only a decoded event has; null for others, and where its days are
 * for others the days. */
static void put_content(struct lt_view_reader *r, struct lt_json *json,
                        bool has_id, uint64_t hlc, bool decoded, bool days)
{
    const struct lt_event *event = &r->event;
    struct lt_act act;

    if (decoded) {
        lt_act_from_event(event, 0, &act);
        put_type(json, event);
    } else {
        lt_json_key(json, "type");
        lt_json_null(json);
    }
    lt_json_key(json, "hlc");
    if (has_id && days) {
        lt_json_hex64(json, hlc);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "recorded_at");
    if (decoded && days) {
        lt_json_time(json, act.recorded_at_ms);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "legal_date");
    if (decoded && days && event->has_legal_date) {
        lt_json_day(json, event->legal_date);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "clock_unsure");
    if (decoded) {
        lt_json_bool(json, event->clock_unsure);
    } else {
        lt_json_null(json);
    }
    put_detail(json, event, decoded);
    if (decoded && days && event->type == LT_EV_DENUNCIATION_RECEIVED &&
        event->sealed_ref.len > 0) { /* for who is told its days, no other */
        lt_json_key(json, "sealed_ref");
        lt_json_text(json, event->sealed_ref);
    }
    lt_json_key(json, "causes");
    lt_json_open(json, '[');
    for (size_t i = 0; decoded && i < event->causes_n; i++) {
        lt_json_event(json, &event->causes[i]);
    }
    lt_json_close(json, ']');
}

/* The matter that the event belongs to, where it is known. */
static lt_err find_matter(struct lt_view_reader *r, sqlite3_stmt *stmt,
                          bool *out_has, struct lt_event_id *out_matter)
{
    *out_has = sqlite3_column_type(stmt, 10) == SQLITE_INTEGER;
    return *out_has ? lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 10),
                                   out_matter)
                    : LT_OK;
}

/* What is said of a report of retaliation is told to who wrote it and to whom
 * it is for. Everywhere else a line says that an event stands there, which it
 * must, and nothing of what. */
static lt_err hides(struct lt_view_reader *r, const struct lt_event_id *id,
                    sqlite3_stmt *stmt, bool *out_hides)
{
    const struct lt_matter *m = &r->stored.matter;
    bool certain = r->event.type == LT_EV_RETALIATION_REPORTED ||
                   r->event.type == LT_EV_RETALIATION_CLOSED;
    bool has_matter = sqlite3_column_type(stmt, 10) == SQLITE_INTEGER;
    int64_t matter = sqlite3_column_int64(stmt, 10);
    lt_err rc = LT_OK;

    *out_hides = certain && !lt_office_equal(&id->origin, &r->climb.self);
    if (!has_matter || (!certain && r->event.type != LT_EV_DIRECTIVE_STATUS &&
                        r->event.type != LT_EV_ENTRY_VOIDED)) {
        return LT_OK;
    }
    if (r->stored.key != matter) {
        rc = lt_reader_matter(r, matter);
    }
    if (rc == LT_OK && m->kind == LT_MATTER_DIRECTIVE &&
        m->type == LT_DIRECTIVE_RETALIATION) {
        *out_hides = !lt_retaliation_shown(r, m);
    }
    return rc == LT_ENOTFOUND ? LT_OK : rc;
}

/* Did a key sign it that waits for the keeper's word? */
static lt_err is_unconfirmed(struct lt_view_reader *r, int64_t key,
                             bool *out_is)
{
    enum { LIFE_SHIFT = 40 };
    lt_err rc;

    sqlite3_bind_int64(r->get_unconfirmed, 1, key >> LIFE_SHIFT);
    rc = lt_db_step(r->get_unconfirmed, out_is);
    if (rc == LT_OK && *out_is) {
        lt_db_reset(r->get_unconfirmed);
    }
    return rc;
}

/* What this office is told of an event of a denunciation. */
enum telling {
    TELLS_ALL,
    TELLS_MONTH,  /* its days are for others */
    TELLS_NOTHING /* it denounces this office */
};

/* Needs the event decoded, if it can be, in r->event. */
static lt_err tell(struct lt_view_reader *r, const struct lt_event_id *id,
                   sqlite3_stmt *stmt, bool decoded, enum telling *out)
{
    int64_t matter = sqlite3_column_int64(stmt, 10);
    bool own = lt_office_equal(&id->origin, &r->climb.self);
    lt_err rc = sqlite3_column_type(stmt, 10) == SQLITE_INTEGER
                    ? LT_OK
                    : LT_ENOTFOUND;

    if (own && decoded && r->event.type == LT_EV_DENUNCIATION_RECEIVED &&
        r->event.accused == LT_ACCUSED_HERE && !LT_PLANTED(show_denounced)) {
        *out = TELLS_NOTHING; /* whether it counts or not */
        return LT_OK;
    }
    if (rc == LT_OK && r->stored.key != matter) {
        rc = lt_reader_any_matter(r, matter);
    }
    if (rc == LT_OK) {
        *out = lt_reader_hides(r)        ? TELLS_NOTHING
               : lt_reader_tells_days(r) ? TELLS_ALL
                                         : TELLS_MONTH;
        return LT_OK;
    }
    *out = own ? TELLS_ALL : TELLS_MONTH; /* its case is not known here */
    return rc == LT_ENOTFOUND ? LT_OK : rc;
}

lt_err lt_event_line(struct lt_view_reader *r, sqlite3_stmt *stmt,
                     struct lt_json *json, bool *out_decoded, bool *out_told)
{
    enum telling telling = TELLS_ALL;
    struct lt_event_id id;
    struct lt_channel channel;
    struct lt_event_id matter;
    bool has_matter = false;
    bool hidden = false;
    bool unconfirmed = false;
    bool waits = false;
    char text[LT_CHANNEL_TEXT];
    char pos[POS_TEXT];
    lt_err rc = lt_reader_late(r)
                    ? LT_EBUSY
                    : lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 1),
                                   &id);

    if (rc == LT_OK) {
        rc = lt_intern_channel_of(&r->intern, sqlite3_column_int64(stmt, 2),
                                  &channel);
    }
    if (rc == LT_OK) {
        rc = lt_event_decode_row(r, stmt, &id, out_decoded);
    }
    if (rc != LT_OK) {
        return rc;
    }
    pos_format(sqlite3_column_int64(stmt, 0), pos);
    lt_channel_format(&channel, text);
    rc = find_matter(r, stmt, &has_matter, &matter);
    if (rc == LT_OK && *out_decoded) {
        rc = hides(r, &id, stmt, &hidden);
    }
    if (rc == LT_OK) {
        rc = is_unconfirmed(r, sqlite3_column_int64(stmt, 1), &unconfirmed);
    }
    waits = unconfirmed && *out_decoded &&
            r->event.type == LT_EV_ERASURE_RECEIPT &&
            sqlite3_column_int(stmt, 6) == (int)LT_APPLIED;
    if (rc == LT_OK && channel.cls == LT_CLASS_DENUNCIATION) {
        rc = tell(r, &id, stmt, *out_decoded, &telling);
    }
    *out_told = telling != TELLS_NOTHING;
    if (rc != LT_OK || !*out_told) {
        return rc;
    }
    lt_json_open(json, '{');
    lt_json_key(json, "pos");
    lt_json_word(json, pos);
    lt_json_key(json, "event");
    if (id.count == 0) {
        lt_json_null(json);
    } else {
        lt_json_event(json, &id);
    }
    lt_json_key(json, "origin");
    lt_json_office(json, &id.origin);
    lt_json_key(json, "matter");
    if (has_matter) {
        lt_json_event(json, &matter);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "channel");
    lt_json_word(json, text);
    lt_json_key(json, "epoch");
    lt_json_hex64(json, id.epoch);
    lt_json_key(json, "number");
    lt_json_uint(json, (uint64_t)sqlite3_column_int64(stmt, 3));
    put_content(r, json, id.count != 0, (uint64_t)sqlite3_column_int64(stmt, 5),
                *out_decoded && !hidden, telling == TELLS_ALL);
    lt_json_key(json, "committed_at");
    if (telling == TELLS_ALL) {
        lt_json_time(json, sqlite3_column_int64(stmt, 4));
    } else {
        lt_json_null(json);
        lt_json_key(json, "month");
        lt_json_month(json, lt_civil_day(sqlite3_column_int64(stmt, 4)));
    }
    lt_json_key(json, "effect");
    lt_json_word(json, effect_word(waits ? LT_WAITING
                                         : (enum lt_verdict)sqlite3_column_int(
                                               stmt, 6)));
    lt_json_key(json, "reason");
    lt_json_word(json,
                 lt_why_word(waits ? LT_WHY_UNCONFIRMED
                                   : (enum lt_verdict_reason)sqlite3_column_int(
                                         stmt, 7)));
    lt_json_key(json, "unconfirmed");
    lt_json_bool(json, unconfirmed);
    lt_json_close(json, '}');
    return LT_OK;
}

static lt_err put_lines(struct lt_view_reader *r, int64_t from, uint32_t max,
                        struct lt_buf *out, int64_t *next)
{
    sqlite3_stmt *stmt = r->events_from;
    lt_err rc = LT_OK;

    r->stored.key = INT64_MIN; /* what it holds may be of long ago */
    sqlite3_bind_int64(stmt, 1, from);
    sqlite3_bind_int64(stmt, 2, max);
    *next = from;
    for (;;) {
        struct lt_json json;
        bool decoded;
        bool told = false;
        bool row;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            return rc;
        }
        lt_json_init(&json, out);
        rc = lt_event_line(r, stmt, &json, &decoded, &told);
        if (rc == LT_OK && told && (json.failed || !lt_buf_put(out, "\n", 1))) {
            rc = LT_ENOMEM;
        }
        if (rc != LT_OK) {
            lt_db_reset(stmt);
            return rc;
        }
        *next = sqlite3_column_int64(stmt, 0) + 1;
    }
}

lt_err lt_view_events(struct lt_view_reader *reader, const char *from,
                      uint32_t max, struct lt_buf *out_lines,
                      struct lt_buf *out_next)
{
    bool from_end = from != NULL && from[0] == '-';
    char pos[POS_TEXT];
    int64_t seq = 0;
    lt_err rc;

    if (!from_end && !pos_parse(from, &seq)) {
        return LT_EINVAL;
    }
    rc = lt_reader_begin(reader);
    if (rc != LT_OK) {
        return rc;
    }
    if (from_end) {
        rc = pos_from_end(reader, from, &seq);
    }
    if (rc == LT_OK) {
        rc = put_lines(reader, seq, max < LINES_MAX ? max : LINES_MAX,
                       out_lines, &seq);
    }
    lt_reader_end(reader);
    if (rc != LT_OK) {
        return rc;
    }
    pos_format(seq, pos);
    return lt_buf_put(out_next, pos, strlen(pos)) ? LT_OK : LT_ENOMEM;
}
