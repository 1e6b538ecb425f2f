/* tree step-down, tree admit: two trees join. What the other root has to say
 * comes as a document (JSON), whose signature the tool has checked; what counts
 * in the end is its own stream. One check serves the command and the rehearsal.
 *
 * A document: {"office":{id, name, kind, code, link, enrol}, "root_key",
 * "binding", "step":null|{event, hash, version, successor, from, until},
 * "offices":[{id, parent, name, code, closed}]} */
#include <inttypes.h>
#include <string.h>

#include "common/base64.h"
#include "common/binding.h"
#include "daemon/control/answer.h"
#include "daemon/control/pool.h"
#include "daemon/control/tree_cmd.h"

enum {
    ADMITTED_WITHIN_DAYS = 30, /* from the day of stepping down on */
    DAYS_AHEAD_MAX = 366,
    FOUND_MAX = 200
};

/* What stands against it: at @office, or at the whole. */
struct found {
    struct lt_office office;
    const char *name;
    const char *why; /* ui word */
    bool soft;       /* to be seen to, and no reason to refuse */
};

struct region {
    struct lt_event event; /* office, root key, binding, step */
    struct lt_office successor;
    const json_t *offices;
    size_t open_n;
    size_t closed_n;
    size_t found_all;
    size_t found_n;
    struct found found[FOUND_MAX];
};

/* ---- reading a document ---- */

static const char *string_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static struct lt_text text_in(const json_t *object, const char *key)
{
    const char *text = string_in(object, key);

    return (struct lt_text){text, strlen(text)};
}

static size_t texts_in(const json_t *list,
                       struct lt_text out[static LT_OFFICE_ADDRESSES_MAX])
{
    size_t n = json_array_size(list);

    n = n < LT_OFFICE_ADDRESSES_MAX ? n : LT_OFFICE_ADDRESSES_MAX;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        out[i] = (struct lt_text){text, text == NULL ? 0 : strlen(text)};
    }
    return n;
}

static bool read_office(const json_t *json, struct lt_office_info *out)
{
    if (!lt_office_parse(string_in(json, "id"), &out->id)) {
        return false;
    }
    out->name = text_in(json, "name");
    out->kind = text_in(json, "kind");
    out->code = text_in(json, "code");
    out->link_addresses_n =
        texts_in(json_object_get(json, "link"), out->link_addresses);
    out->enrol_addresses_n =
        texts_in(json_object_get(json, "enrol"), out->enrol_addresses);
    return out->name.len > 0 && out->kind.len > 0;
}

static bool read_hex(const json_t *object, const char *key, size_t len,
                     uint8_t *out)
{
    const char *text = string_in(object, key);

    return strlen(text) == 2 * len && lt_hex_parse(text, len, out);
}

static bool read_binding(struct lt_desk *desk, const json_t *json,
                         struct lt_event *event)
{
    const char *text = string_in(json, "binding");
    size_t len = strlen(text);
    struct lt_binding binding;
    uint8_t root_id[LT_HASH_LEN];
    struct lt_key *root = NULL;
    uint8_t *bytes;
    bool right;

    if (len > lt_base64_len(LT_BINDING_MAX)) {
        return false;
    }
    bytes = lt_arena_take(desk->arena, len / 4 * 3 + 3);
    if (bytes == NULL ||
        !lt_base64_read(text, len, bytes, &event->binding_len) ||
        lt_binding_decode(bytes, event->binding_len, &binding, NULL) != LT_OK) {
        return false;
    }
    event->binding = bytes;
    lt_key_id_of(event->root_key, root_id);
    if (!lt_office_equal(&binding.office, &event->office.id) ||
        !lt_office_equal(&binding.issuer, &event->office.id) ||
        memcmp(binding.issuer_key_id, root_id, LT_HASH_LEN) != 0 ||
        lt_key_from_public(event->root_key, &root) != LT_OK) {
        return false;
    }
    right = lt_binding_check(&binding, root) == LT_OK;
    lt_key_free(root);
    return right;
}

