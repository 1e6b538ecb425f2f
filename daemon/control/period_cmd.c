/* Heightened periods and task forces: set above, and of each day a word from
 * everybody, also that there is nothing. */
#include "daemon/control/addressed.h"
#include "daemon/control/addressees.h"
#include "daemon/control/privacy.h"
#include "daemon/control/vocabulary.h"

enum { SAID_NOTHING = 1, SAID_SOMETHING = 2, PRESENCE_SUBSTITUTE = 3 };
enum {
    OF_PERIOD = 1U << LT_DIRECTIVE_PERIOD,
    OF_TASKFORCE = 1U << LT_DIRECTIVE_TASKFORCE
};

static lt_err check_days(const struct lt_desk *desk, const struct lt_args *args,
                         struct lt_diag *diag)
{
    int64_t from = args->numbers[LT_OPT_FROM_DATE];
    int64_t until = args->numbers[LT_OPT_UNTIL];

    if (until < from || until < desk->today) {
        return lt_desk_refuse(diag, LT_EINVAL, "until", "ui_why_period_days");
    }
    return until - from < LT_PERIOD_DAYS_MAX
               ? LT_OK
               : lt_desk_refuse(diag, LT_EINVAL, "until", "ui_why_period_long");
}

static lt_err begin(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_draft *draft, uint32_t type, struct lt_diag *diag)
{
    struct lt_event *event;
    lt_err rc = check_days(desk, args, diag);

    if (rc == LT_OK) {
        rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, type, LT_CLASS_DIRECTIVE,
                            LT_AUDIENCE_UP, NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    event = draft->event;
    draft->opens = true;
    event->name = args->texts[LT_OPT_NAME];
    event->doc_no = args->texts[LT_OPT_DOC_NO];
    event->has_legal_date = true;
    event->legal_date = desk->today;
    event->has_day = true;
    event->day = (int32_t)args->numbers[LT_OPT_FROM_DATE];
    event->has_due = true;
    event->due = (int32_t)args->numbers[LT_OPT_UNTIL];
    event->kind = lt_args_has(args, LT_OPT_EVERY_DAYS)
                      ? (uint32_t)args->numbers[LT_OPT_EVERY_DAYS]
                      : 1;
    rc = lt_addressees_below(desk, args, draft, diag);
    if (rc == LT_OK) {
        rc = lt_addressees_channels(desk, draft, LT_CLASS_DIRECTIVE);
    }
    return rc == LT_OK
               ? lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                               args->texts[LT_OPT_TEXT])
               : rc;
}

lt_err lt_period_set(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_diag *diag)
{
    uint32_t minute = 0;
    lt_err rc;

    if (lt_args_has(args, LT_OPT_BY) &&
        !lt_vocabulary_minute(args->texts[LT_OPT_BY], &minute)) {
        return lt_desk_refuse(diag, LT_EINVAL, "by", "ui_why_hour");
    }
    rc = begin(desk, args, draft, LT_EV_HEIGHTENED_PERIOD_SET, diag);
    if (rc == LT_OK) {
        draft->event->minute = minute;
        draft->event->count = (uint32_t)args->numbers[LT_OPT_WITHIN];
    }
    return rc;
}

lt_err lt_taskforce_form(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_draft *draft, struct lt_diag *diag)
{
    return begin(desk, args, draft, LT_EV_TASKFORCE_FORMED, diag);
}

/* Its last day: today unless another is given; and what it came to. */
static lt_err end(struct lt_desk *desk, const struct lt_args *args,
                  struct lt_draft *draft, uint32_t type, unsigned types,
                  struct lt_diag *diag)
{
    lt_err rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = lt_addressed_to_all(desk, args, draft, type, types, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                           args->texts[LT_OPT_TEXT]);
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->event->has_day = true;
    draft->event->day = lt_args_has(args, LT_OPT_DATE)
                            ? (int32_t)args->numbers[LT_OPT_DATE]
                            : desk->today;
    return lt_addressed_would(desk, draft, "period", diag);
}

lt_err lt_period_end(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_diag *diag)
{
    return end(desk, args, draft, LT_EV_HEIGHTENED_PERIOD_ENDED, OF_PERIOD,
               diag);
}

lt_err lt_taskforce_end(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    return end(desk, args, draft, LT_EV_TASKFORCE_ENDED, OF_TASKFORCE, diag);
}

/* Of an office below that has phoned: into its channel, where it and all above
 * it read it. */
