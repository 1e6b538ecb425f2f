#include "daemon/status.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/counters.h"
#include "common/failpoint.h"
#include "common/named.h"
#include "common/version.h"

enum { LINKS_MAX = 512, OFFICES_MAX = 4096, HOLDS_MAX = 256 };

/* Every helper returns a new reference; json_pack and the _new setters take it
 * over, also when it is NULL (then the whole becomes NULL, out of memory). */
static json_t *office_json(const struct lt_office *office)
{
    char text[LT_OFFICE_TEXT];

    if (lt_office_is_zero(office)) {
        return json_null();
    }
    lt_office_format(office, text);
    return json_string(text);
}

static json_t *time_json(int64_t wall_ms)
{
    char text[LT_TIME_TEXT];

    if (wall_ms == 0) {
        return json_null();
    }
    lt_time_format(wall_ms, text);
    return json_string(text);
}

static json_t *hex64_json(uint64_t value)
{
    char text[LT_EPOCH_TEXT];

    lt_epoch_format(value, text);
    return json_string(text);
}

static json_t *code_json(lt_err code)
{
    return code == LT_OK ? json_null() : json_string(lt_err_word(code));
}

static json_t *channel_json(const struct lt_channel *channel)
{
    char text[LT_CHANNEL_TEXT];

    lt_channel_format(channel, text);
    return json_string(text);
}

static json_t *number_or_null(int64_t value)
{
    return value < 0 ? json_null() : json_integer((json_int_t)value);
}

/* null while it is open. */
static json_t *closed_json(const struct lt_status *status,
                           const struct lt_tree_office *self)
{
    struct lt_office heir;

    if (self == NULL || self->closed_version == 0) {
        return json_null();
    }
    heir = lt_tree_heir(lt_engine_tree(status->engine), &status->office);
    return json_pack("{s:o, s:o, s:b, s:b}", "since",
                     time_json(self->closed_ms), "heir", office_json(&heir),
                     "handed_over", (int)lt_engine_silent(status->engine),
                     "key_revoked", (int)lt_engine_ended(status->engine));
}

static json_t *own_office(const struct lt_status *status)
{
    const struct lt_tree *tree = lt_engine_tree(status->engine);
    const struct lt_tree_office *self = lt_tree_find(tree, &status->office);
    struct lt_office superiors[LT_TREE_DEPTH_MAX];
    struct lt_office keeper;
    size_t n = lt_tree_superiors(tree, &status->office, superiors);
    json_t *list = json_array();
    bool has_keeper = lt_tree_keeper(tree, &status->office, &keeper);

    for (size_t i = 0; i < n && i < LT_TREE_DEPTH_MAX; i++) {
        json_array_append_new(list, office_json(&superiors[i]));
    }
    return json_pack("{s:o, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:I, s:o}", "id",
                     office_json(&status->office), "name",
                     self ? self->name : NULL, "kind", self ? self->kind : NULL,
                     "code", self && self->code[0] != '\0' ? self->code : NULL,
                     "parent", self ? office_json(&self->parent) : json_null(),
                     "superiors", list, "keeper",
                     has_keeper ? office_json(&keeper) : json_null(),
                     "tree_version", (json_int_t)lt_tree_version(tree),
                     "closed", closed_json(status, self));
}

static const char *const LINK_STATES[] = {"connecting", "up", "stalled",
                                          "refused", "suspended"};
/* By enum lt_role, which begins at 1: what the peer is to us. */
static const char *const LINK_ROLES[] = {"", "child", "parent", "bypass",
                                         "reader"};

/* One that is dialled and not there, or shut out: a link without a session. What waits for
 * it is not known before it has said what it holds. */
static json_t *apart_json(const struct lt_status *status,
                          const struct lt_office *id, enum lt_role role,
                          int64_t since_ms, bool shut)
{
    const struct lt_tree_office *office =
        lt_tree_find(lt_engine_tree(status->engine), id);

    return json_pack("{s:o, s:s?, s:s, s:s, s:o, s:n, s:{s:n, s:n, s:n}, s:n, "
                     "s:n, s:o}",
                     "office", office_json(id), "name",
                     office ? office->name : NULL, "role", LINK_ROLES[role],
                     "state", shut ? "suspended" : "connecting", "since", time_json(since_ms),
                     "last_ack_at", "waiting", "urgent", "normal", "bulk",
                     "rtt_ms", "skew_ms", "reason",
                     code_json(shut ? LT_ADOORSHUT : LT_OK));
}

