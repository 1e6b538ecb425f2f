#include "common/guard.h"

#include "common/guard_parts.h"

const char *lt_guard_word(enum lt_guard_kind kind)
{
    static const char *const words[LT_GUARD_KINDS] = {
        [LT_GUARD_NOTHING] = "nothing",
        [LT_GUARD_OWN_NAME] = "own_name",
        [LT_GUARD_OWN_ADDRESS] = "own_address",
        [LT_GUARD_OWN_NUMBER] = "own_number",
        [LT_GUARD_OWN_PHONE] = "own_phone",
        [LT_GUARD_NUMBER] = "identity_number",
        [LT_GUARD_PHONE] = "phone",
        [LT_GUARD_EMAIL] = "email",
        [LT_GUARD_PLATE] = "plate",
        [LT_GUARD_ADDRESSED] = "person",
        [LT_GUARD_LIST] = "list_of_people"};

    return (unsigned)kind < LT_GUARD_KINDS ? words[kind] : NULL;
}

static enum lt_guard_kind pattern_at(const struct lt_tokens *tokens, size_t i)
{
    enum lt_guard_kind number = lt_guard_number_at(tokens, i);

    if (number != LT_GUARD_NOTHING) {
        return number;
    }
    if (lt_guard_email_at(tokens, i)) {
        return LT_GUARD_EMAIL;
    }
    if (lt_guard_plate_at(tokens, i)) {
        return LT_GUARD_PLATE;
    }
    if (lt_guard_addressed_at(tokens, i)) {
        return LT_GUARD_ADDRESSED;
    }
    return lt_guard_list_at(tokens, i) ? LT_GUARD_LIST : LT_GUARD_NOTHING;
}

lt_err lt_guard_look(struct lt_text text, const struct lt_guard_own *own,
                     struct lt_arena *arena, struct lt_guard_found *out_found)
{
    struct lt_tokens tokens;
    lt_err rc = lt_tokens_read(text, arena, &tokens);

    *out_found = (struct lt_guard_found){LT_GUARD_NOTHING, 0};
    if (rc == LT_OK && own != NULL) {
        rc = lt_guard_own_in(&tokens, own, arena, out_found);
    }
    for (size_t i = 0;
         rc == LT_OK && i < tokens.n && out_found->kind == LT_GUARD_NOTHING;
         i++) {
        out_found->kind = pattern_at(&tokens, i);
        out_found->at = tokens.at[i].at;
    }
    if (out_found->kind == LT_GUARD_NOTHING) {
        out_found->at = 0;
    }
    return rc;
}
