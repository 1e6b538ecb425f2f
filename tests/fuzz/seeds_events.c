/* One honest event of each type, with every field that its body has; of some
 * types two or three. A type that is added to the codec without a row here
 * ends the program: fields_test, memory_test and the fuzzers would pass over it
 * in silence. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#include "common/audit_mark.h"
#include "common/codec.h"

#define TEXT(literal) ((struct lt_text){(literal), sizeof(literal) - 1})

enum { TYPES_MAX = 256 };

/* What must not stand in an event of a type, or must be otherwise. */
enum trait {
    NO_SUBJECT = 1 << 0,
    ONE_TO = 1 << 1,
    NO_WORDS = 1 << 2, /* name and doc_no */
    NO_OTHER = 1 << 3,
    NO_DAYS = 1 << 4,
    HELP = 1 << 5, /* parts of kinds 4, 1, and 7 and 8 */
    WORDS = 1 << 6,
    PERSON = 1 << 7,
    ENDS = 1 << 8, /* of streams */
    NO_STEP = 1 << 9,
    RELEASES = 1 << 10, /* an office */
    OWN_OTHER = 1 << 11,
    BARE = 1 << 12,  /* of an entry of the register: it says no more */
    ENTRY = 1 << 13, /* a sealed part */
    ANSWER = 1 << 14 /* to nobody, and with a kind and what it is to */
};

static const struct {
    uint32_t type;
    unsigned traits;
} TRAITS[] = {
    {LT_EV_CASE_OPENED, WORDS},
    {LT_EV_CUSTODY_OFFERED, ONE_TO},
    {LT_EV_CUSTODY_ASSIGNED, ONE_TO},
    {LT_EV_DENUNCIATION_OFFERED, ONE_TO},
    {LT_EV_DENUNCIATION_ASSIGNED, ONE_TO},
    {LT_EV_CROWD_FORECAST, NO_SUBJECT | HELP},
    {LT_EV_HEIGHTENED_PERIOD_SET, NO_SUBJECT},
    {LT_EV_TASKFORCE_FORMED, NO_SUBJECT},
    {LT_EV_COORDINATION_REQUEST, NO_SUBJECT | WORDS},
    {LT_EV_NOTICE_SENT, NO_SUBJECT | WORDS},
    {LT_EV_RETALIATION_REPORTED, NO_SUBJECT | ONE_TO | NO_WORDS},
    {LT_EV_RECEPTION_TURN, NO_SUBJECT | NO_WORDS},
    {LT_EV_ROSTER_SET, NO_SUBJECT | PERSON},
    {LT_EV_SHIFT_SWAPPED, PERSON},
    {LT_EV_TEXT_REPLACED, WORDS},
    {LT_EV_DOOR_SHUT, NO_SUBJECT | ONE_TO},
    {LT_EV_DOOR_OPENED, NO_SUBJECT | ONE_TO},
    {LT_EV_READ_ENDED, ONE_TO},
    {LT_EV_KEY_REVOKED, NO_SUBJECT | ENDS},
    {LT_EV_KEY_RESTORED, NO_SUBJECT},
    {LT_EV_MATTER_READ, NO_SUBJECT},
    {LT_EV_AUDIT_MARKED, NO_SUBJECT},
    {LT_EV_REGISTER_SENT, BARE | ENTRY},
    {LT_EV_REGISTER_TAKEN, BARE | ANSWER},
    {LT_EV_REGISTER_WANTED, BARE},
    {LT_EV_CHUNK, WORDS},
    {LT_EV_RULESET_SET, NO_SUBJECT},
    {LT_EV_CALENDAR_SET, NO_SUBJECT},
    {LT_EV_ROOT_STEPPED_DOWN, NO_SUBJECT | NO_OTHER | NO_STEP},
    {LT_EV_REGION_ADMITTED, NO_SUBJECT | NO_DAYS},
    {LT_EV_OFFICE_RELEASED, NO_SUBJECT | NO_OTHER | NO_STEP | RELEASES},
    {LT_EV_OFFICE_ADMITTED, NO_SUBJECT | NO_DAYS},
    {LT_EV_RELEASE_WITHDRAWN, NO_SUBJECT | NO_DAYS | NO_STEP | OWN_OTHER},
};

static unsigned traits_of(uint32_t type)
{
    for (size_t i = 0; i < LT_COUNT_OF(TRAITS); i++) {
        if (TRAITS[i].type == type) {
            return TRAITS[i].traits;
        }
    }
    return 0;
}

