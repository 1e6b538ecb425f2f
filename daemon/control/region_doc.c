/* Documents of two roots, read and written; see region_doc.h. */
#include "daemon/control/region_doc.h"

#include <inttypes.h>
#include <string.h>

#include "common/base64.h"
#include "common/binding.h"
#include "daemon/control/answer.h"
#include "daemon/control/pool.h"

enum { DAYS_AHEAD_MAX = 366 };

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

static bool read_step(const json_t *json, struct lt_region_doc *region)
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
    region->has_released = json_object_get(json, "released") != NULL;
    return event->step_version != 0 && event->has_day && event->has_due &&
           lt_event_id_parse(string_in(json, "event"), &event->other) &&
           lt_office_equal(&event->other.origin, &event->office.id) &&
           read_hex(json, "hash", LT_HASH_LEN, event->step_hash) &&
           lt_office_parse(string_in(json, "successor"), &region->successor) &&
           (!region->has_released ||
            read_office(json_object_get(json, "released"), &region->released));
}

lt_err lt_region_refuse(struct lt_diag *diag, const char *why)
{
    (void)lt_diag_set(diag, LT_EREGIONFILE);
    lt_diag_arg(diag, "reason", "%s", why);
    return LT_EREGIONFILE;
}

lt_err lt_region_read(struct lt_desk *desk, struct lt_text text,
                      struct lt_region_doc *out, struct lt_diag *diag)
{
    const json_t *json = lt_pool_json(desk->arena, text.data, text.len,
                                      JSON_REJECT_DUPLICATES, NULL);

    memset(out, 0, sizeof(*out));
    if (!json_is_object(json) ||
        !read_office(json_object_get(json, "office"), &out->event.office) ||
        !read_hex(json, "root_key", LT_PUBKEY_LEN, out->event.root_key) ||
        !read_binding(desk, json, &out->event) ||
        !read_step(json_object_get(json, "step"), out)) {
        return lt_region_refuse(diag, "ui_why_region_damaged");
    }
    out->offices = json_object_get(json, "offices");
    return LT_OK;
}

/* ---- what stands against it ---- */

static void note(struct lt_region_doc *region, const struct lt_office *office,
                 const char *name, const char *why, bool soft)
{
    region->found_all++;
    if (region->found_n < LT_REGION_FOUND_MAX) {
        region->found[region->found_n++] = (struct lt_region_found){
            .office = *office, .name = name, .why = why, .soft = soft};
    }
}

void lt_region_note(struct lt_region_doc *region, const char *why)
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
static const json_t *row_of(const struct lt_region_doc *region, const char *id)
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
static size_t depth_of(const struct lt_region_doc *region, const json_t *row)
{
    size_t depth = 1;
    const struct lt_office *top =
        region->has_released ? &region->released.id : &region->event.office.id;
    struct lt_office root;

    while (string_in(row, "parent")[0] != '\0') {
        row = row_of(region, string_in(row, "parent"));
        if (row == NULL || ++depth > LT_TREE_DEPTH_MAX) {
            return row == NULL ? 0 : depth;
        }
    }
    return lt_office_parse(string_in(row, "id"), &root) &&
                   lt_office_equal(&root, top)
               ? depth
               : 0;
}

/* @above: how deep the office stands below which it would come. */
static void check_office(const struct lt_tree *tree,
                         struct lt_region_doc *region, size_t above,
                         const json_t *row)
{
    const char *name = string_in(row, "name");
    const char *code = string_in(row, "code");
    bool closed = json_is_true(json_object_get(row, "closed"));
    struct lt_office id;
    size_t depth;

    if (!lt_office_parse(string_in(row, "id"), &id)) {
        lt_region_note(region, "ui_why_region_damaged");
        return;
    }
    region->open_n += closed ? 0 : 1;
    region->closed_n += closed ? 1 : 0;
    depth = depth_of(region, row);
    if (lt_tree_find(tree, &id) != NULL &&
        lt_tree_together(tree, &lt_tree_root(tree)->id, &id)) {
        note(region, &id, name, "ui_why_region_clash", false);
    }
    if (depth == 0) {
        note(region, &id, name, "ui_why_region_homeless", false);
    } else if (depth + above > LT_TREE_DEPTH_MAX) {
        note(region, &id, name, "ui_why_tree_deep", false);
    }
    if (!closed && code[0] != '\0' && has_code(tree, code)) {
        note(region, &id, name, "ui_why_region_code", true);
    }
}

void lt_region_check_offices(const struct lt_tree *tree,
                             struct lt_region_doc *region, size_t above)
{
    const json_t *row;
    size_t i;

