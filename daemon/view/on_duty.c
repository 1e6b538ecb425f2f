/* Who is on duty now: it follows from the shifts, what was said of them and the
 * hour, and is stored nowhere. */
#include "daemon/view/reader.h"

#include <string.h>

#include "common/failpoint.h"

enum { PART_STAFF = 7, PART_PHONE = 8 };
static const int64_t MINUTE_MS = 60000;
static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

int64_t lt_shift_end(const struct lt_matter *m)
{
    return m->expected_ms + (int64_t)m->people * MINUTE_MS;
}

bool lt_shift_is_on(const struct lt_matter *m, int64_t now_ms)
{
    return m->kind == LT_MATTER_SHIFT && !m->voided &&
           m->state == LT_SHIFT_SET && now_ms >= m->expected_ms &&
           now_ms < lt_shift_end(m);
}

/* The text of @kind beside the event at @seq, cut to @size; "" when it is not
 * here, or closed. */
static lt_err copy_text(struct lt_view_reader *r, int64_t seq, uint32_t kind,
                        char *out, size_t size)
{
    struct lt_erased_texts erased;
    sqlite3_stmt *stmt = r->duty_texts;
    bool row = true;
    lt_err rc = lt_erased_look_at(r, seq, &erased);

    out[0] = '\0';
    sqlite3_bind_int64(stmt, 1, (int64_t)((uint64_t)seq << 3));
    sqlite3_bind_int64(stmt, 2, (int64_t)((uint64_t)(seq + 1) << 3));
    while (rc == LT_OK && row) {
        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row && sqlite3_column_int64(stmt, 1) == kind &&
            lt_erased_word(&erased, (uint32_t)sqlite3_column_int64(stmt, 0) &
                                        7) == NULL &&
            sqlite3_column_bytes(stmt, 2) > 0) {
            size_t len = (size_t)sqlite3_column_bytes(stmt, 2);

            len = len < size ? len : size - 1;
            memcpy(out, sqlite3_column_blob(stmt, 2), len);
            out[len] = '\0';
            break;
        }
    }
    lt_db_reset(stmt);
    return rc;
}

/* Lower is rung first; who took a shift over before its hour, when nobody else
 * is on. */
static unsigned rank_of(uint32_t duty, bool early)
{
    return (duty == LT_DUTY_OFFICER  ? 0U
            : duty == LT_DUTY_LEADER ? 1U
                                     : 2U) +
           (early ? 3U : 0U);
}

/* Shifts that were handed over early, and to which: of one office a few. */
struct handed {
    struct lt_event_id *next;
    size_t n;
    size_t capacity;
};

static bool is_next(const struct handed *handed, const struct lt_event_id *id)
{
    for (size_t i = 0; i < handed->n; i++) {
        if (lt_event_id_equal(&handed->next[i], id)) {
            return true;
        }
    }
    return false;
}

/* The shift in reader->stored: told to @visit, or noted. */
static lt_err look_at(const struct lt_view_reader *r, bool early,
                      struct handed *handed, lt_on_duty_fn *visit, void *ctx)
{
    const struct lt_matter *m = &r->stored.matter;
    int64_t now_ms = r->climb.now_ms;

    if (now_ms >= lt_shift_end(m)) {
        return LT_OK;
    }
    if (early ? m->state == LT_SHIFT_SET && is_next(handed, &m->id)
              : lt_shift_is_on(m, now_ms)) {
        const struct lt_on_duty on = {.office = m->origin,
                                      .shift = m->id,
                                      .who = m->help_by,
                                      .duty = m->type,
                                      .until_ms = lt_shift_end(m),
                                      .rank = rank_of(m->type, early)};

        return visit(ctx, &on);
    }
    if (!early && m->state == LT_SHIFT_HANDED_OVER && m->has_under) {
        if (!lt_grow(lt_alloc_heap(), (void **)&handed->next, &handed->capacity,
                     handed->n, sizeof(*handed->next))) {
            return LT_ENOMEM;
        }
        handed->next[handed->n++] = m->under;
    }
    return LT_OK;
}