static bool read_step(const json_t *json, struct region *region)
{
    struct lt_event *event = &region->event;

    if (json_is_null(json) || json == NULL) {
        return true;
    }
    event->has_other = true;
    event->step_version =
        (uint64_t)json_integer_value(json_object_get(json, "version"));
    event->has_day = lt_day_parse(string_in(json, "from"), &event->day);
    event->has_due = lt_day_parse(string_in(json, "until"), &event->due);
    return event->step_version != 0 && event->has_day && event->has_due &&
           lt_event_id_parse(string_in(json, "event"), &event->other) &&
           lt_office_equal(&event->other.origin, &event->office.id) &&
           read_hex(json, "hash", LT_HASH_LEN, event->step_hash) &&
           lt_office_parse(string_in(json, "successor"), &region->successor);
}

static lt_err refuse_file(struct lt_diag *diag, const char *why)
{
    (void)lt_diag_set(diag, LT_EREGIONFILE);
    lt_diag_arg(diag, "reason", "%s", why);
    return LT_EREGIONFILE;
}

static lt_err read_region(struct lt_desk *desk, struct lt_text text,
                          struct region *out, struct lt_diag *diag)
{
    const json_t *json = lt_pool_json(desk->arena, text.data, text.len,
                                      JSON_REJECT_DUPLICATES, NULL);

    memset(out, 0, sizeof(*out));
    if (!json_is_object(json) ||
        !read_office(json_object_get(json, "office"), &out->event.office) ||
        !read_hex(json, "root_key", LT_PUBKEY_LEN, out->event.root_key) ||
        !read_binding(desk, json, &out->event) ||
        !read_step(json_object_get(json, "step"), out)) {
        return refuse_file(diag, "ui_why_region_damaged");
    }
    out->offices = json_object_get(json, "offices");
    return LT_OK;
}

/* ---- what stands against it ---- */

static void note(struct region *region, const struct lt_office *office,
                 const char *name, const char *why, bool soft)
{
    region->found_all++;
    if (region->found_n < FOUND_MAX) {
        region->found[region->found_n++] = (struct found){
            .office = *office, .name = name, .why = why, .soft = soft};
    }
}

static void note_root(struct region *region, const char *why)
{
    note(region, &region->event.office.id, region->event.office.name.data, why,
         false);
}

/* An open office here with that code. */
static bool has_code(const struct lt_tree *tree, const char *code)
{
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);

        if (office->closed_version == 0 && strcmp(office->code, code) == 0) {
            return true;
        }
    }
    return false;
}

/* The row of @id among those of the document; NULL: none. */
static const json_t *row_of(const struct region *region, const char *id)
{
    const json_t *row;
    size_t i;

    json_array_foreach(region->offices, i, row)
    {
        if (strcmp(string_in(row, "id"), id) == 0) {
            return row;
        }
    }
    return NULL;
}

/* How many offices stand one above the other, from @row up; 0: without a home,
 * or in a circle. */
static size_t depth_of(const struct region *region, const json_t *row)
{
    size_t depth = 1;
    struct lt_office root;

    while (string_in(row, "parent")[0] != '\0') {
        row = row_of(region, string_in(row, "parent"));
        if (row == NULL || ++depth > LT_TREE_DEPTH_MAX) {
            return row == NULL ? 0 : depth;
        }
    }
    return lt_office_parse(string_in(row, "id"), &root) &&
                   lt_office_equal(&root, &region->event.office.id)
               ? depth
               : 0;
}

static void check_office(const struct lt_tree *tree, struct region *region,
                         const json_t *row)
{
    const char *name = string_in(row, "name");
    const char *code = string_in(row, "code");
    bool closed = json_is_true(json_object_get(row, "closed"));
    struct lt_office id;
    size_t depth;

    if (!lt_office_parse(string_in(row, "id"), &id)) {
        note_root(region, "ui_why_region_damaged");
        return;
    }
    region->open_n += closed ? 0 : 1;
    region->closed_n += closed ? 1 : 0;
    depth = depth_of(region, row);
    if (lt_tree_find(tree, &id) != NULL &&
        lt_tree_region_of(tree, &id) == NULL) {
        note(region, &id, name, "ui_why_region_clash", false);
    }
    if (depth == 0) {
        note(region, &id, name, "ui_why_region_homeless", false);
    } else if (depth + 1 > LT_TREE_DEPTH_MAX) {
        note(region, &id, name, "ui_why_tree_deep", false);
    }
    if (!closed && code[0] != '\0' && has_code(tree, code)) {
        note(region, &id, name, "ui_why_region_code", true);
    }
}

