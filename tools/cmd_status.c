/* lienthong status [--check]: one screen, what matters first. */
#include <string.h>

#include "tools/tool.h"

enum {
    EXIT_FOUND_SOMETHING = 1,
    LABEL_CELLS = 16,
    LINKS_SHOWN = 15,   /* more than these: only those that are not up */
    PATIENCE_MS = 60000 /* being behind for a moment is everyday life */
};

static const char *word_in(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static json_int_t number_in(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool is(const json_t *object, const char *key, const char *word)
{
    const char *text = word_in(object, key);

    return text != NULL && strcmp(text, word) == 0;
}

static const char *time_in(const json_t *object, const char *key,
                           char out[static LT_TOOL_TIME_TEXT])
{
    const char *iso = word_in(object, key);

    return iso != NULL && lt_format_time(iso, out) ? out : "-";
}

static void begin_line(struct lt_tool *tool, const char *label)
{
    lt_print_padded(tool->out, lt_ui(tool->lang, label), LABEL_CELLS);
}

/* ---- the lines ---- */

static void print_head(struct lt_tool *tool, const json_t *answer)
{
    const json_t *office = json_object_get(answer, "office");
    const char *name = word_in(office, "name");
    const char *kind = word_in(office, "kind");
    const char *state = word_in(answer, "state");
    const char *reason = word_in(answer, "state_reason");

    lt_print_text(tool->out,
                  name != NULL ? name
                               : lt_format_office(tool, word_in(office, "id")));
    fprintf(tool->out, " (%s): %s%s%s%s\n",
            kind == NULL ? "?" : lt_format_kind(tool, kind),
            state == NULL ? "?" : lt_format_ui(tool, "ui_state_", state),
            reason == NULL ? "" : " (", reason == NULL ? "" : reason,
            reason == NULL ? "" : ")");
}

/* An office that is closed: what is left to do here. */
static void print_closed(struct lt_tool *tool, const json_t *answer)
{
    const json_t *closed =
        json_object_get(json_object_get(answer, "office"), "closed");
    bool over = json_is_true(json_object_get(closed, "handed_over"));
    bool revoked = json_is_true(json_object_get(closed, "key_revoked"));
    char since[LT_TOOL_TIME_TEXT];

    if (!json_is_object(closed)) {
        return;
    }
    begin_line(tool, "ui_tree_is_closed");
    lt_print_line(tool,
                  over && revoked ? "ui_closed_over"
                  : revoked       ? "ui_closed_early"
                  : over          ? "ui_closed_waits"
                                  : "ui_closed_drains",
                  "heir", lt_format_office(tool, word_in(closed, "heir")),
                  "since", time_in(closed, "since", since));
}

static const json_t *find_parent(const json_t *answer)
{
    const json_t *link;
    size_t i;

    json_array_foreach(json_object_get(answer, "links"), i, link)
    {
        if (is(link, "role", "parent")) {
            return link;
        }
    }
    return NULL;
}

static void print_link_state(struct lt_tool *tool, const json_t *link)
{
    char since[LT_TOOL_TIME_TEXT];
    const char *state = word_in(link, "state");

    fprintf(tool->out, "%s %s %s",
            state == NULL ? "?" : lt_format_ui(tool, "ui_state_", state),
            lt_ui(tool->lang, "ui_from_time"), time_in(link, "since", since));
}

static void print_parent(struct lt_tool *tool, const json_t *answer)
{
    const json_t *link = find_parent(answer);
    const char *parent = word_in(json_object_get(answer, "office"), "parent");
    char ack[LT_TOOL_TIME_TEXT];

    if (parent == NULL) {
        return; /* the root */
    }
    begin_line(tool, "ui_parent");
    lt_print_text(tool->out, lt_format_office(tool, parent));
    if (link == NULL) {
        fprintf(tool->out, ": %s\n", lt_ui(tool->lang, "ui_link_none"));
        return;
    }
    fputs(": ", tool->out);
    print_link_state(tool, link);
    if (word_in(link, "last_ack_at") != NULL) {
        fprintf(tool->out, "; %s %s", lt_ui(tool->lang, "ui_acked_at"),
                time_in(link, "last_ack_at", ack));
    }
    fputc('\n', tool->out);
}

/* Only where there is something to say of it. */
static void print_scrub(struct lt_tool *tool, const json_t *answer)
{
    static const struct {
        const char *key;
        const char *word;
    } sums[] = {{"found", "ui_scrub_found"},
                {"mended", "ui_scrub_mended"},
                {"rotten", "ui_scrub_rotten"},
                {"absent", "ui_scrub_absent"}};
    const json_t *scrub = json_object_get(answer, "scrub");
    char at[LT_TOOL_TIME_TEXT];

    if (number_in(scrub, "found") == 0 && number_in(scrub, "mended") == 0 &&
        number_in(scrub, "absent") == 0) {
        return;
    }
    begin_line(tool, "ui_scrub");
    for (size_t i = 0; i < LT_COUNT_OF(sums); i++) {
        if (i == 0 || number_in(scrub, sums[i].key) > 0) {
            fprintf(tool->out, "%s%s %lld", i == 0 ? "" : ", ",
                    lt_ui(tool->lang, sums[i].word),
                    (long long)number_in(scrub, sums[i].key));
        }
    }
    fprintf(tool->out, " (%s %s)\n", lt_ui(tool->lang, "ui_scrub_began"),
            time_in(scrub, "began_at", at));
}

/* After a restore: which matters the desk should look at again. */
static void print_came_back(struct lt_tool *tool, const json_t *answer)
{
    enum { SHOWN = 10 };
    const json_t *back = json_object_get(answer, "came_back");
    const json_t *items = json_object_get(back, "items");
    char id[LT_EVENT_ID_TEXT];
    const json_t *item;
    size_t i;

    if (!json_is_object(back)) {
        return;
    }
    begin_line(tool, "ui_came_back");
    fprintf(tool->out, "%lld %s", (long long)number_in(back, "entries"),
            lt_ui(tool->lang, "ui_came_back_entries"));
    json_array_foreach(items, i, item)
    {
        const char *matter = word_in(item, "matter");

        if (i == SHOWN) {
            fprintf(tool->out, " %s",
                    lt_ui(tool->lang, "ui_came_back_more"));
            break;
        }
        lt_format_short_id(matter == NULL ? "" : matter, id);
        fprintf(tool->out, " %s", id);
    }
    fputc('\n', tool->out);
}

/* The way around the parent: a superior that is dialled beside it. */
static bool is_detour(const json_t *answer, const json_t *link)
{
    const char *office =
        word_in(json_object_get(answer, "bypass"), "office");

    return office != NULL && is(link, "role", "bypass") &&
           is(link, "office", office);
}

static void print_bypass(struct lt_tool *tool, const json_t *answer)
{
    const json_t *link;
    size_t i;

    json_array_foreach(json_object_get(answer, "links"), i, link)
    {
        if (is_detour(answer, link)) {
            begin_line(tool, "ui_bypass");
            lt_print_text(tool->out,
                          lt_format_office(tool, word_in(link, "office")));
            fputs(": ", tool->out);
            print_link_state(tool, link);
            fputc('\n', tool->out);
        }
    }
}

static bool is_below(const json_t *answer, const json_t *link)
{
    return !is(link, "role", "parent") && !is_detour(answer, link);
}

static json_int_t waiting_of(const json_t *link)
{
    const json_t *waiting = json_object_get(link, "waiting");

    return number_in(waiting, "urgent") + number_in(waiting, "normal") +
           number_in(waiting, "bulk");
}

static void print_waiting(struct lt_tool *tool, const json_t *answer)
{
    const json_t *link = find_parent(answer);
    json_int_t urgent = number_in(json_object_get(link, "waiting"), "urgent");

    if (link == NULL) {
        return;
    }
    begin_line(tool, "ui_to_send");
    if (json_is_null(json_object_get(json_object_get(link, "waiting"),
                                     "normal"))) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_to_send_unknown"));
        return;
    }
    if (waiting_of(link) == 0) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_none"));
        return;
    }
    fprintf(tool->out, "%lld", (long long)waiting_of(link));
    if (urgent > 0) {
        fprintf(tool->out, " (%s %lld)", lt_ui(tool->lang, "ui_urgent"),
                (long long)urgent);
    }
    fputc('\n', tool->out);
}

