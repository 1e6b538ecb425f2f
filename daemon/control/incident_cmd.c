/* Incidents: how many, where, about what, what help; never who.
 *
 * The office where it happens and its superiors write about an incident. What
 * the office itself writes climbs; what a superior writes is addressed to it,
 * so that the people on the spot see that somebody has taken it. */
#include "daemon/cases/fold.h"
#include "daemon/control/addressees.h"
#include "daemon/control/desk.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

enum { WAY_SCREEN = 1, FORECAST_DAYS = 30 };

/* Place, subject and help, all of them or those that are there. */
static lt_err check_texts(const struct lt_args *args, struct lt_diag *diag)
{
    static const enum lt_option options[] = {LT_OPT_PLACE, LT_OPT_SUBJECT,
                                             LT_OPT_HELP};
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < LT_COUNT_OF(options); i++) {
        rc = lt_privacy_check(args, options[i], LT_PRIVACY_STRICT, diag);
    }
    return rc;
}

static lt_err put_texts(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft)
{
    static const struct {
        enum lt_option option;
        uint32_t kind;
    } texts[] = {{LT_OPT_PLACE, LT_PART_PLACE},
                 {LT_OPT_SUBJECT, LT_PART_SUBJECT},
                 {LT_OPT_HELP, LT_PART_HELP}};
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < LT_COUNT_OF(texts); i++) {
        rc = lt_draft_text(desk, draft, texts[i].kind, LT_KEEP_INCIDENT,
                           args->texts[texts[i].option]);
    }
    return rc;
}

/* Begin what opens an incident: of this office, or written down for one below
 * that has phoned in. */
