/* reader grant, withdraw, list: offices beside the tree that read some classes
 * of what a subtree writes. The tree's writer alone orders it. */
#include "common/failpoint.h"
#include <inttypes.h>
#include <string.h>

#include "daemon/control/answer.h"
#include "daemon/control/tree_cmd.h"

static const struct {
    const char *word;
    enum lt_class cls;
} CLASSES[] = {
    {"incident", LT_CLASS_INCIDENT},   {"urgent", LT_CLASS_URGENT},
    {"case", LT_CLASS_CASE},           {"denunciation", LT_CLASS_DENUNCIATION},
    {"directive", LT_CLASS_DIRECTIVE}, {"audit", LT_CLASS_AUDIT},
    {"chunk", LT_CLASS_CHUNK},
};

static lt_err read_classes(const struct lt_args *args, uint32_t *out_classes,
                           struct lt_diag *diag)
{
    *out_classes = args->list_n == 0 ? LT_READ_CLASSES : 0;
    for (size_t i = 0; i < args->list_n; i++) {
        struct lt_text text = args->list[i];
        uint32_t bit = 0;

        for (size_t c = 0; c < LT_COUNT_OF(CLASSES); c++) {
            if (strlen(CLASSES[c].word) == text.len &&
                memcmp(CLASSES[c].word, text.data, text.len) == 0) {
                bit = 1U << CLASSES[c].cls;
            }
        }
        if (bit == 0) {
            (void)lt_desk_refuse(diag, LT_EINVAL, "with",
                                 "ui_why_reader_class");
            for (size_t c = 0; c < LT_COUNT_OF(CLASSES); c++) {
                lt_diag_allow(diag, CLASSES[c].word);
            }
            return LT_EINVAL;
        }
        *out_classes |= bit;
    }
    return LT_OK;
}

/* Police units may subscribe to incidents, not to cases. By its kind the tree
 * knows one; here by its name as well, for one that was given another kind. */
static lt_err check_police(const struct lt_tree_office *reader,
                           uint32_t classes, struct lt_diag *diag)
{
    static const char *const names[] = {"Công an", "công an", "CÔNG AN"};
    bool police = strcmp(reader->kind, LT_KIND_POLICE) == 0;

    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        police |= strncmp(reader->name, names[i], strlen(names[i])) == 0;
    }
    return police && (classes & ~(1U << LT_CLASS_INCIDENT)) != 0 &&
                   !LT_PLANTED(police_read_all)
               ? lt_desk_refuse(diag, LT_EINVAL, "with", "ui_why_reader_police")
               : LT_OK;
}

/* Would the tree take it? */
static lt_err try_it(const struct lt_desk *desk, const struct lt_event *event,
                     struct lt_diag *diag)
{
    struct lt_tree *trial = NULL;
    lt_err rc = lt_tree_clone(desk->snapshot->tree, &trial);

    if (rc == LT_OK) {
        rc = lt_tree_apply(trial, lt_tree_version(trial) + 1, event, NULL);
    }
    lt_tree_free(trial);
    return rc == LT_EINVAL ? lt_desk_refuse(diag, LT_EINVAL, "reader",
                                            event->type == LT_EV_READ_GRANTED
                                                ? "ui_why_reader_beside"
                                                : "ui_why_reader_not_granted")
                           : rc;
}

static lt_err write(struct lt_desk *desk, const struct lt_args *args,
                    uint32_t type, struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_tree_office *reader = NULL;
    const struct lt_tree_office *office = NULL;
    struct lt_office *to;
    uint32_t classes = 0;
    lt_err rc = lt_tree_writer_only(desk, diag);

    if (rc == LT_OK) {
        rc = lt_desk_office(desk, args->texts[LT_OPT_OFFICE], &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_desk_office(desk, args->texts[LT_OPT_UNDER], &office, diag);
    }
    if (rc == LT_OK) {
        rc = read_classes(args, &classes, diag);
    }
    if (rc == LT_OK && type == LT_EV_READ_GRANTED) {
        rc = check_police(reader, classes, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, type, LT_CLASS_TREE, LT_AUDIENCE_ALL,
                            NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    to = lt_arena_take(desk->arena, 2 * sizeof(*to));
    if (to == NULL) {
        return LT_ENOMEM;
    }
    to[0] = reader->id;
    to[1] = office->id;
    draft->opens = true;
    draft->event->kind = classes;
    draft->event->to_n = 2;
    draft->event->to = to;
    draft->event->has_legal_date = true;
    draft->event->legal_date = desk->today;
    return try_it(desk, draft->event, diag);
}

lt_err lt_reader_grant(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_draft *draft, struct lt_diag *diag)
{
    return write(desk, args, LT_EV_READ_GRANTED, draft, diag);
}

lt_err lt_reader_withdraw(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_draft *draft, struct lt_diag *diag)
{
    return write(desk, args, LT_EV_READ_WITHDRAWN, draft, diag);
}

static bool put_grant(const struct lt_tree_grant *grant, bool first,
                      struct lt_buf *out)
{
    char reader[LT_OFFICE_TEXT];
    char office[LT_OFFICE_TEXT];
    bool fits;
    size_t n = 0;

    lt_office_format(&grant->reader, reader);
    lt_office_format(&grant->office, office);
    fits = lt_buf_printf(out,
                         "%s{\"reader\":\"%s\",\"office\":\"%s\""
                         ",\"version\":%" PRIu64 ",\"classes\":[",
                         first ? "" : ",", reader, office, grant->version);
    for (size_t c = 0; fits && c < LT_COUNT_OF(CLASSES); c++) {
        if ((grant->classes >> CLASSES[c].cls & 1U) != 0) {
            fits = lt_buf_printf(out, "%s\"%s\"", n++ == 0 ? "" : ",",
                                 CLASSES[c].word);
        }
    }
    return fits && lt_buf_put(out, "]}", 2);
}

lt_err lt_read_readers(struct lt_desk *desk, const struct lt_args *args,
                       struct lt_buf *out, struct lt_diag *diag)
{
    const struct lt_tree_grant *grant;
    bool fits;

    (void)args;
    if (desk->snapshot == NULL || desk->snapshot->tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    fits = lt_buf_printf(out, "{\"items\":[");
    for (size_t i = 0;
         fits && (grant = lt_tree_grant_at(desk->snapshot->tree, i)) != NULL;
         i++) {
        fits = put_grant(grant, i == 0, out);
    }
    fits = fits && lt_buf_printf(out, "],\"next\":null}");
    return fits ? LT_OK : LT_ENOMEM;
}