    if (json_array_size(region->offices) == 0) {
        lt_region_note(region, "ui_why_region_damaged");
    } else if (json_array_size(region->offices) + lt_tree_count(tree) >
               LT_TREE_OFFICES_MAX) {
        lt_region_note(region, "ui_why_tree_many");
    } else {
        json_array_foreach(region->offices, i, row)
        {
            check_office(tree, region, above, row);
        }
    }
}

lt_err lt_region_refuse_found(const struct lt_region_doc *region,
                              struct lt_diag *diag)
{
    for (size_t i = 0; i < region->found_n; i++) {
        const struct lt_region_found *found = &region->found[i];

        if (!found->soft) {
            (void)lt_region_refuse(diag, found->why);
            if (found->name != NULL) {
                lt_diag_arg(diag, "name", "%s", found->name);
            }
            return LT_EREGIONFILE;
        }
    }
    return LT_OK;
}

/* ---- what orders share ---- */

lt_err lt_region_begin(struct lt_desk *desk, struct lt_draft *draft,
                       uint32_t type, const struct lt_region_doc *region)
{
    lt_err rc =
        lt_draft_begin(desk, draft, type, LT_CLASS_TREE, LT_AUDIENCE_ALL, NULL);
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
lt_err lt_region_day(const struct lt_desk *desk, const struct lt_args *args,
                     int32_t *out_day, struct lt_diag *diag)
{
    *out_day = lt_args_has(args, LT_OPT_DATE)
                   ? (int32_t)args->numbers[LT_OPT_DATE]
                   : desk->today;
    return *out_day >= desk->today && *out_day <= desk->today + DAYS_AHEAD_MAX
               ? LT_OK
               : lt_desk_refuse(diag, LT_EINVAL, "date", "ui_why_plan_day");
}

void lt_region_set_days(struct lt_draft *draft, int32_t day)
{
    draft->event->has_day = true;
    draft->event->day = day;
    draft->event->has_due = true;
    draft->event->due = day + LT_REGION_WITHIN_DAYS;
}

void lt_region_answer(struct lt_draft *draft,
                      const struct lt_region_doc *region)
{
    draft->event->has_other = true;
    draft->event->other = region->event.other;
    draft->event->step_version = region->event.step_version;
    memcpy(draft->event->step_hash, region->event.step_hash, LT_HASH_LEN);
}

struct lt_region_doc *lt_region_new(struct lt_desk *desk)
{
    return lt_arena_take(desk->arena, sizeof(struct lt_region_doc));
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

static bool put_found(const struct lt_desk *desk,
                      const struct lt_region_found *found, bool first,
                      struct lt_buf *out)
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

bool lt_region_put_rehearsal(const struct lt_desk *desk,
                             const struct lt_region_doc *region,
                             const struct lt_office_info *office, int32_t from,
                             int32_t until, struct lt_buf *out)
{
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

static bool put_whole(struct lt_buf *out, const struct lt_tree_office *office)
{
    return put_office(out, office) &&
           put_addresses(out, "link", office->link_addresses,
                         office->link_addresses_n) &&
           put_addresses(out, "enrol", office->enrol_addresses,
                         office->enrol_addresses_n) &&
           lt_buf_put(out, "}", 1);
}

static bool put_step(struct lt_buf *out, const struct lt_region_step *step)
{
    char event[LT_EVENT_ID_TEXT];
    char hash[2 * LT_HASH_LEN + 1];
    char successor[LT_OFFICE_TEXT];
    char from[LT_DAY_TEXT];
    char until[LT_DAY_TEXT];

    if (step == NULL) {
        return lt_buf_printf(out, "null");
    }
    lt_event_id_format(&step->event, event);
    lt_hex_format(step->hash, LT_HASH_LEN, hash);
    lt_office_format(&step->successor, successor);
    lt_day_format(step->from_day, from);
    lt_day_format(step->until_day, until);
    return lt_buf_printf(
               out,
               "{\"event\":\"%s\",\"hash\":\"%s\",\"version\":%" PRIu64
               ",\"successor\":\"%s\",\"from\":\"%s\",\"until\":\"%s\""
               ",\"admitted\":%s",
               event, hash, step->version, successor, from, until,
               step->admitted ? "true" : "false") &&
           (step->released == NULL || (lt_buf_printf(out, ",\"released\":") &&
                                       put_whole(out, step->released))) &&
           lt_buf_put(out, "}", 1);
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

bool lt_region_put(const struct lt_tree *tree,
                   const struct lt_tree_office *self,
                   const struct lt_region_step *step,
                   const struct lt_office *top, struct lt_buf *out)
{
    return lt_buf_printf(out, "{\"office\":") && put_whole(out, self) &&
           lt_buf_printf(out, ",\"step\":") && put_step(out, step) &&
           put_offices(out, tree, top) && lt_buf_put(out, "}", 1);
}