/* Shifts that began within two days, or (@early) will within one, the latest
 * first. */
static lt_err walk(struct lt_view_reader *r, const struct lt_office *office,
                   bool early, struct handed *handed, lt_on_duty_fn *visit,
                   void *ctx)
{
    int64_t now_ms = r->climb.now_ms;
    sqlite3_stmt *stmt = r->list_shifts;
    bool row = true;
    lt_err rc = LT_OK;

    sqlite3_bind_int64(stmt, 1, (int64_t)LT_MATTER_SHIFT);
    sqlite3_bind_int64(stmt, 2, early ? now_ms + 1 : now_ms - 2 * DAY_MS);
    sqlite3_bind_int64(stmt, 3, early ? now_ms + DAY_MS : now_ms);
    while (rc == LT_OK) {
        const struct lt_matter *m = &r->stored.matter;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        rc = lt_reader_take_matter(r, stmt);
        if (rc == LT_OK && !m->voided &&
            (office == NULL || lt_office_equal(&m->origin, office))) {
            rc = look_at(r, early, handed, visit, ctx);
        }
    }
    lt_db_reset(stmt);
    return rc;
}

lt_err lt_duty_each(struct lt_view_reader *r, const struct lt_office *office,
                    lt_on_duty_fn *visit, void *ctx)
{
    struct handed handed = {.n = 0};
    lt_err rc;

    if (LT_PLANTED(no_duty)) {
        return LT_OK;
    }
    r->kept = r->stored;
    rc = walk(r, office, false, &handed, visit, ctx);
    if (rc == LT_OK && handed.n > 0) {
        rc = walk(r, office, true, &handed, visit, ctx);
    }
    r->stored = r->kept;
    lt_free(lt_alloc_heap(), handed.next);
    return rc;
}

struct choice {
    bool found;
    struct lt_on_duty on;
};

static lt_err choose(void *ctx, const struct lt_on_duty *on)
{
    struct choice *best = ctx;

    if (!best->found || on->rank < best->on.rank) {
        *best = (struct choice){true, *on};
    }
    return LT_OK;
}

lt_err lt_duty_phone(struct lt_view_reader *r, const struct lt_event_id *who,
                     char out[static LT_DUTY_PHONE_LEN])
{
    int64_t seq = 0;
    lt_err rc = lt_seq_of(r, who, &seq);

    return rc == LT_OK ? copy_text(r, seq, PART_PHONE, out, LT_DUTY_PHONE_LEN)
                       : rc;
}

lt_err lt_duty_at(struct lt_view_reader *r, const struct lt_office *office,
                  struct lt_view_duty *out)
{
    struct choice best = {.found = false};
    int64_t seq = 0;
    lt_err rc;

    memset(out, 0, sizeof(*out));
    rc = lt_duty_each(r, office, choose, &best);
    if (rc != LT_OK || !best.found) {
        return rc;
    }
    rc = lt_seq_of(r, &best.on.who, &seq);
    if (rc == LT_OK) {
        rc = copy_text(r, seq, PART_STAFF, out->name, sizeof(out->name));
    }
    if (rc == LT_OK) {
        rc = copy_text(r, seq, PART_PHONE, out->phone, sizeof(out->phone));
    }
    out->found = rc == LT_OK && out->phone[0] != '\0';
    out->shift = best.on.shift;
    out->duty = best.on.duty;
    out->until_ms = best.on.until_ms;
    return rc;
}

lt_err lt_view_on_duty(struct lt_view_reader *reader,
                       const struct lt_office *office, struct lt_view_duty *out)
{
    lt_err rc = lt_reader_begin(reader);

    if (rc == LT_OK) {
        rc = lt_duty_at(reader, office, out);
        lt_reader_end(reader);
    }
    return rc;
}
