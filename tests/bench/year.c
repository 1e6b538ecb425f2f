/* A year of a province, folded from nothing.
 *
 *   lt-bench-year DIR SEED
 *
 * Every entry is a segment of its own, signed by its office, as desks write
 * them; making them is not measured. Measured is what a view does that was
 * deleted: all of it into a new DIR/view.db, in batches as the feed makes them,
 * one thread. Then one event more, as it comes while the office works. Prints
 * one JSON object; removes the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "daemon/cases/fold.h"
#include "daemon/view/view.h"
#include "tests/unit/support/build.h"
#include "tools/year/year.h"

enum {
    FIRST_DAY = 20454, /* 2026-01-01 */
    BATCH = 512,
    ONE_BY_ONE = 50
};

struct bench {
    struct lt_year year;
    struct lt_build_office offices[1 + LT_YEAR_COMMUNES];
    struct lt_office communes[LT_YEAR_COMMUNES];
    struct lt_event_id *first; /* by matter */
    struct lt_event_id *last;
    struct lt_built *log;
    size_t log_n;
    size_t bytes;
};

static void must(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "lt-bench-year: %s\n", what);
        exit(1);
    }
}

static double seconds(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double rss_mb(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void add(struct bench *b, struct lt_built built)
{
    b->bytes += built.segment.payload_len + built.segment.parts_len;
    b->log[b->log_n++] = built;
}

static void open_offices(struct bench *b)
{
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);

    for (uint32_t i = 0; i <= LT_YEAR_COMMUNES; i++) {
        lt_build_office_init(&b->offices[i], (uint8_t)(1 + i));
    }
    for (uint32_t i = 0; i <= LT_YEAR_COMMUNES; i++) {
        struct lt_build_event e =
            lt_build_event(&b->offices[0], LT_EV_OFFICE_OPENED);
        char name[32];

        (void)snprintf(name, sizeof(name), i == 0 ? "Tỉnh" : "Xã %u", i);
        e.event.office.id = b->offices[i].id;
        if (i > 0) {
            e.event.office.parent = b->offices[0].id;
        }
        e.event.office.name = (struct lt_text){name, strlen(name)};
        e.event.office.kind.data = i == 0 ? "province" : "commune";
        e.event.office.kind.len = strlen(e.event.office.kind.data);
        e.event.office.keeper = i == 0;
        add(b, lt_build_segment(&b->offices[0], &all, &e, 1));
    }
    for (uint32_t i = 0; i <= LT_YEAR_COMMUNES; i++) {
        b->offices[i].tree_version = 1 + LT_YEAR_COMMUNES;
        if (i > 0) {
            b->communes[i - 1] = b->offices[i].id;
        }
    }
}

static void fill(const struct bench *b, const struct lt_year_entry *entry,
                 struct lt_event *event, const char *doc_no)
{
    struct lt_text number = {doc_no, strlen(doc_no)};

    event->has_legal_date = true;
    event->legal_date = FIRST_DAY + (int32_t)(entry->minute / (24 * 60));
    event->kind = entry->kind;
    event->field = entry->field;
    switch (entry->type) {
    case LT_EV_CASE_OPENED:
        event->case_type = entry->case_type;
        event->number = number;
        event->kind = 0;
        break;
    case LT_EV_DENUNCIATION_RECEIVED:
        event->sealed_ref = number;
        break;
    case LT_EV_CASE_STEP:
        event->doc_no = entry->number > 0 ? number : (struct lt_text){NULL, 0};
        break;
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_CLOSED:
    case LT_EV_INCIDENT_CLOSED:
        event->reason = entry->kind;
        break;
    case LT_EV_INCIDENT_RAISED:
    case LT_EV_INCIDENT_UPDATED:
        event->people = entry->people;
        break;
    case LT_EV_INCIDENT_TAKEN:
        event->way = entry->kind;
        break;
    case LT_EV_DIRECTIVE_ISSUED:
        event->doc_no = number;
        event->kind = 0;
        event->to = b->communes;
        event->to_n = LT_YEAR_COMMUNES;
        break;
    case LT_EV_DIRECTIVE_STATUS:
        event->code = entry->kind;
        break;
    default:
        break;
    }
}

static struct lt_channel channel_of(uint32_t type)
{
    switch (lt_type_matter(type)) {
    case LT_MATTER_INCIDENT:
        return lt_build_up(LT_CLASS_INCIDENT);
    case LT_MATTER_DIRECTIVE:
    case LT_MATTER_SHIFT:
        return lt_build_up(LT_CLASS_DIRECTIVE);
    case LT_MATTER_CASE:
    case LT_MATTER_NONE:
        break;
    }
    return lt_build_up(lt_class_fits(type, LT_CLASS_CASE)
                           ? LT_CLASS_CASE
                           : LT_CLASS_DENUNCIATION);
}

static void write_entry(struct bench *b, const struct lt_year_entry *entry)
{
    struct lt_build_office *office = &b->offices[entry->office];
    struct lt_channel channel = channel_of(entry->type);
    struct lt_build_event e;
    struct lt_buf text;
    char doc_no[32];

    office->now_ms =
        ((int64_t)FIRST_DAY * 24 * 60 - 7 * 60 + entry->minute) * 60000;
    if (entry->place == 0) {
        e = lt_build_event(office, entry->type);
        b->first[entry->matter] = e.event.id;
    } else {
        bool answers = entry->type == LT_EV_DIRECTIVE_STATUS;

        e = lt_build_event(office, entry->type);
        e.event.has_subject = true;
        e.event.subject = b->first[entry->matter];
        lt_build_cause(&e, answers ? &b->first[entry->matter]
                                   : &b->last[entry->matter]);
    }
    b->last[entry->matter] = e.event.id;
    (void)snprintf(doc_no, sizeof(doc_no), "%u/QĐ-UBND", entry->number);
    fill(b, entry, &e.event, doc_no);
    lt_buf_init(&text, lt_alloc_heap());
    must(lt_year_text(entry, &text) && lt_buf_put(&text, "", 1), "memory");
    if (text.len > 1) {
        lt_build_text(&e, entry->type == LT_EV_INCIDENT_RAISED ? 2 : 1,
                      (const char *)text.data);
    }
    add(b, lt_build_segment(office, &channel, &e, 1));
    lt_buf_deinit(&text);
}

static void apply(struct bench *b, struct lt_view *view, size_t from, size_t to)
{
    must(lt_view_begin(view) == LT_OK, "begin");
    for (size_t i = from; i < to; i++) {
        must(lt_view_apply(view, i + 1, 1767200400000, &b->log[i].segment) ==
                 LT_OK,
             "apply");
    }
    must(lt_view_end(view) == LT_OK, "end");
}

/* What is in the view, so that nobody measures rejections. */
static size_t count_applied(const char *path)
{
    struct lt_view_reader *reader = NULL;
    struct lt_buf lines;
    struct lt_buf next;
    size_t n = 0;

    must(lt_view_reader_open(path, &reader, NULL) == LT_OK, "reader");
    lt_view_reader_set_patience(reader, 60000);
    lt_buf_init(&lines, lt_alloc_heap());
    lt_buf_init(&next, lt_alloc_heap());
    for (;;) {
        char from[64] = "";
        const char *at;

        if (next.len > 0 && next.len < sizeof(from)) {
            memcpy(from, next.data, next.len);
        }
        lines.len = 0;
        next.len = 0;
        must(lt_view_events(reader, from, 5000, &lines, &next) == LT_OK &&
                 lt_buf_put(&lines, "", 1),
             "events");
        if (lines.len == 1) {
            break;
        }
        at = (const char *)lines.data;
        while ((at = strstr(at, "\"effect\":\"applied\"")) != NULL) {
            n++;
            at++;
        }
    }
    lt_buf_deinit(&lines);
    lt_buf_deinit(&next);
    lt_view_reader_close(reader);
    return n;
}

static void remove_view(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[4200];

    for (size_t i = 0; i < LT_COUNT_OF(endings); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct lt_year_options options;
    struct lt_view *view = NULL;
    char path[4096];
    size_t upto;
    double before_mb;
    double wall;
    double cpu;
    double one;

    must(argc == 3, "usage: lt-bench-year DIR SEED");
    (void)snprintf(path, sizeof(path), "%s/view.db", argv[1]);
    options = lt_year_province(strtoull(argv[2], NULL, 10), FIRST_DAY);
    must(lt_year_new(&options, &b.year) == LT_OK, "the year");
    b.first = calloc(b.year.matters_n, sizeof(*b.first));
    b.last = calloc(b.year.matters_n, sizeof(*b.last));
    b.log = calloc(b.year.entries_n + 1 + LT_YEAR_COMMUNES, sizeof(*b.log));
    must(b.first != NULL && b.last != NULL && b.log != NULL, "memory");
    open_offices(&b);
    for (size_t i = 0; i < b.year.entries_n; i++) {
        write_entry(&b, &b.year.entries[i]);
    }
    remove_view(path);
    before_mb = rss_mb();
    upto = b.log_n - ONE_BY_ONE;
    wall = seconds(CLOCK_MONOTONIC);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    must(lt_view_open(path, &b.offices[0].id, &view, NULL) == LT_OK, "view");
    for (size_t i = 0; i < upto; i += BATCH) {
        apply(&b, view, i, i + BATCH < upto ? i + BATCH : upto);
    }
    wall = seconds(CLOCK_MONOTONIC) - wall;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    one = 0;
    for (size_t i = upto; i < b.log_n; i++) {
        double took = seconds(CLOCK_MONOTONIC);

        apply(&b, view, i, i + 1);
        took = seconds(CLOCK_MONOTONIC) - took;
        one = took > one ? took : one;
    }
    before_mb = rss_mb() - before_mb;
    lt_view_close(view);
    printf("{\"events\":%zu,\"matters\":%zu,\"applied\":%zu,\"seconds\":%.3f,"
           "\"cpu_seconds\":%.3f,\"grown_mb\":%.1f,\"slowest_one_ms\":%.3f}\n",
           b.log_n, b.year.matters_n, count_applied(path), wall, cpu, before_mb,
           one * 1000);
    remove_view(path);
    return 0;
}