static bool is_admitted(const struct lt_tree *tree,
                        const struct lt_office *office)
{
    const struct lt_tree_office *known = lt_tree_find(tree, office);

    return known != NULL && !lt_office_is_zero(&known->parent);
}

/* May this office admit it, today? */
static void check_admission(const struct lt_desk *desk, struct region *region)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_event *event = &region->event;
    const json_t *row;
    size_t i;

    if (!event->has_other) {
        note_root(region, "ui_why_region_card");
    } else if (!lt_office_equal(&region->successor, &desk->office)) {
        note_root(region, "ui_why_region_other");
    } else if (is_admitted(tree, &event->office.id)) {
        note_root(region, "ui_why_region_again");
    } else if (desk->today < event->day) {
        note_root(region, "ui_why_region_early");
    } else if (desk->today > event->due) {
        note_root(region, "ui_why_region_late");
    } else if (json_array_size(region->offices) == 0) {
        note_root(region, "ui_why_region_damaged");
    } else if (json_array_size(region->offices) + lt_tree_count(tree) >
               LT_TREE_OFFICES_MAX) {
        note_root(region, "ui_why_tree_many");
    } else {
        json_array_foreach(region->offices, i, row)
        {
            check_office(tree, region, row);
        }
    }
}

/* May this office step down for it? */
static void check_successor(const struct lt_desk *desk, struct region *region)
{
    const struct lt_tree *tree = desk->snapshot->tree;
    const struct lt_office *office = &region->event.office.id;

    if (region->event.has_other) {
        note_root(region, "ui_why_region_hand_over");
    } else if (lt_office_equal(office, &desk->office)) {
        note_root(region, "ui_why_region_self");
    } else if (lt_tree_find(tree, office) != NULL &&
               lt_tree_region_of(tree, office) == NULL) {
        note_root(region, "ui_why_region_inside");
    } else if (region->event.office.link_addresses_n == 0) {
        note_root(region, "ui_why_region_no_address");
    }
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        region->open_n += lt_tree_at(tree, i)->closed_version == 0 ? 1 : 0;
        region->closed_n += lt_tree_at(tree, i)->closed_version == 0 ? 0 : 1;
    }
}

static lt_err refuse_found(const struct region *region, struct lt_diag *diag)
{
    for (size_t i = 0; i < region->found_n; i++) {
        const struct found *found = &region->found[i];

        if (!found->soft) {
            (void)refuse_file(diag, found->why);
            if (found->name != NULL) {
                lt_diag_arg(diag, "name", "%s", found->name);
            }
            return LT_EREGIONFILE;
        }
    }
    return LT_OK;
}

/* ---- orders ---- */

static lt_err begin(struct lt_desk *desk, struct lt_draft *draft, uint32_t type,
                    const struct region *region)
{
    lt_err rc = lt_draft_begin(desk, draft, type, LT_CLASS_TREE,
                               LT_AUDIENCE_ALL, NULL);
    struct lt_event *event = draft->event;

    if (rc != LT_OK) {
        return rc;
    }
    event->office = region->event.office;
    event->binding = region->event.binding;
    event->binding_len = region->event.binding_len;
    memcpy(event->root_key, region->event.root_key, LT_PUBKEY_LEN);
    draft->opens = true;
    event->has_legal_date = true;
    event->legal_date = desk->today;
    return LT_OK;
}

/* The day of --date, else today. */
static lt_err day_of(const struct lt_desk *desk, const struct lt_args *args,
                     int32_t *out_day, struct lt_diag *diag)
{
    *out_day = lt_args_has(args, LT_OPT_DATE)
                   ? (int32_t)args->numbers[LT_OPT_DATE]
                   : desk->today;
    return *out_day >= desk->today && *out_day <= desk->today + DAYS_AHEAD_MAX
               ? LT_OK
               : lt_desk_refuse(diag, LT_EINVAL, "date", "ui_why_plan_day");
}

static struct region *new_region(struct lt_desk *desk)
{
    return lt_arena_take(desk->arena, sizeof(struct region));
}

