/* Who does what when.
 *
 * Open cases wait in a queue until they are old enough to be referred to, then
 * in a pool from which chance picks; a case that was touched lately is left
 * alone for a while. */
#include "tools/load/corpus.h"


#include <string.h>

#include "common/sys.h"
#include "tools/load/text.h"

enum {
    OPEN_SHARE = 42, /* of a hundred commands */
    CLOSE_SHARE = 18,
    NOTE_SHARE = 30, /* of the steps */
    INCIDENT_EVERY = 2500,
    TRIES = 8,
    STEP_ACCEPTED = 1,
    STEP_NOTE = 13,
    FIRST_DAY = 20150, /* 2025-03-03 */
    DAYS = 120
};

static const struct lt_load_field fields[] = {
    {"land", 1},           {"compensation", 2},   {"housing", 3},
    {"construction", 4},   {"environment", 5},    {"transport", 6},
    {"agriculture", 7},    {"labour", 8},         {"social_policy", 9},
    {"insurance", 10},     {"health", 11},        {"education", 12},
    {"culture", 13},       {"finance", 14},       {"trade", 15},
    {"public_service", 16}, {"administration", 17}, {"justice", 18}};

static const char *const types[] = {"", "complaint", "recommendation",
                                    "feedback"};
static const char *const steps[] = {
    "",          "accepted",        "not_accepted",  "guided",
    "returned",  "verify_assigned", "verify_done",   "dialogue_held",
    "extended",  "decision_issued", "decision_sent", "decision_published",
    "citizen_notified", "note"};
static const char *const reasons[] = {
    "",          "settled", "not_accepted", "guided", "returned",
    "filed",     "withdrawn", "discontinued"};

/* The making of a corpus. */
struct maker {
    struct lt_corpus *corpus;
    uint64_t chance;
    size_t at;
    uint32_t *last;   /* for each command that opened a case: the newest */
    bool *accepted;   /* the same: has it been accepted? */
    uint32_t *pool;   /* open cases that may be referred to */
    size_t pool_n;
};

static const struct lt_load_field *some_field(uint64_t *chance)
{
    /* Land and compensation make up most of what offices hear. */
    uint32_t n = lt_load_below(chance, 100);

    return n < 38   ? &fields[0]
           : n < 60 ? &fields[1]
                    : &fields[lt_load_below(chance, LT_COUNT_OF(fields))];
}

static const char *keep(struct maker *maker, const struct lt_buf *text)
{
    char *copy = lt_arena_take(&maker->corpus->arena, text->len + 1);

    if (copy != NULL) {
        memcpy(copy, text->data, text->len);
    }
    return copy;
}

/* The number of a document, or of the entry in the book. */
static const char *make_number(struct maker *maker, bool document)
{
    struct lt_buf text;
    const char *kept = NULL;

    lt_buf_init(&text, lt_alloc_heap());
    if (document ? lt_text_doc_no(&maker->chance, maker->at, &text)
                 : lt_text_book_number(maker->at, &text)) {
        kept = keep(maker, &text);
    }
    lt_buf_deinit(&text);
    return kept;
}

/* A text of @make, kept. NULL when memory has run out. */
static const char *make_text(struct maker *maker,
                             bool (*make)(uint64_t *, struct lt_buf *))
{
    struct lt_buf text;
    const char *kept = NULL;

    lt_buf_init(&text, lt_alloc_heap());
    if (make(&maker->chance, &text)) {
        maker->corpus->text_bytes += text.len;
        kept = keep(maker, &text);
    }
    lt_buf_deinit(&text);
    return kept;
}

static bool make_open(struct maker *maker, struct lt_load_command *command)
{
    uint32_t n = lt_load_below(&maker->chance, 10);

    command->kind = LT_LOAD_OPEN;
    command->type = n < 5 ? 1 : n < 8 ? 2 : 3;
    command->field = some_field(&maker->chance);
    command->number = make_number(maker, false);
    command->text = make_text(maker, lt_text_petition);
    maker->last[maker->at] = (uint32_t)maker->at;
    return command->text != NULL && command->number != NULL;
}

static bool make_incident(struct maker *maker,
                          struct lt_load_command *command)
{
    command->kind = LT_LOAD_INCIDENT;
    command->field = some_field(&maker->chance);
    command->people = 5 + lt_load_below(&maker->chance, 120);
    command->place = make_text(maker, lt_text_place);
    command->subject = make_text(maker, lt_text_subject);
    return command->place != NULL && command->subject != NULL;
}

static bool make_later(struct maker *maker, struct lt_load_command *command,
                       size_t place, bool closes)
{
    uint32_t about = maker->pool[place];
    bool note = false;

    command->about = about;
    command->after = maker->last[about];
    command->kind = closes ? LT_LOAD_CLOSE : LT_LOAD_STEP;
    if (closes) {
        command->step = 1 + lt_load_below(&maker->chance, 7);
        maker->pool[place] = maker->pool[--maker->pool_n];
    } else if (!maker->accepted[about]) {
        command->step = STEP_ACCEPTED;
        maker->accepted[about] = true;
    } else if (lt_load_below(&maker->chance, 100) < NOTE_SHARE) {
        command->step = STEP_NOTE;
        note = true;
    } else {
        command->step = 5 + lt_load_below(&maker->chance, 8);
    }
    maker->last[about] = (uint32_t)maker->at;
    if (note) {
        command->text = make_text(maker, lt_text_note);
        return command->text != NULL;
    }
    command->doc_no = make_number(maker, true);
    return command->doc_no != NULL;
}