/* Whom this office has shut out. */
static void put_doors(const struct lt_status *status, json_t *list)
{
    struct lt_door_view door;
    size_t cursor = 0;

    while (json_array_size(list) < LINKS_MAX &&
           lt_engine_door_at(status->engine, &cursor, &door)) {
        if (lt_office_equal(&door.by, &status->office)) {
            json_array_append_new(list, apart_json(status, &door.office,
                                                   LT_ROLE_CHILD,
                                                   door.since_wall_ms, true));
        }
    }
}

static json_t *links_json(const struct lt_status *status)
{
    bool apart = status->has_superior;
    struct lt_bypass_view around;
    struct lt_link_view *links =
        calloc(LINKS_MAX, sizeof(*links)); /* too large for a stack */
    json_t *list = json_array();
    size_t n =
        links == NULL ? 0 : lt_engine_links(status->engine, links, LINKS_MAX);

    for (size_t i = 0; i < n && i < LINKS_MAX; i++) {
        const struct lt_link_view *link = &links[i];
        const struct lt_tree_office *office =
            lt_tree_find(lt_engine_tree(status->engine), &link->office);

        apart = apart && link->role != LT_ROLE_PARENT;
        json_array_append_new(
            list,
            json_pack(
                "{s:o, s:s?, s:s, s:s, s:o, s:o, s:{s:I, s:I, s:I}, s:o, s:I, "
                "s:o}",
                "office", office_json(&link->office), "name",
                office ? office->name : NULL, "role", LINK_ROLES[link->role],
                "state", LINK_STATES[link->state], "since",
                time_json(link->since_wall_ms), "last_ack_at",
                time_json(link->last_ack_wall_ms), "waiting", "urgent",
                (json_int_t)link->waiting[LT_LANE_URGENT], "normal",
                (json_int_t)link->waiting[LT_LANE_NORMAL], "bulk",
                (json_int_t)link->waiting[LT_LANE_BULK], "rtt_ms",
                number_or_null(link->rtt_ms), "skew_ms",
                (json_int_t)link->skew_ms, "reason", code_json(link->reason)));
    }
    if (apart) {
        json_array_append_new(list, apart_json(status, &status->superior,
                                               LT_ROLE_PARENT,
                                               status->apart_since_ms,
                                               lt_engine_parent_shut(
                                                   status->engine)));
    }
    lt_engine_bypass(status->engine, &around);
    if (around.state == LT_BYPASS_CALLING) {
        json_array_append_new(list, apart_json(status, &around.target,
                                               LT_ROLE_BYPASS,
                                               around.since_wall_ms, false));
    }
    put_doors(status, list);
    free(links);
    return list;
}

/* Going around the parent: null while it serves. */
static json_t *bypass_json(const struct lt_status *status)
{
    static const char *const states[] = {"", "calling", "around"};
    static const char *const reasons[] = {"",      "unacked",     "apart",
                                          "unreceipted", "missing", "still", "shut"};
    struct lt_bypass_view around;

    lt_engine_bypass(status->engine, &around);
    if (around.state == LT_BYPASS_NOT) {
        return json_null();
    }
    return json_pack("{s:s, s:o, s:o, s:s, s:s, s:o}", "state",
                     states[around.state], "office",
                     office_json(&around.target), "parent",
                     office_json(&around.parent), "reason",
                     reasons[around.reason], "lanes",
                     around.all_lanes ? "all" : "urgent", "since",
                     time_json(around.since_wall_ms));
}

/* An office without a keeper, or that has not heard of it yet, has the same
 * fields: nothing is known in them. */
static json_t *receipt_json(const struct lt_status *status)
{
    struct lt_receipt_view receipt;
    bool heard;

    memset(&receipt, 0, sizeof(receipt));
    lt_engine_receipt(status->engine, &receipt);
    heard = receipt.has_keeper && receipt.at_ms != 0;
    return json_pack(
        "{s:o, s:o, s:o, s:o}", "keeper",
        receipt.has_keeper ? office_json(&receipt.keeper) : json_null(), "at",
        time_json(heard ? receipt.at_ms : 0), "covers_all",
        heard ? json_boolean(receipt.covers_all) : json_null(),
        "missing_events",
        heard ? json_integer((json_int_t)receipt.missing_events) : json_null());
}