lt_err lt_region_step_down(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct region *region = new_region(desk);
    int32_t day = 0;
    lt_err rc =
        region == NULL ? LT_ENOMEM : lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = day_of(desk, args, &day, diag);
    }
    if (rc == LT_OK) {
        rc = read_region(desk, args->texts[LT_OPT_LINES], region, diag);
    }
    if (rc == LT_OK) {
        check_successor(desk, region);
        rc = refuse_found(region, diag);
    }
    if (rc == LT_OK) {
        rc = begin(desk, draft, LT_EV_ROOT_STEPPED_DOWN, region);
    }
    if (rc == LT_OK) {
        draft->event->has_day = true;
        draft->event->day = day;
        draft->event->has_due = true;
        draft->event->due = day + ADMITTED_WITHIN_DAYS;
    }
    return rc;
}

lt_err lt_region_admit(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_draft *draft, struct lt_diag *diag)
{
    struct region *region = new_region(desk);
    lt_err rc =
        region == NULL ? LT_ENOMEM : lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = read_region(desk, args->texts[LT_OPT_LINES], region, diag);
    }
    if (rc == LT_OK) {
        check_admission(desk, region);
        rc = refuse_found(region, diag);
    }
    if (rc == LT_OK) {
        rc = begin(desk, draft, LT_EV_REGION_ADMITTED, region);
    }
    if (rc == LT_OK) {
        draft->event->office.parent = desk->office;
        draft->event->has_other = true;
        draft->event->other = region->event.other;
        draft->event->step_version = region->event.step_version;
        memcpy(draft->event->step_hash, region->event.step_hash, LT_HASH_LEN);
    }
    return rc;
}

/* ---- answers ---- */

static bool put_string(struct lt_buf *out, const char *key, const char *text,
                       size_t len)
{
    char copy[LT_NAME_MAX + 1];

    len = len < sizeof(copy) ? len : sizeof(copy) - 1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return lt_buf_printf(out, "\"%s\":", key) && lt_json_string(out, copy);
}

static bool put_found(const struct lt_desk *desk, const struct found *found,
                      bool first, struct lt_buf *out)
{
    char id[LT_OFFICE_TEXT];

    lt_office_format(&found->office, id);
    return lt_buf_printf(out, "%s{\"office\":\"%s\",\"code\":\"%s\",",
                         first ? "" : ",", id, found->why + 7) &&
           put_string(out, "name", found->name == NULL ? "" : found->name,
                      found->name == NULL ? 0 : strlen(found->name)) &&
           lt_buf_printf(out, ",\"text\":") &&
           lt_json_string(out, lt_ui(desk->lang, found->why)) &&
           lt_buf_put(out, "}", 1);
}

static bool put_rehearsal(const struct lt_desk *desk,
                          const struct region *region, int32_t from,
                          int32_t until, struct lt_buf *out)
{
    const struct lt_office_info *office = &region->event.office;
    char id[LT_OFFICE_TEXT];
    char from_text[LT_DAY_TEXT];
    char until_text[LT_DAY_TEXT];
    char key[2 * LT_HASH_LEN + 1];
    uint8_t key_id[LT_HASH_LEN];
    bool fits;

    lt_key_id_of(region->event.root_key, key_id);
    lt_hex_format(key_id, LT_HASH_LEN, key);
    lt_office_format(&office->id, id);
    lt_day_format(from, from_text);
    lt_day_format(until, until_text);
    fits = lt_buf_printf(out, "{\"office\":\"%s\",", id) &&
           put_string(out, "name", office->name.data, office->name.len) &&
           lt_buf_printf(out,
                         ",\"root_key_id\":\"%s\",\"open\":%zu,"
                         "\"closed\":%zu,\"from\":\"%s\","
                         "\"until\":\"%s\",\"left\":[",
                         key, region->open_n, region->closed_n, from_text,
                         until_text);
    for (size_t i = 0; fits && i < region->found_n; i++) {
        fits = put_found(desk, &region->found[i], i == 0, out);
    }
    return fits && lt_buf_printf(out, "],\"left_all\":%zu,\"ok\":%s}",
                                 region->found_all,
                                 region->found_all == 0 ? "true" : "false");
}

/* What tree step-down would do with a card (it has a day), or tree admit with a
 * hand-over. */