static void print_receipt(struct lt_tool *tool, const json_t *answer)
{
    const json_t *receipt = json_object_get(answer, "receipt");
    const char *keeper = word_in(receipt, "keeper");
    const json_t *covers = json_object_get(receipt, "covers_all");
    char at[LT_TOOL_TIME_TEXT];
    char missing[32];

    if (keeper == NULL) {
        return;
    }
    begin_line(tool, "ui_arrived");
    if (json_is_true(covers)) {
        lt_print_line(tool, "ui_receipt_all", "keeper",
                      lt_format_office(tool, keeper), "at",
                      time_in(receipt, "at", at));
    } else if (json_is_false(covers)) {
        (void)snprintf(missing, sizeof(missing), "%lld",
                       (long long)number_in(receipt, "missing_events"));
        lt_print_line(tool, "ui_receipt_missing", "keeper",
                      lt_format_office(tool, keeper), "count", missing);
    } else {
        lt_print_line(tool, "ui_receipt_none", "keeper",
                      lt_format_office(tool, keeper), NULL, NULL);
    }
}

static void print_stored(struct lt_tool *tool, const json_t *answer)
{
    const json_t *log = json_object_get(answer, "log");
    const json_t *view = json_object_get(answer, "view");
    char at[LT_TOOL_TIME_TEXT];
    char count[32];

    begin_line(tool, "ui_stored");
    (void)snprintf(count, sizeof(count), "%lld",
                   (long long)number_in(log, "events"));
    lt_print_line(tool, "ui_stored_events", "count", count, "at",
                  time_in(log, "last_commit_at", at));
    if (number_in(view, "behind_events") > 0) {
        begin_line(tool, "ui_view");
        (void)snprintf(count, sizeof(count), "%lld",
                       (long long)number_in(view, "behind_events"));
        lt_print_line(tool, "ui_view_behind", "count", count, NULL, NULL);
    }
}