static const char *const OFFICE_STATES[] = {"current", "behind", "silent",
                                            "withheld"};

static json_t *offices_json(const struct lt_status *status)
{
    struct lt_office_view *offices = calloc(OFFICES_MAX, sizeof(*offices));
    json_t *list = json_array();
    size_t n = offices == NULL
                   ? 0
                   : lt_engine_offices(status->engine, offices, OFFICES_MAX);

    for (size_t i = 0; i < n && i < OFFICES_MAX; i++) {
        json_array_append_new(
            list, json_pack("{s:o, s:s, s:o}", "office",
                            office_json(&offices[i].office), "state",
                            OFFICE_STATES[offices[i].state], "since",
                            time_json(offices[i].since_wall_ms)));
    }
    free(offices);
    return list;
}

/* Of a stream in which an office passes on what denounces its own people it is
 * told nothing, not how long it is either. */
static bool is_untold(const struct lt_engine *engine,
                      const struct lt_stream *stream)
{
    return lt_stream_is_sealed(stream) &&
           lt_office_equal(&stream->origin, lt_engine_office(engine)) &&
           !LT_PLANTED(show_denounced);
}

static json_t *branches_json(const struct lt_status *status)
{
    json_t *list = json_array();
    struct lt_stream last;
    struct lt_tip_view tip;
    size_t cursor = 0;
    bool any = false;

    while (lt_engine_tip(status->engine, &cursor, &tip)) {
        if (tip.tips_n < 2 || is_untold(status->engine, &tip.stream) || (any && lt_stream_equal(&last, &tip.stream))) {
            continue;
        }
        any = true;
        last = tip.stream;
        json_array_append_new(list, json_pack("{s:o, s:o, s:I}", "origin",
                                              office_json(&tip.stream.origin),
                                              "channel",
                                              channel_json(&tip.stream.channel),
                                              "tips", (json_int_t)tip.tips_n));
    }
    return list;
}

static json_t *holds_json(const struct lt_status *status)
{
    struct lt_hold_view *holds = calloc(HOLDS_MAX, sizeof(*holds));
    json_t *list = json_array();
    size_t n =
        holds == NULL ? 0 : lt_engine_holds(status->engine, holds, HOLDS_MAX);

    for (size_t i = 0; i < n && i < HOLDS_MAX; i++) {
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o}", "origin",
                            office_json(&holds[i].stream.origin), "channel",
                            channel_json(&holds[i].stream.channel), "reason",
                            code_json(holds[i].reason), "until",
                            time_json(holds[i].until_wall_ms)));
    }
    free(holds);
    return list;
}

static json_t *alarms_json(const struct lt_status *status, enum lt_lang lang)
{
    json_t *list = json_array();

    for (size_t i = 0; i < status->alarms->n; i++) {
        const struct lt_alarm *alarm = &status->alarms->items[i];
        char text[LT_MESSAGE_MAX];
        char remedy[LT_MESSAGE_MAX];
        struct lt_diag named;

        lt_named_text(lt_engine_tree(status->engine), &alarm->diag, &named);
        lt_message_bare(lang, &named, text, sizeof(text));
        lt_named_remedy(lt_engine_tree(status->engine), &alarm->diag, &named);
        lt_message_remedy(lang, &named, remedy, sizeof(remedy));
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "code",
                            lt_err_word(alarm->code), "severity",
                            lt_err_severity(alarm->code) == LT_SEV_CRITICAL
                                ? "critical"
                                : "warning",
                            "since", time_json(alarm->since_ms), "subject",
                            office_json(&alarm->subject), "text", text,
                            "remedy", remedy, "explain",
                            office_json(lt_office_is_zero(&alarm->subject)
                                            ? &status->office
                                            : &alarm->subject)));
    }
    return list;
}

static json_t *log_stats_json(const struct lt_log_stats *stats)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:o, s:s}", "events",
        (json_int_t)stats->events, "segments", (json_int_t)stats->segments,
        "parts", (json_int_t)stats->parts_bytes, "bytes",
        (json_int_t)stats->bytes, "wal_bytes", (json_int_t)stats->wal_bytes,
        "last_commit_at", time_json(stats->last_commit_at_ms), "sqlite_version",
        sqlite3_libversion());
}

