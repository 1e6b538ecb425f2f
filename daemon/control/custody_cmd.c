/* A case changes hands: offered, accepted, refused, recalled; assigned or taken
 * over by a superior.
 *
 * What may be is the fold's to say (daemon/cases/custody.h); here its channels
 * are chosen. Whoever hands a case over encloses its events for the taker,
 * unless the taker holds them anyway: a superior holds all that those below it
 * write. A denunciation goes to superiors alone, so nothing of it is enclosed.
 */
#include "common/failpoint.h"
#include "daemon/cases/custody.h"
#include "daemon/control/desk.h"
#include "daemon/control/vocabulary.h"

#include <string.h>

enum { ENCLOSE_MAX = 1000, ROLE_SYSTEM = 6 };

/* A command at work. */
struct handing {
    struct lt_desk *desk;
    struct lt_draft *draft;
    struct lt_matter *past;
    struct lt_event_id id;
    bool sealed; /* a denunciation */
};

static uint32_t type_for(const struct handing *h, enum lt_custody_act act)
{
    static const uint32_t types[][2] = {
        [LT_CUSTODY_OFFER] = {LT_EV_CUSTODY_OFFERED,
                              LT_EV_DENUNCIATION_OFFERED},
        [LT_CUSTODY_ACCEPT] = {LT_EV_CUSTODY_ACCEPTED,
                               LT_EV_DENUNCIATION_ACCEPTED},
        [LT_CUSTODY_REFUSE] = {LT_EV_CUSTODY_REFUSED,
                               LT_EV_DENUNCIATION_REFUSED},
        [LT_CUSTODY_RECALL] = {LT_EV_CUSTODY_RECALLED,
                               LT_EV_DENUNCIATION_RECALLED},
        [LT_CUSTODY_ASSIGN] = {LT_EV_CUSTODY_ASSIGNED,
                               LT_EV_DENUNCIATION_ASSIGNED},
        [LT_CUSTODY_ADOPT] = {LT_EV_REMARK_ADOPTED,
                              LT_EV_DENUNCIATION_ADOPTED}};

    return types[act][h->sealed ? 1 : 0];
}

static enum lt_class class_for(const struct handing *h)
{
    return h->sealed ? LT_CLASS_DENUNCIATION : LT_CLASS_CASE;
}

/* Find the case as it stands, whoever holds it, and begin the event. */
static lt_err begin(struct handing *h, const struct lt_args *args,
                    enum lt_custody_act act, struct lt_diag *diag)
{
    struct lt_desk *desk = h->desk;
    struct lt_draft *draft = h->draft;
    struct lt_view_heads heads;
    lt_err rc = lt_desk_settle(desk);