static lt_err begin_for(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, unsigned types,
                        struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    struct lt_view_heads heads;
    struct lt_event_id id = {.count = 0};
    lt_err rc = lt_addressees_for(desk, args, &office, diag);

    if (rc == LT_OK) {
        rc = lt_desk_matter(desk, args, LT_MATTER_DIRECTIVE, true, &id, &heads,
                            &draft->touch, diag);
        draft->matter = id;
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (heads.type >= LT_DIRECTIVE_TYPES || (types >> heads.type & 1) == 0) {
        return lt_desk_refuse(diag, LT_EINVAL, "id", "ui_why_other_kind");
    }
    if (heads.read_only || heads.voided) {
        return lt_desk_refuse(diag, LT_ESTATE, "id",
                              heads.voided ? "ui_why_voided" : "ui_why_newer");
    }
    rc = lt_draft_begin(desk, draft, LT_EV_DAILY_STATUS, LT_CLASS_DIRECTIVE,
                        LT_AUDIENCE_TO, &office->id);
    if (rc == LT_OK) {
        lt_draft_about(draft, &id, &heads);
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
        lt_addressees_enter(draft->event, &office->id, LT_BASIS_PHONE);
    }
    return rc;
}

/* A word of one day, today's unless another is given; none of days to come. */
static lt_err say(struct lt_desk *desk, const struct lt_args *args,
                  struct lt_draft *draft, uint32_t kind, unsigned types,
                  bool ahead, struct lt_diag *diag)
{
    int64_t day = lt_args_has(args, LT_OPT_DATE) ? args->numbers[LT_OPT_DATE]
                                                 : desk->today;
    struct lt_view_heads heads;
    lt_err rc;

    if (day > desk->today && !ahead) {
        return lt_desk_refuse(diag, LT_EINVAL, "date", "ui_why_future");
    }
    rc = lt_args_has(args, LT_OPT_FOR)
             ? begin_for(desk, args, draft, types, diag)
             : lt_addressed_answer(desk, args, draft, LT_EV_DAILY_STATUS, types,
                                   &heads, diag);
    if (rc == LT_OK) {
        draft->event->kind = kind;
        draft->event->has_day = true;
        draft->event->day = (int32_t)day;
        draft->event->count = (uint32_t)args->numbers[LT_OPT_RECEPTIONS];
        rc = lt_addressed_would(desk, draft, "period", diag);
    }
    return rc;
}

lt_err lt_period_report(struct lt_desk *desk, const struct lt_args *args,
                        struct lt_draft *draft, struct lt_diag *diag)
{
    bool nothing = args->numbers[LT_OPT_NOTHING] != 0;
    bool something = lt_args_has(args, LT_OPT_TEXT);
    lt_err rc;

    if (nothing == something) {
        return lt_desk_refuse(diag, LT_EUSAGE, "nothing", "ui_why_nothing");
    }
    rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);
    if (rc == LT_OK) {
        rc = say(desk, args, draft, nothing ? SAID_NOTHING : SAID_SOMETHING,
                 OF_PERIOD, false, diag);
    }
    return rc == LT_OK
               ? lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                               args->texts[LT_OPT_TEXT])
               : rc;
}

/* The whole period, by an addressee, once its last day has come. */
lt_err lt_period_close(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_heads heads;
    struct lt_matter *past = NULL;
    lt_err rc = lt_privacy_check(args, LT_OPT_TEXT, LT_PRIVACY_WARN, diag);

    if (rc == LT_OK) {
        rc = lt_addressed_answer(desk, args, draft, LT_EV_PERIOD_CLOSED,
                                 OF_PERIOD, &heads, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_folded(desk, &draft->matter, &past, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (desk->today < past->until_day) {
        return lt_desk_refuse(diag, LT_ESTATE, "period", "ui_why_not_over");
    }
    draft->event->has_day = true;
    draft->event->day = past->until_day;
    draft->event->count = (uint32_t)args->numbers[LT_OPT_RECEPTIONS];
    rc = lt_desk_would(desk, draft, past, "period", diag);
    return rc == LT_OK
               ? lt_draft_text(desk, draft, LT_PART_TEXT, LT_KEEP_DIRECTIVE,
                               args->texts[LT_OPT_TEXT])
               : rc;
}

/* Who comes in whose place is a name of office staff, beside the event. */
lt_err lt_taskforce_presence(struct lt_desk *desk, const struct lt_args *args,
                             struct lt_draft *draft, struct lt_diag *diag)
{
    uint32_t kind;
    lt_err rc;

    if (!lt_vocabulary_number(LT_WORDS_PRESENCE, args->texts[LT_OPT_KIND],
                              &kind)) {
        lt_desk_refuse(diag, LT_EINVAL, "kind", "ui_why_not_of_kind");
        lt_vocabulary_allow(diag, LT_WORDS_PRESENCE);
        return LT_EINVAL;
    }
    if ((kind == PRESENCE_SUBSTITUTE) != lt_args_has(args, LT_OPT_NAME)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "name",
                              "ui_why_substitute_name");
    }
    rc = say(desk, args, draft, kind, OF_TASKFORCE, true, diag);
    return rc == LT_OK ? lt_draft_text(desk, draft, LT_PART_STAFF,
                                       LT_KEEP_SHORT, args->texts[LT_OPT_NAME])
                       : rc;
}