static json_t *work_json(const struct lt_status *status)
{
    static const char *const commands[LT_WORKS] = {"rebuild-view", "verify",
                                                  "backup"};
    json_t *list = json_array();

    for (unsigned i = 0; i < LT_WORKS; i++) {
        const struct lt_status_work *work = &status->work[i];

        if (work->since_ms != 0) {
            json_array_append_new(
                list, json_pack("{s:s, s:I, s:I, s:o}", "command", commands[i],
                                "done", (json_int_t)work->done, "total",
                                (json_int_t)work->total, "since",
                                time_json(work->since_ms)));
        }
    }
    return list;
}

static json_t *event_json(const struct lt_event_id *id)
{
    char text[LT_EVENT_ID_TEXT];

    lt_event_id_format(id, text);
    return json_string(text);
}

/* Own entries of an earlier life that others brought back, for the desk. */
static json_t *back_json(const struct lt_back *back)
{
    json_t *items;

    if (back == NULL || back->entries == 0) {
        return json_null();
    }
    items = json_array();
    for (size_t i = 0; i < back->matters_n; i++) {
        const struct lt_back_matter *matter = &back->matters[i];

        json_array_append_new(
            items, json_pack("{s:o, s:I, s:o}", "matter",
                             event_json(&matter->id), "entries",
                             (json_int_t)matter->entries, "at",
                             time_json(matter->at_ms)));
    }
    return json_pack("{s:I, s:I, s:o, s:o}", "entries",
                     (json_int_t)back->entries, "unnamed",
                     (json_int_t)back->unnamed, "since",
                     time_json(back->since_ms), "items", items);
}

/* What the daily reading of the log has found, and what came of it. */
static json_t *scrub_json(const struct lt_status *status)
{
    struct lt_scrub_view view;

    if (status->scrub == NULL) {
        return json_null();
    }
    lt_scrub_look(status->scrub, &view);
    return json_pack(
        "{s:b, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "running",
        (int)view.running, "began_at", time_json(view.began_wall_ms),
        "ended_at", time_json(view.ended_wall_ms), "done",
        (json_int_t)view.done, "total", (json_int_t)view.total, "found",
        (json_int_t)view.found, "mended", (json_int_t)view.mended, "rotten",
        (json_int_t)view.rotten_n, "absent", (json_int_t)view.absent_n);
}

/* With whom bundles were exchanged. */
static json_t *couriers_json(const struct lt_status *status)
{
    json_t *list = json_array();

    for (size_t i = 0; status->couriers != NULL && i < status->couriers->n;
         i++) {
        const struct lt_courier_met *met = &status->couriers->items[i];

        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:I}", "office",
                            office_json(&met->office), "exported_at",
                            time_json(met->exported_ms), "imported_at",
                            time_json(met->imported_ms), "imported_events",
                            (json_int_t)met->imported_events));
    }
    return list;
}

/* {name: value}; they belong to the process, not to the log. */
static json_t *counters_json(void)
{
    json_t *counters = json_object();

    for (unsigned i = 0; i < LT_COUNTERS; i++) {
        enum lt_counter counter = (enum lt_counter)i;

        json_object_set_new(counters, lt_counter_info(counter)->name,
                            json_integer((json_int_t)lt_counter_get(counter)));
    }
    return counters;
}

/* How long the node's certificate lasts; "ended" shuts nobody out. */
static json_t *certificate_json(const struct lt_status *status)
{
    const struct lt_certificate_view *view = &status->certificate;

    char root[LT_OFFICE_TEXT];

    lt_office_format(&view->root, root);
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:s?, s:s}", "state",
        view->over  ? "ended"
        : view->due ? "due"
                    : "valid",
        "until", time_json(view->until_ms), "renew_from",
        time_json(view->renew_ms), "tried_at", time_json(view->tried_ms),
        "reason", view->why == NULL || view->why[0] == '\0' ? NULL : view->why,
        "root", root);
}

