#include "daemon/control/desk.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/policy.h"
#include "daemon/cases/fold.h"
#include "daemon/control/vocabulary.h"

enum { ROLE_OFFICER = 1, CANDIDATES_MAX = 5 };

lt_err lt_desk_refuse(struct lt_diag *diag, lt_err code, const char *what,
                      const char *reason)
{
    lt_diag_set(diag, code);
    if (code != LT_EBUSY) {
        lt_diag_arg(diag, "what", "%s", what);
    }
    if (reason != NULL) {
        lt_diag_arg(diag, "reason", "%s", reason);
    }
    return code;
}

lt_err lt_desk_refuse_field(const struct lt_desk *desk, struct lt_diag *diag)
{
    lt_desk_refuse(diag, LT_EINVAL, "field", "ui_why_no_field");
    lt_vocabulary_allow_fields(diag, desk->policy);
    return LT_EINVAL;
}

lt_err lt_desk_refuse_custodian(const struct lt_desk *desk,
                                struct lt_diag *diag,
                                const struct lt_office *custodian)
{
    const struct lt_tree_office *holder = NULL;

    lt_desk_refuse(diag, LT_EPERM, "case", "ui_why_not_custodian");
    if (desk->snapshot != NULL && desk->snapshot->tree != NULL) {
        holder = lt_tree_find(desk->snapshot->tree, custodian);
    }
    if (holder != NULL) {
        lt_diag_arg(diag, "holder", "%s", holder->name);
    }
    return LT_EPERM;
}

/* ---- drafts ---- */

lt_err lt_draft_begin(struct lt_desk *desk, struct lt_draft *draft,
                      uint32_t type, enum lt_class cls,
                      enum lt_audience audience, const struct lt_office *to)
{
    struct lt_event *event = lt_arena_take(desk->arena, sizeof(*event));
    struct lt_channel *channel = lt_arena_take(desk->arena, sizeof(*channel));

    if (event == NULL || channel == NULL) {
        return LT_ENOMEM;
    }
    event->type = type;
    event->recorded_at_ms = desk->now_ms;
    event->actor_role = ROLE_OFFICER;
    channel->cls = (uint8_t)cls;
    channel->audience = (uint8_t)audience;
    if (to != NULL) {
        channel->to = *to;
    }
    draft->event = event;
    draft->channels = channel;
    draft->channels_n = 1;
    return LT_OK;
}

lt_err lt_draft_to(struct lt_desk *desk, struct lt_draft *draft,
                   const struct lt_office *to, size_t n)
{
    struct lt_office *copy = lt_arena_take(desk->arena, n * sizeof(*copy));

    if (copy == NULL) {
        return LT_ENOMEM;
    }
    memcpy(copy, to, n * sizeof(*copy));
    draft->event->to = copy;
    draft->event->to_n = n;
    return LT_OK;
}

/* Salts are drawn many at a time: one call of the system for 64 texts. */
static void take_salt(struct lt_desk *desk, uint8_t out_salt[LT_SALT_LEN])
{
    uint8_t *at;

    if (desk->salts_left == 0) {
        desk->sys->random(desk->sys->ctx, desk->salts, sizeof(desk->salts));
        desk->salts_left = sizeof(desk->salts) / LT_SALT_LEN;
    }
    desk->salts_left--;
    at = &desk->salts[desk->salts_left * LT_SALT_LEN];
    memcpy(out_salt, at, LT_SALT_LEN);
    memset(at, 0, LT_SALT_LEN);
}

lt_err lt_draft_text(struct lt_desk *desk, struct lt_draft *draft,
                     uint32_t kind, uint32_t retention, struct lt_text text)
{
    struct lt_part_ref *ref;
    struct lt_part *part;

    if (text.data == NULL) {
        return LT_OK;
    }
    if (draft->parts_n == LT_EVENT_PARTS_MAX) {
        return LT_EINTERNAL;
    }
    ref = &draft->event->parts[draft->parts_n];
    part = &draft->parts[draft->parts_n];
    part->index = (uint32_t)draft->parts_n;
    take_salt(desk, part->salt);
    part->content = (const uint8_t *)text.data;
    part->len = text.len;
    ref->size = text.len;
    ref->kind = kind;
    ref->retention = retention;
    lt_part_hash(part->salt, part->content, part->len, ref->hash);
    draft->parts_n++;
    draft->event->parts_n = draft->parts_n;
    return LT_OK;
}

