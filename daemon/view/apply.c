/* One segment into the tables.
 *
 * An event is stored once, whatever channels bring it. It is then judged on
 * the fast path: when its causes name every head of its matter, its past is
 * all that is known here, and the matter's stored state is the state to judge
 * it by. When a cause is missing it waits. Everything else (concurrent events,
 * voids, an event that others waited for) folds the matter anew. */
#include "common/failpoint.h"
#include "daemon/cases/erasure.h"
#include "daemon/cases/law.h"
#include "daemon/view/view_internal.h"

#include <string.h>

static lt_err add_event_row(struct lt_view *view, const struct lt_coming *c,
                            const struct lt_stored *stored)
{
    sqlite3_stmt *stmt = view->add_event;

    sqlite3_bind_int64(stmt, 1, c->seq);
    sqlite3_bind_int64(stmt, 2, c->key);
    sqlite3_bind_int64(stmt, 3, c->channel);
    sqlite3_bind_int64(stmt, 4, (int64_t)(c->segment->first + c->index));
    sqlite3_bind_int64(stmt, 5, c->committed_at_ms);
    sqlite3_bind_int64(stmt, 6, c->item == NULL ? 0 : (int64_t)c->item->hlc);
    sqlite3_bind_int(stmt, 7, (int)c->judged.verdict);
    sqlite3_bind_int(stmt, 8, (int)c->judged.why);
    if (stored != NULL) {
        sqlite3_bind_int64(stmt, 9, stored->key);
    }
    sqlite3_bind_int64(stmt, 10, stored == NULL ? 0 : stored->last);
    if (c->item == NULL) {
        sqlite3_bind_zeroblob(stmt, 11, 0);
    } else {
        sqlite3_bind_blob(stmt, 11, c->item->event, (int)c->item->event_len,
                          SQLITE_STATIC);
    }
    return lt_db_run(stmt);
}

/* ---- the tree ---- */

static bool is_tree_writer(const struct lt_view *view,
                           const struct lt_segment *segment)
{
    if (segment->stream.channel.cls != LT_CLASS_TREE ||
        segment->stream.channel.audience != LT_AUDIENCE_ALL) {
        return false;
    }
    if (lt_tree_root(view->tree) != NULL) {
        return lt_tree_is_writer(view->tree, &segment->stream.origin);
    }
    /* The first word of the tree is its root speaking of itself. */
    return view->event.type == LT_EV_OFFICE_OPENED &&
           lt_office_is_zero(&view->event.office.parent) &&
           lt_office_equal(&view->event.office.id, &segment->stream.origin);
}

static bool changes_tree(const struct lt_event *event)
{
    return event->type == LT_EV_OFFICE_OPENED ||
           event->type == LT_EV_OFFICE_CHANGED ||
           event->type == LT_EV_READ_GRANTED ||
           event->type == LT_EV_READ_WITHDRAWN || lt_tree_is_joint(event);
}

static struct lt_judged judge_tree_event(struct lt_view *view, bool writer,
                                         const struct lt_coming *c)
{
    bool changes = changes_tree(&view->event);

    if (c->act.newer) {
        return (struct lt_judged){LT_WAITING, LT_WHY_NEWER_VERSION};
    }
    if (!lt_class_fits(c->act.type, c->act.cls)) {
        return (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_CHANNEL};
    }
    if (((changes || lt_trust_is_word(&view->event)) && !writer) ||
        (lt_trust_is_word(&view->event) &&
         !lt_tree_speaks(view->tree, &c->segment->stream.origin,
                         c->segment->first + c->index,
                         view->event.hlc))) {
        return (struct lt_judged){LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE};
    }
    return (struct lt_judged){LT_APPLIED, LT_WHY_NONE};
}

