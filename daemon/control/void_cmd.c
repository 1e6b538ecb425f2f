/* Taking an entry back: what was written by mistake stays readable and no
 * longer counts.
 *
 * The void goes where the entry went, so that whoever has read the one reads
 * the other. A directive has gone to several offices, none of which has seen
 * what the others answered: its void names the directive alone. */
#include "daemon/cases/custody.h"
#include "daemon/control/desk.h"
#include "daemon/control/entry.h"
#include "daemon/control/vocabulary.h"

enum { REASON_MISTAKE = 1, ROLE_SYSTEM = 6 };

static lt_err refuse_writer(const struct lt_desk *desk, struct lt_diag *diag,
                            const struct lt_office *writer)
{
    const struct lt_tree_office *office = NULL;

    lt_desk_refuse(diag, LT_EPERM, "entry", "ui_why_not_writer");
    if (desk->snapshot != NULL && desk->snapshot->tree != NULL) {
        office = lt_tree_find(desk->snapshot->tree, writer);
    }
    if (office != NULL) {
        lt_diag_arg(diag, "holder", "%s", office->name);
    }
    return LT_EPERM;
}

/* The same questions that the fold asks; its answer comes too late for the
 * person at the desk. */
static lt_err check_entry(const struct lt_desk *desk,
                          const struct lt_event_id *id,
                          const struct lt_view_entry *entry,
                          struct lt_diag *diag)
{
    const char *why = NULL;

    if (!lt_office_equal(&id->origin, &desk->office)) {
        return refuse_writer(desk, diag, &id->origin);
    }
    if (entry->heads.contested || entry->heads.frozen) {
        return lt_desk_refuse(diag, LT_ESTATE, "entry",
                              entry->heads.frozen ? "ui_verdict_frozen"
                                                  : "ui_verdict_contested");
    }
    if (entry->heads.kind == LT_MATTER_CASE &&
        !lt_office_equal(&entry->heads.custodian, &desk->office)) {
        return lt_desk_refuse_custodian(desk, diag, &entry->heads.custodian);
    }
    if (entry->heads.read_only) {
        why = "ui_why_newer";
    } else if (entry->type == LT_EV_ENTRY_VOIDED) {
        why = "ui_why_void_of_void";
    } else if (entry->voided || entry->heads.voided) {
        why = "ui_why_voided";
    } else if (!entry->applied) {
        why = "ui_why_not_counted";
    } else if (entry->actor_role == ROLE_SYSTEM) {
        why = "ui_why_by_daemon";
    } else if (lt_type_matter(entry->type) == LT_MATTER_NONE ||
               lt_custody_moves(entry->type)) {
        why = "ui_why_not_voidable";
    }
    return why == NULL ? LT_OK : lt_desk_refuse(diag, LT_ESTATE, "entry", why);
}

/* The reason is a text, or one word alone; for a denunciation always the
 * word. */
static lt_err read_reason(const struct lt_args *args,
                          const struct lt_view_entry *entry,
                          uint32_t *out_reason, struct lt_text *out_text,
                          struct lt_diag *diag)
{
    struct lt_text reason = args->texts[LT_OPT_REASON];

    *out_text = (struct lt_text){NULL, 0};
    *out_reason = REASON_MISTAKE;
    if (lt_args_has(args, LT_OPT_KIND) &&
        !lt_vocabulary_void_reason(args->texts[LT_OPT_KIND], out_reason)) {
        lt_desk_refuse(diag, LT_EINVAL, "kind", "ui_why_no_void_kind");
        lt_vocabulary_allow(diag, LT_WORDS_VOID_REASON);
        return LT_EINVAL;
    }
    if (!lt_args_has(args, LT_OPT_KIND) &&
        lt_vocabulary_void_reason(reason, out_reason)) {
        return LT_OK;
    }
    if (entry->channel.cls == LT_CLASS_DENUNCIATION) {
        lt_desk_refuse(diag, LT_EINVAL, "reason", "ui_why_void_words");
        lt_vocabulary_allow(diag, LT_WORDS_VOID_REASON);
        return LT_EINVAL;
    }
    *out_text = reason;
    return LT_OK;
}

/* To everybody whom the directive went to, and after nothing but it. */
static lt_err address_all(struct lt_desk *desk, struct lt_draft *draft,
                          const struct lt_view_entry *entry)
{
    size_t i;

    draft->channels =
        lt_arena_take(desk->arena, entry->to_n * sizeof(*draft->channels));
    if (draft->channels == NULL) {
        return LT_ENOMEM;
    }
    for (i = 0; i < entry->to_n; i++) {
        draft->channels[i] = entry->channel;
        draft->channels[i].to = entry->to[i];
    }
    draft->channels_n = entry->to_n;
    draft->event->causes_n = 0;
    return LT_OK;
}

lt_err lt_void(struct lt_desk *desk, const struct lt_args *args,
               struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_entry entry;
    struct lt_event_id id = {.count = 0};
    struct lt_text text;
    uint32_t reason;
    lt_err rc = lt_entry_find(desk, args, draft, &id, &entry, diag);

    if (rc == LT_OK) {
        rc = check_entry(desk, &id, &entry, diag);
    }
    if (rc == LT_OK) {
        rc = read_reason(args, &entry, &reason, &text, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(
            desk, draft, LT_EV_ENTRY_VOIDED, (enum lt_class)entry.channel.cls,
            (enum lt_audience)entry.channel.audience, &entry.channel.to);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_draft_about(draft, &entry.heads.matter, &entry.heads);
    draft->event->has_corrects = true;
    draft->event->corrects = id;
    draft->event->reason = reason;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    if (lt_type_opens(entry.type) &&
        lt_type_matter(entry.type) == LT_MATTER_DIRECTIVE) {
        rc = address_all(desk, draft, &entry);
    }
    return rc == LT_OK ? lt_draft_text(desk, draft, LT_PART_REASON,
                                       lt_entry_retention(entry.heads.kind), text)
                       : rc;
}
