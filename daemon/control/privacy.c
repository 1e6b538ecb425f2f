/* The text guard at the desk: what was typed beside a text, and what looks
 * like anybody's data, does not leave with it. */
#include "daemon/control/privacy.h"

#include <string.h>

#include "common/guard.h"

enum { ARENA_MAX = 4 * 1024 * 1024 };

/* ui words, by kind. */
static const char *kind_word(enum lt_guard_kind kind)
{
    static const char *const words[LT_GUARD_KINDS] = {
        [LT_GUARD_OWN_NAME] = "ui_guard_own_name",
        [LT_GUARD_OWN_ADDRESS] = "ui_guard_own_address",
        [LT_GUARD_OWN_NUMBER] = "ui_guard_own_number",
        [LT_GUARD_OWN_PHONE] = "ui_guard_own_phone",
        [LT_GUARD_NUMBER] = "ui_guard_number",
        [LT_GUARD_PHONE] = "ui_guard_phone",
        [LT_GUARD_EMAIL] = "ui_guard_email",
        [LT_GUARD_PLATE] = "ui_guard_plate",
        [LT_GUARD_ADDRESSED] = "ui_guard_addressed",
        [LT_GUARD_LIST] = "ui_guard_list"};

    return words[kind];
}

/* "name=Nguyễn Văn A": what stands in the form beside the text. */
static bool take_private(const struct lt_args *args, struct lt_guard_own *own)
{
    struct {
        const char *word;
        struct lt_text *text;
    } kinds[] = {{"name=", &own->name},
                 {"address=", &own->address},
                 {"number=", &own->number},
                 {"phone=", &own->phone}};

    if (!lt_args_has(args, LT_OPT_PRIVATE)) {
        return true;
    }
    for (size_t i = 0; i < args->list_n; i++) {
        bool known = false;

        for (size_t k = 0; k < LT_COUNT_OF(kinds); k++) {
            size_t len = strlen(kinds[k].word);

            if (args->list[i].len > len &&
                memcmp(args->list[i].data, kinds[k].word, len) == 0) {
                *kinds[k].text = (struct lt_text){args->list[i].data + len,
                                                  args->list[i].len - len};
                known = true;
            }
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

static lt_err refuse(struct lt_diag *diag, lt_err code, enum lt_option option,
                     const struct lt_guard_found *found)
{
    lt_diag_set(diag, code);
    lt_diag_arg(diag, "what", "%s", lt_option_at(option)->name);
    lt_diag_arg(diag, "reason", "%s", kind_word(found->kind));
    lt_diag_arg(diag, "at", "%zu", found->at + 1);
    return code;
}

lt_err lt_privacy_check(const struct lt_args *args, enum lt_option option,
                        enum lt_privacy how, struct lt_diag *diag)
{
    struct lt_guard_own own = {.name = {NULL, 0}};
    struct lt_guard_found found;
    struct lt_arena arena; /* not the batch's: a word takes many bytes */
    lt_err rc;

    if (!lt_args_has(args, option)) {
        return LT_OK;
    }
    if (!take_private(args, &own)) {
        return lt_desk_refuse(diag, LT_EINVAL, "private", "ui_why_not_private");
    }
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_MAX);
    rc = lt_guard_look(args->texts[option], &own, &arena, &found);
    lt_arena_deinit(&arena);
    if (rc != LT_OK || found.kind == LT_GUARD_NOTHING) {
        return rc;
    }
    if (found.kind <= LT_GUARD_OWN_PHONE || how == LT_PRIVACY_STRICT) {
        return refuse(diag, LT_EPRIVATE, option, &found);
    }
    return args->numbers[LT_OPT_CONFIRM_TEXT] != 0
               ? LT_OK
               : refuse(diag, LT_EMAYBEPRIVATE, option, &found);
}

lt_err lt_privacy_check_entry(struct lt_desk *desk, const struct lt_args *args,
                              enum lt_option option,
                              const struct lt_event_id *matter,
                              struct lt_diag *diag)
{
    struct lt_text fields[LT_REGISTER_FIELDS];
    struct lt_guard_found found = {.kind = LT_GUARD_NOTHING};
    struct lt_arena arena;
    char id[LT_EVENT_ID_TEXT];
    lt_err rc;

    if (!lt_args_has(args, option)) {
        return LT_OK;
    }
    lt_event_id_format(matter, id);
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_MAX);
    rc = lt_shelf_words(&desk->shelf, id, &arena, fields);
    if (rc == LT_OK) {
        const struct lt_guard_own own = {.name = fields[LT_REGISTER_NAME],
                                         .address = fields[LT_REGISTER_ADDRESS],
                                         .number = fields[LT_REGISTER_DOCUMENT],
                                         .phone = fields[LT_REGISTER_CONTACT]};

        rc = lt_guard_look(args->texts[option], &own, &arena, &found);
    }
    lt_arena_reset(&arena); /* zeroes what was opened */
    lt_arena_deinit(&arena);
    return rc == LT_OK && found.kind != LT_GUARD_NOTHING &&
                   found.kind <= LT_GUARD_OWN_PHONE
               ? refuse(diag, LT_EPRIVATE, option, &found)
               : rc;
}
