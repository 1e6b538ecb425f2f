#include "tools/man/manual.h"

#include <string.h>

#include "common/settings.h"
#include "tools/tool.h"

/* The output under way; memory that has run out is remembered and asked for
 * once, at the end. */
struct page {
    struct lt_buf *out;
    enum lt_lang lang;
    bool failed;
};

static void put(struct page *page, const char *text)
{
    page->failed |= !lt_buf_put(page->out, text, strlen(text));
}

/* Words of a table, as plain text of scdoc. */
static void put_plain(struct page *page, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\_*`#[]|~<>", *text) != NULL) {
            page->failed |= !lt_buf_put(page->out, "\\", 1);
        }
        page->failed |= !lt_buf_put(page->out, text, 1);
    }
}

static void put_bold(struct page *page, const char *text)
{
    put(page, "*");
    put_plain(page, text);
    put(page, "*");
}

static const char *word(const struct page *page, const char *vi, const char *en)
{
    return page->lang == LT_LANG_VI ? vi : en;
}

/* ---- commands ---- */

static void put_option(struct page *page, const char *name, const char *meta,
                       const char *text)
{
    put(page, "\t*--");
    put_plain(page, name);
    put(page, "*");
    if (meta[0] != '\0') {
        put(page, " ");
        put_plain(page, meta);
    }
    put(page, "++\n");
    put_plain(page, lt_ui(page->lang, text));
    put(page, "\n\n");
}

static void put_command(struct page *page,
                        const struct lt_tool_command *command)
{
    put_bold(page, command->name);
    if (command->meta[0] != '\0') {
        put(page, " ");
        put_plain(page, command->meta);
    }
    put(page, "\n\t");
    put_plain(page, lt_ui(page->lang, command->text));
    put(page, "\n\n");
    for (size_t i = 0;
         i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL; i++) {
        put_option(page, command->options[i].name, command->options[i].meta,
                   command->options[i].text);
    }
    if (command->writes) {
        put_option(page, "request-id", "UUID", "ui_request");
    }
}

static void put_commands(struct page *page)
{
    const struct lt_tool_command *command;

    for (size_t i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
        put_command(page, command);
    }
}

/* ---- settings ---- */

static const char *type_word(const struct page *page, enum lt_setting_type type)
{
    switch (type) {
    case LT_TYPE_STRING:
        return word(page, "chuỗi", "text");
    case LT_TYPE_ADDRESSES:
        return word(page, "danh sách HOST:PORT", "list of HOST:PORT");
    case LT_TYPE_OFFICE:
        return word(page, "mã cơ quan", "office id");
    case LT_TYPE_INT:
        return word(page, "số", "number");
    case LT_TYPE_BYTES:
        return word(page, "dung lượng (K, M, G)", "size (K, M, G)");
    case LT_TYPE_DURATION:
        return word(page, "thời gian (ms, s, m, h, d)",
                    "duration (ms, s, m, h, d)");
    case LT_TYPE_BOOL:
        return word(page, "yes hoặc no", "yes or no");
    case LT_TYPE_CHOICE:
        return word(page, "một trong các từ", "one of the words");
    }
    return "?";
}

static void put_setting(struct page *page, const struct lt_setting_info *info)
{
    put_bold(page, info->key);
    put(page, " = ");
    put_plain(page,
              info->default_text[0] == '\0' ? "\"\"" : info->default_text);
    put(page, "\n\t");
    put_plain(page, info->text[page->lang]);
    put(page, ".++\n");
    put_plain(page, type_word(page, info->type));
    if (info->choices[0] != '\0') {
        put(page, ": ");
        put_plain(page, info->choices);
    }
    if (info->min != 0 || info->max != 0) {
        page->failed |= !lt_buf_printf(
            page->out, "; %s %lld %s %lld %s", word(page, "từ", "from"),
            (long long)info->min, word(page, "đến", "to"), (long long)info->max,
            info->unit);
    }
    put(page, "; ");
    put_plain(page, lt_ui(page->lang, info->applies == LT_APPLIES_RELOAD
                                          ? "ui_on_reload"
                                          : "ui_on_restart"));
    put(page, "\n\n");
}

static void put_settings(struct page *page)
{
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        put_setting(page, lt_setting_info((enum lt_setting)i));
    }
}

/* ---- codes ---- */

static const struct lt_message *find_message(const char *code)
{
    const struct lt_message *message;

    for (size_t i = 0; (message = lt_message_at(i)) != NULL; i++) {
        if (strcmp(message->word, code) == 0) {
            return message;
        }
    }
    return NULL;
}

static void put_codes(struct page *page)
{
    lt_err code;

    for (size_t i = 0; (code = lt_err_at(i)) != LT_OK; i++) {
        const struct lt_message *message = find_message(lt_err_word(code));

        put_bold(page, lt_err_word(code));
        if (lt_err_exit(code) != 0) {
            page->failed |=
                !lt_buf_printf(page->out, " (%d)", lt_err_exit(code));
        }
        put(page, "\n\t");
        if (message != NULL) {
            put_plain(page, message->text[page->lang]);
            put(page, ".");
            if (message->remedy[page->lang][0] != '\0') {
                put(page, "++\n");
                put_plain(page, message->remedy[page->lang]);
            }
        }
        put(page, "\n\n");
    }
}

/* What `explain` may say: those of its sentences that say what to do. */
static void put_reasons(struct page *page)
{
    static const char prefix[] = "ui_ex_";
    const struct lt_message *message;

    for (size_t i = 0; (message = lt_message_at(i)) != NULL; i++) {
        if (strncmp(message->word, prefix, sizeof(prefix) - 1) != 0 ||
            message->remedy[page->lang][0] == '\0') {
            continue;
        }
        put_bold(page, message->word + sizeof(prefix) - 1);
        put(page, "\n\t");
        put_plain(page, message->text[page->lang]);
        put(page, "++\n");
        put_plain(page, message->remedy[page->lang]);
        put(page, "\n\n");
    }
}

/* ---- the page ---- */

static bool is_word(const char *line, size_t len, const char *text)
{
    return strlen(text) == len && memcmp(line, text, len) == 0;
}

static lt_err put_line(struct page *page, const char *line, size_t len)
{
    if (is_word(line, len, "@COMMANDS@")) {
        put_commands(page);
    } else if (is_word(line, len, "@SETTINGS@")) {
        put_settings(page);
    } else if (is_word(line, len, "@CODES@")) {
        put_codes(page);
    } else if (is_word(line, len, "@REASONS@")) {
        put_reasons(page);
    } else if (len > 1 && line[0] == '@') {
        return LT_EMALFORMED;
    } else {
        page->failed |= !lt_buf_put(page->out, line, len) ||
                        !lt_buf_put(page->out, "\n", 1);
    }
    return LT_OK;
}

lt_err lt_manual_render(const char *template_text, enum lt_lang lang,
                        struct lt_buf *out)
{
    struct page page = {.out = out, .lang = lang};
    lt_err err = LT_OK;

    while (*template_text != '\0' && err == LT_OK) {
        size_t len = strcspn(template_text, "\n");

        err = put_line(&page, template_text, len);
        template_text += len + (template_text[len] == '\n');
    }
    if (err == LT_OK && page.failed) {
        err = LT_ENOMEM;
    }
    return err;
}
