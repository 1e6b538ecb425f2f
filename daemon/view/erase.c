/* Texts that are to be erased, as the view shows them.
 *
 * Every order, confirmation and receipt has a row, whatever comes first; what
 * they come to for one event is worked out anew when one of them, the event
 * itself or a newer tree comes. A text that is erased is overwritten with zeros
 * of its length, so that its row is rewritten in its place. */
#include "daemon/view/view_internal.h"

#include <string.h>

#include "daemon/cases/erasure.h"

enum { ERASURES_MAX = 256 };

/* What is known of the event whose texts are meant. */
struct target {
    int64_t key;
    struct lt_event_id id;
    int64_t seq; /* 0: it is not here */
    struct lt_event_id matter;
    struct lt_channel channel;
    size_t to_n;
    struct lt_office to[LT_ADDRESSEES_MAX];
};

struct said {
    size_t n;
    bool waits; /* one was left aside until a newer tree is here, or the
                 * keeper has confirmed its key */
    int64_t keys[ERASURES_MAX];
    struct lt_erasure list[ERASURES_MAX];
};

static lt_err load_matter(struct lt_view *view, int64_t key, struct target *out)
{
    const struct lt_matter *matter = &view->stored.matter;
    lt_err rc = lt_intern_id(&view->intern, key, &out->matter);

    if (rc == LT_OK) {
        rc = lt_matter_load(view, key, &out->matter, &view->stored);
    }
    if (rc == LT_OK && matter->kind == LT_MATTER_DIRECTIVE &&
        lt_office_equal(&matter->origin, &out->id.origin)) {
        out->to_n = matter->targets_n;
        for (size_t i = 0; i < out->to_n; i++) {
            out->to[i] = matter->targets[i].office;
        }
    }
    return rc;
}

static lt_err load_target(struct lt_view *view, int64_t key, struct target *out)
{
    int64_t matter = 0;
    int64_t channel = 0;
    bool row;
    lt_err rc;

    memset(out, 0, offsetof(struct target, to));
    out->key = key;
    rc = lt_intern_id(&view->intern, key, &out->id);
    if (rc == LT_OK) {
        rc = lt_ref_find(view, key, &out->seq);
    }
    if (rc != LT_OK || out->seq == 0) {
        return rc;
    }
    sqlite3_bind_int64(view->get_verdict, 1, out->seq);
    rc = lt_db_step(view->get_verdict, &row);
    if (rc == LT_OK && row) {
        matter = sqlite3_column_int64(view->get_verdict, 2);
        channel = sqlite3_column_int64(view->get_verdict, 3);
        lt_db_reset(view->get_verdict);
    }
    if (rc != LT_OK || matter == 0) {
        out->seq = 0; /* it belongs to no matter: nothing to erase */
        return rc;
    }
    rc = lt_intern_channel_of(&view->intern, channel, &out->channel);
    return rc == LT_OK ? load_matter(view, matter, out) : rc;
}

static lt_err load_said(struct lt_view *view, const struct target *target,
                        struct said *out)
{
    sqlite3_stmt *stmt = view->get_erasures;
    lt_err rc;

    out->n = 0;
    out->waits = false;
    sqlite3_bind_int64(stmt, 1, target->key);
    for (;;) {
        struct lt_erasure *erasure = &out->list[out->n];
        bool unconfirmed = false;
        bool waits = false;
        bool row;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            return rc;
        }
        *erasure = (struct lt_erasure){
            .target = target->id,
            .mask = (uint8_t)sqlite3_column_int(stmt, 2),
            .confirms = sqlite3_column_int(stmt, 3) != 0,
            .tree_version = (uint64_t)sqlite3_column_int64(stmt, 4)};
        out->keys[out->n] = sqlite3_column_int64(stmt, 0);
        rc = lt_intern_id(&view->intern, out->keys[out->n], &erasure->said);
        if (rc == LT_OK) {
            rc = lt_intern_id(&view->intern, sqlite3_column_int64(stmt, 1),
                              &erasure->matter);
        }
        if (rc == LT_OK) {
            rc = lt_unconfirmed_event(view, out->keys[out->n], &unconfirmed);
        }
        if (rc == LT_OK && lt_erasure_matters(erasure, view->tree, &waits) &&
            !unconfirmed) {
            out->n++;
        }
        out->waits |= waits || unconfirmed;
        if (rc != LT_OK || out->n == ERASURES_MAX) {
            lt_db_reset(stmt);
            return rc;
        }
    }
}

/* Would the receipt of @office come here? It goes up, or to who ordered. */
static bool receipt_comes(const struct lt_view *view,
                          const struct lt_office *office,
                          const struct lt_office *author, uint8_t cls)
{
    struct lt_stream stream = {
        .origin = *office, .channel = {.cls = cls, .audience = LT_AUDIENCE_UP}};

    if (!lt_tree_above(view->tree, author, office)) {
        stream.channel.audience = LT_AUDIENCE_TO;
        stream.channel.to = *author;
    }
    return lt_office_equal(office, &view->office) ||
           lt_tree_holds(view->tree, &view->office, &stream);
}

/* Every office that should hold the text, but for who ordered, owes a receipt;
 * here are listed those whose receipts come here. Who owed one once goes on
 * owing it. */