static lt_err apply_tree_event(struct lt_view *view, struct lt_coming *c)
{
    bool writer = is_tree_writer(view, c->segment);
    uint64_t number = c->segment->first + c->index;
    bool changes = changes_tree(&view->event);
    lt_err rc = LT_OK;

    c->judged = judge_tree_event(view, writer, c);
    if (changes && c->judged.verdict == LT_APPLIED) {
        rc = lt_tree_apply(view->tree, number, &view->event, NULL);
        if (rc == LT_ENOMEM) {
            return rc;
        }
        if (rc != LT_OK) {
            c->judged = (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_STEP};
        }
        /* What is refused as well: an earlier word may come to allow it. */
        sqlite3_bind_int64(view->add_office, 1, (int64_t)number);
        sqlite3_bind_int64(view->add_office, 2, c->seq);
        rc = lt_db_run(view->add_office);
    }
    if (writer) {
        lt_tree_heard(view->tree, &c->segment->stream.origin, number);
        view->tree_grew = true;
    }
    if (rc == LT_OK) {
        rc = add_event_row(view, c, NULL);
    }
    return rc == LT_OK && lt_trust_is_word(&view->event) &&
                   c->judged.verdict == LT_APPLIED
               ? lt_trust_word(view,
                               lt_tree_version_of(view->tree,
                                                  &c->segment->stream.origin,
                                                  number),
                               c->seq)
               : rc;
}

/* ---- texts ---- */

static const struct lt_part *find_part(const struct lt_bundle *bundle,
                                       uint32_t item, uint32_t index,
                                       size_t *cursor)
{
    for (size_t tries = 0; tries < bundle->parts_n; tries++) {
        const struct lt_part *part;

        if (*cursor >= bundle->parts_n) {
            *cursor = 0;
        }
        part = &bundle->parts[*cursor];
        if (part->item == item && part->index == index) {
            return part;
        }
        ++*cursor;
    }
    return NULL;
}

enum { PART_ATTACHMENT = 6, PART_PHONE_LAST = 8 };

/* Texts stand beside the event that names them; a NULL content is "announced".
 * Those of large parts stay so: their pieces have rows. Sealed parts are not
 * for reading here. */
lt_err lt_texts_add(struct lt_view *view, const struct lt_coming *c,
                    const struct lt_bundle *bundle, size_t *cursor)
{
    for (uint32_t i = 0; i < view->event.parts_n; i++) {
        const struct lt_part_ref *ref = &view->event.parts[i];
        const struct lt_part *part;
        lt_err rc;

        if (((ref->kind == PART_ATTACHMENT || ref->kind > PART_PHONE_LAST) &&
             !ref->large) ||
            ref->has_sealed_for) {
            continue;
        }
        part = ref->large ? NULL : find_part(bundle, c->index, i, cursor);
        /* The hash proves whose words they are, not that they are words. */
        if (part != NULL && !lt_utf8_valid(part->content, part->len)) {
            lt_complain(view, LT_ATEXT, &c->segment->stream);
            part = NULL;
        }
        sqlite3_bind_int64(view->add_text, 1, lt_text_row(c->seq, i));
        sqlite3_bind_int64(view->add_text, 2, ref->kind);
        if (part != NULL && part->len == 0) {
            sqlite3_bind_zeroblob(view->add_text, 3, 0);
        } else if (part != NULL) {
            sqlite3_bind_blob(view->add_text, 3, part->content, (int)part->len,
                              SQLITE_STATIC);
        }
        rc = lt_db_run(view->add_text);
        if (rc != LT_OK) {
            return rc;
        }
    }
    return LT_OK;
}

/* ---- matters ---- */

enum path { PATH_STEP, PATH_WAIT, PATH_REFOLD };

/* A cause that is no head of the matter: is it there, and judged? */
static lt_err look_at_cause(struct lt_view *view, const struct lt_coming *c,
                            int64_t cause, int64_t matter, bool *out_waits)
{
    int64_t seq;
    bool row;
    lt_err rc;

    rc = lt_ref_find(view, cause, &seq);
    if (rc != LT_OK) {
        return rc;
    }
    if (seq == 0 || cause == c->key) {
        *out_waits = true;
        return seq != 0 ? LT_OK : lt_wait_for_cause(view, cause, matter);
    }
    sqlite3_bind_int64(view->get_verdict, 1, seq);
    rc = lt_db_step(view->get_verdict, &row);
    if (rc != LT_OK || !row) {
        return rc == LT_OK ? LT_EIO : rc;
    }
    if (sqlite3_column_int64(view->get_verdict, 2) != matter ||
        lt_judged_blocks((struct lt_judged){
            (enum lt_verdict)sqlite3_column_int(view->get_verdict, 0),
            (enum lt_verdict_reason)sqlite3_column_int(view->get_verdict,
                                                       1)})) {
        *out_waits = true;
    }
    lt_db_reset(view->get_verdict);
    return LT_OK;
}