/* Everything but the parent. Of many, those that are not up. */
static void print_children(struct lt_tool *tool, const json_t *answer)
{
    static const struct lt_tool_column columns[] = {
        {"office", "ui_below", LT_CELL_OFFICE, true},
        {"state", "ui_state", LT_CELL_STATE, false},
        {"since", "ui_since", LT_CELL_TIME, false},
        {"last_ack_at", "ui_last_ack", LT_CELL_TIME, false},
        {"waiting_n", "ui_to_send", LT_CELL_PLAIN, false},
        {.key = NULL}};
    const json_t *links = json_object_get(answer, "links");
    json_t *shown = json_array();
    size_t n = 0;
    size_t up = 0;
    const json_t *link;
    size_t i;
    char all[32];
    char good[32];

    json_array_foreach((json_t *)(uintptr_t)links, i, link)
    {
        n += is_below(answer, link);
        up += is_below(answer, link) && is(link, "state", "up");
    }
    json_array_foreach((json_t *)(uintptr_t)links, i, link)
    {
        if (is_below(answer, link) &&
            (n <= LINKS_SHOWN || !is(link, "state", "up"))) {
            json_t *row = json_copy((json_t *)(uintptr_t)link);

            (void)json_object_set_new(row, "waiting_n",
                                      json_integer(waiting_of(link)));
            (void)json_array_append_new(shown, row);
        }
    }
    if (n > LINKS_SHOWN) {
        (void)snprintf(all, sizeof(all), "%zu", n);
        (void)snprintf(good, sizeof(good), "%zu", up);
        begin_line(tool, "ui_below");
        lt_print_line(tool, "ui_links_up", "up", good, "all", all);
    }
    if (json_array_size(shown) > 0) {
        fputc('\n', tool->out);
        lt_print_items(tool, shown, columns);
    }
    json_decref(shown);
}