static struct lt_event everything(uint32_t type)
{
    static const struct lt_office to[] = {{{4}}, {{5}}};
    static const struct lt_text rules[] = {{"a,1,2", 5}, {"b,3,4", 5}};
    static const struct lt_set_day days[] = {{20777, 1}, {20778, 2}};
    static const uint8_t deeds[2 * LT_AUDIT_DEED_LEN] = {1};
    struct lt_event event = {.id = {{{1}}, 2, 3},
                             .hlc = UINT64_C(1795219200000) << 16,
                             .tree_version = 7,
                             .recorded_at_ms = INT64_C(1795219200100),
                             .type = type,
                             .has_legal_date = true,
                             .legal_date = 20778,
                             .actor_role = 1,
                             .has_request_id = true,
                             .causes_n = 1,
                             .causes = {{{{9}}, 8, 7}},
                             .has_subject = true,
                             .subject = {{{1}}, 2, 1},
                             .has_entered_for = true,
                             .entered_for = {{6}},
                             .basis = 1,
                             .clock_unsure = true,
                             .case_type = 1,
                             .field = 2,
                             .has_received_on = true,
                             .received_on = 20776,
                             .number = TEXT("12/TCD"),
                             .kind = 1,
                             .doc_no = TEXT("88/TB"),
                             .has_doc_date = true,
                             .doc_date = 20775,
                             .reason = 1,
                             .sealed_ref = TEXT("TC-1"),
                             .signer_kind = 1,
                             .accused = 1,
                             .people = 40,
                             .way = 1,
                             .notice = 1,
                             .to_n = 2,
                             .to = to,
                             .has_due = true,
                             .due = 20779,
                             .urgent = true,
                             .code = 3,
                             .has_corrects = true,
                             .corrects = {{{1}}, 2, 1},
                             .has_proposal = true,
                             .proposal = {{{9}}, 8, 6},
                             .binding = (const uint8_t *)"binding",
                             .binding_len = 7,
                             .audit_first = 1,
                             .audit_deeds = deeds,
                             .audit_deeds_len = sizeof(deeds),
                             .chunk_of = {{{1}}, 2, 1},
                             .chunk_index = 1,
                             .chunk_offset = LT_PIECE_BYTES,
                             .reads = {{{9}}, 8, 5},
                             .erases = {{{9}}, 8, 4},
                             .has_erase_index = true,
                             .erase_index = 1,
                             .confirms = true,
                             .has_day = true,
                             .day = 20777,
                             .minute = 60,
                             .count = 5,
                             .has_other = true,
                             .other = {{{9}}, 8, 3},
                             .name = TEXT("Đợt 1"),
                             .outcome = 1,
                             .leader = true,
                             .enclosed_hlc = UINT64_C(1795219200000) << 16,
                             .enclosed = (const uint8_t *)"event",
                             .enclosed_len = 5,
                             .rules_n = LT_COUNT_OF(rules),
                             .rules = rules,
                             .calendar_year = 2026,
                             .calendar_days_n = LT_COUNT_OF(days),
                             .calendar_days = days,
                             .step_version = 9,
                             .remote = true,
                             .again = true,
                             .extension_days = 10};

    memset(event.request_id, 0x31, sizeof(event.request_id));
    memset(event.root_key, 0x32, sizeof(event.root_key));
    memset(event.key_id, 0x33, sizeof(event.key_id));
    return event;
}

static void name_office(struct lt_office_info *office)
{
    office->id.bytes[0] = 5;
    office->parent.bytes[0] = 1;
    office->name = TEXT("Tây Ninh");
    office->kind = TEXT("province");
    office->code = TEXT("80");
    office->link_addresses_n = 1;
    office->link_addresses[0] = TEXT("tcp://[::1]:7600");
    office->enrol_addresses_n = 1;
    office->enrol_addresses[0] = TEXT("tcp://[::1]:7601");
    office->has_from_date = true;
    office->from_date = 20780;
}

static void add_part(struct lt_event *event, uint32_t kind)
{
    event->parts[event->parts_n++] =
        (struct lt_part_ref){.size = 4, .kind = kind, .retention = 2};
}