static bool is_head(const struct lt_stored *stored, int64_t key,
                    uint32_t *named)
{
    for (size_t i = 0; i < stored->heads_n; i++) {
        if (stored->heads[i] == key) {
            *named |= 1U << i;
            return true;
        }
    }
    return false;
}

static lt_err look_at_causes(struct lt_view *view, const struct lt_coming *c,
                             bool *out_waits, bool *out_all_heads)
{
    const struct lt_stored *stored = &view->stored;
    uint32_t named = 0;
    int64_t key;
    lt_err rc = LT_OK;

    *out_waits = false;
    if (!is_head(stored, stored->key, &named) && stored->heads_n == 0) {
        /* Nothing was judged yet, so its opening is missing or waits. */
        rc = look_at_cause(view, c, stored->key, stored->key, out_waits);
    }
    for (size_t i = 0; rc == LT_OK && i < c->act.causes_n; i++) {
        rc = lt_intern_key(&view->intern, &c->act.causes[i], true, &key);
        if (rc == LT_OK && !is_head(stored, key, &named)) {
            rc = look_at_cause(view, c, key, stored->key, out_waits);
        }
    }
    *out_all_heads =
        !stored->heads_cut && named == (1U << stored->heads_n) - 1U;
    return rc;
}

static lt_err is_missed(struct lt_view *view, int64_t key, bool *out_missed)
{
    lt_err rc;

    sqlite3_bind_int64(view->get_miss, 1, key);
    rc = lt_db_step(view->get_miss, out_missed);
    if (rc == LT_OK && *out_missed) {
        lt_db_reset(view->get_miss);
    }
    return rc;
}

static lt_err choose_path(struct lt_view *view, struct lt_coming *c,
                          enum path *out_path)
{
    const struct lt_stored *stored = &view->stored;
    bool waits = false;
    bool all_heads = false;
    bool missed = false;
    lt_err rc = LT_OK;

    if (stored->waiting_n > 0) {
        rc = is_missed(view, c->key, &missed);
    }
    if (rc == LT_OK && !c->act.has_subject) {
        /* The opening event; nothing can have been judged before it. */
        *out_path = missed || stored->events_n > 0 || c->act.causes_n > 0
                        ? PATH_REFOLD
                        : PATH_STEP;
        return LT_OK;
    }
    if (rc == LT_OK && !missed) {
        rc = look_at_causes(view, c, &waits, &all_heads);
    }
    *out_path =
        missed  ? PATH_REFOLD
        : waits ? PATH_WAIT
        : all_heads && (lt_matter_steps(&c->act) || LT_PLANTED(step_voids))
            ? PATH_STEP
            : PATH_REFOLD;
    return rc;
}

/* Judge it by the state as it stands. */
static lt_err step_matter(struct lt_view *view, struct lt_coming *c)
{
    struct lt_stored *stored = &view->stored;

    c->judged = lt_matter_step(&stored->matter, &c->act, view->tree);
    if (c->judged.verdict == LT_WAITING) {
        stored->waiting_n++;
    }
    if (c->judged.why == LT_WHY_TREE_MISSING) {
        return lt_wait_for_tree(view, c->act.tree_version, stored->key);
    }
    if (!lt_judged_blocks(c->judged)) {
        stored->heads_n = 1;
        stored->heads[0] = c->key;
    }
    return LT_OK;
}