lt_err lt_read_region_check(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_buf *out, struct lt_diag *diag)
{
    struct region *region = new_region(desk);
    int32_t from = 0;
    int32_t until;
    lt_err rc =
        region == NULL ? LT_ENOMEM : lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = day_of(desk, args, &from, diag);
    }
    if (rc == LT_OK) {
        rc = read_region(desk, args->texts[LT_OPT_LINES], region, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    until = from + ADMITTED_WITHIN_DAYS;
    if (lt_args_has(args, LT_OPT_DATE)) {
        check_successor(desk, region);
    } else {
        check_admission(desk, region);
        from = region->event.day;
        until = region->event.due;
    }
    return put_rehearsal(desk, region, from, until, out) ? LT_OK : LT_ENOMEM;
}

static bool put_addresses(struct lt_buf *out, const char *key,
                          const char *const *addresses, size_t n)
{
    bool fits = lt_buf_printf(out, ",\"%s\":[", key);

    for (size_t i = 0; fits && i < n; i++) {
        fits = lt_buf_printf(out, "%s", i == 0 ? "" : ",") &&
               lt_json_string(out, addresses[i]);
    }
    return fits && lt_buf_put(out, "]", 1);
}

static bool put_office(struct lt_buf *out, const struct lt_tree_office *office)
{
    char id[LT_OFFICE_TEXT];

    lt_office_format(&office->id, id);
    return lt_buf_printf(out, "{\"id\":\"%s\",", id) &&
           put_string(out, "name", office->name, strlen(office->name)) &&
           lt_buf_put(out, ",", 1) &&
           put_string(out, "kind", office->kind, strlen(office->kind)) &&
           lt_buf_put(out, ",", 1) &&
           put_string(out, "code", office->code, strlen(office->code));
}

static bool put_step(struct lt_buf *out, const struct lt_tree_region *region)
{
    char event[LT_EVENT_ID_TEXT];
    char hash[2 * LT_HASH_LEN + 1];
    char successor[LT_OFFICE_TEXT];
    char from[LT_DAY_TEXT];
    char until[LT_DAY_TEXT];

    if (region == NULL || !region->stepped) {
        return lt_buf_printf(out, "null");
    }
    lt_event_id_format(&region->step, event);
    lt_hex_format(region->step_hash, LT_HASH_LEN, hash);
    lt_office_format(&region->successor, successor);
    lt_day_format(region->from_day, from);
    lt_day_format(region->until_day, until);
    return lt_buf_printf(out,
                         "{\"event\":\"%s\",\"hash\":\"%s\",\"version\":%" PRIu64
                         ",\"successor\":\"%s\",\"from\":\"%s\",\"until\":\"%s\""
                         ",\"admitted\":%s}",
                         event, hash, region->step_version, successor, from,
                         until, region->ended ? "true" : "false");
}

static bool put_offices(struct lt_buf *out, const struct lt_tree *tree,
                        const struct lt_office *root)
{
    bool fits = lt_buf_printf(out, ",\"offices\":[");
    bool first = true;

    for (size_t i = 0; fits && i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);
        char parent[LT_OFFICE_TEXT] = "";

        if (!lt_tree_covers(tree, root, &office->id)) {
            continue;
        }
        if (!lt_office_equal(&office->id, root)) {
            lt_office_format(&office->parent, parent);
        }
        fits = lt_buf_printf(out, "%s", first ? "" : ",") &&
               put_office(out, office) &&
               lt_buf_printf(out, ",\"parent\":\"%s\",\"closed\":%s}", parent,
                             office->closed_version != 0 ? "true" : "false");
        first = false;
    }
    return fits && lt_buf_put(out, "]", 1);
}

/* What this root has to say to another: the tool signs it. */
lt_err lt_read_region(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_tree_office *self;
    const struct lt_tree *tree;
    bool fits;

    (void)args;
    if (desk->snapshot == NULL || desk->snapshot->tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    tree = desk->snapshot->tree;
    self = lt_tree_find(tree, &desk->office);
    if (self == NULL || (!lt_tree_is_writer(tree, &desk->office))) {
        return lt_tree_writer_only(desk, diag);
    }
    fits = lt_buf_printf(out, "{\"office\":") && put_office(out, self) &&
           put_addresses(out, "link", self->link_addresses,
                         self->link_addresses_n) &&
           put_addresses(out, "enrol", self->enrol_addresses,
                         self->enrol_addresses_n) &&
           lt_buf_printf(out, "},\"step\":") &&
           put_step(out, lt_tree_region_of(tree, &desk->office)) &&
           put_offices(out, tree, &desk->office) && lt_buf_put(out, "}", 1);
    return fits ? LT_OK : LT_ENOMEM;
}