static lt_err open_incident(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, uint32_t type,
                            struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    uint32_t field = 0;
    lt_err rc = LT_OK;

    if (lt_args_has(args, LT_OPT_FIELD) &&
        !lt_vocabulary_field(desk->policy, args->texts[LT_OPT_FIELD], &field)) {
        return lt_desk_refuse_field(desk, diag);
    }
    if (lt_args_has(args, LT_OPT_FOR)) {
        rc = lt_addressees_for(desk, args, &office, diag);
    }
    if (rc == LT_OK) {
        rc = check_texts(args, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, type, LT_CLASS_INCIDENT,
                            office == NULL ? LT_AUDIENCE_UP : LT_AUDIENCE_TO,
                            office == NULL ? NULL : &office->id);
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->opens = true;
    draft->event->field = field;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    if (office != NULL) {
        lt_addressees_enter(draft->event, &office->id, LT_BASIS_PHONE);
    }
    return put_texts(desk, args, draft);
}

lt_err lt_incident_raise(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_draft *draft, struct lt_diag *diag)
{
    lt_err rc = open_incident(desk, args, draft, LT_EV_INCIDENT_RAISED, diag);

    if (rc == LT_OK) {
        draft->event->people = (uint32_t)args->numbers[LT_OPT_PEOPLE];
    }
    return rc;
}

lt_err lt_incident_forecast(struct lt_desk *desk, const struct lt_args *args,
                            struct lt_draft *draft, struct lt_diag *diag)
{
    int64_t day = args->numbers[LT_OPT_DATE];
    uint32_t source;
    uint32_t minute;
    lt_err rc;

    if (!lt_vocabulary_source(args->texts[LT_OPT_SOURCE], &source)) {
        lt_desk_refuse(diag, LT_EINVAL, "source", "ui_why_sources");
        lt_vocabulary_allow(diag, LT_WORDS_FORECAST_SOURCE);
        return LT_EINVAL;
    }
    if (!lt_vocabulary_minute(args->texts[LT_OPT_AT], &minute)) {
        return lt_desk_refuse(diag, LT_EINVAL, "at", "ui_why_hour");
    }
    if (day < desk->today || day > desk->today + FORECAST_DAYS) {
        return lt_desk_refuse(diag, LT_EINVAL, "date", "ui_why_forecast_day");
    }
    rc = open_incident(desk, args, draft, LT_EV_CROWD_FORECAST, diag);
    if (rc == LT_OK) {
        draft->event->kind = source;
        draft->event->count = (uint32_t)args->numbers[LT_OPT_PEOPLE];
        draft->event->has_day = true;
        draft->event->day = (int32_t)day;
        draft->event->minute = minute;
    }
    return rc;
}

/* Find it, check that this office may write about it and that it is open, and
 * begin the event. */
static lt_err begin_about(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, uint32_t type,
                          struct lt_view_heads *heads, struct lt_diag *diag)
{
    struct lt_event_id id = {.count = 0};
    bool own;
    lt_err rc = lt_desk_matter(desk, args, LT_MATTER_INCIDENT, true, &id, heads,
                               &draft->touch, diag);

    draft->matter = id; /* a repetition that is refused has it as well */
    if (rc != LT_OK) {
        return rc;
    }
    own = lt_office_equal(&heads->origin, &desk->office);
    if (!own && (desk->snapshot == NULL || desk->snapshot->tree == NULL)) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    if (!own &&
        !lt_tree_above(desk->snapshot->tree, &desk->office, &heads->origin)) {
        return lt_desk_refuse(diag, LT_EPERM, "incident", "ui_why_not_below");
    }
    if (heads->read_only) {
        return lt_desk_refuse(diag, LT_ESTATE, "incident", "ui_why_newer");
    }
    if (heads->voided) {
        return lt_desk_refuse(diag, LT_ESTATE, "incident", "ui_why_voided");
    }
    if (heads->state == LT_INCIDENT_JOINED_ST) {
        return lt_desk_refuse(diag, LT_ESTATE, "incident", "ui_why_joined");
    }
    if (heads->state == LT_INCIDENT_CLOSED_ST && type != LT_EV_INCIDENT_JOINED) {
        return lt_desk_refuse(diag, LT_ESTATE, "incident", "ui_why_closed");
    }
    rc = lt_draft_begin(desk, draft, type, LT_CLASS_INCIDENT,
                        own ? LT_AUDIENCE_UP : LT_AUDIENCE_TO,
                        own ? NULL : &heads->origin);
    if (rc == LT_OK) {
        lt_draft_about(draft, &id, heads);
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
    }
    return rc;
}

lt_err lt_incident_take(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    uint32_t way = WAY_SCREEN;
    lt_err rc;

    if (lt_args_has(args, LT_OPT_WAY) &&
        !lt_vocabulary_way(args->texts[LT_OPT_WAY], &way)) {
        lt_desk_refuse(diag, LT_EINVAL, "way", "ui_why_ways");
        lt_vocabulary_allow(diag, LT_WORDS_INCIDENT_WAY);
        return LT_EINVAL;
    }
    rc = begin_about(desk, args, draft, LT_EV_INCIDENT_TAKEN, &heads, diag);
    if (rc != LT_OK) {
        return rc;
    }
    if (heads.state == LT_INCIDENT_TAKEN_ST) {
        return lt_desk_refuse(diag, LT_ESTATE, "incident", "ui_why_taken");
    }
    draft->event->way = way;
    return LT_OK;
}

lt_err lt_incident_update(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    lt_err rc;

    if (!lt_args_has(args, LT_OPT_PEOPLE) && !lt_args_has(args, LT_OPT_HELP)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "people", "ui_why_missing");
    }
    rc = lt_privacy_check(args, LT_OPT_HELP, LT_PRIVACY_STRICT, diag);
    if (rc == LT_OK) {
        rc = begin_about(desk, args, draft, LT_EV_INCIDENT_UPDATED, &heads,
                         diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    /* The format wants a number: the one that this office knows. */
    draft->event->people = lt_args_has(args, LT_OPT_PEOPLE)
                               ? (uint32_t)args->numbers[LT_OPT_PEOPLE]
                               : heads.people;
    return lt_draft_text(desk, draft, LT_PART_HELP, LT_KEEP_INCIDENT,
                         args->texts[LT_OPT_HELP]);
}

lt_err lt_incident_close(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    uint32_t reason;
    lt_err rc;

    if (!lt_vocabulary_incident_end(args->texts[LT_OPT_REASON], &reason)) {
        lt_desk_refuse(diag, LT_EINVAL, "reason", "ui_why_ends");
        lt_vocabulary_allow(diag, LT_WORDS_INCIDENT_END);
        return LT_EINVAL;
    }
    rc = begin_about(desk, args, draft, LT_EV_INCIDENT_CLOSED, &heads, diag);
    if (rc == LT_OK) {
        draft->event->reason = reason;
    }
    return rc;
}

lt_err lt_incident_join(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    struct lt_view_heads own;
    struct lt_view_reader *reader;
    struct lt_matter *past = NULL;
    struct lt_event_id other;
    lt_err rc = begin_about(desk, args, draft, LT_EV_INCIDENT_JOINED, &heads,
                            diag);

    if (rc == LT_OK) {
        rc = lt_desk_event(desk, args->texts[LT_OPT_EVENT], LT_MATTER_NONE,
                           &other, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_heads(reader, &other, &desk->office, &own);
    }
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK && own.kind != LT_MATTER_INCIDENT)) {
        return lt_desk_refuse(diag, LT_ENOTFOUND, "event", "ui_why_no_own");
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->event->has_other = true;
    draft->event->other = own.matter;
    rc = lt_desk_folded(desk, &draft->matter, &past, diag);
    return rc == LT_OK ? lt_desk_would(desk, draft, past, "incident", diag)
                       : rc;
}