/* A case that has been left alone long enough; false when there is none. */
static bool pick(struct maker *maker, size_t *out_place)
{
    for (int i = 0; i < TRIES && maker->pool_n > 0; i++) {
        size_t place =
            lt_load_below(&maker->chance, (uint32_t)maker->pool_n);

        if (maker->last[maker->pool[place]] + LT_LOAD_LAG <= maker->at) {
            *out_place = place;
            return true;
        }
    }
    return false;
}

static bool make_one(struct maker *maker)
{
    struct lt_load_command *command = &maker->corpus->commands[maker->at];
    uint32_t share = lt_load_below(&maker->chance, 100);
    size_t old = maker->at - LT_LOAD_LAG;
    size_t place;

    if (maker->at >= LT_LOAD_LAG &&
        maker->corpus->commands[old].kind == LT_LOAD_OPEN) {
        maker->pool[maker->pool_n++] = (uint32_t)old;
    }
    command->legal_date =
        FIRST_DAY + (int32_t)(maker->at / 64 % (DAYS - 10)) +
        (int32_t)lt_load_below(&maker->chance, 10);
    if (maker->at % INCIDENT_EVERY == INCIDENT_EVERY - 1) {
        return make_incident(maker, command);
    }
    if (share >= OPEN_SHARE && pick(maker, &place)) {
        return make_later(maker, command, place,
                          share < OPEN_SHARE + CLOSE_SHARE);
    }
    return make_open(maker, command);
}

lt_err lt_corpus_new(uint64_t seed, size_t commands_n,
                     struct lt_corpus *out_corpus)
{
    const struct lt_alloc *heap = lt_alloc_heap();
    struct lt_corpus corpus = {.commands_n = commands_n, .seed = seed};
    struct maker maker = {.corpus = &corpus, .chance = seed};
    lt_err rc = LT_ENOMEM;

    lt_arena_init(&corpus.arena, heap, SIZE_MAX / 2);
    corpus.commands = lt_new_array(heap, commands_n, sizeof(*corpus.commands));
    maker.last = lt_new_array(heap, commands_n, sizeof(*maker.last));
    maker.accepted = lt_new_array(heap, commands_n, sizeof(*maker.accepted));
    maker.pool = lt_new_array(heap, commands_n, sizeof(*maker.pool));
    if (corpus.commands != NULL && maker.last != NULL &&
        maker.accepted != NULL && maker.pool != NULL) {
        while (maker.at < commands_n && make_one(&maker)) {
            maker.at++;
        }
        rc = maker.at == commands_n ? LT_OK : LT_ENOMEM;
    }
    lt_free(heap, maker.last);
    lt_free(heap, maker.accepted);
    lt_free(heap, maker.pool);
    if (rc != LT_OK) {
        lt_corpus_deinit(&corpus);
        return rc;
    }
    *out_corpus = corpus;
    return LT_OK;
}

void lt_corpus_deinit(struct lt_corpus *corpus)
{
    lt_free(lt_alloc_heap(), corpus->commands);
    lt_arena_deinit(&corpus->arena);
    corpus->commands = NULL;
}

/* An option with its comma. Our texts hold nothing that JSON would escape. */
static bool option(struct lt_buf *out, const char *name, const char *value)
{
    return value == NULL ||
           lt_buf_printf(out, ",\"%s\":\"%s\"", name, value);
}

bool lt_corpus_request(const struct lt_load_command *command,
                       const char *subject, struct lt_buf *out_json)
{
    static const char *const names[] = {"case open", "case step", "case close",
                                        "incident raise"};
    char day[LT_DAY_TEXT];
    bool ok;

    lt_day_format(command->legal_date, day);
    ok = lt_buf_printf(out_json, "{\"command\":\"%s\"",
                       names[command->kind]);
    switch (command->kind) {
    case LT_LOAD_OPEN:
        ok = ok &&
             lt_buf_printf(out_json,
                           ",\"options\":{\"type\":\"%s\",\"field\":\"%s\"",
                           types[command->type], command->field->word);
        break;
    case LT_LOAD_STEP:
        ok = ok && lt_buf_printf(out_json,
                                 ",\"options\":{\"id\":\"%s\",\"kind\":\"%s\"",
                                 subject, steps[command->step]);
        break;
    case LT_LOAD_CLOSE:
        ok = ok &&
             lt_buf_printf(out_json,
                           ",\"options\":{\"id\":\"%s\",\"reason\":\"%s\"",
                           subject, reasons[command->step]);
        break;
    case LT_LOAD_INCIDENT:
        return ok &&
               lt_buf_printf(out_json,
                             ",\"options\":{\"people\":%u,\"field\":\"%s\"",
                             (unsigned)command->people,
                             command->field->word) &&
               option(out_json, "place", command->place) &&
               option(out_json, "subject", command->subject) &&
               lt_buf_printf(out_json, "}}");
    }
    return ok && option(out_json, "legal_date", day) &&
           option(out_json, "number", command->number) &&
           option(out_json, "doc_no", command->doc_no) &&
           option(out_json, "text", command->text) &&
           lt_buf_printf(out_json, "}}");
}