    if (rc == LT_OK) {
        rc = lt_desk_matter(desk, args, LT_MATTER_CASE, true, &h->id, &heads,
                            &draft->touch, diag);
    }
    draft->matter = h->id;
    if (rc == LT_OK && heads.read_only) {
        rc = lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_newer");
    }
    if (rc == LT_OK) {
        rc = lt_desk_folded(desk, &h->id, &h->past, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    h->id = heads.matter;
    h->sealed = h->past->type == LT_CASE_TYPE_DENUNCIATION;
    if (h->sealed &&
        (lt_args_has(args, LT_OPT_TEXT) || lt_args_has(args, LT_OPT_DOC_NO) ||
         lt_args_has(args, LT_OPT_REASON))) {
        return lt_desk_refuse(diag, LT_EINVAL, "text", "ui_why_no_text_here");
    }
    rc = lt_draft_begin(desk, draft, type_for(h, act), class_for(h),
                        LT_AUDIENCE_UP, NULL);
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &h->id, &heads);
    if (h->sealed) {
        return LT_OK; /* what belongs to one has no dates here */
    }
    draft->event->doc_no = args->texts[LT_OPT_DOC_NO];
    return lt_draft_dates(desk, args, draft->event, diag);
}

static lt_err add_text(struct handing *h, const struct lt_args *args,
                       struct lt_diag *diag)
{
    (void)diag;
    return lt_draft_text(h->desk, h->draft, LT_PART_TEXT, LT_KEEP_CASE,
                         args->texts[LT_OPT_TEXT]);
}

/* ---- to whom it goes ---- */

static void address(struct handing *h, const struct lt_office *to)
{
    struct lt_draft *draft = h->draft;
    size_t i;

    if (lt_office_is_zero(to) || lt_office_equal(to, &h->desk->office)) {
        return;
    }
    for (i = 0; i < draft->channels_n; i++) {
        if (lt_office_equal(&draft->channels[i].to, to)) {
            return;
        }
    }
    draft->channels[draft->channels_n++] = (struct lt_channel){
        .cls = (uint8_t)class_for(h), .audience = LT_AUDIENCE_TO, .to = *to};
}

/* For whom it was entered: it and those above it count the case as its own until
 * it moves. */
static void address_whose(struct handing *h)
{
    if (lt_matter_is_entered(h->past)) {
        address(h, &h->past->origin);
    }
}

/* Room for everybody whom a word about custody may concern. */
static lt_err no_channels(struct handing *h)
{
    enum { MOST = 3 + LT_CLAIMANTS_MAX + 2 * LT_OFFERS_MAX };

    h->draft->channels =
        lt_arena_take(h->desk->arena, MOST * sizeof(*h->draft->channels));
    h->draft->channels_n = 0;
    return h->draft->channels == NULL ? LT_ENOMEM : LT_OK;
}

/* Who alone is concerned reads it in the office's own channel. Of a denunciation
 * always there as well: an heir of this office holds no other. */
static void or_up(struct handing *h)
{
    if (h->draft->channels_n == 0 || h->sealed) {
        h->draft->channels[h->draft->channels_n++] = (struct lt_channel){
            .cls = (uint8_t)class_for(h), .audience = LT_AUDIENCE_UP};
    }
}

static lt_err address_holders(struct handing *h, const struct lt_office *to)
{
    const struct lt_custody *c = &h->past->custody;
    size_t i;
    lt_err rc = no_channels(h);

    if (rc != LT_OK) {
        return rc;
    }
    address(h, to);
    address_whose(h);
    address(h, &h->past->custodian);
    for (i = 0; i < c->claimants_n; i++) {
        address(h, &c->claimants[i]);
    }
    for (i = 0; i < c->offers_n; i++) {
        address(h, &c->offers[i].to);
    }
    or_up(h);
    return LT_OK;
}

static lt_err address_one(struct handing *h, const struct lt_office *to)
{
    lt_err rc = no_channels(h);

    if (rc == LT_OK) {
        address(h, to);
        address_whose(h);
        or_up(h);
    }
    return rc;
}

/* ---- what goes with it ---- */

static bool holds_anyway(const struct handing *h, const struct lt_office *to,
                         const struct lt_office *origin)
{
    const struct lt_snapshot *snapshot = h->desk->snapshot;

    return lt_office_equal(to, origin) ||
           (snapshot != NULL && snapshot->tree != NULL &&
            lt_tree_above(snapshot->tree, to, origin));
}

static lt_err enclose_one(struct handing *h, const struct lt_office *to,
                          const struct lt_view_original *original,
                          struct lt_write_event *out)
{
    struct lt_event *event = lt_arena_take(h->desk->arena, sizeof(*event));
    struct lt_channel *channel =
        lt_arena_take(h->desk->arena, sizeof(*channel));

    if (event == NULL || channel == NULL) {
        return LT_ENOMEM;
    }
    event->type = LT_EV_ENCLOSED;
    event->recorded_at_ms = h->desk->now_ms;
    event->actor_role = ROLE_SYSTEM;
    event->has_other = true;
    event->other = original->id;
    event->enclosed_hlc = original->hlc;
    event->enclosed = original->bytes;
    event->enclosed_len = original->len;
    *channel = (struct lt_channel){
        .cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_TO, .to = *to};
    *out = (struct lt_write_event){
        .event = event, .channels_n = 1, .channels = channel};
    return LT_OK;
}

static lt_err enclose(struct handing *h, const struct lt_office *to,
                      struct lt_diag *diag)
{
    struct lt_view_original *all = NULL;
    struct lt_view_reader *reader;
    size_t n = 0;
    size_t i;
    lt_err rc;

