/* What the canonical run has its offices write. */
#include <stdlib.h>
#include <string.h>

#include "daemon/answer.h"
#include "daemon/cases/erasure.h"
#include "tests/sim/canon.h"

const char canon_script[CANON_STEPS + 1] = "ttt"
                                           "cssidacsszpacidsscsz"
                                           "cssidacsszpacidsscsz"
                                           "cssidacsszpaceksscsz"
                                           "cssidacsszpacidsscsz"
                                           "cssidacsszpacidsscsz"
                                           "cssidacsszpacidsscsz"
                                           "cssidacsszpaceksscsz"
                                           "cssidacsszpacidsscsz"
                                           "cssidacsszpacidsscsz"
                                           "cssidacsszpacidss";

enum { KIND_NOTE = 13 };

const char canon_erased_text[] = "Văn bản này sẽ bị xóa ở mọi nơi";
static const char TEXT[] = "Đề nghị xem lại đơn giá bồi thường về đất";

/* The latest told step before @step with this letter; SIZE_MAX: none. */
static size_t latest(const struct canon *canon, size_t step, const char *what)
{
    for (size_t i = step; i-- > 0;) {
        if (strchr(what, canon->steps[i].what) != NULL) {
            return canon->steps[i].told ? i : SIZE_MAX;
        }
    }
    return SIZE_MAX;
}

/* The case of a step that comes right before an order to erase. */
static bool is_erased(size_t step)
{
    return canon_script[step] == 'c' && canon_script[step + 1] == 'e';
}

struct writing {
    struct canon *canon;
    size_t step;
    struct lt_event *event;
    struct lt_channel channels[LT_ADDRESSEES_MAX];
    size_t channels_n;
    struct lt_part part;
    char name[16];
};

static void up(struct writing *writing, enum lt_class cls)
{
    writing->channels_n = 1;
    writing->channels[0] =
        (struct lt_channel){.cls = (uint8_t)cls, .audience = LT_AUDIENCE_UP};
}

static void about(struct writing *writing, size_t step)
{
    struct lt_event *event = writing->event;

    event->has_subject = true;
    event->subject = writing->canon->steps[step].event;
    event->causes_n = 1;
    event->causes[0] = event->subject;
}

static void add_text(struct writing *writing, const char *text)
{
    struct lt_part *part = &writing->part;

    part->content = (const uint8_t *)text;
    part->len = strlen(text);
    memset(part->salt, (int)writing->step, LT_SALT_LEN);
    writing->event->parts_n = 1;
    writing->event->parts[0] =
        (struct lt_part_ref){.size = part->len, .kind = 1, .retention = 2};
    lt_part_hash(part->salt, part->content, part->len,
                 writing->event->parts[0].hash);
}

static void open_office(struct writing *writing)
{
    static const char *const KINDS[] = {"province", "district", "commune"};
    struct lt_office_info *office = &writing->event->office;
    struct canon *canon = writing->canon;
    const size_t i = writing->step;

    writing->event->type = LT_EV_OFFICE_OPENED;
    writing->channels_n = 1;
    writing->channels[0] =
        (struct lt_channel){.cls = LT_CLASS_TREE, .audience = LT_AUDIENCE_ALL};
    office->id = canon->offices[i].id;
    if (i > 0) {
        office->parent = canon->offices[i - 1].id;
    }
    office->name = (struct lt_text){KINDS[i], strlen(KINDS[i])};
    office->kind = office->name;
    office->keeper = i == 0;
}

static void issue(struct writing *writing)
{
    const struct lt_office *to = &writing->canon->offices[CANON_COMMUNE].id;

    writing->event->type = LT_EV_DIRECTIVE_ISSUED;
    writing->event->doc_no = (struct lt_text){"12/CT-UBND", 10};
    writing->event->to_n = 1;
    writing->event->to = to;
    writing->channels_n = 1;
    writing->channels[0] = (struct lt_channel){
        .cls = LT_CLASS_DIRECTIVE, .audience = LT_AUDIENCE_TO, .to = *to};
    add_text(writing, TEXT);
}

/* The commune orders, the keeper confirms: either where the text went. */
static void erase(struct writing *writing, bool confirms)
{
    const struct lt_channel went = {.cls = LT_CLASS_CASE,
                                    .audience = LT_AUDIENCE_UP};
    struct canon *canon = writing->canon;
    size_t target = latest(canon, writing->step, "c");

    about(writing, target);
    writing->event->type = LT_EV_TEXT_ERASED;
    writing->event->erases = canon->steps[target].event;
    writing->event->confirms = confirms;
    writing->channels_n = lt_erasure_channels(
        &canon->offices[canon->steps[writing->step].office].id,
        &writing->event->erases, &went, NULL, 0, writing->channels);
}