static lt_err wait_in_matter(struct lt_view *view, struct lt_coming *c)
{
    int64_t opening;
    lt_err rc = lt_ref_find(view, view->stored.key, &opening);

    c->judged =
        (struct lt_judged){LT_WAITING, opening != 0 ? LT_WHY_CAUSE_MISSING
                                                    : LT_WHY_OPENING_MISSING};
    view->stored.waiting_n++;
    return rc;
}

static lt_err apply_matter_event(struct lt_view *view, struct lt_coming *c)
{
    const struct lt_event_id *id = lt_act_matter(&c->act);
    struct lt_stored *stored = &view->stored;
    enum path path = PATH_WAIT;
    int64_t key = c->key;
    lt_err rc = LT_OK;

    if (c->act.has_subject) {
        rc = lt_intern_key(&view->intern, id, true, &key);
    }
    if (rc == LT_OK) {
        rc = lt_matter_load(view, key, id, stored);
    }
    if (rc == LT_OK) {
        rc = choose_path(view, c, &path);
    }
    if (rc == LT_OK && path == PATH_REFOLD &&
        stored->events_n >= LT_FOLD_EVENTS_MAX) {
        c->judged = (struct lt_judged){LT_WAITING, LT_WHY_SET_ASIDE};
        stored->waiting_n++;
        stored->matter.read_only = true;
    } else if (rc == LT_OK && path == PATH_STEP) {
        rc = step_matter(view, c);
    } else if (rc == LT_OK && path == PATH_WAIT) {
        rc = wait_in_matter(view, c);
    } else if (path == PATH_REFOLD) {
        c->judged = (struct lt_judged){LT_WAITING, LT_WHY_CAUSE_MISSING};
    }
    if (rc == LT_OK) {
        rc = add_event_row(view, c, stored);
    }
    stored->last = c->seq;
    stored->events_n++;
    if (!c->act.has_subject) {
        lt_note_opening(stored, &view->event, c->item->event,
                        c->item->event_len, c->committed_at_ms);
    }
    if (rc == LT_OK && path == PATH_REFOLD &&
        c->judged.why != LT_WHY_SET_ASIDE) {
        rc = lt_refold(view, stored);
    }
    return rc == LT_OK ? lt_matter_store(view, stored) : rc;
}

/* ---- events ---- */

/* Has an event of this id been stored? Otherwise its sequence is taken. */
static lt_err claim(struct lt_view *view, struct lt_coming *c, bool *out_new)
{
    lt_err rc;

    c->seq = view->next_seq;
    rc = lt_ref_add(view, c->key, c->seq, out_new);
    if (rc == LT_OK && *out_new) {
        view->next_seq++;
    }
    return rc;
}

static const struct lt_judged revoked = {LT_REJECTED, LT_WHY_REVOKED};

/* A receipt belongs to no matter: it would stand in the way of whoever goes on
 * with one. */
static lt_err apply_receipt(struct lt_view *view, struct lt_coming *c)
{
    bool fits = lt_class_fits(c->act.type, c->act.cls);
    lt_err rc = LT_OK;

    c->judged = fits ? (struct lt_judged){LT_APPLIED, LT_WHY_NONE}
                     : (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_CHANNEL};
    if (fits) {
        c->judged = c->act.revoked ? revoked : c->judged;
        rc = lt_erase_receipt(view, c->seq, &view->event,
                              c->act.recorded_at_ms);
    }
    return rc == LT_OK ? add_event_row(view, c, NULL) : rc;
}

/* Nor does it when somebody has read: nothing in it changes. */
static lt_err apply_look(struct lt_view *view, struct lt_coming *c)
{
    bool fits = lt_class_fits(c->act.type, c->act.cls);
    lt_err rc = LT_OK;

    c->judged = fits ? (struct lt_judged){LT_APPLIED, LT_WHY_NONE}
                     : (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_CHANNEL};
    if (fits && c->act.revoked) {
        c->judged = revoked;
    } else if (fits) {
        rc = lt_look_apply(view, &view->event, c->act.recorded_at_ms);
    }
    return rc == LT_OK ? add_event_row(view, c, NULL) : rc;
}