/* The key that it signs with: two people compare `short`. */
static json_t *key_json(const struct lt_status *status)
{
    const uint8_t *key_id = lt_engine_own_key(status->engine);
    char id[LT_HASH_TEXT];
    char brief[LT_KEY_SHORT_TEXT];

    lt_hex_format(key_id, LT_HASH_LEN, id);
    lt_key_short_format(key_id, brief);
    return json_pack("{s:s, s:s, s:b}", "id", id, "short", brief, "confirmed",
                     lt_engine_self_unconfirmed(status->engine) ? 0 : 1);
}

static const char *const NODE_STATES[] = {"starting", "ready", "intake_refused",
                                          "stopping"};

char *lt_status_json(const struct lt_status *status, const struct lt_now *now,
                     enum lt_lang lang)
{
    struct lt_log_stats stats;
    json_t *root;
    char *text;

    lt_log_stats(status->log, &stats);
    root = json_pack(
        "{s:s, s:s, s:{s:i, s:i}, s:I, s:o, s:o, s:o, s:s, s:o, s:{s:s?, s:s?, "
        "s:s?}, s:{s:o, s:o, s:b}, s:o, s:{s:I, s:I}}",
        "schema", "lienthong.status/1", "version", LT_VERSION, "wire", "min",
        LT_WIRE_MIN, "max", LT_WIRE_MAX, "pid", (json_int_t)getpid(),
        "started_at", time_json(status->started_at_ms), "office",
        own_office(status), "epoch",
        hex64_json(lt_engine_epoch(status->engine)), "state",
        NODE_STATES[status->state], "state_reason",
        code_json(status->state_reason), "listen", "links",
        status->listen_links, "enrol", status->listen_enrol, "pages",
        status->listen_pages, "clock",
        "wall", time_json(now->wall_ms), "hlc",
        hex64_json(lt_engine_last_hlc(status->engine)), "unsure",
        (int)status->clock_unsure, "log", log_stats_json(&stats), "view",
        "behind_events", (json_int_t)status->view_behind_events, "behind_ms",
        (json_int_t)status->view_behind_ms);
    if (root == NULL) {
        return NULL;
    }
    json_object_set_new(root, "certificate", certificate_json(status));
    json_object_set_new(root, "key", key_json(status));
    json_object_set_new(root, "links", links_json(status));
    json_object_set_new(root, "bypass", bypass_json(status));
    json_object_set_new(root, "receipt", receipt_json(status));
    json_object_set_new(root, "offices", offices_json(status));
    json_object_set_new(root, "branches", branches_json(status));
    json_object_set_new(root, "holds", holds_json(status));
    json_object_set_new(root, "alarms", alarms_json(status, lang));
    json_object_set_new(root, "work", work_json(status));
    json_object_set_new(root, "scrub", scrub_json(status));
    json_object_set_new(root, "came_back", back_json(status->back));
    json_object_set_new(root, "couriers", couriers_json(status));
    json_object_set_new(root, "counters", counters_json());
    text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

/* `bytes` of an item: payload and texts as they were taken; null where an
 * older version began the run. */
char *lt_status_log_json(const struct lt_engine *engine, struct lt_log *log)
{
    json_t *items = json_array();
    struct lt_tip_view tip;
    size_t cursor = 0;
    json_t *root;
    char *text;

    (void)log;
    while (lt_engine_tip(engine, &cursor, &tip)) {
        char hash[LT_HASH_TEXT];

        if (is_untold(engine, &tip.stream)) {
            continue;
        }
        lt_hex_format(tip.tip.hash, LT_HASH_LEN, hash);
        json_array_append_new(
            items,
            json_pack("{s:o, s:o, s:s, s:o, s:I, s:I, s:s, s:o, s:o}", "origin",
                      office_json(&tip.stream.origin), "channel",
                      channel_json(&tip.stream.channel), "lane",
                      lt_lane_word(lt_class_lane(tip.stream.channel.cls)),
                      "epoch", hex64_json(tip.tip.epoch), "first",
                      (json_int_t)tip.first, "last", (json_int_t)tip.tip.number,
                      "hash", hash, "bytes", number_or_null(tip.bytes),
                      "receipt_last",
                      tip.receipt_last == 0
                          ? json_null()
                          : json_integer((json_int_t)tip.receipt_last)));
    }
    root = json_pack("{s:o, s:n}", "items", items, "next");
    if (root == NULL) {
        return NULL;
    }
    text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}
