/* Commands as the log would hold them, for measuring: what a reference has to
 * store, and what compression finds in it. */
#include <string.h>

#include "common/codec.h"
#include "common/crypto.h"
#include "tools/load/corpus.h"

enum {
    ROLE_OFFICER = 1,
    TREE_VERSION = 40,
    PART_TEXT = 1,
    PART_PLACE = 2,
    PART_SUBJECT = 3,
    KEEP_INCIDENT = 1,
    KEEP_CASE = 2
};

static const uint64_t start_ms = 1740960000000; /* 2025-03-03 */

struct row {
    struct lt_event event;
    size_t parts_n;
    uint8_t salts[LT_EVENT_PARTS_MAX][LT_SALT_LEN];
    struct lt_text texts[LT_EVENT_PARTS_MAX];
};

static void fill(uint64_t *chance, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)lt_load_random(chance);
    }
}

static struct lt_text text_of(const char *text)
{
    return text == NULL ? (struct lt_text){NULL, 0}
                        : (struct lt_text){text, strlen(text)};
}

static void add_text(struct row *row, uint64_t *chance, const char *text,
                     uint32_t kind, uint32_t retention)
{
    struct lt_part_ref *ref = &row->event.parts[row->parts_n];

    if (text == NULL) {
        return;
    }
    fill(chance, row->salts[row->parts_n], LT_SALT_LEN);
    row->texts[row->parts_n] = text_of(text);
    ref->size = row->texts[row->parts_n].len;
    ref->kind = kind;
    ref->retention = retention;
    lt_part_hash(row->salts[row->parts_n], text, ref->size, ref->hash);
    row->event.parts_n = ++row->parts_n;
}

static void make_row(struct row *row, const struct lt_load_command *command,
                     uint64_t *chance, const struct lt_event_id *id)
{
    static const uint32_t event_types[] = {
        LT_EV_CASE_OPENED, LT_EV_CASE_STEP, LT_EV_CASE_CLOSED,
        LT_EV_INCIDENT_RAISED};
    struct lt_event *event = &row->event;

    memset(row, 0, sizeof(*row));
    event->id = *id;
    event->type = event_types[command->kind];
    event->recorded_at_ms = (int64_t)(start_ms + id->count);
    event->hlc = (start_ms + id->count) << 16;
    event->tree_version = TREE_VERSION;
    event->actor_role = ROLE_OFFICER;
    event->has_legal_date = true;
    event->legal_date = command->legal_date;
    event->has_request_id = true;
    switch (command->kind) {
    case LT_LOAD_OPEN:
        event->case_type = command->type;
        event->field = command->field->number;
        event->number = text_of(command->number);
        break;
    case LT_LOAD_STEP:
    case LT_LOAD_CLOSE:
        event->has_subject = true;
        event->subject = *id;
        event->subject.count = command->about + 1;
        event->causes_n = 1;
        event->causes[0] = *id;
        event->causes[0].count = command->after + 1;
        event->doc_no = text_of(command->doc_no);
        if (command->kind == LT_LOAD_STEP) {
            event->kind = command->step;
        } else {
            event->reason = command->step;
        }
        break;
    case LT_LOAD_INCIDENT:
        event->people = command->people;
        event->field = command->field->number;
        add_text(row, chance, command->place, PART_PLACE, KEEP_INCIDENT);
        add_text(row, chance, command->subject, PART_SUBJECT, KEEP_INCIDENT);
        return;
    }
    add_text(row, chance, command->text, PART_TEXT, KEEP_CASE);
}

lt_err lt_corpus_each(const struct lt_corpus *corpus, size_t batch,
                      lt_corpus_visit *visit, void *ctx, struct lt_diag *diag)
{
    struct lt_event_id id = {.count = 1};
    uint64_t chance = ~corpus->seed;
    uint8_t request_id[LT_REQUEST_LEN];
    struct lt_part parts[LT_EVENT_PARTS_MAX];
    struct lt_buf event;
    lt_err rc = LT_OK;

    fill(&chance, id.origin.bytes, sizeof(id.origin.bytes));
    id.epoch = lt_load_random(&chance);
    lt_buf_init(&event, lt_alloc_heap());
    for (size_t i = 0; rc == LT_OK && i < corpus->commands_n; i++) {
        struct row row;

        if (i % batch == 0) {
            fill(&chance, request_id, sizeof(request_id));
        }
        id.count = i + 1;
        make_row(&row, &corpus->commands[i], &chance, &id);
        memcpy(row.event.request_id, request_id, sizeof(request_id));
        for (uint32_t k = 0; k < row.parts_n; k++) {
            parts[k] =
                (struct lt_part){.index = k,
                                 .content = (const uint8_t *)row.texts[k].data,
                                 .len = row.texts[k].len};
            memcpy(parts[k].salt, row.salts[k], LT_SALT_LEN);
        }
        lt_buf_reset(&event);
        rc = lt_event_encode(&row.event, &event, diag);
        if (rc == LT_OK &&
            !visit(ctx, &(struct lt_corpus_row){.event = &row.event,
                                                .bytes = event.data,
                                                .len = event.len,
                                                .parts = parts,
                                                .parts_n = row.parts_n})) {
            rc = LT_ENOMEM;
        }
    }
    lt_buf_deinit(&event);
    return rc;
}

static bool put_row(void *ctx, const struct lt_corpus_row *row)
{
    struct lt_buf *out = ctx;
    size_t len = row->len;
    uint8_t head[4];
    bool ok;

    for (size_t i = 0; i < row->parts_n; i++) {
        len += LT_SALT_LEN + row->parts[i].len;
    }
    for (size_t i = 0; i < sizeof(head); i++) {
        head[i] = (uint8_t)(len >> (24 - 8 * i));
    }
    ok = lt_buf_put(out, head, sizeof(head)) &&
         lt_buf_put(out, row->bytes, row->len);
    for (size_t i = 0; ok && i < row->parts_n; i++) {
        ok = lt_buf_put(out, row->parts[i].salt, LT_SALT_LEN) &&
             lt_buf_put(out, row->parts[i].content, row->parts[i].len);
    }
    return ok;
}

lt_err lt_corpus_rows(const struct lt_corpus *corpus, size_t batch,
                      struct lt_buf *out_rows, struct lt_diag *diag)
{
    return lt_corpus_each(corpus, batch, put_row, out_rows, diag);
}