/* False: what it is about was never written. */
static bool draft(struct writing *writing)
{
    struct canon *canon = writing->canon;
    struct lt_event *event = writing->event;
    const size_t step = writing->step;
    const char what = canon->steps[step].what;

    if ((strchr("szek", what) != NULL &&
         latest(canon, step, "c") == SIZE_MAX) ||
        (what == 'a' && latest(canon, step, "dp") == SIZE_MAX) ||
        (what == 'k' && !canon->steps[step - 1].told)) {
        return false;
    }
    switch (what) {
    case 't':
        open_office(writing);
        return true;
    case 'c':
        event->type = LT_EV_CASE_OPENED;
        event->case_type = 1;
        event->field = 1;
        up(writing, LT_CLASS_CASE);
        add_text(writing, is_erased(step) ? canon_erased_text : TEXT);
        return true;
    case 's':
        event->type = LT_EV_CASE_STEP;
        event->kind = KIND_NOTE;
        about(writing, latest(canon, step, "c"));
        up(writing, LT_CLASS_CASE);
        return true;
    case 'z':
        event->type = LT_EV_CASE_CLOSED;
        event->reason = 1;
        about(writing, latest(canon, step, "c"));
        up(writing, LT_CLASS_CASE);
        return true;
    case 'i':
        event->type = LT_EV_INCIDENT_RAISED;
        event->people = 20;
        up(writing, LT_CLASS_INCIDENT);
        return true;
    case 'd':
    case 'p':
        issue(writing);
        return true;
    case 'a':
        event->type = LT_EV_DIRECTIVE_STATUS;
        event->code = 3;
        about(writing, latest(canon, step, "dp"));
        up(writing, LT_CLASS_DIRECTIVE);
        return true;
    default:
        erase(writing, what == 'k');
        return true;
    }
}

static unsigned office_of(char what)
{
    return what == 't' || what == 'p' || what == 'k' ? CANON_PROVINCE
           : what == 'd'                             ? CANON_DISTRICT
                                                     : CANON_COMMUNE;
}

static void take_answer(struct canon_office *office, struct canon_step *step,
                        const struct lt_buf *answer)
{
    struct lt_answer entry;

    if (!lt_answer_at(answer->data, answer->len, 0, &entry)) {
        canon_fail(office->canon, "office %u: an answer without an event",
                   office->index);
    } else if (step->told && !lt_event_id_equal(&step->event, &entry.id)) {
        canon_fail(office->canon, "office %u answers one request in two ways",
                   office->index);
    } else {
        step->event = entry.id;
    }
}

static void submit(struct writing *writing)
{
    struct canon *canon = writing->canon;
    struct canon_step *step = &canon->steps[writing->step];
    struct canon_office *office = &canon->offices[step->office];
    struct lt_event *event = writing->event;
    struct lt_write_event written = {.event = event,
                                     .channels_n = writing->channels_n,
                                     .channels = writing->channels,
                                     .parts_n = event->parts_n,
                                     .parts = &writing->part};
    struct lt_write write = {.token = ++canon->tokens,
                             .events_n = 1,
                             .events = &written,
                             .has_request_id = true};
    struct lt_buf answer;
    bool repeated = false;
    lt_err err;

    event->recorded_at_ms = canon->now.wall_ms;
    event->has_legal_date = true;
    event->legal_date = lt_civil_day(canon->now.wall_ms);
    event->actor_role = 1;
    event->has_request_id = true;
    memset(event->request_id, (int)writing->step + 1, LT_REQUEST_LEN);
    memcpy(write.request_id, event->request_id, LT_REQUEST_LEN);
    step->token = write.token;
    canon->acting = office;
    lt_buf_init(&answer, canon_heap());
    err = lt_turn_write(office->turn, &canon->now, &write, &answer, &repeated,
                        NULL);
    if (err == LT_OK && !office->doomed) {
        take_answer(office, step, &answer);
    }
    lt_buf_deinit(&answer);
    if (err != LT_EFULL) {
        (void)canon_survives(office, err);
    }
}

bool canon_ask(struct canon *canon, size_t number)
{
    struct canon_step *step = &canon->steps[number];
    struct writing writing = {.canon = canon, .step = number};
    bool can;

    step->what = canon_script[number];
    step->office = office_of(step->what);
    if (canon->offices[step->office].turn == NULL) {
        return false;
    }
    writing.event = calloc(1, sizeof(*writing.event));
    if (writing.event == NULL) {
        abort();
    }
    can = draft(&writing);
    if (can) {
        submit(&writing);
    }
    free(writing.event);
    return can;
}

void canon_told(struct canon_office *office, uint64_t token)
{
    struct canon *canon = office->canon;

    for (size_t i = 0; i < CANON_STEPS; i++) {
        if (canon->steps[i].token == token) {
            canon->steps[i].told = true;
        }
    }
}
