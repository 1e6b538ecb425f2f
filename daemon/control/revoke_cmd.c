/* `revoke`: the tree's writer says that a key speaks for its office no more,
 * or corrects that; `revocations`: what was said, and what it changed. Where
 * the streams end the loop fills in, which knows the runs (daemon/revoke.c). */
#include <stdio.h>
#include <string.h>

#include "common/sys.h"
#include "daemon/control/desk.h"
#include "daemon/control/tree_cmd.h"
#include "daemon/view/view.h"

/* "2026-11-21 06:18", UTC+7. */
static bool read_time(struct lt_text text, int64_t *out_ms)
{
    char word[LT_DAY_TEXT + 6];
    unsigned hour;
    unsigned minute;
    int32_t day;
    int used = 0;

    if (text.len != sizeof(word) - 1) {
        return false;
    }
    memcpy(word, text.data, text.len);
    word[text.len] = '\0';
    if ((word[LT_DAY_TEXT - 1] != ' ' && word[LT_DAY_TEXT - 1] != 'T') ||
        sscanf(word + LT_DAY_TEXT, "%2u:%2u%n", &hour, &minute, &used) != 2 ||
        used != 5 || hour > 23 || minute > 59) {
        return false;
    }
    word[LT_DAY_TEXT - 1] = '\0';
    if (!lt_day_parse(word, &day)) {
        return false;
    }
    *out_ms =
        ((int64_t)day * 24 * 60 + (int64_t)hour * 60 + minute - 7 * 60) * 60000;
    return true;
}

static lt_err read_key(const struct lt_args *args, struct lt_revoke_ask *ask,
                       struct lt_diag *diag)
{
    struct lt_text key = args->texts[LT_OPT_KEY];

    return !lt_args_has(args, LT_OPT_KEY) ||
                   lt_key_prefix_parse(key.data, key.len, ask->key_id,
                                       &ask->key_n)
               ? LT_OK
               : lt_desk_refuse(diag, LT_EINVAL, "key", "ui_why_not_key");
}

static lt_err read_ask(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_revoke_ask *ask, struct lt_diag *diag)
{
    struct lt_text as_of = args->texts[LT_OPT_AS_OF];
    lt_err rc = read_key(args, ask, diag);

    ask->corrects = args->numbers[LT_OPT_CORRECT] != 0;
    ask->restores = args->numbers[LT_OPT_UNDO] != 0;
    ask->as_of_ms = INT64_MAX;
    if (rc != LT_OK || !lt_args_has(args, LT_OPT_AS_OF)) {
        return rc;
    }
    if (as_of.len == 5 && memcmp(as_of.data, "never", 5) == 0) {
        ask->as_of_ms = INT64_MIN;
    } else if (!read_time(as_of, &ask->as_of_ms) ||
               ask->as_of_ms > desk->now_ms) {
        return lt_desk_refuse(diag, LT_EINVAL, "as_of", "ui_why_not_past_time");
    }
    return LT_OK;
}

lt_err lt_key_revoke(struct lt_desk *desk, const struct lt_args *args,
                     struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    const struct lt_tree_office *root;
    struct lt_revoke_ask *ask = lt_arena_take(desk->arena, sizeof(*ask));
    lt_err rc = ask == NULL ? LT_ENOMEM
                            : lt_desk_office(desk, args->texts[LT_OPT_OFFICE],
                                             &office, diag);

    if (rc != LT_OK) {
        return rc;
    }
    root = lt_tree_root(desk->snapshot->tree);
    /* A root that has stepped down is it still until it is admitted. */
    if (root == NULL || !lt_office_equal(&root->id, &desk->office)) {
        return lt_desk_refuse(diag, LT_EPERM, "revoke", "ui_why_not_tree_writer");
    }
    if (!lt_tree_covers(desk->snapshot->tree, &root->id, &office->id)) {
        return lt_desk_refuse(diag, LT_EPERM, "revoke", "ui_why_tree_foreign");
    }
    ask->office = office->id;
    rc = read_ask(desk, args, ask, diag);
    if (rc == LT_OK) {
        rc = lt_draft_begin(
            desk, draft, ask->restores ? LT_EV_KEY_RESTORED : LT_EV_KEY_REVOKED,
            LT_CLASS_TREE, LT_AUDIENCE_ALL, NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    draft->opens = true;
    draft->revoke = ask;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    return lt_draft_text(desk, draft, LT_PART_REASON, LT_KEEP_DIRECTIVE,
                         args->texts[LT_OPT_REASON]);
}

/* The keeper's word for a key that no key before has signed. */
lt_err lt_key_confirm(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree_office *office = NULL;
    struct lt_revoke_ask *ask = lt_arena_take(desk->arena, sizeof(*ask));
    struct lt_office keeper;
    lt_err rc = ask == NULL ? LT_ENOMEM
                            : lt_desk_office(desk, args->texts[LT_OPT_OFFICE],
                                             &office, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (!lt_tree_keeper(desk->snapshot->tree, &office->id, &keeper) ||
        !lt_office_equal(&keeper, &desk->office)) {
        return lt_desk_refuse(diag, LT_EPERM, "office", "ui_why_not_keeper");
    }
    ask->office = office->id;
    ask->confirms = true;
    rc = read_key(args, ask, diag);
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_KEY_CONFIRMED, LT_CLASS_TREE,
                            LT_AUDIENCE_ALL, NULL);
    }
    if (rc == LT_OK) {
        draft->opens = true;
        draft->revoke = ask;
        draft->event->has_legal_date = true;
        draft->event->legal_date = desk->today;
    }
    return rc;
}

lt_err lt_read_revocations(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_buf *out, struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_settle(desk);

    (void)args;
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_revisions(reader, out);
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    return rc;
}
