#include "daemon/control/explain_view.h"

#include <stdlib.h>
#include <string.h>

#include "common/sys.h"

static const char *word_in(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static struct lt_office office_in(const json_t *object, const char *key)
{
    struct lt_office office = {{0}};
    const char *text = word_in(object, key);

    return text != NULL && lt_office_parse(text, &office)
               ? office
               : (struct lt_office){{0}};
}

/* "2026-11-21T06:18:35.123Z", as lt_time_format writes it; else 0. */
static int64_t time_in(const json_t *object, const char *key)
{
    static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
    const char *text = word_in(object, key);
    char day_text[LT_DAY_TEXT];
    int32_t day;

    if (text == NULL || strlen(text) != LT_TIME_TEXT - 1) {
        return 0;
    }
    memcpy(day_text, text, LT_DAY_TEXT - 1);
    day_text[LT_DAY_TEXT - 1] = '\0';
    if (!lt_day_parse(day_text, &day)) {
        return 0;
    }
    return day * day_ms + strtol(text + 11, NULL, 10) * 3600000 +
           strtol(text + 14, NULL, 10) * 60000 +
           strtol(text + 17, NULL, 10) * 1000 + strtol(text + 20, NULL, 10);
}

static bool is(const json_t *object, const char *key, const char *word)
{
    const char *text = word_in(object, key);

    return text != NULL && strcmp(text, word) == 0;
}

static bool read_events(const json_t *shown, struct lt_arena *arena,
                        struct lt_explain_matter *out)
{
    const json_t *list = json_object_get(shown, "events");
    size_t n = json_array_size(list);
    struct lt_explain_event *events =
        lt_arena_take(arena, (n + 1) * sizeof(*events));

    if (events == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        const char *channel = word_in(item, "channel");
        const char *epoch = word_in(item, "epoch");

        events[i] = (struct lt_explain_event){
            .stream = {.origin = office_in(item, "origin")},
            .epoch = epoch == NULL ? 0 : strtoull(epoch, NULL, 16),
            .number =
                (uint64_t)json_integer_value(json_object_get(item, "number")),
            .committed_ms = time_in(item, "committed_at"),
            .waiting = is(item, "effect", "waiting"),
            .rejected = is(item, "effect", "rejected"),
            .reason = word_in(item, "reason")};
        if (channel == NULL ||
            !lt_channel_parse(channel, &events[i].stream.channel)) {
            events[i].number = 0; /* not known where it stands */
        }
    }
    out->events = events;
    out->events_n = n;
    return true;
}

/* The targets of a directive; it is done when none has more to do. */
static bool read_targets(const json_t *shown, struct lt_arena *arena,
                         struct lt_explain_matter *out)
{
    const json_t *list = json_object_get(shown, "to");
    size_t n = json_array_size(list);
    struct lt_explain_target *targets =
        lt_arena_take(arena, (n + 1) * sizeof(*targets));

    if (targets == NULL) {
        return false;
    }
    out->done = n > 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);

        targets[i] = (struct lt_explain_target){
            .office = office_in(item, "office"),
            .arrived = word_in(item, "status") != NULL,
            .at_ms = time_in(item, "at")};
        out->done =
            out->done && (is(item, "status", "06") || is(item, "status", "02"));
    }
    out->targets = targets;
    out->targets_n = n;
    return true;
}

/* Who will never answer of any of them. */
static void read_kept(const json_t *erasure, struct lt_explain_matter *out)
{
    const json_t *closed = json_object_get(erasure, "closed");
    const json_t *first = json_array_get(closed, 0);

    if (json_array_size(closed) > out->kept.n) {
        out->kept = (struct lt_explain_kept){
            .n = json_array_size(closed),
            .office = office_in(first, "office"),
            .closed_ms = time_in(first, "closed_at")};
    }
}

/* The earliest erasing that is not done: without the keeper's word, or with
 * offices that have not answered. */
static void read_erasures(const json_t *shown, struct lt_explain_matter *out)
{
    const json_t *texts = json_object_get(shown, "texts");

    for (size_t i = 0; i < json_array_size(texts); i++) {
        const json_t *erasure =
            json_object_get(json_array_get(texts, i), "erasure");
        const json_t *waiting = json_object_get(erasure, "waiting");
        int64_t ordered_ms = time_in(erasure, "ordered_at");
        int64_t confirmed_ms = time_in(erasure, "confirmed_at");
        const char *first = json_string_value(json_array_get(waiting, 0));

        if (confirmed_ms != 0) {
            read_kept(erasure, out);
        }
        if (ordered_ms == 0 || out->erasure.ordered_ms != 0 ||
            (confirmed_ms != 0 && first == NULL)) {
            continue;
        }
        out->erasure =
            (struct lt_explain_erasure){.ordered_ms = ordered_ms,
                                        .confirmed_ms = confirmed_ms,
                                        .waiting_n = json_array_size(waiting)};
        if (first == NULL || !lt_office_parse(first, &out->erasure.waiting)) {
            out->erasure.waiting_n = 0;
        }
    }
}

/* What is to be done next, and by when: the term that the case's day is of. */
static void read_due(const json_t *shown, struct lt_explain_matter *out)
{
    const json_t *list = json_object_get(shown, "deadlines");
    const char *rule = word_in(shown, "due_rule");

    out->due_on = word_in(shown, "due_on");
    out->overdue = json_is_true(json_object_get(shown, "overdue"));
    for (size_t i = 0; rule != NULL && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);

        if (is(item, "rule", rule)) {
            out->owes[LT_LANG_VI] = word_in(item, "step_vi");
            out->owes[LT_LANG_EN] = word_in(item, "step");
            return;
        }
    }
}

bool lt_explain_read(const json_t *shown, enum lt_explain_kind kind,
                     struct lt_arena *arena, struct lt_explain_matter *out)
{
    const char *closed = "closed";

    *out = (struct lt_explain_matter){
        .kind = kind,
        .origin = office_in(shown, word_in(shown, "entered_by") == NULL
                                       ? "origin"
                                       : "entered_by"),
        .holder = office_in(shown, "origin"),
        .state = word_in(shown, "state"),
        .voided = json_is_true(json_object_get(shown, "voided"))};
    read_erasures(shown, out);
    switch (kind) {
    case LT_EXPLAIN_CASE:
        out->holder = office_in(shown, "custodian");
        out->label = word_in(shown, "receipt_code");
        out->since_ms = time_in(shown, "last_event_at");
        out->contested = json_is_true(json_object_get(shown, "contested"));
        read_due(shown, out);
        out->done = is(shown, "state", closed);
        break;
    case LT_EXPLAIN_INCIDENT:
        out->done = is(shown, "state", closed);
        out->since_ms =
            time_in(shown, out->done                     ? "closed_at"
                           : is(shown, "state", "taken") ? "taken_at"
                                                         : "raised_at");
        break;
    case LT_EXPLAIN_DIRECTIVE:
        out->origin = out->holder = office_in(shown, "issuer");
        out->label = word_in(shown, "doc_no");
        out->since_ms = time_in(shown, "issued_at");
        if (!read_targets(shown, arena, out)) {
            return false;
        }
        break;
    }
    return read_events(shown, arena, out);
}