static lt_err list_debtors(struct lt_view *view, const struct target *target,
                           int64_t order, const struct lt_office *author)
{
    struct lt_channel channels[LT_ADDRESSEES_MAX];
    size_t n =
        lt_erasure_channels(&target->id.origin, &target->id, &target->channel,
                            target->to, target->to_n, channels);
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < lt_tree_count(view->tree); i++) {
        const struct lt_office *office = &lt_tree_at(view->tree, i)->id;
        bool holds = false;

        for (size_t k = 0; k < n && !holds; k++) {
            const struct lt_stream stream = {.origin = target->id.origin,
                                             .channel = channels[k]};

            holds = lt_tree_holds(view->tree, office, &stream);
        }
        if (holds && !lt_office_equal(office, author) &&
            receipt_comes(view, office, author, target->channel.cls)) {
            sqlite3_bind_int64(view->add_debtor, 1, order);
            sqlite3_bind_blob(view->add_debtor, 2, office->bytes, LT_OFFICE_LEN,
                              SQLITE_STATIC);
            rc = lt_db_run(view->add_debtor);
        }
    }
    return rc;
}

static lt_err mark_said(struct lt_view *view, const struct target *target,
                        const struct said *said, size_t i)
{
    const struct lt_erasure *erasure = &said->list[i];
    enum lt_erasure_weight weight =
        lt_erasure_weight(erasure, &target->matter, view->tree);
    lt_err rc;

    sqlite3_bind_int64(view->set_erasure, 1, said->keys[i]);
    sqlite3_bind_int(view->set_erasure, 2, (int)weight);
    rc = lt_db_run(view->set_erasure);
    if (rc == LT_OK && weight != LT_ERASURE_WEIGHS_NOTHING &&
        !erasure->confirms) {
        rc = list_debtors(view, target, said->keys[i], &erasure->said.origin);
    }
    return rc;
}

static lt_err blank_texts(struct lt_view *view, int64_t seq, uint8_t mask)
{
    lt_err rc = LT_OK;

    for (uint32_t i = 0; rc == LT_OK && i < LT_EVENT_PARTS_MAX; i++) {
        if ((mask & (1U << i)) != 0) {
            sqlite3_bind_int64(view->blank_text, 1, lt_text_row(seq, i));
            rc = lt_db_run(view->blank_text);
        }
    }
    return rc;
}

lt_err lt_erase_review(struct lt_view *view, int64_t key)
{
    struct target *target = lt_arena_take(&view->refold_arena, sizeof(*target));
    struct said *said = lt_arena_take(&view->refold_arena, sizeof(*said));
    struct lt_erasure_effect effect;
    lt_err rc = target == NULL || said == NULL ? LT_ENOMEM
                                               : load_target(view, key, target);

    if (rc == LT_OK) {
        rc = load_said(view, target, said);
    }
    if (rc == LT_OK && (said->n > 0 || said->waits)) {
        effect = lt_erasure_effect(said->list, said->n, &view->office,
                                   target->seq == 0 ? NULL : &target->matter,
                                   view->tree);
        sqlite3_bind_int64(view->put_erased, 1, key);
        sqlite3_bind_int(view->put_erased, 2, effect.erased);
        sqlite3_bind_int(view->put_erased, 3, effect.held);
        sqlite3_bind_int(view->put_erased, 4, said->waits ? 1 : 0);
        rc = lt_db_run(view->put_erased);
        for (size_t i = 0; rc == LT_OK && target->seq != 0 && i < said->n;
             i++) {
            rc = mark_said(view, target, said, i);
        }
        if (rc == LT_OK && target->seq != 0 && effect.erased != 0) {
            rc = blank_texts(view, target->seq, effect.erased);
            view->erased = true;
        }
    }
    lt_arena_deinit(&view->refold_arena);
    return rc;
}

lt_err lt_erase_said(struct lt_view *view, int64_t key,
                     const struct lt_erasure *erasure, int64_t at_ms)
{
    sqlite3_stmt *stmt = view->add_erasure;
    int64_t target;
    int64_t matter;
    lt_err rc = lt_intern_key(&view->intern, &erasure->target, true, &target);

    if (rc == LT_OK) {
        rc = lt_intern_key(&view->intern, &erasure->matter, true, &matter);
    }
    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_int64(stmt, 2, target);
    sqlite3_bind_int64(stmt, 3, matter);
    sqlite3_bind_int(stmt, 4, erasure->mask);
    sqlite3_bind_int(stmt, 5, erasure->confirms ? 1 : 0);
    /* Beyond what SQLite can count nothing ever comes. */
    sqlite3_bind_int64(stmt, 6,
                       erasure->tree_version > INT64_MAX
                           ? INT64_MAX
                           : (int64_t)erasure->tree_version);
    sqlite3_bind_int64(stmt, 7, at_ms);
    rc = lt_db_run(stmt);
    view->erasures_n++;
    return rc == LT_OK ? lt_erase_review(view, target) : rc;
}

lt_err lt_erase_receipt(struct lt_view *view, int64_t seq,
                        const struct lt_event *event, int64_t at_ms)
{
    sqlite3_stmt *stmt = view->put_answer;
    int64_t order;
    lt_err rc = lt_intern_key(&view->intern, &event->erases, true, &order);

    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, order);
        sqlite3_bind_blob(stmt, 2, event->id.origin.bytes, LT_OFFICE_LEN,
                          SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 3, seq);
        sqlite3_bind_int64(stmt, 4, at_ms);
        rc = lt_db_run(stmt);
    }
    return rc;
}

lt_err lt_erase_awaiting(struct lt_view *view)
{
    int64_t after = INT64_MIN;
    lt_err rc = LT_OK;

    while (rc == LT_OK && view->erasures_n > 0) {
        int64_t key;
        bool row;

        sqlite3_bind_int64(view->next_erased, 1, after);
        rc = lt_db_step(view->next_erased, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        key = sqlite3_column_int64(view->next_erased, 0);
        lt_db_reset(view->next_erased);
        rc = lt_erase_review(view, key);
        after = key;
    }
    return rc;
}
