/* Two custodians whose lowest superior (or self) that has set something is the
 * same have the same superiors above it, and so the same law: a law is kept
 * for each such office. */
#include "daemon/view/books.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/view/offices.h"
#include "daemon/view/reader.h"

/* One event that sets something, by whom. */
struct setting {
    struct lt_event *event; /* decoded in the arena of the books */
    size_t depth;           /* superiors of its author */
};

/* The law for cases whose lowest setting office is @by. */
struct book {
    struct lt_office by;
    struct lt_law *law;
};

struct lt_books {
    const struct lt_policy_text *tables;
    struct lt_law *plain;
    bool read;
    uint64_t generation;
    int64_t settings_seen; /* as they were counted */
    int64_t offices_seen;
    struct lt_tree *tree; /* NULL while nobody has set anything */
    struct lt_arena arena;
    size_t settings_n;
    struct setting *settings; /* deepest author first, then in their order */
    size_t books_n;
    struct book *books; /* room for one a setting */
};

enum { ARENA_MAX = 256 * 1024 * 1024, SETTINGS_MAX = 10000 };

static void clear(struct lt_books *books)
{
    for (size_t i = 0; i < books->books_n; i++) {
        lt_law_free(books->books[i].law);
    }
    lt_free(lt_alloc_heap(), books->books);
    lt_free(lt_alloc_heap(), books->settings);
    lt_tree_free(books->tree);
    lt_arena_deinit(&books->arena);
    books->books = NULL;
    books->settings = NULL;
    books->tree = NULL;
    books->books_n = 0;
    books->settings_n = 0;
}

lt_err lt_books_new(const struct lt_policy_text *tables,
                    struct lt_books **out_books, struct lt_diag *diag)
{
    struct lt_books *books = lt_new(lt_alloc_heap(), sizeof(*books));
    lt_err rc;

    if (books == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    books->tables = tables;
    lt_arena_init(&books->arena, lt_alloc_heap(), ARENA_MAX);
    rc = lt_law_new(lt_alloc_heap(), tables, &books->plain, diag);
    if (rc != LT_OK) {
        lt_books_free(books);
        return rc;
    }
    *out_books = books;
    return LT_OK;
}

void lt_books_free(struct lt_books *books)
{
    if (books == NULL) {
        return;
    }
    clear(books);
    lt_law_free(books->plain);
    lt_free(lt_alloc_heap(), books);
}

void lt_books_forget(struct lt_books *books)
{
    if (books != NULL) {
        books->read = false;
    }
}

static lt_err count(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_db_prepare(db, sql, &stmt);

    if (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
    }
    if (rc == LT_OK && row) {
        *out = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return rc;
}

static int compare_settings(const void *a, const void *b)
{
    const struct setting *x = a;
    const struct setting *y = b;

    if (x->depth != y->depth) {
        return x->depth > y->depth ? -1 : 1;
    }
    if (x->event->hlc != y->event->hlc) {
        return x->event->hlc < y->event->hlc ? -1 : 1;
    }
    return lt_event_id_compare(&x->event->id, &y->event->id);
}

static lt_err take_setting(struct lt_books *books, struct lt_view_reader *r,
                           sqlite3_stmt *stmt)
{
    struct setting *setting = &books->settings[books->settings_n];
    size_t len = (size_t)sqlite3_column_bytes(stmt, 2);
    uint8_t *bytes = lt_arena_take(&books->arena, len + 1);
    struct lt_office line[LT_TREE_DEPTH_MAX];
    struct lt_event_id id;
    lt_err rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0), &id);

    setting->event = lt_arena_take(&books->arena, sizeof(*setting->event));
    if (rc == LT_OK && (bytes == NULL || setting->event == NULL)) {
        rc = LT_ENOMEM;
    }
    if (rc == LT_OK) {
        memcpy(bytes, sqlite3_column_blob(stmt, 2), len);
        rc = lt_event_decode(bytes, len, &id,
                             (uint64_t)sqlite3_column_int64(stmt, 1),
                             &books->arena, setting->event, NULL);
    }
    if (rc == LT_OK) {
        setting->depth = lt_tree_superiors(books->tree, &id.origin, line);
        books->settings_n++;
    }
    return rc == LT_OK || rc == LT_ENOMEM ? rc : LT_EIO;
}