/* Whom an office has received belongs to no matter. */
static lt_err apply_turn(struct lt_view *view, struct lt_coming *c)
{
    lt_err rc = lt_turn_apply(view, c);

    return rc == LT_OK ? add_event_row(view, c, NULL) : rc;
}

/* Of an office's own audit: nobody's matter, and shown as what it is. */
static lt_err apply_mark(struct lt_view *view, struct lt_coming *c)
{
    bool fits = c->act.cls == LT_CLASS_AUDIT &&
                c->segment->stream.channel.audience == LT_AUDIENCE_UP;

    c->judged = !fits            ? (struct lt_judged){LT_REJECTED,
                                                      LT_WHY_WRONG_CHANNEL}
                : c->act.revoked ? revoked
                                 : (struct lt_judged){LT_APPLIED, LT_WHY_NONE};
    return add_event_row(view, c, NULL);
}

/* An entry of a register, or its taker's answer: sealed, and of no matter that
 * anybody on the way may know. A revoked one has its row all the same: whether it
 * counts is asked of its verdict. */
static lt_err apply_entry(struct lt_view *view, struct lt_coming *c)
{
    const bool fits =
        lt_class_fits(c->act.type, c->act.cls) &&
        c->segment->stream.channel.audience == LT_AUDIENCE_TO &&
        (c->act.type == LT_EV_REGISTER_TAKEN ||
         lt_office_equal(&c->segment->stream.channel.to, &view->event.to[0]));
    lt_err rc = LT_OK;

    c->judged = !fits            ? (struct lt_judged){LT_REJECTED,
                                                      LT_WHY_WRONG_CHANNEL}
                : c->act.revoked ? revoked
                                 : (struct lt_judged){LT_APPLIED, LT_WHY_NONE};
    if (fits) {
        rc = lt_sent_apply(view, c, view->pos + 1);
    }
    return rc == LT_OK ? add_event_row(view, c, NULL) : rc;
}

/* Rules and calendars belong to no matter either. */
static lt_err apply_law(struct lt_view *view, struct lt_coming *c)
{
    lt_err rc = LT_OK;

    if (c->act.revoked) {
        c->judged = revoked;
    } else {
        rc = lt_view_law_judge(view, &c->segment->stream.channel, c->seq,
                               &c->judged);
    }
    return rc == LT_OK ? add_event_row(view, c, NULL) : rc;
}

/* Personal data stand in a text, or its writer has put another in its place:
 * whoever reads it looks (erasure.c). */
struct flag {
    bool is;
    struct lt_event_id target;
    uint32_t mask;
    bool replaces;
};

static struct flag flag_of(const struct lt_event *event)
{
    struct flag flag = {
        .is = event->type == LT_EV_TEXT_FLAGGED ||
              event->type == LT_EV_TEXT_REPLACED,
        .target = event->corrects,
        .mask = event->count == 0 ? 0xFF : 1U << (event->count - 1),
        .replaces = event->type == LT_EV_TEXT_REPLACED};

    return flag;
}

static lt_err note_flag(struct lt_view *view, const struct lt_coming *c,
                        const struct flag *flag)
{
    int64_t target;
    lt_err rc = lt_intern_key(&view->intern, &flag->target, true, &target);

    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(view->add_flag, 1, c->key);
    sqlite3_bind_int64(view->add_flag, 2, target);
    sqlite3_bind_int64(view->add_flag, 3, view->stored.key);
    sqlite3_bind_int64(view->add_flag, 4, (int64_t)flag->mask);
    sqlite3_bind_int64(view->add_flag, 5, c->act.recorded_at_ms);
    sqlite3_bind_int(view->add_flag, 6, c->act.day);
    sqlite3_bind_int(view->add_flag, 7, flag->replaces ? 1 : 0);
    return lt_db_run(view->add_flag);
}

/* An event of a matter, and what was said about its texts before it came, or
 * what it says itself about those of another. */
