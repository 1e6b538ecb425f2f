#include "daemon/control/names.h"

#include <string.h>

#include "daemon/control/answer.h"

enum { ID_DIGITS = LT_OFFICE_TEXT - 1 };

/* Offices found so far. */
struct found {
    size_t n;
    const struct lt_tree_office *offices[LT_NAMES_MAX];
};

/* The office whose id stands at @at, right behind a quote: alone, or before
 * the rest of an event's id. */
static bool read_office(const char *at, const char *end,
                        struct lt_office *out_id)
{
    char text[LT_OFFICE_TEXT];

    if (end - at <= ID_DIGITS ||
        (at[ID_DIGITS] != '"' && at[ID_DIGITS] != ':')) {
        return false;
    }
    memcpy(text, at, ID_DIGITS);
    text[ID_DIGITS] = '\0';
    return lt_office_parse(text, out_id);
}

static void note(struct found *found, const struct lt_tree_office *office)
{
    size_t i;

    for (i = 0; i < found->n; i++) {
        if (found->offices[i] == office) {
            return;
        }
    }
    if (office != NULL && found->n < LT_NAMES_MAX) {
        found->offices[found->n++] = office;
    }
}

static void collect(const struct lt_tree *tree, const struct lt_buf *out,
                    struct found *found)
{
    const char *at = (const char *)out->data;
    const char *end = at + out->len;

    while (at < end && (at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        struct lt_office id;

        at++;
        if (read_office(at, end, &id)) {
            note(found, lt_tree_find(tree, &id));
        }
    }
}

bool lt_names_put(const struct lt_desk *desk, struct lt_buf *out)
{
    struct found found = {.n = 0};
    bool fits = true;
    size_t i;

    if (desk->snapshot == NULL || desk->snapshot->tree == NULL ||
        out->len < 3 || out->data[out->len - 1] != '}') {
        return true;
    }
    collect(desk->snapshot->tree, out, &found);
    out->len--;
    fits = lt_buf_printf(out, ",\"names\":{");
    for (i = 0; fits && i < found.n; i++) {
        char id[LT_OFFICE_TEXT];

        lt_office_format(&found.offices[i]->id, id);
        fits = lt_buf_printf(out, "%s\"%s\":", i == 0 ? "" : ",", id) &&
               lt_json_string(out, found.offices[i]->name);
    }
    return fits && lt_buf_printf(out, "}}");
}