    if (h->sealed || lt_office_equal(to, &h->desk->office) ||
        LT_PLANTED(enclose_nothing)) {
        return LT_OK;
    }
    rc = lt_desk_reader(h->desk, &reader, diag);
    if (rc == LT_OK) {
        rc = lt_view_originals(reader, &h->id, ENCLOSE_MAX, h->desk->arena,
                               &all, &n);
    }
    if (rc == LT_ETOOBIG) {
        return lt_desk_refuse(diag, rc, "case", "ui_why_case_too_long");
    }
    if (rc != LT_OK) {
        return rc;
    }
    h->draft->more =
        lt_arena_take(h->desk->arena, (n + 1) * sizeof(*h->draft->more));
    if (h->draft->more == NULL) {
        return LT_ENOMEM;
    }
    for (i = 0; rc == LT_OK && i < n; i++) {
        if (all[i].len > 0 && all[i].len <= LT_ENCLOSED_MAX &&
            !holds_anyway(h, to, &all[i].id.origin)) {
            rc = enclose_one(h, to, &all[i], &h->draft->more[h->draft->more_n]);
            h->draft->more_n++;
        }
    }
    return rc;
}

/* ---- the commands ---- */

static lt_err take_office(struct handing *h, const struct lt_args *args,
                          struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    lt_err rc;

    if (args->list_n != 1) {
        return lt_desk_refuse(diag, LT_EUSAGE, "to", "ui_why_one_office");
    }
    rc = lt_desk_office(h->desk, args->list[0], &office, diag);
    return rc == LT_OK ? lt_draft_to(h->desk, h->draft, &office->id, 1) : rc;
}

static lt_err would(struct handing *h, struct lt_diag *diag)
{
    return lt_desk_would(h->desk, h->draft, h->past, "case", diag);
}

lt_err lt_case_offer(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_OFFER, diag);

    if (rc == LT_OK) {
        rc = take_office(&h, args, diag);
    }
    if (rc == LT_OK) {
        rc = would(&h, diag);
    }
    if (rc == LT_OK) {
        rc = address_one(&h, &draft->event->to[0]);
    }
    if (rc == LT_OK) {
        rc = add_text(&h, args, diag);
    }
    return rc == LT_OK ? enclose(&h, &draft->event->to[0], diag) : rc;
}

/* Name the pending offer: that to this office, or its own. */
static lt_err name_offer(struct handing *h, bool own, struct lt_diag *diag)
{
    const struct lt_custody *c = &h->past->custody;
    size_t i;

    for (i = 0; i < c->offers_n; i++) {
        if (lt_office_equal(own ? &c->offers[i].by.origin : &c->offers[i].to,
                            &h->desk->office)) {
            h->draft->event->has_corrects = true;
            h->draft->event->corrects = c->offers[i].by;
            return address_one(h, own ? &c->offers[i].to
                                      : &c->offers[i].by.origin);
        }
    }
    return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_verdict_not_offered");
}

lt_err lt_case_accept(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_ACCEPT, diag);

    if (rc == LT_OK) {
        rc = name_offer(&h, false, diag);
    }
    if (rc == LT_OK) {
        rc = would(&h, diag);
    }
    return rc == LT_OK ? add_text(&h, args, diag) : rc;
}

