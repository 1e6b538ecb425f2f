/* The whole book: one pass over the entries of some days, one in memory at a
 * time. */
#include <inttypes.h>
#include <stdio.h>

#include "common/sys.h"
#include "daemon/register/internal.h"

enum { ENTRY_ARENA = 64 * 1024 };

#define OF_THE_DAYS                                                            \
    " FROM entry WHERE data_key IS NOT NULL AND id IN"                         \
    " (SELECT max(id) FROM entry GROUP BY case_id)"                            \
    " AND entered_ms>=? AND entered_ms<? ORDER BY id"

static void bind_days(struct lt_query *query, int64_t from_ms, int64_t until_ms)
{
    lt_query_int(query, from_ms);
    lt_query_int(query, until_ms);
}

static lt_err count(struct lt_register *reg, int64_t from_ms, int64_t until_ms,
                    int64_t *out_n, struct lt_diag *diag)
{
    struct lt_query query = lt_query_of(reg->db, "SELECT count(*)" OF_THE_DAYS);
    lt_err rc;

    *out_n = 0;
    bind_days(&query, from_ms, until_ms);
    if (lt_query_row(&query)) {
        *out_n = lt_query_get_int(&query, 0);
    }
    rc = lt_query_end(&query);
    if (rc == LT_OK && *out_n > LT_REGISTER_BOOK_MAX) {
        lt_diag_set(diag, LT_EBOOKLONG);
        lt_diag_arg(diag, "most", "%d", (int)LT_REGISTER_BOOK_MAX);
        return LT_EBOOKLONG;
    }
    return rc;
}

static lt_err tell(const struct lt_register_person *person, int64_t from_ms,
                   int64_t until_ms, int64_t n)
{
    char from[LT_DAY_TEXT];
    char until[LT_DAY_TEXT];
    char about[64];

    lt_day_format(lt_civil_day(from_ms), from);
    lt_day_format(lt_civil_day(until_ms - 1), until);
    (void)snprintf(about, sizeof(about), "%s..%s: %" PRId64, from, until, n);
    return lt_audit_write(person->people, person->session->person.name,
                          LT_AUDIT_REGISTER_BOOK, about);
}

static lt_err walk(struct lt_register *reg, int64_t from_ms, int64_t until_ms,
                   lt_register_each_fn *each, void *ctx)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT " LT_ENTRY_COLUMNS OF_THE_DAYS);
    lt_err rc = LT_OK;
    lt_err ended;

    bind_days(&query, from_ms, until_ms);
    while (rc == LT_OK && lt_query_row(&query)) {
        struct lt_register_entry entry;
        struct lt_arena arena;
        int64_t id;

        lt_arena_init(&arena, lt_alloc_heap(), ENTRY_ARENA);
        rc = lt_entry_open(reg, &query, &arena, &id, &entry);
        if (rc == LT_OK && !each(ctx, &entry)) {
            rc = LT_ENOMEM;
        } else if (rc == LT_EREGISTERROT || rc == LT_EREGISTERGONE) {
            rc = LT_OK; /* showing it says so */
        }
        lt_arena_reset(&arena); /* zeroes */
        lt_arena_deinit(&arena);
    }
    ended = lt_query_end(&query);
    return rc == LT_OK ? ended : rc;
}

lt_err lt_register_book(struct lt_register *reg,
                        const struct lt_register_person *person,
                        const char *totp, int64_t from_ms, int64_t until_ms,
                        lt_register_each_fn *each, void *ctx,
                        struct lt_diag *diag)
{
    int64_t n = 0;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc == LT_OK) {
        rc = count(reg, from_ms, until_ms, &n, diag);
    }
    if (rc == LT_OK) {
        rc = lt_people_check_code(person->people, person->session->person.name,
                                  totp, diag);
    }
    if (rc == LT_OK) {
        rc = tell(person, from_ms, until_ms, n);
    }
    return rc == LT_OK ? walk(reg, from_ms, until_ms, each, ctx) : rc;
}