void lt_draft_about(struct lt_draft *draft, const struct lt_event_id *matter,
                    const struct lt_view_heads *heads)
{
    struct lt_event *event = draft->event;

    event->has_subject = true;
    event->subject = *matter;
    event->causes_n = heads->heads_n;
    memcpy(event->causes, heads->heads,
           heads->heads_n * sizeof(heads->heads[0]));
    draft->matter = *matter;
}

/* ---- the view ---- */

/* A view that was deleted and rebuilt is another file of the same name; the
 * one that is open would show the past for ever. */
static void check_file(struct lt_desk *desk)
{
    struct stat info;

    if (desk->reader_batch == desk->batch) {
        return;
    }
    desk->reader_batch = desk->batch;
    /* While another takes its place there may be no file for a moment. */
    if (stat(desk->view_path, &info) == 0 &&
        ((uint64_t)info.st_ino != desk->reader_inode ||
         (uint64_t)info.st_dev != desk->reader_device)) {
        lt_desk_drop_reader(desk);
    }
}

/* That an office never had a machine is known to those above it: one of them
 * would have bound its key, and all of them would have heard of it. */
static enum lt_view_end how_ended(const void *ctx,
                                  const struct lt_office *office)
{
    const struct lt_snapshot *snapshot = ctx;
    const struct lt_fact_office *fact =
        snapshot == NULL || snapshot->facts == NULL
            ? NULL
            : lt_facts_office(snapshot->facts, office);

    if (fact != NULL && fact->drain == LT_FACT_KEY_ENDED) {
        return LT_VIEW_ENDED;
    }
    return snapshot != NULL && snapshot->facts != NULL &&
                   (fact == NULL || fact->drain == LT_FACT_NO_MACHINE) &&
                   lt_tree_above(snapshot->tree, &snapshot->facts->self, office)
               ? LT_VIEW_NO_MACHINE
               : LT_VIEW_SPEAKS;
}

static const char *field_word(const void *ctx, uint32_t field)
{
    const struct lt_field *row = lt_policy_field(ctx, field);

    return row == NULL ? NULL : row->word;
}

lt_err lt_desk_reader(struct lt_desk *desk, struct lt_view_reader **out_reader,
                      struct lt_diag *diag)
{
    struct stat info;
    lt_err rc;

    if (desk->reader != NULL) {
        check_file(desk);
    }
    if (desk->reader == NULL) {
        rc = stat(desk->view_path, &info) != 0
                 ? LT_EBUSY
                 : lt_view_reader_open(desk->view_path, &desk->reader, diag);
        if (rc != LT_OK) {
            desk->reader = NULL;
            return rc == LT_ENOMEM ? rc
                                   : lt_desk_refuse(diag, LT_EBUSY, "view",
                                                    "ui_why_view_rebuilt");
        }
        lt_view_reader_set_words(desk->reader, field_word, desk->policy);
        for (int i = 0; i < LT_POLICY_TABLES; i++) {
            desk->law_tables[i] =
                lt_policy_text(desk->policy, (enum lt_policy_table)i);
        }
        rc = lt_view_reader_set_law(desk->reader, desk->law_tables, diag);
        if (rc != LT_OK) {
            lt_desk_drop_reader(desk);
            return rc;
        }
        desk->reader_inode = (uint64_t)info.st_ino;
        desk->reader_device = (uint64_t)info.st_dev;
        desk->reader_batch = desk->batch;
    }
    desk->climb.tree = desk->snapshot == NULL ? NULL : desk->snapshot->tree;
    desk->climb.now_ms = desk->now_ms;
    lt_view_reader_set_climb(desk->reader, &desk->climb);
    lt_view_reader_set_ended(desk->reader, how_ended, desk->snapshot);
    *out_reader = desk->reader;
    return LT_OK;
}

