#include "tools/load/text.h"

#include "tools/load/corpus.h"
#include "tools/load/words.h"

static const char *word(uint64_t *chance, enum lt_load_words list)
{
    const struct lt_load_list *from = &lt_load_lists[list];

    return from->words[lt_load_below(chance, (uint32_t)from->words_n)];
}

static unsigned number(uint64_t *chance, unsigned below)
{
    return 1 + lt_load_below(chance, below);
}

/* Some words in a row; what people complain about comes up again. */
static bool phrase(uint64_t *chance, struct lt_buf *out, unsigned parts)
{
    static const enum lt_load_words forms[] = {
        LT_LOAD_LINKS, LT_LOAD_QUALS, LT_LOAD_VERBS, LT_LOAD_NOUNS,
        LT_LOAD_SUBJECTS};
    bool ok = true;

    for (unsigned i = 0; ok && i < parts; i++) {
        enum lt_load_words form =
            forms[lt_load_below(chance, LT_COUNT_OF(forms))];

        ok = lt_buf_printf(out, " %s", word(chance, form));
    }
    return ok;
}

static bool detail(uint64_t *chance, struct lt_buf *out)
{
    switch (lt_load_below(chance, 6)) {
    case 0:
        return lt_buf_printf(out, " Thửa %u, tờ %u, %u,%u m².",
                             number(chance, 1999), number(chance, 89),
                             number(chance, 9999), lt_load_below(chance, 10));
    case 1:
        return lt_buf_printf(out, " Ngày %u/%u/20%02u %s %u.%03u.000 đồng.",
                             number(chance, 28), number(chance, 12),
                             10 + lt_load_below(chance, 16),
                             word(chance, LT_LOAD_VERBS),
                             number(chance, 900), lt_load_below(chance, 1000));
    case 2:
        return lt_buf_printf(out, " Căn cứ số %u/%s ngày %u/%u.",
                             number(chance, 4999),
                             word(chance, LT_LOAD_DOC_TYPES),
                             number(chance, 28), number(chance, 12));
    case 3:
        return lt_buf_printf(out, " Khoảng %u hộ, %u %s.", number(chance, 80),
                             number(chance, 300), word(chance, LT_LOAD_NOUNS));
    default:
        return true;
    }
}

bool lt_text_petition(uint64_t *chance, struct lt_buf *out)
{
    return lt_buf_printf(out, "%s %s, %s %s, %s:", word(chance, LT_LOAD_VERBS),
                         word(chance, LT_LOAD_SUBJECTS),
                         lt_load_below(chance, 2) == 0 ? "đường" : "ấp",
                         word(chance, LT_LOAD_PLACES),
                         word(chance, LT_LOAD_COMMUNES)) &&
           phrase(chance, out, 2 + lt_load_below(chance, 5)) &&
           lt_buf_put(out, ".", 1) && detail(chance, out) &&
           lt_buf_printf(out, " %s", word(chance, LT_LOAD_VERBS)) &&
           phrase(chance, out, 1 + lt_load_below(chance, 4)) &&
           lt_buf_put(out, ".", 1);
}

bool lt_text_note(uint64_t *chance, struct lt_buf *out)
{
    return lt_buf_printf(out, "%s", word(chance, LT_LOAD_VERBS)) &&
           phrase(chance, out, 3 + lt_load_below(chance, 6)) &&
           lt_buf_put(out, ".", 1) && detail(chance, out);
}

bool lt_text_place(uint64_t *chance, struct lt_buf *out)
{
    return lt_buf_printf(out, "Trước trụ sở, số %u %s, %s",
                         number(chance, 400), word(chance, LT_LOAD_PLACES),
                         word(chance, LT_LOAD_COMMUNES));
}

bool lt_text_subject(uint64_t *chance, struct lt_buf *out)
{
    return lt_buf_printf(out, "%s", word(chance, LT_LOAD_SUBJECTS)) &&
           phrase(chance, out, 3);
}

bool lt_text_doc_no(uint64_t *chance, size_t at, struct lt_buf *out)
{
    return lt_buf_printf(out, "%zu/%s",
                         at / 2 + lt_load_below(chance, 16) + 1,
                         word(chance, LT_LOAD_DOC_TYPES));
}

bool lt_text_book_number(size_t at, struct lt_buf *out)
{
    return lt_buf_printf(out, "%zu/2025-TD", at + 1);
}