static void print_couriers(struct lt_tool *tool, const json_t *couriers)
{
    static const struct lt_tool_column columns[] = {
        {"office", "ui_by_courier", LT_CELL_OFFICE, true},
        {"imported_at", "ui_imported_at", LT_CELL_TIME, false},
        {"exported_at", "ui_exported_at", LT_CELL_TIME, false},
        {.key = NULL}};

    if (json_array_size(couriers) > 0) {
        fputc('\n', tool->out);
        lt_print_items(tool, couriers, columns);
    }
}

/* Each alarm leads to `explain`. */
static void print_way(struct lt_tool *tool, const json_t *alarm)
{
    const char *office = word_in(alarm, "explain");

    if (office != NULL) {
        fprintf(tool->out, "  %s: lienthong explain \"",
                lt_ui(tool->lang, "ui_more_by"));
        lt_print_text(tool->out, lt_format_office(tool, office));
        fputs("\"\n", tool->out);
    }
}

static void print_alarms(struct lt_tool *tool, const json_t *alarms)
{
    const json_t *alarm;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)alarms, i, alarm)
    {
        const char *text = word_in(alarm, "text");
        const char *remedy = word_in(alarm, "remedy");
        char since[LT_TOOL_TIME_TEXT];

        fprintf(tool->out, "\n%s ",
                lt_ui(tool->lang, is(alarm, "severity", "critical")
                                      ? "ui_critical"
                                      : "ui_warning"));
        fprintf(tool->out, "%s: ", time_in(alarm, "since", since));
        lt_print_text(tool->out, text == NULL ? "?" : text);
        fprintf(tool->out, "\n  ");
        lt_print_text(tool->out, remedy == NULL ? "" : remedy);
        fputc('\n', tool->out);
        print_way(tool, alarm);
    }
}

static void print_foot(struct lt_tool *tool, const json_t *answer)
{
    const json_t *listen = json_object_get(answer, "listen");
    const char *id = word_in(json_object_get(answer, "office"), "id");
    const json_t *key = json_object_get(answer, "key");
    const char *brief = word_in(key, "short");
    bool waits = json_is_false(json_object_get(key, "confirmed"));
    const char *links = word_in(listen, "links");
    const char *enrol = word_in(listen, "enrol");
    const char *version = word_in(answer, "version");

    fputc('\n', tool->out);
    begin_line(tool, "ui_office_id");
    fprintf(tool->out, "%s\n", id == NULL ? "-" : id);
    begin_line(tool, "ui_own_key");
    fprintf(tool->out, "%s%s%s%s\n", brief == NULL ? "-" : brief,
            waits ? " (" : "",
            waits ? lt_ui(tool->lang, "ui_own_key_waits") : "",
            waits ? ")" : "");
    begin_line(tool, "ui_listen");
    fprintf(tool->out, "%s; %s; lienthongd %s\n", links == NULL ? "-" : links,
            enrol == NULL ? "-" : enrol, version == NULL ? "?" : version);
}

/* ---- --check ---- */

/* What is not as it should be, a line each. Prints when @print. */
struct findings {
    struct lt_tool *tool;
    size_t n;
    bool print;
};

static void find_one(struct findings *found, const char *who, const char *what,
                     const char *since)
{
    char time[LT_TOOL_TIME_TEXT];

    found->n++;
    if (!found->print) {
        return;
    }
    lt_print_text(found->tool->out, who);
    fprintf(found->tool->out, ": %s", what);
    if (since != NULL && lt_format_time(since, time)) {
        fprintf(found->tool->out, " %s %s",
                lt_ui(found->tool->lang, "ui_from_time"), time);
    }
    fputc('\n', found->tool->out);
}