static lt_err apply_with_erasures(struct lt_view *view, struct lt_coming *c)
{
    struct lt_erasure said;
    bool says = lt_erasure_from_event(&view->event, c->act.cls, &said);
    bool has_texts = view->event.parts_n > 0;
    struct flag flag = flag_of(&view->event);
    lt_err rc = apply_matter_event(view, c);

    if (rc == LT_OK && flag.is && c->judged.verdict != LT_REJECTED &&
        !c->act.revoked) {
        rc = note_flag(view, c, &flag);
    }
    if (rc == LT_OK && says && !c->act.revoked) {
        rc = lt_erase_said(view, c->key, &said, c->act.recorded_at_ms);
    }
    if (rc == LT_OK && has_texts && view->erasures_n > 0) {
        rc = lt_erase_review(view, c->key);
    }
    return rc;
}

/* The event that encloses another has a row of its own and no matter; then the
 * other is taken in, unless it is here. */
static lt_err apply_enclosed(struct lt_view *view, struct lt_coming *c)
{
    bool fits = lt_class_fits(c->act.type, c->act.cls);
    static const struct lt_bundle nothing;
    struct lt_coming inner;
    size_t cursor = 0;
    bool take = false;
    lt_err rc;

    c->judged = fits ? (struct lt_judged){LT_APPLIED, LT_WHY_NONE}
                     : (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_CHANNEL};
    c->judged = fits && c->act.revoked ? revoked : c->judged;
    rc = add_event_row(view, c, NULL);
    if (rc == LT_OK && fits && !c->act.revoked) {
        rc = lt_enclosed_open(view, c, &inner, &take);
    }
    if (rc != LT_OK || !take) {
        return rc;
    }
    rc = claim(view, &inner, &take);
    if (rc == LT_OK) {
        rc = lt_texts_add(view, &inner, &nothing, &cursor);
    }
    if (rc == LT_OK) {
        rc = apply_matter_event(view, &inner);
    }
    return rc == LT_OK ? lt_enclosed_note(view, inner.seq) : rc;
}

static lt_err apply_event(struct lt_view *view, struct lt_coming *c,
                          const struct lt_bundle *bundle, size_t *cursor)
{
    struct lt_event_id id = {.origin = c->segment->stream.origin,
                             .epoch = c->segment->epoch,
                             .count = c->item->count};
    struct lt_diag diag = {.code = LT_OK};
    bool is_new = false;
    lt_err rc;

    rc = lt_intern_key(&view->intern, &id, true, &c->key);
    if (rc == LT_OK) {
        rc = claim(view, c, &is_new);
    }
    if (rc == LT_OK && !is_new && view->enclosed_n > 0) {
        rc = lt_enclosed_original(view, c, bundle, cursor);
    }
    if (rc != LT_OK || !is_new) {
        return rc == LT_OK ? lt_trust_again(view, c) : rc;
    }
    lt_arena_reset(&view->event_arena);
    rc = lt_event_decode(c->item->event, c->item->event_len, &id, c->item->hlc,
                         &view->event_arena, &view->event, &diag);
    if (rc == LT_ENOMEM) {
        return rc;
    }
    if (rc != LT_OK) {
        lt_complain(view, lt_diag_is_text(&diag) ? LT_ATEXT : LT_APAYLOAD,
                 &c->segment->stream);
        c->judged = (struct lt_judged){LT_REJECTED, LT_WHY_MALFORMED};
        return add_event_row(view, c, NULL);
    }
    lt_act_from_event(&view->event, c->segment->stream.channel.cls, &c->act);
    c->act.revoked = c->segment->first + c->index > c->cut;
    c->act.unconfirmed = lt_unconfirmed_signer(view, c->segment->key_id);
    if (c->act.cls == LT_CLASS_CHUNK || c->act.type == LT_EV_CHUNK) {
        c->judged = (struct lt_judged){LT_REJECTED, LT_WHY_WRONG_CHANNEL};
        return add_event_row(view, c, NULL);
    }
    if (c->act.cls == LT_CLASS_TREE ||
        (lt_class_fits(c->act.type, LT_CLASS_TREE))) {
        return apply_tree_event(view, c);
    }
    if (c->act.type == LT_EV_ERASURE_RECEIPT) {
        return apply_receipt(view, c);
    }
    if (c->act.type == LT_EV_MATTER_READ) {
        return apply_look(view, c);
    }
    if (c->act.type == LT_EV_RECEPTION_TURN) {
        return apply_turn(view, c);
    }
    if (c->act.type == LT_EV_AUDIT_MARKED) {
        return apply_mark(view, c);
    }
    if (c->act.type == LT_EV_REGISTER_SENT ||
        c->act.type == LT_EV_REGISTER_TAKEN ||
        c->act.type == LT_EV_REGISTER_WANTED) {
        return apply_entry(view, c);
    }
    if (c->act.type == LT_EV_ENCLOSED) {
        return apply_enclosed(view, c);
    }
    if (lt_law_is_event(c->act.type)) {
        return apply_law(view, c);
    }
    /* First the texts: folding a matter anew decodes its other events into
     * view->event. */
    rc = lt_texts_add(view, c, bundle, cursor);
    return rc == LT_OK ? apply_with_erasures(view, c) : rc;
}