void lt_desk_forget_erased(struct lt_desk *desk)
{
    unsigned wipes = lt_feed_wipes(desk->feed);

    if (wipes != desk->wipes) {
        desk->wipes = wipes;
        lt_desk_drop_reader(desk);
        lt_codec_thread_stop();
    }
}

void lt_desk_drop_reader(struct lt_desk *desk)
{
    lt_view_reader_close(desk->reader);
    desk->reader = NULL;
}

static lt_err wait_for(struct lt_desk *desk, uint64_t pos, struct lt_diag *diag)
{
    desk->must_wait = !desk->last_try;
    desk->wait_pos = pos;
    return lt_desk_refuse(diag, LT_EBUSY, "view",
                          pos == 0 ? "ui_why_write_under_way"
                                   : "ui_why_view_behind");
}

lt_err lt_desk_settle(struct lt_desk *desk)
{
    uint64_t top = lt_touch_top(desk->touch);

    if (desk->last_try || lt_feed_applied(desk->feed) >= top) {
        return LT_OK;
    }
    desk->must_wait = true;
    desk->wait_pos = top;
    return LT_EBUSY;
}

/* What our own last write about @id left behind, while the view has not come
 * there, or while nobody else has said anything. False: ask the view. */
static bool take_known(const struct lt_desk *desk, const struct lt_event_id *id,
                       struct lt_view_heads *out)
{
    const struct lt_touch_entry *entry = lt_touch_find(desk->touch, id);

    if (entry == NULL || !entry->known.is ||
        (desk->applied >= entry->pos && desk->others > entry->since)) {
        return false;
    }
    *out = (struct lt_view_heads){.kind = LT_MATTER_CASE,
                                  .state = entry->known.state,
                                  .type = entry->known.type,
                                  .origin = id->origin,
                                  .custodian = desk->office,
                                  .matter = *id,
                                  .heads_n = 1};
    out->heads[0] = (struct lt_event_id){.origin = desk->office,
                                         .epoch = entry->known.epoch,
                                         .count = entry->known.count};
    return true;
}

/* May this command go on, as far as our own writes about @id matter? @known:
 * what they left behind is. */
static lt_err check_own_writes(struct lt_desk *desk,
                               const struct lt_event_id *id, bool writes,
                               bool known, struct lt_touch_entry **out_touch,
                               struct lt_diag *diag)
{
    struct lt_touch_entry *entry = lt_touch_find(desk->touch, id);
    uint64_t pos = entry != NULL ? entry->pos : lt_touch_floor(desk->touch);

    if (entry != NULL && entry->in_flight > 0) {
        return wait_for(desk, 0, diag);
    }
    if (!known && desk->applied < pos) {
        return wait_for(desk, pos, diag);
    }
    if (!writes) {
        return LT_OK;
    }
    if (entry == NULL) {
        entry = lt_touch_take(desk->touch, id, desk->batch);
    }
    if (entry == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "control",
                              "ui_why_too_many_writes");
    }
    if (entry->batch == desk->batch) {
        return lt_desk_refuse(diag, LT_EBUSY, "batch", "ui_why_twice_in_batch");
    }
    entry->batch = desk->batch;
    *out_touch = entry;
    return LT_OK;
}

static bool has_receipts(int kind)
{
    return kind == LT_MATTER_CASE || kind == LT_MATTER_NONE;
}

lt_err lt_desk_event(struct lt_desk *desk, struct lt_text text, int kind,
                     struct lt_event_id *out_id, struct lt_diag *diag)
{
    char word[LT_EVENT_ID_TEXT];
    uint8_t bits[10];
    struct lt_view_reader *reader;
    lt_err rc = LT_EINVAL;