static void strip(struct lt_event *event, unsigned traits)
{
    const bool answers = (traits & ANSWER) != 0;

    event->has_subject = false;
    event->causes_n = 0;
    event->has_other = false;
    event->has_day = false;
    event->has_due = false;
    event->count = 0;
    event->name.len = 0;
    event->doc_no.len = 0;
    event->to_n = answers ? 0 : 1;
    event->has_corrects = answers;
    event->kind = answers ? 1 : 0;
    if ((traits & ENTRY) != 0) {
        add_part(event, 9);
        event->parts[0].has_sealed_for = true;
        event->parts[0].sealed_for = event->to[0];
    }
}

static struct lt_event sample(uint32_t type)
{
    static const struct lt_stream_end ends[] = {
        {{LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}, 2, 3},
        {{LT_CLASS_DIRECTIVE, LT_AUDIENCE_TO, {{4}}}, 2, 5}};
    struct lt_event event = everything(type);
    unsigned traits = traits_of(type);

    name_office(&event.office);
    if ((traits & BARE) != 0) {
        strip(&event, traits);
    }
    if ((traits & NO_SUBJECT) != 0) {
        event.has_subject = false;
    }
    if ((traits & ONE_TO) != 0) {
        event.to_n = 1;
    }
    if ((traits & NO_WORDS) != 0) {
        event.name.len = 0;
        event.doc_no.len = 0;
    }
    if ((traits & NO_OTHER) != 0) {
        event.has_other = false;
    }
    if ((traits & NO_DAYS) != 0) {
        event.has_day = false;
        event.has_due = false;
    }
    if ((traits & NO_STEP) != 0) {
        event.step_version = 0;
    }
    if ((traits & RELEASES) != 0) {
        event.released = (struct lt_office){{8}};
    }
    if ((traits & OWN_OTHER) != 0) {
        event.other.origin = event.id.origin;
    }
    if ((traits & HELP) != 0) {
        add_part(&event, 4);
    }
    if ((traits & WORDS) != 0) {
        add_part(&event, 1);
    }
    if ((traits & PERSON) != 0) {
        add_part(&event, 7);
        add_part(&event, 8);
    }
    if ((traits & ENDS) != 0) {
        event.ends = ends;
        event.ends_n = LT_COUNT_OF(ends);
    }
    return event;
}

static void emit(seed_fn *each, void *ctx, const struct lt_event *event,
                 const char *name)
{
    static const uint8_t walked = 0; /* Event, for the walk */
    struct lt_diag diag = {0};
    struct lt_buf buf;

    lt_buf_init(&buf, lt_alloc_heap());
    FUZZ_CHECK(lt_buf_put(&buf, &walked, 1));
    if (lt_event_encode(event, &buf, &diag) != LT_OK) {
        (void)fprintf(stderr, "no seed of %s: %s\n", name,
                      diag.args_n == 0 ? "" : diag.args[0].value);
        abort();
    }
    each(ctx, "event", name, buf.data + 1, buf.len - 1);
    each(ctx, "scan", name, buf.data, buf.len);
    lt_buf_deinit(&buf);
}

/* What cannot stand beside what is in the first one of its type. */
static void others(seed_fn *each, void *ctx)
{
    struct lt_event event = sample(LT_EV_OFFICE_CHANGED);

    event.office_closed = true;
    event.has_heir = true;
    event.heir = (struct lt_office){{6}};
    emit(each, ctx, &event, "OFFICE_CHANGED_closed");
    event = sample(LT_EV_OFFICE_CHANGED);
    event.office_prepared = true;
    event.has_puts_in_force = true;
    event.puts_in_force = (struct lt_event_id){{{9}}, 8, 2};
    emit(each, ctx, &event, "OFFICE_CHANGED_withdrawn");
    event = sample(LT_EV_CASE_OPENED);
    event.parts[0].has_sealed_for = true;
    event.parts[0].sealed_for = (struct lt_office){{6}};
    add_part(&event, 6);
    event.parts[1].large = true;
    emit(each, ctx, &event, "CASE_OPENED_sealed");
    event = sample(LT_EV_KEY_BOUND);
    event.office.has_from_date = false;
    emit(each, ctx, &event, "KEY_BOUND_now");
}

void seeds_events(seed_fn *each, void *ctx)
{
    for (uint32_t type = 1; type < TYPES_MAX; type++) {
        const char *word = lt_event_type_word(type);
        struct lt_event event;

        if (word != NULL) {
            event = sample(type);
            emit(each, ctx, &event, word);
        }
    }
    others(each, ctx);
}