/* A payload that nobody can read still shows that something stands there. Its
 * events have no counts, so they have no ids either. */
static lt_err reject_segment(struct lt_view *view, struct lt_coming *c)
{
    struct lt_event_id id = {.origin = c->segment->stream.origin,
                             .epoch = c->segment->epoch,
                             .count = 0};
    lt_err rc = lt_intern_key(&view->intern, &id, true, &c->key);

    lt_complain(view, LT_APAYLOAD, &c->segment->stream);
    c->judged = (struct lt_judged){LT_REJECTED, LT_WHY_MALFORMED};
    for (c->index = 0; rc == LT_OK && c->index < c->segment->count;
         c->index++) {
        c->seq = view->next_seq++;
        rc = add_event_row(view, c, NULL);
    }
    return rc;
}

lt_err lt_apply_segment(struct lt_view *view, int64_t committed_at_ms,
                        const struct lt_segment *segment)
{
    struct lt_coming c = {.segment = segment, .committed_at_ms = committed_at_ms};
    struct lt_payload payload = {0};
    struct lt_bundle bundle = {0};
    const uint64_t rewritten = lt_tree_rewritten(view->tree);
    size_t cursor = 0;
    lt_err rc;

    view->tree_grew = false;
    lt_arena_reset(&view->payload_arena);
    rc = lt_intern_channel(&view->intern, &segment->stream.channel, &c.channel);
    if (rc == LT_OK) {
        rc = lt_trust_run(view, segment, c.channel);
    }
    if (rc == LT_OK) {
        rc = lt_trust_cut(view, segment, c.channel, &c.cut);
    }
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_payload_open(segment, &view->payload_arena, &payload, NULL);
    if (rc == LT_ENOMEM) {
        return rc;
    }
    if (rc != LT_OK) {
        return reject_segment(view, &c);
    }
    /* Parts were checked when the segment came; those of a segment whose
     * bundle cannot be read are shown as announced. */
    if (segment->parts != NULL &&
        lt_bundle_open(segment->parts, segment->parts_len, &view->payload_arena,
                       &bundle, NULL) == LT_ENOMEM) {
        return LT_ENOMEM;
    }
    for (c.index = 0; rc == LT_OK && c.index < payload.items_n; c.index++) {
        bool piece = false;

        c.item = &payload.items[c.index];
        rc = lt_piece_apply(view, view->pos + 1, segment, c.item, c.index,
                            &bundle, &piece);
        if (rc == LT_OK && !piece) {
            rc = apply_event(view, &c, &bundle, &cursor);
        }
    }
    if (rc == LT_OK && lt_tree_rewritten(view->tree) != rewritten) {
        rc = lt_view_doubt_all(view);
    }
    if (rc == LT_OK && view->tree_grew) {
        rc = lt_refold_awaiting(view);
        if (rc == LT_OK) {
            rc = lt_erase_awaiting(view);
        }
        if (rc == LT_OK) {
            rc = lt_view_law_awaiting(view);
        }
        if (rc == LT_OK) {
            rc = lt_turn_awaiting(view);
        }
    }
    return rc;
}