static bool is_long(const json_t *answer, const char *since)
{
    const char *wall = word_in(json_object_get(answer, "clock"), "wall");
    int64_t now_ms;
    int64_t since_ms;

    return !lt_format_time_ms(wall, &now_ms) ||
           !lt_format_time_ms(since, &since_ms) ||
           now_ms - since_ms > PATIENCE_MS;
}

/* Offices that are silent or withheld, and those that stay behind. One that an
 * alarm is about is told by the alarm. */
static void check_offices(struct findings *found, const json_t *answer)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(answer, "offices"), i, entry)
    {
        const char *state = word_in(entry, "state");
        const char *since = word_in(entry, "since");

        if (state == NULL || strcmp(state, "current") == 0 ||
            (strcmp(state, "behind") == 0 && !is_long(answer, since))) {
            continue;
        }
        find_one(found, lt_format_office(found->tool, word_in(entry, "office")),
                 lt_format_ui(found->tool, "ui_state_", state), since);
    }
}

static void check_alarms(struct findings *found, const json_t *alarms)
{
    found->n += json_array_size(alarms);
    if (found->print) {
        print_alarms(found->tool, alarms);
    }
}

static int check_all(struct lt_tool *tool, const json_t *answer)
{
    struct findings found = {.tool = tool, .print = !tool->json};
    const json_t *view = json_object_get(answer, "view");
    const json_t *parent = find_parent(answer);
    const char *state = word_in(answer, "state");
    const char *here = word_in(json_object_get(answer, "office"), "name");

    here = here == NULL ? "lienthongd" : here;
    if (!is(answer, "state", "ready")) {
        find_one(&found, here,
                 state == NULL ? "?" : lt_format_ui(tool, "ui_state_", state),
                 NULL);
    }
    if (parent != NULL && !is(parent, "state", "up")) {
        find_one(&found, lt_format_office(tool, word_in(parent, "office")),
                 lt_format_ui(tool, "ui_state_", word_in(parent, "state")),
                 word_in(parent, "since"));
    }
    if (number_in(view, "behind_events") > 0 &&
        number_in(view, "behind_ms") > PATIENCE_MS) {
        find_one(&found, here, lt_ui(tool->lang, "ui_why_view_behind"), NULL);
    }
    check_offices(&found, answer);
    check_alarms(&found, json_object_get(answer, "alarms"));
    return found.n == 0 ? 0 : EXIT_FOUND_SOMETHING;
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    bool check = lt_tool_flag(tool, "check");
    json_t *answer = NULL;
    int code;

    (void)json_object_del(tool->options, "check"); /* asked of us alone */
    code = lt_tool_ask(tool, command, &answer);
    if (code != 0) {
        return code;
    }
    if (check) {
        code = check_all(tool, answer);
    } else if (!tool->json) {
        const json_t *alarms = json_object_get(answer, "alarms");

        print_head(tool, answer);
        print_closed(tool, answer);
        print_parent(tool, answer);
        print_bypass(tool, answer);
        print_waiting(tool, answer);
        print_scrub(tool, answer);
        print_came_back(tool, answer);
        print_receipt(tool, answer);
        print_stored(tool, answer);
        if (json_array_size(alarms) == 0) {
            begin_line(tool, "ui_alarms");
            fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_none"));
        }
        print_alarms(tool, alarms);
        print_children(tool, answer);
        print_couriers(tool, json_object_get(answer, "couriers"));
        print_foot(tool, answer);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_status[] = {
    {.name = "status",
     .meta = "",
     .text = "ui_cmd_status",
     .example = "--check",
     .options = {{"check", LT_TOOL_FLAG, "", "ui_opt_check", true}},
     .run = run},
    {.name = NULL}};
