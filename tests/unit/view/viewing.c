#include "tests/unit/view/viewing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "common/sys.h"

static const char day[] = "2026-11-21";

static int32_t today(void)
{
    int32_t value = 0;

    assert_true(lt_day_parse(day, &value));
    return value;
}

static struct lt_build_event open_office(struct viewing *v,
                                         const struct lt_build_office *office,
                                         const struct lt_build_office *parent,
                                         const char *name, const char *kind)
{
    struct lt_build_event e = lt_build_event(&v->province, LT_EV_OFFICE_OPENED);

    e.event.office.id = office->id;
    if (parent != NULL) {
        e.event.office.parent = parent->id;
    }
    e.event.office.name = (struct lt_text){name, strlen(name)};
    e.event.office.kind = (struct lt_text){kind, strlen(kind)};
    e.event.office.keeper = parent == NULL;
    return e;
}

static void write_tree(struct viewing *v)
{
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event *tree = calloc(4, sizeof(*tree));

    assert_non_null(tree);
    tree[0] = open_office(v, &v->province, NULL, "Tây Ninh", "province");
    tree[1] = open_office(v, &v->district, &v->province, "Gò Dầu", "district");
    tree[2] = open_office(v, &v->commune, &v->district, "Thạnh Đức", "commune");
    tree[3] = open_office(v, &v->sibling, &v->district, "Cẩm Giang", "commune");
    viewing_write(v, &v->province, &all, tree, 4);
    free(tree);
    v->province.tree_version = 4;
    v->district.tree_version = 4;
    v->commune.tree_version = 4;
    v->sibling.tree_version = 4;
}

int viewing_setup(void **state)
{
    struct viewing *v = calloc(1, sizeof(*v));

    if (v == NULL) {
        return -1;
    }
    (void)snprintf(v->folder, sizeof(v->folder), "/tmp/lt-view-XXXXXX");
    if (mkdtemp(v->folder) == NULL) {
        return -1;
    }
    (void)snprintf(v->path, sizeof(v->path), "%s/view.db", v->folder);
    lt_build_office_init(&v->province, 1);
    lt_build_office_init(&v->district, 2);
    lt_build_office_init(&v->commune, 3);
    lt_build_office_init(&v->sibling, 4);
    lt_buf_init(&v->json, lt_alloc_heap());
    lt_buf_init(&v->next, lt_alloc_heap());
    *state = v;
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    assert_int_equal(lt_view_reader_open(v->path, &v->reader, NULL), LT_OK);
    write_tree(v);
    return 0;
}

int viewing_teardown(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct viewing *v = *state;
    char name[128];

    lt_view_reader_close(v->reader);
    lt_view_close(v->view);
    for (size_t i = 0; i < v->log_n; i++) {
        lt_built_free(&v->log[i]);
    }
    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", v->path, ends[i]);
        (void)unlink(name);
    }
    (void)rmdir(v->folder);
    lt_build_office_deinit(&v->province);
    lt_build_office_deinit(&v->district);
    lt_build_office_deinit(&v->commune);
    lt_build_office_deinit(&v->sibling);
    lt_buf_deinit(&v->json);
    lt_buf_deinit(&v->next);
    free(v);
    return 0;
}

size_t viewing_append(struct viewing *v, struct lt_build_office *office,
                      const struct lt_channel *channel,
                      const struct lt_build_event *events, size_t n)
{
    assert_in_range(v->log_n, 0, VIEWING_SEGMENTS - 1);
    v->log[v->log_n] = lt_build_segment(office, channel, events, n);
    v->committed_ms[v->log_n] = events[n - 1].event.recorded_at_ms + 25;
    return ++v->log_n;
}

void viewing_apply(struct viewing *v, size_t first, size_t last)
{
    assert_int_equal(lt_view_begin(v->view), LT_OK);
    for (size_t pos = first; pos <= last; pos++) {
        assert_int_equal(lt_view_apply(v->view, pos, v->committed_ms[pos - 1],
                                       &v->log[pos - 1].segment),
                         LT_OK);
    }
    assert_int_equal(lt_view_end(v->view), LT_OK);
}

void viewing_write(struct viewing *v, struct lt_build_office *office,
                   const struct lt_channel *channel,
                   const struct lt_build_event *events, size_t n)
{
    size_t pos = viewing_append(v, office, channel, events, n);

    viewing_apply(v, pos, pos);
}

static const char *terminated(struct lt_buf *buf)
{
    assert_true(lt_buf_put(buf, "", 1));
    return (const char *)buf->data;
}

const char *viewing_list(struct viewing *v, enum lt_view_what what, int open)
{
    struct lt_view_query query = {
        .what = what, .open = open, .limit = 100, .today = today()};

    lt_buf_reset(&v->json);
    assert_int_equal(lt_view_list(v->reader, &query, &v->json), LT_OK);
    return terminated(&v->json);
}

const char *viewing_show(struct viewing *v, const struct lt_event_id *id)
{
    lt_buf_reset(&v->json);
    assert_int_equal(lt_view_show(v->reader, id, today(), &v->json), LT_OK);
    return terminated(&v->json);
}

const char *viewing_events(struct viewing *v, const char *from, uint32_t max)
{
    lt_buf_reset(&v->json);
    lt_buf_reset(&v->next);
    assert_int_equal(lt_view_events(v->reader, from, max, &v->json, &v->next),
                     LT_OK);
    (void)terminated(&v->next);
    return terminated(&v->json);
}

static void dump_table(sqlite3 *db, const char *table, struct lt_buf *out)
{
    sqlite3_stmt *stmt = NULL;
    char sql[128];

    (void)snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        assert_true(lt_buf_printf(out, "%s", table));
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const uint8_t *data = sqlite3_column_blob(stmt, i);
            int len = sqlite3_column_bytes(stmt, i);

            assert_true(
                lt_buf_printf(out, "|%d:", sqlite3_column_type(stmt, i)));
            for (int j = 0; j < len; j++) {
                assert_true(lt_buf_printf(out, "%02x", (unsigned)data[j]));
            }
        }
        assert_true(lt_buf_printf(out, "\n"));
    }
    sqlite3_finalize(stmt);
}

char *viewing_dump(const struct viewing *v)
{
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = NULL;
    struct lt_buf out;

    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(sqlite3_open_v2(v->path, &db, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(
            db, "SELECT name FROM sqlite_master WHERE type='table' ORDER BY 1",
            -1, &stmt, NULL),
        SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        dump_table(db, (const char *)sqlite3_column_text(stmt, 0), &out);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return (char *)(uintptr_t)terminated(&out);
}

const char *viewing_id(const struct lt_event_id *id)
{
    static char text[LT_EVENT_ID_TEXT];

    lt_event_id_format(id, text);
    return text;
}

struct lt_build_event viewing_case(struct lt_build_office *office)
{
    struct lt_build_event e = lt_build_event(office, LT_EV_CASE_OPENED);

    e.event.case_type = 1;
    e.event.field = 3;
    e.event.number = (struct lt_text){"17/TCD", 6};
    lt_build_text(&e, 1, "Đất bị thu hồi chưa được bồi thường");
    return e;
}

struct lt_build_event viewing_step(struct lt_build_office *office,
                                   const struct lt_event_id *matter,
                                   const struct lt_event_id *after,
                                   uint32_t kind)
{
    struct lt_build_event e = lt_build_event(office, LT_EV_CASE_STEP);

    e.event.has_subject = true;
    e.event.subject = *matter;
    lt_build_cause(&e, after);
    e.event.kind = kind;
    return e;
}