lt_err lt_case_refuse(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_REFUSE, diag);

    if (rc == LT_OK) {
        rc = name_offer(&h, false, diag);
    }
    if (rc == LT_OK && h.sealed) {
        if (!lt_vocabulary_refusal(args->texts[LT_OPT_KIND],
                                   &draft->event->kind)) {
            lt_desk_refuse(diag, LT_EINVAL, "kind", "ui_why_no_refusal");
            lt_vocabulary_allow(diag, LT_WORDS_REFUSAL);
            return LT_EINVAL;
        }
    } else if (rc == LT_OK && !lt_args_has(args, LT_OPT_REASON)) {
        return lt_desk_refuse(diag, LT_EUSAGE, "reason", "ui_why_missing");
    }
    if (rc == LT_OK && !h.sealed) {
        rc = lt_draft_text(desk, draft, LT_PART_REASON, LT_KEEP_CASE,
                           args->texts[LT_OPT_REASON]);
    }
    return rc == LT_OK ? would(&h, diag) : rc;
}

lt_err lt_case_recall(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_RECALL, diag);

    if (rc == LT_OK) {
        rc = name_offer(&h, true, diag);
    }
    return rc == LT_OK ? would(&h, diag) : rc;
}

static lt_err assign(struct handing *h, const struct lt_args *args,
                     struct lt_diag *diag)
{
    const struct lt_office *to = &h->draft->event->to[0];
    lt_err rc = would(h, diag);

    if (rc == LT_OK) {
        rc = address_holders(h, to);
    }
    if (rc == LT_OK) {
        rc = add_text(h, args, diag);
    }
    return rc == LT_OK ? enclose(h, to, diag) : rc;
}

lt_err lt_case_assign(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_ASSIGN, diag);

    if (rc == LT_OK) {
        rc = take_office(&h, args, diag);
    }
    return rc == LT_OK ? assign(&h, args, diag) : rc;
}

lt_err lt_case_take_over(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_ASSIGN, diag);

    if (rc == LT_OK) {
        rc = lt_draft_to(desk, draft, &desk->office, 1);
    }
    if (rc == LT_OK) {
        rc = assign(&h, args, diag);
    }
    return rc;
}

/* Is it a remark of this case, as the view has it? */
static lt_err check_remark(struct handing *h, struct lt_diag *diag)
{
    struct lt_view_entry entry;
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_reader(h->desk, &reader, diag);

    if (rc == LT_OK) {
        rc = lt_view_entry(reader, &h->draft->event->corrects, &h->desk->office,
                           &entry);
    }
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK && (!lt_event_id_equal(&entry.heads.matter, &h->id) ||
                         !entry.remark || entry.type == LT_EV_ENTRY_VOIDED))) {
        return lt_desk_refuse(diag, LT_ESTATE, "event", "ui_why_no_remark");
    }
    return rc;
}

lt_err lt_case_adopt(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_ADOPT, diag);

    if (rc == LT_OK) {
        draft->event->has_corrects = true;
        rc = lt_desk_event(desk, args->texts[LT_OPT_EVENT], LT_MATTER_INCIDENT,
                           &draft->event->corrects, diag);
    }
    if (rc == LT_OK) {
        rc = would(&h, diag);
    }
    if (rc == LT_OK) {
        rc = check_remark(&h, diag);
    }
    /* Whose word it is hears that it counts. */
    return rc == LT_OK ? address_one(&h, &draft->event->corrects.origin) : rc;
}

/* What the office that holds the case may lack: late words of a former
 * custodian, or all of it, once more. Its own is left out. */
lt_err lt_case_enclose(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_draft *draft, struct lt_diag *diag)
{
    struct handing h = {.desk = desk, .draft = draft};
    lt_err rc = begin(&h, args, LT_CUSTODY_ADOPT, diag);

    if (rc == LT_OK &&
        (h.sealed || h.past->contested ||
         lt_office_equal(&h.past->custodian, &desk->office))) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_not_enclosed");
    }
    if (rc == LT_OK) {
        rc = enclose(&h, &h.past->custodian, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (draft->more_n == 0) {
        return lt_desk_refuse(diag, LT_ESTATE, "case", "ui_why_not_enclosed");
    }
    /* The first of them is what is answered. */
    draft->event = draft->more[0].event;
    draft->channels[0] = draft->more[0].channels[0];
    draft->channels_n = 1;
    draft->parts_n = 0;
    draft->more++;
    draft->more_n--;
    return LT_OK;
}