    if (text.len < sizeof(word)) {
        memcpy(word, text.data, text.len);
        word[text.len] = '\0';
        if (lt_event_id_parse(word, out_id)) {
            return LT_OK;
        }
        if (has_receipts(kind) && lt_receipt_parse(word, bits)) {
            rc = lt_desk_reader(desk, &reader, diag);
            return rc != LT_OK ? rc
                               : lt_view_find_receipt(reader, bits, out_id);
        }
        if (has_receipts(kind) && lt_receipt_shaped(word)) {
            return lt_desk_refuse(diag, LT_EINVAL, "id", "ui_why_check_char");
        }
        rc = lt_desk_reader(desk, &reader, diag);
        if (rc == LT_OK) {
            rc = lt_view_find_short(reader, word, out_id);
        }
    }
    if (rc == LT_EAMBIGUOUS) {
        return lt_desk_refuse(diag, rc, word, NULL);
    }
    return rc == LT_EINVAL ? lt_desk_refuse(diag, rc, "id", "ui_why_not_id")
                           : rc;
}

lt_err lt_desk_claim(struct lt_desk *desk, const struct lt_event_id *matter,
                     struct lt_touch_entry **out_touch, struct lt_diag *diag)
{
    return check_own_writes(desk, matter, true, false, out_touch, diag);
}

static lt_err ask_view(struct lt_desk *desk, const struct lt_event_id *id,
                       struct lt_view_heads *out_heads, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_reader(desk, &reader, diag);

    if (rc == LT_OK) {
        rc = lt_view_heads(reader, id, &desk->office, out_heads);
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    return rc;
}

lt_err lt_desk_matter(struct lt_desk *desk, const struct lt_args *args,
                      int kind, bool writes, struct lt_event_id *out_id,
                      struct lt_view_heads *out_heads,
                      struct lt_touch_entry **out_touch, struct lt_diag *diag)
{
    struct lt_text text = args->texts[LT_OPT_ID];
    bool known = false;
    lt_err rc = lt_desk_event(desk, text, kind, out_id, diag);

    if (rc == LT_OK) {
        known = writes && take_known(desk, out_id, out_heads);
        rc = check_own_writes(desk, out_id, writes, known, out_touch, diag);
    } else if (rc == LT_ENOTFOUND && lt_desk_settle(desk) != LT_OK) {
        return LT_EBUSY; /* its opening may not have come to the view yet */
    }
    if (rc == LT_OK && !known) {
        rc = ask_view(desk, out_id, out_heads, diag);
        if (rc == LT_OK && writes) {
            (*out_touch)->since = desk->applied;
        }
    }
    if (rc == LT_ENOTFOUND || (rc == LT_OK && out_heads->kind != kind)) {
        lt_diag_set(diag, LT_ENOTFOUND);
        lt_diag_arg(diag, "what", "%.*s", (int)text.len, text.data);
        return LT_ENOTFOUND;
    }
    return rc;
}

/* ---- the tree ---- */

lt_err lt_desk_office(struct lt_desk *desk, struct lt_text text,
                      const struct lt_tree_office **out_office,
                      struct lt_diag *diag)
{
    const struct lt_tree_office *found[CANDIDATES_MAX] = {NULL};
    char word[LT_NAME_MAX + 1];
    char candidates[LT_DIAG_VALUE_MAX] = "";
    size_t used = 0;
    size_t n;
    size_t i;

    if (desk->snapshot == NULL || desk->snapshot->tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    if (text.len >= sizeof(word)) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, "office", NULL);
    }
    memcpy(word, text.data, text.len);
    word[text.len] = '\0';
    n = lt_tree_search(desk->snapshot->tree, word, found, CANDIDATES_MAX);
    if (n == 0) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, word, NULL);
    }
    if (n == 1) {
        *out_office = found[0];
        return LT_OK;
    }
    for (i = 0; i < n && i < CANDIDATES_MAX; i++) {
        char id[LT_OFFICE_TEXT];
        int len;

        lt_office_format(&found[i]->id, id);
        len = snprintf(candidates + used, sizeof(candidates) - used, "%s%s %s",
                       i == 0 ? "" : ", ", id, found[i]->name);
        if (len < 0 || (size_t)len >= sizeof(candidates) - used) {
            candidates[used] = '\0';
            break;
        }
        used += (size_t)len;
    }
    lt_diag_set(diag, LT_EAMBIGUOUS);
    lt_diag_arg(diag, "what", "%s", word);
    lt_diag_arg(diag, "candidates", "%s", candidates);
    return LT_EAMBIGUOUS;
}