static lt_err read_settings(struct lt_books *books, struct lt_view_reader *r)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_db_prepare(r->db,
                              "SELECT e.key, e.hlc, e.body FROM law l"
                              " JOIN event e ON e.seq=l.seq WHERE l.counts=1",
                              &stmt);

    if (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
    }
    while (rc == LT_OK && row &&
           books->settings_n < (size_t)books->settings_seen) {
        rc = take_setting(books, r, stmt);
        if (rc == LT_OK) {
            rc = lt_db_step(stmt, &row);
        }
    }
    sqlite3_finalize(stmt);
    return rc;
}

static lt_err fill(struct lt_books *books, struct lt_view_reader *r)
{
    size_t n = (size_t)books->settings_seen;
    lt_err rc = lt_offices_load(r->db, &r->intern, &r->arena, &r->event,
                                INT32_MAX, NULL, NULL, &books->tree);

    if (rc != LT_OK) {
        return rc;
    }
    books->settings = lt_new_array(lt_alloc_heap(), n, sizeof(struct setting));
    books->books = lt_new_array(lt_alloc_heap(), n, sizeof(struct book));
    if (books->settings == NULL || books->books == NULL) {
        return LT_ENOMEM;
    }
    rc = read_settings(books, r);
    if (rc == LT_OK && books->settings_n > 0) {
        qsort(books->settings, books->settings_n, sizeof(struct setting),
              compare_settings);
    }
    return rc;
}

lt_err lt_books_refresh(struct lt_books *books, struct lt_view_reader *reader)
{
    int64_t settings = 0;
    int64_t offices = 0;
    lt_err rc =
        count(reader->db, "SELECT count(*) FROM law WHERE counts=1", &settings);

    if (rc == LT_OK && settings > 0) {
        rc = count(reader->db, "SELECT count(*) FROM office", &offices);
    }
    if (rc != LT_OK || (books->read && settings == books->settings_seen &&
                        offices == books->offices_seen)) {
        return rc;
    }
    clear(books);
    books->generation++;
    lt_arena_init(&books->arena, lt_alloc_heap(), ARENA_MAX);
    books->settings_seen = settings < SETTINGS_MAX ? settings : SETTINGS_MAX;
    books->offices_seen = offices;
    rc = books->settings_seen > 0 ? fill(books, reader) : LT_OK;
    books->read = rc == LT_OK;
    return rc;
}

uint64_t lt_books_generation(const struct lt_books *books)
{
    return books == NULL ? 0 : books->generation;
}

static bool binds(const struct lt_books *books, const struct setting *setting,
                  const struct lt_office *office)
{
    const struct lt_office *by = &setting->event->id.origin;

    return lt_office_equal(by, office) ||
           lt_tree_above(books->tree, by, office);
}

static lt_err make(struct lt_books *books, const struct lt_office *office,
                   const struct lt_office *by, struct lt_law **out_law)
{
    struct lt_law *law = NULL;
    lt_err rc = lt_law_new(lt_alloc_heap(), books->tables, &law, NULL);

    for (size_t i = 0; rc == LT_OK && i < books->settings_n; i++) {
        if (binds(books, &books->settings[i], office)) {
            rc = lt_law_take(law, books->settings[i].event);
            rc = rc == LT_ENOMEM ? rc : LT_OK; /* too many: the rest is left */
        }
    }
    if (rc != LT_OK) {
        lt_law_free(law);
        return rc;
    }
    books->books[books->books_n++] = (struct book){*by, law};
    *out_law = law;
    return LT_OK;
}

lt_err lt_books_law(struct lt_books *books, const struct lt_office *office,
                    const struct lt_law **out_law)
{
    const struct lt_office *lowest = NULL;
    struct lt_law *law = NULL;
    lt_err rc;

    for (size_t i = 0; lowest == NULL && i < books->settings_n; i++) {
        if (binds(books, &books->settings[i], office)) {
            lowest = &books->settings[i].event->id.origin;
        }
    }
    *out_law = books->plain;
    if (lowest == NULL) {
        return LT_OK;
    }
    for (size_t i = 0; i < books->books_n; i++) {
        if (lt_office_equal(&books->books[i].by, lowest)) {
            *out_law = books->books[i].law;
            return LT_OK;
        }
    }
    rc = make(books, office, lowest, &law);
    *out_law = rc == LT_OK ? law : books->plain;
    return rc;
}
