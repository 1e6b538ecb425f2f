/* Sentences: the catalogue's, with names and times put in. */
#include <stdio.h>
#include <string.h>

#include "common/sys.h"
#include "daemon/explain/explain.h"

static const int64_t VIETNAM_MS = INT64_C(7) * 3600 * 1000;
static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

static const char *const CODES[] = {
#define X(word) word,
#include "daemon/explain/code_table.h"
#undef X
};

const char *lt_explain_code_at(size_t index)
{
    return index < LT_COUNT_OF(CODES) ? CODES[index] : NULL;
}

void lt_explain_append(struct lt_explanation *out, const char *text)
{
    size_t len = strlen(out->text);

    if (len + 1 + strlen(text) < sizeof(out->text)) {
        (void)snprintf(out->text + len, sizeof(out->text) - len, "%s%s",
                       len > 0 ? " " : "", text);
    }
}

void lt_explain_add(const struct lt_asking *asking, struct lt_explanation *out,
                    const char *word, const struct lt_diag *args)
{
    char text[LT_MESSAGE_MAX];
    char full[64];

    (void)snprintf(full, sizeof(full), "ui_ex_%s", word);
    (void)lt_ui_format(asking->lang, full, args, text, sizeof(text));
    lt_explain_append(out, text);
}

void lt_explain_say(const struct lt_asking *asking, struct lt_explanation *out,
                    enum lt_moving moving, const char *code,
                    const struct lt_diag *args)
{
    char full[64];

    out->moving = moving;
    out->code = code;
    lt_explain_add(asking, out, code, args);
    (void)snprintf(full, sizeof(full), "ui_ex_%s", code);
    (void)lt_ui_remedy(asking->lang, full, args, out->remedy,
                       sizeof(out->remedy));
}

void lt_explain_arg_office(const struct lt_asking *asking, struct lt_diag *args,
                           const char *key, const struct lt_office *office)
{
    const struct lt_tree_office *known =
        asking->tree == NULL ? NULL : lt_tree_find(asking->tree, office);
    const struct lt_fact_token *token = lt_facts_token(asking->facts, office);
    char text[LT_OFFICE_TEXT];

    if (known != NULL || token != NULL) {
        lt_diag_arg(args, key, "%s", known ? known->name : token->name);
        return;
    }
    lt_office_format(office, text);
    lt_diag_arg(args, key, "%.8s", text);
}

/* "08:14" of today, else "05/03/2026 08:14"; Vietnam's clock. */
void lt_explain_arg_time(const struct lt_asking *asking, struct lt_diag *args,
                         const char *key, int64_t wall_ms)
{
    char iso[LT_TIME_TEXT];

    if (wall_ms == 0) {
        return;
    }
    lt_time_format(wall_ms + VIETNAM_MS, iso);
    if ((wall_ms + VIETNAM_MS) / DAY_MS ==
        (asking->now_ms + VIETNAM_MS) / DAY_MS) {
        lt_diag_arg(args, key, "%.8s", iso + 11);
    } else {
        lt_diag_arg(args, key, "%.2s/%.2s/%.4s %.5s", iso + 8, iso + 5, iso,
                    iso + 11);
    }
}
